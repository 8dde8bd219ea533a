/* normal_form.c - an energy in its normal form: made, refreshed, asked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/normal_form.h"

#include <math.h>
#include <stdlib.h>

#include "normal_form_parts.h"

/* ---- parameters ---------------------------------------------------------------------------------- */

static gibbs_status list_parameters(gibbs_normal_form *form, gibbs_error *err) {
  const gibbs_frame *f = form->lowering.frame;
  size_t count = 0;
  for (size_t i = 0; i < f->count; i++) count += f->values[i].node->kind == GIBBS_KIND_PARAMETER;
  form->parameter = calloc(count + 1, sizeof(gibbs_parameter *));
  form->version = calloc(count + 1, sizeof *form->version);
  if (!form->parameter || !form->version)
    return gibbs_fail_memory(err, "an energy", (count + 1) * (sizeof *form->version + sizeof(gibbs_parameter *)));
  for (size_t i = 0; i < f->count; i++)
    if (f->values[i].node->kind == GIBBS_KIND_PARAMETER)
      form->parameter[form->parameters++] = f->values[i].node->of.parameter;
  return GIBBS_OK;
}

static bool have_parameters_changed(const gibbs_normal_form *form) {
  for (size_t k = 0; k < form->parameters; k++)
    if (gibbs_parameter_version(form->parameter[k]) != form->version[k]) return true;
  return false;
}

static void note_versions(gibbs_normal_form *form) {
  for (size_t k = 0; k < form->parameters; k++) form->version[k] = gibbs_parameter_version(form->parameter[k]);
  form->scale = form->next_scale;
}

/* As the header has it. */
static void describe_lattice(gibbs_normal_form *form) {
  const gibbs_lattice_form *lattice = &form->found.lattice;
  form->regular = (gibbs_regular){.found = form->found.regular};
  if (!form->regular.found) return;
  form->regular.axes = lattice->layout.axes;
  form->regular.basis = lattice->layout.basis;
  for (size_t k = 0; k < lattice->layout.axes; k++) {
    form->regular.extent[k] = lattice->layout.extent[k];
    form->regular.periodic[k] = lattice->layout.periodic[k];
  }
  form->regular.directions = lattice->count;
  form->regular.direction = lattice->direction;
}

/* ---- making -------------------------------------------------------------------------------------- */

static gibbs_status open_form(gibbs_normal_form *form, gibbs_expr *energy, gibbs_expr *const variables[],
                              size_t variable_count, gibbs_error *err) {
  gibbs_status status = gibbs_lowering_open(energy, variables, variable_count, &form->lowering, err);
  if (status == GIBBS_OK) status = list_parameters(form, err);
  if (status == GIBBS_OK) status = gibbs_lowering_read(&form->lowering, err);
  if (status == GIBBS_OK) status = gibbs_findings_make(&form->lowering, &form->found, err);
  if (status == GIBBS_OK) status = gibbs_lowering_rest(&form->lowering, &form->rest, err);
  if (status == GIBBS_OK) describe_lattice(form);
  note_versions(form);
  return status;
}

gibbs_status gibbs_normal_form_new(gibbs_expr *energy, gibbs_expr *const variables[], size_t variable_count,
                                   gibbs_normal_form **out, gibbs_error *err) {
  gibbs_normal_form *form = calloc(1, sizeof *form);
  if (!form) return gibbs_fail_memory(err, "an energy", sizeof *form);
  form->scale = form->next_scale = 1.0;
  gibbs_status status = open_form(form, energy, variables, variable_count, err);
  if (status != GIBBS_OK) {
    gibbs_normal_form_free(form);
    return status;
  }
  *out = form;
  return GIBBS_OK;
}

void gibbs_normal_form_free(gibbs_normal_form *form) {
  if (!form) return;
  gibbs_workspace_free(form->workspace);
  gibbs_program_free(form->program);
  gibbs_expr_release(form->rest);
  gibbs_findings_clear(&form->found);
  gibbs_findings_clear(&form->base);
  gibbs_lowering_close(&form->lowering);
  free(form->parameter);
  free(form->version);
  free(form);
}

void gibbs_normal_form_set_scale(gibbs_normal_form *form, double scale) {
  form->next_scale = scale;
}

static gibbs_status check_scale(const gibbs_normal_form *form, const gibbs_findings *values, gibbs_error *err) {
  double scale = form->next_scale;
  if (scale == 1.0) return GIBBS_OK;
  double largest = gibbs_findings_largest(&form->lowering, values);
  if (isfinite(scale) && isfinite(scale * largest)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "the scale of an energy is %g; it must be finite, and so must its products with the "
                    "coefficients, up to %g",
                    scale, largest);
}

