/* slopes_layers_matrix.c - the pairs between two layers as matrices for products with bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "slopes_layers.h"

enum { panel = GIBBS_LAYERS_PANEL, double_panel = GIBBS_LAYERS_DOUBLE_PANEL, depth = 32, word_bits = 32 };

/* What one panel is made of: of `columns` columns, element (i, j) at source[i * row_step + j * column_step]. */
typedef struct source {
  const double *at;
  size_t rows, columns, row_step, column_step;
  double factor;
} source;

typedef struct reading {
  const gibbs_layers_form *form;
  const double *pairs, *hidden;
  double factor;
  gibbs_layers_matrix *matrix; /* or */
  gibbs_layers_doubles *doubles;
} reading;

static source find_source(const reading *r, size_t first, size_t width) {
  const gibbs_layers_form *f = r->form;
  const gibbs_layers_role *role = &f->role[GIBBS_LAYERS_PAIRS];
  source s = {.rows = f->n, .columns = f->m - first < width ? f->m - first : width};
  s.row_step = role->transposed ? 1 : f->m;
  s.column_step = role->transposed ? f->n : 1;
  s.at = r->pairs != NULL ? r->pairs + first * s.column_step : NULL;
  s.factor = r->factor * role->scale * f->step[0];
  return s;
}

/* ---- single precision ---------------------------------------------------------------------------------------------
 */

GIBBS_CLONES static void copy_rows(float *restrict out, const source *s) {
  double factor = s->factor;
  for (size_t i = 0; i < s->rows; i++, out += panel) {
    const double *restrict from = s->at + i * s->row_step;
    if (s->columns == panel) {
      for (size_t j = 0; j < panel; j++) out[j] = (float)(factor * from[j]);
    } else {
      for (size_t j = 0; j < s->columns; j++) out[j] = (float)(factor * from[j]);
    }
  }
}

/* A few rows at a time, so that what is written stays near. */
GIBBS_CLONES static void copy_columns(float *restrict out, const source *s) {
  double factor = s->factor;
  for (size_t from = 0; from < s->rows; from += depth) {
    size_t to = from + depth < s->rows ? from + depth : s->rows;
    for (size_t j = 0; j < s->columns; j++)
      for (size_t i = from; i < to; i++) out[i * panel + j] = (float)(factor * s->at[j * s->column_step + i]);
  }
}

/* Sums in single precision are those of the products that they are taken from. */
GIBBS_CLONES static void add_columns(const float *restrict x, size_t rows, float *restrict total,
                                     float *restrict reach) {
  for (size_t i = 0; i < rows; i++, x += panel)
    for (size_t j = 0; j < panel; j++) {
      total[j] += x[j];
      reach[j] += fabsf(x[j]);
    }
}

static gibbs_status refuse(size_t unit, double reach, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "the field on hidden unit %zu may reach %g, too large for single precision: training needs "
                    "fields below 1e37",
                    unit + 1, reach);
}

static gibbs_status read_panel(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread;
  const reading *r = context;
  source s = find_source(r, number * panel, panel);
  float *value = r->matrix->value + number * gibbs_layers_round_up(s.rows, word_bits) * panel;
  float *bias = r->matrix->bias + number * panel, *total = r->matrix->total + number * panel, reach[panel] = {0};
  if (r->pairs != NULL && s.column_step == 1) copy_rows(value, &s);
  if (r->pairs != NULL && s.column_step != 1) copy_columns(value, &s);
  memset(total, 0, panel * sizeof *total);
  add_columns(value, s.rows, total, reach);
  const gibbs_layers_form *f = r->form;
  for (size_t j = 0; j < s.columns; j++) {
    double field =
        r->hidden != NULL ? r->factor * f->role[GIBBS_LAYERS_HIDDEN].scale * r->hidden[number * panel + j] : 0;
    field += f->low[0] / f->step[0] * (double)total[j];
    bias[j] = (float)field;
    if (!((double)reach[j] + fabs(field) < 1e37))
      return refuse(number * panel + j, (double)reach[j] + fabs(field), err);
  }
  return GIBBS_OK;
}

/* Zeros, for what is behind the last row and the last column stays so. */
static void *allocate(size_t bytes) {
  void *room = aligned_alloc(64, gibbs_layers_round_up(bytes, 64));
  if (room != NULL) memset(room, 0, bytes);
  return room;
}

