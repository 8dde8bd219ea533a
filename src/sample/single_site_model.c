/* single_site_model.c - the tables that single-site kernels work on, made of a normal form. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "single_site.h"

/* Fields of up to 1e8 partners stay finite in float. */
static const double largest = 1e30;

static void number_units(const gibbs_normal_form *form, gibbs_site_model *m) {
  const gibbs_segment *segment = gibbs_normal_form_segments(form);
  for (size_t s = 0; s < gibbs_normal_form_segment_count(form); s++) {
    bool indicators = segment[s].domain == GIBBS_POTTS;
    for (size_t i = 0; i < segment[s].units; i++) {
      size_t element = segment[s].first_element + i * (indicators ? segment[s].states : 1);
      m->unit[segment[s].first_unit + i] = (gibbs_site_unit){element, (uint32_t)segment[s].states, indicators};
      if (!indicators) m->row[element].sum = segment[s].domain == GIBBS_BITS;
    }
    if (segment[s].units > 0 && segment[s].states > m->most_states) m->most_states = segment[s].states;
  }
}

/* The units that are not held, one of their first half and one of their second in turn: consecutive visits of a
 * lattice are then no neighbours, and do not wait for each other. */
static void order_units(const bool *held, gibbs_site_model *m) {
  size_t free_count = 0, at = 0;
  for (size_t u = 0; u < m->units; u++) free_count += !(held && held[u]);
  size_t half = (free_count + 1) / 2;
  for (size_t u = 0; u < m->units; u++) {
    if (held && held[u]) continue;
    m->free_unit[at < half ? 2 * at : 2 * (at - half) + 1] = (uint32_t)u;
    at++;
  }
  m->free_count = free_count;
}

static gibbs_status make_units(const gibbs_target *target, gibbs_site_model *m, gibbs_error *err) {
  m->unit = calloc(m->units + 1, sizeof *m->unit);
  m->free_unit = calloc(m->units + 1, sizeof *m->free_unit);
  m->row = calloc(m->elements + 1, sizeof *m->row);
  if (!m->unit || !m->free_unit || !m->row)
    return gibbs_fail_memory(err, "the tables of a kernel", m->elements * sizeof *m->row);
  m->most_states = 2;
  number_units(m->form, m);
  order_units(target->held, m);
  return GIBBS_OK;
}

static gibbs_status make_pairs(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_sparse *sparse = NULL;
  if (!gibbs_normal_form_has_sparse(m->form)) return GIBBS_OK;
  gibbs_status status = gibbs_normal_form_sparse(m->form, &sparse, err);
  if (status != GIBBS_OK) return status;
  m->pair = calloc(sparse->entries + 1, sizeof *m->pair);
  if (!m->pair) return gibbs_fail_memory(err, "the pairs of a kernel", sparse->entries * sizeof *m->pair);
  for (size_t e = 0; e <= m->elements; e++) m->row[e].first = sparse->first[e];
  for (size_t k = 0; k < sparse->entries; k++) m->pair[k].element = sparse->column[k];
  return GIBBS_OK;
}

static gibbs_status make_links(gibbs_site_model *m, gibbs_error *err) {
  size_t blocks = gibbs_normal_form_dense_count(m->form);
  const gibbs_dense *dense = gibbs_normal_form_dense(m->form);
  m->link = calloc(2 * blocks + 1, sizeof *m->link);
  if (!m->link) return gibbs_fail_memory(err, "the blocks of a kernel", blocks * sizeof *m->link);
  for (size_t b = 0; b < blocks; b++) {
    bool square = dense[b].row_at == dense[b].column_at && dense[b].rows == dense[b].columns;
    for (int side = 0; side < (square ? 1 : 2); side++) {
      gibbs_site_link *link = &m->link[m->link_count++];
      *link = side == 0
                  ? (gibbs_site_link){dense[b].row_at, dense[b].rows, dense[b].column_at, dense[b].columns, NULL}
                  : (gibbs_site_link){dense[b].column_at, dense[b].columns, dense[b].row_at, dense[b].rows, NULL};
      link->coupling = calloc(dense[b].rows * dense[b].columns + 1, sizeof *link->coupling);
      if (!link->coupling)
        return gibbs_fail_memory(err, "the blocks of a kernel", dense[b].rows * dense[b].columns * sizeof(float));
    }
  }
  return GIBBS_OK;
}

