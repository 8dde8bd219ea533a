/* bench_single_site.c - flips and proposals per nanosecond of metropolis and heat_bath beside plain C, one run.
 *
 * GIBBS_THREADS says how many threads the kernels use; the peers use one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gibbs/distribution.h"
#include "gibbs/normal_form.h"
#include "gibbs/private/builder.h"
#include "gibbs/threads.h"
#include "kernel.h"

enum { REPEATS = 7 };

/* Time of this thread alone where there is one, for the machine may be shared. */
static double now(void) {
  struct timespec t;
  clock_gettime(gibbs_threads() == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void stop(const gibbs_error *err) {
  fprintf(stderr, "%s\n", err->message);
  exit(1);
}

static double drawn(uint64_t *state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (double)(*state >> 33) * 0x1p-31;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *x, size_t n) {
  qsort(x, n, sizeof *x, ascending);
  return x[n / 2];
}

/* ---- peers -------------------------------------------------------------------------------------- */

typedef struct peer_random {
  uint64_t s[2];
} peer_random;

static inline uint64_t peer_next(peer_random *r) { /* xoroshiro128+ */
  uint64_t a = r->s[0], b = r->s[1], sum = a + b;
  b ^= a;
  r->s[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
  r->s[1] = (b << 37) | (b >> 27);
  return sum;
}

static inline float peer_uniform(peer_random *r) {
  return (float)(peer_next(r) >> 40) * 0x1p-24f;
}

/* One sweep of an L x L lattice of int8 spins with one coupling, by a table of exponentials. */
static void peer_uniform_sweep(size_t L, int8_t *s, const float table[9], peer_random *r) {
  for (size_t y = 0; y < L; y++)
    for (size_t x = 0; x < L; x++) {
      size_t i = y * L + x;
      int sum = s[(y ? y - 1 : L - 1) * L + x] + s[(y + 1 < L ? y + 1 : 0) * L + x] + s[y * L + (x ? x - 1 : L - 1)] +
                s[y * L + (x + 1 < L ? x + 1 : 0)];
      int change = s[i] * sum; /* half of the change of the energy, in units of the coupling */
      if (change <= 0 || peer_uniform(r) < table[change]) s[i] = (int8_t)-s[i];
    }
}

/* The same with a coupling a bond: right[i], down[i]. */
static void peer_sweep(size_t L, int8_t *s, const float *right, const float *down, peer_random *r) {
  for (size_t y = 0; y < L; y++)
    for (size_t x = 0; x < L; x++) {
      size_t i = y * L + x, up = (y ? y - 1 : L - 1) * L + x, left = y * L + (x ? x - 1 : L - 1);
      float field = down[up] * s[up] + down[i] * s[(y + 1 < L ? y + 1 : 0) * L + x] + right[left] * s[left] +
                    right[i] * s[y * L + (x + 1 < L ? x + 1 : 0)];
      float change = 2 * field * s[i];
      if (change <= 0 || peer_uniform(r) < expf(-change)) s[i] = (int8_t)-s[i];
    }
}

/* `count` proposals of an associative memory: E = -scale sum of cubes. */
static void peer_memory(size_t n, size_t patterns, int8_t *s, int *z, const int8_t *stored, float scale, size_t count,
                        peer_random *r) {
  for (size_t t = 0; t < count; t++) {
    uint64_t word = peer_next(r);
    size_t i = (size_t)((word >> 32) * n >> 32);
    const int8_t *column = stored + i * patterns;
    int step = -2 * s[i], change = 0;
    for (size_t k = 0; k < patterns; k++) {
      int to = z[k] + step * column[k];
      change += z[k] * z[k] * z[k] - to * to * to;
    }
    if (change > 0 && (float)(uint32_t)(word & 0xffffff) * 0x1p-24f >= expf(-scale * (float)change)) continue;
    for (size_t k = 0; k < patterns; k++) z[k] += step * column[k];
    s[i] = (int8_t)-s[i];
  }
}

/* ---- kernels ------------------------------------------------------------------------------------ */

typedef struct subject {
  gibbs_graph *graph;
  gibbs_distribution *d;
  gibbs_target target;
  const gibbs_kernel *kernel;
  void *instance;
  uint32_t step;
} subject;

static gibbs_expr *build_variable(gibbs_builder *b, size_t units) {
  gibbs_shape shape = gibbs_shape_vector(units);
  gibbs_variable *variable = NULL;
  if (gibbs_variable_new("s", GIBBS_SPINS, 2, &shape, &variable, b->err)) stop(b->err);
  gibbs_expr *node = gibbs_build_variable(b, variable);
  gibbs_variable_release(variable);
  return node;
}

static gibbs_expr *build_constant(gibbs_builder *b, gibbs_shape shape, const double *values) {
  gibbs_tensor *tensor = NULL;
  gibbs_expr *node = NULL;
  if (gibbs_tensor_new(&shape, &tensor, b->err)) stop(b->err);
  memcpy(gibbs_tensor_data(tensor), values, gibbs_tensor_size(tensor) * sizeof *values);
  if (gibbs_expr_constant(b->graph, tensor, &node, b->err)) stop(b->err);
  gibbs_tensor_release(tensor);
  return gibbs_build_keep(b, node);
}

static void open_target(subject *s, gibbs_error *err) {
  s->target.distribution = s->d;
  s->target.energy = gibbs_distribution_hamiltonian(s->d);
  s->target.variables = gibbs_distribution_visible(s->d);
  s->target.variable_count = 1;
  s->target.units = gibbs_expr_size(s->target.variables[0]);
  if (gibbs_normal_form_new(s->target.energy, s->target.variables, 1, &s->target.form, err)) stop(err);
}

/* Gaussian-like couplings of both signs on a square lattice. */
static subject open_lattice(size_t L) {
  subject s = {0};
  gibbs_error err;
  gibbs_lattice *lattice = NULL;
  if (gibbs_graph_new(&s.graph, &err)) stop(&err);
  gibbs_builder b = gibbs_build_begin(s.graph, &err);
  size_t extent[2] = {L, L}, bonds = 2 * L * L;
  if (gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, extent, true, &lattice, &err)) stop(&err);
  double *coupling = malloc(bonds * sizeof *coupling);
  uint64_t seed = 5;
  for (size_t i = 0; i < bonds; i++) coupling[i] = 1.2 * drawn(&seed) - 0.4;
  gibbs_expr *J = build_constant(&b, gibbs_shape_vector(bonds), coupling);
  if (gibbs_ising_new(s.graph, lattice, J, NULL, NULL, &s.d, &err)) stop(&err);
  free(coupling);
  gibbs_lattice_release(lattice);
  if (gibbs_build_end(&b)) stop(&err);
  open_target(&s, &err);
  return s;
}

static void draw_patterns(size_t n, size_t patterns, double *stored) {
  uint64_t seed = 9;
  for (size_t i = 0; i < n * patterns; i++) stored[i] = drawn(&seed) < 0.5 ? -1 : 1;
}

static subject open_memory(size_t n, size_t patterns, double scale) {
  subject s = {0};
  gibbs_error err;
  if (gibbs_graph_new(&s.graph, &err)) stop(&err);
  gibbs_builder b = gibbs_build_begin(s.graph, &err);
  double *stored = malloc(n * patterns * sizeof *stored);
  draw_patterns(n, patterns, stored);
  gibbs_expr *x = build_variable(&b, n), *m = build_constant(&b, gibbs_shape_matrix(patterns, n), stored);
  gibbs_expr *cubes = gibbs_build_binary(&b, GIBBS_OP_POW, gibbs_build_matmul(&b, m, x), gibbs_build_number(&b, 3));
  gibbs_expr *energy =
      gibbs_build_binary(&b, GIBBS_OP_MUL, gibbs_build_number(&b, -scale), gibbs_build_sum(&b, cubes));
  free(stored);
  if (gibbs_distribution_new("memory", energy, &x, 1, NULL, 0, &s.d, &err)) stop(&err);
  if (gibbs_build_end(&b)) stop(&err);
  open_target(&s, &err);
  return s;
}

static void start(subject *s, const char *kernel, double order, size_t chains) {
  gibbs_error err;
  s->kernel = gibbs_kernel_find(kernel);
  if (s->kernel->make(&s->target, &order, chains, 0, &s->instance, &err)) stop(&err);
  double *values = malloc(s->target.units * chains * sizeof *values);
  uint64_t seed = 11;
  for (size_t i = 0; i < s->target.units * chains; i++) values[i] = drawn(&seed) < 0.5 ? -1 : 1;
  if (s->kernel->set(s->instance, values, chains, &err)) stop(&err);
  free(values);
  s->step = 0;
}

static void finish(subject *s) {
  s->kernel->free(s->instance);
  s->instance = NULL;
}

static void close_subject(subject *s) {
  gibbs_normal_form_free(s->target.form);
  gibbs_distribution_release(s->d);
  gibbs_graph_release(s->graph);
}

/* Seconds a sweep, of `sweeps` sweeps. */
static double time_sweeps(subject *s, size_t sweeps) {
  gibbs_error err;
  double begin = now();
  for (size_t t = 0; t < sweeps; t++)
    if (s->kernel->sweep(s->instance, 3, s->step++, &err)) stop(&err);
  return (now() - begin) / (double)sweeps;
}

/* ---- rows --------------------------------------------------------------------------------------- */

typedef struct lattice_peer {
  size_t L;
  int8_t *s;
  float *right, *down, table[9];
  peer_random random;
} lattice_peer;

static lattice_peer open_peer(size_t L) {
  lattice_peer p = {.L = L, .random = {{1, 2}}};
  p.s = malloc(L * L);
  p.right = malloc(L * L * sizeof *p.right);
  p.down = malloc(L * L * sizeof *p.down);
  uint64_t seed = 5;
  for (size_t i = 0; i < L * L; i++) {
    p.s[i] = drawn(&seed) < 0.5 ? -1 : 1;
    p.down[i] = (float)(1.2 * drawn(&seed) - 0.4);
    p.right[i] = (float)(1.2 * drawn(&seed) - 0.4);
  }
  for (size_t k = 0; k < 9; k++) p.table[k] = expf(-2 * 0.44f * (float)k);
  return p;
}

static void close_peer(lattice_peer *p) {
  free(p->s);
  free(p->right);
  free(p->down);
}

static double time_peer(lattice_peer *p, size_t sweeps, int same) {
  double begin = now();
  for (size_t t = 0; t < sweeps; t++)
    if (same)
      peer_uniform_sweep(p->L, p->s, p->table, &p->random);
    else
      peer_sweep(p->L, p->s, p->right, p->down, &p->random);
  return (now() - begin) / (double)sweeps;
}

static void lattice_rows(size_t L) {
  static const struct {
    const char *kernel, *order;
    double setting;
    size_t chains;
  } rows[] = {{"metropolis", "random", 0, 16},     {"metropolis", "sequential", 1, 16},
              {"metropolis", "sequential", 1, 64}, {"heat_bath", "sequential", 0, 16},
              {"metropolis", "random", 0, 1},      {"metropolis", "sequential", 1, 1},
              {"heat_bath", "sequential", 0, 1}};
  subject s = open_lattice(L);
  lattice_peer peer = open_peer(L);
  double sites = (double)(L * L);
  printf("square lattice L = %zu, couplings of all sizes; peer: plain C, int8, one chain\n", L);
  printf("%-12s %-11s %6s %12s %14s %14s\n", "kernel", "order", "chains", "flips/ns", "x peer (same)",
         "x peer (exp)");
  for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
    double own[REPEATS], same[REPEATS], each[REPEATS], flips = sites * (double)rows[r].chains;
    start(&s, rows[r].kernel, rows[r].setting, rows[r].chains);
    time_sweeps(&s, 2);
    for (size_t k = 0; k < REPEATS; k++) {
      double mine = time_sweeps(&s, 4) / (double)rows[r].chains;
      own[k] = flips / (double)rows[r].chains / mine * 1e-9;
      same[k] = time_peer(&peer, 4, 1) / mine;
      each[k] = time_peer(&peer, 4, 0) / mine;
    }
    printf("%-12s %-11s %6zu %12.3f %14.2f %14.2f\n", rows[r].kernel, rows[r].order, rows[r].chains,
           median(own, REPEATS), median(same, REPEATS), median(each, REPEATS));
    finish(&s);
  }
  close_peer(&peer);
  close_subject(&s);
}

static void memory_rows(void) {
  enum { n = 64, patterns = 32, count = 200000 };
  const float scale = 1.0f / (n * n);
  double *values = malloc(n * patterns * sizeof *values);
  int8_t s[n], stored[n * patterns];
  int z[patterns] = {0};
  peer_random random = {{3, 4}};
  draw_patterns(n, patterns, values);
  for (size_t i = 0; i < n; i++) s[i] = 1;
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < patterns; k++) {
      stored[i * patterns + k] = (int8_t)values[k * n + i];
      z[k] += stored[i * patterns + k];
    }
  free(values);
  static const size_t chains[] = {1, 16, 256};
  subject own = open_memory(n, patterns, (double)scale);
  printf("\nassociative memory, N = %d, %d patterns, cubes, as an expression; peer: plain C, one chain\n", n,
         patterns);
  printf("%-12s %6s %16s %10s\n", "kernel", "chains", "proposals/us", "x peer");
  for (size_t r = 0; r < 6; r++) {
    double rate[REPEATS], ratio[REPEATS];
    start(&own, r < 3 ? "metropolis" : "heat_bath", 0, chains[r % 3]);
    time_sweeps(&own, 2);
    size_t sweeps = count / (n * chains[r % 3]) + 1;
    for (size_t k = 0; k < REPEATS; k++) {
      double mine = time_sweeps(&own, sweeps) / (double)(n * chains[r % 3]), begin = now();
      peer_memory(n, patterns, s, z, stored, scale, count, &random);
      rate[k] = 1e-6 / mine;
      ratio[k] = (now() - begin) / count / mine;
    }
    printf("%-12s %6zu %16.1f %10.2f\n", own.kernel->name, chains[r % 3], median(rate, REPEATS),
           median(ratio, REPEATS));
    finish(&own);
  }
  close_subject(&own);
}

static void growth_rows(void) {
  static const size_t sizes[] = {22, 71, 224, 707, 2236};
  printf("\ncost of a sweep (metropolis, sequential), ns a bond and chain\n%10s %10s %10s\n", "bonds", "1 chain",
         "16 chains");
  for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
    size_t L = sizes[k], bonds = 2 * L * L, sweeps = 2000000 / bonds + 1;
    double cost[2];
    subject s = open_lattice(L);
    for (size_t w = 0; w < 2; w++) {
      double best = INFINITY;
      start(&s, "metropolis", 1, w ? 16 : 1);
      for (size_t t = 0; t < 4; t++) best = fmin(best, time_sweeps(&s, sweeps));
      cost[w] = best / (double)bonds * 1e9 / (w ? 16 : 1);
      finish(&s);
    }
    printf("%10zu %10.2f %10.3f\n", bonds, cost[0], cost[1]);
    close_subject(&s);
  }
}

int main(void) {
  printf("threads: %zu\n", gibbs_threads());
  lattice_rows(256);
  memory_rows();
  growth_rows();
  return 0;
}
