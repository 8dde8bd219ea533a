/* gl_expression.h - the one class of all expressions: variables, parameters, tensors and what is made of them.
 *
 * Promises: its objects are gibbs_expr; a tensor is a constant expression, so what is made of tensors alone is a
 * tensor, and a plain number when it has no axes; everywhere an expression is expected, a number or a nested table of
 * numbers will do. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_EXPRESSION_H
#define GL_EXPRESSION_H

#include "gibbs/expr.h"
#include "gl_class.h"

extern const gl_class gl_expression;

/* The files that give methods to expressions: each has `const luaL_Reg gl_<part>_methods[]`. */
#define GL_EXPRESSION_PARTS(PART) PART(tensor) PART(elementwise) PART(algebra) PART(objective) PART(evaluate)

/* ---- arguments: borrowed, alive as long as the value stays at `index` -------------------------------------- */

/* Numbers and tables at `index` are replaced by their expression, so that the stack owns what is returned. */
gibbs_expr *gl_expr(lua_State *L, int index, const char *who, const char *name);
gibbs_expr *gl_expr_scalar(lua_State *L, int index, const char *who, const char *name);
/* A variable node made by gibbs.spins and its kin. */
gibbs_expr *gl_expr_variable(lua_State *L, int index, const char *who, const char *name);
/* A tensor, number or nested table; refuses expressions that are not constant. */
gibbs_tensor *gl_tensor(lua_State *L, int index, const char *who, const char *name);
/* One expression, or a table of them: *count nodes in a block of Lua's memory that is pushed, together with a table
 * that keeps them alive below it (two values). `variables`: refuse anything but variables. */
gibbs_expr **gl_expr_list(lua_State *L, int index, const char *who, const char *name, bool variables, size_t *count);

/* ---- results ------------------------------------------------------------------------------------------------ */

/* Making an expression:
 *   gl_box *box = gl_expr_box(L);                                 // pushed, closed; gl_enter is done
 *   gibbs_expr *made = NULL;
 *   gibbs_status status = gibbs_expr_sum(x, &made, &err);
 *   return gl_expr_finish(L, box, status, made, &err);            // raises, or fills the box on the top; 1 */
gl_box *gl_expr_box(lua_State *L);
int gl_expr_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const gibbs_error *err);
/* The same for the result of an operation on `x` and `y` (NULL: none): when they are constants and the result is a
 * single value, the box is replaced by a number. */
int gl_expr_finish_operation(lua_State *L, gl_box *box, gibbs_status status, gibbs_expr *made, const gibbs_expr *x,
                             const gibbs_expr *y, const gibbs_error *err);
/* gl_account for a box that was filled by hand. */
void gl_expr_account(lua_State *L, gl_box *box);
/* Push an expression that is borrowed from something alive. */
void gl_expr_push(lua_State *L, gibbs_expr *borrowed);

/* Making a tensor: push a holder, fill it (or give it a tensor of the core), then turn it into an expression.
 *   gibbs_tensor *tensor = gl_tensor_new(L, &shape);              // zeros, owned by the holder on the top
 *   ... gibbs_tensor_data(tensor)[i] = ...
 *   gl_tensor_finish(L);                                          // the holder becomes the expression
 * or
 *   gl_box *holder = gl_tensor_holder(L);
 *   gl_check(L, gibbs_expr_value(e, &tensor, &err), &err);
 *   holder->self = tensor;
 *   gl_tensor_finish(L);        (gl_tensor_finish_value: a number instead of a tensor without axes) */
gl_box *gl_tensor_holder(lua_State *L);
gibbs_tensor *gl_tensor_new(lua_State *L, const gibbs_shape *shape);
void gl_tensor_finish(lua_State *L);
void gl_tensor_finish_value(lua_State *L);
/* A nested table of numbers at `index` as a holder on the top; raises unless it is rectangular and finite. */
gibbs_tensor *gl_tensor_from_table(lua_State *L, int index, const char *who, const char *name);
/* Values (row-major) as nested tables, or as a number when there are no axes. */
void gl_tensor_push_table(lua_State *L, const gibbs_shape *shape, const double *values);

/* ---- what our own Lua files are given: functions of the core table ------------------------------------------ */

int gl_variable_tell(lua_State *L);
int gl_evaluate_substitute(lua_State *L);

#endif
