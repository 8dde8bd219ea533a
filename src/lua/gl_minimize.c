/* gl_minimize.c - gibbs.minimize(objective, what, options) -> fit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_fit.h"
#include "gl_how.h"
#include "gl_interrupt.h"
#include "gl_module.h"
#include "gl_objective.h"
#include "gl_options.h"
#include "gl_parameters.h"
#include "gl_state.h"
#include "gl_training.h"
#include "gl_watch.h"

static const char who[] = "gibbs.minimize";

/* ---- options: of exact runs here, of runs on samples in gl_training.c; what belongs to the other kind is told apart
 * from what does not exist ------------------------------------------------------------------------------------ */

typedef struct settings {
  int method;
  gibbs_minimize_options core;
} settings;

static const char *const methods[] = {
#define X(id, name, doc) name,
    GIBBS_METHOD_LIST(X)
#undef X
        NULL};

#define INTEGER(field, initial, low, high, doc)                                                                      \
  {#field, GL_INTEGER, offsetof(settings, core.field), initial, low, high, NULL, doc},
#define REAL(field, initial, low, high, doc)                                                                         \
  {#field, GL_REAL, offsetof(settings, core.field), initial, low, high, NULL, doc},
static const gl_option rows[] = {
    GIBBS_MINIMIZE_OPTIONS(INTEGER, REAL) GL_CHOICE_ROW(settings, method, 0, methods, "how to go downhill"),
    GL_VALUE_ROW("estimate",
                 "gibbs.exact() (the default) or gibbs.transfer(); what samples makes it training on samples"),
    GL_VALUE_ROW("subject_to", "{objective, equals = 0}: kept equal to the number"),
    GL_VALUE_ROW("watch", "a function of the record of each step; one that gives false ends the run"), GL_END_ROW};
const gl_option_table gl_minimize_tables[] = {{.who = "gibbs.minimize", .when = "exact gradients", .rows = rows},
                                              GL_END_TABLE};
#undef INTEGER
#undef REAL

static bool has_row(const gl_option list[], const char *name) {
  while (list->name && strcmp(list->name, name) != 0) list++;
  return list->name != NULL;
}

static bool has_word(const char *const words[], const char *word) {
  while (*words && strcmp(*words, word) != 0) words++;
  return *words != NULL;
}

typedef struct kind {
  const gl_option *rows;
  const char *const *methods;
  const char *name, *change; /* of the runs; how to get one */
} kind;
static const kind exact_kind = {rows, methods, "exact gradients", "leave 'estimate' out, or use gibbs.exact()"};
static const kind sampled_kind = {gl_training_rows, gl_training_methods, "training on samples",
                                  "say how to sample: estimate = gibbs.pcd{}"};

/* Options and methods that only the other kind of run has. */
static void refuse_others(lua_State *L, const kind *mine, const kind *other) {
  if (!lua_istable(L, 3)) return;
  for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    const char *name = lua_tostring(L, -2);
    if (!has_row(mine->rows, name) && has_row(other->rows, name))
      gl_fail(L, "%s: option '%s' is for %s, and this is %s; %s", who, name, other->name, mine->name, other->change);
    if (strcmp(name, "method") != 0 || lua_type(L, -1) != LUA_TSTRING) continue;
    const char *word = lua_tostring(L, -1);
    if (!has_word(mine->methods, word) && has_word(other->methods, word))
      gl_fail(L, "%s: method '%s' is for %s, and this is %s; %s", who, word, other->name, mine->name, other->change);
  }
}

/* ---- the result
 * ------------------------------------------------------------------------------------------------------------ */

static void destroy_minimum(void *self) {
  gibbs_minimum_clear(self);
}
static const gl_class gl_minimum = {.name = "minimum", .article = "a", .destroy = destroy_minimum};

static void push_step(lua_State *L, const void *record) {
  const gibbs_step *step = record;
  lua_createtable(L, 0, 5);
  gl_fit_count(L, "start", step->start + 1);
  gl_fit_count(L, "step", step->step);
  gl_fit_number(L, "value", step->value);
  gl_fit_number(L, "gradient_norm", step->gradient_norm);
  gl_fit_number(L, "constraint", step->constraint);
}

static void push_history(lua_State *L, const gibbs_minimum *minimum) {
  lua_createtable(L, (int)minimum->history_length, 0);
  for (size_t k = 0; k < minimum->history_length; k++) {
    push_step(L, &minimum->history[k]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
}

static gibbs_status watch_step(void *watch, const gibbs_step *step, gibbs_error *err) {
  return gl_watch_step(watch, step, err);
}

static void push_verdict(lua_State *L, gibbs_verdict verdict) {
  static const char *const names[] = {
#define X(id, text) #id,
      GIBBS_VERDICT_LIST(X)
#undef X
  };
  gl_fit_verdict(L, names[verdict]);
  lua_pushstring(L, gibbs_verdict_text(verdict));
  lua_setfield(L, -2, "reason");
}

static void push_stopped(lua_State *L) {
  gl_fit_verdict(L, "STOPPED");
  lua_pushstring(L, gibbs_training_end_text(GIBBS_TRAINING_END_STOPPED));
  lua_setfield(L, -2, "reason");
}

static void push_fit(lua_State *L, const gibbs_minimum *minimum, bool constrained, bool stopped) {
  lua_createtable(L, 0, 20);
  gl_fit_number(L, "value", minimum->value);
  gl_fit_number(L, "gradient_norm", minimum->gradient_norm);
  if (constrained) gl_fit_number(L, "constraint", minimum->constraint);
  if (constrained) gl_fit_number(L, "multiplier", minimum->multiplier);
  lua_pushboolean(L, minimum->converged);
  lua_setfield(L, -2, "converged");
  push_verdict(L, minimum->verdict);
  if (stopped) push_stopped(L);
  lua_pushboolean(L, minimum->curvature_known);
  lua_setfield(L, -2, "curvature_known");
  if (minimum->curvature_known) gl_fit_number(L, "lowest_curvature", minimum->lowest_curvature);
  if (minimum->curvature_known) gl_fit_count(L, "flat_directions", minimum->flat_directions);
  gl_fit_count(L, "steps", minimum->steps);
  gl_fit_count(L, "evaluations", minimum->evaluations);
  gl_fit_count(L, "starts", minimum->starts);
  gl_fit_count(L, "agreed", minimum->agreed);
  gl_fit_count(L, "best_start", minimum->best_start + 1);
  push_history(L, minimum);
  lua_setfield(L, -2, "history");
  gl_fit_finish(L);
}

/* ---- the call
 * ------------------------------------------------------------------------------------------------------------------
 */

static bool depends_on_any(const gibbs_objective *objective, const gl_chosen *list) {
  for (size_t k = 0; objective && k < gibbs_objective_parameter_count(objective); k++)
    for (size_t i = 0; i < list->count; i++)
      if (gibbs_objective_parameters(objective)[k] == list->nodes[i]) return true;
  return false;
}

/* A run that cannot change anything would end at once, and call it a minimum. */
static void check_dependence(lua_State *L, const gibbs_objective *objective, const gibbs_objective *constraint,
                             const gl_chosen *list) {
  if (depends_on_any(objective, list) || depends_on_any(constraint, list)) return;
  gl_fail(
      L,
      "%s: the objective depends on none of the parameters that are varied; vary those of the model that it is about",
      who);
}

static void minimize_exactly(lua_State *L, const gl_chosen *list, const gl_how *how) {
  static const char advice[] = "estimate = gibbs.pcd{} (or gibbs.chains{}) among the options";
  settings options;
  double level = 0;
  refuse_others(L, &exact_kind, &sampled_kind);
  gl_options_read(L, 3, who, rows, &options);
  options.core.method = (gibbs_method)options.method;
  if (!gl_options_value(L, 3, "seed")) options.core.seed = gl_state_of(L)->seed;
  gibbs_objective *objective = gl_objective_push_by(L, 1, how, who, "objective", advice), *constraint = NULL;
  if (gl_constraint_read(L, 3, &level, who))
    constraint = gl_objective_push_by(L, lua_gettop(L), how, who, "subject_to", advice);
  check_dependence(L, objective, constraint, list);
  gl_box *box = gl_box_new(L, &gl_minimum, 1);
  gibbs_minimum *minimum = lua_newuserdatauv(L, sizeof *minimum, 0);
  memset(minimum, 0, sizeof *minimum);
  gl_box_depend(L, -2, 1, -1); /* the box clears it and outlives it not */
  gibbs_error err;
  bool watched = gl_watch_read(L, 3, who);
  gl_watch watch = gl_watch_begin(L, 3, push_step);
  gibbs_status status = gibbs_objective_minimize(objective, constraint, level, list->nodes, list->count,
                                                 &options.core, watched ? watch_step : NULL, &watch, minimum, &err);
  gl_watch_end(&watch);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = minimum;
  push_fit(L, minimum, constraint != NULL, watch.stop);
  if (minimum->verdict == GIBBS_VERDICT_INTERRUPTED && !watch.stop)
    gl_interrupt(L, -1, who, "after %I evaluations; the parameters are the best that were found",
                 (lua_Integer)minimum->evaluations);
}

static void minimize_on_samples(lua_State *L, const gl_chosen *list, const gl_how *how) {
  gl_training_settings options;
  refuse_others(L, &sampled_kind, &exact_kind);
  gl_options_read(L, 3, who, gl_training_rows, &options);
  gl_training *run = gl_training_push(L, how, &options, list->nodes, list->count, who);
  check_dependence(L, run->objective, run->constraint, list);
  gl_training_run(L, run, who);
  gl_training_finish(L, run, who);
}

static int minimize(lua_State *L) {
  gibbs_expr *room[256];
  gl_chosen list = {.nodes = room, .room = sizeof room / sizeof room[0]};
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  gl_choose_all(L, &list, 2, who);
  if (list.count == 0) return gl_fail(L, "%s: there are no parameters to vary in %s", who, gl_describe(L, 2));
  const gl_how *how = gl_options_value(L, 3, "estimate") ? gl_how_option(L, lua_gettop(L), who) : NULL;
  if (how && !gl_how_transfer(how))
    minimize_on_samples(L, &list, how);
  else
    minimize_exactly(L, &list, how);
  return 1;
}

const luaL_Reg gl_minimize_functions[] = {{"minimize", minimize}, {NULL, NULL}};
