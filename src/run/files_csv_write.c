/* files_csv_write.c - columns, rows or a matrix as comma-separated text (RFC 4180, lines end in LF). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files_format.h"

/* What is written: `series` are columns, or rows, each a list or a tensor of one axis; or one matrix. */
typedef struct csv_table {
  const gibbs_value **series;
  const gibbs_value **name; /* strings, or NULL for no header */
  gibbs_tensor *matrix;
  size_t rows, columns;
  bool by_row;
} csv_table;

static gibbs_status fail_value(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                    "%s; a CSV file holds a matrix, named columns of one length, or header and rows", what);
}

static size_t series_length(const gibbs_value *series) {
  gibbs_tensor *tensor = gibbs_value_as_tensor(series);
  return tensor ? gibbs_tensor_size(tensor) : gibbs_value_count(series);
}

static bool is_series(const gibbs_value *value) {
  gibbs_tensor *tensor = gibbs_value_as_tensor(value);
  return tensor ? gibbs_tensor_shape(tensor)->rank == 1 : gibbs_value_kind_of(value) == GIBBS_VALUE_LIST;
}

/* A number that is a string in the value comes back as a string because it is quoted; so does an empty one, and NA.
 */
static void put_string(FILE *stream, const char *text, size_t length) {
  double number;
  bool plain = length > 0 && !memchr(text, ',', length) && !memchr(text, '"', length) &&
               !memchr(text, '\n', length) && !memchr(text, '\r', length) &&
               !gibbs_number_parse(text, length, &number) && !gibbs_csv_missing(text, length);
  if (plain) {
    fwrite(text, 1, length, stream);
    return;
  }
  putc('"', stream);
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"') putc('"', stream);
    putc(text[i], stream);
  }
  putc('"', stream);
}

static void put_number(FILE *stream, double number) {
  char text[gibbs_number_size];
  fwrite(text, 1, gibbs_number_print(number, text), stream);
}

/* False for what a field cannot hold. */
static bool put_value(FILE *stream, const gibbs_value *value) {
  size_t length = 0;
  const char *text = gibbs_value_as_string(value, &length);
  switch (gibbs_value_kind_of(value)) {
  case GIBBS_VALUE_NULL:
    return true;
  case GIBBS_VALUE_BOOL:
    fputs(gibbs_value_as_bool(value) ? "true" : "false", stream);
    return true;
  case GIBBS_VALUE_NUMBER:
    put_number(stream, gibbs_value_as_number(value));
    return true;
  case GIBBS_VALUE_STRING:
    put_string(stream, text, length);
    return true;
  default:
    return false;
  }
}

static bool put_cell(FILE *stream, const csv_table *table, size_t row, size_t column) {
  if (table->matrix) {
    put_number(stream, gibbs_tensor_values(table->matrix)[row * table->columns + column]);
    return true;
  }
  const gibbs_value *series = table->series[table->by_row ? row : column];
  size_t i = table->by_row ? column : row;
  gibbs_tensor *tensor = gibbs_value_as_tensor(series);
  if (!tensor) return put_value(stream, gibbs_value_item(series, i));
  put_number(stream, gibbs_tensor_values(tensor)[i]);
  return true;
}

static gibbs_status put_table(FILE *stream, const csv_table *table, gibbs_error *err) {
  for (size_t c = 0; table->name && c < table->columns; c++) {
    if (c > 0) putc(',', stream);
    put_value(stream, table->name[c]);
  }
  if (table->name) putc('\n', stream);
  for (size_t r = 0; r < table->rows; r++) {
    for (size_t c = 0; c < table->columns; c++) {
      if (c > 0) putc(',', stream);
      if (put_cell(stream, table, r, c)) continue;
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "row %zu, column %zu is neither a number, a string nor a boolean",
                        r + 1, c + 1);
    }
    putc('\n', stream);
  }
  return GIBBS_OK;
}

static gibbs_status allocate_table(csv_table *table, size_t series, size_t names, gibbs_error *err) {
  table->series = calloc(series + 1, sizeof *table->series);
  table->name = names > 0 ? calloc(names, sizeof *table->name) : NULL;
  if (table->series && (table->name || names == 0)) return GIBBS_OK;
  return gibbs_fail_memory(err, "columns", (series + names) * sizeof(void *));
}

