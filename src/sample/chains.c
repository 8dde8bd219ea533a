/* chains.c - Markov chains of a distribution: making, advancing and reading them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chains.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/batch.h"
#include "gibbs/control.h"
#include "gibbs/private/clones.h"
#include "gibbs/progress.h"

void gibbs_chains_free(gibbs_chains *chains) {
  if (!chains) return;
  if (chains->instance) chains->kernel->free(chains->instance);
  gibbs_target_clear(&chains->own);
  gibbs_distribution_release(chains->distribution);
  free(chains->settings);
  free(chains->versions);
  free(chains->held_values);
  free(chains);
}

/* ---- making ----------------------------------------------------------------------------------------------- */

/* One target and the kernel for it; *fits: it is the one to keep (a kernel that was not asked for has to be one that
 * samples these units by itself). */
static gibbs_status try_target(gibbs_chains *chains, const gibbs_chains_options *o, bool joint, bool must, bool *fits,
                               gibbs_error *err) {
  gibbs_status status = gibbs_target_new(chains->distribution, joint, &chains->own, err);
  if (status != GIBBS_OK) return status;
  chains->own.target.ladder = o->ladder;
  status = gibbs_target_hold(&chains->own, o, &chains->held_values, err);
  if (status != GIBBS_OK) return status;
  chains->kernel = o->kernel ? o->kernel : gibbs_kernel_choose(&chains->own.target);
  *fits = chains->kernel && (o->kernel || must || chains->kernel->joint == joint);
  return GIBBS_OK;
}

static void drop_target(gibbs_chains *chains) {
  free(chains->held_values);
  chains->held_values = NULL;
  gibbs_target_clear(&chains->own);
}

/* Hidden units that somebody wants to hold have to be sampled. */
static bool holds_hidden(gibbs_distribution *d, const gibbs_chains_options *o) {
  size_t visible = gibbs_distribution_visible_count(d);
  for (size_t k = 0; o->held && k < gibbs_distribution_hidden_count(d); k++)
    if (o->held[visible + k]) return true;
  return false;
}

/* Hidden units are summed where they can be, unless the kernel, the caller or what is held wants them sampled. */
static gibbs_status settle_target(gibbs_chains *chains, const gibbs_chains_options *o, gibbs_error *err) {
  gibbs_distribution *d = chains->distribution;
  bool hidden = gibbs_distribution_hidden_count(d) > 0, fits = false;
  if (holds_hidden(d, o) && o->hidden == GIBBS_HIDDEN_SUMMED)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "hidden units that are summed cannot be held; let them be sampled");
  bool must = o->hidden != GIBBS_HIDDEN_AUTO || holds_hidden(d, o) || !gibbs_distribution_hamiltonian(d);
  bool joint = hidden && o->hidden != GIBBS_HIDDEN_SUMMED && (must || !o->kernel || o->kernel->joint);
  gibbs_status status = try_target(chains, o, joint, must, &fits, err);
  if (status == GIBBS_OK && !fits && joint && !must) {
    drop_target(chains);
    status = try_target(chains, o, false, true, &fits, err);
  }
  if (status == GIBBS_OK && !chains->kernel)
    status =
        gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                   "no kernel can sample this energy%s; describe() says what stands in the way of each",
                   !joint || !gibbs_distribution_hamiltonian(d) ? "" : " with its hidden units, which can be summed");
  return status;
}

static gibbs_status read_versions(gibbs_chains *chains, bool *changed, gibbs_error *err) {
  gibbs_distribution *d = chains->distribution;
  size_t count = gibbs_distribution_parameter_count(d);
  *changed = !chains->versions;
  if (!chains->versions) chains->versions = calloc(count + 1, sizeof *chains->versions);
  if (!chains->versions) return gibbs_fail_memory(err, "chains", count * sizeof *chains->versions);
  for (size_t k = 0; k < count; k++) {
    uint64_t version = gibbs_parameter_version(gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]));
    *changed |= version != chains->versions[k];
    chains->versions[k] = version;
  }
  return GIBBS_OK;
}

