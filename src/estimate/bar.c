/* bar.c - Bennett's acceptance ratio between a distribution and another one, or its reference. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "free_energy_parts.h"
#include "gibbs/exact.h"
#include "gibbs/progress.h"
#include "gibbs/reweight.h"

/* potential[state][sample] of the samples of `from` and then of `to`, chain by chain: 0 in `from`, and the difference
 * of the energies in `to`. */
typedef struct pair {
  const gibbs_free_energy_options *options;
  size_t each; /* samples of one of them */
  double *potential, *now;
} pair;

static gibbs_status open_pair(const gibbs_free_energy_options *o, pair *p, gibbs_error *err) {
  *p = (pair){.options = o, .each = o->chains * o->sweeps};
  if (o->sweeps < 4) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu sweeps; there must be at least 4", o->sweeps);
  size_t all = 4 * p->each + o->chains;
  p->potential = o->sweeps < SIZE_MAX / 64 / o->chains ? calloc(all, sizeof *p->potential) : NULL;
  if (!p->potential) return gibbs_fail_memory(err, "samples", all * sizeof *p->potential);
  p->now = p->potential + 4 * p->each;
  return GIBBS_OK;
}

/* `difference` at the samples of one of the two; `reference`: they are drawn, not moved. */
static gibbs_status sample_side(pair *p, gibbs_chains *chains, gibbs_expr *difference, const gibbs_path *reference,
                                bool to, gibbs_error *err) {
  size_t n = p->options->chains, sweeps = p->options->sweeps;
  double *row = p->potential + 2 * p->each + (to ? p->each : 0);
  gibbs_meter *meter = NULL;
  gibbs_status status = gibbs_meter_new(chains, &difference, 1, &meter, err);
  gibbs_progress task;
  gibbs_progress_begin(&task, to ? "sampling one side" : "sampling the other side", "sweep", 0, sweeps);
  for (size_t t = 0; status == GIBBS_OK && t < sweeps; t++) {
    status = reference ? gibbs_path_restart(reference, chains, t, err) : gibbs_chains_advance(chains, 1, err);
    if (status == GIBBS_OK) status = gibbs_meter_read(meter, p->now, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++) row[c * sweeps + t] = p->now[c];
    gibbs_progress_step(&task, t + 1);
  }
  gibbs_progress_end(&task);
  gibbs_meter_free(meter);
  return status;
}

static gibbs_status solve(const pair *p, gibbs_free_energy_result *out, gibbs_error *err) {
  size_t count[] = {p->each, p->each}, runs[] = {p->options->chains, p->options->chains};
  gibbs_reweight_samples samples = {.states = 2, .count = count, .chains = runs};
  gibbs_reweight *reweight = NULL;
  gibbs_reweight_target *target = NULL;
  gibbs_status status = gibbs_reweight_potentials(&samples, p->potential, &reweight, err);
  if (status == GIBBS_OK) status = gibbs_reweight_difference(reweight, 0, 1, &out->value, &out->error, err);
  if (status == GIBBS_OK) status = gibbs_reweight_to_potential(reweight, p->potential + 2 * p->each, &target, err);
  if (status == GIBBS_OK) {
    out->ess = gibbs_reweight_target_effective(target);
    gibbs_free_energy_judge(out, 2 * p->each, "samples");
  }
  gibbs_reweight_target_free(target);
  gibbs_reweight_free(reweight);
  return status;
}

/* ---- from the reference ----------------------------------------------------------------------------------- */

static gibbs_status sample_reference(pair *p, gibbs_path *path, gibbs_error *err) {
  gibbs_chains *chains = NULL;
  gibbs_expr *work = NULL;
  gibbs_status status = gibbs_path_work(path, &work, err);
  if (status == GIBBS_OK)
    status = gibbs_path_chains(path, p->options, p->options->seed, p->options->burn, &chains, err);
  if (status == GIBBS_OK) {
    /* The difference of the energies at 1 and 0: less that from 1 to 0, at which the chains stay. */
    gibbs_path_set(path, 1, 0);
    status = sample_side(p, chains, work, NULL, true, err);
  }
  if (status == GIBBS_OK) status = sample_side(p, chains, work, path, false, err);
  for (size_t i = 0; status == GIBBS_OK && i < 2 * p->each; i++) p->potential[2 * p->each + i] *= -1;
  gibbs_expr_release(work);
  gibbs_chains_free(chains);
  return status;
}

static gibbs_status from_reference(pair *p, gibbs_distribution *d, gibbs_free_energy_result *out, gibbs_error *err) {
  gibbs_path path;
  gibbs_status status = gibbs_path_open(d, p->options, false, &path, err);
  if (status != GIBBS_OK) return status;
  status = sample_reference(p, &path, err);
  if (status == GIBBS_OK) status = solve(p, out, err);
  if (status == GIBBS_OK) out->value -= path.log_z;
  gibbs_path_close(&path);
  return status;
}

/* ---- from another distribution ---------------------------------------------------------------------------- */

