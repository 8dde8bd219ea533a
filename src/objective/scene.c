/* scene.c - where the states of functionals come from, on all states: which distributions are summed together, over
 * which side, and their sums. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neighbours.h"
#include "pool.h"

void gibbs_scene_clear(gibbs_scene *scene) {
  gibbs_ensemble_free(scene->ensemble);
  gibbs_pool_free(scene->pool);
  for (size_t k = 0; k < scene->member_count; k++) gibbs_distribution_release(scene->members[k]);
  for (size_t k = 0; k < scene->observable_count; k++) gibbs_expr_release(scene->observables[k].expr);
  free(scene->members);
  free(scene->observables);
  free(scene->sums.log_z);
  memset(scene, 0, sizeof *scene);
}

bool gibbs_scene_same_space(gibbs_distribution *a, gibbs_distribution *b) {
  size_t count = gibbs_distribution_visible_count(a);
  if (count != gibbs_distribution_visible_count(b)) return false;
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *x = gibbs_expr_as_variable(gibbs_distribution_visible(a)[k]);
    const gibbs_variable *y = gibbs_expr_as_variable(gibbs_distribution_visible(b)[k]);
    if (gibbs_variable_domain(x) != gibbs_variable_domain(y) || gibbs_variable_units(x) != gibbs_variable_units(y) ||
        gibbs_variable_states(x) != gibbs_variable_states(y))
      return false;
  }
  return true;
}

gibbs_status gibbs_scene_add_member(gibbs_scene *scene, gibbs_distribution *d, size_t *member, gibbs_error *err) {
  for (size_t k = 0; k < scene->member_count; k++)
    if (scene->members[k] == d) {
      *member = k;
      return GIBBS_OK;
    }
  gibbs_distribution **members = realloc(scene->members, (scene->member_count + 1) * sizeof *members);
  if (!members) return gibbs_fail_memory(err, "a list of distributions", sizeof *members);
  scene->members = members;
  *member = scene->member_count;
  members[scene->member_count++] = gibbs_distribution_retain(d);
  return GIBBS_OK;
}

gibbs_status gibbs_scene_add_observable(gibbs_scene *scene, gibbs_expr *f, size_t owner, size_t *observable,
                                        gibbs_error *err) {
  gibbs_observable *list = realloc(scene->observables, (scene->observable_count + 1) * sizeof *list);
  if (!list) return gibbs_fail_memory(err, "a list of observables", sizeof *list);
  scene->observables = list;
  *observable = scene->observable_count;
  list[scene->observable_count++] = (gibbs_observable){.expr = gibbs_expr_retain(f), .owner = owner};
  return GIBBS_OK;
}

/* ---- placing -------------------------------------------------------------------------------------------------- */

/* The scene where the states of d are summed; a new one if there is none.  Scenes have room for every leaf. */
static size_t states_scene(gibbs_objective *o, gibbs_distribution *d) {
  for (size_t k = 0; k < o->scene_count; k++)
    if (o->scenes[k].states && gibbs_scene_same_space(o->scenes[k].members[0], d)) return k;
  o->scenes[o->scene_count].states = true;
  return o->scene_count++;
}

static gibbs_status place_pair(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_distribution *p = leaf->term->p, *q = leaf->term->q;
  if (p && !gibbs_scene_same_space(p, q))
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the two distributions have different visible units (number or domain); they must agree");
  leaf->scene = states_scene(o, q);
  gibbs_scene *scene = &o->scenes[leaf->scene];
  gibbs_status status = gibbs_scene_add_member(scene, q, &leaf->q, err);
  return status == GIBBS_OK && p ? gibbs_scene_add_member(scene, p, &leaf->p, err) : status;
}

/* A mean is taken over the side that can be summed; f must be averaged over the other side's units in closed form
 * there. */
static gibbs_status place_mean(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_distribution *side = NULL;
  gibbs_expr *f = NULL;
  gibbs_status status = gibbs_exact_mean_side(leaf->term->q, leaf->term->f, &side, &f, err);
  if (status != GIBBS_OK) return status;
  leaf->scene = states_scene(o, side);
  gibbs_scene *scene = &o->scenes[leaf->scene];
  status = gibbs_scene_add_member(scene, side, &leaf->q, err);
  if (status == GIBBS_OK) status = gibbs_scene_add_observable(scene, f, leaf->q, &leaf->observable, err);
  gibbs_expr_release(f);
  return status;
}

/* A free energy alone: from a scene that sums q anyhow, else over the cheaper side. */
static gibbs_status place_free_energy(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_distribution *side = NULL;
  gibbs_status status = gibbs_exact_side(leaf->term->q, &side, err);
  for (size_t k = 0; k < o->scene_count; k++)
    for (size_t i = 0; i < o->scenes[k].member_count; i++)
      if (o->scenes[k].members[i] == leaf->term->q || (status == GIBBS_OK && o->scenes[k].members[i] == side)) {
        leaf->scene = k;
        leaf->q = i;
        return GIBBS_OK;
      }
  if (status != GIBBS_OK) return status;
  leaf->scene = o->scene_count++;
  return gibbs_scene_add_member(&o->scenes[leaf->scene], side, &leaf->q, err);
}

