/* gl_kernel.c - Markov kernels as scripts name them, and gibbs.kernels(). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_kernel.h"

#include <string.h>

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"

/* ---- names ------------------------------------------------------------------------------------------------------
 */

static const gibbs_kernel *refuse_name(lua_State *L, const char *who, const char *what, const char *value,
                                       const char *name) {
  gl_guess guess = gl_guess_of(name);
  size_t count = gibbs_kernel_count();
  luaL_Buffer words;
  luaL_buffinit(L, &words);
  for (size_t k = 0; k < count; k++) {
    const char *word = gibbs_kernel_name(gibbs_kernel_at(k));
    gl_guess_offer(&guess, word);
    if (k > 0) luaL_addstring(&words, k + 1 < count ? ", " : " or ");
    luaL_addstring(&words, word);
  }
  luaL_pushresult(&words);
  const char *legal = lua_tostring(L, -1);
  gl_fail(L, "%s: %s is %s; it must be %s%s", who, what, value, legal, gl_guess_hint(L, &guess));
  return NULL;
}

const gibbs_kernel *gl_kernel_find(lua_State *L, const char *who, const char *what, const char *name) {
  const gibbs_kernel *kernel = gibbs_kernel_find(name);
  return kernel ? kernel : refuse_name(L, who, what, lua_pushfstring(L, "'%s'", name), name);
}

/* The option 'kernel'; NULL when it is absent. */
static const gibbs_kernel *named_kernel(lua_State *L, int index, const char *who) {
  static const char what[] = "option 'kernel'";
  if (!gl_options_value(L, index, "kernel")) return NULL;
  const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : NULL;
  const gibbs_kernel *kernel =
      name ? gl_kernel_find(L, who, what, name) : refuse_name(L, who, what, gl_describe(L, -1), "");
  lua_pop(L, 1);
  return kernel;
}

/* ---- options ------------------------------------------------------------------------------------------------------
 */

/* A value of any kind of option. */
typedef union slot {
  uint64_t integer;
  double real;
  bool boolean;
  int choice;
} slot;

static gl_option row_of(const gibbs_kernel_option *option, size_t offset) {
  static const gl_kind kinds[] = {[GIBBS_KERNEL_REAL] = GL_REAL,
                                  [GIBBS_KERNEL_COUNT] = GL_INTEGER,
                                  [GIBBS_KERNEL_FLAG] = GL_BOOLEAN,
                                  [GIBBS_KERNEL_WORD] = GL_CHOICE};
  return (gl_option){.name = option->name,
                     .kind = kinds[option->kind],
                     .offset = offset,
                     .initial = option->initial,
                     .low = option->low,
                     .high = option->high,
                     .choices = option->words,
                     .doc = option->doc};
}

static double setting_of(const gibbs_kernel_option *option, const slot *value) {
  switch (option->kind) {
  case GIBBS_KERNEL_COUNT:
    return (double)value->integer;
  case GIBBS_KERNEL_FLAG:
    return value->boolean ? 1 : 0;
  case GIBBS_KERNEL_WORD:
    return value->choice;
  default:
    return value->real;
  }
}

static bool has_option(const gibbs_kernel *kernel, const char *name) {
  for (size_t i = 0; i < gibbs_kernel_option_count(kernel); i++)
    if (strcmp(gibbs_kernel_options(kernel)[i].name, name) == 0) return true;
  return false;
}

static const gibbs_kernel *kernel_with_option(const char *name) {
  for (size_t k = 0; k < gibbs_kernel_count(); k++)
    if (has_option(gibbs_kernel_at(k), name)) return gibbs_kernel_at(k);
  return NULL;
}

static bool has_row(const gl_option rows[], const char *name) {
  for (; rows->name != NULL; rows++)
    if (strcmp(rows->name, name) == 0) return true;
  return false;
}

/* An option that a kernel has, in a table that names no kernel. */
static void refuse_orphans(lua_State *L, int index, const char *who, const gl_option rows[]) {
  if (!lua_istable(L, index)) return;
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING || has_row(rows, lua_tostring(L, -2))) continue;
    const char *name = lua_tostring(L, -2);
    const gibbs_kernel *owner = kernel_with_option(name);
    if (owner)
      gl_fail(L, "%s: option '%s' is one of a kernel, and none is named; write kernel = '%s' beside it", who, name,
              gibbs_kernel_name(owner));
  }
}

/* An option that another kernel has. */
static void refuse_foreign(lua_State *L, int index, const char *who, const gl_option rows[],
                           const gibbs_kernel *kernel) {
  for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
    if (lua_type(L, -2) != LUA_TSTRING) continue;
    const char *name = lua_tostring(L, -2);
    const gibbs_kernel *owner = has_row(rows, name) || has_option(kernel, name) ? NULL : kernel_with_option(name);
    if (owner)
      gl_fail(L, "%s: kernel %s has no option '%s'; %s has", who, gibbs_kernel_name(kernel), name,
              gibbs_kernel_name(owner));
  }
}

/* Pushes the rows of both, the kernel's values behind `size` bytes. */
static gl_option *push_rows(lua_State *L, const gl_option rows[], const gibbs_kernel *kernel, size_t size) {
  size_t given = 0, count = gibbs_kernel_option_count(kernel);
  while (rows[given].name != NULL) given++;
  gl_option *all = lua_newuserdatauv(L, (given + count + 1) * sizeof *all, 0);
  memcpy(all, rows, given * sizeof *all);
  for (size_t i = 0; i < count; i++)
    all[given + i] = row_of(&gibbs_kernel_options(kernel)[i], size + i * sizeof(slot));
  all[given + count] = (gl_option)GL_END_ROW;
  return all;
}

