/* operator_sums.c - operators of configurations: their sums, and what each site feels of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/clones.h"
#include "operator_tables.h"

/* Rows are packed into bits, once for every offset along the last axis, among copies of the rows across the border:
 * then the products of an image are exclusive ors of long stretches of words at fixed distances. */

static size_t rows_of(const gibbs_operators *s, bool padded) {
  size_t rows = 1;
  for (size_t a = 0; a + 1 < s->axes; a++) rows *= padded ? s->padded[a] : s->extent[a];
  return rows;
}

static size_t words_of(size_t bits) {
  return (bits + 63) / 64;
}

/* A row with its border, and one word beyond for funnel shifts. */
static size_t border_words(const gibbs_operators *s) {
  return words_of(s->padded[s->axes - 1]) + 1;
}

static size_t plane_words(const gibbs_operators *s) {
  return rows_of(s, true) * words_of(s->extent[s->axes - 1]);
}

size_t gibbs_operators_scratch(const gibbs_operators *s) {
  return ((2 * s->halo + 1) * plane_words(s) + border_words(s)) * sizeof(uint64_t) + s->padded[s->axes - 1] + 8;
}

/* Padded row `row`: which row of the lattice it copies. */
static size_t source_row(const gibbs_operators *s, size_t row) {
  size_t coordinate[GIBBS_MOST_AXES] = {0}, out = 0;
  for (size_t a = s->axes - 1; a-- > 0; row /= s->padded[a]) coordinate[a] = row % s->padded[a];
  for (size_t a = 0; a + 1 < s->axes; a++)
    out = out * s->extent[a] + (coordinate[a] + s->halo * (s->extent[a] - 1)) % s->extent[a];
  return out;
}

/* Eight bytes of 0 or 1, the first one lowest, as eight bits. */
static inline uint64_t eight_bits(const uint8_t *bytes) {
  uint64_t x;
  memcpy(&x, bytes, sizeof x);
  return x * UINT64_C(0x0102040810204080) >> 56;
}

/* A row with its border as bits; `bytes` has room for eight more. */
static void pack_row(const gibbs_operators *s, const uint8_t *from, uint8_t *bytes, uint64_t *bits) {
  const size_t length = s->extent[s->axes - 1], width = s->padded[s->axes - 1], words = border_words(s);
  memcpy(bytes + s->halo, from, length);
  for (size_t i = 0; i < s->halo; i++) {
    bytes[i] = from[(i + s->halo * (length - 1)) % length];
    bytes[s->halo + length + i] = from[i % length];
  }
  memset(bytes + width, 0, 8);
  memset(bits, 0, words * sizeof *bits);
  for (size_t i = 0; i < width; i += 8) bits[i / 64] |= eight_bits(bytes + i) << i % 64;
}

/* plane[offset + halo][row][word]: bit x of row y is the spin at (y, x + offset). */
static void pack(const gibbs_operators *s, const uint8_t *spins, uint64_t *plane, uint8_t *bytes, uint64_t *bits) {
  const size_t length = s->extent[s->axes - 1], words = words_of(length), rows = rows_of(s, true),
               size = plane_words(s);
  const uint64_t last = length % 64 == 0 ? UINT64_MAX : (UINT64_C(1) << length % 64) - 1;
  for (size_t row = 0; row < rows; row++) {
    pack_row(s, spins + source_row(s, row) * length, bytes, bits);
    for (size_t offset = 0; offset <= 2 * s->halo; offset++) {
      uint64_t *out = plane + offset * size + row * words;
      const size_t skip = offset / 64, shift = offset % 64;
      for (size_t w = 0; w < words; w++)
        out[w] = bits[w + skip] >> shift | (shift > 0 ? bits[w + skip + 1] << (64 - shift) : 0);
      out[words - 1] &= last;
    }
  }
}

/* How many bits of `length` products of words are set. */
GIBBS_CLONES static uint64_t count_products(const uint64_t *const *factor, size_t spins, size_t length) {
  uint64_t count = 0;
  switch (spins) {
  case 1:
    for (size_t i = 0; i < length; i++) count += (uint64_t)__builtin_popcountll(factor[0][i]);
    break;
  case 2:
    for (size_t i = 0; i < length; i++) count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i]);
    break;
  case 3:
    for (size_t i = 0; i < length; i++)
      count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i] ^ factor[2][i]);
    break;
  case 4:
    for (size_t i = 0; i < length; i++)
      count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i] ^ factor[2][i] ^ factor[3][i]);
    break;
  default:
    for (size_t i = 0; i < length; i++) {
      uint64_t product = 0;
      for (size_t k = 0; k < spins; k++) product ^= factor[k][i];
      count += (uint64_t)__builtin_popcountll(product);
    }
  }
  return count;
}

/* Where the words of a spin of an image begin: for the first row of stretch `stretch`.  In three dimensions the rows
 * of one plane lie together, planes do not. */
static const uint64_t *factor_at(const gibbs_operators *s, const uint64_t *plane, const int *offset, size_t stretch) {
  const size_t axes = s->axes;
  size_t row = 0;
  for (size_t a = 0; a + 1 < axes; a++) {
    const size_t at = a + 2 == axes ? 0 : stretch;
    row = row * s->padded[a] + (size_t)((long)(at + s->halo) + offset[a]);
  }
  const size_t shift = (size_t)((long)s->halo + offset[axes - 1]);
  return plane + shift * plane_words(s) + row * words_of(s->extent[axes - 1]);
}

static uint64_t count_negative(const gibbs_operators *s, const uint64_t *plane, const image *m) {
  const size_t axes = s->axes, words = words_of(s->extent[axes - 1]);
  if (m->spins == 0) return 0;
  const size_t stretches = axes == 3 ? s->extent[0] : 1, length = axes == 1 ? words : s->extent[axes - 2] * words;
  const uint64_t *factor[GIBBS_MOST_SPINS];
  uint64_t count = 0;
  for (size_t stretch = 0; stretch < stretches; stretch++) {
    for (size_t i = 0; i < m->spins; i++) factor[i] = factor_at(s, plane, m->offset[i], stretch);
    count += count_products(factor, m->spins, length);
  }
  return count;
}

void gibbs_operators_measure(const gibbs_operators *s, const uint8_t *spins, void *scratch, double *out) {
  uint64_t *plane = scratch, *bits = plane + (2 * s->halo + 1) * plane_words(s);
  pack(s, spins, plane, (uint8_t *)(bits + border_words(s)), bits);
  for (size_t k = 0; k < s->count; k++) {
    uint64_t negative = 0;
    for (size_t i = 0; i < s->images[k]; i++) negative += count_negative(s, plane, &s->left[k][i]);
    out[k] = (double)(s->images[k] * s->sites) - 2 * (double)negative;
  }
}

void gibbs_operators_fields(const gibbs_operators *s, const uint8_t *spins, size_t site, int *out) {
  const uint32_t *at = s->neighbour + site * s->neighbours;
  for (size_t k = 0; k < s->count; k++) {
    int negative = 0;
    for (size_t i = 0; i < s->runs[k]; i++) {
      const term_run of = s->run[k][i];
      for (size_t t = 0; t < of.terms; t++) {
        unsigned product = 0;
        for (size_t j = 0; j < of.others; j++) product ^= spins[*at++];
        negative += (int)product;
      }
    }
    out[k] = (int)s->terms[k] - 2 * negative;
  }
}
