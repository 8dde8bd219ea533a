/* test_known.c - free energies that are known by structure, against sums over all states and elimination. */
#include "gibbs/known.h"

#include <criterion/criterion.h>
#include <float.h>
#include <stdio.h>

#include "gibbs/exact.h"
#include "gibbs/ising_exact.h"
#include "gibbs/transfer.h"
#include "pair_models.h"

static gibbs_error failure;

static machine make_machine(gibbs_domain visible, size_t n, gibbs_domain hidden, size_t m, double size) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, visible, n, hidden, m, size, 1);
  gibbs_graph_release(graph);
  return x;
}

static void near(double found, double expected, double tolerance, const char *what) {
  cr_expect(fabs(found - expected) <= tolerance * fmax(1, fabs(expected)), "%s: %.15g, expected %.15g", what, found,
            expected);
}

static double known(gibbs_distribution *d, const char *expected_how, const char *what) {
  double value = NAN;
  const char *how = "";
  cr_assert_eq(gibbs_known_free_energy(d, &value, &how, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  cr_expect_str_eq(how, expected_how, "%s: by %s, expected %s", what, how, expected_how);
  return value;
}

/* Releases the distribution. */
static void same_as_a_sum(gibbs_distribution *d, const char *how, const char *what) {
  double sum = NAN;
  cr_assert_eq(gibbs_exact_free_energy(d, &sum, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  near(known(d, how, what), sum, 1e-13, what);
  gibbs_distribution_release(d);
}

static pair_model square_model(size_t rows, size_t columns, double coupling) {
  return (pair_model){.name = "square",
                      .lattice = GIBBS_LATTICE_SQUARE,
                      .axes = 2,
                      .extent = {rows, columns},
                      .domain = GIBBS_SPINS,
                      .states = 2,
                      .coupling = coupling};
}

Test(known, tori_of_both_signs_against_sums) {
  static const size_t size[][2] = {{3, 7}, {7, 3}, {5, 5}, {4, 6}, {6, 4}, {3, 8}, {8, 3}, {2, 12}, {12, 2}};
  static const double coupling[] = {1e-3, 0.1, 0.408, 0.44068679350977151, 0.7, 2};
  char what[96];
  for (size_t k = 0; k < sizeof size / sizeof size[0]; k++)
    for (size_t j = 0; j < 6; j++)
      for (int sign = -1; sign <= 1; sign += 2) {
        size_t n = size[k][0], m = size[k][1];
        pair_model model = square_model(n, m, sign * coupling[j]);
        bool solved = n > 2 && m > 2 && (sign > 0 || (n % 2 == 0 && m % 2 == 0));
        snprintf(what, sizeof what, "%zux%zu at %g", n, m, model.coupling);
        same_as_a_sum(make_pair_model(&model), solved ? "kaufman" : "transfer", what);
      }
}

Test(known, large_tori_against_elimination) {
  static const size_t size[][2] = {{8, 9}, {9, 8}, {8, 40}};
  for (size_t k = 0; k < 3; k++) {
    pair_model model = square_model(size[k][0], size[k][1], 0.43);
    gibbs_distribution *d = make_pair_model(&model);
    double transfer = NAN;
    cr_assert_eq(gibbs_transfer_free_energy(d, &transfer, &failure), GIBBS_OK, "%s", failure.message);
    near(known(d, "kaufman", "a torus"), transfer, 1e-13, "a torus");
    gibbs_distribution_release(d);
  }
  pair_model model = square_model(512, 1024, 0.408);
  gibbs_distribution *d = make_pair_model(&model);
  gibbs_ising_solution infinite;
  cr_assert_eq(gibbs_ising_infinite(0.408, &infinite, &failure), GIBBS_OK);
  near(known(d, "kaufman", "512x1024"), 512 * 1024 * infinite.free_energy, 1e-13, "512x1024");
  gibbs_distribution_release(d);
}

/* What looks like a torus and is none: each has one thing more, or less. */
Test(known, what_is_no_plain_torus_is_not_taken_for_one) {
  pair_model model[6];
  for (size_t k = 0; k < 6; k++) model[k] = square_model(5, 5, 0.4);
  model[0].field = 0.1;
  model[1].field_spread = 0.1;
  model[2].coupling_spread = 0.1;
  model[3].open = true;
  model[4].domain = GIBBS_BITS;
  model[5].lattice = GIBBS_LATTICE_TRIANGULAR;
  for (size_t k = 0; k < 6; k++) same_as_a_sum(make_pair_model(&model[k]), "transfer", model[k].name);
}

/* E = constant - sum over shifts of J_k s * (s shifted by down_k, right_k). */
static gibbs_distribution *by_hand(size_t rows, size_t columns, const double J[2], const long shift[2][2],
                                   double constant) {
  gibbs_graph *graph = NULL;
  gibbs_variable *spins = NULL;
  gibbs_distribution *d = NULL;
  gibbs_shape shape = gibbs_shape_matrix(rows, columns);
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  CHECK(gibbs_variable_new("s", GIBBS_SPINS, 2, &shape, &spins, err));
  gibbs_expr *s = gibbs_build_variable(b, spins), *energy = gibbs_build_number(b, constant);
  uint32_t *at = malloc(rows * columns * sizeof *at);
  for (size_t k = 0; k < 2; k++) {
    for (size_t i = 0; i < rows * columns; i++)
      at[i] = (uint32_t)((i / columns + (size_t)shift[k][0]) % rows * columns +
                         (i % columns + (size_t)shift[k][1]) % columns);
    gibbs_expr *bonds =
        gibbs_build_dot(b, gibbs_build_reshape(b, s, &(gibbs_shape){.rank = 1, .extent = {rows * columns}}),
                        gibbs_build_reshape(b, gibbs_build_gather(b, s, at, &shape),
                                            &(gibbs_shape){.rank = 1, .extent = {rows * columns}}));
    energy = gibbs_build_binary(b, GIBBS_OP_SUB, energy,
                                gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, J[k]), bonds));
  }
  free(at);
  CHECK(gibbs_distribution_new("by hand", energy, &s, 1, NULL, 0, &d, err));
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK, "%s", failure.message);
  gibbs_variable_release(spins);
  gibbs_graph_release(graph);
  return d;
}

Test(known, energies_written_by_hand) {
  static const long axes[2][2] = {{1, 0}, {0, 1}}, diagonals[2][2] = {{1, 1}, {1, 4}}, far[2][2] = {{0, 1}, {0, 2}};
  static const double equal[] = {0.41, 0.41}, unequal[] = {0.41, 0.42}, opposite[] = {0.4, -0.4};
  same_as_a_sum(by_hand(5, 5, equal, axes, 2.75), "kaufman", "a constant beside");
  same_as_a_sum(by_hand(5, 5, unequal, axes, 0), "transfer", "two couplings");
  same_as_a_sum(by_hand(4, 6, opposite, axes, 0), "transfer", "two signs");
  same_as_a_sum(by_hand(5, 5, equal, diagonals, 1), "transfer", "diagonals");
  same_as_a_sum(by_hand(5, 5, equal, far, 0), "transfer", "rings");
}

Test(known, small_systems_are_summed) {
  pair_model model = square_model(4, 4, 0.4);
  same_as_a_sum(make_pair_model(&model), "exact", "4x4");
  machine wide = make_machine(GIBBS_BITS, 5, GIBBS_SPINS, 3, 0.7);
  double value = known(wide.q, "exact", "a machine");
  near(value, -(double)hand_log_z(&wide, GIBBS_BITS, GIBBS_SPINS), 1e-12, "a machine");
  free_machine(&wide);
}

/* Couplings that are 0 now leave independent units; they are looked at again when they change. */
Test(known, machines_without_couplings) {
  machine x = make_machine(GIBBS_SPINS, 40, GIBBS_BITS, 30, 0.3);
  double F = 0, value = 0;
  cr_expect_eq(gibbs_known_free_energy(x.q, &value, NULL, &failure), GIBBS_ERR_UNSUPPORTED);
  memset(values_of(x.W), 0, 40 * 30 * sizeof(double));
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.W));
  for (size_t i = 0; i < 40; i++) F -= log(2 * cosh(values_of(x.a)[i]));
  for (size_t j = 0; j < 30; j++) F -= log1p(exp(values_of(x.b)[j]));
  near(known(x.q, "independent", "a machine"), F, 1e-13, "a machine");
  for (size_t k = 0; k < 40 * 30; k++) values_of(x.W)[k] = DBL_MIN;
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.W));
  cr_expect_eq(gibbs_known_free_energy(x.q, &value, NULL, &failure), GIBBS_ERR_UNSUPPORTED);
  free_machine(&x);

  pair_model model = {.name = "Potts",
                      .lattice = GIBBS_LATTICE_SQUARE,
                      .axes = 2,
                      .extent = {30, 30},
                      .domain = GIBBS_POTTS,
                      .states = 3,
                      .coupling = 0,
                      .field_spread = 0.5};
  gibbs_distribution *d = make_pair_model(&model);
  const double *f = values_of(gibbs_distribution_parameters(d)[0]);
  F = 0;
  for (size_t i = 0; i < 900; i++) F -= log(exp(f[3 * i]) + exp(f[3 * i + 1]) + exp(f[3 * i + 2]));
  near(known(d, "independent", "Potts"), F, 1e-13, "Potts");
  gibbs_distribution_release(d);
  model = square_model(40, 40, 0);
  d = make_pair_model(&model);
  near(known(d, "independent", "no coupling"), -1600 * log(2), 1e-13, "no coupling");
  gibbs_distribution_release(d);
}

Test(known, the_rest_is_refused) {
  double value = 1;
  const char *how = "none";
  pair_model model = square_model(40, 40, 0.4);
  model.field = 0.1;
  gibbs_distribution *d = make_pair_model(&model);
  cr_expect_eq(gibbs_known_free_energy(d, &value, &how, &failure), GIBBS_ERR_UNSUPPORTED);
  cr_expect(value == 1 && strcmp(how, "none") == 0);
  cr_expect_neq(strstr(failure.message, "not known"), NULL, "%s", failure.message);
  gibbs_distribution_release(d);
  model = (pair_model){.name = "odd antiferromagnet",
                       .lattice = GIBBS_LATTICE_SQUARE,
                       .axes = 2,
                       .extent = {31, 32},
                       .domain = GIBBS_SPINS,
                       .states = 2,
                       .coupling = -0.4};
  d = make_pair_model(&model);
  cr_expect_eq(gibbs_known_free_energy(d, &value, &how, &failure), GIBBS_ERR_UNSUPPORTED);
  gibbs_distribution_release(d);
}
