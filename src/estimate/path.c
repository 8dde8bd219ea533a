/* path.c - the energies between a reference and a distribution, their chains and their weights. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ancestors.h"
#include "gibbs/random.h"
#include "path_reference.h"

void gibbs_path_close(gibbs_path *path) {
  gibbs_distribution_release(path->between);
  gibbs_expr_release(path->excess);
  gibbs_expr_release(path->beta);
  gibbs_expr_release(path->next);
  free(path->field);
  free(path->precision);
  *path = (gibbs_path){0};
}

static void write_parameter(gibbs_expr *node, double value) {
  gibbs_parameter *parameter = gibbs_expr_as_parameter(node);
  gibbs_parameter_values(parameter)[0] = value;
  gibbs_parameter_touch(parameter);
}

void gibbs_path_set(gibbs_path *path, double beta, double next) {
  write_parameter(path->beta, beta);
  write_parameter(path->next, next);
}

double gibbs_path_step(const gibbs_free_energy_options *o, size_t k) {
  if (o->ladder) return o->ladder[k];
  return k == o->temperatures ? 1 : (double)k / (double)o->temperatures;
}

/* ---- making ----------------------------------------------------------------------------------------------- */

static gibbs_status make_parameter(gibbs_graph *graph, const char *name, gibbs_expr **out, gibbs_error *err) {
  gibbs_shape shape = gibbs_shape_scalar();
  gibbs_parameter *parameter = NULL;
  gibbs_status status = gibbs_parameter_new(name, &shape, &parameter, err);
  if (status == GIBBS_OK) status = gibbs_expr_parameter(graph, parameter, out, err);
  gibbs_parameter_release(parameter);
  return status;
}

/* a op b, giving up both. */
static gibbs_status combine(gibbs_op op, gibbs_expr *a, gibbs_expr *b, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = gibbs_expr_binary(op, a, b, out, err);
  gibbs_expr_release(a);
  gibbs_expr_release(b);
  return status;
}

/* (1 - beta) E0, or NULL where E0 is 0. */
static gibbs_status fade(gibbs_path *path, gibbs_expr *reference, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *one = NULL, *rest = NULL;
  *out = NULL;
  if (!reference) return GIBBS_OK;
  gibbs_status status = gibbs_expr_number(gibbs_expr_graph(reference), 1, &one, err);
  if (status == GIBBS_OK) status = combine(GIBBS_OP_SUB, one, gibbs_expr_retain(path->beta), &rest, err);
  if (status == GIBBS_OK) status = combine(GIBBS_OP_MUL, rest, gibbs_expr_retain(reference), out, err);
  return status;
}

static gibbs_status mix(gibbs_path *path, gibbs_expr *reference, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *energy = gibbs_distribution_energy(path->target), *rising = NULL, *fading = NULL;
  gibbs_status status = gibbs_expr_binary(GIBBS_OP_MUL, path->beta, energy, &rising, err);
  if (status == GIBBS_OK) status = fade(path, reference, &fading, err);
  if (status == GIBBS_OK && fading) return combine(GIBBS_OP_ADD, fading, rising, out, err);
  if (status == GIBBS_OK)
    *out = rising;
  else
    gibbs_expr_release(rising);
  return status;
}

/* Visible and hidden variables as one list. */
static gibbs_status make_whole(gibbs_path *path, gibbs_expr *energy, gibbs_error *err) {
  gibbs_distribution *d = path->target;
  size_t visible = gibbs_distribution_visible_count(d), hidden = gibbs_distribution_hidden_count(d);
  gibbs_expr **all = calloc(visible + hidden + 1, sizeof *all);
  if (!all) return gibbs_fail_memory(err, "a list of variables", (visible + hidden) * sizeof *all);
  for (size_t k = 0; k < visible; k++) all[k] = gibbs_distribution_visible(d)[k];
  for (size_t k = 0; k < hidden; k++) all[visible + k] = gibbs_distribution_hidden(d)[k];
  gibbs_status status = gibbs_distribution_new("path", energy, all, visible + hidden, NULL, 0, &path->between, err);
  free(all);
  return status;
}

static gibbs_status make_between(gibbs_path *path, bool whole, gibbs_error *err) {
  gibbs_distribution *d = path->target;
  gibbs_expr *energy = gibbs_distribution_energy(d), *reference = NULL, *mixed = NULL;
  gibbs_status status = gibbs_reference_energy(path, &reference, err);
  if (status == GIBBS_OK) status = mix(path, reference, &mixed, err);
  if (status == GIBBS_OK && reference)
    status = gibbs_expr_binary(GIBBS_OP_SUB, energy, reference, &path->excess, err);
  else if (status == GIBBS_OK)
    path->excess = gibbs_expr_retain(energy);
  if (status == GIBBS_OK && whole)
    status = make_whole(path, mixed, err);
  else if (status == GIBBS_OK)
    status =
        gibbs_distribution_new("path", mixed, gibbs_distribution_visible(d), gibbs_distribution_visible_count(d),
                               gibbs_distribution_hidden(d), gibbs_distribution_hidden_count(d), &path->between, err);
  gibbs_expr_release(reference);
  gibbs_expr_release(mixed);
  return status;
}

