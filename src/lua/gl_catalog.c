/* gl_catalog.c - all rows of the core and of the bindings, as one table: what help and its kin are made from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_catalog.h"

#include <string.h>

#include "gibbs/block_rule.h"
#include "gibbs/expr.h"
#include "gibbs/lattice.h"
#include "gibbs/minimize.h"
#include "gibbs/recursion.h"
#include "gibbs/status.h"
#include "gibbs/training.h"
#include "gl_free_energy.h"
#include "gl_kernel.h"
#include "gl_module.h"
#include "gl_objective.h"
#include "gl_options.h"

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text); /* NULL: nil, no field */
  lua_setfield(L, -2, name);
}

static void set_flag(lua_State *L, const char *name, bool value) {
  lua_pushboolean(L, value);
  lua_setfield(L, -2, name);
}

/* Append the value on the top of the stack to the list below it. */
static void append(lua_State *L) {
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

/* ---- lists: rows {name =, doc =, ...} ------------------------------------------------------------------------ */

static void add_row(lua_State *L, const char *name, const char *doc) {
  lua_createtable(L, 0, 4);
  set_text(L, "name", name);
  set_text(L, "doc", doc);
  append(L);
}

/* A field of the last row. */
static void add_text(lua_State *L, const char *name, const char *text) {
  lua_rawgeti(L, -1, (lua_Integer)lua_rawlen(L, -1));
  set_text(L, name, text);
  lua_pop(L, 1);
}

/* A row whose topic is the function gibbs.<room><name>. */
static void add_function(lua_State *L, const char *room, const char *name, const char *doc) {
  const char *topic = lua_pushfstring(L, "gibbs.%s%s", room, name);
  lua_insert(L, -2);
  add_row(L, name, doc);
  add_text(L, "topic", topic);
  lua_remove(L, -2);
}

static void push_families(lua_State *L) {
  lua_newtable(L);
  for (const luaL_Reg *row = gl_family_functions; row->name; row++) add_function(L, "", row->name, NULL);
}

/* Each is made by the function of its name. */
static void push_objectives(lua_State *L) {
  gl_objectives_push(L);
  for (lua_Integer i = 1; lua_rawgeti(L, -1, i) == LUA_TTABLE; i++) {
    lua_getfield(L, -1, "name");
    lua_pushfstring(L, "gibbs.%s", lua_tostring(L, -1));
    lua_setfield(L, -3, "topic");
    lua_pop(L, 2);
  }
  lua_pop(L, 1);
}

static void add_estimators(lua_State *L, const luaL_Reg *row) {
  for (; row->name; row++) {
    const gibbs_free_energy_method *method = gl_free_energy_of_function(row->name);
    if (method == NULL) method = gibbs_free_energy_find(row->name);
    add_function(L, "", row->name, method ? gibbs_free_energy_doc(method) : NULL);
    if (method) add_text(L, "source", gibbs_free_energy_source(method));
  }
}

static void push_estimators(lua_State *L) {
  lua_newtable(L);
  add_estimators(L, gl_how_functions);
  add_estimators(L, gl_free_energy_functions);
}

static void push_kernels(lua_State *L) {
  gl_kernels_push(L);
}

static void push_optimisers(lua_State *L) {
  lua_newtable(L);
#define X(id, name, doc) add_row(L, name, doc), add_text(L, "when", gl_minimize_tables[0].when);
  GIBBS_METHOD_LIST(X)
#undef X
#define X(id, name, doc) add_row(L, name, doc), add_text(L, "when", gl_training_tables[0].when);
  GIBBS_OPTIMISER_LIST(X)
#undef X
}

static void push_schedules(lua_State *L) {
  lua_newtable(L);
#define X(id, name, doc) add_row(L, name, doc);
  GIBBS_SCHEDULE_LIST(X)
#undef X
}

static void push_lattices(lua_State *L) {
  lua_newtable(L);
#define X(id, name, axes, directions, doc) add_function(L, "lattice.", name, doc);
  GIBBS_LATTICE_LIST(X)
#undef X
}

static void push_operations(lua_State *L) {
  lua_newtable(L);
#define GIBBS_OP_UNARY(id, name, lo, hi, value, derivative, doc) add_function(L, "", name, doc);
#define GIBBS_OP_BINARY(id, name, lo, hi, value, da, db, doc) add_row(L, name, doc);
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
}

static void push_transforms(lua_State *L) {
  lua_newtable(L);
#define X(id, name, doc) add_function(L, "rg.", name, doc), add_text(L, "when", "spins to block spins");
  GIBBS_BLOCK_RULE_LIST(X)
#undef X
  for (const gibbs_recursion_kind *const *kind = gibbs_recursion_kinds; *kind; kind++) {
    add_function(L, "rg.", (*kind)->name, (*kind)->doc);
    add_text(L, "source", (*kind)->source);
    add_text(L, "when", "couplings to couplings");
  }
}

static void push_statuses(lua_State *L) {
  lua_newtable(L);
#define X(name, text) add_row(L, #name, text);
  GIBBS_STATUS_LIST(X)
#undef X
}

static void push_lists(lua_State *L) {
  static const struct {
    const char *name, *doc;
    void (*push)(lua_State *L);
  } lists[] = {
#define X(name, doc) {#name, doc, push_##name},
      GL_LISTS(X)
#undef X
  };
  lua_newtable(L);
  for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
    add_row(L, lists[i].name, lists[i].doc);
    lua_rawgeti(L, -1, (lua_Integer)i + 1);
    lists[i].push(L);
    lua_setfield(L, -2, "rows");
    lua_pop(L, 1);
  }
}

