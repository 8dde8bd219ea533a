/* kadanoff.c - Kadanoff's variational lower bound on the square and the cubic lattice.
 *
 * All interactions are moved into every 2^d-th hypercube, where they are 2^d times as strong; moving potentials of
 * zero mean can only raise Z (Jensen), so the free energy found is a lower bound for every p. With the block spins
 * mu, one at a corner, exp H'(mu) = sum_s exp( 2^d H(s) + p sum_i mu_i s_i - ln 2cosh(p sum_i s_i) ), H being minus
 * the energy of a hypercube's corners. Its couplings, one for every kind of subset of the corners, make H(s) = sum_o
 * k_o sum_(A in o) s_A. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_min.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "corners.h"
#include "gibbs/recursion.h"

enum { DIMENSION, PARAMETER };

/* ---- the step ----------------------------------------------------------------------------------------------- */

static double log_2cosh(double x) {
  return fabs(x) + log1p(exp(-2 * fabs(x)));
}

static double sum_of_spins(const corners *t, size_t s) {
  return 2.0 * count_bits(s) - (double)t->count;
}

/* weight[s] = 2^d H(s) - ln 2cosh(p sum s) */
static void weigh(const corners *t, const double *couplings, double p, double *weight) {
  for (size_t s = 0; s < t->states; s++) {
    double energy = 0;
    for (size_t o = 1; o < t->orbits; o++) energy += couplings[o - 1] * t->sum[o][s];
    weight[s] = (double)t->count * energy - log_2cosh(p * sum_of_spins(t, s));
  }
}

static double log_sum(const corners *t, const double *weight, double p, size_t mu) {
  double top = -INFINITY, sum = 0, term[MOST_STATES];
  for (size_t s = 0; s < t->states; s++) {
    const double overlap = (double)t->count - 2.0 * count_bits(s ^ mu);
    term[s] = weight[s] + p * overlap;
    top = fmax(top, term[s]);
  }
  for (size_t s = 0; s < t->states; s++) sum += exp(term[s] - top);
  return top + log(sum);
}

static gibbs_status step(const gibbs_recursion *r, const double *couplings, double *next, double *constant,
                         gibbs_error *err) {
  (void)err;
  const corners *t = corners_of((size_t)r->options[DIMENSION]);
  const double p = r->options[PARAMETER];
  double weight[MOST_STATES], potential[MOST_ORBITS], coupling[MOST_ORBITS] = {0};
  weigh(t, couplings, p, weight);
  for (size_t o = 0; o < t->orbits; o++) potential[o] = log_sum(t, weight, p, t->member[o]);
  for (size_t s = 0; s < t->states; s++)
    for (size_t o = 0; o < t->orbits; o++) coupling[o] += potential[t->orbit_of[s]] * t->sum[o][s];
  for (size_t o = 1; o < t->orbits; o++) next[o - 1] = coupling[o] / (double)(t->size[o] * t->states);
  *constant = coupling[0] / (double)t->states;
  return GIBBS_OK;
}

/* ---- its derivatives ---------------------------------------------------------------------------------------- */

/* By every coupling and, last, by p: of g, which is row 0, and of the new couplings. */
typedef struct derivatives {
  double of[MOST_ORBITS][MOST_ORBITS];
} derivatives;

/* What changes by how much for mu: means over the corners' spins s given mu. */
static void average(const corners *t, const double *weight, double p, size_t mu, double *out) {
  const double whole = log_sum(t, weight, p, mu);
  memset(out, 0, MOST_ORBITS * sizeof *out);
  for (size_t s = 0; s < t->states; s++) {
    const double overlap = (double)t->count - 2.0 * count_bits(s ^ mu), total = sum_of_spins(t, s);
    const double share = exp(weight[s] + p * overlap - whole);
    for (size_t o = 1; o < t->orbits; o++) out[o - 1] += share * (double)t->count * t->sum[o][s];
    out[t->orbits - 1] += share * (overlap - total * tanh(p * total));
  }
}

