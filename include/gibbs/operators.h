/* gibbs/operators.h - products of spins summed over a periodic lattice and its symmetries: S = sum_A prod_(i in A)
 * s_i.
 *
 * An operator is a pattern of offsets; S adds up all its images under the symmetries of the square (or line, or cube)
 * and all translations, each image once.  Couplings K_a of H = -sum_a K_a S_a are what renormalization is about.
 * Spins are bytes: 0 is +1, 1 is -1. */
#ifndef GIBBS_OPERATORS_H
#define GIBBS_OPERATORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gibbs/block_rule.h"
#include "gibbs/status.h"

enum { GIBBS_MOST_OPERATORS = 24, GIBBS_MOST_SPINS = 8 };

typedef struct gibbs_operator {
  char name[24];
  size_t spins; /* 1 to 8; odd numbers change sign with all spins */
  int offset[GIBBS_MOST_SPINS][GIBBS_MOST_AXES];
} gibbs_operator;

/* The usual ones, in the usual order (Swendsen, 1979): of even or of odd numbers of spins.  *count of them. */
const gibbs_operator *gibbs_operators_usual(size_t axes, bool odd, size_t *count);

/* Operators on one lattice, ready to be measured. */
typedef struct gibbs_operators gibbs_operators;

/* ERR_ARGUMENT: an operator without spins, or with a site twice; two operators that are the same where nothing wraps.
 */
gibbs_status gibbs_operators_new(size_t axes, const size_t extent[], const gibbs_operator list[], size_t count,
                                 gibbs_operators **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_operators_free(gibbs_operators *operators);
size_t gibbs_operators_count(const gibbs_operators *operators);
size_t gibbs_operators_sites(const gibbs_operators *operators);
/* Bytes of the scratch, aligned as for malloc, that gibbs_operators_measure needs. */
size_t gibbs_operators_scratch(const gibbs_operators *operators);
/* How many images of operator k there are a site. */
size_t gibbs_operators_images(const gibbs_operators *operators, size_t k);

/* out[k] = S_k. */
void gibbs_operators_measure(const gibbs_operators *operators, const uint8_t *spins, void *scratch, double *out);
/* out[k] = dS_k / ds_site, so that turning the spin changes S_k by -2 s out[k]. */
void gibbs_operators_fields(const gibbs_operators *operators, const uint8_t *spins, size_t site, int *out);

/* out[a * count + b] = <S_a S_b> - <S_a> <S_b> of free spins, of the first `count` operators; exact. */
void gibbs_operators_free_covariance(const gibbs_operators *operators, size_t count, double *out);
/* Whether S_k is not the same for all spins, as it is where all its spins meet themselves around the lattice. */
bool gibbs_operators_vary(const gibbs_operators *operators, size_t k);
/* ERR_NUMERIC names the first of the first `count` operators that is constant on this lattice, or a combination of
 * those before it: then there are no couplings, and no stability matrix. */
gibbs_status gibbs_operators_independent(const gibbs_operators *operators, size_t count,
                                         gibbs_error *err) GIBBS_CHECKED;

#endif
