/* test_carried.c - weights carried along while parameters move: the free energy, its error, and the weights against
 * exact sums. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/carried.h"
#include "gibbs/exact.h"
#include "gibbs/free_energy.h"
#include "gibbs/threads.h"
#include "machines.h"

static gibbs_graph *graph;

static void begin(void) {
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_set_threads(1); /* small machines */
}
static void end(void) {
  gibbs_set_threads(0);
  gibbs_graph_release(graph);
}
TestSuite(carried, .init = begin, .fini = end);

/* A run: a machine whose parameters are 0 at first, where chains at a random start are in equilibrium. */
typedef struct run {
  machine x;
  gibbs_chains *chains;
  gibbs_carried *carried;
  uint32_t path;
} run;

static void set_zero(machine *x) {
  gibbs_expr *parameters[] = {x->W, x->a, x->b};
  for (size_t k = 0; k < 3; k++) {
    memset(values_of(parameters[k]), 0, gibbs_expr_size(parameters[k]) * sizeof(double));
    gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  }
}

/* Every parameter takes a step towards values that are drawn for the path, and one of noise: as in training. */
static void step(machine *x, uint32_t path, uint32_t number, double pull, double noise) {
  gibbs_expr *parameters[] = {x->W, x->a, x->b};
  for (uint32_t k = 0; k < 3; k++) {
    gibbs_stream goal = gibbs_stream_open(path, GIBBS_PURPOSE_CHECK, 1 + k, 0);
    gibbs_stream kick = gibbs_stream_open(path, GIBBS_PURPOSE_CHECK, 11 + k, number);
    for (size_t i = 0; i < gibbs_expr_size(parameters[k]); i++) {
      double *value = &values_of(parameters[k])[i];
      *value += pull * (0.8 * gibbs_stream_normal(&goal) - *value) + noise * gibbs_stream_normal(&kick);
    }
    gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  }
}

static run open_run(size_t n, size_t m, size_t count, double below, uint32_t path, uint64_t seed) {
  run r = {.path = path};
  r.x = make_machine_in(graph, GIBBS_SPINS, n, GIBBS_SPINS, m, 0, 1);
  set_zero(&r.x);
  gibbs_chains_options options = {.chains = count, .seed = seed};
  gibbs_carried_options own = {.resample_below = below, .free_energy = -(double)(n + m) * log(2)};
  CHECK(gibbs_chains_new(r.x.q, &options, &r.chains, err));
  CHECK(gibbs_carried_new(r.chains, &own, &r.carried, err));
  return r;
}

static void close_run(run *r) {
  gibbs_carried_free(r->carried);
  gibbs_chains_free(r->chains);
  free_machine(&r->x);
}

static void go(run *r, uint32_t from, uint32_t to, double pull, double noise) {
  for (uint32_t t = from; t < to; t++) {
    step(&r->x, r->path, t, pull, noise);
    CHECK(gibbs_carried_move(r->carried, err));
    CHECK(gibbs_carried_advance(r->carried, 1, err));
  }
}

static double exact_of(const run *r) {
  double exact = 0;
  CHECK(gibbs_exact_free_energy(r->x.q, &exact, err));
  return exact;
}

/* ---- the free energy -------------------------------------------------------------------------------------- */

typedef struct tally {
  size_t runs, trusted, inside;
  double mean, square; /* of (F - exact) / error, where trusted */
} tally;

typedef struct plan {
  size_t n, m, chains;
  double below;
  uint32_t steps, forgotten; /* forgotten: the step after which the weights are not told; 0: none */
  double pull, noise;
} plan;

static void walk(run *r, const plan *p) {
  go(r, 0, p->forgotten ? p->forgotten : p->steps, p->pull, p->noise);
  if (!p->forgotten) return;
  step(&r->x, r->path, p->forgotten, p->pull, p->noise);
  CHECK(gibbs_carried_advance(r->carried, 1, err));
  go(r, p->forgotten + 1, p->steps, p->pull, p->noise);
}

