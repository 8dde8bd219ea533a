/* test_training_objective.c - trainings of objectives: exact ones by the engine, sampled ones beside them,
 * constraints, states with chains. */
#include <criterion/criterion.h>
#include <string.h>

#include "gibbs/training.h"
#include "machines.h"

/* A target, a machine within reach of it, and objectives of them. */
typedef struct scene {
  gibbs_graph *graph;
  machine target, model;
  gibbs_expr *kl, *free_energy, *parameters[3];
} scene;

static scene scene_new(void) {
  scene s = {0};
  CHECK(gibbs_graph_new(&s.graph, err));
  s.target = make_machine_in(s.graph, GIBBS_SPINS, 4, GIBBS_SPINS, 1, 0.7, 40);
  s.model = make_machine_in(s.graph, GIBBS_SPINS, 4, GIBBS_SPINS, 1, 0.3, 41);
  CHECK(gibbs_kl(s.target.q, s.model.q, &s.kl, err));
  CHECK(gibbs_free_energy(s.model.q, &s.free_energy, err));
  s.parameters[0] = s.model.W;
  s.parameters[1] = s.model.a;
  s.parameters[2] = s.model.b;
  return s;
}

static void scene_free(scene *s) {
  gibbs_expr_release(s->kl);
  gibbs_expr_release(s->free_energy);
  free_machine(&s->target);
  free_machine(&s->model);
  gibbs_graph_release(s->graph);
}

static gibbs_training_options with(gibbs_optimiser optimiser, uint64_t steps, double rate) {
  gibbs_training_options o = gibbs_training_defaults();
  o.optimiser = optimiser;
  o.steps = steps;
  o.rate = rate;
  return o;
}

static const gibbs_sampling sampling = {
    .kind = GIBBS_SAMPLING_PERSISTENT, .chains = 64, .burn = 20, .sweeps = 1, .snapshots = 1, .seed = 5};

/* How a run is estimated. */
typedef enum way { EXACTLY, PERSISTENTLY, CARRIED } way;

/* A run and all it borrows. */
typedef struct run {
  scene scene;
  gibbs_objective *objective, *constraint, *held_out;
  gibbs_training *training;
} run;

static run run_new(way how_to, bool constrained, double level, bool held_out, const gibbs_training_options *o) {
  run r = {.scene = scene_new()};
  bool sampled = how_to != EXACTLY;
  gibbs_sampling how = sampling;
  if (how_to == CARRIED) how.kind = GIBBS_SAMPLING_CARRIED;
  if (sampled)
    CHECK(gibbs_objective_new_sampled(r.scene.kl, &how, &r.objective, err));
  else
    CHECK(gibbs_objective_new(r.scene.kl, &r.objective, err));
  if (constrained && sampled) CHECK(gibbs_objective_new_beside(r.scene.free_energy, r.objective, &r.constraint, err));
  if (constrained && !sampled) CHECK(gibbs_objective_new(r.scene.free_energy, &r.constraint, err));
  if (held_out) CHECK(gibbs_objective_new_sampled(r.scene.kl, &how, &r.held_out, err));
  CHECK(gibbs_training_new(r.objective, r.constraint, level, r.held_out, r.scene.parameters, 3, o, &r.training, err));
  return r;
}

static void run_free(run *r) {
  gibbs_training_free(r->training);
  gibbs_objective_free(r->held_out);
  gibbs_objective_free(r->constraint);
  gibbs_objective_free(r->objective);
  scene_free(&r->scene);
}

static void advance(run *r, uint64_t steps) {
  CHECK(gibbs_training_run(r->training, steps, NULL, NULL, err));
}

static double exact_value(gibbs_expr *expr) {
  gibbs_objective *o = NULL;
  double value = 0;
  CHECK(gibbs_objective_new(expr, &o, err));
  CHECK(gibbs_objective_value(o, &value, err));
  gibbs_objective_free(o);
  return value;
}

