/* data_change.c - new data from old: parts, ranges, and values of two kinds. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/data.h"
#include "gibbs/random.h"

/* Steps of GIBBS_PURPOSE_BATCH that no order of mini-batches comes to. */
static const uint32_t split_step = 0xFFFFFFFE, binarise_step = 0xFFFFFFFF;

/* ---- parts ---------------------------------------------------------------------------------------------------- */

/* Takes `tensor` over. */
static gibbs_status make_data(gibbs_tensor *tensor, const double *weight, gibbs_data **out, gibbs_error *err) {
  gibbs_status status = gibbs_data_of_tensor(tensor, weight, out, err);
  gibbs_tensor_release(tensor);
  return status;
}

/* The configurations with these numbers. */
static gibbs_status select_rows(const gibbs_data *data, const size_t *row, size_t count, gibbs_data **out,
                                gibbs_error *err) {
  gibbs_shape shape = *gibbs_data_shape(data);
  shape.extent[0] = count;
  size_t units = gibbs_data_units(data);
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_tensor_new(&shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  double *weight = malloc(count * sizeof *weight);
  if (!weight) {
    gibbs_tensor_release(tensor);
    return gibbs_fail_memory(err, "weights", count * sizeof *weight);
  }
  for (size_t i = 0; i < count; i++) {
    memcpy(gibbs_tensor_data(tensor) + i * units, gibbs_data_rows(data) + row[i] * units, units * sizeof(double));
    weight[i] = gibbs_data_weights(data)[row[i]];
  }
  status = make_data(tensor, weight, out, err);
  free(weight);
  return status;
}

static gibbs_status number_rows(size_t count, size_t **out, gibbs_error *err) {
  size_t *row = malloc(count * sizeof *row);
  if (!row) return gibbs_fail_memory(err, "numbers of rows", count * sizeof *row);
  for (size_t i = 0; i < count; i++) row[i] = i;
  *out = row;
  return GIBBS_OK;
}

gibbs_status gibbs_data_head(const gibbs_data *data, size_t n, gibbs_data **out, gibbs_error *err) {
  size_t *row = NULL, count = gibbs_data_count(data);
  if (n < 1 || n > count)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu configurations asked for; there are 1 to %zu to have", n, count);
  gibbs_status status = number_rows(n, &row, err);
  if (status != GIBBS_OK) return status;
  status = select_rows(data, row, n, out, err);
  free(row);
  return status;
}

/* Fisher and Yates. A product of a uniform number and i + 1 is within 2^-53 of evenly spread. */
static void shuffle(size_t *row, size_t count, uint64_t seed) {
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_BATCH, 0, split_step);
  for (size_t i = count - 1; i > 0; i--) {
    size_t k = (size_t)(gibbs_stream_uniform(&stream) * (double)(i + 1)), held = row[i];
    row[i] = row[k];
    row[k] = held;
  }
}

gibbs_status gibbs_data_split(const gibbs_data *data, double fraction, uint64_t seed, gibbs_data **train,
                              gibbs_data **test, gibbs_error *err) {
  size_t count = gibbs_data_count(data), *row = NULL;
  double wanted = round(fraction * (double)count);
  if (!(wanted >= 1 && wanted < (double)count))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "a test part of %g leaves one of the parts of %zu configurations empty", fraction, count);
  size_t held = (size_t)wanted;
  gibbs_status status = number_rows(count, &row, err);
  if (status != GIBBS_OK) return status;
  shuffle(row, count, seed);
  gibbs_data *first = NULL;
  status = select_rows(data, row, count - held, &first, err);
  if (status == GIBBS_OK) status = select_rows(data, row + count - held, held, test, err);
  if (status == GIBBS_OK)
    *train = first;
  else
    gibbs_data_release(first);
  free(row);
  return status;
}

/* ---- values --------------------------------------------------------------------------------------------------- */

static gibbs_status check_range(const gibbs_data *data, double low, double high, const char *hint, gibbs_error *err) {
  const double *x = gibbs_data_rows(data);
  size_t units = gibbs_data_units(data), size = gibbs_data_count(data) * units;
  for (size_t i = 0; i < size; i++)
    if (!(x[i] >= low && x[i] <= high))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "row %zu, column %zu holds %g, which is not in [%g, %g]%s",
                        i / units + 1, i % units + 1, x[i], low, high, hint);
  return GIBBS_OK;
}

gibbs_status gibbs_data_scale(const gibbs_data *data, double low, double high, gibbs_data **out, gibbs_error *err) {
  if (!(low < high) || !isfinite(high - low))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the range [%g, %g] is none; low must be below high", low, high);
  gibbs_tensor *tensor;
  gibbs_status status = check_range(data, low, high, "", err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(gibbs_data_shape(data), &tensor, err);
  if (status != GIBBS_OK) return status;
  const double *x = gibbs_data_rows(data);
  for (size_t i = 0; i < gibbs_tensor_size(tensor); i++) gibbs_tensor_data(tensor)[i] = (x[i] - low) / (high - low);
  return make_data(tensor, gibbs_data_weights(data), out, err);
}

/* Every row has a stream of its own, so that a part of the data comes out as it does within the whole. */
static void draw_values(const gibbs_data *data, const gibbs_binarise *how, double off, double *out) {
  const double *x = gibbs_data_rows(data);
  size_t units = gibbs_data_units(data);
  for (size_t i = 0; i < gibbs_data_count(data); i++) {
    uint32_t step = binarise_step - (uint32_t)((uint64_t)i >> 32 << 1);
    gibbs_stream stream = gibbs_stream_open(how->seed, GIBBS_PURPOSE_BATCH, (uint32_t)i, step);
    for (size_t u = i * units; u < (i + 1) * units; u++) out[u] = gibbs_stream_uniform(&stream) < x[u] ? 1 : off;
  }
}

gibbs_status gibbs_data_binarise(const gibbs_data *data, const gibbs_binarise *how, gibbs_data **out,
                                 gibbs_error *err) {
  static const char must_scale[] = " as probabilities are; scale the data first",
                    may_scale[] = "; scale the data first, or give a threshold";
  gibbs_tensor *tensor;
  gibbs_status status = GIBBS_OK;
  if (how->probability || !how->any_range)
    status = check_range(data, 0, 1, how->probability ? must_scale : may_scale, err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(gibbs_data_shape(data), &tensor, err);
  if (status != GIBBS_OK) return status;
  const double *x = gibbs_data_rows(data), off = how->spins ? -1 : 0;
  double *y = gibbs_tensor_data(tensor);
  if (how->probability)
    draw_values(data, how, off, y);
  else
    for (size_t i = 0; i < gibbs_tensor_size(tensor); i++) y[i] = x[i] > how->threshold ? 1 : off;
  return make_data(tensor, gibbs_data_weights(data), out, err);
}
