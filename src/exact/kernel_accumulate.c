/* kernel_accumulate.c - the moments' hot loops: what one chunk of weights adds to the running sums. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "kernel_moments.h"

GIBBS_CLONES static void add_states(double *restrict sum, double *restrict copy, const double *restrict w,
                                    size_t count) {
  for (size_t s = 0; s < count; s++) {
    sum[s] += w[s];
    copy[s] = w[s];
  }
}

GIBBS_CLONES static void add_upper(double *restrict lower, const double *restrict upper, size_t count) {
  for (size_t s = 0; s < count; s++) lower[s] += upper[s];
}

double gibbs_kernel_fold(double *value, unsigned bits, double *first) {
  for (unsigned i = bits; i-- > 0;) {
    size_t half = (size_t)1 << i;
    first[i] = gibbs_kernel_sum(value + half, half);
    add_upper(value, value + half, half);
  }
  return value[0];
}

static bool has_unit(const gibbs_kernel *kernel, uint64_t chunk, size_t top) {
  return kernel->chunk_bits + top < kernel->n && (chunk >> top & 1);
}

/* Top units are constant in a chunk, so its first moments are their second ones. */
static void add_tops(const gibbs_kernel *kernel, gibbs_moments *moments, uint64_t chunk, double zero,
                     const double *first) {
  for (size_t t = 0; t < moments->top; t++) {
    if (!has_unit(kernel, chunk, t)) continue;
    moments->top_first[t] += zero;
    if (!moments->second) continue;
    double *row = moments->top_second + t * kernel->n;
    for (size_t i = 0; i < kernel->chunk_bits; i++) row[i] += first[i];
    for (size_t u = 0; u < moments->top; u++)
      if (has_unit(kernel, chunk, u)) row[kernel->chunk_bits + u] += zero;
  }
}

static void add_units(const gibbs_kernel *kernel, gibbs_kernel_scratch *scratch, uint64_t chunk, const double *w,
                      gibbs_moments *moments) {
  double first[32], zero;
  add_states(moments->state, scratch->work, w, kernel->states);
  if (moments->second)
    zero = gibbs_kernel_fold(scratch->work, kernel->chunk_bits, first);
  else
    zero = gibbs_kernel_sum(w, kernel->states);
  add_tops(kernel, moments, chunk, zero, first);
}

/* One or two factors at once: 1/(1 + a) and 1/(1 + b) need one division between them, and no factor is so large that
 * their product overflows.  part[factor][block] receives four partial sums of w tau. */
#define LOAD(at) (*(const gibbs_lanes_at *)(at))
__attribute__((always_inline)) static inline void respond(size_t factors, const double *w, const double *low,
                                                          const double *high, double *lane_sum, double *part,
                                                          size_t lanes, size_t blocks) {
  for (size_t l = 0; l < lanes; l += GIBBS_WIDTH) {
    gibbs_lanes sum[2] = {{0}}, t[2] = {{0}}, tau[2];
    for (size_t b = 0; b < blocks; b++) {
      for (size_t f = 0; f < factors; f++) t[f] = high[f * blocks + b] * LOAD(low + f * lanes + l);
      gibbs_lanes share = LOAD(w + b * lanes + l) / ((1 + t[0]) * (1 + t[1]));
      tau[0] = t[0] * (1 + t[1]) * share;
      tau[1] = t[1] * (1 + t[0]) * share;
      for (size_t f = 0; f < factors; f++) {
        double *at = part + (f * blocks + b) * GIBBS_WIDTH;
        sum[f] += tau[f];
        *(gibbs_lanes_at *)at = LOAD(at) + tau[f];
      }
    }
    for (size_t f = 0; f < factors; f++) *(gibbs_lanes_at *)(lane_sum + f * lanes + l) += sum[f];
  }
}

