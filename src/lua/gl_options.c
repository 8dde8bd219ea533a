/* gl_options.c - tables of named options, read against rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_options.h"

#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"

static const gl_option *find_row(const gl_option rows[], const char *name) {
  for (const gl_option *row = rows; row->name != NULL; row++)
    if (strcmp(row->name, name) == 0) return row;
  return NULL;
}

/* "; there are lattice, J and field" */
static const char *list_names(lua_State *L, const gl_option rows[]) {
  if (rows[0].name == NULL) return "; there are none";
  const char *first = rows[1].name != NULL ? "; there are " : "; there is ";
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (const gl_option *row = rows; row->name != NULL; row++) {
    luaL_addstring(&text, row == rows ? first : row[1].name != NULL ? ", " : " and ");
    luaL_addstring(&text, row->name);
  }
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

static void refuse_unknown(lua_State *L, const char *who, const gl_option rows[], const char *name) {
  gl_guess guess = gl_guess_of(name);
  for (const gl_option *row = rows; row->name != NULL; row++) gl_guess_offer(&guess, row->name);
  const char *hint = gl_guess_hint(L, &guess);
  if (hint[0] == '\0') hint = list_names(L, rows);
  gl_fail(L, "%s: unknown option '%s'%s", who, name, hint);
}

static void check_names(lua_State *L, int index, const char *who, const gl_option rows[]) {
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      gl_fail(L, "%s: options have names, but the table has the key %s; write {name = value}", who,
              gl_describe(L, -2));
    if (find_row(rows, lua_tostring(L, -2)) == NULL) refuse_unknown(L, who, rows, lua_tostring(L, -2));
  }
}

static void refuse_range(lua_State *L, const char *who, const gl_option *row) {
  const char *value = gl_describe(L, -1);
  char low[40], high[40];
  lua_Number ends[2] = {row->low, row->high};
  lua_number2str(low, sizeof low, ends[0]);
  lua_number2str(high, sizeof high, ends[1]);
  gl_fail(L, "%s: option '%s' is %s; it must lie in [%s, %s]", who, row->name, value, low, high);
}

/* The readers find the value on the top of the stack. */

static double read_real(lua_State *L, const char *who, const gl_option *row) {
  if (lua_type(L, -1) != LUA_TNUMBER) gl_refuse_option(L, -1, who, row->name, "a number");
  double value = lua_tonumber(L, -1);
  if (!(value >= row->low && value <= row->high)) refuse_range(L, who, row);
  return value;
}

static uint64_t read_integer(lua_State *L, const char *who, const gl_option *row) {
  int whole = 0;
  lua_Integer value = 0;
  if (lua_type(L, -1) == LUA_TNUMBER) value = lua_tointegerx(L, -1, &whole);
  if (!whole) gl_refuse_option(L, -1, who, row->name, "an integer");
  if (!((double)value >= row->low && (double)value <= row->high)) refuse_range(L, who, row);
  return (uint64_t)value;
}

static bool read_boolean(lua_State *L, const char *who, const gl_option *row) {
  if (!lua_isboolean(L, -1)) gl_refuse_option(L, -1, who, row->name, "true or false");
  return lua_toboolean(L, -1);
}

static void refuse_choice(lua_State *L, const char *who, const gl_option *row) {
  gl_guess guess = gl_guess_of(lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "");
  const char *value = gl_describe(L, -1);
  luaL_Buffer words;
  luaL_buffinit(L, &words);
  for (int i = 0; row->choices[i] != NULL; i++) {
    gl_guess_offer(&guess, row->choices[i]);
    if (i > 0) luaL_addstring(&words, row->choices[i + 1] != NULL ? ", " : " or ");
    luaL_addstring(&words, row->choices[i]);
  }
  luaL_pushresult(&words);
  const char *legal = lua_tostring(L, -1);
  gl_fail(L, "%s: option '%s' is %s; it must be %s%s", who, row->name, value, legal, gl_guess_hint(L, &guess));
}

static int read_choice(lua_State *L, const char *who, const gl_option *row) {
  const char *word = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
  for (int i = 0; row->choices[i] != NULL; i++)
    if (strcmp(word, row->choices[i]) == 0) return i;
  refuse_choice(L, who, row);
  return 0;
}

static void read_row(lua_State *L, bool given, const char *who, const gl_option *row, void *out) {
  char *field = (char *)out + row->offset;
  switch (row->kind) {
  case GL_REAL:
    *(double *)(void *)field = given ? read_real(L, who, row) : row->initial;
    break;
  case GL_INTEGER:
    *(uint64_t *)(void *)field = given ? read_integer(L, who, row) : (uint64_t)row->initial;
    break;
  case GL_BOOLEAN:
    *(bool *)field = given ? read_boolean(L, who, row) : row->initial != 0;
    break;
  case GL_CHOICE:
    *(int *)(void *)field = given ? read_choice(L, who, row) : (int)row->initial;
    break;
  case GL_VALUE:
    break;
  }
}

void gl_options_alone(lua_State *L, const char *who) {
  int given = lua_gettop(L);
  if (given > 1)
    gl_fail(L, "%s: %d arguments given; it takes one table of options: write %s{ name = value, ... }", who, given,
            who);
}

void gl_options_read(lua_State *L, int index, const char *who, const gl_option rows[], void *out) {
  index = lua_absindex(L, index);
  luaL_checkstack(L, 8, who);
  if (!lua_isnoneornil(L, index)) {
    if (!lua_istable(L, index)) gl_refuse(L, index, who, "options", "a table of named options, like {name = value}");
    check_names(L, index, who, rows);
  }
  for (const gl_option *row = rows; row->name != NULL; row++) {
    if (row->kind == GL_VALUE) continue;
    bool given = gl_options_value(L, index, row->name);
    read_row(L, given, who, row, out);
    if (given) lua_pop(L, 1);
  }
}

bool gl_options_value(lua_State *L, int index, const char *name) {
  if (!lua_istable(L, index)) return false;
  index = lua_absindex(L, index);
  lua_pushstring(L, name);
  if (lua_rawget(L, index) != LUA_TNIL) return true;
  lua_pop(L, 1);
  return false;
}

void gl_options_require(lua_State *L, int index, const char *who, const char *name, const char *legal) {
  if (gl_options_value(L, index, name)) return;
  gl_fail(L, "%s: option '%s' is missing; it must be %s", who, name, legal);
}