/* For every element the monomials that hold it. */
static gibbs_status make_monomials(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_monomials *all = gibbs_normal_form_monomials(m->form);
  m->monomials = all ? all->count : 0;
  if (m->monomials == 0) return GIBBS_OK;
  size_t members = all->first[all->count];
  m->coefficient = calloc(all->count, sizeof *m->coefficient);
  m->monomial_first = calloc(m->elements + 2, sizeof *m->monomial_first);
  m->monomial_at = calloc(members + 1, sizeof *m->monomial_at);
  if (!m->coefficient || !m->monomial_first || !m->monomial_at)
    return gibbs_fail_memory(err, "the monomials of a kernel", members * sizeof *m->monomial_at);
  size_t *fill = m->monomial_first + 1; /* while it fills: where the next one of element e goes */
  for (size_t i = 0; i < members; i++)
    if (all->element[i] + 1 < m->elements) fill[all->element[i] + 1]++;
  for (size_t e = 1; e < m->elements; e++) fill[e] += fill[e - 1];
  for (size_t k = 0; k < all->count; k++)
    for (size_t i = all->first[k]; i < all->first[k + 1]; i++) m->monomial_at[fill[all->element[i]]++] = (uint32_t)k;
  return GIBBS_OK;
}

static gibbs_status make_rest(const gibbs_target *target, gibbs_site_model *m, gibbs_error *err) {
  gibbs_expr *rest = gibbs_normal_form_rest(m->form);
  const gibbs_output kind = GIBBS_OUTPUT_EACH;
  if (!rest) return GIBBS_OK;
  gibbs_status status = gibbs_program_new(&rest, &kind, 1, target->variables, target->variable_count, &m->rest, err);
  return status == GIBBS_OK ? gibbs_program_prepare(m->rest, err) : status;
}

static void count_terms(gibbs_site_model *m) {
  m->terms = (m->pair ? m->row[m->elements].first : 0) + (m->monomials ? m->monomial_first[m->elements] : 0);
  for (size_t k = 0; k < m->link_count; k++) m->terms += m->link[k].from_count * m->link[k].to_count;
  for (size_t t = 0; t < m->affine_count; t++) m->terms += m->affine[t].coefficients;
}

gibbs_status gibbs_site_model_make(const gibbs_target *target, gibbs_site_model *m, gibbs_error *err) {
  *m = (gibbs_site_model){
      .form = target->form, .units = target->units, .elements = gibbs_normal_form_elements(target->form)};
  if (m->elements > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "single-site kernels number up to 2^32 elements; there are %zu",
                      m->elements);
  gibbs_status status = make_units(target, m, err);
  if (status == GIBBS_OK) status = make_pairs(m, err);
  if (status == GIBBS_OK) status = make_links(m, err);
  if (status == GIBBS_OK) status = make_monomials(m, err);
  if (status == GIBBS_OK) status = gibbs_site_affine_make(m, err);
  if (status == GIBBS_OK) status = make_rest(target, m, err);
  m->plain = m->elements == m->units && !m->link_count && !m->monomials && !m->affine_count && !m->rest;
  if (status == GIBBS_OK) count_terms(m);
  if (status == GIBBS_OK) status = gibbs_site_model_refresh(m, err);
  if (status != GIBBS_OK) gibbs_site_model_clear(m);
  return status;
}

