/* free_operators.c - operators of free spins: their covariances, which say which operators depend on each other. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operator_tables.h"

enum { MOST = GIBBS_MOST_OPERATORS };

static int compare_sites(const void *a, const void *b) {
  const size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return (x > y) - (x < y);
}

/* The sites of an image whose first spin lies at `first`, in order. */
static void place(const gibbs_operators *s, const image *m, size_t first, size_t *out) {
  for (size_t i = 0; i < m->spins; i++) out[i] = operators_site(s, first, m->offset[i], m->offset[0]);
  qsort(out, m->spins, sizeof *out, compare_sites);
}

/* How many translations lay one image upon another one. */
static size_t count_matches(const gibbs_operators *s, const image *fixed, const image *moved) {
  size_t sites[GIBBS_MOST_SPINS], other[GIBBS_MOST_SPINS], count = 0;
  if (fixed->spins != moved->spins || fixed->spins == 0) return 0;
  place(s, fixed, 0, sites);
  for (size_t i = 0; i < fixed->spins; i++) {
    place(s, moved, sites[i], other);
    count += memcmp(sites, other, fixed->spins * sizeof *sites) == 0;
  }
  return count;
}

/* Products of different sets of free spins are uncorrelated: what is counted are equal sets. */
static double covariance(const gibbs_operators *s, size_t a, size_t b) {
  size_t count = 0;
  for (size_t i = 0; i < s->images[a]; i++)
    for (size_t j = 0; j < s->images[b]; j++) count += count_matches(s, &s->left[a][i], &s->left[b][j]);
  return (double)count * (double)s->sites;
}

void gibbs_operators_free_covariance(const gibbs_operators *s, size_t count, double *out) {
  for (size_t a = 0; a < count; a++)
    for (size_t b = 0; b <= a; b++) out[a * count + b] = out[b * count + a] = covariance(s, a, b);
}

bool gibbs_operators_vary(const gibbs_operators *s, size_t k) {
  return covariance(s, k, k) > 0;
}

/* ---- dependence --------------------------------------------------------------------------------------------- */

/* What is left of the variance of operator k when those before it are known; `root` gets row k of Cholesky's root. */
static double rest_of(const double *same, size_t count, size_t k, double *root) {
  double rest = same[k * count + k];
  for (size_t a = 0; a < k; a++) {
    double sum = same[k * count + a];
    for (size_t b = 0; b < a; b++) sum -= root[k * count + b] * root[a * count + b];
    root[k * count + a] = sum / root[a * count + a];
    rest -= root[k * count + a] * root[k * count + a];
  }
  root[k * count + k] = sqrt(fmax(rest, 0));
  return rest;
}

static void print_extent(const gibbs_operators *s, char *out, size_t size) {
  size_t at = 0;
  for (size_t a = 0; a < s->axes && at < size; a++)
    at += (size_t)snprintf(out + at, size - at, a == 0 ? "%zu" : " x %zu", s->extent[a]);
}

/* `same` as one before it, `count` where there is none. */
static size_t find_same(const double *same, size_t count, size_t k) {
  for (size_t a = 0; a < k; a++)
    if (pow(same[k * count + a], 2) > (1 - 1e-9) * same[a * count + a] * same[k * count + k]) return a;
  return count;
}

static gibbs_status refuse(const gibbs_operators *s, const double *same, size_t count, size_t k, gibbs_error *err) {
  char extent[80], hint[64] = "leave it out";
  print_extent(s, extent, sizeof extent);
  if (k > 1) snprintf(hint, sizeof hint, "take only the first %zu, or leave it out", k);
  if (same[k * count + k] == 0)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "operator '%s' is constant on the lattice of %s sites; %s", s->name[k],
                      extent, hint);
  const size_t twin = find_same(same, count, k);
  if (twin < count)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "operator '%s' is the same as '%s' on the lattice of %s sites; %s",
                      s->name[k], s->name[twin], extent, hint);
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "operator '%s' is a combination of those before it on the lattice of %s sites; %s", s->name[k],
                    extent, hint);
}

gibbs_status gibbs_operators_independent(const gibbs_operators *s, size_t count, gibbs_error *err) {
  double same[MOST * MOST], root[MOST * MOST];
  gibbs_operators_free_covariance(s, count, same);
  for (size_t k = 0; k < count; k++)
    if (!(rest_of(same, count, k, root) > 1e-9 * same[k * count + k])) return refuse(s, same, count, k, err);
  return GIBBS_OK;
}
