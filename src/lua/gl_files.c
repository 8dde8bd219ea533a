/* gl_files.c - gibbs.read and gibbs.write: values of Lua to files and back. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/model_file.h"
#include "gl_argument.h"
#include "gl_distribution.h"
#include "gl_error.h"
#include "gl_expression.h"
#include "gl_module.h"
#include "gl_state.h"

/* ---- gibbs.null ---------------------------------------------------------------------------------------- */

static void print_null(lua_State *L, void *self, luaL_Buffer *text) {
  (void)L, (void)self;
  luaL_addstring(text, "null");
}

const gl_class gl_null = {.name = "null", .article = "a", .print = print_null};

void gl_null_push(lua_State *L) {
  static const char key;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &key) != LUA_TNIL) return;
  lua_pop(L, 1);
  gl_box_new(L, &gl_null, 0)->self = (void *)&gl_null; /* anything but NULL: a null is never closed */
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
}

/* ---- values to Lua -------------------------------------------------------------------------------------- */

static void destroy_tree(void *self) {
  gibbs_value_free(self);
}

static const gl_class gl_tree = {.name = "file", .article = "a", .destroy = destroy_tree};

/* A whole number is an integer, as one writes it; a larger one stays a float, so that products do not wrap around. */
static void push_number(lua_State *L, double number) {
  const double most = 2147483648.0;
  if (number == floor(number) && fabs(number) <= most && !(number == 0 && signbit(number)))
    lua_pushinteger(L, (lua_Integer)number);
  else
    lua_pushnumber(L, number);
}

static void push_tensor(lua_State *L, gibbs_tensor *tensor) {
  gl_tensor_holder(L)->self = gibbs_tensor_retain(tensor);
  gl_tensor_finish(L);
}

static void push_value(lua_State *L, const gibbs_value *value);

