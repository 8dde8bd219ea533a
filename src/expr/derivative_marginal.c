/* derivative_marginal.c - derivatives through sums over states, by recursion into their bodies.
 *
 *   M = -log sum_h exp(-E):              dM = <dE>
 *   m = <g> = sum_h g exp(-E + M):       d(a.m) = <a.dg> - <(a.g) dE> + (a.m) <dE>,  a the adjoint, held fixed
 *
 * Bodies are differentiated by xs themselves, not by way of the tape: inside a body a node stands for other values
 * than outside.  What comes out is kept aside, so that it is not given on a second time from the nodes below. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "derivative.h"

/* Those of xs that mean the same inside the body, and derivatives by them. */
typedef struct inside {
  size_t count;
  size_t *which;        /* positions in xs */
  gibbs_expr **xs;      /* borrowed */
  gibbs_expr **of_body; /* owned by the builder: dE / dx */
  gibbs_expr **of_value;
} inside;

static bool open_inside(gibbs_reverse *r, const gibbs_expr *node, inside *in) {
  *in = (inside){.count = 0};
  in->which = malloc(r->count * sizeof *in->which + 1);
  in->xs = calloc(3 * r->count + 1, sizeof *in->xs);
  if (!in->which || !in->xs) {
    gibbs_build_fail(&r->make, gibbs_fail_memory(r->make.err, "derivative", 4 * r->count * sizeof *in->xs));
    return false;
  }
  in->of_body = in->xs + r->count;
  in->of_value = in->xs + 2 * r->count;
  for (size_t k = 0; k < r->count; k++) {
    bool other = r->at[k] == SIZE_MAX;
    if (!other) gibbs_build_fail(&r->make, gibbs_expr_captures(node, r->xs[k], &other, r->make.err));
    if (other) continue;
    in->which[in->count] = k;
    in->xs[in->count++] = r->xs[k];
  }
  return true;
}

static void close_inside(inside *in) {
  free(in->which);
  free(in->xs);
}

static void keep_all(gibbs_reverse *r, gibbs_expr *nodes[], size_t count) {
  for (size_t k = 0; k < count; k++) nodes[k] = gibbs_build_keep(&r->make, nodes[k]);
}

static void differentiate(gibbs_reverse *r, const inside *in, gibbs_expr *body, gibbs_expr *seed, gibbs_expr **outs) {
  if (r->make.status != GIBBS_OK) return;
  gibbs_status status = seed ? gibbs_expr_pullback(body, seed, in->xs, in->count, outs, r->make.err)
                             : gibbs_expr_gradient(body, in->xs, in->count, outs, r->make.err);
  gibbs_build_fail(&r->make, status);
  keep_all(r, outs, in->count);
}

static gibbs_expr *average(gibbs_reverse *r, const gibbs_expr *node, gibbs_expr *value) {
  size_t first = gibbs_expr_first_bound(node);
  return gibbs_build_marginal_mean(&r->make, value, node->arguments[first - 1], node->arguments + first,
                                   node->argument_count - first);
}

static void add_aside(gibbs_reverse *r, size_t k, gibbs_expr *term) {
  if (r->make.status != GIBBS_OK) return;
  r->aside[k] = r->aside[k] ? gibbs_build_binary(&r->make, GIBBS_OP_ADD, r->aside[k], term) : term;
}

void gibbs_reverse_marginal(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i];
  inside in;
  if (open_inside(r, node, &in)) differentiate(r, &in, node->arguments[0], NULL, in.of_body);
  for (size_t k = 0; r->make.status == GIBBS_OK && k < in.count; k++) {
    if (gibbs_expr_is_value(in.of_body[k], 0.0)) continue;
    gibbs_expr *mean = average(r, node, in.of_body[k]);
    add_aside(r, in.which[k], gibbs_build_binary(&r->make, GIBBS_OP_MUL, r->d[i], mean));
  }
  close_inside(&in);
}

/* The node, with other names for its variables if the adjoint has these free: the adjoint goes into the body. */
static gibbs_expr *avoid_capture(gibbs_reverse *r, gibbs_expr *node, gibbs_expr *adjoint) {
  for (bool caught = true; r->make.status == GIBBS_OK;) {
    gibbs_build_fail(&r->make, gibbs_expr_captures(node, adjoint, &caught, r->make.err));
    if (r->make.status != GIBBS_OK || !caught) break;
    gibbs_expr *renamed = NULL;
    gibbs_build_fail(&r->make, gibbs_expr_rename_bound(node, &renamed, r->make.err));
    node = gibbs_build_keep(&r->make, renamed);
  }
  return node;
}

/* <a.dg - (a.g) dE> + (a.m) <dE> for one x. */
static gibbs_expr *build_response(gibbs_reverse *r, gibbs_expr *node, gibbs_expr *along, gibbs_expr *mean_along,
                                  gibbs_expr *of_value, gibbs_expr *of_body) {
  gibbs_expr *pull = gibbs_build_binary(&r->make, GIBBS_OP_MUL, along, of_body);
  gibbs_expr *direct = average(r, node, gibbs_build_binary(&r->make, GIBBS_OP_SUB, of_value, pull));
  gibbs_expr *mean = average(r, node, of_body);
  return gibbs_build_binary(&r->make, GIBBS_OP_ADD, direct,
                            gibbs_build_binary(&r->make, GIBBS_OP_MUL, mean_along, mean));
}

void gibbs_reverse_marginal_mean(gibbs_reverse *r, size_t i) {
  gibbs_expr *adjoint = gibbs_reverse_whole(r, i), *original = r->tape.nodes[i];
  gibbs_expr *node = avoid_capture(r, original, adjoint);
  inside in = {.count = 0};
  if (r->make.status == GIBBS_OK && open_inside(r, node, &in)) {
    differentiate(r, &in, node->arguments[0], adjoint, in.of_value);
    differentiate(r, &in, node->arguments[1], NULL, in.of_body);
  }
  if (r->make.status == GIBBS_OK) {
    gibbs_expr *along = gibbs_build_dot(&r->make, adjoint, node->arguments[0]);
    gibbs_expr *mean_along = gibbs_build_dot(&r->make, adjoint, original);
    for (size_t k = 0; k < in.count; k++) {
      if (gibbs_expr_is_value(in.of_value[k], 0.0) && gibbs_expr_is_value(in.of_body[k], 0.0)) continue;
      add_aside(r, in.which[k], build_response(r, node, along, mean_along, in.of_value[k], in.of_body[k]));
      if (r->make.status != GIBBS_OK) break;
    }
  }
  close_inside(&in);
}
