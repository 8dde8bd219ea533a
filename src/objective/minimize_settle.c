/* minimize_settle.c - descent, polish and judgement of one start, again from lower ground where it ended too high. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_settle.h"

#include <math.h>

#include "minimize_newton.h"
#include "minimize_probe.h"

#define ROUND_LIMIT 8
#define ESCAPE_LIMIT 8
#define WORTHWHILE_ROUND 0.5 /* a round of descent and polish that reduces the gradient less is the last */
#define RUN_OFF 1e20         /* a parameter as large as this is on its way to infinity */

double minimize_handover(const minimize_search *search) {
  double tolerance = search->options->tolerance;
  bool polished = minimize_method_row(search->options->method)->polished && search->n <= MINIMIZE_CURVATURE_LIMIT;
  return polished ? fmax(tolerance, sqrt(tolerance)) : tolerance;
}

gibbs_status minimize_approach(minimize_search *search, minimize_curvature *curvature, bool *current,
                               minimize_ending *ending) {
  double tolerance = search->options->tolerance, target = minimize_handover(search), before = INFINITY;
  *current = false;
  for (int round = 0; round < ROUND_LIMIT; round++) {
    gibbs_status status = minimize_descend(search, target, ending);
    if (status == GIBBS_OK && minimize_method_row(search->options->method)->polished)
      status = minimize_polish(search, curvature, current);
    if (status != GIBBS_OK) return status;
    double residual = minimize_residual(search, &search->here);
    if (residual <= tolerance) {
      *ending = MINIMIZE_REACHED;
      return GIBBS_OK;
    }
    if (*ending == MINIMIZE_EXHAUSTED) return GIBBS_OK;
    if (*ending == MINIMIZE_STALLED && residual > WORTHWHILE_ROUND * before) return GIBBS_OK;
    before = residual;
    target = tolerance;
  }
  *ending = MINIMIZE_STALLED;
  return GIBBS_OK;
}

static gibbs_verdict name_ending(const minimize_search *search, minimize_ending ending) {
  if (minimize_largest(search->n, search->here.x) > RUN_OFF) return GIBBS_VERDICT_RUNAWAY;
  if (ending == MINIMIZE_EXHAUSTED) return GIBBS_VERDICT_STEPS;
  bool met = fabs(search->here.constraint) <= search->options->constraint_tolerance;
  return met ? GIBBS_VERDICT_STALLED : GIBBS_VERDICT_INFEASIBLE;
}

static gibbs_status approach_and_probe(minimize_search *search, minimize_curvature *curvature, minimize_point *lower,
                                       minimize_ending *ending, minimize_finding *finding) {
  bool current = false;
  gibbs_status status = search->problem->constraint == NULL
                            ? minimize_approach(search, curvature, &current, ending)
                            : minimize_approach_constrained(search, curvature, &current, ending);
  if (status != GIBBS_OK) return status;
  if (*ending != MINIMIZE_REACHED) {
    curvature->known = false;
    return GIBBS_OK;
  }
  if (!current) status = minimize_curvature_find(search, &search->here, true, curvature);
  return status == GIBBS_OK ? minimize_probe(search, curvature, lower, finding) : status;
}

static bool is_bent(const minimize_curvature *curvature) {
  return curvature->known && curvature->count > 0 && curvature->values[0] < -curvature->rounding;
}

static gibbs_status go_lower(minimize_search *search, const minimize_point *lower) {
  minimize_point_copy(search->n, &search->here, lower);
  search->steps++;
  return minimize_record(search);
}

static gibbs_status settle_with(minimize_search *search, minimize_curvature *curvature, minimize_point *lower,
                                gibbs_verdict *verdict) {
  static const gibbs_verdict verdicts[] = {[MINIMIZE_ATTAINED] = GIBBS_VERDICT_CONVERGED,
                                           [MINIMIZE_TAIL] = GIBBS_VERDICT_RUNAWAY,
                                           [MINIMIZE_LOWER] = GIBBS_VERDICT_RUNAWAY,
                                           [MINIMIZE_BENT] = GIBBS_VERDICT_SADDLE};
  for (int escapes = 0;; escapes++) {
    minimize_ending ending;
    minimize_finding finding = MINIMIZE_ATTAINED;
    gibbs_status status = approach_and_probe(search, curvature, lower, &ending, &finding);
    if (status != GIBBS_OK) return status;
    *verdict = ending == MINIMIZE_REACHED ? verdicts[finding] : name_ending(search, ending);
    if (*verdict == GIBBS_VERDICT_RUNAWAY && is_bent(curvature)) *verdict = GIBBS_VERDICT_SADDLE;
    bool again = ending == MINIMIZE_REACHED && finding == MINIMIZE_LOWER;
    if (!again || escapes == ESCAPE_LIMIT || !minimize_steps_left(search)) return GIBBS_OK;
    status = go_lower(search, lower);
    if (status != GIBBS_OK) return status;
  }
}

gibbs_status minimize_settle(minimize_search *search, minimize_curvature *curvature, gibbs_verdict *verdict) {
  minimize_point lower = {.x = NULL};
  gibbs_status status = minimize_point_new(search, &lower);
  if (status == GIBBS_OK) status = settle_with(search, curvature, &lower, verdict);
  minimize_point_free(&lower);
  return status;
}
