/* interval.c - Student's interval of a mean. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/interval.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>

gibbs_status gibbs_interval_of_mean(const double values[], size_t n, double level, gibbs_interval *out,
                                    gibbs_error *err) {
  if (n < 2) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "an interval is of at least 2 values, not of %zu", n);
  if (!(level > 0 && level < 1))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "level is %g; it must lie between 0 and 1", level);
  double mean = gsl_stats_mean(values, 1, n);
  double error = gsl_stats_sd_m(values, 1, n, mean) / sqrt((double)n);
  double width = error * gsl_cdf_tdist_Qinv((1 - level) / 2, (double)(n - 1));
  *out = (gibbs_interval){.mean = mean, .error = error, .low = mean - width, .high = mean + width};
  return GIBBS_OK;
}
