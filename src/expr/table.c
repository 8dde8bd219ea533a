/* table.c - an expression as a table. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/table.h"

#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "table_ops.h"

/* ---- names ----------------------------------------------------------------------------------------------- */

/* Kinds without a name are no data: functions of a script, and objectives. */
static const char *const kind_names[GIBBS_KIND_COUNT] = {[GIBBS_KIND_CONSTANT] = "constant",
                                                         [GIBBS_KIND_VARIABLE] = "variable",
                                                         [GIBBS_KIND_PARAMETER] = "parameter",
                                                         [GIBBS_KIND_SUM] = "sum",
                                                         [GIBBS_KIND_MATMUL] = "matmul",
                                                         [GIBBS_KIND_OUTER] = "outer",
                                                         [GIBBS_KIND_GATHER] = "gather",
                                                         [GIBBS_KIND_SCATTER] = "scatter",
                                                         [GIBBS_KIND_LOGSUMEXP] = "logsumexp",
                                                         [GIBBS_KIND_MARGINAL] = "marginal",
                                                         [GIBBS_KIND_MARGINAL_MEAN] = "marginal_mean"};

unsigned gibbs_table_op_of(gibbs_kind kind, gibbs_op op) {
  return kind == GIBBS_KIND_ELEMENTWISE ? (unsigned)op : (unsigned)GIBBS_OP_ELEMENTWISE_COUNT + (unsigned)kind;
}

gibbs_kind gibbs_table_kind_of(unsigned op) {
  return op < GIBBS_OP_ELEMENTWISE_COUNT ? GIBBS_KIND_ELEMENTWISE : (gibbs_kind)(op - GIBBS_OP_ELEMENTWISE_COUNT);
}

enum { op_count = (int)GIBBS_OP_ELEMENTWISE_COUNT + (int)GIBBS_KIND_COUNT };

const char *gibbs_table_op_name(unsigned op) {
  if (op < GIBBS_OP_ELEMENTWISE_COUNT) return gibbs_op_name((gibbs_op)op);
  return op < op_count ? kind_names[op - GIBBS_OP_ELEMENTWISE_COUNT] : NULL;
}

bool gibbs_table_op_find(const char *name, unsigned *op) {
  for (unsigned k = 0; k < op_count; k++) {
    const char *known = gibbs_table_op_name(k);
    if (!known || strcmp(known, name) != 0) continue;
    *op = k;
    return true;
  }
  return false;
}

/* ---- leaves ---------------------------------------------------------------------------------------------- */

static size_t put_variable(gibbs_table *t, gibbs_variable *variable) {
  for (size_t k = 0; k < t->variable_count; k++)
    if (t->variables[k] == variable) return k;
  t->variables[t->variable_count] = gibbs_variable_retain(variable);
  return t->variable_count++;
}

/* A node a parameter and a constant: each is met once. */
static size_t put_parameter(gibbs_table *t, gibbs_parameter *parameter) {
  t->parameters[t->parameter_count] = gibbs_parameter_retain(parameter);
  return t->parameter_count++;
}

static size_t put_constant(gibbs_table *t, gibbs_tensor *constant) {
  t->constants[t->constant_count] = gibbs_tensor_retain(constant);
  return t->constant_count++;
}

/* `met`: the lists so far, as the graph knows them; many nodes may look through one. */
static gibbs_status put_list(gibbs_table *t, const gibbs_index **met, const gibbs_index *index, size_t *out,
                             gibbs_error *err) {
  *out = 0;
  while (*out < t->list_count && met[*out] != index) ++*out;
  if (*out < t->list_count) return GIBBS_OK;
  gibbs_table_list list = {.count = 0};
  if (index->pattern) {
    list.pattern = *index->pattern;
  } else {
    list.count = index->count;
    list.at = malloc(index->count * sizeof *list.at + 1);
    if (!list.at) return gibbs_fail_memory(err, "positions", index->count * sizeof *list.at);
    memcpy(list.at, index->at, index->count * sizeof *list.at);
  }
  met[t->list_count] = index;
  t->lists[t->list_count++] = list;
  return GIBBS_OK;
}

static gibbs_status find_detail(gibbs_table *t, const gibbs_index **met, const gibbs_expr *node, size_t *out,
                                gibbs_error *err) {
  *out = 0;
  switch (node->kind) {
  case GIBBS_KIND_CONSTANT:
    *out = put_constant(t, node->of.constant);
    return GIBBS_OK;
  case GIBBS_KIND_VARIABLE:
    *out = put_variable(t, node->of.variable);
    return GIBBS_OK;
  case GIBBS_KIND_PARAMETER:
    *out = put_parameter(t, node->of.parameter);
    return GIBBS_OK;
  case GIBBS_KIND_MATMUL:
    *out = (size_t)node->transpose[0] + 2 * (size_t)node->transpose[1];
    return GIBBS_OK;
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    return put_list(t, met, node->of.index, out, err);
  case GIBBS_KIND_CALLBACK:
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "the energy is a function of the script (gibbs.lua_energy), which is code and no data; an energy made of "
        "expressions can be kept");
  case GIBBS_KIND_FUNCTIONAL:
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the energy holds an objective, which is no part of a model");
  default:
    return GIBBS_OK;
  }
}

