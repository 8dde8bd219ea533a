/* tempering.c - parallel tempering over temperatures, or over any path of parameters, above any other kernel. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tempering.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/parallel.h"

enum { option_rungs, option_hottest, option_base };

static const char *const bases[] = {"auto",
#define GIBBS_KERNEL(id) #id,
#include "kernels.def"
#undef GIBBS_KERNEL
                                    NULL};

static const gibbs_kernel_option options[] = {
    {"rungs", GIBBS_KERNEL_COUNT, 8, 1, 255, NULL, "number of rungs, where no ladder is given"},
    {"hottest", GIBBS_KERNEL_REAL, 0.1, 0, 1, NULL,
     "what the last rung multiplies the energy by: an inverse temperature (0: free units)"},
    {"base", GIBBS_KERNEL_WORD, 0, 0, (double)(sizeof bases / sizeof bases[0] - 2), bases,
     "the kernel of every rung"}};

extern const gibbs_kernel gibbs_kernel_tempering, gibbs_kernel_exact;

/* Exact samples know nothing of a rung's energy. */
static bool may_be_base(const gibbs_kernel *kernel) {
  return kernel != &gibbs_kernel_tempering && kernel != &gibbs_kernel_exact;
}

static const gibbs_kernel *choose_base(const gibbs_target *target, double word, char *why, size_t size) {
  gibbs_target plain = *target;
  plain.ladder = NULL;
  double settings[64];
  const gibbs_kernel *base = word == 0 ? gibbs_kernel_choose(&plain) : gibbs_kernels[(size_t)word - 1];
  if (!base || !may_be_base(base)) {
    if (base)
      snprintf(why, size, "%s cannot be the kernel of its rungs", base->name);
    else
      snprintf(why, size, "no kernel can sample this energy");
    return NULL;
  }
  gibbs_kernel_defaults(base, settings);
  char reason[200] = "";
  if (base->can(&plain, settings, reason, sizeof reason)) return base;
  snprintf(why, size, "its rungs' kernel %s cannot: %s", base->name, reason);
  return NULL;
}

static bool can(const gibbs_target *target, const double *settings, char *why, size_t size) {
  return choose_base(target, settings[option_base], why, size) != NULL;
}

static void free_tempering(void *instance) {
  gibbs_tempering *t = instance;
  if (!t) return;
  gibbs_ladder_clear(t);
  free(t->base_settings);
  free(t->last);
  free(t->replica);
  free(t->downward);
  free(t->trips);
  free(t);
}

static gibbs_status make_rooms(gibbs_tempering *t, gibbs_error *err) {
  size_t all = t->rungs * t->chains;
  t->base_settings = calloc(t->base->option_count + 1, sizeof *t->base_settings);
  t->last = calloc(2 * t->chains, sizeof *t->last);
  t->replica = calloc(all, sizeof *t->replica);
  t->downward = calloc(all, sizeof *t->downward);
  t->trips = calloc(t->chains, sizeof *t->trips);
  if (!t->base_settings || !t->last || !t->replica || !t->downward || !t->trips)
    return gibbs_fail_memory(err, "chains", all * sizeof *t->replica);
  gibbs_kernel_defaults(t->base, t->base_settings);
  for (size_t r = 0; r < t->rungs; r++)
    for (size_t c = 0; c < t->chains; c++) t->replica[r * t->chains + c] = (uint32_t)r;
  return GIBBS_OK;
}

static gibbs_status make(const gibbs_target *target, const double *settings, size_t chains, size_t first_chain,
                         void **instance, gibbs_error *err) {
  char why[256] = "";
  const gibbs_kernel *base = choose_base(target, settings[option_base], why, sizeof why);
  if (!base) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s", why);
  gibbs_tempering *t = calloc(1, sizeof *t);
  if (!t) return gibbs_fail_memory(err, "chains", sizeof *t);
  *t = (gibbs_tempering){.target = target, .base = base, .chains = chains, .first_chain = first_chain};
  t->rungs = target->ladder ? target->ladder->rungs : (size_t)settings[option_rungs];
  gibbs_status status = GIBBS_OK;
  if (t->rungs < 1 || t->rungs > 255)
    status = gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a ladder of %zu rungs; there must be 1 to 255", t->rungs);
  if (status == GIBBS_OK) status = make_rooms(t, err);
  if (status == GIBBS_OK) status = gibbs_ladder_make(t, settings[option_hottest], err);
  if (status == GIBBS_OK)
    *instance = t;
  else
    free_tempering(t);
  return status;
}

