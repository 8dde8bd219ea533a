/* test_training_faults.c - what goes wrong in a training: numbers that are not finite, chains out of equilibrium,
 * interrupts; and what ends it early. */
#include <criterion/criterion.h>
#include <string.h>

#include "gibbs/control.h"
#include "training_parts.h"
#include "training_sources.h"

/* ---- what is not finite ------------------------------------------------------------------------------------------
 */

Test(training_faults, nothing_that_is_not_finite_is_taken_over) {
  for (int k = 0; k < 3; k++) {
    bowl b = bowl_new(5), twin = bowl_new(5);
    gibbs_training_options o = with(GIBBS_OPTIMISER_ADAM, 20, 0.05);
    *(k == 0 ? &b.nan_at : k == 1 ? &b.infinite_at : &b.fail_at) = 7;
    gibbs_training *t = train(&b, false, &o), *whole = train(&twin, false, &o);
    CHECK(gibbs_training_run(whole, 7, NULL, NULL, err));
    double x[5];
    gibbs_error failure;
    copy_bowl(&twin, x);
    cr_expect_neq(gibbs_training_run(t, UINT64_MAX, NULL, NULL, &failure), GIBBS_OK);
    static const char *const parts[] = {"step 8: the gradient by parameter 'y', element 2, is nan",
                                        "step 8: the objective is inf", "the bowl fails"};
    cr_expect(strstr(failure.message, parts[k]), "%s", failure.message);
    cr_expect_eq(gibbs_training_step(t), 7);
    cr_expect(is_at(&b, x));
    gibbs_training_free(t);
    gibbs_training_free(whole);
    bowl_free(&b);
    bowl_free(&twin);
  }
}

Test(training_faults, a_start_that_is_not_finite_is_refused) {
  bowl b = bowl_new(5);
  gibbs_training_options o = gibbs_training_defaults();
  gibbs_training *t = NULL;
  gibbs_error failure;
  *bowl_at(&b, 1) = NAN;
  cr_expect_eq(bowl_train(&b, false, &o, &t, &failure), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(failure.message, "'x', element 2, starts at nan"), "%s", failure.message);
  bowl_free(&b);
}

/* ---- rollback
 * ------------------------------------------------------------------------------------------------------ */

Test(training_faults, chains_out_of_equilibrium_send_the_run_back) {
  bowl b = bowl_new(5), twin = bowl_new(5);
  gibbs_training_options o = with(GIBBS_OPTIMISER_MOMENTUM, 30, 0.05);
  o.check_every = 10;
  o.ess_floor = 0.5;
  b.ill_from = b.ill_to = 16; /* the sampling of step 17, once: going back takes the count of samplings with it */
  gibbs_training *t = train(&b, false, &o), *whole = train(&twin, false, &o);
  double x[5];
  const gibbs_training_record *history = NULL;
  CHECK(gibbs_training_run(whole, 10, NULL, NULL, err));
  copy_bowl(&twin, x);
  CHECK(gibbs_training_run(t, 16, NULL, NULL, err));
  cr_expect_not(is_at(&b, x));
  CHECK(gibbs_training_run(t, 1, NULL, NULL, err));
  cr_expect(is_at(&b, x), "not back at the good point");
  cr_expect_eq(b.sampled, 10);
  cr_assert_eq(gibbs_training_history(t, &history), 17);
  cr_expect_eq(history[15].rollbacks, 0);
  cr_expect_eq(history[16].rollbacks, 1);
  cr_expect_eq(history[16].ess, 0.1);
  b.ill_from = NEVER;
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  (void)gibbs_training_history(t, &history);
  cr_expect_eq(history[17].rate, 0.025);
  cr_expect_eq(b.sampled, 10 + 13);
  gibbs_training_free(t);
  gibbs_training_free(whole);
  bowl_free(&b);
  bowl_free(&twin);
}

