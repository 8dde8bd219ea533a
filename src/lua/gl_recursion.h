/* gl_recursion.h - gibbs.rg.<scheme>: recursions of couplings as Lua objects. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_RECURSION_H
#define GL_RECURSION_H

#include "gibbs/recursion.h"

#include "gl_class.h"
#include "gl_options.h"
#include "gl_state.h"

extern const gl_class gl_recursion_class;

/* What a box holds. */
typedef struct gl_recursion_holder {
  gibbs_recursion recursion;
  gibbs_fixed_point point; /* of the scheme's own start, once it was asked for */
  bool has_point;
  gl_state *state; /* of a recursion that is a Lua function */
  int function;
} gl_recursion_holder;

/* Push a box of a recursion that is still empty; *box has to be given it as its object once it is filled. */
gl_recursion_holder *gl_recursion_new(lua_State *L, gl_box **box);

/* gibbs.rg.recursion{...} (gl_recursion_own.c). */
int gl_recursion_own(lua_State *L);
extern const gl_option gl_recursion_own_rows[];

/* One option's value, as gl_options_read leaves it. */
typedef union gl_recursion_slot {
  uint64_t count;
  double real;
  int choice;
} gl_recursion_slot;

/* The rows of a scheme's options as gl_options_read wants them, for an array of GIBBS_MOST_RECURSION_OPTIONS slots;
 * `rows` has room for one more. */
void gl_recursion_options(const gibbs_recursion_kind *kind, gl_option *rows);

/* The number of a coupling; an error with a guess for a name that is none. */
size_t gl_coupling_named(lua_State *L, const gibbs_recursion *r, const char *name, const char *who);
/* Push a table { name = value } of couplings. */
void gl_couplings_push(lua_State *L, const gibbs_recursion *r, const double *couplings);
/* Read such a table, names that are missing being 0, or a number: K of the nearest-neighbour model. */
void gl_couplings_read(lua_State *L, int index, const gibbs_recursion *r, const char *who, const char *argument,
                       double *couplings);

#endif
