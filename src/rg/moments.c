/* moments.c - sums of operators and of their products. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "moments.h"

#include <string.h>

static size_t size_of(const gibbs_mcrg *m, int parity) {
  return m->count[parity] * (1 + 2 * m->count[parity]);
}

size_t moments_size(const gibbs_mcrg *m) {
  return (m->levels + 1) * (size_of(m, EVEN) + size_of(m, ODD));
}

moments moments_at(const gibbs_mcrg *m, double *sums, size_t level, int parity) {
  const size_t n = m->count[parity];
  double *at = sums + level * (size_of(m, EVEN) + size_of(m, ODD)) + (parity == ODD ? size_of(m, EVEN) : 0);
  return (moments){at, at + n, at + n + n * n};
}

void moments_add(const gibbs_mcrg *m, double *sums, size_t level, int parity, const double *values,
                 const double *finer) {
  const size_t n = m->count[parity];
  moments at = moments_at(m, sums, level, parity);
  for (size_t a = 0; a < n; a++) {
    at.mean[a] += values[a];
    for (size_t b = 0; b < n; b++) at.same[a * n + b] += values[a] * values[b];
    for (size_t b = 0; finer != NULL && b < n; b++) at.cross[a * n + b] += values[a] * finer[b];
  }
}

void moments_mean(const gibbs_mcrg *m, size_t left_out, double *out) {
  uint64_t count = 0;
  memset(out, 0, m->size * sizeof *out);
  for (size_t b = 0; b < m->blocks; b++) {
    if (b == left_out) continue;
    count += m->block[b].count;
    for (size_t i = 0; i < m->size; i++) out[i] += m->block[b].sums[i];
  }
  for (size_t i = 0; i < m->size; i++) out[i] /= (double)count;
}
