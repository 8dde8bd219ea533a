/* gl_training.c - gibbs.minimize on samples: a run of the training engine, made, run and told of. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/control.h"
#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_fit.h"
#include "gl_interrupt.h"
#include "gl_run.h"
#include "gl_state.h"
#include "gl_watch.h"

/* ---- options: the rows of the core, and what only Lua knows ----------------------------------------------- */

const char *const gl_training_methods[] = {
#define X(id, name, doc) name,
    GIBBS_OPTIMISER_LIST(X)
#undef X
        NULL};

static const char *const schedules[] = {
#define X(id, name, doc) name,
    GIBBS_SCHEDULE_LIST(X)
#undef X
        NULL};

#define INTEGER(field, initial, low, high, doc)                                                                      \
  {#field, GL_INTEGER, offsetof(gl_training_settings, core.field), initial, low, high, NULL, doc},
#define REAL(field, initial, low, high, doc)                                                                         \
  {#field, GL_REAL, offsetof(gl_training_settings, core.field), initial, low, high, NULL, doc},
#define FLAG(field, doc) {#field, GL_BOOLEAN, offsetof(gl_training_settings, core.field), 0, 0, 1, NULL, doc},
const gl_option gl_training_rows[] = {
    GIBBS_TRAINING_OPTIONS(INTEGER, REAL, FLAG)
        GL_CHOICE_ROW(gl_training_settings, method, 0, gl_training_methods, "how to go downhill"),
    GL_CHOICE_ROW(gl_training_settings, schedule, 0, schedules, "how the step size goes from rate to rate_end"),
    GL_INTEGER_ROW(gl_training_settings, batch, 0, 0, 1e12, "rows of data a step, instead of the estimate's; 0: all"),
    GL_VALUE_ROW("estimate", "how to sample: gibbs.pcd{}, gibbs.cd{}, gibbs.chains{} or gibbs.jarzynski{}"),
    GL_VALUE_ROW("subject_to", "{objective, equals = 0}: kept equal to the number"),
    GL_VALUE_ROW("held_out", "an objective that training does not see, for patience and the best point"),
    GL_VALUE_ROW("watch", "a function of the record of each step; one that gives false ends the run"),
    GL_CHECKPOINT_ROWS(gl_training_settings, checkpoint),
    GL_END_ROW};
const gl_option_table gl_training_tables[] = {
    {.who = "gibbs.minimize", .when = "training on samples", .rows = gl_training_rows}, GL_END_TABLE};
#undef INTEGER
#undef REAL
#undef FLAG

/* ---- the run as a box ----------------------------------------------------------------------------------------- */

static void destroy_run(void *self) {
  gl_training *run = self;
  gl_checkpoint_close(&run->checkpoint);
  gibbs_training_free(run->engine);
  gibbs_objective_free(run->held_out);
  gibbs_objective_free(run->constraint);
  gibbs_objective_free(run->objective);
  free(run);
}
static const gl_class gl_training_box = {.name = "training", .article = "a", .destroy = destroy_run};

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

bool gl_constraint_read(lua_State *L, int options, double *level, const char *who) {
  static const char legal[] = "a table {objective, equals = number}";
  if (!gl_options_value(L, options, "subject_to")) return false;
  int table = lua_gettop(L);
  if (lua_type(L, table) != LUA_TTABLE) gl_refuse_option(L, table, who, "subject_to", legal);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    bool first = lua_isinteger(L, -2) && lua_tointeger(L, -2) == 1;
    bool equals = lua_type(L, -2) == LUA_TSTRING && strcmp(lua_tostring(L, -2), "equals") == 0;
    if (!first && !equals) gl_refuse_option(L, table, who, "subject_to", legal);
  }
  lua_getfield(L, table, "equals");
  *level = lua_isnil(L, -1) ? 0 : gl_number(L, lua_gettop(L), who, "subject_to.equals");
  if (lua_rawgeti(L, table, 1) == LUA_TNIL) gl_refuse_option(L, table, who, "subject_to", legal);
  return true;
}

/* The objective, then what stands beside it, at the same samples. */
static void plan(lua_State *L, gl_training *run, int index, const char *name, gibbs_objective **out,
                 const char *who) {
  gibbs_expr *expr = gl_expr(L, index, who, name);
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = out == &run->objective ? gibbs_objective_new_sampled(expr, &run->sampling, out, &err)
                                               : gibbs_objective_new_beside(expr, run->objective, out, &err);
  check(L, status, &err, who);
}

static void choose_sampling(lua_State *L, gl_training *run) {
  gl_training_settings *s = &run->settings;
  if (gl_options_value(L, 3, "batch")) run->sampling.batch = (size_t)s->batch;
  if (gl_options_value(L, 3, "seed")) run->sampling.seed = s->core.seed;
  s->core.seed = run->sampling.seed;
  s->core.optimiser = (gibbs_optimiser)s->method;
  s->core.schedule = (gibbs_schedule)s->schedule;
}

gl_training *gl_training_push(lua_State *L, const gl_how *how, const gl_training_settings *settings,
                              gibbs_expr *const parameters[], size_t count, const char *who) {
  double level = 0;
  gibbs_error err;
  luaL_checkstack(L, 24, who);
  gl_box *box = gl_box_new(L, &gl_training_box, 0);
  lua_toclose(L, -1); /* a checkpoint is held until the call ends, however it does */
  gl_training *run = calloc(1, sizeof *run);
  if (!run) gl_fail(L, "%s: out of memory", who);
  box->self = run;
  run->settings = *settings;
  if (!gl_how_sampling(how, &run->sampling)) gl_fail(L, "%s: %s is no way to sample", who, gl_how_name(how));
  choose_sampling(L, run);
  gl_checkpoint_open(L, &run->checkpoint, &run->settings.checkpoint, who);
  plan(L, run, 1, "objective", &run->objective, who);
  if (gl_constraint_read(L, 3, &level, who)) plan(L, run, lua_gettop(L), "subject_to", &run->constraint, who);
  if (gl_options_value(L, 3, "held_out")) plan(L, run, lua_gettop(L), "held_out", &run->held_out, who);
  (void)gl_watch_read(L, 3, who);
  gl_enter(L);
  check(L,
        gibbs_training_new(run->objective, run->constraint, level, run->held_out, parameters, count,
                           &run->settings.core, &run->engine, &err),
        &err, who);
  const gibbs_training_setup setup = {gl_how_name(how), &run->sampling, run->objective, run->constraint,
                                      run->held_out,    level,          parameters,     count};
  gl_checkpoint_begin(L, &run->checkpoint, run->engine, &setup, &run->settings.core, who);
  return run;
}

/* ---- records ----------------------------------------------------------------------------------------------------
 */

/* A field that is not known of this step is nil, one that does not exist is an error. */
static int miss_field(lua_State *L) {
  static const char *const names[] = {
#define ROW(field, doc) #field,
      GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
  };
  const char *name = luaL_tolstring(L, 2, NULL);
  gl_guess guess = gl_guess_of(name);
  for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
    if (strcmp(name, names[k]) == 0) return 0;
    gl_guess_offer(&guess, names[k]);
  }
  return gl_fail(L, "training record: no field '%s'%s", name, gl_guess_hint(L, &guess));
}

