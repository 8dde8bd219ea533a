/* hastings.c - the rule of Metropolis and Hastings. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hastings.h"

#include <math.h>

double gibbs_hastings_acceptance(double from_energy, double to_energy, double log_forth, double log_back) {
  double log_ratio = (from_energy - to_energy) + (log_back - log_forth);
  if (isnan(log_ratio)) return 0;
  return log_ratio < 0 ? exp(log_ratio) : 1;
}
