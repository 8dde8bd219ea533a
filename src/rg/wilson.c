/* wilson.c - every second site of the square lattice summed over, and what arises cut off again.
 *
 * Exactly, one step makes K_nn = ln cosh(4K) / 4, K_nnn = ln cosh(4K) / 8 and a coupling of four spins,
 * K_4 = ln cosh(4K) / 8 - ln cosh(2K) / 2, which is dropped.  The new lattice is turned by 45 degrees; its diagonal
 * couplings L join sites that are new neighbours of the one after, or are added to K at once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/recursion.h"

enum { CLOSURE };
enum { QUADRATIC, NEIGHBOURS, FOLDED };

static double log_cosh(double x) {
  return fabs(x) + log1p(exp(-2 * fabs(x))) - log(2);
}

/* ln 2 + ln cosh(2K) / 2 + ln cosh(4K) / 8 */
static double exact_constant(double K) {
  return log(2) + 0.5 * log_cosh(2 * K) + 0.125 * log_cosh(4 * K);
}

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)err;
  const double K = couplings[0], pair = log_cosh(4 * K);
  *constant = exact_constant(K);
  if (r->options[CLOSURE] == FOLDED) {
    next[0] = 0.375 * pair;
  } else if (r->options[CLOSURE] == NEIGHBOURS) {
    next[0] = 0.25 * pair + couplings[1];
    next[1] = 0.125 * pair;
  } else {
    next[0] = 2 * K * K + couplings[1];
    next[1] = K * K;
    *constant = (double)NAN;
  }
  return GIBBS_OK;
}

static gibbs_status slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  (void)err;
  const double K = couplings[0], pair = 4 * tanh(4 * K);
  if (r->options[CLOSURE] == FOLDED) {
    out[0] = 0.375 * pair;
    return GIBBS_OK;
  }
  const bool full = r->options[CLOSURE] == NEIGHBOURS;
  out[0] = full ? 0.25 * pair : 4 * K;
  out[1] = 1;
  out[2] = full ? 0.125 * pair : 2 * K;
  out[3] = 0;
  return GIBBS_OK;
}

static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  (void)err;
  out->couplings = options[CLOSURE] == FOLDED ? 1 : 2;
  strcpy(out->names[0], "K");
  strcpy(out->names[1], "L");
  out->start[0] = options[CLOSURE] == FOLDED ? 0.5 : 1.0 / 3;
  out->start[1] = 1.0 / 9;
  out->scale = sqrt(2);
  out->dimension = 2;
  out->has_constant = options[CLOSURE] != QUADRATIC;
  out->step = step;
  out->slope = slope;
  return GIBBS_OK;
}

static const char *const closures[] = {"quadratic", "neighbours", "folded", NULL};

static const gibbs_recursion_option rows[] = {
    {"closure", GIBBS_OPTION_CHOICE, NEIGHBOURS, 0, 0, closures,
     "quadratic: K' = 2 K^2 + L, L' = K^2; neighbours: K and L in full; folded: L is added to K"},
    {.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_wilson = {
    "wilson", "the square lattice decimated by sqrt 2, couplings beyond the diagonal dropped",
    "Wilson, Rev. Mod. Phys. 47 (1975) 773; Maris and Kadanoff, Am. J. Phys. 46 (1978) 652", rows, make};
