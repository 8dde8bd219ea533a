/* hmc.h - what the files of the kernel `hmc` share.
 *
 * Positions are moved in coordinates divided by a scale for each unit, in which momenta are standard normal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_HMC_H
#define GIBBS_SAMPLE_HMC_H

#include "landscape.h"
#include "lane_groups.h"
#include "step_size.h"

/* The scratch of one thread; arrays are [unit][lane]. */
typedef struct gibbs_hmc_bench {
  double *x, *slope, *momentum, *uniform;
  gibbs_lanes *lanes; /* of the group that is being moved */
} gibbs_hmc_bench;

typedef struct gibbs_hmc {
  gibbs_landscape *landscape;
  gibbs_lane_groups groups; /* one element a unit */
  size_t length;            /* leapfrog steps, 0: chosen by the step size */
  double jitter;
  double *energy, *slope; /* [group][lane], [group][unit][lane]: of the present configurations... */
  bool *known;            /* [group]: ...if so */
  bool adapting, adapts;
  gibbs_step_size *step; /* [chain] */
  double *scale;         /* [group][unit][lane] */
  double *mean, *spread; /* likewise: of the positions since the window began; sum of squared deviations */
  uint64_t learned;      /* sweeps of warm-up so far */
  double *accepted;      /* [chain]: acceptance of the last sweep */
  uint64_t seed;         /* of the sweep that is being done */
  uint32_t sweep;
  size_t bench_count;
  gibbs_hmc_bench *bench;
} gibbs_hmc;

gibbs_status gibbs_hmc_furnish(gibbs_hmc *h, gibbs_error *err) GIBBS_CHECKED;
void gibbs_hmc_clear_benches(gibbs_hmc *h);

/* The chain that a lane of a group moves; lanes without a chain repeat the first one. */
static inline size_t gibbs_hmc_chain(const gibbs_hmc *h, size_t group, size_t lane) {
  size_t low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
  return lane < low || lane >= high ? first : first + lane - low;
}

/* One trajectory of the chains of one group, on the bench of a thread. */
gibbs_status gibbs_hmc_sweep_group(gibbs_hmc *h, size_t group, size_t thread, gibbs_error *err) GIBBS_CHECKED;
/* What the warm-up learns of a group after a trajectory. */
void gibbs_hmc_learn(gibbs_hmc *h, size_t group, const double acceptance[GIBBS_LANES]);

/* Everything that was learned, as numbers, and back. */
size_t gibbs_hmc_save(const gibbs_hmc *h, double *out);
gibbs_status gibbs_hmc_load(gibbs_hmc *h, const double *memory, size_t count, gibbs_error *err) GIBBS_CHECKED;

#endif
