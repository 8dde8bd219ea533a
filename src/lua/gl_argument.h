/* gl_argument.h - positional arguments, checked by name.
 *
 * Promises: every refusal names the function, the argument, what was given and what is legal, e.g.
 * "gibbs.uniform: argument 'high' is nil; it must be a number"; strings are not numbers, 2.0 is an integer, NaN is
 * refused.  Checks of expressions and tensors are in gl_expression.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_ARGUMENT_H
#define GL_ARGUMENT_H

#include "gl_class.h"

double gl_number(lua_State *L, int index, const char *who, const char *name); /* finite */
double gl_number_in(lua_State *L, int index, const char *who, const char *name, double low, double high);
lua_Integer gl_integer(lua_State *L, int index, const char *who, const char *name, lua_Integer low, lua_Integer high);
bool gl_boolean(lua_State *L, int index, const char *who, const char *name);
const char *gl_string(lua_State *L, int index, const char *who, const char *name);
void gl_function(lua_State *L, int index, const char *who, const char *name);
void gl_table(lua_State *L, int index, const char *who, const char *name);
void *gl_object(lua_State *L, int index, const char *who, const char *name, const gl_class *class);
/* Refuse more arguments than `most`. */
void gl_at_most(lua_State *L, int most, const char *who);

/* "who: argument 'name' is <value>; it must be <legal>" */
int gl_refuse(lua_State *L, int index, const char *who, const char *name, const char *legal);
/* The same for an option. */
int gl_refuse_option(lua_State *L, int index, const char *who, const char *name, const char *legal);

#endif
