/* normal_form_findings.c - what a pass over an energy has found: put in order, scaled, checked, copied. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"
#include "vectormath.h"

/* ---- monomials ----------------------------------------------------------------------------------- */

void gibbs_monomials_clear(gibbs_monomials *m) {
  free((void *)m->first);
  free((void *)m->element);
  free((void *)m->coefficient);
  *m = (gibbs_monomials){.count = 0};
}

gibbs_status gibbs_monomials_assemble(gibbs_lowering *l, gibbs_monomials *out, gibbs_error *err) {
  gibbs_polynomials *p = &l->gathered.monomials;
  *out = (gibbs_monomials){.count = 0};
  gibbs_status status = gibbs_polynomials_tidy(p, 0, err);
  if (status != GIBBS_OK) return status;
  size_t *first = calloc(p->terms + 1, sizeof *first), used = 0;
  uint32_t *element = malloc(p->terms * p->width * sizeof *element + 1);
  double *coefficient = malloc(p->terms * sizeof *coefficient + 1);
  *out = (gibbs_monomials){p->terms, first, element, coefficient};
  if (!first || !element || !coefficient) {
    gibbs_monomials_clear(out);
    return gibbs_fail_memory(err, "the products of an energy", p->terms * (p->width + 4) * sizeof *element);
  }
  for (size_t t = 0; t < p->terms; t++) {
    for (unsigned k = 0; k < p->width && p->element[t * p->width + k] != GIBBS_NO_ELEMENT; k++)
      element[used++] = p->element[t * p->width + k];
    first[t + 1] = used;
    coefficient[t] = p->coefficient[t];
  }
  return GIBBS_OK;
}

/* ---- fields -------------------------------------------------------------------------------------- */

gibbs_status gibbs_findings_open_fields(const gibbs_lowering *l, gibbs_findings *f, gibbs_error *err) {
  if (f->field || !f->any_field) return GIBBS_OK;
  f->field = malloc(l->elements * sizeof *f->field);
  if (!f->field) return gibbs_fail_memory(err, "the fields of an energy", l->elements * sizeof *f->field);
  for (size_t s = 0; s < l->segment_count; s++)
    for (size_t e = 0; e < l->segments[s].elements; e++) f->field[l->segments[s].first_element + e] = f->uniform[s];
  return GIBBS_OK;
}

/* One field a variable is kept as such where the pairs have no rows either: all is small then. */
static gibbs_status assemble_fields(gibbs_lowering *l, gibbs_findings *out, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  out->any_field = g->any_field;
  out->uniform = g->uniform;
  g->uniform = NULL;
  if (!g->any_field || (out->by_rule && !g->field)) return GIBBS_OK;
  if (!g->field) return gibbs_findings_open_fields(l, out, err);
  for (size_t s = 0; s < l->segment_count; s++)
    for (size_t e = 0; e < l->segments[s].elements; e++)
      g->field[l->segments[s].first_element + e] += out->uniform[s];
  out->field = g->field;
  g->field = NULL;
  return GIBBS_OK;
}

/* ---- pairs --------------------------------------------------------------------------------------- */

gibbs_status gibbs_findings_open_rows(const gibbs_lowering *l, gibbs_findings *f, gibbs_error *err) {
  if (!f->by_rule || f->pairs.sparse.first) return GIBBS_OK;
  return gibbs_lattice_form_rows(l, &f->lattice, f->segment, &f->pairs.sparse, err);
}

static gibbs_status assemble_pairs(gibbs_lowering *l, gibbs_findings *out, gibbs_error *err) {
  gibbs_status status = gibbs_rules_settle(l, &out->lattice, &out->segment, &out->by_rule, err);
  out->regular = out->by_rule;
  if (status == GIBBS_OK && !out->by_rule) status = gibbs_pairs_assemble(l, &out->pairs, err);
  return status;
}

/* ---- everything ---------------------------------------------------------------------------------- */

static gibbs_status fail_coefficient(const char *what, double value, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "an energy: %s is %g; it must be finite", what, value);
}

/* "the field of unit 3 of 's'" */
static gibbs_status fail_at(const gibbs_lowering *l, const char *what, size_t element, double value,
                            gibbs_error *err) {
  const gibbs_segment *s = gibbs_segment_of(l, element);
  const char *name = gibbs_variable_name(s->variable);
  char place[160];
  size_t unit = (element - s->first_element) / (s->elements / s->units);
  snprintf(place, sizeof place, "%s of unit %zu of '%.80s'", what, unit + 1, name[0] ? name : "unnamed");
  return fail_coefficient(place, value, err);
}

static size_t first_bad(const double *value, size_t n) {
  size_t k = 0;
  if (gibbs_vector_finite(value, n)) return n;
  while (isfinite(value[k])) k++;
  return k;
}

