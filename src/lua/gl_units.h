/* gl_units.h - values of units that a script gives variable by variable, and variables that it names. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_UNITS_H
#define GL_UNITS_H

#include "gibbs/distribution.h"
#include "gl_class.h"

/* One entry a variable of the distribution, visible ones first; blocks of Lua's memory. */
typedef struct gl_unit_values {
  const double **rows; /* [row * units + unit], NaN where a unit is left free; NULL where nothing is given */
  size_t *row_counts;  /* 1, or one a chain */
} gl_unit_values;

/* The values at `index`, which stays on the stack; pushes a few values that hold them.  `what` is "option 'clamp'".
 * A table whose keys are variables or their names ("visible" and "hidden" too, where there is one such) gives values
 * to these; with `whole`, anything else gives them to all visible units laid end to end.  A number is for every unit.
 * With `gaps`, gibbs.null and NaN leave a unit free. */
gl_unit_values gl_unit_values_read(lua_State *L, int index, const char *who, const char *what, gibbs_distribution *d,
                                   size_t chains, bool whole, bool gaps);

/* The number of the variable at `index` among the visible and hidden ones; raises where it is none. */
size_t gl_variable_number(lua_State *L, int index, const char *who, const char *what, gibbs_distribution *d);
gibbs_expr *gl_variable_at(gibbs_distribution *d, size_t number);

/* The shape of `rows` configurations of some variables: that of the units behind an axis of rows for one, else a
 * matrix. */
gibbs_shape gl_rows_shape(gibbs_expr *const variables[], size_t count, size_t rows);

#endif
