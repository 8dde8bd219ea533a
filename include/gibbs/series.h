/* gibbs/series.h - what a Markov chain says about a mean: values with errors that know of autocorrelation.
 *
 * A series takes one row of values a sweep (several observables of several chains) and keeps block sums of every
 * observable of every chain: when there are 4096 (fewer where that would take more than 64 MiB, but at least 64),
 * neighbours are joined, so that memory does not grow with the length of the run.
 * Promises: tau = 1 + 2 sum_t rho(t) in units of the rows added (1 for independent rows), ess = rows / tau, error is
 * one standard error, and knows of chains that disagree; observables share their blocks, so that functions of several
 * means have right errors too; what was taken for warm-up is said; the same rows give the same bits.
 * Sources: Sokal, "Monte Carlo methods in statistical mechanics" (1989); Flyvbjerg and Petersen, J. Chem. Phys. 91
 * (1989) 461; Wolff, Comput. Phys. Commun. 156 (2004) 143; Vehtari et al., Bayesian Analysis 16 (2021) 667 (split
 * R-hat); White, Simulation 69 (1997) 323 (MSER). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SERIES_H
#define GIBBS_SERIES_H

#include <stdbool.h>
#include <stdint.h>

#include "gibbs/status.h"

typedef struct gibbs_series gibbs_series;

/* `pooled`: keep the mean over chains only (for thousands of observables), without R-hat. */
gibbs_status gibbs_series_new(size_t observables, size_t chains, bool pooled, gibbs_series **out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_series_free(gibbs_series *series);
size_t gibbs_series_observables(const gibbs_series *series);
size_t gibbs_series_chains(const gibbs_series *series);
uint64_t gibbs_series_rows(const gibbs_series *series);

/* values[observable * chains + chain].  ERR_NUMERIC names the chain of a value that is not finite (or beyond 1e140);
 * the row is then not added. */
gibbs_status gibbs_series_add(gibbs_series *series, const double *values, gibbs_error *err) GIBBS_CHECKED;

/* How a warm-up is taken off: a number of rows (rounded up to whole blocks), or found in the series (MSER over the
 * first half; reported; that of all observables together for functions of several means). */
#define GIBBS_WARM_UP_DETECT UINT64_MAX

/* The warm-up of all observables together: the longest that is found.  *settled (NULL is fine): it ended within the
 * first half. */
uint64_t gibbs_series_warm_up(const gibbs_series *series, bool *settled);

typedef struct gibbs_estimate {
  double value, error; /* one standard error */
  double tau, ess;     /* ess over all chains together */
  double tau_error;    /* one standard error of tau */
  double r_hat;        /* split R-hat; NaN where pooled or too short */
  uint64_t rows;       /* that count, a chain */
  uint64_t warm_up;    /* rows left out at the start of every chain */
  bool converged;      /* at least 50 tau long, R-hat below 1.05, warm-up within the first half */
  const char *why;     /* "" or what is wrong, one sentence */
} gibbs_estimate;

/* The mean of one observable.  ERR_ARGUMENT: fewer than 4 rows after the warm-up. */
gibbs_status gibbs_series_mean(const gibbs_series *series, size_t observable, uint64_t warm_up, gibbs_estimate *out,
                               gibbs_error *err) GIBBS_CHECKED;
/* The estimate of the observable that is worst off (not converged before converged, then the longest tau), after the
 * warm-up of all together: the verdict on a function of several means.  `observable` may be NULL. */
gibbs_status gibbs_series_worst(const gibbs_series *series, uint64_t warm_up, size_t *observable, gibbs_estimate *out,
                                gibbs_error *err) GIBBS_CHECKED;

/* A function of the means of all observables, by the jackknife over 32 to 128 groups of blocks (more with many
 * chains): bias-corrected value, error. The error knows of correlations between the groups and of chains that
 * disagree.  `f` may fail. Outputs: `outputs` numbers at once.  ERR_NUMERIC: `f` gives what is not finite. */
typedef gibbs_status (*gibbs_of_means)(void *context, const double *means, double *out, gibbs_error *err);
gibbs_status gibbs_series_jackknife(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, double *value, double *error, gibbs_error *err) GIBBS_CHECKED;
/* The same by resampling groups `resamples` times (at least 2): quantiles too, quantile[k * outputs + o] for each
 * probability. */
gibbs_status gibbs_series_bootstrap(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, size_t resamples, uint64_t seed, const double *probability,
                                    size_t probabilities, double *value, double *error, double *quantile,
                                    gibbs_error *err) GIBBS_CHECKED;

/* Binning: standard error of the mean, were blocks of 1, 2, 4, ... times the present block length independent.
 * Returns how many levels were written (at most `room`; 0 where gibbs_series_mean would fail). */
size_t gibbs_series_binning(const gibbs_series *series, size_t observable, uint64_t warm_up, uint64_t length[],
                            double error[], size_t room);

/* Everything that is needed to go on: *count doubles, to be freed with free().  Restoring refuses what does not fit.
 */
gibbs_status gibbs_series_save(const gibbs_series *series, double **state, size_t *count,
                               gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_series_restore(gibbs_series *series, const double *state, size_t count,
                                  gibbs_error *err) GIBBS_CHECKED;

/* The integrated autocorrelation time of a list of n numbers, by FFT and Sokal's window (the smallest W with
 * W >= window * tau(W)); window 5 is usual.  ERR_ARGUMENT: n < 4. */
gibbs_status gibbs_autocorrelation_time(const double *x, size_t n, double window, double *tau, double *tau_error,
                                        gibbs_error *err) GIBBS_CHECKED;
/* rho(0..lags-1), by FFT. */
gibbs_status gibbs_autocorrelation(const double *x, size_t n, double *rho, size_t lags,
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
