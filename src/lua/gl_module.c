/* gl_module.c - luaopen_gibbs: the module table, and require for the embedded Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_module.h"

#include <string.h>

#include "gibbs/private/lua.h"
#include "gl_access.h"
#include "gl_catalog.h"
#include "gl_class.h"
#include "gl_embedded.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_files.h"
#include "gl_run.h"
#include "gl_state.h"

/* ---- what C gives to our own Lua files: the table "gibbs.core" ----------------------------------------- */

/* core.raise(message): an error at the user's line, whichever of our files it is raised in */
static int core_raise(lua_State *L) {
  return gl_fail(L, "%s", luaL_checkstring(L, 1));
}

/* core.place() -> "script.lua:12" or "" */
static int core_place(lua_State *L) {
  char place[LUA_IDSIZE + 16];
  gl_place(L, place, sizeof place);
  lua_pushstring(L, place);
  return 1;
}

/* core.hint(word, {[candidate] = anything}) -> "; did you mean 'x'?" or "" */
static int core_hint(lua_State *L) {
  gl_guess guess = gl_guess_of(luaL_checkstring(L, 1));
  luaL_checktype(L, 2, LUA_TTABLE);
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) gl_guess_offer(&guess, lua_tostring(L, -2));
  gl_guess_hint(L, &guess);
  return 1;
}

/* core.members(value, methods) -> the names of its methods or fields, as keys of a table of its class that must not
 * be changed */
static int core_members(lua_State *L) {
  luaL_checkany(L, 1);
  gl_push_members(L, 1, lua_toboolean(L, 2));
  return 1;
}

/* core.memory() -> the nodes of the graph, and the bytes that all boxes hold in the core, about */
static int core_memory(lua_State *L) {
  const gl_state *state = gl_state_of(L);
  lua_pushinteger(L, (lua_Integer)gibbs_graph_nodes(state->graph));
  lua_pushinteger(L, (lua_Integer)state->held);
  return 2;
}

static int call_wrapped(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

/* core.wrap(function) -> the same as a C function: `return gibbs.square(x)` would otherwise be a tail call that takes
 * the script's frame away, and with it the line for an error. */
static int core_wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

/* core.follow_hook(): the host is no program of ours (gl_state.h) */
static int core_follow_hook(lua_State *L) {
  gl_follow_hook(L);
  return 0;
}

/* core.place_name(path) -> how places name that file: long paths are cut */
static int core_place_name(lua_State *L) {
  lua_Debug about;
  luaL_checkstring(L, 1);
  const char *chunk = lua_pushfstring(L, "@%s", lua_tostring(L, 1));
  if (luaL_loadbufferx(L, "", 0, chunk, "t") != LUA_OK) return lua_error(L);
  lua_getinfo(L, ">S", &about);
  lua_pushstring(L, about.short_src);
  return 1;
}

/* core.hopeful(boolean): whether all estimates say from now on that they converged */
static int core_hopeful(lua_State *L) {
  gl_state_of(L)->hopeful = lua_toboolean(L, 1);
  return 0;
}

static const luaL_Reg core_functions[] = {{"follow_hook", core_follow_hook},
                                          {"catalog", gl_catalog},
                                          {"members", core_members},
                                          {"wrap", core_wrap},
                                          {"hopeful", core_hopeful},
                                          {"place_name", core_place_name},
                                          {"memory", core_memory},
                                          {"raise", core_raise},
                                          {"place", core_place},
                                          {"hint", core_hint},
                                          {"variable", gl_variable_tell},
                                          {"substitute", gl_evaluate_substitute},
                                          {NULL, NULL}};

/* ---- embedded files --------------------------------------------------------------------------------------- */

static void load_embedded(lua_State *L, const struct gl_embedded *row) {
  const char *chunk = lua_pushfstring(L, "=%s", row->name);
  if (luaL_loadbufferx(L, row->source, row->size, chunk, "t") != LUA_OK) lua_error(L);
  lua_remove(L, -2);
}

/* Called by require; upvalue 1 is the row, 2 the core table.  The file sees (name, core) as `...`. */
static int open_embedded(lua_State *L) {
  load_embedded(L, lua_touserdata(L, lua_upvalueindex(1)));
  lua_pushvalue(L, 1);
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_call(L, 2, 1);
  return 1;
}

/* The core table is on the top of the stack, and stays. */
static void preload_embedded(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
  for (const struct gl_embedded *row = gl_embedded; row->name != NULL; row++) {
    if (strcmp(row->name, "gibbs") == 0) continue;
    lua_pushlightuserdata(L, (void *)row);
    lua_pushvalue(L, -3);
    lua_pushcclosure(L, open_embedded, 2);
    lua_setfield(L, -2, row->name);
  }
  lua_pop(L, 1);
}

static const struct gl_embedded *find_init(void) {
  const struct gl_embedded *row = gl_embedded;
  while (row->name != NULL && strcmp(row->name, "gibbs") != 0) row++;
  return row;
}

/* ---- the module ------------------------------------------------------------------------------------------- */

/* The table is on the top of the stack; "lattice.square" goes to the table of its field "lattice". */
static void set_function(lua_State *L, const luaL_Reg *row) {
  const char *dot = strchr(row->name, '.');
  lua_pushcfunction(L, row->func);
  if (dot == NULL) {
    lua_setfield(L, -2, row->name);
    return;
  }
  luaL_getsubtable(L, -3, lua_pushlstring(L, row->name, (size_t)(dot - row->name)));
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, dot + 1);
  lua_pop(L, 3);
}

static void set_functions(lua_State *L, const luaL_Reg *const rooms[], size_t count) {
  for (size_t i = 0; i < count; i++)
    for (const luaL_Reg *row = rooms[i]; row->name != NULL; row++) set_function(L, row);
}

/* core.fields: the functions of all rooms */
static void push_fields(lua_State *L) {
  static const luaL_Reg *const rooms[] = {
#define ROW(room) gl_##room##_functions,
      GL_ROOMS(ROW)
#undef ROW
  };
  lua_createtable(L, 0, 128);
  set_functions(L, rooms, sizeof rooms / sizeof rooms[0]);
  gl_null_push(L);
  lua_setfield(L, -2, "null");
}

static void push_core(lua_State *L) {
  static const luaL_Reg *const rooms[] = {
#define ROW(room) gl_##room##_core,
      GL_CORE_ROOMS(ROW)
#undef ROW
  };
  luaL_newlib(L, core_functions);
  luaL_setfuncs(L, gl_access_core, 0);
  luaL_setfuncs(L, gl_run_core, 0);
  luaL_setfuncs(L, gl_transcript_core, 0);
  set_functions(L, rooms, sizeof rooms / sizeof rooms[0]);
}

/* init.lua gets the core table and gives the module. */
int luaopen_gibbs(lua_State *L) {
  luaL_checkversion(L);
  gl_state_of(L);
  push_core(L);
  push_fields(L);
  lua_setfield(L, -2, "fields");
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, "gibbs.core");
  lua_pop(L, 1);
  preload_embedded(L);
  load_embedded(L, find_init());
  lua_insert(L, -2);
  lua_call(L, 1, 1);
  return 1;
}
