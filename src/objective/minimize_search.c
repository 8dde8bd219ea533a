/* minimize_search.c - points, their evaluation, and the history of a descent. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_search.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

gibbs_status minimize_point_new(minimize_search *search, minimize_point *point) {
  size_t n = search->n;
  double *block = n <= SIZE_MAX / (4 * sizeof *block) ? calloc(4 * n, sizeof *block) : NULL;
  if (block == NULL) return gibbs_fail_memory(&search->failure, "minimize", 4 * n * sizeof *block);
  *point = (minimize_point){.x = block, .slope = block + n, .normal = block + 2 * n, .gradient = block + 3 * n};
  return GIBBS_OK;
}

void minimize_point_free(minimize_point *point) {
  free(point->x);
  *point = (minimize_point){.x = NULL};
}

void minimize_point_copy(size_t n, minimize_point *to, const minimize_point *from) {
  memcpy(to->x, from->x, 4 * n * sizeof *to->x);
  to->value = from->value;
  to->constraint = from->constraint;
  to->merit = from->merit;
}

double minimize_largest(size_t n, const double *vector) {
  double largest = 0;
  for (size_t i = 0; i < n; i++)
    if (!(fabs(vector[i]) <= largest)) largest = fabs(vector[i]); /* a NaN is the largest of all */
  return largest;
}

double minimize_dot(size_t n, const double *a, const double *b) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

bool minimize_steps_left(const minimize_search *search) {
  return search->steps < search->options->steps;
}

static bool is_finite_vector(size_t n, const double *vector) {
  for (size_t i = 0; i < n; i++)
    if (!isfinite(vector[i])) return false;
  return true;
}

/* A failure of the caller's function: all but "not finite" end the run, so that no later call can hide them. */
static gibbs_status take_failure(minimize_search *search, gibbs_status status) {
  if (search->failure.code != status)
    (void)gibbs_fail(&search->failure, status, "minimize: %s", gibbs_status_text(status));
  if (status != GIBBS_ERR_NUMERIC) search->status = status;
  return status;
}

static gibbs_status call_smooth(minimize_search *search, gibbs_smooth function, const char *what, const double *x,
                                double *value, double *gradient) {
  gibbs_status status = function(search->problem->context, x, value, gradient, &search->failure);
  if (status != GIBBS_OK) return take_failure(search, status);
  if (!isfinite(*value))
    return gibbs_fail(&search->failure, GIBBS_ERR_NUMERIC, "minimize: the %s is %g after step %llu of start %llu",
                      what, *value, (unsigned long long)search->steps, (unsigned long long)search->start + 1);
  if (!is_finite_vector(search->n, gradient))
    return gibbs_fail(&search->failure, GIBBS_ERR_NUMERIC,
                      "minimize: the gradient of the %s is not finite after step %llu of start %llu", what,
                      (unsigned long long)search->steps, (unsigned long long)search->start + 1);
  return GIBBS_OK;
}

void minimize_weigh(const minimize_search *search, minimize_point *point) {
  double c = point->constraint, pull = search->multiplier + search->penalty * c;
  point->merit = point->value + (search->multiplier + search->penalty / 2 * c) * c;
  for (size_t i = 0; i < search->n; i++) point->gradient[i] = point->slope[i] + pull * point->normal[i];
}

gibbs_status minimize_visit(minimize_search *search, minimize_point *point) {
  if (search->status != GIBBS_OK) return search->status;
  search->failure = (gibbs_error){.code = GIBBS_OK};
  if (!(minimize_largest(search->n, point->x) <= MINIMIZE_FARTHEST))
    return gibbs_fail(&search->failure, GIBBS_ERR_NUMERIC,
                      "minimize: the parameters grew beyond %g after step %llu of start %llu", MINIMIZE_FARTHEST,
                      (unsigned long long)search->steps, (unsigned long long)search->start + 1);
  search->evaluations++;
  gibbs_status status = call_smooth(search, search->problem->value, "value", point->x, &point->value, point->slope);
  if (status == GIBBS_OK && search->problem->constraint != NULL)
    status =
        call_smooth(search, search->problem->constraint, "constraint", point->x, &point->constraint, point->normal);
  if (status == GIBBS_OK) minimize_weigh(search, point);
  return status;
}

static gibbs_status keep_latest(minimize_search *search) {
  if (search->history_length == search->history_room) {
    size_t room = search->history_room < 64 ? 64 : search->history_room * 2;
    gibbs_step *grown = room <= SIZE_MAX / sizeof *grown ? realloc(search->history, room * sizeof *grown) : NULL;
    if (grown == NULL) return gibbs_fail_memory(&search->failure, "minimize: history", room * sizeof *grown);
    search->history = grown;
    search->history_room = room;
  }
  search->history[search->history_length++] = search->latest;
  search->latest_kept = true;
  return GIBBS_OK;
}

gibbs_status minimize_record(minimize_search *search) {
  search->latest = (gibbs_step){.start = search->start,
                                .step = search->steps,
                                .value = search->here.value,
                                .gradient_norm = minimize_largest(search->n, search->here.gradient),
                                .constraint = search->here.constraint};
  search->latest_kept = false;
  gibbs_progress_metric(&search->progress, 0, "value", search->latest.value);
  if (search->problem->constraint != NULL)
    gibbs_progress_metric(&search->progress, 1, "constraint", search->latest.constraint);
  gibbs_progress_metric(&search->progress, 2, "gradient", search->latest.gradient_norm);
  gibbs_progress_step(&search->progress, search->steps);
  gibbs_status status = GIBBS_OK;
  if (search->steps % search->options->keep_every == 0) status = keep_latest(search);
  if (status != GIBBS_OK || search->problem->watch == NULL) return status;
  search->failure = (gibbs_error){.code = GIBBS_OK};
  status = search->problem->watch(search->problem->context, &search->latest, &search->failure);
  if (status == GIBBS_OK) return GIBBS_OK;
  (void)take_failure(search, status);
  return search->status = status;
}

gibbs_status minimize_record_end(minimize_search *search) {
  return search->latest_kept ? GIBBS_OK : keep_latest(search);
}
