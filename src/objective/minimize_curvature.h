/* minimize_curvature.h - the eigenvalues and eigenvectors of the Hessian, and what they tell of a stationary point.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_CURVATURE_H
#define GIBBS_OBJECTIVE_MINIMIZE_CURVATURE_H

#include "minimize_search.h"

#define MINIMIZE_CURVATURE_LIMIT 300 /* most parameters whose Hessian is made: 4 n gradients and O(n^3) */

/* count = n, or n - 1 on the tangent space of a constraint. */
typedef struct minimize_curvature {
  size_t n, count;
  double *values;  /* count, ascending */
  double *vectors; /* count rows of n: orthonormal */
  double rounding; /* eigenvalues of smaller size are zero for all that is known */
  bool known;
} minimize_curvature;

gibbs_status minimize_curvature_new(minimize_search *search, minimize_curvature *curvature) GIBBS_CHECKED;
void minimize_curvature_free(minimize_curvature *curvature);

/* The merit's Hessian at a visited point by differences of its gradient; on the tangent space of the constraint when
 * `tangent`.  Leaves known = false, and is no failure, where n is too large or a neighbour cannot be evaluated. */
gibbs_status minimize_curvature_find(minimize_search *search, const minimize_point *at, bool tangent,
                                     minimize_curvature *curvature) GIBBS_CHECKED;

size_t minimize_curvature_flat(const minimize_curvature *curvature); /* how many are zero within rounding */

#endif
