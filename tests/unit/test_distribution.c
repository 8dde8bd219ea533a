/* test_distribution.c - what is recognised in an energy, whoever wrote it, and what is refused. */
#include "gibbs/distribution.h"

#include <criterion/criterion.h>

#include "gibbs/exact.h"
#include "machines.h"

static gibbs_expr *combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_binary(op, a, b, &out, err));
  return out;
}

static gibbs_expr *dot(gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_dot(a, b, &out, err));
  return out;
}

static gibbs_expr *negative(gibbs_expr *a) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_unary(GIBBS_OP_NEG, a, &out, err));
  return out;
}

/* Nodes of a test, released together. */
static gibbs_expr *kept[64];
static size_t kept_count;

static gibbs_expr *keep(gibbs_expr *node) {
  kept[kept_count++] = node;
  return node;
}

static void release_kept(void) {
  while (kept_count) gibbs_expr_release(kept[--kept_count]);
}

/* E = (-a).v - (v.W) h ... in another order and with other signs than gibbs_rbm_new writes it. */
static gibbs_distribution *machine_by_hand(const machine *x) {
  gibbs_expr *row = NULL;
  CHECK(gibbs_expr_matmul(x->W, true, x->v, false, &row, err));
  keep(row);
  gibbs_expr *pairs = keep(dot(keep(negative(row)), x->h));
  gibbs_expr *biases = keep(combine(GIBBS_OP_ADD, keep(dot(x->h, x->b)), keep(dot(x->v, x->a))));
  gibbs_expr *energy = keep(combine(GIBBS_OP_SUB, pairs, biases));
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("boltzmann", energy, &x->v, 1, &x->h, 1, &q, err));
  return q;
}

Test(distribution, a_machine_written_by_hand_has_the_same_form_and_numbers) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 8, GIBBS_BITS, 5, 0.7, 60);
  gibbs_distribution *hand = machine_by_hand(&x), *swapped = NULL;
  const gibbs_form *form = gibbs_distribution_form(hand), *named = gibbs_distribution_form(x.q);
  cr_assert(form->found && named->found);
  cr_expect_eq(form->degree, 1);
  cr_expect_eq(form->softplus_count, 5);
  cr_expect_eq(named->softplus_count, 5);
  CHECK(gibbs_distribution_swapped(hand, &swapped, err));
  cr_expect_not_null(swapped);
  double a = 0, b = 0;
  CHECK(gibbs_exact_free_energy(hand, &a, err));
  CHECK(gibbs_exact_free_energy(x.q, &b, err));
  cr_expect(near_to(a, b, 1e-13));
  gibbs_distribution_release(hand);
  release_kept();
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* v.Jv by hand against the lattice's bonds. */
Test(distribution, pair_couplings_are_found_in_a_quadratic_form) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  const size_t extent[] = {3, 3};
  CHECK(gibbs_graph_new(&graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, extent, true, &lattice, err));
  gibbs_expr *coupling = NULL, *field = NULL;
  CHECK(gibbs_expr_number(graph, 0.4, &coupling, err));
  CHECK(gibbs_expr_number(graph, 0.1, &field, err));
  gibbs_distribution *named = NULL, *hand = NULL;
  CHECK(gibbs_ising_new(graph, lattice, coupling, field, NULL, &named, err));
  gibbs_shape square = gibbs_shape_matrix(9, 9);
  gibbs_tensor *J = NULL;
  const gibbs_bond *bonds = NULL;
  CHECK(gibbs_tensor_new(&square, &J, err));
  CHECK(gibbs_lattice_bonds(lattice, &bonds, err));
  for (size_t k = 0; k < gibbs_lattice_bond_count(lattice); k++) {
    gibbs_bond bond = bonds[k];
    gibbs_tensor_data(J)[bond.a * 9 + bond.b] += 0.4;
  }
  gibbs_expr *v = keep(make_variable(graph, "v", GIBBS_SPINS, 2, 9)), *matrix = NULL, *product = NULL, *sum = NULL;
  CHECK(gibbs_expr_constant(graph, J, &matrix, err));
  keep(matrix);
  CHECK(gibbs_expr_matmul(matrix, false, v, false, &product, err));
  keep(product);
  CHECK(gibbs_expr_sum(v, &sum, err));
  keep(sum);
  gibbs_expr *energy =
      keep(negative(keep(combine(GIBBS_OP_ADD, keep(dot(v, product)), keep(combine(GIBBS_OP_MUL, field, sum))))));
  CHECK(gibbs_distribution_new("boltzmann", energy, &v, 1, NULL, 0, &hand, err));
  cr_expect(gibbs_distribution_form(hand)->found && gibbs_distribution_form(hand)->degree == 2);
  double a = 0, b = 0;
  CHECK(gibbs_exact_free_energy(named, &a, err));
  CHECK(gibbs_exact_free_energy(hand, &b, err));
  cr_expect(near_to(a, b, 1e-14), "%.17g and %.17g", a, b);
  gibbs_distribution_release(named);
  gibbs_distribution_release(hand);
  gibbs_expr_release(coupling);
  gibbs_expr_release(field);
  release_kept();
  gibbs_tensor_release(J);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
}

/* Hidden units that couple to one another cannot be closed: they are enumerated, and the numbers are those of the
 * joint sum. */
