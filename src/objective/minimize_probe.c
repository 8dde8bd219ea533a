/* minimize_probe.c - tells an attained minimum from a saddle, from a plateau and from a run towards infinity.
 *
 * Three questions are asked of a point with a small gradient.
 * 1. Is a Hessian eigenvalue negative?  Then there is a lower point nearby, and the descent can go on from there.
 * 2. Where the Newton step is not small although the gradient is: does it shrink when it is taken?  It vanishes at an
 *    ordinary minimum, shrinks to (p - 2)/(p - 1) of its length near a minimum like x^p, keeps its length in an
 * exponential tail, and grows in a tail like x^-p.
 * 3. Where an eigenvalue is zero within rounding, so that no Newton step is known: does the value rise to both sides
 * or to one only?  To both: the minimisers form a curved surface.  To neither: it does not depend on this direction.
 * To one: the other side is a tail that has faded below rounding.  */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "minimize_newton.h"

#define SMALL_NEWTON_STEP 1e-5 /* of 1 + |x|: shorter steps are those of an ordinary minimum */
#define TAIL_RATIO 0.95        /* of two Newton steps: x^20 still counts as a minimum */
#define FAINT 10.0             /* times the rounding of an eigenvalue, which falls e-fold with each step in a tail */
#define SETTLING_STEPS 3
#define FIRST_DISTANCE 0x1p-10
#define FAR 4.0         /* of 1 + |x|: beyond this no walk goes */
#define VISIBLE 1e-12   /* of 1 + |merit|: smaller differences are rounding */
#define MUCH_LOWER 1e-9 /* of 1 + |merit|: a tail cannot fall that much where its gradient has faded */
#define ONWARD 8.0      /* times the distance at which anything last happened: how far a side must lie still */

typedef struct probe {
  minimize_search *search;
  const minimize_curvature *curvature;
  double *direction, *step;
  bool *soft; /* the eigendirections under suspicion */
  minimize_point near, next;
  minimize_curvature onward; /* at the end of a Newton step */
} probe;

static double length_of(size_t n, const double *vector) {
  return sqrt(minimize_dot(n, vector, vector));
}

static double reach_of(const minimize_search *search) {
  return 1 + length_of(search->n, search->here.x);
}

static bool normalise(size_t n, double *vector) {
  double length = length_of(n, vector);
  if (!(length > 0)) return false;
  for (size_t i = 0; i < n; i++) vector[i] /= length;
  return true;
}

static gibbs_status visit_along(minimize_search *search, const double *from, double distance, const double *direction,
                                minimize_point *point) {
  for (size_t i = 0; i < search->n; i++) point->x[i] = from[i] + distance * direction[i];
  return minimize_visit(search, point);
}

/* Too near to rounding for its Newton step, or the one after it, to be believed. */
static bool is_faint(const minimize_curvature *curvature, size_t k) {
  return fabs(curvature->values[k]) <= FAINT * curvature->rounding;
}

/* ---- lower ground --------------------------------------------------------------------------------- */

gibbs_status minimize_seek_lower(minimize_search *search, const double *direction, minimize_point *lower,
                                 bool *found) {
  double best = search->here.merit - VISIBLE * (1 + fabs(search->here.merit)), place = 0,
         far = FAR * reach_of(search);
  for (double distance = FIRST_DISTANCE; distance <= far; distance *= 2)
    for (int side = 1; side >= -1; side -= 2) {
      gibbs_status status = visit_along(search, search->here.x, side * distance, direction, lower);
      if (status == GIBBS_ERR_NUMERIC) continue;
      if (status != GIBBS_OK) return status;
      if (lower->merit < best) {
        best = lower->merit;
        place = side * distance;
      }
    }
  *found = place != 0;
  return *found ? visit_along(search, search->here.x, place, direction, lower) : GIBBS_OK;
}

/* ---- question 2: the Newton step, taken ------------------------------------------------------------ */

/* The derivative of the merit along the direction, and of that. */
static gibbs_status differentiate(probe *p, const minimize_point *at, double distance, double *first,
                                  double *second) {
  size_t n = p->search->n;
  *first = minimize_dot(n, at->gradient, p->direction);
  *second = 0;
  for (int side = 1; side >= -1; side -= 2) {
    gibbs_status status = visit_along(p->search, at->x, side * distance, p->direction, &p->next);
    if (status != GIBBS_OK) return status;
    *second += side * minimize_dot(n, p->next.gradient, p->direction) / (2 * distance);
  }
  return GIBBS_OK;
}

