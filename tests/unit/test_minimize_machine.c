/* test_minimize_machine.c - small +-1 Boltzmann machines by enumeration: global minima of KL, of (F - F_l)^2 and of
 * KL subject to F_l = F, against values known to more digits (long-double Newton and 50-digit evaluation). */
#include "gibbs/minimize.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define MOST_STATES 512
#define MOST_PARAMETERS 39

/* E = -v.W h - a.v - b.h with x = (W row by row, a, b); target H = -K sum of products over the bonds. */
typedef struct machine {
  size_t n, m, states;
  double spin[MOST_STATES][9];
  double target[MOST_STATES], probability[MOST_STATES], free_energy; /* H, P and F of the target */
  double response[MOST_STATES][3];                                   /* tanh of the fields, at the latest x */
} machine;

static double log_sum(size_t count, const double *h) {
  double lowest = h[0], sum = 0;
  for (size_t s = 1; s < count; s++) lowest = fmin(lowest, h[s]);
  for (size_t s = 0; s < count; s++) sum += exp(lowest - h[s]);
  return log(sum) - lowest;
}

/* sites = 6: the ring; 9: the 3x3 torus. */
static void build(machine *k, size_t sites, size_t hidden, double coupling) {
  *k = (machine){.n = sites, .m = hidden, .states = (size_t)1 << sites};
  for (size_t s = 0; s < k->states; s++) {
    for (size_t i = 0; i < sites; i++) k->spin[s][i] = (s >> i) & 1 ? -1 : 1;
    const double *v = k->spin[s];
    for (size_t i = 0; i < sites; i++)
      k->target[s] -= sites == 6 ? coupling * v[i] * v[(i + 1) % 6]
                                 : coupling * v[i] * (v[i / 3 * 3 + (i + 1) % 3] + v[(i + 3) % 9]);
  }
  k->free_energy = -log_sum(k->states, k->target);
  for (size_t s = 0; s < k->states; s++) k->probability[s] = exp(k->free_energy - k->target[s]);
}

static double field(const machine *k, const double *x, size_t s, size_t j) {
  double f = x[k->n * k->m + k->n + j];
  for (size_t i = 0; i < k->n; i++) f += x[i * k->m + j] * k->spin[s][i];
  return f;
}

/* H_l of every state; returns F_l. */
static double find_hamiltonian(machine *k, const double *x, double *h) {
  for (size_t s = 0; s < k->states; s++) {
    h[s] = 0;
    for (size_t i = 0; i < k->n; i++) h[s] -= x[k->n * k->m + i] * k->spin[s][i];
    for (size_t j = 0; j < k->m; j++) {
      double f = field(k, x, s, j), e = exp(-2 * fabs(f));
      h[s] -= fabs(f) + log1p(e);
      k->response[s][j] = copysign((1 - e) / (1 + e), f);
    }
  }
  return -log_sum(k->states, h);
}

/* sum over states of weight * grad H_l, after find_hamiltonian */
static void pull_back(const machine *k, const double *weight, double *g) {
  size_t n = k->n, m = k->m;
  memset(g, 0, (n * m + n + m) * sizeof *g);
  for (size_t s = 0; s < k->states; s++) {
    for (size_t i = 0; i < n; i++) g[n * m + i] -= weight[s] * k->spin[s][i];
    for (size_t j = 0; j < m; j++) {
      double t = weight[s] * k->response[s][j];
      g[n * m + n + j] -= t;
      for (size_t i = 0; i < n; i++) g[i * m + j] -= t * k->spin[s][i];
    }
  }
}

static gibbs_status divergence(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  (void)err;
  machine *k = context;
  double h[MOST_STATES], weight[MOST_STATES], free_energy = find_hamiltonian(k, x, h);
  *value = 0;
  for (size_t s = 0; s < k->states; s++) {
    *value += k->probability[s] * (h[s] - free_energy - k->target[s] + k->free_energy);
    weight[s] = k->probability[s] - exp(free_energy - h[s]);
  }
  if (g) pull_back(k, weight, g);
  return GIBBS_OK;
}

