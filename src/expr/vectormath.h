/* vectormath.h - the elementwise operations over contiguous arrays, and how rows are added up.
 *
 * Promises: as in gibbs/private/vectormath.h; an output may be one of the inputs itself. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_VECTORMATH_H
#define GIBBS_EXPR_VECTORMATH_H

#include "gibbs/expr.h"
#include "gibbs/private/vectormath.h"

/* Before a loop over elements that do not depend on each other; clang widens what it can unasked, and complains where
 * it was asked and cannot. */
#if defined(__clang__)
#define GIBBS_WIDE
#else
#define GIBBS_WIDE _Pragma("omp simd")
#endif

/* out = op(x), op one of the unary operations. */
void gibbs_vector_unary(gibbs_op op, double *out, const double *x, size_t n);
/* out = op(a, b), op one of the binary operations; an operand of step 0 is one number for all elements, of step 1 an
 * array. */
typedef struct gibbs_operand {
  const double *at;
  size_t step; /* 0 or 1 */
} gibbs_operand;
void gibbs_vector_binary(gibbs_op op, double *out, gibbs_operand a, gibbs_operand b, size_t n);

void gibbs_vector_fill(double *out, double value, size_t n);
/* sum += x,  sum += a b,  sum += factor x */
void gibbs_vector_add(double *sum, const double *x, size_t n);
void gibbs_vector_add_product(double *sum, const double *a, const double *b, size_t n);
void gibbs_vector_add_scaled(double *sum, double factor, const double *x, size_t n);

/* Running log-sum-exp of x, relative to an exponent `most` (-infinity at first) that is near enough to the largest:
 * weight = exp(x - most).  True if some of `most` had to be raised; then factor = exp(old most - most), by which all
 * that was summed has to be scaled, and it is left alone otherwise. */
bool gibbs_vector_stream_weights(double *most, const double *x, double *factor, double *weight, size_t n);
/* x *= factor */
void gibbs_vector_scale(double *x, const double *factor, size_t n);
/* most = max(most, x); a NaN in x is passed over. */
void gibbs_vector_raise(double *most, const double *x, size_t n);
/* sum += exp(x - most), where equal infinities give 1. */
void gibbs_vector_add_exp(double *sum, const double *x, const double *most, size_t n);

bool gibbs_vector_finite(const double *x, size_t n);

#endif
