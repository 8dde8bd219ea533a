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
static gibbs_status find_collision(const substitution *s, const gibbs_expr *node, bool *out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  *out = false;
  if (gibbs_expr_first_bound(node) == SIZE_MAX) return GIBBS_OK;
  for (size_t k = 0; k < 2 * s->count && !*out && status == GIBBS_OK; k++)
    status = gibbs_expr_captures(node, k % 2 ? s->to[k / 2] : s->from[k / 2], out, err);
  return status;
}

static gibbs_status plan(substitution *s, gibbs_error *err) {
  s->needed[s->tape.length - 1] = true;
  for (size_t i = s->tape.length; i-- > 0;) {
    const gibbs_expr *node = s->tape.nodes[i];
    if (!s->needed[i] || s->image[i]) continue;
    gibbs_status status = find_collision(s, node, &s->apart[i], err);
    if (status != GIBBS_OK) return status;
    size_t bound = gibbs_expr_first_bound(node);
    for (size_t k = 0; !s->apart[i] && k < node->argument_count && k < bound; k++)
      s->needed[s->tape.slots[s->tape.first[i] + k]] = true;
  }
  return GIBBS_OK;
}

/* ---- sums over states whose variables collide ----------------------------------------------------- */

/* Room for the exchanges inside a body, and for the arguments made there. */
typedef struct entry {
  gibbs_builder make;
  gibbs_expr **from, **to, **arguments;
  size_t count;
} entry;

static bool captures(entry *in, const gibbs_expr *node, gibbs_expr *x) {
  bool caught = false;
  if (in->make.status == GIBBS_OK) gibbs_build_fail(&in->make, gibbs_expr_captures(node, x, &caught, in->make.err));
  return caught;
}

/* Keep those exchanges whose `from` the node does not bind. */
static void filter_pairs(entry *in, const substitution *s, const gibbs_expr *node) {
  for (size_t k = 0; k < s->count; k++) {
    if (captures(in, node, s->from[k])) continue;
    in->from[in->count] = s->from[k];
    in->to[in->count++] = s->to[k];
  }
}

/* Rename the bound variables until nothing that is put in has one of them: after each change from the start again. */
static gibbs_expr *rename_until_free(entry *in, gibbs_expr *node) {
  for (size_t k = 0; k < in->count && in->make.status == GIBBS_OK;) {
    if (!captures(in, node, in->to[k])) {
      k++;
      continue;
    }
    gibbs_expr *renamed = NULL;
    gibbs_build_fail(&in->make, gibbs_expr_rename_bound(node, &renamed, in->make.err));
    node = gibbs_build_keep(&in->make, renamed);
    k = 0;
  }
  return node;
}

static gibbs_expr *rebuild_inside(entry *in, gibbs_expr *node) {
  size_t bound = gibbs_expr_first_bound(node);
  for (size_t k = 0; in->make.status == GIBBS_OK && k < node->argument_count; k++) {
    gibbs_expr *body = NULL;
    in->arguments[k] = node->arguments[k];
    if (k >= bound) continue;
    gibbs_build_fail(&in->make,
                     gibbs_expr_substitute(node->arguments[k], in->from, in->to, in->count, &body, in->make.err));
    in->arguments[k] = gibbs_build_keep(&in->make, body);
  }
  gibbs_expr *result = NULL;
  if (in->make.status == GIBBS_OK)
    gibbs_build_fail(&in->make, gibbs_expr_rebuild(node, in->arguments, &result, in->make.err));
  return gibbs_build_keep(&in->make, result);
}

static gibbs_status enter_apart(const substitution *s, gibbs_expr *node, gibbs_expr **out, gibbs_error *err) {
  size_t room = 2 * s->count + node->argument_count;
  gibbs_expr **pointers = calloc(room, sizeof *pointers);
  if (!pointers) return gibbs_fail_memory(err, "substitution", room * sizeof *pointers);
  entry in = {.make = gibbs_build_begin(node->graph, err),
              .from = pointers,
              .to = pointers + s->count,
              .arguments = pointers + 2 * s->count};
  filter_pairs(&in, s, node);
  node = rename_until_free(&in, node);
  gibbs_expr *result = in.make.status == GIBBS_OK ? gibbs_build_take(&in.make, rebuild_inside(&in, node)) : NULL;
  free(pointers);
  gibbs_status status = gibbs_build_end(&in.make);
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
  gibbs_status status = plan(s, err);
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
