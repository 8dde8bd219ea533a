/* test_objective_data.c - objectives of data: one-unit neighbours by structure and by the expression, means over
 * data, moments, scores and penalties, against hand-written sums and differences. */
#include <criterion/criterion.h>

#include "gibbs/objective.h"
#include "gibbs/threads.h"
#include "machines.h"
#include "neighbours.h"

typedef gibbs_status (*data_functional)(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err);

static double value_of(gibbs_expr *expr) {
  gibbs_objective *o = NULL;
  double value = 0;
  CHECK(gibbs_objective_new(expr, &o, err));
  CHECK(gibbs_objective_value(o, &value, err));
  gibbs_objective_free(o);
  return value;
}

static void expect_right_gradient(gibbs_expr *expr, const char *what) {
  gibbs_objective *o = NULL;
  gibbs_gradient_check check;
  CHECK(gibbs_objective_new(expr, &o, err));
  CHECK(gibbs_objective_check(o, gibbs_objective_parameters(o), gibbs_objective_parameter_count(o), &check, err));
  cr_expect(check.components > 0 && check.largest_error <= check.allowed,
            "%s: parameter %zu, element %zu: gradient %.12g, difference %.12g", what, check.parameter, check.element,
            check.gradient, check.difference);
  gibbs_objective_free(o);
}

/* Rows that are states number (5 i + 3) % 2^units, with unequal weights, one of them 0. */
static gibbs_data *make_data(gibbs_domain domain, size_t count, size_t units) {
  double *rows = calloc(count * units, sizeof *rows), *weights = calloc(count, sizeof *weights);
  cr_assert(rows && weights);
  for (size_t i = 0; i < count; i++) {
    for (size_t u = 0; u < units; u++)
      rows[units * i + u] = unit_value(domain, (5 * i + 3) % ((size_t)1 << units), u);
    weights[i] = (double)(i % 4);
  }
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(count, units, rows, weights, &data, err));
  free(rows);
  free(weights);
  return data;
}

/* The three sums over neighbours, written out. */
static void hand_sums(const machine *x, gibbs_domain visible, gibbs_domain hidden, const gibbs_data *data,
                      long double out[3]) {
  size_t states = (size_t)1 << x->n;
  for (size_t k = 0; k < 3; k++) out[k] = 0;
  for (size_t i = 0; i < gibbs_data_count(data); i++) {
    size_t v = (5 * i + 3) % states;
    long double w = gibbs_data_weights(data)[i], h = hand_hamiltonian(x, visible, hidden, v);
    for (size_t u = 0; u < x->n; u++) {
      long double d = h - hand_hamiltonian(x, visible, hidden, v ^ (size_t)1 << u), own = 1 / (1 + expl(d));
      out[0] += w * logl(own);
      out[1] += w * (1 - own) * (1 - own);
      out[2] += w * expl(d / 2);
    }
  }
}

static const data_functional functionals[] = {gibbs_pseudo_likelihood, gibbs_ratio_matching,
                                              gibbs_minimum_probability_flow};
static const char *const names[] = {"pseudo_likelihood", "ratio_matching", "minimum_probability_flow"};

Test(objective_data, neighbours_are_the_sums_by_hand) {
  for (int k = 0; k < 4; k++) {
    gibbs_domain visible = k & 1 ? GIBBS_BITS : GIBBS_SPINS, hidden = k & 2 ? GIBBS_BITS : GIBBS_SPINS;
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    machine x = make_machine_in(graph, visible, 5, hidden, 3, 0.8, 40);
    gibbs_data *data = make_data(visible, 9, 5);
    long double hand[3];
    hand_sums(&x, visible, hidden, data, hand);
    for (size_t f = 0; f < 3; f++) {
      gibbs_expr *e = NULL;
      CHECK(functionals[f](data, x.q, &e, err));
      cr_expect(near_to(value_of(e), (double)hand[f], 1e-13), "%s: %.17g is not %.17g", names[f], value_of(e),
                (double)hand[f]);
      expect_right_gradient(e, names[f]);
      gibbs_expr_release(e);
    }
    gibbs_data_release(data);
    free_machine(&x);
    gibbs_graph_release(graph);
  }
}

/* ---- by structure and by the expression
 * ---------------------------------------------------------------------------- */

