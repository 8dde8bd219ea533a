/* gl_mcrg.c - gibbs.rg.mcrg{...}: Monte Carlo renormalization of chains. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/mcrg.h"

#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_block_rule.h"
#include "gl_chains.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_state.h"

static void destroy(void *self) {
  gibbs_mcrg_free(self);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  lua_pushfstring(L, "renormalization of %I measurements by %I steps", (lua_Integer)gibbs_mcrg_measurements(self),
                  (lua_Integer)gibbs_mcrg_levels(self));
  luaL_addvalue(text);
}

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK && status != GIBBS_ERR_CALLBACK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

static int push_number(lua_State *L, const gibbs_mcrg_number *number) {
  return gl_estimate_plain(L, number->value, number->error, number->doubt, "jackknife");
}

/* ---- methods ------------------------------------------------------------------------------------------------ */

enum { MOST_ELEMENTS = GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS };

typedef struct selection {
  bool odd;
  uint64_t operators;
} selection;

static const gl_option selection_rows[] = {
    GL_BOOLEAN_ROW(selection, odd, false, "of the odd operators instead of the even ones"),
    GL_INTEGER_ROW(selection, operators, 0, 0, GIBBS_MOST_OPERATORS,
                   "how many of the operators, the first ones; 0: all"),
    GL_END_ROW};

/* `couplings`: of those that have them, once there are any. */
static selection read_selection(lua_State *L, int index, const char *who, const gibbs_mcrg *m, bool couplings) {
  selection s;
  gl_options_read(L, index, who, selection_rows, &s);
  const size_t inferred = gibbs_mcrg_coupling_count(m);
  const size_t most = couplings && inferred > 0 ? inferred : gibbs_mcrg_count(m, s.odd);
  if (most == 0) gl_fail(L, "%s: no %s operators were measured", who, s.odd ? "odd" : "even");
  if (s.operators == 0) s.operators = most;
  if (s.operators > most)
    gl_fail(L, "%s: option 'operators' is %I; %I %s ones were measured", who, (lua_Integer)s.operators,
            (lua_Integer)most, s.odd ? "odd" : "even");
  return s;
}

/* Arguments (step, { odd?, operators? }) of a method. */
static size_t read_step(lua_State *L, const char *who, const gibbs_mcrg *m, selection *s) {
  gl_at_most(L, 3, who);
  const size_t step = (size_t)gl_integer(L, 2, who, "step", 1, (lua_Integer)gibbs_mcrg_levels(m));
  *s = read_selection(L, 3, who, m, false);
  return step - 1;
}

/* m:exponent(step, { odd?, operators? }) -> estimate of y */
static int mcrg_exponent(lua_State *L) {
  static const char who[] = "mcrg:exponent";
  const gibbs_mcrg *m = gl_self(L, &gl_mcrg_class, who);
  selection s;
  const size_t step = read_step(L, who, m, &s);
  gibbs_mcrg_eigenvalue list[GIBBS_MOST_OPERATORS];
  gibbs_error err;
  check(L, gibbs_mcrg_eigenvalues(m, step, s.odd, (size_t)s.operators, list, &err), &err, who);
  return push_number(L, &list[0].exponent);
}

