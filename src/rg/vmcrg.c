/* vmcrg.c - the bias that makes block spins free: stochastic optimisation by independent replicas. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/vmcrg.h"

#include <gsl/gsl_cdf.h>
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
  double average[MOST];                                                      /* of J */
  double mean[MOST], fine_mean[MOST], same[MOST * MOST], cross[MOST * MOST]; /* the last two connected, in the end */
  double tau;
} replica;

typedef struct run {
  const gibbs_vmcrg_options *options;
  ground ground;
  double metric[MOST * MOST]; /* covariances of the operators of free block spins */
  replica *replicas;
} run;

/* ---- the optimisation --------------------------------------------------------------------------------------- */

/* Newton's step where block spins are free, as they are in the end: there a gain of 1/t is the best there is, and the
 * average of J over the last half loses nothing by it. */
static gibbs_status move_bias(const run *r, replica *p, const double *mean, double gain, uint64_t step,
                              gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  double metric[MOST * MOST], move[MOST];
  memcpy(metric, r->metric, sizeof metric);
  gibbs_status status = stability_solve(o->coarse_count, 1, metric, mean, move, err);
  for (size_t a = 0; status == GIBBS_OK && a < o->coarse_count; a++) {
    p->walker.J[a] += gain * move[a];
    if (!(fabs(p->walker.J[a]) < 100))
      status =
          gibbs_fail(err, GIBBS_ERR_NUMERIC, "the coupling of operator '%s' runs away: it is %g after %llu steps",
                     o->coarse[a].name, p->walker.J[a], (unsigned long long)step + 1);
  }
  return status;
}

static gibbs_status optimise(const run *r, replica *p, gibbs_progress *task, gibbs_error *err) {
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
  memcpy(p->walker.J, p->average, sizeof p->average);
  return status;
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

static void finish(const run *r, replica *p) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  const double count = (double)r->options->measured;
  for (size_t a = 0; a < n; a++) p->mean[a] /= count;
  for (size_t b = 0; b < m; b++) p->fine_mean[b] /= count;
  for (size_t a = 0; a < n; a++) {
    for (size_t b = 0; b < n; b++) p->same[a * n + b] = p->same[a * n + b] / count - p->mean[a] * p->mean[b];
    for (size_t b = 0; b < m; b++) p->cross[a * m + b] = p->cross[a * m + b] / count - p->mean[a] * p->fine_mean[b];
  }
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
  if (status == GIBBS_OK) finish(r, p);
  return status;
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

/* Mean and standard error of a number of all replicas, `first` being that of the first. */
static void over_replicas(const run *r, const double *first, double *mean, double *error) {
  const size_t n = r->options->replicas;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++) sum += *(const double *)((const char *)first + i * sizeof(replica));
  for (size_t i = 0; i < n; i++) {
    const double off = *(const double *)((const char *)first + i * sizeof(replica)) - sum / (double)n;
    squares += off * off;
  }
  *mean = sum / (double)n;
  *error = sqrt(squares / (double)(n * (n - 1)));
}

/* dK'/dK from the moments of all replicas but one (or of all): a ratio of means over all is less biased than a mean
 * of ratios. */
static gibbs_status find_slope(const run *r, size_t left_out, double *slope, gibbs_error *err) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  double same[MOST * MOST] = {0}, cross[MOST * MOST] = {0};
  for (size_t i = 0; i < r->options->replicas; i++) {
    if (i == left_out) continue;
    for (size_t k = 0; k < n * n; k++) same[k] += r->replicas[i].same[k];
    for (size_t k = 0; k < n * m; k++) cross[k] += r->replicas[i].cross[k];
  }
  return stability_solve(n, m, same, cross, slope, err);
}

static double exponent_of(const run *r, eigenvalue z) {
  const double b = pow((double)gibbs_block_rule_scale(r->ground.rule[0]), (double)r->ground.levels);
  return log(eigenvalue_modulus(z)) / log(b);
}

/* Sums of what leaving out a replica changes, and of its square: a jackknife's. */
typedef struct changes {
  double sum, squares;
} changes;

static void add_change(changes *c, double change) {
  c->sum += change;
  c->squares += change * change;
}

static double jackknife_error(const changes *c, double n) {
  return sqrt(fmax(c->squares - c->sum * c->sum / n, 0) * (n - 1) / n);
}