static gibbs_status copy_settings(gibbs_chains *chains, const double *settings, gibbs_error *err) {
  size_t count = chains->kernel->option_count;
  chains->settings = calloc(count + 1, sizeof *chains->settings);
  if (!chains->settings) return gibbs_fail_memory(err, "chains", count * sizeof *chains->settings);
  gibbs_kernel_defaults(chains->kernel, chains->settings);
  for (size_t k = 0; settings && k < count; k++) chains->settings[k] = settings[k];
  return GIBBS_OK;
}

static gibbs_status fill_chains(gibbs_chains *chains, const gibbs_chains_options *o, gibbs_error *err) {
  bool changed;
  gibbs_status status = settle_target(chains, o, err);
  if (status == GIBBS_OK) status = copy_settings(chains, o->settings, err);
  if (status == GIBBS_OK) status = gibbs_kernel_check(chains->kernel, &chains->own.target, chains->settings, err);
  if (status == GIBBS_OK) status = read_versions(chains, &changed, err);
  if (status == GIBBS_OK)
    status = chains->kernel->make(&chains->own.target, chains->settings, chains->chains, 0, &chains->instance, err);
  chains->own.target.ladder = NULL; /* the kernel has copied it */
  if (status == GIBBS_OK) status = gibbs_chains_start(chains, err);
  return status;
}

gibbs_status gibbs_chains_new(gibbs_distribution *d, const gibbs_chains_options *options, gibbs_chains **out,
                              gibbs_error *err) {
  if (options->chains < 1 || options->chains > GIBBS_RUNG_CHAINS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu chains asked for; there must be 1 to %zu", options->chains,
                      GIBBS_RUNG_CHAINS);
  gibbs_chains *chains = calloc(1, sizeof *chains);
  if (!chains) return gibbs_fail_memory(err, "chains", sizeof *chains);
  chains->distribution = gibbs_distribution_retain(d);
  chains->chains = options->chains;
  chains->seed = options->seed;
  gibbs_status status = fill_chains(chains, options, err);
  if (status == GIBBS_OK)
    *out = chains;
  else
    gibbs_chains_free(chains);
  return status;
}

/* ---- advancing -------------------------------------------------------------------------------------------- */

/* What a kernel could do may have gone with the old parameters. */
static gibbs_status refresh_kernel(gibbs_chains *chains, gibbs_error *err) {
  gibbs_error local;
  gibbs_status status = chains->kernel->refresh(chains->instance, &local);
  if (status == GIBBS_ERR_UNSUPPORTED)
    return gibbs_fail(err, status,
                      "kernel %s cannot go on with the present parameters: %s. Set others, or make chains of another "
                      "kernel",
                      chains->kernel->name, local.message);
  if (status != GIBBS_OK && err) *err = local;
  return status;
}

static gibbs_status refresh_if_changed(gibbs_chains *chains, gibbs_error *err) {
  bool changed;
  gibbs_status status = read_versions(chains, &changed, err);
  if (status != GIBBS_OK || !changed) return status;
  status = gibbs_normal_form_refresh(chains->own.target.form, err);
  if (status == GIBBS_OK) status = refresh_kernel(chains, err);
  if (status != GIBBS_OK && chains->own.target.variable_count &&
      gibbs_distribution_parameter_count(chains->distribution))
    chains->versions[0]--; /* not done: try again next time */
  return status;
}

/* One sweep is not interrupted: half of the chains would have made it, and the next run would not be the same. */
static gibbs_status sweep_once(gibbs_chains *chains, gibbs_error *err) {
  if (chains->sweeps > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_SIZE,
                      "the chains have done 2^32 sweeps, after which their random numbers would "
                      "come again; start new ones with another seed");
  gibbs_interrupt_hold();
  gibbs_status status = chains->kernel->sweep(chains->instance, chains->seed, (uint32_t)chains->sweeps, err);
  gibbs_interrupt_release();
  if (status == GIBBS_OK)
    chains->sweeps++;
  else
    chains->torn = true;
  return status;
}

gibbs_status gibbs_chains_advance(gibbs_chains *chains, uint64_t sweeps, gibbs_error *err) {
  if (chains->torn)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "a sweep failed half-way (after %llu whole ones); set the chains first",
                      (unsigned long long)chains->sweeps);
  gibbs_status status = refresh_if_changed(chains, err);
  gibbs_progress task = {.what = NULL}; /* a single sweep is a step of somebody else's */
  if (sweeps > 1) gibbs_progress_begin(&task, "chains", "sweep", 0, sweeps);
  for (uint64_t t = 0; status == GIBBS_OK && t < sweeps; t++) {
    status = gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted") : sweep_once(chains, err);
    if (gibbs_progress_wanted(&task)) gibbs_chains_tell(chains, &task);
    gibbs_progress_step(&task, t + 1);
  }
  gibbs_progress_end(&task);
  return status;
}

