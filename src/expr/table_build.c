/* table_build.c - a table back into an expression: node by node, in the order and the form in which they were. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "table_ops.h"

typedef struct building {
  const gibbs_table *table;
  gibbs_graph *graph;
  gibbs_expr **nodes;     /* of the rows so far */
  gibbs_expr **arguments; /* of the row under construction */
  gibbs_index **lists;    /* of those lists that were needed so far */
} building;

/* ---- a row as a draft ------------------------------------------------------------------------------------ */

/* Which leaf, list or transposition a row means. */
static gibbs_status take_detail(const building *b, const gibbs_table_row *row, gibbs_draft *draft, gibbs_error *err) {
  const gibbs_table *t = b->table;
  size_t count = 0;
  void *const *leaves = NULL;
  switch (draft->kind) {
  case GIBBS_KIND_CONSTANT:
    count = t->constant_count, leaves = (void *const *)t->constants;
    break;
  case GIBBS_KIND_VARIABLE:
    count = t->variable_count, leaves = (void *const *)t->variables;
    break;
  case GIBBS_KIND_PARAMETER:
    count = t->parameter_count, leaves = (void *const *)t->parameters;
    break;
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    count = t->list_count;
    break;
  case GIBBS_KIND_MATMUL:
    draft->transpose[0] = row->detail & 1, draft->transpose[1] = row->detail >> 1 & 1;
    count = 4;
    break;
  default:
    count = 1;
  }
  if (row->detail >= count)
    return gibbs_fail(err, GIBBS_ERR_FILE, "its detail is %zu, and there are %zu", row->detail, count);
  if (leaves) draft->leaf = leaves[row->detail];
  return GIBBS_OK;
}

static gibbs_status take_arguments(const building *b, size_t i, gibbs_draft *draft, gibbs_error *err) {
  const gibbs_table *t = b->table;
  const gibbs_table_row *row = &t->rows[i];
  if (row->first > t->argument_count || row->count > t->argument_count - row->first)
    return gibbs_fail(err, GIBBS_ERR_FILE, "its arguments lie outside the list of arguments");
  for (size_t k = 0; k < row->count; k++) {
    size_t argument = t->arguments[row->first + k];
    if (argument >= i)
      return gibbs_fail(err, GIBBS_ERR_FILE, "argument %zu is node %zu, which does not come before it", k + 1,
                        argument);
    b->arguments[k] = b->nodes[argument];
  }
  draft->argument_count = row->count;
  draft->arguments = b->arguments;
  return GIBBS_OK;
}

static const gibbs_shape *shape_of_leaf(const gibbs_draft *draft) {
  switch (draft->kind) {
  case GIBBS_KIND_CONSTANT:
    return gibbs_tensor_shape(draft->leaf);
  case GIBBS_KIND_VARIABLE:
    return gibbs_variable_shape(draft->leaf);
  case GIBBS_KIND_PARAMETER:
    return gibbs_parameter_shape(draft->leaf);
  default:
    return &draft->shape;
  }
}

/* ---- nodes ----------------------------------------------------------------------------------------------- */

/* A scatter's positions are written out, as they always are where scatters are made. */
static gibbs_status find_list(building *b, size_t which, bool written, gibbs_error *err) {
  const gibbs_table_list *list = &b->table->lists[which];
  gibbs_status status = GIBBS_OK;
  if (!b->lists[which])
    status = list->pattern.kind == GIBBS_PATTERN_NONE
                 ? gibbs_graph_index(b->graph, list->at, list->count, &b->lists[which], err)
                 : gibbs_graph_index_pattern(b->graph, &list->pattern, &b->lists[which], err);
  if (status == GIBBS_OK && written) status = gibbs_index_write(b->lists[which], err);
  return status;
}

