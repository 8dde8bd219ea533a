/* ising_exact.c - Kaufman's torus and Onsager's infinite lattice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/ising_exact.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_sf_ellint.h>
#include <math.h>
#include <stdbool.h>

static gibbs_status check_coupling(double K, gibbs_error *err) {
  if (K > 0 && isfinite(K)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the coupling is %g; it must be a positive number", K);
}

/* ---- Kaufman ---------------------------------------------------------------------------------------------- */

/* A function of K with its first two derivatives. */
typedef struct jet {
  double f, d, dd;
} jet;

/* log|T|, its derivatives, and the sign of a product of T_l = 2 cosh(m g_l / 2) or 2 sinh(m g_l / 2). */
typedef struct product {
  jet log;
  double sign;
} product;

/* g_l: cosh g_l = cosh^2(2K) / sinh(2K) - cos(pi l / n) for l > 0, and g_0 = 2K + log tanh K with its sign. */
static jet angle(size_t l, size_t n, double K) {
  double S = sinh(2 * K), C = cosh(2 * K);
  if (l == 0) return (jet){2 * K + log(tanh(K)), 2 + 2 / S, -4 * C / (S * S)};
  double a = C * C / S - cos(M_PI * (double)l / (double)n);
  double da = 4 * C - 2 * C * C * C / (S * S);
  double dda = 8 * S - 12 * C * C / S + 8 * C * C * C * C / (S * S * S);
  double root = sqrt((a - 1) * (a + 1));
  jet g = {log(a + root), da / root, 0};
  g.dd = (dda - g.d * g.d * a) / root;
  return g;
}

/* log(2 cosh x) or log(2 sinh x), x > 0, without overflow. */
static void multiply(product *p, jet g, double m, bool hyperbolic_sine) {
  double x = m * g.f / 2, size = fabs(x), e = exp(-2 * size), side = hyperbolic_sine ? -1 : 1;
  double slope = (x < 0 ? -1 : 1) * (hyperbolic_sine ? -(1 + e) / expm1(-2 * size) : -expm1(-2 * size) / (1 + e));
  double dx = m * g.d / 2, ddx = m * g.dd / 2;
  p->log.f += size + (hyperbolic_sine ? log(-expm1(-2 * size)) : log1p(side * e));
  p->log.d += slope * dx;
  p->log.dd += slope * ddx + (1 - slope * slope) * dx * dx;
  if (hyperbolic_sine && x < 0) p->sign = -p->sign;
}

/* sum_k sign_k exp(log_k): log of it with derivatives. */
static jet add_products(const product *p, size_t count, double top) {
  jet sum = {0, 0, 0};
  for (size_t k = 0; k < count; k++) {
    double w = p[k].sign * exp(p[k].log.f - top);
    sum.f += w;
    sum.d += w * p[k].log.d;
    sum.dd += w * (p[k].log.dd + p[k].log.d * p[k].log.d);
  }
  double d = sum.d / sum.f;
  return (jet){top + log(sum.f), d, sum.dd / sum.f - d * d};
}

/* The product over even l of sinh vanishes with g_0: its factor l = 0 as the difference of two exponentials. */
static void split_sine(product rest, jet g, double m, product out[2]) {
  for (int k = 0; k < 2; k++) {
    double side = k == 0 ? 1 : -1;
    out[k] = rest;
    out[k].sign *= side;
    out[k].log.f += side * m * g.f / 2;
    out[k].log.d += side * m * g.d / 2;
    out[k].log.dd += side * m * g.dd / 2;
  }
}

static jet log_partition(size_t n, size_t m, double K) {
  product p[5] = {{.sign = 1}, {.sign = 1}, {.sign = 1}, {.sign = 1}}, rest = {.sign = 1};
  for (size_t r = 0; r < n; r++) {
    jet odd = angle(2 * r + 1, n, K), even = angle(2 * r, n, K);
    multiply(&p[0], odd, (double)m, false);
    multiply(&p[1], odd, (double)m, true);
    multiply(&p[2], even, (double)m, false);
    if (r > 0) multiply(&rest, even, (double)m, true);
  }
  split_sine(rest, angle(0, n, K), (double)m, &p[3]);
  double top = p[0].log.f;
  for (size_t k = 1; k < 5; k++) top = fmax(top, p[k].log.f);
  jet sum = add_products(p, 5, top);
  double half = 0.5 * (double)n * (double)m, S = sinh(2 * K), coth = cosh(2 * K) / S;
  return (jet){sum.f - log(2) + half * log(2 * S), sum.d + 2 * half * coth, sum.dd - 4 * half / (S * S)};
}

gibbs_status gibbs_ising_torus(size_t rows, size_t columns, double K, gibbs_ising_solution *out, gibbs_error *err) {
  gibbs_status status = check_coupling(K, err);
  if (status == GIBBS_OK && (rows == 0 || columns == 0))
    status = gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a torus of %zu x %zu sites; both lengths must be at least 1", rows,
                        columns);
  if (status != GIBBS_OK) return status;
  jet z = log_partition(rows, columns, K);
  *out = (gibbs_ising_solution){.free_energy = -z.f, .energy = -K * z.d, .specific_heat = K * K * z.dd};
  return GIBBS_OK;
}

/* ---- Onsager ---------------------------------------------------------------------------------------------- */

static double integrand(double t, void *context) {
  double k = *(const double *)context, s = sin(t);
  return log((1 + sqrt(fmax(0, 1 - k * k * s * s))) / 2);
}

/* The integral over 0..pi/2; adaptive because of the logarithmic edge at k = 1. */
static gibbs_status integrate(double k, double *out, gibbs_error *err) {
  gsl_integration_workspace *room = gsl_integration_workspace_alloc(2000);
  if (!room) return gibbs_fail_memory(err, "an integral", 2000 * sizeof(double));
  gsl_function f = {.function = integrand, .params = &k};
  double error = 0;
  int failed = gsl_integration_qags(&f, 0, M_PI / 2, 1e-15, 1e-13, 2000, room, out, &error);
  gsl_integration_workspace_free(room);
  if (failed && !(error > 0 && error < 1e-13))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the integral of the free energy did not converge: error %g", error);
  return GIBBS_OK;
}

gibbs_status gibbs_ising_infinite(double K, gibbs_ising_solution *out, gibbs_error *err) {
  gibbs_status status = check_coupling(K, err);
  if (status != GIBBS_OK) return status;
  double S = sinh(2 * K), C = cosh(2 * K), k = 2 * S / (C * C), t = 2 * tanh(2 * K) * tanh(2 * K) - 1, integral = 0;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  status = integrate(fmin(k, 1), &integral, err);
  bool critical = !(k < 1 - DBL_EPSILON);
  double first = critical ? INFINITY : gsl_sf_ellint_Kcomp(k, GSL_PREC_DOUBLE);
  double second = critical ? 1 : gsl_sf_ellint_Ecomp(k, GSL_PREC_DOUBLE);
  gsl_set_error_handler(handler);
  if (status != GIBBS_OK) return status;
  double x = K * C / S, mixed = critical ? 0 : t * first;
  out->free_energy = -(log(2 * C) + integral / M_PI);
  out->energy = -x * (1 + 2 / M_PI * mixed);
  out->specific_heat = 2 / M_PI * x * x * (2 * first - 2 * second - (1 - t) * (M_PI / 2 + mixed));
  out->magnetisation = S > 1 ? pow(1 - pow(S, -4), 0.125) : 0;
  return GIBBS_OK;
}
