/* cluster_nodes.c - gathering clusters, choosing their signs, and what that says about the magnetisation.
 *
 * Given the clusters their signs are independent, so that the mean of m^2 over them is known: with M_c the
 * magnetisation of cluster c as it is and t_c the mean of its sign afterwards, <m^2> = [(sum M t)^2 + sum M^2 (1 -
 * t^2)] / N^2. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster_nodes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/threads.h"

uint64_t gibbs_cluster_chance(double strength) {
  double p = ldexp(-expm1(-fabs(strength)), 64);
  return p >= 0x1p64 ? UINT64_MAX : (uint64_t)p;
}

/* Parents come before their children, so that one step above is the root already. */
static void gather_sizes(gibbs_cluster_nodes *nodes) {
  uint32_t *restrict parent = nodes->parent;
  int32_t *restrict size = nodes->size;
  for (size_t x = 0; x < nodes->count; x++) {
    uint32_t root = parent[parent[x]];
    int32_t own = size[x];
    parent[x] = root;
    size[x] = 0;
    size[root] += own;
  }
}

void gibbs_cluster_gather(gibbs_cluster_nodes *nodes) {
  gather_sizes(nodes);
  bool sizes_alone = !nodes->magnet && !nodes->field && !nodes->held;
  for (size_t x = 0; x < nodes->count && !sizes_alone; x++) {
    uint32_t root = nodes->parent[x];
    if (root == x) continue;
    if (nodes->magnet) nodes->magnet[root] += nodes->magnet[x], nodes->magnet[x] = 0;
    if (nodes->field) nodes->field[root] += nodes->field[x], nodes->field[x] = 0;
    if (nodes->held) nodes->held[root] |= nodes->held[x];
  }
}

GIBBS_CLONES static void toss_coins(gibbs_cluster_dice *dice, uint64_t *out, size_t words) {
  for (size_t w = 0; w < words; w += GIBBS_LANES) {
    uint64_t random[GIBBS_LANES];
    gibbs_lanes_next(&dice->lanes, random);
    memcpy(out + w, random, (words - w < GIBBS_LANES ? words - w : GIBBS_LANES) * sizeof *out);
  }
}

/* Without fields every sign is free. */
GIBBS_CLONES static void add_squares(size_t count, const int32_t *restrict size, const int32_t *restrict magnet,
                                     double *sizes, double *magnets, double *clusters) {
  int64_t s = 0, m = 0, n = 0; /* at most 2^62 each */
  for (size_t x = 0; x < count; x++) {
    s += (int64_t)size[x] * size[x];
    m += (int64_t)magnet[x] * magnet[x];
    n += size[x] != 0;
  }
  *sizes = (double)s, *magnets = (double)m, *clusters = (double)n;
}

/* What the clusters of one pair of states add up to. */
typedef struct pair_sums {
  double units, fixed, free; /* sums of sizes, of M t and of M^2 (1 - t^2) */
} pair_sums;

static double choose_sign(gibbs_cluster_nodes *nodes, size_t x, gibbs_cluster_dice *dice) {
  double flip = nodes->held && nodes->held[x] ? 0 : nodes->field ? 1 / (1 + exp(-2 * nodes->field[x])) : 0.5;
  uint64_t flipped = gibbs_cluster_dice_uniform(dice) < flip;
  nodes->flip[x / 64] = (nodes->flip[x / 64] & ~(UINT64_C(1) << x % 64)) | flipped << x % 64;
  return 1 - 2 * flip;
}

/* The mean of (q sum_a rho_a^2 - 1) / (q - 1), which is m^2 for two states. */
static double add_pairs(const pair_sums *pair, size_t units, size_t states) {
  double squares = 0, n = (double)units, q = (double)states;
  for (size_t k = 0; k < (states + 1) / 2; k++)
    squares += (pair[k].units * pair[k].units + pair[k].fixed * pair[k].fixed + pair[k].free) / 2;
  return (q * squares / (n * n) - 1) / (q - 1);
}

static void settle_all(gibbs_cluster_nodes *nodes, size_t units, size_t states, gibbs_cluster_dice *dice,
                       gibbs_cluster_report *report) {
  pair_sums pair[GIBBS_CLUSTER_MOST_STATES / 2] = {{0}};
  double squares = 0, clusters = 0;
  for (size_t x = 0; x < nodes->count; x++) {
    if (nodes->parent[x] != x) continue;
    double size = nodes->size[x], magnet = nodes->magnet ? nodes->magnet[x] : size;
    double sign = choose_sign(nodes, x, dice);
    pair_sums *p = &pair[nodes->pair ? nodes->pair[x] : 0];
    p->units += size;
    p->fixed += magnet * sign;
    p->free += magnet * magnet * (1 - sign * sign);
    squares += size * size;
    clusters++;
  }
  double n = (double)units;
  *report = (gibbs_cluster_report){add_pairs(pair, units, states), squares / n, clusters};
}

void gibbs_cluster_settle(gibbs_cluster_nodes *nodes, size_t units, size_t states, gibbs_cluster_dice *dice,
                          gibbs_cluster_report *report) {
  if (nodes->field || nodes->held || nodes->pair) {
    settle_all(nodes, units, states, dice, report);
    return;
  }
  double sizes, magnets, clusters, n = (double)units;
  toss_coins(dice, nodes->flip, nodes->count / 64 + 1);
  add_squares(nodes->count, nodes->size, nodes->magnet ? nodes->magnet : nodes->size, &sizes, &magnets, &clusters);
  *report = (gibbs_cluster_report){magnets / (n * n), sizes / n, clusters};
}

void *gibbs_cluster_places(void *places, size_t *count, size_t size, gibbs_error *err) {
  size_t threads = gibbs_threads();
  if (threads <= *count) return places;
  char *more = realloc(places, threads * size);
  if (!more) return (void)gibbs_fail_memory(err, "clusters", threads * size), NULL;
  memset(more + *count * size, 0, (threads - *count) * size);
  *count = threads;
  return more;
}
