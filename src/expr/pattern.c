/* pattern.c - lists of positions that follow from a rule. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/pattern.h"

/* ---- the bonds of a lattice of cells ------------------------------------------------------------- */

gibbs_cell_walk gibbs_cells_begin(const gibbs_cells *cells) {
  return (gibbs_cell_walk){.cells = cells};
}

/* The cell that `offset` leads to from `at`, or false when that is beyond an open border. */
static bool find_cell_after(const gibbs_cells *c, const size_t at[], const size_t offset[], size_t *cell) {
  *cell = 0;
  for (size_t k = 0; k < c->axes; k++) {
    size_t x = at[k] + offset[k];
    if (x >= c->extent[k]) {
      if (!c->periodic) return false;
      x -= c->extent[k];
    }
    *cell = *cell * c->extent[k] + x;
  }
  return true;
}

/* To the next cell in row-major order; false behind the last. */
static bool advance(gibbs_cell_walk *walk) {
  walk->cell++;
  for (size_t k = walk->cells->axes; k-- > 0;) {
    if (++walk->at[k] < walk->cells->extent[k]) return true;
    walk->at[k] = 0;
  }
  return false;
}

bool gibbs_cells_next(gibbs_cell_walk *walk) {
  const gibbs_cells *c = walk->cells;
  while (walk->step < c->steps) {
    const gibbs_cell_step *step = &c->step[walk->step];
    size_t cell = walk->cell, other;
    bool there = find_cell_after(c, walk->at, step->offset, &other);
    walk->a = cell * c->basis + step->from;
    walk->direction = walk->step++;
    if (walk->step == c->steps && advance(walk)) walk->step = 0;
    if (!there) continue;
    walk->b = other * c->basis + step->to;
    if (walk->a != walk->b) return true;
  }
  return false;
}

/* A step that leads from each site to itself. */
static bool stays(const gibbs_cells *c, const gibbs_cell_step *step) {
  bool same = step->from == step->to;
  for (size_t k = 0; k < c->axes; k++) same = same && step->offset[k] % c->extent[k] == 0;
  return same;
}

size_t gibbs_cells_bonds(const gibbs_cells *c) {
  size_t total = 0;
  for (size_t s = 0; s < c->steps; s++) {
    size_t count = c->periodic && stays(c, &c->step[s]) ? 0 : 1;
    for (size_t k = 0; k < c->axes; k++) count *= c->periodic ? c->extent[k] : c->extent[k] - c->step[s].offset[k];
    total += count;
  }
  return total;
}

/* ---- patterns ------------------------------------------------------------------------------------ */

size_t gibbs_pattern_count(const gibbs_pattern *p) {
  return p->kind == GIBBS_PATTERN_SHIFT ? gibbs_shape_size(&p->shape) : gibbs_cells_bonds(&p->cells) * p->inner;
}

size_t gibbs_pattern_places(const gibbs_pattern *p) {
  size_t places = p->cells.basis * p->inner;
  if (p->kind == GIBBS_PATTERN_SHIFT) return gibbs_shape_size(&p->shape);
  for (size_t k = 0; k < p->cells.axes; k++) places *= p->cells.extent[k];
  return places;
}

static void write_shift(const gibbs_pattern *p, uint32_t *out) {
  const gibbs_shape *s = &p->shape;
  size_t size = gibbs_shape_size(s), row = s->extent[s->rank - 1], turn = p->by[s->rank - 1];
  for (size_t first = 0; first < size; first += row) {
    size_t rest = first / row, from = 0, stride = row;
    for (size_t axis = s->rank - 1; axis-- > 0;) {
      from += (rest % s->extent[axis] + p->by[axis]) % s->extent[axis] * stride;
      rest /= s->extent[axis];
      stride *= s->extent[axis];
    }
    for (size_t k = 0; k < row; k++) out[first + k] = (uint32_t)(from + (k + turn < row ? k + turn : k + turn - row));
  }
}

void gibbs_pattern_write(const gibbs_pattern *p, uint32_t *out) {
  if (p->kind == GIBBS_PATTERN_SHIFT) {
    write_shift(p, out);
    return;
  }
  for (gibbs_cell_walk walk = gibbs_cells_begin(&p->cells); gibbs_cells_next(&walk);) {
    size_t site = p->kind == GIBBS_PATTERN_FIRST_END ? walk.a : walk.b;
    for (size_t i = 0; i < p->inner; i++) *out++ = (uint32_t)(site * p->inner + i);
  }
}

static bool same_numbers(const size_t *a, const size_t *b, size_t count) {
  for (size_t k = 0; k < count; k++)
    if (a[k] != b[k]) return false;
  return true;
}

static bool same_cells(const gibbs_cells *a, const gibbs_cells *b) {
  if (a->axes != b->axes || a->basis != b->basis || a->steps != b->steps || a->periodic != b->periodic ||
      !same_numbers(a->extent, b->extent, a->axes))
    return false;
  for (size_t s = 0; s < a->steps; s++)
    if (a->step[s].from != b->step[s].from || a->step[s].to != b->step[s].to ||
        !same_numbers(a->step[s].offset, b->step[s].offset, a->axes))
      return false;
  return true;
}

bool gibbs_pattern_equal(const gibbs_pattern *a, const gibbs_pattern *b) {
  if (a->kind != b->kind) return false;
  if (a->kind == GIBBS_PATTERN_SHIFT)
    return gibbs_shape_equal(&a->shape, &b->shape) && same_numbers(a->by, b->by, a->shape.rank);
  return a->inner == b->inner && same_cells(&a->cells, &b->cells);
}

/* The first ends of the bonds of a ring are its sites, one after the other. */
bool gibbs_pattern_is_identity(const gibbs_pattern *p) {
  if (p->kind == GIBBS_PATTERN_FIRST_END)
    return p->cells.periodic && p->cells.steps == 1 && p->cells.basis == 1 && gibbs_cells_bonds(&p->cells) > 0;
  if (p->kind != GIBBS_PATTERN_SHIFT) return false;
  for (size_t k = 0; k < p->shape.rank; k++)
    if (p->by[k] != 0) return false;
  return true;
}
