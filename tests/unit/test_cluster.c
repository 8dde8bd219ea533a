/* test_cluster.c - Swendsen-Wang and Wolff clusters against the exact probabilities of all states. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>

#include "cluster.h"
#include "invariance.h"
#include "pair_models.h"

extern const gibbs_kernel gibbs_kernel_swendsen_wang, gibbs_kernel_wolff;
static const gibbs_kernel *const kernels[] = {&gibbs_kernel_swendsen_wang, &gibbs_kernel_wolff};

enum { chains = 4000 };

/* Tests run side by side: threads that wait for each other would slow all of them. */
static void work_alone(void) {
  gibbs_set_threads(1);
}
TestSuite(cluster, .init = work_alone);

#define SQUARE(a, b)                                                                                                 \
  GIBBS_LATTICE_SQUARE, 2, {                                                                                         \
    a, b                                                                                                             \
  }
#define SPINS GIBBS_SPINS, 2

static const pair_model models[] = {
    {"square 4x4", SQUARE(4, 4), false, SPINS, 0.4, 0, 0, 0},
    {"square 3x3", SQUARE(3, 3), false, SPINS, 0.5, 0, 0, 0},
    {"square 2x2", SQUARE(2, 2), false, SPINS, 0.25, 0, 0, 0},
    {"square 1x5", SQUARE(1, 5), false, SPINS, 0.5, 0, 0, 0},
    {"square 5x1", SQUARE(5, 1), false, SPINS, 0.5, 0, 0, 0},
    {"square 3x4 in a field", SQUARE(3, 4), false, SPINS, 0.35, 0, 0.15, 0},
    {"square 3x4 against a field", SQUARE(3, 4), false, SPINS, 0.35, 0, -0.4, 0},
    {"square 3x4 in random fields", SQUARE(3, 4), false, SPINS, 0.35, 0, 0, 0.5},
    {"antiferromagnet 4x3", SQUARE(4, 3), false, SPINS, -0.3, 0, 0, 0},
    {"antiferromagnet 4x2 in a field", SQUARE(4, 2), false, SPINS, -0.3, 0, 0.3, 0},
    {"open square 3x3", SQUARE(3, 3), true, SPINS, 0.5, 0, 0, 0},
    {"open square 3x4 in random fields", SQUARE(3, 4), true, SPINS, 0.5, 0, 0.1, 0.4},
    {"triangular 3x3", GIBBS_LATTICE_TRIANGULAR, 2, {3, 3}, false, SPINS, 0.25, 0, 0, 0},
    {"triangular 2x4", GIBBS_LATTICE_TRIANGULAR, 2, {2, 4}, false, SPINS, 0.2, 0, 0.1, 0},
    {"open triangular 3x3", GIBBS_LATTICE_TRIANGULAR, 2, {3, 3}, true, SPINS, 0.3, 0, 0, 0},
    {"triangular antiferromagnet", GIBBS_LATTICE_TRIANGULAR, 2, {3, 3}, false, SPINS, -0.4, 0, 0, 0},
    {"honeycomb 2x2", GIBBS_LATTICE_HONEYCOMB, 2, {2, 2}, false, SPINS, 0.6, 0, 0, 0},
    {"honeycomb 2x3 in a field", GIBBS_LATTICE_HONEYCOMB, 2, {2, 3}, false, SPINS, 0.6, 0, 0.1, 0},
    {"open honeycomb 3x2", GIBBS_LATTICE_HONEYCOMB, 2, {3, 2}, true, SPINS, 0.7, 0, 0, 0},
    {"cubic 2x2x3", GIBBS_LATTICE_CUBIC, 3, {2, 2, 3}, false, SPINS, 0.18, 0, 0, 0},
    {"open cubic 2x3x2", GIBBS_LATTICE_CUBIC, 3, {2, 3, 2}, true, SPINS, 0.35, 0, 0, 0.2},
    {"ring of 7", GIBBS_LATTICE_CHAIN, 1, {7}, false, SPINS, 0.8, 0, 0, 0},
    {"open chain of 6", GIBBS_LATTICE_CHAIN, 1, {6}, true, SPINS, -0.8, 0, 0.2, 0},
    {"glass 3x4", SQUARE(3, 4), false, SPINS, 0, 0.7, 0, 0},
    {"glass 3x3 in random fields", SQUARE(3, 3), false, SPINS, 0.1, 0.7, 0.1, 0.4},
    {"graph in pieces", GIBBS_LATTICE_GRAPH, 1, {8}, false, SPINS, 0.4, 0, 0, 0},
    {"graph in pieces in random fields", GIBBS_LATTICE_GRAPH, 1, {8}, false, SPINS, 0.1, 0.5, 0, 0.5},
    {"no bonds", GIBBS_LATTICE_GRAPH, 1, {3}, false, SPINS, 0, 0, 0.4, 0},
    {"one spin", GIBBS_LATTICE_CHAIN, 1, {1}, false, SPINS, 1, 0, 0.3, 0},
    {"complete graph of 8", GIBBS_LATTICE_COMPLETE, 1, {8}, false, SPINS, 0.12, 0, 0, 0},
    {"complete glass of 8", GIBBS_LATTICE_COMPLETE, 1, {8}, false, SPINS, 0, 0.35, 0, 0.2},
    {"lattice gas 3x3", SQUARE(3, 3), false, GIBBS_BITS, 2, 1.4, 0, -2.6, 0},
    {"open lattice gas 3x3", SQUARE(3, 3), true, GIBBS_BITS, 2, 1.4, 0, -1.6, 0},
    {"bits with couplings of both signs", SQUARE(3, 3), true, GIBBS_BITS, 2, 0, 1, 0.2, 0.5},
    {"Potts 3, square 2x3", SQUARE(2, 3), false, GIBBS_POTTS, 3, 0.6, 0, 0, 0},
    {"Potts 4, square 2x2", SQUARE(2, 2), false, GIBBS_POTTS, 4, 0.5, 0, 0, 0},
    {"Potts 3, open square 2x3 in fields", SQUARE(2, 3), true, GIBBS_POTTS, 3, 0.8, 0, 0, 0.6},
    {"Potts 4, open square 2x2 in fields", SQUARE(2, 2), true, GIBBS_POTTS, 4, 0.8, 0.2, 0, 0.5},
    {"Potts 2, square 3x3 in fields", SQUARE(3, 3), false, GIBBS_POTTS, 2, 0.7, 0, 0, 0.3},
    {"Potts 3, repelling", SQUARE(2, 3), true, GIBBS_POTTS, 3, -0.7, 0, 0, 0},
    {"Potts 4, repelling, in fields", SQUARE(2, 2), true, GIBBS_POTTS, 4, -0.8, 0, 0, 0.5},
    {"Potts 3, couplings of both signs", SQUARE(2, 3), false, GIBBS_POTTS, 3, 0, 0.6, 0, 0.4},
    {"Potts 3, complete graph", GIBBS_LATTICE_COMPLETE, 1, {6}, false, GIBBS_POTTS, 3, 0.25, 0, 0, 0}};
