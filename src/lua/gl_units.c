/* gl_units.c - values of units that a script gives variable by variable, and variables that it names. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_units.h"

#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_files.h"
#include "gl_shape.h"

/* ---- variables ------------------------------------------------------------------------------------------------- */

static size_t variable_count(const gibbs_distribution *d) {
  return gibbs_distribution_visible_count(d) + gibbs_distribution_hidden_count(d);
}

gibbs_expr *gl_variable_at(gibbs_distribution *d, size_t number) {
  size_t visible = gibbs_distribution_visible_count(d);
  return number < visible ? gibbs_distribution_visible(d)[number] : gibbs_distribution_hidden(d)[number - visible];
}

/* "visible" and "hidden", where there is one such variable. */
static bool is_only(const gibbs_distribution *d, size_t number, const char *name) {
  size_t visible = gibbs_distribution_visible_count(d);
  if (number < visible) return visible == 1 && strcmp(name, "visible") == 0;
  return gibbs_distribution_hidden_count(d) == 1 && strcmp(name, "hidden") == 0;
}

static size_t number_of_name(gibbs_distribution *d, const char *name) {
  size_t count = variable_count(d);
  for (size_t k = 0; k < count; k++)
    if (strcmp(gibbs_variable_name(gibbs_expr_as_variable(gl_variable_at(d, k))), name) == 0) return k;
  for (size_t k = 0; k < count; k++)
    if (is_only(d, k, name)) return k;
  return count;
}

static size_t refuse_variable(lua_State *L, int index, const char *who, const char *what, gibbs_distribution *d) {
  size_t count = variable_count(d);
  bool text = lua_type(L, index) == LUA_TSTRING;
  gl_guess guess = gl_guess_of(text ? lua_tostring(L, index) : "");
  for (size_t k = 0; k < count; k++) {
    gl_guess_offer(&guess, gibbs_variable_name(gibbs_expr_as_variable(gl_variable_at(d, k))));
    if (is_only(d, k, "visible")) gl_guess_offer(&guess, "visible");
    if (is_only(d, k, "hidden")) gl_guess_offer(&guess, "hidden");
  }
  const char *value = gl_describe(L, index);
  gl_fail(L, "%s: %s is %s, which is no variable of the distribution; give one, or its name%s", who, what, value,
          gl_guess_hint(L, &guess));
  return 0;
}

size_t gl_variable_number(lua_State *L, int index, const char *who, const char *what, gibbs_distribution *d) {
  const gibbs_expr *given = gl_test(L, index, &gl_expression);
  size_t count = variable_count(d), k = 0;
  if (lua_type(L, index) == LUA_TSTRING)
    k = number_of_name(d, lua_tostring(L, index));
  else
    while (k < count && gl_variable_at(d, k) != given) k++;
  return k < count ? k : refuse_variable(L, index, who, what, d);
}

gibbs_shape gl_rows_shape(gibbs_expr *const variables[], size_t count, size_t rows) {
  const gibbs_shape *units = gibbs_variable_units_shape(gibbs_expr_as_variable(variables[0]));
  gibbs_shape shape = gibbs_shape_matrix(rows, gibbs_variables_units(variables, count));
  if (count > 1 || units->rank + 1 > GIBBS_MAX_RANK) return shape;
  shape.rank = units->rank + 1;
  memcpy(shape.extent + 1, units->extent, units->rank * sizeof *shape.extent);
  return shape;
}

/* ---- numbers, however nested --------------------------------------------------------------------------------------
 */

/* What a reading of values carries along. */
typedef struct reading {
  lua_State *L;
  const char *who, *what;
  bool gaps;
  double *out; /* NULL: count only */
  size_t count;
} reading;

enum { DEEPEST = GIBBS_MAX_RANK + 1 };

static bool is_null(lua_State *L, int index) {
  gl_null_push(L);
  bool same = lua_rawequal(L, index, -1);
  lua_pop(L, 1);
  return same;
}

static void take_number(reading *r, double value) {
  if (!isfinite(value) && !(r->gaps && isnan(value)))
    gl_fail(r->L, "%s: %s holds %s; it must hold %s", r->who, r->what, gl_describe(r->L, -1),
            r->gaps ? "finite numbers, and gibbs.null where a unit is free" : "finite numbers");
  if (r->out) r->out[r->count] = value;
  r->count++;
}

/* The value on the top of the stack, all the way down. */
static void read_level(reading *r, int depth) {
  lua_State *L = r->L;
  if (lua_type(L, -1) == LUA_TNUMBER) {
    take_number(r, lua_tonumber(L, -1));
  } else if (r->gaps && is_null(L, lua_gettop(L))) {
    take_number(r, (double)NAN);
  } else if (lua_istable(L, -1) && depth < DEEPEST) {
    lua_Integer length = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= length; i++) {
      lua_rawgeti(L, -1, i);
      read_level(r, depth + 1);
      lua_pop(L, 1);
    }
  } else {
    gl_fail(L, "%s: %s holds %s; it must hold %s", r->who, r->what, gl_describe(L, -1),
            r->gaps ? "numbers, and gibbs.null where a unit is free" : "numbers");
  }
}

