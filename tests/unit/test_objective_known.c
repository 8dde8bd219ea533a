/* test_objective_known.c - what objectives on samples know of free energies, and what they refuse. */
#include "gibbs/control.h"
#include "gibbs/known.h"
#include "gibbs/lattice.h"
#include "sampled.h"

/* A fixed target without parameters, and a model. */
typedef struct setting {
  gibbs_graph *graph;
  gibbs_lattice *lattice;
  gibbs_distribution *ising;
  machine model;
  gibbs_data *data;
  gibbs_expr *coupling, *kl, *likelihood, *fp, *fq, *gap, *square;
} setting;

static setting open_setting(double coupling, double size, size_t side) {
  setting s = {0};
  gibbs_set_threads(1);
  CHECK(gibbs_graph_new(&s.graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){side, side}, true, &s.lattice, err));
  CHECK(gibbs_expr_number(s.graph, coupling, &s.coupling, err));
  CHECK(gibbs_ising_new(s.graph, s.lattice, s.coupling, NULL, NULL, &s.ising, err));
  s.model = make_machine_in(s.graph, GIBBS_SPINS, side * side, GIBBS_SPINS, 3, size, 50);
  double *rows = calloc(32 * side * side, sizeof *rows);
  for (size_t i = 0; i < 32 * side * side; i++) rows[i] = i % 7 < 3 ? -1 : 1;
  CHECK(gibbs_data_new(32, side * side, rows, NULL, &s.data, err));
  free(rows);
  CHECK(gibbs_kl(s.ising, s.model.q, &s.kl, err));
  CHECK(gibbs_log_likelihood(s.data, s.model.q, &s.likelihood, err));
  CHECK(gibbs_free_energy(s.ising, &s.fp, err));
  CHECK(gibbs_free_energy(s.model.q, &s.fq, err));
  s.gap = combine(GIBBS_OP_SUB, s.fp, s.fq);
  s.square = combine(GIBBS_OP_MUL, s.gap, s.gap);
  return s;
}

static void close_setting(setting *s) {
  gibbs_expr *nodes[] = {s->coupling, s->kl, s->likelihood, s->fp, s->fq, s->gap, s->square};
  for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) gibbs_expr_release(nodes[k]);
  gibbs_data_release(s->data);
  free_machine(&s->model);
  gibbs_distribution_release(s->ising);
  gibbs_lattice_release(s->lattice);
  gibbs_graph_release(s->graph);
}

static gibbs_sampling many_chains(void) {
  return (gibbs_sampling){.chains = 256, .burn = 100, .sweeps = 3, .snapshots = 1, .seed = 9};
}

static gibbs_objective_estimate value_on(gibbs_expr *expr, const gibbs_sampling *sampling) {
  gibbs_objective *o = NULL;
  gibbs_objective_estimate out;
  CHECK(gibbs_objective_new_sampled(expr, sampling, &o, err));
  CHECK(gibbs_objective_sample(o, NULL, 0, &out, NULL, err));
  gibbs_objective_free(o);
  return out;
}

static double exact_value(gibbs_expr *expr) {
  gibbs_objective *o = NULL;
  double out = 0;
  CHECK(gibbs_objective_new(expr, &o, err));
  CHECK(gibbs_objective_value(o, &out, err));
  gibbs_objective_free(o);
  return out;
}

static void expect_value(gibbs_objective_estimate e, double exact, const char *what) {
  cr_expect(e.value_known && e.converged && e.why[0] == 0, "%s: %s", what, e.why);
  cr_expect(e.error > 0 && e.error < 0.2 && fabs(e.value - exact) < 4 * e.error, "%s: %g +- %g, exactly %g", what,
            e.value, e.error, exact);
}

/* ---- what is known
 * -------------------------------------------------------------------------------------------------- */

