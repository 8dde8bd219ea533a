/* gl_run.c - folders of runs, hashes of files, and what a run depends on, for our own Lua files. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gl_run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "gibbs/environment.h"
#include "gibbs/file_access.h"
#include "gibbs/run_folder.h"
#include "gibbs/sha256.h"
#include "gl_class.h"
#include "gl_error.h"
#include "gl_state.h"

/* ---- hashes ------------------------------------------------------------------------------------------------------
 */

/* core.sha256(path) -> digits, bytes; or nil and a message that does not name the path */
static int file_sha256(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  char text[gibbs_sha256_size];
  uint64_t bytes = 0;
  gibbs_error err;
  if (gibbs_sha256_file(path, text, &bytes, &err) != GIBBS_OK) {
    lua_pushnil(L);
    lua_pushstring(L, err.message);
    return 2;
  }
  lua_pushstring(L, text);
  lua_pushinteger(L, (lua_Integer)bytes);
  return 2;
}

/* core.sha256_text(text) -> digits */
static int text_sha256(lua_State *L) {
  size_t size;
  const char *bytes = luaL_checklstring(L, 1, &size);
  char text[gibbs_sha256_size];
  gibbs_sha256_bytes(bytes, size, text);
  lua_pushstring(L, text);
  return 1;
}

/* ---- the environment ---------------------------------------------------------------------------------------------
 */

static void push_libraries(lua_State *L) {
  lua_newtable(L);
  lua_pushliteral(L, LUA_VERSION_MAJOR "." LUA_VERSION_MINOR "." LUA_VERSION_RELEASE);
  lua_setfield(L, -2, "Lua");
  for (size_t i = 0; i < gibbs_library_count(); i++) {
    char version[160];
    gibbs_library_version(i, version, sizeof version);
    lua_pushstring(L, version);
    lua_setfield(L, -2, gibbs_library_name(i));
  }
}

static void push_processor(lua_State *L) {
  char name[120];
  gibbs_processor_name(name, sizeof name);
  lua_newtable(L);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "name");
  lua_newtable(L);
  for (size_t i = 0; i < gibbs_processor_feature_count(); i++) {
    if (!gibbs_processor_has(i)) continue;
    lua_pushstring(L, gibbs_processor_feature_name(i));
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  lua_setfield(L, -2, "features");
}

/* core.environment() -> { gibbs = version, libraries = { name = version }, processor = { name, features } } */
static int environment(lua_State *L) {
  lua_newtable(L);
  lua_pushstring(L, gibbs_version());
  lua_setfield(L, -2, "gibbs");
  push_libraries(L);
  lua_setfield(L, -2, "libraries");
  push_processor(L);
  lua_setfield(L, -2, "processor");
  return 1;
}

/* ---- a run's folder ----------------------------------------------------------------------------------------------
 */

static void release(void *self) {
  gibbs_run_folder_release(self);
}

static const gl_class gl_run_folder;

static gibbs_run_folder *self_of(lua_State *L) {
  return gl_self(L, &gl_run_folder, "run_folder");
}

static int folder_empty(lua_State *L) {
  gibbs_error err;
  gl_check(L, gibbs_run_folder_empty(self_of(L), &err), &err);
  return 0;
}

static int folder_flush(lua_State *L) {
  gibbs_error err;
  gl_check(L, gibbs_run_folder_flush(self_of(L), &err), &err);
  return 0;
}

static int folder_release(lua_State *L) {
  gibbs_run_folder *folder = self_of(L);
  ((gl_box *)lua_touserdata(L, 1))->self = NULL;
  gibbs_run_folder_release(folder);
  return 0;
}

static const luaL_Reg folder_methods[] = {
    {"empty", folder_empty}, {"flush", folder_flush}, {"release", folder_release}, {NULL, NULL}};
static const gl_class gl_run_folder = {
    .name = "run_folder", .article = "a", .methods = folder_methods, .destroy = release};

