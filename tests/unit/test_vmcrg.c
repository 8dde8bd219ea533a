/* test_vmcrg.c - variational Monte Carlo renormalization against the exact coarse Hamiltonian of the 4x4 torus. */
#include "gibbs/vmcrg.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "gibbs/threads.h"

static gibbs_error err;

#define FINE(call) cr_assert_eq((call), GIBBS_OK, "%s", err.message)

static gibbs_block_rule *rule_on(gibbs_block_rule_kind kind, size_t L, double p) {
  gibbs_block_rule *rule;
  const gibbs_block_rule_options o = {.kind = kind, .axes = 2, .extent = {L, L}, .b = 2, .p = p};
  FINE(gibbs_block_rule_new(&o, &rule, &err));
  return rule;
}

/* ln of the weight of each of the 16 block configurations, by summing over all spins: minus the coarse Hamiltonian.
 */
static void coarse_weights(double K, const gibbs_block_rule *rule, double out[16]) {
  size_t count;
  gibbs_operators *bonds;
  uint8_t spins[16], scratch[4096];
  FINE(gibbs_operators_new(2, (size_t[]){4, 4}, gibbs_operators_usual(2, false, &count), 1, &bonds, &err));
  cr_assert(gibbs_operators_scratch(bonds) <= sizeof scratch);
  memset(out, 0, 16 * sizeof *out);
  for (size_t c = 0; c < 65536; c++) {
    double sum, up[4];
    for (size_t i = 0; i < 16; i++) spins[i] = c >> i & 1;
    gibbs_operators_measure(bonds, spins, scratch, &sum);
    for (size_t k = 0; k < 4; k++) up[k] = gibbs_block_rule_probability(rule, spins, k);
    for (size_t b = 0; b < 16; b++) {
      double weight = exp(K * sum);
      for (size_t k = 0; k < 4; k++) weight *= b >> k & 1 ? 1 - up[k] : up[k];
      out[b] += weight;
    }
  }
  for (size_t b = 0; b < 16; b++) out[b] = log(out[b]);
  gibbs_operators_free(bonds);
}

/* Its couplings: on the 2x2 torus every bond counts twice, every diagonal and the plaquette four times. */
static void coarse_couplings(const double weights[16], double out[3]) {
  double pair = 0, diagonal = 0, plaquette = 0;
  for (size_t b = 0; b < 16; b++) {
    const int s[4] = {b & 1 ? -1 : 1, b & 2 ? -1 : 1, b & 4 ? -1 : 1, b & 8 ? -1 : 1};
    pair += weights[b] * s[0] * s[1] / 16;
    diagonal += weights[b] * s[0] * s[3] / 16;
    plaquette += weights[b] * s[0] * s[1] * s[2] * s[3] / 16;
  }
  out[0] = pair / 2;
  out[1] = diagonal / 4;
  out[2] = plaquette / 4;
}

static gibbs_vmcrg_result run(const gibbs_block_rule *rule, double K) {
  size_t count;
  const double couplings[3] = {K, 0, 0};
  const gibbs_operator *list = gibbs_operators_usual(2, false, &count);
  const gibbs_vmcrg_options o = {.rule = rule,
                                 .levels = 1,
                                 .fine = list,
                                 .K = couplings,
                                 .fine_count = 3,
                                 .coarse = list,
                                 .coarse_count = 3,
                                 .replicas = 32,
                                 .steps = 400,
                                 .sweeps = 20,
                                 .measured = 4000,
                                 .seed = 5};
  gibbs_vmcrg_result result;
  FINE(gibbs_vmcrg_run(&o, &result, &err));
  return result;
}

