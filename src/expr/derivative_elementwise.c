/* derivative_elementwise.c - the derivatives of the rows of ops.def, as expressions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "derivative.h"

typedef gibbs_expr *slope_rule(gibbs_builder *make, gibbs_expr *a, gibbs_expr *b, gibbs_expr *y);

#define A a
#define B b
#define X a
#define Y y
#define NUM(value) gibbs_build_number(make, value)
#define F(id, node) gibbs_build_unary(make, GIBBS_OP_##id, node)
#define NEG(node) F(NEG, node)
#define ADD(p, q) gibbs_build_binary(make, GIBBS_OP_ADD, p, q)
#define SUB(p, q) gibbs_build_binary(make, GIBBS_OP_SUB, p, q)
#define MUL(p, q) gibbs_build_binary(make, GIBBS_OP_MUL, p, q)
#define DIV(p, q) gibbs_build_binary(make, GIBBS_OP_DIV, p, q)
#define POWER(p, q) gibbs_build_binary(make, GIBBS_OP_POW, p, q)

#define SLOPE(name, derivative)                                                                                      \
  static gibbs_expr *name(gibbs_builder *make, gibbs_expr *a, gibbs_expr *b, gibbs_expr *y) {                        \
    (void)make, (void)a, (void)b, (void)y;                                                                           \
    return derivative;                                                                                               \
  }
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc) SLOPE(slope_of_##id, derivative)
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc) SLOPE(slope_a_of_##id, da) SLOPE(slope_b_of_##id, db)
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY

static slope_rule *const slopes[GIBBS_OP_ELEMENTWISE_COUNT][2] = {
#define GIBBS_OP_UNARY(id, ...) {slope_of_##id, NULL},
#define GIBBS_OP_BINARY(id, ...) {slope_a_of_##id, slope_b_of_##id},
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
};

gibbs_expr *gibbs_slope(gibbs_builder *make, gibbs_expr *node, size_t k) {
  gibbs_expr *second = node->argument_count > 1 ? node->arguments[1] : NULL;
  return slopes[node->op][k](make, node->arguments[0], second, node);
}