static void differentiate(const gibbs_recursion *r, const double *couplings, derivatives *out) {
  const corners *t = corners_of((size_t)r->options[DIMENSION]);
  const double p = r->options[PARAMETER];
  double weight[MOST_STATES], means[MOST_ORBITS][MOST_ORBITS];
  weigh(t, couplings, p, weight);
  for (size_t o = 0; o < t->orbits; o++) average(t, weight, p, t->member[o], means[o]);
  memset(out, 0, sizeof *out);
  for (size_t s = 0; s < t->states; s++)
    for (size_t i = 0; i < t->orbits; i++)
      for (size_t j = 0; j < t->orbits; j++) out->of[i][j] += t->sum[i][s] * means[t->orbit_of[s]][j];
  for (size_t i = 0; i < t->orbits; i++)
    for (size_t j = 0; j < t->orbits; j++) out->of[i][j] /= (double)(t->size[i] * t->states);
}

static gibbs_status slope(const gibbs_recursion *r, const double *couplings, double *out, gibbs_error *err) {
  (void)err;
  derivatives by;
  differentiate(r, couplings, &by);
  for (size_t i = 0; i < r->couplings; i++) memcpy(out + i * r->couplings, by.of[i + 1], r->couplings * sizeof *out);
  return GIBBS_OK;
}

/* A bond is an edge of 2^(d-1) hypercubes, a site the corner of 2^d. */
static void embed(const gibbs_recursion *r, double K, double h, double *couplings) {
  const corners *t = corners_of((size_t)r->options[DIMENSION]);
  memset(couplings, 0, r->couplings * sizeof *couplings);
  couplings[0] = h / (double)t->count;
  couplings[1] = 2 * K / (double)t->count;
}

/* ---- the fixed point ---------------------------------------------------------------------------------------- */

enum { LONGEST_FLOW = 40 };

/* All pairs of corners coupled alike: the fixed point is symmetric under every exchange of corners, and the flow from
 * here stays so. */
static void couple_pairs(const gibbs_recursion *r, double K, double *couplings) {
  const corners *t = corners_of((size_t)r->options[DIMENSION]);
  for (size_t o = 1; o < t->orbits; o++) couplings[o - 1] = count_bits(t->member[o]) == 2 ? K : 0;
}

/* Rounding must not break the symmetries: it would grow, by 2^y a step, and fastest without that of the spins' sign.
 */
static void symmetrise(const gibbs_recursion *r, double *couplings) {
  const corners *t = corners_of((size_t)r->options[DIMENSION]);
  double sum[MOST_CORNERS + 1] = {0}, size[MOST_CORNERS + 1] = {0};
  for (size_t o = 1; o < t->orbits; o++) {
    sum[count_bits(t->member[o])] += couplings[o - 1] * (double)t->size[o];
    size[count_bits(t->member[o])] += (double)t->size[o];
  }
  for (size_t o = 1; o < t->orbits; o++) {
    const unsigned bits = count_bits(t->member[o]);
    couplings[o - 1] = bits & 1 ? 0 : sum[bits] / size[bits];
  }
}

/* Where the flow from K ends; *near gets the couplings that moved least on the way. */
static bool orders(const gibbs_recursion *r, double K, double *near) {
  double at[GIBBS_MOST_COUPLINGS], next[GIBBS_MOST_COUPLINGS], g, least = INFINITY;
  couple_pairs(r, K, at);
  for (int i = 0; i < LONGEST_FLOW; i++) {
    if (gibbs_recursion_step(r, at, next, &g, NULL) != GIBBS_OK) return true;
    symmetrise(r, next);
    double moved = 0;
    for (size_t k = 0; k < r->couplings; k++) moved = fmax(moved, fabs(next[k] - at[k]));
    if (moved < least) {
      least = moved;
      memcpy(near, next, r->couplings * sizeof *near);
    }
    memcpy(at, next, r->couplings * sizeof *at);
    if (at[1] < 1e-3) return false;
  }
  return true;
}

