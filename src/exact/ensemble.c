/* ensemble.c - distributions over one enumerable space: making and freeing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ensemble.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"
#include "gibbs/progress.h"

/* Tables are kept up to this many values. */
static const double TABLE_LIMIT = 4194304;

size_t gibbs_ensemble_chunks(const gibbs_ensemble *e) {
  return (size_t)((e->space.states + GIBBS_CHUNK_STATES - 1) / GIBBS_CHUNK_STATES);
}

size_t gibbs_ensemble_chunk_size(const gibbs_ensemble *e, size_t chunk) {
  uint64_t left = e->space.states - (uint64_t)chunk * GIBBS_CHUNK_STATES;
  return left < GIBBS_CHUNK_STATES ? (size_t)left : GIBBS_CHUNK_STATES;
}

void gibbs_segment_range(size_t chunks, size_t segments, size_t segment, size_t *first, size_t *last) {
  *first = chunks / segments * segment + (segment < chunks % segments ? segment : chunks % segments);
  *last = *first + chunks / segments + (segment < chunks % segments ? 1 : 0);
}

double gibbs_ensemble_log2_states(const gibbs_ensemble *e) {
  return e->space.log2_states;
}
double gibbs_ensemble_log_z(const gibbs_ensemble *e, size_t member) {
  return e->log_z[member];
}

double gibbs_ensemble_mean_energy(const gibbs_ensemble *e, size_t under, size_t of) {
  return e->energies[under * e->member_count + of];
}

const double *gibbs_ensemble_mean(const gibbs_ensemble *e, size_t under, size_t observable) {
  return e->means[under * e->watched_count + observable];
}

static void free_rows(double **rows, size_t count) {
  for (size_t k = 0; rows && k < count; k++) free(rows[k]);
  free(rows);
}

static void clear_watched(gibbs_watched *watched) {
  gibbs_program_free(watched->program);
  gibbs_program_free(watched->backward);
  for (size_t k = 0; k < watched->wanted_count; k++) gibbs_expr_release(watched->wanted[k]);
  free(watched->wanted);
  gibbs_expr_release(watched->expr);
}

void gibbs_ensemble_free(gibbs_ensemble *e) {
  if (!e) return;
  for (size_t k = 0; k < e->lane_count; k++) gibbs_lane_clear(e, &e->lanes[k]);
  free(e->lanes);
  for (size_t k = 0; e->members && k < e->member_count; k++) gibbs_member_clear(&e->members[k]);
  for (size_t k = 0; e->watched && k < e->watched_count; k++) clear_watched(&e->watched[k]);
  free_rows(e->table_log_weight, e->member_count);
  free_rows(e->table_probability, e->member_count);
  free_rows(e->table_scale, e->member_count);
  free_rows(e->means, e->member_count * e->watched_count);
  free(e->members);
  free(e->watched);
  free(e->log_z);
  free(e->summed);
  free(e->energies);
  gibbs_space_clear(&e->space);
  free(e);
}

static gibbs_status check_size(const gibbs_ensemble *e, gibbs_distribution *const members[], gibbs_error *err) {
  for (size_t k = 0; k < e->member_count; k++) {
    gibbs_status status = gibbs_distribution_summable(members[k], err);
    if (status != GIBBS_OK) return status;
    bool form = gibbs_distribution_form(members[k])->found;
    int limit = form ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS;
    if (e->space.log2_states > limit + 1e-9)
      return gibbs_fail(
          err, GIBBS_ERR_SIZE,
          "2^%.4g visible states are too many for an exact sum; the limit is 2^%d for %s. Use a smaller "
          "system",
          e->space.log2_states, limit, form ? "this kind of energy" : "an energy without fields-and-pairs structure");
  }
  return GIBBS_OK;
}

static gibbs_status watch_observable(gibbs_ensemble *e, const gibbs_observable *observable, gibbs_watched *out,
                                     gibbs_error *err) {
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  gibbs_distribution *owner = e->members[observable->owner].distribution;
  out->expr = gibbs_expr_retain(observable->expr);
  out->owner = observable->owner;
  out->size = gibbs_expr_size(observable->expr);
  gibbs_status status = gibbs_program_new(&out->expr, &kind, 1, gibbs_distribution_visible(owner),
                                          gibbs_distribution_visible_count(owner), &out->program, err);
  if (status == GIBBS_OK) e->calls_back |= gibbs_program_calls_back(out->program);
  return status;
}

