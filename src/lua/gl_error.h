/* gl_error.h - how errors reach the script: "script.lua:12: who: what is wrong: the value; what is legal".
 *
 * Promises: the position is that of the first frame that is the user's; messages are never used as formats; the error
 * of a script's callback is raised again unchanged.
 * Never raise while you own memory of the core: everything you own is in a box, or has been released. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_ERROR_H
#define GL_ERROR_H

#include <lauxlib.h>
#include <lua.h>

#include "gibbs/status.h"

/* Raise a failure of the core.  Never returns; `return gl_raise(L, &err);` pleases the compiler. */
int gl_raise(lua_State *L, const gibbs_error *err);

/* Does nothing when status is GIBBS_OK; else raises: the script's own error value after GIBBS_ERR_CALLBACK, else the
 * message of *err. */
void gl_check(lua_State *L, gibbs_status status, const gibbs_error *err);

/* Raise an error of the caller's making.  The format is lua_pushfstring's: %s %d %I %f %p %c %U %%. */
int gl_fail(lua_State *L, const char *format, ...);

/* The nearest of some words to one that is misspelt.
 *   gl_guess guess = gl_guess_of(word);
 *   for each candidate: gl_guess_offer(&guess, candidate);
 *   gl_fail(L, "...: unknown option '%s'%s", word, gl_guess_hint(L, &guess)); */
typedef struct gl_guess {
  const char *word, *best;
  size_t distance;
} gl_guess;

gl_guess gl_guess_of(const char *word);
void gl_guess_offer(gl_guess *guess, const char *candidate); /* the candidate has to outlive the guess */
/* "; did you mean 'x'?" as a string pushed on the stack, or "" when nothing is near. */
const char *gl_guess_hint(lua_State *L, const gl_guess *guess);

#endif
