/* objective.c - objectives: planned once, evaluated and differentiated by the chain rule through their functionals.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/builder.h"
#include "neighbours.h"

static void release_nodes(gibbs_expr **nodes, size_t count) {
  for (size_t k = 0; nodes && k < count; k++) gibbs_expr_release(nodes[k]);
  free(nodes);
}

void gibbs_objective_free(gibbs_objective *o) {
  if (!o) return;
  for (size_t k = 0; o->leaves && k < o->leaf_count; k++) gibbs_leaf_clear(&o->leaves[k]);
  for (size_t k = 0; o->scenes && k < o->scene_count; k++) gibbs_scene_clear(&o->scenes[k]);
  free(o->leaves);
  free(o->scenes);
  release_nodes(o->inputs, o->leaf_count);
  release_nodes(o->parameters, o->parameter_count);
  release_nodes(o->wanted, o->wanted_count);
  free(o->direct);
  gibbs_program_free(o->slopes);
  gibbs_program_free(o->explicit_slopes);
  gibbs_expr_release(o->outer);
  gibbs_expr_release(o->expr);
  free(o);
}

static gibbs_status list_leaves(gibbs_objective *o, gibbs_error *err) {
  gibbs_expr **nodes = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&o->expr, 1, GIBBS_LEAF_FUNCTIONAL, &nodes, &count, err);
  if (status != GIBBS_OK) return status;
  o->leaves = calloc(count + 1, sizeof *o->leaves);
  if (!o->leaves) status = gibbs_fail_memory(err, "an objective", count * sizeof *o->leaves);
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

/* ---- the outer function: functionals replaced by inputs ---------------------------------------------------- */

static gibbs_status compile_outer(gibbs_objective *o, gibbs_error *err) {
  size_t n = o->leaf_count;
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(o->expr), err), *b = &room;
  gibbs_expr **nodes = calloc(2 * n + 2, sizeof *nodes), **outputs = nodes + n;
  gibbs_output *kinds = calloc(n + 1, sizeof *kinds);
  o->inputs = calloc(n + 1, sizeof *o->inputs);
  if (!nodes || !kinds || !o->inputs) gibbs_build_fail(b, gibbs_fail_memory(err, "an objective", n * sizeof *nodes));
  for (size_t k = 0; b->status == GIBBS_OK && k < n; k++) {
    nodes[k] = o->leaves[k].node;
    o->inputs[k] =
        gibbs_build_take(b, gibbs_build_input(b, gibbs_functional_row_of(o->leaves[k].term->kind)->name, &scalar));
  }
  if (b->status == GIBBS_OK) b->status = gibbs_expr_substitute(o->expr, nodes, o->inputs, n, &o->outer, err);
  if (b->status == GIBBS_OK) {
    outputs[0] = o->outer;
    for (size_t k = 0; k <= n; k++) kinds[k] = GIBBS_OUTPUT_EACH;
    for (size_t k = 0; k < n; k++) outputs[1 + k] = gibbs_build_gradient(b, o->outer, o->inputs[k]);
  }
  if (b->status == GIBBS_OK) b->status = gibbs_program_new(outputs, kinds, n + 1, o->inputs, n, &o->slopes, err);
  free(nodes);
  free(kinds);
  return gibbs_build_end(b);
}

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

gibbs_status gibbs_objective_new(gibbs_expr *expr, gibbs_objective **out, gibbs_error *err) {
  gibbs_status status = check_expression(expr, err);
  if (status != GIBBS_OK) return status;
  gibbs_objective *o = calloc(1, sizeof *o);
  if (!o) return gibbs_fail_memory(err, "an objective", sizeof *o);
  o->expr = gibbs_expr_retain(expr);
  status = list_leaves(o, err);
  if (status == GIBBS_OK) status = list_parameters(o, err);
  if (status == GIBBS_OK) status = compile_outer(o, err);
  if (status == GIBBS_OK) status = gibbs_scenes_plan(o, err);
  if (status == GIBBS_OK)
    *out = o;
  else
    gibbs_objective_free(o);
  return status;
}

