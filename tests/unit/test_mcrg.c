/* test_mcrg.c - block rules and Monte Carlo renormalization against plain sums. */
#include "gibbs/mcrg.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/ising_exact.h"
#include "gibbs/random.h"
#include "gibbs/threads.h"
#include "plain_operators.h"

static gibbs_error err;

#define FINE(call) cr_assert_eq((call), GIBBS_OK, "%s", err.message)

/* Spins of a number: bit i set means -1. */
static void spread(size_t number, size_t sites, uint8_t *spins) {
  for (size_t i = 0; i < sites; i++) spins[i] = number >> i & 1;
}

/* ---- rules -------------------------------------------------------------------------------------------------- */

static gibbs_block_rule *rule_on(gibbs_block_rule_kind kind, size_t L, size_t b, double p) {
  gibbs_block_rule *rule;
  const gibbs_block_rule_options o = {.kind = kind, .axes = 2, .extent = {L, L}, .b = b, .p = p};
  FINE(gibbs_block_rule_new(&o, &rule, &err));
  return rule;
}

/* Majority, corner and Kadanoff's rule, on all states of the 4x4 lattice. */
Test(block_rule, probabilities) {
  for (int kind = GIBBS_BLOCK_RULE_DECIMATION; kind <= GIBBS_BLOCK_RULE_BLOCK_SPIN; kind++) {
    gibbs_block_rule *rule = rule_on((gibbs_block_rule_kind)kind, 4, 2, 0.7);
    uint8_t spins[16];
    for (size_t c = 0; c < 65536; c += 7) {
      spread(c, 16, spins);
      for (size_t block = 0; block < 4; block++) {
        const size_t corner = block / 2 * 8 + block % 2 * 2;
        const int sum = sign_of(spins[corner]) + sign_of(spins[corner + 1]) + sign_of(spins[corner + 4]) +
                        sign_of(spins[corner + 5]);
        const double expected = kind == GIBBS_BLOCK_RULE_DECIMATION ? !spins[corner]
                                : kind == GIBBS_BLOCK_RULE_MAJORITY ? (sum > 0   ? 1
                                                                       : sum < 0 ? 0
                                                                                 : 0.5)
                                                                    : 1 / (1 + exp(-2 * 0.7 * sum));
        cr_assert(fabs(gibbs_block_rule_probability(rule, spins, block) - expected) < 1e-15);
      }
    }
    gibbs_block_rule_free(rule);
  }
}

/* Frequencies, at five standard errors (false alarm 6e-7 a block); blocks that are certain are never wrong. */
Test(block_rule, draws_follow_the_probabilities) {
  enum { DRAWS = 20000 };
  for (int kind = GIBBS_BLOCK_RULE_DECIMATION; kind <= GIBBS_BLOCK_RULE_BLOCK_SPIN; kind++) {
    gibbs_block_rule *rule = rule_on((gibbs_block_rule_kind)kind, 8, 2, 0.3);
    uint8_t spins[64], blocks[16];
    size_t up[16] = {0};
    for (size_t i = 0; i < 64; i++) spins[i] = i * 2654435761U >> 7 & 1;
    for (uint32_t step = 0; step < DRAWS; step++) {
      gibbs_block_rule_draw(rule, spins, 11, 3, step, 0, blocks);
      for (size_t k = 0; k < 16; k++) up[k] += !blocks[k];
    }
    for (size_t k = 0; k < 16; k++) {
      const double p = gibbs_block_rule_probability(rule, spins, k);
      cr_expect(fabs((double)up[k] / DRAWS - p) <= 5 * sqrt(p * (1 - p) / DRAWS), "%s: %zu of %d, p = %g",
                gibbs_block_rule_name(kind), up[k], DRAWS, p);
    }
    gibbs_block_rule_free(rule);
  }
}

