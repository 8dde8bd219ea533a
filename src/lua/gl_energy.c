/* gl_energy.c - gibbs.lua_energy: an energy that is a Lua function of one configuration. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_options.h"

static const char who[] = "gibbs.lua_energy";

/* The core counts references to `callback`; the last one frees the whole. */
typedef struct lua_energy {
  gibbs_callback callback;
  gl_state *state;
  int function; /* reference in the registry */
  size_t count;
  gibbs_variable *variables[];
} lua_energy;

typedef struct energy_call {
  const lua_energy *energy;
  const double *values;
  double result;
} energy_call;

/* ---- one evaluation
 * ------------------------------------------------------------------------------------------------- */

/* The state 1..q of the indicators. */
static double state_of(const double *indicators, size_t states) {
  for (size_t s = 0; s < states; s++)
    if (indicators[s] > 0.5) return (double)(s + 1);
  return 0;
}

static void push_states(lua_State *L, const gibbs_variable *variable, const double *values) {
  size_t units = gibbs_variable_units(variable), states = gibbs_variable_states(variable);
  double *numbers = lua_newuserdatauv(L, units * sizeof *numbers, 0);
  for (size_t u = 0; u < units; u++) numbers[u] = state_of(values + u * states, states);
  gl_tensor_push_table(L, gibbs_variable_units_shape(variable), numbers);
  lua_remove(L, -2);
}

static void push_configuration(lua_State *L, const gibbs_variable *variable, const double *values) {
  if (gibbs_variable_domain(variable) == GIBBS_POTTS)
    push_states(L, variable, values);
  else
    gl_tensor_push_table(L, gibbs_variable_units_shape(variable), values);
}

static int call_energy(lua_State *L) {
  energy_call *call = lua_touserdata(L, 1);
  const lua_energy *energy = call->energy;
  const double *values = call->values;
  luaL_checkstack(L, (int)energy->count + 4, who);
  lua_rawgeti(L, LUA_REGISTRYINDEX, energy->function);
  for (size_t k = 0; k < energy->count; k++) {
    push_configuration(L, energy->variables[k], values);
    values += gibbs_variable_size(energy->variables[k]);
  }
  lua_call(L, (int)energy->count, 1);
  if (lua_type(L, -1) != LUA_TNUMBER)
    return gl_fail(L, "%s: the function gave %s; it must give a number", who, gl_describe(L, -1));
  call->result = lua_tonumber(L, -1);
  return 0;
}

static gibbs_status compute(void *payload, const double *values, double *out, gibbs_error *err) {
  const lua_energy *energy = payload;
  energy_call call = {.energy = energy, .values = values};
  gibbs_status status = gl_callback_run(energy->state, call_energy, &call, err);
  if (status == GIBBS_OK) *out = call.result;
  return status;
}

/* ---- making one
 * ------------------------------------------------------------------------------------------------------- */

static void release(void *payload) {
  lua_energy *energy = payload;
  if (energy->function != LUA_NOREF) gl_callback_forget(energy->state, energy->function);
  for (size_t k = 0; k < energy->count; k++) gibbs_variable_release(energy->variables[k]);
  free(energy);
}

static void destroy_energy(void *self) {
  gibbs_callback_release(self);
}

/* Owns the energy until the expression does. */
static const gl_class gl_energy_holder = {.name = "lua_energy", .article = "a", .destroy = destroy_energy};

/* Pushes a holder; the function's reference is not there yet. */
static lua_energy *new_energy(lua_State *L, gibbs_expr *const variables[], size_t count) {
  gl_box *holder = gl_box_new(L, &gl_energy_holder, 0);
  lua_energy *energy = malloc(sizeof *energy + count * sizeof energy->variables[0]);
  if (energy == NULL) {
    luaL_error(L, "not enough memory");
    return NULL;
  }
  energy->callback = (gibbs_callback){.references = 1, .payload = energy, .call = compute, .release = release};
  energy->state = gl_state_of(L);
  energy->function = LUA_NOREF;
  energy->count = count;
  for (size_t k = 0; k < count; k++)
    energy->variables[k] = gibbs_variable_retain(gibbs_expr_as_variable(variables[k]));
  holder->self = &energy->callback;
  return energy;
}

/* One table of the variables that options `visible` and `hidden` name, pushed. */
static void push_variables(lua_State *L) {
  static const char *const options[] = {"visible", "hidden"};
  lua_newtable(L);
  for (int i = 0; i < 2; i++) {
    if (!gl_options_value(L, 1, options[i])) continue;
    size_t count;
    gl_expr_list(L, -1, who, options[i], true, &count);
    lua_pop(L, 1); /* the table of boxes is below the block */
    for (lua_Integer k = 1; k <= (lua_Integer)count; k++) {
      lua_rawgeti(L, -1, k);
      lua_rawseti(L, -4, luaL_len(L, -4) + 1);
    }
    lua_pop(L, 2);
  }
}

static const gl_option energy_rows[] = {
    GL_VALUE_ROW("visible", "the variable, or a table of variables, that the energy is a function of"),
    GL_VALUE_ROW("hidden", "more of them"), GL_VALUE_ROW("energy", "a function of the values: a number"), GL_END_ROW};

/* gibbs.lua_energy{ visible = v, hidden = h, energy = function(s, t) ... end } -> a scalar expression.  The function
 * gets a nested table of numbers for each variable, Potts units as their state 1..q. */
static int energy_make(lua_State *L) {
  gl_at_most(L, 1, who);
  gl_table(L, 1, who, "options");
  gl_options_read(L, 1, who, energy_rows, NULL);
  gl_options_require(L, 1, who, "energy", "a function of the variables' values");
  if (!lua_isfunction(L, -1)) gl_refuse_option(L, -1, who, "energy", "a function of the variables' values");
  int function = lua_gettop(L);
  size_t count;
  gl_options_require(L, 1, who, "visible", "a variable or a table of variables");
  push_variables(L);
  gibbs_expr **variables = gl_expr_list(L, -1, who, "visible", true, &count);
  lua_energy *energy = new_energy(L, variables, count);
  energy->function = gl_callback_keep(L, function);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_callback(energy->state->graph, &energy->callback, variables, count, &made, &err);
  return gl_expr_finish(L, box, status, made, &err);
}

const luaL_Reg gl_energy_functions[] = {{"lua_energy", energy_make}, {NULL, NULL}};

const gl_option_table gl_energy_tables[] = {{.who = "gibbs.lua_energy", .rows = energy_rows}, GL_END_TABLE};
