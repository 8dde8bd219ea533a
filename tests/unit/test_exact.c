/* test_exact.c - sums over all states against sums written out by hand. */
#include "gibbs/exact.h"

#include <criterion/criterion.h>

#include "gibbs/batch.h"
#include "gibbs/threads.h"
#include "machines.h"

static const gibbs_domain DOMAINS[2] = {GIBBS_SPINS, GIBBS_BITS};

/* Sums of 2^12 terms of size one in double: 1e-12 is a thousand roundings. */
Test(exact, free_energy_of_every_pairing_is_the_sum_over_both_sides) {
  for (int k = 0; k < 4; k++) {
    gibbs_graph *graph = NULL;
    CHECK(gibbs_graph_new(&graph, err));
    gibbs_domain visible = DOMAINS[k & 1], hidden = DOMAINS[k >> 1];
    machine x = make_machine_in(graph, visible, 7, hidden, 4, 0.8, (uint32_t)k);
    gibbs_distribution *swapped = NULL;
    double own = 0, other = 0;
    CHECK(gibbs_exact_free_energy(x.q, &own, err));
    CHECK(gibbs_distribution_swapped(x.q, &swapped, err));
    cr_assert_not_null(swapped);
    CHECK(gibbs_exact_free_energy(swapped, &other, err));
    double hand = (double)-hand_log_z(&x, visible, hidden);
    cr_expect(near_to(own, hand, 1e-12), "%.15g, by hand %.15g", own, hand);
    cr_expect(near_to(other, hand, 1e-12), "%.15g, by hand %.15g", other, hand);
    free_machine(&x);
    gibbs_graph_release(graph);
  }
}

static gibbs_status keep_states(void *context, const gibbs_view *view, gibbs_error *err) {
  double *out = context;
  (void)err;
  for (size_t s = 0; s < view->count; s++) {
    out[2 * (view->first + s)] = -view->log_weight[0][s];
    out[2 * (view->first + s) + 1] = view->probability[0][s];
  }
  return GIBBS_OK;
}

Test(exact, views_give_the_hamiltonian_and_probability_of_every_state) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 6, GIBBS_BITS, 3, 1.0, 5);
  gibbs_ensemble *e = NULL;
  double states[128];
  CHECK(gibbs_ensemble_new(&x.q, 1, NULL, 0, GIBBS_DEMAND_STATES, &e, err));
  CHECK(gibbs_ensemble_prepare(e, err));
  CHECK(gibbs_ensemble_visit(e, keep_states, states, err));
  long double log_z = hand_log_z(&x, GIBBS_SPINS, GIBBS_BITS);
  for (size_t s = 0; s < 64; s++) {
    long double h = hand_hamiltonian(&x, GIBBS_SPINS, GIBBS_BITS, s);
    cr_expect(near_to(states[2 * s], (double)h, 1e-13), "state %zu", s);
    cr_expect(near_to(states[2 * s + 1], (double)expl(-h - log_z), 1e-13), "state %zu", s);
  }
  gibbs_ensemble_free(e);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(exact, means_and_entropy_agree_with_the_states) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_BITS, 6, GIBBS_SPINS, 3, 1.0, 6);
  double mean[6], entropy = 0, hidden[3];
  CHECK(gibbs_exact_mean(x.q, x.v, mean, err));
  CHECK(gibbs_exact_mean(x.q, x.h, hidden, err));
  CHECK(gibbs_exact_entropy(x.q, &entropy, err));
  long double log_z = hand_log_z(&x, GIBBS_BITS, GIBBS_SPINS), hand_entropy = 0;
  for (size_t i = 0; i < 6; i++) {
    long double hand = 0;
    for (size_t s = 0; s < 64; s++) {
      long double p = expl(-hand_hamiltonian(&x, GIBBS_BITS, GIBBS_SPINS, s) - log_z);
      hand += p * unit_value(GIBBS_BITS, s, i);
      if (i == 0) hand_entropy -= p * logl(p);
    }
    cr_expect(near_to(mean[i], (double)hand, 1e-13), "unit %zu", i);
  }
  cr_expect(near_to(entropy, (double)hand_entropy, 1e-13));
  const double *b = values_of(x.b), *W = values_of(x.W);
  for (size_t j = 0; j < 3; j++) {
    long double hand = 0;
    for (size_t s = 0; s < 64; s++) {
      long double field = b[j];
      for (size_t i = 0; i < 6; i++) field += (long double)W[i * 3 + j] * unit_value(GIBBS_BITS, s, i);
      hand += expl(-hand_hamiltonian(&x, GIBBS_BITS, GIBBS_SPINS, s) - log_z) * tanhl(field);
    }
    cr_expect(near_to(hidden[j], (double)hand, 1e-13), "hidden unit %zu", j);
  }
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* exp(-H) spans 10^+-8000 here: only log space survives. */
Test(exact, energies_of_ten_thousand_are_finite_and_right) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  for (int k = 0; k < 4; k++) {
    gibbs_domain visible = DOMAINS[k & 1], hidden = DOMAINS[k >> 1];
    machine x = make_machine_in(graph, visible, 5, hidden, 4, 1000, 20 + (uint32_t)k);
    double f = 0, best = -INFINITY;
    CHECK(gibbs_exact_free_energy(x.q, &f, err));
    for (size_t s = 0; s < 32; s++) /* one state outweighs all others by far: F is its lowest joint energy */
      for (size_t t = 0; t < 16; t++) {
        double e = 0;
        for (size_t i = 0; i < 5; i++) e += values_of(x.a)[i] * unit_value(visible, s, i);
        for (size_t j = 0; j < 4; j++) {
          double field = values_of(x.b)[j];
          for (size_t i = 0; i < 5; i++) field += values_of(x.W)[i * 4 + j] * unit_value(visible, s, i);
          e += field * unit_value(hidden, t, j);
        }
        best = fmax(best, e);
      }
    cr_expect(near_to(f, -best, 1e-12), "%.15g, lowest energy %.15g", f, -best);
    free_machine(&x);
  }
  gibbs_graph_release(graph);
}

