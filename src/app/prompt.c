/* prompt.c - what the prompt, which is written in Lua, needs of the terminal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "prompt.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "line.h"
#include "gibbs/environment.h"
#include "script.h"
#include "signals.h"

/* host.read(prompt) -> a line, nil at the end, false when Ctrl-C gave it up */
static int read_line(lua_State *L) {
  bool interrupted;
  char *line = line_read(luaL_checkstring(L, 1), &interrupted);
  signals_calm();
  if (interrupted)
    lua_pushboolean(L, 0);
  else
    lua_pushstring(L, line); /* NULL pushes nil */
  free(line);
  return 1;
}

/* ---- completion: a list made by lua/gibbs/complete.lua, kept in the registry while readline reads it ---------- */

static lua_State *prompting; /* readline passes no context */
static const char list_key = 0;

static int make_list(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.complete");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "word");
  lua_pushstring(L, lua_touserdata(L, 1));
  lua_call(L, 1, 1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &list_key);
  return 0;
}

static char *candidate(const char *word, int number) {
  lua_State *L = prompting;
  if (!lua_checkstack(L, 4)) return NULL;
  if (number == 0) {
    lua_pushcfunction(L, make_list);
    lua_pushlightuserdata(L, (void *)word);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
      lua_pop(L, 1);
      return NULL;
    }
  }
  char *text = NULL;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &list_key) == LUA_TTABLE) {
    if (lua_rawgeti(L, -1, number + 1) == LUA_TSTRING) text = strdup(lua_tostring(L, -1));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return text;
}

/* ---- the prompt ------------------------------------------------------------------------------------------------ */

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

exit_code prompt_run(lua_State *L) {
  if (isatty(STDIN_FILENO))
    printf("gibbs %s, Lua 5.4.  gibbs --help lists the options; Ctrl-D leaves.\n", gibbs_version());
  prompting = L;
  line_complete_with(candidate);
  lua_pushcfunction(L, script_explain);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.prompt");
  exit_code code = EXIT_DONE;
  if (lua_pcall(L, 1, 1, -3) == LUA_OK) {
    lua_getfield(L, -1, "run");
    lua_remove(L, -2);
    luaL_newlib(L, host);
    if (lua_pcall(L, 1, 0, -3) != LUA_OK) code = script_report(L);
  } else {
    code = script_report(L);
  }
  lua_pop(L, 1);
  line_close();
  return code;
}
