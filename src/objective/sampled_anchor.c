/* sampled_anchor.c - free energies of members of a scene: what samples know of each other, and what is known from
 * elsewhere. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/known.h"
#include "gibbs/reweight.h"
#include "sampled.h"

/* ---- what is known ------------------------------------------------------------------------------------------------
 */

/* Exactly, of members that do not vary: such sums are not for every step. */
static gibbs_status ask_exact(const gibbs_pool *pool, size_t k, gibbs_anchor *anchor, gibbs_error *err) {
  gibbs_gauge *gauge = pool->sampler->gauges[pool->gauge[k]];
  uint64_t version = gibbs_gauge_version(gauge->d);
  anchor->known = anchor->doubtful = false;
  if (gibbs_gauge_varies(gauge)) return GIBBS_OK;
  if (!anchor->asked || anchor->version != version) {
    gibbs_error local;
    gibbs_status status = gibbs_known_free_energy(gauge->d, &anchor->exact_value, NULL, &local);
    if (status != GIBBS_OK && status != GIBBS_ERR_UNSUPPORTED && status != GIBBS_ERR_SIZE) {
      if (err) *err = local;
      return status;
    }
    anchor->exact = status == GIBBS_OK;
    anchor->asked = true;
    anchor->version = version;
  }
  anchor->known = anchor->exact;
  anchor->value = anchor->exact_value;
  anchor->error = 0;
  return GIBBS_OK;
}

/* By weights that are carried along. */
static void ask_carried(const gibbs_pool *pool, size_t k, gibbs_anchor *anchor) {
  const gibbs_carried *carried = gibbs_place_free_energy(pool->block[k].place);
  gibbs_carried_state state;
  if (anchor->known || !carried) return;
  gibbs_carried_report(carried, &state);
  anchor->known = state.absolute;
  anchor->value = state.free_energy;
  anchor->error = state.error;
  anchor->doubtful = !state.trusted;
}

/* By the method of the sampling, with random numbers of this evaluation. */
static gibbs_status ask_method(gibbs_sampled *sampled, const gibbs_pool *pool, size_t k, gibbs_anchor *anchor,
                               gibbs_error *err) {
  const gibbs_sampling *sampling = &sampled->sampler->sampling;
  gibbs_free_energy_options options =
      sampling->method_options ? *sampling->method_options : gibbs_free_energy_defaults(sampling->method);
  gibbs_free_energy_result result;
  options.seed += 0x9e3779b97f4a7c15u * sampled->sampler->evaluation + 0xd1342543de82ef95u * pool->place[k];
  gibbs_status status = gibbs_free_energy_estimate(sampling->method, sampled->sampler->gauges[pool->gauge[k]]->d,
                                                   &options, &result, err);
  if (status != GIBBS_OK) return status;
  anchor->known = true;
  anchor->value = result.value;
  anchor->error = result.error;
  if (!result.converged)
    gibbs_sampled_doubt(sampled, "the free energy by %s: %.150s", gibbs_free_energy_name(sampling->method),
                        result.why);
  return GIBBS_OK;
}

/* ---- islands and sets ---------------------------------------------------------------------------------------------
 */

static void join(gibbs_anchor *anchor, size_t members, size_t from, size_t to) {
  for (size_t k = 0; k < members; k++)
    if (anchor[k].island == from) anchor[k].island = to;
}

/* Two that are known by themselves better than from each other do without. */
static bool know_better(const gibbs_pool *pool, size_t k, size_t i, const gibbs_anchor *anchor) {
  double apart = hypot(anchor[k].error, anchor[i].error);
  double shared = pool->shared[k * pool->members + i] / 2, count = 1 / pool->count[k] + 1 / pool->count[i];
  bool sure = anchor[k].known && !anchor[k].doubtful && anchor[i].known && !anchor[i].doubtful;
  return sure && apart * apart < 1 / shared - count;
}

static bool know_each_other(const gibbs_pool *pool, size_t k, size_t i, bool assume, const gibbs_anchor *anchor) {
  if (assume) return true;
  return pool->shared[k * pool->members + i] >= GIBBS_REWEIGHT_FLOOR && !know_better(pool, k, i, anchor);
}

static void find_islands(const gibbs_pool *pool, bool assume, gibbs_anchor *anchor) {
  for (size_t k = 0; k < pool->members; k++) anchor[k].island = k;
  for (size_t k = 0; !pool->apart && k < pool->members; k++)
    for (size_t i = k + 1; i < pool->members; i++)
      if (know_each_other(pool, k, i, assume, anchor))
        join(anchor, pool->members, anchor[i].island, anchor[k].island);
}

