/* place_carried.c - chains whose weights are carried along while parameters move.
 *
 * Weights are right for parameters that move whatever the chains do.  In training they move by what the chains say:
 * a step makes the very configurations that it was made from less likely, and F comes out too high by the step size
 * times the variance of dH over the number of chains, step after step.  So F is carried by chains apart, whose
 * samples make no gradients; where there are such, the weights of the others are there for gradients alone. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gibbs/known.h"
#include "place.h"

/* By the method of the sampling, or by annealing as many chains as carry the weights on. */
static const gibbs_free_energy_method *choose_method(const gibbs_place *place, const gibbs_sampling *sampling,
                                                     gibbs_free_energy_options *how) {
  const gibbs_free_energy_method *method = sampling->method;
  if (!method) method = gibbs_free_energy_find("ais");
  if (sampling->method && sampling->method_options) {
    *how = *sampling->method_options;
    return method;
  }
  *how = gibbs_free_energy_defaults(method);
  how->seed = sampling->seed;
  if (!sampling->method && place->chain_count > how->chains) how->chains = place->chain_count;
  return method;
}

/* Where it cannot be had by a method that nobody has asked for, only changes are known. */
static gibbs_status estimate_start(const gibbs_place *place, const gibbs_sampling *sampling,
                                   gibbs_carried_options *options, gibbs_error *err) {
  gibbs_free_energy_options how;
  gibbs_free_energy_result result;
  gibbs_error local;
  const gibbs_free_energy_method *method = choose_method(place, sampling, &how);
  gibbs_status status = gibbs_free_energy_estimate(method, place->d, &how, &result, &local);
  if (status == GIBBS_ERR_UNSUPPORTED && !sampling->method) return GIBBS_OK;
  if (status != GIBBS_OK) {
    if (err) *err = local;
    return status;
  }
  if (!result.converged)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                      "the free energy to begin with, by %s, cannot be trusted: %s. Take more temperatures or chains "
                      "(free_energy = gibbs.ais{ temperatures = 10000 }), or begin with smaller weights",
                      gibbs_free_energy_name(method), result.why);
  options->free_energy = result.value;
  options->free_energy_error = result.error;
  return GIBBS_OK;
}

/* The free energy to begin with: exactly where it is cheap, else by a method; NaN: only changes are known. */
static gibbs_status find_start(const gibbs_place *place, const gibbs_sampling *sampling,
                               gibbs_carried_options *options, gibbs_error *err) {
  gibbs_error local;
  gibbs_status status = gibbs_known_free_energy(place->d, &options->free_energy, NULL, &local);
  options->free_energy_error = 0;
  if (status == GIBBS_OK) return status;
  options->free_energy = NAN;
  if (status == GIBBS_ERR_UNSUPPORTED || status == GIBBS_ERR_SIZE)
    return estimate_start(place, sampling, options, err);
  if (err) *err = local;
  return status;
}

gibbs_status gibbs_place_carry(gibbs_place *place, const gibbs_sampling *sampling, gibbs_error *err) {
  gibbs_carried_options options = {.resample_below = 0.5};
  options.free_energy = NAN;
  gibbs_status status = place->judge ? GIBBS_OK : find_start(place, sampling, &options, err);
  return status == GIBBS_OK ? gibbs_carried_new(place->chains, &options, &place->carried, err) : status;
}

/* Together they count as many as are effective. */
gibbs_status gibbs_place_count(gibbs_place *place, gibbs_error *err) {
  size_t n = place->chain_count;
  double *weight = malloc(n * sizeof *weight), top = -INFINITY, sum = 0, squares = 0;
  if (!weight) return gibbs_fail_memory(err, "weights", n * sizeof *weight);
  gibbs_carried_log_weights(place->carried, weight);
  for (size_t c = 0; c < n; c++) top = fmax(top, weight[c]);
  for (size_t c = 0; c < n; c++) {
    weight[c] = exp(weight[c] - top);
    sum += weight[c];
    squares += weight[c] * weight[c];
  }
  for (size_t t = 0; t < place->snapshots; t++)
    for (size_t c = 0; c < n; c++)
      place->multiplicity[gibbs_place_sample_of(place, t, c)] = weight[c] * sum / squares;
  place->even = sum * sum >= (double)n * squares;
  free(weight);
  return GIBBS_OK;
}

const gibbs_carried *gibbs_place_free_energy(const gibbs_place *place) {
  return place->judge ? place->judge->carried : place->carried;
}
