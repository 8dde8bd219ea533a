/* chains_save.c - chains as numbers that they can be restored from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "chains.h"
#include "gibbs/batch.h"

enum { saved_head = 5 }; /* chains, units, sweeps, memory, fingerprint of the parameters */

/* 52 bits of the values of all parameters: what a kernel remembers of energies belongs to them. */
static double fingerprint(const gibbs_distribution *d) {
  uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    const unsigned char *bytes = (const unsigned char *)gibbs_parameter_values(parameter);
    for (size_t i = 0; i < gibbs_parameter_size(parameter) * sizeof(double); i++)
      hash = (hash ^ bytes[i]) * 0x100000001b3u;
  }
  return (double)(hash >> 12);
}

gibbs_status gibbs_chains_save(const gibbs_chains *chains, double **state, size_t *count, gibbs_error *err) {
  size_t units = chains->own.target.units, values = units * chains->chains;
  size_t memory = chains->kernel->memory ? chains->kernel->memory(chains->instance, NULL) : 0;
  double *out = malloc((saved_head + values + memory) * sizeof *out);
  if (!out) return gibbs_fail_memory(err, "a saved state", (saved_head + values + memory) * sizeof *out);
  out[0] = (double)chains->chains;
  out[1] = (double)units;
  out[2] = (double)chains->sweeps;
  out[3] = (double)memory;
  out[4] = fingerprint(chains->distribution);
  chains->kernel->get(chains->instance, out + saved_head, chains->chains);
  if (memory) chains->kernel->memory(chains->instance, out + saved_head + values);
  *state = out;
  *count = saved_head + values + memory;
  return GIBBS_OK;
}

static gibbs_status check_saved(const gibbs_chains *chains, const double *state, size_t count, gibbs_error *err) {
  size_t values = chains->own.target.units * chains->chains;
  if (count < saved_head || state[0] != (double)chains->chains || state[1] != (double)chains->own.target.units)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state is not one of %zu chains of %zu units",
                      chains->chains, chains->own.target.units);
  if (!(state[2] >= 0 && state[2] <= 4294967296.0 && state[2] == floor(state[2])))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state has done %g sweeps; it is damaged", state[2]);
  if (state[3] != (double)(count - saved_head - (values <= count - saved_head ? values : 0)) ||
      (state[3] > 0 && !chains->kernel->recall))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state is not one of kernel %s", chains->kernel->name);
  return GIBBS_OK;
}

static gibbs_status check_values(const gibbs_chains *chains, const double *values, gibbs_error *err) {
  const gibbs_normal_form *form = chains->own.target.form;
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++)
    for (size_t u = 0; u < segments[k].units; u++)
      for (size_t c = 0; c < chains->chains; c++) {
        double x = values[(segments[k].first_unit + u) * chains->chains + c];
        gibbs_status status = gibbs_unit_value_check(segments[k].variable, x, "chain", c, u, err);
        if (status != GIBBS_OK) return status;
      }
  return GIBBS_OK;
}

gibbs_status gibbs_chains_restore(gibbs_chains *chains, const double *state, size_t count, gibbs_error *err) {
  gibbs_status status = check_saved(chains, state, count, err);
  if (status == GIBBS_OK) status = check_values(chains, state + saved_head, err);
  if (status == GIBBS_OK) status = chains->kernel->set(chains->instance, state + saved_head, chains->chains, err);
  size_t memory = status == GIBBS_OK ? (size_t)state[3] : 0;
  if (memory)
    status = chains->kernel->recall(chains->instance, state + saved_head + chains->own.target.units * chains->chains,
                                    memory, err);
  if (memory && status == GIBBS_OK && state[4] != fingerprint(chains->distribution))
    status = chains->kernel->refresh(chains->instance, err);
  if (status != GIBBS_OK) return status;
  chains->sweeps = (uint64_t)state[2];
  chains->torn = false;
  return GIBBS_OK;
}
