/* test_training_state.c - a training saved and restored at every step; states that do not fit. */
#include <criterion/criterion.h>
#include <string.h>

#include "training_parts.h"
#include "training_sources.h"

/* Everything at once: noise, constraint, rollbacks, means, held-out looks. */
static bowl busy_bowl(void) {
  bowl b = bowl_new(6);
  b.noise = 0.7;
  b.constrained = true;
  b.level = 0.3;
  b.ill_above = 1.9;
  b.drift = 0.01;
  return b;
}

static gibbs_training_options busy_options(int optimiser) {
  gibbs_training_options o = with((gibbs_optimiser)optimiser, 40, 0.2);
  o.schedule = GIBBS_SCHEDULE_COSINE;
  o.average = 0.6;
  o.check_every = 4;
  o.ess_floor = 0.5;
  o.keep_every = 3;
  o.patience = 100;
  return o;
}

static bool same_records(const gibbs_training *s, const gibbs_training *t) {
  const gibbs_training_record *a = NULL, *b = NULL;
  size_t count = gibbs_training_history(s, &a);
  if (gibbs_training_history(t, &b) != count) return false;
  for (size_t k = 0; k < count; k++) {
#define ROW(field, doc)                                                                                              \
  if (memcmp(&a[k].field, &b[k].field, sizeof a[k].field) != 0) return false;
    GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
  }
  return true;
}

static void expect_same_end(bowl *b, gibbs_training *t, bowl *twin, gibbs_training *other, const char *what, int k,
                            uint64_t at) {
  double x[6];
  gibbs_training_result r, s;
  copy_bowl(b, x);
  cr_expect(is_at(twin, x), "%s, optimiser %d, restored after %g steps", what, k, (double)at);
  cr_expect(same_records(t, other), "%s, optimiser %d, restored after %g steps: history", what, k, (double)at);
  gibbs_training_report(t, &r);
  gibbs_training_report(other, &s);
  cr_expect_eq(memcmp(&r.value, &s.value, sizeof r - offsetof(gibbs_training_result, value)), 0);
  cr_expect(r.rollbacks == s.rollbacks && r.best_step == s.best_step && r.averaged == s.averaged);
}

Test(training_state, a_run_goes_on_from_any_step_to_the_same_bits) {
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++) {
    gibbs_training_options o = busy_options(k);
    bowl b = busy_bowl();
    gibbs_training *t = train(&b, true, &o);
    CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
    cr_expect(t->rollbacks > 0 && t->rollbacks == t->history[t->history_length - 1].rollbacks, "%g rollbacks",
              (double)t->rollbacks);
    uint64_t steps = gibbs_training_step(t);
    CHECK(gibbs_training_finish(t, err));
    for (uint64_t at = 0; at <= steps; at++) {
      bowl first = busy_bowl(), second = busy_bowl();
      gibbs_training *before = train(&first, true, &o), *after = train(&second, true, &o);
      double *state = NULL;
      size_t count = 0;
      CHECK(gibbs_training_run(before, at, NULL, NULL, err));
      CHECK(gibbs_training_save(before, &state, &count, err));
      *bowl_at(&second, 2) = 55; /* whatever was there */
      CHECK(gibbs_training_restore(after, state, count, err));
      CHECK(gibbs_training_run(after, UINT64_MAX, NULL, NULL, err));
      CHECK(gibbs_training_finish(after, err));
      expect_same_end(&b, t, &second, after, "saved", k, at);
      free(state);
      gibbs_training_free(before);
      gibbs_training_free(after);
      bowl_free(&first);
      bowl_free(&second);
    }
    gibbs_training_free(t);
    bowl_free(&b);
  }
}

/* Restoring is refused, and leaves the run as it was. */
static void expect_refusal(gibbs_training *t, const double *state, size_t count, const char *part) {
  double *before = NULL, *after = NULL;
  size_t size = 0, again = 0;
  gibbs_error failure;
  CHECK(gibbs_training_save(t, &before, &size, err));
  cr_expect_neq(gibbs_training_restore(t, state, count, &failure), GIBBS_OK, "not refused: %s", part);
  cr_expect(strstr(failure.message, part), "'%s' does not say '%s'", failure.message, part);
  CHECK(gibbs_training_save(t, &after, &again, err));
  cr_expect(size == again && memcmp(before, after, size * sizeof *before) == 0, "changed by a refused state: %s",
            part);
  free(before);
  free(after);
}

