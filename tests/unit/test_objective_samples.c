/* test_objective_samples.c - values and gradients of objectives on samples against sums over all states.
 *
 * Means over many evaluations with few samples each are compared, in their standard errors: what is left of a bias of
 * first order would show.  A right program fails one comparison in 10,000; seeds are fixed. */
#include <stdio.h>

#include "contrastive.h"
#include "gibbs/lattice.h"
#include "gibbs/slopes.h"
#include "sampled.h"

/* A target and a model on the same units, near enough to overlap. */
typedef struct pair {
  gibbs_graph *graph;
  machine target, model;
  gibbs_expr *f; /* of visible and hidden units, and of a parameter */
  gibbs_data *data;
} pair;

static gibbs_data *make_data(gibbs_domain domain, size_t units, bool weighted) {
  double rows[16 * 9];
  double weights[16];
  for (size_t i = 0; i < 16; i++) {
    weights[i] = i % 5 == 0 ? 0 : 1 + (double)(i % 3);
    for (size_t u = 0; u < units; u++) rows[units * i + u] = unit_value(domain, (7 * i + 3) % 32, u % 5);
  }
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(16, units, rows, weighted ? weights : NULL, &data, err));
  return data;
}

static pair open_pair(gibbs_domain visible, gibbs_domain hidden) {
  pair s = {0};
  gibbs_set_threads(1); /* machines are small */
  CHECK(gibbs_graph_new(&s.graph, err));
  s.target = make_machine_in(s.graph, visible, 5, hidden, 2, 0.4, 30);
  s.model = make_machine_in(s.graph, visible, 5, hidden, 3, 0.3, 31);
  gibbs_expr *sum = NULL, *square = NULL;
  CHECK(gibbs_expr_sum(s.model.v, &sum, err));
  square = combine(GIBBS_OP_MUL, sum, sum);
  s.f = combine(GIBBS_OP_ADD, square, gibbs_distribution_energy(s.model.q));
  gibbs_expr_release(sum);
  gibbs_expr_release(square);
  s.data = make_data(visible, 5, false);
  return s;
}

static void close_pair(pair *s) {
  free_machine(&s->target);
  free_machine(&s->model);
  gibbs_expr_release(s->f);
  gibbs_data_release(s->data);
  gibbs_graph_release(s->graph);
}

/* The mean of many gradients, and of many values where they are known. */
static void expect_agreement(gibbs_expr *expr, const gibbs_sampling *sampling, size_t runs, bool known,
                             const char *what) {
  flat_gradient exact = open_exact(expr), sampled = open_sampled(expr, sampling);
  double value = exact_gradient(&exact);
  moments gradients = open_moments(exact.size), values = open_moments(1);
  for (size_t k = 0; k < runs; k++) {
    gibbs_objective_estimate estimate = sample_gradient(&sampled);
    cr_expect_eq(estimate.value_known, known, "%s", what);
    cr_expect(isnan(estimate.value) == !known && isnan(estimate.error) == !known);
    take_run(&gradients, sampled.values);
    take_run(&values, known ? &estimate.value : &value);
  }
  double worst = largest_deviation(&gradients, exact.values);
  cr_expect(worst <= allowed_deviation(&gradients), "%s: a gradient is %.2f standard errors off", what, worst);
  worst = known ? largest_deviation(&values, &value) : 0;
  cr_expect(worst <= allowed_deviation(&values), "%s: values %.6g, %.2f standard errors from %.6g", what,
            values.mean[0], worst, value);
  close_moments(&gradients);
  close_moments(&values);
  close_flat(&exact);
  close_flat(&sampled);
}

typedef struct named_expr {
  const char *name;
  gibbs_expr *expr;
  bool known; /* without the free energy itself */
} named_expr;

/* Custom: KL from its value and its functional derivative. */
static gibbs_status custom_value(void *payload, const gibbs_states *s, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  *out = 0;
  for (size_t k = 0; k < s->count; k++)
    *out += s->target_probability[k] *
            (s->target_free_energy - s->target_hamiltonian[k] - s->free_energy + s->hamiltonian[k]);
  return GIBBS_OK;
}

