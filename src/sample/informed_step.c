/* informed_step.c - one proposal of sixteen chains: drawn, weighed against its way back, taken or not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "gibbs/private/clones.h"
#include "hastings.h"
#include "informed.h"

enum { WIDTH = GIBBS_LANES };

/* Sizes of a discrete Langevin step: below, nothing ever changes; above, the distance counts for nothing. */
static const double shortest = 0.02, longest = 1000, wanted_acceptance = 0.574;

/* ---- scratch ------------------------------------------------------------------------------------------------- */

static void clear_bench(gibbs_informed_bench *bench) {
  free(bench->x);
  free(bench->slope);
  free(bench->half);
  free(bench->weight);
  free(bench->key);
  free(bench->rest);
  free(bench->order);
}

void gibbs_informed_clear_benches(gibbs_informed *in) {
  for (size_t k = 0; k < in->bench_count; k++) clear_bench(&in->bench[k]);
  free(in->bench);
  in->bench = NULL;
  in->bench_count = 0;
}

static double *new_lanes(size_t rows) {
  return calloc(rows + 1, WIDTH * sizeof(double));
}

static gibbs_status furnish_bench(const gibbs_informed *in, gibbs_informed_bench *bench, gibbs_error *err) {
  size_t elements = in->groups.elements, units = in->groups.free_count;
  bench->x = new_lanes(elements);
  bench->slope = new_lanes(elements);
  bench->half = new_lanes(elements);
  bench->weight = new_lanes(units);
  bench->key = new_lanes(units);
  bench->rest = new_lanes(elements); /* as many as units, or as the states of any one */
  bench->order = calloc(in->flips + 1, WIDTH * sizeof *bench->order);
  return bench->x && bench->slope && bench->half && bench->weight && bench->key && bench->rest && bench->order
             ? GIBBS_OK
             : gibbs_fail_memory(err, "informed proposals", 6 * elements * WIDTH * sizeof(double));
}

gibbs_status gibbs_informed_furnish(gibbs_informed *in, gibbs_error *err) {
  size_t threads = gibbs_threads();
  gibbs_status status = gibbs_landscape_furnish(in->landscape, err);
  if (status != GIBBS_OK || threads <= in->bench_count) return status;
  gibbs_informed_clear_benches(in);
  in->bench = calloc(threads, sizeof *in->bench);
  if (!in->bench) return gibbs_fail_memory(err, "informed proposals", threads * sizeof *in->bench);
  in->bench_count = threads;
  for (size_t k = 0; status == GIBBS_OK && k < threads; k++) status = furnish_bench(in, &in->bench[k], err);
  if (status != GIBBS_OK) gibbs_informed_clear_benches(in);
  return status;
}

/* ---- failures ------------------------------------------------------------------------------------------------ */

/* The first free unit in which lane k of `to` differs from x; units where none does. */
static size_t changed_unit(const gibbs_lane_groups *g, const double *x, const double *to, size_t k) {
  for (size_t u = 0; u < g->units; u++)
    if (gibbs_lane_unit_read(&g->unit[u], x, k) != gibbs_lane_unit_read(&g->unit[u], to, k)) return u;
  return g->units;
}

/* `to` NULL: the present configuration is at fault. */
static gibbs_status report_wrong(const gibbs_informed *in, size_t group, unsigned wrong, const double *to,
                                 const gibbs_error *why, gibbs_error *err) {
  size_t low, high, first = gibbs_lane_groups_lanes(&in->groups, group, &low, &high), k = low;
  while (k + 1 < high && !(wrong >> k & 1)) k++;
  size_t u = to ? changed_unit(&in->groups, gibbs_lane_groups_at(&in->groups, group), to, k) : 0;
  if (!to)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the energy of chain %zu is not finite where it stands: %s",
                      first + k - low + 1, why->message);
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the energy of chain %zu is not finite when unit %zu changes: %s",
                    first + k - low + 1, u + 1, why->message);
}

/* ---- one proposal -------------------------------------------------------------------------------------------- */

