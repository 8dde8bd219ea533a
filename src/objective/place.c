/* place.c - samples of one distribution, or rows of data, evaluation by evaluation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "place.h"

#include <stdlib.h>
#include <string.h>

/* What samples may take, in bytes. */
static const double most_bytes = 4.0 * 1024 * 1024 * 1024;

void gibbs_place_free(gibbs_place *place) {
  if (!place) return;
  gibbs_carried_free(place->carried);
  gibbs_chains_free(place->chains);
  gibbs_distribution_release(place->d);
  gibbs_data_release(place->order.data);
  free(place->order.row);
  free(place->group);
  free(place->own_rows);
  free(place->multiplicity);
  free(place->share);
  free(place->room);
  free(place->window.energy);
  free(place);
}

/* ---- making -----------------------------------------------------------------------------------------------------
 */

static gibbs_status check_size(const gibbs_place *place, gibbs_error *err) {
  if (place->order.whole) return GIBBS_OK; /* they are there already */
  double bytes = 8.0 * (double)place->chain_count * (double)place->snapshots * (double)(place->units + 8);
  if (bytes <= most_bytes) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_SIZE,
                    "%zu samples of %zu units would take %.3g GiB, and %g GiB are the limit; take fewer %s",
                    place->chain_count * place->snapshots, place->units, bytes / (1024.0 * 1024 * 1024),
                    most_bytes / (1024.0 * 1024 * 1024),
                    place->d ? "chains or snapshots an evaluation" : "rows an evaluation: batch = ...");
}

static gibbs_status make_rooms(gibbs_place *place, size_t groups, gibbs_error *err) {
  gibbs_status status = check_size(place, err);
  if (status != GIBBS_OK) return status;
  place->samples = place->chain_count * place->snapshots;
  place->groups = groups;
  place->group = calloc(place->groups + 1, sizeof *place->group);
  place->multiplicity = malloc(place->samples * sizeof *place->multiplicity);
  if (!place->order.whole) place->own_rows = malloc(place->samples * place->units * sizeof *place->own_rows);
  if (place->d) place->room = malloc(place->chain_count * place->units * sizeof *place->room);
  if (!place->group || !place->multiplicity || (!place->order.whole && !place->own_rows) ||
      (place->d && !place->room))
    return gibbs_fail_memory(err, "samples", place->samples * place->units * sizeof *place->rows);
  place->rows = place->order.whole ? gibbs_data_rows(place->order.data) : place->own_rows;
  for (size_t g = 0; g <= place->groups; g++)
    place->group[g] = place->snapshots * (g * place->chain_count / place->groups);
  for (size_t s = 0; s < place->samples; s++) place->multiplicity[s] = 1;
  place->even = true;
  return GIBBS_OK;
}

/* What was asked of the model only is not asked of others that cannot have it. */
static gibbs_status make_chains(gibbs_place *place, const gibbs_sampling *sampling, uint64_t seed, gibbs_error *err) {
  gibbs_chains_options options = {.chains = place->chain_count,
                                  .seed = seed,
                                  .kernel = sampling->kernel,
                                  .settings = sampling->settings,
                                  .hidden = sampling->hidden,
                                  .ladder = sampling->ladder};
  bool fixed = gibbs_distribution_parameter_count(place->d) == 0;
  if (fixed) options.ladder = NULL;
  gibbs_status status = gibbs_chains_new(place->d, &options, &place->chains, err);
  if (status != GIBBS_ERR_UNSUPPORTED || !fixed || !sampling->kernel) return status;
  options.kernel = NULL;
  options.settings = NULL;
  options.hidden = GIBBS_HIDDEN_AUTO;
  return gibbs_chains_new(place->d, &options, &place->chains, err);
}

