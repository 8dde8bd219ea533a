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

/* Ising or Potts with H = -K sum delta: K times this is the Potts coupling. */
static double unit_of(const gibbs_recursion *r) {
  return r->options[STATES] == 2 ? 2 : 1;
}

/* ln |t(K)| for the Potts coupling K. */
static double log_bond(double K, double q) {
  if (K > 1) return log1p(-exp(-K)) - log1p((q - 1) * exp(-K));
  return log(fabs(expm1(K))) - log(expm1(K) + q);
}

/* K from ln |t| and the sign of t; all digits of small and of large K. */
static double bond_of_log(double log_t, double sign, double q) {
  const double t = sign * exp(log_t), one_less = sign > 0 && log_t > -0.5 ? log(-expm1(log_t)) : log1p(-t);
  return log1p((q - 1) * t) - one_less;
}

/* t(K) = 1 - q e^-K to all digits, where e^-K is about to underflow. */
static const double strong = 300;

static double decimated(double K, double b, double q) {
  if (K == 0) return 0;
  if (K > strong) return K - log(b);
  return bond_of_log(b * log_bond(K, q), K < 0 && fmod(b, 2) == 1 ? -1 : 1, q);
}

/* Its derivative, b t^(b-1) (1 - t) (1 + (q-1) t) / ((1 - t^b) (1 + (q-1) t^b)), t' standing for t^b. */
static double decimated_slope(double K, double b, double q) {
  if (K == 0) return 0;
  if (K > strong) return 1;
  const double log_t = log_bond(K, q), sign = K < 0 ? -1 : 1, sign_next = fmod(b, 2) == 1 ? sign : 1;
  const double t = sign * exp(log_t), next = sign_next * exp(b * log_t);
  const double less = K > 0 ? -expm1(log_t) : 1 - t, less_next = K > 0 ? -expm1(b * log_t) : 1 - next;
  return b * sign * sign_next * exp((b - 1) * log_t) * (less / less_next) * (1 + (q - 1) * t) / (1 + (q - 1) * next);
}

/* ln of the factor that the sum over the inner sites of b bonds K in a row leaves beside one bond K': the transfer
 * matrix has the largest eigenvalue e^K + q - 1. */
static double chain_constant(double K, double next, double b, double q) {
  const double top = K > 0 ? K + log1p((q - 1) * exp(-K)) : log(exp(K) + q - 1);
  const double top_next = next > 0 ? next + log1p((q - 1) * exp(-next)) : log(exp(next) + q - 1);
  return b * top - top_next;
}

/* Bonds that favour unlike neighbours.  A chain of them is one of whole bonds, and one bond needs |t| <= 1. */
static gibbs_status check_sign(const gibbs_recursion *r, double K, gibbs_error *err) {
  if (K >= 0) return GIBBS_OK;
  if (fmod(r->scale, 1) != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: K is %g; it must not be negative when b is not an integer",
                      r->name, K);
  if (r->states < 2)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: K is %g; it must not be negative for fewer than two states",
                      r->name, K);
  return GIBBS_OK;
}

/* The Potts coupling that is decimated and the sign that it gives to K': Ising chains of -K are those of K, every
 * second spin being turned. */
static double to_decimate(const gibbs_recursion *r, double K, double *sign) {
  const double unit = unit_of(r), moved = r->options[ORDER] == MOVE_FIRST ? pow(r->scale, r->dimension - 1) : 1;
  const bool turned = unit == 2 && K < 0;
  *sign = turned && fmod(r->scale, 2) == 1 ? -1 : 1;
  return unit * moved * (turned ? -K : K);
}

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  gibbs_status status = check_sign(r, couplings[0], err);
  if (status != GIBBS_OK) return status;
  const double b = r->scale, d = r->dimension, q = r->states, unit = unit_of(r), moved = pow(b, d - 1);
  double sign, K = to_decimate(r, couplings[0], &sign);
  const double single = decimated(K, b, q);
  next[0] = sign * (r->options[ORDER] == MOVE_FIRST ? single : moved * single) / unit;
  if (!r->has_constant) return GIBBS_OK;
  /* Sites that have lost all their bonds are free.  Ising bonds are K s s' = 2 K delta - K. */
  const double free_sites = pow(b, d) - 1 - d * (b - 1);
  double g = d * chain_constant(K, single, b, q) + free_sites * log(q);
  if (unit == 2) g -= d * (b * K - single) / unit;
  *constant = g;
  return GIBBS_OK;
}

static gibbs_status slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  gibbs_status status = check_sign(r, couplings[0], err);
  if (status != GIBBS_OK) return status;
  double sign, K = to_decimate(r, couplings[0], &sign);
  const double turned = unit_of(r) == 2 && couplings[0] < 0 ? -1 : 1;
  out[0] = sign * turned * pow(r->scale, r->dimension - 1) * decimated_slope(K, r->scale, r->states);
  return GIBBS_OK;
}

