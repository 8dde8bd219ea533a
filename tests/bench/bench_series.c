/* bench_series.c - what a row costs a series, beside the plainest loop that adds up values and their squares. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gibbs/reweight.h"
#include "gibbs/series.h"

enum { REPEATS = 5 };

/* Time of this process alone, for the machine may be shared. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double *make_numbers(size_t count) {
  double *out = malloc(count * sizeof *out);
  if (!out) exit(1);
  for (size_t k = 0; k < count; k++) out[k] = 2.0 * rand() / RAND_MAX - 1;
  return out;
}

static void fail_loudly(const gibbs_error *err) {
  fprintf(stderr, "%s\n", err->message);
  exit(1);
}

static double time_peer(const double *values, size_t n, size_t rows) {
  double *sums = calloc(2 * n, sizeof *sums), least = 1e300;
  if (!sums) exit(1);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = now();
    for (size_t r = 0; r < rows; r++) {
      for (size_t k = 0; k < n; k++) {
        sums[k] += values[k];
        sums[n + k] += values[k] * values[k];
      }
      __asm__ volatile("" ::: "memory");
    }
    double seconds = now() - start;
    if (seconds < least) least = seconds;
  }
  free(sums);
  return least;
}

static double time_series(size_t observables, size_t chains, bool pooled, const double *values, size_t rows,
                          double *mean_seconds) {
  double least = 1e300;
  gibbs_series *series;
  gibbs_error err;
  gibbs_estimate e;
  if (gibbs_series_new(observables, chains, pooled, &series, &err) != GIBBS_OK) fail_loudly(&err);
  for (int repeat = 0; repeat < REPEATS; repeat++) {
    double start = now();
    for (size_t r = 0; r < rows; r++)
      if (gibbs_series_add(series, values, &err) != GIBBS_OK) fail_loudly(&err);
    double seconds = now() - start;
    if (seconds < least) least = seconds;
  }
  double start = now();
  if (gibbs_series_mean(series, 0, GIBBS_WARM_UP_DETECT, &e, &err) != GIBBS_OK) fail_loudly(&err);
  *mean_seconds = now() - start;
  gibbs_series_free(series);
  return least;
}

static void compare(size_t observables, size_t chains, bool pooled) {
  size_t n = observables * chains, rows = 10000000 / n + 1;
  double *values = make_numbers(n), mean, scale = 1e9 / (double)(rows * n);
  double peer = time_peer(values, n, rows), series = time_series(observables, chains, pooled, values, rows, &mean);
  printf("%5zu x %4zu %-8s %8.2f %8.2f %8.2f %10.2f\n", observables, chains, pooled ? "pooled" : "", series * scale,
         peer * scale, series / peer, 1e3 * mean);
  free(values);
}

static void time_reweighting(size_t states, size_t count) {
  double *energy = make_numbers(states * count), *beta = make_numbers(states), mean, one;
  size_t *counts = malloc(states * sizeof *counts);
  gibbs_error err;
  gibbs_reweight *r;
  gibbs_reweight_target *t;
  if (!counts) exit(1);
  for (size_t k = 0; k < states; k++) counts[k] = count, beta[k] = 0.1 * (double)k;
  double start = now();
  if (gibbs_reweight_temperatures(&(gibbs_reweight_samples){.states = states, .count = counts}, beta, energy, &r,
                                  &err) != GIBBS_OK)
    fail_loudly(&err);
  double solved = now();
  if (gibbs_reweight_to_beta(r, 0.35, &t, &err) != GIBBS_OK ||
      gibbs_reweight_target_means(t, 1, energy, &mean, &one, &err) != GIBBS_OK)
    fail_loudly(&err);
  printf(
      "reweighting %zu states of %zu samples: solved in %.3f s, a mean with its error in %.3f s (processor time)\n",
      states, count, solved - start, now() - solved);
  gibbs_reweight_target_free(t);
  gibbs_reweight_free(r);
  free(counts);
  free(beta);
  free(energy);
}

int main(void) {
  printf("observables x chains   ns/value     peer    ratio  mean (ms)\n");
  compare(1, 1, false);
  compare(3, 4, false);
  compare(3, 256, false);
  compare(8, 1000, false);
  compare(1000, 8, true);
  time_reweighting(16, 20000);
  return 0;
}
