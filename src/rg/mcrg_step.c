/* mcrg_step.c - stability matrices, exponents and couplings from what was measured, with jackknife errors. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/spread.h"
#include "moments.h"
#include "stability.h"

enum { MOST = GIBBS_MOST_OPERATORS };

/* ---- the jackknife ------------------------------------------------------------------------------------------ */

static double *allocate(size_t count, gibbs_error *err, gibbs_status *status) {
  double *out = malloc(count * sizeof *out);
  *status = out != NULL ? GIBBS_OK : gibbs_fail_memory(err, "a jackknife", count * sizeof *out);
  return out;
}

/* Chains of one block each are independent.  Stretches of one chain are not, if they are short; and chains may sit in
 * different places. */
static void find_error(const gibbs_mcrg *m, double *influence, gibbs_mcrg_number *out) {
  double mean = 0, sum = 0;
  const double blocks = (double)m->blocks;
  if (m->bins > 1) {
    gibbs_spread spread;
    gibbs_spread_of_mean(influence, m->groups, m->bins, &spread);
    out->error = sqrt(spread.variance);
    if (spread.variance * (double)m->blocks > 3 * spread.single)
      out->doubt = "the chains are hardly longer than their correlations";
    if (!spread.resolved) out->doubt = "the chains are too short to tell how correlated they are";
    if (spread.disagree) out->doubt = "the chains disagree";
    return;
  }
  for (size_t b = 0; b < m->blocks; b++) mean += influence[b] / blocks;
  for (size_t b = 0; b < m->blocks; b++) sum += (influence[b] - mean) * (influence[b] - mean);
  out->error = sqrt(sum / (blocks * (blocks - 1)));
}

/* A number, and what it is without each block, which is turned into what each block adds to it: the value free of the
 * bias of first order, and its error, for blocks of any size (Busing, Meijer and van der Leeden, Statistics and
 * Computing 9 (1999) 3). */
static gibbs_mcrg_number number_of(const gibbs_mcrg *m, double whole, double *without, const uint64_t *weight) {
  gibbs_mcrg_number out = {.value = whole};
  double total = 0;
  for (size_t b = 0; b < m->blocks; b++) total += (double)weight[b];
  for (size_t b = 0; b < m->blocks; b++) {
    const double share = (double)weight[b] / total;
    out.value -= (1 - share) * (without[b] - whole);
    without[b] = (whole - without[b]) * (1 - share) * (double)m->blocks;
  }
  find_error(m, without, &out);
  return out;
}

/* What is asked of the moments. */
typedef struct question {
  const gibbs_mcrg *m;
  size_t level, count;
  bool odd;
  const eigenvalue *whole; /* of the matrix of all blocks, once they are known */
  gibbs_status (*answer)(const struct question *, double *sums, double *out, gibbs_error *err);
  size_t answers;
} question;

/* whole[answers], and the numbers with errors. */
static gibbs_status jackknife(question *q, double *whole, gibbs_mcrg_number *out, gibbs_error *err) {
  const gibbs_mcrg *m = q->m;
  uint64_t weight[MOST_BLOCKS];
  gibbs_status status;
  double one[MOST * MOST], *sums = allocate(m->size + q->answers * m->blocks, err, &status);
  if (status != GIBBS_OK) return status;
  double *without = sums + m->size;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  for (size_t b = 0; status == GIBBS_OK && b < m->blocks; b++) {
    weight[b] = m->block[b].count;
    moments_mean(m, b, sums);
    status = q->answer(q, sums, one, err);
    for (size_t k = 0; status == GIBBS_OK && k < q->answers; k++) without[k * m->blocks + b] = one[k];
  }
  gsl_set_error_handler(handler);
  for (size_t k = 0; status == GIBBS_OK && k < q->answers; k++)
    out[k] = number_of(m, whole[k], without + k * m->blocks, weight);
  free(sums);
  return status;
}

static gibbs_status ask(question *q, double *whole, gibbs_error *err) {
  gibbs_status status;
  double *sums = allocate(q->m->size, err, &status);
  if (status != GIBBS_OK) return status;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  moments_mean(q->m, q->m->blocks, sums);
  status = q->answer(q, sums, whole, err);
  gsl_set_error_handler(handler);
  free(sums);
  return status;
}

