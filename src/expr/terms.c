/* terms.c - an expression as a sum of terms with coefficients.
 *
 * Coefficients run from users to arguments, once through the graph: a node that is shared is split once, with all
 * that comes to it.  A node may be met in two ways: as it is, and under a sum over its elements. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "rewrite.h"

typedef struct splitting {
  gibbs_tape tape;
  double *direct, *summed; /* the coefficient of node i, and of the sum over its elements */
  gibbs_expr **terms;      /* owned */
  double *coefficients;
  size_t count;
  uint64_t mark; /* of nodes that are terms already, at their slot */
} splitting;

static double *coefficient_of(splitting *s, size_t i, bool under_sum) {
  return under_sum ? &s->summed[i] : &s->direct[i];
}

/* Argument k of node i takes `c`; a scalar in a sum of tensors counts once for each element. */
static void pass_on(splitting *s, size_t i, size_t k, bool under_sum, double c) {
  const gibbs_expr *node = s->tape.nodes[i], *argument = node->arguments[k];
  bool scalar = under_sum && node->shape.rank != 0 && argument->shape.rank == 0;
  size_t slot = s->tape.slots[s->tape.first[i] + k];
  *coefficient_of(s, slot, under_sum && !scalar) += scalar ? c * (double)node->size : c;
}

static bool split_elementwise(splitting *s, size_t i, bool under_sum, double c) {
  const gibbs_expr *node = s->tape.nodes[i];
  gibbs_expr *const *a = node->arguments;
  switch (node->op) {
  case GIBBS_OP_NEG:
    return pass_on(s, i, 0, under_sum, -c), true;
  case GIBBS_OP_ADD:
    return pass_on(s, i, 0, under_sum, c), pass_on(s, i, 1, under_sum, c), true;
  case GIBBS_OP_SUB:
    return pass_on(s, i, 0, under_sum, c), pass_on(s, i, 1, under_sum, -c), true;
  case GIBBS_OP_MUL:
    if (!a[0]->uniform || a[0]->shape.rank != 0) return false;
    return pass_on(s, i, 1, under_sum, c * gibbs_expr_uniform_value(a[0])), true;
  case GIBBS_OP_DIV:
    if (!a[1]->uniform || a[1]->shape.rank != 0) return false;
    return pass_on(s, i, 0, under_sum, c / gibbs_expr_uniform_value(a[1])), true;
  default:
    return false;
  }
}

static bool split_node(splitting *s, size_t i, bool under_sum, double c) {
  const gibbs_expr *node = s->tape.nodes[i];
  if (node->kind == GIBBS_KIND_ELEMENTWISE) return split_elementwise(s, i, under_sum, c);
  if (node->kind == GIBBS_KIND_SUM) return pass_on(s, i, 0, true, c), true;
  if (!under_sum) return false;
  if (gibbs_expr_repeated(node)) return pass_on(s, i, 0, true, c), true;
  if (node->kind != GIBBS_KIND_SCATTER && !gibbs_expr_is_reshape(node)) return false;
  return *coefficient_of(s, s->tape.slots[s->tape.first[i]], true) += c, true;
}

/* Takes the reference.  Constants are counted in units of 1. */
static gibbs_status add_term(splitting *s, gibbs_expr *term, double c, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (term->uniform && term->shape.rank == 0) {
    gibbs_expr *one = NULL;
    status = gibbs_expr_number(term->graph, 1.0, &one, err);
    c *= gibbs_expr_uniform_value(term);
    gibbs_expr_release(term);
    if (status != GIBBS_OK) return status;
    term = one;
  }
  if (term->mark == s->mark) {
    s->coefficients[term->slot] += c;
    gibbs_expr_release(term);
    return status;
  }
  term->mark = s->mark;
  term->slot = s->count;
  s->terms[s->count] = term;
  s->coefficients[s->count++] = c;
  return status;
}

