/* test_free_energy.c - works and their statistics, kernels that go along a path by themselves, and the estimators. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/exact.h"
#include "gibbs/free_energy.h"
#include "gibbs/threads.h"
#include "machines.h"
#include "work.h"

static gibbs_graph *graph;

static void begin(void) {
  CHECK(gibbs_graph_new(&graph, err));
}
static void end(void) {
  gibbs_set_threads(0);
  gibbs_graph_release(graph);
}
TestSuite(free_energy, .init = begin, .fini = end);

/* ---- statistics of works ---------------------------------------------------------------------------------- */

enum { works = 4096 };

/* Gaussian works of variance s^2 whose difference of free energies is `difference`. */
static void draw_works(double difference, double s, uint32_t run, double *forward, double *back) {
  gibbs_stream stream = gibbs_stream_open(3, GIBBS_PURPOSE_CHECK, run, 0);
  for (size_t i = 0; i < works; i++) {
    forward[i] = difference + s * s / 2 + s * gibbs_stream_normal(&stream);
    back[i] = -difference + s * s / 2 + s * gibbs_stream_normal(&stream);
  }
}

Test(free_energy, works_of_one_and_of_two_ways_give_the_difference) {
  static double forward[works], back[works];
  size_t inside = 0, runs = 200;
  for (uint32_t run = 0; run < runs; run++) {
    draw_works(1000, 1, run, forward, back);
    gibbs_work_result one = gibbs_work_one_way(forward, works), two = gibbs_work_two_ways(forward, back, works);
    cr_assert(fabs(one.value - 1000) < 5 * one.error && one.error < 0.05, "%g %g", one.value, one.error);
    cr_assert(fabs(two.value - 1000) < 5 * two.error && two.error < one.error, "%g %g", two.value, two.error);
    inside += fabs(two.value - 1000) < two.error;
  }
  cr_assert(inside >= 116 && inside <= 156, "%zu of 200 within one error", inside);
}

Test(free_energy, one_work_that_outweighs_all_has_no_error_to_trust) {
  double work[] = {0, 800, 900, 1000, 1000, 1000, 1000, 1000};
  gibbs_work_result one = gibbs_work_one_way(work, 8);
  cr_assert(isinf(one.error) && one.ess < 1.001);
  cr_assert_float_eq(one.value, log(8), 1e-12);
}

/* ---- block Gibbs along a path ----------------------------------------------------------------------------- */

static gibbs_chains *make_chains(gibbs_distribution *d, size_t count) {
  gibbs_chains_options options = {.chains = count, .seed = 5};
  gibbs_chains *chains = NULL;
  CHECK(gibbs_chains_new(d, &options, &chains, err));
  return chains;
}

/* E0 of the machine's elements, visible then hidden. */
static const double fields[] = {0.3, -0.7, 0.2, 0.5, -0.1, 0.4, -0.6, 0.8, -0.2};

/* -log sum_h exp(-beta E + (1 - beta) fields) by hand. */
static double mixed(const machine *x, gibbs_domain visible, gibbs_domain hidden, const double *v, double beta) {
  const double *W = values_of(x->W), *a = values_of(x->a), *b = values_of(x->b);
  long double total = 0, own = 0;
  for (size_t i = 0; i < x->n; i++) own += (long double)(beta * a[i] + (1 - beta) * fields[i]) * v[i];
  for (size_t t = 0; t < (size_t)1 << x->m; t++) {
    long double sum = own;
    for (size_t j = 0; j < x->m; j++) {
      long double field = b[j];
      for (size_t i = 0; i < x->n; i++) field += (long double)W[i * x->m + j] * v[i];
      sum += ((long double)beta * field + (long double)((1 - beta) * fields[x->n + j])) * unit_value(hidden, t, j);
    }
    total += expl(sum);
  }
  (void)visible;
  return (double)-logl(total);
}

