/* transfer.c - free energies and energies of distributions, by summing out one unit after the other. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/transfer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/page.h"
#include "transfer_model.h"
#include "transfer_power.h"

/* ---- a model -------------------------------------------------------------------------------------------------- */

void gibbs_transfer_close(gibbs_transfer_model *model) {
  gibbs_elimination_clear(&model->plan);
  gibbs_interactions_clear(&model->list);
  gibbs_normal_form_free(model->form);
  free(model->variables);
  memset(model, 0, sizeof *model);
}

static gibbs_status list_variables(gibbs_distribution *d, gibbs_transfer_model *model, gibbs_error *err) {
  size_t visible = gibbs_distribution_visible_count(d), hidden = gibbs_distribution_hidden_count(d);
  model->variable_count = visible + hidden;
  model->variables = calloc(visible + hidden + 1, sizeof *model->variables);
  if (!model->variables) return gibbs_fail_memory(err, "a list of variables", (visible + hidden) * sizeof(void *));
  memcpy(model->variables, gibbs_distribution_visible(d), visible * sizeof *model->variables);
  if (hidden) memcpy(model->variables + visible, gibbs_distribution_hidden(d), hidden * sizeof *model->variables);
  return GIBBS_OK;
}

gibbs_status gibbs_transfer_open(gibbs_distribution *d, double slope, gibbs_transfer_model *out, gibbs_error *err) {
  gibbs_transfer_model model = {0};
  gibbs_status status = list_variables(d, &model, err);
  if (status == GIBBS_OK)
    status =
        gibbs_normal_form_new(gibbs_distribution_energy(d), model.variables, model.variable_count, &model.form, err);
  if (status == GIBBS_OK) status = gibbs_interactions_begin(model.form, &model.list, err);
  if (status == GIBBS_OK) status = gibbs_interactions_add(&model.list, model.form, -1, -slope, "the energy", err);
  if (status == GIBBS_OK)
    *out = model;
  else
    gibbs_transfer_close(&model);
  return status;
}

gibbs_status gibbs_transfer_add(gibbs_transfer_model *model, gibbs_expr *f, gibbs_error *err) {
  gibbs_normal_form *form = NULL;
  gibbs_status status = gibbs_normal_form_new(f, model->variables, model->variable_count, &form, err);
  if (status == GIBBS_OK) status = gibbs_interactions_add(&model->list, form, 0, 1, "the function", err);
  gibbs_normal_form_free(form);
  return status;
}

gibbs_status gibbs_transfer_plan(gibbs_transfer_model *model, gibbs_error *err) {
  return gibbs_elimination_plan(&model->list, GIBBS_TRANSFER_BITS, true, &model->plan, err);
}

/* ---- sums ----------------------------------------------------------------------------------------------------- */

/* Products of matrices run about this many times as fast as tables are added up. */
static const double log2_advantage = 5;

/* Equal rows, where powers of the matrix from one to the next cost less than the plan. */
static gibbs_status find_rows(gibbs_transfer_model *model, gibbs_rows *rows, bool *found, gibbs_error *err) {
  gibbs_status status = gibbs_rows_find(model->form, rows, found, err);
  *found = status == GIBBS_OK && *found && rows->log2_work - log2_advantage < log2(model->plan.entries);
  return status;
}

static gibbs_status sum_rows(gibbs_transfer_model *model, size_t orders, double *out, bool *done, gibbs_error *err) {
  gibbs_rows rows = {0};
  bool found = false;
  gibbs_status status = find_rows(model, &rows, &found, err);
  if (status == GIBBS_OK && found) status = gibbs_rows_power(&rows, orders, out, done, err);
  if (status == GIBBS_OK && *done) {
    out[0] += model->list.constant;
    if (orders > 1) out[1] += model->list.constant_slope;
  }
  gibbs_rows_clear(&rows);
  return status;
}

gibbs_status gibbs_transfer_sum(gibbs_transfer_model *model, size_t orders, double *out, gibbs_error *err) {
  bool done = false;
  gibbs_status status = sum_rows(model, orders, out, &done, err);
  return status == GIBBS_OK && !done ? gibbs_eliminate(&model->list, &model->plan, orders, out, err) : status;
}

