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

gibbs_status gibbs_expr_captures(const gibbs_expr *node, gibbs_expr *x, bool *out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  bool caught = x->argument_count == 0 && binds(node, x);
  if (x->argument_count > 0)
    for (size_t k = gibbs_expr_first_bound(node); !caught && k < node->argument_count && status == GIBBS_OK; k++)
      status = gibbs_expr_find_dependence(x, node->arguments[k], &caught, err);
  if (status == GIBBS_OK) *out = caught;
  return status;
}

/* Spread reach from arguments to users; `x`, if given, is cut off where a node captures it. */
static gibbs_status spread_reach(const gibbs_tape *tape, gibbs_expr *x, bool reach[], gibbs_error *err) {
  for (size_t i = 0; i < tape->length; i++) {
    gibbs_expr *node = tape->nodes[i];
    bool any = reach[i], caught = false;
    for (size_t k = 0; !any && k < count_free_arguments(node); k++) any = reach[tape->slots[tape->first[i] + k]];
    if (any && x && node != x) {
      gibbs_status status = gibbs_expr_captures(node, x, &caught, err);
      if (status != GIBBS_OK) return status;
    }
    reach[i] = any && !caught;
  }
  return GIBBS_OK;
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
static gibbs_status reach_with_binding(const gibbs_tape *tape, const size_t at[], size_t count, bool reach[],
                                       bool bindable[], bool one[], gibbs_error *err) {
  find_bindable(tape, bindable);
  for (size_t k = 0; k < count; k++)
    if (at[k] != SIZE_MAX && !bindable[at[k]]) reach[at[k]] = true;
  gibbs_status status = spread_reach(tape, NULL, reach, err);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) {
    if (at[k] == SIZE_MAX || !bindable[at[k]]) continue;
    memset(one, 0, tape->length * sizeof *one);
    one[at[k]] = true;
    status = spread_reach(tape, tape->nodes[at[k]], one, err);
    for (size_t i = 0; i < tape->length; i++) reach[i] = reach[i] || one[i];
  }
  return status;
}

static gibbs_status reach_without_binding(const gibbs_tape *tape, const size_t at[], size_t count, bool reach[],
                                          gibbs_error *err) {
  for (size_t k = 0; k < count; k++)
    if (at[k] != SIZE_MAX) reach[at[k]] = true;
  return spread_reach(tape, NULL, reach, err);
}

gibbs_status gibbs_tape_reach(const gibbs_tape *tape, gibbs_expr *const xs[], size_t count, bool reach[],
                              gibbs_error *err) {
  memset(reach, 0, tape->length * sizeof *reach);
  size_t bytes = count * sizeof(size_t) + 2 * tape->length * sizeof(bool);
  size_t *at = malloc(bytes + 1);
  if (!at) return gibbs_fail_memory(err, "expression", bytes);
  for (size_t k = 0; k < count; k++) at[k] = gibbs_tape_find(tape, xs[k]);
  bool *scratch = (bool *)(at + count);
  gibbs_status status = tape->binds ? reach_with_binding(tape, at, count, reach, scratch, scratch + tape->length, err)
                                    : reach_without_binding(tape, at, count, reach, err);
  free(at);
  return status;
}

static gibbs_status search_tape(gibbs_tape *tape, const gibbs_expr *leaf, bool *out, gibbs_error *err) {
  size_t at = gibbs_tape_find(tape, leaf);
  if (at == SIZE_MAX) {
    *out = false;
    return GIBBS_OK;
  }
  bool *reach = malloc(tape->length * sizeof *reach);
  if (!reach) return gibbs_fail_memory(err, "expression", tape->length * sizeof *reach);
  gibbs_status status = gibbs_tape_reach(tape, &tape->nodes[at], 1, reach, err);
  if (status == GIBBS_OK) *out = reach[tape->length - 1];
  free(reach);
  return status;
}

gibbs_status gibbs_expr_find_dependence(gibbs_expr *e, const gibbs_expr *leaf, bool *out, gibbs_error *err) {
  if (e == leaf || e->argument_count == 0 || leaf->graph != e->graph || leaf->number > e->number) {
    *out = e == leaf;
    return GIBBS_OK;
  }
  gibbs_tape tape;
  gibbs_status status = gibbs_tape_new(&e, 1, &tape, err);
  if (status != GIBBS_OK) return status;
  status = search_tape(&tape, leaf, out, err);
  gibbs_tape_free(&tape);
  return status;
}

bool gibbs_expr_depends(gibbs_expr *e, const gibbs_expr *leaf) {
  bool depends = true;
  return gibbs_expr_find_dependence(e, leaf, &depends, NULL) != GIBBS_OK || depends;
}