/* ---- b -> 1 ------------------------------------------------------------------------------------------------- */

enum { LOG_COUPLING, LOG_SLOPE, FLOWING };

/* With y = ln K, dK/dl = (d - 1) K + A(K), A = q t ln t / u, u = (1 - t) (1 + (q - 1) t), being the slope in b, at 1,
 * of the K with t = t(K)^b; beside it that of ln dK(l)/dK(0), which is d - 1 + dA/dK. */
static int slope_in_scale(double l, const double *at, double *slope, void *params) {
  (void)l;
  const gibbs_recursion *r = params;
  const double q = r->states, K = exp(at[LOG_COUPLING]);
  const bool weak = at[LOG_COUPLING] < -40; /* t = K / q */
  const double log_t = weak ? at[LOG_COUPLING] - log(q) : log_bond(K, q), t = exp(log_t), less = -expm1(log_t);
  const double whole = 1 + (q - 1) * t, ratio = less > 0 ? log_t / less : -1;
  slope[LOG_COUPLING] = r->dimension - 1 + (weak ? log_t : q * t * ratio / (whole * K));
  slope[LOG_SLOPE] = r->dimension - 1 + log_t + 1 - t * ratio * (q - 2 - 2 * (q - 1) * t) / whole;
  return isfinite(slope[LOG_COUPLING]) && isfinite(slope[LOG_SLOPE]) ? GSL_SUCCESS : GSL_EBADFUNC;
}

/* Both from K > 0 to the end of a step. */
static gibbs_status follow(const gibbs_recursion *r, double K, double at[FLOWING], gibbs_error *err) {
  const double unit = unit_of(r);
  double l = 0;
  at[LOG_COUPLING] = log(unit * K);
  at[LOG_SLOPE] = 0;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gsl_odeiv2_system system = {slope_in_scale, NULL, FLOWING, (void *)r};
  gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rk8pd, 1e-3, 1e-14, 1e-14);
  int code = driver != NULL ? gsl_odeiv2_driver_apply(driver, &l, log(r->scale), at) : GSL_ENOMEM;
  if (driver != NULL) gsl_odeiv2_driver_free(driver);
  gsl_set_error_handler(handler);
  if (driver == NULL) return gibbs_fail_memory(err, "an integrator", FLOWING * sizeof(double));
  if (code != GSL_SUCCESS)
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: the flow from K = %g could not be followed", r->name, K);
  at[LOG_COUPLING] -= log(unit);
  return GIBBS_OK;
}

static gibbs_status check_positive(const gibbs_recursion *r, double K, gibbs_error *err) {
  if (K >= 0) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s: K is %g; it must not be negative in the limit b -> 1", r->name, K);
}

static gibbs_status infinitesimal_step(const gibbs_recursion *r, const double *couplings, double *next,
                                       double *constant, gibbs_error *err) {
  double at[FLOWING] = {-INFINITY};
  (void)constant;
  gibbs_status status = check_positive(r, couplings[0], err);
  if (status == GIBBS_OK && couplings[0] > 0) status = follow(r, couplings[0], at, err);
  if (status == GIBBS_OK) next[0] = exp(at[LOG_COUPLING]);
  return status;
}

static gibbs_status infinitesimal_slope(const gibbs_recursion *r, const double *couplings, double *out,
                                        gibbs_error *err) {
  double at[FLOWING] = {0, -INFINITY};
  gibbs_status status = check_positive(r, couplings[0], err);
  if (status == GIBBS_OK && couplings[0] > 0) status = follow(r, couplings[0], at, err);
  if (status == GIBBS_OK) out[0] = exp(at[LOG_SLOPE]);
  return status;
}

/* ---- the row ------------------------------------------------------------------------------------------------ */

/* Between the two phases: R(K) < K below and > K above.  A chain, d = 1, has no such K but the fixed point 0. */
static gibbs_status find_start(gibbs_recursion *r, gibbs_error *err) {
  double low = 1e-300, high = 1e6;
  if (r->dimension == 1) return GIBBS_OK;
  while (high / low > 1 + 1e-12) {
    double middle = sqrt(low) * sqrt(high), next, g;
    gibbs_status status = gibbs_recursion_step(r, &middle, &next, &g, err);
    if (status != GIBBS_OK && status != GIBBS_ERR_NUMERIC) return status; /* NUMERIC: too strong to be moved */
    *(status == GIBBS_OK && next < middle ? &low : &high) = middle;
  }
  r->start[0] = sqrt(low) * sqrt(high);
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
  out->slope = infinitesimal ? infinitesimal_slope : slope;
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
