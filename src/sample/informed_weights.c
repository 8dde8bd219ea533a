/* informed_weights.c - what the gradient says about every move of every unit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/private/clones.h"
#include "informed.h"

enum { WIDTH = GIBBS_LANES };

/* Halves of energies beyond this are as good as infinite, and are kept finite. */
static inline double tame(double half) {
  const double most = 1e300;
  return half > most ? most : half < -most ? -most : half;
}

/* spin: to -x; bit: to 1 - x. */
GIBBS_CLONES static void weigh_two_states(bool spin, size_t n, const double *restrict x, const double *restrict slope,
                                          double *restrict half) {
  for (size_t i = 0; i < n; i++) half[i] = tame(spin ? slope[i] * x[i] : slope[i] * (x[i] - 0.5));
}

GIBBS_CLONES static void weigh_states(size_t states, const double *restrict x, const double *restrict slope,
                                      double *restrict half) {
  double present[WIDTH] = {0};
  for (size_t s = 0; s < states; s++)
    for (size_t k = 0; k < WIDTH; k++) present[k] += x[s * WIDTH + k] * slope[s * WIDTH + k];
  for (size_t s = 0; s < states; s++)
    for (size_t k = 0; k < WIDTH; k++) half[s * WIDTH + k] = tame(0.5 * present[k] - 0.5 * slope[s * WIDTH + k]);
}

void gibbs_informed_weigh(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                          const double *slope) {
  const gibbs_lane_groups *g = &in->groups;
  for (size_t u = 0; u < g->units;) {
    const gibbs_lane_unit *unit = &g->unit[u];
    size_t at = unit->element * WIDTH, first = u++;
    if (unit->domain == GIBBS_POTTS) {
      weigh_states(unit->states, x + at, slope + at, bench->half + at);
      continue;
    }
    while (u < g->units && g->unit[u].domain == unit->domain) u++;
    weigh_two_states(unit->domain == GIBBS_SPINS, (u - first) * WIDTH, x + at, slope + at, bench->half + at);
  }
  if (in->proposal == GIBBS_INFORMED_GRADIENT)
    gibbs_informed_gradient_weigh(in, bench, x);
  else
    gibbs_informed_langevin_weigh(in, bench, x);
}

void gibbs_informed_draw(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x) {
  if (in->proposal == GIBBS_INFORMED_GRADIENT)
    gibbs_informed_gradient_draw(in, bench, x);
  else
    gibbs_informed_langevin_draw(in, bench, x);
}

void gibbs_informed_log_probability(const gibbs_informed *in, gibbs_informed_bench *bench, const double *x,
                                    const double *to, bool back, double out[GIBBS_LANES]) {
  if (in->proposal == GIBBS_INFORMED_GRADIENT)
    gibbs_informed_gradient_log_probability(in, bench, to, back, out);
  else
    gibbs_informed_langevin_log_probability(in, bench, x, to, out);
}
