/* test_model_file.c - models in files: the same energy comes back, and what is no model is refused without a crash.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>

#include "files_scratch.h"
#include "gibbs/exact.h"
#include "gibbs/model_file.h"
#include "gibbs/private/builder.h"
#include "gibbs/private/digest.h"
#include "gibbs/random.h"

/* ---- energies that use every operation there is ------------------------------------------------------------ */

static gibbs_error err;

static gibbs_expr *variable(gibbs_builder *b, const char *name, gibbs_domain domain, size_t q, gibbs_shape shape) {
  gibbs_variable *v = NULL;
  cr_assert(gibbs_variable_new(name, domain, q, &shape, &v, &err) == GIBBS_OK, "%s", err.message);
  gibbs_expr *node = gibbs_build_variable(b, v);
  gibbs_variable_release(v);
  return node;
}

static gibbs_expr *parameter(gibbs_builder *b, const char *name, gibbs_shape shape) {
  gibbs_parameter *p = NULL;
  gibbs_expr *node = NULL;
  cr_assert(gibbs_parameter_new(name, &shape, &p, &err) == GIBBS_OK);
  for (size_t k = 0; k < gibbs_parameter_size(p); k++) gibbs_parameter_values(p)[k] = 0.3 * (double)k - 0.7;
  gibbs_parameter_set_initial(p, (gibbs_initial){GIBBS_INITIAL_NORMAL, 0.25, 1.5});
  cr_assert(gibbs_expr_parameter(b->graph, p, &node, &err) == GIBBS_OK);
  gibbs_parameter_release(p);
  return gibbs_build_keep(b, node);
}

static gibbs_expr *add(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  return gibbs_build_binary(b, GIBBS_OP_ADD, x, y);
}

/* Every elementwise operation of the rows, where it is defined for what v can be. */
static gibbs_expr *elementwise(gibbs_builder *b, gibbs_expr *v) {
  gibbs_expr *total = gibbs_build_number(b, 0.125), *sum = add(b, gibbs_build_sum(b, v), gibbs_build_number(b, 1.5));
  gibbs_expr *shifted = add(b, gibbs_build_unary(b, GIBBS_OP_TANH, sum), gibbs_build_number(b, 2.5));
#define GIBBS_OP_UNARY(id, ...) total = add(b, total, gibbs_build_unary(b, GIBBS_OP_##id, shifted));
#define GIBBS_OP_BINARY(id, ...) total = add(b, total, gibbs_build_binary(b, GIBBS_OP_##id, shifted, sum));
#include "gibbs/ops.def"
#undef GIBBS_OP_UNARY
#undef GIBBS_OP_BINARY
  return total;
}

