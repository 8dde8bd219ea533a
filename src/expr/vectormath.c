/* vectormath.c - exponentials and their kin over whole arrays: by libmvec where it is as fast as it gets, by
 * polynomials that every compiler widens where a composition of library calls would be slow or lose digits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vectormath.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "gibbs/private/clones.h"

/* What glibc's libmvec offers and gcc can call; math.h says so only to -ffast-math. */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(_OPENMP) && !defined(__clang__)
#define HAS_LANES _Pragma("omp declare simd notinbranch")
HAS_LANES double exp(double);
HAS_LANES double log(double);
HAS_LANES double cosh(double);
HAS_LANES double sinh(double);
HAS_LANES double pow(double, double);
#endif

/* ---- one lane -------------------------------------------------------------------------------- */

/* Added to a number below 2^51 it leaves the nearest integer in the low bits; subtracted again, that integer. */
static const double rounder = 0x1.8p52;
static const double log2_e = 0x1.71547652b82fep0, log_2 = 0x1.62e42fefa39efp-1;
/* log 2 in two parts, the first short enough for exact multiples. */
static const double log_2_high = 0x1.62e42feep-1, log_2_low = 0x1.a39ef35793c76p-33;

/* exp(r) - 1 for |r| <= log(2)/2, by its series; the terms left out are below 1e-17 of the sum. */
static inline double expm1_series(double r) {
  double a = 1 / 2.0 + r * (1 / 6.0), b = 1 / 24.0 + r * (1 / 120.0), c = 1 / 720.0 + r * (1 / 5040.0);
  double d = 1 / 40320.0 + r * (1 / 362880.0), e = 1 / 3628800.0 + r * (1 / 39916800.0);
  double f = 1 / 479001600.0 + r * (1 / 6227020800.0), z = r * r;
  return r + z * ((a + z * b) + (z * z) * ((c + z * d) + (z * z) * (e + z * f)));
}

/* 2^k of a k that the rounder has been added to, -1022 <= k <= 1023. */
static inline double power_of_two(double rounded) {
  uint64_t bits;
  memcpy(&bits, &rounded, sizeof bits);
  bits = (bits + 1023) << 52;
  memcpy(&rounded, &bits, sizeof bits);
  return rounded;
}

/* x = k log 2 + r: exp(x) = scale + scale * (exp(r) - 1). */
typedef struct reduced {
  double scale, expm1;
} reduced;

static inline reduced reduce(double x) {
  double t = x * log2_e + rounder, k = t - rounder;
  return (reduced){power_of_two(t), expm1_series((x - k * log_2_high) - k * log_2_low)};
}

/* exp(x), but 0 below the normal numbers: where libraries are slow, and weights are plenty. Of large values it takes
 * twice the half, for 2^1024 is no number. */
static inline double exp_lane(double x) {
  double near = x < -708.4 ? -708.4 : x > 710.0 ? 710.0 : x, t = near * log2_e + rounder, k = t - rounder;
  double halved = x > 0 ? 1.0 : 0.0, scale = power_of_two(t - halved);
  double r = (near - k * log_2_high) - k * log_2_low;
  return x < -708.4 ? 0.0 : (1 + halved) * (scale + scale * expm1_series(r));
}

/* log(1 + f) = f - y (f - 2 y^2 (1/3 + y^2/5 + ...)) with y = f / (2 + f), for y^2 < 0.03; 0.013 when `near`. */
static inline double log1p_lane(double f, bool near) {
  double y = f / (2 + f), z = y * y, z2 = z * z;
  double a = 1 / 3.0 + z * (1 / 5.0), b = 1 / 7.0 + z * (1 / 9.0), c = 1 / 11.0 + z * (1 / 13.0);
  double d = 1 / 15.0 + z * (1 / 17.0), e = near ? 0 : 1 / 19.0 + z * (1 / 21.0);
  double far = near ? c + z2 * d : (c + z2 * d) + (z2 * z2) * e;
  return f - y * (f - 2 * z * ((a + z2 * b) + (z2 * z2) * far));
}

