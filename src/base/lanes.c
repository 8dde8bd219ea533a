/* lanes.c - the states of random lanes, made of Philox blocks. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/lanes.h"

#include "gibbs/private/clones.h"

enum { blocks = 2 * GIBBS_LANES, rounds = 10 };

/* Philox4x32-10 (gibbs_philox) of as many counters at once: word[i][block] holds word i of every counter, and then of
 * every block. */
GIBBS_CLONES static void encrypt_blocks(uint32_t word[4][blocks], uint64_t seed) {
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
  for (int r = 0; r < rounds; r++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u) {
    GIBBS_LANES_WIDE for (size_t b = 0; b < blocks; b++) {
      uint64_t p0 = UINT64_C(0xD2511F53) * word[0][b], p1 = UINT64_C(0xCD9E8D57) * word[2][b];
      word[0][b] = (uint32_t)(p1 >> 32) ^ word[1][b] ^ key0;
      word[2][b] = (uint32_t)(p0 >> 32) ^ word[3][b] ^ key1;
      word[1][b] = (uint32_t)p1;
      word[3][b] = (uint32_t)p0;
    }
  }
}

/* Two blocks a lane, 2k and 2k + 1: 256 bits of state, all zero with probability 2^-256. */
static void fill_lanes(gibbs_lanes *lanes, uint64_t seed, uint32_t word[4][blocks]) {
  encrypt_blocks(word, seed);
  for (size_t k = 0; k < GIBBS_LANES; k++)
    for (size_t half = 0; half < 2; half++) {
      lanes->state[2 * half][k] = word[0][2 * k + half] | (uint64_t)word[1][2 * k + half] << 32;
      lanes->state[2 * half + 1][k] = word[2][2 * k + half] | (uint64_t)word[3][2 * k + half] << 32;
    }
}

void gibbs_lanes_open_chains(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain,
                             uint32_t step) {
  uint32_t word[4][blocks];
  for (uint32_t b = 0; b < blocks; b++)
    word[0][b] = b % 2, word[1][b] = step, word[2][b] = chain + b / 2, word[3][b] = (uint32_t)purpose;
  fill_lanes(lanes, seed, word);
}

void gibbs_lanes_open_part(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step,
                           uint32_t part) {
  uint32_t word[4][blocks];
  for (uint32_t b = 0; b < blocks; b++)
    word[0][b] = blocks * part + b, word[1][b] = step, word[2][b] = chain, word[3][b] = (uint32_t)purpose;
  fill_lanes(lanes, seed, word);
}
