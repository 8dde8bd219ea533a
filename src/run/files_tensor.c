/* files_tensor.c - nested lists of numbers as tensors, and stored numbers as doubles. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <float.h>
#include <math.h>
#include <string.h>

#include "files_format.h"

size_t gibbs_tensor_stride(const gibbs_tensor *tensor, size_t axis) {
  const gibbs_shape *shape = gibbs_tensor_shape(tensor);
  size_t stride = 1;
  for (size_t k = axis + 1; k < shape->rank; k++) stride *= shape->extent[k];
  return stride;
}

/* The shape that the first items have; fill_level then holds all the others to it. */
static gibbs_status guess_shape(const gibbs_value *value, gibbs_shape *shape, gibbs_error *err) {
  shape->rank = 0;
  while (value && gibbs_value_kind_of(value) == GIBBS_VALUE_LIST) {
    if (shape->rank == GIBBS_MAX_RANK)
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "lists are nested more than %d deep, the most axes of a tensor",
                        GIBBS_MAX_RANK);
    shape->extent[shape->rank++] = gibbs_value_count(value);
    if (gibbs_value_count(value) == 0) return gibbs_fail(err, GIBBS_ERR_SHAPE, "an empty list is no tensor");
    value = gibbs_value_item(value, 0);
  }
  return gibbs_shape_check(shape, err);
}

static gibbs_status fail_level(const gibbs_value *value, const gibbs_place *place, const char *expected,
                               gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s expected at %s, got %s", expected, gibbs_place_print(place, where),
                    gibbs_value_kind_text(gibbs_value_kind_of(value)));
}

static gibbs_status fill_level(const gibbs_value *value, const gibbs_shape *shape, const gibbs_place *place,
                               double **next, gibbs_error *err) {
  if (place->depth == shape->rank) {
    if (gibbs_value_kind_of(value) != GIBBS_VALUE_NUMBER) return fail_level(value, place, "a number", err);
    *(*next)++ = gibbs_value_as_number(value);
    return GIBBS_OK;
  }
  if (gibbs_value_kind_of(value) != GIBBS_VALUE_LIST) return fail_level(value, place, "a list of numbers", err);
  size_t count = gibbs_value_count(value), expected = shape->extent[place->depth];
  char where[gibbs_place_size];
  if (count != expected)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "%s has %zu items, and the lists before it %zu",
                      gibbs_place_print(place, where), count, expected);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < count && status == GIBBS_OK; i++) {
    gibbs_place below = gibbs_place_below(place, value, i);
    status = fill_level(gibbs_value_item(value, i), shape, &below, next, err);
  }
  return status;
}

gibbs_status gibbs_value_to_tensor(const gibbs_value *value, gibbs_tensor **out, gibbs_error *err) {
  gibbs_tensor *tensor = gibbs_value_as_tensor(value);
  if (tensor) {
    *out = gibbs_tensor_retain(tensor);
    return GIBBS_OK;
  }
  gibbs_shape shape;
  gibbs_status status = guess_shape(value, &shape, err);
  if (status == GIBBS_OK) status = gibbs_tensor_new(&shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  gibbs_place root = {NULL, NULL, 0, 0};
  double *next = gibbs_tensor_data(tensor);
  status = fill_level(value, &shape, &root, &next, err);
  if (status == GIBBS_OK)
    *out = tensor;
  else
    gibbs_tensor_release(tensor);
  return status;
}
