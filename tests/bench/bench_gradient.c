/* bench_gradient.c - the weighted gradient of a dense associative memory over a batch of states: an expression beside
 * C with OpenBLAS, in turn, one thread. E(v) = -sum_mu (xi_mu . v)^3. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gibbs/private/blas.h"
#include "gibbs/private/builder.h"
#include "gibbs/program.h"
#include "gibbs/random.h"

enum { UNITS = 64, PATTERNS = 32, STATES = 4096, RUNS = 200 };

static void check(gibbs_status status, const gibbs_error *err) {
  if (status == GIBBS_OK) return;
  fprintf(stderr, "%s\n", err->message);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Program of sum_c weight_c dE(c)/dxi. */
static gibbs_program *compile(gibbs_graph *graph, gibbs_parameter *patterns, gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(graph, err), *b = &room;
  gibbs_shape units = gibbs_shape_vector(UNITS), scalar = gibbs_shape_scalar();
  gibbs_variable *spins = NULL;
  check(gibbs_variable_new("v", GIBBS_SPINS, 2, &units, &spins, err), err);
  gibbs_expr *v = gibbs_build_variable(b, spins), *seed = gibbs_build_input(b, "weight", &scalar), *node = NULL;
  check(gibbs_expr_parameter(graph, patterns, &node, err), err);
  gibbs_expr *xi = gibbs_build_keep(b, node);
  gibbs_expr *z = gibbs_build_matmul(b, xi, v);
  gibbs_expr *cube = gibbs_build_binary(b, GIBBS_OP_POW, z, gibbs_build_number(b, 3));
  gibbs_expr *energy = gibbs_build_unary(b, GIBBS_OP_NEG, gibbs_build_sum(b, cube));
  gibbs_expr *slope = gibbs_build_pullback(b, energy, seed, xi), *inputs[2] = {v, seed};
  check(b->status, err);
  gibbs_output kind = GIBBS_OUTPUT_TOTAL;
  gibbs_program *program = NULL;
  check(gibbs_program_new(&slope, &kind, 1, inputs, 2, &program, err), err);
  check(gibbs_program_prepare(program, err), err);
  check(gibbs_build_end(b), err);
  gibbs_variable_release(spins);
  return program;
}

/* v[unit][state], weight[state], xi[pattern][unit]. */
static void by_hand(const double *xi, const double *v, const double *weight, double *z, double *out) {
  gibbs_dgemm(false, false, PATTERNS, STATES, UNITS, 1, xi, UNITS, v, STATES, 0, z, STATES);
  for (size_t p = 0; p < PATTERNS; p++)
    for (size_t s = 0; s < STATES; s++) {
      double x = z[p * STATES + s];
      z[p * STATES + s] = -3 * weight[s] * x * x;
    }
  gibbs_dgemm(false, true, PATTERNS, UNITS, STATES, 1, z, STATES, v, STATES, 1, out, UNITS);
}

int main(void) {
  gibbs_error storage, *err = &storage;
  gibbs_graph *graph = NULL;
  gibbs_parameter *patterns = NULL;
  gibbs_workspace *workspace = NULL;
  gibbs_shape shape = gibbs_shape_matrix(PATTERNS, UNITS);
  double *v = malloc(UNITS * STATES * sizeof *v), *z = malloc(PATTERNS * STATES * sizeof *z);
  static double weight[STATES], ours[PATTERNS * UNITS], theirs[PATTERNS * UNITS], time_of[2][RUNS], ratio[RUNS];
  if (!v || !z) return 1;
  check(gibbs_graph_new(&graph, err), err);
  check(gibbs_parameter_new("xi", &shape, &patterns, err), err);
  gibbs_stream stream = gibbs_stream_open(1, GIBBS_PURPOSE_CHECK, 0, 0);
  double *xi = gibbs_parameter_values(patterns);
  for (size_t i = 0; i < PATTERNS * UNITS; i++) xi[i] = gibbs_stream_word(&stream) >> 31 ? 1 : -1;
  for (size_t i = 0; i < UNITS * STATES; i++) v[i] = gibbs_stream_word(&stream) >> 31 ? 1 : -1;
  for (size_t i = 0; i < STATES; i++) weight[i] = gibbs_stream_normal(&stream);
  gibbs_parameter_touch(patterns);
  gibbs_program *program = compile(graph, patterns, err);
  check(gibbs_workspace_new(program, &workspace, err), err);
  for (int run = 0; run < RUNS; run++) {
    const double *in[2] = {v, weight};
    double *out[1] = {ours}, start = now();
    for (size_t i = 0; i < PATTERNS * UNITS; i++) ours[i] = theirs[i] = 0;
    check(gibbs_program_run(program, workspace, STATES, STATES, in, out, err), err);
    double middle = now();
    by_hand(xi, v, weight, z, theirs);
    time_of[0][run] = middle - start, time_of[1][run] = now() - middle,
    ratio[run] = time_of[0][run] / time_of[1][run];
  }
  double largest = 0;
  for (size_t i = 0; i < PATTERNS * UNITS; i++) {
    double d = ours[i] > theirs[i] ? ours[i] - theirs[i] : theirs[i] - ours[i];
    if (d > largest) largest = d;
  }
  for (int k = 0; k < 2; k++) qsort(time_of[k], RUNS, sizeof(double), compare);
  qsort(ratio, RUNS, sizeof(double), compare);
  printf("associative memory %d units, %d patterns, %d states: expression %.0f us, C + OpenBLAS %.0f us, ratio %.2f; "
         "largest difference %.1e\n",
         UNITS, PATTERNS, STATES, 1e6 * time_of[0][RUNS / 2], 1e6 * time_of[1][RUNS / 2], ratio[RUNS / 2], largest);
  gibbs_workspace_free(workspace);
  gibbs_program_free(program);
  gibbs_parameter_release(patterns);
  gibbs_graph_release(graph);
  free(v);
  free(z);
  return 0;
}