gibbs_status gibbs_place_sample(gibbs_distribution *d, const gibbs_sampling *sampling, uint64_t seed, size_t chains,
                                size_t groups, gibbs_place **out, gibbs_error *err) {
  gibbs_place *place = calloc(1, sizeof *place);
  if (!place) return gibbs_fail_memory(err, "chains", sizeof *place);
  place->d = gibbs_distribution_retain(d);
  place->units = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  place->chain_count = chains;
  place->snapshots = (size_t)sampling->snapshots;
  gibbs_status status = make_rooms(place, groups, err);
  if (status == GIBBS_OK) status = make_chains(place, sampling, seed, err);
  if (status == GIBBS_OK)
    *out = place;
  else
    gibbs_place_free(place);
  return status;
}

static gibbs_status check_batch(const gibbs_data *data, size_t batch, gibbs_error *err) {
  if (batch <= gibbs_data_count(data)) return GIBBS_OK;
  return gibbs_fail(
      err, GIBBS_ERR_ARGUMENT,
      "batch is %zu, and the data have %zu rows; it is the number of rows an evaluation, at most as many "
      "as there are, or 0 for all",
      batch, gibbs_data_count(data));
}

gibbs_status gibbs_place_data(gibbs_data *data, const gibbs_sampling *sampling, uint32_t number, size_t groups,
                              gibbs_place **out, gibbs_error *err) {
  gibbs_status status = check_batch(data, sampling->batch, err);
  if (status != GIBBS_OK) return status;
  gibbs_place *place = calloc(1, sizeof *place);
  if (!place) return gibbs_fail_memory(err, "data", sizeof *place);
  size_t count = gibbs_data_count(data);
  bool whole = sampling->batch == 0 || sampling->batch == count;
  place->order =
      (gibbs_order){.data = gibbs_data_retain(data), .seed = sampling->seed, .number = number, .whole = whole};
  place->units = gibbs_data_units(data);
  place->chain_count = whole ? count : sampling->batch;
  place->snapshots = 1;
  status = make_rooms(place, groups, err);
  for (size_t i = 0; status == GIBBS_OK && whole && i < count; i++) {
    place->multiplicity[i] = gibbs_data_weights(data)[i] * (double)count;
    place->even &= gibbs_data_weights(data)[i] == gibbs_data_weights(data)[0];
  }
  if (status == GIBBS_OK)
    *out = place;
  else
    gibbs_place_free(place);
  return status;
}

/* ---- taking -------------------------------------------------------------------------------------------------------
 */

size_t gibbs_place_sample_of(const gibbs_place *place, size_t snapshot, size_t chain) {
  size_t g = chain * place->groups / place->chain_count;
  while (place->group[g + 1] / place->snapshots <= chain) g++;
  size_t first = place->group[g] / place->snapshots, width = place->group[g + 1] / place->snapshots - first;
  return place->group[g] + snapshot * width + chain - first;
}

/* Variable by variable, where samples have `units` numbers and the variable those from `at`. */
static void spread_variable(const gibbs_place *place, size_t snapshot, size_t at, size_t units, double *room) {
  for (size_t g = 0; g < place->groups; g++) {
    size_t first = place->group[g] / place->snapshots, end = place->group[g + 1] / place->snapshots;
    double *to = place->own_rows + (place->group[g] + snapshot * (end - first)) * place->units + at;
    for (size_t c = first; c < end; c++, to += place->units) memcpy(to, room + c * units, units * sizeof *to);
  }
}

gibbs_status gibbs_place_read(gibbs_place *place, size_t snapshot, gibbs_error *err) {
  gibbs_distribution *d = place->d;
  size_t count = gibbs_distribution_visible_count(d);
  gibbs_status status = GIBBS_OK;
  if (count == 1 && place->snapshots == 1) return gibbs_chains_get(place->chains, 0, place->own_rows, err);
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < count; k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]));
    status = gibbs_chains_get(place->chains, k, place->room, err);
    if (status == GIBBS_OK) spread_variable(place, snapshot, at, units, place->room);
    at += units;
  }
  return status;
}