gibbs_status gibbs_chains_warm_up(gibbs_chains *chains, uint64_t sweeps, gibbs_error *err) {
  if (chains->kernel->adapt) chains->kernel->adapt(chains->instance, true);
  gibbs_status status = gibbs_chains_advance(chains, sweeps, err);
  if (chains->kernel->adapt) chains->kernel->adapt(chains->instance, false);
  return status;
}

/* ---- reading and writing ---------------------------------------------------------------------------------- */

gibbs_distribution *gibbs_chains_distribution(const gibbs_chains *chains) {
  return chains->distribution;
}
size_t gibbs_chains_count(const gibbs_chains *chains) {
  return chains->chains;
}
uint64_t gibbs_chains_seed(const gibbs_chains *chains) {
  return chains->seed;
}
uint64_t gibbs_chains_sweeps(const gibbs_chains *chains) {
  return chains->sweeps;
}
const gibbs_kernel *gibbs_chains_kernel(const gibbs_chains *chains) {
  return chains->kernel;
}
size_t gibbs_chains_variable_count(const gibbs_chains *chains) {
  return chains->own.target.variable_count;
}
gibbs_expr *const *gibbs_chains_variables(const gibbs_chains *chains) {
  return chains->own.variables;
}

bool gibbs_chains_reversible(const gibbs_chains *chains) {
  return chains->kernel->reversible && chains->kernel->reversible(chains->instance);
}

/* A kernel that wants hidden units sampled and can be reversed begins with those, given the visible ones. */
bool gibbs_chains_redraws_hidden(const gibbs_chains *chains) {
  size_t visible = gibbs_distribution_visible_count(chains->distribution);
  if (gibbs_chains_variable_count(chains) == visible) return true;
  return chains->kernel->joint && !chains->held_values && gibbs_chains_reversible(chains);
}

bool gibbs_chains_can_mix(const gibbs_chains *chains) {
  return chains->kernel->can_mix && chains->kernel->can_mix(chains->instance);
}

static gibbs_status check_mixes(const gibbs_chains *chains, gibbs_error *err) {
  if (gibbs_chains_can_mix(chains)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "kernel %s cannot go from independent units to this energy",
                    chains->kernel->name);
}

gibbs_status gibbs_chains_mix(gibbs_chains *chains, double beta, const double *field, gibbs_error *err) {
  gibbs_status status = check_mixes(chains, err);
  return status == GIBBS_OK ? chains->kernel->mix(chains->instance, beta, field, err) : status;
}

gibbs_status gibbs_chains_work(gibbs_chains *chains, double to, double *out, gibbs_error *err) {
  gibbs_status status = check_mixes(chains, err);
  if (status == GIBBS_OK) status = refresh_if_changed(chains, err);
  return status == GIBBS_OK ? chains->kernel->work(chains->instance, to, out, err) : status;
}

static double *read_all(const gibbs_chains *chains, gibbs_error *err, gibbs_status *status) {
  size_t total = chains->own.target.units * chains->chains;
  double *values = malloc(total * sizeof *values);
  if (values)
    chains->kernel->get(chains->instance, values, chains->chains);
  else
    *status = gibbs_fail_memory(err, "a copy of the chains", total * sizeof *values);
  return values;
}

gibbs_status gibbs_chains_get(const gibbs_chains *chains, size_t k, double *rows, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  const gibbs_segment *segment = &gibbs_normal_form_segments(chains->own.target.form)[k];
  if (chains->kernel->get_rows && chains->kernel->get_rows(chains->instance, k, rows)) return GIBBS_OK;
  double *values = read_all(chains, err, &status);
  for (size_t c = 0; values && c < chains->chains; c++)
    for (size_t u = 0; u < segment->units; u++)
      rows[c * segment->units + u] = values[(segment->first_unit + u) * chains->chains + c];
  free(values);
  return status;
}

