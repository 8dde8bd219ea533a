/* builder.c - formulas written as formulas: a builder owns what it makes and keeps the first failure. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/builder.h"

#include <stdlib.h>

#include "graph.h"

gibbs_builder gibbs_build_begin(gibbs_graph *graph, gibbs_error *err) {
  return (gibbs_builder){.graph = graph, .err = err, .status = GIBBS_OK};
}

void gibbs_build_fail(gibbs_builder *b, gibbs_status status) {
  if (b->status == GIBBS_OK) b->status = status;
}

static bool make_room(gibbs_builder *b) {
  if (b->count < b->room) return true;
  size_t room = b->room ? 2 * b->room : 16;
  gibbs_expr **made = realloc(b->made, room * sizeof *made);
  if (!made) {
    b->status = gibbs_fail_memory(b->err, "a formula", room * sizeof *made);
    return false;
  }
  b->made = made;
  b->room = room;
  return true;
}

static gibbs_expr *keep_node(gibbs_builder *b, gibbs_status status, gibbs_expr *node) {
  b->status = status;
  if (status != GIBBS_OK) return NULL;
  b->made[b->count++] = node;
  return node;
}

gibbs_expr *gibbs_build_keep(gibbs_builder *b, gibbs_expr *node) {
  if (!node || b->status != GIBBS_OK || !make_room(b)) {
    gibbs_expr_release(node);
    return NULL;
  }
  return keep_node(b, GIBBS_OK, node);
}

/* Room is made first, so that a node that was made is always owned. */
#define GIBBS_BUILD(call)                                                                                            \
  do {                                                                                                               \
    gibbs_expr *node = NULL;                                                                                         \
    if (b->status != GIBBS_OK || !make_room(b)) return NULL;                                                         \
    gibbs_status made = (call);                                                                                      \
    return keep_node(b, made, node);                                                                                 \
  } while (0)

gibbs_expr *gibbs_build_number(gibbs_builder *b, double value) {
  GIBBS_BUILD(gibbs_expr_number(b->graph, value, &node, b->err));
}

gibbs_expr *gibbs_build_unary(gibbs_builder *b, gibbs_op op, gibbs_expr *x) {
  GIBBS_BUILD(gibbs_expr_unary(op, x, &node, b->err));
}

gibbs_expr *gibbs_build_binary(gibbs_builder *b, gibbs_op op, gibbs_expr *x, gibbs_expr *y) {
  GIBBS_BUILD(gibbs_expr_binary(op, x, y, &node, b->err));
}

gibbs_expr *gibbs_build_sum(gibbs_builder *b, gibbs_expr *x) {
  GIBBS_BUILD(gibbs_expr_sum(x, &node, b->err));
}

gibbs_expr *gibbs_build_dot(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  GIBBS_BUILD(gibbs_expr_dot(x, y, &node, b->err));
}

gibbs_expr *gibbs_build_matmul(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  GIBBS_BUILD(gibbs_expr_matmul(x, false, y, false, &node, b->err));
}

gibbs_expr *gibbs_build_transposed_matmul(gibbs_builder *b, gibbs_expr *x, bool transpose_x, gibbs_expr *y,
                                          bool transpose_y) {
  GIBBS_BUILD(gibbs_expr_matmul(x, transpose_x, y, transpose_y, &node, b->err));
}

gibbs_expr *gibbs_build_outer(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  GIBBS_BUILD(gibbs_expr_outer(x, y, &node, b->err));
}

gibbs_expr *gibbs_build_reshape(gibbs_builder *b, gibbs_expr *x, const gibbs_shape *shape) {
  GIBBS_BUILD(gibbs_expr_reshape(x, shape, &node, b->err));
}

gibbs_expr *gibbs_build_expand(gibbs_builder *b, gibbs_expr *x, size_t axis, size_t n) {
  GIBBS_BUILD(gibbs_expr_expand(x, axis, n, &node, b->err));
}

gibbs_expr *gibbs_build_gather(gibbs_builder *b, gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape) {
  GIBBS_BUILD(gibbs_expr_gather(x, index, shape, &node, b->err));
}

gibbs_expr *gibbs_build_scatter(gibbs_builder *b, gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape) {
  GIBBS_BUILD(gibbs_expr_scatter(x, index, shape, &node, b->err));
}

gibbs_expr *gibbs_build_broadcast(gibbs_builder *b, gibbs_expr *x, const gibbs_shape *shape) {
  if (b->status != GIBBS_OK || x->shape.rank != 0 || shape->rank == 0) return x;
  GIBBS_BUILD(gibbs_expr_broadcast(x, shape, &node, b->err));
}

gibbs_expr *gibbs_build_logsumexp(gibbs_builder *b, gibbs_expr *x) {
  GIBBS_BUILD(gibbs_expr_logsumexp(x, &node, b->err));
}

gibbs_expr *gibbs_build_marginal_mean(gibbs_builder *b, gibbs_expr *value, gibbs_expr *energy,
                                      gibbs_expr *const variables[], size_t count) {
  GIBBS_BUILD(gibbs_expr_marginal_mean(value, energy, variables, count, &node, b->err));
}

gibbs_expr *gibbs_build_gradient(gibbs_builder *b, gibbs_expr *e, gibbs_expr *x) {
  GIBBS_BUILD(gibbs_expr_gradient(e, &x, 1, &node, b->err));
}

gibbs_expr *gibbs_build_pullback(gibbs_builder *b, gibbs_expr *y, gibbs_expr *seed, gibbs_expr *x) {
  GIBBS_BUILD(gibbs_expr_pullback(y, seed, &x, 1, &node, b->err));
}

gibbs_expr *gibbs_build_substitute(gibbs_builder *b, gibbs_expr *e, gibbs_expr *from, gibbs_expr *to) {
  GIBBS_BUILD(gibbs_expr_substitute(e, &from, &to, 1, &node, b->err));
}

gibbs_expr *gibbs_build_variable(gibbs_builder *b, gibbs_variable *variable) {
  GIBBS_BUILD(gibbs_expr_variable(b->graph, variable, &node, b->err));
}

gibbs_expr *gibbs_build_zeros(gibbs_builder *b, const gibbs_shape *shape) {
  gibbs_tensor *tensor = NULL;
  gibbs_expr *node = NULL;
  if (b->status != GIBBS_OK || !make_room(b)) return NULL;
  gibbs_status made = gibbs_tensor_new(shape, &tensor, b->err);
  if (made == GIBBS_OK) made = gibbs_expr_constant(b->graph, tensor, &node, b->err);
  gibbs_tensor_release(tensor);
  return keep_node(b, made, node);
}

gibbs_expr *gibbs_build_input(gibbs_builder *b, const char *name, const gibbs_shape *shape) {
  gibbs_variable *variable = NULL;
  if (b->status != GIBBS_OK) return NULL;
  b->status = gibbs_variable_new(name, GIBBS_REALS, 0, shape, &variable, b->err);
  gibbs_expr *node = b->status == GIBBS_OK ? gibbs_build_variable(b, variable) : NULL;
  if (variable) gibbs_variable_release(variable);
  return node;
}

gibbs_expr *gibbs_build_take(gibbs_builder *b, gibbs_expr *node) {
  return b->status == GIBBS_OK && node ? gibbs_expr_retain(node) : NULL;
}

gibbs_status gibbs_build_end(gibbs_builder *b) {
  for (size_t k = 0; k < b->count; k++) gibbs_expr_release(b->made[k]);
  free(b->made);
  b->made = NULL;
  b->count = b->room = 0;
  return b->status;
}
