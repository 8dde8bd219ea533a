/* gl_family.c - makers of distributions: gibbs.boltzmann, and the families whose energy is written for you. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/distribution.h"
#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_lattice.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_state.h"

static int finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_distribution *made, const char *who,
                  gibbs_error *err) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
  box->self = made;
  gl_account(L, box, 4096);
  return 1;
}

/* Push option `name` of the table in argument 1 as an expression, or nil; returns its index. */
static int option_expr(lua_State *L, const char *who, const char *name, gibbs_expr **out) {
  *out = NULL;
  if (!gl_options_value(L, 1, name))
    lua_pushnil(L);
  else
    *out = gl_expr(L, lua_gettop(L), who, name);
  return lua_gettop(L);
}

/* ---- gibbs.boltzmann{energy =, visible =, hidden =} --------------------------------------------------------------
 */

static gibbs_expr **option_variables(lua_State *L, const char *who, const char *name, bool required, size_t *count) {
  *count = 0;
  if (required)
    gl_options_require(L, 1, who, name, "a variable made by gibbs.spins, bits, potts or reals, or a table of them");
  else if (!gl_options_value(L, 1, name))
    return NULL;
  return gl_expr_list(L, lua_gettop(L), who, name, true, count);
}

static const gl_option boltzmann_rows[] = {
    GL_VALUE_ROW("energy", "a scalar expression of the variables"),
    GL_VALUE_ROW("visible", "the visible variable, or a table of them"),
    GL_VALUE_ROW("hidden", "the hidden variable, or a table of them; none by default"), GL_END_ROW};

static int make_boltzmann(lua_State *L) {
  static const char who[] = "gibbs.boltzmann";
  gl_options_alone(L, who);
  gl_options_read(L, 1, who, boltzmann_rows, NULL);
  size_t visible_count, hidden_count;
  gl_options_require(L, 1, who, "energy", "a scalar expression of the variables");
  gibbs_expr *energy = gl_expr(L, lua_gettop(L), who, "energy");
  gibbs_expr **visible = option_variables(L, who, "visible", true, &visible_count);
  gibbs_expr **hidden = option_variables(L, who, "hidden", false, &hidden_count);
  gl_box *box = gl_box_new(L, &gl_distribution, 0);
  gibbs_error err;
  gibbs_distribution *made = NULL;
  gl_enter(L);
  gibbs_status status =
      gibbs_distribution_new("boltzmann", energy, visible, visible_count, hidden, hidden_count, &made, &err);
  return finish(L, box, status, made, who, &err);
}

/* ---- gibbs.ising{lattice =, J =, field =, visible =}
 * --------------------------------------------------------------- */

static const gl_option ising_rows[] = {
    GL_VALUE_ROW("lattice", "a lattice"),
    GL_VALUE_ROW("J", "the coupling: a number, one value a bond or one a direction"),
    GL_VALUE_ROW("field", "the field: a number or one value a site; 0 by default"),
    GL_VALUE_ROW("visible", "the spins; new ones of the lattice's shape when absent"), GL_END_ROW};

static int make_ising(lua_State *L) {
  static const char who[] = "gibbs.ising";
  gl_options_alone(L, who);
  gl_options_read(L, 1, who, ising_rows, NULL);
  gl_options_require(L, 1, who, "lattice", "a lattice, such as gibbs.lattice.square(4, 4)");
  gibbs_lattice *lattice = gl_test(L, -1, &gl_lattice);
  if (lattice == NULL)
    return gl_refuse_option(L, lua_gettop(L), who, "lattice", "a lattice, such as gibbs.lattice.square(4, 4)");
  gl_options_require(L, 1, who, "J", "a number, one value a bond or one a direction");
  gibbs_expr *coupling = gl_expr(L, lua_gettop(L), who, "J"), *field, *visible;
  option_expr(L, who, "field", &field);
  option_expr(L, who, "visible", &visible);
  gl_box *box = gl_box_new(L, &gl_distribution, 0);
  gibbs_error err;
  gibbs_distribution *made = NULL;
  gl_state *state = gl_enter(L);
  gibbs_status status = gibbs_ising_new(state->graph, lattice, coupling, field, visible, &made, &err);
  return finish(L, box, status, made, who, &err);
}

/* ---- gibbs.rbm{visible =, hidden =, W =, a =, b =, init =, normalised =}
 * --------------------------------------------- */

/* Push gibbs.parameter(name, shape, init); init is at `init` (0: none). */
static void push_parameter(lua_State *L, const char *name, size_t rows, size_t columns, int init) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  lua_getfield(L, -1, "fields");
  lua_getfield(L, -1, "parameter");
  lua_pushstring(L, name);
  lua_createtable(L, 2, 0);
  lua_pushinteger(L, (lua_Integer)rows);
  lua_rawseti(L, -2, 1);
  if (columns) {
    lua_pushinteger(L, (lua_Integer)columns);
    lua_rawseti(L, -2, 2);
  }
  if (init)
    lua_pushvalue(L, init);
  else
    lua_pushnil(L);
  lua_call(L, 3, 1);
  lua_replace(L, -4);
  lua_pop(L, 2);
}

/* Small random weights that restarts do not repeat: their spread is the minimiser's. */
static void push_random_weights(lua_State *L, size_t rows, size_t columns) {
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  lua_getfield(L, -1, "fields");
  lua_getfield(L, -1, "normal");
  lua_pushnumber(L, 0);
  lua_pushnumber(L, 0.1);
  lua_call(L, 2, 1);
  push_parameter(L, "W", rows, columns, lua_gettop(L));
  gibbs_expr *node = gl_test(L, -1, &gl_expression);
  gibbs_parameter_set_initial(gibbs_expr_as_parameter(node), (gibbs_initial){.kind = GIBBS_INITIAL_VALUES});
  lua_replace(L, -5);
  lua_pop(L, 3);
}

