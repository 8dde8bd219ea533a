/* single_site_any.c - sweeps of units of any kind with any energy, several groups of chains side by side. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"
#include "single_site.h"

/* The random numbers of a block of visits of one group, and what is planned at the present one. */
typedef struct plan {
  uint32_t word[GIBBS_SITE_BLOCK * GIBBS_LANES], second[GIBBS_SITE_BLOCK * GIBBS_LANES];
  float threshold[GIBBS_SITE_BLOCK * GIBBS_LANES];
  float step[GIBBS_LANES], change[GIBBS_LANES]; /* of units of one element */
  uint32_t state[GIBBS_LANES];                  /* proposed; then the one that the unit goes to */
} plan;

typedef struct sweep {
  const gibbs_site_model *m;
  gibbs_site_group *groups;
  size_t count, lanes, first_chain;
  gibbs_site_rest *rest;
  const gibbs_site_rule *rule;
  plan plans[GIBBS_SITE_SIDE];
  uint32_t state[GIBBS_SITE_SIDE * GIBBS_LANES]; /* of the chains, for the rest */
} sweep;

static gibbs_status fail_not_finite(const sweep *s, const gibbs_site_group *g, size_t unit, size_t lane,
                                    gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "unit %zu of chain %zu: the change of the energy is not finite", unit + 1,
                    s->first_chain + (g->first - s->groups[0].first) + lane + 1);
}

/* ---- units of one element ----------------------------------------------------------------------- */

GIBBS_CLONES static void prepare_wide(const float *x, float sum, float *step, float *change) {
  for (size_t h = 0; h < GIBBS_LANES; h += 8) {
    gibbs_octet d = sum - 2.0f * *gibbs_octet_in(x + h);
    *gibbs_octet_at(step + h) = d;
    *gibbs_octet_at(change + h) *= d;
  }
}

static void prepare_flip(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, plan *p) {
  size_t e = m->unit[unit].element;
  gibbs_site_fields(m, g, e, 1, p->change);
  if (g->width == GIBBS_LANES) {
    prepare_wide(g->values + e * GIBBS_LANES, m->row[e].sum, p->step, p->change);
  } else {
    p->step[0] = m->row[e].sum - 2.0f * g->values[e];
    p->change[0] *= p->step[0];
  }
  if (m->affine_count > 0) gibbs_site_affine_change(m, g, unit, p->step, p->change);
}

/* Whether all lanes have a finite change; steps of what is not taken become 0; *any says whether one is taken. */
GIBBS_CLONES static bool decide_wide(const float *threshold, const float *change, float *step, float *x,
                                     uint32_t *changed, bool *any) {
  gibbs_octet_mask bad = {0, 0, 0, 0, 0, 0, 0, 0}, some = bad;
  for (size_t h = 0; h < GIBBS_LANES; h += 8) {
    gibbs_octet c = *gibbs_octet_in(change + h);
    gibbs_octet_mask take = c <= *gibbs_octet_in(threshold + h);
    bad |= (c - c) != (c - c); /* an infinity or no number less itself is no number */
    gibbs_octet d = (gibbs_octet)((gibbs_octet_mask)*gibbs_octet_in(step + h) & take);
    *gibbs_octet_at(step + h) = d;
    *gibbs_octet_at(x + h) += d;
    *(gibbs_octet_mask *)(changed + h) -= take;
    some |= take;
  }
  uint64_t flags[4];
  memcpy(flags, &some, sizeof flags);
  *any = (flags[0] | flags[1] | flags[2] | flags[3]) != 0;
  memcpy(flags, &bad, sizeof flags);
  return (flags[0] | flags[1] | flags[2] | flags[3]) == 0;
}

static bool decide_narrow(float threshold, float change, float *step, float *x, uint32_t *changed, bool *any) {
  *any = change <= threshold;
  if (!*any) *step = 0;
  *x += *step;
  *changed += *any;
  return isfinite(change);
}

static gibbs_status find_not_finite(const sweep *s, const gibbs_site_group *g, size_t unit, const float *change,
                                    gibbs_error *err) {
  for (size_t l = 0; l < g->live; l++)
    if (!isfinite(change[l])) return fail_not_finite(s, g, unit, l, err);
  return GIBBS_OK;
}