/* core.hold_run(path) -> the folder, made and held; an error where that cannot be */
static int hold_run(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  gl_box *box = gl_box_new(L, &gl_run_folder, 0);
  gibbs_run_folder *folder = NULL;
  gibbs_error err;
  gl_check(L, gibbs_run_folder_hold(path, &folder, &err), &err);
  box->self = folder;
  return 1;
}

/* core.run_place(path) -> "free", "run" or "foreign" */
static int run_place(lua_State *L) {
  static const char *const words[] = {"free", "run", "foreign"};
  lua_pushstring(L, words[gibbs_run_place_of(luaL_checkstring(L, 1))]);
  return 1;
}

/* core.run_held(path) -> the number of the process that holds it (0: unknown), or nil */
static int run_held(lua_State *L) {
  long process = 0;
  if (gibbs_run_held(luaL_checkstring(L, 1), &process))
    lua_pushinteger(L, process);
  else
    lua_pushnil(L);
  return 1;
}

/* ---- folders ------------------------------------------------------------------------------------------------------
 */

/* core.folder_make(path): with those it lies in, unless it is there */
static int folder_make(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  gibbs_error err, why;
  gl_enter(L);
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_MAKE, &why);
  if (status == GIBBS_ERR_CALLBACK) gl_check(L, status, &why);
  if (status != GIBBS_OK)
    gibbs_fail(&err, status, "'%.160s': %.300s", path, why.message);
  else
    status = gibbs_folder_make(gibbs_file_access_place(path, GIBBS_FILE_MAKE), &err);
  gl_check(L, status, &err);
  return 0;
}

static int folder_remove(lua_State *L) {
  gibbs_error err;
  gl_check(L, gibbs_folder_remove(luaL_checkstring(L, 1), &err), &err);
  return 0;
}

/* core.directory() -> the working directory */
static int directory(lua_State *L) {
  luaL_Buffer text;
  for (size_t size = 256; size <= 65536; size *= 2) {
    char *path = luaL_buffinitsize(L, &text, size);
    if (getcwd(path, size)) {
      luaL_pushresultsize(&text, strlen(path));
      return 1;
    }
    luaL_pushresultsize(&text, 0);
    lua_pop(L, 1);
    if (errno != ERANGE) break;
  }
  return gl_fail(L, "the working directory is not known: %s", strerror(errno));
}

/* core.change_directory(path) -> true, or nil and why not */
static int change_directory(lua_State *L) {
  return luaL_fileresult(L, chdir(luaL_checkstring(L, 1)) == 0, NULL);
}

/* ---- a process of its own ----------------------------------------------------------------------------------------
 */

/* The child does not outlive its parent, and ends as a program does: what it printed is flushed. */
static void be_child(lua_State *L, pid_t parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(1);
  lua_pushvalue(L, 1);
  int outcome = lua_pcall(L, 0, 1, 0);
  if (outcome != LUA_OK) fprintf(stderr, "%s\n", luaL_tolstring(L, -1, NULL));
  exit(outcome == LUA_OK ? (int)lua_tointeger(L, -1) : 1);
}

/* core.apart(function) -> the exit code of a child process that calls it, 128 + n where signal n ended it */
static int run_apart(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  fflush(NULL);
  pid_t parent = getpid(), child = fork();
  if (child < 0) return gl_fail(L, "no other process can be started: %s", strerror(errno));
  if (child == 0) be_child(L, parent);
  int how = 0;
  while (waitpid(child, &how, 0) < 0 && errno == EINTR) continue;
  lua_pushinteger(L, WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how));
  return 1;
}

const luaL_Reg gl_run_core[] = {{"sha256", file_sha256},      {"sha256_text", text_sha256},
                                {"environment", environment}, {"run_place", run_place},
                                {"run_held", run_held},       {"hold_run", hold_run},
                                {"folder_make", folder_make}, {"folder_remove", folder_remove},
                                {"directory", directory},     {"change_directory", change_directory},
                                {"apart", run_apart},         {NULL, NULL}};
