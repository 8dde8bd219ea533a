/* gl_block_rule.c - block rules and lattice operators out of option tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_block_rule.h"

#include <stdio.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"

/* ---- rules -------------------------------------------------------------------------------------------------- */

static const char *const kinds[] = {
#define X(id, name, doc) name,
    GIBBS_BLOCK_RULE_LIST(X)
#undef X
        NULL};

typedef struct settings {
  int kind;
  uint64_t b;
  double p, bias;
  bool hard;
} settings;

const gl_option gl_rule_rows[] = {
    GL_CHOICE_ROW(settings, kind, GIBBS_BLOCK_RULE_MAJORITY, kinds, "which rule"),
    GL_INTEGER_ROW(settings, b, 2, 2, 1000, "length of a block along each axis"),
    GL_REAL_ROW(settings, p, 1, -1e6, 1e6, "block_spin: strength of the coupling of a block spin to its spins"),
    GL_REAL_ROW(settings, bias, 0, -1e6, 1e6, "filter: added to the weighted sum"),
    GL_BOOLEAN_ROW(settings, hard, false,
                   "filter: take the sign of the sum (a fair coin at 0) instead of drawing by it"),
    GL_VALUE_ROW("offsets", "filter: a list of {y, x}, the spins it sees, counted from the block's corner"),
    GL_VALUE_ROW("weights", "filter: a number an offset"),
    GL_END_ROW};
const gl_option_table gl_block_rule_tables[] = {
    {.who = "gibbs.rg.mcrg", .when = "rule = { ... }", .rows = gl_rule_rows},
    {.who = "gibbs.rg.vmcrg", .when = "rule = { ... }", .rows = gl_rule_rows},
    GL_END_TABLE};

/* The list on the top of the stack as integers of one offset; pops it. */
static void read_offset(lua_State *L, const char *who, size_t axes, int *out) {
  if (lua_istable(L, -1) && luaL_len(L, -1) != (lua_Integer)axes)
    gl_fail(L, "%s: an offset has %I number%s; the lattice has %d ax%ss", who, luaL_len(L, -1),
            luaL_len(L, -1) == 1 ? "" : "s", (int)axes, axes == 1 ? "i" : "e");
  if (!lua_istable(L, -1))
    gl_fail(L, "%s: an offset is %s; it must be a list of %d whole numbers, one an axis", who, gl_describe(L, -1),
            (int)axes);
  for (size_t a = 0; a < axes; a++) {
    int whole = 0;
    lua_rawgeti(L, -1, (lua_Integer)a + 1);
    const lua_Integer value = lua_tointegerx(L, -1, &whole);
    if (!whole || value < -1000 || value > 1000)
      gl_fail(L, "%s: an offset holds %s; it must be a whole number in [-1000, 1000]", who, gl_describe(L, -1));
    out[a] = (int)value;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void read_filter(lua_State *L, int table, const char *who, gl_rule *out) {
  gl_options_require(L, table, who, "offsets", "a list of offsets");
  gl_options_require(L, table, who, "weights", "a list of numbers");
  if (!lua_istable(L, -2)) gl_refuse_option(L, -2, who, "offsets", "a list of offsets");
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, who, "weights", "a list of numbers");
  const lua_Integer count = luaL_len(L, -2);
  if (count < 1 || count > GIBBS_MOST_REACH || luaL_len(L, -1) != count)
    gl_fail(L, "%s: %I offsets and %I weights; there must be as many of both, 1 to %d", who, count, luaL_len(L, -1),
            GIBBS_MOST_REACH);
  for (lua_Integer i = 1; i <= count; i++) {
    if (lua_rawgeti(L, -1, i) != LUA_TNUMBER)
      gl_fail(L, "%s: weight %I is %s; it must be a number", who, i, gl_describe(L, -1));
    out->weights[i - 1] = lua_tonumber(L, -1);
    lua_pop(L, 1);
    lua_rawgeti(L, -2, i);
    read_offset(L, who, out->options.axes, out->offsets[i - 1]);
  }
  lua_pop(L, 2);
  out->options.reach = (size_t)count;
  out->options.offsets = (const int(*)[GIBBS_MOST_AXES])out->offsets;
  out->options.weights = out->weights;
}

static void read_lattice(lua_State *L, const char *who, const gibbs_shape *lattice, gibbs_block_rule_options *out) {
  if (lattice->rank < 1 || lattice->rank > GIBBS_MOST_AXES)
    gl_fail(L, "%s: spins of %d axes; a lattice has 1 to %d", who, (int)lattice->rank, GIBBS_MOST_AXES);
  out->axes = lattice->rank;
  for (size_t a = 0; a < out->axes; a++) out->extent[a] = lattice->extent[a];
}

/* A transform has a kernel; not every one has a rule that can be applied to one configuration after the other. */
static void refuse_transform_without_rule(lua_State *L, const char *who, int table) {
  lua_pushliteral(L, "kernel");
  if (lua_rawget(L, table) != LUA_TNIL)
    gl_fail(
        L,
        "%s: the transform has no rule that draws each block spin from its block; decimation, majority, block_spin "
        "(normalised) and filter have one",
        who);
  lua_pop(L, 1);
}

/* Options that another kind of rule has would be read, and change nothing. */
static void refuse_foreign_options(lua_State *L, int table, const char *who, gibbs_block_rule_kind kind) {
  static const struct {
    const char *name;
    gibbs_block_rule_kind kind;
  } owned[] = {{"p", GIBBS_BLOCK_RULE_BLOCK_SPIN},
               {"bias", GIBBS_BLOCK_RULE_FILTER},
               {"hard", GIBBS_BLOCK_RULE_FILTER},
               {"offsets", GIBBS_BLOCK_RULE_FILTER},
               {"weights", GIBBS_BLOCK_RULE_FILTER}};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
    if (owned[i].kind == kind || !gl_options_value(L, table, owned[i].name)) continue;
    gl_fail(L, "%s: option '%s' belongs to rule '%s', and the rule is '%s'", who, owned[i].name,
            gibbs_block_rule_name(owned[i].kind), gibbs_block_rule_name(kind));
  }
}

