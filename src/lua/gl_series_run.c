/* gl_series_run.c - chains:record, chains:mean and series:extend: runs whose observables are kept. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_interrupt.h"
#include "gl_options.h"
#include "gl_series.h"
#include "gl_state.h"

/* ---- making -----------------------------------------------------------------------------------------------------
 */

static char *copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = malloc(size);
  if (copy) memcpy(copy, text, size);
  return copy;
}

static gibbs_status name_observables(gl_series *series, const gl_recording_options *options, gibbs_error *err) {
  size_t count = options->count + options->measure_count, at = 0;
  series->names = calloc(count, sizeof *series->names);
  series->shapes = calloc(count, sizeof *series->shapes);
  series->first = calloc(count, sizeof *series->first);
  if (!series->names || !series->shapes || !series->first)
    return gibbs_fail_memory(err, "the names of a series", count * sizeof *series->shapes);
  series->count = count;
  for (size_t i = 0; i < count; i++) {
    series->shapes[i] = i < options->count ? *gibbs_expr_shape(options->exprs[i]) : gibbs_shape_scalar();
    series->first[i] = at;
    at += gibbs_shape_size(&series->shapes[i]);
    series->names[i] = copy_text(options->names[i]);
    if (!series->names[i]) return gibbs_fail_memory(err, "the names of a series", strlen(options->names[i]));
  }
  return GIBBS_OK;
}

/* The sweeps before the first row are done here; nothing is recorded of them. */
static gibbs_status start_recording(gl_series *series, const gl_recording_options *options, gibbs_error *err) {
  bool detect = options->warm_up == GIBBS_WARM_UP_DETECT;
  series->warm_up = detect ? GIBBS_WARM_UP_DETECT : 0;
  series->ahead = detect ? 0 : options->warm_up;
  gibbs_status status = name_observables(series, options, err);
  if (status == GIBBS_OK)
    status = gibbs_recording_new(series->set->chains, options->exprs, options->count, options->measures,
                                 options->measure_count, options->every, &series->recording, err);
  if (status == GIBBS_OK && options->keep) gibbs_recording_keep(series->recording);
  if (status == GIBBS_OK && series->ahead > 0) status = gibbs_chains_warm_up(series->set->chains, series->ahead, err);
  return status;
}

gl_series *gl_series_push(lua_State *L, gl_chain_set *set, const gl_recording_options *options, const char *who) {
  gl_box *box = gl_box_new(L, &gl_series_class, 0);
  gl_series *series = calloc(1, sizeof *series);
  if (series == NULL) gl_fail(L, "%s: out of memory", who);
  series->references = 1;
  series->set = gl_chain_set_retain(set);
  box->self = series;
  gibbs_error err;
  gl_enter(L);
  gl_series_retain(series);
  set->busy = true;
  gibbs_status status = start_recording(series, options, &err);
  set->busy = false;
  gl_series_release(series);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  return series;
}

void gl_series_run(lua_State *L, int index, gl_series *series, uint64_t sweeps, const char *who) {
  gibbs_error err;
  gl_enter(L);
  gl_series_retain(series);
  series->busy = series->set->busy = true;
  uint64_t before = gibbs_series_rows(gibbs_recording_series(series->recording));
  uint64_t every = gibbs_recording_every(series->recording);
  gibbs_status status = gibbs_recording_run(series->recording, sweeps / every, &err);
  series->busy = series->set->busy = false;
  uint64_t rows = gibbs_series_rows(gibbs_recording_series(series->recording)) - before;
  gl_series_release(series);
  if (status == GIBBS_ERR_INTERRUPT)
    gl_interrupt(L, index, who, "after %I of %I rows; the chains go on from there, or chains:save keeps them",
                 (lua_Integer)rows, (lua_Integer)(sweeps / every));
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
}

/* ---- chains:record ------------------------------------------------------------------------------------------------
 */

typedef struct run_options {
  uint64_t sweeps, every;
  bool keep;
} run_options;

