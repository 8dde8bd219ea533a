/* test_expr_derivative.c - derivatives of every operation against differences, first and second. */
#include "expressions.h"

static const struct {
  double lo, hi;
} rows[] = {
#define GIBBS_OP_UNARY(id, name, lo, hi, ...) {lo, hi},
#define GIBBS_OP_BINARY(id, name, lo, hi, ...) {lo, hi},
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
};

TestSuite(derivative, .init = begin_case, .fini = end_case);

ParameterizedTestParameters(derivative, every_elementwise_operation_has_the_right_slopes) {
  static int row[GIBBS_OP_ELEMENTWISE_COUNT];
  for (int k = 0; k < GIBBS_OP_ELEMENTWISE_COUNT; k++) row[k] = k;
  return cr_make_param_array(int, row, GIBBS_OP_ELEMENTWISE_COUNT);
}

/* All combinations of a tensor and a scalar, weighted so that no element can stand in for another. */
ParameterizedTest(int *row, derivative, every_elementwise_operation_has_the_right_slopes) {
  gibbs_op op = (gibbs_op)*row;
  for (int mask = 0; mask < 4; mask++) {
    gibbs_shape shape[2] = {gibbs_shape_scalar(), gibbs_shape_scalar()};
    for (int k = 0; k < 2; k++)
      if (mask >> k & 1) shape[k] = gibbs_shape_matrix(2, 3);
    gibbs_expr *xs[2] = {reals(shape[0]), reals(shape[1])};
    gibbs_tensor *values[2];
    for (unsigned k = 0; k < 2; k++) values[k] = spread(&shape[k], rows[op].lo, rows[op].hi, 1 + k);
    gibbs_expr *y = gibbs_op_is_binary(op) ? bin(op, xs[0], xs[1]) : un(op, xs[0]);
    gibbs_expr *e = dot(y, constant(*gibbs_expr_shape(y), 0.5, 1.5, 3));
    expect_gradients(e, xs, values, gibbs_op_is_binary(op) ? 2 : 1, gibbs_op_name(op));
    for (unsigned k = 0; k < 2; k++) gibbs_tensor_release(values[k]);
  }
}

/* ---- shaped operations ---------------------------------------------------------------------------- */

static void free_values(gibbs_tensor *values[], size_t count) {
  for (size_t k = 0; k < count; k++) gibbs_tensor_release(values[k]);
}

/* y as a scalar that depends on every element in its own way. */
static gibbs_expr *weigh(gibbs_expr *y) {
  gibbs_expr *w = constant(*gibbs_expr_shape(y), 0.5, 1.5, 11);
  return dot(un(GIBBS_OP_TANH, y), w);
}

/* Product of op(a), 2x3, and op(b), a vector of 3 or 3x4. */
static void check_matmul(bool ta, bool tb, bool vector) {
  gibbs_shape a_shape = ta ? gibbs_shape_matrix(3, 2) : gibbs_shape_matrix(2, 3);
  gibbs_shape b_shape = vector ? gibbs_shape_vector(3) : tb ? gibbs_shape_matrix(4, 3) : gibbs_shape_matrix(3, 4);
  gibbs_expr *xs[2] = {reals(a_shape), reals(b_shape)};
  gibbs_tensor *values[2] = {spread(&a_shape, -1, 1, 1), spread(&b_shape, -1, 1, 2)};
  gibbs_expr *y = matmul(xs[0], ta, xs[1], tb);
  expect_gradients(weigh(y), xs, values, 2, "matmul");
  expect_gradients(add(sum(y), dot(y, y)), xs, values, 2, "matmul, summed");
  free_values(values, 2);
}

Test(derivative, matmul_in_all_shapes_and_transposes) {
  for (int k = 0; k < 8; k++) {
    bool vector = k & 4;
    if (vector && (k & 2)) continue; /* a vector has no transpose */
    check_matmul(k & 1, k & 2, vector);
  }
}

Test(derivative, matmul_of_a_matrix_with_itself_and_its_transpose) {
  gibbs_shape shape = gibbs_shape_matrix(3, 3);
  gibbs_expr *x = reals(shape);
  gibbs_tensor *value = spread(&shape, -1, 1, 4);
  expect_gradients(weigh(matmul(x, false, x, false)), &x, &value, 1, "x x");
  expect_gradients(weigh(matmul(x, true, x, false)), &x, &value, 1, "x' x");
  expect_gradients(weigh(matmul(transpose(x), true, transpose(x), false)), &x, &value, 1, "x x'");
  free_values(&value, 1);
}

