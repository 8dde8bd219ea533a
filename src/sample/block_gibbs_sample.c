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

/* Add to z what pairs make of the other units in the lanes of bit 31 - shift. */
INLINE void gather_pairs(const gibbs_block_plan *plan, size_t row, const uint32_t *restrict state, unsigned shift,
                         float z[restrict lanes]) {
  for (size_t k = plan->first[row]; k < plan->first[row + 1]; k++) {
    const uint32_t *x = state + (size_t)plan->column[k] * lanes;
    float value = plan->value[k];
    WIDE for (size_t l = 0; l < lanes; l++) z[l] += turn(value, x[l] << shift);
  }
}

/* The same for monomials: a product of spins is +1 where an even number of them is -1, of bits 1 where all are. */
INLINE void gather_terms(const gibbs_block_plan *plan, size_t row, const uint32_t *restrict state, unsigned shift,
                         float z[restrict lanes]) {
  for (size_t k = plan->first_term[row]; k < plan->first_term[row + 1]; k++) {
    const gibbs_block_term *term = &plan->term[k];
    const uint32_t *other = plan->other + term->first;
    uint32_t even[lanes], all[lanes];
    float value = term->coefficient;
    WIDE for (size_t l = 0; l < lanes; l++) even[l] = all[l] = ~(uint32_t)0;
    for (size_t i = 0; i < term->spins; i++) {
      const uint32_t *x = state + (size_t)other[i] * lanes;
      WIDE for (size_t l = 0; l < lanes; l++) even[l] = ~(even[l] ^ x[l]);
    }
    for (size_t i = term->spins; i < term->others; i++) {
      const uint32_t *x = state + (size_t)other[i] * lanes;
      WIDE for (size_t l = 0; l < lanes; l++) all[l] &= x[l];
    }
    WIDE for (size_t l = 0; l < lanes; l++) z[l] += keep(turn(value, even[l] << shift), all[l] << shift);
  }
}

/* The field of a row in lane set `set`; sums[l * stride] is what products have made of it, unless sums is NULL. */
INLINE void gather(const gibbs_block_plan *plan, size_t row, const gibbs_block_group *group, size_t set,
                   const float *sums, size_t stride, float z[restrict lanes]) {
  float bias = plan->bias[row];
  unsigned shift = 31 - (unsigned)set;
  if (sums != NULL)
    WIDE for (size_t l = 0; l < lanes; l++) z[l] = bias + sums[l * stride];
  else
    WIDE for (size_t l = 0; l < lanes; l++) z[l] = bias;
  gather_pairs(plan, row, group->state, shift, z);
  if (plan->first_term != NULL) gather_terms(plan, row, group->state, shift, z);
}

/* Bit `set` is set with probability 1 / (1 + exp(z)): where u (1 + exp(z)) < 1. */
INLINE void decide(const float z[restrict lanes], const float u[restrict lanes], size_t set,
                   uint32_t x[restrict lanes], uint32_t changed[restrict lanes]) {
  WIDE for (size_t l = 0; l < lanes; l++) {
    uint32_t now = u[l] + u[l] * gibbs_float_exp(z[l]) < 1 ? 1 : 0, move = (x[l] >> set & 1) ^ now;
    x[l] ^= move << set;
    changed[l] += move;
  }
}

