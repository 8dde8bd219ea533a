/* side.c - which side of a machine to sum: its visible states, or its hidden ones. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/exact.h"

/* log2 of the work of a sum, infinite where it cannot be done. */
static double log2_work(const gibbs_distribution *d) {
  const gibbs_form *form = gibbs_distribution_form(d);
  double states = gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  if (!gibbs_distribution_hamiltonian(d)) return INFINITY;
  if (states > (form->found ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS) + 1e-9) return INFINITY;
  /* A state costs a few operations a softplus term; a general expression, hundreds. */
  return states + log2(form->found ? 1 + (double)form->softplus_count : 300);
}

gibbs_status gibbs_exact_side(gibbs_distribution *d, gibbs_distribution **side, gibbs_error *err) {
  gibbs_distribution *swapped = NULL;
  gibbs_status status = gibbs_distribution_swapped(d, &swapped, err);
  if (status != GIBBS_OK) return status;
  double own = log2_work(d), other = swapped ? log2_work(swapped) : INFINITY;
  if (isinf(own) && isinf(other)) {
    double bits = gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
    if (isinf(bits))
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                        "visible units take real values; an exact sum needs spins, bits or potts");
    status = gibbs_distribution_summable(d, err);
    if (status != GIBBS_OK) return status;
    if (swapped)
      return gibbs_fail(err, GIBBS_ERR_SIZE,
                        "2^%.4g visible states and 2^%.4g hidden states are too many for an exact sum; one side must "
                        "have at most 2^%d. Use a smaller system",
                        bits,
                        gibbs_variables_log2_states(gibbs_distribution_hidden(d), gibbs_distribution_hidden_count(d)),
                        GIBBS_EXACT_FORM_BITS);
    return gibbs_fail(
        err, GIBBS_ERR_SIZE,
        "2^%.4g visible states are too many for an exact sum; the limit for this energy is 2^%d. Use a smaller "
        "system",
        bits, gibbs_distribution_form(d)->found ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS);
  }
  *side = other < own ? swapped : d;
  return GIBBS_OK;
}

gibbs_status gibbs_exact_free_energy(gibbs_distribution *d, double *out, gibbs_error *err) {
  gibbs_distribution *side = NULL;
  gibbs_ensemble *ensemble = NULL;
  gibbs_status status = gibbs_exact_side(d, &side, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_new(&side, 1, NULL, 0, GIBBS_DEMAND_TOTALS, &ensemble, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_prepare(ensemble, err);
  if (status == GIBBS_OK) *out = -gibbs_ensemble_log_z(ensemble, 0);
  gibbs_ensemble_free(ensemble);
  return status;
}
