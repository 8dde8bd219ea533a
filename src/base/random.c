/* random.c - Philox4x32-10: streams that are pure functions of their address. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/random.h"

#include <gsl/gsl_randist.h>

#include "gibbs/private/gsl_stream.h"

/* Multipliers and Weyl increments of the SC11 paper. */
static const uint32_t multiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t increment[2] = {0x9E3779B9u, 0xBB67AE85u};

enum { rounds = 10, words_per_block = 4 };

void gibbs_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
  uint32_t k0 = key[0], k1 = key[1];
  for (int r = 0; r < rounds; r++) {
    uint64_t p0 = (uint64_t)multiplier[0] * c0, p1 = (uint64_t)multiplier[1] * c2;
    c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
    c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
    c1 = (uint32_t)p1;
    c3 = (uint32_t)p0;
    k0 += increment[0];
    k1 += increment[1];
  }
  out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

/* The seed is the key; the rest of the address sits in the three high words of the counter, so that no two addresses
 * ever meet, however far their streams run. */
gibbs_stream gibbs_stream_open(uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step) {
  return (gibbs_stream){.key = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                        .counter = {0, step, chain, (uint32_t)purpose},
                        .used = words_per_block};
}

uint32_t gibbs_stream_word(gibbs_stream *stream) {
  if (stream->used == words_per_block) {
    gibbs_philox(stream->counter, stream->key, stream->block);
    stream->counter[0]++;
    stream->used = 0;
  }
  return stream->block[stream->used++];
}

double gibbs_stream_uniform(gibbs_stream *stream) {
  uint32_t high = gibbs_stream_word(stream) >> 5; /* 27 bits */
  uint32_t low = gibbs_stream_word(stream) >> 6;  /* 26 bits */
  return ((double)high * 0x1p26 + (double)low) * 0x1p-53;
}

/* The polar method rather than the faster ziggurat: GSL's ziggurat has 24 bits a number, this one has 53. */
double gibbs_stream_normal(gibbs_stream *stream) {
  gsl_rng view = gibbs_gsl_stream(stream);
  return gsl_ran_ugaussian(&view);
}