/* v.J v + v.W h + v.U g + a.v with J square (its diagonal too), h spins and g bits; `third` adds v1 v2 v3, which is
 * no polynomial of degree two. */
typedef struct mixture {
  gibbs_graph *graph;
  gibbs_expr *v, *h, *g, *J, *W, *U, *a, *energy;
  gibbs_distribution *q;
} mixture;

static gibbs_expr *combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_binary(op, a, b, &out, err));
  return out;
}

static gibbs_expr *bilinear(gibbs_expr *x, gibbs_expr *matrix, gibbs_expr *y) {
  gibbs_expr *image = NULL, *out = NULL;
  CHECK(gibbs_expr_matmul(matrix, false, y, false, &image, err));
  CHECK(gibbs_expr_dot(x, image, &out, err));
  gibbs_expr_release(image);
  return out;
}

static mixture open_mixture(gibbs_domain visible, size_t n, size_t m, bool third, double size) {
  mixture x = {0};
  CHECK(gibbs_graph_new(&x.graph, err));
  x.v = make_variable(x.graph, "v", visible, 2, n);
  x.h = make_variable(x.graph, "h", GIBBS_SPINS, 2, m);
  x.g = make_variable(x.graph, "g", GIBBS_BITS, 2, 9);
  x.J = make_parameter(x.graph, "J", gibbs_shape_matrix(n, n), 0.3, 71);
  x.W = make_parameter(x.graph, "W", gibbs_shape_matrix(n, m), size, 72);
  x.U = make_parameter(x.graph, "U", gibbs_shape_matrix(n, 9), 0.5, 73);
  x.a = make_parameter(x.graph, "a", gibbs_shape_vector(n), 0.5, 74);
  gibbs_expr *terms[5] = {bilinear(x.v, x.J, x.v), bilinear(x.v, x.W, x.h), bilinear(x.v, x.U, x.g)}, *one[3] = {0};
  CHECK(gibbs_expr_dot(x.a, x.v, &terms[3], err));
  for (size_t k = 0; k < 3; k++) CHECK(gibbs_expr_element(x.v, k, &one[k], err));
  gibbs_expr *pair = combine(GIBBS_OP_MUL, one[0], one[1]);
  terms[4] = combine(GIBBS_OP_MUL, pair, one[2]);
  gibbs_expr *total = gibbs_expr_retain(terms[0]);
  for (size_t k = 1; k < (third ? 5 : 4); k++) {
    gibbs_expr *next = combine(GIBBS_OP_ADD, total, terms[k]);
    gibbs_expr_release(total);
    total = next;
  }
  CHECK(gibbs_expr_unary(GIBBS_OP_NEG, total, &x.energy, err));
  gibbs_expr *hidden[] = {x.h, x.g};
  CHECK(gibbs_distribution_new("mixture", x.energy, &x.v, 1, hidden, 2, &x.q, err));
  for (size_t k = 0; k < 5; k++) gibbs_expr_release(terms[k]);
  for (size_t k = 0; k < 3; k++) gibbs_expr_release(one[k]);
  gibbs_expr_release(pair);
  gibbs_expr_release(total);
  return x;
}

static void close_mixture(mixture *x) {
  gibbs_expr *nodes[] = {x->v, x->h, x->g, x->J, x->W, x->U, x->a, x->energy};
  gibbs_distribution_release(x->q);
  for (size_t i = 0; i < 8; i++) gibbs_expr_release(nodes[i]);
  gibbs_graph_release(x->graph);
}

enum { MOST_NUMBERS = 400 };

/* Value, then the gradient by J, W, U, a. */
static size_t evaluate(gibbs_functional_kind kind, mixture *x, const gibbs_data *data, double *out) {
  gibbs_expr *parameters[] = {x->J, x->W, x->U, x->a};
  double *rows[4], value = 0;
  size_t count = 1;
  for (size_t k = 0; k < 4; k++) {
    rows[k] = out + count;
    count += gibbs_expr_size(parameters[k]);
  }
  cr_assert(count <= MOST_NUMBERS);
  memset(out, 0, MOST_NUMBERS * sizeof *out);
  gibbs_neighbours *n = NULL;
  CHECK(gibbs_neighbours_new(kind, x->q, &n, err));
  CHECK(gibbs_neighbours_add(n, gibbs_data_rows(data), gibbs_data_weights(data), gibbs_data_count(data), 0.7,
                             parameters, 4, rows, &value, err));
  CHECK(gibbs_neighbours_value(n, gibbs_data_rows(data), gibbs_data_weights(data), gibbs_data_count(data), &out[0],
                               err));
  cr_expect(near_to(out[0], value, 1e-14));
  gibbs_neighbours_free(n);
  return count;
}