static void push_record(lua_State *L, const gibbs_training_record *record) {
  lua_createtable(L, 0, 16);
#define COUNT(field, doc) gl_fit_count(L, #field, record->field);
#define REAL(field, doc) gl_fit_number(L, #field, record->field);
  GIBBS_TRAINING_RECORD(COUNT, REAL)
#undef COUNT
#undef REAL
  if (luaL_newmetatable(L, "gibbs.training record")) {
    lua_pushcfunction(L, miss_field);
    lua_setfield(L, -2, "__index");
  }
  lua_setmetatable(L, -2);
}

static void push_any_record(lua_State *L, const void *record) {
  push_record(L, record);
}

/* ---- running ------------------------------------------------------------------------------------------------------
 */

/* After each step: what the script watches, then what is kept. */
typedef struct following {
  gl_watch *watch;
  gl_checkpoint *checkpoint;
  bool cut; /* Ctrl-C came while the script watched the last step */
} following;

static gibbs_status follow_step(void *context, const gibbs_training_record *record, gibbs_error *err) {
  following *f = context;
  gibbs_status status = gl_watch_step(f->watch, record, err);
  f->cut = status == GIBBS_ERR_INTERRUPT && gibbs_interrupted();
  return status == GIBBS_OK ? gl_checkpoint_step(f->checkpoint, err) : status;
}

static bool is_interrupted(const gl_training *run) {
  gibbs_training_end end;
  return !gibbs_training_ended(run->engine, &end) || end == GIBBS_TRAINING_END_INTERRUPTED;
}

/* A step that the script could not watch to the end (it may not have logged it) is not kept: what goes on takes it,
 * and is watched, again. */
