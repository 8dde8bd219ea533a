/* gibbs/private/blas.h - the few products of dense linear algebra, by OpenBLAS.
 *
 * Promises: safe to call from any thread at once, whichever build of OpenBLAS the system has (its serial build is
 * not); one thread a call, so that the same call gives the same bits; row-major, no aliasing of the output with an
 * input. OpenBLAS is loaded by the first call, for it takes longer to load than all else together; where it cannot be
 * loaded, GSL's reference BLAS does the work, slowly. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_BLAS_H
#define GIBBS_PRIVATE_BLAS_H

#include <stdbool.h>
#include <stddef.h>

/* c = alpha op(a) op(b) + beta c; op(a) is m x k, op(b) is k x n, c is m x n.  lda, ldb, ldc: distance of the rows of
 * a, b and c as they are stored.  With beta = 0 the old c is not read.  O(m n k). */
void gibbs_dgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha, const double *a,
                 size_t lda, const double *b, size_t ldb, double beta, double *c, size_t ldc);

/* The same in single precision.  The last bits of a row of c may depend on how many rows there are. */
void gibbs_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a,
                 size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc);

/* y = alpha op(a) x + beta y; a is stored as m x n with rows lda apart, so that y has m elements (n when transposed).
 */
void gibbs_dgemv(bool transpose, size_t m, size_t n, double alpha, const double *a, size_t lda, const double *x,
                 double beta, double *y);

/* The singular value decomposition a = u diag(values) v of an n x n matrix, which is overwritten: LAPACK's dgesdd.  `work` has
 * gibbs_dgesdd_work(n) doubles, `integers` 8 n.  False when there is no LAPACK, or it did not converge. */
bool gibbs_dgesdd(size_t n, double *a, double *values, double *u, double *v, double *work, int *integers);
size_t gibbs_dgesdd_work(size_t n);

/* Have the library, the threads, and the work space of each, which are kept from then on: for who is going to take memory
 * away, since a library that is refused its work space does not return.  Milliseconds. */
void gibbs_blas_prepare(void);

/* What does the work: "OpenBLAS 0.3.21 ...", or the reference BLAS and why. */
const char *gibbs_blas_name(void);

#endif
