/* slopes_layers_pass.c - hidden units' means given configurations, and sums of their products with visible units. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "slopes_layers_pass.h"

#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "gibbs/private/vectormath.h"

enum { panel = GIBBS_LAYERS_PANEL, double_panel = GIBBS_LAYERS_DOUBLE_PANEL, block = GIBBS_LAYERS_ROWS };

static size_t count_blocks(size_t rows) {
  return (rows + block - 1) / block;
}

static size_t end_block(size_t number, size_t rows) {
  return (number + 1) * block < rows ? (number + 1) * block : rows;
}

/* ---- forward ------------------------------------------------------------------------------------------------------
 */

typedef struct forward {
  gibbs_two_layers *x;
  const double *weight;
  bool square;
} forward;

GIBBS_CLONES static void add_rows(const float *restrict x, size_t rows, double *restrict sum) {
  for (size_t j = 0; j < panel; j++) sum[j] = 0;
  for (size_t r = 0; r < rows; r++, x += panel)
    for (size_t j = 0; j < panel; j++) sum[j] += (double)x[j];
}

GIBBS_CLONES static void square_rows(float *restrict x, size_t rows, const double *restrict weight) {
  for (size_t r = 0; r < rows; r++, x += panel)
    for (size_t j = 0; j < panel; j++) x[j] = (float)weight[r] * (x[j] * x[j]);
}

/* One block of configurations and one panel of hidden units. */
static gibbs_status forward_block(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  const forward *f = context;
  gibbs_two_layers *x = f->x;
  size_t blocks = count_blocks(x->count), p = number / blocks, b = number % blocks;
  size_t from = b * block, to = end_block(b, x->count), rows = gibbs_layers_round_up(x->form.n, 32);
  float *mean = x->mean + (p * x->stride + from) * panel;
  gibbs_layers_multiply(&x->chunk.by_configuration, from, to, x->pairs.value + p * rows * panel,
                        x->pairs.total + p * panel, mean);
  const double *weight = f->weight != NULL ? f->weight + from : NULL;
  gibbs_layers_respond(mean, to - from, x->pairs.bias + p * panel, f->square ? NULL : weight, x->form.step[1] == 2);
  if (f->square) square_rows(mean, to - from, weight);
  add_rows(mean, to - from, x->part + (b * x->panels + p) * panel);
  if (to == x->count) memset(mean + (to - from) * panel, 0, (x->stride - to) * panel * sizeof *mean);
  return GIBBS_OK;
}

gibbs_status gibbs_layers_forward(gibbs_two_layers *x, const double *weight, bool square, gibbs_error *err) {
  forward f = {x, weight, square};
  size_t blocks = count_blocks(x->count), columns = x->panels * panel;
  gibbs_status status = gibbs_parallel_segments(x->panels * blocks, forward_block, &f, err);
  memset(x->sum, 0, columns * sizeof *x->sum);
  for (size_t b = 0; b < blocks; b++)
    for (size_t j = 0; j < columns; j++) x->sum[j] += x->part[b * columns + j];
  for (size_t j = 0; j < columns; j++) x->sum_float[j] = (float)x->sum[j];
  return status;
}

/* ---- backward
 * ------------------------------------------------------------------------------------------------------ */

typedef struct backward {
  const gibbs_two_layers *x;
  double scale, low, step, *total;
  bool transposed;
} backward;

/* total[r][j] += a * x[r][j] + shift[j]; rows of total `stride` apart. */
GIBBS_CLONES static void add_block(double *restrict total, size_t stride, size_t rows, size_t columns,
                                   const float *restrict x, double a, const double *restrict shift) {
  for (size_t r = 0; r < rows; r++, total += stride, x += panel) {
    if (columns == panel) {
      for (size_t j = 0; j < panel; j++) total[j] += a * (double)x[j] + shift[j];
    } else {
      for (size_t j = 0; j < columns; j++) total[j] += a * (double)x[j] + shift[j];
    }
  }
}

/* The same for total[j][r]. */
GIBBS_CLONES static void add_turned_block(double *restrict total, size_t stride, size_t rows, size_t columns,
                                          const float *restrict x, double a, const double *restrict shift) {
  for (size_t j = 0; j < columns; j++, total += stride)
    for (size_t r = 0; r < rows; r++) total[r] += a * (double)x[r * panel + j] + shift[j];
}

/* One block of visible units and one panel of hidden units. */
static gibbs_status backward_block(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  const backward *w = context;
  const gibbs_two_layers *x = w->x;
  size_t n = x->form.n, m = x->form.m, blocks = count_blocks(n), p = number / blocks, b = number % blocks;
  size_t from = b * block, to = end_block(b, n), columns = m - p * panel < panel ? m - p * panel : panel;
  float product[block * panel] __attribute__((aligned(64)));
  double shift[panel];
  gibbs_layers_multiply(&x->chunk.by_unit, from, to, x->mean + p * x->stride * panel, x->sum_float + p * panel,
                        product);
  for (size_t j = 0; j < panel; j++) shift[j] = w->scale * w->low * x->sum[p * panel + j];
  if (w->transposed)
    add_turned_block(w->total + p * panel * n + from, n, to - from, columns, product, w->scale * w->step, shift);
  else
    add_block(w->total + from * m + p * panel, m, to - from, columns, product, w->scale * w->step, shift);
  return GIBBS_OK;
}

