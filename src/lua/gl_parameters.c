/* gl_parameters.c - which parameters are meant: those of distributions, or parameters themselves. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_parameters.h"

#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"

static void choose(lua_State *L, gl_chosen *list, gibbs_expr *node, const char *who) {
  for (size_t k = 0; k < list->count; k++)
    if (list->nodes[k] == node) return;
  if (list->count == list->room) gl_fail(L, "%s: more than %I parameters", who, (lua_Integer)list->room);
  list->nodes[list->count++] = node;
}

static bool is_parameter(lua_State *L, int index) {
  const gibbs_expr *node = gl_test(L, index, &gl_expression);
  return node != NULL && gibbs_expr_as_parameter(node) != NULL;
}

static bool choose_value(lua_State *L, gl_chosen *list, int index, const char *who) {
  gibbs_distribution *d = gl_test(L, index, &gl_distribution);
  for (size_t k = 0; d && k < gibbs_distribution_parameter_count(d); k++)
    choose(L, list, gibbs_distribution_parameters(d)[k], who);
  if (!d && !is_parameter(L, index)) return false;
  if (!d) choose(L, list, gl_test(L, index, &gl_expression), who);
  return true;
}

void gl_choose_all(lua_State *L, gl_chosen *list, int index, const char *who) {
  static const char legal[] = "a distribution, a parameter, or a table of them";
  if (choose_value(L, list, index, who)) return;
  if (lua_type(L, index) != LUA_TTABLE) gl_refuse(L, index, who, "what", legal);
  lua_Integer count = (lua_Integer)lua_rawlen(L, index);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    if (!choose_value(L, list, lua_gettop(L), who)) gl_refuse(L, lua_gettop(L), who, "what", legal);
    lua_pop(L, 1);
  }
}

bool gl_is_choice(lua_State *L, int index) {
  return lua_type(L, index) == LUA_TTABLE || gl_test(L, index, &gl_distribution) || is_parameter(L, index);
}

void gl_refuse_same_names(lua_State *L, gibbs_expr *const nodes[], size_t count, const char *who) {
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < k; i++) {
      const char *name = gibbs_parameter_name(gibbs_expr_as_parameter(nodes[k]));
      if (strcmp(name, gibbs_parameter_name(gibbs_expr_as_parameter(nodes[i]))) == 0)
        gl_fail(L, "%s: two parameters are called '%s'; say by which to differentiate: obj:gradient(how, Q)", who,
                name);
    }
}
