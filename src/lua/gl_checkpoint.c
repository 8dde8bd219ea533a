/* gl_checkpoint.c - options of checkpoints, when one is due, and going on from one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_checkpoint.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "gibbs/control.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_fit.h"
#include "gl_run.h"
#include "gl_state.h"

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* ---- options ---------------------------------------------------------------------------------------------- */

static const char resume_legal[] = "true, false, or the path of a checkpoint";

/* Push the text of an option, or nil. */
static const char *push_path(lua_State *L, const char *name, const char *who) {
  if (!gl_options_value(L, 3, name)) lua_pushnil(L);
  if (lua_type(L, -1) == LUA_TSTRING) return lua_tostring(L, -1);
  if (strcmp(name, "checkpoint") == 0 && !lua_isnil(L, -1))
    gl_refuse_option(L, lua_gettop(L), who, name, "a path that ends in .h5");
  return NULL;
}

static void refuse_lonely(lua_State *L, const char *who) {
  static const char *const names[] = {"overwrite", "checkpoint_every", "checkpoint_seconds"};
  for (size_t k = 0; k < sizeof names / sizeof *names; k++)
    if (gl_options_value(L, 3, names[k]))
      gl_fail(L, "%s: option '%s' needs a checkpoint: checkpoint = \"run.h5\"", who, names[k]);
  if (gl_options_value(L, 3, "resume") && lua_type(L, -1) != LUA_TSTRING && lua_toboolean(L, -1))
    gl_fail(L, "%s: option 'resume' needs a checkpoint: checkpoint = \"run.h5\", or resume = \"run.h5\" to keep none",
            who);
}

/* resume = true or a path: true, with the path on the top of the stack (nil: the checkpoint itself). */
static bool push_resume(lua_State *L, const char **from, const char *who) {
  *from = push_path(L, "resume", who);
  if (*from || lua_isnil(L, -1)) return *from != NULL;
  if (lua_type(L, -1) != LUA_TBOOLEAN) gl_refuse_option(L, lua_gettop(L), who, "resume", resume_legal);
  return lua_toboolean(L, -1);
}

/* What is there already, and what may be done with it. */
static void refuse_what_is_there(lua_State *L, const gl_checkpoint *c, bool resume, const char *from,
                                 const char *who) {
  const char *path = gibbs_checkpoint_path(c->place);
  bool there = gibbs_checkpoint_exists(c->place), before = gibbs_checkpoint_has_previous(c->place);
  if (c->when.overwrite && resume)
    gl_fail(L, "%s: options 'resume' and 'overwrite' contradict each other: one goes on, the other begins anew", who);
  if (c->when.overwrite) return;
  if (there && !resume)
    gl_fail(L,
            "%s: '%s' is there already, the checkpoint of another run or of an earlier part of this one; "
            "resume = true goes on from it, overwrite = true replaces it",
            who, path);
  if (!there && before && !from)
    gl_fail(L,
            "%s: '%s' is missing, but the checkpoint before it is there; resume = \"%s.previous\" goes on from it, "
            "overwrite = true begins anew",
            who, path, path);
  if (!there || !from || strcmp(from, path) == 0) return;
  size_t length = strlen(path);
  if (strncmp(from, path, length) != 0 || strcmp(from + length, ".previous") != 0)
    gl_fail(L, "%s: '%s' is there already; to go on from '%s', give a checkpoint that is not there yet", who, path,
            from);
}