enum { model_count = sizeof models / sizeof *models };

/* ---- what is reported ---------------------------------------------------------------------------------------------
 */

/* m^2, or (q sum rho^2 - 1) / (q - 1), of a state of the space. */
static double order_of(const invariance *x, size_t state) {
  double counts[8] = {0}, n = (double)x->units, q = (double)x->radix[0], sum = 0;
  for (size_t u = 0; u < x->units; u++, state /= x->radix[0]) counts[state % x->radix[0]]++;
  for (size_t a = 0; a < x->radix[0]; a++) sum += counts[a] * counts[a];
  return (q * sum / (n * n) - 1) / (q - 1);
}

/* The mean of improved_m2 over chains that start at exact samples, in standard errors from the exact value. */
static double improved_deviation(const invariance *x, const gibbs_kernel *kernel, const double *settings,
                                 uint64_t seed) {
  double *values = malloc(x->units * chains * sizeof *values), *m2 = malloc(chains * sizeof *m2);
  double exact = 0, mean = 0, variance = 0;
  void *instance = NULL;
  for (size_t s = 0; s < x->states; s++) exact += x->probability[s] * order_of(x, s);
  invariance_exact(x, chains, seed, values);
  CHECK(kernel->make(&x->target, settings, chains, 0, &instance, err));
  CHECK(kernel->set(instance, values, chains, err));
  CHECK(kernel->sweep(instance, seed, 0, err));
  kernel->measure(instance, 0, m2);
  kernel->free(instance);
  for (size_t c = 0; c < chains; c++) mean += m2[c] / chains;
  for (size_t c = 0; c < chains; c++) variance += (m2[c] - mean) * (m2[c] - mean) / chains;
  free(values);
  free(m2);
  return variance < 1e-24 ? fabs(mean - exact) * 1e12 : (mean - exact) / sqrt(variance / chains);
}

/* ---- every model
 * ---------------------------------------------------------------------------------------------------- */

ParameterizedTestParameters(cluster, keeps_and_reaches_the_exact_distribution) {
  static int row[2 * model_count];
  for (int i = 0; i < 2 * model_count; i++) row[i] = i;
  return cr_make_param_array(int, row, 2 * model_count);
}

ParameterizedTest(int *row, cluster, keeps_and_reaches_the_exact_distribution) {
  const pair_model *m = &models[*row / 2];
  const gibbs_kernel *kernel = kernels[*row % 2];
  gibbs_distribution *d = make_pair_model(m);
  invariance x = invariance_begin(d, false, NULL);
  double few[1] = {0}, many[1] = {4};
  expect_invariant(&x, kernel, few, chains, 1000 + (uint64_t)*row);
  invariance_run cold = {kernel, many, chains, 0, 30, 2000 + (uint64_t)*row};
  double p = invariance_cold_p_value(&x, &cold, 0);
  cr_expect(p > invariance_alarm, "%s, %s: p = %g after 30 sweeps from one state", m->name, kernel->name, p);
  double deviation = improved_deviation(&x, kernel, few, 4000 + (uint64_t)*row);
  cr_expect(fabs(deviation) < 4.5, "%s, %s: improved_m2 is %.2f standard errors away", m->name, kernel->name,
            deviation);
  if (*row % 5 == 0) expect_same_bits(&x, kernel, few, 3000 + (uint64_t)*row);
  invariance_end(&x);
  gibbs_distribution_release(d);
}

ParameterizedTestParameters(cluster, leaves_held_units_alone) {
  static int row[2 * model_count];
  for (int i = 0; i < 2 * model_count; i++) row[i] = i;
  return cr_make_param_array(int, row, 2 * model_count);
}

ParameterizedTest(int *row, cluster, leaves_held_units_alone) {
  static const bool held[invariance_most_units] = {[1] = true, [4] = true};
  const pair_model *m = &models[*row / 2];
  const gibbs_kernel *kernel = kernels[*row % 2];
  gibbs_distribution *d = make_pair_model(m);
  invariance x = invariance_begin(d, false, held);
  double settings[1] = {3};
  expect_invariant(&x, kernel, settings, chains, 5000 + (uint64_t)*row);
  double deviation = improved_deviation(&x, kernel, settings, 6000 + (uint64_t)*row);
  cr_expect(fabs(deviation) < 4.5, "%s, %s: improved_m2 is %.2f standard errors away", m->name, kernel->name,
            deviation);
  invariance_end(&x);
  gibbs_distribution_release(d);
}