Test(training_objective, an_exact_objective_is_trained_to_its_optimum) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_MOMENTUM, 1500, 0.1);
  run r = run_new(EXACTLY, false, 0, false, &o);
  advance(&r, UINT64_MAX);
  gibbs_training_result result;
  gibbs_training_report(r.training, &result);
  cr_expect(exact_value(r.scene.kl) < 1e-8 && result.value < 1e-8, "KL %g", exact_value(r.scene.kl));
  cr_expect_eq(result.value_error, 0);
  run_free(&r);
}

/* min KL subject to F = level, by augmented Lagrangian on exact gradients: the point that gibbs_objective_minimize
 * finds, and its multiplier. */
static void exact_constrained(double level, double *value, double *multiplier) {
  scene s = scene_new();
  gibbs_objective *objective = NULL, *constraint = NULL;
  gibbs_minimize_options o = gibbs_minimize_defaults();
  gibbs_minimum minimum;
  CHECK(gibbs_objective_new(s.kl, &objective, err));
  CHECK(gibbs_objective_new(s.free_energy, &constraint, err));
  CHECK(gibbs_objective_minimize(objective, constraint, level, s.parameters, 3, &o, NULL, NULL, &minimum, err));
  cr_assert(minimum.converged);
  *value = minimum.value;
  *multiplier = minimum.multiplier;
  gibbs_minimum_clear(&minimum);
  gibbs_objective_free(objective);
  gibbs_objective_free(constraint);
  scene_free(&s);
}

Test(training_objective, an_exact_constraint_is_met) {
  const double level = -3.8;
  double value = 0, multiplier = 0;
  exact_constrained(level, &value, &multiplier);
  gibbs_training_options o = with(GIBBS_OPTIMISER_MOMENTUM, 4000, 0.05);
  run r = run_new(EXACTLY, true, level, false, &o);
  advance(&r, UINT64_MAX);
  gibbs_training_result result;
  gibbs_training_report(r.training, &result);
  cr_expect(fabs(exact_value(r.scene.free_energy) - level) < 1e-7, "F %.10g", exact_value(r.scene.free_energy));
  cr_expect(fabs(exact_value(r.scene.kl) - value) < 1e-7, "KL %.10g, %.10g", exact_value(r.scene.kl), value);
  cr_expect(fabs(result.multiplier - multiplier) < 1e-6, "multiplier %.10g, %.10g", result.multiplier, multiplier);
  run_free(&r);
}

/* On samples, from the same start: errors are those of the tail's mean, found from runs with other seeds. */
Test(training_objective, every_optimiser_trains_on_samples) {
  static const struct {
    gibbs_optimiser optimiser;
    double rate;
    bool centred, standardised;
  } ways[] = {{GIBBS_OPTIMISER_ADAM, 0.02, false, false},    {GIBBS_OPTIMISER_MOMENTUM, 0.02, false, false},
              {GIBBS_OPTIMISER_SGD, 0.2, false, false},      {GIBBS_OPTIMISER_RMSPROP, 0.02, false, false},
              {GIBBS_OPTIMISER_NATURAL, 0.05, false, false}, {GIBBS_OPTIMISER_SGD, 0.2, true, false},
              {GIBBS_OPTIMISER_SGD, 0.1, false, true}};
  for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
    gibbs_training_options o = with(ways[k].optimiser, 1500, ways[k].rate);
    o.centred = ways[k].centred;
    o.standardised = ways[k].standardised;
    o.schedule = GIBBS_SCHEDULE_COSINE;
    o.average = 0.5;
    run r = run_new(PERSISTENTLY, false, 0, false, &o);
    double start = exact_value(r.scene.kl);
    advance(&r, UINT64_MAX);
    CHECK(gibbs_training_finish(r.training, err));
    double end = exact_value(r.scene.kl);
    cr_expect(start > 0.1 && end < 0.005, "way %zu: from KL %g to %g", k, start, end);
    run_free(&r);
  }
}

static bool same_parameters(const run *a, const run *b) {
  for (size_t k = 0; k < 3; k++)
    if (memcmp(values_of(a->scene.parameters[k]), values_of(b->scene.parameters[k]),
               gibbs_expr_size(a->scene.parameters[k]) * sizeof(double)) != 0)
      return false;
  return true;
}

