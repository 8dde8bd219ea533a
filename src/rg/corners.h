/* corners.h - the spins at the corners of a square or a cube: subsets of them, and which are alike. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CORNERS_H
#define CORNERS_H

#include <stddef.h>

enum { LEAST_DIMENSION = 2, MOST_DIMENSION = 3, MOST_CORNERS = 8, MOST_STATES = 256, MOST_ORBITS = 22 };

/* Subsets of corners that a symmetry of the hypercube maps onto each other; orbit 0 is the empty set, a constant. */
typedef struct corners {
  size_t count, states, orbits;
  size_t orbit_of[MOST_STATES];         /* of a subset, or of a state by its positive spins */
  size_t member[MOST_ORBITS];           /* the least subset of an orbit */
  size_t size[MOST_ORBITS];             /* how many subsets */
  double sum[MOST_ORBITS][MOST_STATES]; /* sum_(A in o) s_A */
} corners;

/* Of the hypercube of d axes, LEAST_DIMENSION to MOST_DIMENSION. */
const corners *corners_of(size_t d);

static inline unsigned count_bits(size_t set) {
  return (unsigned)__builtin_popcountll((unsigned long long)set);
}

#endif
