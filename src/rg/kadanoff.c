/* kadanoff.c - Kadanoff's variational lower bound on hypercubic lattices, d = 1, 2, 3.
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
#include <gsl/gsl_roots.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "gibbs/recursion.h"

enum { DIMENSION, PARAMETER };
enum { MOST_DIMENSION = 3, MOST_CORNERS = 8, MOST_STATES = 256, MOST_ORBITS = 22 };

/* Subsets of corners that a symmetry of the hypercube maps onto each other; orbit 0 is the empty set, a constant. */
typedef struct corners {
  size_t count, states, orbits;
  size_t orbit_of[MOST_STATES];         /* of a subset, or of a state by its positive spins */
  size_t member[MOST_ORBITS];           /* the least subset of an orbit */
  size_t size[MOST_ORBITS];             /* how many subsets */
  double sum[MOST_ORBITS][MOST_STATES]; /* sum_(A in o) s_A */
} corners;

static corners tables[MOST_DIMENSION + 1];

static unsigned count_bits(size_t set) {
  return (unsigned)__builtin_popcountll((unsigned long long)set);
}

/* Axis a of a corner becomes axis order[a], and the corner is reflected. */
static size_t moved_corner(size_t corner, size_t d, const size_t order[], size_t reflection) {
  size_t out = 0;
  for (size_t a = 0; a < d; a++)
    if (corner >> a & 1) out |= (size_t)1 << order[a];
  return out ^ reflection;
}

static size_t least_image(size_t set, size_t d) {
  static const size_t orders[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const size_t corners_here = (size_t)1 << d, permutations = d == 3 ? 6 : d;
  size_t least = set;
  for (size_t o = 0; o < permutations; o++)
    for (size_t reflection = 0; reflection < corners_here; reflection++) {
      size_t image = 0;
      for (size_t c = 0; c < corners_here; c++)
        if (set >> c & 1) image |= (size_t)1 << moved_corner(c, d, orders[o], reflection);
      least = image < least ? image : least;
    }
  return least;
}

/* Orbits in the order of the number of corners, then of their least member. */
static void find_orbits(corners *t, size_t d) {
  for (unsigned bits = 0; bits <= t->count; bits++)
    for (size_t set = 0; set < t->states; set++) {
      if (count_bits(set) != bits) continue;
      const size_t least = least_image(set, d);
      if (least == set) t->member[t->orbits++] = set;
      for (size_t o = 0; o < t->orbits; o++)
        if (t->member[o] == least) t->orbit_of[set] = o;
    }
}

static void make_table(size_t d) {
  corners *t = &tables[d];
  t->count = (size_t)1 << d;
  t->states = (size_t)1 << t->count;
  find_orbits(t, d);
  for (size_t set = 0; set < t->states; set++) {
    t->size[t->orbit_of[set]]++;
    for (size_t s = 0; s < t->states; s++) t->sum[t->orbit_of[set]][s] += count_bits(set & ~s) & 1 ? -1 : 1;
  }
}

static void make_tables(void) {
  for (size_t d = 1; d <= MOST_DIMENSION; d++) make_table(d);
}

static const corners *corners_of(size_t d) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, make_tables);
  return &tables[d];
}

/* ---- the step ----------------------------------------------------------------------------------------------- */

static double log_2cosh(double x) {
  return fabs(x) + log1p(exp(-2 * fabs(x)));
}

/* weight[s] = 2^d H(s) - ln 2cosh(p sum s) */
static void weigh(const corners *t, const double *couplings, double p, double *weight) {
  for (size_t s = 0; s < t->states; s++) {
    double energy = 0;
    for (size_t o = 1; o < t->orbits; o++) energy += couplings[o - 1] * t->sum[o][s];
    const double total = 2.0 * count_bits(s) - (double)t->count;
    weight[s] = (double)t->count * energy - log_2cosh(p * total);
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
  for (int i = 0; i < 50; i++) {
    const double middle = 0.5 * (low + high);
    *(orders(r, middle, unused) ? &high : &low) = middle;
  }
  orders(r, low, r->start);
}

/* g and K' at p, or at couplings of which one is moved: the differences that the condition for p needs. */
static gibbs_status difference(gibbs_recursion *r, const double *couplings, double *moving, double *out,
                               gibbs_error *err) {
  const double by = 1e-4, centre = *moving;
  double above[GIBBS_MOST_COUPLINGS + 1], below[GIBBS_MOST_COUPLINGS + 1];
  *moving = centre + by;
  gibbs_status status = gibbs_recursion_step(r, couplings, above + 1, above, err);
  *moving = centre - by;
  if (status == GIBBS_OK) status = gibbs_recursion_step(r, couplings, below + 1, below, err);
  *moving = centre;
  for (size_t i = 0; status == GIBBS_OK && i <= r->couplings; i++) out[i] = (above[i] - below[i]) / (2 * by);
  return status;
}

/* w = (2^d - R'^T)^-1 grad g at the fixed point; grad g is the first row of `slopes`, R'^T the others. */
static void solve_left(size_t n, double volume, double slopes[][GIBBS_MOST_COUPLINGS + 1], double *w) {
  double matrix[GIBBS_MOST_COUPLINGS * GIBBS_MOST_COUPLINGS], gradient[GIBBS_MOST_COUPLINGS];
  for (size_t i = 0; i < n; i++) {
    gradient[i] = slopes[i][0];
    for (size_t j = 0; j < n; j++) matrix[i * n + j] = (i == j ? volume : 0) - slopes[i][j + 1];
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
  double slopes[GIBBS_MOST_COUPLINGS][GIBBS_MOST_COUPLINGS + 1], by_p[GIBBS_MOST_COUPLINGS + 1],
      w[GIBBS_MOST_COUPLINGS];
  r->options[PARAMETER] = p;
  find_start(r);
  gibbs_status status = gibbs_recursion_fixed_point(r, r->start, &point, err);
  for (size_t i = 0; status == GIBBS_OK && i < n; i++)
    status = difference(r, point.couplings, &point.couplings[i], slopes[i], err);
  if (status == GIBBS_OK) status = difference(r, point.couplings, &r->options[PARAMETER], by_p, err);
  if (status != GIBBS_OK) return status;
  solve_left(n, pow(2, r->dimension), slopes, w);
  *out = by_p[0];
  for (size_t i = 0; i < n; i++) *out += w[i] * by_p[i + 1];
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
    {"p", GIBBS_OPTION_REAL, 0, 0, 100, NULL,
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

enum { GRID = 40 };

/* Brackets the best p on a grid, then Brent's method. */
static double best_parameter(search *s) {
  const double spacing = 0.05;
  double best = 0, least = INFINITY;
  for (int i = 0; i <= GRID; i++) {
    const double value = negative_bound(i * spacing, s);
    if (value < least) {
      least = value;
      best = i * spacing;
    }
  }
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
  if (d < 2 || d > MOST_DIMENSION)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "kadanoff: d is %zu; it must be 2 or 3", d);
  search s = {.recursion = {.name = "kadanoff", .states = 2, .has_constant = true, .options = {(double)d, 1}},
              .err = err};
  shape(&s.recursion, d);
  gibbs_recursion_embed(&s.recursion, K, h, s.couplings);
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const double best = best_parameter(&s);
  gsl_set_error_handler(handler);
  const double value = -negative_bound(best, &s);
  if (s.status != GIBBS_OK) return s.status;
  *bound = value;
  *p = best;
  return GIBBS_OK;
}
