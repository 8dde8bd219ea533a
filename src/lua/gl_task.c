/* gl_task.c - core.task: a task of our own Lua files in the line that shows progress. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/progress.h"
#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_module.h"

enum { MOST_TEXT = 30 };

typedef char text[MOST_TEXT + 1];

typedef struct task {
  gibbs_progress progress;
  text what, unit, metrics[GIBBS_PROGRESS_METRICS];
} task;

static void end_task(void *self) {
  task *t = self;
  gibbs_progress_end(&t->progress);
  free(t);
}

static const gl_class gl_task = {.name = "task", .article = "a", .destroy = end_task};

/* task.begin(what, unit, first, total) -> a task that ends when it is closed */
static int task_begin(lua_State *L) {
  static const char who[] = "task.begin";
  const char *what = gl_string(L, 1, who, "what"), *unit = gl_string(L, 2, who, "unit");
  lua_Integer first = gl_integer(L, 3, who, "first", 0, INT32_MAX);
  lua_Integer total = gl_integer(L, 4, who, "total", 0, INT32_MAX);
  gl_box *box = gl_box_new(L, &gl_task, 0);
  gibbs_error err;
  task *t = calloc(1, sizeof *t);
  if (t == NULL) gl_check(L, gibbs_fail_memory(&err, "a task", sizeof *t), &err);
  strncpy(t->what, what, MOST_TEXT);
  strncpy(t->unit, unit, MOST_TEXT);
  gibbs_progress_begin(&t->progress, t->what, t->unit, (uint64_t)first, (uint64_t)total);
  box->self = t;
  return 1;
}

/* task.metric(task, k, name, value): number k, from 1; it is shown at the next step */
static int task_metric(lua_State *L) {
  static const char who[] = "task.metric";
  task *t = gl_object(L, 1, who, "task", &gl_task);
  size_t k = (size_t)gl_integer(L, 2, who, "k", 1, GIBBS_PROGRESS_METRICS) - 1;
  strncpy(t->metrics[k], gl_string(L, 3, who, "name"), MOST_TEXT);
  gibbs_progress_metric(&t->progress, k, t->metrics[k], gl_number(L, 4, who, "value"));
  return 0;
}

/* task.step(task, done) */
static int task_step(lua_State *L) {
  static const char who[] = "task.step";
  task *t = gl_object(L, 1, who, "task", &gl_task);
  gibbs_progress_step(&t->progress, (uint64_t)gl_integer(L, 2, who, "done", 0, INT32_MAX));
  return 0;
}

const luaL_Reg gl_task_core[] = {
    {"task.begin", task_begin}, {"task.metric", task_metric}, {"task.step", task_step}, {NULL, NULL}};
