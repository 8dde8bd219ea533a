/* products_tables.c - what a kernel works out once: the energies inside a chunk, and the lane's and block's parts of
 * every factor. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/vectormath.h"
#include "products_parts.h"

static gibbs_status allocate_tables(gibbs_products *kernel, gibbs_error *err) {
  size_t factors = kernel->m * (kernel->lanes + kernel->blocks);
  kernel->energy = gibbs_products_doubles(kernel->states);
  kernel->table = gibbs_products_doubles(kernel->states);
  kernel->low = gibbs_products_doubles(kernel->m * kernel->lanes);
  kernel->middle = gibbs_products_doubles(kernel->m * kernel->blocks);
  if (kernel->energy && kernel->table && kernel->low && kernel->middle) return GIBBS_OK;
  return gibbs_fail_memory(err, "tables of a sum over states", (2 * kernel->states + factors) * sizeof(double));
}

void gibbs_products_spread_sums(double *sums, double first, const double *part, size_t stride, unsigned bits) {
  sums[0] = first;
  for (unsigned i = 0; i < bits; i++)
    for (size_t s = 0, half = (size_t)1 << i; s < half; s++) sums[half + s] = sums[s] + part[i * stride];
}

void gibbs_products_spread_products(double *products, const double *factor, unsigned bits) {
  products[0] = 1;
  for (unsigned i = 0; i < bits; i++)
    for (size_t s = 0, half = (size_t)1 << i; s < half; s++) products[half + s] = products[s] * factor[i];
}

/* A new unit brings its field and its couplings to the units below it; `work` holds the latter. */
static void fill_energy(gibbs_products *kernel, double *work) {
  kernel->energy[0] = 0;
  for (unsigned i = 0; i < kernel->chunk_bits; i++) {
    size_t half = (size_t)1 << i;
    double *energy = kernel->energy;
    if (kernel->coupling) gibbs_products_spread_sums(work, kernel->field[i], kernel->coupling + i * kernel->n, 1, i);
    for (size_t s = 0; s < half; s++) energy[half + s] = energy[s] + (kernel->coupling ? work[s] : kernel->field[i]);
  }
}

/* The range of what the top units can add to any state of a chunk. */
static void bound_pull(gibbs_products *kernel) {
  for (size_t i = 0; kernel->coupling && i < kernel->chunk_bits; i++)
    for (size_t b = kernel->chunk_bits; b < kernel->n; b++) {
      double coupling = kernel->coupling[i * kernel->n + b];
      *(coupling < 0 ? &kernel->down : &kernel->up) += fabs(coupling);
    }
}

/* A state that counts must not vanish from the table because only the pull makes it large. */
static void fill_table(gibbs_products *kernel) {
  double least = 0;
  for (size_t s = 0; s < kernel->states; s++) least = kernel->energy[s] < least ? kernel->energy[s] : least;
  kernel->shift = gibbs_vector_max(kernel->energy, kernel->states);
  kernel->pair_product = kernel->lanes >= GIBBS_TILE && kernel->up <= GIBBS_PRODUCTS_LARGEST_PART &&
                         kernel->shift - least + kernel->down <= GIBBS_PRODUCTS_LARGEST_LOG;
  if (kernel->pair_product) gibbs_vector_exp_shifted(kernel->table, kernel->energy, kernel->shift, kernel->states);
}

static void fill_product(gibbs_products *kernel, size_t k) {
  double factor[32];
  for (unsigned i = 0; i < kernel->chunk_bits; i++) factor[i] = exp(kernel->weight[i * kernel->m + k]);
  gibbs_products_spread_products(kernel->low + k * kernel->lanes, factor, kernel->lane_bits);
  gibbs_products_spread_products(kernel->middle + k * kernel->blocks, factor + kernel->lane_bits,
                                 kernel->chunk_bits - kernel->lane_bits);
}

static void fill_sum(gibbs_products *kernel, size_t k) {
  const double *part = kernel->weight + k;
  gibbs_products_spread_sums(kernel->low + k * kernel->lanes, 0, part, kernel->m, kernel->lane_bits);
  gibbs_products_spread_sums(kernel->middle + k * kernel->blocks, 0, part + kernel->lane_bits * kernel->m, kernel->m,
                             kernel->chunk_bits - kernel->lane_bits);
}

gibbs_status gibbs_products_tabulate(gibbs_products *kernel, gibbs_error *err) {
  gibbs_status status = allocate_tables(kernel, err);
  if (status != GIBBS_OK) return status;
  fill_energy(kernel, kernel->table);
  bound_pull(kernel);
  fill_table(kernel);
  for (size_t k = 0; k < kernel->m; k++) (k < kernel->products ? fill_product : fill_sum)(kernel, k);
  return GIBBS_OK;
}
