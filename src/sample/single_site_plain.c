/* single_site_plain.c - sweeps of units of one element with fields and sparse pairs: nothing is kept, all is inline.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/clones.h"
#include "single_site.h"

/* ---- random words ------------------------------------------------------------------------------- */

typedef uint64_t quad __attribute__((vector_size(32), aligned(8), may_alias));

/* `steps` steps of all lanes, word[i * GIBBS_LANES + lane]: gibbs_lanes_next with the state in registers. */
GIBBS_SITE_INLINE void step_wide(gibbs_lanes *restrict lanes, size_t steps, uint64_t *restrict word) {
  for (size_t k = 0; k < GIBBS_LANES; k += 4) {
    quad s0 = *(quad *)&lanes->state[0][k], s1 = *(quad *)&lanes->state[1][k];
    quad s2 = *(quad *)&lanes->state[2][k], s3 = *(quad *)&lanes->state[3][k];
    for (size_t i = 0; i < steps; i++) {
      quad sum = s0 + s3, shifted = s1 << 17;
      *(quad *)(word + i * GIBBS_LANES + k) = (sum << 23 | sum >> 41) + s0;
      s2 ^= s0;
      s3 ^= s1;
      s1 ^= s2;
      s0 ^= s3;
      s2 ^= shifted;
      s3 = s3 << 45 | s3 >> 19;
    }
    *(quad *)&lanes->state[0][k] = s0, *(quad *)&lanes->state[1][k] = s1;
    *(quad *)&lanes->state[2][k] = s2, *(quad *)&lanes->state[3][k] = s3;
  }
}

/* The same of lane 0 alone. */
GIBBS_SITE_INLINE void step_narrow(gibbs_lanes *restrict lanes, size_t steps, uint64_t *restrict word) {
  uint64_t s0 = lanes->state[0][0], s1 = lanes->state[1][0], s2 = lanes->state[2][0], s3 = lanes->state[3][0];
  for (size_t i = 0; i < steps; i++) {
    uint64_t shifted = s1 << 17;
    word[i] = gibbs_rotate_left(s0 + s3, 23) + s0;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = gibbs_rotate_left(s3, 45);
  }
  lanes->state[0][0] = s0, lanes->state[1][0] = s1, lanes->state[2][0] = s2, lanes->state[3][0] = s3;
}

/* Both halves of a word, 31 bits each, to two visits or to two uses of one visit. */
GIBBS_SITE_INLINE void split(const uint64_t *restrict word, size_t steps, size_t width, uint32_t *restrict first,
                             uint32_t *restrict second, size_t spacing) {
  for (size_t i = 0; i < steps; i++)
    for (size_t l = 0; l < width; l++) {
      first[i * spacing + l] = (uint32_t)word[i * width + l] >> 1;
      second[i * spacing + l] = (uint32_t)(word[i * width + l] >> 33);
    }
}

GIBBS_CLONES static void draw_wide(gibbs_lanes *lanes, size_t steps, uint32_t *first, uint32_t *second,
                                   size_t spacing) {
  uint64_t word[GIBBS_SITE_BLOCK * GIBBS_LANES];
  step_wide(lanes, steps, word);
  split(word, steps, GIBBS_LANES, first, second, spacing);
}

GIBBS_CLONES static void draw_narrow(gibbs_lanes *lanes, size_t steps, uint32_t *first, uint32_t *second,
                                     size_t spacing) {
  uint64_t word[GIBBS_SITE_BLOCK];
  step_narrow(lanes, steps, word);
  split(word, steps, 1, first, second, spacing);
}

void gibbs_site_draw(gibbs_lanes *lanes, size_t width, size_t visits, uint32_t *first, uint32_t *second) {
  size_t steps = second ? visits : (visits + 1) / 2, spacing = second ? width : 2 * width;
  if (width == GIBBS_LANES)
    draw_wide(lanes, steps, first, second ? second : first + width, spacing);
  else
    draw_narrow(lanes, steps, first, second ? second : first + width, spacing);
}

