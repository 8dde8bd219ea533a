/* migdal_kadanoff.c - bonds are moved together, then decimated along lines: any b and d, Ising and Potts.
 *
 * b^(d-1) bonds of one direction become one, b of which in a row become one coupling: with
 * t(K) = (e^K - 1) / (e^K + q - 1), t(K') = t(b^(d-1) K)^b; Ising couplings are half of the Potts ones (q = 2). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <string.h>

#include "gibbs/recursion.h"

enum { SCALE, DIMENSION, STATES, ORDER };
enum { MOVE_FIRST, DECIMATE_FIRST };

/* ln t(K) for the Potts coupling K > 0, and K from it; both keep all digits of small and of large K. */
static double log_bond(double K, double q) {
  return K > 1 ? log1p(-exp(-K)) - log1p((q - 1) * exp(-K)) : log(expm1(K)) - log(expm1(K) + q);
}

static double bond_of_log(double log_t, double q) {
  return log1p((q - 1) * exp(log_t)) - log(-expm1(log_t));
}

/* ln of the factor that the sum over the inner sites of b bonds K in a row leaves beside one bond K': the transfer
 * matrix has the largest eigenvalue e^K + q - 1. */
static double chain_constant(double K, double next, double b, double q) {
  const double top = K + log1p((q - 1) * exp(-K)), top_next = next + log1p((q - 1) * exp(-next));
  return b * top - top_next;
}

/* t(K) = 1 - q e^-K to all digits, where e^-K is about to underflow. */
static const double strong = 300;

static double decimated(double K, double b, double q) {
  if (K == 0) return 0;
  return K > strong ? K - log(b) : bond_of_log(b * log_bond(K, q), q);
}

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  const double b = r->scale, d = r->dimension, q = r->states, unit = r->options[STATES] == 2 ? 2 : 1;
  const double K = unit * couplings[0], moved = pow(b, d - 1);
  if (K < 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: K is %g; it must not be negative", r->name, couplings[0]);
  const bool first = r->options[ORDER] == MOVE_FIRST;
  const double single = decimated(first ? moved * K : K, b, q);
  next[0] = (first ? single : moved * single) / unit;
  /* Sites that have lost all their bonds are free.  Ising bonds are K s s' = 2 K delta - K. */
  const double free_sites = pow(b, d) - 1 - d * (b - 1);
  double g = d * chain_constant(moved * K, single, b, q) + free_sites * log(q);
  if (unit == 2) g -= d * (b * moved * couplings[0] - next[0]);
  *constant = g;
  return GIBBS_OK;
}

/* ---- b -> 1 ------------------------------------------------------------------------------------------------- */

/* dK/dl = (d - 1) K + the slope in b, at 1, of the K with t = t(K)^b */
static int slope_in_scale(double l, const double *K, double *slope, void *params) {
  (void)l;
  const gibbs_recursion *r = params;
  const double q = r->states, t = exp(log_bond(K[0], q));
  slope[0] = (r->dimension - 1) * K[0] + q * t * log(t) / ((1 - t) * (1 + (q - 1) * t));
  return isfinite(slope[0]) ? GSL_SUCCESS : GSL_EBADFUNC;
}

static gibbs_status infinitesimal_step(const gibbs_recursion *r, const double *couplings, double *next,
                                       double *constant, gibbs_error *err) {
  const double unit = r->options[STATES] == 2 ? 2 : 1;
  double K = unit * couplings[0], l = 0;
  if (!(K > 0)) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: K is %g; it must be positive", r->name, couplings[0]);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gsl_odeiv2_system system = {slope_in_scale, NULL, 1, (void *)r};
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-15, 1e-14);
  int code = driver != NULL ? gsl_odeiv2_driver_apply(driver, &l, log(r->scale), &K) : GSL_ENOMEM;
  if (driver != NULL) gsl_odeiv2_driver_free(driver);
  gsl_set_error_handler(handler);
  if (code != GSL_SUCCESS)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: the flow from K = %g could not be followed", r->name,
                      couplings[0]);
  next[0] = K / unit;
  *constant = (double)NAN;
  return GIBBS_OK;
}

/* ---- the row ------------------------------------------------------------------------------------------------ */

/* Between the two phases: R(K) < K below and > K above. */
static gibbs_status find_start(gibbs_recursion *r, gibbs_error *err) {
  double low = 1e-4, high = 20;
  for (int i = 0; i < 60; i++) {
    double middle = sqrt(low * high), next, g;
    gibbs_status status = gibbs_recursion_step(r, &middle, &next, &g, err);
    if (status != GIBBS_OK) return status;
    *(next < middle ? &low : &high) = middle;
  }
  r->start[0] = sqrt(low * high);
  return GIBBS_OK;
}

static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  const bool infinitesimal = options[SCALE] == 1;
  out->couplings = 1;
  strcpy(out->names[0], "K");
  out->scale = infinitesimal ? 2 : options[SCALE];
  out->dimension = options[DIMENSION];
  out->states = options[STATES];
  out->has_constant = !infinitesimal && options[ORDER] == MOVE_FIRST;
  out->step = infinitesimal ? infinitesimal_step : step;
  return find_start(out, err);
}

static const char *const orders[] = {"move_first", "decimate_first", NULL};

static const gibbs_recursion_option rows[] = {
    {"b", GIBBS_OPTION_REAL, 2, 1, 1000, NULL, "the scale factor; 1 is the limit b -> 1, in steps of 2"},
    {"d", GIBBS_OPTION_REAL, 2, 1, 100, NULL, "the dimension"},
    {"q", GIBBS_OPTION_REAL, 2, 1, 1e6, NULL,
     "states of a site: 2 is Ising, H = -K sum s s'; else Potts, H = -K sum delta"},
    {"order", GIBBS_OPTION_CHOICE, MOVE_FIRST, 0, 0, orders,
     "bonds are moved before or after the decimation; only the first has a constant"},
    {.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_migdal_kadanoff = {
    "migdal_kadanoff", "bonds of hypercubic lattices moved together and decimated along lines",
    "Migdal, Sov. Phys. JETP 42 (1975) 743; Kadanoff, Ann. Phys. 100 (1976) 359", rows, make};
