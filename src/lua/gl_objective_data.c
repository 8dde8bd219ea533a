/* gl_objective_data.c - objectives of data, formulas of means and of parameters; and the list of all objectives. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_objective.h"

/* ---- of data and a model -----------------------------------------------------------------------------------------
 */

typedef gibbs_status (*data_functional)(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err);

static int functional_of_data(lua_State *L, const char *who, data_functional make) {
  gl_at_most(L, 2, who);
  gibbs_data *data = gl_test(L, 1, &gl_data);
  if (!data) return gl_refuse(L, 1, who, "data", "data made by gibbs.data");
  gibbs_distribution *q = gl_model(L, 2, who, "Q");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = make(data, q, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* gibbs.log_likelihood(data, Q) and so on */
#define DATA_FUNCTIONALS(ROW)                                                                                        \
  ROW(log_likelihood) ROW(pseudo_likelihood) ROW(ratio_matching) ROW(minimum_probability_flow) ROW(score_matching)
#define ROW(name)                                                                                                    \
  static int functional_##name(lua_State *L) {                                                                       \
    return functional_of_data(L, "gibbs." #name, gibbs_##name);                                                      \
  }
DATA_FUNCTIONALS(ROW)
#undef ROW

/* gibbs.moment_matching(P or data, Q, {f1, f2, ...}) */
static int moment_matching(lua_State *L) {
  static const char who[] = "gibbs.moment_matching";
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  gibbs_data *data = gl_test(L, 1, &gl_data);
  gibbs_distribution *p = gl_test(L, 1, &gl_distribution);
  if (!data && !p) return gl_refuse(L, 1, who, "P", "a distribution or data");
  gibbs_distribution *q = gl_model(L, 2, who, "Q");
  size_t count = 0;
  gibbs_expr **functions = gl_expr_list(L, 3, who, "functions", false, &count);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_moment_matching(p, data, q, functions, count, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* ---- of parameters ------------------------------------------------------------------------------------------------
 */

static size_t count_expressions(lua_State *L, int given, const char *who) {
  size_t count = 0;
  if (given == 0) gl_refuse(L, 1, who, "what", "parameters, or distributions for all of theirs");
  for (int i = 1; i <= given; i++) {
    const gibbs_distribution *d = gl_test(L, i, &gl_distribution);
    if (d == NULL) gl_expr(L, i, who, "what");
    count += d ? gibbs_distribution_parameter_count(d) : 1;
  }
  return count;
}

typedef gibbs_status (*penalty)(gibbs_expr *const exprs[], size_t count, gibbs_expr **out, gibbs_error *err);

static int penalty_of(lua_State *L, const char *who, penalty make) {
  int given = lua_gettop(L);
  size_t count = count_expressions(L, given, who), at = 0;
  gibbs_expr **nodes = lua_newuserdatauv(L, (count + 1) * sizeof(gibbs_expr *), 0);
  for (int i = 1; i <= given; i++) {
    const gibbs_distribution *d = gl_test(L, i, &gl_distribution);
    size_t some = d ? gibbs_distribution_parameter_count(d) : 1;
    gibbs_expr *one = d ? NULL : gl_test(L, i, &gl_expression);
    if (some > 0) memcpy(nodes + at, d ? gibbs_distribution_parameters(d) : &one, some * sizeof(gibbs_expr *));
    at += some;
  }
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = make(nodes, count, &made, &err);
  return gl_objective_finish(L, box, status, made, who, &err);
}

/* gibbs.l1(W, ...): the sum of |w|; of a distribution: of all its parameters */
static int penalty_l1(lua_State *L) {
  return penalty_of(L, "gibbs.l1", gibbs_l1);
}

/* gibbs.l2(W, ...): the sum of w^2 */
static int penalty_l2(lua_State *L) {
  return penalty_of(L, "gibbs.l2", gibbs_l2);
}

/* ---- all of them --------------------------------------------------------------------------------------------------
 */

static void add_objective(lua_State *L, const char *name, const char *doc) {
  lua_createtable(L, 0, 2);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "name");
  lua_pushstring(L, doc);
  lua_setfield(L, -2, "doc");
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

void gl_objectives_push(lua_State *L) {
  lua_newtable(L);
#define FUNCTIONAL(id, name, doc) add_objective(L, name, doc);
#define FORMULA(name, doc) add_objective(L, name, doc);
  GIBBS_FUNCTIONAL_LIST(FUNCTIONAL)
  GIBBS_FORMULA_LIST(FORMULA)
#undef FUNCTIONAL
#undef FORMULA
}

/* gibbs.objectives() -> {{name =, doc =}, ...}: a name that takes distributions or data has a row for each */
static int objectives(lua_State *L) {
  gl_at_most(L, 0, "gibbs.objectives");
  gl_objectives_push(L);
  return 1;
}

#define ROW(name) {#name, functional_##name},
const luaL_Reg gl_objective_data_functions[] = {DATA_FUNCTIONALS(ROW){"moment_matching", moment_matching},
                                                {"l1", penalty_l1},
                                                {"l2", penalty_l2},
                                                {"objectives", objectives},
                                                {NULL, NULL}};
#undef ROW
