/* pool.c - samples of several distributions as the states of a scene. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/vectormath.h"

static void free_rows(void *rows, size_t count) {
  for (size_t k = 0; rows && k < count; k++) free(((void **)rows)[k]);
  free(rows);
}

void gibbs_pool_free(gibbs_pool *pool) {
  if (!pool) return;
  for (size_t b = 0; pool->block && b < pool->members; b++) {
    gibbs_pool_block *block = &pool->block[b];
    free(block->log_weight);
    free(block->observable);
    free_rows(block->probability, pool->members);
    free_rows(block->weight, pool->members);
    free_rows(block->observable_weight, pool->observables);
  }
  free(pool->block);
  free(pool->place);
  free(pool->view);
  free(pool->weight_view);
  free(pool->free_energy);
  gibbs_sampler_release(pool->sampler);
  free(pool);
}

/* ---- making -------------------------------------------------------------------------------------------------------
 */

static gibbs_status make_block(gibbs_pool *pool, size_t b, gibbs_error *err) {
  gibbs_pool_block *block = &pool->block[b];
  size_t n = pool->members, m = pool->observables;
  block->place = pool->sampler->places[pool->place[b]];
  block->log_weight = calloc(n + 1, sizeof *block->log_weight);
  block->observable = calloc(m + 1, sizeof *block->observable);
  block->probability = calloc(n + 1, sizeof *block->probability);
  block->weight = calloc(n + 1, sizeof *block->weight);
  block->observable_weight = calloc(m + 1, sizeof *block->observable_weight);
  bool made =
      block->log_weight && block->observable && block->probability && block->weight && block->observable_weight;
  for (size_t k = 0; made && k < n; k++)
    made = (block->probability[k] = calloc(block->place->samples, sizeof(double))) != NULL;
  return made ? GIBBS_OK : gibbs_fail_memory(err, "samples", block->place->samples * n * sizeof(double));
}

/* A function as the energy of a distribution over the same units. */
static gibbs_status make_observable(gibbs_pool *pool, const gibbs_scene *scene, size_t k, gibbs_error *err) {
  gibbs_distribution *owner = scene->members[scene->observables[k].owner], *d = NULL;
  gibbs_status status =
      gibbs_distribution_new("function", scene->observables[k].expr, gibbs_distribution_visible(owner),
                             gibbs_distribution_visible_count(owner), NULL, 0, &d, err);
  if (status == GIBBS_OK) status = gibbs_sampler_gauge(pool->sampler, d, false, &pool->observable_gauge[k], err);
  gibbs_distribution_release(d);
  return status;
}

static gibbs_status fill_pool(gibbs_pool *pool, const gibbs_scene *scene, gibbs_error *err) {
  size_t n = pool->members, m = pool->observables;
  pool->block = calloc(n + 1, sizeof *pool->block);
  pool->place = calloc(2 * n + m + 1, sizeof *pool->place);
  pool->free_energy = calloc(n * (2 + n) + 1, sizeof *pool->free_energy);
  pool->view = calloc(2 * n + m + 1, sizeof *pool->view);
  pool->weight_view = calloc(n + m + 1, sizeof *pool->weight_view);
  if (!pool->block || !pool->place || !pool->free_energy || !pool->view || !pool->weight_view)
    return gibbs_fail_memory(err, "samples", n * (2 + n) * sizeof(double));
  pool->gauge = pool->place + n;
  pool->observable_gauge = pool->gauge + n;
  pool->count = pool->free_energy + n;
  pool->shared = pool->count + n;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < n; k++) {
    status = gibbs_sampler_sample(pool->sampler, scene->members[k], SIZE_MAX, &pool->place[k], err);
    if (status == GIBBS_OK)
      status = gibbs_sampler_gauge(pool->sampler, scene->members[k], true, &pool->gauge[k], err);
    if (status == GIBBS_OK) status = make_block(pool, k, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < m; k++) status = make_observable(pool, scene, k, err);
  return status;
}