static tally repeat(const plan *p, size_t runs, double most) {
  tally t = {.runs = runs};
  for (size_t k = 0; k < runs; k++) {
    run r = open_run(p->n, p->m, p->chains, p->below, 77 + (uint32_t)k, 1000 + k);
    gibbs_carried_state s;
    walk(&r, p);
    gibbs_carried_report(r.carried, &s);
    double apart = (s.free_energy - exact_of(&r)) / s.error;
    if (s.trusted) {
      t.trusted++;
      t.inside += fabs(apart) <= 1;
      t.mean += apart;
      t.square += apart * apart;
    }
    cr_assert(!s.trusted || fabs(apart) < most, "run %zu is %g errors off", k, apart);
    close_run(&r);
  }
  t.mean /= (double)t.trusted;
  t.square /= (double)t.trusted;
  return t;
}

/* One standard error holds the exact value in 68 % of the runs: 60 to 76 % of 200, or of fewer that are trusted
 * by 2.4 standard deviations (false alarms: 1.6 % of seeds). */
static void check_coverage(const char *what, const plan *p, size_t runs) {
  tally t = repeat(p, runs, 4.5);
  double part = (double)t.inside / (double)t.trusted, width = 2.4 * sqrt(0.683 * 0.317 / (double)t.trusted);
  cr_log_info("%s: %zu of %zu trusted, %.3f inside, mean %.3f, mean square %.3f", what, t.trusted, runs, part, t.mean,
              t.square);
  cr_assert(4 * t.trusted > 3 * runs, "%s: only %zu of %zu are trusted", what, t.trusted, runs);
  cr_assert(fabs(part - 0.683) < fmax(0.08, width), "%s: %.3f inside of %zu", what, part, t.trusted);
  cr_assert(fabs(t.mean) < 0.4, "%s: %.3f errors off on average", what, t.mean);
}

static size_t effort(size_t runs) {
  const char *text = getenv("GIBBS_TEST_EFFORT");
  double part = text ? atof(text) : 1;
  return part < 1 ? (size_t)fmax(5, part * (double)runs) : runs;
}

Test(carried, one_error_holds_the_exact_free_energy_in_68_percent) {
  static const plan few_large = {6, 4, 128, 0.5, 10, 0, 0.2, 0.05}, many_small = {6, 4, 128, 0.5, 100, 0, 0.03, 0.03};
  static const plan long_way = {5, 4, 100, 0.5, 1000, 0, 0.01, 0.05}, eager = {6, 4, 128, 0.9, 100, 0, 0.05, 0.02};
  static const plan never = {6, 4, 256, 0, 40, 0, 0.05, 0.02};
  check_coverage("few large steps", &few_large, effort(200));
  check_coverage("many small steps", &many_small, effort(200));
  check_coverage("a long way", &long_way, effort(200));
  check_coverage("resampled early", &eager, effort(200));
  check_coverage("never resampled", &never, effort(200));
}

/* The mean of 100 runs is right to 0.1 errors, and one step in a hundred is worth more than that. */
Test(carried, a_change_that_is_not_told_is_found_out) {
  plan p = {6, 4, 128, 0.5, 100, 0, 0.02, 0.01};
  tally told = repeat(&p, 100, 1e9);
  p.forgotten = 50;
  tally not_told = repeat(&p, 100, 1e9);
  cr_assert(fabs(told.mean) < 0.4 && told.square < 1.6, "%g %g", told.mean, told.square);
  cr_assert(fabs(not_told.mean) > 0.4 || not_told.square > 1.6, "%g %g", not_told.mean, not_told.square);
}

