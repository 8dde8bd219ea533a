/* safety.c - limits and the sandbox, called from Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "safety.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "command.h"
#include "limit.h"
#include "overlay.h"
#include "sandbox.h"

/* Reads the limit, and sets it if `set` says so. */
static gibbs_status use_limit(const char *name, const char *text, bool set, double patience, gibbs_error *err) {
  uint64_t bytes = 0;
  double seconds = 0;
  if (strcmp(name, "memory") == 0) {
    gibbs_status status = limit_read_memory("--memory", text, &bytes, err);
    return status == GIBBS_OK && set ? limit_memory(text, bytes, err) : status;
  }
  gibbs_status status = limit_read_time("--time", text, &seconds, err);
  return status == GIBBS_OK && set ? limit_time(text, seconds, patience > 0 ? patience : limit_patience(seconds), err)
                                   : status;
}

static int give(lua_State *L, gibbs_status status, const gibbs_error *err) {
  lua_pushboolean(L, status == GIBBS_OK);
  if (status == GIBBS_OK) return 1;
  lua_pushstring(L, err->message);
  return 2;
}

/* host.read_limit("memory" | "time", text) -> true, or false and a message */
static int read_limit(lua_State *L) {
  gibbs_error err;
  return give(L, use_limit(luaL_checkstring(L, 1), luaL_checkstring(L, 2), false, 0, &err), &err);
}

/* host.set_limit("memory" | "time", text, patience?): the same, and from now on it holds */
static int set_limit(lua_State *L) {
  gibbs_error err;
  return give(L, use_limit(luaL_checkstring(L, 1), luaL_checkstring(L, 2), true, luaL_optnumber(L, 3, 0), &err),
              &err);
}

/* host.confine(folder, { input, ... }) -> true, or false and a message */
static int confine(lua_State *L) {
  const char *inputs[MOST_ALLOWED];
  luaL_checktype(L, 2, LUA_TTABLE);
  size_t count = (size_t)lua_rawlen(L, 2);
  luaL_argcheck(L, count <= MOST_ALLOWED, 2, "too many inputs");
  luaL_checkstack(L, MOST_ALLOWED, "too many inputs");
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 2, (lua_Integer)i + 1);
    inputs[i] = luaL_checkstring(L, -1);
  }
  gibbs_error err;
  return give(L, sandbox_enter(luaL_checkstring(L, 1), inputs, count, &err), &err);
}

/* host.mute(true): what is written to the standard output is lost; host.mute(false): it is seen again */
static int mute(lua_State *L) {
  static int kept = -1;
  fflush(stdout);
  if (lua_toboolean(L, 1) && kept < 0) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (nowhere >= 0 && kept >= 0) dup2(nowhere, STDOUT_FILENO);
    if (nowhere >= 0) close(nowhere);
  } else if (!lua_toboolean(L, 1) && kept >= 0) {
    dup2(kept, STDOUT_FILENO);
    close(kept);
    kept = -1;
  }
  return 0;
}

/* host.most_memory() -> bytes that the process held in memory when it held most */
static int most_memory(lua_State *L) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  lua_pushnumber(L, 1024.0 * (double)usage.ru_maxrss);
  return 1;
}

const luaL_Reg safety_functions[] = {{"read_limit", read_limit},
                                     {"set_limit", set_limit},
                                     {"confine", confine},
                                     {"overlay", overlay_open},
                                     {"mute", mute},
                                     {"most_memory", most_memory},
                                     {"overlay_files", overlay_files},
                                     {NULL, NULL}};
