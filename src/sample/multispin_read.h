/* multispin_read.h - reading packed neighbours, MULTISPIN_WORDS words at a time, which the includer defines: as many
 * as one register holds, so that compilers keep them there.  All of it is inlined into the function that uses it. */
#ifndef GIBBS_SAMPLE_MULTISPIN_READ_H
#define GIBBS_SAMPLE_MULTISPIN_READ_H

#include "multispin.h"

#if MULTISPIN_WORDS == 1
typedef uint64_t vector, loose_vector;
#else
typedef uint64_t vector __attribute__((vector_size(8 * MULTISPIN_WORDS)));
typedef uint64_t loose_vector __attribute__((vector_size(8 * MULTISPIN_WORDS), aligned(8), may_alias));
#endif

#define INLINED __attribute__((always_inline)) static inline

INLINED void load(const uint64_t *words, vector *out) {
  *out = *(const loose_vector *)words;
}

INLINED void store(uint64_t *words, const vector *x) {
  *(loose_vector *)words = *x;
}

INLINED uint64_t count_ones(const vector *x) {
  uint64_t word[MULTISPIN_WORDS], ones = 0;
  store(word, x);
  for (size_t k = 0; k < MULTISPIN_WORDS; k++) ones += (uint64_t)__builtin_popcountll(word[k]);
  return ones;
}

/* From bit number `bits` on, 0 <= bits < 64. */
INLINED void load_shifted(const uint64_t *words, unsigned bits, vector *out) {
  vector low, high;
  load(words, &low);
  load(words + 1, &high);
  *out = (low >> bits) | ((high << 1) << (63 - bits));
}

/* Which bonds are unfavourable of the sites in these words of a class, of group g, whose spins are given. */
INLINED void read_bonds(const uint64_t *chain, const gibbs_multispin_operand *operand, size_t g, size_t word,
                        const vector *spin, vector *out) {
  load_shifted(chain + operand->shift.at + word, operand->shift.bits, out);
  for (size_t k = 0; k < operand->detours; k++) {
    const gibbs_multispin_detour *detour = &operand->detour[k];
    vector other, mask;
    if (g < detour->low || g >= detour->high) continue;
    load_shifted(chain + detour->shift.at + word, detour->shift.bits, &other);
    load(detour->mask + (word - detour->low * GIBBS_MULTISPIN_GROUP), &mask);
    *out ^= (*out ^ other) & mask;
  }
  *out ^= *spin ^ operand->invert;
}

#endif
