/* gl_chains.c - the class of Markov chains: advancing them, and what they hold. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_chains.h"

#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_interrupt.h"
#include "gl_options.h"
#include "gl_record.h"
#include "gl_state.h"
#include "gl_units.h"

/* ---- arguments ------------------------------------------------------------------------------------------------- */

static void destroy(void *self) {
  gl_chain_set_release(self);
}

void gl_chains_refuse_busy(lua_State *L, const gl_chain_set *set, const char *who) {
  if (set->busy) gl_fail(L, "%s: the chains are at work; an energy cannot use the chains that sample it", who);
}

gl_chain_set *gl_chains_self(lua_State *L, const char *who) {
  gl_chain_set *set = gl_self(L, &gl_chains, who);
  gl_chains_refuse_busy(L, set, who);
  return set;
}

uint64_t gl_warm_up(lua_State *L, int index, const char *who, const char *name) {
  static const char legal[] = "a number of sweeps, or 'detect'";
  if (!gl_options_value(L, index, name)) return GIBBS_WARM_UP_DETECT;
  int whole = 0;
  lua_Integer sweeps = lua_type(L, -1) == LUA_TNUMBER ? lua_tointegerx(L, -1, &whole) : 0;
  bool detect = lua_type(L, -1) == LUA_TSTRING && strcmp(lua_tostring(L, -1), "detect") == 0;
  if (!detect && (!whole || sweeps < 0)) gl_refuse_option(L, lua_gettop(L), who, name, legal);
  lua_pop(L, 1);
  return detect ? GIBBS_WARM_UP_DETECT : (uint64_t)sweeps;
}

/* ---- sweeps ------------------------------------------------------------------------------------------------- */

typedef struct advance_options {
  uint64_t sweeps;
} advance_options;

static const gl_option advance_rows[] = {
    GL_INTEGER_ROW(advance_options, sweeps, 1, 0, 1e15, "how many, of every chain"), GL_END_ROW};
const gl_option_table gl_chains_tables[] = {
    {.who = "chains:advance", .rows = advance_rows}, {.who = "chains:warm_up", .rows = advance_rows}, GL_END_TABLE};

/* (sweeps) or {sweeps = n}: 1 when absent. */
static uint64_t read_sweeps(lua_State *L, const char *who) {
  gl_at_most(L, 2, who);
  if (lua_type(L, 2) == LUA_TNUMBER) return (uint64_t)gl_integer(L, 2, who, "sweeps", 0, INT64_C(1000000000000000));
  advance_options options;
  gl_options_read(L, 2, who, advance_rows, &options);
  return options.sweeps;
}

typedef gibbs_status (*sweeping)(gibbs_chains *chains, uint64_t sweeps, gibbs_error *err);

/* Gives the chains back, so that calls can be strung together. */
static int sweep(lua_State *L, const char *who, sweeping run) {
  gl_chain_set *set = gl_chains_self(L, who);
  uint64_t sweeps = read_sweeps(L, who);
  gibbs_error err;
  gl_enter(L);
  gl_chain_set_retain(set); /* a callback may close the box */
  set->busy = true;
  uint64_t before = gibbs_chains_sweeps(set->chains);
  gibbs_status status = run(set->chains, sweeps, &err);
  set->busy = false;
  uint64_t done = gibbs_chains_sweeps(set->chains) - before;
  gl_chain_set_release(set);
  if (status == GIBBS_ERR_INTERRUPT)
    return gl_interrupt(L, 1, who, "after %I of %I sweeps; they go on from there, or chains:save keeps them",
                        (lua_Integer)done, (lua_Integer)sweeps);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  lua_settop(L, 1);
  return 1;
}

/* chains:advance(n), chains:advance{sweeps = n} -> chains */
static int chains_advance(lua_State *L) {
  return sweep(L, "chains:advance", gibbs_chains_advance);
}

/* chains:warm_up(n), chains:warm_up{sweeps = n} -> chains; the kernel may adapt itself meanwhile */
static int chains_warm_up(lua_State *L) {
  return sweep(L, "chains:warm_up", gibbs_chains_warm_up);
}

/* ---- configurations
 * ------------------------------------------------------------------------------------------------ */

/* The number among the variables that are sampled of the one at `index`. */
static size_t sampled_variable(lua_State *L, int index, const char *who, const gl_chain_set *set) {
  gibbs_distribution *d = gibbs_chains_distribution(set->chains);
  size_t number = gl_variable_number(L, index, who, "argument 'variable'", d);
  const gibbs_expr *variable = gl_variable_at(d, number);
  size_t count = gibbs_chains_variable_count(set->chains), k = 0;
  while (k < count && gibbs_chains_variables(set->chains)[k] != variable) k++;
  if (k == count)
    gl_fail(L,
            "%s: these chains sum over the hidden units instead of sampling them; make the chains with hidden = "
            "'sampled'",
            who);
  return k;
}

