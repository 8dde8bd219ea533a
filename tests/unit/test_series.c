/* test_series.c - series against processes whose means, errors and correlations are known.
 *
 * Coverage: of R independent runs, a fraction c of intervals of one standard error holds the truth; for normal errors
 * that are known exactly c = 0.683.  With R = 2000 the bounds 0.64 to 0.72 are 3.5 and 4.1 standard deviations away
 * (false alarm 3e-4 a case; seeds are fixed). */
#include "gibbs/series.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "processes.h"

enum { MOST_CHAINS = 8 };

static gibbs_error error;

static gibbs_series *make_series(size_t observables, size_t chains, bool pooled) {
  gibbs_series *series;
  cr_assert_eq(gibbs_series_new(observables, chains, pooled, &series, &error), GIBBS_OK, "%s", error.message);
  return series;
}

static void add_row(gibbs_series *series, const double *values) {
  cr_assert_eq(gibbs_series_add(series, values, &error), GIBBS_OK, "%s", error.message);
}

static gibbs_estimate find_mean(const gibbs_series *series, size_t observable, uint64_t warm_up) {
  gibbs_estimate e;
  cr_assert_eq(gibbs_series_mean(series, observable, warm_up, &e, &error), GIBBS_OK, "%s", error.message);
  return e;
}

/* Chains of x + noise + offset[chain] + transient exp(-t / decay). */
typedef struct recipe {
  size_t chains;
  uint64_t rows;
  double tau, noise, transient, decay;
  const double *offset;
} recipe;

static gibbs_series *run_chains(const recipe *r, uint32_t repetition) {
  gibbs_series *series = make_series(1, r->chains, false);
  process p[MOST_CHAINS];
  double row[MOST_CHAINS];
  for (size_t c = 0; c < r->chains; c++) p[c] = start_process(r->tau, (uint32_t)c, repetition);
  for (uint64_t t = 0; t < r->rows; t++) {
    for (size_t c = 0; c < r->chains; c++) {
      row[c] = next_value(&p[c]) + (r->offset ? r->offset[c] : 0);
      if (r->noise > 0) row[c] += r->noise * gibbs_stream_normal(&p[c].stream);
      if (r->transient > 0) row[c] += r->transient * exp(-(double)t / r->decay);
    }
    add_row(series, row);
  }
  return series;
}

/* ---- errors cover ------------------------------------------------------------------------------------ */

static void expect_coverage(const recipe *r, uint64_t warm_up, uint32_t repetitions, double low, double high) {
  int inside = 0;
  double squares = 0, variances = 0, tau = 0;
  for (uint32_t k = 0; k < repetitions; k++) {
    gibbs_series *series = run_chains(r, k);
    gibbs_estimate e = find_mean(series, 0, warm_up);
    inside += fabs(e.value) < e.error;
    squares += e.value * e.value;
    variances += e.error * e.error;
    tau += e.tau / repetitions;
    gibbs_series_free(series);
  }
  double c = (double)inside / repetitions;
  cr_expect(c > low && c < high, "%zu chains of %" PRIu64 " rows, tau %g, noise %g: coverage %.4f", r->chains,
            r->rows, r->tau, r->noise, c);
  /* Mean square deviation and mean squared error agree: a tenth is three standard deviations. */
  cr_expect_float_eq(variances / squares, 1, 0.13, "%zu chains, tau %g: the squared error is off by %.3f", r->chains,
                     r->tau, variances / squares);
  double truth = (r->tau + r->noise * r->noise) / (1 + r->noise * r->noise);
  cr_expect_float_eq(tau / truth, 1, 0.06, "%zu chains: tau %g, expected %g", r->chains, tau, truth);
}

Test(series, errors_of_four_chains_cover) {
  for (double tau = 1; tau <= 25; tau *= 5)
    expect_coverage(&(recipe){.chains = 4, .rows = (uint64_t)(100 * fmin(tau, 20)), .tau = fmin(tau, 20)}, 0, 2000,
                    0.64, 0.72);
}

Test(series, errors_of_one_chain_cover) {
  for (double tau = 1; tau <= 25; tau *= 5)
    expect_coverage(&(recipe){.chains = 1, .rows = (uint64_t)(100 * fmin(tau, 20)), .tau = fmin(tau, 20)}, 0, 2000,
                    0.64, 0.72);
}

Test(series, errors_of_eight_short_chains_cover) {
  for (double tau = 1; tau <= 25; tau *= 5)
    expect_coverage(&(recipe){.chains = 8, .rows = (uint64_t)(50 * fmin(tau, 20)), .tau = fmin(tau, 20)}, 0, 2000,
                    0.64, 0.72);
}

