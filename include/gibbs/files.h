/* gibbs/files.h - values in files: JSON, CSV, NumPy's npy and npz, HDF5 and idx, chosen by the file's ending.
 *
 * Promises: what is read is parsed and size-checked, never executed; a write is complete or leaves no trace (a
 * temporary file in the same folder, flushed and renamed); every double survives a round trip with all its bits;
 * nothing depends on the locale. Knows nothing of Lua. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_FILES_H
#define GIBBS_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "gibbs/status.h"
#include "gibbs/tensor.h"

/* Lists and maps may hold lists and maps up to this depth; deeper files and values are refused. */
#define GIBBS_VALUE_MAX_DEPTH 200

#define GIBBS_VALUE_KIND_LIST(X)                                                                                     \
  X(NULL, "null")                                                                                                    \
  X(BOOL, "a boolean")                                                                                               \
  X(NUMBER, "a number")                                                                                              \
  X(STRING, "a string")                                                                                              \
  X(TENSOR, "a tensor")                                                                                              \
  X(LIST, "a list")                                                                                                  \
  X(MAP, "a table of names")

typedef enum gibbs_value_kind {
#define X(name, text) GIBBS_VALUE_##name,
  GIBBS_VALUE_KIND_LIST(X)
#undef X
      GIBBS_VALUE_KIND_COUNT
} gibbs_value_kind;

/* A tree of plain data. A list owns its items, a map its items and their names (in the order they were added). */
typedef struct gibbs_value gibbs_value;

/* Constructors: NULL when memory runs out, which gibbs_value_append and gibbs_value_set accept and report. */
gibbs_value *gibbs_value_null(void);
gibbs_value *gibbs_value_bool(bool truth);
gibbs_value *gibbs_value_number(double number);
gibbs_value *gibbs_value_string(const char *bytes, size_t length); /* copied; may hold any byte */
gibbs_value *gibbs_value_tensor(gibbs_tensor *tensor);             /* keeps a reference of its own */
gibbs_value *gibbs_value_list(void);
gibbs_value *gibbs_value_map(void);
gibbs_value *gibbs_value_copy(const gibbs_value *value); /* the whole tree; tensors are shared */
void gibbs_value_free(gibbs_value *value);               /* the whole tree; NULL is fine */

/* Add `item` at the end of a list, or under `name` at the end of a map. They take `item` over even when they fail.
 * Names are not compared with those already there (see gibbs_value_check_names). Amortised O(1).
 * Fails with ERR_MEMORY, also when `item` is NULL, and with ERR_ARGUMENT when `value` is of another kind. */
