/* gl_interval.c - core.interval and core.number_text: means and their errors, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/interval.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_module.h"

enum { NUMBER_ROOM = 80 };

/* interval({numbers}, level) -> mean, one standard error, low, high */
static int core_interval(lua_State *L) {
  static const char who[] = "interval";
  gl_table(L, 1, who, "values");
  double level = gl_number(L, 2, who, "level");
  lua_Unsigned n = lua_rawlen(L, 1);
  double *values = lua_newuserdatauv(L, (n + 1) * sizeof *values, 0);
  for (lua_Unsigned i = 0; i < n; i++) {
    if (lua_rawgeti(L, 1, (lua_Integer)i + 1) != LUA_TNUMBER) gl_refuse(L, 1, who, "values", "a list of numbers");
    values[i] = lua_tonumber(L, -1);
    lua_pop(L, 1);
  }
  gibbs_interval interval;
  gibbs_error err;
  gl_check(L, gibbs_interval_of_mean(values, n, level, &interval, &err), &err);
  lua_pushnumber(L, interval.mean);
  lua_pushnumber(L, interval.error);
  lua_pushnumber(L, interval.low);
  lua_pushnumber(L, interval.high);
  return 4;
}

/* number_text(value, error) -> "-21.0643(12)", as estimates print */
static int core_number_text(lua_State *L) {
  char text[NUMBER_ROOM];
  gl_number_print(text, sizeof text, luaL_checknumber(L, 1), luaL_checknumber(L, 2));
  lua_pushstring(L, text);
  return 1;
}

const luaL_Reg gl_interval_core[] = {{"interval", core_interval}, {"number_text", core_number_text}, {NULL, NULL}};