static void end_cut(lua_State *L, const gl_training *run, const char *who) {
  const gl_checkpoint *c = &run->checkpoint;
  const char *path = gibbs_checkpoint_path(c->place);
  if (c->current)
    gl_interrupt(
        L, 0, who,
        "while step %I was watched; '%s' keeps step %I, and the same call with resume = true goes on from there",
        (lua_Integer)gibbs_training_step(run->engine), path, (lua_Integer)c->written);
  gl_interrupt(L, 0, who, "while step %I was watched, before '%s' was written; the same call begins again",
               (lua_Integer)gibbs_training_step(run->engine), path);
}

/* An interrupt raises where a checkpoint says how to go on; without one the caller has what there is. */
static void end_run(lua_State *L, gl_training *run, gibbs_status status, bool cut, gibbs_error *err,
                    const char *who) {
  bool kept = run->checkpoint.place != NULL;
  if (status != GIBBS_ERR_INTERRUPT) check(L, status, err, who);
  if (kept && cut && gl_run_logged() >= 0 && is_interrupted(run) &&
      !(run->checkpoint.current && run->checkpoint.written == gibbs_training_step(run->engine))) {
    end_cut(L, run, who);
    return;
  }
  check(L, gl_checkpoint_end(&run->checkpoint, err), err, who);
  if (!kept || status != GIBBS_ERR_INTERRUPT || !is_interrupted(run)) return;
  gl_interrupt(L, 0, who, "after step %I, which '%s' keeps; the same call with resume = true goes on from there",
               (lua_Integer)gibbs_training_step(run->engine), gibbs_checkpoint_path(run->checkpoint.place));
}

void gl_training_run(lua_State *L, gl_training *run, const char *who) {
  gibbs_error err;
  gl_watch w = gl_watch_begin(L, 3, push_any_record);
  following f = {&w, &run->checkpoint, false};
  gibbs_status status = gibbs_training_run(run->engine, UINT64_MAX, follow_step, &f, &err);
  gl_watch_end(&w);
  end_run(L, run, status, f.cut, &err, who);
}

/* ---- the result
 * ----------------------------------------------------------------------------------------------------- */

static void push_history(lua_State *L, const gibbs_training *engine) {
  const gibbs_training_record *history = NULL;
  size_t length = gibbs_training_history(engine, &history);
  lua_createtable(L, (int)(length < 1000000 ? length : 1000000), 0);
  for (size_t k = 0; k < length; k++) {
    push_record(L, &history[k]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
}

static void push_last(lua_State *L, const gibbs_training *engine) {
  const gibbs_training_record *history = NULL;
  size_t length = gibbs_training_history(engine, &history);
  if (length > 0) gl_fit_number(L, "gradient_norm", history[length - 1].gradient_norm);
}

static void push_end(lua_State *L, const gibbs_training *engine) {
  static const char *const names[] = {
#define X(id, text) #id,
      GIBBS_TRAINING_END_LIST(X)
#undef X
  };
  gibbs_training_end end = GIBBS_TRAINING_END_INTERRUPTED; /* before the first step */
  (void)gibbs_training_ended(engine, &end);
  gl_fit_verdict(L, names[end]);
  lua_pushstring(L, gibbs_training_end_text(end));
  lua_setfield(L, -2, "reason");
}

void gl_training_finish(lua_State *L, gl_training *run, const char *who) {
  gibbs_training_result r;
  gibbs_error err;
  gl_enter(L);
  check(L, gibbs_training_finish(run->engine, &err), &err, who);
  gibbs_training_report(run->engine, &r);
  lua_createtable(L, 0, 20);
  gl_fit_count(L, "steps", r.steps);
  gl_fit_count(L, "rollbacks", r.rollbacks);
  gl_fit_count(L, "averaged", r.averaged);
  if (r.best_step > 0) gl_fit_count(L, "best_step", r.best_step);
  gl_fit_number(L, "value", r.value);
  gl_fit_number(L, "value_error", r.value_error);
  gl_fit_number(L, "constraint", r.constraint);
  gl_fit_number(L, "constraint_error", r.constraint_error);
  gl_fit_number(L, "multiplier", r.multiplier);
  gl_fit_number(L, "held_out", r.held_out);
  gl_fit_number(L, "held_out_error", r.held_out_error);
  push_end(L, run->engine);
  gl_checkpoint_tell(L, &run->checkpoint);
  push_last(L, run->engine);
  push_history(L, run->engine);
  lua_setfield(L, -2, "history");
  gl_fit_finish(L);
  if (gibbs_interrupted() && is_interrupted(run))
    gl_interrupt(L, -1, who, "after step %I, which the parameters are from; %s", (lua_Integer)r.steps,
                 "checkpoint = 'file' among the options would let it go on later");
}
