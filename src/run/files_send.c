/* files_send.c - values through a pipe: kind, then content, in the memory layout that both ends share. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "files_apart.h"

#include <stdlib.h>
#include <string.h>

static void send_bytes(FILE *stream, const void *bytes, size_t size) {
  fwrite(&size, sizeof size, 1, stream);
  fwrite(bytes, 1, size, stream);
}

static void send_tensor(FILE *stream, const gibbs_tensor *tensor) {
  fwrite(gibbs_tensor_shape(tensor), sizeof(gibbs_shape), 1, stream);
  fwrite(gibbs_tensor_values(tensor), sizeof(double), gibbs_tensor_size(tensor), stream);
}

static void send_children(FILE *stream, const gibbs_value *value) {
  size_t count = gibbs_value_count(value);
  fwrite(&count, sizeof count, 1, stream);
  for (size_t i = 0; i < count; i++) {
    const char *name = gibbs_value_name(value, i);
    if (name) send_bytes(stream, name, strlen(name));
    gibbs_value_send(stream, gibbs_value_item(value, i));
  }
}

void gibbs_value_send(FILE *stream, const gibbs_value *value) {
  gibbs_value_kind kind = gibbs_value_kind_of(value);
  size_t length = 0;
  const char *text = gibbs_value_as_string(value, &length);
  double number = kind == GIBBS_VALUE_BOOL ? gibbs_value_as_bool(value) : gibbs_value_as_number(value);
  fwrite(&kind, sizeof kind, 1, stream);
  if (kind == GIBBS_VALUE_STRING)
    send_bytes(stream, text, length);
  else if (kind == GIBBS_VALUE_TENSOR)
    send_tensor(stream, gibbs_value_as_tensor(value));
  else if (kind == GIBBS_VALUE_LIST || kind == GIBBS_VALUE_MAP)
    send_children(stream, value);
  else
    fwrite(&number, sizeof number, 1, stream);
}

static gibbs_status fail_broken(gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "what was read did not arrive whole");
}

/* The result ends in NUL and is freed by the caller. */
static char *receive_bytes(FILE *stream, size_t *size) {
  if (fread(size, sizeof *size, 1, stream) != 1 || *size == SIZE_MAX) return NULL;
  char *bytes = malloc(*size + 1);
  if (bytes && fread(bytes, 1, *size, stream) == *size) {
    bytes[*size] = '\0';
    return bytes;
  }
  free(bytes);
  return NULL;
}

static gibbs_value *receive_string(FILE *stream) {
  size_t length;
  char *bytes = receive_bytes(stream, &length);
  gibbs_value *value = bytes ? gibbs_value_string(bytes, length) : NULL;
  free(bytes);
  return value;
}

static gibbs_value *receive_tensor(FILE *stream) {
  gibbs_shape shape;
  gibbs_tensor *tensor;
  if (fread(&shape, sizeof shape, 1, stream) != 1 || gibbs_shape_check(&shape, NULL) != GIBBS_OK ||
      gibbs_tensor_new(&shape, &tensor, NULL) != GIBBS_OK)
    return NULL;
  size_t size = gibbs_tensor_size(tensor);
  bool whole = fread(gibbs_tensor_data(tensor), sizeof(double), size, stream) == size;
  gibbs_value *value = whole ? gibbs_value_tensor(tensor) : NULL;
  gibbs_tensor_release(tensor);
  return value;
}

static gibbs_value *receive(FILE *stream, size_t depth);

static gibbs_status receive_child(FILE *stream, gibbs_value *value, size_t depth) {
  if (gibbs_value_kind_of(value) == GIBBS_VALUE_LIST) return gibbs_value_append(value, receive(stream, depth), NULL);
  size_t length;
  char *name = receive_bytes(stream, &length);
  if (!name) return GIBBS_ERR_FILE;
  gibbs_status status = gibbs_value_set(value, name, receive(stream, depth), NULL);
  free(name);
  return status;
}

static gibbs_value *receive_children(FILE *stream, gibbs_value *value, size_t depth) {
  size_t count = 0;
  gibbs_status status = value && fread(&count, sizeof count, 1, stream) == 1 ? GIBBS_OK : GIBBS_ERR_FILE;
  for (size_t i = 0; i < count && status == GIBBS_OK; i++) status = receive_child(stream, value, depth + 1);
  if (status == GIBBS_OK) return value;
  gibbs_value_free(value);
  return NULL;
}

static gibbs_value *receive(FILE *stream, size_t depth) {
  gibbs_value_kind kind;
  double number;
  if (depth > GIBBS_VALUE_MAX_DEPTH + 1 || fread(&kind, sizeof kind, 1, stream) != 1) return NULL;
  if (kind == GIBBS_VALUE_STRING) return receive_string(stream);
  if (kind == GIBBS_VALUE_TENSOR) return receive_tensor(stream);
  if (kind == GIBBS_VALUE_LIST) return receive_children(stream, gibbs_value_list(), depth);
  if (kind == GIBBS_VALUE_MAP) return receive_children(stream, gibbs_value_map(), depth);
  if (fread(&number, sizeof number, 1, stream) != 1) return NULL;
  if (kind == GIBBS_VALUE_NUMBER) return gibbs_value_number(number);
  return kind == GIBBS_VALUE_BOOL ? gibbs_value_bool(number != 0) : gibbs_value_null();
}

gibbs_status gibbs_value_receive(FILE *stream, gibbs_value **out, gibbs_error *err) {
  gibbs_value *value = receive(stream, 0);
  if (!value) return fail_broken(err);
  *out = value;
  return GIBBS_OK;
}
