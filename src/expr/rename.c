/* rename.c - sums over states with other names for their variables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/private/builder.h"
#include "graph.h"

/* Whether a name is free in the bodies, or chosen for another variable already. */
static bool is_taken(gibbs_builder *make, const gibbs_expr *node, gibbs_expr *const chosen[], size_t count,
                     gibbs_expr *variable) {
  bool taken = false;
  for (size_t k = 0; k < gibbs_expr_first_bound(node) && !taken && make->status == GIBBS_OK; k++)
    gibbs_build_fail(make, gibbs_expr_find_dependence(node->arguments[k], variable, &taken, make->err));
  for (size_t k = 0; k < count; k++) taken = taken || chosen[k] == variable;
  return taken;
}

static gibbs_expr *choose_name(gibbs_builder *make, const gibbs_expr *node, size_t k, gibbs_expr *const chosen[]) {
  size_t first = gibbs_expr_first_bound(node);
  gibbs_variable *variable = node->arguments[k]->of.variable;
  for (;;) {
    gibbs_build_fail(make, gibbs_variable_twin(variable, &variable, make->err));
    gibbs_expr *name = make->status == GIBBS_OK ? gibbs_build_variable(make, variable) : NULL;
    if (!name || !is_taken(make, node, chosen + first, k - first, name)) return name;
  }
}

static void rename_arguments(gibbs_builder *make, gibbs_expr *node, gibbs_expr *arguments[]) {
  size_t first = gibbs_expr_first_bound(node);
  for (size_t k = first; k < node->argument_count && make->status == GIBBS_OK; k++)
    arguments[k] = choose_name(make, node, k, arguments);
  for (size_t k = 0; k < first && make->status == GIBBS_OK; k++) {
    gibbs_expr *body = NULL;
    gibbs_build_fail(make, gibbs_expr_substitute(node->arguments[k], node->arguments + first, arguments + first,
                                                 node->argument_count - first, &body, make->err));
    arguments[k] = gibbs_build_keep(make, body);
  }
}

gibbs_status gibbs_expr_rename_bound(gibbs_expr *node, gibbs_expr **out, gibbs_error *err) {
  gibbs_builder make = gibbs_build_begin(node->graph, err);
  gibbs_expr **arguments = calloc(node->argument_count, sizeof *arguments), *result = NULL;
  if (!arguments) return gibbs_fail_memory(err, "marginal", node->argument_count * sizeof *arguments);
  rename_arguments(&make, node, arguments);
  gibbs_draft draft = gibbs_draft_of(node);
  draft.arguments = arguments;
  if (make.status == GIBBS_OK) gibbs_build_fail(&make, gibbs_graph_node(node->graph, &draft, &result, err));
  free(arguments);
  gibbs_status status = gibbs_build_end(&make);
  if (status == GIBBS_OK) *out = result;
  return status;
}
