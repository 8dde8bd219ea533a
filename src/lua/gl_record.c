/* gl_record.c - result tables whose fields are known: a misspelt one is an error with a guess. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_record.h"

#include <stdlib.h>
#include <string.h>

#include "gl_class.h"
#include "gl_error.h"

/* Reached only for fields that the table does not have; upvalue 1 is the record's name. */
static int refuse_field(lua_State *L) {
  const char *field = luaL_tolstring(L, 2, NULL);
  gl_guess guess = gl_guess_of(field);
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING) gl_guess_offer(&guess, lua_tostring(L, -2));
    lua_pop(L, 1);
  }
  return gl_fail(L, "%s: no field '%s'%s", lua_tostring(L, lua_upvalueindex(1)), field, gl_guess_hint(L, &guess));
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "name: field = value, ..." by the fields' names; upvalue 1 is the record's name. */
static int print_record(lua_State *L) {
  enum { most = 64 };
  const char *names[most];
  size_t count = 0;
  lua_settop(L, 1);
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING && count < most) names[count++] = lua_tostring(L, -2);
  qsort(names, count, sizeof *names, compare_names);
  lua_pushvalue(L, lua_upvalueindex(1));
  for (size_t k = 0; k < count; k++) {
    lua_getfield(L, 1, names[k]);
    luaL_tolstring(L, -1, NULL);
    lua_pushfstring(L, "%s%s%s = %s", lua_tostring(L, 2), k == 0 ? ": " : ", ", names[k], lua_tostring(L, -1));
    lua_replace(L, 2);
    lua_settop(L, 2);
  }
  return 1;
}

void gl_record(lua_State *L, const char *name, const luaL_Reg *meta) {
  const char *full = lua_pushfstring(L, "gibbs.%s", name);
  if (luaL_newmetatable(L, full)) {
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_field, 1);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, print_record, 1);
    lua_setfield(L, -2, "__tostring");
    if (meta) luaL_setfuncs(L, meta, 0);
  }
  lua_remove(L, -2);
  lua_setmetatable(L, -2);
}
