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

/* Free in at least one of the expressions. */
static bool is_free(const gibbs_tape *tape, gibbs_expr *const exprs[], size_t n, const gibbs_expr *variable) {
  if (!is_bound_somewhere(tape, variable)) return true;
  for (size_t k = 0; k < n; k++)
    if (gibbs_expr_depends(exprs[k], variable)) return true;
  return false;
}

gibbs_status gibbs_expr_leaves(gibbs_expr *const exprs[], size_t n, gibbs_leaf_kind kind, gibbs_expr ***out,
                               size_t *count, gibbs_error *err) {
  gibbs_tape tape;
  gibbs_status status = gibbs_tape_new(exprs, n, &tape, err);
  if (status != GIBBS_OK) return status;
  gibbs_expr **leaves = malloc((tape.length + 1) * sizeof *leaves);
  size_t found = 0;
  for (size_t i = 0; leaves && i < tape.length; i++) {
    if (tape.nodes[i]->kind != kind_of_leaf[kind]) continue;
    if (kind == GIBBS_LEAF_VARIABLE && !is_free(&tape, exprs, n, tape.nodes[i])) continue;
    leaves[found++] = tape.nodes[i];
  }
  if (!leaves) status = gibbs_fail_memory(err, "leaves of an expression", (tape.length + 1) * sizeof *leaves);
  gibbs_tape_free(&tape);
  if (status != GIBBS_OK) return status;
  *out = leaves;
  *count = found;
  return GIBBS_OK;
}
