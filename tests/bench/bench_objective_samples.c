/* bench_objective_samples.c - what a gradient on samples costs beside its sweep and its slopes: log-likelihood of a
 * machine of 784 x 500 bits, 128 chains, batches of 128.
 *
 * Prints milliseconds, the least of many. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gibbs/objective.h"
#include "gibbs/random.h"
#include "gibbs/slopes.h"
#include "gibbs/threads.h"

enum { VISIBLE = 784, HIDDEN = 500, CHAINS = 128, ROWS = 2000, TIMES = 60 };

#define TRY(call)                                                                                                    \
  do {                                                                                                               \
    gibbs_error error = {.code = GIBBS_OK}, *err = &error;                                                           \
    if ((call) != GIBBS_OK) {                                                                                        \
      fprintf(stderr, "%s\n", error.message);                                                                        \
      exit(1);                                                                                                       \
    }                                                                                                                \
  } while (0)

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static gibbs_expr *make_bits(gibbs_graph *graph, const char *name, size_t units) {
  gibbs_shape shape = gibbs_shape_vector(units);
  gibbs_variable *variable = NULL;
  gibbs_expr *node = NULL;
  TRY(gibbs_variable_new(name, GIBBS_BITS, 2, &shape, &variable, err));
  TRY(gibbs_expr_variable(graph, variable, &node, err));
  gibbs_variable_release(variable);
  return node;
}

static gibbs_expr *make_parameter(gibbs_graph *graph, const char *name, gibbs_shape shape) {
  gibbs_parameter *parameter = NULL;
  gibbs_expr *node = NULL;
  TRY(gibbs_parameter_new(name, &shape, &parameter, err));
  gibbs_stream stream = gibbs_stream_open(1, GIBBS_PURPOSE_CHECK, 0, 0);
  for (size_t i = 0; i < gibbs_parameter_size(parameter); i++)
    gibbs_parameter_values(parameter)[i] = 0.01 * gibbs_stream_normal(&stream);
  gibbs_parameter_touch(parameter);
  TRY(gibbs_expr_parameter(graph, parameter, &node, err));
  gibbs_parameter_release(parameter);
  return node;
}

static gibbs_data *make_data(double **rows) {
  gibbs_data *data = NULL;
  gibbs_stream stream = gibbs_stream_open(2, GIBBS_PURPOSE_CHECK, 0, 0);
  *rows = malloc((size_t)ROWS * VISIBLE * sizeof **rows);
  if (!*rows) exit(1);
  for (size_t i = 0; i < (size_t)ROWS * VISIBLE; i++) (*rows)[i] = gibbs_stream_uniform(&stream) < 0.2;
  TRY(gibbs_data_new(ROWS, VISIBLE, *rows, NULL, &data, err));
  return data;
}

/* As an optimiser does: every parameter has changed. */
static void touch(gibbs_expr *const parameters[], size_t count) {
  for (size_t k = 0; k < count; k++) gibbs_parameter_touch(gibbs_expr_as_parameter(parameters[k]));
}

static void time_all(gibbs_expr *loss, gibbs_distribution *q, gibbs_expr *const parameters[], const double *rows,
                     gibbs_sampling_kind kind) {
  gibbs_sampling sampling = {
      .kind = kind, .chains = CHAINS, .sweeps = 1, .snapshots = 1, .batch = CHAINS, .seed = 1, .burn = 2};
  gibbs_objective *objective = NULL;
  gibbs_chains *chains = NULL;
  gibbs_slopes *slopes = NULL;
  gibbs_chains_options options = {.chains = CHAINS, .seed = 1};
  size_t size = VISIBLE * HIDDEN + VISIBLE + HIDDEN;
  double *gradient = calloc(size, sizeof *gradient), weight[CHAINS];
  double *totals[] = {gradient, gradient + VISIBLE * HIDDEN, gradient + VISIBLE * HIDDEN + VISIBLE};
  double step = INFINITY, sweep = INFINITY, sum = INFINITY, told = 0;
  gibbs_sample_report report;
  if (!gradient) exit(1);
  for (size_t c = 0; c < CHAINS; c++) weight[c] = 1.0 / CHAINS;
  TRY(gibbs_objective_new_sampled(loss, &sampling, &objective, err));
  TRY(gibbs_chains_new(q, &options, &chains, err));
  TRY(gibbs_slopes_new(q, parameters, 3, &slopes, err));
  for (int k = 0; k < TIMES; k++) {
    touch(parameters, 3);
    double start = now();
    TRY(gibbs_objective_sample(objective, parameters, 3, NULL, totals, err));
    step = fmin(step, now() - start);
    start = now();
    TRY(gibbs_objective_samples(objective, q, &report, err));
    told += (now() - start) / TIMES;
    touch(parameters, 3);
    start = now();
    TRY(gibbs_chains_advance(chains, 1, err));
    sweep = fmin(sweep, now() - start);
    start = now();
    TRY(gibbs_slopes_add(slopes, rows, CHAINS, weight, totals, err));
    TRY(gibbs_slopes_add(slopes, rows, CHAINS, weight, totals, err));
    sum = fmin(sum, now() - start);
  }
  printf("%-10s a gradient %.3f, its sweep %.3f, its slopes %.3f; a report, on average, %.3f (%zu threads)\n",
         kind == GIBBS_SAMPLING_FROM_DATA ? "from data" : "persistent", step, sweep, sum, told, gibbs_threads());
  gibbs_slopes_free(slopes);
  gibbs_chains_free(chains);
  gibbs_objective_free(objective);
  free(gradient);
}

int main(void) {
  gibbs_graph *graph = NULL;
  gibbs_distribution *q = NULL;
  gibbs_expr *loss = NULL;
  double *rows = NULL;
  TRY(gibbs_graph_new(&graph, err));
  gibbs_expr *v = make_bits(graph, "v", VISIBLE), *h = make_bits(graph, "h", HIDDEN);
  gibbs_expr *parameters[] = {make_parameter(graph, "W", gibbs_shape_matrix(VISIBLE, HIDDEN)),
                              make_parameter(graph, "a", gibbs_shape_vector(VISIBLE)),
                              make_parameter(graph, "b", gibbs_shape_vector(HIDDEN))};
  TRY(gibbs_rbm_new(v, h, parameters[0], parameters[1], parameters[2], false, &q, err));
  gibbs_data *data = make_data(&rows);
  TRY(gibbs_log_likelihood(data, q, &loss, err));
  for (size_t threads = 1; threads <= 2; threads++) {
    gibbs_set_threads(threads);
    time_all(loss, q, parameters, rows, GIBBS_SAMPLING_PERSISTENT);
    time_all(loss, q, parameters, rows, GIBBS_SAMPLING_FROM_DATA);
  }
  free(rows);
  gibbs_data_release(data);
  gibbs_expr *nodes[] = {v, h, parameters[0], parameters[1], parameters[2], loss};
  gibbs_distribution_release(q);
  for (size_t k = 0; k < sizeof nodes / sizeof *nodes; k++) gibbs_expr_release(nodes[k]);
  gibbs_graph_release(graph);
  return 0;
}
