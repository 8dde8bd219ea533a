/* training_sources.h - where trainings of tests get their gradients from: a bowl with noise and faults of its own,
 * and a small machine with all its states for samples. */
#ifndef TESTS_TRAINING_SOURCES_H
#define TESTS_TRAINING_SOURCES_H

#include "gibbs/control.h"
#include "gibbs/objective.h"
#include "machines.h"
#include "training_source.h"

static inline gibbs_training_options with(gibbs_optimiser optimiser, uint64_t steps, double rate) {
  gibbs_training_options o = gibbs_training_defaults();
  o.optimiser = optimiser;
  o.steps = steps;
  o.rate = rate;
  return o;
}

static inline void run_all(gibbs_training *t) {
  CHECK(gibbs_training_run(t, UINT64_MAX, NULL, NULL, err));
}

/* ---- f(x) = 1/2 sum_i k_i (x_i - c_i)^2, c(x) = sum_i x_i, k_i = 1 + i mod 3, c_i = sin i; the number of samplings
 * is all that the noise depends on */

enum { NEVER = 1000000 };

typedef struct bowl {
  gibbs_graph *graph;
  gibbs_expr *x, *y; /* two parameters, so that lists of them are walked through */
  double noise, level;
  uint64_t sampled, looks;                             /* so far: the state of the "chains" */
  uint64_t nan_at, infinite_at, fail_at, interrupt_at; /* the sampling that goes wrong, from 0 */
  uint64_t ill_from, ill_to;                           /* samplings whose ess is 0.1 */
  double ill_above;                                    /* ess is 0.1 where the largest |x| is above */
  double penalty;
  double drift; /* the held-out objective gets worse by this every look */
  bool constrained;
  gibbs_status failure; /* of the sampling that fails */
} bowl;

static inline bowl bowl_new(size_t n) {
  bowl b = {.nan_at = NEVER,
            .infinite_at = NEVER,
            .fail_at = NEVER,
            .interrupt_at = NEVER,
            .ill_from = NEVER,
            .failure = GIBBS_ERR_UNSUPPORTED,
            .ill_above = 1e300};
  CHECK(gibbs_graph_new(&b.graph, err));
  b.x = make_parameter(b.graph, "x", gibbs_shape_vector(n - 2), 1, 1);
  b.y = make_parameter(b.graph, "y", gibbs_shape_vector(2), 1, 2);
  return b;
}

static inline void bowl_free(bowl *b) {
  gibbs_expr_release(b->x);
  gibbs_expr_release(b->y);
  gibbs_graph_release(b->graph);
}

static inline size_t bowl_size(const bowl *b) {
  return gibbs_expr_size(b->x) + 2;
}
static inline double *bowl_at(const bowl *b, size_t i) {
  size_t n = gibbs_expr_size(b->x);
  return i < n ? values_of(b->x) + i : values_of(b->y) + (i - n);
}
static inline double bowl_stiffness(size_t i) {
  return 1 + (double)(i % 3);
}
static inline double bowl_centre(size_t i) {
  return sin((double)i);
}

static inline double bowl_value(const bowl *b) {
  double total = 0;
  for (size_t i = 0; i < bowl_size(b); i++)
    total += 0.5 * bowl_stiffness(i) * pow(*bowl_at(b, i) - bowl_centre(i), 2);
  return total;
}

static inline double bowl_violation(const bowl *b) {
  double total = -b->level;
  for (size_t i = 0; i < bowl_size(b); i++) total += *bowl_at(b, i);
  return total;
}

static inline double bowl_largest(const bowl *b) {
  double largest = 0;
  for (size_t i = 0; i < bowl_size(b); i++) largest = fmax(largest, fabs(*bowl_at(b, i)));
  return largest;
}

