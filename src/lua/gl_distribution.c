/* gl_distribution.c - distributions in Lua: gibbs.boltzmann, gibbs.ising, gibbs.rbm, and what they answer. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_distribution.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/batch.h"
#include "gibbs/chains.h"
#include "gibbs/exact.h"
#include "gibbs/transfer.h"
#include "gl_argument.h"
#include "gl_chains.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_free_energy.h"
#include "gl_how.h"
#include "gl_known.h"
#include "gl_lattice.h"
#include "gl_module.h"
#include "gl_objective.h"
#include "gl_parameter.h"
#include "gl_shape.h"
#include "gl_state.h"

gibbs_distribution *gl_model(lua_State *L, int index, const char *who, const char *name) {
  gibbs_distribution *d = gl_test(L, index, &gl_distribution);
  if (d == NULL) gl_refuse(L, index, who, name, "a distribution: gibbs.ising, gibbs.rbm or gibbs.boltzmann");
  return d;
}

static void destroy(void *self) {
  gibbs_distribution_release(self);
}

static size_t parameter_size(const gibbs_distribution *d) {
  size_t size = 0;
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++)
    size += gibbs_expr_size(gibbs_distribution_parameters(d)[k]);
  return size;
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gibbs_distribution *d = self;
  lua_pushfstring(
      L, "%s: %I visible, %I hidden units, %I parameters", gibbs_distribution_family(d),
      (lua_Integer)gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d)),
      (lua_Integer)gibbs_variables_units(gibbs_distribution_hidden(d), gibbs_distribution_hidden_count(d)),
      (lua_Integer)parameter_size(d));
  luaL_addvalue(text);
}

/* One variable as itself, several as a table. */
static int push_variables(lua_State *L, gibbs_expr *const variables[], size_t count) {
  if (count == 1) {
    gl_expr_push(L, variables[0]);
    return 1;
  }
  lua_createtable(L, (int)count, 0);
  for (size_t k = 0; k < count; k++) {
    gl_expr_push(L, variables[k]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  return 1;
}

static int get_visible(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, "distribution.visible");
  return push_variables(L, gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
}

static int get_hidden(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, "distribution.hidden");
  return push_variables(L, gibbs_distribution_hidden(d), gibbs_distribution_hidden_count(d));
}

static int get_energy(lua_State *L) {
  gl_expr_push(L, gibbs_distribution_energy(gl_self(L, &gl_distribution, "distribution.E")));
  return 1;
}

/* Refuse what needs H(v) where there is none. */
static void check_summable(lua_State *L, const gibbs_distribution *d, const char *who) {
  gibbs_error err;
  gibbs_status status = gibbs_distribution_summable(d, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
}

static int get_hamiltonian(lua_State *L) {
  const gibbs_distribution *d = gl_self(L, &gl_distribution, "distribution.H");
  check_summable(L, d, "distribution.H");
  gl_expr_push(L, gibbs_distribution_hamiltonian(d));
  return 1;
}

static gibbs_expr *find_parameter(const gibbs_distribution *d, const char *name) {
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_expr *node = gibbs_distribution_parameters(d)[k];
    if (strcmp(gibbs_parameter_name(gibbs_expr_as_parameter(node)), name) == 0) return node;
  }
  return NULL;
}

/* Q.W: a parameter by its name */
static bool get_parameter(lua_State *L, void *self, const char *name) {
  gibbs_expr *node = find_parameter(self, name);
  if (node != NULL) gl_expr_push(L, node);
  return node != NULL;
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

/* Q:parameters() -> {W = tensor, ...}: copies */
static int distribution_parameters(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, "distribution:parameters");
  lua_createtable(L, 0, (int)gibbs_distribution_parameter_count(d));
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    gibbs_tensor *tensor = gl_tensor_new(L, gibbs_parameter_shape(parameter));
    memcpy(gibbs_tensor_data(tensor), gibbs_parameter_values(parameter),
           gibbs_parameter_size(parameter) * sizeof(double));
    gl_tensor_finish(L);
    lua_setfield(L, -2, gibbs_parameter_name(parameter));
  }
  return 1;
}

