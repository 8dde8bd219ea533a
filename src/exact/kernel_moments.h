/* kernel_moments.h - running sums of a segment of chunks, kept unfolded: by state of the chunk, by lane and by block.
 *
 * Sums over single units are read off at the end, so that a chunk costs a few additions a state. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_KERNEL_MOMENTS_H
#define GIBBS_EXACT_KERNEL_MOMENTS_H

#include "kernel_parts.h"

/* tau_k is t / (1 + t), t = exp of the turned factor: sigma, or 1 - sigma where the factor is turned. */
struct gibbs_moments {
  bool second;
  size_t top; /* units above a chunk */
  size_t count;
  double *all;            /* [count]: the following, in a row */
  double *state;          /* [states] sum of w by state of the chunk */
  double *top_first;      /* [top] sum of w x_t */
  double *top_second;     /* [top][n] sum of w x_t x_i, if second */
  double *lane_response;  /* [m][lanes] sum of w tau by lane */
  double *block_response; /* [m][blocks] the same by block */
  double *top_response;   /* [top][m] sum of w tau x_t */
  double *work;           /* [2][states], for reading */
};

/* Adds the upper half of `value` to the lower one, and so on down to value[0], which is returned: the sum.  first[i]
 * is the sum over the states with bit i. */
double gibbs_kernel_fold(double *value, unsigned bits, double *first);

#endif
