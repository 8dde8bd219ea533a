/* files.c - the table of file formats, and reading and writing by a path's ending. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <locale.h>
#include <string.h>
#include <strings.h>

#include "files_format.h"

typedef struct file_format {
  const char *ending;
  gibbs_format_read *read;
  gibbs_format_write *write;
  const char *doc;
} file_format;

static const file_format formats[] = {
    {".json", gibbs_json_read, gibbs_json_write, "JSON: numbers, strings, booleans, lists and tables of names"},
    {".csv", gibbs_csv_read, gibbs_csv_write, "comma-separated columns with names, or a matrix of numbers"},
    {".csv.gz", gibbs_csv_read, NULL, "the same, packed by gzip: for reading"},
    {".npy", gibbs_npy_read, gibbs_npy_write, "NumPy: one tensor"},
    {".npz", gibbs_npz_read, gibbs_npz_write, "NumPy: tensors by name"},
    {".h5", gibbs_hdf5_read, gibbs_hdf5_write, "HDF5: tensors, numbers and strings in nested groups"},
    {".hdf5", gibbs_hdf5_read, gibbs_hdf5_write, "the same as .h5"},
    {".idx", gibbs_idx_read, gibbs_idx_write, "MNIST's format: one tensor; also by names like images-idx3-ubyte"},
    {".idx.gz", gibbs_idx_read, NULL, "the same, packed by gzip: for reading"},
};

enum { format_count = sizeof formats / sizeof *formats };

size_t gibbs_file_format_count(void) {
  return format_count;
}
const char *gibbs_file_format_ending(size_t i) {
  return i < format_count ? formats[i].ending : NULL;
}
const char *gibbs_file_format_doc(size_t i) {
  return i < format_count ? formats[i].doc : NULL;
}

/* Names as MNIST's files have them: train-images-idx3-ubyte, packed or not. Gives the ending of the format. */
static const char *ending_of_idx(const char *name) {
  for (const char *at = name; *at; at++) {
    if (strncasecmp(at, "idx", 3) != 0 || !isdigit((unsigned char)at[3]) || at[4] != '-') continue;
    const char *rest = at + 5;
    while (isalpha((unsigned char)*rest)) rest++;
    if (rest > at + 5 && *rest == '\0') return ".idx";
    if (rest > at + 5 && strcasecmp(rest, ".gz") == 0) return ".idx.gz";
  }
  return NULL;
}

static const char *ending_of(const char *path) {
  const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
  return dot ? dot : "";
}

/* The end of a path tells more than its beginning when a message has room for one of them only. */
static gibbs_status fail_naming(const char *path, gibbs_status status, gibbs_error *err) {
  if (!err) return status;
  size_t length = strlen(path), most = 160;
  const char *cut = length > most ? "..." : "", *shown = length > most ? path + length - most : path;
  const char *colon = strncmp(err->message, "line ", 5) == 0 ? "" : ":";
  return gibbs_fail(err, status, "'%s%s'%s %s", cut, shown, colon, err->message);
}

static gibbs_status find_format(const char *path, const file_format **out, gibbs_error *err) {
  const char *slash = strrchr(path, '/'), *ending = ending_of(path), *idx = ending_of_idx(slash ? slash : path);
  for (size_t i = 0; i < format_count; i++)
    if (gibbs_path_ends(idx ? idx : path, formats[i].ending)) {
      *out = &formats[i];
      return GIBBS_OK;
    }
  char known[120] = "";
  for (size_t i = 0; i < format_count; i++) {
    if (i > 0) strcat(known, i + 1 < format_count ? ", " : " or ");
    strcat(known, formats[i].ending);
  }
  if (*ending)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "unknown ending '%.20s'; the format is chosen by %s", ending, known);
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the name has no ending; the format is chosen by %s", known);
}

static gibbs_status write_format(const char *path, const file_format *format, const gibbs_value *value,
                                 gibbs_error *err) {
  gibbs_output out;
  if (!format->write)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "files are packed for reading only; write '%.*s' and pack it by gzip",
                      (int)(strlen(format->ending) - strlen(".gz")), format->ending);
  gibbs_status status = gibbs_output_open(path, &out, err);
  if (status != GIBBS_OK) return status;
  return gibbs_output_close(&out, format->write(&out, value, err), err);
}

/* In the "C" locale for this thread alone, so that numbers have a point wherever the user lives. Reads when `value`
 * is NULL, writes otherwise. */
static gibbs_status transfer(const char *path, const gibbs_value *value, gibbs_value **out, gibbs_error *err) {
  const file_format *format = NULL;
  gibbs_status status = find_format(path, &format, err);
  if (status != GIBBS_OK) return fail_naming(path, status, err);
  locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!plain) return gibbs_fail_memory(err, "a locale", sizeof plain);
  locale_t before = uselocale(plain);
  status = value ? write_format(path, format, value, err) : format->read(path, out, err);
  uselocale(before);
  freelocale(plain);
  return status == GIBBS_OK ? GIBBS_OK : fail_naming(path, status, err);
}

gibbs_status gibbs_file_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_value *value = NULL;
  gibbs_status status = transfer(path, NULL, &value, err);
  if (status == GIBBS_OK) *out = value;
  return status;
}

gibbs_status gibbs_file_write(const char *path, const gibbs_value *value, gibbs_error *err) {
  return transfer(path, value, NULL, err);
}

gibbs_status gibbs_file_write_bytes(const char *path, const char *bytes, size_t size, gibbs_error *err) {
  gibbs_output out;
  gibbs_status status = gibbs_output_open(path, &out, err);
  if (status == GIBBS_OK) {
    (void)fwrite(bytes, 1, size, out.stream); /* closing asks the stream whether all went well */
    status = gibbs_output_close(&out, GIBBS_OK, err);
  }
  return status == GIBBS_OK ? GIBBS_OK : fail_naming(path, status, err);
}
