/* products_factors.c - the hot loops: products of (1 + t) over factors for all states of a chunk. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "products_parts.h"

void gibbs_products_raise(const gibbs_products *kernel, gibbs_products_scratch *scratch, size_t from, size_t to) {
  size_t blocks = kernel->blocks;
  for (size_t k = from; k < to; k++) {
    const double *restrict middle = kernel->middle + k * blocks;
    double *restrict high = scratch->high + (k - from) * blocks, top = scratch->top[k];
    for (size_t b = 0; b < blocks; b++) high[b] = middle[b] * top;
  }
}

/* A tile: `rows` blocks times 8 lanes, whose products stay in registers while all factors go by. */
__attribute__((always_inline)) static inline void multiply_tile(size_t rows, double *value, const double *low,
                                                                const double *high, size_t lanes, size_t blocks,
                                                                size_t factors) {
  gibbs_lanes product[4][2];
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < 2; v++) product[r][v] = *(gibbs_lanes_at *)(value + r * lanes + v * GIBBS_WIDTH);
  for (size_t k = 0; k < factors; k++)
    for (size_t v = 0; v < 2; v++) {
      gibbs_lanes t = *(const gibbs_lanes_at *)(low + k * lanes + v * GIBBS_WIDTH);
      for (size_t r = 0; r < rows; r++) product[r][v] *= 1 + high[k * blocks + r] * t;
    }
  for (size_t r = 0; r < rows; r++)
    for (size_t v = 0; v < 2; v++) *(gibbs_lanes_at *)(value + r * lanes + v * GIBBS_WIDTH) = product[r][v];
}

GIBBS_CLONES static void multiply_group(double *value, const double *low, const double *high, size_t lanes,
                                        size_t blocks, size_t factors) {
  size_t rows = blocks >= 4 ? 4 : blocks; /* a power of two */
  for (size_t block = 0; block < blocks; block += rows)
    for (size_t lane = 0; lane < lanes; lane += GIBBS_TILE) {
      double *at = value + block * lanes + lane;
      if (rows == 4)
        multiply_tile(4, at, low + lane, high + block, lanes, blocks, factors);
      else if (rows == 2)
        multiply_tile(2, at, low + lane, high + block, lanes, blocks, factors);
      else
        multiply_tile(1, at, low + lane, high + block, lanes, blocks, factors);
    }
}

/* A positive normal double is 2^(e - 1023) * mantissa; adding e to the bits of 2^52 makes the number 2^52 + e. */
#define MANTISSA_BITS 52
#define MANTISSA_MASK ((UINT64_C(1) << MANTISSA_BITS) - 1)
#define BITS_OF_ONE (UINT64_C(1023) << MANTISSA_BITS)
#define BITS_OF_TWO_52 (UINT64_C(1075) << MANTISSA_BITS)
#define TWO_52_AND_1023 (4503599627370496.0 + 1023.0)

static inline uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double from_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* The power of two of each value goes to its exponent; what is left is in [1, 2). */
GIBBS_CLONES static void take_exponents(double *restrict value, double *restrict exponent, size_t count) {
  for (size_t s = 0; s < count; s++) {
    uint64_t bits = bits_of(value[s]);
    exponent[s] += from_bits(bits >> MANTISSA_BITS | BITS_OF_TWO_52) - TWO_52_AND_1023;
    value[s] = from_bits((bits & MANTISSA_MASK) | BITS_OF_ONE);
  }
}

/* An exponent is clamped where the power of two is zero: bits 0. */
GIBBS_CLONES static void give_exponents(double *restrict value, const double *restrict exponent, double largest,
                                        size_t count) {
  for (size_t s = 0; s < count; s++) {
    double e = exponent[s] - largest;
    value[s] *= from_bits(bits_of((e > -1023 ? e : -1023) + TWO_52_AND_1023) << MANTISSA_BITS);
  }
}

void gibbs_products_give_exponents(double *value, const double *exponent, double largest, size_t count) {
  give_exponents(value, exponent, largest, count);
}

void gibbs_products_multiply(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *product) {
  if (gibbs_products_rescales(kernel)) memset(scratch->exponent, 0, kernel->states * sizeof *scratch->exponent);
  for (size_t g = 0; g < kernel->group_count; g++) {
    const gibbs_products_group *group = &kernel->groups[g];
    gibbs_products_raise(kernel, scratch, group->from, group->to);
    multiply_group(product, kernel->low + group->from * kernel->lanes, scratch->high, kernel->lanes, kernel->blocks,
                   group->to - group->from);
    if (group->rescale) take_exponents(product, scratch->exponent, kernel->states);
  }
}
