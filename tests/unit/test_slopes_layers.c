/* test_slopes_layers.c - H and its gradients of two layers, against those of the compiled expression. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "slope_models.h"

/* ---- two layers ------------------------------------------------------------------------------------------------ */

/* Gradients within the rounding of single precision of those in double, H within that of double. */
static void check_against_expression(const model *m, const char *what) {
  gibbs_slopes *fast = make_slopes(m, &gibbs_slopes_two_layers), *slow = make_slopes(m, &gibbs_slopes_expression);
  double *a = answer_all(m, fast), *b = answer_all(m, slow);
  size_t at = 0;
  for (size_t part = 0; part < 2; part++)
    for (size_t k = 0; k < m->parameter_count; at += gibbs_expr_size(m->parameters[k++]))
      cr_expect_lt(compare(a + at, b + at, gibbs_expr_size(m->parameters[k])), 2e-5, "%s: %s of parameter %zu: %g",
                   what, part ? "squares" : "slopes", k, compare(a + at, b + at, gibbs_expr_size(m->parameters[k])));
  cr_expect_lt(compare(a + at, b + at, m->count), 2e-5, "%s: along %g", what, compare(a + at, b + at, m->count));
  at += m->count;
  cr_expect_lt(compare(a + at, b + at, m->count), 1e-13, "%s: H %g", what, compare(a + at, b + at, m->count));
  free(a), free(b);
  gibbs_slopes_free(fast), gibbs_slopes_free(slow);
}

/* Configurations with about this share of upper states. */
static void thin_out(model *m, double share, double low) {
  gibbs_stream stream = gibbs_stream_open(13, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t i = 0; i < m->count * m->units; i++) m->rows[i] = gibbs_stream_uniform(&stream) < share ? 1 : low;
}

Test(slopes_layers, layers_are_as_the_expression) {
  static const size_t shapes[][3] = {{1, 1, 1},     {3, 2, 40},     {31, 64, 33},   {64, 65, 512},
                                     {70, 20, 513}, {200, 130, 90}, {33, 96, 1100}, {5, 300, 7}};
  static const double shares[] = {0.5, 0.1, 0.95, 0, 1};
  for (size_t k = 0; k < 4 * sizeof shapes / sizeof *shapes; k++) {
    gibbs_domain visible = k & 1 ? GIBBS_SPINS : GIBBS_BITS, hidden = k & 2 ? GIBBS_SPINS : GIBBS_BITS;
    const size_t *shape = shapes[k / 4];
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    machine x = make_machine_in(graph, visible, shape[0], hidden, shape[1], 0.3, (uint32_t)k);
    model m = make_model(gibbs_distribution_retain(x.q), shape[2]);
    for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
      char what[100];
      thin_out(&m, shares[s], visible == GIBBS_SPINS ? -1 : 0);
      snprintf(what, sizeof what, "%zu x %zu, %zu configurations, %g, %zu", shape[0], shape[1], shape[2], shares[s],
               k % 4);
      check_against_expression(&m, what);
    }
    free_model(&m);
    free_machine(&x);
    gibbs_graph_release(graph);
  }
}

Test(slopes_layers, layers_have_the_same_bits_for_any_number_of_threads) {
  for (size_t k = 0; k < 4; k++) {
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    machine x =
        make_machine_in(graph, k & 1 ? GIBBS_SPINS : GIBBS_BITS, 150, k & 2 ? GIBBS_SPINS : GIBBS_BITS, 70, 0.3, 9);
    model m = make_model(gibbs_distribution_retain(x.q), 700);
    if (k & 2) thin_out(&m, 0.1, k & 1 ? -1 : 0);
    gibbs_slopes *slopes = make_slopes(&m, &gibbs_slopes_two_layers);
    check_threads(&m, slopes);
    gibbs_slopes_free(slopes);
    free_model(&m);
    free_machine(&x);
    gibbs_graph_release(graph);
  }
}

Test(slopes_layers, layers_agree_with_differences) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_BITS, 12, GIBBS_SPINS, 7, 0.8, 3);
  model m = make_model(gibbs_distribution_retain(x.q), 50);
  check_model(&m, "two layers", 2e-5);
  free_model(&m);
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* ---- what is recognised -------------------------------------------------------------------------------------------
 */

enum { visible_units = 9, hidden_units = 6 };

/* -v.W h - a.v - b.h and its like: what stands for W h, signs, and whether there are biases. */
typedef struct writing {
  const char *what;
  const char *method;
  bool transposed, flat, twice, scaled, squared, biases, shared, plus;
} writing;

