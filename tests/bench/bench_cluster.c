/* bench_cluster.c - cluster kernels at the critical point of the square lattice, beside the plain C that one would
 * write.
 *
 *   bench/bench_cluster [L] [pieces]
 *
 * ns a spin (Swendsen-Wang) and a flipped spin (Wolff) over all threads, each of which has a system of its own: the
 * minimum and the median of many short pieces, for a machine that is shared.  Both sides do the same work, but for
 * the improved estimators, which only ours has. */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gibbs/chains.h"
#include "gibbs/threads.h"

static const double critical = 0.44068679350977147;
enum { warm_up = 200, sweeps = 2, most_threads = 2 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- plain C -------------------------------------------------------------------------------------------------- */

typedef struct lattice {
  uint32_t L, N;
  int8_t *s, *flip;
  uint32_t *parent; /* also the stack */
  uint32_t random[4];
  uint64_t p; /* of activation, in 2^-32 */
} lattice;

/* xoshiro128+ (Blackman and Vigna). */
static inline uint32_t draw(lattice *x) {
  uint32_t *s = x->random, out = s[0] + s[3], t = s[1] << 9;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = s[3] << 11 | s[3] >> 21;
  return out;
}

static lattice make_lattice(uint32_t L, uint32_t seed) {
  lattice x = {.L = L, .N = L * L, .random = {seed, 2, 3, 4}, .p = (uint64_t)((1 - exp(-2 * critical)) * 0x1p32)};
  x.s = malloc(x.N);
  x.flip = malloc(x.N);
  x.parent = malloc(x.N * sizeof *x.parent);
  if (!x.s || !x.flip || !x.parent) exit(1);
  for (uint32_t i = 0; i < x.N; i++) x.s[i] = 1;
  return x;
}

static void free_lattice(lattice *x) {
  free(x->s);
  free(x->flip);
  free(x->parent);
}

static inline uint32_t find(uint32_t *parent, uint32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

static inline void join(lattice *x, uint32_t i, uint32_t j) {
  if (x->s[i] != x->s[j] || draw(x) >= x->p) return;
  uint32_t a = find(x->parent, i), b = find(x->parent, j);
  x->parent[a > b ? a : b] = a > b ? b : a;
}

static double plain_swendsen_wang(lattice *x) {
  const uint32_t L = x->L, N = x->N;
  for (uint32_t i = 0; i < N; i++) x->parent[i] = i;
  for (uint32_t r = 0; r < L; r++)
    for (uint32_t c = 0; c < L; c++) {
      join(x, r * L + c, c + 1 == L ? r * L : r * L + c + 1);
      join(x, r * L + c, r + 1 == L ? c : (r + 1) * L + c);
    }
  for (uint32_t i = 0; i < N; i++) x->flip[i] = draw(x) >> 31 ? 1 : -1;
  for (uint32_t i = 0; i < N; i++) x->s[i] = (int8_t)(x->s[i] * x->flip[find(x->parent, i)]);
  return N;
}

static double plain_wolff(lattice *x) {
  const uint32_t L = x->L, N = x->N, seed = draw(x) % N;
  uint32_t *stack = x->parent, top = 1, flipped = 0;
  int8_t sign = x->s[seed];
  stack[0] = seed;
  x->s[seed] = (int8_t)-sign;
  while (top > 0) {
    uint32_t i = stack[--top], c = i % L;
    uint32_t next[4] = {c + 1 == L ? i + 1 - L : i + 1, c == 0 ? i + L - 1 : i - 1, i + L >= N ? i + L - N : i + L,
                        i < L ? i + N - L : i - L};
    flipped++;
    for (int d = 0; d < 4; d++)
      if (x->s[next[d]] == sign && draw(x) < x->p) {
        x->s[next[d]] = (int8_t)-sign;
        stack[top++] = next[d];
      }
  }
  return flipped;
}

/* Seconds a unit of work of one piece. */
static double time_plain(lattice *x, int threads, double (*sweep)(lattice *)) {
  double work = 0, start = now();
#pragma omp parallel num_threads(threads) reduction(+ : work)
  for (int t = 0; t < sweeps; t++) work += sweep(&x[omp_get_thread_num()]);
  return (now() - start) / work;
}

/* ---- ours --------------------------------------------------------------------------------------------------------
 */

static void check(gibbs_status status, const gibbs_error *err) {
  if (status == GIBBS_OK) return;
  fprintf(stderr, "%s\n", err->message);
  exit(1);
}

static gibbs_chains *make_chains(uint32_t L, const char *kernel, const double *settings, size_t count) {
  gibbs_error err;
  gibbs_graph *graph = NULL;
  gibbs_lattice *square = NULL;
  gibbs_expr *K = NULL;
  gibbs_distribution *ising = NULL;
  gibbs_chains *chains = NULL;
  check(gibbs_graph_new(&graph, &err), &err);
  check(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){L, L}, true, &square, &err), &err);
  check(gibbs_expr_number(graph, critical, &K, &err), &err);
  check(gibbs_ising_new(graph, square, K, NULL, NULL, &ising, &err), &err);
  gibbs_chains_options options = {
      .chains = count, .seed = 1, .kernel = gibbs_kernel_find(kernel), .settings = settings};
  check(gibbs_chains_new(ising, &options, &chains, &err), &err);
  double *up = malloc(count * L * L * sizeof *up); /* like plain C: from a random start single clusters take long */
  for (size_t i = 0; up && i < count * L * L; i++) up[i] = 1;
  if (up) check(gibbs_chains_set(chains, 0, up, &err), &err);
  free(up);
  check(gibbs_chains_advance(chains, warm_up, &err), &err);
  gibbs_distribution_release(ising);
  gibbs_expr_release(K);
  gibbs_lattice_release(square);
  gibbs_graph_release(graph);
  return chains;
}

