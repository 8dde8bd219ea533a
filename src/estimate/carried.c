/* carried.c - chains whose weights are carried along while the parameters of their distribution move. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/carried.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/free_energy.h"
#include "gibbs/slopes.h"
#include "population.h"

struct gibbs_carried {
  gibbs_chains *chains;      /* borrowed */
  gibbs_distribution *whole; /* of all units that are sampled, where their joint energy is weighed; else NULL */
  gibbs_slopes *slopes;
  gibbs_population population;
  size_t variables, units; /* that H depends on */
  double start, start_error;
  bool absolute, stale;    /* stale: the chains have moved, and energy is that of where they were */
  double *rows, *room;     /* [chain][unit], and one variable of them */
  double *energy, *change; /* [chain]: H where the chains are, by the parameters that they were weighed with last */
};

void gibbs_carried_free(gibbs_carried *carried) {
  if (!carried) return;
  gibbs_slopes_free(carried->slopes);
  gibbs_distribution_release(carried->whole);
  gibbs_population_close(&carried->population);
  free(carried->rows);
  free(carried->energy);
  free(carried);
}

/* ---- the energy that weights are made of ------------------------------------------------------------------ */

static size_t units_of(const gibbs_carried *carried, size_t k) {
  return gibbs_variable_units(gibbs_expr_as_variable(gibbs_chains_variables(carried->chains)[k]));
}

static gibbs_status open_energy(gibbs_carried *carried, gibbs_error *err) {
  gibbs_chains *chains = carried->chains;
  gibbs_distribution *d = gibbs_chains_distribution(chains);
  gibbs_status status = GIBBS_OK;
  carried->variables = gibbs_distribution_visible_count(d);
  if (!gibbs_chains_redraws_hidden(chains)) {
    carried->variables = gibbs_chains_variable_count(chains);
    status = gibbs_distribution_new("joint", gibbs_distribution_energy(d), gibbs_chains_variables(chains),
                                    carried->variables, NULL, 0, &carried->whole, err);
  }
  for (size_t k = 0; k < carried->variables; k++) carried->units += units_of(carried, k);
  return status == GIBBS_OK ? gibbs_slopes_new(carried->whole ? carried->whole : d, NULL, 0, &carried->slopes, err)
                            : status;
}

static gibbs_status make_rooms(gibbs_carried *carried, gibbs_error *err) {
  size_t n = gibbs_chains_count(carried->chains), widest = 0;
  for (size_t k = 0; k < carried->variables; k++)
    widest = widest > units_of(carried, k) ? widest : units_of(carried, k);
  carried->rows = malloc(n * (carried->units + widest) * sizeof *carried->rows + 1);
  carried->energy = calloc(2 * n, sizeof *carried->energy);
  if (!carried->rows || !carried->energy)
    return gibbs_fail_memory(err, "configurations", n * (carried->units + widest + 2) * sizeof(double));
  carried->room = carried->rows + n * carried->units;
  carried->change = carried->energy + n;
  return GIBBS_OK;
}

static gibbs_status read_rows(gibbs_carried *carried, gibbs_error *err) {
  size_t n = gibbs_chains_count(carried->chains);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < carried->variables; at += units_of(carried, k), k++) {
    size_t width = units_of(carried, k);
    status = gibbs_chains_get(carried->chains, k, carried->room, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++)
      memcpy(carried->rows + c * carried->units + at, carried->room + c * width, width * sizeof *carried->rows);
  }
  return status;
}

/* H where the chains are, by the present parameters. */
static gibbs_status weigh(gibbs_carried *carried, double *out, gibbs_error *err) {
  size_t n = gibbs_chains_count(carried->chains);
  gibbs_status status = read_rows(carried, err);
  if (status == GIBBS_OK) status = gibbs_slopes_hamiltonian(carried->slopes, carried->rows, n, out, err);
  for (size_t c = 0; status == GIBBS_OK && c < n; c++)
    if (!isfinite(out[c]))
      status = gibbs_fail(err, GIBBS_ERR_NUMERIC, "the energy of chain %zu is %g: no weight can be made of it", c + 1,
                          out[c]);
  return status;
}

/* ---- making ----------------------------------------------------------------------------------------------- */

static gibbs_status check_options(gibbs_chains *chains, const gibbs_carried_options *o, gibbs_error *err) {
  if (!(o->resample_below >= 0 && o->resample_below <= 1))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "resample_below is %g; it is a part of the chains, from 0 (never) to 1", o->resample_below);
  if (isinf(o->free_energy) || (!isnan(o->free_energy) && !(o->free_energy_error >= 0)))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the free energy to begin with is %g, with an error of %g",
                      o->free_energy, o->free_energy_error);
  if (gibbs_chains_rungs(chains) > 1)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "chains of kernel %s have %zu rungs, which would all need weights; name a kernel of one",
                      gibbs_kernel_name(gibbs_chains_kernel(chains)), gibbs_chains_rungs(chains));
  return GIBBS_OK;
}

static gibbs_status fill(gibbs_carried *carried, const gibbs_carried_options *o, gibbs_error *err) {
  carried->absolute = !isnan(o->free_energy);
  carried->start = carried->absolute ? o->free_energy : 0;
  carried->start_error = carried->absolute ? o->free_energy_error : 0;
  gibbs_status status = open_energy(carried, err);
  if (status == GIBBS_OK) status = make_rooms(carried, err);
  if (status == GIBBS_OK)
    status = gibbs_population_open(gibbs_chains_count(carried->chains), o->resample_below, &carried->population, err);
  return status == GIBBS_OK ? weigh(carried, carried->energy, err) : status;
}

