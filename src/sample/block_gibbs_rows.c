/* block_gibbs_rows.c - configurations of a group of chains from and to rows of numbers, a chain a row. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "block_gibbs.h"
#include "gibbs/private/clones.h"

enum { lanes = GIBBS_LANES, word_bits = GIBBS_BLOCK_WORD };

/* The other way of gibbs_block_pack_word. */
GIBBS_CLONES static void unpack_word(const gibbs_block_group *group, size_t first, size_t count,
                                     const uint32_t *restrict word) {
  for (size_t i = 0; i < count; i++) {
    uint32_t place = gibbs_block_place(group->sets, first + i);
    uint32_t *restrict x = gibbs_block_row(group->state, place);
    for (size_t set = 0; set < group->sets; set++) {
      uint32_t bit = (place + (uint32_t)set) % 32, others = ~((uint32_t)1 << bit);
      for (size_t l = 0; l < lanes; l++) x[l] = (x[l] & others) | (word[set * lanes + l] >> i & 1) << bit;
    }
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

void gibbs_block_get_rows(const gibbs_block_group *group, const gibbs_segment *segment, double *rows) {
  bool spins = segment->domain == GIBBS_SPINS;
  uint32_t word[GIBBS_BLOCK_WIDTH];
  for (size_t u = 0; u < segment->units; u += word_bits) {
    size_t count = segment->units - u < word_bits ? segment->units - u : word_bits;
    gibbs_block_pack_word(group, segment->first_element + u, count, word);
    for (size_t c = 0; c < group->chains; c++)
      write_word(word[c], count, spins ? -1 : 0, spins ? 2 : 1, rows + c * segment->units + u);
  }
}

void gibbs_block_set_rows(const gibbs_block_group *group, const gibbs_segment *segment, const double *rows) {
  uint32_t word[GIBBS_BLOCK_WIDTH] = {0};
  for (size_t u = 0; u < segment->units; u += word_bits) {
    size_t count = segment->units - u < word_bits ? segment->units - u : word_bits;
    for (size_t c = 0; c < group->chains; c++) word[c] = read_word(rows + c * segment->units + u, count);
    unpack_word(group, segment->first_element + u, count, word);
  }
}
