/* files_value.c - the tree of plain data that files are read into and written from. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "files_format.h"

typedef struct child_list {
  gibbs_value **item;
  char **name; /* maps only */
  size_t count, capacity;
} child_list;

struct gibbs_value {
  gibbs_value_kind kind;
  union {
    bool truth;
    double number;
    struct {
      char *bytes;
      size_t length;
    } string;
    gibbs_tensor *tensor;
    child_list children;
  } as;
};

static gibbs_value *make(gibbs_value_kind kind) {
  gibbs_value *value = calloc(1, sizeof *value);
  if (value) value->kind = kind;
  return value;
}

gibbs_value *gibbs_value_null(void) {
  return make(GIBBS_VALUE_NULL);
}
gibbs_value *gibbs_value_list(void) {
  return make(GIBBS_VALUE_LIST);
}
gibbs_value *gibbs_value_map(void) {
  return make(GIBBS_VALUE_MAP);
}

gibbs_value *gibbs_value_bool(bool truth) {
  gibbs_value *value = make(GIBBS_VALUE_BOOL);
  if (value) value->as.truth = truth;
  return value;
}

gibbs_value *gibbs_value_number(double number) {
  gibbs_value *value = make(GIBBS_VALUE_NUMBER);
  if (value) value->as.number = number;
  return value;
}

gibbs_value *gibbs_value_string(const char *bytes, size_t length) {
  if (length == SIZE_MAX) return NULL;
  gibbs_value *value = make(GIBBS_VALUE_STRING);
  char *copy = malloc(length + 1);
  if (!value || !copy) {
    free(value);
    free(copy);
    return NULL;
  }
  if (length > 0) memcpy(copy, bytes, length);
  copy[length] = '\0';
  value->as.string.bytes = copy;
  value->as.string.length = length;
  return value;
}

gibbs_value *gibbs_value_tensor(gibbs_tensor *tensor) {
  gibbs_value *value = make(GIBBS_VALUE_TENSOR);
  if (value) value->as.tensor = gibbs_tensor_retain(tensor);
  return value;
}

static bool has_children(const gibbs_value *value) {
  return value->kind == GIBBS_VALUE_LIST || value->kind == GIBBS_VALUE_MAP;
}

static void free_children(child_list *children) {
  for (size_t i = 0; i < children->count; i++) {
    gibbs_value_free(children->item[i]);
    if (children->name) free(children->name[i]);
  }
  free(children->item);
  free(children->name);
}

void gibbs_value_free(gibbs_value *value) {
  if (!value) return;
  if (has_children(value)) free_children(&value->as.children);
  if (value->kind == GIBBS_VALUE_STRING) free(value->as.string.bytes);
  if (value->kind == GIBBS_VALUE_TENSOR) gibbs_tensor_release(value->as.tensor);
  free(value);
}

static bool grow(child_list *children, bool named) {
  if (children->count < children->capacity) return true;
  if (children->capacity > SIZE_MAX / (2 * sizeof(void *)) - 4) return false;
  size_t capacity = 2 * children->capacity + 4;
  gibbs_value **item = realloc(children->item, capacity * sizeof *item);
  if (!item) return false;
  children->item = item;
  if (named) {
    char **name = realloc(children->name, capacity * sizeof *name);
    if (!name) return false;
    children->name = name;
  }
  children->capacity = capacity;
  return true;
}

static gibbs_status add(gibbs_value *value, char *name, gibbs_value *item, gibbs_error *err) {
  child_list *children = &value->as.children;
  bool named = value->kind == GIBBS_VALUE_MAP;
  if (!item || (named && !name) || !grow(children, named)) {
    gibbs_value_free(item);
    free(name);
    return gibbs_fail_memory(err, "a value", sizeof *value);
  }
  if (named) children->name[children->count] = name;
  children->item[children->count++] = item;
  return GIBBS_OK;
}

static gibbs_status refuse_kind(gibbs_value *item, const char *expected, const gibbs_value *got, gibbs_error *err) {
  gibbs_value_free(item);
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%s expected, got %s", expected, gibbs_value_kind_text(got->kind));
}

gibbs_status gibbs_value_append(gibbs_value *value, gibbs_value *item, gibbs_error *err) {
  if (value->kind != GIBBS_VALUE_LIST) return refuse_kind(item, "a list", value, err);
  return add(value, NULL, item, err);
}

gibbs_status gibbs_value_set(gibbs_value *value, const char *name, gibbs_value *item, gibbs_error *err) {
  if (value->kind != GIBBS_VALUE_MAP) return refuse_kind(item, "a table of names", value, err);
  return add(value, strdup(name), item, err);
}

