/* meter.c - expressions evaluated at the present configurations of chains, compiled once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "chains.h"
#include "elements.h"
#include "gibbs/private/parallel.h"
#include "gibbs/program.h"

/* Chains a segment: wide enough for vector code, small enough for the cache. */
enum { block = 64 };

struct gibbs_meter {
  gibbs_chains *chains; /* borrowed */
  gibbs_expr **given;   /* the expressions over the sampled units alone */
  size_t count, size;
  gibbs_program *program;
  gibbs_workspace **workspaces; /* one a thread */
  size_t threads;
  double *values, *elements; /* [unit or element][chain] */
  gibbs_expr **parameters;   /* that the expressions depend on, of whatever distribution */
  size_t parameter_count;
  uint64_t *versions; /* of these when last prepared */
  double **out;       /* where each expression begins in the present reading */
};

void gibbs_meter_free(gibbs_meter *meter) {
  if (!meter) return;
  for (size_t t = 0; meter->workspaces && t < meter->threads; t++) gibbs_workspace_free(meter->workspaces[t]);
  for (size_t k = 0; meter->given && k < meter->count; k++) gibbs_expr_release(meter->given[k]);
  gibbs_program_free(meter->program);
  free(meter->workspaces);
  free(meter->given);
  free(meter->values);
  free(meter->elements);
  for (size_t k = 0; k < meter->parameter_count; k++) gibbs_expr_release(meter->parameters[k]);
  free(meter->parameters);
  free(meter->versions);
  free(meter->out);
  free(meter);
}

size_t gibbs_meter_size(const gibbs_meter *meter) {
  return meter->size;
}

/* ---- making ----------------------------------------------------------------------------------------------- */

static bool samples_hidden(const gibbs_chains *chains) {
  return gibbs_chains_variable_count(chains) > gibbs_distribution_visible_count(chains->distribution);
}

/* f averaged over the hidden units given the visible ones where that can be done: the same mean, a smaller error.
 * Where hidden units are held their distribution is another one. */
static gibbs_status condition(gibbs_chains *chains, gibbs_expr *f, gibbs_expr **out, gibbs_error *err) {
  gibbs_distribution *d = chains->distribution;
  gibbs_error local;
  if (samples_hidden(chains) && chains->held_values) return *out = gibbs_expr_retain(f), GIBBS_OK;
  gibbs_status status = gibbs_distribution_condition(d, f, out, &local);
  if (status != GIBBS_OK && status != GIBBS_ERR_MEMORY && samples_hidden(chains))
    return *out = gibbs_expr_retain(f), GIBBS_OK;
  if (status != GIBBS_OK && err) *err = local;
  return status;
}

static gibbs_status compile(gibbs_meter *meter, gibbs_error *err) {
  gibbs_output *kinds = calloc(meter->count + 1, sizeof *kinds);
  if (!kinds) return gibbs_fail_memory(err, "a meter", meter->count * sizeof *kinds);
  for (size_t k = 0; k < meter->count; k++) kinds[k] = GIBBS_OUTPUT_EACH;
  gibbs_status status = gibbs_program_new(meter->given, kinds, meter->count, meter->chains->own.variables,
                                          gibbs_chains_variable_count(meter->chains), &meter->program, err);
  free(kinds);
  return status;
}

static gibbs_status make_rooms(gibbs_meter *meter, gibbs_error *err) {
  const gibbs_chains *chains = meter->chains;
  const gibbs_normal_form *form = chains->own.target.form;
  size_t units = gibbs_normal_form_units(form), elements = gibbs_normal_form_elements(form), n = chains->chains;
  meter->threads = gibbs_program_calls_back(meter->program) ? 1 : gibbs_threads();
  meter->workspaces = calloc(meter->threads + 1, sizeof *meter->workspaces);
  meter->values = malloc(units * n * sizeof *meter->values);
  meter->versions = calloc(meter->parameter_count + 1, sizeof *meter->versions);
  meter->out = calloc(meter->count + 1, sizeof *meter->out);
  if (elements > units) meter->elements = malloc(elements * n * sizeof *meter->elements);
  if (!meter->workspaces || !meter->values || !meter->versions || !meter->out ||
      (elements > units && !meter->elements))
    return gibbs_fail_memory(err, "a meter", (units + elements) * n * sizeof(double));
  gibbs_status status = GIBBS_OK;
  for (size_t t = 0; status == GIBBS_OK && t < meter->threads; t++)
    status = gibbs_workspace_new(meter->program, &meter->workspaces[t], err);
  return status;
}

static gibbs_status list_parameters(gibbs_meter *meter, gibbs_error *err) {
  gibbs_status status = gibbs_expr_leaves(meter->given, meter->count, GIBBS_LEAF_PARAMETER, &meter->parameters,
                                          &meter->parameter_count, err);
  for (size_t k = 0; status == GIBBS_OK && k < meter->parameter_count; k++) gibbs_expr_retain(meter->parameters[k]);
  return status;
}

