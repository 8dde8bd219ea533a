/* rewrite_sum.c - rules for sums and differences. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rewrite.h"

static gibbs_expr *add(gibbs_rewrite *r, gibbs_expr *a, gibbs_expr *b) {
  return gibbs_build_binary(&r->make, GIBBS_OP_ADD, a, b);
}

static gibbs_expr *subtract(gibbs_rewrite *r, gibbs_expr *a, gibbs_expr *b) {
  return gibbs_build_binary(&r->make, GIBBS_OP_SUB, a, b);
}

static gibbs_expr *negate(gibbs_rewrite *r, gibbs_expr *a) {
  return gibbs_build_unary(&r->make, GIBBS_OP_NEG, a);
}

bool gibbs_rewrite_add_zero(gibbs_rewrite *r) {
  return gibbs_expr_is_value(r->a, 0.0) && gibbs_rewritten_to(r, r->b);
}

bool gibbs_rewrite_add_negative(gibbs_rewrite *r) {
  if (gibbs_is_op(r->b, GIBBS_OP_NEG)) return gibbs_rewritten_to(r, subtract(r, r->a, r->b->arguments[0]));
  if (gibbs_is_op(r->a, GIBBS_OP_NEG)) return gibbs_rewritten_to(r, subtract(r, r->b, r->a->arguments[0]));
  return false;
}

bool gibbs_rewrite_add_twice(gibbs_rewrite *r) {
  if (r->a != r->b) return false;
  gibbs_expr *two = gibbs_build_number(&r->make, 2.0);
  return gibbs_rewritten_to(r, gibbs_build_binary(&r->make, GIBBS_OP_MUL, two, r->a));
}

bool gibbs_rewrite_add_constants(gibbs_rewrite *r) {
  if (!gibbs_expr_is_constant(r->a) || !gibbs_is_op(r->b, GIBBS_OP_ADD)) return false;
  gibbs_expr *const *x = r->b->arguments;
  if (!gibbs_expr_is_constant(x[0])) return false;
  return gibbs_rewritten_to(r, add(r, add(r, r->a, x[0]), x[1]));
}

bool gibbs_rewrite_subtract_zero(gibbs_rewrite *r) {
  if (gibbs_expr_is_value(r->b, 0.0)) return gibbs_rewritten_to(r, r->a);
  return gibbs_expr_is_value(r->a, 0.0) && gibbs_rewritten_to(r, negate(r, r->b));
}

bool gibbs_rewrite_subtract_self(gibbs_rewrite *r) {
  return r->a == r->b && gibbs_rewritten_to(r, gibbs_build_zeros(&r->make, &r->shape));
}

bool gibbs_rewrite_subtract_negative(gibbs_rewrite *r) {
  if (gibbs_is_op(r->b, GIBBS_OP_NEG)) return gibbs_rewritten_to(r, add(r, r->a, r->b->arguments[0]));
  if (!gibbs_is_op(r->a, GIBBS_OP_NEG)) return false;
  return gibbs_rewritten_to(r, negate(r, add(r, r->a->arguments[0], r->b)));
}

bool gibbs_rewrite_subtract_constant(gibbs_rewrite *r) {
  if (!gibbs_expr_is_constant(r->b)) return false;
  return gibbs_rewritten_to(r, add(r, negate(r, r->b), r->a));
}
