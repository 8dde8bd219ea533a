/* real_path.c - where a path leads. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */

#include "real_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool path_lies_in(const char *path, const char *folder) {
  size_t length = strlen(folder);
  if (strcmp(folder, "/") == 0) return path[0] == '/';
  return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* The folder that a path names something in, and that name. */
static const char *split(const char *path, char folder[PATH_MAX]) {
  const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
  size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
  if (length >= PATH_MAX) return NULL;
  memcpy(folder, slash != NULL ? path : ".", slash != NULL ? length : 1);
  folder[slash != NULL ? length : 1] = '\0';
  return name;
}

static bool is_plain_name(const char *name) {
  return name != NULL && *name != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* Where a path that is not there yet would be: in the real folder.  A link that leads nowhere could be made to lead
 * anywhere, and is no such path; nor is one whose folders are not there, unless only names follow them. */
static bool resolve_missing(const char *given, char real[PATH_MAX]) {
  char path[PATH_MAX], folder[PATH_MAX], above[PATH_MAX];
  struct stat about;
  snprintf(path, sizeof path, "%s", given);
  for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--) path[length - 1] = '\0';
  const char *name = split(path, folder);
  if (!is_plain_name(name) || lstat(path, &about) == 0) return false;
  bool found = realpath(folder, above) != NULL || (errno == ENOENT && resolve_missing(folder, above));
  if (!found) return false;
  int length = snprintf(real, PATH_MAX, "%s/%s", strcmp(above, "/") == 0 ? "" : above, name);
  return length > 0 && length < PATH_MAX;
}

bool real_path(const char *path, char real[PATH_MAX]) {
  if (strlen(path) >= PATH_MAX) return false;
  return realpath(path, real) != NULL || (errno == ENOENT && resolve_missing(path, real));
}
