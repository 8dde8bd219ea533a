/* reweight_solve.c - free energies from the self-consistent equations sum_n w_n p_kn = n_k.
 *
 * They say where the convex function sum_n w_n log D_n - sum_k n_k f_k is least: a few self-consistent steps, then
 * Newton's with the step halved until the function falls.  What would go wrong goes wrong where states do not
 * overlap, and then that is said. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "gibbs/private/parallel.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/progress.h"
#include "reweight_parts.h"

#define SELF_CONSISTENT_STEPS 3
#define MOST_STEPS 200
#define MOST_HALVINGS 40
/* Newton's last step: far below any statistical error, and the next one would be of the order of its square. */
#define SMALL_STEP 1e-8
/* The equations hold to rounding, whatever the step says: so it is at once where states have nothing in common. */
#define SMALL_RESIDUE 1e-13
/* A step beyond this comes from a Hessian that rounding has made, and so often it may happen. */
#define LARGE_STEP 1e6
#define MOST_FAILURES 10

/* One segment's part, or all: sums[0] = sum w log D, then G_k = sum w p_k, then Q_kl = sum w p_k p_l. */
static size_t count_sums(const gibbs_reweight *r) {
  return 1 + r->states + r->states * r->states;
}

typedef struct pass {
  gibbs_reweight *r;
  double *sums; /* [segment * count_sums] */
} pass;

/* ---- sums over samples --------------------------------------------------------------------------------- */

/* From x_k = log n_k + f_k - u_k in p: log D, and p. */
static void normalise_chunk(const gibbs_reweight *r, size_t count, double *p, double *most, double *log_d) {
  memcpy(most, p, count * sizeof *most);
  for (size_t k = 1; k < r->states; k++)
    for (size_t i = 0; i < count; i++) most[i] = fmax(most[i], p[k * GIBBS_REWEIGHT_CHUNK + i]);
  memset(log_d, 0, count * sizeof *log_d);
  for (size_t k = 0; k < r->states; k++) {
    double *row = p + k * GIBBS_REWEIGHT_CHUNK;
    for (size_t i = 0; i < count; i++) row[i] -= most[i];
    gibbs_vector_exp(row, row, count);
    for (size_t i = 0; i < count; i++) log_d[i] += row[i];
  }
  for (size_t k = 0; k < r->states; k++)
    for (size_t i = 0; i < count; i++) p[k * GIBBS_REWEIGHT_CHUNK + i] /= log_d[i];
  gibbs_vector_log(log_d, log_d, count);
  for (size_t i = 0; i < count; i++) log_d[i] += most[i];
}

static void add_chunk(gibbs_reweight *r, const gibbs_reweight_chunk *chunk, double *p, double *most, double *sums) {
  double *log_d = r->log_d + chunk->first, w = 1 / r->tau[chunk->state];
  for (size_t k = 0; k < r->states; k++) {
    double *row = p + k * GIBBS_REWEIGHT_CHUNK, shift = r->log_n[k] + r->f[k];
    gibbs_reweight_read(r, k, chunk, row);
    for (size_t i = 0; i < chunk->count; i++) row[i] = shift - row[i];
  }
  normalise_chunk(r, chunk->count, p, most, log_d);
  sums[0] += w * gibbs_vector_sum(log_d, chunk->count);
  for (size_t k = 0; k < r->states; k++)
    sums[1 + k] += w * gibbs_vector_sum(p + k * GIBBS_REWEIGHT_CHUNK, chunk->count);
  gibbs_dgemm(false, true, r->states, r->states, chunk->count, w, p, GIBBS_REWEIGHT_CHUNK, p, GIBBS_REWEIGHT_CHUNK, 1,
              sums + 1 + r->states, r->states);
}

static gibbs_status add_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const pass *job = context;
  gibbs_reweight *r = job->r;
  size_t size = (r->states + 1) * GIBBS_REWEIGHT_CHUNK, at, last;
  double *p = malloc(size * sizeof *p);
  (void)thread;
  if (!p) return gibbs_fail_memory(err, "weights of samples", size * sizeof *p);
  gibbs_reweight_segment(r, segment, &at, &last);
  for (; at < last; at++)
    add_chunk(r, &r->chunks[at], p, p + r->states * GIBBS_REWEIGHT_CHUNK, job->sums + segment * count_sums(r));
  free(p);
  return GIBBS_OK;
}

/* Everything at the present f: log_d, and all sums into the first segment's. */
static gibbs_status sum_samples(pass *job, gibbs_error *err) {
  size_t segments = gibbs_reweight_segments(job->r), size = count_sums(job->r);
  memset(job->sums, 0, segments * size * sizeof *job->sums);
  gibbs_status status = gibbs_parallel_segments(segments, add_segment, job, err);
  for (size_t s = 1; s < segments; s++)
    for (size_t k = 0; k < size; k++) job->sums[k] += job->sums[s * size + k];
  return status;
}

