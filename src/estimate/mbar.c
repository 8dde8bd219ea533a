/* mbar.c - runs at several temperatures of the path, taken together. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "free_energy_parts.h"
#include "gibbs/progress.h"
#include "gibbs/reweight.h"

/* Samples of the excess energy of all states: [state][chain][sweep]. */
typedef struct ladder {
  gibbs_path *path;
  const gibbs_free_energy_options *options;
  gibbs_chains *chains;
  gibbs_meter *meter;
  size_t states;
  double *beta, *energy, *now;
  size_t *count, *runs;
  /* Where chains are at one state: of every unit its sum over sweeps by each chain, and the sum of its squares. */
  size_t units, widest;
  double *rows, *sum, *square;
  double stuck; /* largest part of a unit's variance that lies between chains */
} ladder;

static void close_ladder(ladder *l) {
  gibbs_meter_free(l->meter);
  gibbs_chains_free(l->chains);
  free(l->beta);
  free(l->energy);
  free(l->count);
  free(l->rows);
}

static gibbs_status open_places(ladder *l, gibbs_error *err) {
  size_t n = l->options->chains;
  for (size_t k = 0; k < gibbs_chains_variable_count(l->chains); k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_chains_variables(l->chains)[k]));
    l->units += units;
    if (units > l->widest) l->widest = units;
  }
  size_t all = n * l->widest + l->units * (n + 1);
  l->rows = malloc((all + 1) * sizeof *l->rows);
  if (!l->rows) return gibbs_fail_memory(err, "samples", all * sizeof *l->rows);
  l->sum = l->rows + n * l->widest;
  l->square = l->sum + n * l->units;
  return GIBBS_OK;
}

static gibbs_status note_places(ladder *l, gibbs_error *err) {
  size_t n = l->options->chains, at = 0;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < gibbs_chains_variable_count(l->chains); k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_chains_variables(l->chains)[k]));
    status = gibbs_chains_get(l->chains, k, l->rows, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++)
      for (size_t u = 0; u < units; u++) {
        double x = l->rows[c * units + u];
        l->sum[c * l->units + at + u] += x;
        l->square[at + u] += x * x;
      }
    at += units;
  }
  return status;
}

/* Chains that stay where they are, each in a place of its own, are there as they came, not as often as they should;
 * energies need not tell the places apart, units do. */
static void judge_places(ladder *l) {
  size_t n = l->options->chains, sweeps = l->options->sweeps;
  for (size_t u = 0; u < l->units; u++) {
    double mean = 0, between = 0;
    for (size_t c = 0; c < n; c++) mean += l->sum[c * l->units + u] / (double)(n * sweeps);
    for (size_t c = 0; c < n; c++) {
      double off = l->sum[c * l->units + u] / (double)sweeps - mean;
      between += off * off / (double)n;
    }
    double all = l->square[u] / (double)(n * sweeps) - mean * mean;
    if (all > 1e-12 * (1 + mean * mean)) l->stuck = fmax(l->stuck, between / all);
  }
}

static gibbs_status open_ladder(gibbs_path *path, const gibbs_free_energy_options *o, ladder *l, gibbs_error *err) {
  l->path = path;
  l->options = o;
  l->states = o->temperatures + 1;
  size_t each = o->chains * o->sweeps, all = l->states * each + o->chains;
  if (o->sweeps < 4) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu sweeps; there must be at least 4", o->sweeps);
  l->beta = malloc(l->states * sizeof *l->beta);
  l->count = malloc(2 * l->states * sizeof *l->count);
  l->energy = all / o->chains >= o->sweeps && all < SIZE_MAX / 16 ? malloc(all * sizeof *l->energy) : NULL;
  if (!l->beta || !l->count || !l->energy) return gibbs_fail_memory(err, "samples", all * sizeof *l->energy);
  l->runs = l->count + l->states;
  l->now = l->energy + l->states * each;
  for (size_t k = 0; k < l->states; k++) {
    l->beta[k] = gibbs_path_step(o, k);
    l->count[k] = each;
    l->runs[k] = o->chains;
  }
  gibbs_status status = gibbs_path_chains(path, o, o->seed, 0, &l->chains, err);
  if (status == GIBBS_OK) status = gibbs_path_restart(path, l->chains, 0, err);
  if (status == GIBBS_OK) status = gibbs_meter_new(l->chains, &path->excess, 1, &l->meter, err);
  return status == GIBBS_OK ? open_places(l, err) : status;
}

