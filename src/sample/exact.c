/* exact.c - the kernel that is none: every sweep is an independent sample, by inversion over all states. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/exact.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel.h"

typedef struct exact {
  gibbs_ensemble *ensemble;
  size_t chains, first_chain, units;
  double *rows, *heights; /* rows[chain * units + u] */
} exact;

static bool can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  gibbs_distribution *d = target->distribution;
  double bits = gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  double limit = gibbs_distribution_form(d)->found ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS;
  if (target->held)
    snprintf(why, size, "units are held");
  else if (!gibbs_distribution_hamiltonian(d))
    snprintf(why, size, "there are hidden units that cannot be summed");
  else if (target->variable_count > gibbs_distribution_visible_count(d))
    snprintf(why, size, "hidden units are sampled; it sums them");
  else if (isinf(bits))
    snprintf(why, size, "units take real values");
  else if (bits > limit)
    snprintf(why, size, "there are 2^%.4g states, and at most 2^%g can be summed", bits, limit);
  else
    return true;
  return false;
}

static void free_exact(void *instance) {
  exact *e = instance;
  if (!e) return;
  gibbs_ensemble_free(e->ensemble);
  free(e->rows);
  free(e->heights);
  free(e);
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  (void)settings;
  exact *e = calloc(1, sizeof *e);
  if (!e) return gibbs_fail_memory(err, "chains", sizeof *e);
  *e = (exact){.chains = chains, .first_chain = first_chain, .units = target->units};
  gibbs_distribution *d = target->distribution;
  e->rows = calloc(chains * e->units, sizeof *e->rows);
  e->heights = calloc(chains, sizeof *e->heights);
  gibbs_status status = e->rows && e->heights ? GIBBS_OK : gibbs_fail_memory(err, "chains", chains * e->units * 8);
  if (status == GIBBS_OK) status = gibbs_ensemble_new(&d, 1, NULL, 0, GIBBS_DEMAND_STATES, &e->ensemble, err);
  if (status == GIBBS_OK)
    *instance = e;
  else
    free_exact(e);
  return status;
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  (void)instance, (void)err; /* the ensemble watches the parameters itself */
  return GIBBS_OK;
}

static gibbs_status set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  exact *e = instance;
  (void)err;
  for (size_t c = 0; c < e->chains; c++)
    for (size_t u = 0; u < e->units; u++) e->rows[c * e->units + u] = values[u * stride + c];
  return GIBBS_OK;
}

static void get(const void *instance, double *values, size_t stride) {
  const exact *e = instance;
  for (size_t c = 0; c < e->chains; c++)
    for (size_t u = 0; u < e->units; u++) values[u * stride + c] = e->rows[c * e->units + u];
}

static gibbs_status sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  exact *e = instance;
  gibbs_status status = gibbs_ensemble_prepare(e->ensemble, err);
  if (status != GIBBS_OK) return status;
  for (size_t c = 0; c < e->chains; c++) {
    gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_SWEEP, (uint32_t)(e->first_chain + c), step);
    e->heights[c] = gibbs_stream_uniform(&stream);
  }
  return gibbs_ensemble_invert(e->ensemble, 0, e->heights, e->chains, e->rows, err);
}

const gibbs_kernel gibbs_kernel_exact = {
    .name = "exact",
    .doc = "independent samples by inversion of the sum over all states; a sweep costs such a sum",
    .source = "inverse transform sampling",
    .can = can,
    .make = make,
    .free = free_exact,
    .refresh = refresh,
    .set = set,
    .get = get,
    .sweep = sweep};
