/* training_natural.c - the Fisher matrix of the model's samples: inverted by conjugate gradients, or its diagonal.
 *
 * F x = Cov(dH, dH . x) = sum_c w_c (s_c - <s>) dH_c with s_c = dH_c . x, so a product costs one pass over the
 * samples for s and one for the sum. Sources: Amari, Neural Computation 10 (1998) 251; Hestenes and Stiefel 1952. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/vectormath.h"
#include "training_parts.h"

#define CLOSE_ENOUGH 1e-6 /* residual, in units of the gradient: slopes are in single precision */

typedef struct fisher {
  gibbs_training *t;
  const gibbs_sample_report *report;
  double *slope; /* a number a sample */
  double damping;
} fisher;

static double dot(const gibbs_training *t, const double *a, const double *b) {
  return gibbs_vector_dot(a, b, t->size);
}

static void clear(const gibbs_training *t, double *vector) {
  memset(vector, 0, t->size * sizeof *vector);
}

/* The diagonal of the covariance of dH over the samples, into vector 0 of the work; uses vector 1.  Its mean. */
static gibbs_status find_variances(gibbs_training *t, const gibbs_sample_report *report, double *mean,
                                   gibbs_error *err) {
  double *square = t->work, *slope = t->work + t->size, total = 0;
  clear(t, square);
  clear(t, slope);
  gibbs_status status =
      gibbs_slopes_squares(t->source.slopes, report->rows, report->count, report->weight, t->work_rows, err);
  if (status == GIBBS_OK)
    status =
        gibbs_slopes_add(t->source.slopes, report->rows, report->count, report->weight, t->work_rows + t->count, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < t->size; i++) {
    square[i] = fmax(square[i] - slope[i] * slope[i], 0);
    total += square[i];
  }
  *mean = total / (double)t->size;
  return GIBBS_OK;
}

/* out = (F + damping) x, given as vectors `from` and `to` of the work. */
static gibbs_status multiply(const fisher *f, size_t from, size_t to, gibbs_error *err) {
  gibbs_training *t = f->t;
  const gibbs_sample_report *report = f->report;
  const double *x = t->work + from * t->size;
  double *out = t->work + to * t->size, mean = 0;
  gibbs_status status = gibbs_slopes_along(t->source.slopes, report->rows, report->count,
                                           (const double *const *)(t->work_rows + from * t->count), f->slope, err);
  if (status != GIBBS_OK) return status;
  for (size_t c = 0; c < report->count; c++) mean += report->weight[c] * f->slope[c];
  for (size_t c = 0; c < report->count; c++) f->slope[c] = report->weight[c] * (f->slope[c] - mean);
  clear(t, out);
  status =
      gibbs_slopes_add(t->source.slopes, report->rows, report->count, f->slope, t->work_rows + to * t->count, err);
  for (size_t i = 0; i < t->size; i++) out[i] += f->damping * x[i];
  return status;
}

/* From 0: wherever it is stopped, the result leads downhill.  Vectors of the work: direction, product, residual. */
static gibbs_status solve(const fisher *f, double *solution, gibbs_error *err) {
  gibbs_training *t = f->t;
  double *direction = t->work, *product = direction + t->size, *residual = product + t->size;
  memcpy(residual, t->gradient, t->size * sizeof *residual);
  memcpy(direction, residual, t->size * sizeof *direction);
  clear(t, solution);
  double square = dot(t, residual, residual), enough = square * CLOSE_ENOUGH * CLOSE_ENOUGH;
  for (uint64_t k = 0; k < t->options.cg_steps && square > enough; k++) {
    gibbs_status status = multiply(f, 0, 1, err);
    if (status != GIBBS_OK) return status;
    double curvature = dot(t, direction, product);
    if (!(curvature > 0)) return GIBBS_OK; /* rounding is all that is left */
    double length = square / curvature, before = square;
    for (size_t i = 0; i < t->size; i++) {
      solution[i] += length * direction[i];
      residual[i] -= length * product[i];
    }
    square = dot(t, residual, residual);
    for (size_t i = 0; i < t->size; i++) direction[i] = residual[i] + square / before * direction[i];
  }
  return GIBBS_OK;
}

gibbs_status training_natural(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  fisher f = {.t = t, .report = report};
  double mean = 0;
  gibbs_status status = find_variances(t, report, &mean, err);
  if (status != GIBBS_OK) return status;
  f.damping = t->options.damping * mean;
  f.slope = malloc(report->count * sizeof *f.slope);
  if (!f.slope) return gibbs_fail_memory(err, "slopes of samples", report->count * sizeof *f.slope);
  status = solve(&f, t->move, err);
  if (status == GIBBS_OK) memcpy(t->gradient, t->move, t->size * sizeof *t->gradient);
  free(f.slope);
  return status;
}

gibbs_status training_standardise(gibbs_training *t, const gibbs_sample_report *report, gibbs_error *err) {
  double mean = 0;
  gibbs_status status = find_variances(t, report, &mean, err);
  if (status != GIBBS_OK) return status;
  double floor = t->options.damping * mean;
  for (size_t i = 0; i < t->size; i++) {
    double variance = t->work[i] + floor;
    t->gradient[i] = variance > 0 ? t->gradient[i] / sqrt(variance) : 0;
  }
  return GIBBS_OK;
}