/* After going back the run is the one that had this rate from the good point on. */
Test(training_faults, going_back_takes_the_optimiser_with_it) {
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++) {
    bowl b = bowl_new(5), twin = bowl_new(5);
    b.noise = twin.noise = 0.5;
    gibbs_training_options o = with((gibbs_optimiser)k, 40, 0.05), slower = o;
    o.check_every = slower.check_every = 10;
    o.ess_floor = slower.ess_floor = 0.5;
    b.ill_from = b.ill_to = 14;
    gibbs_training *t = train(&b, false, &o), *whole = train(&twin, false, &slower);
    CHECK(gibbs_training_run(t, 15, NULL, NULL, err));
    b.ill_from = NEVER;
    CHECK(gibbs_training_run(t, 12, NULL, NULL, err));
    CHECK(gibbs_training_run(whole, 10, NULL, NULL, err));
    whole->scale = 0.5;
    CHECK(gibbs_training_run(whole, 12, NULL, NULL, err));
    double x[5];
    copy_bowl(&twin, x);
    cr_expect(is_at(&b, x), "optimiser %d", k);
    gibbs_training_free(t);
    gibbs_training_free(whole);
    bowl_free(&b);
    bowl_free(&twin);
  }
}

Test(training_faults, a_run_that_goes_back_again_and_again_ends) {
  bowl b = bowl_new(5);
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 1000, 0.05);
  o.check_every = 10;
  o.ess_floor = 0.5;
  b.ill_from = 12;
  b.ill_to = NEVER;
  gibbs_training *t = train(&b, false, &o);
  gibbs_training_end end;
  gibbs_training_result r;
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  cr_expect(gibbs_training_ended(t, &end) && end == GIBBS_TRAINING_END_OUT_OF_EQUILIBRIUM);
  gibbs_training_report(t, &r);
  cr_expect_eq(r.rollbacks, 5);
  cr_expect_eq(r.steps, 10 + 5 * 3);
  gibbs_training_free(t);
  bowl_free(&b);
}

/* The cause is the rate: halving it is the cure, and the run gets to its end. */
Test(training_faults, a_smaller_rate_cures_what_a_large_one_causes) {
  bowl b = bowl_new(5);
  b.ill_above = 10;
  gibbs_training_options o =
      with(GIBBS_OPTIMISER_SGD, 400, 2.4); /* diverges by a factor 1.4 a step, or more; 0.66 does not */
  o.check_every = 20;
  o.ess_floor = 0.5;
  gibbs_training *t = train(&b, false, &o);
  gibbs_training_end end;
  gibbs_training_result r;
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  cr_expect(gibbs_training_ended(t, &end) && end == GIBBS_TRAINING_END_STEPS);
  gibbs_training_report(t, &r);
  cr_expect(r.rollbacks >= 1 && r.rollbacks < 5, "%g rollbacks", (double)r.rollbacks);
  cr_expect(bowl_value(&b) < 1e-6, "%g", bowl_value(&b));
  gibbs_training_free(t);
  bowl_free(&b);
}

/* ---- held-out objective
 * ------------------------------------------------------------------------------------------------ */

Test(training_faults, a_held_out_objective_stops_the_run_and_keeps_the_best_point) {
  bowl b = bowl_new(5);
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 1000, 0.02);
  o.check_every = 5;
  o.patience = 4;
  b.drift = 0.05; /* better while the bowl's value falls by more than that a look */
  gibbs_training *t = train(&b, true, &o);
  gibbs_training_end end;
  gibbs_training_result r;
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  cr_expect(gibbs_training_ended(t, &end) && end == GIBBS_TRAINING_END_PATIENCE);
  double last = bowl_value(&b);
  gibbs_training_report(t, &r);
  cr_expect_eq(r.steps, r.best_step + 5 * 4);
  CHECK(gibbs_training_finish(t, err));
  cr_expect(near_to(r.held_out, bowl_value(&b) + b.drift * (double)(r.best_step / 5 - 1), 1e-14));
  cr_expect(bowl_value(&b) > last);
  cr_expect_eq(r.held_out_error, 0.5);
  gibbs_training_free(t);
  bowl_free(&b);
}

