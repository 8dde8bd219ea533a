/* bench_multispin.c - flips per nanosecond of packed spins, on one thread and on several, beside a checkerboard of
 * bytes in plain C in the same run.
 *
 * Usage: bench_multispin [plain|avx2|avx512]: the loop to measure; the best of this processor otherwise. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gibbs/distribution.h"
#include "gibbs/threads.h"
#include "multispin.h"

enum { REPEATS = 7, FLIPS = 20000000 };

typedef struct row {
  const char *name;
  gibbs_lattice_kind lattice;
  size_t axes, extent[3];
  double coupling, field;
  bool open;
  double rule;
} row;

static const row rows[] = {
    {"square 64", GIBBS_LATTICE_SQUARE, 2, {64, 64}, 0.44, 0, false, 0},
    {"square 256", GIBBS_LATTICE_SQUARE, 2, {256, 256}, 0.44, 0, false, 0},
    {"square 255", GIBBS_LATTICE_SQUARE, 2, {255, 255}, 0.44, 0, false, 0},
    {"square 256, open", GIBBS_LATTICE_SQUARE, 2, {256, 256}, 0.44, 0, true, 0},
    {"square 1024", GIBBS_LATTICE_SQUARE, 2, {1024, 1024}, 0.44, 0, false, 0},
    {"square 1024, heat bath", GIBBS_LATTICE_SQUARE, 2, {1024, 1024}, 0.44, 0, false, 1},
    {"square 1024, field", GIBBS_LATTICE_SQUARE, 2, {1024, 1024}, 0.44, 0.1, false, 0},
    {"square 4096", GIBBS_LATTICE_SQUARE, 2, {4096, 4096}, 0.44, 0, false, 0},
    {"chain 2^20", GIBBS_LATTICE_CHAIN, 1, {1 << 20}, 0.7, 0, false, 0},
    {"triangular 1024, frustrated", GIBBS_LATTICE_TRIANGULAR, 2, {1024, 1024}, -0.4, 0, false, 0},
    {"honeycomb 1024", GIBBS_LATTICE_HONEYCOMB, 2, {1024, 512}, 0.65, 0, false, 0},
    {"cubic 64", GIBBS_LATTICE_CUBIC, 3, {64, 64, 64}, 0.22, 0, false, 0},
    {"cubic 128", GIBBS_LATTICE_CUBIC, 3, {128, 128, 128}, 0.22, 0, false, 0},
};

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void demand(gibbs_status status, const gibbs_error *err) {
  if (status == GIBBS_OK) return;
  fprintf(stderr, "%s\n", err->message);
  exit(1);
}

static gibbs_distribution *make_model(const row *r) {
  gibbs_error err;
  gibbs_graph *graph;
  gibbs_lattice *lattice;
  gibbs_expr *J, *field = NULL;
  gibbs_distribution *d;
  demand(gibbs_graph_new(&graph, &err), &err);
  demand(gibbs_lattice_new(r->lattice, r->axes, r->extent, !r->open, &lattice, &err), &err);
  demand(gibbs_expr_number(graph, r->coupling, &J, &err), &err);
  if (r->field != 0) demand(gibbs_expr_number(graph, r->field, &field, &err), &err);
  demand(gibbs_ising_new(graph, lattice, J, field, NULL, &d, &err), &err);
  gibbs_expr_release(J);
  if (field) gibbs_expr_release(field);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
  return d;
}

/* Flips per nanosecond: the best of some repeats. */
static double time_sweeps(gibbs_multispin *m, size_t threads) {
  double best = 0;
  uint32_t step = 0, sweeps = (uint32_t)(FLIPS / m->target->units + 1);
  gibbs_error err;
  gibbs_set_threads(threads);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = now();
    for (uint32_t k = 0; k < sweeps; k++) demand(gibbs_multispin_sweep(m, 1, step++, &err), &err);
    double rate = (double)sweeps * (double)m->target->units / (now() - start) * 1e-9;
    if (rate > best) best = rate;
  }
  return best;
}

/* ---- the peer: square lattice of bytes, by parity, one random number a proposal ----------------------------------
 */

