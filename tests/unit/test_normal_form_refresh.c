/* test_normal_form_refresh.c - dense pairs that are read again where the parameters stand. */
#include "forms.h"

enum { n = 9, m = 13 };

typedef struct layers {
  gibbs_expr *v, *h, *W, *T, *U, *K; /* W and U: n x m, T: m x n */
} layers;

typedef gibbs_expr *writer(const layers *x);

static gibbs_expr *pairs(gibbs_expr *v, gibbs_expr *matrix, bool transposed, gibbs_expr *h) {
  return dot(v, matmul(matrix, transposed, h, false));
}

static gibbs_expr *plain(const layers *x) {
  return neg(pairs(x->v, x->W, false, x->h));
}
static gibbs_expr *turned(const layers *x) {
  return neg(pairs(x->v, x->T, true, x->h));
}
static gibbs_expr *other_way_round(const layers *x) {
  return neg(pairs(x->h, x->W, true, x->v));
}
static gibbs_expr *enlarged(const layers *x) {
  return mul(num(-3), pairs(x->v, x->W, false, x->h));
}
static gibbs_expr *two_matrices(const layers *x) {
  return add(plain(x), mul(num(0.5), pairs(x->v, x->U, false, x->h)));
}
static gibbs_expr *two_of_either_kind(const layers *x) {
  return sub(turned(x), pairs(x->h, x->W, true, x->v));
}
static gibbs_expr *with_a_factor(const layers *x) {
  return mul(x->K, plain(x));
}
static gibbs_expr *with_a_single_pair(const layers *x) {
  return add(plain(x), mul(x->K, mul(element(x->v, 2), element(x->h, 3))));
}
static gibbs_expr *with_fields_and_pairs_inside(const layers *x) {
  gibbs_expr *inside = matmul(x->W, false, matmul(x->W, true, x->v, false), false);
  return add(add(plain(x), sum(x->v)), dot(x->v, inside));
}

static writer *const writers[] = {plain,
                                  turned,
                                  other_way_round,
                                  enlarged,
                                  two_matrices,
                                  with_a_factor,
                                  two_of_either_kind,
                                  with_a_single_pair,
                                  with_fields_and_pairs_inside};

static layers make_layers(bool spinning) {
  return (layers){.v = spinning ? spins(n) : bits(n),
                  .h = bits(m),
                  .W = named_parameter("W", gibbs_shape_matrix(n, m), 0.5),
                  .T = named_parameter("T", gibbs_shape_matrix(m, n), 0.4),
                  .U = named_parameter("U", gibbs_shape_matrix(n, m), 0.3),
                  .K = named_parameter("K", gibbs_shape_scalar(), 0.7)};
}

static void change(gibbs_expr *parameter, double by) {
  gibbs_parameter *p = gibbs_expr_as_parameter(parameter);
  for (size_t i = 0; i < gibbs_parameter_size(p); i++)
    gibbs_parameter_values(p)[i] += by * cos((double)i * (double)i + by);
  gibbs_parameter_touch(p);
}

static void change_all(const layers *x, double by) {
  change(x->W, by), change(x->T, by), change(x->U, by), change(x->K, by);
}

/* Arrays stay where they are, with the values that a new form has. */
static void expect_same(gibbs_normal_form *form, gibbs_expr *e, gibbs_expr *const xs[2]) {
  gibbs_normal_form *fresh = lower_all(e, xs, 2);
  cr_assert_eq(gibbs_normal_form_dense_count(form), gibbs_normal_form_dense_count(fresh));
  for (size_t a = 0; a < n + m; a++)
    for (size_t b = 0; b < n + m; b++)
      cr_expect(fabs(coupling(form, a, b) - gibbs_normal_form_scale(form) * coupling(fresh, a, b)) <= 1e-15);
  gibbs_normal_form_free(fresh);
}

Test(refresh, dense_pairs_follow_the_parameters_however_they_are_written) {
  for (size_t k = 0; k < 2 * sizeof writers / sizeof *writers; k++) {
    begin_case();
    layers x = make_layers(k % 2 == 1);
    gibbs_expr *e = writers[k / 2](&x), *xs[] = {x.v, x.h};
    gibbs_normal_form *form = lower_all(e, xs, 2);
    const double *values = gibbs_normal_form_dense(form)->value;
    static const double scales[] = {1, 1, 0.5, 0.25, 1, 1};
    for (size_t turn = 0; turn < sizeof scales / sizeof *scales; turn++) {
      change_all(&x, 0.1 * (double)(turn + 1));
      gibbs_normal_form_set_scale(form, scales[turn]);
      OK(gibbs_normal_form_refresh(form, &error));
      cr_expect_eq(gibbs_normal_form_dense(form)->value, values);
      expect_same(form, e, xs);
    }
    gibbs_normal_form_free(form);
    end_case();
  }
}

Test(refresh, a_failure_leaves_the_dense_pairs_as_they_were) {
  begin_case();
  layers x = make_layers(false);
  gibbs_expr *e = add(plain(&x), dot(un(GIBBS_OP_LOG, x.K), sum(x.v))), *xs[] = {x.v, x.h};
  gibbs_normal_form *form = NULL;
  change(x.K, 1);
  OK(gibbs_normal_form_new(e, xs, 2, &form, &error));
  double before = coupling(form, 0, n), *W = gibbs_parameter_values(gibbs_expr_as_parameter(x.W));
  W[0] += 1;
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.W));
  *gibbs_parameter_values(gibbs_expr_as_parameter(x.K)) = -1; /* its logarithm is no number */
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.K));
  cr_expect_eq(gibbs_normal_form_refresh(form, &error), GIBBS_ERR_NUMERIC);
  cr_expect_eq(coupling(form, 0, n), before);
  *gibbs_parameter_values(gibbs_expr_as_parameter(x.K)) = 2;
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.K));
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_float_eq(coupling(form, 0, n), before - 1, 1e-15);
  gibbs_normal_form_free(form);
  end_case();
}
