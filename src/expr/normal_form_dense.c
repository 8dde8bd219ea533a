/* normal_form_dense.c - products of variables with dense matrices: blocks of pairs, as wholes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "normal_form_parts.h"

/* ---- what is dense ------------------------------------------------------------------------------- */

/* Constants with many zeros are better taken as sparse; parameters are what they are. */
static bool is_dense_matrix(const gibbs_expr *matrix, const double *value) {
  size_t filled = 0;
  if (!gibbs_expr_is_constant(matrix)) return true;
  for (size_t k = 0; k < matrix->size; k++) filled += value[k] != 0.0;
  return 4 * filled > matrix->size;
}

/* A variable as it is, flat or not. */
static bool find_whole(const gibbs_lowering *l, size_t node, size_t *at) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (!l->varies[node]) return false;
  if (expr->kind == GIBBS_KIND_GATHER && gibbs_expr_is_reshape(expr)) {
    node = gibbs_lowering_argument(l, node, 0);
    expr = l->tape.nodes[node];
  }
  if (expr->kind != GIBBS_KIND_VARIABLE) return false;
  *at = l->element_at[node];
  return true;
}

static bool find_product(const gibbs_lowering *l, size_t node, gibbs_map *out) {
  const gibbs_expr *expr = l->tape.nodes[node];
  const double *matrix = l->value[gibbs_lowering_argument(l, node, 0)];
  size_t at;
  if (expr->shape.rank != 1 || !matrix || !is_dense_matrix(expr->arguments[0], matrix)) return false;
  if (!find_whole(l, gibbs_lowering_argument(l, node, 1), &at)) return false;
  gibbs_contraction p = gibbs_contraction_of(expr);
  *out = (gibbs_map){.rows = p.rows,
                     .column_at = at,
                     .columns = p.inner,
                     .row_step = p.a_row,
                     .column_step = p.a_inner,
                     .matrix = matrix,
                     .factor = 1.0,
                     .fixed = gibbs_expr_is_constant(expr->arguments[0])};
  return true;
}

/* Down to the product through signs, factors and shifts: every map has at most one of each kind after the graph has
 * simplified it, but users may write more. */
bool gibbs_map_find(const gibbs_lowering *l, size_t node, gibbs_map *out) {
  double factor = 1.0;
  bool fixed = true;
  for (;;) {
    const gibbs_expr *expr = l->tape.nodes[node];
    if (!l->varies[node]) return false;
    if (expr->kind == GIBBS_KIND_MATMUL) break;
    if (expr->kind != GIBBS_KIND_ELEMENTWISE) return false;
    size_t a = gibbs_lowering_argument(l, node, 0),
           b = expr->argument_count > 1 ? gibbs_lowering_argument(l, node, 1) : a;
    size_t other = l->varies[a] ? b : a;
    if (expr->op == GIBBS_OP_NEG) {
      factor = -factor;
    } else if (expr->op == GIBBS_OP_MUL && l->value[other] && l->tape.nodes[other]->size == 1) {
      factor *= l->value[other][0];
      fixed = fixed && gibbs_expr_is_constant(l->tape.nodes[other]);
    } else {
      return false;
    }
    node = l->varies[a] ? a : b;
  }
  if (!find_product(l, node, out)) return false;
  out->factor = factor;
  out->fixed = out->fixed && fixed;
  return true;
}

/* ---- blocks -------------------------------------------------------------------------------------- */

static double *new_block(size_t rows, size_t columns, gibbs_error *err) {
  double *value = columns > SIZE_MAX / rows / sizeof *value ? NULL : calloc(rows * columns, sizeof *value);
  if (!value && gibbs_fail_memory(err, "the pairs of an energy", rows * columns * sizeof *value) == GIBBS_OK)
    return NULL;
  return value;
}

/* sum_k w_k x_k (map x)_k, with x the elements at `at`.. */
static gibbs_status gather_rows(gibbs_lowering *l, size_t at, const gibbs_map *m, const gibbs_weights *w,
                                gibbs_error *err) {
  double *value = new_block(m->rows, m->columns, err);
  if (!value) return GIBBS_ERR_MEMORY;
  for (size_t i = 0; i < m->rows; i++) {
    double factor = m->factor * gibbs_weight_at(w, i);
    const double *row = m->matrix + i * m->row_step;
    double *out = value + i * m->columns;
    if (m->column_step == 1)
      for (size_t j = 0; j < m->columns; j++) out[j] = factor * row[j];
    else
      for (size_t j = 0; j < m->columns; j++) out[j] = factor * row[j * m->column_step];
  }
  gibbs_piece piece = {at, m->rows, m->column_at, m->columns, m->fixed && w->fixed, value};
  return gibbs_gather_piece(l, &piece, err);
}

/* sum_k w_k (a x)_k (b y)_k = x' (a' w b) y */
static gibbs_status gather_product(gibbs_lowering *l, const gibbs_map *a, const gibbs_map *b, const gibbs_weights *w,
                                   gibbs_error *err) {
  double *value = new_block(a->columns, b->columns, err),
         *scaled = value ? new_block(b->rows, b->columns, err) : NULL;
  if (!scaled) {
    free(value);
    return GIBBS_ERR_MEMORY;
  }
  for (size_t i = 0; i < b->rows; i++)
    for (size_t j = 0; j < b->columns; j++)
      scaled[i * b->columns + j] =
          a->factor * b->factor * gibbs_weight_at(w, i) * b->matrix[i * b->row_step + j * b->column_step];
  bool stored_transposed = a->column_step != 1; /* rows of the map are columns as stored */
  gibbs_dgemm(!stored_transposed, false, a->columns, b->columns, a->rows, 1.0, a->matrix,
              stored_transposed ? a->column_step : a->columns, scaled, b->columns, 0.0, value, b->columns);
  free(scaled);
  gibbs_piece piece = {a->column_at, a->columns, b->column_at, b->columns, a->fixed && b->fixed && w->fixed, value};
  return gibbs_gather_piece(l, &piece, err);
}

gibbs_status gibbs_lower_dense(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                               gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  gibbs_map a, b;
  size_t at;
  if (expr->kind != GIBBS_KIND_ELEMENTWISE || expr->op != GIBBS_OP_MUL) return GIBBS_OK;
  if (expr->arguments[0]->size != expr->arguments[1]->size) return GIBBS_OK;
  size_t first = gibbs_lowering_argument(l, node, 0), second = gibbs_lowering_argument(l, node, 1);
  bool map_a = gibbs_map_find(l, first, &a), map_b = gibbs_map_find(l, second, &b);
  *lowered = true;
  if (map_a && map_b) return gather_product(l, &a, &b, w, err);
  if (map_b && find_whole(l, first, &at)) return gather_rows(l, at, &b, w, err);
  if (map_a && find_whole(l, second, &at)) return gather_rows(l, at, &a, w, err);
  *lowered = false;
  return GIBBS_OK;
}