static gibbs_expr *structural(gibbs_builder *b, gibbs_expr *v, gibbs_expr *W) {
  gibbs_expr *rows = NULL, *shifted = NULL, *inner = NULL, *mean = NULL;
  gibbs_shape flat = gibbs_shape_vector(6);
  gibbs_expr *x = gibbs_build_reshape(b, v, &flat);
  gibbs_expr *h = variable(b, "h", GIBBS_SPINS, 0, gibbs_shape_vector(2));
  gibbs_expr *product = gibbs_build_transposed_matmul(b, W, true, x, false);
  gibbs_expr *energy = gibbs_build_dot(b, product, h);
  cr_assert(gibbs_expr_marginal(energy, &h, 1, &inner, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(gibbs_expr_marginal_mean(gibbs_build_outer(b, h, product), energy, &h, 1, &mean, &err) == GIBBS_OK);
  cr_assert(gibbs_expr_sum_axis(v, 0, &rows, &err) == GIBBS_OK);
  cr_assert(gibbs_expr_shift(v, (const long[]){1, 2}, 2, &shifted, &err) == GIBBS_OK);
  gibbs_build_keep(b, inner), gibbs_build_keep(b, mean), gibbs_build_keep(b, rows), gibbs_build_keep(b, shifted);
  gibbs_expr *total = add(b, inner, gibbs_build_sum(b, gibbs_build_unary(b, GIBBS_OP_EXP, mean)));
  total = add(b, total, gibbs_build_sum(b, gibbs_build_unary(b, GIBBS_OP_COSH, rows)));
  total = add(b, total, gibbs_build_dot(b, shifted, v));
  return add(b, total, gibbs_build_sum(b, gibbs_build_logsumexp(b, gibbs_build_unary(b, GIBBS_OP_TANH, shifted))));
}

enum { model_count = 4 };

static gibbs_distribution *make_ising(gibbs_graph *graph, gibbs_lattice_kind kind, bool periodic) {
  gibbs_lattice *lattice = NULL;
  gibbs_expr *J = NULL;
  gibbs_distribution *out = NULL;
  cr_assert(gibbs_lattice_new(kind, 2, (size_t[]){3, 2}, periodic, &lattice, &err) == GIBBS_OK);
  cr_assert(gibbs_expr_number(graph, 0.4, &J, &err) == GIBBS_OK);
  cr_assert(gibbs_ising_new(graph, lattice, J, J, NULL, &out, &err) == GIBBS_OK, "%s", err.message);
  gibbs_expr_release(J);
  gibbs_lattice_release(lattice);
  return out;
}

static gibbs_distribution *make(gibbs_graph *graph, int which) {
  if (which < 2) return make_ising(graph, which ? GIBBS_LATTICE_HONEYCOMB : GIBBS_LATTICE_SQUARE, which == 0);
  gibbs_builder room = gibbs_build_begin(graph, &err), *b = &room;
  gibbs_distribution *out = NULL;
  gibbs_expr *v = variable(b, "v", GIBBS_BITS, 0, gibbs_shape_matrix(3, 2));
  gibbs_expr *W = parameter(b, "W", gibbs_shape_matrix(6, 2)), *a = parameter(b, "a/b", gibbs_shape_vector(6));
  if (which == 2) {
    gibbs_expr *h = variable(b, "h", GIBBS_POTTS, 3, gibbs_shape_scalar());
    gibbs_expr *U = parameter(b, "W", gibbs_shape_matrix(6, 3)), *c = parameter(b, "c", gibbs_shape_vector(3));
    cr_assert(gibbs_rbm_new(v, h, U, a, c, true, &out, &err) == GIBBS_OK, "%s", err.message);
  } else {
    gibbs_expr *idle = variable(b, "idle", GIBBS_SPINS, 0, gibbs_shape_vector(2));
    gibbs_expr *visible[] = {v, idle}, *energy = add(b, elementwise(b, v), structural(b, v, W));
    cr_assert(b->status == GIBBS_OK, "%s", err.message);
    cr_assert(gibbs_distribution_new("boltzmann", energy, visible, 2, NULL, 0, &out, &err) == GIBBS_OK, "%s",
              err.message);
  }
  cr_assert(gibbs_build_end(b) == GIBBS_OK);
  return out;
}

/* ---- there and back ------------------------------------------------------------------------------------------ */

static uint64_t digest_of(const gibbs_distribution *d) {
  uint64_t digest = 0;
  const gibbs_digest_context context = {NULL, 0, NULL, NULL};
  cr_assert(gibbs_expr_digest(gibbs_distribution_energy(d), &context, &digest, &err) == GIBBS_OK);
  return digest;
}

static size_t read_bytes(const char *path, char bytes[1 << 16]) {
  FILE *stream = fopen(path, "rb");
  cr_assert(stream != NULL);
  size_t size = fread(bytes, 1, 1 << 16, stream);
  fclose(stream);
  cr_assert(size > 512 && size < 1 << 16);
  return size;
}

static void expect_same(gibbs_distribution *d, gibbs_distribution *e) {
  double F = 0, G = 1;
  cr_expect(digest_of(d) == digest_of(e));
  cr_expect_str_eq(gibbs_distribution_family(d), gibbs_distribution_family(e));
  cr_assert(gibbs_exact_free_energy(d, &F, &err) == GIBBS_OK, "%s", err.message);
  cr_assert(gibbs_exact_free_energy(e, &G, &err) == GIBBS_OK, "%s", err.message);
  cr_expect(same_bits(F, G), "%.17g and %.17g", F, G);
  cr_assert(gibbs_distribution_parameter_count(d) == gibbs_distribution_parameter_count(e));
  for (size_t k = 0; k < gibbs_distribution_parameter_count(d); k++) {
    gibbs_parameter *p = gibbs_expr_as_parameter(gibbs_distribution_parameters(d)[k]);
    gibbs_parameter *q = gibbs_expr_as_parameter(gibbs_distribution_parameters(e)[k]);
    gibbs_initial a = gibbs_parameter_initial(p), b = gibbs_parameter_initial(q);
    cr_expect_str_eq(gibbs_parameter_name(p), gibbs_parameter_name(q));
    cr_expect(a.kind == b.kind && a.a == b.a && a.b == b.b);
  }
}

ParameterizedTestParameters(model_file, comes_back_as_it_was) {
  static int row[] = {0, 1, 2, 3};
  return cr_make_param_array(int, row, model_count);
}

ParameterizedTest(int *row, model_file, comes_back_as_it_was) {
  static char first[1 << 16], second[1 << 16];
  gibbs_graph *graph = NULL, *other = NULL;
  cr_assert(gibbs_graph_new(&graph, &err) == GIBBS_OK && gibbs_graph_new(&other, &err) == GIBBS_OK);
  gibbs_distribution *d = make(graph, *row), *e = NULL;
  const char *path = scratch(".h5");
  cr_assert(gibbs_model_save(d, path, &err) == GIBBS_OK, "%s", err.message);
  size_t size = read_bytes(path, first);
  cr_assert(gibbs_model_load(other, path, NULL, &e, &err) == GIBBS_OK, "%s", err.message);
  expect_same(d, e);
  cr_assert(gibbs_model_save(e, path, &err) == GIBBS_OK, "%s", err.message);
  cr_expect(read_bytes(path, second) == size && memcmp(first, second, size) == 0);
  unlink(path);
  gibbs_distribution_release(d);
  gibbs_distribution_release(e);
  gibbs_graph_release(graph);
  gibbs_graph_release(other);
}

/* ---- damage: the sanitizers look on ---------------------------------------------------------------------------- */

/* A graph a try, for what is refused must leave nothing behind. */
static bool try_value(const gibbs_value *map) {
  gibbs_graph *graph = NULL;
  gibbs_distribution *d = NULL;
  err.message[0] = '\0';
  cr_assert(gibbs_graph_new(&graph, NULL) == GIBBS_OK);
  gibbs_status status = gibbs_model_from_value(graph, map, &d, &err);
  cr_expect((status == GIBBS_OK) == (d != NULL));
  cr_expect(status == GIBBS_OK || (err.code == status && err.message[0] && !strchr(err.message, '\n')));
  cr_expect(status == GIBBS_OK || gibbs_graph_nodes(graph) == 0, "nodes are left: %s", err.message);
  if (d && gibbs_variables_log2_states(gibbs_distribution_visible(d), gibbs_distribution_visible_count(d)) <= 12) {
    double F = 0;
    char *text = NULL;
    gibbs_status told = gibbs_distribution_describe(d, &text, &err), summed = gibbs_exact_free_energy(d, &F, &err);
    cr_expect(told < GIBBS_STATUS_COUNT && summed < GIBBS_STATUS_COUNT);
    free(text);
  }
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
  return status == GIBBS_OK;
}

/* A copy in which the item number *at (of all, in order) is exchanged: for `instead`, or for nothing when it is NULL.
 */
static gibbs_value *copy(const gibbs_value *value, long *at, const gibbs_value *instead) {
  gibbs_value *list = gibbs_value_kind_of(value) == GIBBS_VALUE_LIST ? gibbs_value_list() : gibbs_value_map();
  size_t length = 0;
  const char *text = gibbs_value_as_string(value, &length);
  bool leaf = gibbs_value_kind_of(value) != GIBBS_VALUE_LIST && gibbs_value_kind_of(value) != GIBBS_VALUE_MAP;
  if (leaf) {
    gibbs_value_free(list);
    if (text) return gibbs_value_string(text, length);
    if (gibbs_value_as_tensor(value)) return gibbs_value_tensor(gibbs_value_as_tensor(value));
    return gibbs_value_number(gibbs_value_as_number(value));
  }
  for (size_t i = 0; i < gibbs_value_count(value); i++) {
    bool here = (*at)-- == 0;
    if (here && !instead) continue;
    gibbs_value *item = copy(here ? instead : gibbs_value_item(value, i), at, instead);
    gibbs_status status = gibbs_value_name(value, i) ? gibbs_value_set(list, gibbs_value_name(value, i), item, NULL)
                                                     : gibbs_value_append(list, item, NULL);
    cr_assert(status == GIBBS_OK);
  }
  return list;
}

static size_t count_items(const gibbs_value *value) {
  size_t count = gibbs_value_count(value);
  for (size_t i = 0; i < gibbs_value_count(value); i++) count += count_items(gibbs_value_item(value, i));
  return count;
}

static gibbs_value *value_of(int which) {
  gibbs_graph *graph = NULL;
  gibbs_value *map = NULL;
  cr_assert(gibbs_graph_new(&graph, &err) == GIBBS_OK);
  gibbs_distribution *d = make(graph, which);
  cr_assert(gibbs_model_to_value(d, &map, &err) == GIBBS_OK, "%s", err.message);
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
  return map;
}

ParameterizedTestParameters(model_file, exchanged_items_never_crash) {
  static int row[] = {0, 1, 2, 3};
  return cr_make_param_array(int, row, model_count);
}

ParameterizedTest(int *row, model_file, exchanged_items_never_crash) {
  static const char *const words[] = {"",         "add",       "exp",      "gather",   "scatter",       "constant",
                                      "variable", "matmul",    "outer",    "marginal", "marginal_mean", "sum",
                                      "same",     "positions", "shift",    "hidden",   "visible",       "first_end",
                                      "reals",    "potts",     "logsumexp"};
  gibbs_value *map = value_of(*row), *three = number_list((double[]){3, 0, 1}, 3), *number = gibbs_value_number(2);
  size_t items = count_items(map), refused = 0, tried = 0;
  for (size_t i = 0; i < items; i++)
    for (size_t w = 0; w < sizeof words / sizeof *words + 3; w++, tried++) {
      long at = (long)i;
      gibbs_value *word = w < sizeof words / sizeof *words ? gibbs_value_string(words[w], strlen(words[w])) : NULL;
      gibbs_value *other[] = {NULL, three, number};
      gibbs_value *changed = copy(map, &at, word ? word : other[w - sizeof words / sizeof *words]);
      refused += !try_value(changed);
      gibbs_value_free(changed);
      gibbs_value_free(word);
    }
  cr_expect(refused > tried / 2 && refused < tried, "%zu of %zu were refused", refused, tried);
  gibbs_value_free(three);
  gibbs_value_free(number);
  gibbs_value_free(map);
}

enum { most_tensors = 64 };

static size_t collect_tensors(const gibbs_value *value, gibbs_tensor *out[most_tensors], size_t count) {
  if (gibbs_value_as_tensor(value) && count < most_tensors) out[count++] = gibbs_value_as_tensor(value);
  for (size_t i = 0; i < gibbs_value_count(value); i++)
    count = collect_tensors(gibbs_value_item(value, i), out, count);
  return count;
}

static const double numbers[] = {-1,    0,   1,        2, 3, 5, 6, 7, 0.5, 64, 1e9, 4294967296.0, 9007199254740992.0,
                                 1e300, NAN, -INFINITY};
enum { number_count = sizeof numbers / sizeof *numbers };

ParameterizedTestParameters(model_file, changed_numbers_never_crash) {
  static int row[] = {0, 1, 2, 3};
  return cr_make_param_array(int, row, model_count);
}

ParameterizedTest(int *row, model_file, changed_numbers_never_crash) {
  gibbs_value *map = value_of(*row);
  gibbs_tensor *tensors[most_tensors];
  size_t count = collect_tensors(map, tensors, 0), refused = 0, tried = 0;
  for (size_t k = 0; k < count; k++)
    for (size_t i = 0; i < gibbs_tensor_size(tensors[k]); i++)
      for (size_t n = 0; n < number_count; n++, tried++) {
        double *place = &gibbs_tensor_data(tensors[k])[i], before = *place;
        *place = numbers[n];
        refused += !try_value(map);
        *place = before;
      }
  cr_expect(refused > tried / 3 && refused < tried, "%zu of %zu were refused", refused, tried);
  gibbs_value_free(map);
}

/* Several at once: what one check would hide, another meets. */
ParameterizedTestParameters(model_file, random_changes_never_crash) {
  static int row[] = {0, 1, 2, 3};
  return cr_make_param_array(int, row, model_count);
}

ParameterizedTest(int *row, model_file, random_changes_never_crash) {
  gibbs_value *map = value_of(*row);
  gibbs_tensor *tensors[most_tensors];
  size_t count = collect_tensors(map, tensors, 0), refused = 0;
  gibbs_stream stream = gibbs_stream_open(11, GIBBS_PURPOSE_SCRIPT, (uint32_t)*row, 0);
  for (int round = 0; round < 4000; round++) {
    double *place[4], before[4];
    int changes = 1 + (int)(4 * gibbs_stream_uniform(&stream)) % 4;
    for (int c = 0; c < changes; c++) {
      gibbs_tensor *tensor = tensors[(size_t)((double)count * gibbs_stream_uniform(&stream)) % count];
      size_t size = gibbs_tensor_size(tensor);
      place[c] = &gibbs_tensor_data(tensor)[(size_t)((double)size * gibbs_stream_uniform(&stream)) % size];
      before[c] = *place[c];
      *place[c] = numbers[(size_t)(number_count * gibbs_stream_uniform(&stream)) % number_count];
    }
    refused += !try_value(map);
    for (int c = changes; c-- > 0;) *place[c] = before[c];
  }
  cr_expect(refused > 1000 && refused < 4000, "%zu of 4000 were refused", refused);
  gibbs_value_free(map);
}

/* ---- files ------------------------------------------------------------------------------------------------------
 */

static gibbs_status load_bytes(const char *bytes, size_t size) {
  gibbs_graph *graph = NULL;
  gibbs_distribution *d = NULL;
  put(scratch(".h5"), bytes, size);
  cr_assert(gibbs_graph_new(&graph, NULL) == GIBBS_OK);
  gibbs_status status = gibbs_model_load(graph, scratch(".h5"), NULL, &d, &err);
  cr_expect((status == GIBBS_OK) == (d != NULL));
  cr_expect(status == GIBBS_OK || strlen(err.message) > strlen(scratch(".h5")));
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
  return status;
}

Test(model_file, no_cut_and_no_flipped_bit_of_a_sealed_file_is_missed) {
  static char bytes[1 << 16];
  gibbs_graph *graph = NULL;
  cr_assert(gibbs_graph_new(&graph, &err) == GIBBS_OK);
  gibbs_distribution *d = make(graph, 2);
  cr_assert(gibbs_model_save(d, scratch(".h5"), &err) == GIBBS_OK);
  size_t size = read_bytes(scratch(".h5"), bytes);
  for (size_t length = 0; length < size; length += length < 600 ? 1 : 211)
    cr_expect(load_bytes(bytes, length) == GIBBS_ERR_FILE, "%zu of %zu bytes were read", length, size);
  for (size_t at = 0; at < size; at += 13) {
    bytes[at] ^= (char)(1 << at % 8);
    cr_expect(load_bytes(bytes, size) == GIBBS_ERR_FILE, "a changed byte %zu was read", at);
    bytes[at] ^= (char)(1 << at % 8);
  }
  cr_expect(load_bytes(bytes, size) == GIBBS_OK);
  unlink(scratch(".h5"));
  gibbs_distribution_release(d);
  gibbs_graph_release(graph);
}

Test(model_file, changed_bytes_of_a_file_without_a_seal_never_crash) {
  static char bytes[1 << 16];
  gibbs_value *map = value_of(3);
  cr_assert(gibbs_file_write(scratch(".h5"), map, &err) == GIBBS_OK, "%s", err.message);
  size_t size = read_bytes(scratch(".h5"), bytes), refused = 0;
  cr_expect(load_bytes(bytes, size) == GIBBS_OK, "%s", err.message);
  for (size_t at = 0; at < size; at += 101) {
    bytes[at] ^= (char)0xFF;
    refused += load_bytes(bytes, size) != GIBBS_OK;
    bytes[at] ^= (char)0xFF;
  }
  cr_expect(refused > size / 101 / 4);
  unlink(scratch(".h5"));
  gibbs_value_free(map);
}
