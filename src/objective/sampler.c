/* sampler.c - the places where samples are had, each distribution and each data set once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sampler.h"

#include <stdlib.h>

enum { most_groups = 16 };

static gibbs_status check_sampling(const gibbs_sampling *s, gibbs_error *err) {
  if (s->kind != GIBBS_SAMPLING_FROM_DATA && s->chains < 2)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu chains of each distribution; there must be at least 2",
                      s->chains);
  if (s->sweeps < 1 || s->snapshots < 1)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "%llu sweeps before each of %llu snapshots; there must be at least 1 of each",
                      (unsigned long long)s->sweeps, (unsigned long long)s->snapshots);
  return GIBBS_OK;
}

gibbs_status gibbs_sampler_new(const gibbs_sampling *sampling, gibbs_sampler **out, gibbs_error *err) {
  gibbs_status status = check_sampling(sampling, err);
  if (status != GIBBS_OK) return status;
  gibbs_sampler *sampler = calloc(1, sizeof *sampler);
  if (!sampler) return gibbs_fail_memory(err, "an objective", sizeof *sampler);
  sampler->references = 1;
  sampler->sampling = *sampling;
  sampler->groups = most_groups;
  if (sampling->kind != GIBBS_SAMPLING_FROM_DATA) gibbs_sampler_limit(sampler, sampling->chains);
  *out = sampler;
  return GIBBS_OK;
}

/* An even number, so that they make two halves. */
void gibbs_sampler_limit(gibbs_sampler *sampler, size_t rows) {
  size_t groups = rows > 1 ? rows / 2 * 2 : 1;
  if (groups < sampler->groups) sampler->groups = groups;
}

gibbs_sampler *gibbs_sampler_retain(gibbs_sampler *sampler) {
  sampler->references++;
  return sampler;
}

void gibbs_sampler_release(gibbs_sampler *sampler) {
  if (!sampler || --sampler->references > 0) return;
  for (size_t k = 0; k < sampler->place_count; k++) gibbs_place_free(sampler->places[k]);
  free(sampler->places);
  gibbs_gauges_free(sampler);
  free(sampler);
}

size_t gibbs_sampler_find(const gibbs_sampler *sampler, const gibbs_distribution *d) {
  for (size_t k = 0; k < sampler->place_count; k++)
    if (sampler->places[k]->d == d) return k;
  return SIZE_MAX;
}

/* Takes the place over. */
static gibbs_status add_place(gibbs_sampler *sampler, gibbs_place *place, size_t *out, gibbs_error *err) {
  gibbs_place **list = realloc(sampler->places, (sampler->place_count + 1) * sizeof *list);
  if (!list) {
    gibbs_place_free(place);
    return gibbs_fail_memory(err, "a list of samples", sizeof *list);
  }
  sampler->places = list;
  *out = sampler->place_count;
  list[sampler->place_count++] = place;
  return GIBBS_OK;
}

static gibbs_status make_place(gibbs_sampler *sampler, gibbs_distribution *d, gibbs_place *from, size_t *out,
                               gibbs_error *err) {
  gibbs_place *place = NULL;
  /* Chains of different places have different random numbers. */
  uint64_t seed = sampler->sampling.seed + 0x9e3779b97f4a7c15u * sampler->place_count;
  size_t chains = from ? from->chain_count : sampler->sampling.chains;
  gibbs_status status = gibbs_place_sample(d, &sampler->sampling, seed, chains, sampler->groups, &place, err);
  if (status != GIBBS_OK) return status;
  place->start = from;
  return add_place(sampler, place, out, err);
}

/* After the place itself, which is the one that is found. */
static gibbs_status add_judge(gibbs_sampler *sampler, size_t of, gibbs_error *err) {
  size_t judge;
  gibbs_distribution *d = sampler->places[of]->d;
  if (sampler->sampling.kind != GIBBS_SAMPLING_CARRIED || gibbs_distribution_parameter_count(d) == 0) return GIBBS_OK;
  gibbs_status status = make_place(sampler, d, NULL, &judge, err);
  if (status == GIBBS_OK) sampler->places[of]->judge = sampler->places[judge];
  return status;
}

gibbs_status gibbs_sampler_sample(gibbs_sampler *sampler, gibbs_distribution *d, size_t start, size_t *out,
                                  gibbs_error *err) {
  *out = gibbs_sampler_find(sampler, d);
  if (*out != SIZE_MAX) return GIBBS_OK;
  gibbs_place *from = start == SIZE_MAX ? NULL : sampler->places[start];
  gibbs_status status = make_place(sampler, d, from, out, err);
  return status == GIBBS_OK ? add_judge(sampler, *out, err) : status;
}

gibbs_status gibbs_sampler_data(gibbs_sampler *sampler, gibbs_data *data, bool whole, size_t *out, gibbs_error *err) {
  for (*out = 0; *out < sampler->place_count; ++*out)
    if (sampler->places[*out]->order.data == data) return GIBBS_OK;
  gibbs_place *place = NULL;
  gibbs_sampling sampling = sampler->sampling;
  if (whole) sampling.batch = 0;
  gibbs_status status = gibbs_place_data(data, &sampling, sampler->data_count, sampler->groups, &place, err);
  if (status != GIBBS_OK) return status;
  sampler->data_count++;
  return add_place(sampler, place, out, err);
}