static gibbs_status place_leaf(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  leaf->scene = SIZE_MAX;
  switch (gibbs_functional_row_of(leaf->term->kind)->demands) {
  case GIBBS_DEMANDS_STATES:
    return leaf->term->f ? place_mean(o, leaf, err) : place_pair(o, leaf, err);
  case GIBBS_DEMANDS_FREE_ENERGY:
    return place_free_energy(o, leaf, err);
  default:
    return GIBBS_OK;
  }
}

gibbs_status gibbs_leaf_prefix(const gibbs_leaf *leaf, gibbs_status status, gibbs_error *err) {
  return status != GIBBS_OK && err ? gibbs_error_prefix(err, gibbs_functional_row_of(leaf->term->kind)->name)
                                   : status;
}

gibbs_status gibbs_scene_make_sums(gibbs_scene *scene, gibbs_error *err) {
  size_t n = scene->member_count, m = scene->observable_count;
  double *room = calloc(n * (1 + n + m) + 1, sizeof *room);
  if (!room) return gibbs_fail_memory(err, "sums over states", n * (1 + n + m) * sizeof *room);
  scene->sums =
      (gibbs_sums){.members = n, .observables = m, .log_z = room, .energy = room + n, .mean = room + n * (1 + n)};
  return GIBBS_OK;
}

static gibbs_status make_ensembles(gibbs_objective *o, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) {
    gibbs_scene *scene = &o->scenes[k];
    status = gibbs_ensemble_new(scene->members, scene->member_count, scene->observables, scene->observable_count,
                                GIBBS_DEMAND_STATES, &scene->ensemble, err);
    if (status == GIBBS_OK) status = gibbs_scene_make_sums(scene, err);
  }
  return status;
}

/* ---- data ---------------------------------------------------------------------------------------------------- */

static gibbs_status fill_batch(gibbs_leaf *leaf, const double *rows, size_t units, gibbs_error *err) {
  gibbs_distribution *q = leaf->term->q;
  gibbs_status status = gibbs_batch_new(gibbs_distribution_visible(q), gibbs_distribution_visible_count(q),
                                        leaf->batch_count, &leaf->batch, err);
  for (size_t k = 0, first = 0; status == GIBBS_OK && k < gibbs_distribution_visible_count(q); k++) {
    status = gibbs_batch_set(leaf->batch, k, rows + first, units, err);
    first += gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(q)[k]));
  }
  leaf->batch_energy = calloc(leaf->batch_count, sizeof *leaf->batch_energy);
  if (status == GIBBS_OK && !leaf->batch_energy)
    status = gibbs_fail_memory(err, "energies of data", leaf->batch_count * sizeof(double));
  return status;
}

/* The configurations a data functional evaluates H at. */
static gibbs_status load_data(gibbs_leaf *leaf, gibbs_error *err) {
  if (!leaf->term->data) return GIBBS_OK;
  size_t units = gibbs_data_units(leaf->term->data); /* those of q, as was checked when the leaf was made */
  if (gibbs_neighbours_has(leaf->term->kind))
    return gibbs_neighbours_new(leaf->term->kind, leaf->term->q, &leaf->neighbours, err);
  leaf->batch_count = gibbs_data_count(leaf->term->data);
  return fill_batch(leaf, gibbs_data_rows(leaf->term->data), units, err);
}

/* Leaves that need states first, so that free energies can share their scenes. */
gibbs_status gibbs_scenes_plan(gibbs_objective *o, gibbs_error *err) {
  for (int states = 1; states >= 0; states--)
    for (size_t k = 0; k < o->leaf_count; k++) {
      gibbs_leaf *leaf = &o->leaves[k];
      bool first = gibbs_functional_row_of(leaf->term->kind)->demands == GIBBS_DEMANDS_STATES;
      if (first != (states == 1)) continue;
      gibbs_status status = place_leaf(o, leaf, err);
      if (status == GIBBS_OK) status = load_data(leaf, err);
      if (status != GIBBS_OK) return gibbs_leaf_prefix(leaf, status, err);
    }
  return make_ensembles(o, err);
}

void gibbs_leaf_clear(gibbs_leaf *leaf) {
  gibbs_batch_free(leaf->batch);
  gibbs_neighbours_free(leaf->neighbours);
  free(leaf->batch_energy);
  free(leaf->states[0]);
  gibbs_expr_release(leaf->node);
  memset(leaf, 0, sizeof *leaf);
}

/* ---- states -----------------------------------------------------------------------------------------------------
 */

size_t gibbs_scene_states(const gibbs_scene *scene) {
  if (scene->pool) return gibbs_pool_states(scene->pool);
  return (size_t)(exp2(gibbs_ensemble_log2_states(scene->ensemble)) + 0.5);
}

gibbs_status gibbs_scene_visit(const gibbs_scene *scene, gibbs_visit visit, void *context, gibbs_error *err) {
  if (scene->pool) return gibbs_pool_visit(scene->pool, visit, context, err);
  return gibbs_ensemble_visit(scene->ensemble, visit, context, err);
}

void gibbs_scene_weigh(const gibbs_objective *o, size_t scene, const gibbs_view *view, double *const weight[],
                       double *const observable_weight[]) {
  for (size_t k = 0; k < o->leaf_count; k++) {
    const gibbs_leaf *leaf = &o->leaves[k];
    const gibbs_functional_row *row = gibbs_functional_row_of(leaf->term->kind);
    if (row->weigh && leaf->scene == scene && leaf->coefficient != 0)
      row->weigh(&o->scenes[scene].sums, leaf, view, weight, observable_weight);
  }
}
