/* gl_folder.c - core.folder: what lies in a folder, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/folder.h"

#include "gl_argument.h"
#include "gl_error.h"
#include "gl_module.h"

/* What a caller may want to say in words of its own: nil, message. */
static int push_failure(lua_State *L, const gibbs_error *err) {
  lua_pushnil(L);
  lua_pushstring(L, err->message);
  return 2;
}

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

const luaL_Reg gl_folder_core[] = {{"folder.read", folder_read}, {NULL, NULL}};
