/* gibbs/private/pattern.h - lists of positions that follow from a rule: shifts, and the ends of a lattice's bonds.
 *
 * Promises: a rule has no size of its own, whatever the list; positions are written out when somebody reads them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_PATTERN_H
#define GIBBS_PRIVATE_PATTERN_H

#include "gibbs/expr.h"

enum { GIBBS_MOST_CELL_STEPS = 6 };

/* Bonds that start in each cell: from its site `from` to the site `to` of the cell `offset` further on. */
typedef struct gibbs_cell_step {
  size_t from, to;
  size_t offset[GIBBS_MAX_RANK];
} gibbs_cell_step;

/* Cells of `basis` sites in row-major order: site = cell * basis + its number in the cell. */
typedef struct gibbs_cells {
  size_t axes, basis, steps;
  size_t extent[GIBBS_MAX_RANK];
  bool periodic;
  gibbs_cell_step step[GIBBS_MOST_CELL_STEPS];
} gibbs_cells;

/* Bond after bond: cell by cell, and in each cell step by step.  What leads beyond an open border, or from a site to
 * itself, is no bond. */
typedef struct gibbs_cell_walk {
  const gibbs_cells *cells;
  size_t cell, step, at[GIBBS_MAX_RANK];
  size_t a, b, direction; /* of the bond that was found */
} gibbs_cell_walk;
gibbs_cell_walk gibbs_cells_begin(const gibbs_cells *cells);
bool gibbs_cells_next(gibbs_cell_walk *walk);
/* How many the walk finds, for a lattice whose bonds can be counted.  O(axes * steps). */
size_t gibbs_cells_bonds(const gibbs_cells *cells);

typedef enum gibbs_pattern_kind {
  GIBBS_PATTERN_NONE,      /* a list of any positions */
  GIBBS_PATTERN_SHIFT,     /* of the elements of a shape, periodic: element k + by */
  GIBBS_PATTERN_FIRST_END, /* of each bond */
  GIBBS_PATTERN_SECOND_END
} gibbs_pattern_kind;

typedef struct gibbs_pattern {
  gibbs_pattern_kind kind;
  gibbs_shape shape;         /* SHIFT */
  size_t by[GIBBS_MAX_RANK]; /* SHIFT: 0 .. extent - 1 */
  gibbs_cells cells;         /* ends */
  size_t inner;              /* ends: elements a site, which go with it */
} gibbs_pattern;

size_t gibbs_pattern_count(const gibbs_pattern *pattern);
/* The size of the tensors that it leads into. */
size_t gibbs_pattern_places(const gibbs_pattern *pattern);
/* out[k] for all k below the count. */
void gibbs_pattern_write(const gibbs_pattern *pattern, uint32_t *out);
bool gibbs_pattern_equal(const gibbs_pattern *a, const gibbs_pattern *b);
/* Whether it is certain, without writing it out, that out[k] = k. */
bool gibbs_pattern_is_identity(const gibbs_pattern *pattern);

/* out[k] = x[pattern[k]]: as gibbs_expr_gather with the list written out, which a long one is not. */
gibbs_status gibbs_expr_gather_pattern(gibbs_expr *x, const gibbs_pattern *pattern, const gibbs_shape *shape,
                                       gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;

#endif
