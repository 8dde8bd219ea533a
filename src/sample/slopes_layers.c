/* slopes_layers.c - two layers with a dense matrix between them: gradients in single precision, H in double. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "slopes_layers.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "slopes_layers_pass.h"

enum { SINGLE, DOUBLE };

/* ---- making
 * ---------------------------------------------------------------------------------------------------------- */

static void free_rooms(gibbs_two_layers *x) {
  gibbs_layers_chunk_clear(&x->chunk);
  free(x->mean);
  free(x->part);
  x->mean = NULL;
  x->part = NULL;
}

static void free_layers(void *instance) {
  gibbs_two_layers *x = instance;
  free_rooms(x);
  gibbs_layers_matrix_clear(&x->pairs);
  gibbs_layers_matrix_clear(&x->direction);
  gibbs_layers_doubles_clear(&x->doubles);
  free(x->sum);
  free(x->sum_float);
  free(x);
}

static gibbs_status make_layers(const gibbs_slopes *slopes, void **instance, gibbs_error *err) {
  gibbs_layers_form form;
  bool found = false;
  gibbs_status status = gibbs_layers_find(slopes, &form, &found, err);
  if (status != GIBBS_OK || !found) return status;
  size_t columns = gibbs_layers_round_up(form.m, GIBBS_LAYERS_PANEL);
  gibbs_two_layers *x = calloc(1, sizeof *x);
  if (x == NULL) return gibbs_fail_memory(err, "slopes", sizeof *x);
  x->slopes = slopes;
  x->form = form;
  x->panels = columns / GIBBS_LAYERS_PANEL;
  x->double_panels = (form.m + GIBBS_LAYERS_DOUBLE_PANEL - 1) / GIBBS_LAYERS_DOUBLE_PANEL;
  x->sum = calloc(columns, sizeof *x->sum);
  x->sum_float = calloc(columns, sizeof *x->sum_float);
  if (x->sum != NULL && x->sum_float != NULL) return *instance = x, GIBBS_OK;
  free_layers(x);
  return gibbs_fail_memory(err, "slopes", columns * sizeof(double));
}

/* ---- making ready
 * ------------------------------------------------------------------------------------------------------- */

static const double *values_of(const gibbs_two_layers *x, gibbs_layers_group k) {
  gibbs_parameter *parameter = x->form.role[k].parameter;
  return parameter != NULL ? gibbs_parameter_values(parameter) : NULL;
}

/* Spins' fields count twice: of two states the upper one has weight exp(-step * field). */
static gibbs_status read_parameters(gibbs_two_layers *x, int precision, gibbs_error *err) {
  bool changed = !x->known[precision];
  uint64_t version[GIBBS_LAYERS_GROUPS] = {0};
  for (size_t k = 0; k < GIBBS_LAYERS_GROUPS; k++) {
    gibbs_parameter *parameter = x->form.role[k].parameter;
    if (parameter != NULL) version[k] = gibbs_parameter_version(parameter);
    changed |= version[k] != x->version[precision][k];
  }
  if (!changed) return GIBBS_OK;
  const double *pairs = values_of(x, GIBBS_LAYERS_PAIRS), *hidden = values_of(x, GIBBS_LAYERS_HIDDEN);
  gibbs_status status = precision == SINGLE
                            ? gibbs_layers_read(&x->form, pairs, hidden, x->form.step[1], &x->pairs, err)
                            : gibbs_layers_read_double(&x->form, pairs, hidden, x->form.step[1], &x->doubles, err);
  x->known[precision] = status == GIBBS_OK;
  memcpy(x->version[precision], version, sizeof version);
  return status;
}

/* Configurations to a chunk: few enough that what is kept of them is no more than some machines' weights. */
static size_t most_of_chunk(const gibbs_two_layers *x) {
  size_t wide = x->form.n > x->form.m ? x->form.n : x->form.m, most = ((size_t)1 << 24) / wide;
  return most < 32 ? 32 : most < GIBBS_LAYERS_CHUNK ? most : GIBBS_LAYERS_CHUNK;
}

/* Room for the chunks of so many configurations. */
static gibbs_status make_rooms(gibbs_two_layers *x, size_t count, gibbs_error *err) {
  size_t most = count < most_of_chunk(x) ? count : most_of_chunk(x);
  if (most <= x->chunk.most) return GIBBS_OK;
  free_rooms(x);
  size_t stride = gibbs_layers_round_up(most, 32), columns = x->panels * GIBBS_LAYERS_PANEL;
  size_t mean = stride * columns * sizeof *x->mean, blocks = (most + GIBBS_LAYERS_ROWS - 1) / GIBBS_LAYERS_ROWS;
  size_t parts = blocks * columns > x->double_panels * most ? blocks * columns : x->double_panels * most;
  x->mean = aligned_alloc(64, mean);
  x->part = malloc(parts * sizeof *x->part);
  if (x->mean == NULL || x->part == NULL) {
    free_rooms(x);
    return gibbs_fail_memory(err, "means of hidden units", mean + parts * sizeof *x->part);
  }
  return gibbs_layers_chunk_new(x->form.n, most, &x->chunk, err);
}

