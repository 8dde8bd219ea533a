/* minimize.c - a minimisation from its starts to the best of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/minimize.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"
#include "minimize_settle.h"

gibbs_minimize_options gibbs_minimize_defaults(void) {
  return (gibbs_minimize_options){.method = GIBBS_METHOD_LBFGS,
#define ROW(field, initial, low, high, doc) .field = (initial),
                                  GIBBS_MINIMIZE_OPTIONS(ROW, ROW)
#undef ROW
  };
}

const char *gibbs_verdict_text(gibbs_verdict verdict) {
  static const char *const text[] = {
#define X(id, words) words,
      GIBBS_VERDICT_LIST(X)
#undef X
  };
  return (unsigned)verdict < GIBBS_VERDICT_COUNT ? text[verdict] : "unknown verdict";
}

void gibbs_minimum_clear(gibbs_minimum *minimum) {
  free(minimum->x);
  free(minimum->history);
  *minimum = (gibbs_minimum){.x = NULL};
}

/* ---- what is asked ------------------------------------------------------------------------------------- */

static gibbs_status check_options(const gibbs_minimize_options *options, gibbs_error *err) {
  if ((unsigned)options->method >= GIBBS_METHOD_COUNT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "minimize: unknown method number %d", (int)options->method);
#define ROW(field, initial, low, high, doc)                                                                          \
  if (!((double)options->field >= (double)(low) && (double)options->field <= (double)(high)))                        \
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "minimize: " #field " is %g; it must lie in %g..%g (" doc ")",        \
                      (double)options->field, (double)(low), (double)(high));
  GIBBS_MINIMIZE_OPTIONS(ROW, ROW)
#undef ROW
  return GIBBS_OK;
}

