/* sampled.c - objectives on samples: which chains and which data they need. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sampled.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "neighbours.h"

void gibbs_sampled_free(gibbs_sampled *sampled, size_t scenes, size_t leaves) {
  if (!sampled) return;
  for (size_t k = 0; sampled->scenes && k < scenes; k++) {
    free(sampled->scenes[k].anchor);
    free(sampled->scenes[k].free_energy);
  }
  for (size_t k = 0; sampled->data && k < leaves; k++) {
    free(sampled->data[k].weight);
    free(sampled->data[k].sum);
  }
  free(sampled->scenes);
  free(sampled->data);
  free(sampled->room);
  gibbs_sampler_release(sampled->sampler);
  free(sampled);
}

void gibbs_sampled_doubt(gibbs_sampled *sampled, const char *format, ...) {
  va_list arguments;
  if (sampled->why[0]) return;
  va_start(arguments, format);
  vsnprintf(sampled->why, sizeof sampled->why, format, arguments);
  va_end(arguments);
}

/* ---- placing ------------------------------------------------------------------------------------------------------
 */

static gibbs_status check_summable(gibbs_distribution *d, gibbs_error *err) {
  gibbs_error local;
  gibbs_status status = gibbs_distribution_summable(d, &local);
  if (status == GIBBS_OK) return status;
  return gibbs_fail(
      err, GIBBS_ERR_UNSUPPORTED,
      "objectives on samples need H(v), and %s; make hidden units fewer, or such that each is affine in "
      "the energy given the others",
      local.message);
}

/* The scene of all distributions over the same units. */
static size_t find_scene(gibbs_objective *o, gibbs_distribution *d) {
  for (size_t k = 0; k < o->scene_count; k++)
    if (gibbs_scene_same_space(o->scenes[k].members[0], d)) return k;
  return o->scene_count++;
}

static gibbs_status place_mean(gibbs_scene *scene, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_expr *given = NULL;
  gibbs_error local;
  gibbs_status status = gibbs_distribution_condition(leaf->term->q, leaf->term->f, &given, &local);
  if (status == GIBBS_ERR_UNSUPPORTED || status == GIBBS_ERR_SIZE)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "the function of hidden units cannot be averaged over them given the visible ones (%s); its mean "
        "alone can be had: gibbs.mean(Q, f):value(gibbs.chains{})",
        local.message);
  if (status != GIBBS_OK && err) *err = local;
  if (status == GIBBS_OK) status = gibbs_scene_add_observable(scene, given, leaf->q, &leaf->observable, err);
  gibbs_expr_release(given);
  return status;
}

static gibbs_status place_distributions(gibbs_objective *o, gibbs_leaf *leaf, gibbs_error *err) {
  gibbs_distribution *p = leaf->term->p, *q = leaf->term->q;
  gibbs_status status = check_summable(q, err);
  if (status == GIBBS_OK && p) status = check_summable(p, err);
  if (status != GIBBS_OK) return status;
  if (p && !gibbs_scene_same_space(p, q))
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the two distributions have different visible units (number or domain); they must agree");
  leaf->scene = find_scene(o, q);
  gibbs_scene *scene = &o->scenes[leaf->scene];
  status = gibbs_scene_add_member(scene, q, &leaf->q, err);
  if (status == GIBBS_OK && p) status = gibbs_scene_add_member(scene, p, &leaf->p, err);
  return status == GIBBS_OK && leaf->term->f ? place_mean(scene, leaf, err) : status;
}

/* Where chains start anew every time, they do at data, or at samples of the other distribution. */
static gibbs_status place_start(gibbs_sampler *sampler, const gibbs_leaf *leaf, size_t data, gibbs_error *err) {
  size_t start = data, ignored;
  gibbs_status status = GIBBS_OK;
  if (sampler->sampling.kind != GIBBS_SAMPLING_FROM_DATA || leaf->scene == SIZE_MAX) return status;
  if (start == SIZE_MAX && leaf->term->p && leaf->term->p != leaf->term->q)
    status = gibbs_sampler_sample(sampler, leaf->term->p, SIZE_MAX, &start, err);
  if (status != GIBBS_OK || start == SIZE_MAX) return status;
  return gibbs_sampler_sample(sampler, leaf->term->q, start, &ignored, err);
}

