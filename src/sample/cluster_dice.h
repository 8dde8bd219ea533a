/* cluster_dice.h - the random numbers of one sweep of one chain, by the word, and as words of biased bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_DICE_H
#define GIBBS_SAMPLE_CLUSTER_DICE_H

#include <stdbool.h>

#include "gibbs/private/lanes.h"

typedef struct gibbs_cluster_dice {
  gibbs_lanes lanes;
  uint64_t word[GIBBS_LANES];
  unsigned used;
} gibbs_cluster_dice;

static inline void gibbs_cluster_dice_open(gibbs_cluster_dice *dice, uint64_t seed, gibbs_purpose purpose,
                                           uint32_t chain, uint32_t step) {
  gibbs_lanes_open_part(&dice->lanes, seed, purpose, chain, step, 0);
  dice->used = GIBBS_LANES;
}

static inline uint64_t gibbs_cluster_dice_word(gibbs_cluster_dice *dice) {
  if (dice->used == GIBBS_LANES) {
    gibbs_lanes_next(&dice->lanes, dice->word);
    dice->used = 0;
  }
  return dice->word[dice->used++];
}

/* [0, 1), 53 bits. */
static inline double gibbs_cluster_dice_uniform(gibbs_cluster_dice *dice) {
  return (double)(gibbs_cluster_dice_word(dice) >> 11) * 0x1p-53;
}

/* 0..n-1. */
static inline size_t gibbs_cluster_dice_below(gibbs_cluster_dice *dice, size_t n) {
  size_t k = (size_t)(gibbs_cluster_dice_uniform(dice) * (double)n);
  return k < n ? k : n - 1;
}

/* Bits that are set with probability chance / 2^64 each: the binary digits of `chance` are compared with random ones
 * from the most significant on, until every bit is decided. */
static inline void gibbs_cluster_dice_bits(gibbs_cluster_dice *dice, uint64_t chance,
                                           uint64_t out[restrict GIBBS_LANES]) {
  uint64_t open[GIBBS_LANES], left = 1;
  for (size_t k = 0; k < GIBBS_LANES; k++) open[k] = ~UINT64_C(0), out[k] = 0;
  for (uint64_t digits = chance; digits && left; digits <<= 1) {
    uint64_t digit = digits >> 63 ? ~UINT64_C(0) : 0, random[GIBBS_LANES];
    gibbs_lanes_next(&dice->lanes, random);
    left = 0;
    for (size_t k = 0; k < GIBBS_LANES; k++) {
      out[k] |= open[k] & ~random[k] & digit;
      open[k] &= ~(random[k] ^ digit);
      left |= open[k];
    }
  }
}

/* The chance of a bond of this strength to be activated when its relation holds. */
uint64_t gibbs_cluster_chance(double strength);

#endif
