/* slopes_layers_product.c - products of a matrix with bits: sums of listed rows, or tables of partial sums.
 *
 * Rows of which few bits are set are added up one by one.  Else four columns have 16 patterns, whose sums are made
 * once for all rows (after Arlazarov, Dinic, Kronrod and Faradzev, Soviet Math. Dokl. 11 (1970) 1209).  Every sum is
 * taken in one order, whichever rows are done together. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"
#include "slopes_layers.h"

enum { panel = GIBBS_LAYERS_PANEL, part = 32, quads = 8, double_panel = GIBBS_LAYERS_DOUBLE_PANEL };

/* GNU C vectors: gcc does not keep running sums in registers when they are plain arrays, nor wider ones on processors
 * without AVX-512. */
typedef float octet __attribute__((vector_size(32), aligned(32), may_alias));
typedef double quartet __attribute__((vector_size(32), aligned(32), may_alias));

#define INLINE __attribute__((always_inline)) static inline

/* ---- lists ------------------------------------------------------------------------------------------------------
 */

GIBBS_CLONES static void add_listed(const gibbs_layers_bits *bits, size_t from, size_t to, const float *source,
                                    float *out) {
  for (size_t r = from; r < to; r++, out += panel) {
    const uint32_t *list = bits->list + r * bits->columns, *end = list + bits->count[r];
    octet a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0}, a6 = {0}, a7 = {0};
    for (; list < end; list++) {
      const octet *s = (const octet *)(source + (size_t)*list * panel);
      a0 += s[0], a1 += s[1], a2 += s[2], a3 += s[3], a4 += s[4], a5 += s[5], a6 += s[6], a7 += s[7];
    }
    octet *o = (octet *)out;
    o[0] = a0, o[1] = a1, o[2] = a2, o[3] = a3, o[4] = a4, o[5] = a5, o[6] = a6, o[7] = a7;
  }
}

GIBBS_CLONES static void add_listed_double(const gibbs_layers_bits *bits, size_t from, size_t to,
                                           const double *source, double *out) {
  for (size_t r = from; r < to; r++, out += double_panel) {
    const uint32_t *list = bits->list + r * bits->columns, *end = list + bits->count[r];
    quartet a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0}, a6 = {0}, a7 = {0};
    for (; list < end; list++) {
      const quartet *s = (const quartet *)(source + (size_t)*list * double_panel);
      a0 += s[0], a1 += s[1], a2 += s[2], a3 += s[3], a4 += s[4], a5 += s[5], a6 += s[6], a7 += s[7];
    }
    quartet *o = (quartet *)out;
    o[0] = a0, o[1] = a1, o[2] = a2, o[3] = a3, o[4] = a4, o[5] = a5, o[6] = a6, o[7] = a7;
  }
}

/* ---- tables -------------------------------------------------------------------------------------------------------
 */

/* The sums of all patterns of four rows of `source`. */
INLINE void tabulate(float *restrict table, const float *restrict source) {
  float *restrict t = __builtin_assume_aligned(table, 64);
  const float *restrict w = __builtin_assume_aligned(source, 64);
  for (size_t j = 0; j < part; j++) {
    float a = w[j], b = w[panel + j], c = w[2 * panel + j], d = w[3 * panel + j];
    float ab = a + b, cd = c + d;
    t[j] = 0, t[part + j] = a, t[2 * part + j] = b, t[3 * part + j] = ab;
    t[4 * part + j] = c, t[5 * part + j] = a + c, t[6 * part + j] = b + c, t[7 * part + j] = ab + c;
    t[8 * part + j] = d, t[9 * part + j] = a + d, t[10 * part + j] = b + d, t[11 * part + j] = ab + d;
    t[12 * part + j] = cd, t[13 * part + j] = a + cd, t[14 * part + j] = b + cd, t[15 * part + j] = ab + cd;
  }
}

/* out += the rows of the tables that a word of bits points to. */
INLINE void add_word(uint32_t word, const float *restrict table, float *restrict out) {
  const float *row[quads];
  for (size_t q = 0; q < quads; q++) row[q] = table + (16 * q + (word >> 4 * q & 15)) * part;
  const float *a = row[0], *b = row[1], *c = row[2], *d = row[3];
  const float *e = row[4], *f = row[5], *g = row[6], *h = row[7];
  for (size_t j = 0; j < part; j++) out[j] += ((a[j] + b[j]) + (c[j] + d[j])) + ((e[j] + f[j]) + (g[j] + h[j]));
}

GIBBS_CLONES static void add_by_tables(const gibbs_layers_bits *bits, size_t from, size_t to, const float *source,
                                       float *out) {
  float table[quads * 16 * part] __attribute__((aligned(64)));
  for (size_t at = 0; at < panel; at += part)
    for (size_t k = 0; k < bits->words; k++) {
      const uint32_t *word = bits->word + k * bits->rows;
      for (size_t q = 0; q < quads; q++) tabulate(table + q * 16 * part, source + (k * 32 + 4 * q) * panel + at);
      for (size_t r = from; r < to; r++) add_word(word[r], table, out + (r - from) * panel + at);
    }
}

/* ---- all
 * -------------------------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void take_from(float *restrict out, size_t rows, const float *restrict total) {
  for (size_t r = 0; r < rows; r++)
    for (size_t j = 0; j < panel; j++) out[r * panel + j] = total[j] - out[r * panel + j];
}

void gibbs_layers_multiply(const gibbs_layers_bits *bits, size_t from, size_t to, const float *source,
                           const float *total, float *out) {
  if (bits->listed) {
    add_listed(bits, from, to, source, out);
  } else {
    memset(out, 0, (to - from) * panel * sizeof *out);
    add_by_tables(bits, from, to, source, out);
  }
  if (bits->listed && bits->turned) take_from(out, to - from, total);
}

void gibbs_layers_multiply_double(const gibbs_layers_bits *bits, size_t from, size_t to, const double *source,
                                  const double *total, double *out) {
  add_listed_double(bits, from, to, source, out);
  for (size_t r = 0; bits->turned && r < to - from; r++)
    for (size_t j = 0; j < double_panel; j++) out[r * double_panel + j] = total[j] - out[r * double_panel + j];
}

GIBBS_CLONES static void respond_bits(float *restrict x, const float *restrict bias, float weight) {
  for (size_t j = 0; j < panel; j++) x[j] = weight / (1 + gibbs_float_exp(x[j] + bias[j]));
}

GIBBS_CLONES static void respond_spins(float *restrict x, const float *restrict bias, float weight) {
  for (size_t j = 0; j < panel; j++) {
    float z = gibbs_float_exp(x[j] + bias[j]);
    x[j] = weight * ((1 - z) / (1 + z));
  }
}

void gibbs_layers_respond(float *x, size_t rows, const float *bias, const double *weight, bool spins) {
  for (size_t r = 0; r < rows; r++, x += panel) {
    float w = weight != NULL ? (float)weight[r] : 1;
    if (spins)
      respond_spins(x, bias, w);
    else
      respond_bits(x, bias, w);
  }
}
