/* products_moments.c - the life of moments, and how they are read. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "products_parts.h"

gibbs_status gibbs_moments_new(const gibbs_products *kernel, bool second, gibbs_moments **out, gibbs_error *err) {
  size_t n = kernel->n, m = kernel->m;
  gibbs_moments *moments = calloc(1, sizeof *moments);
  if (!moments) return gibbs_fail_memory(err, "moments", sizeof *moments);
  moments->second = second;
  moments->count = 1 + n + m + m * n + (second ? n * n : 0);
  moments->all = gibbs_products_doubles(moments->count);
  if (!moments->all) {
    size_t bytes = moments->count * sizeof(double);
    gibbs_moments_free(moments);
    return gibbs_fail_memory(err, "moments", bytes);
  }
  memset(moments->all, 0, moments->count * sizeof *moments->all);
  moments->zero = moments->all;
  moments->first = moments->zero + 1;
  moments->response = moments->first + n;
  moments->cross = moments->response + m;
  moments->pairs = moments->cross + m * n;
  *out = moments;
  return GIBBS_OK;
}

void gibbs_moments_free(gibbs_moments *moments) {
  if (!moments) return;
  free(moments->all);
  free(moments);
}

void gibbs_moments_add(gibbs_moments *into, const gibbs_moments *from, double factor) {
  for (size_t i = 0; i < into->count; i++) into->all[i] += factor * from->all[i];
}

void gibbs_moments_scale(gibbs_moments *moments, double factor) {
  for (size_t i = 0; i < moments->count; i++) moments->all[i] *= factor;
}

static void read_second(const gibbs_moments *moments, size_t n, double *second) {
  for (size_t i = 0; i < n; i++) {
    second[i * n + i] = moments->first[i];
    for (size_t j = 0; j < i; j++) second[i * n + j] = second[j * n + i] = moments->pairs[i * n + j];
  }
}

/* A turned factor's sigma is 1 - tau. */
static void read_factor(const gibbs_products *kernel, const gibbs_moments *moments, size_t k, double *response,
                        double *cross) {
  size_t n = kernel->n, j = kernel->order[k];
  const double *sums = moments->cross + k * n;
  if (response) response[j] = kernel->turned[k] ? *moments->zero - moments->response[k] : moments->response[k];
  for (size_t i = 0; cross && i < n; i++)
    cross[j * n + i] = kernel->turned[k] ? moments->first[i] - sums[i] : sums[i];
}

void gibbs_moments_read(const gibbs_products *kernel, const gibbs_moments *moments, double *zero, double *first,
                        double *second, double *response, double *cross) {
  if (zero) *zero = *moments->zero;
  if (first) memcpy(first, moments->first, kernel->n * sizeof *first);
  if (second && moments->second) read_second(moments, kernel->n, second);
  for (size_t k = 0; k < kernel->m; k++) read_factor(kernel, moments, k, response, cross);
}