gibbs_status gibbs_carried_new(gibbs_chains *chains, const gibbs_carried_options *options, gibbs_carried **out,
                               gibbs_error *err) {
  static const gibbs_carried_options usual = {.resample_below = 0.5, .free_energy = (double)NAN};
  const gibbs_carried_options *o = options ? options : &usual;
  gibbs_status status = check_options(chains, o, err);
  if (status != GIBBS_OK) return status;
  gibbs_carried *carried = calloc(1, sizeof *carried);
  if (!carried) return gibbs_fail_memory(err, "weights", sizeof *carried);
  carried->chains = chains;
  status = fill(carried, o, err);
  if (status == GIBBS_OK)
    *out = carried;
  else
    gibbs_carried_free(carried);
  return status;
}

/* ---- moves ------------------------------------------------------------------------------------------------ */

gibbs_status gibbs_carried_move(gibbs_carried *carried, gibbs_error *err) {
  size_t n = gibbs_chains_count(carried->chains);
  uint64_t resamplings = carried->population.resamplings;
  if (carried->stale)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the chains were interrupted in a sweep: advance them before the parameters change");
  gibbs_status status = weigh(carried, carried->change, err);
  if (status != GIBBS_OK) return status;
  for (size_t c = 0; c < n; c++) {
    double after = carried->change[c];
    carried->change[c] = carried->energy[c] - after;
    carried->energy[c] = after;
  }
  status = gibbs_population_gain(&carried->population, carried->change, carried->chains, err);
  if (status != GIBBS_OK || carried->population.resamplings == resamplings) return status;
  for (size_t c = 0; c < n; c++) carried->change[c] = carried->energy[carried->population.ancestor[c]];
  memcpy(carried->energy, carried->change, n * sizeof *carried->energy);
  return status;
}

gibbs_status gibbs_carried_advance(gibbs_carried *carried, uint64_t sweeps, gibbs_error *err) {
  if (sweeps == 0 && !carried->stale) return GIBBS_OK;
  carried->stale = true;
  gibbs_status status = gibbs_chains_advance(carried->chains, sweeps, err);
  if (status == GIBBS_OK) status = weigh(carried, carried->energy, err);
  carried->stale = status != GIBBS_OK;
  return status;
}

gibbs_status gibbs_carried_forget(gibbs_carried *carried, gibbs_error *err) {
  gibbs_status status = weigh(carried, carried->change, err);
  if (status != GIBBS_OK) return status;
  memcpy(carried->energy, carried->change, gibbs_chains_count(carried->chains) * sizeof *carried->energy);
  gibbs_population_restart(&carried->population);
  carried->absolute = carried->stale = false;
  carried->start = carried->start_error = 0;
  return GIBBS_OK;
}

/* ---- what is known ---------------------------------------------------------------------------------------- */

void gibbs_carried_log_weights(const gibbs_carried *carried, double *out) {
  memcpy(out, carried->population.log_weight, carried->population.count * sizeof *out);
}

/* The logarithm of the mean weight is low by half its variance, on average: that is put right, since it would add up
 * over the moves. */
void gibbs_carried_report(const gibbs_carried *carried, gibbs_carried_state *out) {
  gibbs_population_estimate now;
  gibbs_population_read(&carried->population, &now);
  *out = (gibbs_carried_state){.free_energy = carried->start - now.log_mean - now.bias,
                               .error = sqrt(carried->start_error * carried->start_error + now.variance),
                               .absolute = carried->absolute,
                               .ess = now.ess,
                               .resamplings = carried->population.resamplings};
  out->trusted = gibbs_population_trusted(&carried->population, &now, out->why, sizeof out->why);
}

/* ---- saved and restored ----------------------------------------------------------------------------------- */

/* Marks the state, and its layout. */
static const double mark = 20260101;
enum { numbers = 6 };

gibbs_status gibbs_carried_save(const gibbs_carried *carried, double **state, size_t *count, gibbs_error *err) {
  size_t n = carried->population.count, size = numbers + n + gibbs_population_size(&carried->population);
  double *out = malloc(size * sizeof *out);
  if (!out) return gibbs_fail_memory(err, "a state of weights", size * sizeof *out);
  const double head[numbers] = {mark,          (double)n, carried->absolute, carried->start, carried->start_error,
                                carried->stale};
  memcpy(out, head, sizeof head);
  memcpy(out + numbers, carried->energy, n * sizeof *out);
  gibbs_population_save(&carried->population, out + numbers + n);
  *state = out;
  *count = size;
  return GIBBS_OK;
}

gibbs_status gibbs_carried_restore(gibbs_carried *carried, const double *state, size_t count, gibbs_error *err) {
  size_t n = carried->population.count, size = numbers + n + gibbs_population_size(&carried->population);
  bool fits = count == size && state[0] == mark && state[1] == (double)n && (state[2] == 0 || state[2] == 1) &&
              isfinite(state[3]) && state[4] >= 0 && (state[5] == 0 || state[5] == 1);
  for (size_t c = 0; fits && c < n; c++) fits = isfinite(state[numbers + c]);
  if (!fits)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the state of %zu numbers is not one of weights that %zu chains carry",
                      count, n);
  gibbs_status status = gibbs_population_restore(&carried->population, state + numbers + n, err);
  if (status != GIBBS_OK) return status;
  carried->absolute = state[2] == 1;
  carried->start = state[3];
  carried->start_error = state[4];
  carried->stale = state[5] == 1;
  memcpy(carried->energy, state + numbers, n * sizeof *carried->energy);
  return GIBBS_OK;
}
