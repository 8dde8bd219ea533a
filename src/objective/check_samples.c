/* check_samples.c - the gradient of a sampled objective against the exact one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "functional.h"
#include "gibbs/progress.h"

/* A check of a right gradient fails once in this many. */
static const double FALSE_ALARM = 1e-3;
/* Sums in single precision are this exact, of the largest component. */
static const double SINGLE_PRECISION = 1e-6;

/* Gradients of independent runs, and the exact one; laid end to end. */
typedef struct comparison {
  gibbs_expr *const *parameters;
  size_t count, size, repeats;
  double **rows; /* [parameter]: into one of the gradients */
  double *exact, *once, *mean, *square;
} comparison;

static gibbs_status open_comparison(gibbs_objective *exact, comparison *c, gibbs_error *err) {
  c->parameters = gibbs_objective_parameters(exact);
  c->count = gibbs_objective_parameter_count(exact);
  for (size_t k = 0; k < c->count; k++) c->size += gibbs_expr_size(c->parameters[k]);
  if (c->size == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the objective has no parameters");
  c->rows = calloc(c->count, sizeof *c->rows);
  c->exact = calloc(4 * c->size, sizeof *c->exact);
  if (!c->rows || !c->exact) return gibbs_fail_memory(err, "gradients", 4 * c->size * sizeof *c->exact);
  c->once = c->exact + c->size;
  c->mean = c->once + c->size;
  c->square = c->mean + c->size;
  return GIBBS_OK;
}

static double *const *rows_of(comparison *c, double *gradient) {
  for (size_t k = 0, at = 0; k < c->count; k++) {
    c->rows[k] = gradient + at;
    at += gibbs_expr_size(c->parameters[k]);
  }
  return c->rows;
}

/* Mean and sum of squares about it, updated by one run (Welford 1962). */
static void take_run(comparison *c) {
  c->repeats++;
  for (size_t i = 0; i < c->size; i++) {
    double step = c->once[i] - c->mean[i];
    c->mean[i] += step / (double)c->repeats;
    c->square[i] += step * (c->once[i] - c->mean[i]);
  }
}

static gibbs_status run_once(gibbs_expr *expr, const gibbs_sampling *sampling, comparison *c, gibbs_error *err) {
  gibbs_objective *sampled = NULL;
  gibbs_status status = gibbs_objective_new_sampled(expr, sampling, &sampled, err);
  if (status == GIBBS_OK)
    status = gibbs_objective_sample(sampled, c->parameters, c->count, NULL, rows_of(c, c->once), err);
  gibbs_objective_free(sampled);
  if (status == GIBBS_OK) take_run(c);
  return status;
}

static void judge(const comparison *c, gibbs_sampled_check *out) {
  double scale = 0, runs = (double)c->repeats;
  *out = (gibbs_sampled_check){.components = c->size, .repeats = c->repeats, .largest = -1};
  for (size_t i = 0; i < c->size; i++) scale = fmax(scale, fabs(c->exact[i]));
  out->allowed = gsl_cdf_tdist_Qinv(FALSE_ALARM / 2 / (double)c->size, runs - 1);
  for (size_t k = 0, i = 0; k < c->count; k++)
    for (size_t e = 0; e < gibbs_expr_size(c->parameters[k]); e++, i++) {
      double error = hypot(sqrt(c->square[i] / runs / (runs - 1)), SINGLE_PRECISION * (scale + 1e-6));
      double apart = fabs(c->mean[i] - c->exact[i]) / error;
      if (apart <= out->largest) continue;
      out->largest = apart;
      out->parameter = k;
      out->element = e;
      out->gradient = c->mean[i];
      out->error = error;
      out->exact = c->exact[i];
    }
}

gibbs_status gibbs_objective_check_sampled(gibbs_objective *exact, const gibbs_sampling *sampling, size_t repeats,
                                           gibbs_sampled_check *out, gibbs_error *err) {
  comparison c = {0};
  double value = 0;
  if (repeats < 2) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu runs; there must be at least 2", repeats);
  gibbs_status status = open_comparison(exact, &c, err);
  if (status == GIBBS_OK)
    status = gibbs_objective_gradient(exact, c.parameters, c.count, &value, rows_of(&c, c.exact), err);
  gibbs_progress task;
  gibbs_progress_begin(&task, "checking on samples:", "run", 0, repeats);
  for (size_t k = 0; status == GIBBS_OK && k < repeats; k++) {
    gibbs_sampling run = *sampling;
    run.seed = sampling->seed + k;
    status = run_once(exact->expr, &run, &c, err);
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) judge(&c, out);
  free(c.exact);
  free(c.rows);
  return status;
}
