/* cluster.h - what the cluster kernels share: an energy as bonds that ask two units to be alike, or not, and fields.
 *
 *   E = sum over bonds of strength * [state a == state b] + sum over units of field(state)
 *
 * Every pair coupling of two-state units is such a bond and two fields (J s t = 2 J [s == t] - J); for Potts units
 * the table of a pair of units has to be a multiple of the identity, up to sums of functions of one of the two.  A
 * bond whose relation holds now is activated with probability 1 - exp(-|strength|): Fortuin and Kasteleyn, Physica 57
 * (1972) 536. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_SAMPLE_CLUSTER_H
#define GIBBS_SAMPLE_CLUSTER_H

#include "kernel.h"

#define GIBBS_CLUSTER_NONE UINT32_MAX
enum { GIBBS_CLUSTER_MOST_STATES = 256 };

/* Units are joined by the bond (from[k], to[k]), from < to, in ascending order of `from`.  chance: the probability in
 * units of 2^-31 above the lowest bit, which is set when the bond asks the units to differ. */
typedef struct gibbs_cluster_bonds {
  size_t count;
  uint32_t *from, *to, *chance;
} gibbs_cluster_bonds;

typedef struct gibbs_cluster_model {
  const gibbs_target *target;
  size_t units, states;
  bool lattice; /* as it was asked for */
  const gibbs_regular
      *regular;     /* two-state units with the same couplings everywhere on a lattice: no bonds are made */
  double *strength; /* [direction] of the lattice */
  gibbs_cluster_bonds bonds;
  bool repulsive; /* some bond asks two units to differ */
  /* Two states: E has field[u] for state 1 of unit u and -field[u] for state 0; where field is NULL, `level` stands
   * in for all.  More states: field[u * states + state], NULL where there is none. */
  double *field, level;
} gibbs_cluster_model;

static inline bool gibbs_cluster_has_field(const gibbs_cluster_model *model) {
  return model->field || model->level != 0;
}

/* Whether the target has such an energy at the present values; `why` says why not. */
bool gibbs_cluster_can(const gibbs_target *target, char *why, size_t size);
/* ... and whether nothing in it hinders large clusters from moving: no frustration, no fields that differ, no dense
 * block, nothing held. */
bool gibbs_cluster_suits(const gibbs_target *target);
/* `lattice`: where the couplings are those of a regular lattice, leave it at that (else bonds are made in any case).
 */
gibbs_status gibbs_cluster_model_new(const gibbs_target *target, bool lattice, gibbs_cluster_model *out,
                                     gibbs_error *err) GIBBS_CHECKED;
/* Read the values of the form again.  On failure the old ones stay. */
gibbs_status gibbs_cluster_model_refresh(gibbs_cluster_model *model, gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_model_clear(gibbs_cluster_model *model);

/* Bonds and fields of Potts units; ERR_UNSUPPORTED where a table is of another kind.  `bonds` is empty before, and
 * the caller's to free in any case; `field` holds zeros before. */
gibbs_status gibbs_cluster_lower_potts(const gibbs_target *target, gibbs_cluster_bonds *bonds, double *field,
                                       gibbs_error *err) GIBBS_CHECKED;
/* Add a bond; `room` is that of the arrays. */
gibbs_status gibbs_cluster_add_bond(gibbs_cluster_bonds *bonds, size_t *room, size_t from, size_t to, double strength,
                                    gibbs_error *err) GIBBS_CHECKED;
void gibbs_cluster_bonds_clear(gibbs_cluster_bonds *bonds);

/* Whether every bond's relation can hold at once. */
bool gibbs_cluster_satisfiable(const gibbs_cluster_model *model);

/* The site that `direction` leads to from `site` (with `backward`, the one that it leads from), or
 * GIBBS_CLUSTER_NONE: past an open end, from another basis, or `site` itself. */
uint32_t gibbs_cluster_partner(const gibbs_regular *lattice, size_t direction, bool backward, size_t site);

/* `places`, *count of them, `size` bytes each, for as many threads as there are now: the new ones are zeros.  NULL
 * without memory; the old ones are then still there. */
void *gibbs_cluster_places(void *places, size_t *count, size_t size, gibbs_error *err);

/* The states 0..states-1, state[chain * units + unit], from and to the values that kernels exchange. */
void gibbs_cluster_read(const gibbs_cluster_model *model, size_t chains, const double *values, size_t stride,
                        uint8_t *state);
void gibbs_cluster_write(const gibbs_cluster_model *model, size_t chains, const uint8_t *state, double *values,
                         size_t stride);

#endif
