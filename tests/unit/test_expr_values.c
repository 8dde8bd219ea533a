/* test_expr_values.c - the values of operations: scalar functions at their limits, and shaped ones against plain
 * sums. */
#include "expressions.h"

TestSuite(values, .init = begin_case, .fini = end_case);

/* Errors in units of the last place of a result computed in long double. */
static double ulps(double value, long double exact) {
  double at = fabs((double)exact);
  return (double)(fabsl((long double)value - exact) / (long double)(nextafter(at, INFINITY) - at));
}

static long double long_logcosh(long double x) {
  x = fabsl(x);
  if (x < 1) {
    long double s = sinhl(x / 2);
    return log1pl(2 * s * s);
  }
  return x + log1pl(expl(-2 * x)) - 0.693147180559945309417232121458176568L;
}

static long double long_softplus(long double x) {
  return x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x));
}

static long double long_sigmoid(long double x) {
  return x > 0 ? 1 / (1 + expl(-x)) : expl(x) / (1 + expl(x));
}

/* The C library gives about one unit for each function; log cosh squares one of them, which doubles its error. */
Test(values, functions_of_our_own_are_exact_to_a_few_units) {
  double worst[3] = {0};
  for (double x = -750; x <= 750; x += x > -4 && x < 4 ? 0.00137 : 0.731) {
    double error_of[3] = {ulps(gibbs_logcosh(x), long_logcosh(x)), ulps(gibbs_softplus(x), long_softplus(x)),
                          ulps(gibbs_sigmoid(x), long_sigmoid(x))};
    for (int k = 0; k < 3; k++)
      if (error_of[k] > worst[k]) worst[k] = error_of[k];
  }
  for (double x = 1; x > 1e-150; x *= 0.37) {
    double tiny = ulps(gibbs_logcosh(x), long_logcosh(x));
    if (tiny > worst[0]) worst[0] = tiny;
  }
  cr_expect(worst[0] < 4 && worst[1] < 1.5 && worst[2] < 3, "logcosh %.2f softplus %.2f sigmoid %.2f", worst[0],
            worst[1], worst[2]);
}

Test(values, functions_of_our_own_at_the_ends) {
  cr_expect(gibbs_logcosh(INFINITY) == INFINITY && gibbs_logcosh(-INFINITY) == INFINITY && gibbs_logcosh(0) == 0);
  cr_expect(gibbs_softplus(INFINITY) == INFINITY && gibbs_softplus(-INFINITY) == 0 && gibbs_softplus(-1e4) == 0);
  cr_expect(gibbs_sigmoid(INFINITY) == 1 && gibbs_sigmoid(-INFINITY) == 0 && gibbs_sigmoid(0) == 0.5);
  cr_expect(gibbs_logcosh(1e300) == 1e300 && gibbs_softplus(1e300) == 1e300);
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++)
    if (op != GIBBS_OP_POW)
      cr_expect(isnan(gibbs_op_value((gibbs_op)op, NAN, 1)), "%s of NaN", gibbs_op_name((gibbs_op)op));
}

Test(values, what_is_not_finite_is_kept) {
  cr_expect(un(GIBBS_OP_LOG, num(0)) == num(-INFINITY));
  cr_expect(isnan(gibbs_expr_uniform_value(un(GIBBS_OP_SQRT, num(-1)))));
  cr_expect(quotient(num(1), num(0)) == num(INFINITY));
}

/* Values of x in order 0, 1, 2, ... */
static gibbs_expr *count_up(gibbs_shape shape) {
  gibbs_tensor *tensor = spread(&shape, 0, 0, 0);
  for (size_t k = 0; k < gibbs_tensor_size(tensor); k++) gibbs_tensor_data(tensor)[k] = (double)k;
  gibbs_expr *node = constant_of(tensor);
  gibbs_tensor_release(tensor);
  return node;
}