static gibbs_status check_variables(const gibbs_distribution *a, const gibbs_distribution *b, gibbs_error *err) {
  bool same = gibbs_distribution_visible_count(a) == gibbs_distribution_visible_count(b);
  for (size_t k = 0; same && k < gibbs_distribution_visible_count(a); k++) {
    const gibbs_variable *x = gibbs_expr_as_variable(gibbs_distribution_visible(a)[k]);
    const gibbs_variable *y = gibbs_expr_as_variable(gibbs_distribution_visible(b)[k]);
    same = gibbs_variable_domain(x) == gibbs_variable_domain(y) &&
           gibbs_variable_states(x) == gibbs_variable_states(y) && gibbs_variable_units(x) == gibbs_variable_units(y);
  }
  if (same) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "the two distributions have different visible units");
}

/* The Hamiltonian of `of` in the variables of `in`. */
static gibbs_status translate(gibbs_distribution *of, gibbs_distribution *in, gibbs_expr **out, gibbs_error *err) {
  size_t count = gibbs_distribution_visible_count(of), made = 0;
  gibbs_expr **to = calloc(count + 1, sizeof *to);
  if (!to) return gibbs_fail_memory(err, "a list of variables", count * sizeof *to);
  gibbs_status status = GIBBS_OK;
  for (; status == GIBBS_OK && made < count; made += status == GIBBS_OK)
    status = gibbs_expr_reshape(gibbs_distribution_visible(in)[made],
                                gibbs_expr_shape(gibbs_distribution_visible(of)[made]), &to[made], err);
  if (status == GIBBS_OK)
    status = gibbs_expr_substitute(gibbs_distribution_hamiltonian(of), gibbs_distribution_visible(of), to, count, out,
                                   err);
  for (size_t k = 0; k < made; k++) gibbs_expr_release(to[k]);
  free(to);
  return status;
}

/* The difference of the energies, in the variables of `in`. */
static gibbs_status make_difference(gibbs_distribution *to, gibbs_distribution *from, gibbs_distribution *in,
                                    gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *a = NULL, *b = NULL;
  gibbs_status status = translate(to, in, &a, err);
  if (status == GIBBS_OK) status = translate(from, in, &b, err);
  if (status == GIBBS_OK) status = gibbs_expr_binary(GIBBS_OP_SUB, a, b, out, err);
  gibbs_expr_release(a);
  gibbs_expr_release(b);
  return status;
}

/* Samples of d, which is `to` or `from`. */
static gibbs_status sample_distribution(pair *p, gibbs_distribution *d, gibbs_distribution *to,
                                        gibbs_distribution *from, gibbs_error *err) {
  const gibbs_free_energy_options *o = p->options;
  gibbs_chains_options options = {.chains = o->chains, .seed = d == to ? o->seed : o->seed + 0x632be59bd9b4e019u};
  if (d == to) options.kernel = o->kernel, options.settings = o->settings;
  gibbs_chains *chains = NULL;
  gibbs_expr *difference = NULL;
  gibbs_status status = make_difference(to, from, d, &difference, err);
  if (status == GIBBS_OK) status = gibbs_chains_new(d, &options, &chains, err);
  if (status == GIBBS_OK) status = gibbs_chains_warm_up(chains, o->burn, err);
  if (status == GIBBS_OK) status = sample_side(p, chains, difference, NULL, d == to, err);
  gibbs_expr_release(difference);
  gibbs_chains_free(chains);
  return status;
}

static gibbs_status known_free_energy(const gibbs_free_energy_options *o, double *out, gibbs_error *err) {
  *out = o->from_free_energy;
  if (!isnan(o->from_free_energy)) return GIBBS_OK;
  gibbs_status status = gibbs_exact_free_energy(o->from, out, err);
  size_t length = err && status != GIBBS_OK ? strlen(err->message) : 0;
  if (length > 0)
    snprintf(err->message + length, sizeof err->message - length,
             "; or give the free energy of the other distribution, if you know it: free_energy = ...");
  return status;
}

static gibbs_status from_other(pair *p, gibbs_distribution *d, gibbs_free_energy_result *out, gibbs_error *err) {
  gibbs_distribution *from = p->options->from;
  double known = 0;
  if (from == d) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the other distribution is this one");
  gibbs_status status = check_variables(d, from, err);
  if (status == GIBBS_OK) status = gibbs_distribution_summable(d, err);
  if (status == GIBBS_OK) status = gibbs_distribution_summable(from, err);
  if (status == GIBBS_OK) status = known_free_energy(p->options, &known, err);
  if (status == GIBBS_OK) status = sample_distribution(p, d, d, from, err);
  if (status == GIBBS_OK) status = sample_distribution(p, from, d, from, err);
  if (status == GIBBS_OK) status = solve(p, out, err);
  if (status == GIBBS_OK) out->value += known;
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  pair p;
  gibbs_status status = open_pair(o, &p, err);
  if (status == GIBBS_OK) status = o->from ? from_other(&p, d, out, err) : from_reference(&p, d, out, err);
  free(p.potential);
  return status;
}

const gibbs_free_energy_method gibbs_free_energy_bar = {
    .name = "bar",
    .doc = "Bennett's acceptance ratio between the distribution and another one on the same visible units (`from`), "
           "whose free energy is known or summed; without it, the reference of independent units. Samples of both "
           "have to overlap, else it fails",
    .source = "Bennett, J. Comput. Phys. 22 (1976) 245",
    .chains = 128,
    .temperatures = 1,
    .sweeps = 200,
    .burn = 200,
    .run = run,
};
