/* gibbs/linalg.h - the few matrix functions that scripts and the core share; dense, double, through GSL.
 * Knows nothing of expressions. */
#ifndef GIBBS_LINALG_H
#define GIBBS_LINALG_H

#include <stddef.h>

#include "gibbs/status.h"

/* Eigenvalues, ascending, of the symmetric n x n matrix whose lower triangle is given (row-major).  O(n^3). */
gibbs_status gibbs_symmetric_eigenvalues(size_t n, const double *matrix, double *out, gibbs_error *err) GIBBS_CHECKED;

#endif
