/* corners.c - subsets of the corners of a square or a cube. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "corners.h"

#include <pthread.h>

static corners tables[MOST_DIMENSION + 1];

/* Axis a of a corner becomes axis order[a], and the corner is reflected. */
static size_t moved_corner(size_t corner, size_t d, const size_t order[], size_t reflection) {
  size_t out = 0;
  for (size_t a = 0; a < d; a++)
    if (corner >> a & 1) out |= (size_t)1 << order[a];
  return out ^ reflection;
}

static size_t least_image(size_t set, size_t d) {
  static const size_t orders[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const size_t corners_here = (size_t)1 << d, permutations = d == 3 ? 6 : 2;
  size_t least = set;
  for (size_t o = 0; o < permutations; o++)
    for (size_t reflection = 0; reflection < corners_here; reflection++) {
      size_t image = 0;
      for (size_t c = 0; c < corners_here; c++)
        if (set >> c & 1) image |= (size_t)1 << moved_corner(c, d, orders[o], reflection);
      least = image < least ? image : least;
    }
  return least;
}

/* Orbits in the order of the number of corners, then of their least member. */
static void find_orbits(corners *t, size_t d) {
  for (unsigned bits = 0; bits <= t->count; bits++)
    for (size_t set = 0; set < t->states; set++) {
      if (count_bits(set) != bits) continue;
      const size_t least = least_image(set, d);
      if (least == set) t->member[t->orbits++] = set;
      for (size_t o = 0; o < t->orbits; o++)
        if (t->member[o] == least) t->orbit_of[set] = o;
    }
}

static void make_table(size_t d) {
  corners *t = &tables[d];
  t->count = (size_t)1 << d;
  t->states = (size_t)1 << t->count;
  find_orbits(t, d);
  for (size_t set = 0; set < t->states; set++) {
    t->size[t->orbit_of[set]]++;
    for (size_t s = 0; s < t->states; s++) t->sum[t->orbit_of[set]][s] += count_bits(set & ~s) & 1 ? -1 : 1;
  }
}

static void make_tables(void) {
  for (size_t d = LEAST_DIMENSION; d <= MOST_DIMENSION; d++) make_table(d);
}

const corners *corners_of(size_t d) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_tables);
  return &tables[d];
}
