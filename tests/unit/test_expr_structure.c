/* test_expr_structure.c - substitution, dependence, degree, terms, leaves, printing. */
#include "expressions.h"

#include <string.h>

TestSuite(structure, .init = begin_case, .fini = end_case);

/* ---- substitution --------------------------------------------------------------------------------- */

Test(structure, substitution_rebuilds_and_simplifies) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *y = reals(gibbs_shape_vector(2));
  gibbs_expr *e = add(un(GIBBS_OP_TANH, x), mul(x, y));
  cr_expect(substitute(e, x, y) == add(un(GIBBS_OP_TANH, y), mul(y, y)));
  cr_expect(substitute(e, y, constant(gibbs_shape_vector(2), 0, 0, 0)) == un(GIBBS_OP_TANH, x));
  cr_expect(substitute(e, un(GIBBS_OP_TANH, x), y) == add(y, mul(x, y)), "inner nodes can be exchanged");
  cr_expect(substitute(e, e, x) == x &&
            substitute(e, reals(gibbs_shape_vector(3)), constant(gibbs_shape_vector(3), 0, 1, 0)) == e);
}

Test(structure, substitution_is_at_once_and_not_one_after_the_other) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *y = reals(gibbs_shape_vector(2));
  gibbs_expr *from[2] = {x, y}, *to[2] = {y, x};
  cr_expect(substitute_all(sub(x, mul(x, y)), from, to, 2) == sub(y, mul(x, y)));
}

Test(structure, substitution_checks_shapes) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *y = num(1), *result = NULL;
  cr_expect(gibbs_expr_substitute(sum(x), &x, &y, 1, &result, &error) == GIBBS_ERR_SHAPE && !result);
  cr_expect_str_eq(error.message, "substitute: shapes 2 and scalar do not agree; they must be equal");
}

static gibbs_status add_up(void *payload, const double *values, double *result, gibbs_error *err) {
  (void)payload;
  if (values[0] > 5) return gibbs_fail(err, GIBBS_ERR_CALLBACK, "no");
  *result = values[0] + 10 * values[1] + 100 * values[2];
  return GIBBS_OK;
}

Test(structure, a_callback_of_constants_is_called_and_may_fail) {
  gibbs_callback callback = {.references = 1, .call = add_up};
  gibbs_expr *xs[2] = {reals(gibbs_shape_vector(2)), reals(gibbs_shape_scalar())}, *to[2] = {NULL, num(3)},
             *result = NULL;
  gibbs_expr *e = callback_of(&callback, xs, 2);
  to[0] = constant(gibbs_shape_vector(2), 2, 2, 0);
  cr_expect(substitute_all(e, xs, to, 2) == num(322));
  to[0] = constant(gibbs_shape_vector(2), 6, 6, 0);
  cr_expect(gibbs_expr_substitute(e, xs, to, 2, &result, &error) == GIBBS_ERR_CALLBACK && !result);
}

/* Bound variables stay what they are, and what is put in is not caught by them. */
Test(structure, substitution_respects_bound_variables) {
  gibbs_expr *h = spins(2), *g = spins(2), *x = reals(gibbs_shape_scalar());
  gibbs_expr *y = reals(gibbs_shape_vector(2));
  gibbs_expr *m = marginal(mul(x, dot(h, y)), h), *e = add(m, sum(h));
  cr_expect(substitute(e, h, g) == add(m, sum(g)));
  cr_expect(substitute(e, mul(x, dot(h, y)), x) == e, "what has bound variables is not the same thing outside");
  gibbs_expr *caught = substitute(e, y, h), *free_now = substitute(caught, h, g);
  gibbs_expr *renamed = substitute(m, y, g);
  cr_expect(gibbs_expr_depends(caught, h) && !gibbs_expr_depends(free_now, h));
  /* log sum over h' of exp(-x h'.s) = sum log 2 cosh x for any s. */
  gibbs_shape two = gibbs_shape_vector(2), scalar = gibbs_shape_scalar();
  gibbs_expr *xs[2] = {x, h}, *ys[2] = {x, g};
  gibbs_tensor *values[2] = {spread(&scalar, 0.7, 0.7, 0), spread(&two, -1, -1, 0)};
  double expected = -2 * log(2 * cosh(0.7));
  double a = fold_scalar(caught, xs, values, 2), b = fold_scalar(renamed, ys, values, 2);
  cr_expect(fabs(a - (expected - 2)) < 1e-14 * fabs(expected - 2) && fabs(b - expected) < 1e-14 * fabs(expected),
            "%.17g %.17g", a, b);
  for (size_t k = 0; k < 2; k++) gibbs_tensor_release(values[k]);
}

