/* gl_operators.h - what the class of expressions takes from the files that do its operators. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_OPERATORS_H
#define GL_OPERATORS_H

#include <lauxlib.h>
#include <lua.h>

extern const luaL_Reg gl_expression_operators[]; /* the metamethods */
int gl_expression_index(lua_State *L);           /* x[i] */

#endif
