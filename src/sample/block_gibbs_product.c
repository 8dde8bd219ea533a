/* block_gibbs_product.c - products of a dense matrix with bits, by tables of partial sums.
 *
 * Four inputs have 16 patterns: the 16 sums of their rows are made once a group of chains, and each chain then adds
 * one row for four inputs, whatever the pattern.  All is additions of single numbers in one order, so that it does
 * not matter how many chains take part, nor whether the table is made at all. After Arlazarov, Dinic, Kronrod and
 * Faradzev, Soviet Math. Dokl. 11 (1970) 1209. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "block_gibbs.h"
#include "gibbs/private/clones.h"

enum { panel_width = GIBBS_BLOCK_PANEL, quads = GIBBS_BLOCK_WORD / 4, few_chains = 6 };

/* The rows of all patterns of the four inputs w[0..3]. */
static inline void tabulate(float *restrict table, const float *restrict w) {
  float *restrict t = __builtin_assume_aligned(table, 64);
  for (size_t j = 0; j < panel_width; j++) {
    float a = w[j], b = w[panel_width + j], c = w[2 * panel_width + j], d = w[3 * panel_width + j];
    float ab = a + b, cd = c + d;
    t[j] = 0, t[panel_width + j] = a, t[2 * panel_width + j] = b, t[3 * panel_width + j] = ab;
    t[4 * panel_width + j] = c, t[5 * panel_width + j] = a + c;
    t[6 * panel_width + j] = b + c, t[7 * panel_width + j] = ab + c;
    t[8 * panel_width + j] = d, t[9 * panel_width + j] = a + d;
    t[10 * panel_width + j] = b + d, t[11 * panel_width + j] = ab + d;
    t[12 * panel_width + j] = cd, t[13 * panel_width + j] = a + cd;
    t[14 * panel_width + j] = b + cd, t[15 * panel_width + j] = ab + cd;
  }
}

/* The one row of that table for a pattern: factors 0 and 1 make no rounding. */
static inline void make_row(float *restrict row, const float *restrict w, unsigned pattern) {
  float a = (float)(pattern & 1), b = (float)(pattern >> 1 & 1), c = (float)(pattern >> 2 & 1),
        d = (float)(pattern >> 3 & 1);
  for (size_t j = 0; j < panel_width; j++)
    row[j] = (a * w[j] + b * w[panel_width + j]) + (c * w[2 * panel_width + j] + d * w[3 * panel_width + j]);
}

static inline void add_rows(float *restrict sums, const float *const row[quads]) {
  const float *r0 = row[0], *r1 = row[1], *r2 = row[2], *r3 = row[3];
  const float *r4 = row[4], *r5 = row[5], *r6 = row[6], *r7 = row[7];
  for (size_t j = 0; j < panel_width; j++)
    sums[j] += ((r0[j] + r1[j]) + (r2[j] + r3[j])) + ((r4[j] + r5[j]) + (r6[j] + r7[j]));
}

GIBBS_CLONES static void multiply_by_tables(const float *matrix, size_t words, const gibbs_block_group *group,
                                            const uint32_t *word, float *sums, size_t stride) {
  float table[quads * 16 * panel_width] __attribute__((aligned(64)));
  for (size_t k = 0; k < words; k++) {
    for (size_t q = 0; q < quads; q++)
      tabulate(table + q * 16 * panel_width, matrix + (k * GIBBS_BLOCK_WORD + 4 * q) * panel_width);
    for (size_t c = 0; c < group->chains; c++) {
      uint32_t bits = word[k * group->sets * GIBBS_LANES + c];
      const float *row[quads];
      for (size_t q = 0; q < quads; q++) row[q] = table + (16 * q + (bits >> 4 * q & 15)) * panel_width;
      add_rows(sums + c * stride, row);
    }
  }
}

GIBBS_CLONES static void multiply_directly(const float *matrix, size_t words, const gibbs_block_group *group,
                                           const uint32_t *word, float *sums, size_t stride) {
  float rows[quads][panel_width] __attribute__((aligned(64)));
  const float *const row[quads] = {rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]};
  for (size_t k = 0; k < words; k++)
    for (size_t c = 0; c < group->chains; c++) {
      uint32_t bits = word[k * group->sets * GIBBS_LANES + c];
      if (bits == 0) continue; /* zeros are added: nothing changes */
      for (size_t q = 0; q < quads; q++)
        make_row(rows[q], matrix + (k * GIBBS_BLOCK_WORD + 4 * q) * panel_width, bits >> 4 * q & 15);
      add_rows(sums + c * stride, row);
    }
}

void gibbs_block_multiply(const gibbs_block_product *product, size_t panel, const gibbs_block_group *group,
                          const uint32_t *words, float *sums, size_t stride) {
  const float *matrix = product->matrix + panel * product->words * GIBBS_BLOCK_WORD * panel_width;
  if (group->chains > few_chains)
    multiply_by_tables(matrix, product->words, group, words, sums, stride);
  else
    multiply_directly(matrix, product->words, group, words, sums, stride);
}

GIBBS_CLONES static void pack_word(const gibbs_block_group *group, size_t first, size_t inputs,
                                   uint32_t *restrict word) {
  for (size_t k = 0; k < group->sets * GIBBS_LANES; k++) word[k] = 0;
  for (size_t i = 0; i < inputs; i++) {
    uint32_t place = gibbs_block_place(group->sets, first + i);
    const uint32_t *x = gibbs_block_row(group->state, place);
    for (size_t set = 0; set < group->sets; set++)
      for (size_t l = 0; l < GIBBS_LANES; l++) word[set * GIBBS_LANES + l] |= (x[l] >> (place + set) % 32 & 1) << i;
  }
}

void gibbs_block_pack_word(const gibbs_block_group *group, size_t first, size_t count, uint32_t *word) {
  pack_word(group, first, count, word);
}

void gibbs_block_pack(const gibbs_block_product *product, const gibbs_block_group *group, uint32_t *words) {
  for (size_t k = 0; k < product->words; k++) {
    size_t at = k * GIBBS_BLOCK_WORD, left = product->inputs - at;
    pack_word(group, product->input_at + at, left < GIBBS_BLOCK_WORD ? left : GIBBS_BLOCK_WORD,
              words + k * group->sets * GIBBS_LANES);
  }
}
