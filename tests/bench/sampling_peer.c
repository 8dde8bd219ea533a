/* sampling_peer.c - the samplers of sampling.lua as one would write them in plain C: the peers that its table is held
 * against.  sampling_peer ROW THREADS: prints seconds per unit of work (a flip tried, a spin, a proposal). */
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { L = 256, SITES = L * L, UNITS = 64, PATTERNS = 32 };
static const double K = 0.44068679350977151;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* xoshiro128+ (Blackman and Vigna). */
typedef struct generator {
  uint32_t s[4];
} generator;

static generator seed(uint32_t k) {
  generator g;
  for (int i = 0; i < 4; i++) g.s[i] = k = k * 1664525u + 1013904223u;
  return g;
}

static inline uint32_t draw(generator *g) {
  uint32_t out = g->s[0] + g->s[3], t = g->s[1] << 9;
  g->s[2] ^= g->s[0];
  g->s[3] ^= g->s[1];
  g->s[1] ^= g->s[2];
  g->s[0] ^= g->s[3];
  g->s[2] ^= t;
  g->s[3] = g->s[3] << 11 | g->s[3] >> 21;
  return out;
}

static inline float uniform(generator *g) {
  return (float)(draw(g) >> 8) * 0x1p-24f;
}

static void random_spins(int8_t *s, generator *g) {
  for (size_t i = 0; i < SITES; i++) s[i] = draw(g) >> 31 ? 1 : -1;
}

static inline void neighbours(size_t i, size_t out[4]) {
  size_t r = i / L, c = i % L;
  out[0] = r * L + (c + 1) % L;
  out[1] = (r + 1) % L * L + c;
  out[2] = r * L + (c + L - 1) % L;
  out[3] = (r + L - 1) % L * L + c;
}

/* ---- single site ------------------------------------------------------------------------------------------ */

static double metropolis(generator g) {
  static _Thread_local int8_t s[SITES];
  float accept[5];
  for (int k = 0; k < 5; k++) accept[k] = (float)exp(-2 * K * (2 * k - 4));
  random_spins(s, &g);
  int sweeps = 100;
  double start = now();
  for (int t = 0; t < sweeps; t++)
    for (size_t i = 0; i < SITES; i++) {
      size_t n[4];
      neighbours(i, n);
      int field = s[i] * (s[n[0]] + s[n[1]] + s[n[2]] + s[n[3]]);
      if (uniform(&g) < accept[(field + 4) / 2]) s[i] = (int8_t)-s[i];
    }
  return (now() - start) / sweeps / SITES;
}

/* Couplings of their own at every bond: to the right and below. */
static double glass(generator g) {
  static _Thread_local int8_t s[SITES];
  static _Thread_local float J[2][SITES];
  random_spins(s, &g);
  for (size_t i = 0; i < 2 * SITES; i++) J[i / SITES][i % SITES] = 2 * uniform(&g) - 1;
  int sweeps = 60;
  double start = now();
  for (int t = 0; t < sweeps; t++)
    for (size_t i = 0; i < SITES; i++) {
      size_t n[4];
      neighbours(i, n);
      float field = J[0][i] * s[n[0]] + J[1][i] * s[n[1]] + J[0][n[2]] * s[n[2]] + J[1][n[3]] * s[n[3]],
            change = 2 * s[i] * field;
      if (change <= 0 || uniform(&g) < expf(-change)) s[i] = (int8_t)-s[i];
    }
  return (now() - start) / sweeps / SITES;
}

/* ---- clusters --------------------------------------------------------------------------------------------- */

static uint32_t find(uint32_t *parent, uint32_t i) {
  while (parent[i] != i) i = parent[i] = parent[parent[i]];
  return i;
}

