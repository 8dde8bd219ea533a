/* single_site_function.c - what functions of affine forms change by when a unit changes. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/private/clones.h"
#include "gibbs/private/vectorfloat.h"
#include "single_site.h"

/* Sums over rows go into eight parts, row k into part k mod 8, so that they are the same sums whether lanes or rows
 * stand side by side. */
enum { parts = 8 };

GIBBS_SITE_INLINE float add_parts(const float p[parts]) {
  return ((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7]));
}

GIBBS_SITE_INLINE size_t row_at(const gibbs_site_touch *t, size_t k) {
  return t->row ? t->row[k] : k;
}

/* The numbers of eight consecutive slots, one lane wide. */
GIBBS_SITE_INLINE void gather_octet(const gibbs_site_touch *t, const float *z, size_t k, gibbs_octet *out) {
  const uint32_t *r = t->row + k;
  if (!t->row)
    *out = *gibbs_octet_in(z + k);
  else
    *out = (gibbs_octet){z[r[0]], z[r[1]], z[r[2]], z[r[3]], z[r[4]], z[r[5]], z[r[6]], z[r[7]]};
}

/* ---- powers ------------------------------------------------------------------------------------- */

/* (z + d)^p - z^p without the difference of large numbers: d (y^(p-1) + y^(p-2) z + ... + z^(p-1)), y = z + d. Works
 * on floats and on octets. */
#define POWER_CHANGE(type, out, z, d, p)                                                                             \
  do {                                                                                                               \
    type y_ = (z) + (d), q_ = y_ + (z), power_ = (z);                                                                \
    for (unsigned k_ = 2; k_ < (p); k_++) {                                                                          \
      power_ = power_ * (z);                                                                                         \
      q_ = q_ * y_ + power_;                                                                                         \
    }                                                                                                                \
    (out) = (d)*q_;                                                                                                  \
  } while (0)

GIBBS_SITE_INLINE void power_wide(const gibbs_site_touch *t, const float *z, const float *step, float *change,
                                  const unsigned p) {
  gibbs_octet s0 = *gibbs_octet_in(step), s1 = *gibbs_octet_in(step + 8), sum[parts][2];
  for (size_t part = 0; part < parts; part++) {
    gibbs_octet a0 = s0 * 0.0f, a1 = a0;
    for (size_t k = part; k < t->slots; k += parts) {
      const float *at = z + row_at(t, k) * GIBBS_LANES;
      gibbs_octet z0 = *gibbs_octet_in(at), z1 = *gibbs_octet_in(at + 8), c0, c1;
      gibbs_octet d0 = t->coefficient[k] * s0, d1 = t->coefficient[k] * s1;
      POWER_CHANGE(gibbs_octet, c0, z0, d0, p);
      POWER_CHANGE(gibbs_octet, c1, z1, d1, p);
      a0 += t->weight[k] * c0, a1 += t->weight[k] * c1;
    }
    sum[part][0] = a0, sum[part][1] = a1;
  }
  for (size_t h = 0; h < 2; h++)
    *gibbs_octet_at(change + 8 * h) +=
        ((sum[0][h] + sum[4][h]) + (sum[2][h] + sum[6][h])) + ((sum[1][h] + sum[5][h]) + (sum[3][h] + sum[7][h]));
}

GIBBS_SITE_INLINE void power_narrow(const gibbs_site_touch *t, const float *z, float step, float *change,
                                    const unsigned p) {
  float sum[parts] = {0};
  gibbs_octet a = *gibbs_octet_in(sum);
  size_t k = 0;
  for (; k + parts <= t->slots; k += parts) {
    gibbs_octet z8, d8 = *gibbs_octet_in(t->coefficient + k) * step, c8;
    gather_octet(t, z, k, &z8);
    POWER_CHANGE(gibbs_octet, c8, z8, d8, p);
    a += *gibbs_octet_in(t->weight + k) * c8;
  }
  *gibbs_octet_at(sum) = a;
  for (; k < t->slots; k++) {
    float z1 = z[row_at(t, k)], d1 = t->coefficient[k] * step, c1;
    POWER_CHANGE(float, c1, z1, d1, p);
    sum[k % parts] += t->weight[k] * c1;
  }
  *change += add_parts(sum);
}

