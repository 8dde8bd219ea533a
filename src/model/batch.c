/* batch.c - configurations given by a user, checked and laid out for programs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/builder.h"
#include "gibbs/program.h"

struct gibbs_batch {
  size_t count, variable_count;
  gibbs_expr **variables; /* retained */
  double **values;        /* [variable][element * count + configuration] */
};

void gibbs_batch_free(gibbs_batch *batch) {
  if (!batch) return;
  for (size_t k = 0; k < batch->variable_count; k++) {
    if (batch->variables) gibbs_expr_release(batch->variables[k]);
    if (batch->values) free(batch->values[k]);
  }
  free(batch->variables);
  free(batch->values);
  free(batch);
}

static gibbs_status fill_batch(gibbs_batch *batch, gibbs_expr *const variables[], gibbs_error *err) {
  size_t n = batch->variable_count;
  batch->variables = calloc(n + 1, sizeof *batch->variables);
  batch->values = calloc(n + 1, sizeof *batch->values);
  if (!batch->variables || !batch->values) return gibbs_fail_memory(err, "a batch", (n + 1) * sizeof *batch->values);
  for (size_t k = 0; k < n; k++) {
    size_t size = gibbs_expr_size(variables[k]);
    batch->variables[k] = gibbs_expr_retain(variables[k]);
    batch->values[k] =
        batch->count <= SIZE_MAX / sizeof(double) / size ? calloc(size * batch->count, sizeof(double)) : NULL;
    if (!batch->values[k])
      return gibbs_fail_memory(err, "a batch of configurations", size * batch->count * sizeof(double));
  }
  return GIBBS_OK;
}

gibbs_status gibbs_batch_new(gibbs_expr *const variables[], size_t variable_count, size_t count, gibbs_batch **out,
                             gibbs_error *err) {
  if (count == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "there are no configurations; at least one is needed");
  gibbs_batch *batch = calloc(1, sizeof *batch);
  if (!batch) return gibbs_fail_memory(err, "a batch", sizeof *batch);
  batch->count = count;
  batch->variable_count = variable_count;
  gibbs_status status = fill_batch(batch, variables, err);
  if (status == GIBBS_OK)
    *out = batch;
  else
    gibbs_batch_free(batch);
  return status;
}

size_t gibbs_batch_count(const gibbs_batch *batch) {
  return batch->count;
}

static bool is_value(const gibbs_variable *variable, double x) {
  switch (gibbs_variable_domain(variable)) {
  case GIBBS_SPINS:
    return x == -1 || x == 1;
  case GIBBS_BITS:
    return x == 0 || x == 1;
  case GIBBS_POTTS:
    return x >= 1 && x <= (double)gibbs_variable_states(variable) && x == floor(x);
  default:
    return isfinite(x);
  }
}

gibbs_status gibbs_unit_value_check(const gibbs_variable *variable, double x, const char *row, size_t number,
                                    size_t unit, gibbs_error *err) {
  char legal[64] = "it must be finite";
  gibbs_domain domain = gibbs_variable_domain(variable);
  if (is_value(variable, x)) return GIBBS_OK;
  if (domain == GIBBS_SPINS) snprintf(legal, sizeof legal, "spins are -1 or +1");
  if (domain == GIBBS_BITS) snprintf(legal, sizeof legal, "bits are 0 or 1");
  if (domain == GIBBS_POTTS) snprintf(legal, sizeof legal, "states are 1 to %zu", gibbs_variable_states(variable));
  return gibbs_fail(err, domain == GIBBS_REALS ? GIBBS_ERR_NUMERIC : GIBBS_ERR_ARGUMENT,
                    "%s %zu, unit %zu holds %.17g; %s", row, number + 1, unit + 1, x, legal);
}