static bool same_history(const run *a, const run *b) {
  const gibbs_training_record *s = NULL, *t = NULL;
  size_t count = gibbs_training_history(a->training, &s);
  if (gibbs_training_history(b->training, &t) != count) return false;
  for (size_t k = 0; k < count; k++) {
#define ROW(field, doc)                                                                                              \
  if (memcmp(&s[k].field, &t[k].field, sizeof s[k].field) != 0) return false;
    GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
  }
  return true;
}

/* With all that there is, on chains: new objects, restored, go on to the same bits. */
Test(training_objective, a_run_on_samples_goes_on_from_its_state_to_the_same_bits) {
  for (int k = 0; k <= GIBBS_OPTIMISER_NATURAL; k++) {
    gibbs_training_options o = with((gibbs_optimiser)k, 30, 0.02);
    o.average = 0.5;
    o.keep_every = 2;
    o.check_every = 5;
    o.centred = k == GIBBS_OPTIMISER_SGD;
    o.change_floor = 0.01;
    way how_to = k % 2 ? CARRIED : PERSISTENTLY;
    run whole = run_new(how_to, true, -3.8, true, &o);
    advance(&whole, UINT64_MAX);
    for (uint64_t at = 0; at <= 30; at += 6) {
      run first = run_new(how_to, true, -3.8, true, &o), second = run_new(how_to, true, -3.8, true, &o);
      double *state = NULL;
      size_t count = 0;
      advance(&first, at);
      CHECK(gibbs_training_save(first.training, &state, &count, err));
      CHECK(gibbs_training_restore(second.training, state, count, err));
      advance(&second, UINT64_MAX);
      cr_expect(same_parameters(&whole, &second), "optimiser %d, restored after %g", k, (double)at);
      cr_expect(same_history(&whole, &second), "optimiser %d, restored after %g: history", k, (double)at);
      free(state);
      run_free(&first);
      run_free(&second);
    }
    run_free(&whole);
  }
}

/* The kernel changes about half of the units a sweep here: a floor above that cannot be held. */
Test(training_objective, chains_that_hardly_move_end_the_run) {
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 100, 0.05);
  o.change_floor = 0.99;
  run r = run_new(PERSISTENTLY, false, 0, false, &o);
  run untouched = run_new(PERSISTENTLY, false, 0, false, &o);
  gibbs_training_end end;
  advance(&r, UINT64_MAX);
  cr_expect(gibbs_training_ended(r.training, &end) && end == GIBBS_TRAINING_END_OUT_OF_EQUILIBRIUM);
  cr_expect(same_parameters(&r, &untouched));
  run_free(&r);
  run_free(&untouched);
}

Test(training_objective, what_needs_samples_is_refused_without) {
  scene s = scene_new();
  gibbs_objective *exact = NULL, *sampled = NULL;
  gibbs_training *t = NULL;
  gibbs_error failure;
  CHECK(gibbs_objective_new(s.kl, &exact, err));
  CHECK(gibbs_objective_new_sampled(s.kl, &sampling, &sampled, err));
  gibbs_training_options o = with(GIBBS_OPTIMISER_NATURAL, 10, 0.1);
  cr_expect_eq(gibbs_training_new(exact, NULL, 0, NULL, s.parameters, 3, &o, &t, &failure), GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(failure.message, "the objective is exact"), "%s", failure.message);
  o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.ess_floor = 0.5;
  cr_expect_eq(gibbs_training_new(exact, NULL, 0, NULL, s.parameters, 3, &o, &t, &failure), GIBBS_ERR_ARGUMENT);
  cr_expect(strstr(failure.message, "about chains"), "%s", failure.message);
  o.ess_floor = 0;
  cr_expect_eq(gibbs_training_new(exact, sampled, 0, NULL, s.parameters, 3, &o, &t, &failure), GIBBS_ERR_ARGUMENT);
  cr_expect(strstr(failure.message, "one is exact"), "%s", failure.message);
  o.centred = true;
  cr_expect_eq(gibbs_training_new(sampled, NULL, 0, NULL, s.parameters, 2, &o, &t, &failure), GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(failure.message, "biases of both layers"), "%s", failure.message);
  gibbs_objective_free(sampled);
  gibbs_objective_free(exact);
  scene_free(&s);
}

