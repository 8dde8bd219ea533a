/* axes.c - tensors seen along their axes: reshaped, shifted, one element, one more axis. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "graph.h"

/* The position in x that position k of the result shows. */
typedef size_t position_rule(const void *context, size_t k);

static gibbs_status gather_by_rule(gibbs_expr *x, const gibbs_shape *shape, position_rule *rule, const void *context,
                                   gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  if (status != GIBBS_OK) return status;
  size_t size = gibbs_shape_size(shape);
  uint32_t *at = malloc(size * sizeof *at);
  if (!at) return gibbs_fail_memory(err, "expression", size * sizeof *at);
  for (size_t k = 0; k < size; k++) at[k] = (uint32_t)rule(context, k);
  status = gibbs_expr_gather(x, at, shape, out, err);
  free(at);
  return status;
}

gibbs_status gibbs_expr_reshape(gibbs_expr *x, const gibbs_shape *shape, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  if (status != GIBBS_OK) return status;
  if (gibbs_shape_size(shape) != x->size) {
    char from[64], to[64];
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "reshape: %s (%zu elements) cannot become %s (%zu); the numbers must agree",
                      gibbs_shape_print(&x->shape, from, sizeof from), x->size,
                      gibbs_shape_print(shape, to, sizeof to), gibbs_shape_size(shape));
  }
  gibbs_pattern stay = {.kind = GIBBS_PATTERN_SHIFT, .shape = x->shape};
  if (x->size > 1) return gibbs_expr_gather_pattern(x, &stay, shape, out, err);
  return gibbs_expr_gather(x, (const uint32_t[]){0}, shape, out, err);
}

static size_t move_on(const void *context, size_t k) {
  return *(const size_t *)context + k;
}

gibbs_status gibbs_expr_element(gibbs_expr *x, size_t i, gibbs_expr **out, gibbs_error *err) {
  if (x->shape.rank == 0) return gibbs_fail(err, GIBBS_ERR_SHAPE, "element: a scalar has no elements to choose from");
  if (i >= x->shape.extent[0])
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "element: %zu of %zu; elements are counted from 1", i + 1,
                      x->shape.extent[0]);
  gibbs_shape shape = {.rank = x->shape.rank - 1};
  for (size_t k = 0; k < shape.rank; k++) shape.extent[k] = x->shape.extent[k + 1];
  size_t first = i * gibbs_shape_size(&shape);
  return gather_by_rule(x, &shape, move_on, &first, out, err);
}

gibbs_status gibbs_expr_shift(gibbs_expr *x, const long offset[], size_t count, gibbs_expr **out, gibbs_error *err) {
  if (count > x->shape.rank)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "shift: %zu offsets for a tensor of %zu axes; at most one for each axis",
                      count, x->shape.rank);
  gibbs_pattern s = {.kind = GIBBS_PATTERN_SHIFT, .shape = x->shape};
  for (size_t k = 0; k < count; k++) {
    long long extent = (long long)x->shape.extent[k], rest = offset[k] % extent;
    s.by[k] = (size_t)(rest < 0 ? rest + extent : rest);
  }
  if (x->shape.rank > 0) return gibbs_expr_gather_pattern(x, &s, &x->shape, out, err);
  *out = gibbs_expr_retain(x);
  return GIBBS_OK;
}

typedef struct expansion {
  size_t inner, n;
} expansion;

static size_t repeat_position(const void *context, size_t k) {
  const expansion *e = context;
  return k / (e->inner * e->n) * e->inner + k % e->inner;
}

gibbs_status gibbs_expr_expand(gibbs_expr *x, size_t axis, size_t n, gibbs_expr **out, gibbs_error *err) {
  if (axis > x->shape.rank || x->shape.rank == GIBBS_MAX_RANK)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "expand: axis %zu of a tensor with %zu axes; at most %d axes", axis + 1,
                      x->shape.rank, GIBBS_MAX_RANK);
  gibbs_shape shape = {.rank = x->shape.rank + 1};
  expansion e = {.inner = 1, .n = n};
  for (size_t k = 0; k < shape.rank; k++)
    shape.extent[k] = k < axis ? x->shape.extent[k] : k == axis ? n : x->shape.extent[k - 1];
  for (size_t k = axis; k < x->shape.rank; k++) e.inner *= x->shape.extent[k];
  if (x->shape.rank == 0) return gibbs_expr_broadcast(x, &shape, out, err);
  return gather_by_rule(x, &shape, repeat_position, &e, out, err);
}
