/* cluster_grow.c - growing a cluster.
 *
 * Whether a neighbour joins is not branched on: it is written behind the end of the queue in any case, and the end moves or
 * does not.  First in, first out: the next units to be looked at are known long before the last ones have joined. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster_grow.h"

#include "gibbs/private/clones.h"

static inline void refill_bits(gibbs_cluster_growth *g, size_t ways) {
  for (size_t w = 0; w < ways; w++) gibbs_cluster_dice_bits(&g->dice, g->neighbours->chance[w], g->bits[w]);
  g->used = 0;
}

/* `flipping`: units change their state as they join, which also tells that they have joined; bonds reward being alike. */
static inline void grow_on_lattice(gibbs_cluster_growth *g, uint32_t seed, const size_t ways, const bool flipping) {
  const gibbs_cluster_neighbours *n = g->neighbours;
  const uint16_t *kind = n->kind;
  uint8_t *state = g->state, *mark = g->mark;
  uint32_t *queue = g->queue;
  size_t head = 0, tail = 1, alike = 0;
  const uint8_t first = state[seed];
  queue[0] = seed;
  if (flipping)
    state[seed] ^= 1;
  else
    mark[seed] = 1;
  while (head < tail) {
    if (g->used == GIBBS_CLUSTER_POPS) refill_bits(g, ways);
    const size_t word = g->used / 64, bit = g->used % 64;
    const uint32_t u = queue[head++];
    const uint8_t own = flipping ? first : state[u];
    const int32_t *step = n->step + kind[u] * ways;
    g->used++;
    alike += own == first;
    for (size_t w = 0; w < ways; w++) {
      const uint32_t v = u + (uint32_t)step[w];
      const uint8_t there = state[v], active = g->bits[w][word] >> bit & 1;
      const uint8_t like = (uint8_t)(there ^ own ^ (flipping ? 0 : n->unlike[w]));
      const uint8_t joins = (uint8_t)(active & (like ^ 1) & (flipping ? 1 : mark[v] ^ 1));
      queue[tail] = v;
      tail += joins;
      if (flipping)
        state[v] = there ^ joins;
      else
        mark[v] |= joins;
    }
  }
  g->size = tail;
  g->alike = alike;
}

GIBBS_CLONES static void grow_flipping(gibbs_cluster_growth *g, uint32_t seed) {
  switch (g->neighbours->ways) {
  case 3:
    grow_on_lattice(g, seed, 3, true);
    break;
  case 4:
    grow_on_lattice(g, seed, 4, true);
    break;
  case 6:
    grow_on_lattice(g, seed, 6, true);
    break;
  default:
    grow_on_lattice(g, seed, g->neighbours->ways, true);
  }
}

void gibbs_cluster_grow_flipping(gibbs_cluster_growth *growth, uint32_t seed) {
  grow_flipping(growth, seed);
}

GIBBS_CLONES static void grow_marking(gibbs_cluster_growth *g, uint32_t seed) {
  grow_on_lattice(g, seed, g->neighbours->ways, false);
}

/* ---- lists of bonds --------------------------------------------------------------------------------------------- */

static inline void refill_words(gibbs_cluster_growth *g) {
  uint64_t random[GIBBS_LANES];
  for (size_t k = 0; k < GIBBS_CLUSTER_POPS; k += 2 * GIBBS_LANES) {
    gibbs_lanes_next(&g->dice.lanes, random);
    for (size_t i = 0; i < GIBBS_LANES; i++)
      g->words[k + 2 * i] = (uint32_t)random[i] >> 1, g->words[k + 2 * i + 1] = (uint32_t)(random[i] >> 33);
  }
  g->used = 0;
}

/* The two states are `first` and first ^ other: a unit that joins has the state that its bond asks for. */
GIBBS_CLONES static void grow_on_lists(gibbs_cluster_growth *g, uint32_t seed, uint8_t other) {
  const gibbs_cluster_neighbours *n = g->neighbours;
  const uint8_t first = g->state[seed];
  size_t head = 0, tail = 1, alike = 0;
  g->queue[0] = seed;
  g->mark[seed] = 1;
  while (head < tail) {
    const uint32_t u = g->queue[head++];
    const uint8_t own = g->state[u];
    alike += own == first;
    for (size_t k = n->first[u]; k < n->first[u + 1]; k++) {
      if (g->used == GIBBS_CLUSTER_POPS) refill_words(g);
      const uint32_t v = n->other[k], bond = n->bond[k];
      const uint8_t wanted = bond & 1 ? own ^ other : own;
      const uint8_t joins = (uint8_t)((g->words[g->used++] < bond >> 1) & (g->state[v] == wanted) & (g->mark[v] ^ 1));
      g->queue[tail] = v;
      tail += joins;
      g->mark[v] |= joins;
    }
  }
  g->size = tail;
  g->alike = alike;
}

void gibbs_cluster_grow_marking(gibbs_cluster_growth *growth, uint32_t seed, uint8_t partner) {
  if (growth->neighbours->kind)
    grow_marking(growth, seed);
  else
    grow_on_lists(growth, seed, growth->state[seed] ^ partner);
}
