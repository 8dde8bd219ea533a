/* pass.c - sums over all states of an ensemble: log Z, means, and visits in order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "gibbs/control.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/progress.h"

/* A sum of exponentials: total * exp(scale). */
typedef struct scaled {
  double total, scale;
} scaled;

static scaled add_scaled(scaled a, scaled b) {
  if (a.total == 0) return b;
  if (b.total == 0) return a;
  if (a.scale < b.scale) return (scaled){.total = a.total * exp(a.scale - b.scale) + b.total, .scale = b.scale};
  return (scaled){.total = a.total + b.total * exp(b.scale - a.scale), .scale = a.scale};
}

typedef struct total_pass {
  gibbs_ensemble *ensemble;
  size_t segments;
  scaled *sums; /* [segment * member_count + member] */
} total_pass;

static gibbs_status total_chunk(gibbs_ensemble *e, gibbs_lane *lane, size_t k, size_t chunk, scaled *out,
                                gibbs_error *err) {
  size_t count = gibbs_ensemble_chunk_size(e, chunk);
  if (e->members[k].form && !e->tables) {
    gibbs_products_chunk_total(e->members[k].kernel, lane->scratch[k], chunk, &out->total, &out->scale);
    return GIBBS_OK;
  }
  uint64_t first = (uint64_t)chunk * GIBBS_CHUNK_STATES;
  double *log_weight = e->tables ? e->table_log_weight[k] + first : NULL;
  double *weight = e->tables ? e->table_probability[k] + first : lane->probability[k];
  gibbs_status status = gibbs_lane_weights(e, lane, k, chunk, log_weight, weight, &out->scale, err);
  if (status == GIBBS_OK) out->total = gibbs_vector_sum(weight, count);
  if (e->tables) e->table_scale[k][chunk] = out->scale;
  return status;
}

/* In tables the weights of all chunks are brought to probabilities later, so they keep their chunk's scale until
 * then. */
static gibbs_status total_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  total_pass *pass = context;
  gibbs_ensemble *e = pass->ensemble;
  gibbs_lane *lane = &e->lanes[thread];
  size_t first, last;
  gibbs_segment_range(gibbs_ensemble_chunks(e), pass->segments, segment, &first, &last);
  gibbs_status status = GIBBS_OK;
  for (size_t chunk = first; status == GIBBS_OK && chunk < last; chunk++) {
    gibbs_lane_fill(e, lane, chunk);
    for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
      scaled *sum = &pass->sums[segment * e->member_count + k], part = {0, 0};
      if (e->summed[k]) continue;
      status = total_chunk(e, lane, k, chunk, &part, err);
      *sum = add_scaled(*sum, part);
    }
  }
  return status;
}

static gibbs_status normalise_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  total_pass *pass = context;
  gibbs_ensemble *e = pass->ensemble;
  size_t first, last;
  (void)thread;
  (void)err;
  gibbs_segment_range(gibbs_ensemble_chunks(e), pass->segments, segment, &first, &last);
  for (size_t chunk = first; chunk < last; chunk++)
    for (size_t k = 0; k < e->member_count; k++) {
      if (e->summed[k]) continue;
      size_t count = gibbs_ensemble_chunk_size(e, chunk);
      double *weight = e->table_probability[k] + (uint64_t)chunk * GIBBS_CHUNK_STATES;
      double factor = exp(e->table_scale[k][chunk] - e->log_z[k]);
      for (size_t s = 0; s < count; s++) weight[s] *= factor;
    }
  return GIBBS_OK;
}

static size_t count_segments(const gibbs_ensemble *e) {
  size_t chunks = gibbs_ensemble_chunks(e);
  return chunks < GIBBS_SEGMENTS ? chunks : GIBBS_SEGMENTS;
}

static gibbs_status merge_totals(total_pass *pass, gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  for (size_t k = 0; k < e->member_count; k++) {
    scaled sum = {0, 0};
    if (e->summed[k]) continue;
    for (size_t segment = 0; segment < pass->segments; segment++)
      sum = add_scaled(sum, pass->sums[segment * e->member_count + k]);
    e->log_z[k] = log(sum.total) + sum.scale;
    if (!isfinite(e->log_z[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the free energy of the %s distribution is %g",
                        gibbs_distribution_family(e->members[k].distribution), -e->log_z[k]);
  }
  return GIBBS_OK;
}

static gibbs_status sum_members(gibbs_ensemble *e, gibbs_error *err) {
  total_pass pass = {.ensemble = e, .segments = count_segments(e)};
  pass.sums = calloc(pass.segments * e->member_count, sizeof *pass.sums);
  if (!pass.sums) return gibbs_fail_memory(err, "partial sums", pass.segments * e->member_count * sizeof *pass.sums);
  gibbs_status status = gibbs_ensemble_run(e, pass.segments, total_segment, &pass, err);
  if (status == GIBBS_OK) status = merge_totals(&pass, err);
  if (status == GIBBS_OK && e->tables) status = gibbs_ensemble_run(e, pass.segments, normalise_segment, &pass, err);
  free(pass.sums);
  return status;
}

static gibbs_status prepare_watched(gibbs_ensemble *e, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
    status = gibbs_program_prepare(e->watched[k].program, err);
  return status;
}

gibbs_status gibbs_ensemble_prepare(gibbs_ensemble *e, gibbs_error *err) {
  bool any = false;
  gibbs_status status = prepare_watched(e, err);
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    bool changed = false;
    status = gibbs_member_refresh(&e->members[k], GIBBS_CHUNK_BITS, &changed, err);
    if (changed) e->summed[k] = false;
    any |= !e->summed[k];
  }
  if (status == GIBBS_OK) status = gibbs_lanes_prepare(e, err);
  if (status == GIBBS_OK && any) status = sum_members(e, err);
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) e->summed[k] = true;
  return status;
}

