/* gibbs/tensor.h - dense row-major arrays of doubles, shared by reference count.
 *
 * Promises: a shape of rank 0 is a scalar (size 1); no extent is 0; sizes do not overflow size_t.
 * Reference counts are not atomic: retain and release on one thread.
 * Knows nothing of expressions. */
#ifndef GIBBS_TENSOR_H
#define GIBBS_TENSOR_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

#define GIBBS_MAX_RANK 6

typedef struct gibbs_shape {
  size_t rank;
  size_t extent[GIBBS_MAX_RANK];
} gibbs_shape;

typedef struct gibbs_tensor gibbs_tensor;

size_t gibbs_shape_size(const gibbs_shape *shape);
bool gibbs_shape_equal(const gibbs_shape *a, const gibbs_shape *b);
gibbs_shape gibbs_shape_scalar(void);
gibbs_shape gibbs_shape_vector(size_t n);
gibbs_shape gibbs_shape_matrix(size_t rows, size_t columns);
/* ERR_SHAPE when the rank is above GIBBS_MAX_RANK, an extent is 0, or the size overflows. */
gibbs_status gibbs_shape_check(const gibbs_shape *shape, gibbs_error *err) GIBBS_CHECKED;
/* "scalar", "6", "4x3": writes at most `size` bytes, returns `text`. */
char *gibbs_shape_print(const gibbs_shape *shape, char *text, size_t size);

/* A tensor of zeros.  *out is owned by the caller: gibbs_tensor_release. */
gibbs_status gibbs_tensor_new(const gibbs_shape *shape, gibbs_tensor **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_tensor *gibbs_tensor_retain(gibbs_tensor *tensor);
void gibbs_tensor_release(gibbs_tensor *tensor); /* NULL is fine */
const gibbs_shape *gibbs_tensor_shape(const gibbs_tensor *tensor);
size_t gibbs_tensor_size(const gibbs_tensor *tensor);
double *gibbs_tensor_data(gibbs_tensor *tensor);
const double *gibbs_tensor_values(const gibbs_tensor *tensor);

#endif
