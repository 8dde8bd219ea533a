/* gl_series_functions.c - functions of several means, with their errors: series:jackknife, series:bootstrap. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_options.h"
#include "gl_record.h"
#include "gl_series.h"

enum { MOST_OUTPUTS = 64 };

/* A script's function of the means, and one call of it. */
typedef struct function {
  const gl_series *series;
  gl_state *state;
  const char *who;
  int reference;
  size_t outputs;
  const double *means;
  double *out;
} function;

/* {name = number or tensor}; a misspelt name is an error. */
static void push_means(lua_State *L, const gl_series *series, const double *means) {
  lua_createtable(L, 0, (int)series->count);
  for (size_t i = 0; i < series->count; i++) {
    gibbs_tensor *tensor = gl_tensor_new(L, &series->shapes[i]);
    memcpy(gibbs_tensor_data(tensor), means + series->first[i], gibbs_tensor_size(tensor) * sizeof *means);
    gl_tensor_finish_value(L);
    lua_setfield(L, -2, series->names[i]);
  }
  gl_record(L, "means of the series", NULL);
}

/* The results of a call stand at first..top. */
static void take_results(lua_State *L, const function *f, int first) {
  size_t given = (size_t)(lua_gettop(L) - first + 1);
  if (given != f->outputs)
    gl_fail(L, "%s: the function gave %I numbers, and %I before; it must always give as many", f->who,
            (lua_Integer)given, (lua_Integer)f->outputs);
  for (size_t i = 0; i < given; i++) {
    int index = first + (int)i;
    if (lua_type(L, index) != LUA_TNUMBER || !isfinite(lua_tonumber(L, index)))
      gl_fail(L, "%s: the function gave %s; it must give finite numbers", f->who, gl_describe(L, index));
    f->out[i] = lua_tonumber(L, index);
  }
}

static int call_body(lua_State *L) {
  const function *f = lua_touserdata(L, 1);
  lua_rawgeti(L, LUA_REGISTRYINDEX, f->reference);
  push_means(L, f->series, f->means);
  lua_call(L, 1, LUA_MULTRET);
  take_results(L, f, 2);
  return 0;
}

static gibbs_status call(void *context, const double *means, double *out, gibbs_error *err) {
  function *f = context;
  f->means = means;
  f->out = out;
  return gl_callback_run(f->state, call_body, f, err);
}

/* ---- calls that both have in common
 * -------------------------------------------------------------------------------- */

/* Calls the function in argument 2 once at the means themselves, to see how many numbers it gives; pushes a block
 * that holds `rows` rows of them. */
static double *open_function(lua_State *L, function *f, size_t rows) {
  gl_sampled from = gl_series_sampled(f->series);
  size_t values = gl_series_values(f->series);
  double *means = lua_newuserdatauv(L, values * sizeof *means, 0);
  bool detect = from.warm_up == GIBBS_WARM_UP_DETECT;
  uint64_t warm_up = detect ? gibbs_series_warm_up(from.series, NULL) : from.warm_up;
  gibbs_error err;
  for (size_t i = 0; i < values; i++) {
    gibbs_estimate one;
    gibbs_status status = gibbs_series_mean(from.series, i, warm_up, &one, &err);
    if (status != GIBBS_OK) gibbs_error_prefix(&err, f->who);
    gl_check(L, status, &err);
    means[i] = one.value;
  }
  int top = lua_gettop(L);
  double first[MOST_OUTPUTS];
  lua_pushvalue(L, 2);
  push_means(L, f->series, means);
  lua_call(L, 1, LUA_MULTRET);
  f->outputs = (size_t)(lua_gettop(L) - top);
  if (f->outputs < 1 || f->outputs > MOST_OUTPUTS)
    gl_fail(L, "%s: the function gave %I values; it must give 1 to %d numbers", f->who, (lua_Integer)f->outputs,
            MOST_OUTPUTS);
  f->out = first;
  take_results(L, f, top + 1);
  lua_settop(L, top);
  return lua_newuserdatauv(L, rows * f->outputs * sizeof(double), 0);
}

/* The series is held, and nothing is added to it, while the script's function runs. */
static gl_series *begin(lua_State *L, function *f) {
  gl_series *series = gl_series_retain(gl_series_self(L, f->who));
  f->state = gl_enter(L);
  series->busy = true;
  return series;
}

static void end(lua_State *L, function *f, gl_series *series, gibbs_status status, gibbs_error *err) {
  series->busy = false;
  gl_series_release(series);
  gl_callback_forget(f->state, f->reference);
  if (status != GIBBS_OK) gibbs_error_prefix(err, f->who);
  gl_check(L, status, err);
}

/* Pushes an estimate for each number. */
static void push_estimates(lua_State *L, const function *f, const double *value, const double *error) {
  gl_sampled from = gl_series_sampled(f->series);
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
  function f = {.who = "series:jackknife", .series = gl_series_self(L, "series:jackknife")};
  gl_at_most(L, 2, f.who);
  gl_function(L, 2, f.who, "f");
  double *value = open_function(L, &f, 2), *error = value + f.outputs;
  f.reference = gl_callback_keep(L, 2);
  gl_series *series = begin(L, &f);
  gibbs_error err;
  gibbs_status status = gibbs_series_jackknife(gibbs_recording_series(series->recording), series->warm_up, call, &f,
                                               f.outputs, value, error, &err);
  end(L, &f, series, status, &err);
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
static void set_quantiles(lua_State *L, const function *f, size_t i, const double *quantile, size_t count) {
  lua_createtable(L, (int)count, 0);
  for (size_t k = 0; k < count; k++) {
    lua_pushnumber(L, quantile[k * f->outputs + i]);
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
  lua_setfield(L, -1 - (int)(f->outputs - i), "quantiles");
}

/* series:bootstrap(f, {resamples = 1000, seed = 1, quantiles = {0.16, 0.84}}) -> estimates as of the jackknife, with
 * .quantiles */
int gl_series_bootstrap(lua_State *L) {
  static const gl_option rows[] = {
      GL_INTEGER_ROW(bootstrap_options, resamples, 1000, 10, 1e7, "how many resampled sets of blocks"),
      GL_INTEGER_ROW(bootstrap_options, seed, 1, 0, 9007199254740992.0, "seed of the resampling"),
      GL_VALUE_ROW("quantiles", "the probabilities whose quantiles are wanted: one standard error about the median"),
      GL_END_ROW};
  function f = {.who = "series:bootstrap", .series = gl_series_self(L, "series:bootstrap")};
  gl_at_most(L, 3, f.who);
  lua_settop(L, 3);
  gl_function(L, 2, f.who, "f");
  bootstrap_options options;
  gl_options_read(L, 3, f.who, rows, &options);
  if (!gl_options_value(L, 3, "seed")) options.seed = gl_state_of(L)->seed;
  size_t count;
  const double *probability = read_quantiles(L, f.who, &count);
  double *value = open_function(L, &f, 2 + count);
  double *error = value + f.outputs, *quantile = error + f.outputs;
  f.reference = gl_callback_keep(L, 2);
  gl_series *series = begin(L, &f);
  gibbs_error err;
  gibbs_status status = gibbs_series_bootstrap(gibbs_recording_series(series->recording), series->warm_up, call, &f,
                                               f.outputs, (size_t)options.resamples, options.seed, probability, count,
                                               value, error, quantile, &err);
  end(L, &f, series, status, &err);
  push_estimates(L, &f, value, error);
  for (size_t i = 0; i < f.outputs; i++) set_quantiles(L, &f, i, quantile, count);
  return (int)f.outputs;
}
