/* normal_form_energy.c - the energy of configurations by the normal form, term by term. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "normal_form_parts.h"
#include "vectormath.h"

enum { block = 64 };

/* Up to `block` configurations: row e of the elements, and what is added up. */
typedef struct slab {
  const gibbs_normal_form *form;
  const double *elements;
  size_t stride, n;
  double *out;
} slab;

static const double *row_of(const slab *s, size_t element) {
  return s->elements + element * s->stride;
}

static double field_of(const slab *s, size_t segment, size_t element) {
  const gibbs_findings *f = &s->form->found;
  return f->field ? f->field[element] : f->uniform[segment];
}

static void add_fields(slab *s) {
  const gibbs_lowering *l = &s->form->lowering;
  for (size_t g = 0; s->form->found.any_field && g < l->segment_count; g++)
    for (size_t e = l->segments[g].first_element; e < l->segments[g].first_element + l->segments[g].elements; e++)
      gibbs_vector_add_scaled(s->out, field_of(s, g, e), row_of(s, e), s->n);
}

/* Direction by direction, without rows. */
static void add_lattice(slab *s) {
  const gibbs_findings *f = &s->form->found;
  size_t first = s->form->lowering.segments[f->segment].first_element;
  double sum[block];
  for (size_t k = 0; k < f->lattice.count; k++) {
    gibbs_direction_walk walk = gibbs_direction_begin(&f->lattice.layout, &f->lattice.direction[k]);
    gibbs_vector_fill(sum, 0.0, s->n);
    while (gibbs_direction_next(&walk))
      gibbs_vector_add_product(sum, row_of(s, first + walk.site), row_of(s, first + walk.partner), s->n);
    gibbs_vector_add_scaled(s->out, f->lattice.direction[k].coupling, sum, s->n);
  }
}

static void add_sparse(slab *s) {
  const gibbs_sparse *p = &s->form->found.pairs.sparse;
  double sum[block];
  for (size_t i = 0; i < p->rows; i++) {
    size_t k = p->first[i + 1];
    while (k > p->first[i] && p->column[k - 1] > i) k--;
    if (k == p->first[i + 1]) continue;
    gibbs_vector_fill(sum, 0.0, s->n);
    for (; k < p->first[i + 1]; k++) gibbs_vector_add_scaled(sum, p->value[k], row_of(s, p->column[k]), s->n);
    gibbs_vector_add_product(s->out, sum, row_of(s, i), s->n);
  }
}

static void add_dense(slab *s, const gibbs_dense *d) {
  double sum[block];
  bool square = d->row_at == d->column_at;
  for (size_t i = 0; i < d->rows; i++) {
    gibbs_vector_fill(sum, 0.0, s->n);
    for (size_t j = square ? i + 1 : 0; j < d->columns; j++)
      gibbs_vector_add_scaled(sum, d->value[i * d->columns + j], row_of(s, d->column_at + j), s->n);
    gibbs_vector_add_product(s->out, sum, row_of(s, d->row_at + i), s->n);
  }
}

static void add_monomials(slab *s) {
  const gibbs_monomials *m = &s->form->found.monomials;
  double product[block];
  for (size_t t = 0; t < m->count; t++) {
    gibbs_vector_fill(product, m->coefficient[t], s->n);
    for (size_t k = m->first[t]; k < m->first[t + 1]; k++) {
      const double *x = row_of(s, m->element[k]);
      for (size_t b = 0; b < s->n; b++) product[b] *= x[b];
    }
    gibbs_vector_add(s->out, product, s->n);
  }
}

static void add_affine(slab *s, const gibbs_affine *a) {
  double argument[block], value[block];
  for (size_t r = 0; r < a->rows; r++) {
    gibbs_vector_fill(argument, a->shift[r], s->n);
    for (size_t j = 0; a->dense && j < a->columns; j++)
      gibbs_vector_add_scaled(argument, a->matrix[r * a->columns + j], row_of(s, a->column_at + j), s->n);
    for (size_t k = a->dense ? 0 : a->sparse.first[r]; !a->dense && k < a->sparse.first[r + 1]; k++)
      gibbs_vector_add_scaled(argument, a->sparse.value[k], row_of(s, a->sparse.column[k]), s->n);
    gibbs_function_values(&a->function, s->n, argument, value, NULL);
    gibbs_vector_add_scaled(s->out, a->weight[r], value, s->n);
  }
}

