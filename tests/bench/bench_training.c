/* bench_training.c - what a step of the training engine costs beside its gradient: norm, update and record of the
 * parameters of a machine of 784 x 500, and a copy of as many numbers for comparison.
 *
 * Prints milliseconds a step, the least of many. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gibbs/threads.h"
#include "training_source.h"

enum { SIZE = 784 * 500 + 784 + 500, STEPS = 300 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The first gradient is made up, and stays. */
static gibbs_status sample(void *context, double multiplier, bool values, training_measure *out,
                           double *const gradients[], gibbs_error *err) {
  bool *filled = context;
  (void)multiplier;
  (void)values;
  (void)err;
  for (size_t i = 0; !*filled && i < SIZE; i++) gradients[0][i] = 1e-3 * sin((double)i);
  *filled = true;
  *out = (training_measure){NAN, NAN, NAN, NAN, 0};
  return GIBBS_OK;
}

static gibbs_status save(void *context, double **state, size_t *count, gibbs_error *err) {
  (void)context;
  (void)err;
  *state = NULL;
  *count = 0;
  return GIBBS_OK;
}

static double time_steps(gibbs_expr *parameter, gibbs_optimiser optimiser, bool averaged, gibbs_error *err) {
  bool filled = false;
  gibbs_training_options options = gibbs_training_defaults();
  options.optimiser = optimiser;
  options.steps = STEPS;
  options.average = averaged ? 0.99 : 0;
  training_source source = {.context = &filled, .sample = sample, .save = save};
  gibbs_training *t = NULL;
  double least = INFINITY;
  gibbs_status status = training_new_from(&source, &parameter, 1, &options, &t, err);
  for (int k = 0; status == GIBBS_OK && k < STEPS; k++) {
    double start = now();
    status = gibbs_training_run(t, 1, NULL, NULL, err);
    least = fmin(least, now() - start);
  }
  gibbs_training_free(t);
  return status == GIBBS_OK ? 1e3 * least : NAN;
}

static double time_copy(double *from, double *to) {
  double least = INFINITY;
  for (int k = 0; k < STEPS; k++) {
    double start = now();
    memcpy(to, from, SIZE * sizeof *to);
    from[k] = to[k + 1];
    least = fmin(least, now() - start);
  }
  return 1e3 * least;
}

int main(void) {
  static const char *const names[] = {
#define X(id, name, doc) name,
      GIBBS_OPTIMISER_LIST(X)
#undef X
  };
  gibbs_error err = {.code = GIBBS_OK};
  gibbs_graph *graph = NULL;
  gibbs_parameter *parameter = NULL;
  gibbs_expr *node = NULL;
  gibbs_shape shape = gibbs_shape_vector(SIZE);
  double *a = calloc(2 * SIZE, sizeof *a);
  gibbs_status status = gibbs_graph_new(&graph, &err);
  if (status == GIBBS_OK) status = gibbs_parameter_new("W", &shape, &parameter, &err);
  if (status == GIBBS_OK) status = gibbs_expr_parameter(graph, parameter, &node, &err);
  if (status != GIBBS_OK || !a) return fprintf(stderr, "%s\n", err.message), 1;
  printf("copy       %.3f\n", time_copy(a, a + SIZE));
  for (size_t threads = 1; threads <= 2; threads++)
    for (int k = 0; k < GIBBS_OPTIMISER_NATURAL; k++) {
      gibbs_set_threads(threads);
      double plain = time_steps(node, (gibbs_optimiser)k, false, &err);
      printf("%-10s %.3f, with a mean %.3f (%zu threads)\n", names[k], plain,
             time_steps(node, (gibbs_optimiser)k, true, &err), threads);
    }
  gibbs_expr_release(node);
  gibbs_parameter_release(parameter);
  gibbs_graph_release(graph);
  free(a);
  return 0;
}
