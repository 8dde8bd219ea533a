/* series_state.c - a series as numbers, to be written down and gone on with. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "series_blocks.h"

enum { FORMAT = 1, HEAD = 7 }; /* format, observables, chains, pooled, rows, length, blocks */

/* 2^53: what a double counts to. */
#define MOST_ROWS 9007199254740992.0

gibbs_status gibbs_series_save(const gibbs_series *series, double **state, size_t *count, gibbs_error *err) {
  size_t slots = series->slots, kept = series->blocks * slots, size = HEAD + 3 * slots + 2 * kept;
  double *out = malloc(size * sizeof *out);
  if (!out) return gibbs_fail_memory(err, "the state of a series", size * sizeof *out);
  const double head[HEAD] = {FORMAT,
                             (double)series->observables,
                             (double)series->chains,
                             series->pooled,
                             (double)series->rows,
                             (double)series->length,
                             (double)series->blocks};
  memcpy(out, head, sizeof head);
  memcpy(out + HEAD, series->reference, 3 * slots * sizeof *out);
  if (kept) {
    memcpy(out + HEAD + 3 * slots, series->sums, kept * sizeof *out);
    memcpy(out + HEAD + 3 * slots + kept, series->squares, kept * sizeof *out);
  }
  *state = out;
  *count = size;
  return GIBBS_OK;
}

static bool is_power_of_two(double x) {
  int exponent;
  return x >= 1 && x < MOST_ROWS && frexp(x, &exponent) == 0.5;
}

/* Whether rows, length and blocks are what adding rows leads to, and `count` is what they take. */
static bool head_is_possible(const gibbs_series *series, const double *head, size_t count) {
  double rows = head[4], length = head[5], blocks = head[6];
  if (!(rows >= 0 && rows < MOST_ROWS && rows == floor(rows)) || !is_power_of_two(length)) return false;
  if (!(blocks >= 0 && blocks < (double)series->most && blocks == floor(rows / length))) return false;
  return count == HEAD + (3 + 2 * (size_t)blocks) * series->slots;
}

static gibbs_status check_state(const gibbs_series *series, const double *state, size_t count, gibbs_error *err) {
  if (count < HEAD || state[0] != FORMAT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "this is not the state of a series");
  if (state[1] != (double)series->observables || state[2] != (double)series->chains ||
      (state[3] != 0) != series->pooled)
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "the state is of %g observables of %g chains%s, the series of %zu of %zu%s", state[1], state[2],
                      state[3] != 0 ? ", pooled" : "", series->observables, series->chains,
                      series->pooled ? ", pooled" : "");
  if (!head_is_possible(series, state, count))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the state of a series is damaged: %g rows in %g blocks of %g rows, in %zu numbers", state[4],
                      state[6], state[5], count);
  for (size_t k = HEAD; k < count; k++)
    if (!isfinite(state[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the state of a series holds %g as number %zu; it must be finite",
                        state[k], k + 1);
  return GIBBS_OK;
}

gibbs_status gibbs_series_restore(gibbs_series *series, const double *state, size_t count, gibbs_error *err) {
  gibbs_status status = check_state(series, state, count, err);
  if (status != GIBBS_OK) return status;
  size_t slots = series->slots, blocks = (size_t)state[6];
  status = gibbs_series_reserve(series, blocks, err);
  if (status != GIBBS_OK) return status;
  series->rows = (uint64_t)state[4];
  series->length = (uint64_t)state[5];
  series->blocks = blocks;
  series->filled = series->rows - blocks * series->length;
  memcpy(series->reference, state + HEAD, 3 * slots * sizeof *state);
  memcpy(series->sums, state + HEAD + 3 * slots, blocks * slots * sizeof *state);
  memcpy(series->squares, state + HEAD + (3 + blocks) * slots, blocks * slots * sizeof *state);
  return GIBBS_OK;
}