GIBBS_CLONES static void power_change_wide(const gibbs_site_touch *t, const float *z, const float *step,
                                           float *change, unsigned p) {
  if (p == 2)
    power_wide(t, z, step, change, 2);
  else if (p == 3)
    power_wide(t, z, step, change, 3);
  else if (p == 4)
    power_wide(t, z, step, change, 4);
  else
    power_wide(t, z, step, change, p);
}

GIBBS_CLONES static void power_change_narrow(const gibbs_site_touch *t, const float *z, float step, float *change,
                                             unsigned p) {
  if (p == 2)
    power_narrow(t, z, step, change, 2);
  else if (p == 3)
    power_narrow(t, z, step, change, 3);
  else if (p == 4)
    power_narrow(t, z, step, change, 4);
  else
    power_narrow(t, z, step, change, p);
}

/* ---- any function ------------------------------------------------------------------------------- */

GIBBS_CLONES static void apply_softplus(size_t n, const float *restrict x, float *restrict out) {
  for (size_t i = 0; i < n; i++) out[i] = gibbs_float_softplus(x[i]);
}

GIBBS_CLONES static void apply_logcosh(size_t n, const float *restrict x, float *restrict out) {
  for (size_t i = 0; i < n; i++) out[i] = gibbs_float_logcosh(x[i]);
}

/* Always whole sixteens of numbers, the last one repeated, so that none is computed by the odd end of a loop. */
void gibbs_site_affine_apply(const gibbs_site_model *m, size_t term, size_t n, float *x, float *out) {
  size_t whole = (n + 15) / 16 * 16;
  for (size_t i = n; i < whole; i++) x[i] = x[n - 1];
  if (m->affine[term].shape == GIBBS_SITE_SOFTPLUS)
    apply_softplus(whole, x, out);
  else if (m->affine[term].shape == GIBBS_SITE_LOGCOSH)
    apply_logcosh(whole, x, out);
  else
    gibbs_function_values_float(&gibbs_normal_form_affine(m->form)[term].function, whole, x, out);
}

/* next[slot] = argument[row] + coefficient[slot] * step, for every lane. */
GIBBS_CLONES static void shift_wide(const gibbs_site_touch *t, const float *coefficient, const float *argument,
                                    const float *step, float *next) {
  gibbs_octet s0 = *gibbs_octet_in(step), s1 = *gibbs_octet_in(step + 8);
  for (size_t k = 0; k < t->slots; k++) {
    const float *z = argument + row_at(t, k) * GIBBS_LANES;
    float *y = next + k * GIBBS_LANES;
    *gibbs_octet_at(y) = *gibbs_octet_in(z) + coefficient[k] * s0;
    *gibbs_octet_at(y + 8) = *gibbs_octet_in(z + 8) + coefficient[k] * s1;
  }
}

GIBBS_CLONES static void shift_narrow(const gibbs_site_touch *t, const float *coefficient, const float *argument,
                                      float step, float *next) {
  for (size_t k = 0; k < t->slots; k++) next[k] = argument[row_at(t, k)] + coefficient[k] * step;
}

/* sum += sum over slots of weight * (value that would be - value that is). */
GIBBS_CLONES static void difference_wide(const gibbs_site_touch *t, const float *next_value, const float *value,
                                         float *change) {
  gibbs_octet sum[parts][2];
  for (size_t part = 0; part < parts; part++) {
    gibbs_octet a0 = {0, 0, 0, 0, 0, 0, 0, 0}, a1 = a0;
    for (size_t k = part; k < t->slots; k += parts) {
      const float *f = value + row_at(t, k) * GIBBS_LANES, *g = next_value + k * GIBBS_LANES;
      a0 += t->weight[k] * (*gibbs_octet_in(g) - *gibbs_octet_in(f));
      a1 += t->weight[k] * (*gibbs_octet_in(g + 8) - *gibbs_octet_in(f + 8));
    }
    sum[part][0] = a0, sum[part][1] = a1;
  }
  for (size_t h = 0; h < 2; h++)
    *gibbs_octet_at(change + 8 * h) +=
        ((sum[0][h] + sum[4][h]) + (sum[2][h] + sum[6][h])) + ((sum[1][h] + sum[5][h]) + (sum[3][h] + sum[7][h]));
}