static double swendsen_wang(generator g) {
  static _Thread_local int8_t s[SITES];
  static _Thread_local uint32_t parent[SITES];
  static _Thread_local int8_t flip[SITES];
  random_spins(s, &g);
  float p = (float)(1 - exp(-2 * K));
  int sweeps = 60, warm = 40;
  double start = 0;
  for (int t = 0; t < sweeps + warm; t++) {
    if (t == warm) start = now();
    for (uint32_t i = 0; i < SITES; i++) parent[i] = i;
    for (uint32_t i = 0; i < SITES; i++) {
      size_t n[4];
      neighbours(i, n);
      for (int d = 0; d < 2; d++)
        if (s[i] == s[n[d]] && uniform(&g) < p) {
          uint32_t a = find(parent, i), b = find(parent, (uint32_t)n[d]);
          if (a != b) parent[a > b ? a : b] = a > b ? b : a;
        }
    }
    for (uint32_t i = 0; i < SITES; i++) flip[i] = draw(&g) >> 31 ? 1 : -1;
    for (uint32_t i = 0; i < SITES; i++) s[i] = (int8_t)(s[i] * flip[find(parent, i)]);
  }
  return (now() - start) / sweeps / SITES;
}

static double wolff(generator g) {
  static _Thread_local int8_t s[SITES];
  static _Thread_local uint32_t stack[SITES];
  random_spins(s, &g);
  float p = (float)(1 - exp(-2 * K));
  double flipped = 0, start = 0;
  for (int t = 0; t < 1200; t++) {
    if (t == 600) start = now(), flipped = 0;
    uint32_t first = draw(&g) % SITES, count = 0;
    int8_t sign = s[first];
    stack[count++] = first;
    s[first] = (int8_t)-sign;
    while (count > 0) {
      size_t n[4];
      neighbours(stack[--count], n);
      flipped++;
      for (int d = 0; d < 4; d++)
        if (s[n[d]] == sign && uniform(&g) < p) {
          s[n[d]] = (int8_t)-sign;
          stack[count++] = (uint32_t)n[d];
        }
    }
  }
  return (now() - start) / flipped;
}

/* ---- associative memory ------------------------------------------------------------------------------------ */

static double memory(generator g) {
  int8_t s[UNITS];
  float xi[UNITS][PATTERNS], z[PATTERNS] = {0};
  for (int i = 0; i < UNITS; i++) s[i] = draw(&g) >> 31 ? 1 : -1;
  for (int i = 0; i < UNITS; i++)
    for (int p = 0; p < PATTERNS; p++) {
      xi[i][p] = draw(&g) >> 31 ? 1 : -1;
      z[p] += xi[i][p] * s[i];
    }
  long proposals = 6000000;
  double start = now();
  for (long t = 0; t < proposals; t++) {
    uint32_t i = draw(&g) % UNITS;
    float change = 0, step = -2.0f * s[i];
    for (int p = 0; p < PATTERNS; p++) {
      float a = z[p], b = a + step * xi[i][p];
      change += a * a * a - b * b * b;
    }
    change *= 1e-4f;
    if (change > 0 && uniform(&g) >= expf(-change)) continue;
    s[i] = (int8_t)-s[i];
    for (int p = 0; p < PATTERNS; p++) z[p] += step * xi[i][p];
  }
  return (now() - start) / (double)proposals + (z[0] == 0.5f);
}

static const struct {
  const char *name;
  double (*run)(generator g);
} rows[] = {{"metropolis", metropolis},
            {"glass", glass},
            {"swendsen_wang", swendsen_wang},
            {"wolff", wolff},
            {"memory", memory}};

int main(int count, char **arguments) {
  int threads = count > 2 ? atoi(arguments[2]) : 1;
  for (size_t k = 0; count > 1 && k < sizeof rows / sizeof rows[0]; k++) {
    if (strcmp(rows[k].name, arguments[1]) != 0) continue;
    double rate = 0; /* threads work on systems of their own */
#pragma omp parallel num_threads(threads) reduction(+ : rate)
    rate += 1 / rows[k].run(seed(1 + (uint32_t)omp_get_thread_num()));
    printf("%.6g\n", 1 / rate);
    return 0;
  }
  fprintf(stderr, "usage: sampling_peer metropolis|glass|swendsen_wang|wolff|memory [threads]\n");
  return 2;
}
