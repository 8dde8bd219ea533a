/* products_chunk.c - the weights of a chunk: by products where they stay in range, by logarithms where they do not.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"
#include "products_parts.h"

static const double log_2 = 0.693147180559945309417;

static void spread_pull_sums(const gibbs_products *kernel, gibbs_products_scratch *scratch) {
  unsigned low = kernel->lane_bits;
  gibbs_products_spread_sums(scratch->lane_sum, 0, scratch->pull, 1, low);
  gibbs_products_spread_sums(scratch->block_sum, scratch->log_top, scratch->pull + low, 1, kernel->chunk_bits - low);
}

static void spread_pull_products(const gibbs_products *kernel, gibbs_products_scratch *scratch) {
  double factor[32];
  unsigned low = kernel->lane_bits;
  gibbs_vector_exp(factor, scratch->pull, kernel->chunk_bits);
  gibbs_products_spread_products(scratch->lane_exp, factor, low);
  gibbs_products_spread_products(scratch->block_exp, factor + low, kernel->chunk_bits - low);
}

GIBBS_CLONES static void add_parts(double *restrict out, const double *restrict inside, const double *restrict lane,
                                   const double *restrict block, size_t lanes, size_t blocks) {
  for (size_t b = 0; b < blocks; b++)
    for (size_t l = 0; l < lanes; l++) out[b * lanes + l] = inside[b * lanes + l] + (block[b] + lane[l]);
}

GIBBS_CLONES static void multiply_parts(double *restrict out, const double *restrict inside,
                                        const double *restrict lane, const double *restrict block, size_t lanes,
                                        size_t blocks) {
  for (size_t b = 0; b < blocks; b++)
    for (size_t l = 0; l < lanes; l++) out[b * lanes + l] = inside[b * lanes + l] * (block[b] * lane[l]);
}

/* Log-weights of the part without softplus, which need no transcendental at all. */
static void fill_pair_logs(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *out) {
  spread_pull_sums(kernel, scratch);
  add_parts(out, kernel->energy, scratch->lane_sum, scratch->block_sum, kernel->lanes, kernel->blocks);
}

static void fill_pair_products(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *out) {
  spread_pull_products(kernel, scratch);
  multiply_parts(out, kernel->table, scratch->lane_exp, scratch->block_exp, kernel->lanes, kernel->blocks);
}

static double softplus(double x) {
  return fmax(x, 0) + log1p(exp(-fabs(x)));
}

static void add_softplus(const gibbs_products *kernel, const gibbs_products_scratch *scratch, size_t k, double *out) {
  const double *low = kernel->low + k * kernel->lanes, *middle = kernel->middle + k * kernel->blocks;
  for (size_t b = 0; b < kernel->blocks; b++)
    for (size_t l = 0; l < kernel->lanes; l++)
      out[b * kernel->lanes + l] += softplus(scratch->top[k] + middle[b] + low[l]);
}

/* out = first + log(product * 2^exponent). */
static void take_logs(const gibbs_products *kernel, const gibbs_products_scratch *scratch, const double *product,
                      double first, double *out) {
  gibbs_vector_log(out, product, kernel->states);
  if (gibbs_products_rescales(kernel))
    for (size_t s = 0; s < kernel->states; s++) out[s] += scratch->exponent[s] * log_2;
  for (size_t s = 0; s < kernel->states; s++) out[s] += first;
}

/* Weights whose largest is far from 1 are brought back by a power of two, which rounds nothing.  Their sum tells. */
static void settle_range(double *weight, size_t count, double *scale) {
  double total = gibbs_vector_sum(weight, count);
  if (total > 1e-80 && total < 1e250) return;
  int exponent = ilogb(total);
  double factor = ldexp(1, -exponent);
  for (size_t s = 0; s < count; s++) weight[s] *= factor;
  *scale += exponent * log_2;
}

static void settle_exponents(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *weight,
                             double *scale) {
  double largest = gibbs_vector_max(scratch->exponent, kernel->states);
  gibbs_products_give_exponents(weight, scratch->exponent, largest, kernel->states);
  *scale += largest * log_2;
}

static void weigh_by_products(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *log_weight,
                              double *weight, double *scale) {
  *scale = scratch->log_top + kernel->shift;
  if (log_weight && kernel->m == 0) fill_pair_logs(kernel, scratch, log_weight);
  if (!weight && kernel->m == 0) return;
  double *product = weight ? weight : scratch->product;
  fill_pair_products(kernel, scratch, product);
  gibbs_products_multiply(kernel, scratch, product);
  if (log_weight && kernel->m > 0) take_logs(kernel, scratch, product, *scale, log_weight);
  if (gibbs_products_rescales(kernel))
    settle_exponents(kernel, scratch, product, scale);
  else if (!kernel->settled)
    settle_range(product, kernel->states, scale);
}

static void weigh_by_logs(const gibbs_products *kernel, gibbs_products_scratch *scratch, double *log_weight,
                          double *weight, double *scale) {
  double *log_product = scratch->product, *logs = log_weight ? log_weight : scratch->work;
  fill_pair_logs(kernel, scratch, logs);
  if (kernel->products > 0) {
    for (size_t s = 0; s < kernel->states; s++) log_product[s] = 1;
    gibbs_products_multiply(kernel, scratch, log_product);
    take_logs(kernel, scratch, log_product, 0, log_product);
    for (size_t s = 0; s < kernel->states; s++) logs[s] += log_product[s];
  }
  for (size_t k = kernel->products; k < kernel->m; k++) add_softplus(kernel, scratch, k, logs);
  *scale = gibbs_vector_max(logs, kernel->states);
  if (weight) gibbs_vector_exp_shifted(weight, logs, *scale, kernel->states);
}

void gibbs_products_chunk(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                          double *log_weight, double *weight, double *scale) {
  gibbs_products_enter(kernel, scratch, chunk);
  if (kernel->pair_product && kernel->products == kernel->m)
    weigh_by_products(kernel, scratch, log_weight, weight, scale);
  else
    weigh_by_logs(kernel, scratch, log_weight, weight, scale);
}

/* sum over blocks and lanes of table * block * lane: a lane's factor waits until all blocks are summed, so that a
 * state costs one load and one fused multiplication. */
GIBBS_CLONES static double sum_parts(const double *table, const double *lane, const double *block, size_t lanes,
                                     size_t blocks) {
  double total = 0;
  for (size_t l = 0; l < lanes; l += 4 * GIBBS_WIDTH) {
    gibbs_lanes sum[4] = {{0}};
    for (size_t b = 0; b < blocks; b++)
      for (size_t v = 0; v < 4; v++)
        sum[v] += block[b] * *(const gibbs_lanes_at *)(table + b * lanes + l + v * GIBBS_WIDTH);
    gibbs_lanes all = {0};
    for (size_t v = 0; v < 4; v++) all += sum[v] * *(const gibbs_lanes_at *)(lane + l + v * GIBBS_WIDTH);
    total += (all[0] + all[2]) + (all[1] + all[3]);
  }
  return total;
}

void gibbs_products_chunk_total(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                                double *total, double *scale) {
  if (kernel->pair_product && kernel->m == 0 && kernel->lanes >= 16) {
    gibbs_products_enter(kernel, scratch, chunk);
    spread_pull_products(kernel, scratch);
    *scale = scratch->log_top + kernel->shift;
    *total = sum_parts(kernel->table, scratch->lane_exp, scratch->block_exp, kernel->lanes, kernel->blocks);
    return;
  }
  gibbs_products_chunk(kernel, scratch, chunk, NULL, scratch->product, scale);
  *total = gibbs_vector_sum(scratch->product, kernel->states);
}
