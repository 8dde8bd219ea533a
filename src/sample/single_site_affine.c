/* single_site_affine.c - sums of functions of affine forms: which rows a unit touches, arguments and values kept. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/private/clones.h"
#include "single_site.h"

/* ---- tables ------------------------------------------------------------------------------------- */

static gibbs_site_shape shape_of(const gibbs_site_model *m, const gibbs_function *f, unsigned *power) {
  gibbs_op op;
  *power = 0;
  if (gibbs_function_is_power(f, power)) return m->elements == m->units ? GIBBS_SITE_POWER : GIBBS_SITE_ANY;
  if (!gibbs_function_is_op(f, &op)) return GIBBS_SITE_ANY;
  return op == GIBBS_OP_LOGCOSH ? GIBBS_SITE_LOGCOSH : op == GIBBS_OP_SOFTPLUS ? GIBBS_SITE_SOFTPLUS : GIBBS_SITE_ANY;
}

static size_t elements_of(const gibbs_site_unit *unit) {
  return unit->indicators ? unit->states : 1;
}

static gibbs_status make_term(const gibbs_site_model *m, gibbs_site_affine *a, size_t slots, size_t coefficients,
                              gibbs_error *err) {
  a->coefficients = coefficients;
  a->weight = calloc(slots + 1, sizeof *a->weight);
  a->coefficient = calloc(coefficients + 1, sizeof *a->coefficient);
  a->shift = calloc(a->rows + 1, sizeof *a->shift);
  a->first = calloc(m->units + 1, sizeof *a->first);
  a->at = calloc(m->units + 1, sizeof *a->at);
  if (a->weight && a->coefficient && a->shift && a->first && a->at) return GIBBS_OK;
  return gibbs_fail_memory(err, "the functions of a kernel", (slots + coefficients) * sizeof(float));
}

/* A dense term: units within its columns touch all rows, and share their weights; others none. */
static gibbs_status make_dense(const gibbs_site_model *m, const gibbs_affine *from, gibbs_site_affine *a,
                               gibbs_error *err) {
  gibbs_status status = make_term(m, a, a->rows, from->columns * a->rows, err);
  for (size_t u = 0; status == GIBBS_OK && u < m->units; u++) {
    size_t column = m->unit[u].element - from->column_at; /* wraps to a large number below */
    a->at[u] = column < from->columns ? column * a->rows : SIZE_MAX;
  }
  a->most_slots = a->rows;
  return status;
}

/* For a sparse term the rows of every unit, each once though several of its indicators be in it. */
typedef struct row_lists {
  size_t *last; /* [unit]: 1 + the row that was seen last */
  size_t *element_unit;
} row_lists;

static void count_slots(const gibbs_affine *from, const row_lists *lists, size_t units, size_t *count) {
  for (size_t u = 0; u < units; u++) lists->last[u] = 0;
  for (size_t r = 0; r < from->rows; r++)
    for (size_t k = from->sparse.first[r]; k < from->sparse.first[r + 1]; k++) {
      size_t u = lists->element_unit[from->sparse.column[k]];
      if (lists->last[u] != r + 1) count[u]++;
      lists->last[u] = r + 1;
    }
}

static gibbs_status fill_slots(const gibbs_site_model *m, const gibbs_affine *from, const row_lists *lists,
                               size_t *count, gibbs_site_affine *a, gibbs_error *err) {
  size_t slots = 0, coefficients = 0;
  for (size_t u = 0; u < m->units; u++) slots += count[u], coefficients += count[u] * elements_of(&m->unit[u]);
  gibbs_status status = make_term(m, a, slots, coefficients, err);
  a->row = calloc(slots + 1, sizeof *a->row);
  if (status == GIBBS_OK && !a->row) status = gibbs_fail_memory(err, "the functions of a kernel", slots * 4);
  if (status != GIBBS_OK) return status;
  for (size_t u = 0; u < m->units; u++) {
    a->first[u + 1] = a->first[u] + count[u];
    if (u + 1 < m->units) a->at[u + 1] = a->at[u] + count[u] * elements_of(&m->unit[u]);
    if (count[u] > a->most_slots) a->most_slots = count[u];
    count[u] = 0, lists->last[u] = 0;
  }
  for (size_t r = 0; r < from->rows; r++)
    for (size_t k = from->sparse.first[r]; k < from->sparse.first[r + 1]; k++) {
      size_t u = lists->element_unit[from->sparse.column[k]];
      if (lists->last[u] != r + 1) a->row[a->first[u] + count[u]++] = (uint32_t)r;
      lists->last[u] = r + 1;
    }
  return GIBBS_OK;
}