static gibbs_status custom_weight(void *payload, const gibbs_states *s, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  for (size_t k = 0; k < s->count; k++) out[k] = s->target_probability[k] - s->probability[k];
  return GIBBS_OK;
}

enum { most_exprs = 24 };

/* Functionals one by one, and functions of them. */
static size_t list_exprs(pair *s, named_expr *out) {
  gibbs_expr *kl, *reverse, *fp, *fq, *entropy, *mean, *other, *custom, *likelihood, *data_kl, *pseudo, *absolute,
      *ratio, *flow, *regular;
  CHECK(gibbs_kl(s->target.q, s->model.q, &kl, err));
  CHECK(gibbs_kl(s->model.q, s->target.q, &reverse, err));
  CHECK(gibbs_free_energy(s->target.q, &fp, err));
  CHECK(gibbs_free_energy(s->model.q, &fq, err));
  CHECK(gibbs_entropy(s->model.q, &entropy, err));
  CHECK(gibbs_mean(s->model.q, s->f, &mean, err));
  CHECK(gibbs_mean(s->target.q, gibbs_distribution_energy(s->target.q), &other, err));
  CHECK(gibbs_custom_functional(s->target.q, s->model.q,
                                (gibbs_custom){.value = custom_value, .weight = custom_weight}, &custom, err));
  CHECK(gibbs_log_likelihood(s->data, s->model.q, &likelihood, err));
  CHECK(gibbs_data_kl(s->data, s->model.q, &data_kl, err));
  CHECK(gibbs_pseudo_likelihood(s->data, s->model.q, &pseudo, err));
  CHECK(gibbs_ratio_matching(s->data, s->model.q, &ratio, err));
  CHECK(gibbs_minimum_probability_flow(s->data, s->model.q, &flow, err));
  CHECK(gibbs_expr_dot(s->model.W, s->model.W, &regular, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, fp, fq), *square = combine(GIBBS_OP_MUL, gap, gap);
  gibbs_expr *product = combine(GIBBS_OP_MUL, kl, mean), *hybrid = combine(GIBBS_OP_ADD, kl, square);
  gibbs_expr *penalised = combine(GIBBS_OP_MUL, regular, square);
  CHECK(gibbs_expr_unary(GIBBS_OP_ABS, gap, &absolute, err));
  const named_expr all[] = {{"kl", kl, true},
                            {"reverse kl", reverse, true},
                            {"free energy", fq, false},
                            {"entropy", entropy, false},
                            {"mean", mean, true},
                            {"mean of the other", other, true},
                            {"custom", custom, true},
                            {"log_likelihood", likelihood, false},
                            {"data kl", data_kl, false},
                            {"pseudo_likelihood", pseudo, true},
                            {"ratio matching", ratio, true},
                            {"probability flow", flow, true},
                            {"gap", gap, true},
                            {"gap^2", square, true},
                            {"kl mean", product, true},
                            {"kl + gap^2", hybrid, true},
                            {"|W|^2 gap^2", penalised, true},
                            {"|gap|", absolute, true}};
  memcpy(out, all, sizeof all);
  gibbs_expr_release(fp);
  gibbs_expr_release(regular);
  return sizeof all / sizeof *all;
}

static void expect_all(gibbs_domain visible, gibbs_domain hidden, size_t runs) {
  pair s = open_pair(visible, hidden);
  named_expr list[most_exprs];
  gibbs_sampling sampling = independent(128);
  size_t count = list_exprs(&s, list);
  for (size_t k = 0; k < count; k++) {
    expect_agreement(list[k].expr, &sampling, runs, list[k].known, list[k].name);
    gibbs_expr_release(list[k].expr);
  }
  close_pair(&s);
}

Test(objective_samples, agree_with_sums_for_spins) {
  expect_all(GIBBS_SPINS, GIBBS_SPINS, effort(400));
}
Test(objective_samples, agree_with_sums_for_bits) {
  expect_all(GIBBS_BITS, GIBBS_BITS, effort(400));
}
Test(objective_samples, agree_with_sums_for_spins_and_bits) {
  expect_all(GIBBS_SPINS, GIBBS_BITS, effort(400));
}

/* ---- products of noisy estimates ---------------------------------------------------------------------------------
 */

/* (F_P - F_Q)^2 with few chains: the product of the two estimates of one evaluation has their covariance in it, that
 * of independent halves does not. */
Test(objective_samples, products_have_no_bias) {
  pair s = open_pair(GIBBS_SPINS, GIBBS_BITS);
  gibbs_expr *fp, *fq;
  CHECK(gibbs_free_energy(s.target.q, &fp, err));
  CHECK(gibbs_free_energy(s.model.q, &fq, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, fp, fq), *square = combine(GIBBS_OP_MUL, gap, gap);
  gibbs_sampling sampling = independent(24);
  flat_gradient exact = open_exact(square), halves = open_sampled(square, &sampling),
                plain = open_sampled(gap, &sampling);
  exact_gradient(&exact);
  moments right = open_moments(exact.size), naive = open_moments(exact.size);
  for (size_t k = 0; k < effort(4000); k++) {
    sample_gradient(&halves);
    take_run(&right, halves.values);
    double value = sample_gradient(&plain).value;
    for (size_t i = 0; i < plain.size; i++) plain.values[i] *= 2 * value;
    take_run(&naive, plain.values);
  }
  double worst = largest_deviation(&right, exact.values), fault = largest_deviation(&naive, exact.values);
  cr_expect(worst <= allowed_deviation(&right), "%.2f standard errors off", worst);
  cr_expect(effort(4000) < 4000 || fault > 2 * allowed_deviation(&naive), "the naive product is only %.2f off",
            fault);
  gibbs_expr *nodes[] = {fp, fq, gap, square};
  for (size_t k = 0; k < 4; k++) gibbs_expr_release(nodes[k]);
  close_moments(&right);
  close_moments(&naive);
  close_flat(&exact);
  close_flat(&halves);
  close_flat(&plain);
  close_pair(&s);
}

/* The standard error of a value holds the exact one in 68 %: 60 to 76 % of 200 (a right program fails once in 80). */
static void expect_coverage(gibbs_expr *expr, const gibbs_sampling *sampling, const char *what) {
  size_t runs = effort(200), inside = 0;
  flat_gradient exact = open_exact(expr), sampled = open_sampled(expr, sampling);
  double value = exact_gradient(&exact);
  for (size_t k = 0; k < runs; k++) {
    gibbs_objective_estimate estimate;
    CHECK(gibbs_objective_sample(sampled.objective, NULL, 0, &estimate, NULL, err));
    inside += fabs(estimate.value - value) <= estimate.error;
  }
  double share = (double)inside / (double)runs;
  cr_expect(runs < 200 || (share >= 0.6 && share <= 0.76), "%s: %.3f", what, share);
  close_flat(&exact);
  close_flat(&sampled);
}

Test(objective_samples, one_error_holds_the_exact_value_in_68_percent) {
  pair s = open_pair(GIBBS_BITS, GIBBS_SPINS);
  named_expr list[most_exprs];
  gibbs_sampling chains = independent(64);
  chains.kernel = NULL; /* correlated from sweep to sweep */
  chains.hidden = GIBBS_HIDDEN_AUTO;
  chains.burn = 50;
  chains.snapshots = 20;
  chains.sweeps = 1;
  size_t count = list_exprs(&s, list);
  for (size_t k = 0; k < count; k++) {
    bool all_of_the_data = list[k].expr && (strstr(list[k].name, "pseudo") || strstr(list[k].name, "ratio") ||
                                            strstr(list[k].name, "flow"));
    if (list[k].known && !all_of_the_data) expect_coverage(list[k].expr, &chains, list[k].name);
    gibbs_expr_release(list[k].expr);
  }
  close_pair(&s);
}

/* ---- many samples ------------------------------------------------------------------------------------------------
 */

/* The Ising torus of 3x3 and a machine of 9x3, a million samples of each: relative differences below 1 %. */
Test(objective_samples, a_million_samples_agree_within_one_percent) {
  pair s = {0};
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *ising = NULL;
  gibbs_expr *coupling, *kl, *fp, *fq, *entropy, *likelihood;
  CHECK(gibbs_graph_new(&s.graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){3, 3}, true, &lattice, err));
  CHECK(gibbs_expr_number(s.graph, 0.408, &coupling, err));
  s.model = make_machine_in(s.graph, GIBBS_SPINS, 9, GIBBS_SPINS, 3, 0.5, 32);
  CHECK(gibbs_ising_new(s.graph, lattice, coupling, NULL, NULL, &ising, err));
  CHECK(gibbs_free_energy(ising, &fp, err));
  CHECK(gibbs_free_energy(s.model.q, &fq, err));
  CHECK(gibbs_kl(ising, s.model.q, &kl, err));
  CHECK(gibbs_entropy(s.model.q, &entropy, err));
  s.data = make_data(GIBBS_SPINS, 9, false);
  CHECK(gibbs_log_likelihood(s.data, s.model.q, &likelihood, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, fp, fq), *square = combine(GIBBS_OP_MUL, gap, gap);
  gibbs_expr *hybrid = combine(GIBBS_OP_ADD, kl, square), *product = combine(GIBBS_OP_MUL, entropy, likelihood);
  gibbs_expr *list[] = {kl, square, hybrid, entropy, likelihood, product};
  gibbs_sampling sampling = {.chains = 1000, .burn = 200, .sweeps = 2, .snapshots = effort(1000), .seed = 3};
  sampling.method = gibbs_free_energy_find("ais");
  for (size_t k = 0; k < sizeof list / sizeof *list; k++) {
    flat_gradient exact = open_exact(list[k]), sampled = open_sampled(list[k], &sampling);
    exact_gradient(&exact);
    CHECK(gibbs_objective_sample(sampled.objective, sampled.parameters, sampled.count, NULL, sampled.rows, err));
    double apart = distance(exact.values, sampled.values, exact.size) / norm(exact.values, exact.size);
    double allowed = 0.01 * sqrt(1000.0 / (double)sampling.snapshots);
    cr_expect(apart < allowed, "objective %zu: %.4f", k, apart);
    close_flat(&exact);
    close_flat(&sampled);
  }
  gibbs_expr *nodes[] = {coupling, kl, fp, fq, entropy, likelihood, gap, square, hybrid, product};
  for (size_t k = 0; k < 10; k++) gibbs_expr_release(nodes[k]);
  gibbs_data_release(s.data);
  gibbs_distribution_release(ising);
  gibbs_lattice_release(lattice);
  free_machine(&s.model);
  gibbs_graph_release(s.graph);
}

/* ---- contrastive divergence
 * ---------------------------------------------------------------------------------------- */

/* All states as data, with the weights that a ring gives them. */
static gibbs_data *make_ring(const contrastive_case *c) {
  size_t states = (size_t)1 << c->n;
  double rows[64 * 6], weights[64];
  for (size_t s = 0; s < states; s++) {
    double bonds = 0;
    for (size_t i = 0; i < c->n; i++) {
      bonds += unit_value(GIBBS_SPINS, s, i) * unit_value(GIBBS_SPINS, s, (i + 1) % c->n);
      rows[s * c->n + i] = unit_value(c->spins ? GIBBS_SPINS : GIBBS_BITS, s, i);
    }
    weights[s] = exp(c->coupling * bonds);
  }
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(states, c->n, rows, weights, &data, err));
  return data;
}

static void expect_contrastive(const contrastive_case *c, size_t which, size_t batch) {
  gibbs_graph *graph = NULL;
  gibbs_expr *kl = NULL;
  gibbs_domain domain = c->spins ? GIBBS_SPINS : GIBBS_BITS;
  CHECK(gibbs_graph_new(&graph, err));
  machine q = make_machine_in(graph, domain, c->n, domain, c->m, 0, 1);
  memcpy(values_of(q.W), c->W, c->n * c->m * sizeof(double));
  memcpy(values_of(q.a), c->a, c->n * sizeof(double));
  memcpy(values_of(q.b), c->b, c->m * sizeof(double));
  gibbs_expr *parameters[] = {q.W, q.a, q.b};
  for (size_t k = 0; k < 3; k++) gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  gibbs_data *data = make_ring(c);
  CHECK(gibbs_data_kl(data, q.q, &kl, err));
  gibbs_sampling sampling = {.kind = GIBBS_SAMPLING_FROM_DATA,
                             .sweeps = c->sweeps[which],
                             .snapshots = 1,
                             .batch = batch,
                             .seed = 5,
                             .kernel = gibbs_kernel_find("block_gibbs")};
  flat_gradient sampled = open_sampled(kl, &sampling);
  moments gradients = open_moments(sampled.size);
  for (size_t k = 0; k < effort(6000); k++) {
    CHECK(gibbs_objective_sample(sampled.objective, parameters, 3, NULL, sampled.rows, err));
    take_run(&gradients, sampled.values);
  }
  double worst = largest_deviation(&gradients, c->gradient[which]);
  cr_expect(worst <= allowed_deviation(&gradients), "CD-%zu, batch %zu: %.2f standard errors off", c->sweeps[which],
            batch, worst);
  /* The other one is another one. */
  cr_expect(effort(6000) < 6000 || largest_deviation(&gradients, c->gradient[1 - which]) > 10);
  close_moments(&gradients);
  close_flat(&sampled);
  gibbs_expr_release(kl);
  gibbs_data_release(data);
  free_machine(&q);
  gibbs_graph_release(graph);
}

/* The same from samples of a distribution: the ring itself, which has a Hamiltonian. */
static void expect_contrastive_from(const contrastive_case *c, size_t which) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *ring = NULL;
  gibbs_expr *coupling = NULL, *kl = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_CHAIN, 1, &c->n, true, &lattice, err));
  CHECK(gibbs_expr_number(graph, c->coupling, &coupling, err));
  CHECK(gibbs_ising_new(graph, lattice, coupling, NULL, NULL, &ring, err));
  machine q = make_machine_in(graph, GIBBS_SPINS, c->n, GIBBS_SPINS, c->m, 0, 1);
  memcpy(values_of(q.W), c->W, c->n * c->m * sizeof(double));
  memcpy(values_of(q.a), c->a, c->n * sizeof(double));
  memcpy(values_of(q.b), c->b, c->m * sizeof(double));
  gibbs_expr *parameters[] = {q.W, q.a, q.b};
  for (size_t k = 0; k < 3; k++) gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
  CHECK(gibbs_kl(ring, q.q, &kl, err));
  moments gradients = open_moments(c->n * c->m + c->n + c->m);
  for (size_t k = 0; k < effort(200); k++) {
    gibbs_sampling sampling = {.kind = GIBBS_SAMPLING_FROM_DATA,
                               .chains = 100,
                               .sweeps = c->sweeps[which],
                               .burn = 30,
                               .snapshots = 1,
                               .seed = 1000 + k};
    flat_gradient sampled = open_sampled(kl, &sampling);
    CHECK(gibbs_objective_sample(sampled.objective, parameters, 3, NULL, sampled.rows, err));
    take_run(&gradients, sampled.values);
    close_flat(&sampled);
  }
  double worst = largest_deviation(&gradients, c->gradient[which]);
  cr_expect(worst <= allowed_deviation(&gradients), "CD-%zu: %.2f standard errors off", c->sweeps[which], worst);
  close_moments(&gradients);
  gibbs_expr_release(kl);
  gibbs_expr_release(coupling);
  gibbs_distribution_release(ring);
  gibbs_lattice_release(lattice);
  free_machine(&q);
  gibbs_graph_release(graph);
}

Test(objective_samples, contrastive_divergence_has_the_expectation_of_the_truth) {
  gibbs_set_threads(1);
  for (size_t k = 0; k < sizeof contrastive_cases / sizeof *contrastive_cases; k++)
    for (size_t which = 0; which < 2; which++) {
      expect_contrastive(&contrastive_cases[k], which, 0);  /* all rows, with their weights */
      expect_contrastive(&contrastive_cases[k], which, 10); /* rows as often as their weights say */
      if (contrastive_cases[k].spins) expect_contrastive_from(&contrastive_cases[k], which);
    }
}
