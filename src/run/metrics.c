/* metrics.c - the metrics of a run, a row at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/metrics.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_format.h"
#include "folder_tree.h"

struct gibbs_metrics {
  char *path;
  int descriptor; /* -1: no row yet */
  off_t size;     /* of whole rows */
  char **names;
  size_t count;
};

/* A line under construction. */
typedef struct text {
  char *bytes;
  size_t size, capacity;
} text;

static bool add(text *line, const char *bytes, size_t size) {
  if (line->size + size > line->capacity) {
    size_t capacity = 2 * (line->size + size) + 256;
    char *grown = realloc(line->bytes, capacity);
    if (!grown) return false;
    line->bytes = grown;
    line->capacity = capacity;
  }
  if (size > 0) memcpy(line->bytes + line->size, bytes, size);
  line->size += size;
  return true;
}

static gibbs_status fail_text(gibbs_error *err, const text *line) {
  return gibbs_fail_memory(err, "a row of metrics", line->size);
}

/* ---- columns -----------------------------------------------------------------------------------------------------
 */

static gibbs_status add_column(gibbs_metrics *m, const char *name, size_t length, gibbs_error *err) {
  char **names = realloc(m->names, (m->count + 1) * sizeof *names);
  if (names) m->names = names;
  char *copy = names ? strndup(name, length) : NULL;
  if (!copy) return gibbs_fail_memory(err, "a column of metrics", length);
  m->names[m->count++] = copy;
  return GIBBS_OK;
}

static size_t find_column(const gibbs_metrics *m, const char *name) {
  size_t c = 0;
  while (c < m->count && strcmp(m->names[c], name) != 0) c++;
  return c;
}

static bool add_header(const gibbs_metrics *m, text *line) {
  bool fits = true;
  for (size_t c = 0; c < m->count && fits; c++)
    fits = (c == 0 || add(line, ",", 1)) && add(line, m->names[c], strlen(m->names[c]));
  return fits && add(line, "\n", 1);
}

/* ---- the file ----------------------------------------------------------------------------------------------------
 */

static gibbs_status append(gibbs_metrics *m, const text *line, gibbs_error *err) {
  for (size_t done = 0; done < line->size;) {
    ssize_t wrote = write(m->descriptor, line->bytes + done, line->size - done);
    if (wrote >= 0) {
      done += (size_t)wrote;
      continue;
    }
    if (errno == EINTR) continue;
    gibbs_status status = gibbs_fail_path(err, m->path, "cannot be written");
    if (ftruncate(m->descriptor, m->size) != 0) return status;
    return status;
  }
  m->size += (off_t)line->size;
  return GIBBS_OK;
}

static gibbs_status open_file(gibbs_metrics *m, gibbs_error *err) {
  m->descriptor = open(m->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  return m->descriptor >= 0 ? GIBBS_OK : gibbs_fail_path(err, m->path, "cannot be written");
}

/* The rows that are there, each with as many empty fields more as there are new columns. */
static bool widen(const gibbs_bytes *old, size_t added, text *grown) {
  const char *at = (const char *)old->data, *end = at + old->size;
  const char *line = memchr(at, '\n', old->size);
  for (at = line ? line + 1 : end; at < end; at = line + 1) {
    line = memchr(at, '\n', (size_t)(end - at));
    if (!line) break;
    bool fits = add(grown, at, (size_t)(line - at));
    for (size_t k = 0; k < added && fits; k++) fits = add(grown, ",", 1);
    if (!fits || !add(grown, "\n", 1)) return false;
  }
  return true;
}

static gibbs_status replace_file(gibbs_metrics *m, const text *content, gibbs_error *err) {
  gibbs_output out;
  gibbs_status status = gibbs_output_open(m->path, &out, err);
  if (status != GIBBS_OK) return status;
  fwrite(content->bytes, 1, content->size, out.stream);
  status = gibbs_output_close(&out, GIBBS_OK, err);
  if (status != GIBBS_OK) return status;
  close(m->descriptor);
  m->size = (off_t)content->size;
  return open_file(m, err);
}

static gibbs_status rewrite(gibbs_metrics *m, size_t added, gibbs_error *err) {
  gibbs_bytes old = {NULL, 0};
  text content = {NULL, 0, 0};
  gibbs_status status = gibbs_bytes_load(m->path, &old, err);
  if (status == GIBBS_OK && !(add_header(m, &content) && widen(&old, added, &content)))
    status = fail_text(err, &content);
  if (status == GIBBS_OK) status = replace_file(m, &content, err);
  gibbs_bytes_free(&old);
  free(content.bytes);
  return status;
}

static gibbs_status begin_file(gibbs_metrics *m, gibbs_error *err) {
  text header = {NULL, 0, 0};
  gibbs_status status = open_file(m, err);
  if (status == GIBBS_OK && !add_header(m, &header)) status = fail_text(err, &header);
  if (status == GIBBS_OK) status = append(m, &header, err);
  free(header.bytes);
  return status;
}

/* ---- rows --------------------------------------------------------------------------------------------------------
 */

static void drop_columns(gibbs_metrics *m, size_t count) {
  while (m->count > count) free(m->names[--m->count]);
}

static gibbs_status fit_columns(gibbs_metrics *m, const char *const names[], size_t count, gibbs_error *err) {
  size_t before = m->count;
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < count && status == GIBBS_OK; i++)
    if (find_column(m, names[i]) == m->count) status = add_column(m, names[i], strlen(names[i]), err);
  if (status == GIBBS_OK && m->descriptor < 0)
    status = begin_file(m, err);
  else if (status == GIBBS_OK && m->count > before)
    status = rewrite(m, m->count - before, err);
  if (status != GIBBS_OK) drop_columns(m, before);
  return status;
}

