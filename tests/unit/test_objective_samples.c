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
