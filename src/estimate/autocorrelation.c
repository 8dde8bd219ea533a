/* autocorrelation.c - autocorrelation functions and times of lists of numbers, by FFT. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_fft_halfcomplex.h>
#include <gsl/gsl_fft_real.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/series.h"

static gibbs_status check_list(const double *x, size_t n, gibbs_error *err) {
  if (n < 4) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "an autocorrelation needs at least 4 numbers, not %zu", n);
  for (size_t k = 0; k < n; k++)
    if (!isfinite(x[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "number %zu of %zu is %g; it must be finite", k + 1, n, x[k]);
  return GIBBS_OK;
}

/* The first number goes before the mean does, so that a constant list becomes exact zeros. */
static void copy_centred(double *out, const double *x, size_t n) {
  double sum = 0;
  for (size_t k = 0; k < n; k++) sum += out[k] = x[k] - x[0];
  for (size_t k = 0; k < n; k++) out[k] -= sum / (double)n;
}

/* |FFT|^2 of a halfcomplex list, in place. */
static void square_modulus(double *z, size_t size) {
  z[0] *= z[0];
  z[size / 2] *= z[size / 2];
  for (size_t k = 1; k < size / 2; k++) {
    z[k] = z[k] * z[k] + z[size - k] * z[size - k];
    z[size - k] = 0;
  }
}

/* *out[t] = sum_k d[k] d[k + t], t < n; to be freed. */
static gibbs_status sum_lagged(const double *x, size_t n, double **out, gibbs_error *err) {
  size_t size = 4;
  while (size < 2 * n) size *= 2;
  double *z = calloc(size, sizeof *z);
  if (!z) return gibbs_fail_memory(err, "an autocorrelation", size * sizeof *z);
  copy_centred(z, x, n);
  gsl_fft_real_radix2_transform(z, 1, size);
  square_modulus(z, size);
  gsl_fft_halfcomplex_radix2_inverse(z, 1, size);
  *out = z;
  return GIBBS_OK;
}

gibbs_status gibbs_autocorrelation(const double *x, size_t n, double *rho, size_t lags, gibbs_error *err) {
  double *sums;
  gibbs_status status = check_list(x, n, err);
  if (status == GIBBS_OK && lags > n)
    status = gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu lags of a list of %zu numbers; at most %zu", lags, n, n);
  if (status == GIBBS_OK) status = sum_lagged(x, n, &sums, err);
  if (status != GIBBS_OK) return status;
  for (size_t t = 0; t < lags; t++) rho[t] = sums[0] > 0 ? sums[t] / sums[0] : t == 0;
  free(sums);
  return GIBBS_OK;
}

gibbs_status gibbs_autocorrelation_time(const double *x, size_t n, double window, double *tau, double *tau_error,
                                        gibbs_error *err) {
  if (!(window > 0 && isfinite(window)))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the window is %g; it must be a number above 0 (5 is usual)", window);
  double *sums;
  gibbs_status status = check_list(x, n, err);
  if (status == GIBBS_OK) status = sum_lagged(x, n, &sums, err);
  if (status != GIBBS_OK) return status;
  double time = 1;
  size_t lags = 0;
  if (sums[0] > 0)
    while (lags + 1 < n && (double)lags < window * time) time += 2 * sums[++lags] / sums[0];
  *tau = time;
  if (tau_error) *tau_error = sums[0] > 0 ? fabs(time) * sqrt(2 * (double)(2 * lags + 1) / (double)n) : 0;
  free(sums);
  return GIBBS_OK;
}
