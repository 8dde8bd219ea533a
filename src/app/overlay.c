/* overlay.c - writes kept apart from the files that they are meant for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */

#include "overlay.h"

#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coroutines.h"
#include "gibbs/file_access.h"
#include "landlock.h"
#include "real_path.h"

typedef struct entry {
  struct entry *next;
  char *path, *real, *place; /* as given; where that leads; where it is kept */
  gibbs_file_use use;
  bool there;               /* before the script */
  char at[LUA_IDSIZE + 16]; /* the script's line, where it was first used so */
  char problem[120];
} entry;

static struct {
  char *folder; /* real */
  entry *first, **last;
  unsigned count;
} overlay;

static bool changes(gibbs_file_use use) {
  return use == GIBBS_FILE_WRITE || use == GIBBS_FILE_MAKE;
}

static entry *find(const char *real) {
  for (entry *each = overlay.first; each != NULL; each = each->next)
    if (strcmp(each->real, real) == 0) return each;
  return NULL;
}

/* ---- whether a write would succeed ----------------------------------------------------------------------------- */

/* The folder above, in place; false at the root. */
static bool go_up(char *path) {
  char *slash = strrchr(path, '/');
  if (slash == NULL || path[1] == '\0') return false;
  slash[slash == path ? 1 : 0] = '\0';
  return true;
}

static void judge_folder(entry *e, const char *folder) {
  struct stat about;
  const entry *made = find(folder);
  if (made != NULL && changes(made->use)) return;
  char above[PATH_MAX];
  snprintf(above, sizeof above, "%s", folder);
  if (stat(folder, &about) != 0 && e->use == GIBBS_FILE_MAKE && go_up(above))
    judge_folder(e, above);
  else if (stat(folder, &about) != 0)
    snprintf(e->problem, sizeof e->problem, "its folder is not there");
  else if (!S_ISDIR(about.st_mode))
    snprintf(e->problem, sizeof e->problem, "what should be its folder is a file");
  else if (access(folder, W_OK | X_OK) != 0)
    snprintf(e->problem, sizeof e->problem, "its folder cannot be written: %s", strerror(errno));
}

static void judge(entry *e) {
  char above[PATH_MAX];
  snprintf(above, sizeof above, "%s", e->real);
  e->there = access(e->real, F_OK) == 0;
  if (go_up(above)) judge_folder(e, above);
}

/* ---- keeping --------------------------------------------------------------------------------------------------- */

/* What is there already is there for what appends to it, renames or removes it. */
static void copy_up(const entry *e) {
  enum { most = 1 << 26 };
  struct stat about;
  char block[1 << 14];
  if (stat(e->real, &about) != 0 || !S_ISREG(about.st_mode) || about.st_size > most) return;
  FILE *from = fopen(e->real, "rb"), *to = from != NULL ? fopen(e->place, "wb") : NULL;
  for (size_t count = 1; to != NULL && count > 0;) {
    count = fread(block, 1, sizeof block, from);
    fwrite(block, 1, count, to);
  }
  if (to != NULL) fclose(to);
  if (from != NULL) fclose(from);
}

static char *place_of(const char *real) {
  const char *name = strrchr(real, '/');
  size_t size = strlen(overlay.folder) + strlen(real) + 20;
  char *place = malloc(size);
  if (place != NULL)
    snprintf(place, size, "%s/%u-%.200s", overlay.folder, overlay.count, name != NULL ? name + 1 : real);
  return place;
}

static entry *add(const char *path, const char *real, gibbs_file_use use) {
  entry *e = calloc(1, sizeof *e);
  if (e == NULL) return NULL;
  *e = (entry){.path = strdup(path), .real = strdup(real), .place = place_of(real), .use = use};
  if (e->path == NULL || e->real == NULL || e->place == NULL) {
    free(e->path), free(e->real), free(e->place), free(e);
    return NULL;
  }
  overlay.count++;
  *overlay.last = e;
  overlay.last = &e->next;
  return e;
}

static const char *place(void *context, const char *path, gibbs_file_use use) {
  (void)context;
  char real[PATH_MAX];
  if (!real_path(path, real)) snprintf(real, sizeof real, "%s", path); /* judged as it stands */
  if (path_lies_in(real, overlay.folder)) return path;
  entry *e = find(real);
  if (!changes(use)) {
    if (e == NULL) (void)add(path, real, use);
    return e != NULL && changes(e->use) ? e->place : path;
  }
  bool known = e != NULL && changes(e->use);
  if (e == NULL) e = add(path, real, use);
  if (e == NULL) return "/dev/full"; /* no memory: a write that fails */
  e->use = use;
  if (!known) coroutines_place(e->at, sizeof e->at);
  if (!known) judge(e);
  if (!known) copy_up(e);
  return e->place;
}

/* ---- for Lua --------------------------------------------------------------------------------------------------- */

int overlay_open(lua_State *L) {
  static char root[] = "/";
  char *inputs[] = {root};
  overlay.folder = realpath(luaL_checkstring(L, 1), NULL);
  if (overlay.folder == NULL) return luaL_error(L, "no folder for what the script writes: %s", strerror(errno));
  overlay.last = &overlay.first;
  (void)landlock_confine(overlay.folder, inputs, 1);
  gibbs_file_access_place_by(place, NULL);
  return 0;
}

int overlay_files(lua_State *L) {
  lua_newtable(L);
  for (const entry *e = overlay.first; e != NULL; e = e->next) {
    lua_createtable(L, 0, 4);
    lua_pushstring(L, e->path);
    lua_setfield(L, -2, "path");
    lua_pushstring(L, gibbs_file_use_text(e->use));
    lua_setfield(L, -2, "use");
    lua_pushstring(L, e->at);
    lua_setfield(L, -2, "place");
    lua_pushboolean(L, e->there);
    lua_setfield(L, -2, "there");
    if (e->problem[0] != '\0') lua_pushstring(L, e->problem);
    if (e->problem[0] != '\0') lua_setfield(L, -2, "problem");
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
  }
  return 1;
}
