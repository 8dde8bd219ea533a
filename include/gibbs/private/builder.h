/* builder.h - formulas written as formulas: a builder owns what it makes and keeps the first failure. */
#ifndef GIBBS_PRIVATE_BUILDER_H
#define GIBBS_PRIVATE_BUILDER_H

#include "gibbs/expr.h"

/* Every function below returns a node that the builder owns, or NULL once something has failed (NULL arguments are
 * then fine). Take what you want to keep with gibbs_build_take; gibbs_build_end releases the rest and returns the
 * status. */
typedef struct gibbs_builder {
  gibbs_graph *graph;
  gibbs_error *err;
  gibbs_status status;
  gibbs_expr **made;
  size_t count, room;
} gibbs_builder;

gibbs_builder gibbs_build_begin(gibbs_graph *graph, gibbs_error *err);
gibbs_expr *gibbs_build_number(gibbs_builder *b, double value);
gibbs_expr *gibbs_build_zeros(gibbs_builder *b, const gibbs_shape *shape);
gibbs_expr *gibbs_build_unary(gibbs_builder *b, gibbs_op op, gibbs_expr *x);
gibbs_expr *gibbs_build_binary(gibbs_builder *b, gibbs_op op, gibbs_expr *x, gibbs_expr *y);
gibbs_expr *gibbs_build_sum(gibbs_builder *b, gibbs_expr *x);
gibbs_expr *gibbs_build_dot(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y);
gibbs_expr *gibbs_build_matmul(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y);
gibbs_expr *gibbs_build_transposed_matmul(gibbs_builder *b, gibbs_expr *x, bool transpose_x, gibbs_expr *y,
                                          bool transpose_y);
gibbs_expr *gibbs_build_outer(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y);
gibbs_expr *gibbs_build_reshape(gibbs_builder *b, gibbs_expr *x, const gibbs_shape *shape);
gibbs_expr *gibbs_build_expand(gibbs_builder *b, gibbs_expr *x, size_t axis, size_t n);
gibbs_expr *gibbs_build_gather(gibbs_builder *b, gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape);
gibbs_expr *gibbs_build_scatter(gibbs_builder *b, gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape);
/* A scalar repeated over a shape; anything that is no scalar as it is. */
gibbs_expr *gibbs_build_broadcast(gibbs_builder *b, gibbs_expr *x, const gibbs_shape *shape);
gibbs_expr *gibbs_build_logsumexp(gibbs_builder *b, gibbs_expr *x);
gibbs_expr *gibbs_build_marginal_mean(gibbs_builder *b, gibbs_expr *value, gibbs_expr *energy,
                                      gibbs_expr *const variables[], size_t count);
gibbs_expr *gibbs_build_gradient(gibbs_builder *b, gibbs_expr *e, gibbs_expr *x);
gibbs_expr *gibbs_build_pullback(gibbs_builder *b, gibbs_expr *y, gibbs_expr *seed, gibbs_expr *x);
gibbs_expr *gibbs_build_substitute(gibbs_builder *b, gibbs_expr *e, gibbs_expr *from, gibbs_expr *to);
gibbs_expr *gibbs_build_variable(gibbs_builder *b, gibbs_variable *variable);
/* A new variable of real values, for inputs of a program that are no units of a model (weights, seeds). */
gibbs_expr *gibbs_build_input(gibbs_builder *b, const char *name, const gibbs_shape *shape);

/* Own a node that was made without a builder (NULL is fine). */
gibbs_expr *gibbs_build_keep(gibbs_builder *b, gibbs_expr *node);
/* Fail by hand (GIBBS_OK does nothing); formulas stop here. */
void gibbs_build_fail(gibbs_builder *b, gibbs_status status);
/* A reference of the caller's own; NULL if anything failed. */
gibbs_expr *gibbs_build_take(gibbs_builder *b, gibbs_expr *node);
gibbs_status gibbs_build_end(gibbs_builder *b) GIBBS_CHECKED;

#endif
