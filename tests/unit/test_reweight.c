/* test_reweight.c - reweighting against states whose free energies and means are known.
 *
 * Coverage: of 400 independent repetitions a fraction c of intervals of one standard error holds the truth; c = 0.683
 * where errors are right, and 0.60 to 0.76 is 3.3 standard deviations to both sides (false alarm 1e-3; seeds are
 * fixed). */
#include "gibbs/reweight.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/threads.h"
#include "processes.h"

static gibbs_error error;

static void expect_ok(gibbs_status status) {
  cr_assert_eq(status, GIBBS_OK, "%s", error.message);
}

/* ---- harmonic oscillators ------------------------------------------------------------------------------ */

/* u_k(x) = stiffness_k x^2 / 2: Z_k = sqrt(2 pi / stiffness_k), <x^2> = 1 / stiffness. */
enum { OSCILLATORS = 5, SAMPLES = 400, TOTAL = OSCILLATORS * SAMPLES };
static const double stiffness[OSCILLATORS] = {1, 2, 4, 8, 16};
static const size_t even[OSCILLATORS] = {SAMPLES, SAMPLES, SAMPLES, SAMPLES, SAMPLES};

typedef struct oscillators {
  double x[TOTAL], square[TOTAL], energy[TOTAL], potential[OSCILLATORS * TOTAL];
} oscillators;

static void sample_oscillators(double tau, uint32_t repetition, oscillators *o) {
  for (uint32_t k = 0; k < OSCILLATORS; k++) {
    process p = start_process(tau, k, repetition);
    for (size_t n = k * SAMPLES; n < (k + 1) * SAMPLES; n++) {
      o->x[n] = next_value(&p) / sqrt(stiffness[k]);
      o->square[n] = o->x[n] * o->x[n];
      o->energy[n] = o->square[n] / 2;
      for (size_t l = 0; l < OSCILLATORS; l++) o->potential[l * TOTAL + n] = stiffness[l] * o->energy[n];
    }
  }
}

static gibbs_reweight *reweight_oscillators(const oscillators *o) {
  gibbs_reweight *r;
  expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = OSCILLATORS, .count = even}, stiffness,
                                        o->energy, &r, &error));
  return r;
}

typedef struct tally {
  const char *what;
  double truth, value, squares, variance;
  int inside, count;
} tally;

static void count_in(tally *t, double value, double one) {
  t->inside += fabs(value - t->truth) < one;
  t->value += value;
  t->squares += (value - t->truth) * (value - t->truth);
  t->variance += one * one;
  t->count++;
}

static void expect_cover(const tally *t, double tau) {
  double c = (double)t->inside / t->count, mean = t->value / t->count, rough = sqrt(t->squares) / t->count;
  cr_expect(c > 0.60 && c < 0.76, "%s, tau %g: coverage %.3f", t->what, tau, c);
  cr_expect(fabs(mean - t->truth) < 4 * rough, "%s, tau %g: mean %g, expected %g(%g)", t->what, tau, mean, t->truth,
            rough);
  cr_expect(t->variance / t->squares > 0.75 && t->variance / t->squares < 1.33,
            "%s, tau %g: squared error off by %.2f", t->what, tau, t->variance / t->squares);
}