Test(distribution, coupled_hidden_units_are_enumerated) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 3, 0.7, 61);
  gibbs_expr *first = NULL, *second = NULL;
  CHECK(gibbs_expr_element(x.h, 0, &first, err));
  CHECK(gibbs_expr_element(x.h, 1, &second, err));
  gibbs_expr *pair = keep(combine(GIBBS_OP_MUL, keep(first), keep(second)));
  gibbs_expr *energy = keep(combine(GIBBS_OP_SUB, gibbs_distribution_energy(x.q), pair));
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("boltzmann", energy, &x.v, 1, &x.h, 1, &q, err));
  cr_expect_not(gibbs_distribution_closed(q, 0));
  cr_expect(gibbs_distribution_closed(x.q, 0));
  long double z = 0;
  for (size_t s = 0; s < 16; s++)
    for (size_t t = 0; t < 8; t++) {
      long double e = 0;
      for (size_t i = 0; i < 4; i++) e += values_of(x.a)[i] * unit_value(GIBBS_SPINS, s, i);
      for (size_t j = 0; j < 3; j++) {
        long double field = values_of(x.b)[j];
        for (size_t i = 0; i < 4; i++) field += values_of(x.W)[i * 3 + j] * unit_value(GIBBS_SPINS, s, i);
        e += field * unit_value(GIBBS_SPINS, t, j);
      }
      z += expl(e + unit_value(GIBBS_SPINS, t, 0) * unit_value(GIBBS_SPINS, t, 1));
    }
  double f = 0;
  CHECK(gibbs_exact_free_energy(q, &f, err));
  cr_expect(near_to(f, (double)-logl(z), 1e-13));
  gibbs_distribution_release(q);
  release_kept();
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* Potts hidden units of q states: H = -a.v - sum_j log sum_k exp(theta_jk). */
Test(distribution, potts_hidden_units_are_summed_in_closed_form) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = keep(make_variable(graph, "v", GIBBS_SPINS, 2, 4)),
             *h = keep(make_variable(graph, "h", GIBBS_POTTS, 3, 2));
  gibbs_expr *W = keep(make_parameter(graph, "W", gibbs_shape_matrix(4, 6), 0.8, 200));
  gibbs_expr *a = keep(make_parameter(graph, "a", gibbs_shape_vector(4), 0.8, 201));
  gibbs_expr *b = keep(make_parameter(graph, "b", gibbs_shape_vector(6), 0.8, 202));
  gibbs_distribution *q = NULL;
  CHECK(gibbs_rbm_new(v, h, W, a, b, false, &q, err));
  cr_expect(gibbs_distribution_closed(q, 0));
  long double z = 0;
  for (size_t s = 0; s < 16; s++)
    for (size_t t = 0; t < 9; t++) {
      const size_t state[2] = {t % 3, t / 3};
      long double e = 0;
      for (size_t i = 0; i < 4; i++) e += values_of(a)[i] * unit_value(GIBBS_SPINS, s, i);
      for (size_t j = 0; j < 2; j++) {
        e += values_of(b)[3 * j + state[j]];
        for (size_t i = 0; i < 4; i++) e += values_of(W)[i * 6 + 3 * j + state[j]] * unit_value(GIBBS_SPINS, s, i);
      }
      z += expl(e);
    }
  double f = 0;
  CHECK(gibbs_exact_free_energy(q, &f, err));
  cr_expect(near_to(f, (double)-logl(z), 1e-13));
  gibbs_distribution_release(q);
  release_kept();
  gibbs_graph_release(graph);
}

Test(distribution, describe_tells_the_plan) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 16, GIBBS_BITS, 8, 0.7, 62);
  char *text = NULL;
  CHECK(gibbs_distribution_describe(x.q, &text, err));
  static const char *const parts[] = {"rbm",
                                      "summed in closed form",
                                      "8 softplus terms",
                                      "2^16 visible states",
                                      "2^8 hidden states",
                                      "parameters  152",
                                      "W 16x8"};
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    cr_expect(strstr(text, parts[i]), "'%s' in:\n%s", parts[i], text);
  free(text);
  free_machine(&x);
  gibbs_graph_release(graph);
}

static void expect_refusal(gibbs_status status, const gibbs_error *err, gibbs_status code, const char *part) {
  cr_expect_eq(status, code, "%s", err->message);
  cr_expect(strstr(err->message, part), "'%s' in '%s'", part, err->message);
}

Test(distribution, wrong_energies_are_refused_in_words) {
  gibbs_graph *graph = NULL;
  gibbs_error refusal;
  gibbs_distribution *q = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 3, 0.7, 63);
  expect_refusal(gibbs_distribution_new("boltzmann", x.v, &x.v, 1, NULL, 0, &q, &refusal), &refusal, GIBBS_ERR_SHAPE,
                 "it must be a scalar");
  expect_refusal(gibbs_distribution_new("boltzmann", gibbs_distribution_energy(x.q), &x.v, 1, NULL, 0, &q, &refusal),
                 &refusal, GIBBS_ERR_ARGUMENT, "variable h, which is neither visible nor hidden");
  expect_refusal(gibbs_distribution_new("boltzmann", gibbs_distribution_energy(x.q), &x.v, 1, &x.v, 1, &q, &refusal),
                 &refusal, GIBBS_ERR_ARGUMENT, "listed twice");
  expect_refusal(gibbs_rbm_new(x.v, x.h, x.a, x.a, x.b, false, &q, &refusal), &refusal, GIBBS_ERR_SHAPE,
                 "W has shape 4; it must hold 12");
  free_machine(&x);
  gibbs_graph_release(graph);
}
