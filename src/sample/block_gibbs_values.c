/* block_gibbs_values.c - the values of an energy as the plan of the block Gibbs kernel wants them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>
#include <string.h>

#include "block_gibbs.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"

enum { panel_width = GIBBS_BLOCK_PANEL, depth = 32, most_segments = 64 };

/* What is read, and where to. */
typedef struct reading {
  const gibbs_block_plan *plan;
  const gibbs_sparse *sparse;
  const double *fields;
  size_t panels, step; /* of all runs; panels to a segment */
} reading;

/* What becomes of the columns of one panel. */
typedef struct panel {
  const reading *from;
  const gibbs_block_plan *plan;
  const gibbs_block_run *run;
  size_t number, columns;
  size_t element[panel_width], row[panel_width];
  double bias[panel_width], reach[panel_width]; /* reach: a bound of the field, and of all sums on the way to it */
} panel;

/* Where in a dense block each column of a panel is read from: input i of column j at source[j][i * step]. */
typedef struct sources {
  const double *source[panel_width]; /* NULL: not in this block */
  size_t step;
  bool adjacent; /* all columns are there, and next to each other */
} sources;

static sources find_sources(const panel *p, const gibbs_block_product *product, const gibbs_dense *dense) {
  sources s = {.step = product->transposed ? 1 : dense->columns};
  size_t output_at = product->transposed ? dense->row_at : dense->column_at;
  size_t outputs = product->transposed ? dense->rows : dense->columns;
  s.adjacent = !product->transposed && p->columns == panel_width;
  for (size_t j = 0; j < p->columns; j++) {
    size_t output = p->element[j] - output_at;
    if (output < outputs) s.source[j] = dense->value + output * (product->transposed ? dense->columns : 1);
    s.adjacent = s.adjacent && s.source[j] != NULL && s.source[j] == s.source[0] + j;
  }
  return s;
}

GIBBS_CLONES static void copy_adjacent(float *restrict matrix, const double *restrict source, size_t step,
                                       size_t inputs, double scale) {
  for (size_t i = 0; i < inputs; i++)
    for (size_t j = 0; j < panel_width; j++) matrix[i * panel_width + j] = (float)(scale * source[i * step + j]);
}

typedef float octet __attribute__((vector_size(32), aligned(4), may_alias));
typedef double double_octet __attribute__((vector_size(64), aligned(8), may_alias));

#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#define LOW(a, b) SHUFFLE(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) SHUFFLE(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define LOW_PAIRS(a, b) SHUFFLE(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) SHUFFLE(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define LOW_HALVES(a, b) SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(a, b) SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15)

/* Eight columns, of eight inputs each that stand one after the other, become eight rows. */
__attribute__((always_inline)) static inline void turn(const double *const source[8], size_t at, double scale,
                                                       float *restrict out) {
  octet x[8], y[8];
  for (size_t j = 0; j < 8; j++)
    x[j] = __builtin_convertvector(scale * *(const double_octet *)(source[j] + at), octet);
  for (size_t j = 0; j < 8; j += 2) y[j] = LOW(x[j], x[j + 1]), y[j + 1] = HIGH(x[j], x[j + 1]);
  for (size_t j = 0; j < 8; j += 4) {
    x[j] = LOW_PAIRS(y[j], y[j + 2]), x[j + 1] = HIGH_PAIRS(y[j], y[j + 2]);
    x[j + 2] = LOW_PAIRS(y[j + 1], y[j + 3]), x[j + 3] = HIGH_PAIRS(y[j + 1], y[j + 3]);
  }
  for (size_t j = 0; j < 4; j++) {
    *(octet *)(out + j * panel_width) = LOW_HALVES(x[j], x[j + 4]);
    *(octet *)(out + (j + 4) * panel_width) = HIGH_HALVES(x[j], x[j + 4]);
  }
}

/* Eight columns of the inputs from..to-1. */
__attribute__((always_inline)) static inline void copy_columns(float *restrict matrix, const double *const source[8],
                                                               size_t step, size_t from, size_t to, double scale) {
  bool all = step == 1;
  for (size_t j = 0; j < 8; j++) all = all && source[j] != NULL;
  for (; all && from + 8 <= to; from += 8) turn(source, from, scale, matrix + from * panel_width);
  for (size_t j = 0; j < 8; j++)
    for (size_t i = from; source[j] != NULL && i < to; i++)
      matrix[i * panel_width + j] = (float)(scale * source[j][i * step]);
}

/* In pieces of a few inputs, so that what is written stays near. */
GIBBS_CLONES static void copy_scattered(float *restrict matrix, const sources *s, size_t inputs, double scale) {
  for (size_t from = 0; from < inputs; from += depth)
    for (size_t j = 0; j < panel_width; j += 8)
      copy_columns(matrix + j, s->source + j, s->step, from, from + depth < inputs ? from + depth : inputs, scale);
}

