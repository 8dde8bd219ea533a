/* transfer_value.c - the value of an objective by elimination, or by what is known: every functional on its own. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "functional.h"
#include "gibbs/known.h"
#include "gibbs/private/builder.h"
#include "gibbs/transfer.h"

static bool same_variables(const gibbs_distribution *p, const gibbs_distribution *q) {
  size_t count = gibbs_distribution_visible_count(p);
  bool same = gibbs_distribution_visible_count(q) == count && gibbs_distribution_hidden_count(p) == 0 &&
              gibbs_distribution_hidden_count(q) == 0;
  for (size_t k = 0; same && k < count; k++)
    same = gibbs_distribution_visible(p)[k] == gibbs_distribution_visible(q)[k];
  return same;
}

/* KL(P||Q) = <E_Q - E_P>_P + F_P - F_Q. */
static gibbs_status divergence(const gibbs_term *term, double *out, gibbs_error *err) {
  if (!same_variables(term->p, term->q))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "gibbs.transfer() gives gibbs.kl(P, Q) where both have the same variables and no hidden units; "
                      "use gibbs.exact()");
  gibbs_expr *difference = NULL;
  double mean = 0, own = 0, other = 0;
  gibbs_status status = gibbs_expr_binary(GIBBS_OP_SUB, gibbs_distribution_energy(term->q),
                                          gibbs_distribution_energy(term->p), &difference, err);
  if (status == GIBBS_OK) status = gibbs_transfer_mean(term->p, difference, &mean, err);
  if (status == GIBBS_OK) status = gibbs_transfer_free_energy(term->p, &own, err);
  if (status == GIBBS_OK) status = gibbs_transfer_free_energy(term->q, &other, err);
  gibbs_expr_release(difference);
  if (status == GIBBS_OK) *out = mean + own - other;
  return status;
}

static gibbs_status value_of(const gibbs_term *term, double *out, gibbs_error *err) {
  switch (term->kind) {
  case GIBBS_FUNCTIONAL_FREE_ENERGY:
    return gibbs_transfer_free_energy(term->q, out, err);
  case GIBBS_FUNCTIONAL_ENTROPY:
    return gibbs_transfer_entropy(term->q, out, err);
  case GIBBS_FUNCTIONAL_MEAN:
    return gibbs_transfer_mean(term->q, term->f, out, err);
  case GIBBS_FUNCTIONAL_KL:
    return divergence(term, out, err);
  default:
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "gibbs.transfer() gives free energies, entropies, means and divergences of distributions, no "
                      "gibbs.%s; use gibbs.exact()",
                      gibbs_functional_row_of(term->kind)->name);
  }
}

/* Free energies that are known by structure.  *how names the way of all, or "exact" where there are several. */
static gibbs_status known_value_of(const gibbs_term *term, double *out, const char **how, gibbs_error *err) {
  const char *way = NULL;
  if (term->kind != GIBBS_FUNCTIONAL_FREE_ENERGY)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "gibbs.%s is not known by structure",
                      gibbs_functional_row_of(term->kind)->name);
  gibbs_status status = gibbs_known_free_energy(term->q, out, &way, err);
  if (status == GIBBS_OK) *how = *how == NULL || *how == way ? way : "exact";
  return status;
}

/* The expression with its functionals replaced by their values: by elimination, or (how) what is known. */
static gibbs_status substitute_values(gibbs_expr *expr, gibbs_expr *const *leaves, size_t count, const char **how,
                                      double *out, gibbs_error *err) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(expr), err);
  gibbs_expr *value = expr;
  gibbs_tensor *result = NULL;
  for (size_t k = 0; k < count && b.status == GIBBS_OK; k++) {
    double number = 0;
    const gibbs_term *term = gibbs_expr_as_functional(leaves[k])->payload;
    gibbs_build_fail(&b, how ? known_value_of(term, &number, how, err) : value_of(term, &number, err));
    value = gibbs_build_substitute(&b, value, leaves[k], gibbs_build_number(&b, number));
  }
  if (b.status == GIBBS_OK) gibbs_build_fail(&b, gibbs_expr_value(value, &result, err));
  if (result) *out = gibbs_tensor_values(result)[0];
  gibbs_tensor_release(result);
  return gibbs_build_end(&b);
}

static gibbs_status value_by(gibbs_expr *expr, const char **how, double *out, gibbs_error *err) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&expr, 1, GIBBS_LEAF_FUNCTIONAL, &leaves, &count, err);
  if (status == GIBBS_OK) status = substitute_values(expr, leaves, count, how, out, err);
  free(leaves);
  return status;
}

gibbs_status gibbs_objective_transfer_value(gibbs_expr *expr, double *out, gibbs_error *err) {
  return value_by(expr, NULL, out, err);
}

gibbs_status gibbs_objective_known_value(gibbs_expr *expr, double *out, const char **how, gibbs_error *err) {
  *how = NULL;
  return value_by(expr, how, out, err);
}
