/* reference.c - the value of an expression node by node: slow, plain, and the measure for compiled programs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"

typedef struct reference {
  gibbs_tape tape;
  gibbs_tensor **values; /* of the nodes that are needed */
  bool *needed;
  gibbs_expr *const *leaves;
  gibbs_tensor *const *given;
  size_t given_count;
} reference;

/* A leaf may be named again further on, by a sum over states inside: the last one counts. */
static gibbs_tensor *find_given(const reference *r, const gibbs_expr *node) {
  for (size_t k = r->given_count; k-- > 0;)
    if (r->leaves[k] == node) return r->given[k];
  return NULL;
}

static gibbs_status copy_parameter(gibbs_parameter *parameter, gibbs_tensor **out, gibbs_error *err) {
  gibbs_status status = gibbs_tensor_new(gibbs_parameter_shape(parameter), out, err);
  if (status == GIBBS_OK)
    memcpy(gibbs_tensor_data(*out), gibbs_parameter_values(parameter),
           gibbs_parameter_size(parameter) * sizeof(double));
  return status;
}

static gibbs_status find_leaf(const reference *r, gibbs_expr *node, gibbs_tensor **out, gibbs_error *err) {
  gibbs_tensor *given = find_given(r, node);
  if (!given && node->kind == GIBBS_KIND_CONSTANT) given = node->of.constant;
  if (given) {
    *out = gibbs_tensor_retain(given);
    return GIBBS_OK;
  }
  if (node->kind == GIBBS_KIND_PARAMETER) return copy_parameter(node->of.parameter, out, err);
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "value: a %s has no value here", gibbs_expr_verb(node));
}

/* ---- sums over states ---------------------------------------------------------------------------- */

typedef struct enumeration {
  const gibbs_expr *node;
  size_t first, count; /* its bound variables */
  uint64_t states;
  gibbs_expr **leaves;   /* those of the outside, then the bound ones */
  gibbs_tensor **values; /* likewise; the bound ones are owned */
  size_t outside;
  double *energy; /* of every state */
} enumeration;

static void write_unit(const gibbs_variable *variable, size_t unit, uint64_t digit, double *values) {
  size_t states = gibbs_variable_states(variable);
  if (gibbs_variable_domain(variable) != GIBBS_POTTS) {
    values[unit] = gibbs_variable_domain(variable) == GIBBS_SPINS ? 2.0 * (double)digit - 1.0 : (double)digit;
    return;
  }
  for (size_t k = 0; k < states; k++) values[unit * states + k] = k == digit ? 1.0 : 0.0;
}

static void write_state(enumeration *e, uint64_t state) {
  for (size_t k = 0; k < e->count; k++) {
    const gibbs_variable *variable = e->node->arguments[e->first + k]->of.variable;
    for (size_t unit = 0; unit < gibbs_variable_units(variable); unit++) {
      write_unit(variable, unit, state % gibbs_variable_states(variable),
                 gibbs_tensor_data(e->values[e->outside + k]));
      state /= gibbs_variable_states(variable);
    }
  }
}

static gibbs_status evaluate_body(enumeration *e, size_t body, gibbs_tensor **out, gibbs_error *err) {
  return gibbs_reference_value(e->node->arguments[body], e->leaves, e->values, e->outside + e->count, out, err);
}

/* The energies of all states; returns -log sum exp(-energy). */
static gibbs_status sum_energies(enumeration *e, double *out, gibbs_error *err) {
  double most = -INFINITY, total = 0.0;
  for (uint64_t s = 0; s < e->states; s++) {
    gibbs_tensor *energy = NULL;
    write_state(e, s);
    gibbs_status status = evaluate_body(e, e->first - 1, &energy, err);
    if (status != GIBBS_OK) return status;
    e->energy[s] = gibbs_tensor_values(energy)[0];
    gibbs_tensor_release(energy);
    if (-e->energy[s] > most) most = -e->energy[s];
  }
  for (uint64_t s = 0; s < e->states; s++) total += isinf(most) ? 1.0 : exp(-e->energy[s] - most);
  *out = -(most + log(total));
  return GIBBS_OK;
}

static gibbs_status average_value(enumeration *e, double free_energy, gibbs_tensor *mean, gibbs_error *err) {
  for (uint64_t s = 0; s < e->states; s++) {
    gibbs_tensor *value = NULL;
    write_state(e, s);
    gibbs_status status = evaluate_body(e, 0, &value, err);
    if (status != GIBBS_OK) return status;
    double weight = exp(free_energy - e->energy[s]);
    for (size_t k = 0; k < gibbs_tensor_size(mean); k++)
      gibbs_tensor_data(mean)[k] += weight * gibbs_tensor_values(value)[k];
    gibbs_tensor_release(value);
  }
  return GIBBS_OK;
}

