/* test_cluster_runs.c - clusters on lattices too large to enumerate, what is reported of them, new parameters, and
 * what is refused. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>

#include "cluster.h"
#include "gibbs/ising_exact.h"
#include "invariance.h"
#include "pair_models.h"

extern const gibbs_kernel gibbs_kernel_swendsen_wang, gibbs_kernel_wolff;
static const gibbs_kernel *const kernels[] = {&gibbs_kernel_swendsen_wang, &gibbs_kernel_wolff};
static const double critical = 0.44068679350977147;

/* Tests run side by side: threads that wait for each other would slow all of them. */
static void work_alone(void) {
  gibbs_set_threads(1);
}
TestSuite(cluster_runs, .init = work_alone);

/* ---- large lattices
 * ------------------------------------------------------------------------------------------------- */

typedef struct system_of_chains {
  gibbs_distribution *distribution;
  gibbs_target target;
  const gibbs_kernel *kernel;
  void *instance;
  size_t chains;
} system_of_chains;

/* The instance points to the target: *s stays where it is. */
static void begin_chains(system_of_chains *s, const pair_model *m, const gibbs_kernel *kernel, double clusters,
                         size_t chains) {
  *s = (system_of_chains){.distribution = make_pair_model(m), .kernel = kernel, .chains = chains};
  s->target.distribution = s->distribution;
  s->target.energy = gibbs_distribution_energy(s->distribution);
  s->target.variables = gibbs_distribution_visible(s->distribution);
  s->target.variable_count = 1;
  CHECK(gibbs_normal_form_new(s->target.energy, s->target.variables, 1, &s->target.form, err));
  s->target.units = gibbs_normal_form_units(s->target.form);
  CHECK(kernel->make(&s->target, &clusters, chains, 0, &s->instance, err));
  CHECK(kernel->start(s->instance, 11, err));
}

static void end_chains(system_of_chains *s) {
  s->kernel->free(s->instance);
  gibbs_normal_form_free(s->target.form);
  gibbs_distribution_release(s->distribution);
}

static void sweep_chains(system_of_chains *s, uint32_t first, uint32_t count) {
  for (uint32_t t = first; t < first + count; t++) CHECK(s->kernel->sweep(s->instance, 5, t, err));
}

/* -sum over the bonds of a square torus of s s', a site, for every chain added to out. */
static void add_energies(const system_of_chains *s, size_t rows, size_t columns, double *values, double *out) {
  size_t n = s->chains;
  s->kernel->get(s->instance, values, n);
  for (size_t i = 0; i < rows * columns; i++) {
    size_t right = i / columns * columns + (i + 1) % columns, down = (i + columns) % (rows * columns);
    for (size_t c = 0; c < n; c++)
      out[c] -= values[i * n + c] * (values[right * n + c] + values[down * n + c]) / (double)(rows * columns);
  }
}

/* The mean over chains, and its standard error from their differences. */
static double mean_of_chains(const double *x, size_t chains, double *error) {
  double mean = 0, variance = 0;
  for (size_t c = 0; c < chains; c++) mean += x[c] / (double)chains;
  for (size_t c = 0; c < chains; c++) variance += (x[c] - mean) * (x[c] - mean) / (double)(chains - 1);
  *error = sqrt(variance / (double)chains);
  return mean;
}

