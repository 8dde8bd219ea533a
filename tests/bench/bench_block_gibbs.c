/* bench_block_gibbs.c - sweeps of machines and lattices beside what one would write by hand, and what a bond costs
 * from 10^3 to 10^7 of them.  block_gibbs [THREADS]. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gibbs/private/blas.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"
#include "gibbs/threads.h"
#include "kernel.h"

extern const gibbs_kernel gibbs_kernel_block_gibbs;
static const gibbs_kernel *const kernel = &gibbs_kernel_block_gibbs;
enum { repeats = 9 };

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

static gibbs_expr *variable(gibbs_graph *graph, gibbs_domain domain, size_t units) {
  gibbs_shape shape = gibbs_shape_vector(units);
  gibbs_variable *v = NULL;
  gibbs_expr *node = NULL;
  need(gibbs_variable_new("x", domain, 2, &shape, &v, NULL) == GIBBS_OK);
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

/* ---- this kernel ------------------------------------------------------------------------------------------ */

/* Seconds a sweep; of reading the values again in *refresh. */
static double time_kernel(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, size_t chains,
                          size_t sweeps, double *refresh) {
  gibbs_target target = {.energy = energy,
                         .variables = variables,
                         .variable_count = count,
                         .units = gibbs_variables_units(variables, count)};
  bool spins = gibbs_variable_domain(gibbs_expr_as_variable(variables[0])) == GIBBS_SPINS;
  void *instance = NULL;
  double *values = malloc(target.units * chains * sizeof *values), best = INFINITY;
  need(values != NULL && gibbs_normal_form_new(energy, variables, count, &target.form, NULL) == GIBBS_OK);
  need(kernel->make(&target, NULL, chains, 0, &instance, NULL) == GIBBS_OK);
  for (size_t i = 0; i < target.units * chains; i++) values[i] = uniform() < 0.5 ? 1 : spins ? -1 : 0;
  need(kernel->set(instance, values, chains, NULL) == GIBBS_OK);
  *refresh = INFINITY;
  for (uint32_t r = 0, step = 0; r < repeats; r++) {
    double start = now();
    for (size_t s = 0; s < sweeps; s++) need(kernel->sweep(instance, 1, step++, NULL) == GIBBS_OK);
    best = fmin(best, (now() - start) / (double)sweeps);
    start = now();
    need(kernel->refresh(instance, NULL) == GIBBS_OK);
    *refresh = fmin(*refresh, now() - start);
  }
  kernel->free(instance);
  gibbs_normal_form_free(target.form);
  free(values);
  return best;
}

/* ---- a machine by hand: two products by OpenBLAS, each with one pass over what comes out -------------------- */

typedef struct machine {
  size_t n, m, chains;
  float *W, *a, *b, *v, *h;
} machine;

static float *numbers(size_t count, double size) {
  float *x = malloc(count * sizeof *x);
  need(x != NULL);
  for (size_t i = 0; i < count; i++) x[i] = (float)(size * (2 * uniform() - 1));
  return x;
}

/* x = 1 with probability 1 / (1 + exp(-x - bias)). */
GIBBS_CLONES static void draw_bits(float *restrict x, const float *restrict bias, size_t units, uint32_t state[64]) {
  for (size_t i = 0; i + 16 <= units; i += 16) {
    float p[16];
    for (size_t l = 0; l < 16; l++) p[l] = gibbs_float_exp(-x[i + l] - bias[i + l]);
    for (size_t l = 0; l < 16; l++) { /* xorshift, four words a lane */
      uint32_t t = state[l] ^ state[l] << 11;
      state[l] = state[16 + l], state[16 + l] = state[32 + l], state[32 + l] = state[48 + l];
      state[48 + l] ^= state[48 + l] >> 19 ^ t ^ t >> 8;
      float u = ((float)(int32_t)(state[48 + l] >> 9) + 0.5f) * 0x1p-23f;
      x[i + l] = u + u * p[l] < 1 ? 1 : 0;
    }
  }
  for (size_t i = units / 16 * 16; i < units; i++) x[i] = uniform() < 1 / (1 + exp(-(double)(x[i] + bias[i])));
}

static void sweep_by_hand(machine *x, uint32_t state[64]) {
  gibbs_sgemm(false, false, x->chains, x->m, x->n, 1, x->v, x->n, x->W, x->m, 0, x->h, x->m);
  for (size_t c = 0; c < x->chains; c++) draw_bits(x->h + c * x->m, x->b, x->m, state);
  gibbs_sgemm(false, true, x->chains, x->n, x->m, 1, x->h, x->m, x->W, x->m, 0, x->v, x->n);
  for (size_t c = 0; c < x->chains; c++) draw_bits(x->v + c * x->n, x->a, x->n, state);
}

static double time_by_hand(size_t n, size_t m, size_t chains, size_t sweeps) {
  machine x = {n,
               m,
               chains,
               numbers(n * m, 0.1),
               numbers(n, 0.1),
               numbers(m, 0.1),
               numbers(n * chains, 1),
               numbers(m * chains, 1)};
  uint32_t state[64];
  double best = INFINITY;
  for (size_t k = 0; k < 64; k++) state[k] = (uint32_t)rand() | 1;
  for (size_t i = 0; i < n * chains; i++) x.v[i] = x.v[i] > 0;
  for (size_t r = 0; r < repeats; r++) {
    double start = now();
    for (size_t s = 0; s < sweeps; s++) sweep_by_hand(&x, state);
    best = fmin(best, (now() - start) / (double)sweeps);
  }
  free(x.W), free(x.a), free(x.b), free(x.v), free(x.h);
  return best;
}

