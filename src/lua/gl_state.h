/* gl_state.h - what one Lua state shares between all bindings: the expression graph, the seed, the place of the
 * script.
 *
 * Promises: one per lua_State, made at the first use, released after every object of the library; coroutines share
 * it. Knows nothing of classes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_STATE_H
#define GL_STATE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdint.h>

#include "gibbs/expr.h"

typedef struct gl_state {
  gibbs_graph *graph;
  lua_State *main;    /* the main thread: for releasing references at any time */
  lua_State *running; /* the thread on whose stack callbacks run: set by gl_enter */
  uint64_t seed;      /* gibbs.seed(n) */
  uint32_t drawn;     /* random tensors made so far: the address of the next */
  bool follows_hook;  /* gl_follow_hook was called */
  bool has_error;     /* the error value of a callback waits in user value 1 */
  bool hopeful;       /* estimates say that they converged: gibbs check made them from too little to tell */
  size_t held;        /* bytes of the core that boxes hold, about */
  size_t most_held;   /* a full collection is due beyond this */
  char place[LUA_IDSIZE + 16];
  char source[LUA_IDSIZE];
  int line;
} gl_state;

gl_state *gl_state_of(lua_State *L);
void gl_state_push(lua_State *L); /* the userdata that holds it; allocates nothing once it is made */

/* Call this before any call of the core that makes nodes or may call back: new nodes get the place of the script as
 * their origin, callbacks run on L.  Costs a fraction of a microsecond. */
gl_state *gl_enter(lua_State *L);

/* A stock lua5.4 answers Ctrl-C by setting a hook, which raises when the core has returned: have the core look for it
 * meanwhile, so that long computations end. */
void gl_follow_hook(lua_State *L);
/* What the hook of Ctrl-C would raise is raised: it would do so again in the handler of errors.  Other hooks stay. */
void gl_drop_hook(lua_State *L);

/* The first frame that is the user's (neither C nor our embedded Lua) as "script.lua:12"; "" without one. */
void gl_place(lua_State *L, char *text, size_t size);

#endif
