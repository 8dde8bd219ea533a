/* form.c - the structure of a Hamiltonian: a polynomial of degree two and a sum of softplus of affine functions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "distribution.h"

void gibbs_form_clear(gibbs_form *form) {
  for (size_t k = 0; k < form->term_count; k++) gibbs_expr_release(form->terms[k].argument);
  free(form->terms);
  gibbs_expr_release(form->polynomial);
  memset(form, 0, sizeof *form);
}

/* Softplus and log cosh with weight -1: what a sum over a two-state unit leaves behind. */
static bool is_unit_term(const gibbs_distribution *d, gibbs_expr *term, double coefficient, gibbs_form_term *out) {
  unsigned op = 0;
  gibbs_expr *argument = NULL;
  if (coefficient != -1.0 || !gibbs_expr_sum_of(term, &op, &argument)) return false;
  if (op != GIBBS_OP_LOGCOSH && op != GIBBS_OP_SOFTPLUS) return false;
  if (gibbs_expr_degree(argument, d->visible, d->visible_count) > 1) return false;
  out->op = (gibbs_op)op;
  out->argument = argument;
  return true;
}

/* polynomial += coefficient * term */
static gibbs_status add_scaled(gibbs_expr **polynomial, double coefficient, gibbs_expr *term, gibbs_error *err) {
  gibbs_expr *factor = NULL, *scaled = NULL, *total = NULL;
  gibbs_status status = gibbs_expr_number(gibbs_expr_graph(term), coefficient, &factor, err);
  if (status == GIBBS_OK) status = gibbs_expr_binary(GIBBS_OP_MUL, factor, term, &scaled, err);
  if (status == GIBBS_OK) status = gibbs_expr_binary(GIBBS_OP_ADD, *polynomial, scaled, &total, err);
  gibbs_expr_release(factor);
  gibbs_expr_release(scaled);
  if (status != GIBBS_OK) return status;
  gibbs_expr_release(*polynomial);
  *polynomial = total;
  return GIBBS_OK;
}

static gibbs_status place_term(gibbs_distribution *d, double coefficient, gibbs_expr *term, bool *fits,
                               gibbs_error *err) {
  gibbs_form *form = &d->form;
  gibbs_form_term unit;
  unsigned degree = gibbs_expr_degree(term, d->visible, d->visible_count);
  if (degree <= 2) {
    if (degree > form->degree) form->degree = degree;
    return add_scaled(&form->polynomial, coefficient, term, err);
  }
  if (is_unit_term(d, term, coefficient, &unit)) {
    unit.argument = gibbs_expr_retain(unit.argument);
    form->terms[form->term_count++] = unit;
    form->softplus_count += gibbs_expr_size(unit.argument);
    return GIBBS_OK;
  }
  *fits = false;
  return GIBBS_OK;
}

static bool two_state_units(gibbs_expr *const variables[], size_t count) {
  for (size_t k = 0; k < count; k++) {
    gibbs_domain domain = gibbs_variable_domain(gibbs_expr_as_variable(variables[k]));
    if (domain != GIBBS_SPINS && domain != GIBBS_BITS) return false;
  }
  return true;
}

gibbs_status gibbs_form_find(gibbs_distribution *d, gibbs_error *err) {
  gibbs_form *form = &d->form;
  if (!d->hamiltonian || !two_state_units(d->visible, d->visible_count)) return GIBBS_OK;
  gibbs_expr **terms = NULL;
  double *coefficients = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_terms(d->hamiltonian, &terms, &coefficients, &count, err);
  if (status != GIBBS_OK) return status;
  bool fits = true;
  form->terms = calloc(count + 1, sizeof *form->terms);
  if (!form->terms) status = gibbs_fail_memory(err, "the form of an energy", (count + 1) * sizeof *form->terms);
  if (status == GIBBS_OK) status = gibbs_expr_number(gibbs_expr_graph(d->energy), 0.0, &form->polynomial, err);
  for (size_t k = 0; status == GIBBS_OK && fits && k < count; k++)
    status = place_term(d, coefficients[k], terms[k], &fits, err);
  for (size_t k = 0; k < count; k++) gibbs_expr_release(terms[k]);
  free(terms);
  free(coefficients);
  form->found = status == GIBBS_OK && fits;
  if (!form->found) gibbs_form_clear(form);
  return status;
}
