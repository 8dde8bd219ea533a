/* normal_form_views.c - products of two variables, each as it is or seen through an index. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "normal_form_parts.h"

bool gibbs_is_view(const gibbs_lowering *l, size_t node) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (!l->varies[node]) return false;
  return expr->kind == GIBBS_KIND_VARIABLE ||
         (expr->kind == GIBBS_KIND_GATHER && expr->arguments[0]->kind == GIBBS_KIND_VARIABLE);
}

gibbs_status gibbs_view_open(const gibbs_lowering *l, size_t node, gibbs_view *out, gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  *out = (gibbs_view){.at = l->element_at[node], .step = expr->size == 1 ? 0 : 1};
  if (expr->kind != GIBBS_KIND_GATHER) return GIBBS_OK;
  gibbs_status status = gibbs_index_write(expr->of.index, err);
  out->at = l->element_at[gibbs_lowering_argument(l, node, 0)];
  out->index = expr->of.index->at;
  return status;
}

gibbs_status gibbs_gather_views(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *w,
                                gibbs_error *err) {
  gibbs_view left, right;
  gibbs_status status = gibbs_view_open(l, a, &left, err);
  if (status == GIBBS_OK) status = gibbs_view_open(l, b, &right, err);
  if (status == GIBBS_OK) status = gibbs_gather_pairs_reserve(l, size, err);
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    double weight = gibbs_weight_at(w, k);
    if (w->fixed && weight == 0.0) continue;
    status = gibbs_gather_pair(l, gibbs_view_element(&left, k), gibbs_view_element(&right, k), weight, err);
  }
  return status;
}

gibbs_status gibbs_lower_views(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *w,
                               gibbs_error *err) {
  bool lowered = false;
  gibbs_status status = gibbs_lower_rule(l, a, b, size, w, &lowered, err);
  return status == GIBBS_OK && !lowered ? gibbs_gather_views(l, a, b, size, w, err) : status;
}
