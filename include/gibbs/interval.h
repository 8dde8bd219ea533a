/* gibbs/interval.h - the mean of independent values, and how far the truth may be from it.
 *
 * Promises: for normal values the interval holds their true mean with the probability `level`, by Student's t.
 * Knows nothing of where the values come from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_INTERVAL_H
#define GIBBS_INTERVAL_H

#include "gibbs/status.h"

typedef struct gibbs_interval {
  double mean, error; /* one standard error of the mean */
  double low, high;
} gibbs_interval;

/* Of n >= 2 finite values.  ERR_ARGUMENT: fewer, or level outside (0, 1).  O(n). */
gibbs_status gibbs_interval_of_mean(const double values[], size_t n, double level, gibbs_interval *out,
                                    gibbs_error *err) GIBBS_CHECKED;

#endif
