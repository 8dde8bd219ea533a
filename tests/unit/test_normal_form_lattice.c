/* test_normal_form_lattice.c - one energy on a lattice, written in several ways: the same form, bit for bit. */
#include <stdio.h>
#include <string.h>

#include "forms.h"
#include "gibbs/distribution.h"
#include "gibbs/lattice.h"

TestSuite(lattice_forms, .init = begin_case, .fini = end_case);

static gibbs_lattice *make_lattice(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic) {
  gibbs_lattice *lattice = NULL;
  OK(gibbs_lattice_new(kind, axes, extent, periodic, &lattice, &error));
  return lattice;
}

static gibbs_expr *bonds_sum(gibbs_expr *v, const gibbs_lattice *lattice) {
  gibbs_expr *out = NULL;
  OK(gibbs_bonds(v, lattice, &out, &error));
  return keep(out);
}

/* The same sum from the list of bonds backwards, which is no rule. */
static gibbs_expr *listed_sum(gibbs_expr *v, const gibbs_lattice *lattice) {
  size_t count = gibbs_lattice_bond_count(lattice);
  const gibbs_bond *bonds = NULL;
  OK(gibbs_lattice_bonds(lattice, &bonds, &error));
  if (count == 0) return num(0);
  uint32_t *first = malloc(count * sizeof *first), *second = malloc(count * sizeof *second);
  for (size_t k = 0; k < count; k++) {
    bool turn = k % 3 == 1;
    first[count - 1 - k] = turn ? bonds[k].b : bonds[k].a;
    second[count - 1 - k] = turn ? bonds[k].a : bonds[k].b;
  }
  gibbs_expr *a = gather(v, first, gibbs_shape_vector(count)), *b = gather(v, second, gibbs_shape_vector(count));
  free(first);
  free(second);
  return sum(mul(a, b));
}

static void expect_same_regular(const gibbs_regular *a, const gibbs_regular *b, const char *what) {
  cr_expect_eq(a->found, b->found, "%s: one is regular and one is not", what);
  if (!a->found || !b->found) return;
  cr_assert(a->axes == b->axes && a->basis == b->basis && a->directions == b->directions,
            "%s: %zu axes, basis %zu, %zu directions; and %zu, %zu, %zu", what, a->axes, a->basis, a->directions,
            b->axes, b->basis, b->directions);
  for (size_t k = 0; k < a->axes; k++)
    cr_expect(a->extent[k] == b->extent[k] && a->periodic[k] == b->periodic[k], "%s: axis %zu", what, k);
  for (size_t d = 0; d < a->directions; d++) {
    const gibbs_direction *left = &a->direction[d], *right = &b->direction[d];
    cr_expect(left->from == right->from && left->to == right->to, "%s: direction %zu", what, d);
    cr_expect(memcmp(&left->coupling, &right->coupling, sizeof left->coupling) == 0, "%s: %.17g and %.17g", what,
              left->coupling, right->coupling);
    for (size_t k = 0; k < a->axes; k++)
      cr_expect(left->offset[k] == right->offset[k], "%s: direction %zu goes %ld and %ld", what, d, left->offset[k],
                right->offset[k]);
  }
}

static void expect_same_rows(gibbs_normal_form *a, gibbs_normal_form *b, const char *what) {
  const gibbs_sparse *s = sparse_of(a), *t = sparse_of(b);
  cr_assert(s->rows == t->rows && s->entries == t->entries, "%s: %zu entries and %zu", what, s->entries, t->entries);
  cr_expect_eq(memcmp(s->first, t->first, (s->rows + 1) * sizeof *s->first), 0, "%s: rows", what);
  cr_expect_eq(memcmp(s->column, t->column, s->entries * sizeof *s->column), 0, "%s: columns", what);
  cr_expect_eq(memcmp(s->value, t->value, s->entries * sizeof *s->value), 0, "%s: values", what);
}

