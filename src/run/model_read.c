/* model_read.c - the groups of a file as the table of a model: every length, word and number is checked. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "model_parts.h"

/* What a few bytes of a file may stand for: equal numbers of constants, and equal positions. */
enum { most_implied = 1 << 27 };

/* A group of the file. */
typedef struct group {
  const gibbs_value *map;
  const char *name;
} group;

typedef struct column {
  const double *numbers;
  size_t count;
} column;

static gibbs_status fail_item(const group *g, const char *item, const char *what, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s/%s %s", g->name, item, what);
}

static gibbs_status open_group(const gibbs_value *map, const char *name, group *out, gibbs_error *err) {
  const gibbs_value *item = gibbs_value_get(map, name);
  *out = (group){item, name};
  if (item && gibbs_value_kind_of(item) == GIBBS_VALUE_MAP) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "it has no group '%s'", name);
}

/* ---- columns --------------------------------------------------------------------------------------------- */

static gibbs_status read_column(const group *g, const char *name, column *out, gibbs_error *err) {
  const gibbs_value *item = gibbs_value_get(g->map, name);
  gibbs_tensor *tensor = item ? gibbs_value_as_tensor(item) : NULL;
  bool empty = item && gibbs_value_kind_of(item) == GIBBS_VALUE_LIST && gibbs_value_count(item) == 0;
  if (!empty && (!tensor || gibbs_tensor_shape(tensor)->rank != 1))
    return fail_item(g, name, item ? "is no list of numbers" : "is missing", err);
  *out = empty ? (column){NULL, 0} : (column){gibbs_tensor_values(tensor), gibbs_tensor_size(tensor)};
  return GIBBS_OK;
}

static gibbs_status read_column_of(const group *g, const char *name, size_t count, column *out, gibbs_error *err) {
  gibbs_status status = read_column(g, name, out, err);
  if (status != GIBBS_OK || out->count == count) return status;
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s/%s has %zu numbers; it must have %zu", g->name, name, out->count, count);
}

/* Row i of a list of shapes. */
static gibbs_status take_shape(const group *g, const double *row, gibbs_shape *out, gibbs_error *err) {
  *out = gibbs_shape_scalar();
  while (out->rank < GIBBS_MAX_RANK && row[out->rank] != 0) {
    if (!gibbs_model_count(row[out->rank], &out->extent[out->rank]))
      return fail_item(g, "shape", "holds a number that is no length", err);
    out->rank++;
  }
  for (size_t k = out->rank; k < GIBBS_MAX_RANK; k++)
    if (row[k] != 0) return fail_item(g, "shape", "has an axis behind a zero", err);
  return gibbs_shape_check(out, err);
}

static gibbs_status read_shapes(const group *g, size_t count, const double **out, gibbs_error *err) {
  const gibbs_value *item = gibbs_value_get(g->map, "shape");
  gibbs_tensor *tensor = item ? gibbs_value_as_tensor(item) : NULL;
  gibbs_shape shape = gibbs_shape_matrix(count, GIBBS_MAX_RANK);
  if (!tensor || !gibbs_shape_equal(gibbs_tensor_shape(tensor), &shape))
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s/shape is no matrix of %zu x %d", g->name, count, GIBBS_MAX_RANK);
  *out = gibbs_tensor_values(tensor);
  return GIBBS_OK;
}

/* A list of `count` words; SIZE_MAX: of any number, which *found is told. */
static gibbs_status read_words(const group *g, const char *name, size_t count, const gibbs_value **out,
                               gibbs_error *err) {
  const gibbs_value *item = gibbs_value_get(g->map, name);
  if (!item || gibbs_value_kind_of(item) != GIBBS_VALUE_LIST)
    return fail_item(g, name, item ? "is no list of words" : "is missing", err);
  for (size_t i = 0; i < gibbs_value_count(item); i++)
    if (!gibbs_value_as_string(gibbs_value_item(item, i), NULL))
      return fail_item(g, name, "is no list of words", err);
  if (count != SIZE_MAX && gibbs_value_count(item) != count)
    return gibbs_fail(err, GIBBS_ERR_FILE, "%s/%s has %zu words; it must have %zu", g->name, name,
                      gibbs_value_count(item), count);
  *out = item;
  return GIBBS_OK;
}

