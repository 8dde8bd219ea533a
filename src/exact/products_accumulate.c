/* products_accumulate.c - what one chunk of weights adds to the moments: sums over lanes and blocks, folded unit by
 * unit.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "products_parts.h"

#define LOAD(at) (*(const gibbs_lanes_at *)(at))
#define STORE(at) (*(gibbs_lanes_at *)(at))

static inline double add_across(const double *four) {
  return (four[0] + four[2]) + (four[1] + four[3]);
}

/* to = lower half + upper half of `from` (to == from is fine); returns the sum of the upper half. */
__attribute__((always_inline)) static inline double fold_half(const double *from, double *to, size_t half) {
  gibbs_lanes sum[4] = {{0}};
  double four[GIBBS_WIDTH], rest = 0;
  size_t s = 0;
  for (; s + 4 * GIBBS_WIDTH <= half; s += 4 * GIBBS_WIDTH)
    for (size_t v = 0; v < 4; v++) {
      gibbs_lanes upper = LOAD(from + half + s + v * GIBBS_WIDTH);
      sum[v] += upper;
      STORE(to + s + v * GIBBS_WIDTH) = LOAD(from + s + v * GIBBS_WIDTH) + upper;
    }
  for (; s < half; s++) {
    rest += from[half + s];
    to[s] = from[s] + from[half + s];
  }
  STORE(four) = (sum[0] + sum[2]) + (sum[1] + sum[3]);
  return add_across(four) + rest;
}

/* first[i] is the sum over the numbers with bit i; returns the sum of all.  `work` may be `value`. */
GIBBS_CLONES static double fold(const double *value, double *work, unsigned bits, double *first) {
  for (unsigned i = bits; i-- > 0; value = work) first[i] = fold_half(value, work, (size_t)1 << i);
  return value[0];
}

/* The pairs (i, j < i) are the first moments of the states with unit i, the units above i having been summed over. */
GIBBS_CLONES static void fold_pairs(const double *value, double *work, unsigned bits, size_t stride, double *pairs) {
  double *upper = work + ((size_t)1 << (bits - 1)), first[32];
  for (unsigned i = bits; i-- > 0; value = work) {
    size_t half = (size_t)1 << i;
    (void)fold(value + half, upper, i, first);
    for (unsigned j = 0; j < i; j++) pairs[i * stride + j] += first[j];
    (void)fold_half(value, work, half);
  }
}

static bool has_unit(const gibbs_products *kernel, uint64_t chunk, size_t i) {
  return chunk >> (i - kernel->chunk_bits) & 1;
}

/* sums[i] += what the chunk's sum and its first moments say of all units: those of the top are constant. */
static void add_first(const gibbs_products *kernel, uint64_t chunk, double zero, const double *first, double *sums) {
  for (size_t i = 0; i < kernel->chunk_bits; i++) sums[i] += first[i];
  for (size_t i = kernel->chunk_bits; i < kernel->n; i++)
    if (has_unit(kernel, chunk, i)) sums[i] += zero;
}

static void add_units(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk, const double *w,
                      gibbs_moments *moments) {
  double first[32], zero = fold(w, scratch->work, kernel->chunk_bits, first);
  *moments->zero += zero;
  add_first(kernel, chunk, zero, first, moments->first);
  if (!moments->second) return;
  fold_pairs(w, scratch->work, kernel->chunk_bits, kernel->n, moments->pairs);
  for (size_t t = kernel->chunk_bits; t < kernel->n; t++)
    if (has_unit(kernel, chunk, t)) add_first(kernel, chunk, zero, first, moments->pairs + t * kernel->n);
}

/* Two factors at once, for 1/(1 + a) and 1/(1 + b) need one division between them; no factor is so large that this
 * overflows.  A single one goes beside a factor of zero.  sums[f]: sum of w tau by lane; part[f][block]: by block, in
 * four parts. */
