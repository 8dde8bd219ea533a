/* leaf_list.c - the leaves that expressions have. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

static const gibbs_kind kind_of_leaf[] = {[GIBBS_LEAF_VARIABLE] = GIBBS_KIND_VARIABLE,
                                          [GIBBS_LEAF_PARAMETER] = GIBBS_KIND_PARAMETER,
                                          [GIBBS_LEAF_FUNCTIONAL] = GIBBS_KIND_FUNCTIONAL,
                                          [GIBBS_LEAF_CALLBACK] = GIBBS_KIND_CALLBACK};

static bool is_bound_somewhere(const gibbs_tape *tape, const gibbs_expr *variable) {
  for (size_t i = 0; tape->binds && i < tape->length; i++)
    for (size_t k = gibbs_expr_first_bound(tape->nodes[i]); k < tape->nodes[i]->argument_count; k++)
      if (tape->nodes[i]->arguments[k] == variable) return true;
  return false;
}

/* Whether a leaf is free in at least one of the expressions. */
static gibbs_status find_free(const gibbs_tape *tape, gibbs_expr *const exprs[], size_t n, const gibbs_expr *leaf,
                              bool *out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  *out = leaf->kind != GIBBS_KIND_VARIABLE || !is_bound_somewhere(tape, leaf);
  for (size_t k = 0; k < n && !*out && status == GIBBS_OK; k++)
    status = gibbs_expr_find_dependence(exprs[k], leaf, out, err);
  return status;
}

gibbs_status gibbs_expr_leaves(gibbs_expr *const exprs[], size_t n, gibbs_leaf_kind kind, gibbs_expr ***out,
                               size_t *count, gibbs_error *err) {
  gibbs_tape tape;
  gibbs_status status = gibbs_tape_new(exprs, n, &tape, err);
  if (status != GIBBS_OK) return status;
  gibbs_expr **leaves = malloc((tape.length + 1) * sizeof *leaves);
  size_t found = 0;
  if (!leaves) status = gibbs_fail_memory(err, "leaves of an expression", (tape.length + 1) * sizeof *leaves);
  for (size_t i = 0; status == GIBBS_OK && i < tape.length; i++) {
    bool free_leaf = false;
    if (tape.nodes[i]->kind != kind_of_leaf[kind]) continue;
    status = find_free(&tape, exprs, n, tape.nodes[i], &free_leaf, err);
    if (free_leaf) leaves[found++] = tape.nodes[i];
  }
  gibbs_tape_free(&tape);
  if (status != GIBBS_OK) {
    free(leaves);
    return status;
  }
  *out = leaves;
  *count = found;
  return GIBBS_OK;
}
