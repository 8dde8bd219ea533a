/* minimize_search.h - one descent under way: the point reached, the merit that is minimised, and the record of its
 * steps.
 *
 * The merit is value + multiplier * constraint + penalty / 2 * constraint^2, which is the value where there is no
 * constraint.  Every function of the module that can fail leaves its message in search->failure. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_OBJECTIVE_MINIMIZE_SEARCH_H
#define GIBBS_OBJECTIVE_MINIMIZE_SEARCH_H

#include "gibbs/minimize.h"
#include "gibbs/progress.h"

#define MINIMIZE_FARTHEST 1e50 /* no parameter of use is larger: nothing is evaluated beyond */

/* A point and what is known there; four vectors of n numbers in one allocation. */
typedef struct minimize_point {
  double *x, *slope, *normal, *gradient; /* gradients of the value, the constraint and the merit */
  double value, constraint, merit;
} minimize_point;

typedef struct minimize_search {
  const gibbs_problem *problem;
  const gibbs_minimize_options *options;
  size_t n;
  double multiplier, penalty;
  minimize_point here; /* always visited */
  uint64_t start, steps, evaluations;
  gibbs_step *history;
  size_t history_length, history_room;
  gibbs_step latest; /* the last step recorded, kept or not */
  bool latest_kept;
  gibbs_progress progress; /* of this start */
  gibbs_status status;     /* sticky: the first failure of the caller's functions that ends the run */
  gibbs_error failure;
} minimize_search;

gibbs_status minimize_point_new(minimize_search *search, minimize_point *point) GIBBS_CHECKED;
void minimize_point_free(minimize_point *point);
void minimize_point_copy(size_t n, minimize_point *to, const minimize_point *from);

/* Evaluate everything at point->x.  ERR_NUMERIC (not sticky) where something is not finite or the caller says so. */
gibbs_status minimize_visit(minimize_search *search, minimize_point *point) GIBBS_CHECKED;
/* The merit and its gradient again, after the multiplier or the penalty changed. */
void minimize_weigh(const minimize_search *search, minimize_point *point);
/* Count and keep the step that led to `here`, and show it to the watch. */
gibbs_status minimize_record(minimize_search *search) GIBBS_CHECKED;
/* Keep the last step in the history whatever keep_every says. */
gibbs_status minimize_record_end(minimize_search *search) GIBBS_CHECKED;

double minimize_largest(size_t n, const double *vector); /* the largest |component| */
double minimize_dot(size_t n, const double *a, const double *b);
bool minimize_steps_left(const minimize_search *search);

#endif
