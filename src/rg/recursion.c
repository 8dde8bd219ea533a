/* recursion.c - flows, derivatives and free energies of recursions of couplings. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/recursion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gibbs/control.h"

const gibbs_recursion_kind *const gibbs_recursion_kinds[] = {
#define GIBBS_RECURSION(id) &gibbs_recursion_kind_##id,
#include "gibbs/recursions.def"
#undef GIBBS_RECURSION
    NULL};

gibbs_status gibbs_recursion_make(const gibbs_recursion_kind *kind, const double *options, gibbs_recursion *out,
                                  gibbs_error *err) {
  gibbs_recursion r = {.name = kind->name, .states = 2, .has_constant = true};
  for (size_t i = 0; kind->options[i].name != NULL; i++)
    r.options[i] = options != NULL ? options[i] : kind->options[i].initial;
  gibbs_status status = kind->make(r.options, &r, err);
  if (status == GIBBS_OK) *out = r;
  return status;
}

enum { MOST_TOLD = 3, PLACE = 160 };

/* "K = 0.4, h = 0.1": the first few couplings that are not 0. */
static void describe(const gibbs_recursion *r, const double *couplings, char out[PLACE]) {
  size_t length = 0, told = 0;
  for (size_t i = 0; i < r->couplings && told < MOST_TOLD; i++) {
    if (couplings[i] == 0) continue;
    length += (size_t)snprintf(out + length, PLACE - length, "%s%s = %g", told++ > 0 ? ", " : "", r->names[i],
                               couplings[i]);
  }
  if (told == 0) snprintf(out, PLACE, "%s = 0", r->names[0]);
}

gibbs_status gibbs_recursion_step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                                  gibbs_error *err) {
  if (gibbs_interrupted()) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  double after[GIBBS_MOST_COUPLINGS], g = (double)NAN;
  gibbs_status status = r->step(r, couplings, after, &g, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < r->couplings; i++) {
    if (isfinite(after[i])) continue;
    char place[PLACE];
    describe(r, couplings, place);
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: a step from %s leads to %s = %g", r->name, place, r->names[i],
                      after[i]);
  }
  memcpy(next, after, r->couplings * sizeof *next);
  *constant = g;
  return GIBBS_OK;
}

/* ---- derivatives -------------------------------------------------------------------------------------------- */

enum { REACH = 3 };
/* f' = sum_k weight_k (f(x + k h) - f(x - k h)) / (60 h) */
static const double difference_weights[REACH] = {45, -9, 1};

/* Small couplings keep their sign: a recursion need not know what lies on the other side. */
static double difference_step(double coupling) {
  const double size = fabs(coupling);
  return size < 1e-6 ? 1e-3 : fmin(1e-3, size / 10);
}

static gibbs_status add_difference(const gibbs_recursion *r, double *moved, size_t j, int k, double *column,
                                   gibbs_error *err) {
  double after[GIBBS_MOST_COUPLINGS], g, centre = moved[j];
  const double by = difference_step(centre);
  for (int sign = -1; sign <= 1; sign += 2) {
    moved[j] = centre + sign * k * by;
    gibbs_status status = gibbs_recursion_step(r, moved, after, &g, err);
    moved[j] = centre;
    if (status != GIBBS_OK) return status;
    for (size_t i = 0; i < r->couplings; i++) column[i] += sign * difference_weights[k - 1] * after[i] / (60 * by);
  }
  return GIBBS_OK;
}

static gibbs_status slope_by_differences(const gibbs_recursion *r, const double *couplings, double *out,
                                         gibbs_error *err) {
  double moved[GIBBS_MOST_COUPLINGS];
  memcpy(moved, couplings, r->couplings * sizeof *moved);
  for (size_t j = 0; j < r->couplings; j++) {
    double column[GIBBS_MOST_COUPLINGS] = {0};
    for (int k = 1; k <= REACH; k++) {
      gibbs_status status = add_difference(r, moved, j, k, column, err);
      if (status != GIBBS_OK) return status;
    }
    for (size_t i = 0; i < r->couplings; i++) out[i * r->couplings + j] = column[i];
  }
  return GIBBS_OK;
}

gibbs_status gibbs_recursion_slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  if (r->slope == NULL) return slope_by_differences(r, couplings, out, err);
  gibbs_status status = r->slope(r, couplings, out, err);
  const size_t n = r->couplings;
  for (size_t i = 0; status == GIBBS_OK && i < n * n; i++)
    if (!isfinite(out[i]))
      status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: at %s = %g the derivative of %s by %s is %g", r->name,
                          r->names[i % n], couplings[i % n], r->names[i / n], r->names[i % n], out[i]);
  return status;
}

/* ---- free energy -------------------------------------------------------------------------------------------- */

void gibbs_recursion_embed(const gibbs_recursion *r, double K, double h, double *couplings) {
  if (r->embed != NULL) {
    r->embed(r, K, h, couplings);
    return;
  }
  memset(couplings, 0, r->couplings * sizeof *couplings);
  couplings[0] = K;
  if (r->couplings > 1) couplings[1] = h;
}

enum { LONGEST_SUM = 1000000 };

static double largest_of(size_t n, const double *couplings) {
  double largest = 0;
  for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(couplings[i]));
  return largest;
}

/* One step more: `share` new sites a site of the lattice at the start. */
static gibbs_status add_constant(const gibbs_recursion *r, double *at, double *share, double *sum, gibbs_error *err) {
  double next[GIBBS_MOST_COUPLINGS], g = 0;
  gibbs_status status = gibbs_recursion_step(r, at, next, &g, err);
  if (status != GIBBS_OK) return status;
  if (!isfinite(g)) {
    char place[PLACE];
    describe(r, at, place);
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s: the step from %s has no constant, so there is no free energy",
                      r->name, place);
  }
  memcpy(at, next, r->couplings * sizeof *at);
  *share /= pow(r->scale, r->dimension);
  *sum += *share * g;
  return GIBBS_OK;
}

/* Steps until what is left of the lattice cannot matter: couplings grow at most like its surface.  At the end all
 * that is known of the rest is that of free sites, ln(states) each. */
gibbs_status gibbs_recursion_free_energy(const gibbs_recursion *r, const double *couplings, double *out,
                                         gibbs_error *err) {
  if (!r->has_constant)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s: this form of it has no constant, so it knows no free energy",
                      r->name);
  double at[GIBBS_MOST_COUPLINGS], sum = 0, share = 1, left = 1;
  const double rest = 1e-17, tolerated = 1e-12;
  memcpy(at, couplings, r->couplings * sizeof *at);
  int steps = 0;
  for (; left > rest && share > 1e-300 && steps < LONGEST_SUM; steps++) {
    gibbs_status status = add_constant(r, at, &share, &sum, err);
    if (status != GIBBS_OK) return status;
    left = share * (1 + largest_of(r->couplings, at));
  }
  if (left > tolerated * fmax(1, fabs(sum)))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                      "%s: the constants do not add up to a free energy: after %d steps what is left still counts "
                      "for %.2g a site",
                      r->name, steps, left);
  *out = -(sum + share * log(r->states));
  return GIBBS_OK;
}
