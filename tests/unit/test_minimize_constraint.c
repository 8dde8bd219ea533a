/* test_minimize_constraint.c - minima on a constraint, with known multipliers, and constraints that cannot be met. */
#include "gibbs/minimize.h"

#include <criterion/criterion.h>
#include <math.h>

#define SMOOTH(name)                                                                                                 \
  static gibbs_status name(void *context, const double *x, double *value, double *g, gibbs_error *err)
#define UNUSED (void)context, (void)err

SMOOTH(bowl) {
  UNUSED;
  *value = x[0] * x[0] + x[1] * x[1];
  if (g) g[0] = 2 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(decay) {
  UNUSED;
  *value = exp(-x[0]) + x[1] * x[1];
  if (g) g[0] = -exp(-x[0]), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(sum_is_one) {
  UNUSED;
  *value = x[0] + x[1] - 1;
  if (g) g[0] = g[1] = 1;
  return GIBBS_OK;
}

SMOOTH(on_circle) {
  UNUSED;
  *value = x[0] * x[0] + x[1] * x[1] - 1;
  if (g) g[0] = 2 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(never_met) {
  UNUSED;
  *value = x[0] * x[0] + 1;
  if (g) g[0] = 2 * x[0], g[1] = 0;
  return GIBBS_OK;
}

SMOOTH(product) {
  UNUSED;
  *value = x[0] * x[1];
  if (g) g[0] = x[1], g[1] = x[0];
  return GIBBS_OK;
}

/* Unbounded below without its constraint. */
SMOOTH(cube) {
  UNUSED;
  *value = pow(x[0], 3) + x[1];
  if (g) g[0] = 3 * x[0] * x[0], g[1] = 1;
  return GIBBS_OK;
}

static gibbs_minimum run(gibbs_smooth value, gibbs_smooth constraint, const double *x) {
  gibbs_problem problem = {.n = 2, .value = value, .constraint = constraint};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  gibbs_minimum minimum;
  gibbs_error err = {.code = GIBBS_OK};
  cr_assert_eq(gibbs_minimize(&problem, x, &options, &minimum, &err), GIBBS_OK, "%s", err.message);
  return minimum;
}

static const struct {
  gibbs_smooth value, constraint;
  double start[2], lowest, multiplier, within;
} constrained[] = {{bowl, sum_is_one, {3, -2}, 0.5, -1, 1e-10},
                   {bowl, on_circle, {0.1, 0.2}, 1, -1, 1e-10},
                   {product, on_circle, {0.1, 0.3}, -0.5, 0.5, 1e-10},
                   {product, on_circle, {0.7, 0.7}, -0.5, 0.5, 1e-10}, /* beside the maximum */
                   {product, on_circle, {0, 0}, -0.5, 0.5, 1e-10},     /* where the constraint's gradient vanishes */
                   {cube, sum_is_one, {1, 2}, 0.61509982054024920, -1, 1e-10}, /* 1 - 2 / 3^(3/2) */
                   {decay, sum_is_one, {0.5, 1}, 0.33907701190, 0.31436990296, 1e-9}};

Test(minimize_constraint, constrained_minima_have_their_multipliers) {
  for (size_t k = 0; k < sizeof constrained / sizeof *constrained; k++) {
    gibbs_minimum m = run(constrained[k].value, constrained[k].constraint, constrained[k].start);
    cr_expect(m.converged, "row %zu: %s", k, gibbs_verdict_text(m.verdict));
    cr_expect_float_eq(m.value, constrained[k].lowest, constrained[k].within, "row %zu: %.15g", k, m.value);
    cr_expect_float_eq(m.multiplier, constrained[k].multiplier, constrained[k].within, "row %zu: %.15g", k,
                       m.multiplier);
    cr_expect_leq(fabs(m.constraint), 1e-10);
    cr_expect_leq(m.gradient_norm, 1e-9);
    gibbs_minimum_clear(&m);
  }
}

Test(minimize_constraint, a_constraint_that_cannot_be_met_is_infeasible) {
  gibbs_minimum m = run(bowl, never_met, (double[]){0.5, 1});
  cr_expect_eq(m.verdict, GIBBS_VERDICT_INFEASIBLE, "%s", gibbs_verdict_text(m.verdict));
  cr_expect_not(m.converged);
  cr_expect_float_eq(m.constraint, 1, 1e-6); /* as near as it can be */
  gibbs_minimum_clear(&m);
}
