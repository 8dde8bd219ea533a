/* hmc.c - the kernel `hmc`: Hamiltonian Monte Carlo, for any differentiable energy of real units. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hmc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_STEP, OPTION_LENGTH, OPTION_JITTER, OPTION_COUNT };

static const gibbs_kernel_option options[OPTION_COUNT] = {
    {"step", GIBBS_KERNEL_REAL, 0, 0, 1e3, NULL,
     "the leapfrog step; 0: found during the warm-up, with a scale for every unit in which it is measured"},
    {"length", GIBBS_KERNEL_COUNT, 0, 0, 1e6, NULL,
     "leapfrog steps a trajectory; 0: so many that the trajectory is pi/2 scales long, at most 256"},
    {"jitter", GIBBS_KERNEL_REAL, 0.1, 0, 0.9, NULL,
     "the step varies by this fraction from trajectory to trajectory"},
};

static bool can_sample(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  for (size_t k = 0; k < target->variable_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(target->variables[k]);
    const char *name = gibbs_variable_name(variable);
    if (gibbs_variable_domain(variable) == GIBBS_REALS) continue;
    snprintf(why, size, "variable %s holds %s, and it moves real units only", name[0] ? name : "(unnamed)",
             gibbs_domain_name(gibbs_variable_domain(variable)));
    return false;
  }
  return gibbs_landscape_possible(target, why, size);
}

static bool suits_target(const gibbs_target *target) {
  char why[256];
  return can_sample(target, NULL, why, sizeof why);
}

/* ---- making -------------------------------------------------------------------------------------------------- */

static void free_instance(void *instance) {
  gibbs_hmc *h = instance;
  if (!h) return;
  gibbs_hmc_clear_benches(h);
  gibbs_landscape_free(h->landscape);
  gibbs_lane_groups_clear(&h->groups);
  free(h->energy);
  free(h->slope);
  free(h->known);
  free(h->step);
  free(h->scale);
  free(h->mean);
  free(h->spread);
  free(h->accepted);
  free(h);
}

static double *new_lanes(size_t rows) {
  return calloc(rows + 1, GIBBS_LANES * sizeof(double));
}

static gibbs_status allocate(gibbs_hmc *h, double step, gibbs_error *err) {
  const gibbs_lane_groups *g = &h->groups;
  size_t rows = g->count * g->units;
  h->energy = new_lanes(g->count);
  h->slope = new_lanes(rows);
  h->scale = new_lanes(rows);
  h->mean = new_lanes(rows);
  h->spread = new_lanes(rows);
  h->known = calloc(g->count + 1, sizeof *h->known);
  h->step = calloc(g->chains + 1, sizeof *h->step);
  h->accepted = calloc(g->chains + 1, sizeof *h->accepted);
  if (!h->energy || !h->slope || !h->scale || !h->mean || !h->spread || !h->known || !h->step || !h->accepted)
    return gibbs_fail_memory(err, "the chains of hmc", 5 * rows * GIBBS_LANES * sizeof(double));
  for (size_t i = 0; i < rows * GIBBS_LANES; i++) h->scale[i] = 1;
  for (size_t c = 0; c < g->chains; c++)
    h->step[c] = gibbs_step_size_begin(step > 0 ? step : 0.5 * pow((double)g->units, -0.25));
  return GIBBS_OK;
}

static gibbs_status make_instance(const gibbs_target *target, const double *settings, size_t chains,
                                  size_t first_chain, void **instance, gibbs_error *err) {
  gibbs_hmc *h = calloc(1, sizeof *h);
  if (!h) return gibbs_fail_memory(err, "the chains of hmc", sizeof *h);
  h->length = (size_t)settings[OPTION_LENGTH];
  h->jitter = settings[OPTION_JITTER];
  h->adapts = settings[OPTION_STEP] == 0;
  gibbs_status status = gibbs_lane_groups_new(target, chains, first_chain, &h->groups, err);
  if (status == GIBBS_OK) status = allocate(h, settings[OPTION_STEP], err);
  if (status == GIBBS_OK) status = gibbs_landscape_new(target, &h->landscape, err);
  if (status == GIBBS_OK)
    *instance = h;
  else
    free_instance(h);
  return status;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

static void forget_energies(gibbs_hmc *h) {
  memset(h->known, 0, h->groups.count * sizeof *h->known);
}

static gibbs_status refresh_instance(void *instance, gibbs_error *err) {
  gibbs_hmc *h = instance;
  forget_energies(h);
  return gibbs_landscape_refresh(h->landscape, err);
}

static gibbs_status set_values(void *instance, const double *values, size_t stride, gibbs_error *err) {
  gibbs_hmc *h = instance;
  (void)err;
  gibbs_lane_groups_set(&h->groups, values, stride);
  forget_energies(h);
  return GIBBS_OK;
}

static void get_values(const void *instance, double *values, size_t stride) {
  gibbs_lane_groups_get(&((const gibbs_hmc *)instance)->groups, values, stride);
}

static gibbs_status sweep_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  return gibbs_hmc_sweep_group(context, segment, thread, err);
}

static gibbs_status sweep_chains(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  gibbs_hmc *h = instance;
  h->seed = seed;
  h->sweep = step;
  gibbs_status status = gibbs_hmc_furnish(h, err);
  if (status == GIBBS_OK) status = gibbs_landscape_segments(h->landscape, h->groups.count, sweep_segment, h, err);
  if (status == GIBBS_OK && h->adapting && h->adapts) h->learned++;
  return status;
}

static void set_adaptation(void *instance, bool on) {
  ((gibbs_hmc *)instance)->adapting = on;
}

static const char *const measures[] = {"acceptance", "step", NULL};

static void measure(const void *instance, size_t which, double *out) {
  const gibbs_hmc *h = instance;
  for (size_t c = 0; c < h->groups.chains; c++)
    out[c] = which == 0 ? h->accepted[c] : gibbs_step_size_value(&h->step[c], h->adapting);
}

static size_t save_memory(const void *instance, double *out) {
  return gibbs_hmc_save(instance, out);
}

static gibbs_status recall_memory(void *instance, const double *memory, size_t count, gibbs_error *err) {
  return gibbs_hmc_load(instance, memory, count, err);
}

/* New momenta, then a trajectory that is accepted or not. */
static bool reversible(const void *instance) {
  (void)instance;
  return true;
}

const gibbs_kernel gibbs_kernel_hmc = {
    .name = "hmc",
    .doc = "Hamiltonian Monte Carlo for any differentiable energy of real units: trajectories by the leapfrog rule, "
           "made exact by accept and reject. A sweep is one trajectory. The step and a scale for each unit are found "
           "during the warm-up, chain by chain, and stay afterwards.  Measures: acceptance, the probability with "
           "which the trajectory was taken; step",
    .source = "Duane et al., Phys. Lett. B 195 (1987) 216; Hoffman and Gelman, J. Mach. Learn. Res. 15 (2014) 1593",
    .options = options,
    .option_count = OPTION_COUNT,
    .can = can_sample,
    .suits = suits_target,
    .make = make_instance,
    .free = free_instance,
    .refresh = refresh_instance,
    .set = set_values,
    .get = get_values,
    .sweep = sweep_chains,
    .adapt = set_adaptation,
    .measures = measures,
    .measure = measure,
    .memory = save_memory,
    .recall = recall_memory,
    .reversible = reversible,
};