/* ---- the table ------------------------------------------------------------------------------------------- */

static gibbs_status allocate(gibbs_table *t, const gibbs_tape *tape, gibbs_error *err) {
  size_t n = tape->length, arguments = 0;
  for (size_t i = 0; i < n; i++) arguments += tape->nodes[i]->argument_count;
  t->rows = calloc(n, sizeof *t->rows);
  t->arguments = calloc(arguments + 1, sizeof *t->arguments);
  t->variables = calloc(n, sizeof(void *));
  t->parameters = calloc(n, sizeof(void *));
  t->constants = calloc(n, sizeof(void *));
  t->lists = calloc(n, sizeof *t->lists);
  bool got = t->rows && t->arguments && t->variables && t->parameters && t->constants && t->lists;
  return got ? GIBBS_OK : gibbs_fail_memory(err, "the table of an energy", n * sizeof *t->rows);
}

/* Node i of the tape as the next row; place[i] is its number. */
static gibbs_status put_row(gibbs_table *t, const gibbs_tape *tape, size_t i, size_t place[], const gibbs_index **met,
                            gibbs_error *err) {
  const gibbs_expr *node = tape->nodes[i];
  gibbs_table_row row = {.op = gibbs_table_op_of(node->kind, node->op),
                         .shape = node->shape,
                         .first = t->argument_count,
                         .count = node->argument_count};
  gibbs_status status = find_detail(t, met, node, &row.detail, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < node->argument_count; k++)
    t->arguments[t->argument_count++] = place[tape->slots[tape->first[i] + k]];
  place[i] = t->row_count;
  t->rows[t->row_count++] = row;
  return GIBBS_OK;
}

/* In the order of their making, for it decides how sums are written and so their last bits.  But a graph has each
 * constant once, whoever asked for it first: they stand before the first node that uses them, so that the table does
 * not depend on what else the graph holds. */
static gibbs_status fill_rows(gibbs_table *t, const gibbs_tape *tape, size_t place[], const gibbs_index **met,
                              gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < tape->length; i++) place[i] = SIZE_MAX;
  for (size_t i = 0; i < tape->length && status == GIBBS_OK; i++) {
    const size_t *slots = tape->slots + tape->first[i];
    if (gibbs_expr_is_constant(tape->nodes[i])) continue;
    for (size_t k = 0; k < tape->nodes[i]->argument_count && status == GIBBS_OK; k++)
      if (place[slots[k]] == SIZE_MAX) status = put_row(t, tape, slots[k], place, met, err);
    if (status == GIBBS_OK) status = put_row(t, tape, i, place, met, err);
  }
  if (status == GIBBS_OK && place[t->energy] == SIZE_MAX) status = put_row(t, tape, t->energy, place, met, err);
  t->energy = place[t->energy];
  return status;
}

static gibbs_status fill_table(gibbs_table *t, const gibbs_tape *tape, gibbs_expr *const variables[], size_t count,
                               gibbs_error *err) {
  gibbs_status status = allocate(t, tape, err);
  if (status != GIBBS_OK) return status;
  const gibbs_index **met = calloc(tape->length, sizeof *met);
  size_t *place = calloc(tape->length, sizeof *place);
  if (!met || !place) status = gibbs_fail_memory(err, "the table of an energy", tape->length * sizeof *place);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) put_variable(t, variables[k]->of.variable);
  if (status == GIBBS_OK) status = fill_rows(t, tape, place, met, err);
  free(met);
  free(place);
  return status;
}

gibbs_status gibbs_table_of(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_table *out,
                            gibbs_error *err) {
  gibbs_tape tape;
  gibbs_table table = {0};
  gibbs_expr **roots = malloc((count + 1) * sizeof *roots);
  if (!roots) return gibbs_fail_memory(err, "the table of an energy", (count + 1) * sizeof *roots);
  roots[0] = energy;
  for (size_t k = 0; k < count; k++) roots[k + 1] = variables[k];
  gibbs_status status = gibbs_tape_new(roots, count + 1, &tape, err);
  free(roots);
  if (status != GIBBS_OK) return status;
  table.energy = gibbs_tape_find(&tape, energy);
  status = fill_table(&table, &tape, variables, count, err);
  gibbs_tape_free(&tape);
  if (status == GIBBS_OK)
    *out = table;
  else
    gibbs_table_free(&table);
  return status;
}

void gibbs_table_free(gibbs_table *t) {
  for (size_t k = 0; k < t->variable_count; k++) gibbs_variable_release(t->variables[k]);
  for (size_t k = 0; k < t->parameter_count; k++) gibbs_parameter_release(t->parameters[k]);
  for (size_t k = 0; k < t->constant_count; k++) gibbs_tensor_release(t->constants[k]);
  for (size_t k = 0; k < t->list_count; k++) free(t->lists[k].at);
  free(t->rows);
  free(t->arguments);
  free(t->variables);
  free(t->parameters);
  free(t->constants);
  free(t->lists);
  memset(t, 0, sizeof *t);
}