Test(derivative, outer) {
  gibbs_shape shape[2] = {gibbs_shape_vector(3), gibbs_shape_vector(2)};
  gibbs_expr *xs[2] = {reals(shape[0]), reals(shape[1])};
  gibbs_tensor *values[2] = {spread(&shape[0], -1, 1, 1), spread(&shape[1], -1, 1, 2)};
  expect_gradients(weigh(outer(xs[0], xs[1])), xs, values, 2, "outer");
  expect_gradients(sum(outer(xs[0], xs[1])), xs, values, 2, "outer, summed");
  free_values(values, 2);
}

/* Repeated and left-out positions, and every gather and scatter with a name of its own. */
Test(derivative, gathers_and_scatters) {
  static const uint32_t at[6] = {3, 0, 3, 5, 1, 3};
  gibbs_shape shape = gibbs_shape_matrix(2, 3), vector = gibbs_shape_vector(6), wide = gibbs_shape_vector(8);
  gibbs_expr *x = reals(shape);
  gibbs_tensor *value = spread(&shape, -1, 1, 5);
  const long offset[2] = {1, -4};
  gibbs_expr *ys[] = {
      gather(x, at, vector), scatter(x, at, vector), scatter(x, at, wide), reshape(x, vector), element(x, 1),
      shift(x, offset, 2),   expand(x, 1, 4),        sum_axis(x, 0),       sum_axis(x, 1),     transpose(x)};
  for (size_t k = 0; k < sizeof ys / sizeof *ys; k++) {
    expect_gradients(weigh(ys[k]), &x, &value, 1, gibbs_expr_verb(ys[k]));
    expect_gradients(add(sum(ys[k]), dot(ys[k], ys[k])), &x, &value, 1, gibbs_expr_verb(ys[k]));
  }
  free_values(&value, 1);
}

Test(derivative, logsumexp_of_vectors_and_of_rows) {
  for (int rank = 1; rank <= 2; rank++) {
    gibbs_shape shape = rank == 1 ? gibbs_shape_vector(4) : gibbs_shape_matrix(3, 4);
    gibbs_expr *x = reals(shape);
    gibbs_tensor *value = spread(&shape, -2, 2, 5);
    expect_gradients(weigh(logsumexp(x)), &x, &value, 1, "logsumexp");
    expect_gradients(sum(logsumexp(x)), &x, &value, 1, "logsumexp, summed");
    free_values(&value, 1);
  }
}

/* A scalar that stands for a whole tensor in front of every kind of node. */
Test(derivative, scalars_that_broadcast) {
  gibbs_shape shape[2] = {gibbs_shape_scalar(), gibbs_shape_vector(3)};
  gibbs_expr *xs[2] = {reals(shape[0]), reals(shape[1])}, *s = xs[0], *v = xs[1];
  gibbs_tensor *values[2] = {spread(&shape[0], 0.5, 1, 1), spread(&shape[1], 0.5, 1, 2)};
  gibbs_shape matrix = gibbs_shape_matrix(2, 3);
  gibbs_expr *ones = broadcast(s, matrix);
  gibbs_expr *es[] = {sum(mul(s, mul(s, v))),      sum(add(mul(s, v), mul(s, s))),
                      sum(un(GIBBS_OP_EXP, ones)), weigh(matmul(ones, false, v, false)),
                      sum(quotient(v, s)),         sum(quotient(s, v)),
                      weigh(add(ones, s)),         dot(outer(v, v), outer(v, mul(s, v)))};
  for (size_t k = 0; k < sizeof es / sizeof *es; k++) expect_gradients(es[k], xs, values, 2, "broadcast");
  free_values(values, 2);
}

/* ---- many arguments, inner nodes ------------------------------------------------------------------ */

