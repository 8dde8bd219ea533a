/* test_normal_form.c - energies lowered to their structure: the same values as the expression, and the structure that
 * is there. */
#include "forms.h"

Test(normal_form, a_constant_alone) {
  begin_case();
  gibbs_expr *s = spins(3);
  gibbs_normal_form *form = lower(add(num(2.5), mul(num(0), sum(s))), s);
  cr_expect_eq(gibbs_normal_form_constant(form), 2.5);
  cr_expect_eq(gibbs_normal_form_units(form), 3u);
  cr_expect(gibbs_normal_form_is_pairwise(form));
  cr_expect_null(fields_of(form));
  cr_expect_not(gibbs_normal_form_has_sparse(form));
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, a_machine_is_fields_and_one_block) {
  begin_case();
  gibbs_expr *v = spins(5), *h = bits(4), *w = named_parameter("W", gibbs_shape_matrix(5, 4), 0.3);
  gibbs_expr *a = named_parameter("a", gibbs_shape_vector(5), 0.2);
  gibbs_expr *xs[] = {v, h};
  gibbs_expr *e = neg(add(dot(v, matmul(w, false, h, false)), dot(a, v)));
  gibbs_normal_form *form = lower_all(e, xs, 2);
  cr_assert_eq(gibbs_normal_form_dense_count(form), 1u);
  const gibbs_dense *d = gibbs_normal_form_dense(form);
  cr_expect(d->row_at == 0 && d->rows == 5 && d->column_at == 5 && d->columns == 4);
  const double *weights = gibbs_parameter_values(gibbs_expr_as_parameter(w));
  for (size_t k = 0; k < 20; k++) cr_expect_eq(d->value[k], -weights[k]);
  cr_expect_not(gibbs_normal_form_has_sparse(form));
  cr_expect(gibbs_normal_form_is_pairwise(form));
  gibbs_normal_form *turned = NULL;
  gibbs_expr *other = neg(add(dot(h, matmul(w, true, v, false)), dot(a, v)));
  OK(gibbs_normal_form_new(other, xs, 2, &turned, &error));
  for (size_t k = 0; k < 20; k++) cr_expect_eq(gibbs_normal_form_dense(turned)->value[k], -weights[k]);
  gibbs_normal_form_free(turned);
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, a_squared_sum_is_a_constant_and_all_pairs) {
  begin_case();
  gibbs_expr *s = spins(4);
  gibbs_normal_form *form = lower(mul(num(0.5), mul(sum(s), sum(s))), s);
  cr_expect_eq(gibbs_normal_form_constant(form), 2.0);
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < 4; j++) cr_expect_eq(coupling(form, i, j), i == j ? 0.0 : 1.0);
  cr_expect_null(fields_of(form));
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, squares_of_reals_are_functions_of_one_element) {
  begin_case();
  gibbs_expr *x = reals(gibbs_shape_vector(3));
  gibbs_normal_form *form = lower(mul(sum(x), sum(x)), x);
  cr_assert_eq(gibbs_normal_form_affine_count(form), 1u);
  const gibbs_affine *a = gibbs_normal_form_affine(form);
  unsigned power = 0;
  cr_expect(gibbs_function_is_power(&a->function, &power) && power == 2 && a->rows == 3);
  cr_expect_eq(coupling(form, 0, 1), 2.0);
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, three_neighbours_are_products) {
  begin_case();
  gibbs_expr *s = spins(5);
  long one = 1, two = 2;
  gibbs_expr *e = mul(num(-0.7), sum(mul(mul(s, shift(s, &one, 1)), shift(s, &two, 1))));
  gibbs_normal_form *form = lower(e, s);
  const gibbs_monomials *m = gibbs_normal_form_monomials(form);
  cr_assert_eq(m->count, 5u);
  cr_expect_eq(m->first[5], 15u);
  cr_expect(m->element[0] == 0 && m->element[1] == 1 && m->element[2] == 2 && m->coefficient[0] == -0.7);
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, hidden_units_summed_are_functions_of_affine_forms) {
  begin_case();
  gibbs_expr *v = spins(6), *w = named_parameter("W", gibbs_shape_matrix(6, 4), 0.4);
  gibbs_expr *b = named_parameter("b", gibbs_shape_vector(4), 0.3);
  gibbs_expr *e = neg(sum(un(GIBBS_OP_LOGCOSH, add(matmul(w, true, v, false), b))));
  gibbs_normal_form *form = lower(e, v);
  cr_assert_eq(gibbs_normal_form_affine_count(form), 1u);
  const gibbs_affine *a = gibbs_normal_form_affine(form);
  gibbs_op op = GIBBS_OP_ADD;
  cr_expect(gibbs_function_is_op(&a->function, &op) && op == GIBBS_OP_LOGCOSH);
  cr_expect(a->dense && a->rows == 4 && a->column_at == 0 && a->columns == 6 && a->weight[0] == -1.0);
  cr_expect_null(gibbs_normal_form_rest(form));
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, cubes_of_patterns_stay_functions) {
  begin_case();
  gibbs_expr *v = spins(9), *xi = constant(gibbs_shape_matrix(3, 9), -1, 1, 3), *z = matmul(xi, false, v, false);
  gibbs_expr *two[] = {neg(sum(power(z, 3))), neg(sum(mul(z, mul(z, z))))};
  for (size_t k = 0; k < 2; k++) {
    gibbs_normal_form *form = lower(two[k], v);
    cr_assert_eq(gibbs_normal_form_affine_count(form), 1u);
    unsigned power = 0;
    cr_expect(gibbs_function_is_power(&gibbs_normal_form_affine(form)->function, &power) && power == 3);
    cr_expect_eq(gibbs_normal_form_affine(form)->function.steps, 1u);
    gibbs_normal_form_free(form);
  }
  end_case();
}