static void check_work(gibbs_domain visible, gibbs_domain hidden, uint32_t number) {
  enum { n = 5, m = 4, count = 70 };
  machine x = make_machine_in(graph, visible, n, hidden, m, 0.8, number);
  gibbs_chains *chains = make_chains(x.q, count);
  double work[count], v[count * n];
  cr_assert(gibbs_chains_can_mix(chains) && gibbs_chains_reversible(chains));
  CHECK(gibbs_chains_mix(chains, 0.3, fields, err));
  CHECK(gibbs_chains_advance(chains, 3, err));
  CHECK(gibbs_chains_work(chains, 0.8, work, err));
  CHECK(gibbs_chains_get(chains, 0, v, err));
  for (size_t c = 0; c < count; c++) {
    double expected = mixed(&x, visible, hidden, v + c * n, 0.8) - mixed(&x, visible, hidden, v + c * n, 0.3);
    cr_assert_float_eq(work[c], expected, 2e-6, "chain %zu: %.9g, not %.9g", c, work[c], expected);
  }
  gibbs_chains_free(chains);
  free_machine(&x);
}

Test(free_energy, the_kernels_work_is_that_of_the_sum_over_hidden_units) {
  static const gibbs_domain domains[] = {GIBBS_SPINS, GIBBS_BITS};
  for (uint32_t k = 0; k < 4; k++) check_work(domains[k / 2], domains[k % 2], k);
}

/* Between independent units and the energy the chains have the distribution of the mixture. */
Test(free_energy, chains_on_the_way_have_the_distribution_of_the_mixture) {
  enum { n = 4, m = 3, count = 40000, states = 16 };
  machine x = make_machine_in(graph, GIBBS_SPINS, n, GIBBS_BITS, m, 0.8, 9);
  gibbs_chains *chains = make_chains(x.q, count);
  double weight[states], total = 0, seen[states] = {0}, *v = malloc(count * n * sizeof *v), chi = 0;
  CHECK(gibbs_chains_mix(chains, 0.4, fields, err));
  CHECK(gibbs_chains_advance(chains, 60, err));
  CHECK(gibbs_chains_get(chains, 0, v, err));
  for (size_t s = 0; s < states; s++) {
    double row[n];
    for (size_t i = 0; i < n; i++) row[i] = unit_value(GIBBS_SPINS, s, i);
    total += weight[s] = exp(-mixed(&x, GIBBS_SPINS, GIBBS_BITS, row, 0.4));
  }
  for (size_t c = 0; c < count; c++) {
    size_t s = 0;
    for (size_t i = 0; i < n; i++) s |= (size_t)(v[c * n + i] > 0) << i;
    seen[s]++;
  }
  for (size_t s = 0; s < states; s++) {
    double expected = count * weight[s] / total;
    chi += (seen[s] - expected) * (seen[s] - expected) / expected;
  }
  cr_assert(chi < 44.3, "chi-square %g of 15 degrees of freedom (false alarms: 1e-4)", chi);
  free(v);
  gibbs_chains_free(chains);
  free_machine(&x);
}

Test(free_energy, other_kernels_say_that_they_cannot) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 3, 0.5, 1);
  gibbs_chains_options options = {.chains = 8, .seed = 1, .kernel = gibbs_kernel_find("heat_bath")};
  gibbs_chains *chains = NULL;
  gibbs_error err;
  double work[8];
  cr_assert_eq(gibbs_chains_new(x.q, &options, &chains, &err), GIBBS_OK, "%s", err.message);
  cr_assert(!gibbs_chains_can_mix(chains) && !gibbs_chains_reversible(chains));
  cr_assert_eq(gibbs_chains_mix(chains, 0.5, NULL, &err), GIBBS_ERR_UNSUPPORTED);
  cr_assert_eq(gibbs_chains_work(chains, 0.5, work, &err), GIBBS_ERR_UNSUPPORTED);
  cr_assert(strstr(err.message, "heat_bath"), "%s", err.message);
  gibbs_chains_free(chains);
  free_machine(&x);
}