static gibbs_status refresh(void *instance, gibbs_error *err) {
  return gibbs_ladder_refresh(instance, err);
}

static gibbs_status set(void *instance, const double *values, size_t stride, gibbs_error *err) {
  gibbs_tempering *t = instance;
  gibbs_status status = GIBBS_OK;
  for (size_t r = 0; status == GIBBS_OK && r < t->rungs; r++)
    status = t->base->set(t->rung[r].instance, values, stride, err);
  return status;
}

static void get(const void *instance, double *values, size_t stride) {
  const gibbs_tempering *t = instance;
  t->base->get(t->rung[t->selected].instance, values, stride);
}

/* ---- sweeps ----------------------------------------------------------------------------------------------- */

typedef struct rung_work {
  gibbs_tempering *tempering;
  uint64_t seed;
  uint32_t step;
} rung_work;

static gibbs_status sweep_rung(void *context, size_t r, size_t thread, gibbs_error *err) {
  rung_work *work = context;
  (void)thread;
  return work->tempering->base->sweep(work->tempering->rung[r].instance, work->seed, work->step, err);
}

static gibbs_status sweep(void *instance, uint64_t seed, uint32_t step, gibbs_error *err) {
  gibbs_tempering *t = instance;
  rung_work work = {.tempering = t, .seed = seed, .step = step};
  gibbs_status status = GIBBS_OK;
  /* A general energy may call back into a script, on the script's own thread only. */
  if (t->rungs > 1 && !gibbs_normal_form_rest(t->target->form))
    status = gibbs_parallel_segments(t->rungs, sweep_rung, &work, err);
  else
    for (size_t r = 0; status == GIBBS_OK && r < t->rungs; r++) status = sweep_rung(&work, r, 0, err);
  if (status == GIBBS_OK) status = gibbs_tempering_swap(t, seed, step, err);
  if (status == GIBBS_OK && t->adapting) status = gibbs_ladder_adapt(t, err);
  return status;
}

static void adapt(void *instance, bool on) {
  gibbs_tempering *t = instance;
  for (size_t r = 0; t->base->adapt && r < t->rungs; r++) t->base->adapt(t->rung[r].instance, on);
  if (t->adapting && !on) gibbs_ladder_forget(t);
  t->adapting = on;
}

/* ---- what it knows ---------------------------------------------------------------------------------------- */

static const char *const measures[] = {"acceptance", "round_trips", NULL};

static void measure(const void *instance, size_t which, double *out) {
  const gibbs_tempering *t = instance;
  for (size_t c = 0; c < t->chains; c++) out[c] = which == 0 ? t->last[c] : (double)t->trips[c];
}

static size_t rungs_of(const void *instance, double *scale, double *acceptance) {
  const gibbs_tempering *t = instance;
  for (size_t r = 0; scale && r < t->rungs; r++) scale[r] = t->scale[r];
  for (size_t r = 0; acceptance && r + 1 < t->rungs; r++)
    acceptance[r] = t->rounds[r] ? t->accepted[r] / (double)t->rounds[r] : NAN;
  return t->rungs;
}

static void select_rung(void *instance, size_t rung) {
  ((gibbs_tempering *)instance)->selected = rung;
}

/* ---- saving ----------------------------------------------------------------------------------------------- */

static size_t base_memory(const gibbs_tempering *t, size_t r, double *out) {
  return t->base->memory ? t->base->memory(t->rung[r].instance, out) : 0;
}