Test(normal_form, what_has_no_structure_is_left) {
  begin_case();
  gibbs_expr *x = variable_of(GIBBS_POTTS, 3, gibbs_shape_vector(4)),
             *j = named_parameter("J", gibbs_shape_scalar(), 1);
  gibbs_expr *odd = sum(logsumexp(mul(j, x)));
  gibbs_expr *e = sub(mul(j, sum(mul(x, x))), mul(num(3), odd));
  gibbs_normal_form *form = lower(e, x);
  cr_assert_not_null(gibbs_normal_form_rest(form));
  cr_expect_not(gibbs_normal_form_is_pairwise(form));
  cr_expect(gibbs_expr_depends(gibbs_normal_form_rest(form), x));
  gibbs_normal_form_free(form);
  end_case();
}

static void expect_same_block(const gibbs_dense *a, const gibbs_dense *b) {
  cr_assert(a->row_at == b->row_at && a->rows == b->rows && a->column_at == b->column_at && a->columns == b->columns);
  for (size_t k = 0; k < a->rows * a->columns; k++) cr_expect_eq(a->value[k], b->value[k], "value %zu", k);
}

/* One machine in six writings. */
Test(normal_form, a_machine_is_one_form_however_it_is_written) {
  begin_case();
  gibbs_expr *v = spins(4), *h = bits(3), *w = named_parameter("W", gibbs_shape_matrix(4, 3), 0.3), *xs[] = {v, h};
  gibbs_expr *unit_by_unit = num(0);
  for (size_t i = 0; i < 4; i++)
    for (size_t j = 0; j < 3; j++)
      unit_by_unit = sub(unit_by_unit, mul(mul(element(element(w, i), j), element(v, i)), element(h, j)));
  gibbs_expr *ways[] = {
      neg(dot(v, matmul(w, false, h, false))),
      neg(dot(h, matmul(w, true, v, false))),
      neg(sum(mul(w, outer(v, h)))),
      neg(sum(mul(outer(h, v), transpose(w)))),
      mul(num(-1), dot(matmul(w, true, v, false), h)),
      unit_by_unit,
  };
  gibbs_normal_form *first = lower_all(ways[0], xs, 2);
  cr_assert_eq(gibbs_normal_form_dense_count(first), 1u);
  for (size_t k = 1; k < 6; k++) {
    gibbs_normal_form *form = lower_all(ways[k], xs, 2);
    cr_assert_eq(gibbs_normal_form_dense_count(form), 1u, "writing %zu", k);
    expect_same_block(gibbs_normal_form_dense(first), gibbs_normal_form_dense(form));
    cr_expect_not(gibbs_normal_form_has_sparse(form));
    gibbs_normal_form_free(form);
  }
  gibbs_normal_form_free(first);
  end_case();
}