#define RUN_ROWS                                                                                                     \
  GL_INTEGER_ROW(run_options, sweeps, 1000, 1, 1e15, "how many sweeps of every chain"),                              \
      GL_INTEGER_ROW(run_options, every, 1, 1, 1e9, "sweeps from one row to the next"),                              \
      GL_VALUE_ROW("warm_up",                                                                                        \
                   "sweeps that are not recorded; or 'detect', the default: left out as the series tells")

static run_options read_run(lua_State *L, int index, const char *who, const gl_option rows[]) {
  run_options options;
  gl_options_read(L, index, who, rows, &options);
  if (options.sweeps < options.every)
    gl_fail(L, "%s: %I sweeps hold no row when there are %I from one to the next; sweeps must be at least every", who,
            (lua_Integer)options.sweeps, (lua_Integer)options.every);
  return options;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What the table of observables is turned into; every pointer is held by the stack. */
typedef struct wanted {
  const char **names;
  gibbs_expr **exprs;
  size_t *measures;
  size_t count, measure_count;
} wanted;

static size_t count_pairs(lua_State *L, int table, const char *who) {
  size_t count = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1), count++)
    if (lua_type(L, -2) != LUA_TSTRING)
      gl_fail(L, "%s: option 'observables' has the key %s; observables have names: {energy = P.H}", who,
              gl_describe(L, -2));
  return count;
}

/* The option's table, 0 when it is absent. */
static int option_table(lua_State *L, int index, const char *who, const char *name, const char *legal) {
  if (!gl_options_value(L, index, name)) return 0;
  if (!lua_istable(L, -1)) gl_refuse_option(L, lua_gettop(L), who, name, legal);
  return lua_gettop(L);
}

/* The names in the order of the alphabet; the expressions are kept by a table that is pushed. */
static void read_observables(lua_State *L, int table, const char *who, wanted *out) {
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) out->names[i++] = lua_tostring(L, -2);
  qsort(out->names, out->count, sizeof *out->names, compare_names);
  lua_createtable(L, (int)out->count, 0);
  int keep = lua_gettop(L);
  for (i = 0; i < out->count; i++) {
    lua_pushstring(L, out->names[i]);
    if (lua_rawget(L, table) == LUA_TNIL) gl_fail(L, "%s: the name '%s...' holds a zero byte", who, out->names[i]);
    out->exprs[i] = gl_expr(L, lua_gettop(L), who, out->names[i]);
    lua_rawseti(L, keep, (lua_Integer)i + 1);
  }
}

static void read_measures(lua_State *L, int table, const char *who, const gl_chain_set *set, wanted *out) {
  for (size_t i = 0; i < out->measure_count; i++) {
    lua_rawgeti(L, table, (lua_Integer)i + 1);
    if (lua_type(L, -1) != LUA_TSTRING) gl_refuse_option(L, lua_gettop(L), who, "measures", "a list of names");
    out->measures[i] = gl_chains_measure_number(L, set, lua_tostring(L, -1), who);
    const char *name = gibbs_chains_measure_name(set->chains, out->measures[i]);
    for (size_t k = 0; k < out->count + i; k++)
      if (strcmp(out->names[k], name) == 0) gl_fail(L, "%s: '%s' is recorded twice", who, name);
    out->names[out->count + i] = name;
    lua_pop(L, 1);
  }
}

static wanted read_wanted(lua_State *L, int index, const char *who, const gl_chain_set *set) {
  int observables = option_table(L, index, who, "observables", "a table {name = expression}");
  int measures = option_table(L, index, who, "measures", "a list of names");
  wanted out = {.count = observables ? count_pairs(L, observables, who) : 0,
                .measure_count = measures ? (size_t)lua_rawlen(L, measures) : 0};
  if (out.count + out.measure_count == 0)
    gl_fail(L, "%s: nothing is to be recorded; write observables = {energy = P.H}", who);
  luaL_checkstack(L, 12, who);
  out.names = lua_newuserdatauv(L, (out.count + out.measure_count) * sizeof *out.names, 0);
  out.exprs = lua_newuserdatauv(L, (out.count + 1) * sizeof *out.exprs, 0);
  out.measures = lua_newuserdatauv(L, (out.measure_count + 1) * sizeof *out.measures, 0);
  if (observables) read_observables(L, observables, who, &out);
  if (measures) read_measures(L, measures, who, set, &out);
  return out;
}

