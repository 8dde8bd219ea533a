/* training_settings.c - what decides the result of a training beside its options, by name. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gibbs/training_file.h"
#include "map_writer.h"

static void put_count(gibbs_map_writer *w, const char *name, uint64_t count) {
  gibbs_map_put_number(w, name, (double)count);
}

static void put_numbers(gibbs_map_writer *w, const char *name, const double *numbers, size_t count) {
  gibbs_shape shape = gibbs_shape_vector(count);
  if (numbers && count > 0) gibbs_map_put_numbers(w, name, &shape, numbers);
}

/* "W 64x24, a 64, b 24": as many as have room; the state knows them all. */
static void put_parameters(gibbs_map_writer *w, const gibbs_training_setup *setup) {
  char text[400] = "", shape[96];
  size_t used = 0;
  for (size_t k = 0; k < setup->count && used + 1 < sizeof text; k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(setup->parameters[k]);
    int length =
        snprintf(text + used, sizeof text - used, "%s%.60s %s", k > 0 ? ", " : "", gibbs_parameter_name(parameter),
                 gibbs_shape_print(gibbs_parameter_shape(parameter), shape, sizeof shape));
    used += length > 0 ? (size_t)length : 0;
  }
  gibbs_map_put_text(w, "parameters", text);
}

/* ---- how it is sampled ------------------------------------------------------------------------------------ */

static void put_kernel(gibbs_map_writer *w, const gibbs_sampling *s) {
  if (!s->kernel) return;
  gibbs_map_put_text(w, "kernel", gibbs_kernel_name(s->kernel));
  put_numbers(w, "options of the kernel", s->settings, gibbs_kernel_option_count(s->kernel));
}

static void put_free_energy(gibbs_map_writer *w, const gibbs_sampling *s) {
  if (!s->method) return;
  const gibbs_free_energy_options *options = s->method_options;
  gibbs_map_put_text(w, "free_energy", gibbs_free_energy_name(s->method));
  if (!options) return;
  put_count(w, "free_energy chains", options->chains);
  put_count(w, "free_energy temperatures", options->temperatures);
  put_count(w, "free_energy sweeps", options->sweeps);
  put_count(w, "free_energy burn", options->burn);
  put_count(w, "free_energy directions", options->both ? 2 : 1);
  put_count(w, "free_energy reverse", options->reverse);
  put_count(w, "free_energy reference", (uint64_t)options->reference);
  if (options->kernel) gibbs_map_put_text(w, "free_energy kernel", gibbs_kernel_name(options->kernel));
  if (options->ladder) put_numbers(w, "free_energy ladder", options->ladder, options->temperatures + 1);
  put_count(w, "free_energy seed", options->seed);
}

static void put_sampling(gibbs_map_writer *w, const gibbs_sampling *s) {
  put_count(w, "chains", s->chains);
  put_count(w, "sweeps a step (k)", s->sweeps);
  put_count(w, "snapshots", s->snapshots);
  put_count(w, "burn", s->burn);
  put_count(w, "batch", s->batch);
  put_count(w, "seed of the chains", s->seed);
  gibbs_map_put_text(w, "hidden",
                     s->hidden == GIBBS_HIDDEN_AUTO     ? "as it suits"
                     : s->hidden == GIBBS_HIDDEN_SUMMED ? "summed"
                                                        : "sampled");
  put_kernel(w, s);
  if (s->ladder) put_numbers(w, "ladder", s->ladder->scale, s->ladder->rungs);
  put_free_energy(w, s);
}

/* ---- what it looks at -------------------------------------------------------------------------------------- */

static void put_digest(gibbs_map_writer *w, const char *name, uint64_t digest) {
  char text[24];
  snprintf(text, sizeof text, "%016" PRIx64, digest);
  gibbs_map_put_text(w, name, text);
}

static void put_objective(gibbs_map_writer *w, const gibbs_training_setup *setup, const gibbs_objective *objective,
                          const char *name) {
  uint64_t formula = 0, data = 0;
  char of_formula[60], of_data[60];
  if (!objective || w->status != GIBBS_OK) return;
  w->status = gibbs_objective_digest(objective, setup->parameters, setup->count, &formula, &data, w->err);
  snprintf(of_formula, sizeof of_formula, "digest of %s", name);
  snprintf(of_data, sizeof of_data, "digest of the data of %s", name);
  put_digest(w, of_formula, formula);
  put_digest(w, of_data, data);
}

gibbs_status gibbs_training_settings(const gibbs_training_setup *setup, gibbs_value **out, gibbs_error *err) {
  gibbs_map_writer w = gibbs_map_begin(err);
  put_parameters(&w, setup);
  gibbs_map_put_text(&w, "estimate", setup->estimate);
  put_sampling(&w, setup->sampling);
  put_objective(&w, setup, setup->objective, "the objective");
  put_objective(&w, setup, setup->constraint, "the constraint");
  if (setup->constraint) gibbs_map_put_number(&w, "level of the constraint", setup->level);
  put_objective(&w, setup, setup->held_out, "held_out");
  if (w.status == GIBBS_OK)
    *out = w.map;
  else
    gibbs_value_free(w.map);
  return w.status;
}
