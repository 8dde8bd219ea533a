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