static inline gibbs_status bowl_sample(void *context, double multiplier, bool values, training_measure *out,
                                       double *const gradients[], gibbs_error *err) {
  bowl *b = context;
  size_t n = bowl_size(b), first = gibbs_expr_size(b->x);
  gibbs_stream stream = gibbs_stream_open(3, GIBBS_PURPOSE_CHECK, 77, (uint32_t)b->sampled);
  double violation = b->constrained ? bowl_violation(b) : 0;
  double pull = b->constrained ? multiplier + b->penalty * violation : 0;
  for (size_t i = 0; i < n; i++) {
    double slope = bowl_stiffness(i) * (*bowl_at(b, i) - bowl_centre(i)) + pull;
    if (b->noise > 0) slope += b->noise * gibbs_stream_normal(&stream);
    if (i < first)
      gradients[0][i] = slope;
    else
      gradients[1][i - first] = slope;
  }
  if (b->sampled == b->nan_at) gradients[1][1] = NAN;
  *out = (training_measure){NAN, NAN, NAN, NAN,
                            b->constrained ? violation + b->noise * gibbs_stream_normal(&stream) : 0};
  if (values) {
    out->value = b->sampled == b->infinite_at ? INFINITY : bowl_value(b);
    out->value_error = b->noise;
    if (b->constrained) out->constraint = out->violation, out->constraint_error = b->noise;
  }
  if (b->sampled == b->interrupt_at) gibbs_interrupt();
  bool fails = b->sampled == b->fail_at;
  b->sampled++;
  return fails ? gibbs_fail(err, b->failure, "the bowl fails") : GIBBS_OK;
}

static inline gibbs_status bowl_report(void *context, gibbs_sample_report *out, gibbs_error *err) {
  const bowl *b = context;
  uint64_t last = b->sampled - 1;
  (void)err;
  bool ill = (last >= b->ill_from && last <= b->ill_to) || bowl_largest(b) > b->ill_above;
  *out = (gibbs_sample_report){
      .known = true, .free_energy = NAN, .error = NAN, .ess_share = ill ? 0.1 : 0.9, .r_hat = NAN, .changed = NAN};
  return GIBBS_OK;
}

static inline gibbs_status bowl_number(uint64_t number, double **state, size_t *count, gibbs_error *err) {
  *state = malloc(sizeof **state);
  if (!*state) return gibbs_fail_memory(err, "a bowl", sizeof **state);
  **state = (double)number;
  *count = 1;
  return GIBBS_OK;
}
static inline gibbs_status bowl_save(void *context, double **state, size_t *count, gibbs_error *err) {
  return bowl_number(((bowl *)context)->sampled, state, count, err);
}
static inline gibbs_status bowl_restore(void *context, const double *state, size_t count, gibbs_error *err) {
  if (count != 1) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "this is no state of a bowl");
  ((bowl *)context)->sampled = (uint64_t)state[0];
  return GIBBS_OK;
}
static inline gibbs_status bowl_look_save(void *context, double **state, size_t *count, gibbs_error *err) {
  return bowl_number(((bowl *)context)->looks, state, count, err);
}
static inline gibbs_status bowl_look_restore(void *context, const double *state, size_t count, gibbs_error *err) {
  if (count != 1) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "this is no state of a bowl's looks");
  ((bowl *)context)->looks = (uint64_t)state[0];
  return GIBBS_OK;
}

static inline gibbs_status bowl_look(void *context, double *value, double *error, gibbs_error *err) {
  bowl *b = context;
  (void)err;
  *value = bowl_value(b) + b->drift * (double)b->looks++;
  *error = 0.5;
  return GIBBS_OK;
}

static inline gibbs_status bowl_train(bowl *b, bool held_out, const gibbs_training_options *options,
                                      gibbs_training **out, gibbs_error *err) {
  gibbs_expr *parameters[2] = {b->x, b->y};
  b->penalty = options->penalty;
  training_source source = {.context = b,
                            .constrained = b->constrained,
                            .sampled = true,
                            .held_out = held_out,
                            .sample = bowl_sample,
                            .report = bowl_report,
                            .save = bowl_save,
                            .restore = bowl_restore,
                            .look = bowl_look,
                            .look_save = bowl_look_save,
                            .look_restore = bowl_look_restore};
  return training_new_from(&source, parameters, 2, options, out, err);
}

static inline gibbs_training *train(bowl *b, bool held_out, const gibbs_training_options *o) {
  gibbs_training *t = NULL;
  CHECK(bowl_train(b, held_out, o, &t, err));
  return t;
}

static inline void copy_bowl(const bowl *b, double *x) {
  for (size_t i = 0; i < bowl_size(b); i++) x[i] = *bowl_at(b, i);
}

static inline bool is_at(const bowl *b, const double *x) {
  for (size_t i = 0; i < bowl_size(b); i++)
    if (*bowl_at(b, i) != x[i]) return false;
  return true;
}

