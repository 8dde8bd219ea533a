/* tensor.c - shapes, and dense row-major arrays of doubles. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/tensor.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One cache line, and the widest vector register: rows of a batch start where loads are cheapest. */
enum { alignment = 64 };

struct gibbs_tensor {
  size_t references;
  size_t size;
  gibbs_shape shape;
  double *data;
};

size_t gibbs_shape_size(const gibbs_shape *shape) {
  size_t size = 1;
  for (size_t k = 0; k < shape->rank; k++) size *= shape->extent[k];
  return size;
}

bool gibbs_shape_equal(const gibbs_shape *a, const gibbs_shape *b) {
  if (a->rank != b->rank) return false;
  for (size_t k = 0; k < a->rank; k++)
    if (a->extent[k] != b->extent[k]) return false;
  return true;
}

gibbs_shape gibbs_shape_scalar(void) {
  return (gibbs_shape){.rank = 0};
}

gibbs_shape gibbs_shape_vector(size_t n) {
  return (gibbs_shape){.rank = 1, .extent = {n}};
}

gibbs_shape gibbs_shape_matrix(size_t rows, size_t columns) {
  return (gibbs_shape){.rank = 2, .extent = {rows, columns}};
}

gibbs_status gibbs_shape_check(const gibbs_shape *shape, gibbs_error *err) {
  if (shape->rank > GIBBS_MAX_RANK)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "shape: too many axes: %zu; at most %d", shape->rank, GIBBS_MAX_RANK);
  /* The size in bytes, rounded up to the alignment, has to fit as well. */
  const size_t most = (PTRDIFF_MAX - alignment) / sizeof(double);
  size_t size = 1;
  for (size_t k = 0; k < shape->rank; k++) {
    if (shape->extent[k] == 0)
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "shape: axis %zu has length 0; lengths are at least 1", k + 1);
    if (shape->extent[k] > most / size) {
      char text[160];
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "shape: too many elements: %s; at most %zu",
                        gibbs_shape_print(shape, text, sizeof text), most);
    }
    size *= shape->extent[k];
  }
  return GIBBS_OK;
}

char *gibbs_shape_print(const gibbs_shape *shape, char *text, size_t size) {
  if (size == 0) return text;
  if (shape->rank == 0) snprintf(text, size, "scalar");
  size_t used = 0;
  for (size_t k = 0; k < shape->rank && used < size; k++) {
    int wrote = snprintf(text + used, size - used, k == 0 ? "%zu" : "x%zu", shape->extent[k]);
    if (wrote < 0) break;
    used += (size_t)wrote;
  }
  return text;
}

gibbs_status gibbs_tensor_new(const gibbs_shape *shape, gibbs_tensor **out, gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(shape, err);
  if (status != GIBBS_OK) return status;
  size_t size = gibbs_shape_size(shape);
  size_t bytes = (size * sizeof(double) + alignment - 1) / alignment * alignment;
  gibbs_tensor *tensor = malloc(sizeof *tensor);
  double *data = aligned_alloc(alignment, bytes);
  if (tensor == NULL || data == NULL) {
    free(tensor);
    free(data);
    return gibbs_fail_memory(err, "tensor", bytes);
  }
  memset(data, 0, bytes);
  *tensor = (gibbs_tensor){.references = 1, .size = size, .shape = *shape, .data = data};
  *out = tensor;
  return GIBBS_OK;
}

gibbs_tensor *gibbs_tensor_retain(gibbs_tensor *tensor) {
  tensor->references++;
  return tensor;
}

void gibbs_tensor_release(gibbs_tensor *tensor) {
  if (tensor == NULL || --tensor->references > 0) return;
  free(tensor->data);
  free(tensor);
}

const gibbs_shape *gibbs_tensor_shape(const gibbs_tensor *tensor) {
  return &tensor->shape;
}

size_t gibbs_tensor_size(const gibbs_tensor *tensor) {
  return tensor->size;
}

double *gibbs_tensor_data(gibbs_tensor *tensor) {
  return tensor->data;
}

const double *gibbs_tensor_values(const gibbs_tensor *tensor) {
  return tensor->data;
}
