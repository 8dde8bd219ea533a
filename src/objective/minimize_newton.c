/* minimize_newton.c - Newton steps that end a descent. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_newton.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_STEP 0.5      /* in units of 1 + |x| */
#define WORTHWHILE 0.5        /* of the residual; a tail or a minimum like x^p gives about 1/e */
#define WORTHWHILE_AT_END 0.1 /* the same once the tolerance is met: only quadratic convergence goes on */
#define VALUE_ROUNDING 1e-12  /* of 1 + |value|: a step may raise the value by no more */
#define ENOUGH_FALL 0.05      /* of what the slope promised */
#define CHORD_LIMIT 4         /* steps with one Hessian before a judgement */
#define LONG_PART 0.01        /* of the longest part of a step */
#define FINEST 1e-6           /* of the tolerance: no better is asked for */
#define TRIAL_LIMIT 80

typedef struct newton_room {
  double *step;
  bool *along; /* eigendirections of the first step's long part */
  minimize_point next, reached;
} newton_room;

typedef enum step_kind { STEP_REFUSED, STEP_SHRINKING, STEP_FALLING } step_kind;

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

/* Go on from `from` by the step, shortened where it is long. */
static gibbs_status visit_next(minimize_search *search, const double *from, const double *step,
                               minimize_point *next) {
  size_t n = search->n;
  double length = sqrt(minimize_dot(n, step, step));
  double longest = LONGEST_STEP * (1 + sqrt(minimize_dot(n, search->here.x, search->here.x)));
  double factor = length > longest ? longest / length : 1;
  for (size_t i = 0; i < n; i++) next->x[i] = from[i] + factor * step[i];
  gibbs_status status = minimize_visit(search, next);
  if (status == GIBBS_OK && search->problem->constraint != NULL) minimize_fit_multiplier(search, next);
  return status;
}

/* The gradient fell much: the way is one of quadratic convergence, and the Hessian may serve again. */
static bool is_shrinking(const minimize_search *search, double residual, const minimize_point *next) {
  const minimize_point *here = &search->here;
  double factor = residual > search->options->tolerance ? WORTHWHILE : WORTHWHILE_AT_END;
  if (minimize_residual(search, next) > factor * residual) return false;
  return search->problem->constraint != NULL || next->value <= here->value + VALUE_ROUNDING * (1 + fabs(here->value));
}

/* The value fell as the slope along the first step promised, and visibly: the way goes down a long valley. */
static bool is_falling(const minimize_search *search, double residual, double promised, const minimize_point *next) {
  if (search->problem->constraint != NULL || residual <= search->options->tolerance) return false;
  double fall = search->here.value - next->value;
  return fall >= ENOUGH_FALL * promised && fall > VALUE_ROUNDING * (1 + fabs(search->here.value));
}

/* Mark the directions that make most of the first step: those that follow the valley. */
static void mark_long(const minimize_curvature *curvature, const double *step, bool *along) {
  double longest = 0;
  for (size_t k = 0; k < curvature->count; k++)
    longest = fmax(longest, fabs(minimize_dot(curvature->n, curvature->vectors + k * curvature->n, step)));
  for (size_t k = 0; k < curvature->count; k++) {
    double part = fabs(minimize_dot(curvature->n, curvature->vectors + k * curvature->n, step));
    along[k] = part > LONG_PART * longest || fabs(curvature->values[k]) <= curvature->rounding;
  }
}

/* One Newton step and, with the same Hessian, steps across it while they reduce the residual: a long step along a
 * curved valley runs up its wall, and they lead back to the floor.  room->reached is where that ends. */
static gibbs_status walk(minimize_search *search, const minimize_curvature *curvature, newton_room *room,
                         double *promised) {
  double before = INFINITY;
  minimize_point_copy(search->n, &room->reached, &search->here);
  for (int k = 0; k < CHORD_LIMIT; k++) {
    minimize_newton_step(curvature, &room->reached, k == 0 ? NULL : room->along, room->step);
    if (k == 0) {
      mark_long(curvature, room->step, room->along);
      *promised = -minimize_dot(search->n, search->here.gradient, room->step);
    }
    gibbs_status status = visit_next(search, room->reached.x, room->step, &room->next);
    if (status != GIBBS_OK) return status == GIBBS_ERR_NUMERIC ? GIBBS_OK : status;
    double after = minimize_residual(search, &room->next);
    if (!(after < before)) return GIBBS_OK;
    before = after;
    minimize_point_copy(search->n, &room->reached, &room->next);
  }
  return GIBBS_OK;
}

/* Move to where the Newton steps lead if that is worth it. */
static gibbs_status try_step(minimize_search *search, const minimize_curvature *curvature, newton_room *room,
                             step_kind *kind) {
  double multiplier = search->multiplier, promised = 0, residual = minimize_residual(search, &search->here);
  *kind = STEP_REFUSED;
  gibbs_status status = walk(search, curvature, room, &promised);
  if (status != GIBBS_OK) return status;
  if (is_shrinking(search, residual, &room->reached))
    *kind = STEP_SHRINKING;
  else if (is_falling(search, residual, promised, &room->reached))
    *kind = STEP_FALLING;
  search->multiplier = multiplier;
  if (*kind == STEP_REFUSED) return GIBBS_OK;
  minimize_point_copy(search->n, &search->here, &room->reached);
  if (search->problem->constraint != NULL) minimize_fit_multiplier(search, &search->here);
  search->steps++;
  return minimize_record(search);
}

/* Each Hessian serves as long as its steps shrink the gradient. */
static gibbs_status polish_with(minimize_search *search, minimize_curvature *curvature, bool *current,
                                newton_room *room) {
  step_kind kind = STEP_FALLING; /* no Hessian is known */
  double enough = FINEST * search->options->tolerance;
  for (int k = 0; k < TRIAL_LIMIT && minimize_residual(search, &search->here) > enough; k++) {
    if (!minimize_steps_left(search)) return GIBBS_OK;
    if (kind != STEP_SHRINKING) {
      gibbs_status status = minimize_curvature_find(search, &search->here, true, curvature);
      if (status != GIBBS_OK || !curvature->known) return status;
      *current = true;
    }
    gibbs_status status = try_step(search, curvature, room, &kind);
    if (status != GIBBS_OK) return status;
    if (kind == STEP_REFUSED && *current) return GIBBS_OK;
    if (kind != STEP_REFUSED) *current = false;
  }
  return GIBBS_OK;
}

gibbs_status minimize_polish(minimize_search *search, minimize_curvature *curvature, bool *current) {
  *current = false;
  curvature->known = false;
  if (search->n > MINIMIZE_CURVATURE_LIMIT) return GIBBS_OK;
  newton_room room = {.step = malloc(search->n * sizeof *room.step), .along = malloc(search->n * sizeof *room.along)};
  gibbs_status status = minimize_point_new(search, &room.next);
  if (status == GIBBS_OK) status = minimize_point_new(search, &room.reached);
  if (room.step == NULL || room.along == NULL)
    status = gibbs_fail_memory(&search->failure, "minimize", search->n * sizeof *room.step);
  if (status == GIBBS_OK) status = polish_with(search, curvature, current, &room);
  minimize_point_free(&room.next);
  minimize_point_free(&room.reached);
  free(room.along);
  free(room.step);
  return status;
}
