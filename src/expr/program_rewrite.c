/* program_rewrite.c - expressions rewritten before they are compiled.
 *
 *   <a x>           = a <x>             for a the same in all states, and likewise past everything that is linear:
 *                                       many means of one energy become means of few values, done in one sum
 *   x . (W h)       = (W' x) . h        inside a sum over h, where x is the same in all states and longer than h
 *   s (a b')        = (s a) b'          for a scalar s: the product is then summed over a batch as it is
 *   (a b') (c d')   = (a c) (b d)'      element by element, and
 *   sum((a b') X)   = a . (X b)         so that the outer product is never made */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_rewrite.h"

#include <stdlib.h>

#include "gibbs/private/builder.h"

/* How deep inside a value to look for something linear. */
enum { most_depth = 64 };

/* One sum over states at work. */
typedef struct states {
  gibbs_builder *make;
  gibbs_expr *energy;
  gibbs_expr *const *variables;
  size_t count;
} states;

static bool is_op(const gibbs_expr *x, gibbs_op op) {
  return x->kind == GIBBS_KIND_ELEMENTWISE && x->op == op;
}

static bool is_fixed(const states *s, gibbs_expr *x) {
  bool depends = false;
  for (size_t k = 0; k < s->count && !depends && s->make->status == GIBBS_OK; k++)
    depends = gibbs_expr_depends(x, s->variables[k]);
  return !depends;
}

/* ---- means past what is linear --------------------------------------------------------------- */

/* Which of two factors is the same in all states, or -1. */
static int fixed_factor(const states *s, const gibbs_expr *x) {
  bool product = x->kind == GIBBS_KIND_OUTER || x->kind == GIBBS_KIND_MATMUL || is_op(x, GIBBS_OP_MUL);
  if (!product && !is_op(x, GIBBS_OP_DIV)) return -1;
  if (product && is_fixed(s, x->arguments[0])) return 0;
  return is_fixed(s, x->arguments[1]) ? 1 : -1;
}

/* What a mean goes past, whatever the arguments are. */
static bool is_linear(const gibbs_expr *x) {
  return is_op(x, GIBBS_OP_ADD) || is_op(x, GIBBS_OP_SUB) || is_op(x, GIBBS_OP_NEG) || x->kind == GIBBS_KIND_SUM ||
         x->kind == GIBBS_KIND_GATHER || x->kind == GIBBS_KIND_SCATTER;
}

/* Whether something fixed can be taken out of x. */
static bool comes_apart(const states *s, gibbs_expr *x, unsigned depth) {
  if (depth == 0) return false;
  if (is_fixed(s, x) || fixed_factor(s, x) >= 0) return true;
  for (size_t k = 0; is_linear(x) && k < x->argument_count; k++)
    if (comes_apart(s, x->arguments[k], depth - 1)) return true;
  return false;
}

static gibbs_expr *rebuild(gibbs_builder *make, const gibbs_expr *node, gibbs_expr *const arguments[]) {
  gibbs_expr *rebuilt = NULL;
  if (make->status == GIBBS_OK) gibbs_build_fail(make, gibbs_expr_rebuild(node, arguments, &rebuilt, make->err));
  return gibbs_build_keep(make, rebuilt);
}

static gibbs_expr *take_mean(const states *s, gibbs_expr *x, unsigned depth) {
  gibbs_expr *arguments[2] = {NULL, NULL};
  if (s->make->status != GIBBS_OK || is_fixed(s, x)) return x;
  int fixed = fixed_factor(s, x);
  if (depth == 0 || (fixed < 0 && !(is_linear(x) && comes_apart(s, x, depth))))
    return gibbs_build_marginal_mean(s->make, x, s->energy, s->variables, s->count);
  for (size_t k = 0; k < x->argument_count; k++)
    arguments[k] = (int)k == fixed ? x->arguments[k] : take_mean(s, x->arguments[k], depth - 1);
  return rebuild(s->make, x, arguments);
}

