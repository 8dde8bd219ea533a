/* single_site_field.c - local fields dE/dx of an element: pairs and products of several elements. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/clones.h"
#include "single_site.h"

/* What the monomials that hold `element` add: coefficient times the product of the others. */
GIBBS_SITE_INLINE void add_monomials_wide(const gibbs_site_model *m, const gibbs_monomials *all, const float *values,
                                          size_t element, float *out) {
  gibbs_octet f0 = *gibbs_octet_in(out), f1 = *gibbs_octet_in(out + 8);
  for (size_t i = m->monomial_first[element]; i < m->monomial_first[element + 1]; i++) {
    size_t k = m->monomial_at[i];
    float c = m->coefficient[k];
    gibbs_octet p0 = {c, c, c, c, c, c, c, c}, p1 = p0;
    for (size_t j = all->first[k]; j < all->first[k + 1]; j++) {
      if (all->element[j] == element) continue;
      const float *x = values + (size_t)all->element[j] * GIBBS_LANES;
      p0 *= *gibbs_octet_in(x), p1 *= *gibbs_octet_in(x + 8);
    }
    f0 += p0, f1 += p1;
  }
  *gibbs_octet_at(out) = f0, *gibbs_octet_at(out + 8) = f1;
}

GIBBS_SITE_INLINE void add_monomials_narrow(const gibbs_site_model *m, const gibbs_monomials *all,
                                            const float *values, size_t element, float *out) {
  for (size_t i = m->monomial_first[element]; i < m->monomial_first[element + 1]; i++) {
    size_t k = m->monomial_at[i];
    float p = m->coefficient[k];
    for (size_t j = all->first[k]; j < all->first[k + 1]; j++)
      if (all->element[j] != element) p *= values[all->element[j]];
    *out += p;
  }
}

GIBBS_SITE_INLINE void add_pairs_wide(const gibbs_site_model *m, const gibbs_site_group *g, size_t element,
                                      float *out) {
  float field = m->row[element].field;
  gibbs_octet f0 = {field, field, field, field, field, field, field, field}, f1 = f0;
  for (size_t k = m->row[element].first; k < m->row[element + 1].first; k++) {
    const float *x = g->values + (size_t)m->pair[k].element * GIBBS_LANES;
    float coupling = m->pair[k].coupling;
    f0 += coupling * *gibbs_octet_in(x), f1 += coupling * *gibbs_octet_in(x + 8);
  }
  if (g->dense) {
    const float *kept = g->dense + element * GIBBS_LANES;
    f0 += *gibbs_octet_in(kept), f1 += *gibbs_octet_in(kept + 8);
  }
  *gibbs_octet_at(out) = f0, *gibbs_octet_at(out + 8) = f1;
}

GIBBS_SITE_INLINE void add_pairs_narrow(const gibbs_site_model *m, const gibbs_site_group *g, size_t element,
                                        float *out) {
  float f = m->row[element].field;
  for (size_t k = m->row[element].first; k < m->row[element + 1].first; k++)
    f += m->pair[k].coupling * g->values[m->pair[k].element];
  if (g->dense) f += g->dense[element];
  *out = f;
}

GIBBS_CLONES static void fields_wide(const gibbs_site_model *m, const gibbs_monomials *all, const gibbs_site_group *g,
                                     size_t element, size_t count, float *out) {
  for (size_t k = 0; k < count; k++) {
    add_pairs_wide(m, g, element + k, out + k * GIBBS_LANES);
    if (all) add_monomials_wide(m, all, g->values, element + k, out + k * GIBBS_LANES);
  }
}

GIBBS_CLONES static void fields_narrow(const gibbs_site_model *m, const gibbs_monomials *all,
                                       const gibbs_site_group *g, size_t element, size_t count, float *out) {
  for (size_t k = 0; k < count; k++) {
    add_pairs_narrow(m, g, element + k, out + k);
    if (all) add_monomials_narrow(m, all, g->values, element + k, out + k);
  }
}

void gibbs_site_fields(const gibbs_site_model *m, const gibbs_site_group *g, size_t element, size_t count,
                       float *out) {
  const gibbs_monomials *all = m->monomials > 0 ? gibbs_normal_form_monomials(m->form) : NULL;
  if (g->width == GIBBS_LANES)
    fields_wide(m, all, g, element, count, out);
  else
    fields_narrow(m, all, g, element, count, out);
}

/* ---- fields of dense blocks --------------------------------------------------------------------- */

GIBBS_CLONES static void push_wide(const float *restrict coupling, size_t count, const float *restrict change,
                                   float *restrict kept) {
  gibbs_octet d0 = *gibbs_octet_in(change), d1 = *gibbs_octet_in(change + 8);
  for (size_t k = 0; k < count; k++) {
    gibbs_octet *at = gibbs_octet_at(kept + k * GIBBS_LANES);
    at[0] += coupling[k] * d0;
    at[1] += coupling[k] * d1;
  }
}

GIBBS_CLONES static void push_narrow(const float *restrict coupling, size_t count, float change,
                                     float *restrict kept) {
  for (size_t k = 0; k < count; k++) kept[k] += coupling[k] * change;
}

void gibbs_site_dense_push(const gibbs_site_model *m, gibbs_site_group *g, size_t element, const float *change) {
  for (size_t b = 0; b < m->link_count; b++) {
    const gibbs_site_link *link = &m->link[b];
    if (element - link->from >= link->from_count) continue; /* below it as well: the difference wraps */
    const float *coupling = link->coupling + (element - link->from) * link->to_count;
    float *kept = g->dense + link->to * g->width;
    if (g->width == GIBBS_LANES)
      push_wide(coupling, link->to_count, change, kept);
    else
      push_narrow(coupling, link->to_count, change[0], kept);
  }
}

void gibbs_site_dense_recompute(const gibbs_site_model *m, gibbs_site_group *g) {
  if (!g->dense) return;
  for (size_t i = 0; i < m->elements * g->width; i++) g->dense[i] = 0;
  for (size_t e = 0; e < m->elements; e++) gibbs_site_dense_push(m, g, e, g->values + e * g->width);
}
