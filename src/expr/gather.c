/* gather.c - values picked by position, and their transpose: values added up by position. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

static gibbs_status make_indexed(gibbs_kind kind, gibbs_expr *x, const uint32_t *at, size_t count,
                                 const gibbs_shape *shape, gibbs_expr **out, gibbs_error *err) {
  gibbs_index *index = NULL;
  gibbs_status status = gibbs_graph_index(x->graph, at, count, &index, err);
  if (status != GIBBS_OK) return status;
  gibbs_graph *graph = x->graph;
  gibbs_draft draft = {.kind = kind, .shape = *shape, .leaf = index, .argument_count = 1, .arguments = &x};
  status = gibbs_expr_make(graph, &draft, out, err);
  gibbs_index_release(graph, index);
  return status;
}

/* Positions have 32 bits, and lie inside. */
static gibbs_status check_positions(const char *who, const uint32_t *at, size_t count, size_t size,
                                    gibbs_error *err) {
  if (size > (size_t)UINT32_MAX + 1)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "%s: a tensor of %zu elements; at most 2^32", who, size);
  for (size_t k = 0; k < count; k++)
    if (at[k] >= size)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: position %zu is outside a tensor of %zu elements", who,
                        (size_t)at[k] + 1, size);
  return GIBBS_OK;
}

static bool is_identity(const uint32_t *at, size_t count) {
  for (size_t k = 0; k < count; k++)
    if (at[k] != k) return false;
  return true;
}

/* A gather of a gather picks from what the inner one picked from. */
static gibbs_status compose_gathers(gibbs_expr *x, const uint32_t *at, const gibbs_shape *shape, gibbs_expr **out,
                                    gibbs_error *err) {
  size_t count = gibbs_shape_size(shape);
  uint32_t *joint = malloc(count * sizeof *joint);
  if (!joint) return gibbs_fail_memory(err, "gather", count * sizeof *joint);
  for (size_t k = 0; k < count; k++) joint[k] = x->of.index->at[at[k]];
  gibbs_status status = gibbs_expr_gather(x->arguments[0], joint, shape, out, err);
  free(joint);
  return status;
}

gibbs_status gibbs_expr_gather(gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape, gibbs_expr **out,
                               gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  size_t count = status == GIBBS_OK ? gibbs_shape_size(shape) : 0;
  if (status == GIBBS_OK) status = check_positions("gather", index, count, x->size, err);
  if (status != GIBBS_OK) return status;
  if (x->kind == GIBBS_KIND_GATHER) return compose_gathers(x, index, shape, out, err);
  if (gibbs_shape_equal(&x->shape, shape) && is_identity(index, count)) {
    *out = gibbs_expr_retain(x);
    return GIBBS_OK;
  }
  return make_indexed(GIBBS_KIND_GATHER, x, index, count, shape, out, err);
}

/* inverse[at[k]] = k, if every position occurs once. */
static bool invert(const uint32_t *at, size_t count, uint32_t *inverse) {
  for (size_t k = 0; k < count; k++) inverse[k] = UINT32_MAX;
  for (size_t k = 0; k < count; k++) {
    if (inverse[at[k]] != UINT32_MAX) return false;
    inverse[at[k]] = (uint32_t)k;
  }
  return true;
}

/* A scatter that only reorders is a gather. */
static gibbs_status reorder_or_scatter(gibbs_expr *x, const uint32_t *at, const gibbs_shape *shape, gibbs_expr **out,
                                       gibbs_error *err) {
  uint32_t *inverse = malloc(x->size * sizeof *inverse);
  if (!inverse) return gibbs_fail_memory(err, "scatter", x->size * sizeof *inverse);
  gibbs_status status = invert(at, x->size, inverse)
                            ? gibbs_expr_gather(x, inverse, shape, out, err)
                            : make_indexed(GIBBS_KIND_SCATTER, x, at, x->size, shape, out, err);
  free(inverse);
  return status;
}

gibbs_status gibbs_expr_scatter(gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape, gibbs_expr **out,
                                gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  size_t size = status == GIBBS_OK ? gibbs_shape_size(shape) : 0;
  if (status == GIBBS_OK) status = check_positions("scatter", index, x->size, size, err);
  if (status != GIBBS_OK) return status;
  if (size == x->size && size < UINT32_MAX) return reorder_or_scatter(x, index, shape, out, err);
  if (shape->rank == 0) return gibbs_expr_sum(x, out, err);
  return make_indexed(GIBBS_KIND_SCATTER, x, index, x->size, shape, out, err);
}

gibbs_status gibbs_expr_broadcast(gibbs_expr *scalar, const gibbs_shape *shape, gibbs_expr **out, gibbs_error *err) {
  if (gibbs_expr_is_constant(scalar))
    return gibbs_expr_uniform(scalar->graph, gibbs_expr_uniform_value(scalar), shape, out, err);
  gibbs_status status = gibbs_shape_check(shape, err);
  if (status != GIBBS_OK) return status;
  uint32_t *zeros = calloc(gibbs_shape_size(shape), sizeof *zeros);
  if (!zeros) return gibbs_fail_memory(err, "broadcast", gibbs_shape_size(shape) * sizeof *zeros);
  status = gibbs_expr_gather(scalar, zeros, shape, out, err);
  free(zeros);
  return status;
}

gibbs_expr *gibbs_expr_repeated(const gibbs_expr *x) {
  if (x->kind != GIBBS_KIND_GATHER || x->arguments[0]->shape.rank != 0) return NULL;
  return x->arguments[0];
}

bool gibbs_expr_is_reshape(const gibbs_expr *x) {
  return x->kind == GIBBS_KIND_GATHER && x->size == x->arguments[0]->size && is_identity(x->of.index->at, x->size);
}
