/* vectormath_rows.c - sums, products and extremes of rows, each in one fixed order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/private/clones.h"
#include "vectormath.h"

/* Running values side by side, enough of them that no addition waits for another. */
enum { lanes = 32 };

static inline double fold_lanes(double *lane) {
  for (size_t half = lanes / 2; half > 0; half /= 2)
    for (size_t k = 0; k < half; k++) lane[k] += lane[k + half];
  return lane[0];
}

GIBBS_CLONES static double add_up(const double *restrict x, size_t n) {
  double lane[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (size_t k = 0; k < lanes; k++) lane[k] += x[i + k];
  for (size_t k = 0; i + k < n; k++) lane[k] += x[i + k];
  return fold_lanes(lane);
}

double gibbs_vector_sum(const double *x, size_t n) {
  return add_up(x, n);
}

GIBBS_CLONES static double add_up_products(const double *restrict a, const double *restrict b, size_t n) {
  double lane[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (size_t k = 0; k < lanes; k++) lane[k] += a[i + k] * b[i + k];
  for (size_t k = 0; i + k < n; k++) lane[k] += a[i + k] * b[i + k];
  return fold_lanes(lane);
}

double gibbs_vector_dot(const double *a, const double *b, size_t n) {
  return add_up_products(a, b, n);
}

/* NaN compares with nothing, so it is looked for beside. */
GIBBS_CLONES static double find_most(const double *x, size_t n) {
  double most[lanes], odd[lanes] = {0};
  for (size_t k = 0; k < lanes; k++) most[k] = -INFINITY;
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (size_t k = 0; k < lanes; k++) {
      most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
      odd[k] += x[i + k] != x[i + k] ? 1.0 : 0.0;
    }
  for (size_t k = 0; i + k < n; k++) {
    most[k] = x[i + k] > most[k] ? x[i + k] : most[k];
    odd[k] += x[i + k] != x[i + k] ? 1.0 : 0.0;
  }
  for (size_t k = 1; k < lanes; k++) most[0] = most[k] > most[0] ? most[k] : most[0];
  return fold_lanes(odd) > 0 ? NAN : most[0];
}

double gibbs_vector_max(const double *x, size_t n) {
  return find_most(x, n);
}

/* x - x is 0 but for infinities and NaN. */
GIBBS_CLONES static double add_up_oddities(const double *x, size_t n) {
  double odd[lanes] = {0};
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    for (size_t k = 0; k < lanes; k++) odd[k] += x[i + k] - x[i + k];
  for (size_t k = 0; i + k < n; k++) odd[k] += x[i + k] - x[i + k];
  return fold_lanes(odd);
}

bool gibbs_vector_finite(const double *x, size_t n) {
  return add_up_oddities(x, n) == 0;
}

GIBBS_CLONES static void fill(double *out, double value, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) out[i] = value;
}

void gibbs_vector_fill(double *out, double value, size_t n) {
  fill(out, value, n);
}

GIBBS_CLONES static void add(double *sum, const double *x, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) sum[i] += x[i];
}

void gibbs_vector_add(double *sum, const double *x, size_t n) {
  add(sum, x, n);
}

GIBBS_CLONES static void add_product(double *sum, const double *a, const double *b, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) sum[i] += a[i] * b[i];
}

void gibbs_vector_add_product(double *sum, const double *a, const double *b, size_t n) {
  add_product(sum, a, b, n);
}

GIBBS_CLONES static void add_scaled(double *sum, double factor, const double *x, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) sum[i] += factor * x[i];
}

void gibbs_vector_add_scaled(double *sum, double factor, const double *x, size_t n) {
  add_scaled(sum, factor, x, n);
}

GIBBS_CLONES static void scale(double *x, const double *factor, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) x[i] *= factor[i];
}

void gibbs_vector_scale(double *x, const double *factor, size_t n) {
  scale(x, factor, n);
}

GIBBS_CLONES static void raise_to(double *most, const double *x, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) most[i] = x[i] > most[i] ? x[i] : most[i];
}

void gibbs_vector_raise(double *most, const double *x, size_t n) {
  raise_to(most, x, n);
}
