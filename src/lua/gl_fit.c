/* gl_fit.c - results of gibbs.minimize as tables: what exact and sampled runs have in common. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_fit.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_record.h"

void gl_fit_number(lua_State *L, const char *name, double value) {
  if (isnan(value)) return;
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

void gl_fit_count(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

void gl_fit_verdict(lua_State *L, const char *name) {
  char word[32];
  size_t i = 0;
  for (; name[i] && i + 1 < sizeof word; i++) word[i] = (char)tolower((unsigned char)name[i]);
  lua_pushlstring(L, word, i);
  lua_setfield(L, -2, "verdict");
}

static double raw_number(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  double value = lua_rawget(L, 1) == LUA_TNUMBER ? lua_tonumber(L, -1) : NAN;
  lua_pop(L, 1);
  return value;
}

/* "fit: value -2.53(4) after 2000 steps: all steps were done" */
static int print_fit(lua_State *L) {
  char number[96] = "";
  double value = raw_number(L, "value");
  if (!isnan(value)) gl_number_print(number, sizeof number, value, raw_number(L, "value_error"));
  lua_getfield(L, 1, "steps");
  lua_getfield(L, 1, "reason");
  lua_pushfstring(L, "fit: %s%s%safter %I %s: %s", isnan(value) ? "" : "value ", number, isnan(value) ? "" : " ",
                  lua_tointeger(L, -2), lua_tointeger(L, -2) == 1 ? "step" : "steps", lua_tostring(L, -1));
  return 1;
}

/* Reached for fields that the fit does not have: nil where a run may know them or not, else an error. */
static int miss_field(lua_State *L) {
  static const char *const optional[] = {
      "value",          "value_error", "constraint",       "constraint_error", "multiplier", "held_out",
      "held_out_error", "best_step",   "lowest_curvature", "flat_directions",  "converged",  "gradient_norm"};
  const char *name = luaL_tolstring(L, 2, NULL);
  gl_guess guess = gl_guess_of(name);
  for (size_t k = 0; k < sizeof optional / sizeof *optional; k++) {
    if (strcmp(name, optional[k]) == 0) return 0;
    gl_guess_offer(&guess, optional[k]);
  }
  for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
    if (lua_type(L, -2) == LUA_TSTRING) gl_guess_offer(&guess, lua_tostring(L, -2));
  return gl_fail(L, "fit: no field '%s'%s", name, gl_guess_hint(L, &guess));
}

void gl_fit_finish(lua_State *L) {
  static const luaL_Reg meta[] = {{"__tostring", print_fit}, {"__index", miss_field}, {NULL, NULL}};
  gl_record(L, "fit", meta);
}
