/* test_expr_simplify.c - what expressions become as they are made. */
#include "expressions.h"

TestSuite(simplify, .init = begin_case, .fini = end_case);

static gibbs_expr *zeros(gibbs_shape shape) {
  return constant(shape, 0, 0, 0);
}
static gibbs_expr *ones(gibbs_shape shape) {
  return constant(shape, 1, 1, 0);
}

Test(simplify, sums_and_differences) {
  gibbs_shape shape = gibbs_shape_vector(3);
  gibbs_expr *x = reals(shape), *y = reals(shape), *s = reals(gibbs_shape_scalar());
  cr_expect(add(x, num(0)) == x && add(num(0), x) == x && add(x, zeros(shape)) == x && sub(x, num(0)) == x);
  cr_expect(sub(num(0), x) == neg(x) && neg(neg(x)) == x && neg(num(2)) == num(-2));
  cr_expect(sub(x, x) == zeros(shape) && add(x, x) == mul(num(2), x));
  cr_expect(sub(x, neg(y)) == add(x, y) && add(x, neg(y)) == sub(x, y) && add(neg(x), y) == sub(y, x));
  cr_expect(sub(neg(x), y) == neg(add(x, y)) && neg(sub(x, y)) == sub(y, x));
  cr_expect(add(num(1), add(num(2), x)) == add(num(3), x) && sub(x, num(3)) == add(num(-3), x));
  gibbs_expr *widened = add(s, zeros(shape));
  cr_expect(widened != s && gibbs_expr_size(widened) == 3, "a zero tensor still gives its shape");
  cr_expect(add(zeros(shape), num(2)) == constant(shape, 2, 2, 0));
}

Test(simplify, products_and_quotients) {
  gibbs_shape shape = gibbs_shape_matrix(2, 3);
  gibbs_expr *x = reals(shape), *y = reals(shape), *s = reals(gibbs_shape_scalar()), *t = reals(gibbs_shape_scalar());
  cr_expect(mul(x, num(1)) == x && mul(x, ones(shape)) == x && mul(x, num(-1)) == neg(x));
  cr_expect(mul(x, num(0)) == zeros(shape) && mul(s, zeros(shape)) == zeros(shape));
  cr_expect(quotient(x, num(1)) == x && quotient(x, num(-1)) == neg(x) && quotient(num(0), x) == zeros(shape));
  cr_expect(mul(num(2), mul(num(3), x)) == mul(num(6), x) && neg(mul(num(2), x)) == mul(num(-2), x));
  cr_expect(mul(num(2), neg(x)) == mul(num(-2), x) && mul(neg(x), y) == neg(mul(x, y)) &&
            mul(neg(x), neg(y)) == mul(x, y));
  cr_expect(mul(mul(num(2), x), mul(num(3), y)) == mul(num(6), mul(x, y)));
  cr_expect(mul(mul(s, x), y) == mul(s, mul(x, y)) && mul(s, mul(t, x)) == mul(mul(s, t), x));
  cr_expect(mul(mul(mul(num(2), s), x), y) == mul(num(2), mul(s, mul(x, y))));
  cr_expect(quotient(neg(x), y) == neg(quotient(x, y)) && quotient(x, neg(y)) == neg(quotient(x, y)));
  cr_expect(quotient(mul(num(6), x), num(3)) == mul(num(2), x) && mul(x, quotient(num(1), y)) == quotient(x, y));
  cr_expect(mul(num(2), quotient(num(3), x)) == quotient(num(6), x));
  cr_expect(mul(x, constant(shape, 2, 2, 0)) == mul(x, num(2)), "a tensor of one value is that value");
}

Test(simplify, powers_and_functions) {
  gibbs_expr *x = reals(gibbs_shape_vector(3));
  cr_expect(power(x, 0) == ones(gibbs_shape_vector(3)) && power(x, 1) == x && power(x, 2) == mul(x, x));
  cr_expect(power(x, -1) == quotient(num(1), x));
  cr_expect(un(GIBBS_OP_LOGCOSH, neg(x)) == un(GIBBS_OP_LOGCOSH, x) &&
            un(GIBBS_OP_TANH, neg(x)) == neg(un(GIBBS_OP_TANH, x)));
  cr_expect(un(GIBBS_OP_ABS, neg(x)) == un(GIBBS_OP_ABS, x) &&
            un(GIBBS_OP_ABS, un(GIBBS_OP_ABS, x)) == un(GIBBS_OP_ABS, x));
  cr_expect(un(GIBBS_OP_LOG, un(GIBBS_OP_EXP, x)) == x);
}

