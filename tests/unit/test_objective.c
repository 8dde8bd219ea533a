/* test_objective.c - values, functional derivatives and gradients of objectives, against hand-written sums and
 * differences. */
#include "gibbs/objective.h"

#include <criterion/criterion.h>

#include "machines.h"

/* A target and a machine on the same five units. */
typedef struct scene {
  gibbs_graph *graph;
  machine target, model;
} scene;

static scene open_scene(gibbs_domain visible, gibbs_domain hidden) {
  scene s = {0};
  CHECK(gibbs_graph_new(&s.graph, err));
  s.target = make_machine_in(s.graph, visible, 5, hidden, 2, 0.9, 30);
  s.model = make_machine_in(s.graph, visible, 5, hidden, 3, 0.6, 31);
  return s;
}

static void close_scene(scene *s) {
  free_machine(&s->target);
  free_machine(&s->model);
  gibbs_graph_release(s->graph);
}

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

static gibbs_expr *combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_binary(op, a, b, &out, err));
  return out;
}

Test(objective, kl_is_the_sum_by_hand_and_zero_on_itself) {
  scene s = open_scene(GIBBS_SPINS, GIBBS_SPINS);
  gibbs_expr *kl = NULL, *self = NULL;
  CHECK(gibbs_kl(s.target.q, s.model.q, &kl, err));
  CHECK(gibbs_kl(s.model.q, s.model.q, &self, err));
  long double log_p = hand_log_z(&s.target, GIBBS_SPINS, GIBBS_SPINS),
              log_q = hand_log_z(&s.model, GIBBS_SPINS, GIBBS_SPINS);
  long double hand = 0;
  for (size_t v = 0; v < 32; v++) {
    long double lp = -hand_hamiltonian(&s.target, GIBBS_SPINS, GIBBS_SPINS, v) - log_p;
    long double lq = -hand_hamiltonian(&s.model, GIBBS_SPINS, GIBBS_SPINS, v) - log_q;
    hand += expl(lp) * (lp - lq);
  }
  cr_expect(near_to(value_of(kl), (double)hand, 1e-13));
  cr_expect(fabs(value_of(self)) < 1e-14);
  gibbs_expr_release(kl);
  gibbs_expr_release(self);
  close_scene(&s);
}

/* Every functional, alone: both arguments of KL have parameters here. */
Test(objective, gradients_of_functionals_agree_with_differences) {
  for (int k = 0; k < 4; k++) {
    gibbs_domain visible = k & 1 ? GIBBS_BITS : GIBBS_SPINS, hidden = k & 2 ? GIBBS_BITS : GIBBS_SPINS;
    scene s = open_scene(visible, hidden);
    gibbs_expr *e = NULL, *f = NULL;
    CHECK(gibbs_kl(s.target.q, s.model.q, &e, err));
    expect_right_gradient(e, "kl");
    gibbs_expr_release(e);
    CHECK(gibbs_free_energy(s.model.q, &e, err));
    expect_right_gradient(e, "free_energy");
    gibbs_expr_release(e);
    CHECK(gibbs_entropy(s.model.q, &e, err));
    expect_right_gradient(e, "entropy");
    gibbs_expr_release(e);
    gibbs_expr *energy = gibbs_distribution_energy(s.model.q); /* of v, h and parameters */
    CHECK(gibbs_mean(s.model.q, energy, &e, err));
    expect_right_gradient(e, "mean energy");
    gibbs_expr_release(e);
    CHECK(gibbs_expr_dot(s.model.W, s.model.W, &f, err));
    expect_right_gradient(f, "regulariser");
    gibbs_expr_release(f);
    close_scene(&s);
  }
}

static gibbs_data *make_data(gibbs_domain domain, bool weighted) {
  double rows[7 * 5];
  const double weights[7] = {1, 2, 0, 3, 1, 0.5, 2};
  for (size_t i = 0; i < 7; i++)
    for (size_t u = 0; u < 5; u++) rows[5 * i + u] = unit_value(domain, (5 * i + 3) % 32, u);
  gibbs_data *data = NULL;
  CHECK(gibbs_data_new(7, 5, rows, weighted ? weights : NULL, &data, err));
  return data;
}

