/* block_gibbs_sample.c - fields, random numbers and thresholds in one pass over a run of units, 16 chains at a time.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#if defined(__GNUC__) && !defined(__clang__)
/* Else gcc merges the turns of a loop around a loop over lanes, and then cannot widen the latter. */
#pragma GCC optimize("no-loop-unroll-and-jam")
#endif

#include "block_gibbs.h"

#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"

enum { lanes = GIBBS_LANES };

#define WIDE GIBBS_LANES_WIDE
#define INLINE __attribute__((always_inline)) static inline

/* A uniform number in (0, 1) for each lane. */
INLINE const float *draw(gibbs_block_source *source) {
  source->one_left = !source->one_left;
  if (source->one_left) gibbs_lanes_uniform2(&source->lanes, source->number[0], source->number[1]);
  return source->number[source->one_left ? 0 : 1];
}

/* The value with its sign changed where the top bit of `word` is clear. */
INLINE float turn(float value, uint32_t word) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits ^= ~word & 0x80000000u;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* The value, or 0 where the top bit of `word` is clear. */
INLINE float keep(float value, uint32_t word) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  bits &= 0 - (word >> 31);
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* Add to z what pairs make of the other units in the lanes of a set. */
INLINE void gather_pairs(const gibbs_block_plan *plan, size_t row, const gibbs_block_group *group, size_t set,
                         float z[restrict lanes]) {
  for (size_t k = plan->first[row]; k < plan->first[row + 1]; k++) {
    size_t place = plan->other_place[k] + set, shift = 31 - place % 32;
    const uint32_t *x = gibbs_block_row(group->state, place);
    float value = plan->value[k];
    WIDE for (size_t l = 0; l < lanes; l++) z[l] += turn(value, x[l] << shift);
  }
}

/* The same for monomials: a product of spins is +1 where an even number of them is -1, of bits 1 where all are. */
INLINE void gather_terms(const gibbs_block_plan *plan, size_t row, const gibbs_block_group *group, size_t set,
                         float z[restrict lanes]) {
  for (size_t k = plan->first_term[row]; k < plan->first_term[row + 1]; k++) {
    const gibbs_block_term *term = &plan->term[k];
    uint32_t even[lanes], all[lanes];
    float value = term->coefficient;
    WIDE for (size_t l = 0; l < lanes; l++) even[l] = all[l] = ~(uint32_t)0;
    for (size_t i = 0; i < term->others; i++) {
      size_t place = plan->factor[term->first + i] + set, shift = 31 - place % 32;
      const uint32_t *x = gibbs_block_row(group->state, place);
      if (i < term->spins) {
        WIDE for (size_t l = 0; l < lanes; l++) even[l] = ~(even[l] ^ x[l] << shift);
      } else {
        WIDE for (size_t l = 0; l < lanes; l++) all[l] &= x[l] << shift;
      }
    }
    WIDE for (size_t l = 0; l < lanes; l++) z[l] += keep(turn(value, even[l]), all[l]);
  }
}

/* The field of a row in the lanes of a set; sums[l * stride] is what products have made of it, unless sums is NULL.
 */
INLINE void gather(const gibbs_block_plan *plan, size_t row, const gibbs_block_group *group, size_t set,
                   const float *sums, size_t stride, float z[restrict lanes]) {
  float bias = plan->bias[row];
  if (sums != NULL) {
    WIDE for (size_t l = 0; l < lanes; l++) z[l] = bias + sums[l * stride];
  } else {
    WIDE for (size_t l = 0; l < lanes; l++) z[l] = bias;
  }
  gather_pairs(plan, row, group, set, z);
  if (plan->first_term != NULL) gather_terms(plan, row, group, set, z);
}

/* The field between that of independent units and the energy's own. */
INLINE void mix(const gibbs_block_plan *plan, size_t row, float z[restrict lanes]) {
  float beta = plan->beta, rest = plan->independent != NULL ? (1 - beta) * plan->independent[row] : 0;
  WIDE for (size_t l = 0; l < lanes; l++) z[l] = beta * z[l] + rest;
}

/* The element at `place` becomes 1 with probability 1 / (1 + exp(z)): where u (1 + exp(z)) < 1. */
INLINE void decide(const float z[restrict lanes], const float u[restrict lanes], const gibbs_block_group *group,
                   size_t place, size_t set) {
  unsigned bit = (unsigned)(place + set) % 32;
  uint32_t *restrict x = gibbs_block_row(group->state, place), *restrict changed = group->changed + set * lanes;
  WIDE for (size_t l = 0; l < lanes; l++) {
    uint32_t now = u[l] + u[l] * gibbs_float_exp(z[l]) < 1 ? 1 : 0, move = (x[l] >> bit & 1) ^ now;
    x[l] ^= move << bit;
    changed[l] += move;
  }
}

/* Which of q states, with probabilities ~ exp(-z[k * 16 + l]): the first at which the sum of weights reaches u of
 * their total.  The z become weights. */
