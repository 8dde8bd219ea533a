/* products_top.c - what the bits above a chunk add to it, worked out once a chunk. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/vectormath.h"
#include "products_parts.h"

static void add_row(double *restrict to, const double *restrict row, size_t count) {
  for (size_t i = 0; i < count; i++) to[i] += row[i];
}

/* Pairs inside the top are seen twice in their pulls, hence the half, which is exact. */
static double sum_top(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk) {
  double sum = kernel->constant;
  memset(scratch->pull, 0, kernel->n * sizeof *scratch->pull);
  for (size_t b = kernel->chunk_bits; b < kernel->n; b++)
    if (kernel->coupling && (chunk >> (b - kernel->chunk_bits) & 1))
      add_row(scratch->pull, kernel->coupling + b * kernel->n, kernel->n);
  for (size_t b = kernel->chunk_bits; b < kernel->n; b++)
    if (chunk >> (b - kernel->chunk_bits) & 1) sum += kernel->field[b] + 0.5 * scratch->pull[b];
  return sum;
}

void gibbs_products_enter(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk) {
  scratch->log_top = sum_top(kernel, scratch, chunk);
  if (kernel->m == 0) return;
  memcpy(scratch->top, kernel->bias, kernel->m * sizeof *scratch->top);
  for (size_t b = kernel->chunk_bits; b < kernel->n; b++)
    if (chunk >> (b - kernel->chunk_bits) & 1) add_row(scratch->top, kernel->weight + b * kernel->m, kernel->m);
  gibbs_vector_exp(scratch->top, scratch->top, kernel->products);
}
