/* gl_reweight_make.c - gibbs.reweight{beta =, samples =, energy =}: what is given, series or lists, laid end to end.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_reweight.h"
#include "gl_series.h"

static const char who[] = "gibbs.reweight";
static const char legal_samples[] =
    "a list with a series (recorded with keep = true) or a table {name = values} for each beta";

/* ---- one run: a series, or a table of lists -----------------------------------------------------------------------
 */

static uint64_t warm_up_of(const gl_series *series) {
  gl_sampled from = gl_series_sampled(series);
  return from.warm_up == GIBBS_WARM_UP_DETECT ? gibbs_series_warm_up(from.series, NULL) : from.warm_up;
}

static const gl_series *series_at(lua_State *L, int index) {
  const gl_series *series = gl_test(L, index, &gl_series_class);
  if (series != NULL && !gibbs_recording_keeps(series->recording))
    gl_fail(L, "%s: the values of a series were not kept; record it with keep = true", who);
  return series;
}

/* The list of observable `name` in the table at `run`, pushed. */
static const gibbs_tensor *push_list(lua_State *L, int run, const char *name) {
  lua_pushstring(L, name);
  if (lua_rawget(L, run) == LUA_TNIL) gl_fail(L, "%s: a run has no observable '%s', which the first has", who, name);
  const gibbs_tensor *tensor = gl_tensor(L, lua_gettop(L), who, name);
  if (gibbs_tensor_shape(tensor)->rank < 1 || gibbs_tensor_shape(tensor)->rank > 2)
    gl_fail(L, "%s: observable '%s' must be a list of one chain's values, or a matrix of one chain a row", who, name);
  return tensor;
}

static size_t series_observable(lua_State *L, const gl_series *series, const char *name) {
  for (size_t i = 0; i < series->count; i++)
    if (strcmp(series->names[i], name) == 0) return i;
  gl_fail(L, "%s: a run has no observable '%s', which the first has", who, name);
  return 0;
}

/* How many samples, of how many chains, the run at `run` has. */
static void measure_run(lua_State *L, int run, const char *name, size_t *size, size_t *chains) {
  const gl_series *series = series_at(L, run);
  if (series != NULL) {
    *chains = gibbs_chains_count(series->set->chains);
    *size = *chains * (size_t)(gibbs_series_rows(gibbs_recording_series(series->recording)) - warm_up_of(series));
    return;
  }
  const gibbs_tensor *tensor = push_list(L, run, name);
  const gibbs_shape *shape = gibbs_tensor_shape(tensor);
  *size = gibbs_tensor_size(tensor);
  *chains = shape->rank == 2 ? shape->extent[0] : 1;
  lua_pop(L, 1);
}

/* The values of one observable of the run at `run`, chain after chain. */
static void copy_run(lua_State *L, int run, const char *name, size_t size, double *out) {
  const gl_series *series = series_at(L, run);
  if (series != NULL) {
    size_t i = series_observable(L, series, name);
    if (series->shapes[i].rank != 0)
      gl_fail(L, "%s: observable '%s' is a tensor; only numbers are reweighted", who, name);
    gibbs_recording_values(series->recording, series->first[i], warm_up_of(series), out);
    return;
  }
  const gibbs_tensor *tensor = push_list(L, run, name);
  if (gibbs_tensor_size(tensor) != size)
    gl_fail(L, "%s: a run has %I values of '%s' and %I of another observable", who,
            (lua_Integer)gibbs_tensor_size(tensor), name, (lua_Integer)size);
  memcpy(out, gibbs_tensor_values(tensor), size * sizeof *out);
  lua_pop(L, 1);
}

/* ---- all runs
 * --------------------------------------------------------------------------------------------------------- */

static void *allocate(lua_State *L, size_t count, size_t size) {
  void *block = calloc(count + 1, size);
  if (block == NULL) gl_fail(L, "%s: out of memory", who);
  return block;
}

static void add_name(lua_State *L, gl_reweight *r, const char *name) {
  size_t size = strlen(name) + 1;
  r->names[r->count] = allocate(L, size, 1);
  memcpy(r->names[r->count++], name, size);
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The observables are those of the first run, in the order of the alphabet. */
static void read_names(lua_State *L, gl_reweight *r, int run) {
  const gl_series *series = series_at(L, run);
  if (series != NULL) {
    r->names = allocate(L, series->count, sizeof *r->names);
    for (size_t i = 0; i < series->count; i++)
      if (series->shapes[i].rank == 0) add_name(L, r, series->names[i]);
  } else {
    if (!lua_istable(L, run)) gl_refuse_option(L, run, who, "samples", legal_samples);
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, run); lua_pop(L, 1)) count++;
    r->names = allocate(L, count, sizeof *r->names);
    for (lua_pushnil(L); lua_next(L, run); lua_pop(L, 1)) {
      if (lua_type(L, -2) != LUA_TSTRING) gl_refuse_option(L, run, who, "samples", legal_samples);
      add_name(L, r, lua_tostring(L, -2));
    }
  }
  qsort(r->names, r->count, sizeof *r->names, compare_names);
}