typedef struct mean_pass {
  gibbs_ensemble *ensemble;
  size_t segments, width;
  double *sums; /* [segment * width + ...]: probabilities, energies, then means in the order of ensemble->means */
} mean_pass;

static void add_means(const gibbs_ensemble *e, const gibbs_view *view, double *sums) {
  size_t n = e->member_count;
  for (size_t k = 0; k < n; k++) *sums++ += gibbs_vector_sum(view->probability[k], view->count);
  for (size_t k = 0; k < n; k++)
    for (size_t l = 0; l < n; l++)
      *sums++ -= gibbs_vector_dot(view->probability[k], view->log_weight[l], view->count);
  for (size_t k = 0; k < n; k++)
    for (size_t o = 0; o < e->watched_count; o++)
      for (size_t row = 0; row < e->watched[o].size; row++)
        *sums++ += gibbs_vector_dot(view->probability[k], view->observable[o] + row * view->count, view->count);
}

static gibbs_status mean_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  mean_pass *pass = context;
  gibbs_ensemble *e = pass->ensemble;
  size_t first, last;
  gibbs_segment_range(gibbs_ensemble_chunks(e), pass->segments, segment, &first, &last);
  for (size_t chunk = first; chunk < last; chunk++) {
    gibbs_view view;
    gibbs_status status = gibbs_lane_view(e, &e->lanes[thread], chunk, &view, err);
    if (status != GIBBS_OK) return status;
    add_means(e, &view, pass->sums + segment * pass->width);
  }
  return GIBBS_OK;
}

/* The probabilities add up to 1 within a few roundings of exp(log Z): means are taken relative to their sum, or large
 * energies would feel the difference. */
static void merge_means(const mean_pass *pass) {
  gibbs_ensemble *e = pass->ensemble;
  size_t n = e->member_count, o = e->watched_count;
  double *total = pass->sums;
  for (size_t segment = 1; segment < pass->segments; segment++)
    for (size_t i = 0; i < pass->width; i++) total[i] += pass->sums[segment * pass->width + i];
  const double *next = total + n;
  for (size_t k = 0; k < n * n; k++) e->energies[k] = *next++ / total[k / n];
  for (size_t k = 0; k < n * o; k++)
    for (size_t row = 0; row < e->watched[k % o].size; row++) e->means[k][row] = *next++ / total[k / o];
}

gibbs_status gibbs_ensemble_average(gibbs_ensemble *e, gibbs_error *err) {
  mean_pass pass = {.ensemble = e, .segments = count_segments(e), .width = e->member_count * (1 + e->member_count)};
  for (size_t o = 0; o < e->watched_count; o++) pass.width += e->member_count * e->watched[o].size;
  pass.sums = calloc(pass.segments * pass.width, sizeof *pass.sums);
  if (!pass.sums) return gibbs_fail_memory(err, "partial sums", pass.segments * pass.width * sizeof *pass.sums);
  gibbs_status status = gibbs_lanes_cover(e, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_run(e, pass.segments, mean_segment, &pass, err);
  if (status == GIBBS_OK) merge_means(&pass);
  free(pass.sums);
  return status;
}

gibbs_status gibbs_ensemble_visit(gibbs_ensemble *e, gibbs_visit visit, void *context, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "visiting states", NULL, 0, gibbs_ensemble_chunks(e));
  for (size_t chunk = 0; status == GIBBS_OK && chunk < gibbs_ensemble_chunks(e); chunk++) {
    gibbs_view view;
    status = gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted")
                                 : gibbs_lane_view(e, &e->lanes[0], chunk, &view, err);
    if (status == GIBBS_OK) status = visit(context, &view, err);
    gibbs_progress_step(&task, chunk + 1);
  }
  gibbs_progress_end(&task);
  return status;
}
