/* rewrite_product.c - rules for products, quotients and powers. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rewrite.h"

static gibbs_expr *multiply(gibbs_rewrite *r, gibbs_expr *a, gibbs_expr *b) {
  return gibbs_build_binary(&r->make, GIBBS_OP_MUL, a, b);
}

static gibbs_expr *divide(gibbs_rewrite *r, gibbs_expr *a, gibbs_expr *b) {
  return gibbs_build_binary(&r->make, GIBBS_OP_DIV, a, b);
}

static gibbs_expr *negate(gibbs_rewrite *r, gibbs_expr *a) {
  return gibbs_build_unary(&r->make, GIBBS_OP_NEG, a);
}

bool gibbs_rewrite_times_zero(gibbs_rewrite *r) {
  return gibbs_expr_is_value(r->a, 0.0) && gibbs_rewritten_to(r, gibbs_build_zeros(&r->make, &r->shape));
}

bool gibbs_rewrite_times_one(gibbs_rewrite *r) {
  if (gibbs_expr_is_value(r->a, 1.0)) return gibbs_rewritten_to(r, r->b);
  return gibbs_expr_is_value(r->a, -1.0) && gibbs_rewritten_to(r, negate(r, r->b));
}

/* A constant takes the sign in. */
bool gibbs_rewrite_times_negative(gibbs_rewrite *r) {
  bool negative_a = gibbs_is_op(r->a, GIBBS_OP_NEG), negative_b = gibbs_is_op(r->b, GIBBS_OP_NEG);
  if (!negative_a && !negative_b) return false;
  gibbs_expr *a = negative_a ? r->a->arguments[0] : r->a, *b = negative_b ? r->b->arguments[0] : r->b;
  if (negative_a && negative_b) return gibbs_rewritten_to(r, multiply(r, a, b));
  if (gibbs_expr_is_constant(a)) return gibbs_rewritten_to(r, multiply(r, negate(r, a), b));
  return gibbs_rewritten_to(r, negate(r, multiply(r, a, b)));
}

bool gibbs_rewrite_constant_factors(gibbs_rewrite *r) {
  if (!gibbs_expr_is_constant(r->a) || r->b->kind != GIBBS_KIND_ELEMENTWISE) return false;
  bool product = r->b->op == GIBBS_OP_MUL, quotient = r->b->op == GIBBS_OP_DIV;
  if ((!product && !quotient) || !gibbs_expr_is_constant(r->b->arguments[0])) return false;
  gibbs_expr *factor = multiply(r, r->a, r->b->arguments[0]), *rest = r->b->arguments[1];
  return gibbs_rewritten_to(r, product ? multiply(r, factor, rest) : divide(r, factor, rest));
}

static gibbs_expr *build_ones(gibbs_rewrite *r) {
  gibbs_expr *one = gibbs_build_number(&r->make, 1.0);
  return gibbs_build_binary(&r->make, GIBBS_OP_ADD, one, gibbs_build_zeros(&r->make, &r->shape));
}

bool gibbs_rewrite_unit_squared(gibbs_rewrite *r) {
  double low, high;
  if (r->a != r->b || !gibbs_expr_two_values(r->a, &low, &high)) return false;
  if (low == 0.0) return gibbs_rewritten_to(r, r->a);
  return gibbs_rewritten_to(r, build_ones(r));
}

/* Whether x = s y with an s that is better taken outside of x times `other`. */
static bool has_scalar_factor(const gibbs_expr *x, const gibbs_expr *other) {
  if (!gibbs_is_op(x, GIBBS_OP_MUL) || gibbs_expr_is_constant(other)) return false;
  const gibbs_expr *s = x->arguments[0], *t = x->arguments[1];
  if (gibbs_expr_is_constant(s)) return s->shape.rank == 0;
  return other->shape.rank > 0 && (s->shape.rank == 0) != (t->shape.rank == 0);
}

