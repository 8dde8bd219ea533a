/* bench_products.c - how fast exp(-H) is summed over all states: a table of states and factors per nanosecond, one
 * thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "gibbs/private/vectormath.h"
#include "products.h"

enum { REPEATS = 5 };

/* One row: what is summed, and which of the kernel's calls are timed. */
typedef enum bench_work { TOTAL, WEIGHTS, LOGS, MOMENTS, PAIR_MOMENTS, GRADIENT } bench_work;

typedef struct row {
  const char *name;
  size_t n, m;
  bool coupled;
  double size; /* of couplings, fields and weights; 0: all couplings alike */
  bench_work work;
} row;

static const row rows[] = {
    {"log Z, 25 units, uniform couplings", 25, 0, true, 0, TOTAL},
    {"log Z, 25 units, arbitrary couplings", 25, 0, true, 0.2, TOTAL},
    {"log Z, 20 units, by logarithms", 20, 0, true, 40, TOTAL},
    {"weights, 22 units, arbitrary couplings", 22, 0, true, 0.2, WEIGHTS},
    {"weights and logs, 22 units", 22, 0, true, 0.2, LOGS},
    {"first moments, 22 units", 22, 0, true, 0.2, MOMENTS},
    {"first and second moments, 22 units", 22, 0, true, 0.2, PAIR_MOMENTS},
    {"log Z, 20 units, 784 factors", 20, 784, false, 0.1, TOTAL},
    {"log Z, 16 units, 784 factors, large", 16, 784, false, 3, TOTAL},
    {"log Z, 16 units, 8 factors", 16, 8, false, 0.5, TOTAL},
    {"weights and logs, 16 units, 8 factors", 16, 8, false, 0.5, LOGS},
    {"moments, 16 units, 8 factors", 16, 8, false, 0.5, MOMENTS},
    {"moments, 16 units, 784 factors", 16, 784, false, 0.1, MOMENTS},
    {"KL and gradient, 16x8 against 16 spins", 16, 8, false, 0.5, GRADIENT},
};

/* Time of this thread alone, for the machine may be shared. */
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double *make_numbers(size_t count, double size, double otherwise) {
  double *out = malloc((count + 1) * sizeof *out);
  if (!out) exit(1);
  for (size_t i = 0; i < count; i++) out[i] = size > 0 ? size * (2.0 * rand() / RAND_MAX - 1) : otherwise;
  return out;
}

static gibbs_bit_form make_form(const row *r) {
  double *coupling = r->coupled ? make_numbers(r->n * r->n, r->size, 4.0 / (double)r->n) : NULL;
  for (size_t i = 0; coupling && i < r->n; i++)
    for (size_t j = 0; j <= i; j++) coupling[i * r->n + j] = i == j ? 0 : coupling[j * r->n + i];
  return (gibbs_bit_form){.n = r->n,
                          .field = make_numbers(r->n, r->size, -2),
                          .coupling = coupling,
                          .m = r->m,
                          .bias = make_numbers(r->m, r->size, 0),
                          .weight = make_numbers(r->m * r->n, r->size, 0)};
}

static void free_form(gibbs_bit_form *form) {
  free((void *)form->field);
  free((void *)form->coupling);
  free((void *)form->bias);
  free((void *)form->weight);
}

typedef struct workshop {
  gibbs_products *kernel;
  gibbs_products_scratch *scratch;
  gibbs_moments *moments;
  double *logs, *weight;
} workshop;

static workshop open_workshop(const gibbs_bit_form *form, bool second) {
  workshop w = {0};
  if (gibbs_products_new(form, 0, &w.kernel, NULL) || gibbs_products_scratch_new(w.kernel, &w.scratch, NULL) ||
      gibbs_moments_new(w.kernel, second, &w.moments, NULL))
    exit(1);
  size_t states = (size_t)1 << gibbs_products_chunk_bits(w.kernel);
  w.logs = malloc(states * sizeof *w.logs);
  w.weight = malloc(states * sizeof *w.weight);
  if (!w.logs || !w.weight) exit(1);
  return w;
}

static void close_workshop(workshop *w) {
  gibbs_moments_free(w->moments);
  gibbs_products_scratch_free(w->scratch);
  gibbs_products_free(w->kernel);
  free(w->logs);
  free(w->weight);
}