/* F_l - F */
static gibbs_status gap(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  (void)err;
  machine *k = context;
  double h[MOST_STATES], weight[MOST_STATES], free_energy = find_hamiltonian(k, x, h);
  *value = free_energy - k->free_energy;
  for (size_t s = 0; s < k->states; s++) weight[s] = exp(free_energy - h[s]);
  if (g) pull_back(k, weight, g);
  return GIBBS_OK;
}

static gibbs_status gap_squared(void *context, const double *x, double *value, double *g, gibbs_error *err) {
  const machine *k = context;
  double d;
  gibbs_status status = gap(context, x, &d, g, err);
  *value = d * d;
  for (size_t i = 0; g && i < k->n * k->m + k->n + k->m; i++) g[i] *= 2 * d;
  return status;
}

static gibbs_minimum fit(machine *k, gibbs_smooth value, gibbs_smooth constraint, uint64_t restarts) {
  double x[MOST_PARAMETERS] = {0}; /* the machine that has learned nothing: stationary for every one of these */
  gibbs_problem problem = {.n = k->n * k->m + k->n + k->m, .value = value, .constraint = constraint, .context = k};
  gibbs_minimize_options options = gibbs_minimize_defaults();
  options.restarts = restarts;
  gibbs_minimum m;
  gibbs_error err = {.code = GIBBS_OK};
  cr_assert_eq(gibbs_minimize(&problem, x, &options, &m, &err), GIBBS_OK, "%s", err.message);
  return m;
}

#define CRITICAL 0.44068679350977147

/* lowest: min KL and the Hessian's lowest eigenvalue there (NAN: the infimum, 0, is not attained); then min KL
 * subject to F_l = F, its multiplier and the lowest eigenvalue on the surface (NAN: F cannot be reached). */
static const struct {
  size_t sites, hidden;
  double coupling, lowest, curvature, bound, multiplier, bound_curvature;
} cases[] = {
    {6, 1, 0.5, 0.2501170087265744, 0.023785900620154055, 0.6483364379344081, -1.4026334208195508,
     1.2377951454711589},
    {6, 2, 0.5, 0.11608852530161907, 0.0034690580262918616, NAN, NAN, NAN},
    {6, 3, 0.5, NAN, NAN, NAN, NAN, NAN},
    {6, 1, 1, 0.2904554631025885, 0.004641766418499896, 0.4756184048352187, -0.22334683768258565,
     0.09544168589995489},
    {6, 2, 1, 0.07694854064612953, 0.0029009267754861773, 0.5669840172057465, -0.3953928866451791,
     0.1332564267038073},
    {6, 3, 1, NAN, NAN, 0.9422399961365927, -0.9797564643122936, 0.48027469292292774},
    {9, 1, CRITICAL, 0.21306701659660682, 0.023551008352443913, 0.8332036835472605, -0.42642798333701254,
     0.16724039665677826},
    {9, 2, CRITICAL, 0.07361101032959515, 0.008991174810945695, 0.98553897450695, -0.6485133269377964,
     0.2791024705350079},
    {9, 3, CRITICAL, 0.0404081173965084, 0.0013818693108083797, 1.5311769102396926, -1.44972209225503,
     0.8409386047593511},
    {9, 1, 0.3, 0.24885298009791113, 0.04316794317389603, 0.815725424769511, -1.0027227425240544, 0.614642898082126},
    {9, 2, 0.3, 0.1191797034757835, 0.010951568392998037, NAN, NAN, NAN},
    {9, 3, 0.3, 0.07372836648692739, 0.0021553969464042045, NAN, NAN, NAN}};

static machine built; /* 50 KB: not on the stack */

