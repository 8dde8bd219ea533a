/* ais.c - annealed importance sampling: forward from the reference, back from the distribution's own chains, and
 * both with Bennett's acceptance ratio between them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "free_energy_parts.h"

/* Chains on the path, and the work done on each. */
typedef struct walk {
  gibbs_path *path;
  const gibbs_free_energy_options *options;
  gibbs_chains *chains;
  bool direct;        /* the kernel goes along the path itself, and knows the work */
  gibbs_meter *meter; /* else */
  double *work, *step;
} walk;

static void close_walk(walk *w) {
  gibbs_meter_free(w->meter);
  gibbs_chains_free(w->chains);
  free(w->work);
  free(w->step);
}

/* Step sizes of real units are found at the end of the path. */
static uint64_t warm_up_of(const gibbs_path *path) {
  const gibbs_distribution *d = path->target;
  double states = gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d)) +
                  gibbs_variables_log2_states(gibbs_distribution_hidden(d), gibbs_distribution_hidden_count(d));
  return isinf(states) ? 100 : 0;
}

/* Two layers go by block Gibbs, unless the caller wants another kernel: no other is as cheap along a path. */
static gibbs_status try_directly(walk *w, uint64_t seed, gibbs_error *err) {
  const gibbs_free_energy_options *o = w->options;
  gibbs_chains_options options = {.chains = o->chains, .seed = seed, .kernel = o->kernel, .settings = o->settings};
  gibbs_error reason;
  if (gibbs_distribution_hidden_count(w->path->target) == 0 || w->path->joint) return GIBBS_OK;
  if (!options.kernel) options.kernel = gibbs_kernel_find("block_gibbs");
  gibbs_status status = gibbs_chains_new(w->path->target, &options, &w->chains, &reason);
  if (status == GIBBS_ERR_UNSUPPORTED && !o->kernel) return GIBBS_OK;
  if (status != GIBBS_OK) {
    if (err) *err = reason;
    return status;
  }
  w->direct = gibbs_chains_can_mix(w->chains);
  if (w->direct) return gibbs_chains_mix(w->chains, 1, w->path->field, err);
  gibbs_chains_free(w->chains);
  w->chains = NULL;
  return GIBBS_OK;
}

static gibbs_status open_meter(walk *w, uint64_t seed, gibbs_error *err) {
  gibbs_expr *work = NULL;
  gibbs_status status = gibbs_path_chains(w->path, w->options, seed, warm_up_of(w->path), &w->chains, err);
  if (status == GIBBS_OK) status = gibbs_path_work(w->path, &work, err);
  if (status == GIBBS_OK) status = gibbs_meter_new(w->chains, &work, 1, &w->meter, err);
  gibbs_expr_release(work);
  return status;
}

static gibbs_status open_walk(gibbs_path *path, const gibbs_free_energy_options *o, uint64_t seed, walk *out,
                              gibbs_error *err) {
  walk w = {.path = path, .options = o};
  w.work = calloc(o->chains, sizeof *w.work);
  w.step = calloc(o->chains, sizeof *w.step);
  gibbs_status status =
      w.work && w.step ? GIBBS_OK : gibbs_fail_memory(err, "weights", 2 * o->chains * sizeof *w.work);
  if (status == GIBBS_OK) status = try_directly(&w, seed, err);
  if (status == GIBBS_OK && !w.direct) status = open_meter(&w, seed, err);
  if (status == GIBBS_OK) status = gibbs_path_restart(path, w.chains, 0, err);
  if (status == GIBBS_OK)
    *out = w;
  else
    close_walk(&w);
  return status;
}

/* The work of the step, at the configurations as they are. */
static gibbs_status measure_step(walk *w, double from, double to, gibbs_error *err) {
  if (!w->direct) {
    gibbs_path_set(w->path, from, to);
    return gibbs_meter_read(w->meter, w->step, err);
  }
  gibbs_status status = gibbs_chains_mix(w->chains, from, NULL, err);
  return status == GIBBS_OK ? gibbs_chains_work(w->chains, to, w->step, err) : status;
}

static gibbs_status move(walk *w, double beta, uint64_t sweeps, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (w->direct)
    status = gibbs_chains_mix(w->chains, beta, NULL, err);
  else
    gibbs_path_set(w->path, beta, beta);
  return status == GIBBS_OK ? gibbs_chains_advance(w->chains, sweeps, err) : status;
}

