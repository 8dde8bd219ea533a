/* normal_form_item.c - one node that the energy is linear in: which structure it has. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "normal_form_parts.h"

/* Above these many terms an element, a product of degree three or more is taken for a function of something, if it is
 * one; and above the second number it is no polynomial at all. */
enum { few_terms = 32, many_terms = 4096 };

static gibbs_status lower_view_product(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                                       gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (expr->kind != GIBBS_KIND_ELEMENTWISE || expr->op != GIBBS_OP_MUL) return GIBBS_OK;
  size_t a = gibbs_lowering_argument(l, node, 0), b = gibbs_lowering_argument(l, node, 1);
  *lowered = gibbs_is_view(l, a) && gibbs_is_view(l, b);
  return *lowered ? gibbs_lower_views(l, a, b, expr->size, w, err) : GIBBS_OK;
}

/* ---- polynomials --------------------------------------------------------------------------------- */

/* Products of different elements, and powers of one. */
static bool is_legal_monomial(const uint32_t *element, unsigned width) {
  bool repeats = false;
  while (width > 0 && element[width - 1] == GIBBS_NO_ELEMENT) width--;
  for (unsigned k = 1; k < width; k++) repeats = repeats || element[k] == element[k - 1];
  return !repeats || element[0] == element[width - 1];
}

static bool is_legal(const gibbs_polynomials *p) {
  for (size_t t = 0; t < p->terms; t++)
    if (!is_legal_monomial(p->element + t * p->width, p->width)) return false;
  return true;
}

static gibbs_status gather_polynomials(gibbs_lowering *l, const gibbs_polynomials *p, const gibbs_weights *w,
                                       gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  bool fixed = p->fixed && w->fixed;
  for (size_t k = 0; k < p->count; k++)
    for (size_t t = p->first[k]; t < p->first[k + 1] && status == GIBBS_OK; t++) {
      double coefficient = gibbs_weight_at(w, k) * p->coefficient[t];
      if (fixed && coefficient == 0.0) continue;
      status = gibbs_gather_monomial(l, p->element + t * p->width, p->width, coefficient, err);
    }
  return status;
}

static gibbs_status lower_polynomials(gibbs_lowering *l, size_t node, size_t terms, const gibbs_weights *w,
                                      bool *lowered, gibbs_error *err) {
  const gibbs_polynomials *p = NULL;
  l->most_product_terms = terms;
  gibbs_status status = gibbs_polynomials_of(l, node, &p, err);
  if (status != GIBBS_OK || !p || !is_legal(p)) return status;
  *lowered = true;
  return gather_polynomials(l, p, w, err);
}

gibbs_status gibbs_lower_item(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                              gibbs_error *err) {
  *lowered = false;
  l->most_product_terms = few_terms;
  gibbs_status status = lower_view_product(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = gibbs_lower_dense(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = lower_polynomials(l, node, few_terms, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = gibbs_lower_function(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = lower_polynomials(l, node, many_terms, w, lowered, err);
  return status;
}