gibbs_status gibbs_path_open(gibbs_distribution *d, const gibbs_free_energy_options *o, bool whole, gibbs_path *out,
                             gibbs_error *err) {
  gibbs_path path = {.target = d};
  gibbs_graph *graph = gibbs_expr_graph(gibbs_distribution_energy(d));
  gibbs_status status = gibbs_reference_fit(&path, o, err);
  if (status == GIBBS_OK) status = make_parameter(graph, "(beta)", &path.beta, err);
  if (status == GIBBS_OK) status = make_parameter(graph, "(next beta)", &path.next, err);
  if (status == GIBBS_OK) gibbs_path_set(&path, 1, 1);
  if (status == GIBBS_OK) status = make_between(&path, whole, err);
  if (status != GIBBS_OK) {
    gibbs_path_close(&path);
    return status;
  }
  path.joint = !gibbs_distribution_hamiltonian(path.between);
  *out = path;
  return GIBBS_OK;
}

/* ---- weights ---------------------------------------------------------------------------------------------- */

static bool is_linear(const gibbs_path *path) {
  return path->joint || gibbs_distribution_hidden_count(path->target) == 0;
}

gibbs_status gibbs_path_work(gibbs_path *path, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *step = NULL, *H = gibbs_distribution_hamiltonian(path->between), *after = NULL;
  gibbs_status status;
  if (is_linear(path)) {
    status = gibbs_expr_binary(GIBBS_OP_SUB, path->next, path->beta, &step, err);
    return status == GIBBS_OK ? combine(GIBBS_OP_MUL, step, gibbs_expr_retain(path->excess), out, err) : status;
  }
  status = gibbs_expr_substitute(H, &path->beta, &path->next, 1, &after, err);
  return status == GIBBS_OK ? combine(GIBBS_OP_SUB, after, gibbs_expr_retain(H), out, err) : status;
}

gibbs_status gibbs_path_slope(gibbs_path *path, gibbs_expr **out, gibbs_error *err) {
  if (is_linear(path)) return *out = gibbs_expr_retain(path->excess), GIBBS_OK;
  return gibbs_expr_gradient(gibbs_distribution_hamiltonian(path->between), &path->beta, 1, out, err);
}

/* ---- chains ----------------------------------------------------------------------------------------------- */

gibbs_status gibbs_path_chains(gibbs_path *path, const gibbs_free_energy_options *o, uint64_t seed, uint64_t warm,
                               gibbs_chains **out, gibbs_error *err) {
  gibbs_chains_options options = {
      .chains = o->chains, .seed = seed, .kernel = o->kernel, .settings = o->settings, .hidden = GIBBS_HIDDEN_AUTO};
  gibbs_chains *chains = NULL;
  gibbs_path_set(path, 1, 1);
  gibbs_status status = gibbs_chains_new(path->between, &options, &chains, err);
  if (status == GIBBS_OK && warm > 0) status = gibbs_chains_warm_up(chains, warm, err);
  if (status == GIBBS_OK)
    *out = chains;
  else
    gibbs_chains_free(chains);
  return status;
}

gibbs_status gibbs_path_restart(const gibbs_path *path, gibbs_chains *chains, size_t round, gibbs_error *err) {
  size_t count = gibbs_chains_count(chains), variables = gibbs_chains_variable_count(chains), at = 0;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < variables; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_chains_variables(chains)[k]);
    size_t units = gibbs_variable_units(variable), bytes = count * units * sizeof(double);
    double *rows = malloc(bytes + 1);
    if (!rows) return gibbs_fail_memory(err, "samples of the reference", bytes);
    for (size_t c = 0; c < count; c++) {
      gibbs_stream stream = gibbs_stream_open(gibbs_chains_seed(chains), GIBBS_PURPOSE_CHAIN, (uint32_t)c,
                                              (uint32_t)(1 + k + round * variables));
      gibbs_reference_draw(path, variable, at, &stream, rows + c * units);
    }
    status = gibbs_chains_set(chains, k, rows, err);
    free(rows);
    at += gibbs_variable_size(variable);
  }
  return status;
}

gibbs_status gibbs_path_resample(gibbs_chains *chains, const double *work, size_t *ancestor, gibbs_error *err) {
  size_t n = gibbs_chains_count(chains);
  double *log_weight = malloc(n * sizeof *log_weight);
  if (!log_weight) return gibbs_fail_memory(err, "a copy of the chains", n * sizeof *log_weight);
  gibbs_stream stream = gibbs_stream_open(gibbs_chains_seed(chains), GIBBS_PURPOSE_RESAMPLE, 0, 0);
  for (size_t c = 0; c < n; c++) log_weight[c] = -work[c];
  gibbs_ancestors_draw(log_weight, n, gibbs_stream_uniform(&stream), ancestor);
  free(log_weight);
  return gibbs_ancestors_follow(chains, ancestor, err);
}
