/* derivative_kinds.c - how the adjoint of a node is given on to its arguments, kind by kind. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "derivative.h"

static size_t argument_slot(const gibbs_reverse *r, size_t i, size_t k) {
  return r->tape.slots[r->tape.first[i] + k];
}

static bool wants(const gibbs_reverse *r, size_t i, size_t k) {
  return r->reach[argument_slot(r, i, k)];
}

static gibbs_expr *multiply(gibbs_reverse *r, gibbs_expr *a, gibbs_expr *b) {
  return gibbs_build_binary(&r->make, GIBBS_OP_MUL, a, b);
}

/* A scalar argument of a tensor has its part in every element. */
static gibbs_expr *collect_broadcast(gibbs_reverse *r, const gibbs_expr *node, gibbs_expr *term) {
  if (r->make.status != GIBBS_OK) return NULL;
  if (term->shape.rank != 0) return gibbs_build_sum(&r->make, term);
  return multiply(r, gibbs_build_number(&r->make, (double)node->size), term);
}

static void reverse_elementwise(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i];
  for (size_t k = 0; k < node->argument_count; k++) {
    if (!wants(r, i, k)) continue;
    gibbs_expr *term = multiply(r, r->d[i], gibbs_slope(&r->make, node, k));
    if (node->shape.rank != 0 && node->arguments[k]->shape.rank == 0) term = collect_broadcast(r, node, term);
    gibbs_reverse_add(r, argument_slot(r, i, k), term);
  }
}

static void reverse_sum(gibbs_reverse *r, size_t i) {
  gibbs_reverse_add(r, argument_slot(r, i, 0), r->d[i]);
}

/* y = op(a) x, a matrix times a vector. */
static void reverse_matrix_vector(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *a = node->arguments[0], *x = node->arguments[1];
  gibbs_expr *d = gibbs_reverse_whole(r, i);
  bool transposed = node->transpose[0];
  if (wants(r, i, 0))
    gibbs_reverse_add(r, argument_slot(r, i, 0),
                      transposed ? gibbs_build_outer(&r->make, x, d) : gibbs_build_outer(&r->make, d, x));
  if (wants(r, i, 1))
    gibbs_reverse_add(r, argument_slot(r, i, 1), gibbs_build_transposed_matmul(&r->make, a, !transposed, d, false));
}

/* Y = op(a) op(b): d op(a) = D op(b)', d op(b) = op(a)' D, and of a transposed argument the transpose of that. */
static void reverse_matrix_matrix(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *a = node->arguments[0], *b = node->arguments[1];
  gibbs_expr *d = gibbs_reverse_whole(r, i);
  bool ta = node->transpose[0], tb = node->transpose[1];
  gibbs_builder *make = &r->make;
  if (wants(r, i, 0))
    gibbs_reverse_add(r, argument_slot(r, i, 0),
                      ta ? gibbs_build_transposed_matmul(make, b, tb, d, true)
                         : gibbs_build_transposed_matmul(make, d, false, b, !tb));
  if (wants(r, i, 1))
    gibbs_reverse_add(r, argument_slot(r, i, 1),
                      tb ? gibbs_build_transposed_matmul(make, d, true, a, ta)
                         : gibbs_build_transposed_matmul(make, a, !ta, d, false));
}

static void reverse_matmul(gibbs_reverse *r, size_t i) {
  if (r->tape.nodes[i]->shape.rank == 1)
    reverse_matrix_vector(r, i);
  else
    reverse_matrix_matrix(r, i);
}

/* Of one value d everywhere: what a gets is d times the sum of b, and the other way round. */
static void reverse_outer(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *d = r->d[i];
  for (size_t k = 0; k < 2; k++) {
    gibbs_expr *other = node->arguments[1 - k];
    if (!wants(r, i, k)) continue;
    gibbs_reverse_add(r, argument_slot(r, i, k),
                      d->shape.rank == 0 ? multiply(r, d, gibbs_build_sum(&r->make, other))
                                         : gibbs_build_transposed_matmul(&r->make, d, k == 1, other, false));
  }
}