gibbs_status gibbs_value_append(gibbs_value *value, gibbs_value *item, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_value_set(gibbs_value *value, const char *name, gibbs_value *item, gibbs_error *err) GIBBS_CHECKED;

gibbs_value_kind gibbs_value_kind_of(const gibbs_value *value);
const char *gibbs_value_kind_text(gibbs_value_kind kind); /* "a list" */

/* What a value holds. Of another kind: false, NaN, NULL. */
bool gibbs_value_as_bool(const gibbs_value *value);
double gibbs_value_as_number(const gibbs_value *value);
const char *gibbs_value_as_string(const gibbs_value *value, size_t *length); /* ends in NUL; length may be NULL */
gibbs_tensor *gibbs_value_as_tensor(const gibbs_value *value);               /* borrowed */

/* Items of a list or a map, 0 <= i < count; a count of 0 for every other kind. */
size_t gibbs_value_count(const gibbs_value *value);
const gibbs_value *gibbs_value_item(const gibbs_value *value, size_t i);
const char *gibbs_value_name(const gibbs_value *map, size_t i);
const gibbs_value *gibbs_value_get(const gibbs_value *map, const char *name); /* NULL if absent; O(count) */

/* ERR_ARGUMENT when a name occurs twice in the map. O(count log count). */
gibbs_status gibbs_value_check_names(const gibbs_value *map, gibbs_error *err) GIBBS_CHECKED;

/* The numbers of a number, a tensor or nested lists of equal lengths as one tensor, *out owned by the caller.
 * Fails with ERR_SHAPE (ragged, empty, too deep) or ERR_ARGUMENT (something that is not a number), saying where. */
gibbs_status gibbs_value_to_tensor(const gibbs_value *value, gibbs_tensor **out, gibbs_error *err) GIBBS_CHECKED;

/* Read the file into a tree that the caller frees.
 *   .json       objects are maps, arrays lists, null is null.
 *   .csv        a first row of only numbers: the file is a matrix, and a tensor. Otherwise the first row holds the
 *               names, and the file is a map of "columns" (the names in order) and one list for each name: numbers
 *               where every field of the column is one (an empty field and NA are NaN), else strings. A quoted field
 * is a string. .npy        a tensor. bool, int8 to int64, uint8 to uint64, float32 and float64 of either byte and
 * array order. .npz        a map of tensors. .idx        a tensor; also a file named like train-images-idx3-ubyte.
 *   .csv.gz .idx.gz  the same, packed by gzip; a CSV may unpack to 100 times its size and a megabyte.
 *   .h5 .hdf5   groups are maps, numeric data sets tensors (scalar ones numbers), strings and lists of strings, HDF5
 *               booleans; an attribute of a group is an item "@name", one of a data set W an item "W@name".
 * An integer that a double does not hold exactly is refused, and so is a file that its format does not describe to
 * the last byte. Fails with ERR_FILE, ERR_MEMORY, ERR_SIZE, ERR_SHAPE, ERR_NUMERIC. Messages name the file, and for
 * text line and column. O(size of the file). */
gibbs_status gibbs_file_read(const char *path, gibbs_value **out, gibbs_error *err) GIBBS_CHECKED;

/* Write `value` so that gibbs_file_read gives it back.
 *   .json       anything with names and strings in UTF-8; NaN and infinities are refused. A tensor becomes nested
 * arrays. .csv        a tensor of one or two axes; a map of lists or tensors of one length, ordered by "columns" if
 * there; or a map of exactly "header" (names) and "rows" (a list of lists or a matrix). .npy        a tensor, a
 * number, or nested lists of numbers (float64, little-endian, version 1.0). .npz        a map of those (stored, not
 * compressed). .idx       the same as .npy, bytes where all numbers are whole and lie in [0, 255], else float64.
 * .h5 .hdf5   a map: groups for maps, data sets for the rest; lists hold only numbers or only strings;
 * an item "@name" becomes an attribute, and so does "W@name" beside a W. Fails as gibbs_file_read does, and with
 * ERR_UNSUPPORTED for a value that the format cannot hold, saying where it is. The file that was there before is
 * untouched by a failure. */
gibbs_status gibbs_file_write(const char *path, const gibbs_value *value, gibbs_error *err) GIBBS_CHECKED;

/* Write bytes as they are, whatever the path's ending: all of them, or none and no change. */
gibbs_status gibbs_file_write_bytes(const char *path, const char *bytes, size_t size, gibbs_error *err) GIBBS_CHECKED;

/* Add `value` to what the file holds, as if it had been written along with it; a file that is not there is made.
 *   .csv             rows: below a matrix, or below columns of the same names, in any form that is written
 *   .npy .idx        along the first axis
 *   .npz .h5 .hdf5   items: groups of one name are joined, an item that is there already is refused
 *   .json            items of a list, or names of a map
 * The file is read and written anew, complete or as it was: O(size of the file).  Fails as gibbs_file_read and
 * gibbs_file_write do, with ERR_SHAPE or ERR_ARGUMENT where the value does not go with what is there, and with
 * ERR_FILE for a checkpoint or a model, which is sealed. */
gibbs_status gibbs_file_append(const char *path, const gibbs_value *value, gibbs_error *err) GIBBS_CHECKED;

/* The formats, for help texts: 0 <= i < count. */
size_t gibbs_file_format_count(void);
const char *gibbs_file_format_ending(size_t i); /* ".json" */
const char *gibbs_file_format_doc(size_t i);

/* The version of the HDF5 library, "1.10.8", which is loaded for this; ERR_UNSUPPORTED says why there is none. */
gibbs_status gibbs_file_hdf5_version(char *text, size_t size, gibbs_error *err) GIBBS_CHECKED;

#endif
