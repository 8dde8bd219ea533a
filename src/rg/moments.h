/* moments.h - what a Monte Carlo renormalization keeps: first and second moments of the operators of every level, in
 * blocks. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef MOMENTS_H
#define MOMENTS_H

#include "gibbs/mcrg.h"
#include "neighbourhoods.h"

enum { EVEN, ODD };
enum { MOST_LEVELS = 12, GROUPS = 32, MANY = 16, LEAST_BLOCKS = 64, LEAST_BINS = 8, MOST_BLOCKS = MANY * LEAST_BINS };

typedef struct lattice_level {
  size_t extent[GIBBS_MOST_AXES];
  gibbs_operators *operators[2]; /* even, odd */
} lattice_level;

/* A group of chains during a stretch of time: the unit of the jackknife. */
typedef struct block {
  double *sums;
  uint64_t count;
  neighbourhoods around[MOST_LEVELS + 1];
} block;

struct gibbs_mcrg {
  size_t levels; /* steps; there are levels + 1 lattices */
  double scale;
  gibbs_block_rule *rule[MOST_LEVELS];
  lattice_level level[MOST_LEVELS + 1];
  gibbs_operator list[2][GIBBS_MOST_OPERATORS];
  size_t count[2];
  size_t groups, bins, blocks, inferred, size;
  block *block;
  double *sums;
};

/* Where in a block's sums a level's moments of one parity lie. */
typedef struct moments {
  double *mean;  /* S_a */
  double *same;  /* S_a S_b */
  double *cross; /* S_a S'_b, with those of the level below (the finer one); not for level 0 */
} moments;

size_t moments_size(const gibbs_mcrg *m);
moments moments_at(const gibbs_mcrg *m, double *sums, size_t level, int parity);
/* Adds one measurement: the operators of a level, and of the finer one (NULL at level 0). */
void moments_add(const gibbs_mcrg *m, double *sums, size_t level, int parity, const double *values,
                 const double *finer);
/* Means over all blocks but `left_out` (or over all, when it is m->blocks) of all sums, to `out` of moments_size
 * numbers. */
void moments_mean(const gibbs_mcrg *m, size_t left_out, double *out);

#endif
