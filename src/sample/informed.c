/* informed.c - the kernel `informed`: proposals that follow the gradient, for any differentiable energy of discrete
 * units. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "informed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_PROPOSAL, OPTION_STEPS, OPTION_FLIPS, OPTION_STEP, OPTION_COUNT };
enum { most_steps = 256 };

static const char *const proposals[] = {"gradient", "langevin", NULL};

static const gibbs_kernel_option options[OPTION_COUNT] = {
    {"proposal", GIBBS_KERNEL_WORD, 0, 0, 1, proposals,
     "gradient: a few single changes at the most promising units; langevin: all units at once, with a step size"},
    {"steps", GIBBS_KERNEL_COUNT, 0, 0, 1e9, NULL,
     "proposals a sweep; 0: gradient as many as make one change a free unit, at most 256; langevin one"},
    {"flips", GIBBS_KERNEL_COUNT, 1, 1, 1e6, NULL,
     "gradient: units changed one after the other in one proposal; above 1, one less in every second one"},
    {"step", GIBBS_KERNEL_REAL, 0, 0, 1000, NULL,
     "langevin: the step size, the larger the more units change; 0: found during the warm-up"},
};

/* ---- which targets ------------------------------------------------------------------------------------------- */

static bool can_sample(const gibbs_target *target, const double *settings, char *why, size_t size) {
  (void)settings;
  for (size_t k = 0; k < target->variable_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(target->variables[k]);
    const char *name = gibbs_variable_name(variable);
    if (gibbs_variable_domain(variable) != GIBBS_REALS) continue;
    snprintf(why, size, "variable %s is real, and it moves discrete units only; hmc moves real ones",
             name[0] ? name : "(unnamed)");
    return false;
  }
  char reason[300];
  if (gibbs_landscape_possible(target, reason, sizeof reason)) return true;
  snprintf(why, size, "%s; metropolis does without", reason);
  return false;
}

static bool suits_target(const gibbs_target *target) {
  char why[256];
  return target->units >= 2 && target->form && gibbs_normal_form_rest(target->form) &&
         can_sample(target, NULL, why, sizeof why);
}

/* ---- making -------------------------------------------------------------------------------------------------- */

static void free_instance(void *instance) {
  gibbs_informed *in = instance;
  if (!in) return;
  gibbs_informed_clear_benches(in);
  gibbs_landscape_free(in->landscape);
  gibbs_lane_groups_clear(&in->groups);
  free(in->energy);
  free(in->slope);
  free(in->known);
  free(in->step);
  free(in->accepted);
  free(in);
}

static void choose_steps(gibbs_informed *in, const double *settings) {
  size_t units = in->groups.free_count, steps = (size_t)settings[OPTION_STEPS];
  in->proposal = settings[OPTION_PROPOSAL] > 0 ? GIBBS_INFORMED_LANGEVIN : GIBBS_INFORMED_GRADIENT;
  in->flips = (size_t)settings[OPTION_FLIPS];
  if (in->flips > units) in->flips = units;
  if (steps == 0 && in->proposal == GIBBS_INFORMED_LANGEVIN) steps = 1;
  if (steps == 0 && units > 0) steps = (units + in->flips - 1) / in->flips;
  if (settings[OPTION_STEPS] == 0 && steps > most_steps) steps = most_steps;
  in->steps = units > 0 ? steps : 0;
}

/* A step at which about one spin of all changes where the gradient says nothing. */
static double first_step(size_t units) {
  return 2 / log(2 + (double)units);
}

static gibbs_status allocate(gibbs_informed *in, double step, gibbs_error *err) {
  const gibbs_lane_groups *g = &in->groups;
  in->energy = calloc(g->count + 1, GIBBS_LANES * sizeof *in->energy);
  in->slope = calloc(g->count * g->elements + 1, GIBBS_LANES * sizeof *in->slope);
  in->known = calloc(g->count + 1, sizeof *in->known);
  in->step = calloc(g->chains + 1, sizeof *in->step);
  in->accepted = calloc(g->chains + 1, sizeof *in->accepted);
  if (!in->energy || !in->slope || !in->known || !in->step || !in->accepted)
    return gibbs_fail_memory(err, "the chains of informed proposals",
                             g->count * g->elements * GIBBS_LANES * sizeof(double));
  for (size_t c = 0; c < g->chains; c++)
    in->step[c] = gibbs_step_size_begin(step > 0 ? step : first_step(g->free_count));
  return GIBBS_OK;
}

