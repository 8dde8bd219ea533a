/* gl_expression.c - the class of expressions: arguments, results, and how they print. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_expression.h"

#include <stdio.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_operators.h"
#include "gl_shape.h"
#include "gl_state.h"

/* ---- printing ------------------------------------------------------------------------------------------------ */

enum { VALUES_SHOWN = 6, EXPRESSION_SHOWN = 60 };

static void push_tensor_text(lua_State *L, const gibbs_tensor *tensor) {
  const double *values = gibbs_tensor_values(tensor);
  size_t size = gibbs_tensor_size(tensor);
  gl_shape_push_text(L, gibbs_tensor_shape(tensor));
  const char *shape = lua_tostring(L, -1);
  if (size <= VALUES_SHOWN && gibbs_tensor_shape(tensor)->rank < 2) {
    lua_pushfstring(L, "tensor %s:", shape);
    for (size_t i = 0; i < size; i++) lua_pushfstring(L, " %f", values[i]);
    lua_concat(L, (int)size + 1);
  } else {
    double low = values[0], high = values[0], sum = 0;
    for (size_t i = 0; i < size; i++) {
      if (values[i] < low) low = values[i];
      if (values[i] > high) high = values[i];
      sum += values[i];
    }
    char text[160];
    snprintf(text, sizeof text, "tensor %s, %.4g..%.4g, mean %.4g", shape, low, high, sum / (double)size);
    lua_pushstring(L, text);
  }
  lua_remove(L, -2);
}

static void push_variable_text(lua_State *L, const gibbs_variable *variable) {
  const char *name = gibbs_variable_name(variable);
  gibbs_domain domain = gibbs_variable_domain(variable);
  gl_shape_push_text(L, gibbs_variable_units_shape(variable));
  lua_pushfstring(L, "%s%s%s %s", gibbs_domain_name(domain), name[0] != '\0' ? " " : "", name, lua_tostring(L, -1));
  if (domain == GIBBS_POTTS) {
    lua_pushfstring(L, "%s of %I states", lua_tostring(L, -1), (lua_Integer)gibbs_variable_states(variable));
    lua_remove(L, -2);
  }
  lua_remove(L, -2);
}

static void push_parameter_text(lua_State *L, const gibbs_parameter *parameter) {
  gl_shape_push_text(L, gibbs_parameter_shape(parameter));
  lua_pushfstring(L, "parameter %s %s", gibbs_parameter_name(parameter), lua_tostring(L, -1));
  lua_remove(L, -2);
}

static void push_expression_text(lua_State *L, const gibbs_expr *expr) {
  char text[EXPRESSION_SHOWN + 1];
  gibbs_expr_print(expr, text, sizeof text);
  gl_shape_push_text(L, gibbs_expr_shape(expr));
  lua_pushfstring(L, "expression %s: %s%s", lua_tostring(L, -1), text, strlen(text) == EXPRESSION_SHOWN ? "..." : "");
  lua_remove(L, -2);
}

/* "spins 4x4", pushed; `full` adds what an expression is made of and a tensor's values. */
static void push_text(lua_State *L, gibbs_expr *expr, bool full) {
  if (gibbs_expr_as_variable(expr) != NULL) {
    push_variable_text(L, gibbs_expr_as_variable(expr));
  } else if (gibbs_expr_as_parameter(expr) != NULL) {
    push_parameter_text(L, gibbs_expr_as_parameter(expr));
  } else if (full && gibbs_expr_as_constant(expr) != NULL) {
    push_tensor_text(L, gibbs_expr_as_constant(expr));
  } else if (full) {
    push_expression_text(L, expr);
  } else {
    gl_shape_push_text(L, gibbs_expr_shape(expr));
    lua_pushfstring(L, "%s %s", gibbs_expr_as_constant(expr) != NULL ? "tensor" : "expression", lua_tostring(L, -1));
    lua_remove(L, -2);
  }
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  push_text(L, self, true);
  luaL_addvalue(text);
}

/* "a parameter W 4x3", "an expression 4", "spins 4x4" */
static void describe(lua_State *L, void *self) {
  push_text(L, self, false);
  const char *text = lua_tostring(L, -1);
  const char *article = gibbs_expr_as_variable(self) != NULL ? "" : text[0] == 'e' ? "an " : "a ";
  lua_pushfstring(L, "%s%s", article, text);
  lua_remove(L, -2);
}

/* ---- arguments ------------------------------------------------------------------------------------------------ */

static void number_to_expression(lua_State *L, int index, const char *who, const char *name) {
  double value = gl_number(L, index, who, name);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_number(gl_state_of(L)->graph, value, &made, &err);
  gl_expr_finish(L, box, status, made, &err);
  lua_replace(L, index);
}