static const char *word(const gibbs_value *list, size_t i) {
  return gibbs_value_as_string(gibbs_value_item(list, i), NULL);
}

static gibbs_status find_word(const group *g, const char *item, const char *text, const char *const words[],
                              size_t count, unsigned *out, gibbs_error *err) {
  for (unsigned k = 0; k < count; k++)
    if (strcmp(words[k], text) == 0) {
      *out = k;
      return GIBBS_OK;
    }
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s/%s holds '%.40s', which this program does not know", g->name, item,
                    text);
}

/* Where the numbers of each row begin: first[count] is their number, and has to be `total`. */
static gibbs_status add_lengths(const group *g, const char *name, column lengths, size_t total, size_t **out,
                                gibbs_error *err) {
  size_t *first = calloc(lengths.count + 1, sizeof *first);
  if (!first) return gibbs_fail_memory(err, "a list of lengths", lengths.count * sizeof *first);
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < lengths.count && status == GIBBS_OK; i++) {
    size_t length = 0;
    if (!gibbs_model_count(lengths.numbers[i], &length) || length > total - first[i])
      status = fail_item(g, name, "goes beyond the numbers there are", err);
    first[i + 1] = first[i] + length;
  }
  if (status == GIBBS_OK && first[lengths.count] != total) status = fail_item(g, name, "leaves numbers over", err);
  if (status == GIBBS_OK)
    *out = first;
  else
    free(first);
  return status;
}

static gibbs_status allocate(void *out, size_t count, size_t size, gibbs_error *err) {
  void *block = calloc(count + 1, size);
  memcpy(out, &block, sizeof block);
  return block ? GIBBS_OK : gibbs_fail_memory(err, "a model", (count + 1) * size);
}

/* ---- parameters ------------------------------------------------------------------------------------------ */

static const double *values_of(const gibbs_value *item, double *number, gibbs_shape *shape) {
  gibbs_tensor *tensor = item ? gibbs_value_as_tensor(item) : NULL;
  if (tensor) *shape = *gibbs_tensor_shape(tensor);
  if (tensor) return gibbs_tensor_values(tensor);
  if (!item || gibbs_value_kind_of(item) != GIBBS_VALUE_NUMBER) return NULL;
  *number = gibbs_value_as_number(item);
  *shape = gibbs_shape_scalar();
  return number;
}

static gibbs_status make_parameter(const group *values, const char *name, const char *dataset, gibbs_parameter **out,
                                   gibbs_error *err) {
  double number = 0;
  gibbs_shape shape;
  const double *from = values_of(gibbs_value_get(values->map, dataset), &number, &shape);
  if (!from)
    return gibbs_fail(err, GIBBS_ERR_FILE, "parameters/%.100s is %s", dataset,
                      gibbs_value_get(values->map, dataset) ? "no numbers" : "missing");
  gibbs_status status = gibbs_parameter_new(name, &shape, out, err);
  if (status != GIBBS_OK) return status;
  memcpy(gibbs_parameter_values(*out), from, gibbs_parameter_size(*out) * sizeof *from);
  gibbs_parameter_touch(*out);
  return GIBBS_OK;
}

