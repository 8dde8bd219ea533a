/* files_format.h - what the file formats share: bytes of a file, places in text and in values, numbers as text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_RUN_FILES_FORMAT_H
#define GIBBS_RUN_FILES_FORMAT_H

#include <stdint.h>
#include <stdio.h>

#include "gibbs/files.h"

/* A whole file in memory; one NUL follows the last byte. */
typedef struct gibbs_bytes {
  unsigned char *data;
  size_t size;
} gibbs_bytes;

gibbs_status gibbs_bytes_load(const char *path, gibbs_bytes *out, gibbs_error *err) GIBBS_CHECKED;
void gibbs_bytes_free(gibbs_bytes *bytes);
/* Whether the file can be opened at all, and its size, for libraries that open it themselves. */
gibbs_status gibbs_file_probe(const char *path, size_t *size, gibbs_error *err) GIBBS_CHECKED;

bool gibbs_path_ends(const char *path, const char *ending); /* in letters of either case */
bool gibbs_path_is_hdf5(const char *path);                  /* more than the ending .h5 or .hdf5 */
/* The end of a path tells more than its beginning, where a message has no room for both. */
const char *gibbs_path_tail(const char *path);
/* "'path' is damaged": for messages that go on from the name. */
gibbs_status gibbs_fail_naming(const char *path, gibbs_status status, gibbs_error *err);

/* A file that takes its name only when it is complete. */
typedef struct gibbs_output {
  FILE *stream;
  char *target, *temporary; /* paths in one folder */
  size_t head;              /* HDF5: bytes at the beginning that are left to the caller; a power of 2 from 512 on */
} gibbs_output;

/* gibbs_output_close renames after success and removes after failure; it returns `status`, or its own failure. */
gibbs_status gibbs_output_open(const char *path, gibbs_output *out, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_output_close(gibbs_output *out, gibbs_status status, gibbs_error *err) GIBBS_CHECKED;

/* One row a format. `read` is given the path; `write` the open temporary file, whose path is out->temporary.
 * Messages do not name the file: the caller puts it in front, as 'x' line 1 or 'x': words. */
typedef gibbs_status gibbs_format_read(const char *path, gibbs_value **out, gibbs_error *err);
typedef gibbs_status gibbs_format_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err);

gibbs_format_read gibbs_json_read, gibbs_csv_read, gibbs_npy_read, gibbs_npz_read, gibbs_hdf5_read, gibbs_idx_read;
gibbs_format_write gibbs_json_write, gibbs_csv_write, gibbs_npy_write, gibbs_npz_write, gibbs_hdf5_write,
    gibbs_idx_write;

/* An item that may be changed; NULL if there is none. */
gibbs_value *gibbs_value_child(gibbs_value *value, size_t i);
gibbs_value *gibbs_value_find(gibbs_value *map, const char *name);
/* Whether a field stands for no value. */
bool gibbs_csv_missing(const char *text, size_t length);
/* What a CSV file of this map would hold: "columns", and a list for each. */
gibbs_status gibbs_csv_columns(const gibbs_value *map, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

/* "line 3, column 7: " and the rest: `at` is the offending byte of `text`. Columns count characters. */
gibbs_status gibbs_fail_at(gibbs_error *err, const gibbs_bytes *text, size_t at, const char *what);

/* Where in a value one is: the root has up == NULL. */
typedef struct gibbs_place {
  const struct gibbs_place *up;
  const char *name; /* of an item of a map; NULL for an item of a list */
  size_t index;     /* from 0 */
  size_t depth;
} gibbs_place;

enum { gibbs_place_size = 160, gibbs_number_size = 32 };

gibbs_place gibbs_place_below(const gibbs_place *up, const gibbs_value *value, size_t i);
/* cases[3].out["free energy"], indices from 1; "the value" for the root. Returns `text`. */
const char *gibbs_place_print(const gibbs_place *place, char text[gibbs_place_size]);
gibbs_status gibbs_fail_depth(gibbs_error *err, const gibbs_place *place);

/* The shortest of 15, 16 or 17 digits that reads back as the same double; nan, inf, -inf. Returns the length. */
size_t gibbs_number_print(double number, char text[gibbs_number_size]);
/* A decimal number, nan or inf that fills text[0..length); text must go on with a byte that ends a number. */
bool gibbs_number_parse(const char *text, size_t length, double *out);

/* Numbers from one index to the next on an axis. */
size_t gibbs_tensor_stride(const gibbs_tensor *tensor, size_t axis);

/* How one number is stored in a file. */
typedef struct gibbs_encoding {
  char kind;   /* 'f' float, 'i' signed, 'u' unsigned, 'b' boolean */
  size_t size; /* bytes */
  bool big_endian;
} gibbs_encoding;

bool gibbs_encoding_known(const gibbs_encoding *encoding);
/* ERR_NUMERIC for an integer that is not a double. */
gibbs_status gibbs_numbers_decode(const unsigned char *bytes, const gibbs_encoding *encoding, size_t count,
                                  double *values, gibbs_error *err) GIBBS_CHECKED;
/* Eight bytes each, little-endian. */
void gibbs_numbers_encode(const double *values, size_t count, unsigned char *bytes);

#endif
