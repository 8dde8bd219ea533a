/* packed_models.h - spins on regular lattices with one coupling a direction, for tests of packed spins. */
#ifndef GIBBS_TESTS_PACKED_MODELS_H
#define GIBBS_TESTS_PACKED_MODELS_H

#include "invariance.h"

/* H = -sum_directions J_d sum_bonds s s' - field sum s */
typedef struct packed_model {
  const char *name;
  gibbs_lattice_kind lattice;
  size_t axes, extent[3];
  double coupling[3], field;
  bool open;
} packed_model;

static const packed_model packed_models[] = {
    {"ring of 8", GIBBS_LATTICE_CHAIN, 1, {8}, {0.7}, 0, false},
    {"ring of 9 in a field", GIBBS_LATTICE_CHAIN, 1, {9}, {-0.6}, 0.2, false},
    {"ring of 2", GIBBS_LATTICE_CHAIN, 1, {2}, {0.3}, 0.2, false},
    {"open chain", GIBBS_LATTICE_CHAIN, 1, {9}, {0.8}, 0.1, true},
    {"square 4x4", GIBBS_LATTICE_SQUARE, 2, {4, 4}, {0.4, 0.4}, 0, false},
    {"square 3x3", GIBBS_LATTICE_SQUARE, 2, {3, 3}, {0.4, 0.4}, 0, false},
    {"square 3x5", GIBBS_LATTICE_SQUARE, 2, {3, 5}, {0.4, -0.3}, 0.1, false},
    {"square 2x4", GIBBS_LATTICE_SQUARE, 2, {2, 4}, {0.3, 0.3}, 0, false},
    {"square 2x2", GIBBS_LATTICE_SQUARE, 2, {2, 2}, {0.25, 0.25}, 0, false},
    {"square 1x7", GIBBS_LATTICE_SQUARE, 2, {1, 7}, {0.4, 0.4}, 0, false},
    {"open square", GIBBS_LATTICE_SQUARE, 2, {3, 4}, {0.5, 0.5}, 0, true},
    {"open square in a field", GIBBS_LATTICE_SQUARE, 2, {3, 3}, {0.4, 0.3}, -0.2, true},
    {"antiferromagnet", GIBBS_LATTICE_SQUARE, 2, {3, 4}, {-0.5, -0.5}, 0.3, false},
    {"triangular antiferromagnet", GIBBS_LATTICE_TRIANGULAR, 2, {3, 3}, {-0.4, -0.4, -0.4}, 0, false},
    {"triangular", GIBBS_LATTICE_TRIANGULAR, 2, {3, 4}, {0.4, -0.2, 0.1}, 0.3, false},
    {"open triangular", GIBBS_LATTICE_TRIANGULAR, 2, {3, 4}, {-0.3, 0.3, -0.3}, 0, true},
    {"honeycomb", GIBBS_LATTICE_HONEYCOMB, 2, {2, 3}, {0.6, 0.6, 0.6}, 0, false},
    {"open honeycomb", GIBBS_LATTICE_HONEYCOMB, 2, {2, 2}, {0.6, 0.6, 0.6}, 0.2, true},
    {"cubic", GIBBS_LATTICE_CUBIC, 3, {2, 2, 3}, {0.2, 0.2, 0.2}, 0, false},
    {"open cubic", GIBBS_LATTICE_CUBIC, 3, {2, 2, 3}, {0.3, 0.3, 0.3}, 0.1, true},
};
enum { PACKED_MODELS = sizeof packed_models / sizeof packed_models[0] };

static inline size_t packed_directions(const packed_model *m) {
  return m->lattice == GIBBS_LATTICE_TRIANGULAR || m->lattice == GIBBS_LATTICE_HONEYCOMB ? 3 : m->axes;
}

/* With parameters "J", one value a direction or, where all are equal, one; and "field". */
static inline gibbs_distribution *make_packed_model(const packed_model *m) {
  gibbs_graph *graph = NULL;
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *d = NULL;
  size_t directions = packed_directions(m);
  bool alike = true;
  CHECK(gibbs_graph_new(&graph, err));
  CHECK(gibbs_lattice_new(m->lattice, m->axes, m->extent, !m->open, &lattice, err));
  for (size_t k = 1; k < directions; k++) alike &= m->coupling[k] == m->coupling[0];
  gibbs_expr *J = make_parameter(graph, "J", alike ? gibbs_shape_scalar() : gibbs_shape_vector(directions), 0, 1);
  gibbs_expr *field = make_parameter(graph, "field", gibbs_shape_scalar(), 0, 2);
  memcpy(values_of(J), m->coupling, (alike ? 1 : directions) * sizeof(double));
  values_of(field)[0] = m->field;
  CHECK(gibbs_ising_new(graph, lattice, J, m->field != 0 ? field : NULL, NULL, &d, err));
  gibbs_expr_release(J);
  gibbs_expr_release(field);
  gibbs_lattice_release(lattice);
  gibbs_graph_release(graph);
  return d;
}

/* The target of a lattice too large for exact sums. */
typedef struct packed_target {
  gibbs_distribution *distribution;
  gibbs_target target;
} packed_target;

static inline packed_target make_packed_target(const packed_model *m) {
  packed_target x = {.distribution = make_packed_model(m)};
  gibbs_expr *const *visible = gibbs_distribution_visible(x.distribution);
  gibbs_expr *energy = gibbs_distribution_energy(x.distribution);
  x.target =
      (gibbs_target){.distribution = x.distribution, .energy = energy, .variables = visible, .variable_count = 1};
  CHECK(gibbs_normal_form_new(energy, visible, 1, &x.target.form, err));
  x.target.units = gibbs_normal_form_units(x.target.form);
  return x;
}

static inline void free_packed_target(packed_target *x) {
  gibbs_normal_form_free(x->target.form);
  gibbs_distribution_release(x->distribution);
}

#endif
