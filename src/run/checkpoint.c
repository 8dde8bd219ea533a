/* checkpoint.c - the checkpoints of one run: held, read, replaced. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */

#include "gibbs/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoint_place.h"
#include "checkpoint_seal.h"
#include "files_format.h"
#include "gibbs/file_access.h"

static const char previous_ending[] = ".previous";

struct gibbs_checkpoint {
  char *path;                     /* as it was given, for messages */
  char *target, *previous, *lock; /* where a link leads */
  int descriptor;                 /* of the lock; -1: the file system has none */
  bool known;                     /* what is at the path was read or written by this run */
};

/* ---- names and messages -------------------------------------------------------------------------------- */

static char *append(const char *path, const char *ending) {
  size_t size = strlen(path) + strlen(ending) + 1;
  char *joined = malloc(size);
  if (joined) snprintf(joined, size, "%s%s", path, ending);
  return joined;
}

/* What can be used instead of a file that was refused. */
static gibbs_status fail_with_hint(const char *path, gibbs_status status, gibbs_error *err) {
  char *previous = gibbs_path_ends(path, previous_ending) ? NULL : append(path, previous_ending);
  if (!err || !previous || access(previous, F_OK) != 0) {
    free(previous);
    return status;
  }
  bool whole = gibbs_seal_check(&gibbs_seal_of_checkpoint, previous, NULL, NULL) == GIBBS_OK;
  gibbs_fail(err, status,
             whole ? "%s; the checkpoint before it is whole, and resume = \"%s\" goes on from there"
                   : "%s; the checkpoint before it, '%s', is not whole either",
             err->message, gibbs_path_tail(previous));
  free(previous);
  return status;
}

/* ---- reading ------------------------------------------------------------------------------------------- */

gibbs_status gibbs_checkpoint_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_status status = gibbs_seal_check(&gibbs_seal_of_checkpoint, path, NULL, err);
  if (status == GIBBS_OK) status = gibbs_hdf5_read(path, out, err);
  if (status == GIBBS_OK) return GIBBS_OK;
  return fail_with_hint(path, gibbs_fail_naming(path, status, err), err);
}

gibbs_status gibbs_checkpoint_resume(gibbs_checkpoint *checkpoint, gibbs_value **out, gibbs_error *err) {
  gibbs_status status = gibbs_checkpoint_read(checkpoint->target, out, err);
  if (status == GIBBS_OK) checkpoint->known = true;
  return status;
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* The new one is complete and on disk before the one that was there gets its second name. */
gibbs_status gibbs_checkpoint_write(gibbs_checkpoint *checkpoint, const gibbs_value *content, gibbs_error *err) {
  gibbs_output out;
  gibbs_status status = gibbs_output_open(checkpoint->target, &out, err);
  if (status != GIBBS_OK) return gibbs_fail_naming(checkpoint->path, status, err);
  status = gibbs_seal_fill(&gibbs_seal_of_checkpoint, &out, content, err);
  if (status == GIBBS_OK && checkpoint->known && gibbs_checkpoint_exists(checkpoint))
    status = gibbs_place_keep(checkpoint->target, checkpoint->previous, false, err);
  status = gibbs_output_close(&out, status, err);
  if (status == GIBBS_OK) checkpoint->known = true;
  return gibbs_fail_naming(checkpoint->path, status, err);
}

/* ---- holding ------------------------------------------------------------------------------------------- */

const char *gibbs_checkpoint_path(const gibbs_checkpoint *checkpoint) {
  return checkpoint->path;
}

bool gibbs_checkpoint_exists(const gibbs_checkpoint *checkpoint) {
  return access(checkpoint->target, F_OK) == 0;
}

bool gibbs_checkpoint_has_previous(const gibbs_checkpoint *checkpoint) {
  return access(checkpoint->previous, F_OK) == 0;
}

void gibbs_checkpoint_drop_previous(gibbs_checkpoint *checkpoint) {
  unlink(checkpoint->previous);
}

static gibbs_status check_path(const char *path, bool *exists, gibbs_error *err) {
  struct stat about;
  if (!gibbs_path_is_hdf5(path))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "cannot be a checkpoint, which is an HDF5 file: end it in .h5 or .hdf5");
  if (strlen(path) > 4000) return gibbs_fail(err, GIBBS_ERR_FILE, "is too long a path");
  *exists = stat(path, &about) == 0;
  if (*exists && !S_ISREG(about.st_mode))
    return gibbs_fail(err, GIBBS_ERR_FILE, "is %s, not a checkpoint",
                      S_ISDIR(about.st_mode) ? "a folder" : "no ordinary file");
  return GIBBS_OK;
}

static gibbs_status name_files(gibbs_checkpoint *c, const char *path, const char *place, bool exists,
                               gibbs_error *err) {
  c->path = strdup(path);
  c->target = exists ? realpath(place, NULL) : strdup(place);
  c->previous = c->target ? append(c->target, previous_ending) : NULL;
  c->lock = c->target ? append(c->target, ".lock") : NULL;
  return c->path && c->previous && c->lock ? GIBBS_OK : gibbs_fail_memory(err, "a path", strlen(path));
}

gibbs_status gibbs_checkpoint_open(const char *path, gibbs_checkpoint **out, gibbs_error *err) {
  bool exists = false;
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_WRITE, err);
  const char *place = status == GIBBS_OK ? gibbs_file_access_place(path, GIBBS_FILE_WRITE) : path;
  if (status == GIBBS_OK) status = check_path(place, &exists, err);
  if (status != GIBBS_OK) return gibbs_fail_naming(path, status, err);
  gibbs_checkpoint *c = calloc(1, sizeof *c);
  if (!c) return gibbs_fail_memory(err, "a checkpoint", sizeof *c);
  c->descriptor = -1;
  status = name_files(c, path, place, exists, err);
  if (status == GIBBS_OK) status = gibbs_place_lock(c->lock, &c->descriptor, err);
  if (status == GIBBS_OK) {
    if (c->descriptor >= 0) gibbs_place_clean(c->target);
    *out = c;
    return GIBBS_OK;
  }
  gibbs_checkpoint_close(c);
  return gibbs_fail_naming(path, status, err);
}

void gibbs_checkpoint_close(gibbs_checkpoint *checkpoint) {
  if (!checkpoint) return;
  gibbs_place_unlock(checkpoint->lock, checkpoint->descriptor);
  free(checkpoint->path);
  free(checkpoint->target);
  free(checkpoint->previous);
  free(checkpoint->lock);
  free(checkpoint);
}
