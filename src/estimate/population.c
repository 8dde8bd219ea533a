/* population.c - weighted chains, resampled, and the error of their mean weight by families. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "population.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ancestors.h"
#include "gibbs/free_energy.h"
#include "gibbs/random.h"

/* Chains a family is meant to have, and the least and the most families. */
enum { family_size = 4, least_groups = 8, most_groups = 64 };
/* A stage ends when fewer than this part of its families are left. */
static const double stage_end = 0.5;
/* Covariances of neighbouring stages that add more than this to the variance: those further apart are not small
 * either. */
static const double most_covariance = 0.75;
/* Fewer stages say nothing about that. */
enum { least_stages = 4 };

/* ---- rooms ------------------------------------------------------------------------------------------------ */

gibbs_status gibbs_population_open(size_t count, double below, gibbs_population *out, gibbs_error *err) {
  size_t groups = count / family_size;
  groups = groups > most_groups ? most_groups : groups < least_groups ? least_groups : groups;
  gibbs_population p = {.count = count, .groups = groups < count ? groups : count, .below = below};
  p.log_weight = calloc(2 * count, sizeof *p.log_weight);
  p.family = calloc(4 * count, sizeof *p.family);
  if (!p.log_weight || !p.family) {
    gibbs_population_close(&p);
    return gibbs_fail_memory(err, "weights", 2 * count * sizeof *p.log_weight + 4 * count * sizeof *p.family);
  }
  p.share = p.log_weight + count;
  p.elder = p.family + count;
  p.ancestor = p.family + 2 * count;
  p.fresh = p.family + 3 * count;
  gibbs_population_restart(&p);
  *out = p;
  return GIBBS_OK;
}

void gibbs_population_close(gibbs_population *p) {
  free(p->log_weight);
  free(p->family);
  *p = (gibbs_population){0};
}

void gibbs_population_restart(gibbs_population *p) {
  for (size_t c = 0; c < p->count; c++) {
    p->log_weight[c] = 0;
    p->family[c] = p->elder[c] = c;
  }
  p->resamplings = p->stages = 0;
  p->gained = p->own = p->joint = p->last = 0;
  p->least_ess = (double)p->count;
  p->least_families = (double)p->groups;
}

/* ---- families --------------------------------------------------------------------------------------------- */

/* Before the first resampling every chain is a family. */
static size_t family_count(const gibbs_population *p) {
  return p->resamplings == 0 ? p->count : p->groups;
}

/* Families are runs of neighbours, as even as can be. */
static void found_families(const gibbs_population *p, size_t *family) {
  for (size_t c = 0; c < p->count; c++) family[c] = c * p->groups / p->count;
}

/* The part of the chains that family f began with. */
static double first_share(const gibbs_population *p, size_t f) {
  size_t families = family_count(p), n = p->count;
  return (double)(((f + 1) * n + families - 1) / families - (f * n + families - 1) / families) / (double)n;
}

static double log_mean(const double *log_weight, size_t n) {
  double most = log_weight[0], total = 0;
  for (size_t c = 1; c < n; c++) most = fmax(most, log_weight[c]);
  for (size_t c = 0; c < n; c++) total += exp(log_weight[c] - most);
  return most + log(total / (double)n);
}

/* Of all weight, that of every family; and how many equal families would be as uneven. */
static double share_weights(const gibbs_population *p, const size_t *family) {
  size_t families = family_count(p);
  double mean = log_mean(p->log_weight, p->count), squares = 0;
  memset(p->share, 0, families * sizeof *p->share);
  for (size_t c = 0; c < p->count; c++) p->share[family[c]] += exp(p->log_weight[c] - mean) / (double)p->count;
  for (size_t f = 0; f < families; f++) squares += p->share[f] * p->share[f];
  return 1 / squares;
}

/* The variance of the logarithm of what families have gained, by leaving out each of them; infinite where one has
 * everything. */
static double jackknife(const gibbs_population *p, const size_t *family) {
  size_t families = family_count(p);
  double mean = 0, spread = 0, count = (double)families;
  share_weights(p, family);
  for (size_t f = 0; f < families; f++) {
    p->share[f] = log1p(-fmin(p->share[f], 1)) - log1p(-first_share(p, f));
    mean += p->share[f] / count;
  }
  if (!isfinite(mean)) return INFINITY;
  for (size_t f = 0; f < families; f++) spread += (p->share[f] - mean) * (p->share[f] - mean);
  return (count - 1) / count * spread;
}

static double effective_chains(const gibbs_population *p) {
  double mean = log_mean(p->log_weight, p->count), squares = 0;
  for (size_t c = 0; c < p->count; c++) squares += exp(2 * (p->log_weight[c] - mean));
  return (double)p->count * ((double)p->count / squares);
}

/* ---- resampling ------------------------------------------------------------------------------------------- */

/* The stage ends here: what is known of its error is kept, and chains are parted into families anew. */
static void end_stage(gibbs_population *p, double families) {
  double own = jackknife(p, p->family);
  p->joint += p->stages == 0 ? own : jackknife(p, p->elder) - p->last;
  p->own += own;
  p->last = own;
  p->least_families = fmin(p->least_families, families);
  p->stages++;
  memcpy(p->elder, p->family, p->count * sizeof *p->elder);
}

static void inherit(gibbs_population *p, size_t *family) {
  for (size_t c = 0; c < p->count; c++) p->fresh[c] = family[p->ancestor[c]];
  memcpy(family, p->fresh, p->count * sizeof *family);
}

