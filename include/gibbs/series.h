/* gibbs/series.h - what a Markov chain says about a mean: values with errors that know of autocorrelation.
 *
 * A series takes one row of values a sweep (several observables of several chains) and keeps, in memory that does not
 * grow with its length, block sums of every observable of every chain (when full, neighbouring blocks are joined).
 * Promises: tau = 1 + 2 sum_t rho(t) in units of the rows added (1 for independent rows), ess = rows / tau, error is
 * one standard error; observables share their blocks, so that functions of several means have right errors too; what
 * was taken for warm-up is said; the same rows give the same bits. Sources: Sokal, "Monte Carlo methods in
 * statistical mechanics" (1989); Flyvbjerg and Petersen, J. Chem. Phys. 91 (1989) 461; Wolff, Comput. Phys. Commun.
 * 156 (2004) 143; Vehtari et al., Bayesian Analysis 16 (2021) 667 (split R-hat); White, Simulation 69 (1997) 323
 * (MSER). */
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

/* values[observable * chains + chain].  ERR_NUMERIC names the chain of a value that is not finite. */
gibbs_status gibbs_series_add(gibbs_series *series, const double *values, gibbs_error *err) GIBBS_CHECKED;

/* How a warm-up is taken off: a number of rows, or found in the series (MSER over the first half; reported). */
#define GIBBS_WARM_UP_DETECT UINT64_MAX

typedef struct gibbs_estimate {
  double value, error; /* one standard error */
  double tau, ess;     /* ess over all chains together */
  double r_hat;        /* split R-hat; NaN where pooled or too short */
  uint64_t rows;       /* that count, a chain */
  uint64_t warm_up;    /* rows left out at the start of every chain */
  bool converged;      /* long enough for its own tau, R-hat near 1, warm-up within the first half */
  const char *why;     /* "" or what is wrong, one sentence */
} gibbs_estimate;

/* The mean of one observable.  ERR_ARGUMENT: fewer than 4 rows after the warm-up. */
gibbs_status gibbs_series_mean(const gibbs_series *series, size_t observable, uint64_t warm_up, gibbs_estimate *out,
                               gibbs_error *err) GIBBS_CHECKED;

/* A function of the means of all observables, by the jackknife over blocks much longer than tau: bias-corrected
 * value, error.  `f` may fail. Outputs: `outputs` numbers at once. */
typedef gibbs_status (*gibbs_of_means)(void *context, const double *means, double *out, gibbs_error *err);
gibbs_status gibbs_series_jackknife(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, double *value, double *error, gibbs_error *err) GIBBS_CHECKED;
/* The same by resampling blocks `resamples` times: quantiles too. quantile[k * outputs + o] for each probability. */
gibbs_status gibbs_series_bootstrap(const gibbs_series *series, uint64_t warm_up, gibbs_of_means f, void *context,
                                    size_t outputs, size_t resamples, uint64_t seed, const double *probability,
                                    size_t probabilities, double *value, double *error, double *quantile,
                                    gibbs_error *err) GIBBS_CHECKED;

/* Binning: standard error of the mean for blocks of 1, 2, 4, ... times the present block length.  Returns how many
 * levels were written (at most `room`). */
size_t gibbs_series_binning(const gibbs_series *series, size_t observable, uint64_t warm_up, uint64_t length[],
                            double error[], size_t room);

/* The integrated autocorrelation time of a list of n numbers, by FFT and Sokal's window (the smallest W with
 * W >= window * tau(W)); window 5 is usual.  ERR_ARGUMENT: n < 4. */
gibbs_status gibbs_autocorrelation_time(const double *x, size_t n, double window, double *tau, double *tau_error,
                                        gibbs_error *err) GIBBS_CHECKED;
/* rho(0..lags-1), by FFT. */
gibbs_status gibbs_autocorrelation(const double *x, size_t n, double *rho, size_t lags,
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