/* The flow from just below the critical coupling passes near the fixed point before it ends without couplings. */
static void find_start(gibbs_recursion *r) {
  double low = 1e-3, high = 2, unused[GIBBS_MOST_COUPLINGS];
  r->no_start = orders(r, high, unused) ? NULL
                                        : "no critical fixed point at this p: couplings of any strength flow "
                                          "to the disordered phase";
  for (int i = 0; i < 50; i++) {
    const double middle = 0.5 * (low + high);
    *(orders(r, middle, unused) ? &high : &low) = middle;
  }
  orders(r, low, r->start);
}

/* w = (2^d - R'^T)^-1 grad g at the fixed point. */
static void solve_left(size_t n, double volume, const derivatives *by, double *w) {
  double matrix[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS], gradient[GIBBS_MOST_COUPLINGS];
  for (size_t i = 0; i < n; i++) {
    gradient[i] = by->of[0][i];
    for (size_t j = 0; j < n; j++) matrix[i * n + j] = (i == j ? volume : 0) - by->of[j + 1][i];
  }
  size_t order[GIBBS_MOST_COUPLINGS];
  gsl_permutation permutation = {n, order};
  gsl_matrix_view m = gsl_matrix_view_array(matrix, n, n);
  gsl_vector_view b = gsl_vector_view_array(gradient, n), x = gsl_vector_view_array(w, n);
  int sign;
  gsl_linalg_LU_decomp(&m.matrix, &permutation, &sign);
  gsl_linalg_LU_solve(&m.matrix, &permutation, &b.vector, &x.vector);
}

/* What p does to the free energy at the fixed point: v . dR/dp, v = (1, w) being the left eigenvector of the
 * eigenvalue 2^d, that of a constant. */
static gibbs_status slope_of_p(gibbs_recursion *r, double p, double *out, gibbs_error *err) {
  const size_t n = r->couplings;
  gibbs_fixed_point point;
  derivatives by;
  double w[GIBBS_MOST_COUPLINGS];
  r->options[PARAMETER] = p;
  find_start(r);
  gibbs_status status = gibbs_recursion_fixed_point(r, NULL, &point, err);
  if (status != GIBBS_OK) return status;
  differentiate(r, point.couplings, &by);
  solve_left(n, pow(2, r->dimension), &by, w);
  *out = by.of[0][n];
  for (size_t i = 0; i < n; i++) *out += w[i] * by.of[i + 1][n];
  return GIBBS_OK;
}

/* Where the slope is 0.  Bisection: the fixed point is found anew at every p, to some ten digits. */
static gibbs_status find_parameter(gibbs_recursion *r, gibbs_error *err) {
  double low = r->dimension == 2 ? 0.68 : 0.38, high = r->dimension == 2 ? 0.9 : 0.45, slope = 0;
  for (int i = 0; i < 40; i++) {
    const double middle = 0.5 * (low + high);
    gibbs_status status = slope_of_p(r, middle, &slope, err);
    if (status != GIBBS_OK) return status;
    *(slope < 0 ? &low : &high) = middle;
  }
  return GIBBS_OK;
}

/* ---- the row ------------------------------------------------------------------------------------------------ */

/* "k1", "k2_1" for two corners at a squared distance of 1, "k3", ... */
static void name_couplings(const corners *t, gibbs_recursion *r) {
  for (size_t o = 1; o < t->orbits; o++) {
    const unsigned bits = count_bits(t->member[o]);
    unsigned same = 0, before = 0;
    for (size_t k = 1; k < t->orbits; k++) {
      same += count_bits(t->member[k]) == bits;
      before += k <= o && count_bits(t->member[k]) == bits;
    }
    if (same > 1)
      snprintf(r->names[o - 1], sizeof r->names[0], "k%u_%u", bits, before);
    else
      snprintf(r->names[o - 1], sizeof r->names[0], "k%u", bits);
    r->odd[o - 1] = bits & 1;
  }
}