Test(objective, likelihoods_of_data_agree_with_hand_and_differences) {
  scene s = open_scene(GIBBS_BITS, GIBBS_SPINS);
  gibbs_data *data = make_data(GIBBS_BITS, true);
  gibbs_expr *likelihood = NULL, *kl = NULL, *pseudo = NULL;
  CHECK(gibbs_log_likelihood(data, s.model.q, &likelihood, err));
  CHECK(gibbs_data_kl(data, s.model.q, &kl, err));
  CHECK(gibbs_pseudo_likelihood(data, s.model.q, &pseudo, err));
  long double log_q = hand_log_z(&s.model, GIBBS_BITS, GIBBS_SPINS), hand = 0, hand_pseudo = 0;
  for (size_t i = 0; i < 7; i++) {
    size_t v = (5 * i + 3) % 32;
    long double w = gibbs_data_weights(data)[i], h = hand_hamiltonian(&s.model, GIBBS_BITS, GIBBS_SPINS, v);
    hand -= w * (h + log_q);
    for (size_t u = 0; u < 5; u++)
      hand_pseudo -= w * logl(1 + expl(h - hand_hamiltonian(&s.model, GIBBS_BITS, GIBBS_SPINS, v ^ (size_t)1 << u)));
  }
  cr_expect(near_to(value_of(likelihood), (double)hand, 1e-13));
  cr_expect(near_to(value_of(kl), -gibbs_data_entropy(data) - (double)hand, 1e-13));
  cr_expect(near_to(value_of(pseudo), (double)hand_pseudo, 1e-13));
  expect_right_gradient(likelihood, "log_likelihood");
  expect_right_gradient(kl, "data kl");
  expect_right_gradient(pseudo, "pseudo_likelihood");
  gibbs_expr *nodes[] = {likelihood, kl, pseudo};
  for (size_t i = 0; i < 3; i++) gibbs_expr_release(nodes[i]);
  gibbs_data_release(data);
  close_scene(&s);
}

/* (1 - t) KL + t (F - F_l)^2 + a regulariser: the chain rule through shared sums. */
Test(objective, mixtures_follow_the_chain_rule) {
  scene s = open_scene(GIBBS_SPINS, GIBBS_BITS);
  gibbs_expr *kl = NULL, *f = NULL, *f_model = NULL, *weight = NULL;
  CHECK(gibbs_kl(s.target.q, s.model.q, &kl, err));
  CHECK(gibbs_free_energy(s.target.q, &f, err));
  CHECK(gibbs_free_energy(s.model.q, &f_model, err));
  CHECK(gibbs_expr_number(s.graph, 0.3, &weight, err));
  gibbs_expr *gap = combine(GIBBS_OP_SUB, f, f_model), *square = combine(GIBBS_OP_MUL, gap, gap);
  gibbs_expr *product = combine(GIBBS_OP_MUL, kl, square), *scaled = combine(GIBBS_OP_MUL, weight, product);
  gibbs_expr *loss = combine(GIBBS_OP_ADD, scaled, kl);
  double expected = 0.3 * value_of(kl) * pow(value_of(f) - value_of(f_model), 2) + value_of(kl);
  cr_expect(near_to(value_of(loss), expected, 1e-14));
  expect_right_gradient(loss, "mixture");
  gibbs_expr *nodes[] = {kl, f, f_model, weight, gap, square, product, scaled, loss};
  for (size_t i = 0; i < 9; i++) gibbs_expr_release(nodes[i]);
  close_scene(&s);
}

/* KL written from its value and functional derivative alone. */
static gibbs_status custom_value(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  *out = 0;
  for (size_t s = 0; s < states->count; s++) {
    double log_p = states->target_free_energy - states->target_hamiltonian[s];
    *out += exp(log_p) * (log_p - states->free_energy + states->hamiltonian[s]);
  }
  return GIBBS_OK;
}

static gibbs_status custom_weight(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  (void)payload, (void)err;
  for (size_t s = 0; s < states->count; s++)
    out[s] = exp(states->target_free_energy - states->target_hamiltonian[s]) -
             exp(states->free_energy - states->hamiltonian[s]);
  return GIBBS_OK;
}

static gibbs_status failing_weight(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  (void)payload, (void)states, (void)out;
  return gibbs_fail(err, GIBBS_ERR_CALLBACK, "refused");
}

