/* gl_process.c - core.processes: children that run side by side, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <signal.h>
#include <string.h>

#include "gibbs/process.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"

enum { PATH_ROOM = 4096 };

static void destroy(void *self) {
  gibbs_processes_free(self);
}

static const gl_class gl_processes = {.name = "processes", .article = "a set of", .destroy = destroy};

static gibbs_processes *set_of(lua_State *L, const char *who) {
  return gl_object(L, 1, who, "set", &gl_processes);
}

/* new() -> a set without children */
static int processes_new(lua_State *L) {
  gibbs_processes *set;
  gibbs_error err;
  gl_box *box = gl_box_new(L, &gl_processes, 0);
  gl_check(L, gibbs_processes_new(&set, &err), &err);
  box->self = set;
  return 1;
}

/* The strings of the table at `index`, then NULL; the table keeps them alive.  Pushes the block. */
static const char **push_strings(lua_State *L, int index, const char *who, const char *name) {
  gl_table(L, index, who, name);
  lua_Unsigned count = lua_rawlen(L, index);
  const char **list = lua_newuserdatauv(L, (count + 1) * sizeof *list, 0);
  for (lua_Unsigned i = 0; i < count; i++) {
    if (lua_rawgeti(L, index, (lua_Integer)i + 1) != LUA_TSTRING) gl_refuse(L, index, who, name, "a list of strings");
    list[i] = lua_tostring(L, -1);
    lua_pop(L, 1);
  }
  list[count] = NULL;
  return list;
}

/* start(set, id, arguments, environment) */
static int processes_start(lua_State *L) {
  static const char who[] = "processes.start";
  gibbs_processes *set = set_of(L, who);
  size_t id = (size_t)gl_integer(L, 2, who, "id", 1, INT32_MAX);
  const char *const *arguments = push_strings(L, 3, who, "arguments");
  if (arguments[0] == NULL) gl_refuse(L, 3, who, "arguments", "a list that begins with a program");
  const char *const *environment = push_strings(L, 4, who, "environment");
  gibbs_error err;
  gl_check(L, gibbs_processes_start(set, id, arguments, environment, &err), &err);
  return 0;
}

static void destroy_end(void *self) {
  gibbs_process_end_free(self);
}

static const gl_class gl_process_end = {.name = "process_end", .article = "a", .destroy = destroy_end};

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, lua_Integer value) {
  lua_pushinteger(L, value);
  lua_setfield(L, -2, name);
}

/* wait(set, seconds) -> { id, exit_code, signal, output, errors } of a child that has ended, or nil */
static int processes_wait(lua_State *L) {
  static const char who[] = "processes.wait";
  gibbs_processes *set = set_of(L, who);
  double seconds = gl_number_in(L, 2, who, "seconds", 0, 1e6);
  gibbs_error err;
  bool ended;
  gibbs_process_end *end = lua_newuserdatauv(L, sizeof *end, 0);
  gl_box *box = gl_box_new(L, &gl_process_end, 1);
  gl_box_depend(L, -1, 1, lua_gettop(L) - 1);
  gl_check(L, gibbs_processes_wait(set, seconds, &ended, end, &err), &err);
  if (!ended) return 0;
  box->self = end;
  lua_createtable(L, 0, 5);
  set_integer(L, "id", (lua_Integer)end->id);
  set_integer(L, "exit_code", end->exit_code);
  set_integer(L, "signal", end->signal);
  set_text(L, "output", end->output);
  set_text(L, "errors", end->errors);
  box->self = NULL;
  gibbs_process_end_free(end);
  return 1;
}

/* count(set) -> of those not yet known to have ended */
static int processes_count(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)gibbs_processes_count(set_of(L, "processes.count")));
  return 1;
}

/* interrupt(set): what Ctrl-C does, to all */
static int processes_interrupt(lua_State *L) {
  gibbs_processes_signal(set_of(L, "processes.interrupt"), SIGINT);
  return 0;
}

/* program() -> the program that runs, to be started once more */
static int processes_program(lua_State *L) {
  char *path = lua_newuserdatauv(L, PATH_ROOM, 0);
  gibbs_error err;
  gl_check(L, gibbs_process_self(path, PATH_ROOM, &err), &err);
  lua_pushstring(L, path);
  return 1;
}

const luaL_Reg gl_process_core[] = {{"processes.new", processes_new},
                                    {"processes.start", processes_start},
                                    {"processes.wait", processes_wait},
                                    {"processes.count", processes_count},
                                    {"processes.interrupt", processes_interrupt},
                                    {"processes.program", processes_program},
                                    {NULL, NULL}};
