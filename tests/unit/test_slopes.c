/* test_slopes.c - H and its gradients at many configurations of any energy, against differences of H. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "slope_models.h"

static gibbs_expr *flat_sum(gibbs_builder *b, gibbs_expr *parameter, gibbs_expr *x) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_expr_size(x));
  return gibbs_build_dot(b, parameter, gibbs_build_reshape(b, x, &shape));
}

/* Potts and real units that meet: -sum_i s_i' A y + |y|^4 / 4 - b . y, and no hidden unit. */
Test(slopes, potts_and_reals) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *s = make_variable(graph, "s", GIBBS_POTTS, 3, 4), *y = make_variable(graph, "y", GIBBS_REALS, 0, 5);
  gibbs_expr *A = make_parameter(graph, "A", gibbs_shape_matrix(12, 5), 0.4, 1);
  gibbs_expr *bias = make_parameter(graph, "b", gibbs_shape_vector(5), 0.4, 2);
  gibbs_error error;
  gibbs_builder room = gibbs_build_begin(graph, &error), *b = &room;
  gibbs_expr *square = gibbs_build_binary(b, GIBBS_OP_MUL, y, y);
  gibbs_expr *quartic = gibbs_build_dot(b, square, square);
  gibbs_expr *pairs = flat_sum(b, gibbs_build_matmul(b, A, y), s);
  gibbs_expr *energy = gibbs_build_binary(b, GIBBS_OP_SUB, gibbs_build_dot(b, quartic, gibbs_build_number(b, 0.25)),
                                          gibbs_build_binary(b, GIBBS_OP_ADD, pairs, gibbs_build_dot(b, bias, y)));
  gibbs_expr *visible[] = {s, y};
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("custom", energy, visible, 2, NULL, 0, &q, err));
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK, "%s", error.message);
  model m = make_model(q, 300);
  check_model(&m, "expression", 1e-6);
  free_model(&m);
  gibbs_expr *nodes[] = {s, y, A, bias};
  for (size_t k = 0; k < 4; k++) gibbs_expr_release(nodes[k]);
  gibbs_graph_release(graph);
}

/* Hidden units that interact and are enumerated, two visible variables, a parameter that enters twice. */
Test(slopes, enumerated_hidden_units) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", GIBBS_SPINS, 2, 4), *u = make_variable(graph, "u", GIBBS_BITS, 2, 3);
  gibbs_expr *h = make_variable(graph, "h", GIBBS_SPINS, 2, 3);
  gibbs_expr *W = make_parameter(graph, "W", gibbs_shape_matrix(4, 3), 0.7, 1);
  gibbs_expr *K = make_parameter(graph, "K", gibbs_shape_matrix(3, 3), 0.5, 2);
  gibbs_error error;
  gibbs_builder room = gibbs_build_begin(graph, &error), *b = &room;
  gibbs_expr *inside = gibbs_build_dot(b, h, gibbs_build_matmul(b, K, h));
  gibbs_expr *across = gibbs_build_dot(b, v, gibbs_build_matmul(b, W, h));
  gibbs_expr *other = gibbs_build_dot(b, u, gibbs_build_matmul(b, gibbs_build_binary(b, GIBBS_OP_MUL, K, K), u));
  gibbs_expr *energy =
      gibbs_build_binary(b, GIBBS_OP_SUB, other, gibbs_build_binary(b, GIBBS_OP_ADD, inside, across));
  gibbs_expr *visible[] = {v, u};
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("custom", energy, visible, 2, &h, 1, &q, err));
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK, "%s", error.message);
  model m = make_model(q, 70);
  check_model(&m, "expression", 1e-6);
  free_model(&m);
  gibbs_expr *nodes[] = {v, u, h, W, K};
  for (size_t k = 0; k < 5; k++) gibbs_expr_release(nodes[k]);
  gibbs_graph_release(graph);
}
