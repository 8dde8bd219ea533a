/* gl_series.c - the class of series: means of what was recorded, with errors that know of autocorrelation. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_series.h"

#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_record.h"

gl_series *gl_series_retain(gl_series *series) {
  series->references++;
  return series;
}

void gl_series_release(gl_series *series) {
  if (--series->references > 0) return;
  gibbs_recording_free(series->recording);
  gl_chain_set_release(series->set);
  for (size_t i = 0; series->names && i < series->count; i++) free(series->names[i]);
  free(series->names);
  free(series->shapes);
  free(series->first);
  free(series);
}

static void destroy(void *self) {
  gl_series_release(self);
}

gl_sampled gl_series_sampled(const gl_series *series) {
  return (gl_sampled){.series = gibbs_recording_series(series->recording),
                      .every = gibbs_recording_every(series->recording),
                      .warm_up = series->warm_up,
                      .ahead = series->ahead,
                      .method = gibbs_kernel_name(gibbs_chains_kernel(series->set->chains))};
}

size_t gl_series_values(const gl_series *series) {
  return gibbs_series_observables(gibbs_recording_series(series->recording));
}

gl_series *gl_series_self(lua_State *L, const char *who) {
  return gl_self(L, &gl_series_class, who);
}

static void add_names(luaL_Buffer *text, const gl_series *series) {
  for (size_t i = 0; i < series->count; i++) {
    if (i > 0) luaL_addstring(text, ", ");
    luaL_addstring(text, series->names[i]);
  }
}

size_t gl_series_number(lua_State *L, const gl_series *series, const char *name, const char *who) {
  gl_guess guess = gl_guess_of(name);
  for (size_t i = 0; i < series->count; i++) {
    if (strcmp(series->names[i], name) == 0) return i;
    gl_guess_offer(&guess, series->names[i]);
  }
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  add_names(&text, series);
  luaL_pushresult(&text);
  const char *names = lua_tostring(L, -1);
  gl_fail(L, "%s: no observable '%s'; recorded are %s%s", who, name, names, gl_guess_hint(L, &guess));
  return 0;
}

/* The observable named in argument 2. */
static size_t named(lua_State *L, const gl_series *series, const char *who) {
  gl_at_most(L, 2, who);
  return gl_series_number(L, series, gl_string(L, 2, who, "name"), who);
}

/* ---- methods ----------------------------------------------------------------------------------------------------
 */

static int push_mean(lua_State *L, const gl_series *series, size_t i, const char *who) {
  gl_sampled from = gl_series_sampled(series);
  return gl_estimate_sampled(L, &from, &series->shapes[i], series->first[i], who);
}

/* series:mean(name) -> estimate */
static int series_mean(lua_State *L) {
  static const char who[] = "series:mean";
  const gl_series *series = gl_series_self(L, who);
  return push_mean(L, series, named(L, series, who), who);
}

/* series:means() -> {name = estimate, ...} */
static int series_means(lua_State *L) {
  static const char who[] = "series:means";
  const gl_series *series = gl_series_self(L, who);
  gl_at_most(L, 1, who);
  lua_createtable(L, 0, (int)series->count);
  for (size_t i = 0; i < series->count; i++) {
    push_mean(L, series, i, who);
    lua_setfield(L, -2, series->names[i]);
  }
  gl_record(L, "means", NULL);
  return 1;
}