static void expect_same_form(gibbs_normal_form *a, gibbs_normal_form *b, const char *what) {
  const double *left = fields_of(a), *right = fields_of(b);
  cr_expect_eq(gibbs_normal_form_constant(a), gibbs_normal_form_constant(b), "%s: constant", what);
  cr_assert_eq(!left, !right, "%s: fields", what);
  if (left) cr_expect_eq(memcmp(left, right, gibbs_normal_form_elements(a) * sizeof *left), 0, "%s: fields", what);
  expect_same_regular(gibbs_normal_form_regular(a), gibbs_normal_form_regular(b), what);
  expect_same_rows(a, b, what);
  cr_expect_eq(gibbs_normal_form_dense_count(a), gibbs_normal_form_dense_count(b), "%s: blocks", what);
}

/* What the lattice's own bonds say, against what the form says: every pair with its multiplicity. */
static void expect_bonds(gibbs_normal_form *form, const gibbs_lattice *lattice, double j, const char *what) {
  size_t sites = gibbs_lattice_sites(lattice);
  const gibbs_bond *bonds = NULL;
  double *expected = calloc(sites * sites, sizeof *expected);
  OK(gibbs_lattice_bonds(lattice, &bonds, &error));
  for (size_t k = 0; k < gibbs_lattice_bond_count(lattice); k++) {
    expected[bonds[k].a * sites + bonds[k].b] += j;
    expected[bonds[k].b * sites + bonds[k].a] += j;
  }
  for (size_t a = 0; a < sites; a++)
    for (size_t b = 0; b < sites; b++)
      cr_expect(fabs(coupling(form, a, b) - expected[a * sites + b]) < 1e-14, "%s: pair %zu %zu", what, a, b);
  free(expected);
}

/* The lattice's bonds written out from the directions of the form. */
static void expect_directions(gibbs_normal_form *form, const char *what) {
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  size_t sites = gibbs_normal_form_elements(form);
  double *total = calloc(sites * sites, sizeof *total);
  for (size_t d = 0; d < r->directions; d++)
    for (size_t cell = 0; cell < sites / r->basis; cell++) {
      size_t rest = cell, other = 0, stride = 1;
      bool there = true;
      for (size_t k = r->axes; k-- > 0;) {
        long n = (long)r->extent[k], x = (long)(rest % r->extent[k]) + r->direction[d].offset[k];
        there = there && (r->periodic[k] || (x >= 0 && x < n));
        other += (size_t)((x % n + n) % n) * stride;
        stride *= r->extent[k];
        rest /= r->extent[k];
      }
      size_t a = cell * r->basis + r->direction[d].from, b = other * r->basis + r->direction[d].to;
      if (!there) continue;
      total[a * sites + b] += r->direction[d].coupling;
      total[b * sites + a] += r->direction[d].coupling;
    }
  for (size_t a = 0; a < sites; a++)
    for (size_t b = 0; b < sites; b++)
      cr_expect(fabs(coupling(form, a, b) - total[a * sites + b]) < 1e-14, "%s: pair %zu %zu", what, a, b);
  free(total);
}

static const struct sample {
  gibbs_lattice_kind kind;
  size_t axes, extent[3];
} samples[] = {
    {GIBBS_LATTICE_CHAIN, 1, {1}},         {GIBBS_LATTICE_CHAIN, 1, {2}},
    {GIBBS_LATTICE_CHAIN, 1, {3}},         {GIBBS_LATTICE_CHAIN, 1, {4}},
    {GIBBS_LATTICE_CHAIN, 1, {9}},         {GIBBS_LATTICE_SQUARE, 2, {1, 1}},
    {GIBBS_LATTICE_SQUARE, 2, {1, 5}},     {GIBBS_LATTICE_SQUARE, 2, {2, 2}},
    {GIBBS_LATTICE_SQUARE, 2, {2, 5}},     {GIBBS_LATTICE_SQUARE, 2, {3, 3}},
    {GIBBS_LATTICE_SQUARE, 2, {4, 4}},     {GIBBS_LATTICE_SQUARE, 2, {5, 7}},
    {GIBBS_LATTICE_SQUARE, 2, {6, 5}},     {GIBBS_LATTICE_TRIANGULAR, 2, {1, 3}},
    {GIBBS_LATTICE_TRIANGULAR, 2, {2, 2}}, {GIBBS_LATTICE_TRIANGULAR, 2, {2, 5}},
    {GIBBS_LATTICE_TRIANGULAR, 2, {3, 3}}, {GIBBS_LATTICE_TRIANGULAR, 2, {4, 6}},
    {GIBBS_LATTICE_TRIANGULAR, 2, {5, 6}}, {GIBBS_LATTICE_HONEYCOMB, 2, {1, 1}},
    {GIBBS_LATTICE_HONEYCOMB, 2, {1, 2}},  {GIBBS_LATTICE_HONEYCOMB, 2, {2, 2}},
    {GIBBS_LATTICE_HONEYCOMB, 2, {2, 3}},  {GIBBS_LATTICE_HONEYCOMB, 2, {3, 4}},
    {GIBBS_LATTICE_HONEYCOMB, 2, {5, 6}},  {GIBBS_LATTICE_CUBIC, 3, {2, 2, 2}},
    {GIBBS_LATTICE_CUBIC, 3, {2, 3, 4}},   {GIBBS_LATTICE_CUBIC, 3, {3, 3, 3}},
    {GIBBS_LATTICE_CUBIC, 3, {5, 5, 6}},   {GIBBS_LATTICE_HYPERCUBIC, 3, {1, 6, 2}},
};
enum { sample_count = sizeof samples / sizeof *samples };