/* m:eigenvalues(step, { odd?, operators? }) -> list of { real, imaginary, exponent }, by falling modulus */
static int mcrg_eigenvalues(lua_State *L) {
  static const char who[] = "mcrg:eigenvalues";
  const gibbs_mcrg *m = gl_self(L, &gl_mcrg_class, who);
  selection s;
  const size_t step = read_step(L, who, m, &s);
  gibbs_mcrg_eigenvalue list[GIBBS_MOST_OPERATORS];
  gibbs_error err;
  check(L, gibbs_mcrg_eigenvalues(m, step, s.odd, (size_t)s.operators, list, &err), &err, who);
  lua_createtable(L, (int)s.operators, 0);
  for (size_t k = 0; k < s.operators; k++) {
    lua_createtable(L, 0, 3);
    push_number(L, &list[k].real);
    lua_setfield(L, -2, "real");
    push_number(L, &list[k].exponent);
    lua_setfield(L, -2, "exponent");
    lua_pushnumber(L, list[k].imaginary);
    lua_setfield(L, -2, "imaginary");
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  return 1;
}

/* m:matrix(step, { odd?, operators? }) -> dK'_a / dK_b as nested tables, and their errors */
static int mcrg_matrix(lua_State *L) {
  static const char who[] = "mcrg:matrix";
  const gibbs_mcrg *m = gl_self(L, &gl_mcrg_class, who);
  selection s;
  const size_t step = read_step(L, who, m, &s), n = (size_t)s.operators;
  double values[MOST_ELEMENTS], errors[MOST_ELEMENTS];
  gibbs_mcrg_number *matrix = lua_newuserdatauv(L, n * n * sizeof *matrix, 0);
  gibbs_error err;
  check(L, gibbs_mcrg_matrix(m, step, s.odd, n, matrix, &err), &err, who);
  for (size_t i = 0; i < n * n; i++) {
    values[i] = matrix[i].value;
    errors[i] = matrix[i].error;
  }
  gl_matrix_push(L, values, n, n);
  gl_matrix_push(L, errors, n, n);
  return 2;
}

/* m:couplings(level, { operators? }) -> { name = estimate, ... }; level 0 is the chains' own */
static int mcrg_couplings(lua_State *L) {
  static const char who[] = "mcrg:couplings";
  gl_at_most(L, 3, who);
  const gibbs_mcrg *m = gl_self(L, &gl_mcrg_class, who);
  const size_t level = (size_t)gl_integer(L, 2, who, "level", 0, (lua_Integer)gibbs_mcrg_levels(m));
  const selection s = read_selection(L, 3, who, m, true);
  if (s.odd) gl_fail(L, "%s: couplings are those of even operators; leave out 'odd'", who);
  gibbs_mcrg_number K[GIBBS_MOST_OPERATORS];
  gibbs_error err;
  check(L, gibbs_mcrg_couplings(m, level, (size_t)s.operators, K, &err), &err, who);
  lua_createtable(L, 0, (int)s.operators);
  for (size_t k = 0; k < s.operators; k++) {
    push_number(L, &K[k]);
    lua_setfield(L, -2, gibbs_mcrg_operator(m, false, k)->name);
  }
  return 1;
}

/* m:mean(level, name) -> estimate of <S> a site */
static int mcrg_mean(lua_State *L) {
  static const char who[] = "mcrg:mean";
  gl_at_most(L, 3, who);
  const gibbs_mcrg *m = gl_self(L, &gl_mcrg_class, who);
  const size_t level = (size_t)gl_integer(L, 2, who, "level", 0, (lua_Integer)gibbs_mcrg_levels(m));
  const char *name = gl_string(L, 3, who, "name");
  gl_guess guess = gl_guess_of(name);
  for (int odd = 0; odd < 2; odd++)
    for (size_t k = 0; k < gibbs_mcrg_count(m, odd); k++) {
      gl_guess_offer(&guess, gibbs_mcrg_operator(m, odd, k)->name);
      if (strcmp(gibbs_mcrg_operator(m, odd, k)->name, name) != 0) continue;
      gibbs_mcrg_number mean;
      gibbs_error err;
      check(L, gibbs_mcrg_mean(m, level, odd, k, &mean, &err), &err, who);
      return push_number(L, &mean);
    }
  return gl_fail(L, "%s: no operator '%s'%s", who, name, gl_guess_hint(L, &guess));
}

/* ---- fields ------------------------------------------------------------------------------------------------- */

static int get_steps(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_mcrg_levels(gl_self(L, &gl_mcrg_class, "mcrg.steps")));
  return 1;
}

static int get_measurements(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_mcrg_measurements(gl_self(L, &gl_mcrg_class, "mcrg.measurements")));
  return 1;
}