/* log Z and its derivatives along -E. */
static gibbs_status sum(gibbs_distribution *d, size_t orders, double *out, gibbs_error *err) {
  gibbs_transfer_model model = {0};
  gibbs_status status = gibbs_transfer_open(d, orders > 1 ? 1 : 0, &model, err);
  if (status == GIBBS_OK) status = gibbs_transfer_plan(&model, err);
  if (status == GIBBS_OK) status = gibbs_transfer_sum(&model, orders, out, err);
  gibbs_transfer_close(&model);
  return status;
}

gibbs_status gibbs_transfer_free_energy(gibbs_distribution *d, double *out, gibbs_error *err) {
  double log_z = 0;
  gibbs_status status = sum(d, 1, &log_z, err);
  if (status == GIBBS_OK) *out = -log_z;
  return status;
}

gibbs_status gibbs_transfer_energies(gibbs_distribution *d, gibbs_transfer_energy *out, gibbs_error *err) {
  double z[GIBBS_BUCKET_ORDERS] = {0};
  gibbs_status status = sum(d, GIBBS_BUCKET_ORDERS, z, err);
  if (status == GIBBS_OK) *out = (gibbs_transfer_energy){.free_energy = -z[0], .energy = -z[1], .variance = z[2]};
  return status;
}

gibbs_status gibbs_transfer_entropy(gibbs_distribution *d, double *out, gibbs_error *err) {
  double z[GIBBS_BUCKET_ORDERS] = {0};
  if (gibbs_distribution_hidden_count(d) > 0)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "elimination has no entropy of P(v) where there are hidden units: H(v) is no sum of products "
                      "then");
  gibbs_status status = sum(d, 2, z, err);
  if (status == GIBBS_OK) *out = z[0] - z[1];
  return status;
}

/* ---- what it would take --------------------------------------------------------------------------------------- */

static gibbs_status measure(gibbs_distribution *d, bool tell, gibbs_transfer_width *out, gibbs_error *err) {
  gibbs_transfer_model model = {0};
  gibbs_rows rows = {0};
  bool found = false;
  gibbs_status status = gibbs_transfer_open(d, 0, &model, err);
  if (status == GIBBS_OK) status = gibbs_elimination_plan(&model.list, GIBBS_TRANSFER_BITS, tell, &model.plan, err);
  if (status == GIBBS_OK) status = find_rows(&model, &rows, &found, err);
  if (status == GIBBS_OK)
    *out = (gibbs_transfer_width){.clique = model.plan.clique,
                                  .bits = model.plan.bits,
                                  .log2_work = log2(model.plan.entries),
                                  .order = model.plan.name,
                                  .row = found ? rows.units : 0};
  gibbs_rows_clear(&rows);
  gibbs_transfer_close(&model);
  return status;
}

gibbs_status gibbs_transfer_measure(gibbs_distribution *d, gibbs_transfer_width *out, gibbs_error *err) {
  return measure(d, true, out, err);
}

gibbs_status gibbs_transfer_fits(gibbs_distribution *d, gibbs_transfer_width *out, gibbs_error *err) {
  return measure(d, false, out, err);
}

gibbs_status gibbs_transfer_describe(gibbs_distribution *d, char **out, gibbs_error *err) {
  gibbs_page page = {0};
  gibbs_transfer_width width;
  gibbs_error why;
  gibbs_status status = gibbs_transfer_measure(d, &width, &why);
  if (status == GIBBS_OK)
    gibbs_page_put(&page,
                   "transfer    units summed out one by one, %s: tables of %zu units, 2^%.4g states, 2^%.4g in all: "
                   "possible (at most 2^%d), gibbs.transfer()\n",
                   width.order, width.clique, width.bits, width.log2_work, GIBBS_TRANSFER_BITS);
  if (status == GIBBS_OK && width.row > 0)
    gibbs_page_put(&page, "            F and <E> by powers of the matrix between rows of %zu units\n", width.row);
  if (status == GIBBS_OK) return gibbs_page_end(&page, out, err);
  if (why.code == GIBBS_ERR_SIZE || why.code == GIBBS_ERR_UNSUPPORTED)
    gibbs_page_put(&page, "transfer    not possible: %s\n", why.message);
  else
    return gibbs_fail(err, why.code, "%s", why.message);
  return gibbs_page_end(&page, out, err);
}