static gibbs_status read_parameters(const gibbs_value *map, gibbs_table *t, gibbs_error *err) {
  group g, values;
  const gibbs_value *names, *datasets, *initials;
  column a, b;
  gibbs_status status = open_group(map, "parameters", &values, err);
  if (status == GIBBS_OK) status = open_group(map, "parameter_table", &g, err);
  if (status == GIBBS_OK) status = read_words(&g, "name", SIZE_MAX, &names, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_value_count(names);
  status = read_words(&g, "dataset", count, &datasets, err);
  if (status == GIBBS_OK) status = read_words(&g, "initial", count, &initials, err);
  if (status == GIBBS_OK) status = read_column_of(&g, "a", count, &a, err);
  if (status == GIBBS_OK) status = read_column_of(&g, "b", count, &b, err);
  if (status == GIBBS_OK) status = allocate(&t->parameters, count, sizeof *t->parameters, err);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) {
    unsigned kind = 0;
    status = find_word(&g, "initial", word(initials, k), gibbs_model_initials, 3, &kind, err);
    if (status == GIBBS_OK)
      status = make_parameter(&values, word(names, k), word(datasets, k), &t->parameters[k], err);
    if (status != GIBBS_OK) break;
    t->parameter_count++;
    gibbs_parameter_set_initial(t->parameters[k],
                                (gibbs_initial){(gibbs_initial_kind)kind, a.numbers[k], b.numbers[k]});
  }
  return status;
}

/* ---- variables ------------------------------------------------------------------------------------------- */

static gibbs_status make_variable(const group *g, const char *name, const char *kind, double states,
                                  const double *shape_row, gibbs_variable **out, gibbs_error *err) {
  static const char *const kinds[] = {
#define X(id, text, doc) text,
      GIBBS_DOMAIN_LIST(X)
#undef X
  };
  gibbs_shape shape;
  unsigned domain = 0;
  size_t q = 0;
  gibbs_status status = find_word(g, "kind", kind, kinds, GIBBS_DOMAIN_COUNT, &domain, err);
  if (status == GIBBS_OK && !gibbs_model_count(states, &q))
    status = fail_item(g, "states", "is no list of counts", err);
  if (status == GIBBS_OK) status = take_shape(g, shape_row, &shape, err);
  if (status == GIBBS_OK) status = gibbs_variable_new(name, (gibbs_domain)domain, q, &shape, out, err);
  return status;
}

/* Visible ones first, then hidden ones: a role never goes back. */
static gibbs_status take_roles(const group *g, const gibbs_value *roles, gibbs_model_table *out, gibbs_error *err) {
  unsigned last = 0;
  for (size_t k = 0; k < gibbs_value_count(roles); k++) {
    unsigned role = 0;
    gibbs_status status = find_word(g, "role", word(roles, k), gibbs_model_roles, ROLE_COUNT, &role, err);
    if (status != GIBBS_OK) return status;
    if (role < last) return fail_item(g, "role", "is out of order: visible, hidden, inner", err);
    last = role;
    if (role == ROLE_VISIBLE) out->visible++;
    if (role == ROLE_HIDDEN) out->hidden++;
  }
  return GIBBS_OK;
}

static gibbs_status read_variables(const gibbs_value *map, gibbs_model_table *out, gibbs_error *err) {
  group g;
  gibbs_table *t = &out->table;
  const gibbs_value *names, *kinds, *roles;
  const double *shapes;
  column states;
  gibbs_status status = open_group(map, "variables", &g, err);
  if (status == GIBBS_OK) status = read_words(&g, "name", SIZE_MAX, &names, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_value_count(names);
  status = read_words(&g, "kind", count, &kinds, err);
  if (status == GIBBS_OK) status = read_words(&g, "role", count, &roles, err);
  if (status == GIBBS_OK) status = read_column_of(&g, "states", count, &states, err);
  if (status == GIBBS_OK) status = read_shapes(&g, count, &shapes, err);
  if (status == GIBBS_OK) status = take_roles(&g, roles, out, err);
  if (status == GIBBS_OK) status = allocate(&t->variables, count, sizeof *t->variables, err);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) {
    status = make_variable(&g, word(names, k), word(kinds, k), states.numbers[k], shapes + k * GIBBS_MAX_RANK,
                           &t->variables[k], err);
    if (status == GIBBS_OK) t->variable_count++;
  }
  return status;
}

