/* gl_argument.c - positional arguments, checked by name. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_argument.h"

#include <math.h>
#include <string.h>

#include "gl_error.h"

static int refuse(lua_State *L, int index, const char *who, const char *kind, const char *name, const char *legal) {
  if (lua_isnoneornil(L, index)) return gl_fail(L, "%s: %s '%s' is missing; it must be %s", who, kind, name, legal);
  return gl_fail(L, "%s: %s '%s' is %s; it must be %s", who, kind, name, gl_describe(L, index), legal);
}

int gl_refuse(lua_State *L, int index, const char *who, const char *name, const char *legal) {
  return refuse(L, index, who, "argument", name, legal);
}

int gl_refuse_option(lua_State *L, int index, const char *who, const char *name, const char *legal) {
  return refuse(L, index, who, "option", name, legal);
}

double gl_number(lua_State *L, int index, const char *who, const char *name) {
  if (lua_type(L, index) != LUA_TNUMBER) gl_refuse(L, index, who, name, "a number");
  double value = lua_tonumber(L, index);
  if (!isfinite(value)) gl_refuse(L, index, who, name, "a finite number");
  return value;
}

double gl_number_in(lua_State *L, int index, const char *who, const char *name, double low, double high) {
  double value = gl_number(L, index, who, name);
  if (value >= low && value <= high) return value;
  gl_fail(L, "%s: argument '%s' is %f; it must lie in [%f, %f]", who, name, value, low, high);
  return 0;
}

lua_Integer gl_integer(lua_State *L, int index, const char *who, const char *name, lua_Integer low,
                       lua_Integer high) {
  int whole = 0;
  lua_Integer value = 0;
  if (lua_type(L, index) == LUA_TNUMBER) value = lua_tointegerx(L, index, &whole);
  if (!whole) gl_refuse(L, index, who, name, "an integer");
  if (value < low || value > high) {
    if (high == LUA_MAXINTEGER) gl_fail(L, "%s: argument '%s' is %I; it must be at least %I", who, name, value, low);
    gl_fail(L, "%s: argument '%s' is %I; it must lie in [%I, %I]", who, name, value, low, high);
  }
  return value;
}

bool gl_boolean(lua_State *L, int index, const char *who, const char *name) {
  if (!lua_isboolean(L, index)) gl_refuse(L, index, who, name, "true or false");
  return lua_toboolean(L, index);
}

const char *gl_string(lua_State *L, int index, const char *who, const char *name) {
  if (lua_type(L, index) != LUA_TSTRING) gl_refuse(L, index, who, name, "a string");
  return lua_tostring(L, index);
}

void gl_function(lua_State *L, int index, const char *who, const char *name) {
  if (!lua_isfunction(L, index)) gl_refuse(L, index, who, name, "a function");
}

void gl_table(lua_State *L, int index, const char *who, const char *name) {
  if (!lua_istable(L, index)) gl_refuse(L, index, who, name, "a table");
}

void *gl_object(lua_State *L, int index, const char *who, const char *name, const gl_class *class) {
  void *self = gl_test(L, index, class);
  if (self != NULL) return self;
  if (lua_isnone(L, index)) lua_settop(L, index); /* so that what is pushed below does not stand there */
  gl_refuse(L, index, who, name, lua_pushfstring(L, "%s %s", class->article, class->name));
  return self;
}

void gl_at_most(lua_State *L, int most, const char *who) {
  int given = lua_gettop(L), self = strchr(who, ':') != NULL; /* which is written before the colon */
  if (given > most) gl_fail(L, "%s: %d arguments given; it takes at most %d", who, given - self, most - self);
}
