/* minimize_newton.h - Newton steps in the eigenbasis of the Hessian: the end of a descent, with or without a
 * constraint.
 *
 * Line searches on the value cannot see a gradient below about the square root of its rounding; Newton's steps use
 * the gradient alone.  They are made here in the eigenbasis, because a Hessian is singular wherever the minimisers
 * form a surface: flat directions are left out, and the size of an eigenvalue is used for itself, so that every step
 * descends. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_NEWTON_H
#define GIBBS_OBJECTIVE_MINIMIZE_NEWTON_H

#include "minimize_curvature.h"

/* Make the multiplier the one that leaves the smallest Lagrangian gradient at the point, and weigh the point with it.
 */
void minimize_fit_multiplier(minimize_search *search, minimize_point *point);

/* The larger of the Lagrangian's largest gradient component and |constraint|. */
double minimize_residual(const minimize_search *search, const minimize_point *point);

/* The Newton step at `point` by the directions whose `skip` is false (NULL: all that are not flat), and back to the
 * constraint. */
void minimize_newton_step(const minimize_curvature *curvature, const minimize_point *point, const bool *skip,
                          double *step);

/* Newton steps from search->here while each makes the residual much smaller.  Leaves the curvature found on the way;
 * *current tells whether it belongs to `here`. */
gibbs_status minimize_polish(minimize_search *search, minimize_curvature *curvature, bool *current) GIBBS_CHECKED;

#endif