/* Of an island: the one that is exact, or else the one with the smallest error; SIZE_MAX: none. */
static size_t find_anchor(const gibbs_anchor *anchor, size_t members, size_t island) {
  size_t best = SIZE_MAX;
  for (size_t k = 0; k < members; k++)
    if (anchor[k].island == island && anchor[k].known && (best == SIZE_MAX || anchor[k].error < anchor[best].error))
      best = k;
  return best;
}

/* Islands with an anchor are sets; the others join the first of these, or each other.  Apart they stay alone. */
static void find_sets(const gibbs_pool *pool, gibbs_anchor *anchor) {
  size_t n = pool->members, refuge = SIZE_MAX;
  for (size_t k = 0; k < n; k++) {
    anchor[k].set = find_anchor(anchor, n, anchor[k].island);
    if (refuge == SIZE_MAX) refuge = anchor[k].set;
  }
  for (size_t k = 0; k < n; k++)
    if (anchor[k].set == SIZE_MAX) anchor[k].set = pool->apart ? anchor[k].island : refuge != SIZE_MAX ? refuge : 0;
}

gibbs_status gibbs_sampled_anchor(gibbs_objective *o, bool assume, bool methods, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t s = 0; status == GIBBS_OK && s < o->scene_count; s++) {
    const gibbs_pool *pool = o->scenes[s].pool;
    gibbs_anchor *anchor = o->sampled->scenes[s].anchor;
    for (size_t k = 0; status == GIBBS_OK && k < pool->members; k++) {
      status = ask_exact(pool, k, &anchor[k], err);
      ask_carried(pool, k, &anchor[k]);
    }
    find_islands(pool, assume, anchor);
    for (size_t k = 0; methods && status == GIBBS_OK && k < pool->members; k++)
      if (find_anchor(anchor, pool->members, anchor[k].island) == SIZE_MAX)
        status = ask_method(o->sampled, pool, k, &anchor[k], err);
    find_sets(pool, anchor);
  }
  return status;
}

void gibbs_sampled_place(const gibbs_objective *o, size_t scene) {
  const gibbs_pool *pool = o->scenes[scene].pool;
  const gibbs_anchor *anchor = o->sampled->scenes[scene].anchor;
  for (size_t k = 0; k < pool->members; k++) {
    size_t set = anchor[k].set;
    double constant = anchor[set].known ? anchor[set].value : 0;
    o->scenes[scene].sums.log_z[k] = -(pool->free_energy[k] - pool->free_energy[set] + constant);
  }
}

/* ---- dependence ---------------------------------------------------------------------------------------------------
 */

/* What the objective is at some values of the leaves; not finite: it has none. */
typedef struct outcome {
  double value;
  double *coefficient; /* [leaf] */
} outcome;

/* F of some members is another one: those of a set, or of an island. */
typedef struct shift {
  size_t scene, name;
  bool island;
  double by;
} shift;

static bool is_shifted(const gibbs_anchor *anchor, const shift *s) {
  return (s->island ? anchor->island : anchor->set) == s->name;
}

static gibbs_status run_leaves(gibbs_objective *o, const shift *s, outcome *out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  const gibbs_anchor *anchor = s ? o->sampled->scenes[s->scene].anchor : NULL;
  for (size_t k = 0; k < o->scene_count; k++) gibbs_sampled_place(o, k);
  for (size_t k = 0; s && k < o->scenes[s->scene].member_count; k++)
    if (is_shifted(&anchor[k], s)) o->scenes[s->scene].sums.log_z[k] -= s->by;
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) {
    const gibbs_scene *scene = o->leaves[k].scene == SIZE_MAX ? NULL : &o->scenes[o->leaves[k].scene];
    status = gibbs_functional_row_of(o->leaves[k].term->kind)->value(scene, &o->leaves[k], err);
  }
  if (status != GIBBS_OK) return status;
  gibbs_error local;
  status = gibbs_outer_run(o, &out->value, &local);
  if (status == GIBBS_ERR_NUMERIC) return out->value = NAN, GIBBS_OK;
  if (status != GIBBS_OK && err) *err = local;
  for (size_t k = 0; k < o->leaf_count; k++) out->coefficient[k] = o->leaves[k].coefficient;
  return status;
}

/* How large rounding may be. */
static double find_scale(const gibbs_objective *o, const outcome *at, double by) {
  double scale = fabs(at->value);
  for (size_t k = 0; k < o->leaf_count; k++) scale += fabs(at->coefficient[k]) * (fabs(o->leaves[k].value) + by);
  return 1e-10 * scale;
}

