/* gl_state.c - one context for each Lua state, and where in the user's script we are. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_state.h"

#include <stdio.h>
#include <string.h>

#include "gibbs/control.h"
#include "gl_error.h"

static const char state_key = 0; /* its address is the key in the registry */

/* The hook that asks for everything is that of Ctrl-C; a debugger or a profiler asks for less. */
static bool hook_asks(void *main) {
  lua_State *L = main;
  return lua_gethookmask(L) == (LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT) &&
         lua_gethookcount(L) == 1;
}

void gl_follow_hook(lua_State *L) {
  gl_state *state = gl_state_of(L);
  state->follows_hook = true;
  gibbs_interrupt_ask(hook_asks, state->main);
}

void gl_drop_hook(lua_State *L) {
  lua_State *main = gl_state_of(L)->main;
  if (hook_asks(L)) lua_sethook(L, NULL, 0, 0);
  if (hook_asks(main)) lua_sethook(main, NULL, 0, 0);
}

static int release_state(lua_State *L) {
  gl_state *state = lua_touserdata(L, 1);
  if (state->follows_hook) gibbs_interrupt_ask(NULL, NULL);
  gibbs_graph *graph = state->graph;
  state->graph = NULL;
  gibbs_graph_release(graph);
  return 0;
}

/* Its finalizer is marked before that of any object that uses it, so Lua calls it after theirs. */
static gl_state *make_state(lua_State *L) {
  gl_state *state = lua_newuserdatauv(L, sizeof *state, 1); /* user value 1: the error of a callback */
  *state = (gl_state){.seed = 1};
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, release_state);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  state->main = lua_tothread(L, -1);
  lua_pop(L, 1);
  state->running = L;
  gibbs_error err;
  if (gibbs_graph_new(&state->graph, &err) != GIBBS_OK) gl_raise(L, &err);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &state_key);
  return state;
}

void gl_state_push(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
}

gl_state *gl_state_of(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &state_key);
  gl_state *state = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return state != NULL ? state : make_state(L);
}

static bool is_embedded(const char *source) {
  return strncmp(source, "=gibbs", 6) == 0 && (source[6] == '\0' || source[6] == '.');
}

static bool find_user_frame(lua_State *L, lua_Debug *frame) {
  for (int level = 0; lua_getstack(L, level, frame); level++) {
    lua_getinfo(L, "Sl", frame);
    if (frame->currentline > 0 && !is_embedded(frame->source)) return true;
  }
  return false;
}

void gl_place(lua_State *L, char *text, size_t size) {
  lua_Debug frame;
  if (find_user_frame(L, &frame))
    snprintf(text, size, "%s:%d", frame.short_src, frame.currentline);
  else
    text[0] = '\0';
}

/* The graph is told only when the line has changed. */
static void tell_place(lua_State *L, gl_state *state) {
  lua_Debug frame;
  if (!find_user_frame(L, &frame)) return;
  if (frame.currentline == state->line && strcmp(frame.short_src, state->source) == 0) return;
  state->line = frame.currentline;
  memcpy(state->source, frame.short_src, sizeof state->source);
  snprintf(state->place, sizeof state->place, "%s:%d", frame.short_src, frame.currentline);
  gibbs_graph_set_origin(state->graph, state->place);
}

gl_state *gl_enter(lua_State *L) {
  gl_state *state = gl_state_of(L);
  state->running = L;
  tell_place(L, state);
  return state;
}