static void check_divergence(size_t row) {
  uint64_t restarts = cases[row].sites == 6 ? 30 : 10;
  build(&built, cases[row].sites, cases[row].hidden, cases[row].coupling);
  gibbs_minimum m = fit(&built, divergence, NULL, restarts);
  if (isnan(cases[row].lowest)) {
    cr_expect_not(m.converged);
    cr_expect_eq(m.verdict, GIBBS_VERDICT_RUNAWAY, "row %zu: %s", row, gibbs_verdict_text(m.verdict));
    cr_expect_lt(m.value, 1e-8); /* of the order of the gradient's tolerance */
  } else {
    cr_expect(m.converged, "row %zu: %s", row, gibbs_verdict_text(m.verdict));
    cr_expect_float_eq(m.value, cases[row].lowest, 1e-13, "row %zu: %.16g", row, m.value); /* sums of 512 terms */
    cr_expect_leq(m.gradient_norm, 1e-9);
    cr_expect_float_eq(m.lowest_curvature, cases[row].curvature, 1e-9, "row %zu: %.16g", row, m.lowest_curvature);
    cr_expect_eq(m.flat_directions, 0);
  }
  cr_expect(3 * m.agreed >= restarts, "row %zu: %d starts agree", row, (int)m.agreed);
  gibbs_minimum_clear(&m);
}

static void check_bound(size_t row) {
  build(&built, cases[row].sites, cases[row].hidden, cases[row].coupling);
  gibbs_minimum m = fit(&built, divergence, gap, cases[row].sites == 6 ? 10 : 4);
  if (isnan(cases[row].bound)) {
    cr_expect_eq(m.verdict, GIBBS_VERDICT_INFEASIBLE, "row %zu: %s", row, gibbs_verdict_text(m.verdict));
    cr_expect_not(m.converged);
  } else {
    cr_expect(m.converged, "row %zu: %s", row, gibbs_verdict_text(m.verdict));
    cr_expect_float_eq(m.value, cases[row].bound, 1e-12, "row %zu: %.16g", row, m.value);
    cr_expect_float_eq(m.multiplier, cases[row].multiplier, 1e-10, "row %zu: %.16g", row, m.multiplier);
    cr_expect_float_eq(m.lowest_curvature, cases[row].bound_curvature, 1e-8, "row %zu", row);
    cr_expect(fabs(m.constraint) <= 1e-10 && m.gradient_norm <= 1e-9);
  }
  gibbs_minimum_clear(&m);
}

Test(minimize_machine, the_global_minimum_of_the_divergence_is_found_on_the_ring) {
  for (size_t row = 0; row < 6; row++) check_divergence(row);
}

Test(minimize_machine, the_global_minimum_of_the_divergence_is_found_on_the_torus) {
  for (size_t row = 6; row < sizeof cases / sizeof *cases; row++) check_divergence(row);
}

Test(minimize_machine, the_least_divergence_at_the_right_free_energy_is_found_or_refused) {
  for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) check_bound(row);
}

/* F is attainable: the minimisers form a surface of dimension 12 in 13, from random starts and from the maximum at 0.
 */
Test(minimize_machine, the_gap_closes_on_a_surface) {
  build(&built, 6, 1, 0.5);
  gibbs_minimum m = fit(&built, gap_squared, NULL, 30);
  cr_expect(m.converged, "%s", gibbs_verdict_text(m.verdict));
  cr_expect_lt(m.value, 1e-20);
  cr_expect_eq(m.flat_directions, 12);
  cr_expect_eq(m.agreed, 30);
  gibbs_minimum_clear(&m);
}

/* F is out of reach: the uniform machine is the only minimiser. */
Test(minimize_machine, a_gap_that_cannot_close_leads_to_the_uniform_machine) {
  build(&built, 6, 2, 0.5);
  gibbs_minimum m = fit(&built, gap_squared, NULL, 10);
  cr_expect(m.converged, "%s", gibbs_verdict_text(m.verdict));
  cr_expect_float_eq(m.value, 0.430225114136905, 1e-13);
  for (size_t i = 0; i < 20; i++) cr_expect_float_eq(m.x[i], 0, 1e-9);
  cr_expect_eq(m.agreed, 10);
  gibbs_minimum_clear(&m);
}