/* The target has no parameters: its F is exact, and with it F of all that overlaps with it. */
Test(objective_known, a_fixed_distribution_anchors_the_others) {
  setting s = open_setting(0.25, 0.25, 3);
  gibbs_sampling sampling = many_chains();
  gibbs_expr *sum = combine(GIBBS_OP_ADD, s.fp, s.fq), *both = combine(GIBBS_OP_ADD, s.kl, s.fq);
  expect_value(value_on(sum, &sampling), exact_value(sum), "F_P + F_Q");
  expect_value(value_on(both, &sampling), exact_value(both), "KL + F_Q");
  gibbs_objective_estimate e = value_on(s.fp, &sampling);
  double known = 0;
  CHECK(gibbs_known_free_energy(s.ising, &known, NULL, err));
  cr_expect(e.value_known && near_to(e.value, known, 1e-14) && e.error < 1e-12);
  cr_expect(!value_on(s.fq, &sampling).value_known, "F_Q alone is not known");
  gibbs_expr_release(sum);
  gibbs_expr_release(both);
  close_setting(&s);
}

static gibbs_free_energy_options quick_ais(void) {
  gibbs_free_energy_options o = gibbs_free_energy_defaults(gibbs_free_energy_find("ais"));
  o.temperatures = 100;
  o.chains = 128;
  return o;
}

Test(objective_known, a_method_makes_free_energies_known) {
  setting s = open_setting(0.25, 0.4, 3);
  gibbs_sampling sampling = many_chains();
  gibbs_free_energy_options ais = quick_ais();
  gibbs_objective_estimate none = value_on(s.likelihood, &sampling);
  cr_expect(!none.value_known && isnan(none.value) && isnan(none.error) && !none.converged && none.why[0] != 0);
  sampling.method = gibbs_free_energy_find("ais");
  sampling.method_options = &ais;
  expect_value(value_on(s.likelihood, &sampling), exact_value(s.likelihood), "log_likelihood");
  expect_value(value_on(s.fq, &sampling), exact_value(s.fq), "F_Q");
  close_setting(&s);
}

/* F_Q^2 has a derivative that needs F_Q; (F_P - F_Q)^2, where the target varies too, does not. */
Test(objective_known, gradients_that_need_free_energies_are_refused) {
  setting s = open_setting(0.25, 0.4, 3);
  gibbs_sampling sampling = many_chains();
  gibbs_free_energy_options ais = quick_ais();
  gibbs_expr *square = combine(GIBBS_OP_MUL, s.fq, s.fq);
  flat_gradient f = open_sampled(square, &sampling);
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_objective_sample(f.objective, f.parameters, f.count, NULL, f.rows, &err), GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(err.message, "free energies") != NULL, "%s", err.message);
  close_flat(&f);
  sampling.method = gibbs_free_energy_find("ais");
  sampling.method_options = &ais;
  flat_gradient exact = open_exact(square);
  f = open_sampled(square, &sampling);
  exact_gradient(&exact);
  sample_gradient(&f);
  cr_expect(distance(exact.values, f.values, f.size) < 0.3 * norm(exact.values, f.size));
  close_flat(&exact);
  close_flat(&f);
  gibbs_expr_release(square);
  close_setting(&s);
}

/* Samples that hardly overlap know nothing of each other: that is said, or done by the method. */
Test(objective_known, little_overlap_is_told) {
  setting s = open_setting(0.6, 1.5, 4);
  gibbs_sampling sampling = many_chains();
  gibbs_free_energy_options ais = quick_ais();
  double exact = exact_value(s.gap);
  gibbs_objective_estimate e = value_on(s.gap, &sampling), kl = value_on(s.kl, &sampling);
  cr_expect(e.value_known && !e.converged && strstr(e.why, "overlap") != NULL, "%g +- %g, exactly %g: %s", e.value,
            e.error, exact, e.why);
  cr_expect(kl.value_known && !kl.converged && strstr(kl.why, "overlap") != NULL, "%s", kl.why);
  ais.temperatures = 1000;
  sampling.method = gibbs_free_energy_find("ais");
  sampling.method_options = &ais;
  expect_value(value_on(s.gap, &sampling), exact, "the gap by a method");
  close_setting(&s);
}