/* ---- means -------------------------------------------------------------------------------------------------- */

static gibbs_status means(const question *q, double *sums, double *out, gibbs_error *err) {
  (void)err;
  const double sites = (double)gibbs_operators_sites(q->m->level[q->level].operators[q->odd]);
  for (size_t k = 0; k < q->answers; k++) out[k] = moments_at(q->m, sums, q->level, q->odd).mean[k] / sites;
  return GIBBS_OK;
}

/* Of the first `count` operators. */
static gibbs_status find_means(const gibbs_mcrg *m, size_t level, bool odd, size_t count, gibbs_mcrg_number *out,
                               gibbs_error *err) {
  question q = {.m = m, .level = level, .odd = odd, .answer = means, .answers = count};
  double whole[MOST];
  gibbs_status status = ask(&q, whole, err);
  return status == GIBBS_OK ? jackknife(&q, whole, out, err) : status;
}

gibbs_status gibbs_mcrg_mean(const gibbs_mcrg *m, size_t level, bool odd, size_t k, gibbs_mcrg_number *out,
                             gibbs_error *err) {
  if (level > m->levels || k >= m->count[odd])
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the mean of operator %zu at level %zu; there are %zu and %zu", k + 1,
                      level, m->count[odd], m->levels);
  gibbs_mcrg_number all[MOST];
  gibbs_status status = find_means(m, level, odd, k + 1, all, err);
  if (status != GIBBS_OK) return status;
  *out = all[k];
  if (out->error == 0 && gibbs_operators_vary(m->level[level].operators[odd], k))
    out->doubt = "it had the same value all the time, from which no error can be told";
  return GIBBS_OK;
}

/* How often means of 0 may be said not to be. */
#define FALSE_ALARM 1e-7

static gibbs_status refuse_means(const gibbs_mcrg *m, size_t level, size_t count, gibbs_error *err) {
  gibbs_mcrg_number all[MOST];
  const double freedom = (double)(m->bins > 1 ? MANY : m->blocks) - 1;
  gibbs_status status = find_means(m, level, true, count, all, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    if (all[k].value != 0 && 2 * gsl_cdf_tdist_Q(fabs(all[k].value) / all[k].error, freedom) < FALSE_ALARM)
      return gibbs_fail(
          err, GIBBS_ERR_NUMERIC,
          "odd operator '%s' has the mean %.2g a site at level %zu, and not 0: the energy or the rule tells up "
          "from down, or the chains stay on one side",
          m->list[ODD][k].name, all[k].value, level);
  return status;
}

/* ---- the stability matrix ----------------------------------------------------------------------------------- */

/* a - mean mean'; odd operators have mean 0. */
static void connect(size_t n, size_t count, const double *products, const double *left, const double *right, bool odd,
                    double *out) {
  for (size_t a = 0; a < count; a++)
    for (size_t b = 0; b < count; b++) out[a * count + b] = products[a * n + b] - (odd ? 0 : left[a] * right[b]);
}

/* T with dK'_a = sum_b T_ab dK_b, from means of moments. */
static gibbs_status stability(const question *q, double *sums, double *matrix, gibbs_error *err) {
  const gibbs_mcrg *m = q->m;
  const size_t n = m->count[q->odd], count = q->count;
  const moments fine = moments_at(m, sums, q->level, q->odd), coarse = moments_at(m, sums, q->level + 1, q->odd);
  double same[MOST * MOST], cross[MOST * MOST];
  connect(n, count, coarse.same, coarse.mean, coarse.mean, q->odd, same);
  connect(n, count, coarse.cross, coarse.mean, fine.mean, q->odd, cross);
  return stability_solve(m->list[q->odd], count, count, same, cross, matrix, err);
}

/* Real parts, and exponents behind them. */
static gibbs_status eigenvalues(const question *q, double *sums, double *out, gibbs_error *err) {
  double matrix[MOST * MOST];
  eigenvalue list[MOST];
  gibbs_status status = stability(q, sums, matrix, err);
  if (status == GIBBS_OK) status = stability_eigenvalues(q->count, matrix, list, err);
  if (status != GIBBS_OK) return status;
  if (q->whole != NULL) stability_follow(q->count, q->whole, list);
  for (size_t k = 0; k < q->count; k++) {
    out[k] = list[k].real;
    out[q->count + k] = log(eigenvalue_modulus(list[k])) / log(q->m->scale);
  }
  return GIBBS_OK;
}

static gibbs_status check_step(const gibbs_mcrg *m, size_t level, bool odd, size_t count, gibbs_error *err) {
  if (level >= m->levels) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "step %zu; there are %zu", level + 1, m->levels);
  if (count < 1 || count > m->count[odd])
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu operators of %zu", count, m->count[odd]);
  gibbs_status status = gibbs_operators_independent(m->level[level + 1].operators[odd], count, err);
  for (size_t n = level; status == GIBBS_OK && odd && n <= level + 1; n++) status = refuse_means(m, n, count, err);
  return status;
}