/* A slow part of a fifth of the variance, hidden in white noise; a window chosen by the sum alone would miss it. */
Test(series, a_slow_part_behind_fast_noise_is_seen) {
  expect_coverage(&(recipe){.chains = 4, .rows = 2000, .tau = 20, .noise = 2}, 0, 1000, 0.63, 0.73);
  expect_coverage(&(recipe){.chains = 1, .rows = 2000, .tau = 20, .noise = 2}, 0, 1000, 0.62, 0.73);
}

Test(series, errors_cover_when_the_warm_up_is_detected) {
  expect_coverage(&(recipe){.chains = 4, .rows = 500, .tau = 5}, GIBBS_WARM_UP_DETECT, 2000, 0.63, 0.72);
}

Test(series, errors_of_joined_blocks_cover) {
  /* 20,000 rows are kept as 2,500 blocks of 8. */
  expect_coverage(&(recipe){.chains = 1, .rows = 20000, .tau = 20}, 0, 400, 0.60, 0.76);
}

Test(series, correlations_that_alternate_shorten_tau) {
  gibbs_series *series = run_chains(&(recipe){.chains = 4, .rows = 4000, .tau = 0.25}, 1);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect(e.tau > 0.15 && e.tau < 0.4, "tau %g, expected 0.25", e.tau);
  cr_expect(e.ess > 16000);
  gibbs_series_free(series);
}

Test(series, the_error_of_tau_is_right) {
  const recipe r = {.chains = 4, .rows = 1000, .tau = 5};
  double sum = 0, squares = 0, claimed = 0;
  enum { REPETITIONS = 300 };
  for (uint32_t k = 0; k < REPETITIONS; k++) {
    gibbs_series *series = run_chains(&r, k);
    gibbs_estimate e = find_mean(series, 0, 0);
    sum += e.tau / REPETITIONS;
    squares += e.tau * e.tau / REPETITIONS;
    claimed += e.tau_error / REPETITIONS;
    cr_expect_float_eq(e.ess * e.tau, 4000, 1e-6);
    gibbs_series_free(series);
  }
  double spread = sqrt(squares - sum * sum);
  cr_expect(claimed > 0.8 * spread && claimed < 1.4 * spread, "spread %g, claimed %g", spread, claimed);
}

/* ---- chains that disagree ------------------------------------------------------------------------------ */

Test(series, chains_that_agree_have_r_hat_near_one) {
  gibbs_series *series = run_chains(&(recipe){.chains = 4, .rows = 2000, .tau = 5}, 3);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect(e.r_hat > 0.99 && e.r_hat < 1.02, "R-hat %g", e.r_hat);
  cr_expect(e.converged, "%s", e.why);
  cr_expect_str_eq(e.why, "");
  gibbs_series_free(series);
}

Test(series, chains_that_disagree_are_found_and_widen_the_error) {
  const double offset[] = {-1, 1, -1, 1};
  gibbs_series *series = run_chains(&(recipe){.chains = 4, .rows = 2000, .tau = 1, .offset = offset}, 3);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect(e.r_hat > 1.3, "R-hat %g", e.r_hat);
  cr_expect_not(e.converged);
  cr_expect(strstr(e.why, "chains") != NULL, "%s", e.why);
  cr_expect_float_eq(e.error, 2 / sqrt(3) / 2, 0.05, "error %g", e.error); /* of four means of spread 2 / sqrt(3) */
  gibbs_series_free(series);
}

Test(series, frozen_chains_disagree_for_ever) {
  gibbs_series *series = make_series(1, 3, false);
  const double row[] = {1, 2, 6};
  for (int t = 0; t < 10000; t++) add_row(series, row);
  gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
  cr_expect_float_eq(e.value, 3, 1e-12);
  cr_expect_float_eq(e.error, sqrt(7.0 / 3), 1e-9);
  cr_expect(isinf(e.r_hat));
  cr_expect_not(e.converged);
  gibbs_series_free(series);
}

Test(series, halves_of_one_chain_are_compared) {
  gibbs_series *series = make_series(1, 1, false);
  process p = start_process(1, 0, 0);
  for (int t = 0; t < 2000; t++) add_row(series, &(double){next_value(&p) + (t < 1000 ? 0 : 2)});
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect(e.r_hat > 1.2, "R-hat %g", e.r_hat);
  cr_expect_not(e.converged);
  gibbs_series_free(series);
}

Test(series, a_run_of_few_tau_is_not_converged) {
  gibbs_series *series = run_chains(&(recipe){.chains = 4, .rows = 300, .tau = 20}, 0);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect_not(e.converged);
  cr_expect(*e.why != '\0');
  gibbs_series_free(series);
}

/* ---- warm-up ------------------------------------------------------------------------------------------- */