static double free_energy_with(gibbs_distribution *q, size_t threads) {
  double f = 0;
  gibbs_set_threads(threads);
  CHECK(gibbs_exact_free_energy(q, &f, err));
  gibbs_set_threads(0);
  return f;
}

static gibbs_status weigh_all(void *context, const gibbs_view *view, double *const weight[],
                              double *const observable_weight[], gibbs_error *err) {
  (void)context, (void)observable_weight, (void)err;
  for (size_t s = 0; s < view->count; s++) weight[0][s] = view->probability[0][s] * sin((double)(view->first + s));
  return GIBBS_OK;
}

static void gradient_with(machine *x, size_t threads, double *out) {
  gibbs_ensemble *e = NULL;
  gibbs_expr *parameters[] = {x->W, x->a, x->b};
  double *rows[] = {out, out + x->n * x->m, out + x->n * x->m + x->n};
  gibbs_set_threads(threads);
  memset(out, 0, (x->n * x->m + x->n + x->m) * sizeof *out);
  CHECK(gibbs_ensemble_new(&x->q, 1, NULL, 0, GIBBS_DEMAND_STATES, &e, err));
  CHECK(gibbs_ensemble_prepare(e, err));
  CHECK(gibbs_ensemble_backward(e, weigh_all, NULL, parameters, 3, rows, err));
  gibbs_ensemble_free(e);
  gibbs_set_threads(0);
}

Test(exact, one_two_and_three_threads_give_the_same_bits) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 15, GIBBS_SPINS, 5, 0.5, 9);
  double first = free_energy_with(x.q, 1), one[95], other[95];
  gradient_with(&x, 1, one);
  for (size_t threads = 2; threads <= 3; threads++) {
    double f = free_energy_with(x.q, threads);
    cr_expect(memcmp(&f, &first, sizeof f) == 0, "F with %zu threads", threads);
    gradient_with(&x, threads, other);
    cr_expect(memcmp(one, other, sizeof one) == 0, "gradient with %zu threads", threads);
  }
  free_machine(&x);
  gibbs_graph_release(graph);
}

