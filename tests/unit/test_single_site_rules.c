/* test_single_site_rules.c - what single-site kernels promise beside the distribution: balance of every visit, units
 * that are held, new parameters, saving, traps, and faults that are caught. */
#include <criterion/criterion.h>

#include "invariance.h"
#include "kernel.h"
#include "single_site.h"
#include "site_models.h"
#include "threshold.h"

typedef struct scene {
  gibbs_graph *graph;
  gibbs_distribution *d;
  invariance x;
} scene;

static scene open_scene(site_model which, const bool *held) {
  scene s = {0};
  CHECK(gibbs_graph_new(&s.graph, err));
  s.d = make_site_model(s.graph, which);
  s.x = invariance_begin(s.d, false, held);
  return s;
}

static void close_scene(scene *s) {
  invariance_end(&s->x);
  gibbs_distribution_release(s->d);
  gibbs_graph_release(s->graph);
}

static const gibbs_kernel *named(const char *name) {
  const gibbs_kernel *kernel = gibbs_kernel_find(name);
  cr_assert_not_null(kernel);
  return kernel;
}

/* ---- balance ------------------------------------------------------------------------------------ */

/* Random couplings of twelve spins, a product of three, and functions of affine forms. */
static gibbs_distribution *make_twelve(gibbs_graph *graph) {
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  gibbs_expr *x = site_variable(&b, "x", GIBBS_SPINS, 2, 12);
  gibbs_expr *z = gibbs_build_matmul(&b, site_normal(&b, "B", gibbs_shape_matrix(5, 12), 0.4, 30), x);
  gibbs_expr *energy = site_add(&b, site_cross(&b, x, x, 0.2, 31), site_three_body(&b, x));
  energy = site_add(&b, energy, gibbs_build_sum(&b, gibbs_build_unary(&b, GIBBS_OP_LOGCOSH, z)));
  return site_finish(&b, energy, &x, 1);
}

/* The largest of |sum_s pi(s) T(s, t) - pi(t)| over t, with T the mean of one visit over all units. */
static double residual(const invariance *x, const gibbs_site_rule *rule, double broken) {
  double *after = calloc(x->states, sizeof *after), values[invariance_most_units], worst = 0, p = 0;
  for (size_t s = 0; s < x->states; s++) {
    for (size_t u = 0; u < x->units; u++) values[u] = invariance_value(x, s, u);
    for (size_t u = 0, place = 1; u < x->units; place *= x->radix[u++]) {
      size_t digit = s / place % x->radix[u];
      for (size_t k = 0; k < x->radix[u]; k++) {
        double value = x->lowest[u] + x->spacing[u] * (double)k;
        CHECK(gibbs_single_site_probability(&x->target, rule, values, u, value, &p, err));
        if (k != digit) p *= broken;
        if (k == digit) p += (1 - broken) * (1 - p);
        after[s + k * place - digit * place] += x->probability[s] * p / (double)x->units;
      }
    }
  }
  for (size_t s = 0; s < x->states; s++) worst = fmax(worst, fabs(after[s] - x->probability[s]));
  free(after);
  return worst;
}

Test(single_site_rules, transition_matrices_keep_the_distribution_of_twelve_spins) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_distribution *d = make_twelve(graph);
  invariance x = invariance_begin(d, false, NULL);
  const gibbs_site_rule *rules[] = {&gibbs_rule_metropolis, &gibbs_rule_heat_bath};
  for (size_t k = 0; k < 2; k++) {
    double r = residual(&x, rules[k], 1);
    cr_expect(r < 1e-12, "rule %zu: %g", k, r);
  }
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

Test(single_site_rules, transition_matrices_keep_the_distribution_of_mixed_units) {
  scene s = open_scene(SITE_MIXED, NULL);
  cr_expect(residual(&s.x, &gibbs_rule_metropolis, 1) < 1e-12);
  cr_expect(residual(&s.x, &gibbs_rule_heat_bath, 1) < 1e-12);
  close_scene(&s);
}

static double half_acceptance(double change) {
  return gibbs_metropolis_acceptance(0.9 * change);
}

Test(single_site_rules, a_wrong_acceptance_leaves_a_residual) {
  scene s = open_scene(SITE_RING, NULL);
  gibbs_site_rule wrong = gibbs_rule_metropolis;
  wrong.acceptance = half_acceptance;
  cr_expect(residual(&s.x, &wrong, 1) > 1e-4);
  cr_expect(residual(&s.x, &gibbs_rule_metropolis, 0.5) < 1e-12, "being lazier is no fault");
  close_scene(&s);
}