static const gl_option record_rows[] = {
    RUN_ROWS, GL_BOOLEAN_ROW(run_options, keep, 0, "keep every value, for series:values"),
    GL_VALUE_ROW("observables", "{name = expression}: what is recorded, of any shape"),
    GL_VALUE_ROW("measures", "names of what the kernel knows of its sweeps, as chains.measures lists them"),
    GL_END_ROW};

/* chains:record{observables = {name = expression}, measures = {name}, sweeps =, every =, warm_up =, keep =} -> series
 */
int gl_chains_record(lua_State *L) {
  static const char who[] = "chains:record";
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 2, who);
  lua_settop(L, 2);
  run_options run = read_run(L, 2, who, record_rows);
  wanted what = read_wanted(L, 2, who, set);
  gl_recording_options options = {.exprs = what.exprs,
                                  .names = what.names,
                                  .count = what.count,
                                  .measures = what.measures,
                                  .measure_count = what.measure_count,
                                  .keep = run.keep,
                                  .every = run.every,
                                  .warm_up = gl_warm_up(L, 2, who, "warm_up")};
  gl_series *series = gl_series_push(L, set, &options, who);
  gl_series_run(L, -1, series, run.sweeps, who);
  return 1;
}

static const gl_option mean_rows[] = {RUN_ROWS, GL_END_ROW};

/* chains:mean(f, {sweeps = 1000, every = 1, warm_up = "detect" | sweeps}) -> estimate */
int gl_chains_mean(lua_State *L) {
  static const char who[] = "chains:mean";
  static const char *const names[] = {"mean"};
  gl_chain_set *set = gl_chains_self(L, who);
  gl_at_most(L, 3, who);
  lua_settop(L, 3);
  gibbs_expr *f = gl_expr(L, 2, who, "f");
  run_options run = read_run(L, 3, who, mean_rows);
  gl_recording_options options = {
      .exprs = &f, .names = names, .count = 1, .every = run.every, .warm_up = gl_warm_up(L, 3, who, "warm_up")};
  gl_series *series = gl_series_push(L, set, &options, who);
  gl_series_run(L, -1, series, run.sweeps, who);
  gl_sampled from = gl_series_sampled(series);
  return gl_estimate_sampled(L, &from, &series->shapes[0], 0, who);
}

static const gl_option extend_rows[] = {GL_INTEGER_ROW(run_options, sweeps, 1000, 1, 1e15, "how many"), GL_END_ROW};

/* series:extend{sweeps = n}, series:extend(n) -> series: the chains run on, and their rows are added */
int gl_series_extend(lua_State *L) {
  static const char who[] = "series:extend";
  gl_series *series = gl_series_self(L, who);
  gl_at_most(L, 2, who);
  run_options options;
  if (lua_type(L, 2) == LUA_TNUMBER)
    options.sweeps = (uint64_t)gl_integer(L, 2, who, "sweeps", 1, INT64_C(1000000000000000));
  else
    gl_options_read(L, 2, who, extend_rows, &options);
  gl_chains_refuse_busy(L, series->set, who);
  if (series->busy) return gl_fail(L, "%s: the series is being read; a function of its means cannot add to it", who);
  gl_series_run(L, 1, series, options.sweeps, who);
  lua_settop(L, 1);
  return 1;
}

const gl_option_table gl_series_run_tables[] = {{.who = "chains:record", .rows = record_rows},
                                                {.who = "chains:mean", .rows = mean_rows},
                                                {.who = "series:extend", .rows = extend_rows},
                                                GL_END_TABLE};