Test(carried, nothing_drifts_away_over_ten_thousand_steps) {
  size_t runs = effort(12), looks = 0;
  double sum = 0, square = 0;
  for (size_t k = 0; k < runs; k++) {
    run r = open_run(5, 3, 128, 0.5, 500 + (uint32_t)k, 60 + k);
    for (uint32_t t = 0; t < 10000; t += 2500) {
      gibbs_carried_state s;
      go(&r, t, t + 2500, 0.005, 0.02);
      gibbs_carried_report(r.carried, &s);
      double apart = (s.free_energy - exact_of(&r)) / s.error;
      cr_assert(!s.trusted || fabs(apart) < 4.5, "%g(%g), %g errors off", s.free_energy, s.error, apart);
      cr_assert(s.error < 1 && s.resamplings > 0, "error %g", s.error);
      sum += apart, square += apart * apart, looks++;
    }
    close_run(&r);
  }
  double n = (double)looks;
  cr_log_info("mean %g, mean square %g", sum / n, square / n);
  cr_assert(fabs(sum / n) < 4 / sqrt((double)runs) && square / n < 3, "mean %g, mean square %g", sum / n, square / n);
}

/* ---- the weights ------------------------------------------------------------------------------------------ */

/* sum_v P(v) (sum of the units) by hand. */
static double mean_of_sum(const machine *x) {
  double total = 0, sum = 0;
  for (size_t s = 0; s < (size_t)1 << x->n; s++) {
    double weight = (double)expl(-hand_hamiltonian(x, GIBBS_SPINS, GIBBS_SPINS, s)), units = 0;
    for (size_t i = 0; i < x->n; i++) units += unit_value(GIBBS_SPINS, s, i);
    total += weight;
    sum += weight * units;
  }
  return sum / total;
}

/* The mean of the sum of the units over the chains, with their weights and without. */
static void average(const run *r, double *with, double *without) {
  size_t n = gibbs_chains_count(r->chains);
  double *rows = malloc(n * r->x.n * sizeof *rows), *weight = malloc(n * sizeof *weight), total = 0;
  CHECK(gibbs_chains_get(r->chains, 0, rows, err));
  gibbs_carried_log_weights(r->carried, weight);
  *with = *without = 0;
  for (size_t c = 0; c < n; c++) {
    double units = 0, w = exp(weight[c]);
    for (size_t i = 0; i < r->x.n; i++) units += rows[c * r->x.n + i];
    total += w;
    *with += w * units;
    *without += units / (double)n;
  }
  *with /= total;
  free(rows);
  free(weight);
}

/* Large steps and one sweep each: the chains are far behind, the weighted ones are not. */
Test(carried, weighted_chains_have_the_present_distribution) {
  size_t runs = 24, count = 2000;
  double with = 0, without = 0, spread = 0;
  for (size_t k = 0; k < runs; k++) {
    run r = open_run(6, 4, count, k % 2 ? 0.5 : 0, 9, 3000 + k);
    double a, b, exact;
    go(&r, 0, 8, 0.15, 0);
    step(&r.x, r.path, 8, 0.15, 0);
    CHECK(gibbs_carried_move(r.carried, err));
    exact = mean_of_sum(&r.x);
    average(&r, &a, &b);
    with += (a - exact) / (double)runs;
    spread += (a - exact) * (a - exact) / (double)runs;
    without += (b - exact) / (double)runs;
    close_run(&r);
  }
  double error = sqrt(spread / (double)runs);
  cr_assert(fabs(with) < 4 * error, "%g off, with an error of %g", with, error);
  cr_assert(fabs(without) > 6 * error, "the chains keep up without weights: %g, %g", without, error);
}

/* H of every chain by hand. */
static void weigh_by_hand(const run *r, double *out) {
  size_t n = gibbs_chains_count(r->chains), units = r->x.n;
  double *rows = malloc(n * units * sizeof *rows);
  CHECK(gibbs_chains_get(r->chains, 0, rows, err));
  for (size_t c = 0; c < n; c++) {
    size_t state = 0;
    for (size_t i = 0; i < units; i++) state |= (size_t)(rows[c * units + i] > 0) << i;
    out[c] = (double)hand_hamiltonian(&r->x, GIBBS_SPINS, GIBBS_SPINS, state);
  }
  free(rows);
}

