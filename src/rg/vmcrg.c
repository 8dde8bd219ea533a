/* vmcrg.c - the bias that makes block spins free: stochastic optimisation by independent replicas. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/vmcrg.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"
#include "gibbs/progress.h"
#include "gibbs/series.h"
#include "replicas.h"
#include "stability.h"

enum { MOST = GIBBS_MOST_OPERATORS };

/* ---- the optimisation --------------------------------------------------------------------------------------- */

/* Newton's step where block spins are free, as they are in the end; the gain falls as 1/t.  What noise and curvature
 * together leave of a bias of J is taken off afterwards. */
static gibbs_status move_bias(const replicas *r, replica *p, const double *mean, double gain, uint64_t step,
                              gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  double metric[MOST * MOST], move[MOST];
  memcpy(metric, r->metric, sizeof metric);
  gibbs_status status = stability_solve(o->coarse, o->coarse_count, 1, metric, mean, move, err);
  for (size_t a = 0; status == GIBBS_OK && a < o->coarse_count; a++) {
    p->walker.J[a] += gain * move[a];
    if (!(fabs(p->walker.J[a]) < 100))
      status =
          gibbs_fail(err, GIBBS_ERR_NUMERIC, "the coupling of operator '%s' runs away: it is %g after %llu steps",
                     o->coarse[a].name, p->walker.J[a], (unsigned long long)step + 1);
  }
  return status;
}

static gibbs_status optimise(const replicas *r, replica *p, gibbs_progress *task, gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  const double late = 20;
  double mean[MOST], one[MOST];
  uint64_t averaged = 0;
  gibbs_status status = GIBBS_OK;
  for (uint64_t step = 0; status == GIBBS_OK && step < o->steps; step++) {
    if (gibbs_interrupted()) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
    memset(mean, 0, sizeof mean);
    for (uint64_t sweep = 0; sweep < o->sweeps; sweep++) {
      walker_sweep(&p->walker, &r->ground);
      walker_measure(&p->walker, &r->ground, one, NULL);
      for (size_t a = 0; a < o->coarse_count; a++) mean[a] += one[a] / (double)o->sweeps;
    }
    status = move_bias(r, p, mean, late / (late + (double)step), step, err);
    const bool averaging = 2 * step >= o->steps;
    averaged += averaging;
    for (size_t a = 0; averaging && a < o->coarse_count; a++)
      p->average[a] += (p->walker.J[a] - p->average[a]) / (double)averaged;
    gibbs_progress_step(task, step + 1);
  }
  return status;
}

/* ---- measuring in the biased ensemble ----------------------------------------------------------------------- */

static void accumulate(const replicas *r, replica *p, const double *coarse, const double *fine) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  for (size_t a = 0; a < n; a++) {
    p->mean[a] += coarse[a];
    for (size_t b = 0; b < n; b++) p->same[a * n + b] += coarse[a] * coarse[b];
    for (size_t b = 0; b < m; b++) p->cross[a * m + b] += coarse[a] * fine[b];
  }
  for (size_t b = 0; b < m; b++) p->fine_mean[b] += fine[b];
}

static gibbs_status measure(const replicas *r, replica *p, gibbs_progress *task, gibbs_error *err) {
  double coarse[MOST], fine[MOST];
  gibbs_series *series = NULL;
  gibbs_status status = gibbs_series_new(1, 1, false, &series, err);
  for (uint64_t sweep = 0; status == GIBBS_OK && sweep < r->options->measured; sweep++) {
    if (gibbs_interrupted()) {
      status = gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
      break;
    }
    walker_sweep(&p->walker, &r->ground);
    walker_measure(&p->walker, &r->ground, coarse, fine);
    accumulate(r, p, coarse, fine);
    status = gibbs_series_add(series, coarse, err);
    gibbs_progress_step(task, sweep + 1);
  }
  gibbs_estimate mean;
  if (status == GIBBS_OK) status = gibbs_series_mean(series, 0, 0, &mean, err);
  if (status == GIBBS_OK) p->tau = mean.tau;
  gibbs_series_free(series);
  return status;
}

