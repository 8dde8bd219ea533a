/* program_apply.c - the value of one node from the values of its arguments, over contiguous arrays. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "program_plain.h"
#include "vectormath.h"

static gibbs_operand operand_of(const gibbs_expr *node, const double *at) {
  return (gibbs_operand){at, node->size == 1 ? 0 : 1};
}

static void apply_elementwise(const gibbs_expr *node, const double *const x[], double *out) {
  if (gibbs_op_is_binary(node->op))
    gibbs_vector_binary(node->op, out, operand_of(node->arguments[0], x[0]), operand_of(node->arguments[1], x[1]),
                        node->size);
  else
    gibbs_vector_unary(node->op, out, x[0], node->size);
}

static void apply_sum(const gibbs_expr *node, const double *const x[], double *out) {
  *out = gibbs_vector_sum(x[0], node->arguments[0]->size);
}

static void apply_matmul(const gibbs_expr *node, const double *const x[], double *out) {
  const gibbs_shape *a = &node->arguments[0]->shape, *b = &node->arguments[1]->shape;
  if (b->rank == 1) {
    gibbs_dgemv(node->transpose[0], a->extent[0], a->extent[1], 1, x[0], a->extent[1], x[1], 0, out);
    return;
  }
  size_t rows = node->shape.extent[0], columns = node->shape.extent[1], inner = a->extent[!node->transpose[0]];
  gibbs_dgemm(node->transpose[0], node->transpose[1], rows, columns, inner, 1, x[0], a->extent[1], x[1], b->extent[1],
              0, out, columns);
}

static void apply_outer(const gibbs_expr *node, const double *const x[], double *out) {
  size_t rows = node->shape.extent[0], columns = node->shape.extent[1];
  for (size_t i = 0; i < rows; i++)
    gibbs_vector_binary(GIBBS_OP_MUL, out + i * columns, (gibbs_operand){x[0] + i, 0}, (gibbs_operand){x[1], 1},
                        columns);
}

static void apply_gather(const gibbs_expr *node, const double *const x[], double *out) {
  for (size_t k = 0; k < node->size; k++) out[k] = x[0][node->of.index->at[k]];
}

static void apply_scatter(const gibbs_expr *node, const double *const x[], double *out) {
  memset(out, 0, node->size * sizeof *out);
  for (size_t k = 0; k < node->arguments[0]->size; k++) out[node->of.index->at[k]] += x[0][k];
}

static void apply_logsumexp(const gibbs_expr *node, const double *const x[], double *out) {
  size_t count = node->arguments[0]->size / node->size;
  for (size_t k = 0; k < node->size; k++) {
    double most = -INFINITY, total = 0;
    for (size_t j = 0; j < count; j++) most = x[0][k * count + j] > most ? x[0][k * count + j] : most;
    for (size_t j = 0; j < count; j++) gibbs_vector_add_exp(&total, &x[0][k * count + j], &most, 1);
    out[k] = most + log(total);
  }
}

void gibbs_apply(const gibbs_expr *node, const double *const arguments[], double *out) {
  static void (*const apply[GIBBS_KIND_COUNT])(const gibbs_expr *, const double *const[], double *) = {
      [GIBBS_KIND_ELEMENTWISE] = apply_elementwise, [GIBBS_KIND_SUM] = apply_sum,
      [GIBBS_KIND_MATMUL] = apply_matmul,           [GIBBS_KIND_OUTER] = apply_outer,
      [GIBBS_KIND_GATHER] = apply_gather,           [GIBBS_KIND_SCATTER] = apply_scatter,
      [GIBBS_KIND_LOGSUMEXP] = apply_logsumexp};
  apply[node->kind](node, arguments, out);
}
