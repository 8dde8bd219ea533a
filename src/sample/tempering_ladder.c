/* tempering_ladder.c - the energies of parallel tempering, and how their spacing adapts. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tempering.h"

enum { first_adaptation = 16 };

void gibbs_ladder_clear(gibbs_tempering *t) {
  for (size_t r = 0; t->rung && r < t->rungs; r++) {
    gibbs_rung *rung = &t->rung[r];
    if (rung->instance) t->base->free(rung->instance);
    gibbs_normal_form_free(rung->target.form);
    free(rung->values);
    free(rung->elements);
    free(rung->energy);
  }
  for (size_t p = 0; p < t->parameter_count; p++) {
    if (t->parameters) gibbs_expr_release(t->parameters[p]);
    if (t->values) free(t->values[p]);
  }
  free(t->parameters);
  free(t->values);
  free(t->present);
  free(t->rung);
  free(t->scale);
  free(t->accepted);
  free(t->rounds);
}

void gibbs_ladder_forget(gibbs_tempering *t) {
  memset(t->accepted, 0, t->rungs * sizeof *t->accepted);
  memset(t->rounds, 0, t->rungs * sizeof *t->rounds);
  t->tried = 0;
}

/* ---- parameters along a path ------------------------------------------------------------------------------ */

static size_t path_size(const gibbs_tempering *t) {
  size_t size = 0;
  for (size_t p = 0; p < t->parameter_count; p++) size += gibbs_expr_size(t->parameters[p]);
  return size;
}

/* Exchange the model's parameters with rung r's; `keep` receives what they were, or (r out of range) gives it back.
 */
static void put_parameters(gibbs_tempering *t, size_t r) {
  double *keep = t->present;
  for (size_t p = 0; p < t->parameter_count; p++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(t->parameters[p]);
    size_t size = gibbs_parameter_size(parameter), bytes = size * sizeof(double);
    double *values = gibbs_parameter_values(parameter);
    if (r < t->rungs) {
      memcpy(keep, values, bytes);
      memcpy(values, t->values[p] + r * size, bytes);
    } else {
      memcpy(values, keep, bytes);
    }
    gibbs_parameter_touch(parameter);
    keep += size;
  }
}

static gibbs_status copy_path(gibbs_tempering *t, const gibbs_ladder *ladder, gibbs_error *err) {
  size_t count = ladder->parameter_count;
  t->parameters = calloc(count + 1, sizeof *t->parameters);
  t->values = calloc(count + 1, sizeof *t->values);
  if (!t->parameters || !t->values) return gibbs_fail_memory(err, "a ladder", count * sizeof(void *));
  t->parameter_count = count;
  for (size_t p = 0; p < count; p++) {
    size_t size = gibbs_expr_size(ladder->parameters[p]) * t->rungs;
    t->parameters[p] = gibbs_expr_retain(ladder->parameters[p]);
    t->values[p] = malloc(size * sizeof(double));
    if (!t->values[p]) return gibbs_fail_memory(err, "a ladder", size * sizeof(double));
    memcpy(t->values[p], ladder->values[p], size * sizeof(double));
  }
  t->present = malloc((path_size(t) + 1) * sizeof(double));
  return t->present ? GIBBS_OK : gibbs_fail_memory(err, "a ladder", path_size(t) * sizeof(double));
}

/* ---- rungs ------------------------------------------------------------------------------------------------ */

static gibbs_status refresh_rung(gibbs_tempering *t, size_t r, gibbs_error *err) {
  gibbs_normal_form_set_scale(t->rung[r].target.form, t->scale[r]);
  return gibbs_normal_form_refresh(t->rung[r].target.form, err);
}

static gibbs_status make_rung(gibbs_tempering *t, size_t r, gibbs_error *err) {
  gibbs_rung *rung = &t->rung[r];
  const gibbs_target *outer = t->target;
  rung->target = *outer;
  rung->target.form = NULL;
  rung->target.ladder = NULL;
  size_t units = outer->units, elements = gibbs_normal_form_elements(outer->form);
  rung->values = malloc(units * t->chains * sizeof *rung->values);
  rung->energy = malloc(t->chains * sizeof *rung->energy);
  if (elements > units) rung->elements = malloc(elements * t->chains * sizeof *rung->elements);
  if (!rung->values || !rung->energy || (elements > units && !rung->elements))
    return gibbs_fail_memory(err, "chains", (units + elements) * t->chains * sizeof(double));
  gibbs_status status =
      gibbs_normal_form_new(outer->energy, outer->variables, outer->variable_count, &rung->target.form, err);
  if (status == GIBBS_OK) status = refresh_rung(t, r, err);
  if (status == GIBBS_OK)
    status = t->base->make(&rung->target, t->base_settings, t->chains, t->first_chain + r * GIBBS_RUNG_CHAINS,
                           &rung->instance, err);
  return status;
}