/* What is done with one chunk, configurations from..from+count-1. */
typedef struct task {
  gibbs_two_layers *x;
  const double *weight;
  double *const *totals;
  double *out;
  const double *visible; /* of a direction */
  bool square;
} task;
typedef gibbs_status chunk_work(const task *t, size_t from, gibbs_error *err);

/* In chunks of about the same size. */
static gibbs_status do_chunks(const task *t, const double *rows, size_t count, bool lists, chunk_work *work,
                              gibbs_error *err) {
  gibbs_two_layers *x = t->x;
  const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(x->slopes->distribution)[0]);
  size_t chunks = (count + most_of_chunk(x) - 1) / most_of_chunk(x);
  gibbs_status status = make_rooms(x, count, err);
  for (size_t k = 0; status == GIBBS_OK && k < chunks; k++) {
    size_t from = k * count / chunks;
    x->count = (k + 1) * count / chunks - from;
    x->stride = gibbs_layers_round_up(x->count, 32);
    status =
        gibbs_layers_chunk_fill(&x->chunk, variable, rows + from * x->form.n, from, x->count, x->panels, lists, err);
    if (status == GIBBS_OK) status = work(t, from, err);
  }
  return status;
}

/* ---- visible units
 * ---------------------------------------------------------------------------------------------------------- */

static bool are_equal(const double *x, size_t count) {
  for (size_t k = 1; k < count; k++)
    if (x[k] != x[0]) return false;
  return true;
}

GIBBS_CLONES static size_t count_bits(const gibbs_layers_bits *bits, size_t row) {
  size_t count = 0;
  for (size_t k = 0; k < bits->words; k++) count += (size_t)__builtin_popcount(bits->word[k * bits->rows + row]);
  return count;
}

static double sum_weights(const gibbs_layers_bits *bits, size_t row, const double *weight) {
  double sum = 0;
  for (size_t k = 0; k < bits->words; k++)
    for (uint32_t word = bits->word[k * bits->rows + row]; word != 0; word &= word - 1)
      sum += weight[k * 32 + (size_t)__builtin_ctz(word)];
  return sum;
}

/* total[i] += scale * sum_c weight[c] (low + step * bit_i). */
static void add_visible(const gibbs_two_layers *x, const double *weight, double scale, double low, double step,
                        double *total) {
  const gibbs_layers_bits *bits = &x->chunk.by_unit;
  bool equal = are_equal(weight, x->count);
  double all = 0;
  for (size_t c = 0; c < x->count; c++) all += weight[c];
  for (size_t i = 0; i < bits->rows; i++) {
    double sum = equal ? weight[0] * (double)count_bits(bits, i) : sum_weights(bits, i, weight);
    total[i] += scale * (low * all + step * sum);
  }
}

/* out[c] += scale * sum_i value[i] v_i. */
static void dot_visible(const gibbs_two_layers *x, const double *value, double scale, double *out) {
  const gibbs_layers_bits *bits = &x->chunk.by_configuration;
  double all = 0, low = x->form.low[0], step = x->form.step[0];
  for (size_t i = 0; i < bits->columns; i++) all += value[i];
  for (size_t c = 0; c < bits->rows; c++) {
    out[c] += scale * (low * all + step * sum_weights(bits, c, value));
  }
}

/* ---- the way
 * -----------------------------------------------------------------------------------------------------------------
 */

/* Squares: of a bit it is the bit, of a spin 1. */
static gibbs_status add_chunk(const task *t, size_t from, gibbs_error *err) {
  gibbs_two_layers *x = t->x;
  const gibbs_layers_role *role = x->form.role;
  double low = x->form.low[0], step = x->form.step[0], scale[GIBBS_LAYERS_GROUPS];
  for (size_t k = 0; k < GIBBS_LAYERS_GROUPS; k++)
    scale[k] = t->square ? role[k].scale * role[k].scale : role[k].scale;
  if (t->square) step = 1 - low * low, low = low * low;
  bool pairs = role[GIBBS_LAYERS_PAIRS].number != SIZE_MAX, hidden = role[GIBBS_LAYERS_HIDDEN].number != SIZE_MAX;
  gibbs_status status = GIBBS_OK;
  if (pairs || hidden) status = gibbs_layers_forward(x, t->weight + from, t->square, err);
  if (pairs && status == GIBBS_OK)
    status = gibbs_layers_backward(x, scale[GIBBS_LAYERS_PAIRS], low, step,
                                   t->totals[role[GIBBS_LAYERS_PAIRS].number], err);
  if (hidden)
    for (size_t j = 0; j < x->form.m; j++)
      t->totals[role[GIBBS_LAYERS_HIDDEN].number][j] += scale[GIBBS_LAYERS_HIDDEN] * x->sum[j];
  if (role[GIBBS_LAYERS_VISIBLE].number != SIZE_MAX)
    add_visible(x, t->weight + from, scale[GIBBS_LAYERS_VISIBLE], low, step,
                t->totals[role[GIBBS_LAYERS_VISIBLE].number]);
  return status;
}