Test(series, a_transient_is_found_and_taken_off) {
  const recipe r = {.chains = 4, .rows = 4000, .tau = 5, .transient = 30, .decay = 40};
  int inside = 0;
  double part = 0;
  for (uint32_t k = 0; k < 400; k++) {
    gibbs_series *series = run_chains(&r, k);
    gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT), raw = find_mean(series, 0, 0);
    cr_expect(e.warm_up >= 80 && e.warm_up < 2900, "warm-up %" PRIu64, e.warm_up);
    cr_expect_eq(e.rows + e.warm_up, 4000);
    cr_expect(raw.value > 5 * e.error, "without a warm-up the mean is off");
    inside += fabs(e.value) < e.error;
    part += (double)e.warm_up / 4000 / 400;
    gibbs_series_free(series);
  }
  cr_expect(inside > 0.58 * 400 && inside < 0.78 * 400, "coverage %g", inside / 400.0);
  cr_expect(part < 0.15, "a part of %g is taken off", part);
}

Test(series, little_is_taken_off_a_stationary_series) {
  const recipe r = {.chains = 4, .rows = 1000, .tau = 5};
  double part = 0;
  int converged = 0;
  for (uint32_t k = 0; k < 400; k++) {
    gibbs_series *series = run_chains(&r, k);
    gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
    part += (double)e.warm_up / 1000 / 400;
    converged += e.converged;
    gibbs_series_free(series);
  }
  cr_expect(part < 0.015, "a part of %g is taken off", part);
  cr_expect(converged > 390, "%d of 400 converged", converged);
}

/* One where x > 1.5, else 0: rare runs of ones at the start are no warm-up, and without them the rest looks quiet. */
Test(series, rare_events_are_not_taken_off) {
  enum { REPETITIONS = 1000, ROWS = 2000 };
  const double truth = erfc(1.5 / sqrt(2)) / 2;
  int inside = 0;
  double part = 0, squares = 0, variances = 0;
  for (uint32_t k = 0; k < REPETITIONS; k++) {
    gibbs_series *series = make_series(1, 1, false);
    process p = start_process(9, 0, k);
    for (int t = 0; t < ROWS; t++) add_row(series, &(double){next_value(&p) > 1.5});
    gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
    inside += fabs(e.value - truth) < e.error;
    part += (double)e.warm_up / ROWS / REPETITIONS;
    squares += (e.value - truth) * (e.value - truth);
    variances += e.error * e.error;
    gibbs_series_free(series);
  }
  cr_expect(inside > 0.63 * REPETITIONS && inside < 0.72 * REPETITIONS, "coverage %g", inside / 1000.0);
  cr_expect(variances / squares > 0.85, "the squared error is off by %g", variances / squares);
  cr_expect(part < 0.03, "a part of %g is taken off", part);
}

Test(series, a_drift_through_the_whole_run_is_no_warm_up) {
  gibbs_series *series =
      run_chains(&(recipe){.chains = 2, .rows = 2000, .tau = 1, .transient = 20, .decay = 3000}, 0);
  gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
  bool settled = true;
  cr_expect_not(e.converged);
  cr_expect(strstr(e.why, "drift") != NULL, "%s", e.why);
  cr_expect(gibbs_series_warm_up(series, &settled) >= 900);
  cr_expect_not(settled);
  gibbs_series_free(series);
}

Test(series, the_joint_warm_up_is_the_longest) {
  gibbs_series *series = make_series(2, 1, false);
  process p = start_process(1, 0, 0), q = start_process(1, 1, 0);
  for (int t = 0; t < 2000; t++) add_row(series, (double[]){next_value(&p), next_value(&q) + 50 * exp(-t / 50.0)});
  bool settled;
  uint64_t joint = gibbs_series_warm_up(series, &settled);
  uint64_t first = find_mean(series, 0, GIBBS_WARM_UP_DETECT).warm_up;
  cr_expect(settled);
  cr_expect_eq(joint, find_mean(series, 1, GIBBS_WARM_UP_DETECT).warm_up);
  cr_expect(joint >= 100 && first < joint, "joint %" PRIu64 ", first %" PRIu64, joint, first);
  gibbs_series_free(series);
}

/* ---- blocks -------------------------------------------------------------------------------------------- */

Test(series, joined_blocks_give_the_mean_of_all_rows) {
  gibbs_series *series = make_series(2, 2, false);
  process p = start_process(3, 0, 0);
  enum { ROWS = 100003 };
  double sum[2] = {0}, tail[2] = {0};
  const uint64_t warm_up = 5000;
  for (uint64_t t = 0; t < ROWS; t++) {
    double row[4];
    for (int k = 0; k < 4; k++) row[k] = next_value(&p) + 1000 * (k / 2);
    add_row(series, row);
    for (int k = 0; k < 4; k++) sum[k / 2] += row[k];
    uint64_t cut = 5024; /* the next whole block: 2^17 / 4096 = 32 rows each */
    for (int k = 0; k < 4 && t >= cut; k++) tail[k / 2] += row[k];
  }
  for (size_t o = 0; o < 2; o++) {
    gibbs_estimate all = find_mean(series, o, 0), rest = find_mean(series, o, warm_up);
    cr_expect_float_eq(all.value, sum[o] / (2 * ROWS), 1e-9);
    cr_expect_eq(all.rows, ROWS);
    cr_expect_eq(rest.warm_up, 5024);
    cr_expect_eq(rest.rows, ROWS - 5024);
    cr_expect_float_eq(rest.value, tail[o] / (2.0 * (ROWS - 5024)), 1e-9);
  }
  gibbs_series_free(series);
}