/* ---- products on the side that is computed once ---------------------------------------------- */

/* x . (A y) with x and A fixed and fewer elements in y. */
static gibbs_expr *turn_product(const states *s, gibbs_expr *x, gibbs_expr *product) {
  gibbs_expr *const *a = product->arguments;
  if (product->kind != GIBBS_KIND_MATMUL || product->shape.rank != 1 || a[1]->size >= x->size) return NULL;
  if (x->shape.rank != 1 || !is_fixed(s, x) || !is_fixed(s, a[0]) || is_fixed(s, a[1])) return NULL;
  gibbs_expr *turned = gibbs_build_transposed_matmul(s->make, a[0], !product->transpose[0], x, false);
  return gibbs_build_dot(s->make, turned, a[1]);
}

static gibbs_expr *turn_dot(const states *s, gibbs_expr *node) {
  if (node->kind != GIBBS_KIND_SUM || !is_op(node->arguments[0], GIBBS_OP_MUL)) return NULL;
  gibbs_expr *const *a = node->arguments[0]->arguments;
  gibbs_expr *turned = turn_product(s, a[0], a[1]);
  return turned ? turned : turn_product(s, a[1], a[0]);
}

/* ---- walks ----------------------------------------------------------------------------------- */

typedef gibbs_expr *node_rule(void *context, gibbs_builder *make, gibbs_expr *node);

static gibbs_expr *rebuild_from_images(gibbs_builder *make, const gibbs_tape *tape, size_t i, gibbs_expr **images,
                                       gibbs_expr **arguments) {
  gibbs_expr *node = tape->nodes[i];
  bool changed = false;
  for (size_t k = 0; k < node->argument_count; k++) {
    arguments[k] = images[tape->slots[tape->first[i] + k]];
    changed |= arguments[k] != node->arguments[k];
  }
  return changed ? rebuild(make, node, arguments) : node;
}

/* images[k] = roots[k] with the rule applied to every node below, arguments first; owned by the builder.  What is
 * made for a node is said to come from where that does. */
static void walk(gibbs_builder *make, gibbs_expr *const roots[], size_t count, node_rule *rule, void *context,
                 gibbs_expr *out[]) {
  gibbs_tape tape = {.length = 0};
  size_t most = 1;
  if (make->status == GIBBS_OK) gibbs_build_fail(make, gibbs_tape_new(roots, count, &tape, make->err));
  if (make->status != GIBBS_OK) return;
  for (size_t i = 0; i < tape.length; i++)
    if (tape.nodes[i]->argument_count > most) most = tape.nodes[i]->argument_count;
  size_t *slots = malloc(count * sizeof *slots);
  gibbs_expr **images = malloc((tape.length + most) * sizeof *images);
  if (!images || !slots)
    gibbs_build_fail(make, gibbs_fail_memory(make->err, "a program", tape.length * sizeof *images));
  for (size_t k = 0; slots && k < count; k++) slots[k] = gibbs_tape_find(&tape, roots[k]);
  unsigned origin = make->graph->origin;
  for (size_t i = 0; i < tape.length && make->status == GIBBS_OK; i++) {
    make->graph->origin = tape.nodes[i]->origin;
    images[i] = rebuild_from_images(make, &tape, i, images, images + tape.length);
    gibbs_expr *better = make->status == GIBBS_OK ? rule(context, make, images[i]) : NULL;
    if (better) images[i] = better;
  }
  make->graph->origin = origin;
  for (size_t k = 0; k < count && make->status == GIBBS_OK; k++) out[k] = images[slots[k]];
  free(images);
  free(slots);
  gibbs_tape_free(&tape);
}

static gibbs_expr *turn_node(void *context, gibbs_builder *make, gibbs_expr *node) {
  (void)make;
  return turn_dot(context, node);
}