/* From one end of the path to the other, adding up the work; at the last step nothing moves any more. */
static gibbs_status anneal(walk *w, bool up, gibbs_error *err) {
  const gibbs_free_energy_options *o = w->options;
  size_t steps = o->temperatures;
  gibbs_status status = GIBBS_OK;
  for (size_t c = 0; c < o->chains; c++) w->work[c] = 0;
  for (size_t k = 0; status == GIBBS_OK && k < steps; k++) {
    double from = gibbs_path_step(o, up ? k : steps - k), to = gibbs_path_step(o, up ? k + 1 : steps - k - 1);
    status = measure_step(w, from, to, err);
    for (size_t c = 0; status == GIBBS_OK && c < o->chains; c++) w->work[c] += w->step[c];
    if (status == GIBBS_OK && k + 1 < steps) status = move(w, to, o->sweeps, err);
  }
  return status;
}

static gibbs_status go_forward(gibbs_path *path, const gibbs_free_energy_options *o, walk *w, gibbs_error *err) {
  gibbs_status status = open_walk(path, o, o->seed, w, err);
  return status == GIBBS_OK ? anneal(w, true, err) : status;
}

/* Along the path, and weighed at its end. */
static gibbs_status come_along(walk *w, double *ess, gibbs_error *err) {
  gibbs_status status = anneal(w, true, err);
  if (status != GIBBS_OK) return status;
  *ess = gibbs_work_one_way(w->work, w->options->chains).ess;
  return gibbs_path_resample(w->chains, w->work, err);
}

/* Chain c begins at one of the caller's configurations, evenly spread over all that there are. */
static gibbs_status begin_at(walk *w, const gibbs_data *start, double *ess, gibbs_error *err) {
  const gibbs_distribution *d = w->path->target;
  size_t chains = w->options->chains, count = gibbs_data_count(start), all = gibbs_data_units(start);
  gibbs_status status = GIBBS_OK;
  *ess = fmin((double)chains, (double)count);
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < gibbs_distribution_visible_count(d); k++) {
    size_t units = gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(d)[k]));
    double *rows = malloc(chains * units * sizeof *rows + 1);
    if (!rows) return gibbs_fail_memory(err, "a start", chains * units * sizeof *rows);
    for (size_t c = 0; c < chains; c++) {
      size_t row = chains < count ? (size_t)((double)c * (double)count / (double)chains) : c % count;
      memcpy(rows + c * units, gibbs_data_rows(start) + row * all + at, units * sizeof *rows);
    }
    status = gibbs_chains_set(w->chains, k, rows, err);
    free(rows);
    at += units;
  }
  return status;
}

/* Chains of their own: brought to the distribution, left for a while, and taken back.  *ess: of independent ones
 * among those that were brought. */
static gibbs_status go_back(gibbs_path *path, const gibbs_free_energy_options *o, walk *w, double *ess,
                            gibbs_error *err) {
  gibbs_status status = open_walk(path, o, o->seed + 0x632be59bd9b4e019u, w, err);
  if (status == GIBBS_OK) status = o->start ? begin_at(w, o->start, ess, err) : come_along(w, ess, err);
  if (status == GIBBS_OK) status = move(w, 1, o->burn, err);
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

static void take_both(const walk *ahead, const walk *behind, double log_z, gibbs_free_energy_result *out) {
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
  walk ahead = {0}, behind = {0};
  double ess = (double)o->chains;
  gibbs_status status = GIBBS_OK;
  bool forward = !o->reverse || o->both, reverse = o->reverse || o->both;
  if (forward) status = go_forward(path, o, &ahead, err);
  if (status == GIBBS_OK && reverse) status = go_back(path, o, &behind, &ess, err);
  if (status == GIBBS_OK && o->both) {
    take_both(&ahead, &behind, path->log_z, out);
  } else if (status == GIBBS_OK) {
    gibbs_work_result result = gibbs_work_one_way(forward ? ahead.work : behind.work, o->chains);
    (forward ? take_forward : take_back)(&result, path->log_z, out);
    out->method = forward ? "ais, forward" : "ais, reverse";
    gibbs_free_energy_judge(out, o->chains, "weights");
  }
  if (status == GIBBS_OK && ess < GIBBS_FREE_ENERGY_FLOOR)
    gibbs_free_energy_doubt(out, "the chains that go back come from %.2g independent ones, and %d are needed", ess,
                            GIBBS_FREE_ENERGY_FLOOR);
  close_walk(&ahead);
  close_walk(&behind);
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  gibbs_path path;
  gibbs_status status = gibbs_path_open(d, o, false, &path, err);
  if (status != GIBBS_OK) return status;
  status = run_path(&path, o, out, err);
  gibbs_path_close(&path);
  return status;
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
