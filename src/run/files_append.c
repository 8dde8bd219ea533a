/* files_append.c - more of the same into a file: rows below rows, items beside items. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>
#include <unistd.h>

#include "checkpoint_seal.h"
#include "files_format.h"
#include "gibbs/file_access.h"

/* How two values of a format become one; `whole`, what the file holds, is changed. */
typedef gibbs_status joining(gibbs_value **whole, const gibbs_value *more, gibbs_error *err);

/* ---- tensors: along the first axis ------------------------------------------------------------------------ */

/* Whether all axes but the first agree. */
static bool same_rows(const gibbs_shape *a, const gibbs_shape *b) {
  if (a->rank != b->rank || a->rank == 0) return false;
  for (size_t k = 1; k < a->rank; k++)
    if (a->extent[k] != b->extent[k]) return false;
  return true;
}

static gibbs_status stack(const gibbs_tensor *above, const gibbs_tensor *below, gibbs_tensor **out,
                          gibbs_error *err) {
  const gibbs_shape *a = gibbs_tensor_shape(above), *b = gibbs_tensor_shape(below);
  char first[96], second[96];
  if (!same_rows(a, b))
    return gibbs_fail(err, GIBBS_ERR_SHAPE,
                      "it holds a tensor of shape %s, and one of shape %s cannot be appended along the first axis",
                      gibbs_shape_print(a, first, sizeof first), gibbs_shape_print(b, second, sizeof second));
  gibbs_shape shape = *a;
  shape.extent[0] += b->extent[0];
  gibbs_status status = gibbs_tensor_new(&shape, out, err);
  if (status != GIBBS_OK) return status;
  memcpy(gibbs_tensor_data(*out), gibbs_tensor_values(above), gibbs_tensor_size(above) * sizeof(double));
  memcpy(gibbs_tensor_data(*out) + gibbs_tensor_size(above), gibbs_tensor_values(below),
         gibbs_tensor_size(below) * sizeof(double));
  return GIBBS_OK;
}

static gibbs_status replace_by_tensor(gibbs_value **whole, gibbs_tensor *tensor, gibbs_error *err) {
  gibbs_value *value = gibbs_value_tensor(tensor);
  if (!value) return gibbs_fail_memory(err, "a value", sizeof(void *));
  gibbs_value_free(*whole);
  *whole = value;
  return GIBBS_OK;
}

/* One axis is a column where files have matrices. */
static gibbs_status tensor_of_rows(const gibbs_value *value, bool matrix, gibbs_tensor **out, gibbs_error *err) {
  gibbs_tensor *flat;
  gibbs_status status = gibbs_value_to_tensor(value, &flat, err);
  if (status != GIBBS_OK || !matrix || gibbs_tensor_shape(flat)->rank != 1) {
    if (status == GIBBS_OK) *out = flat;
    return status;
  }
  gibbs_shape shape = gibbs_shape_matrix(gibbs_tensor_size(flat), 1);
  status = gibbs_tensor_new(&shape, out, err);
  if (status == GIBBS_OK)
    memcpy(gibbs_tensor_data(*out), gibbs_tensor_values(flat), gibbs_tensor_size(flat) * sizeof(double));
  gibbs_tensor_release(flat);
  return status;
}

static gibbs_status join_rows(gibbs_value **whole, const gibbs_value *more, bool matrix, gibbs_error *err) {
  gibbs_tensor *below = NULL, *joint = NULL;
  gibbs_status status = tensor_of_rows(more, matrix, &below, err);
  if (status == GIBBS_OK) status = stack(gibbs_value_as_tensor(*whole), below, &joint, err);
  if (status == GIBBS_OK) status = replace_by_tensor(whole, joint, err);
  gibbs_tensor_release(below);
  gibbs_tensor_release(joint);
  return status;
}

static gibbs_status join_tensors(gibbs_value **whole, const gibbs_value *more, gibbs_error *err) {
  return join_rows(whole, more, false, err);
}

/* ---- columns ---------------------------------------------------------------------------------------------- */

static gibbs_status append_copy(gibbs_value *list, const gibbs_value *item, gibbs_error *err) {
  return gibbs_value_append(list, gibbs_value_copy(item), err);
}

static gibbs_status append_series(gibbs_value *column, const gibbs_value *series, gibbs_error *err) {
  gibbs_tensor *tensor = gibbs_value_as_tensor(series);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; tensor && i < gibbs_tensor_size(tensor) && status == GIBBS_OK; i++)
    status = gibbs_value_append(column, gibbs_value_number(gibbs_tensor_values(tensor)[i]), err);
  for (size_t i = 0; i < gibbs_value_count(series) && status == GIBBS_OK; i++)
    status = append_copy(column, gibbs_value_item(series, i), err);
  return status;
}

static gibbs_status fail_columns(const gibbs_value *names, gibbs_error *err) {
  char text[200] = "";
  for (size_t i = 0; i < gibbs_value_count(names); i++) {
    size_t used = strlen(text);
    snprintf(text + used, sizeof text - used, "%s%.40s", i > 0 ? ", " : "",
             gibbs_value_as_string(gibbs_value_item(names, i), NULL));
  }
  return gibbs_fail(err, GIBBS_ERR_SHAPE, "it has the columns %s, and those to append are others", text);
}

