/* series_resample.c - functions of means: jackknife and bootstrap over groups of blocks.
 *
 * Groups that are not much longer than tau are still correlated, and chains may disagree.  So the error is not that
 * of independent groups: what each group adds to the value is a series itself, whose mean has the error that spread.h
 * finds. The bootstrap's deviations are stretched to it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"
#include "series_groups.h"

/* Groups, the function at all means and without each group. */
typedef struct left_out {
  gibbs_groups groups;
  double *whole, *without, *influence; /* [outputs], [outputs * count], [count] */
} left_out;

static void clear(left_out *all) {
  gibbs_groups_clear(&all->groups);
  free(all->whole);
}

static gibbs_status leave_out(const gibbs_series *series, uint64_t warm_up, const gibbs_function *function,
                              left_out *all, gibbs_error *err) {
  *all = (left_out){0};
  if (function->outputs == 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a function of means needs at least 1 output, not 0");
  gibbs_status status = gibbs_groups_make(series, warm_up, &all->groups, err);
  if (status != GIBBS_OK) return status;
  size_t count = all->groups.count, size = function->outputs * (1 + count) + count;
  all->whole = malloc(size * sizeof *all->whole);
  if (!all->whole) return gibbs_fail_memory(err, "a jackknife", size * sizeof *all->whole);
  all->without = all->whole + function->outputs;
  all->influence = all->without + function->outputs * count;
  return gibbs_groups_leave_out(&all->groups, function, all->whole, all->without, err);
}

/* count * whole - sum_j (1 - share_j) without_j: free of the bias of first order, for groups of any size (Busing,
 * Meijer and van der Leeden, Statistics and Computing 9 (1999) 3). */
static double correct_bias(const gibbs_groups *groups, const double *without, double whole) {
  double bias = 0;
  for (size_t j = 0; j < groups->count; j++) bias += (1 - groups->rows[j] / groups->all_rows) * (without[j] - whole);
  return whole - bias;
}

gibbs_status gibbs_series_jackknife(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, double *value, double *error, gibbs_error *err) {
  const gibbs_function function = {f, context, outputs};
  left_out all;
  gibbs_status status = leave_out(series, warm_up, &function, &all, err);
  for (size_t k = 0; status == GIBBS_OK && k < outputs; k++) {
    const double *without = all.without + k * all.groups.count;
    double plain;
    value[k] = correct_bias(&all.groups, without, all.whole[k]);
    error[k] = sqrt(gibbs_groups_variance(&all.groups, without, all.whole[k], all.influence, &plain));
  }
  clear(&all);
  return status;
}

/* ---- bootstrap ----------------------------------------------------------------------------------------- */

typedef struct bootstrap {
  size_t resamples, probabilities;
  uint64_t seed;
  const double *probability;
} bootstrap;

static gibbs_status check_bootstrap(const bootstrap *b, gibbs_error *err) {
  if (b->resamples < 2 || b->resamples > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu resamples; legal are 2 to %" PRIu32, b->resamples, UINT32_MAX);
  for (size_t k = 0; k < b->probabilities; k++)
    if (!(b->probability[k] >= 0 && b->probability[k] <= 1))
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a quantile of probability %g; it must be from 0 to 1",
                        b->probability[k]);
  return GIBBS_OK;
}

/* As many groups as there are, drawn with replacement from the address (seed, resample). */
static double draw_groups(const gibbs_groups *groups, uint64_t seed, size_t resample, double *sums) {
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_RESAMPLE, 0, (uint32_t)resample);
  double rows = 0;
  memset(sums, 0, groups->observables * sizeof *sums);
  for (size_t j = 0; j < groups->count; j++) {
    size_t at = (size_t)((uint64_t)gibbs_stream_word(&stream) * groups->count >> 32);
    for (size_t o = 0; o < groups->observables; o++) sums[o] += groups->sums[at * groups->observables + o];
    rows += groups->rows[at];
  }
  return rows;
}

/* drawn[output * resamples + resample] */
static gibbs_status draw_all(gibbs_groups *groups, const gibbs_function *function, const bootstrap *b, double *drawn,
                             gibbs_error *err) {
  size_t size = groups->observables + function->outputs;
  double *sums = malloc(size * sizeof *sums), *out = sums ? sums + groups->observables : NULL;
  if (!sums) return gibbs_fail_memory(err, "a resample", size * sizeof *sums);
  gibbs_status status = GIBBS_OK;
  for (size_t r = 0; status == GIBBS_OK && r < b->resamples; r++) {
    double rows = draw_groups(groups, b->seed, r, sums);
    status = gibbs_groups_apply(groups, function, sums, rows, out, err);
    if (status != GIBBS_OK) gibbs_groups_blame(err, "resample", r + 1);
    for (size_t k = 0; status == GIBBS_OK && k < function->outputs; k++) drawn[k * b->resamples + r] = out[k];
  }
  free(sums);
  return status;
}

/* What the deviations of independent groups have to be multiplied with. */
static double find_stretch(left_out *all, size_t output) {
  double plain, variance = gibbs_groups_variance(&all->groups, all->without + output * all->groups.count,
                                                 all->whole[output], all->influence, &plain);
  return plain > 0 ? sqrt(variance / plain) : 1;
}

gibbs_status gibbs_series_bootstrap(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, size_t resamples, uint64_t seed, const double *probability,
                                    size_t probabilities, double *value, double *error, double *quantile,
                                    gibbs_error *err) {
  const gibbs_function function = {f, context, outputs};
  const bootstrap b = {resamples, probabilities, seed, probability};
  gibbs_status status = check_bootstrap(&b, err);
  if (status != GIBBS_OK) return status;
  left_out all;
  status = leave_out(series, warm_up, &function, &all, err);
  double *drawn = NULL;
  if (status == GIBBS_OK && !(drawn = malloc(outputs * resamples * sizeof *drawn)))
    status = gibbs_fail_memory(err, "a bootstrap", outputs * resamples * sizeof *drawn);
  if (status == GIBBS_OK) status = draw_all(&all.groups, &function, &b, drawn, err);
  for (size_t k = 0; status == GIBBS_OK && k < outputs; k++) {
    double *x = drawn + k * resamples, whole = all.whole[k], stretch = find_stretch(&all, k);
    value[k] = 2 * whole - gsl_stats_mean(x, 1, resamples);
    error[k] = stretch * gsl_stats_sd(x, 1, resamples);
    gsl_sort(x, 1, resamples);
    for (size_t p = 0; p < probabilities; p++)
      quantile[p * outputs + k] =
          whole + stretch * (gsl_stats_quantile_from_sorted_data(x, 1, resamples, probability[p]) - whole);
  }
  free(drawn);
  clear(&all);
  return status;
}