/* How many values are neither of two. */
GIBBS_CLONES static size_t count_others(const double *x, size_t count, double low, double high) {
  size_t others = 0;
  for (size_t i = 0; i < count; i++) others += (x[i] != low) & (x[i] != high);
  return others;
}

static gibbs_status write_variable(gibbs_chains *chains, const gibbs_segment *segment, const double *rows,
                                   double *values, gibbs_error *err) {
  for (size_t c = 0; c < chains->chains; c++)
    for (size_t u = 0; u < segment->units; u++) {
      size_t unit = segment->first_unit + u, at = unit * chains->chains + c;
      double x = rows[c * segment->units + u];
      gibbs_status status = gibbs_unit_value_check(segment->variable, x, "chain", c, u, err);
      if (status != GIBBS_OK) return status;
      if (chains->held_values && chains->own.held[unit] && x != chains->held_values[at])
        return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "unit %zu of chain %zu is held at %g and cannot be set to %g",
                          u + 1, c + 1, chains->held_values[at], x);
      values[at] = x;
    }
  return GIBBS_OK;
}

/* Whether the kernel has taken the rows as they are: values that their units can take, and none of them held. */
static bool set_rows(gibbs_chains *chains, size_t k, const gibbs_segment *segment, const double *rows) {
  if (!chains->kernel->set_rows || chains->held_values) return false;
  if (segment->domain != GIBBS_SPINS && segment->domain != GIBBS_BITS) return false;
  double low = segment->domain == GIBBS_SPINS ? -1 : 0;
  for (size_t c = 0; c < chains->chains; c++)
    if (count_others(rows + c * segment->units, segment->units, low, 1) > 0) return false;
  return chains->kernel->set_rows(chains->instance, k, rows);
}

gibbs_status gibbs_chains_set(gibbs_chains *chains, size_t k, const double *rows, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  const gibbs_segment *segment = &gibbs_normal_form_segments(chains->own.target.form)[k];
  if (!chains->torn && set_rows(chains, k, segment, rows)) return GIBBS_OK;
  double *values = read_all(chains, err, &status);
  if (status == GIBBS_OK) status = write_variable(chains, segment, rows, values, err);
  if (status == GIBBS_OK) status = chains->kernel->set(chains->instance, values, chains->chains, err);
  if (status == GIBBS_OK) chains->torn = false;
  free(values);
  return status;
}

/* ---- what kernels know ------------------------------------------------------------------------------------ */

size_t gibbs_chains_measure_count(const gibbs_chains *chains) {
  size_t count = 0;
  while (chains->kernel->measures && chains->kernel->measures[count]) count++;
  return count;
}
const char *gibbs_chains_measure_name(const gibbs_chains *chains, size_t which) {
  return chains->kernel->measures[which];
}
void gibbs_chains_measure(const gibbs_chains *chains, size_t which, double *out) {
  chains->kernel->measure(chains->instance, which, out);
}

/* The mean over chains of what every kernel that may refuse a move calls acceptance. */
void gibbs_chains_tell(const gibbs_chains *chains, gibbs_progress *task) {
  size_t which = 0, count = gibbs_chains_measure_count(chains);
  while (which < count && strcmp(gibbs_chains_measure_name(chains, which), "acceptance") != 0) which++;
  double *each = which < count ? malloc(chains->chains * sizeof *each) : NULL, mean = 0;
  if (!each) return;
  gibbs_chains_measure(chains, which, each);
  for (size_t c = 0; c < chains->chains; c++) mean += each[c] / (double)chains->chains;
  gibbs_progress_metric(task, 0, "acceptance", mean);
  free(each);
}

size_t gibbs_chains_rungs(const gibbs_chains *chains) {
  return chains->kernel->rungs ? chains->kernel->rungs(chains->instance, NULL, NULL) : 1;
}
void gibbs_chains_ladder(const gibbs_chains *chains, double *scale, double *acceptance) {
  if (chains->kernel->rungs)
    chains->kernel->rungs(chains->instance, scale, acceptance);
  else if (scale)
    *scale = 1;
}
void gibbs_chains_select(gibbs_chains *chains, size_t rung) {
  chains->selected = rung;
  if (chains->kernel->select) chains->kernel->select(chains->instance, rung);
}
size_t gibbs_chains_selected(const gibbs_chains *chains) {
  return chains->selected;
}