static gibbs_status resample(gibbs_population *p, gibbs_chains *chains, gibbs_error *err) {
  gibbs_stream stream =
      gibbs_stream_open(gibbs_chains_seed(chains), GIBBS_PURPOSE_RESAMPLE, 1, (uint32_t)p->resamplings);
  gibbs_ancestors_draw(p->log_weight, p->count, gibbs_stream_uniform(&stream), p->ancestor);
  gibbs_status status = gibbs_ancestors_follow(chains, p->ancestor, err);
  if (status != GIBBS_OK) return status;
  if (p->resamplings++ == 0) {
    found_families(p, p->family);
    found_families(p, p->elder);
  }
  double families = share_weights(p, p->family);
  bool ends = families < stage_end * (double)p->groups;
  if (ends) end_stage(p, families);
  inherit(p, p->elder);
  if (ends)
    found_families(p, p->family);
  else
    inherit(p, p->family);
  p->gained += log_mean(p->log_weight, p->count);
  memset(p->log_weight, 0, p->count * sizeof *p->log_weight);
  return GIBBS_OK;
}

gibbs_status gibbs_population_gain(gibbs_population *p, const double *gain, gibbs_chains *chains, gibbs_error *err) {
  for (size_t c = 0; c < p->count; c++) p->log_weight[c] += gain[c];
  double ess = effective_chains(p);
  p->least_ess = fmin(p->least_ess, ess);
  return ess < p->below * (double)p->count ? resample(p, chains, err) : GIBBS_OK;
}

/* ---- what is known ---------------------------------------------------------------------------------------- */

void gibbs_population_read(const gibbs_population *p, gibbs_population_estimate *out) {
  double own = p->own + jackknife(p, p->family);
  double joint = p->stages == 0 ? own : p->joint + jackknife(p, p->elder) - p->last;
  double most = (1 + most_covariance) * own;
  *out = (gibbs_population_estimate){.log_mean = p->gained + log_mean(p->log_weight, p->count),
                                     .variance = fmax(joint, own),
                                     .bias = isfinite(own) ? fmin(fmax(joint, own), most) / 2 : 0,
                                     .correlated = !(joint <= most),
                                     .ess = effective_chains(p),
                                     .families = share_weights(p, p->family)};
}

/* In the first stage families are what is independent.  Later ones are told from each other by chains that forget,
 * and whether they do is seen from many stages only. */
static bool stages_trusted(const gibbs_population *p, const gibbs_population_estimate *now, char *why, size_t size) {
  if (p->stages == 0 && now->families >= stage_end * (double)p->groups) return true;
  if (p->stages < least_stages)
    snprintf(
        why, size,
        "most of %zu families of chains have died out, and whether the rest forget where they come from cannot be "
        "said yet; take more chains, or smaller steps",
        p->groups);
  else if (now->correlated)
    snprintf(
        why, size,
        "families of chains die out before chains forget where they come from; take more chains, or more sweeps");
  else
    return true;
  return false;
}

bool gibbs_population_trusted(const gibbs_population *p, const gibbs_population_estimate *now, char *why,
                              size_t size) {
  double least = fmin(p->least_ess, now->ess), families = fmin(p->least_families, now->families);
  double needed = fmin(GIBBS_FREE_ENERGY_FLOOR, (double)p->groups / 4);
  if (!(least >= GIBBS_FREE_ENERGY_FLOOR))
    snprintf(why, size, "%zu chains were worth only %.2g independent ones at one time, and %d are needed", p->count,
             least, GIBBS_FREE_ENERGY_FLOOR);
  else if (!(families >= needed))
    snprintf(why, size, "of %zu families of chains only %.2g were left at one time, and %.2g are needed",
             family_count(p), families, needed);
  else
    return stages_trusted(p, now, why, size);
  return false;
}

/* ---- saved and restored ----------------------------------------------------------------------------------- */

enum { numbers = 8 };

size_t gibbs_population_size(const gibbs_population *p) {
  return numbers + 3 * p->count;
}

void gibbs_population_save(const gibbs_population *p, double *state) {
  const double head[numbers] = {(double)p->resamplings, (double)p->stages, p->gained, p->own, p->joint, p->last,
                                p->least_ess,           p->least_families};
  memcpy(state, head, sizeof head);
  memcpy(state + numbers, p->log_weight, p->count * sizeof *state);
  for (size_t c = 0; c < p->count; c++) {
    state[numbers + p->count + c] = (double)p->family[c];
    state[numbers + 2 * p->count + c] = (double)p->elder[c];
  }
}

static bool is_whole(double x, double most) {
  return x >= 0 && x <= most && x == floor(x);
}

static bool fits(const gibbs_population *p, const double *state) {
  bool good = is_whole(state[0], UINT32_MAX) && is_whole(state[1], state[0]);
  double families = state[0] == 0 ? (double)p->count : (double)p->groups;
  for (size_t k = 2; good && k < numbers; k++) good = !isnan(state[k]);
  for (size_t c = 0; good && c < p->count; c++) {
    const double *at = state + numbers + c;
    good = isfinite(at[0]) && is_whole(at[p->count], families - 1) && is_whole(at[2 * p->count], families - 1);
  }
  return good;
}

gibbs_status gibbs_population_restore(gibbs_population *p, const double *state, gibbs_error *err) {
  if (!fits(p, state))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the state is not one of weights that %zu chains carry", p->count);
  p->resamplings = (uint64_t)state[0];
  p->stages = (uint64_t)state[1];
  p->gained = state[2], p->own = state[3], p->joint = state[4], p->last = state[5];
  p->least_ess = state[6], p->least_families = state[7];
  memcpy(p->log_weight, state + numbers, p->count * sizeof *state);
  for (size_t c = 0; c < p->count; c++) {
    p->family[c] = (size_t)state[numbers + p->count + c];
    p->elder[c] = (size_t)state[numbers + 2 * p->count + c];
  }
  return GIBBS_OK;
}
