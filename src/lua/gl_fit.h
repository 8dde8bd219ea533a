/* gl_fit.h - results of gibbs.minimize as tables: what exact and sampled runs have in common. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_FIT_H
#define GL_FIT_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

/* Fields of the table on the top of the stack. */
void gl_fit_number(lua_State *L, const char *name, double value); /* NaN: not known, no field */
void gl_fit_count(lua_State *L, const char *name, uint64_t value);
void gl_fit_verdict(lua_State *L, const char *name); /* the name of a verdict, in lower case */

/* Make the table on the top of the stack a fit: it has value, steps and reason. */
void gl_fit_finish(lua_State *L);

#endif