/* The number of words whose threshold takes a change, by bisection: thresholds fall as words grow. */
static double share_taken(const gibbs_site_rule *rule, float change) {
  uint32_t low = 0, high = UINT32_C(1) << 31; /* words below `low` take it, words from `high` on do not */
  while (low < high) {
    uint32_t middle = low + (high - low) / 2;
    float threshold;
    rule->thresholds(&middle, &threshold, 1);
    if (change <= threshold)
      low = middle + 1;
    else
      high = middle;
  }
  return low * 0x1p-31;
}

/* Of 2^31 words the right share takes every change: to the rounding of floats, and to the grid of words. */
Test(single_site_rules, thresholds_take_what_the_acceptance_says) {
  const gibbs_site_rule *rules[] = {&gibbs_rule_metropolis, &gibbs_rule_heat_bath};
  for (size_t k = 0; k < 2; k++)
    for (float change = -20; change <= 20; change += 0.0371f) {
      double share = share_taken(rules[k], change), p = rules[k]->acceptance((double)change);
      cr_expect(fabs(share - p) <= p * 4e-6 + 0x1p-30, "rule %zu, change %g: %g, not %g", k, (double)change, share,
                p);
    }
}

/* ---- faults are caught -------------------------------------------------------------------------------------------
 */

static void wrong_thresholds(const uint32_t *words, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = 1.1f * gibbs_lazy_threshold(words[i]);
}

static gibbs_status make_wrong(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                               void **instance, gibbs_error *err) {
  static const gibbs_site_rule wrong = {wrong_thresholds, half_acceptance, true};
  (void)settings;
  return gibbs_single_site_make(target, &wrong, true, chains, first_chain, instance, err);
}

/* Energies a tenth too small are found after sixteen sweeps of 10000 chains. */
Test(single_site_rules, a_wrong_acceptance_is_caught_by_the_states) {
  scene s = open_scene(SITE_RING, NULL);
  gibbs_kernel wrong = *named("metropolis");
  wrong.make = make_wrong;
  invariance_run run = {&wrong, NULL, 10000, 0, 16, 3};
  double p = invariance_p_value(&s.x, &run);
  cr_expect(p < invariance_alarm, "p = %g", p);
  close_scene(&s);
}

/* ---- held units, new parameters, saving --------------------------------------------------------- */

Test(single_site_rules, held_units_stay_and_the_others_follow) {
  static const bool held[16] = {false, true, false, true, true};
  const site_model models[] = {SITE_RING, SITE_MIXED, SITE_REST_POTTS, SITE_MARGINAL_POTTS};
  for (size_t k = 0; k < 4; k++) {
    scene s = open_scene(models[k], held);
    expect_invariant(&s.x, named("metropolis"), NULL, 5000, k);
    expect_invariant(&s.x, named("heat_bath"), NULL, 5000, k);
    close_scene(&s);
  }
}

Test(single_site_rules, with_all_units_held_nothing_happens) {
  static const bool held[7] = {true, true, true, true, true, true, true};
  scene s = open_scene(SITE_MEMORY, held);
  double values[7] = {1, -1, 1, 1, -1, -1, 1}, order = 0;
  invariance_run run = {named("metropolis"), &order, 1, 0, 3, 1};
  invariance_advance(&s.x, &run, values); /* checks that they stay */
  close_scene(&s);
}

