/* ais.c - annealed importance sampling: forward from the reference, back from the distribution's own chains, and
 * both with Bennett's acceptance ratio between them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "free_energy_parts.h"
#include "gibbs/progress.h"
#include "walk.h"

/* From one end of the path to the other, adding up the work; at the last step nothing moves any more. */
static gibbs_status anneal(gibbs_walk *w, bool up, gibbs_error *err) {
  const gibbs_free_energy_options *o = w->options;
  size_t steps = o->temperatures;
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, up ? "annealing" : "annealing back", "temperature", 0, steps);
  for (size_t c = 0; c < o->chains; c++) w->work[c] = 0;
  for (size_t k = 0; status == GIBBS_OK && k < steps; k++) {
    double from = gibbs_path_step(o, up ? k : steps - k), to = gibbs_path_step(o, up ? k + 1 : steps - k - 1);
    status = gibbs_walk_measure(w, from, to, err);
    for (size_t c = 0; status == GIBBS_OK && c < o->chains; c++) w->work[c] += w->step[c];
    if (status == GIBBS_OK && k + 1 < steps) status = gibbs_walk_move(w, to, o->sweeps, err);
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  return status;
}

static gibbs_status go_forward(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_walk *w,
                               gibbs_error *err) {
  gibbs_status status = gibbs_walk_open(path, o, o->seed, w, err);
  return status == GIBBS_OK ? anneal(w, true, err) : status;
}

/* How many of the weights of the way back are to be effective: by Crooks' theorem the mean of their squares is, over
 * the square of their mean, <exp(work)> <exp(-work)> of the way there, which sees the unlikely ones.  Infinite where
 * the way back is not the way there reversed. */
static double expect_back(const gibbs_walk *w) {
  size_t n = w->options->chains;
  double least = w->work[0], most = w->work[0], down = 0, up = 0;
  if (!gibbs_chains_reversible(w->chains)) return INFINITY;
  for (size_t c = 1; c < n; c++) least = fmin(least, w->work[c]), most = fmax(most, w->work[c]);
  for (size_t c = 0; c < n; c++) {
    down += exp(least - w->work[c]) / (double)n;
    up += exp(w->work[c] - most) / (double)n;
  }
  return (double)n * exp(least - most) / (down * up);
}

/* Along the path, and weighed at its end: what that says is kept. */
static gibbs_status come_along(gibbs_walk *w, gibbs_work_result *came, size_t *family, gibbs_error *err) {
  gibbs_status status = anneal(w, true, err);
  if (status != GIBBS_OK) return status;
  *came = gibbs_work_one_way(w->work, w->options->chains);
  came->likely = expect_back(w);
  return gibbs_path_resample(w->chains, w->work, family, err);
}

/* Chain c begins at one of the caller's configurations, evenly spread over all that there are. */
static gibbs_status begin_at(gibbs_walk *w, const gibbs_data *start, gibbs_work_result *came, size_t *family,
                             gibbs_error *err) {
  const gibbs_distribution *d = w->path->target;
  size_t chains = w->options->chains, count = gibbs_data_count(start), all = gibbs_data_units(start);
  gibbs_status status = GIBBS_OK;
  *came =
      (gibbs_work_result){.value = NAN, .error = NAN, .ess = fmin((double)chains, (double)count), .likely = INFINITY};
  for (size_t c = 0; c < chains; c++) family[c] = (size_t)((double)c * (double)count / (double)chains);
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < gibbs_distribution_visible_count(d); k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]));
    double *rows = malloc(chains * units * sizeof *rows + 1);
    if (!rows) return gibbs_fail_memory(err, "a start", chains * units * sizeof *rows);
    for (size_t c = 0; c < chains; c++)
      memcpy(rows + c * units, gibbs_data_rows(start) + family[c] * all + at, units * sizeof *rows);
    status = gibbs_chains_set(w->chains, k, rows, err);
    free(rows);
    at += units;
  }
  return status;
}

/* Chains of their own: brought to the distribution, left for a while, and taken back.  *came: how they came; its ess
 * is of independent ones among them.  family[chain]: chains with the same one come from one start. */
static gibbs_status go_back(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_walk *w,
                            gibbs_work_result *came, size_t *family, gibbs_error *err) {
  gibbs_status status = gibbs_walk_open(path, o, o->seed + 0x632be59bd9b4e019u, w, err);
  if (status == GIBBS_OK)
    status = o->start ? begin_at(w, o->start, came, family, err) : come_along(w, came, family, err);
  if (status == GIBBS_OK) status = gibbs_walk_move(w, 1, o->burn, err);
  return status == GIBBS_OK ? anneal(w, false, err) : status;
}

/* ---- verdicts --------------------------------------------------------------------------------------------- */

static void take_forward(const gibbs_work_result *forward, double log_z, gibbs_free_energy_result *out) {
  out->value = forward->value - log_z;
  out->error = forward->error;
  out->ess = forward->ess;
  out->bias = forward->error * forward->error / 2;
  out->upper = out->value;
}