size_t gibbs_objective_parameter_count(const gibbs_objective *o) {
  return o->parameter_count;
}
gibbs_expr *const *gibbs_objective_parameters(const gibbs_objective *o) {
  return o->parameters;
}

/* ---- values ------------------------------------------------------------------------------------------------- */

gibbs_status gibbs_objective_evaluate(gibbs_objective *o, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) {
    status = gibbs_ensemble_prepare(o->scenes[k].ensemble, err);
    if (status == GIBBS_OK && o->scenes[k].states) status = gibbs_ensemble_average(o->scenes[k].ensemble, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++)
    status = gibbs_functional_row_of(o->leaves[k].term->kind)->value(o, &o->leaves[k], err);
  return status;
}

/* The outer function and its derivatives at the leaves' values. */
static gibbs_status evaluate_outer(gibbs_objective *o, double *value, gibbs_error *err) {
  size_t n = o->leaf_count;
  double *numbers = calloc(n + 1, sizeof *numbers);
  const double **inputs = calloc(n + 1, sizeof *inputs);
  double **outputs = calloc(n + 1, sizeof *outputs);
  gibbs_workspace *workspace = NULL;
  gibbs_status status =
      numbers && inputs && outputs ? GIBBS_OK : gibbs_fail_memory(err, "an objective", n * sizeof *inputs);
  for (size_t k = 0; status == GIBBS_OK && k <= n; k++) {
    outputs[k] = k == 0 ? value : &o->leaves[k - 1].coefficient;
    if (k < n) inputs[k] = &o->leaves[k].value;
  }
  if (status == GIBBS_OK) status = gibbs_program_prepare(o->slopes, err);
  if (status == GIBBS_OK) status = gibbs_workspace_new(o->slopes, &workspace, err);
  if (status == GIBBS_OK) status = gibbs_program_run(o->slopes, workspace, 1, 1, inputs, outputs, err);
  gibbs_workspace_free(workspace);
  free(numbers);
  free(inputs);
  free(outputs);
  return status;
}

gibbs_status gibbs_objective_value(gibbs_objective *o, double *out, gibbs_error *err) {
  double value = 0;
  gibbs_status status = gibbs_objective_evaluate(o, err);
  if (status == GIBBS_OK) status = evaluate_outer(o, &value, err);
  if (status == GIBBS_OK) *out = value;
  return status;
}

/* ---- gradients ------------------------------------------------------------------------------------------------ */

static gibbs_status compile_explicit(gibbs_objective *o, gibbs_expr *const parameters[], size_t count,
                                     gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(o->expr), err), *b = &room;
  gibbs_expr **outputs = calloc(count + 1, sizeof *outputs);
  gibbs_output *kinds = calloc(count + 1, sizeof *kinds);
  if (!outputs || !kinds) gibbs_build_fail(b, gibbs_fail_memory(err, "a gradient", count * sizeof *outputs));
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    outputs[k] = gibbs_build_gradient(b, o->outer, parameters[k]);
    kinds[k] = GIBBS_OUTPUT_TOTAL;
  }
  gibbs_program *program = NULL;
  if (b->status == GIBBS_OK)
    b->status = gibbs_program_new(outputs, kinds, count, o->inputs, o->leaf_count, &program, err);
  if (b->status == GIBBS_OK) {
    gibbs_program_free(o->explicit_slopes);
    o->explicit_slopes = program;
  }
  free(outputs);
  free(kinds);
  return gibbs_build_end(b);
}

static gibbs_status aim_explicit(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  if (o->explicit_slopes && o->wanted_count == count &&
      memcmp(o->wanted, parameters, count * sizeof *parameters) == 0)
    return GIBBS_OK;
  gibbs_expr **wanted = calloc(count + 1, sizeof *wanted);
  if (!wanted) return gibbs_fail_memory(err, "a list of parameters", count * sizeof *wanted);
  for (size_t k = 0; k < count; k++) wanted[k] = gibbs_expr_retain(parameters[k]);
  release_nodes(o->wanted, o->wanted_count);
  o->wanted = wanted;
  o->wanted_count = count;
  return compile_explicit(o, parameters, count, err);
}