/* The couplings change while chains run: after the relaxation they are distributed by the new ones. */
static void expect_refreshed(site_model which, const char *kernel_name) {
  enum { chains = 5000 };
  scene s = open_scene(which, NULL);
  const gibbs_kernel *kernel = named(kernel_name);
  double order = 0, *values = malloc(chains * s.x.units * sizeof *values);
  void *instance = NULL;
  invariance_exact(&s.x, chains, 1, values);
  CHECK(kernel->make(&s.x.target, &order, chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  CHECK(kernel->sweep(instance, 1, 1, err));
  for (size_t k = 0; k < gibbs_distribution_parameter_count(s.d); k++) {
    gibbs_parameter *p = gibbs_expr_as_parameter(gibbs_distribution_parameters(s.d)[k]);
    for (size_t i = 0; i < gibbs_parameter_size(p); i++) gibbs_parameter_values(p)[i] *= i % 2 ? 0.5 : -0.8;
    gibbs_parameter_touch(p);
  }
  invariance_refresh(&s.x);
  kernel->get(instance, values, chains);
  cr_expect(invariance_compare(&s.x, values, chains) < invariance_alarm, "the change is too small to be seen");
  CHECK(kernel->refresh(instance, err));
  for (uint32_t t = 2; t < 40; t++) CHECK(kernel->sweep(instance, 1, t, err));
  kernel->get(instance, values, chains);
  double p = invariance_compare(&s.x, values, chains);
  cr_expect(p > invariance_alarm, "%s on %s: p = %g", kernel_name, site_model_names[which], p);
  kernel->free(instance);
  free(values);
  close_scene(&s);
}

Test(single_site_rules, new_parameters_are_heeded) {
  const site_model models[] = {SITE_RING,     SITE_MIXED,           SITE_THREE_BODY,
                               SITE_MARGINAL, SITE_LOCAL_FUNCTIONS, SITE_REST};
  for (size_t k = 0; k < 6; k++) expect_refreshed(models[k], k % 2 ? "metropolis" : "heat_bath");
}

/* The run over twenty sweeps, and the same cut after seven, saved, and gone on with elsewhere. */
static void expect_resumed(site_model which) {
  enum { chains = 37 };
  scene s = open_scene(which, NULL);
  const gibbs_kernel *kernel = named("metropolis");
  size_t size = chains * s.x.units;
  double order = 0, *values = malloc(3 * size * sizeof *values), *cut = values + size, *whole = cut + size;
  void *instance = NULL, *other = NULL;
  invariance_exact(&s.x, chains, 1, values);
  CHECK(kernel->make(&s.x.target, &order, chains, 0, &instance, err));
  CHECK(kernel->make(&s.x.target, &order, chains, 0, &other, err));
  CHECK(kernel->set(instance, values, chains, err));
  for (uint32_t t = 1; t <= 7; t++) CHECK(kernel->sweep(instance, 2, t, err));
  double *memory = malloc((kernel->memory(instance, NULL) + 1) * sizeof *memory);
  size_t count = kernel->memory(instance, memory);
  kernel->get(instance, cut, chains);
  CHECK(kernel->set(other, cut, chains, err));
  CHECK(kernel->recall(other, memory, count, err));
  for (uint32_t t = 8; t <= 60; t++) {
    CHECK(kernel->sweep(instance, 2, t, err));
    CHECK(kernel->sweep(other, 2, t, err));
  }
  kernel->get(instance, whole, chains);
  kernel->get(other, cut, chains);
  cr_expect_arr_eq(whole, cut, size * sizeof *whole, "%s", site_model_names[which]);
  size_t expected = kernel->memory(other, NULL);
  double *again = malloc((expected + 1) * sizeof *again);
  cr_expect_eq(kernel->memory(other, again), kernel->memory(instance, memory));
  cr_expect_arr_eq(again, memory, expected * sizeof *again, "what is kept differs: %s", site_model_names[which]);
  cr_expect_eq(kernel->recall(other, memory, count + 1, NULL), GIBBS_ERR_ARGUMENT);
  kernel->free(instance);
  kernel->free(other);
  free(memory);
  free(again);
  free(values);
  close_scene(&s);
}

Test(single_site_rules, runs_are_resumed_bit_for_bit) {
  const site_model models[] = {SITE_RING, SITE_BLOCK, SITE_MIXED, SITE_MARGINAL, SITE_MARGINAL_POTTS, SITE_MEMORY};
  for (size_t k = 0; k < 6; k++) expect_resumed(models[k]);
}

/* ---- one chain and many ------------------------------------------------------------------------- */

/* Chains 20 and 21 of 66 stand among sixteen, and go one by one when they are alone: the same bits after 100 sweeps
 * of a system of some size, on one thread or two. */
static void expect_alone_the_same(gibbs_distribution *d, double order) {
  enum { all = 66, alone = 2, from = 20 };
  gibbs_target target = {.distribution = d,
                         .energy = gibbs_distribution_hamiltonian(d),
                         .variables = gibbs_distribution_visible(d),
                         .variable_count = 1};
  CHECK(gibbs_normal_form_new(target.energy, target.variables, 1, &target.form, err));
  target.units = gibbs_normal_form_units(target.form);
  const gibbs_kernel *kernel = named("metropolis");
  void *many = NULL, *few = NULL;
  double *values = malloc(target.units * (all + alone) * sizeof *values), *own = values + target.units * all;
  for (size_t i = 0; i < target.units * (all + alone); i++) values[i] = 1;
  CHECK(kernel->make(&target, &order, all, 0, &many, err));
  CHECK(kernel->make(&target, &order, alone, from, &few, err));
  CHECK(kernel->set(many, values, all, err));
  CHECK(kernel->set(few, own, alone, err));
  for (uint32_t t = 0; t < 100; t++) {
    gibbs_set_threads(1 + t % 2);
    CHECK(kernel->sweep(many, 4, t, err));
    CHECK(kernel->sweep(few, 4, t, err));
  }
  gibbs_set_threads(0);
  kernel->get(many, values, all);
  kernel->get(few, own, alone);
  for (size_t u = 0; u < target.units; u++)
    for (size_t c = 0; c < alone; c++)
      cr_assert_eq(values[u * all + from + c], own[u * alone + c], "unit %zu of chain %zu", u, from + c);
  kernel->free(many);
  kernel->free(few);
  free(values);
  gibbs_normal_form_free(target.form);
}

Test(single_site_rules, a_chain_alone_has_the_bits_of_a_chain_among_many) {
  for (int k = 0; k < 8; k++) {
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    gibbs_distribution *d = NULL;
    gibbs_builder b = gibbs_build_begin(graph, NULL);
    gibbs_expr *x = site_variable(&b, "x", GIBBS_SPINS, 2, 61);
    if (k % 4 == 0) d = make_lattice_model(graph, GIBBS_LATTICE_SQUARE, 2, (size_t[]){30, 31}, true);
    if (k % 4 == 1) d = make_marginal_model(graph, GIBBS_SPINS, 2, 300, GIBBS_BITS);
    if (k % 4 == 2) CHECK(gibbs_distribution_new("memory", site_memory(&b, x, 61), &x, 1, NULL, 0, &d, err));
    if (k % 4 == 3) CHECK(gibbs_distribution_new("dense", site_cross(&b, x, x, 0.1, 3), &x, 1, NULL, 0, &d, err));
    CHECK(gibbs_build_end(&b));
    expect_alone_the_same(d, k / 4);
    gibbs_distribution_release(d);
    gibbs_graph_release(graph);
  }
}

/* ---- traps -------------------------------------------------------------------------------------- */

/* A ring of eight spins at K = 1 in sequential order: <s s'> = (t + t^7) / (1 + t^8), t = tanh 1, is 0.818; where
 * moves at no cost are always made it can come out as 0.485. */
static void expect_ring_energy(const char *kernel_name, double order) {
  enum { chains = 64, sweeps = 3000 };
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_distribution *d = make_lattice_model(graph, GIBBS_LATTICE_CHAIN, 1, (size_t[]){8}, false);
  invariance x = invariance_begin(d, false, NULL);
  const gibbs_kernel *kernel = named(kernel_name);
  gibbs_normal_form_set_scale(x.target.form, 1 / 0.3); /* the model's coupling is 0.3 */
  CHECK(gibbs_normal_form_refresh(x.target.form, err));
  void *instance = NULL;
  double values[8 * chains], total = 0, t = tanh(1.0);
  for (size_t u = 0; u < 8; u++)
    for (size_t c = 0; c < chains; c++) values[u * chains + c] = (u * 7 + c * 5) % 3 ? 1 : -1;
  CHECK(kernel->make(&x.target, &order, chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  for (uint32_t step = 0; step < sweeps; step++) {
    CHECK(kernel->sweep(instance, 8, step, err));
    kernel->get(instance, values, chains);
    for (size_t u = 0; u < 8 && step >= 100; u++)
      for (size_t c = 0; c < chains; c++) total += values[u * chains + c] * values[(u + 1) % 8 * chains + c];
  }
  double mean = total / (8.0 * chains * (sweeps - 100)), expected = (t + pow(t, 7)) / (1 + pow(t, 8));
  cr_expect(fabs(mean - expected) < 0.01, "%s, order %g: %g, not %g", kernel_name, order, mean, expected);
  kernel->free(instance);
  invariance_end(&x);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

Test(single_site_rules, a_ring_of_eight_in_sequential_order_has_its_energy) {
  expect_ring_energy("metropolis", 0);
  expect_ring_energy("metropolis", 1);
  expect_ring_energy("heat_bath", 0);
  expect_ring_energy("heat_bath", 1);
}

Test(single_site_rules, acceptance_is_the_share_of_visits_that_changed_a_unit) {
  scene s = open_scene(SITE_POTTS, NULL);
  const gibbs_kernel *kernel = named("heat_bath");
  double order = 0, before[5 * 3], after[5 * 3], share[3];
  void *instance = NULL;
  invariance_exact(&s.x, 3, 5, before);
  CHECK(kernel->make(&s.x.target, &order, 3, 0, &instance, err));
  CHECK(kernel->set(instance, before, 3, err));
  CHECK(kernel->sweep(instance, 1, 1, err));
  kernel->get(instance, after, 3);
  kernel->measure(instance, 0, share);
  cr_expect_str_eq(kernel->measures[0], "acceptance");
  for (size_t c = 0; c < 3; c++) {
    double moved = 0;
    for (size_t u = 0; u < 5; u++) moved += before[u * 3 + c] != after[u * 3 + c];
    cr_expect_eq(share[c], moved / 5);
  }
  kernel->free(instance);
  close_scene(&s);
}

/* ---- what cannot be done ------------------------------------------------------------------------ */

Test(single_site_rules, real_units_are_refused_with_the_kernel_that_takes_them) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  gibbs_expr *x = site_variable(&b, "x", GIBBS_REALS, 0, 3);
  gibbs_expr *energy = gibbs_build_dot(&b, x, x);
  gibbs_target target = {.variables = &x, .variable_count = 1, .units = 3, .energy = energy};
  char why[200] = "";
  double order = 0;
  cr_expect_not(named("metropolis")->can(&target, &order, why, sizeof why));
  cr_expect_not_null(strstr(why, "real values"), "%s", why);
  cr_expect_not_null(strstr(why, "hmc"), "%s", why);
  CHECK(gibbs_build_end(&b));
  gibbs_graph_release(graph);
}

/* An energy that is not finite where every spin is up.  The third unit alone may move, and would do that in one
 * chain. */
static void expect_not_finite(bool structured, const char *expected) {
  enum { chains = 20 };
  static const bool held[4] = {true, true, false, true};
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  gibbs_expr *x = site_variable(&b, "x", GIBBS_SPINS, 2, 4), *sum = gibbs_build_sum(&b, x);
  gibbs_expr *from_all_up = gibbs_build_binary(&b, GIBBS_OP_SUB, gibbs_build_number(&b, 4), sum);
  gibbs_expr *energy = gibbs_build_unary(&b, GIBBS_OP_LOG, from_all_up);
  if (!structured) energy = site_mul(&b, energy, gibbs_build_unary(&b, GIBBS_OP_EXP, site_field(&b, x, 0.1, 3)));
  gibbs_distribution *d = site_finish(&b, energy, &x, 1);
  gibbs_target target = {.distribution = d,
                         .energy = energy,
                         .variables = gibbs_distribution_visible(d),
                         .variable_count = 1,
                         .units = 4,
                         .held = held};
  CHECK(gibbs_normal_form_new(energy, target.variables, 1, &target.form, err));
  const gibbs_kernel *kernel = named("heat_bath");
  double order = 0, values[4 * chains];
  void *instance = NULL;
  gibbs_error error = {GIBBS_OK, ""};
  for (size_t i = 0; i < 4 * chains; i++) values[i] = -1;
  values[0 * chains + 18] = values[1 * chains + 18] = values[3 * chains + 18] = 1;
  CHECK(kernel->make(&target, &order, chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  gibbs_status status = kernel->sweep(instance, 1, 1, &error);
  cr_expect_eq(status, GIBBS_ERR_NUMERIC);
  cr_expect_not_null(strstr(error.message, expected), "%s", error.message);
  kernel->free(instance);
  gibbs_normal_form_free(target.form);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

Test(single_site_rules, an_energy_that_is_not_finite_names_unit_and_chain) {
  expect_not_finite(true, "unit 3 of chain 19");
  expect_not_finite(false, "unit 3 of chain 19");
}

/* 1e200 is a number, but none of float. */
Test(single_site_rules, couplings_beyond_float_are_refused_by_name) {
  scene s = open_scene(SITE_RING, NULL);
  gibbs_expr *coupling = gibbs_distribution_parameters(s.d)[0];
  values_of(coupling)[2] = 1e200;
  gibbs_parameter_touch(gibbs_expr_as_parameter(coupling));
  CHECK(gibbs_normal_form_refresh(s.x.target.form, err));
  double order = 0;
  void *instance = NULL;
  gibbs_error error = {GIBBS_OK, ""};
  cr_expect_eq(named("metropolis")->make(&s.x.target, &order, 4, 0, &instance, &error), GIBBS_ERR_NUMERIC);
  cr_expect_not_null(strstr(error.message, "unit 3 is -1e+200"), "%s", error.message);
  close_scene(&s);
}
