/* stability.c - dK'/dK from connected correlations of operators, and its eigenvalues. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stability.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = GIBBS_MOST_OPERATORS };

/* Scaled by its diagonal and factorised. */
static gibbs_status factorise(const gibbs_operator *operators, size_t count, double *same, double *scale,
                              gibbs_error *err) {
  for (size_t a = 0; a < count; a++) {
    if (!(same[a * count + a] > 0))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "operator '%s' never changes in these samples", operators[a].name);
    scale[a] = 1 / sqrt(same[a * count + a]);
  }
  for (size_t a = 0; a < count; a++)
    for (size_t b = 0; b < count; b++) same[a * count + b] *= scale[a] * scale[b];
  gsl_matrix_view view = gsl_matrix_view_array(same, count, count);
  bool fine = gsl_linalg_cholesky_decomp1(&view.matrix) == GSL_SUCCESS;
  for (size_t a = 0; a < count; a++) fine = fine && same[a * count + a] > 1e-5;
  if (fine) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "the %zu operators depend on each other in these samples; take fewer operators, or more samples",
                    count);
}

gibbs_status stability_solve(const gibbs_operator *operators, size_t rows, size_t columns, double *same,
                             const double *cross, double *out, gibbs_error *err) {
  double scale[MOST], column[MOST], solution[MOST];
  gibbs_status status = factorise(operators, rows, same, scale, err);
  if (status != GIBBS_OK) return status;
  gsl_matrix_view left = gsl_matrix_view_array(same, rows, rows);
  gsl_vector_view right = gsl_vector_view_array(column, rows), x = gsl_vector_view_array(solution, rows);
  for (size_t b = 0; b < columns; b++) {
    for (size_t a = 0; a < rows; a++) column[a] = cross[a * columns + b] * scale[a];
    gsl_linalg_cholesky_solve(&left.matrix, &right.vector, &x.vector);
    for (size_t a = 0; a < rows; a++) out[a * columns + b] = solution[a] * scale[a];
  }
  return GIBBS_OK;
}

/* ---- eigenvalues -------------------------------------------------------------------------------------------- */

double eigenvalue_modulus(eigenvalue z) {
  return hypot(z.real, z.imaginary);
}

const char *eigenvalue_doubt(eigenvalue z) {
  if (z.imaginary != 0) return "the eigenvalue is one of a complex pair";
  return z.real < 0 ? "the eigenvalue is negative" : NULL;
}

static int compare_eigenvalues(const void *a, const void *b) {
  const eigenvalue *x = a, *y = b;
  const double m = eigenvalue_modulus(*x), n = eigenvalue_modulus(*y);
  if (m != n) return m > n ? -1 : 1;
  return (x->imaginary < y->imaginary) - (x->imaginary > y->imaginary);
}

gibbs_status stability_eigenvalues(size_t count, const double *matrix, eigenvalue *out, gibbs_error *err) {
  double copy[MOST * MOST];
  memcpy(copy, matrix, count * count * sizeof *copy);
  gsl_matrix_view view = gsl_matrix_view_array(copy, count, count);
  gsl_vector_complex *values = gsl_vector_complex_alloc(count);
  gsl_eigen_nonsymm_workspace *work = gsl_eigen_nonsymm_alloc(count);
  gibbs_status status = GIBBS_OK;
  if (values == NULL || work == NULL)
    status = gibbs_fail_memory(err, "eigenvalues", count * count * sizeof(double));
  else if (gsl_eigen_nonsymm(&view.matrix, values, work) != GSL_SUCCESS)
    status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "the eigenvalues of a stability matrix did not converge");
  for (size_t i = 0; status == GIBBS_OK && i < count; i++) {
    const gsl_complex z = gsl_vector_complex_get(values, i);
    out[i] = (eigenvalue){GSL_REAL(z), GSL_IMAG(z)};
  }
  if (status == GIBBS_OK) qsort(out, count, sizeof *out, compare_eigenvalues);
  if (values != NULL) gsl_vector_complex_free(values);
  if (work != NULL) gsl_eigen_nonsymm_free(work);
  return status;
}

void stability_follow(size_t count, const eigenvalue *from, eigenvalue *list) {
  for (size_t i = 0; i < count; i++) {
    size_t nearest = i;
    double least = INFINITY;
    for (size_t j = i; j < count; j++) {
      const double distance = hypot(list[j].real - from[i].real, list[j].imaginary - from[i].imaginary);
      if (!(distance < least)) continue;
      least = distance;
      nearest = j;
    }
    const eigenvalue found = list[nearest];
    list[nearest] = list[i];
    list[i] = found;
  }
}
