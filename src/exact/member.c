/* member.c - one distribution of an ensemble: its coefficients or its program, refreshed when parameters change. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "member.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LOG_2 = 0.693147180559945309417232121458176568;

void gibbs_member_clear(gibbs_member *member) {
  gibbs_products_free(member->kernel);
  gibbs_program_free(member->values);
  gibbs_program_free(member->backward);
  gibbs_probe_clear(&member->probe);
  free(member->polynomial_at);
  free(member->arguments_at);
  free(member->coefficients.field);
  free(member->coefficients.coupling);
  free(member->coefficients.bias);
  free(member->coefficients.weight);
  for (size_t k = 0; k < member->wanted_count; k++) gibbs_expr_release(member->wanted[k]);
  free(member->wanted);
  free(member->versions);
  gibbs_distribution_release(member->distribution);
  memset(member, 0, sizeof *member);
}

static gibbs_status allocate_coefficients(gibbs_member *member, gibbs_error *err) {
  size_t n = member->probe.units, m = member->form->softplus_count, points = member->probe.points;
  gibbs_coefficients *c = &member->coefficients;
  member->polynomial_at = calloc(points, sizeof(double));
  member->arguments_at = calloc(m * points + 1, sizeof(double));
  c->field = calloc(n + 1, sizeof(double));
  c->coupling = member->form->degree == 2 ? calloc(n * n + 1, sizeof(double)) : NULL;
  c->bias = calloc(m + 1, sizeof(double));
  c->weight = calloc(m * n + 1, sizeof(double));
  bool made = member->polynomial_at && member->arguments_at && c->field && c->bias && c->weight &&
              (c->coupling || member->form->degree < 2);
  return made ? GIBBS_OK : gibbs_fail_memory(err, "the coefficients of an energy", m * (points + n) * sizeof(double));
}

/* The polynomial first, then the arguments. */
static gibbs_status compile_form(gibbs_member *member, gibbs_error *err) {
  const gibbs_form *form = member->form;
  gibbs_distribution *d = member->distribution;
  size_t count = 1 + form->term_count;
  gibbs_expr **exprs = calloc(count, sizeof *exprs);
  gibbs_output *kinds = calloc(count, sizeof *kinds);
  gibbs_status status = exprs && kinds ? GIBBS_OK : gibbs_fail_memory(err, "a program", count * sizeof *exprs);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    exprs[k] = k == 0 ? form->polynomial : form->terms[k - 1].argument;
    kinds[k] = GIBBS_OUTPUT_EACH;
  }
  if (status == GIBBS_OK)
    status = gibbs_program_new(exprs, kinds, count, gibbs_distribution_visible(d),
                               gibbs_distribution_visible_count(d), &member->values, err);
  free(exprs);
  free(kinds);
  return status;
}

static gibbs_status compile_general(gibbs_member *member, gibbs_error *err) {
  gibbs_expr *hamiltonian = gibbs_distribution_hamiltonian(member->distribution);
  gibbs_output kind = GIBBS_OUTPUT_EACH;
  return gibbs_program_new(&hamiltonian, &kind, 1, gibbs_distribution_visible(member->distribution),
                           gibbs_distribution_visible_count(member->distribution), &member->values, err);
}

gibbs_status gibbs_member_new(gibbs_distribution *d, const gibbs_space *space, gibbs_member *out, gibbs_error *err) {
  gibbs_member member = {.distribution = gibbs_distribution_retain(d)};
  const gibbs_form *form = gibbs_distribution_form(d);
  size_t parameters = gibbs_distribution_parameter_count(d);
  gibbs_status status = GIBBS_OK;
  if (form->found && space->unit_count <= GIBBS_EXACT_FORM_BITS) member.form = form;
  member.versions = calloc(parameters + 1, sizeof *member.versions);
  if (!member.versions) status = gibbs_fail_memory(err, "a distribution's versions", parameters * sizeof(uint64_t));
  if (status == GIBBS_OK && member.form) {
    status = gibbs_probe_new(space, form->degree, &member.probe, err);
    if (status == GIBBS_OK) status = allocate_coefficients(&member, err);
    if (status == GIBBS_OK) status = compile_form(&member, err);
  } else if (status == GIBBS_OK) {
    status = compile_general(&member, err);
  }
  if (status == GIBBS_OK) {
    member.calls_back = gibbs_program_calls_back(member.values);
    *out = member;
  } else {
    gibbs_member_clear(&member);
  }
  return status;
}