/* All rows once, when the objective is made: the message says which one is none of the model's states. */
static gibbs_status check_rows(const gibbs_data *data, gibbs_distribution *q, gibbs_error *err) {
  size_t first = 0, units = gibbs_data_units(data);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < gibbs_distribution_visible_count(q); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(q)[k]);
    for (size_t i = 0; i < gibbs_data_count(data); i++)
      for (size_t u = 0; status == GIBBS_OK && u < gibbs_variable_units(variable); u++)
        status = gibbs_unit_value_check(variable, gibbs_data_rows(data)[i * units + first + u], "configuration", i, u,
                                        err);
    first += gibbs_variable_units(variable);
  }
  return status;
}

static gibbs_status place_data(gibbs_objective *o, size_t k, gibbs_error *err) {
  gibbs_leaf *leaf = &o->leaves[k];
  gibbs_sampled_data *data = &o->sampled->data[k];
  data->place = data->gauge = SIZE_MAX;
  if (!leaf->term->data) return GIBBS_OK;
  gibbs_sampler *sampler = o->sampled->sampler;
  size_t before = sampler->place_count;
  gibbs_status status = gibbs_sampler_data(sampler, leaf->term->data, o->sampled->beside, &data->place, err);
  if (status == GIBBS_OK && sampler->place_count > before) status = check_rows(leaf->term->data, leaf->term->q, err);
  if (status != GIBBS_OK) return status;
  size_t samples = sampler->places[data->place]->samples;
  data->weight = calloc(samples, sizeof *data->weight);
  data->sum = calloc(2 * sampler->groups, sizeof *data->sum);
  if (!data->weight || !data->sum) return gibbs_fail_memory(err, "weights of data", samples * sizeof *data->weight);
  data->count = data->sum + sampler->groups;
  if (gibbs_neighbours_has(leaf->term->kind))
    return gibbs_neighbours_new(leaf->term->kind, leaf->term->q, &leaf->neighbours, err);
  return gibbs_sampler_gauge(sampler, leaf->term->q, true, &data->gauge, err);
}

static gibbs_status place_leaf(gibbs_objective *o, size_t k, gibbs_error *err) {
  gibbs_leaf *leaf = &o->leaves[k];
  gibbs_status status = GIBBS_OK;
  leaf->scene = SIZE_MAX;
  o->sampled->custom |= leaf->term->kind == GIBBS_FUNCTIONAL_CUSTOM;
  if (gibbs_functional_row_of(leaf->term->kind)->demands != GIBBS_DEMANDS_NOTHING)
    status = place_distributions(o, leaf, err);
  if (status == GIBBS_OK) status = place_data(o, k, err);
  if (status == GIBBS_OK) status = place_start(o->sampled->sampler, leaf, o->sampled->data[k].place, err);
  return gibbs_leaf_prefix(leaf, status, err);
}

/* ---- what cannot be
 * ------------------------------------------------------------------------------------------------ */

/* A model whose chains start anew needs somewhere to start, and a kernel that forgets hidden units there. */
static gibbs_status check_start(gibbs_sampler *sampler, const gibbs_distribution *d, gibbs_error *err) {
  size_t at = gibbs_sampler_find(sampler, d);
  const gibbs_place *place = at == SIZE_MAX ? NULL : sampler->places[at];
  if (sampler->sampling.kind != GIBBS_SAMPLING_FROM_DATA || gibbs_distribution_parameter_count(d) == 0)
    return GIBBS_OK;
  if (!place)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "chains that start at data need data, or a distribution to learn from, and a model of this "
                      "objective meets neither; let its chains go on: gibbs.pcd{}");
  if (place->start && gibbs_chains_variable_count(place->chains) > gibbs_distribution_visible_count(d) &&
      !gibbs_chains_reversible(place->chains))
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "chains that start at data start at visible units, and kernel %s with several layers of sampled "
        "hidden units does not forget where those were; sum them, or let the chains go on: gibbs.pcd{}",
        gibbs_kernel_name(gibbs_chains_kernel(place->chains)));
  return GIBBS_OK;
}

