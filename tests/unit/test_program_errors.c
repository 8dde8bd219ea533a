/* test_program_errors.c - what is refused, where values that are not finite are found, and callbacks. */
#include <string.h>

#include "programs.h"

TestSuite(program_errors, .init = begin_case, .fini = end_case);

static double *values_of(gibbs_expr *node) {
  return gibbs_parameter_values(gibbs_expr_as_parameter(node));
}

static void expect_failure(gibbs_status status, gibbs_status code, const char *message) {
  cr_expect(status == code && error.code == code, "status %d", (int)status);
  cr_expect(strcmp(error.message, message) == 0, "'%s', not '%s'", error.message, message);
}

Test(program_errors, a_parameter_that_is_not_finite_is_named_with_its_place) {
  gibbs_expr *W = named_parameter("W", gibbs_shape_matrix(3, 4), 1),
             *J = named_parameter("J", gibbs_shape_scalar(), 1);
  gibbs_expr *e = mul(J, sum(W));
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  gibbs_program *program = NULL;
  gibbs_tensor *value = NULL;
  OK(gibbs_program_new(&e, &kind, 1, NULL, 0, &program, &error));
  values_of(W)[6] = NAN;
  expect_failure(gibbs_program_prepare(program, &error), GIBBS_ERR_NUMERIC,
                 "parameter 'W' holds nan at [2, 3]; parameters must be finite");
  expect_failure(gibbs_expr_value(e, &value, &error), GIBBS_ERR_NUMERIC,
                 "parameter 'W' holds nan at [2, 3]; parameters must be finite");
  values_of(W)[6] = 0;
  values_of(J)[0] = -INFINITY;
  expect_failure(gibbs_program_prepare(program, &error), GIBBS_ERR_NUMERIC,
                 "parameter 'J' holds -inf; parameters must be finite");
  gibbs_program_free(program);
}

Test(program_errors, a_variable_without_values_is_refused) {
  gibbs_expr *v = spins(2), *other = spins(3);
  gibbs_expr *e = sum(other);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  gibbs_program *program = NULL;
  gibbs_tensor *value = NULL;
  const char *message = "an expression depends on the variable 'x' (spins), which has no value here";
  expect_failure(gibbs_program_new(&e, &kind, 1, &v, 1, &program, &error), GIBBS_ERR_ARGUMENT, message);
  expect_failure(gibbs_expr_value(e, &value, &error), GIBBS_ERR_ARGUMENT, message);
  cr_assert(!program && !value);
}

static void release_nothing(void *payload) {
  (void)payload;
}

Test(program_errors, a_functional_is_refused) {
  static gibbs_functional functional = {.references = 1, .release = release_nothing};
  gibbs_expr *e = functional_of(&functional);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  gibbs_program *program = NULL;
  expect_failure(gibbs_program_new(&e, &kind, 1, NULL, 0, &program, &error), GIBBS_ERR_ARGUMENT,
                 "an expression of configurations depends on a functional of distributions; take its value first");
}

/* Runs e over configurations of which number 5 has the value `odd` of the scalar input, and the others 1. */
static void expect_trace(gibbs_expr *e, gibbs_expr *x, double odd, const char *message) {
  enum { batch = 9 };
  double values[batch], each[batch * 4], *out = each;
  const double *in = values;
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  batch_case c = {.inputs = {x}, .count = 1};
  for (size_t b = 0; b < batch; b++) values[b] = b == 5 ? odd : 1;
  compiled p = compile(&e, &kind, 1, &c);
  expect_failure(gibbs_program_run(p.program, p.workspace, batch, batch, &in, &out, &error), GIBBS_ERR_NUMERIC,
                 message);
  values[5] = 1;
  OK(gibbs_program_run(p.program, p.workspace, batch, batch, &in, &out, &error));
  free_compiled(&p);
}

Test(program_errors, the_operation_that_is_not_finite_is_named_with_its_argument_and_its_place) {
  gibbs_expr *x = reals(gibbs_shape_scalar());
  gibbs_graph_set_origin(graph, "script.lua:14");
  gibbs_expr *log_x = un(GIBBS_OP_LOG, x);
  gibbs_graph_set_origin(graph, "script.lua:20");
  gibbs_expr *e = add(mul(num(2), log_x), un(GIBBS_OP_COSH, x));
  expect_trace(e, x, -0.5, "log of -0.5 is nan, made at script.lua:14");
  expect_trace(e, x, 0, "log of 0 is -inf, made at script.lua:14");
  gibbs_graph_set_origin(graph, NULL);
}

