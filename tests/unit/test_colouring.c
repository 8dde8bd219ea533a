/* test_colouring.c - blocks of units that do not interact: none are left out, none interact, few are needed. */
#include "colouring.h"

#include "gibbs/private/builder.h"
#include "machines.h"

static gibbs_graph *new_graph(void) {
  gibbs_graph *graph = NULL;
  CHECK(gibbs_graph_new(&graph, err));
  return graph;
}

/* ---- checks ---------------------------------------------------------------------------------------------- */

typedef struct check {
  gibbs_normal_form *form;
  const bool *held;
  size_t *block, *unit_of; /* [unit], SIZE_MAX for held ones; [element] */
} check;

static void expect_apart(const check *c, size_t e, size_t f) {
  size_t u = c->unit_of[e], v = c->unit_of[f];
  if (u == v || c->block[u] == SIZE_MAX || c->block[v] == SIZE_MAX) return;
  cr_assert(c->block[u] != c->block[v], "units %zu and %zu interact in block %zu", u, v, c->block[u]);
}

static void expect_proper(const check *c) {
  const gibbs_sparse *sparse = NULL;
  CHECK(gibbs_normal_form_sparse(c->form, &sparse, err));
  for (size_t e = 0; sparse->entries > 0 && e < sparse->rows; e++)
    for (size_t k = sparse->first[e]; k < sparse->first[e + 1]; k++) expect_apart(c, e, sparse->column[k]);
  const gibbs_dense *dense = gibbs_normal_form_dense(c->form);
  for (size_t k = 0; k < gibbs_normal_form_dense_count(c->form); k++)
    for (size_t i = 0; i < dense[k].rows; i++)
      for (size_t j = 0; j < dense[k].columns; j++) expect_apart(c, dense[k].row_at + i, dense[k].column_at + j);
  const gibbs_monomials *m = gibbs_normal_form_monomials(c->form);
  for (size_t k = 0; m != NULL && k < m->count; k++)
    for (size_t i = m->first[k]; i < m->first[k + 1]; i++)
      for (size_t j = m->first[k]; j < i; j++) expect_apart(c, m->element[i], m->element[j]);
}

static void read_blocks(check *c, const gibbs_colouring *colouring) {
  size_t units = gibbs_normal_form_units(c->form);
  for (size_t u = 0; u < units; u++) c->block[u] = SIZE_MAX;
  for (size_t k = 0; k < colouring->blocks; k++) {
    cr_assert(colouring->first[k] < colouring->first[k + 1], "block %zu is empty", k);
    for (size_t i = colouring->first[k]; i < colouring->first[k + 1]; i++) {
      size_t u = colouring->unit[i];
      cr_assert(u < units && c->block[u] == SIZE_MAX && !(c->held && c->held[u]));
      cr_assert(i == colouring->first[k] || colouring->unit[i - 1] < u, "not ascending");
      c->block[u] = k;
    }
  }
  size_t first = SIZE_MAX;
  for (size_t u = units; u-- > 0;)
    if (!(c->held && c->held[u])) {
      cr_assert(c->block[u] != SIZE_MAX, "unit %zu is in no block", u);
      first = u;
    }
  cr_assert(first == SIZE_MAX || c->block[first] == 0);
}

/* Check everything; the number of blocks. */
static size_t count_blocks(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, const bool *held) {
  check c = {.held = held};
  gibbs_colouring colouring;
  CHECK(gibbs_normal_form_new(energy, variables, count, &c.form, err));
  CHECK(gibbs_colouring_new(c.form, held, &colouring, err));
  c.block = malloc((gibbs_normal_form_units(c.form) + 1) * sizeof *c.block);
  c.unit_of = malloc((gibbs_normal_form_elements(c.form) + 1) * sizeof *c.unit_of);
  const gibbs_segment *s = gibbs_normal_form_segments(c.form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(c.form); k++)
    for (size_t e = 0; e < s[k].elements; e++)
      c.unit_of[s[k].first_element + e] = s[k].first_unit + e / (s[k].elements / s[k].units);
  read_blocks(&c, &colouring);
  expect_proper(&c);
  size_t blocks = colouring.blocks;
  gibbs_colouring_free(&colouring);
  gibbs_normal_form_free(c.form);
  free(c.block);
  free(c.unit_of);
  return blocks;
}

static size_t blocks_of(gibbs_distribution *d, const bool *held) {
  return count_blocks(gibbs_distribution_energy(d), gibbs_distribution_visible(d),
                      gibbs_distribution_visible_count(d), held);
}

/* ---- lattices and graphs --------------------------------------------------------------------------------- */

static size_t blocks_of_lattice(gibbs_lattice *lattice, const bool *held) {
  gibbs_graph *graph = new_graph();
  gibbs_expr *coupling = NULL;
  gibbs_distribution *d = NULL;
  CHECK(gibbs_expr_number(graph, 0.3, &coupling, err));
  CHECK(gibbs_ising_new(graph, lattice, coupling, NULL, NULL, &d, err));
  size_t blocks = blocks_of(d, held);
  gibbs_distribution_release(d);
  gibbs_expr_release(coupling);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
  return blocks;
}

