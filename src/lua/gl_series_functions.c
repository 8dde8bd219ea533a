/* gl_series_functions.c - functions of several means, with their errors: series:jackknife, series:bootstrap. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_means.h"
#include "gl_options.h"
#include "gl_series.h"

static gl_means function_of(const gl_series *series, const char *who) {
  return (gl_means){.who = who,
                    .index = 2,
                    .count = series->count,
                    .names = (const char *const *)series->names,
                    .shapes = series->shapes,
                    .first = series->first};
}

/* Pushes the means themselves. */
static const double *push_means(lua_State *L, const gl_series *series, const char *who) {
  gl_sampled from = gl_series_sampled(series);
  size_t values = gl_series_values(series);
  double *means = lua_newuserdatauv(L, values * sizeof *means, 0);
  bool detect = from.warm_up == GIBBS_WARM_UP_DETECT;
  uint64_t warm_up = detect ? gibbs_series_warm_up(from.series, NULL) : from.warm_up;
  gibbs_error err;
  for (size_t i = 0; i < values; i++) {
    gibbs_estimate one;
    gibbs_status status = gibbs_series_mean(from.series, i, warm_up, &one, &err);
    if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
    gl_check(L, status, &err);
    means[i] = one.value;
  }
  return means;
}

/* Nothing is added to the series while the script's function runs, and nothing may raise from here to the end. */
static void begin(lua_State *L, gl_series *series, gl_means *f) {
  gl_means_open(L, f);
  gl_series_retain(series)->busy = true;
}

static void end(lua_State *L, gl_series *series, gl_means *f, gibbs_status status, gibbs_error *err) {
  series->busy = false;
  gl_series_release(series);
  gl_means_close(f);
  if (status != GIBBS_OK) gibbs_error_prefix(err, f->who);
  gl_check(L, status, err);
}

/* Pushes an estimate for each number. */
static void push_estimates(lua_State *L, const gl_means *f, const double *value, const double *error) {
  const gl_series *series = gl_series_self(L, f->who); /* unless the function has closed it */
  gl_sampled from = gl_series_sampled(series);
  gibbs_estimate worst;
  gibbs_error err;
  gl_check(L, gibbs_series_worst(from.series, from.warm_up, NULL, &worst, &err), &err);
  luaL_checkstack(L, (int)f->outputs + 8, f->who);
  for (size_t i = 0; i < f->outputs; i++) {
    lua_pushnumber(L, value[i]);
    lua_pushnumber(L, error[i]);
    gl_estimate_with(L, &from, &worst);
  }
}

/* series:jackknife(function(m) return m.e2 - m.e^2 end) -> an estimate for each number that the function gives; m
 * holds the mean of every observable by its name */
int gl_series_jackknife(lua_State *L) {
  static const char who[] = "series:jackknife";
  gl_series *series = gl_series_self(L, who);
  gl_at_most(L, 2, who);
  gl_function(L, 2, who, "f");
  gl_means f = function_of(series, who);
  double value[GL_MOST_OUTPUTS], error[GL_MOST_OUTPUTS];
  const double *means = push_means(L, series, who);
  gibbs_error err;
  begin(L, series, &f);
  gibbs_status status = gl_means_count(&f, means, &err);
  if (status == GIBBS_OK)
    status = gibbs_series_jackknife(gibbs_recording_series(series->recording), series->warm_up, gl_means_call, &f,
                                    f.outputs, value, error, &err);
  end(L, series, &f, status, &err);
  push_estimates(L, &f, value, error);
  return (int)f.outputs;
}

/* ---- the bootstrap
 * --------------------------------------------------------------------------------------------------- */

typedef struct bootstrap_options {
  uint64_t resamples, seed;
} bootstrap_options;

/* The option 'quantiles' as a block that is pushed: {0.16, 0.84} when absent. */
static double *read_quantiles(lua_State *L, const char *who, size_t *count) {
  static const char legal[] = "a list of probabilities between 0 and 1";
  static const double usual[] = {0.15865525393145705, 0.84134474606854293};
  bool given = gl_options_value(L, 3, "quantiles");
  int table = lua_gettop(L);
  if (given && (!lua_istable(L, table) || lua_rawlen(L, table) == 0))
    gl_refuse_option(L, table, who, "quantiles", legal);
  *count = given ? (size_t)lua_rawlen(L, table) : 2;
  double *probability = lua_newuserdatauv(L, *count * sizeof *probability, 0);
  if (!given) {
    memcpy(probability, usual, sizeof usual);
    return probability;
  }
  for (size_t k = 0; k < *count; k++) {
    lua_rawgeti(L, table, (lua_Integer)k + 1);
    probability[k] = lua_tonumber(L, -1);
    if (lua_type(L, -1) != LUA_TNUMBER || !(probability[k] >= 0 && probability[k] <= 1))
      gl_refuse_option(L, lua_gettop(L), who, "quantiles", legal);
    lua_pop(L, 1);
  }
  return probability;
}

/* Gives the estimate of number `i`, at -outputs + i from the top, its list of quantiles. */
static void set_quantiles(lua_State *L, const gl_means *f, size_t i, const double *quantile, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t k = 0; k < count; k++) {
    lua_pushnumber(L, quantile[k * f->outputs + i]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  lua_setfield(L, -1 - (int)(f->outputs - i), "quantiles");
}

static const gl_option bootstrap_rows[] = {
    GL_INTEGER_ROW(bootstrap_options, resamples, 1000, 10, 1e7, "how many resampled sets of blocks"),
    GL_INTEGER_ROW(bootstrap_options, seed, 1, 0, 9007199254740992.0, "seed of the resampling"),
    GL_VALUE_ROW(
        "quantiles",
        "the probabilities whose quantiles are wanted; {0.16, 0.84} by default, one standard error about the median"),
    GL_END_ROW};

/* series:bootstrap(f, {resamples = 1000, seed = 1, quantiles = {0.16, 0.84}}) -> estimates as of the jackknife, with
 * .quantiles */
int gl_series_bootstrap(lua_State *L) {
  static const char who[] = "series:bootstrap";
  gl_series *series = gl_series_self(L, who);
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  gl_function(L, 2, who, "f");
  bootstrap_options options;
  gl_options_read(L, 3, who, bootstrap_rows, &options);
  if (!gl_options_value(L, 3, "seed")) options.seed = gl_state_of(L)->seed;
  size_t count;
  const double *probability = read_quantiles(L, who, &count);
  gl_means f = function_of(series, who);
  double value[GL_MOST_OUTPUTS], error[GL_MOST_OUTPUTS];
  double *quantile = lua_newuserdatauv(L, count * GL_MOST_OUTPUTS * sizeof *quantile, 0);
  const double *means = push_means(L, series, who);
  gibbs_error err;
  begin(L, series, &f);
  gibbs_status status = gl_means_count(&f, means, &err);
  if (status == GIBBS_OK)
    status = gibbs_series_bootstrap(gibbs_recording_series(series->recording), series->warm_up, gl_means_call, &f,
                                    f.outputs, (size_t)options.resamples, options.seed, probability, count, value,
                                    error, quantile, &err);
  end(L, series, &f, status, &err);
  push_estimates(L, &f, value, error);
  for (size_t i = 0; i < f.outputs; i++) set_quantiles(L, &f, i, quantile, count);
  return (int)f.outputs;
}

const gl_option_table gl_series_functions_tables[] = {{.who = "series:bootstrap", .rows = bootstrap_rows},
                                                      GL_END_TABLE};