gibbs_status gibbs_pool_new(gibbs_sampler *sampler, const gibbs_scene *scene, bool apart, gibbs_pool **out,
                            gibbs_error *err) {
  gibbs_pool *pool = calloc(1, sizeof *pool);
  if (!pool) return gibbs_fail_memory(err, "samples", sizeof *pool);
  pool->sampler = gibbs_sampler_retain(sampler);
  pool->members = scene->member_count;
  pool->observables = scene->observable_count;
  pool->apart = apart;
  gibbs_status status = fill_pool(pool, scene, err);
  if (status == GIBBS_OK)
    *out = pool;
  else
    gibbs_pool_free(pool);
  return status;
}

/* Room for weights where `gauge` varies, none where it does not. */
static bool make_weights(const gibbs_gauge *gauge, size_t samples, double **weight) {
  if (!gibbs_gauge_varies(gauge)) {
    free(*weight);
    *weight = NULL;
    return true;
  }
  if (!*weight) *weight = calloc(samples, sizeof **weight);
  return *weight != NULL;
}

gibbs_status gibbs_pool_aim(gibbs_pool *pool, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  bool made = true;
  for (size_t k = 0; status == GIBBS_OK && k < pool->members + pool->observables; k++) {
    bool member = k < pool->members;
    size_t i = member ? k : k - pool->members;
    gibbs_gauge *gauge = pool->sampler->gauges[member ? pool->gauge[i] : pool->observable_gauge[i]];
    status = gibbs_gauge_aim(gauge, parameters, count, err);
    for (size_t b = 0; status == GIBBS_OK && made && b < pool->members; b++) {
      gibbs_pool_block *block = &pool->block[b];
      made = make_weights(gauge, block->place->samples, member ? &block->weight[i] : &block->observable_weight[i]);
    }
  }
  if (status == GIBBS_OK && !made) return gibbs_fail_memory(err, "weights of samples", sizeof(double));
  return status;
}

/* ---- values -------------------------------------------------------------------------------------------------------
 */

gibbs_status gibbs_pool_read(gibbs_pool *pool, bool energies, bool observables, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  pool->energies = energies;
  pool->solved = false; /* what is found follows from the samples alone, wherever a run began or went on */
  for (size_t b = 0; status == GIBBS_OK && b < pool->members; b++) {
    gibbs_pool_block *block = &pool->block[b];
    for (size_t k = 0; energies && status == GIBBS_OK && k < pool->members; k++)
      status = gibbs_gauge_read(pool->sampler, pool->gauge[k], pool->place[b], &block->log_weight[k], err);
    for (size_t k = 0; observables && status == GIBBS_OK && k < pool->observables; k++)
      status = gibbs_gauge_read(pool->sampler, pool->observable_gauge[k], pool->place[b], &block->observable[k], err);
  }
  return status;
}

gibbs_range gibbs_pool_range(const gibbs_pool *pool, size_t b) {
  const size_t *group = pool->block[b].place->group;
  gibbs_range r = {.first = group[pool->part.first], .end = group[pool->part.end]};
  bool some = pool->part.out != SIZE_MAX;
  r.out_first = some ? group[pool->part.out] : r.end;
  r.out_end = some ? group[pool->part.out + 1] : r.end;
  return r;
}

static void count_samples(gibbs_pool *pool) {
  for (size_t b = 0; b < pool->members; b++) {
    gibbs_range r = gibbs_pool_range(pool, b);
    const double *a = pool->block[b].place->multiplicity;
    pool->count[b] =
        gibbs_vector_sum(a + r.first, r.out_first - r.first) + gibbs_vector_sum(a + r.out_end, r.end - r.out_end);
  }
}

