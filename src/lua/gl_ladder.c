/* gl_ladder.c - ladders of rungs: the option 'ladder', chains:ladder() and chains:select(rung). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_chains.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_options.h"
#include "gl_record.h"

static const char legal[] = "a list of scales of the energy, {1, 0.7, 0.5}, or a table {scale = list, name of a "
                            "parameter = its values a rung}";

/* A ladder under construction: its lists have room for every parameter. */
typedef struct making {
  lua_State *L;
  const char *who;
  gibbs_distribution *d;
  gibbs_ladder *ladder;
  gibbs_expr **parameters;
  const double **values;
} making;

static void take_rungs(making *m, size_t rungs, const char *name) {
  if (m->ladder->rungs != 0 && m->ladder->rungs != rungs)
    gl_fail(m->L, "%s: option 'ladder' has %I rungs of '%s' and %I of another; there must be as many", m->who,
            (lua_Integer)rungs, name, (lua_Integer)m->ladder->rungs);
  m->ladder->rungs = rungs;
}

static gibbs_expr *find_parameter(gibbs_distribution *d, const char *name) {
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_expr *node = gibbs_distribution_parameters(d)[k];
    if (strcmp(gibbs_parameter_name(gibbs_expr_as_parameter(node)), name) == 0) return node;
  }
  return NULL;
}

static void refuse_name(const making *m, const char *name) {
  gl_guess guess = gl_guess_of(name);
  gl_guess_offer(&guess, "scale");
  for (size_t k = 0; k < gibbs_distribution_parameter_count(m->d); k++)
    gl_guess_offer(&guess, gibbs_parameter_name(gibbs_expr_as_parameter(gibbs_distribution_parameters(m->d)[k])));
  gl_fail(m->L, "%s: option 'ladder' names '%s', which is neither 'scale' nor a parameter of the distribution%s",
          m->who, name, gl_guess_hint(m->L, &guess));
}

/* The tensor at `index` stays there. */
static void take_values(making *m, int index, const char *name) {
  const gibbs_tensor *tensor = gl_tensor(m->L, index, m->who, "ladder");
  const gibbs_shape *shape = gibbs_tensor_shape(tensor);
  bool scale = strcmp(name, "scale") == 0;
  gibbs_expr *node = scale ? NULL : find_parameter(m->d, name);
  if (!scale && node == NULL) refuse_name(m, name);
  size_t size = scale ? 1 : gibbs_expr_size(node), rungs = shape->rank > 0 ? shape->extent[0] : 1;
  if (gibbs_tensor_size(tensor) != rungs * size)
    gl_fail(m->L, "%s: option 'ladder' gives %I values of '%s' for %I rungs; there must be %I a rung", m->who,
            (lua_Integer)gibbs_tensor_size(tensor), name, (lua_Integer)rungs, (lua_Integer)size);
  take_rungs(m, rungs, name);
  if (scale) {
    m->ladder->scale = gibbs_tensor_values(tensor);
    return;
  }
  m->parameters[m->ladder->parameter_count] = node;
  m->values[m->ladder->parameter_count++] = gibbs_tensor_values(tensor);
}

/* Names and tensors are left on the stack, below the key that lua_next needs. */
static void take_table(making *m, int table) {
  lua_State *L = m->L;
  for (lua_pushnil(L); lua_next(L, table);) {
    luaL_checkstack(L, 12, "too many parameters");
    int key = lua_gettop(L) - 1;
    if (lua_type(L, key) != LUA_TSTRING) gl_refuse_option(L, table, m->who, "ladder", legal);
    take_values(m, key + 1, lua_tostring(L, key));
    lua_settop(L, key + 1);
    lua_pushvalue(L, key);
  }
}

const gibbs_ladder *gl_ladder_read(lua_State *L, int index, const char *who, gibbs_distribution *d) {
  if (!gl_options_value(L, index, "ladder")) return NULL;
  int value = lua_gettop(L);
  size_t room = gibbs_distribution_parameter_count(d) + 1;
  making m = {.L = L, .who = who, .d = d, .ladder = lua_newuserdatauv(L, sizeof(gibbs_ladder), 0)};
  m.parameters = lua_newuserdatauv(L, room * sizeof *m.parameters, 0);
  m.values = lua_newuserdatauv(L, room * sizeof *m.values, 0);
  *m.ladder = (gibbs_ladder){.parameters = m.parameters, .values = m.values};
  bool list = gl_test(L, value, &gl_expression) != NULL || (lua_istable(L, value) && lua_rawlen(L, value) > 0);
  if (!list && !lua_istable(L, value)) gl_refuse_option(L, value, who, "ladder", legal);
  if (list)
    take_values(&m, value, "scale");
  else
    take_table(&m, value);
  if (m.ladder->rungs == 0) gl_refuse_option(L, value, who, "ladder", legal);
  return m.ladder;
}

/* ---- methods ------------------------------------------------------------------------------------------------------
 */

/* chains:select(rung) -> chains: the rung that batch, set, mean and record speak of from now on; the first is 1 */
int gl_chains_select(lua_State *L) {
  static const char who[] = "chains:select";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 2, who);
  lua_Integer rung = gl_integer(L, 2, who, "rung", 1, (lua_Integer)gibbs_chains_rungs(set->chains));
  gibbs_chains_select(set->chains, (size_t)rung - 1);
  lua_settop(L, 1);
  return 1;
}

/* chains:ladder() -> {scale = tensor, acceptance = tensor of the swaps between neighbours, selected = rung} */
int gl_chains_ladder(lua_State *L) {
  static const char who[] = "chains:ladder";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 1, who);
  size_t rungs = gibbs_chains_rungs(set->chains);
  gibbs_shape shape = gibbs_shape_vector(rungs), between = gibbs_shape_vector(rungs > 1 ? rungs - 1 : 1);
  double *scale = gibbs_tensor_data(gl_tensor_new(L, &shape));
  double *acceptance = gibbs_tensor_data(gl_tensor_new(L, &between));
  gibbs_chains_ladder(set->chains, scale, acceptance);
  lua_createtable(L, 0, 3);
  lua_insert(L, -3);
  if (rungs > 1) {
    gl_tensor_finish(L);
    lua_setfield(L, -3, "acceptance");
  } else {
    lua_pop(L, 1);
  }
  gl_tensor_finish(L);
  lua_setfield(L, -2, "scale");
  lua_pushinteger(L, (lua_Integer)gibbs_chains_selected(set->chains) + 1);
  lua_setfield(L, -2, "selected");
  gl_record(L, "ladder", NULL);
  return 1;
}