Test(block_rule, what_does_not_divide_is_refused) {
  gibbs_block_rule *rule, *next;
  gibbs_block_rule_options o = {.kind = GIBBS_BLOCK_RULE_MAJORITY, .axes = 2, .extent = {6, 8}, .b = 4};
  cr_expect_eq(gibbs_block_rule_new(&o, &rule, &err), GIBBS_ERR_ARGUMENT);
  o.extent[0] = 12, o.extent[1] = 12, o.b = 2;
  FINE(gibbs_block_rule_new(&o, &rule, &err));
  FINE(gibbs_block_rule_next(rule, &next, &err));
  cr_expect_eq(gibbs_block_rule_blocks(next), 9);
  gibbs_block_rule *last;
  cr_expect_eq(gibbs_block_rule_next(next, &last, &err), GIBBS_ERR_ARGUMENT);
  gibbs_block_rule_free(rule);
  gibbs_block_rule_free(next);
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

typedef struct model {
  gibbs_graph *graph;
  gibbs_lattice *lattice;
  gibbs_expr *J, *field;
  gibbs_distribution *P;
} model;

static double field_of_run;
static uint64_t seed_of_run = 3;

static model ising(size_t L, double K) {
  model m = {.field = NULL};
  FINE(gibbs_graph_new(&m.graph, &err));
  FINE(gibbs_lattice_new(GIBBS_LATTICE_SQUARE, 2, (size_t[]){L, L}, true, &m.lattice, &err));
  FINE(gibbs_expr_number(m.graph, K, &m.J, &err));
  if (field_of_run != 0) FINE(gibbs_expr_number(m.graph, field_of_run, &m.field, &err));
  FINE(gibbs_ising_new(m.graph, m.lattice, m.J, m.field, NULL, &m.P, &err));
  return m;
}

static void release(model *m) {
  gibbs_distribution_release(m->P);
  gibbs_expr_release(m->J);
  if (m->field != NULL) gibbs_expr_release(m->field);
  gibbs_lattice_release(m->lattice);
  gibbs_graph_release(m->graph);
}

static gibbs_mcrg *run(size_t L, double K, const gibbs_block_rule *rule, size_t levels, uint64_t measurements,
                       const char *kernel, uint64_t couplings_every, size_t chains_count) {
  model m = ising(L, K);
  gibbs_chains *chains;
  const gibbs_chains_options c = {.chains = chains_count, .seed = seed_of_run, .kernel = gibbs_kernel_find(kernel)};
  FINE(gibbs_chains_new(m.P, &c, &chains, &err));
  FINE(gibbs_chains_warm_up(chains, 200, &err));
  gibbs_mcrg_options o = {.rule = rule,
                          .levels = levels,
                          .measurements = measurements,
                          .every = 1,
                          .couplings_every = couplings_every,
                          .seed = seed_of_run + 6};
  o.even = gibbs_operators_usual(2, false, &o.even_count);
  o.odd = gibbs_operators_usual(2, true, &o.odd_count);
  gibbs_mcrg *out;
  FINE(gibbs_mcrg_run(chains, &o, &out, &err));
  gibbs_chains_free(chains);
  release(&m);
  return out;
}

/* All moments of the 4x4 torus and of its 2x2 blocks, by summing over states and blocks. */
static void exact_moments(double K, const gibbs_block_rule *rule, double mean[2], double same[2], double *cross) {
  double Z = 0, s[2] = {0}, ss[2] = {0}, sx = 0;
  uint8_t spins[16], blocks[4];
  for (size_t c = 0; c < 65536; c++) {
    spread(c, 16, spins);
    double fine[7], p[4];
    plain_sums(spins, 4, 4, fine);
    const double weight = exp(K * fine[0]);
    for (size_t k = 0; k < 4; k++) p[k] = gibbs_block_rule_probability(rule, spins, k);
    for (size_t b = 0; b < 16; b++) {
      double q = weight, coarse[7];
      spread(b, 4, blocks);
      for (size_t k = 0; k < 4; k++) q *= blocks[k] ? 1 - p[k] : p[k];
      if (q == 0) continue;
      plain_sums(blocks, 2, 2, coarse);
      Z += q;
      s[0] += q * fine[0], s[1] += q * coarse[0];
      ss[0] += q * fine[0] * fine[0], ss[1] += q * coarse[0] * coarse[0];
      sx += q * coarse[0] * fine[0];
    }
  }
  for (int n = 0; n < 2; n++) {
    mean[n] = s[n] / Z;
    same[n] = ss[n] / Z - mean[n] * mean[n];
  }
  *cross = sx / Z - mean[0] * mean[1];
}

/* One operator on the 4x4 torus: T = <S' S> / <S' S'> exactly, within five errors (false alarm 6e-7 each). */
Test(mcrg, one_operator_against_sums) {
  for (int kind = GIBBS_BLOCK_RULE_DECIMATION; kind <= GIBBS_BLOCK_RULE_BLOCK_SPIN; kind++) {
    gibbs_block_rule *rule = rule_on((gibbs_block_rule_kind)kind, 4, 2, 0.8);
    gibbs_mcrg *m = run(4, 0.4, rule, 1, 4000, "heat_bath", 0, 32);
    double mean[2], same[2], cross;
    gibbs_mcrg_eigenvalue first;
    exact_moments(0.4, rule, mean, same, &cross);
    gibbs_mcrg_number found;
    for (size_t level = 0; level < 2; level++) {
      FINE(gibbs_mcrg_mean(m, level, false, 0, &found, &err));
      cr_expect(fabs(found.value - mean[level] / (level ? 4 : 16)) < 5 * found.error, "level %zu: %g(%g), exact %g",
                level, found.value, found.error, mean[level]);
    }
    FINE(gibbs_mcrg_eigenvalues(m, 0, false, 1, &first, &err));
    found = first.exponent;
    const double y = log(cross / same[1]) / log(2);
    cr_expect(fabs(found.value - y) < 5 * found.error && found.error < 0.02, "%s: %g(%g), exact %g",
              gibbs_block_rule_name(kind), found.value, found.error, y);
    gibbs_mcrg_free(m);
    gibbs_block_rule_free(rule);
  }
}

/* Everything, bit by bit. */
Test(mcrg, threads_do_not_matter) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_BLOCK_SPIN, 8, 2, 0.5);
  gibbs_mcrg_number matrix[2][9], K[2][3], mean[2];
  for (int threads = 1; threads <= 2; threads++) {
    gibbs_set_threads((size_t)threads);
    gibbs_mcrg *m = run(8, 0.4, rule, 1, 60, "metropolis", 2, 11);
    FINE(gibbs_mcrg_matrix(m, 0, false, 3, matrix[threads - 1], &err));
    FINE(gibbs_mcrg_couplings(m, 1, 3, K[threads - 1], &err));
    FINE(gibbs_mcrg_mean(m, 1, true, 0, &mean[threads - 1], &err));
    gibbs_mcrg_free(m);
  }
  for (size_t i = 0; i < 9; i++)
    cr_expect(matrix[0][i].value == matrix[1][i].value && matrix[0][i].error == matrix[1][i].error);
  for (size_t k = 0; k < 3; k++) cr_expect(K[0][k].value == K[1][k].value && K[0][k].error == K[1][k].error);
  cr_expect_eq(mean[0].value, mean[1].value);
  gibbs_block_rule_free(rule);
}