/* Scales from 1 down to `hottest`, evenly spaced. */
static void space_scales(gibbs_tempering *t, double hottest) {
  for (size_t r = 0; r < t->rungs; r++)
    t->scale[r] = r == 0 ? 1 : r + 1 == t->rungs ? hottest : 1 + (hottest - 1) * (double)r / (double)(t->rungs - 1);
}

static gibbs_status check_scales(const gibbs_tempering *t, gibbs_error *err) {
  for (size_t r = 0; r < t->rungs; r++)
    if (!isfinite(t->scale[r]) || t->scale[r] < 0)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                        "rung %zu multiplies the energy by %g; it must be a number, at least 0", r + 1, t->scale[r]);
  return GIBBS_OK;
}

gibbs_status gibbs_ladder_make(gibbs_tempering *t, double hottest, gibbs_error *err) {
  const gibbs_ladder *ladder = t->target->ladder;
  t->rung = calloc(t->rungs, sizeof *t->rung);
  t->scale = calloc(t->rungs, sizeof *t->scale);
  t->accepted = calloc(t->rungs, sizeof *t->accepted);
  t->rounds = calloc(t->rungs, sizeof *t->rounds);
  if (!t->rung || !t->scale || !t->accepted || !t->rounds)
    return gibbs_fail_memory(err, "a ladder", t->rungs * sizeof *t->rung);
  t->fixed = ladder != NULL;
  t->next_adaptation = first_adaptation;
  space_scales(t, ladder ? 1 : hottest);
  for (size_t r = 0; ladder && ladder->scale && r < t->rungs; r++) t->scale[r] = ladder->scale[r];
  gibbs_status status = check_scales(t, err);
  if (status == GIBBS_OK && ladder && ladder->parameter_count) status = copy_path(t, ladder, err);
  for (size_t r = 0; status == GIBBS_OK && r < t->rungs; r++) {
    if (t->parameter_count) put_parameters(t, r);
    status = make_rung(t, r, err);
    if (t->parameter_count) put_parameters(t, SIZE_MAX);
  }
  return status;
}

gibbs_status gibbs_ladder_refresh(gibbs_tempering *t, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t r = 0; status == GIBBS_OK && r < t->rungs; r++) {
    if (t->parameter_count) put_parameters(t, r);
    status = refresh_rung(t, r, err);
    if (t->parameter_count) put_parameters(t, SIZE_MAX);
    if (status == GIBBS_OK) status = t->base->refresh(t->rung[r].instance, err);
  }
  return status;
}

/* ---- adaptation ------------------------------------------------------------------------------------------- */

/* The sum of rejection rates up to a rung estimates the communication barrier there; scales are moved to where it
 * grows evenly (Syed, Bouchard-Côté, Deligiannidis and Doucet, J. R. Stat. Soc. B 84 (2022) 321). */
static void move_scales(gibbs_tempering *t, double *barrier, double *moved) {
  barrier[0] = 0;
  for (size_t r = 0; r + 1 < t->rungs; r++) {
    double rate = t->rounds[r] ? t->accepted[r] / (double)t->rounds[r] : 1;
    barrier[r + 1] = barrier[r] + fmax(1 - rate, 1e-3); /* rungs never fall together */
  }
  double total = barrier[t->rungs - 1];
  for (size_t r = 1, k = 0; r + 1 < t->rungs; r++) {
    double height = total * (double)r / (double)(t->rungs - 1);
    while (k + 2 < t->rungs && barrier[k + 1] < height) k++;
    double part = (height - barrier[k]) / (barrier[k + 1] - barrier[k]);
    moved[r] = t->scale[k] + part * (t->scale[k + 1] - t->scale[k]);
  }
  for (size_t r = 1; r + 1 < t->rungs; r++) t->scale[r] = moved[r];
}

gibbs_status gibbs_ladder_adapt(gibbs_tempering *t, gibbs_error *err) {
  if (t->fixed || t->rungs < 3 || t->tried < t->next_adaptation) return GIBBS_OK;
  double *room = malloc(2 * t->rungs * sizeof *room);
  if (!room) return gibbs_fail_memory(err, "a ladder", 2 * t->rungs * sizeof *room);
  move_scales(t, room, room + t->rungs);
  free(room);
  gibbs_ladder_forget(t);
  t->next_adaptation *= 2;
  return gibbs_ladder_refresh(t, err);
}