enum { VECTORS = GIBBS_TILE / GIBBS_WIDTH };
__attribute__((always_inline)) static inline void respond(size_t factors, const double *w, const double *low,
                                                          const double *high, double *sums, double *part,
                                                          size_t lanes, size_t blocks) {
  memset(part, 0, factors * blocks * GIBBS_WIDTH * sizeof *part);
  for (size_t l = 0; l < lanes; l += GIBBS_TILE) {
    gibbs_lanes sum[2][VECTORS] = {{{0}}};
    for (size_t b = 0; b < blocks; b++) {
      gibbs_lanes by_block[2] = {{0}};
      for (size_t v = 0; v < VECTORS; v++) {
        gibbs_lanes t[2] = {{0}}, tau[2];
        for (size_t f = 0; f < factors; f++)
          t[f] = high[f * blocks + b] * LOAD(low + f * lanes + l + v * GIBBS_WIDTH);
        gibbs_lanes share = LOAD(w + b * lanes + l + v * GIBBS_WIDTH) / ((1 + t[0]) * (1 + t[1]));
        tau[0] = t[0] * (1 + t[1]) * share;
        tau[1] = t[1] * (1 + t[0]) * share;
        for (size_t f = 0; f < factors; f++) sum[f][v] += tau[f];
        for (size_t f = 0; f < factors; f++) by_block[f] += tau[f];
      }
      for (size_t f = 0; f < factors; f++) STORE(part + (f * blocks + b) * GIBBS_WIDTH) += by_block[f];
    }
    for (size_t f = 0; f < factors; f++)
      for (size_t v = 0; v < VECTORS; v++) STORE(sums + f * lanes + l + v * GIBBS_WIDTH) = sum[f][v];
  }
}

GIBBS_CLONES static void respond_pair(const double *w, const double *low, const double *high, double *sums,
                                      double *part, size_t lanes, size_t blocks) {
  respond(2, w, low, high, sums, part, lanes, blocks);
}

GIBBS_CLONES static void respond_one(const double *w, const double *low, const double *high, double *sums,
                                     double *part, size_t lanes, size_t blocks) {
  respond(1, w, low, high, sums, part, lanes, blocks);
}

static void add_factor(const gibbs_products *kernel, uint64_t chunk, size_t k, double zero, const double *first,
                       gibbs_moments *moments) {
  moments->response[k] += zero;
  add_first(kernel, chunk, zero, first, moments->cross + k * kernel->n);
}

/* Blocks come in four parts, which are two more bits at the bottom that nobody asks for. */
static void fold_product(const gibbs_products *kernel, uint64_t chunk, size_t k, double *sums, double *part,
                         gibbs_moments *moments) {
  double first[32], of_blocks[32];
  unsigned low = kernel->lane_bits, middle = kernel->chunk_bits - low;
  double zero = fold(sums, sums, low, first);
  (void)fold(part, part, middle + 2, of_blocks);
  memcpy(first + low, of_blocks + 2, middle * sizeof *first);
  add_factor(kernel, chunk, k, zero, first, moments);
}

/* The parts by block are held in scratch->work: two factors need 8 blocks' worth, and a kernel with products has 8
 * lanes or more. */
static void add_products(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                         const double *w, gibbs_moments *moments, const gibbs_products_group *group) {
  double sums[2 << GIBBS_LANE_BITS], *part = scratch->work;
  size_t lanes = kernel->lanes, blocks = kernel->blocks;
  gibbs_products_raise(kernel, scratch, group->from, group->to);
  for (size_t k = group->from; k < group->to; k += 2) {
    const double *low = kernel->low + k * lanes, *high = scratch->high + (k - group->from) * blocks;
    bool pair = k + 1 < group->to;
    (pair ? respond_pair : respond_one)(w, low, high, sums, part, lanes, blocks);
    fold_product(kernel, chunk, k, sums, part, moments);
    if (pair) fold_product(kernel, chunk, k + 1, sums + lanes, part + blocks * GIBBS_WIDTH, moments);
  }
}

/* A factor that needs logarithms, one state at a time. */
static void add_sigma(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk, const double *w,
                      gibbs_moments *moments, size_t k) {
  size_t lanes = kernel->lanes, blocks = kernel->blocks;
  double *by_block = scratch->work, by_lane[1 << GIBBS_LANE_BITS] = {0}, first[32];
  for (size_t b = 0; b < blocks; b++) {
    double high = scratch->top[k] + kernel->middle[k * blocks + b];
    by_block[b] = 0;
    for (size_t l = 0; l < lanes; l++) {
      double response = w[b * lanes + l] / (1 + exp(-(high + kernel->low[k * lanes + l])));
      by_lane[l] += response;
      by_block[b] += response;
    }
  }
  double zero = fold(by_lane, by_lane, kernel->lane_bits, first);
  (void)fold(by_block, by_block, kernel->chunk_bits - kernel->lane_bits, first + kernel->lane_bits);
  add_factor(kernel, chunk, k, zero, first, moments);
}

void gibbs_products_accumulate(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                               const double *w, gibbs_moments *moments) {
  add_units(kernel, scratch, chunk, w, moments);
  if (kernel->m == 0) return;
  gibbs_products_enter(kernel, scratch, chunk);
  for (size_t g = 0; g < kernel->group_count; g++)
    add_products(kernel, scratch, chunk, w, moments, &kernel->groups[g]);
  for (size_t k = kernel->products; k < kernel->m; k++) add_sigma(kernel, scratch, chunk, w, moments, k);
}
