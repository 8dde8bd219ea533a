/* test_training_coordinates.c - centred, standardised and natural gradients: what they do not depend on, and what
 * they are by hand. */
#include <criterion/criterion.h>
#include <string.h>

#include "training_sources.h"

/* ---- other coordinates -------------------------------------------------------------------------------------------
 */

/* The machine whose visible bits are those of `from` flipped: v W h + a v + b h with v = 1 - u is
 * -u W h - a u + (b + W summed over i) h + a constant. */
static void flip(const machine *from, machine *to) {
  for (size_t j = 0; j < from->m; j++) values_of(to->b)[j] = values_of(from->b)[j];
  for (size_t i = 0; i < from->n; i++) {
    values_of(to->a)[i] = -values_of(from->a)[i];
    for (size_t j = 0; j < from->m; j++) {
      values_of(to->W)[i * from->m + j] = -values_of(from->W)[i * from->m + j];
      values_of(to->b)[j] += values_of(from->W)[i * from->m + j];
    }
  }
  gibbs_expr *nodes[3] = {to->W, to->a, to->b};
  for (size_t k = 0; k < 3; k++) gibbs_parameter_touch(gibbs_expr_as_parameter(nodes[k]));
}

static double largest_difference(const machine *x, const machine *y) {
  double largest = 0;
  for (size_t i = 0; i < x->n * x->m; i++) largest = fmax(largest, fabs(values_of(x->W)[i] - values_of(y->W)[i]));
  for (size_t i = 0; i < x->n; i++) largest = fmax(largest, fabs(values_of(x->a)[i] - values_of(y->a)[i]));
  for (size_t j = 0; j < x->m; j++) largest = fmax(largest, fabs(values_of(x->b)[j] - values_of(y->b)[j]));
  return largest;
}

static void train_machine(machine *target, machine *model, const gibbs_training_options *o) {
  all_states s = all_states_new(target, model, GIBBS_BITS, GIBBS_BITS);
  gibbs_training *t = NULL;
  CHECK(all_states_train(&s, o, &t, err));
  run_all(t);
  gibbs_training_free(t);
  all_states_free(&s);
}

/* What centring is for: nothing depends on which value of a bit is called 1.  Ordinary gradients do. */
Test(training_coordinates, centred_updates_do_not_know_which_bits_are_flipped) {
  static const gibbs_optimiser ways[] = {GIBBS_OPTIMISER_SGD, GIBBS_OPTIMISER_MOMENTUM};
  for (size_t k = 0; k < 2; k++)
    for (int centred = 0; centred < 2; centred++) {
      gibbs_training_options o = with(ways[k], 15, 0.3);
      o.centred = centred != 0;
      gibbs_graph *graph = NULL, *other = NULL;
      machine target, model, target_flipped, model_flipped, expected;
      open_pair(&graph, &target, &model, GIBBS_BITS, GIBBS_BITS);
      open_pair(&other, &target_flipped, &model_flipped, GIBBS_BITS, GIBBS_BITS);
      expected = make_machine_in(other, GIBBS_BITS, 4, GIBBS_BITS, 1, 0.3, 42);
      flip(&target, &target_flipped);
      flip(&model, &model_flipped);
      train_machine(&target, &model, &o);
      train_machine(&target_flipped, &model_flipped, &o);
      flip(&model, &expected);
      double apart = largest_difference(&model_flipped, &expected);
      cr_expect(centred ? apart < 1e-6 : apart > 1e-2, "way %zu, centred %d: %g apart", k, centred, apart);
      free_machine(&expected);
      close_pair(graph, &target, &model);
      close_pair(other, &target_flipped, &model_flipped);
    }
}

/* dH by the parameters laid end to end, at state s. */
static void hand_slopes(const machine *x, gibbs_domain visible, size_t s, double *out) {
  double *W = out, *a = out + x->n * x->m, *b = a + x->n;
  for (size_t j = 0; j < x->m; j++) {
    double field = values_of(x->b)[j];
    for (size_t i = 0; i < x->n; i++) field += values_of(x->W)[i * x->m + j] * unit_value(visible, s, i);
    b[j] = -tanh(field); /* hidden spins */
    for (size_t i = 0; i < x->n; i++) W[i * x->m + j] = unit_value(visible, s, i) * b[j];
  }
  for (size_t i = 0; i < x->n; i++) a[i] = -unit_value(visible, s, i);
}

