/* gibbs/carried.h - chains whose weights are carried along while the parameters of their distribution move.
 *
 * By Jarzynski's equality (Phys. Rev. Lett. 78 (1997) 2690; for training: Carbone, Hua, Coste, Vanden-Eijnden,
 * NeurIPS 2023) chains that start in equilibrium and gain log-weight H_before(v) - H_after(v) at every change of the
 * parameters represent the present distribution exactly, however far behind the chains are; the mean weight is the
 * ratio of the partition functions.  So F is known at every step for two evaluations of H.  This holds where the
 * parameters move whatever these chains do: F of a training is to be carried by chains that make no gradients of it,
 * for every step makes the configurations it was made from less likely. Promises: weights and sums
 * in double and in log space; resampling is systematic, addressed by (seed, purpose, number of the resampling); the
 * state can be saved and restored to the same bits. */
#ifndef GIBBS_CARRIED_H
#define GIBBS_CARRIED_H

#include "gibbs/chains.h"

typedef struct gibbs_carried gibbs_carried;

typedef struct gibbs_carried_options {
  double resample_below; /* resample when ess < this times the number of chains; 0: never.  0.5 by default */
  double free_energy; /* F at the present parameters, of which the chains hold samples; NaN: not known, only changes
                         are */
  double free_energy_error;
} gibbs_carried_options;

/* The chains are borrowed, and sampled over visible units or over visible and hidden ones (then H(v) has to be
 * summable).  They have to be in equilibrium now. */
gibbs_status gibbs_carried_new(gibbs_chains *chains, const gibbs_carried_options *options, gibbs_carried **out,
                               gibbs_error *err) GIBBS_CHECKED;
void gibbs_carried_free(gibbs_carried *carried);

/* After the parameters have changed and before any sweep: the weights take the change; resamples where they have
 * become too uneven. */
gibbs_status gibbs_carried_move(gibbs_carried *carried, gibbs_error *err) GIBBS_CHECKED;
/* Sweeps of the chains at the present parameters (calls gibbs_chains_advance and notes H of where they went). */
gibbs_status gibbs_carried_advance(gibbs_carried *carried, uint64_t sweeps, gibbs_error *err) GIBBS_CHECKED;
/* When configurations were changed by somebody else: weights are 1 again and F is not known from here on. */
gibbs_status gibbs_carried_forget(gibbs_carried *carried, gibbs_error *err) GIBBS_CHECKED;

/* Log-weights of the chains, up to a common constant; a copy. */
void gibbs_carried_log_weights(const gibbs_carried *carried, double *out);

typedef struct gibbs_carried_state {
  double free_energy, error; /* at the present parameters; relative to the start where F was not known there */
  bool absolute;
  double ess;           /* effective chains, 1 to the number of chains */
  uint64_t resamplings; /* so far */
  bool trusted;
  char why[200]; /* "" or why not, one sentence */
} gibbs_carried_state;
void gibbs_carried_report(const gibbs_carried *carried, gibbs_carried_state *out);

/* *count doubles, to be freed with free(); the chains are saved apart. */
gibbs_status gibbs_carried_save(const gibbs_carried *carried, double **state, size_t *count,
                                gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_carried_restore(gibbs_carried *carried, const double *state, size_t count,
                                   gibbs_error *err) GIBBS_CHECKED;

#endif
