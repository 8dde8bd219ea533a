/* derivative.c - reverse mode: the derivatives of an expression, as expressions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "derivative.h"

#include <stdlib.h>
#include <string.h>

/* d[i]: the adjoint of node i, a tensor of its shape, or a scalar that stands for a tensor of that value everywhere.
 */

void gibbs_reverse_add(gibbs_reverse *r, size_t i, gibbs_expr *term) {
  if (r->make.status != GIBBS_OK) return;
  r->d[i] = r->d[i] ? gibbs_build_binary(&r->make, GIBBS_OP_ADD, r->d[i], term) : term;
}

gibbs_expr *gibbs_reverse_whole(gibbs_reverse *r, size_t i) {
  return gibbs_build_broadcast(&r->make, r->d[i], &r->tape.nodes[i]->shape);
}

static gibbs_status open_tape(gibbs_reverse *r, gibbs_expr *y, gibbs_error *err) {
  gibbs_status status = gibbs_tape_new(&y, 1, &r->tape, err);
  if (status != GIBBS_OK) return status;
  size_t length = r->tape.length, count = r->count;
  r->at = malloc(count * sizeof *r->at + 1);
  r->aside = calloc(count + 1, sizeof *r->aside);
  r->d = calloc(length, sizeof *r->d);
  r->reach = malloc(length * sizeof *r->reach);
  if (!r->at || !r->aside || !r->d || !r->reach)
    return gibbs_fail_memory(err, "derivative", length * sizeof *r->d + count * sizeof *r->aside);
  for (size_t k = 0; k < count; k++) r->at[k] = gibbs_tape_find(&r->tape, r->xs[k]);
  return gibbs_tape_reach(&r->tape, r->xs, count, r->reach, err);
}

static void close_tape(gibbs_reverse *r) {
  free(r->at);
  free(r->aside);
  free(r->d);
  free(r->reach);
  gibbs_tape_free(&r->tape);
}

/* From users to arguments.  What is made carries the place of origin of the node it is the derivative of. */
static void sweep_back(gibbs_reverse *r) {
  unsigned origin = r->make.graph->origin;
  for (size_t i = r->tape.length; i-- > 0 && r->make.status == GIBBS_OK;) {
    if (!r->d[i] || !r->reach[i]) continue;
    if (r->tape.nodes[i]->origin) r->make.graph->origin = r->tape.nodes[i]->origin;
    gibbs_reverse_node(r, i);
    r->make.graph->origin = origin;
  }
}

/* The derivative for xs[k], of its full shape. */
static gibbs_expr *build_result(gibbs_reverse *r, size_t k) {
  gibbs_expr *total = r->at[k] == SIZE_MAX ? NULL : r->d[r->at[k]];
  if (total && r->aside[k])
    total = gibbs_build_binary(&r->make, GIBBS_OP_ADD, total, r->aside[k]);
  else if (!total)
    total = r->aside[k] ? r->aside[k] : gibbs_build_number(&r->make, 0.0);
  return gibbs_build_broadcast(&r->make, total, &r->xs[k]->shape);
}

static void hand_out(gibbs_reverse *r, gibbs_expr *outs[]) {
  gibbs_expr **results = malloc(r->count * sizeof *results + 1);
  if (!results) {
    gibbs_build_fail(&r->make, gibbs_fail_memory(r->make.err, "derivative", r->count * sizeof *results));
    return;
  }
  for (size_t k = 0; k < r->count && r->make.status == GIBBS_OK; k++) results[k] = build_result(r, k);
  for (size_t k = 0; k < r->count && r->make.status == GIBBS_OK; k++)
    outs[k] = gibbs_build_take(&r->make, results[k]);
  free(results);
}

gibbs_status gibbs_expr_pullback(gibbs_expr *y, gibbs_expr *seed, gibbs_expr *const xs[], size_t count,
                                 gibbs_expr *outs[], gibbs_error *err) {
  if (!gibbs_shape_equal(&y->shape, &seed->shape)) {
    char left[64], right[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "pullback: shapes %s and %s do not agree; they must be equal",
                      gibbs_shape_print(&y->shape, left, sizeof left),
                      gibbs_shape_print(&seed->shape, right, sizeof right));
  }
  gibbs_status status = gibbs_expr_same_graph(y, seed, err);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) status = gibbs_expr_same_graph(y, xs[k], err);
  if (status != GIBBS_OK) return status;
  gibbs_reverse r = {.make = gibbs_build_begin(y->graph, err), .xs = xs, .count = count};
  gibbs_build_fail(&r.make, open_tape(&r, y, err));
  if (r.make.status == GIBBS_OK) {
    gibbs_expr *repeated =
        seed->uniform ? gibbs_build_number(&r.make, gibbs_expr_uniform_value(seed)) : gibbs_expr_repeated(seed);
    r.d[r.tape.length - 1] = repeated ? repeated : seed;
    sweep_back(&r);
  }
  if (r.make.status == GIBBS_OK) hand_out(&r, outs);
  close_tape(&r);
  return gibbs_build_end(&r.make);
}

gibbs_status gibbs_expr_gradient(gibbs_expr *e, gibbs_expr *const xs[], size_t count, gibbs_expr *outs[],
                                 gibbs_error *err) {
  if (e->shape.rank != 0) {
    char text[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "grad: an expression of shape %s; only a scalar has a gradient",
                      gibbs_shape_print(&e->shape, text, sizeof text));
  }
  gibbs_expr *one = NULL;
  gibbs_status status = gibbs_expr_number(e->graph, 1.0, &one, err);
  if (status == GIBBS_OK) status = gibbs_expr_pullback(e, one, xs, count, outs, err);
  gibbs_expr_release(one);
  return status;
}