static gibbs_status add_or_square(void *instance, const double *rows, size_t count, const double *weight,
                                  double *const totals[], bool square, gibbs_error *err) {
  task t = {.x = instance, .weight = weight, .totals = totals, .square = square};
  gibbs_status status = read_parameters(t.x, SINGLE, err);
  return status == GIBBS_OK ? do_chunks(&t, rows, count, false, add_chunk, err) : status;
}

static gibbs_status add(void *instance, const double *rows, size_t count, const double *weight,
                        double *const totals[], gibbs_error *err) {
  return add_or_square(instance, rows, count, weight, totals, false, err);
}

static gibbs_status squares(void *instance, const double *rows, size_t count, const double *weight,
                            double *const totals[], gibbs_error *err) {
  return add_or_square(instance, rows, count, weight, totals, true, err);
}

static gibbs_status evaluate_chunk(const task *t, size_t from, gibbs_error *err) {
  gibbs_two_layers *x = t->x;
  gibbs_status status = gibbs_layers_evaluate(x, t->out + from, err);
  const double *visible = values_of(x, GIBBS_LAYERS_VISIBLE);
  for (size_t c = 0; c < x->count; c++) t->out[from + c] += x->form.constant;
  if (visible != NULL) dot_visible(x, visible, x->form.role[GIBBS_LAYERS_VISIBLE].scale, t->out + from);
  return status;
}

static gibbs_status hamiltonian(void *instance, const double *rows, size_t count, double *out, gibbs_error *err) {
  task t = {.x = instance, .out = out};
  gibbs_status status = read_parameters(t.x, DOUBLE, err);
  return status == GIBBS_OK ? do_chunks(&t, rows, count, true, evaluate_chunk, err) : status;
}

static gibbs_status along_chunk(const task *t, size_t from, gibbs_error *err) {
  gibbs_two_layers *x = t->x;
  gibbs_status status = gibbs_layers_forward(x, NULL, false, err);
  if (status == GIBBS_OK) status = gibbs_layers_project(x, t->out + from, err);
  if (t->visible != NULL) dot_visible(x, t->visible, x->form.role[GIBBS_LAYERS_VISIBLE].scale, t->out + from);
  return status;
}

static gibbs_status along(void *instance, const double *rows, size_t count, const double *const direction[],
                          double *out, gibbs_error *err) {
  gibbs_two_layers *x = instance;
  const gibbs_layers_role *role = x->form.role;
  const double *part[GIBBS_LAYERS_GROUPS];
  for (size_t k = 0; k < GIBBS_LAYERS_GROUPS; k++)
    part[k] = role[k].number != SIZE_MAX ? direction[role[k].number] : NULL;
  task t = {.x = x, .out = out, .visible = part[GIBBS_LAYERS_VISIBLE]};
  gibbs_status status = read_parameters(x, SINGLE, err);
  if (status == GIBBS_OK)
    status = gibbs_layers_read(&x->form, part[GIBBS_LAYERS_PAIRS], part[GIBBS_LAYERS_HIDDEN], 1, &x->direction, err);
  return status == GIBBS_OK ? do_chunks(&t, rows, count, false, along_chunk, err) : status;
}

static gibbs_status mean_chunk(const task *t, size_t from, gibbs_error *err) {
  gibbs_status status = gibbs_layers_forward(t->x, t->weight + from, false, err);
  for (size_t j = 0; j < t->x->form.m; j++) t->out[j] += t->x->sum[j];
  return status;
}

static gibbs_status hidden_mean(void *instance, const double *rows, size_t count, const double *weight, double *total,
                                gibbs_error *err) {
  task t = {.x = instance, .weight = weight, .out = total};
  gibbs_status status = read_parameters(t.x, SINGLE, err);
  return status == GIBBS_OK ? do_chunks(&t, rows, count, false, mean_chunk, err) : status;
}

/* Centring subtracts products of slopes, so that all signs have to be the same. */
static bool layers(const void *instance, gibbs_layers *out) {
  const gibbs_two_layers *x = instance;
  const gibbs_layers_role *role = x->form.role;
  for (size_t k = 0; k < GIBBS_LAYERS_GROUPS; k++)
    if (role[k].parameter != NULL && role[k].scale != -1) return false;
  *out = (gibbs_layers){role[GIBBS_LAYERS_PAIRS].number, role[GIBBS_LAYERS_VISIBLE].number,
                        role[GIBBS_LAYERS_HIDDEN].number, x->form.n, x->form.m};
  return !role[GIBBS_LAYERS_PAIRS].transposed;
}

const gibbs_slopes_way gibbs_slopes_two_layers = {
    .name = "two layers",
    .make = make_layers,
    .free = free_layers,
    .hamiltonian = hamiltonian,
    .add = add,
    .along = along,
    .squares = squares,
    .hidden_mean = hidden_mean,
    .layers = layers,
};