/* ---- options -------------------------------------------------------------------------------------------------- */

static void push_number(lua_State *L, double value, gl_kind kind) {
  if (kind == GL_INTEGER)
    lua_pushinteger(L, (lua_Integer)value);
  else
    lua_pushnumber(L, value);
}

static void set_range(lua_State *L, const gl_option *row) {
  const double values[] = {row->initial, row->low, row->high};
  static const char *const names[] = {"initial", "low", "high"};
  bool has_initial =
      row->initial >= row->low && row->initial <= row->high; /* else: left out, it means something else */
  for (size_t i = has_initial ? 0 : 1; i < 3; i++) {
    push_number(L, values[i], row->kind);
    lua_setfield(L, -2, names[i]);
  }
}

static void set_words(lua_State *L, const gl_option *row) {
  lua_newtable(L);
  for (size_t i = 0; row->choices[i]; i++) {
    lua_pushstring(L, row->choices[i]);
    append(L);
  }
  lua_setfield(L, -2, "words");
  if (row->initial >= 0) set_text(L, "initial", row->choices[(size_t)row->initial]);
}

static void add_option(lua_State *L, const gl_option *row) {
  static const char *const kinds[] = {[GL_INTEGER] = "integer",
                                      [GL_REAL] = "number",
                                      [GL_BOOLEAN] = "boolean",
                                      [GL_CHOICE] = "word",
                                      [GL_VALUE] = "value"};
  lua_createtable(L, 0, 6);
  set_text(L, "name", row->name);
  set_text(L, "doc", row->doc);
  set_text(L, "kind", kinds[row->kind]);
  if (row->kind == GL_CHOICE) set_words(L, row);
  if (row->kind == GL_INTEGER || row->kind == GL_REAL) set_range(L, row);
  if (row->kind == GL_BOOLEAN) set_flag(L, "initial", row->initial != 0);
  append(L);
}

static void add_table(lua_State *L, const gl_option_table *table) {
  gl_option room[GL_MOST_OPTIONS];
  const gl_option *row = table->rows;
  if (row == NULL) {
    table->list(table->who, room);
    row = room;
  }
  lua_createtable(L, 0, 3);
  set_text(L, "who", table->who);
  set_text(L, "when", table->when);
  lua_newtable(L);
  for (; row->name; row++) add_option(L, row);
  lua_setfield(L, -2, "rows");
  append(L);
}

static void push_options(lua_State *L) {
  static const gl_option_table *const tables[] = {
#define ROW(name) gl_##name##_tables,
      GL_OPTION_TABLES(ROW)
#undef ROW
  };
  lua_newtable(L);
  for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
    for (const gl_option_table *table = tables[i]; table->who; table++) add_table(L, table);
}

/* ---- classes -------------------------------------------------------------------------------------------------- */

/* {name = function} in the table on the top of the stack */
static void add_functions(lua_State *L, const luaL_Reg *rows) {
  if (rows != NULL) luaL_setfuncs(L, rows, 0);
}

static void add_class(lua_State *L, const gl_class *class) {
  lua_createtable(L, 0, 7);
  set_text(L, "name", class->name);
  set_text(L, "article", class->article);
  set_text(L, "roles", class->roles);
  set_flag(L, "named", class->field != NULL);
  set_flag(L, "numbered", class->index != NULL);
  lua_newtable(L);
  add_functions(L, class->methods);
  for (const luaL_Reg *const *more = class->more_methods; more != NULL && *more; more++) add_functions(L, *more);
  lua_setfield(L, -2, "methods");
  lua_newtable(L);
  add_functions(L, class->getters);
  lua_setfield(L, -2, "fields");
  append(L);
}

static void push_classes(lua_State *L) {
  static const gl_class *const classes[] = {
#define ROW(name) &gl_##name,
      GL_CLASSES(ROW)
#undef ROW
  };
  lua_newtable(L);
  for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) add_class(L, classes[i]);
}

int gl_catalog(lua_State *L) {
  lua_settop(L, 0);
  lua_createtable(L, 0, 3);
  push_lists(L);
  lua_setfield(L, 1, "lists");
  push_options(L);
  lua_setfield(L, 1, "options");
  push_classes(L);
  lua_setfield(L, 1, "classes");
  return 1;
}