static size_t count_state(const gibbs_series *series) {
  double *state;
  size_t count;
  cr_assert_eq(gibbs_series_save(series, &state, &count, &error), GIBBS_OK);
  free(state);
  return count;
}

Test(series, memory_does_not_grow) {
  gibbs_series *series = make_series(1, 1, false);
  size_t most = 0;
  for (uint32_t t = 0; t < 1u << 18; t++) {
    add_row(series, &(double){t % 7});
    if (t % 1000 == 0 && count_state(series) > most) most = count_state(series);
  }
  cr_expect(most > 2 * 2048 && most <= 2 * 4096 + 10, "%zu numbers", most);
  gibbs_series_free(series);
}

Test(series, many_observables_have_fewer_blocks) {
  enum { OBSERVABLES = 20000 };
  gibbs_series *series = make_series(OBSERVABLES, 2, true);
  double *row = calloc(2 * OBSERVABLES, sizeof *row);
  process p = start_process(1, 0, 0);
  for (int t = 0; t < 700; t++) {
    for (size_t k = 0; k < 4; k++) row[k] = next_value(&p);
    add_row(series, row);
  }
  cr_expect(count_state(series) * sizeof(double) < (size_t)80 << 20);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect(e.error > 0 && fabs(e.value) < 4 * e.error);
  free(row);
  gibbs_series_free(series);
}

Test(series, a_large_offset_costs_no_digits) {
  gibbs_series *series = make_series(1, 1, false);
  process p = start_process(1, 0, 0);
  for (int t = 0; t < 20000; t++) add_row(series, &(double){1e8 + 1e-3 * next_value(&p)});
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_expect_float_eq(e.tau, 1, 0.2);
  cr_expect_float_eq(e.error, 1e-3 / sqrt(20000), 1e-6);
  gibbs_series_free(series);
}

Test(series, constants_have_no_error_and_tau_one) {
  gibbs_series *series = make_series(1, 2, false);
  for (int t = 0; t < 9000; t++) add_row(series, (double[]){0.1, 0.1});
  gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
  cr_expect_eq(e.value, 0.1);
  cr_expect_eq(e.error, 0);
  cr_expect_eq(e.tau, 1);
  cr_expect_eq(e.tau_error, 0);
  cr_expect_eq(e.ess, 18000);
  cr_expect_eq(e.r_hat, 1);
  cr_expect_eq(e.warm_up, 0);
  cr_expect(e.converged, "%s", e.why);
  gibbs_series_free(series);
}

Test(series, pooling_gives_the_same_mean_and_an_error_as_large) {
  gibbs_series *apart = make_series(1, 4, false), *pooled = make_series(1, 4, true);
  process p[4];
  for (uint32_t c = 0; c < 4; c++) p[c] = start_process(5, c, 9);
  for (int t = 0; t < 3000; t++) {
    double row[4];
    for (int c = 0; c < 4; c++) row[c] = next_value(&p[c]);
    add_row(apart, row);
    add_row(pooled, row);
  }
  gibbs_estimate a = find_mean(apart, 0, 0), b = find_mean(pooled, 0, 0);
  cr_expect_float_eq(a.value, b.value, 1e-12);
  cr_expect_float_eq(b.error / a.error, 1, 0.3);
  cr_expect_float_eq(b.tau, 5, 2);
  cr_expect_float_eq(b.ess * b.tau, 12000, 1e-6);
  cr_expect(isnan(b.r_hat));
  cr_expect(b.converged, "%s", b.why);
  gibbs_series_free(apart);
  gibbs_series_free(pooled);
}

Test(series, the_worst_observable_is_found) {
  gibbs_series *series = make_series(3, 1, false);
  process p[3] = {start_process(1, 0, 0), start_process(20, 1, 0), start_process(5, 2, 0)};
  for (int t = 0; t < 20000; t++)
    add_row(series, (double[]){next_value(&p[0]), next_value(&p[1]), next_value(&p[2])});
  size_t observable;
  gibbs_estimate e;
  cr_assert_eq(gibbs_series_worst(series, 0, &observable, &e, &error), GIBBS_OK);
  cr_expect_eq(observable, 1);
  cr_expect_eq(e.tau, find_mean(series, 1, 0).tau);
  gibbs_series_free(series);
}

/* ---- bad input ----------------------------------------------------------------------------------------- */