static gibbs_status check_problem(const gibbs_problem *problem, const double *x, gibbs_error *err) {
  if (problem->n == 0) return gibbs_fail(err, GIBBS_ERR_SHAPE, "minimize: there are no parameters");
  if (problem->n > SIZE_MAX / (8 * sizeof *x))
    return gibbs_fail(err, GIBBS_ERR_SIZE, "minimize: %zu parameters are too many", problem->n);
  for (size_t i = 0; i < problem->n; i++)
    if (!isfinite(x[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "minimize: parameter %zu of the start is %g", i + 1, x[i]);
  return GIBBS_OK;
}

/* ---- the starts and the best of them ------------------------------------------------------------------- */

/* How one start ended: enough to count who agrees. */
typedef struct ending_note {
  double value;
  gibbs_verdict verdict;
  bool feasible;
} ending_note;

typedef struct contest {
  minimize_search search;
  minimize_curvature curvature;
  ending_note *notes;
  uint64_t starts;
  gibbs_minimum lowest,
      converged; /* the lowest end of all, and the lowest that is a converged one; x NULL: none yet */
  bool interrupted;
} contest;

static bool is_feasible(const contest *c, double constraint) {
  return fabs(constraint) <= c->search.options->constraint_tolerance; /* 0 where there is no constraint */
}

static void fill_minimum(contest *c, gibbs_verdict verdict, gibbs_minimum *minimum) {
  minimize_search *search = &c->search;
  double *x = minimum->x;
  memcpy(x, search->here.x, search->n * sizeof *x);
  search->penalty = 0;
  minimize_weigh(search, &search->here);
  const minimize_curvature *curvature = &c->curvature;
  bool known = curvature->known && curvature->count > 0;
  *minimum = (gibbs_minimum){.x = x,
                             .value = search->here.value,
                             .gradient_norm = minimize_largest(search->n, search->here.gradient),
                             .constraint = search->here.constraint,
                             .multiplier = search->multiplier,
                             .converged = verdict == GIBBS_VERDICT_CONVERGED,
                             .verdict = verdict,
                             .curvature_known = known,
                             .lowest_curvature = known ? curvature->values[0] : 0,
                             .flat_directions = known ? minimize_curvature_flat(curvature) : 0,
                             .steps = search->steps,
                             .best_start = search->start};
}

/* Meeting the constraint comes first, then how nearly it is met, then the value. */
static bool is_better(const contest *c, const minimize_point *here, const gibbs_minimum *kept) {
  bool feasible = is_feasible(c, here->constraint), kept_feasible = is_feasible(c, kept->constraint);
  if (feasible != kept_feasible) return feasible;
  return feasible ? here->value < kept->value : fabs(here->constraint) < fabs(kept->constraint);
}

static gibbs_status offer(contest *c, gibbs_verdict verdict, gibbs_minimum *kept) {
  const minimize_point *here = &c->search.here;
  if (kept->x != NULL) {
    if (!is_better(c, here, kept)) return GIBBS_OK;
  } else {
    kept->x = malloc(c->search.n * sizeof *kept->x);
    if (kept->x == NULL) return gibbs_fail_memory(&c->search.failure, "minimize", c->search.n * sizeof *kept->x);
  }
  fill_minimum(c, verdict, kept);
  return GIBBS_OK;
}

static gibbs_status close_start(contest *c, gibbs_verdict verdict) {
  minimize_search *search = &c->search;
  c->notes[c->starts++] = (ending_note){search->here.value, verdict, is_feasible(c, search->here.constraint)};
  gibbs_status status = minimize_record_end(search);
  if (status == GIBBS_OK) status = offer(c, verdict, &c->lowest);
  if (status == GIBBS_OK && verdict == GIBBS_VERDICT_CONVERGED) status = offer(c, verdict, &c->converged);
  return status;
}

/* Write start number `start` to here.x. */
static gibbs_status place_start(contest *c, uint64_t start, const double *first) {
  minimize_search *search = &c->search;
  const gibbs_problem *problem = search->problem;
  search->start = start;
  search->steps = 0;
  search->multiplier = search->penalty = 0;
  c->curvature.known = false;
  if (start == 0) {
    memcpy(search->here.x, first, search->n * sizeof *first);
  } else if (problem->start != NULL) {
    search->failure = (gibbs_error){.code = GIBBS_OK};
    gibbs_status status = problem->start(problem->context, start, search->here.x, &search->failure);
    if (status != GIBBS_OK && search->failure.code != status)
      return gibbs_fail(&search->failure, status, "minimize: %s", gibbs_status_text(status));
    return status;
  } else {
    gibbs_stream stream = gibbs_stream_open(search->options->seed, GIBBS_PURPOSE_START, (uint32_t)start, 0);
    for (size_t i = 0; i < search->n; i++) search->here.x[i] = search->options->spread * gibbs_stream_normal(&stream);
  }
  return GIBBS_OK;
}

/* An interrupt ends the contest but is no failure once there is a point to show. */
static gibbs_status run_start(contest *c, uint64_t start, const double *first) {
  gibbs_verdict verdict = GIBBS_VERDICT_INTERRUPTED;
  gibbs_status status = place_start(c, start, first);
  if (status == GIBBS_OK) status = minimize_visit(&c->search, &c->search.here);
  c->interrupted = status == GIBBS_ERR_INTERRUPT;
  if (status != GIBBS_OK) return c->interrupted && c->starts > 0 ? GIBBS_OK : status;
  status = minimize_record(&c->search);
  if (status == GIBBS_OK) status = minimize_settle(&c->search, &c->curvature, &verdict);
  c->interrupted = status == GIBBS_ERR_INTERRUPT;
  if (c->interrupted) {
    c->curvature.known = false;
    verdict = GIBBS_VERDICT_INTERRUPTED;
    status = GIBBS_OK;
  }
  return status == GIBBS_OK ? close_start(c, verdict) : status;
}

/* How many steps it takes is not known, but how many it may. */
static gibbs_status follow_start(contest *c, uint64_t start, const double *first, gibbs_progress *starts) {
  gibbs_progress *task = &c->search.progress;
  gibbs_progress_begin(task, starts->what != NULL ? "descent" : "minimising", "step", 0, c->search.options->steps);
  task->limit = true;
  gibbs_status status = run_start(c, start, first);
  gibbs_progress_end(task);
  if (c->lowest.x != NULL) gibbs_progress_metric(starts, 0, "lowest", c->lowest.value);
  gibbs_progress_step(starts, start + 1);
  return status;
}

static uint64_t count_agreed(const contest *c, const gibbs_minimum *best) {
  uint64_t agreed = 0;
  for (uint64_t k = 0; k < c->starts; k++) {
    const ending_note *note = &c->notes[k];
    bool same_kind = note->verdict == GIBBS_VERDICT_CONVERGED || note->verdict == best->verdict;
    bool same_value = fabs(note->value - best->value) <= c->search.options->agreement;
    agreed += same_kind && same_value && note->feasible == is_feasible(c, best->constraint);
  }
  return agreed;
}

/* The lowest end is the answer, converged or not, unless a converged one is as low: a lower value towards infinity
 * must not be hidden by a higher minimum. */
static void choose_best(contest *c, gibbs_minimum *out) {
  bool as_low = c->converged.x != NULL &&
                is_feasible(c, c->lowest.constraint) <= is_feasible(c, c->converged.constraint) &&
                c->converged.value <= c->lowest.value + c->search.options->agreement;
  gibbs_minimum *best = as_low ? &c->converged : &c->lowest;
  *out = *best;
  best->x = NULL;
  out->agreed = count_agreed(c, out);
  out->starts = c->starts;
  out->evaluations = c->search.evaluations;
  out->history = c->search.history;
  out->history_length = c->search.history_length;
  c->search.history = NULL;
  if (!c->interrupted) return;
  out->converged = false;
  out->verdict = GIBBS_VERDICT_INTERRUPTED;
}

static void close_contest(contest *c) {
  minimize_point_free(&c->search.here);
  minimize_curvature_free(&c->curvature);
  free(c->search.history);
  free(c->notes);
  free(c->lowest.x);
  free(c->converged.x);
}

static gibbs_status open_contest(contest *c) {
  uint64_t starts = c->search.options->restarts;
  c->notes = malloc((size_t)starts * sizeof *c->notes);
  if (c->notes == NULL) return gibbs_fail_memory(&c->search.failure, "minimize", (size_t)starts * sizeof *c->notes);
  gibbs_status status = minimize_point_new(&c->search, &c->search.here);
  return status == GIBBS_OK ? minimize_curvature_new(&c->search, &c->curvature) : status;
}

gibbs_status gibbs_minimize(const gibbs_problem *problem, const double *x, const gibbs_minimize_options *options,
                            gibbs_minimum *out, gibbs_error *err) {
  gibbs_status status = check_options(options, err);
  if (status == GIBBS_OK) status = check_problem(problem, x, err);
  if (status != GIBBS_OK) return status;
  contest c = {.search = {.problem = problem, .options = options, .n = problem->n}};
  gsl_error_handler_t *handler = gsl_set_error_handler_off(); /* GSL's own would end the process */
  gibbs_progress starts = {.what = NULL};
  if (options->restarts > 1) gibbs_progress_begin(&starts, "minimising", "start", 0, options->restarts);
  status = open_contest(&c);
  for (uint64_t k = 0; status == GIBBS_OK && k < options->restarts && !c.interrupted; k++)
    status = follow_start(&c, k, x, &starts);
  gibbs_progress_end(&starts);
  if (status == GIBBS_OK) choose_best(&c, out);
  if (status != GIBBS_OK && err != NULL) *err = c.search.failure;
  close_contest(&c);
  (void)gsl_set_error_handler(handler);
  return status;
}