/* Copies are weighed from where they are, not from where their places were. */
Test(carried, a_move_right_after_a_resampling_weighs_the_copies) {
  enum { count = 64 };
  run r = open_run(6, 4, count, 0.6, 12, 5);
  double before[count], after[count], weight[count];
  gibbs_carried_state s = {.resamplings = 0};
  for (uint32_t t = 0; t < 100 && s.resamplings == 0; t++) {
    step(&r.x, r.path, t, 0.1, 0.02);
    CHECK(gibbs_carried_move(r.carried, err));
    gibbs_carried_report(r.carried, &s);
  }
  cr_assert_eq(s.resamplings, 1);
  weigh_by_hand(&r, before);
  step(&r.x, r.path, 100, 0.02, 0.02);
  CHECK(gibbs_carried_move(r.carried, err));
  weigh_by_hand(&r, after);
  gibbs_carried_log_weights(r.carried, weight);
  for (size_t c = 0; c < count; c++)
    cr_assert_float_eq(weight[c] - weight[0], before[c] - after[c] - before[0] + after[0], 1e-9, "chain %zu", c);
  close_run(&r);
}

/* ---- kernels ---------------------------------------------------------------------------------------------- */

/* Kernels that sum the hidden units, or start from those that are there: 100 runs each. */
Test(carried, any_kernel_of_one_rung_will_do) {
  static const struct {
    const char *kernel;
    gibbs_hidden_role hidden;
  } ways[] = {{"block_gibbs", GIBBS_HIDDEN_AUTO},
              {"heat_bath", GIBBS_HIDDEN_SUMMED},
              {"heat_bath", GIBBS_HIDDEN_SAMPLED},
              {"metropolis", GIBBS_HIDDEN_SAMPLED}};
  for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
    size_t runs = effort(60);
    double sum = 0, square = 0;
    for (size_t k = 0; k < runs; k++) {
      run r = open_run(5, 3, 128, 0.5, 40 + (uint32_t)k, 900 + k);
      gibbs_carried_free(r.carried);
      gibbs_chains_free(r.chains);
      gibbs_chains_options options = {
          .chains = 128, .seed = 900 + k, .kernel = gibbs_kernel_find(ways[w].kernel), .hidden = ways[w].hidden};
      gibbs_carried_options own = {.resample_below = 0.5, .free_energy = -8 * log(2)};
      gibbs_carried_state s;
      CHECK(gibbs_chains_new(r.x.q, &options, &r.chains, err));
      CHECK(gibbs_carried_new(r.chains, &own, &r.carried, err));
      go(&r, 0, 20, 0.1, 0.02);
      gibbs_carried_report(r.carried, &s);
      double apart = (s.free_energy - exact_of(&r)) / s.error;
      sum += apart, square += apart * apart;
      close_run(&r);
    }
    double n = (double)runs;
    cr_assert(fabs(sum / n) < 4 / sqrt(n) && square / n < 1 + 4 * sqrt(2 / n), "%s: mean %g, mean square %g",
              ways[w].kernel, sum / n, square / n);
  }
}

Test(carried, several_rungs_are_refused) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_SPINS, 3, 0.5, 1);
  gibbs_chains_options options = {.chains = 16, .seed = 1, .kernel = gibbs_kernel_find("tempering")};
  gibbs_chains *chains = NULL;
  gibbs_carried *carried = NULL;
  gibbs_error refusal;
  CHECK(gibbs_chains_new(x.q, &options, &chains, err));
  cr_assert_eq(gibbs_carried_new(chains, NULL, &carried, &refusal), GIBBS_ERR_UNSUPPORTED);
  cr_assert(strstr(refusal.message, "tempering") && strstr(refusal.message, "rungs"), "%s", refusal.message);
  gibbs_chains_free(chains);
  free_machine(&x);
}

