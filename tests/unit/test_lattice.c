/* test_lattice.c - bonds of every kind of lattice, against counts, hand-written lists and an independent table. */
#include "gibbs/lattice.h"

#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdlib.h>

static gibbs_lattice *make(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic) {
  gibbs_lattice *lattice = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  cr_assert_eq(gibbs_lattice_new(kind, axes, extent, periodic, &lattice, &err), GIBBS_OK, "%s", err.message);
  return lattice;
}

static const gibbs_bond *bonds_of(const gibbs_lattice *lattice) {
  const gibbs_bond *bonds = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  cr_assert_eq(gibbs_lattice_bonds(lattice, &bonds, &err), GIBBS_OK, "%s", err.message);
  return bonds;
}

static int compare_ends(const void *left, const void *right) {
  const uint32_t *a = left, *b = right;
  if (a[0] != b[0]) return a[0] < b[0] ? -1 : 1;
  return a[1] < b[1] ? -1 : a[1] > b[1];
}

/* The bonds as a sorted list of pairs (low, high). */
static uint32_t (*sorted_pairs(size_t count, const gibbs_bond *bonds))[2] {
  uint32_t(*pairs)[2] = malloc(count * sizeof *pairs);
  for (size_t k = 0; k < count; k++) {
    uint32_t a = bonds[k].a, b = bonds[k].b;
    pairs[k][0] = a < b ? a : b;
    pairs[k][1] = a < b ? b : a;
  }
  qsort(pairs, count, sizeof *pairs, compare_ends);
  return pairs;
}

static void expect_same_bonds(const gibbs_lattice *lattice, size_t count, const uint32_t expected[][2]) {
  cr_assert_eq(gibbs_lattice_bond_count(lattice), count);
  gibbs_bond *bonds = calloc(count, sizeof *bonds);
  for (size_t k = 0; k < count; k++) bonds[k] = (gibbs_bond){expected[k][0], expected[k][1], 0};
  uint32_t(*want)[2] = sorted_pairs(count, bonds);
  uint32_t(*got)[2] = sorted_pairs(count, bonds_of(lattice));
  for (size_t k = 0; k < count; k++)
    cr_expect(got[k][0] == want[k][0] && got[k][1] == want[k][1], "pair %zu: %u-%u, expected %u-%u", k, got[k][0],
              got[k][1], want[k][0], want[k][1]);
  free(bonds);
  free(want);
  free(got);
}

/* id, axes, extent, directions, bonds when periodic, bonds when open: counted by hand */
static const struct sample {
  gibbs_lattice_kind kind;
  size_t axes, extent[5], sites, directions, periodic, open;
} samples[] = {
    {GIBBS_LATTICE_CHAIN, 1, {6}, 6, 1, 6, 5},
    {GIBBS_LATTICE_CHAIN, 1, {2}, 2, 1, 2, 1},
    {GIBBS_LATTICE_CHAIN, 1, {1}, 1, 1, 0, 0},
    {GIBBS_LATTICE_SQUARE, 2, {3, 4}, 12, 2, 24, 17},
    {GIBBS_LATTICE_SQUARE, 2, {2, 2}, 4, 2, 8, 4},
    {GIBBS_LATTICE_SQUARE, 2, {1, 5}, 5, 2, 5, 4},
    {GIBBS_LATTICE_TRIANGULAR, 2, {3, 4}, 12, 3, 36, 23},
    {GIBBS_LATTICE_HONEYCOMB, 2, {2, 3}, 12, 3, 18, 13},
    {GIBBS_LATTICE_CUBIC, 3, {2, 3, 4}, 24, 3, 72, 46},
    {GIBBS_LATTICE_HYPERCUBIC, 4, {2, 2, 2, 2}, 16, 4, 64, 32},
    {GIBBS_LATTICE_HYPERCUBIC, 5, {3, 1, 2, 1, 2}, 12, 5, 36, 20},
    {GIBBS_LATTICE_COMPLETE, 1, {7}, 7, 1, 21, 21},
    {GIBBS_LATTICE_COMPLETE, 1, {1}, 1, 1, 0, 0},
};
enum { sample_count = sizeof samples / sizeof *samples };

ParameterizedTestParameters(lattice, sites_and_bonds_are_counted) {
  static int number[sample_count];
  for (int k = 0; k < sample_count; k++) number[k] = k;
  return cr_make_param_array(int, number, sample_count);
}

