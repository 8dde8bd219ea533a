/* landscape.c - an energy and its gradient as one program, run on groups of sixteen configurations. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "landscape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"

enum { WIDTH = GIBBS_LANES };

/* exprs[0] is the energy, borrowed; exprs[1...] its gradient by each variable, new references. */
static gibbs_status differentiate(const gibbs_target *target, gibbs_expr ***out, gibbs_error *err) {
  gibbs_expr **exprs = calloc(target->variable_count + 1, sizeof *exprs);
  if (!exprs) return gibbs_fail_memory(err, "a gradient", (target->variable_count + 1) * sizeof *exprs);
  exprs[0] = target->energy;
  gibbs_status status =
      gibbs_expr_gradient(target->energy, target->variables, target->variable_count, exprs + 1, err);
  if (status == GIBBS_OK)
    *out = exprs;
  else
    free(exprs);
  return status;
}

static void release_gradient(const gibbs_target *target, gibbs_expr **exprs) {
  for (size_t k = 0; k < target->variable_count; k++) gibbs_expr_release(exprs[k + 1]);
  free(exprs);
}

bool gibbs_landscape_possible(const gibbs_target *target, char *why, size_t size) {
  gibbs_expr **exprs = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  if (differentiate(target, &exprs, &err) != GIBBS_OK) {
    snprintf(why, size, "it needs the energy's derivatives: %s", err.message);
    return false;
  }
  release_gradient(target, exprs);
  return true;
}

static gibbs_status compile(gibbs_landscape *l, gibbs_error *err) {
  const gibbs_target *t = l->target;
  size_t count = t->variable_count + 1;
  gibbs_expr **exprs = NULL;
  gibbs_output *kinds = malloc(count * sizeof *kinds);
  if (!kinds) return gibbs_fail_memory(err, "a gradient", count * sizeof *kinds);
  for (size_t k = 0; k < count; k++) kinds[k] = GIBBS_OUTPUT_EACH;
  gibbs_status status = differentiate(t, &exprs, err);
  if (status == GIBBS_OK) {
    status = gibbs_program_new(exprs, kinds, count, t->variables, t->variable_count, &l->both, err);
    if (status == GIBBS_OK)
      status = gibbs_program_new(exprs, kinds, 1, t->variables, t->variable_count, &l->alone, err);
    release_gradient(t, exprs);
  }
  free(kinds);
  return status;
}

gibbs_status gibbs_landscape_new(const gibbs_target *target, gibbs_landscape **out, gibbs_error *err) {
  gibbs_landscape *l = calloc(1, sizeof *l);
  if (!l) return gibbs_fail_memory(err, "the gradient of an energy", sizeof *l);
  l->target = target;
  for (size_t k = 0; k < target->variable_count; k++) l->elements += gibbs_expr_size(target->variables[k]);
  gibbs_status status = compile(l, err);
  if (status == GIBBS_OK) status = gibbs_landscape_refresh(l, err);
  if (status == GIBBS_OK)
    *out = l;
  else
    gibbs_landscape_free(l);
  return status;
}

static void clear_benches(gibbs_landscape *l) {
  for (size_t k = 0; k < l->bench_count; k++) {
    gibbs_workspace_free(l->bench[k].both);
    gibbs_workspace_free(l->bench[k].alone);
    free(l->bench[k].x);
    free(l->bench[k].slope);
  }
  free(l->bench);
  l->bench = NULL;
  l->bench_count = 0;
}

void gibbs_landscape_free(gibbs_landscape *l) {
  if (!l) return;
  clear_benches(l);
  gibbs_program_free(l->both);
  gibbs_program_free(l->alone);
  free(l);
}

gibbs_status gibbs_landscape_refresh(gibbs_landscape *l, gibbs_error *err) {
  l->scale = l->target->form ? gibbs_normal_form_scale(l->target->form) : 1;
  gibbs_status status = gibbs_program_prepare(l->both, err);
  return status == GIBBS_OK ? gibbs_program_prepare(l->alone, err) : status;
}

static gibbs_status furnish_bench(gibbs_landscape *l, gibbs_landscape_bench *bench, gibbs_error *err) {
  size_t bytes = (l->elements + 1) * WIDTH * sizeof(double);
  bench->x = malloc(bytes);
  bench->slope = malloc(bytes);
  if (!bench->x || !bench->slope) return gibbs_fail_memory(err, "the gradient of an energy", 2 * bytes);
  gibbs_status status = gibbs_workspace_new(l->both, &bench->both, err);
  return status == GIBBS_OK ? gibbs_workspace_new(l->alone, &bench->alone, err) : status;
}