void gibbs_site_model_clear(gibbs_site_model *m) {
  gibbs_site_affine_clear(m);
  gibbs_program_free(m->rest);
  for (size_t k = 0; k < m->link_count; k++) free(m->link[k].coupling);
  free(m->link);
  free(m->unit);
  free(m->free_unit);
  free(m->row);
  free(m->pair);
  free(m->coefficient);
  free(m->monomial_first);
  free(m->monomial_at);
  *m = (gibbs_site_model){0};
}

/* ---- values ------------------------------------------------------------------------------------- */

static size_t unit_of(const gibbs_site_model *m, size_t element) {
  size_t low = 0, high = m->units;
  while (high - low > 1) {
    size_t middle = low + (high - low) / 2;
    if (m->unit[middle].element <= element)
      low = middle;
    else
      high = middle;
  }
  return low;
}

static gibbs_status check_size(const gibbs_site_model *m, const char *what, size_t element, double value,
                               gibbs_error *err) {
  if (fabs(value) <= largest) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s of unit %zu is %g; single-site kernels do with sizes up to %g", what,
                    unit_of(m, element) + 1, value, largest);
}

static gibbs_status refresh_fields(gibbs_site_model *m, gibbs_error *err) {
  const double *field = NULL;
  gibbs_status status = gibbs_normal_form_fields(m->form, &field, err);
  for (size_t e = 0; e < m->elements && status == GIBBS_OK; e++) {
    m->row[e].field = (float)(field ? field[e] : 0);
    if (field) status = check_size(m, "the field", e, field[e], err);
  }
  return status;
}

static gibbs_status refresh_pairs(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_sparse *sparse = NULL;
  if (!m->pair) return GIBBS_OK;
  gibbs_status status = gibbs_normal_form_sparse(m->form, &sparse, err);
  for (size_t e = 0; status == GIBBS_OK && e < m->elements; e++)
    for (size_t k = sparse->first[e]; k < sparse->first[e + 1] && status == GIBBS_OK; k++) {
      m->pair[k].coupling = (float)sparse->value[k];
      status = check_size(m, "a coupling", e, sparse->value[k], err);
    }
  return status;
}

/* A link over the block's rows takes it as it stands, one over its columns turned round. */
static gibbs_status refresh_links(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_dense *dense = gibbs_normal_form_dense(m->form);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0, b = 0; k < m->link_count; b++) {
    gibbs_site_link *link = &m->link[k++];
    gibbs_site_link *turned =
        dense[b].row_at == dense[b].column_at && dense[b].rows == dense[b].columns ? NULL : &m->link[k++];
    for (size_t i = 0; i < dense[b].rows; i++)
      for (size_t j = 0; j < dense[b].columns && status == GIBBS_OK; j++) {
        double value = dense[b].value[i * dense[b].columns + j];
        link->coupling[i * dense[b].columns + j] = (float)value;
        if (turned) turned->coupling[j * dense[b].rows + i] = (float)value;
        status = check_size(m, "a coupling", dense[b].row_at + i, value, err);
      }
  }
  return status;
}

static gibbs_status refresh_monomials(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_monomials *all = gibbs_normal_form_monomials(m->form);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < m->monomials && status == GIBBS_OK; k++) {
    m->coefficient[k] = (float)all->coefficient[k];
    status = check_size(m, "the coefficient of a product", all->element[all->first[k]], all->coefficient[k], err);
  }
  return status;
}

gibbs_status gibbs_site_model_refresh(gibbs_site_model *m, gibbs_error *err) {
  m->scale = gibbs_normal_form_scale(m->form);
  gibbs_status status = refresh_fields(m, err);
  if (status == GIBBS_OK) status = refresh_pairs(m, err);
  if (status == GIBBS_OK) status = refresh_links(m, err);
  if (status == GIBBS_OK) status = refresh_monomials(m, err);
  if (status != GIBBS_OK) return status;
  gibbs_site_affine_refresh(m);
  return m->rest ? gibbs_program_prepare(m->rest, err) : GIBBS_OK;
}
