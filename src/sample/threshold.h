/* threshold.h - with which probability a single unit changes, written once for the sweeps and for their proof.
 *
 * A sweep draws a whole number w, uniform in 0..2^31 - 1, and takes a change of energy if it is at most the threshold
 * made of w, so that logarithms are taken ahead of the configurations and many at a time.  The probability of that is
 * the function in double beside it, but for the grid of w: changes above 22 are never taken. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_THRESHOLD_H
#define GIBBS_SAMPLE_THRESHOLD_H

#include <math.h>

#include "gibbs/private/vectorfloat.h"
#include "hastings.h"

/* The share of visits of a lazy rule that try to change the unit. */
#define GIBBS_ACCEPTANCE_TRIED 0.875

/* min(1, exp(-change)). */
static inline double gibbs_metropolis_acceptance(double change) {
  return gibbs_hastings_acceptance(0, change, 0, 0);
}

/* The same where seven visits in eight try, and the others leave the unit alone; and the largest change that w takes:
 * -log((w + 1/2) / (7/8 2^31)), but for the words above. */
static inline double gibbs_lazy_acceptance(double change) {
  return GIBBS_ACCEPTANCE_TRIED * gibbs_metropolis_acceptance(change);
}
static inline float gibbs_lazy_threshold(uint32_t w) {
  const uint32_t tried = (uint32_t)(GIBBS_ACCEPTANCE_TRIED * 0x1p31);
  float taken = (float)(21.487562597358304 - 0.13353139262452263) - gibbs_float_log((float)(int32_t)w + 0.5f);
  return w < tried ? (taken > 0.0f ? taken : 0.0f) : -3e38f;
}

/* 1 / (1 + exp(change)), and log((2^31 - w - 1/2) / (w + 1/2)). */
static inline double gibbs_heat_bath_acceptance(double change) {
  return 1 / (1 + exp(change));
}
static inline float gibbs_heat_bath_threshold(uint32_t w) {
  return gibbs_float_log((float)(int32_t)(0x7fffffffu - w) + 0.5f) - gibbs_float_log((float)(int32_t)w + 0.5f);
}

#endif