void gl_checkpoint_open(lua_State *L, gl_checkpoint *c, const gl_checkpoint_settings *when, const char *who) {
  const char *path = push_path(L, "checkpoint", who), *from;
  bool resume = push_resume(L, &from, who);
  gibbs_error err;
  c->when = *when;
  if (!path) {
    refuse_lonely(L, who);
    return;
  }
  gl_enter(L);
  check(L, gibbs_checkpoint_open(path, &c->place, &err), &err, who);
  refuse_what_is_there(L, c, resume, from, who);
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static double seconds_now(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Ctrl-C goes to the process that writes the file too, and ends it: then it is written once more, for the run ends at
 * this very step. */
static gibbs_status write_content(gl_checkpoint *c, const gibbs_value *content, gibbs_error *err) {
  gibbs_status status = gibbs_checkpoint_write(c->place, content, err);
  return status == GIBBS_ERR_INTERRUPT ? gibbs_checkpoint_write(c->place, content, err) : status;
}

static const char logged_name[] = "@logged"; /* rows of metrics, in a recorded run */

static gibbs_status add_logged(gibbs_value *content, gibbs_error *err) {
  if (gl_run_logged() < 0) return GIBBS_OK;
  gibbs_status status = gl_run_flush_rows(err);
  if (status != GIBBS_OK) return status;
  return gibbs_value_set(content, logged_name, gibbs_value_number((double)gl_run_logged()), err);
}

static gibbs_status write_held(gl_checkpoint *c, gibbs_error *err) {
  gibbs_value *content = NULL;
  gibbs_status status = gibbs_training_to_value(c->engine, &c->about, &content, err);
  if (status == GIBBS_OK) status = add_logged(content, err);
  if (status == GIBBS_OK) status = write_content(c, content, err);
  gibbs_value_free(content);
  return status;
}

static gibbs_status write_now(gl_checkpoint *c, gibbs_error *err) {
  uint64_t step = gibbs_training_step(c->engine);
  gibbs_error why;
  gibbs_interrupt_hold();
  gibbs_status status = write_held(c, &why);
  gibbs_interrupt_release();
  if (status != GIBBS_OK && c->current)
    return gibbs_fail(err, status, "no checkpoint at step %" PRIu64 ", that of step %" PRIu64 " is still there: %s",
                      step, c->written, why.message);
  if (status != GIBBS_OK) return gibbs_fail(err, status, "no checkpoint at step %" PRIu64 ": %s", step, why.message);
  c->current = true;
  c->written = step;
  c->time = seconds_now();
  return GIBBS_OK;
}

gibbs_status gl_checkpoint_step(gl_checkpoint *c, gibbs_error *err) {
  if (!c->place) return GIBBS_OK;
  bool by_steps = c->when.every > 0 && gibbs_training_step(c->engine) % c->when.every == 0;
  bool by_time = c->when.seconds > 0 && seconds_now() - c->time >= c->when.seconds;
  return by_steps || by_time ? write_now(c, err) : GIBBS_OK;
}

gibbs_status gl_checkpoint_end(gl_checkpoint *c, gibbs_error *err) {
  if (!c->place || (c->current && c->written == gibbs_training_step(c->engine))) return GIBBS_OK;
  return write_now(c, err);
}

/* ---- going on --------------------------------------------------------------------------------------------- */

static gibbs_status go_on(gl_checkpoint *c, const char *path, const gibbs_value *content, gibbs_error *err) {
  gibbs_error why;
  gibbs_status status = gibbs_training_from_value(c->engine, &c->about, content, &why);
  if (status == GIBBS_OK) {
    c->resumed = true;
    c->resumed_at = gibbs_training_step(c->engine);
    const gibbs_value *logged = gibbs_value_get(content, logged_name);
    if (logged && gl_run_logged() >= 0) gl_run_set_logged((int64_t)gibbs_value_as_number(logged));
    return GIBBS_OK;
  }
  return gibbs_fail(err, status,
                    "'%.120s' %.260s; resume needs what it was written with, overwrite = true begins anew", path,
                    why.message);
}

/* From the checkpoint itself, or from another file: then the checkpoint is still to be written. */
static gibbs_status read_and_go_on(gl_checkpoint *c, const char *from, gibbs_error *err) {
  const char *path = c->place ? gibbs_checkpoint_path(c->place) : NULL;
  bool own = path && (!from || strcmp(from, path) == 0);
  gibbs_value *content = NULL;
  gibbs_status status =
      own ? gibbs_checkpoint_resume(c->place, &content, err) : gibbs_checkpoint_read(from, &content, err);
  if (status != GIBBS_OK) return status;
  status = go_on(c, own ? path : from, content, err);
  gibbs_value_free(content);
  c->current = own;
  c->written = c->resumed_at;
  c->time = seconds_now();
  return status;
}

static gibbs_status begin_anew(gl_checkpoint *c, gibbs_error *err) {
  gibbs_status status = write_now(c, err);
  if (status == GIBBS_OK) gibbs_checkpoint_drop_previous(c->place);
  return status;
}

void gl_checkpoint_begin(lua_State *L, gl_checkpoint *c, gibbs_training *engine, const gibbs_training_setup *setup,
                         const gibbs_training_options *options, const char *who) {
  const char *from;
  bool resume = push_resume(L, &from, who);
  gibbs_error err;
  if (!c->place && !from) return;
  gl_enter(L);
  check(L, gibbs_training_settings(setup, &c->settings, &err), &err, who);
  c->engine = engine;
  c->about = (gibbs_training_about){setup->parameters, setup->count, options, c->settings};
  if (resume && (from || gibbs_checkpoint_exists(c->place)))
    check(L, read_and_go_on(c, from, &err), &err, who);
  else
    check(L, begin_anew(c, &err), &err, who);
}

void gl_checkpoint_tell(lua_State *L, const gl_checkpoint *c) {
  if (c->engine) gl_fit_count(L, "resumed_at", c->resumed ? c->resumed_at : 0);
  if (!c->place) return;
  lua_pushstring(L, gibbs_checkpoint_path(c->place));
  lua_setfield(L, -2, "checkpoint");
}

void gl_checkpoint_close(gl_checkpoint *c) {
  gibbs_checkpoint_close(c->place);
  gibbs_value_free(c->settings);
  *c = (gl_checkpoint){.place = NULL};
}