GIBBS_CLONES static void difference_narrow(const gibbs_site_touch *t, const float *next_value, const float *value,
                                           float *change) {
  float sum[parts] = {0};
  gibbs_octet a = *gibbs_octet_in(sum);
  size_t k = 0;
  for (; k + parts <= t->slots; k += parts) {
    gibbs_octet now;
    gather_octet(t, value, k, &now);
    a += *gibbs_octet_in(t->weight + k) * (*gibbs_octet_in(next_value + k) - now);
  }
  *gibbs_octet_at(sum) = a;
  for (; k < t->slots; k++) sum[k % parts] += t->weight[k] * (next_value[k] - value[row_at(t, k)]);
  *change += add_parts(sum);
}

/* Values that are to stay where the step is 0, and the others to become what `next` holds. */
GIBBS_CLONES static void take_wide(const gibbs_site_touch *t, const float *next, const float *step, float *kept) {
  const gibbs_octet zero = {0, 0, 0, 0, 0, 0, 0, 0};
  gibbs_octet_mask m0 = *gibbs_octet_in(step) != zero, m1 = *gibbs_octet_in(step + 8) != zero;
  for (size_t k = 0; k < t->slots; k++) {
    gibbs_octet_mask *to = (gibbs_octet_mask *)(kept + row_at(t, k) * GIBBS_LANES);
    const gibbs_octet_mask *from = (const gibbs_octet_mask *)(next + k * GIBBS_LANES);
    to[0] ^= (to[0] ^ from[0]) & m0;
    to[1] ^= (to[1] ^ from[1]) & m1;
  }
}

static void take_narrow(const gibbs_site_touch *t, const float *next, float *kept) {
  for (size_t k = 0; k < t->slots; k++) kept[row_at(t, k)] = next[k];
}

static void shift(const gibbs_site_group *g, const gibbs_site_touch *t, const float *coefficient,
                  const float *argument, const float *step, float *next) {
  if (g->width == GIBBS_LANES)
    shift_wide(t, coefficient, argument, step, next);
  else
    shift_narrow(t, coefficient, argument, step[0], next);
}

static void add_difference(const gibbs_site_group *g, const gibbs_site_touch *t, const gibbs_site_cache *c,
                           float *change) {
  if (g->width == GIBBS_LANES)
    difference_wide(t, c->next_value, c->value, change);
  else
    difference_narrow(t, c->next_value, c->value, change);
}

/* ---- units of one element -----------------------------------------------------------------------------------------
 */

static void change_of_power(const gibbs_site_group *g, const gibbs_site_affine *a, const gibbs_site_touch *t,
                            const float *argument, const float *step, float *change) {
  if (g->width == GIBBS_LANES)
    power_change_wide(t, argument, step, change, a->power);
  else
    power_change_narrow(t, argument, step[0], change, a->power);
}

void gibbs_site_affine_change(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, const float *step,
                              float *change) {
  for (size_t k = 0; k < m->affine_count; k++) {
    gibbs_site_touch t = gibbs_site_touched(&m->affine[k], unit);
    gibbs_site_cache *c = &g->cache[k];
    if (t.slots == 0) continue;
    if (m->affine[k].shape == GIBBS_SITE_POWER) {
      change_of_power(g, &m->affine[k], &t, c->argument, step, change);
      continue;
    }
    shift(g, &t, t.coefficient, c->argument, step, c->next);
    gibbs_site_affine_apply(m, k, t.slots * g->width, c->next, c->next_value);
    add_difference(g, &t, c, change);
  }
}

/* argument += coefficient * step */
static void move_arguments(const gibbs_site_group *g, const gibbs_site_touch *t, const float *coefficient,
                           const float *step, float *argument) {
  if (!t->row) {
    shift(g, t, coefficient, argument, step, argument);
    return;
  }
  for (size_t k = 0; k < t->slots; k++) {
    float *z = argument + t->row[k] * g->width;
    for (size_t l = 0; l < g->width; l++) z[l] += coefficient[k] * step[l];
  }
}