/* Errors of free energies between sampled states and of one between them, and of a mean there. */
static void expect_oscillators(double tau) {
  tally far = {.what = "last state", .truth = log(16) / 2}, next = {.what = "neighbour", .truth = log(2) / 2};
  tally between = {.what = "target", .truth = log(1.5) / 2}, mean = {.what = "<x^2>", .truth = 1 / 6.0};
  tally odd = {.what = "<x>", .truth = 0};
  oscillators *o = malloc(sizeof *o);
  for (uint32_t k = 0; k < 400; k++) {
    double value, one, means[2], errors[2], observables[2 * TOTAL];
    gibbs_reweight_target *t;
    sample_oscillators(tau, k, o);
    gibbs_reweight *r = reweight_oscillators(o);
    expect_ok(gibbs_reweight_difference(r, 0, 4, &value, &one, &error));
    count_in(&far, value, one);
    expect_ok(gibbs_reweight_difference(r, 2, 3, &value, &one, &error));
    count_in(&next, value, one);
    expect_ok(gibbs_reweight_to_beta(r, 6, &t, &error));
    expect_ok(gibbs_reweight_target_difference(t, 2, &value, &one, &error));
    count_in(&between, value, one);
    memcpy(observables, o->square, sizeof o->square);
    memcpy(observables + TOTAL, o->x, sizeof o->x);
    expect_ok(gibbs_reweight_target_means(t, 2, observables, means, errors, &error));
    count_in(&mean, means[0], errors[0]);
    count_in(&odd, means[1], errors[1]);
    gibbs_reweight_target_free(t);
    gibbs_reweight_free(r);
  }
  free(o);
  expect_cover(&far, tau);
  expect_cover(&next, tau);
  expect_cover(&between, tau);
  expect_cover(&mean, tau);
  expect_cover(&odd, tau);
}

Test(reweight, independent_oscillators) {
  expect_oscillators(1);
}
Test(reweight, oscillators_in_correlated_chains) {
  expect_oscillators(6);
}

Test(reweight, potentials_and_temperatures_are_one) {
  oscillators *o = malloc(sizeof *o);
  sample_oscillators(1, 0, o);
  /* The general path finds tau in other series. */
  const double tau[] = {1, 1, 1, 1, 1};
  gibbs_reweight_samples samples = {.states = OSCILLATORS, .count = even, .tau = tau};
  gibbs_reweight *a, *b;
  expect_ok(gibbs_reweight_temperatures(&samples, stiffness, o->energy, &a, &error));
  expect_ok(gibbs_reweight_potentials(&samples, o->potential, &b, &error));
  gibbs_reweight_target *ta, *tb;
  double *u = malloc(TOTAL * sizeof *u);
  for (size_t n = 0; n < TOTAL; n++) u[n] = 3 * o->energy[n];
  expect_ok(gibbs_reweight_to_beta(a, 3, &ta, &error));
  expect_ok(gibbs_reweight_to_potential(b, u, &tb, &error));
  double value[4], one[4];
  expect_ok(gibbs_reweight_difference(a, 1, 3, &value[0], &one[0], &error));
  expect_ok(gibbs_reweight_difference(b, 1, 3, &value[1], &one[1], &error));
  expect_ok(gibbs_reweight_target_means(ta, 1, o->square, &value[2], &one[2], &error));
  expect_ok(gibbs_reweight_target_means(tb, 1, o->square, &value[3], &one[3], &error));
  cr_expect_float_eq(value[0], value[1], 1e-9);
  cr_expect_float_eq(one[0], one[1], 1e-9);
  cr_expect_float_eq(value[2], value[3], 1e-9);
  cr_expect_float_eq(one[2], one[3], 1e-9);
  cr_expect_eq(gibbs_reweight_to_beta(b, 3, &ta, &error), GIBBS_ERR_UNSUPPORTED);
  gibbs_reweight_target_free(ta);
  gibbs_reweight_target_free(tb);
  gibbs_reweight_free(a);
  gibbs_reweight_free(b);
  free(u);
  free(o);
}

Test(reweight, a_sampled_state_as_target_is_itself) {
  oscillators *o = malloc(sizeof *o);
  sample_oscillators(3, 0, o);
  gibbs_reweight *r = reweight_oscillators(o);
  gibbs_reweight_target *t;
  double value[2], one[2];
  expect_ok(gibbs_reweight_to_beta(r, stiffness[2], &t, &error));
  expect_ok(gibbs_reweight_target_difference(t, 2, &value[0], &one[0], &error));
  cr_expect_float_eq(value[0], 0, 1e-9);
  cr_expect_float_eq(one[0], 0, 1e-9);
  expect_ok(gibbs_reweight_target_difference(t, 1, &value[0], &one[0], &error));
  expect_ok(gibbs_reweight_difference(r, 1, 2, &value[1], &one[1], &error));
  cr_expect_float_eq(value[0], value[1], 1e-9);
  cr_expect_float_eq(one[0], one[1], 1e-9);
  gibbs_reweight_target_free(t);
  gibbs_reweight_free(r);
  free(o);
}

