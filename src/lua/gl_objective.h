/* gl_objective.h - objectives on the Lua stack. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_OBJECTIVE_H
#define GL_OBJECTIVE_H

#include "gibbs/objective.h"
#include "gl_class.h"

/* Plan the objective at `index` (an expression of functionals); a box that owns the plan is pushed. */
gibbs_objective *gl_objective_push(lua_State *L, int index, const char *who, const char *name);

/* The method value of expressions that hold functionals. */
int gl_objective_value(lua_State *L);

#endif
