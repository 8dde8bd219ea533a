/* single_site_rest.c - energies without a structure: a compiled program over the chains of a segment. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>

#include "single_site.h"

gibbs_status gibbs_site_rest_make(const gibbs_site_model *m, size_t lanes, gibbs_site_rest *rest, gibbs_error *err) {
  *rest = (gibbs_site_rest){.lanes = lanes};
  rest->input = calloc(m->elements * lanes + 1, sizeof *rest->input);
  rest->value = calloc(lanes + 1, sizeof *rest->value);
  rest->other = calloc(m->most_states * lanes + 1, sizeof *rest->other);
  rest->in = calloc(gibbs_normal_form_segment_count(m->form) + 1, sizeof *rest->in);
  if (!rest->input || !rest->value || !rest->other || !rest->in)
    return gibbs_fail_memory(err, "configurations of a program", m->elements * lanes * sizeof *rest->input);
  return gibbs_workspace_new(m->rest, &rest->workspace, err);
}

void gibbs_site_rest_clear(gibbs_site_rest *rest) {
  gibbs_workspace_free(rest->workspace);
  free(rest->input);
  free(rest->value);
  free(rest->other);
  free(rest->in);
  *rest = (gibbs_site_rest){0};
}

/* Lanes from..from+count-1. */
static gibbs_status run(const gibbs_site_model *m, gibbs_site_rest *rest, size_t from, size_t count, double *out,
                        gibbs_error *err) {
  const gibbs_segment *segment = gibbs_normal_form_segments(m->form);
  for (size_t s = 0; s < gibbs_normal_form_segment_count(m->form); s++)
    rest->in[s] = rest->input + segment[s].first_element * rest->lanes + from;
  out += from;
  return gibbs_program_run(m->rest, rest->workspace, count, rest->lanes, rest->in, &out, err);
}

/* A program does not say which configuration it failed at: try them one by one. */
static gibbs_status name_failure(const gibbs_site_model *m, gibbs_site_rest *rest, const size_t *unit,
                                 size_t first_chain, gibbs_error *err) {
  char who[80];
  for (size_t l = 0; err && l < rest->lanes; l++) {
    if (run(m, rest, l, 1, rest->other, err) == GIBBS_OK) continue;
    if (unit)
      snprintf(who, sizeof who, "unit %zu of chain %zu", *unit + 1, first_chain + l + 1);
    else
      snprintf(who, sizeof who, "the energy of chain %zu", first_chain + l + 1);
    return gibbs_error_prefix(err, who);
  }
  return GIBBS_ERR_NUMERIC;
}

gibbs_status gibbs_site_rest_read(const gibbs_site_model *m, gibbs_site_rest *rest, const gibbs_site_group *groups,
                                  size_t count, size_t first_chain, gibbs_error *err) {
  size_t lane = 0;
  for (size_t k = 0; k < count; lane += groups[k++].live)
    for (size_t e = 0; e < m->elements; e++)
      for (size_t l = 0; l < groups[k].live; l++)
        rest->input[e * rest->lanes + lane + l] = (double)groups[k].values[e * groups[k].width + l];
  gibbs_status status = run(m, rest, 0, rest->lanes, rest->value, err);
  return status == GIBBS_ERR_NUMERIC ? name_failure(m, rest, NULL, first_chain, err) : status;
}

void gibbs_site_rest_put(const gibbs_site_model *m, gibbs_site_rest *rest, size_t unit, const uint32_t *state) {
  const gibbs_site_unit *at = &m->unit[unit];
  double *x = rest->input + at->element * rest->lanes;
  if (!at->indicators) {
    double low = (double)m->row[at->element].sum - 1; /* -1 of spins, 0 of bits */
    for (size_t l = 0; l < rest->lanes; l++) x[l] = state[l] ? 1 : low;
    return;
  }
  for (size_t k = 0; k < at->states; k++)
    for (size_t l = 0; l < rest->lanes; l++) x[k * rest->lanes + l] = state[l] == k;
}

gibbs_status gibbs_site_rest_try(const gibbs_site_model *m, gibbs_site_rest *rest, size_t unit, const uint32_t *state,
                                 size_t slot, size_t first_chain, gibbs_error *err) {
  gibbs_site_rest_put(m, rest, unit, state);
  gibbs_status status = run(m, rest, 0, rest->lanes, rest->other + slot * rest->lanes, err);
  return status == GIBBS_ERR_NUMERIC ? name_failure(m, rest, &unit, first_chain, err) : status;
}
