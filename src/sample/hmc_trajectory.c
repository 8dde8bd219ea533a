/* hmc_trajectory.c - sixteen trajectories side by side: momenta drawn, leapfrog steps, accepted or not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"
#include "hastings.h"
#include "hmc.h"

enum { WIDTH = GIBBS_LANES, most_length = 256 };
static const double pi = 3.14159265358979323846;

/* ---- scratch ------------------------------------------------------------------------------------------------- */

static void clear_bench(gibbs_hmc_bench *bench) {
  free(bench->x);
  free(bench->slope);
  free(bench->momentum);
  free(bench->uniform);
}

void gibbs_hmc_clear_benches(gibbs_hmc *h) {
  for (size_t k = 0; k < h->bench_count; k++) clear_bench(&h->bench[k]);
  free(h->bench);
  h->bench = NULL;
  h->bench_count = 0;
}

static double *new_lanes(size_t rows) {
  return calloc(rows + 1, WIDTH * sizeof(double));
}

gibbs_status gibbs_hmc_furnish(gibbs_hmc *h, gibbs_error *err) {
  size_t threads = gibbs_threads(), units = h->groups.units;
  gibbs_status status = gibbs_landscape_furnish(h->landscape, err);
  if (status != GIBBS_OK || threads <= h->bench_count) return status;
  gibbs_hmc_clear_benches(h);
  h->bench = calloc(threads, sizeof *h->bench);
  bool made = h->bench != NULL;
  if (made) h->bench_count = threads;
  for (size_t k = 0; made && k < threads; k++) {
    gibbs_hmc_bench *bench = &h->bench[k];
    bench->x = new_lanes(units);
    bench->slope = new_lanes(units);
    bench->momentum = new_lanes(units + 1);
    bench->uniform = new_lanes(units + 1);
    made = bench->x && bench->slope && bench->momentum && bench->uniform;
  }
  if (made) return GIBBS_OK;
  gibbs_hmc_clear_benches(h);
  return gibbs_fail_memory(err, "trajectories", threads * 4 * units * WIDTH * sizeof(double));
}

/* ---- momenta ------------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void draw_uniforms(gibbs_lanes *lanes, size_t rows, double *out) {
  for (size_t f = 0; f < rows; f++) gibbs_lanes_uniform_double(lanes, out + f * WIDTH);
}

/* Standard normal numbers for the free units, two rows at a time (Box and Muller). */
static void draw_momenta(const gibbs_hmc *h, gibbs_hmc_bench *bench) {
  size_t rows = (h->groups.free_count + 1) / 2 * 2, half = rows / 2 * WIDTH;
  double *p = bench->momentum, *angle = bench->uniform + half, *radius = bench->uniform;
  draw_uniforms(bench->lanes, rows, bench->uniform);
  gibbs_vector_log(radius, radius, half);
  for (size_t i = 0; i < half; i++) {
    double r = sqrt(-2 * radius[i]), a = 2 * pi * angle[i];
    p[i] = r * cos(a);
    p[half + i] = r * sin(a);
  }
}

GIBBS_CLONES static void kinetic_energy(size_t rows, const double *restrict p, double out[restrict WIDTH]) {
  for (size_t k = 0; k < WIDTH; k++) out[k] = 0;
  for (size_t f = 0; f < rows; f++)
    for (size_t k = 0; k < WIDTH; k++) out[k] += 0.5 * p[f * WIDTH + k] * p[f * WIDTH + k];
}

/* ---- leapfrog ------------------------------------------------------------------------------------------------ */

GIBBS_CLONES static void kick(const gibbs_lane_groups *g, const double *restrict step, const double *restrict scale,
                              const double *restrict slope, double *restrict p) {
  for (size_t f = 0; f < g->free_count; f++) {
    size_t at = g->free[f] * WIDTH;
    for (size_t k = 0; k < WIDTH; k++) p[f * WIDTH + k] -= 0.5 * step[k] * scale[at + k] * slope[at + k];
  }
}