/* ---- estimators ------------------------------------------------------------------------------------------- */

static gibbs_free_energy_options small_options(const gibbs_free_energy_method *method) {
  gibbs_free_energy_options o = gibbs_free_energy_defaults(method);
  o.chains = 64;
  bool annealed = method == gibbs_free_energy_find("ais") || method == gibbs_free_energy_find("jarzynski");
  o.temperatures = annealed ? 60 : 8;
  o.sweeps = annealed ? 1 : 40;
  o.burn = 40;
  o.seed = 11;
  return o;
}

Test(free_energy, every_estimator_agrees_with_the_sum_on_any_number_of_threads) {
  machine x = make_machine_in(graph, GIBBS_BITS, 6, GIBBS_SPINS, 5, 0.6, 2);
  double exact = 0;
  CHECK(gibbs_exact_free_energy(x.q, &exact, err));
  for (size_t k = 0; k < gibbs_free_energy_count(); k++)
    for (gibbs_reference r = GIBBS_REFERENCE_UNIFORM; r <= GIBBS_REFERENCE_FIELDS; r++) {
      const gibbs_free_energy_method *method = gibbs_free_energy_at(k);
      gibbs_free_energy_options o = small_options(method);
      gibbs_free_energy_result f[2];
      o.reference = r;
      o.both = true;
      for (size_t t = 0; t < 2; t++) {
        gibbs_set_threads(t + 1);
        CHECK(gibbs_free_energy_estimate(method, x.q, &o, &f[t], err));
      }
      cr_assert(f[0].converged, "%s: %s", gibbs_free_energy_name(method), f[0].why);
      cr_assert(fabs(f[0].value - exact) < 4 * f[0].error && f[0].error < 0.2, "%s: %g(%g), not %g",
                gibbs_free_energy_name(method), f[0].value, f[0].error, exact);
      cr_assert(f[0].value == f[1].value && f[0].error == f[1].error, "%s: %.17g and %.17g",
                gibbs_free_energy_name(method), f[0].value, f[1].value);
    }
  free_machine(&x);
}

/* The path's own program and the kernel's work are two ways to the same weights. */
Test(free_energy, a_kernel_that_knows_its_work_changes_no_more_than_rounding) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 8, GIBBS_BITS, 6, 0.5, 3);
  double exact = 0;
  gibbs_free_energy_result f[2];
  CHECK(gibbs_exact_free_energy(x.q, &exact, err));
  for (size_t k = 0; k < 2; k++) {
    gibbs_free_energy_options o = small_options(gibbs_free_energy_find("ais"));
    o.chains = 2000;
    o.kernel = gibbs_kernel_find(k == 0 ? "block_gibbs" : "heat_bath");
    CHECK(gibbs_free_energy_estimate(gibbs_free_energy_find("ais"), x.q, &o, &f[k], err));
    cr_assert(fabs(f[k].value - exact) < 4 * f[k].error && f[k].error < 0.03, "%g(%g), not %g", f[k].value,
              f[k].error, exact);
  }
  free_machine(&x);
}

