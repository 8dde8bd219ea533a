/* multispin_exchange.c - packed spins as numbers, and the other way. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "multispin.h"

/* Units in their order: lines of cells along the last axis, each cell with its basis. */
typedef struct cursor {
  const gibbs_multispin_layout *layout;
  size_t line, lines, length, modulus;
  size_t class, slot; /* of the line's first cell, but for its residue along the last axis */
} cursor;

static cursor begin(const gibbs_multispin_layout *layout) {
  cursor c = {.layout = layout, .lines = 1};
  for (size_t a = 0; a + 1 < layout->axes; a++) c.lines *= layout->axis[a].extent;
  c.length = layout->axis[layout->axes - 1].extent;
  c.modulus = layout->axis[layout->axes - 1].modulus;
  return c;
}

static void place_line(cursor *c) {
  size_t rest = c->line, x[GIBBS_MAX_RANK] = {0};
  for (size_t a = c->layout->axes - 1; a-- > 0;) {
    x[a] = rest % c->layout->axis[a].extent;
    rest /= c->layout->axis[a].extent;
  }
  c->slot = gibbs_multispin_slot(c->layout, x);
  c->class = 0;
  for (size_t a = 0; a + 1 < c->layout->axes; a++)
    c->class = c->class * c->layout->axis[a].modulus + x[a] % c->layout->axis[a].modulus;
}

/* The word of cell number `at` of the line and basis b, and the bit in it. */
static size_t find_word(const cursor *c, size_t at, size_t b, unsigned *bit) {
  size_t class = (c->class * c->modulus + at % c->modulus) * c->layout->basis + b, slot = c->slot + at / c->modulus;
  *bit = slot % 64;
  return class * c->layout->class_words + c->layout->before + slot / 64;
}

static void put_bit(uint64_t *word, unsigned bit, bool up) {
  *word = (*word & ~((uint64_t)1 << bit)) | (uint64_t)up << bit;
}

void gibbs_multispin_pack(const gibbs_multispin_layout *layout, const double *values, size_t stride,
                          uint64_t *chain) {
  cursor c = begin(layout);
  unsigned bit;
  for (; c.line < c.lines; c.line++) {
    place_line(&c);
    for (size_t at = 0; at < c.length; at++)
      for (size_t b = 0; b < layout->basis; b++, values += stride) {
        size_t word = find_word(&c, at, b, &bit);
        put_bit(&chain[word], bit, *values > 0);
      }
  }
}

/* `count` bits from `slot` on, one every `step` values. */
static void unpack_bits(const uint64_t *words, size_t slot, size_t count, double *values, size_t step) {
  for (size_t k = 0; k < count; k++, slot++, values += step)
    *values = (double)((int)(words[slot / 64] >> slot % 64 & 1) * 2 - 1);
}

/* The cells of a line that have one residue lie bit after bit. */
void gibbs_multispin_unpack(const gibbs_multispin_layout *layout, const uint64_t *chain, double *values,
                            size_t stride) {
  cursor c = begin(layout);
  size_t basis = layout->basis;
  for (; c.line < c.lines; c.line++, values += c.length * basis * stride) {
    place_line(&c);
    for (size_t residue = 0; residue < c.modulus && residue < c.length; residue++)
      for (size_t b = 0; b < basis; b++) {
        size_t class = (c.class * c.modulus + residue) * basis + b;
        unpack_bits(chain + class * layout->class_words + layout->before, c.slot,
                    (c.length - residue + c.modulus - 1) / c.modulus, values + (residue * basis + b) * stride,
                    c.modulus * basis * stride);
      }
  }
}

void gibbs_multispin_draw(const gibbs_multispin_layout *layout, gibbs_stream stream, uint64_t *chain) {
  cursor c = begin(layout);
  unsigned bit;
  for (; c.line < c.lines; c.line++) {
    place_line(&c);
    for (size_t at = 0; at < c.length; at++)
      for (size_t b = 0; b < layout->basis; b++) {
        size_t word = find_word(&c, at, b, &bit);
        put_bit(&chain[word], bit, gibbs_stream_word(&stream) >> 31);
      }
  }
}