static gibbs_status make_sparse(const gibbs_site_model *m, const gibbs_affine *from, gibbs_site_affine *a,
                                gibbs_error *err) {
  size_t *count = calloc(m->units + 1, sizeof *count);
  row_lists lists = {calloc(m->units + 1, sizeof(size_t)), calloc(m->elements + 1, sizeof(size_t))};
  gibbs_status status = GIBBS_OK;
  if (!count || !lists.last || !lists.element_unit)
    status = gibbs_fail_memory(err, "the functions of a kernel", m->elements * sizeof(size_t));
  for (size_t u = 0; status == GIBBS_OK && u < m->units; u++)
    for (size_t k = 0; k < elements_of(&m->unit[u]); k++) lists.element_unit[m->unit[u].element + k] = u;
  if (status == GIBBS_OK) count_slots(from, &lists, m->units, count);
  if (status == GIBBS_OK) status = fill_slots(m, from, &lists, count, a, err);
  free(count);
  free(lists.last);
  free(lists.element_unit);
  return status;
}

gibbs_status gibbs_site_affine_make(gibbs_site_model *m, gibbs_error *err) {
  const gibbs_affine *from = gibbs_normal_form_affine(m->form);
  size_t count = gibbs_normal_form_affine_count(m->form);
  m->affine = calloc(count + 1, sizeof *m->affine);
  if (!m->affine) return gibbs_fail_memory(err, "the functions of a kernel", count * sizeof *m->affine);
  m->affine_count = count;
  gibbs_status status = GIBBS_OK;
  for (size_t t = 0; t < count && status == GIBBS_OK; t++) {
    gibbs_site_affine *a = &m->affine[t];
    a->rows = from[t].rows;
    a->shape = shape_of(m, &from[t].function, &a->power);
    status = from[t].dense ? make_dense(m, &from[t], a, err) : make_sparse(m, &from[t], a, err);
  }
  return status;
}

void gibbs_site_affine_clear(gibbs_site_model *m) {
  for (size_t t = 0; m->affine && t < m->affine_count; t++) {
    free(m->affine[t].first);
    free(m->affine[t].at);
    free(m->affine[t].row);
    free(m->affine[t].weight);
    free(m->affine[t].coefficient);
    free(m->affine[t].shift);
  }
  free(m->affine);
}

/* ---- values ------------------------------------------------------------------------------------- */

static void refresh_dense(const gibbs_affine *from, gibbs_site_affine *a) {
  for (size_t r = 0; r < a->rows; r++) {
    a->weight[r] = (float)from->weight[r];
    for (size_t k = 0; k < from->columns; k++)
      a->coefficient[k * a->rows + r] = (float)(from->matrix[r * from->columns + k]);
  }
}

/* The coefficient of element e in row r, 0 where it has none. */
static double find_coefficient(const gibbs_sparse *sparse, size_t r, size_t e) {
  size_t low = sparse->first[r], high = sparse->first[r + 1];
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (sparse->column[middle] < e)
      low = middle + 1;
    else
      high = middle;
  }
  return low < sparse->first[r + 1] && sparse->column[low] == e ? sparse->value[low] : 0;
}

static void refresh_sparse(const gibbs_site_model *m, const gibbs_affine *from, gibbs_site_affine *a) {
  for (size_t u = 0; u < m->units; u++) {
    size_t slots = a->first[u + 1] - a->first[u];
    for (size_t i = 0; i < slots; i++) {
      size_t r = a->row[a->first[u] + i];
      a->weight[a->first[u] + i] = (float)from->weight[r];
      for (size_t k = 0; k < elements_of(&m->unit[u]); k++)
        a->coefficient[a->at[u] + k * slots + i] =
            (float)(find_coefficient(&from->sparse, r, m->unit[u].element + k));
    }
  }
}

void gibbs_site_affine_refresh(gibbs_site_model *m) {
  const gibbs_affine *from = gibbs_normal_form_affine(m->form);
  for (size_t t = 0; t < m->affine_count; t++) {
    for (size_t r = 0; r < m->affine[t].rows; r++) m->affine[t].shift[r] = (float)from[t].shift[r];
    if (from[t].dense)
      refresh_dense(&from[t], &m->affine[t]);
    else
      refresh_sparse(m, &from[t], &m->affine[t]);
  }
}