static void put_machine(size_t n, size_t m, size_t chains) {
  gibbs_graph *graph = NULL;
  need(gibbs_graph_new(&graph, NULL) == GIBBS_OK);
  gibbs_expr *x[2] = {variable(graph, GIBBS_BITS, n), variable(graph, GIBBS_BITS, m)};
  gibbs_expr *p[3] = {parameter(graph, gibbs_shape_matrix(n, m), 0.1), parameter(graph, gibbs_shape_vector(n), 0.1),
                      parameter(graph, gibbs_shape_vector(m), 0.1)};
  gibbs_distribution *d = NULL;
  need(gibbs_rbm_new(x[0], x[1], p[0], p[1], p[2], false, &d, NULL) == GIBBS_OK);
  size_t sweeps = 1 + 20000000 / (n * m * chains);
  double refresh, seconds = time_kernel(gibbs_distribution_energy(d), x, 2, chains, sweeps, &refresh);
  double hand = time_by_hand(n, m, chains, sweeps);
  printf("%4zu x %-4zu, %4zu chains %10.3f ms a sweep %10.3f by hand (1 thread) %6.2f x %8.3f ms to read values\n", n,
         m, chains, 1e3 * seconds, 1e3 * hand, hand / seconds, 1e3 * refresh);
  gibbs_distribution_release(d);
  for (size_t k = 0; k < 2; k++) gibbs_expr_release(x[k]);
  for (size_t k = 0; k < 3; k++) gibbs_expr_release(p[k]);
  gibbs_graph_release(graph);
}

/* ---- lattices ------------------------------------------------------------------------------------------- */

/* Square lattices with a coupling for every bond: seconds a sweep. */
static double time_square(size_t size, size_t chains, size_t sweeps, double *refresh) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *d = NULL;
  need(gibbs_graph_new(&graph, NULL) == GIBBS_OK);
  need(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){size, size}, true, &lattice, NULL) == GIBBS_OK);
  gibbs_expr *coupling = parameter(graph, gibbs_shape_vector(gibbs_lattice_bond_count(lattice)), 0.44);
  need(gibbs_ising_new(graph, lattice, coupling, NULL, NULL, &d, NULL) == GIBBS_OK);
  double seconds =
      time_kernel(gibbs_distribution_energy(d), gibbs_distribution_visible(d), 1, chains, sweeps, refresh);
  gibbs_distribution_release(d);
  gibbs_expr_release(coupling);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
  return seconds;
}

/* One lattice in plain C: neighbours and couplings in arrays, a byte a spin; seconds a sweep. */
static double time_square_by_hand(size_t size, size_t sweeps) {
  size_t n = size * size;
  int8_t *s = malloc(n);
  float *J = numbers(2 * n, 0.44); /* right, down */
  uint64_t state = 1;
  double best = INFINITY;
  need(s != NULL);
  for (size_t i = 0; i < n; i++) s[i] = uniform() < 0.5 ? 1 : -1;
  for (size_t r = 0; r < repeats; r++) {
    double start = now();
    for (size_t t = 0; t < sweeps; t++)
      for (size_t i = 0; i < n; i++) {
        size_t y = i / size, x = i % size, right = y * size + (x + 1) % size, left = y * size + (x + size - 1) % size;
        size_t down = (y + 1) % size * size + x, up = (y + size - 1) % size * size + x;
        float field = J[2 * i] * s[right] + J[2 * i + 1] * s[down] + J[2 * left] * s[left] + J[2 * up + 1] * s[up];
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        s[i] = (float)(state >> 40) * 0x1p-24f * (1 + expf(-2 * field)) < 1 ? 1 : -1;
      }
    best = fmin(best, (now() - start) / (double)sweeps);
  }
  free(s), free(J);
  return best;
}

static void put_square(size_t chains) {
  enum { size = 256 };
  double refresh, seconds = time_square(size, chains, 1 + 128 / chains, &refresh);
  double rate = 1e-9 * (double)(size * size * chains) / seconds;
  double hand = 1e-9 * size * size / time_square_by_hand(size, 4);
  printf("square %d, %3zu chains   %10.3f flips/ns %10.3f by hand (1 thread) %6.2f x %8.3f ms to read values\n", size,
         chains, rate, hand, rate / hand, 1e3 * refresh);
}

static void put_bonds(size_t size) {
  enum { chains = 16 };
  double bonds = 2.0 * (double)(size * size), refresh;
  double seconds = time_square(size, chains, 1 + (size_t)(2e6 / bonds), &refresh);
  printf("%10.0f bonds, %d chains %10.4f ns a bond and chain\n", bonds, chains, 1e9 * seconds / bonds / chains);
}

int main(int count, char **arguments) {
  gibbs_set_threads(count > 1 ? (size_t)atoi(arguments[1]) : 1);
  printf("%zu threads, %s\n", gibbs_threads(), gibbs_blas_name());
  put_machine(784, 500, 128);
  put_machine(784, 500, 1000);
  put_machine(784, 500, 16);
  put_machine(784, 500, 1);
  put_machine(784, 64, 128);
  put_machine(784, 1024, 128);
  put_square(64);
  put_square(16);
  put_square(1);
  for (size_t size = 22; size <= 2236; size = size * 22 / 7) put_bonds(size);
  put_bonds(2236);
  return 0;
}
