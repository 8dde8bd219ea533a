/* gibbs/data.h - empirical distributions: configurations with weights, and no Hamiltonian.
 *
 * Promises: weights are non-negative and sum to 1; rows are kept as given, and checked against a variable when they
 * meet one. Knows nothing of models. */
#ifndef GIBBS_DATA_H
#define GIBBS_DATA_H

#include "gibbs/tensor.h"

typedef struct gibbs_data gibbs_data; /* opaque, immutable, reference-counted */

/* rows: count x units values (-1/+1, 0/1, or state numbers from 1); weight: count non-negative numbers, or NULL for
 * equal ones. ERR_ARGUMENT: no rows, a negative weight, or no weight at all.  ERR_NUMERIC: a value is not finite. */
gibbs_status gibbs_data_new(size_t count, size_t units, const double *rows, const double *weight, gibbs_data **out,
                            gibbs_error *err) GIBBS_CHECKED;
gibbs_data *gibbs_data_retain(gibbs_data *data);
void gibbs_data_release(gibbs_data *data);
size_t gibbs_data_count(const gibbs_data *data);
size_t gibbs_data_units(const gibbs_data *data);
const double *gibbs_data_rows(const gibbs_data *data);
const double *gibbs_data_weights(const gibbs_data *data);
/* -sum_v p(v) log p(v) over the distinct rows, in nats. */
double gibbs_data_entropy(const gibbs_data *data);

#endif
