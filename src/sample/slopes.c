/* slopes.c - H(v) and weighted sums of its gradient: which way it is done. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "slopes.h"

#include <stdlib.h>
#include <string.h>

/* In this order; the last one does everything. */
static const gibbs_slopes_way *const ways[] = {&gibbs_slopes_two_layers, &gibbs_slopes_expression};
enum { way_count = sizeof ways / sizeof *ways };

void gibbs_slopes_free(gibbs_slopes *slopes) {
  if (slopes == NULL) return;
  if (slopes->instance != NULL) slopes->way->free(slopes->instance);
  for (size_t k = 0; slopes->parameters != NULL && k < slopes->count; k++) gibbs_expr_release(slopes->parameters[k]);
  free(slopes->parameters);
  gibbs_distribution_release(slopes->distribution);
  free(slopes);
}

static gibbs_status list_parameters(gibbs_slopes *slopes, gibbs_expr *const parameters[], size_t count,
                                    gibbs_error *err) {
  slopes->parameters = calloc(count + 1, sizeof *slopes->parameters);
  if (slopes->parameters == NULL) return gibbs_fail_memory(err, "slopes", count * sizeof *slopes->parameters);
  for (; slopes->count < count; slopes->count++) {
    gibbs_expr *parameter = parameters[slopes->count];
    if (gibbs_expr_as_parameter(parameter) == NULL)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "slopes by number %zu: it is no parameter", slopes->count + 1);
    slopes->parameters[slopes->count] = gibbs_expr_retain(parameter);
  }
  return GIBBS_OK;
}

static gibbs_status find_way(gibbs_slopes *slopes, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && slopes->instance == NULL && k < way_count; k++) {
    slopes->way = ways[k];
    status = slopes->way->make(slopes, &slopes->instance, err);
  }
  return status;
}

gibbs_status gibbs_slopes_new(gibbs_distribution *d, gibbs_expr *const parameters[], size_t count, gibbs_slopes **out,
                              gibbs_error *err) {
  gibbs_status status = gibbs_distribution_summable(d, err);
  if (status != GIBBS_OK) return status;
  gibbs_slopes *slopes = calloc(1, sizeof *slopes);
  if (slopes == NULL) return gibbs_fail_memory(err, "slopes", sizeof *slopes);
  slopes->distribution = gibbs_distribution_retain(d);
  status = list_parameters(slopes, parameters, count, err);
  if (status == GIBBS_OK) status = find_way(slopes, err);
  if (status == GIBBS_OK)
    *out = slopes;
  else
    gibbs_slopes_free(slopes);
  return status;
}

const char *gibbs_slopes_method(const gibbs_slopes *slopes) {
  return slopes->way->name;
}

gibbs_status gibbs_slopes_hamiltonian(gibbs_slopes *slopes, const double *rows, size_t count, double *out,
                                      gibbs_error *err) {
  return count > 0 ? slopes->way->hamiltonian(slopes->instance, rows, count, out, err) : GIBBS_OK;
}

gibbs_status gibbs_slopes_add(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                              double *const totals[], gibbs_error *err) {
  if (count == 0 || slopes->count == 0) return GIBBS_OK;
  return slopes->way->add(slopes->instance, rows, count, weight, totals, err);
}

gibbs_status gibbs_slopes_along(gibbs_slopes *slopes, const double *rows, size_t count,
                                const double *const direction[], double *out, gibbs_error *err) {
  if (slopes->count == 0) memset(out, 0, count * sizeof *out);
  if (count == 0 || slopes->count == 0) return GIBBS_OK;
  return slopes->way->along(slopes->instance, rows, count, direction, out, err);
}

gibbs_status gibbs_slopes_squares(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                                  double *const totals[], gibbs_error *err) {
  if (count == 0 || slopes->count == 0) return GIBBS_OK;
  return slopes->way->squares(slopes->instance, rows, count, weight, totals, err);
}

gibbs_status gibbs_slopes_hidden_mean(gibbs_slopes *slopes, const double *rows, size_t count, const double *weight,
                                      double *hidden_mean, gibbs_error *err) {
  size_t size = 0;
  for (size_t k = 0; k < gibbs_distribution_hidden_count(slopes->distribution); k++)
    size += gibbs_expr_size(gibbs_distribution_hidden(slopes->distribution)[k]);
  memset(hidden_mean, 0, size * sizeof *hidden_mean);
  if (count == 0 || size == 0) return GIBBS_OK;
  return slopes->way->hidden_mean(slopes->instance, rows, count, weight, hidden_mean, err);
}

bool gibbs_slopes_layers(const gibbs_slopes *slopes, gibbs_layers *out) {
  return slopes->way->layers != NULL && slopes->way->layers(slopes->instance, out);
}
