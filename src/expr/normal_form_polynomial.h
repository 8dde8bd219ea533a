/* normal_form_polynomial.h - how polynomials of elements are put together, term after term. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_NORMAL_FORM_POLYNOMIAL_H
#define GIBBS_EXPR_NORMAL_FORM_POLYNOMIAL_H

#include "normal_form_parts.h"

/* Room for sorting, kept from one element to the next. */
typedef struct gibbs_sorting {
  const gibbs_polynomials *p;
  size_t *order, *spare, length, room;
} gibbs_sorting;
void gibbs_sorting_end(gibbs_sorting *sorting);

gibbs_status gibbs_polynomials_new(size_t count, unsigned width, size_t room, gibbs_polynomials **out,
                                   gibbs_error *err) GIBBS_CHECKED;
void gibbs_polynomials_drop(gibbs_polynomials *p); /* NULL is fine */
/* factor * term t of q, which is no wider than p */
gibbs_status gibbs_polynomials_append(gibbs_polynomials *p, const gibbs_polynomials *q, size_t t, double factor,
                                      gibbs_error *err) GIBBS_CHECKED;
/* a[i] * b[j] */
gibbs_status gibbs_polynomials_append_product(const gibbs_lowering *l, gibbs_polynomials *p,
                                              const gibbs_polynomials *a, size_t i, const gibbs_polynomials *b,
                                              size_t j, gibbs_error *err) GIBBS_CHECKED;
/* Element k is complete: its terms, from first[k] on, come in order of their monomials and each once; equal ones are
 * added as they came. */
gibbs_status gibbs_polynomials_end(gibbs_polynomials *p, size_t k, gibbs_sorting *sorting,
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
