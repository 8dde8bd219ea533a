/* parameter.c - trainable tensors, and the leaves whose meaning lies on other floors. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/expr.h"

struct gibbs_parameter {
  size_t references;
  gibbs_tensor *values;
  uint64_t version;
  gibbs_initial initial;
  char name[];
};

gibbs_status gibbs_parameter_new(const char *name, const gibbs_shape *shape, gibbs_parameter **out,
                                 gibbs_error *err) {
  gibbs_tensor *values = NULL;
  gibbs_status status = gibbs_tensor_new(shape, &values, err);
  if (status != GIBBS_OK) return status;
  size_t length = name ? strlen(name) : 0;
  gibbs_parameter *parameter = malloc(sizeof *parameter + length + 1);
  if (!parameter) {
    gibbs_tensor_release(values);
    return gibbs_fail_memory(err, "parameter", sizeof *parameter + length + 1);
  }
  *parameter = (gibbs_parameter){.references = 1, .values = values};
  memcpy(parameter->name, name ? name : "", length + 1);
  *out = parameter;
  return GIBBS_OK;
}

gibbs_parameter *gibbs_parameter_retain(gibbs_parameter *parameter) {
  parameter->references++;
  return parameter;
}

void gibbs_parameter_release(gibbs_parameter *parameter) {
  if (!parameter || --parameter->references > 0) return;
  gibbs_tensor_release(parameter->values);
  free(parameter);
}

const char *gibbs_parameter_name(const gibbs_parameter *parameter) {
  return parameter->name;
}

const gibbs_shape *gibbs_parameter_shape(const gibbs_parameter *parameter) {
  return gibbs_tensor_shape(parameter->values);
}

size_t gibbs_parameter_size(const gibbs_parameter *parameter) {
  return gibbs_tensor_size(parameter->values);
}

double *gibbs_parameter_values(gibbs_parameter *parameter) {
  return gibbs_tensor_data(parameter->values);
}

void gibbs_parameter_touch(gibbs_parameter *parameter) {
  parameter->version++;
}

uint64_t gibbs_parameter_version(const gibbs_parameter *parameter) {
  return parameter->version;
}

void gibbs_parameter_set_initial(gibbs_parameter *parameter, gibbs_initial initial) {
  parameter->initial = initial;
}

gibbs_initial gibbs_parameter_initial(const gibbs_parameter *parameter) {
  return parameter->initial;
}

gibbs_functional *gibbs_functional_retain(gibbs_functional *functional) {
  functional->references++;
  return functional;
}

void gibbs_functional_release(gibbs_functional *functional) {
  if (functional && --functional->references == 0 && functional->release) functional->release(functional->payload);
}

gibbs_callback *gibbs_callback_retain(gibbs_callback *callback) {
  callback->references++;
  return callback;
}

void gibbs_callback_release(gibbs_callback *callback) {
  if (callback && --callback->references == 0 && callback->release) callback->release(callback->payload);
}
