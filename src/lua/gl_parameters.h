/* gl_parameters.h - which parameters are meant: those of distributions, or parameters themselves. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_PARAMETERS_H
#define GL_PARAMETERS_H

#include "gibbs/expr.h"
#include "gl_class.h"

typedef struct gl_chosen {
  gibbs_expr **nodes; /* borrowed, in a block of Lua's memory or of the caller's */
  size_t count, room;
} gl_chosen;

/* Add those of a distribution, a parameter, or a table of them at `index`, each once; refuses anything else. */
void gl_choose_all(lua_State *L, gl_chosen *list, int index, const char *who);
/* Whether the value at `index` is one of these. */
bool gl_is_choice(lua_State *L, int index);
/* Results are tables by name: refuse two parameters of one name. */
void gl_refuse_same_names(lua_State *L, gibbs_expr *const nodes[], size_t count, const char *who);

#endif