static gibbs_status make_enumeration(const reference *r, enumeration *e, gibbs_error *err) {
  size_t total = e->outside + e->count;
  for (size_t k = 0; k < e->count; k++) {
    const gibbs_variable *variable = e->node->arguments[e->first + k]->of.variable;
    for (size_t u = 0; u < gibbs_variable_units(variable); u++) e->states *= gibbs_variable_states(variable);
  }
  e->leaves = calloc(total, sizeof *e->leaves);
  e->values = calloc(total, sizeof *e->values);
  e->energy = malloc(e->states * sizeof *e->energy);
  if (!e->leaves || !e->values || !e->energy)
    return gibbs_fail_memory(err, "marginal", e->states * sizeof *e->energy);
  for (size_t k = 0; k < e->outside; k++) e->leaves[k] = r->leaves[k], e->values[k] = r->given[k];
  for (size_t k = 0; k < e->count; k++) {
    e->leaves[e->outside + k] = e->node->arguments[e->first + k];
    gibbs_status status = gibbs_tensor_new(&e->leaves[e->outside + k]->shape, &e->values[e->outside + k], err);
    if (status != GIBBS_OK) return status;
  }
  return GIBBS_OK;
}

static void clear_enumeration(enumeration *e) {
  for (size_t k = 0; e->values && k < e->count; k++) gibbs_tensor_release(e->values[e->outside + k]);
  free(e->leaves);
  free(e->values);
  free(e->energy);
}

static gibbs_status sum_over_states(const reference *r, const gibbs_expr *node, gibbs_tensor **out,
                                    gibbs_error *err) {
  size_t first = gibbs_expr_first_bound(node);
  enumeration e = {
      .node = node, .first = first, .count = node->argument_count - first, .states = 1, .outside = r->given_count};
  gibbs_tensor *result = NULL;
  double free_energy = 0.0;
  gibbs_status status = make_enumeration(r, &e, err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(&node->shape, &result, err);
  if (status == GIBBS_OK) status = sum_energies(&e, &free_energy, err);
  if (status == GIBBS_OK && node->kind == GIBBS_KIND_MARGINAL) gibbs_tensor_data(result)[0] = free_energy;
  if (status == GIBBS_OK && node->kind == GIBBS_KIND_MARGINAL_MEAN)
    status = average_value(&e, free_energy, result, err);
  clear_enumeration(&e);
  if (status != GIBBS_OK)
    gibbs_tensor_release(result);
  else
    *out = result;
  return status;
}

/* ---- the walk ------------------------------------------------------------------------------------ */

static gibbs_status evaluate_node(reference *r, size_t i, gibbs_error *err) {
  gibbs_expr *node = r->tape.nodes[i];
  if (find_given(r, node) || (node->argument_count == 0)) return find_leaf(r, node, &r->values[i], err);
  if (gibbs_expr_first_bound(node) != SIZE_MAX) return sum_over_states(r, node, &r->values[i], err);
  gibbs_draft draft = gibbs_draft_of(node);
  gibbs_tensor *few[4];
  gibbs_tensor **arguments = few;
  if (node->argument_count > 4) arguments = malloc(node->argument_count * sizeof *arguments);
  if (!arguments) return gibbs_fail_memory(err, "value", node->argument_count * sizeof *arguments);
  for (size_t k = 0; k < node->argument_count; k++) arguments[k] = r->values[r->tape.slots[r->tape.first[i] + k]];
  gibbs_status status = gibbs_fold(&draft, arguments, &r->values[i], err);
  if (arguments != few) free(arguments);
  return status;
}

/* What the value needs: not the bodies of sums over states, which are evaluated state by state. */
static void find_needed(reference *r) {
  r->needed[r->tape.length - 1] = true;
  for (size_t i = r->tape.length; i-- > 0;) {
    const gibbs_expr *node = r->tape.nodes[i];
    if (!r->needed[i] || gibbs_expr_first_bound(node) != SIZE_MAX || find_given(r, node)) continue;
    for (size_t k = 0; k < node->argument_count; k++) r->needed[r->tape.slots[r->tape.first[i] + k]] = true;
  }
}

gibbs_status gibbs_reference_value(gibbs_expr *expr, gibbs_expr *const leaves[], gibbs_tensor *const values[],
                                   size_t count, gibbs_tensor **out, gibbs_error *err) {
  reference r = {.leaves = leaves, .given = values, .given_count = count};
  gibbs_status status = gibbs_tape_new(&expr, 1, &r.tape, err);
  if (status != GIBBS_OK) return status;
  r.values = calloc(r.tape.length, sizeof *r.values);
  r.needed = calloc(r.tape.length, sizeof *r.needed);
  if (!r.values || !r.needed) status = gibbs_fail_memory(err, "value", r.tape.length * sizeof *r.values);
  if (status == GIBBS_OK) find_needed(&r);
  for (size_t i = 0; status == GIBBS_OK && i < r.tape.length; i++)
    if (r.needed[i]) status = evaluate_node(&r, i, err);
  if (status == GIBBS_OK) *out = gibbs_tensor_retain(r.values[r.tape.length - 1]);
  for (size_t i = 0; r.values && i < r.tape.length; i++) gibbs_tensor_release(r.values[i]);
  free(r.values);
  free(r.needed);
  gibbs_tape_free(&r.tape);
  return status;
}
