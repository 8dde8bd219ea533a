/* minimize_curvature.c - the Hessian by differences of the exact gradient, and its eigensystem by GSL. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_curvature.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Step of the four-point rule: its truncation h^4 and the rounding eps / h meet near eps^(1/5). */
#define DIFFERENCE_STEP 7.4e-4
#define RELATIVE_ZERO 1e-11 /* of the largest eigenvalue */
#define ABSOLUTE_ZERO 1e-12 /* what eps / h leaves of gradients of order one */
#define ASYMMETRY_FACTOR 4.0

/* Everything that one computation needs and the result does not keep. */
typedef struct workshop {
  gsl_matrix *hessian, *vectors;
  gsl_vector *values, *mirror;
  gsl_eigen_symmv_workspace *eigen;
  minimize_point near;
  double asymmetry;
} workshop;

gibbs_status minimize_curvature_new(minimize_search *search, minimize_curvature *curvature) {
  size_t n = search->n;
  *curvature = (minimize_curvature){.n = n};
  if (n > MINIMIZE_CURVATURE_LIMIT) return GIBBS_OK;
  double *block = malloc(n * (n + 1) * sizeof *block);
  if (block == NULL) return gibbs_fail_memory(&search->failure, "minimize", n * (n + 1) * sizeof *block);
  curvature->values = block;
  curvature->vectors = block + n;
  return GIBBS_OK;
}

void minimize_curvature_free(minimize_curvature *curvature) {
  free(curvature->values);
  *curvature = (minimize_curvature){.values = NULL};
}

size_t minimize_curvature_flat(const minimize_curvature *curvature) {
  size_t flat = 0;
  for (size_t i = 0; i < curvature->count; i++) flat += fabs(curvature->values[i]) <= curvature->rounding;
  return flat;
}

static void close_workshop(workshop *shop) {
  if (shop->hessian != NULL) gsl_matrix_free(shop->hessian);
  if (shop->vectors != NULL) gsl_matrix_free(shop->vectors);
  if (shop->values != NULL) gsl_vector_free(shop->values);
  if (shop->mirror != NULL) gsl_vector_free(shop->mirror);
  if (shop->eigen != NULL) gsl_eigen_symmv_free(shop->eigen);
  minimize_point_free(&shop->near);
}

static gibbs_status open_workshop(minimize_search *search, size_t count, workshop *shop) {
  size_t n = search->n;
  *shop = (workshop){.hessian = gsl_matrix_alloc(n, n),
                     .vectors = gsl_matrix_alloc(count, count),
                     .values = gsl_vector_alloc(count),
                     .mirror = gsl_vector_alloc(n),
                     .eigen = gsl_eigen_symmv_alloc(count)};
  gibbs_status status = minimize_point_new(search, &shop->near);
  if (status == GIBBS_OK && (!shop->hessian || !shop->vectors || !shop->values || !shop->mirror || !shop->eigen))
    status = gibbs_fail_memory(&search->failure, "minimize", 2 * n * n * sizeof(double));
  if (status != GIBBS_OK) close_workshop(shop);
  return status;
}

/* Row j of the Hessian: (8 (g(x+h) - g(x-h)) - (g(x+2h) - g(x-2h))) / 12 h along axis j. */
static gibbs_status find_row(minimize_search *search, const double *x, workshop *shop, size_t j) {
  static const struct { double place, weight; } rule[] = {{1, 8}, {-1, -8}, {2, -1}, {-2, 1}};
  double *row = gsl_matrix_ptr(shop->hessian, j, 0), h = DIFFERENCE_STEP * fmax(1, fabs(x[j]));
  memset(row, 0, search->n * sizeof *row);
  for (size_t k = 0; k < sizeof rule / sizeof *rule; k++) {
    memcpy(shop->near.x, x, search->n * sizeof *x);
    shop->near.x[j] = x[j] + rule[k].place * h;
    gibbs_status status = minimize_visit(search, &shop->near);
    if (status != GIBBS_OK) return status;
    for (size_t i = 0; i < search->n; i++) row[i] += rule[k].weight * shop->near.gradient[i] / (12 * h);
  }
  return GIBBS_OK;
}

