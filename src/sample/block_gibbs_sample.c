/* block_gibbs_sample.c - fields, random numbers and thresholds in one pass over a run of units, 16 chains at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "block_gibbs.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"

enum { lanes = GIBBS_LANES };

/* A uniform number in (0, 1) for each lane. */
static inline const float *draw(gibbs_block_source *source) {
  source->one_left = !source->one_left;
  if (source->one_left) gibbs_lanes_uniform2(&source->lanes, source->number[0], source->number[1]);
  return source->number[source->one_left ? 0 : 1];
}

/* Add to z what pairs and monomials make of the other units. */
static inline void gather(const gibbs_block_plan *plan, size_t row, const gibbs_block_group *group, size_t lane,
                          float z[restrict lanes]) {
  const int8_t *state = group->state + lane;
  for (size_t k = plan->first[row]; k < plan->first[row + 1]; k++) {
    const int8_t *x = state + plan->column[k] * group->width;
    for (size_t l = 0; l < lanes; l++) z[l] += plan->value[k] * (float)x[l];
  }
  if (plan->first_term == NULL) return;
  for (size_t k = plan->first_term[row]; k < plan->first_term[row + 1]; k++) {
    const gibbs_block_term *term = &plan->term[k];
    float product[lanes];
    for (size_t l = 0; l < lanes; l++) product[l] = term->coefficient;
    for (size_t i = term->first; i < term->first + term->others; i++) {
      const int8_t *x = state + plan->other[i] * group->width;
      for (size_t l = 0; l < lanes; l++) product[l] *= (float)x[l];
    }
    for (size_t l = 0; l < lanes; l++) z[l] += product[l];
  }
}

/* Where the fields start from: the bias, and sums[l * stride] unless sums is NULL. */
static inline void start(float z[restrict lanes], float bias, const float *sums, size_t stride) {
  if (sums != NULL)
    for (size_t l = 0; l < lanes; l++) z[l] = bias + sums[l * stride];
  else
    for (size_t l = 0; l < lanes; l++) z[l] = bias;
}

/* The upper state with probability 1 / (1 + exp(z)): where u (1 + exp(z)) < 1. */
static inline void decide(const float z[restrict lanes], const float u[restrict lanes], int lower,
                          int8_t x[restrict lanes], int32_t changed[restrict lanes]) {
  for (size_t l = 0; l < lanes; l++) {
    int now = u[l] + u[l] * gibbs_float_exp(z[l]) < 1 ? 1 : lower;
    changed[l] += now != x[l];
    x[l] = (int8_t)now;
  }
}

/* One of q states with probabilities ~ exp(-z): z[k * 16 + l] becomes its weight. */
static inline void choose(float *restrict z, size_t q, const float u[restrict lanes], int8_t *restrict x, size_t width,
                          int32_t changed[restrict lanes]) {
  float least[lanes], total[lanes] = {0}, below[lanes] = {0};
  int32_t state[lanes] = {0}, moved[lanes] = {0};
  for (size_t l = 0; l < lanes; l++) least[l] = z[l];
  for (size_t k = 1; k < q; k++)
    for (size_t l = 0; l < lanes; l++) least[l] = z[k * lanes + l] < least[l] ? z[k * lanes + l] : least[l];
  for (size_t k = 0; k < q; k++)
    for (size_t l = 0; l < lanes; l++) total[l] += z[k * lanes + l] = gibbs_float_exp(least[l] - z[k * lanes + l]);
  for (size_t k = 0; k < q; k++)
    for (size_t l = 0; l < lanes; l++) {
      below[l] += z[k * lanes + l];
      state[l] += below[l] < u[l] * total[l];
    }
  for (size_t k = 0; k < q; k++)
    for (size_t l = 0; l < lanes; l++) {
      int now = state[l] == (int32_t)k;
      moved[l] |= now & (x[k * width + l] == 0);
      x[k * width + l] = (int8_t)now;
    }
  for (size_t l = 0; l < lanes; l++) changed[l] += moved[l];
}

/* The units first..first+count-1 of a run; sums: of their fields, a row a lane, or NULL. */
GIBBS_CLONES static void sample_two_states(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                           size_t count, gibbs_block_group *group, const float *sums, size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t row = run->first_row + first + i, e = plan->at[run->first + first + i];
    for (size_t lane = 0; lane < group->width; lane += lanes) {
      float z[lanes];
      start(z, plan->bias[row], sums ? sums + lane * stride + i : NULL, stride);
      gather(plan, row, group, lane, z);
      decide(z, draw(&group->source[lane / lanes]), run->spins ? -1 : 0, group->state + e * group->width + lane,
             group->changed + lane);
    }
  }
}

GIBBS_CLONES static void sample_potts(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                      size_t count, gibbs_block_group *group, const float *sums, size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t q = run->width, row = run->first_row + (first + i) * q, e = plan->at[run->first + first + i];
    for (size_t lane = 0; lane < group->width; lane += lanes) {
      for (size_t k = 0; k < q; k++) {
        float *z = group->weights + k * lanes;
        start(z, plan->bias[row + k], sums ? sums + lane * stride + i * q + k : NULL, stride);
        gather(plan, row + k, group, lane, z);
      }
      choose(group->weights, q, draw(&group->source[lane / lanes]), group->state + e * group->width + lane,
             group->width, group->changed + lane);
    }
  }
}

static void sample_units(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first, size_t count,
                         gibbs_block_group *group, const float *sums, size_t stride) {
  if (run->width == 1)
    sample_two_states(plan, run, first, count, group, sums, stride);
  else
    sample_potts(plan, run, first, count, group, sums, stride);
}

void gibbs_block_sample(const gibbs_block_plan *plan, const gibbs_block_run *run, gibbs_block_group *group) {
  if (run->products == 0) {
    sample_units(plan, run, 0, run->units, group, NULL, 0);
    return;
  }
  size_t stride = run->tile_panels * GIBBS_BLOCK_PANEL, at = 0;
  for (size_t k = 0; k < run->products; at += run->product[k++].words)
    gibbs_block_pack(&run->product[k], group, group->words + at * group->width);
  for (size_t tile = 0; tile * run->tile_units < run->units; tile++) {
    size_t first = tile * run->tile_units, left = run->units - first;
    memset(group->sums, 0, group->width * stride * sizeof *group->sums);
    for (size_t k = at = 0; k < run->products; at += run->product[k++].words)
      for (size_t p = 0; p < run->tile_panels; p++)
        gibbs_block_multiply(&run->product[k], tile * run->tile_panels + p, group, group->words + at * group->width,
                             group->sums + p * GIBBS_BLOCK_PANEL, stride);
    sample_units(plan, run, first, left < run->tile_units ? left : run->tile_units, group, group->sums, stride);
  }
}
