/* progress.c - the tasks that are under way, and when the view hears of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/progress.h"

#include <math.h>
#include <time.h>

#include "progress.h"

static const double seconds_between = 0.1;

static _Thread_local const gibbs_progress_view *view;
static _Thread_local gibbs_progress *innermost;
static _Thread_local double due;

double gibbs_progress_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void gibbs_progress_to(const gibbs_progress_view *to) {
  view = to;
  innermost = NULL;
}

gibbs_progress *progress_innermost(void) {
  return innermost;
}

double gibbs_progress_elapsed(double now) {
  const gibbs_progress *task = innermost;
  while (task != NULL && task->outer != NULL) task = task->outer;
  return task != NULL ? now - task->began : 0;
}

static void report(gibbs_progress *task, uint64_t done) {
  double now = gibbs_progress_clock();
  if (task->done != done) task->stepped = now;
  task->done = done;
  if (now < due) return;
  due = now + seconds_between;
  view->show(view->context, now);
}

void gibbs_progress_begin(gibbs_progress *task, const char *what, const char *unit, uint64_t first, uint64_t total) {
  *task = (gibbs_progress){.what = NULL};
  if (view == NULL) return;
  *task = (gibbs_progress){.what = what,
                           .unit = unit,
                           .first = first,
                           .done = first,
                           .total = total,
                           .began = gibbs_progress_clock(),
                           .outer = innermost};
  task->stepped = task->began;
  innermost = task;
}

bool gibbs_progress_wanted(const gibbs_progress *task) {
  return task->what != NULL && view != NULL && gibbs_progress_clock() >= due;
}

void gibbs_progress_step(gibbs_progress *task, uint64_t done) {
  if (task->what == NULL || view == NULL) return;
  report(task, done);
}

void progress_part(uint64_t done, uint64_t total) {
  if (view == NULL || innermost == NULL || innermost->unit != NULL) return;
  innermost->total = total;
  report(innermost, done);
}

void gibbs_progress_metric(gibbs_progress *task, size_t k, const char *name, double value) {
  if (task->what == NULL || k >= GIBBS_PROGRESS_METRICS) return;
  task->metric[k].name = isnan(value) ? NULL : name;
  task->metric[k].value = value;
}

static bool is_running(const gibbs_progress *task) {
  const gibbs_progress *t = innermost;
  while (t != NULL && t != task) t = t->outer;
  return t != NULL;
}

/* A task within that was left without its end ends here. */
void gibbs_progress_end(gibbs_progress *task) {
  if (task->what == NULL) return;
  if (is_running(task)) {
    for (; innermost != task; innermost = innermost->outer) innermost->what = NULL;
    innermost = task->outer;
    if (innermost == NULL && view != NULL) view->hide(view->context);
  }
  task->what = NULL;
}