/* Three distributions over the same units share their samples; one over others does not. */
Test(objective_known, more_distributions) {
  setting s = open_setting(0.2, 0.3, 3);
  machine third = make_machine_in(s.graph, GIBBS_SPINS, 9, GIBBS_BITS, 2, 0.3, 52),
          other = make_machine_in(s.graph, GIBBS_BITS, 5, GIBBS_BITS, 2, 0.5, 53);
  gibbs_expr *ft = NULL, *kl = NULL, *energy = NULL;
  CHECK(gibbs_free_energy(third.q, &ft, err));
  CHECK(gibbs_kl(third.q, s.model.q, &kl, err));
  CHECK(gibbs_mean(other.q, gibbs_distribution_energy(other.q), &energy, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, ft, s.fq), *product = combine(GIBBS_OP_MUL, gap, s.gap),
             *sum = combine(GIBBS_OP_ADD, product, kl), *all = combine(GIBBS_OP_MUL, sum, energy);
  gibbs_sampling sampling = independent(256);
  flat_gradient exact = open_exact(all), sampled = open_sampled(all, &sampling);
  double value = exact_gradient(&exact);
  moments gradients = open_moments(exact.size), values = open_moments(1);
  for (size_t k = 0; k < effort(200); k++) {
    gibbs_objective_estimate e = sample_gradient(&sampled);
    cr_expect(e.value_known && e.converged, "%s", e.why);
    take_run(&gradients, sampled.values);
    take_run(&values, &e.value);
  }
  double worst = largest_deviation(&gradients, exact.values);
  cr_expect(worst <= allowed_deviation(&gradients), "%.2f standard errors off", worst);
  worst = largest_deviation(&values, &value);
  cr_expect(worst <= allowed_deviation(&values), "values: %.2f standard errors off", worst);
  gibbs_expr *nodes[] = {ft, kl, energy, gap, product, sum, all};
  for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) gibbs_expr_release(nodes[k]);
  close_moments(&gradients);
  close_moments(&values);
  close_flat(&exact);
  close_flat(&sampled);
  free_machine(&third);
  free_machine(&other);
  close_setting(&s);
}

/* What a caller supplies is asked whether it needs free energies. */
static gibbs_status value_of_free_energy(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  *out = states->free_energy;
  return GIBBS_OK;
}

static gibbs_status weight_of_free_energy(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  memcpy(out, states->probability, states->count * sizeof *out);
  return GIBBS_OK;
}

static gibbs_status weight_with_free_energy(void *payload, const gibbs_states *states, double *out,
                                            gibbs_error *err) {
  (void)payload, (void)err;
  for (size_t s = 0; s < states->count; s++) out[s] = states->free_energy * states->probability[s];
  return GIBBS_OK;
}

Test(objective_known, custom_functionals_are_asked_what_they_need) {
  setting s = open_setting(0.25, 0.25, 3);
  gibbs_sampling sampling = many_chains();
  gibbs_expr *custom = NULL, *square = NULL;
  CHECK(gibbs_custom_functional(
      NULL, s.model.q, (gibbs_custom){.value = value_of_free_energy, .weight = weight_of_free_energy}, &custom, err));
  CHECK(gibbs_custom_functional(NULL, s.model.q,
                                (gibbs_custom){.value = value_of_free_energy, .weight = weight_with_free_energy},
                                &square, err));
  flat_gradient f = open_sampled(custom, &sampling), g = open_sampled(s.fq, &sampling),
                h = open_sampled(square, &sampling);
  gibbs_objective_estimate e = sample_gradient(&f);
  sample_gradient(&g);
  cr_expect(!e.value_known && isnan(e.value));
  cr_expect(distance(f.values, g.values, f.size) < 1e-6 * norm(g.values, f.size));
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_objective_sample(h.objective, h.parameters, h.count, NULL, h.rows, &err), GIBBS_ERR_UNSUPPORTED);
  gibbs_expr_release(custom);
  gibbs_expr_release(square);
  close_flat(&f);
  close_flat(&g);
  close_flat(&h);
  close_setting(&s);
}

/* ---- reports
 * ---------------------------------------------------------------------------------------------------------- */