/* Undo what a long step along soft directions did to the stiff ones and to the constraint. */
static gibbs_status settle_stiff(probe *p) {
  if (!p->curvature->known) return GIBBS_OK;
  for (int k = 0; k < SETTLING_STEPS; k++) {
    minimize_newton_step(p->curvature, &p->near, p->soft, p->step);
    gibbs_status status = visit_along(p->search, p->near.x, 1, p->step, &p->next);
    if (status != GIBBS_OK) return status == GIBBS_ERR_NUMERIC ? GIBBS_OK : status;
    if (minimize_residual(p->search, &p->next) >= minimize_residual(p->search, &p->near)) return GIBBS_OK;
    minimize_point_copy(p->search->n, &p->near, &p->next);
  }
  return GIBBS_OK;
}

/* The Newton step by the suspects whose eigenvalue is known, as a direction and a length; 0: there is none. */
static gibbs_status find_soft_step(probe *p, double *length) {
  minimize_search *search = p->search;
  size_t n = search->n;
  memset(p->direction, 0, n * sizeof *p->direction);
  for (size_t k = 0; k < p->curvature->count && p->curvature->known; k++) {
    if (!p->soft[k] || is_faint(p->curvature, k)) continue;
    const double *vector = p->curvature->vectors + k * n;
    double move = -minimize_dot(n, vector, search->here.gradient) / p->curvature->values[k];
    for (size_t i = 0; i < n; i++) p->direction[i] += move * vector[i];
  }
  *length = length_of(n, p->direction);
  if (normalise(n, p->direction) || p->curvature->known) return GIBBS_OK;
  /* no Hessian: all that is known of is the direction of the gradient */
  for (size_t i = 0; i < n; i++) p->direction[i] = -search->here.gradient[i];
  if (!normalise(n, p->direction)) return GIBBS_OK;
  double first, second;
  gibbs_status status = differentiate(p, &search->here, FIRST_DISTANCE, &first, &second);
  *length = status == GIBBS_OK && second > 0 ? -first / second : 0;
  if (*length <= SMALL_NEWTON_STEP * reach_of(search)) *length = 0;
  return status;
}

/* How far the next Newton step would go on in the same direction. */
static gibbs_status measure_next_step(probe *p, double length, double *next) {
  minimize_search *search = p->search;
  *next = 0;
  if (!p->curvature->known) {
    double first, second;
    gibbs_status status = differentiate(p, &p->near, FIRST_DISTANCE * length, &first, &second);
    if (status == GIBBS_OK && first < 0) *next = second > 0 ? -first / second : INFINITY;
    return status;
  }
  gibbs_status status = minimize_curvature_find(search, &p->near, true, &p->onward);
  if (status != GIBBS_OK || !p->onward.known) return status;
  minimize_newton_step(&p->onward, &p->near, NULL, p->step);
  *next = minimize_dot(search->n, p->step, p->direction);
  return GIBBS_OK;
}

static gibbs_status take_soft_step(probe *p, minimize_finding *finding) {
  double length = 0, next = 0;
  gibbs_status status = find_soft_step(p, &length);
  if (status != GIBBS_OK || !(length > 0)) return status;
  length = fmin(length, FAR * reach_of(p->search));
  status = visit_along(p->search, p->search->here.x, length, p->direction, &p->near);
  if (status == GIBBS_OK) status = settle_stiff(p);
  if (status == GIBBS_OK) status = measure_next_step(p, length, &next);
  if (status != GIBBS_OK) return status;
  double rise = p->near.merit - p->search->here.merit;
  if (rise <= VISIBLE * (1 + fabs(p->search->here.merit)) && next >= TAIL_RATIO * length) *finding = MINIMIZE_TAIL;
  return GIBBS_OK;
}

/* ---- question 3: both sides of a flat direction ------------------------------------------------------ */

/* How much higher the merit is at a distance; where a straight line leaves a curved valley, at the foot of the wall.
 */
static gibbs_status find_rise(probe *p, double distance, double *rise) {
  const minimize_point *here = &p->search->here;
  gibbs_status status = visit_along(p->search, here->x, distance, p->direction, &p->near);
  *rise = INFINITY;
  if (status == GIBBS_ERR_NUMERIC) return GIBBS_OK; /* where there is no value there is a wall */
  if (status == GIBBS_OK && p->near.merit - here->merit > VISIBLE * (1 + fabs(here->merit))) status = settle_stiff(p);
  *rise = p->near.merit - here->merit;
  return status;
}

/* What was seen of one side of a flat direction. */
typedef struct side {
  double last; /* the rise at the last distance where it had changed visibly */
  bool risen;
} side;

static void look_at(side *seen, double rise, double visible, double distance, double *stirred) {
  if (seen->risen || fabs(rise - seen->last) <= visible) return;
  *seen = (side){.last = rise, .risen = rise > visible};
  *stirred = distance;
}

