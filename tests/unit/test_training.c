/* test_training.c - steps of the training engine: optimisers, schedules, coordinates, constraints, faults. */
#include <criterion/criterion.h>
#include <string.h>

#include "gibbs/threads.h"
#include "training_parts.h"
#include "training_sources.h"

static void run_bowl(bowl *b, const gibbs_training_options *o) {
  gibbs_training *t = NULL;
  CHECK(bowl_train(b, false, o, &t, err));
  run_all(t);
  CHECK(gibbs_training_finish(t, err));
  gibbs_training_free(t);
}

/* ---- schedules ------------------------------------------------------------------------------------------------- */

Test(training, schedules_go_from_the_first_rate_to_the_last) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 11, 0.8);
  cr_expect_eq(training_rate(&o, 7), 0.8);
  o.rate_end = 0.1;
  const double middle[GIBBS_SCHEDULE_COUNT] = {[GIBBS_SCHEDULE_CONSTANT] = 0.8,
                                               [GIBBS_SCHEDULE_LINEAR] = 0.45,
                                               [GIBBS_SCHEDULE_EXPONENTIAL] = 0.28284271247461906,
                                               [GIBBS_SCHEDULE_COSINE] = 0.45,
                                               [GIBBS_SCHEDULE_INVERSE] = 0.8 / 4.5};
  for (int k = GIBBS_SCHEDULE_LINEAR; k < GIBBS_SCHEDULE_COUNT; k++) {
    o.schedule = (gibbs_schedule)k;
    cr_expect(near_to(training_rate(&o, 0), 0.8, 1e-15), "schedule %d starts at %g", k, training_rate(&o, 0));
    cr_expect(near_to(training_rate(&o, 5), middle[k], 1e-15), "schedule %d is %g halfway", k, training_rate(&o, 5));
    cr_expect(near_to(training_rate(&o, 10), 0.1, 1e-15), "schedule %d ends at %g", k, training_rate(&o, 10));
  }
  o.schedule = GIBBS_SCHEDULE_COSINE;
  cr_expect(near_to(training_rate(&o, 2), 0.1 + 0.7 * (0.5 + 0.5 * 0.80901699437494742), 1e-15));
}

static void expect_refusal(const gibbs_training_options *o, const char *part) {
  bowl b = bowl_new(4);
  gibbs_training *t = NULL;
  gibbs_error failure;
  cr_expect_neq(bowl_train(&b, false, o, &t, &failure), GIBBS_OK, "not refused: %s", part);
  cr_expect(strstr(failure.message, part), "'%s' does not say '%s'", failure.message, part);
  cr_expect_null(t);
  bowl_free(&b);
}

Test(training, options_that_make_no_sense_are_refused) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.rate_end = 0.1;
  expect_refusal(&o, "the schedule 'constant' keeps the rate");
  o.rate_end = 0;
  o.schedule = GIBBS_SCHEDULE_EXPONENTIAL;
  expect_refusal(&o, "never gets to rate_end = 0");
  o = with(GIBBS_OPTIMISER_SGD, 10, NAN);
  expect_refusal(&o, "rate is nan");
  o = with(GIBBS_OPTIMISER_SGD, 0, 0.1);
  expect_refusal(&o, "steps is 0");
  o = with((gibbs_optimiser)17, 10, 0.1);
  expect_refusal(&o, "unknown method number 17");
  o = with(GIBBS_OPTIMISER_NATURAL, 10, 0.1);
  expect_refusal(&o, "no slopes");
  o.centred = true;
  expect_refusal(&o, "take one of them");
  o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.patience = 3;
  expect_refusal(&o, "held_out");
}

/* ---- optimisers -------------------------------------------------------------------------------------------------
 */