static double evaluate(const pass *job) {
  double value = job->sums[0];
  for (size_t k = 0; k < job->r->states; k++) value -= exp(job->r->log_n[k]) * job->r->f[k];
  return value;
}

/* The largest |sum_n w_n p_kn - n_k| / n_k. */
static double find_residue(const pass *job) {
  double most = 0;
  for (size_t k = 0; k < job->r->states; k++) most = fmax(most, fabs(job->sums[1 + k] / exp(job->r->log_n[k]) - 1));
  return most;
}

/* ---- steps --------------------------------------------------------------------------------------------- */

/* f_{k+1} - f_k = the mean of u_{k+1} - u_k, half in each of both states. */
static void guess(gibbs_reweight *r) {
  for (size_t k = 0; k + 1 < r->states; k++) {
    double step = 0;
    for (size_t s = k; s < k + 2; s++) {
      double sum = 0, count = (double)(r->first[s + 1] - r->first[s]);
      for (size_t n = r->first[s]; n < r->first[s + 1]; n++)
        sum += r->energy ? (r->beta[k + 1] - r->beta[k]) * r->energy[n]
                         : r->potential[(k + 1) * r->total + n] - r->potential[k * r->total + n];
      step += sum / (2 * count);
    }
    r->f[k + 1] = r->f[k] + (isfinite(step) ? step : 0);
  }
}

static void shift_to_first(gibbs_reweight *r) {
  for (size_t k = r->states; k-- > 0;) r->f[k] -= r->f[0];
}

static void take_self_consistent_step(pass *job) {
  gibbs_reweight *r = job->r;
  for (size_t k = 0; k < r->states; k++) {
    double ratio = job->sums[1 + k] / exp(r->log_n[k]);
    if (ratio > 0) r->f[k] -= log(ratio);
  }
  shift_to_first(r);
}

/* The Hessian's inverse with zeros in its first row and column.  False: it has none. */
static bool invert(const pass *job, double *inverse) {
  size_t states = job->r->states, m = states - 1;
  const double *g = job->sums + 1, *q = g + states;
  memset(inverse, 0, states * states * sizeof *inverse);
  if (m == 0) return true;
  double *a = inverse + states + 1;
  for (size_t k = 0; k < m; k++)
    for (size_t l = 0; l < m; l++)
      a[k * states + l] = (k == l ? g[k + 1] : 0) - (q[(k + 1) * states + l + 1] + q[(l + 1) * states + k + 1]) / 2;
  gsl_matrix_view view = gsl_matrix_view_array_with_tda(a, m, m, states);
  gsl_error_handler_t *before = gsl_set_error_handler_off();
  bool done = gsl_linalg_cholesky_decomp1(&view.matrix) == 0 && gsl_linalg_cholesky_invert(&view.matrix) == 0;
  gsl_set_error_handler(before);
  return done;
}

/* -inverse gradient; returns its largest element. */
static double find_step(const pass *job, double *step) {
  gibbs_reweight *r = job->r;
  double most = 0;
  for (size_t k = 0; k < r->states; k++) {
    step[k] = 0;
    for (size_t l = 0; l < r->states; l++)
      step[k] -= r->inverse[k * r->states + l] * (job->sums[1 + l] - exp(r->log_n[l]));
    most = isfinite(step[k]) ? fmax(most, fabs(step[k])) : INFINITY;
  }
  return most;
}

/* Goes along `step`, at most all of it, until the function has fallen; near its minimum, where it is flat to
 * rounding, until the residue has.  False: neither did. */
static gibbs_status descend(pass *job, const double *step, double *old, bool *fell, gibbs_error *err) {
  gibbs_reweight *r = job->r;
  double before = evaluate(job), residue = find_residue(job), scale = 1;
  memcpy(old, r->f, r->states * sizeof *old);
  *fell = false;
  for (int halvings = 0; halvings < MOST_HALVINGS; halvings++, scale /= 2) {
    for (size_t k = 0; k < r->states; k++) r->f[k] = old[k] + scale * step[k];
    gibbs_status status = sum_samples(job, err);
    if (status != GIBBS_OK) return status;
    *fell = evaluate(job) < before || find_residue(job) < residue / 2;
    if (*fell) return GIBBS_OK;
  }
  memcpy(r->f, old, r->states * sizeof *old);
  return sum_samples(job, err);
}

/* ---- overlap ------------------------------------------------------------------------------------------- */