gibbs_expr *gl_expr(lua_State *L, int index, const char *who, const char *name) {
  index = lua_absindex(L, index);
  gibbs_expr *expr = gl_test(L, index, &gl_expression);
  if (expr != NULL) return expr;
  if (lua_type(L, index) == LUA_TNUMBER) {
    number_to_expression(L, index, who, name);
  } else if (lua_istable(L, index)) {
    gl_tensor_from_table(L, index, who, name);
    gl_tensor_finish(L);
    lua_replace(L, index);
  } else {
    gl_refuse(L, index, who, name, "an expression, a tensor or a number");
  }
  return gl_test(L, index, &gl_expression);
}

gibbs_expr *gl_expr_scalar(lua_State *L, int index, const char *who, const char *name) {
  gibbs_expr *expr = gl_expr(L, index, who, name);
  if (gibbs_expr_shape(expr)->rank != 0)
    gl_refuse(L, index, who, name, "a scalar: sum it with gibbs.sum, or pick an element");
  return expr;
}

gibbs_expr *gl_expr_variable(lua_State *L, int index, const char *who, const char *name) {
  gibbs_expr *expr = gl_test(L, index, &gl_expression);
  if (expr == NULL || gibbs_expr_as_variable(expr) == NULL)
    gl_refuse(L, index, who, name, "a variable, made by gibbs.spins, gibbs.bits, gibbs.potts or gibbs.reals");
  return expr;
}

gibbs_tensor *gl_tensor(lua_State *L, int index, const char *who, const char *name) {
  gibbs_tensor *tensor = gibbs_expr_as_constant(gl_expr(L, index, who, name));
  if (tensor == NULL) gl_refuse(L, index, who, name, "a tensor, a number or a nested table of numbers");
  return tensor;
}

/* Element i of the table at `index` becomes element i of the table below the top. */
static gibbs_expr *read_element(lua_State *L, int index, const char *who, const char *name, bool variables,
                                lua_Integer i) {
  if (lua_istable(L, index))
    lua_rawgeti(L, index, i);
  else
    lua_pushvalue(L, index);
  int top = lua_gettop(L);
  gibbs_expr *expr = variables ? gl_expr_variable(L, top, who, name) : gl_expr(L, top, who, name);
  lua_rawseti(L, -3, i);
  return expr;
}

gibbs_expr **gl_expr_list(lua_State *L, int index, const char *who, const char *name, bool variables, size_t *count) {
  index = lua_absindex(L, index);
  size_t n = lua_istable(L, index) ? (size_t)lua_rawlen(L, index) : 1;
  if (n == 0) gl_fail(L, "%s: '%s' is an empty table; give at least one", who, name);
  lua_createtable(L, (int)n, 0);
  gibbs_expr **list = lua_newuserdatauv(L, n * sizeof *list, 0);
  for (size_t i = 0; i < n; i++) list[i] = read_element(L, index, who, name, variables, (lua_Integer)i + 1);
  *count = n;
  return list;
}

/* ---- results --------------------------------------------------------------------------------------------------- */

gl_box *gl_expr_box(lua_State *L) {
  gl_enter(L);
  return gl_box_new(L, &gl_expression, 0);
}

/* About: the node and its place in the table of nodes, and a constant's values. */
void gl_expr_account(lua_State *L, gl_box *box) {
  enum { NODE_COST = 256 };
  const gibbs_expr *expr = box->self;
  gl_account(L, box, NODE_COST + (gibbs_expr_as_constant(expr) != NULL ? gibbs_expr_size(expr) * sizeof(double) : 0));
}

int gl_expr_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const gibbs_error *err) {
  gl_check(L, status, err);
  box->self = made;
  gl_expr_account(L, box);
  return 1;
}

int gl_expr_finish_operation(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const gibbs_expr *x,
                             const gibbs_expr *y, const gibbs_error *err) {
  bool constant = gibbs_expr_as_constant(x) != NULL && (y == NULL || gibbs_expr_as_constant(y) != NULL);
  gl_expr_finish(L, box, status, made, err);
  const gibbs_tensor *value = gibbs_expr_as_constant(made);
  if (constant && value != NULL && gibbs_tensor_shape(value)->rank == 0) {
    lua_pushnumber(L, gibbs_tensor_values(value)[0]);
    lua_replace(L, -2);
  }
  return 1;
}

void gl_expr_push(lua_State *L, gibbs_expr *borrowed) {
  gl_box *box = gl_box_new(L, &gl_expression, 0);
  box->self = gibbs_expr_retain(borrowed);
}

/* ---- the class --------------------------------------------------------------------------------------------------
 */

static void destroy(void *self) {
  gibbs_expr_release(self);
}

#define DECLARE(part) extern const luaL_Reg gl_##part##_methods[];
GL_EXPRESSION_PARTS(DECLARE)
#undef DECLARE

static const luaL_Reg *const parts[] = {
#define ROW(part) gl_##part##_methods,
    GL_EXPRESSION_PARTS(ROW)
#undef ROW
        NULL};

const gl_class gl_expression = {.name = "expression",
                                .article = "an",
                                .roles = "variable parameter tensor objective",
                                .more_methods = parts,
                                .meta = gl_expression_operators,
                                .index = gl_expression_index,
                                .destroy = destroy,
                                .print = print,
                                .describe = describe};
