/* gibbs/transfer.h - exact sums beyond enumeration: units summed out one after the other.
 *
 * For joint energies of discrete units made of fields, pairs and products of units, as the normal form finds them,
 * whatever they were written as: trees, rings, strips, narrow tori and other sparse graphs of any length.  On a
 * lattice this is the transfer matrix, taken site by site: a table of 2^(W + 1) states for a strip of W spins with
 * open ends, and of 2^(2 W + 1) where its ends are joined.
 * Long periodic strips of equal rows of up to 11 spins or bits go by powers of that matrix for F and <E>.
 * Promises: exact but for rounding, in logarithms, so that nothing overflows; hidden units are summed as visible ones
 * are; time and memory grow linearly with the length; the same bits for any number of threads.
 * Limits: tables of 2^GIBBS_TRANSFER_BITS states; ERR_SIZE, with the width found, beyond it.  ERR_UNSUPPORTED: units
 * of real values, or an energy with other terms. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_TRANSFER_H
#define GIBBS_TRANSFER_H

#include "gibbs/distribution.h"

#define GIBBS_TRANSFER_BITS 26

/* What a sum would take. */
typedef struct gibbs_transfer_width {
  size_t clique;     /* units of the largest table */
  double bits;       /* log2 of its states */
  double log2_work;  /* log2 of the states of all tables */
  const char *order; /* how the order of the units was found */
  size_t row;        /* F and <E> by powers of the matrix between rows of so many units, which is quicker; else 0 */
} gibbs_transfer_width;

gibbs_status gibbs_transfer_measure(gibbs_distribution *d, gibbs_transfer_width *out, gibbs_error *err) GIBBS_CHECKED;
/* The same, quick to say no: how wide a table would have to be is not found out then. */
gibbs_status gibbs_transfer_fits(gibbs_distribution *d, gibbs_transfer_width *out, gibbs_error *err) GIBBS_CHECKED;
/* One line for gibbs_distribution_describe's page, to be freed with free(): the width, and whether it can be done. */
gibbs_status gibbs_transfer_describe(gibbs_distribution *d, char **out, gibbs_error *err) GIBBS_CHECKED;

/* F = -log Z. */
gibbs_status gibbs_transfer_free_energy(gibbs_distribution *d, double *out, gibbs_error *err) GIBBS_CHECKED;
/* F, <E> and the variance of the joint energy E, in one pass. */
typedef struct gibbs_transfer_energy {
  double free_energy, energy, variance;
} gibbs_transfer_energy;
gibbs_status gibbs_transfer_energies(gibbs_distribution *d, gibbs_transfer_energy *out,
                                     gibbs_error *err) GIBBS_CHECKED;
/* The entropy of P(v) in nats, <E> - F.  ERR_UNSUPPORTED where there are hidden units. */
gibbs_status gibbs_transfer_entropy(gibbs_distribution *d, double *out, gibbs_error *err) GIBBS_CHECKED;

/* The mean of f(v, h), of any shape: out receives size(f) values.  A scalar is a sum of terms as energies have them,
 * and of squares of such sums; elements of tensors are such terms alone.  Terms join their units as those of the
 * energy do, squares of sums do not. */
gibbs_status gibbs_transfer_mean(gibbs_distribution *d, gibbs_expr *f, double *out, gibbs_error *err) GIBBS_CHECKED;

#endif
