/* mcrg_step.c - stability matrices, exponents and couplings from what was measured, with jackknife errors. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "moments.h"
#include "stability.h"

enum { MOST = GIBBS_MOST_OPERATORS };

/* ---- the jackknife ------------------------------------------------------------------------------------------ */

/* Spread of `count` numbers that were found without one block each. */
static double jackknife_error(const double *left_out, size_t blocks) {
  double mean = 0, sum = 0;
  for (size_t b = 0; b < blocks; b++) mean += left_out[b] / (double)blocks;
  for (size_t b = 0; b < blocks; b++) sum += (left_out[b] - mean) * (left_out[b] - mean);
  return sqrt(sum * (double)(blocks - 1) / (double)blocks);
}

static double *allocate(size_t count, gibbs_error *err, gibbs_status *status) {
  double *out = malloc(count * sizeof *out);
  *status = out != NULL ? GIBBS_OK : gibbs_fail_memory(err, "a jackknife", count * sizeof *out);
  return out;
}

gibbs_status gibbs_mcrg_mean(const gibbs_mcrg *m, size_t level, bool odd, size_t k, gibbs_mcrg_number *out,
                             gibbs_error *err) {
  gibbs_status status;
  double *sums = allocate(m->size + m->blocks, err, &status);
  if (status != GIBBS_OK) return status;
  const double sites = (double)gibbs_operators_sites(m->level[level].operators[odd]);
  for (size_t b = 0; b < m->blocks; b++) {
    moments_mean(m, b, sums);
    sums[m->size + b] = moments_at(m, sums, level, odd).mean[k] / sites;
  }
  out->error = jackknife_error(sums + m->size, m->blocks);
  moments_mean(m, m->blocks, sums);
  out->value = moments_at(m, sums, level, odd).mean[k] / sites;
  free(sums);
  return GIBBS_OK;
}

/* ---- the stability matrix ----------------------------------------------------------------------------------- */

/* a - mean mean'; odd operators have mean 0. */
static void connect(size_t n, size_t count, const double *products, const double *left, const double *right, bool odd,
                    double *out) {
  for (size_t a = 0; a < count; a++)
    for (size_t b = 0; b < count; b++) out[a * count + b] = products[a * n + b] - (odd ? 0 : left[a] * right[b]);
}

/* T with dK'_a = sum_b T_ab dK_b, from means of moments. */
static gibbs_status stability(const gibbs_mcrg *m, double *sums, size_t level, bool odd, size_t count, double *matrix,
                              gibbs_error *err) {
  const size_t n = m->count[odd];
  const moments fine = moments_at(m, sums, level, odd), coarse = moments_at(m, sums, level + 1, odd);
  double same[MOST * MOST], cross[MOST * MOST];
  connect(n, count, coarse.same, coarse.mean, coarse.mean, odd, same);
  connect(n, count, coarse.cross, coarse.mean, fine.mean, odd, cross);
  return stability_solve(count, count, same, cross, matrix, err);
}

static gibbs_status exponent_of(const gibbs_mcrg *m, size_t count, const double *matrix, double *out,
                                gibbs_error *err) {
  double largest = 0;
  gibbs_status status = stability_largest(count, matrix, &largest, err);
  *out = log(largest) / log(m->scale);
  return status;
}

gibbs_status gibbs_mcrg_step(const gibbs_mcrg *m, size_t level, bool odd, size_t count, double *matrix,
                             gibbs_mcrg_number *exponent, gibbs_error *err) {
  if (level >= m->levels) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "step %zu of %zu", level + 1, m->levels);
  if (count < 1 || count > m->count[odd])
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu operators of %zu", count, m->count[odd]);
  gibbs_status status;
  double found[MOST * MOST], y = 0, *sums = allocate(m->size + m->blocks, err, &status);
  if (status != GIBBS_OK) return status;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t b = 0; status == GIBBS_OK && b <= m->blocks; b++) { /* the last one leaves out none */
    moments_mean(m, b, sums);
    status = stability(m, sums, level, odd, count, found, err);
    if (status == GIBBS_OK) status = exponent_of(m, count, found, &y, err);
    if (b < m->blocks) sums[m->size + b] = y;
  }
  gsl_set_error_handler(handler);
  if (status == GIBBS_OK) {
    *exponent = (gibbs_mcrg_number){y, jackknife_error(sums + m->size, m->blocks)};
    if (matrix != NULL) memcpy(matrix, found, count * count * sizeof *matrix);
  }
  free(sums);
  return status;
}

/* ---- couplings ---------------------------------------------------------------------------------------------- */

static gibbs_status fit_without(const gibbs_mcrg *m, size_t level, const neighbourhoods *all, size_t count, double *K,
                                double *left_out, gibbs_error *err) {
  gibbs_status status = neighbourhoods_fit(all, NULL, count, K, err);
  for (size_t b = 0; status == GIBBS_OK && b < m->blocks; b++) {
    double other[MOST];
    memcpy(other, K, count * sizeof *other);
    status = neighbourhoods_fit(all, &m->block[b].around[level], count, other, err);
    for (size_t k = 0; k < count; k++) left_out[k * m->blocks + b] = other[k];
  }
  return status;
}

gibbs_status gibbs_mcrg_couplings(const gibbs_mcrg *m, size_t level, size_t count, gibbs_mcrg_number *out,
                                  gibbs_error *err) {
  if (m->inferred == 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "no couplings were asked for; give couplings_every");
  if (level > m->levels || count < 1 || count > m->inferred)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "couplings of %zu operators at level %zu; there are %zu and %zu",
                      count, level, m->inferred, m->levels);
  gibbs_status status;
  double K[MOST] = {0}, *left_out = allocate(count * m->blocks, err, &status);
  neighbourhoods all = {0};
  if (status == GIBBS_OK) status = neighbourhoods_new(&all, m->level[level].operators[EVEN], m->inferred, err);
  for (size_t b = 0; status == GIBBS_OK && b < m->blocks; b++)
    status = neighbourhoods_merge(&all, &m->block[b].around[level], err);
  if (status == GIBBS_OK) status = fit_without(m, level, &all, count, K, left_out, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    out[k] = (gibbs_mcrg_number){K[k], jackknife_error(left_out + k * m->blocks, m->blocks)};
  neighbourhoods_free(&all);
  free(left_out);
  return status;
}
