/* series_mean.c - the mean of an observable, its error, and whether they can be believed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gibbs/spread.h"
#include "series_blocks.h"

/* Rows a chain in units of tau: below, tau itself and with it the error are too rough (emcee asks for the same). */
#define ENOUGH_TAU 50
/* Halves of chains of 50 tau have R-hat near 1.02, and reach this in few of a hundred; chains that are not of one
 * distribution go far beyond it. */
#define MOST_R_HAT 1.05

/* ---- split R-hat --------------------------------------------------------------------------------------- */

typedef struct half {
  double mean, variance;
} half;

static half measure_half(const gibbs_series *series, size_t slot, size_t first, size_t blocks) {
  double sum = 0, squares = 0, rows = (double)blocks * (double)series->length;
  for (size_t b = first; b < first + blocks; b++) {
    sum += series->sums[b * series->slots + slot];
    squares += series->squares[b * series->slots + slot];
  }
  double mean = sum / rows;
  return (half){mean, fmax(squares / rows - mean * mean, 0) * rows / (rows - 1)};
}

static double compare_halves(const gibbs_series *series, size_t observable, const gibbs_cut *cut) {
  size_t blocks = cut->blocks / 2, halves = 2 * series->lanes;
  double rows = (double)blocks * (double)series->length, within = 0, mean = 0, squares = 0;
  if (series->pooled || rows < 2) return NAN;
  for (size_t h = 0; h < halves; h++) {
    size_t first = h % 2 == 0 ? cut->first : cut->first + cut->blocks - blocks;
    half part = measure_half(series, observable * series->lanes + h / 2, first, blocks);
    double delta = part.mean - mean;
    mean += delta / (double)(h + 1);
    squares += delta * (part.mean - mean);
    within += part.variance / (double)halves;
  }
  double between = squares / (double)(halves - 1);
  if (between <= 0) return 1;
  return sqrt((rows - 1) / rows + between / within);
}

/* ---- the estimate -------------------------------------------------------------------------------------- */

static const char *find_fault(const gibbs_estimate *e, const gibbs_cut *cut, const gibbs_spread *spread) {
  if (!cut->settled) return "the values still drift in the middle of the run: it is too short for its warm-up";
  if (spread->disagree) return "the chains have different means: they are too short, or do not mix";
  if (!spread->resolved || !((double)e->rows >= ENOUGH_TAU * e->tau))
    return "the run is shorter than 50 autocorrelation times: the error itself is rough";
  if (e->r_hat >= MOST_R_HAT) return "halves of the chains have different means: split R-hat is 1.05 or more";
  return "";
}

/* tau and ess from the variance of the mean and that of single rows. */
static void fill_tau(gibbs_estimate *e, double variance, double single, double relative, double elements) {
  bool varies = variance > 0 && single > 0;
  e->tau = varies ? variance * elements / single : 1;
  e->tau_error = varies ? e->tau * relative : 0;
  e->ess = elements / e->tau;
  e->error = sqrt(variance);
}

void gibbs_series_estimate(const gibbs_series *series, size_t observable, const gibbs_cut *cut, double *x,
                           gibbs_estimate *e) {
  gibbs_series_gather(series, observable, cut, x);
  gibbs_spread spread;
  gibbs_spread_of_mean(x, series->lanes, cut->blocks, &spread);
  double rows = (double)cut->rows, lanes = (double)series->lanes;
  double mean = gibbs_series_total(series, observable, cut, false) / (rows * lanes);
  double squares = gibbs_series_total(series, observable, cut, true) / (rows * lanes);
  /* The spread is that of the full blocks; the open block adds rows. */
  double used = (double)cut->blocks * (double)series->length;
  double variance = spread.variance * used / rows;
  *e = (gibbs_estimate){.value = series->reference[observable * series->lanes] + mean,
                        .r_hat = compare_halves(series, observable, cut),
                        .rows = cut->rows,
                        .warm_up = cut->warm_up};
  /* The variance about the true mean is that about the estimated one and the variance of the latter. */
  fill_tau(e, variance, fmax(squares - mean * mean, 0) + variance, spread.relative, rows * (double)series->chains);
  e->why = find_fault(e, cut, &spread);
  e->converged = *e->why == '\0';
}

