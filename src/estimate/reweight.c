/* reweight.c - samples of several states: what is given, its autocorrelation, and what was found. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/spread.h"
#include "reweight_parts.h"

/* ---- checks -------------------------------------------------------------------------------------------- */

static size_t count_chains(const gibbs_reweight_samples *s, size_t state) {
  return s->chains ? s->chains[state] : 1;
}

static gibbs_status check_state(const gibbs_reweight_samples *s, size_t k, gibbs_error *err) {
  size_t chains = count_chains(s, k);
  if (chains == 0 || s->count[k] / chains < 2 || s->count[k] % chains != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "state %zu has %zu samples in %zu chains; chains must be of one length, of at least 2 samples",
                      k + 1, s->count[k], chains);
  if (s->tau && !(s->tau[k] > 0 && isfinite(s->tau[k])))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the autocorrelation time of state %zu is %g; it must be above 0",
                      k + 1, s->tau[k]);
  return GIBBS_OK;
}

static gibbs_status check_samples(const gibbs_reweight_samples *s, gibbs_error *err) {
  if (s->states == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "reweighting needs at least 1 state, not 0");
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < s->states; k++) status = check_state(s, k, err);
  return status;
}

static gibbs_status check_finite(const char *what, const double *x, size_t n, gibbs_error *err) {
  for (size_t k = 0; k < n; k++)
    if (!isfinite(x[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s %zu is %g; it must be finite", what, k + 1, x[k]);
  return GIBBS_OK;
}

static gibbs_status check_potentials(const gibbs_reweight *r, gibbs_error *err) {
  for (size_t k = 0; k < r->states; k++)
    for (size_t n = 0; n < r->total; n++) {
      double u = r->potential[k * r->total + n];
      bool own = n >= r->first[k] && n < r->first[k + 1];
      if (isnan(u) || u == -INFINITY || (own && u == INFINITY))
        return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                          "the potential of sample %zu in state %zu is %g; it must be finite%s", n + 1, k + 1, u,
                          own ? " in the sample's own state" : " or +infinity");
    }
  return GIBBS_OK;
}

/* ---- making -------------------------------------------------------------------------------------------- */

static size_t count_chunks(const gibbs_reweight_samples *s) {
  size_t chunks = 0;
  for (size_t k = 0; k < s->states; k++) chunks += (s->count[k] + GIBBS_REWEIGHT_CHUNK - 1) / GIBBS_REWEIGHT_CHUNK;
  return chunks;
}

static void cut_into_chunks(gibbs_reweight *r) {
  gibbs_reweight_chunk *chunk = r->chunks;
  for (size_t k = 0; k < r->states; k++)
    for (size_t n = r->first[k]; n < r->first[k + 1]; n += GIBBS_REWEIGHT_CHUNK) {
      size_t left = r->first[k + 1] - n;
      *chunk++ = (gibbs_reweight_chunk){k, n, left < GIBBS_REWEIGHT_CHUNK ? left : GIBBS_REWEIGHT_CHUNK};
    }
}

/* `kept`: how many numbers of potentials or energies and betas there will be. */
static gibbs_status allocate(const gibbs_reweight_samples *s, gibbs_reweight **out, gibbs_error *err) {
  size_t states = s->states, total = 0;
  for (size_t k = 0; k < states; k++) total += s->count[k];
  gibbs_reweight *r = calloc(1, sizeof *r);
  if (!r) return gibbs_fail_memory(err, "reweighting", sizeof *r);
  *out = r;
  r->states = states;
  r->total = total;
  r->chunk_count = count_chunks(s);
  r->first = calloc(2 * states + 1, sizeof *r->first);
  r->chunks = calloc(r->chunk_count, sizeof *r->chunks);
  r->tau = calloc(3 * states + 2 * states * states + total, sizeof *r->tau);
  if (!r->first || !r->chunks || !r->tau)
    return gibbs_fail_memory(err, "reweighting", (total + 2 * states * states) * sizeof(double));
  r->chains = r->first + states + 1;
  r->log_n = r->tau + states;
  r->f = r->log_n + states;
  r->shared = r->f + states;
  r->inverse = r->shared + states * states;
  r->log_d = r->inverse + states * states;
  for (size_t k = 0; k < states; k++) {
    r->first[k + 1] = r->first[k] + s->count[k];
    r->chains[k] = count_chains(s, k);
  }
  cut_into_chunks(r);
  return GIBBS_OK;
}

static gibbs_status copy(double **out, const double *x, size_t n, gibbs_error *err) {
  if (n > SIZE_MAX / sizeof *x || !(*out = malloc(n * sizeof *x)))
    return gibbs_fail_memory(err, "samples to be reweighted", n * sizeof *x);
  memcpy(*out, x, n * sizeof *x);
  return GIBBS_OK;
}

void gibbs_reweight_free(gibbs_reweight *r) {
  if (!r) return;
  free(r->first);
  free(r->chunks);
  free(r->tau);
  free(r->beta);
  free(r->energy);
  free(r->potential);
  free(r);
}

/* The series that tells how fast state k's samples forget: energies, or how another state's potential differs. */
static void read_series(const gibbs_reweight *r, size_t k, double *x) {
  size_t first = r->first[k], count = r->first[k + 1] - first, other = k + 1 < r->states ? k + 1 : k - 1;
  if (r->energy) {
    memcpy(x, r->energy + first, count * sizeof *x);
    return;
  }
  for (size_t n = 0; n < count; n++)
    x[n] = r->potential[other * r->total + first + n] - r->potential[k * r->total + first + n];
}

static double find_tau(const gibbs_reweight *r, size_t k, double *x) {
  size_t count = r->first[k + 1] - r->first[k];
  if (r->states == 1) return 1; /* all samples have one weight */
  read_series(r, k, x);
  if (check_finite("", x, count, NULL) != GIBBS_OK) return 1;
  gibbs_spread spread;
  gibbs_spread_of_mean(x, r->chains[k], count / r->chains[k], &spread);
  return spread.single > 0 ? fmin(fmax(spread.variance * (double)count / spread.single, 1), (double)count) : 1;
}

static gibbs_status fill_tau(gibbs_reweight *r, const double *tau, gibbs_error *err) {
  double *x = malloc(r->total * sizeof *x);
  if (!x) return gibbs_fail_memory(err, "samples to be reweighted", r->total * sizeof *x);
  for (size_t k = 0; k < r->states; k++) {
    r->tau[k] = tau ? tau[k] : find_tau(r, k, x);
    r->log_n[k] = log((double)(r->first[k + 1] - r->first[k]) / r->tau[k]);
  }
  free(x);
  return GIBBS_OK;
}

static gibbs_status finish(gibbs_reweight *r, const double *tau, gibbs_status status, gibbs_reweight **out,
                           gibbs_error *err) {
  if (status == GIBBS_OK) status = fill_tau(r, tau, err);
  if (status == GIBBS_OK) status = gibbs_reweight_solve(r, err);
  if (status == GIBBS_OK)
    *out = r;
  else
    gibbs_reweight_free(r);
  return status;
}

gibbs_status gibbs_reweight_temperatures(const gibbs_reweight_samples *samples, const double *beta,
                                         const double *energy, gibbs_reweight **out, gibbs_error *err) {
  gibbs_reweight *r = NULL;
  gibbs_status status = check_samples(samples, err);
  if (status == GIBBS_OK) status = check_finite("beta", beta, samples->states, err);
  if (status == GIBBS_OK) status = allocate(samples, &r, err);
  if (status == GIBBS_OK) status = check_finite("the energy of sample", energy, r->total, err);
  if (status == GIBBS_OK) status = copy(&r->beta, beta, r->states, err);
  if (status == GIBBS_OK) status = copy(&r->energy, energy, r->total, err);
  return finish(r, samples->tau, status, out, err);
}

gibbs_status gibbs_reweight_potentials(const gibbs_reweight_samples *samples, const double *potential,
                                       gibbs_reweight **out, gibbs_error *err) {
  gibbs_reweight *r = NULL;
  gibbs_status status = check_samples(samples, err);
  if (status == GIBBS_OK) status = allocate(samples, &r, err);
  if (status == GIBBS_OK) status = copy(&r->potential, potential, r->states * r->total, err);
  if (status == GIBBS_OK) status = check_potentials(r, err);
  return finish(r, samples->tau, status, out, err);
}

/* ---- what was found ------------------------------------------------------------------------------------ */

size_t gibbs_reweight_states(const gibbs_reweight *r) {
  return r->states;
}
size_t gibbs_reweight_total(const gibbs_reweight *r) {
  return r->total;
}
double gibbs_reweight_tau(const gibbs_reweight *r, size_t state) {
  return r->tau[state];
}

const char *gibbs_reweight_name(const gibbs_reweight *r, size_t state, char out[64]) {
  if (r->beta)
    snprintf(out, 64, "state %zu (beta %.6g)", state + 1, r->beta[state]);
  else
    snprintf(out, 64, "state %zu", state + 1);
  return out;
}

void gibbs_reweight_overlap(const gibbs_reweight *r, double *overlap) {
  for (size_t k = 0; k < r->states; k++)
    for (size_t l = 0; l < r->states; l++)
      overlap[k * r->states + l] = r->shared[k * r->states + l] / exp(r->log_n[k]);
}

gibbs_status gibbs_reweight_difference(const gibbs_reweight *r, size_t from, size_t to, double *value, double *error,
                                       gibbs_error *err) {
  if (from >= r->states || to >= r->states)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "states %zu and %zu of %zu", from + 1, to + 1, r->states);
  double *a = calloc(2 * r->states, sizeof *a);
  if (!a) return gibbs_fail_memory(err, "a free energy", 2 * r->states * sizeof *a);
  double *unit = a + r->states;
  unit[to] += 1;
  unit[from] -= 1;
  gibbs_reweight_respond(r, unit, a);
  gibbs_status status = gibbs_reweight_error(r, NULL, a, error, err);
  if (status == GIBBS_OK) *value = r->f[to] - r->f[from];
  free(a);
  return status;
}