/* Q:set(name, tensor | table | number) */
static int distribution_set(lua_State *L) {
  static const char who[] = "distribution:set";
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  const char *name = gl_string(L, 2, who, "name");
  gibbs_tensor *values = gl_tensor(L, 3, who, "values");
  gibbs_expr *node = find_parameter(d, name);
  if (node == NULL) {
    gl_guess guess = gl_guess_of(name);
    for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++)
      gl_guess_offer(&guess, gibbs_parameter_name(gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k])));
    return gl_fail(L, "%s: no parameter '%s'%s", who, name, gl_guess_hint(L, &guess));
  }
  gl_parameter_write(L, gibbs_expr_as_parameter(node), values, who);
  lua_settop(L, 1);
  return 1;
}

/* ---- values at configurations ---------------------------------------------------------------------------- */

gibbs_tensor *gl_configurations(lua_State *L, int index, const char *who, const char *name,
                                gibbs_expr *const variables[], size_t variable_count, size_t *count, bool *batch) {
  size_t units = gibbs_variables_units(variables, variable_count);
  gibbs_tensor *tensor = gl_tensor(L, index, who, name);
  const gibbs_shape *shape = gibbs_tensor_shape(tensor);
  const gibbs_shape *unit_shape = gibbs_variable_units_shape(gibbs_expr_as_variable(variables[0]));
  bool single = gibbs_tensor_size(tensor) == units &&
                (shape->rank <= 1 || (variable_count == 1 && gibbs_shape_equal(shape, unit_shape)));
  bool many = shape->rank >= 1 && gibbs_tensor_size(tensor) == shape->extent[0] * units;
  if (!single && !many) {
    gl_shape_push_text(L, shape);
    gl_fail(L, "%s: argument '%s' has shape %s; it must hold %I units, or a batch of them (one row a configuration)",
            who, name, lua_tostring(L, -1), (lua_Integer)units);
  }
  *batch = !single;
  *count = single ? 1 : shape->extent[0];
  return tensor;
}

static void destroy_batch(void *self) {
  gibbs_batch_free(self);
}

const gl_class gl_batch = {.name = "batch", .article = "a", .destroy = destroy_batch};

static gibbs_batch *push_batch(lua_State *L, gibbs_expr *const variables[], size_t variable_count, size_t count) {
  gl_box *box = gl_box_new(L, &gl_batch, 0);
  gibbs_error err;
  gibbs_batch *batch = NULL;
  gl_check(L, gibbs_batch_new(variables, variable_count, count, &batch, &err), &err);
  box->self = batch;
  return batch;
}

/* Set the variables first..first+variable_count-1 of the batch from rows laid end to end. */
static void fill_batch(lua_State *L, gibbs_batch *batch, size_t first, gibbs_expr *const variables[],
                       size_t variable_count, const gibbs_tensor *rows, const char *who) {
  size_t units = gibbs_variables_units(variables, variable_count), at = 0;
  for (size_t k = 0; k < variable_count; k++) {
    gibbs_error err;
    gibbs_status status = gibbs_batch_set(batch, first + k, gibbs_tensor_values(rows) + at, units, &err);
    if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
    gl_check(L, status, &err);
    at += gibbs_variable_units(gibbs_expr_as_variable(variables[k]));
  }
}

/* Push an expression's values over a batch: a number for a single configuration, else a tensor. */
static int push_values(lua_State *L, gibbs_batch *batch, gibbs_expr *expr, size_t count, bool many, double sign,
                       double shift) {
  gibbs_shape shape = many ? gibbs_shape_vector(count) : gibbs_shape_scalar();
  gibbs_tensor *tensor = gl_tensor_new(L, &shape);
  gibbs_error err;
  gl_enter(L);
  gl_check(L, gibbs_batch_evaluate(batch, expr, gibbs_tensor_data(tensor), &err), &err);
  for (size_t i = 0; i < count; i++) gibbs_tensor_data(tensor)[i] = sign * gibbs_tensor_data(tensor)[i] + shift;
  gl_tensor_finish_value(L);
  return 1;
}

static int values_of_visible(lua_State *L, const char *who, double sign, double shift) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  gibbs_expr *const *variables = gibbs_distribution_visible(d);
  size_t variable_count = gibbs_distribution_visible_count(d), count;
  bool many;
  gl_at_most(L, 2, who);
  check_summable(L, d, who);
  gibbs_tensor *rows = gl_configurations(L, 2, who, "v", variables, variable_count, &count, &many);
  gibbs_batch *batch = push_batch(L, variables, variable_count, count);
  fill_batch(L, batch, 0, variables, variable_count, rows, who);
  return push_values(L, batch, gibbs_distribution_hamiltonian(d), count, many, sign, shift);
}

