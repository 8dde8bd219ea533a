/* progress_text.c - one line on the tasks that are under way. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "progress.h"

enum { DEEPEST = 4 }; /* tasks within tasks that are told of */

/* A step that takes less is not told of by itself. */
static const double shortest_step = 1;

typedef struct line {
  char *text;
  size_t size, length;
} line;

static void add(line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(line *l, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int length = vsnprintf(l->text + l->length, l->size - l->length, format, values);
  va_end(values);
  if (length > 0) l->length += (size_t)length;
  if (l->length >= l->size) l->length = l->size - 1;
}

/* "4 s", "3:10", "2:40:00", "3.2 days" */
static void add_time(line *l, double seconds) {
  uint64_t s = seconds < 1e15 ? (uint64_t)ceil(seconds) : UINT64_C(1000000000000000);
  if (s < 60)
    add(l, "%" PRIu64 " s", s);
  else if (s < 3600)
    add(l, "%" PRIu64 ":%02" PRIu64, s / 60, s % 60);
  else if (s < 48 * 3600)
    add(l, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64, s / 3600, s / 60 % 60, s % 60);
  else if (s < UINT64_C(365) * 86400)
    add(l, "%.1f days", (double)s / 86400);
  else
    add(l, "%.3g years", (double)s / (365.25 * 86400));
}

/* Slow steps are told by the time of one. */
static void add_rate(line *l, double rate) {
  if (rate >= 1)
    add(l, ", %.*f/s", rate < 10 ? 1 : 0, rate);
  else if (rate > 0) {
    add(l, ", ");
    add_time(l, 1 / rate);
    add(l, " each");
  }
}

/* Seconds that a step took on average; while the first one is under way, what the task within has done of it tells.
 * 0: not known. */
static double seconds_a_step(const gibbs_progress *task, const gibbs_progress *within, double now) {
  if (task->done > task->first) return (task->stepped - task->began) / (double)(task->done - task->first);
  bool known = within != NULL && within->total > 0 && !within->limit && within->done > 0;
  return known ? (now - task->began) * (double)within->total / (double)within->done : 0;
}

/* False: it cannot be told. */
static bool add_left(line *l, const gibbs_progress *task, const gibbs_progress *within, double now) {
  double each = seconds_a_step(task, within, now), steps = (double)(task->total - task->done);
  if (task->total == 0 || task->done >= task->total || !(each > 0)) return false;
  add(l, task->limit ? ", at most " : ", ");
  add_time(l, fmax(steps * each - (now - task->stepped), (steps - 1) * each));
  add(l, " left");
  return true;
}

/* What is cut where the line is narrow comes last.  *left: the time that is left has been said. */
static void add_task(line *l, const gibbs_progress *task, const gibbs_progress *within, double now, bool *left) {
  double seconds = task->stepped - task->began;
  add(l, "%s", task->what);
  if (task->unit == NULL) {
    if (task->total > 0) add(l, " %.0f%%", floor(100 * (double)task->done / (double)task->total));
    if (!*left) *left = add_left(l, task, within, now);
    return;
  }
  add(l, "%s%s %" PRIu64, task->unit[0] != '\0' ? " " : "", task->unit, task->done);
  if (task->total > 0 && !task->limit) add(l, " of %" PRIu64, task->total);
  if (!*left) *left = add_left(l, task, within, now);
  if (seconds > 0) add_rate(l, (double)(task->done - task->first) / seconds);
  for (size_t k = 0; k < GIBBS_PROGRESS_METRICS; k++)
    if (task->metric[k].name != NULL) add(l, ", %s %.4g", task->metric[k].name, task->metric[k].value);
}

size_t gibbs_progress_text(double now, char *text, size_t size) {
  line l = {.text = text, .size = size};
  const gibbs_progress *task[DEEPEST];
  size_t depth = 0;
  bool left = false; /* said how much */
  text[0] = '\0';
  for (const gibbs_progress *t = progress_innermost(); t != NULL; t = t->outer) {
    if (depth == DEEPEST) depth--; /* the outer ones matter more */
    for (size_t k = depth; k > 0; k--) task[k] = task[k - 1];
    task[0] = t;
    depth++;
  }
  for (size_t k = 0; k < depth; k++) {
    const gibbs_progress *within = k + 1 < depth ? task[k + 1] : NULL;
    if (k > 0 && now - task[k]->began < shortest_step) break;
    if (k > 0) add(&l, " | ");
    add_task(&l, task[k], within, now, &left);
  }
  bool done = depth > 0 && task[0]->total > 0 && task[0]->done >= task[0]->total;
  if (depth > 0 && !left && !done) {
    add(&l, ", ");
    add_time(&l, now - task[0]->began);
    add(&l, " so far");
  }
  for (size_t i = 0; i < l.length; i++)
    if ((unsigned char)text[i] < ' ' || text[i] == 127) text[i] = ' '; /* a script's own words */
  return l.length;
}
