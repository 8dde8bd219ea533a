/* gl_session.c - gibbs.seed, gibbs.threads: what holds for the whole script. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
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

const luaL_Reg gl_session_functions[] = {{"seed", session_seed}, {"threads", session_threads}, {NULL, NULL}};
