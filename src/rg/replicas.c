/* replicas.c - what independent walkers under one bias say together, with errors by leaving each of them out. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replicas.h"

#include <math.h>
#include <string.h>

#include "stability.h"

enum { MOST = GIBBS_MOST_OPERATORS };

/* ---- all replicas but one ----------------------------------------------------------------------------------- */

/* Means of the moments of all replicas but `left_out` (or of all): their centre is that of all of them, since the
 * mean of one alone knows too little of slow motions. */
typedef struct pool {
  double mean[MOST], fine_mean[MOST], same[MOST * MOST], cross[MOST * MOST]; /* the last two connected */
} pool;

static void pool_all(const replicas *r, size_t left_out, pool *out) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count, all = r->options->replicas;
  const double count = (double)r->options->measured * (double)(left_out < all ? all - 1 : all);
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < all; i++) {
    if (i == left_out) continue;
    const replica *p = &r->list[i];
    for (size_t a = 0; a < n; a++) out->mean[a] += p->mean[a] / count;
    for (size_t b = 0; b < m; b++) out->fine_mean[b] += p->fine_mean[b] / count;
    for (size_t k = 0; k < n * n; k++) out->same[k] += p->same[k] / count;
    for (size_t k = 0; k < n * m; k++) out->cross[k] += p->cross[k] / count;
  }
  for (size_t a = 0; a < n; a++) {
    for (size_t b = 0; b < n; b++) out->same[a * n + b] -= out->mean[a] * out->mean[b];
    for (size_t b = 0; b < m; b++) out->cross[a * m + b] -= out->mean[a] * out->fine_mean[b];
  }
}

/* What is asked of them. */
typedef struct answers {
  double shift[MOST], slope[MOST * MOST], exponent;
  eigenvalue eigenvalues[MOST];
} answers;

/* The means that are left are taken off by one step of Newton's method, with the covariances of the very ensemble;
 * the eigenvalues are those next to the ones of `whole` (NULL: the largest first). */
static gibbs_status answer(const replicas *r, size_t left_out, const answers *whole, answers *out, gibbs_error *err) {
  const size_t n = r->options->coarse_count, m = r->options->fine_count;
  double same[MOST * MOST];
  pool p;
  pool_all(r, left_out, &p);
  memcpy(same, p.same, sizeof same);
  gibbs_status status = stability_solve(r->options->coarse, n, 1, same, p.mean, out->shift, err);
  if (status == GIBBS_OK) status = stability_solve(r->options->coarse, n, m, p.same, p.cross, out->slope, err);
  out->exponent = (double)NAN;
  if (status != GIBBS_OK || n != m) return status;
  status = stability_eigenvalues(n, out->slope, out->eigenvalues, err);
  if (status != GIBBS_OK) return status;
  if (whole != NULL) stability_follow(n, whole->eigenvalues, out->eigenvalues);
  const double b = pow((double)gibbs_block_rule_scale(r->ground.rule[0]), (double)r->ground.levels);
  out->exponent = log(eigenvalue_modulus(out->eigenvalues[0])) / log(b);
  return GIBBS_OK;
}

/* ---- errors ------------------------------------------------------------------------------------------------- */

/* Sums of what leaving out a replica changes, and of its square: a jackknife's. */
typedef struct changes {
  double sum, squares;
} changes;

static void add_change(changes *c, double change) {
  c->sum += change;
  c->squares += change * change;
}

static double error_of(const changes *c, const replicas *r) {
  const double n = (double)r->options->replicas;
  return sqrt(fmax(c->squares - c->sum * c->sum / n, 0) * (n - 1) / n);
}

/* Mean and standard error of tau over replicas. */
static void find_tau(const replicas *r, gibbs_vmcrg_result *out) {
  const double n = (double)r->options->replicas;
  double sum = 0, squares = 0;
  for (size_t i = 0; i < r->options->replicas; i++) sum += r->list[i].tau / n;
  for (size_t i = 0; i < r->options->replicas; i++) squares += (r->list[i].tau - sum) * (r->list[i].tau - sum);
  out->tau = sum;
  out->tau_error = sqrt(squares / (n * (n - 1)));
}

/* Newton's step leaves an error of the order of its square. */
static const char *doubt_of(double shift, double error) {
  return 4 * shift * shift > error ? "the bias has not come to rest; take more steps" : NULL;
}

gibbs_status replicas_conclude(const replicas *r, gibbs_vmcrg_result *out, gibbs_error *err) {
  const size_t n = r->options->coarse_count, elements = n * r->options->fine_count;
  changes shift[MOST] = {0}, slope[MOST * MOST] = {0}, exponent = {0};
  answers whole, other;
  memset(out, 0, sizeof *out);
  gibbs_status status = answer(r, r->options->replicas, NULL, &whole, err);
  for (size_t i = 0; status == GIBBS_OK && i < r->options->replicas; i++) {
    status = answer(r, i, &whole, &other, err);
    if (status != GIBBS_OK) break;
    for (size_t a = 0; a < n; a++) add_change(&shift[a], other.shift[a] - whole.shift[a]);
    for (size_t k = 0; k < elements; k++) add_change(&slope[k], other.slope[k] - whole.slope[k]);
    add_change(&exponent, other.exponent - whole.exponent);
  }
  if (status != GIBBS_OK) return status;
  for (size_t a = 0; a < n; a++) {
    out->coupling[a] = r->J[a] + whole.shift[a];
    out->coupling_error[a] = error_of(&shift[a], r);
    out->residual[a] = whole.shift[a] / out->coupling_error[a];
    const char *doubt = doubt_of(whole.shift[a], out->coupling_error[a]);
    if (doubt != NULL) out->doubt = doubt;
  }
  for (size_t k = 0; k < elements; k++) {
    out->slope[k] = whole.slope[k];
    out->slope_error[k] = error_of(&slope[k], r);
  }
  out->exponent = whole.exponent;
  out->exponent_error = error_of(&exponent, r);
  if (n == r->options->fine_count) out->exponent_doubt = eigenvalue_doubt(whole.eigenvalues[0]);
  find_tau(r, out);
  return GIBBS_OK;
}
