/* gl_shape.h - shapes between Lua and C: 6, {4, 3}, {} (a scalar), or a lattice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_SHAPE_H
#define GL_SHAPE_H

#include <lua.h>

#include "gibbs/tensor.h"

/* Raises unless the value is a shape within the limits of gibbs_shape_check. */
gibbs_shape gl_shape(lua_State *L, int index, const char *who, const char *name);
void gl_shape_push(lua_State *L, const gibbs_shape *shape);             /* {4, 3} */
const char *gl_shape_push_text(lua_State *L, const gibbs_shape *shape); /* "4x3", pushed */

#endif
