/* block_gibbs_rows.c - configurations of a group of chains from and to rows of numbers, a chain a row. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block_gibbs.h"
#include "gibbs/private/clones.h"

enum { lanes = GIBBS_LANES, word_bits = GIBBS_BLOCK_WORD };

/* Bit i of the word of a lane is element first + i there. */
GIBBS_CLONES static void pack_lanes(const gibbs_block_group *group, size_t set, size_t first, size_t count,
                                    uint32_t word[lanes]) {
  for (size_t l = 0; l < lanes; l++) word[l] = 0;
  for (size_t i = 0; i < count; i++) {
    size_t place = gibbs_block_place(group->sets, first + i) + set;
    const uint32_t *x = gibbs_block_row(group->state, place);
    for (size_t l = 0; l < lanes; l++) word[l] |= (x[l] >> place % 32 & 1) << i;
  }
}

GIBBS_CLONES static void unpack_lanes(const gibbs_block_group *group, size_t set, size_t first, size_t count,
                                      const uint32_t word[lanes]) {
  for (size_t i = 0; i < count; i++) {
    size_t place = gibbs_block_place(group->sets, first + i) + set, bit = place % 32;
    uint32_t *x = gibbs_block_row(group->state, place);
    for (size_t l = 0; l < lanes; l++) x[l] = (x[l] & ~((uint32_t)1 << bit)) | (word[l] >> i & 1) << bit;
  }
}

GIBBS_CLONES static void write_word(uint32_t word, size_t count, double low, double step, double *restrict row) {
  if (count == word_bits) {
    for (size_t i = 0; i < word_bits; i++) row[i] = low + step * (double)(int32_t)(word >> i & 1);
  } else {
    for (size_t i = 0; i < count; i++) row[i] = low + step * (double)(int32_t)(word >> i & 1);
  }
}

GIBBS_CLONES static uint32_t read_word(const double *restrict row, size_t count) {
  uint32_t word = 0;
  if (count == word_bits) {
    for (size_t i = 0; i < word_bits; i++) word |= (uint32_t)(row[i] > 0) << i;
  } else {
    for (size_t i = 0; i < count; i++) word |= (uint32_t)(row[i] > 0) << i;
  }
  return word;
}

static size_t count_lanes(const gibbs_block_group *group, size_t set) {
  size_t left = group->chains - set * lanes;
  return left < lanes ? left : lanes;
}

void gibbs_block_get_rows(const gibbs_block_group *group, const gibbs_segment *segment, double *rows) {
  bool spins = segment->domain == GIBBS_SPINS;
  for (size_t set = 0; set * lanes < group->chains; set++)
    for (size_t u = 0; u < segment->units; u += word_bits) {
      uint32_t word[lanes];
      size_t count = segment->units - u < word_bits ? segment->units - u : word_bits;
      pack_lanes(group, set, segment->first_element + u, count, word);
      for (size_t l = 0; l < count_lanes(group, set); l++)
        write_word(word[l], count, spins ? -1 : 0, spins ? 2 : 1, rows + (set * lanes + l) * segment->units + u);
    }
}

void gibbs_block_set_rows(const gibbs_block_group *group, const gibbs_segment *segment, const double *rows) {
  for (size_t set = 0; set * lanes < group->chains; set++)
    for (size_t u = 0; u < segment->units; u += word_bits) {
      uint32_t word[lanes] = {0};
      size_t count = segment->units - u < word_bits ? segment->units - u : word_bits;
      for (size_t l = 0; l < count_lanes(group, set); l++)
        word[l] = read_word(rows + (set * lanes + l) * segment->units + u, count);
      unpack_lanes(group, set, segment->first_element + u, count, word);
    }
}