/* What the program of a form writes, and where: the polynomial and every argument at the probes. */
static gibbs_status run_probes(gibbs_member *member, gibbs_error *err) {
  const gibbs_form *form = member->form;
  size_t points = member->probe.points, count = 1 + form->term_count, row = 0;
  double **out = calloc(count, sizeof *out);
  gibbs_workspace *workspace = NULL;
  gibbs_status status = out ? gibbs_workspace_new(member->values, &workspace, err)
                            : gibbs_fail_memory(err, "a list of outputs", count * sizeof *out);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    out[k] = k == 0 ? member->polynomial_at : member->arguments_at + row * points;
    if (k > 0) row += gibbs_expr_size(form->terms[k - 1].argument);
  }
  if (status == GIBBS_OK)
    status = gibbs_program_run(member->values, workspace, points, points, (const double *const *)member->probe.values,
                               out, err);
  gibbs_workspace_free(workspace);
  free(out);
  return status;
}

/* log-weight = -polynomial: its coefficients in bits, from its values at no, one and two raised bits. */
static void read_polynomial(gibbs_member *member) {
  const gibbs_probe *probe = &member->probe;
  const double *at = member->polynomial_at;
  gibbs_coefficients *c = &member->coefficients;
  size_t n = probe->units;
  c->constant = -at[0];
  for (size_t i = 0; i < n; i++) c->field[i] = at[0] - at[1 + i];
  for (size_t i = 0; c->coupling && i < n; i++)
    for (size_t j = i + 1; j < n; j++)
      c->coupling[i * n + j] = c->coupling[j * n + i] =
          (at[1 + i] - at[0]) + (at[1 + j] - at[gibbs_probe_pair(probe, i, j)]);
}

/* log cosh t = softplus(2t) - t - log 2 turns both kinds of term into softplus. */
static void read_argument(gibbs_member *member, size_t j, gibbs_op op) {
  gibbs_coefficients *c = &member->coefficients;
  size_t n = member->probe.units;
  const double *at = member->arguments_at + j * member->probe.points;
  double scale = op == GIBBS_OP_LOGCOSH ? 2 : 1;
  c->bias[j] = scale * at[0];
  for (size_t i = 0; i < n; i++) c->weight[j * n + i] = scale * (at[1 + i] - at[0]);
  if (op != GIBBS_OP_LOGCOSH) return;
  c->constant -= at[0] + LOG_2;
  for (size_t i = 0; i < n; i++) c->field[i] -= at[1 + i] - at[0];
}

static gibbs_status rebuild_kernel(gibbs_member *member, unsigned chunk_bits, gibbs_error *err) {
  gibbs_status status = run_probes(member, err);
  if (status != GIBBS_OK) return status;
  const gibbs_form *form = member->form;
  read_polynomial(member);
  size_t j = 0;
  for (size_t k = 0; k < form->term_count; k++)
    for (size_t e = 0; e < gibbs_expr_size(form->terms[k].argument); e++)
      read_argument(member, j++, form->terms[k].op);
  const gibbs_coefficients *c = &member->coefficients;
  gibbs_bit_form bits = {.n = member->probe.units,
                         .constant = c->constant,
                         .field = c->field,
                         .coupling = c->coupling,
                         .m = form->softplus_count,
                         .bias = c->bias,
                         .weight = c->weight};
  gibbs_products *kernel = NULL;
  status = gibbs_products_new(&bits, chunk_bits, &kernel, err);
  if (status != GIBBS_OK) return status;
  gibbs_products_free(member->kernel);
  member->kernel = kernel;
  return GIBBS_OK;
}

static bool take_versions(gibbs_member *member) {
  gibbs_expr *const *parameters = gibbs_distribution_parameters(member->distribution);
  bool changed = !member->fresh;
  for (size_t k = 0; k < gibbs_distribution_parameter_count(member->distribution); k++) {
    uint64_t version = gibbs_parameter_version(gibbs_expr_as_parameter(parameters[k]));
    changed |= version != member->versions[k];
    member->versions[k] = version;
  }
  return changed;
}

gibbs_status gibbs_member_refresh(gibbs_member *member, unsigned chunk_bits, bool *changed, gibbs_error *err) {
  *changed = take_versions(member);
  if (!*changed) return GIBBS_OK;
  member->fresh = false;
  gibbs_status status = gibbs_program_prepare(member->values, err);
  if (status == GIBBS_OK && member->form) status = rebuild_kernel(member, chunk_bits, err);
  member->fresh = status == GIBBS_OK;
  return status;
}
