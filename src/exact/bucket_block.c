/* bucket_block.c - the work on one block of a bucket's table. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "bucket.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"

/* Where a factor's table starts for a block. */
static size_t start_of(const gibbs_bucket *b, const gibbs_factor *f, size_t block) {
  size_t start = 0;
  for (size_t k = b->low; k < b->units; k++) {
    start += block % b->extent[k] * f->stride[k];
    block /= b->extent[k];
  }
  return start;
}

/* ---- loops ---------------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void add_number(double *sum, double value, size_t n) {
  for (size_t r = 0; r < n; r++) sum[r] += value;
}

GIBBS_CLONES static void add_straight(double *restrict sum, const double *restrict table, size_t n) {
  for (size_t r = 0; r < n; r++) sum[r] += table[r];
}

GIBBS_CLONES static void add_listed(double *restrict sum, const double *restrict table,
                                    const uint32_t *restrict offset, size_t n) {
  for (size_t r = 0; r < n; r++) sum[r] += table[offset[r]];
}

GIBBS_CLONES static void keep_larger(double *restrict top, const double *restrict x, size_t n) {
  for (size_t r = 0; r < n; r++) top[r] = x[r] > top[r] ? x[r] : top[r];
}

GIBBS_CLONES static void subtract(double *restrict x, const double *restrict y, size_t n) {
  for (size_t r = 0; r < n; r++) x[r] -= y[r];
}

GIBBS_CLONES static void divide(double *restrict x, const double *restrict y, size_t n) {
  for (size_t r = 0; r < n; r++) x[r] /= y[r];
}

GIBBS_CLONES static void add_products(double *restrict sum, const double *restrict x, const double *restrict y,
                                      size_t n) {
  for (size_t r = 0; r < n; r++) sum[r] += x[r] * y[r];
}

/* weight (curvature + (slope - mean)^2) */
GIBBS_CLONES static void add_spread(double *restrict sum, const double *restrict weight, const double *restrict slope,
                                    const double *restrict mean, const double *restrict curvature, size_t n) {
  for (size_t r = 0; r < n; r++) {
    double d = slope[r] - mean[r];
    sum[r] += weight[r] * (curvature[r] + d * d);
  }
}

/* ---- a block -------------------------------------------------------------------------------------------------- */

void gibbs_bucket_gather(const gibbs_bucket *b, size_t block, size_t orders, double *sum) {
  memset(sum, 0, orders * b->states * b->block * sizeof *sum);
  for (size_t i = 0; i < b->factors; i++) {
    const gibbs_factor *f = &b->factor[i];
    size_t start = start_of(b, f, block);
    for (size_t k = 0; k < orders; k++) {
      if (!f->table[k]) continue;
      for (size_t s = 0; s < b->states; s++) {
        const double *table = f->table[k] + start + s * f->own_stride;
        double *to = sum + (k * b->states + s) * b->block;
        if (f->run == GIBBS_RUN_CONSTANT)
          add_number(to, *table, b->block);
        else if (f->run == GIBBS_RUN_STRAIGHT)
          add_straight(to, table, b->block);
        else
          add_listed(to, table, f->offset, b->block);
      }
    }
  }
}

void gibbs_bucket_reduce(const gibbs_bucket *b, size_t orders, double *sum, double *const out[]) {
  size_t n = b->block, states = b->states;
  double *top = sum + orders * states * n, *total = top + n;
  memcpy(top, sum, n * sizeof *top);
  for (size_t s = 1; s < states; s++) keep_larger(top, sum + s * n, n);
  memset(total, 0, n * sizeof *total);
  for (size_t s = 0; s < states; s++) {
    subtract(sum + s * n, top, n);
    gibbs_vector_exp(sum + s * n, sum + s * n, n);
    add_straight(total, sum + s * n, n);
  }
  gibbs_vector_log(out[0], total, n);
  add_straight(out[0], top, n);
  for (size_t k = 1; k < orders; k++) memset(out[k], 0, n * sizeof *out[k]);
  if (orders > 1) {
    for (size_t s = 0; s < states; s++) add_products(out[1], sum + s * n, sum + (states + s) * n, n);
    divide(out[1], total, n);
  }
  if (orders > 2) {
    for (size_t s = 0; s < states; s++)
      add_spread(out[2], sum + s * n, sum + (states + s) * n, out[1], sum + (2 * states + s) * n, n);
    divide(out[2], total, n);
  }
}

static void scatter_listed(double *marginal, const uint32_t *offset, const double *probability, size_t n) {
  for (size_t r = 0; r < n; r++) marginal[offset[r]] += probability[r];
}

void gibbs_bucket_scatter(const gibbs_bucket *b, size_t block, const double *probability) {
  for (size_t i = 0; i < b->factors; i++) {
    const gibbs_factor *f = &b->factor[i];
    if (!f->marginal) continue;
    size_t start = start_of(b, f, block);
    for (size_t s = 0; s < b->states; s++) {
      double *to = f->marginal + start + s * f->own_stride;
      const double *from = probability + s * b->block;
      if (f->run == GIBBS_RUN_CONSTANT)
        *to += gibbs_vector_sum(from, b->block);
      else if (f->run == GIBBS_RUN_STRAIGHT)
        add_straight(to, from, b->block);
      else
        scatter_listed(to, f->offset, from, b->block);
    }
  }
}