Test(series, what_is_not_finite_is_refused_with_its_chain) {
  gibbs_series *series = make_series(2, 3, false);
  for (int t = 0; t < 10; t++) add_row(series, (double[]){1, 2, 3, t, t, t});
  const double bad[] = {NAN, INFINITY, -INFINITY, 1e200};
  for (int k = 0; k < 4; k++) {
    double row[] = {0, 0, 0, 0, bad[k], 0};
    cr_expect_eq(gibbs_series_add(series, row, &error), GIBBS_ERR_NUMERIC);
    cr_expect(strstr(error.message, "observable 2 of chain 2 is") && strstr(error.message, "row 11"), "%s",
              error.message);
  }
  cr_expect_eq(gibbs_series_rows(series), 10);
  cr_expect_float_eq(find_mean(series, 1, 0).value, 4.5, 1e-14);
  gibbs_series_free(series);
}

Test(series, impossible_requests_are_refused) {
  gibbs_series *series;
  gibbs_estimate e;
  cr_expect_eq(gibbs_series_new(0, 1, false, &series, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_new(1, 0, false, &series, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_new(SIZE_MAX / 2, 8, false, &series, &error), GIBBS_ERR_SIZE);
  series = make_series(1, 1, false);
  cr_expect_eq(gibbs_series_mean(series, 0, 0, &e, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_mean(series, 0, GIBBS_WARM_UP_DETECT, &e, &error), GIBBS_ERR_ARGUMENT);
  for (int t = 0; t < 10; t++) add_row(series, &(double){t});
  cr_expect_eq(gibbs_series_mean(series, 1, 0, &e, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_mean(series, 0, 7, &e, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_mean(series, 0, 6, &e, &error), GIBBS_OK);
  cr_expect_eq(gibbs_series_mean(series, 0, UINT64_MAX - 1, &e, &error), GIBBS_ERR_ARGUMENT);
  gibbs_series_free(series);
}

static gibbs_status take_first(void *context, const double *m, double *out, gibbs_error *err) {
  (void)context, (void)err;
  out[0] = m[0];
  return GIBBS_OK;
}

Test(series, short_series_have_estimates) {
  gibbs_series *series = make_series(1, 2, false);
  process p = start_process(1, 0, 0);
  for (int t = 1; t < 300; t++) {
    add_row(series, (double[]){next_value(&p) + t, next_value(&p) - t});
    if (t < 4) continue;
    gibbs_estimate e = find_mean(series, 0, GIBBS_WARM_UP_DETECT);
    cr_expect(isfinite(e.value) && isfinite(e.error) && e.error > 0 && e.tau > 0 && e.ess > 0);
    cr_expect(e.rows >= 4 && e.rows + e.warm_up == (uint64_t)t);
    cr_expect_not(e.converged);
    double value[1], one[1];
    cr_assert_eq(gibbs_series_jackknife(series, GIBBS_WARM_UP_DETECT, take_first, NULL, 1, value, one, &error),
                 GIBBS_OK);
    cr_expect_float_eq(value[0], e.value, 1e-9 * (1 + fabs(e.value)));
    cr_expect(one[0] > 0.5 * e.error && one[0] < 2 * e.error, "%d rows: %g and %g", t, one[0], e.error);
  }
  gibbs_series_free(series);
}

/* ---- state --------------------------------------------------------------------------------------------- */

Test(series, a_restored_series_goes_on_bit_for_bit) {
  gibbs_series *whole = make_series(2, 2, false), *resumed = make_series(2, 2, false);
  process p = start_process(4, 0, 0);
  double *state;
  size_t count;
  for (int t = 0; t < 10001; t++) {
    double row[] = {next_value(&p), next_value(&p), next_value(&p), next_value(&p)};
    add_row(whole, row);
    if (t > 5004) add_row(resumed, row);
    if (t != 5004) continue; /* an open block of one row */
    cr_assert_eq(gibbs_series_save(whole, &state, &count, &error), GIBBS_OK);
    cr_assert_eq(gibbs_series_restore(resumed, state, count, &error), GIBBS_OK, "%s", error.message);
    free(state);
  }
  for (size_t o = 0; o < 2; o++) {
    gibbs_estimate a = find_mean(whole, o, GIBBS_WARM_UP_DETECT), b = find_mean(resumed, o, GIBBS_WARM_UP_DETECT);
    cr_expect(a.value == b.value && a.error == b.error && a.tau == b.tau && a.r_hat == b.r_hat);
    cr_expect(a.rows == b.rows && a.warm_up == b.warm_up);
  }
  gibbs_series_free(whole);
  gibbs_series_free(resumed);
}

Test(series, states_that_do_not_fit_are_refused) {
  gibbs_series *series = make_series(1, 2, false), *other = make_series(2, 1, false),
               *same = make_series(1, 2, false);
  for (int t = 0; t < 5000; t++) add_row(series, (double[]){t, -t});
  double *state;
  size_t count;
  cr_assert_eq(gibbs_series_save(series, &state, &count, &error), GIBBS_OK);
  cr_expect_eq(gibbs_series_restore(other, state, count, &error), GIBBS_ERR_SHAPE);
  cr_expect_eq(gibbs_series_restore(same, state, count - 1, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_restore(same, state, 3, &error), GIBBS_ERR_ARGUMENT);
  for (size_t k = 0; k < 7; k++) {
    const double bad[] = {NAN, -1, 0.5, 1e300, state[k] + 3};
    for (int b = 0; b < 5; b++) {
      double kept = state[k];
      state[k] = bad[b];
      gibbs_status status = gibbs_series_restore(same, state, count, &error);
      bool harmless =
          k == 3 || (k == 4 && b == 4); /* pooled is a flag; three rows less in the open block do no harm */
      cr_expect(status != GIBBS_OK || harmless, "number %zu as %g", k, bad[b]);
      state[k] = kept;
    }
  }
  state[count - 1] = INFINITY;
  cr_expect_eq(gibbs_series_restore(same, state, count, &error), GIBBS_ERR_NUMERIC);
  free(state);
  gibbs_series_free(series);
  gibbs_series_free(other);
  gibbs_series_free(same);
}

/* ---- functions of means -------------------------------------------------------------------------------- */

/* Of <x>, <x^2>, <x^4>: the variance, and the Binder cumulant 1 - <x^4> / (3 <x^2>^2). */
static gibbs_status find_shape(void *context, const double *m, double *out, gibbs_error *err) {
  (void)context, (void)err;
  out[0] = m[1] - m[0] * m[0];
  out[1] = 1 - m[2] / (3 * m[1] * m[1]);
  return GIBBS_OK;
}

static gibbs_series *run_powers(size_t chains, uint64_t rows, double tau, uint32_t repetition) {
  gibbs_series *series = make_series(3, chains, false);
  process p[MOST_CHAINS];
  double row[3 * MOST_CHAINS];
  for (size_t c = 0; c < chains; c++) p[c] = start_process(tau, (uint32_t)c, repetition);
  for (uint64_t t = 0; t < rows; t++) {
    for (size_t c = 0; c < chains; c++) {
      double x = next_value(&p[c]);
      row[c] = x;
      row[chains + c] = x * x;
      row[2 * chains + c] = x * x * x * x;
    }
    add_row(series, row);
  }
  return series;
}

static void expect_jackknife(size_t chains, uint64_t rows, double tau) {
  enum { REPETITIONS = 600 };
  int inside[2] = {0};
  double sum[2] = {0}, squares[2] = {0}, plain = 0;
  for (uint32_t k = 0; k < REPETITIONS; k++) {
    gibbs_series *series = run_powers(chains, rows, tau, k);
    double value[2], one[2];
    cr_assert_eq(gibbs_series_jackknife(series, 0, find_shape, NULL, 2, value, one, &error), GIBBS_OK);
    const double truth[] = {1, 0};
    for (int o = 0; o < 2; o++) {
      inside[o] += fabs(value[o] - truth[o]) < one[o];
      sum[o] += (value[o] - truth[o]) / REPETITIONS;
      squares[o] += (value[o] - truth[o]) * (value[o] - truth[o]) / REPETITIONS;
    }
    double mean = find_mean(series, 0, 0).value;
    plain += (find_mean(series, 1, 0).value - mean * mean - 1) / REPETITIONS;
    gibbs_series_free(series);
  }
  for (int o = 0; o < 2; o++) {
    double c = (double)inside[o] / REPETITIONS, rough = sqrt(squares[o] / REPETITIONS);
    /* 600 repetitions: 0.019 is one standard deviation; the variance's own skewness takes away 0.01 to 0.03. */
    cr_expect(c > 0.6 && c < 0.75, "output %d, %zu chains: coverage %g", o, chains, c);
    cr_expect(fabs(sum[o]) < 4 * rough, "output %d, %zu chains: mean %g, expected within %g", o, chains, sum[o],
              rough);
  }
  double bias = -tau / (double)(rows * chains);
  cr_expect(plain < sum[0] + bias / 2, "uncorrected, the variance is off by %g; corrected, by %g", plain, sum[0]);
}

Test(series, the_jackknife_of_four_chains_is_unbiased_and_covers) {
  expect_jackknife(4, 500, 5);
}
Test(series, the_jackknife_of_one_chain_is_unbiased_and_covers) {
  expect_jackknife(1, 1000, 5);
}

Test(series, the_jackknife_of_a_mean_is_the_mean_and_its_error) {
  gibbs_series *series = run_powers(4, 5000, 5, 1);
  gibbs_estimate e = find_mean(series, 0, 0);
  double value[2], one[2], shape[2], shape_error[2];
  gibbs_series *again = run_powers(4, 5000, 5, 1);
  cr_assert_eq(gibbs_series_jackknife(series, 0, find_shape, NULL, 2, value, one, &error), GIBBS_OK);
  cr_assert_eq(gibbs_series_jackknife(again, 0, find_shape, NULL, 2, shape, shape_error, &error), GIBBS_OK);
  cr_expect(memcmp(value, shape, sizeof value) == 0 && memcmp(one, shape_error, sizeof one) == 0, "the same bits");
  gibbs_estimate second = find_mean(series, 1, 0);
  cr_expect_float_eq(value[0], second.value - e.value * e.value, 3e-3);
  cr_expect_float_eq(one[0] / second.error, 1, 0.2, "the variance's error is nearly that of <x^2>");
  gibbs_series_free(series);
  gibbs_series_free(again);
}

Test(series, the_jackknife_widens_where_chains_disagree) {
  gibbs_series *series = make_series(3, 2, false);
  process p[2] = {start_process(1, 0, 0), start_process(1, 1, 0)};
  for (int t = 0; t < 5000; t++) {
    double x = next_value(&p[0]), y = 2 * next_value(&p[1]);
    add_row(series, (double[]){x, y, x * x, y * y, x * x * x * x, y * y * y * y});
  }
  double value[2], one[2];
  cr_assert_eq(gibbs_series_jackknife(series, 0, find_shape, NULL, 2, value, one, &error), GIBBS_OK);
  cr_expect_float_eq(value[0], 2.5, 0.15);
  cr_expect(one[0] > 1 && one[0] < 2, "error %g, expected 1.5", one[0]); /* of the two variances 1 and 4 */
  double again[2], stretched[2];
  cr_assert_eq(
      gibbs_series_bootstrap(series, 0, find_shape, NULL, 2, 500, 1, NULL, 0, again, stretched, NULL, &error),
      GIBBS_OK);
  cr_expect_float_eq(stretched[0] / one[0], 1, 0.15, "the bootstrap says %g", stretched[0]);
  gibbs_series_free(series);
}

Test(series, the_bootstrap_agrees_with_the_jackknife) {
  gibbs_series *series = run_powers(4, 4000, 5, 2);
  double value[2], one[2], jack[2], jack_error[2], quantile[6];
  const double probability[] = {0.15866, 0.5, 0.84134};
  cr_assert_eq(gibbs_series_jackknife(series, 0, find_shape, NULL, 2, jack, jack_error, &error), GIBBS_OK);
  cr_assert_eq(
      gibbs_series_bootstrap(series, 0, find_shape, NULL, 2, 2000, 7, probability, 3, value, one, quantile, &error),
      GIBBS_OK);
  for (int o = 0; o < 2; o++) {
    cr_expect_float_eq(one[o] / jack_error[o], 1, 0.1, "output %d: %g and %g", o, one[o], jack_error[o]);
    cr_expect_float_eq(value[o], jack[o], 0.2 * one[o]);
    cr_expect_float_eq(quantile[4 + o] - quantile[o], 2 * one[o], 0.25 * one[o]);
    cr_expect(quantile[o] < quantile[2 + o] && quantile[2 + o] < quantile[4 + o]);
  }
  double same[2], other[2], unused[2];
  cr_assert_eq(gibbs_series_bootstrap(series, 0, find_shape, NULL, 2, 50, 7, NULL, 0, same, unused, NULL, &error), 0);
  cr_assert_eq(gibbs_series_bootstrap(series, 0, find_shape, NULL, 2, 50, 7, NULL, 0, other, unused, NULL, &error),
               0);
  cr_expect(same[0] == other[0] && same[1] == other[1], "the same seed gives the same bits");
  cr_assert_eq(gibbs_series_bootstrap(series, 0, find_shape, NULL, 2, 50, 8, NULL, 0, other, unused, NULL, &error),
               0);
  cr_expect(same[0] != other[0], "another seed gives others");
  gibbs_series_free(series);
}

static gibbs_status fail_at_once(void *context, const double *m, double *out, gibbs_error *err) {
  (void)context, (void)m, (void)out;
  return gibbs_fail(err, GIBBS_ERR_CALLBACK, "no");
}

static gibbs_status divide_by_nothing(void *context, const double *m, double *out, gibbs_error *err) {
  (void)context, (void)err;
  out[0] = 1 / (m[0] - m[0]);
  return GIBBS_OK;
}

Test(series, functions_that_fail_are_reported) {
  gibbs_series *series = run_powers(1, 200, 1, 0);
  double value, one, quantile;
  cr_expect_eq(gibbs_series_jackknife(series, 0, fail_at_once, NULL, 1, &value, &one, &error), GIBBS_ERR_CALLBACK);
  cr_expect_eq(gibbs_series_jackknife(series, 0, divide_by_nothing, NULL, 1, &value, &one, &error),
               GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "gives inf as output 1") != NULL, "%s", error.message);
  cr_expect_eq(gibbs_series_jackknife(series, 0, find_shape, NULL, 0, &value, &one, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_jackknife(series, 198, fail_at_once, NULL, 1, &value, &one, &error), GIBBS_ERR_ARGUMENT);
  const double wrong = 1.5;
  cr_expect_eq(
      gibbs_series_bootstrap(series, 0, divide_by_nothing, NULL, 1, 1, 1, NULL, 0, &value, &one, NULL, &error),
      GIBBS_ERR_ARGUMENT);
  cr_expect_eq(
      gibbs_series_bootstrap(series, 0, divide_by_nothing, NULL, 1, 9, 1, &wrong, 1, &value, &one, &quantile, &error),
      GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_series_bootstrap(series, 0, fail_at_once, NULL, 1, 9, 1, NULL, 0, &value, &one, NULL, &error),
               GIBBS_ERR_CALLBACK);
  gibbs_series_free(series);
}

/* ---- binning and autocorrelation ----------------------------------------------------------------------- */

Test(series, binning_reaches_a_plateau_at_the_error) {
  gibbs_series *series = run_chains(&(recipe){.chains = 2, .rows = 16384, .tau = 9}, 4);
  uint64_t length[20];
  double bin[20];
  size_t levels = gibbs_series_binning(series, 0, 0, length, bin, 20);
  gibbs_estimate e = find_mean(series, 0, 0);
  cr_assert(levels >= 9, "%zu levels", levels);
  cr_expect_eq(length[0], 8);
  for (size_t k = 1; k < levels; k++) cr_expect_eq(length[k], 2 * length[k - 1]);
  cr_expect(bin[0] < 0.8 * e.error, "blocks of 8 are still correlated");
  cr_expect_float_eq(bin[5] / e.error, 1, 0.2, "%g and %g", bin[5], e.error);
  cr_expect_eq(gibbs_series_binning(series, 0, 0, length, bin, 3), 3);
  cr_expect_eq(gibbs_series_binning(series, 0, 16384, length, bin, 3), 0);
  cr_expect_eq(gibbs_series_binning(series, 1, 0, length, bin, 3), 0);
  gibbs_series_free(series);
}

Test(autocorrelation, the_fft_gives_the_direct_sums) {
  enum { N = 1000, LAGS = N };
  double x[N], rho[LAGS], mean = 0;
  process p = start_process(7, 0, 0);
  for (int k = 0; k < N; k++) mean += (x[k] = next_value(&p) + 3) / N;
  cr_assert_eq(gibbs_autocorrelation(x, N, rho, LAGS, &error), GIBBS_OK);
  double first = 0;
  for (int t = 0; t < LAGS; t++) {
    double sum = 0;
    for (int k = 0; k + t < N; k++) sum += (x[k] - mean) * (x[k + t] - mean);
    if (t == 0) first = sum;
    cr_expect_float_eq(rho[t], sum / first, 1e-12, "lag %d: %g, expected %g", t, rho[t], sum / first);
  }
}

Test(autocorrelation, the_time_of_a_known_process_is_found) {
  const double taus[] = {1, 5, 20};
  for (int k = 0; k < 3; k++) {
    enum { N = 200000 };
    double *x = malloc(N * sizeof *x), tau, tau_error;
    process p = start_process(taus[k], 0, 0);
    for (int t = 0; t < N; t++) x[t] = next_value(&p);
    cr_assert_eq(gibbs_autocorrelation_time(x, N, 5, &tau, &tau_error, &error), GIBBS_OK);
    cr_expect(tau_error > 0 && tau_error < 0.15 * taus[k], "error %g", tau_error);
    cr_expect(fabs(tau - taus[k]) < 4 * tau_error, "tau %g(%g), expected %g", tau, tau_error, taus[k]);
    free(x);
  }
}

Test(autocorrelation, constants_short_lists_and_bad_numbers) {
  double x[] = {0.1, 0.1, 0.1, 0.1, 0.1}, rho[5], tau, tau_error;
  cr_assert_eq(gibbs_autocorrelation(x, 5, rho, 5, &error), GIBBS_OK);
  cr_expect(rho[0] == 1 && rho[1] == 0 && rho[4] == 0);
  cr_assert_eq(gibbs_autocorrelation_time(x, 5, 5, &tau, &tau_error, &error), GIBBS_OK);
  cr_expect(tau == 1 && tau_error == 0);
  cr_expect_eq(gibbs_autocorrelation_time(x, 3, 5, &tau, &tau_error, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_autocorrelation_time(x, 5, 0, &tau, &tau_error, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_autocorrelation(x, 5, rho, 6, &error), GIBBS_ERR_ARGUMENT);
  x[2] = NAN;
  cr_expect_eq(gibbs_autocorrelation(x, 5, rho, 5, &error), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "number 3 of 5") != NULL, "%s", error.message);
}