/* A three-body energy has no form: the general way, state by state, against the kernel's way for the same numbers. */
Test(exact, general_expressions_agree_with_their_sum_by_hand) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", GIBBS_SPINS, 2, 13), *parts[3], *pair = NULL, *triple = NULL,
             *energy = NULL;
  for (long k = 0; k < 3; k++) CHECK(gibbs_expr_shift(v, &k, 1, &parts[k], err));
  CHECK(gibbs_expr_binary(GIBBS_OP_MUL, parts[0], parts[1], &pair, err));
  CHECK(gibbs_expr_binary(GIBBS_OP_MUL, pair, parts[2], &triple, err));
  CHECK(gibbs_expr_sum(triple, &energy, err));
  gibbs_distribution *q = NULL;
  CHECK(gibbs_distribution_new("boltzmann", energy, &v, 1, NULL, 0, &q, err));
  cr_assert_not(gibbs_distribution_form(q)->found);
  double f = 0;
  CHECK(gibbs_exact_free_energy(q, &f, err));
  long double z = 0;
  for (size_t s = 0; s < 8192; s++) {
    int e = 0;
    for (size_t i = 0; i < 13; i++)
      e += (int)(unit_value(GIBBS_SPINS, s, i) * unit_value(GIBBS_SPINS, s, (i + 1) % 13) *
                 unit_value(GIBBS_SPINS, s, (i + 2) % 13));
    z += expl(-e);
  }
  cr_expect(near_to(f, (double)-logl(z), 1e-13));
  gibbs_distribution_release(q);
  gibbs_expr *nodes[] = {v, parts[0], parts[1], parts[2], pair, triple, energy};
  for (size_t i = 0; i < 7; i++) gibbs_expr_release(nodes[i]);
  gibbs_graph_release(graph);
}

/* 20,000 samples of 8 states: a chi-square of 7 degrees of freedom is above 29.9 once in 10^4 seeds; this seed is
 * fixed. */
Test(exact, samples_by_inversion_follow_the_probabilities) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 3, GIBBS_SPINS, 2, 0.7, 11);
  gibbs_ensemble *e = NULL;
  enum { COUNT = 20000 };
  double *rows = malloc(3 * COUNT * sizeof *rows), states[16], chi_square = 0;
  size_t seen[8] = {0};
  CHECK(gibbs_ensemble_new(&x.q, 1, NULL, 0, GIBBS_DEMAND_STATES, &e, err));
  CHECK(gibbs_ensemble_prepare(e, err));
  CHECK(gibbs_ensemble_sample(e, 0, 42, COUNT, rows, err));
  CHECK(gibbs_ensemble_visit(e, keep_states, states, err));
  for (size_t i = 0; i < COUNT; i++)
    seen[(rows[3 * i] > 0) + 2 * (rows[3 * i + 1] > 0) + 4 * (rows[3 * i + 2] > 0)]++;
  for (size_t s = 0; s < 8; s++) {
    double expected = COUNT * states[2 * s + 1];
    chi_square += ((double)seen[s] - expected) * ((double)seen[s] - expected) / expected;
  }
  cr_expect(chi_square < 29.9, "chi-square %g", chi_square);
  free(rows);
  gibbs_ensemble_free(e);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(exact, too_many_states_are_refused_with_the_limit) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  machine x = make_machine_in(graph, GIBBS_SPINS, 40, GIBBS_SPINS, 35, 0.1, 12);
  double f = 0;
  gibbs_error refusal;
  cr_assert_eq(gibbs_exact_free_energy(x.q, &f, &refusal), GIBBS_ERR_SIZE);
  cr_expect(strstr(refusal.message, "2^40") && strstr(refusal.message, "2^35") && strstr(refusal.message, "2^30"),
            "%s", refusal.message);
  free_machine(&x);
  gibbs_graph_release(graph);
}

Test(exact, batches_refuse_what_a_unit_cannot_be) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_variable(graph, "v", GIBBS_SPINS, 2, 3);
  gibbs_batch *batch = NULL;
  CHECK(gibbs_batch_new(&v, 1, 2, &batch, err));
  gibbs_error refusal;
  const double rows[] = {1, -1, 1, 1, 0.5, 1};
  cr_assert_eq(gibbs_batch_set(batch, 0, rows, 3, &refusal), GIBBS_ERR_ARGUMENT);
  cr_expect(strstr(refusal.message, "configuration 2, unit 2 holds 0.5"), "%s", refusal.message);
  gibbs_batch_free(batch);
  gibbs_expr_release(v);
  gibbs_graph_release(graph);
}
