/* blas.c - OpenBLAS, loaded when first used and kept to one thread a call. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/blas.h"

#include <dlfcn.h>
#include <gsl/gsl_cblas.h>
#include <limits.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/threads.h"

typedef void dgemm_function(enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, int m, int n, int k,
                            double alpha, const double *a, int lda, const double *b, int ldb, double beta, double *c,
                            int ldc);
typedef void sgemm_function(enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, enum CBLAS_TRANSPOSE, int m, int n, int k,
                            float alpha, const float *a, int lda, const float *b, int ldb, float beta, float *c,
                            int ldc);
typedef void dgemv_function(enum CBLAS_ORDER, enum CBLAS_TRANSPOSE, int m, int n, double alpha, const double *a,
                            int lda, const double *x, int step_x, double beta, double *y, int step_y);

/* Fortran's: column-major, all by address, the last argument the length of jobz. */
typedef void dgesdd_function(const char *jobz, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
                             const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork,
                             int *info, size_t length);

/* How the builds of OpenBLAS differ, in the numbers that openblas_get_parallel gives. */
typedef enum threading { SERIAL, OWN_THREADS, OPENMP } threading;

static struct {
  dgemm_function *dgemm;
  sgemm_function *sgemm;
  dgemv_function *dgemv;
  dgesdd_function *dgesdd; /* NULL: there is none */
  threading threading;
  char name[256];
} blas = {.dgemm = cblas_dgemm, .sgemm = cblas_sgemm, .dgemv = cblas_dgemv, .threading = OWN_THREADS};

/* C has no conversion from void * to a function; POSIX promises that the bits are the same. */
static bool find(void *library, const char *name, void *function_pointer) {
  void *symbol = dlsym(library, name);
  if (symbol != NULL) memcpy(function_pointer, &symbol, sizeof symbol);
  return symbol != NULL;
}

static void use_reference(const char *reason) {
  snprintf(blas.name, sizeof blas.name, "GSL's reference BLAS (%.200s)", reason != NULL ? reason : "no OpenBLAS");
}

static void use_library(void *library) {
  dgemm_function *dgemm;
  sgemm_function *sgemm;
  dgemv_function *dgemv;
  int (*get_parallel)(void);
  char *(*get_config)(void);
  void (*set_threads)(int);
  if (!find(library, "cblas_dgemm", &dgemm) || !find(library, "cblas_sgemm", &sgemm) ||
      !find(library, "cblas_dgemv", &dgemv) || !find(library, "openblas_get_parallel", &get_parallel) ||
      !find(library, "openblas_get_config", &get_config) ||
      !find(library, "openblas_set_num_threads", &set_threads)) {
    use_reference("libopenblas lacks functions");
    return;
  }
  blas.dgemm = dgemm;
  blas.sgemm = sgemm;
  blas.dgemv = dgemv;
  if (!find(library, "dgesdd_", &blas.dgesdd)) blas.dgesdd = NULL;
  blas.threading = (threading)get_parallel();
  if (blas.threading == OWN_THREADS) set_threads(1);
  snprintf(blas.name, sizeof blas.name, "%s", get_config());
}

/* By its versioned name, found through the run path, which prefers the OpenMP build: the one that starts no threads.
 */
static void load(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    use_reference(dlerror());
  else
    use_library(library);
}

static pthread_mutex_t serial_lock = PTHREAD_MUTEX_INITIALIZER;

/* Before and after each call: the serial build shares its work space between callers, and the OpenMP build would
 * otherwise spread a call over threads, which changes its bits. */
static int enter(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  if (blas.threading == SERIAL) pthread_mutex_lock(&serial_lock);
  if (blas.threading != OPENMP) return 0;
  int threads = omp_get_max_threads();
  if (threads != 1) omp_set_num_threads(1);
  return threads;
}

static void leave(int threads) {
  if (blas.threading == SERIAL) pthread_mutex_unlock(&serial_lock);
  if (threads > 1) omp_set_num_threads(threads);
}

