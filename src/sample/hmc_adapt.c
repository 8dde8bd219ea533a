/* hmc_adapt.c - the warm-up of `hmc`: a step size and a scale for each unit, chain by chain, so that a chain learns
 * the same whatever other chains there are.
 *
 * After a few sweeps for the step alone come windows of 25, 50, 100, ... sweeps; at the end of each the scales become
 * the standard deviations of the positions in it, and the search for the step begins anew.
 * Source: the warm-up of Stan (Carpenter et al., J. Stat. Softw. 76 (2017) 1), without its last phase. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "hmc.h"

enum { WIDTH = GIBBS_LANES, first_sweeps = 15, first_window = 25 };

/* The scales that were count as much as this many positions. */
static const double memory_of_scales = 5;
static const double wanted_acceptance = 0.8, shortest = 1e-10, longest = 1e3;

/* Whether sweep `learned` is in a window; if so its place in it and the window's length. */
static bool find_window(uint64_t learned, uint64_t *place, uint64_t *length) {
  if (learned < first_sweeps) return false;
  *place = learned - first_sweeps;
  *length = first_window;
  while (*place >= *length) {
    *place -= *length;
    *length *= 2;
  }
  return true;
}

/* Running mean and sum of squared deviations (Welford). */
static void gather(gibbs_hmc *h, size_t group, double count) {
  size_t n = h->groups.units * WIDTH;
  const double *x = gibbs_lane_groups_at(&h->groups, group);
  double *mean = h->mean + group * n, *spread = h->spread + group * n;
  for (size_t i = 0; i < n; i++) {
    double off = x[i] - mean[i];
    mean[i] += off / count;
    spread[i] += off * (x[i] - mean[i]);
  }
}

/* A unit that never moved, or whose numbers overflow, keeps its scale. */
static double improved_scale(double scale, double variance, double count) {
  if (!(variance > 0) || !isfinite(variance)) return scale;
  return exp((0.5 * count * log(variance) + memory_of_scales * log(scale)) / (count + memory_of_scales));
}

/* The largest frequency was about max(old scale / new scale) and becomes about 1: the step grows as it falls. */
static double rescale_lane(gibbs_hmc *h, size_t group, size_t k, double count) {
  const gibbs_lane_groups *g = &h->groups;
  double fastest = 0;
  for (size_t f = 0; f < g->free_count; f++) {
    size_t at = (group * g->units + g->free[f]) * WIDTH + k;
    double scale = improved_scale(h->scale[at], h->spread[at] / (count - 1), count);
    if (h->scale[at] / scale > fastest) fastest = h->scale[at] / scale;
    h->scale[at] = scale;
  }
  return fastest;
}

static void end_window(gibbs_hmc *h, size_t group, double count) {
  size_t n = h->groups.units * WIDTH, low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
  for (size_t k = low; k < high; k++) {
    gibbs_step_size *step = &h->step[first + k - low];
    double fastest = rescale_lane(h, group, k, count);
    double size = gibbs_step_size_value(step, false) * (fastest > 0 ? fastest : 1);
    *step = gibbs_step_size_begin(fmin(fmax(size, shortest), longest));
  }
  gibbs_lane_groups_mirror(&h->groups, group, h->groups.units, h->scale + group * n);
  memset(h->mean + group * n, 0, n * sizeof *h->mean);
  memset(h->spread + group * n, 0, n * sizeof *h->spread);
}

void gibbs_hmc_learn(gibbs_hmc *h, size_t group, const double acceptance[GIBBS_LANES]) {
  size_t low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
  uint64_t place = 0, length = 0;
  for (size_t k = low; k < high; k++)
    gibbs_step_size_learn(&h->step[first + k - low], acceptance[k], wanted_acceptance, shortest, longest);
  if (!find_window(h->learned, &place, &length)) return;
  gather(h, group, (double)(place + 1));
  if (place + 1 == length) end_window(h, group, (double)length);
}

/* ---- memory -------------------------------------------------------------------------------------------------- */

enum { learned_arrays = 3 };

static size_t numbers_of_chain(const gibbs_hmc *h) {
  return GIBBS_STEP_SIZE_NUMBERS + learned_arrays * h->groups.units;
}

/* The scale, mean or spread of the units of a chain, WIDTH apart. */
static double *find_array(const gibbs_hmc *h, size_t which, size_t group, size_t k) {
  double *const arrays[learned_arrays] = {h->scale, h->mean, h->spread};
  return arrays[which] + group * h->groups.units * WIDTH + k;
}

static void save_arrays(const gibbs_hmc *h, size_t group, size_t k, double *out) {
  for (size_t which = 0; which < learned_arrays; which++)
    for (size_t u = 0; u < h->groups.units; u++) *out++ = find_array(h, which, group, k)[u * WIDTH];
}

static void load_arrays(const gibbs_hmc *h, size_t group, size_t k, const double *in) {
  for (size_t which = 0; which < learned_arrays; which++)
    for (size_t u = 0; u < h->groups.units; u++) find_array(h, which, group, k)[u * WIDTH] = *in++;
}

size_t gibbs_hmc_save(const gibbs_hmc *h, double *out) {
  size_t count = 1 + h->groups.chains * numbers_of_chain(h);
  if (!out) return count;
  *out++ = (double)h->learned;
  for (size_t group = 0; group < h->groups.count; group++) {
    size_t low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
    for (size_t k = low; k < high; k++) {
      double *at = out + (first + k - low) * numbers_of_chain(h);
      gibbs_step_size_save(&h->step[first + k - low], at);
      save_arrays(h, group, k, at + GIBBS_STEP_SIZE_NUMBERS);
    }
  }
  return count;
}

static gibbs_status check_memory(const gibbs_hmc *h, const double *memory, size_t count, gibbs_error *err) {
  size_t wanted = gibbs_hmc_save(h, NULL), each = numbers_of_chain(h);
  if (count != wanted)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "what %zu chains of %zu units have learned is %zu numbers, not %zu",
                      h->groups.chains, h->groups.units, wanted, count);
  bool whole = memory[0] >= 0 && memory[0] < 0x1p53 && memory[0] == floor(memory[0]);
  if (!whole) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%g is no number of sweeps of warm-up", memory[0]);
  for (size_t i = 1; i < count; i++) {
    size_t place = (i - 1) % each;
    bool scale = place >= GIBBS_STEP_SIZE_NUMBERS && place < GIBBS_STEP_SIZE_NUMBERS + h->groups.units;
    if (!isfinite(memory[i]) || (scale && memory[i] <= 0))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%g is nothing that chain %zu can have learned", memory[i],
                        (i - 1) / each + 1);
  }
  return GIBBS_OK;
}

gibbs_status gibbs_hmc_load(gibbs_hmc *h, const double *memory, size_t count, gibbs_error *err) {
  gibbs_status status = check_memory(h, memory, count, err);
  if (status != GIBBS_OK) return status;
  h->learned = (uint64_t)memory[0];
  for (size_t group = 0; group < h->groups.count; group++) {
    size_t low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
    for (size_t k = 0; k < WIDTH; k++) {
      size_t chain = gibbs_hmc_chain(h, group, k), each = numbers_of_chain(h);
      double numbers[GIBBS_STEP_SIZE_NUMBERS];
      memcpy(numbers, memory + 1 + chain * each, sizeof numbers);
      if (k >= low && k < high && !gibbs_step_size_load(&h->step[first + k - low], numbers))
        return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the step of chain %zu is not finite", chain + 1);
      load_arrays(h, group, k, memory + 1 + chain * each + GIBBS_STEP_SIZE_NUMBERS);
    }
  }
  return GIBBS_OK;
}
