/* block_gibbs_plan.c - the units of an energy in runs, and which of its couplings each run gathers or multiplies. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "block_gibbs.h"

static size_t round_up(size_t n, size_t step) {
  return (n + step - 1) / step * step;
}

/* ---- runs ---------------------------------------------------------------------------------------- */

static const gibbs_segment *find_segment(const gibbs_normal_form *form, size_t unit) {
  const gibbs_segment *s = gibbs_normal_form_segments(form);
  while (unit >= s->first_unit + s->units) s++;
  return s;
}

static size_t count_runs(const gibbs_normal_form *form, const gibbs_colouring *c) {
  size_t runs = 0;
  for (size_t k = 0; k < c->blocks; k++)
    for (size_t i = c->first[k]; i < c->first[k + 1]; i++)
      if (i == c->first[k] || find_segment(form, c->unit[i]) != find_segment(form, c->unit[i - 1])) runs++;
  return runs;
}

static void open_run(gibbs_block_plan *plan, const gibbs_segment *s) {
  gibbs_block_run *run = &plan->run[plan->runs++];
  *run = (gibbs_block_run){.spins = s->domain == GIBBS_SPINS, .first = plan->units, .first_row = plan->rows};
  run->width = s->elements / s->units;
  run->tile_units = run->width < GIBBS_BLOCK_PANEL ? GIBBS_BLOCK_PANEL / run->width : 1;
  run->tile_panels = round_up(run->tile_units * run->width, GIBBS_BLOCK_PANEL) / GIBBS_BLOCK_PANEL;
  if (run->width > plan->most_width) plan->most_width = run->width;
}

/* From the last block to the first, so that the first unit's block comes last. */
static void list_runs(gibbs_block_plan *plan, const gibbs_colouring *c) {
  const gibbs_segment *last = NULL;
  for (size_t k = c->blocks; k-- > 0; last = NULL)
    for (size_t i = c->first[k]; i < c->first[k + 1]; i++) {
      const gibbs_segment *s = find_segment(plan->form, c->unit[i]);
      if (s != last) open_run(plan, s);
      last = s;
      gibbs_block_run *run = &plan->run[plan->runs - 1];
      plan->at[plan->units++] = (uint32_t)(s->first_element + (c->unit[i] - s->first_unit) * run->width);
      plan->rows += run->width;
      run->units++;
      run->panels = (run->units + run->tile_units - 1) / run->tile_units * run->tile_panels;
    }
}

static gibbs_status make_runs(gibbs_block_plan *plan, const bool *held, gibbs_error *err) {
  gibbs_colouring c;
  gibbs_status status = gibbs_colouring_new(plan->form, held, &c, err);
  if (status != GIBBS_OK) return status;
  size_t runs = count_runs(plan->form, &c), units = c.blocks > 0 ? c.first[c.blocks] : 0;
  plan->run = calloc(runs + 1, sizeof *plan->run);
  plan->at = malloc((units + 1) * sizeof *plan->at);
  if (plan->run != NULL && plan->at != NULL)
    list_runs(plan, &c), plan->blocks = c.blocks;
  else
    status = gibbs_fail_memory(err, "blocks of units", runs * sizeof *plan->run + units * sizeof *plan->at);
  gibbs_colouring_free(&c);
  return status;
}

size_t gibbs_block_panel_element(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t panel, size_t j,
                                 size_t *row) {
  size_t column = panel % run->tile_panels * GIBBS_BLOCK_PANEL + j;
  size_t unit = panel / run->tile_panels * run->tile_units + column / run->width;
  if (column >= run->tile_units * run->width || unit >= run->units) return SIZE_MAX;
  *row = run->first_row + unit * run->width + column % run->width;
  return plan->at[run->first + unit] + column % run->width;
}

/* ---- products ------------------------------------------------------------------------------------ */

/* How many elements of the run are in at..at+count-1. */
static size_t count_inside(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t at, size_t count) {
  size_t inside = 0;
  for (size_t i = 0; i < run->units; i++)
    for (size_t k = 0; k < run->width; k++) inside += plan->at[run->first + i] + k - at < count;
  return inside;
}

static bool is_symmetric(const gibbs_dense *dense) {
  return dense->row_at == dense->column_at;
}

