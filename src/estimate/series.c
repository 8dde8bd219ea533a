/* series.c - rows of values, kept as sums over blocks in memory that does not grow. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"
#include "series_blocks.h"

/* Full blocks are joined when there are as many as this, or as few as keep all blocks within BYTES. */
#define MOST_BLOCKS 4096
#define FEWEST_BLOCKS 64
#define BYTES ((size_t)64 << 20)
#define FIRST_ROOM 16
/* Values beyond this would overflow in sums of squares. */
#define LARGEST 1e140

static size_t choose_most(size_t slots) {
  size_t most = MOST_BLOCKS;
  while (most > FEWEST_BLOCKS && most > BYTES / (2 * sizeof(double)) / slots) most /= 2;
  return most;
}

static gibbs_status check_size(size_t observables, size_t chains, gibbs_error *err) {
  if (observables == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a series needs at least 1 observable, not 0");
  if (chains == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a series needs at least 1 chain, not 0");
  if (chains > SIZE_MAX / sizeof(double) / (4 * FEWEST_BLOCKS) / observables)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "a series of %zu observables of %zu chains does not fit into memory",
                      observables, chains);
  return GIBBS_OK;
}

gibbs_status gibbs_series_new(size_t observables, size_t chains, bool pooled, gibbs_series **out, gibbs_error *err) {
  gibbs_status status = check_size(observables, chains, err);
  if (status != GIBBS_OK) return status;
  gibbs_series *series = calloc(1, sizeof *series);
  if (!series) return gibbs_fail_memory(err, "a series", sizeof *series);
  size_t lanes = pooled ? 1 : chains, slots = observables * lanes;
  *series = (gibbs_series){.observables = observables,
                           .chains = chains,
                           .pooled = pooled && chains > 1,
                           .lanes = lanes,
                           .slots = slots,
                           .length = 1,
                           .most = choose_most(slots)};
  series->reference = calloc(3 * slots, sizeof *series->reference);
  if (!series->reference) {
    gibbs_series_free(series);
    return gibbs_fail_memory(err, "a series", 3 * slots * sizeof(double));
  }
  series->open = series->reference + slots;
  series->open_squares = series->open + slots;
  *out = series;
  return GIBBS_OK;
}

void gibbs_series_free(gibbs_series *series) {
  if (!series) return;
  free(series->reference);
  free(series->sums);
  free(series->squares);
  free(series);
}

size_t gibbs_series_observables(const gibbs_series *series) {
  return series->observables;
}
size_t gibbs_series_chains(const gibbs_series *series) {
  return series->chains;
}
uint64_t gibbs_series_rows(const gibbs_series *series) {
  return series->rows;
}

/* ---- adding a row ------------------------------------------------------------------------------------ */

GIBBS_CLONES static bool all_moderate(const double *x, size_t n) {
  uint64_t bad = 0;
  for (size_t k = 0; k < n; k++) bad |= fabs(x[k]) <= LARGEST ? 0 : 1;
  return !bad;
}

static gibbs_status refuse_row(const gibbs_series *series, const double *values, gibbs_error *err) {
  size_t k = 0;
  while (fabs(values[k]) <= LARGEST) k++;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "observable %zu of chain %zu is %g in row %" PRIu64 "; it must be finite%s",
                    k / series->chains + 1, k % series->chains + 1, values[k], series->rows + 1,
                    isfinite(values[k]) ? ", and at most 1e140 in size" : "");
}

GIBBS_CLONES static void add_slots(double *restrict sums, double *restrict squares, const double *restrict reference,
                                   const double *restrict values, size_t n) {
  for (size_t k = 0; k < n; k++) {
    double d = values[k] - reference[k];
    sums[k] += d;
    squares[k] += d * d;
  }
}

/* The mean over chains, and the mean of the squares. */
static void add_pooled(gibbs_series *series, const double *values) {
  size_t chains = series->chains;
  for (size_t o = 0; o < series->observables; o++) {
    double sum = 0, squares = 0;
    for (size_t c = 0; c < chains; c++) {
      double d = values[o * chains + c] - series->reference[o];
      sum += d;
      squares += d * d;
    }
    series->open[o] += sum / (double)chains;
    series->open_squares[o] += squares / (double)chains;
  }
}

