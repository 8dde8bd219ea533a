/* colouring.h - units in as few blocks as is easily found, such that no two units of a block interact.
 *
 * Promises: units share a block only if no pair and no monomial of the energy holds both; two blocks wherever two
 * suffice, else greedily; the same blocks for the same energy; every block holds a unit. Held units belong to no
 * block, and what they alone connect is not connected. */
#ifndef GIBBS_SAMPLE_COLOURING_H
#define GIBBS_SAMPLE_COLOURING_H

#include "gibbs/normal_form.h"

typedef struct gibbs_colouring {
  size_t blocks;
  size_t *first;  /* [blocks + 1]: the units of block k are unit[first[k]..first[k + 1] - 1], ascending */
  uint32_t *unit; /* the first free unit of all is in block 0 */
} gibbs_colouring;

/* Colour the units of `form`; `held` has one flag a unit, or is NULL.  O(pairs + elements of monomials + units *
 * blocks * dense blocks). */
gibbs_status gibbs_colouring_new(gibbs_normal_form *form, const bool *held, gibbs_colouring *out,
                                 gibbs_error *err) GIBBS_CHECKED;
void gibbs_colouring_free(gibbs_colouring *colouring);

#endif