/* Each member has its own samples. */
static void share_apart(gibbs_pool *pool) {
  for (size_t b = 0; b < pool->members; b++) {
    gibbs_pool_block *block = &pool->block[b];
    gibbs_range r = gibbs_pool_range(pool, b);
    for (size_t s = r.first; s < r.end; s++)
      block->probability[b][s] = block->place->multiplicity[s] / pool->count[b];
    memset(block->probability[b] + r.out_first, 0, (r.out_end - r.out_first) * sizeof(double));
    for (size_t k = 0; k < pool->members; k++)
      if (k != b) memset(block->probability[k] + r.first, 0, (r.end - r.first) * sizeof(double));
  }
}

/* p_k(s) of one block, before they are made to sum to 1; adds them up in total. */
static void share_block(gibbs_pool *pool, size_t b, double *total) {
  gibbs_pool_block *block = &pool->block[b];
  const double *a = block->place->multiplicity;
  gibbs_range r = gibbs_pool_range(pool, b);
  for (size_t s = r.first; s < r.end; s++) {
    double top = -INFINITY, sum = 0;
    bool out = s >= r.out_first && s < r.out_end;
    for (size_t k = 0; k < pool->members; k++)
      top = fmax(top, block->probability[k][s] = pool->free_energy[k] + block->log_weight[k][s]);
    for (size_t k = 0; k < pool->members; k++) {
      block->probability[k][s] = exp(block->probability[k][s] - top);
      sum += pool->count[k] * block->probability[k][s];
    }
    for (size_t k = 0; k < pool->members; k++) {
      block->probability[k][s] *= out ? 0 : a[s] / sum;
      total[k] += block->probability[k][s];
    }
  }
}

static gibbs_status share_together(gibbs_pool *pool, double *total, gibbs_error *err) {
  gibbs_status status = gibbs_pool_solve(pool, err);
  if (status != GIBBS_OK) return status;
  memset(total, 0, pool->members * sizeof *total);
  for (size_t b = 0; b < pool->members; b++) share_block(pool, b, total);
  for (size_t b = 0; b < pool->members; b++) {
    gibbs_range r = gibbs_pool_range(pool, b);
    for (size_t k = 0; k < pool->members; k++)
      for (size_t s = r.first; s < r.end; s++) pool->block[b].probability[k][s] /= total[k];
  }
  return GIBBS_OK;
}

static double product(const gibbs_pool *pool, size_t b, const double *p, const double *x) {
  gibbs_range r = gibbs_pool_range(pool, b);
  double sum = 0;
  for (size_t s = r.first; s < r.end; s++) sum += p[s] * x[s];
  return sum;
}

/* Means of energies and observables; their signs: -H is at hand. */
static void average(const gibbs_pool *pool, gibbs_sums *sums) {
  size_t n = pool->members, m = pool->observables;
  for (size_t k = 0; k < n; k++) {
    sums->log_z[k] = -pool->free_energy[k];
    for (size_t i = 0; i < n; i++) sums->energy[k * n + i] = 0;
    for (size_t i = 0; i < m; i++) sums->mean[k * m + i] = 0;
    for (size_t b = 0; b < n; b++) {
      const gibbs_pool_block *block = &pool->block[b];
      if ((pool->apart || pool->separate) && b != k) continue;
      for (size_t i = 0; pool->energies && i < n; i++)
        sums->energy[k * n + i] -= product(pool, b, block->probability[k], block->log_weight[i]);
      for (size_t i = 0; i < m; i++)
        if (block->observable[i])
          sums->mean[k * m + i] += product(pool, b, block->probability[k], block->observable[i]);
    }
  }
}

gibbs_status gibbs_pool_sum(gibbs_pool *pool, gibbs_part part, gibbs_sums *sums, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  pool->part = part;
  count_samples(pool);
  if (pool->members == 1 || pool->apart || pool->separate)
    share_apart(pool);
  else
    status = share_together(pool, sums->log_z, err);
  if (status == GIBBS_OK) average(pool, sums);
  return status;
}

/* ---- visits -------------------------------------------------------------------------------------------------------
 */

size_t gibbs_pool_states(const gibbs_pool *pool) {
  size_t states = 0;
  for (size_t b = 0; b < pool->members; b++) {
    gibbs_range r = gibbs_pool_range(pool, b);
    states += r.end - r.first;
  }
  return states;
}

