/* reweight_parts.h - what the files of reweighting share.
 *
 * Sample n of state s counts w_n = 1 / tau_s, state k has n_k = count_k / tau_k.  With D_n = sum_k n_k exp(f_k -
 * u_kn), p_kn = n_k exp(f_k - u_kn) / D_n is the probability that sample n came from state k, and the equations of
 * the free energies are sum_n w_n p_kn = n_k. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_ESTIMATE_REWEIGHT_PARTS_H
#define GIBBS_ESTIMATE_REWEIGHT_PARTS_H

#include "gibbs/reweight.h"

/* Samples are looked at in chunks, none of which holds samples of two states. */
enum { GIBBS_REWEIGHT_CHUNK = 256 };

typedef struct gibbs_reweight_chunk {
  size_t state, first, count;
} gibbs_reweight_chunk;

struct gibbs_reweight {
  size_t states, total, chunk_count;
  size_t *first, *chains; /* [states + 1] first sample of each; [states] */
  double *beta, *energy;  /* [states], [total]; NULL for general potentials */
  double *potential;      /* [states * total]; NULL for temperatures */
  double *tau, *log_n;    /* [states]; log of count / tau */
  double *f;              /* [states], f[0] = 0 */
  double *log_d;          /* [total] */
  double *shared;         /* [states * states] sum_n w_n p_kn p_ln */
  double *inverse;        /* the same size: of the Hessian without its first row and column, which are 0 here */
  gibbs_reweight_chunk *chunks;
};

struct gibbs_reweight_target {
  const gibbs_reweight *reweight;
  double f, effective;
  double *weight; /* [total], adding up to 1 */
};

/* u_k of a chunk's samples. */
void gibbs_reweight_read(const gibbs_reweight *r, size_t state, const gibbs_reweight_chunk *chunk, double *out);
/* p[k * GIBBS_REWEIGHT_CHUNK + i] of a chunk, from the solution. */
void gibbs_reweight_weigh(const gibbs_reweight *r, const gibbs_reweight_chunk *chunk, double *p);

/* Work on chunks first..last-1 of segment `segment`. */
size_t gibbs_reweight_segments(const gibbs_reweight *r);
void gibbs_reweight_segment(const gibbs_reweight *r, size_t segment, size_t *first, size_t *last);

/* Free energies, log_d, shared and inverse. */
gibbs_status gibbs_reweight_solve(gibbs_reweight *r, gibbs_error *err) GIBBS_CHECKED;

/* "state 2 (beta 0.4)", in out[64]. */
const char *gibbs_reweight_name(const gibbs_reweight *r, size_t state, char out[64]);

/* Standard error of sum_n (own_n + w_n sum_k a_k p_kn); own[total], NULL for none, is overwritten. */
gibbs_status gibbs_reweight_error(const gibbs_reweight *r, double *own, const double *a, double *error,
                                  gibbs_error *err) GIBBS_CHECKED;
/* out[k] = sum_n c_n p_kn. */
gibbs_status gibbs_reweight_project(const gibbs_reweight *r, const double *c, double *out,
                                    gibbs_error *err) GIBBS_CHECKED;
/* out = inverse b. */
void gibbs_reweight_respond(const gibbs_reweight *r, const double *b, double *out);

#endif
