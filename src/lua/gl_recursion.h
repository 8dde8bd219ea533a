/* gl_recursion.h - gibbs.rg.<scheme>: recursions of couplings as Lua objects. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_RECURSION_H
#define GL_RECURSION_H

#include "gibbs/recursion.h"

#include "gl_class.h"
#include "gl_options.h"

extern const gl_class gl_recursion_class;

/* One option's value, as gl_options_read leaves it. */
typedef union gl_recursion_slot {
  uint64_t count;
  double real;
  int choice;
} gl_recursion_slot;

/* The rows of a scheme's options as gl_options_read wants them, for an array of GIBBS_MOST_RECURSION_OPTIONS slots;
 * `rows` has room for one more. */
void gl_recursion_options(const gibbs_recursion_kind *kind, gl_option *rows);

/* Push a table { name = value } of couplings. */
void gl_couplings_push(lua_State *L, const gibbs_recursion *r, const double *couplings);
/* Read such a table, names that are missing being 0, or a number: K of the nearest-neighbour model. */
void gl_couplings_read(lua_State *L, int index, const gibbs_recursion *r, const char *who, double *couplings);

#endif