/* The product of dense block `number` one way round, if the run is wide enough for it. */
static bool consider_product(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t number, bool transposed,
                             gibbs_block_product *out) {
  const gibbs_dense *dense = &gibbs_normal_form_dense(plan->form)[number];
  if (transposed && is_symmetric(dense)) return false;
  size_t output_at = transposed ? dense->row_at : dense->column_at;
  size_t outputs = transposed ? dense->rows : dense->columns;
  if (count_inside(plan, run, output_at, outputs) < GIBBS_BLOCK_THIN) return false;
  *out = (gibbs_block_product){.dense = number, .transposed = transposed};
  out->input_at = transposed ? dense->column_at : dense->row_at;
  out->inputs = transposed ? dense->columns : dense->rows;
  out->words = round_up(out->inputs, GIBBS_BLOCK_WORD) / GIBBS_BLOCK_WORD;
  const gibbs_segment *s = gibbs_normal_form_segments(plan->form);
  while (out->input_at >= s->first_element + s->elements) s++;
  out->spins = s->domain == GIBBS_SPINS;
  return true;
}

static gibbs_status make_matrix(const gibbs_block_run *run, gibbs_block_product *product, gibbs_error *err) {
  size_t size = run->panels * product->words * GIBBS_BLOCK_WORD * GIBBS_BLOCK_PANEL * sizeof *product->matrix;
  product->matrix = aligned_alloc(64, size);
  if (product->matrix == NULL) return gibbs_fail_memory(err, "couplings in single precision", size);
  memset(product->matrix, 0, size);
  return GIBBS_OK;
}