static gibbs_status finish_flip(const sweep *s, gibbs_site_group *g, size_t unit, size_t i, plan *p,
                                gibbs_error *err) {
  const gibbs_site_model *m = s->m;
  size_t e = m->unit[unit].element;
  float *x = g->values + e * g->width, *threshold = p->threshold + i * g->width;
  bool any, fine = g->width == GIBBS_LANES ? decide_wide(threshold, p->change, p->step, x, g->changed, &any)
                                           : decide_narrow(threshold[0], p->change[0], p->step, x, g->changed, &any);
  if (!fine) {
    gibbs_status status = find_not_finite(s, g, unit, p->change, err);
    if (status != GIBBS_OK) return status;
  }
  if (any && g->dense) gibbs_site_dense_push(m, g, e, p->step);
  if (any && m->affine_count > 0) gibbs_site_affine_take(m, g, unit, p->step);
  return GIBBS_OK;
}

/* Add the changes of the rest to the plans. */
static gibbs_status try_flips(sweep *s, size_t unit, gibbs_error *err) {
  size_t lane = 0;
  for (size_t k = 0; k < s->count; lane += s->groups[k++].live)
    for (size_t l = 0; l < s->groups[k].live; l++)
      s->state[lane + l] = s->groups[k].values[s->m->unit[unit].element * s->groups[k].width + l] > 0.5f ? 0u : 1u;
  gibbs_status status = gibbs_site_rest_try(s->m, s->rest, unit, s->state, 0, s->first_chain, err);
  if (status != GIBBS_OK) return status;
  lane = 0;
  for (size_t k = 0; k < s->count; lane += s->groups[k++].live)
    for (size_t l = 0; l < s->groups[k].live; l++)
      s->plans[k].change[l] += (float)(s->m->scale * (s->rest->other[lane + l] - s->rest->value[lane + l]));
  return GIBBS_OK;
}

/* After the decisions: the rest's configurations and values. */
static void keep_flips(sweep *s, size_t unit) {
  size_t lane = 0;
  for (size_t k = 0; k < s->count; lane += s->groups[k++].live)
    for (size_t l = 0; l < s->groups[k].live; l++) {
      bool moved = s->plans[k].step[l] != 0;
      if (moved) s->rest->value[lane + l] = s->rest->other[lane + l];
      if (!moved) s->state[lane + l] ^= 1;
    }
  gibbs_site_rest_put(s->m, s->rest, unit, s->state);
}

static gibbs_status flip(sweep *s, size_t unit, size_t i, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < s->count; k++) prepare_flip(s->m, &s->groups[k], unit, &s->plans[k]);
  if (s->rest) status = try_flips(s, unit, err);
  for (size_t k = 0; k < s->count && status == GIBBS_OK; k++)
    status = finish_flip(s, &s->groups[k], unit, i, &s->plans[k], err);
  if (s->rest && status == GIBBS_OK) keep_flips(s, unit);
  return status;
}

/* ---- units of indicators ------------------------------------------------------------------------ */

/* The energies of all states, and where one is proposed, which: any other, uniformly. */
static void prepare_states(const sweep *s, gibbs_site_group *g, size_t unit, size_t i, plan *p) {
  uint32_t states = s->m->unit[unit].states;
  gibbs_site_fields(s->m, g, s->m->unit[unit].element, states, g->energy);
  if (s->m->affine_count > 0) gibbs_site_affine_energies(s->m, g, unit, g->energy);
  for (size_t l = 0; s->rule->proposes && l < g->width; l++) {
    uint32_t other = (uint32_t)((uint64_t)p->second[i * g->width + l] * (states - 1) >> 31);
    p->state[l] = other + (other >= g->state[unit * g->width + l]);
  }
}

