/* script.c - running scripts and code, and saying what went wrong in one line. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "script.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "limit.h"
#include "progress.h"
#include "sandbox.h"
#include "signals.h"

static bool show_calls;

void script_show_calls(bool show) {
  show_calls = show;
}

/* ---- errors ------------------------------------------------------------------------------------------------- */

/* The user's line, found by the module; "" without it. */
static void push_place(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  if (lua_getfield(L, -1, "gibbs.core") == LUA_TTABLE && lua_getfield(L, -1, "place") == LUA_TFUNCTION)
    lua_call(L, 0, 1);
  else
    lua_pushliteral(L, "");
}

/* The message of an error value that is no string. */
static const char *explain_value(lua_State *L) {
  if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) return lua_tostring(L, -1);
  if (lua_istable(L, 1)) {
    lua_pushliteral(L, "message");
    if (lua_rawget(L, 1) == LUA_TSTRING) return lua_tostring(L, -1);
  }
  push_place(L);
  const char *place = lua_tostring(L, -1);
  const char *kind = lua_isnil(L, 1) ? "nil" : lua_pushfstring(L, "a %s", luaL_typename(L, 1));
  return lua_pushfstring(L, "%s%sthe error value is %s, not a message", place, place[0] != '\0' ? ": " : "", kind);
}

/* One line for a call of the script's: our own frames, and those of C, are no news to it. */
static void add_call(luaL_Buffer *text, const lua_Debug *call) {
  if (call->currentline <= 0 || strncmp(call->source, "=gibbs", strlen("=gibbs")) == 0) return;
  lua_State *L = text->L;
  if (call->name != NULL)
    lua_pushfstring(L, "\n  %s:%d: in %s %s", call->short_src, call->currentline, call->namewhat, call->name);
  else
    lua_pushfstring(L, "\n  %s:%d: in %s", call->short_src, call->currentline,
                    strcmp(call->what, "main") == 0 ? "the main chunk" : "a function");
  luaL_addvalue(text);
}

static void push_with_calls(lua_State *L, const char *message) {
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  luaL_addstring(&text, message);
  lua_Debug call;
  for (int level = 1; lua_getstack(L, level, &call); level++) {
    lua_getinfo(L, "Sln", &call);
    add_call(&text, &call);
  }
  luaL_pushresult(&text);
}

/* What Lua's own functions say of our objects, with what to write instead. */
static const char *advise(lua_State *L, const char *message) {
  if (strstr(message, "number expected, got gibbs.estimate)") != NULL)
    return lua_pushfstring(L, "%s; the number of an estimate is its .value", message);
  if (strstr(message, "number expected, got gibbs.expression)") != NULL)
    return lua_pushfstring(L, "%s; functions of expressions are gibbs.abs, gibbs.exp, ...", message);
  return message;
}

int script_explain(lua_State *L) {
  const char *message = lua_type(L, 1) == LUA_TSTRING ? advise(L, lua_tostring(L, 1)) : explain_value(L);
  if (show_calls)
    push_with_calls(L, message);
  else
    lua_pushstring(L, message);
  return 1;
}

exit_code script_report(lua_State *L) {
  bool out_of_time = limit_script_ended();
  const char *message = lua_tostring(L, -1);
  progress_hide();
  fflush(stdout);
  fprintf(stderr, "%s\n", limit_explain(L, message != NULL ? message : "gibbs: an error without a message"));
  lua_pop(L, 1);
  if (out_of_time) return EXIT_TIME;
  return signals_interrupted() ? EXIT_INTERRUPTED : EXIT_SCRIPT;
}

/* ---- running --------------------------------------------------------------------------------------------------- */

/* The chunk is on the stack below `count` arguments. */
static exit_code run_chunk(lua_State *L, int count) {
  int handler = lua_gettop(L) - count;
  lua_pushcfunction(L, script_explain);
  lua_insert(L, handler);
  int outcome = lua_pcall(L, count, 0, handler);
  lua_remove(L, handler);
  if (outcome != LUA_OK) return script_report(L);
  if (!limit_script_ended()) return EXIT_DONE;
  lua_pushliteral(L, "interrupted"); /* it came to its end in spite of all */
  return script_report(L);
}

int script_call(lua_State *L) {
  int count = lua_gettop(L) - 1;
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_pushvalue(L, 1);
  sandbox_confine_chunk(L);
  lua_pop(L, 1);
  lua_pushcfunction(L, script_explain);
  lua_insert(L, 1);
  bool done = lua_pcall(L, count, 0, 1) == LUA_OK, over = limit_script_ended();
  lua_pushboolean(L, done && !over);
  if (done && !over) return 1;
  limit_explain(L, done ? "interrupted" : lua_tostring(L, 2));
  lua_pushboolean(L, over);
  return 3;
}

exit_code script_run_code(lua_State *L, const char *code) {
  if (luaL_loadbufferx(L, code, strlen(code), "=(command line)", "t") != LUA_OK) return script_report(L);
  sandbox_confine_chunk(L);
  return run_chunk(L, 0);
}

/* A file that cannot be read is a mistake on the command line; one that cannot be understood is the script's. */
static exit_code load_file(lua_State *L, const char *path) {
  FILE *file = path != NULL ? fopen(path, "r") : stdin;
  int first = file != NULL ? getc(file) : EOF;
  if (file == NULL || (first == EOF && ferror(file))) {
    fprintf(stderr, "gibbs: cannot open '%s': %s\n", path != NULL ? path : "standard input", strerror(errno));
    if (file != NULL && path != NULL) fclose(file);
    return EXIT_USAGE;
  }
  if (path != NULL)
    fclose(file);
  else
    ungetc(first, file);
  if (luaL_loadfilex(L, path, "t") != LUA_OK) return script_report(L);
  sandbox_confine_chunk(L);
  return EXIT_DONE;
}

/* After the script: flags are judged here if it used nothing of gibbs. */
static exit_code seal(lua_State *L) {
  luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(L, -1, "gibbs.core");
  lua_getfield(L, -1, "seal");
  lua_replace(L, -3);
  lua_pop(L, 1);
  return run_chunk(L, 0);
}

exit_code script_run_file(lua_State *L, const char *path, int argc, char **argv, int first) {
  exit_code code = load_file(L, path);
  if (code != EXIT_DONE) return code;
  luaL_checkstack(L, argc - first + 4, "too many arguments to the script");
  for (int i = first; i < argc; i++) lua_pushstring(L, argv[i]);
  code = run_chunk(L, argc - first);
  return code == EXIT_DONE ? seal(L) : code;
}
