/* gl_objective.c - objectives in Lua: gibbs.kl and its kin make scalars; value, gradient, check and hessian are their
 * methods. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_objective.h"

#include <string.h>

#include "gibbs/linalg.h"
#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_how.h"
#include "gl_known.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_record.h"
#include "gl_state.h"

int gl_objective_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const char *who,
                        gibbs_error *err) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  return gl_expr_finish(L, box, status, made, err);
}

/* ---- functionals
 * ---------------------------------------------------------------------------------------------------- */

typedef gibbs_status (*model_functional)(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err);

static int functional_of_model(lua_State *L, const char *who, model_functional make) {
  gl_at_most(L, 1, who);
  gibbs_distribution *q = gl_model(L, 1, who, "Q");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = make(q, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* gibbs.free_energy(Q) */
static int functional_free_energy(lua_State *L) {
  return functional_of_model(L, "gibbs.free_energy", gibbs_free_energy);
}

/* gibbs.entropy(Q) */
static int functional_entropy(lua_State *L) {
  return functional_of_model(L, "gibbs.entropy", gibbs_entropy);
}

/* gibbs.kl(P, Q): P a distribution or data */
static int functional_kl(lua_State *L) {
  static const char who[] = "gibbs.kl";
  gl_at_most(L, 2, who);
  gibbs_data *data = gl_test(L, 1, &gl_data);
  gibbs_distribution *p = gl_test(L, 1, &gl_distribution);
  if (!data && !p) return gl_refuse(L, 1, who, "P", "a distribution or data");
  gibbs_distribution *q = gl_model(L, 2, who, "Q");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = data ? gibbs_data_kl(data, q, &made, &err) : gibbs_kl(p, q, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* gibbs.mean(Q, f), gibbs.mean(data, f) */
static int functional_mean(lua_State *L) {
  static const char who[] = "gibbs.mean";
  gl_at_most(L, 2, who);
  gibbs_data *data = gl_test(L, 1, &gl_data);
  gibbs_distribution *q = gl_test(L, 1, &gl_distribution);
  if (!data && !q) return gl_refuse(L, 1, who, "Q", "a distribution or data");
  gibbs_expr *f = gl_expr(L, 2, who, "f");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = data ? gibbs_data_mean(data, NULL, 0, f, &made, &err) : gibbs_mean(q, f, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* ---- objectives as objects of the stack
 * ------------------------------------------------------------------------------ */

static void destroy_objective(void *self) {
  gibbs_objective_free(self);
}
const gl_class gl_planned = {.name = "plan", .article = "a", .destroy = destroy_objective};

/* Pushed in any case; *out is there where the status is good. */
static gibbs_status try_objective(lua_State *L, int index, const gl_how *how, const char *who, const char *name,
                                  gibbs_objective **out, gibbs_error *err) {
  gibbs_expr *expr = gl_expr(L, index, who, name);
  gl_box *box = gl_box_new(L, &gl_planned, 0);
  gl_enter(L);
  gibbs_status status =
      gl_how_transfer(how) ? gibbs_objective_new_by_transfer(expr, out, err) : gibbs_objective_new(expr, out, err);
  if (status == GIBBS_OK) box->self = *out;
  return status;
}

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* The same where chains could do what cannot be summed. */
static void check_size(lua_State *L, gibbs_status status, gibbs_error *err, const char *who, const char *advice) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  if (status != GIBBS_OK && advice) gl_how_advise(err, advice);
  gl_check(L, status, err);
}

gibbs_objective *gl_objective_push_by(lua_State *L, int index, const gl_how *how, const char *who, const char *name,
                                      const char *advice) {
  gibbs_error err;
  gibbs_objective *objective = NULL;
  gibbs_status status = try_objective(L, index, how, who, name, &objective, &err);
  check_size(L, status, &err, who, advice);
  return objective;
}

gibbs_objective *gl_objective_push(lua_State *L, int index, const char *who, const char *name) {
  return gl_objective_push_by(L, index, NULL, who, name, NULL);
}

/* One mean by gibbs.chains{} has an autocorrelation time; everything else is an objective on samples. */
static int value_on_samples(lua_State *L, const gl_how *how, const gibbs_sampling *sampling, const char *who) {
  gibbs_distribution *q = NULL;
  gibbs_expr *f = NULL;
  bool mean = gibbs_objective_is_mean(gl_expr(L, 1, who, "objective"), &q, &f);
  if (mean && gl_how_chains_only(how)) return gl_how_mean(L, how, q, f, who);
  return gl_objective_sampled_value(L, sampling, gl_how_name(how), who);
}

static int value_by_transfer(lua_State *L, const char *who) {
  double value = 0;
  gibbs_error err;
  gibbs_expr *expr = gl_expr(L, 1, who, "objective");
  gl_enter(L);
  check(L, gibbs_objective_transfer_value(expr, &value, &err), &err, who);
  lua_pushnumber(L, value);
  return gl_estimate_exact_by(L, "transfer");
}

/* obj:value(how?) -> estimate */
int gl_objective_value(lua_State *L) {
  static const char who[] = "objective:value";
  gl_at_most(L, 2, who);
  gibbs_sampling sampling;
  const gl_how *how = gl_how_read(L, 2, who, GL_HOW_OBJECTIVE);
  if (gl_how_transfer(how)) return value_by_transfer(L, who);
  if (gl_how_sampling(how, &sampling)) return value_on_samples(L, how, &sampling, who);
  bool by_default = lua_isnoneornil(L, 2);
  gibbs_objective *objective = NULL;
  double value = 0;
  gibbs_error err;
  gibbs_status status = try_objective(L, 1, NULL, who, "objective", &objective, &err);
  bool too_much = status == GIBBS_ERR_SIZE || status == GIBBS_ERR_UNSUPPORTED;
  if (too_much && by_default && gl_known_push_value(L, gl_expr(L, 1, who, "objective"))) return 1;
  check_size(L, status, &err, who, "obj:value(gibbs.chains{ free_energy = gibbs.ais{} })");
  check(L, gibbs_objective_value(objective, &value, &err), &err, who);
  lua_pushnumber(L, value);
  return gl_estimate_exact(L);
}

enum { MOST_PARAMETERS = 4096 };

double **gl_gradients_push(lua_State *L, gibbs_objective *objective, gl_chosen *of, const char *who) {
  if (lua_isnoneornil(L, 3))
    *of = (gl_chosen){.nodes = (gibbs_expr **)gibbs_objective_parameters(objective),
                      .count = gibbs_objective_parameter_count(objective)};
  else {
    *of = (gl_chosen){.nodes = lua_newuserdatauv(L, MOST_PARAMETERS * sizeof(gibbs_expr *), 0),
                      .room = MOST_PARAMETERS};
    gl_choose_all(L, of, 3, who);
  }
  gl_refuse_same_names(L, of->nodes, of->count, who);
  luaL_checkstack(L, 12, who);
  lua_createtable(L, 0, (int)of->count);
  double **rows = lua_newuserdatauv(L, (of->count + 1) * sizeof *rows, 0);
  for (size_t k = 0; k < of->count; k++) {
    gibbs_tensor *tensor = gl_tensor_new(L, gibbs_expr_shape(of->nodes[k]));
    rows[k] = gibbs_tensor_data(tensor);
    lua_setfield(L, -3, gibbs_parameter_name(gibbs_expr_as_parameter(of->nodes[k])));
  }
  return rows;
}

int gl_gradients_finish(lua_State *L, const gl_chosen *of) {
  lua_pop(L, 1); /* the rows */
  for (size_t k = 0; k < of->count; k++) {
    const char *name = gibbs_parameter_name(gibbs_expr_as_parameter(of->nodes[k]));
    lua_getfield(L, -1, name);
    gl_tensor_finish(L);
    lua_setfield(L, -2, name);
  }
  return 1;
}

/* obj:gradient(how?, what?) -> {W = tensor, ...}: by the parameters of `what`, or by all */
static int objective_gradient(lua_State *L) {
  static const char who[] = "objective:gradient";
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  if (gl_is_choice(L, 2) && lua_isnil(L, 3)) lua_insert(L, 2); /* how is left out */
  gibbs_sampling sampling;
  const gl_how *how = gl_how_read(L, 2, who, GL_HOW_OBJECTIVE);
  if (gl_how_sampling(how, &sampling)) return gl_objective_sampled_gradient(L, &sampling, who);
  gibbs_objective *objective = gl_objective_push_by(L, 1, how, who, "objective", "obj:gradient(gibbs.chains{})");
  gl_chosen of;
  double **rows = gl_gradients_push(L, objective, &of, who), value = 0;
  gibbs_error err;
  check(L, gibbs_objective_gradient(objective, of.nodes, of.count, &value, rows, &err), &err, who);
  return gl_gradients_finish(L, &of);
}

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* obj:check(how?) -> {ok =, max_error =, allowed =, parameter =, element =, gradient =, difference =, components =}:
 * against differences; on samples against the exact gradient */
static int objective_check(lua_State *L) {
  static const char who[] = "objective:check";
  gl_at_most(L, 2, who);
  gibbs_sampling sampling;
  const gl_how *how = gl_how_read(L, 2, who, GL_HOW_OBJECTIVE);
  if (gl_how_sampling(how, &sampling)) return gl_objective_sampled_check(L, &sampling, who);
  gibbs_objective *objective = gl_objective_push_by(L, 1, how, who, "objective", NULL);
  gibbs_expr *const *parameters = gibbs_objective_parameters(objective);
  size_t count = gibbs_objective_parameter_count(objective);
  if (count == 0) return gl_fail(L, "%s: the objective has no parameters", who);
  gibbs_gradient_check result;
  gibbs_error err;
  check(L, gibbs_objective_check(objective, parameters, count, &result, &err), &err, who);
  lua_createtable(L, 0, 8);
  lua_pushboolean(L, result.largest_error <= result.allowed);
  lua_setfield(L, -2, "ok");
  set_number(L, "max_error", result.largest_error);
  set_number(L, "allowed", result.allowed);
  set_number(L, "gradient", result.gradient);
  set_number(L, "difference", result.difference);
  lua_pushstring(L, gibbs_parameter_name(gibbs_expr_as_parameter(parameters[result.parameter])));
  lua_setfield(L, -2, "parameter");
  lua_pushinteger(L, (lua_Integer)result.element + 1);
  lua_setfield(L, -2, "element");
  lua_pushinteger(L, (lua_Integer)result.components);
  lua_setfield(L, -2, "components");
  gl_record(L, "check", NULL);
  return 1;
}

/* obj:hessian(how?) -> matrix over all elements of all parameters laid end to end, in the order of their making */
static int objective_hessian(lua_State *L) {
  static const char who[] = "objective:hessian";
  gl_at_most(L, 2, who);
  gl_how_exact(L, 2, who, "a Hessian is made of differences of exact gradients; use gibbs.exact()");
  gibbs_objective *objective = gl_objective_push(L, 1, who, "objective");
  gibbs_expr *const *parameters = gibbs_objective_parameters(objective);
  size_t count = gibbs_objective_parameter_count(objective), size = 0;
  for (size_t k = 0; k < count; k++) size += gibbs_expr_size(parameters[k]);
  if (size == 0 || size > 4096)
    return gl_fail(L, "%s: the objective has %I parameters; a Hessian is possible for 1 to 4096", who,
                   (lua_Integer)size);
  gibbs_shape shape = gibbs_shape_matrix(size, size);
  gibbs_tensor *tensor = gl_tensor_new(L, &shape);
  gibbs_error err;
  check(L, gibbs_objective_hessian(objective, parameters, count, gibbs_tensor_data(tensor), &err), &err, who);
  gl_tensor_finish(L);
  return 1;
}

const luaL_Reg gl_objective_methods[] = {
    {"gradient", objective_gradient}, {"check", objective_check}, {"hessian", objective_hessian}, {NULL, NULL}};

/* gibbs.eigenvalues(symmetric matrix) -> tensor, ascending */
static int eigenvalues(lua_State *L) {
  static const char who[] = "gibbs.eigenvalues";
  gl_at_most(L, 1, who);
  gibbs_tensor *matrix = gl_tensor(L, 1, who, "matrix");
  const gibbs_shape *shape = gibbs_tensor_shape(matrix);
  if (shape->rank != 2 || shape->extent[0] != shape->extent[1])
    return gl_refuse(L, 1, who, "matrix", "a square symmetric matrix");
  size_t n = shape->extent[0];
  const double *values = gibbs_tensor_values(matrix);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) {
      double scale = values[i * n + i] * values[i * n + i] + values[j * n + j] * values[j * n + j] + 1;
      double gap = values[i * n + j] - values[j * n + i];
      if (!(gap * gap <= 1e-16 * (scale + values[i * n + j] * values[i * n + j])))
        return gl_fail(L, "%s: the matrix is not symmetric: [%I, %I] is %f and [%I, %I] is %f", who,
                       (lua_Integer)i + 1, (lua_Integer)j + 1, values[i * n + j], (lua_Integer)j + 1,
                       (lua_Integer)i + 1, values[j * n + i]);
    }
  gibbs_shape vector = gibbs_shape_vector(n);
  gibbs_tensor *out = gl_tensor_new(L, &vector);
  gibbs_error err;
  check(L, gibbs_symmetric_eigenvalues(n, values, gibbs_tensor_data(out), &err), &err, who);
  gl_tensor_finish(L);
  return 1;
}

const luaL_Reg gl_objective_functions[] = {{"free_energy", functional_free_energy},
                                           {"entropy", functional_entropy},
                                           {"kl", functional_kl},
                                           {"mean", functional_mean},
                                           {"eigenvalues", eigenvalues},
                                           {NULL, NULL}};
