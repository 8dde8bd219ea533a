/* gibbs/random.h - counter-based random numbers: Philox4x32-10, addressed and never shared.
 *
 * Promises: the stream of an address (seed, purpose, chain, step) is a pure function of the address,
 * so results do not depend on threads or on what was drawn before.
 * Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11. */
#ifndef GIBBS_RANDOM_H
#define GIBBS_RANDOM_H

#include <stdint.h>

/* What a stream is for; streams of different purposes never overlap. */
typedef enum gibbs_purpose {
  GIBBS_PURPOSE_INITIAL = 1,   /* initial parameter values */
  GIBBS_PURPOSE_START = 2,     /* random starts of a minimisation */
  GIBBS_PURPOSE_SAMPLE = 3,    /* exact samples by inversion */
  GIBBS_PURPOSE_BATCH = 4,     /* order of mini-batches */
  GIBBS_PURPOSE_CHECK = 5,     /* points and directions of self-checks */
  GIBBS_PURPOSE_SCRIPT = 6,    /* numbers a script asks for */
  GIBBS_PURPOSE_CHAIN = 7,     /* where Markov chains start */
  GIBBS_PURPOSE_SWEEP = 8,     /* what a kernel draws in one sweep of one chain */
  GIBBS_PURPOSE_SWAP = 9,      /* exchanges between chains */
  GIBBS_PURPOSE_RESAMPLE = 10, /* bootstrap */
  GIBBS_PURPOSE_BLOCK = 11,    /* block spins of configurations */
  GIBBS_PURPOSE_WALKER = 12    /* spins that move with their block spins: step 0 is where they start */
} gibbs_purpose;

typedef struct gibbs_stream {
  uint32_t key[2], counter[4], block[4];
  unsigned used;
} gibbs_stream;

/* One Philox4x32-10 block (10 rounds), for known-answer tests. */
void gibbs_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* `chain` and `step` address a stream of 2^32 blocks (2^34 words). */
gibbs_stream gibbs_stream_open(uint64_t seed, gibbs_purpose purpose, uint32_t chain, uint32_t step);
uint32_t gibbs_stream_word(gibbs_stream *stream);
double gibbs_stream_uniform(gibbs_stream *stream); /* [0, 1), 53 bits */
double gibbs_stream_normal(gibbs_stream *stream);  /* mean 0, standard deviation 1 */

#endif
