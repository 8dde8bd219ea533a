/* gibbs/known.h - free energies that are known exactly and cheaply, by structure.
 *
 * Promises: quick to say no; what is given is exact but for rounding, for the present values of the parameters,
 * whatever the energy was written as. */
#ifndef GIBBS_KNOWN_H
#define GIBBS_KNOWN_H

#include "gibbs/distribution.h"

/* F = -log Z and, in *how (NULL: not asked for), by what: "independent" units, whose couplings are all 0 at present;
 * "exact", a sum over the states of one side of at most 2^20 (2^13 where H has no form); "kaufman", the Ising torus
 * of the square lattice, at least 3x3, of one coupling in both directions (negative where both lengths are even) and
 * without field; "transfer", elimination with tables of at most 2^20 states.  ERR_UNSUPPORTED: none of these. */
gibbs_status gibbs_known_free_energy(gibbs_distribution *d, double *out, const char **how,
                                     gibbs_error *err) GIBBS_CHECKED;

#endif