/* The columns of `more`, which CSV has read and written once, so that every form of a table is one. */
static gibbs_status join_columns(gibbs_value *whole, const gibbs_value *more, gibbs_error *err) {
  const gibbs_value *names = gibbs_value_get(whole, "columns");
  bool same = gibbs_value_count(more) == gibbs_value_count(whole);
  for (size_t i = 0; same && i < gibbs_value_count(names); i++)
    same = gibbs_value_get(more, gibbs_value_as_string(gibbs_value_item(names, i), NULL)) != NULL;
  if (!same) return fail_columns(names, err);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < gibbs_value_count(whole) && status == GIBBS_OK; i++) {
    const char *name = gibbs_value_name(whole, i);
    if (strcmp(name, "columns") != 0)
      status = append_series(gibbs_value_child(whole, i), gibbs_value_get(more, name), err);
  }
  return status;
}

static gibbs_status join_csv(gibbs_value **whole, const gibbs_value *more, gibbs_error *err) {
  if (gibbs_value_as_tensor(*whole)) {
    if (gibbs_value_kind_of(more) != GIBBS_VALUE_MAP) return join_rows(whole, more, true, err);
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "it holds a matrix, and a table of columns cannot be appended");
  }
  if (gibbs_value_kind_of(more) != GIBBS_VALUE_MAP)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "it holds a table of columns, and %s cannot be appended",
                      gibbs_value_kind_text(gibbs_value_kind_of(more)));
  gibbs_value *table = NULL;
  gibbs_status status = gibbs_csv_columns(more, &table, err);
  if (status == GIBBS_OK) status = join_columns(*whole, table, err);
  gibbs_value_free(table);
  return status;
}

/* ---- items ------------------------------------------------------------------------------------------------ */

static gibbs_status join_items(gibbs_value *whole, const gibbs_value *more, const gibbs_place *place,
                               gibbs_error *err) {
  char where[gibbs_place_size];
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < gibbs_value_count(more) && status == GIBBS_OK; i++) {
    gibbs_place below = gibbs_place_below(place, more, i);
    const gibbs_value *item = gibbs_value_item(more, i);
    gibbs_value *there = gibbs_value_find(whole, below.name);
    bool groups =
        there && gibbs_value_kind_of(there) == GIBBS_VALUE_MAP && gibbs_value_kind_of(item) == GIBBS_VALUE_MAP;
    if (groups)
      status = join_items(there, item, &below, err);
    else if (there)
      status = gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s is there already; appending replaces nothing",
                          gibbs_place_print(&below, where));
    else
      status = gibbs_value_set(whole, below.name, gibbs_value_copy(item), err);
  }
  return status;
}

static gibbs_status join_maps(gibbs_value **whole, const gibbs_value *more, gibbs_error *err) {
  gibbs_place root = {NULL, NULL, 0, 0};
  if (gibbs_value_kind_of(*whole) == GIBBS_VALUE_MAP && gibbs_value_kind_of(more) == GIBBS_VALUE_MAP)
    return join_items(*whole, more, &root, err);
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "it holds %s, and %s cannot be appended",
                    gibbs_value_kind_text(gibbs_value_kind_of(*whole)),
                    gibbs_value_kind_text(gibbs_value_kind_of(more)));
}

static gibbs_status join_json(gibbs_value **whole, const gibbs_value *more, gibbs_error *err) {
  if (gibbs_value_kind_of(*whole) == GIBBS_VALUE_LIST && gibbs_value_kind_of(more) == GIBBS_VALUE_LIST)
    return append_series(*whole, more, err);
  return join_maps(whole, more, err);
}

/* ---- files ------------------------------------------------------------------------------------------------ */

static joining *joining_of(const char *path, const gibbs_value *whole) {
  if (gibbs_path_ends(path, ".csv")) return join_csv;
  if (gibbs_path_ends(path, ".json")) return join_json;
  return gibbs_value_as_tensor(whole) ? join_tensors : join_maps;
}

/* Checkpoints and models are sealed as they are. */
static gibbs_status check_seal(const char *path, gibbs_error *err) {
  if (!gibbs_seal_begins(&gibbs_seal_of_checkpoint, path) && !gibbs_seal_begins(&gibbs_seal_of_model, path))
    return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "it is a checkpoint or a model, which is sealed as it is");
}

gibbs_status gibbs_file_append(const char *path, const gibbs_value *value, gibbs_error *err) {
  gibbs_value *whole = NULL;
  const char *place = gibbs_file_access_place(path, GIBBS_FILE_READ);
  if (access(place, F_OK) != 0) return gibbs_file_write(path, value, err);
  gibbs_status status = gibbs_file_read(path, &whole, err);
  if (status != GIBBS_OK) return status;
  status = check_seal(place, err);
  if (status == GIBBS_OK) status = joining_of(path, whole)(&whole, value, err);
  if (status != GIBBS_OK) {
    char named[180];
    snprintf(named, sizeof named, "'%s'", gibbs_path_tail(path));
    gibbs_error_prefix(err, named);
  } else {
    status = gibbs_file_write(path, whole, err);
  }
  gibbs_value_free(whole);
  return status;
}
