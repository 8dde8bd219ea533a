/* gl_interrupt.c - what is left of a run that Ctrl-C has stopped. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_interrupt.h"

#include <stdarg.h>

#include "gl_error.h"
#include "gl_state.h"

/* core.partial = {value = the value at `index`} */
static void keep_value(lua_State *L, int index) {
  index = lua_absindex(L, index);
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "gibbs.core") == LUA_TTABLE) {
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, index);
    lua_setfield(L, -2, "value");
    lua_setfield(L, -2, "partial");
  }
  lua_pop(L, 2);
}

int gl_interrupt(lua_State *L, int index, const char *who, const char *format, ...) {
  va_list arguments;
  gl_drop_hook(L);
  luaL_checkstack(L, 8, who);
  if (index != 0) keep_value(L, index);
  va_start(arguments, format);
  const char *text = lua_pushvfstring(L, format, arguments);
  va_end(arguments);
  return gl_fail(L, "%s: interrupted %s", who, text);
}