static gibbs_status make_products(gibbs_block_plan *plan, gibbs_block_run *run, gibbs_error *err) {
  size_t dense = gibbs_normal_form_dense_count(plan->form);
  run->product = calloc(2 * dense + 1, sizeof *run->product);
  if (run->product == NULL) return gibbs_fail_memory(err, "products", 2 * dense * sizeof *run->product);
  for (size_t k = 0; k < 2 * dense; k++) {
    gibbs_block_product *product = &run->product[run->products];
    if (!consider_product(plan, run, k / 2, k % 2 == 1, product)) continue;
    run->products++;
    run->words += product->words;
    gibbs_status status = make_matrix(run, product, err);
    if (status != GIBBS_OK) return status;
  }
  if (run->products > 0 && run->tile_panels > plan->most_panels) plan->most_panels = run->tile_panels;
  if (run->words > plan->most_words) plan->most_words = run->words;
  return GIBBS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------ */

static bool is_product(const gibbs_block_run *run, size_t dense, bool transposed) {
  for (size_t k = 0; k < run->products; k++)
    if (run->product[k].dense == dense && run->product[k].transposed == transposed) return true;
  return false;
}

/* Where the entries of a row go. */
typedef struct entries {
  const gibbs_block_plan *plan;
  double scale;
  size_t count;
  uint32_t *place; /* NULL, and value too: they are only counted */
  float *value;
  double *bias;
} entries;

/* coupling * x = coupling / 2 + coupling / 2 * (2 x - 1) where x is 0 or 1. */
static inline void put_entry(entries *r, size_t element, double coupling) {
  size_t at = r->count++;
  if (r->place == NULL) return;
  coupling *= r->scale;
  if (!r->plan->spin[element]) *r->bias += coupling /= 2;
  r->place[at] = gibbs_block_place(r->plan->sets, element);
  r->value[at] = (float)coupling;
}

/* The entries that element e, of the unit of `width` elements from `own` on, has in a dense block. */
static void put_dense(entries *r, const gibbs_dense *dense, bool transposed, size_t own, size_t width, size_t e) {
  size_t output = e - (transposed ? dense->row_at : dense->column_at);
  size_t inputs = transposed ? dense->columns : dense->rows;
  size_t input_at = transposed ? dense->column_at : dense->row_at;
  if (output >= (transposed ? dense->rows : dense->columns)) return;
  for (size_t i = 0; i < inputs; i++)
    if (input_at + i - own >= width) /* a unit has no coupling with itself */
      put_entry(r, input_at + i,
                dense->value[transposed ? output * dense->columns + i : i * dense->columns + output]);
}

size_t gibbs_block_plan_row(const gibbs_block_plan *plan, const gibbs_sparse *sparse, const gibbs_block_run *run,
                            size_t unit_at, size_t e, uint32_t *place, float *value, double *bias) {
  entries r = {plan, run->spins ? 2 : 1, 0, place, value, bias};
  for (size_t k = sparse->entries > 0 ? sparse->first[e] : 0; sparse->entries > 0 && k < sparse->first[e + 1]; k++)
    put_entry(&r, sparse->column[k], sparse->value[k]);
  const gibbs_dense *dense = gibbs_normal_form_dense(plan->form);
  for (size_t k = 0; k < 2 * gibbs_normal_form_dense_count(plan->form); k++) {
    bool transposed = k % 2 == 1;
    if ((transposed && is_symmetric(&dense[k / 2])) || is_product(run, k / 2, transposed)) continue;
    put_dense(&r, &dense[k / 2], transposed, unit_at, run->width, e);
  }
  return r.count;
}

static void count_rows(gibbs_block_plan *plan, const gibbs_sparse *sparse) {
  for (size_t r = 0; r < plan->runs; r++) {
    const gibbs_block_run *run = &plan->run[r];
    for (size_t i = 0, row = run->first_row; i < run->units; i++)
      for (size_t k = 0, at = plan->at[run->first + i]; k < run->width; k++, row++) {
        plan->first[row] = plan->entries;
        plan->place[row] = gibbs_block_place(plan->sets, at + k);
        plan->entries += gibbs_block_plan_row(plan, sparse, run, at, at + k, NULL, NULL, NULL);
      }
  }
  plan->first[plan->rows] = plan->entries;
}

static gibbs_status make_rows(gibbs_block_plan *plan, gibbs_error *err) {
  const gibbs_sparse *sparse;
  gibbs_status status = gibbs_normal_form_sparse(plan->form, &sparse, err);
  if (status != GIBBS_OK) return status;
  plan->bias = malloc((plan->rows + 1) * sizeof *plan->bias);
  plan->first = malloc((plan->rows + 1) * sizeof *plan->first);
  plan->place = malloc((plan->rows + 1) * sizeof *plan->place);
  if (plan->bias == NULL || plan->first == NULL || plan->place == NULL)
    return gibbs_fail_memory(err, "rows of couplings", plan->rows * sizeof *plan->first);
  count_rows(plan, sparse);
  plan->other_place = malloc((plan->entries + 1) * sizeof *plan->other_place);
  plan->value = malloc((plan->entries + 1) * sizeof *plan->value);
  if (plan->other_place == NULL || plan->value == NULL)
    return gibbs_fail_memory(err, "couplings", plan->entries * (sizeof *plan->other_place + sizeof *plan->value));
  return GIBBS_OK;
}

/* ---- monomials ----------------------------------------------------------------------------------------- */

/* The row of each element, SIZE_MAX for those of held units. */
static void number_rows(const gibbs_block_plan *plan, size_t *row_of) {
  for (size_t e = 0; e < plan->elements; e++) row_of[e] = SIZE_MAX;
  for (size_t r = 0; r < plan->runs; r++) {
    const gibbs_block_run *run = &plan->run[r];
    for (size_t i = 0, row = run->first_row; i < run->units; i++)
      for (size_t k = 0; k < run->width; k++) row_of[plan->at[run->first + i] + k] = row++;
  }
}

/* The other elements of a monomial, spins first. */
static void add_term(gibbs_block_plan *plan, const gibbs_monomials *m, size_t monomial, size_t element,
                     size_t *others, size_t at) {
  gibbs_block_term *term = &plan->term[at];
  *term = (gibbs_block_term){.monomial = (uint32_t)monomial, .first = (uint32_t)*others};
  for (int spins = 1; spins >= 0; spins--) {
    for (size_t i = m->first[monomial]; i < m->first[monomial + 1]; i++)
      if (m->element[i] != element && plan->spin[m->element[i]] == spins)
        plan->factor[*others + term->others++] = gibbs_block_place(plan->sets, m->element[i]);
    if (spins == 1) term->spins = term->others;
  }
  *others += term->others;
}

/* By a counting sort: the terms of a row in the order of the monomials. */
static void list_terms(gibbs_block_plan *plan, const gibbs_monomials *m, const size_t *row_of) {
  size_t *first = plan->first_term, others = 0;
  for (size_t i = 0; i < m->first[m->count]; i++)
    if (row_of[m->element[i]] != SIZE_MAX) first[row_of[m->element[i]] + 2]++;
  for (size_t r = 0; r < plan->rows; r++) first[r + 2] += first[r + 1];
  for (size_t k = 0; k < m->count; k++)
    for (size_t i = m->first[k]; i < m->first[k + 1]; i++)
      if (row_of[m->element[i]] != SIZE_MAX)
        add_term(plan, m, k, m->element[i], &others, first[row_of[m->element[i]] + 1]++);
}

static gibbs_status make_terms(gibbs_block_plan *plan, gibbs_error *err) {
  const gibbs_monomials *m = gibbs_normal_form_monomials(plan->form);
  if (m == NULL || m->count == 0) return GIBBS_OK;
  size_t terms = m->first[m->count], others = 0;
  for (size_t k = 0; k < m->count; k++)
    others += (m->first[k + 1] - m->first[k]) * (m->first[k + 1] - m->first[k] - 1);
  if (others > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "the products of three or more units have %zu factors: at most 2^32",
                      others);
  size_t *row_of = malloc((plan->elements + 1) * sizeof *row_of);
  plan->first_term = calloc(plan->rows + 2, sizeof *plan->first_term);
  plan->term = malloc((terms + 1) * sizeof *plan->term);
  plan->factor = malloc((others + 1) * sizeof *plan->factor);
  gibbs_status status = GIBBS_OK;
  if (row_of != NULL && plan->first_term != NULL && plan->term != NULL && plan->factor != NULL) {
    number_rows(plan, row_of);
    list_terms(plan, m, row_of);
  } else {
    status = gibbs_fail_memory(err, "products of units", terms * sizeof *plan->term + others * sizeof *plan->factor);
  }
  free(row_of);
  return status;
}

/* ---- the plan --------------------------------------------------------------------------------------- */

static gibbs_status mark_spins(gibbs_block_plan *plan, gibbs_error *err) {
  plan->spin = calloc(plan->elements + 1, sizeof *plan->spin);
  if (plan->spin == NULL) return gibbs_fail_memory(err, "a plan", plan->elements * sizeof *plan->spin);
  const gibbs_segment *s = gibbs_normal_form_segments(plan->form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(plan->form); k++)
    memset(plan->spin + s[k].first_element, s[k].domain == GIBBS_SPINS, s[k].elements * sizeof *plan->spin);
  return GIBBS_OK;
}

static gibbs_status fill_plan(gibbs_block_plan *plan, const bool *held, gibbs_error *err) {
  if (gibbs_block_words(plan->sets, plan->elements) > UINT32_MAX / 2)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "%zu units' states are too many for one group of chains", plan->elements);
  gibbs_status status = mark_spins(plan, err);
  if (status == GIBBS_OK) status = make_runs(plan, held, err);
  for (size_t k = 0; status == GIBBS_OK && k < plan->runs; k++) status = make_products(plan, &plan->run[k], err);
  if (status == GIBBS_OK) status = make_rows(plan, err);
  if (status == GIBBS_OK) status = make_terms(plan, err);
  return status;
}

