/* gl_vmcrg.c - gibbs.rg.vmcrg{...}: variational Monte Carlo renormalization. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/vmcrg.h"

#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_block_rule.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_record.h"
#include "gl_state.h"

typedef struct settings {
  uint64_t levels, replicas, steps, sweeps, measured, seed;
} settings;

static const gl_option rows[] = {
    GL_INTEGER_ROW(settings, levels, 1, 1, 8, "how often the rule is applied"),
    GL_INTEGER_ROW(settings, replicas, 16, 4, 4096, "independent optimisations, which give the errors"),
    GL_INTEGER_ROW(settings, steps, 200, 2, 1e9, "of the optimisation"),
    GL_INTEGER_ROW(settings, sweeps, 20, 1, 1e9, "a step"),
    GL_INTEGER_ROW(settings, measured, 4000, 8, 4e9, "sweeps afterwards, which give all numbers and their errors"),
    GL_INTEGER_ROW(settings, seed, 1, 0, 9007199254740992, "of everything"),
    GL_VALUE_ROW("lattice", "the shape of the periodic lattice of spins, {64, 64}"),
    GL_VALUE_ROW("K", "couplings by operator, { nearest = 0.44 }; H = -sum K S"),
    GL_VALUE_ROW("rule", "a block rule or a transform; no spin may be seen by two blocks"),
    GL_VALUE_ROW("operators", "of the bias, and of dK'/dK: names, or lists of offsets"),
    GL_END_ROW};
const gl_option_table gl_vmcrg_tables[] = {{.who = "gibbs.rg.vmcrg", .rows = rows}, GL_END_TABLE};

static void read_shape(lua_State *L, const char *who, gibbs_shape *out) {
  gl_options_require(L, 1, who, "lattice", "a list of lengths, as {64, 64}");
  if (!lua_istable(L, -1)) gl_refuse_option(L, -1, who, "lattice", "a list of lengths, as {64, 64}");
  const lua_Integer axes = luaL_len(L, -1);
  if (axes < 1 || axes > GIBBS_MOST_AXES)
    gl_fail(L, "%s: option 'lattice' has %I lengths; it must have 1 to %d", who, axes, GIBBS_MOST_AXES);
  out->rank = (size_t)axes;
  for (lua_Integer a = 1; a <= axes; a++) {
    int whole = 0;
    lua_rawgeti(L, -1, a);
    const lua_Integer length = lua_tointegerx(L, -1, &whole);
    if (!whole || length < 2 || length > 65536)
      gl_fail(L, "%s: option 'lattice' holds %s; lengths are whole numbers from 2 to 65536", who, gl_describe(L, -1));
    out->extent[a - 1] = (size_t)length;
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

/* The couplings of `list`, by name, from option K; names that are not in it are refused. */
static void read_couplings(lua_State *L, const char *who, const gibbs_operator *list, size_t count, double *K) {
  gl_options_require(L, 1, who, "K", "a table of couplings by operator");
  if (!lua_istable(L, -1))
    gl_refuse_option(L, -1, who, "K", "a table of couplings by operator, as { nearest = 0.44 }");
  for (size_t k = 0; k < count; k++) K[k] = 0;
  for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING)
      gl_fail(L, "%s: option 'K' has the key %s; keys are names of operators, as in { nearest = 0.44 }", who,
              gl_describe(L, -2));
    const char *name = lua_tostring(L, -2);
    gl_guess guess = gl_guess_of(name);
    size_t k = 0;
    for (; k < count && strcmp(list[k].name, name) != 0; k++) gl_guess_offer(&guess, list[k].name);
    if (k == count)
      gl_fail(L, "%s: option 'K' has a coupling '%s', which is none of the operators%s", who, name,
              gl_guess_hint(L, &guess));
    if (lua_type(L, -1) != LUA_TNUMBER || !isfinite(lua_tonumber(L, -1)))
      gl_fail(L, "%s: coupling '%s' is %s; it must be a number", who, name, gl_describe(L, -1));
    K[k] = lua_tonumber(L, -1);
  }
  lua_pop(L, 1);
}

static void push_result(lua_State *L, const gibbs_vmcrg_options *o, const gibbs_vmcrg_result *result) {
  static const char method[] = "vmcrg";
  const size_t n = o->coarse_count;
  lua_createtable(L, 0, 6);
  lua_createtable(L, 0, (int)n);
  for (size_t k = 0; k < n; k++) {
    gl_estimate_plain(L, result->coupling[k], result->coupling_error[k], result->doubt, method);
    lua_setfield(L, -2, o->coarse[k].name);
  }
  lua_setfield(L, -2, "couplings");
  lua_createtable(L, 0, (int)n);
  for (size_t k = 0; k < n; k++) {
    lua_pushnumber(L, result->residual[k]);
    lua_setfield(L, -2, o->coarse[k].name);
  }
  lua_setfield(L, -2, "residual");
  gl_matrix_push(L, result->slope, n, n);
  lua_setfield(L, -2, "matrix");
  gl_matrix_push(L, result->slope_error, n, n);
  lua_setfield(L, -2, "matrix_error");
  gl_estimate_plain(L, result->exponent, result->exponent_error,
                    result->doubt != NULL ? result->doubt : result->exponent_doubt, method);
  lua_setfield(L, -2, "exponent");
  gl_estimate_plain(L, result->tau, result->tau_error, NULL, method);
  lua_setfield(L, -2, "tau");
  gl_record(L, "vmcrg", NULL);
}

/* gibbs.rg.vmcrg{ lattice, K, rule, operators?, ... } -> { couplings, residual, matrix, matrix_error, exponent, tau }
 */
static int vmcrg(lua_State *L) {
  static const char who[] = "gibbs.rg.vmcrg";
  gl_at_most(L, 1, who);
  gl_table(L, 1, who, "options");
  settings s;
  gl_options_read(L, 1, who, rows, &s);
  if (!gl_options_value(L, 1, "seed")) s.seed = gl_state_of(L)->seed;
  gibbs_shape shape = {0};
  read_shape(L, who, &shape);
  gl_rule *rule = lua_newuserdatauv(L, sizeof *rule, 0);
  gibbs_operator *list = lua_newuserdatauv(L, GIBBS_MOST_OPERATORS * sizeof *list, 0);
  gibbs_vmcrg_result *result = lua_newuserdatauv(L, sizeof *result, 0);
  gl_options_require(L, 1, who, "rule", "a block rule or a transform");
  gl_rule_read(L, who, &shape, rule);
  double K[GIBBS_MOST_OPERATORS];
  const size_t count = gl_operators_read(L, 1, who, "operators", shape.rank, false, list);
  read_couplings(L, who, list, count, K);
  gibbs_block_rule *made = NULL;
  gibbs_error err;
  gibbs_status status = gibbs_block_rule_new(&rule->options, &made, &err);
  const gibbs_vmcrg_options o = {.rule = made,
                                 .levels = (size_t)s.levels,
                                 .fine = list,
                                 .K = K,
                                 .fine_count = count,
                                 .coarse = list,
                                 .coarse_count = count,
                                 .replicas = (size_t)s.replicas,
                                 .steps = s.steps,
                                 .sweeps = s.sweeps,
                                 .measured = s.measured,
                                 .seed = s.seed};
  if (status == GIBBS_OK) status = gibbs_vmcrg_run(&o, result, &err);
  gibbs_block_rule_free(made);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  push_result(L, &o, result);
  return 1;
}

const luaL_Reg gl_vmcrg_functions[] = {{"rg.vmcrg", vmcrg}, {NULL, NULL}};