Test(simplify, units_with_two_values) {
  gibbs_shape shape = gibbs_shape_vector(4);
  gibbs_expr *s = spins(4), *b = bits(4), *p = variable_of(GIBBS_POTTS, 3, gibbs_shape_vector(4));
  const long offset = 1;
  gibbs_expr *moved = shift(s, &offset, 1);
  cr_expect(mul(s, s) == ones(shape) && mul(moved, moved) == ones(shape) && mul(b, b) == b && mul(p, p) == p);
  cr_expect(power(s, 4) == ones(shape) && power(s, 3) == s && power(b, 7) == b && power(moved, 6) == ones(shape));
  cr_expect(un(GIBBS_OP_ABS, s) == ones(shape) && un(GIBBS_OP_ABS, b) == b && un(GIBBS_OP_RELU, b) == b);
  cr_expect(gibbs_expr_degree(un(GIBBS_OP_EXP, s), &s, 1) == 1 && gibbs_expr_degree(un(GIBBS_OP_EXP, b), &b, 1) == 1);
  cr_expect(un(GIBBS_OP_LOG, b)->op == GIBBS_OP_LOG, "log 0 is no number to draw a line through");
  cr_expect(power(s, 0.5)->op == GIBBS_OP_POW);
  cr_expect(mul(s, moved) != ones(shape));
}

/* The line takes the function's values, to a rounding of the halves that it is made of. */
Test(simplify, a_function_of_a_spin_has_its_two_values) {
  gibbs_shape scalar = gibbs_shape_scalar();
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++) {
    if (gibbs_op_is_binary((gibbs_op)op)) continue;
    for (int domain = 0; domain < 2; domain++) {
      gibbs_expr *x = variable_of(domain ? GIBBS_BITS : GIBBS_SPINS, 2, scalar), *y = un((gibbs_op)op, x);
      for (int k = 0; k < 2; k++) {
        double at = k ? 1 : domain ? 0 : -1, expected = gibbs_op_value((gibbs_op)op, at, 0);
        gibbs_tensor *value = spread(&scalar, at, at, 0);
        double given = fold_scalar(y, &x, &value, 1);
        gibbs_tensor_release(value);
        cr_expect((isnan(given) && isnan(expected)) || given == expected ||
                      fabs(given - expected) < 4e-16 * fabs(expected),
                  "%s at %g: %.17g %.17g", gibbs_op_name((gibbs_op)op), at, given, expected);
      }
    }
  }
}

Test(simplify, sums) {
  gibbs_shape shape = gibbs_shape_matrix(2, 3), flat = gibbs_shape_vector(6);
  gibbs_expr *x = reals(shape), *s = reals(gibbs_shape_scalar());
  cr_expect(sum(s) == s && sum(neg(x)) == neg(sum(x)) && sum(mul(num(3), x)) == mul(num(3), sum(x)));
  cr_expect(sum(mul(s, x)) == mul(s, sum(x)) && sum(quotient(x, s)) == quotient(sum(x), s));
  cr_expect(sum(reshape(x, flat)) == sum(x));
  cr_expect(sum(broadcast(s, shape)) == mul(num(6), s));
  cr_expect(sum(sum_axis(x, 1)) == sum(x));
  gibbs_expr *w = reals(shape), *h = reals(gibbs_shape_vector(3)), *v = reals(gibbs_shape_vector(2));
  cr_expect(dot(v, matmul(w, false, h, false)) == sum(mul(v, matmul(w, false, h, false))));
  cr_expect(gradient(dot(v, matmul(w, false, h, false)), w) == outer(v, h));
}

