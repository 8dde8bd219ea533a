/* path_reference.c - independent units: fitted, as an energy, and sampled. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path_reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/normal_form.h"

static const double log_two_pi = 1.8378770664093454836;

/* The variables of a distribution, visible ones first. */
static gibbs_expr *variable_at(const gibbs_distribution *d, size_t k) {
  size_t visible = gibbs_distribution_visible_count(d);
  return k < visible ? gibbs_distribution_visible(d)[k] : gibbs_distribution_hidden(d)[k - visible];
}

static size_t variable_count(const gibbs_distribution *d) {
  return gibbs_distribution_visible_count(d) + gibbs_distribution_hidden_count(d);
}

/* ---- fitting ---------------------------------------------------------------------------------------------- */

static gibbs_status take_own_fields(gibbs_path *path, gibbs_error *err) {
  gibbs_distribution *d = path->target;
  size_t count = variable_count(d);
  gibbs_expr **variables = calloc(count + 1, sizeof *variables);
  gibbs_normal_form *form = NULL;
  const double *fields = NULL;
  if (!variables) return gibbs_fail_memory(err, "a list of variables", count * sizeof *variables);
  for (size_t k = 0; k < count; k++) variables[k] = variable_at(d, k);
  gibbs_status status = gibbs_normal_form_new(gibbs_distribution_energy(d), variables, count, &form, err);
  if (status == GIBBS_OK) status = gibbs_normal_form_fields(form, &fields, err);
  for (size_t e = 0; status == GIBBS_OK && fields && e < path->elements; e++) path->field[e] = -fields[e];
  gibbs_normal_form_free(form);
  free(variables);
  return status;
}

/* Weighted moments of column u of the data. */
static void read_moments(const gibbs_data *data, size_t u, double *mean, double *square) {
  size_t units = gibbs_data_units(data);
  *mean = *square = 0;
  for (size_t i = 0; i < gibbs_data_count(data); i++) {
    double x = gibbs_data_rows(data)[i * units + u], w = gibbs_data_weights(data)[i];
    *mean += w * x;
    *square += w * x * x;
  }
}

/* Half a configuration of each state is added, so that no field is infinite. */
static void fit_two_states(const gibbs_data *data, size_t u, bool spin, double *field) {
  double mean, square, n = (double)gibbs_data_count(data);
  read_moments(data, u, &mean, &square);
  double p = spin ? (1 + mean) / 2 : mean, up = (n * p + 0.5) / (n + 1);
  *field = (spin ? 0.5 : 1) * (log(up) - log1p(-up));
}

static void fit_potts(const gibbs_data *data, size_t u, size_t q, double *field) {
  size_t units = gibbs_data_units(data), count = gibbs_data_count(data);
  for (size_t s = 0; s < q; s++) field[s] = 0.5 / (double)count;
  for (size_t i = 0; i < count; i++) {
    double state = gibbs_data_rows(data)[i * units + u];
    if (state >= 1 && state <= (double)q) field[(size_t)state - 1] += gibbs_data_weights(data)[i];
  }
  for (size_t s = 0; s < q; s++) field[s] = log(field[s]);
}

static void fit_real(const gibbs_data *data, size_t u, double *field, double *precision) {
  double mean, square;
  read_moments(data, u, &mean, &square);
  double variance = square - mean * mean;
  *precision = variance > 1e-6 ? 1 / variance : 1e6;
  *field = mean * *precision;
}

static gibbs_status fit_data(gibbs_path *path, const gibbs_data *data, gibbs_error *err) {
  gibbs_distribution *d = path->target;
  size_t visible = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d));
  if (gibbs_data_units(data) != visible)
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the reference's data have %zu units a configuration; the distribution has %zu",
                      gibbs_data_units(data), visible);
  for (size_t k = 0, unit = 0, e = 0; k < gibbs_distribution_visible_count(d); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variable_at(d, k));
    gibbs_domain domain = gibbs_variable_domain(variable);
    size_t each = gibbs_variable_size(variable) / gibbs_variable_units(variable);
    for (size_t u = 0; u < gibbs_variable_units(variable); u++, unit++, e += each) {
      if (domain == GIBBS_POTTS)
        fit_potts(data, unit, each, path->field + e);
      else if (domain == GIBBS_REALS)
        fit_real(data, unit, path->field + e, path->precision + e);
      else
        fit_two_states(data, unit, domain == GIBBS_SPINS, path->field + e);
    }
  }
  return GIBBS_OK;
}

/* log of the sum over the states of one unit. */
static double unit_log_z(gibbs_domain domain, size_t each, const double *field, double precision) {
  double most = field[0], total = 0;
  switch (domain) {
  case GIBBS_SPINS:
    return fabs(field[0]) + log1p(exp(-2 * fabs(field[0])));
  case GIBBS_BITS:
    return fmax(field[0], 0) + log1p(exp(-fabs(field[0])));
  case GIBBS_POTTS:
    for (size_t s = 1; s < each; s++) most = fmax(most, field[s]);
    for (size_t s = 0; s < each; s++) total += exp(field[s] - most);
    return most + log(total);
  default:
    return (log_two_pi - log(precision) + field[0] * field[0] / precision) / 2;
  }
}

