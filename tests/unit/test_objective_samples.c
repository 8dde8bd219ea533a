/* test_objective_samples.c - objectives on samples against sums over all states. */
#include "gibbs/objective.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "machines.h"

/* Two machines on the same units. */
typedef struct scene {
  gibbs_graph *graph;
  machine target, model;
} scene;

static scene open_scene(gibbs_domain visible, gibbs_domain hidden) {
  scene s = {0};
  CHECK(gibbs_graph_new(&s.graph, err));
  s.target = make_machine_in(s.graph, visible, 5, hidden, 2, 0.9, 30);
  s.model = make_machine_in(s.graph, visible, 5, hidden, 3, 0.6, 31);
  return s;
}

static void close_scene(scene *s) {
  free_machine(&s->target);
  free_machine(&s->model);
  gibbs_graph_release(s->graph);
}

static gibbs_expr *combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_binary(op, a, b, &out, err));
  return out;
}

static gibbs_sampling exact_samples(size_t chains) {
  return (gibbs_sampling){.chains = chains,
                          .sweeps = 1,
                          .snapshots = 1,
                          .kernel = gibbs_kernel_find("exact"),
                          .hidden = GIBBS_HIDDEN_SUMMED,
                          .seed = 11};
}

enum { most = 64 };

static size_t size_of(gibbs_expr *const parameters[], size_t count) {
  size_t size = 0;
  for (size_t k = 0; k < count; k++) size += gibbs_expr_size(parameters[k]);
  return size;
}

static void lay_rows(gibbs_expr *const parameters[], size_t count, double *flat, double **rows) {
  for (size_t k = 0; k < count; k++) {
    rows[k] = flat;
    flat += gibbs_expr_size(parameters[k]);
  }
}

static void compare(gibbs_expr *expr, const gibbs_sampling *sampling, size_t repeats, const char *what) {
  gibbs_objective *exact = NULL, *sampled = NULL;
  CHECK(gibbs_objective_new(expr, &exact, err));
  CHECK(gibbs_objective_new_sampled(expr, sampling, &sampled, err));
  size_t count = gibbs_objective_parameter_count(exact);
  gibbs_expr *const *parameters = gibbs_objective_parameters(exact);
  double truth[most], now[most], mean[most] = {0}, square[most] = {0}, value, *rows[8];
  size_t size = size_of(parameters, count), inside = 0;
  lay_rows(parameters, count, truth, rows);
  CHECK(gibbs_objective_gradient(exact, parameters, count, &value, rows, err));
  lay_rows(parameters, count, now, rows);
  double vm = 0, vs = 0; bool known = true;
  for (size_t r = 0; r < repeats; r++) {
    gibbs_objective_estimate estimate;
    CHECK(gibbs_objective_sample(sampled, parameters, count, &estimate, rows, err));
    for (size_t i = 0; i < size; i++) mean[i] += now[i] / (double)repeats;
    for (size_t i = 0; i < size; i++) square[i] += now[i] * now[i] / (double)repeats;
    known = estimate.value_known;
    vm += estimate.value / (double)repeats;
    vs += estimate.value * estimate.value / (double)repeats;
    inside += fabs(estimate.value - value) <= estimate.error;
  }
  double worst = 0, chi = 0;
  for (size_t i = 0; i < size; i++) {
    double se = sqrt((square[i] - mean[i] * mean[i]) / (double)(repeats - 1));
    double z = se > 0 ? (mean[i] - truth[i]) / se : 0;
    worst = fmax(worst, fabs(z));
    chi += z * z;
    if (se == 0 && fabs(mean[i]-truth[i]) > 1e-12) printf("   const %zu %g %g\n", i, mean[i], truth[i]);
  }
  printf("%-28s gradient worst z %5.2f chi2 %6.1f / %zu", what, worst, chi, size);
  if (known) printf("   value %.5f exact %.5f z %5.2f inside %.3f", vm, value, (vm - value) / sqrt((vs - vm * vm) / (double)(repeats - 1)), (double)inside / (double)repeats);
  printf("\n");
  gibbs_objective_free(exact);
  gibbs_objective_free(sampled);
}

Test(objective_samples, look) {
  scene s = open_scene(GIBBS_SPINS, GIBBS_BITS);
  gibbs_expr *kl, *reverse, *fp, *fq, *entropy, *energy;
  CHECK(gibbs_kl(s.target.q, s.model.q, &kl, err));
  CHECK(gibbs_kl(s.model.q, s.target.q, &reverse, err));
  CHECK(gibbs_free_energy(s.target.q, &fp, err));
  CHECK(gibbs_free_energy(s.model.q, &fq, err));
  CHECK(gibbs_entropy(s.model.q, &entropy, err));
  CHECK(gibbs_mean(s.model.q, gibbs_distribution_energy(s.model.q), &energy, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, fp, fq), *square = combine(GIBBS_OP_MUL, gap, gap);
  gibbs_expr *product = combine(GIBBS_OP_MUL, kl, energy), *hybrid = combine(GIBBS_OP_ADD, kl, square);
  for (size_t chains = 16; chains <= 256; chains *= 4) {
  gibbs_sampling how = exact_samples(chains);
  printf("chains %zu\n", chains);
  compare(kl, &how, 2000, "kl");
  compare(reverse, &how, 2000, "reverse kl");
  compare(fq, &how, 2000, "free energy");
  compare(entropy, &how, 2000, "entropy");
  compare(energy, &how, 2000, "energy");
  compare(gap, &how, 2000, "gap");
  compare(square, &how, 2000, "square");
  compare(product, &how, 2000, "product");
  compare(hybrid, &how, 2000, "hybrid");
  }
  close_scene(&s);
}
