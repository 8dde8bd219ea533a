/* niemeijer_van_leeuwen.c - triangles of the triangular lattice and their majority, to first order in the couplings
 * between them (a cumulant expansion) and in the field. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gibbs/recursion.h"

/* <s> of a corner given the triangle's sign, (e^3K + e^-K) / (e^3K + 3 e^-K), and its derivative. */
static double corner(double K, double *slope) {
  const double small = exp(-4 * fabs(K)), sum = K >= 0 ? 1 + 3 * small : small + 3;
  *slope = 8 * small / (sum * sum);
  return (1 + small) / sum;
}

/* A constant is known without a field alone: its first order in h is 0, and what the field does is in the second. */
static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)r, (void)err;
  const double K = couplings[0], h = couplings[1], small = exp(-4 * fabs(K));
  double unused, mean = corner(K, &unused);
  next[0] = 2 * K * mean * mean;
  next[1] = 3 * mean * h;
  *constant = h != 0 ? (double)NAN : K >= 0 ? 3 * K + log1p(3 * small) : -K + log(3 + small);
  return GIBBS_OK;
}

static gibbs_status slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  (void)r, (void)err;
  const double K = couplings[0];
  double by_K, mean = corner(K, &by_K);
  out[0] = 2 * mean * mean + 4 * K * mean * by_K;
  out[1] = 0;
  out[2] = 3 * by_K * couplings[1];
  out[3] = 3 * mean;
  return GIBBS_OK;
}

static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  (void)options, (void)err;
  out->couplings = 2;
  strcpy(out->names[0], "K");
  strcpy(out->names[1], "h");
  out->odd[1] = true;
  out->start[0] = 0.34;
  out->scale = sqrt(3);
  out->dimension = 2;
  out->step = step;
  out->slope = slope;
  return GIBBS_OK;
}

static const gibbs_recursion_option rows[] = {{.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_niemeijer_van_leeuwen = {
    "niemeijer_van_leeuwen",
    "majority of triangles of the triangular Ising lattice, first cumulant; linear in the field",
    "Niemeijer and van Leeuwen, Phys. Rev. Lett. 31 (1973) 1411", rows, make};