static const gibbs_functional_kind kinds[] = {GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD, GIBBS_FUNCTIONAL_RATIO_MATCHING,
                                              GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW};

/* The same energy with a third-order term of weight 0 to the eye of the parser only: multiplied by a parameter that
 * is 0, so that no structure is found.  600 rows are more than are held at once. */
Test(objective_data, structure_and_expression_give_the_same_numbers) {
  for (int domain = 0; domain < 2; domain++) {
    gibbs_domain visible = domain ? GIBBS_BITS : GIBBS_SPINS;
    mixture x = open_mixture(visible, 6, 3, false, 0.6);
    cr_expect(gibbs_distribution_form(x.q)->found);
    gibbs_expr *zero = make_parameter(x.graph, "zero", gibbs_shape_scalar(), 0, 75), *cube = NULL, *scaled = NULL;
    gibbs_expr *first = NULL;
    CHECK(gibbs_expr_sum(x.v, &first, err));
    cube = combine(GIBBS_OP_MUL, first, first);
    gibbs_expr *third = combine(GIBBS_OP_MUL, cube, first);
    scaled = combine(GIBBS_OP_MUL, third, zero);
    mixture y = x;
    y.energy = combine(GIBBS_OP_ADD, x.energy, scaled);
    gibbs_expr *hidden[] = {x.h, x.g};
    CHECK(gibbs_distribution_new("mixture", y.energy, &x.v, 1, hidden, 2, &y.q, err));
    cr_expect(!gibbs_distribution_form(y.q)->found);
    gibbs_data *data = make_data(visible, 600, 6);
    double by_structure[MOST_NUMBERS], by_expression[MOST_NUMBERS];
    for (size_t k = 0; k < 3; k++) {
      size_t count = evaluate(kinds[k], &x, data, by_structure);
      evaluate(kinds[k], &y, data, by_expression);
      for (size_t i = 0; i < count; i++)
        cr_expect(near_to(by_structure[i], by_expression[i], 1e-12), "%s, number %zu: %.15g and %.15g", names[k], i,
                  by_structure[i], by_expression[i]);
    }
    gibbs_distribution_release(y.q);
    gibbs_expr *nodes[] = {zero, cube, scaled, first, third, y.energy};
    for (size_t i = 0; i < 6; i++) gibbs_expr_release(nodes[i]);
    gibbs_data_release(data);
    close_mixture(&x);
  }
}

/* Steps of 500 are no exponent for a product: the expression takes over, and the numbers stay right. */
Test(objective_data, large_weights_are_no_overflow) {
  mixture x = open_mixture(GIBBS_SPINS, 5, 2, false, 150);
  gibbs_data *data = make_data(GIBBS_SPINS, 8, 5);
  gibbs_expr *e = NULL;
  CHECK(gibbs_ratio_matching(data, x.q, &e, err));
  expect_right_gradient(e, "ratio_matching of large weights");
  gibbs_expr_release(e);
  gibbs_data_release(data);
  close_mixture(&x);
}

Test(objective_data, the_same_bits_for_any_number_of_threads) {
  mixture x = open_mixture(GIBBS_BITS, 8, 3, false, 0.6);
  gibbs_data *data = make_data(GIBBS_BITS, 300, 8);
  double one[MOST_NUMBERS], many[MOST_NUMBERS];
  for (size_t k = 0; k < 3; k++) {
    gibbs_set_threads(1);
    evaluate(kinds[k], &x, data, one);
    gibbs_set_threads(3);
    evaluate(kinds[k], &x, data, many);
    cr_expect(memcmp(one, many, sizeof one) == 0);
  }
  gibbs_set_threads(0);
  gibbs_data_release(data);
  close_mixture(&x);
}

