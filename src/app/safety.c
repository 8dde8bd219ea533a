/* safety.c - limits and the sandbox, called from Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "safety.h"

#include <string.h>

#include "command.h"
#include "limit.h"
#include "sandbox.h"

/* host.safety_rows() -> { { name = "memory", value = "SIZE", help = ... }, ... } */
static int safety_rows(lua_State *L) {
  command_option option;
  lua_newtable(L);
  for (size_t i = 0; command_option_of("Safety", i, &option); i++) {
    lua_createtable(L, 0, 3);
    lua_pushstring(L, option.name);
    lua_setfield(L, -2, "name");
    lua_pushstring(L, option.value);
    lua_setfield(L, -2, "value");
    lua_pushstring(L, option.doc);
    lua_setfield(L, -2, "help");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

/* Reads the limit, and sets it if `set` says so. */
static gibbs_status use_limit(const char *name, const char *text, bool set, gibbs_error *err) {
  uint64_t bytes = 0;
  double seconds = 0;
  if (strcmp(name, "memory") == 0) {
    gibbs_status status = limit_read_memory("--memory", text, &bytes, err);
    return status == GIBBS_OK && set ? limit_memory(text, bytes, err) : status;
  }
  gibbs_status status = limit_read_time("--time", text, &seconds, err);
  return status == GIBBS_OK && set ? limit_time(text, seconds, err) : status;
}

static int give(lua_State *L, gibbs_status status, const gibbs_error *err) {
  lua_pushboolean(L, status == GIBBS_OK);
  if (status == GIBBS_OK) return 1;
  lua_pushstring(L, err->message);
  return 2;
}

/* host.read_limit("memory" | "time", text) -> true, or false and a message */
static int read_limit(lua_State *L) {
  gibbs_error err;
  return give(L, use_limit(luaL_checkstring(L, 1), luaL_checkstring(L, 2), false, &err), &err);
}

/* host.set_limit("memory" | "time", text): the same, and from now on it holds */
static int set_limit(lua_State *L) {
  gibbs_error err;
  return give(L, use_limit(luaL_checkstring(L, 1), luaL_checkstring(L, 2), true, &err), &err);
}

/* host.confine(folder, { input, ... }) -> true, or false and a message */
static int confine(lua_State *L) {
  const char *inputs[MOST_ALLOWED];
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t count = (size_t)lua_rawlen(L, 2);
  luaL_argcheck(L, count <= MOST_ALLOWED, 2, "too many inputs");
  luaL_checkstack(L, MOST_ALLOWED, "too many inputs");
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    inputs[i] = luaL_checkstring(L, -1);
  }
  gibbs_error err;
  return give(L, sandbox_enter(luaL_checkstring(L, 1), inputs, count, &err), &err);
}

const luaL_Reg safety_functions[] = {{"safety_rows", safety_rows},
                                     {"read_limit", read_limit},
                                     {"set_limit", set_limit},
                                     {"confine", confine},
                                     {NULL, NULL}};
