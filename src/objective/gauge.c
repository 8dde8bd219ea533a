/* gauge.c - H of a distribution, or a function, read at samples, and its slopes there. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "sampler.h"

static void drop_slopes(gibbs_gauge *gauge) {
  gibbs_slopes_free(gauge->slopes);
  for (size_t k = 0; k < gauge->count; k++) gibbs_expr_release(gauge->parameters[k]);
  free(gauge->parameters);
  free(gauge->wanted);
  free(gauge->totals);
  gauge->slopes = NULL;
  gauge->parameters = NULL;
  gauge->wanted = NULL;
  gauge->totals = NULL;
  gauge->count = 0;
}

static void free_gauge(gibbs_gauge *gauge) {
  drop_slopes(gauge);
  for (size_t k = 0; k < gauge->places; k++) free(gauge->values[k]);
  free(gauge->values);
  free(gauge->evaluations);
  free(gauge->versions);
  gibbs_distribution_release(gauge->d);
  free(gauge);
}

void gibbs_gauges_free(gibbs_sampler *sampler) {
  for (size_t k = 0; k < sampler->gauge_count; k++) free_gauge(sampler->gauges[k]);
  free(sampler->gauges);
}

void gibbs_gauges_forget(gibbs_sampler *sampler) {
  for (size_t k = 0; k < sampler->gauge_count; k++)
    for (size_t i = 0; i < sampler->gauges[k]->places; i++) sampler->gauges[k]->evaluations[i] = 0;
}

gibbs_status gibbs_sampler_gauge(gibbs_sampler *sampler, gibbs_distribution *d, bool negative, size_t *out,
                                 gibbs_error *err) {
  for (*out = 0; *out < sampler->gauge_count; ++*out)
    if (sampler->gauges[*out]->d == d && sampler->gauges[*out]->negative == negative) return GIBBS_OK;
  gibbs_gauge **list = realloc(sampler->gauges, (sampler->gauge_count + 1) * sizeof *list);
  if (!list) return gibbs_fail_memory(err, "an objective", sizeof *list);
  sampler->gauges = list;
  gibbs_gauge *gauge = calloc(1, sizeof *gauge);
  if (!gauge) return gibbs_fail_memory(err, "an objective", sizeof *gauge);
  gauge->d = gibbs_distribution_retain(d);
  gauge->negative = negative;
  gibbs_status status =
      gibbs_gauge_aim(gauge, gibbs_distribution_parameters(d), gibbs_distribution_parameter_count(d), err);
  if (status == GIBBS_OK)
    list[sampler->gauge_count++] = gauge;
  else
    free_gauge(gauge);
  return status;
}

/* ---- slopes -------------------------------------------------------------------------------------------------------
 */

static bool is_of(const gibbs_distribution *d, const gibbs_expr *parameter) {
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++)
    if (gibbs_distribution_parameters(d)[k] == parameter) return true;
  return false;
}

/* Whether the slopes are by those of `parameters` that are the distribution's own; then says which they are. */
static bool is_aimed(gibbs_gauge *gauge, gibbs_expr *const parameters[], size_t count) {
  size_t at = 0;
  for (size_t k = 0; k < count; k++) {
    if (!is_of(gauge->d, parameters[k])) continue;
    if (at == gauge->count || gauge->parameters[at] != parameters[k]) return false;
    gauge->wanted[at++] = k;
  }
  return at == gauge->count;
}

gibbs_status gibbs_gauge_aim(gibbs_gauge *gauge, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  if (gauge->slopes && is_aimed(gauge, parameters, count)) return GIBBS_OK;
  drop_slopes(gauge);
  gauge->parameters = calloc(count + 1, sizeof *gauge->parameters);
  gauge->wanted = calloc(count + 1, sizeof *gauge->wanted);
  gauge->totals = calloc(count + 1, sizeof *gauge->totals);
  if (!gauge->parameters || !gauge->wanted || !gauge->totals)
    return gibbs_fail_memory(err, "slopes", count * sizeof *gauge->parameters);
  for (size_t k = 0; k < count; k++)
    if (is_of(gauge->d, parameters[k])) {
      gauge->wanted[gauge->count] = k;
      gauge->parameters[gauge->count++] = gibbs_expr_retain(parameters[k]);
    }
  return gibbs_slopes_new(gauge->d, gauge->parameters, gauge->count, &gauge->slopes, err);
}

bool gibbs_gauge_varies(const gibbs_gauge *gauge) {
  return gauge->count > 0;
}

gibbs_status gibbs_gauge_add(const gibbs_sampler *sampler, gibbs_gauge *gauge, size_t place, const double *weight,
                             double *const gradients[], gibbs_error *err) {
  const gibbs_place *at = sampler->places[place];
  for (size_t k = 0; k < gauge->count; k++) gauge->totals[k] = gradients[gauge->wanted[k]];
  return gibbs_slopes_add(gauge->slopes, at->rows, at->samples, weight, gauge->totals, err);
}

/* ---- values -------------------------------------------------------------------------------------------------------
 */

/* Versions only grow. */
uint64_t gibbs_gauge_version(const gibbs_distribution *d) {
  uint64_t sum = 0;
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++)
    sum += gibbs_parameter_version(gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]));
  return sum;
}

static gibbs_status make_rooms(gibbs_gauge *gauge, size_t places, gibbs_error *err) {
  if (places <= gauge->places) return GIBBS_OK;
  double **values = realloc(gauge->values, places * sizeof *values);
  if (values) gauge->values = values;
  uint64_t *evaluations = realloc(gauge->evaluations, places * sizeof *evaluations);
  if (evaluations) gauge->evaluations = evaluations;
  uint64_t *versions = realloc(gauge->versions, places * sizeof *versions);
  if (versions) gauge->versions = versions;
  if (!values || !evaluations || !versions) return gibbs_fail_memory(err, "energies", places * sizeof *values);
  for (; gauge->places < places; gauge->places++) {
    values[gauge->places] = NULL;
    evaluations[gauge->places] = versions[gauge->places] = 0;
  }
  return GIBBS_OK;
}

bool gibbs_gauge_is_read(const gibbs_sampler *sampler, size_t number, size_t place) {
  const gibbs_gauge *gauge = sampler->gauges[number];
  return place < gauge->places && gauge->evaluations[place] > 0 &&
         gauge->evaluations[place] == sampler->places[place]->taken &&
         gauge->versions[place] == gibbs_gauge_version(gauge->d);
}

gibbs_status gibbs_gauge_read(gibbs_sampler *sampler, size_t number, size_t place, const double **out,
                              gibbs_error *err) {
  gibbs_gauge *gauge = sampler->gauges[number];
  const gibbs_place *at = sampler->places[place];
  gibbs_status status = make_rooms(gauge, sampler->place_count, err);
  if (status != GIBBS_OK) return status;
  double **values = &gauge->values[place];
  if (!*values) *values = malloc(at->samples * sizeof **values);
  if (!*values) return gibbs_fail_memory(err, "energies", at->samples * sizeof **values);
  *out = *values;
  if (gibbs_gauge_is_read(sampler, number, place)) return GIBBS_OK;
  gauge->evaluations[place] = 0;
  status = gibbs_slopes_hamiltonian(gauge->slopes, at->rows, at->samples, *values, err);
  for (size_t s = 0; gauge->negative && s < at->samples; s++) (*values)[s] = -(*values)[s];
  if (status != GIBBS_OK) return status;
  gauge->evaluations[place] = at->taken;
  gauge->versions[place] = gibbs_gauge_version(gauge->d);
  return GIBBS_OK;
}
