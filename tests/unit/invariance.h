/* invariance.h - whether a Markov kernel keeps, and reaches, the exact distribution of an enumerable space.
 *
 * Kernels are driven directly (make, set, sweep, get).  Chains start at exact samples, or all at one cold state;
 * after some sweeps their states are counted and compared with the exact probabilities of all states by a chi-square
 * test (rare states pooled).  A right kernel fails one comparison with probability invariance_alarm; seeds are fixed,
 * so that what passes once passes always on one kind of processor. */
#ifndef GIBBS_TESTS_INVARIANCE_H
#define GIBBS_TESTS_INVARIANCE_H

#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/exact.h"
#include "gibbs/normal_form.h"
#include "gibbs/private/clones.h"
#include "gibbs/threads.h"
#include "kernel.h"
#include "machines.h"

static const double invariance_alarm = 1e-6;
enum { invariance_most_units = 64, invariance_rare = 8, invariance_most_options = 16 };

/* A target and the exact probabilities of all its states, state number by the mixed radix of the units, first unit
 * fastest. */
typedef struct invariance {
  gibbs_distribution *distribution, *sampled; /* what the target came from; the same energy with all units visible */
  gibbs_target target;
  gibbs_ensemble *ensemble;
  size_t units, states, radix[invariance_most_units];
  double lowest[invariance_most_units], spacing[invariance_most_units]; /* value = lowest + spacing * digit */
  double *probability;
} invariance;

static inline gibbs_status invariance_keep_view(void *context, const gibbs_view *view, gibbs_error *err) {
  (void)err;
  memcpy((double *)context + view->first, view->probability[0], view->count * sizeof(double));
  return GIBBS_OK;
}

/* The variables and the energy that a kernel sees: visible units with H(v), or all units with E(v, h). */
static inline void invariance_choose(invariance *x, bool joint) {
  gibbs_distribution *d = x->distribution;
  size_t visible = gibbs_distribution_visible_count(d), hidden = joint ? gibbs_distribution_hidden_count(d) : 0;
  gibbs_expr **all = malloc((visible + hidden) * sizeof *all);
  for (size_t k = 0; k < visible + hidden; k++)
    all[k] = k < visible ? gibbs_distribution_visible(d)[k] : gibbs_distribution_hidden(d)[k - visible];
  gibbs_expr *energy = joint ? gibbs_distribution_energy(d) : gibbs_distribution_hamiltonian(d);
  CHECK(gibbs_distribution_new("sampled", energy, all, visible + hidden, NULL, 0, &x->sampled, err));
  free(all);
  x->target.distribution = d;
  x->target.energy = energy;
  x->target.variables = gibbs_distribution_visible(x->sampled);
  x->target.variable_count = visible + hidden;
  CHECK(gibbs_normal_form_new(energy, x->target.variables, visible + hidden, &x->target.form, err));
}

static inline void invariance_number_units(invariance *x) {
  x->states = 1;
  for (size_t k = 0; k < x->target.variable_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(x->target.variables[k]);
    gibbs_domain domain = gibbs_variable_domain(variable);
    for (size_t i = 0; i < gibbs_variable_units(variable); i++) {
      cr_assert(x->units < invariance_most_units && domain != GIBBS_REALS);
      x->lowest[x->units] = domain == GIBBS_SPINS ? -1 : domain == GIBBS_POTTS ? 1 : 0;
      x->spacing[x->units] = domain == GIBBS_SPINS ? 2 : 1;
      x->radix[x->units] = gibbs_variable_states(variable);
      x->states *= x->radix[x->units++];
    }
  }
  x->target.units = x->units;
}

/* Read the parameters (again), and the exact probabilities with them. */
static inline void invariance_refresh(invariance *x) {
  CHECK(gibbs_normal_form_refresh(x->target.form, err));
  CHECK(gibbs_ensemble_prepare(x->ensemble, err));
  CHECK(gibbs_ensemble_visit(x->ensemble, invariance_keep_view, x->probability, err));
}

/* `joint`: the hidden units are sampled with the visible ones.  `held` (or NULL) has one flag a unit and has to live
 * as long: exact samples stay exact samples when some of their units are held. */
static inline invariance invariance_begin(gibbs_distribution *d, bool joint, const bool *held) {
  invariance x = {.distribution = gibbs_distribution_retain(d)};
  gibbs_set_threads(1); /* small work, many test programs: waiting threads would only be in each other's way */
  x.target.held = held;
  invariance_choose(&x, joint);
  invariance_number_units(&x);
  CHECK(gibbs_ensemble_new(&x.sampled, 1, NULL, 0, GIBBS_DEMAND_STATES, &x.ensemble, err));
  x.probability = malloc(x.states * sizeof *x.probability);
  invariance_refresh(&x);
  return x;
}

