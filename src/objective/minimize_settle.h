/* minimize_settle.h - one start, taken to its end and judged. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_SETTLE_H
#define GIBBS_OBJECTIVE_MINIMIZE_SETTLE_H

#include "minimize_curvature.h"
#include "minimize_method.h"

/* From search->here, visited and recorded, to the end.  The curvature is that of the end where the verdict is about a
 * stationary point, and unknown otherwise. */
gibbs_status minimize_settle(minimize_search *search, minimize_curvature *curvature,
                             gibbs_verdict *verdict) GIBBS_CHECKED;

/* Descend to a point that satisfies the first-order conditions.  *current: the curvature belongs to that point. */
gibbs_status minimize_approach(minimize_search *search, minimize_curvature *curvature, bool *current,
                               minimize_ending *ending) GIBBS_CHECKED;
/* The same subject to the constraint, by augmented Lagrangian; leaves the multiplier in the search. */
gibbs_status minimize_approach_constrained(minimize_search *search, minimize_curvature *curvature, bool *current,
                                           minimize_ending *ending) GIBBS_CHECKED;

/* Where the descent is handed over to Newton steps. */
double minimize_handover(const minimize_search *search);

#endif
