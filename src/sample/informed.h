/* informed.h - what the files of the kernel `informed` share.
 *
 * A move of one unit from its state to state s has the half log ratio half = -slope . (new - old elements) / 2, the
 * estimate of (E(old) - E(new)) / 2; both proposals are made of these numbers, laid out as the elements are: for a
 * spin or a bit that of its change, for a Potts unit one a state (0 for the state that it has). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_INFORMED_H
#define GIBBS_SAMPLE_INFORMED_H

#include "landscape.h"
#include "lane_groups.h"
#include "step_size.h"

typedef enum gibbs_informed_proposal { GIBBS_INFORMED_GRADIENT, GIBBS_INFORMED_LANGEVIN } gibbs_informed_proposal;

/* The scratch of one thread; arrays are [element or unit][lane]. */
typedef struct gibbs_informed_bench {
  double *x, *slope, *half; /* of the proposed configuration; `half` of the one that is looked at */
  double *weight;           /* of each free unit: logarithm of the sum of exp(half) over its other states */
  double *key, *rest;
  uint32_t *order;             /* [flip][lane]: which free units are changed, in order */
  size_t flips;                /* changes of the present proposal */
  double penalty[GIBBS_LANES]; /* of a change by the distance 1, squared: 1 / (2 step) */
  gibbs_lanes *lanes;          /* of the group that is being moved */
} gibbs_informed_bench;

typedef struct gibbs_informed {
  const gibbs_target *target;
  gibbs_landscape *landscape;
  gibbs_lane_groups groups;
  gibbs_informed_proposal proposal;
  size_t steps, flips;    /* proposals a sweep, most changes a proposal */
  double *energy, *slope; /* [group][lane], [group][element][lane]: of the present configurations... */
  bool *known;            /* [group]: ...if so */
  bool adapting, adapts;
  gibbs_step_size *step; /* [chain] */
  double *accepted;      /* [chain]: mean acceptance of the last sweep */
  uint64_t seed;         /* of the sweep that is being done */
  uint32_t sweep;
  size_t bench_count;
  gibbs_informed_bench *bench;
} gibbs_informed;

gibbs_status gibbs_informed_furnish(gibbs_informed *in, gibbs_error *err) GIBBS_CHECKED;
void gibbs_informed_clear_benches(gibbs_informed *in);

/* The half log ratios of all moves from x, into bench->half, and what the proposal makes of them. */
void gibbs_informed_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                          const double *slope);

/* By what is weighed: draw a proposal from x into bench->x. */
void gibbs_informed_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x);
/* The logarithm of the probability of proposing `to` where x is weighed; `back`: on the way back, by which changes
 * are undone from the last to the first. */
void gibbs_informed_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                                    const double *to, bool back, double out[GIBBS_LANES]);

/* One sweep of the chains of one group, on the bench of a thread. */
gibbs_status gibbs_informed_sweep_group(gibbs_informed *in, size_t group, size_t thread,
                                        gibbs_error *err) GIBBS_CHECKED;

/* The two kinds, in files of their own. */
void gibbs_informed_gradient_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x);
void gibbs_informed_gradient_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x);
void gibbs_informed_gradient_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *to,
                                             bool back, double out[GIBBS_LANES]);
void gibbs_informed_langevin_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x);
void gibbs_informed_langevin_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x);
void gibbs_informed_langevin_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                                             const double *to, double out[GIBBS_LANES]);

/* The exact probability that one proposal made at `from` is `to` and is taken; values unit by unit as kernels
 * exchange them.  Gradient: by the path that changes the units order[0..flips-1] one after the other.  Langevin:
 * `order` is not read; chain 0's step is used.  With the functions that sampling uses, for tests of detailed balance.
 */
gibbs_status gibbs_informed_transition(gibbs_informed *in, const double *from, const double *to, const size_t *order,
                                       double *out, gibbs_error *err) GIBBS_CHECKED;

#endif