static gibbs_status add_explicit(gibbs_objective *o, gibbs_expr *const parameters[], size_t count,
                                 double *const gradients[], gibbs_error *err) {
  bool any = false;
  for (size_t k = 0; k < count; k++) any |= gibbs_expr_depends(o->outer, parameters[k]);
  if (!any) return GIBBS_OK;
  gibbs_workspace *workspace = NULL;
  const double **inputs = calloc(o->leaf_count + 1, sizeof *inputs);
  if (!inputs) return gibbs_fail_memory(err, "a gradient", o->leaf_count * sizeof *inputs);
  for (size_t k = 0; k < o->leaf_count; k++) inputs[k] = &o->leaves[k].value;
  gibbs_status status = aim_explicit(o, parameters, count, err);
  if (status == GIBBS_OK) status = gibbs_program_prepare(o->explicit_slopes, err);
  if (status == GIBBS_OK) status = gibbs_workspace_new(o->explicit_slopes, &workspace, err);
  if (status == GIBBS_OK) status = gibbs_program_run(o->explicit_slopes, workspace, 1, 1, inputs, gradients, err);
  gibbs_workspace_free(workspace);
  free(inputs);
  return status;
}

typedef struct weighing {
  const gibbs_objective *objective;
  size_t scene;
} weighing;

static gibbs_status weigh_states(void *context, const gibbs_view *view, double *const weight[],
                                 double *const observable_weight[], gibbs_error *err) {
  const weighing *w = context;
  const gibbs_objective *o = w->objective;
  (void)err;
  for (size_t k = 0; k < o->leaf_count; k++) {
    const gibbs_leaf *leaf = &o->leaves[k];
    if (leaf->scene == w->scene && leaf->coefficient != 0)
      gibbs_functional_row_of(leaf->term->kind)
          ->weigh(o->scenes[w->scene].ensemble, leaf, view, weight, observable_weight);
  }
  return GIBBS_OK;
}

static gibbs_status add_data(gibbs_leaf *leaf, gibbs_expr *const parameters[], size_t count,
                             double *const gradients[], gibbs_error *err) {
  const gibbs_data *data = leaf->term->data;
  if (leaf->neighbours)
    return gibbs_neighbours_add(leaf->neighbours, gibbs_data_rows(data), gibbs_data_weights(data),
                                gibbs_data_count(data), leaf->coefficient, parameters, count, gradients, NULL, err);
  double *weight = malloc(leaf->batch_count * sizeof *weight);
  if (!weight) return gibbs_fail_memory(err, "weights of data", leaf->batch_count * sizeof *weight);
  for (size_t i = 0; i < leaf->batch_count; i++) weight[i] = leaf->coefficient * leaf->batch_weight[i];
  gibbs_status status = gibbs_batch_backward(leaf->batch, gibbs_distribution_hamiltonian(leaf->term->q), weight,
                                             parameters, count, gradients, err);
  free(weight);
  return status;
}

gibbs_status gibbs_objective_gradient(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, double *value,
                                      double *const gradients[], gibbs_error *err) {
  gibbs_status status = gibbs_objective_evaluate(o, err);
  if (status == GIBBS_OK) status = evaluate_outer(o, value, err);
  for (size_t k = 0; k < count; k++) memset(gradients[k], 0, gibbs_expr_size(parameters[k]) * sizeof(double));
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) {
    weighing w = {.objective = o, .scene = k};
    status = gibbs_ensemble_backward(o->scenes[k].ensemble, weigh_states, &w, parameters, count, gradients, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++)
    if (o->leaves[k].term->data) status = add_data(&o->leaves[k], parameters, count, gradients, err);
  return status == GIBBS_OK ? add_explicit(o, parameters, count, gradients, err) : status;
}