/* The energy of a machine, -v.W h - a.v - b.h, and -log sum_h exp(-E) by hand: -a.v - sum log(2 cosh(b + W'v)). */
Test(derivative, energy_of_a_machine_and_its_marginal) {
  gibbs_shape shape[4] = {gibbs_shape_vector(3), gibbs_shape_matrix(3, 2), gibbs_shape_vector(3),
                          gibbs_shape_vector(2)};
  gibbs_expr *xs[4], *h = spins(2);
  gibbs_tensor *values[4];
  for (unsigned k = 0; k < 4; k++) xs[k] = reals(shape[k]), values[k] = spread(&shape[k], -1, 1, k + 1);
  gibbs_expr *field = add(matmul(xs[1], true, xs[0], false), xs[3]);
  gibbs_expr *e = sub(neg(dot(xs[2], xs[0])), dot(field, h));
  gibbs_expr *by_hand = sub(neg(dot(xs[2], xs[0])), sum(add(un(GIBBS_OP_LOGCOSH, field), num(log(2)))));
  gibbs_expr *by_states = marginal(e, h);
  double hand = fold_scalar(by_hand, xs, values, 4), states = fold_scalar(by_states, xs, values, 4);
  cr_expect(fabs(hand - states) < 1e-13 * fabs(hand), "%.17g, by states %.17g", hand, states);
  expect_gradients(by_hand, xs, values, 4, "machine by hand");
  expect_gradients(by_states, xs, values, 4, "machine by states");
  free_values(values, 4);
}

Test(derivative, hessian_is_symmetric) {
  gibbs_shape shape = gibbs_shape_vector(3);
  gibbs_expr *x = reals(shape);
  gibbs_tensor *value = spread(&shape, 0.5, 1.5, 1), *rows_of[3];
  gibbs_expr *e = mul(un(GIBBS_OP_LOG, sum(un(GIBBS_OP_EXP, x))), sum(power(x, 3)));
  gibbs_expr *slope = gradient(e, x);
  for (size_t i = 0; i < 3; i++) rows_of[i] = fold_at(gradient(element(slope, i), x), &x, &value, 1);
  for (size_t i = 0; i < 3; i++)
    for (size_t j = 0; j < i; j++) {
      double a = gibbs_tensor_values(rows_of[i])[j], b = gibbs_tensor_values(rows_of[j])[i];
      cr_expect(fabs(a - b) < 1e-13 * fabs(a), "%.17g %.17g", a, b); /* the same sums in another order */
    }
  free_values(rows_of, 3);
  free_values(&value, 1);
}

Test(derivative, one_pass_gives_inner_nodes_leaves_and_strangers) {
  gibbs_expr *x = reals(gibbs_shape_vector(3)), *stranger = reals(gibbs_shape_vector(2)), *outs[5];
  gibbs_expr *y = un(GIBBS_OP_TANH, x), *e = dot(y, y), *xs[] = {x, y, stranger, e, x};
  OK(gibbs_expr_gradient(e, xs, 5, outs, &error));
  for (size_t k = 0; k < 5; k++) keep(outs[k]);
  cr_expect(outs[0] == gradient(e, x) && outs[0] == outs[4]);
  cr_expect(outs[1] == mul(num(2), y));
  cr_expect(gibbs_expr_is_value(outs[2], 0) && gibbs_expr_size(outs[2]) == 2);
  cr_expect(outs[3] == num(1));
}

Test(derivative, pullback_is_the_gradient_with_the_seed_held_fixed) {
  gibbs_expr *x = reals(gibbs_shape_vector(3)), *y = un(GIBBS_OP_SINH, x), *pulled = NULL;
  OK(gibbs_expr_pullback(y, x, &x, 1, &pulled, &error));
  keep(pulled);
  cr_expect(pulled == mul(x, un(GIBBS_OP_COSH, x)));
  cr_expect(gibbs_expr_pullback(y, num(1), &x, 1, &pulled, &error) == GIBBS_ERR_SHAPE);
  cr_expect_str_eq(error.message, "pullback: shapes 3 and scalar do not agree; they must be equal");
}

Test(derivative, what_cannot_be_differentiated_is_refused) {
  gibbs_expr *x = reals(gibbs_shape_vector(3)), *untouched = x;
  cr_expect(gibbs_expr_gradient(x, &x, 1, &untouched, &error) == GIBBS_ERR_SHAPE);
  cr_expect_str_eq(error.message, "grad: an expression of shape 3; only a scalar has a gradient");
  gibbs_callback callback = {.references = 1};
  gibbs_expr *e = callback_of(&callback, &x, 1), *y = reals(gibbs_shape_scalar());
  cr_expect(gibbs_expr_gradient(mul(e, y), &x, 1, &untouched, &error) == GIBBS_ERR_UNSUPPORTED);
  cr_expect_str_eq(error.message, "grad: an energy written as a Lua function has no derivative; write it with "
                                  "expressions");
  cr_expect(untouched == x);
  cr_expect(gradient(mul(e, y), y) == e, "what does not go through the function can be had");
}