Test(program_errors, a_quotient_and_a_power_name_both_arguments) {
  gibbs_expr *x = reals(gibbs_shape_scalar());
  expect_trace(quotient(num(3), x), x, 0, "div of 3 and 0 is inf");
  expect_trace(power(x, 1.5), x, -4, "pow of -4 and 1.5 is nan");
  expect_trace(un(GIBBS_OP_EXP, mul(num(700), x)), x, 2, "exp of 1400 is inf");
}

Test(program_errors, an_input_that_is_not_finite_is_named) {
  gibbs_expr *x = reals(gibbs_shape_scalar());
  expect_trace(un(GIBBS_OP_TANH, add(num(1), x)), x, NAN, "the variable 'x' holds nan; values must be finite");
}

Test(program_errors, what_goes_wrong_inside_a_sum_over_states_is_found_there) {
  gibbs_expr *x = reals(gibbs_shape_scalar()), *h = spins(2);
  gibbs_expr *e = marginal(mul(un(GIBBS_OP_LOG, add(x, mul(num(0.4), element(h, 1)))), element(h, 0)), h);
  expect_trace(e, x, 0.25, "log of -0.15 is nan");
}

Test(program_errors, a_state_that_cannot_occur_is_no_error) {
  gibbs_expr *x = reals(gibbs_shape_scalar()), *h = bits(1);
  /* 1/h is infinite for h = 0: that state has no weight. */
  gibbs_expr *energy = mul(x, quotient(num(1), element(h, 0))), *e = marginal(energy, h);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  batch_case c = {.inputs = {x}, .count = 1, .batch = 3, .stride = 3};
  fill_batch(&c, 0.5, 1, 1);
  double each[3], *out = each;
  compiled p = compile(&e, &kind, 1, &c);
  OK(gibbs_program_run(p.program, p.workspace, 3, 3, (const double *const *)c.values, &out, &error));
  for (size_t b = 0; b < 3; b++) cr_assert(fabs(each[b] - c.values[0][b]) < 1e-15);
  free_compiled(&p);
  free_batch(&c);
}

/* Far beyond what exp can hold; the exponents differ by up to 4e4. */
Test(program_errors, sums_over_states_of_large_energies_are_right) {
  gibbs_expr *x = reals(gibbs_shape_vector(3)), *h = spins(3), *energy = mul(num(1e4), dot(x, h));
  gibbs_expr *all[] = {marginal(energy, h), marginal_mean(h, energy, h), logsumexp(mul(num(1e4), x))};
  batch_case c = {.inputs = {x}, .count = 1, .batch = 50, .stride = 50};
  fill_batch(&c, -1, 1, 1);
  /* The energies themselves are rounded at 1e4 eps, and means see their exponentials. */
  expect_program(all, 3, &c, 1e-11);
  free_batch(&c);
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static gibbs_status weigh_values(void *payload, const double *values, double *result, gibbs_error *err) {
  size_t *calls = payload;
  ++*calls;
  if (values[0] > 1.5) return gibbs_fail(err, GIBBS_ERR_CALLBACK, "too much");
  *result = values[0] + 10 * values[1] + 100 * values[2] + 1000 * values[3] * values[4];
  return GIBBS_OK;
}

Test(program_errors, a_callback_gets_the_values_of_its_variables_one_after_the_other) {
  static size_t calls = 0;
  static gibbs_callback callback = {
      .references = 1, .payload = &calls, .call = weigh_values, .release = release_nothing};
  gibbs_expr *x = reals(gibbs_shape_vector(2)), *s = spins(3), *xs[] = {x, s};
  gibbs_expr *e = callback_of(&callback, xs, 2), *all[] = {mul(num(2), e), marginal(mul(num(1e-3), e), s)};
  batch_case c = {.inputs = {x, s}, .count = 2, .batch = 20, .stride = 21};
  fill_batch(&c, -1, 1, 1);
  expect_program(all, 2, &c, 1e-13);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  double each[21], *out = each;
  compiled p = compile(&e, &kind, 1, &c);
  cr_assert(gibbs_program_calls_back(p.program));
  calls = 0;
  c.values[0][7] = 2;
  gibbs_status status =
      gibbs_program_run(p.program, p.workspace, 20, 21, (const double *const *)c.values, &out, &error);
  cr_assert(status == GIBBS_ERR_CALLBACK && strcmp(error.message, "too much") == 0 && calls == 8);
  free_compiled(&p);
  free_batch(&c);
}
