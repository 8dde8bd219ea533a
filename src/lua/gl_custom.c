/* gl_custom.c - gibbs.objective{value =, weight =, model =, target =}: an objective from its value and functional
 * derivative. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/objective.h"
#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_record.h"

static const char who[] = "gibbs.objective";

typedef struct custom {
  gl_state *state;
  int value, weight; /* references of the two functions */
} custom;

/* One call of either function. */
typedef struct request {
  const custom *objective;
  const gibbs_states *states;
  int function;
  double *out;
  bool weights;
} request;

static void push_states(lua_State *L, const double *values, size_t count, double scale, double shift) {
  gibbs_shape shape = gibbs_shape_vector(count);
  gibbs_tensor *tensor = gl_tensor_new(L, &shape);
  double *out = gibbs_tensor_data(tensor);
  for (size_t s = 0; s < count; s++) out[s] = scale * values[s] + shift;
  gl_tensor_finish(L);
}

/* {H =, F =, log_P =, P =}: over all states, state 1 first, or over samples */
static void push_side(lua_State *L, const double *hamiltonian, const double *probability, double free_energy,
                      size_t count) {
  lua_createtable(L, 0, 6);
  push_states(L, hamiltonian, count, 1, 0);
  lua_setfield(L, -2, "H");
  push_states(L, hamiltonian, count, -1, free_energy);
  lua_setfield(L, -2, "log_P");
  push_states(L, probability, count, 1, 0);
  lua_setfield(L, -2, "P");
  lua_pushnumber(L, free_energy);
  lua_setfield(L, -2, "F");
}

static void push_context(lua_State *L, const gibbs_states *states) {
  push_side(L, states->hamiltonian, states->probability, states->free_energy, states->count);
  if (states->target_hamiltonian) {
    push_side(L, states->target_hamiltonian, states->target_probability, states->target_free_energy, states->count);
    gl_record(L, "target's states", NULL);
    lua_setfield(L, -2, "target");
  }
  gl_record(L, "states", NULL);
}

static void take_weights(lua_State *L, const request *call) {
  gibbs_tensor *tensor = gl_tensor(L, lua_gettop(L), who, "weight");
  size_t size = gibbs_tensor_size(tensor), count = call->states->count;
  if (size != count && size != 1)
    gl_fail(L, "%s: weight gave %I values; it must give one a state, %I", who, (lua_Integer)size, (lua_Integer)count);
  for (size_t s = 0; s < count; s++) {
    call->out[s] = gibbs_tensor_values(tensor)[size == 1 ? 0 : s];
    if (!isfinite(call->out[s])) gl_fail(L, "%s: weight gave %f at state %I", who, call->out[s], (lua_Integer)s + 1);
  }
}

static int call_body(lua_State *L) {
  request *call = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, call->function);
  push_context(L, call->states);
  lua_call(L, 1, 1);
  if (call->weights) {
    take_weights(L, call);
    return 0;
  }
  if (lua_type(L, -1) != LUA_TNUMBER)
    return gl_fail(L, "%s: value gave %s; it must give a number", who, gl_describe(L, -1));
  *call->out = lua_tonumber(L, -1);
  return 0;
}

static gibbs_status call_value(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  const custom *objective = payload;
  request call = {.objective = objective, .states = states, .function = objective->value, .out = out};
  return gl_callback_run(objective->state, call_body, &call, err);
}

static gibbs_status call_weight(void *payload, const gibbs_states *states, double *out, gibbs_error *err) {
  const custom *objective = payload;
  request call = {
      .objective = objective, .states = states, .function = objective->weight, .out = out, .weights = true};
  return gl_callback_run(objective->state, call_body, &call, err);
}

static void release_custom(void *payload) {
  custom *objective = payload;
  gl_callback_forget(objective->state, objective->value);
  gl_callback_forget(objective->state, objective->weight);
  free(objective);
}

static int keep_function(lua_State *L, const char *name) {
  gl_options_require(L, 1, who, name, "a function of the states");
  if (lua_type(L, -1) != LUA_TFUNCTION) gl_refuse_option(L, lua_gettop(L), who, name, "a function of the states");
  return lua_gettop(L);
}

static gibbs_distribution *option_model(lua_State *L, const char *name, bool required) {
  if (!gl_options_value(L, 1, name)) {
    if (required) gl_options_require(L, 1, who, name, "the distribution whose parameters are to be found");
    return NULL;
  }
  gibbs_distribution *d = gl_test(L, -1, &gl_distribution);
  if (!d) gl_refuse_option(L, lua_gettop(L), who, name, "a distribution");
  return d;
}

static const gl_option objective_rows[] = {
    GL_VALUE_ROW("value", "function(c) -> number"),
    GL_VALUE_ROW("weight", "function(c) -> tensor: dL/dH(v), one value a state"),
    GL_VALUE_ROW("model", "the distribution whose H it is a functional of"),
    GL_VALUE_ROW("target", "another distribution over the same states (optional)"), GL_END_ROW};

/* gibbs.objective{...} -> a scalar.  Both functions see c = {H, F, log_P, P, target = {H, F, log_P, P}}, tensors over
 * all states, or over samples, whose P sum to 1 as well. */
static int make_objective(lua_State *L) {
  gl_options_alone(L, who);
  gl_options_read(L, 1, who, objective_rows, NULL);
  int value = keep_function(L, "value"), weight = keep_function(L, "weight");
  gibbs_distribution *model = option_model(L, "model", true), *target = option_model(L, "target", false);
  gl_box *box = gl_expr_box(L);
  custom *payload = malloc(sizeof *payload);
  if (!payload) return luaL_error(L, "not enough memory");
  *payload = (custom){.state = gl_state_of(L), .value = LUA_NOREF, .weight = LUA_NOREF};
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_custom functions = {
      .payload = payload, .value = call_value, .weight = call_weight, .release = release_custom};
  gibbs_status status = gibbs_custom_functional(target, model, functions, &made, &err);
  if (status == GIBBS_OK) {
    box->self = made; /* owned from here on: keeping a function may raise */
    payload->value = gl_callback_keep(L, value);
    payload->weight = gl_callback_keep(L, weight);
    return 1;
  }
  gibbs_error_prefix(&err, who);
  return gl_expr_finish(L, box, status, made, &err);
}

const luaL_Reg gl_custom_functions[] = {{"objective", make_objective}, {NULL, NULL}};

const gl_option_table gl_custom_tables[] = {{.who = "gibbs.objective", .rows = objective_rows}, GL_END_TABLE};