static void expect_values(gibbs_expr *x, gibbs_shape shape, const double *expected, const char *what) {
  gibbs_tensor *tensor = gibbs_expr_as_constant(x);
  cr_assert(tensor && gibbs_shape_equal(gibbs_tensor_shape(tensor), &shape), "%s: shape", what);
  for (size_t k = 0; k < gibbs_tensor_size(tensor); k++)
    cr_expect(gibbs_tensor_values(tensor)[k] == expected[k], "%s: element %zu is %g, not %g", what, k,
              gibbs_tensor_values(tensor)[k], expected[k]);
}

Test(values, axes) {
  gibbs_shape box = {.rank = 3, .extent = {2, 3, 2}}, pair = gibbs_shape_vector(2);
  gibbs_expr *x = count_up(box), *m = count_up(gibbs_shape_matrix(2, 3)), *v = count_up(pair);
  const long offset[2] = {1, -1};
  expect_values(sum_axis(x, 0), gibbs_shape_matrix(3, 2), (double[]){6, 8, 10, 12, 14, 16}, "sum 0");
  expect_values(sum_axis(x, 1), gibbs_shape_matrix(2, 2), (double[]){6, 9, 24, 27}, "sum 1");
  expect_values(sum_axis(x, 2), gibbs_shape_matrix(2, 3), (double[]){1, 5, 9, 13, 17, 21}, "sum 2");
  expect_values(shift(m, offset, 2), gibbs_shape_matrix(2, 3), (double[]){5, 3, 4, 2, 0, 1}, "shift");
  expect_values(shift(m, offset, 1), gibbs_shape_matrix(2, 3), (double[]){3, 4, 5, 0, 1, 2}, "shift by rows");
  expect_values(transpose(m), gibbs_shape_matrix(3, 2), (double[]){0, 3, 1, 4, 2, 5}, "transpose");
  expect_values(element(m, 1), gibbs_shape_vector(3), (double[]){3, 4, 5}, "element");
  expect_values(element(v, 1), gibbs_shape_scalar(), (double[]){1}, "element of a vector");
  expect_values(expand(v, 0, 3), gibbs_shape_matrix(3, 2), (double[]){0, 1, 0, 1, 0, 1}, "expand 0");
  expect_values(expand(v, 1, 3), gibbs_shape_matrix(2, 3), (double[]){0, 0, 0, 1, 1, 1}, "expand 1");
  expect_values(sum(x), gibbs_shape_scalar(), (double[]){66}, "sum");
}

Test(values, products) {
  gibbs_expr *m = count_up(gibbs_shape_matrix(2, 3)), *v = count_up(gibbs_shape_vector(3)),
             *w = count_up(gibbs_shape_vector(2));
  expect_values(matmul(m, false, v, false), gibbs_shape_vector(2), (double[]){5, 14}, "matrix, vector");
  expect_values(matmul(m, true, w, false), gibbs_shape_vector(3), (double[]){3, 4, 5}, "transposed matrix, vector");
  expect_values(matmul(m, false, m, true), gibbs_shape_matrix(2, 2), (double[]){5, 14, 14, 50}, "m m'");
  expect_values(matmul(m, true, m, false), gibbs_shape_matrix(3, 3), (double[]){9, 12, 15, 12, 17, 22, 15, 22, 29},
                "m' m");
  expect_values(matmul(m, true, transpose(m), true), gibbs_shape_matrix(3, 3),
                (double[]){9, 12, 15, 12, 17, 22, 15, 22, 29}, "m' (m')'");
  expect_values(outer(w, v), gibbs_shape_matrix(2, 3), (double[]){0, 0, 0, 0, 1, 2}, "outer");
}

Test(values, gathers_and_scatters) {
  static const uint32_t at[4] = {2, 0, 2, 1};
  gibbs_shape square = gibbs_shape_matrix(2, 2), three = gibbs_shape_vector(3);
  gibbs_expr *v = count_up(three), *m = count_up(square);
  expect_values(gather(v, at, square), square, (double[]){2, 0, 2, 1}, "gather");
  expect_values(scatter(m, at, three), three, (double[]){1, 3, 2}, "scatter");
}

