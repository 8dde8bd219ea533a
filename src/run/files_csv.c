/* files_csv.c - comma-separated text (RFC 4180) into columns or a matrix. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "files_gzip.h"

typedef struct csv_field {
  const char *text;  /* unquoted in place */
  size_t length, at; /* `at`: where it begins in the file */
  bool quoted;
} csv_field;

/* All fields, row after row; every row has `columns` of them. */
typedef struct csv_sheet {
  csv_field *field;
  size_t count, capacity, columns;
} csv_sheet;

static gibbs_status add_field(csv_sheet *sheet, csv_field field, gibbs_error *err) {
  if (sheet->count == sheet->capacity) {
    size_t capacity = 2 * sheet->capacity + 64;
    void *grown = capacity > SIZE_MAX / sizeof field ? NULL : realloc(sheet->field, capacity * sizeof field);
    if (!grown) return gibbs_fail_memory(err, "the fields", capacity);
    sheet->field = grown;
    sheet->capacity = capacity;
  }
  sheet->field[sheet->count++] = field;
  return GIBBS_OK;
}

/* *at is the opening quote; afterwards the byte behind the closing one. Doubled quotes are halved in place, which
 * moves text to the left within the field only. */
static gibbs_status take_quoted(const gibbs_bytes *text, size_t *at, csv_field *out, gibbs_error *err) {
  char *data = (char *)text->data;
  size_t start = *at, read = start + 1, write = read;
  while (read < text->size && (data[read] != '"' || data[read + 1] == '"')) {
    if (data[read] == '"') read++;
    data[write++] = data[read++];
  }
  if (read >= text->size) return gibbs_fail_at(err, text, start, "this quote is not closed");
  memset(data + write, '"', read - write); /* no line end is left twice: messages count lines */
  *out = (csv_field){data + start + 1, write - start - 1, start, true};
  *at = read + 1;
  return GIBBS_OK;
}

static bool ends_field(unsigned char byte) {
  return byte == ',' || byte == '\n' || byte == '\r' || byte == '\0';
}

static gibbs_status take_field(const gibbs_bytes *text, size_t *at, csv_field *out, gibbs_error *err) {
  size_t start = *at;
  if (text->data[start] == '"') return take_quoted(text, at, out, err);
  while (*at < text->size && !ends_field(text->data[*at])) {
    if (text->data[*at] == '"')
      return gibbs_fail_at(err, text, *at, "a quote inside a field that does not begin with one");
    ++*at;
  }
  *out = (csv_field){(const char *)text->data + start, *at - start, start, false};
  return GIBBS_OK;
}

static bool at_line_end(const gibbs_bytes *text, size_t at) {
  return at >= text->size || text->data[at] == '\n' || (text->data[at] == '\r' && text->data[at + 1] == '\n');
}

static gibbs_status take_row(const gibbs_bytes *text, size_t *at, csv_sheet *out, gibbs_error *err) {
  size_t start = *at, before = out->count;
  for (;; ++*at) {
    csv_field field = {0};
    gibbs_status status = take_field(text, at, &field, err);
    if (status == GIBBS_OK) status = add_field(out, field, err);
    if (status != GIBBS_OK) return status;
    if (at_line_end(text, *at)) break;
    if (text->data[*at] != ',') return gibbs_fail_at(err, text, *at, "expected ',' or the end of the line");
  }
  size_t width = out->count - before;
  if (out->columns == 0) out->columns = width;
  if (width == out->columns) return GIBBS_OK;
  char what[100];
  snprintf(what, sizeof what, "this row has %zu fields, but the first row has %zu", width, out->columns);
  return gibbs_fail_at(err, text, start, what);
}