static gibbs_status make_instance(const gibbs_target *target, const double *settings, size_t chains,
                                  size_t first_chain, void **instance, gibbs_error *err) {
  gibbs_informed *in = calloc(1, sizeof *in);
  if (!in) return gibbs_fail_memory(err, "informed proposals", sizeof *in);
  in->target = target;
  gibbs_status status = gibbs_lane_groups_new(target, chains, first_chain, &in->groups, err);
  if (status == GIBBS_OK) {
    choose_steps(in, settings);
    in->adapts = in->proposal == GIBBS_INFORMED_LANGEVIN && settings[OPTION_STEP] == 0;
    status = allocate(in, settings[OPTION_STEP], err);
  }
  if (status == GIBBS_OK) status = gibbs_landscape_new(target, &in->landscape, err);
  if (status == GIBBS_OK)
    *instance = in;
  else
    free_instance(in);
  return status;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

static void forget_energies(gibbs_informed *in) {
  memset(in->known, 0, in->groups.count * sizeof *in->known);
}

static gibbs_status refresh_instance(void *instance, gibbs_error *err) {
  gibbs_informed *in = instance;
  forget_energies(in);
  return gibbs_landscape_refresh(in->landscape, err);
}

static gibbs_status set_values(void *instance, const double *values, size_t stride, gibbs_error *err) {
  gibbs_informed *in = instance;
  (void)err;
  gibbs_lane_groups_set(&in->groups, values, stride);
  forget_energies(in);
  return GIBBS_OK;
}

static void get_values(const void *instance, double *values, size_t stride) {
  gibbs_lane_groups_get(&((const gibbs_informed *)instance)->groups, values, stride);
}

static gibbs_status sweep_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  return gibbs_informed_sweep_group(context, segment, thread, err);
}

static gibbs_status sweep_chains(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  gibbs_informed *in = instance;
  in->seed = seed;
  in->sweep = step;
  gibbs_status status = gibbs_informed_furnish(in, err);
  if (status != GIBBS_OK) return status;
  return gibbs_landscape_segments(in->landscape, in->groups.count, sweep_segment, in, err);
}

static void set_adaptation(void *instance, bool on) {
  ((gibbs_informed *)instance)->adapting = on;
}

static const char *const measures[] = {"acceptance", "step", NULL};

/* The step of gradient proposals is their number of changes. */
static void measure(const void *instance, size_t which, double *out) {
  const gibbs_informed *in = instance;
  for (size_t c = 0; c < in->groups.chains; c++)
    out[c] = which == 0                                ? in->accepted[c]
             : in->proposal == GIBBS_INFORMED_GRADIENT ? (double)in->flips
                                                       : gibbs_step_size_value(&in->step[c], in->adapting);
}

static size_t save_memory(const void *instance, double *out) {
  const gibbs_informed *in = instance;
  for (size_t c = 0; out && c < in->groups.chains; c++)
    gibbs_step_size_save(&in->step[c], out + c * GIBBS_STEP_SIZE_NUMBERS);
  return in->groups.chains * GIBBS_STEP_SIZE_NUMBERS;
}

static gibbs_status recall_memory(void *instance, const double *memory, size_t count, gibbs_error *err) {
  gibbs_informed *in = instance;
  size_t wanted = in->groups.chains * GIBBS_STEP_SIZE_NUMBERS;
  if (count != wanted)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the steps of %zu chains are %zu numbers, not %zu", in->groups.chains,
                      wanted, count);
  for (size_t c = 0; c < in->groups.chains; c++) {
    gibbs_step_size step;
    if (!gibbs_step_size_load(&step, memory + c * GIBBS_STEP_SIZE_NUMBERS))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the step of chain %zu is not finite", c + 1);
    in->step[c] = step;
  }
  return GIBBS_OK;
}

/* A random number of steps that are accepted or not. */
static bool reversible(const void *instance) {
  (void)instance;
  return true;
}

const gibbs_kernel gibbs_kernel_informed = {
    .name = "informed",
    .doc =
        "proposals that follow the gradient of any differentiable energy of discrete units, made exact by accept and "
        "reject; each costs one evaluation of the energy with its gradient. gradient: a sweep is `steps` proposals, "
        "by itself as many as make one change a free unit, but 256 at most (raise `flips` for large systems); the "
        "last of them is left out half of the time. langevin: a sweep is one proposal of all units.  Measures: "
        "acceptance, "
        "the mean probability with which proposals were taken; step, with gradient the changes of a proposal",
    .source = "Grathwohl et al., ICML 2021, arXiv:2102.04509; Zhang, Liu and Liu, ICML 2022, arXiv:2206.09914",
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