gibbs_status gibbs_series_reserve(gibbs_series *series, size_t blocks, gibbs_error *err) {
  size_t room = series->room ? series->room : FIRST_ROOM;
  while (room < blocks) room *= 2;
  if (room == series->room) return GIBBS_OK;
  size_t bytes = room * series->slots * sizeof(double);
  double *sums = realloc(series->sums, bytes);
  if (sums) series->sums = sums;
  double *squares = sums ? realloc(series->squares, bytes) : NULL;
  if (squares) series->squares = squares;
  if (!squares) return gibbs_fail_memory(err, "the blocks of a series", bytes);
  series->room = room;
  return GIBBS_OK;
}

static void join_neighbours(double *sums, size_t blocks, size_t slots) {
  for (size_t b = 0; b < blocks / 2; b++)
    for (size_t k = 0; k < slots; k++) sums[b * slots + k] = sums[2 * b * slots + k] + sums[(2 * b + 1) * slots + k];
}

static void close_block(gibbs_series *series) {
  size_t slots = series->slots, bytes = slots * sizeof(double);
  memcpy(series->sums + series->blocks * slots, series->open, bytes);
  memcpy(series->squares + series->blocks * slots, series->open_squares, bytes);
  memset(series->open, 0, 2 * bytes);
  series->filled = 0;
  if (++series->blocks < series->most) return;
  join_neighbours(series->sums, series->blocks, slots);
  join_neighbours(series->squares, series->blocks, slots);
  series->blocks /= 2;
  series->length *= 2;
}

gibbs_status gibbs_series_add(gibbs_series *series, const double *values, gibbs_error *err) {
  if (!all_moderate(values, series->observables * series->chains)) return refuse_row(series, values, err);
  if (series->filled + 1 == series->length && series->blocks == series->room) {
    gibbs_status status = gibbs_series_reserve(series, series->blocks + 1, err);
    if (status != GIBBS_OK) return status;
  }
  if (series->rows == 0)
    for (size_t k = 0; k < series->slots; k++) series->reference[k] = values[k / series->lanes * series->chains];
  if (series->pooled)
    add_pooled(series, values);
  else
    add_slots(series->open, series->open_squares, series->reference, values, series->slots);
  series->rows++;
  if (++series->filled == series->length) close_block(series);
  return GIBBS_OK;
}

/* ---- reading blocks ---------------------------------------------------------------------------------- */

gibbs_status gibbs_series_cut(const gibbs_series *series, uint64_t warm_up, gibbs_cut *out, gibbs_error *err) {
  uint64_t length = series->length, first = warm_up / length + (warm_up % length != 0);
  if (warm_up >= series->rows || first + 2 > series->blocks || series->rows - first * length < 4)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the series has %" PRIu64 " rows, of which %" PRIu64
                      " are warm-up: too few are left for an error (at least %" PRIu64
                      "); run longer or take less for warm-up",
                      series->rows, warm_up, length > 2 ? 2 * length : 4);
  *out = (gibbs_cut){.first = (size_t)first,
                     .blocks = series->blocks - (size_t)first,
                     .warm_up = first * length,
                     .rows = series->rows - first * length,
                     .settled = true};
  return GIBBS_OK;
}

void gibbs_series_gather(const gibbs_series *series, size_t observable, const gibbs_cut *cut, double *x) {
  const double *sums = series->sums + cut->first * series->slots + observable * series->lanes;
  double length = (double)series->length;
  for (size_t b = 0; b < cut->blocks; b++)
    for (size_t c = 0; c < series->lanes; c++) x[c * cut->blocks + b] = sums[b * series->slots + c] / length;
}

double gibbs_series_total(const gibbs_series *series, size_t observable, const gibbs_cut *cut, bool squares) {
  const double *blocks = squares ? series->squares : series->sums,
               *open = squares ? series->open_squares : series->open;
  double total = 0;
  for (size_t k = observable * series->lanes; k < (observable + 1) * series->lanes; k++) {
    double sum = open[k];
    for (size_t b = cut->first; b < cut->first + cut->blocks; b++) sum += blocks[b * series->slots + k];
    total += sum;
  }
  return total;
}
