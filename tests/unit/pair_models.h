/* pair_models.h - distributions with pair couplings and fields on lattices and graphs, for tests of kernels. */
#ifndef GIBBS_TESTS_PAIR_MODELS_H
#define GIBBS_TESTS_PAIR_MODELS_H

#include "gibbs/private/builder.h"
#include "machines.h"

/* E = -sum over bonds of coupling * x_a x_b (Potts: where alike) - sum of field * x; with a spread the couplings, or
 * the fields, are parameters "J" and "f" with normal values around the mean. */
typedef struct pair_model {
  const char *name;
  gibbs_lattice_kind lattice;
  size_t axes, extent[3];
  bool open;
  gibbs_domain domain;
  size_t states;
  double coupling, coupling_spread, field, field_spread;
} pair_model;

/* Two triangles, one of them with a tail and a double bond, and a unit alone. */
static const gibbs_bond pair_model_bonds[] = {{0, 1, 0}, {1, 2, 0}, {2, 0, 0}, {3, 4, 0},
                                              {4, 5, 0}, {5, 3, 0}, {5, 6, 0}, {6, 5, 0}};

static inline gibbs_lattice *pair_model_lattice(const pair_model *m) {
  gibbs_lattice *lattice = NULL;
  if (m->lattice == GIBBS_LATTICE_GRAPH)
    CHECK(gibbs_lattice_new_graph(m->extent[0], m->extent[0] == 8 ? 8 : 0, pair_model_bonds, &lattice, err));
  else
    CHECK(gibbs_lattice_new(m->lattice, m->axes, m->extent, !m->open, &lattice, err));
  return lattice;
}

/* Element i of the chosen end of every bond. */
static inline gibbs_expr *pair_model_ends(gibbs_builder *b, gibbs_expr *v, const gibbs_lattice *lattice, bool second,
                                          size_t inner) {
  size_t count = gibbs_lattice_bond_count(lattice);
  uint32_t *at = malloc((count * inner + 1) * sizeof *at);
  const gibbs_bond *bonds = NULL;
  CHECK(gibbs_lattice_bonds(lattice, &bonds, err));
  for (size_t k = 0; k < count * inner; k++)
    at[k] = (uint32_t)((second ? bonds[k / inner].b : bonds[k / inner].a) * inner + k % inner);
  gibbs_shape shape = gibbs_shape_vector(count * inner);
  gibbs_expr *ends = gibbs_build_gather(b, v, at, &shape);
  free(at);
  return ends;
}

static inline gibbs_expr *pair_model_parameter(gibbs_builder *b, const char *name, size_t size, double mean,
                                               double spread, uint32_t chain) {
  gibbs_expr *p = make_parameter(b->graph, name, gibbs_shape_vector(size), spread, chain);
  for (size_t k = 0; k < size; k++) values_of(p)[k] += mean;
  return gibbs_build_keep(b, p);
}

static inline gibbs_expr *pair_model_couplings(gibbs_builder *b, const pair_model *m, gibbs_expr *v,
                                               const gibbs_lattice *lattice) {
  size_t inner = m->domain == GIBBS_POTTS ? m->states : 1, count = gibbs_lattice_bond_count(lattice);
  gibbs_expr *bonds = NULL;
  if (count == 0) return gibbs_build_number(b, 0);
  if (m->coupling_spread == 0) {
    CHECK(gibbs_bonds(v, lattice, &bonds, err));
    return gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, m->coupling), gibbs_build_keep(b, bonds));
  }
  uint32_t *at = malloc(count * inner * sizeof *at);
  for (size_t k = 0; k < count * inner; k++) at[k] = (uint32_t)(k / inner);
  gibbs_shape shape = gibbs_shape_vector(count * inner);
  gibbs_expr *J = pair_model_parameter(b, "J", count, m->coupling, m->coupling_spread, 21);
  gibbs_expr *spread = gibbs_build_gather(b, J, at, &shape);
  free(at);
  gibbs_expr *ends = gibbs_build_binary(b, GIBBS_OP_MUL, pair_model_ends(b, v, lattice, false, inner),
                                        pair_model_ends(b, v, lattice, true, inner));
  return gibbs_build_dot(b, spread, ends);
}

static inline gibbs_expr *pair_model_fields(gibbs_builder *b, const pair_model *m, gibbs_expr *v) {
  gibbs_shape flat = gibbs_shape_vector(gibbs_expr_size(v));
  if (m->field_spread == 0)
    return gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, m->field), gibbs_build_sum(b, v));
  gibbs_expr *f = pair_model_parameter(b, "f", gibbs_expr_size(v), m->field, m->field_spread, 22);
  return gibbs_build_dot(b, f, gibbs_build_reshape(b, v, &flat));
}

static inline gibbs_distribution *make_pair_model(const pair_model *m) {
  gibbs_graph *graph = NULL;
  gibbs_variable *units = NULL;
  gibbs_distribution *d = NULL;
  gibbs_error failure;
  gibbs_lattice *lattice = pair_model_lattice(m);
  CHECK(gibbs_graph_new(&graph, err));
  gibbs_builder room = gibbs_build_begin(graph, &failure), *b = &room;
  CHECK(gibbs_variable_new("v", m->domain, m->states, gibbs_lattice_shape(lattice), &units, err));
  gibbs_expr *v = gibbs_build_variable(b, units);
  gibbs_expr *order = pair_model_couplings(b, m, v, lattice);
  if (m->field != 0 || m->field_spread != 0)
    order = gibbs_build_binary(b, GIBBS_OP_ADD, order, pair_model_fields(b, m, v));
  gibbs_expr *energy = gibbs_build_unary(b, GIBBS_OP_NEG, order);
  CHECK(gibbs_distribution_new(m->name, energy, &v, 1, NULL, 0, &d, err));
  cr_assert_eq(gibbs_build_end(b), GIBBS_OK);
  gibbs_variable_release(units);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
  return d;
}

#endif
