/* distribution.c - Boltzmann distributions: making them, and exchanging visible and hidden. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "distribution.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gibbs_status copy_nodes(gibbs_expr *const from[], size_t count, gibbs_expr ***out, gibbs_error *err) {
  gibbs_expr **nodes = calloc(count + 1, sizeof *nodes);
  if (!nodes) return gibbs_fail_memory(err, "a list of variables", (count + 1) * sizeof *nodes);
  for (size_t k = 0; k < count; k++) nodes[k] = gibbs_expr_retain(from[k]);
  *out = nodes;
  return GIBBS_OK;
}

static void release_nodes(gibbs_expr **nodes, size_t count) {
  for (size_t k = 0; nodes && k < count; k++) gibbs_expr_release(nodes[k]);
  free(nodes);
}

static void free_distribution(gibbs_distribution *d) {
  gibbs_distribution_release(d->swapped);
  gibbs_form_clear(&d->form);
  release_nodes(d->conditional, d->hidden_count);
  release_nodes(d->parameters, d->parameter_count);
  release_nodes(d->hidden, d->hidden_count);
  release_nodes(d->visible, d->visible_count);
  gibbs_expr_release(d->partial);
  gibbs_expr_release(d->hamiltonian);
  gibbs_expr_release(d->energy);
  free(d->family);
  free(d);
}

gibbs_distribution *gibbs_distribution_retain(gibbs_distribution *d) {
  d->references++;
  return d;
}

void gibbs_distribution_release(gibbs_distribution *d) {
  if (d && --d->references == 0) free_distribution(d);
}

static bool list_holds(gibbs_expr *const list[], size_t count, const gibbs_expr *node) {
  for (size_t k = 0; k < count; k++)
    if (list[k] == node) return true;
  return false;
}

static const char *name_or(const gibbs_variable *variable, const char *otherwise) {
  const char *name = gibbs_variable_name(variable);
  return *name ? name : otherwise;
}

static gibbs_status check_roles(gibbs_expr *const visible[], size_t visible_count, gibbs_expr *const hidden[],
                                size_t hidden_count, gibbs_error *err) {
  if (visible_count == 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a distribution needs at least one visible variable");
  for (size_t k = 0; k < visible_count + hidden_count; k++) {
    gibbs_expr *node = k < visible_count ? visible[k] : hidden[k - visible_count];
    gibbs_variable *variable = gibbs_expr_as_variable(node);
    if (!variable)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                        "a %s argument is not a variable; make one with spins, bits or potts",
                        k < visible_count ? "visible" : "hidden");
    bool twice = k < visible_count ? list_holds(visible, k, node) || list_holds(hidden, hidden_count, node)
                                   : list_holds(hidden, k - visible_count, node);
    if (twice)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "variable %s is listed twice among visible and hidden",
                        name_or(variable, "(unnamed)"));
  }
  return GIBBS_OK;
}

static gibbs_status check_energy(gibbs_expr *energy, gibbs_expr *const visible[], size_t visible_count,
                                 gibbs_expr *const hidden[], size_t hidden_count, gibbs_error *err) {
  char shape[96];
  if (gibbs_expr_shape(energy)->rank != 0)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "the energy has shape %s; it must be a scalar. Sum it, or use dot",
                      gibbs_shape_print(gibbs_expr_shape(energy), shape, sizeof shape));
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&energy, 1, GIBBS_LEAF_VARIABLE, &leaves, &count, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    if (!list_holds(visible, visible_count, leaves[k]) && !list_holds(hidden, hidden_count, leaves[k]))
      status = gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                          "the energy depends on variable %s, which is neither visible nor hidden",
                          name_or(gibbs_expr_as_variable(leaves[k]), "(unnamed)"));
  free(leaves);
  if (status != GIBBS_OK) return status;
  status = gibbs_expr_leaves(&energy, 1, GIBBS_LEAF_FUNCTIONAL, &leaves, &count, err);
  if (status != GIBBS_OK) return status;
  free(leaves);
  if (count)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the energy holds an objective (a functional of a distribution)");
  return GIBBS_OK;
}

static gibbs_status collect_parameters(gibbs_distribution *d, gibbs_error *err) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&d->energy, 1, GIBBS_LEAF_PARAMETER, &leaves, &count, err);
  if (status != GIBBS_OK) return status;
  status = copy_nodes(leaves, count, &d->parameters, err);
  if (status == GIBBS_OK) d->parameter_count = count;
  free(leaves);
  return status;
}

static gibbs_status fill_distribution(gibbs_distribution *d, const char *family, gibbs_expr *energy,
                                      gibbs_expr *const visible[], size_t visible_count, gibbs_expr *const hidden[],
                                      size_t hidden_count, gibbs_error *err) {
  d->references = 1;
  d->energy = gibbs_expr_retain(energy);
  d->family = malloc(strlen(family) + 1);
  if (!d->family) return gibbs_fail_memory(err, "a name", strlen(family) + 1);
  strcpy(d->family, family);
  gibbs_status status = copy_nodes(visible, visible_count, &d->visible, err);
  if (status == GIBBS_OK) d->visible_count = visible_count;
  if (status == GIBBS_OK) status = copy_nodes(hidden, hidden_count, &d->hidden, err);
  if (status == GIBBS_OK) d->hidden_count = hidden_count;
  if (status == GIBBS_OK) status = collect_parameters(d, err);
  if (status == GIBBS_OK) status = gibbs_sum_hidden(d, err);
  if (status == GIBBS_OK) status = gibbs_form_find(d, err);
  return status;
}

gibbs_status gibbs_distribution_new(const char *family, gibbs_expr *energy, gibbs_expr *const visible[],
                                    size_t visible_count, gibbs_expr *const hidden[], size_t hidden_count,
                                    gibbs_distribution **out, gibbs_error *err) {
  gibbs_status status = check_roles(visible, visible_count, hidden, hidden_count, err);
  if (status == GIBBS_OK) status = check_energy(energy, visible, visible_count, hidden, hidden_count, err);
  if (status != GIBBS_OK) return status;
  gibbs_distribution *d = calloc(1, sizeof *d);
  if (!d) return gibbs_fail_memory(err, "a distribution", sizeof *d);
  status = fill_distribution(d, family, energy, visible, visible_count, hidden, hidden_count, err);
  if (status == GIBBS_OK)
    *out = d;
  else
    free_distribution(d);
  return status;
}

const char *gibbs_distribution_family(const gibbs_distribution *d) {
  return d->family;
}
gibbs_expr *gibbs_distribution_energy(const gibbs_distribution *d) {
  return d->energy;
}
gibbs_expr *gibbs_distribution_hamiltonian(const gibbs_distribution *d) {
  return d->hamiltonian;
}
size_t gibbs_distribution_visible_count(const gibbs_distribution *d) {
  return d->visible_count;
}
gibbs_expr *const *gibbs_distribution_visible(const gibbs_distribution *d) {
  return d->visible;
}
size_t gibbs_distribution_hidden_count(const gibbs_distribution *d) {
  return d->hidden_count;
}
gibbs_expr *const *gibbs_distribution_hidden(const gibbs_distribution *d) {
  return d->hidden;
}
size_t gibbs_distribution_parameter_count(const gibbs_distribution *d) {
  return d->parameter_count;
}
gibbs_expr *const *gibbs_distribution_parameters(const gibbs_distribution *d) {
  return d->parameters;
}
bool gibbs_distribution_closed(const gibbs_distribution *d, size_t k) {
  return d->conditional[k] != NULL;
}
const gibbs_form *gibbs_distribution_form(const gibbs_distribution *d) {
  return &d->form;
}

size_t gibbs_variables_units(gibbs_expr *const variables[], size_t count) {
  size_t units = 0;
  for (size_t k = 0; k < count; k++) units += gibbs_variable_units(gibbs_expr_as_variable(variables[k]));
  return units;
}

double gibbs_variables_log2_states(gibbs_expr *const variables[], size_t count) {
  double bits = 0;
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variables[k]);
    if (gibbs_variable_domain(variable) == GIBBS_REALS) return INFINITY;
    bits += (double)gibbs_variable_units(variable) * log2((double)gibbs_variable_states(variable));
  }
  return bits;
}

/* Every visible variable has to enter the energy affinely, and none of them through another: then all can be summed
 * given the hidden ones. */
static bool can_swap(gibbs_distribution *d) {
  if (d->hidden_count == 0 || !isfinite(gibbs_variables_log2_states(d->hidden, d->hidden_count)) ||
      !isfinite(gibbs_variables_log2_states(d->visible, d->visible_count)))
    return false;
  return gibbs_expr_degree(d->energy, d->visible, d->visible_count) <= 1;
}

gibbs_status gibbs_distribution_swapped(gibbs_distribution *d, gibbs_distribution **out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (!d->swap_tried && can_swap(d))
    status = gibbs_distribution_new(d->family, d->energy, d->hidden, d->hidden_count, d->visible, d->visible_count,
                                    &d->swapped, err);
  if (status != GIBBS_OK) return status;
  d->swap_tried = true;
  *out = d->swapped;
  return GIBBS_OK;
}
