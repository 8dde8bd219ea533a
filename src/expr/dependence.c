/* dependence.c - what a node depends on, where sums over states bind their variables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

size_t gibbs_expr_first_bound(const gibbs_expr *node) {
  if (node->kind == GIBBS_KIND_MARGINAL) return 1;
  return node->kind == GIBBS_KIND_MARGINAL_MEAN ? 2 : SIZE_MAX;
}

/* The arguments of a node that its value depends on freely: bound variables are not. */
static size_t count_free_arguments(const gibbs_expr *node) {
  size_t bound = gibbs_expr_first_bound(node);
  return bound < node->argument_count ? bound : node->argument_count;
}

static bool binds(const gibbs_expr *node, const gibbs_expr *variable) {
  for (size_t k = gibbs_expr_first_bound(node); k < node->argument_count; k++)
    if (node->arguments[k] == variable) return true;
  return false;
}

bool gibbs_expr_captures(const gibbs_expr *node, gibbs_expr *x) {
  for (size_t k = gibbs_expr_first_bound(node); k < node->argument_count; k++)
    if (gibbs_expr_depends(x, node->arguments[k])) return true;
  return false;
}

/* Spread reach from arguments to users; `x`, if given, is cut off where a node captures it. */
static void spread_reach(const gibbs_tape *tape, gibbs_expr *x, bool reach[]) {
  for (size_t i = 0; i < tape->length; i++) {
    gibbs_expr *node = tape->nodes[i];
    bool any = reach[i];
    for (size_t k = 0; !any && k < count_free_arguments(node); k++) any = reach[tape->slots[tape->first[i] + k]];
    if (any && x && node != x && gibbs_expr_first_bound(node) != SIZE_MAX)
      any = x->kind == GIBBS_KIND_VARIABLE ? !binds(node, x) : !gibbs_expr_captures(node, x);
    reach[i] = any;
  }
}

/* Which nodes hold, freely or not, a variable that is bound somewhere. */
static void find_bindable(const gibbs_tape *tape, bool bindable[]) {
  memset(bindable, 0, tape->length * sizeof *bindable);
  for (size_t i = 0; i < tape->length; i++)
    for (size_t k = gibbs_expr_first_bound(tape->nodes[i]); k < tape->nodes[i]->argument_count; k++)
      bindable[tape->slots[tape->first[i] + k]] = true;
  for (size_t i = 0; i < tape->length; i++)
    for (size_t k = 0; k < tape->nodes[i]->argument_count; k++)
      if (bindable[tape->slots[tape->first[i] + k]]) bindable[i] = true;
}

/* The xs that no node can capture go in one sweep, the others one by one. */
static void reach_with_binding(const gibbs_tape *tape, const size_t at[], size_t count, bool reach[], bool bindable[],
                               bool one[]) {
  find_bindable(tape, bindable);
  for (size_t k = 0; k < count; k++)
    if (at[k] != SIZE_MAX && !bindable[at[k]]) reach[at[k]] = true;
  spread_reach(tape, NULL, reach);
  for (size_t k = 0; k < count; k++) {
    if (at[k] == SIZE_MAX || !bindable[at[k]]) continue;
    memset(one, 0, tape->length * sizeof *one);
    one[at[k]] = true;
    spread_reach(tape, tape->nodes[at[k]], one);
    for (size_t i = 0; i < tape->length; i++) reach[i] = reach[i] || one[i];
  }
}

gibbs_status gibbs_tape_reach(const gibbs_tape *tape, gibbs_expr *const xs[], size_t count, bool reach[],
                              gibbs_error *err) {
  memset(reach, 0, tape->length * sizeof *reach);
  size_t bytes = count * sizeof(size_t) + 2 * tape->length * sizeof(bool);
  size_t *at = malloc(bytes + 1);
  if (!at) return gibbs_fail_memory(err, "expression", bytes);
  for (size_t k = 0; k < count; k++) at[k] = gibbs_tape_find(tape, xs[k]);
  if (tape->binds) {
    bool *scratch = (bool *)(at + count);
    reach_with_binding(tape, at, count, reach, scratch, scratch + tape->length);
  } else {
    for (size_t k = 0; k < count; k++)
      if (at[k] != SIZE_MAX) reach[at[k]] = true;
    spread_reach(tape, NULL, reach);
  }
  free(at);
  return GIBBS_OK;
}

/* Without memory for the walk: true, which is always safe. */
bool gibbs_expr_depends(gibbs_expr *e, const gibbs_expr *leaf) {
  if (e == leaf) return true;
  if (leaf->graph != e->graph || leaf->number > e->number) return false;
  gibbs_tape tape;
  if (gibbs_tape_new(&e, 1, &tape, NULL) != GIBBS_OK) return true;
  bool depends = true;
  bool *reach = malloc(tape.length * sizeof *reach);
  size_t at = gibbs_tape_find(&tape, leaf);
  if (at == SIZE_MAX) depends = false;
  if (reach && depends && gibbs_tape_reach(&tape, &tape.nodes[at], 1, reach, NULL) == GIBBS_OK)
    depends = reach[tape.length - 1];
  free(reach);
  gibbs_tape_free(&tape);
  return depends;
}
