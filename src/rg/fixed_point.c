/* fixed_point.c - fixed points of recursions and their exponents. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multiroots.h>
#include <math.h>
#include <string.h>

#include "gibbs/recursion.h"

enum { MOST_STEPS = 200, MOST_POLISHING = 60, PATIENCE = 4 };

/* K is a fixed point where K' - K is at most this. */
static const double small_residual = 1e-12;

typedef struct problem {
  const gibbs_recursion *recursion;
  gibbs_status status;
  gibbs_error *err;
} problem;

/* Where couplings move least so far. */
typedef struct best {
  double couplings[GIBBS_MOST_COUPLINGS];
  double residual;
  size_t coupling; /* that moves most */
} best;

static void keep_if_better(best *b, size_t n, const double *x, const double *next) {
  best here = {.residual = 0};
  for (size_t i = 0; i < n; i++) {
    const double moved = fabs(next[i] - x[i]);
    if (moved <= here.residual && i > 0) continue;
    here.residual = moved;
    here.coupling = i;
  }
  if (!(here.residual < b->residual)) return;
  memcpy(here.couplings, x, n * sizeof *x);
  *b = here;
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

/* Is it a failure of the scheme where a search has gone, rather than of the script or of memory? */
static bool is_astray(gibbs_status status) {
  return status == GIBBS_ERR_NUMERIC || status == GIBBS_ERR_ARGUMENT;
}

/* Powell's hybrid method brings it near; it ends where the recursion does. */
static gibbs_status approach(const gibbs_recursion *r, double *x, gibbs_error *err) {
  problem p = {.recursion = r, .err = err};
  gsl_multiroot_function f = {distance, r->couplings, &p};
  gsl_vector_view start = gsl_vector_view_array(x, r->couplings);
  gsl_multiroot_fsolver *solver = gsl_multiroot_fsolver_alloc(gsl_multiroot_fsolver_hybrids, r->couplings);
  if (solver == NULL) return gibbs_fail_memory(err, "a root finder", r->couplings * sizeof(double));
  int code = gsl_multiroot_fsolver_set(solver, &f, &start.vector);
  const bool entered = code == GSL_SUCCESS;
  for (int step = 0; code == GSL_SUCCESS && step < MOST_STEPS; step++) {
    code = gsl_multiroot_fsolver_iterate(solver);
    if (gsl_multiroot_test_residual(solver->f, small_residual) == GSL_SUCCESS) break;
  }
  for (size_t i = 0; entered && i < r->couplings; i++) x[i] = gsl_vector_get(solver->x, i);
  gsl_multiroot_fsolver_free(solver);
  return is_astray(p.status) ? GIBBS_OK : p.status;
}

/* One step of Newton's method for K' = K. */
static gibbs_status newton(const gibbs_recursion *r, double *x, best *least, gibbs_error *err) {
  const size_t n = r->couplings;
  double slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS], next[GIBBS_MOST_COUPLINGS], g;
  gibbs_status status = gibbs_recursion_step(r, x, next, &g, err);
  if (status != GIBBS_OK) return status;
  keep_if_better(least, n, x, next);
  status = gibbs_recursion_slope(r, x, slope, err);
  if (status != GIBBS_OK) return status;
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

/* Newton's method for as long as it brings the couplings nearer. */
static gibbs_status polish(const gibbs_recursion *r, double *x, best *least, gibbs_error *err) {
  for (int i = 0, idle = 0; i < MOST_POLISHING && idle < PATIENCE; i++) {
    const double before = least->residual;
    gibbs_status status = newton(r, x, least, err);
    if (status != GIBBS_OK) return is_astray(status) && i > 0 ? GIBBS_OK : status;
    idle = least->residual < before ? 0 : idle + 1;
  }
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
  const double nothing = 1e-13 * fmax(1, gsl_complex_abs(gsl_vector_complex_get(values, 0)));
  for (size_t k = 0; k < r->couplings; k++) {
    gsl_complex z = gsl_vector_complex_get(values, k);
    const bool is_zero = gsl_complex_abs(z) < nothing;
    out->real[k] = is_zero ? 0 : GSL_REAL(z);
    out->imaginary[k] = is_zero ? 0 : GSL_IMAG(z);
    out->odd[k] = is_odd(r, vectors, k);
    out->exponents[k] = log(hypot(out->real[k], out->imaginary[k])) / log(r->scale);
    double *y = out->odd[k] ? &out->y_h : &out->y_t;
    if (isnan(*y)) *y = out->exponents[k];
  }
}

/* Where no odd coupling is there, even and odd ones are apart by symmetry; rounding must not mix those of equal
 * eigenvalues. */
static void separate(const gibbs_recursion *r, const double *couplings, double *slope) {
  const size_t n = r->couplings;
  for (size_t i = 0; i < n; i++)
    if (r->odd[i] && fabs(couplings[i]) > 1e-9) return;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++)
      if (r->odd[i] != r->odd[j]) slope[i * n + j] = 0;
}

static gibbs_status find_eigenvalues(const gibbs_recursion *r, gibbs_fixed_point *out, gibbs_error *err) {
  const size_t n = r->couplings;
  double slope[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS];
  gibbs_status status = gibbs_recursion_slope(r, out->couplings, slope, err);
  if (status != GIBBS_OK) return status;
  separate(r, out->couplings, slope);
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
  if (start == NULL && r->no_start != NULL)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s: %s", r->name, r->no_start);
  gibbs_fixed_point point = {0};
  best least = {.residual = INFINITY};
  double x[GIBBS_MOST_COUPLINGS];
  memcpy(x, start != NULL ? start : r->start, r->couplings * sizeof *x);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_status status = approach(r, x, err);
  if (status == GIBBS_OK) status = polish(r, x, &least, err);
  gsl_set_error_handler(handler);
  if (status != GIBBS_OK) return status;
  if (!(least.residual < small_residual * fmax(1, fabs(least.couplings[least.coupling]))))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                      "%s: no fixed point near the start; where couplings move least, %s = %.6g still moves by %.2g",
                      r->name, r->names[least.coupling], least.couplings[least.coupling], least.residual);
  memcpy(point.couplings, least.couplings, r->couplings * sizeof *least.couplings);
  point.residual = least.residual;
  status = find_eigenvalues(r, &point, err);
  if (status == GIBBS_OK) *out = point;
  return status;
}