/* Energies of a torus, a site, against Kaufman's sum, and improved_m2 where `m2` is known. */
static void expect_torus(const gibbs_kernel *kernel, double clusters, size_t rows, size_t columns, double K,
                         uint32_t sweeps, double most_error, double m2) {
  enum { chains = 48 };
  const pair_model m = {"torus", GIBBS_LATTICE_SQUARE, 2, {rows, columns}, false, GIBBS_SPINS, 2, K, 0, 0, 0};
  double *values = malloc(rows * columns * chains * sizeof *values), energy[chains] = {0}, order[chains] = {0},
         one[chains];
  double error;
  gibbs_ising_solution exact;
  system_of_chains s;
  begin_chains(&s, &m, kernel, clusters, chains);
  sweep_chains(&s, 0, 100);
  for (uint32_t t = 0; t < sweeps; t++) {
    sweep_chains(&s, 100 + t, 1);
    add_energies(&s, rows, columns, values, energy);
    kernel->measure(s.instance, 0, one);
    for (size_t c = 0; c < chains; c++) order[c] += one[c] / sweeps;
  }
  CHECK(gibbs_ising_torus(rows, columns, K, &exact, err));
  double u = mean_of_chains(energy, chains, &error) / sweeps, expected = exact.energy / K / (double)(rows * columns);
  error /= sweeps;
  cr_expect(error < most_error, "%s: an error of %g proves little", kernel->name, error);
  cr_expect(fabs(u - expected) < 4 * error, "%s, %zux%zu: u = %.6f +- %.6f, not %.6f", kernel->name, rows, columns, u,
            error, expected);
  double improved = mean_of_chains(order, chains, &error);
  if (m2 > 0)
    cr_expect(fabs(improved - m2) < 4 * error, "%s: m^2 = %.6f +- %.6f, not %.6f", kernel->name, improved, error, m2);
  end_chains(&s);
  free(values);
}

/* -1.43365847; measuring once so many spins have been flipped would give -1.452. */
Test(cluster_runs, swendsen_wang_has_the_exact_energy_of_the_critical_torus_of_32) {
  expect_torus(kernels[0], 0, 32, 32, critical, 1500, 0.0015, 0);
}
Test(cluster_runs, wolff_has_the_exact_energy_of_the_critical_torus_of_32) {
  expect_torus(kernels[1], 4, 32, 32, critical, 1000, 0.0015, 0);
}
Test(cluster_runs, swendsen_wang_estimates_the_exact_m2_of_the_critical_torus_of_8) {
  expect_torus(kernels[0], 0, 8, 8, critical, 1500, 0.003, 0.646911574994238);
}
Test(cluster_runs, wolff_estimates_the_exact_m2_of_the_critical_torus_of_8) {
  expect_torus(kernels[1], 2, 8, 8, critical, 1500, 0.003, 0.646911574994238);
}
/* Rows of more than one word, the last one not full, or just full. */
Test(cluster_runs, rows_of_several_words_have_the_exact_energy) {
  expect_torus(kernels[0], 0, 6, 150, 0.4, 200, 0.003, 0);
  expect_torus(kernels[0], 0, 5, 128, 0.4, 200, 0.003, 0);
  expect_torus(kernels[0], 0, 3, 65, 0.4, 200, 0.003, 0);
  expect_torus(kernels[0], 0, 150, 6, 0.4, 200, 0.003, 0);
  expect_torus(kernels[1], 20, 6, 150, 0.4, 200, 0.003, 0);
}

/* ---- rows and lists ---------------------------------------------------------------------------------------------
 */

/* The mean of improved_m2. */
static double improved_mean(const pair_model *m, const gibbs_kernel *kernel, double *error) {
  enum { chains = 32, sweeps = 150 };
  double order[chains] = {0}, one[chains];
  system_of_chains s;
  begin_chains(&s, m, kernel, 3, chains);
  sweep_chains(&s, 0, 100);
  for (uint32_t t = 0; t < sweeps; t++) {
    sweep_chains(&s, 100 + t, 1);
    kernel->measure(s.instance, 0, one);
    for (size_t c = 0; c < chains; c++) order[c] += one[c] / sweeps;
  }
  end_chains(&s);
  return mean_of_chains(order, chains, error);
}

/* A spread of couplings that is next to nothing makes a lattice a list of bonds. */
Test(cluster_runs, rows_and_lists_agree_on_every_lattice) {
  static const pair_model models[] = {
      {"triangular", GIBBS_LATTICE_TRIANGULAR, 2, {9, 70}, false, GIBBS_SPINS, 2, 0.25, 0, 0, 0},
      {"honeycomb", GIBBS_LATTICE_HONEYCOMB, 2, {7, 40}, false, GIBBS_SPINS, 2, 0.6, 0, 0, 0},
      {"cubic", GIBBS_LATTICE_CUBIC, 3, {5, 6, 7}, true, GIBBS_SPINS, 2, 0.22, 0, 0.01, 0},
      {"antiferromagnet", GIBBS_LATTICE_SQUARE, 2, {10, 66}, true, GIBBS_SPINS, 2, -0.4, 0, 0.1, 0}};
  for (size_t k = 0; k < sizeof models / sizeof *models; k++) {
    pair_model list = models[k];
    list.coupling_spread = 1e-9;
    double error[4],
        value[4] = {improved_mean(&models[k], kernels[0], &error[0]), improved_mean(&list, kernels[0], &error[1]),
                    improved_mean(&models[k], kernels[1], &error[2]), improved_mean(&list, kernels[1], &error[3])};
    for (size_t i = 1; i < 4; i++)
      cr_expect(fabs(value[i] - value[0]) < 4.5 * hypot(error[i], error[0]), "%s: m^2 = %g +- %g, and %g +- %g",
                models[k].name, value[0], error[0], value[i], error[i]);
  }
}

