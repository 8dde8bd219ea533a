/* pool_solve.c - free energies of members from samples of them all: sum_s a_s w_k(s) = N_k, where w_k(s) is the
 * probability that sample s is one of member k.
 *
 * For two members one number is sought that a monotone function tells (Bennett's equation): Newton's steps inside a
 * bracket.  For more the equations say where the convex function sum_s a_s log D_s - sum_k N_k F_k is least: Newton's
 * steps, shortened until it falls, and self-consistent ones where there is no Hessian. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/vectormath.h"
#include "pool.h"

enum { most_steps = 200, most_halvings = 40, chunk = 512 };
/* Far below any statistical error. */
static const double small_step = 1e-10;

/* ---- two members --------------------------------------------------------------------------------------------------
 */

/* Sums over the samples of a run: how many are expected to be the second member's, and the slope of that. */
static void add_run(const gibbs_pool *pool, size_t b, size_t first, size_t end, double level, double *sum,
                    double *slope) {
  const gibbs_pool_block *block = &pool->block[b];
  const double *a = block->place->multiplicity, *x = block->log_weight[0], *y = block->log_weight[1];
  double w[chunk];
  for (size_t s = first; s < end; s += chunk) {
    size_t n = end - s < chunk ? end - s : chunk;
    for (size_t i = 0; i < n; i++) w[i] = x[s + i] - y[s + i] - level;
    gibbs_vector_exp(w, w, n);
    for (size_t i = 0; i < n; i++) w[i] = 1 / (1 + w[i]);
    for (size_t i = 0; i < n; i++) *sum += a[s + i] * w[i];
    for (size_t i = 0; i < n; i++) *slope += a[s + i] * w[i] * (1 - w[i]);
  }
}

/* At F_1 - F_0 = f: what is too many. */
static double find_excess(const gibbs_pool *pool, double f, double *slope) {
  double sum = 0, level = f + log(pool->count[1] / pool->count[0]);
  *slope = 0;
  for (size_t b = 0; b < 2; b++) {
    gibbs_range r = gibbs_pool_range(pool, b);
    add_run(pool, b, r.first, r.out_first, level, &sum, slope);
    add_run(pool, b, r.out_end, r.end, level, &sum, slope);
  }
  return sum - pool->count[1];
}

/* The smallest and the largest difference of the two energies, and half the sum of its means in either member. */
static double find_bounds(const gibbs_pool *pool, double *low, double *high) {
  double guess = 0;
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t b = 0; b < 2; b++) {
    const gibbs_pool_block *block = &pool->block[b];
    gibbs_range r = gibbs_pool_range(pool, b);
    double sum = 0;
    for (size_t s = r.first; s < r.end; s++) {
      double difference = block->log_weight[0][s] - block->log_weight[1][s];
      *low = fmin(*low, difference);
      *high = fmax(*high, difference);
      sum += difference;
    }
    guess += sum / (2 * (double)(r.end - r.first));
  }
  return guess;
}

static void solve_two(gibbs_pool *pool) {
  double low, high, slope = 0, mean = find_bounds(pool, &low, &high);
  double f = pool->solved ? pool->free_energy[1] - pool->free_energy[0] : mean;
  double margin = 50 + fabs(log(pool->count[1] / pool->count[0]));
  low -= margin;
  high += margin;
  for (int step = 0; step < most_steps; step++) {
    if (!(f > low && f < high)) f = (low + high) / 2;
    double excess = find_excess(pool, f, &slope);
    if (excess < 0)
      low = f;
    else
      high = f;
    double next = slope > 0 ? f - excess / slope : INFINITY, before = f;
    f = next >= low && next <= high ? next : (low + high) / 2;
    if (fabs(f - before) <= small_step * (1 + fabs(f))) break;
  }
  find_excess(pool, f, &slope);
  pool->free_energy[0] = 0;
  pool->free_energy[1] = f;
  pool->shared[1] = pool->shared[2] = 2 * slope;
  pool->shared[0] = pool->count[0];
  pool->shared[3] = pool->count[1];
}

/* ---- more members -------------------------------------------------------------------------------------------------
 */

/* Sums at the present F: log D, w_k and w_k w_l. */
typedef struct sums {
  size_t n;
  double log_d;
  double *w, *ww; /* [n], [n * n] */
} sums;

static void add_sample(const gibbs_pool *pool, const gibbs_pool_block *block, size_t s, double a, double *w,
                       sums *out) {
  double top = -INFINITY, d = 0;
  for (size_t k = 0; k < out->n; k++) {
    w[k] = log(pool->count[k]) + pool->free_energy[k] + block->log_weight[k][s];
    top = fmax(top, w[k]);
  }
  for (size_t k = 0; k < out->n; k++) d += w[k] = exp(w[k] - top);
  out->log_d += a * (top + log(d));
  for (size_t k = 0; k < out->n; k++) out->w[k] += a * (w[k] /= d);
  for (size_t k = 0; k < out->n; k++)
    for (size_t l = 0; l < out->n; l++) out->ww[k * out->n + l] += a * w[k] * w[l];
}