/* One chain whose measurements are correlated over many sweeps: the errors of its mean are right on average over 60
 * seeds, where those of independent stretches of 5 would be too small by a factor of 2. */
Test(mcrg, errors_know_of_correlations) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 4, 2, 0);
  double mean[2], same[2], cross, squares = 0;
  exact_moments(0.44, rule, mean, same, &cross);
  seed_of_run = 100;
  for (; seed_of_run < 160; seed_of_run++) {
    gibbs_mcrg *m = run(4, 0.44, rule, 1, 640, "metropolis", 0, 1);
    gibbs_mcrg_number found;
    FINE(gibbs_mcrg_mean(m, 0, false, 0, &found, &err));
    squares += pow((found.value - mean[0] / 16) / found.error, 2) / 60;
    gibbs_mcrg_free(m);
  }
  seed_of_run = 3;
  cr_expect(squares > 0.5 && squares < 1.8, "mean square in units of the errors: %g", squares);
  gibbs_block_rule_free(rule);
}

/* Odd operators have means in a field, which the matrix takes to be 0. */
Test(mcrg, odd_operators_with_means_are_refused) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 4, 2, 0);
  field_of_run = 0.2;
  gibbs_mcrg *m = run(4, 0.3, rule, 1, 100, "heat_bath", 0, 32);
  field_of_run = 0;
  gibbs_mcrg_eigenvalue list[2];
  cr_expect_eq(gibbs_mcrg_eigenvalues(m, 0, true, 1, list, &err), GIBBS_ERR_NUMERIC);
  cr_expect(strstr(err.message, "odd operator 'spin' has the mean") != NULL, "%s", err.message);
  FINE(gibbs_mcrg_eigenvalues(m, 0, false, 2, list, &err));
  gibbs_mcrg_free(m);
  gibbs_block_rule_free(rule);
}

