/* lane_groups.h - the configurations of all chains, in groups of sixteen side by side as programs want them.
 *
 * Chain number n (first_chain + c) is lane n % 16 of its group whatever other chains there are, and a group is always
 * sixteen wide: so that what is computed for a chain has the same bits alone and among others.  Lanes without a chain
 * repeat the first one that has. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_LANE_GROUPS_H
#define GIBBS_SAMPLE_LANE_GROUPS_H

#include "gibbs/private/lanes.h"
#include "kernel.h"

typedef struct gibbs_lane_unit {
  size_t element; /* the first of its elements */
  size_t states;  /* 2, q, or 0 for reals */
  gibbs_domain domain;
} gibbs_lane_unit;

typedef struct gibbs_lane_groups {
  size_t chains, first_chain, count; /* count: of groups */
  size_t units, elements, free_count;
  gibbs_lane_unit *unit;
  size_t *free; /* the units that are not held, ascending */
  double *x;    /* [group][element][lane] */
} gibbs_lane_groups;

gibbs_status gibbs_lane_groups_new(const gibbs_target *target, size_t chains, size_t first_chain,
                                   gibbs_lane_groups *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_lane_groups_clear(gibbs_lane_groups *groups);

/* values[u * stride + c], a Potts unit's state from 1. */
void gibbs_lane_groups_set(gibbs_lane_groups *groups, const double *values, size_t stride);
void gibbs_lane_groups_get(const gibbs_lane_groups *groups, double *values, size_t stride);

/* Write unit u of a configuration, lane by lane: x[element][lane]. */
void gibbs_lane_unit_write(const gibbs_lane_unit *unit, double *x, size_t lane, double value);
double gibbs_lane_unit_read(const gibbs_lane_unit *unit, const double *x, size_t lane);

static inline double *gibbs_lane_groups_at(const gibbs_lane_groups *groups, size_t group) {
  return groups->x + group * groups->elements * GIBBS_LANES;
}

/* The number of the chain in lane 0 of a group. */
static inline size_t gibbs_lane_groups_number(const gibbs_lane_groups *groups, size_t group) {
  return (groups->first_chain / GIBBS_LANES + group) * GIBBS_LANES;
}

/* The lanes *low..*high-1 of a group have chains; returns the chain (from 0) of lane *low. */
static inline size_t gibbs_lane_groups_lanes(const gibbs_lane_groups *groups, size_t group, size_t *low,
                                             size_t *high) {
  size_t number = gibbs_lane_groups_number(groups, group), last = groups->first_chain + groups->chains;
  *low = groups->first_chain > number ? groups->first_chain - number : 0;
  *high = last - number < GIBBS_LANES ? last - number : GIBBS_LANES;
  return number + *low - groups->first_chain;
}

/* x[row][lane]: lanes without a chain do as the first one that has. */
void gibbs_lane_groups_mirror(const gibbs_lane_groups *groups, size_t group, size_t rows, double *x);

/* One uniform in (0, 1) a lane, 52 bits, never 0 or 1. */
static inline void gibbs_lanes_uniform_double(gibbs_lanes *restrict lanes, double out[restrict GIBBS_LANES]) {
  uint64_t word[GIBBS_LANES];
  gibbs_lanes_next(lanes, word);
  for (size_t k = 0; k < GIBBS_LANES; k++) out[k] = ((double)(int64_t)(word[k] >> 12) + 0.5) * 0x1p-52;
}

#endif