static void push_table(lua_State *L, const gibbs_value *value) {
  size_t count = gibbs_value_count(value);
  bool named = gibbs_value_kind_of(value) == GIBBS_VALUE_MAP;
  int size = count < INT32_MAX ? (int)count : 0;
  luaL_checkstack(L, 8, "the file is nested too deep");
  lua_createtable(L, named ? 0 : size, named ? size : 0);
  for (size_t i = 0; i < count; i++) {
    push_value(L, gibbs_value_item(value, i));
    if (named)
      lua_setfield(L, -2, gibbs_value_name(value, i));
    else
      lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
}

static void push_value(lua_State *L, const gibbs_value *value) {
  size_t length = 0;
  const char *text = gibbs_value_as_string(value, &length);
  switch (gibbs_value_kind_of(value)) {
  case GIBBS_VALUE_BOOL:
    lua_pushboolean(L, gibbs_value_as_bool(value));
    break;
  case GIBBS_VALUE_NUMBER:
    push_number(L, gibbs_value_as_number(value));
    break;
  case GIBBS_VALUE_STRING:
    lua_pushlstring(L, text, length);
    break;
  case GIBBS_VALUE_TENSOR:
    push_tensor(L, gibbs_value_as_tensor(value));
    break;
  case GIBBS_VALUE_LIST:
  case GIBBS_VALUE_MAP:
    push_table(L, value);
    break;
  default:
    gl_null_push(L);
  }
}

void gl_value_push(lua_State *L, const char *who, gl_value_maker *make, const void *context) {
  gl_box *box = gl_box_new(L, &gl_tree, 0);
  gibbs_error err;
  gibbs_value *value = NULL;
  gl_enter(L);
  gibbs_status status = make(context, &value, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  box->self = value;
  push_value(L, value);
  box->self = NULL;
  gibbs_value_free(value);
}

static gibbs_status read_file(const void *path, gibbs_value **out, gibbs_error *err) {
  return gibbs_file_read(path, out, err);
}

/* gibbs.read(path) -> table or tensor */
static int files_read(lua_State *L) {
  static const char who[] = "gibbs.read";
  const char *path = gl_string(L, 1, who, "path");
  gl_at_most(L, 1, who);
  gl_value_push(L, who, read_file, path);
  return 1;
}

/* ---- Lua to values -------------------------------------------------------------------------------------- */

/* Where in the value one is; the root has up == NULL. */
typedef struct place {
  const char *who; /* what is called, for messages */
  const struct place *up;
  const char *name; /* NULL: an item of a list */
  lua_Integer index;
  int depth;
} place;

/* " at cases[3].out", or "" at the root; pushed. */
static const char *describe_place(lua_State *L, const place *at) {
  if (!at->up) return lua_pushliteral(L, "");
  const char *up = describe_place(L, at->up);
  const char *before = *up ? up : " at ";
  if (!at->name) return lua_pushfstring(L, "%s[%I]", before, (LUAI_UACINT)at->index);
  return lua_pushfstring(L, "%s%s%s", before, *up ? "." : "", at->name);
}

static int refuse_value(lua_State *L, int index, const place *at, const char *legal) {
  const char *what = gl_describe(L, index);
  return gl_fail(L, "%s: the value holds %s%s; it must hold %s", at->who, what, describe_place(L, at), legal);
}

static const char legal_values[] =
    "numbers, strings, booleans, gibbs.null, tensors, distributions, and tables of them";

/* The stack keeps what is borrowed; the tree under construction hangs on a box. A child is added to its parent before
 * it is filled, so that nothing is ever owned by a C variable alone when Lua raises. */
static void add(lua_State *L, gibbs_value *parent, const place *at, gibbs_value *child) {
  gibbs_error err;
  gl_check(L, at->name ? gibbs_value_set(parent, at->name, child, &err) : gibbs_value_append(parent, child, &err),
           &err);
}

static gibbs_value *make_number(lua_State *L, int index, const place *at) {
  double number = lua_tonumber(L, index);
  if (lua_isinteger(L, index) && (lua_Integer)number != lua_tointeger(L, index))
    refuse_value(L, index, at, "integers that a double holds exactly, up to 2^53");
  return gibbs_value_number(number);
}

static gibbs_value *make_string(lua_State *L, int index) {
  size_t length;
  const char *text = lua_tolstring(L, index, &length);
  return gibbs_value_string(text, length);
}

/* A distribution, as a table of names. */
static gibbs_value *make_model(lua_State *L, const gibbs_distribution *d, const place *at) {
  gibbs_error err;
  gibbs_value *value = NULL;
  gibbs_status status = gibbs_model_to_value(d, &value, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, at->who);
  gl_check(L, status, &err);
  return value;
}

/* A tensor, or the present values of a parameter. */
static gibbs_value *make_tensor(lua_State *L, int index, const place *at) {
  gibbs_expr *expr = gl_test(L, index, &gl_expression);
  gibbs_tensor *tensor = expr ? gibbs_expr_as_constant(expr) : NULL;
  if (tensor) return gibbs_value_tensor(tensor);
  gibbs_parameter *parameter = expr ? gibbs_expr_as_parameter(expr) : NULL;
  if (!parameter) refuse_value(L, index, at, legal_values);
  gibbs_tensor *copy = gl_tensor_new(L, gibbs_expr_shape(expr));
  memcpy(gibbs_tensor_data(copy), gibbs_parameter_values(parameter), gibbs_tensor_size(copy) * sizeof(double));
  gibbs_value *value = gibbs_value_tensor(copy);
  lua_pop(L, 1);
  return value;
}

static gibbs_value *make_leaf(lua_State *L, int index, const place *at) {
  switch (lua_type(L, index)) {
  case LUA_TBOOLEAN:
    return gibbs_value_bool(lua_toboolean(L, index));
  case LUA_TNUMBER:
    return make_number(L, index, at);
  case LUA_TSTRING:
    return make_string(L, index);
  default:
    if (gl_test(L, index, &gl_distribution)) return make_model(L, gl_test(L, index, &gl_distribution), at);
    return gl_class_of(L, index) == &gl_null ? gibbs_value_null() : make_tensor(L, index, at);
  }
}

static void refuse_key(lua_State *L, const place *at) {
  const char *key = gl_describe(L, -2);
  gl_fail(L, "%s: the table%s has the key %s; keys are names, or 1 to n without holes", at->who,
          describe_place(L, at), key);
}

/* A list has the keys 1 to n and no others; a map has names only. An empty table is a list. */
static bool is_list(lua_State *L, int table, const place *at) {
  lua_Integer integers = 0, names = 0, length = (lua_Integer)lua_rawlen(L, table);
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
    if (lua_type(L, -2) == LUA_TSTRING)
      names++;
    else if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= length)
      integers++;
    else
      refuse_key(L, at);
  }
  if (names > 0 && integers > 0)
    gl_fail(L, "%s: the table%s has both names and numbers as keys; a file holds one or the other", at->who,
            describe_place(L, at));
  if (integers != length)
    gl_fail(L, "%s: the table%s has holes; write gibbs.null where there is nothing", at->who, describe_place(L, at));
  return names == 0;
}