static void read_penalties(const gibbs_informed *in, gibbs_informed_bench *bench, size_t group) {
  size_t low, high, first = gibbs_lane_groups_lanes(&in->groups, group, &low, &high);
  for (size_t k = 0; k < WIDTH; k++) {
    size_t chain = k < low || k >= high ? first : first + k - low;
    bench->penalty[k] = 0.5 / gibbs_step_size_value(&in->step[chain], in->adapting);
  }
}

GIBBS_CLONES static void take_where(const unsigned char take[WIDTH], size_t rows, const double *restrict from,
                                    double *restrict to) {
  for (size_t e = 0; e < rows; e++)
    for (size_t k = 0; k < WIDTH; k++) to[e * WIDTH + k] = take[k] ? from[e * WIDTH + k] : to[e * WIDTH + k];
}

static gibbs_status evaluate(gibbs_informed *in, size_t group, size_t thread, const double *x, bool proposed,
                             double *energy, double *slope, gibbs_error *err) {
  gibbs_error why = {.code = GIBBS_OK};
  unsigned wrong = 0;
  gibbs_status status = gibbs_landscape_run(in->landscape, thread, x, energy, slope, &wrong, &why);
  if (status != GIBBS_OK) return gibbs_fail(err, status, "%s", why.message);
  return wrong ? report_wrong(in, group, wrong, proposed ? x : NULL, &why, err) : GIBBS_OK;
}

/* Learn and note the acceptance of the lanes that have chains. */
static void note_acceptance(gibbs_informed *in, size_t group, const double acceptance[WIDTH]) {
  size_t low, high, first = gibbs_lane_groups_lanes(&in->groups, group, &low, &high);
  for (size_t k = low; k < high; k++) {
    size_t chain = first + k - low;
    in->accepted[chain] += acceptance[k] / (double)in->steps;
    if (in->adapting && in->adapts)
      gibbs_step_size_learn(&in->step[chain], acceptance[k], wanted_acceptance, shortest, longest);
  }
}

/* `odds`: the chance that the proposal is made at all. */
static void take_proposals(gibbs_informed *in, size_t group, gibbs_informed_bench *bench, double odds,
                           const double acceptance[WIDTH], const double proposed[WIDTH]) {
  size_t elements = in->groups.elements, low, high;
  double uniform[WIDTH];
  unsigned char take[WIDTH];
  gibbs_lane_groups_lanes(&in->groups, group, &low, &high);
  gibbs_lanes_uniform_double(bench->lanes, uniform);
  for (size_t k = 0; k < WIDTH; k++) take[k] = uniform[k] < odds * acceptance[k];
  for (size_t k = 0; k < WIDTH; k++) take[k] = take[k < low || k >= high ? low : k];
  take_where(take, elements, bench->x, gibbs_lane_groups_at(&in->groups, group));
  take_where(take, elements, bench->slope, in->slope + group * elements * WIDTH);
  take_where(take, 1, proposed, in->energy + group * WIDTH);
}

/* Where the energy has no preference every single change is accepted, and their number is what it is: half of the
 * chains leave the last one out, so that none runs in circles. */
static double odds_of_proposal(const gibbs_informed *in, size_t t) {
  return in->proposal == GIBBS_INFORMED_GRADIENT && t + 1 == in->steps ? 0.5 : 1;
}

/* One less in every second proposal: were their numbers all even, two-state units would never leave half of their
 * configurations. */
static size_t changes_of_proposal(const gibbs_informed *in, size_t t) {
  return in->flips > 1 ? in->flips - (in->sweep + t) % 2 : in->flips;
}

static gibbs_status step_group(gibbs_informed *in, size_t group, size_t thread, size_t t, gibbs_error *err) {
  gibbs_informed_bench *bench = &in->bench[thread];
  size_t elements = in->groups.elements;
  double *x = gibbs_lane_groups_at(&in->groups, group), *energy = in->energy + group * WIDTH;
  double *slope = in->slope + group * elements * WIDTH;
  double forth[WIDTH], back[WIDTH], proposed[WIDTH], acceptance[WIDTH];
  bench->flips = changes_of_proposal(in, t);
  read_penalties(in, bench, group);
  gibbs_informed_weigh(in, bench, x, slope);
  gibbs_informed_draw(in, bench, x);
  gibbs_lane_groups_mirror(&in->groups, group, elements, bench->x);
  gibbs_informed_log_probability(in, bench, x, bench->x, false, forth);
  gibbs_status status = evaluate(in, group, thread, bench->x, true, proposed, bench->slope, err);
  if (status != GIBBS_OK) return status;
  gibbs_informed_weigh(in, bench, bench->x, bench->slope);
  gibbs_informed_log_probability(in, bench, bench->x, x, true, back);
  for (size_t k = 0; k < WIDTH; k++)
    acceptance[k] = gibbs_hastings_acceptance(energy[k], proposed[k], forth[k], back[k]);
  take_proposals(in, group, bench, odds_of_proposal(in, t), acceptance, proposed);
  note_acceptance(in, group, acceptance);
  return GIBBS_OK;
}

