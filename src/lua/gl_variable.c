/* gl_variable.c - the leaves of expressions: gibbs.spins and its kin, gibbs.parameter and its initial values. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_parameter.h"
#include "gl_shape.h"
#include "gl_state.h"

/* ---- variables ---------------------------------------------------------------------------------------------------
 */

enum { MOST_STATES = 65535 };

static const char *optional_name(lua_State *L, int index, const char *who) {
  return lua_isnoneornil(L, index) ? NULL : gl_string(L, index, who, "name");
}

/* The core's variable belongs to this frame only between two calls that cannot raise. */
static gibbs_status make_variable(gl_state *state, const char *name, gibbs_domain domain, size_t states,
                                  const gibbs_shape *shape, gibbs_expr **out, gibbs_error *err) {
  gibbs_variable *variable;
  gibbs_status status = gibbs_variable_new(name, domain, states, shape, &variable, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_expr_variable(state->graph, variable, out, err);
  gibbs_variable_release(variable);
  return status;
}

/* A shape that is written as arguments: gibbs.spins(4, 4). */
static void refuse_lengths(lua_State *L, const char *who, int name_index) {
  if (lua_type(L, name_index) != LUA_TNUMBER) return;
  const char *more = name_index == 3 ? "({ 4, 4 }, 3)" : "{ 4, 4 }";
  gl_fail(L, "%s: argument 'name' is a number; a shape of several axes is a table: %s%s", who, who, more);
}

/* (shape, name?), and for Potts (shape, states, name?) */
static int new_variable(lua_State *L, gibbs_domain domain, const char *who) {
  int name_index = domain == GIBBS_POTTS ? 3 : 2;
  refuse_lengths(L, who, name_index);
  gl_at_most(L, name_index, who);
  gibbs_shape shape = gl_shape(L, 1, who, "shape");
  size_t states = domain == GIBBS_POTTS ? (size_t)gl_integer(L, 2, who, "states", 2, MOST_STATES) : 0;
  const char *name = optional_name(L, name_index, who);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = make_variable(gl_state_of(L), name, domain, states, &shape, &made, &err);
  return gl_expr_finish(L, box, status, made, &err);
}

#define MAKER(id, name, doc)                                                                                         \
  static int new_##id(lua_State *L) {                                                                                \
    return new_variable(L, GIBBS_##id, "gibbs." name);                                                               \
  }
GIBBS_DOMAIN_LIST(MAKER)
#undef MAKER

/* core.variable(value) -> "spins", the states of a unit (0: real numbers), the shape of its units, and what is equal
 * for one and the same variable; nothing for any other value */
int gl_variable_tell(lua_State *L) {
  const gibbs_expr *node = gl_test(L, 1, &gl_expression);
  const gibbs_variable *variable = node == NULL ? NULL : gibbs_expr_as_variable(node);
  if (variable == NULL) return 0;
  const gibbs_shape *shape = gibbs_variable_units_shape(variable);
  lua_pushstring(L, gibbs_domain_name(gibbs_variable_domain(variable)));
  lua_pushinteger(L, (lua_Integer)gibbs_variable_states(variable));
  lua_createtable(L, (int)shape->rank, 0);
  for (size_t a = 0; a < shape->rank; a++) {
    lua_pushinteger(L, (lua_Integer)shape->extent[a]);
    lua_rawseti(L, -2, (lua_Integer)a + 1);
  }
  lua_pushlightuserdata(L, (void *)(uintptr_t)variable);
  return 4;
}

/* ---- initial values
 * ------------------------------------------------------------------------------------------------ */

static void print_initial(lua_State *L, void *self, luaL_Buffer *text) {
  const gibbs_initial *initial = self;
  lua_pushfstring(L, "%s(%f, %f)", initial->kind == GIBBS_INITIAL_NORMAL ? "normal" : "uniform", initial->a,
                  initial->b);
  luaL_addvalue(text);
}

const gl_class gl_initial = {.name = "random start", .article = "a", .destroy = free, .print = print_initial};

static int push_initial(lua_State *L, gibbs_initial_kind kind, double a, double b) {
  gl_box *box = gl_box_new(L, &gl_initial, 0);
  gibbs_initial *initial = malloc(sizeof *initial);
  if (initial == NULL) return luaL_error(L, "not enough memory");
  *initial = (gibbs_initial){.kind = kind, .a = a, .b = b};
  box->self = initial;
  return 1;
}

/* gibbs.normal(mean?, sd?): 0 and 1 when absent */
static int initial_normal(lua_State *L) {
  static const char who[] = "gibbs.normal";
  gl_at_most(L, 2, who);
  double mean = lua_isnoneornil(L, 1) ? 0 : gl_number(L, 1, who, "mean");
  double sd = lua_isnoneornil(L, 2) ? 1 : gl_number_in(L, 2, who, "sd", 0, 1e300);
  return push_initial(L, GIBBS_INITIAL_NORMAL, mean, sd);
}

/* gibbs.uniform(low?, high?): 0 and 1 when absent */
static int initial_uniform(lua_State *L) {
  static const char who[] = "gibbs.uniform";
  gl_at_most(L, 2, who);
  double low = lua_isnoneornil(L, 1) ? 0 : gl_number(L, 1, who, "low");
  double high = lua_isnoneornil(L, 2) ? 1 : gl_number(L, 2, who, "high");
  if (low > high) gl_fail(L, "%s: argument 'high' is %f; it must be at least 'low', %f", who, high, low);
  return push_initial(L, GIBBS_INITIAL_UNIFORM, low, high);
}

/* ---- parameters
 * ------------------------------------------------------------------------------------------------------ */

/* The stream is addressed by the number of random tensors made before it in this script. */
static void draw(gl_state *state, gibbs_initial initial, double *values, size_t size) {
  gibbs_stream stream = gibbs_stream_open(state->seed, GIBBS_PURPOSE_INITIAL, state->drawn++, 0);
  for (size_t i = 0; i < size; i++)
    values[i] = initial.kind == GIBBS_INITIAL_NORMAL
                    ? initial.a + initial.b * gibbs_stream_normal(&stream)
                    : initial.a + (initial.b - initial.a) * gibbs_stream_uniform(&stream);
}

void gl_parameter_write(lua_State *L, gibbs_parameter *parameter, const gibbs_tensor *values, const char *who) {
  const gibbs_shape *shape = gibbs_parameter_shape(parameter), *given = gibbs_tensor_shape(values);
  size_t size = gibbs_parameter_size(parameter);
  double *to = gibbs_parameter_values(parameter);
  const double *from = gibbs_tensor_values(values);
  if (given->rank == 0) {
    for (size_t i = 0; i < size; i++) to[i] = from[0];
  } else if (gibbs_shape_equal(shape, given)) {
    memcpy(to, from, size * sizeof *to);
  } else {
    const char *from_shape = gl_shape_push_text(L, given), *to_shape = gl_shape_push_text(L, shape);
    gl_fail(L, "%s: the values are %s, but parameter '%s' is %s", who, from_shape, gibbs_parameter_name(parameter),
            to_shape);
  }
  gibbs_parameter_touch(parameter);
}

/* The values of a parameter whose node is already in a box: argument 3. */
static void initialise(lua_State *L, gibbs_parameter *parameter) {
  static const char who[] = "gibbs.parameter";
  const gibbs_initial *initial = gl_test(L, 3, &gl_initial);
  if (initial != NULL) {
    gibbs_parameter_set_initial(parameter, *initial);
    draw(gl_state_of(L), *initial, gibbs_parameter_values(parameter), gibbs_parameter_size(parameter));
    gibbs_parameter_touch(parameter);
  } else if (!lua_isnil(L, 3)) {
    gl_parameter_write(L, parameter, gl_tensor(L, 3, who, "init"), who);
  }
}

static gibbs_status make_parameter(gl_state *state, const char *name, const gibbs_shape *shape, gibbs_expr **out,
                                   gibbs_error *err) {
  gibbs_parameter *parameter;
  gibbs_status status = gibbs_parameter_new(name, shape, &parameter, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_expr_parameter(state->graph, parameter, out, err);
  gibbs_parameter_release(parameter);
  return status;
}

/* gibbs.parameter(name, shape?, init?): no shape means a single number; init is 0 when absent */
static int new_parameter(lua_State *L) {
  static const char who[] = "gibbs.parameter";
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  const char *name = gl_string(L, 1, who, "name");
  if (name[0] == '\0') gl_fail(L, "%s: argument 'name' is empty; results are listed by it", who);
  gibbs_shape shape = lua_isnil(L, 2) ? gibbs_shape_scalar() : gl_shape(L, 2, who, "shape");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = make_parameter(gl_state_of(L), name, &shape, &made, &err);
  gl_expr_finish(L, box, status, made, &err);
  initialise(L, gibbs_expr_as_parameter(made));
  return 1;
}

const luaL_Reg gl_variable_functions[] = {
#define ROW(id, name, doc) {name, new_##id},
    GIBBS_DOMAIN_LIST(ROW)
#undef ROW
        {"parameter", new_parameter},
    {"normal", initial_normal},
    {"uniform", initial_uniform},
    {NULL, NULL}};