static void fill(lua_State *L, int index, const place *at, gibbs_value *parent);

static void fill_list(lua_State *L, int table, const place *up, gibbs_value *list) {
  lua_Integer count = (lua_Integer)lua_rawlen(L, table);
  for (lua_Integer i = 1; i <= count; i++) {
    place below = {up->who, up, NULL, i, up->depth + 1};
    lua_rawgeti(L, table, i);
    fill(L, lua_gettop(L), &below, list);
    lua_pop(L, 1);
  }
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The table's names, sorted, in a block of Lua's that is pushed: equal values make equal files. The table keeps the
 * names, and no code of the script runs meanwhile. */
static const char **push_names(lua_State *L, int table, size_t *count) {
  *count = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) ++*count;
  const char **names = lua_newuserdatauv(L, *count * sizeof *names, 0);
  size_t i = 0;
  for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) names[i++] = lua_tostring(L, -2);
  qsort(names, *count, sizeof *names, compare_names);
  return names;
}

static void fill_map(lua_State *L, int table, const place *up, gibbs_value *map) {
  size_t count;
  const char **names = push_names(L, table, &count);
  for (size_t i = 0; i < count; i++) {
    place below = {up->who, up, names[i], 0, up->depth + 1};
    lua_pushstring(L, names[i]);
    if (lua_rawget(L, table) == LUA_TNIL) gl_fail(L, "%s: the name '%s...' holds a zero byte", up->who, names[i]);
    fill(L, lua_gettop(L), &below, map);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
}

static void fill_table(lua_State *L, int table, const place *at, gibbs_value *value) {
  luaL_checkstack(L, 12, at->who);
  if (gibbs_value_kind_of(value) == GIBBS_VALUE_LIST)
    fill_list(L, table, at, value);
  else
    fill_map(L, table, at, value);
}

/* Adds the value at `index`, an absolute one, to a parent. */
static void fill(lua_State *L, int index, const place *at, gibbs_value *parent) {
  if (!lua_istable(L, index)) {
    add(L, parent, at, make_leaf(L, index, at));
    return;
  }
  if (at->depth > GIBBS_VALUE_MAX_DEPTH)
    gl_fail(L, "%s: the value is nested more than %d levels deep; does a table contain itself?", at->who,
            GIBBS_VALUE_MAX_DEPTH);
  gibbs_value *child = is_list(L, index, at) ? gibbs_value_list() : gibbs_value_map();
  add(L, parent, at, child);
  fill_table(L, index, at, child);
}

static void make_root(lua_State *L, int index, const char *who, gl_box *box) {
  place root = {who, NULL, NULL, 0, 0};
  bool table = lua_istable(L, index);
  gibbs_value *value = !table                     ? make_leaf(L, index, &root)
                       : is_list(L, index, &root) ? gibbs_value_list()
                                                  : gibbs_value_map();
  if (!value) gl_fail(L, "%s: out of memory", who);
  box->self = value;
  if (table) fill_table(L, index, &root, value);
}

typedef gibbs_status put_file(const char *path, const gibbs_value *value, gibbs_error *err);

static int put_value(lua_State *L, const char *who, put_file *put) {
  const char *path = gl_string(L, 1, who, "path");
  gl_at_most(L, 2, who);
  luaL_checkany(L, 2);
  gl_box *box = gl_box_new(L, &gl_tree, 0);
  make_root(L, 2, who, box);
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = put(path, box->self, &err);
  if (status != GIBBS_OK) gibbs_error_prefix(&err, who);
  gl_check(L, status, &err);
  gibbs_value_free(box->self);
  box->self = NULL;
  return 0;
}

/* gibbs.write(path, value) */
static int files_write(lua_State *L) {
  return put_value(L, "gibbs.write", gibbs_file_write);
}

/* gibbs.append(path, value) */
static int files_append(lua_State *L) {
  return put_value(L, "gibbs.append", gibbs_file_append);
}

const luaL_Reg gl_files_functions[] = {
    {"read", files_read}, {"write", files_write}, {"append", files_append}, {NULL, NULL}};