Test(cluster_runs, bonds_of_a_lattice_are_not_listed) {
  const pair_model square = {"square", GIBBS_LATTICE_SQUARE, 2, {6, 6}, false, GIBBS_SPINS, 2, 0.4, 0, 0, 0};
  pair_model glass = square;
  glass.coupling_spread = 0.1;
  for (int k = 0; k < 2; k++) {
    system_of_chains s;
    begin_chains(&s, k ? &glass : &square, kernels[0], 0, 1);
    gibbs_cluster_model model;
    CHECK(gibbs_cluster_model_new(&s.target, true, &model, err));
    cr_expect_eq(model.regular != NULL, k == 0);
    cr_expect_eq(model.bonds.count, k ? 72 : 0);
    gibbs_cluster_model_clear(&model);
    end_chains(&s);
  }
}

/* ---- one chain, many threads
 * ------------------------------------------------------------------------------------------ */

Test(cluster_runs, threads_do_not_matter) {
  const pair_model m = {"torus", GIBBS_LATTICE_SQUARE, 2, {20, 70}, false, GIBBS_SPINS, 2, critical, 0, 0, 0};
  enum { chains = 5, units = 20 * 70 };
  for (int k = 0; k < 2; k++) {
    double *values[2];
    for (size_t threads = 1; threads <= 2; threads++) {
      gibbs_set_threads(threads);
      system_of_chains s;
      begin_chains(&s, &m, kernels[k], 3, chains);
      sweep_chains(&s, 0, 20);
      values[threads - 1] = malloc(units * chains * sizeof(double));
      kernels[k]->get(s.instance, values[threads - 1], chains);
      end_chains(&s);
    }
    cr_expect_arr_eq(values[0], values[1], units * chains * sizeof(double));
    free(values[0]);
    free(values[1]);
  }
}

/* ---- adaptation
 * ------------------------------------------------------------------------------------------------------ */

Test(cluster_runs, warm_up_fixes_the_number_of_clusters_and_it_is_remembered) {
  const pair_model m = {"torus", GIBBS_LATTICE_SQUARE, 2, {16, 16}, false, GIBBS_SPINS, 2, 0.3, 0, 0, 0};
  const gibbs_kernel *wolff = kernels[1];
  double number[2], size[2], saved[16], kept[16], a[512], b[512];
  system_of_chains s, other;
  begin_chains(&s, &m, wolff, 0, 2);
  begin_chains(&other, &m, wolff, 0, 2);
  wolff->measure(s.instance, 2, number);
  cr_expect_eq(number[0], 1);
  wolff->adapt(s.instance, true);
  sweep_chains(&s, 0, 200);
  wolff->adapt(s.instance, false);
  size_t count = wolff->memory(s.instance, NULL);
  cr_assert(count <= 16 && wolff->memory(s.instance, saved) == count);
  sweep_chains(&s, 200, 50);
  wolff->measure(s.instance, 2, number);
  wolff->measure(s.instance, 1, size);
  wolff->memory(s.instance, kept);
  cr_expect_arr_eq(saved, kept, count * sizeof *saved, "the number goes on changing");
  cr_expect(number[0] * size[0] > 64 && number[0] * size[0] < 1024, "%g clusters of %g", number[0], size[0]);

  wolff->get(s.instance, a, 2);
  CHECK(wolff->set(other.instance, a, 2, err));
  CHECK(wolff->recall(other.instance, saved, count, err));
  sweep_chains(&s, 250, 3);
  sweep_chains(&other, 250, 3);
  wolff->get(s.instance, a, 2);
  wolff->get(other.instance, b, 2);
  cr_expect_arr_eq(a, b, sizeof a);
  gibbs_error failure;
  cr_expect_eq(wolff->recall(other.instance, saved, count - 1, &failure), GIBBS_ERR_ARGUMENT);
  saved[0] = 0.5;
  cr_expect_eq(wolff->recall(other.instance, saved, count, &failure), GIBBS_ERR_ARGUMENT);
  end_chains(&other);
  end_chains(&s);
}

