/* penalty.c - regularisers: sums of absolute values or of squares. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/objective.h"
#include "gibbs/private/builder.h"

typedef gibbs_expr *(*penalty)(gibbs_builder *b, gibbs_expr *x);

static gibbs_expr *sum_of_sizes(gibbs_builder *b, gibbs_expr *x) {
  return gibbs_build_sum(b, gibbs_build_unary(b, GIBBS_OP_ABS, x));
}

static gibbs_expr *sum_of_squares(gibbs_builder *b, gibbs_expr *x) {
  return gibbs_build_sum(b, gibbs_build_binary(b, GIBBS_OP_MUL, x, x));
}

static gibbs_status add_up(penalty of, gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err) {
  if (count == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "there are no parameters");
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(exprs[0]), err), *b = &room;
  gibbs_expr *total = NULL;
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    gibbs_expr *one = of(b, exprs[k]);
    total = total ? gibbs_build_binary(b, GIBBS_OP_ADD, total, one) : one;
  }
  *out = gibbs_build_take(b, total);
  return gibbs_build_end(b);
}

gibbs_status gibbs_l1(gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err) {
  return add_up(sum_of_sizes, exprs, count, out, err);
}

gibbs_status gibbs_l2(gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err) {
  return add_up(sum_of_squares, exprs, count, out, err);
}
