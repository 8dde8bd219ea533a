/* normal_form_direction.c - directions of bonds on a lattice of cells: written in one way, walked along. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "normal_form_regular.h"

bool gibbs_layout_equal(const gibbs_layout *a, const gibbs_layout *b) {
  if (a->axes != b->axes || a->basis != b->basis) return false;
  for (size_t k = 0; k < a->axes; k++)
    if (a->extent[k] != b->extent[k] || a->periodic[k] != b->periodic[k]) return false;
  return true;
}

size_t gibbs_layout_cells(const gibbs_layout *layout) {
  size_t cells = 1;
  for (size_t k = 0; k < layout->axes; k++) cells *= layout->extent[k];
  return cells;
}

/* Between -extent/2, without it, and extent/2. */
static long wrap(long offset, size_t extent) {
  long n = (long)extent, rest = offset % n;
  if (rest < 0) rest += n;
  return 2 * rest > n ? rest - n : rest;
}

static int compare_offsets(size_t axes, const long a[], const long b[]) {
  for (size_t k = 0; k < axes; k++)
    if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

void gibbs_direction_tidy(const gibbs_layout *layout, gibbs_direction *d, bool *both) {
  gibbs_direction back = {.from = d->to, .to = d->from, .coupling = d->coupling};
  for (size_t k = 0; k < layout->axes; k++) {
    if (layout->periodic[k]) d->offset[k] = wrap(d->offset[k], layout->extent[k]);
    back.offset[k] = layout->periodic[k] ? wrap(-d->offset[k], layout->extent[k]) : -d->offset[k];
  }
  int order = compare_offsets(layout->axes, d->offset, back.offset);
  *both = order == 0 && d->from == d->to;
  if (order < 0 || (order == 0 && d->from > d->to)) *d = back;
}

bool gibbs_direction_equal(const gibbs_layout *layout, const gibbs_direction *a, const gibbs_direction *b) {
  return a->from == b->from && a->to == b->to && compare_offsets(layout->axes, a->offset, b->offset) == 0;
}

static size_t count_steps(const gibbs_layout *layout, const gibbs_direction *d) {
  size_t count = 0;
  for (size_t k = 0; k < layout->axes; k++) count += d->offset[k] != 0;
  return count;
}

int gibbs_direction_compare(const gibbs_layout *layout, const gibbs_direction *a, const gibbs_direction *b) {
  size_t left = count_steps(layout, a), right = count_steps(layout, b);
  if (left != right) return left < right ? -1 : 1;
  int order = compare_offsets(layout->axes, b->offset, a->offset);
  if (order != 0) return order;
  if (a->from != b->from) return a->from < b->from ? -1 : 1;
  return a->to < b->to ? -1 : a->to > b->to;
}

bool gibbs_lattice_form_add(gibbs_lattice_form *form, gibbs_direction direction) {
  bool both;
  gibbs_direction_tidy(&form->layout, &direction, &both);
  for (size_t k = 0; k < form->count; k++)
    if (gibbs_direction_equal(&form->layout, &form->direction[k], &direction)) {
      form->direction[k].coupling += direction.coupling;
      return true;
    }
  if (form->count == GIBBS_MOST_DIRECTIONS) return false;
  form->direction[form->count++] = direction;
  return true;
}

void gibbs_lattice_form_sort(gibbs_lattice_form *form) {
  for (size_t k = 1; k < form->count; k++) {
    gibbs_direction one = form->direction[k];
    size_t j = k;
    for (; j > 0 && gibbs_direction_compare(&form->layout, &one, &form->direction[j - 1]) < 0; j--)
      form->direction[j] = form->direction[j - 1];
    form->direction[j] = one;
  }
}

/* ---- walking ------------------------------------------------------------------------------------- */

gibbs_direction_walk gibbs_direction_begin(const gibbs_layout *layout, const gibbs_direction *direction) {
  return (gibbs_direction_walk){.layout = layout, .direction = direction, .cells = gibbs_layout_cells(layout)};
}

/* The cell of the partner, or false when that lies beyond an open border. */
static bool find_partner(const gibbs_direction_walk *walk, size_t *cell) {
  const gibbs_layout *layout = walk->layout;
  *cell = 0;
  for (size_t k = 0; k < layout->axes; k++) {
    long n = (long)layout->extent[k], x = (long)walk->at[k] + walk->direction->offset[k];
    if (x < 0 || x >= n) {
      if (!layout->periodic[k]) return false;
      x += x < 0 ? n : -n;
    }
    *cell = *cell * layout->extent[k] + (size_t)x;
  }
  return true;
}

static void advance(gibbs_direction_walk *walk) {
  walk->cell++;
  for (size_t k = walk->layout->axes; k-- > 0;) {
    if (++walk->at[k] < walk->layout->extent[k]) return;
    walk->at[k] = 0;
  }
}

bool gibbs_direction_next(gibbs_direction_walk *walk) {
  while (walk->cell < walk->cells) {
    size_t other;
    bool there = find_partner(walk, &other);
    walk->site = walk->cell * walk->layout->basis + walk->direction->from;
    walk->partner = other * walk->layout->basis + walk->direction->to;
    advance(walk);
    if (there) return true;
  }
  return false;
}

size_t gibbs_direction_count(const gibbs_layout *layout, const gibbs_direction *d) {
  size_t count = 1;
  for (size_t k = 0; k < layout->axes; k++) {
    size_t steps = (size_t)(d->offset[k] < 0 ? -d->offset[k] : d->offset[k]);
    count *= layout->periodic[k] ? layout->extent[k] : layout->extent[k] - steps;
  }
  return count;
}
