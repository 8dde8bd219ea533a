/* recursion.c - flows, derivatives and free energies of recursions of couplings. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/recursion.h"

#include <math.h>
#include <string.h>

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

gibbs_status gibbs_recursion_step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                                  gibbs_error *err) {
  double after[GIBBS_MOST_COUPLINGS], g = (double)NAN;
  gibbs_status status = r->step(r, couplings, after, &g, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < r->couplings; i++)
    if (!isfinite(after[i]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "%s: a step from %s = %g leads to %s = %g", r->name, r->names[i],
                        couplings[i], r->names[i], after[i]);
  memcpy(next, after, r->couplings * sizeof *next);
  *constant = g;
  return GIBBS_OK;
}

/* ---- derivatives -------------------------------------------------------------------------------------------- */

enum { REACH = 3 };
/* f' = sum_k weight_k (f(x + k h) - f(x - k h)) / (60 h) */
static const double difference_weights[REACH] = {45, -9, 1};
static const double difference_step = 1e-3;

static gibbs_status add_difference(const gibbs_recursion *r, double *moved, size_t j, int k, double *column,
                                   gibbs_error *err) {
  double after[GIBBS_MOST_COUPLINGS], g, centre = moved[j];
  for (int sign = -1; sign <= 1; sign += 2) {
    moved[j] = centre + sign * k * difference_step;
    gibbs_status status = gibbs_recursion_step(r, moved, after, &g, err);
    moved[j] = centre;
    if (status != GIBBS_OK) return status;
    for (size_t i = 0; i < r->couplings; i++)
      column[i] += sign * difference_weights[k - 1] * after[i] / (60 * difference_step);
  }
  return GIBBS_OK;
}

gibbs_status gibbs_recursion_slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
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

/* Steps until what is left of the lattice cannot matter: couplings grow at most like its surface.  At the end all
 * that is known of the rest is that of free sites, ln(states) each. */
gibbs_status gibbs_recursion_free_energy(const gibbs_recursion *r, const double *couplings, double *out,
                                         gibbs_error *err) {
  if (!r->has_constant)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "%s: this form of it has no constant, so it knows no free energy",
                      r->name);
  double at[GIBBS_MOST_COUPLINGS], g = 0, sum = 0, share = 1;
  const double volume = pow(r->scale, r->dimension), rest = 1e-17;
  memcpy(at, couplings, r->couplings * sizeof *at);
  for (double largest = 1; share * (1 + largest) > rest;) {
    gibbs_status status = gibbs_recursion_step(r, at, at, &g, err);
    if (status != GIBBS_OK) return status;
    share /= volume;
    sum += share * g;
    largest = 0;
    for (size_t i = 0; i < r->couplings; i++) largest = fmax(largest, fabs(at[i]));
    if (share < 1e-300) break;
  }
  *out = -(sum + share * log(r->states));
  return GIBBS_OK;
}