/* Of an option that is absent: W at random or as `init` says, biases 0. */
static void push_default(lua_State *L, const char *name, size_t rows, size_t columns) {
  if (columns == 0) {
    push_parameter(L, name, rows, 0, 0);
  } else if (gl_options_value(L, 1, "init")) {
    push_parameter(L, name, rows, columns, lua_gettop(L));
    lua_remove(L, -2);
  } else {
    push_random_weights(L, rows, columns);
  }
}

/* The tensor at `at` gets the parameter's shape: any shape of that size will do, and one number for all. */
static void shape_values(lua_State *L, int at, const char *who, const char *name, size_t rows, size_t columns) {
  gibbs_tensor *values = gl_tensor(L, at, who, name);
  size_t size = gibbs_tensor_size(values), expected = rows * (columns ? columns : 1);
  if (size != expected && size != 1)
    gl_fail(L, "%s: option '%s' holds %I values; it must hold %I", who, name, (lua_Integer)size,
            (lua_Integer)expected);
  if (size == 1) return;
  gibbs_shape shape = columns ? gibbs_shape_matrix(rows, columns) : gibbs_shape_vector(rows);
  gibbs_tensor *copy = gl_tensor_new(L, &shape);
  memcpy(gibbs_tensor_data(copy), gibbs_tensor_values(values), size * sizeof(double));
  gl_tensor_finish(L);
  lua_replace(L, at);
}

/* A parameter or another expression as it is; values, or a random start, become the start of a parameter. */
static gibbs_expr *weights_option(lua_State *L, const char *who, const char *name, size_t rows, size_t columns) {
  if (!gl_options_value(L, 1, name)) {
    push_default(L, name, rows, columns);
    return gl_test(L, -1, &gl_expression);
  }
  int at = lua_gettop(L);
  if (columns && gl_options_value(L, 1, "init"))
    gl_fail(L, "%s: options '%s' and 'init' both say how the weights start; give one of them", who, name);
  gibbs_expr *given = gl_test(L, at, &gl_expression);
  if (given && !gibbs_expr_as_constant(given)) return given;
  if (gl_test(L, at, &gl_initial) == NULL) shape_values(L, at, who, name, rows, columns);
  push_parameter(L, name, rows, columns, at);
  lua_replace(L, at);
  lua_settop(L, at);
  return gl_test(L, at, &gl_expression);
}

typedef struct rbm_options {
  bool normalised;
} rbm_options;

static const gl_option rbm_rows[] = {
    GL_VALUE_ROW("visible", "the visible units"),
    GL_VALUE_ROW("hidden", "the hidden units"),
    GL_VALUE_ROW("W", "weights, visible x hidden: an expression, or how a parameter starts, as for init"),
    GL_VALUE_ROW("a", "visible biases: an expression, or the start of a parameter (0)"),
    GL_VALUE_ROW("b", "hidden biases: an expression, or the start of a parameter (0)"),
    GL_VALUE_ROW("init", "how W starts: a number, a tensor, gibbs.normal or gibbs.uniform (normal(0, 0.1))"),
    GL_BOOLEAN_ROW(rbm_options, normalised, 0, "average over hidden states instead of summing"),
    GL_END_ROW};

static gibbs_expr *required_units(lua_State *L, const char *who, const char *name) {
  static const char legal[] = "a variable made by gibbs.spins, bits or potts, such as gibbs.spins(4)";
  gl_options_require(L, 1, who, name, legal);
  gibbs_expr *units = gl_test(L, -1, &gl_expression);
  if (units == NULL || gibbs_expr_as_variable(units) == NULL) gl_refuse_option(L, lua_gettop(L), who, name, legal);
  return units;
}

static int make_rbm(lua_State *L) {
  static const char who[] = "gibbs.rbm";
  rbm_options options;
  gl_options_alone(L, who);
  gl_options_read(L, 1, who, rbm_rows, &options);
  gibbs_expr *visible = required_units(L, who, "visible"), *hidden = required_units(L, who, "hidden");
  size_t n = gibbs_expr_size(visible), m = gibbs_expr_size(hidden);
  gibbs_expr *weights = weights_option(L, who, "W", n, m);
  gibbs_expr *visible_bias = weights_option(L, who, "a", n, 0);
  gibbs_expr *hidden_bias = weights_option(L, who, "b", m, 0);
  gl_box *box = gl_box_new(L, &gl_distribution, 0);
  gibbs_error err;
  gibbs_distribution *made = NULL;
  gl_enter(L);
  gibbs_status status =
      gibbs_rbm_new(visible, hidden, weights, visible_bias, hidden_bias, options.normalised, &made, &err);
  return finish(L, box, status, made, who, &err);
}

const luaL_Reg gl_family_functions[] = {
    {"boltzmann", make_boltzmann}, {"ising", make_ising}, {"rbm", make_rbm}, {NULL, NULL}};

const gl_option_table gl_family_tables[] = {{.who = "gibbs.boltzmann", .rows = boltzmann_rows},
                                            {.who = "gibbs.ising", .rows = ising_rows},
                                            {.who = "gibbs.rbm", .rows = rbm_rows},
                                            GL_END_TABLE};
