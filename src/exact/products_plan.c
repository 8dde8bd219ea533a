/* products_plan.c - how each softplus term of a form is done: as a factor of a product, turned or not, or by
 * logarithms; and where products are rescaled. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "products_parts.h"

/* Factors of a group at most: their lanes and blocks then stay in the first level of cache. */
enum { GROUP_FACTORS = 28 };

/* Weights of a chunk may be larger or smaller than 1 by exp of this without more ado. */
#define NEAR_LOG 180.0

/* The range of bias_j + weight_j.x over all states. */
static void find_range(const gibbs_bit_form *form, size_t j, double *low, double *high) {
  *low = *high = form->bias[j];
  for (size_t i = 0; i < form->n; i++) {
    double w = form->weight[j * form->n + i];
    *(w < 0 ? low : high) += w;
  }
}

/* All partial sums stay in range too, whatever the signs: no exp of one overflows and none vanishes. */
static bool is_product(const gibbs_bit_form *form, size_t j) {
  double bound = fabs(form->bias[j]);
  for (size_t i = 0; i < form->n; i++) bound += fabs(form->weight[j * form->n + i]);
  return bound <= GIBBS_PRODUCTS_LARGEST_PART;
}

static gibbs_status allocate_plan(gibbs_products *kernel, bool coupled, gibbs_error *err) {
  size_t n = kernel->n, m = kernel->m;
  kernel->field = gibbs_products_doubles(n);
  if (coupled) kernel->coupling = gibbs_products_doubles(n * n);
  kernel->bias = gibbs_products_doubles(m);
  kernel->weight = gibbs_products_doubles(n * m);
  kernel->order = calloc(m + 1, sizeof *kernel->order);
  kernel->turned = calloc(m + 1, sizeof *kernel->turned);
  bool made = kernel->field && (kernel->coupling || !coupled) && kernel->bias && kernel->weight && kernel->order &&
              kernel->turned;
  return made ? GIBBS_OK : gibbs_fail_memory(err, "sum over states", (n * (n + m)) * sizeof(double));
}

/* Products first, for they are done together; the caller's order within each kind.  Tiles need lanes to fill them. */
static void order_factors(gibbs_products *kernel, const gibbs_bit_form *form) {
  size_t k = 0;
  bool tiled = kernel->lanes >= GIBBS_TILE;
  for (size_t j = 0; tiled && j < form->m; j++)
    if (is_product(form, j)) kernel->order[k++] = j;
  kernel->products = k;
  for (size_t j = 0; j < form->m; j++)
    if (!tiled || !is_product(form, j)) kernel->order[k++] = j;
}

static void copy_factor(gibbs_products *kernel, const gibbs_bit_form *form, size_t k) {
  size_t n = kernel->n, j = kernel->order[k];
  const double *weight = form->weight + j * n;
  double low, high;
  find_range(form, j, &low, &high);
  kernel->turned[k] = k < kernel->products && high > -low;
  double sign = kernel->turned[k] ? -1 : 1;
  kernel->bias[k] = sign * form->bias[j];
  for (size_t i = 0; i < n; i++) kernel->weight[i * kernel->m + k] = sign * weight[i];
  if (!kernel->turned[k]) return;
  kernel->constant += form->bias[j];
  for (size_t i = 0; i < n; i++) kernel->field[i] += weight[i];
}

gibbs_status gibbs_products_plan(gibbs_products *kernel, const gibbs_bit_form *form, gibbs_error *err) {
  size_t n = kernel->n;
  gibbs_status status = allocate_plan(kernel, form->coupling != NULL, err);
  if (status != GIBBS_OK) return status;
  kernel->constant = form->constant;
  memcpy(kernel->field, form->field, n * sizeof *form->field);
  if (form->coupling) memcpy(kernel->coupling, form->coupling, n * n * sizeof *form->coupling);
  order_factors(kernel, form);
  for (size_t k = 0; k < kernel->m; k++) copy_factor(kernel, form, k);
  return GIBBS_OK;
}

/* The largest log(1 + t) that factor k can be. */
static double bound_factor(const gibbs_products *kernel, size_t k) {
  double high = kernel->bias[k];
  for (size_t i = 0; i < kernel->n; i++) {
    double weight = kernel->weight[i * kernel->m + k];
    high += weight > 0 ? weight : 0;
  }
  return fmax(high, 0) + log1p(exp(-fabs(high)));
}

/* A new group begins where the log of the products could leave its range, and when the old one has its number. */
static double divide_products(gibbs_products *kernel, double sum) {
  size_t count = 0;
  bool rescaled = false;
  for (size_t k = 0; k < kernel->products; k++) {
    double bound = bound_factor(kernel, k);
    bool full = sum + bound > GIBBS_PRODUCTS_LARGEST_LOG;
    if (k == 0 || full || k - kernel->groups[count - 1].from == GROUP_FACTORS) {
      if (k > 0) kernel->groups[count - 1].rescale = full;
      kernel->groups[count++] = (gibbs_products_group){.from = k};
    }
    rescaled |= full;
    sum = (full ? 0 : sum) + bound;
    kernel->groups[count - 1].to = k + 1;
  }
  if (count > 0) kernel->groups[count - 1].rescale = rescaled;
  kernel->group_count = count;
  return sum;
}

/* The table's largest is 1, so that products are e^-down somewhere, and e^sum nowhere exceeded. */
gibbs_status gibbs_products_divide(gibbs_products *kernel, gibbs_error *err) {
  kernel->groups = calloc(kernel->products + 1, sizeof *kernel->groups);
  if (!kernel->groups) return gibbs_fail_memory(err, "sum over states", kernel->products * sizeof *kernel->groups);
  double sum = divide_products(kernel, kernel->pair_product ? kernel->up : 0);
  kernel->settled = kernel->down <= NEAR_LOG && sum <= NEAR_LOG && !gibbs_products_rescales(kernel);
  return GIBBS_OK;
}

size_t gibbs_products_group_room(const gibbs_products *kernel) {
  return kernel->products < GROUP_FACTORS ? kernel->products : GROUP_FACTORS;
}
