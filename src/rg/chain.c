/* chain.c - the chain of spins in a field, all but every b-th summed over: exact.
 *
 * With the transfer matrix T(s, s') = exp(K s s' + h (s + s') / 2) the new one is T^b = e^g T'. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/recursion.h"

enum { SCALE };

/* Without a field tanh K' = tanh^b K keeps every digit of a small K'. */
static double decimated(double K, double b) {
  double t = tanh(K);
  if (fabs(t) < 0.5) return atanh(pow(fabs(t), b) * (t < 0 && fmod(b, 2) == 1 ? -1 : 1));
  double gap = log1p(-2 * exp(-2 * fabs(K)) / (1 + exp(-2 * fabs(K)))) * b; /* ln tanh^b |K| */
  double positive = 0.5 * (log1p(exp(gap)) - log(-expm1(gap)));
  return t < 0 && fmod(b, 2) == 1 ? -positive : positive;
}

/* Entries ++, +-, -- of T^b relative to exp(*scale). */
static void power(double K, double h, double b, double out[3], double *scale) {
  const double largest = fmax(fabs(h) + K, -K);
  const double t[3] = {exp(K + h - largest), exp(-K - largest), exp(K - h - largest)};
  double a[3] = {t[0], t[1], t[2]};
  *scale = largest;
  for (double n = 1; n < b; n++) {
    const double next[3] = {a[0] * t[0] + a[1] * t[1], a[0] * t[1] + a[1] * t[2], a[1] * t[1] + a[2] * t[2]};
    const double top = fmax(next[0], fmax(next[1], next[2]));
    for (int i = 0; i < 3; i++) a[i] = next[i] / top;
    *scale += largest + log(top);
  }
  for (int i = 0; i < 3; i++) out[i] = a[i];
}

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)err;
  double t[3], scale;
  power(couplings[0], couplings[1], r->scale, t, &scale);
  next[0] = couplings[1] == 0 ? decimated(couplings[0], r->scale) : 0.25 * log(t[0] * t[2] / (t[1] * t[1]));
  next[1] = 0.5 * log(t[0] / t[2]);
  *constant = scale + 0.25 * log(t[0] * t[2] * t[1] * t[1]);
  return GIBBS_OK;
}

static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  (void)err;
  out->couplings = 2;
  out->names[0][0] = 'K';
  out->names[1][0] = 'h';
  out->odd[1] = true;
  out->scale = options[SCALE];
  out->dimension = 1;
  out->step = step;
  return GIBBS_OK;
}

static const gibbs_recursion_option rows[] = {{"b", GIBBS_OPTION_COUNT, 2, 2, 1000, NULL, "every b-th spin stays"},
                                              {.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_chain = {
    "chain", "the chain of +-1 spins in a field, all but every b-th summed over; exact",
    "Nelson and Fisher, Ann. Phys. 91 (1975) 226", rows, make};
