/* target.c - what a kernel is asked to sample: the units of a distribution, their energy, and what is held. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "chains.h"
#include "gibbs/batch.h"

void gibbs_target_clear(gibbs_owned_target *own) {
  gibbs_normal_form_free(own->target.form);
  gibbs_distribution_release(own->target.distribution);
  free(own->variables);
  free(own->held);
  memset(own, 0, sizeof *own);
}

static gibbs_status list_variables(gibbs_distribution *d, bool joint, gibbs_owned_target *own, gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(d), hidden = joint ? gibbs_distribution_hidden_count(d) : 0;
  own->variables = calloc(visible + hidden + 1, sizeof *own->variables);
  if (!own->variables) return gibbs_fail_memory(err, "a list of variables", (visible + hidden) * sizeof(void *));
  memcpy(own->variables, gibbs_distribution_visible(d), visible * sizeof *own->variables);
  if (hidden) memcpy(own->variables + visible, gibbs_distribution_hidden(d), hidden * sizeof *own->variables);
  own->target.variables = own->variables;
  own->target.variable_count = visible + hidden;
  own->target.units = gibbs_variables_units(own->variables, visible + hidden);
  return GIBBS_OK;
}

gibbs_status gibbs_target_new(gibbs_distribution *d, bool joint, gibbs_owned_target *out, gibbs_error *err) {
  gibbs_owned_target own = {.target = {.distribution = gibbs_distribution_retain(d)}};
  own.target.energy = joint ? gibbs_distribution_energy(d) : gibbs_distribution_hamiltonian(d);
  gibbs_status status = joint ? GIBBS_OK : gibbs_distribution_summable(d, err);
  if (status == GIBBS_OK) status = list_variables(d, joint, &own, err);
  if (status == GIBBS_OK)
    status =
        gibbs_normal_form_new(own.target.energy, own.variables, own.target.variable_count, &own.target.form, err);
  if (status == GIBBS_OK)
    *out = own;
  else
    gibbs_target_clear(&own);
  return status;
}

/* Units of one variable, numbered from `first` over all of them.  A unit is held in all chains or in none. */
static gibbs_status hold_variable(gibbs_owned_target *own, const gibbs_chains_options *o, size_t k, size_t first,
                                  double *values, bool *any, gibbs_error *err) {
  const gibbs_variable *variable = gibbs_expr_as_variable(own->variables[k]);
  size_t units = gibbs_variable_units(variable);
  for (size_t u = 0; u < units; u++) {
    bool held = !isnan(o->held[k][u]);
    own->held[first + u] = held;
    *any |= held;
    for (size_t c = 0; c < o->chains; c++) {
      double x = o->held[k][(o->held_rows[k] == 1 ? 0 : c) * units + u];
      if (isnan(x) == held)
        return gibbs_fail(
            err, GIBBS_ERR_ARGUMENT,
            "unit %zu is held in chain %zu and free in another; a unit is held in all chains or in none", u + 1,
            held ? (size_t)1 : c + 1);
      gibbs_status status = held ? gibbs_unit_value_check(variable, x, "chain", c, u, err) : GIBBS_OK;
      if (status != GIBBS_OK) return status;
      values[(first + u) * o->chains + c] = x;
    }
  }
  return GIBBS_OK;
}

static bool holds_anything(const gibbs_owned_target *own, const gibbs_chains_options *o) {
  for (size_t k = 0; o->held && k < own->target.variable_count; k++)
    if (o->held[k]) return true;
  return false;
}

gibbs_status gibbs_target_hold(gibbs_owned_target *own, const gibbs_chains_options *o, double **out,
                               gibbs_error *err) {
  size_t units = own->target.units, total = units * o->chains;
  *out = NULL;
  if (!holds_anything(own, o)) return GIBBS_OK;
  own->held = calloc(units, sizeof *own->held);
  double *values = own->held && total / o->chains == units ? malloc(total * sizeof *values) : NULL;
  if (!values) return gibbs_fail_memory(err, "values that are held", total * sizeof *values);
  for (size_t i = 0; i < total; i++) values[i] = NAN;
  bool any = false;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0, first = 0; status == GIBBS_OK && k < own->target.variable_count; k++) {
    if (o->held[k]) status = hold_variable(own, o, k, first, values, &any, err);
    first += gibbs_variable_units(gibbs_expr_as_variable(own->variables[k]));
  }
  own->target.held = any ? own->held : NULL;
  if (status == GIBBS_OK && any)
    *out = values;
  else
    free(values);
  return status;
}
