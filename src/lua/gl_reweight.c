/* gl_reweight.c - gibbs.reweight{...}: runs at several temperatures taken together. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/reweight.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_means.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_reweight.h"
#include "gl_state.h"

gl_reweight *gl_reweight_retain(gl_reweight *r) {
  r->references++;
  return r;
}

void gl_reweight_release(gl_reweight *r) {
  if (--r->references > 0) return;
  gibbs_reweight_target_free(r->target);
  gibbs_reweight_free(r->core);
  for (size_t i = 0; r->names && i < r->count; i++) free(r->names[i]);
  free(r->names);
  free(r->beta);
  free(r->sizes);
  free(r->chains);
  free(r->values);
  free(r);
}

static void destroy(void *self) {
  gl_reweight_release(self);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_reweight *r = self;
  lua_pushfstring(L, "reweighting of %I samples at %I temperature%s", (lua_Integer)r->total, (lua_Integer)r->states,
                  r->states == 1 ? "" : "s");
  luaL_addvalue(text);
}

/* ---- targets
 * --------------------------------------------------------------------------------------------------------- */

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* The object in argument 1, with its target at the beta in argument `index`: that of the last call, if it is the
 * same.
 */
static gl_reweight *at_beta(lua_State *L, int index, const char *who) {
  gl_reweight *r = gl_self(L, &gl_reweight_class, who);
  double beta = gl_number(L, index, who, "beta");
  if (r->busy) gl_fail(L, "%s: the means are being read; a function of them cannot ask for others", who);
  if (r->target != NULL && r->target_beta == beta) return r;
  gibbs_reweight_target *target = NULL;
  gibbs_error err;
  check(L, gibbs_reweight_to_beta(r->core, beta, &target, &err), &err, who);
  gibbs_reweight_target_free(r->target);
  r->target = target;
  r->target_beta = beta;
  return r;
}

static size_t observable(lua_State *L, const gl_reweight *r, const char *name, const char *who) {
  gl_guess guess = gl_guess_of(name);
  for (size_t i = 0; i < r->count; i++) {
    if (strcmp(r->names[i], name) == 0) return i;
    gl_guess_offer(&guess, r->names[i]);
  }
  gl_fail(L, "%s: no observable '%s'%s", who, name, gl_guess_hint(L, &guess));
  return 0;
}

/* Pushes the estimate of a number at the present target. */
static void push_estimate(lua_State *L, const gl_reweight *r, double value, double error) {
  const gibbs_estimate rest = {.ess = gibbs_reweight_target_effective(r->target),
                               .tau = (double)NAN,
                               .tau_error = (double)NAN,
                               .r_hat = (double)NAN,
                               .rows = r->total,
                               .converged = r->why[0] == '\0',
                               .why = r->why};
  lua_pushnumber(L, value);
  lua_pushnumber(L, error);
  gl_estimate_push(L, &rest, "reweighting");
}

/* ---- methods
 * ---------------------------------------------------------------------------------------------------------- */

/* r:mean(name, beta) -> estimate */
static int reweight_mean(lua_State *L) {
  static const char who[] = "reweight:mean";
  gl_at_most(L, 3, who);
  const gl_reweight *r = at_beta(L, 3, who);
  size_t i = observable(L, r, gl_string(L, 2, who, "name"), who);
  double value = 0, error = 0;
  gibbs_error err;
  check(L, gibbs_reweight_target_means(r->target, 1, r->values + i * r->total, &value, &error, &err), &err, who);
  push_estimate(L, r, value, error);
  return 1;
}

/* r:estimate(function(m) return ... end, beta) -> an estimate for each number that the function of the means gives */
static int reweight_estimate(lua_State *L) {
  static const char who[] = "reweight:estimate";
  gl_at_most(L, 3, who);
  gl_reweight *r = at_beta(L, 3, who);
  gl_function(L, 2, who, "f");
  double value[GL_MOST_OUTPUTS], error[GL_MOST_OUTPUTS];
  double *means = lua_newuserdatauv(L, 2 * r->count * sizeof *means, 0);
  gibbs_error err;
  check(L, gibbs_reweight_target_means(r->target, r->count, r->values, means, means + r->count, &err), &err, who);
  gl_means f = {.who = who, .index = 2, .count = r->count, .names = (const char *const *)r->names};
  gl_means_open(L, &f);
  gl_reweight_retain(r)->busy = true;
  gibbs_status status = gl_means_count(&f, means, &err);
  if (status == GIBBS_OK)
    status = gibbs_reweight_target_function(r->target, r->count, r->values, gl_means_call, &f, f.outputs, value,
                                            error, &err);
  r->busy = false;
  gl_means_close(&f);
  gl_reweight_release(r);
  check(L, status, &err, who);
  r = gl_self(L, &gl_reweight_class, who); /* unless the function has closed it */
  luaL_checkstack(L, (int)f.outputs + 8, who);
  for (size_t i = 0; i < f.outputs; i++) push_estimate(L, r, value[i], error[i]);
  return (int)f.outputs;
}

/* r:free_energy(beta) -> estimate of -log Z there, less that at the first beta of the runs */
static int reweight_free_energy(lua_State *L) {
  static const char who[] = "reweight:free_energy";
  gl_at_most(L, 2, who);
  const gl_reweight *r = at_beta(L, 2, who);
  double value = 0, error = 0;
  gibbs_error err;
  check(L, gibbs_reweight_target_difference(r->target, 0, &value, &error, &err), &err, who);
  push_estimate(L, r, value, error);
  return 1;
}

/* r:overlap() -> matrix: the part of one temperature's samples that might be another's; rows add up to 1 */
static int reweight_overlap(lua_State *L) {
  const gl_reweight *r = gl_self(L, &gl_reweight_class, "reweight:overlap");
  gl_at_most(L, 1, "reweight:overlap");
  gibbs_shape shape = gibbs_shape_matrix(r->states, r->states);
  gibbs_reweight_overlap(r->core, gibbs_tensor_data(gl_tensor_new(L, &shape)));
  gl_tensor_finish(L);
  return 1;
}

/* r.tau: autocorrelation times of the runs, in samples */
static int get_tau(lua_State *L) {
  const gl_reweight *r = gl_self(L, &gl_reweight_class, "reweight.tau");
  gibbs_shape shape = gibbs_shape_vector(r->states);
  double *tau = gibbs_tensor_data(gl_tensor_new(L, &shape));
  for (size_t k = 0; k < r->states; k++) tau[k] = gibbs_reweight_tau(r->core, k);
  gl_tensor_finish(L);
  return 1;
}

static int get_beta(lua_State *L) {
  const gl_reweight *r = gl_self(L, &gl_reweight_class, "reweight.beta");
  gibbs_shape shape = gibbs_shape_vector(r->states);
  memcpy(gibbs_tensor_data(gl_tensor_new(L, &shape)), r->beta, r->states * sizeof *r->beta);
  gl_tensor_finish(L);
  return 1;
}

static const luaL_Reg methods[] = {{"mean", reweight_mean},
                                   {"estimate", reweight_estimate},
                                   {"free_energy", reweight_free_energy},
                                   {"overlap", reweight_overlap},
                                   {NULL, NULL}};
static const luaL_Reg getters[] = {{"tau", get_tau}, {"beta", get_beta}, {NULL, NULL}};

const gl_class gl_reweight_class = {.name = "reweighting",
                                    .article = "a",
                                    .methods = methods,
                                    .getters = getters,
                                    .destroy = destroy,
                                    .print = print};