static enum CBLAS_TRANSPOSE transposition(bool transpose) {
  return transpose ? CblasTrans : CblasNoTrans;
}

static bool fits(size_t a, size_t b, size_t c) {
  return a <= INT_MAX && b <= INT_MAX && c <= INT_MAX;
}

/* For extents that the library's 32-bit integers do not hold. */
static void multiply_huge(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha,
                          const double *a, size_t lda, const double *b, size_t ldb, double beta, double *c,
                          size_t ldc) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      double sum = 0;
      for (size_t l = 0; l < k; l++)
        sum += (transpose_a ? a[l * lda + i] : a[i * lda + l]) * (transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
      c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
    }
}

static void multiply_huge_float(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha,
                                const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c,
                                size_t ldc) {
  for (size_t i = 0; i < m; i++)
    for (size_t j = 0; j < n; j++) {
      float sum = 0;
      for (size_t l = 0; l < k; l++)
        sum += (transpose_a ? a[l * lda + i] : a[i * lda + l]) * (transpose_b ? b[j * ldb + l] : b[l * ldb + j]);
      c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);
    }
}

void gibbs_dgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, double alpha, const double *a,
                 size_t lda, const double *b, size_t ldb, double beta, double *c, size_t ldc) {
  if (!fits(m, n, k) || !fits(lda, ldb, ldc)) {
    multiply_huge(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  int threads = enter();
  blas.dgemm(CblasRowMajor, transposition(transpose_a), transposition(transpose_b), (int)m, (int)n, (int)k, alpha, a,
             (int)lda, b, (int)ldb, beta, c, (int)ldc);
  leave(threads);
}

void gibbs_sgemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, float alpha, const float *a,
                 size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc) {
  if (!fits(m, n, k) || !fits(lda, ldb, ldc)) {
    multiply_huge_float(transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    return;
  }
  int threads = enter();
  blas.sgemm(CblasRowMajor, transposition(transpose_a), transposition(transpose_b), (int)m, (int)n, (int)k, alpha, a,
             (int)lda, b, (int)ldb, beta, c, (int)ldc);
  leave(threads);
}

void gibbs_dgemv(bool transpose, size_t m, size_t n, double alpha, const double *a, size_t lda, const double *x,
                 double beta, double *y) {
  if (!fits(m, n, lda)) {
    multiply_huge(transpose, false, transpose ? n : m, 1, transpose ? m : n, alpha, a, lda, x, 1, beta, y, 1);
    return;
  }
  int threads = enter();
  blas.dgemv(CblasRowMajor, transposition(transpose), (int)m, (int)n, alpha, a, (int)lda, x, 1, beta, y, 1);
  leave(threads);
}

size_t gibbs_dgesdd_work(size_t n) {
  return 4 * n * n + 7 * n + 64 * n;
}

/* A row-major matrix is its transpose to Fortran, so u and v change places. */
bool gibbs_dgesdd(size_t n, double *a, double *values, double *u, double *v, double *work, int *integers) {
  const size_t room = gibbs_dgesdd_work(n);
  if (room > INT_MAX) return false;
  int threads = enter(), order = (int)n, size = (int)room, info = 1;
  if (blas.dgesdd != NULL)
    blas.dgesdd("A", &order, &order, a, &order, values, v, &order, u, &order, work, &size, integers, &info, 1);
  leave(threads);
  return info == 0;
}

/* Large enough for the way that needs work space; every thread is inside at once. */
void gibbs_blas_prepare(void) {
  enum { size = 160 };
  int most = omp_get_num_procs(), asked = (int)gibbs_threads();
#pragma omp parallel num_threads(most > asked ? most : asked)
  {
    double *block = calloc(3 * size * size, sizeof *block);
#pragma omp barrier
    if (block != NULL)
      gibbs_dgemm(false, false, size, size, size, 1, block, size, block + size * size, size, 0,
                  block + 2 * size * size, size);
    free(block);
  }
}

const char *gibbs_blas_name(void) {
  leave(enter());
  return blas.name;
}
