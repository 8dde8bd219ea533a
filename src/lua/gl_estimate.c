/* gl_estimate.c - numbers with how they were obtained, and the ways to obtain them: gibbs.exact(). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_module.h"

static const char estimate_key = 0; /* registry: the metatable of estimates */

/* ---- printing: -21.0643(12), two digits of error ---------------------------------------------------------- */

static void print_with_error(char *text, size_t size, double value, double error) {
  int exponent = (int)floor(log10(error));
  double unit = pow(10, exponent - 1);
  double digits = round(error / unit);
  if (digits >= 100) {
    digits /= 10;
    exponent++;
  }
  int decimals = 1 - exponent;
  if (decimals >= 0)
    snprintf(text, size, "%.*f(%.0f)", decimals, value, digits);
  else
    snprintf(text, size, "%.0f(%.0f)", value, digits * pow(10, -decimals));
}

static int estimate_print(lua_State *L) {
  char text[96];
  lua_getfield(L, 1, "value");
  lua_getfield(L, 1, "error");
  if (lua_type(L, -2) != LUA_TNUMBER) {
    luaL_tolstring(L, -2, NULL);
    return 1;
  }
  double value = lua_tonumber(L, -2), error = lua_tonumber(L, -1);
  if (error > 0 && isfinite(error) && isfinite(value))
    print_with_error(text, sizeof text, value, error);
  else
    snprintf(text, sizeof text, "%.14g", value);
  lua_pushstring(L, text);
  return 1;
}

static int estimate_is_no_number(lua_State *L) {
  return gl_fail(
      L, "estimate: an estimate is a table of value, error, ess, tau and method, not a number; use its .value");
}

static int estimate_index(lua_State *L) {
  static const char *const names[] = {"value", "error", "ess", "tau", "method", NULL};
  gl_guess guess = gl_guess_of(luaL_tolstring(L, 2, NULL));
  for (int i = 0; names[i] != NULL; i++) gl_guess_offer(&guess, names[i]);
  return gl_fail(L, "estimate: no field '%s'%s", lua_tostring(L, -1), gl_guess_hint(L, &guess));
}

static void push_metatable(lua_State *L) {
  static const char *const refused[] = {"__add", "__sub",  "__mul", "__div", "__pow",    "__unm",
                                        "__mod", "__idiv", "__lt",  "__le",  "__concat", NULL};
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &estimate_key) == LUA_TTABLE) return;
  lua_pop(L, 1);
  lua_newtable(L);
  for (int i = 0; refused[i] != NULL; i++) {
    lua_pushcfunction(L, estimate_is_no_number);
    lua_setfield(L, -2, refused[i]);
  }
  lua_pushcfunction(L, estimate_print);
  lua_setfield(L, -2, "__tostring");
  lua_pushcfunction(L, estimate_index);
  lua_setfield(L, -2, "__index");
  lua_pushliteral(L, "gibbs.estimate");
  lua_setfield(L, -2, "__name");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &estimate_key);
}

int gl_estimate_exact(lua_State *L) {
  lua_createtable(L, 0, 5);
  lua_insert(L, -2);
  lua_setfield(L, -2, "value");
  lua_pushnumber(L, 0);
  lua_setfield(L, -2, "error");
  lua_pushnumber(L, HUGE_VAL);
  lua_setfield(L, -2, "ess");
  lua_pushnumber(L, 0);
  lua_setfield(L, -2, "tau");
  lua_pushliteral(L, "exact");
  lua_setfield(L, -2, "method");
  push_metatable(L);
  lua_setmetatable(L, -2);
  return 1;
}

/* ---- how ----------------------------------------------------------------------------------------------------- */

static char exact_mark; /* the self of the only way there is: a sum over all states */

static void print_how(lua_State *L, void *self, luaL_Buffer *text) {
  (void)L, (void)self;
  luaL_addstring(text, "exact");
}

static const gl_class gl_estimator = {.name = "estimator", .article = "an", .print = print_how};

/* gibbs.exact() */
static int how_exact(lua_State *L) {
  gl_at_most(L, 0, "gibbs.exact");
  gl_box *box = gl_box_new(L, &gl_estimator, 0);
  box->self = &exact_mark;
  return 1;
}

void gl_how(lua_State *L, int index, const char *who) {
  if (lua_isnoneornil(L, index) || gl_test(L, index, &gl_estimator)) return;
  gl_refuse(L, index, who, "how", "a way to estimate: gibbs.exact()");
}

void gl_how_option(lua_State *L, int index, const char *who) {
  if (!gl_test(L, index, &gl_estimator))
    gl_refuse_option(L, index, who, "estimate", "a way to estimate: gibbs.exact()");
}

const luaL_Reg gl_estimate_functions[] = {{"exact", how_exact}, {NULL, NULL}};
