/* gibbs/vmcrg.h - variational Monte Carlo renormalization (Wu and Car, Phys. Rev. Lett. 119 (2017) 220602).
 *
 * Block spins mu of spins s with H = -sum_a K_a S_a(s) are sampled together with them under a bias,
 *     p_V(s, mu) ~ exp(-H(s)) prod t(mu | s) exp(-V(mu)),    V(mu) = sum_a J_a S_a(mu),
 * and J is moved until the operators of the block spins have mean 0, as for free spins.  Then V = -H', so J are the
 * renormalised couplings K', in the basis of those operators.  J minimises Omega(V) = KL(t || p_V) - KL(t || p_0), t
 * being the uniform distribution: a KL divergence whose stationarity is <S>_V = <S>_t.  Block spins are then nearly
 * free, and forget fast even at a critical point; dK'/dK = <S' S'>^-1 <S' S> is read off in the same ensemble.
 *
 * Independent replicas move a J each.  Then all are measured at the mean of these, where one step of Newton's method,
 * with the covariances found there, takes off what is left of <S>; errors are those of a jackknife over replicas. The
 * same bits for any number of threads. */
#ifndef GIBBS_VMCRG_H
#define GIBBS_VMCRG_H

#include "gibbs/block_rule.h"
#include "gibbs/operators.h"

typedef struct gibbs_vmcrg_options {
  const gibbs_block_rule *rule; /* of the spins' lattice; no spin may be seen by two blocks */
  size_t levels;                /* the rule is applied as often, at least 1 */
  const gibbs_operator *fine;   /* of the energy */
  const double *K;
  size_t fine_count;
  const gibbs_operator *coarse; /* of the bias, of even or of odd numbers of spins */
  size_t coarse_count;
  size_t replicas;   /* at least 4 */
  uint64_t steps;    /* of the optimisation; of J its last half is averaged */
  uint64_t sweeps;   /* a step */
  uint64_t measured; /* sweeps after it, at one J, which give all numbers and their errors */
  uint64_t seed;
} gibbs_vmcrg_options;

typedef struct gibbs_vmcrg_result {
  double coupling[GIBBS_MOST_OPERATORS], coupling_error[GIBBS_MOST_OPERATORS]; /* K'_a */
  double residual[GIBBS_MOST_OPERATORS]; /* the last step of K'_a, in its standard errors */
  const char *doubt; /* NULL, or why the couplings are not to be trusted: that step was too long */
  double slope[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS]; /* dK'_a / dK_b, [coarse][fine], from all replicas */
  double slope_error[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS];
  double exponent, exponent_error; /* of the largest eigenvalue; NaN unless both have as many operators */
  const char *exponent_doubt;      /* NULL, or what is odd about that eigenvalue */
  double tau, tau_error;           /* of the first coarse operator, in sweeps: 1 + 2 sum rho */
} gibbs_vmcrg_result;

/* ERR_ARGUMENT, ERR_UNSUPPORTED (blocks that overlap), ERR_NUMERIC (operators that depend on each other; J that runs
 * away), ERR_INTERRUPT.  Cost: some 50 ns a spin and sweep. */
gibbs_status gibbs_vmcrg_run(const gibbs_vmcrg_options *options, gibbs_vmcrg_result *out,
                             gibbs_error *err) GIBBS_CHECKED;

#endif
