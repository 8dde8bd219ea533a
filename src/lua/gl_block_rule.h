/* gl_block_rule.h - block rules and lattice operators out of option tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_BLOCK_RULE_H
#define GL_BLOCK_RULE_H

#include "gibbs/block_rule.h"
#include "gibbs/operators.h"
#include "gibbs/tensor.h"

#include "gl_class.h"
#include "gl_options.h"

/* A rule with its memory on the Lua stack, for the lattice of a shape of one to three axes. */
typedef struct gl_rule {
  gibbs_block_rule_options options;
  int offsets[GIBBS_MOST_REACH][GIBBS_MOST_AXES];
  double weights[GIBBS_MOST_REACH];
} gl_rule;

extern const gl_option gl_rule_rows[];

/* The value on the top of the stack - a name, or a table of gl_rule_rows, or a transform with such a table as its
 * field `rule` - is read and stays. */
void gl_rule_read(lua_State *L, const char *who, const gibbs_shape *lattice, gl_rule *out);
/* Option `name` of the table at `index`: a list of names of usual operators and of lists of offsets; absent: the
 * usual ones of that parity. Gives how many. */
size_t gl_operators_read(lua_State *L, int index, const char *who, const char *name, size_t axes, bool odd,
                         gibbs_operator *out);
/* Push rows of numbers: values[row * columns + column]. */
void gl_matrix_push(lua_State *L, const double *values, size_t rows, size_t columns);

#endif