GIBBS_CLONES static void drift(const gibbs_lane_groups *g, const double *restrict step, const double *restrict scale,
                               const double *restrict p, double *restrict x) {
  for (size_t f = 0; f < g->free_count; f++) {
    size_t at = g->free[f] * WIDTH;
    for (size_t k = 0; k < WIDTH; k++) x[at + k] += step[k] * scale[at + k] * p[f * WIDTH + k];
  }
}

typedef struct trajectory {
  double step[WIDTH]; /* of this trajectory, 0 once it is lost */
  size_t length[WIDTH];
  double energy[WIDTH];
  unsigned lost; /* lanes that met an energy that is not finite */
} trajectory;

/* A lane that is lost goes back to its start and rests there. */
static void give_up(const gibbs_hmc *h, size_t group, gibbs_hmc_bench *bench, trajectory *t, unsigned wrong) {
  const double *start = gibbs_lane_groups_at(&h->groups, group);
  for (size_t k = 0; k < WIDTH; k++) {
    if (!(wrong >> k & 1)) continue;
    t->step[k] = 0;
    for (size_t u = 0; u < h->groups.units; u++) {
      bench->x[u * WIDTH + k] = start[u * WIDTH + k];
      bench->slope[u * WIDTH + k] = 0;
    }
    for (size_t f = 0; f < h->groups.free_count; f++) bench->momentum[f * WIDTH + k] = 0;
  }
  t->lost |= wrong;
}

static gibbs_status leap(gibbs_hmc *h, size_t group, size_t thread, size_t l, trajectory *t, gibbs_error *err) {
  gibbs_hmc_bench *bench = &h->bench[thread];
  const double *scale = h->scale + group * h->groups.units * WIDTH;
  double step[WIDTH];
  unsigned wrong = 0;
  gibbs_error why = {.code = GIBBS_OK};
  for (size_t k = 0; k < WIDTH; k++) step[k] = l < t->length[k] ? t->step[k] : 0;
  kick(&h->groups, step, scale, bench->slope, bench->momentum);
  drift(&h->groups, step, scale, bench->momentum, bench->x);
  gibbs_status status = gibbs_landscape_run(h->landscape, thread, bench->x, t->energy, bench->slope, &wrong, &why);
  if (status != GIBBS_OK) return gibbs_fail(err, status, "%s", why.message);
  if (wrong) give_up(h, group, bench, t, wrong);
  kick(&h->groups, step, scale, bench->slope, bench->momentum);
  return GIBBS_OK;
}

/* By default a quarter of the period of a unit of the scale 1: what a normal distribution forgets fastest by. */
static size_t choose_length(const gibbs_hmc *h, double step) {
  if (h->length > 0) return h->length;
  double length = ceil(pi / 2 / step);
  return length < most_length ? (size_t)length : most_length;
}

static void begin_trajectory(const gibbs_hmc *h, size_t group, gibbs_hmc_bench *bench, trajectory *t) {
  double uniform[WIDTH];
  gibbs_lanes_uniform_double(bench->lanes, uniform);
  gibbs_lane_groups_mirror(&h->groups, group, 1, uniform);
  gibbs_lane_groups_mirror(&h->groups, group, h->groups.free_count, bench->momentum);
  t->lost = 0;
  for (size_t k = 0; k < WIDTH; k++) {
    double step = gibbs_step_size_value(&h->step[gibbs_hmc_chain(h, group, k)], h->adapting);
    t->length[k] = choose_length(h, step);
    t->step[k] = step * (1 + h->jitter * (2 * uniform[k] - 1));
  }
}

