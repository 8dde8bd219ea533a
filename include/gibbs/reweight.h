/* gibbs/reweight.h - samples of several states taken together: free energies, and means in states between them.
 *
 * State k has the weight exp(-u_k(x)); for runs at several temperatures u_k(x) = beta_k E(x).  From samples of all
 * states, in the order in which chains made them, come the free energies f_k = -log Z_k (differences of them), and
 * means in any state that the samples reach.  No histogram is made, and energies need not be discrete. Promises:
 * errors know of autocorrelation (what each sample adds to a result is a series, whose mean has the error that
 * gibbs/series.h would give); states whose samples do not overlap, and targets out of reach, are refused by name, and
 * an iteration that does not converge is a failure; the same bits for any number of threads. Memory: the samples are
 * kept, 16 bytes each for temperatures, 8 (states + 1) for general potentials. Sources: Ferrenberg and Swendsen,
 * Phys. Rev. Lett. 63 (1989) 1195; Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105; Geyer, "Estimating
 * normalizing constants and reweighting mixtures" (1994). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_REWEIGHT_H
#define GIBBS_REWEIGHT_H

#include <stddef.h>

#include "gibbs/series.h"

/* Effective samples that neighbouring states have to share, and that a target has to have. */
#define GIBBS_REWEIGHT_FLOOR 10

/* Samples come state after state; those of one state chain after chain, all of them equally long. */
typedef struct gibbs_reweight_samples {
  size_t states;
  const size_t *count;  /* [state] at least 2 a chain */
  const size_t *chains; /* [state]; NULL: one each */
  const double *tau;    /* [state] autocorrelation times in samples, for the weights; NULL: found in the samples */
} gibbs_reweight_samples;

typedef struct gibbs_reweight gibbs_reweight;

/* ERR_NUMERIC: a value is not finite; two states, named, share fewer than GIBBS_REWEIGHT_FLOOR effective samples; no
 * convergence.  Everything is copied. */
gibbs_status gibbs_reweight_temperatures(const gibbs_reweight_samples *samples, const double *beta,
                                         const double *energy, gibbs_reweight **out, gibbs_error *err) GIBBS_CHECKED;
/* potential[state * total + sample] of every sample in every state; +infinity is legal where it is not the sample's
 * own state. */
gibbs_status gibbs_reweight_potentials(const gibbs_reweight_samples *samples, const double *potential,
                                       gibbs_reweight **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_reweight_free(gibbs_reweight *reweight);

size_t gibbs_reweight_states(const gibbs_reweight *reweight);
size_t gibbs_reweight_total(const gibbs_reweight *reweight); /* of samples */
double gibbs_reweight_tau(const gibbs_reweight *reweight, size_t state);

/* f_to - f_from = -log(Z_to / Z_from). */
gibbs_status gibbs_reweight_difference(const gibbs_reweight *reweight, size_t from, size_t to, double *value,
                                       double *error, gibbs_error *err) GIBBS_CHECKED;
/* overlap[k * states + l]: the part of state k's samples that might be state l's; rows add up to 1. */
void gibbs_reweight_overlap(const gibbs_reweight *reweight, double *overlap);

/* ---- another state ------------------------------------------------------------------------------------- */

typedef struct gibbs_reweight_target gibbs_reweight_target;

/* A state at another temperature (after gibbs_reweight_temperatures), or of any potential[sample].  ERR_NUMERIC: the
 * samples are fewer than GIBBS_REWEIGHT_FLOOR effective ones there. The target borrows `reweight`. */
gibbs_status gibbs_reweight_to_beta(const gibbs_reweight *reweight, double beta, gibbs_reweight_target **out,
                                    gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_reweight_to_potential(const gibbs_reweight *reweight, const double *potential,
                                         gibbs_reweight_target **out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_reweight_target_free(gibbs_reweight_target *target);

/* How many independent samples of the target would be worth as much. */
double gibbs_reweight_target_effective(const gibbs_reweight_target *target);
/* f_target - f_from. */
gibbs_status gibbs_reweight_target_difference(const gibbs_reweight_target *target, size_t from, double *value,
                                              double *error, gibbs_error *err) GIBBS_CHECKED;
/* Means of values[observable * total + sample]. */
gibbs_status gibbs_reweight_target_means(const gibbs_reweight_target *target, size_t observables,
                                         const double *values, double *mean, double *error,
                                         gibbs_error *err) GIBBS_CHECKED;
/* A function of these means, with the error of first order (not bias-corrected). */
gibbs_status gibbs_reweight_target_function(const gibbs_reweight_target *target, size_t observables,
                                            const double *values, gibbs_of_means f, void *context, size_t outputs,
                                            double *value, double *error, gibbs_error *err) GIBBS_CHECKED;

#endif
