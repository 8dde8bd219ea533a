/* normal_form_dense.c - products of affine tensors that are dense: blocks of pairs, as wholes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/private/blas.h"
#include "normal_form_parts.h"

/* Larger blocks stay functions of what they are products of.  From so many single products on, they are made as one.
 */
#define MOST_BLOCK ((size_t)1 << 26)
enum { many_products = 1024 };

/* sum_r w_r a_r b_r, with one part of each. */
typedef struct product {
  gibbs_lowering *l;
  const gibbs_weights *w;
  size_t rows;
  bool fixed;
  gibbs_error *err;
} product;

/* ---- two maps ------------------------------------------------------------------------------------ */

static double *new_block(size_t rows, size_t columns, gibbs_error *err, gibbs_status *status) {
  double *value = malloc(rows * columns * sizeof *value);
  if (!value) *status = gibbs_fail_memory(err, "the pairs of an energy", rows * columns * sizeof *value);
  return value;
}

/* out = factor_r times the rows of a map; square tiles, for one of both sides may run across the memory. */
static void write_rows(const product *p, const gibbs_map *m, double factor, double *out) {
  enum { tile = 32 };
  for (size_t i0 = 0; i0 < p->rows; i0 += tile)
    for (size_t j0 = 0; j0 < m->columns; j0 += tile) {
      size_t i1 = i0 + tile < p->rows ? i0 + tile : p->rows, j1 = j0 + tile < m->columns ? j0 + tile : m->columns;
      for (size_t i = i0; i < i1; i++) {
        double f = factor * gibbs_weight_at(p->w, i);
        for (size_t j = j0; j < j1; j++)
          out[i * m->columns + j] = f * m->matrix[i * m->row_step + j * m->column_step];
      }
    }
}

/* Parameters have been looked at, and what does not make them larger keeps them finite. */
static bool is_seen(const product *p, const gibbs_map *x, const gibbs_map *m, double factor) {
  return p->l->lazy && m->finite && !p->w->each && x->column_at < m->column_at && factor >= -1.0 && factor <= 1.0;
}

/* An element times a row. */
static gibbs_status gather_rows(const product *p, const gibbs_map *x, const gibbs_map *m) {
  gibbs_status status = GIBBS_OK;
  double factor = x->factor * m->factor * p->w->value;
  if (is_seen(p, x, m, factor)) {
    gibbs_seen seen = {m->matrix, m->row_step, m->column_step, factor};
    gibbs_piece piece = {x->column_at, p->rows, m->column_at, m->columns, p->fixed, NULL, seen};
    return gibbs_gather_piece(p->l, &piece, p->err);
  }
  double *value = new_block(p->rows, m->columns, p->err, &status);
  if (!value) return status;
  write_rows(p, m, x->factor * m->factor, value);
  gibbs_piece piece = {x->column_at, p->rows, m->column_at, m->columns, p->fixed, value, {.matrix = NULL}};
  return gibbs_gather_piece(p->l, &piece, p->err);
}

/* sum_k w_k (a x)_k (b y)_k = x' (a' w b) y */
static gibbs_status gather_block(const product *p, const gibbs_map *a, const gibbs_map *b) {
  gibbs_status status = GIBBS_OK;
  double *value = new_block(a->columns, b->columns, p->err, &status);
  double *scaled = value ? new_block(p->rows, b->columns, p->err, &status) : NULL;
  if (!scaled) {
    free(value);
    return status;
  }
  write_rows(p, b, a->factor * b->factor, scaled);
  bool turned = a->column_step != 1; /* rows of the map are columns as stored */
  gibbs_dgemm(!turned, false, a->columns, b->columns, p->rows, 1.0, a->matrix, turned ? a->column_step : a->columns,
              scaled, b->columns, 0.0, value, b->columns);
  free(scaled);
  gibbs_piece piece = {a->column_at, a->columns, b->column_at, b->columns, p->fixed, value, {.matrix = NULL}};
  return gibbs_gather_piece(p->l, &piece, p->err);
}

static gibbs_status gather_elements(const product *p, const gibbs_map *a, const gibbs_map *b) {
  double factor = a->factor * b->factor;
  gibbs_weights scaled = {.set = true, .fixed = p->fixed, .value = factor * p->w->value};
  if (p->w->each) {
    scaled.each = malloc(p->rows * sizeof *scaled.each);
    if (!scaled.each) return gibbs_fail_memory(p->err, "the pairs of an energy", p->rows * sizeof *scaled.each);
    for (size_t k = 0; k < p->rows; k++) scaled.each[k] = factor * p->w->each[k];
  }
  gibbs_status status = gibbs_lower_views(p->l, a->node, b->node, p->rows, &scaled, p->err);
  free(scaled.each);
  return status;
}