static void sum_log_z(gibbs_path *path) {
  path->log_z = 0;
  for (size_t k = 0, e = 0; k < variable_count(path->target); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variable_at(path->target, k));
    size_t each = gibbs_variable_size(variable) / gibbs_variable_units(variable);
    for (size_t u = 0; u < gibbs_variable_units(variable); u++, e += each)
      path->log_z += unit_log_z(gibbs_variable_domain(variable), each, path->field + e, path->precision[e]);
  }
}

gibbs_status gibbs_reference_fit(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < variable_count(path->target); k++)
    path->elements += gibbs_expr_size(variable_at(path->target, k));
  path->field = calloc(path->elements + 1, sizeof *path->field);
  path->precision = malloc((path->elements + 1) * sizeof *path->precision);
  if (!path->field || !path->precision)
    return gibbs_fail_memory(err, "a reference", 2 * path->elements * sizeof *path->field);
  for (size_t e = 0; e < path->elements; e++) path->precision[e] = 1;
  if (o->reference == GIBBS_REFERENCE_FIELDS) status = take_own_fields(path, err);
  if (o->reference == GIBBS_REFERENCE_DATA) status = fit_data(path, o->data, err);
  if (status == GIBBS_OK) sum_log_z(path);
  return status;
}

/* ---- as an energy ----------------------------------------------------------------------------------------- */

static gibbs_status make_constant(gibbs_expr *like, const double *values, double factor, gibbs_expr **out,
                                  gibbs_error *err) {
  gibbs_tensor *tensor = NULL;
  gibbs_status status = gibbs_tensor_new(gibbs_expr_shape(like), &tensor, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < gibbs_expr_size(like); i++) gibbs_tensor_data(tensor)[i] = factor * values[i];
  status = gibbs_expr_constant(gibbs_expr_graph(like), tensor, out, err);
  gibbs_tensor_release(tensor);
  return status;
}

/* *sum (NULL: nothing yet) += factor values . x */
static gibbs_status add_term(gibbs_expr **sum, gibbs_expr *like, const double *values, double factor, gibbs_expr *x,
                             gibbs_error *err) {
  gibbs_expr *constant = NULL, *term = NULL, *both = NULL;
  gibbs_status status = make_constant(like, values, factor, &constant, err);
  if (status == GIBBS_OK) status = gibbs_expr_dot(constant, x, &term, err);
  gibbs_expr_release(constant);
  if (status == GIBBS_OK && *sum) {
    status = gibbs_expr_binary(GIBBS_OP_ADD, *sum, term, &both, err);
    gibbs_expr_release(term);
    term = both;
    if (status == GIBBS_OK) gibbs_expr_release(*sum);
  }
  if (status == GIBBS_OK) *sum = term;
  return status;
}

static bool is_zero(const double *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (x[i] != 0) return false;
  return true;
}

static gibbs_status add_variable(const gibbs_path *path, gibbs_expr *x, size_t at, gibbs_expr **sum,
                                 gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  gibbs_expr *square = NULL;
  if (!is_zero(path->field + at, gibbs_expr_size(x))) status = add_term(sum, x, path->field + at, -1, x, err);
  if (status != GIBBS_OK || gibbs_variable_domain(gibbs_expr_as_variable(x)) != GIBBS_REALS) return status;
  status = gibbs_expr_binary(GIBBS_OP_MUL, x, x, &square, err);
  if (status == GIBBS_OK) status = add_term(sum, x, path->precision + at, 0.5, square, err);
  gibbs_expr_release(square);
  return status;
}

gibbs_status gibbs_reference_energy(const gibbs_path *path, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  gibbs_expr *sum = NULL;
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < variable_count(path->target); k++) {
    gibbs_expr *x = variable_at(path->target, k);
    status = add_variable(path, x, at, &sum, err);
    at += gibbs_expr_size(x);
  }
  if (status == GIBBS_OK)
    *out = sum;
  else
    gibbs_expr_release(sum);
  return status;
}

/* ---- sampled ---------------------------------------------------------------------------------------------- */

/* A state 0..q-1 with weight exp(field). */
static size_t draw_state(const double *field, size_t q, double u) {
  double most = field[0], total = 0, below = 0;
  for (size_t s = 1; s < q; s++) most = fmax(most, field[s]);
  for (size_t s = 0; s < q; s++) total += exp(field[s] - most);
  for (size_t s = 0; s + 1 < q; s++) {
    below += exp(field[s] - most);
    if (u * total < below) return s;
  }
  return q - 1;
}

void gibbs_reference_draw(const gibbs_path *path, const gibbs_variable *variable, size_t at, gibbs_stream *stream,
                          double *row) {
  size_t units = gibbs_variable_units(variable), each = gibbs_variable_size(variable) / units;
  gibbs_domain domain = gibbs_variable_domain(variable);
  for (size_t u = 0; u < units; u++) {
    const double *field = path->field + at + u * each;
    double precision = path->precision[at + u * each];
    if (domain == GIBBS_REALS) {
      row[u] = field[0] / precision + gibbs_stream_normal(stream) / sqrt(precision);
      continue;
    }
    double x = gibbs_stream_uniform(stream), up = (domain == GIBBS_SPINS ? 2 : 1) * field[0];
    if (domain == GIBBS_POTTS)
      row[u] = 1 + (double)draw_state(field, each, x);
    else
      row[u] = x * (1 + exp(-up)) < 1 ? 1 : domain == GIBBS_SPINS ? -1 : 0;
  }
}
