/* slopes_layers_find.c - whether an energy is one of two layers whose coefficients are parameters of their own.
 *
 * The parameters are replaced by others with random values, twice, and the coefficients of the normal form are
 * compared with these: what agrees for all elements and both draws, up to one factor, is the parameter times that
 * factor, however the energy was written. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gibbs/normal_form.h"
#include "gibbs/random.h"
#include "slopes_layers.h"

enum { most_parameters = GIBBS_LAYERS_GROUPS, draws = 2 };
/* Coefficients are at most a product and a sum away from the parameter. */
static const double close_enough = 1e-12;

/* The energy with other parameters. */
typedef struct probe {
  gibbs_expr *parameter[most_parameters];
  gibbs_normal_form *form;
} probe;

static void clear_probe(probe *p) {
  gibbs_normal_form_free(p->form);
  for (size_t k = 0; k < most_parameters; k++) gibbs_expr_release(p->parameter[k]);
}

/* Both signs, and away from 0, where a function of them would show. */
static void draw_values(gibbs_parameter *parameter, uint32_t draw, uint32_t number) {
  gibbs_stream stream = gibbs_stream_open(20021771, GIBBS_PURPOSE_CHECK, number, draw);
  for (size_t i = 0; i < gibbs_parameter_size(parameter); i++) {
    double u = 2 * gibbs_stream_uniform(&stream) - 1;
    gibbs_parameter_values(parameter)[i] = u + (u < 0 ? -0.5 : 0.5);
  }
  gibbs_parameter_touch(parameter);
}

static gibbs_status make_parameter(gibbs_distribution *d, size_t k, uint32_t draw, gibbs_expr **out,
                                   gibbs_error *err) {
  gibbs_expr *node = gibbs_distribution_parameters(d)[k];
  gibbs_parameter *parameter = NULL;
  gibbs_status status = gibbs_parameter_new("probe", gibbs_expr_shape(node), &parameter, err);
  if (status == GIBBS_OK) {
    draw_values(parameter, draw, (uint32_t)k);
    status = gibbs_expr_parameter(gibbs_expr_graph(node), parameter, out, err);
  }
  gibbs_parameter_release(parameter);
  return status;
}

static gibbs_status make_probe(gibbs_distribution *d, uint32_t draw, probe *out, gibbs_error *err) {
  size_t count = gibbs_distribution_parameter_count(d);
  gibbs_expr *energy = NULL, *variables[] = {gibbs_distribution_visible(d)[0], gibbs_distribution_hidden(d)[0]};
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    status = make_parameter(d, k, draw, &out->parameter[k], err);
  if (status == GIBBS_OK)
    status = gibbs_expr_substitute(gibbs_distribution_energy(d), gibbs_distribution_parameters(d), out->parameter,
                                   count, &energy, err);
  if (status == GIBBS_OK) status = gibbs_normal_form_new(energy, variables, 2, &out->form, err);
  gibbs_expr_release(energy);
  return status;
}

/* ---- what it has to be ------------------------------------------------------------------------------------------
 */

static bool has_two_states(gibbs_expr *variable) {
  gibbs_domain domain = gibbs_variable_domain(gibbs_expr_as_variable(variable));
  return domain == GIBBS_SPINS || domain == GIBBS_BITS;
}

static bool may_be(const gibbs_slopes *slopes) {
  gibbs_distribution *d = slopes->distribution;
  if (gibbs_distribution_visible_count(d) != 1 || gibbs_distribution_hidden_count(d) != 1) return false;
  size_t count = gibbs_distribution_parameter_count(d);
  return count > 0 && count <= most_parameters && has_two_states(gibbs_distribution_visible(d)[0]) &&
         has_two_states(gibbs_distribution_hidden(d)[0]);
}

static bool is_two_layers(const gibbs_normal_form *form, size_t n, size_t m) {
  const gibbs_dense *dense = gibbs_normal_form_dense(form);
  if (gibbs_normal_form_dense_count(form) != 1 || gibbs_normal_form_has_sparse(form)) return false;
  if (gibbs_normal_form_monomials(form)->count > 0 || !gibbs_normal_form_is_pairwise(form)) return false;
  return dense->row_at == 0 && dense->rows == n && dense->column_at == n && dense->columns == m;
}

/* ---- which coefficients are which parameter -----------------------------------------------------------------------
 */

/* rows x columns coefficients; transposed: their parameter is columns x rows. */
static bool agrees(const double *coefficient, size_t rows, size_t columns, const double *value, bool transposed,
                   double scale) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      double expected = scale * value[transposed ? j * rows + i : i * columns + j];
      if (!(fabs(coefficient[i * columns + j] - expected) <= close_enough * fabs(expected))) return false;
    }
  return true;
}

static bool is_zero(const double *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (x[i] != 0) return false;
  return true;
}

/* One group of coefficients in both draws. */
typedef struct group {
  const double *coefficient[draws];
  size_t rows, columns;
} group;