/* ---- one sweep ----------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void take_where(const unsigned char take[WIDTH], size_t rows, const double *restrict from,
                                    double *restrict to) {
  for (size_t u = 0; u < rows; u++)
    for (size_t k = 0; k < WIDTH; k++) to[u * WIDTH + k] = take[k] ? from[u * WIDTH + k] : to[u * WIDTH + k];
}

static void decide(gibbs_hmc *h, size_t group, gibbs_hmc_bench *bench, const trajectory *t,
                   const double before[WIDTH], double acceptance[WIDTH]) {
  size_t units = h->groups.units, low, high, first = gibbs_lane_groups_lanes(&h->groups, group, &low, &high);
  double *energy = h->energy + group * WIDTH, after[WIDTH], uniform[WIDTH];
  unsigned char take[WIDTH];
  kinetic_energy(h->groups.free_count, bench->momentum, after);
  gibbs_lanes_uniform_double(bench->lanes, uniform);
  gibbs_lane_groups_mirror(&h->groups, group, 1, uniform);
  for (size_t k = 0; k < WIDTH; k++) {
    bool lost = t->lost >> k & 1;
    acceptance[k] = lost ? 0 : gibbs_hastings_acceptance(energy[k], t->energy[k], -before[k], -after[k]);
    take[k] = uniform[k] < acceptance[k];
    if (k >= low && k < high) h->accepted[first + k - low] = acceptance[k];
  }
  take_where(take, units, bench->x, gibbs_lane_groups_at(&h->groups, group));
  take_where(take, units, bench->slope, h->slope + group * units * WIDTH);
  take_where(take, 1, t->energy, energy);
}

/* The unit of lane k that is farthest out. */
static size_t outermost_unit(const gibbs_lane_groups *g, const double *x, size_t k) {
  size_t farthest = 0;
  for (size_t u = 0; u < g->units; u++)
    if (!(fabs(x[u * WIDTH + k]) <= fabs(x[farthest * WIDTH + k]))) farthest = u;
  return farthest;
}

static gibbs_status find_energies(gibbs_hmc *h, size_t group, size_t thread, gibbs_error *err) {
  const gibbs_lane_groups *g = &h->groups;
  const double *x = gibbs_lane_groups_at(g, group);
  gibbs_error why = {.code = GIBBS_OK};
  unsigned wrong = 0;
  size_t low, high, first = gibbs_lane_groups_lanes(g, group, &low, &high);
  gibbs_status status = gibbs_landscape_run(h->landscape, thread, x, h->energy + group * WIDTH,
                                            h->slope + group * g->units * WIDTH, &wrong, &why);
  if (status != GIBBS_OK) return gibbs_fail(err, status, "%s", why.message);
  for (size_t k = low; k < high; k++)
    if (wrong >> k & 1) {
      size_t u = outermost_unit(g, x, k);
      return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                        "the energy of chain %zu is not finite where it stands (unit %zu is farthest out, at %g): %s",
                        first + k - low + 1, u + 1, x[u * WIDTH + k], why.message);
    }
  h->known[group] = true;
  return GIBBS_OK;
}

gibbs_status gibbs_hmc_sweep_group(gibbs_hmc *h, size_t group, size_t thread, gibbs_error *err) {
  gibbs_hmc_bench *bench = &h->bench[thread];
  size_t bytes = h->groups.units * WIDTH * sizeof(double), longest = 0;
  double before[WIDTH], acceptance[WIDTH];
  trajectory t;
  gibbs_lanes lanes;
  gibbs_status status = h->known[group] ? GIBBS_OK : find_energies(h, group, thread, err);
  if (status != GIBBS_OK) return status;
  bench->lanes = &lanes;
  gibbs_lanes_open_chains(&lanes, h->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)gibbs_lane_groups_number(&h->groups, group),
                          h->sweep);
  draw_momenta(h, bench);
  begin_trajectory(h, group, bench, &t);
  kinetic_energy(h->groups.free_count, bench->momentum, before);
  memcpy(bench->x, gibbs_lane_groups_at(&h->groups, group), bytes);
  memcpy(bench->slope, h->slope + group * h->groups.units * WIDTH, bytes);
  for (size_t k = 0; k < WIDTH; k++) longest = t.length[k] > longest ? t.length[k] : longest;
  for (size_t l = 0; status == GIBBS_OK && l < longest; l++) status = leap(h, group, thread, l, &t, err);
  if (status != GIBBS_OK) return status;
  decide(h, group, bench, &t, before, acceptance);
  if (h->adapting && h->adapts) gibbs_hmc_learn(h, group, acceptance);
  return GIBBS_OK;
}