/* Seconds a spin, or a flipped spin, of one piece. */
static double time_ours(gibbs_chains *chains, uint32_t L, bool single) {
  gibbs_error err;
  double work = 0, size[most_threads], start = now();
  for (int t = 0; t < sweeps; t++) {
    check(gibbs_chains_advance(chains, 1, &err), &err);
    if (single) gibbs_chains_measure(chains, 1, size);
    for (size_t c = 0; c < gibbs_chains_count(chains); c++) work += single ? size[c] : (double)L * L;
  }
  return (now() - start) / work;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_row(const char *name, uint32_t L, int threads, size_t pieces, bool single) {
  double *plain = malloc(pieces * sizeof *plain), *ours = malloc(pieces * sizeof *ours);
  lattice x[most_threads];
  if (!plain || !ours) exit(1);
  gibbs_set_threads((size_t)threads);
  double one[1] = {1};
  gibbs_chains *chains = make_chains(L, name, one, (size_t)threads);
  for (int t = 0; t < threads; t++) x[t] = make_lattice(L, 1 + (uint32_t)t);
  for (int t = 0; t < warm_up / sweeps; t++) time_plain(x, threads, single ? plain_wolff : plain_swendsen_wang);
  for (size_t k = 0; k < pieces; k++) { /* turn by turn: both meet the same machine */
    plain[k] = time_plain(x, threads, single ? plain_wolff : plain_swendsen_wang);
    ours[k] = time_ours(chains, L, single);
  }
  qsort(plain, pieces, sizeof *plain, ascending);
  qsort(ours, pieces, sizeof *ours, ascending);
  printf("%-14s L = %u, %d threads: plain C %6.2f (median %6.2f), ours %6.2f (%6.2f) ns; %.1fx (%.1fx)\n", name, L,
         threads, 1e9 * plain[0], 1e9 * plain[pieces / 2], 1e9 * ours[0], 1e9 * ours[pieces / 2], plain[0] / ours[0],
         plain[pieces / 2] / ours[pieces / 2]);
  for (int t = 0; t < threads; t++) free_lattice(&x[t]);
  gibbs_chains_free(chains);
  free(plain);
  free(ours);
}

int main(int count, char **arguments) {
  uint32_t L = count > 1 ? (uint32_t)atoi(arguments[1]) : 256;
  size_t pieces = count > 2 ? (size_t)atoi(arguments[2]) : 200;
  for (int threads = 1; threads <= most_threads; threads++) {
    print_row("swendsen_wang", L, threads, pieces, false);
    print_row("wolff", L, threads, pieces, true);
  }
  return 0;
}