static gibbs_status find_slopes(const run *r, gibbs_vmcrg_result *out, gibbs_error *err) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count, replicas = r->options->replicas;
  const bool square = n == m;
  double slope[MOST * MOST];
  changes of_slope[MOST * MOST] = {0}, of_exponent = {0};
  eigenvalue whole[MOST], list[MOST];
  out->exponent = out->exponent_error = (double)NAN;
  gibbs_status status = find_slope(r, replicas, out->slope, err);
  if (status == GIBBS_OK && square) status = stability_eigenvalues(n, out->slope, whole, err);
  if (status == GIBBS_OK && square) out->exponent = exponent_of(r, whole[0]);
  for (size_t i = 0; status == GIBBS_OK && i < replicas; i++) {
    status = find_slope(r, i, slope, err);
    for (size_t k = 0; k < n * m; k++) add_change(&of_slope[k], slope[k] - out->slope[k]);
    if (status == GIBBS_OK && square) status = stability_eigenvalues(n, slope, list, err);
    if (status != GIBBS_OK || !square) continue;
    stability_follow(n, whole, list);
    add_change(&of_exponent, exponent_of(r, list[0]) - out->exponent);
  }
  for (size_t k = 0; k < n * m; k++) out->slope_error[k] = jackknife_error(&of_slope[k], (double)replicas);
  if (square) out->exponent_error = jackknife_error(&of_exponent, (double)replicas);
  if (status == GIBBS_OK && square) out->exponent_doubt = eigenvalue_doubt(whole[0]);
  return status;
}

/* Means of block operators that are beyond what so few replicas give by chance, once in ten thousand. */
#define FALSE_ALARM 1e-4

static gibbs_status collect(const run *r, gibbs_vmcrg_result *out, gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  const replica *p = r->replicas;
  memset(out, 0, sizeof *out);
  for (size_t a = 0; a < o->coarse_count; a++) {
    double mean, error;
    over_replicas(r, &p->average[a], &out->coupling[a], &out->coupling_error[a]);
    over_replicas(r, &p->mean[a], &mean, &error);
    out->residual[a] = error > 0 ? mean / error : mean == 0 ? 0 : copysign(HUGE_VAL, mean);
    if (gsl_cdf_tdist_Q(fabs(out->residual[a]), (double)(o->replicas - 1)) < FALSE_ALARM / 2)
      out->doubt = "the block operators keep means; take more steps";
  }
  over_replicas(r, &p->tau, &out->tau, &out->tau_error);
  return find_slopes(r, out, err);
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

static gibbs_status prepare(run *r, gibbs_error *err) {
  const gibbs_vmcrg_options *o = r->options;
  gibbs_status status = gibbs_operators_independent(r->ground.coarse, o->coarse_count, err);
  if (status != GIBBS_OK) return status;
  gibbs_operators_free_covariance(r->ground.coarse, o->coarse_count, r->metric);
  r->replicas = calloc(o->replicas, sizeof *r->replicas);
  if (r->replicas == NULL) return gibbs_fail_memory(err, "replicas", o->replicas * sizeof *r->replicas);
  for (size_t i = 0; status == GIBBS_OK && i < o->replicas; i++)
    status = walker_new(&r->replicas[i].walker, &r->ground, o->seed, (uint32_t)i, err);
  return status;
}

gibbs_status gibbs_vmcrg_run(const gibbs_vmcrg_options *options, gibbs_vmcrg_result *out, gibbs_error *err) {
  run r = {.options = options};
  gibbs_status status = check(options, err);
  if (status != GIBBS_OK) return status;
  status = ground_new(&r.ground, options->rule, options->levels, options->fine, options->fine_count, options->K,
                      options->coarse, options->coarse_count, err);
  if (status != GIBBS_OK) return status;
  status = prepare(&r, err);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_progress task;
  gibbs_progress_begin(&task, "renormalizing", NULL, 0, 0);
  if (status == GIBBS_OK) status = gibbs_parallel_segments(options->replicas, work, &r, err);
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) status = collect(&r, out, err);
  gsl_set_error_handler(handler);
  for (size_t i = 0; r.replicas != NULL && i < options->replicas; i++) walker_free(&r.replicas[i].walker);
  free(r.replicas);
  ground_free(&r.ground);
  return status;
}