/* The two estimates of each mixed derivative are independent: their difference measures the error of both. */
static void symmetrise(workshop *shop) {
  gsl_matrix *hessian = shop->hessian;
  for (size_t i = 0; i < hessian->size1; i++)
    for (size_t j = 0; j < i; j++) {
      double a = gsl_matrix_get(hessian, i, j), b = gsl_matrix_get(hessian, j, i);
      shop->asymmetry = fmax(shop->asymmetry, fabs(a - b));
      gsl_matrix_set(hessian, i, j, (a + b) / 2);
      gsl_matrix_set(hessian, j, i, (a + b) / 2);
    }
}

/* Turn the axes by the reflection that sends the constraint's normal to axis 0; returns its scale. */
static double reflect_normal(const double *normal, workshop *shop) {
  memcpy(shop->mirror->data, normal, shop->mirror->size * sizeof *normal);
  double scale = gsl_linalg_householder_transform(shop->mirror);
  gsl_vector_set(shop->mirror, 0, 1); /* its first component is 1 by convention and is overwritten by the result */
  (void)gsl_linalg_householder_hm(scale, shop->mirror, shop->hessian);
  (void)gsl_linalg_householder_mh(scale, shop->mirror, shop->hessian);
  return scale;
}

/* Write the eigenvectors as rows in the original axes. */
static void store_vectors(const workshop *shop, double scale, minimize_curvature *curvature) {
  size_t skipped = curvature->n - curvature->count;
  for (size_t k = 0; k < curvature->count; k++) {
    double *row = curvature->vectors + k * curvature->n;
    row[0] = 0;
    for (size_t i = 0; i < curvature->count; i++) row[i + skipped] = gsl_matrix_get(shop->vectors, i, k);
    if (skipped == 0) continue;
    gsl_vector_view view = gsl_vector_view_array(row, curvature->n);
    (void)gsl_linalg_householder_hv(scale, shop->mirror, &view.vector);
  }
}

static gibbs_status diagonalise(const double *normal, workshop *shop, minimize_curvature *curvature) {
  symmetrise(shop);
  double scale = normal != NULL ? reflect_normal(normal, shop) : 0;
  size_t skipped = normal != NULL ? 1 : 0, count = curvature->count;
  gsl_matrix_view part = gsl_matrix_submatrix(shop->hessian, skipped, skipped, count, count);
  if (gsl_eigen_symmv(&part.matrix, shop->values, shop->vectors, shop->eigen) != GSL_SUCCESS)
    return GIBBS_ERR_NUMERIC;
  (void)gsl_eigen_symmv_sort(shop->values, shop->vectors, GSL_EIGEN_SORT_VAL_ASC);
  for (size_t k = 0; k < count; k++) curvature->values[k] = gsl_vector_get(shop->values, k);
  store_vectors(shop, scale, curvature);
  double largest = minimize_largest(count, curvature->values);
  curvature->rounding = fmax(fmax(RELATIVE_ZERO * largest, ABSOLUTE_ZERO), ASYMMETRY_FACTOR * shop->asymmetry);
  return GIBBS_OK;
}

static gibbs_status find_with(minimize_search *search, const minimize_point *at, const double *normal, workshop *shop,
                              minimize_curvature *curvature) {
  for (size_t j = 0; j < search->n; j++) {
    gibbs_status status = find_row(search, at->x, shop, j);
    if (status != GIBBS_OK) return status;
  }
  return diagonalise(normal, shop, curvature);
}

gibbs_status minimize_curvature_find(minimize_search *search, const minimize_point *at, bool tangent,
                                     minimize_curvature *curvature) {
  curvature->known = false;
  curvature->count = search->n;
  if (search->n > MINIMIZE_CURVATURE_LIMIT) return GIBBS_OK;
  if (minimize_largest(search->n, at->normal) == 0) tangent = false;
  if (tangent && --curvature->count == 0) {
    curvature->known = true; /* a constraint on a line leaves points, which have no directions */
    return GIBBS_OK;
  }
  workshop shop;
  gibbs_status status = open_workshop(search, curvature->count, &shop);
  if (status != GIBBS_OK) return status;
  status = find_with(search, at, tangent ? at->normal : NULL, &shop, curvature);
  close_workshop(&shop);
  curvature->known = status == GIBBS_OK;
  return status == GIBBS_ERR_NUMERIC ? GIBBS_OK : status;
}
