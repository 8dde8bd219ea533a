/* multispin_table.c - probabilities of flips as binary digits, for all that can surround a site. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "multispin.h"

/* A sweep in a fixed order that accepts every flip that costs nothing need not reach all states (a ring of 8), and
 * where all flips cost little it turns all spins over and over; so one site in sixteen is left alone. */
static const double tried = 0.9375;

/* 2^64 times the probability of a flip that costs `change`. */
static uint64_t make_threshold(bool heat_bath, double change) {
  double p = heat_bath ? 1 / (1 + exp(change)) : tried * (change > 0 ? exp(-change) : 1);
  double scaled = ldexp(p, 64);
  return scaled < 0x1p64 ? (uint64_t)scaled : UINT64_MAX;
}

double gibbs_multispin_flip(bool heat_bath, double spin, double sum, double field) {
  return ldexp((double)make_threshold(heat_bath, -2 * spin * (sum + field)), -64);
}

/* ---- couplings ------------------------------------------------------------------------------------ */

static size_t find_strength(const gibbs_multispin_couplings *c, double coupling) {
  size_t k = 0;
  while (k < c->strengths && c->strength[k] != fabs(coupling)) k++;
  return k;
}

/* Whether the surroundings of a site of basis b can be told apart. */
static bool fits(const gibbs_multispin_layout *layout, const gibbs_regular *regular,
                 const gibbs_multispin_couplings *c, size_t b) {
  size_t count[GIBBS_MULTISPIN_STRENGTHS] = {0}, states = c->field != 0 ? 2 : 1;
  for (size_t k = 0; k < layout->neighbours; k++) {
    double coupling = regular->direction[layout->neighbour[k].direction].coupling;
    if (layout->neighbour[k].from == b && coupling != 0) count[find_strength(c, coupling)]++;
  }
  for (size_t k = 0; k < c->strengths; k++) states *= count[k] + 1;
  return states <= GIBBS_MULTISPIN_STATES;
}

gibbs_status gibbs_multispin_read(const gibbs_multispin_layout *layout, const gibbs_normal_form *form, bool heat_bath,
                                  gibbs_multispin_couplings *out, gibbs_error *err) {
  const gibbs_regular *regular = gibbs_normal_form_regular(form);
  gibbs_multispin_couplings c = {.heat_bath = heat_bath};
  if (!gibbs_normal_form_uniform_field(form, &c.field))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the field is not the same everywhere");
  bool right = true;
  for (size_t d = 0; d < regular->directions && right; d++) {
    double coupling = regular->direction[d].coupling;
    size_t k = find_strength(&c, coupling);
    if (coupling == 0 || k < c.strengths) continue;
    right = k < GIBBS_MULTISPIN_STRENGTHS;
    if (right) c.strength[c.strengths++] = fabs(coupling);
  }
  for (size_t b = 0; b < layout->basis && right; b++) right = fits(layout, regular, &c, b);
  if (!right)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "the couplings have too many different strengths: a site's surroundings have to be one of at "
                      "most %d",
                      GIBBS_MULTISPIN_STATES);
  *out = c;
  return GIBBS_OK;
}

/* ---- tables --------------------------------------------------------------------------------------- */

static uint64_t find_threshold(const gibbs_multispin_table *t, const gibbs_multispin_couplings *c, size_t state) {
  double sum = 0;
  for (size_t k = t->strengths; k-- > 0;) {
    size_t states = t->neighbours[k] + 1, unfavourable = state % states;
    sum += t->strength[k] * (2 * (double)unfavourable - (double)t->neighbours[k]);
    state /= states;
  }
  double spin = t->field && state == 1 ? -1 : 1;
  return make_threshold(c->heat_bath, -2 * (sum + spin * c->field));
}

/* The class of equal thresholds that a state belongs to. */
static void classify(gibbs_multispin_table *t, size_t state, uint64_t threshold) {
  size_t class = 0;
  while (class < t->classes && t->threshold[class] != threshold) class ++;
  if (class == t->classes) t->threshold[t->classes++] = threshold;
  t->class_of[state] = (uint8_t) class;
}