gibbs_value_kind gibbs_value_kind_of(const gibbs_value *value) {
  return value->kind;
}

const char *gibbs_value_kind_text(gibbs_value_kind kind) {
  static const char *const text[] = {
#define X(name, words) words,
      GIBBS_VALUE_KIND_LIST(X)
#undef X
  };
  return (size_t)kind < GIBBS_VALUE_KIND_COUNT ? text[kind] : "an unknown kind of value";
}

bool gibbs_value_as_bool(const gibbs_value *value) {
  return value->kind == GIBBS_VALUE_BOOL && value->as.truth;
}

double gibbs_value_as_number(const gibbs_value *value) {
  return value->kind == GIBBS_VALUE_NUMBER ? value->as.number : (double)NAN;
}

const char *gibbs_value_as_string(const gibbs_value *value, size_t *length) {
  if (value->kind != GIBBS_VALUE_STRING) return NULL;
  if (length) *length = value->as.string.length;
  return value->as.string.bytes;
}

gibbs_tensor *gibbs_value_as_tensor(const gibbs_value *value) {
  return value->kind == GIBBS_VALUE_TENSOR ? value->as.tensor : NULL;
}

size_t gibbs_value_count(const gibbs_value *value) {
  return has_children(value) ? value->as.children.count : 0;
}

const gibbs_value *gibbs_value_item(const gibbs_value *value, size_t i) {
  return i < gibbs_value_count(value) ? value->as.children.item[i] : NULL;
}

const char *gibbs_value_name(const gibbs_value *map, size_t i) {
  return map->kind == GIBBS_VALUE_MAP && i < map->as.children.count ? map->as.children.name[i] : NULL;
}

const gibbs_value *gibbs_value_get(const gibbs_value *map, const char *name) {
  if (map->kind != GIBBS_VALUE_MAP) return NULL;
  const child_list *children = &map->as.children;
  for (size_t i = 0; i < children->count; i++)
    if (strcmp(children->name[i], name) == 0) return children->item[i];
  return NULL;
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

gibbs_status gibbs_value_check_names(const gibbs_value *map, gibbs_error *err) {
  size_t count = map->kind == GIBBS_VALUE_MAP ? map->as.children.count : 0;
  if (count < 2) return GIBBS_OK;
  char **sorted = malloc(count * sizeof *sorted);
  if (!sorted) return gibbs_fail_memory(err, "names", count * sizeof *sorted);
  memcpy(sorted, map->as.children.name, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_names);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 1; i < count && status == GIBBS_OK; i++)
    if (strcmp(sorted[i - 1], sorted[i]) == 0)
      status = gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the name '%.80s' occurs twice", sorted[i]);
  free(sorted);
  return status;
}

/* ---- copies ---------------------------------------------------------------------------------------- */

static gibbs_value *copy_children(const gibbs_value *value) {
  gibbs_value *copy = make(value->kind);
  for (size_t i = 0; copy && i < value->as.children.count; i++) {
    gibbs_value *item = gibbs_value_copy(value->as.children.item[i]);
    gibbs_status status = value->kind == GIBBS_VALUE_MAP
                              ? gibbs_value_set(copy, value->as.children.name[i], item, NULL)
                              : gibbs_value_append(copy, item, NULL);
    if (status == GIBBS_OK) continue;
    gibbs_value_free(copy);
    return NULL;
  }
  return copy;
}

gibbs_value *gibbs_value_copy(const gibbs_value *value) {
  switch (value->kind) {
  case GIBBS_VALUE_BOOL:
    return gibbs_value_bool(value->as.truth);
  case GIBBS_VALUE_NUMBER:
    return gibbs_value_number(value->as.number);
  case GIBBS_VALUE_STRING:
    return gibbs_value_string(value->as.string.bytes, value->as.string.length);
  case GIBBS_VALUE_TENSOR:
    return gibbs_value_tensor(value->as.tensor);
  case GIBBS_VALUE_LIST:
  case GIBBS_VALUE_MAP:
    return copy_children(value);
  default:
    return gibbs_value_null();
  }
}

gibbs_value *gibbs_value_child(gibbs_value *value, size_t i) {
  return i < gibbs_value_count(value) ? value->as.children.item[i] : NULL;
}

gibbs_value *gibbs_value_find(gibbs_value *map, const char *name) {
  const child_list *children = &map->as.children;
  for (size_t i = 0; map->kind == GIBBS_VALUE_MAP && i < children->count; i++)
    if (strcmp(children->name[i], name) == 0) return children->item[i];
  return NULL;
}