/* rows[c * stride + at + u], through a block of Lua's memory where other variables stand between. */
static void get_variable(lua_State *L, const gl_chain_set *set, size_t k, size_t units, size_t at, double *rows,
                         size_t stride) {
  size_t chains = gibbs_chains_count(set->chains);
  double *to = units == stride ? rows : lua_newuserdatauv(L, chains * units * sizeof *to, 0);
  gibbs_error err;
  gl_check(L, gibbs_chains_get(set->chains, k, to, &err), &err);
  if (to == rows) return;
  for (size_t c = 0; c < chains; c++) memcpy(rows + c * stride + at, to + c * units, units * sizeof *rows);
  lua_pop(L, 1);
}

/* chains:batch(variable?) -> tensor, one chain a row: a copy; all visible units when absent */
static int chains_batch(lua_State *L) {
  static const char who[] = "chains:batch";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 2, who);
  gibbs_expr *const *variables = gibbs_chains_variables(set->chains);
  size_t first = 0, count = gibbs_distribution_visible_count(gibbs_chains_distribution(set->chains));
  if (!lua_isnoneornil(L, 2)) {
    first = sampled_variable(L, 2, who, set);
    count = 1;
  }
  gibbs_shape shape = gl_rows_shape(variables + first, count, gibbs_chains_count(set->chains));
  double *rows = gibbs_tensor_data(gl_tensor_new(L, &shape));
  size_t stride = gibbs_variables_units(variables + first, count), at = 0;
  for (size_t k = 0; k < count; k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(variables[first + k]));
    get_variable(L, set, first + k, units, at, rows, stride);
    at += units;
  }
  gl_tensor_finish(L);
  return 1;
}

/* chains:set(variable, values) -> chains: one row a chain, one for all, or a number for every unit */
static int chains_set(lua_State *L) {
  static const char who[] = "chains:set";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 3, who);
  size_t k = sampled_variable(L, 2, who, set), chains = gibbs_chains_count(set->chains);
  if (lua_isnoneornil(L, 3)) return gl_refuse(L, 3, who, "values", "a tensor, a number or a nested table of numbers");
  gibbs_distribution *d = gibbs_chains_distribution(set->chains);
  size_t number = gl_variable_number(L, 2, who, "argument 'variable'", d);
  lua_createtable(L, 0, 1);
  gl_expr_push(L, gl_variable_at(d, number));
  lua_pushvalue(L, 3);
  lua_rawset(L, -3);
  gl_unit_values values = gl_unit_values_read(L, -1, who, "argument 'values'", d, chains, false, false);
  gl_chains_write(L, set, k, values.rows[number], values.row_counts[number], who);
  lua_settop(L, 1);
  return 1;
}

void gl_chains_write(lua_State *L, gl_chain_set *set, size_t k, const double *rows, size_t row_count,
                     const char *who) {
  size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_chains_variables(set->chains)[k]));
  size_t chains = gibbs_chains_count(set->chains);
  if (row_count != chains) {
    double *all = lua_newuserdatauv(L, chains * units * sizeof *all, 0);
    for (size_t c = 0; c < chains; c++) memcpy(all + c * units, rows, units * sizeof *all);
    rows = all;
  }
  gibbs_error err;
  gl_enter(L);
  gl_chain_set_retain(set);
  set->busy = true;
  gibbs_status status = gibbs_chains_set(set->chains, k, rows, &err);
  set->busy = false;
  gl_chain_set_release(set);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
}

/* ---- what the kernel knows
 * ------------------------------------------------------------------------------------------ */

size_t gl_chains_measure_number(lua_State *L, const gl_chain_set *set, const char *name, const char *who) {
  size_t count = gibbs_chains_measure_count(set->chains);
  const char *kernel = gibbs_kernel_name(gibbs_chains_kernel(set->chains));
  for (size_t k = 0; k < count; k++)
    if (strcmp(gibbs_chains_measure_name(set->chains, k), name) == 0) return k;
  if (count == 0) gl_fail(L, "%s: no measure '%s': kernel %s knows nothing of its sweeps", who, name, kernel);
  gl_guess guess = gl_guess_of(name);
  luaL_Buffer words;
  luaL_buffinit(L, &words);
  for (size_t k = 0; k < count; k++) {
    gl_guess_offer(&guess, gibbs_chains_measure_name(set->chains, k));
    if (k > 0) luaL_addstring(&words, ", ");
    luaL_addstring(&words, gibbs_chains_measure_name(set->chains, k));
  }
  luaL_pushresult(&words);
  const char *all = lua_tostring(L, -1);
  gl_fail(L, "%s: no measure '%s'; kernel %s has %s%s", who, name, kernel, all, gl_guess_hint(L, &guess));
  return 0;
}