static gibbs_status check_pairs(const gibbs_lowering *l, const gibbs_pairs *p, gibbs_error *err) {
  size_t bad = first_bad(p->sparse.value, p->sparse.entries), row = 0;
  if (bad < p->sparse.entries) {
    while (p->sparse.first[row + 1] <= bad) row++;
    return fail_at(l, "a coupling", row, p->sparse.value[bad], err);
  }
  for (size_t k = 0; k < p->blocks; k++) {
    const gibbs_dense *b = &p->block[k];
    if (!b->value) continue;
    bad = first_bad(b->value, b->rows * b->columns);
    if (bad < b->rows * b->columns) return fail_at(l, "a coupling", b->row_at + bad / b->columns, b->value[bad], err);
  }
  return GIBBS_OK;
}

static gibbs_status check_affine(const gibbs_affine *a, gibbs_error *err) {
  size_t size = a->dense ? a->rows * a->columns : a->sparse.entries;
  const double *matrix = a->dense ? a->matrix : a->sparse.value;
  size_t bad = first_bad(matrix, size);
  if (bad < size) return fail_coefficient("a coefficient inside of a function", matrix[bad], err);
  bad = first_bad(a->weight, a->rows);
  if (bad < a->rows) return fail_coefficient("the coefficient of a function", a->weight[bad], err);
  bad = first_bad(a->shift, a->rows);
  if (bad < a->rows) return fail_coefficient("a constant inside of a function", a->shift[bad], err);
  bad = first_bad(a->function.constant, a->function.constants);
  if (bad == a->function.constants) return GIBBS_OK;
  return fail_coefficient("a constant inside of a function", a->function.constant[bad], err);
}

static gibbs_status check_findings(const gibbs_lowering *l, const gibbs_findings *f, gibbs_error *err) {
  if (!isfinite(f->constant)) return fail_coefficient("its constant", f->constant, err);
  size_t bad = f->field ? first_bad(f->field, l->elements) : l->elements;
  if (bad < l->elements) return fail_at(l, "the field", bad, f->field[bad], err);
  bad = first_bad(f->uniform, l->segment_count);
  if (bad < l->segment_count) return fail_at(l, "the field", l->segments[bad].first_element, f->uniform[bad], err);
  for (size_t k = 0; f->by_rule && k < f->lattice.count; k++)
    if (!isfinite(f->lattice.direction[k].coupling))
      return fail_at(l, "a coupling", l->segments[f->segment].first_element, f->lattice.direction[k].coupling, err);
  gibbs_status status = check_pairs(l, &f->pairs, err);
  bad = first_bad(f->monomials.coefficient, f->monomials.count);
  if (status == GIBBS_OK && bad < f->monomials.count)
    status = fail_at(l, "the coefficient of a product", f->monomials.element[f->monomials.first[bad]],
                     f->monomials.coefficient[bad], err);
  for (size_t k = 0; k < f->affines && status == GIBBS_OK; k++) status = check_affine(&f->affine[k], err);
  return status;
}

gibbs_status gibbs_findings_make(gibbs_lowering *l, gibbs_findings *out, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  *out = (gibbs_findings){.affines = 0};
  gibbs_status status = gibbs_lowering_pass(l, err);
  if (status == GIBBS_OK) status = assemble_pairs(l, out, err);
  if (status == GIBBS_OK) status = gibbs_powers_assemble(l, err);
  if (status == GIBBS_OK) status = assemble_fields(l, out, err);
  if (status == GIBBS_OK) status = gibbs_monomials_assemble(l, &out->monomials, err);
  if (status == GIBBS_OK) {
    out->constant = g->constant;
    out->affines = g->affines;
    out->affine = g->affine;
    g->affines = 0;
    g->affine = NULL;
    if (!out->by_rule && out->pairs.blocks == 0)
      out->regular = gibbs_rules_detect(l, &out->pairs.sparse, &out->lattice, &out->segment);
    status = check_findings(l, out, err);
  }
  gibbs_gathered_clear(g);
  if (status != GIBBS_OK) gibbs_findings_clear(out);
  return status;
}

/* ---- copying ------------------------------------------------------------------------------------- */

static void copy_values(const double *to, const double *from, size_t n, double scale) {
  double *at = (double *)to;
  if (n > 0 && scale == 1.0) memcpy(at, from, n * sizeof *from);
  for (size_t k = 0; scale != 1.0 && k < n; k++) at[k] = scale * from[k];
}