Test(normal_form, a_centred_machine_has_fields_of_its_centres) {
  begin_case();
  gibbs_expr *v = bits(5), *h = bits(4), *w = named_parameter("W", gibbs_shape_matrix(5, 4), 0.3), *xs[] = {v, h};
  gibbs_expr *a = named_parameter("a", gibbs_shape_vector(5), 0.4),
             *b = named_parameter("b", gibbs_shape_vector(4), 0.2);
  gibbs_normal_form *form = lower_all(neg(dot(sub(v, a), matmul(w, false, sub(h, b), false))), xs, 2);
  cr_assert_eq(gibbs_normal_form_dense_count(form), 1u);
  const double *values = gibbs_parameter_values(gibbs_expr_as_parameter(w));
  for (size_t k = 0; k < 20; k++) cr_expect_eq(gibbs_normal_form_dense(form)->value[k], -values[k]);
  cr_expect_not_null(fields_of(form));
  gibbs_normal_form_free(form);
  end_case();
}

/* A full matrix within one variable: symmetric, nothing on the diagonal; the same for a list of all pairs. */
Test(normal_form, a_full_matrix_of_couplings_is_a_symmetric_block) {
  begin_case();
  enum { n = 20, pairs = n * (n - 1) / 2 };
  gibbs_expr *s = spins(n), *j = named_parameter("J", gibbs_shape_matrix(n, n), 0.3);
  gibbs_normal_form *form = lower(mul(num(0.5), dot(s, matmul(j, false, s, false))), s);
  cr_assert_eq(gibbs_normal_form_dense_count(form), 1u);
  const gibbs_dense *d = gibbs_normal_form_dense(form);
  const double *values = gibbs_parameter_values(gibbs_expr_as_parameter(j));
  double trace = 0;
  for (size_t i = 0; i < n; i++) {
    trace += 0.5 * values[i * n + i];
    for (size_t k = 0; k < n; k++) {
      double expected = i == k ? 0 : 0.5 * values[i * n + k] + 0.5 * values[k * n + i];
      cr_expect_eq(d->value[i * n + k], expected);
    }
  }
  cr_expect_float_eq(gibbs_normal_form_constant(form), trace, 1e-14);
  gibbs_normal_form_free(form);
  uint32_t first[pairs], second[pairs];
  size_t used = 0;
  for (uint32_t i = 0; i < n; i++)
    for (uint32_t k = i + 1; k < n; k++, used++) first[used] = k, second[used] = i;
  gibbs_expr *list = named_parameter("K", gibbs_shape_vector(pairs), 0.3);
  gibbs_shape shape = gibbs_shape_vector(pairs);
  form = lower(dot(list, mul(gather(s, first, shape), gather(s, second, shape))), s);
  cr_assert_eq(gibbs_normal_form_dense_count(form), 1u);
  cr_expect_not(gibbs_normal_form_has_sparse(form));
  cr_expect_not(gibbs_normal_form_regular(form)->found);
  cr_expect_eq(gibbs_normal_form_dense(form)->value[1], gibbs_parameter_values(gibbs_expr_as_parameter(list))[0]);
  cr_expect_eq(gibbs_normal_form_dense(form)->value[n], gibbs_parameter_values(gibbs_expr_as_parameter(list))[0]);
  gibbs_normal_form_free(form);
  end_case();
}

