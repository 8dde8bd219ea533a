/* objective.c - objectives: planned once, evaluated and differentiated by the chain rule through their functionals.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neighbours.h"
#include "sampled.h"
#include "transfer_leaf.h"

void gibbs_objective_free(gibbs_objective *o) {
  if (!o) return;
  gibbs_outer_clear(o);
  for (size_t k = 0; o->leaves && k < o->leaf_count; k++) gibbs_leaf_clear(&o->leaves[k]);
  for (size_t k = 0; o->scenes && k < o->scene_count; k++) gibbs_scene_clear(&o->scenes[k]);
  for (size_t k = 0; o->parameters && k < o->parameter_count; k++) gibbs_expr_release(o->parameters[k]);
  gibbs_sampled_free(o->sampled, o->scene_count, o->leaf_count);
  free(o->leaves);
  free(o->scenes);
  free(o->parameters);
  gibbs_expr_release(o->expr);
  free(o);
}

static gibbs_status list_leaves(gibbs_objective *o, gibbs_error *err) {
  gibbs_expr **nodes = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&o->expr, 1, GIBBS_LEAF_FUNCTIONAL, &nodes, &count, err);
  if (status != GIBBS_OK) return status;
  o->leaves = calloc(count + 1, sizeof *o->leaves);
  o->scenes = calloc(count + 1, sizeof *o->scenes); /* at most one a leaf */
  if (!o->leaves || !o->scenes) status = gibbs_fail_memory(err, "an objective", count * sizeof *o->leaves);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    o->leaves[k].node = gibbs_expr_retain(nodes[k]);
    o->leaves[k].term = gibbs_expr_as_functional(nodes[k])->payload;
    o->leaf_count++;
  }
  free(nodes);
  return status;
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

static bool add_parameters(gibbs_objective *o, gibbs_expr *const nodes[], size_t count) {
  for (size_t k = 0; k < count; k++) {
    bool known = false;
    for (size_t i = 0; i < o->parameter_count; i++) known |= o->parameters[i] == nodes[k];
    if (known) continue;
    gibbs_expr **list = realloc(o->parameters, (o->parameter_count + 1) * sizeof *list);
    if (!list) return false;
    o->parameters = list;
    list[o->parameter_count++] = gibbs_expr_retain(nodes[k]);
  }
  return true;
}

static gibbs_status add_parameters_of(gibbs_objective *o, gibbs_expr *expr, gibbs_error *err) {
  gibbs_expr **nodes = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&expr, 1, GIBBS_LEAF_PARAMETER, &nodes, &count, err);
  if (status != GIBBS_OK) return status;
  bool made = add_parameters(o, nodes, count);
  free(nodes);
  return made ? GIBBS_OK : gibbs_fail_memory(err, "a list of parameters", count * sizeof *nodes);
}

static gibbs_status list_parameters(gibbs_objective *o, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) {
    const gibbs_term *term = o->leaves[k].term;
    status = add_parameters_of(o, gibbs_distribution_energy(term->q), err);
    if (status == GIBBS_OK && term->p) status = add_parameters_of(o, gibbs_distribution_energy(term->p), err);
    if (status == GIBBS_OK && term->f) status = add_parameters_of(o, term->f, err);
  }
  return status == GIBBS_OK ? add_parameters_of(o, o->expr, err) : status;
}

/* ---- making ------------------------------------------------------------------------------------------------ */

static gibbs_status check_expression(gibbs_expr *expr, gibbs_error *err) {
  char shape[96];
  gibbs_expr **nodes = NULL;
  size_t count = 0;
  if (gibbs_expr_shape(expr)->rank != 0)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "an objective has shape %s; it must be a scalar",
                      gibbs_shape_print(gibbs_expr_shape(expr), shape, sizeof shape));
  gibbs_status status = gibbs_expr_leaves(&expr, 1, GIBBS_LEAF_VARIABLE, &nodes, &count, err);
  free(nodes);
  if (status == GIBBS_OK && count > 0)
    return gibbs_fail(
        err, GIBBS_ERR_ARGUMENT,
        "an objective depends on a variable of a model; take its mean over a distribution: gibbs.mean(Q, f)");
  return status;
}

gibbs_status gibbs_objective_open(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) {
  gibbs_status status = check_expression(expr, err);
  if (status != GIBBS_OK) return status;
  gibbs_objective *o = calloc(1, sizeof *o);
  if (!o) return gibbs_fail_memory(err, "an objective", sizeof *o);
  o->expr = gibbs_expr_retain(expr);
  status = list_leaves(o, err);
  if (status == GIBBS_OK) status = list_parameters(o, err);
  if (status == GIBBS_OK) status = gibbs_outer_compile(o, err);
  if (status == GIBBS_OK)
    *out = o;
  else
    gibbs_objective_free(o);
  return status;
}

gibbs_status gibbs_objective_new(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) {
  gibbs_objective *o = NULL;
  gibbs_status status = gibbs_objective_open(expr, &o, err);
  if (status == GIBBS_OK) status = gibbs_scenes_plan(o, err);
  if (status == GIBBS_OK)
    *out = o;
  else
    gibbs_objective_free(o);
  return status;
}

gibbs_status gibbs_objective_new_by_transfer(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) {
  gibbs_status status = gibbs_objective_open(expr, out, err);
  if (status == GIBBS_OK) (*out)->by_transfer = true;
  return status;
}

size_t gibbs_objective_parameter_count(const gibbs_objective *o) {
  return o->parameter_count;
}
gibbs_expr *const *gibbs_objective_parameters(const gibbs_objective *o) {
  return o->parameters;
}

bool gibbs_objective_is_sampled(const gibbs_objective *o) {
  return o->sampled != NULL;
}

/* ---- values ------------------------------------------------------------------------------------------------- */

