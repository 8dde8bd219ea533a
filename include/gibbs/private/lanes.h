/* gibbs/private/lanes.h - sixteen random streams side by side, for inner loops over chains or over words of bits.
 *
 * xoshiro256++ in every lane, each lane's state made of Philox blocks of its own address, for that address alone.
 * Promises: a lane's numbers depend on its address only, not on what the other lanes are; all lanes advance together.
 * Everything is inline, so that it is widened with the function it stands in (gibbs/private/clones.h).
 * Source: Blackman and Vigna, ACM Trans. Math. Softw. 47 (2021) 36. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_LANES_H
#define GIBBS_PRIVATE_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "gibbs/random.h"

enum { GIBBS_LANES = 16 };

/* Before a loop over lanes: gcc would unroll so short a loop before it could widen it; clang widens it unasked, and
 * complains where it was asked and cannot. */
#if defined(__clang__)
#define GIBBS_LANES_WIDE
#else
#define GIBBS_LANES_WIDE _Pragma("omp simd")
#endif

typedef struct gibbs_lanes {
  uint64_t state[4][GIBBS_LANES];
} __attribute__((aligned(64))) gibbs_lanes;

/* Lane k takes the address (seed, purpose, chain + k, step). */
void gibbs_lanes_open_chains(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step);
/* All lanes belong to one address, whose `part`-th sixteen states they take (blocks 32 part .. 32 part + 31): for
 * work inside one chain that is cut into numbered parts. */
void gibbs_lanes_open_part(gibbs_lanes *lanes, uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step,
                           uint32_t part);

static inline uint64_t gibbs_rotate_left(uint64_t x, int k) {
  return (x << k) | (x >> (64 - k));
}

/* The next 64 bits of every lane. */
static inline void gibbs_lanes_next(gibbs_lanes *restrict lanes, uint64_t out[restrict GIBBS_LANES]) {
  for (size_t k = 0; k < GIBBS_LANES; k++) {
    uint64_t s0 = lanes->state[0][k], s1 = lanes->state[1][k], s2 = lanes->state[2][k], s3 = lanes->state[3][k];
    out[k] = gibbs_rotate_left(s0 + s3, 23) + s0;
    uint64_t t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = gibbs_rotate_left(s3, 45);
    lanes->state[0][k] = s0, lanes->state[1][k] = s1, lanes->state[2][k] = s2, lanes->state[3][k] = s3;
  }
}

/* Two uniforms in (0, 1) a lane from one step of the generator, 23 bits each and never 0: the middle of its cell. */
static inline void gibbs_lanes_uniform2(gibbs_lanes *restrict lanes, float a[restrict GIBBS_LANES],
                                        float b[restrict GIBBS_LANES]) {
  uint64_t word[GIBBS_LANES];
  uint32_t low[GIBBS_LANES], high[GIBBS_LANES]; /* in loops of their own, which compilers widen */
  gibbs_lanes_next(lanes, word);
  GIBBS_LANES_WIDE for (size_t k = 0; k < GIBBS_LANES; k++) low[k] = (uint32_t)word[k] >> 9;
  GIBBS_LANES_WIDE for (size_t k = 0; k < GIBBS_LANES; k++) high[k] = (uint32_t)(word[k] >> 41);
  GIBBS_LANES_WIDE for (size_t k = 0; k < GIBBS_LANES; k++) a[k] = ((float)(int32_t)low[k] + 0.5f) * 0x1p-23f;
  GIBBS_LANES_WIDE for (size_t k = 0; k < GIBBS_LANES; k++) b[k] = ((float)(int32_t)high[k] + 0.5f) * 0x1p-23f;
}

#endif
