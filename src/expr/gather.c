/* gather.c - values picked by position, and their transpose: values added up by position. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

static gibbs_status make_indexed(gibbs_kind kind, gibbs_expr *x, gibbs_index *index, const gibbs_shape *shape,
                                 gibbs_expr **out, gibbs_error *err) {
  gibbs_draft draft = {.kind = kind, .shape = *shape, .leaf = index, .argument_count = 1, .arguments = &x};
  return gibbs_expr_make(x->graph, &draft, out, err);
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

static bool index_is_identity(const gibbs_index *index) {
  return index->at ? is_identity(index->at, index->count) : gibbs_pattern_is_identity(index->pattern);
}

static bool is_shift_of(const gibbs_index *index, const gibbs_shape *shape) {
  return index->pattern && index->pattern->kind == GIBBS_PATTERN_SHIFT &&
         gibbs_shape_equal(&index->pattern->shape, shape);
}

/* Two shifts are one. */
static gibbs_status add_shifts(gibbs_expr *x, const gibbs_pattern *by, const gibbs_shape *shape, gibbs_expr **out,
                               gibbs_error *err) {
  gibbs_pattern joint = *x->of.index->pattern;
  for (size_t k = 0; k < joint.shape.rank; k++) joint.by[k] = (joint.by[k] + by->by[k]) % joint.shape.extent[k];
  return gibbs_expr_gather_pattern(x->arguments[0], &joint, shape, out, err);
}

static gibbs_status compose_lists(gibbs_expr *x, gibbs_index *index, const gibbs_shape *shape, gibbs_expr **out,
                                  gibbs_error *err) {
  gibbs_status status = gibbs_index_write(index, err);
  if (status == GIBBS_OK) status = gibbs_index_write(x->of.index, err);
  if (status != GIBBS_OK) return status;
  uint32_t *joint = malloc(index->count * sizeof *joint);
  if (!joint) return gibbs_fail_memory(err, "gather", index->count * sizeof *joint);
  for (size_t k = 0; k < index->count; k++) joint[k] = x->of.index->at[index->at[k]];
  status = gibbs_expr_gather(x->arguments[0], joint, shape, out, err);
  free(joint);
  return status;
}

/* A gather of a gather picks from what the inner one picked from. */
static gibbs_status compose_gathers(gibbs_expr *x, gibbs_index *index, const gibbs_shape *shape, gibbs_expr **out,
                                    gibbs_error *err) {
  gibbs_expr *inner = x->arguments[0];
  if (gibbs_expr_is_reshape(x)) return gibbs_expr_gather_index(inner, index, shape, out, err);
  if (index->count == x->size && index_is_identity(index))
    return gibbs_expr_gather_index(inner, x->of.index, shape, out, err);
  if (is_shift_of(x->of.index, &x->shape) && is_shift_of(index, &x->shape))
    return add_shifts(x, index->pattern, shape, out, err);
  return compose_lists(x, index, shape, out, err);
}

gibbs_status gibbs_expr_gather_index(gibbs_expr *x, gibbs_index *index, const gibbs_shape *shape, gibbs_expr **out,
                                     gibbs_error *err) {
  if (x->kind == GIBBS_KIND_GATHER) return compose_gathers(x, index, shape, out, err);
  if (gibbs_shape_equal(&x->shape, shape) && index_is_identity(index)) {
    *out = gibbs_expr_retain(x);
    return GIBBS_OK;
  }
  return make_indexed(GIBBS_KIND_GATHER, x, index, shape, out, err);
}

gibbs_status gibbs_expr_gather(gibbs_expr *x, const uint32_t index[], const gibbs_shape *shape, gibbs_expr **out,
                               gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  size_t count = status == GIBBS_OK ? gibbs_shape_size(shape) : 0;
  gibbs_graph *graph = x->graph;
  gibbs_index *list = NULL;
  if (status == GIBBS_OK) status = check_positions("gather", index, count, x->size, err);
  if (status == GIBBS_OK) status = gibbs_graph_index(graph, index, count, &list, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_expr_gather_index(x, list, shape, out, err);
  gibbs_index_release(graph, list);
  return status;
}

gibbs_status gibbs_expr_gather_pattern(gibbs_expr *x, const gibbs_pattern *pattern, const gibbs_shape *shape,
                                       gibbs_expr **out, gibbs_error *err) {
  gibbs_graph *graph = x->graph;
  gibbs_index *list = NULL;
  gibbs_status status = gibbs_shape_check(shape, err);
  if (status == GIBBS_OK &&
      (gibbs_pattern_places(pattern) != x->size || gibbs_pattern_count(pattern) != gibbs_shape_size(shape)))
    status =
        gibbs_fail(err, GIBBS_ERR_SHAPE, "gather: a rule for %zu of %zu elements cannot show %zu of %zu",
                   gibbs_pattern_count(pattern), gibbs_pattern_places(pattern), gibbs_shape_size(shape), x->size);
  if (status == GIBBS_OK) status = check_positions("gather", NULL, 0, x->size, err);
  if (status == GIBBS_OK) status = gibbs_graph_index_pattern(graph, pattern, &list, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_expr_gather_index(x, list, shape, out, err);
  gibbs_index_release(graph, list);
  return status;
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

static gibbs_status make_scatter(gibbs_expr *x, const uint32_t *at, const gibbs_shape *shape, gibbs_expr **out,
                                 gibbs_error *err) {
  gibbs_graph *graph = x->graph;
  gibbs_index *list = NULL;
  gibbs_status status = gibbs_graph_index(graph, at, x->size, &list, err);
  if (status != GIBBS_OK) return status;
  status = make_indexed(GIBBS_KIND_SCATTER, x, list, shape, out, err);
  gibbs_index_release(graph, list);
  return status;
}

/* A scatter that only reorders is a gather. */
static gibbs_status reorder_or_scatter(gibbs_expr *x, const uint32_t *at, const gibbs_shape *shape, gibbs_expr **out,
                                       gibbs_error *err) {
  uint32_t *inverse = malloc(x->size * sizeof *inverse);
  if (!inverse) return gibbs_fail_memory(err, "scatter", x->size * sizeof *inverse);
  gibbs_status status = invert(at, x->size, inverse) ? gibbs_expr_gather(x, inverse, shape, out, err)
                                                     : make_scatter(x, at, shape, out, err);
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
  return make_scatter(x, index, shape, out, err);
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
  return x->kind == GIBBS_KIND_GATHER && x->size == x->arguments[0]->size && index_is_identity(x->of.index);
}