void gibbs_site_affine_take(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, const float *step) {
  for (size_t k = 0; k < m->affine_count; k++) {
    gibbs_site_touch t = gibbs_site_touched(&m->affine[k], unit);
    gibbs_site_cache *c = &g->cache[k];
    if (t.slots == 0) continue;
    if (m->affine[k].shape == GIBBS_SITE_POWER) {
      move_arguments(g, &t, t.coefficient, step, c->argument);
    } else if (g->width == GIBBS_LANES) {
      take_wide(&t, c->next, step, c->argument);
      take_wide(&t, c->next_value, step, c->value);
    } else {
      take_narrow(&t, c->next, c->argument);
      take_narrow(&t, c->next_value, c->value);
    }
  }
}

/* ---- units of indicators ------------------------------------------------------------------------ */

/* The arguments with the unit in no state. */
static void remove_unit(const gibbs_site_model *m, const gibbs_site_group *g, size_t unit, const gibbs_site_touch *t,
                        const float *argument, float *base) {
  const float *x = g->values + m->unit[unit].element * g->width;
  gibbs_site_touch in_order = *t;
  in_order.row = NULL;
  for (size_t k = 0; k < m->unit[unit].states; k++) {
    float step[GIBBS_LANES];
    for (size_t l = 0; l < g->width; l++) step[l] = -x[k * g->width + l];
    shift(g, k == 0 ? t : &in_order, t->coefficient + k * t->slots, k == 0 ? argument : base, step, base);
  }
}

void gibbs_site_affine_energies(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, float *energy) {
  float one[GIBBS_LANES];
  for (size_t l = 0; l < GIBBS_LANES; l++) one[l] = 1;
  for (size_t k = 0; k < m->affine_count; k++) {
    gibbs_site_touch t = gibbs_site_touched(&m->affine[k], unit), in_order = t;
    gibbs_site_cache *c = &g->cache[k];
    in_order.row = NULL;
    if (t.slots > 0) remove_unit(m, g, unit, &t, c->argument, c->base);
    for (size_t s = 0; t.slots > 0 && s < m->unit[unit].states; s++) {
      shift(g, &in_order, t.coefficient + s * t.slots, c->base, one, c->next);
      gibbs_site_affine_apply(m, k, t.slots * g->width, c->next, c->next_value);
      add_difference(g, &t, c, energy + s * g->width);
    }
  }
}

void gibbs_site_affine_move(const gibbs_site_model *m, gibbs_site_group *g, size_t unit, const float *step) {
  for (size_t k = 0; k < m->affine_count; k++) {
    gibbs_site_touch t = gibbs_site_touched(&m->affine[k], unit);
    gibbs_site_cache *c = &g->cache[k];
    if (t.slots == 0) continue;
    for (size_t s = 0; s < m->unit[unit].states; s++)
      move_arguments(g, &t, t.coefficient + s * t.slots, step + s * g->width, c->argument);
    for (size_t i = 0; i < t.slots; i++)
      for (size_t l = 0; l < g->width; l++) c->next[i * g->width + l] = c->argument[row_at(&t, i) * g->width + l];
    gibbs_site_affine_apply(m, k, t.slots * g->width, c->next, c->next_value);
    for (size_t i = 0; i < t.slots; i++)
      for (size_t l = 0; l < g->width; l++) c->value[row_at(&t, i) * g->width + l] = c->next_value[i * g->width + l];
  }
}

void gibbs_site_affine_recompute(const gibbs_site_model *m, gibbs_site_group *g) {
  for (size_t k = 0; k < m->affine_count; k++) {
    const gibbs_site_affine *a = &m->affine[k];
    gibbs_site_cache *c = &g->cache[k];
    for (size_t r = 0; r < a->rows; r++)
      for (size_t l = 0; l < g->width; l++) c->argument[r * g->width + l] = a->shift[r];
    for (size_t u = 0; u < m->units; u++) {
      gibbs_site_touch t = gibbs_site_touched(a, u);
      size_t elements = m->unit[u].indicators ? m->unit[u].states : 1;
      for (size_t e = 0; t.slots > 0 && e < elements; e++)
        move_arguments(g, &t, t.coefficient + e * t.slots, g->values + (m->unit[u].element + e) * g->width,
                       c->argument);
    }
    if (c->value) gibbs_site_affine_apply(m, k, a->rows * g->width, c->argument, c->value);
  }
}
