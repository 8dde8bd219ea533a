/* files_json_write.c - values as JSON text. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "files_format.h"

/* The length of the UTF-8 character at `bytes`, or 0; overlong forms and surrogates are left to who reads them. */
static size_t character_length(const unsigned char *bytes, size_t left) {
  unsigned char first = *bytes;
  size_t length = first < 0x80 ? 1 : first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (first >= 0xF5 || length > left) return 0;
  for (size_t i = 1; i < length; i++)
    if ((bytes[i] & 0xC0) != 0x80) return 0;
  return length;
}

static bool is_text(const char *bytes, size_t length) {
  for (size_t i = 0; i < length;) {
    size_t step = character_length((const unsigned char *)bytes + i, length - i);
    if (step == 0 || bytes[i] == '\0') return false;
    i += step;
  }
  return true;
}

static gibbs_status fail_here(const gibbs_place *place, gibbs_status code, const char *what, gibbs_error *err) {
  char where[gibbs_place_size];
  return gibbs_fail(err, code, "%s %s", gibbs_place_print(place, where), what);
}

/* cJSON itself would print a double to 15 digits and accept what differs in the last bit.  -0 is written as a
 * fraction, for readers take it for an integer otherwise, which has no sign. */
static cJSON *make_number(double number, const gibbs_place *place, gibbs_status *status, gibbs_error *err) {
  char text[gibbs_number_size], what[80];
  gibbs_number_print(number, text);
  if (isfinite(number)) return cJSON_CreateRaw(number == 0 && signbit(number) ? "-0.0" : text);
  snprintf(what, sizeof what, "is %s, which JSON cannot hold", text);
  *status = fail_here(place, GIBBS_ERR_NUMERIC, what, err);
  return NULL;
}

static cJSON *make_tensor(const gibbs_tensor *tensor, size_t axis, size_t offset, const gibbs_place *place,
                          gibbs_status *status, gibbs_error *err) {
  const gibbs_shape *shape = gibbs_tensor_shape(tensor);
  if (axis == shape->rank) return make_number(gibbs_tensor_values(tensor)[offset], place, status, err);
  cJSON *array = cJSON_CreateArray();
  size_t stride = gibbs_tensor_stride(tensor, axis);
  for (size_t i = 0; array && i < shape->extent[axis]; i++) {
    gibbs_place below = {place, NULL, i, place->depth + 1};
    cJSON *item = make_tensor(tensor, axis + 1, offset + i * stride, &below, status, err);
    if (item && cJSON_AddItemToArray(array, item)) continue;
    cJSON_Delete(array);
    return NULL;
  }
  return array;
}

static cJSON *make(const gibbs_value *value, const gibbs_place *place, gibbs_status *status, gibbs_error *err);

static cJSON *make_children(const gibbs_value *value, const gibbs_place *place, gibbs_status *status,
                            gibbs_error *err) {
  bool named = gibbs_value_kind_of(value) == GIBBS_VALUE_MAP;
  if (place->depth >= GIBBS_VALUE_MAX_DEPTH) {
    *status = gibbs_fail_depth(err, place);
    return NULL;
  }
  cJSON *node = named ? cJSON_CreateObject() : cJSON_CreateArray();
  for (size_t i = 0; node && i < gibbs_value_count(value); i++) {
    gibbs_place below = gibbs_place_below(place, value, i);
    if (named && !is_text(below.name, strlen(below.name)))
      *status = fail_here(place, GIBBS_ERR_UNSUPPORTED, "has a name that is not UTF-8 text", err);
    cJSON *item = *status == GIBBS_OK ? make(gibbs_value_item(value, i), &below, status, err) : NULL;
    if (item && (named ? cJSON_AddItemToObject(node, below.name, item) : cJSON_AddItemToArray(node, item))) continue;
    cJSON_Delete(node);
    return NULL;
  }
  return node;
}

static cJSON *make_string(const gibbs_value *value, const gibbs_place *place, gibbs_status *status,
                          gibbs_error *err) {
  size_t length;
  const char *bytes = gibbs_value_as_string(value, &length);
  if (is_text(bytes, length)) return cJSON_CreateString(bytes);
  *status = fail_here(place, GIBBS_ERR_UNSUPPORTED, "is a string that is not UTF-8 text", err);
  return NULL;
}

/* NULL with *status still GIBBS_OK means that memory ran out. */
static cJSON *make(const gibbs_value *value, const gibbs_place *place, gibbs_status *status, gibbs_error *err) {
  switch (gibbs_value_kind_of(value)) {
  case GIBBS_VALUE_NULL:
    return cJSON_CreateNull();
  case GIBBS_VALUE_BOOL:
    return cJSON_CreateBool(gibbs_value_as_bool(value));
  case GIBBS_VALUE_NUMBER:
    return make_number(gibbs_value_as_number(value), place, status, err);
  case GIBBS_VALUE_STRING:
    return make_string(value, place, status, err);
  case GIBBS_VALUE_TENSOR:
    return make_tensor(gibbs_value_as_tensor(value), 0, 0, place, status, err);
  default:
    return make_children(value, place, status, err);
  }
}

gibbs_status gibbs_json_write(const gibbs_output *out, const gibbs_value *value, gibbs_error *err) {
  gibbs_place place = {NULL, NULL, 0, 0};
  gibbs_status status = GIBBS_OK;
  cJSON *root = make(value, &place, &status, err);
  char *text = root ? cJSON_Print(root) : NULL;
  cJSON_Delete(root);
  if (!text) return status == GIBBS_OK ? gibbs_fail_memory(err, "JSON text", sizeof(void *)) : status;
  fprintf(out->stream, "%s\n", text); /* a failed write is found when the file is closed */
  cJSON_free(text);
  return GIBBS_OK;
}
