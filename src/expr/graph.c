/* graph.c - the table of nodes: equal drafts give one node, and a node dies with its last reference. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

/* The hash lies beside the node, so that searching and growing do not touch nodes that are not the one. */
typedef struct gibbs_cell {
  uint64_t hash;
  gibbs_expr *node; /* NULL: free */
} gibbs_cell;

enum { first_cell_count = 512 };

gibbs_status gibbs_graph_new(gibbs_graph **out, gibbs_error *err) {
  gibbs_graph *graph = calloc(1, sizeof *graph);
  gibbs_cell *cells = calloc(first_cell_count, sizeof *cells);
  if (!graph || !cells) {
    free(graph);
    free(cells);
    return gibbs_fail_memory(err, "expression graph", sizeof *graph + first_cell_count * sizeof *cells);
  }
  *graph = (gibbs_graph){.references = 1, .cells = cells, .cell_count = first_cell_count};
  *out = graph;
  return GIBBS_OK;
}

static void drop_references(gibbs_graph *graph, size_t count) {
  graph->references -= count;
  if (graph->references > 0) return;
  gibbs_places_clear(&graph->places);
  free(graph->index_buckets);
  free(graph->cells);
  free(graph);
}

void gibbs_graph_release(gibbs_graph *graph) {
  if (graph) drop_references(graph, 1);
}

void gibbs_graph_set_origin(gibbs_graph *graph, const char *place) {
  gibbs_places_set(&graph->places, place, &graph->origin);
}

size_t gibbs_graph_nodes(const gibbs_graph *graph) {
  return graph->node_count;
}

uint64_t gibbs_graph_new_mark(gibbs_graph *graph) {
  return ++graph->marks;
}

/* ---- looking up ---------------------------------------------------------------------------------- */

uint64_t gibbs_hash_mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
  return hash ^ (hash >> 29);
}

static uint64_t hash_constant(uint64_t hash, const gibbs_tensor *tensor) {
  const double *value = gibbs_tensor_values(tensor);
  size_t size = gibbs_tensor_size(tensor);
  for (size_t k = 0; k < size; k++) {
    uint64_t bits;
    memcpy(&bits, &value[k], sizeof bits);
    hash = gibbs_hash_mix(hash, bits);
  }
  return hash;
}

static uint64_t hash_draft(const gibbs_draft *draft) {
  uint64_t hash = gibbs_hash_mix((uint64_t)draft->kind << 8 | (uint64_t)draft->op << 16,
                                 (uint64_t)draft->transpose[0] | (uint64_t)draft->transpose[1] << 1);
  for (size_t k = 0; k < draft->shape.rank; k++) hash = gibbs_hash_mix(hash, draft->shape.extent[k]);
  for (size_t k = 0; k < draft->argument_count; k++) hash = gibbs_hash_mix(hash, draft->arguments[k]->number);
  if (draft->kind == GIBBS_KIND_CONSTANT) return hash_constant(hash, draft->leaf);
  return draft->leaf ? gibbs_hash_mix(hash, (uint64_t)(uintptr_t)draft->leaf) : hash;
}

/* Bits, not values: NaN equals itself here, and -0 is not 0. */
static bool same_leaf(const gibbs_expr *node, const gibbs_draft *draft) {
  if (node->kind != GIBBS_KIND_CONSTANT) return node->of.any == draft->leaf;
  return memcmp(gibbs_tensor_values(node->of.constant), gibbs_tensor_values(draft->leaf),
                node->size * sizeof(double)) == 0;
}

static bool matches(const gibbs_expr *node, const gibbs_draft *draft) {
  if (node->kind != draft->kind || node->op != draft->op || node->argument_count != draft->argument_count)
    return false;
  if (node->transpose[0] != draft->transpose[0] || node->transpose[1] != draft->transpose[1]) return false;
  for (size_t k = 0; k < draft->argument_count; k++)
    if (node->arguments[k] != draft->arguments[k]) return false;
  return gibbs_shape_equal(&node->shape, &draft->shape) && same_leaf(node, draft);
}

static gibbs_expr *find_node(const gibbs_graph *graph, const gibbs_draft *draft, uint64_t hash) {
  size_t last = graph->cell_count - 1;
  for (size_t k = hash & last; graph->cells[k].node; k = (k + 1) & last)
    if (graph->cells[k].hash == hash && matches(graph->cells[k].node, draft)) return graph->cells[k].node;
  return NULL;
}

/* ---- the table ----------------------------------------------------------------------------------- */

static void put_in(gibbs_cell *cells, size_t count, gibbs_cell cell) {
  size_t k = cell.hash & (count - 1);
  while (cells[k].node) k = (k + 1) & (count - 1);
  cells[k] = cell;
}

static bool make_room(gibbs_graph *graph) {
  if (2 * (graph->node_count + 1) <= graph->cell_count) return true;
  size_t count = 2 * graph->cell_count;
  gibbs_cell *cells = calloc(count, sizeof *cells);
  if (!cells) return false;
  for (size_t k = 0; k < graph->cell_count; k++)
    if (graph->cells[k].node) put_in(cells, count, graph->cells[k]);
  free(graph->cells);
  graph->cells = cells;
  graph->cell_count = count;
  return true;
}