Test(cluster_runs, a_given_number_of_clusters_stays) {
  const pair_model m = {"torus", GIBBS_LATTICE_SQUARE, 2, {8, 8}, false, GIBBS_SPINS, 2, 0.2, 0, 0, 0};
  double number;
  system_of_chains s;
  begin_chains(&s, &m, kernels[1], 7, 1);
  kernels[1]->adapt(s.instance, true);
  sweep_chains(&s, 0, 10);
  kernels[1]->measure(s.instance, 2, &number);
  cr_expect_eq(number, 7);
  end_chains(&s);
}

/* ---- new parameters, and faults
 * -------------------------------------------------------------------------------------- */

enum { small_chains = 20000 };

/* The p-value of chains that start at exact samples and are swept four times by an instance that is there already. */
static double p_value_of(const invariance *x, const gibbs_kernel *kernel, void *instance, uint64_t seed) {
  double *values = malloc(x->units * small_chains * sizeof *values);
  invariance_exact(x, small_chains, seed, values);
  CHECK(kernel->set(instance, values, small_chains, err));
  for (uint32_t t = 0; t < 4; t++) CHECK(kernel->sweep(instance, seed, t, err));
  kernel->get(instance, values, small_chains);
  double p = invariance_compare(x, values, small_chains);
  free(values);
  return p;
}

/* All J of the distribution set to one value, or to values of both signs. */
static void change_couplings(const gibbs_distribution *d, double value, double spread) {
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_expr *p = gibbs_distribution_parameters(d)[k];
    for (size_t i = 0; i < gibbs_expr_size(p); i++) values_of(p)[i] = value + spread * sin(3.0 * (double)i + 1);
    gibbs_parameter_touch(gibbs_expr_as_parameter(p));
  }
}

Test(cluster_runs, new_parameters_are_heeded_and_old_ones_would_be_noticed) {
  static const pair_model models[] = {
      {"spins", GIBBS_LATTICE_SQUARE, 2, {3, 3}, true, GIBBS_SPINS, 2, 0.4, 0.1, 0, 0.1},
      {"bits", GIBBS_LATTICE_SQUARE, 2, {3, 3}, true, GIBBS_BITS, 2, 0.4, 0.1, 0, 0},
      {"Potts", GIBBS_LATTICE_SQUARE, 2, {2, 3}, true, GIBBS_POTTS, 3, 0.8, 0.1, 0, 0.1}};
  for (size_t k = 0; k < 6; k++) {
    const gibbs_kernel *kernel = kernels[k % 2];
    double clusters = 2;
    void *instance = NULL;
    gibbs_distribution *d = make_pair_model(&models[k / 2]);
    invariance x = invariance_begin(d, false, NULL);
    CHECK(kernel->make(&x.target, &clusters, small_chains, 0, &instance, err));
    double before = p_value_of(&x, kernel, instance, 1);
    change_couplings(d, 0.3, 0.9);
    invariance_refresh(&x);
    double stale = p_value_of(&x, kernel, instance, 2);
    CHECK(kernel->refresh(instance, err));
    double after = p_value_of(&x, kernel, instance, 3);
    cr_expect(before > invariance_alarm && after > invariance_alarm, "%s, %s: p = %g, %g", kernel->name,
              models[k / 2].name, before, after);
    cr_expect(stale < 1e-9, "%s, %s: old couplings pass, p = %g", kernel->name, models[k / 2].name, stale);
    kernel->free(instance);
    invariance_end(&x);
    gibbs_distribution_release(d);
  }
}

