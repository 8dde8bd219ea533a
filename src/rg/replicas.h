/* replicas.h - independent walkers of one variational renormalization, and what they measured. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPLICAS_H
#define REPLICAS_H

#include "gibbs/vmcrg.h"
#include "walker.h"

/* One replica, and what it finds. */
typedef struct replica {
  walker walker;
  double average[GIBBS_MOST_OPERATORS]; /* of J, over the last half of the optimisation */
  /* at the J that all share: sums over `measured` sweeps */
  double mean[GIBBS_MOST_OPERATORS], fine_mean[GIBBS_MOST_OPERATORS];
  double same[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS], cross[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS];
  double tau;
} replica;

typedef struct replicas {
  const gibbs_vmcrg_options *options;
  ground ground;
  double metric[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS]; /* covariances of operators of free block spins */
  double J[GIBBS_MOST_OPERATORS];                             /* that all share: the mean of all averages */
  replica *list;
} replicas;

/* Couplings, dK'/dK and tau, with errors.  GSL's error handler has to be off. */
gibbs_status replicas_conclude(const replicas *r, gibbs_vmcrg_result *out, gibbs_error *err) GIBBS_CHECKED;

#endif
