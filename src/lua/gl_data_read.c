/* gl_data_read.c - the configurations in a file, whatever its format. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/files.h"
#include "gl_data.h"
#include "gl_error.h"
#include "gl_state.h"
#include "gl_expression.h"

static void destroy_file(void *self) {
  gibbs_value_free(self);
}

static const gl_class gl_data_file = {.name = "file", .article = "a", .destroy = destroy_file};

typedef struct reading {
  lua_State *L;
  const char *who, *path;
} reading;

/* ---- columns of a CSV -------------------------------------------------------------------------------------------
 */

static double read_field(const reading *r, const char *column, size_t row, const gibbs_value *field) {
  if (gibbs_value_kind_of(field) == GIBBS_VALUE_NUMBER) return gibbs_value_as_number(field);
  const char *text = gibbs_value_as_string(field, NULL);
  double number = 0;
  if (text && lua_stringtonumber(r->L, text) > 0) {
    number = lua_tonumber(r->L, -1);
    lua_pop(r->L, 1);
  } else {
    gl_fail(r->L, "%s: '%s': column '%s' holds '%s' in row %I; data are numbers", r->who, r->path, column,
            text ? text : "nothing", (lua_Integer)row + 1);
  }
  return number;
}

/* A column with a text in it was read as texts, those that are numbers too: the one that is none is told. */
static void read_columns(const reading *r, const gibbs_value *names, const gibbs_value *map) {
  size_t columns = gibbs_value_count(names);
  const gibbs_value *first = gibbs_value_get(map, gibbs_value_as_string(gibbs_value_item(names, 0), NULL));
  gibbs_shape shape = gibbs_shape_matrix(gibbs_value_count(first), columns);
  if (shape.extent[0] == 0)
    gl_fail(r->L, "%s: '%s' has names of columns and no row; at least one configuration is needed", r->who, r->path);
  double *values = gibbs_tensor_data(gl_tensor_new(r->L, &shape));
  for (size_t c = 0; c < columns; c++) {
    const char *name = gibbs_value_as_string(gibbs_value_item(names, c), NULL);
    const gibbs_value *column = gibbs_value_get(map, name);
    for (size_t i = 0; i < shape.extent[0]; i++)
      values[i * columns + c] = read_field(r, name, i, gibbs_value_item(column, i));
  }
}

/* ---- arrays by name ---------------------------------------------------------------------------------------------
 */

static bool holds_rows(const gibbs_value *item) {
  const gibbs_tensor *tensor = gibbs_value_as_tensor(item);
  return tensor && gibbs_tensor_shape(tensor)->rank >= 2;
}

/* The file's names, quoted, pushed. */
static const char *list_names(lua_State *L, const gibbs_value *map) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (size_t i = 0; i < gibbs_value_count(map) && i < 12; i++) {
    luaL_addstring(&text, i > 0 ? ", '" : "'");
    luaL_addstring(&text, gibbs_value_name(map, i));
    luaL_addstring(&text, "'");
  }
  if (gibbs_value_count(map) > 12) luaL_addstring(&text, ", ...");
  luaL_pushresult(&text);
  return lua_tostring(L, -1);
}

/* The only array of two axes or more. */
static gibbs_tensor *choose_array(const reading *r, const gibbs_value *map) {
  const gibbs_value *found = NULL;
  size_t count = 0;
  for (size_t i = 0; i < gibbs_value_count(map); i++)
    if (holds_rows(gibbs_value_item(map, i))) {
      found = gibbs_value_item(map, i);
      count++;
    }
  if (count != 1)
    gl_fail(r->L, "%s: '%s' holds %s; choose one array of configurations by gibbs.data(gibbs.read(path).name)",
            r->who, r->path, list_names(r->L, map));
  return gibbs_value_as_tensor(found);
}

/* ---- any file ---------------------------------------------------------------------------------------------------
 */

static void push_nested(const reading *r, const gibbs_value *value) {
  gl_box *holder = gl_tensor_holder(r->L);
  gibbs_tensor *tensor = NULL;
  gibbs_error err;
  gibbs_status status = gibbs_value_to_tensor(value, &tensor, &err);
  holder->self = tensor;
  if (status != GIBBS_OK) {
    gibbs_error_prefix(&err, r->path);
    gibbs_error_prefix(&err, r->who);
    gl_raise(r->L, &err);
  }
}

static void push_numbers(const reading *r, const gibbs_value *value) {
  bool map = gibbs_value_kind_of(value) == GIBBS_VALUE_MAP;
  const gibbs_value *names = map ? gibbs_value_get(value, "columns") : NULL;
  if (names && gibbs_value_kind_of(names) == GIBBS_VALUE_LIST)
    read_columns(r, names, value);
  else if (map)
    gl_tensor_holder(r->L)->self = gibbs_tensor_retain(choose_array(r, value));
  else
    push_nested(r, value);
}

void gl_data_read(lua_State *L, const char *who) {
  reading r = {L, who, lua_tostring(L, 1)};
  gl_box *box = gl_box_new(L, &gl_data_file, 0);
  gibbs_error err;
  gibbs_value *value = NULL;
  gl_enter(L);
  gibbs_status status = gibbs_file_read(r.path, &value, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = value;
  push_numbers(&r, value);
  box->self = NULL;
  gibbs_value_free(value);
  gl_tensor_finish(L);
  lua_replace(L, 1);
  lua_pop(L, 1);
}
