/* kernel_moments.c - the life of moments, and how sums over single units are read off. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "kernel_moments.h"

#include <stdlib.h>
#include <string.h>

static void place_parts(const gibbs_kernel *kernel, gibbs_moments *moments) {
  size_t top = moments->top;
  moments->state = moments->all;
  moments->top_first = moments->state + kernel->states;
  moments->top_second = moments->top_first + top;
  moments->lane_response = moments->top_second + (moments->second ? top * kernel->n : 0);
  moments->block_response = moments->lane_response + kernel->m * kernel->lanes;
  moments->top_response = moments->block_response + kernel->m * kernel->blocks;
}

gibbs_status gibbs_moments_new(const gibbs_kernel *kernel, bool second, gibbs_moments **out, gibbs_error *err) {
  gibbs_moments *moments = calloc(1, sizeof *moments);
  if (!moments) return gibbs_fail_memory(err, "moments", sizeof *moments);
  moments->second = second;
  moments->top = kernel->n - kernel->chunk_bits;
  moments->count = kernel->states + moments->top + (second ? moments->top * kernel->n : 0) +
                   kernel->m * (kernel->lanes + kernel->blocks + moments->top);
  moments->all = gibbs_kernel_doubles(moments->count);
  moments->work = gibbs_kernel_doubles(2 * kernel->states);
  if (!moments->all || !moments->work) {
    size_t bytes = (moments->count + 2 * kernel->states) * sizeof(double);
    gibbs_moments_free(moments);
    return gibbs_fail_memory(err, "moments", bytes);
  }
  memset(moments->all, 0, moments->count * sizeof *moments->all);
  place_parts(kernel, moments);
  *out = moments;
  return GIBBS_OK;
}

void gibbs_moments_free(gibbs_moments *moments) {
  if (!moments) return;
  free(moments->all);
  free(moments->work);
  free(moments);
}

void gibbs_moments_add(gibbs_moments *into, const gibbs_moments *from, double factor) {
  for (size_t i = 0; i < into->count; i++) into->all[i] += factor * from->all[i];
}

void gibbs_moments_scale(gibbs_moments *moments, double factor) {
  for (size_t i = 0; i < moments->count; i++) moments->all[i] *= factor;
}

static double read_first(const gibbs_kernel *kernel, const gibbs_moments *moments, double *first) {
  memcpy(moments->work, moments->state, kernel->states * sizeof *moments->work);
  double zero = gibbs_kernel_fold(moments->work, kernel->chunk_bits, first);
  memcpy(first + kernel->chunk_bits, moments->top_first, moments->top * sizeof *first);
  return zero;
}

/* The pairs (i, j < i) of a chunk's units are the first moments of the states with bit i, units above i summed over.
 */
static void read_chunk_pairs(const gibbs_kernel *kernel, const gibbs_moments *moments, double *second) {
  double *sums = moments->work, *upper = moments->work + kernel->states;
  memcpy(sums, moments->state, kernel->states * sizeof *sums);
  for (unsigned i = kernel->chunk_bits; i-- > 0;) {
    size_t half = (size_t)1 << i;
    double *row = second + i * kernel->n;
    memcpy(upper, sums + half, half * sizeof *upper);
    for (size_t s = 0; s < half; s++) sums[s] += upper[s];
    row[i] = gibbs_kernel_fold(upper, i, row);
  }
}

static void read_second(const gibbs_kernel *kernel, const gibbs_moments *moments, double *second) {
  size_t n = kernel->n;
  read_chunk_pairs(kernel, moments, second);
  memcpy(second + kernel->chunk_bits * n, moments->top_second, moments->top * n * sizeof *second);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++) second[j * n + i] = second[i * n + j];
}

/* sums[i] = sum of w tau x_i; returns the sum of w tau. */
static double read_factor(const gibbs_kernel *kernel, const gibbs_moments *moments, size_t k, double *sums) {
  size_t lanes = kernel->lanes, blocks = kernel->blocks;
  memcpy(moments->work, moments->lane_response + k * lanes, lanes * sizeof *moments->work);
  double zero = gibbs_kernel_fold(moments->work, kernel->lane_bits, sums);
  memcpy(moments->work, moments->block_response + k * blocks, blocks * sizeof *moments->work);
  (void)gibbs_kernel_fold(moments->work, kernel->chunk_bits - kernel->lane_bits, sums + kernel->lane_bits);
  for (size_t t = 0; t < moments->top; t++) sums[kernel->chunk_bits + t] = moments->top_response[t * kernel->m + k];
  return zero;
}

static void read_responses(const gibbs_kernel *kernel, const gibbs_moments *moments, double zero, const double *first,
                           double *response, double *cross) {
  double sums[32];
  for (size_t k = 0; k < kernel->m; k++) {
    size_t j = kernel->order[k];
    double sum = read_factor(kernel, moments, k, sums);
    if (response) response[j] = kernel->turned[k] ? zero - sum : sum;
    for (size_t i = 0; cross && i < kernel->n; i++)
      cross[j * kernel->n + i] = kernel->turned[k] ? first[i] - sums[i] : sums[i];
  }
}

void gibbs_moments_read(const gibbs_kernel *kernel, const gibbs_moments *moments, double *zero, double *first,
                        double *second, double *response, double *cross) {
  double of_units[32];
  double sum = read_first(kernel, moments, of_units);
  if (zero) *zero = sum;
  if (first) memcpy(first, of_units, kernel->n * sizeof *first);
  if (second && moments->second) read_second(kernel, moments, second);
  if (response || cross) read_responses(kernel, moments, sum, of_units, response, cross);
}
