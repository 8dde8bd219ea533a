/* series_blocks.h - what a series keeps, for the files of the series only.
 *
 * A slot is one chain of one observable (one observable where chains are pooled).  Blocks of `length` rows hold sums
 * over their rows of d = value - reference and of d squared; the reference is the slot's observable in the first row,
 * so that constants have no variance at all and large offsets cost no digits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_ESTIMATE_SERIES_BLOCKS_H
#define GIBBS_ESTIMATE_SERIES_BLOCKS_H

#include "gibbs/series.h"

struct gibbs_series {
  size_t observables, chains, lanes, slots; /* lanes: slots of an observable; slots = observables * lanes */
  bool pooled;
  uint64_t rows, length, filled; /* filled: rows in the open block */
  size_t blocks, room, most;     /* full blocks, allocated ones, and when to join neighbours */
  double *reference;             /* [slot] */
  double *open, *open_squares;   /* [slot] sums over the open block */
  double *sums, *squares;        /* [block * slots + slot] */
};

/* What is left of a series without its warm-up: full blocks from `first` on, and the open block. */
typedef struct gibbs_cut {
  size_t first, blocks;
  uint64_t warm_up, rows;
  bool settled; /* a warm-up that was looked for ended within the first half */
} gibbs_cut;

/* Makes room for `blocks` full blocks at least. */
gibbs_status gibbs_series_reserve(gibbs_series *series, size_t blocks, gibbs_error *err) GIBBS_CHECKED;

/* Rounds a warm-up up to whole blocks.  ERR_ARGUMENT: too little is left. */
gibbs_status gibbs_series_cut(const gibbs_series *series, uint64_t warm_up, gibbs_cut *out,
                              gibbs_error *err) GIBBS_CHECKED;
/* The same, and GIBBS_WARM_UP_DETECT looks at the observables from..to-1. */
gibbs_status gibbs_series_cut_for(const gibbs_series *series, size_t from, size_t to, uint64_t warm_up,
                                  gibbs_cut *out, gibbs_error *err) GIBBS_CHECKED;

/* Block means of one observable, less its reference: x[lane * blocks + block]. */
void gibbs_series_gather(const gibbs_series *series, size_t observable, const gibbs_cut *cut, double *x);
/* Sum over all rows that count and all lanes of d, or (squares) of d squared. */
double gibbs_series_total(const gibbs_series *series, size_t observable, const gibbs_cut *cut, bool squares);

/* The mean of one observable; x: scratch for lanes * blocks of the cut. */
void gibbs_series_estimate(const gibbs_series *series, size_t observable, const gibbs_cut *cut, double *x,
                           gibbs_estimate *out);

#endif