/* ---- doubts, and beginnings ------------------------------------------------------------------------------- */

Test(carried, a_step_too_large_is_not_trusted_any_more) {
  run r = open_run(8, 6, 64, 0.5, 3, 4);
  gibbs_carried_state s;
  go(&r, 0, 1, 1, 1);
  gibbs_carried_report(r.carried, &s);
  cr_assert(!s.trusted && strstr(s.why, "independent"), "%s", s.why);
  go(&r, 1, 30, 0, 0);
  gibbs_carried_report(r.carried, &s);
  cr_assert(!s.trusted && strstr(s.why, "independent"), "%s", s.why);
  close_run(&r);
}

/* Chains that never move are reweighted only: once they are resampled, families die out. */
Test(carried, chains_that_do_not_move_are_found_out) {
  run r = open_run(6, 5, 256, 0.5, 8, 21);
  gibbs_carried_state s = {.trusted = true};
  for (uint32_t t = 0; t < 400 && s.trusted; t++) {
    step(&r.x, r.path, t, 0.01, 0.03);
    CHECK(gibbs_carried_move(r.carried, err));
    gibbs_carried_report(r.carried, &s);
    double apart = (s.free_energy - exact_of(&r)) / s.error;
    cr_assert(!s.trusted || fabs(apart) < 4.5, "step %u: %g errors off", t, apart);
  }
  cr_assert(!s.trusted);
  close_run(&r);
}

Test(carried, without_a_beginning_only_changes_are_known) {
  run r = open_run(6, 4, 512, 0.5, 6, 8);
  gibbs_carried_state s;
  go(&r, 0, 10, 0.05, 0.02);
  CHECK(gibbs_carried_advance(r.carried, 200, err));
  double before = exact_of(&r);
  CHECK(gibbs_carried_forget(r.carried, err));
  gibbs_carried_report(r.carried, &s);
  cr_assert(!s.absolute && s.free_energy == 0 && s.error == 0 && s.ess == 512 && s.resamplings == 0);
  go(&r, 10, 30, 0.05, 0.02);
  gibbs_carried_report(r.carried, &s);
  cr_assert(!s.absolute && fabs(s.free_energy - (exact_of(&r) - before)) < 4 * s.error && s.error < 0.1,
            "%g(%g), not %g", s.free_energy, s.error, exact_of(&r) - before);
  close_run(&r);
}

Test(carried, the_error_to_begin_with_is_part_of_the_error) {
  run r = open_run(5, 3, 64, 0.5, 6, 8);
  gibbs_carried_options own = {.resample_below = 0.5, .free_energy = 12, .free_energy_error = 0.3};
  gibbs_carried *other = NULL;
  gibbs_carried_state s;
  CHECK(gibbs_carried_new(r.chains, &own, &other, err));
  gibbs_carried_report(other, &s);
  cr_assert(s.free_energy == 12 && s.error == 0.3 && s.absolute && s.trusted);
  gibbs_carried_free(other);
  close_run(&r);
}

/* ---- bits ------------------------------------------------------------------------------------------------- */

enum { bit_chains = 100 };

typedef struct ending {
  gibbs_carried_state state;
  double log_weight[bit_chains];
} ending;

static void finish(run *r, ending *out) {
  go(r, 60, 120, 0.02, 0.08);
  memset(out, 0, sizeof *out);
  gibbs_carried_report(r->carried, &out->state);
  gibbs_carried_log_weights(r->carried, out->log_weight);
}

static void expect_same(const ending *a, const ending *b) {
  cr_assert(a->state.free_energy == b->state.free_energy && a->state.error == b->state.error &&
                a->state.resamplings == b->state.resamplings && a->state.ess == b->state.ess,
            "%.17g(%.17g) and %.17g(%.17g)", a->state.free_energy, a->state.error, b->state.free_energy,
            b->state.error);
  cr_assert_arr_eq(a->log_weight, b->log_weight, sizeof a->log_weight);
}

