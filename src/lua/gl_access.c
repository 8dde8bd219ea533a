/* gl_access.c - the check of file access, and an observer that is a function of Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_access.h"

#include <stdio.h>
#include <string.h>

#include "gibbs/file_access.h"
#include "gl_callback.h"
#include "gl_error.h"
#include "gl_state.h"

static gibbs_file_use read_use(lua_State *L, int index) {
  const char *word = luaL_checkstring(L, index);
  for (int use = 0; use < GIBBS_FILE_USE_COUNT; use++)
    if (strcmp(word, gibbs_file_use_text((gibbs_file_use)use)) == 0) return (gibbs_file_use)use;
  return (gibbs_file_use)luaL_argerror(L, index, "a use of a file");
}

/* core.check_file(path, "read" | "loaded" | "written") -> where it is, or nil and a message that does not name the
 * path */
static int check_file(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  gibbs_file_use use = read_use(L, 2);
  gibbs_error err;
  gl_enter(L);
  gibbs_status status = gibbs_file_access_check(path, use, &err);
  if (status == GIBBS_ERR_CALLBACK) gl_check(L, status, &err);
  if (status == GIBBS_OK) {
    lua_pushstring(L, gibbs_file_access_place(path, use));
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, err.message);
  return 2;
}

/* core.check_opened(file, use) -> true, or nil and a message: once more, by what was opened */
static int check_opened(lua_State *L) {
  luaL_Stream *file = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  gibbs_file_use use = read_use(L, 2);
  gibbs_error err;
  if (file->closef == NULL) return luaL_argerror(L, 1, "a closed file");
  gibbs_status status = gibbs_file_access_check_opened(fileno(file->f), use, &err);
  if (status == GIBBS_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushnil(L);
  lua_pushstring(L, err.message);
  return 2;
}

/* core.files_watched() -> boolean */
static int files_watched(lua_State *L) {
  lua_pushboolean(L, gibbs_file_access_watched());
  return 1;
}

/* ---- the observer ---------------------------------------------------------------------------------------------- */

static const char observer_key = 0; /* registry: the function */

typedef struct sight {
  const char *path;
  gibbs_file_use use;
} sight;

static int tell_body(lua_State *L) {
  const sight *seen = lua_touserdata(L, 1);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &observer_key);
  lua_pushstring(L, seen->path);
  lua_pushstring(L, gibbs_file_use_text(seen->use));
  lua_call(L, 2, 0);
  return 0;
}

static gibbs_status tell(void *state, const char *path, gibbs_file_use use, gibbs_error *err) {
  sight seen = {path, use};
  return gl_callback_run(state, tell_body, &seen, err);
}

/* core.observe_files(function(path, use) | nil): called before each file is used; an error of it refuses */
static int observe_files(lua_State *L) {
  if (!lua_isnoneornil(L, 1)) luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_settop(L, 1);
  bool none = lua_isnil(L, 1);
  gl_state *state = gl_state_of(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &observer_key);
  gibbs_file_access_observe(none ? NULL : tell, state);
  return 0;
}

const luaL_Reg gl_access_core[] = {{"check_file", check_file},
                                   {"check_opened", check_opened},
                                   {"files_watched", files_watched},
                                   {"observe_files", observe_files},
                                   {NULL, NULL}};