static gibbs_estimate worst(lua_State *L, const gl_series *series, size_t first, size_t count, const char *who) {
  gl_sampled from = gl_series_sampled(series);
  gibbs_estimate found = {0};
  gibbs_error err;
  gibbs_status status = gl_worst(&from, first, count, &found, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  return found;
}

/* series:tau(name) -> the integrated autocorrelation time in sweeps, of the slowest element */
static int series_tau(lua_State *L) {
  static const char who[] = "series:tau";
  const gl_series *series = gl_series_self(L, who);
  size_t i = named(L, series, who);
  gibbs_estimate found = worst(L, series, series->first[i], gibbs_shape_size(&series->shapes[i]), who);
  lua_pushnumber(L, found.tau * (double)gibbs_recording_every(series->recording));
  return 1;
}

/* series:binning(name) -> {{length = sweeps, error =}, ...}: the standard error for blocks of growing length */
static int series_binning(lua_State *L) {
  static const char who[] = "series:binning";
  enum { LEVELS = 64 };
  uint64_t length[LEVELS];
  double error[LEVELS];
  const gl_series *series = gl_series_self(L, who);
  size_t i = named(L, series, who);
  if (gibbs_shape_size(&series->shapes[i]) != 1)
    return gl_fail(L, "%s: observable '%s' has %I elements; binning is for one number", who, series->names[i],
                   (lua_Integer)gibbs_shape_size(&series->shapes[i]));
  gl_sampled from = gl_series_sampled(series);
  size_t levels = gibbs_series_binning(from.series, series->first[i], from.warm_up, length, error, LEVELS);
  lua_createtable(L, (int)levels, 0);
  for (size_t k = 0; k < levels; k++) {
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, (lua_Integer)(length[k] * from.every));
    lua_setfield(L, -2, "length");
    lua_pushnumber(L, error[k]);
    lua_setfield(L, -2, "error");
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  return 1;
}

/* series:values(name) -> tensor chains x rows (and the observable's own axes laid end to end behind), of a series
 * that keeps its values */
static int series_values(lua_State *L) {
  static const char who[] = "series:values";
  const gl_series *series = gl_series_self(L, who);
  size_t i = named(L, series, who), size = gibbs_shape_size(&series->shapes[i]);
  const gibbs_series *core = gibbs_recording_series(series->recording);
  if (!gibbs_recording_keeps(series->recording))
    return gl_fail(L, "%s: the values were not kept; record with keep = true", who);
  size_t chains = gibbs_chains_count(series->set->chains), rows = (size_t)gibbs_series_rows(core);
  gibbs_shape shape = {.rank = size > 1 ? 3 : 2, .extent = {chains, rows, size}};
  double *out = gibbs_tensor_data(gl_tensor_new(L, &shape));
  double *one = size > 1 ? lua_newuserdatauv(L, chains * rows * sizeof *one, 0) : out;
  for (size_t e = 0; e < size; e++) {
    gibbs_recording_values(series->recording, series->first[i] + e, 0, one);
    for (size_t k = 0; size > 1 && k < chains * rows; k++) out[k * size + e] = one[k];
  }
  if (size > 1) lua_pop(L, 1);
  gl_tensor_finish(L);
  return 1;
}

/* ---- fields ------------------------------------------------------------------------------------------------------
 */

/* series.sweeps: those recorded, a chain */
static int get_sweeps(lua_State *L) {
  gl_sampled from = gl_series_sampled(gl_series_self(L, "series.sweeps"));
  lua_pushinteger(L, (lua_Integer)(gibbs_series_rows(from.series) * from.every));
  return 1;
}

static int get_rows(lua_State *L) {
  gl_sampled from = gl_series_sampled(gl_series_self(L, "series.rows"));
  lua_pushinteger(L, (lua_Integer)gibbs_series_rows(from.series));
  return 1;
}

static int get_every(lua_State *L) {
  gl_sampled from = gl_series_sampled(gl_series_self(L, "series.every"));
  lua_pushinteger(L, (lua_Integer)from.every);
  return 1;
}

/* series.warm_up: the sweeps left out at the start, the most that an observable needs */
static int get_warm_up(lua_State *L) {
  const gl_series *series = gl_series_self(L, "series.warm_up");
  gl_sampled from = gl_series_sampled(series);
  uint64_t rows = from.warm_up == GIBBS_WARM_UP_DETECT ? gibbs_series_warm_up(from.series, NULL) : from.warm_up;
  lua_pushinteger(L, (lua_Integer)(from.ahead + rows * from.every));
  return 1;
}

/* series.names: of the observables, sorted, measures last */
static int get_names(lua_State *L) {
  const gl_series *series = gl_series_self(L, "series.names");
  lua_createtable(L, (int)series->count, 0);
  for (size_t i = 0; i < series->count; i++) {
    lua_pushstring(L, series->names[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  return 1;
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gl_series *series = self;
  gl_sampled from = gl_series_sampled(series);
  lua_pushfstring(L, "series of %I rows of %I chains: ", (lua_Integer)gibbs_series_rows(from.series),
                  (lua_Integer)gibbs_chains_count(series->set->chains));
  luaL_addvalue(text);
  add_names(text, series);
}

static const luaL_Reg methods[] = {{"mean", series_mean},
                                   {"means", series_means},
                                   {"tau", series_tau},
                                   {"binning", series_binning},
                                   {"values", series_values},
                                   {"extend", gl_series_extend},
                                   {"jackknife", gl_series_jackknife},
                                   {"bootstrap", gl_series_bootstrap},
                                   {NULL, NULL}};

static const luaL_Reg getters[] = {{"sweeps", get_sweeps},   {"rows", get_rows},   {"every", get_every},
                                   {"warm_up", get_warm_up}, {"names", get_names}, {NULL, NULL}};

const gl_class gl_series_class = {
    .name = "series", .article = "a", .methods = methods, .getters = getters, .destroy = destroy, .print = print};

/* ---- lists of numbers
 * ---------------------------------------------------------------------------------------------- */

typedef struct list_options {
  uint64_t lags;
  double window;
} list_options;

static const gl_option autocorrelation_rows[] = {
    GL_INTEGER_ROW(list_options, lags, 0, 1, 1e9, "how many values of rho; those of the window when absent"),
    GL_REAL_ROW(list_options, window, 5, 1, 100, "the sum ends where its length is this many tau"), GL_END_ROW};

/* gibbs.autocorrelation(x, {lags =, window = 5}) -> {tau =, error =, rho = tensor of rho(0..lags-1)}: of one chain's
 * values, one after the other */
static int autocorrelation(lua_State *L) {
  static const char who[] = "gibbs.autocorrelation";
  gl_at_most(L, 2, who);
  const gibbs_tensor *x = gl_tensor(L, 1, who, "x");
  list_options options;
  gl_options_read(L, 2, who, autocorrelation_rows, &options);
  size_t n = gibbs_tensor_size(x);
  double tau = 0, tau_error = 0;
  gibbs_error err;
  gibbs_status status = gibbs_autocorrelation_time(gibbs_tensor_values(x), n, options.window, &tau, &tau_error, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  size_t lags = options.lags ? (size_t)options.lags : (size_t)(options.window * tau) + 2;
  if (lags > n) lags = n;
  lua_createtable(L, 0, 3);
  lua_pushnumber(L, tau);
  lua_setfield(L, -2, "tau");
  lua_pushnumber(L, tau_error);
  lua_setfield(L, -2, "error");
  gibbs_shape shape = gibbs_shape_vector(lags);
  gibbs_tensor *rho = gl_tensor_new(L, &shape);
  status = gibbs_autocorrelation(gibbs_tensor_values(x), n, gibbs_tensor_data(rho), lags, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  gl_tensor_finish(L);
  lua_setfield(L, -2, "rho");
  gl_record(L, "autocorrelation", NULL);
  return 1;
}

const luaL_Reg gl_series_functions[] = {{"autocorrelation", autocorrelation}, {NULL, NULL}};

const gl_option_table gl_series_tables[] = {{.who = "gibbs.autocorrelation", .rows = autocorrelation_rows},
                                            GL_END_TABLE};
