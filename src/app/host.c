/* host.c - what the program tells the module of itself: its rows, and the terminal. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "host.h"

#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "exit.h"

static void set_text(lua_State *L, const char *name, const char *text) {
  lua_pushstring(L, text);
  lua_setfield(L, -2, name);
}

/* Append the value on the top of the stack to the list below it. */
static void append(lua_State *L) {
  lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static void add_row(lua_State *L, const char *name, const char *doc) {
  lua_createtable(L, 0, 2);
  set_text(L, "name", name);
  set_text(L, "doc", doc);
  append(L);
}

static int host_commands(lua_State *L) {
  lua_newtable(L);
#define X(name, doc) add_row(L, #name, doc);
  SUBCOMMAND_LIST(X)
#undef X
  return 1;
}

static int host_environment(lua_State *L) {
  lua_newtable(L);
#define X(name, doc) add_row(L, #name, doc);
  ENVIRONMENT_LIST(X)
#undef X
  return 1;
}

static void add_option(lua_State *L, const char *short_form, const char *long_form, const char *value,
                       const char *group, const char *doc) {
  lua_createtable(L, 0, 5);
  set_text(L, "short", short_form);
  set_text(L, "long", long_form);
  set_text(L, "value", value);
  set_text(L, "group", group);
  set_text(L, "doc", doc);
  append(L);
}

static int host_options(lua_State *L) {
  lua_newtable(L);
#define X(id, short_form, long_form, value, group, doc) add_option(L, short_form, long_form, value, group, doc);
  COMMAND_LIST(X)
#undef X
  return 1;
}

static void add_exit(lua_State *L, lua_Integer code, const char *doc) {
  lua_createtable(L, 0, 2);
  lua_pushinteger(L, code);
  lua_setfield(L, -2, "code");
  set_text(L, "doc", doc);
  append(L);
}

static int host_exits(lua_State *L) {
  lua_newtable(L);
#define X(name, code, doc) add_exit(L, code, doc);
  EXIT_LIST(X)
#undef X
  return 1;
}

static int host_terminal(lua_State *L) {
  struct winsize size;
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 0;
  lua_pushinteger(L, size.ws_col);
  lua_pushinteger(L, size.ws_row);
  return 2;
}

/* "name", or "name/" of a folder. */
static void add_file(lua_State *L, const char *folder, const char *name) {
  struct stat about;
  const char *path = lua_pushfstring(L, "%s/%s", folder, name);
  bool is_folder = stat(path, &about) == 0 && S_ISDIR(about.st_mode);
  lua_pop(L, 1);
  lua_pushfstring(L, "%s%s", name, is_folder ? "/" : "");
  append(L);
}

static int host_files(lua_State *L) {
  enum { MOST_FILES = 10000 };
  const char *folder = luaL_checkstring(L, 1);
  lua_newtable(L);
  DIR *listing = opendir(folder);
  if (listing == NULL) return 1;
  lua_checkstack(L, 4);
  struct dirent *entry;
  for (int count = 0; count < MOST_FILES && (entry = readdir(listing)) != NULL; count++)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) add_file(L, folder, entry->d_name);
  closedir(listing);
  return 1;
}

const luaL_Reg host_functions[] = {{"commands", host_commands},
                                   {"options", host_options},
                                   {"environment", host_environment},
                                   {"exits", host_exits},
                                   {"terminal", host_terminal},
                                   {"files", host_files},
                                   {NULL, NULL}};
