/* lane.c - one thread's view of a run of states. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/threads.h"

static void free_rows(double **rows, size_t count) {
  for (size_t k = 0; rows && k < count; k++) free(rows[k]);
  free(rows);
}

void gibbs_lane_clear(gibbs_ensemble *e, gibbs_lane *lane) {
  free_rows(lane->values, e->space.variable_count);
  free_rows(lane->log_weight, e->member_count);
  free_rows(lane->probability, e->member_count);
  free_rows(lane->weight, e->member_count);
  free_rows(lane->observable, e->watched_count);
  free_rows(lane->observable_weight, e->watched_count);
  for (size_t k = 0; k < e->member_count; k++) {
    if (lane->scratch) gibbs_products_scratch_free(lane->scratch[k]);
    if (lane->workspace) gibbs_workspace_free(lane->workspace[k]);
    if (lane->backward) gibbs_workspace_free(lane->backward[k]);
  }
  for (size_t k = 0; k < e->watched_count; k++) {
    if (lane->watch) gibbs_workspace_free(lane->watch[k]);
    if (lane->watch_backward) gibbs_workspace_free(lane->watch_backward[k]);
  }
  free(lane->view_log_weight);
  free(lane->view_probability);
  free(lane->scratch);
  free(lane->workspace);
  free(lane->backward);
  free(lane->watch);
  free(lane->watch_backward);
  memset(lane, 0, sizeof *lane);
}

static double **make_rows(size_t count, size_t each) {
  double **rows = calloc(count + 1, sizeof *rows);
  for (size_t k = 0; rows && k < count; k++)
    if (!(rows[k] = malloc(each * sizeof(double)))) {
      free_rows(rows, k);
      return NULL;
    }
  return rows;
}

static double **make_observable_rows(const gibbs_ensemble *e) {
  double **rows = calloc(e->watched_count + 1, sizeof *rows);
  for (size_t k = 0; rows && k < e->watched_count; k++)
    if (!(rows[k] = malloc(e->watched[k].size * GIBBS_CHUNK_STATES * sizeof(double)))) {
      free_rows(rows, k);
      return NULL;
    }
  return rows;
}

static double **make_values(const gibbs_ensemble *e) {
  double **rows = calloc(e->space.variable_count + 1, sizeof *rows);
  for (size_t k = 0; rows && e->needs_values && k < e->space.variable_count; k++)
    if (!(rows[k] = malloc(e->space.sizes[k] * GIBBS_CHUNK_STATES * sizeof(double)))) {
      free_rows(rows, k);
      return NULL;
    }
  return rows;
}

static gibbs_status make_lane(gibbs_ensemble *e, gibbs_lane *lane, gibbs_error *err) {
  size_t n = e->member_count, o = e->watched_count;
  lane->values = make_values(e);
  lane->log_weight = make_rows(n, GIBBS_CHUNK_STATES);
  lane->probability = make_rows(n, GIBBS_CHUNK_STATES);
  lane->weight = make_rows(n, GIBBS_CHUNK_STATES);
  lane->observable = make_observable_rows(e);
  lane->observable_weight = make_rows(o, GIBBS_CHUNK_STATES);
  lane->view_log_weight = calloc(n + 1, sizeof *lane->view_log_weight);
  lane->view_probability = calloc(n + 1, sizeof *lane->view_probability);
  lane->scratch = calloc(n + 1, sizeof *lane->scratch);
  lane->workspace = calloc(n + 1, sizeof *lane->workspace);
  lane->backward = calloc(n + 1, sizeof *lane->backward);
  lane->watch = calloc(o + 1, sizeof *lane->watch);
  lane->watch_backward = calloc(o + 1, sizeof *lane->watch_backward);
  bool made = lane->values && lane->log_weight && lane->probability && lane->weight && lane->observable &&
              lane->observable_weight && lane->view_log_weight && lane->view_probability && lane->scratch &&
              lane->workspace && lane->backward && lane->watch && lane->watch_backward;
  return made ? GIBBS_OK : gibbs_fail_memory(err, "work memory of a thread", n * GIBBS_CHUNK_STATES * sizeof(double));
}

/* Kernels are made anew when parameters change, and scratch belongs to a kernel. */
static gibbs_status refresh_lane(gibbs_ensemble *e, gibbs_lane *lane, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    gibbs_member *member = &e->members[k];
    gibbs_products_scratch_free(lane->scratch[k]);
    lane->scratch[k] = NULL;
    if (member->form)
      status = gibbs_products_scratch_new(member->kernel, &lane->scratch[k], err);
    else if (!lane->workspace[k])
      status = gibbs_workspace_new(member->values, &lane->workspace[k], err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
    if (!lane->watch[k]) status = gibbs_workspace_new(e->watched[k].program, &lane->watch[k], err);
  return status;
}

gibbs_status gibbs_lanes_cover(gibbs_ensemble *e, gibbs_error *err) {
  size_t threads = e->calls_back || gibbs_ensemble_chunks(e) == 1 ? 1 : gibbs_threads();
  if (threads <= e->lane_count) return GIBBS_OK;
  gibbs_lane *lanes = realloc(e->lanes, threads * sizeof *lanes);
  if (!lanes) return gibbs_fail_memory(err, "work memory of threads", threads * sizeof *lanes);
  e->lanes = lanes;
  memset(lanes + e->lane_count, 0, (threads - e->lane_count) * sizeof *lanes);
  gibbs_status status = GIBBS_OK;
  while (status == GIBBS_OK && e->lane_count < threads) {
    gibbs_lane *lane = &e->lanes[e->lane_count++];
    status = make_lane(e, lane, err);
    if (status == GIBBS_OK) status = refresh_lane(e, lane, err);
  }
  return status;
}

gibbs_status gibbs_lanes_prepare(gibbs_ensemble *e, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < e->lane_count; k++) status = refresh_lane(e, &e->lanes[k], err);
  return status == GIBBS_OK ? gibbs_lanes_cover(e, err) : status;
}

