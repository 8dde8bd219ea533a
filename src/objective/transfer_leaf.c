/* transfer_leaf.c - one functional by elimination: its value and its gradient. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transfer_leaf.h"

#include <stdlib.h>

#include "gibbs/private/builder.h"
#include "gibbs/transfer.h"

/* ---- values -----------------------------------------------------------------------------------------------------
 */

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

gibbs_status gibbs_transfer_leaf_value(const gibbs_term *term, double *out, gibbs_error *err) {
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

/* ---- gradients --------------------------------------------------------------------------------------------------
 */

/* gradients[k] += coefficient * <dE_of/d parameters[k]> under `d`. */
static gibbs_status add_slope(gibbs_distribution *d, gibbs_distribution *of, double coefficient,
                              gibbs_expr *parameter, double *gradient, gibbs_error *err) {
  gibbs_expr *energy = gibbs_distribution_energy(of), *slope = NULL;
  if (!gibbs_expr_depends(energy, parameter)) return GIBBS_OK;
  size_t size = gibbs_expr_size(parameter);
  double *mean = calloc(size + 1, sizeof *mean);
  if (!mean) return gibbs_fail_memory(err, "a gradient", size * sizeof *mean);
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(energy), err);
  slope = gibbs_build_gradient(&b, energy, parameter);
  if (b.status == GIBBS_OK) gibbs_build_fail(&b, gibbs_transfer_mean(d, slope, mean, err));
  gibbs_status status = gibbs_build_end(&b);
  for (size_t i = 0; status == GIBBS_OK && i < size; i++) gradient[i] += coefficient * mean[i];
  free(mean);
  return status;
}

static gibbs_status check_target(const gibbs_term *term, gibbs_expr *parameter, gibbs_error *err) {
  if (!gibbs_expr_depends(gibbs_distribution_energy(term->p), parameter)) return GIBBS_OK;
  return gibbs_fail(
      err, GIBBS_ERR_UNSUPPORTED,
      "gibbs.transfer() gives the gradient of gibbs.kl(P, Q) by parameters of Q, and P depends on '%s'; "
      "use gibbs.exact()",
      gibbs_parameter_name(gibbs_expr_as_parameter(parameter)));
}

static gibbs_status add_one(const gibbs_term *term, double coefficient, gibbs_expr *parameter, double *gradient,
                            gibbs_error *err) {
  if (term->kind == GIBBS_FUNCTIONAL_FREE_ENERGY)
    return add_slope(term->q, term->q, coefficient, parameter, gradient, err);
  gibbs_status status = check_target(term, parameter, err);
  if (status == GIBBS_OK) status = add_slope(term->p, term->q, coefficient, parameter, gradient, err);
  return status == GIBBS_OK ? add_slope(term->q, term->q, -coefficient, parameter, gradient, err) : status;
}

gibbs_status gibbs_transfer_leaf_gradient(const gibbs_term *term, double coefficient, gibbs_expr *const parameters[],
                                          size_t count, double *const gradients[], gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (term->kind != GIBBS_FUNCTIONAL_FREE_ENERGY && term->kind != GIBBS_FUNCTIONAL_KL)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "gibbs.transfer() gives gradients of gibbs.free_energy(Q) and gibbs.kl(P, Q), no gibbs.%s; use "
                      "gibbs.exact()",
                      gibbs_functional_row_of(term->kind)->name);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    status = add_one(term, coefficient, parameters[k], gradients[k], err);
  return status;
}
