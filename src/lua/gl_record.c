/* gl_record.c - result tables whose fields are known: a misspelt one is an error with a guess. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_record.h"

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

void gl_record(lua_State *L, const char *name, const luaL_Reg *meta) {
  const char *full = lua_pushfstring(L, "gibbs.%s", name);
  if (luaL_newmetatable(L, full)) {
    lua_pushstring(L, name);
    lua_pushcclosure(L, refuse_field, 1);
    lua_setfield(L, -2, "__index");
    if (meta) luaL_setfuncs(L, meta, 0);
  }
  lua_remove(L, -2);
  lua_setmetatable(L, -2);
}
