/* fixed_point.c - fixed points of recursions and their exponents. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multiroots.h>
#include <math.h>
#include <string.h>

#include "gibbs/recursion.h"

enum { MOST_STEPS = 200, POLISHING = 4 };

typedef struct problem {
  const gibbs_recursion *recursion;
  gibbs_status status;
  gibbs_error *err;
} problem;

static double residual_of(size_t n, const double *x, const double *next) {
  double largest = 0;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(next[i] - x[i]));
  return largest;
}

/* K' - K, for GSL */
static int distance(const gsl_vector *x, void *params, gsl_vector *f) {
  problem *p = params;
  const size_t n = p->recursion->couplings;
  double next[GIBBS_MOST_COUPLINGS], at[GIBBS_MOST_COUPLINGS] = {0}, g;
  for (size_t i = 0; i < n; i++) at[i] = gsl_vector_get(x, i);
  p->status = gibbs_recursion_step(p->recursion, at, next, &g, p->err);
  if (p->status != GIBBS_OK) return GSL_EBADFUNC;
  for (size_t i = 0; i < n; i++) gsl_vector_set(f, i, next[i] - at[i]);
  return GSL_SUCCESS;
}

/* Powell's hybrid method brings it near. */
static gibbs_status approach(const gibbs_recursion *r, double *x, gibbs_error *err) {
  problem p = {.recursion = r, .err = err};
  gsl_multiroot_function f = {distance, r->couplings, &p};
  gsl_vector_view start = gsl_vector_view_array(x, r->couplings);
  gsl_multiroot_fsolver *solver = gsl_multiroot_fsolver_alloc(gsl_multiroot_fsolver_hybrids, r->couplings);
  if (solver == NULL) return gibbs_fail_memory(err, "a root finder", r->couplings * sizeof(double));
  int code = gsl_multiroot_fsolver_set(solver, &f, &start.vector);
  for (int step = 0; code == GSL_SUCCESS && step < MOST_STEPS; step++) {
    code = gsl_multiroot_fsolver_iterate(solver);
    if (gsl_multiroot_test_residual(solver->f, 1e-12) == GSL_SUCCESS) break;
  }
  for (size_t i = 0; p.status == GIBBS_OK && i < r->couplings; i++) x[i] = gsl_vector_get(solver->x, i);
  gsl_multiroot_fsolver_free(solver);
  return p.status;
}

/* One step of Newton's method for K' = K; the residual before it. */
static gibbs_status newton(const gibbs_recursion *r, double *x, double *residual, gibbs_error *err) {
  const size_t n = r->couplings;
  double slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS], next[GIBBS_MOST_COUPLINGS], g;
  gibbs_status status = gibbs_recursion_step(r, x, next, &g, err);
  if (status == GIBBS_OK) status = gibbs_recursion_slope(r, x, slope, err);
  if (status != GIBBS_OK) return status;
  *residual = residual_of(n, x, next);
  for (size_t i = 0; i < n; i++) slope[i * n + i] -= 1;
  double difference[GIBBS_MOST_COUPLINGS], move[GIBBS_MOST_COUPLINGS];
  size_t order[GIBBS_MOST_COUPLINGS];
  for (size_t i = 0; i < n; i++) difference[i] = x[i] - next[i];
  gsl_matrix_view matrix = gsl_matrix_view_array(slope, n, n);
  gsl_vector_view right = gsl_vector_view_array(difference, n), solution = gsl_vector_view_array(move, n);
  gsl_permutation permutation = {n, order};
  int sign;
  gsl_linalg_LU_decomp(&matrix.matrix, &permutation, &sign);
  if (gsl_linalg_LU_solve(&matrix.matrix, &permutation, &right.vector, &solution.vector) != GSL_SUCCESS)
    return GIBBS_OK;
  for (size_t i = 0; i < n; i++) x[i] += move[i];
  return GIBBS_OK;
}

/* ---- eigenvalues -------------------------------------------------------------------------------------------- */

