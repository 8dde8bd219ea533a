/* products.h - exp(-H) over all states of two-state units, chunk by chunk, without a transcendental per state.
 *
 * The log-weight is   -H(x) = constant + field.x + sum_{i<j} coupling_ij x_i x_j + sum_j log(1 + exp(bias_j + sum_i
 * weight_ji x_i)) for x in {0,1}^n; spins are mapped to bits by the caller.  State number s has x_i = bit i of s; a
 * chunk is 2^chunk_bits consecutive states. Promises: results are a pure function of the form and the chunk (the same
 * bits for any number of threads); log-weights of +-1e5 are right; a kernel is read-only after it is made, scratch
 * and moments belong to one thread. */
#ifndef GIBBS_EXACT_PRODUCTS_H
#define GIBBS_EXACT_PRODUCTS_H

#include <stdbool.h>
#include <stdint.h>

#include "gibbs/status.h"

typedef struct gibbs_bit_form {
  size_t n; /* units, 1..30 */
  double constant;
  const double *field;    /* n */
  const double *coupling; /* n*n, symmetric with zero diagonal, or NULL when there is none */
  size_t m;               /* softplus terms, may be 0 */
  const double *bias;     /* m */
  const double *weight;   /* m*n, row j holds weight_ji */
} gibbs_bit_form;

typedef struct gibbs_products gibbs_products;
typedef struct gibbs_products_scratch gibbs_products_scratch; /* one a thread */
typedef struct gibbs_moments gibbs_moments;                   /* running sums, one a segment of chunks */

/* Copies what it needs of the form.  Any chunk size is chosen by the kernel unless chunk_bits > 0 is given (then
 * min(n, chunk_bits) is used).  Memory O(2^chunk_bits + m * 2^(chunk_bits / 2) + n^2 + n m). Fails with ERR_SIZE (n),
 * ERR_NUMERIC (a coefficient that is not finite, or a sum of them) or ERR_MEMORY. */
gibbs_status gibbs_products_new(const gibbs_bit_form *form, unsigned chunk_bits, gibbs_products **out,
                                gibbs_error *err) GIBBS_CHECKED;
void gibbs_products_free(gibbs_products *kernel);
unsigned gibbs_products_chunk_bits(const gibbs_products *kernel);
uint64_t gibbs_products_chunks(const gibbs_products *kernel);

gibbs_status gibbs_products_scratch_new(const gibbs_products *kernel, gibbs_products_scratch **out,
                                        gibbs_error *err) GIBBS_CHECKED;
void gibbs_products_scratch_free(gibbs_products_scratch *scratch);

/* log_weight[s] = -H and weight[s] = exp(-H - *scale) over the chunk (either may be NULL); *scale is chosen so that
 * weights are finite and the largest of the chunk is not below 1e-100 (it need not be exact). */
void gibbs_products_chunk(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                          double *log_weight, double *weight, double *scale);
/* sum_s exp(-H) over the chunk = *total * exp(*scale): the fastest path, stores nothing. */
void gibbs_products_chunk_total(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                                double *total, double *scale);

/* With weights w_s of any sign over chunks:  zero = sum w,  first_i = sum w x_i,  second_ij = sum w x_i x_j (full
 * symmetric, diagonal = first), response_j = sum w sigma_j,  cross_ji = sum w sigma_j x_i,  sigma_j = 1 / (1 +
 * exp(-(bias_j + weight_j.x))). second is computed only if asked for when the moments are made. */
gibbs_status gibbs_moments_new(const gibbs_products *kernel, bool second, gibbs_moments **out,
                               gibbs_error *err) GIBBS_CHECKED;
void gibbs_moments_free(gibbs_moments *moments);
void gibbs_products_accumulate(const gibbs_products *kernel, gibbs_products_scratch *scratch, uint64_t chunk,
                               const double *w, gibbs_moments *moments);
/* into += factor * from: merges partial sums, in the order the caller chooses. */
void gibbs_moments_add(gibbs_moments *into, const gibbs_moments *from, double factor);
void gibbs_moments_scale(gibbs_moments *moments, double factor);
/* Any output may be NULL.  first: n; second: n*n; response: m; cross: m*n. */
void gibbs_moments_read(const gibbs_products *kernel, const gibbs_moments *moments, double *zero, double *first,
                        double *second, double *response, double *cross);

#endif