gl_kernel_choice gl_kernel_options_read(lua_State *L, int index, const char *who, const gl_option rows[], void *out,
                                        size_t size) {
  index = lua_absindex(L, index);
  const gibbs_kernel *kernel = lua_istable(L, index) ? named_kernel(L, index, who) : NULL;
  if (kernel == NULL) {
    refuse_orphans(L, index, who, rows);
    gl_options_read(L, index, who, rows, out);
    lua_pushnil(L);
    return (gl_kernel_choice){0};
  }
  refuse_foreign(L, index, who, rows, kernel);
  size_t count = gibbs_kernel_option_count(kernel), padded = (size + sizeof(slot) - 1) / sizeof(slot) * sizeof(slot);
  double *settings = lua_newuserdatauv(L, (count + 1) * sizeof *settings, 0);
  char *block = lua_newuserdatauv(L, padded + (count + 1) * sizeof(slot), 0);
  const gl_option *all = push_rows(L, rows, kernel, padded);
  gl_options_read(L, index, lua_pushfstring(L, "%s, kernel %s", who, gibbs_kernel_name(kernel)), all, block);
  memcpy(out, block, size);
  for (size_t i = 0; i < count; i++)
    settings[i] =
        setting_of(&gibbs_kernel_options(kernel)[i], (const slot *)(const void *)(block + padded + i * sizeof(slot)));
  lua_pop(L, 3);
  return (gl_kernel_choice){.kernel = kernel, .settings = settings};
}

const char *gl_kernel_setting_push(lua_State *L, const gibbs_kernel_option *row, double setting) {
  switch (row->kind) {
  case GIBBS_KERNEL_FLAG:
    return lua_pushstring(L, setting != 0 ? "true" : "false");
  case GIBBS_KERNEL_WORD:
    return lua_pushfstring(L, "'%s'", row->words[(size_t)setting]);
  case GIBBS_KERNEL_COUNT:
    return lua_pushfstring(L, "%I", (LUAI_UACINT)setting);
  default:
    return lua_pushfstring(L, "%f", setting);
  }
}

/* ---- gibbs.kernels()
 * ------------------------------------------------------------------------------------------------ */

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text ? text : "");
  lua_setfield(L, -2, name);
}

static void set_number(lua_State *L, const char *name, double value, bool whole) {
  if (whole)
    lua_pushinteger(L, (lua_Integer)value);
  else
    lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

/* {name =, kind = "number" | "integer" | "boolean" | "word", initial =, low =, high =, words = {...}, doc =} */
static void push_option(lua_State *L, const gibbs_kernel_option *option) {
  static const char *const kinds[] = {[GIBBS_KERNEL_REAL] = "number",
                                      [GIBBS_KERNEL_COUNT] = "integer",
                                      [GIBBS_KERNEL_FLAG] = "boolean",
                                      [GIBBS_KERNEL_WORD] = "word"};
  lua_createtable(L, 0, 6);
  set_text(L, "name", option->name);
  set_text(L, "kind", kinds[option->kind]);
  set_text(L, "doc", option->doc);
  if (option->kind == GIBBS_KERNEL_FLAG) {
    lua_pushboolean(L, option->initial != 0);
    lua_setfield(L, -2, "initial");
  } else if (option->kind == GIBBS_KERNEL_WORD) {
    set_text(L, "initial", option->words[(size_t)option->initial]);
    lua_newtable(L);
    for (lua_Integer i = 0; option->words[i] != NULL; i++) {
      lua_pushstring(L, option->words[i]);
      lua_rawseti(L, -2, i + 1);
    }
    lua_setfield(L, -2, "words");
  } else {
    bool whole = option->kind == GIBBS_KERNEL_COUNT;
    set_number(L, "initial", option->initial, whole);
    set_number(L, "low", option->low, whole);
    set_number(L, "high", option->high, whole);
  }
}

static void push_kernel(lua_State *L, const gibbs_kernel *kernel) {
  lua_createtable(L, 0, 4);
  set_text(L, "name", gibbs_kernel_name(kernel));
  set_text(L, "doc", gibbs_kernel_doc(kernel));
  set_text(L, "source", gibbs_kernel_source(kernel));
  lua_newtable(L);
  for (size_t i = 0; i < gibbs_kernel_option_count(kernel); i++) {
    push_option(L, &gibbs_kernel_options(kernel)[i]);
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  lua_setfield(L, -2, "options");
}

void gl_kernels_push(lua_State *L) {
  lua_newtable(L);
  for (size_t k = 0; k < gibbs_kernel_count(); k++) {
    push_kernel(L, gibbs_kernel_at(k));
    lua_rawseti(L, -2, (lua_Integer)k + 1);
  }
}

/* gibbs.kernels() -> {{name =, doc =, source =, options = {...}}, ...}: the Markov kernels, in the order in which
 * they are asked whether they suit an energy */
static int kernels(lua_State *L) {
  gl_at_most(L, 0, "gibbs.kernels");
  gl_kernels_push(L);
  return 1;
}

const luaL_Reg gl_kernel_functions[] = {{"kernels", kernels}, {NULL, NULL}};
