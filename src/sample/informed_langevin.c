/* informed_langevin.c - discrete Langevin: every unit draws its new state at once, by the gradient and a step size.
 *
 * Unit by unit the new state has probability proportional to exp(half - d / (2 step)), d being the squared distance
 * of the two states in elements: 4 for spins, 1 for bits, 2 for Potts. Source: Zhang, Liu and Liu, ICML 2022
 * (arXiv:2206.09914). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"
#include "informed.h"

enum { WIDTH = GIBBS_LANES, product_rows = 256 };

/* The logarithm of the odds of a change. */
static inline double log_odds(bool spin, double half, double penalty) {
  return half - (spin ? 4 : 1) * penalty;
}

GIBBS_CLONES static void weigh_change(bool spin, const double *restrict half, const double *restrict penalty,
                                      double *restrict out) {
  for (size_t k = 0; k < WIDTH; k++) out[k] = -fabs(log_odds(spin, half[k], penalty[k]));
}

/* The logarithm of the sum over all states, the present one having weight 1. */
static double normalise_states(size_t states, const double *x, const double *half, double penalty) {
  double most = 0, sum = 0;
  for (size_t s = 0; s < states; s++)
    if (x[s * WIDTH] == 0 && half[s * WIDTH] - 2 * penalty > most) most = half[s * WIDTH] - 2 * penalty;
  for (size_t s = 0; s < states; s++) sum += exp((x[s * WIDTH] != 0 ? 0 : half[s * WIDTH] - 2 * penalty) - most);
  return most + log(sum);
}

/* key: exp(-|log odds|) of units of two states; weight: the normaliser of the others. */
void gibbs_informed_langevin_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x) {
  const gibbs_lane_groups *g = &in->groups;
  for (size_t f = 0; f < g->free_count; f++) {
    const gibbs_lane_unit *unit = &g->unit[g->free[f]];
    size_t at = unit->element * WIDTH;
    if (unit->domain != GIBBS_POTTS) {
      weigh_change(unit->domain == GIBBS_SPINS, bench->half + at, bench->penalty, bench->key + f * WIDTH);
      continue;
    }
    memset(bench->key + f * WIDTH, 0, WIDTH * sizeof *bench->key);
    for (size_t k = 0; k < WIDTH; k++)
      bench->weight[f * WIDTH + k] =
          normalise_states(unit->states, x + at + k, bench->half + at + k, bench->penalty[k]);
  }
  gibbs_vector_exp(bench->key, bench->key, g->free_count * WIDTH);
}

/* ---- drawing ------------------------------------------------------------------------------------------------- */

GIBBS_CLONES static void draw_change(bool spin, gibbs_lanes *lanes, const double *restrict half,
                                     const double *restrict penalty, const double *restrict key,
                                     const double *restrict x, double *restrict to) {
  double uniform[WIDTH];
  gibbs_lanes_uniform_double(lanes, uniform);
  for (size_t k = 0; k < WIDTH; k++) {
    double chance = (log_odds(spin, half[k], penalty[k]) < 0 ? key[k] : 1) / (1 + key[k]);
    double changed = spin ? -x[k] : 1 - x[k];
    to[k] = uniform[k] < chance ? changed : x[k];
  }
}

static double log_chance(const gibbs_informed_bench *bench, const double *x, size_t at, size_t f, size_t k) {
  double log_weight = x[at + k] != 0 ? 0 : bench->half[at + k] - 2 * bench->penalty[k];
  return log_weight - bench->weight[f * WIDTH + k];
}

static void draw_state(const gibbs_lane_unit *unit, gibbs_informed_bench *bench, size_t f, size_t k, const double *x,
                       double uniform) {
  size_t s = 0;
  double sum = 0;
  for (; s + 1 < unit->states; s++) {
    sum += exp(log_chance(bench, x, (unit->element + s) * WIDTH, f, k));
    if (sum > uniform) break;
  }
  gibbs_lane_unit_write(unit, bench->x, k, (double)(s + 1));
}

void gibbs_informed_langevin_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x) {
  const gibbs_lane_groups *g = &in->groups;
  memcpy(bench->x, x, g->elements * WIDTH * sizeof *x);
  for (size_t f = 0; f < g->free_count; f++) {
    const gibbs_lane_unit *unit = &g->unit[g->free[f]];
    size_t at = unit->element * WIDTH;
    if (unit->domain != GIBBS_POTTS) {
      draw_change(unit->domain == GIBBS_SPINS, bench->lanes, bench->half + at, bench->penalty, bench->key + f * WIDTH,
                  x + at, bench->x + at);
      continue;
    }
    double uniform[WIDTH];
    gibbs_lanes_uniform_double(bench->lanes, uniform);
    for (size_t k = 0; k < WIDTH; k++) draw_state(unit, bench, f, k, x, uniform[k]);
  }
}

/* ---- the probability of a draw ------------------------------------------------------------------------------- */

/* log chance = min(0, +-log odds) - log(1 + key): the first is added up, of the second the product is taken. */
GIBBS_CLONES static void add_change(bool spin, const double *restrict half, const double *restrict penalty,
                                    const double *restrict key, const double *restrict x, const double *restrict to,
                                    double *restrict sum, double *restrict product) {
  for (size_t k = 0; k < WIDTH; k++) {
    double odds = log_odds(spin, half[k], penalty[k]), toward = to[k] != x[k] ? odds : -odds;
    sum[k] += toward < 0 ? toward : 0;
    product[k] *= 1 + key[k];
  }
}

static double log_chance_of_state(const gibbs_lane_unit *unit, const gibbs_informed_bench *bench, size_t f, size_t k,
                                  const double *x, const double *to) {
  size_t s = 0;
  while (s + 1 < unit->states && to[(unit->element + s) * WIDTH + k] == 0) s++;
  return log_chance(bench, x, (unit->element + s) * WIDTH, f, k);
}

static void take_logarithms(double sum[WIDTH], double product[WIDTH]) {
  for (size_t k = 0; k < WIDTH; k++) {
    sum[k] -= log(product[k]);
    product[k] = 1;
  }
}

void gibbs_informed_langevin_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                                             const double *to, double out[GIBBS_LANES]) {
  const gibbs_lane_groups *g = &in->groups;
  double product[WIDTH];
  for (size_t k = 0; k < WIDTH; k++) out[k] = 0, product[k] = 1;
  for (size_t f = 0; f < g->free_count; f++) {
    const gibbs_lane_unit *unit = &g->unit[g->free[f]];
    size_t at = unit->element * WIDTH;
    if (unit->domain != GIBBS_POTTS)
      add_change(unit->domain == GIBBS_SPINS, bench->half + at, bench->penalty, bench->key + f * WIDTH, x + at,
                 to + at, out, product);
    else
      for (size_t k = 0; k < WIDTH; k++) out[k] += log_chance_of_state(unit, bench, f, k, x, to);
    if (f % product_rows == product_rows - 1) take_logarithms(out, product);
  }
  take_logarithms(out, product);
}
