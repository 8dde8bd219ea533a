/* test_normal_form_function.c - functions of one number as they are found in energies: values, slopes, what they are.
 */
#include <string.h>

#include "forms.h"

TestSuite(functions, .init = begin_case, .fini = end_case);

enum { arguments = 150 };

/* The function that is left when f(z) of an affine z is lowered. */
static gibbs_normal_form *form_of(gibbs_expr *z, gibbs_expr *f, gibbs_expr *v) {
  gibbs_normal_form *form = lower(sum(f), v);
  cr_assert_eq(gibbs_normal_form_affine_count(form), 1u);
  (void)z;
  return form;
}

static gibbs_expr *wide_sum(gibbs_expr *v) {
  return matmul(constant(gibbs_shape_matrix(3, 7), 0.2, 0.9, 5), false, v, false);
}

/* Values by the operations one by one, slopes by differences of fourth order. */
static void expect_function(const gibbs_function *f, double low, double high, double (*value)(double),
                            const char *what) {
  const double step = 1e-3;
  double x[arguments], y[arguments], slope[arguments], alone[arguments], near[4][arguments];
  float single[arguments], rough[arguments];
  for (size_t k = 0; k < arguments; k++) {
    x[k] = low + (high - low) * (double)k / arguments;
    single[k] = (float)x[k];
  }
  gibbs_function_values(f, arguments, x, y, slope);
  gibbs_function_values(f, arguments, x, alone, NULL);
  gibbs_function_values_float(f, arguments, single, rough);
  cr_expect_eq(memcmp(y, alone, sizeof y), 0, "%s: slopes change values", what);
  for (int d = 0; d < 4; d++) {
    double moved[arguments];
    for (size_t k = 0; k < arguments; k++) moved[k] = x[k] + (d < 2 ? d - 2 : d - 1) * step;
    gibbs_function_values(f, arguments, moved, near[d], NULL);
  }
  for (size_t k = 0; k < arguments; k++) {
    double difference = (near[0][k] - 8 * near[1][k] + 8 * near[2][k] - near[3][k]) / (12 * step);
    cr_expect(fabs(y[k] - value(x[k])) <= 1e-13 * (1 + fabs(y[k])), "%s(%g) is %g, not %g", what, x[k], y[k],
              value(x[k]));
    cr_expect(fabs(slope[k] - difference) <= 1e-7 * (1 + fabs(difference)), "%s'(%g) is %g, difference %g", what,
              x[k], slope[k], difference);
    cr_expect(fabs((double)rough[k] - y[k]) <= 1e-5 * (1 + fabs(y[k])), "%s(%g) is %g in float", what, x[k],
              (double)rough[k]);
  }
}

static gibbs_op present;
static double value_of_op(double x) {
  return gibbs_op_value(present, x, 0);
}

/* Every elementwise operation of one argument, alone. */
Test(functions, of_one_operation_are_known_by_it) {
  static const struct {
    double low, high;
    bool unary;
  } rows[] = {
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc) {lo, hi, true},
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc) {lo, hi, false},
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
  };
  gibbs_expr *v = bits(7), *z = add(num(0.5), wide_sum(v));
  for (int op = 0; op < GIBBS_OP_ELEMENTWISE_COUNT; op++) {
    if (!rows[op].unary || op == GIBBS_OP_NEG) continue;
    gibbs_normal_form *form = form_of(z, un((gibbs_op)op, z), v);
    const gibbs_function *f = &gibbs_normal_form_affine(form)->function;
    gibbs_op found = GIBBS_OP_ADD;
    cr_expect(gibbs_function_is_op(f, &found) && found == (gibbs_op)op, "%s", gibbs_op_name((gibbs_op)op));
    present = (gibbs_op)op;
    expect_function(f, rows[op].low, rows[op].high, value_of_op, gibbs_op_name((gibbs_op)op));
    gibbs_normal_form_free(form);
  }
}

static double exponent;
static double raise(double x) {
  return pow(x, exponent);
}

Test(functions, that_are_powers_are_known_by_their_exponent) {
  gibbs_expr *v = spins(7), *z = wide_sum(v);
  for (exponent = 3; exponent <= 16; exponent++) {
    gibbs_normal_form *form = form_of(z, power(z, exponent), v);
    const gibbs_function *f = &gibbs_normal_form_affine(form)->function;
    unsigned found = 0;
    cr_expect(gibbs_function_is_power(f, &found) && (double)found == exponent);
    expect_function(f, -1.2, 1.2, raise, "a power");
    gibbs_normal_form_free(form);
  }
  gibbs_expr *square = mul(z, z), *ways[] = {mul(square, mul(square, z)), mul(z, power(square, 2)), power(z, 5)};
  exponent = 5;
  for (size_t k = 0; k < 3; k++) {
    gibbs_normal_form *form = form_of(z, ways[k], v);
    const gibbs_function *f = &gibbs_normal_form_affine(form)->function;
    unsigned found = 0;
    cr_expect(gibbs_function_is_power(f, &found) && found == 5);
    cr_expect(f->steps == 1 && f->step[0].op == GIBBS_OP_POW && f->constants == 1 && f->constant[0] == 5);
    gibbs_normal_form_free(form);
  }
}

static double rate, offset;
static double some_function(double z) {
  return exp(-rate * fabs(z)) * z / (offset + z * z);
}

/* Several steps, with parameters inside of the function, which are read again. */
Test(functions, of_several_steps_follow_their_parameters) {
  gibbs_expr *v = spins(7), *z = wide_sum(v);
  gibbs_expr *a = named_parameter("a", gibbs_shape_scalar(), 1), *b = num(1.5);
  gibbs_parameter *parameter = gibbs_expr_as_parameter(a);
  *gibbs_parameter_values(parameter) = rate = 0.3;
  offset = 1.5;
  gibbs_expr *f = quotient(mul(un(GIBBS_OP_EXP, neg(mul(a, un(GIBBS_OP_ABS, z)))), z), add(b, mul(z, z)));
  gibbs_normal_form *form = form_of(z, f, v);
  unsigned power = 0;
  gibbs_op op;
  const gibbs_function *found = &gibbs_normal_form_affine(form)->function;
  cr_expect_not(gibbs_function_is_power(found, &power));
  cr_expect_not(gibbs_function_is_op(found, &op));
  expect_function(found, 0.1, 2, some_function, "a function");
  *gibbs_parameter_values(parameter) = rate = 0.8;
  gibbs_parameter_touch(parameter);
  OK(gibbs_normal_form_refresh(form, &error));
  expect_function(found, 0.1, 2, some_function, "a function with another parameter");
  gibbs_normal_form_free(form);
}

/* An exponent that is a parameter is whole by chance: the structure is that of any exponent. */
Test(functions, keep_their_steps_when_an_exponent_changes) {
  gibbs_expr *v = bits(7), *z = add(num(0.5), wide_sum(v)), *p = named_parameter("p", gibbs_shape_scalar(), 1);
  gibbs_parameter *parameter = gibbs_expr_as_parameter(p);
  *gibbs_parameter_values(parameter) = 2;
  gibbs_expr *e = sum(mul(bin(GIBBS_OP_POW, z, p), z));
  gibbs_normal_form *form = lower(e, v);
  *gibbs_parameter_values(parameter) = 2.5;
  gibbs_parameter_touch(parameter);
  OK(gibbs_normal_form_refresh(form, &error));
  expect_energy(form, e, &v, 1, 1e-12, "an exponent of 2.5");
  unsigned power = 0;
  cr_expect_not(gibbs_function_is_power(&gibbs_normal_form_affine(form)->function, &power));
  gibbs_normal_form_free(form);
}