/* Per rung: scale, counts, configurations, replicas, marks, and how much of the base kernel's memory follows. */
static size_t memory(const void *instance, double *out) {
  const gibbs_tempering *t = instance;
  size_t n = t->chains, values = t->target->units * n, at = 2;
  if (out) out[0] = (double)t->tried, out[1] = (double)t->next_adaptation;
  for (size_t r = 0; r < t->rungs; r++) {
    size_t inner = base_memory(t, r, NULL);
    if (out) {
      double *to = out + at;
      to[0] = t->scale[r], to[1] = t->accepted[r], to[2] = (double)t->rounds[r], to[3] = (double)inner;
      t->base->get(t->rung[r].instance, to + 4, n);
      for (size_t c = 0; c < n; c++) {
        to[4 + values + c] = t->replica[r * n + c];
        to[4 + values + n + c] = t->downward[r * n + c];
      }
      base_memory(t, r, to + 4 + values + 2 * n);
    }
    at += 4 + values + 2 * n + inner;
  }
  for (size_t c = 0; out && c < n; c++) out[at + c] = (double)t->trips[c];
  return at + n;
}

static gibbs_status fail_memory(gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the saved state is not one of this ladder");
}

static gibbs_status recall_rung(gibbs_tempering *t, size_t r, const double *from, gibbs_error *err) {
  size_t n = t->chains, values = t->target->units * n;
  t->scale[r] = from[0], t->accepted[r] = from[1], t->rounds[r] = (uint64_t)from[2];
  for (size_t c = 0; c < n; c++) {
    double replica = from[4 + values + c];
    if (!(replica >= 0 && replica < (double)t->rungs)) return fail_memory(err);
    t->replica[r * n + c] = (uint32_t)replica;
    t->downward[r * n + c] = from[4 + values + n + c] != 0;
  }
  return t->base->set(t->rung[r].instance, from + 4, n, err);
}

static gibbs_status recall(void *instance, const double *from, size_t count, gibbs_error *err) {
  gibbs_tempering *t = instance;
  if (count != memory(t, NULL)) return fail_memory(err);
  size_t fixed = 4 + t->target->units * t->chains + 2 * t->chains, at = 2;
  gibbs_status status = GIBBS_OK;
  t->tried = (uint64_t)from[0], t->next_adaptation = (uint64_t)from[1];
  for (size_t r = 0; status == GIBBS_OK && r < t->rungs; at += fixed + base_memory(t, r, NULL), r++) {
    if (from[at + 3] != (double)base_memory(t, r, NULL)) return fail_memory(err);
    status = recall_rung(t, r, from + at, err);
  }
  for (size_t c = 0; c < t->chains; c++) t->trips[c] = (uint64_t)from[at + c];
  if (status == GIBBS_OK) status = gibbs_ladder_refresh(t, err);
  at = 2;
  for (size_t r = 0; status == GIBBS_OK && r < t->rungs; at += fixed + base_memory(t, r, NULL), r++)
    if (base_memory(t, r, NULL))
      status = t->base->recall(t->rung[r].instance, from + at + fixed, base_memory(t, r, NULL), err);
  return status;
}

const gibbs_kernel gibbs_kernel_tempering = {
    .name = "tempering",
    .doc =
        "parallel tempering: chains at several temperatures, or along a path of parameters, that exchange their "
        "configurations; a sweep is one of every rung and one round of exchanges between neighbours, even and odd in "
        "turn.  During warm-up the temperatures move to equal acceptance.  Measures: acceptance, the mean "
        "probability with which the last exchanges were taken; round_trips, how often configurations have gone from "
        "one end "
        "of the ladder to the other and back",
    .source =
        "Hukushima and Nemoto, J. Phys. Soc. Jpn. 65 (1996) 1604; Syed et al., J. R. Stat. Soc. B 84 (2022) 321",
    .ladder = true,
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .can = can,
    .make = make,
    .free = free_tempering,
    .refresh = refresh,
    .set = set,
    .get = get,
    .sweep = sweep,
    .adapt = adapt,
    .measures = measures,
    .measure = measure,
    .memory = memory,
    .recall = recall,
    .rungs = rungs_of,
    .select = select_rung};
