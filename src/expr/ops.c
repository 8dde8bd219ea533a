/* ops.c - the elementwise operations: their values, one number at a time, and the names of all operations. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "graph.h"

/* Near 0 the value is x^2/2: written so that its digits survive. Far out e^(-2|x|) is all that is left to add. */
double gibbs_logcosh(double x) {
  double size = fabs(x);
  if (size < 1.0) {
    double t = expm1(size);
    return log1p(0.5 * t * t / (1.0 + t)); /* cosh x - 1 */
  }
  const double log2_high = 0x1.62e42fefa39efp-1, log2_low = 0x1.abc9e3b39803fp-56;
  return size - log2_high + (log1p(exp(-2.0 * size)) - log2_low);
}

double gibbs_softplus(double x) {
  return x > 0.0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

double gibbs_sigmoid(double x) {
  if (x >= 0.0) return 1.0 / (1.0 + exp(-x));
  double e = exp(x);
  return e / (1.0 + e);
}

#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc)                                                     \
  static double compute_##id(double x, double unused) {                                                              \
    (void)unused;                                                                                                    \
    return value;                                                                                                    \
  }
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc)                                                        \
  static double compute_##id(double a, double b) {                                                                   \
    return value;                                                                                                    \
  }
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY

static const struct {
  const char *name;
  double (*compute)(double a, double b);
  bool binary;
} ops[] = {
#define GIBBS_OP_UNARY(id, name, ...) {name, compute_##id, false},
#define GIBBS_OP_BINARY(id, name, ...) {name, compute_##id, true},
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
};

double gibbs_op_value(gibbs_op op, double a, double b) {
  return ops[op].compute(a, b);
}

const char *gibbs_op_name(gibbs_op op) {
  return (unsigned)op < GIBBS_OP_ELEMENTWISE_COUNT ? ops[op].name : "unknown operation";
}

bool gibbs_op_is_binary(gibbs_op op) {
  return ops[op].binary;
}

const char *gibbs_expr_verb(const gibbs_expr *expr) {
  static const char *const verb[GIBBS_KIND_COUNT] = {[GIBBS_KIND_CONSTANT] = "constant",
                                                     [GIBBS_KIND_VARIABLE] = "variable",
                                                     [GIBBS_KIND_PARAMETER] = "parameter",
                                                     [GIBBS_KIND_FUNCTIONAL] = "functional",
                                                     [GIBBS_KIND_CALLBACK] = "lua_energy",
                                                     [GIBBS_KIND_SUM] = "sum",
                                                     [GIBBS_KIND_MATMUL] = "matmul",
                                                     [GIBBS_KIND_OUTER] = "outer",
                                                     [GIBBS_KIND_GATHER] = "gather",
                                                     [GIBBS_KIND_SCATTER] = "scatter",
                                                     [GIBBS_KIND_LOGSUMEXP] = "logsumexp",
                                                     [GIBBS_KIND_MARGINAL] = "marginal",
                                                     [GIBBS_KIND_MARGINAL_MEAN] = "marginal mean"};
  if (expr->kind == GIBBS_KIND_FUNCTIONAL && expr->of.functional->name) return expr->of.functional->name;
  return expr->kind == GIBBS_KIND_ELEMENTWISE ? gibbs_op_name(expr->op) : verb[expr->kind];
}
