/* normal_form_item.c - one node that the energy is linear in: which structure it has. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "normal_form_parts.h"

/* Above these many terms an element, a product of degree three or more is taken for a function of something, if it is
 * one; and above the second number it is no polynomial at all. */
enum { few_terms = 32, many_terms = 4096 };

/* ---- products of two variables ------------------------------------------------------------------- */

/* A variable seen through an index, or as it is. */
typedef struct view {
  size_t at, step; /* step 0: one element, repeated */
  const uint32_t *index;
} view;

static bool find_view(const gibbs_lowering *l, size_t node, view *out) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (!l->varies[node]) return false;
  bool gather = expr->kind == GIBBS_KIND_GATHER && expr->arguments[0]->kind == GIBBS_KIND_VARIABLE;
  if (!gather && expr->kind != GIBBS_KIND_VARIABLE) return false;
  out->at = l->element_at[gather ? gibbs_lowering_argument(l, node, 0) : node];
  out->index = NULL;
  out->step = expr->size == 1 ? 0 : 1;
  return true;
}

static uint32_t element_of(const view *v, size_t k) {
  k *= v->step;
  return (uint32_t)(v->at + (v->index ? v->index[k] : k));
}

static gibbs_status gather_view_pairs(gibbs_lowering *l, size_t size, const view *a, const view *b,
                                      const gibbs_weights *w, gibbs_error *err) {
  gibbs_status status = gibbs_gather_pairs_reserve(l, size, err);
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    double weight = gibbs_weight_at(w, k);
    if (w->fixed && weight == 0.0) continue;
    status = gibbs_gather_pair(l, element_of(a, k), element_of(b, k), weight, err);
  }
  return status;
}

static gibbs_status write_view(const gibbs_lowering *l, size_t node, view *v, gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (expr->kind != GIBBS_KIND_GATHER) return GIBBS_OK;
  gibbs_status status = gibbs_index_write(expr->of.index, err);
  v->index = expr->of.index->at;
  return status;
}

gibbs_status gibbs_gather_views(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                                gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  view a, b;
  if (expr->kind != GIBBS_KIND_ELEMENTWISE || expr->op != GIBBS_OP_MUL) return GIBBS_OK;
  if (!find_view(l, gibbs_lowering_argument(l, node, 0), &a) ||
      !find_view(l, gibbs_lowering_argument(l, node, 1), &b))
    return GIBBS_OK;
  *lowered = true;
  gibbs_status status = write_view(l, gibbs_lowering_argument(l, node, 0), &a, err);
  if (status == GIBBS_OK) status = write_view(l, gibbs_lowering_argument(l, node, 1), &b, err);
  return status == GIBBS_OK ? gather_view_pairs(l, expr->size, &a, &b, w, err) : status;
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
  gibbs_status status = gibbs_lower_rule(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = gibbs_gather_views(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = gibbs_lower_dense(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = lower_polynomials(l, node, few_terms, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = gibbs_lower_function(l, node, w, lowered, err);
  if (status == GIBBS_OK && !*lowered) status = lower_polynomials(l, node, many_terms, w, lowered, err);
  return status;
}