/* ---- sums over states ----------------------------------------------------------------------------- */

Test(derivative, marginals_inside_marginals) {
  gibbs_shape scalar = gibbs_shape_scalar(), vector = gibbs_shape_vector(2);
  gibbs_expr *h = spins(2), *g = bits(2), *xs[2] = {reals(scalar), reals(vector)};
  gibbs_tensor *values[2] = {spread(&scalar, 0.3, 0.9, 1), spread(&vector, 0.3, 0.9, 2)};
  gibbs_expr *inner = marginal(add(mul(xs[0], dot(g, h)), dot(g, xs[1])), g);
  gibbs_expr *middle = add(mul(inner, inner), mul(xs[0], sum(h)));
  gibbs_expr *e = marginal(add(middle, dot(xs[1], h)), h);
  expect_gradients(e, xs, values, 2, "marginal of a marginal");
  gibbs_expr *mean = marginal_mean(mul(xs[1], h), middle, h);
  expect_gradients(weigh(mean), xs, values, 2, "mean");
  free_values(values, 2);
}

/* The same variable is free outside and bound inside: derivatives have to keep the two apart. */
Test(derivative, a_variable_that_is_free_and_bound) {
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_expr *h = spins(2), *xs[1] = {reals(scalar)}, *x = xs[0];
  gibbs_expr *energy = mul(x, mul(element(h, 0), element(h, 1)));
  gibbs_expr *tilted = add(energy, mul(mul(x, x), element(h, 0)));
  gibbs_expr *apart = sub(tilted, marginal(tilted, h)), *e = mul(apart, apart);
  gibbs_expr *second = gradient(gradient(e, x), x);
  gibbs_tensor *value = spread(&scalar, 0.4, 0.9, 3);
  gibbs_shape vector = gibbs_shape_vector(2);
  for (int s = 0; s < 4; s++) {
    gibbs_tensor *state = spread(&vector, 0, 0, 0);
    gibbs_tensor_data(state)[0] = s & 1 ? 1 : -1;
    gibbs_tensor_data(state)[1] = s & 2 ? 1 : -1;
    gibbs_expr *fixed = constant_of(state);
    gibbs_tensor_release(state);
    gibbs_expr *at_state = substitute(e, h, fixed);
    expect_gradients(at_state, xs, &value, 1, "at one state");
    gibbs_expr *direct = gradient(gradient(at_state, x), x), *late = substitute(second, h, fixed);
    double a = fold_scalar(direct, xs, &value, 1), b = fold_scalar(late, xs, &value, 1);
    cr_expect(fabs(a - b) < 1e-12 * (1 + fabs(a)), "state %d: %.17g %.17g", s, a, b);
  }
  free_values(&value, 1);
}

/* Moving h x outside does not move the h' x inside: only the outside counts. */
Test(derivative, by_an_inner_node_that_is_bound_elsewhere) {
  gibbs_expr *h = spins(2), *x = reals(gibbs_shape_vector(2)), *inner = mul(h, x);
  gibbs_expr *e = mul(marginal(sum(un(GIBBS_OP_TANH, inner)), h), sum(mul(num(3), inner)));
  gibbs_expr *slope = gradient(e, inner), *expected = mul(num(3), marginal(sum(un(GIBBS_OP_TANH, inner)), h));
  cr_expect(slope == broadcast(expected, gibbs_shape_vector(2)));
  gibbs_expr *xs[2] = {inner, x}, *outs[2];
  OK(gibbs_expr_gradient(e, xs, 2, outs, &error));
  cr_expect(keep(outs[0]) == slope, "also when something else leads into the body");
  cr_expect(keep(outs[1]) == gradient(e, x));
  cr_expect(gibbs_expr_is_value(gradient(marginal(sum(un(GIBBS_OP_TANH, inner)), h), inner), 0));
}
