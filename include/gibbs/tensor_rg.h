/* gibbs/tensor_rg.h - free energies of large square lattices by tensor renormalization.
 *
 * Levin and Nave, Phys. Rev. Lett. 99 (2007) 120601: TRG.  Every step halves the number of tensors and keeps at most
 * bond_dimension singular values a leg; what is dropped is the only error.  Not a bound: the error can have either
 * sign. */
#ifndef GIBBS_TENSOR_RG_H
#define GIBBS_TENSOR_RG_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"

typedef struct gibbs_tensor_rg_options {
  bool ising; /* H = -K sum s s' - h sum s; else Potts, H = -K sum delta(s, s') - h sum delta(s, first state) */
  double K, h;
  size_t states;         /* q; 2 for Ising spins */
  size_t bond_dimension; /* in [q, 64]; cost bond_dimension^6 a step, memory bond_dimension^4 doubles a few times */
  size_t steps;          /* the lattice has 2^steps sites */
} gibbs_tensor_rg_options;

typedef struct gibbs_tensor_rg_quality {
  double truncation; /* the largest share of squared singular values that a split dropped */
  double error;      /* of the last free energy, about: an estimate of its size, no bound */
} gibbs_tensor_rg_quality;

/* free_energy[n], n = 0..steps (or NULL): -ln Z a site of the torus of 2^n sites (of L x L ones when n = 2 log2 L is
 * even; turned by 45 degrees otherwise).  *quality (or NULL): the error is the largest of what the splits dropped,
 * summed by the tensors a site, of the difference that half the bond dimension makes, and of rounding.
 * ERR_ARGUMENT, ERR_MEMORY, ERR_INTERRUPT, ERR_NUMERIC where so few singular values leave no positive weight. */
gibbs_status gibbs_tensor_rg(const gibbs_tensor_rg_options *options, double *free_energy,
                             gibbs_tensor_rg_quality *quality, gibbs_error *err) GIBBS_CHECKED;

#endif
