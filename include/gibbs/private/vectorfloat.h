/* gibbs/private/vectorfloat.h - the exponential in single precision, for inner loops of samplers.
 *
 * Promises: within 2 units in the last place for -87 <= x <= 88; arguments outside are taken for the nearer end, so
 * that the result is always a positive finite number; NaN comes out as one end. Everything is inline and without
 * branches, so that it is widened with the function it stands in (gibbs/private/clones.h). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_VECTORFLOAT_H
#define GIBBS_PRIVATE_VECTORFLOAT_H

#include <stdint.h>
#include <string.h>

/* x = k log 2 + r with |r| <= log(2)/2: exp(x) = 2^k exp(r), exp(r) by its series. */
static inline float gibbs_float_exp(float x) {
  /* Added to a number below 2^22 it leaves the nearest integer in the low bits. */
  const float rounder = 0x1.8p23f;
  x = x > -87.0f ? x : -87.0f;
  x = x < 88.0f ? x : 88.0f;
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