/* Models that meet no data in a functional of both, as in differences of means, start at the first data of their
 * width. */
static gibbs_status start_at_data(gibbs_objective *o, gibbs_distribution *d, gibbs_error *err) {
  gibbs_sampler *sampler = o->sampled->sampler;
  size_t units = gibbs_variables_units(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d)), ignored;
  if (sampler->sampling.kind != GIBBS_SAMPLING_FROM_DATA || gibbs_distribution_parameter_count(d) == 0 ||
      gibbs_sampler_find(sampler, d) != SIZE_MAX)
    return GIBBS_OK;
  for (size_t k = 0; k < o->leaf_count; k++)
    if (o->leaves[k].term->data && gibbs_data_units(o->leaves[k].term->data) == units)
      return gibbs_sampler_sample(sampler, d, o->sampled->data[k].place, &ignored, err);
  return GIBBS_OK;
}

static gibbs_status make_pool(gibbs_objective *o, size_t k, gibbs_error *err) {
  gibbs_sampler *sampler = o->sampled->sampler;
  gibbs_scene *scene = &o->scenes[k];
  bool apart = sampler->sampling.kind == GIBBS_SAMPLING_FROM_DATA;
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < scene->member_count; i++) {
    status = start_at_data(o, scene->members[i], err);
    if (status == GIBBS_OK) status = check_start(sampler, scene->members[i], err);
  }
  if (status == GIBBS_OK) status = gibbs_pool_new(sampler, scene, apart, &scene->pool, err);
  if (status == GIBBS_OK) status = gibbs_scene_make_sums(scene, err);
  if (status != GIBBS_OK) return status;
  gibbs_sampled_scene *known = &o->sampled->scenes[k];
  known->anchor = calloc(scene->member_count, sizeof *known->anchor);
  known->free_energy = calloc((sampler->groups + 1) * scene->member_count, sizeof *known->free_energy);
  return known->anchor && known->free_energy ? GIBBS_OK
                                             : gibbs_fail_memory(err, "free energies", sizeof *known->anchor);
}

/* ---- making -------------------------------------------------------------------------------------------------------
 */

/* Every group has to have rows where data come in batches, or where chains start at data. */
static void limit_groups(gibbs_objective *o) {
  gibbs_sampler *sampler = o->sampled->sampler;
  for (size_t k = 0; k < o->leaf_count && sampler->place_count == 0; k++) {
    const gibbs_data *data = o->leaves[k].term->data;
    size_t rows = data ? gibbs_data_count(data) : 0, batch = sampler->sampling.batch;
    bool whole = batch == 0 || batch >= rows;
    if (data && (!whole || sampler->sampling.kind == GIBBS_SAMPLING_FROM_DATA))
      gibbs_sampler_limit(sampler, whole ? rows : batch);
  }
  if (sampler->place_count == 0 && sampler->sampling.kind == GIBBS_SAMPLING_FROM_DATA && sampler->sampling.chains > 0)
    gibbs_sampler_limit(sampler, sampler->sampling.chains);
}

static gibbs_status plan(gibbs_objective *o, gibbs_error *err) {
  gibbs_sampled *sampled = o->sampled;
  limit_groups(o);
  size_t rooms = (sampled->sampler->groups + 8) * o->leaf_count;
  sampled->scenes = calloc(o->leaf_count + 1, sizeof *sampled->scenes);
  sampled->data = calloc(o->leaf_count + 1, sizeof *sampled->data);
  sampled->room = calloc(rooms + 1, sizeof *sampled->room);
  if (!sampled->scenes || !sampled->data || !sampled->room)
    return gibbs_fail_memory(err, "an objective", rooms * sizeof *sampled->room);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++) status = place_leaf(o, k, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++) status = make_pool(o, k, err);
  return status;
}

