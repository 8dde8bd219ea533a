/* sum.c - sums over all elements, over one axis, of products; and log sum exp. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "rewrite.h"

enum { most_factors = 64 };

static gibbs_status make_sum(gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  gibbs_draft draft = {.kind = GIBBS_KIND_SUM, .shape = gibbs_shape_scalar(), .argument_count = 1, .arguments = &x};
  return gibbs_expr_make(x->graph, &draft, out, err);
}

static gibbs_status sum_within(gibbs_expr *x, unsigned depth, gibbs_expr **out, gibbs_error *err);

static gibbs_expr *build_sum(gibbs_builder *make, gibbs_expr *x, unsigned depth) {
  gibbs_expr *sum = NULL;
  if (make->status == GIBBS_OK) gibbs_build_fail(make, sum_within(x, depth, &sum, make->err));
  return gibbs_build_keep(make, sum);
}

/* What the sum of x is in terms of sums of less: NULL when there is nothing to take out. */
static gibbs_expr *take_out(gibbs_builder *make, gibbs_expr *x, unsigned depth) {
  gibbs_expr *repeated = gibbs_expr_repeated(x);
  gibbs_expr *const *a = x->arguments;
  if (repeated) return gibbs_build_binary(make, GIBBS_OP_MUL, gibbs_build_number(make, (double)x->size), repeated);
  if (gibbs_is_op(x, GIBBS_OP_NEG)) return gibbs_build_unary(make, GIBBS_OP_NEG, build_sum(make, a[0], depth));
  if (gibbs_is_op(x, GIBBS_OP_MUL) && a[0]->shape.rank == 0)
    return gibbs_build_binary(make, GIBBS_OP_MUL, a[0], build_sum(make, a[1], depth));
  if (gibbs_is_op(x, GIBBS_OP_MUL) && a[1]->shape.rank == 0)
    return gibbs_build_binary(make, GIBBS_OP_MUL, build_sum(make, a[0], depth), a[1]);
  if (gibbs_is_op(x, GIBBS_OP_DIV) && a[1]->shape.rank == 0)
    return gibbs_build_binary(make, GIBBS_OP_DIV, build_sum(make, a[0], depth), a[1]);
  if (x->kind == GIBBS_KIND_SCATTER || gibbs_expr_is_reshape(x)) return build_sum(make, a[0], depth);
  return NULL;
}

/* `depth` bounds how many factors are taken out, one inside the other. */
static gibbs_status sum_within(gibbs_expr *x, unsigned depth, gibbs_expr **out, gibbs_error *err) {
  if (x->shape.rank == 0) {
    *out = gibbs_expr_retain(x);
    return GIBBS_OK;
  }
  if (depth == 0 || gibbs_expr_is_constant(x)) return make_sum(x, out, err);
  gibbs_builder make = gibbs_build_begin(x->graph, err);
  gibbs_expr *result = gibbs_build_take(&make, take_out(&make, x, depth - 1));
  gibbs_status status = gibbs_build_end(&make);
  if (status != GIBBS_OK) return status;
  if (!result) return make_sum(x, out, err);
  *out = result;
  return GIBBS_OK;
}

gibbs_status gibbs_expr_sum(gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  return sum_within(x, most_factors, out, err);
}

/* Where each element goes when an axis is summed away: its position without that axis. */
static void number_targets(const gibbs_shape *shape, size_t axis, uint32_t *at) {
  size_t inner = 1, size = gibbs_shape_size(shape), extent = shape->extent[axis];
  for (size_t k = axis + 1; k < shape->rank; k++) inner *= shape->extent[k];
  for (size_t k = 0; k < size; k++) at[k] = (uint32_t)(k / (inner * extent) * inner + k % inner);
}

gibbs_status gibbs_expr_sum_axis(gibbs_expr *x, size_t axis, gibbs_expr **out, gibbs_error *err) {
  if (axis >= x->shape.rank)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "sum: axis %zu of a tensor with %zu axes", axis + 1, x->shape.rank);
  if (x->shape.rank == 1) return gibbs_expr_sum(x, out, err);
  gibbs_shape shape = x->shape;
  shape.rank--;
  for (size_t k = axis; k < shape.rank; k++) shape.extent[k] = shape.extent[k + 1];
  uint32_t *at = malloc(x->size * sizeof *at);
  if (!at) return gibbs_fail_memory(err, "sum", x->size * sizeof *at);
  number_targets(&x->shape, axis, at);
  gibbs_status status = gibbs_expr_scatter(x, at, &shape, out, err);
  free(at);
  return status;
}

gibbs_status gibbs_expr_dot(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err) {
  if (!gibbs_shape_equal(&a->shape, &b->shape)) {
    char left[64], right[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "dot: shapes %s and %s do not agree; they must be equal",
                      gibbs_shape_print(&a->shape, left, sizeof left),
                      gibbs_shape_print(&b->shape, right, sizeof right));
  }
  gibbs_expr *product = NULL;
  gibbs_status status = gibbs_expr_binary(GIBBS_OP_MUL, a, b, &product, err);
  if (status == GIBBS_OK) status = gibbs_expr_sum(product, out, err);
  gibbs_expr_release(product);
  return status;
}

gibbs_status gibbs_expr_logsumexp(gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  if (x->shape.rank == 0) {
    *out = gibbs_expr_retain(x);
    return GIBBS_OK;
  }
  gibbs_shape shape = x->shape;
  shape.rank--;
  if (x->shape.extent[shape.rank] == 1) return gibbs_expr_reshape(x, &shape, out, err);
  gibbs_draft draft = {.kind = GIBBS_KIND_LOGSUMEXP, .shape = shape, .argument_count = 1, .arguments = &x};
  return gibbs_expr_make(x->graph, &draft, out, err);
}