/* Try the proposed states, or all of them, and add the changes of the rest to the energies. */
static gibbs_status try_states(sweep *s, size_t unit, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  size_t tries = s->rule->proposes ? 1 : s->m->unit[unit].states;
  for (size_t t = 0; t < tries && status == GIBBS_OK; t++) {
    size_t lane = 0;
    for (size_t k = 0; k < s->count; lane += s->groups[k++].live)
      for (size_t l = 0; l < s->groups[k].live; l++)
        s->state[lane + l] = s->rule->proposes ? s->plans[k].state[l] : (uint32_t)t;
    status = gibbs_site_rest_try(s->m, s->rest, unit, s->state, t, s->first_chain, err);
    lane = 0;
    for (size_t k = 0; status == GIBBS_OK && k < s->count; lane += s->groups[k++].live)
      for (size_t l = 0; l < s->groups[k].live; l++)
        s->groups[k].energy[s->state[lane + l] * s->groups[k].width + l] +=
            (float)(s->m->scale * (s->rest->other[t * s->lanes + lane + l] - s->rest->value[lane + l]));
  }
  return status;
}

/* Each lane's proposal where it is accepted; the lane's spoilt is no number if an energy is none. */
static void choose_proposed(const gibbs_site_group *g, const uint32_t *now, const float *threshold, uint32_t *state,
                            float *spoilt) {
  for (size_t l = 0; l < g->width; l++) {
    float change = g->energy[state[l] * g->width + l] - g->energy[now[l] * g->width + l];
    spoilt[l] = change - change;
    if (!(change <= threshold[l])) state[l] = now[l];
  }
}

/* Boltzmann weights of all states, energies being overwritten, and the state that each lane's random word falls on.
 * Weights are added in double, so that small ones are not lost. */
GIBBS_SITE_INLINE void weigh_states(float *restrict energy, uint32_t states, const uint32_t *restrict word,
                                    uint32_t *restrict state, float *restrict spoilt, const size_t width) {
  float least[GIBBS_LANES];
  double place[GIBBS_LANES], sum[GIBBS_LANES];
  for (size_t l = 0; l < width; l++) least[l] = energy[l], spoilt[l] = 0, place[l] = 0, sum[l] = 0, state[l] = 0;
  for (uint32_t k = 0; k < states; k++) {
    const float *e = energy + k * width;
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) spoilt[l] += e[l] - e[l];
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) least[l] = e[l] < least[l] ? e[l] : least[l];
  }
  for (uint32_t k = 0; k < states; k++) {
    float *e = energy + k * width;
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) e[l] = gibbs_float_exp(least[l] - e[l]);
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) place[l] += (double)e[l];
  }
  for (size_t l = 0; l < width; l++) place[l] *= ((double)word[l] + 0.5) * 0x1p-31;
  for (uint32_t k = 0; k + 1 < states; k++) {
    const float *e = energy + k * width;
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) sum[l] += (double)e[l];
    GIBBS_LANES_WIDE for (size_t l = 0; l < width; l++) state[l] += sum[l] <= place[l];
  }
}

GIBBS_CLONES static void choose_weighted_wide(float *energy, uint32_t states, const uint32_t *word, uint32_t *state,
                                              float *spoilt) {
  weigh_states(energy, states, word, state, spoilt, GIBBS_LANES);
}

GIBBS_CLONES static void choose_weighted_narrow(float *energy, uint32_t states, const uint32_t *word, uint32_t *state,
                                                float *spoilt) {
  weigh_states(energy, states, word, state, spoilt, 1);
}

/* Indicators and whatever depends on them, once p->state says where the unit goes. */
static void move_unit(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, const plan *p) {
  size_t element = m->unit[unit].element;
  uint32_t *now = g->state + unit * g->width, states = m->unit[unit].states;
  float *values = g->values + element * g->width, *step = g->energy; /* energies are no longer needed */
  bool any = false, kept = g->dense || m->affine_count > 0;
  for (size_t l = 0; l < g->width; l++) {
    if (now[l] == p->state[l]) continue;
    values[now[l] * g->width + l] = 0;
    values[p->state[l] * g->width + l] = 1;
    g->changed[l]++;
    any = true;
  }
  for (uint32_t k = 0; any && kept && k < states; k++)
    for (size_t l = 0; l < g->width; l++) step[k * g->width + l] = (float)(k == p->state[l]) - (float)(k == now[l]);
  for (size_t l = 0; l < g->width; l++) now[l] = p->state[l];
  for (uint32_t k = 0; any && g->dense && k < states; k++)
    gibbs_site_dense_push(m, g, element + k, step + k * g->width);
  if (any && m->affine_count > 0) gibbs_site_affine_move(m, g, unit, step);
}