static gibbs_status gather_maps(product *p, const gibbs_map *a, const gibbs_map *b) {
  p->fixed = p->w->fixed && a->fixed && b->fixed;
  if (a->matrix && b->matrix) return gather_block(p, a, b);
  if (a->matrix) return gather_rows(p, b, a);
  return b->matrix ? gather_rows(p, a, b) : gather_elements(p, a, b);
}

/* ---- a map and a shift --------------------------------------------------------------------------- */

static double shifted_weight(const product *p, const gibbs_shift *s, size_t k) {
  return gibbs_weight_at(p->w, k) * s->factor * s->at[k * s->step];
}

static gibbs_status gather_view_fields(const product *p, const gibbs_map *m, const gibbs_shift *s) {
  gibbs_view view;
  if (m->columns > 0 && !p->w->each && s->step == 0) { /* one field for a whole variable */
    gibbs_gather_uniform_field(p->l, m->column_at, m->factor * shifted_weight(p, s, 0));
    return GIBBS_OK;
  }
  gibbs_status status = gibbs_view_open(p->l, m->node, &view, p->err);
  for (size_t k = 0; k < p->rows && status == GIBBS_OK; k++) {
    double value = m->factor * shifted_weight(p, s, k);
    if (!p->fixed || value != 0.0) status = gibbs_gather_field(p->l, gibbs_view_element(&view, k), value, p->err);
  }
  return status;
}

static gibbs_status gather_matrix_fields(const product *p, const gibbs_map *m, const gibbs_shift *s) {
  gibbs_status status = GIBBS_OK;
  double *field = calloc(m->columns, sizeof *field);
  if (!field) return gibbs_fail_memory(p->err, "the fields of an energy", m->columns * sizeof *field);
  for (size_t k = 0; k < p->rows; k++) {
    double weight = m->factor * shifted_weight(p, s, k);
    for (size_t j = 0; j < m->columns; j++) field[j] += weight * m->matrix[k * m->row_step + j * m->column_step];
  }
  for (size_t j = 0; j < m->columns && status == GIBBS_OK; j++)
    if (!p->fixed || field[j] != 0.0)
      status = gibbs_gather_field(p->l, (uint32_t)(m->column_at + j), field[j], p->err);
  free(field);
  return status;
}

static gibbs_status gather_fields(product *p, const gibbs_map *m, const gibbs_shift *s) {
  p->fixed = p->w->fixed && m->fixed && s->fixed;
  return m->matrix ? gather_matrix_fields(p, m, s) : gather_view_fields(p, m, s);
}

static void gather_constant(const product *p, const gibbs_shift *a, const gibbs_shift *b) {
  double total = 0.0;
  for (size_t k = 0; k < p->rows; k++) total += shifted_weight(p, a, k) * b->factor * b->at[k * b->step];
  p->l->gathered.constant += total;
}

/* ---- all ----------------------------------------------------------------------------------------- */

static gibbs_status gather_product(product *p, const gibbs_linear *a, const gibbs_linear *b) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < a->maps; i++) {
    for (size_t j = 0; j < b->maps && status == GIBBS_OK; j++) status = gather_maps(p, &a->map[i], &b->map[j]);
    for (size_t j = 0; j < b->shifts && status == GIBBS_OK; j++) status = gather_fields(p, &a->map[i], &b->shift[j]);
  }
  for (size_t i = 0; i < a->shifts; i++) {
    for (size_t j = 0; j < b->maps && status == GIBBS_OK; j++) status = gather_fields(p, &b->map[j], &a->shift[i]);
    for (size_t j = 0; j < b->shifts; j++) gather_constant(p, &a->shift[i], &b->shift[j]);
  }
  return status;
}

/* A matrix goes with another one, or with a variable as a whole. */
static bool is_affordable(const gibbs_linear *a, const gibbs_linear *b) {
  size_t total = 0;
  for (size_t i = 0; i < a->maps; i++)
    for (size_t j = 0; j < b->maps; j++) {
      const gibbs_map *m = &a->map[i], *n = &b->map[j];
      if (!m->matrix && !n->matrix) continue;
      if (m->columns == 0 || n->columns == 0 || m->columns > MOST_BLOCK / n->columns) return false;
      total += m->columns * n->columns;
    }
  return total <= MOST_BLOCK;
}

