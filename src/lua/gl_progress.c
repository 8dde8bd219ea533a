/* gl_progress.c - gibbs.progress: a loop of the script's own in the line that shows progress. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/progress.h"

#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"
#include "gl_options.h"

enum { MOST_TEXT = 60 };

typedef struct loop {
  gibbs_progress task;
  lua_Integer count;
  char what[MOST_TEXT + 1];
} loop;

static void end_loop(void *self) {
  loop *l = self;
  gibbs_progress_end(&l->task);
  free(l);
}
static const gl_class gl_loop = {.name = "progress", .article = "a", .destroy = end_loop};

/* The next number; nil, and the end of the task, after the last. */
static int next_number(lua_State *L) {
  loop *l = gl_test(L, 1, &gl_loop);
  lua_Integer done = lua_tointeger(L, 2);
  if (l == NULL) return 0;
  gibbs_progress_step(&l->task, (uint64_t)done);
  if (done < l->count)
    lua_pushinteger(L, done + 1);
  else
    lua_pushnil(L);
  return 1;
}

/* for i in gibbs.progress(n, what?) do ... end: i from 1 to n; leaving the loop ends it */
static int loop_progress(lua_State *L) {
  static const char who[] = "gibbs.progress";
  gl_at_most(L, 2, who);
  lua_settop(L, 2);
  lua_Integer count = gl_integer(L, 1, who, "n", 0, INT64_C(1000000000000000));
  if (!lua_isnil(L, 2) && lua_type(L, 2) != LUA_TSTRING)
    return gl_fail(L, "%s: argument 'what' is %s; it must be a text", who, gl_describe(L, 2));
  lua_pushcfunction(L, next_number);
  gl_box *box = gl_box_new(L, &gl_loop, 0);
  loop *l = calloc(1, sizeof *l);
  if (l == NULL) return gl_fail(L, "%s: out of memory", who);
  l->count = count;
  strncpy(l->what, lua_isnil(L, 2) ? "loop" : lua_tostring(L, 2), MOST_TEXT);
  gibbs_progress_begin(&l->task, l->what, "", 0, (uint64_t)count);
  box->self = l;
  lua_pushinteger(L, 0);
  lua_pushvalue(L, -2); /* closed where the loop ends */
  return 4;
}

const luaL_Reg gl_progress_functions[] = {{"progress", loop_progress}, {NULL, NULL}};