static bool same_coefficients(const gibbs_objective *o, const outcome *a, const outcome *b) {
  double most = 0;
  if (!isfinite(b->value)) return false;
  for (size_t k = 0; k < o->leaf_count; k++) most = fmax(most, fabs(a->coefficient[k]));
  for (size_t k = 0; k < o->leaf_count; k++)
    if (!(fabs(a->coefficient[k] - b->coefficient[k]) <= 1e-9 * most)) return false;
  return true;
}

/* The weights that a caller supplies are no coefficients: whether they change is seen in their sum of squares and in
 * one more sum. */
static double sum_weights(const gibbs_objective *o) {
  double sum = 0;
  for (size_t k = 0; k < o->leaf_count; k++) {
    const gibbs_leaf *leaf = &o->leaves[k];
    if (leaf->term->kind != GIBBS_FUNCTIONAL_CUSTOM) continue;
    size_t count = gibbs_scene_states(&o->scenes[leaf->scene]);
    for (size_t s = 0; s < count; s++) sum += fabs(leaf->state_weight[s]) * (1 + (double)(s % 7) / 7);
  }
  return sum;
}

static gibbs_status try_shift(gibbs_objective *o, shift s, const outcome *base, double weights, outcome *room,
                              bool *value, bool *coefficients, gibbs_error *err) {
  static const double by[] = {1.7, -23};
  for (size_t k = 0; k < sizeof by / sizeof *by; k++) {
    s.by = by[k];
    gibbs_status status = run_leaves(o, &s, room, err);
    if (status != GIBBS_OK) return status;
    *value &= fabs(room->value - base->value) <= find_scale(o, base, fabs(by[k]));
    *coefficients &= same_coefficients(o, base, room) && fabs(sum_weights(o) - weights) <= 1e-9 * weights;
  }
  return GIBBS_OK;
}

/* An anchor that is not to be trusted is told of where it matters. */
static void doubt_anchor(gibbs_objective *o, size_t scene, size_t member) {
  const gibbs_carried *carried = gibbs_place_free_energy(o->scenes[scene].pool->block[member].place);
  gibbs_carried_state state;
  if (!carried) return;
  gibbs_carried_report(carried, &state);
  gibbs_sampled_doubt(o->sampled, "the weights that chains carry along: %.150s", state.why);
}

/* What the error of an anchor does to the value. */
static gibbs_status try_error(gibbs_objective *o, shift s, outcome *room, double *variance, gibbs_error *err) {
  double at[2] = {0, 0};
  gibbs_status status = GIBBS_OK;
  for (int k = 0; status == GIBBS_OK && k < 2; k++) {
    status = run_leaves(o, &s, room, err);
    at[k] = room->value;
    s.by = -s.by;
  }
  *variance += (at[0] - at[1]) * (at[0] - at[1]) / 4;
  return status;
}

static gibbs_status try_scene(gibbs_objective *o, size_t scene, const outcome *base, outcome *room,
                              gibbs_dependence *out, gibbs_error *err) {
  const gibbs_anchor *anchor = o->sampled->scenes[scene].anchor;
  double weights = sum_weights(o), variance = 0;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scenes[scene].member_count; k++) {
    shift whole = {.scene = scene, .name = k, .by = anchor[k].error}, part_of = {.scene = scene, .name = k};
    part_of.island = true;
    if (anchor[k].set == k && !anchor[k].known)
      status = try_shift(o, whole, base, weights, room, &out->value, &out->coefficients, err);
    double before = variance;
    if (status == GIBBS_OK && anchor[k].set == k && anchor[k].known && anchor[k].error > 0)
      status = try_error(o, whole, room, &variance, err);
    if (anchor[k].doubtful && variance > before) doubt_anchor(o, scene, k);
    bool joined = anchor[k].island == k && anchor[anchor[k].set].island != k;
    if (status == GIBBS_OK && joined)
      status = try_shift(o, part_of, base, weights, room, &out->across, &out->across, err);
  }
  out->error = sqrt(out->error * out->error + variance);
  return status;
}

gibbs_status gibbs_sampled_depend(gibbs_objective *o, gibbs_dependence *out, gibbs_error *err) {
  size_t n = o->leaf_count;
  outcome base = {.coefficient = o->sampled->room}, room = {.coefficient = o->sampled->room + n};
  *out = (gibbs_dependence){.value = true, .coefficients = true, .across = true};
  gibbs_status status = run_leaves(o, NULL, &base, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) status = try_scene(o, k, &base, &room, out, err);
  return status == GIBBS_OK ? run_leaves(o, NULL, &base, err) : status;
}
