/* gl_callback.c - Lua called from inside the core, behind a pcall. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_callback.h"

#include "gl_error.h"

/* The value on the top of L becomes user value 1 of the state's userdata.  A box {value} would allocate, so
 * "there is one" is told by has_error. */
static void store_error(gl_state *state, lua_State *L) {
  gl_state_push(L);
  lua_insert(L, -2);
  lua_setiuservalue(L, -2, 1);
  lua_pop(L, 1);
  state->has_error = true;
}

bool gl_callback_take_error(lua_State *L) {
  gl_state *state = gl_state_of(L);
  if (!state->has_error) return false;
  state->has_error = false;
  gl_state_push(L);
  lua_getiuservalue(L, -1, 1);
  lua_pushnil(L);
  lua_setiuservalue(L, -3, 1);
  lua_remove(L, -2);
  return true;
}

gibbs_status gl_callback_run(gl_state *state, lua_CFunction body, void *context, gibbs_error *err) {
  lua_State *L = state->running;
  if (!lua_checkstack(L, LUA_MINSTACK)) return gibbs_fail(err, GIBBS_ERR_MEMORY, "callback: the Lua stack is full");
  lua_pushcfunction(L, body); /* a function without upvalues: nothing here allocates outside the pcall */
  lua_pushlightuserdata(L, context);
  int outcome = lua_pcall(L, 1, 0, 0);
  state->running = L; /* the callback may have called the core from another coroutine */
  if (outcome == LUA_OK) return GIBBS_OK;
  store_error(state, L);
  return gibbs_fail(err, GIBBS_ERR_CALLBACK, "a function of the script failed");
}

int gl_callback_keep(lua_State *L, int index) {
  lua_pushvalue(L, index);
  return luaL_ref(L, LUA_REGISTRYINDEX);
}

void gl_callback_forget(gl_state *state, int reference) {
  luaL_unref(state->main, LUA_REGISTRYINDEX, reference);
}
