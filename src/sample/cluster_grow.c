/* cluster_grow.c - growing a cluster.
 *
 * Whether a neighbour joins is not branched on: it is written behind the end of the queue in any case, and the end
 * moves or does not.  First in, first out: the next units to be looked at are known long before the last ones have
 * joined. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cluster_grow.h"

#include "gibbs/private/clones.h"

/* The bits of activation of the units to come, way by way, from unit `used` of the present batch on; how many there
 * are. */
static inline size_t load_bits(gibbs_cluster_growth *g, const size_t ways, uint64_t *bits) {
  if (g->used == GIBBS_CLUSTER_POPS) {
    for (size_t w = 0; w < ways; w++) gibbs_cluster_dice_bits(&g->dice, g->neighbours->chance[w], g->bits[w]);
    g->used = 0;
  }
  for (size_t w = 0; w < ways; w++) bits[w] = g->bits[w][g->used / 64] >> g->used % 64;
  return 64 - g->used % 64;
}

/* Units change their state as they join, which also tells that they have joined. */
__attribute__((always_inline)) static inline void grow_and_flip(gibbs_cluster_growth *g, uint32_t seed,
                                                                const size_t ways) {
  const uint8_t *kind = g->neighbours->kind;
  const int32_t *steps = g->neighbours->step;
  uint8_t *state = g->state;
  uint32_t *queue = g->queue;
  const uint8_t other = state[seed] ^ 1;
  size_t head = 0, tail = 1;
  queue[0] = seed;
  state[seed] = other;
  while (head < tail) {
    uint64_t bits[GIBBS_CLUSTER_MOST_WAYS];
    const size_t left = load_bits(g, ways, bits), count = tail - head < left ? tail - head : left;
    g->used += count;
    for (const size_t end = head + count; head < end; head++) {
      const uint32_t u = queue[head];
      const int32_t *step = steps + kind[u] * ways;
      for (size_t w = 0; w < ways; w++) {
        const uint32_t v = u + (uint32_t)step[w];
        const uint8_t there = state[v], joins = (uint8_t)(bits[w] & (there ^ other) & 1);
        queue[tail] = v;
        tail += joins;
        state[v] = there ^ joins;
        bits[w] >>= 1;
      }
    }
  }
  g->size = g->alike = tail;
}

/* The usual numbers of ways are written out by the compiler. */
GIBBS_CLONES static void grow_flipping(gibbs_cluster_growth *g, uint32_t seed) {
  switch (g->neighbours->ways) {
  case 3:
    grow_and_flip(g, seed, 3);
    break;
  case 4:
    grow_and_flip(g, seed, 4);
    break;
  case 6:
    grow_and_flip(g, seed, 6);
    break;
  default:
    grow_and_flip(g, seed, g->neighbours->ways);
  }
}

void gibbs_cluster_grow_flipping(gibbs_cluster_growth *growth, uint32_t seed) {
  grow_flipping(growth, seed);
}

/* The same for bonds of both kinds: units stay as they are and are marked. */
GIBBS_CLONES static void grow_marking(gibbs_cluster_growth *g, uint32_t seed) {
  const gibbs_cluster_neighbours *n = g->neighbours;
  const size_t ways = n->ways;
  const uint8_t first = g->state[seed];
  size_t head = 0, tail = 1, alike = 0;
  g->queue[0] = seed;
  g->mark[seed] = 1;
  while (head < tail) {
    uint64_t bits[GIBBS_CLUSTER_MOST_WAYS];
    const size_t left = load_bits(g, ways, bits), count = tail - head < left ? tail - head : left;
    g->used += count;
    for (const size_t end = head + count; head < end; head++) {
      const uint32_t u = g->queue[head];
      const uint8_t own = g->state[u];
      const int32_t *step = n->step + n->kind[u] * ways;
      alike += own == first;
      for (size_t w = 0; w < ways; w++) {
        const uint32_t v = u + (uint32_t)step[w];
        const uint8_t content = (uint8_t)(g->state[v] ^ own ^ n->unlike[w] ^ 1);
        const uint8_t joins = (uint8_t)(bits[w] & content & (g->mark[v] ^ 1));
        g->queue[tail] = v;
        tail += joins;
        g->mark[v] |= joins;
        bits[w] >>= 1;
      }
    }
  }
  g->size = tail;
  g->alike = alike;
}

/* ---- lists of bonds ---------------------------------------------------------------------------------------------
 */

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
