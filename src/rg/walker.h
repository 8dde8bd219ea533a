/* walker.h - spins and their block spins of all levels, moved together under a bias on the last ones. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WALKER_H
#define WALKER_H

#include "gibbs/block_rule.h"
#include "gibbs/operators.h"

enum { MOST_WALKER_LEVELS = 8 };

/* What all walkers share. */
typedef struct ground {
  size_t levels;
  const gibbs_block_rule *rule[MOST_WALKER_LEVELS]; /* rule[0] borrowed, the others owned */
  gibbs_block_rule *owned[MOST_WALKER_LEVELS];
  uint32_t *block_of[MOST_WALKER_LEVELS]; /* the block that sees a spin, or NO_BLOCK */
  gibbs_operators *fine, *coarse;
  const double *K;
  size_t fine_count, coarse_count;
} ground;

#define NO_BLOCK (UINT32_MAX - 1)

gibbs_status ground_new(ground *g, const gibbs_block_rule *rule, size_t levels, const gibbs_operator *fine,
                        size_t fine_count, const double *K, const gibbs_operator *coarse, size_t coarse_count,
                        gibbs_error *err) GIBBS_CHECKED;
void ground_free(ground *g);

typedef struct walker {
  uint8_t *spins[MOST_WALKER_LEVELS + 1];
  void *scratch;
  double J[GIBBS_MOST_OPERATORS];
  uint64_t sweeps; /* done */
  uint32_t number;
  uint64_t seed;
} walker;

gibbs_status walker_new(walker *w, const ground *g, uint64_t seed, uint32_t number, gibbs_error *err) GIBBS_CHECKED;
void walker_free(walker *w);
/* As many proposals as there are spins, at random places. */
void walker_sweep(walker *w, const ground *g);
/* The operators of the last level, and of the spins (or NULL). */
void walker_measure(walker *w, const ground *g, double *coarse, double *fine);

#endif
