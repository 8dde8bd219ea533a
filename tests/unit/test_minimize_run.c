/* test_minimize_run.c - how a minimisation runs: restarts, history, interrupts, and failures of every callback. */
#include "gibbs/minimize.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A problem that counts its calls and fails at one of them. */
typedef struct faulty {
  int calls, fail_at; /* 0: never */
  gibbs_status status;
} faulty;

static gibbs_status count_call(faulty *f, gibbs_error *err) {
  if (++f->calls != f->fail_at) return GIBBS_OK;
  return f->status == GIBBS_ERR_MEMORY ? f->status : gibbs_fail(err, f->status, "call %d was to fail", f->calls);
}

static gibbs_status two_unequal_wells(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  gibbs_status status = count_call(context, err);
  if (status != GIBBS_OK) return status;
  double t = x[0] * x[0] - 1;
  *value = t * t + 0.1 * x[0] + x[1] * x[1] * (1 + x[0] * x[0]);
  if (g) g[0] = 4 * t * x[0] + 0.1 + 2 * x[0] * x[1] * x[1], g[1] = 2 * x[1] * (1 + x[0] * x[0]);
  return GIBBS_OK;
}

static gibbs_status on_circle(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  gibbs_status status = count_call(context, err);
  if (status != GIBBS_OK) return status;
  *value = x[0] * x[0] + x[1] * x[1] - 1;
  if (g) g[0] = 2 * x[0], g[1] = 2 * x[1];
  return GIBBS_OK;
}

static gibbs_status start_near(void *context, uint64_t restart, double *x, gibbs_error *err) {
  x[0] = (double)restart - 2;
  x[1] = 0.5;
  return count_call(context, err);
}

static gibbs_status watch_step(void *context, const gibbs_step *step, gibbs_error *err) {
  (void)step;
  return count_call(context, err);
}

static gibbs_problem make_problem(faulty *f, bool constrained) {
  return (gibbs_problem){.n = 2,
                         .value = two_unequal_wells,
                         .constraint = constrained ? on_circle : NULL,
                         .context = f,
                         .start = start_near,
                         .watch = watch_step};
}

static const double first[2] = {0.4, -0.3};

static void expect_failure(int method, bool constrained, int fail_at, gibbs_status failure) {
  faulty f = {.fail_at = fail_at, .status = failure};
  gibbs_problem problem = make_problem(&f, constrained);
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.method = (gibbs_method)method;
  options.restarts = 4;
  options.steps = 30;
  options.rate = 0.005; /* stable although the penalty makes the constrained problem steep */
  gibbs_minimum m = {.steps = 12345};
  gibbs_error err = {.code = GIBBS_OK};
  gibbs_status status = gibbs_minimize(&problem, first, &options, &m, &err);
  if (f.calls < fail_at) { /* it was over before */
    cr_assert_eq(status, GIBBS_OK);
    gibbs_minimum_clear(&m);
    return;
  }
  cr_assert_eq(status, failure, "method %d call %d", method, fail_at);
  cr_assert_eq(err.code, failure);
  cr_assert_eq(f.calls, fail_at, "nothing is called after a failure");
  cr_assert_eq(m.steps, 12345, "the output is left alone");
}

Test(minimize_run, a_failure_at_any_call_is_returned_and_frees_everything) {
  for (int method = 0; method < GIBBS_METHOD_COUNT; method++)
    for (int fail_at = 1; fail_at <= 200; fail_at++) {
      expect_failure(method, false, fail_at, GIBBS_ERR_CALLBACK);
      expect_failure(method, true, fail_at, GIBBS_ERR_MEMORY);
    }
}

Test(minimize_run, the_callers_message_survives) {
  faulty f = {.fail_at = 7, .status = GIBBS_ERR_CALLBACK};
  gibbs_problem problem = make_problem(&f, false);
  gibbs_minimize_options options = gibbs_minimize_defaults();
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, first, &options, &m, &err), GIBBS_ERR_CALLBACK);
  cr_expect_str_eq(err.message, "call 7 was to fail");
}

