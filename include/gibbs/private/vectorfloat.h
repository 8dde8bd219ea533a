/* gibbs/private/vectorfloat.h - exponentials and logarithms in single precision, for inner loops of samplers.
 *
 * Promises: what stands at each function.  Everything is inline and without branches, so that it is widened with the
 * function it stands in (gibbs/private/clones.h), and an element has the same bits wherever it stands. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_VECTORFLOAT_H
#define GIBBS_PRIVATE_VECTORFLOAT_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* x brought to -87..87, by the order of its bits: compilers do not widen comparisons that NaN may enter. */
static inline float gibbs_float_clamp(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  int32_t size = (int32_t)(bits & 0x7fffffff), most = 0x42ae0000; /* 87.0f */
  bits = (bits & 0x80000000u) | (uint32_t)(size < most ? size : most);
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* Within 2 units in the last place for -87 <= x <= 87; arguments outside, and NaN, are taken for the nearer end, so
 * that the result is always a positive finite number.  x = k log 2 + r with |r| <= log(2)/2: exp(x) = 2^k exp(r),
 * exp(r) by its series. */
static inline float gibbs_float_exp(float x) {
  /* Added to a number below 2^22 it leaves the nearest integer in the low bits. */
  const float rounder = 0x1.8p23f;
  x = gibbs_float_clamp(x);
  float t = x * 0x1.715476p0f + rounder, k = t - rounder;
  float r = (x - k * 0x1.62e4p-1f) - k * 0x1.7f7d1cp-20f; /* log 2 in two parts, the first short: exact multiples */
  float high = 1 / 24.0f + r * (1 / 120.0f + r * (1 / 720.0f));
  float series = 1 + (r + (r * r) * (0.5f + r * (1 / 6.0f + r * high)));
  uint32_t bits;
  memcpy(&bits, &t, sizeof bits);
  bits = (bits + 127) << 23; /* 2^k */
  float scale;
  memcpy(&scale, &bits, sizeof scale);
  return scale * series;
}

/* log x of normal positive x, within 1.2e-7 (1 + |log x|).  x = 2^k m with sqrt(1/2) <= m < sqrt 2, s = (m - 1) / (m
 * + 1), log m = 2 s + s^3 (2/3 + 2/5 s^2 + ...), the series cut short and its last two terms fitted. */
static inline float gibbs_float_log(float x) {
  const uint32_t root = 0x3f3504f3; /* sqrt(1/2) */
  uint32_t bits;
  float m;
  memcpy(&bits, &x, sizeof bits);
  bits -= root;
  float k = (float)((int32_t)bits >> 23);
  bits = (bits & 0x007fffff) + root;
  memcpy(&m, &bits, sizeof m);
  float s = (m - 1) / (m + 1), q = s * s;
  float series = 0.66666685f + q * (0.39988781f + q * 0.29579949f);
  return k * 0.693147181f + (2 * s + (q * s) * series);
}

/* log(1 + exp x) and log cosh x, within 2e-7 (1 + |x|); -infinity of softplus, and NaN, give no promise. */
static inline float gibbs_float_softplus(float x) {
  float size = fabsf(x);
  return 0.5f * (x + size) + gibbs_float_log(1 + gibbs_float_exp(-size));
}
static inline float gibbs_float_logcosh(float x) {
  float size = fabsf(x);
  return size + (gibbs_float_log(1 + gibbs_float_exp(-2 * size)) - 0.693147181f);
}

#endif
