/* gl_estimate.h - numbers with how they were obtained: {value, error, ess, tau, method}. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_ESTIMATE_H
#define GL_ESTIMATE_H

#include <lauxlib.h>
#include <lua.h>

/* Replace the value on the top of the stack (a number or a tensor) by its estimate: exact, without an error. */
int gl_estimate_exact(lua_State *L);

/* Check the argument `how` (may be absent) at `index`: gibbs.exact(). */
void gl_how(lua_State *L, int index, const char *who);
/* The same for the option 'estimate' on the top of the stack. */
void gl_how_option(lua_State *L, int index, const char *who);

#endif
