/* coroutines.c - resume, wrap and close of Lua's library, with an account of what runs. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "coroutines.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* On the C stack of the call that resumes: innermost first. */
typedef struct running {
  lua_State *L;
  struct running *outer;
} running;

static running outermost;
static running *volatile innermost; /* read by signal handlers */

lua_State *coroutines_running(void) {
  return innermost != NULL ? innermost->L : NULL;
}

void coroutines_place(char *text, size_t size) {
  lua_State *L = coroutines_running();
  lua_Debug frame;
  text[0] = '\0';
  for (int level = 0; L != NULL && lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0 || strncmp(frame.source, "=gibbs", strlen("=gibbs")) == 0) continue;
    snprintf(text, size, "%s:%d", frame.short_src, frame.currentline);
    return;
  }
}

void coroutines_hook(lua_Hook hook, int mask, int count) {
  for (running *each = innermost; each != NULL; each = each->outer) lua_sethook(each->L, hook, mask, count);
}

/* One that was made or suspended before the hooks were set gets that of the coroutine that runs it. */
static void take_hook(lua_State *from, lua_State *to) {
  lua_Hook hook = lua_gethook(from);
  if (hook != lua_gethook(to)) lua_sethook(to, hook, lua_gethookmask(from), lua_gethookcount(from));
}

/* Runs `co` with the `count` values on the top of L: the number of values it gives on its own stack, or -1 with the
 * error there. */
static int resume(lua_State *L, lua_State *co, int count) {
  int given = 0;
  if (!lua_checkstack(co, count)) {
    lua_pushliteral(co, "too many arguments to resume");
    return -1;
  }
  running here = {co, innermost};
  lua_xmove(L, co, count);
  innermost = &here;
  take_hook(L, co);
  int status = lua_resume(co, L, count, &given);
  innermost = here.outer;
  if (status == LUA_OK || status == LUA_YIELD) {
    if (lua_checkstack(L, given + 1)) return given;
    lua_pop(co, given);
    lua_pushliteral(co, "too many results to resume");
  }
  return -1;
}

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co != NULL, 1, "thread");
  return co;
}

/* coroutine.resume(co, ...) -> true, ... or false, error */
static int resume_protected(lua_State *L) {
  lua_State *co = check_coroutine(L);
  int given = resume(L, co, lua_gettop(L) - 1);
  int values = given >= 0 ? given : 1;
  lua_xmove(co, L, values); /* nothing happens where a coroutine resumed itself */
  lua_pushboolean(L, given >= 0);
  lua_insert(L, -values - 1);
  return values + 1;
}

static int close_coroutine(lua_State *L, lua_State *co) {
  running here = {co, innermost};
  innermost = &here;
  take_hook(L, co);
#if LUA_VERSION_RELEASE_NUM >= 50406
  int status = lua_closethread(co, L);
#else
  int status = lua_resetthread(co);
#endif
  innermost = here.outer;
  return status;
}

/* As the library does: an error closes the coroutine, and a text gets the place of the caller. */
static int raise_error_of(lua_State *L, lua_State *co) {
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) close_coroutine(L, co);
  lua_xmove(co, L, 1);
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

static int resume_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int given = resume(L, co, lua_gettop(L));
  if (given < 0) return raise_error_of(L, co);
  lua_xmove(co, L, given);
  return given;
}

/* coroutine.wrap(function) -> function */
static int wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  lua_pushcclosure(L, resume_wrapped, 1);
  return 1;
}

static bool is_suspended(lua_State *co) {
  lua_Debug call;
  return lua_status(co) != LUA_OK || !lua_getstack(co, 0, &call);
}

/* coroutine.close(co) -> true, or false and an error */
static int close_protected(lua_State *L) {
  lua_State *co = check_coroutine(L);
  if (co == L) return luaL_error(L, "cannot close a running coroutine");
  if (!is_suspended(co)) return luaL_error(L, "cannot close a normal coroutine");
  bool done = close_coroutine(L, co) == LUA_OK;
  lua_pushboolean(L, done);
  if (!done) lua_xmove(co, L, 1);
  return done ? 1 : 2;
}

void coroutines_open(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"resume", resume_protected}, {"wrap", wrap}, {"close", close_protected}, {NULL, NULL}};
  outermost.L = L;
  innermost = &outermost;
  lua_getglobal(L, "coroutine");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
