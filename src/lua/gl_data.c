/* gl_data.c - gibbs.data(tensor, weights?): an empirical distribution. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/batch.h"
#include "gibbs/random.h"
#include "gl_argument.h"
#include "gl_data.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_estimate.h"
#include "gl_expression.h"
#include "gl_how.h"
#include "gl_module.h"
#include "gl_options.h"
#include "gl_shape.h"
#include "gl_state.h"

static void destroy(void *self) {
  gibbs_data_release(self);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  const gibbs_shape *shape = gibbs_data_shape(self);
  gibbs_shape one = {.rank = shape->rank - 1};
  memcpy(one.extent, shape->extent + 1, one.rank * sizeof *one.extent);
  lua_pushfstring(L, "data: %I configurations of ", (lua_Integer)gibbs_data_count(self));
  luaL_addvalue(text);
  gl_shape_push_text(L, &one);
  luaL_addvalue(text);
  luaL_addstring(text, " units");
}

static int data_count(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_data_count(gl_self(L, &gl_data, "data:count")));
  return 1;
}

/* data:shape() -> {60000, 28, 28}: the count, then the axes of a configuration */
static int data_shape(lua_State *L) {
  const gibbs_data *data = gl_self(L, &gl_data, "data:shape");
  gl_at_most(L, 1, "data:shape");
  gl_shape_push(L, gibbs_data_shape(data));
  return 1;
}

/* data:tensor() -> the configurations as a tensor of that shape */
static int data_tensor(lua_State *L) {
  const gibbs_data *data = gl_self(L, &gl_data, "data:tensor");
  gl_at_most(L, 1, "data:tensor");
  gl_tensor_holder(L)->self = gibbs_tensor_retain(gibbs_data_tensor(data));
  gl_tensor_finish(L);
  return 1;
}

/* data:rows() -> tensor, one configuration a row */
static int data_rows(lua_State *L) {
  const gibbs_data *data = gl_self(L, &gl_data, "data:rows");
  if (gibbs_data_shape(data)->rank == 2) {
    gl_tensor_holder(L)->self = gibbs_tensor_retain(gibbs_data_tensor(data));
  } else {
    gibbs_shape shape = gibbs_shape_matrix(gibbs_data_count(data), gibbs_data_units(data));
    gibbs_tensor *tensor = gl_tensor_new(L, &shape);
    memcpy(gibbs_tensor_data(tensor), gibbs_data_rows(data), gibbs_tensor_size(tensor) * sizeof(double));
  }
  gl_tensor_finish(L);
  return 1;
}

/* ---- means -------------------------------------------------------------------------------------------------- */

/* The variables of f, in the order in which they were made, hold the columns of the data one after the other. */
static gibbs_batch *push_batch(lua_State *L, const gibbs_data *data, gibbs_expr *f, const char *who) {
  gl_box *box = gl_box_new(L, &gl_batch, 0);
  gibbs_expr **variables = NULL;
  size_t count = 0, units = 0;
  gibbs_batch *batch = NULL;
  gibbs_error err;
  gibbs_status status = gibbs_expr_leaves(&f, 1, GIBBS_LEAF_VARIABLE, &variables, &count, &err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++)
    units += gibbs_variable_units(gibbs_expr_as_variable(variables[k]));
  if (status == GIBBS_OK && units != gibbs_data_units(data))
    status =
        gibbs_fail(&err, GIBBS_ERR_SHAPE, "the function's variables have %zu units and a row of the data %zu values",
                   units, gibbs_data_units(data));
  if (status == GIBBS_OK) status = gibbs_batch_new(variables, count, gibbs_data_count(data), &batch, &err);
  box->self = batch;
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < count; k++) {
    status = gibbs_batch_set(batch, k, gibbs_data_rows(data) + at, gibbs_data_units(data), &err);
    at += gibbs_variable_units(gibbs_expr_as_variable(variables[k]));
  }
  free(variables);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  return batch;
}

/* data:mean(f, how?) -> estimate of the mean of an expression of any shape */
static int data_mean(lua_State *L) {
  static const char who[] = "data:mean";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  gl_at_most(L, 3, who);
  gibbs_expr *f = gl_expr(L, 2, who, "f");
  gl_how_exact(L, 3, who, "the mean over data is a sum over their rows, and needs no chains");
  size_t count = gibbs_data_count(data), size = gibbs_expr_size(f);
  gibbs_batch *batch = push_batch(L, data, f, who);
  gibbs_shape shape = gibbs_shape_matrix(count, size);
  double *values = gibbs_tensor_data(gl_tensor_new(L, &shape));
  gibbs_error err;
  gl_enter(L);
  gl_check(L, gibbs_batch_evaluate(batch, f, values, &err), &err);
  gibbs_tensor *mean = gl_tensor_new(L, gibbs_expr_shape(f));
  for (size_t i = 0; i < count; i++)
    for (size_t e = 0; e < size; e++)
      gibbs_tensor_data(mean)[e] += gibbs_data_weights(data)[i] * values[i * size + e];
  gl_tensor_finish_value(L);
  return gl_estimate_exact(L);
}