static double run_chunks(workshop *w, bench_work work) {
  double checksum = 0, total, scale;
  if (work == MOMENTS || work == PAIR_MOMENTS)
    gibbs_products_chunk(w->kernel, w->scratch, 0, NULL, w->weight, &scale);
  for (uint64_t chunk = 0; chunk < gibbs_products_chunks(w->kernel); chunk++) {
    if (work == TOTAL)
      gibbs_products_chunk_total(w->kernel, w->scratch, chunk, &total, &scale);
    else if (work == WEIGHTS || work == LOGS)
      gibbs_products_chunk(w->kernel, w->scratch, chunk, work == LOGS ? w->logs : NULL, w->weight, &scale);
    else
      gibbs_products_accumulate(w->kernel, w->scratch, chunk, w->weight, w->moments);
    checksum += work == TOTAL ? log(total) + scale : w->weight[0];
  }
  return checksum;
}

/* A whole evaluation of KL(P||Q) and its gradient, all weights stored: kernels made, both distributions weighed,
 * their difference accumulated and read. */
static double run_gradient(const gibbs_bit_form *p, const gibbs_bit_form *q) {
  static double weight[2][1 << 16], logs[2][1 << 16], first[16], response[8], cross[16 * 8];
  workshop w[2] = {open_workshop(p, false), open_workshop(q, false)};
  size_t chunks = gibbs_products_chunks(w[0].kernel), states = ((size_t)1 << p->n) / chunks;
  double z[2] = {0}, mean = 0, scale[2][256];
  for (size_t k = 0; k < 2; k++)
    for (size_t c = 0; c < chunks; c++) {
      double *at = weight[k] + c * states;
      gibbs_products_chunk(w[k].kernel, w[k].scratch, c, logs[k] + c * states, at, &scale[k][c]);
      z[k] += gibbs_vector_sum(at, states) * exp(scale[k][c]);
    }
  for (size_t c = 0; c < chunks; c++) {
    double a = exp(scale[0][c]) / z[0], b = exp(scale[1][c]) / z[1];
    double *p_weight = weight[0] + c * states, *p_logs = logs[0] + c * states;
    const double *q_weight = weight[1] + c * states, *q_logs = logs[1] + c * states;
    for (size_t s = 0; s < states; s++) p_weight[s] *= a;
    for (size_t s = 0; s < states; s++) p_logs[s] -= q_logs[s];
    mean += gibbs_vector_dot(p_weight, p_logs, states);
    for (size_t s = 0; s < states; s++) p_weight[s] -= q_weight[s] * b;
    gibbs_products_accumulate(w[1].kernel, w[1].scratch, c, p_weight, w[1].moments);
  }
  gibbs_moments_read(w[1].kernel, w[1].moments, NULL, first, NULL, response, cross);
  for (size_t k = 0; k < 2; k++) close_workshop(&w[k]);
  return mean - log(z[0] / z[1]);
}

static int compare_doubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_row(const row *r) {
  gibbs_bit_form form = make_form(r);
  row spins = {.n = r->n, .coupled = true, .size = 0.5};
  gibbs_bit_form other = make_form(&spins);
  workshop w = open_workshop(&form, r->work == PAIR_MOMENTS);
  double seconds[REPEATS], checksum = 0, states = ldexp(1, (int)r->n);
  for (int k = 0; k < REPEATS; k++) {
    double begin = now();
    checksum += r->work == GRADIENT ? run_gradient(&other, &form) : run_chunks(&w, r->work);
    seconds[k] = now() - begin;
  }
  qsort(seconds, REPEATS, sizeof *seconds, compare_doubles);
  double ns = 1e9 * seconds[REPEATS / 2];
  printf("%-42s %10.3f ms %9.3f states/ns", r->name, 1e-6 * ns, states / ns);
  if (r->m > 0) printf(" %8.3f factors/ns", states * (double)r->m / ns);
  printf("   (%.6g)\n", checksum / REPEATS);
  close_workshop(&w);
  free_form(&form);
  free_form(&other);
}

int main(void) {
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) print_row(&rows[i]);
  return 0;
}