static uint64_t next_random(uint64_t *s) {
  *s ^= *s >> 12, *s ^= *s << 25, *s ^= *s >> 27;
  return *s * 0x2545f4914f6cdd1du;
}

static void sweep_bytes(int8_t *spin, size_t L, const uint32_t accept[5], uint64_t *seed) {
  for (size_t parity = 0; parity < 2; parity++)
    for (size_t y = 0; y < L; y++) {
      const int8_t *up = spin + (y + L - 1) % L * L, *down = spin + (y + 1) % L * L;
      int8_t *here = spin + y * L;
      for (size_t x = (y + parity) % 2; x < L; x += 2) {
        int sum = up[x] + down[x] + here[x == 0 ? L - 1 : x - 1] + here[x + 1 == L ? 0 : x + 1];
        if (next_random(seed) >> 32 <= accept[(here[x] * sum + 4) / 2]) here[x] = (int8_t)-here[x];
      }
    }
}

static double time_bytes(size_t L) {
  int8_t *spin = malloc(L * L);
  uint32_t accept[5];
  uint64_t seed = 88172645463325252u;
  double best = 0;
  if (!spin) exit(1);
  memset(spin, 1, L * L);
  for (int k = 0; k < 5; k++) accept[k] = (uint32_t)(fmin(1, exp(-2 * 0.44 * (2 * k - 4))) * UINT32_MAX);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = now();
    size_t sweeps = 5000000 / (L * L) + 1;
    for (size_t k = 0; k < sweeps; k++) sweep_bytes(spin, L, accept, &seed);
    double rate = (double)(sweeps * L * L) / (now() - start) * 1e-9;
    if (rate > best) best = rate;
  }
  free(spin);
  return best;
}

/* ---- the table ------------------------------------------------------------------------------------------------- */

static void choose_loop(gibbs_multispin *m, const char *loop) {
  if (strcmp(loop, "plain") == 0) m->update = gibbs_multispin_update_plain;
#if defined(__x86_64__)
  if (strcmp(loop, "avx2") == 0) m->update = gibbs_multispin_update_avx2;
  if (strcmp(loop, "avx512") == 0) m->update = gibbs_multispin_update_avx512;
#endif
}

static void show_row(const row *r, const char *loop, double peer) {
  gibbs_error err;
  gibbs_distribution *d = make_model(r);
  gibbs_target target = {.distribution = d,
                         .energy = gibbs_distribution_energy(d),
                         .variables = gibbs_distribution_visible(d),
                         .variable_count = 1};
  void *instance;
  demand(gibbs_normal_form_new(target.energy, target.variables, 1, &target.form, &err), &err);
  target.units = gibbs_normal_form_units(target.form);
  const gibbs_kernel *kernel = gibbs_kernel_find("multispin");
  demand(kernel->make(&target, &r->rule, 1, 0, &instance, &err), &err);
  choose_loop(instance, loop);
  demand(kernel->start(instance, 1, &err), &err);
  double one = time_sweeps(instance, 1), two = time_sweeps(instance, 2);
  printf("%-28s %8.2f %8.2f %8.0f\n", r->name, one, two, one / peer);
  kernel->free(instance);
  gibbs_normal_form_free(target.form);
  gibbs_distribution_release(d);
}

/* The most memory that this process has had, in MiB; 0 where nobody says. */
static double peak_memory(void) {
  char line[128];
  double peak = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status))
    if (strncmp(line, "VmHWM:", 6) == 0) peak = strtod(line + 6, NULL) / 1024;
  if (status) fclose(status);
  return peak;
}

int main(int argc, char **argv) {
  const char *loop = argc > 1 ? argv[1] : "";
  double peer = time_bytes(256);
  printf("bytes in plain C, L = 256: %.3f flips/ns\n\n", peer);
  printf("%-28s %8s %8s %8s\n", "flips/ns", "1 thread", "2", "ratio");
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) show_row(&rows[k], loop, peer);
  printf("\npeak memory: %.1f MiB\n", peak_memory());
  return 0;
}