static void add_all(slab *s) {
  const gibbs_findings *f = &s->form->found;
  gibbs_vector_fill(s->out, f->constant, s->n);
  add_fields(s);
  if (f->by_rule)
    add_lattice(s);
  else
    add_sparse(s);
  for (size_t k = 0; k < f->pairs.blocks; k++) add_dense(s, &f->pairs.block[k]);
  add_monomials(s);
  for (size_t k = 0; k < f->affines; k++) add_affine(s, &f->affine[k]);
}

/* ---- the rest ------------------------------------------------------------------------------------ */

/* The nodes of the variables, found in the tape, are the inputs. */
static gibbs_status list_inputs(const gibbs_normal_form *form, gibbs_expr ***out, gibbs_error *err) {
  const gibbs_lowering *l = &form->lowering;
  gibbs_expr **inputs = calloc(l->segment_count + 1, sizeof(gibbs_expr *));
  if (!inputs) return gibbs_fail_memory(err, "an energy", l->segment_count * sizeof *inputs);
  for (size_t s = 0; s < l->segment_count; s++) {
    gibbs_status status =
        gibbs_expr_variable(l->energy->graph, (gibbs_variable *)l->segments[s].variable, &inputs[s], err);
    if (status == GIBBS_OK) continue;
    while (s-- > 0) gibbs_expr_release(inputs[s]);
    free(inputs);
    return status;
  }
  *out = inputs;
  return GIBBS_OK;
}

static gibbs_status make_program(gibbs_normal_form *form, gibbs_error *err) {
  gibbs_expr **inputs = NULL;
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  size_t count = form->lowering.segment_count;
  gibbs_status status = list_inputs(form, &inputs, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_program_new(&form->rest, &kind, 1, inputs, count, &form->program, err);
  for (size_t k = 0; k < count; k++) gibbs_expr_release(inputs[k]);
  free(inputs);
  return status == GIBBS_OK ? gibbs_workspace_new(form->program, &form->workspace, err) : status;
}

static gibbs_status run_rest(gibbs_normal_form *form, size_t batch, size_t stride, const double *elements,
                             double *out, gibbs_error *err) {
  const gibbs_lowering *l = &form->lowering;
  const double **in = malloc((l->segment_count + 1) * sizeof *in);
  if (!in) return gibbs_fail_memory(err, "an energy", l->segment_count * sizeof *in);
  for (size_t s = 0; s < l->segment_count; s++) in[s] = elements + l->segments[s].first_element * stride;
  gibbs_status status = gibbs_program_prepare(form->program, err);
  if (status == GIBBS_OK)
    status = gibbs_program_run(form->program, form->workspace, batch, stride, in, (double *const[]){out}, err);
  free(in);
  return status;
}

/* Added with the scale; rows of the output are as far apart as those of the input. */
static gibbs_status add_rest(gibbs_normal_form *form, size_t batch, size_t stride, const double *elements,
                             double *out, gibbs_error *err) {
  gibbs_status status = form->workspace ? GIBBS_OK : make_program(form, err);
  double *rest = status == GIBBS_OK ? malloc((stride + 1) * sizeof *rest) : NULL;
  if (status == GIBBS_OK && !rest) status = gibbs_fail_memory(err, "an energy", stride * sizeof *rest);
  if (status == GIBBS_OK) status = run_rest(form, batch, stride, elements, rest, err);
  for (size_t b = 0; status == GIBBS_OK && b < batch; b++) out[b] += form->scale * rest[b];
  free(rest);
  return status;
}

gibbs_status gibbs_normal_form_energy(gibbs_normal_form *form, size_t batch, size_t stride, const double *elements,
                                      double *out, gibbs_error *err) {
  for (size_t at = 0; at < batch; at += block) {
    slab s = {form, elements + at, stride, batch - at < block ? batch - at : block, out + at};
    add_all(&s);
  }
  return form->rest && batch > 0 ? add_rest(form, batch, stride, elements, out, err) : GIBBS_OK;
}