/* Retains the sampler. */
static gibbs_status make_sampled(gibbs_expr *expr, gibbs_sampler *sampler, bool beside, gibbs_objective **out,
                                 gibbs_error *err) {
  gibbs_objective *o = NULL;
  gibbs_status status = gibbs_objective_open(expr, &o, err);
  if (status != GIBBS_OK) return status;
  o->sampled = calloc(1, sizeof *o->sampled);
  if (o->sampled) {
    o->sampled->sampler = gibbs_sampler_retain(sampler);
    o->sampled->beside = beside;
    status = plan(o, err);
  } else {
    status = gibbs_fail_memory(err, "an objective", sizeof *o->sampled);
  }
  if (status == GIBBS_OK) status = gibbs_sampled_aim(o, o->parameters, o->parameter_count, err);
  if (status == GIBBS_OK)
    *out = o;
  else
    gibbs_objective_free(o);
  return status;
}

gibbs_status gibbs_objective_new_sampled(gibbs_expr *expr, const gibbs_sampling *sampling, gibbs_objective **out,
                                         gibbs_error *err) {
  gibbs_sampler *sampler = NULL;
  gibbs_status status = gibbs_sampler_new(sampling, &sampler, err);
  if (status == GIBBS_OK) status = make_sampled(expr, sampler, false, out, err);
  gibbs_sampler_release(sampler);
  return status;
}

gibbs_status gibbs_objective_new_beside(gibbs_expr *expr, gibbs_objective *with, gibbs_objective **out,
                                        gibbs_error *err) {
  if (!with->sampled) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the other objective is not one on samples");
  return make_sampled(expr, with->sampled->sampler, true, out, err);
}

/* ---- samples ------------------------------------------------------------------------------------------------------
 */

gibbs_status gibbs_sampled_aim(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  gibbs_sampler *sampler = o->sampled->sampler;
  bool same = o->wanted && o->wanted_count == count &&
              (count == 0 || memcmp(o->wanted, parameters, count * sizeof *parameters) == 0);
  gibbs_status status = same ? GIBBS_OK : gibbs_outer_aim(o, parameters, count, err);
  if (!same) o->sampled->judged = false;
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++)
    status = gibbs_pool_aim(o->scenes[k].pool, parameters, count, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++)
    if (o->sampled->data[k].gauge != SIZE_MAX)
      status = gibbs_gauge_aim(sampler->gauges[o->sampled->data[k].gauge], parameters, count, err);
  return status;
}

static gibbs_status take_place(gibbs_sampler *sampler, size_t place, gibbs_error *err) {
  return gibbs_place_take(sampler->places[place], &sampler->sampling, sampler->evaluation, err);
}

gibbs_status gibbs_sampled_take(gibbs_objective *o, gibbs_error *err) {
  gibbs_sampler *sampler = o->sampled->sampler;
  gibbs_status status = GIBBS_OK;
  if ((!o->sampled->beside && !sampler->open) || sampler->evaluation == 0) sampler->evaluation++;
  if (!o->sampled->beside) sampler->open = true;
  for (size_t k = 0; status == GIBBS_OK && k < o->leaf_count; k++)
    if (o->sampled->data[k].place != SIZE_MAX) status = take_place(sampler, o->sampled->data[k].place, err);
  for (size_t k = 0; status == GIBBS_OK && k < o->scene_count; k++)
    for (size_t i = 0; status == GIBBS_OK && i < o->scenes[k].member_count; i++)
      status = take_place(sampler, o->scenes[k].pool->place[i], err);
  return status;
}

void gibbs_sampled_close(gibbs_objective *o) {
  if (!o->sampled->beside) o->sampled->sampler->open = false;
}