Test(carried, the_same_bits_on_any_number_of_threads_and_after_a_restart) {
  ending one, two, again;
  double *weights = NULL, *chains = NULL, parameters[3][24];
  size_t weight_count = 0, chain_count = 0;
  for (size_t threads = 1; threads <= 2; threads++) {
    gibbs_set_threads(threads);
    run r = open_run(6, 4, bit_chains, 0.5, 5, 17);
    gibbs_expr *all[] = {r.x.W, r.x.a, r.x.b};
    go(&r, 0, 60, 0.02, 0.08);
    if (threads == 1) {
      CHECK(gibbs_carried_save(r.carried, &weights, &weight_count, err));
      CHECK(gibbs_chains_save(r.chains, &chains, &chain_count, err));
      for (size_t k = 0; k < 3; k++)
        memcpy(parameters[k], values_of(all[k]), gibbs_expr_size(all[k]) * sizeof(double));
    }
    finish(&r, threads == 1 ? &one : &two);
    close_run(&r);
  }
  expect_same(&one, &two);
  cr_assert(one.state.resamplings > 3);
  run r = open_run(6, 4, bit_chains, 0.5, 5, 17);
  gibbs_expr *all[] = {r.x.W, r.x.a, r.x.b};
  for (size_t k = 0; k < 3; k++) {
    memcpy(values_of(all[k]), parameters[k], gibbs_expr_size(all[k]) * sizeof(double));
    gibbs_parameter_touch(gibbs_expr_as_parameter(all[k]));
  }
  CHECK(gibbs_chains_restore(r.chains, chains, chain_count, err));
  CHECK(gibbs_carried_restore(r.carried, weights, weight_count, err));
  finish(&r, &again);
  expect_same(&one, &again);
  close_run(&r);
  free(weights);
  free(chains);
}

Test(carried, states_that_do_not_fit_are_refused_and_change_nothing) {
  run r = open_run(6, 4, bit_chains, 0.5, 5, 17);
  double *state = NULL, kept;
  size_t count = 0;
  gibbs_error refusal;
  gibbs_carried_state before, after;
  go(&r, 0, 60, 0.02, 0.08);
  gibbs_carried_report(r.carried, &before);
  CHECK(gibbs_carried_save(r.carried, &state, &count, err));
  cr_assert_eq(gibbs_carried_restore(r.carried, state, count - 1, &refusal), GIBBS_ERR_ARGUMENT);
  cr_assert_eq(gibbs_carried_restore(r.carried, state, 0, &refusal), GIBBS_ERR_ARGUMENT);
  for (size_t k = 0; k < count; k++) {
    kept = state[k];
    state[k] = (double)NAN;
    cr_assert_eq(gibbs_carried_restore(r.carried, state, count, &refusal), GIBBS_ERR_ARGUMENT, "number %zu", k);
    state[k] = kept;
  }
  state[count - 1] = bit_chains; /* a family that is not there */
  cr_assert_eq(gibbs_carried_restore(r.carried, state, count, &refusal), GIBBS_ERR_ARGUMENT);
  gibbs_carried_report(r.carried, &after);
  cr_assert(before.free_energy == after.free_energy && before.error == after.error);
  free(state);
  close_run(&r);
}

Test(carried, options_out_of_range_are_refused) {
  run r = open_run(5, 3, 64, 0.5, 6, 8);
  static const gibbs_carried_options bad[] = {{.resample_below = 1.5, .free_energy = 0},
                                              {.resample_below = (double)NAN, .free_energy = 0},
                                              {.free_energy = (double)INFINITY},
                                              {.free_energy = 1, .free_energy_error = -1}};
  for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
    gibbs_carried *other = NULL;
    gibbs_error refusal;
    cr_assert_eq(gibbs_carried_new(r.chains, &bad[k], &other, &refusal), GIBBS_ERR_ARGUMENT, "%zu", k);
  }
  close_run(&r);
}
