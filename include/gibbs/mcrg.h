/* gibbs/mcrg.h - Monte Carlo renormalization: what chains say about a block rule applied again and again.
 *
 * Level 0 is the chains' own lattice, level n + 1 the blocks of level n. Of every measurement the operators S of all
 * levels are kept, with their products. From these exponents: T = dK(n+1)/dK(n) = <S(n+1) S(n+1)>^-1 <S(n+1) S(n)>
 * (connected), y = ln lambda / ln b of its largest eigenvalue (Swendsen, Phys. Rev. Lett. 42 (1979) 859), of even and
 * of odd operators apart; couplings: K(n) of H = -sum_a K_a S_a by maximum pseudo-likelihood, which is Callen's
 * equations (Swendsen, Phys. Rev. Lett. 52 (1984) 1165); the truncation to the operators at hand is the only
 * approximation. Errors are jackknife errors over groups of chains and stretches of time; they know of stretches that
 * are correlated, and of chains that disagree.
 *
 * Odd operators are taken to have mean 0, as they have where neither rule nor energy tells up from down: they are
 * refused where they have not. */
#ifndef GIBBS_MCRG_H
#define GIBBS_MCRG_H

#include "gibbs/block_rule.h"
#include "gibbs/chains.h"
#include "gibbs/operators.h"

typedef struct gibbs_mcrg_options {
  const gibbs_block_rule *rule; /* of level 0; borrowed during the run */
  size_t levels;                /* steps, at least 1; 0: as many as leave an extent of at least 4 */
  const gibbs_operator *even, *odd;
  size_t even_count, odd_count; /* odd_count may be 0 */
  uint64_t measurements;        /* a chain */
  uint64_t every;               /* sweeps between measurements */
  uint64_t couplings_every;     /* measurements between those that couplings are inferred from; 0: none are */
  size_t coupling_count;        /* operators, of the even ones, that couplings are inferred for; 0: all */
  uint64_t seed;                /* of what the rule draws */
} gibbs_mcrg_options;

typedef struct gibbs_mcrg gibbs_mcrg;

/* Variable 0 of the chains, +-1 units on the rule's lattice, is what is blocked.  Any warm-up is the caller's.
 * ERR_ARGUMENT, ERR_SHAPE (another lattice), ERR_UNSUPPORTED (not +-1 units), ERR_INTERRUPT.
 * Cost a measurement: about 1 ns a spin and operator beside the sweeps. */
gibbs_status gibbs_mcrg_run(gibbs_chains *chains, const gibbs_mcrg_options *options, gibbs_mcrg **out,
                            gibbs_error *err) GIBBS_CHECKED;
void gibbs_mcrg_free(gibbs_mcrg *mcrg);

size_t gibbs_mcrg_levels(const gibbs_mcrg *mcrg); /* steps */
size_t gibbs_mcrg_count(const gibbs_mcrg *mcrg, bool odd);
size_t gibbs_mcrg_coupling_count(const gibbs_mcrg *mcrg); /* operators that couplings are inferred for; 0: none */
const gibbs_operator *gibbs_mcrg_operator(const gibbs_mcrg *mcrg, bool odd, size_t k);
const size_t *gibbs_mcrg_extent(const gibbs_mcrg *mcrg, size_t level); /* level 0 .. levels */
uint64_t gibbs_mcrg_measurements(const gibbs_mcrg *mcrg);              /* of all chains together */

typedef struct gibbs_mcrg_number {
  double value, error; /* one standard error */
  const char *doubt;   /* NULL, or why the number or its error is not to be trusted */
} gibbs_mcrg_number;

/* An eigenvalue of dK'/dK, real + i imaginary; the exponent is ln |lambda| / ln b. */
typedef struct gibbs_mcrg_eigenvalue {
  gibbs_mcrg_number real, exponent;
  double imaginary;
} gibbs_mcrg_eigenvalue;

/* <S_k> a site of a level. */
gibbs_status gibbs_mcrg_mean(const gibbs_mcrg *mcrg, size_t level, bool odd, size_t k, gibbs_mcrg_number *out,
                             gibbs_error *err) GIBBS_CHECKED;
/* dK'/dK of the step from `level` to the next, with the first `count` operators: out[count * count].
 * ERR_NUMERIC: the operators are linearly dependent on one of the two lattices, or do not fluctuate; odd ones have
 * means. */
gibbs_status gibbs_mcrg_matrix(const gibbs_mcrg *mcrg, size_t level, bool odd, size_t count, gibbs_mcrg_number *out,
                               gibbs_error *err) GIBBS_CHECKED;
/* Its eigenvalues, out[count], by falling modulus.  Errors are those of each eigenvalue, followed where two change
 * places. */
gibbs_status gibbs_mcrg_eigenvalues(const gibbs_mcrg *mcrg, size_t level, bool odd, size_t count,
                                    gibbs_mcrg_eigenvalue *out, gibbs_error *err) GIBBS_CHECKED;
/* The couplings of a level: out[count].  ERR_UNSUPPORTED when none were asked for; ERR_NUMERIC: the operators are
 * linearly dependent on that lattice, or the samples so few or so ordered that the pseudo-likelihood grows without
 * end. */
gibbs_status gibbs_mcrg_couplings(const gibbs_mcrg *mcrg, size_t level, size_t count, gibbs_mcrg_number *out,
                                  gibbs_error *err) GIBBS_CHECKED;

#endif