static inline void invariance_end(invariance *x) {
  free(x->probability);
  gibbs_ensemble_free(x->ensemble);
  gibbs_normal_form_free(x->target.form);
  gibbs_distribution_release(x->sampled);
  gibbs_distribution_release(x->distribution);
}

/* ---- chains ------------------------------------------------------------------------------------- */

/* The initial values of a kernel's options. */
static inline const double *invariance_settings(const gibbs_kernel *kernel, double out[invariance_most_options]) {
  for (size_t k = 0; k < kernel->option_count; k++) out[k] = kernel->options[k].initial;
  return out;
}

/* The number of the state in values[u * stride + c]; all values have to be legal. */
static inline size_t invariance_state(const invariance *x, const double *values, size_t stride, size_t c) {
  size_t state = 0;
  for (size_t u = x->units; u-- > 0;) {
    double digit = (values[u * stride + c] - x->lowest[u]) / x->spacing[u];
    cr_assert(digit >= 0 && digit < (double)x->radix[u] && digit == floor(digit), "unit %zu of chain %zu holds %g", u,
              c, values[u * stride + c]);
    state = state * x->radix[u] + (size_t)digit;
  }
  return state;
}

static inline double invariance_value(const invariance *x, size_t state, size_t unit) {
  for (size_t u = 0; u < unit; u++) state /= x->radix[u];
  return x->lowest[unit] + x->spacing[unit] * (double)(state % x->radix[unit]);
}

/* values[u * chains + c]: independent exact samples, different ones for every seed. */
static inline void invariance_exact(const invariance *x, size_t chains, uint64_t seed, double *values) {
  double *rows = malloc(chains * x->units * sizeof *rows);
  CHECK(gibbs_ensemble_sample(x->ensemble, 0, seed, chains, rows, err));
  for (size_t c = 0; c < chains; c++)
    for (size_t u = 0; u < x->units; u++) values[u * chains + c] = rows[c * x->units + u];
  free(rows);
}

typedef struct invariance_run {
  const gibbs_kernel *kernel;
  const double *settings; /* NULL: initial values */
  size_t chains, first_chain;
  unsigned sweeps;
  uint64_t seed;
} invariance_run;

/* Apply the run's sweeps to values[u * chains + c], held units being left alone. */
static inline void invariance_advance(const invariance *x, const invariance_run *run, double *values) {
  const gibbs_kernel *kernel = run->kernel;
  double initial[invariance_most_options];
  const double *settings = run->settings ? run->settings : invariance_settings(kernel, initial);
  void *instance = NULL;
  double *before = malloc(x->units * run->chains * sizeof *before);
  memcpy(before, values, x->units * run->chains * sizeof *before);
  char why[300] = "";
  cr_assert(kernel->can(&x->target, settings, why, sizeof why), "%s cannot: %s", kernel->name, why);
  CHECK(kernel->make(&x->target, settings, run->chains, run->first_chain, &instance, err));
  CHECK(kernel->set(instance, values, run->chains, err));
  for (unsigned t = 0; t < run->sweeps; t++) CHECK(kernel->sweep(instance, run->seed, t, err));
  kernel->get(instance, values, run->chains);
  kernel->free(instance);
  for (size_t u = 0; u < x->units && x->target.held; u++)
    for (size_t c = 0; c < run->chains && x->target.held[u]; c++)
      cr_assert(values[u * run->chains + c] == before[u * run->chains + c], "held unit %zu of chain %zu moved", u, c);
  free(before);
}

/* ---- comparisons -------------------------------------------------------------------------------- */

/* The probability of a chi-square at least as large as that of these chains, were they exact samples. */
static inline double invariance_compare(const invariance *x, const double *values, size_t chains) {
  size_t *counts = calloc(x->states, sizeof *counts), bins = 0;
  double chi2 = 0, rare = 0, rare_count = 0;
  for (size_t c = 0; c < chains; c++) counts[invariance_state(x, values, chains, c)]++;
  for (size_t s = 0; s < x->states; s++) {
    double expected = x->probability[s] * (double)chains, count = (double)counts[s];
    if (expected < invariance_rare) {
      rare += expected;
      rare_count += count;
    } else {
      chi2 += (count - expected) * (count - expected) / expected;
      bins++;
    }
  }
  free(counts);
  if (rare >= invariance_rare) {
    chi2 += (rare_count - rare) * (rare_count - rare) / rare;
    bins++;
  } else if (rare_count > 20 * invariance_rare) {
    return 0; /* crowds where next to nobody should be */
  }
  cr_assert(bins > 1, "one state has all the weight: nothing is tested");
  return gsl_cdf_chisq_Q(chi2, (double)(bins - 1));
}

