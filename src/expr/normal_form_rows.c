/* normal_form_rows.c - a list of pairs as compressed rows: sorted, each pair once in both its rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"

enum { short_row = 24 };

typedef struct entry {
  uint32_t column;
  double value;
} entry;

typedef struct rows {
  size_t count;
  size_t *first;
  uint32_t *column;
  double *value;
  entry *scratch; /* twice the longest row */
} rows;

/* Equal columns stay in the order in which they came, here and below: their values are added in that order. */
static void sort_short(uint32_t *column, double *value, size_t n) {
  for (size_t k = 1; k < n; k++) {
    uint32_t c = column[k];
    double v = value[k];
    size_t j = k;
    for (; j > 0 && column[j - 1] > c; j--) {
      column[j] = column[j - 1];
      value[j] = value[j - 1];
    }
    column[j] = c;
    value[j] = v;
  }
}

static void merge_runs(const entry *from, entry *to, size_t n, size_t step) {
  for (size_t at = 0; at < n; at += 2 * step) {
    size_t middle = at + step < n ? at + step : n, end = middle + step < n ? middle + step : n, i = at, j = middle;
    for (size_t k = at; k < end; k++)
      to[k] = i < middle && (j == end || from[i].column <= from[j].column) ? from[i++] : from[j++];
  }
}

static void sort_long(uint32_t *column, double *value, size_t n, entry *scratch) {
  entry *from = scratch, *to = scratch + n;
  for (size_t k = 0; k < n; k++) from[k] = (entry){column[k], value[k]};
  for (size_t step = 1; step < n; step *= 2) {
    merge_runs(from, to, n, step);
    entry *other = from;
    from = to;
    to = other;
  }
  for (size_t k = 0; k < n; k++) column[k] = from[k].column, value[k] = from[k].value;
}

static bool is_ascending(const uint32_t *column, size_t n) {
  for (size_t k = 1; k < n; k++)
    if (column[k - 1] >= column[k]) return false;
  return true;
}

/* Sorts a row and adds up equal columns; returns its new length. */
static size_t tidy_row(uint32_t *column, double *value, size_t n, entry *scratch) {
  if (is_ascending(column, n)) return n;
  if (n <= short_row)
    sort_short(column, value, n);
  else
    sort_long(column, value, n, scratch);
  size_t used = 0;
  for (size_t k = 1; k < n; k++) {
    if (column[k] == column[used]) {
      value[used] += value[k];
      continue;
    }
    column[++used] = column[k];
    value[used] = value[k];
  }
  return used + 1;
}

static void tidy_rows(rows *r) {
  size_t used = 0, from = 0;
  for (size_t i = 0; i < r->count; i++) {
    size_t end = r->first[i + 1], n = tidy_row(r->column + from, r->value + from, end - from, r->scratch);
    if (used != from) {
      memmove(r->column + used, r->column + from, n * sizeof *r->column);
      memmove(r->value + used, r->value + from, n * sizeof *r->value);
    }
    r->first[i] = used;
    used += n;
    from = end;
  }
  r->first[r->count] = used;
}

/* Row i from first[i] on, in the order of the list; first[i] is where it ends when all are there, and set back then.
 */
static void place_pairs(rows *r, size_t pairs, uint32_t (*pair)[2], const double *coupling) {
  for (size_t k = 0; k < pairs; k++) r->first[pair[k][0] + 1]++, r->first[pair[k][1] + 1]++;
  for (size_t i = 0; i < r->count; i++) r->first[i + 1] += r->first[i];
  for (size_t k = 0; k < pairs; k++)
    for (int end = 0; end < 2; end++) {
      size_t at = r->first[pair[k][end]]++;
      r->column[at] = pair[k][1 - end];
      r->value[at] = coupling[k];
    }
  for (size_t i = r->count; i > 0; i--) r->first[i] = r->first[i - 1];
  r->first[0] = 0;
}

static bool make_scratch(rows *r) {
  size_t longest = 0;
  for (size_t i = 0; i < r->count; i++)
    if (r->first[i + 1] - r->first[i] > longest) longest = r->first[i + 1] - r->first[i];
  if (longest <= short_row) return true;
  r->scratch = malloc(2 * longest * sizeof *r->scratch);
  return r->scratch;
}

gibbs_status gibbs_rows_from_pairs(size_t elements, size_t pairs, uint32_t (*pair)[2], const double *coupling,
                                   gibbs_sparse *out, gibbs_error *err) {
  rows r = {.count = elements};
  r.first = calloc(elements + 1, sizeof *r.first);
  r.column = malloc((2 * pairs + 1) * sizeof *r.column);
  r.value = malloc((2 * pairs + 1) * sizeof *r.value);
  bool room = r.first && r.column && r.value;
  if (room) place_pairs(&r, pairs, pair, coupling);
  room = room && make_scratch(&r);
  if (room) tidy_rows(&r);
  free(r.scratch);
  if (!room) {
    free(r.first);
    free(r.column);
    free(r.value);
    return gibbs_fail_memory(err, "the pairs of an energy", 2 * pairs * (sizeof *r.column + sizeof *r.value));
  }
  *out = (gibbs_sparse){elements, r.first[elements], r.first, r.column, r.value};
  return GIBBS_OK;
}
