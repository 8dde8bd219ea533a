/* simplify.c - elementwise operations rewritten as they are made: which rules hold for which operation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rewrite.h"

enum { most_rules = 8 };

/* The first rule that applies decides. */
static gibbs_rewrite_rule *const rules[GIBBS_OP_ELEMENTWISE_COUNT][most_rules] = {
    [GIBBS_OP_NEG] = {gibbs_rewrite_double_negative, gibbs_rewrite_negative_product,
                      gibbs_rewrite_negative_difference},
    [GIBBS_OP_EXP] = {gibbs_rewrite_two_values},
    [GIBBS_OP_LOG] = {gibbs_rewrite_two_values, gibbs_rewrite_log_of_exp},
    [GIBBS_OP_TANH] = {gibbs_rewrite_two_values, gibbs_rewrite_odd},
    [GIBBS_OP_COSH] = {gibbs_rewrite_two_values, gibbs_rewrite_even},
    [GIBBS_OP_SINH] = {gibbs_rewrite_two_values, gibbs_rewrite_odd},
    [GIBBS_OP_LOGCOSH] = {gibbs_rewrite_two_values, gibbs_rewrite_even},
    [GIBBS_OP_SOFTPLUS] = {gibbs_rewrite_two_values},
    [GIBBS_OP_SIGMOID] = {gibbs_rewrite_two_values},
    [GIBBS_OP_RELU] = {gibbs_rewrite_two_values},
    [GIBBS_OP_STEP] = {gibbs_rewrite_two_values},
    [GIBBS_OP_ABS] = {gibbs_rewrite_two_values, gibbs_rewrite_even, gibbs_rewrite_double_absolute},
    [GIBBS_OP_SIGN] = {gibbs_rewrite_two_values, gibbs_rewrite_odd},
    [GIBBS_OP_SQRT] = {gibbs_rewrite_two_values},
    [GIBBS_OP_ADD] = {gibbs_rewrite_add_zero, gibbs_rewrite_add_negative, gibbs_rewrite_add_twice,
                      gibbs_rewrite_add_constants},
    [GIBBS_OP_SUB] = {gibbs_rewrite_subtract_zero, gibbs_rewrite_subtract_self, gibbs_rewrite_subtract_negative,
                      gibbs_rewrite_subtract_constant},
    [GIBBS_OP_MUL] = {gibbs_rewrite_times_zero, gibbs_rewrite_times_one, gibbs_rewrite_times_negative,
                      gibbs_rewrite_constant_factors, gibbs_rewrite_unit_squared, gibbs_rewrite_scalar_factor,
                      gibbs_rewrite_scalar_product, gibbs_rewrite_times_reciprocal},
    [GIBBS_OP_DIV] = {gibbs_rewrite_over_one, gibbs_rewrite_zero_over, gibbs_rewrite_over_negative,
                      gibbs_rewrite_constant_over},
    [GIBBS_OP_POW] = {gibbs_rewrite_two_values, gibbs_rewrite_small_power},
};

static gibbs_status make_elementwise(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape,
                                     gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *arguments[] = {a, b};
  gibbs_draft draft = {
      .kind = GIBBS_KIND_ELEMENTWISE, .op = op, .shape = *shape, .argument_count = b ? 2 : 1, .arguments = arguments};
  return gibbs_expr_make(a->graph, &draft, out, err);
}

/* One order for both writings of a sum or product: constants first, then by age. */
static void order_arguments(gibbs_op op, gibbs_expr **a, gibbs_expr **b) {
  if (op != GIBBS_OP_ADD && op != GIBBS_OP_MUL) return;
  bool constant_a = gibbs_expr_is_constant(*a), constant_b = gibbs_expr_is_constant(*b);
  bool swap = constant_a != constant_b ? constant_b : (*b)->number < (*a)->number;
  if (!swap) return;
  gibbs_expr *first = *a;
  *a = *b;
  *b = first;
}

static gibbs_status rewrite_or_make(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape,
                                    gibbs_expr **out, gibbs_error *err) {
  if (gibbs_expr_is_constant(a) && (!b || gibbs_expr_is_constant(b)))
    return make_elementwise(op, a, b, shape, out, err);
  if (b) order_arguments(op, &a, &b);
  gibbs_rewrite r = {.op = op, .a = a, .b = b, .shape = *shape, .make = gibbs_build_begin(a->graph, err)};
  for (size_t k = 0; k < most_rules && rules[op][k]; k++) {
    if (!rules[op][k](&r)) continue;
    gibbs_expr *result = gibbs_build_take(&r.make, r.result);
    gibbs_status status = gibbs_build_end(&r.make);
    if (status == GIBBS_OK) *out = result;
    return status;
  }
  return make_elementwise(op, a, b, shape, out, err);
}

/* What an argument is in all its elements, if that is one scalar; a new reference, or NULL. */
static gibbs_status find_scalar(gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  *out = NULL;
  if (x && x->uniform && x->shape.rank != 0)
    return gibbs_expr_number(x->graph, gibbs_expr_uniform_value(x), out, err);
  gibbs_expr *scalar = !x || x->shape.rank == 0 ? x : gibbs_expr_repeated(x);
  if (scalar) *out = gibbs_expr_retain(scalar);
  return GIBBS_OK;
}

/* The operation on the scalars behind repeated values, repeated. */
static gibbs_status repeat_result(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape,
                                  gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *scalar = NULL;
  gibbs_shape none = gibbs_shape_scalar();
  gibbs_status status = rewrite_or_make(op, a, b, &none, &scalar, err);
  if (status == GIBBS_OK) status = gibbs_expr_broadcast(scalar, shape, out, err);
  gibbs_expr_release(scalar);
  return status;
}

/* Tensors that repeat one value give way to that value: it broadcasts anyway. */
static gibbs_status simplify_tensors(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape,
                                     gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *scalar_a = NULL, *scalar_b = NULL;
  gibbs_status status = find_scalar(a, &scalar_a, err);
  if (status == GIBBS_OK) status = find_scalar(b, &scalar_b, err);
  if (status == GIBBS_OK && scalar_a && (!b || scalar_b))
    status = repeat_result(op, scalar_a, scalar_b, shape, out, err);
  else if (status == GIBBS_OK)
    status = rewrite_or_make(op, scalar_a ? scalar_a : a, scalar_b ? scalar_b : b, shape, out, err);
  gibbs_expr_release(scalar_a);
  gibbs_expr_release(scalar_b);
  return status;
}

gibbs_status gibbs_simplify(gibbs_op op, gibbs_expr *a, gibbs_expr *b, const gibbs_shape *shape, gibbs_expr **out,
                            gibbs_error *err) {
  return shape->rank == 0 ? rewrite_or_make(op, a, b, shape, out, err) : simplify_tensors(op, a, b, shape, out, err);
}
