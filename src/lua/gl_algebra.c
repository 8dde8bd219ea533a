/* gl_algebra.c - operations with shapes: sums, products of tensors, elements, shifts, bonds of a lattice,
 * derivatives. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/batch.h"
#include "gibbs/distribution.h"
#include "gibbs/program.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_lattice.h"
#include "gl_module.h"
#include "gl_operators.h"
#include "gl_shape.h"
#include "gl_state.h"

/* ---- sums and products ------------------------------------------------------------------------------------------
 */

/* gibbs.sum(x, axis?) and x:sum(axis?): all elements, or along one axis, which disappears */
static int algebra_sum(lua_State *L) {
  static const char who[] = "gibbs.sum";
  gl_at_most(L, 2, who);
  gibbs_expr *x = gl_expr(L, 1, who, "x");
  bool whole = lua_isnoneornil(L, 2);
  lua_Integer rank = (lua_Integer)gibbs_expr_shape(x)->rank;
  if (!whole && rank == 0) gl_fail(L, "%s: argument 'axis' is given, but %s has no axes", who, gl_describe(L, 1));
  lua_Integer axis = whole ? 1 : gl_integer(L, 2, who, "axis", 1, rank);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status =
      whole ? gibbs_expr_sum(x, &made, &err) : gibbs_expr_sum_axis(x, (size_t)axis - 1, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

typedef gibbs_status (*pair_operation)(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err);

static int apply_pair(lua_State *L, pair_operation operation, const char *who) {
  gl_at_most(L, 2, who);
  lua_settop(L, 2);
  gibbs_expr *a = gl_expr(L, 1, who, "a"), *b = gl_expr(L, 2, who, "b");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = operation(a, b, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, a, b, &err);
}

static gibbs_status multiply(gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err) {
  return gibbs_expr_matmul(a, false, b, false, out, err);
}

/* a:dot(b): the sum of the products; W:mul(h): matrix times vector or matrix; gibbs.outer(v, h): all products */
static int algebra_dot(lua_State *L) {
  return apply_pair(L, gibbs_expr_dot, "gibbs.dot");
}
static int algebra_mul(lua_State *L) {
  return apply_pair(L, multiply, "gibbs.mul");
}
static int algebra_outer(lua_State *L) {
  return apply_pair(L, gibbs_expr_outer, "gibbs.outer");
}

typedef gibbs_status (*single_operation)(gibbs_expr *x, gibbs_expr **out, gibbs_error *err);

static int apply_single(lua_State *L, single_operation operation, const char *who) {
  gl_at_most(L, 1, who);
  gibbs_expr *x = gl_expr(L, 1, who, "x");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = operation(x, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

/* W:t(): the transpose of a matrix; x:logsumexp(): along the last axis, which disappears */
static int algebra_transpose(lua_State *L) {
  return apply_single(L, gibbs_expr_transpose, "matrix:t");
}
static int algebra_logsumexp(lua_State *L) {
  return apply_single(L, gibbs_expr_logsumexp, "gibbs.logsumexp");
}

/* ---- elements and layout ------------------------------------------------------------------------------------------
 */

/* x[i], i from 1 along the first axis, which disappears */
int gl_expression_index(lua_State *L) {
  static const char who[] = "x[i]";
  gibbs_expr *x = gl_self(L, &gl_expression, who);
  const gibbs_shape *shape = gibbs_expr_shape(x);
  if (shape->rank == 0) gl_fail(L, "%s: %s has no elements: it is a scalar", who, gl_describe(L, 1));
  int whole = 0;
  lua_Integer i = lua_type(L, 2) == LUA_TNUMBER ? lua_tointegerx(L, 2, &whole) : 0;
  lua_Integer extent = (lua_Integer)shape->extent[0];
  if (!whole || i < 1 || i > extent)
    gl_fail(L, "%s: index %s of %s; it must be an integer in [1, %I]", who, gl_describe(L, 2), gl_describe(L, 1),
            extent);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_element(x, (size_t)i - 1, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

/* x:shift{1, 0}: the element at site k is the one at k + offset, periodic */
static int algebra_shift(lua_State *L) {
  static const char who[] = "expression:shift";
  gibbs_expr *x = gl_self(L, &gl_expression, who);
  gl_at_most(L, 2, who);
  gl_table(L, 2, who, "offset");
  size_t rank = gibbs_expr_shape(x)->rank, count = (size_t)lua_rawlen(L, 2);
  if (count == 0 || count > rank)
    gl_fail(L, "%s: argument 'offset' has %d numbers; %s takes 1 to %d, one for each axis", who, (int)count,
            gl_describe(L, 1), (int)rank);
  long offset[GIBBS_MAX_RANK];
  for (size_t axis = 0; axis < count; axis++) {
    lua_rawgeti(L, 2, (lua_Integer)axis + 1);
    offset[axis] = (long)gl_integer(L, -1, who, "offset", -1000000000, 1000000000);
    lua_pop(L, 1);
  }
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_shift(x, offset, count, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

/* x:reshape{4, 4}: the same elements in the same (row-major) order */
static int algebra_reshape(lua_State *L) {
  static const char who[] = "expression:reshape";
  gibbs_expr *x = gl_self(L, &gl_expression, who);
  gl_at_most(L, 2, who);
  gibbs_shape shape = gl_shape(L, 2, who, "shape");
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_expr_reshape(x, &shape, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, x, NULL, &err);
}

/* gibbs.bonds(v, lattice): the sum over the lattice's bonds of the product of the ends */
static int algebra_bonds(lua_State *L) {
  static const char who[] = "gibbs.bonds";
  gl_at_most(L, 2, who);
  gibbs_expr *v = gl_expr(L, 1, who, "v");
  const gibbs_lattice *lattice = gl_object(L, 2, who, "lattice", &gl_lattice);
  gl_box *box = gl_expr_box(L);
  gibbs_error err;
  gibbs_expr *made = NULL;
  gibbs_status status = gibbs_bonds(v, lattice, &made, &err);
  return gl_expr_finish_operation(L, box, status, made, v, NULL, &err);
}

/* ---- derivatives
 * ---------------------------------------------------------------------------------------------------- */

/* The boxes of the derivatives are in a table on the top of the stack: closed until all are there. */
static gl_box **push_boxes(lua_State *L, size_t count) {
  gl_box **boxes = lua_newuserdatauv(L, count * sizeof *boxes, 0);
  lua_createtable(L, (int)count, 0);
  for (size_t i = 0; i < count; i++) {
    boxes[i] = gl_expr_box(L);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return boxes;
}

/* gibbs.grad(e, x): the derivative of a scalar, an expression of the shape of x; of a table of xs, a table of them */
static int algebra_grad(lua_State *L) {
  static const char who[] = "gibbs.grad";
  gl_at_most(L, 2, who);
  lua_settop(L, 2);
  gibbs_expr *e = gl_expr_scalar(L, 1, who, "e");
  bool several = lua_istable(L, 2);
  size_t count;
  gibbs_expr **xs = gl_expr_list(L, 2, who, "x", false, &count);
  gibbs_expr **outs = lua_newuserdatauv(L, count * sizeof *outs, 0);
  gl_box **boxes = push_boxes(L, count);
  gibbs_error err;
  gl_check(L, gibbs_expr_gradient(e, xs, count, outs, &err), &err);
  for (size_t i = 0; i < count; i++) boxes[i]->self = outs[i];
  for (size_t i = 0; i < count; i++) gl_expr_account(L, boxes[i]);
  if (!several) lua_rawgeti(L, -1, 1);
  return 1;
}

const luaL_Reg gl_algebra_methods[] = {
    {"sum", algebra_sum},     {"dot", algebra_dot},         {"mul", algebra_mul},
    {"outer", algebra_outer}, {"t", algebra_transpose},     {"logsumexp", algebra_logsumexp},
    {"shift", algebra_shift}, {"reshape", algebra_reshape}, {NULL, NULL}};

const luaL_Reg gl_algebra_functions[] = {{"sum", algebra_sum},
                                         {"dot", algebra_dot},
                                         {"outer", algebra_outer},
                                         {"logsumexp", algebra_logsumexp},
                                         {"bonds", algebra_bonds},
                                         {"grad", algebra_grad},
                                         {NULL, NULL}};