/* F that is carried along while the parameters follow the chains: 24 runs of 400 steps, whose deviations from exact
 * sums are within their errors, without a bias.  |mean z| < 4 / sqrt(24) and sum z^2 < 64: false alarms in 1e-4 of
 * all seeds.  (Carried by the chains that make the gradients, F would be too high by 20 standard errors.) */
Test(training_objective, a_carried_free_energy_is_right_however_the_parameters_move) {
  double sum = 0, squares = 0;
  for (uint64_t k = 0; k < 24; k++) {
    scene s = scene_new();
    gibbs_sampling carried = sampling;
    carried.kind = GIBBS_SAMPLING_CARRIED;
    carried.seed = 100 + k;
    carried.chains = 100;
    gibbs_objective *objective = NULL;
    gibbs_training *t = NULL;
    double rows[40];
    gibbs_data *data = NULL;
    gibbs_expr *loss = NULL;
    for (size_t i = 0; i < 40; i++) rows[i] = (i * 7 + i / 3) % 5 < 2 ? -1 : 1;
    CHECK(gibbs_data_new(10, 4, rows, NULL, &data, err));
    CHECK(gibbs_data_kl(data, s.model.q, &loss, err));
    CHECK(gibbs_objective_new_sampled(loss, &carried, &objective, err));
    gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 400, 0.05);
    o.keep_every = 400;
    CHECK(gibbs_training_new(objective, NULL, 0, NULL, s.parameters, 3, &o, &t, err));
    CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
    gibbs_objective_estimate value;
    gibbs_sample_report report;
    CHECK(gibbs_objective_sample(objective, NULL, 0, &value, NULL, err));
    CHECK(gibbs_objective_samples(objective, s.model.q, &report, err));
    double z = (report.free_energy - exact_value(s.free_energy)) / report.error;
    sum += z;
    squares += z * z;
    cr_expect(fabs(value.value - exact_value(loss)) < 5 * value.error, "KL %g +- %g, exactly %g", value.value,
              value.error, exact_value(loss));
    gibbs_training_free(t);
    gibbs_objective_free(objective);
    gibbs_expr_release(loss);
    gibbs_data_release(data);
    scene_free(&s);
  }
  cr_expect(fabs(sum / 24) < 0.82 && squares < 64, "mean z %g, sum of squares %g", sum / 24, squares);
}

/* Floors that nothing is known of would hold nothing: an objective of data alone has no chains. */
Test(training_objective, floors_without_chains_are_refused) {
  scene s = scene_new();
  double rows[8] = {-1, 1, 1, -1, 1, 1, 1, -1};
  gibbs_data *data = NULL;
  gibbs_expr *expr = NULL;
  gibbs_objective *objective = NULL;
  gibbs_training *t = NULL;
  gibbs_error failure;
  CHECK(gibbs_data_new(2, 4, rows, NULL, &data, err));
  CHECK(gibbs_pseudo_likelihood(data, s.model.q, &expr, err));
  CHECK(gibbs_objective_new_sampled(expr, &sampling, &objective, err));
  gibbs_training_options o = with(GIBBS_OPTIMISER_SGD, 10, 0.1);
  o.ess_floor = 0.5;
  CHECK(gibbs_training_new(objective, NULL, 0, NULL, s.parameters, 3, &o, &t, err));
  cr_expect_eq(gibbs_training_run(t, 1, NULL, NULL, &failure), GIBBS_ERR_UNSUPPORTED);
  cr_expect(strstr(failure.message, "no chains of the model"), "%s", failure.message);
  gibbs_training_free(t);
  gibbs_objective_free(objective);
  gibbs_expr_release(expr);
  gibbs_data_release(data);
  scene_free(&s);
}