static void write_digits(gibbs_multispin_table *t) {
  memset(t->code, 0, sizeof t->code);
  t->bundles = (t->classes + GIBBS_MULTISPIN_BUNDLE - 1) / GIBBS_MULTISPIN_BUNDLE;
  for (size_t k = 0; k < GIBBS_MULTISPIN_DIGITS; k++)
    for (size_t class = 0; class < t->classes; class ++) {
      uint64_t digit = t->threshold[class] >> (GIBBS_MULTISPIN_DIGITS - 1 - k) & 1;
      t->code[k][class / GIBBS_MULTISPIN_BUNDLE] |= (uint8_t)(digit << class % GIBBS_MULTISPIN_BUNDLE);
    }
}

static void fill_table(gibbs_multispin_table *t, const gibbs_multispin_couplings *c) {
  t->states = t->field ? 2 : 1;
  for (size_t k = 0; k < t->strengths; k++) t->states *= t->neighbours[k] + 1;
  for (size_t state = 0; state < t->states; state++) classify(t, state, find_threshold(t, c, state));
  write_digits(t);
}

/* How many neighbours of every strength that occurs the phase has. */
static gibbs_multispin_table count_neighbours(const gibbs_multispin_phase *phase, const gibbs_regular *regular,
                                              const gibbs_multispin_couplings *c) {
  gibbs_multispin_table t = {.field = c->field != 0};
  for (size_t k = 0; k < c->strengths; k++) {
    size_t count = 0;
    for (size_t o = 0; o < phase->operands; o++)
      count += fabs(regular->direction[phase->operand[o].direction].coupling) == c->strength[k];
    t.strength[t.strengths] = c->strength[k];
    t.neighbours[t.strengths] = count;
    t.strengths += count > 0;
  }
  return t;
}

static bool alike(const gibbs_multispin_table *a, const gibbs_multispin_table *b) {
  for (size_t k = 0; k < a->strengths && a->strengths == b->strengths; k++)
    if (a->strength[k] != b->strength[k] || a->neighbours[k] != b->neighbours[k]) return false;
  return a->strengths == b->strengths;
}

/* The phase's neighbours in the order of its table's strengths. */
static void order_terms(gibbs_multispin_phase *phase, const gibbs_multispin_table *table,
                        const gibbs_regular *regular) {
  size_t count = 0;
  for (size_t k = 0; k < table->strengths; k++)
    for (size_t o = 0; o < phase->operands; o++) {
      double coupling = regular->direction[phase->operand[o].direction].coupling;
      if (fabs(coupling) != table->strength[k]) continue;
      phase->operand[o].invert = coupling > 0 ? ~(uint64_t)0 : 0;
      phase->term[count++] = &phase->operand[o];
    }
}

typedef struct table_list {
  gibbs_multispin_table *table;
  size_t count;
} table_list;

static size_t find_table(const table_list *list, const gibbs_multispin_table *wanted) {
  size_t k = 0;
  while (k < list->count && !alike(&list->table[k], wanted)) k++;
  return k;
}

static gibbs_status add_table(table_list *list, gibbs_multispin_table *wanted, const gibbs_multispin_couplings *c,
                              gibbs_error *err) {
  size_t size = (list->count + 1) * sizeof *list->table;
  gibbs_multispin_table *more = realloc(list->table, size);
  if (!more) return gibbs_fail_memory(err, "tables of probabilities", size);
  list->table = more;
  fill_table(wanted, c);
  more[list->count++] = *wanted;
  return GIBBS_OK;
}

gibbs_status gibbs_multispin_tabulate(gibbs_multispin_layout *layout, const gibbs_regular *regular,
                                      const gibbs_multispin_couplings *c, gibbs_multispin_table **out,
                                      gibbs_error *err) {
  table_list list = {0};
  for (size_t p = 0; p < layout->phases; p++) {
    gibbs_multispin_table wanted = count_neighbours(&layout->phase[p], regular, c);
    if (find_table(&list, &wanted) < list.count) continue;
    gibbs_status status = add_table(&list, &wanted, c, err);
    if (status != GIBBS_OK) {
      free(list.table);
      return status;
    }
  }
  for (size_t p = 0; p < layout->phases; p++) {
    gibbs_multispin_table wanted = count_neighbours(&layout->phase[p], regular, c);
    layout->phase[p].table = find_table(&list, &wanted);
    order_terms(&layout->phase[p], &list.table[layout->phase[p].table], regular);
  }
  *out = list.table;
  return GIBBS_OK;
}