/* Activation with 1 - exp(-2.2 J) in place of 1 - exp(-2 J). */
Test(cluster_runs, a_wrong_probability_of_activation_is_caught) {
  static const pair_model models[] = {{"rows", GIBBS_LATTICE_SQUARE, 2, {3, 3}, false, GIBBS_SPINS, 2, 0.4, 0, 0, 0},
                                      {"list", GIBBS_LATTICE_GRAPH, 1, {8}, false, GIBBS_SPINS, 2, 0.6, 0.2, 0, 0}};
  for (size_t k = 0; k < 4; k++) {
    gibbs_distribution *d = make_pair_model(&models[k / 2]);
    invariance x = invariance_begin(d, false, NULL);
    gibbs_normal_form_set_scale(x.target.form, 1.1);
    CHECK(gibbs_normal_form_refresh(x.target.form, err));
    double clusters = 8;
    invariance_run run = {kernels[k % 2], &clusters, small_chains, 0, 16, 3};
    double p = invariance_p_value(&x, &run);
    cr_expect(p < 1e-9, "%s, %s: p = %g", run.kernel->name, models[k / 2].name, p);
    invariance_end(&x);
    gibbs_distribution_release(d);
  }
}

/* ---- other targets
 * -------------------------------------------------------------------------------------------------- */

Test(cluster_runs, hidden_units_are_units_like_others) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine m = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_BITS, 4, 0.8, 2);
  invariance x = invariance_begin(m.q, true, NULL);
  double clusters = 2;
  for (size_t k = 0; k < 2; k++) expect_invariant(&x, kernels[k], &clusters, small_chains / 2, 40 + k);
  invariance_end(&x);
  free_machine(&m);
  gibbs_graph_release(graph);
}

static void expect_refusal(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, const char *reason) {
  gibbs_target t = {.energy = energy, .variables = variables, .variable_count = count};
  CHECK(gibbs_normal_form_new(energy, variables, count, &t.form, err));
  t.units = gibbs_normal_form_units(t.form);
  double clusters = 1;
  for (size_t k = 0; k < 2; k++) {
    char why[300] = "";
    cr_expect(!kernels[k]->can(&t, &clusters, why, sizeof why), "%s can: %s", kernels[k]->name, reason);
    cr_expect(strstr(why, reason) != NULL, "%s: \"%s\" does not say \"%s\"", kernels[k]->name, why, reason);
  }
  gibbs_normal_form_free(t.form);
}

Test(cluster_runs, what_cannot_be_done_is_refused_with_the_reason) {
  gibbs_graph *graph = NULL;
  gibbs_error failure;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *s = gibbs_build_keep(b, make_variable(graph, "s", GIBBS_SPINS, 2, 6)), *shifted[3];
  gibbs_expr *r = gibbs_build_keep(b, make_variable(graph, "r", GIBBS_REALS, 0, 6));
  gibbs_expr *p = gibbs_build_keep(b, make_variable(graph, "p", GIBBS_POTTS, 3, 6));
  gibbs_expr *W = gibbs_build_keep(b, make_parameter(graph, "W", gibbs_shape_matrix(3, 3), 1, 5));
  gibbs_expr *xs[] = {s, r, p};
  for (size_t k = 0; k < 3; k++) {
    CHECK(gibbs_expr_shift(xs[k], (long[]){1}, 1, &shifted[k], err));
    gibbs_build_keep(b, shifted[k]);
  }
  gibbs_expr *twice = NULL;
  CHECK(gibbs_expr_shift(s, (long[]){2}, 1, &twice, err));
  gibbs_expr *triple =
      gibbs_build_dot(b, gibbs_build_binary(b, GIBBS_OP_MUL, s, shifted[0]), gibbs_build_keep(b, twice));
  expect_refusal(triple, &xs[0], 1, "other terms");
  expect_refusal(gibbs_build_dot(b, r, shifted[1]), &xs[1], 1, "real values");
  expect_refusal(gibbs_build_dot(b, gibbs_build_matmul(b, p, W), shifted[2]), &xs[2], 1, "being alike");
  expect_refusal(gibbs_build_dot(b, p, shifted[2]), (gibbs_expr *[]){s, p}, 2, "units of another kind");
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_graph_release(graph);
}
