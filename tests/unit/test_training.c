/* test_training.c - steps of the training engine: optimisers, schedules, coordinates, constraints, faults. */
#include <criterion/criterion.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/threads.h"
#include "training_parts.h"
#include "training_sources.h"

static gibbs_training_options with(gibbs_optimiser optimiser, uint64_t steps, double rate) {
  gibbs_training_options o = gibbs_training_defaults();
  o.optimiser = optimiser;
  o.steps = steps;
  o.rate = rate;
  return o;
}

static void run_all(gibbs_training *t) {
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
}

static void run_bowl(bowl *b, const gibbs_training_options *o) {
  gibbs_training *t = NULL;
  CHECK(bowl_train(b, false, o, &t, err));
  run_all(t);
  CHECK(gibbs_training_finish(t, err));
  gibbs_training_free(t);
}

/* ---- schedules ------------------------------------------------------------------------------------------------- */

Test(training, schedules_go_from_the_first_rate_to_the_last) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 11, 0.8);
  cr_expect_eq(training_rate(&o, 7), 0.8);
  o.rate_end = 0.1;
  const double middle[GIBBS_SCHEDULE_COUNT] = {[GIBBS_SCHEDULE_CONSTANT] = 0.8,
                                               [GIBBS_SCHEDULE_LINEAR] = 0.45,
                                               [GIBBS_SCHEDULE_EXPONENTIAL] = 0.28284271247461906,
                                               [GIBBS_SCHEDULE_COSINE] = 0.45,
                                               [GIBBS_SCHEDULE_INVERSE] = 0.8 / 4.5};
  for (int k = GIBBS_SCHEDULE_LINEAR; k < GIBBS_SCHEDULE_COUNT; k++) {
    o.schedule = (gibbs_schedule)k;
    cr_expect(near_to(training_rate(&o, 0), 0.8, 1e-15), "schedule %d starts at %g", k, training_rate(&o, 0));
    cr_expect(near_to(training_rate(&o, 5), middle[k], 1e-15), "schedule %d is %g halfway", k, training_rate(&o, 5));
    cr_expect(near_to(training_rate(&o, 10), 0.1, 1e-15), "schedule %d ends at %g", k, training_rate(&o, 10));
  }
  o.schedule = GIBBS_SCHEDULE_COSINE;
  cr_expect(near_to(training_rate(&o, 2), 0.1 + 0.7 * (0.5 + 0.5 * 0.80901699437494742), 1e-15));
}

static void expect_refusal(const gibbs_training_options *o, const char *part) {
  bowl b = bowl_new(4);
  gibbs_training *t = NULL;
  gibbs_error failure;
  cr_expect_neq(bowl_train(&b, false, o, &t, &failure), GIBBS_OK, "not refused: %s", part);
  cr_expect(strstr(failure.message, part), "'%s' does not say '%s'", failure.message, part);
  cr_expect_null(t);
  bowl_free(&b);
}

Test(training, options_that_make_no_sense_are_refused) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.rate_end = 0.1;
  expect_refusal(&o, "the schedule 'constant' keeps the rate");
  o.rate_end = 0;
  o.schedule = GIBBS_SCHEDULE_EXPONENTIAL;
  expect_refusal(&o, "never gets to rate_end = 0");
  o = with(GIBBS_OPTIMISER_SGD, 10, NAN);
  expect_refusal(&o, "rate is nan");
  o = with(GIBBS_OPTIMISER_SGD, 0, 0.1);
  expect_refusal(&o, "steps is 0");
  o = with((gibbs_optimiser)17, 10, 0.1);
  expect_refusal(&o, "unknown method number 17");
  o = with(GIBBS_OPTIMISER_NATURAL, 10, 0.1);
  expect_refusal(&o, "no slopes");
  o.centred = true;
  expect_refusal(&o, "take one of them");
  o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.patience = 3;
  expect_refusal(&o, "held_out");
}

/* ---- optimisers -------------------------------------------------------------------------------------------------
 */

