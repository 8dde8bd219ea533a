/* neighbourhoods.h - how often which neighbourhoods occur: all that pseudo-likelihood needs to know of samples.
 *
 * For a site with spin s and fields f_a = dS_a/ds, the spin given the rest has P = 1 / (1 + exp(-2 sum_a K_a s f_a)).
 * So only the numbers s f_a matter; they are small integers, and different tuples of them are few. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NEIGHBOURHOODS_H
#define NEIGHBOURHOODS_H

#include "gibbs/operators.h"

typedef struct neighbourhoods {
  size_t operators;
  unsigned shift[GIBBS_MOST_OPERATORS + 1]; /* where each field lies in a key */
  int largest[GIBBS_MOST_OPERATORS];
  size_t room, used;
  uint64_t total;        /* sites counted */
  uint64_t *key, *count; /* open addressing; count 0: free */
} neighbourhoods;

/* For the first `operators` of a list.  ERR_ARGUMENT when their tuples do not fit 64 bits. */
gibbs_status neighbourhoods_new(neighbourhoods *n, const gibbs_operators *list, size_t operators,
                                gibbs_error *err) GIBBS_CHECKED;
void neighbourhoods_free(neighbourhoods *n);
/* Count all sites of a configuration. */
gibbs_status neighbourhoods_add(neighbourhoods *n, const gibbs_operators *list, const uint8_t *spins,
                                gibbs_error *err) GIBBS_CHECKED;
/* Add the counts of another of the same operators. */
gibbs_status neighbourhoods_merge(neighbourhoods *n, const neighbourhoods *other, gibbs_error *err) GIBBS_CHECKED;
/* The couplings of the first `count` operators that make the pseudo-likelihood largest, by Newton's method from K;
 * with `without`, its counts are taken off.  ERR_NUMERIC: a direction in which it does not change, or grows without
 * end. GSL's error handler may be on. */
gibbs_status neighbourhoods_fit(const neighbourhoods *n, const neighbourhoods *without, size_t count, double *K,
                                gibbs_error *err) GIBBS_CHECKED;

#endif
