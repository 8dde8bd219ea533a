/* marginal.c - sums over the states of discrete variables inside an expression. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gibbs/private/builder.h"
#include "graph.h"

enum { most_bits = 20, fold_work = 1 << 14 };

static double count_bits(const gibbs_expr *variable) {
  const gibbs_variable *v = variable->of.variable;
  return (double)gibbs_variable_units(v) * log2((double)gibbs_variable_states(v));
}

static gibbs_status check_variables(gibbs_expr *const variables[], size_t count, gibbs_error *err) {
  double bits = 0.0;
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *v = gibbs_expr_as_variable(variables[k]);
    if (!v)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "marginal: argument %zu is a %s; it sums over variables", k + 1,
                        gibbs_expr_verb(variables[k]));
    if (gibbs_variable_domain(v) == GIBBS_REALS)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "marginal: variable '%s' is real; only states can be summed over",
                        gibbs_variable_name(v));
    bits += count_bits(variables[k]);
  }
  if (bits > most_bits + 1e-9)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "marginal: 2^%.4g joint states; at most 2^%d can be summed over", bits,
                      most_bits);
  return GIBBS_OK;
}

static int compare_numbers(const void *a, const void *b) {
  uint64_t x = (*(gibbs_expr *const *)a)->number, y = (*(gibbs_expr *const *)b)->number;
  return (x > y) - (x < y);
}

/* Sort, and keep once each, the variables that any of the bodies depends on; *dropped is log of the number of
 * states of the others. */
static void keep_needed(gibbs_expr *bodies[], size_t body_count, gibbs_expr *variables[], size_t *count,
                        double *dropped) {
  qsort(variables, *count, sizeof *variables, compare_numbers);
  size_t kept = 0;
  *dropped = 0.0;
  for (size_t k = 0; k < *count; k++) {
    if (k > 0 && variables[k] == variables[k - 1]) continue;
    bool needed = gibbs_expr_depends(bodies[0], variables[k]);
    if (body_count > 1) needed = needed || gibbs_expr_depends(bodies[1], variables[k]);
    if (needed)
      variables[kept++] = variables[k];
    else
      *dropped += count_bits(variables[k]) * 0x1.62e42fefa39efp-1;
  }
  *count = kept;
}

static double count_bound_bits(const gibbs_expr *node) {
  double bits = 0.0;
  for (size_t k = gibbs_expr_first_bound(node); k < node->argument_count; k++) bits += count_bits(node->arguments[k]);
  return bits;
}

/* About how many nodes an evaluation visits: those there are, times the states of the longest chain of sums. */
static double estimate_work(const gibbs_tape *tape) {
  double most = 0.0, *bits = calloc(tape->length, sizeof *bits);
  if (!bits) return INFINITY;
  for (size_t i = 0; i < tape->length; i++) {
    const gibbs_expr *node = tape->nodes[i];
    for (size_t k = 0; k < node->argument_count; k++) bits[i] = fmax(bits[i], bits[tape->slots[tape->first[i] + k]]);
    bits[i] += count_bound_bits(node);
    most = fmax(most, bits[i]);
  }
  free(bits);
  return (double)tape->length * exp2(most);
}

static bool is_open_leaf(const gibbs_expr *node) {
  return node->kind == GIBBS_KIND_PARAMETER || node->kind == GIBBS_KIND_FUNCTIONAL ||
         node->kind == GIBBS_KIND_CALLBACK;
}

/* Whether a sum over states is a number that can be had at once: nothing is free in it, and the work is small. */
static bool is_closed_and_small(gibbs_expr *node) {
  gibbs_tape tape;
  if (gibbs_tape_new(&node, 1, &tape, NULL) != GIBBS_OK) return false;
  bool closed = estimate_work(&tape) <= fold_work;
  for (size_t i = 0; closed && i < tape.length; i++) closed = !is_open_leaf(tape.nodes[i]);
  for (size_t i = 0; closed && i < tape.length; i++)
    closed = tape.nodes[i]->kind != GIBBS_KIND_VARIABLE || !gibbs_expr_depends(node, tape.nodes[i]);
  gibbs_tape_free(&tape);
  return closed;
}

static gibbs_status make_or_fold(const gibbs_draft *draft, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *node = NULL;
  gibbs_tensor *value = NULL;
  gibbs_graph *graph = draft->arguments[0]->graph;
  gibbs_status status = gibbs_graph_node(graph, draft, &node, err);
  if (status != GIBBS_OK) return status;
  if (!is_closed_and_small(node)) {
    *out = node;
    return GIBBS_OK;
  }
  status = gibbs_reference_value(node, NULL, NULL, 0, &value, err);
  if (status == GIBBS_OK) status = gibbs_expr_constant(graph, value, out, err);
  gibbs_tensor_release(value);
  gibbs_expr_release(node);
  return status;
}

static gibbs_status check_nesting(gibbs_expr *const bodies[], size_t count, gibbs_error *err) {
  for (size_t k = 0; k < count; k++)
    if (bodies[k]->nesting >= GIBBS_MAX_NESTING)
      return gibbs_fail(err, GIBBS_ERR_SIZE, "marginal: sums over states inside one another %d deep; at most %d",
                        GIBBS_MAX_NESTING + 1, GIBBS_MAX_NESTING);
  return GIBBS_OK;
}