/* Cov(dH, dH) over all states, n x n. */
static void hand_fisher(const machine *x, gibbs_domain visible, double *fisher) {
  size_t n = x->n * x->m + x->n + x->m, states = (size_t)1 << x->n;
  double slope[32], mean[32] = {0}, log_z = (double)hand_log_z(x, visible, GIBBS_SPINS);
  memset(fisher, 0, n * n * sizeof *fisher);
  for (size_t s = 0; s < states; s++) {
    double weight = exp(-(double)hand_hamiltonian(x, visible, GIBBS_SPINS, s) - log_z);
    hand_slopes(x, visible, s, slope);
    for (size_t i = 0; i < n; i++) {
      mean[i] += weight * slope[i];
      for (size_t j = 0; j < n; j++) fisher[i * n + j] += weight * slope[i] * slope[j];
    }
  }
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++) fisher[i * n + j] -= mean[i] * mean[j];
}

static double difference_of_move(const machine *model, const double *start, const double *move, double rate) {
  size_t sizes[3] = {model->n * model->m, model->n, model->m}, at = 0;
  gibbs_expr *nodes[3] = {model->W, model->a, model->b};
  double largest = 0;
  for (size_t k = 0; k < 3; k++)
    for (size_t i = 0; i < sizes[k]; i++, at++)
      largest = fmax(largest, fabs((start[at] - values_of(nodes[k])[i]) / rate - move[at]));
  return largest;
}

static void read_machine(const machine *model, double *out) {
  memcpy(out, values_of(model->W), model->n * model->m * sizeof *out);
  memcpy(out + model->n * model->m, values_of(model->a), model->n * sizeof *out);
  memcpy(out + model->n * model->m + model->n, values_of(model->b), model->m * sizeof *out);
}

/* (F + damping mean(diag F)) x = gradient by elimination. */
static void solve_by_hand(double *matrix, size_t n, double *x) {
  for (size_t p = 0; p < n; p++)
    for (size_t i = p + 1; i < n; i++) {
      double factor = matrix[i * n + p] / matrix[p * n + p];
      for (size_t j = p; j < n; j++) matrix[i * n + j] -= factor * matrix[p * n + j];
      x[i] -= factor * x[p];
    }
  for (size_t i = n; i-- > 0;) {
    for (size_t j = i + 1; j < n; j++) x[i] -= matrix[i * n + j] * x[j];
    x[i] /= matrix[i * n + i];
  }
}

Test(training_coordinates, natural_and_standardised_gradients_are_those_of_the_explicit_matrix) {
  for (int natural = 0; natural < 2; natural++) {
    gibbs_graph *graph = NULL;
    machine target, model;
    double start[32], slope[32], fisher[32 * 32], mean = 0, value = 0;
    open_pair(&graph, &target, &model, GIBBS_SPINS, GIBBS_SPINS);
    all_states s = all_states_new(&target, &model, GIBBS_SPINS, GIBBS_SPINS);
    gibbs_expr *parameters[3] = {model.W, model.a, model.b};
    size_t n = model.n * model.m + model.n + model.m;
    double *rows[3] = {slope, slope + model.n * model.m, slope + model.n * model.m + model.n};
    CHECK(gibbs_objective_gradient(s.objective, parameters, 3, &value, rows, err));
    read_machine(&model, start);
    hand_fisher(&model, GIBBS_SPINS, fisher);
    for (size_t i = 0; i < n; i++) mean += fisher[i * n + i] / (double)n;
    for (size_t i = 0; i < n; i++) fisher[i * n + i] += 0.03 * mean;
    if (natural)
      solve_by_hand(fisher, n, slope);
    else
      for (size_t i = 0; i < n; i++) slope[i] /= sqrt(fisher[i * n + i]);
    gibbs_training_options o = with(natural ? GIBBS_OPTIMISER_NATURAL : GIBBS_OPTIMISER_SGD, 1, 0.125);
    o.standardised = !natural;
    o.damping = 0.03;
    o.cg_steps = 100;
    gibbs_training *t = NULL;
    CHECK(all_states_train(&s, &o, &t, err));
    run_all(t);
    double apart = difference_of_move(&model, start, slope, o.rate);
    cr_expect(apart < 1e-4, "natural %d: %g apart", natural, apart);
    gibbs_training_free(t);
    all_states_free(&s);
    close_pair(graph, &target, &model);
  }
}
