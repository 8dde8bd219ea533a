/* chain.c - the chain of spins in a field, all but every b-th summed over: exact.
 *
 * With the transfer matrix T(s, s') = exp(K s s' + h (s + s') / 2) the new one is T^b = e^g T'.  Entries are kept by
 * their logarithms, so that no coupling and no field is too strong. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gibbs/recursion.h"

enum { SCALE };
enum { BY_K, BY_H, COUPLINGS };
enum { UP, MIXED, DOWN, ENTRIES }; /* of a symmetric matrix: ++, +-, -- */

/* ln of a positive number, and the derivatives of that. */
typedef struct entry {
  double log, slope[COUPLINGS];
} entry;

/* x y + z w */
static entry sum_of_products(const entry *x, const entry *y, const entry *z, const entry *w) {
  const double first = x->log + y->log, second = z->log + w->log;
  const double ratio = exp(-fabs(first - second)), more = 1 / (1 + ratio), less = ratio / (1 + ratio);
  const double share = first >= second ? more : less, other = first >= second ? less : more;
  entry out = {.log = fmax(first, second) + log1p(ratio)};
  for (int i = 0; i < COUPLINGS; i++)
    out.slope[i] = share * (x->slope[i] + y->slope[i]) + other * (z->slope[i] + w->slope[i]);
  return out;
}

/* T relative to exp(*scale), the largest entry. */
static void fill(double K, double h, entry t[ENTRIES], double *scale) {
  const bool aligned = 2 * K + fabs(h) >= 0;
  *scale = aligned ? K + fabs(h) : -K;
  t[UP] = (entry){aligned ? h - fabs(h) : 2 * K + h, {1, 1}};
  t[MIXED] = (entry){aligned ? -2 * K - fabs(h) : 0, {-1, 0}};
  t[DOWN] = (entry){aligned ? -h - fabs(h) : 2 * K - h, {1, -1}};
}

/* T^b relative to exp(*scale); slopes are those of the whole. */
static void power(double K, double h, double b, entry out[ENTRIES], double *scale) {
  entry t[ENTRIES];
  double largest;
  fill(K, h, t, &largest);
  *scale = largest;
  for (int i = 0; i < ENTRIES; i++) out[i] = t[i];
  for (double n = 1; n < b; n++) {
    const entry a[ENTRIES] = {out[UP], out[MIXED], out[DOWN]};
    out[UP] = sum_of_products(&a[UP], &t[UP], &a[MIXED], &t[MIXED]);
    out[MIXED] = sum_of_products(&a[UP], &t[MIXED], &a[MIXED], &t[DOWN]);
    out[DOWN] = sum_of_products(&a[MIXED], &t[MIXED], &a[DOWN], &t[DOWN]);
    const double top = fmax(out[UP].log, fmax(out[MIXED].log, out[DOWN].log));
    for (int i = 0; i < ENTRIES; i++) out[i].log -= top;
    *scale += largest + top;
  }
}

/* D = e^4K' - 1 = det T^b / T^b(+-)^2, det T being 2 sinh 2K: it has all digits of a small K'. */
static double excess(double K, double b, const entry *mixed, double scale) {
  const double log_det = 2 * fabs(K) + log(-expm1(-4 * fabs(K)));
  const double size = exp(b * log_det - 2 * (scale + mixed->log));
  return K < 0 && fmod(b, 2) == 1 ? -size : size;
}

static const double small_excess = 0.5;

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)err;
  entry t[ENTRIES];
  double scale;
  power(couplings[0], couplings[1], r->scale, t, &scale);
  const double D = excess(couplings[0], r->scale, &t[MIXED], scale);
  next[0] = fabs(D) < small_excess ? 0.25 * log1p(D) : 0.25 * (t[UP].log + t[DOWN].log - 2 * t[MIXED].log);
  next[1] = 0.5 * (t[UP].log - t[DOWN].log);
  *constant = scale + 0.25 * (t[UP].log + t[DOWN].log + 2 * t[MIXED].log);
  return GIBBS_OK;
}

static gibbs_status slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  (void)err;
  const double K = couplings[0], b = r->scale;
  entry t[ENTRIES];
  double scale;
  power(K, couplings[1], b, t, &scale);
  const double D = excess(K, b, &t[MIXED], scale);
  for (int i = 0; i < COUPLINGS; i++) {
    const double log_det = i == BY_K && D != 0 ? 2 * b / tanh(2 * K) : 0;
    out[i] = fabs(D) < small_excess ? 0.25 * D / (1 + D) * (log_det - 2 * t[MIXED].slope[i])
                                    : 0.25 * (t[UP].slope[i] + t[DOWN].slope[i] - 2 * t[MIXED].slope[i]);
    out[COUPLINGS + i] = 0.5 * (t[UP].slope[i] - t[DOWN].slope[i]);
  }
  return GIBBS_OK;
}

/* It starts at its fixed point without a field, K = 0; there is no other at a finite K. */
static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  (void)err;
  out->couplings = COUPLINGS;
  out->names[0][0] = 'K';
  out->names[1][0] = 'h';
  out->odd[1] = true;
  out->scale = options[SCALE];
  out->dimension = 1;
  out->step = step;
  out->slope = slope;
  return GIBBS_OK;
}

static const gibbs_recursion_option rows[] = {{"b", GIBBS_OPTION_COUNT, 2, 2, 1000, NULL, "every b-th spin stays"},
                                              {.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_chain = {
    "chain", "the chain of +-1 spins in a field, all but every b-th summed over; exact",
    "Nelson and Fisher, Ann. Phys. 91 (1975) 226", rows, make};