gibbs_status gibbs_batch_set(gibbs_batch *batch, size_t k, const double *rows, size_t stride, gibbs_error *err) {
  const gibbs_variable *variable = gibbs_expr_as_variable(batch->variables[k]);
  size_t units = gibbs_variable_units(variable), states = gibbs_variable_states(variable), count = batch->count;
  bool potts = gibbs_variable_domain(variable) == GIBBS_POTTS;
  double *values = batch->values[k];
  if (potts) memset(values, 0, units * states * count * sizeof *values);
  for (size_t c = 0; c < count; c++)
    for (size_t u = 0; u < units; u++) {
      double x = rows[c * stride + u];
      gibbs_status status = gibbs_unit_value_check(variable, x, "configuration", c, u, err);
      if (status != GIBBS_OK) return status;
      if (potts)
        values[(u * states + (size_t)x - 1) * count + c] = 1;
      else
        values[u * count + c] = x;
    }
  return GIBBS_OK;
}

/* Compile, prepare and run once over the batch; `extra` (may be NULL) is one more input, one value a configuration.
 */
static gibbs_status run_once(const gibbs_batch *batch, gibbs_expr *const exprs[], gibbs_output kind, size_t count,
                             gibbs_expr *extra, const double *extra_values, double *const out[], gibbs_error *err) {
  size_t inputs = batch->variable_count + (extra ? 1 : 0);
  gibbs_expr **nodes = calloc(inputs + 1, sizeof *nodes);
  const double **values = calloc(inputs + 1, sizeof *values);
  gibbs_output *kinds = calloc(count + 1, sizeof *kinds);
  gibbs_program *program = NULL;
  gibbs_workspace *workspace = NULL;
  gibbs_status status =
      nodes && values && kinds ? GIBBS_OK : gibbs_fail_memory(err, "a batch", inputs * sizeof *nodes);
  for (size_t k = 0; status == GIBBS_OK && k < inputs; k++) {
    nodes[k] = k < batch->variable_count ? batch->variables[k] : extra;
    values[k] = k < batch->variable_count ? batch->values[k] : extra_values;
  }
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) kinds[k] = kind;
  if (status == GIBBS_OK) status = gibbs_program_new(exprs, kinds, count, nodes, inputs, &program, err);
  if (status == GIBBS_OK) status = gibbs_program_prepare(program, err);
  if (status == GIBBS_OK) status = gibbs_workspace_new(program, &workspace, err);
  if (status == GIBBS_OK)
    status = gibbs_program_run(program, workspace, batch->count, batch->count, values, out, err);
  gibbs_workspace_free(workspace);
  gibbs_program_free(program);
  free(nodes);
  free(values);
  free(kinds);
  return status;
}

gibbs_status gibbs_batch_evaluate(const gibbs_batch *batch, gibbs_expr *expr, double *out, gibbs_error *err) {
  size_t size = gibbs_expr_size(expr);
  double *columns = malloc(size * batch->count * sizeof *columns);
  if (!columns) return gibbs_fail_memory(err, "values over a batch", size * batch->count * sizeof *columns);
  gibbs_status status = run_once(batch, &expr, GIBBS_OUTPUT_EACH, 1, NULL, NULL, &columns, err);
  for (size_t e = 0; status == GIBBS_OK && e < size; e++)
    for (size_t c = 0; c < batch->count; c++) out[c * size + e] = columns[e * batch->count + c];
  free(columns);
  return status;
}

gibbs_status gibbs_batch_backward(const gibbs_batch *batch, gibbs_expr *expr, const double *weight,
                                  gibbs_expr *const parameters[], size_t parameter_count, double *const totals[],
                                  gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(expr), err), *b = &room;
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_expr *seed = gibbs_build_input(b, "weight", &scalar);
  gibbs_expr **slopes = calloc(parameter_count + 1, sizeof *slopes);
  if (!slopes) gibbs_build_fail(b, gibbs_fail_memory(err, "a gradient", parameter_count * sizeof *slopes));
  if (b->status == GIBBS_OK && parameter_count)
    b->status = gibbs_expr_pullback(expr, seed, parameters, parameter_count, slopes, err);
  if (b->status == GIBBS_OK && parameter_count)
    b->status = run_once(batch, slopes, GIBBS_OUTPUT_TOTAL, parameter_count, seed, weight, totals, err);
  for (size_t k = 0; slopes && k < parameter_count; k++) gibbs_expr_release(slopes[k]);
  free(slopes);
  return gibbs_build_end(b);
}
