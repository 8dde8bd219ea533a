/* path.h - energies (1 - beta) E0 + beta E between independent units and a distribution. */
#ifndef GIBBS_ESTIMATE_PATH_H
#define GIBBS_ESTIMATE_PATH_H

#include "gibbs/free_energy.h"

typedef struct gibbs_path {
  gibbs_distribution *target;  /* borrowed */
  gibbs_distribution *between; /* has the parameter beta */
  bool joint;                  /* weights are of the joint energy: hidden units cannot be summed */
  gibbs_expr *excess;          /* E - E0: the joint energy's derivative in beta */
  gibbs_expr *beta, *next;     /* scalar parameters */
  /* E0 = sum over units of precision x^2 / 2 (reals) - sum over elements of field x, variable after variable. */
  size_t elements;
  double *field, *precision; /* [element] */
  double log_z;              /* of the reference */
} gibbs_path;

/* `whole`: hidden units count as visible ones, so that nothing is summed and all energies are linear in beta. */
gibbs_status gibbs_path_open(gibbs_distribution *d, const gibbs_free_energy_options *o, bool whole, gibbs_path *out,
                             gibbs_error *err) GIBBS_CHECKED;
void gibbs_path_close(gibbs_path *path);
void gibbs_path_set(gibbs_path *path, double beta, double next);

/* New expressions of the visible units (of all where hidden ones cannot be summed): the energy at `next` less that at
 * `beta`; and the derivative of the energy in beta. */
gibbs_status gibbs_path_work(gibbs_path *path, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_path_slope(gibbs_path *path, gibbs_expr **out, gibbs_error *err) GIBBS_CHECKED;

/* Chains of the path, made and warmed up for `warm` sweeps at beta = 1. */
gibbs_status gibbs_path_chains(gibbs_path *path, const gibbs_free_energy_options *o, uint64_t seed, uint64_t warm,
                               gibbs_chains **out, gibbs_error *err) GIBBS_CHECKED;
/* Independent samples of the reference, others for each `round`. */
gibbs_status gibbs_path_restart(const gibbs_path *path, gibbs_chains *chains, size_t round,
                                gibbs_error *err) GIBBS_CHECKED;

/* Chains that have done these works, drawn anew with the weights exp(-work): as samples of where they are. */
gibbs_status gibbs_path_resample(gibbs_chains *chains, const double *work, size_t *ancestor,
                                 gibbs_error *err) GIBBS_CHECKED;

/* Beta of step k of `temperatures`. */
double gibbs_path_step(const gibbs_free_energy_options *o, size_t k);

#endif
