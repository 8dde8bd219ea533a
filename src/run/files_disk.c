/* files_disk.c - whole files in, and files out that are complete or absent. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* realpath */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_format.h"
#include "gibbs/file_access.h"

static gibbs_status fail_system(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s: %s", what, strerror(errno));
}

/* ---- paths --------------------------------------------------------------------------------------------- */

bool gibbs_path_ends(const char *path, const char *ending) {
  size_t length = strlen(path), tail = strlen(ending);
  return length >= tail && strcasecmp(path + length - tail, ending) == 0;
}

bool gibbs_path_is_hdf5(const char *path) {
  static const char *const endings[] = {".h5", ".hdf5"};
  for (size_t k = 0; k < 2; k++)
    if (strlen(path) > strlen(endings[k]) && gibbs_path_ends(path, endings[k])) return true;
  return false;
}

const char *gibbs_path_tail(const char *path) {
  size_t length = strlen(path), most = 110;
  return length > most ? path + length - most : path;
}

gibbs_status gibbs_fail_naming(const char *path, gibbs_status status, gibbs_error *err) {
  if (!err || status == GIBBS_OK) return status;
  return gibbs_fail(err, status, "'%s' %s", gibbs_path_tail(path), err->message);
}

/* ---- whole files --------------------------------------------------------------------------------------- */

static gibbs_status reserve(gibbs_bytes *bytes, size_t size, gibbs_error *err) {
  unsigned char *data = realloc(bytes->data, size);
  if (!data) return gibbs_fail_memory(err, "the file's bytes", size);
  bytes->data = data;
  return GIBBS_OK;
}

/* The size that the system tells is only a hint: a pipe has none, and a file may grow meanwhile. */
static gibbs_status read_stream(FILE *stream, size_t hint, gibbs_bytes *out, gibbs_error *err) {
  size_t capacity = hint + 2;
  gibbs_status status = reserve(out, capacity, err);
  while (status == GIBBS_OK) {
    out->size += fread(out->data + out->size, 1, capacity - 1 - out->size, stream);
    if (ferror(stream)) return fail_system(err, "reading failed");
    if (out->size < capacity - 1) break;
    if (capacity > SIZE_MAX / 2) return gibbs_fail(err, GIBBS_ERR_SIZE, "the file is too large");
    capacity *= 2;
    status = reserve(out, capacity, err);
  }
  if (status == GIBBS_OK) out->data[out->size] = '\0';
  return status;
}

static gibbs_status open_file(const char *path, FILE **stream, size_t *size, gibbs_error *err) {
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_READ, err);
  if (status != GIBBS_OK) return status;
  *stream = fopen(gibbs_file_access_place(path, GIBBS_FILE_READ), "rb");
  if (!*stream) return fail_system(err, "cannot be opened");
  struct stat about;
  if (fstat(fileno(*stream), &about) != 0)
    status = fail_system(err, "cannot be examined");
  else if (S_ISDIR(about.st_mode))
    status = gibbs_fail(err, GIBBS_ERR_FILE, "is a folder, not a file");
  else
    status = gibbs_file_access_check_opened(fileno(*stream), GIBBS_FILE_READ, err);
  if (status == GIBBS_OK)
    *size = about.st_size > 0 ? (size_t)about.st_size : 4096;
  else
    fclose(*stream);
  return status;
}

gibbs_status gibbs_file_probe(const char *path, size_t *size, gibbs_error *err) {
  FILE *stream;
  gibbs_status status = open_file(path, &stream, size, err);
  if (status == GIBBS_OK) fclose(stream);
  return status;
}

gibbs_status gibbs_bytes_load(const char *path, gibbs_bytes *out, gibbs_error *err) {
  FILE *stream;
  size_t size = 0;
  gibbs_bytes bytes = {NULL, 0};
  gibbs_status status = open_file(path, &stream, &size, err);
  if (status != GIBBS_OK) return status;
  status = read_stream(stream, size, &bytes, err);
  fclose(stream);
  if (status == GIBBS_OK)
    *out = bytes;
  else
    gibbs_bytes_free(&bytes);
  return status;
}