static gibbs_status allocate_results(gibbs_ensemble *e, gibbs_error *err) {
  size_t n = e->member_count, o = e->watched_count;
  e->log_z = calloc(n, sizeof *e->log_z);
  e->summed = calloc(n, sizeof *e->summed);
  e->energies = calloc(n * n, sizeof *e->energies);
  e->means = calloc(n * o + 1, sizeof *e->means);
  e->table_log_weight = calloc(n, sizeof *e->table_log_weight);
  e->table_probability = calloc(n, sizeof *e->table_probability);
  e->table_scale = calloc(n, sizeof *e->table_scale);
  bool made = e->log_z && e->summed && e->energies && e->means && e->table_log_weight && e->table_probability &&
              e->table_scale;
  for (size_t k = 0; made && k < n * o; k++) made = (e->means[k] = calloc(e->watched[k % o].size, sizeof(double)));
  e->tables = e->demand == GIBBS_DEMAND_STATES && (double)e->space.states * (double)n <= TABLE_LIMIT;
  for (size_t k = 0; made && e->tables && k < n; k++) {
    e->table_log_weight[k] = malloc((size_t)e->space.states * sizeof(double));
    e->table_probability[k] = malloc((size_t)e->space.states * sizeof(double));
    e->table_scale[k] = malloc(gibbs_ensemble_chunks(e) * sizeof(double));
    made = e->table_log_weight[k] && e->table_probability[k] && e->table_scale[k];
  }
  return made ? GIBBS_OK
              : gibbs_fail_memory(err, "sums over states", (size_t)e->space.states * 2 * n * sizeof(double));
}

static gibbs_status fill_ensemble(gibbs_ensemble *e, gibbs_distribution *const members[],
                                  const gibbs_observable observables[], size_t observable_count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    gibbs_distribution *d = members[k];
    status = gibbs_space_match(&e->space, gibbs_distribution_visible(d), gibbs_distribution_visible_count(d), err);
    if (status == GIBBS_OK) status = gibbs_member_new(d, &e->space, &e->members[k], err);
    if (status != GIBBS_OK) break;
    e->needs_values |= e->members[k].form == NULL;
    e->calls_back |= e->members[k].calls_back;
  }
  for (size_t k = 0; status == GIBBS_OK && k < observable_count; k++) {
    e->watched_count = k + 1;
    status = watch_observable(e, &observables[k], &e->watched[k], err);
    e->needs_values = true;
  }
  return status == GIBBS_OK ? allocate_results(e, err) : status;
}

gibbs_status gibbs_ensemble_new(gibbs_distribution *const members[], size_t count,
                                const gibbs_observable observables[], size_t observable_count, gibbs_demand demand,
                                gibbs_ensemble **out, gibbs_error *err) {
  gibbs_ensemble *e = calloc(1, sizeof *e);
  if (!e) return gibbs_fail_memory(err, "an ensemble", sizeof *e);
  e->demand = demand;
  e->member_count = count;
  gibbs_status status = gibbs_space_new(gibbs_distribution_visible(members[0]),
                                        gibbs_distribution_visible_count(members[0]), &e->space, err);
  if (status == GIBBS_OK) status = check_size(e, members, err);
  if (status == GIBBS_OK) {
    e->members = calloc(count, sizeof *e->members);
    e->watched = calloc(observable_count + 1, sizeof *e->watched);
    status = e->members && e->watched ? fill_ensemble(e, members, observables, observable_count, err)
                                      : gibbs_fail_memory(err, "an ensemble", count * sizeof *e->members);
  }
  if (status == GIBBS_OK)
    *out = e;
  else
    gibbs_ensemble_free(e);
  return status;
}

static gibbs_status run_alone(size_t segments, gibbs_ensemble_work work, void *context, gibbs_progress *task,
                              gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t segment = 0; status == GIBBS_OK && segment < segments; segment++) {
    status =
        gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted") : work(context, segment, 0, err);
    gibbs_progress_step(task, segment + 1);
  }
  return status;
}

gibbs_status gibbs_ensemble_run(const gibbs_ensemble *e, size_t segments, gibbs_ensemble_work work, void *context,
                                gibbs_error *err) {
  gibbs_progress task;
  gibbs_status status = GIBBS_OK;
  gibbs_progress_begin(&task, "summing over states", NULL, 0, segments);
  if (!e->calls_back && segments > 1)
    status = gibbs_parallel_segments(segments, work, context, err);
  else
    status = run_alone(segments, work, context, &task, err);
  gibbs_progress_end(&task);
  return status;
}