static gibbs_lattice *lattice_of(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic) {
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_lattice_new(kind, axes, extent, periodic, &lattice, err));
  return lattice;
}

Test(colouring, lattices) {
  static const struct {
    gibbs_lattice_kind kind;
    size_t axes, extent[3];
    bool periodic;
    size_t least, most;
  } rows[] = {
      {GIBBS_LATTICE_CHAIN, 1, {8}, true, 2, 2},          {GIBBS_LATTICE_CHAIN, 1, {7}, true, 3, 3},
      {GIBBS_LATTICE_CHAIN, 1, {7}, false, 2, 2},         {GIBBS_LATTICE_CHAIN, 1, {1}, true, 1, 1},
      {GIBBS_LATTICE_SQUARE, 2, {6, 4}, true, 2, 2},      {GIBBS_LATTICE_SQUARE, 2, {5, 4}, true, 3, 4},
      {GIBBS_LATTICE_SQUARE, 2, {7, 5}, true, 3, 5},      {GIBBS_LATTICE_SQUARE, 2, {7, 5}, false, 2, 2},
      {GIBBS_LATTICE_TRIANGULAR, 2, {6, 6}, true, 3, 7},  {GIBBS_LATTICE_TRIANGULAR, 2, {5, 7}, true, 3, 7},
      {GIBBS_LATTICE_TRIANGULAR, 2, {5, 7}, false, 3, 7}, {GIBBS_LATTICE_HONEYCOMB, 2, {3, 5}, true, 2, 2},
      {GIBBS_LATTICE_CUBIC, 3, {4, 4, 6}, true, 2, 2},    {GIBBS_LATTICE_CUBIC, 3, {3, 4, 5}, true, 3, 7},
      {GIBBS_LATTICE_SQUARE, 2, {128, 128}, true, 2, 2},  {GIBBS_LATTICE_COMPLETE, 1, {9}, true, 9, 9},
  };
  for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
    gibbs_lattice *lattice = lattice_of(rows[k].kind, rows[k].axes, rows[k].extent, rows[k].periodic);
    size_t blocks = blocks_of_lattice(lattice, NULL);
    cr_expect(blocks >= rows[k].least && blocks <= rows[k].most, "lattice %zu: %zu blocks", k, blocks);
  }
}

static gibbs_lattice *graph_of(size_t sites, size_t count, const gibbs_bond *bonds) {
  gibbs_lattice *lattice = NULL;
  CHECK(gibbs_lattice_new_graph(sites, count, bonds, &lattice, err));
  return lattice;
}

Test(colouring, empty_and_disconnected_graphs) {
  cr_expect_eq(blocks_of_lattice(graph_of(5, 0, NULL), NULL), 1);
  const gibbs_bond parts[] = {{3, 4, 0}, {1, 0, 0}, {5, 6, 0}, {6, 7, 0}, {7, 5, 0}};
  cr_expect_eq(blocks_of_lattice(graph_of(9, 5, parts), NULL), 3);
  cr_expect_eq(blocks_of_lattice(graph_of(9, 4, parts), NULL), 2);
}

/* Pairs a_k b_k that do not interact, all other a_k b_j do: in the order a_1 b_1 a_2 b_2 ... each pair takes a colour
 * of its own.  A leaf at each a_k puts all of them first, and then two colours do; a triangle takes a third. */
Test(colouring, the_better_of_two_orders_counts) {
  enum { pairs = 6, sites = 3 * pairs + 3 };
  gibbs_bond bonds[pairs * pairs + 3];
  size_t count = 0;
  for (uint32_t i = 0; i < pairs; i++)
    for (uint32_t j = 0; j < pairs; j++)
      bonds[count++] = i == j ? (gibbs_bond){2 * i, 2 * pairs + i, 0} : (gibbs_bond){2 * i, 2 * j + 1, 0};
  for (uint32_t k = 0; k < 3; k++) bonds[count++] = (gibbs_bond){sites - 3 + k, sites - 3 + (k + 1) % 3, 0};
  cr_expect_eq(blocks_of_lattice(graph_of(sites, count, bonds), NULL), 3);
}

Test(colouring, random_graphs) {
  enum { units = 60, most = 400 };
  for (uint32_t seed = 0; seed < 30; seed++) {
    gibbs_stream stream = gibbs_stream_open(11, GIBBS_PURPOSE_CHECK, seed, 0);
    size_t count = gibbs_stream_word(&stream) % most, degree[units] = {0}, largest = 0;
    gibbs_bond bonds[most];
    bool held[units];
    for (size_t k = 0; k < count; k++) {
      uint32_t a = gibbs_stream_word(&stream) % units, b = (a + 1 + gibbs_stream_word(&stream) % (units - 1)) % units;
      bonds[k] = (gibbs_bond){a, b, 0};
      degree[a]++, degree[b]++;
    }
    for (size_t u = 0; u < units; u++) {
      held[u] = gibbs_stream_word(&stream) % 4 == 0;
      largest = degree[u] > largest ? degree[u] : largest;
    }
    size_t blocks = blocks_of_lattice(graph_of(units, count, bonds), NULL);
    cr_expect(blocks <= largest + 1, "%zu blocks, degree %zu", blocks, largest);
    cr_expect(blocks_of_lattice(graph_of(units, count, bonds), held) <= blocks + 1);
  }
}

