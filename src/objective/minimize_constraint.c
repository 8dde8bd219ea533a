/* minimize_constraint.c - one equality constraint by augmented Lagrangian, ended by Newton steps on the first-order
 * conditions.
 *
 * Source: Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 17.4, for one equality constraint. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "minimize_newton.h"
#include "minimize_probe.h"
#include "minimize_settle.h"

#define FIRST_PENALTY 10.0
#define LARGEST_PENALTY 1e10
#define PENALTY_GROWTH 10.0
#define ENOUGH_PROGRESS 0.25 /* of |constraint|: less shrinking makes the penalty grow */
#define NEAR_ENOUGH 0.1      /* |constraint| from which Newton steps are tried */
#define RAN_OFF 10.0 /* growth of |constraint|, in units of 1 + itself, that shows a penalty too weak to hold */

static void set_penalty(minimize_search *search, double penalty) {
  search->penalty = penalty;
  minimize_weigh(search, &search->here);
}

static bool meets_conditions(const minimize_search *search) {
  return minimize_largest(search->n, search->here.gradient) <= search->options->tolerance &&
         fabs(search->here.constraint) <= search->options->constraint_tolerance;
}

/* On the Lagrangian proper, that is without the penalty, which is left as it was found. */
static gibbs_status finish(minimize_search *search, minimize_curvature *curvature, bool *current, bool *met) {
  double penalty = search->penalty;
  gibbs_status status = GIBBS_OK;
  set_penalty(search, 0);
  *current = false;
  if (minimize_method_row(search->options->method)->polished && fabs(search->here.constraint) < NEAR_ENOUGH)
    status = minimize_polish(search, curvature, current);
  *met = meets_conditions(search);
  set_penalty(search, penalty);
  return status;
}

/* Where the constraint's gradient vanishes too, the merit is stationary whatever the multiplier: leave along a
 * negative eigenvalue of its Hessian, if there is one. */
static gibbs_status leave_trap(minimize_search *search, minimize_curvature *curvature, minimize_point *lower) {
  gibbs_status status = minimize_curvature_find(search, &search->here, false, curvature);
  if (status != GIBBS_OK || !curvature->known || curvature->values[0] >= -curvature->rounding) return status;
  bool found = false;
  status = minimize_seek_lower(search, curvature->vectors, lower, &found);
  if (status != GIBBS_OK || !found) return status;
  minimize_point_copy(search->n, &search->here, lower);
  search->steps++;
  return minimize_record(search);
}

/* One minimisation at a fixed multiplier and penalty; a penalty that does not hold is made larger and it begins
 * again. */
static gibbs_status descend_held(minimize_search *search, minimize_curvature *curvature, minimize_point *start,
                                 minimize_ending *ending) {
  double target = minimize_handover(search);
  for (;;) {
    minimize_point_copy(search->n, start, &search->here);
    uint64_t steps = search->steps;
    gibbs_status status = minimize_descend(search, target, ending);
    if (status != GIBBS_OK || *ending == MINIMIZE_EXHAUSTED) return status;
    if (search->steps == steps && fabs(search->here.constraint) > search->options->constraint_tolerance)
      return leave_trap(search, curvature, start);
    bool held = fabs(search->here.constraint) <= RAN_OFF * (1 + fabs(start->constraint));
    if (held || search->penalty >= LARGEST_PENALTY) return GIBBS_OK;
    minimize_point_copy(search->n, &search->here, start);
    set_penalty(search, search->penalty * PENALTY_GROWTH);
  }
}

static gibbs_status approach_with(minimize_search *search, minimize_curvature *curvature, bool *current,
                                  minimize_point *start, minimize_ending *ending) {
  double before = INFINITY;
  for (;;) {
    gibbs_status status = descend_held(search, curvature, start, ending);
    if (status != GIBBS_OK) return status;
    double size = fabs(search->here.constraint);
    search->multiplier += search->penalty * search->here.constraint;
    bool met = false;
    status = finish(search, curvature, current, &met);
    if (status != GIBBS_OK) return status;
    if (met) *ending = MINIMIZE_REACHED;
    if (met || *ending == MINIMIZE_EXHAUSTED) return GIBBS_OK;
    *ending = MINIMIZE_STALLED;
    if (size > ENOUGH_PROGRESS * before || size <= search->options->constraint_tolerance) {
      if (search->penalty >= LARGEST_PENALTY) return GIBBS_OK;
      set_penalty(search, search->penalty * PENALTY_GROWTH);
    }
    before = size;
  }
}

gibbs_status minimize_approach_constrained(minimize_search *search, minimize_curvature *curvature, bool *current,
                                           minimize_ending *ending) {
  minimize_point start = {.x = NULL};
  gibbs_status status = minimize_point_new(search, &start);
  if (status != GIBBS_OK) return status;
  set_penalty(search, fmax(search->penalty, FIRST_PENALTY));
  status = approach_with(search, curvature, current, &start, ending);
  minimize_point_free(&start);
  return status;
}
