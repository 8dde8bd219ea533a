/* gl_tensor.c - arrays between Lua and C: gibbs.tensor, and reading values out of tensors and parameters. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_parameter.h"
#include "gl_shape.h"
#include "gl_state.h"

/* ---- holders: tensors that are not an expression yet ----------------------------------------------------------- */

static void destroy_holder(void *self) {
  gibbs_tensor_release(self);
}

static const gl_class gl_holder = {.name = "array", .article = "an", .destroy = destroy_holder};

gl_box *gl_tensor_holder(lua_State *L) {
  return gl_box_new(L, &gl_holder, 0);
}

gibbs_tensor *gl_tensor_new(lua_State *L, const gibbs_shape *shape) {
  gl_box *holder = gl_tensor_holder(L);
  gibbs_error err;
  gibbs_tensor *tensor = NULL;
  gl_check(L, gibbs_tensor_new(shape, &tensor, &err), &err);
  holder->self = tensor;
  return tensor;
}

void gl_tensor_finish(lua_State *L) {
  gl_box *holder = lua_touserdata(L, -1);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_constant(gl_state_of(L)->graph, holder->self, &made, &err);
  if (status == GIBBS_OK) {
    gibbs_tensor_release(holder->self); /* the expression has it now; do not wait for the collector */
    holder->self = NULL;
  }
  gl_expr_finish(L, box, status, made, &err);
  lua_remove(L, -2);
}

void gl_tensor_finish_value(lua_State *L) {
  const gibbs_tensor *tensor = gl_test(L, -1, &gl_holder);
  if (gibbs_tensor_shape(tensor)->rank != 0) {
    gl_tensor_finish(L);
    return;
  }
  lua_pushnumber(L, gibbs_tensor_values(tensor)[0]);
  lua_replace(L, -2);
}

/* ---- nested tables to tensors -----------------------------------------------------------------------------------
 */

/* What a reading of a nested table carries along. */
typedef struct table_reading {
  lua_State *L;
  const char *who, *name;
  gibbs_shape shape;
  double *next; /* where the next number goes */
} table_reading;

static void refuse_element(const table_reading *r, const char *legal) {
  gl_fail(r->L, "%s: argument '%s' holds %s; it must hold %s", r->who, r->name, gl_describe(r->L, -1), legal);
}

/* The shape is that of the first elements, all the way down. */
static void measure_table(table_reading *r, int index) {
  lua_State *L = r->L;
  int top = lua_gettop(L);
  luaL_checkstack(L, GIBBS_MAX_RANK + 4, r->who);
  lua_pushvalue(L, index);
  while (lua_istable(L, -1)) {
    lua_Unsigned n = lua_rawlen(L, -1);
    if (n == 0) gl_fail(L, "%s: argument '%s' holds an empty table; a tensor has no empty axis", r->who, r->name);
    if (r->shape.rank == GIBBS_MAX_RANK)
      gl_fail(L, "%s: argument '%s' is nested deeper than %d tables", r->who, r->name, GIBBS_MAX_RANK);
    r->shape.extent[r->shape.rank++] = (size_t)n;
    lua_rawgeti(L, -1, 1);
  }
  lua_settop(L, top);
}

/* The value on the top of the stack is the table or number at depth `axis`. */
static void copy_level(table_reading *r, size_t axis) {
  lua_State *L = r->L;
  if (axis == r->shape.rank) {
    if (lua_type(L, -1) != LUA_TNUMBER) refuse_element(r, "numbers only, nested to the same depth everywhere");
    double value = lua_tonumber(L, -1);
    if (!isfinite(value)) refuse_element(r, "finite numbers");
    *r->next++ = value;
    return;
  }
  if (!lua_istable(L, -1)) refuse_element(r, "numbers only, nested to the same depth everywhere");
  size_t n = (size_t)lua_rawlen(L, -1), expected = r->shape.extent[axis];
  if (n != expected)
    gl_fail(L, "%s: argument '%s' is not rectangular: one row has %I elements, the first has %I", r->who, r->name,
            (lua_Integer)n, (lua_Integer)expected);
  for (size_t i = 1; i <= n; i++) {
    lua_rawgeti(L, -1, (lua_Integer)i);
    copy_level(r, axis + 1);
    lua_pop(L, 1);
  }
}

gibbs_tensor *gl_tensor_from_table(lua_State *L, int index, const char *who, const char *name) {
  index = lua_absindex(L, index);
  table_reading r = {.L = L, .who = who, .name = name, .shape = gibbs_shape_scalar()};
  measure_table(&r, index);
  gibbs_tensor *tensor = gl_tensor_new(L, &r.shape);
  r.next = gibbs_tensor_data(tensor);
  lua_pushvalue(L, index);
  copy_level(&r, 0);
  lua_pop(L, 1);
  return tensor;
}

/* gibbs.tensor(table or number) -> tensor */
static int tensor_make(lua_State *L) {
  gl_at_most(L, 1, "gibbs.tensor");
  gl_tensor(L, 1, "gibbs.tensor", "values");
  lua_settop(L, 1);
  return 1;
}

/* ---- tensors to nested tables ------------------------------------------------------------------------------------
 */

static const double *push_level(lua_State *L, const gibbs_shape *shape, size_t axis, const double *values) {
  if (axis == shape->rank) {
    lua_pushnumber(L, *values);
    return values + 1;
  }
  size_t n = shape->extent[axis];
  lua_createtable(L, n < INT32_MAX ? (int)n : 0, 0);
  for (size_t i = 1; i <= n; i++) {
    values = push_level(L, shape, axis + 1, values);
    lua_rawseti(L, -2, (lua_Integer)i);
  }
  return values;
}

