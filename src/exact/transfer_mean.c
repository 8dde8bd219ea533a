/* transfer_mean.c - means of functions of the units, by summing out one unit after the other. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/builder.h"
#include "gibbs/program.h"
#include "transfer_model.h"

/* ---- scalars: derivatives of log Z along f --------------------------------------------------------------------- */

/* out[1] = <f>, and with three orders out[2] = its variance. */
static gibbs_status derive(gibbs_distribution *d, gibbs_expr *f, size_t orders, double *out, gibbs_error *err) {
  gibbs_transfer_model model = {0};
  gibbs_status status = gibbs_transfer_open(d, 0, &model, err);
  if (status == GIBBS_OK) status = gibbs_transfer_add(&model, f, err);
  if (status == GIBBS_OK) status = gibbs_transfer_plan(&model, err);
  if (status == GIBBS_OK) status = gibbs_eliminate(&model.list, &model.plan, orders, out, err);
  gibbs_transfer_close(&model);
  return status;
}

/* Squares of sums by the variance of the sum; all other terms become one function again. */
static gibbs_status average_terms(gibbs_distribution *d, gibbs_expr *const *terms, const double *coefficients,
                                  size_t count, double *out, gibbs_error *err) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(gibbs_distribution_energy(d)), err);
  gibbs_expr *plain = gibbs_build_number(&b, 0), *root = NULL;
  double z[GIBBS_BUCKET_ORDERS] = {0}, total = 0;
  for (size_t k = 0; k < count && b.status == GIBBS_OK; k++) {
    if (gibbs_expr_square_of(terms[k], &root)) {
      gibbs_build_fail(&b, derive(d, root, GIBBS_BUCKET_ORDERS, z, err));
      total += coefficients[k] * (z[2] + z[1] * z[1]);
    } else {
      gibbs_expr *term = gibbs_build_binary(&b, GIBBS_OP_MUL, gibbs_build_number(&b, coefficients[k]), terms[k]);
      plain = gibbs_build_binary(&b, GIBBS_OP_ADD, plain, term);
    }
  }
  if (b.status == GIBBS_OK) gibbs_build_fail(&b, derive(d, plain, 2, z, err));
  gibbs_status status = gibbs_build_end(&b);
  if (status == GIBBS_OK) *out = total + z[1];
  return status;
}

static gibbs_status average_scalar(gibbs_distribution *d, gibbs_expr *f, double *out, gibbs_error *err) {
  gibbs_expr **terms = NULL, *root = NULL;
  double *coefficients = NULL, z[2] = {0};
  size_t count = 0;
  bool squares = false;
  gibbs_status status = gibbs_expr_terms(f, &terms, &coefficients, &count, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < count; k++) squares |= gibbs_expr_square_of(terms[k], &root);
  if (squares) {
    status = average_terms(d, terms, coefficients, count, out, err);
  } else {
    status = derive(d, f, 2, z, err);
    if (status == GIBBS_OK) *out = z[1];
  }
  for (size_t k = 0; k < count; k++) gibbs_expr_release(terms[k]);
  free(terms);
  free(coefficients);
  return status;
}

/* ---- tensors: means of all terms at once ------------------------------------------------------------------------
 */

/* (*mean)[t] of every term. */
static gibbs_status average_list(gibbs_transfer_model *model, double **mean, gibbs_error *err) {
  *mean = calloc(model->list.terms + 1, sizeof **mean);
  if (!*mean) return gibbs_fail_memory(err, "the means of terms", model->list.terms * sizeof **mean);
  gibbs_status status = gibbs_transfer_plan(model, err);
  return status == GIBBS_OK ? gibbs_eliminate_means(&model->list, &model->plan, *mean, err) : status;
}