Test(structure, renaming_is_the_same_at_every_call) {
  gibbs_expr *h = spins(2), *y = reals(gibbs_shape_vector(2)), *m = marginal(un(GIBBS_OP_TANH, dot(h, y)), h);
  cr_expect(substitute(m, y, h) == substitute(m, y, h));
  /* The same variable bound inside, bound outside and put in from further out: the names are kept apart. */
  gibbs_expr *inner = substitute(m, y, h), *twice = marginal(add(inner, un(GIBBS_OP_TANH, dot(h, y))), h);
  gibbs_expr *moved = substitute(twice, y, h), *state = constant(gibbs_shape_vector(2), 1, 1, 0);
  double a = gibbs_expr_uniform_value(substitute(moved, h, state));
  double b = gibbs_expr_uniform_value(substitute(twice, y, state));
  cr_expect(gibbs_expr_depends(moved, h) && !gibbs_expr_depends(twice, h));
  cr_expect(fabs(a - b) < 1e-15 * fabs(a), "%.17g %.17g", a, b);
}

/* The twin of a bound variable may be bound or free there as well: new names have to differ from both. */
Test(structure, new_names_differ_from_those_there_are) {
  gibbs_expr *h = spins(2), *x = reals(gibbs_shape_vector(2)), *pair[2],
             *state = constant(gibbs_shape_vector(2), 1, 1, 0);
  gibbs_variable *variable = gibbs_expr_as_variable(h), *twin = NULL;
  OK(gibbs_variable_twin(variable, &twin, &error));
  gibbs_expr *t = node_of(twin), *weights = constant(gibbs_shape_vector(2), 0.3, 0.9, 2);
  pair[0] = h;
  pair[1] = t;
  gibbs_expr *coupled = add(mul(dot(h, weights), sum(t)), un(GIBBS_OP_TANH, dot(h, x)));
  gibbs_expr *both = marginal_over(coupled, pair, 2), *one = marginal(coupled, h), *put_both = substitute(both, x, h);
  gibbs_expr *put_one = substitute(one, x, h), *from[2] = {h, t}, *to[2] = {state, state};
  double a = gibbs_expr_uniform_value(substitute(put_both, h, state));
  double b = gibbs_expr_uniform_value(substitute(both, x, state));
  cr_expect(fabs(a - b) < 1e-14 * fabs(b), "%.17g %.17g", a, b);
  a = gibbs_expr_uniform_value(substitute_all(put_one, from, to, 2));
  from[0] = x;
  b = gibbs_expr_uniform_value(substitute_all(one, from, to, 2));
  cr_expect(fabs(a - b) < 1e-14 * fabs(b), "%.17g %.17g", a, b);
}

/* ---- dependence, leaves --------------------------------------------------------------------------- */

Test(structure, dependence_sees_free_occurrences_only) {
  gibbs_expr *h = spins(2), *x = reals(gibbs_shape_vector(2)), *y = reals(gibbs_shape_vector(2));
  gibbs_expr *inner = mul(h, x), *m = marginal(sum(inner), h);
  cr_expect(gibbs_expr_depends(m, x) && !gibbs_expr_depends(m, h) && !gibbs_expr_depends(m, y));
  cr_expect(!gibbs_expr_depends(m, inner) && gibbs_expr_depends(sum(inner), inner) && gibbs_expr_depends(m, m));
  cr_expect(gibbs_expr_depends(add(m, sum(h)), h));
  gibbs_expr *mean = marginal_mean(mul(h, y), sum(inner), h);
  cr_expect(gibbs_expr_depends(mean, y) && gibbs_expr_depends(mean, x) && !gibbs_expr_depends(mean, h));
}