/* The equations themselves: sum_n 1 / sum_l n_l exp(f_l - f_k - u_ln + u_kn) = 1. */
Test(reweight, the_solution_solves_the_equations) {
  oscillators *o = malloc(sizeof *o);
  sample_oscillators(1, 3, o);
  const double tau[] = {1, 1, 1, 1, 1};
  gibbs_reweight *r;
  expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){OSCILLATORS, even, NULL, tau}, stiffness, o->energy,
                                        &r, &error));
  for (size_t k = 0; k < OSCILLATORS; k++) {
    double sum = 0;
    for (size_t n = 0; n < TOTAL; n++) {
      double denominator = 0, one;
      for (size_t l = 0; l < OSCILLATORS; l++) {
        static double f[OSCILLATORS][OSCILLATORS];
        if (n == 0) expect_ok(gibbs_reweight_difference(r, k, l, &f[k][l], &one, &error));
        denominator += SAMPLES * exp(f[k][l] + (stiffness[k] - stiffness[l]) * o->energy[n]);
      }
      sum += 1 / denominator;
    }
    cr_expect_float_eq(sum, 1, 1e-9, "state %zu: %.15g", k, sum);
  }
  double overlap[OSCILLATORS * OSCILLATORS];
  gibbs_reweight_overlap(r, overlap);
  for (size_t k = 0; k < OSCILLATORS; k++) {
    double sum = 0;
    for (size_t l = 0; l < OSCILLATORS; l++) sum += overlap[k * OSCILLATORS + l];
    cr_expect_float_eq(sum, 1, 1e-9);
    cr_expect(overlap[k * OSCILLATORS + k] > 0.2);
  }
  gibbs_reweight_free(r);
  free(o);
}

/* ---- the 4x4 Ising model ------------------------------------------------------------------------------- */

/* E = -sum over 32 bonds of s s'; states with 0, 4, 6, ... unsatisfied bonds. */
enum { LEVELS = 15 };
static const double level_states[LEVELS] = {2,     32,   64,   424, 1728, 6688, 13568, 20524,
                                            13568, 6688, 1728, 424, 64,   32,   2};
static const double level_energy[LEVELS] = {-32, -24, -20, -16, -12, -8, -4, 0, 4, 8, 12, 16, 20, 24, 32};

static double log_z(double beta) {
  double sum = 0;
  for (int k = 0; k < LEVELS; k++) sum += level_states[k] * exp(-beta * (level_energy[k] + 32));
  return log(sum) + 32 * beta;
}

static double mean_power(double beta, int power) {
  double sum = 0;
  for (int k = 0; k < LEVELS; k++)
    sum += pow(level_energy[k], power) * level_states[k] * exp(-beta * level_energy[k] - log_z(beta));
  return sum;
}

static double draw_level(gibbs_stream *stream, double beta) {
  double u = gibbs_stream_uniform(stream) - 1e-15;
  int k = 0;
  for (; k < LEVELS - 1; k++) {
    u -= level_states[k] * exp(-beta * level_energy[k] - log_z(beta));
    if (u < 0) break;
  }
  return level_energy[k];
}

enum { BETAS = 4, ISING = 4000 };
static const double ising_beta[BETAS] = {0.2, 0.35, 0.45, 0.6};

/* A new energy with probability `fresh`, else the last one again: tau = 2 / fresh - 1. */
static void sample_ising(double fresh, uint32_t repetition, double *energy) {
  for (uint32_t k = 0; k < BETAS; k++) {
    gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHECK, k, repetition);
    double e = draw_level(&stream, ising_beta[k]);
    for (size_t n = 0; n < ISING; n++) {
      energy[k * ISING + n] = e;
      if (gibbs_stream_uniform(&stream) < fresh) e = draw_level(&stream, ising_beta[k]);
    }
  }
}