static gibbs_status finish_states(const sweep *s, gibbs_site_group *g, size_t unit, size_t i, plan *p,
                                  gibbs_error *err) {
  float spoilt[GIBBS_LANES];
  const uint32_t *word = p->word + i * g->width;
  uint32_t states = s->m->unit[unit].states;
  if (s->rule->proposes)
    choose_proposed(g, g->state + unit * g->width, p->threshold + i * g->width, p->state, spoilt);
  else if (g->width == GIBBS_LANES)
    choose_weighted_wide(g->energy, states, word, p->state, spoilt);
  else
    choose_weighted_narrow(g->energy, states, word, p->state, spoilt);
  return find_not_finite(s, g, unit, spoilt, err);
}

/* Values of the rest where a unit has moved, while the groups still hold the state before. */
static void keep_states(sweep *s, size_t unit) {
  size_t lane = 0;
  for (size_t k = 0; k < s->count; lane += s->groups[k++].live)
    for (size_t l = 0; l < s->groups[k].live; l++) {
      uint32_t to = s->plans[k].state[l], slot = s->rule->proposes ? 0 : to;
      if (to != s->groups[k].state[unit * s->groups[k].width + l])
        s->rest->value[lane + l] = s->rest->other[slot * s->lanes + lane + l];
      s->state[lane + l] = to;
    }
  gibbs_site_rest_put(s->m, s->rest, unit, s->state);
}

static gibbs_status choose_state(sweep *s, size_t unit, size_t i, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < s->count; k++) prepare_states(s, &s->groups[k], unit, i, &s->plans[k]);
  if (s->rest) status = try_states(s, unit, err);
  for (size_t k = 0; k < s->count && status == GIBBS_OK; k++)
    status = finish_states(s, &s->groups[k], unit, i, &s->plans[k], err);
  if (status != GIBBS_OK) return status;
  if (s->rest) keep_states(s, unit);
  for (size_t k = 0; k < s->count; k++) move_unit(s->m, &s->groups[k], unit, &s->plans[k]);
  return GIBBS_OK;
}

/* ---- sweeps ------------------------------------------------------------------------------------- */

static void draw_block(sweep *s, size_t count, gibbs_lanes *lanes) {
  bool two = s->rule->proposes && s->m->elements > s->m->units;
  for (size_t k = 0; k < s->count; k++) {
    plan *p = &s->plans[k];
    gibbs_site_draw(&lanes[k], s->groups[k].width, count, p->word, two ? p->second : NULL);
    s->rule->thresholds(p->word, p->threshold, count * s->groups[k].width);
  }
}

gibbs_status gibbs_site_sweep_any(const gibbs_site_model *m, gibbs_site_group *groups, size_t count,
                                  gibbs_site_rest *rest, const gibbs_site_visits *visits, gibbs_lanes *lanes,
                                  size_t first_chain, gibbs_error *err) {
  sweep s; /* large: its plans are filled block by block */
  s.m = m, s.groups = groups, s.count = count, s.lanes = 0, s.first_chain = first_chain;
  s.rest = rest, s.rule = visits->rule;
  for (size_t k = 0; k < count; k++) s.lanes += groups[k].live;
  gibbs_status status = rest ? gibbs_site_rest_read(m, rest, groups, count, first_chain, err) : GIBBS_OK;
  for (size_t i = 0; i < visits->count && status == GIBBS_OK; i += GIBBS_SITE_BLOCK) {
    size_t block = visits->count - i < GIBBS_SITE_BLOCK ? visits->count - i : GIBBS_SITE_BLOCK;
    draw_block(&s, block, lanes);
    for (size_t j = 0; j < block && status == GIBBS_OK; j++) {
      size_t unit = visits->unit[i + j];
      status = m->unit[unit].indicators ? choose_state(&s, unit, j, err) : flip(&s, unit, j, err);
    }
  }
  return status;
}
