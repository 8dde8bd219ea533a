/* bench_slopes.c - the loop of contrastive divergence by the parts of the library: what each part of an update
 * costs.  slopes [THREADS [HIDDEN BATCH]]. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gibbs/chains.h"
#include "gibbs/private/clones.h"
#include "gibbs/slopes.h"
#include "gibbs/threads.h"

enum { updates = 400, batches = 10, parts = 5 };
static const char *const part_name[parts] = {"positive", "set", "sweep", "negative", "update"};

static void need(bool fine) {
  if (fine) return;
  fprintf(stderr, "the benchmark could not be set up\n");
  exit(1);
}

/* Of one thread the time that it ran, for the machine may be shared. */
static double now(void) {
  struct timespec t;
  clock_gettime(gibbs_threads() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(void) {
  return (rand() + 0.5) / (RAND_MAX + 1.0);
}

static gibbs_expr *variable(gibbs_graph *graph, size_t units) {
  gibbs_shape shape = gibbs_shape_vector(units);
  gibbs_variable *v = NULL;
  gibbs_expr *node = NULL;
  need(gibbs_variable_new("x", GIBBS_BITS, 2, &shape, &v, NULL) == GIBBS_OK);
  need(gibbs_expr_variable(graph, v, &node, NULL) == GIBBS_OK);
  gibbs_variable_release(v);
  return node;
}

static gibbs_expr *parameter(gibbs_graph *graph, gibbs_shape shape, double size) {
  gibbs_parameter *p = NULL;
  gibbs_expr *node = NULL;
  need(gibbs_parameter_new("p", &shape, &p, NULL) == GIBBS_OK);
  for (size_t i = 0; i < gibbs_parameter_size(p); i++) gibbs_parameter_values(p)[i] = size * (2 * uniform() - 1);
  need(gibbs_expr_parameter(graph, p, &node, NULL) == GIBBS_OK);
  gibbs_parameter_release(p);
  return node;
}

/* A machine, its chains, data, and a momentum a parameter. */
typedef struct training {
  size_t n, batch;
  gibbs_graph *graph;
  gibbs_expr *x[2], *p[3];
  gibbs_distribution *d;
  gibbs_chains *chains;
  gibbs_slopes *slopes;
  double *data, *rows, *up, *down, *total[3], *momentum[3];
} training;

static training make(size_t n, size_t m, size_t batch) {
  training t = {.n = n, .batch = batch};
  need(gibbs_graph_new(&t.graph, NULL) == GIBBS_OK);
  t.x[0] = variable(t.graph, n), t.x[1] = variable(t.graph, m);
  t.p[0] = parameter(t.graph, gibbs_shape_matrix(n, m), 0.01);
  t.p[1] = parameter(t.graph, gibbs_shape_vector(n), 0.01);
  t.p[2] = parameter(t.graph, gibbs_shape_vector(m), 0.01);
  for (size_t i = 0; i < n; i++) gibbs_parameter_values(gibbs_expr_as_parameter(t.p[1]))[i] -= 1.9;
  need(gibbs_rbm_new(t.x[0], t.x[1], t.p[0], t.p[1], t.p[2], false, &t.d, NULL) == GIBBS_OK);
  gibbs_chains_options options = {.chains = batch, .seed = 1};
  need(gibbs_chains_new(t.d, &options, &t.chains, NULL) == GIBBS_OK);
  need(gibbs_slopes_new(t.d, t.p, 3, &t.slopes, NULL) == GIBBS_OK);
  t.data = malloc(batches * batch * n * sizeof(double));
  t.rows = malloc(batch * n * sizeof(double));
  t.up = malloc(batch * sizeof(double));
  t.down = malloc(batch * sizeof(double));
  need(t.data && t.rows && t.up && t.down);
  for (size_t i = 0; i < batches * batch * n; i++) t.data[i] = uniform() < 0.13;
  for (size_t c = 0; c < batch; c++) t.up[c] = 1.0 / (double)batch, t.down[c] = -t.up[c];
  for (size_t k = 0; k < 3; k++) {
    t.total[k] = calloc(gibbs_expr_size(t.p[k]), sizeof(double));
    t.momentum[k] = calloc(gibbs_expr_size(t.p[k]), sizeof(double));
    need(t.total[k] && t.momentum[k]);
  }
  return t;
}

static void clear(training *t) {
  gibbs_slopes_free(t->slopes);
  gibbs_chains_free(t->chains);
  gibbs_distribution_release(t->d);
  for (size_t k = 0; k < 2; k++) gibbs_expr_release(t->x[k]);
  for (size_t k = 0; k < 3; k++) gibbs_expr_release(t->p[k]), free(t->total[k]), free(t->momentum[k]);
  gibbs_graph_release(t->graph);
  free(t->data), free(t->rows), free(t->up), free(t->down);
}

GIBBS_CLONES static void step(double *restrict value, double *restrict momentum, double *restrict total,
                              size_t count) {
  for (size_t i = 0; i < count; i++) {
    momentum[i] = 0.5 * momentum[i] - 0.01 * total[i];
    value[i] += momentum[i];
    total[i] = 0;
  }
}

static void update(training *t) {
  for (size_t k = 0; k < 3; k++) {
    gibbs_parameter *p = gibbs_expr_as_parameter(t->p[k]);
    step(gibbs_parameter_values(p), t->momentum[k], t->total[k], gibbs_parameter_size(p));
    gibbs_parameter_touch(p);
  }
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* One update, the end of each part in at[1 ...]. */
static void train(training *t, size_t number, uint64_t sweeps, bool contrastive, double at[parts + 1]) {
  const double *batch = t->data + number % batches * t->batch * t->n;
  at[0] = now();
  need(gibbs_slopes_add(t->slopes, batch, t->batch, t->up, t->total, NULL) == GIBBS_OK);
  at[1] = now();
  if (contrastive) need(gibbs_chains_set(t->chains, 0, batch, NULL) == GIBBS_OK);
  at[2] = now();
  need(gibbs_chains_advance(t->chains, sweeps, NULL) == GIBBS_OK);
  at[3] = now();
  need(gibbs_chains_get(t->chains, 0, t->rows, NULL) == GIBBS_OK);
  need(gibbs_slopes_add(t->slopes, t->rows, t->batch, t->down, t->total, NULL) == GIBBS_OK);
  at[4] = now();
  update(t);
  at[5] = now();
}

static void put(size_t n, size_t m, size_t batch, uint64_t sweeps, bool contrastive) {
  training t = make(n, m, batch);
  double seconds[parts + 1][updates], at[parts + 1];
  for (size_t u = 0; u < updates + 5; u++) {
    train(&t, u, sweeps, contrastive, at);
    for (size_t k = 0; u >= 5 && k < parts; k++) seconds[k][u - 5] = at[k + 1] - at[k];
    if (u >= 5) seconds[parts][u - 5] = at[parts] - at[0];
  }
  for (size_t k = 0; k <= parts; k++) qsort(seconds[k], updates, sizeof(double), compare);
  printf("%s-%-2llu %4zu x %-4zu b %-4zu %8.3f ms, least %8.3f  (", contrastive ? "CD " : "PCD",
         (unsigned long long)sweeps, n, m, batch, 1e3 * seconds[parts][updates / 2], 1e3 * seconds[parts][0]);
  for (size_t k = 0; k < parts; k++)
    printf("%s %.3f%s", part_name[k], 1e3 * seconds[k][0], k + 1 < parts ? ", " : ")\n");
  clear(&t);
}

/* H and slopes of configurations of which a share of the units is on. */
static void put_share(size_t n, size_t m, size_t batch, double share) {
  training t = make(n, m, batch);
  double *h = malloc(batch * sizeof *h), add = INFINITY, value = INFINITY, moved = INFINITY;
  need(h != NULL);
  for (size_t i = 0; i < batch * n; i++) t.data[i] = uniform() < share;
  for (int r = 0; r < 20; r++) {
    double start = now();
    need(gibbs_slopes_add(t.slopes, t.data, batch, t.up, t.total, NULL) == GIBBS_OK);
    add = fmin(add, now() - start);
    gibbs_parameter_touch(gibbs_expr_as_parameter(t.p[0]));
    start = now();
    need(gibbs_slopes_hamiltonian(t.slopes, t.data, batch, h, NULL) == GIBBS_OK);
    moved = fmin(moved, now() - start);
    start = now();
    need(gibbs_slopes_hamiltonian(t.slopes, t.data, batch, h, NULL) == GIBBS_OK);
    value = fmin(value, now() - start);
  }
  printf("%4zu x %-4zu b %-4zu %3.0f %% on: slopes %.3f ms, H %.3f ms, of new parameters %.3f ms\n", n, m, batch,
         100 * share, 1e3 * add, 1e3 * value, 1e3 * moved);
  free(h);
  clear(&t);
}

int main(int count, char **arguments) {
  gibbs_set_threads(count > 1 ? (size_t)atoi(arguments[1]) : 1);
  printf("%zu threads\n", gibbs_threads());
  if (count > 3)
    return put(784, (size_t)atoi(arguments[2]), (size_t)atoi(arguments[3]), 1, false), 0; /* one row alone */
  put(784, 500, 128, 1, true);
  put(784, 500, 128, 1, false);
  put(784, 64, 128, 1, false);
  put(784, 1024, 128, 1, false);
  put(784, 500, 128, 10, false);
  put(784, 500, 1000, 1, true);
  put(784, 500, 1000, 1, false);
  for (int k = 1; k < 10; k++) put_share(784, 500, 128, 0.05 * k);
  return 0;
}