void gibbs_layers_matrix_clear(gibbs_layers_matrix *matrix) {
  free(matrix->value);
  free(matrix->bias);
  free(matrix->total);
  *matrix = (gibbs_layers_matrix){.value = NULL};
}

gibbs_status gibbs_layers_read(const gibbs_layers_form *form, const double *pairs, const double *hidden,
                               double factor, gibbs_layers_matrix *out, gibbs_error *err) {
  size_t columns = gibbs_layers_round_up(form->m, panel), rows = gibbs_layers_round_up(form->n, word_bits);
  if (out->value == NULL) {
    out->value = rows <= SIZE_MAX / sizeof(float) / columns ? allocate(rows * columns * sizeof(float)) : NULL;
    out->bias = allocate(columns * sizeof(float));
    out->total = allocate(columns * sizeof(float));
  }
  if (out->value == NULL || out->bias == NULL || out->total == NULL) {
    gibbs_layers_matrix_clear(out);
    return gibbs_fail_memory(err, "couplings in single precision", rows * columns * sizeof(float));
  }
  reading r = {form, pairs, hidden, factor, out, NULL};
  return gibbs_parallel_segments(columns / panel, read_panel, &r, err);
}

/* ---- double
 * ---------------------------------------------------------------------------------------------------------- */

/* A few rows at a time where the columns of the parameter run along the rows. */
static void copy_double_columns(double *out, const source *s) {
  for (size_t from = 0; from < s->rows; from += depth) {
    size_t to = from + depth < s->rows ? from + depth : s->rows;
    for (size_t j = 0; j < s->columns; j++)
      for (size_t i = from; i < to; i++) out[i * double_panel + j] = s->factor * s->at[j * s->column_step + i];
  }
}

GIBBS_CLONES static void copy_double_rows(double *restrict out, const source *s) {
  double factor = s->factor;
  for (size_t i = 0; i < s->rows; i++, out += double_panel) {
    const double *restrict from = s->at + i * s->row_step;
    for (size_t j = 0; j < s->columns; j++) out[j] = factor * from[j];
  }
}

GIBBS_CLONES static void add_double_columns(const double *restrict x, size_t rows, double *restrict total) {
  for (size_t j = 0; j < double_panel; j++) total[j] = 0;
  for (size_t i = 0; i < rows; i++, x += double_panel)
    for (size_t j = 0; j < double_panel; j++) total[j] += x[j];
}

static gibbs_status read_double_panel(void *context, size_t number, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  const reading *r = context;
  const gibbs_layers_form *f = r->form;
  source s = find_source(r, number * double_panel, double_panel);
  double *value = r->doubles->value + number * s.rows * double_panel;
  double *bias = r->doubles->bias + number * double_panel, *total = r->doubles->total + number * double_panel;
  if (s.column_step == 1)
    copy_double_rows(value, &s);
  else
    copy_double_columns(value, &s);
  add_double_columns(value, s.rows, total);
  for (size_t j = 0; j < s.columns; j++) {
    bias[j] = f->low[0] / f->step[0] * total[j];
    if (r->hidden != NULL)
      bias[j] += r->factor * f->role[GIBBS_LAYERS_HIDDEN].scale * r->hidden[number * double_panel + j];
  }
  return GIBBS_OK;
}

void gibbs_layers_doubles_clear(gibbs_layers_doubles *matrix) {
  free(matrix->value);
  free(matrix->bias);
  free(matrix->total);
  *matrix = (gibbs_layers_doubles){.value = NULL};
}

gibbs_status gibbs_layers_read_double(const gibbs_layers_form *form, const double *pairs, const double *hidden,
                                      double factor, gibbs_layers_doubles *out, gibbs_error *err) {
  size_t columns = gibbs_layers_round_up(form->m, double_panel), rows = form->n;
  if (out->value == NULL) {
    out->value = rows <= SIZE_MAX / sizeof(double) / columns ? allocate(rows * columns * sizeof(double)) : NULL;
    out->bias = allocate(columns * sizeof(double));
    out->total = allocate(columns * sizeof(double));
  }
  if (out->value == NULL || out->bias == NULL || out->total == NULL) {
    gibbs_layers_doubles_clear(out);
    return gibbs_fail_memory(err, "couplings", rows * columns * sizeof(double));
  }
  reading r = {form, pairs, hidden, factor, NULL, out};
  return gibbs_parallel_segments(columns / double_panel, read_double_panel, &r, err);
}
