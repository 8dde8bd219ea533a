/* gibbs/linalg.h - the few matrix functions that scripts and the core share; dense, double, through GSL.
 * Knows nothing of expressions. */
#ifndef GIBBS_LINALG_H
#define GIBBS_LINALG_H

#include <stddef.h>

#include "gibbs/status.h"

/* Eigenvalues, ascending, of the symmetric n x n matrix whose lower triangle is given (row-major).  O(n^3). */
gibbs_status gibbs_symmetric_eigenvalues(size_t n, const double *matrix, double *out, gibbs_error *err) GIBBS_CHECKED;

/* matrix = u diag(values) v, all n x n and row-major (the rows of v are the right singular vectors), values falling; by LAPACK's
 * divide and conquer where OpenBLAS is there.  O(n^3). */
gibbs_status gibbs_singular_values(size_t n, const double *matrix, double *u, double *values, double *v,
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