static bool add_row(const gibbs_metrics *m, const char *const names[], const double values[], size_t count,
                    text *line) {
  char number[gibbs_number_size];
  for (size_t c = 0; c < m->count; c++) {
    if (c > 0 && !add(line, ",", 1)) return false;
    for (size_t i = 0; i < count; i++)
      if (strcmp(names[i], m->names[c]) == 0 && !add(line, number, gibbs_number_print(values[i], number)))
        return false;
  }
  return add(line, "\n", 1);
}

gibbs_status gibbs_metrics_row(gibbs_metrics *m, const char *const names[], const double values[], size_t count,
                               gibbs_error *err) {
  text line = {NULL, 0, 0};
  gibbs_status status = fit_columns(m, names, count, err);
  if (status == GIBBS_OK && !add_row(m, names, values, count, &line)) status = fail_text(err, &line);
  if (status == GIBBS_OK) status = append(m, &line, err);
  free(line.bytes);
  return status;
}

/* ---- opening and closing
 * ------------------------------------------------------------------------------------------- */

static gibbs_status read_header(gibbs_metrics *m, const gibbs_bytes *bytes, gibbs_error *err) {
  const char *at = (const char *)bytes->data, *end = at + strcspn(at, "\n");
  gibbs_status status = GIBBS_OK;
  while (at < end && status == GIBBS_OK) {
    size_t length = strcspn(at, ",\n");
    status = add_column(m, at, length, err);
    at += length + 1;
  }
  return status;
}

/* Without a whole header there is no row either: the file begins again. */
static gibbs_status go_on(gibbs_metrics *m, const gibbs_bytes *bytes, gibbs_error *err) {
  size_t whole = bytes->size;
  while (whole > 0 && bytes->data[whole - 1] != '\n') whole--;
  gibbs_status status = whole > 0 ? read_header(m, bytes, err) : GIBBS_OK;
  if (status == GIBBS_OK && truncate(m->path, (off_t)whole) != 0)
    status = gibbs_fail_path(err, m->path, "cannot be written");
  m->size = (off_t)whole;
  return status == GIBBS_OK && whole > 0 ? open_file(m, err) : status;
}

gibbs_status gibbs_metrics_open(const char *path, gibbs_metrics **out, gibbs_error *err) {
  gibbs_metrics *m = calloc(1, sizeof *m);
  if (!m) return gibbs_fail_memory(err, "metrics", sizeof *m);
  m->descriptor = -1;
  m->path = strdup(path);
  gibbs_status status = m->path ? GIBBS_OK : gibbs_fail_memory(err, "a path", strlen(path));
  gibbs_bytes bytes = {NULL, 0};
  if (status == GIBBS_OK && access(path, F_OK) == 0) {
    status = gibbs_bytes_load(path, &bytes, err);
    if (status == GIBBS_OK) status = go_on(m, &bytes, err);
    gibbs_bytes_free(&bytes);
  }
  gibbs_error ignored;
  if (status == GIBBS_OK)
    *out = m;
  else if (gibbs_metrics_close(m, &ignored) != GIBBS_OK)
    return status;
  return status;
}

/* Rows that somebody else took out of the file are no rows of a run that is complete. */
static gibbs_status check_whole(const gibbs_metrics *m, gibbs_error *err) {
  struct stat about;
  if (fstat(m->descriptor, &about) == 0 && about.st_size == m->size && about.st_nlink > 0) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "'%.300s' was changed by another program while rows were logged", m->path);
}

gibbs_status gibbs_metrics_flush(gibbs_metrics *m, gibbs_error *err) {
  if (m->descriptor < 0) return GIBBS_OK;
  if (fsync(m->descriptor) != 0) return gibbs_fail_path(err, m->path, "cannot be flushed");
  return check_whole(m, err);
}

gibbs_status gibbs_metrics_close(gibbs_metrics *m, gibbs_error *err) {
  if (!m) return GIBBS_OK;
  gibbs_status status = gibbs_metrics_flush(m, err);
  if (m->descriptor >= 0 && close(m->descriptor) != 0 && status == GIBBS_OK)
    status = gibbs_fail_path(err, m->path, "cannot be written");
  drop_columns(m, 0);
  free(m->names);
  free(m->path);
  free(m);
  return status;
}