GIBBS_CLONES static void respond_pair(const double *w, const double *low, const double *high, double *lane_sum,
                                      double *part, size_t lanes, size_t blocks) {
  respond(2, w, low, high, lane_sum, part, lanes, blocks);
}

GIBBS_CLONES static void respond_one(const double *w, const double *low, const double *high, double *lane_sum,
                                     double *part, size_t lanes, size_t blocks) {
  respond(1, w, low, high, lane_sum, part, lanes, blocks);
}

static void add_to_tops(const gibbs_kernel *kernel, gibbs_moments *moments, uint64_t chunk, size_t k, double total) {
  for (size_t t = 0; t < moments->top; t++)
    if (has_unit(kernel, chunk, t)) moments->top_response[t * kernel->m + k] += total;
}

static void add_blocks(const gibbs_kernel *kernel, gibbs_moments *moments, uint64_t chunk, size_t k,
                       const double *part) {
  double total = 0;
  for (size_t b = 0; b < kernel->blocks; b++) {
    const double *four = part + b * GIBBS_WIDTH;
    double sum = (four[0] + four[2]) + (four[1] + four[3]);
    moments->block_response[k * kernel->blocks + b] += sum;
    total += sum;
  }
  add_to_tops(kernel, moments, chunk, k, total);
}

/* `part` is held in scratch->work: two factors need 8 blocks' worth, and a kernel with products has 8 lanes or more.
 */
static void add_products(const gibbs_kernel *kernel, gibbs_kernel_scratch *scratch, uint64_t chunk, const double *w,
                         gibbs_moments *moments, const gibbs_kernel_group *group) {
  size_t lanes = kernel->lanes, blocks = kernel->blocks;
  gibbs_kernel_raise(kernel, scratch, group->from, group->to);
  for (size_t k = group->from; k < group->to; k += 2) {
    const double *low = kernel->low + k * lanes, *high = scratch->high + (k - group->from) * blocks;
    bool pair = k + 1 < group->to;
    memset(scratch->work, 0, 2 * blocks * GIBBS_WIDTH * sizeof *scratch->work);
    (pair ? respond_pair : respond_one)(w, low, high, moments->lane_response + k * lanes, scratch->work, lanes,
                                        blocks);
    add_blocks(kernel, moments, chunk, k, scratch->work);
    if (pair) add_blocks(kernel, moments, chunk, k + 1, scratch->work + blocks * GIBBS_WIDTH);
  }
}

/* A factor that needs logarithms, one state at a time. */
static void add_sigma(const gibbs_kernel *kernel, gibbs_kernel_scratch *scratch, uint64_t chunk, const double *w,
                      gibbs_moments *moments, size_t k) {
  size_t lanes = kernel->lanes, blocks = kernel->blocks;
  double *lane_sum = moments->lane_response + k * lanes, total = 0;
  for (size_t b = 0; b < blocks; b++) {
    double sum = 0, high = scratch->top[k] + kernel->middle[k * blocks + b];
    for (size_t l = 0; l < lanes; l++) {
      double response = w[b * lanes + l] / (1 + exp(-(high + kernel->low[k * lanes + l])));
      lane_sum[l] += response;
      sum += response;
    }
    moments->block_response[k * blocks + b] += sum;
    total += sum;
  }
  add_to_tops(kernel, moments, chunk, k, total);
}

void gibbs_kernel_accumulate(const gibbs_kernel *kernel, gibbs_kernel_scratch *scratch, uint64_t chunk,
                             const double *w, gibbs_moments *moments) {
  add_units(kernel, scratch, chunk, w, moments);
  if (kernel->m == 0) return;
  gibbs_kernel_enter(kernel, scratch, chunk);
  for (size_t g = 0; g < kernel->group_count; g++)
    add_products(kernel, scratch, chunk, w, moments, &kernel->groups[g]);
  for (size_t k = kernel->products; k < kernel->m; k++) add_sigma(kernel, scratch, chunk, w, moments, k);
}
