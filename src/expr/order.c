/* order.c - the nodes below some roots, arguments first. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

typedef struct collection {
  gibbs_expr **nodes;
  size_t length, room;
  uint64_t mark;
} collection;

static bool collect_node(collection *all, gibbs_expr *node) {
  if (node->mark == all->mark) return true;
  if (all->length == all->room) {
    size_t room = 2 * all->room;
    gibbs_expr **nodes = realloc(all->nodes, room * sizeof *nodes);
    if (!nodes) return false;
    all->nodes = nodes;
    all->room = room;
  }
  node->mark = all->mark;
  all->nodes[all->length++] = node;
  return true;
}

/* The list of what was found is also the list of what is still to be looked into. */
static bool collect_nodes(collection *all, gibbs_expr *const roots[], size_t count) {
  for (size_t k = 0; k < count; k++)
    if (!collect_node(all, roots[k])) return false;
  for (size_t k = 0; k < all->length; k++)
    for (size_t j = 0; j < all->nodes[k]->argument_count; j++)
      if (!collect_node(all, all->nodes[k]->arguments[j])) return false;
  return true;
}

static int compare_numbers(const void *a, const void *b) {
  uint64_t x = (*(gibbs_expr *const *)a)->number, y = (*(gibbs_expr *const *)b)->number;
  return (x > y) - (x < y);
}

gibbs_status gibbs_graph_order(gibbs_expr *const roots[], size_t count, gibbs_expr ***out, size_t *length,
                               gibbs_error *err) {
  collection all = {.room = 64, .mark = count ? gibbs_graph_new_mark(roots[0]->graph) : 0};
  all.nodes = malloc(all.room * sizeof *all.nodes);
  if (!all.nodes || !collect_nodes(&all, roots, count)) {
    free(all.nodes);
    return gibbs_fail_memory(err, "order of an expression", 2 * all.room * sizeof *all.nodes);
  }
  qsort(all.nodes, all.length, sizeof *all.nodes, compare_numbers);
  for (size_t k = 0; k < all.length; k++) all.nodes[k]->slot = k;
  *out = all.nodes;
  *length = all.length;
  return GIBBS_OK;
}

static gibbs_status write_slots(gibbs_tape *tape, gibbs_error *err) {
  size_t total = 0;
  for (size_t i = 0; i < tape->length; i++) total += tape->nodes[i]->argument_count;
  tape->first = malloc(tape->length * sizeof *tape->first + 1);
  tape->slots = malloc(total * sizeof *tape->slots + 1);
  if (!tape->first || !tape->slots)
    return gibbs_fail_memory(err, "order of an expression", (tape->length + total) * sizeof *tape->slots);
  total = 0;
  for (size_t i = 0; i < tape->length; i++) {
    const gibbs_expr *node = tape->nodes[i];
    tape->first[i] = total;
    for (size_t k = 0; k < node->argument_count; k++) tape->slots[total++] = node->arguments[k]->slot;
    if (gibbs_expr_first_bound(node) != SIZE_MAX) tape->binds = true;
  }
  return GIBBS_OK;
}

gibbs_status gibbs_tape_new(gibbs_expr *const roots[], size_t count, gibbs_tape *out, gibbs_error *err) {
  gibbs_tape tape = {.length = 0};
  gibbs_status status = gibbs_graph_order(roots, count, &tape.nodes, &tape.length, err);
  if (status != GIBBS_OK) return status;
  status = write_slots(&tape, err);
  if (status != GIBBS_OK)
    gibbs_tape_free(&tape);
  else
    *out = tape;
  return status;
}

void gibbs_tape_free(gibbs_tape *tape) {
  free(tape->nodes);
  free(tape->first);
  free(tape->slots);
  memset(tape, 0, sizeof *tape);
}

size_t gibbs_tape_find(const gibbs_tape *tape, const gibbs_expr *node) {
  return node->slot < tape->length && tape->nodes[node->slot] == node ? node->slot : SIZE_MAX;
}