static size_t count_leaves(gibbs_expr *e, gibbs_leaf_kind kind, gibbs_expr *first) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  OK(gibbs_expr_leaves(&e, 1, kind, &leaves, &count, &error));
  if (first) cr_expect(count > 0 && leaves[0] == first);
  free(leaves);
  return count;
}

Test(structure, leaves_come_in_order_and_bound_variables_are_none) {
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *h = spins(2), *y = reals(gibbs_shape_vector(2));
  gibbs_shape shape = gibbs_shape_vector(2);
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new("a", &shape, &parameter, &error));
  gibbs_expr *a = parameter_of(parameter);
  gibbs_parameter_release(parameter);
  gibbs_functional functional = {.references = 1};
  gibbs_callback callback = {.references = 1};
  gibbs_expr *f = functional_of(&functional);
  gibbs_expr *m = marginal(dot(h, mul(mul(a, y), x)), h), *e = mul(f, m);
  cr_expect(count_leaves(e, GIBBS_LEAF_VARIABLE, x) == 2 && count_leaves(e, GIBBS_LEAF_PARAMETER, a) == 1);
  cr_expect(count_leaves(e, GIBBS_LEAF_FUNCTIONAL, f) == 1 && count_leaves(e, GIBBS_LEAF_CALLBACK, NULL) == 0);
  cr_expect(count_leaves(add(e, sum(h)), GIBBS_LEAF_VARIABLE, x) == 3);
  gibbs_expr *call = callback_of(&callback, &h, 1);
  cr_expect(count_leaves(marginal(call, h), GIBBS_LEAF_CALLBACK, call) == 1 &&
            count_leaves(marginal(call, h), GIBBS_LEAF_VARIABLE, NULL) == 0);
}

/* ---- degree --------------------------------------------------------------------------------------- */

Test(structure, degree) {
  gibbs_expr *v = spins(3), *h = spins(2), *J = reals(gibbs_shape_matrix(3, 3)), *W = reals(gibbs_shape_matrix(3, 2));
  gibbs_expr *both[2] = {v, h}, *pair = dot(v, matmul(J, false, v, false)),
             *mixed = dot(v, matmul(W, false, h, false));
  const long offset = 1;
  cr_expect(gibbs_expr_degree(pair, &v, 1) == 2 && gibbs_expr_degree(pair, &J, 1) == 1 &&
            gibbs_expr_degree(pair, &h, 1) == 0);
  cr_expect(gibbs_expr_degree(mixed, both, 2) == 2 && gibbs_expr_degree(mixed, &h, 1) == 1);
  cr_expect(gibbs_expr_degree(un(GIBBS_OP_LOGCOSH, matmul(W, true, v, false)), &v, 1) == GIBBS_DEGREE_UNBOUNDED);
  cr_expect(gibbs_expr_degree(un(GIBBS_OP_EXP, J), &v, 1) == 0 && gibbs_expr_degree(num(3), &v, 1) == 0);
  cr_expect(gibbs_expr_degree(v, &v, 1) == 1 && gibbs_expr_degree(mul(v, v), &v, 1) == 0, "spins squared are 1");
  cr_expect(gibbs_expr_degree(mul(v, shift(v, &offset, 1)), &v, 1) == 2);
  cr_expect(gibbs_expr_degree(power(sum(v), 3), &v, 1) == 3 && gibbs_expr_degree(power(sum(v), 2), &v, 1) == 2);
  cr_expect(gibbs_expr_degree(power(sum(v), 2.5), &v, 1) == GIBBS_DEGREE_UNBOUNDED &&
            gibbs_expr_degree(power(sum(v), -3), &v, 1) == GIBBS_DEGREE_UNBOUNDED);
  cr_expect(gibbs_expr_degree(quotient(v, num(3)), &v, 1) == 1 &&
            gibbs_expr_degree(quotient(num(3), sum(v)), &v, 1) == GIBBS_DEGREE_UNBOUNDED);
  cr_expect(gibbs_expr_degree(outer(v, v), &v, 1) == 2 && gibbs_expr_degree(outer(v, h), &v, 1) == 1);
  cr_expect(gibbs_expr_degree(logsumexp(v), &v, 1) == GIBBS_DEGREE_UNBOUNDED &&
            gibbs_expr_degree(logsumexp(v), &h, 1) == 0);
  gibbs_expr *m = marginal(mixed, h);
  cr_expect(gibbs_expr_degree(m, &v, 1) == GIBBS_DEGREE_UNBOUNDED && gibbs_expr_degree(m, &h, 1) == 0,
            "bound is not free");
  cr_expect(gibbs_expr_degree(add(m, sum(h)), &h, 1) == 1);
  cr_expect(gibbs_expr_degree(power(power(power(sum(v), 3e9), 3e9), 3e9), &v, 1) == GIBBS_DEGREE_UNBOUNDED);
  gibbs_expr *inner = matmul(W, true, v, false);
  cr_expect(gibbs_expr_degree(un(GIBBS_OP_LOGCOSH, inner), &inner, 1) == GIBBS_DEGREE_UNBOUNDED &&
            gibbs_expr_degree(sum(inner), &inner, 1) == 1);
}

