/* test_blas.c - products against their definition, from one thread and from many, and the library that does them. */
#include "gibbs/private/blas.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"
#include "gibbs/random.h"

static double *random_numbers(size_t count, uint32_t chain) {
  double *x = malloc(count * sizeof *x);
  gibbs_stream stream = gibbs_stream_open(1, GIBBS_PURPOSE_CHECK, chain, 0);
  for (size_t k = 0; k < count; k++) x[k] = 2 * gibbs_stream_uniform(&stream) - 1;
  return x;
}

enum { m = 7, n = 5, k = 11, room = 13 };

/* Sums of k products of numbers below 1: rounding is at most about k epsilon. */
static const double tolerance = 4 * k * DBL_EPSILON;

Test(blas, matrix_products_follow_the_definition) {
  double *a = random_numbers(room * room, 1), *b = random_numbers(room * room, 2),
         *old = random_numbers(room * room, 3);
  for (int flags = 0; flags < 4; flags++) {
    bool ta = flags & 1, tb = flags & 2;
    double c[room * room];
    memcpy(c, old, sizeof c);
    gibbs_dgemm(ta, tb, m, n, k, 0.5, a, room, b, room, -2.0, c, room);
    for (size_t i = 0; i < room; i++)
      for (size_t j = 0; j < room; j++) {
        double expected = old[i * room + j];
        if (i < m && j < n) {
          expected *= -2.0;
          for (size_t l = 0; l < k; l++)
            expected += 0.5 * a[ta ? l * room + i : i * room + l] * b[tb ? j * room + l : l * room + j];
        }
        cr_expect_lt(fabs(c[i * room + j] - expected), tolerance, "element %zu, %zu, case %d", i, j, flags);
      }
  }
  free(a), free(b), free(old);
}

Test(blas, products_in_single_precision_are_those_in_double) {
  double *a = random_numbers(room * room, 1), *b = random_numbers(room * room, 2),
         *old = random_numbers(room * room, 3);
  float x[room * room], y[room * room], z[room * room];
  for (int flags = 0; flags < 4; flags++) {
    bool ta = flags & 1, tb = flags & 2;
    double c[room * room];
    memcpy(c, old, sizeof c);
    for (size_t i = 0; i < room * room; i++) x[i] = (float)a[i], y[i] = (float)b[i], z[i] = (float)old[i];
    gibbs_dgemm(ta, tb, m, n, k, 0.5, a, room, b, room, -2.0, c, room);
    gibbs_sgemm(ta, tb, m, n, k, 0.5f, x, room, y, room, -2.0f, z, room);
    for (size_t i = 0; i < room * room; i++)
      cr_expect_lt(fabs((double)z[i] - c[i]), 8 * k * (double)FLT_EPSILON, "element %zu, case %d", i, flags);
  }
  free(a), free(b), free(old);
}

Test(blas, matrix_times_vector_follows_the_definition) {
  double *a = random_numbers(m * room, 1), *x = random_numbers(room, 2), *old = random_numbers(room, 3);
  for (int transpose = 0; transpose < 2; transpose++) {
    size_t rows = transpose ? n : m, columns = transpose ? m : n;
    double y[room];
    memcpy(y, old, sizeof y);
    gibbs_dgemv(transpose, m, n, 3.0, a, room, x, 0.25, y);
    for (size_t i = 0; i < room; i++) {
      double expected = i < rows ? 0.25 * old[i] : old[i];
      for (size_t j = 0; i < rows && j < columns; j++)
        expected += 3.0 * a[transpose ? j * room + i : i * room + j] * x[j];
      cr_expect_lt(fabs(y[i] - expected), tolerance);
    }
  }
  free(a), free(x), free(old);
}

Test(blas, without_beta_the_old_contents_do_not_matter) {
  double a[4] = {1, 2, 3, 4}, b[4] = {5, 6, 7, 8}, c[4] = {NAN, NAN, NAN, NAN}, y[2] = {NAN, NAN};
  gibbs_dgemm(false, false, 2, 2, 2, 1, a, 2, b, 2, 0, c, 2);
  const double expected[4] = {19, 22, 43, 50};
  for (int i = 0; i < 4; i++) cr_expect_eq(c[i], expected[i]);
  gibbs_dgemv(false, 2, 2, 1, a, 2, b, 0, y);
  cr_expect_eq(y[0], 17.0);
  cr_expect_eq(y[1], 39.0);
}

/* Sizes that reach OpenBLAS's blocked kernels, which work in buffers that its builds share in different ways. */
enum { jobs = 300, most = 160 };

typedef struct products {
  const double *a, *b;
  double *reference[jobs];
  int wrong[jobs];
} products;

static void sizes_of(size_t job, size_t size[3]) {
  for (size_t d = 0; d < 3; d++) size[d] = 1 + job * (37 + 16 * d) % most;
}

static gibbs_status compare_product(void *context, size_t job, size_t thread, gibbs_error *err) {
  (void)thread;
  (void)err;
  products *p = context;
  size_t s[3];
  sizes_of(job, s);
  double *c = calloc(s[0] * s[1], sizeof *c);
  gibbs_dgemm(job & 1, false, s[0], s[1], s[2], 1, p->a, job & 1 ? s[0] : s[2], p->b, s[1], 0, c, s[1]);
  p->wrong[job] += memcmp(c, p->reference[job], s[0] * s[1] * sizeof *c) != 0;
  free(c);
  return GIBBS_OK;
}

Test(blas, many_threads_at_once_get_the_bits_that_one_gets) {
  products *p = calloc(1, sizeof *p);
  double *a = random_numbers(most * most, 1), *b = random_numbers(most * most, 2);
  p->a = a;
  p->b = b;
  for (size_t job = 0; job < jobs; job++) {
    size_t s[3];
    sizes_of(job, s);
    p->reference[job] = calloc(s[0] * s[1], sizeof(double));
    gibbs_dgemm(job & 1, false, s[0], s[1], s[2], 1, a, job & 1 ? s[0] : s[2], b, s[1], 0, p->reference[job], s[1]);
  }
  gibbs_set_threads(4);
  for (int repeat = 0; repeat < 10; repeat++)
    cr_assert_eq(gibbs_parallel_segments(jobs, compare_product, p, NULL), GIBBS_OK);
  for (size_t job = 0; job < jobs; job++) {
    cr_expect_eq(p->wrong[job], 0, "product %zu", job);
    free(p->reference[job]);
  }
  free(a), free(b), free(p);
}

Test(blas, openblas_does_the_work) {
  cr_expect_eq(strncmp(gibbs_blas_name(), "OpenBLAS ", 9), 0, "it is %s", gibbs_blas_name());
}
