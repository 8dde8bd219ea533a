/* degree.c - an upper bound on the polynomial degree of an expression. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "graph.h"

static unsigned add_degrees(unsigned a, unsigned b) {
  return a >= GIBBS_DEGREE_UNBOUNDED - b ? GIBBS_DEGREE_UNBOUNDED : a + b;
}

static unsigned power_degree(unsigned base, const gibbs_expr *exponent) {
  double power = exponent->uniform ? gibbs_expr_uniform_value(exponent) : -1.0;
  if (base == 0) return 0;
  if (!(power >= 0.0) || power != floor(power) || base == GIBBS_DEGREE_UNBOUNDED) return GIBBS_DEGREE_UNBOUNDED;
  double degree = power * (double)base;
  return degree < (double)GIBBS_DEGREE_UNBOUNDED ? (unsigned)degree : GIBBS_DEGREE_UNBOUNDED;
}

static unsigned elementwise_degree(const gibbs_expr *node, unsigned a, unsigned b) {
  switch (node->op) {
  case GIBBS_OP_NEG:
    return a;
  case GIBBS_OP_ADD:
  case GIBBS_OP_SUB:
    return a > b ? a : b;
  case GIBBS_OP_MUL:
    return add_degrees(a, b);
  case GIBBS_OP_DIV:
    return b == 0 ? a : GIBBS_DEGREE_UNBOUNDED;
  case GIBBS_OP_POW:
    return b == 0 ? power_degree(a, node->arguments[1]) : GIBBS_DEGREE_UNBOUNDED;
  default:
    return a == 0 ? 0 : GIBBS_DEGREE_UNBOUNDED;
  }
}

/* Of a node that depends on the leaves. */
static unsigned node_degree(const gibbs_expr *node, unsigned a, unsigned b) {
  switch (node->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return elementwise_degree(node, a, b);
  case GIBBS_KIND_SUM:
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    return a;
  case GIBBS_KIND_MATMUL:
  case GIBBS_KIND_OUTER:
    return add_degrees(a, b);
  default:
    return GIBBS_DEGREE_UNBOUNDED;
  }
}

static bool is_listed(const gibbs_expr *node, gibbs_expr *const leaves[], size_t count) {
  for (size_t k = 0; k < count; k++)
    if (leaves[k] == node) return true;
  return false;
}

void gibbs_tape_degrees(const gibbs_tape *tape, gibbs_expr *const leaves[], size_t count, const bool reach[],
                        unsigned degree[]) {
  for (size_t i = 0; i < tape->length; i++) {
    const gibbs_expr *node = tape->nodes[i];
    const size_t *slot = tape->slots + tape->first[i];
    unsigned a = node->argument_count > 0 ? degree[slot[0]] : 0, b = node->argument_count > 1 ? degree[slot[1]] : 0;
    degree[i] = !reach[i] ? 0 : is_listed(node, leaves, count) ? 1 : node_degree(node, a, b);
  }
}

unsigned gibbs_expr_degree(gibbs_expr *e, gibbs_expr *const leaves[], size_t count) {
  gibbs_tape tape;
  if (gibbs_tape_new(&e, 1, &tape, NULL) != GIBBS_OK) return GIBBS_DEGREE_UNBOUNDED;
  unsigned *degree = calloc(tape.length, sizeof *degree);
  bool *reach = calloc(tape.length, sizeof *reach);
  unsigned result = GIBBS_DEGREE_UNBOUNDED;
  if (degree && reach && gibbs_tape_reach(&tape, leaves, count, reach, NULL) == GIBBS_OK) {
    gibbs_tape_degrees(&tape, leaves, count, reach, degree);
    result = degree[tape.length - 1];
  }
  free(degree);
  free(reach);
  gibbs_tape_free(&tape);
  return result;
}