Test(objective_known, samples_are_reported) {
  setting s = open_setting(0.25, 0.25, 3);
  gibbs_sampling sampling = many_chains();
  gibbs_sample_report report;
  gibbs_expr *sum = combine(GIBBS_OP_ADD, s.kl, s.fq);
  flat_gradient f = open_sampled(sum, &sampling);
  CHECK(gibbs_objective_samples(f.objective, NULL, &report, err));
  cr_expect(!report.known, "there are none yet");
  for (int k = 0; k < 40; k++) {
    sample_gradient(&f);
    CHECK(gibbs_objective_samples(f.objective, NULL, &report, err));
  }
  double total = 0, exact = exact_value(s.fq);
  for (size_t c = 0; c < report.count; c++) total += report.weight[c];
  for (size_t i = 0; i < report.count * 9; i++) cr_assert(fabs(report.rows[i]) == 1);
  cr_expect(report.known && report.count == 256 && near_to(total, 1, 1e-12) && near_to(report.ess_share, 1, 1e-12));
  cr_expect(report.r_hat > 0.9 && report.r_hat < 1.1, "R-hat %g", report.r_hat);
  cr_expect(report.changed > 0.1 && report.changed < 0.6, "%g changed", report.changed);
  cr_expect(report.error > 0 && fabs(report.free_energy - exact) < 4 * report.error, "F %g +- %g, exactly %g",
            report.free_energy, report.error, exact);
  CHECK(gibbs_objective_samples(f.objective, s.ising, &report, err));
  cr_expect(report.known && report.error < 1e-12);
  close_flat(&f);
  gibbs_expr_release(sum);
  close_setting(&s);
}

/* Chains in two valleys that they cannot leave disagree. */
Test(objective_known, chains_that_disagree_are_seen) {
  setting s = open_setting(1.5, 0.2, 4);
  gibbs_expr *field = NULL, *energy = NULL, *sum = NULL;
  gibbs_distribution *split = NULL;
  gibbs_expr *v = gibbs_distribution_visible(s.ising)[0];
  CHECK(gibbs_expr_sum(v, &sum, err));
  CHECK(gibbs_expr_number(s.graph, 0.02, &field, err));
  gibbs_expr *tilt = combine(GIBBS_OP_MUL, sum, field);
  energy = combine(GIBBS_OP_ADD, gibbs_distribution_energy(s.ising), tilt);
  CHECK(gibbs_distribution_new("split", energy, &v, 1, NULL, 0, &split, err));
  gibbs_expr *mean = NULL;
  CHECK(gibbs_mean(split, sum, &mean, err));
  gibbs_sampling sampling = many_chains();
  sampling.kernel = gibbs_kernel_find("heat_bath");
  gibbs_objective *o = NULL;
  gibbs_sample_report report = {.known = false};
  gibbs_objective_estimate e;
  CHECK(gibbs_objective_new_sampled(mean, &sampling, &o, err));
  for (int k = 0; k < 160; k++) { /* H is looked at in one of 16 */
    CHECK(gibbs_objective_sample(o, NULL, 0, &e, NULL, err));
    CHECK(gibbs_objective_samples(o, split, &report, err));
  }
  cr_expect(report.r_hat > 1.2, "R-hat %g", report.r_hat);
  gibbs_objective_free(o);
  /* Over the snapshots of one evaluation as well, which needs H itself. */
  gibbs_expr *entropy = NULL;
  CHECK(gibbs_entropy(split, &entropy, err));
  sampling.snapshots = 20;
  CHECK(gibbs_objective_new_sampled(entropy, &sampling, &o, err));
  CHECK(gibbs_objective_sample(o, NULL, 0, &e, NULL, err));
  CHECK(gibbs_objective_samples(o, split, &report, err));
  cr_expect(report.r_hat > 1.2, "R-hat %g", report.r_hat);
  gibbs_objective_free(o);
  gibbs_expr_release(entropy);
  gibbs_expr *nodes[] = {field, energy, sum, tilt, mean};
  for (size_t k = 0; k < 5; k++) gibbs_expr_release(nodes[k]);
  gibbs_distribution_release(split);
  close_setting(&s);
}

/* ---- refusals and interruptions
 * -------------------------------------------------------------------------------------------- */

