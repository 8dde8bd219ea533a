/* prompt.c - what the prompt, which is written in Lua, needs of the terminal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prompt.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gibbs/environment.h"
#include "line.h"
#include "script.h"
#include "signals.h"

/* ---- completion: a list made by lua/gibbs/complete.lua, kept in the registry while readline reads it ---------- */

static lua_State *prompting; /* readline passes no context */
static const char list_key = 0, before_key = 0;

typedef struct question {
  const char *text;
  size_t start;
} question;

/* complete.at(lines before this one .. text, start) */
static int make_list(lua_State *L) {
  const question *q = lua_touserdata(L, 1);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.complete");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "at");
  lua_rawgetp(L, LUA_REGISTRYINDEX, &before_key);
  size_t before = lua_rawlen(L, -1);
  lua_pushstring(L, q->text);
  lua_concat(L, 2);
  lua_pushinteger(L, (lua_Integer)(before + q->start));
  lua_call(L, 2, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &list_key);
  return 0;
}

static char *candidate(const char *text, size_t start, int number) {
  lua_State *L = prompting;
  question q = {.text = text, .start = start};
  if (!lua_checkstack(L, 4)) return NULL;
  if (number == 0) {
    lua_pushcfunction(L, make_list);
    lua_pushlightuserdata(L, &q);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
      lua_pop(L, 1);
      return NULL;
    }
  }
  char *word = NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key) == LUA_TTABLE) {
    if (lua_rawgeti(L, -1, number + 1) == LUA_TSTRING) word = strdup(lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return word;
}

/* ---- what the prompt calls --------------------------------------------------------------------------------- */

/* host.read(prompt, before) -> a line, nil at the end, false when Ctrl-C gave it up; `before`: the lines of the input
 * that are there already, for completion */
static int read_line(lua_State *L) {
  const char *prompt = luaL_checkstring(L, 1);
  luaL_checkstring(L, 2);
  lua_settop(L, 2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &before_key);
  line got = line_read(prompt);
  signals_calm();
  if (got.given_up)
    lua_pushboolean(L, 0);
  else if (got.text != NULL)
    lua_pushlstring(L, got.text, got.length);
  else
    lua_pushnil(L);
  free(got.text);
  return 1;
}

static int remember(lua_State *L) {
  line_remember(luaL_checkstring(L, 1));
  return 0;
}

static int calm(lua_State *L) {
  (void)L;
  signals_calm();
  return 0;
}

static const luaL_Reg host[] = {
    {"read", read_line}, {"remember", remember}, {"explain", script_explain}, {"calm", calm}, {NULL, NULL}};

/* NO_COLOR: https://no-color.org */
static bool wants_colour(void) {
  const char *kind = getenv("TERM"), *none = getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) && isatty(STDERR_FILENO) && kind != NULL && strcmp(kind, "dumb") != 0 &&
         (none == NULL || none[0] == '\0');
}

static void push_host(lua_State *L) {
  luaL_newlib(L, host);
  lua_pushboolean(L, wants_colour());
  lua_setfield(L, -2, "colour");
  lua_pushboolean(L, isatty(STDIN_FILENO));
  lua_setfield(L, -2, "terminal");
  lua_pushstring(L, gibbs_version());
  lua_setfield(L, -2, "version");
}

exit_code prompt_run(lua_State *L) {
  prompting = L;
  line_complete_with(candidate);
  lua_pushcfunction(L, script_explain);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.prompt");
  exit_code code = EXIT_DONE;
  if (lua_pcall(L, 1, 1, -3) == LUA_OK) {
    lua_getfield(L, -1, "run");
    lua_remove(L, -2);
    push_host(L);
    if (lua_pcall(L, 1, 0, -3) != LUA_OK) code = script_report(L);
  } else {
    code = script_report(L);
  }
  lua_pop(L, 1);
  return code;
}
