/* normal_form_regular.c - whether pairs are the same everywhere on a lattice, found from the pairs themselves. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "normal_form_regular.h"

#include <string.h>

/* Where a site is. */
typedef struct place {
  size_t at[GIBBS_MAX_RANK], basis;
} place;

static place place_of(const gibbs_layout *layout, size_t site) {
  place p = {.basis = site % layout->basis};
  size_t cell = site / layout->basis;
  for (size_t k = layout->axes; k-- > 0;) {
    p.at[k] = cell % layout->extent[k];
    cell /= layout->extent[k];
  }
  return p;
}

static gibbs_direction direction_between(const gibbs_layout *layout, const place *a, const place *b,
                                         double coupling) {
  gibbs_direction d = {.from = a->basis, .to = b->basis, .coupling = coupling};
  for (size_t k = 0; k < layout->axes; k++) d.offset[k] = (long)b->at[k] - (long)a->at[k];
  return d;
}

/* ---- borders ------------------------------------------------------------------------------------- */

/* What the bonds say of an axis: that some step over its border, that some step along it and could have. */
typedef struct border {
  bool crossed, kept;
} border;

static bool is_half(long offset, size_t extent) {
  return (size_t)(offset < 0 ? -offset : offset) * 2 == extent;
}

/* A bond of the lattice that is periodic in all axes, taken the short way around. */
static void note_borders(const gibbs_layout *torus, const gibbs_direction *bond, border borders[]) {
  gibbs_direction d = *bond;
  bool both;
  gibbs_direction_tidy(torus, &d, &both);
  for (size_t k = 0; k < torus->axes; k++) {
    if (d.offset[k] == 0 || is_half(d.offset[k], torus->extent[k])) continue;
    long straight = bond->offset[k] < 0 ? -bond->offset[k] : bond->offset[k];
    long around = d.offset[k] < 0 ? -d.offset[k] : d.offset[k];
    if (straight == around)
      borders[k].kept = true;
    else
      borders[k].crossed = true;
  }
}

/* False when there are too many directions for a lattice: most irregular graphs show that soon. */
static bool survey_borders(const gibbs_sparse *pairs, size_t first, const gibbs_layout *torus, border borders[]) {
  gibbs_lattice_form seen = {.layout = *torus};
  size_t sites = gibbs_layout_cells(torus) * torus->basis;
  for (size_t i = 0; i < sites; i++) {
    place a = place_of(torus, i);
    for (size_t k = pairs->first[first + i]; k < pairs->first[first + i + 1]; k++) {
      size_t j = pairs->column[k] - first;
      if (j < i) continue;
      place b = place_of(torus, j);
      gibbs_direction d = direction_between(torus, &a, &b, 0.0);
      if (!gibbs_lattice_form_add(&seen, d)) return false;
      note_borders(torus, &d, borders);
    }
  }
  return seen.count > 0;
}

/* An axis that the bonds say nothing of (of length 1 or 2, or without bonds along it) is at first as the others are;
 * `turn` has a bit for each such axis that is to be the other way. */
static void choose_borders(const border borders[], unsigned turn, gibbs_layout *layout) {
  bool others = true;
  for (size_t k = 0; k < layout->axes; k++)
    if (borders[k].kept && !borders[k].crossed) others = false;
  for (size_t k = 0; k < layout->axes; k++) {
    layout->periodic[k] = borders[k].crossed;
    if (borders[k].kept || borders[k].crossed) continue;
    layout->periodic[k] = others != (turn % 2 == 1);
    turn /= 2;
  }
}

static unsigned count_choices(const border borders[], size_t axes) {
  unsigned choices = 1;
  for (size_t k = 0; k < axes; k++)
    if (!borders[k].kept && !borders[k].crossed) choices *= 2;
  return choices;
}

/* ---- the same everywhere ------------------------------------------------------------------------- */

typedef struct tally {
  size_t pairs[GIBBS_MOST_DIRECTIONS];
  bool both[GIBBS_MOST_DIRECTIONS];
} tally;

static bool count_bond(gibbs_lattice_form *form, tally *t, gibbs_direction d) {
  bool both;
  gibbs_direction_tidy(&form->layout, &d, &both);
  size_t k = 0;
  while (k < form->count && !gibbs_direction_equal(&form->layout, &form->direction[k], &d)) k++;
  if (k == GIBBS_MOST_DIRECTIONS) return false;
  if (k == form->count) {
    form->direction[form->count++] = d;
    t->pairs[k] = 0;
    t->both[k] = both;
  }
  t->pairs[k]++;
  return memcmp(&form->direction[k].coupling, &d.coupling, sizeof d.coupling) == 0;
}

static bool count_bonds(const gibbs_sparse *pairs, size_t first, gibbs_lattice_form *form, tally *t) {
  size_t sites = gibbs_layout_cells(&form->layout) * form->layout.basis;
  for (size_t i = 0; i < sites; i++) {
    place a = place_of(&form->layout, i);
    for (size_t k = pairs->first[first + i]; k < pairs->first[first + i + 1]; k++) {
      size_t j = pairs->column[k] - first;
      if (j < i) continue;
      place b = place_of(&form->layout, j);
      if (!count_bond(form, t, direction_between(&form->layout, &a, &b, pairs->value[k]))) return false;
    }
  }
  return true;
}

static bool is_everywhere(const gibbs_sparse *pairs, size_t first, gibbs_lattice_form *form) {
  tally t;
  if (!count_bonds(pairs, first, form, &t)) return false;
  for (size_t k = 0; k < form->count; k++) {
    size_t ends = gibbs_direction_count(&form->layout, &form->direction[k]);
    if (t.pairs[k] != (t.both[k] ? ends / 2 : ends)) return false;
    if (t.both[k]) form->direction[k].coupling /= 2.0; /* met from both its ends */
  }
  return true;
}

bool gibbs_lattice_form_detect(const gibbs_sparse *pairs, size_t first, const gibbs_layout *layout,
                               gibbs_lattice_form *out) {
  gibbs_layout torus = *layout;
  border borders[GIBBS_MAX_RANK] = {{false, false}};
  for (size_t k = 0; k < torus.axes; k++) torus.periodic[k] = true;
  if (!survey_borders(pairs, first, &torus, borders)) return false;
  for (unsigned turn = 0; turn < count_choices(borders, torus.axes); turn++) {
    *out = (gibbs_lattice_form){.layout = torus};
    choose_borders(borders, turn, &out->layout);
    if (!is_everywhere(pairs, first, out)) continue;
    gibbs_lattice_form_sort(out);
    return true;
  }
  return false;
}
