/* normal_form_rest.c - the energy without what was lowered: the same linear way down, with 0 for what is done. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/private/builder.h"
#include "normal_form_parts.h"

/* What is left of argument k; NULL: nothing. */
static gibbs_expr *rest_of(const gibbs_lowering *l, gibbs_expr *const *rest, size_t node, size_t k) {
  return rest[gibbs_lowering_argument(l, node, k)];
}

static gibbs_expr *build_difference(gibbs_builder *b, gibbs_op op, gibbs_expr *x, gibbs_expr *y) {
  if (x && y) return gibbs_build_binary(b, op, x, y);
  if (x || op == GIBBS_OP_ADD) return x ? x : y;
  return y ? gibbs_build_unary(b, GIBBS_OP_NEG, y) : NULL;
}

/* A scalar among tensors is there in all of them. */
static gibbs_expr *build_wide(gibbs_builder *b, gibbs_expr *x, const gibbs_expr *node) {
  return x && x->size != node->size ? gibbs_build_broadcast(b, x, &node->shape) : x;
}

static gibbs_expr *build_elementwise(gibbs_builder *b, const gibbs_lowering *l, gibbs_expr *const *rest,
                                     size_t node) {
  gibbs_expr *expr = l->tape.nodes[node], *x = rest_of(l, rest, node, 0);
  gibbs_expr *y = expr->argument_count > 1 ? rest_of(l, rest, node, 1) : NULL;
  if (expr->op == GIBBS_OP_NEG) return x ? gibbs_build_unary(b, GIBBS_OP_NEG, x) : NULL;
  if (expr->op == GIBBS_OP_ADD || expr->op == GIBBS_OP_SUB)
    return build_difference(b, expr->op, build_wide(b, x, expr), build_wide(b, y, expr));
  if (!x && !y) return NULL;
  return gibbs_build_binary(b, expr->op, x ? x : expr->arguments[0], y ? y : expr->arguments[1]);
}

static gibbs_expr *build_indexed(gibbs_builder *b, gibbs_expr *x, const gibbs_expr *node) {
  gibbs_expr *made = NULL;
  if (b->status != GIBBS_OK) return NULL;
  gibbs_build_fail(b, gibbs_expr_rebuild(node, &x, &made, b->err));
  return gibbs_build_keep(b, made);
}

static gibbs_expr *build_linear(gibbs_builder *b, const gibbs_lowering *l, gibbs_expr *const *rest, size_t node) {
  gibbs_expr *expr = l->tape.nodes[node], *x = rest_of(l, rest, node, 0);
  if (expr->kind == GIBBS_KIND_ELEMENTWISE) return build_elementwise(b, l, rest, node);
  gibbs_expr *y = expr->argument_count > 1 ? rest_of(l, rest, node, 1) : NULL;
  if (!x && !y) return NULL;
  if (expr->kind == GIBBS_KIND_SUM) return gibbs_build_sum(b, x);
  if (expr->kind == GIBBS_KIND_GATHER || expr->kind == GIBBS_KIND_SCATTER) return build_indexed(b, x, expr);
  gibbs_expr *left = x ? x : expr->arguments[0], *right = y ? y : expr->arguments[1];
  if (expr->kind == GIBBS_KIND_OUTER) return gibbs_build_outer(b, left, right);
  return gibbs_build_transposed_matmul(b, left, expr->transpose[0], right, expr->transpose[1]);
}

gibbs_status gibbs_lowering_rest(gibbs_lowering *l, gibbs_expr **out, gibbs_error *err) {
  bool any = false;
  *out = NULL;
  for (size_t i = 0; i < l->tape.length; i++) any = any || l->fate[i] == GIBBS_FATE_REST;
  if (!any) return GIBBS_OK;
  gibbs_expr **rest = calloc(l->tape.length, sizeof(gibbs_expr *));
  if (!rest) return gibbs_fail_memory(err, "an energy", l->tape.length * sizeof *rest);
  gibbs_builder room = gibbs_build_begin(l->energy->graph, err), *b = &room;
  for (size_t i = 0; i < l->tape.length && b->status == GIBBS_OK; i++) {
    if (l->fate[i] == GIBBS_FATE_REST)
      rest[i] = l->tape.nodes[i];
    else if (l->varies[i] && l->fate[i] == GIBBS_FATE_NONE && l->tape.nodes[i]->argument_count > 0 &&
             gibbs_lowering_is_linear(l, i))
      rest[i] = build_linear(b, l, rest, i);
  }
  *out = gibbs_build_take(b, rest[l->tape.length - 1]);
  free(rest);
  return gibbs_build_end(b);
}