static gibbs_status sample_state(ladder *l, size_t k, gibbs_error *err) {
  size_t n = l->options->chains, sweeps = l->options->sweeps;
  gibbs_path_set(l->path, l->beta[k], l->beta[k]);
  memset(l->sum, 0, (n + 1) * l->units * sizeof *l->sum);
  gibbs_status status = k > 0 ? gibbs_chains_advance(l->chains, l->options->burn, err) : GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "chains", "sweep", 0, sweeps);
  for (size_t t = 0; status == GIBBS_OK && t < sweeps; t++) {
    status = k > 0 ? gibbs_chains_advance(l->chains, 1, err) : gibbs_path_restart(l->path, l->chains, t, err);
    if (status == GIBBS_OK) status = gibbs_meter_read(l->meter, l->now, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++) l->energy[(k * n + c) * sweeps + t] = l->now[c];
    if (status == GIBBS_OK) status = note_places(l, err);
    gibbs_progress_step(&task, t + 1);
  }
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) judge_places(l);
  return status;
}

/* Chains that hardly move say little on where they should be. */
static void judge_tau(const ladder *l, const gibbs_reweight *reweight, gibbs_free_energy_result *out) {
  double longest = 0;
  for (size_t k = 0; k < l->states; k++) longest = fmax(longest, gibbs_reweight_tau(reweight, k));
  if (3 * longest > (double)l->options->sweeps)
    gibbs_free_energy_doubt(out, "%zu sweeps are only %.2g autocorrelation times at one of the temperatures",
                            l->options->sweeps, (double)l->options->sweeps / longest);
}

static gibbs_status solve(const ladder *l, gibbs_free_energy_result *out, gibbs_error *err) {
  gibbs_reweight_samples samples = {.states = l->states, .count = l->count, .chains = l->runs};
  gibbs_reweight *reweight = NULL;
  gibbs_reweight_target *target = NULL;
  gibbs_status status = gibbs_reweight_temperatures(&samples, l->beta, l->energy, &reweight, err);
  if (status == GIBBS_OK)
    status = gibbs_reweight_difference(reweight, 0, l->states - 1, &out->value, &out->error, err);
  if (status == GIBBS_OK) status = gibbs_reweight_to_beta(reweight, 1, &target, err);
  if (status == GIBBS_OK) {
    out->value -= l->path->log_z;
    out->ess = gibbs_reweight_target_effective(target);
    gibbs_free_energy_judge(out, l->options->chains * l->options->sweeps, "samples");
    judge_tau(l, reweight, out);
    if (l->stuck > 0.6)
      gibbs_free_energy_doubt(out,
                              "chains stay apart: %.0f %% of what a unit varies is between chains, at one of the "
                              "temperatures",
                              100 * l->stuck);
  }
  gibbs_reweight_target_free(target);
  gibbs_reweight_free(reweight);
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  gibbs_path path;
  ladder l = {0};
  gibbs_status status = gibbs_path_open(d, o, true, &path, err);
  if (status != GIBBS_OK) return status;
  status = open_ladder(&path, o, &l, err);
  gibbs_progress task;
  gibbs_progress_begin(&task, "sampling", "temperature", 0, l.states);
  for (size_t k = 0; status == GIBBS_OK && k < l.states; k++) {
    status = sample_state(&l, k, err);
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  if (status == GIBBS_OK) status = solve(&l, out, err);
  close_ladder(&l);
  gibbs_path_close(&path);
  return status;
}

const gibbs_free_energy_method gibbs_free_energy_mbar = {
    .name = "mbar",
    .doc = "chains at every temperature of the path, whose samples are taken together by the multistate acceptance "
           "ratio; hidden units are sampled. Neighbouring temperatures that do not overlap are a failure",
    .source = "Shirts and Chodera, J. Chem. Phys. 129 (2008) 124105",
    .chains = 64,
    .temperatures = 32,
    .sweeps = 100,
    .burn = 50,
    .run = run,
};