/* The updates as the papers write them, for 20 steps. */
Test(training, updates_are_those_of_the_papers) {
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++) {
    gibbs_training_options o = with((gibbs_optimiser)k, 20, 0.05);
    bowl b = bowl_new(7);
    double x[7], m[7] = {0}, v[7] = {0};
    for (size_t i = 0; i < 7; i++) x[i] = *bowl_at(&b, i);
    for (int t = 1; t <= 20; t++)
      for (size_t i = 0; i < 7; i++) {
        double g = bowl_stiffness(i) * (x[i] - bowl_centre(i));
        double decay = k == GIBBS_OPTIMISER_RMSPROP ? 0 : 0.9;
        m[i] = k == GIBBS_OPTIMISER_MOMENTUM ? 0.9 * m[i] + g : decay * m[i] + (1 - decay) * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        if (k == GIBBS_OPTIMISER_SGD)
          x[i] -= 0.05 * g;
        else if (k == GIBBS_OPTIMISER_MOMENTUM)
          x[i] -= 0.05 * m[i];
        else
          x[i] -= 0.05 * (m[i] / (1 - pow(decay, t))) / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
      }
    run_bowl(&b, &o);
    for (size_t i = 0; i < 7; i++)
      cr_expect(near_to(*bowl_at(&b, i), x[i], 1e-12), "optimiser %d, %zu: %.15g, by hand %.15g", k, i,
                *bowl_at(&b, i), x[i]);
    bowl_free(&b);
  }
}

Test(training, every_optimiser_finds_the_exact_optimum_of_a_machine) {
  static const struct {
    gibbs_optimiser optimiser;
    uint64_t steps;
    double rate;
    bool to_zero, centred, standardised;
  } ways[] = {{GIBBS_OPTIMISER_ADAM, 3000, 0.05, true, false, false},
              {GIBBS_OPTIMISER_MOMENTUM, 1500, 0.1, false, false, false},
              {GIBBS_OPTIMISER_SGD, 1500, 0.9, false, false, false},
              {GIBBS_OPTIMISER_RMSPROP, 3000, 0.05, true, false, false},
              {GIBBS_OPTIMISER_NATURAL, 300, 0.4, false, false, false},
              {GIBBS_OPTIMISER_SGD, 2000, 0.9, false, true, false},
              {GIBBS_OPTIMISER_SGD, 3000, 0.4, false, false, true},
              {GIBBS_OPTIMISER_ADAM, 1000, 0.05, true, true, false}};
  gibbs_graph *graph = NULL;
  machine target, model;
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
    open_pair(&graph, &target, &model, GIBBS_SPINS, GIBBS_SPINS);
    gibbs_training_options o = with(ways[k].optimiser, ways[k].steps, ways[k].rate);
    o.centred = ways[k].centred;
    o.standardised = ways[k].standardised;
    o.schedule = ways[k].to_zero ? GIBBS_SCHEDULE_COSINE : GIBBS_SCHEDULE_CONSTANT;
    o.keep_every = 100;
    all_states s = all_states_new(&target, &model, GIBBS_SPINS, GIBBS_SPINS);
    gibbs_training *t = NULL;
    CHECK(all_states_train(&s, &o, &t, err));
    run_all(t);
    double value = 0;
    CHECK(gibbs_objective_value(s.objective, &value, err));
    cr_expect(value < 1e-8, "way %zu: KL %.12g", k, value);
    gibbs_training_free(t);
    all_states_free(&s);
    close_pair(graph, &target, &model);
  }
}

Test(training, clipping_shortens_and_keeps_the_direction) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 1, 1);
  bowl b = bowl_new(5);
  double start[5], slope[5], norm = 0;
  for (size_t i = 0; i < 5; i++) {
    start[i] = *bowl_at(&b, i);
    slope[i] = bowl_stiffness(i) * (start[i] - bowl_centre(i));
    norm += slope[i] * slope[i];
  }
  norm = sqrt(norm);
  o.clip = norm / 4;
  run_bowl(&b, &o);
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(start[i] - *bowl_at(&b, i), slope[i] / 4, 1e-14));
  for (size_t i = 0; i < 5; i++) *bowl_at(&b, i) = start[i];
  o.clip = 1.01 * norm;
  run_bowl(&b, &o);
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(start[i] - *bowl_at(&b, i), slope[i], 1e-14));
  bowl_free(&b);
}

