/* bucket.h - the table over a unit and its separator, never held whole: block by block, as a sum of factors.
 *
 * A factor is a table over some of the bucket's units: a group of terms, or the message of an earlier bucket.  The
 * last unit to go runs fastest everywhere, so that what stays for long lies in contiguous runs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXACT_BUCKET_H
#define GIBBS_EXACT_BUCKET_H

#include "elimination.h"

enum {
  GIBBS_BUCKET_MOST_UNITS = 32,
  GIBBS_BUCKET_ORDERS = 3,  /* a logarithm and its first two derivatives */
  GIBBS_BUCKET_CELLS = 8192 /* of a block, all states of the unit together */
};

/* How a factor runs along a block. */
typedef enum gibbs_factor_run { GIBBS_RUN_CONSTANT, GIBBS_RUN_STRAIGHT, GIBBS_RUN_LISTED } gibbs_factor_run;

typedef struct gibbs_factor {
  const double *table[GIBBS_BUCKET_ORDERS]; /* NULL: zeros */
  double *marginal;                         /* over the same units; NULL where not wanted */
  size_t own_stride;                        /* a state of the unit that goes */
  size_t stride[GIBBS_BUCKET_MOST_UNITS];   /* a state of each unit of the separator */
  gibbs_factor_run run;
  const uint32_t *offset; /* [block], where listed */
} gibbs_factor;

typedef struct gibbs_bucket {
  size_t states;                          /* of the unit that goes */
  size_t units;                           /* of the separator */
  size_t extent[GIBBS_BUCKET_MOST_UNITS]; /* their states, the fastest first */
  uint32_t position[GIBBS_BUCKET_MOST_UNITS];
  size_t cells;              /* of the separator */
  size_t block, blocks, low; /* the first `low` units run inside a block */
  size_t factors, factor_room;
  gibbs_factor *factor;
  uint32_t *offsets; /* scratch of the listed runs */
  size_t offset_room;
} gibbs_bucket; /* starts as {0} */

void gibbs_bucket_clear(gibbs_bucket *bucket);
/* Units and blocks of the bucket at a position, no factors. */
void gibbs_bucket_open(gibbs_bucket *bucket, const gibbs_interactions *list, const gibbs_elimination *plan,
                       size_t position);
/* A factor over `count` of the bucket's units, positions descending, as its table runs. */
gibbs_status gibbs_bucket_add(gibbs_bucket *bucket, const uint32_t scope[], size_t count,
                              const double *const table[GIBBS_BUCKET_ORDERS], double *marginal,
                              gibbs_error *err) GIBBS_CHECKED;
/* After the last factor. */
gibbs_status gibbs_bucket_close(gibbs_bucket *bucket, gibbs_error *err) GIBBS_CHECKED;

/* sum[k][s][r]: derivative k < orders of the logarithm in state s of the unit, at place r of the block. */
void gibbs_bucket_gather(const gibbs_bucket *bucket, size_t block, size_t orders, double *sum);
/* The sum over s, in logarithms: out[k] at the block's first place.  `sum` is spoilt; room for 2 blocks more stands
 * behind it. */
void gibbs_bucket_reduce(const gibbs_bucket *bucket, size_t orders, double *sum, double *const out[]);
/* Add the probabilities [s][r] of a block to the marginals of the factors. */
void gibbs_bucket_scatter(const gibbs_bucket *bucket, size_t block, const double *probability);

#endif