/* The p-value after the run's sweeps from exact samples. */
static inline double invariance_p_value(const invariance *x, const invariance_run *run) {
  double *values = malloc(x->units * run->chains * sizeof *values);
  invariance_exact(x, run->chains, run->seed, values);
  invariance_advance(x, run, values);
  double p = invariance_compare(x, values, run->chains);
  free(values);
  return p;
}

/* The p-value after the run's sweeps with all chains in one state at the start. */
static inline double invariance_cold_p_value(const invariance *x, const invariance_run *run, size_t start) {
  double *values = malloc(x->units * run->chains * sizeof *values);
  for (size_t u = 0; u < x->units; u++)
    for (size_t c = 0; c < run->chains; c++) values[u * run->chains + c] = invariance_value(x, start, u);
  invariance_advance(x, run, values);
  double p = invariance_compare(x, values, run->chains);
  free(values);
  return p;
}

/* The sanitizers look at memory, not at statistics, and take twenty times as long: fewer chains do for them. */
static inline size_t invariance_chains(size_t chains) {
#ifdef GIBBS_SANITIZED
  enum { enough = 2000, share = 8 };
  return chains <= enough ? chains : chains / share > enough ? chains / share : enough;
#else
  return chains;
#endif
}

/* 1, 4 and 16 sweeps from exact samples. */
static inline void expect_invariant(const invariance *x, const gibbs_kernel *kernel, const double *settings,
                                    size_t chains, uint64_t seed) {
  for (unsigned sweeps = 1; sweeps <= 16; sweeps *= 4) {
    invariance_run run = {kernel, settings, invariance_chains(chains), 0, sweeps, seed + sweeps};
    double p = invariance_p_value(x, &run);
    cr_expect(p > invariance_alarm, "%s: p = %g after %u sweeps", kernel->name, p, sweeps);
  }
}

/* `sweeps` sweeps from the state numbered `start`. */
static inline void expect_convergence(const invariance *x, const gibbs_kernel *kernel, const double *settings,
                                      size_t chains, uint64_t seed, unsigned sweeps, size_t start) {
  invariance_run run = {kernel, settings, invariance_chains(chains), 0, sweeps, seed};
  double p = invariance_cold_p_value(x, &run, start);
  cr_expect(p > invariance_alarm, "%s: p = %g after %u sweeps from state %zu", kernel->name, p, sweeps, start);
}

/* Chains first..first+count-1 alone, on `threads` threads, do what they did among all (`expected`, chains wide). */
static inline void expect_same_chains(const invariance *x, invariance_run run, size_t first, size_t count,
                                      size_t threads, const double *start, const double *expected) {
  double *values = malloc(x->units * count * sizeof *values);
  size_t chains = run.chains;
  for (size_t u = 0; u < x->units; u++)
    memcpy(values + u * count, start + u * chains + first, count * sizeof *values);
  run.chains = count;
  run.first_chain += first;
  gibbs_set_threads(threads);
  invariance_advance(x, &run, values);
  gibbs_set_threads(1);
  for (size_t u = 0; u < x->units; u++)
    for (size_t c = 0; c < count; c++)
      cr_assert(values[u * count + c] == expected[u * chains + first + c],
                "%s: chain %zu alone among %zu on %zu threads goes another way", run.kernel->name, first + c, count,
                threads);
  free(values);
}

/* A chain goes the same way whatever other chains there are and whatever the number of threads. */
static inline void expect_same_bits(const invariance *x, const gibbs_kernel *kernel, const double *settings,
                                    uint64_t seed) {
  enum { chains = 53 };
  invariance_run run = {kernel, settings, chains, 3, 5, seed};
  double *start = malloc(x->units * chains * sizeof *start), *expected = malloc(x->units * chains * sizeof *start);
  invariance_exact(x, chains, seed, start);
  memcpy(expected, start, x->units * chains * sizeof *start);
  gibbs_set_threads(1);
  invariance_advance(x, &run, expected);
  expect_same_chains(x, run, 0, chains, 2, start, expected);
  expect_same_chains(x, run, 0, 1, 1, start, expected);
  expect_same_chains(x, run, 21, 1, 1, start, expected);
  expect_same_chains(x, run, 7, 40, 2, start, expected);
  expect_same_chains(x, run, 16, 16, 1, start, expected);
  free(expected);
  free(start);
}

#endif