/* The numbers of the value at `index`, pushed as a block unless the value itself holds them. */
static const double *push_numbers(reading *r, int index) {
  lua_State *L = r->L;
  const gibbs_expr *expr = gl_test(L, index, &gl_expression);
  const gibbs_tensor *tensor = expr ? gibbs_expr_as_constant(expr) : NULL;
  r->count = 0;
  if (tensor) {
    lua_pushnil(L);
    r->count = gibbs_tensor_size(tensor);
    return gibbs_tensor_values(tensor);
  }
  luaL_checkstack(L, DEEPEST + 8, r->who);
  lua_pushvalue(L, index);
  read_level(r, 0);
  double *block = lua_newuserdatauv(L, (r->count + 1) * sizeof *block, 0);
  lua_insert(L, -2);
  r->out = block;
  r->count = 0;
  read_level(r, 0);
  r->out = NULL;
  lua_pop(L, 1);
  return block;
}

static void refuse_size(const reading *r, size_t units, size_t chains) {
  if (chains == 1)
    gl_fail(r->L, "%s: %s gives %I values for %I units; it must give one a unit", r->who, r->what,
            (lua_Integer)r->count, (lua_Integer)units);
  gl_fail(r->L,
          "%s: %s gives %I values for %I units; it must give one configuration, %I values, or one for each of the "
          "%I chains, %I values",
          r->who, r->what, (lua_Integer)r->count, (lua_Integer)units, (lua_Integer)units, (lua_Integer)chains,
          (lua_Integer)(units * chains));
}

/* The value at `index` as rows of `units`; pushes two values.  A single number is repeated. */
static const double *push_rows(reading *r, int index, size_t units, size_t chains, size_t *rows) {
  bool number = lua_type(r->L, index) == LUA_TNUMBER;
  const double *values = push_numbers(r, index);
  bool single = number || r->count == units;
  if (!single && r->count != units * chains) refuse_size(r, units, chains);
  *rows = single ? 1 : chains;
  if (!number || units == 1) {
    lua_pushnil(r->L);
    return values;
  }
  double *block = lua_newuserdatauv(r->L, units * sizeof *block, 0);
  for (size_t u = 0; u < units; u++) block[u] = values[0];
  return block;
}

/* ---- values by variable -------------------------------------------------------------------------------------------
 */

static gl_unit_values push_lists(lua_State *L, size_t count) {
  gl_unit_values values = {.rows = lua_newuserdatauv(L, count * sizeof *values.rows, 0)};
  values.row_counts = lua_newuserdatauv(L, count * sizeof *values.row_counts, 0);
  for (size_t k = 0; k < count; k++) {
    values.rows[k] = NULL;
    values.row_counts[k] = 0;
  }
  return values;
}

/* A table with a key that is no number. */
static bool has_keys(lua_State *L, int index) {
  if (!lua_istable(L, index)) return false;
  bool found = false;
  for (lua_pushnil(L); !found && lua_next(L, index); lua_pop(L, 1)) found = lua_type(L, -2) != LUA_TNUMBER;
  if (found) lua_pop(L, 1);
  return found;
}

static void read_entry(lua_State *L, const char *who, const char *what, gibbs_distribution *d, size_t chains,
                       bool gaps, const gl_unit_values *values) {
  int key = lua_gettop(L) - 1, value = lua_gettop(L);
  size_t number = gl_variable_number(L, key, who, lua_pushfstring(L, "a key of %s", what), d);
  const gibbs_variable *variable = gibbs_expr_as_variable(gl_variable_at(d, number));
  if (values->rows[number]) gl_fail(L, "%s: %s gives variable %s twice", who, what, gibbs_variable_name(variable));
  reading r = {.L = L, .who = who, .what = what, .gaps = gaps};
  values->rows[number] = push_rows(&r, value, gibbs_variable_units(variable), chains, &values->row_counts[number]);
}

/* One list of all visible units: each variable's part of every row. */
static void split_visible(lua_State *L, gibbs_distribution *d, const double *from, size_t rows, size_t units,
                          const gl_unit_values *values) {
  size_t count = gibbs_distribution_visible_count(d), at = 0;
  for (size_t k = 0; k < count; k++) {
    size_t own = gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]));
    luaL_checkstack(L, 4, "too many variables");
    double *part = lua_newuserdatauv(L, rows * own * sizeof *part, 0);
    for (size_t row = 0; row < rows; row++) memcpy(part + row * own, from + row * units + at, own * sizeof *part);
    values->rows[k] = part;
    values->row_counts[k] = rows;
    at += own;
  }
}

gl_unit_values gl_unit_values_read(lua_State *L, int index, const char *who, const char *what, gibbs_distribution *d,
                                   size_t chains, bool whole, bool gaps) {
  index = lua_absindex(L, index);
  gl_unit_values values = push_lists(L, variable_count(d));
  if (has_keys(L, index)) {
    /* The blocks stay below the key that lua_next needs. */
    for (lua_pushnil(L); lua_next(L, index);) {
      luaL_checkstack(L, 8, "too many variables");
      int key = lua_gettop(L) - 1;
      read_entry(L, who, what, d, chains, gaps, &values);
      lua_pushvalue(L, key);
    }
    return values;
  }
  if (lua_istable(L, index) && lua_rawlen(L, index) == 0) return values;
  if (!whole)
    gl_fail(L, "%s: %s is %s; it must be a table {[variable] = values}, whose keys are variables or their names", who,
            what, gl_describe(L, index));
  reading r = {.L = L, .who = who, .what = what, .gaps = gaps};
  size_t rows, units = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  const double *from = push_rows(&r, index, units, chains, &rows);
  split_visible(L, d, from, rows, units, &values);
  return values;
}