static gibbs_status fill_meter(gibbs_meter *meter, gibbs_expr *const exprs[], size_t count, gibbs_error *err) {
  meter->given = calloc(count + 1, sizeof *meter->given);
  if (!meter->given) return gibbs_fail_memory(err, "a meter", count * sizeof *meter->given);
  gibbs_status status = GIBBS_OK;
  for (; status == GIBBS_OK && meter->count < count; meter->count += status == GIBBS_OK) {
    status = condition(meter->chains, exprs[meter->count], &meter->given[meter->count], err);
    meter->size += gibbs_expr_size(exprs[meter->count]);
  }
  if (status == GIBBS_OK) status = list_parameters(meter, err);
  if (status == GIBBS_OK) status = compile(meter, err);
  if (status == GIBBS_OK) status = gibbs_program_prepare(meter->program, err);
  if (status == GIBBS_OK) status = make_rooms(meter, err);
  return status;
}

gibbs_status gibbs_meter_new(gibbs_chains *chains, gibbs_expr *const exprs[], size_t count, gibbs_meter **out,
                             gibbs_error *err) {
  gibbs_meter *meter = calloc(1, sizeof *meter);
  if (!meter) return gibbs_fail_memory(err, "a meter", sizeof *meter);
  meter->chains = chains;
  gibbs_status status = fill_meter(meter, exprs, count, err);
  if (status == GIBBS_OK)
    *out = meter;
  else
    gibbs_meter_free(meter);
  return status;
}

/* ---- reading ---------------------------------------------------------------------------------------------- */

static gibbs_status prepare_if_changed(gibbs_meter *meter, gibbs_error *err) {
  bool changed = false;
  for (size_t k = 0; k < meter->parameter_count; k++) {
    uint64_t version = gibbs_parameter_version(gibbs_expr_as_parameter(meter->parameters[k]));
    changed |= version != meter->versions[k];
    meter->versions[k] = version;
  }
  return changed ? gibbs_program_prepare(meter->program, err) : GIBBS_OK;
}

typedef struct reading {
  const gibbs_meter *meter;
  const double **in;
} reading;

static gibbs_status read_block(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const reading *r = context;
  const gibbs_meter *meter = r->meter;
  size_t n = meter->chains->chains, first = segment * block, count = n - first < block ? n - first : block;
  size_t inputs = gibbs_chains_variable_count(meter->chains);
  const double **in = malloc((inputs + 1) * sizeof *in);
  double **out = malloc((meter->count + 1) * sizeof *out);
  gibbs_status status =
      in && out ? GIBBS_OK : gibbs_fail_memory(err, "a reading", (inputs + meter->count) * sizeof *in);
  for (size_t k = 0; status == GIBBS_OK && k < inputs; k++) in[k] = r->in[k] + first;
  for (size_t k = 0; status == GIBBS_OK && k < meter->count; k++) out[k] = meter->out[k] + first;
  if (status == GIBBS_OK)
    status = gibbs_program_run(meter->program, meter->workspaces[thread], count, n, in, out, err);
  free(in);
  free(out);
  return status;
}

static gibbs_status read_blocks(gibbs_meter *meter, const double **in, gibbs_error *err) {
  reading r = {.meter = meter, .in = in};
  size_t segments = (meter->chains->chains + block - 1) / block;
  gibbs_status status = GIBBS_OK;
  if (meter->threads > 1 && segments > 1 && gibbs_threads() <= meter->threads)
    return gibbs_parallel_segments(segments, read_block, &r, err);
  for (size_t s = 0; status == GIBBS_OK && s < segments; s++) status = read_block(&r, s, 0, err);
  return status;
}

gibbs_status gibbs_meter_read(gibbs_meter *meter, double *out, gibbs_error *err) {
  const gibbs_chains *chains = meter->chains;
  const gibbs_segment *segments = gibbs_normal_form_segments(chains->own.target.form);
  size_t inputs = gibbs_chains_variable_count(chains);
  gibbs_status status = prepare_if_changed(meter, err);
  if (status != GIBBS_OK) return status;
  const double **in = malloc((inputs + 1) * sizeof *in);
  if (!in) return gibbs_fail_memory(err, "a reading", inputs * sizeof *in);
  chains->kernel->get(chains->instance, meter->values, chains->chains);
  const double *elements = gibbs_elements_of(chains->own.target.form, chains->chains, meter->values, meter->elements);
  for (size_t k = 0; k < inputs; k++) in[k] = elements + segments[k].first_element * chains->chains;
  for (size_t k = 0, at = 0; k < meter->count; k++) {
    meter->out[k] = out + at * chains->chains;
    at += gibbs_expr_size(meter->given[k]);
  }
  status = read_blocks(meter, in, err);
  free(in);
  return status;
}