/* Elements with themselves: 1 of spins, the bit of bits, of indicators themselves or nothing. */
Test(normal_form, couplings_of_an_element_with_itself_are_folded) {
  begin_case();
  uint32_t same[] = {0, 1, 1}, other[] = {0, 1, 2};
  gibbs_shape three = gibbs_shape_vector(3);
  gibbs_expr *j = named_parameter("J", three, 1), *s = spins(3), *b = bits(3);
  gibbs_expr *q = variable_of(GIBBS_POTTS, 3, gibbs_shape_vector(1));
  gibbs_expr *xs[] = {s, b, reshape(q, three)};
  const double *values = gibbs_parameter_values(gibbs_expr_as_parameter(j));
  for (size_t k = 0; k < 3; k++) {
    gibbs_expr *variable = k == 2 ? q : xs[k],
               *e = dot(j, mul(gather(xs[k], same, three), gather(xs[k], other, three)));
    gibbs_normal_form *form = lower(e, variable);
    cr_expect_float_eq(gibbs_normal_form_constant(form), k == 0 ? values[0] + values[1] : 0, 1e-15);
    cr_expect_eq(fields_of(form) != NULL, k != 0);
    if (k != 0)
      cr_expect(fields_of(form)[0] == values[0] && fields_of(form)[1] == values[1] && fields_of(form)[2] == 0);
    cr_expect_eq(sparse_of(form)->entries, k == 2 ? 0u : 2u);
    gibbs_normal_form_free(form);
  }
  gibbs_expr *cube = sum(power(add(gather(s, same, three), gather(s, other, three)), 3));
  gibbs_normal_form *form = lower(cube, s);
  cr_expect_eq(fields_of(form)[0], 8.0, "(2 s)^3 = 8 s");
  cr_expect_eq(gibbs_normal_form_monomials(form)->count, 0u);
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, bonds_that_come_twice_are_added) {
  begin_case();
  uint32_t a[] = {0, 3, 0, 1}, b[] = {3, 0, 3, 2};
  gibbs_shape four = gibbs_shape_vector(4);
  gibbs_expr *s = spins(4), *j = constant(four, 0.5, 0.5, 1);
  gibbs_normal_form *form = lower(dot(j, mul(gather(s, a, four), gather(s, b, four))), s);
  const gibbs_sparse *rows = sparse_of(form);
  cr_expect_eq(rows->entries, 4u);
  cr_expect_eq(coupling(form, 0, 3), 1.5);
  cr_expect_eq(coupling(form, 3, 0), 1.5);
  cr_expect_eq(coupling(form, 1, 2), 0.5);
  gibbs_normal_form_free(form);
  end_case();
}

/* Long rows, pairs in any order, each three times, against sums by hand. */
Test(normal_form, rows_are_in_order_and_complete) {
  begin_case();
  enum { n = 300, pairs = 6000 };
  static uint32_t a[pairs], b[pairs];
  static double expected[n][n];
  gibbs_stream stream = gibbs_stream_open(3, GIBBS_PURPOSE_CHECK, 0, 0);
  gibbs_shape shape = gibbs_shape_vector(pairs);
  gibbs_expr *s = spins(n), *j = named_parameter("J", shape, 1);
  const double *values = gibbs_parameter_values(gibbs_expr_as_parameter(j));
  for (size_t k = 0; k < pairs; k++) {
    a[k] = k % 3 ? gibbs_stream_word(&stream) % n : 7;
    b[k] = (a[k] + 1 + gibbs_stream_word(&stream) % (n - 1)) % n;
    expected[a[k]][b[k]] += values[k];
    expected[b[k]][a[k]] += values[k];
  }
  gibbs_normal_form *form = NULL;
  OK(gibbs_normal_form_new(dot(j, mul(gather(s, a, shape), gather(s, b, shape))), &s, 1, &form, &error));
  const gibbs_sparse *rows = sparse_of(form);
  for (size_t i = 0; i < n; i++)
    for (size_t k = rows->first[i]; k < rows->first[i + 1]; k++) {
      cr_expect(k == rows->first[i] || rows->column[k - 1] < rows->column[k]);
      cr_expect_float_eq(rows->value[k], expected[i][rows->column[k]], 1e-12);
      expected[i][rows->column[k]] = 0;
    }
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < n; k++) cr_expect_float_eq(expected[i][k], 0, 1e-12);
  gibbs_normal_form_free(form);
  end_case();
}