static gibbs_status gather_if_affordable(gibbs_lowering *l, const gibbs_linear *a, const gibbs_linear *b,
                                         const gibbs_weights *w, bool *lowered, gibbs_error *err) {
  product p = {.l = l, .w = w, .rows = a->rows, .err = err};
  *lowered = is_affordable(a, b);
  return *lowered ? gather_product(&p, a, b) : GIBBS_OK;
}

static gibbs_status lower_linear(gibbs_lowering *l, size_t first, size_t second, const gibbs_weights *w,
                                 bool *lowered, gibbs_error *err) {
  gibbs_linear a, b = {.rows = 0};
  bool found = false, too = false;
  gibbs_status status = gibbs_linear_find(l, first, &a, &found, err);
  if (status == GIBBS_OK && found) status = gibbs_linear_find(l, second, &b, &too, err);
  if (status == GIBBS_OK && too) status = gather_if_affordable(l, &a, &b, w, lowered, err);
  gibbs_linear_clear(&a);
  gibbs_linear_clear(&b);
  return status;
}

/* Whether so many products of two elements come together that a matrix holds them better. */
static bool has_many_products(const gibbs_polynomials *a, const gibbs_polynomials *b) {
  double total = 0.0;
  for (size_t k = 0; k < a->count; k++)
    total += (double)(a->first[k + 1] - a->first[k]) * (double)(b->first[k + 1] - b->first[k]);
  return total > many_products && total > 8.0 * (double)(a->terms + b->terms);
}

/* Products of long sums, as (sum s)^2. */
static gibbs_status lower_sums(gibbs_lowering *l, size_t first, size_t second, const gibbs_weights *w, bool *lowered,
                               gibbs_error *err) {
  const gibbs_polynomials *p = NULL, *q = NULL;
  gibbs_linear a = {.rows = 0}, b = {.rows = 0};
  bool found = false, too = false;
  gibbs_status status = gibbs_polynomials_of(l, first, &p, err);
  if (status == GIBBS_OK) status = gibbs_polynomials_of(l, second, &q, err);
  if (status != GIBBS_OK || !p || !q || !has_many_products(p, q)) return status;
  status = gibbs_linear_from(l, p, &a, &found, err);
  if (status == GIBBS_OK && found) status = gibbs_linear_from(l, q, &b, &too, err);
  if (status == GIBBS_OK && too) status = gather_if_affordable(l, &a, &b, w, lowered, err);
  gibbs_linear_clear(&a);
  gibbs_linear_clear(&b);
  return status;
}

/* All pairs of two variables, each with its weight. */
static gibbs_status lower_outer(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                                gibbs_error *err) {
  gibbs_linear a, b = {.rows = 0};
  bool found = false, too = false;
  gibbs_status status = gibbs_linear_find(l, gibbs_lowering_argument(l, node, 0), &a, &found, err);
  if (status == GIBBS_OK && found) status = gibbs_linear_find(l, gibbs_lowering_argument(l, node, 1), &b, &too, err);
  bool plain = too && a.maps == 1 && b.maps == 1 && a.shifts + b.shifts == 0 && !a.dense && !b.dense &&
               a.map[0].columns > 0 && b.map[0].columns > 0;
  if (status == GIBBS_OK && plain && !(w->fixed && w->each)) {
    double *value = new_block(a.rows, b.rows, err, &status), factor = a.map[0].factor * b.map[0].factor;
    for (size_t k = 0; value && k < a.rows * b.rows; k++) value[k] = factor * gibbs_weight_at(w, k);
    gibbs_piece piece = {a.map[0].column_at, a.rows, b.map[0].column_at, b.rows, false, value, {.matrix = NULL}};
    if (value) status = gibbs_gather_piece(l, &piece, err);
    *lowered = true;
  }
  gibbs_linear_clear(&a);
  gibbs_linear_clear(&b);
  return status;
}

gibbs_status gibbs_lower_dense(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                               gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (expr->kind == GIBBS_KIND_OUTER) return lower_outer(l, node, w, lowered, err);
  if (expr->kind != GIBBS_KIND_ELEMENTWISE || expr->op != GIBBS_OP_MUL) return GIBBS_OK;
  size_t first = gibbs_lowering_argument(l, node, 0), second = gibbs_lowering_argument(l, node, 1);
  if (expr->arguments[0]->size != expr->arguments[1]->size || l->degree[first] != 1 || l->degree[second] != 1)
    return GIBBS_OK;
  gibbs_status status = lower_linear(l, first, second, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = lower_sums(l, first, second, w, lowered, err);
  return status;
}
