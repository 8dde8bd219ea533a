/* gl_reweight.h - samples of several temperatures: for the two files that make and use them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GL_REWEIGHT_H
#define GL_REWEIGHT_H

#include "gibbs/reweight.h"
#include "gl_class.h"

typedef struct gl_reweight {
  size_t references; /* a function of the means may close its box */
  gibbs_reweight *core;
  size_t states, total, count; /* temperatures, samples, observables */
  char **names;
  double *beta;                  /* [state] */
  size_t *sizes, *chains;        /* [state] samples, and chains that made them */
  double *values;                /* [observable * total + sample] */
  gibbs_reweight_target *target; /* of the last call; NULL: none yet */
  double target_beta;
  bool busy;
  char why[200]; /* what a run has against its means; "" */
} gl_reweight;

extern const gl_class gl_reweight_class; /* its objects are gl_reweight */
gl_reweight *gl_reweight_retain(gl_reweight *r);
void gl_reweight_release(gl_reweight *r);

#endif