static gibbs_status optimise_one(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  const replicas *r = context;
  gibbs_progress task; /* of the replica that the first thread is at */
  gibbs_progress_begin(&task, "bias", "step", 0, r->options->steps);
  const gibbs_status status = optimise(r, &r->list[segment], &task, err);
  gibbs_progress_end(&task);
  return status;
}

static gibbs_status measure_one(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  const replicas *r = context;
  gibbs_progress task;
  gibbs_progress_begin(&task, "measuring", "sweep", 0, r->options->measured);
  const gibbs_status status = measure(r, &r->list[segment], &task, err);
  gibbs_progress_end(&task);
  return status;
}

/* All go on at the mean of what they have found. */
static void share(replicas *r) {
  const size_t n = r->options->coarse_count, count = r->options->replicas;
  for (size_t i = 0; i < count; i++)
    for (size_t a = 0; a < n; a++) r->J[a] += r->list[i].average[a] / (double)count;
  for (size_t i = 0; i < count; i++) memcpy(r->list[i].walker.J, r->J, sizeof r->J);
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static gibbs_status check(const gibbs_vmcrg_options *o, gibbs_error *err) {
  if (o->replicas < 4)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu replicas; errors need at least 4", o->replicas);
  if (o->coarse_count < 1)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "there are no operators; the bias needs at least one");
  if (o->steps < 2 || o->sweeps < 1 || o->measured < 8)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "%llu steps of %llu sweeps and %llu measured ones; it must be at least 2, 1 and 8",
                      (unsigned long long)o->steps, (unsigned long long)o->sweeps, (unsigned long long)o->measured);
  if (o->measured >= UINT32_MAX || o->steps > (UINT32_MAX - 1 - o->measured) / o->sweeps)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "%llu steps of %llu sweeps and %llu measured ones are more than %lu sweeps, which is the most",
                      (unsigned long long)o->steps, (unsigned long long)o->sweeps, (unsigned long long)o->measured,
                      (unsigned long)UINT32_MAX - 1);
  return GIBBS_OK;
}

static gibbs_status prepare(replicas *r, gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  gibbs_status status = gibbs_operators_independent(r->ground.coarse, o->coarse_count, err);
  if (status != GIBBS_OK) return status;
  gibbs_operators_free_covariance(r->ground.coarse, o->coarse_count, r->metric);
  r->list = calloc(o->replicas, sizeof *r->list);
  if (r->list == NULL) return gibbs_fail_memory(err, "replicas", o->replicas * sizeof *r->list);
  for (size_t i = 0; status == GIBBS_OK && i < o->replicas; i++)
    status = walker_new(&r->list[i].walker, &r->ground, o->seed, (uint32_t)i, err);
  return status;
}

gibbs_status gibbs_vmcrg_run(const gibbs_vmcrg_options *options, gibbs_vmcrg_result *out, gibbs_error *err) {
  replicas r = {.options = options};
  gibbs_status status = check(options, err);
  if (status != GIBBS_OK) return status;
  status = ground_new(&r.ground, options->rule, options->levels, options->fine, options->fine_count, options->K,
                      options->coarse, options->coarse_count, err);
  if (status != GIBBS_OK) return status;
  status = prepare(&r, err);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_progress task;
  gibbs_progress_begin(&task, "renormalizing", NULL, 0, 0);
  if (status == GIBBS_OK) status = gibbs_parallel_segments(options->replicas, optimise_one, &r, err);
  if (status == GIBBS_OK) share(&r);
  if (status == GIBBS_OK) status = gibbs_parallel_segments(options->replicas, measure_one, &r, err);
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) status = replicas_conclude(&r, out, err);
  gsl_set_error_handler(handler);
  for (size_t i = 0; r.list != NULL && i < options->replicas; i++) walker_free(&r.list[i].walker);
  free(r.list);
  ground_free(&r.ground);
  return status;
}