static gibbs_expr *rewrite_states(gibbs_builder *make, gibbs_expr *node) {
  size_t first = gibbs_expr_first_bound(node), count = node->argument_count - first;
  states s = {.make = make, .variables = node->arguments + first, .count = count};
  gibbs_expr *bodies[2] = {NULL, NULL}, *result = NULL;
  walk(make, node->arguments, first, turn_node, &s, bodies);
  if (make->status != GIBBS_OK) return NULL;
  s.energy = bodies[first - 1];
  if (node->kind == GIBBS_KIND_MARGINAL_MEAN) return take_mean(&s, bodies[0], most_depth);
  gibbs_build_fail(make, gibbs_expr_marginal(s.energy, s.variables, count, &result, make->err));
  return gibbs_build_keep(make, result);
}

/* s (a b') = (s a) b', the shorter of a and b scaled. */
static gibbs_expr *scale_outer(gibbs_builder *make, gibbs_expr *node) {
  if (!is_op(node, GIBBS_OP_MUL)) return NULL;
  size_t at = node->arguments[0]->shape.rank == 0 ? 1 : 0;
  gibbs_expr *scalar = node->arguments[1 - at], *product = node->arguments[at];
  if (scalar->shape.rank != 0 || product->kind != GIBBS_KIND_OUTER) return NULL;
  gibbs_expr *a = product->arguments[0], *b = product->arguments[1];
  if (a->size < b->size)
    a = gibbs_build_binary(make, GIBBS_OP_MUL, scalar, a);
  else
    b = gibbs_build_binary(make, GIBBS_OP_MUL, scalar, b);
  return gibbs_build_outer(make, a, b);
}

static bool is_outer(const gibbs_expr *x) {
  return x->kind == GIBBS_KIND_OUTER;
}

static gibbs_expr *multiply_outer(gibbs_builder *make, gibbs_expr *node) {
  if (!is_op(node, GIBBS_OP_MUL) || !is_outer(node->arguments[0]) || !is_outer(node->arguments[1])) return NULL;
  gibbs_expr *const *x = node->arguments[0]->arguments, *const *y = node->arguments[1]->arguments;
  return gibbs_build_outer(make, gibbs_build_binary(make, GIBBS_OP_MUL, x[0], y[0]),
                           gibbs_build_binary(make, GIBBS_OP_MUL, x[1], y[1]));
}

static gibbs_expr *sum_outer(gibbs_builder *make, gibbs_expr *node) {
  if (node->kind != GIBBS_KIND_SUM || !is_op(node->arguments[0], GIBBS_OP_MUL)) return NULL;
  gibbs_expr *const *x = node->arguments[0]->arguments;
  size_t at = is_outer(x[0]) ? 0 : 1;
  if (!is_outer(x[at]) || x[1 - at]->shape.rank != 2) return NULL;
  gibbs_expr *product = gibbs_build_matmul(make, x[1 - at], x[at]->arguments[1]);
  return gibbs_build_dot(make, x[at]->arguments[0], product);
}

static gibbs_expr *rewrite_node(void *context, gibbs_builder *make, gibbs_expr *node) {
  (void)context;
  if (gibbs_expr_first_bound(node) != SIZE_MAX) return rewrite_states(make, node);
  gibbs_expr *better = scale_outer(make, node);
  if (!better) better = multiply_outer(make, node);
  return better ? better : sum_outer(make, node);
}

gibbs_status gibbs_program_rewrite(gibbs_expr *const roots[], size_t count, gibbs_expr *out[], gibbs_error *err) {
  if (count == 0) return GIBBS_OK;
  gibbs_builder make = gibbs_build_begin(roots[0]->graph, err);
  walk(&make, roots, count, rewrite_node, NULL, out);
  for (size_t k = 0; make.status == GIBBS_OK && k < count; k++) gibbs_expr_retain(out[k]);
  return gibbs_build_end(&make);
}