/* Sums over all states. */
static gibbs_status sum_scene(gibbs_scene *scene, gibbs_error *err) {
  gibbs_sums *sums = &scene->sums;
  gibbs_ensemble *e = scene->ensemble;
  gibbs_status status = gibbs_ensemble_prepare(e, err);
  if (status == GIBBS_OK && scene->states) status = gibbs_ensemble_average(e, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < sums->members; k++) sums->log_z[k] = gibbs_ensemble_log_z(e, k);
  for (size_t k = 0; scene->states && k < sums->members; k++) {
    for (size_t i = 0; i < sums->members; i++)
      sums->energy[k * sums->members + i] = gibbs_ensemble_mean_energy(e, k, i);
    for (size_t i = 0; i < sums->observables; i++)
      sums->mean[k * sums->observables + i] = *gibbs_ensemble_mean(e, k, i);
  }
  return GIBBS_OK;
}

/* The sum over all data. */
static gibbs_status sum_data(gibbs_leaf *leaf, gibbs_error *err) {
  const gibbs_data *data = leaf->term->data;
  if (!data) return GIBBS_OK;
  const double *weights = gibbs_data_weights(data);
  if (leaf->neighbours)
    return gibbs_neighbours_value(leaf->neighbours, gibbs_data_rows(data), weights, gibbs_data_count(data),
                                  &leaf->data_mean, err);
  gibbs_status status =
      gibbs_batch_evaluate(leaf->batch, gibbs_distribution_hamiltonian(leaf->term->q), leaf->batch_energy, err);
  leaf->data_mean = 0;
  for (size_t i = 0; status == GIBBS_OK && i < leaf->batch_count; i++)
    leaf->data_mean += weights[i] * leaf->batch_energy[i];
  return status;
}

/* Value of every leaf, with the present parameters. */
static gibbs_status evaluate_leaves(gibbs_objective *o, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) status = sum_scene(&o->scenes[k], err);
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) {
    gibbs_leaf *leaf = &o->leaves[k];
    const gibbs_scene *scene = leaf->scene == SIZE_MAX ? NULL : &o->scenes[leaf->scene];
    if (o->by_transfer) {
      status = gibbs_transfer_leaf_value(leaf->term, &leaf->value, err);
      continue;
    }
    status = sum_data(leaf, err);
    if (status == GIBBS_OK) status = gibbs_functional_row_of(leaf->term->kind)->value(scene, leaf, err);
  }
  return status;
}

gibbs_status gibbs_objective_value(gibbs_objective *o, double *out, gibbs_error *err) {
  if (o->sampled) return gibbs_sampled_value(o, NULL, 0, out, NULL, err);
  double value = 0;
  gibbs_status status = evaluate_leaves(o, err);
  if (status == GIBBS_OK) status = gibbs_outer_run(o, &value, err);
  if (status == GIBBS_OK) *out = value;
  return status;
}

/* ---- gradients ------------------------------------------------------------------------------------------------ */

typedef struct weighing {
  const gibbs_objective *objective;
  size_t scene;
} weighing;

static gibbs_status weigh_states(void *context, const gibbs_view *view, double *const weight[],
                                 double *const observable_weight[], gibbs_error *err) {
  const weighing *w = context;
  (void)err;
  gibbs_scene_weigh(w->objective, w->scene, view, weight, observable_weight);
  return GIBBS_OK;
}

static gibbs_status add_data(gibbs_leaf *leaf, gibbs_expr *const parameters[], size_t count,
                             double *const gradients[], gibbs_error *err) {
  const gibbs_data *data = leaf->term->data;
  double factor = leaf->coefficient * gibbs_functional_row_of(leaf->term->kind)->data;
  if (leaf->neighbours)
    return gibbs_neighbours_add(leaf->neighbours, gibbs_data_rows(data), gibbs_data_weights(data),
                                gibbs_data_count(data), factor, parameters, count, gradients, NULL, err);
  double *weight = malloc(leaf->batch_count * sizeof *weight);
  if (!weight) return gibbs_fail_memory(err, "weights of data", leaf->batch_count * sizeof *weight);
  for (size_t i = 0; i < leaf->batch_count; i++) weight[i] = factor * gibbs_data_weights(data)[i];
  gibbs_status status = gibbs_batch_backward(leaf->batch, gibbs_distribution_hamiltonian(leaf->term->q), weight,
                                             parameters, count, gradients, err);
  free(weight);
  return status;
}

gibbs_status gibbs_objective_gradient(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, double *value,
                                      double *const gradients[], gibbs_error *err) {
  if (o->sampled) return gibbs_sampled_value(o, parameters, count, value, gradients, err);
  gibbs_status status = gibbs_outer_aim(o, parameters, count, err);
  if (status == GIBBS_OK) status = evaluate_leaves(o, err);
  if (status == GIBBS_OK) status = gibbs_outer_run(o, value, err);
  for (size_t k = 0; k < count; k++) memset(gradients[k], 0, gibbs_expr_size(parameters[k]) * sizeof(double));
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) {
    weighing w = {.objective = o, .scene = k};
    status = gibbs_ensemble_backward(o->scenes[k].ensemble, weigh_states, &w, parameters, count, gradients, err);
  }
  for (size_t k = 0; status == GIBBS_OK && o->by_transfer && k < o->leaf_count; k++)
    status =
        gibbs_transfer_leaf_gradient(o->leaves[k].term, o->leaves[k].coefficient, parameters, count, gradients, err);
  for (size_t k = 0; status == GIBBS_OK && !o->by_transfer && k < o->leaf_count; k++)
    if (o->leaves[k].term->data) status = add_data(&o->leaves[k], parameters, count, gradients, err);
  return status == GIBBS_OK ? gibbs_outer_add(o, gradients, err) : status;
}