static gibbs_status check_observable(const gibbs_series *series, size_t observable, gibbs_error *err) {
  if (observable < series->observables) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "observable %zu of a series of %zu", observable + 1,
                    series->observables);
}

gibbs_status gibbs_series_mean(const gibbs_series *series, size_t observable, uint64_t warm_up, gibbs_estimate *out,
                               gibbs_error *err) {
  gibbs_cut cut;
  gibbs_status status = check_observable(series, observable, err);
  if (status == GIBBS_OK) status = gibbs_series_cut_for(series, observable, observable + 1, warm_up, &cut, err);
  if (status != GIBBS_OK) return status;
  size_t bytes = series->lanes * cut.blocks * sizeof(double);
  double *x = malloc(bytes);
  if (!x) return gibbs_fail_memory(err, "the blocks of an observable", bytes);
  gibbs_series_estimate(series, observable, &cut, x, out);
  free(x);
  return GIBBS_OK;
}

static bool is_worse(const gibbs_estimate *a, const gibbs_estimate *b) {
  if (a->converged != b->converged) return b->converged;
  return a->tau > b->tau;
}

gibbs_status gibbs_series_worst(const gibbs_series *series, uint64_t warm_up, size_t *observable, gibbs_estimate *out,
                                gibbs_error *err) {
  gibbs_cut cut;
  gibbs_status status = gibbs_series_cut_for(series, 0, series->observables, warm_up, &cut, err);
  if (status != GIBBS_OK) return status;
  size_t bytes = series->lanes * cut.blocks * sizeof(double);
  double *x = malloc(bytes);
  if (!x) return gibbs_fail_memory(err, "the blocks of an observable", bytes);
  gibbs_estimate worst = {0}, one;
  size_t at = 0;
  for (size_t o = 0; o < series->observables; o++) {
    gibbs_series_estimate(series, o, &cut, x, &one);
    if (o == 0 || is_worse(&one, &worst)) worst = one, at = o;
  }
  free(x);
  *out = worst;
  if (observable) *observable = at;
  return GIBBS_OK;
}

/* ---- binning ------------------------------------------------------------------------------------------- */

/* Levels with fewer blocks than this, over all chains, say nothing. */
#define FEWEST_IN_A_LEVEL 8

/* Standard error of the mean were blocks of `joined` neighbours independent. */
static double bin_error(const double *x, size_t lanes, size_t blocks, size_t joined) {
  size_t n = blocks / joined;
  double mean = 0, squares = 0, count = 0;
  for (size_t c = 0; c < lanes; c++)
    for (size_t k = 0; k < n; k++) {
      double sum = 0;
      for (size_t j = 0; j < joined; j++) sum += x[c * blocks + k * joined + j];
      double delta = sum / (double)joined - mean;
      mean += delta / ++count;
      squares += delta * (sum / (double)joined - mean);
    }
  return sqrt(squares / (count * (count - 1)));
}

size_t gibbs_series_binning(const gibbs_series *series, size_t observable, uint64_t warm_up, uint64_t length[],
                            double error[], size_t room) {
  gibbs_cut cut;
  size_t levels = 0;
  if (observable >= series->observables ||
      gibbs_series_cut_for(series, observable, observable + 1, warm_up, &cut, NULL) != GIBBS_OK)
    return 0;
  double *x = malloc(series->lanes * cut.blocks * sizeof *x);
  if (!x) return 0;
  gibbs_series_gather(series, observable, &cut, x);
  for (size_t joined = 1; levels < room && cut.blocks / joined > 0; joined *= 2) {
    if (levels > 0 && cut.blocks / joined * series->lanes < FEWEST_IN_A_LEVEL) break;
    length[levels] = joined * series->length;
    error[levels++] = bin_error(x, series->lanes, cut.blocks, joined);
  }
  free(x);
  return levels;
}