void gibbs_bytes_free(gibbs_bytes *bytes) {
  free(bytes->data);
  *bytes = (gibbs_bytes){NULL, 0};
}

static void release_output(gibbs_output *out) {
  free(out->target);
  free(out->temporary);
  *out = (gibbs_output){NULL, NULL, NULL, 0};
}

/* A link is followed, so that it stays a link; a device or a pipe cannot be replaced by renaming. */
static gibbs_status resolve_target(const char *path, gibbs_output *out, mode_t *mode, gibbs_error *err) {
  struct stat about;
  bool exists = stat(path, &about) == 0;
  if (exists && !S_ISREG(about.st_mode)) return gibbs_fail(err, GIBBS_ERR_FILE, "exists and is not an ordinary file");
  *mode = exists ? about.st_mode & 07777 : 0;
  out->target = exists ? realpath(path, NULL) : strdup(path);
  return out->target ? GIBBS_OK : fail_system(err, "cannot be written");
}

static int open_temporary(gibbs_output *out) {
  static unsigned serial; /* only to find a free name sooner: O_EXCL decides */
  const char *slash = strrchr(out->target, '/');
  size_t folder = slash ? (size_t)(slash - out->target) + 1 : 0;
  size_t size = strlen(out->target) + 64;
  out->temporary = malloc(size);
  if (!out->temporary) return -1;
  for (int attempt = 0; attempt < 1000; attempt++) {
    snprintf(out->temporary, size, "%.*s.%.100s.%ld-%u", (int)folder, out->target, out->target + folder,
             (long)getpid(), serial++);
    int descriptor = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return descriptor;
  }
  return -1;
}

gibbs_status gibbs_output_open(const char *path, gibbs_output *out, gibbs_error *err) {
  *out = (gibbs_output){NULL, NULL, NULL, 0};
  mode_t mode = 0;
  if (strlen(path) > INT_MAX / 2) return gibbs_fail(err, GIBBS_ERR_FILE, "the path is too long");
  gibbs_status status = gibbs_file_access_check(path, GIBBS_FILE_WRITE, err);
  if (status == GIBBS_OK) status = resolve_target(gibbs_file_access_place(path, GIBBS_FILE_WRITE), out, &mode, err);
  int descriptor = status == GIBBS_OK ? open_temporary(out) : -1;
  if (status == GIBBS_OK && descriptor < 0) status = fail_system(err, "cannot be written");
  if (descriptor >= 0) status = gibbs_file_access_check_opened(descriptor, GIBBS_FILE_WRITE, err);
  if (status != GIBBS_OK && descriptor >= 0) {
    close(descriptor);
    unlink(out->temporary);
    descriptor = -1;
  }
  if (descriptor >= 0 && (!(out->stream = fdopen(descriptor, "wb")) || (mode && fchmod(descriptor, mode) != 0))) {
    status = fail_system(err, "cannot be written");
    if (out->stream) fclose(out->stream);
    if (!out->stream) close(descriptor);
    unlink(out->temporary);
  }
  if (status != GIBBS_OK) release_output(out);
  return status;
}

/* The rename itself lasts only when the folder is on disk; where folders cannot be flushed nothing is lost by trying.
 */
static void flush_folder(const char *target) {
  const char *slash = strrchr(target, '/');
  char *folder = slash ? strndup(target, (size_t)(slash - target) + 1) : strdup(".");
  int descriptor = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
  if (descriptor >= 0) {
    (void)fsync(descriptor);
    close(descriptor);
  }
  free(folder);
}

gibbs_status gibbs_output_close(gibbs_output *out, gibbs_status status, gibbs_error *err) {
  if (status == GIBBS_OK && (fflush(out->stream) != 0 || ferror(out->stream) || fsync(fileno(out->stream)) != 0))
    status = fail_system(err, "writing failed");
  if (fclose(out->stream) != 0 && status == GIBBS_OK) status = fail_system(err, "writing failed");
  if (status == GIBBS_OK && rename(out->temporary, out->target) != 0) status = fail_system(err, "cannot be written");
  if (status == GIBBS_OK)
    flush_folder(out->target);
  else
    unlink(out->temporary);
  release_output(out);
  return status;
}