/* The weakest of the strongest links that hold all states together (the maximum spanning tree's least edge). */
static double find_weakest_link(const pass *job, double *best, size_t *from, size_t *state_a, size_t *state_b) {
  size_t states = job->r->states;
  const double *q = job->sums + 1 + states;
  double weakest = INFINITY;
  for (size_t k = 0; k < states; k++) best[k] = q[k], from[k] = 0;
  best[0] = -1; /* in the tree */
  for (size_t round = 1; round < states; round++) {
    size_t next = 0;
    for (size_t k = 1; k < states; k++)
      if (best[k] > best[next]) next = k;
    if (best[next] < weakest) weakest = best[next], *state_a = from[next], *state_b = next;
    best[next] = -1;
    for (size_t k = 0; k < states; k++)
      if (best[k] >= 0 && q[next * states + k] > best[k]) best[k] = q[next * states + k], from[k] = next;
  }
  return weakest;
}

static gibbs_status check_links(const pass *job, bool converged, gibbs_error *err) {
  gibbs_reweight *r = job->r;
  double *best = malloc(r->states * sizeof *best);
  size_t *from = malloc(r->states * sizeof *from), a = 0, b = 0;
  gibbs_status status = GIBBS_OK;
  char name_a[64], name_b[64];
  if (!best || !from) {
    status = gibbs_fail_memory(err, "the overlap of states", r->states * sizeof *from);
  } else {
    double shared = find_weakest_link(job, best, from, &a, &b);
    if (a > b) {
      size_t other = a;
      a = b;
      b = other;
    }
    gibbs_reweight_name(r, a, name_a);
    gibbs_reweight_name(r, b, name_b);
    if (shared < GIBBS_REWEIGHT_FLOOR)
      status = gibbs_fail(err, GIBBS_ERR_NUMERIC,
                          "%s and %s do not overlap: they share %.2g effective samples, and at least %d are needed; "
                          "put a state between them, or draw more samples",
                          name_a, name_b, shared, GIBBS_REWEIGHT_FLOOR);
    else if (!converged)
      status = gibbs_fail(err, GIBBS_ERR_NUMERIC,
                          "the free energies did not converge; %s and %s overlap least, with %.3g effective samples",
                          name_a, name_b, shared);
  }
  free(best);
  free(from);
  return status;
}

/* ---- the solution -------------------------------------------------------------------------------------- */

static gibbs_status step_self_consistently(pass *job, gibbs_error *err) {
  take_self_consistent_step(job);
  return sum_samples(job, err);
}

/* One step.  *done: f has converged; *failures counts steps that were not Newton's. */
static gibbs_status improve(pass *job, double *step, double *old, bool *done, int *failures, gibbs_error *err) {
  gibbs_reweight *r = job->r;
  double size = invert(job, r->inverse) ? find_step(job, step) : INFINITY;
  *done = size < SMALL_STEP || find_residue(job) < SMALL_RESIDUE;
  if (*done && size >= SMALL_STEP) return GIBBS_OK;
  if (*done) {
    for (size_t k = 0; k < r->states; k++) r->f[k] += step[k];
    return sum_samples(job, err);
  }
  bool fell = false;
  gibbs_status status = size < LARGE_STEP ? descend(job, step, old, &fell, err) : GIBBS_OK;
  if (status != GIBBS_OK || fell) return status;
  ++*failures;
  return step_self_consistently(job, err);
}

static gibbs_status iterate(pass *job, double *step, double *old, gibbs_error *err) {
  bool done = false;
  int failures = 0;
  gibbs_progress task;
  gibbs_progress_begin(&task, "weighing samples:", "iteration", 0, SELF_CONSISTENT_STEPS + MOST_STEPS);
  task.limit = true;
  guess(job->r);
  gibbs_status status = sum_samples(job, err);
  for (int k = 0; status == GIBBS_OK && k < SELF_CONSISTENT_STEPS; k++) {
    status = step_self_consistently(job, err);
    gibbs_progress_step(&task, task.done + 1);
  }
  for (int k = 0; status == GIBBS_OK && !done && k < MOST_STEPS && failures < MOST_FAILURES; k++) {
    status = improve(job, step, old, &done, &failures, err);
    gibbs_progress_step(&task, task.done + 1);
  }
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) status = check_links(job, done, err);
  return status;
}

gibbs_status gibbs_reweight_solve(gibbs_reweight *r, gibbs_error *err) {
  size_t sums = gibbs_reweight_segments(r) * count_sums(r), size = sums + 2 * r->states;
  pass job = {.r = r, .sums = malloc(size * sizeof *job.sums)};
  if (!job.sums) return gibbs_fail_memory(err, "weights of samples", size * sizeof *job.sums);
  gibbs_status status = iterate(&job, job.sums + sums, job.sums + sums + r->states, err);
  if (status == GIBBS_OK && !invert(&job, r->inverse))
    status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "the free energies have no error: their Hessian is singular");
  if (status == GIBBS_OK) memcpy(r->shared, job.sums + 1 + r->states, r->states * r->states * sizeof *r->shared);
  free(job.sums);
  return status;
}