/* Pairs of a parameter stay where it is 0; those of a constant 0 are none. */
Test(normal_form, structure_does_not_depend_on_values) {
  begin_case();
  gibbs_expr *s = spins(3), *j = named_parameter("J", gibbs_shape_scalar(), 0);
  gibbs_parameter *parameter = gibbs_expr_as_parameter(j);
  gibbs_expr *a = element(s, 0), *b = element(s, 1), *c = element(s, 2);
  gibbs_expr *e = add(mul(j, mul(a, b)), mul(j, add(mul(mul(a, b), c), c)));
  *gibbs_parameter_values(parameter) = 0;
  gibbs_normal_form *form = lower(e, s);
  cr_expect_eq(sparse_of(form)->entries, 2u);
  cr_expect_eq(gibbs_normal_form_monomials(form)->count, 1u);
  cr_expect_not_null(fields_of(form));
  *gibbs_parameter_values(parameter) = 2;
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(coupling(form, 0, 1), 0.0, "an untouched parameter is not read again");
  gibbs_parameter_touch(parameter);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(coupling(form, 0, 1), 2.0);
  cr_expect_eq(gibbs_normal_form_monomials(form)->coefficient[0], 2.0);
  expect_energy(form, e, &s, 1, 1e-14, "a coupling of 2");
  gibbs_normal_form_free(form);
  gibbs_tensor *zeros = NULL;
  gibbs_shape square = gibbs_shape_matrix(3, 3);
  OK(gibbs_tensor_new(&square, &zeros, &error));
  gibbs_tensor_data(zeros)[1] = 1;
  form = lower(dot(s, matmul(constant_of(zeros), false, s, false)), s);
  cr_expect_eq(sparse_of(form)->entries, 2u);
  gibbs_normal_form_free(form);
  gibbs_tensor_release(zeros);
  end_case();
}

Test(normal_form, everything_is_scaled) {
  begin_case();
  gibbs_expr *v = spins(5), *x = reals(gibbs_shape_vector(2)), *xs[] = {v, x};
  gibbs_expr *z = matmul(constant(gibbs_shape_matrix(2, 5), -1, 1, 4), false, v, false);
  gibbs_expr *e = add(add(num(1.5), sum(v)), add(sum(un(GIBBS_OP_SOFTPLUS, z)), mul(sum(x), sum(x))));
  e = add(e, add(mul(mul(element(v, 0), element(v, 1)), element(v, 2)), logsumexp(mul(x, x))));
  gibbs_normal_form *form = lower_all(e, xs, 2);
  cr_assert_not_null(gibbs_normal_form_rest(form));
  double constant_before = gibbs_normal_form_constant(form);
  gibbs_normal_form_set_scale(form, 0.25);
  cr_expect_eq(gibbs_normal_form_scale(form), 1.0, "from the next refresh on");
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(gibbs_normal_form_scale(form), 0.25);
  cr_expect_eq(gibbs_normal_form_constant(form), 0.25 * constant_before);
  expect_energy(form, e, xs, 2, 1e-13, "a quarter");
  gibbs_normal_form_set_scale(form, 3);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(gibbs_normal_form_constant(form), 3 * constant_before);
  expect_energy(form, e, xs, 2, 1e-13, "three times");
  gibbs_normal_form_set_scale(form, 1);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(gibbs_normal_form_constant(form), constant_before);
  expect_energy(form, e, xs, 2, 1e-13, "once");
  gibbs_normal_form_free(form);
  end_case();
}

