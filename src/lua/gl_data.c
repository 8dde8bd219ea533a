/* gl_data.c - gibbs.data(tensor, weights?): an empirical distribution. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"

static void destroy(void *self) {
  gibbs_data_release(self);
}

static void print(lua_State *L, void *self, luaL_Buffer *text) {
  lua_pushfstring(L, "data: %I configurations of %I units", (lua_Integer)gibbs_data_count(self),
                  (lua_Integer)gibbs_data_units(self));
  luaL_addvalue(text);
}

static int data_count(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_data_count(gl_self(L, &gl_data, "data:count")));
  return 1;
}

/* data:rows() -> tensor, one configuration a row: a copy */
static int data_rows(lua_State *L) {
  const gibbs_data *data = gl_self(L, &gl_data, "data:rows");
  gibbs_shape shape = gibbs_shape_matrix(gibbs_data_count(data), gibbs_data_units(data));
  gibbs_tensor *tensor = gl_tensor_new(L, &shape);
  memcpy(gibbs_tensor_data(tensor), gibbs_data_rows(data), gibbs_tensor_size(tensor) * sizeof(double));
  gl_tensor_finish(L);
  return 1;
}

static const luaL_Reg methods[] = {{"count", data_count}, {"rows", data_rows}, {NULL, NULL}};

const gl_class gl_data = {
    .name = "data", .article = "a set of", .methods = methods, .destroy = destroy, .print = print};

/* A path is read with gibbs.read first. */
static void read_path(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING) return;
  lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  lua_getfield(L, -1, "fields");
  lua_getfield(L, -1, "read");
  lua_pushvalue(L, 1);
  lua_call(L, 1, 1);
  lua_replace(L, 1);
  lua_pop(L, 3);
}

/* gibbs.data(rows or path, weights?) */
static int make_data(lua_State *L) {
  static const char who[] = "gibbs.data";
  gl_at_most(L, 2, who);
  read_path(L);
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
  gibbs_status status =
      gibbs_data_new(shape->extent[0], gibbs_tensor_size(rows) / shape->extent[0], gibbs_tensor_values(rows),
                     weights ? gibbs_tensor_values(weights) : NULL, &made, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = made;
  return 1;
}

const luaL_Reg gl_data_functions[] = {{"data", make_data}, {NULL, NULL}};