static void take_back(const gibbs_work_result *back, double log_z, gibbs_free_energy_result *out) {
  out->value = -back->value - log_z;
  out->error = back->error;
  out->ess = back->ess;
  out->bias = -back->error * back->error / 2;
  out->lower = out->value;
}

/* Where sweeps cannot be reversed the acceptance ratio has no meaning: the two directions, by their variances. */
static gibbs_work_result average(const gibbs_work_result *forward, const gibbs_work_result *back) {
  double f = forward->error * forward->error, b = back->error * back->error;
  double share = f + b > 0 ? b / (f + b) : 0.5;
  return (gibbs_work_result){.value = share * forward->value - (1 - share) * back->value,
                             .error = sqrt(share * share * f + (1 - share) * (1 - share) * b),
                             .ess = fmin(forward->ess, back->ess)};
}

static void take_both(const gibbs_walk *ahead, const gibbs_walk *behind, double log_z,
                      gibbs_free_energy_result *out) {
  size_t n = ahead->options->chains;
  gibbs_work_result forward = gibbs_work_one_way(ahead->work, n), back = gibbs_work_one_way(behind->work, n);
  bool reversible = gibbs_chains_reversible(ahead->chains);
  gibbs_work_result both = reversible ? gibbs_work_two_ways(ahead->work, behind->work, n) : average(&forward, &back);
  out->value = both.value - log_z;
  out->error = both.error;
  out->ess = both.ess;
  out->bias = 0;
  out->upper = forward.value - log_z;
  out->lower = -back.value - log_z;
  out->gap = out->upper - out->lower;
  out->method = reversible ? "ais, forward and reverse, by Bennett's acceptance ratio" : "ais, forward and reverse";
  gibbs_free_energy_judge(out, n, reversible ? "works in the worse direction" : "weights in the worse direction");
  double error = hypot(forward.error, back.error);
  if (!(fabs(out->gap) <= fmax(4 * error, 1e-9)) && !(fabs(out->gap) < 1))
    gibbs_free_energy_doubt(out, "forward and reverse are %.3g apart, with an error of %.2g; take more temperatures",
                            out->gap, error);
}

static gibbs_status run_path(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                             gibbs_error *err) {
  gibbs_walk ahead = {0}, behind = {0};
  gibbs_work_result came = {.value = NAN, .ess = (double)o->chains};
  gibbs_status status = GIBBS_OK;
  bool forward = !o->reverse || o->both, reverse = o->reverse || o->both;
  size_t *family = calloc(o->chains, sizeof *family);
  if (!family) return gibbs_fail_memory(err, "chains", o->chains * sizeof *family);
  if (forward) status = go_forward(path, o, &ahead, err);
  if (status == GIBBS_OK && reverse) status = go_back(path, o, &behind, &came, family, err);
  if (status == GIBBS_OK && o->both) {
    take_both(&ahead, &behind, path->log_z, out);
  } else if (status == GIBBS_OK) {
    gibbs_work_result result =
        forward ? gibbs_work_one_way(ahead.work, o->chains) : gibbs_work_of_families(behind.work, family, o->chains);
    (forward ? take_forward : take_back)(&result, path->log_z, out);
    out->method = forward ? "ais, forward" : "ais, reverse";
    gibbs_free_energy_judge(out, o->chains, "weights");
    if (!(result.likely >= GIBBS_FREE_ENERGY_FLOOR))
      gibbs_free_energy_doubt(out,
                              "of %zu works that spread so far %.2g should be effective, and %d are needed: the "
                              "largest weights have not been seen",
                              o->chains, result.likely, GIBBS_FREE_ENERGY_FLOOR);
    if (reverse && came.likely < fmax(GIBBS_FREE_ENERGY_FLOOR, result.ess / 2))
      gibbs_free_energy_doubt(
          out,
          "the way there lets %.2g weights of the way back be effective, and %.2g seem to be: the "
          "largest have not been seen",
          came.likely, result.ess);
  }
  if (status == GIBBS_OK && came.ess < GIBBS_FREE_ENERGY_FLOOR)
    gibbs_free_energy_doubt(out, "the chains that go back come from %.2g independent ones, and %d are needed",
                            came.ess, GIBBS_FREE_ENERGY_FLOOR);
  gibbs_walk_close(&ahead);
  gibbs_walk_close(&behind);
  free(family);
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  return gibbs_walk_along(d, o, run_path, out, err);
}

const gibbs_free_energy_method gibbs_free_energy_ais = {
    .name = "ais",
    .doc =
        "annealed importance sampling: chains are carried from the reference to the distribution, and the mean of "
        "their weights estimates Z. The logarithm of it is low on average (F is high), by about half the squared "
        "error; reverse, from chains of the distribution itself, it is high. `both`: the two bound F, and Bennett's "
        "acceptance ratio of their works estimates it",
    .source = "Neal, Statistics and Computing 11 (2001) 125; Burda, Grosse and Salakhutdinov, AISTATS (2015) 102; "
              "Crooks, Phys. Rev. E 61 (2000) 2361",
    .chains = 128,
    .temperatures = 1000,
    .sweeps = 1,
    .burn = 1000,
    .run = run,
};
