/* make.c - nodes from drafts: constants are computed at once, everything else is looked up or made. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

gibbs_draft gibbs_draft_of(const gibbs_expr *node) {
  return (gibbs_draft){.kind = node->kind,
                       .op = node->op,
                       .transpose = {node->transpose[0], node->transpose[1]},
                       .shape = node->shape,
                       .leaf = node->of.any,
                       .argument_count = node->argument_count,
                       .arguments = node->arguments};
}

gibbs_status gibbs_expr_same_graph(const gibbs_expr *a, const gibbs_expr *b, gibbs_error *err) {
  if (a->graph == b->graph) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                    "expression: parts of two different graphs; all have to be of one graph");
}

static bool all_constant(const gibbs_draft *draft) {
  for (size_t k = 0; k < draft->argument_count; k++)
    if (!gibbs_expr_is_constant(draft->arguments[k])) return false;
  return draft->argument_count > 0;
}

static gibbs_status fold_constants(gibbs_graph *graph, const gibbs_draft *draft, gibbs_expr **out, gibbs_error *err) {
  gibbs_tensor *few[4], *result = NULL;
  gibbs_tensor **values = few;
  if (draft->argument_count > 4) values = malloc(draft->argument_count * sizeof *values);
  if (!values) return gibbs_fail_memory(err, "constant", draft->argument_count * sizeof *values);
  for (size_t k = 0; k < draft->argument_count; k++) values[k] = draft->arguments[k]->of.constant;
  gibbs_status status = gibbs_fold(draft, values, &result, err);
  if (values != few) free(values);
  if (status == GIBBS_OK) status = gibbs_expr_constant(graph, result, out, err);
  gibbs_tensor_release(result);
  return status;
}

gibbs_status gibbs_expr_make(gibbs_graph *graph, const gibbs_draft *draft, gibbs_expr **out, gibbs_error *err) {
  for (size_t k = 1; k < draft->argument_count; k++) {
    gibbs_status status = gibbs_expr_same_graph(draft->arguments[0], draft->arguments[k], err);
    if (status != GIBBS_OK) return status;
  }
  return all_constant(draft) ? fold_constants(graph, draft, out, err) : gibbs_graph_node(graph, draft, out, err);
}

static gibbs_status rebuild_scatter(const gibbs_expr *node, gibbs_expr *x, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_index_write(node->of.index, err);
  return status == GIBBS_OK ? gibbs_expr_scatter(x, node->of.index->at, &node->shape, out, err) : status;
}

gibbs_status gibbs_expr_rebuild(const gibbs_expr *node, gibbs_expr *const arguments[], gibbs_expr **out,
                                gibbs_error *err) {
  gibbs_expr *const *a = arguments;
  gibbs_draft draft = gibbs_draft_of(node);
  draft.arguments = arguments;
  switch (node->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return gibbs_op_is_binary(node->op) ? gibbs_expr_binary(node->op, a[0], a[1], out, err)
                                        : gibbs_expr_unary(node->op, a[0], out, err);
  case GIBBS_KIND_SUM:
    return gibbs_expr_sum(a[0], out, err);
  case GIBBS_KIND_MATMUL:
    return gibbs_expr_matmul(a[0], node->transpose[0], a[1], node->transpose[1], out, err);
  case GIBBS_KIND_OUTER:
    return gibbs_expr_outer(a[0], a[1], out, err);
  case GIBBS_KIND_GATHER:
    return gibbs_expr_gather_index(a[0], node->of.index, &node->shape, out, err);
  case GIBBS_KIND_SCATTER:
    return rebuild_scatter(node, a[0], out, err);
  case GIBBS_KIND_LOGSUMEXP:
    return gibbs_expr_logsumexp(a[0], out, err);
  case GIBBS_KIND_MARGINAL:
    return gibbs_expr_marginal(a[0], a + 1, node->argument_count - 1, out, err);
  case GIBBS_KIND_MARGINAL_MEAN:
    return gibbs_expr_marginal_mean(a[0], a[1], a + 2, node->argument_count - 2, out, err);
  default:
    return gibbs_expr_make(node->graph, &draft, out, err);
  }
}
