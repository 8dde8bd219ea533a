/* gl_watch.c - a function of the script that sees each step of a run, and may stop it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_watch.h"

#include "gibbs/control.h"
#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_options.h"

bool gl_watch_read(lua_State *L, int options, const char *who) {
  if (!gl_options_value(L, options, "watch")) return false;
  if (!lua_isfunction(L, -1)) gl_refuse_option(L, lua_gettop(L), who, "watch", "a function of the record of a step");
  lua_pop(L, 1);
  return true;
}

gl_watch gl_watch_begin(lua_State *L, int options, void (*push)(lua_State *L, const void *record)) {
  gl_watch watch = {.state = gl_enter(L), .reference = LUA_NOREF, .push = push};
  if (!gl_options_value(L, options, "watch")) return watch;
  watch.reference = gl_callback_keep(L, lua_gettop(L));
  lua_pop(L, 1);
  return watch;
}

void gl_watch_end(gl_watch *watch) {
  if (watch->reference != LUA_NOREF) gl_callback_forget(watch->state, watch->reference);
  watch->reference = LUA_NOREF;
}

static int call_watch(lua_State *L) {
  gl_watch *watch = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, watch->reference);
  watch->push(L, watch->record);
  lua_call(L, 1, 1);
  watch->stop = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
  return 0;
}

gibbs_status gl_watch_step(gl_watch *watch, const void *record, gibbs_error *err) {
  if (watch->reference == LUA_NOREF) return GIBBS_OK;
  watch->record = record;
  gibbs_status status = gl_callback_run(watch->state, call_watch, watch, err);
  if (status == GIBBS_ERR_CALLBACK && gibbs_interrupted()) {
    lua_State *L = watch->state->running;
    if (gl_callback_take_error(L)) lua_pop(L, 1);
    return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  }
  return status == GIBBS_OK && watch->stop ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "stopped by watch") : status;
}