void gl_rule_read(lua_State *L, const char *who, const gibbs_shape *lattice, gl_rule *out) {
  *out = (gl_rule){0};
  read_lattice(L, who, lattice, &out->options);
  const int top = lua_gettop(L);
  if (lua_type(L, top) == LUA_TSTRING) { /* a name stands for { kind = name } */
    lua_createtable(L, 0, 1);
    lua_pushvalue(L, top);
    lua_setfield(L, -2, "kind");
  } else if (lua_istable(L, top)) {
    lua_pushliteral(L, "rule");
    if (lua_rawget(L, top) != LUA_TTABLE) {
      lua_pop(L, 1);
      refuse_transform_without_rule(L, who, top);
      lua_pushvalue(L, top);
    }
  } else {
    gl_refuse_option(L, top, who, "rule", "a name, a table of a rule's options or a transform that has a rule");
  }
  settings s;
  gl_options_read(L, top + 1, who, gl_rule_rows, &s);
  out->options.kind = (gibbs_block_rule_kind)s.kind;
  out->options.b = (size_t)s.b;
  out->options.p = s.p;
  out->options.bias = s.bias;
  out->options.hard = s.hard;
  refuse_foreign_options(L, top + 1, who, out->options.kind);
  if (out->options.kind == GIBBS_BLOCK_RULE_FILTER) read_filter(L, top + 1, who, out);
  lua_settop(L, top);
}

/* ---- operators ---------------------------------------------------------------------------------------------- */

static gibbs_operator usual(lua_State *L, const char *who, const char *name, size_t axes, bool odd) {
  size_t count;
  const gibbs_operator *list = gibbs_operators_usual(axes, odd, &count);
  gl_guess guess = gl_guess_of(name);
  for (size_t k = 0; k < count; k++) {
    if (strcmp(list[k].name, name) == 0) return list[k];
    gl_guess_offer(&guess, list[k].name);
  }
  const gibbs_operator *others = gibbs_operators_usual(axes, !odd, &count);
  for (size_t k = 0; k < count; k++)
    if (strcmp(others[k].name, name) == 0)
      gl_fail(L, "%s: operator '%s' is an %s one; here they must be %s", who, name, odd ? "even" : "odd",
              odd ? "odd" : "even");
  gl_fail(L, "%s: no %s operator '%s' on a lattice of %d ax%ss%s", who, odd ? "odd" : "even", name, (int)axes,
          axes == 1 ? "i" : "e", gl_guess_hint(L, &guess));
  return list[0];
}

/* The list of offsets on the top of the stack. */
static gibbs_operator own(lua_State *L, const char *who, size_t axes, size_t number) {
  gibbs_operator out = {.spins = 0};
  const lua_Integer spins = lua_istable(L, -1) ? luaL_len(L, -1) : 0;
  if (spins < 1 || spins > GIBBS_MOST_SPINS)
    gl_fail(L, "%s: operator %d is %s; it must be a name or a list of 1 to %d offsets", who, (int)number,
            gl_describe(L, -1), GIBBS_MOST_SPINS);
  snprintf(out.name, sizeof out.name, "operator_%u", (unsigned)(number % 1000));
  out.spins = (size_t)spins;
  for (lua_Integer i = 1; i <= spins; i++) {
    lua_rawgeti(L, -1, i);
    read_offset(L, who, axes, out.offset[i - 1]);
  }
  return out;
}

size_t gl_operators_read(lua_State *L, int index, const char *who, const char *name, size_t axes, bool odd,
                         gibbs_operator *out) {
  size_t count;
  if (!gl_options_value(L, index, name)) {
    const gibbs_operator *list = gibbs_operators_usual(axes, odd, &count);
    memcpy(out, list, count * sizeof *list);
    return count;
  }
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, who, name, "a list of operators");
  count = (size_t)luaL_len(L, -1);
  if (count > GIBBS_MOST_OPERATORS) gl_fail(L, "%s: %d operators; at most %d", who, (int)count, GIBBS_MOST_OPERATORS);
  for (size_t k = 0; k < count; k++) {
    const int type = lua_rawgeti(L, -1, (lua_Integer)k + 1);
    out[k] = type == LUA_TSTRING ? usual(L, who, lua_tostring(L, -1), axes, odd) : own(L, who, axes, k + 1);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return count;
}

void gl_matrix_push(lua_State *L, const double *values, size_t rows, size_t columns) {
  lua_createtable(L, (int)rows, 0);
  for (size_t a = 0; a < rows; a++) {
    lua_createtable(L, (int)columns, 0);
    for (size_t b = 0; b < columns; b++) {
      lua_pushnumber(L, values[a * columns + b]);
      lua_rawseti(L, -2, (lua_Integer)b + 1);
    }
    lua_rawseti(L, -2, (lua_Integer)a + 1);
  }
}
