/* linalg.c - the few matrix functions that scripts and the core share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/linalg.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/blas.h"

static gibbs_status check_matrix(size_t n, const double *matrix, gibbs_error *err) {
  for (size_t i = 0; i < n * n; i++)
    if (!isfinite(matrix[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the matrix holds %g at row %zu, column %zu; it must be finite",
                        matrix[i], i / n + 1, i % n + 1);
  return GIBBS_OK;
}

gibbs_status gibbs_symmetric_eigenvalues(size_t n, const double *matrix, double *out, gibbs_error *err) {
  gibbs_status status = check_matrix(n, matrix, err);
  if (status != GIBBS_OK) return status;
  gsl_error_handler_t *before = gsl_set_error_handler_off();
  gsl_matrix *copy = gsl_matrix_alloc(n, n);
  gsl_vector *values = gsl_vector_alloc(n);
  gsl_eigen_symm_workspace *workspace = gsl_eigen_symm_alloc(n);
  if (!copy || !values || !workspace) status = gibbs_fail_memory(err, "eigenvalues", n * n * sizeof *matrix);
  if (status == GIBBS_OK) {
    memcpy(copy->data, matrix, n * n * sizeof *matrix);
    if (gsl_eigen_symm(copy, values, workspace) != 0)
      status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "the eigenvalues of a %zux%zu matrix did not converge", n, n);
  }
  if (status == GIBBS_OK) {
    gsl_sort_vector(values);
    for (size_t i = 0; i < n; i++) out[i] = gsl_vector_get(values, i);
  }
  gsl_matrix_free(copy);
  gsl_vector_free(values);
  gsl_eigen_symm_free(workspace);
  gsl_set_error_handler(before);
  return status;
}

/* One-sided Jacobi rotations by GSL, for where LAPACK is missing: slow, and as good. */
static bool decompose_by_rotations(size_t n, const double *matrix, double *u, double *values, double *v) {
  double *right = malloc(n * n * sizeof *right);
  if (right == NULL) return false;
  memcpy(u, matrix, n * n * sizeof *u);
  gsl_matrix_view left = gsl_matrix_view_array(u, n, n), turned = gsl_matrix_view_array(right, n, n);
  gsl_vector_view singular = gsl_vector_view_array(values, n);
  gsl_error_handler_t *before = gsl_set_error_handler_off();
  bool fine = gsl_linalg_SV_decomp_jacobi(&left.matrix, &turned.matrix, &singular.vector) == GSL_SUCCESS;
  gsl_set_error_handler(before);
  for (size_t i = 0; fine && i < n; i++)
    for (size_t k = 0; k < n; k++) v[k * n + i] = right[i * n + k];
  free(right);
  return fine;
}

gibbs_status gibbs_singular_values(size_t n, const double *matrix, double *u, double *values, double *v,
                                   gibbs_error *err) {
  gibbs_status status = check_matrix(n, matrix, err);
  if (status != GIBBS_OK) return status;
  const size_t bytes = (n * n + gibbs_dgesdd_work(n)) * sizeof(double) + 8 * n * sizeof(int);
  double *copy = malloc(bytes);
  if (copy == NULL) return gibbs_fail_memory(err, "singular values", bytes);
  double *work = copy + n * n;
  memcpy(copy, matrix, n * n * sizeof *copy);
  if (!gibbs_dgesdd(n, copy, values, u, v, work, (int *)(work + gibbs_dgesdd_work(n))) &&
      !decompose_by_rotations(n, matrix, u, values, v))
    status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "the singular values of a %zux%zu matrix did not converge", n, n);
  free(copy);
  return status;
}
