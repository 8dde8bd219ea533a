/* print.c - expressions as text, for display. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "graph.h"

enum { most_depth = 40 };

typedef struct printing {
  char *text;
  size_t size, used;
  unsigned depth;
} printing;

static void print_expr(printing *p, const gibbs_expr *expr);

static void put(printing *p, const char *text) {
  while (*text && p->used + 1 < p->size) p->text[p->used++] = *text++;
  p->text[p->used] = '\0';
}

static void put_number(printing *p, double value) {
  char text[40];
  snprintf(text, sizeof text, "%.6g", value);
  put(p, text);
}

static void put_list(printing *p, gibbs_expr *const *arguments, size_t count) {
  for (size_t k = 0; k < count; k++) {
    if (k > 0) put(p, ", ");
    print_expr(p, arguments[k]);
  }
}

static void print_call(printing *p, const gibbs_expr *expr) {
  put(p, gibbs_expr_verb(expr));
  put(p, "(");
  put_list(p, expr->arguments, expr->argument_count);
  put(p, ")");
}

static void print_constant(printing *p, const gibbs_expr *expr) {
  char shape[96];
  if (expr->uniform) put_number(p, gibbs_expr_uniform_value(expr));
  if (expr->uniform && expr->shape.rank == 0) return;
  put(p, expr->uniform ? "[" : "constant[");
  put(p, gibbs_shape_print(&expr->shape, shape, sizeof shape));
  put(p, "]");
}

static void print_name(printing *p, const char *name, const char *otherwise) {
  put(p, *name ? name : otherwise);
}

static void print_infix(printing *p, const gibbs_expr *expr, const char *sign) {
  put(p, "(");
  print_expr(p, expr->arguments[0]);
  put(p, sign);
  print_expr(p, expr->arguments[1]);
  put(p, ")");
}

static void print_elementwise(printing *p, const gibbs_expr *expr) {
  static const char *const signs[GIBBS_OP_ELEMENTWISE_COUNT] = {[GIBBS_OP_ADD] = " + ",
                                                                [GIBBS_OP_SUB] = " - ",
                                                                [GIBBS_OP_MUL] = " * ",
                                                                [GIBBS_OP_DIV] = " / ",
                                                                [GIBBS_OP_POW] = "^"};
  if (signs[expr->op]) {
    print_infix(p, expr, signs[expr->op]);
  } else if (expr->op == GIBBS_OP_NEG) {
    put(p, "-");
    print_expr(p, expr->arguments[0]);
  } else {
    print_call(p, expr);
  }
}

static void print_matmul(printing *p, const gibbs_expr *expr) {
  print_expr(p, expr->arguments[0]);
  put(p, expr->transpose[0] ? ":t():mul(" : ":mul(");
  print_expr(p, expr->arguments[1]);
  put(p, expr->transpose[1] ? ":t())" : ")");
}

static void print_leaf(printing *p, const gibbs_expr *expr) {
  switch (expr->kind) {
  case GIBBS_KIND_CONSTANT:
    print_constant(p, expr);
    break;
  case GIBBS_KIND_VARIABLE:
    print_name(p, gibbs_variable_name(expr->of.variable),
               gibbs_domain_name(gibbs_variable_domain(expr->of.variable)));
    break;
  case GIBBS_KIND_PARAMETER:
    print_name(p, gibbs_parameter_name(expr->of.parameter), "parameter");
    break;
  default:
    put(p, gibbs_expr_verb(expr));
    break;
  }
}

/* Deep expressions are cut short, so that neither the stack nor the time can run out. */
static void print_expr(printing *p, const gibbs_expr *expr) {
  if (p->used + 1 >= p->size) return;
  if (p->depth == most_depth) {
    put(p, "...");
    return;
  }
  p->depth++;
  if (expr->argument_count == 0)
    print_leaf(p, expr);
  else if (expr->kind == GIBBS_KIND_ELEMENTWISE)
    print_elementwise(p, expr);
  else if (expr->kind == GIBBS_KIND_MATMUL)
    print_matmul(p, expr);
  else if (gibbs_expr_is_transpose(expr))
    print_expr(p, expr->arguments[0]), put(p, ":t()");
  else
    print_call(p, expr);
  p->depth--;
}

char *gibbs_expr_print(const gibbs_expr *expr, char *text, size_t size) {
  printing p = {.text = text, .size = size};
  if (size == 0) return text;
  text[0] = '\0';
  print_expr(&p, expr);
  return text;
}