/* ---- machines, cliques and monomials ---------------------------------------------------------------------- */

Test(colouring, layers) {
  gibbs_error storage;
  gibbs_graph *graph = new_graph();
  gibbs_builder room = gibbs_build_begin(graph, &storage), *b = &room;
  gibbs_expr *x[4], *energy = gibbs_build_number(b, 0);
  static const size_t units[4] = {9, 7, 8, 3};
  static const gibbs_domain domain[4] = {GIBBS_SPINS, GIBBS_BITS, GIBBS_SPINS, GIBBS_BITS};
  for (size_t k = 0; k < 4; k++) {
    x[k] = gibbs_build_keep(b, make_variable(graph, "x", domain[k], 2, units[k]));
    if (k == 0) continue;
    gibbs_expr *w =
        gibbs_build_keep(b, make_parameter(graph, "W", gibbs_shape_matrix(units[k - 1], units[k]), 1, (uint32_t)k));
    energy =
        gibbs_build_binary(b, GIBBS_OP_SUB, energy, gibbs_build_dot(b, x[k - 1], gibbs_build_matmul(b, w, x[k])));
  }
  cr_expect_eq(count_blocks(energy, x, 4, NULL), 2);
  bool held[27] = {false};
  for (size_t u = 9; u < 16; u++) held[u] = true; /* the second layer: the first is alone then */
  cr_expect_eq(count_blocks(energy, x, 4, held), 2);
  for (size_t u = 16; u < 24; u++) held[u] = true;
  cr_expect_eq(count_blocks(energy, x, 4, held), 1);
  for (size_t u = 0; u < 27; u++) held[u] = true;
  cr_expect_eq(count_blocks(energy, x, 4, held), 0);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_graph_release(graph);
}

/* Rectangles 0-1, 1-2, 2-0: no two blocks do. */
Test(colouring, three_layers_in_a_ring) {
  gibbs_error storage;
  gibbs_graph *graph = new_graph();
  gibbs_builder room = gibbs_build_begin(graph, &storage), *b = &room;
  gibbs_expr *x[3], *energy = gibbs_build_number(b, 0);
  for (size_t k = 0; k < 3; k++) x[k] = gibbs_build_keep(b, make_variable(graph, "x", GIBBS_SPINS, 2, 5 + k));
  for (size_t k = 0; k < 3; k++) {
    gibbs_expr *w =
        gibbs_build_keep(b, make_parameter(graph, "W", gibbs_shape_matrix(5 + k, 5 + (k + 1) % 3), 1, (uint32_t)k));
    energy = gibbs_build_binary(b, GIBBS_OP_SUB, energy,
                                gibbs_build_dot(b, x[k], gibbs_build_matmul(b, w, x[(k + 1) % 3])));
  }
  cr_expect_eq(count_blocks(energy, x, 3, NULL), 3);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_graph_release(graph);
}

Test(colouring, every_unit_of_a_dense_block_is_alone) {
  gibbs_error storage;
  gibbs_graph *graph = new_graph();
  gibbs_builder room = gibbs_build_begin(graph, &storage), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "v", GIBBS_SPINS, 2, 13));
  gibbs_expr *w = gibbs_build_keep(b, make_parameter(graph, "J", gibbs_shape_matrix(13, 13), 1, 1));
  gibbs_expr *energy = gibbs_build_dot(b, v, gibbs_build_matmul(b, w, v));
  cr_expect_eq(count_blocks(energy, &v, 1, NULL), 13);
  bool held[13] = {true, false, true};
  cr_expect_eq(count_blocks(energy, &v, 1, held), 11);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_graph_release(graph);
}

/* sum over i of v_i v_{i+1} v_{i+2} on a ring of 12. */
Test(colouring, all_units_of_a_monomial_are_apart) {
  gibbs_error storage;
  gibbs_graph *graph = new_graph();
  gibbs_builder room = gibbs_build_begin(graph, &storage), *b = &room;
  gibbs_expr *v = gibbs_build_keep(b, make_variable(graph, "v", GIBBS_BITS, 2, 12)), *next[2];
  for (long k = 0; k < 2; k++) {
    CHECK(gibbs_expr_shift(v, (long[]){k + 1}, 1, &next[k], err));
    gibbs_build_keep(b, next[k]);
  }
  gibbs_expr *energy = gibbs_build_dot(b, v, gibbs_build_binary(b, GIBBS_OP_MUL, next[0], next[1]));
  cr_expect_eq(count_blocks(energy, &v, 1, NULL), 3);
  bool held[12] = {false}; /* every third: the others are pairs */
  for (size_t u = 0; u < 12; u += 3) held[u] = true;
  cr_expect_eq(count_blocks(energy, &v, 1, held), 2);
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_graph_release(graph);
}