static int push_names(lua_State *L, const gibbs_mcrg *m, bool odd) {
  lua_createtable(L, (int)gibbs_mcrg_count(m, odd), 0);
  for (size_t k = 0; k < gibbs_mcrg_count(m, odd); k++) {
    lua_pushstring(L, gibbs_mcrg_operator(m, odd, k)->name);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  return 1;
}

static int get_even(lua_State *L) {
  return push_names(L, gl_self(L, &gl_mcrg_class, "mcrg.even"), false);
}

static int get_odd(lua_State *L) {
  return push_names(L, gl_self(L, &gl_mcrg_class, "mcrg.odd"), true);
}

static const luaL_Reg methods[] = {
    {"exponent", mcrg_exponent},   {"matrix", mcrg_matrix}, {"eigenvalues", mcrg_eigenvalues},
    {"couplings", mcrg_couplings}, {"mean", mcrg_mean},     {NULL, NULL}};

static const luaL_Reg getters[] = {
    {"steps", get_steps}, {"measurements", get_measurements}, {"even", get_even}, {"odd", get_odd}, {NULL, NULL}};

const gl_class gl_mcrg_class = {
    .name = "mcrg", .article = "an", .methods = methods, .getters = getters, .destroy = destroy, .print = print};

/* ---- making ------------------------------------------------------------------------------------------------- */

typedef struct settings {
  uint64_t levels, measurements, every, couplings_every, coupling_operators, seed;
} settings;

static const gl_option rows[] = {
    GL_INTEGER_ROW(settings, levels, 0, 0, 12,
                   "how often blocks are made of blocks; 0: until 4 would not be left along an axis"),
    GL_INTEGER_ROW(settings, measurements, 1000, 1, 4294967295, "of every chain"),
    GL_INTEGER_ROW(settings, every, 1, 1, 1e9, "sweeps between measurements"),
    GL_INTEGER_ROW(settings, couplings_every, 0, 0, 1e9,
                   "measurements between those that couplings are inferred from; 0: none"),
    GL_INTEGER_ROW(settings, coupling_operators, 0, 0, GIBBS_MOST_OPERATORS,
                   "even operators that have couplings, the first ones; 0: all"),
    GL_INTEGER_ROW(settings, seed, 1, 0, 9007199254740992, "of what the rule draws"),
    GL_VALUE_ROW("chains",
                 "the chains, warmed up; their visible spins lie on a periodic chain, square or cubic lattice"),
    GL_VALUE_ROW("rule", "a block rule or a transform"),
    GL_VALUE_ROW("even", "even operators: names, or lists of offsets"),
    GL_VALUE_ROW("odd", "odd operators"),
    GL_END_ROW};
const gl_option_table gl_mcrg_tables[] = {{.who = "gibbs.rg.mcrg", .rows = rows},
                                          {.who = "mcrg:exponent", .rows = selection_rows},
                                          {.who = "mcrg:eigenvalues", .rows = selection_rows},
                                          {.who = "mcrg:matrix", .rows = selection_rows},
                                          {.who = "mcrg:couplings", .rows = selection_rows},
                                          GL_END_TABLE};

static gl_chain_set *read_chains(lua_State *L, const char *who) {
  gl_options_require(L, 1, who, "chains", "chains, as P:chains{...} makes them");
  gl_chain_set *set = gl_test(L, -1, &gl_chains);
  if (set == NULL) gl_refuse_option(L, -1, who, "chains", "chains, as P:chains{...} makes them");
  gl_chains_refuse_busy(L, set, who);
  return set;
}

/* gibbs.rg.mcrg{ chains, rule, ... } */
static int mcrg_new(lua_State *L) {
  static const char who[] = "gibbs.rg.mcrg";
  gl_at_most(L, 1, who);
  gl_table(L, 1, who, "options");
  settings s;
  gl_options_read(L, 1, who, rows, &s);
  if (!gl_options_value(L, 1, "seed")) s.seed = gl_state_of(L)->seed;
  gl_chain_set *set = read_chains(L, who);
  const gibbs_shape *shape =
      gibbs_variable_units_shape(gibbs_expr_as_variable(gibbs_chains_variables(set->chains)[0]));
  gl_rule *rule = lua_newuserdatauv(L, sizeof *rule, 0);
  gibbs_operator *list = lua_newuserdatauv(L, 2 * GIBBS_MOST_OPERATORS * sizeof *list, 0);
  gl_options_require(L, 1, who, "rule", "a block rule or a transform");
  gl_rule_read(L, who, shape, rule);
  gibbs_mcrg_options o = {.levels = (size_t)s.levels,
                          .measurements = s.measurements,
                          .every = s.every,
                          .seed = s.seed,
                          .couplings_every = s.couplings_every,
                          .coupling_count = (size_t)s.coupling_operators,
                          .even = list,
                          .odd = list + GIBBS_MOST_OPERATORS};
  o.even_count = gl_operators_read(L, 1, who, "even", rule->options.axes, false, list);
  o.odd_count = gl_operators_read(L, 1, who, "odd", rule->options.axes, true, list + GIBBS_MOST_OPERATORS);
  if (o.coupling_count > o.even_count)
    gl_fail(L, "%s: option 'coupling_operators' is %I; there are %I even operators", who,
            (lua_Integer)o.coupling_count, (lua_Integer)o.even_count);
  gl_box *box = gl_box_new(L, &gl_mcrg_class, 0);
  gibbs_block_rule *made = NULL;
  gibbs_mcrg *m = NULL;
  gibbs_error err;
  gl_enter(L);
  check(L, gibbs_block_rule_new(&rule->options, &made, &err), &err, who);
  o.rule = made;
  set->busy = true;
  const gibbs_status status = gibbs_mcrg_run(set->chains, &o, &m, &err);
  set->busy = false;
  gibbs_block_rule_free(made);
  check(L, status, &err, who);
  box->self = m;
  return 1;
}

const luaL_Reg gl_mcrg_functions[] = {{"rg.mcrg", mcrg_new}, {NULL, NULL}};