ParameterizedTestParameters(lattice_forms, are_the_same_from_rules_and_from_lists) {
  static int number[2 * sample_count];
  for (int k = 0; k < 2 * sample_count; k++) number[k] = k;
  return cr_make_param_array(int, number, 2 * sample_count);
}

ParameterizedTest(int *number, lattice_forms, are_the_same_from_rules_and_from_lists) {
  const struct sample *s = &samples[*number / 2];
  bool periodic = *number % 2;
  const double j = -0.37;
  gibbs_lattice *lattice = make_lattice(s->kind, s->axes, s->extent, periodic);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, *gibbs_lattice_shape(lattice));
  gibbs_expr *field = mul(num(0.2), sum(v));
  gibbs_normal_form *rule = lower(add(mul(num(j), bonds_sum(v, lattice)), field), v);
  gibbs_normal_form *list = lower(add(field, mul(num(j), listed_sum(v, lattice))), v);
  char what[200];
  size_t used = (size_t)snprintf(what, sizeof what, "%s %zu: ", gibbs_lattice_name(s->kind), s->extent[0]);
  gibbs_normal_form_print(rule, what + used, sizeof what - used);
  expect_same_form(rule, list, what);
  expect_bonds(rule, lattice, j, what);
  if (gibbs_lattice_bond_count(lattice) > 0) {
    cr_expect(gibbs_normal_form_regular(rule)->found, "%s: is not found to be regular", what);
    expect_directions(rule, what);
  }
  gibbs_normal_form_free(rule);
  gibbs_normal_form_free(list);
  gibbs_lattice_release(lattice);
}

/* Periodic lattices of one site a cell as products with shifted copies. */
ParameterizedTestParameters(lattice_forms, are_the_same_from_shifts) {
  static int number[sample_count];
  for (int k = 0; k < sample_count; k++) number[k] = k;
  return cr_make_param_array(int, number, sample_count);
}

ParameterizedTest(int *number, lattice_forms, are_the_same_from_shifts) {
  const struct sample *s = &samples[*number];
  if (s->kind == GIBBS_LATTICE_HONEYCOMB) return;
  gibbs_lattice *lattice = make_lattice(s->kind, s->axes, s->extent, true);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, *gibbs_lattice_shape(lattice)), *total = num(0);
  for (size_t k = 0; k < s->axes + (s->kind == GIBBS_LATTICE_TRIANGULAR); k++) {
    long by[3] = {k == 0 || k == s->axes, k == 1 || k == s->axes, k == 2};
    bool stays = true;
    for (size_t axis = 0; axis < s->axes; axis++) stays = stays && by[axis] % (long)s->extent[axis] == 0;
    if (!stays) total = add(total, sum(mul(v, shift(v, by, s->axes))));
  }
  gibbs_normal_form *rule = lower(mul(num(0.7), bonds_sum(v, lattice)), v), *shifts = lower(mul(num(0.7), total), v);
  expect_same_form(rule, shifts, gibbs_lattice_name(s->kind));
  gibbs_normal_form_free(rule);
  gibbs_normal_form_free(shifts);
  gibbs_lattice_release(lattice);
}

