/* gibbs/private/quickmath.h - exponentials and logarithms in float, inline, for the inner loops of sampling.
 *
 * Promises: plain arithmetic without branches or calls, so that a loop over them is widened with the function that it
 * stands in, and gives an element the same bits wherever it stands.  Errors are stated at each function and tested
 * against the C library.  NaN gives no promise but termination. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_PRIVATE_QUICKMATH_H
#define GIBBS_PRIVATE_QUICKMATH_H

#include <stdint.h>
#include <string.h>

static inline float gibbs_quick_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline uint32_t gibbs_quick_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

/* exp x, relative error below 1.2e-7 for -87 <= x <= 88; arguments beyond are brought to that range.
 * x = n ln 2 + r, |r| <= ln 2 / 2, and a polynomial for exp r. */
static inline float gibbs_quick_exp(float x) {
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to a whole number, kept in the low bits */
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  float shifted = x * 1.44269504088896341f + magic;
  float n = shifted - magic;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r;
  p = p + 1.0f;
  uint32_t power = (gibbs_quick_bits(shifted) + 127u) << 23;
  return p * gibbs_quick_from_bits(power);
}

/* log x for normal positive x, absolute error below 1e-7 (1 + |log x|).
 * x = 2^n m, sqrt(1/2) <= m < sqrt 2, s = (m - 1) / (m + 1), log m = 2 s (1 + s^2 / 3 + s^4 / 5 + ...). */
static inline float gibbs_quick_log(float x) {
  uint32_t bits = gibbs_quick_bits(x) - 0x3f3504f3u; /* the bits of sqrt(1/2) */
  float n = (float)((int32_t)bits >> 23);
  float m = gibbs_quick_from_bits((bits & 0x007fffffu) + 0x3f3504f3u);
  float s = (m - 1.0f) / (m + 1.0f), q = s * s;
  float p = 0.29579949f;
  p = p * q + 0.39988781f;
  p = p * q + 0.66666685f;
  p = p * (q * s) + 2.0f * s;
  return n * 0.693147181f + p;
}

/* log(1 + exp x) and log cosh x, absolute error below 2e-7 (1 + |x|). */
static inline float gibbs_quick_softplus(float x) {
  float size = x < 0.0f ? -x : x, positive = x > 0.0f ? x : 0.0f;
  return positive + gibbs_quick_log(1.0f + gibbs_quick_exp(-size));
}

static inline float gibbs_quick_logcosh(float x) {
  float size = x < 0.0f ? -x : x;
  return size + (gibbs_quick_log(1.0f + gibbs_quick_exp(-2.0f * size)) - 0.693147181f);
}

#endif
