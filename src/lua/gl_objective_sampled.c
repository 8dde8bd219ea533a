/* gl_objective_sampled.c - objectives on samples: obj:value(how), obj:gradient(how) and obj:check(how) of ways to
 * sample. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_objective.h"
#include "gl_record.h"
#include "gl_state.h"

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_count(lua_State *L, const char *name, size_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

gibbs_objective *gl_objective_push_sampled(lua_State *L, int index, const gibbs_sampling *sampling, const char *who,
                                           const char *name) {
  gibbs_expr *expr = gl_expr(L, index, who, name);
  gl_box *box = gl_box_new(L, &gl_planned, 0);
  gibbs_error err;
  gibbs_objective *objective = NULL;
  gl_enter(L);
  gibbs_status status = gibbs_objective_new_sampled(expr, sampling, &objective, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = objective;
  return objective;
}

/* R-hat of the model's chains where there are any. */
static gibbs_estimate rest_of(gibbs_objective *objective, const gibbs_sampling *sampling,
                              const gibbs_objective_estimate *value) {
  gibbs_sample_report report = {.known = false};
  gibbs_error ignored;
  bool known = gibbs_objective_samples(objective, NULL, &report, &ignored) == GIBBS_OK && report.known;
  return (gibbs_estimate){.ess = value->ess,
                          .tau = (double)NAN,
                          .tau_error = (double)NAN,
                          .r_hat = known ? report.r_hat : (double)NAN,
                          .rows = sampling->sweeps * sampling->snapshots,
                          .warm_up = sampling->burn,
                          .converged = value->converged,
                          .why = value->why};
}

int gl_objective_sampled_value(lua_State *L, const gibbs_sampling *sampling, const char *method, const char *who) {
  gibbs_objective *objective = gl_objective_push_sampled(L, 1, sampling, who, "objective");
  gibbs_objective_estimate value = {0};
  gibbs_error err;
  check(L, gibbs_objective_sample(objective, NULL, 0, &value, NULL, &err), &err, who);
  if (!value.value_known)
    return gl_fail(L, "%s: %s; add free_energy = gibbs.ais{} to gibbs.%s{} (its gradient may do without)", who,
                   value.why[0] ? value.why : "it needs free energies that are not known", method);
  const gibbs_estimate rest = rest_of(objective, sampling, &value);
  lua_pushnumber(L, value.value);
  lua_pushnumber(L, value.error);
  return gl_estimate_push(L, &rest, method);
}

int gl_entropy_on_samples(lua_State *L, const gl_how *how, const char *who) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  gibbs_sampling sampling;
  gibbs_error err;
  gibbs_expr *made = NULL;
  if (!gl_how_sampling(how, &sampling))
    return gl_fail(L, "%s: gibbs.%s{} is no way to sample", who, gl_how_name(how));
  gl_box *box = gl_expr_box(L);
  gibbs_status status = gibbs_entropy(d, &made, &err);
  gl_objective_finish(L, box, status, made, who, &err);
  lua_replace(L, 1); /* the box keeps d */
  return gl_objective_sampled_value(L, &sampling, gl_how_name(how), who);
}

int gl_objective_sampled_gradient(lua_State *L, const gibbs_sampling *sampling, const char *who) {
  gibbs_objective *objective = gl_objective_push_sampled(L, 1, sampling, who, "objective");
  gl_chosen of;
  double **rows = gl_gradients_push(L, objective, &of, who);
  gibbs_error err;
  check(L, gibbs_objective_sample(objective, of.nodes, of.count, NULL, rows, &err), &err, who);
  return gl_gradients_finish(L, &of);
}

enum { CHECK_RUNS = 16 };

/* {ok =, max_error =, allowed =, parameter =, element =, gradient =, error =, exact =, components =, runs =}: errors
 * in standard errors of the mean over independent runs */
int gl_objective_sampled_check(lua_State *L, const gibbs_sampling *sampling, const char *who) {
  gibbs_objective *exact = gl_objective_push(L, 1, "objective:check, beside exact sums", "objective");
  gibbs_sampled_check result;
  gibbs_error err;
  check(L, gibbs_objective_check_sampled(exact, sampling, CHECK_RUNS, &result, &err), &err, who);
  gibbs_expr *parameter = gibbs_objective_parameters(exact)[result.parameter];
  lua_createtable(L, 0, 10);
  lua_pushboolean(L, result.largest <= result.allowed);
  lua_setfield(L, -2, "ok");
  set_number(L, "max_error", result.largest);
  set_number(L, "allowed", result.allowed);
  set_number(L, "gradient", result.gradient);
  set_number(L, "error", result.error);
  set_number(L, "exact", result.exact);
  lua_pushstring(L, gibbs_parameter_name(gibbs_expr_as_parameter(parameter)));
  lua_setfield(L, -2, "parameter");
  set_count(L, "element", result.element + 1);
  set_count(L, "components", result.components);
  set_count(L, "runs", result.repeats);
  gl_record(L, "check", NULL);
  return 1;
}
