/* test_tempering.c - parallel tempering: every rung has the distribution of its energy, and the ladder adapts. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "invariance.h"

static gibbs_graph *graph;

static void begin(void) {
  CHECK(gibbs_graph_new(&graph, err));
}
static void end(void) {
  gibbs_graph_release(graph);
}
TestSuite(tempering, .init = begin, .fini = end);

static gibbs_distribution *ising(size_t length, gibbs_expr *J) {
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *d = NULL;
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){length, length}, true, &lattice, err));
  CHECK(gibbs_ising_new(graph, lattice, J, NULL, NULL, &d, err));
  gibbs_lattice_release(lattice);
  return d;
}

static gibbs_distribution *ising_at(size_t length, double J) {
  gibbs_expr *coupling = NULL;
  CHECK(gibbs_expr_number(graph, J, &coupling, err));
  gibbs_distribution *d = ising(length, coupling);
  gibbs_expr_release(coupling);
  return d;
}

static gibbs_chains *temper(gibbs_distribution *d, size_t count, const double *settings, const gibbs_ladder *ladder) {
  gibbs_chains_options options = {
      .chains = count, .seed = 4, .kernel = gibbs_kernel_find("tempering"), .settings = settings, .ladder = ladder};
  gibbs_chains *chains = NULL;
  CHECK(gibbs_chains_new(d, &options, &chains, err));
  return chains;
}

/* The p-value of the chains of one rung as samples of the energy of `expected`. */
static double rung_p_value(gibbs_chains *chains, size_t rung, gibbs_distribution *expected) {
  invariance x = invariance_begin(expected, false, NULL);
  size_t count = gibbs_chains_count(chains);
  double *rows = malloc(x.units * count * sizeof *rows), *values = malloc(x.units * count * sizeof *values);
  gibbs_chains_select(chains, rung);
  CHECK(gibbs_chains_get(chains, 0, rows, err));
  for (size_t c = 0; c < count; c++)
    for (size_t u = 0; u < x.units; u++) values[u * count + c] = rows[c * x.units + u];
  double p = invariance_compare(&x, values, count);
  free(rows);
  free(values);
  invariance_end(&x);
  return p;
}

Test(tempering, every_rung_has_the_distribution_of_its_scale) {
  static const double scale[] = {1, 0.6, 0.25, 0};
  gibbs_distribution *d = ising_at(3, 0.5);
  gibbs_chains *chains = temper(d, 20000, NULL, &(gibbs_ladder){.rungs = 4, .scale = scale});
  CHECK(gibbs_chains_advance(chains, 40, err));
  for (size_t r = 0; r < 4; r++) {
    gibbs_distribution *scaled = ising_at(3, 0.5 * scale[r]);
    double p = rung_p_value(chains, r, scaled);
    cr_expect(p > invariance_alarm, "rung %zu: p = %g", r, p);
    gibbs_distribution_release(scaled);
  }
  /* and the comparison is one that would see the difference */
  gibbs_distribution *other = ising_at(3, 0.5 * 0.55);
  cr_expect(rung_p_value(chains, 1, other) < 1e-9);
  gibbs_distribution_release(other);
  gibbs_chains_free(chains);
  gibbs_distribution_release(d);
}

Test(tempering, every_rung_has_the_distribution_of_its_parameters) {
  static const double path[] = {0.5, 0.2, -0.3};
  const double *values[1] = {path};
  gibbs_expr *J = make_parameter(graph, "J", gibbs_shape_scalar(), 0.1, 1);
  gibbs_distribution *d = ising(3, J);
  *values_of(J) = 0.123;
  gibbs_chains *chains =
      temper(d, 20000, NULL, &(gibbs_ladder){.rungs = 3, .parameter_count = 1, .parameters = &J, .values = values});
  CHECK(gibbs_chains_advance(chains, 40, err));
  for (size_t r = 0; r < 3; r++) {
    gibbs_distribution *expected = ising_at(3, path[r]);
    double p = rung_p_value(chains, r, expected);
    cr_expect(p > invariance_alarm, "rung %zu: p = %g", r, p);
    gibbs_distribution_release(expected);
  }
  cr_expect_eq(*values_of(J), 0.123, "the model's own parameter is %g", *values_of(J));
  gibbs_chains_free(chains);
  gibbs_distribution_release(d);
  gibbs_expr_release(J);
}

