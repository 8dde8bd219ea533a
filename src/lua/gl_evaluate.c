/* gl_evaluate.c - the numbers behind expressions: e:value() without variables, e:at(v, values, ...) with them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/batch.h"
#include "gibbs/program.h"

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_objective.h"
#include "gl_shape.h"
#include "gl_state.h"

static bool holds(lua_State *L, gibbs_expr *e, gibbs_leaf_kind kind) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_error err;
  gl_check(L, gibbs_expr_leaves(&e, 1, kind, &leaves, &count, &err), &err);
  free(leaves);
  return count > 0;
}

static void check(lua_State *L, gibbs_status status, gibbs_error *err, const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
}

/* e:value() -> a number or tensor, with the present values of the parameters; objectives give an estimate */
static int evaluate_value(lua_State *L) {
  static const char who[] = "expression:value";
  gibbs_expr *e = gl_self(L, &gl_expression, who);
  if (holds(L, e, GIBBS_LEAF_FUNCTIONAL)) return gl_objective_value(L);
  gl_at_most(L, 1, who);
  if (holds(L, e, GIBBS_LEAF_VARIABLE))
    return gl_fail(L,
                   "%s: %s depends on variables, which have no values here; e:at(v, values) gives them some, and "
                   "Q:mean(e) is its mean in a distribution",
                   who, gl_describe(L, 1));
  gl_box *holder = gl_tensor_holder(L);
  gibbs_error err;
  gibbs_tensor *value = NULL;
  gl_enter(L);
  check(L, gibbs_expr_value(e, &value, &err), &err, who);
  holder->self = value;
  gl_tensor_finish_value(L);
  return 1;
}

/* Variable k and its values are arguments 2k + 2 and 2k + 3. */
static void set_variable(lua_State *L, gibbs_batch *batch, size_t k, gibbs_expr *node, const char *who) {
  int index = 2 * (int)k + 3;
  const gibbs_variable *variable = gibbs_expr_as_variable(node);
  const gibbs_tensor *values = gl_tensor(L, index, who, "values");
  size_t units = gibbs_variable_units(variable);
  if (gibbs_tensor_size(values) != units) {
    const char *shape = gl_shape_push_text(L, gibbs_tensor_shape(values));
    gl_fail(L, "%s: the values are %s, but the variable is %s", who, shape, gl_describe(L, index - 1));
  }
  gibbs_error err;
  check(L, gibbs_batch_set(batch, k, gibbs_tensor_values(values), units, &err), &err, who);
}

/* e:at(v, values, h, values, ...) -> the value of e at one configuration */
static int evaluate_at(lua_State *L) {
  static const char who[] = "expression:at";
  gibbs_expr *e = gl_self(L, &gl_expression, who);
  int given = lua_gettop(L) - 1;
  if (given == 0 || given % 2 != 0)
    gl_fail(L, "%s: %d arguments given; it takes variables and their values in turn: e:at(v, values)", who, given);
  size_t count = (size_t)given / 2;
  luaL_checkstack(L, 16, who);
  gibbs_expr **variables = lua_newuserdatauv(L, count * sizeof *variables, 0);
  for (size_t k = 0; k < count; k++) variables[k] = gl_expr_variable(L, 2 * (int)k + 2, who, "variable");
  gl_box *box = gl_box_new(L, &gl_batch, 0);
  gibbs_error err;
  gibbs_batch *batch = NULL;
  check(L, gibbs_batch_new(variables, count, 1, &batch, &err), &err, who);
  box->self = batch;
  for (size_t k = 0; k < count; k++) set_variable(L, batch, k, variables[k], who);
  gibbs_tensor *value = gl_tensor_new(L, gibbs_expr_shape(e));
  gl_enter(L);
  check(L, gibbs_batch_evaluate(batch, e, gibbs_tensor_data(value), &err), &err, who);
  gl_tensor_finish_value(L);
  return 1;
}

/* core.substitute(e, variable, replacement) -> e with the variable replaced by an expression of its shape */
int gl_evaluate_substitute(lua_State *L) {
  static const char who[] = "core.substitute";
  gibbs_expr *e = gl_expr(L, 1, who, "e"), *from = gl_expr_variable(L, 2, who, "variable");
  gibbs_expr *to = gl_expr(L, 3, who, "replacement"), *made = NULL;
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_status status = gibbs_expr_substitute(e, &from, &to, 1, &made, &err);
  return gl_expr_finish(L, box, status, made, &err);
}

/* e:shape() -> a list of its extents, {} for a scalar */
static int evaluate_shape(lua_State *L) {
  static const char who[] = "expression:shape";
  const gibbs_shape *shape = gibbs_expr_shape(gl_self(L, &gl_expression, who));
  gl_at_most(L, 1, who);
  lua_createtable(L, (int)shape->rank, 0);
  for (size_t a = 0; a < shape->rank; a++) {
    lua_pushinteger(L, (lua_Integer)shape->extent[a]);
    lua_rawseti(L, -2, (lua_Integer)a + 1);
  }
  return 1;
}

const luaL_Reg gl_evaluate_methods[] = {
    {"value", evaluate_value}, {"at", evaluate_at}, {"shape", evaluate_shape}, {NULL, NULL}};
