/* transcript.c - stdout and stderr, written to a file as well. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* fopencookie, and stdout as a variable */

#include "gibbs/transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder_tree.h"

typedef struct piece {
  uint64_t begin, length;
} piece;

/* One of the two streams. */
typedef struct way {
  gibbs_transcript *transcript;
  int descriptor;
  FILE *before, *stream;
} way;

struct gibbs_transcript {
  way out, error;
  bool shown, is_volatile, failed;
  int file; /* -1: none yet, or no more */
  char *path;
  char *kept; /* until there is a file */
  size_t kept_size;
  uint64_t size; /* of the file */
  piece *pieces;
  size_t count;
  gibbs_error why; /* after a failure */
  gibbs_transcript_failed *tell;
  void *context;
};

/* ---- writing -----------------------------------------------------------------------------------------------------
 */

static bool write_all(int descriptor, const char *bytes, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t wrote = write(descriptor, bytes + done, size - done);
    if (wrote < 0 && errno != EINTR) return false;
    if (wrote > 0) done += (size_t)wrote;
  }
  return true;
}

static void fail(gibbs_transcript *t) {
  if (t->failed) return;
  t->failed = true;
  if (t->tell) t->tell(t->context);
}

static void keep(gibbs_transcript *t, const char *bytes, size_t size) {
  char *grown = realloc(t->kept, t->kept_size + size);
  if (!grown) {
    gibbs_fail_memory(&t->why, "what was printed", t->kept_size + size);
    fail(t);
    return;
  }
  memcpy(grown + t->kept_size, bytes, size);
  t->kept = grown;
  t->kept_size += size;
}

/* Pieces that touch are one. */
static void note_piece(gibbs_transcript *t, size_t size) {
  piece *last = t->count > 0 ? &t->pieces[t->count - 1] : NULL;
  if (last && last->begin + last->length == t->size) {
    last->length += size;
    return;
  }
  piece *grown = realloc(t->pieces, (t->count + 1) * sizeof *grown);
  if (!grown) {
    gibbs_fail_memory(&t->why, "pieces of what was printed", t->count * sizeof *grown);
    fail(t);
    return;
  }
  t->pieces = grown;
  t->pieces[t->count++] = (piece){t->size, size};
}

static void record(gibbs_transcript *t, const char *bytes, size_t size) {
  if (t->failed || size == 0) return;
  if (t->is_volatile) note_piece(t, size);
  if (t->file < 0) {
    keep(t, bytes, size);
  } else if (!write_all(t->file, bytes, size)) {
    gibbs_fail_path(&t->why, t->path, "cannot be written");
    fail(t);
  }
  t->size += size;
}

static ssize_t write_way(void *cookie, const char *bytes, size_t size) {
  const way *w = cookie;
  gibbs_transcript *t = w->transcript;
  record(t, bytes, size);
  if (t->shown && !write_all(w->descriptor, bytes, size)) return 0; /* an error of the stream */
  return (ssize_t)size;
}

/* ---- beginning ---------------------------------------------------------------------------------------------------
 */

static bool open_way(gibbs_transcript *t, way *w, FILE *before, int descriptor, int buffering) {
  fflush(before);
  *w = (way){t, descriptor, before, fopencookie(w, "w", (cookie_io_functions_t){.write = write_way})};
  return w->stream && setvbuf(w->stream, NULL, buffering, BUFSIZ) == 0;
}

gibbs_status gibbs_transcript_begin(bool shown, gibbs_transcript **out, gibbs_error *err) {
  gibbs_transcript *t = calloc(1, sizeof *t);
  if (!t) return gibbs_fail_memory(err, "a transcript", sizeof *t);
  t->shown = shown;
  t->file = -1;
  if (!open_way(t, &t->out, stdout, STDOUT_FILENO, _IOLBF) ||
      !open_way(t, &t->error, stderr, STDERR_FILENO, _IONBF)) {
    if (t->out.stream) fclose(t->out.stream);
    if (t->error.stream) fclose(t->error.stream);
    free(t);
    return gibbs_fail_memory(err, "a transcript", BUFSIZ);
  }
  stdout = t->out.stream;
  stderr = t->error.stream;
  *out = t;
  return GIBBS_OK;
}

void gibbs_transcript_on_failure(gibbs_transcript *t, gibbs_transcript_failed *failed, void *context) {
  t->tell = failed;
  t->context = context;
}

/* Where the pieces of what was kept begin in the file. */
static void move_pieces(gibbs_transcript *t, uint64_t by) {
  for (size_t i = 0; i < t->count; i++) t->pieces[i].begin += by;
}

gibbs_status gibbs_transcript_open(gibbs_transcript *t, const char *path, bool append, gibbs_error *err) {
  fflush(t->out.stream);
  t->path = strdup(path);
  if (!t->path) return gibbs_fail_memory(err, "a path", strlen(path));
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (append ? 0 : O_TRUNC), 0666);
  if (file < 0) return gibbs_fail_path(err, path, "cannot be written");
  off_t there = lseek(file, 0, SEEK_END);
  if (!write_all(file, t->kept, t->kept_size)) {
    gibbs_status status = gibbs_fail_path(err, path, "cannot be written");
    close(file);
    return status;
  }
  t->file = file;
  move_pieces(t, there > 0 ? (uint64_t)there : 0);
  t->size += there > 0 ? (uint64_t)there : 0;
  free(t->kept);
  t->kept = NULL;
  t->kept_size = 0;
  return GIBBS_OK;
}

/* ---- pieces ------------------------------------------------------------------------------------------------------
 */

gibbs_status gibbs_transcript_volatile(gibbs_transcript *t, bool is_volatile, gibbs_error *err) {
  if (fflush(t->out.stream) != 0) return gibbs_fail(err, GIBBS_ERR_FILE, "cannot print: %s", strerror(errno));
  t->is_volatile = is_volatile;
  return GIBBS_OK;
}

size_t gibbs_transcript_pieces(const gibbs_transcript *t) {
  return t->count;
}

void gibbs_transcript_piece(const gibbs_transcript *t, size_t i, uint64_t *begin, uint64_t *length) {
  *begin = t->pieces[i].begin;
  *length = t->pieces[i].length;
}

/* ---- ending ------------------------------------------------------------------------------------------------------
 */

static void close_ways(gibbs_transcript *t) {
  stdout = t->out.before;
  stderr = t->error.before;
  fclose(t->out.stream);
  fclose(t->error.stream);
}

static void close_file(gibbs_transcript *t) {
  if (t->file < 0) return;
  bool flushed = fsync(t->file) == 0;
  if (!flushed && !t->failed) gibbs_fail_path(&t->why, t->path, "cannot be flushed");
  bool closed = close(t->file) == 0;
  if (flushed && !closed && !t->failed) gibbs_fail_path(&t->why, t->path, "cannot be written");
  t->failed = t->failed || !flushed || !closed;
  t->file = -1;
}

gibbs_status gibbs_transcript_end(gibbs_transcript *t, gibbs_error *err) {
  t->tell = NULL;
  close_ways(t);
  close_file(t);
  if (!t->failed) return GIBBS_OK;
  return gibbs_fail(err, t->why.code, "%s", t->why.message);
}

void gibbs_transcript_free(gibbs_transcript *t) {
  if (!t) return;
  free(t->path);
  free(t->kept);
  free(t->pieces);
  free(t);
}