/* The function that is to be least. */
static double sum_samples(const gibbs_pool *pool, double *w, sums *out) {
  out->log_d = 0;
  memset(out->w, 0, out->n * (out->n + 1) * sizeof *out->w);
  for (size_t b = 0; b < out->n; b++) {
    gibbs_range r = gibbs_pool_range(pool, b);
    const gibbs_pool_block *block = &pool->block[b];
    for (size_t s = r.first; s < r.out_first; s++) add_sample(pool, block, s, block->place->multiplicity[s], w, out);
    for (size_t s = r.out_end; s < r.end; s++) add_sample(pool, block, s, block->place->multiplicity[s], w, out);
  }
  double value = out->log_d;
  for (size_t k = 0; k < out->n; k++) value -= pool->count[k] * pool->free_energy[k];
  return value;
}

/* Newton's step of all members but the first, which stays 0.  False: there is none. */
static bool find_step(const gibbs_pool *pool, const sums *at, double *matrix, double *step) {
  size_t n = at->n, m = n - 1;
  for (size_t k = 0; k < m; k++) {
    for (size_t l = 0; l < m; l++) matrix[k * m + l] = (k == l ? at->w[k + 1] : 0) - at->ww[(k + 1) * n + l + 1];
    step[k + 1] = pool->count[k + 1] - at->w[k + 1];
  }
  gsl_matrix_view hessian = gsl_matrix_view_array(matrix, m, m);
  gsl_vector_view x = gsl_vector_view_array(step + 1, m);
  gsl_error_handler_t *before = gsl_set_error_handler_off();
  bool done =
      gsl_linalg_cholesky_decomp1(&hessian.matrix) == 0 && gsl_linalg_cholesky_svx(&hessian.matrix, &x.vector) == 0;
  gsl_set_error_handler(before);
  step[0] = 0;
  for (size_t k = 0; k < n; k++) done = done && isfinite(step[k]) && fabs(step[k]) < 1e6;
  return done;
}

static void find_plain_step(const gibbs_pool *pool, const sums *at, double *step) {
  for (size_t k = 0; k < at->n; k++) step[k] = at->w[k] > 0 ? log(pool->count[k] / at->w[k]) : 0;
  for (size_t k = at->n; k-- > 0;) step[k] -= step[0];
}

/* Goes along the step until the function has fallen, or does not differ but for rounding. */
static void descend(gibbs_pool *pool, const double *step, double *old, double *w, sums *at, double *value) {
  double scale = 1, before = *value, rounding = 1e-13 * fabs(before);
  memcpy(old, pool->free_energy, at->n * sizeof *old);
  for (int halvings = 0; halvings < most_halvings; halvings++, scale /= 2) {
    for (size_t k = 0; k < at->n; k++) pool->free_energy[k] = old[k] + scale * step[k];
    *value = sum_samples(pool, w, at);
    if (*value <= before + rounding) return;
  }
}

static void iterate(gibbs_pool *pool, double *room) {
  size_t n = pool->members;
  sums at = {.n = n, .w = room, .ww = room + n};
  double *w = room + n + n * n, *step = w + n, *old = step + n, *matrix = old + n;
  double value = sum_samples(pool, w, &at);
  for (int k = 0; k < most_steps; k++) {
    double most = 0;
    if (!find_step(pool, &at, matrix, step)) find_plain_step(pool, &at, step);
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(step[i]));
    descend(pool, step, old, w, &at, &value);
    if (most <= small_step) break;
  }
  for (size_t k = 0; k < n * n; k++) pool->shared[k] = k % (n + 1) ? 2 * at.ww[k] : pool->count[k / n];
}

/* Half the sum of the means of the difference of two energies, in either member: as for two. */
static void guess(gibbs_pool *pool) {
  pool->free_energy[0] = 0;
  for (size_t k = 1; k < pool->members; k++) {
    double sum = 0;
    for (size_t side = 0; side < 2; side++) {
      const gibbs_pool_block *block = &pool->block[side ? k : 0];
      gibbs_range r = gibbs_pool_range(pool, side ? k : 0);
      double part = 0;
      for (size_t s = r.first; s < r.end; s++) part += block->log_weight[0][s] - block->log_weight[k][s];
      sum += part / (2 * (double)(r.end - r.first));
    }
    pool->free_energy[k] = isfinite(sum) ? sum : 0;
  }
}

static gibbs_status solve_more(gibbs_pool *pool, gibbs_error *err) {
  size_t n = pool->members, size = 4 * n + n * n + (n - 1) * (n - 1);
  double *room = malloc(size * sizeof *room);
  if (!room) return gibbs_fail_memory(err, "free energies", size * sizeof *room);
  if (!pool->solved) guess(pool);
  iterate(pool, room);
  free(room);
  return GIBBS_OK;
}

gibbs_status gibbs_pool_solve(gibbs_pool *pool, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (pool->members == 2)
    solve_two(pool);
  else
    status = solve_more(pool, err);
  pool->solved = status == GIBBS_OK;
  return status;
}