/* ---- nodes ----------------------------------------------------------------------------------------------- */

static gibbs_status read_arguments(const group *g, column counts, gibbs_table *t, gibbs_error *err) {
  column arguments;
  size_t *first = NULL;
  gibbs_status status = read_column(g, "arguments", &arguments, err);
  if (status == GIBBS_OK) status = add_lengths(g, "argument_count", counts, arguments.count, &first, err);
  if (status == GIBBS_OK) status = allocate(&t->arguments, arguments.count, sizeof *t->arguments, err);
  for (size_t k = 0; status == GIBBS_OK && k < arguments.count; k++)
    if (!gibbs_model_count(arguments.numbers[k], &t->arguments[k]))
      status = fail_item(g, "arguments", "is no list of nodes", err);
  for (size_t i = 0; status == GIBBS_OK && i < counts.count; i++)
    t->rows[i].first = first[i], t->rows[i].count = first[i + 1] - first[i];
  if (status == GIBBS_OK) t->argument_count = arguments.count;
  free(first);
  return status;
}

static gibbs_status read_row(const group *g, const char *op, double detail, const double *shape, gibbs_table_row *row,
                             gibbs_error *err) {
  if (!gibbs_table_op_find(op, &row->op))
    return gibbs_fail(err, GIBBS_ERR_FILE, "nodes/op holds '%.40s', which this program does not know", op);
  if (!gibbs_model_count(detail, &row->detail)) return fail_item(g, "detail", "is no list of counts", err);
  return take_shape(g, shape, &row->shape, err);
}

static gibbs_status read_nodes(const gibbs_value *map, gibbs_table *t, gibbs_error *err) {
  group g;
  const gibbs_value *ops;
  const double *shapes;
  column detail, counts;
  gibbs_status status = open_group(map, "nodes", &g, err);
  if (status == GIBBS_OK) status = read_words(&g, "op", SIZE_MAX, &ops, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_value_count(ops);
  const gibbs_value *energy = gibbs_value_get(g.map, "energy");
  status = read_shapes(&g, count, &shapes, err);
  if (status == GIBBS_OK) status = read_column_of(&g, "detail", count, &detail, err);
  if (status == GIBBS_OK) status = read_column_of(&g, "argument_count", count, &counts, err);
  if (status == GIBBS_OK && (!energy || !gibbs_model_count(gibbs_value_as_number(energy), &t->energy)))
    status = fail_item(&g, "energy", "is not the number of a node", err);
  if (status == GIBBS_OK) status = allocate(&t->rows, count, sizeof *t->rows, err);
  for (size_t i = 0; i < count && status == GIBBS_OK; i++)
    status = read_row(&g, word(ops, i), detail.numbers[i], shapes + i * GIBBS_MAX_RANK, &t->rows[i], err);
  if (status == GIBBS_OK) status = read_arguments(&g, counts, t, err);
  if (status == GIBBS_OK) t->row_count = count;
  return status;
}

/* ---- constants and lists --------------------------------------------------------------------------------- */

/* Numbers for a constant that a row shows: one for all elements, or as many as there are. */
static gibbs_status make_constant(const gibbs_shape *shape, const double *numbers, size_t length, size_t *budget,
                                  gibbs_tensor **out, gibbs_error *err) {
  size_t size = gibbs_shape_size(shape);
  if (length != 1 && length != size)
    return gibbs_fail(err, GIBBS_ERR_FILE, "constants/length gives %zu numbers for %zu elements", length, size);
  if (length < size && size > *budget)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "constants/length repeats one number %zu times, more than is read", size);
  if (length < size) *budget -= size;
  gibbs_status status = gibbs_tensor_new(shape, out, err);
  for (size_t k = 0; status == GIBBS_OK && k < size; k++) gibbs_tensor_data(*out)[k] = numbers[length == 1 ? 0 : k];
  return status;
}

