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
#include "stability.h"
#include "walker.h"

enum { MOST = GIBBS_MOST_OPERATORS };

/* One replica, and what it finds. */
typedef struct replica {
  walker walker;
  double average[MOST]; /* of J */
  double mean[MOST], fine_mean[MOST], same[MOST * MOST], cross[MOST * MOST];
  double exponent, slope[MOST * MOST], tau;
} replica;

typedef struct run {
  const gibbs_vmcrg_options *options;
  ground ground;
  replica *replicas;
} run;

/* ---- the optimisation --------------------------------------------------------------------------------------- */

/* The bias moves along <S>, divided by what its variance is where block spins are free: the number of images.  There
 * that is Newton's step, so a gain of 1/t is the best there is, and the average of J over the last half loses nothing
 * by it. */
static gibbs_status optimise(const run *r, replica *p, gibbs_progress *task, gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  const double late = 20;
  const size_t blocks = gibbs_operators_sites(r->ground.coarse);
  double mean[MOST], one[MOST];
  uint64_t averaged = 0;
  for (uint64_t step = 0; step < o->steps; step++) {
    if (gibbs_interrupted()) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
    memset(mean, 0, sizeof mean);
    for (uint64_t sweep = 0; sweep < o->sweeps; sweep++) {
      walker_sweep(&p->walker, &r->ground);
      walker_measure(&p->walker, &r->ground, one, NULL);
      for (size_t a = 0; a < o->coarse_count; a++) mean[a] += one[a] / (double)o->sweeps;
    }
    const bool averaging = 2 * step >= o->steps;
    averaged += averaging;
    for (size_t a = 0; a < o->coarse_count; a++) {
      const double images = (double)(gibbs_operators_images(r->ground.coarse, a) * blocks);
      p->walker.J[a] += late / (late + (double)step) * mean[a] / images;
      if (!(fabs(p->walker.J[a]) < 100))
        return gibbs_fail(err, GIBBS_ERR_NUMERIC, "coupling %zu runs away: %g after %llu steps", a + 1,
                          p->walker.J[a], (unsigned long long)step + 1);
      if (averaging) p->average[a] += (p->walker.J[a] - p->average[a]) / (double)averaged;
    }
    gibbs_progress_step(task, step + 1);
  }
  memcpy(p->walker.J, p->average, sizeof p->average);
  return GIBBS_OK;
}

/* ---- measuring in the biased ensemble ----------------------------------------------------------------------- */

static void accumulate(const run *r, replica *p, const double *coarse, const double *fine) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  for (size_t a = 0; a < n; a++) {
    p->mean[a] += coarse[a];
    for (size_t b = 0; b < n; b++) p->same[a * n + b] += coarse[a] * coarse[b];
    for (size_t b = 0; b < m; b++) p->cross[a * m + b] += coarse[a] * fine[b];
  }
  for (size_t b = 0; b < m; b++) p->fine_mean[b] += fine[b];
}

static gibbs_status finish(const run *r, replica *p, gibbs_error *err) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  const double count = (double)r->options->measured;
  for (size_t a = 0; a < n; a++) p->mean[a] /= count;
  for (size_t b = 0; b < m; b++) p->fine_mean[b] /= count;
  for (size_t a = 0; a < n; a++) {
    for (size_t b = 0; b < n; b++) p->same[a * n + b] = p->same[a * n + b] / count - p->mean[a] * p->mean[b];
    for (size_t b = 0; b < m; b++) p->cross[a * m + b] = p->cross[a * m + b] / count - p->mean[a] * p->fine_mean[b];
  }
  gibbs_status status = stability_solve(n, m, p->same, p->cross, p->slope, err);
  p->exponent = (double)NAN;
  if (status != GIBBS_OK || n != m) return status;
  double largest = 0;
  status = stability_largest(n, p->slope, &largest, err);
  const double b = pow((double)gibbs_block_rule_scale(r->ground.rule[0]), (double)r->ground.levels);
  p->exponent = log(largest) / log(b);
  return status;
}