/* ---- terms ---------------------------------------------------------------------------------------- */

/* The coefficient of `term` among the terms of e (NAN: not there); `count` terms are expected. */
static double coefficient_of(gibbs_expr *e, gibbs_expr *term, size_t count) {
  gibbs_expr **terms = NULL;
  double *coefficients = NULL, found = NAN;
  size_t length = 0;
  OK(gibbs_expr_terms(e, &terms, &coefficients, &length, &error));
  cr_expect(length == count, "%zu terms", length);
  for (size_t k = 0; k < length; k++) {
    if (terms[k] == term) found = coefficients[k];
    gibbs_expr_release(terms[k]);
  }
  free(terms);
  free(coefficients);
  return found;
}

Test(structure, terms_split_and_merge) {
  gibbs_expr *x = reals(gibbs_shape_vector(4)), *y = reals(gibbs_shape_vector(4)), *s = reals(gibbs_shape_scalar());
  gibbs_expr *e = sub(mul(num(3), sub(sum(x), quotient(dot(x, y), num(2)))), sum(add(x, sub(y, s))));
  cr_expect_eq(coefficient_of(e, sum(x), 4), 2);
  cr_expect_eq(coefficient_of(e, dot(x, y), 4), -1.5);
  cr_expect_eq(coefficient_of(e, sum(y), 4), -1);
  cr_expect_eq(coefficient_of(e, s, 4), 4);
  cr_expect_eq(coefficient_of(add(e, num(5)), num(1), 5), 5);
  cr_expect_eq(coefficient_of(sum(add(mul(x, y), num(5))), num(1), 2), 20);
  cr_expect_eq(coefficient_of(num(7), num(1), 1), 7);
  cr_expect(isnan(coefficient_of(sub(add(s, sum(x)), sum(x)), sum(x), 1)), "what cancels is gone");
  cr_expect(isnan(coefficient_of(num(0), num(1), 0)));
  cr_expect_eq(coefficient_of(un(GIBBS_OP_EXP, add(s, num(1))), un(GIBBS_OP_EXP, add(s, num(1))), 1), 1);
}

