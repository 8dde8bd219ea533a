/* test_transfer_objective.c - objectives by elimination against sums over all states, and differences of values. */
#include <criterion/criterion.h>

#include "gibbs/objective.h"
#include "gibbs/transfer.h"
#include "pair_models.h"

static gibbs_error failure;

/* Value and gradient of one objective both ways, and the gradient against differences of values by elimination. */
static void same_both_ways(gibbs_expr *expr, const char *what) {
  gibbs_objective *all = NULL, *one = NULL;
  gibbs_gradient_check check;
  double *a[8], *b[8], value[2];
  cr_assert_eq(gibbs_objective_new(expr, &all, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  cr_assert_eq(gibbs_objective_new_by_transfer(expr, &one, &failure), GIBBS_OK, "%s: %s", what, failure.message);
  gibbs_expr *const *parameters = gibbs_objective_parameters(one);
  size_t count = gibbs_objective_parameter_count(one);
  cr_assert(count > 0 && count <= 8 && count == gibbs_objective_parameter_count(all));
  for (size_t k = 0; k < count; k++) {
    a[k] = calloc(gibbs_expr_size(parameters[k]), sizeof(double));
    b[k] = calloc(gibbs_expr_size(parameters[k]), sizeof(double));
  }
  CHECK(gibbs_objective_gradient(all, parameters, count, &value[0], a, err));
  cr_assert_eq(gibbs_objective_gradient(one, parameters, count, &value[1], b, &failure), GIBBS_OK, "%s: %s", what,
               failure.message);
  cr_expect(near_to(value[1], value[0], 1e-12), "%s: value %.15g, expected %.15g", what, value[1], value[0]);
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < gibbs_expr_size(parameters[k]); i++)
      cr_expect(near_to(b[k][i], a[k][i], 1e-10), "%s: gradient %zu of parameter %zu: %.15g, expected %.15g", what, i,
                k, b[k][i], a[k][i]);
  CHECK(gibbs_objective_check(one, parameters, count, &check, err));
  cr_expect(check.largest_error <= check.allowed, "%s: off by %g, allowed %g", what, check.largest_error,
            check.allowed);
  for (size_t k = 0; k < count; k++) {
    free(a[k]);
    free(b[k]);
  }
  gibbs_objective_free(all);
  gibbs_objective_free(one);
}

/* Two Ising models of the same spins: P without parameters, Q with a coupling a bond and a field a site. */
typedef struct pair {
  gibbs_builder room;
  gibbs_distribution *p, *q;
} pair;

static void make_pair(pair *out) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){3, 4}, true, &lattice, err));
  out->room = gibbs_build_begin(graph, &failure);
  gibbs_builder *b = &out->room;
  gibbs_expr *J = gibbs_build_keep(b, make_parameter(graph, "J", gibbs_shape_vector(24), 0.4, 1));
  gibbs_expr *field = gibbs_build_keep(b, make_parameter(graph, "f", gibbs_shape_matrix(3, 4), 0.3, 2));
  CHECK(gibbs_ising_new(graph, lattice, gibbs_build_number(b, 0.3), gibbs_build_number(b, 0.1), NULL, &out->p, err));
  CHECK(gibbs_ising_new(graph, lattice, J, field, gibbs_distribution_visible(out->p)[0], &out->q, err));
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
}

static void free_pair(pair *x) {
  cr_assert_eq(gibbs_build_end(&x->room), GIBBS_OK);
  gibbs_distribution_release(x->p);
  gibbs_distribution_release(x->q);
}

typedef gibbs_status (*make_leaf)(gibbs_distribution *q, gibbs_expr **out, gibbs_error *err);

static gibbs_expr *leaf(pair *x, make_leaf make, gibbs_distribution *of) {
  gibbs_expr *node = NULL;
  CHECK(make(of, &node, err));
  return gibbs_build_keep(&x->room, node);
}

static gibbs_expr *divergence(pair *x, gibbs_distribution *p, gibbs_distribution *q) {
  gibbs_expr *node = NULL;
  CHECK(gibbs_kl(p, q, &node, err));
  return gibbs_build_keep(&x->room, node);
}