GIBBS_CLONES static void add_columns(const float *restrict matrix, size_t inputs, double *restrict sum,
                                     double *restrict size) {
  for (size_t i = 0; i < inputs; i++)
    for (size_t j = 0; j < panel_width; j++) {
      double value = (double)matrix[i * panel_width + j];
      sum[j] += value;
      size[j] += fabs(value);
    }
}

/* Spins are 2 bit - 1: couplings count twice, and their sum is taken off once. */
static void read_product(panel *p, const gibbs_block_product *product) {
  const gibbs_dense *dense = &gibbs_normal_form_dense(p->plan->form)[product->dense];
  float *matrix = product->matrix + p->number * product->words * GIBBS_BLOCK_WORD * panel_width;
  double scale = (p->run->spins ? 2 : 1) * (product->spins ? 2 : 1), sum[panel_width] = {0};
  sources s = find_sources(p, product, dense);
  if (s.adjacent)
    copy_adjacent(matrix, s.source[0], s.step, product->inputs, scale);
  else
    copy_scattered(matrix, &s, product->inputs, scale);
  add_columns(matrix, product->inputs, sum, p->reach);
  for (size_t j = 0; product->spins && j < panel_width; j++) p->bias[j] -= sum[j] / 2;
}

static void read_field(panel *p, size_t j) {
  const double *fields = p->from->fields;
  if (fields != NULL) p->bias[j] += (p->run->spins ? 2 : 1) * fields[p->element[j]];
}

static void read_row(panel *p, size_t j) {
  const gibbs_block_plan *plan = p->plan;
  size_t row = p->row[j], first = plan->first[row];
  if (first == plan->first[row + 1]) return;
  size_t unit_at = p->element[j] - (row - p->run->first_row) % p->run->width;
  gibbs_block_plan_row(plan, p->from->sparse, p->run, unit_at, p->element[j], plan->other_place + first,
                       plan->value + first, &p->bias[j]);
  for (size_t k = first; k < plan->first[row + 1]; k++) p->reach[j] += fabs((double)plan->value[k]);
}

static void read_terms(panel *p, size_t j) {
  const gibbs_block_plan *plan = p->plan;
  if (plan->first_term == NULL) return;
  const gibbs_monomials *m = gibbs_normal_form_monomials(plan->form);
  for (size_t k = plan->first_term[p->row[j]]; k < plan->first_term[p->row[j] + 1]; k++) {
    double coefficient = (p->run->spins ? 2 : 1) * m->coefficient[plan->term[k].monomial];
    plan->term[k].coefficient = (float)coefficient;
    p->reach[j] += fabs(coefficient);
  }
}

static gibbs_status refuse_reach(const panel *p, size_t j, gibbs_error *err) {
  const gibbs_segment *s = gibbs_normal_form_segments(p->plan->form);
  while (p->element[j] >= s->first_element + s->elements) s++;
  const char *name = gibbs_variable_name(s->variable);
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "the field on unit %zu of %s may reach %g, too large for single precision: sampling needs fields "
                    "below 1e37",
                    (p->element[j] - s->first_element) / p->run->width + 1, name[0] ? name : "the variable",
                    p->reach[j]);
}

static gibbs_status read_panel(panel *p, gibbs_error *err) {
  for (p->columns = 0; p->columns < panel_width; p->columns++) {
    size_t j = p->columns;
    p->element[j] = gibbs_block_panel_element(p->plan, p->run, p->number, j, &p->row[j]);
    if (p->element[j] == SIZE_MAX) break;
  }
  for (size_t k = 0; k < p->run->products; k++) read_product(p, &p->run->product[k]);
  for (size_t j = 0; j < p->columns; j++) {
    read_field(p, j);
    read_row(p, j);
    read_terms(p, j);
    p->reach[j] += fabs(p->bias[j]);
    if (!(p->reach[j] < 1e37)) return refuse_reach(p, j, err);
    p->plan->bias[p->row[j]] = (float)p->bias[j];
  }
  return GIBBS_OK;
}

static gibbs_status read_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  const reading *r = context;
  size_t first = segment * r->step, end = first + r->step < r->panels ? first + r->step : r->panels;
  const gibbs_block_run *run = r->plan->run;
  gibbs_status status = GIBBS_OK;
  for (size_t k = first, before = 0; status == GIBBS_OK && k < end; k++) {
    while (k - before >= run->panels) before += run++->panels;
    panel p = {.from = r, .plan = r->plan, .run = run, .number = k - before};
    status = read_panel(&p, err);
  }
  return status;
}

gibbs_status gibbs_block_plan_refresh(gibbs_block_plan *plan, gibbs_error *err) {
  reading r = {.plan = plan};
  gibbs_status status = gibbs_normal_form_sparse(plan->form, &r.sparse, err);
  if (status == GIBBS_OK) status = gibbs_normal_form_fields(plan->form, &r.fields, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < plan->runs; k++) r.panels += plan->run[k].panels;
  r.step = (r.panels + most_segments - 1) / most_segments;
  return gibbs_parallel_segments(r.panels > 0 ? (r.panels + r.step - 1) / r.step : 0, read_segment, &r, err);
}