/* Takes the values: they are kept as the base once there is a scale. */
static gibbs_status take_values(gibbs_normal_form *form, gibbs_findings *fresh, gibbs_error *err) {
  gibbs_status status = check_scale(form, fresh, err);
  if (status != GIBBS_OK) {
    gibbs_findings_clear(fresh);
    return status;
  }
  gibbs_findings_copy(&form->lowering, &form->found, fresh, form->next_scale);
  if (form->next_scale != 1.0 && !form->has_base) {
    form->base = *fresh;
    form->has_base = true;
    return GIBBS_OK;
  }
  if (form->has_base) gibbs_findings_copy(&form->lowering, &form->base, fresh, 1.0);
  gibbs_findings_clear(fresh);
  return GIBBS_OK;
}

static gibbs_status read_again(gibbs_normal_form *form, gibbs_error *err) {
  gibbs_findings fresh;
  gibbs_status status = gibbs_lowering_read(&form->lowering, err);
  form->lowering.lazy = form->next_scale == 1.0; /* with a scale the values are kept */
  if (status == GIBBS_OK) status = gibbs_findings_make(&form->lowering, &fresh, err);
  form->lowering.lazy = false;
  return status == GIBBS_OK ? take_values(form, &fresh, err) : status;
}

/* Only the scale is another one. */
static gibbs_status scale_again(gibbs_normal_form *form, gibbs_error *err) {
  gibbs_status status = check_scale(form, &form->base, err);
  if (status == GIBBS_OK) gibbs_findings_copy(&form->lowering, &form->found, &form->base, form->next_scale);
  return status;
}

gibbs_status gibbs_normal_form_refresh(gibbs_normal_form *form, gibbs_error *err) {
  bool changed = have_parameters_changed(form);
  if (!changed && form->scale == form->next_scale) return GIBBS_OK;
  gibbs_status status = changed || !form->has_base ? read_again(form, err) : scale_again(form, err);
  if (status != GIBBS_OK) return status;
  describe_lattice(form);
  note_versions(form);
  return GIBBS_OK;
}

/* ---- asking -------------------------------------------------------------------------------------- */

size_t gibbs_normal_form_segment_count(const gibbs_normal_form *form) {
  return form->lowering.segment_count;
}

const gibbs_segment *gibbs_normal_form_segments(const gibbs_normal_form *form) {
  return form->lowering.segments;
}

size_t gibbs_normal_form_units(const gibbs_normal_form *form) {
  return form->lowering.units;
}

size_t gibbs_normal_form_elements(const gibbs_normal_form *form) {
  return form->lowering.elements;
}

double gibbs_normal_form_constant(const gibbs_normal_form *form) {
  return form->found.constant;
}

gibbs_status gibbs_normal_form_fields(gibbs_normal_form *form, const double **out, gibbs_error *err) {
  gibbs_status status = gibbs_findings_open_fields(&form->lowering, &form->found, err);
  if (status == GIBBS_OK) *out = form->found.field;
  return status;
}

bool gibbs_normal_form_uniform_field(const gibbs_normal_form *form, double *field) {
  const gibbs_findings *f = &form->found;
  size_t count = f->field ? form->lowering.elements : form->lowering.segment_count;
  const double *at = f->field ? f->field : f->uniform;
  *field = f->any_field && count > 0 ? at[0] : 0.0;
  for (size_t e = 1; f->any_field && e < count; e++)
    if (at[e] != at[0]) return false;
  return true;
}

const gibbs_regular *gibbs_normal_form_regular(const gibbs_normal_form *form) {
  return &form->regular;
}

gibbs_status gibbs_normal_form_sparse(gibbs_normal_form *form, const gibbs_sparse **out, gibbs_error *err) {
  gibbs_status status = gibbs_findings_open_rows(&form->lowering, &form->found, err);
  if (status == GIBBS_OK) *out = &form->found.pairs.sparse;
  return status;
}

bool gibbs_normal_form_has_sparse(const gibbs_normal_form *form) {
  return form->found.by_rule || form->found.pairs.sparse.entries > 0;
}

size_t gibbs_normal_form_dense_count(const gibbs_normal_form *form) {
  return form->found.pairs.blocks;
}

const gibbs_dense *gibbs_normal_form_dense(const gibbs_normal_form *form) {
  return form->found.pairs.block;
}

const gibbs_monomials *gibbs_normal_form_monomials(const gibbs_normal_form *form) {
  return &form->found.monomials;
}

size_t gibbs_normal_form_affine_count(const gibbs_normal_form *form) {
  return form->found.affines;
}

const gibbs_affine *gibbs_normal_form_affine(const gibbs_normal_form *form) {
  return form->found.affine;
}

gibbs_expr *gibbs_normal_form_rest(const gibbs_normal_form *form) {
  return form->rest;
}

double gibbs_normal_form_scale(const gibbs_normal_form *form) {
  return form->scale;
}

bool gibbs_normal_form_is_pairwise(const gibbs_normal_form *form) {
  return form->found.monomials.count == 0 && form->found.affines == 0 && !form->rest;
}