/* Is the eigenvector in column k one of odd couplings? */
static bool is_odd(const gibbs_recursion *r, const gsl_matrix_complex *vectors, size_t k) {
  double even = 0, odd = 0;
  for (size_t i = 0; i < r->couplings; i++) {
    gsl_complex z = gsl_matrix_complex_get(vectors, i, k);
    double size = GSL_REAL(z) * GSL_REAL(z) + GSL_IMAG(z) * GSL_IMAG(z);
    if (r->odd[i])
      odd += size;
    else
      even += size;
  }
  return odd > even;
}

static void take_eigenvalues(const gibbs_recursion *r, const gsl_vector_complex *values,
                             const gsl_matrix_complex *vectors, gibbs_fixed_point *out) {
  out->y_t = out->y_h = (double)NAN;
  for (size_t k = 0; k < r->couplings; k++) {
    gsl_complex z = gsl_vector_complex_get(values, k);
    out->real[k] = GSL_REAL(z);
    out->imaginary[k] = GSL_IMAG(z);
    out->odd[k] = is_odd(r, vectors, k);
    out->exponents[k] = log(hypot(GSL_REAL(z), GSL_IMAG(z))) / log(r->scale);
    double *y = out->odd[k] ? &out->y_h : &out->y_t;
    if (isnan(*y)) *y = out->exponents[k];
  }
}

static gibbs_status find_eigenvalues(const gibbs_recursion *r, gibbs_fixed_point *out, gibbs_error *err) {
  const size_t n = r->couplings;
  double slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS];
  gibbs_status status = gibbs_recursion_slope(r, out->couplings, slope, err);
  if (status != GIBBS_OK) return status;
  gsl_matrix_view matrix = gsl_matrix_view_array(slope, n, n);
  gsl_eigen_nonsymmv_workspace *work = gsl_eigen_nonsymmv_alloc(n);
  gsl_vector_complex *values = gsl_vector_complex_alloc(n);
  gsl_matrix_complex *vectors = gsl_matrix_complex_alloc(n, n);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  if (work == NULL || values == NULL || vectors == NULL)
    status = gibbs_fail_memory(err, "eigenvalues", n * n * sizeof(double));
  else if (gsl_eigen_nonsymmv(&matrix.matrix, values, vectors, work) != GSL_SUCCESS)
    status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: the eigenvalues at the fixed point were not found", r->name);
  else {
    gsl_eigen_nonsymmv_sort(values, vectors, GSL_EIGEN_SORT_ABS_DESC);
    take_eigenvalues(r, values, vectors, out);
  }
  gsl_set_error_handler(handler);
  if (work != NULL) gsl_eigen_nonsymmv_free(work);
  if (values != NULL) gsl_vector_complex_free(values);
  if (vectors != NULL) gsl_matrix_complex_free(vectors);
  return status;
}

gibbs_status gibbs_recursion_fixed_point(const gibbs_recursion *r, const double *start, gibbs_fixed_point *out,
                                         gibbs_error *err) {
  gibbs_fixed_point point = {0};
  double best[GIBBS_MOST_COUPLINGS] = {0}, least = INFINITY, residual = 0;
  memcpy(point.couplings, start != NULL ? start : r->start, r->couplings * sizeof *point.couplings);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_status status = approach(r, point.couplings, err);
  for (int i = 0; status == GIBBS_OK && i <= POLISHING; i++) {
    double before[GIBBS_MOST_COUPLINGS];
    memcpy(before, point.couplings, sizeof before);
    status = newton(r, point.couplings, &residual, err);
    if (status == GIBBS_OK && residual < least) {
      least = residual;
      memcpy(best, before, r->couplings * sizeof *best);
    }
  }
  gsl_set_error_handler(handler);
  if (status != GIBBS_OK) return status;
  if (!(least < 1e-10))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                      "%s: no fixed point near the start; at %s = %.6g couplings still move by %.2g", r->name,
                      r->names[0], best[0], least);
  memcpy(point.couplings, best, r->couplings * sizeof *best);
  point.residual = least;
  status = find_eigenvalues(r, &point, err);
  if (status == GIBBS_OK) *out = point;
  return status;
}