static gibbs_status check_names(const gibbs_value *names, gibbs_error *err) {
  size_t count = gibbs_value_count(names);
  if (gibbs_value_kind_of(names) != GIBBS_VALUE_LIST || count == 0) return fail_value(err, "no column has a name");
  for (size_t i = 0; i < count; i++) {
    size_t length = 0;
    const char *text = gibbs_value_as_string(gibbs_value_item(names, i), &length);
    if (!text || length == 0 || strlen(text) != length)
      return fail_value(err, "the name of a column is not a string of at least one character");
  }
  return GIBBS_OK;
}

/* { header = { "K", "F" }, rows = { { 0.1, 2 }, ... } } */
static gibbs_status table_of_rows(const gibbs_value *names, const gibbs_value *rows, csv_table *out,
                                  gibbs_error *err) {
  gibbs_tensor *matrix = gibbs_value_as_tensor(rows);
  gibbs_status status = check_names(names, err);
  if (status != GIBBS_OK) return status;
  size_t columns = gibbs_value_count(names), count = gibbs_value_count(rows);
  if (matrix && gibbs_tensor_shape(matrix)->rank != 2) return fail_value(err, "'rows' is not a matrix");
  if (!matrix && gibbs_value_kind_of(rows) != GIBBS_VALUE_LIST) return fail_value(err, "'rows' is not a list");
  status = allocate_table(out, count, columns, err);
  if (status != GIBBS_OK) return status;
  for (size_t c = 0; c < columns; c++) out->name[c] = gibbs_value_item(names, c);
  for (size_t r = 0; r < count; r++) {
    out->series[r] = gibbs_value_item(rows, r);
    size_t length = is_series(out->series[r]) ? series_length(out->series[r]) : 0;
    if (length != columns)
      return gibbs_fail(err, GIBBS_ERR_SHAPE, "row %zu has %zu values for %zu columns", r + 1, length, columns);
  }
  if (matrix && gibbs_tensor_shape(matrix)->extent[1] != columns)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "'rows' has %zu columns and 'header' %zu names",
                      gibbs_tensor_shape(matrix)->extent[1], columns);
  out->matrix = matrix ? gibbs_tensor_retain(matrix) : NULL;
  out->rows = matrix ? gibbs_tensor_shape(matrix)->extent[0] : count;
  out->columns = columns;
  out->by_row = true;
  return GIBBS_OK;
}

static gibbs_status add_column(const gibbs_value *name, const gibbs_value *series, csv_table *out, gibbs_error *err) {
  const char *text = gibbs_value_as_string(name, NULL);
  if (!series) return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "'columns' names '%.60s', which is not there", text);
  if (!is_series(series))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "column '%.60s' is neither a list nor a tensor of one axis", text);
  size_t length = series_length(series);
  if (out->columns > 0 && length != out->rows)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "column '%.60s' has %zu values and column '%.60s' %zu", text, length,
                      gibbs_value_as_string(out->name[0], NULL), out->rows);
  out->rows = length;
  out->name[out->columns] = name;
  out->series[out->columns++] = series;
  return GIBBS_OK;
}

/* Every item of the map is a column, and "columns" only orders them: nothing is left out silently. */
static gibbs_status table_of_columns(const gibbs_value *value, const gibbs_value *names, csv_table *out,
                                     gibbs_error *err) {
  gibbs_status status = check_names(names, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_value_count(names), others = gibbs_value_get(value, "columns") ? 1 : 0;
  if (count + others != gibbs_value_count(value))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "'columns' has %zu names, and the table %zu columns", count,
                      gibbs_value_count(value) - others);
  status = allocate_table(out, count, count, err);
  for (size_t c = 0; c < count && status == GIBBS_OK; c++) {
    const gibbs_value *name = gibbs_value_item(names, c);
    status = add_column(name, gibbs_value_get(value, gibbs_value_as_string(name, NULL)), out, err);
  }
  return status;
}

static gibbs_status names_of_map(const gibbs_value *map, gibbs_value **out, gibbs_error *err) {
  gibbs_value *names = gibbs_value_list();
  if (!names) return gibbs_fail_memory(err, "names", sizeof(void *));
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < gibbs_value_count(map) && status == GIBBS_OK; i++) {
    const char *name = gibbs_value_name(map, i);
    status = gibbs_value_append(names, gibbs_value_string(name, strlen(name)), err);
  }
  if (status == GIBBS_OK)
    *out = names;
  else
    gibbs_value_free(names);
  return status;
}

