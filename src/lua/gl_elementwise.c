/* gl_elementwise.c - arithmetic and functions, element by element, from the rows of gibbs/ops.def; and the refusals
 * of what Lua would do silently wrong. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_operators.h"
#include "gl_state.h"

/* ---- functions of one argument: gibbs.exp(x) and x:exp() ---------------------------------------------------------
 */

static int apply_unary(lua_State *L, gibbs_op op, const char *who) {
  gl_at_most(L, 1, who);
  gibbs_expr *x = gl_expr(L, 1, who, "x");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_unary(op, x, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

static int apply_binary(lua_State *L, gibbs_op op, const char *who) {
  lua_settop(L, 2);
  gibbs_expr *a = gl_expr(L, 1, who, "left"), *b = gl_expr(L, 2, who, "right");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_binary(op, a, b, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, a, b, &err);
}

#define GIBBS_OP_UNARY(id, name, ...)                                                                                \
  static int unary_##id(lua_State *L) {                                                                              \
    return apply_unary(L, GIBBS_OP_##id, "gibbs." name);                                                             \
  }
#define GIBBS_OP_BINARY(id, name, ...)                                                                               \
  static int binary_##id(lua_State *L) {                                                                             \
    return apply_binary(L, GIBBS_OP_##id, name);                                                                     \
  }
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY

#define GIBBS_OP_UNARY(id, name, ...) {name, unary_##id},
#define GIBBS_OP_BINARY(id, name, ...)
const luaL_Reg gl_elementwise_methods[] = {
#include "gibbs/ops.def"
    {NULL, NULL}};
const luaL_Reg gl_elementwise_functions[] = {
#include "gibbs/ops.def"
    {NULL, NULL}};
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY

/* ---- operators
 * ----------------------------------------------------------------------------------------------------- */

/* __unm is called with the operand twice. */
static int negate(lua_State *L) {
  lua_settop(L, 1);
  return apply_unary(L, GIBBS_OP_NEG, "-x");
}

static int length(lua_State *L) {
  const gibbs_expr *x = gl_self(L, &gl_expression, "#x");
  const gibbs_shape *shape = gibbs_expr_shape(x);
  if (shape->rank == 0) gl_fail(L, "#x: %s has no length: it is a scalar", gl_describe(L, 1));
  lua_pushinteger(L, (lua_Integer)shape->extent[0]);
  return 1;
}

/* The same node, or tensors with the same values; whether two other expressions are equal is not known when they are
 * written. */
static int equal(lua_State *L) {
  const gibbs_expr *a = gl_test(L, 1, &gl_expression), *b = gl_test(L, 2, &gl_expression);
  const gibbs_tensor *x = a != NULL ? gibbs_expr_as_constant(a) : NULL;
  const gibbs_tensor *y = b != NULL ? gibbs_expr_as_constant(b) : NULL;
  if (a == b) {
    lua_pushboolean(L, 1);
  } else if (x != NULL && y != NULL) {
    bool same = gibbs_shape_equal(gibbs_tensor_shape(x), gibbs_tensor_shape(y)) &&
                memcmp(gibbs_tensor_values(x), gibbs_tensor_values(y), gibbs_tensor_size(x) * sizeof(double)) == 0;
    lua_pushboolean(L, same);
  } else {
    return gl_fail(L,
                   "%s == %s: the values of expressions are not known when they are written; write the condition "
                   "with gibbs.step or gibbs.relu, or compare numbers",
                   gl_describe(L, 1), gl_describe(L, 2));
  }
  return 1;
}

static int refuse_order(lua_State *L) {
  return gl_fail(L,
                 "%s < %s: expressions have no order when they are written; write the condition with gibbs.step, "
                 "gibbs.relu or gibbs.abs (math.max(x, 0) is gibbs.relu(x)), or compare numbers",
                 gl_describe(L, 1), gl_describe(L, 2));
}

static int refuse_concatenation(lua_State *L) {
  return gl_fail(L, "%s .. %s: an expression is no text; use tostring(x)", gl_describe(L, 1), gl_describe(L, 2));
}

static int refuse_operator(lua_State *L) {
  return gl_fail(L, "this operator is not defined for %s; there are + - * / ^ and the functions of gibbs",
                 gl_describe(L, gl_test(L, 1, &gl_expression) != NULL ? 1 : 2));
}

const luaL_Reg gl_expression_operators[] = {{"__add", binary_ADD},
                                            {"__sub", binary_SUB},
                                            {"__mul", binary_MUL},
                                            {"__div", binary_DIV},
                                            {"__pow", binary_POW},
                                            {"__unm", negate},
                                            {"__len", length},
                                            {"__eq", equal},
                                            {"__lt", refuse_order},
                                            {"__le", refuse_order},
                                            {"__concat", refuse_concatenation},
                                            {"__mod", refuse_operator},
                                            {"__idiv", refuse_operator},
                                            {"__band", refuse_operator},
                                            {"__bor", refuse_operator},
                                            {"__bxor", refuse_operator},
                                            {"__shl", refuse_operator},
                                            {"__shr", refuse_operator},
                                            {"__bnot", refuse_operator},
                                            {NULL, NULL}};
