/* folder_tree.c - making, walking and removing folders. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "folder_tree.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gibbs/run_folder.h"

char *gibbs_path_join(const char *folder, const char *name) {
  size_t size = strlen(folder) + strlen(name) + 2;
  char *path = malloc(size);
  if (path) snprintf(path, size, "%s/%s", folder, name);
  return path;
}

gibbs_status gibbs_fail_path(gibbs_error *err, const char *path, const char *what) {
  int why = errno;
  size_t length = strlen(path), most = 160;
  return gibbs_fail(err, GIBBS_ERR_FILE, "'%s%s' %s: %s", length > most ? "..." : "",
                    length > most ? path + length - most : path, what, strerror(why));
}

/* ---- making ---------------------------------------------------------------------------------------------------- */

static gibbs_status make_one(const char *path, gibbs_error *err) {
  struct stat about;
  if (mkdir(path, 0777) == 0) return GIBBS_OK;
  int why = errno;
  bool there = stat(path, &about) == 0;
  if (there && S_ISDIR(about.st_mode)) return GIBBS_OK;
  if (there) return gibbs_fail(err, GIBBS_ERR_FILE, "'%.300s' is there, and is no folder", path);
  errno = why;
  return gibbs_fail_path(err, path, "cannot be made");
}

gibbs_status gibbs_folder_make(const char *path, gibbs_error *err) {
  char *part = strdup(path);
  if (!part) return gibbs_fail_memory(err, "a path", strlen(path));
  gibbs_status status = GIBBS_OK;
  for (char *at = part; *at && status == GIBBS_OK; at++) {
    if (*at != '/' || at == part) continue;
    *at = '\0';
    status = make_one(part, err);
    *at = '/';
  }
  if (status == GIBBS_OK) status = make_one(part, err);
  free(part);
  return status;
}

/* ---- walking --------------------------------------------------------------------------------------------------- */

static bool is_itself(const char *name) {
  return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static gibbs_status walk_entries(const char *path, gibbs_tree_visitor *visit, void *context, gibbs_error *err) {
  DIR *listing = opendir(path);
  if (!listing) return gibbs_fail_path(err, path, "cannot be read");
  gibbs_status status = GIBBS_OK;
  for (const struct dirent *entry; status == GIBBS_OK && (entry = readdir(listing));) {
    if (is_itself(entry->d_name)) continue;
    char *below = gibbs_path_join(path, entry->d_name);
    status = below ? gibbs_tree_walk(below, visit, context, err) : gibbs_fail_memory(err, "a path", strlen(path));
    free(below);
  }
  closedir(listing);
  return status;
}

gibbs_status gibbs_tree_walk(const char *path, gibbs_tree_visitor *visit, void *context, gibbs_error *err) {
  struct stat about;
  if (lstat(path, &about) != 0) return gibbs_fail_path(err, path, "cannot be read");
  gibbs_status status = S_ISDIR(about.st_mode) ? walk_entries(path, visit, context, err) : GIBBS_OK;
  return status == GIBBS_OK ? visit(context, path, &about, err) : status;
}

static gibbs_status remove_entry(void *context, const char *path, const struct stat *about, gibbs_error *err) {
  (void)context;
  if ((S_ISDIR(about->st_mode) ? rmdir(path) : unlink(path)) == 0) return GIBBS_OK;
  return gibbs_fail_path(err, path, "cannot be removed");
}

gibbs_status gibbs_folder_remove(const char *path, gibbs_error *err) {
  return gibbs_tree_walk(path, remove_entry, NULL, err);
}