Test(structure, terms_under_sums_look_through_what_only_moves) {
  gibbs_shape two = gibbs_shape_vector(4), square = gibbs_shape_matrix(2, 2);
  gibbs_expr *x = reals(square), *y = reals(two), *s = reals(gibbs_shape_scalar());
  gibbs_expr *flat = reshape(x, two);
  gibbs_expr *e = sum(add(mul(num(2), flat), add(broadcast(s, two), mul(s, y))));
  cr_expect_eq(coefficient_of(e, sum(x), 3), 2);
  cr_expect_eq(coefficient_of(e, s, 3), 4);
  cr_expect_eq(coefficient_of(e, mul(s, sum(y)), 3), 1);
  cr_expect_eq(coefficient_of(add(e, mul(s, sum(y))), mul(s, sum(y)), 3), 2);
}

Test(structure, terms_add_up_to_the_expression) {
  gibbs_shape shape = gibbs_shape_vector(3);
  gibbs_expr *x = reals(shape), *t = un(GIBBS_OP_TANH, x);
  gibbs_expr *e =
      sub(mul(num(0.3), sum(sub(mul(num(5), t), quotient(x, num(7))))), add(mul(sum(x), sum(t)), num(0.25)));
  gibbs_expr **terms = NULL, *total = num(0);
  double *coefficients = NULL;
  size_t count = 0;
  OK(gibbs_expr_terms(e, &terms, &coefficients, &count, &error));
  for (size_t k = 0; k < count; k++) total = add(total, mul(num(coefficients[k]), keep(terms[k])));
  free(terms);
  free(coefficients);
  gibbs_tensor *value = spread(&shape, -1, 1, 1);
  double a = fold_scalar(e, &x, &value, 1), b = fold_scalar(total, &x, &value, 1);
  gibbs_tensor_release(value);
  cr_expect(count == 4 && fabs(a - b) < 1e-15, "%.17g %.17g", a, b);
}

Test(structure, sum_of) {
  gibbs_expr *x = reals(gibbs_shape_vector(4)), *m = reals(gibbs_shape_matrix(2, 3)), *argument = NULL;
  unsigned op = 0;
  cr_expect(gibbs_expr_sum_of(sum(un(GIBBS_OP_LOGCOSH, x)), &op, &argument) && op == GIBBS_OP_LOGCOSH &&
            argument == x);
  cr_expect(gibbs_expr_sum_of(un(GIBBS_OP_EXP, sum(x)), &op, &argument) && op == GIBBS_OP_EXP && argument == sum(x));
  cr_expect(gibbs_expr_sum_of(sum(logsumexp(m)), &op, &argument) && op == GIBBS_OP_ELEMENTWISE_COUNT &&
            argument == m);
  cr_expect(!gibbs_expr_sum_of(sum(x), &op, &argument) && !gibbs_expr_sum_of(dot(x, x), &op, &argument) &&
            argument == m);
}

/* ---- printing ------------------------------------------------------------------------------------- */

Test(structure, printing_is_readable_and_never_overflows) {
  gibbs_expr *v = spins(3), *W = reals(gibbs_shape_matrix(3, 2)), *h = bits(2);
  char text[200], all[200];
  gibbs_expr *e = sub(neg(dot(v, matmul(W, false, h, false))), mul(num(0.5), power(sum(un(GIBBS_OP_TANH, v)), 3)));
  cr_expect_str_eq(gibbs_expr_print(e, all, sizeof all), "-((0.5 * ((0.761594 * sum(x))^3)) + sum((x * x:mul(x))))");
  cr_expect_str_eq(gibbs_expr_print(matmul(W, true, v, false), text, sizeof text), "x:t():mul(x)");
  cr_expect_str_eq(gibbs_expr_print(transpose(W), text, sizeof text), "x:t()");
  cr_expect_str_eq(gibbs_expr_print(constant(gibbs_shape_matrix(2, 2), 0, 1, 1), text, sizeof text), "constant[2x2]");
  for (size_t size = 0; size < 30; size++) {
    memset(text, '#', sizeof text);
    gibbs_expr_print(e, text, size);
    if (size > 0) cr_expect(strlen(text) == size - 1 && memcmp(text, all, size - 1) == 0);
    cr_expect(text[size] == '#');
  }
}