static void expect_interrupt(int method, bool constrained, int fail_at) {
  faulty f = {.fail_at = fail_at, .status = GIBBS_ERR_INTERRUPT};
  gibbs_problem problem = make_problem(&f, constrained);
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.method = (gibbs_method)method;
  options.restarts = 4;
  options.steps = 30;
  options.rate = 0.005; /* stable although the penalty makes the constrained problem steep */
  gibbs_minimum m;
  gibbs_error err;
  gibbs_status status = gibbs_minimize(&problem, first, &options, &m, &err);
  if (fail_at <= (constrained ? 2 : 1)) { /* no point was found yet */
    cr_assert_eq(status, GIBBS_ERR_INTERRUPT);
    return;
  }
  cr_assert_eq(status, GIBBS_OK, "call %d", fail_at);
  if (f.calls >= fail_at) {
    cr_assert_eq(m.verdict, GIBBS_VERDICT_INTERRUPTED);
    cr_assert_not(m.converged);
  }
  double value = 0;
  f.fail_at = 0;
  cr_assert_eq(two_unequal_wells(&f, m.x, &value, NULL, NULL), GIBBS_OK);
  cr_assert_eq(m.value, value, "the value is that of the point");
  cr_assert_gt(m.history_length, 0);
  for (size_t k = 0; !constrained && method == GIBBS_METHOD_LBFGS && k < m.history_length; k++)
    cr_assert_leq(m.value, m.history[k].value, "the best point so far is kept");
  gibbs_minimum_clear(&m);
}

Test(minimize_run, an_interrupt_keeps_the_best_point_so_far) {
  for (int method = 0; method < GIBBS_METHOD_COUNT; method++)
    for (int fail_at = 1; fail_at <= 200; fail_at++) {
      expect_interrupt(method, false, fail_at);
      expect_interrupt(method, true, fail_at);
    }
}

Test(minimize_run, restarts_agree_where_they_end_in_the_same_well) {
  faulty f = {.fail_at = 0};
  gibbs_problem problem = make_problem(&f, false);
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.restarts = 4; /* at 0.4, and by start_near at -1, 0 and 1: the lower well is the left one */
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, first, &options, &m, &err), GIBBS_OK);
  cr_expect(m.converged);
  cr_expect_lt(m.x[0], 0);
  cr_expect_eq(m.starts, 4);
  cr_expect_eq(m.agreed, 2);
  cr_expect_eq(m.best_start, 1);
  gibbs_minimum_clear(&m);
}

static gibbs_minimum run_seeded(uint64_t seed) {
  static faulty f = {.fail_at = 0};
  gibbs_problem problem = {.n = 2, .value = two_unequal_wells, .context = &f};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.restarts = 5;
  options.seed = seed;
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, first, &options, &m, &err), GIBBS_OK);
  return m;
}

Test(minimize_run, the_same_seed_gives_the_same_bits) {
  gibbs_minimum a = run_seeded(7), b = run_seeded(7), c = run_seeded(8);
  cr_expect_eq(memcmp(a.x, b.x, 2 * sizeof *a.x), 0);
  cr_assert_eq(a.history_length, b.history_length);
  cr_expect_eq(memcmp(a.history, b.history, a.history_length * sizeof *a.history), 0);
  size_t second = 0;
  while (a.history[second].start == 0) second++;
  cr_expect_neq(a.history[second].value, c.history[second].value, "another seed starts elsewhere");
  gibbs_minimum_clear(&a);
  gibbs_minimum_clear(&b);
  gibbs_minimum_clear(&c);
}

Test(minimize_run, the_history_keeps_one_step_in_so_many_and_the_last) {
  faulty f = {.fail_at = 0};
  gibbs_problem problem = make_problem(&f, false);
  problem.watch = NULL;
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.method = GIBBS_METHOD_SGD;
  options.restarts = 2;
  options.steps = 25;
  options.keep_every = 10;
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, first, &options, &m, &err), GIBBS_OK);
  static const uint64_t steps[] = {0, 10, 20, 25, 0, 10, 20, 25};
  cr_assert_eq(m.history_length, 8);
  for (size_t k = 0; k < 8; k++) {
    cr_expect_eq(m.history[k].step, steps[k]);
    cr_expect_eq(m.history[k].start, k / 4);
  }
  gibbs_minimum_clear(&m);
}

/* Notes what it is shown; the problem's context begins with the counter of the value's calls. */
typedef struct witness {
  faulty faulty;
  uint64_t seen;
  gibbs_step last;
} witness;

static gibbs_status note_step(void *context, const gibbs_step *step, gibbs_error *err) {
  (void)err;
  witness *w = context;
  cr_expect_eq(step->step, w->seen);
  w->seen++;
  w->last = *step;
  return GIBBS_OK;
}

Test(minimize_run, the_watch_sees_every_step) {
  witness w = {.faulty = {.fail_at = 0}};
  gibbs_problem problem = {.n = 2, .value = two_unequal_wells, .context = &w, .watch = note_step};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.keep_every = 1000;
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, first, &options, &m, &err), GIBBS_OK);
  cr_expect_eq(w.seen, m.steps + 1);
  cr_expect_eq(w.last.value, m.value);
  cr_expect_eq(m.history_length, 2);
  cr_expect_eq(m.evaluations, (uint64_t)w.faulty.calls);
  gibbs_minimum_clear(&m);
}

