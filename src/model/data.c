/* data.c - empirical distributions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/data.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct gibbs_data {
  size_t references, count, units;
  gibbs_tensor *tensor;
  const double *rows; /* the tensor's */
  double *weights;
  double entropy;
};

typedef struct sorted_row {
  uint64_t mark; /* the same for equal rows, and for hardly any others */
  const double *values;
  size_t units;
  double weight;
} sorted_row;

/* By marks first: rows of images begin alike, and to compare them is to read them. */
static int compare_rows(const void *a, const void *b) {
  const sorted_row *x = a, *y = b;
  if (x->mark != y->mark) return x->mark < y->mark ? -1 : 1;
  for (size_t u = 0; u < x->units; u++)
    if (x->values[u] != y->values[u]) return x->values[u] < y->values[u] ? -1 : 1;
  return 0;
}

static uint64_t mark_row(const double *values, size_t units) {
  uint64_t mark = 0;
  for (size_t u = 0; u < units; u++) {
    double value = values[u] + 0.0; /* -0 becomes 0, which it equals */
    uint64_t word;
    memcpy(&word, &value, sizeof word);
    mark = (mark ^ word ^ word >> 32) * 0x9E3779B97F4A7C15u;
    mark ^= mark >> 29;
  }
  return mark;
}

/* Equal rows are one configuration. */
static gibbs_status find_entropy(gibbs_data *data, gibbs_error *err) {
  sorted_row *rows = malloc(data->count * sizeof *rows);
  if (!rows) return gibbs_fail_memory(err, "sorted data", data->count * sizeof *rows);
  for (size_t i = 0; i < data->count; i++) {
    const double *values = data->rows + i * data->units;
    rows[i] = (sorted_row){mark_row(values, data->units), values, data->units, data->weights[i]};
  }
  qsort(rows, data->count, sizeof *rows, compare_rows);
  data->entropy = 0;
  for (size_t i = 0, next; i < data->count; i = next) {
    double p = 0;
    for (next = i; next < data->count && compare_rows(&rows[i], &rows[next]) == 0; next++) p += rows[next].weight;
    if (p > 0) data->entropy -= p * log(p);
  }
  free(rows);
  return GIBBS_OK;
}

static gibbs_status take_weights(gibbs_data *data, const double *weight, gibbs_error *err) {
  double total = 0;
  for (size_t i = 0; i < data->count; i++) {
    double w = weight ? weight[i] : 1;
    if (!(w >= 0) || isinf(w))
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "weight %zu is %g; weights are finite and not negative", i + 1, w);
    data->weights[i] = w;
    total += w;
  }
  if (!(total > 0)) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "all weights are 0; at least one must be positive");
  for (size_t i = 0; i < data->count; i++) data->weights[i] /= total;
  return GIBBS_OK;
}

static gibbs_status check_rows(const gibbs_data *data, gibbs_error *err) {
  for (size_t i = 0; i < data->count * data->units; i++)
    if (!isfinite(data->rows[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "row %zu, column %zu holds %g; data must be finite",
                        i / data->units + 1, i % data->units + 1, data->rows[i]);
  return GIBBS_OK;
}

static gibbs_status fill_data(gibbs_data *data, const double *weight, gibbs_error *err) {
  data->weights = malloc(data->count * sizeof *data->weights);
  if (!data->weights) return gibbs_fail_memory(err, "weights", data->count * sizeof *data->weights);
  gibbs_status status = check_rows(data, err);
  if (status == GIBBS_OK) status = take_weights(data, weight, err);
  return status == GIBBS_OK ? find_entropy(data, err) : status;
}

gibbs_status gibbs_data_of_tensor(gibbs_tensor *rows, const double *weight, gibbs_data **out, gibbs_error *err) {
  const gibbs_shape *shape = gibbs_tensor_shape(rows);
  if (shape->rank == 0)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "a number is no data; a tensor of configurations, one a row, is");
  gibbs_data *data = calloc(1, sizeof *data);
  if (!data) return gibbs_fail_memory(err, "data", sizeof *data);
  *data = (gibbs_data){.references = 1,
                       .count = shape->extent[0],
                       .units = gibbs_tensor_size(rows) / shape->extent[0],
                       .tensor = gibbs_tensor_retain(rows),
                       .rows = gibbs_tensor_values(rows)};
  gibbs_status status = fill_data(data, weight, err);
  if (status == GIBBS_OK)
    *out = data;
  else
    gibbs_data_release(data);
  return status;
}

gibbs_status gibbs_data_new(size_t count, size_t units, const double *rows, const double *weight, gibbs_data **out,
                            gibbs_error *err) {
  if (count == 0 || units == 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the data are empty; at least one configuration is needed");
  gibbs_shape shape = gibbs_shape_matrix(count, units);
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_shape_check(&shape, err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(&shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  memcpy(gibbs_tensor_data(tensor), rows, count * units * sizeof *rows);
  status = gibbs_data_of_tensor(tensor, weight, out, err);
  gibbs_tensor_release(tensor);
  return status;
}

gibbs_data *gibbs_data_retain(gibbs_data *data) {
  data->references++;
  return data;
}

void gibbs_data_release(gibbs_data *data) {
  if (!data || --data->references > 0) return;
  gibbs_tensor_release(data->tensor);
  free(data->weights);
  free(data);
}

size_t gibbs_data_count(const gibbs_data *data) {
  return data->count;
}
size_t gibbs_data_units(const gibbs_data *data) {
  return data->units;
}
const gibbs_shape *gibbs_data_shape(const gibbs_data *data) {
  return gibbs_tensor_shape(data->tensor);
}
gibbs_tensor *gibbs_data_tensor(const gibbs_data *data) {
  return data->tensor;
}
const double *gibbs_data_rows(const gibbs_data *data) {
  return data->rows;
}
const double *gibbs_data_weights(const gibbs_data *data) {
  return data->weights;
}
double gibbs_data_entropy(const gibbs_data *data) {
  return data->entropy;
}
