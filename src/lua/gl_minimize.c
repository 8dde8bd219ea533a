/* gl_minimize.c - gibbs.minimize(objective, what, options) -> fit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_how.h"
#include "gl_module.h"
#include "gl_objective.h"
#include "gl_options.h"
#include "gl_record.h"
#include "gl_state.h"

static const char who[] = "gibbs.minimize";

/* ---- options: the rows of the core, and what only Lua knows
 * ------------------------------------------------------------ */

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
static const gl_option rows[] = {GIBBS_MINIMIZE_OPTIONS(INTEGER, REAL)
                                     GL_CHOICE_ROW(settings, method, 0, methods, "how"),
                                 GL_VALUE_ROW("estimate", "how to estimate: gibbs.exact()"),
                                 GL_VALUE_ROW("subject_to", "{objective, equals = number}: kept equal"), GL_END_ROW};
#undef INTEGER
#undef REAL

/* ---- what is varied: the parameters of distributions, or parameters themselves
 * -------------------------------------------- */

typedef struct chosen {
  gibbs_expr **nodes; /* borrowed, in a block of Lua's memory */
  size_t count, room;
} chosen;

static void choose(lua_State *L, chosen *list, gibbs_expr *node) {
  for (size_t k = 0; k < list->count; k++)
    if (list->nodes[k] == node) return;
  if (list->count == list->room) gl_fail(L, "%s: more than %I parameters", who, (lua_Integer)list->room);
  list->nodes[list->count++] = node;
}

static bool choose_value(lua_State *L, chosen *list, int index) {
  gibbs_distribution *d = gl_test(L, index, &gl_distribution);
  gibbs_expr *node = gl_test(L, index, &gl_expression);
  if (d)
    for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++)
      choose(L, list, gibbs_distribution_parameters(d)[k]);
  else if (node && gibbs_expr_as_parameter(node))
    choose(L, list, node);
  else
    return false;
  return true;
}

static void choose_all(lua_State *L, chosen *list, int index) {
  static const char legal[] = "a distribution, a parameter, or a table of them";
  if (choose_value(L, list, index)) return;
  if (lua_type(L, index) != LUA_TTABLE) gl_refuse(L, index, who, "what", legal);
  lua_Integer count = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    if (!choose_value(L, list, lua_gettop(L))) gl_refuse(L, lua_gettop(L), who, "what", legal);
    lua_pop(L, 1);
  }
}

/* ---- the result
 * ------------------------------------------------------------------------------------------------------------ */

static void destroy_minimum(void *self) {
  gibbs_minimum_clear(self);
}
static const gl_class gl_minimum = {.name = "minimum", .article = "a", .destroy = destroy_minimum};

