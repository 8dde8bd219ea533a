/* walk.c - chains on the way from a reference to a distribution: by the path's own energies, or by a kernel that goes
 * along it. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "walk.h"

#include <math.h>
#include <stdlib.h>

void gibbs_walk_close(gibbs_walk *w) {
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
static gibbs_status try_directly(gibbs_walk *w, uint64_t seed, gibbs_error *err) {
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

static gibbs_status open_meter(gibbs_walk *w, uint64_t seed, gibbs_error *err) {
  gibbs_expr *work = NULL;
  gibbs_status status = gibbs_path_chains(w->path, w->options, seed, warm_up_of(w->path), &w->chains, err);
  if (status == GIBBS_OK) status = gibbs_path_work(w->path, &work, err);
  if (status == GIBBS_OK) status = gibbs_meter_new(w->chains, &work, 1, &w->meter, err);
  gibbs_expr_release(work);
  return status;
}

/* Where sweeps depend on the hidden units that are there, the path is one of the joint energy. */
static gibbs_status open_path(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_path *out,
                              gibbs_error *err) {
  gibbs_path path;
  gibbs_chains *chains = NULL;
  gibbs_free_energy_options one = *o;
  one.chains = 1;
  gibbs_status status = gibbs_path_open(d, o, false, &path, err);
  if (status != GIBBS_OK) return status;
  if (gibbs_distribution_hidden_count(d) > 0) status = gibbs_path_chains(&path, &one, o->seed, 0, &chains, err);
  bool fine = !chains || gibbs_chains_redraws_hidden(chains);
  gibbs_chains_free(chains);
  if (status == GIBBS_OK && fine) return *out = path, GIBBS_OK;
  gibbs_path_close(&path);
  return status == GIBBS_OK ? gibbs_path_open(d, o, true, out, err) : status;
}

gibbs_status gibbs_walk_along(gibbs_distribution *d, const gibbs_free_energy_options *o,
                              gibbs_status (*run)(gibbs_path *path, const gibbs_free_energy_options *o,
                                                  gibbs_free_energy_result *out, gibbs_error *err),
                              gibbs_free_energy_result *out, gibbs_error *err) {
  gibbs_path path;
  gibbs_status status = open_path(d, o, &path, err);
  if (status != GIBBS_OK) return status;
  status = run(&path, o, out, err);
  gibbs_path_close(&path);
  return status;
}

gibbs_status gibbs_walk_open(gibbs_path *path, const gibbs_free_energy_options *o, uint64_t seed, gibbs_walk *out,
                             gibbs_error *err) {
  gibbs_walk w = {.path = path, .options = o};
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
    gibbs_walk_close(&w);
  return status;
}

gibbs_status gibbs_walk_measure(gibbs_walk *w, double from, double to, gibbs_error *err) {
  if (!w->direct) {
    gibbs_path_set(w->path, from, to);
    return gibbs_meter_read(w->meter, w->step, err);
  }
  gibbs_status status = gibbs_chains_mix(w->chains, from, NULL, err);
  return status == GIBBS_OK ? gibbs_chains_work(w->chains, to, w->step, err) : status;
}

gibbs_status gibbs_walk_move(gibbs_walk *w, double beta, uint64_t sweeps, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (w->direct)
    status = gibbs_chains_mix(w->chains, beta, NULL, err);
  else
    gibbs_path_set(w->path, beta, beta);
  return status == GIBBS_OK ? gibbs_chains_advance(w->chains, sweeps, err) : status;
}