/* The couplings of the chains' own lattice are those of the energy. */
Test(mcrg, couplings_of_level_0_are_known) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 16, 2, 0);
  gibbs_mcrg *m = run(16, 0.42, rule, 2, 400, "swendsen_wang", 2, 32);
  gibbs_mcrg_number K[7];
  FINE(gibbs_mcrg_couplings(m, 0, 7, K, &err));
  for (size_t k = 0; k < 7; k++) {
    const double expected = k == 0 ? 0.42 : 0;
    cr_expect(fabs(K[k].value - expected) < 5 * K[k].error && K[k].error < 0.01, "coupling %zu is %g(%g)", k,
              K[k].value, K[k].error);
  }
  gibbs_mcrg_free(m);
  gibbs_block_rule_free(rule);
}

/* Swendsen's table at the critical point of the 64x64 torus; a longer run's values (jackknife errors 6e-4), at five
 * errors. */
Test(mcrg, exponents_at_the_critical_point) {
  const double y_t[3] = {0.9687, 1.0004, 1.0000}, y_h[3] = {1.8812, 1.8760, 1.8746};
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 64, 2, 0);
  gibbs_mcrg *m = run(64, 0.5 * log(1 + sqrt(2)), rule, 0, 400, "swendsen_wang", 0, 64);
  cr_assert_eq(gibbs_mcrg_levels(m), 4);
  for (size_t n = 0; n < 3; n++) {
    gibbs_mcrg_eigenvalue list[4];
    gibbs_mcrg_number y;
    FINE(gibbs_mcrg_eigenvalues(m, n, false, 3, list, &err));
    y = list[0].exponent;
    cr_expect(fabs(y.value - y_t[n]) < 5 * hypot(y.error, 6e-4) && y.error < 0.02, "y_t of step %zu: %.4f(%.4f)",
              n + 1, y.value, y.error);
    FINE(gibbs_mcrg_eigenvalues(m, n, true, 4, list, &err));
    y = list[0].exponent;
    cr_expect(fabs(y.value - y_h[n]) < 5 * hypot(y.error, 1e-4) && y.error < 0.01, "y_h of step %zu: %.4f(%.4f)",
              n + 1, y.value, y.error);
  }
  gibbs_mcrg_free(m);
  gibbs_block_rule_free(rule);
}

/* A 2x2 lattice cannot tell a bond from a second neighbour. */
Test(mcrg, dependent_operators_are_refused) {
  gibbs_block_rule *rule = rule_on(GIBBS_BLOCK_RULE_MAJORITY, 4, 2, 0);
  gibbs_mcrg *m = run(4, 0.4, rule, 1, 100, "heat_bath", 1, 32);
  gibbs_mcrg_eigenvalue list[4];
  cr_expect_eq(gibbs_mcrg_eigenvalues(m, 0, false, 4, list, &err), GIBBS_ERR_NUMERIC);
  gibbs_mcrg_number K[7];
  cr_expect_eq(gibbs_mcrg_couplings(m, 1, 7, K, &err), GIBBS_ERR_NUMERIC);
  gibbs_mcrg_free(m);
  gibbs_block_rule_free(rule);
}