/* Positions that follow from a rule are read here; NULL after a failure. */
static const uint32_t *positions_of(gibbs_reverse *r, const gibbs_expr *node) {
  gibbs_build_fail(&r->make, gibbs_index_write(node->of.index, r->make.err));
  return node->of.index->at;
}

/* An adjoint of one value everywhere gives each position that value as often as the position was picked. */
static void reverse_gather(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *x = node->arguments[0], *d = r->d[i], *term = NULL;
  if (d->shape.rank != 0 || node->shape.rank == 0) {
    term = gibbs_build_scatter(&r->make, d, positions_of(r, node), &x->shape);
  } else {
    gibbs_expr *ones = gibbs_build_broadcast(&r->make, gibbs_build_number(&r->make, 1.0), &node->shape);
    gibbs_expr *counts = gibbs_build_scatter(&r->make, ones, positions_of(r, node), &x->shape);
    if (counts && counts->uniform) counts = gibbs_build_number(&r->make, gibbs_expr_uniform_value(counts));
    term = multiply(r, d, counts);
  }
  gibbs_reverse_add(r, argument_slot(r, i, 0), term);
}

static void reverse_scatter(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *d = r->d[i];
  if (d->shape.rank != 0 || node->shape.rank == 0)
    d = gibbs_build_gather(&r->make, d, positions_of(r, node), &node->arguments[0]->shape);
  gibbs_reverse_add(r, argument_slot(r, i, 0), d);
}

/* d log sum exp x = softmax(x), the shares of the terms. */
static void reverse_logsumexp(gibbs_reverse *r, size_t i) {
  gibbs_expr *node = r->tape.nodes[i], *x = node->arguments[0], *d = r->d[i];
  size_t axis = x->shape.rank - 1, n = x->shape.extent[axis];
  gibbs_expr *rest = gibbs_build_binary(&r->make, GIBBS_OP_SUB, x, gibbs_build_expand(&r->make, node, axis, n));
  gibbs_expr *share = gibbs_build_unary(&r->make, GIBBS_OP_EXP, rest);
  if (d->shape.rank != 0) d = gibbs_build_expand(&r->make, d, axis, n);
  gibbs_reverse_add(r, argument_slot(r, i, 0), multiply(r, d, share));
}

static void reverse_callback(gibbs_reverse *r, size_t i) {
  (void)i;
  gibbs_build_fail(&r->make, gibbs_fail(r->make.err, GIBBS_ERR_UNSUPPORTED,
                                        "grad: an energy written as a Lua function has no derivative; write it with "
                                        "expressions"));
}

void gibbs_reverse_node(gibbs_reverse *r, size_t i) {
  static void (*const reverse[GIBBS_KIND_COUNT])(gibbs_reverse *, size_t) = {
      [GIBBS_KIND_ELEMENTWISE] = reverse_elementwise, [GIBBS_KIND_SUM] = reverse_sum,
      [GIBBS_KIND_MATMUL] = reverse_matmul,           [GIBBS_KIND_OUTER] = reverse_outer,
      [GIBBS_KIND_GATHER] = reverse_gather,           [GIBBS_KIND_SCATTER] = reverse_scatter,
      [GIBBS_KIND_LOGSUMEXP] = reverse_logsumexp,     [GIBBS_KIND_CALLBACK] = reverse_callback,
      [GIBBS_KIND_MARGINAL] = gibbs_reverse_marginal, [GIBBS_KIND_MARGINAL_MEAN] = gibbs_reverse_marginal_mean};
  bool wanted = gibbs_expr_first_bound(r->tape.nodes[i]) != SIZE_MAX;
  for (size_t k = 0; !wanted && k < r->tape.nodes[i]->argument_count; k++) wanted = wants(r, i, k);
  if (wanted && reverse[r->tape.nodes[i]->kind]) reverse[r->tape.nodes[i]->kind](r, i);
}