/* ---- KL of a target from a machine, exactly, with all states of the machine for samples ---------------------------
 */

typedef struct all_states {
  machine *model;
  gibbs_domain visible, hidden;
  gibbs_objective *objective;
  gibbs_slopes *slopes;
  double *rows, *weight;
  size_t count;
} all_states;

static inline all_states all_states_new(machine *target, machine *model, gibbs_domain visible, gibbs_domain hidden) {
  all_states s = {.model = model, .visible = visible, .hidden = hidden, .count = (size_t)1 << model->n};
  gibbs_expr *kl = NULL, *parameters[3] = {model->W, model->a, model->b};
  CHECK(gibbs_kl(target->q, model->q, &kl, err));
  CHECK(gibbs_objective_new(kl, &s.objective, err));
  gibbs_expr_release(kl);
  CHECK(gibbs_slopes_new(model->q, parameters, 3, &s.slopes, err));
  s.rows = malloc(s.count * model->n * sizeof *s.rows);
  s.weight = malloc(s.count * sizeof *s.weight);
  cr_assert(s.rows && s.weight);
  for (size_t c = 0; c < s.count; c++)
    for (size_t u = 0; u < model->n; u++) s.rows[c * model->n + u] = unit_value(visible, c, u);
  return s;
}

static inline void all_states_free(all_states *s) {
  gibbs_objective_free(s->objective);
  gibbs_slopes_free(s->slopes);
  free(s->rows);
  free(s->weight);
}

static inline gibbs_status all_states_sample(void *context, double multiplier, bool values, training_measure *out,
                                             double *const gradients[], gibbs_error *err) {
  all_states *s = context;
  gibbs_expr *parameters[3] = {s->model->W, s->model->a, s->model->b};
  (void)multiplier;
  (void)values;
  *out = (training_measure){NAN, 0, NAN, NAN, 0};
  return gibbs_objective_gradient(s->objective, parameters, 3, &out->value, gradients, err);
}

static inline gibbs_status all_states_report(void *context, gibbs_sample_report *out, gibbs_error *err) {
  all_states *s = context;
  gibbs_status status = gibbs_slopes_hamiltonian(s->slopes, s->rows, s->count, s->weight, err);
  double total = 0;
  for (size_t c = 0; c < s->count; c++) total += s->weight[c] = exp(-s->weight[c]);
  for (size_t c = 0; c < s->count; c++) s->weight[c] /= total;
  *out = (gibbs_sample_report){.known = true,
                               .free_energy = -log(total),
                               .ess_share = 1,
                               .r_hat = 1,
                               .changed = NAN,
                               .count = s->count,
                               .rows = s->rows,
                               .weight = s->weight};
  return status;
}

static inline gibbs_status all_states_save(void *context, double **state, size_t *count, gibbs_error *err) {
  (void)context;
  (void)err;
  *state = NULL;
  *count = 0;
  return GIBBS_OK;
}
static inline gibbs_status all_states_restore(void *context, const double *state, size_t count, gibbs_error *err) {
  (void)context;
  (void)state;
  return count == 0 ? GIBBS_OK : gibbs_fail(err, GIBBS_ERR_ARGUMENT, "all states have no state");
}

static inline gibbs_status all_states_train(all_states *s, const gibbs_training_options *options,
                                            gibbs_training **out, gibbs_error *err) {
  gibbs_expr *parameters[3] = {s->model->W, s->model->a, s->model->b};
  training_source source = {.context = s,
                            .sampled = true,
                            .model = s->model->q,
                            .slopes = s->slopes,
                            .sample = all_states_sample,
                            .report = all_states_report,
                            .save = all_states_save,
                            .restore = all_states_restore};
  return training_new_from(&source, parameters, 3, options, out, err);
}

/* A target within reach, from a start nearby: the lowest KL is 0. */
static inline void open_pair(gibbs_graph **graph, machine *target, machine *model, gibbs_domain visible,
                             gibbs_domain hidden) {
  CHECK(gibbs_graph_new(graph, err));
  *target = make_machine_in(*graph, visible, 4, hidden, 1, 0.7, 40);
  *model = make_machine_in(*graph, visible, 4, hidden, 1, 0.3, 41);
}

static inline void close_pair(gibbs_graph *graph, machine *target, machine *model) {
  free_machine(target);
  free_machine(model);
  gibbs_graph_release(graph);
}

#endif
