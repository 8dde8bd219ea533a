/* substitute.c - an expression with some of its nodes exchanged, rebuilt and simplified. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/private/builder.h"
#include "graph.h"

typedef struct substitution {
  gibbs_tape tape;
  gibbs_expr *const *from, *const *to;
  size_t count;
  gibbs_expr **image; /* of each node; owned references, NULL where not needed */
  bool *needed;
  bool *apart; /* a sum over states that has to be entered by itself */
} substitution;

/* Whether names collide: something to be exchanged, or to be put in, has a variable that this node binds. */
static bool collides(const substitution *s, const gibbs_expr *node) {
  if (gibbs_expr_first_bound(node) == SIZE_MAX) return false;
  for (size_t k = 0; k < s->count; k++)
    if (gibbs_expr_captures(node, s->from[k]) || gibbs_expr_captures(node, s->to[k])) return true;
  return false;
}

static void plan(substitution *s) {
  s->needed[s->tape.length - 1] = true;
  for (size_t i = s->tape.length; i-- > 0;) {
    const gibbs_expr *node = s->tape.nodes[i];
    if (!s->needed[i] || s->image[i]) continue;
    s->apart[i] = collides(s, node);
    size_t bound = gibbs_expr_first_bound(node);
    for (size_t k = 0; !s->apart[i] && k < node->argument_count && k < bound; k++)
      s->needed[s->tape.slots[s->tape.first[i] + k]] = true;
  }
}

/* ---- sums over states whose variables collide ----------------------------------------------------- */

/* Keep those exchanges whose `from` the node does not bind. */
static size_t filter_pairs(const substitution *s, const gibbs_expr *node, gibbs_expr **from, gibbs_expr **to) {
  size_t kept = 0;
  for (size_t k = 0; k < s->count; k++) {
    if (gibbs_expr_captures(node, s->from[k])) continue;
    from[kept] = s->from[k];
    to[kept++] = s->to[k];
  }
  return kept;
}

/* Rename the bound variables until nothing that is put in has one of them. */
static gibbs_expr *rename_until_free(gibbs_builder *make, gibbs_expr *node, gibbs_expr *const to[], size_t count) {
  for (size_t k = 0; k < count && make->status == GIBBS_OK; k++) {
    if (!gibbs_expr_captures(node, to[k])) continue;
    gibbs_expr *renamed = NULL;
    gibbs_build_fail(make, gibbs_expr_rename_bound(node, &renamed, make->err));
    node = gibbs_build_keep(make, renamed);
    k = SIZE_MAX; /* from the start again: the new names may collide as well */
  }
  return node;
}

static gibbs_status enter_apart(const substitution *s, gibbs_expr *node, gibbs_expr **out, gibbs_error *err) {
  gibbs_builder make = gibbs_build_begin(node->graph, err);
  gibbs_expr **pairs = calloc(2 * s->count + 1, sizeof *pairs);
  if (!pairs) return gibbs_fail_memory(err, "substitution", 2 * s->count * sizeof *pairs);
  size_t count = filter_pairs(s, node, pairs, pairs + s->count), bound = gibbs_expr_first_bound(node);
  node = rename_until_free(&make, node, pairs + s->count, count);
  gibbs_expr **arguments = node ? calloc(node->argument_count, sizeof *arguments) : NULL;
  if (node && !arguments) gibbs_build_fail(&make, gibbs_fail_memory(err, "substitution", sizeof *arguments));
  for (size_t k = 0; make.status == GIBBS_OK && k < node->argument_count; k++) {
    gibbs_expr *body = NULL;
    arguments[k] = node->arguments[k];
    if (k >= bound) continue;
    gibbs_build_fail(&make, gibbs_expr_substitute(node->arguments[k], pairs, pairs + s->count, count, &body, err));
    arguments[k] = gibbs_build_keep(&make, body);
  }
  gibbs_expr *result = NULL;
  if (make.status == GIBBS_OK) gibbs_build_fail(&make, gibbs_expr_rebuild(node, arguments, &result, err));
  free(arguments);
  free(pairs);
  result = gibbs_build_take(&make, gibbs_build_keep(&make, result));
  gibbs_status status = gibbs_build_end(&make);
  if (status == GIBBS_OK) *out = result;
  return status;
}

