/* fold.c - operations on constants: the meaning of every operation, said once more; by plain loops, and products by BLAS. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "graph.h"

/* The values of the arguments, the result with room for it, and what is to be done. */
typedef struct folding {
  const gibbs_draft *draft;
  gibbs_tensor *const *arguments;
  double *out;
  size_t size;
} folding;

static const double *values_of(const folding *f, size_t k) {
  return gibbs_tensor_values(f->arguments[k]);
}

static size_t size_of(const folding *f, size_t k) {
  return gibbs_tensor_size(f->arguments[k]);
}

static const uint32_t *positions_of(const folding *f) {
  return ((const gibbs_index *)f->draft->leaf)->at;
}

static gibbs_status fold_elementwise(const folding *f, gibbs_error *err) {
  (void)err;
  bool binary = gibbs_op_is_binary(f->draft->op);
  const double *a = values_of(f, 0), *b = binary ? values_of(f, 1) : a;
  size_t step_a = size_of(f, 0) == 1 ? 0 : 1, step_b = binary && size_of(f, 1) == 1 ? 0 : 1;
  for (size_t k = 0; k < f->size; k++) f->out[k] = gibbs_op_value(f->draft->op, a[k * step_a], b[k * step_b]);
  return GIBBS_OK;
}

static gibbs_status fold_sum(const folding *f, gibbs_error *err) {
  (void)err;
  const double *x = values_of(f, 0);
  for (size_t k = 0; k < size_of(f, 0); k++) f->out[0] += x[k];
  return GIBBS_OK;
}

/* out[i, j] = sum_k op(a)[i, k] op(b)[k, j]; a vector b is a matrix of one column.  As compiled programs do it. */
static gibbs_status fold_matmul(const folding *f, gibbs_error *err) {
  (void)err;
  const double *a = values_of(f, 0), *b = values_of(f, 1);
  const bool *transpose = f->draft->transpose;
  size_t rows = f->draft->shape.extent[0], columns = f->size / rows, inner = size_of(f, 0) / rows;
  size_t a_rows = transpose[0] ? inner : rows, a_columns = transpose[0] ? rows : inner;
  if (f->draft->shape.rank == 1)
    gibbs_dgemv(transpose[0], a_rows, a_columns, 1, a, a_columns, b, 0, f->out);
  else
    gibbs_dgemm(transpose[0], transpose[1], rows, columns, inner, 1, a, a_columns, b, transpose[1] ? inner : columns,
                0, f->out, columns);
  return GIBBS_OK;
}

static gibbs_status fold_outer(const folding *f, gibbs_error *err) {
  (void)err;
  const double *a = values_of(f, 0), *b = values_of(f, 1);
  size_t columns = size_of(f, 1);
  for (size_t k = 0; k < f->size; k++) f->out[k] = a[k / columns] * b[k % columns];
  return GIBBS_OK;
}

static gibbs_status fold_gather(const folding *f, gibbs_error *err) {
  (void)err;
  const double *x = values_of(f, 0);
  const uint32_t *at = positions_of(f);
  for (size_t k = 0; k < f->size; k++) f->out[k] = x[at[k]];
  return GIBBS_OK;
}

static gibbs_status fold_scatter(const folding *f, gibbs_error *err) {
  (void)err;
  const double *x = values_of(f, 0);
  const uint32_t *at = positions_of(f);
  for (size_t k = 0; k < size_of(f, 0); k++) f->out[at[k]] += x[k];
  return GIBBS_OK;
}

/* A NaN anywhere has to come out, also where an infinity decides the rest. */
static double log_sum_exp(const double *x, size_t count) {
  double most = x[0], total = 0.0;
  for (size_t k = 1; k < count; k++)
    if (x[k] > most) most = x[k];
  if (isinf(most)) {
    for (size_t k = 0; k < count; k++) total += isnan(x[k]) ? x[k] : 0.0;
    return most + total;
  }
  for (size_t k = 0; k < count; k++) total += exp(x[k] - most);
  return most + log(total);
}

static gibbs_status fold_logsumexp(const folding *f, gibbs_error *err) {
  (void)err;
  const double *x = values_of(f, 0);
  size_t count = size_of(f, 0) / f->size;
  for (size_t k = 0; k < f->size; k++) f->out[k] = log_sum_exp(x + k * count, count);
  return GIBBS_OK;
}

static gibbs_status fold_callback(const folding *f, gibbs_error *err) {
  const gibbs_callback *callback = f->draft->leaf;
  gibbs_tensor *joint = NULL;
  size_t total = 0, used = 0;
  for (size_t k = 0; k < f->draft->argument_count; k++) total += size_of(f, k);
  gibbs_shape shape = gibbs_shape_vector(total);
  gibbs_status status = gibbs_tensor_new(&shape, &joint, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < f->draft->argument_count; used += size_of(f, k), k++)
    memcpy(gibbs_tensor_data(joint) + used, values_of(f, k), size_of(f, k) * sizeof(double));
  status = callback->call(callback->payload, gibbs_tensor_values(joint), f->out, err);
  gibbs_tensor_release(joint);
  return status;
}

/* Marginals bind variables, so that their arguments are no mere values: reference.c sums over states. */
static gibbs_status (*const folds[GIBBS_KIND_COUNT])(const folding *, gibbs_error *) = {
    [GIBBS_KIND_ELEMENTWISE] = fold_elementwise, [GIBBS_KIND_SUM] = fold_sum,
    [GIBBS_KIND_MATMUL] = fold_matmul,           [GIBBS_KIND_OUTER] = fold_outer,
    [GIBBS_KIND_GATHER] = fold_gather,           [GIBBS_KIND_SCATTER] = fold_scatter,
    [GIBBS_KIND_LOGSUMEXP] = fold_logsumexp,     [GIBBS_KIND_CALLBACK] = fold_callback};

gibbs_status gibbs_fold(const gibbs_draft *draft, gibbs_tensor *const values[], gibbs_tensor **out,
                        gibbs_error *err) {
  if (!folds[draft->kind]) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "fold: not an operation on values");
  gibbs_tensor *result = NULL;
  bool indexed = draft->kind == GIBBS_KIND_GATHER || draft->kind == GIBBS_KIND_SCATTER;
  gibbs_status status = indexed ? gibbs_index_write(draft->leaf, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = gibbs_tensor_new(&draft->shape, &result, err);
  if (status != GIBBS_OK) return status;
  folding f = {draft, values, gibbs_tensor_data(result), gibbs_tensor_size(result)};
  status = folds[draft->kind](&f, err);
  if (status != GIBBS_OK)
    gibbs_tensor_release(result);
  else
    *out = result;
  return status;
}