Test(tempering, rungs_of_one_temperature_always_exchange) {
  static const double scale[] = {1, 1, 1};
  gibbs_distribution *d = ising_at(4, 0.3);
  gibbs_chains *chains = temper(d, 10, NULL, &(gibbs_ladder){.rungs = 3, .scale = scale});
  CHECK(gibbs_chains_advance(chains, 20, err));
  double found[3], acceptance[2];
  gibbs_chains_ladder(chains, found, acceptance);
  cr_expect_eq(gibbs_chains_rungs(chains), 3);
  cr_expect_float_eq(acceptance[0], 1, 1e-12);
  cr_expect_float_eq(acceptance[1], 1, 1e-12);
  gibbs_chains_free(chains);
  gibbs_distribution_release(d);
}

Test(tempering, one_rung_is_its_kernel_alone) {
  gibbs_distribution *d = ising_at(4, 0.3);
  gibbs_chains *chains = temper(d, 5, (const double[]){1, 0.5, 0}, NULL), *plain = NULL;
  CHECK(gibbs_chains_new(d, &(gibbs_chains_options){.chains = 5, .seed = 4}, &plain, err));
  double a[80], b[80];
  CHECK(gibbs_chains_get(plain, 0, b, err)); /* kernels may have starts of their own */
  CHECK(gibbs_chains_set(chains, 0, b, err));
  CHECK(gibbs_chains_advance(chains, 30, err));
  CHECK(gibbs_chains_advance(plain, 30, err));
  CHECK(gibbs_chains_get(chains, 0, a, err));
  CHECK(gibbs_chains_get(plain, 0, b, err));
  cr_expect(memcmp(a, b, sizeof a) == 0);
  gibbs_chains_free(chains);
  gibbs_chains_free(plain);
  gibbs_distribution_release(d);
}

static double spread(const gibbs_chains *chains) {
  double acceptance[16], low = 1, high = 0;
  gibbs_chains_ladder(chains, NULL, acceptance);
  for (size_t r = 0; r + 1 < gibbs_chains_rungs(chains); r++) {
    low = fmin(low, acceptance[r]);
    high = fmax(high, acceptance[r]);
  }
  return high - low;
}

Test(tempering, the_ladder_adapts_to_equal_acceptance_and_replicas_travel) {
  gibbs_distribution *d = ising_at(8, 0.6);
  const double settings[] = {8, 0.02, 0};
  gibbs_chains *even = temper(d, 16, settings, NULL), *adapted = temper(d, 16, settings, NULL);
  CHECK(gibbs_chains_advance(even, 400, err));
  CHECK(gibbs_chains_warm_up(adapted, 600, err));
  double scale[8], later[8], trips[16], total = 0;
  gibbs_chains_ladder(adapted, scale, NULL);
  CHECK(gibbs_chains_advance(adapted, 400, err));
  gibbs_chains_ladder(adapted, later, NULL);
  cr_expect(memcmp(scale, later, sizeof scale) == 0, "the ladder moves after warm-up");
  cr_expect(scale[0] == 1 && scale[7] == 0.02);
  for (size_t r = 1; r < 8; r++)
    cr_expect(scale[r] < scale[r - 1], "scale %zu is %g after %g", r, scale[r], scale[r - 1]);
  cr_expect(spread(adapted) < 0.12, "acceptances differ by %g", spread(adapted));
  cr_expect(spread(adapted) < 0.5 * spread(even), "%g, evenly spaced %g", spread(adapted), spread(even));
  gibbs_chains_measure(adapted, 1, trips);
  for (size_t c = 0; c < 16; c++) total += trips[c];
  cr_expect(total > 16, "%g round trips", total);
  gibbs_chains_free(even);
  gibbs_chains_free(adapted);
  gibbs_distribution_release(d);
}

Test(tempering, exact_samples_cannot_be_rungs) {
  gibbs_distribution *d = ising_at(3, 0.3);
  const gibbs_kernel *kernel = gibbs_kernel_find("tempering");
  const gibbs_kernel_option *base = &gibbs_kernel_options(kernel)[2];
  double settings[] = {4, 0.1, 0};
  while (strcmp(base->words[(size_t)settings[2]], "exact") != 0) settings[2]++;
  gibbs_chains *chains = NULL;
  gibbs_error err;
  cr_expect_eq(gibbs_chains_new(d, &(gibbs_chains_options){.chains = 1, .kernel = kernel, .settings = settings},
                                &chains, &err),
               GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(err.message, "exact cannot be the kernel of its rungs"), "%s", err.message);
  gibbs_distribution_release(d);
}