/* chains:measure(name) -> tensor, one number a chain about its last sweep */
static int chains_measure(lua_State *L) {
  static const char who[] = "chains:measure";
  const gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 2, who);
  size_t which = gl_chains_measure_number(L, set, gl_string(L, 2, who, "name"), who);
  gibbs_shape shape = gibbs_shape_vector(gibbs_chains_count(set->chains));
  double *out = gibbs_tensor_data(gl_tensor_new(L, &shape));
  gibbs_chains_measure(set->chains, which, out);
  gl_tensor_finish(L);
  return 1;
}

/* ---- fields
 * --------------------------------------------------------------------------------------------------------- */

static const gl_chain_set *field_of(lua_State *L, const char *who) {
  return gl_self(L, &gl_chains, who);
}

static int get_kernel(lua_State *L) {
  lua_pushstring(L, gibbs_kernel_name(gibbs_chains_kernel(field_of(L, "chains.kernel")->chains)));
  return 1;
}

static int get_n(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_chains_count(field_of(L, "chains.n")->chains));
  return 1;
}

static int get_sweeps(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_chains_sweeps(field_of(L, "chains.sweeps")->chains));
  return 1;
}

static int get_seed(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_chains_seed(field_of(L, "chains.seed")->chains));
  return 1;
}

/* chains.rungs: of a ladder; 1 without one */
static int get_rungs(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_chains_rungs(field_of(L, "chains.rungs")->chains));
  return 1;
}

/* chains.measures: the names that chains:measure takes */
static int get_measures(lua_State *L) {
  const gl_chain_set *set = field_of(L, "chains.measures");
  lua_newtable(L);
  for (size_t k = 0; k < gibbs_chains_measure_count(set->chains); k++) {
    lua_pushstring(L, gibbs_chains_measure_name(set->chains, k));
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  return 1;
}

/* chains.settings: the kernel's options in force, by name */
static int get_settings(lua_State *L) {
  const gl_chain_set *set = field_of(L, "chains.settings");
  const gibbs_kernel *kernel = gibbs_chains_kernel(set->chains);
  lua_newtable(L);
  for (size_t i = 0; i < gibbs_kernel_option_count(kernel); i++) {
    const gibbs_kernel_option *option = &gibbs_kernel_options(kernel)[i];
    if (option->kind == GIBBS_KERNEL_FLAG)
      lua_pushboolean(L, set->settings[i] != 0);
    else if (option->kind == GIBBS_KERNEL_WORD)
      lua_pushstring(L, option->words[(size_t)set->settings[i]]);
    else if (option->kind == GIBBS_KERNEL_COUNT)
      lua_pushinteger(L, (lua_Integer)set->settings[i]);
    else
      lua_pushnumber(L, set->settings[i]);
    lua_setfield(L, -2, option->name);
  }
  gl_record(L, "settings", NULL);
  return 1;
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_chain_set *set = self;
  size_t n = gibbs_chains_count(set->chains);
  lua_pushfstring(L, "%I chain%s of %s, %s, %I sweeps done", (lua_Integer)n, n == 1 ? "" : "s",
                  gibbs_distribution_family(gibbs_chains_distribution(set->chains)),
                  gibbs_kernel_name(gibbs_chains_kernel(set->chains)), (lua_Integer)gibbs_chains_sweeps(set->chains));
  luaL_addvalue(text);
}

static const luaL_Reg methods[] = {
    {"advance", chains_advance}, {"warm_up", chains_warm_up},  {"batch", chains_batch},      {"set", chains_set},
    {"measure", chains_measure}, {"mean", gl_chains_mean},     {"record", gl_chains_record}, {"save", gl_chains_save},
    {"load", gl_chains_load},    {"select", gl_chains_select}, {"ladder", gl_chains_ladder}, {NULL, NULL}};

static const luaL_Reg getters[] = {{"kernel", get_kernel},     {"n", get_n},
                                   {"sweeps", get_sweeps},     {"seed", get_seed},
                                   {"measures", get_measures}, {"settings", get_settings},
                                   {"rungs", get_rungs},       {NULL, NULL}};

const gl_class gl_chains = {.name = "chains",
                            .article = "a set of",
                            .methods = methods,
                            .getters = getters,
                            .destroy = destroy,
                            .print = print};