Test(training, the_bits_do_not_depend_on_the_number_of_threads) {
  size_t n = 100001;
  double *first = malloc(n * sizeof *first);
  cr_assert(first);
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++)
    for (size_t threads = 1; threads <= 3; threads += 2) {
      gibbs_training_options o = with((gibbs_optimiser)k, 5, 0.05);
      o.clip = 1;
      o.average = 0.5;
      bowl b = bowl_new(n);
      gibbs_set_threads(threads);
      run_bowl(&b, &o);
      size_t different = 0;
      for (size_t i = 0; i < n; i++)
        if (threads == 1)
          first[i] = *bowl_at(&b, i);
        else
          different += first[i] != *bowl_at(&b, i);
      cr_expect_eq(different, 0, "optimiser %d: %zu numbers differ", k, different);
      bowl_free(&b);
    }
  gibbs_set_threads(0);
  free(first);
}

/* ---- constraints and means
 * ------------------------------------------------------------------------------------------ */

/* min 1/2 sum k (x - c)^2 with sum x = level: x_i = c_i - m / k_i, m = (sum c - level) / sum 1/k. */
Test(training, a_noisy_constraint_is_met_within_its_error) {
  bowl b = bowl_new(6);
  b.constrained = true;
  b.level = 1.5;
  b.noise = 0.3;
  double sum = -b.level, inverse = 0;
  for (size_t i = 0; i < 6; i++) sum += bowl_centre(i), inverse += 1 / bowl_stiffness(i);
  double multiplier = sum / inverse;
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 20000, 0.05);
  o.schedule = GIBBS_SCHEDULE_INVERSE;
  o.rate_end = 0.005;
  o.average = 0.5;
  gibbs_training *t = NULL;
  gibbs_training_result r;
  CHECK(bowl_train(&b, false, &o, &t, err));
  run_all(t);
  CHECK(gibbs_training_finish(t, err));
  gibbs_training_report(t, &r);
  /* 10,000 steps with noise 0.3 each: means are good to about 0.003 (times the inverse stiffness). */
  cr_expect_eq(r.averaged, 10000);
  cr_expect(fabs(r.multiplier - multiplier) < 0.02, "multiplier %g, exactly %g", r.multiplier, multiplier);
  for (size_t i = 0; i < 6; i++)
    cr_expect(fabs(*bowl_at(&b, i) - bowl_centre(i) + multiplier / bowl_stiffness(i)) < 0.02, "%zu: %g", i,
              *bowl_at(&b, i));
  cr_expect(fabs(bowl_violation(&b)) < 0.02);
  cr_expect(r.constraint_error > 0 && r.constraint_error < 0.02 && fabs(r.constraint) < 4 * r.constraint_error,
            "constraint %g +- %g", r.constraint, r.constraint_error);
  gibbs_training_free(t);
  bowl_free(&b);
}

typedef struct path {
  bowl *b;
  double sum[8];
  uint64_t from;
} path;

static gibbs_status add_to_path(void *context, const gibbs_training_record *record, gibbs_error *err) {
  path *p = context;
  (void)err;
  for (size_t i = 0; record->step > p->from && i < bowl_size(p->b); i++) p->sum[i] += *bowl_at(p->b, i);
  return GIBBS_OK;
}

Test(training, the_result_is_the_mean_of_the_last_steps) {
  bowl b = bowl_new(5);
  b.noise = 1;
  gibbs_training_options o = with(GIBBS_OPTIMISER_MOMENTUM, 50, 0.05);
  o.average = 0.3;
  path p = {.b = &b, .from = 35};
  gibbs_training *t = NULL;
  CHECK(bowl_train(&b, false, &o, &t, err));
  CHECK(gibbs_training_run(t, UINT64_MAX, add_to_path, &p, err));
  CHECK(gibbs_training_finish(t, err));
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(*bowl_at(&b, i), p.sum[i] / 15, 1e-14));
  gibbs_error failure;
  cr_expect_eq(gibbs_training_run(t, 1, NULL, NULL, &failure), GIBBS_ERR_ARGUMENT);
  gibbs_training_free(t);
  bowl_free(&b);
}