/* ---- the walk ------------------------------------------------------------------------------------ */

static gibbs_status rebuild_node(substitution *s, size_t i, gibbs_error *err) {
  gibbs_expr *node = s->tape.nodes[i];
  if (s->apart[i]) return enter_apart(s, node, &s->image[i], err);
  gibbs_expr *few[4];
  gibbs_expr **arguments = few;
  bool same = true;
  size_t bound = gibbs_expr_first_bound(node);
  if (node->argument_count > 4) arguments = malloc(node->argument_count * sizeof *arguments);
  if (!arguments) return gibbs_fail_memory(err, "substitution", node->argument_count * sizeof *arguments);
  for (size_t k = 0; k < node->argument_count; k++) {
    arguments[k] = k < bound ? s->image[s->tape.slots[s->tape.first[i] + k]] : node->arguments[k];
    same = same && arguments[k] == node->arguments[k];
  }
  gibbs_status status = GIBBS_OK;
  unsigned origin = node->graph->origin;
  if (node->origin) node->graph->origin = node->origin;
  if (same)
    s->image[i] = gibbs_expr_retain(node);
  else
    status = gibbs_expr_rebuild(node, arguments, &s->image[i], err);
  node->graph->origin = origin;
  if (arguments != few) free(arguments);
  return status;
}

static gibbs_status check_pairs(gibbs_expr *e, gibbs_expr *const from[], gibbs_expr *const to[], size_t count,
                                gibbs_error *err) {
  for (size_t k = 0; k < count; k++) {
    gibbs_status status = gibbs_expr_same_graph(e, to[k], err);
    if (status != GIBBS_OK) return status;
    if (gibbs_shape_equal(&from[k]->shape, &to[k]->shape)) continue;
    char left[64], right[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "substitute: shapes %s and %s do not agree; they must be equal",
                      gibbs_shape_print(&from[k]->shape, left, sizeof left),
                      gibbs_shape_print(&to[k]->shape, right, sizeof right));
  }
  return GIBBS_OK;
}

static gibbs_status run_substitution(substitution *s, gibbs_expr **out, gibbs_error *err) {
  size_t length = s->tape.length;
  s->image = calloc(length, sizeof *s->image);
  s->needed = calloc(2 * length, sizeof *s->needed);
  if (!s->image || !s->needed) return gibbs_fail_memory(err, "substitution", length * sizeof *s->image);
  s->apart = s->needed + length;
  for (size_t k = 0; k < s->count; k++) {
    size_t at = gibbs_tape_find(&s->tape, s->from[k]);
    if (at != SIZE_MAX && !s->image[at]) s->image[at] = gibbs_expr_retain(s->to[k]);
  }
  plan(s);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < length; i++)
    if (s->needed[i] && !s->image[i]) status = rebuild_node(s, i, err);
  if (status == GIBBS_OK) *out = gibbs_expr_retain(s->image[length - 1]);
  return status;
}

gibbs_status gibbs_expr_substitute(gibbs_expr *e, gibbs_expr *const from[], gibbs_expr *const to[], size_t count,
                                   gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = check_pairs(e, from, to, count, err);
  if (status != GIBBS_OK) return status;
  substitution s = {.from = from, .to = to, .count = count};
  status = gibbs_tape_new(&e, 1, &s.tape, err);
  if (status != GIBBS_OK) return status;
  status = run_substitution(&s, out, err);
  for (size_t i = 0; s.image && i < s.tape.length; i++) gibbs_expr_release(s.image[i]);
  free(s.image);
  free(s.needed);
  gibbs_tape_free(&s.tape);
  return status;
}
