/* normal_form_regular.h - pairs that are the same everywhere on a lattice of cells. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_NORMAL_FORM_REGULAR_H
#define GIBBS_EXPR_NORMAL_FORM_REGULAR_H

#include "gibbs/normal_form.h"

/* Where the elements of a variable lie: site = cell * basis + its number in the cell, cells in row-major order. */
typedef struct gibbs_layout {
  size_t axes, basis;
  size_t extent[GIBBS_MAX_RANK];
  bool periodic[GIBBS_MAX_RANK];
} gibbs_layout;

bool gibbs_layout_equal(const gibbs_layout *a, const gibbs_layout *b);
size_t gibbs_layout_cells(const gibbs_layout *layout);

/* The one writing of a direction: offsets between -extent/2 and extent/2 on periodic axes; of the two ends of its
 * bonds the one from which the first offset that is not 0 is positive; of the same from both, the lower site first.
 * True with *both when each pair is met from both its ends. */
void gibbs_direction_tidy(const gibbs_layout *layout, gibbs_direction *direction, bool *both);
/* Before or behind: by the number of offsets that are not 0, then the larger ones first. */
int gibbs_direction_compare(const gibbs_layout *layout, const gibbs_direction *a, const gibbs_direction *b);
/* Whether two tidy directions are one. */
bool gibbs_direction_equal(const gibbs_layout *layout, const gibbs_direction *a, const gibbs_direction *b);

/* How many sites have a partner in a tidy direction. */
size_t gibbs_direction_count(const gibbs_layout *layout, const gibbs_direction *direction);

/* Each site of basis `from`, in order, with its partner; cells that have none are passed over. */
typedef struct gibbs_direction_walk {
  const gibbs_layout *layout;
  const gibbs_direction *direction;
  size_t cell, cells, at[GIBBS_MAX_RANK];
  size_t site, partner;
} gibbs_direction_walk;
gibbs_direction_walk gibbs_direction_begin(const gibbs_layout *layout, const gibbs_direction *direction);
bool gibbs_direction_next(gibbs_direction_walk *walk);

enum { GIBBS_MOST_DIRECTIONS = 32 };

/* What a regular lattice is made of; `regular` points to the list here. */
typedef struct gibbs_lattice_form {
  gibbs_layout layout;
  size_t count;
  gibbs_direction direction[GIBBS_MOST_DIRECTIONS];
} gibbs_lattice_form;

/* Adds a coupling in a direction (of any writing); false when there are too many directions. */
bool gibbs_lattice_form_add(gibbs_lattice_form *form, gibbs_direction direction);
void gibbs_lattice_form_sort(gibbs_lattice_form *form);

/* Whether the pairs in these rows, all of them among the elements first..first + sites - 1, are the same everywhere
 * on this layout, whose borders are found here. */
bool gibbs_lattice_form_detect(const gibbs_sparse *pairs, size_t first, const gibbs_layout *layout,
                               gibbs_lattice_form *out);

#endif
