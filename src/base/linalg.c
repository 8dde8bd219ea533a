/* linalg.c - the few matrix functions that scripts and the core share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/linalg.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_sort_vector.h>
#include <math.h>
#include <string.h>

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
