/* sampled_part.c - sums over parts of the samples, and the weights that functionals give to samples. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "neighbours.h"
#include "sampled.h"

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

/* Whether the target of a divergence has weights of its own. */
static bool target_varies(const gibbs_objective *o, const gibbs_leaf *leaf) {
  const gibbs_pool *pool = o->scenes[leaf->scene].pool;
  return leaf->term->p && gibbs_gauge_varies(pool->sampler->gauges[pool->gauge[leaf->p]]);
}

static bool needs_energies(const gibbs_objective *o, size_t scene, bool values, bool gradients) {
  const gibbs_pool *pool = o->scenes[scene].pool;
  if (pool->members > 1 && !pool->apart && (values || !o->sampled->scenes[scene].separate)) return true;
  for (size_t k = 0; k < o->leaf_count; k++) {
    const gibbs_leaf *leaf = &o->leaves[k];
    gibbs_weights weights = gibbs_functional_row_of(leaf->term->kind)->weights;
    if (leaf->scene != scene) continue;
    if (values && weights >= GIBBS_WEIGHTS_TARGET) return true;
    if (gradients && (weights == GIBBS_WEIGHTS_ENERGY || (weights == GIBBS_WEIGHTS_TARGET && target_varies(o, leaf))))
      return true;
  }
  return false;
}

/* What is averaged over data, group by group. */
static gibbs_status read_data(gibbs_objective *o, size_t k, gibbs_error *err) {
  gibbs_sampled_data *data = &o->sampled->data[k];
  gibbs_sampler *sampler = o->sampled->sampler;
  const gibbs_place *place = sampler->places[data->place];
  const double *values = NULL, *a = place->multiplicity;
  gibbs_neighbours *neighbours = o->leaves[k].neighbours;
  gibbs_status status = neighbours ? GIBBS_OK : gibbs_gauge_read(sampler, data->gauge, data->place, &values, err);
  for (size_t g = 0; status == GIBBS_OK && g < place->groups; g++) {
    size_t first = place->group[g], end = place->group[g + 1];
    data->sum[g] = 0;
    if (neighbours)
      status = gibbs_neighbours_value(neighbours, place->rows + first * place->units, a + first, end - first,
                                      &data->sum[g], err);
    else
      for (size_t s = first; s < end; s++) data->sum[g] -= a[s] * values[s]; /* -H is at hand */
  }
  return status;
}

static void count_data(gibbs_objective *o, size_t k) {
  gibbs_sampled_data *data = &o->sampled->data[k];
  const gibbs_place *place = o->sampled->sampler->places[data->place];
  for (size_t g = 0; g < place->groups; g++) {
    data->count[g] = 0;
    for (size_t s = place->group[g]; s < place->group[g + 1]; s++) data->count[g] += place->multiplicity[s];
  }
}

gibbs_status gibbs_sampled_read(gibbs_objective *o, bool values, bool gradients, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++)
    status = gibbs_pool_read(o->scenes[k].pool, needs_energies(o, k, values, gradients), true, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) {
    if (o->sampled->data[k].place == SIZE_MAX) continue;
    count_data(o, k);
    if (values) status = read_data(o, k, err);
  }
  return status;
}

/* ---- sums ---------------------------------------------------------------------------------------------------------
 */

gibbs_status gibbs_sampled_sum(gibbs_objective *o, gibbs_part part, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++)
    status = gibbs_pool_sum(o->scenes[k].pool, part, &o->scenes[k].sums, err);
  return status;
}

static bool is_in(gibbs_part part, size_t group) {
  return group >= part.first && group < part.end && group != part.out;
}

/* All of the data are no sample of anything: every part has them all. */
static bool counts(const gibbs_place *place, gibbs_part part, size_t group) {
  return place->order.whole || is_in(part, group);
}

static double count_part(const gibbs_sampled_data *data, const gibbs_place *place, gibbs_part part) {
  double count = 0;
  for (size_t g = 0; g < place->groups; g++)
    if (counts(place, part, g)) count += data->count[g];
  return count;
}

static void average_data(gibbs_objective *o, size_t k, gibbs_part part) {
  const gibbs_sampled_data *data = &o->sampled->data[k];
  const gibbs_place *place = o->sampled->sampler->places[data->place];
  double sum = 0;
  for (size_t g = 0; g < place->groups; g++)
    if (counts(place, part, g)) sum += data->sum[g];
  o->leaves[k].data_mean = sum / count_part(data, place, part);
}

gibbs_status gibbs_sampled_values(gibbs_objective *o, gibbs_part part, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < o->scene_count; k++) gibbs_sampled_place(o, k);
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) {
    gibbs_leaf *leaf = &o->leaves[k];
    if (o->sampled->data[k].place != SIZE_MAX) average_data(o, k, part);
    const gibbs_scene *scene = leaf->scene == SIZE_MAX ? NULL : &o->scenes[leaf->scene];
    status = gibbs_functional_row_of(leaf->term->kind)->value(scene, leaf, err);
  }
  return status;
}

/* ---- weights ------------------------------------------------------------------------------------------------------
 */

void gibbs_sampled_clear(gibbs_objective *o) {
  for (size_t k = 0; k < o->scene_count; k++) gibbs_pool_clear(o->scenes[k].pool);
  for (size_t k = 0; k < o->leaf_count; k++) {
    gibbs_sampled_data *data = &o->sampled->data[k];
    if (data->place == SIZE_MAX) continue;
    memset(data->weight, 0, o->sampled->sampler->places[data->place]->samples * sizeof *data->weight);
  }
}

static void weigh_data(gibbs_objective *o, size_t k, gibbs_part part) {
  gibbs_sampled_data *data = &o->sampled->data[k];
  const gibbs_place *place = o->sampled->sampler->places[data->place];
  const gibbs_leaf *leaf = &o->leaves[k];
  double factor = leaf->coefficient * gibbs_functional_row_of(leaf->term->kind)->data / count_part(data, place, part);
  for (size_t g = 0; g < place->groups; g++)
    for (size_t s = place->group[g]; counts(place, part, g) && s < place->group[g + 1]; s++)
      data->weight[s] += factor * place->multiplicity[s];
}

void gibbs_sampled_weigh(gibbs_objective *o, gibbs_part part) {
  for (size_t k = 0; k < o->scene_count; k++) gibbs_pool_weigh(o->scenes[k].pool, o, k);
  for (size_t k = 0; k < o->leaf_count; k++)
    if (o->sampled->data[k].place != SIZE_MAX) weigh_data(o, k, part);
}

static gibbs_status add_data(gibbs_objective *o, size_t k, double *const gradients[], gibbs_error *err) {
  const gibbs_sampled_data *data = &o->sampled->data[k];
  gibbs_sampler *sampler = o->sampled->sampler;
  const gibbs_place *place = sampler->places[data->place];
  if (o->leaves[k].neighbours)
    return gibbs_neighbours_add(o->leaves[k].neighbours, place->rows, data->weight, place->samples, 1, o->wanted,
                                o->wanted_count, gradients, NULL, err);
  return gibbs_gauge_add(sampler, sampler->gauges[data->gauge], data->place, data->weight, gradients, err);
}

gibbs_status gibbs_sampled_add(gibbs_objective *o, double *const gradients[], gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++)
    status = gibbs_pool_add(o->scenes[k].pool, gradients, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++)
    if (o->sampled->data[k].place != SIZE_MAX) status = add_data(o, k, gradients, err);
  return status;
}