static gibbs_status measure(const run *r, replica *p, gibbs_progress *task, gibbs_error *err) {
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
  return status == GIBBS_OK ? finish(r, p, err) : status;
}

static gibbs_status work(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  run *r = context;
  replica *p = &r->replicas[segment];
  gibbs_progress task; /* of the replica that the first thread is at */
  gibbs_progress_begin(&task, "bias", "step", 0, r->options->steps);
  gibbs_status status = optimise(r, p, &task, err);
  gibbs_progress_end(&task);
  if (status != GIBBS_OK) return status;
  gibbs_progress_begin(&task, "measuring", "sweep", 0, r->options->measured);
  status = measure(r, p, &task, err);
  gibbs_progress_end(&task);
  return status;
}

/* ---- over replicas ------------------------------------------------------------------------------------------ */

/* Mean and standard error of the numbers at `offset` doubles into every replica. */
static void over_replicas(const run *r, const double *first, double *mean, double *error) {
  const size_t n = r->options->replicas, stride = sizeof(replica) / sizeof(double);
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += first[i * stride];
  for (size_t i = 0; i < n; i++)
    squares += (first[i * stride] - sum / (double)n) * (first[i * stride] - sum / (double)n);
  *mean = sum / (double)n;
  if (error != NULL) *error = sqrt(squares / (double)(n * (n - 1)));
}

static void collect(const run *r, gibbs_vmcrg_result *out) {
  const gibbs_vmcrg_options *o = r->options;
  const replica *p = r->replicas;
  for (size_t a = 0; a < o->coarse_count; a++) {
    double mean, error;
    over_replicas(r, &p->average[a], &out->coupling[a], &out->coupling_error[a]);
    over_replicas(r, &p->mean[a], &mean, &error);
    out->residual[a] = error > 0 ? mean / error : 0;
  }
  for (size_t i = 0; i < o->coarse_count * o->fine_count; i++) over_replicas(r, &p->slope[i], &out->slope[i], NULL);
  over_replicas(r, &p->exponent, &out->exponent, &out->exponent_error);
  over_replicas(r, &p->tau, &out->tau, &out->tau_error);
}

static gibbs_status check(const gibbs_vmcrg_options *o, gibbs_error *err) {
  if (o->replicas < 4)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu replicas; errors need at least 4", o->replicas);
  if (o->coarse_count < 1) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "no operators for the bias");
  if (o->steps < 2 || o->sweeps < 1 || o->measured < 8)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "%llu steps of %llu sweeps and %llu measured ones; it must be at least 2, 1 and 8",
                      (unsigned long long)o->steps, (unsigned long long)o->sweeps, (unsigned long long)o->measured);
  return GIBBS_OK;
}

gibbs_status gibbs_vmcrg_run(const gibbs_vmcrg_options *options, gibbs_vmcrg_result *out, gibbs_error *err) {
  run r = {.options = options};
  gibbs_status status = check(options, err);
  if (status != GIBBS_OK) return status;
  status = ground_new(&r.ground, options->rule, options->levels, options->fine, options->fine_count, options->K,
                      options->coarse, options->coarse_count, err);
  if (status != GIBBS_OK) return status;
  r.replicas = calloc(options->replicas, sizeof *r.replicas);
  if (r.replicas == NULL) status = gibbs_fail_memory(err, "replicas", options->replicas * sizeof *r.replicas);
  for (size_t i = 0; status == GIBBS_OK && i < options->replicas; i++)
    status = walker_new(&r.replicas[i].walker, &r.ground, options->seed, (uint32_t)i, err);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_progress task;
  gibbs_progress_begin(&task, "renormalizing", NULL, 0, 0);
  if (status == GIBBS_OK) status = gibbs_parallel_segments(options->replicas, work, &r, err);
  gibbs_progress_end(&task);
  gsl_set_error_handler(handler);
  if (status == GIBBS_OK) collect(&r, out);
  for (size_t i = 0; r.replicas != NULL && i < options->replicas; i++) walker_free(&r.replicas[i].walker);
  free(r.replicas);
  ground_free(&r.ground);
  return status;
}