static void expect_message(gibbs_status status, gibbs_status expected, const char *message) {
  cr_expect_eq(status, expected);
  cr_expect_str_eq(error.message, message);
}

Test(normal_form, what_is_not_finite_is_named) {
  begin_case();
  gibbs_expr *s = spins(4), *w = named_parameter("W", gibbs_shape_vector(4), 1);
  gibbs_parameter *parameter = gibbs_expr_as_parameter(w);
  gibbs_normal_form *form = NULL;
  double *values = gibbs_parameter_values(parameter), kept = values[2];
  values[2] = NAN;
  expect_message(gibbs_normal_form_new(dot(w, s), &s, 1, &form, &error), GIBBS_ERR_NUMERIC,
                 "parameter 'W' holds nan at [3]; parameters must be finite");
  values[2] = 0;
  expect_message(gibbs_normal_form_new(dot(quotient(num(1), w), s), &s, 1, &form, &error), GIBBS_ERR_NUMERIC,
                 "an energy: the field of unit 3 of 'x' is inf; it must be finite");
  values[2] = kept;
  OK(gibbs_normal_form_new(dot(w, s), &s, 1, &form, &error));
  values[1] = INFINITY;
  gibbs_parameter_touch(parameter);
  expect_message(gibbs_normal_form_refresh(form, &error), GIBBS_ERR_NUMERIC,
                 "parameter 'W' holds inf at [2]; parameters must be finite");
  cr_expect_eq(fields_of(form)[2], kept, "the old values are there");
  values[1] = 3;
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_eq(fields_of(form)[1], 3.0);
  gibbs_normal_form_set_scale(form, NAN);
  expect_message(gibbs_normal_form_refresh(form, &error), GIBBS_ERR_NUMERIC,
                 "the scale of an energy is nan; it must be finite, and so must its products with the coefficients, "
                 "up to 3");
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, what_is_no_energy_of_the_variables_is_refused) {
  begin_case();
  gibbs_expr *s = spins(4), *other = bits(2), *twice[] = {s, s};
  gibbs_normal_form *form = NULL;
  expect_message(gibbs_normal_form_new(s, &s, 1, &form, &error), GIBBS_ERR_SHAPE,
                 "an energy has shape 4; it must be a number");
  expect_message(gibbs_normal_form_new(sum(mul(sum(other), s)), &s, 1, &form, &error), GIBBS_ERR_ARGUMENT,
                 "an energy depends on the variable 'x' (bits), which is not listed");
  expect_message(gibbs_normal_form_new(sum(s), twice, 2, &form, &error), GIBBS_ERR_ARGUMENT,
                 "an energy: variable 2 is variable 1 again");
  gibbs_expr *number = num(2);
  expect_message(gibbs_normal_form_new(sum(s), &number, 1, &form, &error), GIBBS_ERR_ARGUMENT,
                 "an energy: variable 1 is no variable but a constant");
  cr_expect_null(form);
  end_case();
}

Test(normal_form, says_what_it_found) {
  begin_case();
  char text[300];
  gibbs_expr *v = spins(4), *h = bits(3), *xs[] = {v, h}, *w = named_parameter("W", gibbs_shape_matrix(4, 3), 1);
  gibbs_expr *z = matmul(w, true, v, false);
  gibbs_expr *e =
      add(dot(z, h), add(sum(un(GIBBS_OP_LOGCOSH, z)), mul(mul(element(v, 0), element(v, 1)), element(v, 2))));
  gibbs_normal_form *form = lower_all(add(e, logsumexp(z)), xs, 2);
  cr_expect_str_eq(gibbs_normal_form_print(form, text, sizeof text),
                   "a dense 4x3 block, 1 product of 3 units, logcosh of 3 affine forms, a rest without structure");
  gibbs_normal_form_free(form);
  form = lower(num(2), v);
  cr_expect_str_eq(gibbs_normal_form_print(form, text, sizeof text), "a constant");
  gibbs_normal_form_free(form);
  end_case();
}