ParameterizedTest(int *number, lattice, sites_and_bonds_are_counted) {
  const struct sample *s = &samples[*number];
  for (int periodic = 0; periodic < 2; periodic++) {
    gibbs_lattice *lattice = make(s->kind, s->axes, s->extent, periodic);
    cr_expect_eq(gibbs_lattice_sites(lattice), s->sites);
    cr_expect_eq(gibbs_lattice_directions(lattice), s->directions);
    cr_expect_eq(gibbs_lattice_bond_count(lattice), periodic ? s->periodic : s->open, "%s: %zu bonds",
                 gibbs_lattice_name(s->kind), gibbs_lattice_bond_count(lattice));
    cr_expect_eq(gibbs_shape_size(gibbs_lattice_shape(lattice)), s->sites);
    const gibbs_bond *bonds = bonds_of(lattice);
    for (size_t k = 0; k < gibbs_lattice_bond_count(lattice); k++)
      cr_expect(bonds[k].a < s->sites && bonds[k].b < s->sites && bonds[k].a != bonds[k].b &&
                bonds[k].direction < s->directions);
    gibbs_lattice_release(lattice);
  }
}

/* Every site of a periodic lattice has the same number of neighbours: the coordination number. */
Test(lattice, every_site_of_a_torus_has_the_coordination_number) {
  static const struct {
    gibbs_lattice_kind kind;
    size_t axes, neighbours;
  } rows[] = {{GIBBS_LATTICE_CHAIN, 1, 2},     {GIBBS_LATTICE_SQUARE, 2, 4}, {GIBBS_LATTICE_TRIANGULAR, 2, 6},
              {GIBBS_LATTICE_HONEYCOMB, 2, 3}, {GIBBS_LATTICE_CUBIC, 3, 6},  {GIBBS_LATTICE_HYPERCUBIC, 5, 10}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    gibbs_lattice *lattice = make(rows[r].kind, rows[r].axes, (const size_t[]){3, 4, 3, 3, 3}, true);
    size_t *degree = calloc(gibbs_lattice_sites(lattice), sizeof *degree);
    for (size_t k = 0; k < gibbs_lattice_bond_count(lattice); k++) {
      degree[bonds_of(lattice)[k].a]++;
      degree[bonds_of(lattice)[k].b]++;
    }
    for (size_t i = 0; i < gibbs_lattice_sites(lattice); i++)
      cr_expect_eq(degree[i], rows[r].neighbours, "%s site %zu", gibbs_lattice_name(rows[r].kind), i);
    free(degree);
    gibbs_lattice_release(lattice);
  }
}

Test(lattice, square_bonds_go_along_the_axes_in_order) {
  gibbs_lattice *lattice = make(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){2, 3}, false);
  static const gibbs_bond expected[] = {{0, 3, 0}, {0, 1, 1}, {1, 4, 0}, {1, 2, 1}, {2, 5, 0}, {3, 4, 1}, {4, 5, 1}};
  cr_assert_eq(gibbs_lattice_bond_count(lattice), sizeof expected / sizeof *expected);
  for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
    const gibbs_bond *bond = &bonds_of(lattice)[k];
    cr_expect(bond->a == expected[k].a && bond->b == expected[k].b && bond->direction == expected[k].direction,
              "bond %zu is %u-%u along %u", k, bond->a, bond->b, bond->direction);
  }
  gibbs_lattice_release(lattice);
}

/* Sites x + Lx y with Lx = 3, Ly = 4, bonds to (x+1, y), (x, y+1), (x+1, y+1): the numbering of extents {Ly, Lx}. */
Test(lattice, triangular_bonds_match_an_independent_list) {
  enum { lx = 3, ly = 4 };
  uint32_t expected[3 * lx * ly][2];
  size_t count = 0;
  for (uint32_t y = 0; y < ly; y++)
    for (uint32_t x = 0; x < lx; x++) {
      uint32_t site = x + lx * y, right = (x + 1) % lx, up = (y + 1) % ly;
      uint32_t ends[3] = {right + lx * y, x + lx * up, right + lx * up};
      for (size_t k = 0; k < 3; k++, count++) expected[count][0] = site, expected[count][1] = ends[k];
    }
  gibbs_lattice *lattice = make(GIBBS_LATTICE_TRIANGULAR, 2, (const size_t[]){ly, lx}, true);
  expect_same_bonds(lattice, count, expected);
  gibbs_lattice_release(lattice);
}

/* Two cells in a direction: site B of a cell meets the same A twice only if that cell is its own neighbour. */
Test(lattice, honeycomb_bonds_match_a_list_by_hand) {
  static const uint32_t expected[][2] = {{1, 0}, {1, 2}, {1, 4}, {3, 2}, {3, 0}, {3, 6},
                                         {5, 4}, {5, 6}, {5, 0}, {7, 6}, {7, 4}, {7, 2}};
  gibbs_lattice *lattice = make(GIBBS_LATTICE_HONEYCOMB, 2, (const size_t[]){2, 2}, true);
  expect_same_bonds(lattice, 12, expected);
  gibbs_shape expected_shape = {.rank = 3, .extent = {2, 2, 2}};
  cr_expect(gibbs_shape_equal(gibbs_lattice_shape(lattice), &expected_shape));
  gibbs_lattice_release(lattice);
}

Test(lattice, a_periodic_pair_is_bound_twice) {
  static const uint32_t expected[][2] = {{0, 1}, {1, 0}};
  gibbs_lattice *lattice = make(GIBBS_LATTICE_CHAIN, 1, (const size_t[]){2}, true);
  expect_same_bonds(lattice, 2, expected);
  gibbs_lattice_release(lattice);
}

