/* checkpoint_place.c - locking, cleaning and keeping the files around a checkpoint. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "checkpoint_place.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_format.h"

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

/* ---- the lock ----------------------------------------------------------------------------------------- */

static gibbs_status fail_held(int descriptor, gibbs_error *err) {
  struct flock holder = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  bool known = fcntl(descriptor, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK && holder.l_pid > 0;
  char who[40] = "";
  if (known) snprintf(who, sizeof who, " (process %ld)", (long)holder.l_pid);
  return gibbs_fail(err, GIBBS_ERR_FILE,
                    "another run%s writes its checkpoints there; give each run a path of its own", who);
}

/* Whoever held it before us removed it when done: then ours is a file without a name, and holds nothing. */
static bool is_current(const char *lock, int descriptor) {
  struct stat named, opened;
  return fstat(descriptor, &opened) == 0 && stat(lock, &named) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

gibbs_status gibbs_place_lock(const char *lock, int *descriptor, gibbs_error *err) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  for (int attempt = 0; attempt < 1000; attempt++) {
    int opened = open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (opened < 0) return fail_system(err, "cannot be written");
    bool locked = fcntl(opened, F_SETLK, &whole) == 0, held = !locked && (errno == EAGAIN || errno == EACCES);
    if (locked && is_current(lock, opened)) {
      *descriptor = opened;
      return GIBBS_OK;
    }
    gibbs_status status = held ? fail_held(opened, err) : GIBBS_OK;
    if (!locked && !held) unlink(lock);
    close(opened);
    *descriptor = -1;
    if (!locked) return status;
  }
  return gibbs_fail(err, GIBBS_ERR_FILE, "another run writes its checkpoints there; give each run a path of its own");
}

void gibbs_place_unlock(const char *lock, int descriptor) {
  if (descriptor < 0) return;
  unlink(lock);
  close(descriptor);
}

/* ---- what killed writers left -------------------------------------------------------------------------- */

/* gibbs_output_open cuts longer names, so that those of two files may begin alike. */
enum { longest_name = 100 };

/* .name.<process>-<serial> or .name.<process>-previous */
static bool is_leftover(const char *entry, const char *name) {
  size_t length = strlen(name);
  if (length > longest_name || entry[0] != '.' || strncmp(entry + 1, name, length) != 0 || entry[1 + length] != '.')
    return false;
  const char *at = entry + length + 2, *process = at;
  while (isdigit((unsigned char)*at)) at++;
  if (at == process || *at++ != '-') return false;
  const char *serial = at;
  while (isdigit((unsigned char)*at)) at++;
  return (at > serial && *at == '\0') || strcmp(serial, "previous") == 0;
}

static char *join(const char *folder, size_t length, const char *name) {
  size_t size = length + strlen(name) + 1;
  char *path = malloc(size);
  if (path) snprintf(path, size, "%.*s%s", (int)length, folder, name);
  return path;
}

/* What cannot be removed does no harm. */
void gibbs_place_clean(const char *target) {
  const char *slash = strrchr(target, '/'), *name = slash ? slash + 1 : target;
  size_t length = (size_t)(name - target);
  char *folder = length > 0 ? strndup(target, length) : strdup(".");
  DIR *listing = folder ? opendir(folder) : NULL;
  free(folder);
  if (!listing) return;
  for (const struct dirent *entry; (entry = readdir(listing));) {
    char *path = is_leftover(entry->d_name, name) ? join(target, length, entry->d_name) : NULL;
    if (path) unlink(path);
    free(path);
  }
  closedir(listing);
}

/* ---- the previous one ---------------------------------------------------------------------------------- */

static gibbs_status copy_file(const char *from, const char *to, gibbs_error *err) {
  gibbs_bytes bytes;
  gibbs_output out;
  gibbs_status status = gibbs_bytes_load(from, &bytes, err);
  if (status != GIBBS_OK) return status;
  status = gibbs_output_open(to, &out, err);
  if (status == GIBBS_OK) {
    fwrite(bytes.data, 1, bytes.size, out.stream);
    status = gibbs_output_close(&out, GIBBS_OK, err);
  }
  gibbs_bytes_free(&bytes);
  return status;
}

static char *temporary_of(const char *path) {
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  size_t size = strlen(path) + 64;
  char *temporary = malloc(size);
  if (temporary)
    snprintf(temporary, size, "%.*s.%.100s.%ld-previous", (int)(name - path), path, name, (long)getpid());
  return temporary;
}

/* A link and a rename: at every moment `to` is one whole file or the other.  Renaming a name to another name of the
 * same file does nothing, and leaves the first: so it is removed. */
gibbs_status gibbs_place_keep(const char *from, const char *to, bool copied, gibbs_error *err) {
  char *temporary = temporary_of(from);
  if (!temporary) return gibbs_fail_memory(err, "a path", strlen(from));
  unlink(temporary);
  gibbs_status status = GIBBS_OK;
  if (copied || link(from, temporary) != 0)
    status = copy_file(from, to, err);
  else if (rename(temporary, to) != 0)
    status = fail_system(err, "the previous checkpoint cannot be kept");
  unlink(temporary);
  free(temporary);
  return status;
}
