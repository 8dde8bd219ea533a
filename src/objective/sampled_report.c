/* sampled_report.c - what training wants to know of the samples of the last evaluation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sampled.h"

/* Where a distribution is a member; NULL: the first whose parameters vary. */
static bool find_member(const gibbs_objective *o, const gibbs_distribution *q, size_t *scene, size_t *member) {
  for (*scene = 0; *scene < o->scene_count; ++*scene) {
    const gibbs_pool *pool = o->scenes[*scene].pool;
    for (*member = 0; *member < pool->members; ++*member) {
      const gibbs_gauge *gauge = pool->sampler->gauges[pool->gauge[*member]];
      if (q ? gauge->d == q : gibbs_gauge_varies(gauge)) return true;
    }
  }
  return false;
}

/* The mean over chains of what the kernel says of its last sweep. */
static gibbs_status average_changes(const gibbs_place *place, double *out, gibbs_error *err) {
  size_t which = 0, count = gibbs_chains_measure_count(place->chains);
  *out = NAN;
  while (which < count && strcmp(gibbs_chains_measure_name(place->chains, which), "changed") != 0 &&
         strcmp(gibbs_chains_measure_name(place->chains, which), "acceptance") != 0)
    which++;
  if (which == count) return GIBBS_OK;
  double *each = malloc(place->chain_count * sizeof *each), sum = 0;
  if (!each) return gibbs_fail_memory(err, "a measure of chains", place->chain_count * sizeof *each);
  gibbs_chains_measure(place->chains, which, each);
  for (size_t c = 0; c < place->chain_count; c++) sum += each[c];
  *out = sum / (double)place->chain_count;
  free(each);
  return GIBBS_OK;
}

/* F of a member by the jackknife, where the last evaluation had it. */
static void find_free_energy(const gibbs_objective *o, size_t scene, size_t member, gibbs_sample_report *out) {
  const gibbs_sampled *sampled = o->sampled;
  const gibbs_anchor *anchor = sampled->scenes[scene].anchor, *own = &anchor[anchor[member].set];
  size_t n = o->scenes[scene].member_count, groups = sampled->sampler->groups;
  const double *f = sampled->scenes[scene].free_energy;
  double mean = 0, square = 0, g = (double)groups;
  const gibbs_carried *carried = gibbs_place_free_energy(o->scenes[scene].pool->block[member].place);
  out->free_energy = out->error = NAN;
  if (carried && sampled->valued != sampled->sampler->evaluation) {
    gibbs_carried_state state;
    gibbs_carried_report(carried, &state);
    if (state.absolute) out->free_energy = state.free_energy, out->error = state.error;
  }
  bool across = own->island != anchor[member].island; /* samples do not overlap: what is known across is nothing */
  if (sampled->valued != sampled->sampler->evaluation || !own->known || across) return;
  for (size_t k = 1; k <= groups; k++) mean += f[k * n + member] / g;
  for (size_t k = 1; k <= groups; k++) square += pow(f[k * n + member] - mean, 2);
  out->free_energy = groups > 1 ? f[member] + (g - 1) * (f[member] - mean) : f[member];
  out->error = hypot(groups > 1 ? sqrt((g - 1) / g * square) : 0, own->error);
}

/* H where chains are is not worth its price at every step; where it is there anyhow it is taken. */
static gibbs_status note_energies(const gibbs_pool *pool, size_t member, gibbs_error *err) {
  enum { every = 16 };
  gibbs_place *place = pool->sampler->places[pool->place[member]];
  size_t gauge = pool->gauge[member], at = pool->place[member];
  const double *log_weight = NULL;
  if (place->start || (place->taken % every != 0 && !gibbs_gauge_is_read(pool->sampler, gauge, at))) return GIBBS_OK;
  gibbs_status status = gibbs_gauge_read(pool->sampler, gauge, at, &log_weight, err);
  return status == GIBBS_OK ? gibbs_window_add(place, log_weight, place->taken, err) : status;
}

/* Of one evaluation, where it has snapshots enough and H is there. */
static gibbs_status look_at_snapshots(const gibbs_pool *pool, size_t member, double *r_hat, gibbs_error *err) {
  size_t gauge = pool->gauge[member], at = pool->place[member];
  const double *log_weight = NULL;
  if (!gibbs_gauge_is_read(pool->sampler, gauge, at)) return GIBBS_OK;
  gibbs_status status = gibbs_gauge_read(pool->sampler, gauge, at, &log_weight, err);
  if (status == GIBBS_OK) *r_hat = gibbs_snapshots_r_hat(pool->sampler->places[at], log_weight);
  return status;
}

static gibbs_status weigh_samples(gibbs_place *place, gibbs_sample_report *out, gibbs_error *err) {
  double sum = 0, squares = 0;
  if (!place->share) place->share = malloc(place->samples * sizeof *place->share);
  if (!place->share) return gibbs_fail_memory(err, "weights of samples", place->samples * sizeof *place->share);
  for (size_t s = 0; s < place->samples; s++) sum += place->multiplicity[s];
  for (size_t s = 0; s < place->samples; s++) {
    place->share[s] = place->multiplicity[s] / sum;
    squares += place->share[s] * place->share[s];
  }
  out->ess_share = 1 / (squares * (double)place->samples);
  out->weight = place->share;
  return GIBBS_OK;
}

gibbs_status gibbs_objective_samples(gibbs_objective *o, gibbs_distribution *q, gibbs_sample_report *out,
                                     gibbs_error *err) {
  size_t scene, member;
  *out = (gibbs_sample_report){.free_energy = NAN, .error = NAN, .ess_share = NAN, .r_hat = NAN, .changed = NAN};
  if (!o->sampled || !find_member(o, q, &scene, &member)) return GIBBS_OK;
  const gibbs_pool *pool = o->scenes[scene].pool;
  gibbs_place *place = pool->sampler->places[pool->place[member]];
  if (!place->taken) return GIBBS_OK;
  gibbs_status status = note_energies(pool, member, err);
  if (status == GIBBS_OK) status = average_changes(place, &out->changed, err);
  if (status == GIBBS_OK) status = weigh_samples(place, out, err);
  if (status != GIBBS_OK) return status;
  find_free_energy(o, scene, member, out);
  out->known = true;
  out->r_hat = place->start ? NAN : gibbs_window_r_hat(place);
  if (isnan(out->r_hat) && !place->start) status = look_at_snapshots(pool, member, &out->r_hat, err);
  out->count = place->samples;
  out->rows = place->rows;
  return status;
}
