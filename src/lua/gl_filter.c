/* gl_filter.c - core.filter(arguments, input, seconds) -> { found, exit, signal, timed_out, output, messages }, and
 * core.write_bytes(who, path, bytes), which leaves a whole file or none.  Both raise at the user's line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/files.h"
#include "gibbs/filter.h"
#include "gl_argument.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_module.h"

static void destroy_end(void *self) {
  gibbs_filter_clear(self);
  free(self);
}

static const gl_class gl_end = {.name = "program's end", .article = "a", .destroy = destroy_end};

/* The texts of a list in a block of Lua's that is pushed, with NULL behind; the list keeps the texts. */
static const char **push_arguments(lua_State *L, int list) {
  size_t count = lua_rawlen(L, list);
  const char **texts = lua_newuserdatauv(L, (count + 1) * sizeof *texts, 0);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, list, (lua_Integer)i + 1);
    luaL_checktype(L, -1, LUA_TSTRING);
    texts[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  texts[count] = NULL;
  return texts;
}

static void push_end(lua_State *L, const gibbs_filter_end *end) {
  lua_createtable(L, 0, 6);
  lua_pushboolean(L, end->found);
  lua_setfield(L, -2, "found");
  lua_pushboolean(L, end->timed_out);
  lua_setfield(L, -2, "timed_out");
  lua_pushinteger(L, end->exit);
  lua_setfield(L, -2, "exit");
  lua_pushinteger(L, end->signal);
  lua_setfield(L, -2, "signal");
  lua_pushlstring(L, end->output ? end->output : "", end->output_size);
  lua_setfield(L, -2, "output");
  lua_pushlstring(L, end->messages ? end->messages : "", end->messages_size);
  lua_setfield(L, -2, "messages");
}

static int filter_run(lua_State *L) {
  size_t size;
  luaL_checktype(L, 1, LUA_TTABLE);
  const char *input = luaL_checklstring(L, 2, &size);
  double seconds = luaL_checknumber(L, 3);
  const char **arguments = push_arguments(L, 1);
  gl_box *box = gl_box_new(L, &gl_end, 0);
  gibbs_filter_end *end = calloc(1, sizeof *end);
  gibbs_error err;
  if (!end) gl_check(L, gibbs_fail_memory(&err, "a program's end", sizeof *end), &err);
  box->self = end;
  gl_check(L, gibbs_filter_run(arguments, input, size, seconds, end, &err), &err);
  push_end(L, end);
  gibbs_filter_clear(end);
  return 1;
}

static int write_bytes(lua_State *L) {
  size_t size;
  const char *who = luaL_checkstring(L, 1), *path = luaL_checkstring(L, 2);
  const char *bytes = luaL_checklstring(L, 3, &size);
  gibbs_error err;
  if (gibbs_file_write_bytes(path, bytes, size, &err) != GIBBS_OK) {
    gibbs_error_prefix(&err, who);
    return gl_raise(L, &err);
  }
  return 0;
}

const luaL_Reg gl_filter_core[] = {{"filter", filter_run}, {"write_bytes", write_bytes}, {NULL, NULL}};