static bool match_parameter(const group *g, const probe probes[draws], size_t k, gibbs_layers_role *role) {
  const double *value[draws];
  for (size_t d = 0; d < draws; d++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(probes[d].parameter[k]);
    if (gibbs_parameter_size(parameter) != g->rows * g->columns) return false;
    value[d] = gibbs_parameter_values(parameter);
  }
  double scale = g->coefficient[0][0] / value[0][0];
  for (int transposed = 0; transposed < 2; transposed++) {
    bool all = isfinite(scale) && scale != 0;
    for (size_t d = 0; all && d < draws; d++)
      all = agrees(g->coefficient[d], g->rows, g->columns, value[d], transposed == 1, scale);
    if (!all) continue;
    role->scale = scale;
    role->transposed = transposed == 1;
    return true;
  }
  return false;
}

/* Finds the one parameter of a group, or that there is none. */
static bool match_group(const gibbs_slopes *slopes, const group *g, const probe probes[draws],
                        bool used[most_parameters], gibbs_layers_role *role) {
  gibbs_distribution *d = slopes->distribution;
  *role = (gibbs_layers_role){.number = SIZE_MAX};
  if (is_zero(g->coefficient[0], g->rows * g->columns) && is_zero(g->coefficient[1], g->rows * g->columns))
    return true;
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    if (used[k] || !match_parameter(g, probes, k, role)) continue;
    used[k] = true;
    role->parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    for (size_t i = 0; i < slopes->count; i++)
      if (gibbs_expr_as_parameter(slopes->parameters[i]) == role->parameter) role->number = i;
    return true;
  }
  return false;
}

static bool match_all(const gibbs_slopes *slopes, const probe probes[draws], const double *const fields[draws],
                      gibbs_layers_form *out) {
  size_t n = out->n, m = out->m;
  bool used[most_parameters] = {false};
  group groups[GIBBS_LAYERS_GROUPS] = {
      {.rows = n, .columns = m}, {.rows = n, .columns = 1}, {.rows = m, .columns = 1}};
  for (size_t d = 0; d < draws; d++) {
    groups[0].coefficient[d] = gibbs_normal_form_dense(probes[d].form)->value;
    groups[1].coefficient[d] = fields[d];
    groups[2].coefficient[d] = fields[d] + n;
  }
  for (size_t k = 0; k < GIBBS_LAYERS_GROUPS; k++)
    if (!match_group(slopes, &groups[k], probes, used, &out->role[k])) return false;
  for (size_t k = 0; k < gibbs_distribution_parameter_count(slopes->distribution); k++)
    if (!used[k]) return false;
  out->constant = gibbs_normal_form_constant(probes[0].form);
  return out->role[GIBBS_LAYERS_PAIRS].parameter != NULL &&
         fabs(out->constant - gibbs_normal_form_constant(probes[1].form)) <= close_enough * fabs(out->constant);
}

static gibbs_status compare_probes(const gibbs_slopes *slopes, const probe probes[draws], gibbs_layers_form *out,
                                   bool *found, gibbs_error *err) {
  size_t size = out->n + out->m;
  const double *fields[draws], *zeros;
  double *none = calloc(size, sizeof *none);
  if (none == NULL) return gibbs_fail_memory(err, "fields", size * sizeof *none);
  gibbs_status status = GIBBS_OK;
  zeros = none;
  bool fits = true;
  for (size_t d = 0; status == GIBBS_OK && d < draws; d++) {
    fits = fits && is_two_layers(probes[d].form, out->n, out->m);
    if (fits) status = gibbs_normal_form_fields(probes[d].form, &fields[d], err);
    if (fits && status == GIBBS_OK && fields[d] == NULL) fields[d] = zeros;
  }
  *found = status == GIBBS_OK && fits && match_all(slopes, probes, fields, out);
  free(none);
  return status;
}

static bool wants_twice(const gibbs_slopes *slopes) {
  for (size_t i = 0; i < slopes->count; i++)
    for (size_t k = 0; k < i; k++)
      if (slopes->parameters[i] == slopes->parameters[k]) return true;
  return false;
}

gibbs_status gibbs_layers_find(const gibbs_slopes *slopes, gibbs_layers_form *out, bool *found, gibbs_error *err) {
  *found = false;
  if (!may_be(slopes) || wants_twice(slopes)) return GIBBS_OK;
  probe probes[draws] = {{.form = NULL}, {.form = NULL}};
  gibbs_expr *variables[] = {gibbs_distribution_visible(slopes->distribution)[0],
                             gibbs_distribution_hidden(slopes->distribution)[0]};
  *out = (gibbs_layers_form){.n = gibbs_expr_size(variables[0]), .m = gibbs_expr_size(variables[1])};
  for (size_t k = 0; k < 2; k++) {
    bool spins = gibbs_variable_domain(gibbs_expr_as_variable(variables[k])) == GIBBS_SPINS;
    out->low[k] = spins ? -1 : 0;
    out->step[k] = spins ? 2 : 1;
  }
  gibbs_error local;
  gibbs_status status = GIBBS_OK;
  for (uint32_t d = 0; status == GIBBS_OK && d < draws; d++)
    status = make_probe(slopes->distribution, d, &probes[d], &local);
  if (status == GIBBS_OK) status = compare_probes(slopes, probes, out, found, &local);
  for (size_t d = 0; d < draws; d++) clear_probe(&probes[d]);
  if (status != GIBBS_ERR_MEMORY) return GIBBS_OK; /* an energy of another kind, not defined at these values */
  if (err != NULL) *err = local;
  return status;
}
