/* rewrite_unary.c - rules for elementwise operations of one argument. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "rewrite.h"

bool gibbs_rewrite_double_negative(gibbs_rewrite *r) {
  return gibbs_is_op(r->a, GIBBS_OP_NEG) && gibbs_rewritten_to(r, r->a->arguments[0]);
}

bool gibbs_rewrite_negative_product(gibbs_rewrite *r) {
  if (!gibbs_is_multiple(r->a)) return false;
  gibbs_expr *factor = gibbs_build_unary(&r->make, GIBBS_OP_NEG, r->a->arguments[0]);
  return gibbs_rewritten_to(r, gibbs_build_binary(&r->make, GIBBS_OP_MUL, factor, r->a->arguments[1]));
}

bool gibbs_rewrite_negative_difference(gibbs_rewrite *r) {
  if (!gibbs_is_op(r->a, GIBBS_OP_SUB)) return false;
  gibbs_expr *const *x = r->a->arguments;
  return gibbs_rewritten_to(r, gibbs_build_binary(&r->make, GIBBS_OP_SUB, x[1], x[0]));
}

bool gibbs_rewrite_log_of_exp(gibbs_rewrite *r) {
  return gibbs_is_op(r->a, GIBBS_OP_EXP) && gibbs_rewritten_to(r, r->a->arguments[0]);
}

bool gibbs_rewrite_odd(gibbs_rewrite *r) {
  if (!gibbs_is_op(r->a, GIBBS_OP_NEG)) return false;
  gibbs_expr *value = gibbs_build_unary(&r->make, r->op, r->a->arguments[0]);
  return gibbs_rewritten_to(r, gibbs_build_unary(&r->make, GIBBS_OP_NEG, value));
}

bool gibbs_rewrite_even(gibbs_rewrite *r) {
  if (!gibbs_is_op(r->a, GIBBS_OP_NEG)) return false;
  return gibbs_rewritten_to(r, gibbs_build_unary(&r->make, r->op, r->a->arguments[0]));
}

bool gibbs_rewrite_double_absolute(gibbs_rewrite *r) {
  return gibbs_is_op(r->a, GIBBS_OP_ABS) && gibbs_rewritten_to(r, r->a);
}

/* The straight line through the two values says all; where one of them is not finite, the function stays. */
bool gibbs_rewrite_two_values(gibbs_rewrite *r) {
  double low, high;
  if (r->b && (!r->b->uniform || r->b->shape.rank != 0)) return false;
  if (!gibbs_expr_two_values(r->a, &low, &high)) return false;
  double exponent = r->b ? gibbs_expr_uniform_value(r->b) : 0.0;
  double at_low = gibbs_op_value(r->op, low, exponent), at_high = gibbs_op_value(r->op, high, exponent);
  if (!isfinite(at_low) || !isfinite(at_high)) return false;
  double slope = (at_high - at_low) / (high - low);
  double middle = low == 0.0 ? at_low : 0.5 * at_low + 0.5 * at_high;
  gibbs_expr *line = gibbs_build_binary(&r->make, GIBBS_OP_MUL, gibbs_build_number(&r->make, slope), r->a);
  gibbs_expr *constant = gibbs_build_number(&r->make, middle);
  return gibbs_rewritten_to(r, gibbs_build_binary(&r->make, GIBBS_OP_ADD, constant, line));
}
