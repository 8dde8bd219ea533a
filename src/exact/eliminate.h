/* eliminate.h - sums over all units of an energy in a planned order, and the means that follow from them.
 *
 * Promises: logarithms throughout, so that nothing overflows however long a strip is; the same bits for any number of
 * threads. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_ELIMINATE_H
#define GIBBS_EXACT_ELIMINATE_H

#include "term_tables.h"

/* Tables that are there at one time may have this many numbers: 2 GB. */
#define GIBBS_ELIMINATION_MOST_NUMBERS 0x1p28

/* out[0] = log Z; with orders = 2 or 3 also its first and second derivative along the slopes of the terms: the mean
 * and the variance of sum_t slope_t x_t.  Constants are in.  O(orders * plan->entries); keeps only what is still
 * needed. */
gibbs_status gibbs_eliminate(const gibbs_interactions *list, const gibbs_elimination *plan, size_t orders,
                             double *out, gibbs_error *err) GIBBS_CHECKED;

/* mean[t] of the product of elements of every term.  All messages are kept: ERR_SIZE where these are too many. */
gibbs_status gibbs_eliminate_means(const gibbs_interactions *list, const gibbs_elimination *plan, double *mean,
                                   gibbs_error *err) GIBBS_CHECKED;

/* ---- shared by both ------------------------------------------------------------------------------------------ */

typedef struct gibbs_elimination_run {
  const gibbs_interactions *list;
  const gibbs_elimination *plan;
  size_t orders;
  gibbs_term_tables tables;
  gibbs_bucket bucket;
  double **message;          /* [position]: orders * cells, or NULL */
  double *level;             /* [position]: what was taken off the message's logarithms */
  double **marginal;         /* [position]: of the separator, or NULL */
  uint32_t *child, *sibling; /* [position]: the buckets whose messages come in, a list; UINT32_MAX ends it */
  double *scratch;           /* one piece a thread */
  size_t scratch_room;
  long double total[GIBBS_BUCKET_ORDERS]; /* what was taken off the messages: the sums, at the end */
} gibbs_elimination_run;

gibbs_status gibbs_elimination_begin(gibbs_elimination_run *run, gibbs_error *err) GIBBS_CHECKED;
void gibbs_elimination_end(gibbs_elimination_run *run);
/* All factors of a position into the bucket. */
gibbs_status gibbs_elimination_open(gibbs_elimination_run *run, size_t position, bool marginals,
                                    gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_elimination_scratch(gibbs_elimination_run *run, size_t pieces, gibbs_error *err) GIBBS_CHECKED;
size_t gibbs_elimination_piece(const gibbs_elimination_run *run);
/* Every position in turn; messages are kept or let go. */
gibbs_status gibbs_elimination_forward(gibbs_elimination_run *run, bool keep, gibbs_error *err) GIBBS_CHECKED;

#endif
