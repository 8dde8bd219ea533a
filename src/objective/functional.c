/* functional.c - functionals of distributions as leaves of the expression graph. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "functional.h"

#include <stdio.h>
#include <stdlib.h>

#include "neighbours.h"

static void drop_references(gibbs_term *term) {
  gibbs_distribution_release(term->p);
  gibbs_distribution_release(term->q);
  gibbs_data_release(term->data);
  gibbs_expr_release(term->f);
  if (term->custom.release) term->custom.release(term->custom.payload);
}

/* The leaf is part of the term, and goes with it. */
static void release_term(void *payload) {
  drop_references(payload);
  free(payload);
}

/* "kl(ising, rbm)", "log_likelihood(data, rbm)" */
static void name_term(gibbs_term *term) {
  static const char *const names[] = {
#define X(id, name, doc) name,
      GIBBS_FUNCTIONAL_LIST(X)
#undef X
  };
  const char *over = term->p ? gibbs_distribution_family(term->p) : term->data ? "data" : "";
  snprintf(term->name, sizeof term->name, "%s(%s%s%s)", names[term->kind], over, over[0] != '\0' ? ", " : "",
           gibbs_distribution_family(term->q));
}

/* Hands the term's references to a leaf; they are released whatever happens. */
static gibbs_status make_leaf(gibbs_term given, gibbs_expr **out, gibbs_error *err) {
  gibbs_graph *graph = gibbs_expr_graph(gibbs_distribution_energy(given.q));
  gibbs_term *term = malloc(sizeof *term);
  if (!term) {
    drop_references(&given);
    return gibbs_fail_memory(err, "a functional", sizeof *term);
  }
  *term = given;
  name_term(term);
  term->leaf = (gibbs_functional){.references = 1, .name = term->name, .payload = term, .release = release_term};
  gibbs_status status = gibbs_expr_functional(graph, &term->leaf, out, err);
  gibbs_functional_release(&term->leaf);
  return status;
}

gibbs_status gibbs_free_energy(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_leaf((gibbs_term){.kind = GIBBS_FUNCTIONAL_FREE_ENERGY, .q = gibbs_distribution_retain(q)}, out, err);
}

gibbs_status gibbs_kl(gibbs_distribution *p, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_leaf(
      (gibbs_term){.kind = GIBBS_FUNCTIONAL_KL, .p = gibbs_distribution_retain(p), .q = gibbs_distribution_retain(q)},
      out, err);
}

gibbs_status gibbs_entropy(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_leaf((gibbs_term){.kind = GIBBS_FUNCTIONAL_ENTROPY, .q = gibbs_distribution_retain(q)}, out, err);
}

static gibbs_status check_scalar(const gibbs_expr *f, gibbs_error *err) {
  char shape[96];
  if (gibbs_expr_shape(f)->rank == 0) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_SHAPE,
                    "the function has shape %s; an objective needs a scalar. Sum it, or use dot",
                    gibbs_shape_print(gibbs_expr_shape(f), shape, sizeof shape));
}

static gibbs_status check_function(gibbs_distribution *q, gibbs_expr *f, gibbs_error *err) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_status status = check_scalar(f, err);
  if (status == GIBBS_OK) status = gibbs_expr_leaves(&f, 1, GIBBS_LEAF_VARIABLE, &leaves, &count, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    bool known = false;
    for (size_t i = 0; i < gibbs_distribution_visible_count(q); i++)
      known |= gibbs_distribution_visible(q)[i] == leaves[k];
    for (size_t i = 0; i < gibbs_distribution_hidden_count(q); i++)
      known |= gibbs_distribution_hidden(q)[i] == leaves[k];
    if (!known)
      status = gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                          "the function depends on variable %s, which is not one of the distribution's",
                          gibbs_variable_name(gibbs_expr_as_variable(leaves[k])));
  }
  free(leaves);
  return status;
}

gibbs_status gibbs_mean(gibbs_distribution *q, gibbs_expr *f, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = check_function(q, f, err);
  if (status != GIBBS_OK) return status;
  return make_leaf(
      (gibbs_term){.kind = GIBBS_FUNCTIONAL_MEAN, .q = gibbs_distribution_retain(q), .f = gibbs_expr_retain(f)}, out,
      err);
}