/* Walk both ways until both sides have risen, or one has fallen much, or one has risen and the other lies still. */
static gibbs_status compare_sides(probe *p, minimize_point *lower, minimize_finding *finding) {
  double unit = 1 + fabs(p->search->here.merit), far = FAR * reach_of(p->search), stirred = 0;
  side sides[2] = {{.last = 0}, {.last = 0}};
  for (double distance = FIRST_DISTANCE; distance <= far; distance *= 2) {
    for (int k = 0; k < 2; k++) {
      double rise;
      gibbs_status status = find_rise(p, k == 0 ? distance : -distance, &rise);
      if (status != GIBBS_OK) return status;
      if (rise < -MUCH_LOWER * unit) {
        bool found = false;
        status = minimize_seek_lower(p->search, p->direction, lower, &found);
        if (status == GIBBS_OK && !found) minimize_point_copy(p->search->n, lower, &p->near);
        *finding = MINIMIZE_LOWER;
        return status;
      }
      look_at(&sides[k], rise, VISIBLE * unit, distance, &stirred);
    }
    if (sides[0].risen && sides[1].risen) return GIBBS_OK;
    if ((sides[0].risen || sides[1].risen) && distance >= ONWARD * stirred) break;
  }
  if (sides[0].risen != sides[1].risen) *finding = MINIMIZE_TAIL;
  return GIBBS_OK;
}

/* The part of a vector in the flat directions (all of it where no Hessian is known), of unit length. */
static bool project_flat(probe *p, const double *vector) {
  size_t n = p->search->n;
  if (!p->curvature->known) {
    memcpy(p->direction, vector, n * sizeof *vector);
    return normalise(n, p->direction);
  }
  memset(p->direction, 0, n * sizeof *p->direction);
  for (size_t k = 0; k < p->curvature->count; k++) {
    if (!is_faint(p->curvature, k)) continue;
    const double *flat = p->curvature->vectors + k * n;
    double part = minimize_dot(n, flat, vector);
    for (size_t i = 0; i < n; i++) p->direction[i] += part * flat[i];
  }
  return normalise(n, p->direction);
}

/* A faded tail shows along what is left of the gradient, or along the way that the point has come. */
static gibbs_status look_along_flat(probe *p, minimize_point *lower, minimize_finding *finding) {
  const double *guides[] = {p->search->here.gradient, p->search->here.x};
  for (size_t k = 0; k < sizeof guides / sizeof *guides && *finding == MINIMIZE_ATTAINED; k++) {
    if (!project_flat(p, guides[k])) continue;
    gibbs_status status = compare_sides(p, lower, finding);
    if (status != GIBBS_OK) return status;
  }
  return GIBBS_OK;
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static void mark_soft(probe *p) {
  const minimize_curvature *curvature = p->curvature;
  double small = SMALL_NEWTON_STEP * reach_of(p->search);
  for (size_t k = 0; k < curvature->count && curvature->known; k++) {
    double size = fabs(curvature->values[k]);
    double slope = fabs(minimize_dot(curvature->n, curvature->vectors + k * curvature->n, p->search->here.gradient));
    p->soft[k] = is_faint(curvature, k) || slope > small * size;
  }
}

static gibbs_status run_probe(probe *p, minimize_point *lower, minimize_finding *finding) {
  const minimize_curvature *curvature = p->curvature;
  *finding = MINIMIZE_ATTAINED;
  if (curvature->known && curvature->count > 0 && curvature->values[0] < -curvature->rounding) {
    bool found = false;
    gibbs_status status = minimize_seek_lower(p->search, curvature->vectors, lower, &found);
    *finding = found ? MINIMIZE_LOWER : MINIMIZE_BENT;
    return status;
  }
  mark_soft(p);
  gibbs_status status = take_soft_step(p, finding);
  if (status == GIBBS_OK && *finding == MINIMIZE_ATTAINED) status = look_along_flat(p, lower, finding);
  return status == GIBBS_ERR_NUMERIC ? GIBBS_OK : status; /* the edge of where there are values is no infinity */
}

static void close_probe(probe *p) {
  free(p->direction);
  free(p->soft);
  minimize_point_free(&p->near);
  minimize_point_free(&p->next);
  minimize_curvature_free(&p->onward);
}

gibbs_status minimize_probe(minimize_search *search, const minimize_curvature *curvature, minimize_point *lower,
                            minimize_finding *finding) {
  size_t n = search->n;
  probe p = {.search = search, .curvature = curvature};
  gibbs_status status = minimize_point_new(search, &p.near);
  if (status == GIBBS_OK) status = minimize_point_new(search, &p.next);
  if (status == GIBBS_OK) status = minimize_curvature_new(search, &p.onward);
  if (status == GIBBS_OK) {
    p.direction = calloc(2 * n, sizeof *p.direction);
    p.soft = calloc(n, sizeof *p.soft);
    if (p.direction == NULL || p.soft == NULL)
      status = gibbs_fail_memory(&search->failure, "minimize", 2 * n * sizeof *p.direction);
  }
  if (status == GIBBS_OK) {
    p.step = p.direction + n;
    status = run_probe(&p, lower, finding);
  }
  close_probe(&p);
  return status;
}
