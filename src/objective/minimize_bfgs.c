/* minimize_bfgs.c - GSL's vector_bfgs2 as a method.
 *
 * GSL's callbacks cannot fail, so a point that cannot be evaluated is reported as an infinitely high one, which its
 * line search steps back from; a failure that must end the run is kept in search->status and passed on after the
 * step. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "minimize_method.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LINE_SEARCH_TOLERANCE 0.1 /* Fletcher's sigma, as GSL's manual recommends */
#define LONGEST_FIRST_STEP 0.5
/* Iterations after which GSL's line search gives up; it then says success and leaves its step length unset. */
#define LINE_SEARCH_LIMIT 100
/* GSL's line search stops where a step promises less than 2e-16, whatever the value's own rounding; a power of two,
 * so that scaling changes no other bit. */
#define SCALE 0x1p20

typedef struct bfgs_memory {
  minimize_search *search;
  minimize_point trial; /* the last point that GSL asked for */
  bool tried;           /* trial was visited */
  bool fresh;           /* no step was made since the last start from steepest descent */
  unsigned asked;       /* values in the present line search */
  gsl_multimin_function_fdf function;
  gsl_multimin_fdfminimizer *minimizer;
} bfgs_memory;

static bool is_point(const gsl_vector *x, const minimize_point *point) {
  return memcmp(x->data, point->x, x->size * sizeof *point->x) == 0;
}

/* The point at x, or NULL where there is no value.  GSL asks for the value and then for the gradient of one place, so
 * both are found at the first question.  Its vectors here are contiguous. */
static const minimize_point *find_point(bfgs_memory *memory, const gsl_vector *x) {
  if (memory->search->status != GIBBS_OK) return NULL;
  if (is_point(x, &memory->search->here)) return &memory->search->here;
  if (memory->tried && is_point(x, &memory->trial)) return &memory->trial;
  memcpy(memory->trial.x, x->data, x->size * sizeof *memory->trial.x);
  memory->tried = minimize_visit(memory->search, &memory->trial) == GIBBS_OK;
  return memory->tried ? &memory->trial : NULL;
}

static bool is_exhausted(const bfgs_memory *memory) {
  return memory->asked >= LINE_SEARCH_LIMIT;
}

static double find_value(const gsl_vector *x, void *context) {
  bfgs_memory *memory = context;
  memory->asked++;
  const minimize_point *point = find_point(memory, x);
  return point != NULL ? SCALE * point->merit : GSL_POSINF;
}

static void find_both(const gsl_vector *x, void *context, double *value, gsl_vector *gradient) {
  bfgs_memory *memory = context;
  const minimize_point *point = is_exhausted(memory) ? NULL : find_point(memory, x);
  *value = point != NULL ? SCALE * point->merit : GSL_POSINF;
  for (size_t i = 0; i < x->size; i++) gsl_vector_set(gradient, i, point != NULL ? SCALE * point->gradient[i] : 0);
}

static void find_gradient(const gsl_vector *x, void *context, gsl_vector *gradient) {
  double value;
  find_both(x, context, &value, gradient);
}

static void close_bfgs(void *closed) {
  bfgs_memory *memory = closed;
  if (memory->minimizer != NULL) gsl_multimin_fdfminimizer_free(memory->minimizer);
  minimize_point_free(&memory->trial);
  free(memory);
}

/* Begin again from `here` with the steepest descent. */
static void restart_bfgs(bfgs_memory *memory) {
  minimize_search *search = memory->search;
  gsl_vector_const_view x = gsl_vector_const_view_array(search->here.x, search->n);
  double norm = sqrt(minimize_dot(search->n, search->here.gradient, search->here.gradient));
  memory->asked = 0;
  (void)gsl_multimin_fdfminimizer_set(memory->minimizer, &memory->function, &x.vector, fmin(norm, LONGEST_FIRST_STEP),
                                      LINE_SEARCH_TOLERANCE);
  memory->fresh = true;
}

static gibbs_status open_bfgs(minimize_search *search, void **opened) {
  bfgs_memory *memory = calloc(1, sizeof *memory);
  if (memory == NULL) return gibbs_fail_memory(&search->failure, "minimize", sizeof *memory);
  memory->search = search;
  memory->function = (gsl_multimin_function_fdf){
      .f = find_value, .df = find_gradient, .fdf = find_both, .n = search->n, .params = memory};
  gibbs_status status = minimize_point_new(search, &memory->trial);
  if (status == GIBBS_OK) {
    memory->minimizer = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, search->n);
    if (memory->minimizer == NULL)
      status = gibbs_fail_memory(&search->failure, "minimize", 9 * search->n * sizeof(double));
  }
  if (status != GIBBS_OK) {
    close_bfgs(memory);
    return status;
  }
  restart_bfgs(memory);
  *opened = memory;
  return GIBBS_OK;
}

/* Make a point found by GSL ours; false when it is the old one or no better. */
static bool take_point(bfgs_memory *memory, const minimize_point *found) {
  minimize_search *search = memory->search;
  if (found == NULL || found == &search->here || found->merit > search->here.merit) return false;
  minimize_point_copy(search->n, &search->here, found);
  return true;
}

/* One line search, and its result.  One that gave up has at least its last trial to show. */
static gibbs_status search_line(bfgs_memory *memory, bool *moved) {
  memory->asked = 0;
  bool whole = gsl_multimin_fdfminimizer_iterate(memory->minimizer) == GSL_SUCCESS && !is_exhausted(memory);
  if (memory->search->status != GIBBS_OK) return memory->search->status;
  const minimize_point *last = is_exhausted(memory) && memory->tried ? &memory->trial : NULL;
  *moved = take_point(memory, whole ? find_point(memory, memory->minimizer->x) : last);
  if (whole && *moved)
    memory->fresh = false;
  else if (*moved)
    restart_bfgs(memory);
  return GIBBS_OK;
}

static gibbs_status step_bfgs(minimize_search *search, void *opened, bool *moved) {
  (void)search;
  bfgs_memory *memory = opened;
  gibbs_status status = search_line(memory, moved);
  if (status != GIBBS_OK || *moved || memory->fresh) return status;
  restart_bfgs(memory);
  return search_line(memory, moved);
}

const minimize_method minimize_bfgs = {.polished = true, .open = open_bfgs, .step = step_bfgs, .close = close_bfgs};
