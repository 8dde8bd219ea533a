/* gl_folder.c - core.folder and core.lock: folders and who works in them, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/folder.h"

#include "gibbs/lock.h"
#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"

/* What a caller may want to say in words of its own: nil, message. */
static int push_failure(lua_State *L, const gibbs_error *err) {
  lua_pushnil(L);
  lua_pushstring(L, err->message);
  return 2;
}

/* ---- folders -------------------------------------------------------------------------------------------------- */

static void destroy_folder(void *self) {
  gibbs_folder_free(self);
}

static const gl_class gl_folder = {.name = "folder", .article = "a", .destroy = destroy_folder};

/* folder.read(path) -> { { name =, is_folder = }, ... } or nil, message */
static int folder_read(lua_State *L) {
  const char *path = gl_string(L, 1, "folder.read", "path");
  gibbs_folder *folder = lua_newuserdatauv(L, sizeof *folder, 0);
  gl_box *box = gl_box_new(L, &gl_folder, 1);
  gl_box_depend(L, -1, 1, lua_gettop(L) - 1);
  gibbs_error err;
  if (gibbs_folder_read(path, folder, &err) != GIBBS_OK) return push_failure(L, &err);
  box->self = folder;
  lua_createtable(L, (int)folder->count, 0);
  for (size_t i = 0; i < folder->count; i++) {
    lua_createtable(L, 0, 2);
    lua_pushstring(L, folder->entries[i].name);
    lua_setfield(L, -2, "name");
    lua_pushboolean(L, folder->entries[i].is_folder);
    lua_setfield(L, -2, "is_folder");
    lua_rawseti(L, -2, (lua_Integer)i + 1);
  }
  box->self = NULL;
  gibbs_folder_free(folder);
  return 1;
}

/* folder.make(path) -> true, or nil, message */
static int folder_make(lua_State *L) {
  gibbs_error err;
  if (gibbs_folder_make(gl_string(L, 1, "folder.make", "path"), &err) != GIBBS_OK) return push_failure(L, &err);
  lua_pushboolean(L, true);
  return 1;
}

/* ---- locks ---------------------------------------------------------------------------------------------------- */

static void destroy_lock(void *self) {
  gibbs_lock_release(self);
}

static const gl_class gl_lock = {.name = "lock", .article = "a", .destroy = destroy_lock};

/* lock.take(path) -> a lock, held as long as the value lives, or nil, message, whether another process has it */
static int lock_take(lua_State *L) {
  const char *path = gl_string(L, 1, "lock.take", "path");
  gl_box *box = gl_box_new(L, &gl_lock, 0);
  gibbs_lock *lock;
  gibbs_error err;
  bool held = false;
  if (gibbs_lock_take(path, &lock, &held, &err) != GIBBS_OK) {
    push_failure(L, &err);
    lua_pushboolean(L, held);
    return 3;
  }
  box->self = lock;
  return 1;
}

/* lock.is_held(path) */
static int lock_is_held(lua_State *L) {
  lua_pushboolean(L, gibbs_lock_is_held(gl_string(L, 1, "lock.is_held", "path")));
  return 1;
}

const luaL_Reg gl_folder_core[] = {{"folder.read", folder_read},
                                   {"folder.make", folder_make},
                                   {"lock.take", lock_take},
                                   {"lock.is_held", lock_is_held},
                                   {NULL, NULL}};