/* The pairs of a machine as a scalar. */
static gibbs_expr *write_pairs(gibbs_builder *b, const writing *w, gibbs_expr *v, gibbs_expr *h, gibbs_expr *W,
                               gibbs_expr *scale) {
  gibbs_shape shape = gibbs_shape_matrix(visible_units, hidden_units);
  if (w->flat) W = gibbs_build_reshape(b, W, &shape);
  if (w->squared) W = gibbs_build_binary(b, GIBBS_OP_MUL, W, W);
  if (w->twice) W = gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, 2.5), W);
  if (w->scaled) W = gibbs_build_binary(b, GIBBS_OP_MUL, scale, W);
  return gibbs_build_dot(b, v, gibbs_build_transposed_matmul(b, W, w->transposed, h, false));
}

static gibbs_expr *write_energy(gibbs_builder *b, const writing *w, gibbs_expr *v, gibbs_expr *h,
                                gibbs_expr *const p[4]) {
  gibbs_expr *energy = write_pairs(b, w, v, h, p[0], p[3]);
  if (w->biases) energy = gibbs_build_binary(b, GIBBS_OP_ADD, energy, gibbs_build_dot(b, p[1], v));
  if (w->biases)
    energy = gibbs_build_binary(b, w->plus ? GIBBS_OP_SUB : GIBBS_OP_ADD, energy, gibbs_build_dot(b, p[2], h));
  if (w->shared) /* a second way in which the energy depends on the weights of the visible units */
    energy = gibbs_build_binary(b, GIBBS_OP_ADD, energy, gibbs_build_dot(b, p[1], p[1]));
  return gibbs_build_unary(b, GIBBS_OP_NEG, energy);
}

static gibbs_distribution *write_machine(gibbs_graph *graph, const writing *w, gibbs_domain visible,
                                         gibbs_domain hidden) {
  size_t n = visible_units, m = hidden_units;
  gibbs_shape shape = w->flat         ? gibbs_shape_vector(n * m)
                      : w->transposed ? gibbs_shape_matrix(m, n)
                                      : gibbs_shape_matrix(n, m);
  gibbs_expr *v = make_variable(graph, "v", visible, 2, n), *h = make_variable(graph, "h", hidden, 2, m);
  gibbs_expr *p[4] = {make_parameter(graph, "W", shape, 0.6, 1),
                      make_parameter(graph, "a", gibbs_shape_vector(n), 0.5, 2),
                      make_parameter(graph, "b", gibbs_shape_vector(m), 0.5, 3),
                      make_parameter(graph, "K", gibbs_shape_scalar(), 1, 4)};
  gibbs_error error;
  gibbs_builder room = gibbs_build_begin(graph, &error);
  gibbs_expr *energy = write_energy(&room, w, v, h, p);
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("custom", energy, &v, 1, &h, 1, &q, err));
  cr_assert_eq(gibbs_build_end(&room), GIBBS_OK, "%s", error.message);
  for (size_t k = 0; k < 4; k++) gibbs_expr_release(p[k]);
  gibbs_expr_release(v), gibbs_expr_release(h);
  return q;
}

Test(slopes_layers, layers_are_recognised_however_they_are_written) {
  static const writing writings[] = {
      {.what = "plain", .method = "two layers", .biases = true},
      {.what = "no biases", .method = "two layers"},
      {.what = "transposed", .method = "two layers", .biases = true, .transposed = true},
      {.what = "flat", .method = "two layers", .biases = true, .flat = true},
      {.what = "a factor", .method = "two layers", .biases = true, .twice = true},
      {.what = "mixed signs", .method = "two layers", .biases = true, .plus = true},
      {.what = "a factor that is a parameter", .method = "expression", .biases = true, .scaled = true},
      {.what = "squares of parameters", .method = "expression", .biases = true, .squared = true},
      {.what = "a constant made of parameters", .method = "expression", .biases = true, .shared = true},
  };
  for (size_t k = 0; k < 4 * sizeof writings / sizeof *writings; k++) {
    const writing *w = &writings[k / 4];
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    model m =
        make_model(write_machine(graph, w, k & 1 ? GIBBS_SPINS : GIBBS_BITS, k & 2 ? GIBBS_SPINS : GIBBS_BITS), 60);
    gibbs_slopes *slopes = NULL;
    CHECK(gibbs_slopes_new(m.q, m.parameters, m.parameter_count, &slopes, err));
    cr_expect_str_eq(gibbs_slopes_method(slopes), w->method, "%s: %s", w->what, gibbs_slopes_method(slopes));
    check_differences(&m, slopes, 3e-5);
    if (strcmp(w->method, "two layers") == 0) check_against_expression(&m, w->what);
    gibbs_slopes_free(slopes);
    free_model(&m);
    gibbs_graph_release(graph);
  }
}

