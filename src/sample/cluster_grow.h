/* cluster_grow.h - single clusters, grown from a seed by a queue that is filled without branches. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_GROW_H
#define GIBBS_SAMPLE_CLUSTER_GROW_H

#include "cluster.h"
#include "cluster_dice.h"

enum { GIBBS_CLUSTER_MOST_WAYS = 16, GIBBS_CLUSTER_POPS = 64 * GIBBS_LANES };

/* Who is whose neighbour: on a lattice by kinds of sites (inner ones, those of each edge and corner), else by lists.
 */
typedef struct gibbs_cluster_neighbours {
  size_t units;
  /* On a lattice: neighbour w of unit u is u + step[kind[u] * ways + w]; a step of 0 leads nowhere. */
  size_t ways, kinds;
  uint8_t *kind;
  int32_t *step;
  uint64_t chance[GIBBS_CLUSTER_MOST_WAYS]; /* in 2^-64 */
  uint8_t unlike[GIBBS_CLUSTER_MOST_WAYS];
  /* Else: the bonds of unit u are first[u]..first[u + 1] - 1. */
  size_t *first;
  uint32_t *other, *bond; /* bond: the chance as in gibbs_cluster_bonds */
} gibbs_cluster_neighbours;

/* Whether a lattice has few enough directions and kinds of sites for the first form. */
bool gibbs_cluster_lattice_fits(const gibbs_regular *lattice);
gibbs_status gibbs_cluster_neighbours_new(const gibbs_cluster_model *model, gibbs_cluster_neighbours *out,
                                          gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_neighbours_clear(gibbs_cluster_neighbours *neighbours);

/* What a sweep of one chain works with. */
typedef struct gibbs_cluster_growth {
  const gibbs_cluster_neighbours *neighbours;
  uint8_t *state;  /* [unit] of the chain */
  uint8_t *mark;   /* [unit]: 1 for those in the cluster; 0 between clusters */
  uint32_t *queue; /* room for one more than there are units */
  gibbs_cluster_dice dice;
  /* Bits of activation, way by way, for as many units to come; or words for bonds. */
  uint64_t bits[GIBBS_CLUSTER_MOST_WAYS][GIBBS_LANES];
  uint32_t words[GIBBS_CLUSTER_POPS];
  size_t used;
  /* Of the last cluster, whose units are the first `size` of the queue. */
  size_t size, alike; /* alike: those that were in the state of the seed */
} gibbs_cluster_growth;

/* Two-state units on a lattice where all bonds reward being alike and every cluster is flipped: grow and flip. */
void gibbs_cluster_grow_flipping(gibbs_cluster_growth *growth, uint32_t seed);
/* Otherwise: grow a cluster of units in the state of the seed or in `partner`; they are marked and left as they are.
 */
void gibbs_cluster_grow_marking(gibbs_cluster_growth *growth, uint32_t seed, uint8_t partner);

#endif