gibbs_status gibbs_mcrg_matrix(const gibbs_mcrg *m, size_t level, bool odd, size_t count, gibbs_mcrg_number *out,
                               gibbs_error *err) {
  question q = {.m = m, .level = level, .odd = odd, .count = count, .answer = stability, .answers = count * count};
  double whole[MOST * MOST];
  gibbs_status status = check_step(m, level, odd, count, err);
  if (status == GIBBS_OK) status = ask(&q, whole, err);
  return status == GIBBS_OK ? jackknife(&q, whole, out, err) : status;
}

gibbs_status gibbs_mcrg_eigenvalues(const gibbs_mcrg *m, size_t level, bool odd, size_t count,
                                    gibbs_mcrg_eigenvalue *out, gibbs_error *err) {
  question q = {.m = m, .level = level, .odd = odd, .count = count, .answer = stability, .answers = count * count};
  double whole[MOST * MOST];
  eigenvalue list[MOST];
  gibbs_mcrg_number numbers[2 * MOST];
  gibbs_status status = check_step(m, level, odd, count, err);
  if (status == GIBBS_OK) status = ask(&q, whole, err);
  if (status == GIBBS_OK) status = stability_eigenvalues(count, whole, list, err);
  if (status != GIBBS_OK) return status;
  q.whole = list;
  q.answer = eigenvalues;
  q.answers = 2 * count;
  status = ask(&q, whole, err);
  if (status == GIBBS_OK) status = jackknife(&q, whole, numbers, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    out[k] = (gibbs_mcrg_eigenvalue){numbers[k], numbers[count + k], list[k].imaginary};
    const char *doubt = eigenvalue_doubt(list[k]);
    if (doubt != NULL) out[k].exponent.doubt = doubt;
  }
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

static gibbs_status check_couplings(const gibbs_mcrg *m, size_t level, size_t count, gibbs_error *err) {
  if (m->inferred == 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "no couplings were asked for; give couplings_every");
  if (level > m->levels || count < 1 || count > m->inferred)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "couplings of %zu operators at level %zu; there are %zu and %zu",
                      count, level, m->inferred, m->levels);
  return gibbs_operators_independent(m->level[level].operators[EVEN], count, err);
}

gibbs_status gibbs_mcrg_couplings(const gibbs_mcrg *m, size_t level, size_t count, gibbs_mcrg_number *out,
                                  gibbs_error *err) {
  gibbs_status status = check_couplings(m, level, count, err);
  if (status != GIBBS_OK) return status;
  uint64_t weight[MOST_BLOCKS];
  double K[MOST] = {0}, *left_out = allocate(count * m->blocks, err, &status);
  neighbourhoods all = {0};
  if (status == GIBBS_OK) status = neighbourhoods_new(&all, m->level[level].operators[EVEN], m->inferred, err);
  for (size_t b = 0; status == GIBBS_OK && b < m->blocks; b++) {
    weight[b] = m->block[b].around[level].total;
    status = neighbourhoods_merge(&all, &m->block[b].around[level], err);
  }
  if (status == GIBBS_OK) status = fit_without(m, level, &all, count, K, left_out, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    out[k] = number_of(m, K[k], left_out + k * m->blocks, weight);
  neighbourhoods_free(&all);
  free(left_out);
  return status;
}