/* Rows of one block from sample `first` on. */
static const double *const *shift_rows(const double *const *rows, size_t count, size_t first, const double **out) {
  for (size_t k = 0; k < count; k++) out[k] = rows[k] ? rows[k] + first : NULL;
  return out;
}

gibbs_status gibbs_pool_visit(const gibbs_pool *pool, gibbs_visit visit, void *context, gibbs_error *err) {
  size_t n = pool->members;
  gibbs_status status = GIBBS_OK;
  uint64_t first = 0;
  for (size_t b = 0; status == GIBBS_OK && b < pool->members; b++) {
    const gibbs_pool_block *block = &pool->block[b];
    gibbs_range r = gibbs_pool_range(pool, b);
    gibbs_view view = {.first = first,
                       .count = r.end - r.first,
                       .log_weight = shift_rows(block->log_weight, n, r.first, pool->view),
                       .probability =
                           shift_rows((const double *const *)block->probability, n, r.first, pool->view + n),
                       .observable = shift_rows(block->observable, pool->observables, r.first, pool->view + 2 * n)};
    first += view.count;
    status = visit(context, &view, err);
  }
  return status;
}

/* ---- weights ------------------------------------------------------------------------------------------------------
 */

void gibbs_pool_clear(gibbs_pool *pool) {
  for (size_t b = 0; b < pool->members; b++) {
    gibbs_pool_block *block = &pool->block[b];
    for (size_t k = 0; k < pool->members; k++)
      if (block->weight[k]) memset(block->weight[k], 0, block->place->samples * sizeof(double));
    for (size_t k = 0; k < pool->observables; k++)
      if (block->observable_weight[k]) memset(block->observable_weight[k], 0, block->place->samples * sizeof(double));
  }
}

typedef struct weighing {
  gibbs_pool *pool;
  const gibbs_objective *objective;
  size_t scene, block;
} weighing;

static gibbs_status weigh_block(void *context, const gibbs_view *view, gibbs_error *err) {
  weighing *w = context;
  gibbs_pool_block *block = &w->pool->block[w->block];
  double **weight = w->pool->weight_view, **observable_weight = weight + w->pool->members;
  size_t first = gibbs_pool_range(w->pool, w->block++).first;
  (void)err;
  for (size_t k = 0; k < w->pool->members; k++) weight[k] = block->weight[k] ? block->weight[k] + first : NULL;
  for (size_t k = 0; k < w->pool->observables; k++)
    observable_weight[k] = block->observable_weight[k] ? block->observable_weight[k] + first : NULL;
  gibbs_scene_weigh(w->objective, w->scene, view, weight, observable_weight);
  return GIBBS_OK;
}

void gibbs_pool_weigh(gibbs_pool *pool, const gibbs_objective *objective, size_t scene) {
  weighing w = {.pool = pool, .objective = objective, .scene = scene};
  gibbs_error ignored;
  (void)!gibbs_pool_visit(pool, weigh_block, &w, &ignored); /* it cannot fail */
}

static bool is_zero(const double *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (x[i] != 0) return false;
  return true;
}

gibbs_status gibbs_pool_add(gibbs_pool *pool, double *const gradients[], gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t b = 0; status == GIBBS_OK && b < pool->members; b++) {
    const gibbs_pool_block *block = &pool->block[b];
    for (size_t k = 0; status == GIBBS_OK && k < pool->members + pool->observables; k++) {
      bool member = k < pool->members;
      size_t i = member ? k : k - pool->members;
      const double *weight = member ? block->weight[i] : block->observable_weight[i];
      gibbs_gauge *gauge = pool->sampler->gauges[member ? pool->gauge[i] : pool->observable_gauge[i]];
      if (weight && !is_zero(weight, block->place->samples))
        status = gibbs_gauge_add(pool->sampler, gauge, pool->place[b], weight, gradients, err);
    }
  }
  return status;
}