/* What a series has against its means is said of what is made of them. */
static void note_doubt(gl_reweight *r, const gl_series *series, double beta) {
  gl_sampled from = gl_series_sampled(series);
  gibbs_estimate worst;
  gibbs_error err;
  if (r->why[0] != '\0') return;
  gibbs_status status = gibbs_series_worst(from.series, from.warm_up, NULL, &worst, &err);
  if (status != GIBBS_OK || !worst.converged)
    snprintf(r->why, sizeof r->why, "the run at %g: %.150s", beta, status != GIBBS_OK ? err.message : worst.why);
}

/* Pushes run number k of the list at `list`. */
static int push_run(lua_State *L, int list, size_t k) {
  lua_rawgeti(L, list, (lua_Integer)k + 1);
  int run = lua_gettop(L);
  if (!lua_istable(L, run) && gl_class_of(L, run) != &gl_series_class)
    gl_refuse_option(L, run, who, "samples", legal_samples);
  return run;
}

static void read_runs(lua_State *L, gl_reweight *r, int list, const char *energy) {
  for (size_t k = 0; k < r->states; k++) {
    int run = push_run(L, list, k);
    measure_run(L, run, energy, &r->sizes[k], &r->chains[k]);
    r->total += r->sizes[k];
    lua_pop(L, 1);
  }
  r->values = allocate(L, r->count * r->total, sizeof *r->values);
  for (size_t k = 0, at = 0; k < r->states; at += r->sizes[k], k++) {
    int run = push_run(L, list, k);
    for (size_t i = 0; i < r->count; i++) copy_run(L, run, r->names[i], r->sizes[k], r->values + i * r->total + at);
    const gl_series *series = series_at(L, run);
    if (series != NULL) note_doubt(r, series, r->beta[k]);
    lua_pop(L, 1);
  }
}

static size_t energy_number(lua_State *L, const gl_reweight *r, const char *energy) {
  gl_guess guess = gl_guess_of(energy);
  for (size_t i = 0; i < r->count; i++) {
    if (strcmp(r->names[i], energy) == 0) return i;
    gl_guess_offer(&guess, r->names[i]);
  }
  gl_fail(L,
          "%s: the runs have no observable '%s', which is to be the energy at beta = 1; name it in option 'energy'%s",
          who, energy, gl_guess_hint(L, &guess));
  return 0;
}

static const gl_option reweight_rows[] = {
    GL_VALUE_ROW("beta", "a list of inverse temperatures"),
    GL_VALUE_ROW("samples", "a run for each: a series recorded with keep = true, or {name = values}"),
    GL_VALUE_ROW("energy", "the name of the observable that beta multiplies; 'energy' by default"), GL_END_ROW};

/* gibbs.reweight{beta = {...}, samples = {series or {name = values}, ...}, energy = "energy"} -> reweighting: run k
 * was made with the weight exp(-beta[k] * energy) */
static int reweight(lua_State *L) {
  gl_options_alone(L, who);
  gl_options_read(L, 1, who, reweight_rows, NULL);
  gl_options_require(L, 1, who, "beta", "a list of inverse temperatures");
  const gibbs_tensor *beta = gl_tensor(L, lua_gettop(L), who, "beta");
  gl_options_require(L, 1, who, "samples", legal_samples);
  int list = lua_gettop(L);
  const char *energy = gl_options_value(L, 1, "energy") ? gl_string(L, lua_gettop(L), who, "energy") : "energy";
  size_t states = gibbs_tensor_size(beta);
  if (!lua_istable(L, list) || lua_rawlen(L, list) == 0) gl_refuse_option(L, list, who, "samples", legal_samples);
  if (lua_rawlen(L, list) != states)
    return gl_fail(L, "%s: %I runs for %I values of beta; there must be one for each", who,
                   (lua_Integer)lua_rawlen(L, list), (lua_Integer)states);
  gl_box *box = gl_box_new(L, &gl_reweight_class, 0);
  gl_reweight *r = allocate(L, 1, sizeof *r);
  box->self = r;
  r->references = 1;
  r->states = states;
  r->beta = allocate(L, states, sizeof *r->beta);
  r->sizes = allocate(L, states, sizeof *r->sizes);
  r->chains = allocate(L, states, sizeof *r->chains);
  memcpy(r->beta, gibbs_tensor_values(beta), states * sizeof *r->beta);
  read_names(L, r, push_run(L, list, 0));
  size_t number = energy_number(L, r, energy);
  read_runs(L, r, list, energy);
  const gibbs_reweight_samples samples = {.states = states, .count = r->sizes, .chains = r->chains};
  gibbs_error err;
  gibbs_status status = gibbs_reweight_temperatures(&samples, r->beta, r->values + number * r->total, &r->core, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  gl_account(L, box, (r->count + 2) * r->total * sizeof(double));
  lua_pop(L, 1); /* the first run */
  return 1;
}

const luaL_Reg gl_reweight_functions[] = {{"reweight", reweight}, {NULL, NULL}};

const gl_option_table gl_reweight_make_tables[] = {{.who = "gibbs.reweight", .rows = reweight_rows}, GL_END_TABLE};