static void expect_no_restore(const gibbs_training_options *o, bool held_out, const double *state, size_t count,
                              const char *part) {
  bowl b = busy_bowl();
  gibbs_training *t = train(&b, held_out, o);
  CHECK(gibbs_training_run(t, 9, NULL, NULL, err));
  expect_refusal(t, state, count, part);
  gibbs_training_free(t);
  bowl_free(&b);
}

Test(training_state, states_that_do_not_fit_are_refused_and_change_nothing) {
  gibbs_training_options o = busy_options(GIBBS_OPTIMISER_ADAM), other = o;
  bowl b = busy_bowl();
  gibbs_training *t = train(&b, true, &o);
  double *state = NULL;
  size_t count = 0;
  CHECK(gibbs_training_run(t, 21, NULL, NULL, err));
  CHECK(gibbs_training_save(t, &state, &count, err));
  for (size_t cut = 1; cut <= count; cut++)
    expect_refusal(t, state, count - cut, count - cut < 25 ? "state of a training" : "damaged");
  other.rate = 0.3;
  expect_no_restore(&other, true, state, count, "made with rate = 0.2, and this one has 0.3");
  other = o;
  other.optimiser = GIBBS_OPTIMISER_SGD;
  expect_no_restore(&other, true, state, count, "made with method = 0, and this one has 2");
  other = o;
  other.patience = 0;
  expect_no_restore(&other, false, state, count, "held-out");
  state[0] = 7;
  expect_no_restore(&o, true, state, count, "this program can read");
  state[0] = 1;
  state[2] += 1;
  expect_no_restore(&o, true, state, count, "other parameters");
  free(state);
  gibbs_training_free(t);
  bowl_free(&b);
}

/* Every number of a state, spoilt: refused, or a state of some run; never a crash, or parameters that are not finite.
 */
Test(training_state, a_spoilt_state_does_no_harm) {
  gibbs_training_options o = busy_options(GIBBS_OPTIMISER_ADAM);
  bowl b = busy_bowl(), target = busy_bowl();
  gibbs_training *t = train(&b, true, &o), *into = train(&target, true, &o);
  double *state = NULL;
  size_t count = 0;
  CHECK(gibbs_training_run(t, 21, NULL, NULL, err));
  CHECK(gibbs_training_save(t, &state, &count, err));
  static const double spoils[] = {NAN, -1, 1e300, 0.5, 3};
  for (size_t k = 0; k < count; k++)
    for (size_t s = 0; s < sizeof spoils / sizeof *spoils; s++) {
      double kept = state[k];
      gibbs_error failure;
      state[k] = spoils[s];
      if (gibbs_training_restore(into, state, count, &failure) == GIBBS_OK)
        for (size_t i = 0; i < 6; i++) cr_assert(isfinite(*bowl_at(&target, i)));
      state[k] = kept;
    }
  CHECK(gibbs_training_restore(into, state, count, err));
  free(state);
  gibbs_training_free(t);
  gibbs_training_free(into);
  bowl_free(&b);
  bowl_free(&target);
}

/* More steps than were planned, where nothing depends on how many there are. */
Test(training_state, a_finished_run_goes_on_with_more_steps) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_ADAM, 10, 0.05), longer = o;
  longer.steps = 25;
  bowl b = bowl_new(5), second = bowl_new(5), whole = bowl_new(5);
  gibbs_training *t = train(&b, false, &o), *more = train(&second, false, &longer),
                 *all = train(&whole, false, &longer);
  double *state = NULL, x[5];
  size_t count = 0;
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
  CHECK(gibbs_training_save(t, &state, &count, err));
  CHECK(gibbs_training_restore(more, state, count, err));
  CHECK(gibbs_training_run(more, UINT64_MAX, NULL, NULL, err));
  CHECK(gibbs_training_run(all, UINT64_MAX, NULL, NULL, err));
  copy_bowl(&whole, x);
  cr_expect(is_at(&second, x));
  cr_expect_eq(gibbs_training_step(more), 25);
  free(state);
  gibbs_training *runs[] = {t, more, all};
  bowl *bowls[] = {&b, &second, &whole};
  for (size_t k = 0; k < 3; k++) gibbs_training_free(runs[k]), bowl_free(bowls[k]);
}