static gibbs_status make_data_leaf(gibbs_functional_kind kind, gibbs_data *data, gibbs_distribution *q,
                                   gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_distribution_summable(q, err);
  if (status != GIBBS_OK) return status;
  size_t units = gibbs_variables_units(gibbs_distribution_visible(q), gibbs_distribution_visible_count(q));
  if (units != gibbs_data_units(data))
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "data of %zu values a row do not fit a distribution of %zu visible units",
                      gibbs_data_units(data), units);
  if (gibbs_neighbours_has(kind)) status = gibbs_neighbours_check(kind, q, err);
  if (status != GIBBS_OK) return status;
  return make_leaf((gibbs_term){.kind = kind, .q = gibbs_distribution_retain(q), .data = gibbs_data_retain(data)},
                   out, err);
}

gibbs_status gibbs_log_likelihood(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_data_leaf(GIBBS_FUNCTIONAL_LOG_LIKELIHOOD, data, q, out, err);
}

gibbs_status gibbs_data_kl(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_data_leaf(GIBBS_FUNCTIONAL_DATA_KL, data, q, out, err);
}

gibbs_status gibbs_pseudo_likelihood(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_data_leaf(GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD, data, q, out, err);
}

gibbs_status gibbs_ratio_matching(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  return make_data_leaf(GIBBS_FUNCTIONAL_RATIO_MATCHING, data, q, out, err);
}

gibbs_status gibbs_minimum_probability_flow(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out,
                                            gibbs_error *err) {
  return make_data_leaf(GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW, data, q, out, err);
}

/* f is the Hamiltonian of a distribution that nothing is asked of but its mean over data. */
static gibbs_status mean_over_data(gibbs_data *data, gibbs_expr *const variables[], size_t count, gibbs_expr *f,
                                   gibbs_expr **out, gibbs_error *err) {
  gibbs_distribution *q = NULL;
  gibbs_status status = gibbs_distribution_new("function", f, variables, count, NULL, 0, &q, err);
  if (status == GIBBS_OK) status = make_data_leaf(GIBBS_FUNCTIONAL_DATA_MEAN, data, q, out, err);
  gibbs_distribution_release(q);
  return status;
}

gibbs_status gibbs_data_mean(gibbs_data *data, gibbs_expr *const variables[], size_t variable_count, gibbs_expr *f,
                             gibbs_expr **out, gibbs_error *err) {
  gibbs_expr **own = NULL;
  size_t own_count = 0;
  gibbs_status status = check_scalar(f, err);
  if (status == GIBBS_OK) status = gibbs_expr_leaves(&f, 1, GIBBS_LEAF_VARIABLE, &own, &own_count, err);
  if (status == GIBBS_OK && own_count == 0)
    *out = gibbs_expr_retain(f);
  else if (status == GIBBS_OK && variables)
    status = mean_over_data(data, variables, variable_count, f, out, err);
  else if (status == GIBBS_OK)
    status = mean_over_data(data, own, own_count, f, out, err);
  free(own);
  return status;
}

gibbs_status gibbs_custom_functional(gibbs_distribution *target, gibbs_distribution *model, gibbs_custom custom,
                                     gibbs_expr **out, gibbs_error *err) {
  return make_leaf((gibbs_term){.kind = GIBBS_FUNCTIONAL_CUSTOM,
                                .p = target ? gibbs_distribution_retain(target) : NULL,
                                .q = gibbs_distribution_retain(model),
                                .custom = custom},
                   out, err);
}

bool gibbs_objective_is_mean(const gibbs_expr *expr, gibbs_distribution **q, gibbs_expr **f) {
  const gibbs_functional *leaf = gibbs_expr_as_functional(expr);
  const gibbs_term *term = leaf ? leaf->payload : NULL;
  if (!term || term->kind != GIBBS_FUNCTIONAL_MEAN) return false;
  *q = term->q;
  *f = term->f;
  return true;
}
