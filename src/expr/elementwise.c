/* elementwise.c - elementwise operations, shapes checked: equal shapes, or one a scalar. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

gibbs_status gibbs_expr_unary(gibbs_op op, gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  if ((unsigned)op >= GIBBS_OP_ELEMENTWISE_COUNT || gibbs_op_is_binary(op))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: one argument; it takes two", gibbs_op_name(op));
  return gibbs_simplify(op, x, NULL, &x->shape, out, err);
}

gibbs_status gibbs_expr_binary(gibbs_op op, gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err) {
  if ((unsigned)op >= GIBBS_OP_ELEMENTWISE_COUNT || !gibbs_op_is_binary(op))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: two arguments; it takes one", gibbs_op_name(op));
  gibbs_status status = gibbs_expr_same_graph(a, b, err);
  if (status != GIBBS_OK) return status;
  if (a->shape.rank != 0 && b->shape.rank != 0 && !gibbs_shape_equal(&a->shape, &b->shape)) {
    char left[64], right[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "%s: shapes %s and %s do not agree; they must be equal, or one a scalar%s", gibbs_op_name(op),
                      gibbs_shape_print(&a->shape, left, sizeof left),
                      gibbs_shape_print(&b->shape, right, sizeof right),
                      op == GIBBS_OP_MUL ? "; products of matrices are W:mul(h), of vectors v:dot(x)" : "");
  }
  return gibbs_simplify(op, a, b, a->shape.rank != 0 ? &a->shape : &b->shape, out, err);
}
