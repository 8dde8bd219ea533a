/* gibbs/spread.h - how far the mean of a few stationary chains may be from the truth. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SPREAD_H
#define GIBBS_SPREAD_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gibbs_spread {
  double variance; /* of the mean of all elements: one standard error, squared */
  double single;   /* of one element */
  double relative; /* standard deviation of `variance` over itself */
  bool resolved;   /* the correlations were followed until they had died out */
  bool disagree;   /* the chains differ by more than their own fluctuations explain */
} gibbs_spread;

/* x[chain * n + k], n >= 2, finite; overwritten.  O(chains * n). */
void gibbs_spread_of_mean(double *x, size_t chains, size_t n, gibbs_spread *out);

#endif
