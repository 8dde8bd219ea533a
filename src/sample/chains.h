/* chains.h - what chains are, for the rooms of the sampling floor only. */
#ifndef GIBBS_SAMPLE_CHAINS_H
#define GIBBS_SAMPLE_CHAINS_H

#include "gibbs/chains.h"
#include "kernel.h"

/* A target that owns its parts. */
typedef struct gibbs_owned_target {
  gibbs_target target;
  gibbs_expr **variables;
  bool *held;
} gibbs_owned_target;

struct gibbs_chains {
  gibbs_distribution *distribution;
  const gibbs_kernel *kernel;
  gibbs_owned_target own;
  double *settings;
  void *instance;
  size_t chains;
  uint64_t seed, sweeps;
  uint64_t *versions;  /* of the parameters, at the last refresh */
  size_t selected;     /* rung */
  double *held_values; /* [unit * chains + c]; NULL where nothing is held */
  bool torn;           /* a sweep failed half-way */
};

/* target.c */
/* The distribution's units, hidden ones too where `joint`, and their energy. */
gibbs_status gibbs_target_new(gibbs_distribution *d, bool joint, gibbs_owned_target *out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_target_clear(gibbs_owned_target *own);
/* Mark held units from the options, and lay their values out as [unit * chains + c] (NULL: none is held). */
gibbs_status gibbs_target_hold(gibbs_owned_target *own, const gibbs_chains_options *options, double **values,
                               gibbs_error *err) GIBBS_CHECKED;

/* start.c: random values of all free units, held ones as they are held, given to the kernel. */
gibbs_status gibbs_chains_start(gibbs_chains *chains, gibbs_error *err) GIBBS_CHECKED;

#endif
