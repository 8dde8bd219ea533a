/* gl_estimate.c - numbers with how they were obtained, and the ways to obtain them: gibbs.exact(). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_estimate.h"

#include <math.h>
#include <stdio.h>

#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_module.h"
#include "gl_record.h"

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

static const luaL_Reg estimate_meta[] = {
    {"__add", estimate_is_no_number}, {"__sub", estimate_is_no_number},  {"__mul", estimate_is_no_number},
    {"__div", estimate_is_no_number}, {"__pow", estimate_is_no_number},  {"__unm", estimate_is_no_number},
    {"__mod", estimate_is_no_number}, {"__idiv", estimate_is_no_number}, {"__lt", estimate_is_no_number},
    {"__le", estimate_is_no_number},  {"__tostring", estimate_print},    {NULL, NULL}};

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
  gl_record(L, "estimate", estimate_meta);
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