Test(values, logsumexp_far_out) {
  gibbs_shape shape = gibbs_shape_matrix(4, 3), row = gibbs_shape_vector(4);
  gibbs_tensor *tensor = spread(&shape, 0, 0, 0);
  const double rows[12] = {1e4, 1e4, 1e4, -1e4, -1e4, -1e4, -INFINITY, -INFINITY, -INFINITY, 0, INFINITY, NAN};
  for (size_t k = 0; k < 12; k++) gibbs_tensor_data(tensor)[k] = rows[k];
  gibbs_expr *x = logsumexp(constant_of(tensor));
  gibbs_tensor_release(tensor);
  cr_assert(gibbs_shape_equal(gibbs_expr_shape(x), &row));
  const double *value = gibbs_tensor_values(gibbs_expr_as_constant(x));
  cr_expect(value[0] == 1e4 + log(3) && value[1] == -1e4 + log(3) && value[2] == -INFINITY && isnan(value[3]));
}

/* ---- sums over states against loops --------------------------------------------------------------- */

/* Spins, bits and Potts together, energies up to 1e4. */
Test(values, marginal_of_mixed_variables_is_the_sum_by_hand) {
  gibbs_expr *s = spins(2), *b = bits(1), *p = variable_of(GIBBS_POTTS, 3, gibbs_shape_vector(1)),
             *all[3] = {p, s, b};
  gibbs_expr *first = element(s, 0), *second = element(s, 1);
  gibbs_expr *bit = sum(b), *label = sum(mul(p, count_up(gibbs_shape_matrix(1, 3))));
  const double scale[3] = {1, 1e4, -1e4};
  for (int k = 0; k < 3; k++) {
    gibbs_expr *e = mul(num(scale[k]), add(mul(mul(first, second), bit), mul(label, add(first, num(0.3)))));
    gibbs_expr *m = marginal_over(e, all, 3), *f = add(label, mul(first, num(2)));
    gibbs_expr *mean = mean_over(f, e, all, 3);
    long double weight[24], value[24], least = INFINITY, total = 0, average = 0;
    for (int i = 0; i < 24; i++) {
      int x = i & 1 ? 1 : -1, y = i & 2 ? 1 : -1, z = i >> 2 & 1, q = i >> 3;
      weight[i] = scale[k] * (x * y * z + q * (x + 0.3));
      value[i] = q + 2 * x;
      if (weight[i] < least) least = weight[i];
    }
    for (int i = 0; i < 24; i++) total += expl(least - weight[i]);
    for (int i = 0; i < 24; i++) average += value[i] * expl(least - weight[i]) / total;
    double expected = (double)(least - logl(total)), given = gibbs_expr_uniform_value(m);
    cr_expect(fabs(given - expected) <= 4e-16 * fabs(expected), "%.17g %.17g", given, expected);
    /* exp of a difference of energies of 1e4 magnifies their rounding of 1e-12 */
    given = gibbs_expr_uniform_value(mean);
    cr_expect(fabs(given - (double)average) <= 1e-11 * fabs((double)average), "%.17g %.17g", given, (double)average);
  }
}

Test(values, reference_values_agree_with_folding) {
  gibbs_shape vector = gibbs_shape_vector(3), scalar = gibbs_shape_scalar();
  gibbs_parameter *parameter = NULL;
  OK(gibbs_parameter_new("J", &scalar, &parameter, &error));
  gibbs_parameter_values(parameter)[0] = 0.7;
  gibbs_expr *J = parameter_of(parameter), *x = reals(vector), *h = spins(3);
  gibbs_expr *e = marginal(mul(J, sum(mul(h, un(GIBBS_OP_TANH, x)))), h);
  gibbs_tensor *value = spread(&vector, -1, 1, 1), *reference = NULL;
  OK(gibbs_reference_value(e, &x, &value, 1, &reference, &error));
  double folded = fold_scalar(substitute(e, J, num(0.7)), &x, &value, 1);
  cr_expect(gibbs_tensor_values(reference)[0] == folded);
  gibbs_tensor_release(reference);
  cr_expect(gibbs_reference_value(e, NULL, NULL, 0, &reference, &error) == GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(error.message, "value: a variable has no value here");
  gibbs_tensor_release(value);
  gibbs_parameter_release(parameter);
}