static void shape(gibbs_recursion *r, size_t d) {
  const corners *t = corners_of(d);
  r->couplings = t->orbits - 1;
  r->scale = 2;
  r->dimension = (double)d;
  r->step = step;
  r->slope = slope;
  r->embed = embed;
  name_couplings(t, r);
}

static gibbs_status make(const double *options, gibbs_recursion *out, gibbs_error *err) {
  shape(out, (size_t)options[DIMENSION]);
  if (options[PARAMETER] == 0) return find_parameter(out, err);
  find_start(out);
  return GIBBS_OK;
}

static const gibbs_recursion_option rows[] = {
    {"d", GIBBS_OPTION_COUNT, 2, 2, 3, NULL, "the dimension"},
    {"p", GIBBS_OPTION_REAL, 0, 0, 10, NULL,
     "strength of the block spins' coupling; 0: the one that makes the free energy stationary at the fixed point"},
    {.name = NULL}};

const gibbs_recursion_kind gibbs_recursion_kind_kadanoff = {
    "kadanoff",
    "the variational lower bound: potentials moved into every 2^d-th hypercube, block spins of strength p",
    "Kadanoff, Phys. Rev. Lett. 34 (1975) 1005; Kadanoff, Houghton and Yalabik, J. Stat. Phys. 14 (1976) 171", rows,
    make};

/* ---- the bound ---------------------------------------------------------------------------------------------- */

typedef struct search {
  gibbs_recursion recursion;
  double couplings[GIBBS_MOST_COUPLINGS];
  gibbs_status status;
  gibbs_error *err;
} search;

/* The bound, with the sign turned for a search of the least. */
static double negative_bound(double p, void *params) {
  search *s = params;
  double F = 0;
  s->recursion.options[PARAMETER] = p;
  gibbs_status status = gibbs_recursion_free_energy(&s->recursion, s->couplings, &F, s->err);
  if (status != GIBBS_OK) s->status = status;
  return -F;
}

enum { GRID = 40, LONGEST_GRID = 200 };
static const double spacing = 0.05;

/* The best p on a grid, which goes on for as long as its end is the best: strong couplings want strong block spins.
 */
static double scan(search *s) {
  int best = 0;
  double least = INFINITY;
  for (int i = 0; i <= GRID || (i <= LONGEST_GRID && best + 1 >= i); i++) {
    const double value = negative_bound(i * spacing, s);
    if (!(value < least)) continue;
    least = value;
    best = i;
  }
  return best * spacing;
}

/* Brent's method between the neighbours of the best point of the grid. */
static double best_parameter(search *s) {
  double best = scan(s);
  if (best == 0) return best;
  gsl_function f = {negative_bound, s};
  gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
  if (minimizer == NULL) return best;
  if (gsl_min_fminimizer_set(minimizer, &f, best, best - spacing, best + spacing) == GSL_SUCCESS)
    for (int i = 0; i < 60; i++) {
      if (gsl_min_fminimizer_iterate(minimizer) != GSL_SUCCESS) break;
      best = gsl_min_fminimizer_x_minimum(minimizer);
    }
  gsl_min_fminimizer_free(minimizer);
  return best;
}

gibbs_status gibbs_kadanoff_bound(size_t d, double K, double h, double *bound, double *p, gibbs_error *err) {
  if (d < LEAST_DIMENSION || d > MOST_DIMENSION)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "kadanoff: d is %zu; it must be 2 or 3", d);
  search s = {.recursion = {.name = "kadanoff", .states = 2, .has_constant = true, .options = {(double)d, 1}},
              .err = err};
  shape(&s.recursion, d);
  /* Without a field every second site's spin can be turned. */
  gibbs_recursion_embed(&s.recursion, h == 0 ? fabs(K) : K, h, s.couplings);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const double best = best_parameter(&s);
  gsl_set_error_handler(handler);
  const double value = -negative_bound(best, &s);
  if (s.status != GIBBS_OK) return s.status;
  *bound = value;
  *p = best;
  return GIBBS_OK;
}