/* The other ways of writing it: a variable times the sum of its neighbours, with the field inside. */
ParameterizedTestParameters(lattice_forms, are_the_same_from_sums_of_neighbours) {
  static int number[sample_count];
  for (int k = 0; k < sample_count; k++) number[k] = k;
  return cr_make_param_array(int, number, sample_count);
}

ParameterizedTest(int *number, lattice_forms, are_the_same_from_sums_of_neighbours) {
  const struct sample *s = &samples[*number];
  if (s->kind == GIBBS_LATTICE_HONEYCOMB || s->kind == GIBBS_LATTICE_TRIANGULAR) return;
  gibbs_lattice *lattice = make_lattice(s->kind, s->axes, s->extent, true);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, *gibbs_lattice_shape(lattice)), *near = num(0.25);
  for (size_t k = 0; k < s->axes; k++) {
    long by[3] = {k == 0, k == 1, k == 2};
    if (s->extent[k] > 1) near = add(near, shift(v, by, s->axes));
  }
  gibbs_expr *e = mul(num(-0.5), add(bonds_sum(v, lattice), mul(num(0.25), sum(v))));
  gibbs_normal_form *rule = lower(e, v);
  gibbs_normal_form *sums = lower(neg(sum(mul(v, mul(num(0.5), near)))), v);
  expect_same_form(rule, sums, gibbs_lattice_name(s->kind));
  gibbs_normal_form_set_scale(rule, 0.3);
  gibbs_normal_form_set_scale(sums, 0.3);
  OK(gibbs_normal_form_refresh(rule, &error));
  OK(gibbs_normal_form_refresh(sums, &error));
  expect_same_form(rule, sums, "scaled");
  expect_energy(rule, e, &v, 1, 1e-12, "scaled");
  gibbs_normal_form_set_scale(rule, 1);
  gibbs_normal_form_set_scale(sums, 0.7);
  OK(gibbs_normal_form_refresh(rule, &error));
  OK(gibbs_normal_form_refresh(sums, &error));
  gibbs_normal_form_set_scale(sums, 1);
  OK(gibbs_normal_form_refresh(sums, &error));
  expect_same_form(rule, sums, "scaled back");
  gibbs_normal_form_free(rule);
  gibbs_normal_form_free(sums);
  gibbs_lattice_release(lattice);
}

Test(lattice_forms, per_bond_couplings_are_regular_while_they_are_equal) {
  gibbs_lattice *lattice = make_lattice(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){4, 6}, true);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, *gibbs_lattice_shape(lattice)), *coupling = NULL, *visible = v;
  gibbs_parameter *j = NULL;
  gibbs_shape shape = gibbs_shape_vector(48);
  OK(gibbs_parameter_new("J", &shape, &j, &error));
  OK(gibbs_expr_parameter(graph, j, &coupling, &error));
  for (size_t k = 0; k < 48; k++) gibbs_parameter_values(j)[k] = k % 2 ? 0.5 : 0.25;
  gibbs_distribution *ising = NULL;
  OK(gibbs_ising_new(graph, lattice, coupling, NULL, visible, &ising, &error));
  gibbs_expr *energy = keep(gibbs_expr_retain(gibbs_distribution_energy(ising)));
  gibbs_normal_form *form = lower(energy, v);
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  cr_assert(r->found && r->directions == 2 && r->periodic[0] && r->periodic[1]);
  cr_expect(r->direction[0].offset[0] == 1 && r->direction[0].coupling == -0.25 && r->direction[1].coupling == -0.5);
  gibbs_parameter_values(j)[17] = 0.75;
  gibbs_parameter_touch(j);
  cr_expect(gibbs_normal_form_regular(form)->found, "nothing is read before a refresh");
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect_not(gibbs_normal_form_regular(form)->found);
  expect_energy(form, energy, &v, 1, 1e-12, "one bond changed");
  gibbs_parameter_values(j)[17] = 0.5;
  gibbs_parameter_touch(j);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect(gibbs_normal_form_regular(form)->found);
  gibbs_normal_form_free(form);
  gibbs_distribution_release(ising);
  gibbs_expr_release(coupling);
  gibbs_parameter_release(j);
  gibbs_lattice_release(lattice);
}