Test(transfer_objective, gradients_are_those_of_sums) {
  pair x;
  make_pair(&x);
  gibbs_builder *b = &x.room;
  gibbs_expr *kl = divergence(&x, x.p, x.q), *F = leaf(&x, gibbs_free_energy, x.q),
             *gap = gibbs_build_binary(b, GIBBS_OP_SUB, leaf(&x, gibbs_free_energy, x.p), F),
             *square = gibbs_build_binary(b, GIBBS_OP_MUL, gap, gap), *J = gibbs_distribution_parameters(x.q)[0],
             *penalty = gibbs_build_sum(b, gibbs_build_binary(b, GIBBS_OP_MUL, J, J));
  same_both_ways(F, "free energy");
  same_both_ways(kl, "kl");
  same_both_ways(square, "gap squared");
  same_both_ways(gibbs_build_binary(b, GIBBS_OP_ADD, gibbs_build_binary(b, GIBBS_OP_MUL, kl, square), penalty),
                 "a product, and a penalty");
  free_pair(&x);
}

Test(transfer_objective, hidden_units_are_summed_out_too) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_BITS, 4, 0.6, 1);
  gibbs_expr *F = NULL;
  CHECK(gibbs_free_energy(x.q, &F, err));
  same_both_ways(F, "a machine");
  gibbs_expr_release(F);
  free_machine(&x);
  gibbs_graph_release(graph);
}

static void refused(gibbs_expr *expr, const char *word) {
  gibbs_objective *one = NULL;
  cr_assert_eq(gibbs_objective_new_by_transfer(expr, &one, &failure), GIBBS_OK, "%s", failure.message);
  gibbs_expr *const *parameters = gibbs_objective_parameters(one);
  double value = 0, *rows[8];
  size_t count = gibbs_objective_parameter_count(one);
  for (size_t k = 0; k < count; k++) rows[k] = calloc(gibbs_expr_size(parameters[k]), sizeof(double));
  cr_expect_eq(gibbs_objective_gradient(one, parameters, count, &value, rows, &failure), GIBBS_ERR_UNSUPPORTED);
  cr_expect_neq(strstr(failure.message, word), NULL, "%s", failure.message);
  for (size_t k = 0; k < count; k++) free(rows[k]);
  gibbs_objective_free(one);
}

Test(transfer_objective, other_gradients_are_refused) {
  pair x;
  make_pair(&x);
  refused(leaf(&x, gibbs_entropy, x.q), "entropy");
  refused(divergence(&x, x.q, x.p), "'J'");
  free_pair(&x);
}

/* 180 spins: the minimum of KL is where the couplings are those of the target. */
Test(transfer_objective, minimises_beyond_sums) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  pair x;
  CHECK(gibbs_graph_new(&graph, err));
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){30, 6}, true, &lattice, err));
  x.room = gibbs_build_begin(graph, &failure);
  gibbs_expr *J = gibbs_build_keep(&x.room, make_parameter(graph, "J", gibbs_shape_vector(2), 0.1, 1));
  CHECK(gibbs_ising_new(graph, lattice, gibbs_build_number(&x.room, 0.408), NULL, NULL, &x.p, err));
  CHECK(gibbs_ising_new(graph, lattice, J, NULL, gibbs_distribution_visible(x.p)[0], &x.q, err));
  gibbs_objective *objective = NULL;
  gibbs_minimize_options options = gibbs_minimize_defaults();
  gibbs_minimum minimum = {0};
  CHECK(gibbs_objective_new_by_transfer(divergence(&x, x.p, x.q), &objective, err));
  CHECK(gibbs_objective_minimize(objective, NULL, 0, &J, 1, &options, NULL, NULL, &minimum, err));
  cr_expect(minimum.converged && fabs(minimum.value) < 1e-9, "%g", minimum.value);
  for (size_t k = 0; k < 2; k++) cr_expect(fabs(values_of(J)[k] - 0.408) < 1e-6, "J[%zu] = %.9g", k, values_of(J)[k]);
  gibbs_minimum_clear(&minimum);
  gibbs_objective_free(objective);
  free_pair(&x);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
}