/* beta^2 (<E^2> - <E>^2) */
static gibbs_status find_heat(void *context, const double *m, double *out, gibbs_error *err) {
  double beta = *(double *)context;
  (void)err;
  out[0] = beta * beta * (m[1] - m[0] * m[0]);
  return GIBBS_OK;
}

Test(reweight, the_ising_model_between_its_temperatures) {
  double states = 0;
  for (int k = 0; k < LEVELS; k++) states += level_states[k];
  cr_assert_eq(states, 65536);
  cr_assert_float_eq(log_z(log(1 + sqrt(2)) / 2), 15.521915458755, 1e-11);
  const size_t count[BETAS] = {ISING, ISING, ISING, ISING}, chains[BETAS] = {4, 4, 4, 4};
  const gibbs_reweight_samples samples = {.states = BETAS, .count = count, .chains = chains};
  double *values = malloc(2 * BETAS * ISING * sizeof *values);
  for (int c = 0; c < 2; c++) {
    double fresh = c == 0 ? 1 : 0.25;
    sample_ising(fresh, (uint32_t)c, values);
    for (size_t n = 0; n < BETAS * ISING; n++) values[BETAS * ISING + n] = values[n] * values[n];
    gibbs_reweight *r;
    expect_ok(gibbs_reweight_temperatures(&samples, ising_beta, values, &r, &error));
    double ratio = 1;
    for (size_t k = 0; k < BETAS; k++) ratio *= pow(gibbs_reweight_tau(r, k) * fresh / (2 - fresh), 1.0 / BETAS);
    cr_expect(ratio > 0.6 && ratio < 1.8, "tau is off by a factor of %g", ratio);
    for (double beta = 0.15; beta < 0.68; beta += 0.05) {
      gibbs_reweight_target *t;
      double value, one, means[2], errors[2], heat, heat_error;
      expect_ok(gibbs_reweight_to_beta(r, beta, &t, &error));
      expect_ok(gibbs_reweight_target_difference(t, 1, &value, &one, &error));
      double f = log_z(ising_beta[1]) - log_z(beta);
      cr_expect(one < 0.2 && fabs(value - f) < 4 * one + 1e-9, "beta %g: f %g(%g), expected %g", beta, value, one, f);
      expect_ok(gibbs_reweight_target_means(t, 2, values, means, errors, &error));
      for (int o = 0; o < 2; o++)
        cr_expect(fabs(means[o] - mean_power(beta, o + 1)) < 4 * errors[o], "beta %g: <E^%d> %g(%g), expected %g",
                  beta, o + 1, means[o], errors[o], mean_power(beta, o + 1));
      cr_expect(errors[0] < 0.8, "error %g of <E>", errors[0]);
      expect_ok(gibbs_reweight_target_function(t, 2, values, find_heat, &beta, 1, &heat, &heat_error, &error));
      double c_exact = beta * beta * (mean_power(beta, 2) - mean_power(beta, 1) * mean_power(beta, 1));
      cr_expect(heat_error < 0.1 * c_exact + 0.5 && fabs(heat - c_exact) < 4 * heat_error,
                "beta %g: heat %g(%g), expected %g", beta, heat, heat_error, c_exact);
      gibbs_reweight_target_free(t);
    }
    gibbs_reweight_free(r);
  }
  free(values);
}

static void solve(double value[2], double one[2], size_t count, const double *energy) {
  const size_t counts[] = {count, count, count};
  gibbs_reweight *r;
  gibbs_reweight_target *t;
  expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = 3, .count = counts}, ising_beta, energy,
                                        &r, &error));
  expect_ok(gibbs_reweight_difference(r, 0, 2, &value[0], &one[0], &error));
  expect_ok(gibbs_reweight_to_beta(r, 0.4, &t, &error));
  expect_ok(gibbs_reweight_target_means(t, 1, energy, &value[1], &one[1], &error));
  gibbs_reweight_target_free(t);
  gibbs_reweight_free(r);
}