/* Rows that were asked for stay in place and follow the parameter; so do fields. */
Test(lattice_forms, rows_of_a_rule_are_refreshed) {
  gibbs_shape shape = gibbs_shape_matrix(6, 6);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, shape), *j = named_parameter("J", gibbs_shape_scalar(), 1);
  long by[2] = {3, 0}, along[2] = {0, 1};
  gibbs_expr *e = mul(j, sub(sum(mul(v, shift(v, by, 2))), mul(num(2), sum(mul(shift(v, along, 2), v)))));
  e = add(e, mul(j, sum(v)));
  gibbs_normal_form *form = lower(e, v);
  const gibbs_sparse *rows = sparse_of(form);
  const double *fields = fields_of(form), *values = rows->value;
  double before = *gibbs_parameter_values(gibbs_expr_as_parameter(j));
  cr_expect_eq(coupling(form, 0, 18), 2 * before, "three of six further on is met from both ends");
  *gibbs_parameter_values(gibbs_expr_as_parameter(j)) = 3;
  gibbs_parameter_touch(gibbs_expr_as_parameter(j));
  gibbs_normal_form_set_scale(form, 0.5);
  OK(gibbs_normal_form_refresh(form, &error));
  cr_expect(sparse_of(form)->value == values && fields_of(form) == fields, "arrays stay where they are");
  cr_expect_eq(coupling(form, 0, 18), 3.0);
  cr_expect_eq(coupling(form, 0, 1), -3.0);
  cr_expect_eq(fields[35], 1.5);
  expect_energy(form, e, &v, 1, 1e-12, "refreshed");
  double uniform = 0;
  cr_expect(gibbs_normal_form_uniform_field(form, &uniform) && uniform == 1.5);
  gibbs_normal_form_free(form);
}

Test(lattice_forms, what_is_not_the_same_everywhere_is_not_regular) {
  gibbs_shape shape = gibbs_shape_matrix(5, 5);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, shape), *w = spins(3);
  long by[2] = {1, 0};
  gibbs_expr *torus = sum(mul(v, shift(v, by, 2))), *one = mul(element(element(v, 0), 0), element(element(v, 2), 3));
  gibbs_normal_form *form = lower(add(torus, one), v);
  cr_expect_not(gibbs_normal_form_regular(form)->found, "one more bond");
  cr_expect(gibbs_normal_form_has_sparse(form));
  gibbs_normal_form_free(form);
  gibbs_expr *both[] = {v, w};
  form = lower_all(add(torus, mul(element(w, 0), element(w, 1))), both, 2);
  cr_expect_not(gibbs_normal_form_regular(form)->found, "bonds in two variables");
  gibbs_normal_form_free(form);
  form = lower_all(add(torus, element(w, 0)), both, 2);
  cr_expect(gibbs_normal_form_regular(form)->found, "a field elsewhere is no pair");
  gibbs_normal_form_free(form);
  form = lower(sum(v), v);
  cr_expect_not(gibbs_normal_form_regular(form)->found, "there is no pair at all");
  gibbs_normal_form_free(form);
}

Test(lattice_forms, are_described) {
  char text[200];
  gibbs_shape shape = gibbs_shape_matrix(6, 5);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, shape);
  long by[2] = {1, 0}, along[2] = {0, 1};
  gibbs_expr *e = add(sum(mul(v, shift(v, by, 2))), sum(mul(v, shift(v, along, 2))));
  gibbs_normal_form *form = lower(add(e, mul(num(3), sum(v))), v);
  cr_expect_str_eq(gibbs_normal_form_print(form, text, sizeof text),
                   "fields, 60 pair couplings (1) on a periodic square lattice 6x5");
  for (size_t size = 1; size < 64; size++) {
    char cut[64];
    gibbs_normal_form_print(form, cut, size);
    cr_expect(strlen(cut) < size && strncmp(cut, text, strlen(cut)) == 0);
  }
  gibbs_normal_form_free(form);
}

