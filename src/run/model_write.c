/* model_write.c - the table of a model as the groups of a file. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_parts.h"

const char *const gibbs_model_roles[ROLE_COUNT] = {"visible", "hidden", "inner"};
const char *const gibbs_model_initials[3] = {"values", "normal", "uniform"};

/* ---- columns --------------------------------------------------------------------------------------------- */

/* Room for a column of numbers, or an empty list where there are none. */
static double *put_column(gibbs_map_writer *w, const char *name, size_t count) {
  gibbs_shape shape = gibbs_shape_vector(count);
  if (count > 0) return gibbs_map_put_numbers(w, name, &shape, NULL);
  gibbs_map_put(w, name, gibbs_value_list());
  return NULL;
}

static double *put_shapes(gibbs_map_writer *w, size_t count) {
  gibbs_shape shape = gibbs_shape_matrix(count, GIBBS_MAX_RANK);
  return gibbs_map_put_numbers(w, "shape", &shape, NULL);
}

static void fill_shape(double *row, const gibbs_shape *shape) {
  for (size_t k = 0; k < shape->rank; k++) row[k] = (double)shape->extent[k];
}

/* A word a row; the words belong to the map afterwards. */
typedef const char *word_of(const gibbs_model_table *model, size_t i);

static void put_words(gibbs_map_writer *w, const char *name, const gibbs_model_table *model, size_t count,
                      word_of *word) {
  gibbs_value *list = gibbs_value_list();
  if (!list && w->status == GIBBS_OK) w->status = gibbs_fail_memory(w->err, "a list of words", count);
  for (size_t i = 0; w->status == GIBBS_OK && i < count; i++) {
    const char *text = word(model, i);
    w->status = gibbs_value_append(list, gibbs_value_string(text, strlen(text)), w->err);
  }
  gibbs_map_put(w, name, list);
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

static const char *name_of_parameter(const gibbs_model_table *model, size_t i) {
  return gibbs_parameter_name(model->table.parameters[i]);
}

static const char *initial_of_parameter(const gibbs_model_table *model, size_t i) {
  return gibbs_model_initials[gibbs_parameter_initial(model->table.parameters[i]).kind];
}

enum { dataset_size = 300 };

/* A name that HDF5 takes and that no other parameter has. */
static void name_dataset(const gibbs_value *taken, const char *name, char dataset[dataset_size]) {
  snprintf(dataset, dataset_size, "%.250s", *name && strcmp(name, ".") != 0 ? name : "parameter");
  for (char *at = dataset; *at; at++)
    if (*at == '/') *at = '_';
  if (*dataset == '@') *dataset = '_';
  size_t length = strlen(dataset);
  for (size_t serial = 2; gibbs_value_get(taken, dataset); serial++)
    snprintf(dataset + length, dataset_size - length, ".%zu", serial);
}

/* The values, and the list of where they are: in step, so that both go by one name. */
static void put_values(gibbs_map_writer *w, const gibbs_table *t, gibbs_map_writer *table) {
  gibbs_map_writer values = gibbs_map_begin_within(w);
  gibbs_value *datasets = gibbs_value_list();
  if (!datasets && values.status == GIBBS_OK) values.status = gibbs_fail_memory(w->err, "a list", sizeof(void *));
  for (size_t k = 0; values.status == GIBBS_OK && k < t->parameter_count; k++) {
    char dataset[dataset_size];
    name_dataset(values.map, gibbs_parameter_name(t->parameters[k]), dataset);
    gibbs_map_put_numbers(&values, dataset, gibbs_parameter_shape(t->parameters[k]),
                          gibbs_parameter_values(t->parameters[k]));
    if (values.status == GIBBS_OK)
      values.status = gibbs_value_append(datasets, gibbs_value_string(dataset, strlen(dataset)), w->err);
  }
  gibbs_map_end(w, "parameters", &values);
  if (w->status != GIBBS_OK) table->status = w->status;
  gibbs_map_put(table, "dataset", datasets);
}

static void put_parameters(gibbs_map_writer *w, const gibbs_model_table *model) {
  const gibbs_table *t = &model->table;
  gibbs_map_writer table = gibbs_map_begin_within(w);
  put_words(&table, "name", model, t->parameter_count, name_of_parameter);
  put_values(w, t, &table);
  put_words(&table, "initial", model, t->parameter_count, initial_of_parameter);
  double *a = put_column(&table, "a", t->parameter_count);
  double *b = put_column(&table, "b", t->parameter_count);
  for (size_t k = 0; a && b && k < t->parameter_count; k++) {
    gibbs_initial initial = gibbs_parameter_initial(t->parameters[k]);
    a[k] = initial.a, b[k] = initial.b;
  }
  gibbs_map_end(w, "parameter_table", &table);
}

/* ---- variables ------------------------------------------------------------------------------------------- */

static const char *name_of_variable(const gibbs_model_table *model, size_t i) {
  return gibbs_variable_name(model->table.variables[i]);
}

static const char *kind_of_variable(const gibbs_model_table *model, size_t i) {
  return gibbs_domain_name(gibbs_variable_domain(model->table.variables[i]));
}

static const char *role_of_variable(const gibbs_model_table *model, size_t i) {
  if (i < model->visible) return gibbs_model_roles[ROLE_VISIBLE];
  return gibbs_model_roles[i < model->visible + model->hidden ? ROLE_HIDDEN : ROLE_INNER];
}

static void put_variables(gibbs_map_writer *w, const gibbs_model_table *model) {
  const gibbs_table *t = &model->table;
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  put_words(&inner, "name", model, t->variable_count, name_of_variable);
  put_words(&inner, "kind", model, t->variable_count, kind_of_variable);
  put_words(&inner, "role", model, t->variable_count, role_of_variable);
  double *states = put_column(&inner, "states", t->variable_count), *shape = put_shapes(&inner, t->variable_count);
  for (size_t k = 0; states && shape && k < t->variable_count; k++) {
    states[k] = (double)gibbs_variable_states(t->variables[k]);
    fill_shape(shape + k * GIBBS_MAX_RANK, gibbs_variable_units_shape(t->variables[k]));
  }
  gibbs_map_end(w, "variables", &inner);
}

/* ---- nodes ----------------------------------------------------------------------------------------------- */

static const char *op_of_row(const gibbs_model_table *model, size_t i) {
  return gibbs_table_op_name(model->table.rows[i].op);
}

static void put_nodes(gibbs_map_writer *w, const gibbs_model_table *model) {
  const gibbs_table *t = &model->table;
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  put_words(&inner, "op", model, t->row_count, op_of_row);
  double *shape = put_shapes(&inner, t->row_count), *detail = put_column(&inner, "detail", t->row_count);
  double *count = put_column(&inner, "argument_count", t->row_count);
  double *arguments = put_column(&inner, "arguments", t->argument_count);
  for (size_t i = 0; shape && detail && count && i < t->row_count; i++) {
    fill_shape(shape + i * GIBBS_MAX_RANK, &t->rows[i].shape);
    detail[i] = (double)t->rows[i].detail;
    count[i] = (double)t->rows[i].count;
  }
  for (size_t k = 0; arguments && k < t->argument_count; k++) arguments[k] = (double)t->arguments[k];
  gibbs_map_put_number(&inner, "energy", (double)t->energy);
  gibbs_map_end(w, "nodes", &inner);
}

/* ---- constants and lists --------------------------------------------------------------------------------- */

/* Bits, not values: a NaN is itself, and -0 is not 0. */
static size_t length_of_constant(const gibbs_tensor *constant) {
  size_t size = gibbs_tensor_size(constant);
  const double *values = gibbs_tensor_values(constant);
  return size == 1 || memcmp(values, values + 1, (size - 1) * sizeof *values) == 0 ? 1 : size;
}

static void put_constants(gibbs_map_writer *w, const gibbs_table *t) {
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  double *length = put_column(&inner, "length", t->constant_count);
  size_t total = 0;
  for (size_t k = 0; length && k < t->constant_count; k++) {
    length[k] = (double)length_of_constant(t->constants[k]);
    total += (size_t)length[k];
  }
  double *numbers = put_column(&inner, "numbers", total);
  for (size_t k = 0, at = 0; numbers && k < t->constant_count; at += (size_t)length[k++])
    memcpy(numbers + at, gibbs_tensor_values(t->constants[k]), (size_t)length[k] * sizeof *numbers);
  gibbs_map_end(w, "constants", &inner);
}

static const char *rule_of_list(const gibbs_model_table *model, size_t i) {
  model_rule rule;
  gibbs_model_write_list(&model->table.lists[i], &rule, NULL);
  return gibbs_model_rules[rule];
}

static void put_lists(gibbs_map_writer *w, const gibbs_model_table *model) {
  const gibbs_table *t = &model->table;
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  put_words(&inner, "rule", model, t->list_count, rule_of_list);
  double *length = put_column(&inner, "length", t->list_count);
  model_rule rule;
  size_t total = 0;
  for (size_t k = 0; length && k < t->list_count; k++) {
    length[k] = (double)gibbs_model_write_list(&t->lists[k], &rule, NULL);
    total += (size_t)length[k];
  }
  double *numbers = put_column(&inner, "numbers", total);
  for (size_t k = 0, at = 0; numbers && k < t->list_count; k++)
    at += gibbs_model_write_list(&t->lists[k], &rule, numbers + at);
  gibbs_map_end(w, "lists", &inner);
}

void gibbs_model_write(gibbs_map_writer *w, const gibbs_model_table *model) {
  put_parameters(w, model);
  put_variables(w, model);
  put_nodes(w, model);
  put_constants(w, &model->table);
  put_lists(w, model);
}
