/* interactions.c - an energy of discrete units as a list of terms. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "interactions.h"

#include <stdlib.h>
#include <string.h>

void gibbs_interactions_clear(gibbs_interactions *list) {
  free(list->states);
  free(list->first_element);
  free(list->unit);
  free(list->domain);
  free(list->first);
  free(list->element);
  free(list->weight);
  free(list->slope);
  memset(list, 0, sizeof *list);
}

static void number_units(gibbs_interactions *list) {
  for (size_t k = 0; k < list->segment_count; k++) {
    const gibbs_segment *s = &list->segments[k];
    size_t each = s->domain == GIBBS_POTTS ? s->states : 1;
    for (size_t u = 0; u < s->units; u++) {
      size_t unit = s->first_unit + u, element = s->first_element + u * each;
      list->states[unit] = (uint32_t)s->states;
      list->first_element[unit] = (uint32_t)element;
      list->domain[unit] = s->domain;
      for (size_t e = 0; e < each; e++) list->unit[element + e] = (uint32_t)unit;
    }
  }
}

static gibbs_status refuse_reals(const gibbs_interactions *list, gibbs_error *err) {
  for (size_t k = 0; k < list->segment_count; k++)
    if (list->segments[k].domain == GIBBS_REALS) {
      const char *name = gibbs_variable_name(list->segments[k].variable);
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                        "units%s%s take real values; elimination needs spins, bits or potts", *name ? " of " : "",
                        name);
    }
  return GIBBS_OK;
}

gibbs_status gibbs_interactions_begin(const gibbs_normal_form *form, gibbs_interactions *out, gibbs_error *err) {
  gibbs_interactions list = {.units = gibbs_normal_form_units(form),
                             .elements = gibbs_normal_form_elements(form),
                             .segments = gibbs_normal_form_segments(form),
                             .segment_count = gibbs_normal_form_segment_count(form)};
  gibbs_status status = refuse_reals(&list, err);
  if (status != GIBBS_OK) return status;
  list.states = calloc(list.units + 1, sizeof *list.states);
  list.first_element = calloc(list.units + 1, sizeof *list.first_element);
  list.domain = calloc(list.units + 1, sizeof *list.domain);
  list.unit = calloc(list.elements + 1, sizeof *list.unit);
  list.first = calloc(1, sizeof *list.first);
  if (!list.states || !list.first_element || !list.domain || !list.unit || !list.first) {
    gibbs_interactions_clear(&list);
    return gibbs_fail_memory(err, "the units of an energy", (list.units + list.elements) * 4 * sizeof(uint32_t));
  }
  number_units(&list);
  *out = list;
  return GIBBS_OK;
}

/* ---- terms ---------------------------------------------------------------------------------------------------- */

static gibbs_status grow(void **block, size_t count, size_t size, gibbs_error *err) {
  void *larger = realloc(*block, count * size);
  if (!larger) return gibbs_fail_memory(err, "the terms of an energy", count * size);
  *block = larger;
  return GIBBS_OK;
}

static gibbs_status make_room(gibbs_interactions *list, size_t count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (list->terms == list->term_room) {
    size_t room = 2 * list->term_room + 64;
    status = grow((void **)&list->weight, room, sizeof *list->weight, err);
    if (status == GIBBS_OK) status = grow((void **)&list->slope, room, sizeof *list->slope, err);
    if (status == GIBBS_OK) status = grow((void **)&list->first, room + 1, sizeof *list->first, err);
    if (status == GIBBS_OK) list->term_room = room;
  }
  if (status == GIBBS_OK && list->entries + count > list->entry_room) {
    size_t room = 2 * list->entry_room + count + 64;
    status = grow((void **)&list->element, room, sizeof *list->element, err);
    if (status == GIBBS_OK) list->entry_room = room;
  }
  return status;
}

static gibbs_status append(gibbs_interactions *list, const uint32_t element[], size_t count, double weight,
                           double slope, gibbs_error *err) {
  gibbs_status status = make_room(list, count, err);
  if (status != GIBBS_OK) return status;
  memcpy(list->element + list->entries, element, count * sizeof *element);
  list->entries += count;
  list->weight[list->terms] = weight;
  list->slope[list->terms] = slope;
  list->first[++list->terms] = list->entries;
  return GIBBS_OK;
}