Test(lattice, complete_graph_has_every_pair_once_in_order) {
  static const uint32_t expected[][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
  gibbs_lattice *lattice = make(GIBBS_LATTICE_COMPLETE, 1, (const size_t[]){4}, true);
  for (size_t k = 0; k < 6; k++) {
    cr_expect_eq(bonds_of(lattice)[k].a, expected[k][0]);
    cr_expect_eq(bonds_of(lattice)[k].b, expected[k][1]);
  }
  cr_expect_not(gibbs_lattice_periodic(lattice), "a complete graph has no border to close");
  gibbs_lattice_release(lattice);
}

Test(lattice, graph_keeps_the_bonds_it_is_given) {
  const gibbs_bond bonds[] = {{2, 0, 7}, {0, 1, 0}, {0, 1, 0}};
  gibbs_lattice *lattice = NULL;
  cr_assert_eq(gibbs_lattice_new_graph(3, 3, bonds, &lattice, NULL), GIBBS_OK);
  static const uint32_t expected[][2] = {{0, 2}, {0, 1}, {0, 1}};
  expect_same_bonds(lattice, 3, expected);
  cr_expect_eq(bonds_of(lattice)[0].a, 2u);
  cr_expect_eq(bonds_of(lattice)[0].direction, 0u, "a graph has one direction");
  cr_expect_eq(gibbs_lattice_kind_of(lattice), GIBBS_LATTICE_GRAPH);
  gibbs_lattice_release(lattice);
}

Test(lattice, graph_without_bonds_is_a_lattice) {
  gibbs_lattice *lattice = NULL;
  cr_assert_eq(gibbs_lattice_new_graph(5, 0, NULL, &lattice, NULL), GIBBS_OK);
  cr_expect_eq(gibbs_lattice_bond_count(lattice), 0u);
  cr_expect_eq(gibbs_lattice_sites(lattice), 5u);
  gibbs_lattice_release(lattice);
}

static void expect_refused(gibbs_lattice_kind kind, size_t axes, const size_t extent[], const char *message) {
  gibbs_lattice *untouched = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_lattice_new(kind, axes, extent, true, &untouched, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_null(untouched);
  cr_expect_str_eq(err.message, message);
}

Test(lattice, wrong_lengths_are_refused_by_name) {
  expect_refused(GIBBS_LATTICE_SQUARE, 3, (const size_t[]){2, 2, 2},
                 "lattice.square: wrong number of lengths: 3; it takes 2");
  expect_refused(GIBBS_LATTICE_HYPERCUBIC, 6, (const size_t[]){2, 2, 2, 2, 2, 2},
                 "lattice.hypercubic: wrong number of lengths: 6; it takes 1 to 5");
  expect_refused(GIBBS_LATTICE_CUBIC, 3, (const size_t[]){2, 0, 2},
                 "lattice.cubic: length 2 is 0; lengths are at least 1");
  expect_refused(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){1u << 20, 1u << 20},
                 "lattice.square: too many bonds; at most 2147483648");
  expect_refused(GIBBS_LATTICE_SQUARE, 2, (const size_t[]){SIZE_MAX, SIZE_MAX},
                 "lattice.square: too many bonds; at most 2147483648");
  expect_refused(GIBBS_LATTICE_COMPLETE, 1, (const size_t[]){1u << 20},
                 "lattice.complete: too many bonds; at most 2147483648");
}

static void expect_graph_refused(size_t sites, gibbs_bond bond, const char *message) {
  gibbs_lattice *untouched = NULL;
  gibbs_error err = {.code = GIBBS_OK};
  cr_expect_eq(gibbs_lattice_new_graph(sites, 1, &bond, &untouched, &err), GIBBS_ERR_ARGUMENT);
  cr_expect_null(untouched);
  cr_expect_str_eq(err.message, message);
}

Test(lattice, wrong_bonds_are_refused_by_number) {
  expect_graph_refused(3, (gibbs_bond){0, 3, 0}, "lattice.graph: bond 1 ends at site 4; sites are numbered 1 to 3");
  expect_graph_refused(3, (gibbs_bond){1, 1, 0},
                       "lattice.graph: bond 1 joins site 2 to itself; its ends have to differ");
  expect_graph_refused(0, (gibbs_bond){0, 1, 0}, "lattice.graph: wrong number of sites: 0; it takes 1 to 4294967295");
}

Test(lattice, retained_lattices_outlive_their_first_owner) {
  gibbs_lattice *lattice = make(GIBBS_LATTICE_CHAIN, 1, (const size_t[]){4}, true);
  gibbs_lattice *second = gibbs_lattice_retain(lattice);
  gibbs_lattice_release(lattice);
  cr_expect_eq(gibbs_lattice_sites(second), 4u);
  gibbs_lattice_release(second);
  gibbs_lattice_release(NULL);
}
