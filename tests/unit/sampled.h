/* sampled.h - objectives on samples for tests: gradients again and again, against exact ones. */
#ifndef TESTS_SAMPLED_H
#define TESTS_SAMPLED_H

#include <gsl/gsl_cdf.h>
#include <stdlib.h>

#include "gibbs/objective.h"
#include "gibbs/threads.h"
#include "machines.h"

static inline size_t effort(size_t runs) {
  const char *text = getenv("GIBBS_TEST_EFFORT");
  double part = text ? atof(text) : 1;
  return part < 1 ? (size_t)fmax(8, part * (double)runs) : runs;
}

/* Independent samples by sums over all states. */
static inline gibbs_sampling independent(size_t chains) {
  return (gibbs_sampling){.chains = chains,
                          .sweeps = 1,
                          .snapshots = 1,
                          .kernel = gibbs_kernel_find("exact"),
                          .hidden = GIBBS_HIDDEN_SUMMED,
                          .seed = 11};
}

static inline gibbs_expr *combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_binary(op, a, b, &out, err));
  return out;
}

/* A gradient laid end to end. */
typedef struct flat_gradient {
  gibbs_objective *objective;
  gibbs_expr *const *parameters;
  size_t count, size;
  double *values, **rows;
} flat_gradient;

static inline flat_gradient open_flat(gibbs_objective *objective) {
  flat_gradient f = {.objective = objective,
                     .parameters = gibbs_objective_parameters(objective),
                     .count = gibbs_objective_parameter_count(objective)};
  for (size_t k = 0; k < f.count; k++) f.size += gibbs_expr_size(f.parameters[k]);
  f.values = calloc(f.size + 1, sizeof *f.values);
  f.rows = calloc(f.count + 1, sizeof *f.rows);
  for (size_t k = 0, at = 0; k < f.count; at += gibbs_expr_size(f.parameters[k++])) f.rows[k] = f.values + at;
  return f;
}

static inline void close_flat(flat_gradient *f) {
  free(f->values);
  free(f->rows);
  gibbs_objective_free(f->objective);
}

static inline flat_gradient open_exact(gibbs_expr *expr) {
  gibbs_objective *o = NULL;
  CHECK(gibbs_objective_new(expr, &o, err));
  return open_flat(o);
}

static inline flat_gradient open_sampled(gibbs_expr *expr, const gibbs_sampling *sampling) {
  gibbs_objective *o = NULL;
  CHECK(gibbs_objective_new_sampled(expr, sampling, &o, err));
  return open_flat(o);
}

static inline double exact_gradient(flat_gradient *f) {
  double value = 0;
  CHECK(gibbs_objective_gradient(f->objective, f->parameters, f->count, &value, f->rows, err));
  return value;
}

static inline gibbs_objective_estimate sample_gradient(flat_gradient *f) {
  gibbs_objective_estimate estimate;
  CHECK(gibbs_objective_sample(f->objective, f->parameters, f->count, &estimate, f->rows, err));
  return estimate;
}

/* Mean and squares about it of numbers that come run by run. */
typedef struct moments {
  size_t size, runs;
  double *mean, *square;
} moments;

static inline moments open_moments(size_t size) {
  return (moments){.size = size, .mean = calloc(size, sizeof(double)), .square = calloc(size, sizeof(double))};
}

static inline void take_run(moments *m, const double *x) {
  m->runs++;
  for (size_t i = 0; i < m->size; i++) {
    double step = x[i] - m->mean[i];
    m->mean[i] += step / (double)m->runs;
    m->square[i] += step * (x[i] - m->mean[i]);
  }
}

static inline void close_moments(moments *m) {
  free(m->mean);
  free(m->square);
}

/* The largest deviation of the means, in standard errors; sums in single precision are allowed for. */
static inline double largest_deviation(const moments *m, const double *exact) {
  double worst = 0, scale = 0, runs = (double)m->runs;
  for (size_t i = 0; i < m->size; i++) scale = fmax(scale, fabs(exact[i]));
  for (size_t i = 0; i < m->size; i++) {
    double error = hypot(sqrt(m->square[i] / runs / (runs - 1)), 1e-6 * (scale + 1e-6));
    worst = fmax(worst, fabs(m->mean[i] - exact[i]) / error);
  }
  return worst;
}

/* Beyond which chance brings the largest of so many once in 10,000 checks. */
static inline double allowed_deviation(const moments *m) {
  return gsl_cdf_tdist_Qinv(1e-4 / 2 / (double)m->size, (double)(m->runs - 1));
}

static inline double distance(const double *a, const double *b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sqrt(sum);
}

static inline double norm(const double *a, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * a[i];
  return sqrt(sum);
}

#endif