gibbs_status gibbs_informed_sweep_group(gibbs_informed *in, size_t group, size_t thread, gibbs_error *err) {
  const gibbs_lane_groups *g = &in->groups;
  gibbs_lanes lanes;
  size_t low, high, first = gibbs_lane_groups_lanes(g, group, &low, &high);
  gibbs_status status = GIBBS_OK;
  for (size_t k = low; k < high; k++) in->accepted[first + k - low] = in->steps ? 0 : 1;
  if (!in->known[group])
    status = evaluate(in, group, thread, gibbs_lane_groups_at(g, group), false, in->energy + group * WIDTH,
                      in->slope + group * g->elements * WIDTH, err);
  if (status != GIBBS_OK) return status;
  in->known[group] = true;
  in->bench[thread].lanes = &lanes;
  gibbs_lanes_open_chains(&lanes, in->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)gibbs_lane_groups_number(g, group),
                          in->sweep);
  for (size_t t = 0; status == GIBBS_OK && t < in->steps; t++) status = step_group(in, group, thread, t, err);
  return status;
}

/* ---- the same numbers, for one move from a given place ------------------------------------------------------- */

static void fill_lanes(const gibbs_lane_groups *g, const double *values, double *x) {
  for (size_t u = 0; u < g->units; u++)
    for (size_t k = 0; k < WIDTH; k++) gibbs_lane_unit_write(&g->unit[u], x, k, values[u]);
}

static uint32_t free_number(const gibbs_lane_groups *g, size_t unit) {
  size_t f = 0;
  while (f + 1 < g->free_count && g->free[f] != unit) f++;
  return (uint32_t)f;
}

gibbs_status gibbs_informed_transition(gibbs_informed *in, const double *from, const double *to, const size_t *order,
                                       double *out, gibbs_error *err) {
  gibbs_status status = gibbs_informed_furnish(in, err);
  size_t elements = in->groups.elements;
  double *x = new_lanes(2 * elements), *slope = x ? x + elements * WIDTH : NULL;
  double energy[WIDTH], proposed[WIDTH], forth[WIDTH], back[WIDTH];
  if (status == GIBBS_OK && !x) status = gibbs_fail_memory(err, "a transition", 2 * elements * WIDTH * sizeof *x);
  if (status == GIBBS_OK) {
    fill_lanes(&in->groups, from, x);
    status = evaluate(in, 0, 0, x, false, energy, slope, err);
  }
  if (status == GIBBS_OK) {
    gibbs_informed_bench *bench = &in->bench[0];
    bench->flips = in->flips;
    for (size_t i = 0; i < in->flips * WIDTH && in->proposal == GIBBS_INFORMED_GRADIENT; i++)
      bench->order[i] = free_number(&in->groups, order[i / WIDTH]);
    read_penalties(in, bench, 0);
    fill_lanes(&in->groups, to, bench->x);
    gibbs_informed_weigh(in, bench, x, slope);
    gibbs_informed_log_probability(in, bench, x, bench->x, false, forth);
    status = evaluate(in, 0, 0, bench->x, false, proposed, bench->slope, err);
    if (status == GIBBS_OK) {
      gibbs_informed_weigh(in, bench, bench->x, bench->slope);
      gibbs_informed_log_probability(in, bench, bench->x, x, true, back);
      *out = exp(forth[0]) * gibbs_hastings_acceptance(energy[0], proposed[0], forth[0], back[0]);
    }
  }
  free(x);
  return status;
}