/* The basis is complete there: J is the coarse Hamiltonian, within five errors (false alarm 6e-7 each). */
Test(vmcrg, bias_is_the_coarse_hamiltonian) {
  const gibbs_block_rule_kind kinds[] = {GIBBS_BLOCK_RULE_MAJORITY, GIBBS_BLOCK_RULE_DECIMATION,
                                         GIBBS_BLOCK_RULE_BLOCK_SPIN};
  for (size_t i = 0; i < 3; i++) {
    gibbs_block_rule *rule = rule_on(kinds[i], 4, 0.6);
    double weights[16], exact[3];
    coarse_weights(0.3, rule, weights);
    coarse_couplings(weights, exact);
    const gibbs_vmcrg_result found = run(rule, 0.3);
    for (size_t k = 0; k < 3; k++) {
      cr_expect(fabs(found.coupling[k] - exact[k]) < 5 * found.coupling_error[k], "%s, %zu: %.5f(%.5f), exact %.5f",
                gibbs_block_rule_name(kinds[i]), k, found.coupling[k], found.coupling_error[k], exact[k]);
      cr_expect(found.coupling_error[k] < 0.01 && fabs(found.residual[k]) < 6, "%zu: error %g, residual %g", k,
                found.coupling_error[k], found.residual[k]);
    }
    gibbs_block_rule_free(rule);
  }
}

/* dK'/dK by differences of the exact couplings. */
Test(vmcrg, slope_is_the_derivative) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 4, 0);
  double above[16], below[16], up[3], down[3];
  coarse_weights(0.31, rule, above);
  coarse_weights(0.29, rule, below);
  coarse_couplings(above, up);
  coarse_couplings(below, down);
  const gibbs_vmcrg_result found = run(rule, 0.3);
  for (size_t k = 0; k < 3; k++) {
    const double expected = (up[k] - down[k]) / 0.02;
    cr_expect(fabs(found.slope[k * 3] - expected) < 5 * found.slope_error[k * 3] && found.slope_error[k * 3] < 0.01,
              "%zu: %.4f(%.4f), exact %.4f", k, found.slope[k * 3], found.slope_error[k * 3], expected);
  }
  gibbs_block_rule_free(rule);
}

Test(vmcrg, threads_do_not_matter) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 8, 0);
  size_t count;
  const double K[2] = {0.4, 0};
  const gibbs_operator *list = gibbs_operators_usual(2, false, &count);
  const gibbs_vmcrg_options o = {.rule = rule,
                                 .levels = 2,
                                 .fine = list,
                                 .K = K,
                                 .fine_count = 2,
                                 .coarse = list,
                                 .coarse_count = 1,
                                 .replicas = 5,
                                 .steps = 10,
                                 .sweeps = 3,
                                 .measured = 50,
                                 .seed = 7};
  gibbs_vmcrg_result one, two;
  gibbs_set_threads(1);
  FINE(gibbs_vmcrg_run(&o, &one, &err));
  gibbs_set_threads(2);
  FINE(gibbs_vmcrg_run(&o, &two, &err));
  cr_expect_eq(one.coupling[0], two.coupling[0]);
  cr_expect_eq(one.slope[1], two.slope[1]);
  gibbs_block_rule_free(rule);
}

Test(vmcrg, what_cannot_be_is_refused) {
  const int offsets[3][GIBBS_MOST_AXES] = {{0, 0}, {0, 1}, {0, 2}};
  const double weights[3] = {1, 1, 1}, K = 0.4;
  const gibbs_block_rule_options filter = {.kind = GIBBS_BLOCK_RULE_FILTER,
                                           .axes = 2,
                                           .extent = {8, 8},
                                           .b = 2,
                                           .reach = 3,
                                           .offsets = offsets,
                                           .weights = weights};
  size_t count;
  const gibbs_operator *list = gibbs_operators_usual(2, false, &count);
  gibbs_block_rule *rule;
  FINE(gibbs_block_rule_new(&filter, &rule, &err));
  gibbs_vmcrg_options o = {.rule = rule,
                           .levels = 1,
                           .fine = list,
                           .K = &K,
                           .fine_count = 1,
                           .coarse = list,
                           .coarse_count = 1,
                           .replicas = 4,
                           .steps = 4,
                           .sweeps = 1,
                           .measured = 10};
  gibbs_vmcrg_result result;
  cr_expect_eq(gibbs_vmcrg_run(&o, &result, &err), GIBBS_ERR_UNSUPPORTED);
  o.replicas = 2;
  cr_expect_eq(gibbs_vmcrg_run(&o, &result, &err), GIBBS_ERR_ARGUMENT);
  gibbs_block_rule_free(rule);
}
