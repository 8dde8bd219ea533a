/* sandbox.c - the guard of files, and the two walls put up. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */

#include "sandbox.h"

#include <errno.h>
#include <lauxlib.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gibbs/file_access.h"
#include "landlock.h"
#include "real_path.h"

/* Real paths, for the rest of the process's life. */
static struct {
  char *folder;
  char **inputs;
  size_t count;
  bool kernel; /* Landlock holds too */
} walls;

bool sandbox_entered(void) {
  return walls.folder != NULL;
}

const char *sandbox_kernel(void) {
  static char text[40];
  int version = landlock_version();
  if (version == 0) return "no Landlock in this kernel";
  snprintf(text, sizeof text, "Landlock %d", version);
  return text;
}

/* ---- the guard ------------------------------------------------------------------------------------------------- */

/* A pipe or a device can do more than hold bytes. */
static bool is_special(const char *real) {
  struct stat about;
  return stat(real, &about) == 0 && !S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode);
}

static bool is_input(const char *real) {
  for (size_t i = 0; i < walls.count; i++)
    if (path_lies_in(real, walls.inputs[i])) return true;
  return false;
}

static gibbs_status guard(void *context, const char *path, gibbs_file_use use, gibbs_error *err) {
  (void)context;
  char real[PATH_MAX];
  bool found = real_path(path, real), inside = found && path_lies_in(real, walls.folder);
  bool changes = use == GIBBS_FILE_WRITE || use == GIBBS_FILE_MAKE;
  if (changes && !inside)
    return gibbs_fail(err, GIBBS_ERR_FILE, "the sandbox lets nothing be written outside of '%.200s'", walls.folder);
  if (!changes && !inside && !(found && is_input(real)))
    return gibbs_fail(err, GIBBS_ERR_FILE,
                      "the sandbox lets nothing be read outside of '%.200s'; --allow PATH adds a file or a folder",
                      walls.folder);
  if (is_special(real)) return gibbs_fail(err, GIBBS_ERR_FILE, "the sandbox has no pipes and no devices");
  return GIBBS_OK;
}

/* ---- entering -------------------------------------------------------------------------------------------------- */

static gibbs_status fail_path(gibbs_error *err, const char *what, const char *path) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s '%.200s': %s", what, path, strerror(errno));
}

gibbs_status sandbox_enter(const char *folder, const char *const inputs[], size_t count, gibbs_error *err) {
  walls.inputs = calloc(count + 1, sizeof *walls.inputs);
  if (walls.inputs == NULL) return gibbs_fail_memory(err, "the sandbox", count * sizeof *walls.inputs);
  for (size_t i = 0; i < count; i++) {
    walls.inputs[i] = realpath(inputs[i], NULL);
    if (walls.inputs[i] == NULL) return fail_path(err, "--allow", inputs[i]);
    walls.count++;
  }
  walls.folder = realpath(folder, NULL);
  if (walls.folder == NULL) return fail_path(err, "the sandbox", folder);
  walls.kernel = landlock_confine(walls.folder, walls.inputs, walls.count);
  gibbs_file_access_guard(guard, NULL);
  return GIBBS_OK;
}

/* ---- the script's globals -------------------------------------------------------------------------------------- */

/* require("gibbs.sandbox").globals() */
void sandbox_confine_chunk(lua_State *L) {
  if (!sandbox_entered()) return;
  lua_getglobal(L, "require");
  lua_pushliteral(L, "gibbs.sandbox");
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "globals");
  lua_call(L, 0, 1);
  if (lua_setupvalue(L, -3, 1) == NULL) lua_pop(L, 1);
  lua_pop(L, 1);
}
