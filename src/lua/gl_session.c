/* gl_session.c - gibbs.seed, gibbs.threads, gibbs.clock: what holds for the whole script. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "gibbs/threads.h"

#include "gl_argument.h"
#include "gl_module.h"
#include "gl_state.h"

/* gibbs.seed(n?) -> the seed in force; with n, sets it and starts the count of random tensors again */
static int session_seed(lua_State *L) {
  gl_at_most(L, 1, "gibbs.seed");
  gl_state *state = gl_state_of(L);
  if (!lua_isnoneornil(L, 1)) {
    state->seed = (uint64_t)gl_integer(L, 1, "gibbs.seed", "seed", 0, INT64_C(9007199254740992));
    state->drawn = 0;
  }
  lua_pushinteger(L, (lua_Integer)state->seed);
  return 1;
}

/* gibbs.threads(n?) -> the number of threads in use; with n, sets it */
static int session_threads(lua_State *L) {
  gl_at_most(L, 1, "gibbs.threads");
  if (!lua_isnoneornil(L, 1))
    gibbs_set_threads((size_t)gl_integer(L, 1, "gibbs.threads", "threads", 1, GIBBS_MAX_THREADS));
  lua_pushinteger(L, (lua_Integer)gibbs_threads());
  return 1;
}

/* gibbs.clock() -> seconds of real time since some fixed moment */
static int session_clock(lua_State *L) {
  struct timespec now;
  gl_at_most(L, 0, "gibbs.clock");
  clock_gettime(CLOCK_MONOTONIC, &now);
  lua_pushnumber(L, (double)now.tv_sec + 1e-9 * (double)now.tv_nsec);
  return 1;
}

const luaL_Reg gl_session_functions[] = {
    {"seed", session_seed}, {"threads", session_threads}, {"clock", session_clock}, {NULL, NULL}};
