/* scene.c - plan which distributions are summed together, and over which side. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neighbours.h"

void gibbs_scene_clear(gibbs_scene *scene) {
  gibbs_ensemble_free(scene->ensemble);
  for (size_t k = 0; k < scene->member_count; k++) gibbs_distribution_release(scene->members[k]);
  for (size_t k = 0; k < scene->observable_count; k++) gibbs_expr_release(scene->observables[k].expr);
  free(scene->members);
  free(scene->observables);
  memset(scene, 0, sizeof *scene);
}

static bool same_space(gibbs_distribution *a, gibbs_distribution *b) {
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

static gibbs_status add_member(gibbs_scene *scene, gibbs_distribution *d, size_t *member, gibbs_error *err) {
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

static gibbs_status add_observable(gibbs_scene *scene, gibbs_expr *f, size_t owner, size_t *observable,
                                   gibbs_error *err) {
  gibbs_observable *list = realloc(scene->observables, (scene->observable_count + 1) * sizeof *list);
  if (!list) return gibbs_fail_memory(err, "a list of observables", sizeof *list);
  scene->observables = list;
  *observable = scene->observable_count;
  list[scene->observable_count++] = (gibbs_observable){.expr = gibbs_expr_retain(f), .owner = owner};
  return GIBBS_OK;
}

/* The scene where the states of d are summed; a new one if there is none.  Scenes have room for every leaf. */
static size_t states_scene(gibbs_objective *o, gibbs_distribution *d) {
  for (size_t k = 0; k < o->scene_count; k++)
    if (o->scenes[k].states && same_space(o->scenes[k].members[0], d)) return k;
  o->scenes[o->scene_count].states = true;
  return o->scene_count++;
}

static gibbs_status place_pair(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_distribution *p = leaf->term->p, *q = leaf->term->q;
  if (p && !same_space(p, q))
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the two distributions have different visible units (number or domain); they must agree");
  leaf->scene = states_scene(o, q);
  gibbs_scene *scene = &o->scenes[leaf->scene];
  gibbs_status status = add_member(scene, q, &leaf->q, err);
  return status == GIBBS_OK && p ? add_member(scene, p, &leaf->p, err) : status;
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
  status = add_member(scene, side, &leaf->q, err);
  if (status == GIBBS_OK) status = add_observable(scene, f, leaf->q, &leaf->observable, err);
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
  return add_member(&o->scenes[leaf->scene], side, &leaf->q, err);
}

static gibbs_status place_leaf(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  switch (leaf->term->kind) {
  case GIBBS_FUNCTIONAL_MEAN:
    return place_mean(o, leaf, err);
  case GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD:
  case GIBBS_FUNCTIONAL_RATIO_MATCHING:
  case GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW:
  case GIBBS_FUNCTIONAL_DATA_MEAN:
    leaf->scene = SIZE_MAX; /* needs no sum over states */
    return GIBBS_OK;
  default:
    return gibbs_functional_row_of(leaf->term->kind)->states ? place_pair(o, leaf, err)
                                                             : place_free_energy(o, leaf, err);
  }
}

static gibbs_status prefix(const gibbs_leaf *leaf, gibbs_error *err) {
  return gibbs_error_prefix(err, gibbs_functional_row_of(leaf->term->kind)->name);
}

/* Leaves that need states first, so that free energies can share their scenes. */
gibbs_status gibbs_scenes_plan(gibbs_objective *o, gibbs_error *err) {
  o->scenes = calloc(o->leaf_count + 1, sizeof *o->scenes);
  if (!o->scenes) return gibbs_fail_memory(err, "the plan of an objective", o->leaf_count * sizeof *o->scenes);
  for (int states = 1; states >= 0; states--)
    for (size_t k = 0; k < o->leaf_count; k++) {
      gibbs_leaf *leaf = &o->leaves[k];
      if (gibbs_functional_row_of(leaf->term->kind)->states != (states == 1)) continue;
      gibbs_status status = place_leaf(o, leaf, err);
      if (status == GIBBS_OK) status = gibbs_leaf_load(leaf, err);
      if (status != GIBBS_OK) return err ? prefix(leaf, err) : status;
    }
  for (size_t k = 0; k < o->scene_count; k++) {
    gibbs_scene *scene = &o->scenes[k];
    gibbs_status status = gibbs_ensemble_new(scene->members, scene->member_count, scene->observables,
                                             scene->observable_count, GIBBS_DEMAND_STATES, &scene->ensemble, err);
    if (status != GIBBS_OK) return status;
  }
  return GIBBS_OK;
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
  leaf->batch_weight = calloc(leaf->batch_count, sizeof *leaf->batch_weight);
  leaf->batch_energy = calloc(leaf->batch_count, sizeof *leaf->batch_energy);
  if (status == GIBBS_OK && (!leaf->batch_weight || !leaf->batch_energy))
    status = gibbs_fail_memory(err, "weights of data", leaf->batch_count * sizeof(double));
  return status;
}

gibbs_status gibbs_leaf_load(gibbs_leaf *leaf, gibbs_error *err) {
  if (!leaf->term->data) return GIBBS_OK;
  size_t units = gibbs_data_units(leaf->term->data); /* those of q, as was checked when the leaf was made */
  if (gibbs_neighbours_has(leaf->term->kind))
    return gibbs_neighbours_new(leaf->term->kind, leaf->term->q, &leaf->neighbours, err);
  leaf->batch_count = gibbs_data_count(leaf->term->data);
  return fill_batch(leaf, gibbs_data_rows(leaf->term->data), units, err);
}

void gibbs_leaf_clear(gibbs_leaf *leaf) {
  gibbs_batch_free(leaf->batch);
  gibbs_neighbours_free(leaf->neighbours);
  free(leaf->batch_weight);
  free(leaf->batch_energy);
  free(leaf->states);
  free(leaf->target_states);
  free(leaf->state_weight);
  gibbs_expr_release(leaf->node);
  memset(leaf, 0, sizeof *leaf);
}
