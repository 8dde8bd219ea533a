/* test_transfer.c - elimination against sums over all states, solved models and closed forms. */
#include "gibbs/transfer.h"

#include <criterion/criterion.h>

#include "gibbs/exact.h"
#include "gibbs/ising_exact.h"
#include "gibbs/threads.h"
#include "pair_models.h"
#include "site_models.h"

static gibbs_error failure;

static void near(double found, double expected, double tolerance, const char *what) {
  cr_expect(fabs(found - expected) <= tolerance * fmax(1, fabs(expected)), "%s: %.15g, expected %.15g", what, found,
            expected);
}

static gibbs_expr *square(gibbs_builder *b, gibbs_expr *x) {
  return gibbs_build_binary(b, GIBBS_OP_MUL, x, x);
}

/* A mean both ways. */
static void same_mean(gibbs_distribution *d, gibbs_expr *f, const char *what) {
  size_t size = gibbs_expr_size(f);
  double *all = calloc(size, sizeof *all), *found = calloc(size, sizeof *found);
  cr_assert_eq(gibbs_exact_mean(d, f, all, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  cr_assert_eq(gibbs_transfer_mean(d, f, found, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  for (size_t k = 0; k < size; k++) near(found[k], all[k], 1e-11, what);
  free(all);
  free(found);
}

/* F, <E>, the variance, S, and means of elements, of a pair of elements each, and of squares. */
static void same_as_enumeration(gibbs_distribution *d, const char *name) {
  double all = 0, found = 0;
  cr_assert_eq(gibbs_exact_free_energy(d, &all, &failure), GIBBS_OK, "%s: %s", name, failure.message);
  cr_assert_eq(gibbs_transfer_free_energy(d, &found, &failure), GIBBS_OK, "%s: %s", name, failure.message);
  near(found, all, 1e-12, name);

  gibbs_expr *energy = gibbs_distribution_energy(d), *v = gibbs_distribution_visible(d)[0];
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(energy), &failure), *b = &room;
  gibbs_expr *flat = site_flat(b, v), *total = gibbs_build_sum(b, v);
  same_mean(d, v, name);
  same_mean(d, energy, name);
  same_mean(d, site_mul(b, site_shifted(b, flat, 1), flat), name);
  same_mean(d, gibbs_build_binary(b, GIBBS_OP_SUB, gibbs_build_number(b, 3), square(b, total)), name);
  same_mean(d, site_add(b, total, square(b, gibbs_build_binary(b, GIBBS_OP_ADD, total, gibbs_build_number(b, 2)))),
            name);
  gibbs_transfer_energy energies;
  cr_assert_eq(gibbs_transfer_energies(d, &energies, &failure), GIBBS_OK);
  near(energies.free_energy, all, 1e-12, name);
  double mean = 0, variance = 0;
  cr_assert_eq(gibbs_exact_mean(d, energy, &mean, &failure), GIBBS_OK);
  near(energies.energy, mean, 1e-11, name);
  if (gibbs_distribution_hidden_count(d) == 0) {
    gibbs_expr *off = gibbs_build_binary(b, GIBBS_OP_SUB, energy, gibbs_build_number(b, mean));
    cr_assert_eq(gibbs_exact_mean(d, square(b, off), &variance, &failure), GIBBS_OK);
    near(energies.variance, variance, 1e-10, name);
    cr_assert_eq(gibbs_exact_entropy(d, &all, &failure), GIBBS_OK);
    cr_assert_eq(gibbs_transfer_entropy(d, &found, &failure), GIBBS_OK);
    near(found, all, 1e-11, name);
  }
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
}

static const pair_model pairs[] = {
    {"ring of one bond twice", GIBBS_LATTICE_CHAIN, 1, {2}, false, GIBBS_SPINS, 2, 0.4, 0, 0.1, 0},
    {"ring", GIBBS_LATTICE_CHAIN, 1, {11}, false, GIBBS_SPINS, 2, 0.4, 0.3, 0, 0.5},
    {"open chain of bits", GIBBS_LATTICE_CHAIN, 1, {12}, true, GIBBS_BITS, 2, 0.4, 1.3, 0, 0.5},
    {"torus", GIBBS_LATTICE_SQUARE, 2, {3, 4}, false, GIBBS_SPINS, 2, 0.44, 0, 0.2, 0},
    {"torus of length 2", GIBBS_LATTICE_SQUARE, 2, {2, 5}, false, GIBBS_SPINS, 2, 0, 1, 0, 1},
    {"strip", GIBBS_LATTICE_SQUARE, 2, {4, 3}, true, GIBBS_BITS, 2, -0.5, 1, 0.2, 0.7},
    {"triangular", GIBBS_LATTICE_TRIANGULAR, 2, {3, 4}, false, GIBBS_SPINS, 2, -0.4, 0.4, 0, 0},
    {"honeycomb", GIBBS_LATTICE_HONEYCOMB, 2, {2, 3}, false, GIBBS_SPINS, 2, 0.6, 0, 0, 0.3},
    {"cubic", GIBBS_LATTICE_CUBIC, 3, {2, 2, 3}, true, GIBBS_SPINS, 2, 0.3, 0.5, 0, 0.3},
    {"all pairs", GIBBS_LATTICE_COMPLETE, 1, {10}, false, GIBBS_SPINS, 2, 0, 0.4, 0, 0.3},
    {"triangles and a tail", GIBBS_LATTICE_GRAPH, 1, {8}, false, GIBBS_SPINS, 2, 0.3, 0.6, 0.2, 0.4},
    {"no bonds", GIBBS_LATTICE_GRAPH, 1, {5}, false, GIBBS_BITS, 2, 0, 0, 0.2, 0.4},
    {"Potts ring", GIBBS_LATTICE_CHAIN, 1, {7}, false, GIBBS_POTTS, 4, 0.7, 0.2, 0.1, 0.4},
    {"Potts torus", GIBBS_LATTICE_SQUARE, 2, {3, 3}, false, GIBBS_POTTS, 3, 1, 0, 0, 0.2},
};

Test(transfer, pairs_of_every_domain_agree_with_all_states) {
  for (size_t k = 0; k < sizeof pairs / sizeof pairs[0]; k++) {
    gibbs_distribution *d = make_pair_model(&pairs[k]);
    same_as_enumeration(d, pairs[k].name);
    gibbs_distribution_release(d);
  }
}

Test(transfer, every_structure_agrees_with_all_states_or_is_refused) {
  for (int k = 0; k < SITE_MODEL_COUNT; k++) {
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    gibbs_distribution *d = make_site_model(graph, (site_model)k);
    double found = 0;
    gibbs_status status = gibbs_transfer_free_energy(d, &found, &failure);
    if (k == SITE_MEMORY || k == SITE_LOCAL_FUNCTIONS || k == SITE_REST || k == SITE_REST_POTTS) {
      cr_expect_eq(status, GIBBS_ERR_UNSUPPORTED, "%s", site_model_names[k]);
    } else {
      cr_assert_eq(status, GIBBS_OK, "%s: %s", site_model_names[k], failure.message);
      same_as_enumeration(d, site_model_names[k]);
    }
    gibbs_distribution_release(d);
    gibbs_graph_release(graph);
  }
}

/* ---- sizes beyond enumeration ---------------------------------------------------------------------------------- */

static gibbs_distribution *lattice_model(gibbs_lattice_kind kind, size_t n, size_t m, bool open, double K, double h) {
  pair_model p = {.name = "lattice",
                  .lattice = kind,
                  .axes = m ? 2 : 1,
                  .extent = {n, m},
                  .open = open,
                  .domain = GIBBS_SPINS,
                  .states = 2,
                  .coupling = K,
                  .field = h};
  return make_pair_model(&p);
}

Test(transfer, tori_agree_with_kaufman) {
  static const size_t sizes[][2] = {{5, 5}, {6, 9}, {9, 6}, {8, 8}, {10, 10}, {8, 64}, {64, 8}, {3, 2000}};
  for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++)
    for (double K = 0.2; K < 1; K += 0.24068679350977151) {
      gibbs_ising_solution exact;
      gibbs_transfer_energy found;
      gibbs_distribution *d = lattice_model(GIBBS_LATTICE_SQUARE, sizes[k][0], sizes[k][1], false, K, 0);
      cr_assert_eq(gibbs_ising_torus(sizes[k][0], sizes[k][1], K, &exact, &failure), GIBBS_OK);
      cr_assert_eq(gibbs_transfer_energies(d, &found, &failure), GIBBS_OK, "%s", failure.message);
      near(found.free_energy, exact.free_energy, 1e-12, "F");
      near(found.energy, exact.energy, 1e-11, "energy");
      near(found.variance, exact.specific_heat, 1e-9, "specific heat");
      gibbs_distribution_release(d);
    }
}

/* Powers of the matrix of a row against elimination, which a glass of the same couplings goes through; and against
 * Kaufman where it takes too long. */
Test(transfer, long_strips_agree_with_elimination_and_with_kaufman) {
  for (int k = 0; k < 3; k++) {
    pair_model p = {.name = "strip",
                    .lattice = k == 1 ? GIBBS_LATTICE_TRIANGULAR : GIBBS_LATTICE_SQUARE,
                    .axes = 2,
                    .extent = {3, 500},
                    .domain = k == 2 ? GIBBS_BITS : GIBBS_SPINS,
                    .states = 2,
                    .coupling = 0.3,
                    .field = -0.2};
    gibbs_transfer_energy by_rows, by_units;
    gibbs_distribution *a = make_pair_model(&p);
    p.coupling_spread = 1e-14;
    gibbs_distribution *b = make_pair_model(&p);
    gibbs_transfer_width width;
    cr_assert_eq(gibbs_transfer_measure(a, &width, &failure), GIBBS_OK);
    cr_expect_eq(width.row, (size_t)3);
    cr_assert_eq(gibbs_transfer_measure(b, &width, &failure), GIBBS_OK);
    cr_expect_eq(width.row, (size_t)0);
    cr_assert_eq(gibbs_transfer_energies(a, &by_rows, &failure), GIBBS_OK, "%s", failure.message);
    cr_assert_eq(gibbs_transfer_energies(b, &by_units, &failure), GIBBS_OK, "%s", failure.message);
    near(by_rows.free_energy, by_units.free_energy, 1e-12, "F");
    near(by_rows.energy, by_units.energy, 1e-11, "energy");
    near(by_rows.variance, by_units.variance, 1e-10, "variance");
    gibbs_distribution_release(a);
    gibbs_distribution_release(b);
  }
  gibbs_ising_solution exact;
  gibbs_transfer_energy found;
  gibbs_distribution *d = lattice_model(GIBBS_LATTICE_SQUARE, 20001, 8, false, 0.44, 0);
  cr_assert_eq(gibbs_ising_torus(20001, 8, 0.44, &exact, &failure), GIBBS_OK);
  cr_assert_eq(gibbs_transfer_energies(d, &found, &failure), GIBBS_OK, "%s", failure.message);
  near(found.free_energy, exact.free_energy, 1e-12, "F");
  near(found.energy, exact.energy, 1e-11, "energy");
  near(found.variance, exact.specific_heat, 1e-8, "specific heat");
  gibbs_distribution_release(d);
}

/* The ring of spins in a field: lambda = e^K cosh h +- sqrt(e^2K sinh^2 h + e^-2K). */
Test(transfer, a_ring_of_a_hundred_thousand_spins_agrees_with_its_closed_form) {
  const size_t n = 100000;
  const double K = 0.5, h = 0.1;
  double root = sqrt(exp(2 * K) * pow(sinh(h), 2) + exp(-2 * K)), large = exp(K) * cosh(h) + root;
  double magnetisation = exp(K) * sinh(h) / root; /* the second eigenvalue has died away */
  double *mean = malloc(n * sizeof *mean), free_energy = 0;
  gibbs_distribution *d = lattice_model(GIBBS_LATTICE_CHAIN, n, 0, false, K, h);
  cr_assert_eq(gibbs_transfer_free_energy(d, &free_energy, &failure), GIBBS_OK, "%s", failure.message);
  near(free_energy, -(double)n * log(large), 1e-12, "F");
  cr_assert_eq(gibbs_transfer_mean(d, gibbs_distribution_visible(d)[0], mean, &failure), GIBBS_OK, "%s",
               failure.message);
  for (size_t k = 0; k < n; k += 997) near(mean[k], magnetisation, 1e-11, "magnetisation");
  free(mean);
  gibbs_distribution_release(d);
}

/* A chain whose first spin is held by a field of 2000 and whose bonds are of 1000 has one state and its flips. */
Test(transfer, weights_beyond_the_range_of_doubles_are_summed) {
  pair_model p = {.name = "cold",
                  .lattice = GIBBS_LATTICE_CHAIN,
                  .axes = 1,
                  .extent = {40},
                  .open = true,
                  .domain = GIBBS_SPINS,
                  .states = 2,
                  .coupling = 1000,
                  .field = 700};
  double found = 0;
  gibbs_distribution *d = make_pair_model(&p);
  cr_assert_eq(gibbs_transfer_free_energy(d, &found, &failure), GIBBS_OK);
  near(found, -(39 * 1000.0 + 40 * 700.0), 1e-14, "F");
  gibbs_distribution_release(d);
}

Test(transfer, strips_of_sixteen_agree_however_they_lie) {
  double along = 0, across = 0, by_parts = 0;
  gibbs_distribution *a = lattice_model(GIBBS_LATTICE_SQUARE, 16, 20, true, 0.44, 0.05);
  gibbs_distribution *b = lattice_model(GIBBS_LATTICE_SQUARE, 20, 16, true, 0.44, 0.05);
  gibbs_transfer_width width;
  cr_assert_eq(gibbs_transfer_measure(a, &width, &failure), GIBBS_OK);
  cr_expect_leq(width.bits, 17.0);
  cr_assert_eq(gibbs_transfer_free_energy(a, &along, &failure), GIBBS_OK);
  cr_assert_eq(gibbs_transfer_free_energy(b, &across, &failure), GIBBS_OK);
  near(along, across, 1e-12, "F");
  gibbs_set_threads(1);
  cr_assert_eq(gibbs_transfer_free_energy(a, &by_parts, &failure), GIBBS_OK);
  cr_expect_eq(along, by_parts, "one thread gives other bits");
  gibbs_set_threads(3);
  cr_assert_eq(gibbs_transfer_free_energy(a, &by_parts, &failure), GIBBS_OK);
  cr_expect_eq(along, by_parts, "three threads give other bits");
  gibbs_set_threads(0);
  gibbs_distribution_release(a);
  gibbs_distribution_release(b);
}

/* ---- widths and refusals --------------------------------------------------------------------------------------- */

Test(transfer, widths_are_those_of_trees_rings_strips_and_tori) {
  static const struct {
    gibbs_lattice_kind kind;
    size_t n, m;
    bool open;
    double least, most;
  } rows[] = {{GIBBS_LATTICE_CHAIN, 50, 0, true, 2, 2},      {GIBBS_LATTICE_CHAIN, 50, 0, false, 3, 3},
              {GIBBS_LATTICE_SQUARE, 5, 30, true, 6, 8},     {GIBBS_LATTICE_SQUARE, 30, 5, true, 6, 8},
              {GIBBS_LATTICE_SQUARE, 6, 40, false, 12, 13},  {GIBBS_LATTICE_SQUARE, 40, 6, false, 12, 13},
              {GIBBS_LATTICE_COMPLETE, 15, 0, false, 15, 15}};
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    gibbs_transfer_width width;
    gibbs_distribution *d = lattice_model(rows[k].kind, rows[k].n, rows[k].m, rows[k].open, 0.4, 0);
    cr_assert_eq(gibbs_transfer_measure(d, &width, &failure), GIBBS_OK, "%s", failure.message);
    cr_expect(width.bits >= rows[k].least && width.bits <= rows[k].most, "row %zu: 2^%g", k, width.bits);
    cr_expect_eq((double)width.clique, width.bits);
    gibbs_distribution_release(d);
  }
}

static void expect_words(const char *text, const char *words) {
  cr_expect(strstr(text, words) != NULL, "'%s' is not in: %s", words, text);
}

Test(transfer, what_is_too_wide_is_refused_with_the_width_and_the_limit) {
  double found = 7;
  char *text = NULL;
  gibbs_distribution *d = lattice_model(GIBBS_LATTICE_SQUARE, 30, 30, false, 0.4, 0);
  cr_assert_eq(gibbs_transfer_free_energy(d, &found, &failure), GIBBS_ERR_SIZE);
  cr_expect_eq(found, 7.0);
  expect_words(failure.message, "2^61");
  expect_words(failure.message, "the limit is 2^26");
  cr_assert_eq(gibbs_transfer_describe(d, &text, &failure), GIBBS_OK);
  expect_words(text, "not possible");
  free(text);
  gibbs_distribution_release(d);
  d = lattice_model(GIBBS_LATTICE_COMPLETE, 200, 0, false, 0.01, 0);
  cr_assert_eq(gibbs_transfer_free_energy(d, &found, &failure), GIBBS_ERR_SIZE);
  expect_words(failure.message, "2^200");
  gibbs_distribution_release(d);
  d = lattice_model(GIBBS_LATTICE_SQUARE, 8, 100, false, 0.4, 0);
  cr_assert_eq(gibbs_transfer_describe(d, &text, &failure), GIBBS_OK);
  expect_words(text, "possible (at most 2^26)");
  free(text);
  gibbs_distribution_release(d);
}

Test(transfer, reals_entropies_with_hidden_units_and_other_functions_are_refused) {
  double found = 0;

  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 3, GIBBS_BITS, 2, 1, 1);
  cr_expect_eq(gibbs_transfer_entropy(x.q, &found, &failure), GIBBS_ERR_UNSUPPORTED);
  expect_words(failure.message, "hidden");
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  gibbs_expr *f = gibbs_build_unary(b, GIBBS_OP_ABS, gibbs_build_sum(b, x.v));
  cr_expect_eq(gibbs_transfer_mean(x.q, f, &found, &failure), GIBBS_ERR_UNSUPPORTED);
  expect_words(failure.message, "the function has more than");
  gibbs_expr *r = site_variable(b, "height", GIBBS_REALS, 0, 3);
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("reals", gibbs_build_dot(b, r, r), &r, 1, NULL, 0, &d, err));
  cr_expect_eq(gibbs_transfer_free_energy(d, &found, &failure), GIBBS_ERR_UNSUPPORTED);
  expect_words(failure.message, "height");
  gibbs_distribution_release(d);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  free_machine(&x);
  gibbs_graph_release(graph);
}