/* arguments: the bodies, then room for the variables, sorted out here. */
static gibbs_status sum_states(gibbs_kind kind, gibbs_expr *arguments[], size_t body_count, size_t count,
                               gibbs_expr **out, gibbs_error *err) {
  double dropped = 0.0;
  keep_needed(arguments, body_count, arguments + body_count, &count, &dropped);
  gibbs_builder make = gibbs_build_begin(arguments[0]->graph, err);
  gibbs_expr *result = arguments[0];
  if (count > 0) {
    gibbs_draft draft = {
        .kind = kind, .shape = arguments[0]->shape, .argument_count = body_count + count, .arguments = arguments};
    gibbs_build_fail(&make, make_or_fold(&draft, &result, err));
    if (make.status == GIBBS_OK) result = gibbs_build_keep(&make, result);
  }
  if (kind == GIBBS_KIND_MARGINAL && dropped != 0.0)
    result = gibbs_build_binary(&make, GIBBS_OP_SUB, result, gibbs_build_number(&make, dropped));
  result = gibbs_build_take(&make, result);
  gibbs_status status = gibbs_build_end(&make);
  if (status == GIBBS_OK) *out = result;
  return status;
}

gibbs_status gibbs_marginal_check(gibbs_expr *const bodies[], size_t body_count, gibbs_expr *const variables[],
                                  size_t count, gibbs_error *err) {
  gibbs_status status = check_nesting(bodies, body_count, err);
  if (status == GIBBS_OK) status = check_variables(variables, count, err);
  if (status != GIBBS_OK || bodies[body_count - 1]->shape.rank == 0) return status;
  char text[64];
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "marginal: an energy of shape %s; it has to be a scalar",
                    gibbs_shape_print(&bodies[body_count - 1]->shape, text, sizeof text));
}

static gibbs_status copy_and_sum(gibbs_kind kind, gibbs_expr *const bodies[], size_t body_count,
                                 gibbs_expr *const variables[], size_t count, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_marginal_check(bodies, body_count, variables, count, err);
  for (size_t k = 0; status == GIBBS_OK && k < body_count; k++)
    status = gibbs_expr_same_graph(bodies[0], bodies[k], err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    status = gibbs_expr_same_graph(bodies[0], variables[k], err);
  if (status != GIBBS_OK) return status;
  gibbs_expr **arguments = malloc((body_count + count) * sizeof *arguments);
  if (!arguments) return gibbs_fail_memory(err, "marginal", (body_count + count) * sizeof *arguments);
  for (size_t k = 0; k < body_count; k++) arguments[k] = bodies[k];
  for (size_t k = 0; k < count; k++) arguments[body_count + k] = variables[k];
  status = sum_states(kind, arguments, body_count, count, out, err);
  free(arguments);
  return status;
}

gibbs_status gibbs_expr_marginal(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_expr **out,
                                 gibbs_error *err) {
  return copy_and_sum(GIBBS_KIND_MARGINAL, &energy, 1, variables, count, out, err);
}

/* Whether the value stays the same over all states. */
static bool is_fixed(gibbs_expr *value, gibbs_expr *const variables[], size_t count) {
  for (size_t k = 0; k < count; k++)
    if (gibbs_expr_depends(value, variables[k])) return false;
  return true;
}

/* The mean of c x is c times the mean of x: what is a number in front stays in front. */
static gibbs_expr *take_factor_out(gibbs_builder *make, gibbs_expr *value, gibbs_expr *energy,
                                   gibbs_expr *const variables[], size_t count) {
  if (value->kind != GIBBS_KIND_ELEMENTWISE) return NULL;
  gibbs_expr *const *a = value->arguments;
  if (value->op == GIBBS_OP_NEG) {
    gibbs_expr *mean = gibbs_build_marginal_mean(make, a[0], energy, variables, count);
    return gibbs_build_unary(make, GIBBS_OP_NEG, mean);
  }
  if (value->op != GIBBS_OP_MUL || !gibbs_expr_is_constant(a[0]) || a[0]->shape.rank != 0) return NULL;
  gibbs_expr *mean = gibbs_build_marginal_mean(make, a[1], energy, variables, count);
  return gibbs_build_binary(make, GIBBS_OP_MUL, a[0], mean);
}

gibbs_status gibbs_expr_marginal_mean(gibbs_expr *value, gibbs_expr *energy, gibbs_expr *const variables[],
                                      size_t count, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *bodies[] = {value, energy};
  gibbs_builder make = gibbs_build_begin(value->graph, err);
  gibbs_expr *result = NULL;
  if (energy->shape.rank == 0 && check_variables(variables, count, NULL) == GIBBS_OK)
    result = is_fixed(value, variables, count) ? value : take_factor_out(&make, value, energy, variables, count);
  result = gibbs_build_take(&make, result);
  gibbs_status status = gibbs_build_end(&make);
  if (status != GIBBS_OK) return status;
  if (!result) return copy_and_sum(GIBBS_KIND_MARGINAL_MEAN, bodies, 2, variables, count, out, err);
  *out = result;
  return GIBBS_OK;
}