/* Q:hamiltonian(v) -> H(v) */
static int distribution_hamiltonian(lua_State *L) {
  return values_of_visible(L, "distribution:hamiltonian", 1, 0);
}

/* Q:log_probability(v) -> F - H(v) */
static int distribution_log_probability(lua_State *L) {
  static const char who[] = "distribution:log_probability";
  return values_of_visible(L, who, -1, gl_known_free_energy(L, gl_self(L, &gl_distribution, who), who));
}

/* Q:energy(v, h) -> E(v, h); Q:energy(v) where nothing is hidden */
static int distribution_energy(lua_State *L) {
  static const char who[] = "distribution:energy";
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  size_t visible = gibbs_distribution_visible_count(d), hidden = gibbs_distribution_hidden_count(d);
  if (hidden == 0) return values_of_visible(L, who, 1, 0);
  gl_at_most(L, 3, who);
  size_t count, others;
  bool many, many_hidden;
  gibbs_tensor *v = gl_configurations(L, 2, who, "v", gibbs_distribution_visible(d), visible, &count, &many);
  gibbs_tensor *h = gl_configurations(L, 3, who, "h", gibbs_distribution_hidden(d), hidden, &others, &many_hidden);
  if (count != others || many != many_hidden)
    return gl_fail(L, "%s: %I configurations of v and %I of h; they must be as many", who, (lua_Integer)count,
                   (lua_Integer)others);
  gibbs_expr **nodes = lua_newuserdatauv(L, (visible + hidden) * sizeof *nodes, 0);
  memcpy(nodes, gibbs_distribution_visible(d), visible * sizeof *nodes);
  memcpy(nodes + visible, gibbs_distribution_hidden(d), hidden * sizeof *nodes);
  gibbs_batch *batch = push_batch(L, nodes, visible + hidden, count);
  fill_batch(L, batch, 0, nodes, visible, v, who);
  fill_batch(L, batch, visible, nodes + visible, hidden, h, who);
  return push_values(L, batch, gibbs_distribution_energy(d), count, many, 1, 0);
}

/* ---- estimates ------------------------------------------------------------------------------------------- */

/* Where elimination could do what a sum over all states cannot, say so, and true. */
static bool advise_transfer(gibbs_distribution *d, gibbs_error *err) {
  gibbs_transfer_width width;
  gibbs_error ignored;
  size_t length = strlen(err->message);
  if (gibbs_transfer_fits(d, &width, &ignored) != GIBBS_OK) return false;
  snprintf(err->message + length, sizeof err->message - length,
           "; or give gibbs.transfer() as the way to estimate: its largest table has 2^%.4g states here", width.bits);
  return true;
}

typedef gibbs_status (*whole)(gibbs_distribution *d, double *out, gibbs_error *err);

/* A number of the whole distribution: by a sum over all states, or by elimination.  `advice`: what to write where
 * neither can (NULL: nothing). */
static int push_whole(lua_State *L, const char *who, whole by_states, whole by_transfer, const char *legal,
                      const char *instead, const char *advice) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  double value = 0;
  gibbs_error err;
  gl_at_most(L, 2, who);
  bool transfer = gl_how_transfer(gl_how_read(L, 2, who, legal));
  if (!transfer && instead) gl_how_exact(L, 2, who, instead);
  gl_enter(L);
  gibbs_status status = transfer ? by_transfer(d, &value, &err) : by_states(d, &value, &err);
  bool too_much = status == GIBBS_ERR_SIZE || status == GIBBS_ERR_UNSUPPORTED;
  bool by_default = by_states == gibbs_exact_free_energy && lua_isnoneornil(L, 2);
  if (too_much && by_default && gl_known_push(L, d)) return 1;
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  bool advised = status == GIBBS_ERR_SIZE && !transfer && advise_transfer(d, &err);
  if (too_much && advice && !advised) gl_how_advise(&err, advice);
  gl_check(L, status, &err);
  lua_pushnumber(L, value);
  return gl_estimate_exact_by(L, transfer ? "transfer" : "exact");
}

/* Q:free_energy(how?) -> estimate of F = -log Z */
static int distribution_free_energy(lua_State *L) {
  static const char who[] = "distribution:free_energy";
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  gl_at_most(L, 2, who);
  const gl_free_energy_how *how = gl_free_energy_test(L, 2);
  if (how) return gl_free_energy_push(L, how, d, who);
  return push_whole(
      L, who, gibbs_exact_free_energy, gibbs_transfer_free_energy, GL_HOW_FREE_ENERGY,
      "chains estimate means, and a free energy is none; use gibbs.exact(), gibbs.ais{ both = true }, or "
      "gibbs.reweight{} for differences of free energies between temperatures",
      "Q:free_energy(gibbs.ais{ both = true })");
}