static gibbs_status build_row(building *b, size_t i, gibbs_error *err) {
  const gibbs_table_row *row = &b->table->rows[i];
  gibbs_kind kind = gibbs_table_kind_of(row->op);
  gibbs_draft draft = {.kind = kind, .shape = row->shape};
  bool indexed = kind == GIBBS_KIND_GATHER || kind == GIBBS_KIND_SCATTER;
  if (kind == GIBBS_KIND_ELEMENTWISE) draft.op = (gibbs_op)row->op;
  gibbs_status status = gibbs_shape_check(&row->shape, err);
  if (status == GIBBS_OK) status = take_detail(b, row, &draft, err);
  if (status == GIBBS_OK) status = take_arguments(b, i, &draft, err);
  if (status == GIBBS_OK && !gibbs_shape_equal(&row->shape, shape_of_leaf(&draft)))
    status = gibbs_fail(err, GIBBS_ERR_FILE, "its shape is not that of what it stands for");
  const gibbs_table_list *list = indexed && status == GIBBS_OK ? &b->table->lists[row->detail] : NULL;
  if (status == GIBBS_OK) status = gibbs_table_check_draft(&draft, list, err);
  if (status == GIBBS_OK && indexed) status = find_list(b, row->detail, kind == GIBBS_KIND_SCATTER, err);
  if (status == GIBBS_OK && indexed) draft.leaf = b->lists[row->detail];
  return status == GIBBS_OK ? gibbs_graph_node(b->graph, &draft, &b->nodes[i], err) : status;
}

static gibbs_status fail_row(const gibbs_table *t, size_t i, gibbs_status status, gibbs_error *err) {
  char which[80];
  const char *name = gibbs_table_op_name(t->rows[i].op);
  snprintf(which, sizeof which, "node %zu (%s)", i, name ? name : "unknown");
  gibbs_error_prefix(err, which);
  return status == GIBBS_ERR_MEMORY || status == GIBBS_ERR_SIZE ? status : GIBBS_ERR_FILE;
}

static gibbs_status build_rows(building *b, gibbs_error *err) {
  const gibbs_table *t = b->table;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < t->list_count && status == GIBBS_OK; k++) {
    status = gibbs_table_check_list(&t->lists[k], err);
    if (status == GIBBS_OK) continue;
    char which[40];
    snprintf(which, sizeof which, "list %zu", k);
    gibbs_error_prefix(err, which);
  }
  for (size_t i = 0; i < t->row_count && status == GIBBS_OK; i++) {
    if (!gibbs_table_op_name(t->rows[i].op))
      status = gibbs_fail(err, GIBBS_ERR_FILE, "no such operation");
    else
      status = build_row(b, i, err);
    if (status != GIBBS_OK) return fail_row(t, i, status, err);
  }
  return status;
}

/* ---- all ------------------------------------------------------------------------------------------------- */

static gibbs_status build_variables(const building *b, size_t count, gibbs_expr *variables[], gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  size_t made = 0;
  for (; made < count && status == GIBBS_OK; made++)
    status = gibbs_expr_variable(b->graph, b->table->variables[made], &variables[made], err);
  if (status != GIBBS_OK)
    for (size_t k = 0; k + 1 < made; k++) gibbs_expr_release(variables[k]);
  return status;
}

static gibbs_status build_all(building *b, size_t count, gibbs_expr *variables[], gibbs_expr **energy,
                              gibbs_error *err) {
  const gibbs_table *t = b->table;
  if (t->energy >= t->row_count)
    return gibbs_fail(err, GIBBS_ERR_FILE, "the energy is node %zu of %zu", t->energy, t->row_count);
  if (count > t->variable_count)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%zu variables of %zu", count, t->variable_count);
  gibbs_status status = build_rows(b, err);
  if (status == GIBBS_OK) status = build_variables(b, count, variables, err);
  if (status == GIBBS_OK) *energy = gibbs_expr_retain(b->nodes[t->energy]);
  return status;
}

static void release(building *b) {
  for (size_t i = 0; b->nodes && i < b->table->row_count; i++) gibbs_expr_release(b->nodes[i]);
  for (size_t k = 0; b->lists && k < b->table->list_count; k++)
    if (b->lists[k]) gibbs_index_release(b->graph, b->lists[k]);
  free(b->nodes);
  free(b->arguments);
  free(b->lists);
}

gibbs_status gibbs_table_build(const gibbs_table *table, gibbs_graph *graph, size_t count, gibbs_expr *variables[],
                               gibbs_expr **energy, gibbs_error *err) {
  building b = {.table = table, .graph = graph};
  b.nodes = calloc(table->row_count + 1, sizeof *b.nodes);
  b.arguments = calloc(table->argument_count + 1, sizeof *b.arguments);
  b.lists = calloc(table->list_count + 1, sizeof *b.lists);
  gibbs_status status = b.nodes && b.arguments && b.lists
                            ? build_all(&b, count, variables, energy, err)
                            : gibbs_fail_memory(err, "the nodes of an energy", table->row_count * sizeof *b.nodes);
  release(&b);
  return status;
}