static void expect_refusal(gibbs_expr *expr, gibbs_sampling sampling, gibbs_status wanted, const char *part) {
  gibbs_objective *o = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_objective_new_sampled(expr, &sampling, &o, &err), wanted, "%s", part);
  cr_expect(strstr(err.message, part) != NULL, "%s", err.message);
  gibbs_objective_free(o);
}

Test(objective_known, what_cannot_be_is_refused) {
  setting s = open_setting(0.25, 0.25, 3);
  gibbs_sampling sampling = many_chains(), bad = sampling;
  bad.chains = 1;
  expect_refusal(s.kl, bad, GIBBS_ERR_ARGUMENT, "at least 2");
  bad = sampling;
  bad.sweeps = 0;
  expect_refusal(s.kl, bad, GIBBS_ERR_ARGUMENT, "sweeps");
  bad = sampling;
  bad.snapshots = (uint64_t)1 << 40;
  expect_refusal(s.kl, bad, GIBBS_ERR_SIZE, "GiB");
  bad = sampling;
  bad.kind = GIBBS_SAMPLING_FROM_DATA;
  expect_refusal(s.gap, bad, GIBBS_ERR_UNSUPPORTED, "start at data");
  /* Data that no state of the model is. */
  double rows[2 * 9] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, 0.5, 1, 1, 1, 1};
  gibbs_data *wrong = NULL;
  gibbs_expr *unlikely = NULL;
  CHECK(gibbs_data_new(2, 9, rows, NULL, &wrong, err));
  CHECK(gibbs_log_likelihood(wrong, s.model.q, &unlikely, err));
  expect_refusal(unlikely, sampling, GIBBS_ERR_ARGUMENT, "configuration 2");
  gibbs_expr_release(unlikely);
  gibbs_data_release(wrong);
  /* 40 hidden units that interact: H(v) is not to be had. */
  gibbs_expr *v = make_variable(s.graph, "w", GIBBS_SPINS, 2, 4),
             *h = make_variable(s.graph, "g", GIBBS_SPINS, 2, 40);
  gibbs_expr *sum = NULL, *other = NULL, *kl = NULL;
  gibbs_distribution *deep = NULL;
  CHECK(gibbs_expr_sum(h, &sum, err));
  CHECK(gibbs_expr_sum(v, &other, err));
  gibbs_expr *square = combine(GIBBS_OP_MUL, sum, sum), *energy = combine(GIBBS_OP_ADD, square, other);
  CHECK(gibbs_distribution_new("deep", energy, &v, 1, &h, 1, &deep, err));
  CHECK(gibbs_free_energy(deep, &kl, err));
  expect_refusal(kl, sampling, GIBBS_ERR_UNSUPPORTED, "need H(v)");
  gibbs_expr *nodes[] = {v, h, sum, other, square, energy, kl};
  for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) gibbs_expr_release(nodes[k]);
  gibbs_distribution_release(deep);
  /* Differences of noise. */
  flat_gradient f = open_sampled(s.kl, &sampling);
  gibbs_gradient_check check;
  cr_expect_eq(gibbs_objective_check(f.objective, f.parameters, f.count, &check, NULL), GIBBS_ERR_UNSUPPORTED);
  close_flat(&f);
  close_setting(&s);
}

/* An evaluation that is interrupted is done again at the same samples. */
Test(objective_known, interrupted_evaluations_are_done_again) {
  setting s = open_setting(0.25, 0.25, 3);
  gibbs_sampling sampling = many_chains();
  sampling.snapshots = 4;
  flat_gradient f = open_sampled(s.square, &sampling), g = open_sampled(s.square, &sampling);
  gibbs_error err;
  for (int k = 0; k < 3; k++) {
    gibbs_interrupt();
    cr_expect_eq(gibbs_objective_sample(f.objective, f.parameters, f.count, NULL, f.rows, &err), GIBBS_ERR_INTERRUPT);
    gibbs_interrupt_clear();
    gibbs_objective_estimate a = sample_gradient(&f), b = sample_gradient(&g);
    cr_expect(a.value == b.value && memcmp(f.values, g.values, f.size * sizeof(double)) == 0);
  }
  close_flat(&f);
  close_flat(&g);
  close_setting(&s);
}