/* ---- samples ------------------------------------------------------------------------------------------------ */

typedef struct sample_options {
  uint64_t n, seed;
} sample_options;

static size_t draw_row(const gibbs_data *data, double height) {
  size_t i = 0, last = gibbs_data_count(data) - 1;
  for (; i < last && height >= gibbs_data_weights(data)[i]; i++) height -= gibbs_data_weights(data)[i];
  return i;
}

static const gl_option sample_rows[] = {
    GL_INTEGER_ROW(sample_options, n, 1, 1, 1e9, "number of samples"),
    GL_INTEGER_ROW(sample_options, seed, 1, 0, 9007199254740992.0, "seed of the samples"), GL_END_ROW};

/* data:sample{n = 1000, seed = 1} -> tensor: rows drawn with replacement, by their weights */
static int data_sample(lua_State *L) {
  static const char who[] = "data:sample";
  const gibbs_data *data = gl_self(L, &gl_data, who);
  sample_options options;
  gl_at_most(L, 2, who);
  gl_options_read(L, 2, who, sample_rows, &options);
  if (!gl_options_value(L, 2, "seed")) options.seed = gl_state_of(L)->seed;
  size_t units = gibbs_data_units(data);
  gibbs_shape shape = gibbs_shape_matrix((size_t)options.n, units);
  double *out = gibbs_tensor_data(gl_tensor_new(L, &shape));
  gibbs_stream stream = gibbs_stream_open(options.seed, GIBBS_PURPOSE_SAMPLE, 0, 0);
  for (size_t i = 0; i < options.n; i++)
    memcpy(out + i * units, gibbs_data_rows(data) + draw_row(data, gibbs_stream_uniform(&stream)) * units,
           units * sizeof *out);
  gl_tensor_finish(L);
  return 1;
}

static const luaL_Reg methods[] = {
    {"count", data_count}, {"shape", data_shape},   {"rows", data_rows}, {"tensor", data_tensor},
    {"mean", data_mean},   {"sample", data_sample}, {NULL, NULL}};
static const luaL_Reg *const more_methods[] = {gl_data_change_methods, NULL};

const gl_class gl_data = {.name = "data",
                          .article = "a set of",
                          .methods = methods,
                          .more_methods = more_methods,
                          .destroy = destroy,
                          .print = print};

int gl_data_finish(lua_State *L, gl_box *box, gibbs_status status, gibbs_data *made, gibbs_error *err,
                   const char *who) {
  if (status != GIBBS_OK) gibbs_error_prefix(err, who);
  gl_check(L, status, err);
  box->self = made;
  gl_account(L, box, gibbs_data_count(made) * (gibbs_data_units(made) + 1) * sizeof(double));
  return 1;
}

/* gibbs.data(rows or path, weights?) */
static int make_data(lua_State *L) {
  const char *who = "gibbs.data";
  gl_at_most(L, 2, who);
  if (lua_type(L, 1) == LUA_TSTRING) {
    lua_settop(L, 2);
    const char *path = lua_pushfstring(L, "%s: '%s'", who, lua_tostring(L, 1));
    gl_data_read(L, who);
    who = path; /* what is wrong with the numbers is wrong in this file */
  }
  if (lua_type(L, 1) == LUA_TTABLE && lua_rawlen(L, 1) == 0)
    return gl_fail(L, "%s: the data are empty; at least one configuration is needed", who);
  gibbs_tensor *rows = gl_tensor(L, 1, who, "rows");
  const gibbs_shape *shape = gibbs_tensor_shape(rows);
  if (shape->rank < 2) {
    return gl_refuse(L, 1, who, "rows", "a tensor or table of configurations, one a row");
  }
  gibbs_tensor *weights = lua_isnoneornil(L, 2) ? NULL : gl_tensor(L, 2, who, "weights");
  if (weights && gibbs_tensor_size(weights) != shape->extent[0])
    return gl_fail(L, "%s: %I weights for %I configurations; they must be as many", who,
                   (lua_Integer)gibbs_tensor_size(weights), (lua_Integer)shape->extent[0]);
  gl_box *box = gl_box_new(L, &gl_data, 0);
  gibbs_error err;
  gibbs_data *made = NULL;
  gibbs_status status = gibbs_data_of_tensor(rows, weights ? gibbs_tensor_values(weights) : NULL, &made, &err);
  return gl_data_finish(L, box, status, made, &err, who);
}

const luaL_Reg gl_data_functions[] = {{"data", make_data}, {NULL, NULL}};

const gl_option_table gl_data_tables[] = {{.who = "data:sample", .rows = sample_rows}, GL_END_TABLE};