/* Their shapes are those of the nodes that show them. */
static gibbs_status fill_constants(gibbs_table *t, const size_t *first, const double *numbers, size_t *budget,
                                   gibbs_error *err) {
  unsigned constant = 0;
  gibbs_status status = GIBBS_OK;
  if (!gibbs_table_op_find("constant", &constant)) return GIBBS_OK;
  for (size_t i = 0; i < t->row_count && status == GIBBS_OK; i++) {
    const gibbs_table_row *row = &t->rows[i];
    if (row->op != constant) continue;
    if (row->detail >= t->constant_count || t->constants[row->detail])
      status = gibbs_fail(err, GIBBS_ERR_FILE, "node %zu is constant %zu, which %s", i, row->detail,
                          row->detail < t->constant_count ? "another node is" : "is not there");
    else
      status = make_constant(&row->shape, numbers + first[row->detail], first[row->detail + 1] - first[row->detail],
                             budget, &t->constants[row->detail], err);
  }
  return status;
}

static gibbs_status read_constants(const gibbs_value *map, gibbs_table *t, size_t *budget, gibbs_error *err) {
  group g;
  column lengths, numbers;
  size_t *first = NULL;
  gibbs_status status = open_group(map, "constants", &g, err);
  if (status == GIBBS_OK) status = read_column(&g, "length", &lengths, err);
  if (status == GIBBS_OK) status = read_column(&g, "numbers", &numbers, err);
  if (status == GIBBS_OK) status = add_lengths(&g, "length", lengths, numbers.count, &first, err);
  if (status == GIBBS_OK) status = allocate(&t->constants, lengths.count, sizeof *t->constants, err);
  if (status == GIBBS_OK) t->constant_count = lengths.count;
  if (status == GIBBS_OK) status = fill_constants(t, first, numbers.numbers, budget, err);
  free(first);
  return status;
}

static gibbs_status read_lists(const gibbs_value *map, gibbs_table *t, size_t *budget, gibbs_error *err) {
  group g;
  const gibbs_value *rules;
  column lengths, numbers;
  size_t *first = NULL;
  gibbs_status status = open_group(map, "lists", &g, err);
  if (status == GIBBS_OK) status = read_words(&g, "rule", SIZE_MAX, &rules, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_value_count(rules);
  status = read_column_of(&g, "length", count, &lengths, err);
  if (status == GIBBS_OK) status = read_column(&g, "numbers", &numbers, err);
  if (status == GIBBS_OK) status = add_lengths(&g, "length", lengths, numbers.count, &first, err);
  if (status == GIBBS_OK) status = allocate(&t->lists, count, sizeof *t->lists, err);
  for (size_t k = 0; k < count && status == GIBBS_OK; k++) {
    unsigned rule = 0;
    status = find_word(&g, "rule", word(rules, k), gibbs_model_rules, RULE_COUNT, &rule, err);
    if (status != GIBBS_OK) break;
    t->list_count++;
    status = gibbs_model_read_list(numbers.numbers ? numbers.numbers + first[k] : NULL, first[k + 1] - first[k],
                                   (model_rule)rule, &t->lists[k], budget, err);
    if (status != GIBBS_OK) gibbs_error_prefix(err, "lists");
  }
  free(first);
  return status;
}

gibbs_status gibbs_model_read(const gibbs_value *map, gibbs_model_table *out, gibbs_error *err) {
  size_t budget = most_implied;
  gibbs_status status = read_parameters(map, &out->table, err);
  if (status == GIBBS_OK) status = read_variables(map, out, err);
  if (status == GIBBS_OK) status = read_nodes(map, &out->table, err);
  if (status == GIBBS_OK) status = read_constants(map, &out->table, &budget, err);
  if (status == GIBBS_OK) status = read_lists(map, &out->table, &budget, err);
  return status;
}
