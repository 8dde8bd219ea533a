/* jarzynski.c - chains that are carried along the path with their weights, and resampled on the way: population
 * annealing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "free_energy_parts.h"
#include "gibbs/progress.h"
#include "population.h"
#include "walk.h"

/* Resampled when fewer than this part of the chains are effective. */
static const double resample_below = 0.5;

static gibbs_status carry(gibbs_walk *w, gibbs_population *p, gibbs_error *err) {
  const gibbs_free_energy_options *o = w->options;
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "annealing", "temperature", 0, o->temperatures);
  for (size_t k = 0; status == GIBBS_OK && k < o->temperatures; k++) {
    double from = gibbs_path_step(o, k), to = gibbs_path_step(o, k + 1);
    status = gibbs_walk_measure(w, from, to, err);
    for (size_t c = 0; status == GIBBS_OK && c < o->chains; c++) w->step[c] = -w->step[c];
    if (status == GIBBS_OK) status = gibbs_population_gain(p, w->step, w->chains, err);
    if (status == GIBBS_OK && k + 1 < o->temperatures) status = gibbs_walk_move(w, to, o->sweeps, err);
    gibbs_progress_step(&task, k + 1);
  }
  gibbs_progress_end(&task);
  return status;
}

static void conclude(const gibbs_population *p, double log_z, gibbs_free_energy_result *out) {
  gibbs_population_estimate now;
  char why[sizeof out->why];
  gibbs_population_read(p, &now);
  out->value = -now.log_mean - log_z;
  out->error = sqrt(now.variance);
  out->bias = now.bias;
  out->ess = now.ess;
  out->upper = out->value;
  if (p->stages > 0)
    gibbs_free_energy_doubt(out, "families of chains die out on the way; take more chains, temperatures or sweeps");
  if (!gibbs_population_trusted(p, &now, why, sizeof why)) gibbs_free_energy_doubt(out, "%s", why);
}

static gibbs_status run_path(gibbs_path *path, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                             gibbs_error *err) {
  gibbs_walk w = {0};
  gibbs_population p = {0};
  gibbs_status status = gibbs_population_open(o->chains, resample_below, &p, err);
  if (status == GIBBS_OK) status = gibbs_walk_open(path, o, o->seed, &w, err);
  if (status == GIBBS_OK) status = carry(&w, &p, err);
  if (status == GIBBS_OK) conclude(&p, path->log_z, out);
  gibbs_walk_close(&w);
  gibbs_population_close(&p);
  return status;
}

static gibbs_status run(gibbs_distribution *d, const gibbs_free_energy_options *o, gibbs_free_energy_result *out,
                        gibbs_error *err) {
  return gibbs_walk_along(d, o, run_path, out, err);
}

const gibbs_free_energy_method gibbs_free_energy_jarzynski = {
    .name = "jarzynski",
    .doc =
        "weights are carried along the path as in `ais`, and chains are resampled where the weights have become too "
        "uneven (population annealing). The error is that of families of chains, which share their past; F is high "
        "on average, by about half the squared error",
    .source = "Jarzynski, Phys. Rev. Lett. 78 (1997) 2690; Hukushima and Iba, AIP Conf. Proc. 690 (2003) 200; "
              "Machta, Phys. Rev. E 82 (2010) 026704",
    .chains = 128,
    .temperatures = 1000,
    .sweeps = 1,
    .burn = 0,
    .run = run,
};
