/* order.c - data in mini-batches: every epoch goes through all rows in an order of its own.
 *
 * Rows come as often as their weights say: an epoch of n rows holds row i either floor(n w_i) or ceil(n w_i) times
 * (systematic sampling), so that all rows of a batch count alike; with equal weights each comes once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"
#include "place.h"

static bool has_equal_weights(const gibbs_data *data) {
  const double *weight = gibbs_data_weights(data);
  for (size_t i = 1; i < gibbs_data_count(data); i++)
    if (weight[i] != weight[0]) return false;
  return true;
}

/* Row i as often as a grid of n points, shifted by u, falls into its share. */
static void list_rows(const gibbs_data *data, double u, size_t *row) {
  size_t n = gibbs_data_count(data), made = 0;
  const double *weight = gibbs_data_weights(data);
  double sum = 0;
  for (size_t i = 0; i < n; i++) {
    sum += weight[i] * (double)n;
    while (made < n && (double)made + u < sum) row[made++] = i;
  }
  /* What rounding has left. */
  size_t last = n - 1;
  while (weight[last] == 0) last--;
  while (made < n) row[made++] = last;
}

/* Fisher and Yates. */
static void shuffle(size_t *row, size_t count, gibbs_stream *stream) {
  for (size_t i = count; i-- > 1;) {
    size_t k = (size_t)(gibbs_stream_uniform(stream) * (double)(i + 1)), held = row[i];
    row[i] = row[k];
    row[k] = held;
  }
}

static void make_epoch(gibbs_order *order, uint64_t epoch) {
  size_t n = gibbs_data_count(order->data);
  gibbs_stream stream = gibbs_stream_open(order->seed, GIBBS_PURPOSE_BATCH, (uint32_t)epoch, order->number);
  double u = gibbs_stream_uniform(&stream);
  if (has_equal_weights(order->data))
    for (size_t i = 0; i < n; i++) order->row[i] = i;
  else
    list_rows(order->data, u, order->row);
  shuffle(order->row, n, &stream);
  order->made = epoch + 1;
}

/* Rows lie anywhere: memory begins to bring the next one while this one is copied. */
static void fetch_row(const gibbs_order *order, uint64_t position) {
  enum { line = 8, lines = 32 };
  size_t n = gibbs_data_count(order->data), units = gibbs_data_units(order->data);
  const double *row = gibbs_data_rows(order->data) + order->row[position % n] * units;
  for (size_t k = 0; k < units && k < line * lines; k += line) __builtin_prefetch(row + k);
}

gibbs_status gibbs_order_take(gibbs_order *order, size_t count, double *rows, gibbs_error *err) {
  size_t n = gibbs_data_count(order->data), units = gibbs_data_units(order->data);
  if (!order->row) order->row = malloc(n * sizeof *order->row);
  if (!order->row) return gibbs_fail_memory(err, "the order of data", n * sizeof *order->row);
  for (size_t i = 0; i < count; i++, order->position++) {
    uint64_t epoch = order->position / n;
    if (order->made != epoch + 1) make_epoch(order, epoch);
    fetch_row(order, order->position + 1);
    memcpy(rows + i * units, gibbs_data_rows(order->data) + order->row[order->position % n] * units,
           units * sizeof *rows);
  }
  return GIBBS_OK;
}