/* ---- where there are no values ----------------------------------------------------------------------------- */

static gibbs_status x_minus_log(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  if (context != NULL && x[0] <= 0) return gibbs_fail(err, GIBBS_ERR_NUMERIC, "log of %g", x[0]);
  *value = 0.1 * x[0] - log(x[0]);
  if (g) g[0] = 0.1 - 1 / x[0];
  return GIBBS_OK;
}

Test(minimize_run, a_line_search_steps_back_from_where_there_is_no_value) {
  int told;
  for (int k = 0; k < 2; k++) { /* the function returns NaN, or says so itself */
    gibbs_problem problem = {.n = 1, .value = x_minus_log, .context = k == 0 ? NULL : &told};
    gibbs_minimize_options options = gibbs_minimize_defaults();
    gibbs_minimum m;
    gibbs_error err;
    cr_assert_eq(gibbs_minimize(&problem, (double[]){400}, &options, &m, &err), GIBBS_OK);
    cr_expect(m.converged, "%s", gibbs_verdict_text(m.verdict));
    cr_expect_float_eq(m.x[0], 10, 1e-8);
    gibbs_minimum_clear(&m);
  }
}

Test(minimize_run, a_method_without_line_search_says_where_it_failed) {
  gibbs_problem problem = {.n = 1, .value = x_minus_log};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.method = GIBBS_METHOD_SGD;
  options.rate = 1000;
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){20}, &options, &m, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "after step 0 of start 1") && strstr(err.message, "rate"), "%s", err.message);
}

Test(minimize_run, a_start_without_a_value_is_an_error) {
  gibbs_problem problem = {.n = 1, .value = x_minus_log};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){-1}, &options, &m, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "value"), "%s", err.message);
  cr_assert_eq(gibbs_minimize(&problem, (double[]){NAN}, &options, &m, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "parameter 1"), "%s", err.message);
}

Test(minimize_run, options_out_of_range_are_refused_by_name) {
  gibbs_problem problem = {.n = 1, .value = x_minus_log};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.decay = 1;
  gibbs_minimum m;
  gibbs_error err;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){1}, &options, &m, &err), GIBBS_ERR_ARGUMENT);
  cr_expect(strstr(err.message, "decay is 1"), "%s", err.message);
  options = gibbs_minimize_defaults();
  options.steps = 0;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){1}, &options, &m, &err), GIBBS_ERR_ARGUMENT);
  options = gibbs_minimize_defaults();
  options.tolerance = NAN;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){1}, &options, &m, &err), GIBBS_ERR_ARGUMENT);
  options = gibbs_minimize_defaults();
  options.method = GIBBS_METHOD_COUNT;
  cr_assert_eq(gibbs_minimize(&problem, (double[]){1}, &options, &m, &err), GIBBS_ERR_ARGUMENT);
  problem.n = 0;
  options = gibbs_minimize_defaults();
  cr_assert_eq(gibbs_minimize(&problem, (double[]){1}, &options, &m, &err), GIBBS_ERR_SHAPE);
}

/* ---- more parameters than a Hessian is made for --------------------------------------------------------------- */

#define MANY 400

static gibbs_status long_valley(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  (void)err;
  bool tail = context != NULL;
  *value = tail ? exp(-x[0]) : x[0] * x[0];
  if (g) g[0] = tail ? -exp(-x[0]) : 2 * x[0];
  for (size_t i = 1; i < MANY; i++) {
    double weight = 1 + (double)i / MANY;
    *value += weight * x[i] * x[i];
    if (g) g[i] = 2 * weight * x[i];
  }
  return GIBBS_OK;
}

Test(minimize_run, many_parameters_are_judged_without_a_hessian) {
  int tail;
  double x[MANY];
  for (size_t i = 0; i < MANY; i++) x[i] = cos((double)i);
  gibbs_minimize_options options = gibbs_minimize_defaults();
  for (int k = 0; k < 2; k++) {
    gibbs_problem problem = {.n = MANY, .value = long_valley, .context = k == 0 ? NULL : &tail};
    gibbs_minimum m;
    gibbs_error err;
    cr_assert_eq(gibbs_minimize(&problem, x, &options, &m, &err), GIBBS_OK);
    cr_expect_eq(m.verdict, k == 0 ? GIBBS_VERDICT_CONVERGED : GIBBS_VERDICT_RUNAWAY, "%s",
                 gibbs_verdict_text(m.verdict));
    cr_expect_not(m.curvature_known);
    gibbs_minimum_clear(&m);
  }
}