/* Parameters that nobody asks for, and one that the energy knows nothing of. */
Test(slopes_layers, some_parameters_of_layers) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_BITS, 10, GIBBS_BITS, 4, 0.5, 1);
  model m = make_model(gibbs_distribution_retain(x.q), 30);
  gibbs_expr *other = make_parameter(graph, "c", gibbs_shape_vector(3), 1, 99), *wanted[] = {x.b, other};
  gibbs_slopes *all = make_slopes(&m, &gibbs_slopes_two_layers), *some = NULL;
  CHECK(gibbs_slopes_new(m.q, wanted, 2, &some, err));
  cr_expect_str_eq(gibbs_slopes_method(some), "two layers");
  double of_all[40 + 10 + 4] = {0}, b[4] = {0}, c[3] = {0}, *totals[8], *asked[] = {b, c};
  point_into(&m, of_all, totals);
  CHECK(gibbs_slopes_add(all, m.rows, m.count, m.weight, totals, err));
  CHECK(gibbs_slopes_add(some, m.rows, m.count, m.weight, asked, err));
  for (size_t k = 0; k < m.parameter_count; k++)
    if (m.parameters[k] == x.b) cr_expect_eq(memcmp(totals[k], b, sizeof b), 0);
  cr_expect(c[0] == 0 && c[1] == 0 && c[2] == 0);
  gibbs_layers layers;
  cr_assert(gibbs_slopes_layers(some, &layers));
  cr_expect(layers.weights == SIZE_MAX && layers.visible_bias == SIZE_MAX && layers.hidden_bias == 0);
  cr_expect(layers.visible == 10 && layers.hidden == 4);
  gibbs_slopes_free(all), gibbs_slopes_free(some);
  gibbs_expr_release(other);
  free_model(&m);
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* The means of hidden units by both ways, and by hand. */
Test(slopes_layers, hidden_means) {
  for (size_t k = 0; k < 4; k++) {
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    gibbs_domain visible = k & 1 ? GIBBS_SPINS : GIBBS_BITS, hidden = k & 2 ? GIBBS_SPINS : GIBBS_BITS;
    machine x = make_machine_in(graph, visible, 8, hidden, 5, 0.7, 5);
    model m = make_model(gibbs_distribution_retain(x.q), 40);
    gibbs_slopes *fast = make_slopes(&m, &gibbs_slopes_two_layers), *slow = make_slopes(&m, &gibbs_slopes_expression);
    double a[5], b[5], hand[5] = {0};
    CHECK(gibbs_slopes_hidden_mean(fast, m.rows, m.count, m.weight, a, err));
    CHECK(gibbs_slopes_hidden_mean(slow, m.rows, m.count, m.weight, b, err));
    for (size_t c = 0; c < m.count; c++)
      for (size_t j = 0; j < 5; j++) {
        double field = values_of(x.b)[j];
        for (size_t i = 0; i < 8; i++) field += values_of(x.W)[i * 5 + j] * m.rows[c * 8 + i];
        hand[j] += m.weight[c] * (hidden == GIBBS_SPINS ? tanh(field) : 1 / (1 + exp(-field)));
      }
    cr_expect_lt(compare(a, hand, 5), 1e-5);
    cr_expect_lt(compare(b, hand, 5), 1e-12);
    gibbs_slopes_free(fast), gibbs_slopes_free(slow);
    free_model(&m);
    free_machine(&x);
    gibbs_graph_release(graph);
  }
}

Test(slopes_layers, weights_too_large_for_single_precision_are_named) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_BITS, 6, GIBBS_BITS, 3, 0.5, 1);
  model m = make_model(gibbs_distribution_retain(x.q), 10);
  gibbs_slopes *slopes = make_slopes(&m, &gibbs_slopes_two_layers);
  double all[18 + 6 + 3] = {0}, *totals[8];
  gibbs_error error;
  point_into(&m, all, totals);
  values_of(x.W)[4] = 1e38;
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.W));
  cr_expect_eq(gibbs_slopes_add(slopes, m.rows, m.count, m.weight, totals, &error), GIBBS_ERR_NUMERIC);
  cr_expect_not_null(strstr(error.message, "hidden unit 2 may reach 1e+38"), "%s", error.message);
  values_of(x.W)[4] = 0.1;
  gibbs_parameter_touch(gibbs_expr_as_parameter(x.W));
  CHECK(gibbs_slopes_add(slopes, m.rows, m.count, m.weight, totals, err));
  gibbs_slopes_free(slopes);
  free_model(&m);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(slopes_layers, bad_configurations_are_named) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_BITS, 5, GIBBS_BITS, 3, 0.5, 1);
  model m = make_model(gibbs_distribution_retain(x.q), 40);
  gibbs_slopes *slopes = NULL;
  CHECK(gibbs_slopes_new(m.q, m.parameters, m.parameter_count, &slopes, err));
  m.rows[38 * 5 + 2] = -1;
  gibbs_error error;
  double h[40];
  cr_expect_eq(gibbs_slopes_hamiltonian(slopes, m.rows, 40, h, &error), GIBBS_ERR_ARGUMENT);
  cr_expect_str_eq(error.message, "configuration 39, unit 3 holds -1; bits are 0 or 1");
  gibbs_slopes_free(slopes);
  free_model(&m);
  free_machine(&x);
  gibbs_graph_release(graph);
}