gibbs_status gibbs_block_plan_new(gibbs_normal_form *form, const bool *held, size_t sets, gibbs_block_plan **out,
                                  gibbs_error *err) {
  gibbs_block_plan *plan = calloc(1, sizeof *plan);
  if (plan == NULL) return gibbs_fail_memory(err, "a plan", sizeof *plan);
  plan->form = form;
  plan->beta = 1;
  plan->sets = sets;
  plan->elements = gibbs_normal_form_elements(form);
  gibbs_status status = fill_plan(plan, held, err);
  if (status == GIBBS_OK)
    *out = plan;
  else
    gibbs_block_plan_free(plan);
  return status;
}

void gibbs_block_plan_free(gibbs_block_plan *plan) {
  if (plan == NULL) return;
  for (size_t k = 0; plan->run != NULL && k < plan->runs; k++) {
    for (size_t p = 0; p < plan->run[k].products; p++) free(plan->run[k].product[p].matrix);
    free(plan->run[k].product);
  }
  free(plan->run);
  free(plan->at);
  free(plan->spin);
  free(plan->place);
  free(plan->bias);
  free(plan->independent);
  free(plan->first);
  free(plan->other_place);
  free(plan->value);
  free(plan->first_term);
  free(plan->term);
  free(plan->factor);
  free(plan);
}