/* Hidden units in two layers: a sweep depends on those that are there, which have to keep up with the path. */
Test(free_energy, hidden_units_that_a_sweep_starts_from_are_weighed_too) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_SPINS, 4, 0.8, 6);
  gibbs_expr *g = make_variable(graph, "g", GIBBS_SPINS, 2, 3);
  gibbs_expr *U = make_parameter(graph, "U", gibbs_shape_matrix(4, 3), 0.8, 40), *product, *deep, *energy;
  gibbs_expr *hidden[] = {x.h, g};
  gibbs_distribution *q = NULL;
  double exact = 0;
  CHECK(gibbs_expr_matmul(U, false, g, false, &product, err));
  CHECK(gibbs_expr_dot(x.h, product, &deep, err));
  CHECK(gibbs_expr_binary(GIBBS_OP_SUB, gibbs_distribution_energy(x.q), deep, &energy, err));
  CHECK(gibbs_distribution_new("deep", energy, &x.v, 1, hidden, 2, &q, err));
  CHECK(gibbs_exact_free_energy(q, &exact, err));
  static const char *const annealed[] = {"ais", "jarzynski"};
  for (size_t k = 0; k < 2; k++) {
    const gibbs_free_energy_method *method = gibbs_free_energy_find(annealed[k]);
    gibbs_free_energy_options o = small_options(method);
    gibbs_free_energy_result f;
    o.chains = 20000;
    o.temperatures = 12;
    CHECK(gibbs_free_energy_estimate(method, q, &o, &f, err));
    cr_assert(f.converged && fabs(f.value - exact) < 4 * f.error && f.error < 0.02, "%s: %g(%g), not %g", annealed[k],
              f.value, f.error, exact);
  }
  gibbs_expr *nodes[] = {g, U, product, deep, energy};
  for (size_t k = 0; k < 5; k++) gibbs_expr_release(nodes[k]);
  gibbs_distribution_release(q);
  free_machine(&x);
}

Test(free_energy, what_cannot_be_trusted_says_so) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 20, GIBBS_SPINS, 20, 1.5, 4);
  const gibbs_free_energy_method *ais = gibbs_free_energy_find("ais");
  gibbs_free_energy_options o = small_options(ais);
  gibbs_free_energy_result f;
  gibbs_error err;
  o.temperatures = 2;
  cr_assert_eq(gibbs_free_energy_estimate(ais, x.q, &o, &f, &err), GIBBS_OK, "%s", err.message);
  cr_assert(!f.converged && strstr(f.why, "independent"), "%s", f.why);
  /* An integral of two steps is far off, with a small error. */
  const gibbs_free_energy_method *integration = gibbs_free_energy_find("integration");
  o = small_options(integration);
  o.temperatures = 2;
  o.sweeps = 100;
  o.check = true;
  cr_assert_eq(gibbs_free_energy_estimate(integration, x.q, &o, &f, &err), GIBBS_ERR_NUMERIC, "%g(%g)", f.value,
               f.error);
  cr_assert(strstr(err.message, "neither can be trusted"), "%s", err.message);
  free_machine(&x);
}

Test(free_energy, options_out_of_range_are_refused) {
  machine x = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 3, 0.5, 5);
  const gibbs_free_energy_method *ais = gibbs_free_energy_find("ais");
  static const double ladder[] = {0, 0.5, 0.9};
  gibbs_free_energy_result f;
  gibbs_error err;
  gibbs_free_energy_options o = small_options(ais);
  o.chains = 7;
  cr_assert_eq(gibbs_free_energy_estimate(ais, x.q, &o, &f, &err), GIBBS_ERR_ARGUMENT);
  o = small_options(ais), o.temperatures = 0;
  cr_assert_eq(gibbs_free_energy_estimate(ais, x.q, &o, &f, &err), GIBBS_ERR_ARGUMENT);
  o = small_options(ais), o.temperatures = 2, o.ladder = ladder;
  cr_assert_eq(gibbs_free_energy_estimate(ais, x.q, &o, &f, &err), GIBBS_ERR_ARGUMENT);
  o = small_options(ais), o.reference = GIBBS_REFERENCE_DATA;
  cr_assert_eq(gibbs_free_energy_estimate(ais, x.q, &o, &f, &err), GIBBS_ERR_ARGUMENT);
  o = small_options(ais), o.kernel = gibbs_kernel_find("exact"), o.temperatures = 4;
  gibbs_status status = gibbs_free_energy_estimate(ais, x.q, &o, &f, &err);
  cr_assert(status == GIBBS_OK && fabs(f.value) < 100);
  cr_assert_null(gibbs_free_energy_find("guess"));
  free_machine(&x);
}
