/* test_minimize.c - minima, runs to infinity and saddles with known answers, by every method. */
#include "gibbs/minimize.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- functions with known minima ------------------------------------------------------------------------- */

#define SMOOTH(name)                                                                                                 \
  static gibbs_status name(void *context, const double *x, double *value, double *g, gibbs_error *err)
#define UNUSED (void)context, (void)err

SMOOTH(bowl) {
  UNUSED;
  *value = x[0] * x[0] + x[1] * x[1];
  if (g) g[0] = 2 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(rosenbrock) {
  UNUSED;
  double a = 1 - x[0], b = x[1] - x[0] * x[0];
  *value = a * a + 100 * b * b;
  if (g) g[0] = -2 * a - 400 * b * x[0], g[1] = 200 * b;
  return GIBBS_OK;
}

SMOOTH(circle_squared) {
  UNUSED;
  double r = x[0] * x[0] + x[1] * x[1] - 1;
  *value = r * r;
  if (g) g[0] = 4 * r * x[0], g[1] = 4 * r * x[1];
  return GIBBS_OK;
}

SMOOTH(gauge) {
  UNUSED;
  *value = x[0] * x[0];
  if (g) g[0] = 2 * x[0], g[1] = 0;
  return GIBBS_OK;
}

SMOOTH(quartic) {
  UNUSED;
  *value = pow(x[0], 4) + x[1] * x[1];
  if (g) g[0] = 4 * pow(x[0], 3), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(tenth_power) {
  UNUSED;
  *value = pow(x[0], 10) + x[1] * x[1];
  if (g) g[0] = 10 * pow(x[0], 9), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(plateau) {
  UNUSED;
  double t = tanh(x[0]);
  *value = t * t + x[1] * x[1];
  if (g) g[0] = 2 * t * (1 - t * t), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(two_wells) {
  UNUSED;
  *value = pow(x[0], 4) - x[0] * x[0] + x[1] * x[1];
  if (g) g[0] = 4 * pow(x[0], 3) - 2 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(nearly_flat) {
  UNUSED;
  *value = 1e-12 * x[0] * x[0] + x[1] * x[1];
  if (g) g[0] = 2e-12 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

/* ---- functions whose infimum is at infinity ------------------------------------------------------------------ */

SMOOTH(decay) {
  UNUSED;
  *value = exp(-x[0]) + x[1] * x[1];
  if (g) g[0] = -exp(-x[0]), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(steep_decay) {
  UNUSED;
  *value = exp(-500 * x[0]) + 2000 * exp(-x[1]);
  if (g) g[0] = -500 * exp(-500 * x[0]), g[1] = -2000 * exp(-x[1]);
  return GIBBS_OK;
}

SMOOTH(softpluses) {
  UNUSED;
  *value = 0;
  for (size_t i = 0; i < 2; i++) {
    *value += log1p(exp(-fabs(x[i]))) + fmax(-x[i], 0);
    if (g) g[i] = -1 / (1 + exp(x[i]));
  }
  return GIBBS_OK;
}

SMOOTH(separable_regression) {
  UNUSED;
  static const double data[6][2] = {{1, 2}, {2, 1}, {0.5, 0.3}, {1, 0.2}, {0.3, 2}, {1, 1}}; /* times the label */
  *value = 0;
  if (g) g[0] = g[1] = 0;
  for (size_t k = 0; k < 6; k++) {
    double margin = data[k][0] * x[0] + data[k][1] * x[1];
    *value += log1p(exp(-fabs(margin))) + fmax(-margin, 0);
    for (size_t i = 0; g && i < 2; i++) g[i] -= data[k][i] / (1 + exp(margin));
  }
  return GIBBS_OK;
}

SMOOTH(sigmoid_tail) {
  UNUSED;
  *value = 1 - tanh(x[0]) + x[1] * x[1];
  if (g) g[0] = -1 / (cosh(x[0]) * cosh(x[0])), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(hill) {
  UNUSED;
  double t = tanh(x[0]);
  *value = 1 - t * t + x[1] * x[1];
  if (g) g[0] = -2 * t * (1 - t * t), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(power_tail) {
  UNUSED;
  *value = 1 / (1 + x[0] * x[0]) + x[1] * x[1];
  if (g) g[0] = -2 * x[0] / pow(1 + x[0] * x[0], 2), g[1] = 2 * x[1];
  return GIBBS_OK;
}

SMOOTH(curved_valley) {
  UNUSED;
  double b = x[1] - 1 / x[0];
  *value = exp(-x[0]) + b * b;
  if (g) g[0] = -exp(-x[0]) + 2 * b / (x[0] * x[0]), g[1] = 2 * b;
  return GIBBS_OK;
}

SMOOTH(slope) {
  UNUSED;
  *value = -x[0] + x[1] * x[1];
  if (g) g[0] = -1, g[1] = 2 * x[1];
  return GIBBS_OK;
}

/* A dip of 0.3 at 0 and, beyond a ridge, a tail that falls to -1. */
SMOOTH(dip_before_tail) {
  UNUSED;
  double s = 1 / (1 + exp(6 - x[0])), dip = 0.3 * exp(-x[0] * x[0]);
  *value = x[1] * x[1] - s - dip;
  if (g) g[0] = -s * (1 - s) + 2 * x[0] * dip, g[1] = 2 * x[1];
  return GIBBS_OK;
}

/* Its minimum, 1 - sqrt(1.5), is below its tail, which falls to 0. */
SMOOTH(tail_above_minimum) {
  UNUSED;
  *value = (x[0] * x[0] - 0.5) * exp(-x[0]) + x[1] * x[1];
  if (g) g[0] = (2 * x[0] - x[0] * x[0] + 0.5) * exp(-x[0]), g[1] = 2 * x[1];
  return GIBBS_OK;
}

/* ---- the tests ---------------------------------------------------------------------------------------------------
 */

static gibbs_minimum run(const gibbs_problem *problem, const double *x, const gibbs_minimize_options *options) {
  gibbs_minimum minimum;
  gibbs_error err = {.code = GIBBS_OK};
  cr_assert_eq(gibbs_minimize(problem, x, options, &minimum, &err), GIBBS_OK, "%s", err.message);
  return minimum;
}

static gibbs_minimum run_default(gibbs_smooth value, const double *x) {
  gibbs_problem problem = {.n = 2, .value = value};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  return run(&problem, x, &options);
}

Test(minimize, defaults_are_the_rows) {
  gibbs_minimize_options options = gibbs_minimize_defaults();
  cr_expect_eq(options.method, GIBBS_METHOD_LBFGS);
  cr_expect_eq(options.steps, 2000);
  cr_expect_eq(options.tolerance, 1e-9);
  cr_expect_eq(options.keep_every, 1);
}

static const struct {
  gibbs_smooth value;
  double start[2], x[2], within; /* within: of x; a minimum like x^p is only found to tolerance^(1/(p-1)) */
  size_t flat;
} attained[] = {{bowl, {3, -4}, {0, 0}, 1e-10, 0},
                {rosenbrock, {-1.2, 1}, {1, 1}, 1e-10, 0},
                {gauge, {1, 3}, {0, 3}, 1e-10, 1},
                {gauge, {0, 0}, {0, 0}, 1e-10, 1},
                {quartic, {1, 1}, {0, 0}, 1e-3, 0},
                {quartic, {-7, 0}, {0, 0}, 1e-3, 0},
                {quartic, {0, 0}, {0, 0}, 1e-10, 1},
                {tenth_power, {-2, 0.5}, {0, 0}, 0.1, 0},
                {plateau, {2, 1}, {0, 0}, 1e-10, 0},
                {plateau, {20, 0}, {0, 0}, 1e-10, 0},
                {two_wells, {0.1, 1}, {0.70710678118654752, 0}, 1e-10, 0},
                {nearly_flat, {300, 1}, {0, 0}, 500, 1}};

Test(minimize, attained_minima_are_found_and_called_so) {
  for (size_t k = 0; k < sizeof attained / sizeof *attained; k++) {
    gibbs_minimum m = run_default(attained[k].value, attained[k].start);
    cr_expect(m.converged && m.verdict == GIBBS_VERDICT_CONVERGED, "row %zu: %s", k, gibbs_verdict_text(m.verdict));
    for (size_t i = 0; i < 2; i++)
      cr_expect_float_eq(m.x[i], attained[k].x[i], attained[k].within, "row %zu: x[%zu] = %g", k, i, m.x[i]);
    cr_expect_leq(m.gradient_norm, 1e-9);
    cr_expect(m.curvature_known);
    if (attained[k].value != tenth_power) cr_expect_eq(m.flat_directions, attained[k].flat, "row %zu", k);
    gibbs_minimum_clear(&m);
  }
}

Test(minimize, a_curved_surface_of_minima_is_attained) {
  static const double starts[][2] = {{0.3, 0.7}, {5, -8}, {1e-3, 0}, {0, 0}, {1, 0}};
  for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
    gibbs_minimum m = run_default(circle_squared, starts[k]);
    cr_expect(m.converged, "start %zu: %s", k, gibbs_verdict_text(m.verdict));
    cr_expect_eq(m.flat_directions, 1, "start %zu", k);
    cr_expect_float_eq(hypot(m.x[0], m.x[1]), 1, 1e-9);
    gibbs_minimum_clear(&m);
  }
}

static const struct {
  gibbs_smooth value;
  double start[2];
} unattained[] = {{decay, {0, 1}},
                  {decay, {3, -1}},
                  {decay, {25, 0}},
                  {decay, {276, 0.5}},
                  {steep_decay, {0, 0}},
                  {softpluses, {0, 1}},
                  {softpluses, {5, -3}},
                  {separable_regression, {0, 0}},
                  {separable_regression, {1, -1}},
                  {sigmoid_tail, {0, 1}},
                  {sigmoid_tail, {-5, 0}},
                  {sigmoid_tail, {60, 0}},
                  {hill, {0, 0}},
                  {hill, {0.1, 1}},
                  {power_tail, {0, 0}},
                  {power_tail, {1, 1}},
                  {curved_valley, {1, 0}},
                  {curved_valley, {3, 3}},
                  {curved_valley, {40, 0.025}},
                  {slope, {0, 1}}};

Test(minimize, a_run_to_infinity_is_not_convergence) {
  for (size_t k = 0; k < sizeof unattained / sizeof *unattained; k++) {
    gibbs_minimum m = run_default(unattained[k].value, unattained[k].start);
    cr_expect_eq(m.verdict, GIBBS_VERDICT_RUNAWAY, "row %zu: %s at (%g, %g)", k, gibbs_verdict_text(m.verdict),
                 m.x[0], m.x[1]);
    cr_expect_not(m.converged);
    gibbs_minimum_clear(&m);
  }
}

Test(minimize, a_symmetric_saddle_or_maximum_is_left) {
  gibbs_minimum m = run_default(two_wells, (double[]){0, 0});
  cr_expect(m.converged);
  cr_expect_float_eq(m.value, -0.25, 1e-15);
  cr_expect_float_eq(m.lowest_curvature, 2, 1e-9); /* four-point differences: about 1e-12 */
  gibbs_minimum_clear(&m);
}

Test(minimize, a_saddle_that_cannot_be_left_is_named) {
  gibbs_problem problem = {.n = 2, .value = two_wells};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.method = GIBBS_METHOD_SGD;
  options.rate = 0.5; /* leads from (0, 1) to the saddle at 0 in one step, which is all there is */
  options.steps = 1;
  gibbs_minimum m = run(&problem, (double[]){0, 1}, &options);
  cr_expect_eq(m.verdict, GIBBS_VERDICT_SADDLE, "%s", gibbs_verdict_text(m.verdict));
  cr_expect_not(m.converged);
  cr_expect_float_eq(m.lowest_curvature, -2, 1e-9);
  gibbs_minimum_clear(&m);
}

Test(minimize, every_method_reaches_the_bottom_of_a_bowl) {
  gibbs_problem problem = {.n = 2, .value = bowl};
  for (int method = 0; method < GIBBS_METHOD_COUNT; method++) {
    gibbs_minimize_options options = gibbs_minimize_defaults();
    options.method = (gibbs_method)method;
    gibbs_minimum m = run(&problem, (double[]){3, -4}, &options);
    cr_expect(m.converged, "method %d: %s", method, gibbs_verdict_text(m.verdict));
    cr_expect_leq(m.gradient_norm, 1e-9);
    gibbs_minimum_clear(&m);
  }
}

Test(minimize, every_method_is_judged_alike) {
  gibbs_problem problem = {.n = 2, .value = decay};
  for (int method = 0; method < GIBBS_METHOD_COUNT; method++) {
    gibbs_minimize_options options = gibbs_minimize_defaults();
    options.method = (gibbs_method)method;
    options.tolerance = 1e-2;
    gibbs_minimum m = run(&problem, (double[]){1, 1}, &options);
    cr_expect_eq(m.verdict, GIBBS_VERDICT_RUNAWAY, "method %d: %s", method, gibbs_verdict_text(m.verdict));
    gibbs_minimum_clear(&m);
  }
}

Test(minimize, too_few_steps_are_named) {
  gibbs_problem problem = {.n = 2, .value = rosenbrock};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.steps = 5;
  gibbs_minimum m = run(&problem, (double[]){-1.2, 1}, &options);
  cr_expect_eq(m.verdict, GIBBS_VERDICT_STEPS);
  cr_expect_eq(m.steps, 5);
  cr_expect_not(m.converged || m.curvature_known);
  gibbs_minimum_clear(&m);
}

Test(minimize, a_lower_infimum_at_infinity_is_not_hidden_by_a_minimum) {
  gibbs_problem problem = {.n = 2, .value = dip_before_tail};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  gibbs_minimum alone = run(&problem, (double[]){0, 0}, &options);
  cr_expect(alone.converged);
  options.restarts = 10;
  options.spread = 10;
  gibbs_minimum m = run(&problem, (double[]){0, 0}, &options);
  cr_expect_eq(m.verdict, GIBBS_VERDICT_RUNAWAY);
  cr_expect_float_eq(m.value, -1, 1e-7);
  cr_expect(m.agreed >= 1 && m.agreed < 10);
  gibbs_minimum_clear(&m);
  gibbs_minimum_clear(&alone);
}

Test(minimize, a_higher_run_to_infinity_does_not_spoil_a_minimum) {
  gibbs_problem problem = {.n = 2, .value = tail_above_minimum};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.restarts = 12;
  gibbs_minimum m = run(&problem, (double[]){5, 0}, &options);
  cr_expect(m.converged);
  cr_expect_float_eq(m.x[0], 1 - sqrt(1.5), 1e-9);
  cr_expect_neq(m.best_start, 0);
  cr_expect(m.agreed >= 1 && m.agreed < 12, "%d", (int)m.agreed);
  gibbs_minimum_clear(&m);
}
