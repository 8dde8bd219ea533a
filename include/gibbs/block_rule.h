/* gibbs/block_rule.h - local rules that make one block spin of a few +-1 spins of a periodic lattice.
 *
 * Block B sees the spins at its corner plus some offsets, and is +1 with probability 1 / (1 + exp(-2 phi_B)), where
 * phi_B = bias + sum_i w_i s_i; a rule that is hard takes the sign of phi_B, and tosses a coin where it is 0.  So the
 * kernel exp T(v, h) = prod_B exp(h_B phi_B) / 2cosh(phi_B) has the trace 1, whatever the weights: every such rule
 * keeps the free energy.
 *
 * Promises: immutable once made; the blocks form a periodic lattice whose axes are b times shorter.
 * Spins are bytes: 0 is +1, 1 is -1, so that products are sums without carry. */
#ifndef GIBBS_BLOCK_RULE_H
#define GIBBS_BLOCK_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gibbs/status.h"

enum { GIBBS_MOST_AXES = 3, GIBBS_MOST_REACH = 16 };

/* id, name, doc */
#define GIBBS_BLOCK_RULE_LIST(X)                                                                                     \
  X(DECIMATION, "decimation", "the spin at the block's corner")                                                      \
  X(MAJORITY, "majority", "the sign of the block's sum, a fair coin where that is 0")                                \
  X(BLOCK_SPIN, "block_spin", "Kadanoff's: phi = p times the block's sum")                                           \
  X(FILTER, "filter", "phi = bias + weights times the spins at offsets of one's own")

typedef enum gibbs_block_rule_kind {
#define X(id, name, doc) GIBBS_BLOCK_RULE_##id,
  GIBBS_BLOCK_RULE_LIST(X)
#undef X
      GIBBS_BLOCK_RULE_COUNT
} gibbs_block_rule_kind;

const char *gibbs_block_rule_name(gibbs_block_rule_kind kind);
const char *gibbs_block_rule_doc(gibbs_block_rule_kind kind);

typedef struct gibbs_block_rule_options {
  gibbs_block_rule_kind kind;
  size_t axes, extent[GIBBS_MOST_AXES]; /* of the fine lattice, each a multiple of b */
  size_t b;                             /* at least 2 */
  double p;                             /* BLOCK_SPIN */
  size_t reach;                         /* FILTER: offsets and weights, 1 to 16 */
  const int (*offsets)[GIBBS_MOST_AXES];
  const double *weights;
  double bias;
  bool hard; /* FILTER: take the sign */
} gibbs_block_rule_options;

typedef struct gibbs_block_rule gibbs_block_rule;

/* ERR_ARGUMENT: an axis that b does not divide, more than 16 spins to see, weights that are not finite. */
gibbs_status gibbs_block_rule_new(const gibbs_block_rule_options *options, gibbs_block_rule **out,
                                  gibbs_error *err) GIBBS_CHECKED;
/* The same rule for the lattice of its blocks; ERR_ARGUMENT when b does not divide that. */
gibbs_status gibbs_block_rule_next(const gibbs_block_rule *rule, gibbs_block_rule **out,
                                   gibbs_error *err) GIBBS_CHECKED;
void gibbs_block_rule_free(gibbs_block_rule *rule);

size_t gibbs_block_rule_sites(const gibbs_block_rule *rule);
size_t gibbs_block_rule_blocks(const gibbs_block_rule *rule);
size_t gibbs_block_rule_axes(const gibbs_block_rule *rule);
const size_t *gibbs_block_rule_extent(const gibbs_block_rule *rule);        /* of the fine lattice */
const size_t *gibbs_block_rule_coarse_extent(const gibbs_block_rule *rule); /* of the blocks */
size_t gibbs_block_rule_scale(const gibbs_block_rule *rule);

/* Draw the blocks of spins: by the address (seed, GIBBS_PURPOSE_BLOCK, chain, step) and `part`, one for each level.
 */
void gibbs_block_rule_draw(const gibbs_block_rule *rule, const uint8_t *spins, uint64_t seed, uint32_t chain,
                           uint32_t step, uint32_t part, uint8_t *blocks);
/* The probability that block `block` is +1. */
double gibbs_block_rule_probability(const gibbs_block_rule *rule, const uint8_t *spins, size_t block);
/* The spins that a block sees: `reach` of them. */
const uint32_t *gibbs_block_rule_view(const gibbs_block_rule *rule, size_t block, size_t *reach);

#endif