INLINE void choose(float *restrict z, size_t q, const float u[restrict lanes], uint32_t state[restrict lanes]) {
  float least[lanes], total[lanes], below[lanes];
  WIDE for (size_t l = 0; l < lanes; l++) least[l] = z[l], total[l] = below[l] = 0, state[l] = 0;
  for (size_t k = 1; k < q; k++) {
    WIDE for (size_t l = 0; l < lanes; l++) least[l] = z[k * lanes + l] < least[l] ? z[k * lanes + l] : least[l];
  }
  for (size_t k = 0; k < q; k++) {
    WIDE for (size_t l = 0; l < lanes; l++) {
      z[k * lanes + l] = gibbs_float_exp(least[l] - z[k * lanes + l]);
      total[l] += z[k * lanes + l];
    }
  }
  for (size_t k = 0; k < q; k++) {
    WIDE for (size_t l = 0; l < lanes; l++) {
      below[l] += z[k * lanes + l];
      state[l] += below[l] < u[l] * total[l] ? 1 : 0;
    }
  }
}

/* Set the q indicators of a unit that takes `state`. */
INLINE void indicate(const uint32_t state[restrict lanes], size_t q, const gibbs_block_group *group,
                     const uint32_t *place, size_t set) {
  uint32_t moved[lanes], *restrict changed = group->changed + set * lanes;
  WIDE for (size_t l = 0; l < lanes; l++) moved[l] = 0;
  for (uint32_t k = 0; k < q; k++) {
    unsigned bit = (unsigned)(place[k] + set) % 32;
    uint32_t *restrict x = gibbs_block_row(group->state, place[k]);
    WIDE for (size_t l = 0; l < lanes; l++) {
      uint32_t now = state[l] == k ? 1 : 0, move = (x[l] >> bit & 1) ^ now;
      x[l] ^= move << bit;
      moved[l] |= move;
    }
  }
  WIDE for (size_t l = 0; l < lanes; l++) changed[l] += moved[l];
}

/* The units first..first+count-1 of a run; sums: of their fields, a row a chain, or NULL. */
GIBBS_CLONES static void sample_two_states(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                           size_t count, const gibbs_block_group *group, const float *sums,
                                           size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t row = run->first_row + first + i;
    for (size_t set = 0; set < group->sets; set++) {
      float z[lanes];
      gather(plan, row, group, set, sums ? sums + set * lanes * stride + i : NULL, stride, z);
      mix(plan, row, z);
      decide(z, draw(&group->source[set]), group, plan->place[row], set);
    }
  }
}

GIBBS_CLONES static void sample_potts(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                      size_t count, const gibbs_block_group *group, const float *sums,
                                      size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t q = run->width, row = run->first_row + (first + i) * q;
    for (size_t set = 0; set < group->sets; set++) {
      for (size_t k = 0; k < q; k++) {
        gather(plan, row + k, group, set, sums ? sums + set * lanes * stride + i * q + k : NULL, stride,
               group->weights + k * lanes);
        mix(plan, row + k, group->weights + k * lanes);
      }
      uint32_t state[lanes];
      choose(group->weights, q, draw(&group->source[set]), state);
      indicate(state, q, group, plan->place + row, set);
    }
  }
}

GIBBS_CLONES void gibbs_block_fields(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                     size_t count, const gibbs_block_group *group, size_t set, const float *sums,
                                     size_t stride, float *z) {
  for (size_t i = 0; i < count; i++)
    gather(plan, run->first_row + first + i, group, set, sums ? sums + set * lanes * stride + i : NULL, stride,
           z + i * lanes);
}

static void sample_units(void *context, const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                         size_t count, const gibbs_block_group *group, const float *sums, size_t stride) {
  (void)context;
  if (run->width == 1)
    sample_two_states(plan, run, first, count, group, sums, stride);
  else
    sample_potts(plan, run, first, count, group, sums, stride);
}

void gibbs_block_sample(const gibbs_block_plan *plan, const gibbs_block_run *run, const gibbs_block_group *group) {
  gibbs_block_visit(plan, run, group, sample_units, NULL);
}

void gibbs_block_visit(const gibbs_block_plan *plan, const gibbs_block_run *run, const gibbs_block_group *group,
                       gibbs_block_tile tile, void *context) {
  if (run->products == 0) {
    tile(context, plan, run, 0, run->units, group, NULL, 0);
    return;
  }
  size_t width = group->sets * lanes, stride = run->tile_panels * GIBBS_BLOCK_PANEL, at = 0;
  for (size_t k = 0; k < run->products; at += run->product[k++].words)
    gibbs_block_pack(&run->product[k], group, group->words + at * width);
  for (size_t number = 0; number * run->tile_units < run->units; number++) {
    size_t first = number * run->tile_units, left = run->units - first;
    memset(group->sums, 0, width * stride * sizeof *group->sums);
    for (size_t k = at = 0; k < run->products; at += run->product[k++].words)
      for (size_t p = 0; p < run->tile_panels; p++)
        gibbs_block_multiply(&run->product[k], number * run->tile_panels + p, group, group->words + at * width,
                             group->sums + p * GIBBS_BLOCK_PANEL, stride);
    tile(context, plan, run, first, left < run->tile_units ? left : run->tile_units, group, group->sums, stride);
  }
}