static void copy_affine(gibbs_affine *to, const gibbs_affine *from, double scale) {
  copy_values(to->function.constant, from->function.constant, from->function.constants, 1.0);
  copy_values(to->weight, from->weight, from->rows, scale);
  copy_values(to->shift, from->shift, from->rows, 1.0);
  if (from->dense)
    copy_values(to->matrix, from->matrix, from->rows * from->columns, 1.0);
  else
    copy_values(to->sparse.value, from->sparse.value, from->sparse.entries, 1.0);
}

/* The rows of a lattice that were made for somebody. */
static void refill_rows(const gibbs_lowering *l, const gibbs_findings *f) {
  const gibbs_sparse *s = &f->pairs.sparse;
  double *value = (double *)s->value;
  size_t first = l->segments[f->segment].first_element;
  memset(value, 0, s->entries * sizeof *value);
  for (size_t d = 0; d < f->lattice.count; d++) {
    gibbs_direction_walk walk = gibbs_direction_begin(&f->lattice.layout, &f->lattice.direction[d]);
    while (gibbs_direction_next(&walk))
      for (int end = 0; end < 2; end++) {
        size_t a = first + (end ? walk.partner : walk.site), b = first + (end ? walk.site : walk.partner);
        size_t k = s->first[a];
        while (s->column[k] != b) k++;
        value[k] += f->lattice.direction[d].coupling;
      }
  }
}

/* What was made later, out of what is there. */
static void refill(const gibbs_lowering *l, gibbs_findings *to, const gibbs_findings *from) {
  for (size_t s = 0; to->field && !from->field && s < l->segment_count; s++)
    for (size_t e = 0; e < l->segments[s].elements; e++) to->field[l->segments[s].first_element + e] = to->uniform[s];
  if (to->pairs.sparse.first) refill_rows(l, to);
}

static void copy_lattice(gibbs_findings *to, const gibbs_findings *from, double scale) {
  to->regular = from->regular;
  to->segment = from->segment;
  to->lattice = from->lattice;
  for (size_t d = 0; d < to->lattice.count; d++) to->lattice.direction[d].coupling *= scale;
}

static void copy_block(const gibbs_dense *to, const gibbs_pairs *from, size_t k, double scale) {
  const gibbs_dense *block = &from->block[k];
  if (block->value)
    copy_values(to->value, block->value, block->rows * block->columns, scale);
  else
    gibbs_seen_write(&from->seen[k], block->rows, block->columns, scale, (double *)to->value);
}

void gibbs_findings_copy(const gibbs_lowering *l, gibbs_findings *to, const gibbs_findings *from, double scale) {
  to->constant = scale * from->constant;
  if (from->regular || to->regular) copy_lattice(to, from, scale);
  copy_values(to->uniform, from->uniform, l->segment_count, scale);
  if (from->field && to->field) copy_values(to->field, from->field, l->elements, scale);
  if (from->by_rule) refill(l, to, from);
  if (!from->by_rule)
    copy_values(to->pairs.sparse.value, from->pairs.sparse.value, from->pairs.sparse.entries, scale);
  for (size_t k = 0; k < from->pairs.blocks; k++) copy_block(&to->pairs.block[k], &from->pairs, k, scale);
  copy_values(to->monomials.coefficient, from->monomials.coefficient, from->monomials.count, scale);
  for (size_t k = 0; k < from->affines; k++) copy_affine(&to->affine[k], &from->affine[k], scale);
}

static void raise_to(double *largest, const double *value, size_t n) {
  for (size_t k = 0; k < n; k++)
    if (fabs(value[k]) > *largest) *largest = fabs(value[k]);
}

double gibbs_findings_largest(const gibbs_lowering *l, const gibbs_findings *f) {
  double largest = fabs(f->constant);
  raise_to(&largest, f->uniform, l->segment_count);
  if (f->field) raise_to(&largest, f->field, l->elements);
  for (size_t d = 0; f->regular && d < f->lattice.count; d++)
    raise_to(&largest, &f->lattice.direction[d].coupling, 1);
  if (f->pairs.sparse.value) raise_to(&largest, f->pairs.sparse.value, f->pairs.sparse.entries);
  for (size_t k = 0; k < f->pairs.blocks; k++)
    raise_to(&largest, f->pairs.block[k].value, f->pairs.block[k].rows * f->pairs.block[k].columns);
  raise_to(&largest, f->monomials.coefficient, f->monomials.count);
  for (size_t k = 0; k < f->affines; k++) raise_to(&largest, f->affine[k].weight, f->affine[k].rows);
  return largest;
}

void gibbs_findings_clear(gibbs_findings *f) {
  for (size_t k = 0; k < f->affines; k++) gibbs_affine_clear(&f->affine[k]);
  free(f->affine);
  free(f->uniform);
  free(f->field);
  gibbs_pairs_clear(&f->pairs);
  gibbs_monomials_clear(&f->monomials);
  *f = (gibbs_findings){.affines = 0};
}