/* cosh(x) - 1 by its series, z = x^2 < 0.49. */
static inline double coshm1_series(double z) {
  double a = 2 / 24.0 + z * (2 / 720.0), b = 2 / 40320.0 + z * (2 / 3628800.0);
  double c = 2 / 479001600.0 + z * (2 / 87178291200.0), d = 2 / 20922789888000.0, z2 = z * z;
  return 0.5 * z + (0.5 * z) * z * ((a + z2 * b) + (z2 * z2) * (c + z2 * d));
}

/* Below 0.7: log(1 + (cosh x - 1)), above: |x| - log 2 + log(1 + exp(-2|x|)).  There both arguments of log are below
 * 1.26, and no digits cancel. */
static inline double logcosh_lane(double x) {
  double size = fabs(x);
  reduced e = reduce(size > 40.0 ? -80.0 : -2 * size);
  double far = e.scale + e.scale * e.expm1, near = coshm1_series(size * size);
  return (size < 0.7 ? 0.0 : size - log_2) + log1p_lane(size < 0.7 ? near : far, true);
}

/* max(x, 0) + log(1 + exp(-|x|)), halved inside of log where that is nearer to 1. */
static inline double softplus_lane(double x) {
  double e = exp_lane(-fabs(x));
  double base = (x > 0 ? x : 0 * e) + (e > 0.41421356 ? log_2 : 0.0);
  return base + log1p_lane(e > 0.41421356 ? 0.5 * e - 0.5 : e, false);
}

static inline double sigmoid_lane(double x) {
  double e = exp_lane(-fabs(x));
  return (x < 0 ? e : 1.0) / (1 + e);
}

static inline double tanh_lane(double x) {
  double size = fabs(x);
  reduced e = reduce(size > 40.0 ? -80.0 : -2 * size);
  double expm1 = e.scale * e.expm1 + (e.scale - 1);
  return copysign(-expm1 / (2 + expm1), x);
}

/* ---- whole arrays ---------------------------------------------------------------------------- */

/* In the rows of ops.def these names now mean the lanes above. */
#define gibbs_logcosh logcosh_lane
#define gibbs_softplus softplus_lane
#define gibbs_sigmoid sigmoid_lane
#define tanh tanh_lane

enum { lanes = 8 };
typedef void unary_kernel(double *out, const double *x, size_t n);
typedef void binary_kernel(double *out, const double *a, const double *b, size_t n);

/* Kernels see multiples of the widest vector only, or else the elements left over would be computed another way. */
static void apply_unary(unary_kernel *kernel, double *out, const double *x, size_t n) {
  size_t whole = n - n % lanes, rest = n - whole;
  if (whole) kernel(out, x, whole);
  if (rest == 0) return;
  double last[lanes];
  for (size_t i = 0; i < lanes; i++) last[i] = x[whole + (i < rest ? i : 0)];
  kernel(last, last, lanes);
  memcpy(out + whole, last, rest * sizeof *out);
}

static void apply_binary(binary_kernel *kernel, double *out, gibbs_operand a, gibbs_operand b, size_t n) {
  size_t whole = n - n % lanes, rest = n - whole;
  if (whole) kernel(out, a.at, b.at, whole);
  if (rest == 0) return;
  double last_a[lanes], last_b[lanes], last[lanes];
  for (size_t i = 0; i < lanes; i++) {
    last_a[i] = a.at[(whole + (i < rest ? i : 0)) * a.step];
    last_b[i] = b.at[(whole + (i < rest ? i : 0)) * b.step];
  }
  kernel(last, last_a, last_b, lanes);
  memcpy(out + whole, last, rest * sizeof *out);
}

#define LOOP(id, kind, at_a, at_b, value)                                                                            \
  GIBBS_CLONES static void compute_##id##_##kind(double *out, const double *in_a, const double *in_b, size_t n) {    \
    GIBBS_WIDE for (size_t i = 0; i < n; i++) {                                                                      \
      double a = in_a[at_a], b = in_b[at_b];                                                                         \
      out[i] = value;                                                                                                \
    }                                                                                                                \
  }
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc)                                                     \
  GIBBS_CLONES static void compute_##id(double *out, const double *in, size_t n) {                                   \
    GIBBS_WIDE for (size_t i = 0; i < n; i++) {                                                                      \
      double x = in[i];                                                                                              \
      out[i] = value;                                                                                                \
    }                                                                                                                \
  }
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc)                                                        \
  LOOP(id, arrays, i, i, value)                                                                                      \
  LOOP(id, left, 0, i, value)                                                                                        \
  LOOP(id, right, i, 0, value)
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY

/* `right`: the second operand is one number. */
static const struct {
  unary_kernel *unary;
  binary_kernel *arrays, *left, *right;
} kernels[] = {
#define GIBBS_OP_UNARY(id, ...) {.unary = compute_##id},
#define GIBBS_OP_BINARY(id, ...)                                                                                     \
  {.arrays = compute_##id##_arrays, .left = compute_##id##_left, .right = compute_##id##_right},
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
};

void gibbs_vector_unary(gibbs_op op, double *out, const double *x, size_t n) {
  apply_unary(kernels[op].unary, out, x, n);
}

/* Powers that a few products reach as precisely as pow. */
GIBBS_CLONES static void compute_small_power(double *out, const double *x, unsigned power, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) {
    double x1 = x[i], x2 = x1 * x1, x4 = x2 * x2;
    out[i] = power == 2 ? x2 : power == 3 ? x2 * x1 : power == 4 ? x4 : power == 5 ? x4 * x1 : x4 * x2;
  }
}

void gibbs_vector_binary(gibbs_op op, double *out, gibbs_operand a, gibbs_operand b, size_t n) {
  if (op == GIBBS_OP_POW && a.step && !b.step && *b.at >= 2 && *b.at <= 6 && *b.at == floor(*b.at)) {
    compute_small_power(out, a.at, (unsigned)*b.at, n);
  } else if (a.step || b.step) {
    apply_binary(!a.step ? kernels[op].left : !b.step ? kernels[op].right : kernels[op].arrays, out, a, b, n);
  } else {
    double value[lanes], repeated[lanes];
    gibbs_vector_fill(repeated, *b.at, lanes);
    kernels[op].left(value, a.at, repeated, lanes);
    gibbs_vector_fill(out, value[0], n);
  }
}

void gibbs_vector_exp(double *out, const double *x, size_t n) {
  apply_unary(compute_EXP, out, x, n);
}

void gibbs_vector_log(double *out, const double *x, size_t n) {
  apply_unary(compute_LOG, out, x, n);
}

GIBBS_CLONES static void compute_exp_shifted(double *out, const double *in, const double *shift, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) out[i] = exp_lane(in[i] - *shift);
}

void gibbs_vector_exp_shifted(double *out, const double *x, double shift, size_t n) {
  apply_binary(compute_exp_shifted, out, (gibbs_operand){x, 1}, (gibbs_operand){&shift, 0}, n);
}

/* inf - inf is no number, but equal infinities have the ratio 1 here. */
GIBBS_CLONES static void compute_ratio(double *out, const double *in, const double *most, size_t n) {
  GIBBS_WIDE
  for (size_t i = 0; i < n; i++) out[i] = exp_lane(in[i] == most[i] ? 0.0 : in[i] - most[i]);
}

void gibbs_vector_add_exp(double *sum, const double *x, const double *most, size_t n) {
  double strip[256];
  for (size_t i = 0; i < n; i += 256) {
    size_t width = n - i < 256 ? n - i : 256;
    apply_binary(compute_ratio, strip, (gibbs_operand){x + i, 1}, (gibbs_operand){most + i, 1}, width);
    gibbs_vector_add(sum + i, strip, width);
  }
}

/* Weights up to exp(100) are as good as weights up to 1, and spare a second exponential. */
static const double most_lead = 100;

GIBBS_CLONES static double count_leads(const double *x, const double *most, size_t n) {
  double leads = 0;
#pragma omp simd reduction(+ : leads)
  for (size_t i = 0; i < n; i++) leads += x[i] - most[i] > most_lead ? 1.0 : 0.0;
  return leads;
}

bool gibbs_vector_stream_weights(double *most, const double *x, double *factor, double *weight, size_t n) {
  bool raised = count_leads(x, most, n) > 0;
  for (size_t i = 0; raised && i < n; i++) {
    factor[i] = most[i];
    most[i] = x[i] - most[i] > most_lead ? x[i] : most[i];
  }
  if (raised) apply_binary(compute_ratio, factor, (gibbs_operand){factor, 1}, (gibbs_operand){most, 1}, n);
  apply_binary(compute_ratio, weight, (gibbs_operand){x, 1}, (gibbs_operand){most, 1}, n);
  return raised;
}