/* ---- visits ------------------------------------------------------------------------------------- */

GIBBS_CLONES static void visit_wide(const gibbs_site_model *m, const uint32_t *restrict unit, size_t count,
                                    const float *restrict threshold, float *restrict values,
                                    uint32_t *restrict changed) {
  gibbs_octet_mask c0 = *(gibbs_octet_mask *)changed, c1 = *(gibbs_octet_mask *)(changed + 8);
  const gibbs_site_row *row = m->row;
  const gibbs_site_pair *pair = m->pair;
  for (size_t i = 0; i < count; i++) {
    size_t u = unit[i];
    float *x = values + u * GIBBS_LANES, field = row[u].field;
    gibbs_octet f0 = {field, field, field, field, field, field, field, field}, f1 = f0;
    for (size_t k = row[u].first; k < row[u + 1].first; k++) {
      const float *y = values + (size_t)pair[k].element * GIBBS_LANES;
      f0 += pair[k].coupling * *gibbs_octet_in(y), f1 += pair[k].coupling * *gibbs_octet_in(y + 8);
    }
    gibbs_octet x0 = *gibbs_octet_in(x), x1 = *gibbs_octet_in(x + 8);
    gibbs_octet d0 = row[u].sum - 2.0f * x0, d1 = row[u].sum - 2.0f * x1;
    gibbs_octet_mask m0 = d0 * f0 <= *gibbs_octet_in(threshold + i * GIBBS_LANES);
    gibbs_octet_mask m1 = d1 * f1 <= *gibbs_octet_in(threshold + i * GIBBS_LANES + 8);
    *gibbs_octet_at(x) = x0 + (gibbs_octet)(m0 & (gibbs_octet_mask)d0);
    *gibbs_octet_at(x + 8) = x1 + (gibbs_octet)(m1 & (gibbs_octet_mask)d1);
    c0 -= m0, c1 -= m1;
  }
  *(gibbs_octet_mask *)changed = c0, *(gibbs_octet_mask *)(changed + 8) = c1;
}

/* Without a branch on what is accepted, which no processor foresees. */
GIBBS_CLONES static void visit_narrow(const gibbs_site_model *m, const uint32_t *restrict unit, size_t count,
                                      const float *restrict threshold, float *restrict values,
                                      uint32_t *restrict changed) {
  const gibbs_site_row *row = m->row;
  const gibbs_site_pair *pair = m->pair;
  uint32_t accepted = 0;
  for (size_t i = 0; i < count; i++) {
    size_t u = unit[i];
    float f = row[u].field;
    for (size_t k = row[u].first; k < row[u + 1].first; k++) f += pair[k].coupling * values[pair[k].element];
    float d = row[u].sum - 2.0f * values[u], taken;
    uint32_t accept = d * f <= threshold[i], bits;
    memcpy(&bits, &d, sizeof bits);
    bits &= -accept;
    memcpy(&taken, &bits, sizeof taken);
    values[u] += taken;
    accepted += accept;
  }
  *changed += accepted;
}

void gibbs_site_sweep_plain(const gibbs_site_model *m, gibbs_site_group *g, const gibbs_site_visits *visits,
                            gibbs_lanes *lanes) {
  uint32_t word[GIBBS_SITE_BLOCK * GIBBS_LANES];
  float threshold[GIBBS_SITE_BLOCK * GIBBS_LANES];
  for (size_t i = 0; i < visits->count; i += GIBBS_SITE_BLOCK) {
    size_t count = visits->count - i < GIBBS_SITE_BLOCK ? visits->count - i : GIBBS_SITE_BLOCK;
    gibbs_site_draw(lanes, g->width, count, word, NULL);
    visits->rule->thresholds(word, threshold, count * g->width);
    if (g->width == GIBBS_LANES)
      visit_wide(m, visits->unit + i, count, threshold, g->values, g->changed);
    else
      visit_narrow(m, visits->unit + i, count, threshold, g->values, g->changed);
  }
}