/* What follows the gap without a break, and would not be found behind it, moves up. */
static void take_out(gibbs_graph *graph, const gibbs_expr *node) {
  size_t last = graph->cell_count - 1, gap = node->hash & last;
  while (graph->cells[gap].node != node) gap = (gap + 1) & last;
  for (size_t k = (gap + 1) & last; graph->cells[k].node; k = (k + 1) & last) {
    size_t home = graph->cells[k].hash & last;
    if (((k - home) & last) < ((k - gap) & last)) continue;
    graph->cells[gap] = graph->cells[k];
    gap = k;
  }
  graph->cells[gap].node = NULL;
  graph->node_count--;
}

/* ---- making -------------------------------------------------------------------------------------- */

static void retain_leaf(const gibbs_expr *node) {
  switch (node->kind) {
  case GIBBS_KIND_CONSTANT:
    gibbs_tensor_retain(node->of.constant);
    break;
  case GIBBS_KIND_VARIABLE:
    gibbs_variable_retain(node->of.variable);
    break;
  case GIBBS_KIND_PARAMETER:
    gibbs_parameter_retain(node->of.parameter);
    break;
  case GIBBS_KIND_FUNCTIONAL:
    gibbs_functional_retain(node->of.functional);
    break;
  case GIBBS_KIND_CALLBACK:
    gibbs_callback_retain(node->of.callback);
    break;
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    gibbs_index_retain(node->of.index);
    break;
  default:
    break;
  }
}

static void release_leaf(gibbs_expr *node) {
  switch (node->kind) {
  case GIBBS_KIND_CONSTANT:
    gibbs_tensor_release(node->of.constant);
    break;
  case GIBBS_KIND_VARIABLE:
    gibbs_variable_release(node->of.variable);
    break;
  case GIBBS_KIND_PARAMETER:
    gibbs_parameter_release(node->of.parameter);
    break;
  case GIBBS_KIND_FUNCTIONAL:
    gibbs_functional_release(node->of.functional);
    break;
  case GIBBS_KIND_CALLBACK:
    gibbs_callback_release(node->of.callback);
    break;
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    gibbs_index_release(node->graph, node->of.index);
    break;
  default:
    break;
  }
}

static bool is_uniform(const gibbs_tensor *tensor) {
  const double *value = gibbs_tensor_values(tensor);
  size_t size = gibbs_tensor_size(tensor);
  return size == 1 || memcmp(value, value + 1, (size - 1) * sizeof *value) == 0;
}

static void fill_node(gibbs_expr *node, gibbs_graph *graph, const gibbs_draft *draft, uint64_t hash) {
  *node = (gibbs_expr){.references = 1,
                       .graph = graph,
                       .hash = hash,
                       .number = ++graph->numbers,
                       .kind = draft->kind,
                       .op = draft->op,
                       .transpose = {draft->transpose[0], draft->transpose[1]},
                       .origin = graph->origin,
                       .shape = draft->shape,
                       .size = gibbs_shape_size(&draft->shape),
                       .argument_count = draft->argument_count};
  node->of.any = draft->leaf;
  retain_leaf(node);
  for (size_t k = 0; k < draft->argument_count; k++) {
    node->arguments[k] = gibbs_expr_retain(draft->arguments[k]);
    if (node->arguments[k]->nesting > node->nesting) node->nesting = node->arguments[k]->nesting;
  }
  if (gibbs_expr_first_bound(node) != SIZE_MAX) node->nesting++;
  if (node->kind == GIBBS_KIND_CONSTANT) node->uniform = is_uniform(node->of.constant);
}

gibbs_status gibbs_graph_node(gibbs_graph *graph, const gibbs_draft *draft, gibbs_expr **out, gibbs_error *err) {
  uint64_t hash = hash_draft(draft);
  gibbs_expr *node = find_node(graph, draft, hash);
  if (node) {
    *out = gibbs_expr_retain(node);
    return GIBBS_OK;
  }
  size_t bytes = sizeof *node + draft->argument_count * sizeof *node->arguments;
  node = make_room(graph) ? malloc(bytes) : NULL;
  if (!node) return gibbs_fail_memory(err, "expression", bytes);
  fill_node(node, graph, draft, hash);
  put_in(graph->cells, graph->cell_count, (gibbs_cell){hash, node});
  graph->node_count++;
  graph->references++;
  *out = node;
  return GIBBS_OK;
}

/* ---- references ---------------------------------------------------------------------------------- */

gibbs_expr *gibbs_expr_retain(gibbs_expr *expr) {
  expr->references++;
  return expr;
}

/* Dead nodes wait in a list through `next`, so that no depth of expression costs stack. */
void gibbs_expr_release(gibbs_expr *expr) {
  if (!expr || --expr->references > 0) return;
  gibbs_graph *graph = expr->graph;
  size_t freed = 0;
  take_out(graph, expr);
  expr->next = NULL;
  for (gibbs_expr *dead = expr; dead; freed++) {
    gibbs_expr *node = dead;
    dead = node->next;
    for (size_t k = 0; k < node->argument_count; k++) {
      gibbs_expr *argument = node->arguments[k];
      if (--argument->references > 0) continue;
      take_out(graph, argument);
      argument->next = dead;
      dead = argument;
    }
    release_leaf(node);
    free(node);
  }
  drop_references(graph, freed);
}

gibbs_graph *gibbs_expr_graph(const gibbs_expr *expr) {
  return expr->graph;
}

const gibbs_shape *gibbs_expr_shape(const gibbs_expr *expr) {
  return &expr->shape;
}

size_t gibbs_expr_size(const gibbs_expr *expr) {
  return expr->size;
}

const char *gibbs_expr_origin(const gibbs_expr *expr) {
  return expr->origin ? expr->graph->places.text[expr->origin] : NULL;
}