/* Bits and reals are elements like spins; the indicators of Potts units are pairs of their own, and no lattice. */
Test(lattice_forms, are_found_in_all_domains_of_one_element_a_unit) {
  static const gibbs_domain domains[] = {GIBBS_BITS, GIBBS_REALS, GIBBS_POTTS};
  for (size_t k = 0; k < 3; k++) {
    gibbs_lattice *lattice = make_lattice(GIBBS_LATTICE_HONEYCOMB, 2, (const size_t[]){5, 6}, k != 1);
    gibbs_expr *v = variable_of(domains[k], 3, *gibbs_lattice_shape(lattice));
    gibbs_normal_form *form = lower(mul(num(-0.5), bonds_sum(v, lattice)), v);
    cr_expect_eq(gibbs_normal_form_regular(form)->found, domains[k] != GIBBS_POTTS);
    cr_expect_eq(sparse_of(form)->entries,
                 2 * gibbs_lattice_bond_count(lattice) * (domains[k] == GIBBS_POTTS ? 3 : 1));
    gibbs_normal_form_free(form);
    gibbs_lattice_release(lattice);
  }
}

/* A flat variable on a lattice: its shape shows a chain, the writing of the energy the lattice. */
Test(lattice_forms, are_found_where_only_the_energy_shows_them) {
  gibbs_lattice *lattice = make_lattice(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){6, 7}, true);
  gibbs_expr *v = spins(42);
  gibbs_normal_form *form = lower(bonds_sum(v, lattice), v);
  const gibbs_regular *r = gibbs_normal_form_regular(form);
  cr_assert(r->found && r->axes == 2 && r->extent[0] == 6 && r->extent[1] == 7 && r->directions == 2);
  gibbs_normal_form *list = lower(listed_sum(v, lattice), v);
  cr_expect_not(gibbs_normal_form_regular(list)->found, "a list on a flat variable is any graph");
  expect_same_rows(form, list, "flat");
  gibbs_normal_form_free(form);
  gibbs_normal_form_free(list);
  gibbs_lattice_release(lattice);
}

/* Long enough that positions are not written out when the expression is made. */
Test(lattice_forms, of_long_lists_are_found_without_them) {
  gibbs_lattice *lattice = make_lattice(GIBBS_LATTICE_TRIANGULAR, 2, (const size_t[]){64, 90}, true);
  gibbs_expr *v = variable_of(GIBBS_SPINS, 2, *gibbs_lattice_shape(lattice)), *e = bonds_sum(v, lattice);
  gibbs_normal_form *form = NULL, *list = NULL;
  long along[] = {1, 0}, by[] = {63, 89};
  OK(gibbs_normal_form_new(e, &v, 1, &form, &error));
  cr_expect(gibbs_normal_form_regular(form)->found && gibbs_normal_form_regular(form)->directions == 3);
  cr_expect_null(gibbs_expr_repeated(e));
  cr_expect_null(e->arguments[0]->arguments[0]->of.index->at, "nobody has read the positions");
  OK(gibbs_normal_form_new(listed_sum(v, lattice), &v, 1, &list, &error));
  expect_same_form(form, list, "long");
  cr_expect(shift(shift(v, along, 2), by, 2) == shift(v, (long[]){0, -1}, 2), "two shifts are one");
  cr_expect(shift(shift(v, along, 2), (long[]){-1, 0}, 2) == v);
  cr_expect(reshape(reshape(v, gibbs_shape_vector(64 * 90)), *gibbs_expr_shape(v)) == v);
  gibbs_tensor *value = spread(gibbs_expr_shape(v), -1, 1, 3), *total = NULL;
  double energy = 0;
  OK(gibbs_reference_value(e, &v, &value, 1, &total, &error));
  OK(gibbs_normal_form_energy(form, 1, 1, gibbs_tensor_values(value), &energy, &error));
  cr_expect_float_eq(energy, gibbs_tensor_values(total)[0], 1e-9);
  gibbs_tensor_release(value);
  gibbs_tensor_release(total);
  gibbs_normal_form_free(form);
  gibbs_normal_form_free(list);
  gibbs_lattice_release(lattice);
}
