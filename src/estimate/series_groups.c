/* series_groups.c - groups of blocks, and a function of means without each of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "series_groups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gibbs/spread.h"

/* As many groups as this, unless they would be shorter than LONG_ENOUGH tau; never fewer than FEWEST. */
#define USUAL 128
#define FEWEST 32
#define LONG_ENOUGH 5
/* Each chain has some groups of its own, unless there are more chains than this. */
#define MOST_CHAINS 256
#define OWN 4

static size_t divide_up(size_t a, size_t b) {
  return (a + b - 1) / b;
}

/* The longest tau of all observables, in rows. */
static gibbs_status find_longest_tau(const gibbs_series *series, const gibbs_cut *cut, double *longest,
                                     gibbs_error *err) {
  size_t bytes = series->lanes * cut->blocks * sizeof(double);
  double *x = malloc(bytes);
  if (!x) return gibbs_fail_memory(err, "the blocks of an observable", bytes);
  *longest = 1;
  for (size_t o = 0; o < series->observables; o++) {
    gibbs_estimate e;
    gibbs_series_estimate(series, o, cut, x, &e);
    if (e.tau > *longest) *longest = e.tau;
  }
  free(x);
  return GIBBS_OK;
}

static size_t choose_each(const gibbs_series *series, const gibbs_cut *cut, double tau) {
  size_t lanes = series->lanes, each = divide_up(USUAL, lanes), least = divide_up(FEWEST, lanes);
  if (lanes <= MOST_CHAINS && each < OWN) each = OWN;
  size_t longest = (size_t)((double)cut->rows / (LONG_ENOUGH * tau));
  if (each > longest) each = longest;
  if (each < least) each = least;
  return each < cut->blocks ? each : cut->blocks;
}

static gibbs_status allocate(gibbs_groups *groups, gibbs_error *err) {
  size_t size = groups->count * (groups->observables + 1) + 2 * groups->observables;
  groups->sums = calloc(size, sizeof(double));
  if (!groups->sums) return gibbs_fail_memory(err, "the groups of a series", size * sizeof(double));
  groups->rows = groups->sums + groups->count * groups->observables;
  groups->total = groups->rows + groups->count;
  groups->means = groups->total + groups->observables;
  return GIBBS_OK;
}

static void add_block(gibbs_groups *groups, const double *block, size_t lane, size_t group, double rows) {
  double *sums = groups->sums + group * groups->observables;
  for (size_t o = 0; o < groups->observables; o++) {
    double sum = block[o * groups->lanes + lane];
    sums[o] += sum;
    groups->total[o] += sum;
  }
  groups->rows[group] += rows;
  groups->all_rows += rows;
}

/* The open block goes to the last group of its chain. */
static void fill(const gibbs_series *series, const gibbs_cut *cut, gibbs_groups *groups) {
  for (size_t c = 0; c < groups->lanes; c++) {
    for (size_t k = 0; k < groups->each; k++)
      for (size_t b = k * cut->blocks / groups->each; b < (k + 1) * cut->blocks / groups->each; b++)
        add_block(groups, series->sums + (cut->first + b) * series->slots, c, c * groups->each + k,
                  (double)series->length);
    add_block(groups, series->open, c, (c + 1) * groups->each - 1, (double)series->filled);
  }
}

gibbs_status gibbs_groups_make(const gibbs_series *series, uint64_t warm_up, gibbs_groups *out, gibbs_error *err) {
  gibbs_cut cut;
  double tau = 1;
  gibbs_status status = gibbs_series_cut_for(series, 0, series->observables, warm_up, &cut, err);
  if (status == GIBBS_OK) status = find_longest_tau(series, &cut, &tau, err);
  if (status != GIBBS_OK) return status;
  size_t each = choose_each(series, &cut, tau);
  *out = (gibbs_groups){.observables = series->observables,
                        .lanes = series->lanes,
                        .each = each,
                        .count = each * series->lanes,
                        .reference = series->reference};
  status = allocate(out, err);
  if (status == GIBBS_OK) fill(series, &cut, out);
  return status;
}

void gibbs_groups_clear(gibbs_groups *groups) {
  free(groups->sums);
}

gibbs_status gibbs_groups_apply(gibbs_groups *groups, const gibbs_function *function, const double *sums, double rows,
                                double *out, gibbs_error *err) {
  for (size_t o = 0; o < groups->observables; o++)
    groups->means[o] = groups->reference[o * groups->lanes] + sums[o] / rows;
  gibbs_status status = function->f(function->context, groups->means, out, err);
  for (size_t k = 0; status == GIBBS_OK && k < function->outputs; k++)
    if (!isfinite(out[k]))
      return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the function of the means gives %g as output %zu", out[k], k + 1);
  return status;
}

gibbs_status gibbs_groups_blame(gibbs_error *err, const char *where, size_t number) {
  char who[64];
  snprintf(who, sizeof who, "%s %zu", where, number);
  return gibbs_error_prefix(err, who);
}

gibbs_status gibbs_groups_leave_out(gibbs_groups *groups, const gibbs_function *function, double *whole,
                                    double *without, gibbs_error *err) {
  size_t observables = groups->observables, outputs = function->outputs, size = observables + outputs;
  double *rest = malloc(size * sizeof *rest), *out = rest ? rest + observables : NULL;
  if (!rest) return gibbs_fail_memory(err, "the means of a series", size * sizeof *rest);
  gibbs_status status = gibbs_groups_apply(groups, function, groups->total, groups->all_rows, whole, err);
  for (size_t j = 0; status == GIBBS_OK && j < groups->count; j++) {
    for (size_t o = 0; o < observables; o++) rest[o] = groups->total[o] - groups->sums[j * observables + o];
    status = gibbs_groups_apply(groups, function, rest, groups->all_rows - groups->rows[j], out, err);
    if (status != GIBBS_OK) gibbs_groups_blame(err, "without block", j + 1);
    for (size_t k = 0; status == GIBBS_OK && k < outputs; k++) without[k * groups->count + j] = out[k];
  }
  free(rest);
  return status;
}

double gibbs_groups_variance(const gibbs_groups *groups, const double *without, double whole, double *influence,
                             double *plain) {
  double count = (double)groups->count, mean = 0;
  for (size_t j = 0; j < groups->count; j++) {
    double rest = groups->all_rows / groups->rows[j] - 1;
    influence[j] = (whole - without[j]) * rest * count * groups->rows[j] / groups->all_rows;
    mean += influence[j] / count;
  }
  *plain = 0;
  for (size_t j = 0; j < groups->count; j++)
    *plain += (influence[j] - mean) * (influence[j] - mean) / (count * count);
  gibbs_spread spread;
  bool single = groups->each < 2; /* chains of one group each are independent, as elements of one chain may be */
  gibbs_spread_of_mean(influence, single ? 1 : groups->lanes, single ? groups->count : groups->each, &spread);
  return spread.variance;
}