/* f with every variable replaced by its mean, elements laid end to end. */
static gibbs_status evaluate_at(const gibbs_transfer_model *model, gibbs_expr *f, const double *means, double *out,
                                gibbs_error *err) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(f), err);
  gibbs_expr *value = f;
  for (size_t k = 0; k < model->variable_count && b.status == GIBBS_OK; k++) {
    const gibbs_shape *shape = gibbs_expr_shape(model->variables[k]);
    gibbs_tensor *tensor = NULL;
    gibbs_expr *constant = NULL;
    gibbs_build_fail(&b, gibbs_tensor_new(shape, &tensor, err));
    if (tensor) memcpy(gibbs_tensor_data(tensor), means, gibbs_shape_size(shape) * sizeof *means);
    if (tensor) gibbs_build_fail(&b, gibbs_expr_constant(gibbs_expr_graph(f), tensor, &constant, err));
    value = gibbs_build_substitute(&b, value, model->variables[k], gibbs_build_keep(&b, constant));
    gibbs_tensor_release(tensor);
    means += gibbs_shape_size(shape);
  }
  gibbs_tensor *result = NULL;
  if (b.status == GIBBS_OK) gibbs_build_fail(&b, gibbs_expr_value(value, &result, err));
  if (result) memcpy(out, gibbs_tensor_values(result), gibbs_tensor_size(result) * sizeof *out);
  gibbs_tensor_release(result);
  return gibbs_build_end(&b);
}

/* f is affine: its mean is f at the means of the elements. */
static gibbs_status average_affine(gibbs_transfer_model *model, gibbs_expr *f, double *out, gibbs_error *err) {
  size_t from = model->list.terms;
  double *mean = NULL;
  gibbs_status status = GIBBS_OK;
  for (uint32_t e = 0; status == GIBBS_OK && e < model->list.elements; e++)
    status = gibbs_interactions_ask(&model->list, &e, 1, err);
  if (status == GIBBS_OK) status = average_list(model, &mean, err);
  if (status == GIBBS_OK) status = evaluate_at(model, f, mean + from, out, err);
  free(mean);
  return status;
}

/* The terms of every element of f, element k's from first[k] on; out[k] is its constant. */
static gibbs_status add_elements(gibbs_transfer_model *model, gibbs_expr *f, size_t *first, double *out,
                                 gibbs_error *err) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(f), err);
  gibbs_shape flat = gibbs_shape_vector(gibbs_expr_size(f)), scalar = gibbs_shape_scalar();
  gibbs_expr *vector = gibbs_build_reshape(&b, f, &flat);
  for (size_t k = 0; k < flat.extent[0] && b.status == GIBBS_OK; k++) {
    gibbs_expr *one = gibbs_build_gather(&b, vector, (uint32_t[]){(uint32_t)k}, &scalar);
    first[k] = model->list.terms;
    model->list.constant_slope = 0;
    if (b.status == GIBBS_OK) gibbs_build_fail(&b, gibbs_transfer_add(model, one, err));
    out[k] = model->list.constant_slope;
  }
  first[flat.extent[0]] = model->list.terms;
  return gibbs_build_end(&b);
}

static gibbs_status average_elements(gibbs_transfer_model *model, gibbs_expr *f, double *out, gibbs_error *err) {
  size_t count = gibbs_expr_size(f), *first = malloc((count + 1) * sizeof *first);
  double *mean = NULL;
  if (!first) return gibbs_fail_memory(err, "the elements of a function", count * sizeof *first);
  gibbs_status status = add_elements(model, f, first, out, err);
  if (status == GIBBS_OK) status = average_list(model, &mean, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    for (size_t t = first[k]; t < first[k + 1]; t++) out[k] += model->list.slope[t] * mean[t];
  free(mean);
  free(first);
  return status;
}

gibbs_status gibbs_transfer_mean(gibbs_distribution *d, gibbs_expr *f, double *out, gibbs_error *err) {
  if (gibbs_expr_shape(f)->rank == 0) return average_scalar(d, f, out, err);
  gibbs_transfer_model model = {0};
  gibbs_status status = gibbs_transfer_open(d, 0, &model, err);
  if (status == GIBBS_OK)
    status = gibbs_expr_degree(f, model.variables, model.variable_count) <= 1 ? average_affine(&model, f, out, err)
                                                                              : average_elements(&model, f, out, err);
  gibbs_transfer_close(&model);
  return status;
}
