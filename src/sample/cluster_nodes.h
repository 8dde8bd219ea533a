/* cluster_nodes.h - nodes (units, or runs of units) joined to clusters, and what becomes of the clusters. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_NODES_H
#define GIBBS_SAMPLE_CLUSTER_NODES_H

#include "cluster.h"
#include "cluster_dice.h"

/* What is told of a sweep: see the measures of the kernels. */
typedef struct gibbs_cluster_report {
  double improved_m2, cluster_size, third; /* third: clusters, or the fraction that was flipped */
} gibbs_cluster_report;

/* parent[x] <= x; equal for the root of a cluster.  What is given for every node is added up at its root when the
 * clusters are gathered, and is 0 elsewhere then. */
typedef struct gibbs_cluster_nodes {
  size_t count;
  uint32_t *parent;
  int32_t *size;
  int32_t *magnet; /* sum of s = -1, +1 over the units as they are; NULL: as `size`, or its negative */
  double *field;   /* energy of the fields as the units are (it changes its sign when they are flipped); NULL: none */
  uint8_t *held;   /* the cluster has to stay as it is; NULL: none */
  const uint8_t
      *pair;      /* [node], NULL: 0.  Units flip between the two states of a pair of states, many pairs at once */
  uint64_t *flip; /* a bit a node: that of the root counts */
} gibbs_cluster_nodes;

/* Join the clusters of nodes a and b (Rem's algorithm: whichever path is higher goes on below the other). */
static inline void gibbs_cluster_join(uint32_t *parent, uint32_t a, uint32_t b) {
  uint32_t above_a = parent[a], above_b = parent[b];
  while (above_a != above_b) {
    if (above_a > above_b) {
      parent[a] = above_b;
      if (above_a == a) return;
      a = above_a;
      above_a = parent[a];
    } else {
      parent[b] = above_a;
      if (above_b == b) return;
      b = above_b;
      above_b = parent[b];
    }
  }
}

/* Point every node at its root and add up there. */
void gibbs_cluster_gather(gibbs_cluster_nodes *nodes);
/* Choose for every cluster whether it is flipped, with the probabilities of its field, and report; `units` and
 * `states` are those of the model. */
void gibbs_cluster_settle(gibbs_cluster_nodes *nodes, size_t units, size_t states, gibbs_cluster_dice *dice,
                          gibbs_cluster_report *report);

static inline uint64_t gibbs_cluster_flipped(const gibbs_cluster_nodes *nodes, size_t x) {
  uint32_t root = nodes->parent[x];
  return nodes->flip[root / 64] >> (root % 64) & 1;
}

#endif
