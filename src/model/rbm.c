/* rbm.c - restricted Boltzmann machines: E = -v.W h - a.v - b.h. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/distribution.h"
#include "gibbs/private/builder.h"

static gibbs_expr *flat_of(gibbs_builder *b, gibbs_expr *x) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_expr_size(x));
  return gibbs_build_reshape(b, x, &shape);
}

static void check_size(gibbs_builder *b, const char *name, gibbs_expr *x, size_t size, const char *what) {
  char shape[96];
  if (b->status == GIBBS_OK && gibbs_expr_size(x) != size)
    gibbs_build_fail(b, gibbs_fail(b->err, GIBBS_ERR_SHAPE, "%s has shape %s; it must hold %zu values, %s", name,
                                   gibbs_shape_print(gibbs_expr_shape(x), shape, sizeof shape), size, what));
}

static gibbs_expr *machine_energy(gibbs_builder *b, gibbs_expr *visible, gibbs_expr *hidden, gibbs_expr *weights,
                                  gibbs_expr *visible_bias, gibbs_expr *hidden_bias) {
  size_t n = gibbs_expr_size(visible), m = gibbs_expr_size(hidden);
  check_size(b, "W", weights, n * m, "one a pair of a visible and a hidden unit");
  check_size(b, "a", visible_bias, n, "one a visible unit");
  check_size(b, "b", hidden_bias, m, "one a hidden unit");
  gibbs_shape shape = gibbs_shape_matrix(n, m);
  gibbs_expr *v = flat_of(b, visible), *h = flat_of(b, hidden);
  gibbs_expr *pairs = gibbs_build_dot(b, v, gibbs_build_matmul(b, gibbs_build_reshape(b, weights, &shape), h));
  gibbs_expr *biases = gibbs_build_binary(b, GIBBS_OP_ADD, gibbs_build_dot(b, flat_of(b, visible_bias), v),
                                          gibbs_build_dot(b, flat_of(b, hidden_bias), h));
  return gibbs_build_unary(b, GIBBS_OP_NEG, gibbs_build_binary(b, GIBBS_OP_ADD, pairs, biases));
}

gibbs_status gibbs_rbm_new(gibbs_expr *visible, gibbs_expr *hidden, gibbs_expr *weights, gibbs_expr *visible_bias,
                           gibbs_expr *hidden_bias, bool normalised, gibbs_distribution **out, gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(visible), err), *b = &room;
  gibbs_expr *energy = machine_energy(b, visible, hidden, weights, visible_bias, hidden_bias);
  double bits = gibbs_variables_log2_states(&hidden, 1);
  if (normalised && isfinite(bits))
    energy = gibbs_build_binary(b, GIBBS_OP_ADD, energy, gibbs_build_number(b, bits * log(2.0)));
  if (b->status == GIBBS_OK) b->status = gibbs_distribution_new("rbm", energy, &visible, 1, &hidden, 1, out, err);
  return gibbs_build_end(b);
}