/* Potts units: every other state is a neighbour.  Ratio matching is for two states alone. */
Test(objective_data, potts_units_have_several_other_states) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", GIBBS_POTTS, 3, 4), *h = make_variable(graph, "h", GIBBS_BITS, 2, 2);
  gibbs_expr *W = make_parameter(graph, "W", gibbs_shape_matrix(12, 2), 0.7, 80);
  gibbs_expr *a = make_parameter(graph, "a", gibbs_shape_vector(12), 0.7, 81);
  gibbs_expr *b = make_parameter(graph, "b", gibbs_shape_vector(2), 0.7, 82);
  gibbs_distribution *q = NULL;
  CHECK(gibbs_rbm_new(v, h, W, a, b, false, &q, err));
  const double rows[] = {1, 2, 3, 1, 3, 3, 2, 1, 2, 2, 2, 2};
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(3, 4, rows, NULL, &data, err));
  gibbs_expr *e = NULL;
  for (size_t f = 0; f < 3; f += 2) {
    CHECK(functionals[f](data, q, &e, err));
    expect_right_gradient(e, names[f]);
    gibbs_expr_release(e);
  }
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_ratio_matching(data, q, &e, &err), GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(err.message, "3 states") != NULL, "%s", err.message);
  gibbs_data_release(data);
  gibbs_distribution_release(q);
  gibbs_expr *nodes[] = {v, h, W, a, b};
  for (size_t i = 0; i < 5; i++) gibbs_expr_release(nodes[i]);
  gibbs_graph_release(graph);
}

/* ---- formulas
 * -------------------------------------------------------------------------------------------------------- */

/* Flow and ratio matching are stationary where Q is the distribution of the data: all states, weighted by Q. */
Test(objective_data, the_true_machine_is_a_stationary_point) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 2, 0.8, 44);
  double rows[16 * 4], weights[16];
  for (size_t s = 0; s < 16; s++) {
    weights[s] = (double)expl(-hand_hamiltonian(&x, GIBBS_SPINS, GIBBS_SPINS, s));
    for (size_t u = 0; u < 4; u++) rows[4 * s + u] = unit_value(GIBBS_SPINS, s, u);
  }
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(16, 4, rows, weights, &data, err));
  gibbs_expr *parameters[] = {x.W, x.a, x.b};
  for (size_t f = 0; f < 3; f++) {
    gibbs_expr *e = NULL;
    gibbs_objective *o = NULL;
    double gradient[14], value = 0, *totals[] = {gradient, gradient + 8, gradient + 12};
    CHECK(functionals[f](data, x.q, &e, err));
    CHECK(gibbs_objective_new(e, &o, err));
    CHECK(gibbs_objective_gradient(o, parameters, 3, &value, totals, err));
    for (size_t i = 0; i < 14; i++) cr_expect(fabs(gradient[i]) < 1e-13, "%s: %g", names[f], gradient[i]);
    gibbs_objective_free(o);
    gibbs_expr_release(e);
  }
  gibbs_data_release(data);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(objective_data, moments_of_data_and_of_a_distribution) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine p = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_SPINS, 2, 0.9, 45);
  machine q = make_machine_in(graph, GIBBS_SPINS, 5, GIBBS_SPINS, 3, 0.6, 46);
  gibbs_data *data = make_data(GIBBS_SPINS, 9, 5);
  gibbs_expr *pairs = NULL, *e = NULL;
  CHECK(gibbs_expr_outer(q.v, q.v, &pairs, err));
  gibbs_expr *functions[] = {q.v, pairs};
  long double hand[2] = {0, 0}, log_p = hand_log_z(&p, GIBBS_SPINS, GIBBS_SPINS),
              log_q = hand_log_z(&q, GIBBS_SPINS, GIBBS_SPINS);
  for (size_t i = 0; i < 6; i++)
    for (size_t k = 0; k < 5; k++) { /* i = 5: the unit alone */
      long double mean_p = 0, mean_q = 0, mean_data = 0;
      for (size_t s = 0; s < 32; s++) {
        double f = unit_value(GIBBS_SPINS, s, k) * (i < 5 ? unit_value(GIBBS_SPINS, s, i) : 1);
        mean_p += f * expl(-log_p - hand_hamiltonian(&p, GIBBS_SPINS, GIBBS_SPINS, s));
        mean_q += f * expl(-log_q - hand_hamiltonian(&q, GIBBS_SPINS, GIBBS_SPINS, s));
        for (size_t r = 0; r < 9; r++)
          if ((5 * r + 3) % 32 == s) mean_data += f * gibbs_data_weights(data)[r];
      }
      hand[0] += (mean_p - mean_q) * (mean_p - mean_q);
      hand[1] += (mean_data - mean_q) * (mean_data - mean_q);
    }
  CHECK(gibbs_moment_matching(p.q, NULL, q.q, functions, 2, &e, err)); /* p has another variable v */
  cr_expect(near_to(value_of(e), (double)hand[0], 1e-13));
  expect_right_gradient(e, "moment_matching");
  gibbs_expr_release(e);
  CHECK(gibbs_moment_matching(NULL, data, q.q, functions, 2, &e, err));
  cr_expect(near_to(value_of(e), (double)hand[1], 1e-13));
  expect_right_gradient(e, "moment_matching of data");
  gibbs_expr_release(e);
  gibbs_expr_release(pairs);
  gibbs_data_release(data);
  free_machine(&p);
  free_machine(&q);
  gibbs_graph_release(graph);
}