/* Enough samples for several segments. */
Test(reweight, the_same_bits_on_any_number_of_threads) {
  enum { COUNT = 50000 };
  double *energy = malloc(3 * COUNT * sizeof *energy), value[2][2], one[2][2];
  for (uint32_t k = 0; k < 3; k++) {
    gibbs_stream stream = gibbs_stream_open(6, GIBBS_PURPOSE_CHECK, k, 0);
    for (size_t n = 0; n < COUNT; n++) energy[k * COUNT + n] = draw_level(&stream, ising_beta[k]);
  }
  for (size_t k = 0; k < 2; k++) {
    gibbs_set_threads(1 + 2 * k);
    solve(value[k], one[k], COUNT, energy);
  }
  cr_expect_eq(memcmp(value[0], value[1], sizeof value[0]), 0);
  cr_expect_eq(memcmp(one[0], one[1], sizeof one[0]), 0);
  cr_expect_float_eq(value[0][1], mean_power(0.4, 1), 4 * one[0][1]);
  free(energy);
}

Test(reweight, errors_of_the_heat_cover) {
  const size_t count[BETAS] = {ISING / 4, ISING / 4, ISING / 4, ISING / 4};
  double *all = malloc(BETAS * ISING * sizeof *all), *values = malloc(2 * BETAS * ISING / 4 * sizeof *values);
  double beta = 0.4;
  double m1 = mean_power(beta, 1);
  tally heat = {.what = "heat", .truth = beta * beta * (mean_power(beta, 2) - m1 * m1)};
  for (uint32_t k = 0; k < 200; k++) {
    sample_ising(0.5, k, all);
    for (size_t s = 0; s < BETAS; s++)
      for (size_t n = 0; n < ISING / 4; n++) {
        double e = all[s * ISING + n];
        values[s * ISING / 4 + n] = e;
        values[BETAS * ISING / 4 + s * ISING / 4 + n] = e * e;
      }
    gibbs_reweight *r;
    gibbs_reweight_target *t;
    double value, one;
    expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = BETAS, .count = count}, ising_beta,
                                          values, &r, &error));
    expect_ok(gibbs_reweight_to_beta(r, beta, &t, &error));
    expect_ok(gibbs_reweight_target_function(t, 2, values, find_heat, &beta, 1, &value, &one, &error));
    count_in(&heat, value, one);
    gibbs_reweight_target_free(t);
    gibbs_reweight_free(r);
  }
  double c = heat.inside / 200.0;
  cr_expect(c > 0.57 && c < 0.79, "coverage %g", c); /* 3.3 standard deviations of 200 repetitions */
  free(all);
  free(values);
}

/* ---- few states, hard walls ---------------------------------------------------------------------------- */

Test(reweight, one_state_gives_plain_means) {
  enum { N = 1000 };
  double energy[N], mean = 0, value, one;
  process p = start_process(1, 0, 0);
  for (int n = 0; n < N; n++) mean += (energy[n] = next_value(&p)) / N;
  gibbs_reweight *r;
  gibbs_reweight_target *t;
  expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = 1, .count = (size_t[]){N}}, (double[]){2},
                                        energy, &r, &error));
  expect_ok(gibbs_reweight_to_beta(r, 2, &t, &error));
  cr_expect_float_eq(gibbs_reweight_target_effective(t), N, 1e-6);
  expect_ok(gibbs_reweight_target_means(t, 1, energy, &value, &one, &error));
  cr_expect_float_eq(value, mean, 1e-12);
  cr_expect_float_eq(one, 1 / sqrt(N), 0.1 / sqrt(N));
  expect_ok(gibbs_reweight_target_difference(t, 0, &value, &one, &error));
  cr_expect_float_eq(value, 0, 1e-12);
  cr_expect_float_eq(one, 0, 1e-12);
  gibbs_reweight_target_free(t);
  /* Gaussian energies: -log <exp(-x)> = -1/2. */
  expect_ok(gibbs_reweight_to_beta(r, 3, &t, &error));
  expect_ok(gibbs_reweight_target_difference(t, 0, &value, &one, &error));
  cr_expect(fabs(value + 0.5) < 4 * one && one < 0.1, "%g(%g)", value, one);
  gibbs_reweight_target_free(t);
  expect_ok(gibbs_reweight_difference(r, 0, 0, &value, &one, &error));
  cr_expect(value == 0 && one == 0);
  gibbs_reweight_free(r);
}