Test(objective, a_custom_functional_gives_the_numbers_of_the_built_in_one) {
  scene s = open_scene(GIBBS_SPINS, GIBBS_SPINS);
  gibbs_expr *kl = NULL, *custom = NULL;
  CHECK(gibbs_kl(s.target.q, s.model.q, &kl, err));
  CHECK(gibbs_custom_functional(s.target.q, s.model.q, (gibbs_custom){.value = custom_value, .weight = custom_weight},
                                &custom, err));
  cr_expect(near_to(value_of(custom), value_of(kl), 1e-13));
  gibbs_objective *o[2] = {NULL, NULL};
  double gradient[2][23], value = 0;
  gibbs_expr *parameters[] = {s.model.W, s.model.a, s.model.b};
  CHECK(gibbs_objective_new(kl, &o[0], err));
  CHECK(gibbs_objective_new(custom, &o[1], err));
  for (size_t k = 0; k < 2; k++) {
    double *rows[] = {gradient[k], gradient[k] + 15, gradient[k] + 20};
    CHECK(gibbs_objective_gradient(o[k], parameters, 3, &value, rows, err));
    gibbs_objective_free(o[k]);
  }
  for (size_t i = 0; i < 23; i++) cr_expect(near_to(gradient[0][i], gradient[1][i], 1e-13), "component %zu", i);
  gibbs_expr_release(kl);
  gibbs_expr_release(custom);
  close_scene(&s);
}

Test(objective, a_failing_custom_functional_is_reported_and_leaves_nothing_behind) {
  scene s = open_scene(GIBBS_SPINS, GIBBS_SPINS);
  gibbs_expr *custom = NULL;
  gibbs_objective *o = NULL;
  double value = 0;
  gibbs_error refusal;
  CHECK(gibbs_custom_functional(s.target.q, s.model.q,
                                (gibbs_custom){.value = custom_value, .weight = failing_weight}, &custom, err));
  CHECK(gibbs_objective_new(custom, &o, err));
  cr_assert_eq(gibbs_objective_value(o, &value, &refusal), GIBBS_ERR_CALLBACK);
  cr_expect_str_eq(refusal.message, "refused");
  gibbs_objective_free(o);
  gibbs_expr_release(custom);
  close_scene(&s);
}

Test(objective, kl_to_a_reachable_target_is_minimised_to_zero) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine target = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 1, 0.8, 40);
  machine model = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 1, 0.3, 41);
  gibbs_expr *kl = NULL;
  gibbs_objective *o = NULL;
  CHECK(gibbs_kl(target.q, model.q, &kl, err));
  CHECK(gibbs_objective_new(kl, &o, err));
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.restarts = 8;
  gibbs_minimum minimum = {0};
  gibbs_expr *parameters[] = {model.W, model.a, model.b};
  CHECK(gibbs_objective_minimize(o, NULL, 0, parameters, 3, &options, NULL, NULL, &minimum, err));
  cr_expect(minimum.converged && fabs(minimum.value) < 1e-12, "value %g: %s", minimum.value,
            gibbs_verdict_text(minimum.verdict));
  cr_expect(memcmp(values_of(model.W), minimum.x, 4 * sizeof(double)) == 0, "the parameters hold the best point");
  gibbs_minimum_clear(&minimum);
  gibbs_objective_free(o);
  gibbs_expr_release(kl);
  free_machine(&target);
  free_machine(&model);
  gibbs_graph_release(graph);
}

Test(objective, different_spaces_are_refused) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine a = make_machine_in(graph, GIBBS_SPINS, 4, GIBBS_SPINS, 1, 0.8, 50);
  machine b = make_machine_in(graph, GIBBS_BITS, 4, GIBBS_SPINS, 1, 0.8, 51);
  gibbs_expr *kl = NULL;
  gibbs_objective *o = NULL;
  gibbs_error refusal;
  CHECK(gibbs_kl(a.q, b.q, &kl, err));
  cr_assert_eq(gibbs_objective_new(kl, &o, &refusal), GIBBS_ERR_SHAPE);
  cr_expect(strstr(refusal.message, "kl: "), "%s", refusal.message);
  gibbs_expr_release(kl);
  free_machine(&a);
  free_machine(&b);
  gibbs_graph_release(graph);
}