/* As deep as a loop of a script makes it. */
Test(normal_form, deep_expressions_cost_no_stack) {
  begin_case();
  enum { depth = 6000 };
  gibbs_expr *s = spins(3), *unit[] = {element(s, 0), element(s, 1), element(s, 2)}, *total = unit[0];
  for (size_t k = 1; k < depth; k++) total = add(total, mul(num(1 + 0.5 * (double)(k % 2)), unit[k % 3]));
  gibbs_normal_form *form = NULL;
  OK(gibbs_normal_form_new(mul(total, total), &s, 1, &form, &error));
  cr_expect_eq(coupling(form, 0, 1), 2.0 * 2500 * 2500);
  gibbs_normal_form_free(form);
  end_case();
}

/* Every array of a form counts: a wrong value in any of them is a wrong energy, which the comparisons above would
 * see.
 */
Test(normal_form, every_value_counts_in_the_energy) {
  begin_case();
  gibbs_expr *v = spins(6), *x = reals(gibbs_shape_vector(2)), *xs[] = {v, x};
  gibbs_expr *w = named_parameter("W", gibbs_shape_matrix(6, 2), 1), *z = matmul(w, true, v, false);
  gibbs_expr *e = add(add(sum(v), dot(z, x)), add(sum(un(GIBBS_OP_COSH, add(num(0.2), z))), num(1)));
  e = add(e, add(mul(element(v, 0), element(v, 3)), mul(mul(element(v, 0), element(v, 1)), element(v, 2))));
  gibbs_normal_form *form = lower_all(e, xs, 2);
  const gibbs_affine *a = gibbs_normal_form_affine(form);
  const double *arrays[] = {fields_of(form),
                            sparse_of(form)->value + 1, /* of the upper row or of the lower */
                            sparse_of(form)->value,
                            gibbs_normal_form_dense(form)->value,
                            gibbs_normal_form_monomials(form)->coefficient,
                            a->weight,
                            a->shift,
                            a->matrix};
  double elements[8] = {1, -1, 1, 1, -1, 1, 0.5, -2}, right, wrong[8];
  OK(gibbs_normal_form_energy(form, 1, 1, elements, &right, &error));
  for (size_t k = 0; k < 8; k++) {
    double *value = (double *)arrays[k], kept = *value;
    *value = kept + 0.125;
    OK(gibbs_normal_form_energy(form, 1, 1, elements, &wrong[k], &error));
    *value = kept;
    if (k != 1 && k != 2) cr_expect(fabs(wrong[k] - right) > 1e-3, "array %zu does not count", k);
  }
  cr_expect(fabs(wrong[1] - right) + fabs(wrong[2] - right) > 1e-3, "rows do not count");
  gibbs_normal_form_free(form);
  end_case();
}

Test(normal_form, of_no_variables_is_a_constant) {
  begin_case();
  gibbs_expr *j = named_parameter("J", gibbs_shape_scalar(), 1);
  gibbs_normal_form *form = NULL;
  OK(gibbs_normal_form_new(mul(j, num(2)), NULL, 0, &form, &error));
  double energy[2] = {0, 0}, expected = 2 * *gibbs_parameter_values(gibbs_expr_as_parameter(j)), field = 1;
  OK(gibbs_normal_form_energy(form, 2, 2, NULL, energy, &error));
  cr_expect(energy[0] == expected && energy[1] == expected && gibbs_normal_form_units(form) == 0);
  cr_expect(gibbs_normal_form_uniform_field(form, &field) && field == 0);
  gibbs_normal_form_free(form);
  end_case();
}
