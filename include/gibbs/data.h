/* gibbs/data.h - empirical distributions: configurations with weights, and no Hamiltonian.
 *
 * Promises: weights are non-negative and sum to 1; rows are kept as given, and checked against a variable when they
 * meet one. What is made of data is new data; random choices depend on the seed and on the number of the row alone.
 * Knows nothing of models or of files. */
#ifndef GIBBS_DATA_H
#define GIBBS_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include "gibbs/tensor.h"

typedef struct gibbs_data gibbs_data; /* opaque, immutable, reference-counted */

/* rows: count x units values (-1/+1, 0/1, or state numbers from 1); weight: count non-negative numbers, or NULL for
 * equal ones. ERR_ARGUMENT: no rows, a negative weight, or no weight at all.  ERR_NUMERIC: a value is not finite. */
gibbs_status gibbs_data_new(size_t count, size_t units, const double *rows, const double *weight, gibbs_data **out,
                            gibbs_error *err) GIBBS_CHECKED;
/* The same of a tensor whose first axis counts the configurations, and which is kept, not copied: it must not change
 * any more. ERR_SHAPE for a scalar. */
gibbs_status gibbs_data_of_tensor(gibbs_tensor *rows, const double *weight, gibbs_data **out,
                                  gibbs_error *err) GIBBS_CHECKED;
gibbs_data *gibbs_data_retain(gibbs_data *data);
void gibbs_data_release(gibbs_data *data);
size_t gibbs_data_count(const gibbs_data *data);
size_t gibbs_data_units(const gibbs_data *data);
/* The count, then the axes of one configuration: 60000x28x28. */
const gibbs_shape *gibbs_data_shape(const gibbs_data *data);
gibbs_tensor *gibbs_data_tensor(const gibbs_data *data); /* of this shape, borrowed */
const double *gibbs_data_rows(const gibbs_data *data);
const double *gibbs_data_weights(const gibbs_data *data);
/* -sum_v p(v) log p(v) over the distinct rows, in nats. */
double gibbs_data_entropy(const gibbs_data *data);

/* ---- new data from old; *out is owned by the caller ----------------------------------------------------------- */

/* The first n configurations. ERR_ARGUMENT unless 1 <= n <= count, or when their weights are all 0. */
gibbs_status gibbs_data_head(const gibbs_data *data, size_t n, gibbs_data **out, gibbs_error *err) GIBBS_CHECKED;

/* All configurations in an order shuffled by `seed`: the last round(fraction count) of them are *test, those before
 * *train. The order depends on count and seed only: images and their labels can be split alike. ERR_ARGUMENT when a
 * part would be empty. */
gibbs_status gibbs_data_split(const gibbs_data *data, double fraction, uint64_t seed, gibbs_data **train,
                              gibbs_data **test, gibbs_error *err) GIBBS_CHECKED;

/* (x - low) / (high - low) of every value. ERR_NUMERIC where a value is not in [low, high]; ERR_ARGUMENT unless
 * low < high. */
gibbs_status gibbs_data_scale(const gibbs_data *data, double low, double high, gibbs_data **out,
                              gibbs_error *err) GIBBS_CHECKED;

typedef struct gibbs_binarise {
  bool spins;       /* off and on are -1 and +1, else 0 and 1 */
  bool probability; /* on with the value as probability, else where the value is above the threshold */
  bool any_range;   /* for a threshold: values outside of [0, 1] are fine */
  double threshold;
  uint64_t seed;
} gibbs_binarise;

/* Values of two kinds. ERR_NUMERIC where a value is outside of [0, 1] and may not be. */
gibbs_status gibbs_data_binarise(const gibbs_data *data, const gibbs_binarise *how, gibbs_data **out,
                                 gibbs_error *err) GIBBS_CHECKED;

#endif
