/* gibbs/private/vectormath.h - exponentials, logarithms and sums of whole arrays.
 *
 * Promises: within 4 units in the last place of the true value, infinities and NaN as in the C library; the value
 * of an element does not depend on where in the array it stands; sums are added in one fixed order, so that the same
 * array gives the same bits on the same kind of processor.  `out` may be `x` itself, but not overlap it otherwise.
 * Safe from any thread. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_VECTORMATH_H
#define GIBBS_PRIVATE_VECTORMATH_H

#include <stddef.h>

void gibbs_vector_exp(double *out, const double *x, size_t n);
void gibbs_vector_log(double *out, const double *x, size_t n);
/* exp(x - shift): weights from their logarithms and the largest of these. */
void gibbs_vector_exp_shifted(double *out, const double *x, double shift, size_t n);

/* Sum of the elements; 0 of none. */
double gibbs_vector_sum(const double *x, size_t n);
double gibbs_vector_dot(const double *a, const double *b, size_t n);
/* The largest element; NaN if one is NaN, -infinity of none. */
double gibbs_vector_max(const double *x, size_t n);

#endif
