/* sums.c - free energies by sums, among the estimators: what samples are given where an objective asks for F. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "free_energy_parts.h"
#include "gibbs/exact.h"
#include "gibbs/transfer.h"

static gibbs_status sum_states(gibbs_distribution *d, const gibbs_free_energy_options *o,
                               gibbs_free_energy_result *out, gibbs_error *err) {
  (void)o;
  out->ess = HUGE_VAL;
  return gibbs_exact_free_energy(d, &out->value, err);
}

static gibbs_status eliminate(gibbs_distribution *d, const gibbs_free_energy_options *o,
                              gibbs_free_energy_result *out, gibbs_error *err) {
  (void)o;
  out->ess = HUGE_VAL;
  return gibbs_transfer_free_energy(d, &out->value, err);
}

const gibbs_free_energy_method gibbs_free_energy_exact = {
    .name = "exact",
    .doc = "the sum over all states of one side",
    .source = "the definition, F = -log Z",
    .chains = 8,
    .temperatures = 1,
    .sweeps = 1,
    .run = sum_states,
};

const gibbs_free_energy_method gibbs_free_energy_transfer = {
    .name = "transfer",
    .doc = "elimination, one unit after the other",
    .source = "Kramers and Wannier, Phys. Rev. 60 (1941) 252; Dechter, Artif. Intell. 113 (1999) 41",
    .chains = 8,
    .temperatures = 1,
    .sweeps = 1,
    .run = eliminate,
};