/* `own` holds names that were made, and is the caller's to free; so is the table, also after a failure. */
static gibbs_status table_of_map(const gibbs_value *value, csv_table *out, gibbs_value **own, gibbs_error *err) {
  const gibbs_value *names = gibbs_value_get(value, "columns"), *header = gibbs_value_get(value, "header"),
                    *rows = gibbs_value_get(value, "rows");
  if (!names && header && rows && gibbs_value_count(value) == 2) return table_of_rows(header, rows, out, err);
  gibbs_status status = names ? GIBBS_OK : names_of_map(value, own, err);
  return status == GIBBS_OK ? table_of_columns(value, names ? names : *own, out, err) : status;
}

static void clear_table(csv_table *table, gibbs_value *own) {
  gibbs_tensor_release(table->matrix);
  free(table->series);
  free(table->name);
  gibbs_value_free(own);
}

static gibbs_status put_map(FILE *stream, const gibbs_value *value, gibbs_error *err) {
  csv_table table = {0};
  gibbs_value *own = NULL;
  gibbs_status status = table_of_map(value, &table, &own, err);
  if (status == GIBBS_OK) status = put_table(stream, &table, err);
  clear_table(&table, own);
  return status;
}

static gibbs_value *make_cell(const csv_table *table, size_t row, size_t column) {
  if (table->matrix) return gibbs_value_number(gibbs_tensor_values(table->matrix)[row * table->columns + column]);
  const gibbs_value *series = table->series[table->by_row ? row : column];
  size_t i = table->by_row ? column : row;
  gibbs_tensor *tensor = gibbs_value_as_tensor(series);
  return tensor ? gibbs_value_number(gibbs_tensor_values(tensor)[i]) : gibbs_value_copy(gibbs_value_item(series, i));
}

static gibbs_status fill_map(const csv_table *table, gibbs_value *map, gibbs_error *err) {
  gibbs_value *names = gibbs_value_list();
  gibbs_status status = gibbs_value_set(map, "columns", names, err);
  for (size_t c = 0; c < table->columns && status == GIBBS_OK; c++) {
    gibbs_value *column = gibbs_value_list();
    status = gibbs_value_append(names, gibbs_value_copy(table->name[c]), err);
    if (status == GIBBS_OK)
      status = gibbs_value_set(map, gibbs_value_as_string(table->name[c], NULL), column, err);
    else
      gibbs_value_free(column);
    for (size_t r = 0; r < table->rows && status == GIBBS_OK; r++)
      status = gibbs_value_append(column, make_cell(table, r, c), err);
  }
  return status;
}

gibbs_status gibbs_csv_columns(const gibbs_value *map, gibbs_value **out, gibbs_error *err) {
  csv_table table = {0};
  gibbs_value *own = NULL, *columns = gibbs_value_map();
  if (!columns) return gibbs_fail_memory(err, "a table", sizeof(void *));
  gibbs_status status = table_of_map(map, &table, &own, err);
  if (status == GIBBS_OK) status = fill_map(&table, columns, err);
  clear_table(&table, own);
  if (status == GIBBS_OK)
    *out = columns;
  else
    gibbs_value_free(columns);
  return status;
}

static gibbs_status put_matrix(FILE *stream, const gibbs_value *value, gibbs_error *err) {
  csv_table table = {0};
  gibbs_status status = gibbs_value_to_tensor(value, &table.matrix, err);
  if (status != GIBBS_OK) return status;
  const gibbs_shape *shape = gibbs_tensor_shape(table.matrix);
  if (shape->rank == 0 || shape->rank > 2) {
    char text[160], what[220];
    snprintf(what, sizeof what, "the tensor has shape %s", gibbs_shape_print(shape, text, sizeof text));
    status = fail_value(err, what);
  } else {
    table.rows = shape->extent[0];
    table.columns = shape->rank == 2 ? shape->extent[1] : 1;
    status = put_table(stream, &table, err);
  }
  gibbs_tensor_release(table.matrix);
  return status;
}

gibbs_status gibbs_csv_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  if (gibbs_value_kind_of(value) == GIBBS_VALUE_MAP) return put_map(out->stream, value, err);
  return put_matrix(out->stream, value, err);
}