void gl_tensor_push_table(lua_State *L, const gibbs_shape *shape, const double *values) {
  luaL_checkstack(L, GIBBS_MAX_RANK + 4, "tensor");
  push_level(L, shape, 0, values);
}

/* ---- methods ------------------------------------------------------------------------------------------------------
 */

/* The values of a tensor or of a parameter; raises for other expressions. */
static const double *values_of(lua_State *L, gibbs_expr *expr, const char *who) {
  const gibbs_tensor *tensor = gibbs_expr_as_constant(expr);
  if (tensor != NULL) return gibbs_tensor_values(tensor);
  gibbs_parameter *parameter = gibbs_expr_as_parameter(expr);
  if (parameter == NULL)
    gl_fail(L, "%s: %s has no values of its own; only tensors and parameters have", who, gl_describe(L, 1));
  return gibbs_parameter_values(parameter);
}

static size_t read_index(lua_State *L, const char *who, size_t axis, size_t extent) {
  int whole = 0;
  int index = (int)axis + 2;
  lua_Integer i = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &whole) : 0;
  if (!whole) gl_fail(L, "%s: index %d is %s; it must be an integer", who, (int)axis + 1, gl_describe(L, index));
  if (i < 1 || i > (lua_Integer)extent)
    gl_fail(L, "%s: index %d is %I; it must lie in [1, %I]", who, (int)axis + 1, i, (lua_Integer)extent);
  return (size_t)i - 1;
}

/* x:get(i, j) -> the number there */
static int tensor_get(lua_State *L) {
  static const char who[] = "tensor:get";
  gibbs_expr *expr = gl_self(L, &gl_expression, who);
  const double *values = values_of(L, expr, who);
  const gibbs_shape *shape = gibbs_expr_shape(expr);
  int given = lua_gettop(L) - 1; /* before gl_describe pushes anything */
  if ((size_t)given != shape->rank)
    gl_fail(L, "%s: %d indices given; %s takes %d", who, given, gl_describe(L, 1), (int)shape->rank);
  size_t offset = 0;
  for (size_t axis = 0; axis < shape->rank; axis++)
    offset = offset * shape->extent[axis] + read_index(L, who, axis, shape->extent[axis]);
  lua_pushnumber(L, values[offset]);
  return 1;
}

/* x:table() -> a copy of the values as nested tables */
static int tensor_table(lua_State *L) {
  gibbs_expr *expr = gl_self(L, &gl_expression, "tensor:table");
  gl_at_most(L, 1, "tensor:table");
  gl_tensor_push_table(L, gibbs_expr_shape(expr), values_of(L, expr, "tensor:table"));
  return 1;
}

/* parameter:tensor() -> a copy of the present values; of a tensor: itself */
static int tensor_tensor(lua_State *L) {
  gibbs_expr *expr = gl_self(L, &gl_expression, "parameter:tensor");
  gl_at_most(L, 1, "parameter:tensor");
  const double *values = values_of(L, expr, "parameter:tensor");
  if (gibbs_expr_as_constant(expr) != NULL) return 1;
  gibbs_tensor *copy = gl_tensor_new(L, gibbs_expr_shape(expr));
  memcpy(gibbs_tensor_data(copy), values, gibbs_expr_size(expr) * sizeof *values);
  gl_tensor_finish(L);
  return 1;
}

/* parameter:set(values): a tensor or table of its shape, or one number for all; gives the parameter */
static int parameter_set(lua_State *L) {
  static const char who[] = "parameter:set";
  gibbs_parameter *parameter = gibbs_expr_as_parameter(gl_self(L, &gl_expression, who));
  gl_at_most(L, 2, who);
  if (parameter == NULL) gl_fail(L, "%s: %s cannot be changed; only parameters can", who, gl_describe(L, 1));
  const gibbs_tensor *values = gl_tensor(L, 2, who, "values");
  gl_parameter_write(L, parameter, values, who);
  lua_settop(L, 1);
  return 1;
}

/* x:shape() -> {4, 3} */
static int tensor_shape(lua_State *L) {
  gibbs_expr *expr = gl_self(L, &gl_expression, "expression:shape");
  gl_at_most(L, 1, "expression:shape");
  gl_shape_push(L, gibbs_expr_shape(expr));
  return 1;
}

/* x:name() -> the name of a variable or parameter, or "" */
static int tensor_name(lua_State *L) {
  gibbs_expr *expr = gl_self(L, &gl_expression, "expression:name");
  const gibbs_parameter *parameter = gibbs_expr_as_parameter(expr);
  const gibbs_variable *variable = gibbs_expr_as_variable(expr);
  lua_pushstring(L, parameter != NULL  ? gibbs_parameter_name(parameter)
                    : variable != NULL ? gibbs_variable_name(variable)
                                       : "");
  return 1;
}

const luaL_Reg gl_tensor_methods[] = {{"get", tensor_get},
                                      {"table", tensor_table},
                                      {"tensor", tensor_tensor},
                                      {"set", parameter_set},
                                      {"shape", tensor_shape},
                                      {"name", tensor_name},
                                      {NULL, NULL}};

const luaL_Reg gl_tensor_functions[] = {{"tensor", tensor_make}, {NULL, NULL}};