/* Q:entropy(how?) -> estimate of -sum_v P log P, in nats */
static int distribution_entropy(lua_State *L) {
  static const char who[] = "distribution:entropy";
  const gl_how *how = gl_how_read(L, 2, who, GL_HOW_OBJECTIVE);
  if (how && !gl_how_transfer(how)) return gl_entropy_on_samples(L, how, who);
  return push_whole(L, who, gibbs_exact_entropy, gibbs_transfer_entropy, GL_HOW_OBJECTIVE, NULL, NULL);
}

/* Q:mean(f, how?) -> estimate of the mean of an expression of any shape */
static int distribution_mean(lua_State *L) {
  static const char who[] = "distribution:mean";
  gibbs_distribution *d = gl_self(L, &gl_distribution, who);
  gl_at_most(L, 3, who);
  gibbs_expr *f = gl_expr(L, 2, who, "f");
  const gl_how *how = gl_how_read(L, 3, who, GL_HOW_MEAN);
  bool transfer = gl_how_transfer(how);
  if (how && !transfer) return gl_how_mean(L, how, d, f, who);
  gibbs_tensor *tensor = gl_tensor_new(L, gibbs_expr_shape(f));
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = transfer ? gibbs_transfer_mean(d, f, gibbs_tensor_data(tensor), &err)
                                 : gibbs_exact_mean(d, f, gibbs_tensor_data(tensor), &err);
  if (status != GIBBS_OK) {
    gibbs_error_prefix(&err, who);
    bool terms = gibbs_expr_degree(f, gibbs_distribution_visible(d), gibbs_distribution_visible_count(d)) <= 4;
    if (status == GIBBS_ERR_SIZE && !transfer && terms) advise_transfer(d, &err);
    gl_how_advise(&err, "Q:mean(f, gibbs.chains{ sweeps = 10000 })");
  }
  gl_check(L, status, &err);
  gl_tensor_finish_value(L);
  return gl_estimate_exact_by(L, transfer ? "transfer" : "exact");
}

/* ---- what is known of it --------------------------------------------------------------------------------- */

typedef gibbs_status (*telling)(gibbs_distribution *d, char **out, gibbs_error *err);

/* A text of the core's is freed by its box, since copying it may raise. */
static void push_text(lua_State *L, gibbs_distribution *d, telling tell) {
  static const gl_class gl_text = {.name = "text", .article = "a", .destroy = free};
  gl_box *box = gl_box_new(L, &gl_text, 0);
  char *text = NULL;
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = tell(d, &text, &err);
  box->self = text;
  gl_check(L, status, &err);
  lua_pushstring(L, text);
  lua_remove(L, -2);
}

/* Q:describe() -> text: what it is, what is exact, and how it would be sampled */
static int distribution_describe(lua_State *L) {
  gibbs_distribution *d = gl_self(L, &gl_distribution, "distribution:describe");
  gl_at_most(L, 1, "distribution:describe");
  push_text(L, d, gibbs_distribution_describe);
  push_text(L, d, gibbs_transfer_describe);
  push_text(L, d, gibbs_chains_plan);
  lua_concat(L, 3);
  return 1;
}

static const luaL_Reg methods[] = {{"energy", distribution_energy},
                                   {"hamiltonian", distribution_hamiltonian},
                                   {"log_probability", distribution_log_probability},
                                   {"free_energy", distribution_free_energy},
                                   {"entropy", distribution_entropy},
                                   {"mean", distribution_mean},
                                   {"sample", gl_distribution_sample},
                                   {"chains", gl_chains_of_distribution},
                                   {"parameters", distribution_parameters},
                                   {"set", distribution_set},
                                   {"describe", distribution_describe},
                                   {"save", gl_distribution_save},
                                   {NULL, NULL}};

static const luaL_Reg getters[] = {
    {"visible", get_visible}, {"hidden", get_hidden}, {"E", get_energy}, {"H", get_hamiltonian}, {NULL, NULL}};

const gl_class gl_distribution = {.name = "distribution",
                                  .article = "a",
                                  .methods = methods,
                                  .getters = getters,
                                  .field = get_parameter,
                                  .destroy = destroy,
                                  .print = print};
