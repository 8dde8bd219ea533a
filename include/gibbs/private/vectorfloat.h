/* gibbs/private/vectorfloat.h - the exponential in single precision, for inner loops of samplers.
 *
 * Promises: within 2 units in the last place for -87 <= x <= 87; arguments outside, and NaN, are taken for the nearer
 * end, so that the result is always a positive finite number. Everything is inline and without branches, so that it
 * is widened with the function it stands in (gibbs/private/clones.h). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_VECTORFLOAT_H
#define GIBBS_PRIVATE_VECTORFLOAT_H

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

/* x = k log 2 + r with |r| <= log(2)/2: exp(x) = 2^k exp(r), exp(r) by its series. */
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

#endif