Test(reweight, identical_states_have_one_free_energy) {
  enum { N = 300 };
  double energy[3 * N], value, one;
  process p = start_process(1, 0, 0);
  for (int n = 0; n < 3 * N; n++) energy[n] = next_value(&p);
  gibbs_reweight *r;
  expect_ok(gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = 3, .count = (size_t[]){N, N, N}},
                                        (double[]){2, 2, 2}, energy, &r, &error));
  expect_ok(gibbs_reweight_difference(r, 0, 2, &value, &one, &error));
  cr_expect_float_eq(value, 0, 1e-9);
  cr_expect_float_eq(one, 0, 1e-9);
  gibbs_reweight_free(r);
}

Test(reweight, walls_are_infinite_potentials) {
  enum { N = 2000 };
  const double width[] = {1, 0.5};
  double *u = malloc(4 * N * sizeof *u), value, one;
  gibbs_stream stream = gibbs_stream_open(1, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t n = 0; n < 2 * N; n++) {
    double x = width[n / N] * gibbs_stream_uniform(&stream);
    for (size_t k = 0; k < 2; k++) u[k * 2 * N + n] = x < width[k] ? 0 : INFINITY;
  }
  gibbs_reweight *r;
  expect_ok(
      gibbs_reweight_potentials(&(gibbs_reweight_samples){.states = 2, .count = (size_t[]){N, N}}, u, &r, &error));
  expect_ok(gibbs_reweight_difference(r, 0, 1, &value, &one, &error));
  cr_expect(one < 0.05 && fabs(value - log(2)) < 4 * one, "%g(%g), expected %g", value, one, log(2));
  gibbs_reweight_free(r);
  free(u);
}

/* ---- refusals ------------------------------------------------------------------------------------------ */

/* Gaussian energies about -beta of spread one, as at inverse temperature beta. */
static gibbs_status reweight_gaussians(size_t states, const double *beta, size_t count, gibbs_reweight **out) {
  double *energy = malloc(states * count * sizeof *energy);
  size_t counts[8];
  for (size_t k = 0; k < states; k++) {
    process p = start_process(1, (uint32_t)k, 0);
    counts[k] = count;
    for (size_t n = 0; n < count; n++) energy[k * count + n] = next_value(&p) - beta[k];
  }
  gibbs_status status = gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = states, .count = counts},
                                                    beta, energy, out, &error);
  free(energy);
  return status;
}

Test(reweight, states_that_do_not_overlap_are_named) {
  gibbs_reweight *r = NULL;
  const double apart[] = {0, 1, 2, 9, 10}, very_far[] = {0, 1e4}, unordered[] = {10, 1, 9, 0, 2};
  cr_expect_eq(reweight_gaussians(5, apart, 500, &r), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "state 3 (beta 2) and state 4 (beta 9) do not overlap") != NULL, "%s",
            error.message);
  cr_expect_eq(reweight_gaussians(2, very_far, 500, &r), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "state 1 (beta 0) and state 2 (beta 10000)") != NULL, "%s", error.message);
  cr_expect_eq(reweight_gaussians(5, unordered, 500, &r), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "state 3 (beta 9) and state 5 (beta 2)") != NULL, "%s", error.message);
  cr_expect_null(r);
}