/* The chains at the samples that they start from. */
static gibbs_status set_start(gibbs_place *place, gibbs_error *err) {
  const gibbs_place *start = place->start;
  gibbs_distribution *d = place->d;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < gibbs_distribution_visible_count(d); k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]));
    for (size_t c = 0; c < place->chain_count; c++)
      memcpy(place->room + c * units,
             start->rows + gibbs_place_sample_of(start, start->snapshots - 1, c) * place->units + at,
             units * sizeof *place->room);
    status = gibbs_chains_set(place->chains, k, place->room, err);
    at += units;
  }
  for (size_t t = 0; status == GIBBS_OK && t < place->snapshots; t++)
    for (size_t c = 0; c < place->chain_count; c++)
      place->multiplicity[gibbs_place_sample_of(place, t, c)] =
          start->multiplicity[gibbs_place_sample_of(start, start->snapshots - 1, c)];
  place->even = start->even;
  return status;
}

/* Sweeps before the first evaluation, in which kernels adapt. */
static gibbs_status burn(gibbs_place *place, uint64_t sweeps, gibbs_error *err) {
  uint64_t done = gibbs_chains_sweeps(place->chains);
  gibbs_status status = place->start && done == 0 ? set_start(place, err) : GIBBS_OK;
  return status == GIBBS_OK && done < sweeps ? gibbs_chains_warm_up(place->chains, sweeps - done, err) : status;
}

static gibbs_status begin(gibbs_place *place, const gibbs_sampling *sampling, uint64_t evaluation, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (place->start) status = gibbs_place_take(place->start, sampling, evaluation, err);
  if (status == GIBBS_OK && place->taken == 0) status = burn(place, sampling->burn, err);
  if (status == GIBBS_OK && place->start) status = set_start(place, err);
  bool carries = sampling->kind == GIBBS_SAMPLING_CARRIED && gibbs_distribution_parameter_count(place->d) > 0;
  if (status == GIBBS_OK && place->carried)
    status = gibbs_carried_move(place->carried, err);
  else if (status == GIBBS_OK && carries)
    status = gibbs_place_carry(place, sampling, err);
  if (status != GIBBS_OK) return status;
  place->base = gibbs_chains_sweeps(place->chains);
  place->snapshot = 0;
  place->open = true;
  return GIBBS_OK;
}

static gibbs_status take_chains(gibbs_place *place, const gibbs_sampling *sampling, uint64_t evaluation,
                                gibbs_error *err) {
  gibbs_status status = place->open ? GIBBS_OK : begin(place, sampling, evaluation, err);
  for (; status == GIBBS_OK && place->snapshot < place->snapshots; place->snapshot += status == GIBBS_OK) {
    uint64_t goal = place->base + (place->snapshot + 1) * sampling->sweeps;
    uint64_t sweeps = goal - gibbs_chains_sweeps(place->chains);
    status = place->carried ? gibbs_carried_advance(place->carried, sweeps, err)
                            : gibbs_chains_advance(place->chains, sweeps, err);
    if (status == GIBBS_OK) status = gibbs_place_read(place, place->snapshot, err);
  }
  if (status == GIBBS_OK && place->carried) status = gibbs_place_count(place, err);
  if (status == GIBBS_OK) place->open = false;
  return status;
}

gibbs_status gibbs_place_take(gibbs_place *place, const gibbs_sampling *sampling, uint64_t evaluation,
                              gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (place->taken == evaluation) return GIBBS_OK;
  if (place->judge) status = gibbs_place_take(place->judge, sampling, evaluation, err);
  if (status == GIBBS_OK && place->chains)
    status = take_chains(place, sampling, evaluation, err);
  else if (status == GIBBS_OK && !place->order.whole)
    status = gibbs_order_take(&place->order, place->chain_count, place->own_rows, err);
  if (status == GIBBS_OK) place->taken = evaluation;
  return status;
}
