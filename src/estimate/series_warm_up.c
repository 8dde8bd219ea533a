/* series_warm_up.c - where a series has forgotten its start: MSER (White, Simulation 69 (1997) 323).
 *
 * Of all starts in the first half, the one for which the squared standard error, taken as if elements were
 * independent, is least.  Elements are batches of block means averaged over chains, so few that neighbours are nearly
 * independent in any run long enough to be used. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "series_blocks.h"

/* Batches are joined until there are fewer than this. */
#define MOST_BATCHES 128
/* A start beyond this part of the run is the end of the searched half: no end of the warm-up was seen. */
#define SETTLED_BEFORE 0.45
/* What is taken off has another mean than the rest, by so many standard errors (were batches independent, and all of
 * one distribution): not just a rare large value, without which the rest looks quieter. */
#define SHIFT 3
/* Blocks that are left in any case. */
#define FEWEST_LEFT 4

/* y[k]: batch means over chains; returns how many. */
static size_t average_chains(const gibbs_series *series, size_t observable, size_t batch, double *y) {
  size_t batches = series->blocks / batch, slots = series->slots;
  for (size_t k = 0; k < batches; k++) {
    double sum = 0;
    for (size_t b = k * batch; b < (k + 1) * batch; b++)
      for (size_t c = 0; c < series->lanes; c++) sum += series->sums[b * slots + observable * series->lanes + c];
    y[k] = sum / (double)(batch * series->lanes);
  }
  return batches;
}

static size_t find_start(const double *y, size_t n) {
  double all = 0, total = 0, mean = 0, squares = 0, least = INFINITY;
  size_t start = 0;
  for (size_t k = 0; k < n; k++) all += y[k] / (double)n;
  for (size_t k = 0; k < n; k++) total += (y[k] - all) * (y[k] - all);
  for (size_t k = n; k-- > 0;) {
    double left = (double)(n - k), delta = y[k] - mean;
    mean += delta / left;
    squares += delta * (y[k] - mean);
    if (k > n / 2 || squares / (left * left) > least) continue;
    /* Of all squares, those that the difference of the means of both parts explains. */
    double explained = (mean - all) * (mean - all) * left * (double)n / fmax((double)k, 1);
    if (k > 0 && explained * (double)n <= SHIFT * SHIFT * total) continue;
    least = squares / (left * left);
    start = k;
  }
  return start;
}

/* Blocks at the start to be left out for the observables from..to-1; there are FEWEST_LEFT blocks at least. */
static size_t find_blocks(const gibbs_series *series, size_t from, size_t to, bool *settled) {
  double y[MOST_BATCHES];
  size_t batch = 1, most = 0, batches = 0;
  while (series->blocks / batch >= MOST_BATCHES) batch *= 2;
  for (size_t o = from; o < to; o++) {
    batches = average_chains(series, o, batch, y);
    size_t start = find_start(y, batches);
    if (start > most) most = start;
  }
  *settled = (double)most <= SETTLED_BEFORE * (double)batches;
  *settled = (double)most <= SETTLED_BEFORE * (double)batches;
  size_t start = (most + most / 2) * batch, last = series->blocks - FEWEST_LEFT;
  return start < last ? start : last;
}

gibbs_status gibbs_series_cut_for(const gibbs_series *series, size_t from, size_t to, uint64_t warm_up,
                                  gibbs_cut *out, gibbs_error *err) {
  bool settled = true;
  if (warm_up == GIBBS_WARM_UP_DETECT && series->blocks < FEWEST_LEFT) warm_up = 0;
  if (warm_up == GIBBS_WARM_UP_DETECT) warm_up = find_blocks(series, from, to, &settled) * series->length;
  gibbs_status status = gibbs_series_cut(series, warm_up, out, err);
  if (status == GIBBS_OK) out->settled = settled;
  return status;
}

uint64_t gibbs_series_warm_up(const gibbs_series *series, bool *settled) {
  bool found = false;
  uint64_t rows = 0;
  if (series->blocks >= FEWEST_LEFT) rows = find_blocks(series, 0, series->observables, &found) * series->length;
  if (settled) *settled = found;
  return rows;
}
