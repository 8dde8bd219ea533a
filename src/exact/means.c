/* means.c - means and entropies of one distribution. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/exact.h"

gibbs_status gibbs_exact_mean_side(gibbs_distribution *d, gibbs_expr *f, gibbs_distribution **side,
                                   gibbs_expr **given, gibbs_error *err) {
  gibbs_distribution *best = d;
  gibbs_expr *conditioned = NULL;
  double bits = gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  gibbs_status status = GIBBS_OK;
  if (bits > GIBBS_EXACT_GENERAL_BITS) status = gibbs_exact_side(d, &best, err);
  if (status == GIBBS_OK) status = gibbs_distribution_condition(best, f, &conditioned, err);
  if (status != GIBBS_OK) return status;
  *side = best;
  *given = conditioned;
  return GIBBS_OK;
}

gibbs_status gibbs_exact_mean(gibbs_distribution *d, gibbs_expr *f, double *out, gibbs_error *err) {
  gibbs_distribution *side = NULL;
  gibbs_expr *given = NULL;
  gibbs_ensemble *ensemble = NULL;
  gibbs_status status = gibbs_exact_mean_side(d, f, &side, &given, err);
  if (status != GIBBS_OK) return status;
  gibbs_observable observable = {.expr = given, .owner = 0};
  status = gibbs_ensemble_new(&side, 1, &observable, 1, GIBBS_DEMAND_STATES, &ensemble, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_prepare(ensemble, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_average(ensemble, err);
  if (status == GIBBS_OK) memcpy(out, gibbs_ensemble_mean(ensemble, 0, 0), gibbs_expr_size(f) * sizeof *out);
  gibbs_ensemble_free(ensemble);
  gibbs_expr_release(given);
  return status;
}

gibbs_status gibbs_exact_entropy(gibbs_distribution *d, double *out, gibbs_error *err) {
  gibbs_ensemble *ensemble = NULL;
  gibbs_status status = gibbs_ensemble_new(&d, 1, NULL, 0, GIBBS_DEMAND_STATES, &ensemble, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_prepare(ensemble, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_average(ensemble, err);
  if (status == GIBBS_OK) *out = gibbs_ensemble_mean_energy(ensemble, 0, 0) + gibbs_ensemble_log_z(ensemble, 0);
  gibbs_ensemble_free(ensemble);
  return status;
}