gibbs_status gibbs_landscape_furnish(gibbs_landscape *l, gibbs_error *err) {
  size_t threads = gibbs_threads();
  if (threads <= l->bench_count) return GIBBS_OK;
  clear_benches(l);
  l->bench = calloc(threads, sizeof *l->bench);
  if (!l->bench) return gibbs_fail_memory(err, "the gradient of an energy", threads * sizeof *l->bench);
  l->bench_count = threads;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < threads; k++) status = furnish_bench(l, &l->bench[k], err);
  if (status != GIBBS_OK) clear_benches(l);
  return status;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

enum { few_variables = 8 };

/* slope NULL: the energy alone. */
static gibbs_status run_program(const gibbs_landscape *l, const gibbs_landscape_bench *bench, const double *x,
                                double *energy, double *slope, gibbs_error *err) {
  size_t count = l->target->variable_count, at = 0;
  const double *few_in[few_variables];
  double *few_out[few_variables + 1];
  const double **in = count <= few_variables ? few_in : malloc(count * sizeof *in);
  double **out = count <= few_variables ? few_out : malloc((count + 1) * sizeof *out);
  gibbs_status status = in && out ? GIBBS_OK : gibbs_fail_memory(err, "a gradient", 2 * count * sizeof *in);
  if (status == GIBBS_OK) {
    out[0] = energy;
    for (size_t k = 0; k < count; k++) {
      in[k] = x + at * WIDTH;
      out[k + 1] = slope ? slope + at * WIDTH : NULL;
      at += gibbs_expr_size(l->target->variables[k]);
    }
    status = slope ? gibbs_program_run(l->both, bench->both, WIDTH, WIDTH, in, out, err)
                   : gibbs_program_run(l->alone, bench->alone, WIDTH, WIDTH, in, out, err);
  }
  if (in != few_in) free(in);
  if (out != few_out) free(out);
  return status;
}

/* Lane k by itself, standing in all sixteen places. */
static gibbs_status run_lane(const gibbs_landscape *l, const gibbs_landscape_bench *bench, size_t k, const double *x,
                             double *energy, double *slope, gibbs_error *err) {
  double energies[WIDTH] = {0};
  for (size_t e = 0; e < l->elements; e++)
    for (size_t j = 0; j < WIDTH; j++) bench->x[e * WIDTH + j] = x[e * WIDTH + k];
  gibbs_status status = run_program(l, bench, bench->x, energies, bench->slope, err);
  bool steep = status == GIBBS_ERR_NUMERIC;
  if (steep) status = run_program(l, bench, bench->x, energies, NULL, err);
  energy[k] = status == GIBBS_OK ? energies[k] : 0;
  for (size_t e = 0; e < l->elements; e++)
    slope[e * WIDTH + k] = status == GIBBS_OK && !steep ? bench->slope[e * WIDTH + k] : 0;
  return status;
}

static gibbs_status run_lanes(const gibbs_landscape *l, const gibbs_landscape_bench *bench, const double *x,
                              double *energy, double *slope, unsigned *wrong, gibbs_error *why) {
  for (size_t k = 0; k < WIDTH; k++) {
    gibbs_error err = {.code = GIBBS_OK};
    gibbs_status status = run_lane(l, bench, k, x, energy, slope, &err);
    if (status != GIBBS_OK && !*wrong) *why = err;
    if (status != GIBBS_OK && status != GIBBS_ERR_NUMERIC) return status;
    if (status != GIBBS_OK) *wrong |= 1u << k;
  }
  return GIBBS_OK;
}

GIBBS_CLONES static void scale_values(double *x, size_t n, double scale) {
  for (size_t i = 0; i < n; i++) x[i] *= scale;
}

gibbs_status gibbs_landscape_run(gibbs_landscape *l, size_t thread, const double *x, double *energy, double *slope,
                                 unsigned *wrong, gibbs_error *why) {
  const gibbs_landscape_bench *bench = &l->bench[thread];
  *wrong = 0;
  gibbs_status status = run_program(l, bench, x, energy, slope, why);
  if (status == GIBBS_ERR_NUMERIC) status = run_lanes(l, bench, x, energy, slope, wrong, why);
  if (status == GIBBS_OK && l->scale != 1) {
    scale_values(energy, WIDTH, l->scale);
    scale_values(slope, l->elements * WIDTH, l->scale);
  }
  return status;
}

gibbs_status gibbs_landscape_segments(const gibbs_landscape *l, size_t segments, gibbs_segment_work work,
                                      void *context, gibbs_error *err) {
  if (!gibbs_program_calls_back(l->both)) return gibbs_parallel_segments(segments, work, context, err);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < segments; k++) {
    status = gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted") : work(context, k, 0, err);
  }
  return status;
}
