/* gl_chains_set.c - chains with what made them, so that they can be saved and made again. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gl_chains.h"
#include "gl_units.h"

gl_chain_set *gl_chain_set_retain(gl_chain_set *set) {
  set->references++;
  return set;
}

static void free_ladder(gibbs_ladder *ladder) {
  if (ladder == NULL) return;
  for (size_t p = 0; ladder->values && p < ladder->parameter_count; p++) free((void *)ladder->values[p]);
  free((void *)ladder->values);
  free((void *)ladder->parameters);
  free((void *)ladder->scale);
  free(ladder);
}

void gl_chain_set_release(gl_chain_set *set) {
  if (set == NULL || --set->references > 0) return;
  gibbs_chains_free(set->chains);
  for (size_t k = 0; set->held && k < set->variables; k++) free(set->held[k]);
  free(set->held);
  free(set->held_rows);
  free(set->settings);
  free_ladder(set->ladder);
  free(set);
}

static double *copy_numbers(const double *numbers, size_t count) {
  double *copy = malloc((count + 1) * sizeof *copy);
  if (copy && count > 0) memcpy(copy, numbers, count * sizeof *copy);
  return copy;
}

static gibbs_status copy_held(gl_chain_set *set, gibbs_distribution *d, const gibbs_chains_options *options,
                              gibbs_error *err) {
  set->variables = gibbs_distribution_visible_count(d) + gibbs_distribution_hidden_count(d);
  if (options->held == NULL) return GIBBS_OK;
  set->held = calloc(set->variables, sizeof *set->held);
  set->held_rows = calloc(set->variables, sizeof *set->held_rows);
  bool complete = set->held && set->held_rows;
  for (size_t k = 0; complete && k < set->variables; k++) {
    if (options->held[k] == NULL) continue;
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gl_variable_at(d, k)));
    set->held_rows[k] = options->held_rows[k];
    set->held[k] = copy_numbers(options->held[k], units * options->held_rows[k]);
    complete = set->held[k] != NULL;
  }
  return complete ? GIBBS_OK : gibbs_fail_memory(err, "the values of held units", set->variables * sizeof *set->held);
}

/* The settings in force: those given, or the initial ones of the kernel that was chosen. */
static gibbs_status copy_settings(gl_chain_set *set, const gibbs_chains_options *options, gibbs_error *err) {
  const gibbs_kernel *kernel = gibbs_chains_kernel(set->chains);
  size_t count = gibbs_kernel_option_count(kernel);
  set->settings = malloc((count + 1) * sizeof *set->settings);
  if (set->settings == NULL) return gibbs_fail_memory(err, "settings", count * sizeof *set->settings);
  for (size_t i = 0; i < count; i++)
    set->settings[i] = options->settings ? options->settings[i] : gibbs_kernel_options(kernel)[i].initial;
  return GIBBS_OK;
}

static gibbs_status fail_ladder(gibbs_error *err) {
  return gibbs_fail_memory(err, "a ladder", sizeof(gibbs_ladder));
}

/* The parameters are the distribution's, which the chains hold. */
static gibbs_status copy_ladder(gl_chain_set *set, const gibbs_ladder *from, gibbs_error *err) {
  if (from == NULL) return GIBBS_OK;
  size_t count = from->parameter_count;
  gibbs_ladder *ladder = set->ladder = calloc(1, sizeof *ladder);
  if (ladder == NULL) return fail_ladder(err);
  ladder->rungs = from->rungs;
  gibbs_expr **parameters = calloc(count + 1, sizeof *parameters);
  double **values = calloc(count + 1, sizeof *values);
  ladder->parameters = parameters;
  ladder->values = (const double *const *)values;
  if (parameters == NULL || values == NULL) return fail_ladder(err);
  if (from->scale && !(ladder->scale = copy_numbers(from->scale, from->rungs))) return fail_ladder(err);
  for (size_t p = 0; p < count; p++, ladder->parameter_count++) {
    parameters[p] = from->parameters[p];
    values[p] = copy_numbers(from->values[p], from->rungs * gibbs_expr_size(from->parameters[p]));
    if (values[p] == NULL) return fail_ladder(err);
  }
  return GIBBS_OK;
}

/* What was chosen where nothing was asked for, so that chains made again are the same. */
static gibbs_hidden_role settled_role(const gibbs_chains *chains) {
  const gibbs_distribution *d = gibbs_chains_distribution(chains);
  if (gibbs_distribution_hidden_count(d) == 0) return GIBBS_HIDDEN_AUTO;
  bool sampled = gibbs_chains_variable_count(chains) > gibbs_distribution_visible_count(d);
  return sampled ? GIBBS_HIDDEN_SAMPLED : GIBBS_HIDDEN_SUMMED;
}

gibbs_status gl_chain_set_new(gibbs_distribution *d, const gibbs_chains_options *options, gl_chain_set **out,
                              gibbs_error *err) {
  gl_chain_set *set = calloc(1, sizeof *set);
  if (set == NULL) return gibbs_fail_memory(err, "chains", sizeof *set);
  set->references = 1;
  gibbs_status status = copy_held(set, d, options, err);
  if (status == GIBBS_OK) status = copy_ladder(set, options->ladder, err);
  if (status == GIBBS_OK) status = gibbs_chains_new(d, options, &set->chains, err);
  if (status == GIBBS_OK) status = copy_settings(set, options, err);
  if (status == GIBBS_OK) set->hidden = settled_role(set->chains);
  if (status == GIBBS_OK)
    *out = set;
  else
    gl_chain_set_release(set);
  return status;
}

/* The values, about twice: of the kernel and of what it keeps beside them. */
size_t gl_chain_set_bytes(const gl_chain_set *set) {
  gibbs_expr *const *variables = gibbs_chains_variables(set->chains);
  size_t units = gibbs_variables_units(variables, gibbs_chains_variable_count(set->chains));
  return sizeof *set + 8 * units * gibbs_chains_count(set->chains) * gibbs_chains_rungs(set->chains);
}
