/* matmul.c - products of matrices and vectors, outer products, transposes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

static gibbs_status refuse_shapes(const gibbs_expr *a, size_t inner, const gibbs_expr *b, size_t given,
                                  gibbs_error *err) {
  char left[64], right[64];
  gibbs_shape_print(&a->shape, left, sizeof left);
  gibbs_shape_print(&b->shape, right, sizeof right);
  if (b->shape.rank == 1)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "matmul: a %s matrix cannot multiply a vector of %zu; it needs %zu", left,
                      given, inner);
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "matmul: a %s matrix cannot multiply a %s one; that needs %zu rows", left,
                    right, inner);
}

static gibbs_status refuse_ranks(const gibbs_expr *a, const gibbs_expr *b, gibbs_error *err) {
  char left[64], right[64];
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "matmul: shapes %s and %s; it takes a matrix and then a matrix or a vector",
                    gibbs_shape_print(&a->shape, left, sizeof left),
                    gibbs_shape_print(&b->shape, right, sizeof right));
}

gibbs_status gibbs_matmul_shape(const gibbs_expr *a, bool transpose_a, const gibbs_expr *b, bool transpose_b,
                                gibbs_shape *out, gibbs_error *err) {
  if (a->shape.rank != 2 || (b->shape.rank != 1 && b->shape.rank != 2)) return refuse_ranks(a, b, err);
  if (b->shape.rank == 1 && transpose_b)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "matmul: a vector of %zu cannot be transposed; only a matrix can",
                      b->shape.extent[0]);
  size_t rows = a->shape.extent[transpose_a], inner = a->shape.extent[!transpose_a];
  size_t given = b->shape.extent[transpose_b];
  if (inner != given) {
    gibbs_expr seen = {.shape = gibbs_shape_matrix(rows, inner)}, other = {.shape = b->shape};
    if (transpose_b) other.shape = gibbs_shape_matrix(given, b->shape.extent[0]);
    return refuse_shapes(&seen, inner, &other, given, err);
  }
  *out = b->shape.rank == 1 ? gibbs_shape_vector(rows) : gibbs_shape_matrix(rows, b->shape.extent[!transpose_b]);
  return gibbs_shape_check(out, err);
}

static gibbs_expr *see_through_transpose(gibbs_expr *x, bool *transpose) {
  if (!gibbs_expr_is_transpose(x)) return x;
  *transpose = !*transpose;
  return x->arguments[0];
}

gibbs_status gibbs_expr_matmul(gibbs_expr *a, bool transpose_a, gibbs_expr *b, bool transpose_b, gibbs_expr **out,
                               gibbs_error *err) {
  gibbs_shape shape;
  gibbs_status status = gibbs_matmul_shape(a, transpose_a, b, transpose_b, &shape, err);
  if (status == GIBBS_OK) status = gibbs_expr_same_graph(a, b, err);
  if (status != GIBBS_OK) return status;
  if (gibbs_expr_is_value(a, 0.0) || gibbs_expr_is_value(b, 0.0))
    return gibbs_expr_uniform(a->graph, 0.0, &shape, out, err);
  gibbs_expr *arguments[] = {see_through_transpose(a, &transpose_a), see_through_transpose(b, &transpose_b)};
  gibbs_draft draft = {.kind = GIBBS_KIND_MATMUL,
                       .transpose = {transpose_a, transpose_b},
                       .shape = shape,
                       .argument_count = 2,
                       .arguments = arguments};
  return gibbs_expr_make(a->graph, &draft, out, err);
}

gibbs_status gibbs_expr_outer(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err) {
  if (a->shape.rank != 1 || b->shape.rank != 1) {
    char left[64], right[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "outer: shapes %s and %s; it takes two vectors",
                      gibbs_shape_print(&a->shape, left, sizeof left),
                      gibbs_shape_print(&b->shape, right, sizeof right));
  }
  gibbs_shape shape = gibbs_shape_matrix(a->size, b->size);
  gibbs_status status = gibbs_shape_check(&shape, err);
  if (status == GIBBS_OK) status = gibbs_expr_same_graph(a, b, err);
  if (status != GIBBS_OK) return status;
  if (gibbs_expr_is_value(a, 0.0) || gibbs_expr_is_value(b, 0.0))
    return gibbs_expr_uniform(a->graph, 0.0, &shape, out, err);
  gibbs_expr *arguments[] = {a, b};
  gibbs_draft draft = {.kind = GIBBS_KIND_OUTER, .shape = shape, .argument_count = 2, .arguments = arguments};
  return gibbs_expr_make(a->graph, &draft, out, err);
}

gibbs_status gibbs_expr_transpose(gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  if (x->shape.rank != 2) {
    char text[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "transpose: shape %s; it takes a matrix",
                      gibbs_shape_print(&x->shape, text, sizeof text));
  }
  size_t rows = x->shape.extent[0], columns = x->shape.extent[1];
  gibbs_shape shape = gibbs_shape_matrix(columns, rows);
  uint32_t *at = malloc(x->size * sizeof *at);
  if (!at) return gibbs_fail_memory(err, "transpose", x->size * sizeof *at);
  for (size_t k = 0; k < x->size; k++) at[k] = (uint32_t)(k % rows * columns + k / rows);
  gibbs_status status = gibbs_expr_gather(x, at, &shape, out, err);
  free(at);
  return status;
}

bool gibbs_expr_is_transpose(const gibbs_expr *x) {
  if (x->kind != GIBBS_KIND_GATHER || x->shape.rank != 2 || x->arguments[0]->shape.rank != 2) return false;
  size_t columns = x->arguments[0]->shape.extent[1], rows = x->arguments[0]->shape.extent[0];
  if (x->shape.extent[0] != columns || x->shape.extent[1] != rows) return false;
  if (!x->of.index->at) return (rows == 1 || columns == 1) && gibbs_pattern_is_identity(x->of.index->pattern);
  for (size_t k = 0; k < x->size; k++)
    if (x->of.index->at[k] != k % rows * columns + k / rows) return false;
  return true;
}