gibbs_status gibbs_layers_backward(gibbs_two_layers *x, double scale, double low, double step, double *total,
                                   gibbs_error *err) {
  backward w = {x, scale, low, step, total, x->form.role[GIBBS_LAYERS_PAIRS].transposed};
  return gibbs_parallel_segments(x->panels * count_blocks(x->form.n), backward_block, &w, err);
}

/* ---- along a direction
 * ---------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void dot_rows(const float *restrict mean, const float *restrict x, size_t rows,
                                  const float *restrict bias, double *restrict out) {
  for (size_t r = 0; r < rows; r++, mean += panel, x += panel) {
    double sum[8] = {0};
    for (size_t j = 0; j < panel; j += 8)
      for (size_t l = 0; l < 8; l++) sum[l] += (double)mean[j + l] * (double)(bias[j + l] + x[j + l]);
    out[r] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
  }
}

static gibbs_status project_block(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  gibbs_two_layers *x = context;
  size_t blocks = count_blocks(x->count), p = number / blocks, b = number % blocks;
  size_t from = b * block, to = end_block(b, x->count), rows = gibbs_layers_round_up(x->form.n, 32);
  float product[block * panel] __attribute__((aligned(64)));
  gibbs_layers_multiply(&x->chunk.by_configuration, from, to, x->direction.value + p * rows * panel,
                        x->direction.total + p * panel, product);
  dot_rows(x->mean + (p * x->stride + from) * panel, product, to - from, x->direction.bias + p * panel,
           x->part + p * x->count + from);
  return GIBBS_OK;
}

/* out[c] = sum of the parts, in order. */
static void merge_parts(const gibbs_two_layers *x, size_t parts, double *out) {
  memset(out, 0, x->count * sizeof *out);
  for (size_t p = 0; p < parts; p++)
    for (size_t c = 0; c < x->count; c++) out[c] += x->part[p * x->count + c];
}

gibbs_status gibbs_layers_project(gibbs_two_layers *x, double *out, gibbs_error *err) {
  gibbs_status status = gibbs_parallel_segments(x->panels * count_blocks(x->count), project_block, x, err);
  if (status == GIBBS_OK) merge_parts(x, x->panels, out);
  return status;
}

/* ---- H
 * -----------------------------------------------------------------------------------------------------------------
 */

/* log sum_h exp(-z h) = max(-z, 0) + log(1 + exp(-|z|)), and for spins, of which z is twice the field, half of z
 * more; the first of it in linear[r], -|z| in x. */
GIBBS_CLONES static void split_rows(double *restrict x, size_t rows, size_t columns, const double *restrict bias,
                                    bool spins, double *restrict linear) {
  double half = spins ? 0.5 : 0;
  for (size_t r = 0; r < rows; r++, x += double_panel) {
    double sum = 0;
    for (size_t j = 0; j < columns; j++) {
      double z = x[j] + bias[j];
      sum += half * z - (z < 0 ? z : 0);
      x[j] = -fabs(z);
    }
    linear[r] = sum;
  }
}

/* At most 2^32, for 32 columns. */
static void multiply_rows(const double *x, size_t rows, size_t columns, double *product) {
  for (size_t r = 0; r < rows; r++, x += double_panel) {
    double even = 1, odd = 1;
    for (size_t j = 0; j + 1 < columns; j += 2) even *= 1 + x[j], odd *= 1 + x[j + 1];
    product[r] = even * odd * (columns % 2 == 1 ? 1 + x[columns - 1] : 1);
  }
}

static gibbs_status evaluate_block(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  gibbs_two_layers *x = context;
  size_t n = x->form.n, m = x->form.m, blocks = count_blocks(x->count), p = number / blocks, b = number % blocks;
  size_t from = b * block, to = end_block(b, x->count), rows = to - from;
  size_t columns = m - p * double_panel < double_panel ? m - p * double_panel : double_panel;
  double z[block * double_panel] __attribute__((aligned(64))), product[block];
  double *out = x->part + p * x->count + from;
  gibbs_layers_multiply_double(&x->chunk.by_configuration, from, to, x->doubles.value + p * n * double_panel,
                               x->doubles.total + p * double_panel, z);
  split_rows(z, rows, columns, x->doubles.bias + p * double_panel, x->form.step[1] == 2, out);
  gibbs_vector_exp(z, z, rows * double_panel);
  multiply_rows(z, rows, columns, product);
  gibbs_vector_log(product, product, rows);
  for (size_t r = 0; r < rows; r++) out[r] = -(out[r] + product[r]);
  return GIBBS_OK;
}

gibbs_status gibbs_layers_evaluate(gibbs_two_layers *x, double *out, gibbs_error *err) {
  gibbs_status status = gibbs_parallel_segments(x->double_panels * count_blocks(x->count), evaluate_block, x, err);
  if (status == GIBBS_OK) merge_parts(x, x->double_panels, out);
  return status;
}