/* Of the mean and the best point, the held-out objective has the last word. */
Test(training_faults, the_better_of_mean_and_best_point_is_the_result) {
  for (int k = 0; k < 2; k++) {
    bowl b = bowl_new(5);
    gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 100, 0.05);
    o.check_every = 10;
    o.average = k == 0 ? 0.99 : 0.5; /* from the start on: bad without noise; with noise and at the end: good */
    b.noise = k == 0 ? 0 : 3;
    gibbs_training *t = train(&b, true, &o);
    gibbs_training_result r;
    CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
    CHECK(gibbs_training_finish(t, err));
    gibbs_training_report(t, &r);
    cr_expect_eq(r.averaged, k == 0 ? 0 : 50);
    cr_expect(near_to(bowl_value(&b), r.held_out, 1e-14));
    gibbs_training_free(t);
    bowl_free(&b);
  }
}

/* ---- stopping
 * ---------------------------------------------------------------------------------------------------------- */

static gibbs_status stop_at_five(void *context, const gibbs_training_record *record, gibbs_error *err) {
  gibbs_status *status = context;
  return record->step == 5 ? gibbs_fail(err, *status, "enough") : GIBBS_OK;
}

Test(training_faults, a_watch_that_fails_ends_the_run_after_a_whole_step) {
  static const gibbs_status all[] = {GIBBS_ERR_INTERRUPT, GIBBS_ERR_CALLBACK};
  for (int k = 0; k < 2; k++) {
    bowl b = bowl_new(5), twin = bowl_new(5);
    gibbs_training_options o = with(GIBBS_OPTIMISER_ADAM, 12, 0.05);
    gibbs_training *t = train(&b, false, &o), *whole = train(&twin, false, &o);
    gibbs_status status = all[k];
    gibbs_error failure;
    gibbs_training_end end;
    cr_expect_eq(gibbs_training_run(t, UINT64_MAX, stop_at_five, &status, &failure), status);
    cr_expect_str_eq(failure.message, "enough");
    cr_expect_eq(gibbs_training_step(t), 5);
    cr_expect_eq(gibbs_training_ended(t, &end), k == 0);
    cr_expect(k == 1 || end == GIBBS_TRAINING_END_STOPPED);
    CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
    CHECK(gibbs_training_run(whole, UINT64_MAX, NULL, NULL, err));
    double x[5];
    copy_bowl(&twin, x);
    cr_expect(is_at(&b, x));
    gibbs_training_free(t);
    gibbs_training_free(whole);
    bowl_free(&b);
    bowl_free(&twin);
  }
}

Test(training_faults, an_interrupt_waits_for_the_end_of_the_step) {
  bowl b = bowl_new(5);
  gibbs_training_options o = with(GIBBS_OPTIMISER_ADAM, 12, 0.05);
  b.interrupt_at = 4;
  gibbs_training *t = train(&b, false, &o);
  gibbs_error failure;
  gibbs_training_end end;
  cr_expect_eq(gibbs_training_run(t, UINT64_MAX, NULL, NULL, &failure), GIBBS_ERR_INTERRUPT);
  gibbs_interrupt_clear();
  cr_expect_eq(gibbs_training_step(t), 5);
  cr_expect_eq(b.sampled, 5);
  cr_expect(gibbs_training_ended(t, &end) && end == GIBBS_TRAINING_END_INTERRUPTED);
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  cr_expect_eq(gibbs_training_step(t), 12);
  gibbs_training_free(t);
  bowl_free(&b);
}

/* The first step warms up and may take long: an interrupt undoes it. */
Test(training_faults, an_interrupted_first_step_is_undone) {
  bowl b = bowl_new(5);
  gibbs_training_options o = with(GIBBS_OPTIMISER_ADAM, 12, 0.05);
  b.fail_at = 0;
  b.failure = GIBBS_ERR_INTERRUPT;
  gibbs_training *t = train(&b, false, &o);
  gibbs_error failure;
  double x[5];
  copy_bowl(&b, x);
  cr_expect_eq(gibbs_training_run(t, UINT64_MAX, NULL, NULL, &failure), GIBBS_ERR_INTERRUPT);
  cr_expect_eq(gibbs_training_step(t), 0);
  cr_expect_eq(b.sampled, 0, "chains were left where the interrupt found them");
  cr_expect(is_at(&b, x));
  gibbs_training_free(t);
  bowl_free(&b);
}
