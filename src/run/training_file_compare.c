/* training_file_compare.c - whether settings are those of a checkpoint, and in what they differ. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "training_file_compare.h"

#include <stdio.h>
#include <string.h>

#include "files_format.h"

enum { text_size = 130 };

static void print_tensor(const gibbs_tensor *tensor, char text[text_size]) {
  char first[gibbs_number_size], shape[60];
  gibbs_number_print(gibbs_tensor_values(tensor)[0], first);
  snprintf(text, text_size, "%s, ... (%s)", first,
           gibbs_shape_print(gibbs_tensor_shape(tensor), shape, sizeof shape));
}

static const char *print_value(const gibbs_value *value, char text[text_size]) {
  switch (value ? gibbs_value_kind_of(value) : GIBBS_VALUE_NULL) {
  case GIBBS_VALUE_NUMBER:
    gibbs_number_print(gibbs_value_as_number(value), text);
    break;
  case GIBBS_VALUE_BOOL:
    snprintf(text, text_size, "%s", gibbs_value_as_bool(value) ? "true" : "false");
    break;
  case GIBBS_VALUE_STRING:
    snprintf(text, text_size, "'%.120s'", gibbs_value_as_string(value, NULL));
    break;
  case GIBBS_VALUE_TENSOR:
    print_tensor(gibbs_value_as_tensor(value), text);
    break;
  default:
    snprintf(text, text_size, "none");
  }
  return text;
}

static bool same_tensors(const gibbs_tensor *a, const gibbs_tensor *b) {
  return gibbs_shape_equal(gibbs_tensor_shape(a), gibbs_tensor_shape(b)) &&
         memcmp(gibbs_tensor_values(a), gibbs_tensor_values(b), gibbs_tensor_size(a) * sizeof(double)) == 0;
}

static bool same_values(const gibbs_value *a, const gibbs_value *b) {
  if (!a || !b || gibbs_value_kind_of(a) != gibbs_value_kind_of(b)) return false;
  switch (gibbs_value_kind_of(a)) {
  case GIBBS_VALUE_NUMBER:
    return gibbs_value_as_number(a) == gibbs_value_as_number(b);
  case GIBBS_VALUE_BOOL:
    return gibbs_value_as_bool(a) == gibbs_value_as_bool(b);
  case GIBBS_VALUE_STRING:
    return strcmp(gibbs_value_as_string(a, NULL), gibbs_value_as_string(b, NULL)) == 0;
  case GIBBS_VALUE_TENSOR:
    return same_tensors(gibbs_value_as_tensor(a), gibbs_value_as_tensor(b));
  default:
    return false;
  }
}

static gibbs_status compare_item(const gibbs_value *written, const gibbs_value *own, const char *name,
                                 gibbs_error *err) {
  const gibbs_value *then = gibbs_value_get(written, name), *now = gibbs_value_get(own, name);
  char before[text_size], after[text_size];
  if (same_values(then, now)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "was written with %.60s = %s, and this run has %s", name,
                    print_value(then, before), print_value(now, after));
}

static gibbs_status compare_names(const gibbs_value *of, const gibbs_value *written, const gibbs_value *own,
                                  const char *except, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < gibbs_value_count(of) && status == GIBBS_OK; i++) {
    const char *name = gibbs_value_name(of, i);
    if (!except || strcmp(name, except) != 0) status = compare_item(written, own, name, err);
  }
  return status;
}

gibbs_status gibbs_settings_compare(const gibbs_value *written, const gibbs_value *own, const char *except,
                                    gibbs_error *err) {
  if (!written || gibbs_value_kind_of(written) != GIBBS_VALUE_MAP)
    return gibbs_fail(err, GIBBS_ERR_FILE, "tells no settings");
  gibbs_status status = compare_names(own, written, own, except, err);
  return status == GIBBS_OK ? compare_names(written, written, own, except, err) : status;
}