/* The updates as the papers write them, for 20 steps. */
Test(training, updates_are_those_of_the_papers) {
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++) {
    gibbs_training_options o = with((gibbs_optimiser)k, 20, 0.05);
    bowl b = bowl_new(7);
    double x[7], m[7] = {0}, v[7] = {0};
    for (size_t i = 0; i < 7; i++) x[i] = *bowl_at(&b, i);
    for (int t = 1; t <= 20; t++)
      for (size_t i = 0; i < 7; i++) {
        double g = bowl_stiffness(i) * (x[i] - bowl_centre(i));
        double decay = k == GIBBS_OPTIMISER_RMSPROP ? 0 : 0.9;
        m[i] = k == GIBBS_OPTIMISER_MOMENTUM ? 0.9 * m[i] + g : decay * m[i] + (1 - decay) * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        if (k == GIBBS_OPTIMISER_SGD)
          x[i] -= 0.05 * g;
        else if (k == GIBBS_OPTIMISER_MOMENTUM)
          x[i] -= 0.05 * m[i];
        else
          x[i] -= 0.05 * (m[i] / (1 - pow(decay, t))) / (sqrt(v[i] / (1 - pow(0.999, t))) + 1e-8);
      }
    run_bowl(&b, &o);
    for (size_t i = 0; i < 7; i++)
      cr_expect(near_to(*bowl_at(&b, i), x[i], 1e-12), "optimiser %d, %zu: %.15g, by hand %.15g", k, i,
                *bowl_at(&b, i), x[i]);
    bowl_free(&b);
  }
}

/* A target within reach, from a start nearby: the lowest KL is 0. */
static void open_pair(gibbs_graph **graph, machine *target, machine *model, gibbs_domain visible,
                      gibbs_domain hidden) {
  CHECK(gibbs_graph_new(graph, err));
  *target = make_machine_in(*graph, visible, 4, hidden, 1, 0.7, 40);
  *model = make_machine_in(*graph, visible, 4, hidden, 1, 0.3, 41);
}

static void close_pair(gibbs_graph *graph, machine *target, machine *model) {
  free_machine(target);
  free_machine(model);
  gibbs_graph_release(graph);
}

Test(training, every_optimiser_finds_the_exact_optimum_of_a_machine) {
  static const struct {
    gibbs_optimiser optimiser;
    uint64_t steps;
    double rate;
    bool to_zero, centred, standardised;
  } ways[] = {{GIBBS_OPTIMISER_ADAM, 3000, 0.05, true, false, false},
              {GIBBS_OPTIMISER_MOMENTUM, 1500, 0.1, false, false, false},
              {GIBBS_OPTIMISER_SGD, 1500, 0.9, false, false, false},
              {GIBBS_OPTIMISER_RMSPROP, 3000, 0.05, true, false, false},
              {GIBBS_OPTIMISER_NATURAL, 300, 0.4, false, false, false},
              {GIBBS_OPTIMISER_SGD, 2000, 0.9, false, true, false},
              {GIBBS_OPTIMISER_SGD, 3000, 0.4, false, false, true},
              {GIBBS_OPTIMISER_ADAM, 1000, 0.05, true, true, false}};
  gibbs_graph *graph = NULL;
  machine target, model;
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
    open_pair(&graph, &target, &model, GIBBS_SPINS, GIBBS_SPINS);
    gibbs_training_options o = with(ways[k].optimiser, ways[k].steps, ways[k].rate);
    o.centred = ways[k].centred;
    o.standardised = ways[k].standardised;
    o.schedule = ways[k].to_zero ? GIBBS_SCHEDULE_COSINE : GIBBS_SCHEDULE_CONSTANT;
    o.keep_every = 100;
    all_states s = all_states_new(&target, &model, GIBBS_SPINS, GIBBS_SPINS);
    gibbs_training *t = NULL;
    CHECK(all_states_train(&s, &o, &t, err));
    run_all(t);
    double value = 0;
    CHECK(gibbs_objective_value(s.objective, &value, err));
    cr_expect(value < 1e-8, "way %zu: KL %.12g", k, value);
    gibbs_training_free(t);
    all_states_free(&s);
    close_pair(graph, &target, &model);
  }
}

Test(training, clipping_shortens_and_keeps_the_direction) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 1, 1);
  bowl b = bowl_new(5);
  double start[5], slope[5], norm = 0;
  for (size_t i = 0; i < 5; i++) {
    start[i] = *bowl_at(&b, i);
    slope[i] = bowl_stiffness(i) * (start[i] - bowl_centre(i));
    norm += slope[i] * slope[i];
  }
  norm = sqrt(norm);
  o.clip = norm / 4;
  run_bowl(&b, &o);
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(start[i] - *bowl_at(&b, i), slope[i] / 4, 1e-14));
  for (size_t i = 0; i < 5; i++) *bowl_at(&b, i) = start[i];
  o.clip = 1.01 * norm;
  run_bowl(&b, &o);
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(start[i] - *bowl_at(&b, i), slope[i], 1e-14));
  bowl_free(&b);
}