static gibbs_status end_terms(splitting *s, size_t i, gibbs_error *err) {
  gibbs_expr *node = s->tape.nodes[i], *sum = NULL;
  gibbs_status status = GIBBS_OK;
  if (s->direct[i] != 0.0) status = add_term(s, gibbs_expr_retain(node), s->direct[i], err);
  if (status == GIBBS_OK && s->summed[i] != 0.0) {
    status = gibbs_expr_sum(node, &sum, err);
    if (status == GIBBS_OK) status = add_term(s, sum, s->summed[i], err);
  }
  return status;
}

/* From users to arguments; what cannot be split is left where it is, and becomes terms afterwards in order. */
static gibbs_status split_all(splitting *s, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  s->direct[s->tape.length - 1] = 1.0;
  for (size_t i = s->tape.length; i-- > 0;) {
    if (s->direct[i] != 0.0 && split_node(s, i, false, s->direct[i])) s->direct[i] = 0.0;
    if (s->summed[i] != 0.0 && split_node(s, i, true, s->summed[i])) s->summed[i] = 0.0;
  }
  s->mark = gibbs_graph_new_mark(s->tape.nodes[0]->graph);
  for (size_t i = 0; i < s->tape.length && status == GIBBS_OK; i++) status = end_terms(s, i, err);
  return status;
}

/* What was met more than once may have cancelled. */
static void drop_cancelled(splitting *s) {
  size_t kept = 0;
  for (size_t k = 0; k < s->count; k++) {
    if (s->coefficients[k] == 0.0) {
      gibbs_expr_release(s->terms[k]);
      continue;
    }
    s->coefficients[kept] = s->coefficients[k];
    s->terms[kept++] = s->terms[k];
  }
  s->count = kept;
}

static gibbs_status open_splitting(splitting *s, gibbs_expr *e, gibbs_error *err) {
  gibbs_status status = gibbs_tape_new(&e, 1, &s->tape, err);
  if (status != GIBBS_OK) return status;
  size_t length = s->tape.length;
  s->direct = calloc(length, sizeof *s->direct);
  s->summed = calloc(length, sizeof *s->summed);
  s->terms = calloc(2 * length, sizeof(gibbs_expr *));
  s->coefficients = calloc(2 * length, sizeof *s->coefficients);
  if (s->direct && s->summed && s->terms && s->coefficients) return GIBBS_OK;
  return gibbs_fail_memory(err, "terms of an expression", 6 * length * sizeof(double));
}

gibbs_status gibbs_expr_terms(gibbs_expr *e, gibbs_expr ***terms, double **coefficients, size_t *count,
                              gibbs_error *err) {
  splitting s = {.count = 0};
  gibbs_status status = open_splitting(&s, e, err);
  if (status == GIBBS_OK) status = split_all(&s, err);
  if (status == GIBBS_OK) {
    drop_cancelled(&s);
    *terms = s.terms;
    *coefficients = s.coefficients;
    *count = s.count;
  } else {
    for (size_t k = 0; k < s.count; k++) gibbs_expr_release(s.terms[k]);
    free(s.terms);
    free(s.coefficients);
  }
  free(s.direct);
  free(s.summed);
  gibbs_tape_free(&s.tape);
  return status;
}

bool gibbs_expr_sum_of(gibbs_expr *e, unsigned *op, gibbs_expr **x) {
  if (e->kind == GIBBS_KIND_SUM) e = e->arguments[0];
  bool unary = e->kind == GIBBS_KIND_ELEMENTWISE && !gibbs_op_is_binary(e->op);
  if (!unary && e->kind != GIBBS_KIND_LOGSUMEXP) return false;
  *op = unary ? (unsigned)e->op : (unsigned)GIBBS_OP_ELEMENTWISE_COUNT;
  *x = e->arguments[0];
  return true;
}

bool gibbs_expr_square_of(gibbs_expr *e, gibbs_expr **x) {
  bool product = e->kind == GIBBS_KIND_ELEMENTWISE && e->op == GIBBS_OP_MUL;
  if (!product || e->arguments[0] != e->arguments[1] || gibbs_expr_size(e) != 1) return false;
  *x = e->arguments[0];
  return true;
}