Test(simplify, repeated_values_stay_scalars) {
  gibbs_shape shape = gibbs_shape_vector(3);
  gibbs_expr *x = reals(shape), *s = reals(gibbs_shape_scalar()), *t = reals(gibbs_shape_scalar());
  gibbs_expr *wide_s = expand(s, 0, 3), *wide_t = expand(t, 0, 3);
  cr_expect(mul(wide_s, x) == mul(s, x) && add(wide_s, wide_t) == expand(add(s, t), 0, 3));
  cr_expect(un(GIBBS_OP_EXP, wide_s) == expand(un(GIBBS_OP_EXP, s), 0, 3));
  cr_expect(mul(wide_s, t) == expand(mul(s, t), 0, 3));
}

Test(simplify, gathers_compose_and_vanish) {
  gibbs_shape shape = gibbs_shape_matrix(4, 5), flat = gibbs_shape_vector(20);
  gibbs_expr *x = reals(shape), *v = reals(gibbs_shape_vector(4)), *w = reals(gibbs_shape_vector(5));
  const long there[2] = {1, -2}, back[2] = {-1, 7};
  gibbs_expr *moved = shift(x, there, 2);
  cr_expect(moved != x && shift(moved, back, 2) == x);
  cr_expect(transpose(transpose(x)) == x);
  gibbs_expr *line = reshape(x, flat);
  cr_expect(line != x && reshape(line, shape) == x);
  cr_expect(matmul(transpose(x), false, v, false) == matmul(x, true, v, false));
  cr_expect(matmul(transpose(x), true, w, false) == matmul(x, false, w, false));
  cr_expect(gather(moved, moved->of.index->at, shape)->arguments[0] == x);
  static const uint32_t swapped[4] = {0, 2, 3, 1};
  gibbs_expr *square = reals(gibbs_shape_matrix(2, 2)), *mixed = gather(square, swapped, gibbs_shape_matrix(2, 2));
  gibbs_expr *pair = reals(gibbs_shape_vector(2)), *kept = matmul(mixed, false, pair, false);
  cr_expect(kept->arguments[0] == mixed && !kept->transpose[0], "the right shape alone makes no transpose");
  static const uint32_t cycle[4] = {1, 2, 3, 0}, inverse[4] = {3, 0, 1, 2};
  gibbs_shape four = gibbs_shape_vector(4);
  cr_expect(scatter(v, cycle, four) == gather(v, inverse, four), "a scatter that only reorders is a gather");
}

Test(simplify, zeros_go_through_everything) {
  gibbs_expr *w = reals(gibbs_shape_matrix(2, 3)), *v = reals(gibbs_shape_vector(3));
  cr_expect(matmul(w, false, zeros(gibbs_shape_vector(3)), false) == zeros(gibbs_shape_vector(2)));
  cr_expect(matmul(zeros(gibbs_shape_matrix(2, 3)), false, v, false) == zeros(gibbs_shape_vector(2)));
  cr_expect(outer(v, zeros(gibbs_shape_vector(2))) == zeros(gibbs_shape_matrix(3, 2)));
  cr_expect(sum(zeros(gibbs_shape_vector(3))) == num(0));
}

Test(simplify, marginals_drop_what_they_do_not_need) {
  gibbs_expr *h = spins(3), *g = bits(2), *x = reals(gibbs_shape_scalar()), *e = mul(x, sum(h)), *both[3] = {g, h, g};
  gibbs_expr *joint = marginal_over(e, both, 3);
  cr_expect(joint == sub(marginal(e, h), num(2 * log(2))));
  cr_expect(marginal(x, h) == sub(x, num(3 * log(2))));
  cr_expect(marginal_mean(x, e, h) == x &&
            marginal_mean(mul(num(3), h), e, h) == mul(num(3), marginal_mean(h, e, h)));
  cr_expect(marginal_mean(neg(h), e, h) == neg(marginal_mean(h, e, h)));
  cr_expect(marginal_mean(h, e, g) == h);
  double expected = -3 * log(2 * cosh(0.7)), given = gibbs_expr_uniform_value(marginal(mul(num(0.7), sum(h)), h));
  cr_expect(fabs(expected - given) < 1e-14 * fabs(expected), "a closed sum is a number: %.17g %.17g", given,
            expected);
}