static void set_number(lua_State *L, const char *name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

static void set_count(lua_State *L, const char *name, uint64_t value) {
  lua_pushinteger(L, (lua_Integer)value);
  lua_setfield(L, -2, name);
}

static void push_history(lua_State *L, const gibbs_minimum *minimum) {
  lua_createtable(L, (int)minimum->history_length, 0);
  for (size_t k = 0; k < minimum->history_length; k++) {
    const gibbs_step *step = &minimum->history[k];
    lua_createtable(L, 0, 5);
    set_count(L, "start", step->start + 1);
    set_count(L, "step", step->step);
    set_number(L, "value", step->value);
    set_number(L, "gradient_norm", step->gradient_norm);
    set_number(L, "constraint", step->constraint);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
}

/* Lower-case names of the verdicts: "converged", "runaway", ... */
static void push_verdict(lua_State *L, gibbs_verdict verdict) {
  static const char *const names[] = {
#define X(id, text) #id,
      GIBBS_VERDICT_LIST(X)
#undef X
  };
  char name[32];
  size_t i = 0;
  for (; names[verdict][i] && i + 1 < sizeof name; i++)
    name[i] =
        (char)(names[verdict][i] >= 'A' && names[verdict][i] <= 'Z' ? names[verdict][i] + 32 : names[verdict][i]);
  lua_pushlstring(L, name, i);
}

static int fit_print(lua_State *L) {
  lua_getfield(L, 1, "reason");
  lua_getfield(L, 1, "steps");
  lua_getfield(L, 1, "value");
  lua_pushfstring(L, "fit: value %f after %I steps: %s", lua_tonumber(L, -1), lua_tointeger(L, -2),
                  lua_tostring(L, -3));
  return 1;
}

static void push_fit(lua_State *L, const gibbs_minimum *minimum, bool constrained) {
  lua_createtable(L, 0, 20);
  set_number(L, "value", minimum->value);
  set_number(L, "gradient_norm", minimum->gradient_norm);
  if (constrained) set_number(L, "constraint", minimum->constraint);
  if (constrained) set_number(L, "multiplier", minimum->multiplier);
  lua_pushboolean(L, minimum->converged);
  lua_setfield(L, -2, "converged");
  push_verdict(L, minimum->verdict);
  lua_setfield(L, -2, "verdict");
  lua_pushstring(L, gibbs_verdict_text(minimum->verdict));
  lua_setfield(L, -2, "reason");
  lua_pushboolean(L, minimum->curvature_known);
  lua_setfield(L, -2, "curvature_known");
  if (minimum->curvature_known) set_number(L, "lowest_curvature", minimum->lowest_curvature);
  if (minimum->curvature_known) set_count(L, "flat_directions", minimum->flat_directions);
  set_count(L, "steps", minimum->steps);
  set_count(L, "evaluations", minimum->evaluations);
  set_count(L, "starts", minimum->starts);
  set_count(L, "agreed", minimum->agreed);
  set_count(L, "best_start", minimum->best_start + 1);
  push_history(L, minimum);
  lua_setfield(L, -2, "history");
  static const luaL_Reg meta[] = {{"__tostring", fit_print}, {NULL, NULL}};
  gl_record(L, "fit", meta);
}

/* ---- the call
 * ------------------------------------------------------------------------------------------------------------------
 */

/* subject_to = {objective, equals = number}: pushes the plan, or nothing. */
static gibbs_objective *push_constraint(lua_State *L, double *level) {
  static const char legal[] = "a table {objective, equals = number}";
  if (!gl_options_value(L, 3, "subject_to")) return NULL;
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
  return gl_objective_push(L, lua_gettop(L), who, "subject_to");
}

static int minimize(lua_State *L) {
  settings options;
  gibbs_expr *room[256];
  chosen list = {.nodes = room, .room = sizeof room / sizeof room[0]};
  double level = 0;
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  choose_all(L, &list, 2);
  gl_options_read(L, 3, who, rows, &options);
  if (gl_options_value(L, 3, "estimate"))
    gl_how_exact_option(
        L, lua_gettop(L), who,
        "gradients are exact sums so far; chains estimate values of means, gibbs.mean(Q, f):value(how)");
  if (list.count == 0) return gl_fail(L, "%s: there are no parameters to vary in %s", who, gl_describe(L, 2));
  options.core.method = (gibbs_method)options.method;
  if (!gl_options_value(L, 3, "seed")) options.core.seed = gl_state_of(L)->seed;
  gibbs_objective *objective = gl_objective_push(L, 1, who, "objective");
  gibbs_objective *constraint = push_constraint(L, &level);
  gl_box *box = gl_box_new(L, &gl_minimum, 1);
  gibbs_minimum *minimum = lua_newuserdatauv(L, sizeof *minimum, 0);
  memset(minimum, 0, sizeof *minimum);
  gl_box_depend(L, -2, 1, -1); /* the box clears it and outlives it not */
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gibbs_objective_minimize(objective, constraint, level, list.nodes, list.count, &options.core,
                                                 NULL, NULL, minimum, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = minimum;
  push_fit(L, minimum, constraint != NULL);
  return 1;
}

const luaL_Reg gl_minimize_functions[] = {{"minimize", minimize}, {NULL, NULL}};
