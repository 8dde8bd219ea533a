/* minimize_newton.c - Newton steps that end a descent. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_STEP 0.5      /* in units of 1 + |x| */
#define WORTHWHILE 0.25       /* of the residual: above it, a line search does better */
#define WORTHWHILE_AT_END 0.1 /* the same once the tolerance is met: only quadratic convergence goes on */
#define VALUE_ROUNDING 1e-12  /* of 1 + |value|: a step may raise the value by no more */
#define STEP_LIMIT 20

void minimize_fit_multiplier(minimize_search *search, minimize_point *point) {
  double square = minimize_dot(search->n, point->normal, point->normal);
  if (square > 0) search->multiplier = -minimize_dot(search->n, point->normal, point->slope) / square;
  minimize_weigh(search, point);
}

double minimize_residual(const minimize_search *search, const minimize_point *point) {
  return fmax(minimize_largest(search->n, point->gradient), fabs(point->constraint));
}

static void add_multiple(size_t n, double factor, const double *from, double *to) {
  for (size_t i = 0; i < n; i++) to[i] += factor * from[i];
}

void minimize_newton_step(const minimize_curvature *curvature, const minimize_point *point, const bool *skip,
                          double *step) {
  size_t n = curvature->n;
  memset(step, 0, n * sizeof *step);
  double square = minimize_dot(n, point->normal, point->normal);
  if (square > 0) add_multiple(n, -point->constraint / square, point->normal, step);
  for (size_t k = 0; k < curvature->count; k++) {
    double size = fabs(curvature->values[k]);
    if (skip != NULL ? skip[k] : size <= curvature->rounding) continue;
    const double *vector = curvature->vectors + k * n;
    add_multiple(n, -minimize_dot(n, vector, point->gradient) / size, vector, step);
  }
}

/* Put here + step, shortened where it is long, into next->x. */
static void place_next(const minimize_search *search, const double *step, minimize_point *next) {
  size_t n = search->n;
  double length = sqrt(minimize_dot(n, step, step));
  double longest = LONGEST_STEP * (1 + sqrt(minimize_dot(n, search->here.x, search->here.x)));
  double factor = length > longest ? longest / length : 1;
  for (size_t i = 0; i < n; i++) next->x[i] = search->here.x[i] + factor * step[i];
}

/* Visit the Newton step's end and move there if that is worth it. */
static gibbs_status try_step(minimize_search *search, const minimize_curvature *curvature, double *step,
                             minimize_point *next, bool *moved) {
  *moved = false;
  minimize_newton_step(curvature, &search->here, NULL, step);
  place_next(search, step, next);
  double multiplier = search->multiplier, residual = minimize_residual(search, &search->here);
  gibbs_status status = minimize_visit(search, next);
  if (status == GIBBS_ERR_NUMERIC) return GIBBS_OK;
  if (status != GIBBS_OK) return status;
  bool constrained = search->problem->constraint != NULL;
  if (constrained) minimize_fit_multiplier(search, next);
  double worthwhile = residual > search->options->tolerance ? WORTHWHILE : WORTHWHILE_AT_END;
  double highest = search->here.value + VALUE_ROUNDING * (1 + fabs(search->here.value));
  *moved = minimize_residual(search, next) <= worthwhile * residual && (constrained || next->value <= highest);
  if (!*moved) {
    search->multiplier = multiplier;
    return GIBBS_OK;
  }
  minimize_point_copy(search->n, &search->here, next);
  search->steps++;
  return minimize_record(search);
}

static gibbs_status polish_with(minimize_search *search, minimize_curvature *curvature, bool *current, double *step,
                                minimize_point *next) {
  *current = false;
  for (int k = 0; k < STEP_LIMIT && minimize_residual(search, &search->here) > 0; k++) {
    if (!minimize_steps_left(search)) return GIBBS_OK;
    bool moved = false;
    gibbs_status status = GIBBS_OK;
    if (curvature->known) status = try_step(search, curvature, step, next, &moved);
    if (status != GIBBS_OK) return status;
    if (moved) {
      *current = false;
      continue;
    }
    if (*current) return GIBBS_OK;
    status = minimize_curvature_find(search, true, curvature);
    if (status != GIBBS_OK) return status;
    if (!curvature->known) return GIBBS_OK;
    *current = true;
  }
  return GIBBS_OK;
}

gibbs_status minimize_polish(minimize_search *search, minimize_curvature *curvature, bool *current) {
  *current = false;
  curvature->known = false;
  if (search->n > MINIMIZE_CURVATURE_LIMIT) return GIBBS_OK;
  double *step = malloc(search->n * sizeof *step);
  if (step == NULL) return gibbs_fail_memory(&search->failure, "minimize", search->n * sizeof *step);
  minimize_point next = {.x = NULL};
  gibbs_status status = minimize_point_new(search, &next);
  if (status == GIBBS_OK) status = polish_with(search, curvature, current, step, &next);
  minimize_point_free(&next);
  free(step);
  return status;
}
