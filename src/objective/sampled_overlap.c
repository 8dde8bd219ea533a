/* sampled_overlap.c - whether samples are worth something to others than their own distribution.
 *
 * Gradients of linear objectives need H of other members at a member's samples only where they are: that is looked at
 * in one evaluation of so many, and what was found holds for those that follow. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/reweight.h"
#include "sampled.h"

enum { look_every = 16 };

bool gibbs_sampled_looks(gibbs_objective *o, bool gradient) {
  bool may = o->linear && !o->sampled->custom && !o->sampled->beside;
  bool looks = may && gradient && o->sampled->sampler->evaluation % look_every == 1;
  for (size_t k = 0; k < o->scene_count; k++) o->sampled->scenes[k].separate &= may && !looks;
  return looks;
}

static double find_least_shared(const gibbs_pool *pool) {
  double least = INFINITY;
  for (size_t k = 0; k < pool->members; k++)
    for (size_t i = 0; i < k; i++) least = fmin(least, pool->shared[k * pool->members + i]);
  return least;
}

void gibbs_sampled_look(gibbs_objective *o) {
  for (size_t k = 0; k < o->scene_count; k++) {
    const gibbs_pool *pool = o->scenes[k].pool;
    o->sampled->scenes[k].separate =
        pool->members > 1 && !pool->apart && find_least_shared(pool) < GIBBS_REWEIGHT_FLOOR;
  }
}

bool gibbs_sampled_is_separate(const gibbs_objective *o) {
  for (size_t k = 0; k < o->scene_count; k++)
    if (o->sampled->scenes[k].separate) return true;
  return false;
}

void gibbs_sampled_separate(gibbs_objective *o, bool now) {
  for (size_t k = 0; k < o->scene_count; k++) o->scenes[k].pool->separate = now && o->sampled->scenes[k].separate;
}
