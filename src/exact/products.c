/* products.c - the life of a product kernel and of its scratch. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "products.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "products_parts.h"

enum {
  LARGEST_UNITS = 30,
  CHUNK_BITS = 12, /* states and tables of a chunk lie in the first two levels of cache, */
  FACTORS = 4096,  /* and with more factors than these */
  CHUNK_BITS_OF_FACTORS = 10
};

double *gibbs_products_doubles(size_t count) {
  if (count > SIZE_MAX / sizeof(double) - 64) return NULL;
  size_t bytes = count * sizeof(double);
  return aligned_alloc(64, (bytes / 64 + 1) * 64);
}

/* Adds the sizes of the coefficients to *sum. */
static gibbs_status check_finite(const char *what, const double *value, size_t count, double *sum, gibbs_error *err) {
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(value[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "sum over states: %s %zu of the energy is %g; it must be finite",
                        what, i + 1, value[i]);
    *sum += fabs(value[i]);
  }
  return GIBBS_OK;
}

static gibbs_status check_coefficients(const gibbs_bit_form *form, gibbs_error *err) {
  size_t n = form->n, m = form->m;
  double sum = 0;
  gibbs_status status = check_finite("constant", &form->constant, 1, &sum, err);
  if (status == GIBBS_OK) status = check_finite("field", form->field, n, &sum, err);
  if (status == GIBBS_OK && form->coupling) status = check_finite("coupling", form->coupling, n * n, &sum, err);
  if (status == GIBBS_OK && m > 0) status = check_finite("bias", form->bias, m, &sum, err);
  if (status == GIBBS_OK && m > 0) status = check_finite("weight", form->weight, m * n, &sum, err);
  if (status != GIBBS_OK || isfinite(sum)) return status;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "sum over states: the coefficients of the energy are too large: energies would overflow");
}

static gibbs_status check_form(const gibbs_bit_form *form, gibbs_error *err) {
  if (form->n < 1 || form->n > LARGEST_UNITS)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "sum over states: there are %zu units; it can be done for 1 to %d",
                      form->n, LARGEST_UNITS);
  if (form->m > SIZE_MAX / sizeof(double) / form->n)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "sum over states: there are %zu softplus terms; that is too many",
                      form->m);
  return check_coefficients(form, err);
}

/* Tables of lanes and of blocks are smallest when there are as many of the one as of the other, but tiles have to be
 * filled. */
static unsigned choose_lane_bits(unsigned chunk_bits) {
  unsigned half = (chunk_bits + 1) / 2;
  if (half > GIBBS_LANE_BITS) half = GIBBS_LANE_BITS;
  if (half < 3) half = 3;
  return half < chunk_bits ? half : chunk_bits;
}

static void choose_shape(gibbs_products *kernel, const gibbs_bit_form *form, unsigned chunk_bits) {
  if (chunk_bits == 0) chunk_bits = form->m > FACTORS ? CHUNK_BITS_OF_FACTORS : CHUNK_BITS;
  kernel->n = form->n;
  kernel->m = form->m;
  kernel->chunk_bits = chunk_bits < form->n ? chunk_bits : (unsigned)form->n;
  kernel->lane_bits = choose_lane_bits(kernel->chunk_bits);
  kernel->states = (size_t)1 << kernel->chunk_bits;
  kernel->lanes = (size_t)1 << kernel->lane_bits;
  kernel->blocks = kernel->states / kernel->lanes;
}

gibbs_status gibbs_products_new(const gibbs_bit_form *form, unsigned chunk_bits, gibbs_products **out,
                                gibbs_error *err) {
  gibbs_status status = check_form(form, err);
  if (status != GIBBS_OK) return status;
  gibbs_products *kernel = calloc(1, sizeof *kernel);
  if (!kernel) return gibbs_fail_memory(err, "sum over states", sizeof *kernel);
  choose_shape(kernel, form, chunk_bits);
  status = gibbs_products_plan(kernel, form, err);
  if (status == GIBBS_OK) status = gibbs_products_tabulate(kernel, err);
  if (status == GIBBS_OK) status = gibbs_products_divide(kernel, err);
  if (status == GIBBS_OK)
    *out = kernel;
  else
    gibbs_products_free(kernel);
  return status;
}

void gibbs_products_free(gibbs_products *kernel) {
  if (!kernel) return;
  double *owned[] = {kernel->field, kernel->coupling, kernel->energy, kernel->table,
                     kernel->bias,  kernel->weight,   kernel->low,    kernel->middle};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  free(kernel->order);
  free(kernel->turned);
  free(kernel->groups);
  free(kernel);
}

unsigned gibbs_products_chunk_bits(const gibbs_products *kernel) {
  return kernel->chunk_bits;
}

uint64_t gibbs_products_chunks(const gibbs_products *kernel) {
  return (uint64_t)1 << (kernel->n - kernel->chunk_bits);
}

gibbs_status gibbs_products_scratch_new(const gibbs_products *kernel, gibbs_products_scratch **out,
                                        gibbs_error *err) {
  gibbs_products_scratch *scratch = calloc(1, sizeof *scratch);
  if (!scratch) return gibbs_fail_memory(err, "work memory of a sum over states", sizeof *scratch);
  struct part {
    double **at;
    size_t count;
  } parts[] = {
      {&scratch->pull, kernel->n},
      {&scratch->lane_sum, kernel->lanes},
      {&scratch->lane_exp, kernel->lanes},
      {&scratch->block_sum, kernel->blocks},
      {&scratch->block_exp, kernel->blocks},
      {&scratch->top, kernel->m},
      {&scratch->high, gibbs_products_group_room(kernel) * kernel->blocks},
      {&scratch->product, kernel->states},
      {&scratch->exponent, kernel->states},
      {&scratch->work, kernel->states},
  };
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (!(*parts[i].at = gibbs_products_doubles(parts[i].count))) {
      gibbs_products_scratch_free(scratch);
      return gibbs_fail_memory(err, "work memory of a sum over states", parts[i].count * sizeof(double));
    }
  *out = scratch;
  return GIBBS_OK;
}

void gibbs_products_scratch_free(gibbs_products_scratch *scratch) {
  if (!scratch) return;
  double *owned[] = {scratch->pull, scratch->lane_sum, scratch->lane_exp, scratch->block_sum, scratch->block_exp,
                     scratch->top,  scratch->high,     scratch->product,  scratch->exponent,  scratch->work};
  for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) free(owned[i]);
  free(scratch);
}
