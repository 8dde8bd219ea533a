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