gibbs_status gibbs_interactions_put(gibbs_interactions *list, const uint32_t element[], size_t count, double weight,
                                    double slope, gibbs_error *err) {
  return weight == 0 && slope == 0 ? GIBBS_OK : append(list, element, count, weight, slope, err);
}

gibbs_status gibbs_interactions_ask(gibbs_interactions *list, const uint32_t element[], size_t count,
                                    gibbs_error *err) {
  return append(list, element, count, 0, 0, err);
}

/* ---- forms ---------------------------------------------------------------------------------------------------- */

/* Where the terms of a form go. */
typedef struct pen {
  gibbs_interactions *list;
  double weight, slope;
  gibbs_error *err;
} pen;

static gibbs_status put(const pen *p, const uint32_t element[], size_t count, double coefficient) {
  return gibbs_interactions_put(p->list, element, count, p->weight * coefficient, p->slope * coefficient, p->err);
}

static gibbs_status add_fields(const pen *p, gibbs_normal_form *form) {
  const double *fields = NULL;
  gibbs_status status = gibbs_normal_form_fields(form, &fields, p->err);
  for (uint32_t e = 0; status == GIBBS_OK && fields && e < p->list->elements; e++) status = put(p, &e, 1, fields[e]);
  return status;
}

static gibbs_status add_sparse(const pen *p, gibbs_normal_form *form) {
  if (!gibbs_normal_form_has_sparse(form)) return GIBBS_OK;
  const gibbs_sparse *s = NULL;
  gibbs_status status = gibbs_normal_form_sparse(form, &s, p->err);
  if (status != GIBBS_OK || s->entries == 0) return status;
  for (size_t e = 0; status == GIBBS_OK && e < s->rows; e++)
    for (size_t k = s->first[e]; status == GIBBS_OK && k < s->first[e + 1]; k++)
      if (s->column[k] > e) status = put(p, (uint32_t[]){(uint32_t)e, s->column[k]}, 2, s->value[k]);
  return status;
}

static gibbs_status add_dense(const pen *p, const gibbs_dense *d) {
  gibbs_status status = GIBBS_OK;
  bool symmetric = d->row_at == d->column_at;
  for (size_t i = 0; status == GIBBS_OK && i < d->rows; i++)
    for (size_t j = symmetric ? i + 1 : 0; status == GIBBS_OK && j < d->columns; j++)
      status = put(p, (uint32_t[]){(uint32_t)(d->row_at + i), (uint32_t)(d->column_at + j)}, 2,
                   d->value[i * d->columns + j]);
  return status;
}

static gibbs_status add_monomials(const pen *p, const gibbs_monomials *m) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < m->count; k++)
    status = put(p, m->element + m->first[k], m->first[k + 1] - m->first[k], m->coefficient[k]);
  return status;
}

gibbs_status gibbs_interactions_add(gibbs_interactions *list, gibbs_normal_form *form, double weight, double slope,
                                    const char *what, gibbs_error *err) {
  if (gibbs_normal_form_affine_count(form) > 0 || gibbs_normal_form_rest(form) != NULL)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "%s has more than fields, pairs and products of units (functions of their sums, or others); "
                      "elimination needs these alone",
                      what);
  pen p = {.list = list, .weight = weight, .slope = slope, .err = err};
  list->constant += weight * gibbs_normal_form_constant(form);
  list->constant_slope += slope * gibbs_normal_form_constant(form);
  gibbs_status status = add_fields(&p, form);
  if (status == GIBBS_OK) status = add_sparse(&p, form);
  for (size_t k = 0; status == GIBBS_OK && k < gibbs_normal_form_dense_count(form); k++)
    status = add_dense(&p, &gibbs_normal_form_dense(form)[k]);
  const gibbs_monomials *m = gibbs_normal_form_monomials(form);
  if (status == GIBBS_OK && m != NULL) status = add_monomials(&p, m);
  return status;
}