Test(training, the_bits_do_not_depend_on_the_number_of_threads) {
  size_t n = 100001;
  double *first = malloc(n * sizeof *first);
  cr_assert(first);
  for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++)
    for (size_t threads = 1; threads <= 3; threads += 2) {
      gibbs_training_options o = with((gibbs_optimiser)k, 5, 0.05);
      o.clip = 1;
      o.average = 0.5;
      bowl b = bowl_new(n);
      gibbs_set_threads(threads);
      run_bowl(&b, &o);
      size_t different = 0;
      for (size_t i = 0; i < n; i++)
        if (threads == 1)
          first[i] = *bowl_at(&b, i);
        else
          different += first[i] != *bowl_at(&b, i);
      cr_expect_eq(different, 0, "optimiser %d: %zu numbers differ", k, different);
      bowl_free(&b);
    }
  gibbs_set_threads(0);
  free(first);
}

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
Test(training, centred_updates_do_not_know_which_bits_are_flipped) {
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

Test(training, natural_and_standardised_gradients_are_those_of_the_explicit_matrix) {
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

/* ---- constraints and means
 * ------------------------------------------------------------------------------------------ */

/* min 1/2 sum k (x - c)^2 with sum x = level: x_i = c_i - m / k_i, m = (sum c - level) / sum 1/k. */
Test(training, a_noisy_constraint_is_met_within_its_error) {
  bowl b = bowl_new(6);
  b.constrained = true;
  b.level = 1.5;
  b.noise = 0.3;
  double sum = -b.level, inverse = 0;
  for (size_t i = 0; i < 6; i++) sum += bowl_centre(i), inverse += 1 / bowl_stiffness(i);
  double multiplier = sum / inverse;
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 20000, 0.05);
  o.schedule = GIBBS_SCHEDULE_INVERSE;
  o.rate_end = 0.005;
  o.average = 0.5;
  gibbs_training *t = NULL;
  gibbs_training_result r;
  CHECK(bowl_train(&b, false, &o, &t, err));
  run_all(t);
  CHECK(gibbs_training_finish(t, err));
  gibbs_training_report(t, &r);
  /* 10,000 steps with noise 0.3 each: means are good to about 0.003 (times the inverse stiffness). */
  cr_expect_eq(r.averaged, 10000);
  cr_expect(fabs(r.multiplier - multiplier) < 0.02, "multiplier %g, exactly %g", r.multiplier, multiplier);
  for (size_t i = 0; i < 6; i++)
    cr_expect(fabs(*bowl_at(&b, i) - bowl_centre(i) + multiplier / bowl_stiffness(i)) < 0.02, "%zu: %g", i,
              *bowl_at(&b, i));
  cr_expect(fabs(bowl_violation(&b)) < 0.02);
  cr_expect(r.constraint_error > 0 && r.constraint_error < 0.02 && fabs(r.constraint) < 4 * r.constraint_error,
            "constraint %g +- %g", r.constraint, r.constraint_error);
  gibbs_training_free(t);
  bowl_free(&b);
}

typedef struct path {
  bowl *b;
  double sum[8];
  uint64_t from;
} path;

static gibbs_status add_to_path(void *context, const gibbs_training_record *record, gibbs_error *err) {
  path *p = context;
  (void)err;
  for (size_t i = 0; record->step > p->from && i < bowl_size(p->b); i++) p->sum[i] += *bowl_at(p->b, i);
  return GIBBS_OK;
}

Test(training, the_result_is_the_mean_of_the_last_steps) {
  bowl b = bowl_new(5);
  b.noise = 1;
  gibbs_training_options o = with(GIBBS_OPTIMISER_MOMENTUM, 50, 0.05);
  o.average = 0.3;
  path p = {.b = &b, .from = 35};
  gibbs_training *t = NULL;
  CHECK(bowl_train(&b, false, &o, &t, err));
  CHECK(gibbs_training_run(t, UINT64_MAX, add_to_path, &p, err));
  CHECK(gibbs_training_finish(t, err));
  for (size_t i = 0; i < 5; i++) cr_expect(near_to(*bowl_at(&b, i), p.sum[i] / 15, 1e-14));
  gibbs_error failure;
  cr_expect_eq(gibbs_training_run(t, 1, NULL, NULL, &failure), GIBBS_ERR_ARGUMENT);
  gibbs_training_free(t);
  bowl_free(&b);
}