bool gibbs_rewrite_scalar_factor(gibbs_rewrite *r) {
  bool first = has_scalar_factor(r->a, r->b);
  if (!first && !has_scalar_factor(r->b, r->a)) return false;
  gibbs_expr *x = first ? r->a : r->b, *other = first ? r->b : r->a;
  size_t at = x->arguments[0]->shape.rank == 0 ? 0 : 1;
  return gibbs_rewritten_to(r, multiply(r, x->arguments[at], multiply(r, x->arguments[1 - at], other)));
}

/* Scalars in front of a tensor become one, so that no chain of them grows long. */
bool gibbs_rewrite_scalar_product(gibbs_rewrite *r) {
  gibbs_expr *scalar = r->a->shape.rank == 0 ? r->a : r->b, *tensor = scalar == r->a ? r->b : r->a;
  if (tensor->shape.rank == 0 || scalar->shape.rank != 0 || !gibbs_is_op(tensor, GIBBS_OP_MUL)) return false;
  gibbs_expr *const *x = tensor->arguments;
  size_t at = x[0]->shape.rank == 0 ? 0 : 1;
  if (x[at]->shape.rank != 0 || gibbs_expr_is_constant(scalar) || gibbs_expr_is_constant(x[at])) return false;
  return gibbs_rewritten_to(r, multiply(r, multiply(r, scalar, x[at]), x[1 - at]));
}

static bool is_reciprocal(const gibbs_expr *x) {
  return gibbs_is_op(x, GIBBS_OP_DIV) && gibbs_expr_is_value(x->arguments[0], 1.0);
}

bool gibbs_rewrite_times_reciprocal(gibbs_rewrite *r) {
  if (is_reciprocal(r->b)) return gibbs_rewritten_to(r, divide(r, r->a, r->b->arguments[1]));
  return is_reciprocal(r->a) && gibbs_rewritten_to(r, divide(r, r->b, r->a->arguments[1]));
}

bool gibbs_rewrite_over_one(gibbs_rewrite *r) {
  if (gibbs_expr_is_value(r->b, 1.0)) return gibbs_rewritten_to(r, r->a);
  return gibbs_expr_is_value(r->b, -1.0) && gibbs_rewritten_to(r, negate(r, r->a));
}

bool gibbs_rewrite_zero_over(gibbs_rewrite *r) {
  return gibbs_expr_is_value(r->a, 0.0) && gibbs_rewritten_to(r, gibbs_build_zeros(&r->make, &r->shape));
}

bool gibbs_rewrite_over_negative(gibbs_rewrite *r) {
  if (gibbs_is_op(r->a, GIBBS_OP_NEG)) return gibbs_rewritten_to(r, negate(r, divide(r, r->a->arguments[0], r->b)));
  if (!gibbs_is_op(r->b, GIBBS_OP_NEG)) return false;
  if (gibbs_expr_is_constant(r->a)) return gibbs_rewritten_to(r, divide(r, negate(r, r->a), r->b->arguments[0]));
  return gibbs_rewritten_to(r, negate(r, divide(r, r->a, r->b->arguments[0])));
}

bool gibbs_rewrite_constant_over(gibbs_rewrite *r) {
  if (!gibbs_is_multiple(r->a) || !gibbs_expr_is_constant(r->b)) return false;
  gibbs_expr *factor = divide(r, r->a->arguments[0], r->b);
  return gibbs_rewritten_to(r, multiply(r, factor, r->a->arguments[1]));
}

bool gibbs_rewrite_small_power(gibbs_rewrite *r) {
  if (gibbs_expr_is_value(r->b, 0.0)) return gibbs_rewritten_to(r, build_ones(r));
  if (gibbs_expr_is_value(r->b, 1.0)) return gibbs_rewritten_to(r, r->a);
  if (gibbs_expr_is_value(r->b, 2.0)) return gibbs_rewritten_to(r, multiply(r, r->a, r->a));
  if (!gibbs_expr_is_value(r->b, -1.0)) return false;
  return gibbs_rewritten_to(r, divide(r, gibbs_build_number(&r->make, 1.0), r->a));
}
