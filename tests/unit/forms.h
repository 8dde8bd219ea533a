/* forms.h - what the tests of normal forms share: a form against the expression that it came from. */
#ifndef GIBBS_TESTS_FORMS_H
#define GIBBS_TESTS_FORMS_H

#include "gibbs/normal_form.h"

#include "programs.h"

/* The form's energy of random configurations against that of the expression by the reference walk. */
static inline void expect_energy(gibbs_normal_form *form, gibbs_expr *e, gibbs_expr *const xs[], size_t count,
                                 double tolerance, const char *what) {
  enum { batch = 70, stride = 75 };
  batch_case c = {.count = count, .batch = batch, .stride = stride};
  for (size_t k = 0; k < count; k++) c.inputs[k] = xs[k];
  fill_batch(&c, -1.5, 1.5, 7);
  size_t elements = gibbs_normal_form_elements(form), used = 0;
  double *joint = malloc((elements + 1) * stride * sizeof *joint), out[stride];
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < gibbs_expr_size(xs[k]) * stride; i++) joint[used++] = c.values[k][i];
  cr_assert_eq(used, elements * stride);
  OK(gibbs_normal_form_energy(form, batch, stride, joint, out, &error));
  for (size_t b = 0; b < batch; b++) {
    gibbs_tensor *value = reference_at(e, &c, b);
    double expected = gibbs_normal_form_scale(form) * gibbs_tensor_values(value)[0];
    cr_expect(fabs(out[b] - expected) <= tolerance * (1 + fabs(expected)), "%s: %.15g, expected %.15g", what, out[b],
              expected);
    gibbs_tensor_release(value);
  }
  free(joint);
  free_batch(&c);
}

static inline gibbs_normal_form *lower_all(gibbs_expr *e, gibbs_expr *const xs[], size_t count) {
  gibbs_normal_form *form = NULL;
  OK(gibbs_normal_form_new(e, xs, count, &form, &error));
  expect_energy(form, e, xs, count, 1e-11, "an energy");
  return form;
}

static inline gibbs_normal_form *lower(gibbs_expr *e, gibbs_expr *x) {
  return lower_all(e, &x, 1);
}

static inline const gibbs_sparse *sparse_of(gibbs_normal_form *form) {
  const gibbs_sparse *sparse = NULL;
  OK(gibbs_normal_form_sparse(form, &sparse, &error));
  return sparse;
}

static inline const double *fields_of(gibbs_normal_form *form) {
  const double *fields = NULL;
  OK(gibbs_normal_form_fields(form, &fields, &error));
  return fields;
}

/* J_ef, wherever it is. */
static inline double coupling(gibbs_normal_form *form, size_t e, size_t f) {
  const gibbs_sparse *s = sparse_of(form);
  const gibbs_dense *d = gibbs_normal_form_dense(form);
  double total = 0;
  for (size_t k = s->first[e]; k < s->first[e + 1]; k++)
    if (s->column[k] == f) total += s->value[k];
  for (size_t k = 0; k < gibbs_normal_form_dense_count(form); k++) {
    size_t i = e - d[k].row_at, j = f - d[k].column_at;
    if (e >= d[k].row_at && i < d[k].rows && f >= d[k].column_at && j < d[k].columns)
      total += d[k].value[i * d[k].columns + j];
  }
  return total;
}

#endif
