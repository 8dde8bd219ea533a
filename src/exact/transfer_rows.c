/* transfer_rows.c - a regular lattice seen as equal rows along one of its axes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "transfer_power.h"

void gibbs_rows_clear(gibbs_rows *rows) {
  free(rows->bond);
  memset(rows, 0, sizeof *rows);
}

/* Each product of two matrices of 2^units rows takes 2^(3 units + 1); squares, and products for the bits that are
 * set. */
static double log2_work(size_t units, size_t count) {
  double products = 0;
  for (size_t k = count; k > 1; k /= 2) products += 1 + (double)(k % 2);
  return 3 * (double)units + 1 + log2(products);
}

/* The axis whose rows cost least, or the number of axes. */
static size_t choose_axis(const gibbs_regular *r) {
  size_t sites = r->basis, best = r->axes;
  for (size_t a = 0; a < r->axes; a++) sites *= r->extent[a];
  for (size_t a = 0; a < r->axes; a++) {
    bool fits = r->periodic[a] && r->extent[a] >= 3 && sites / r->extent[a] <= GIBBS_POWER_MOST_UNITS;
    for (size_t k = 0; k < r->directions; k++) fits &= labs(r->direction[k].offset[a]) <= 1;
    if (fits && (best == r->axes || r->extent[a] > r->extent[best])) best = a;
  }
  return best;
}

/* The cell of a row that lies `offset` from `cell`, both numbered without the axis; false beyond an open border. */
static bool step(const gibbs_regular *r, size_t axis, const long *offset, size_t cell, size_t *out) {
  size_t stride = 1;
  *out = 0;
  for (size_t a = r->axes; a-- > 0;) {
    if (a == axis) continue;
    long extent = (long)r->extent[a], at = (long)(cell % r->extent[a]) + offset[a];
    cell /= r->extent[a];
    if (!r->periodic[a] && (at < 0 || at >= extent)) return false;
    *out += (size_t)((at + 2 * extent) % extent) * stride;
    stride *= r->extent[a];
  }
  return true;
}

static void list_bonds(const gibbs_regular *r, size_t axis, gibbs_rows *rows) {
  size_t cells = rows->units / r->basis;
  for (size_t k = 0; k < r->directions; k++)
    for (size_t cell = 0; cell < cells; cell++) {
      const gibbs_direction *d = &r->direction[k];
      size_t other;
      if (!step(r, axis, d->offset, cell, &other)) continue;
      size_t from = cell * r->basis + d->from, to = other * r->basis + d->to;
      bool back = d->offset[axis] < 0;
      rows->bond[rows->bonds++] = (gibbs_row_bond){
          .from = back ? to : from, .to = back ? from : to, .next = d->offset[axis] != 0, .coupling = d->coupling};
    }
}

gibbs_status gibbs_rows_find(gibbs_normal_form *form, gibbs_rows *out, bool *found, gibbs_error *err) {
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  const gibbs_segment *s = gibbs_normal_form_segments(form);
  const gibbs_monomials *m = gibbs_normal_form_monomials(form);
  gibbs_rows rows = {0};
  *found = false;
  bool plain = r->found && gibbs_normal_form_segment_count(form) == 1 && gibbs_normal_form_is_pairwise(form) &&
               (m == NULL || m->count == 0) && gibbs_normal_form_uniform_field(form, &rows.field);
  if (!plain || (s->domain != GIBBS_SPINS && s->domain != GIBBS_BITS)) return GIBBS_OK;
  size_t axis = choose_axis(r);
  if (axis == r->axes) return GIBBS_OK;
  rows.count = r->extent[axis];
  rows.units = s->units / rows.count;
  rows.domain = s->domain;
  rows.log2_work = log2_work(rows.units, rows.count);
  rows.bond = malloc((r->directions * rows.units + 1) * sizeof *rows.bond);
  if (!rows.bond) return gibbs_fail_memory(err, "the bonds of a row", r->directions * rows.units * sizeof *rows.bond);
  list_bonds(r, axis, &rows);
  *out = rows;
  *found = true;
  return GIBBS_OK;
}