/* H = s (x - c)^2 / 2 of each real unit: the score is s^2 (x - c)^2 / 2 - s. */
Test(objective_data, the_score_of_gaussian_units) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *x = make_variable(graph, "x", GIBBS_REALS, 0, 3), *energy = NULL, *e = NULL, *half = NULL;
  gibbs_expr *s = make_parameter(graph, "s", gibbs_shape_vector(3), 0.6, 90);
  gibbs_expr *c = make_parameter(graph, "c", gibbs_shape_vector(3), 0.6, 91);
  gibbs_expr *apart = combine(GIBBS_OP_SUB, x, c), *square = combine(GIBBS_OP_MUL, apart, apart);
  CHECK(gibbs_expr_number(graph, 0.5, &half, err));
  gibbs_expr *scaled = combine(GIBBS_OP_MUL, half, square);
  CHECK(gibbs_expr_dot(s, scaled, &energy, err));
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("gauss", energy, &x, 1, NULL, 0, &q, err));
  const double rows[] = {0.3, -1, 2, 0.1, 0.4, -0.2};
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(2, 3, rows, NULL, &data, err));
  double hand = 0;
  for (size_t i = 0; i < 6; i++)
    hand += pow(values_of(s)[i % 3] * (rows[i] - values_of(c)[i % 3]), 2) / 4 - values_of(s)[i % 3] / 2;
  CHECK(gibbs_score_matching(data, q, &e, err));
  cr_expect(near_to(value_of(e), hand, 1e-13));
  expect_right_gradient(e, "score_matching");
  gibbs_expr *nodes[] = {x, energy, e, half, s, c, apart, square, scaled};
  for (size_t i = 0; i < 9; i++) gibbs_expr_release(nodes[i]);
  gibbs_distribution_release(q);
  gibbs_data_release(data);
  gibbs_graph_release(graph);
}

Test(objective_data, penalties_and_their_derivative_at_zero) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *w[] = {make_parameter(graph, "w", gibbs_shape_vector(3), 1, 95),
                     make_parameter(graph, "u", gibbs_shape_scalar(), 1, 96)};
  double *x = values_of(w[0]);
  x[1] = 0;
  gibbs_parameter_touch(gibbs_expr_as_parameter(w[0]));
  gibbs_expr *e[2] = {NULL, NULL};
  CHECK(gibbs_l1(w, 2, &e[0], err));
  CHECK(gibbs_l2(w, 2, &e[1], err));
  double u = values_of(w[1])[0], expected[] = {fabs(x[0]) + fabs(x[2]) + fabs(u), x[0] * x[0] + x[2] * x[2] + u * u};
  for (size_t k = 0; k < 2; k++) {
    gibbs_objective *o = NULL;
    double gradient[4], value = 0, *rows[] = {gradient, gradient + 3};
    CHECK(gibbs_objective_new(e[k], &o, err));
    CHECK(gibbs_objective_gradient(o, w, 2, &value, rows, err));
    cr_expect(near_to(value, expected[k], 1e-15));
    cr_expect_eq(gradient[1], 0);
    cr_expect(near_to(gradient[0], k == 0 ? (x[0] > 0 ? 1 : -1) : 2 * x[0], 1e-15));
    cr_expect(near_to(gradient[3], k == 0 ? (u > 0 ? 1 : -1) : 2 * u, 1e-15));
    gibbs_objective_free(o);
    gibbs_expr_release(e[k]);
    gibbs_expr_release(w[k]);
  }
  gibbs_graph_release(graph);
}
