/* describe.c - what was recognised in an energy and what will be done with it, as a database explains its query plan.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "distribution.h"
#include "gibbs/private/page.h"

static void put_variable(gibbs_page *p, const gibbs_variable *variable) {
  char shape[96];
  const char *name = gibbs_variable_name(variable);
  if (*name) gibbs_page_put(p, "%s: ", name);
  gibbs_page_put(p, "%s %s", gibbs_shape_print(gibbs_variable_units_shape(variable), shape, sizeof shape),
                 gibbs_domain_name(gibbs_variable_domain(variable)));
  if (gibbs_variable_domain(variable) == GIBBS_POTTS)
    gibbs_page_put(p, " of %zu states", gibbs_variable_states(variable));
}

static void put_parameters(gibbs_page *p, const gibbs_distribution *d) {
  char shape[96];
  size_t total = 0;
  for (size_t k = 0; k < d->parameter_count; k++) total += gibbs_expr_size(d->parameters[k]);
  gibbs_page_put(p, "parameters  %zu", total);
  for (size_t k = 0; k < d->parameter_count; k++)
    gibbs_page_put(p, "%s%s %s", k ? ", " : " (", gibbs_parameter_name(gibbs_expr_as_parameter(d->parameters[k])),
                   gibbs_shape_print(gibbs_expr_shape(d->parameters[k]), shape, sizeof shape));
  gibbs_page_put(p, "%s\n", d->parameter_count ? ")" : "");
}

static void put_hidden(gibbs_page *p, const gibbs_distribution *d) {
  for (size_t k = 0; k < d->hidden_count; k++) {
    gibbs_page_put(p, "hidden      ");
    put_variable(p, gibbs_expr_as_variable(d->hidden[k]));
    gibbs_page_put(p, d->conditional[k] ? ": summed in closed form (the energy is affine in them)\n"
                      : d->hamiltonian != NULL
                          ? ": enumerated inside H(v) (the energy is not affine in them)\n"
                          : ": sampled (the energy is not affine in them, and they are too many)\n");
  }
}

static void put_form(gibbs_page *p, const gibbs_distribution *d) {
  static const char *const polynomials[] = {"a constant", "fields", "fields and pair couplings"};
  const gibbs_form *form = &d->form;
  gibbs_page_put(p, "H(v)        ");
  if (!d->hamiltonian)
    gibbs_page_put(p, "none: hidden units cannot be summed, only sampled with the visible ones\n");
  else if (!form->found)
    gibbs_page_put(p, "a general expression\n");
  else if (form->softplus_count)
    gibbs_page_put(p, "%s, and %zu softplus terms\n", polynomials[form->degree], form->softplus_count);
  else
    gibbs_page_put(p, "%s\n", polynomials[form->degree]);
}

static void put_exact(gibbs_page *p, gibbs_distribution *d, const gibbs_distribution *swapped) {
  double visible = gibbs_variables_log2_states(d->visible, d->visible_count);
  double limit = d->form.found ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS;
  if (!d->hamiltonian)
    gibbs_page_put(p, "exact       not possible over the visible states\n");
  else if (isinf(visible))
    gibbs_page_put(p, "exact       not possible: visible units take real values\n");
  else
    gibbs_page_put(p, "exact       2^%.4g visible states, %s: %s (at most 2^%g)\n", visible,
                   d->form.found ? "summed by products of two tables, without a transcendental function a state"
                                 : "each evaluated by the compiled expression",
                   visible <= limit ? "possible" : "too many", limit);
  if (!swapped) return;
  double hidden = gibbs_variables_log2_states(d->hidden, d->hidden_count);
  gibbs_page_put(
      p, "            2^%.4g hidden states, the visible units summed in closed form: %s for F and its gradient\n",
      hidden,
      hidden <= (swapped->form.found ? GIBBS_EXACT_FORM_BITS : GIBBS_EXACT_GENERAL_BITS) ? "possible" : "too many");
}

gibbs_status gibbs_distribution_describe(gibbs_distribution *d, char **out, gibbs_error *err) {
  gibbs_distribution *swapped = NULL;
  gibbs_status status = gibbs_distribution_swapped(d, &swapped, err);
  if (status != GIBBS_OK) return status;
  gibbs_page p = {0};
  gibbs_page_put(&p, "%s\n", d->family);
  for (size_t k = 0; k < d->visible_count; k++) {
    gibbs_page_put(&p, "visible     ");
    put_variable(&p, gibbs_expr_as_variable(d->visible[k]));
    gibbs_page_put(&p, "\n");
  }
  put_hidden(&p, d);
  put_parameters(&p, d);
  put_form(&p, d);
  put_exact(&p, d, swapped);
  return gibbs_page_end(&p, out, err);
}