/* One of q states with probabilities ~ exp(-z), z[k * 16 + l], which become weights. */
INLINE void choose(float *restrict z, size_t q, const float u[restrict lanes], size_t set, uint32_t *restrict x,
                   uint32_t changed[restrict lanes]) {
  float least[lanes], total[lanes], below[lanes];
  uint32_t state[lanes], moved[lanes];
  WIDE for (size_t l = 0; l < lanes; l++) {
    least[l] = z[l];
    total[l] = below[l] = 0;
    state[l] = moved[l] = 0;
  }
  for (size_t k = 1; k < q; k++)
    WIDE for (size_t l = 0; l < lanes; l++) least[l] = z[k * lanes + l] < least[l] ? z[k * lanes + l] : least[l];
  for (size_t k = 0; k < q; k++) WIDE for (size_t l = 0; l < lanes; l++) {
      z[k * lanes + l] = gibbs_float_exp(least[l] - z[k * lanes + l]);
      total[l] += z[k * lanes + l];
    }
  for (size_t k = 0; k < q; k++) WIDE for (size_t l = 0; l < lanes; l++) {
      below[l] += z[k * lanes + l];
      state[l] += below[l] < u[l] * total[l] ? 1 : 0;
    }
  for (uint32_t k = 0; k < q; k++) WIDE for (size_t l = 0; l < lanes; l++) {
      uint32_t now = state[l] == k ? 1 : 0, move = (x[k * lanes + l] >> set & 1) ^ now;
      x[k * lanes + l] ^= move << set;
      moved[l] |= move;
    }
  WIDE for (size_t l = 0; l < lanes; l++) changed[l] += moved[l];
}

/* The units first..first+count-1 of a run; sums: of their fields, a row a chain, or NULL. */
GIBBS_CLONES static void sample_two_states(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                           size_t count, const gibbs_block_group *group, const float *sums,
                                           size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t row = run->first_row + first + i;
    uint32_t *x = group->state + (size_t)plan->at[run->first + first + i] * lanes;
    for (size_t set = 0; set < group->sets; set++) {
      float z[lanes];
      gather(plan, row, group, set, sums ? sums + set * lanes * stride + i : NULL, stride, z);
      decide(z, draw(&group->source[set]), set, x, group->changed + set * lanes);
    }
  }
}

GIBBS_CLONES static void sample_potts(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                                      size_t count, const gibbs_block_group *group, const float *sums,
                                      size_t stride) {
  for (size_t i = 0; i < count; i++) {
    size_t q = run->width, row = run->first_row + (first + i) * q;
    uint32_t *x = group->state + (size_t)plan->at[run->first + first + i] * lanes;
    for (size_t set = 0; set < group->sets; set++) {
      for (size_t k = 0; k < q; k++)
        gather(plan, row + k, group, set, sums ? sums + set * lanes * stride + i * q + k : NULL, stride,
               group->weights + k * lanes);
      choose(group->weights, q, draw(&group->source[set]), set, x, group->changed + set * lanes);
    }
  }
}

static void sample_units(const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first, size_t count,
                         const gibbs_block_group *group, const float *sums, size_t stride) {
  if (run->width == 1)
    sample_two_states(plan, run, first, count, group, sums, stride);
  else
    sample_potts(plan, run, first, count, group, sums, stride);
}

void gibbs_block_sample(const gibbs_block_plan *plan, const gibbs_block_run *run, const gibbs_block_group *group) {
  if (run->products == 0) {
    sample_units(plan, run, 0, run->units, group, NULL, 0);
    return;
  }
  size_t width = group->sets * lanes, stride = run->tile_panels * GIBBS_BLOCK_PANEL, at = 0;
  for (size_t k = 0; k < run->products; at += run->product[k++].words)
    gibbs_block_pack(&run->product[k], group, group->words + at * width);
  for (size_t tile = 0; tile * run->tile_units < run->units; tile++) {
    size_t first = tile * run->tile_units, left = run->units - first;
    memset(group->sums, 0, width * stride * sizeof *group->sums);
    for (size_t k = at = 0; k < run->products; at += run->product[k++].words)
      for (size_t p = 0; p < run->tile_panels; p++)
        gibbs_block_multiply(&run->product[k], tile * run->tile_panels + p, group, group->words + at * width,
                             group->sums + p * GIBBS_BLOCK_PANEL, stride);
    sample_units(plan, run, first, left < run->tile_units ? left : run->tile_units, group, group->sums, stride);
  }
}