void gibbs_lane_fill(const gibbs_ensemble *e, gibbs_lane *lane, size_t chunk) {
  if (!e->needs_values) return;
  uint64_t place = lane->filled && e->space.two_state ? GIBBS_CHUNK_STATES : 0;
  gibbs_space_fill(&e->space, (uint64_t)chunk * GIBBS_CHUNK_STATES, gibbs_ensemble_chunk_size(e, chunk),
                   GIBBS_CHUNK_STATES, place, lane->values);
  lane->filled = true;
}

gibbs_status gibbs_lane_log_weights(const gibbs_ensemble *e, gibbs_lane *lane, size_t k, size_t count, double *out,
                                    gibbs_error *err) {
  gibbs_status status = gibbs_program_run(e->members[k].values, lane->workspace[k], count, GIBBS_CHUNK_STATES,
                                          (const double *const *)lane->values, &out, err);
  for (size_t s = 0; status == GIBBS_OK && s < count; s++) out[s] = -out[s];
  return status;
}

gibbs_status gibbs_lane_weights(const gibbs_ensemble *e, gibbs_lane *lane, size_t k, size_t chunk, double *log_weight,
                                double *weight, double *scale, gibbs_error *err) {
  const gibbs_member *member = &e->members[k];
  if (member->form) {
    gibbs_products_chunk(member->kernel, lane->scratch[k], chunk, log_weight, weight, scale);
    return GIBBS_OK;
  }
  size_t count = gibbs_ensemble_chunk_size(e, chunk);
  double *logs = log_weight ? log_weight : lane->log_weight[k];
  gibbs_status status = gibbs_lane_log_weights(e, lane, k, count, logs, err);
  if (status != GIBBS_OK) return status;
  *scale = gibbs_vector_max(logs, count);
  gibbs_vector_exp_shifted(weight, logs, *scale, count);
  return GIBBS_OK;
}

static gibbs_status view_member(const gibbs_ensemble *e, gibbs_lane *lane, size_t k, size_t chunk, gibbs_error *err) {
  double scale = 0;
  size_t count = gibbs_ensemble_chunk_size(e, chunk);
  gibbs_status status = gibbs_lane_weights(e, lane, k, chunk, lane->log_weight[k], lane->probability[k], &scale, err);
  double factor = exp(scale - e->log_z[k]);
  for (size_t s = 0; status == GIBBS_OK && s < count; s++) lane->probability[k][s] *= factor;
  return status;
}

static gibbs_status view_observable(const gibbs_ensemble *e, gibbs_lane *lane, size_t k, size_t count,
                                    gibbs_error *err) {
  double *out = lane->observable[k];
  gibbs_status status = gibbs_program_run(e->watched[k].program, lane->watch[k], count, GIBBS_CHUNK_STATES,
                                          (const double *const *)lane->values, &out, err);
  if (status != GIBBS_OK || count == GIBBS_CHUNK_STATES) return status;
  for (size_t row = 1; row < e->watched[k].size; row++)
    memmove(out + row * count, out + row * GIBBS_CHUNK_STATES, count * sizeof *out);
  return status;
}

gibbs_status gibbs_lane_view(const gibbs_ensemble *e, gibbs_lane *lane, size_t chunk, gibbs_view *view,
                             gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  uint64_t first = (uint64_t)chunk * GIBBS_CHUNK_STATES;
  size_t count = gibbs_ensemble_chunk_size(e, chunk);
  gibbs_lane_fill(e, lane, chunk);
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    lane->view_log_weight[k] = e->tables ? e->table_log_weight[k] + first : lane->log_weight[k];
    lane->view_probability[k] = e->tables ? e->table_probability[k] + first : lane->probability[k];
    if (!e->tables) status = view_member(e, lane, k, chunk, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
    status = view_observable(e, lane, k, count, err);
  *view = (gibbs_view){.first = first,
                       .count = count,
                       .log_weight = lane->view_log_weight,
                       .probability = lane->view_probability,
                       .observable = (const double *const *)lane->observable};
  return status;
}
