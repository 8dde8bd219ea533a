/* gibbs/ising_exact.h - the square-lattice Ising model without field, solved: H = -K sum_<ij> s_i s_j, K > 0.
 *
 * Sources: Onsager, Phys. Rev. 65 (1944) 117; Kaufman, Phys. Rev. 76 (1949) 1232; Yang, Phys. Rev. 85 (1952) 808. */
#ifndef GIBBS_ISING_EXACT_H
#define GIBBS_ISING_EXACT_H

#include <stddef.h>

#include "gibbs/status.h"

/* Dimensionless: beta is in K.  Of the whole torus, or of one site of the infinite lattice. */
typedef struct gibbs_ising_solution {
  double free_energy;   /* -log Z */
  double energy;        /* <H> */
  double specific_heat; /* the variance of H; infinite at the critical point of the infinite lattice */
  double magnetisation; /* spontaneous, of the infinite lattice; 0 on a torus */
} gibbs_ising_solution;

/* The torus of rows x columns sites with 2 * rows * columns bonds (a direction of length 2 has each twice). K > 0;
 * ERR_ARGUMENT otherwise, or for a length of 0.  O(rows). */
gibbs_status gibbs_ising_torus(size_t rows, size_t columns, double K, gibbs_ising_solution *out,
                               gibbs_error *err) GIBBS_CHECKED;
/* The infinite lattice, K > 0, per site. */
gibbs_status gibbs_ising_infinite(double K, gibbs_ising_solution *out, gibbs_error *err) GIBBS_CHECKED;

#endif
