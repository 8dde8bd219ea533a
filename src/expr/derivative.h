/* derivative.h - one reverse sweep through an expression. */
#ifndef GIBBS_EXPR_DERIVATIVE_H
#define GIBBS_EXPR_DERIVATIVE_H

#include "gibbs/private/builder.h"
#include "graph.h"

typedef struct gibbs_reverse {
  gibbs_builder make;
  gibbs_tape tape;
  bool *reach;           /* whether a node depends on any of xs */
  gibbs_expr **d;        /* the adjoint of each node; NULL: none yet */
  gibbs_expr *const *xs; /* what is asked for */
  size_t count;
  size_t *at;         /* where each x is in the tape, or SIZE_MAX */
  gibbs_expr **aside; /* what bodies of sums over states give to each x beside its adjoint; NULL: nothing */
} gibbs_reverse;

/* Give the adjoint of node i on to its arguments. */
void gibbs_reverse_node(gibbs_reverse *r, size_t i);
/* d[i] += term, which has the shape of node i or is a scalar for all its elements. */
void gibbs_reverse_add(gibbs_reverse *r, size_t i, gibbs_expr *term);
/* The adjoint of node i in its full shape. */
gibbs_expr *gibbs_reverse_whole(gibbs_reverse *r, size_t i);

/* derivative_elementwise.c: the derivative of node's operation by its argument k. */
gibbs_expr *gibbs_slope(gibbs_builder *make, gibbs_expr *node, size_t k);
/* derivative_marginal.c */
void gibbs_reverse_marginal(gibbs_reverse *r, size_t i);
void gibbs_reverse_marginal_mean(gibbs_reverse *r, size_t i);

#endif