Test(reweight, a_chain_of_overlapping_states_spans_any_distance) {
  gibbs_reweight *r;
  const double beta[] = {0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5};
  double value, one;
  expect_ok(reweight_gaussians(8, beta, 2000, &r));
  expect_ok(gibbs_reweight_difference(r, 0, 7, &value, &one, &error));
  double f = -10.5 * 10.5 / 2; /* <E> = -beta */
  cr_expect(one < 0.3 && fabs(value - f) < 4 * one, "%g(%g), expected %g", value, one, f);
  gibbs_reweight_free(r);
}

Test(reweight, targets_out_of_reach_are_refused) {
  gibbs_reweight *r;
  gibbs_reweight_target *t = NULL;
  const double beta[] = {0, 1};
  double far[1000];
  expect_ok(reweight_gaussians(2, beta, 500, &r));
  cr_expect_eq(gibbs_reweight_to_beta(r, 8, &t, &error), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "beta 8 is out of reach") != NULL, "%s", error.message);
  cr_expect_eq(gibbs_reweight_to_beta(r, NAN, &t, &error), GIBBS_ERR_ARGUMENT);
  for (int n = 0; n < 1000; n++) far[n] = INFINITY;
  cr_expect_eq(gibbs_reweight_to_potential(r, far, &t, &error), GIBBS_ERR_NUMERIC);
  far[3] = NAN;
  cr_expect_eq(gibbs_reweight_to_potential(r, far, &t, &error), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "sample 4") != NULL, "%s", error.message);
  cr_expect_null(t);
  expect_ok(gibbs_reweight_to_beta(r, 0.5, &t, &error));
  far[3] = 1;
  far[0] = NAN;
  double mean, one;
  cr_expect_eq(gibbs_reweight_target_means(t, 1, far, &mean, &one, &error), GIBBS_ERR_NUMERIC);
  cr_expect_eq(gibbs_reweight_target_difference(t, 2, &mean, &one, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_reweight_difference(r, 0, 2, &mean, &one, &error), GIBBS_ERR_ARGUMENT);
  gibbs_reweight_target_free(t);
  gibbs_reweight_free(r);
}

Test(reweight, bad_samples_are_refused) {
  gibbs_reweight *r = NULL;
  double energy[4] = {1, 2, 3, 4}, beta[2] = {1, 2}, tau[2] = {1, 0};
  size_t count[2] = {2, 2}, few[2] = {3, 1}, chains[2] = {1, 0}, uneven[2] = {1, 2};
  cr_expect_eq(gibbs_reweight_temperatures(&(gibbs_reweight_samples){0, count, NULL, NULL}, beta, energy, &r, &error),
               GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, few, NULL, NULL}, beta, energy, &r, &error),
               GIBBS_ERR_ARGUMENT);
  cr_expect_eq(
      gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, count, chains, NULL}, beta, energy, &r, &error),
      GIBBS_ERR_ARGUMENT);
  cr_expect_eq(
      gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, count, uneven, NULL}, beta, energy, &r, &error),
      GIBBS_ERR_ARGUMENT);
  cr_expect_eq(gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, count, NULL, tau}, beta, energy, &r, &error),
               GIBBS_ERR_ARGUMENT);
  /* Four samples in all are too few to hold two states together. */
  cr_expect_eq(gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, count, NULL, NULL}, beta, energy, &r, &error),
               GIBBS_ERR_NUMERIC);
  energy[2] = INFINITY;
  cr_expect_eq(gibbs_reweight_temperatures(&(gibbs_reweight_samples){2, count, NULL, NULL}, beta, energy, &r, &error),
               GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "sample 3") != NULL, "%s", error.message);
  double potential[8] = {INFINITY, 1, 1, 1, 1, 1, 1, 1};
  cr_expect_eq(gibbs_reweight_potentials(&(gibbs_reweight_samples){2, count, NULL, NULL}, potential, &r, &error),
               GIBBS_ERR_NUMERIC);
  cr_expect(strstr(error.message, "own state") != NULL, "%s", error.message);
  cr_expect_null(r);
}