/* Empty lines are no rows. */
static gibbs_status take_rows(const gibbs_bytes *text, csv_sheet *out, gibbs_error *err) {
  size_t at = text->size >= 3 && memcmp(text->data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
  gibbs_status status = GIBBS_OK;
  while (at < text->size && status == GIBBS_OK) {
    if (!at_line_end(text, at)) status = take_row(text, &at, out, err);
    if (status == GIBBS_OK && at < text->size) at += text->data[at] == '\r' ? 2 : 1;
  }
  if (status == GIBBS_OK && out->count == 0) status = gibbs_fail(err, GIBBS_ERR_FILE, "the file has no rows");
  return status;
}

/* An empty field, and NA as R writes it. */
bool gibbs_csv_missing(const char *text, size_t length) {
  return length == 0 || (length == 2 && memcmp(text, "NA", 2) == 0);
}

static bool is_missing(const csv_field *field) {
  return !field->quoted && gibbs_csv_missing(field->text, field->length);
}

static bool field_number(const csv_field *field, double *out) {
  if (field->quoted) return false;
  if (!is_missing(field)) return gibbs_number_parse(field->text, field->length, out);
  *out = (double)NAN;
  return true;
}

static gibbs_status read_matrix(const gibbs_bytes *text, const csv_sheet *sheet, gibbs_value **out,
                                gibbs_error *err) {
  gibbs_shape shape = gibbs_shape_matrix(sheet->count / sheet->columns, sheet->columns);
  gibbs_tensor *tensor;
  gibbs_status status = gibbs_tensor_new(&shape, &tensor, err);
  if (status != GIBBS_OK) return status;
  for (size_t i = 0; i < sheet->count && status == GIBBS_OK; i++)
    if (!field_number(&sheet->field[i], &gibbs_tensor_data(tensor)[i]))
      status =
          gibbs_fail_at(err, text, sheet->field[i].at,
                        "not a number; a file whose first row is all numbers is a matrix, other columns need names");
  if (status == GIBBS_OK && !(*out = gibbs_value_tensor(tensor)))
    status = gibbs_fail_memory(err, "a value", sizeof(void *));
  gibbs_tensor_release(tensor);
  return status;
}

/* A column of nothing but missing values has no numbers in it. */
static bool is_numeric(const csv_sheet *sheet, size_t column) {
  bool any = false;
  for (size_t i = sheet->columns + column; i < sheet->count; i += sheet->columns) {
    double number;
    if (!field_number(&sheet->field[i], &number)) return false;
    any = any || !is_missing(&sheet->field[i]);
  }
  return any;
}

static gibbs_status read_column(const csv_sheet *sheet, size_t column, gibbs_value *list, gibbs_error *err) {
  bool numeric = is_numeric(sheet, column);
  gibbs_status status = GIBBS_OK;
  for (size_t i = sheet->columns + column; i < sheet->count && status == GIBBS_OK; i += sheet->columns) {
    const csv_field *field = &sheet->field[i];
    double number = 0;
    gibbs_value *item = numeric && field_number(field, &number) ? gibbs_value_number(number)
                                                                : gibbs_value_string(field->text, field->length);
    status = gibbs_value_append(list, item, err);
  }
  return status;
}

static gibbs_status check_header(const gibbs_bytes *text, const csv_field *name, gibbs_error *err) {
  if (name->length == 0) return gibbs_fail_at(err, text, name->at, "this column has no name");
  if (memchr(name->text, '\0', name->length)) return gibbs_fail_at(err, text, name->at, "a zero byte in a name");
  if (name->length == 7 && memcmp(name->text, "columns", 7) == 0)
    return gibbs_fail_at(err, text, name->at,
                         "a column may not be called 'columns', which lists the names; rename it");
  return GIBBS_OK;
}

/* `value` and `names` are in place already and freed by the caller, the names as part of the value. */
static gibbs_status fill_columns(const gibbs_bytes *text, const csv_sheet *sheet, gibbs_value *value,
                                 gibbs_value *names, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t c = 0; c < sheet->columns && status == GIBBS_OK; c++) {
    const csv_field *header = &sheet->field[c];
    status = check_header(text, header, err);
    if (status != GIBBS_OK) break;
    gibbs_value *name = gibbs_value_string(header->text, header->length), *list = gibbs_value_list();
    status = gibbs_value_append(names, name, err);
    if (status != GIBBS_OK || !list) {
      gibbs_value_free(list);
      return status != GIBBS_OK ? status : gibbs_fail_memory(err, "a value", sizeof(void *));
    }
    status = gibbs_value_set(value, gibbs_value_as_string(name, NULL), list, err);
    if (status == GIBBS_OK) status = read_column(sheet, c, list, err);
  }
  return status == GIBBS_OK ? gibbs_value_check_names(value, err) : status;
}

static gibbs_status read_columns(const gibbs_bytes *text, const csv_sheet *sheet, gibbs_value **out,
                                 gibbs_error *err) {
  gibbs_value *value = gibbs_value_map(), *names = gibbs_value_list();
  if (!value) {
    gibbs_value_free(names);
    return gibbs_fail_memory(err, "a value", sizeof(void *));
  }
  gibbs_status status = gibbs_value_set(value, "columns", names, err);
  if (status == GIBBS_OK) status = fill_columns(text, sheet, value, names, err);
  if (status == GIBBS_OK)
    *out = value;
  else
    gibbs_value_free(value);
  return status;
}

static bool begins_with_numbers(const csv_sheet *sheet) {
  double number;
  for (size_t c = 0; c < sheet->columns; c++)
    if (is_missing(&sheet->field[c]) || !field_number(&sheet->field[c], &number)) return false;
  return true;
}

gibbs_status gibbs_csv_read(const char *path, gibbs_value **out, gibbs_error *err) {
  gibbs_bytes text;
  gibbs_status status = gibbs_text_load(path, &text, err);
  if (status != GIBBS_OK) return status;
  csv_sheet sheet = {NULL, 0, 0, 0};
  status = take_rows(&text, &sheet, err);
  if (status == GIBBS_OK)
    status =
        begins_with_numbers(&sheet) ? read_matrix(&text, &sheet, out, err) : read_columns(&text, &sheet, out, err);
  free(sheet.field);
  gibbs_bytes_free(&text);
  return status;
}
