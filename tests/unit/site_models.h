/* site_models.h - one small model of every structure that an energy can have. */
#ifndef GIBBS_TESTS_SITE_MODELS_H
#define GIBBS_TESTS_SITE_MODELS_H

#include "gibbs/private/builder.h"
#include "machines.h"

typedef enum site_model {
  SITE_RING,            /* spins, sparse random couplings, fields */
  SITE_LATTICE,         /* spins, the square lattice */
  SITE_DENSE,           /* bits, all pairs, few enough to be listed */
  SITE_BLOCK,           /* bits, all pairs, a dense block */
  SITE_POTTS,           /* three states, a ring with a field */
  SITE_MIXED,           /* spins, bits and states in one energy, rectangular blocks */
  SITE_MARGINAL,        /* a machine of spins whose hidden bits are summed: softplus */
  SITE_MARGINAL_SPINS,  /* ... whose hidden spins are summed: log cosh */
  SITE_MARGINAL_POTTS,  /* ... with visible states */
  SITE_THREE_BODY,      /* products of three, and fields */
  SITE_MEMORY,          /* a dense associative memory: sum of cubes */
  SITE_LOCAL_FUNCTIONS, /* functions of two neighbours each: sparse affine forms, no single operation */
  SITE_REST,            /* spins, a product of functions: no structure */
  SITE_REST_POTTS,      /* spins and states, the same, with pairs beside */
  SITE_MODEL_COUNT
} site_model;

static const char *const site_model_names[] = {
    "ring",           "lattice",        "all pairs",  "dense",  "potts",           "mixed", "marginal",
    "marginal spins", "marginal potts", "three-body", "memory", "local functions", "rest",  "rest potts"};

/* A distribution with whatever it was made of released but for itself. */
static inline gibbs_expr *site_normal(gibbs_builder *b, const char *name, gibbs_shape shape, double size,
                                      uint32_t stream) {
  return gibbs_build_keep(b, make_parameter(b->graph, name, shape, size, stream));
}

static inline gibbs_expr *site_variable(gibbs_builder *b, const char *name, gibbs_domain domain, size_t states,
                                        size_t units) {
  return gibbs_build_keep(b, make_variable(b->graph, name, domain, states, units));
}

static inline gibbs_expr *site_shifted(gibbs_builder *b, gibbs_expr *x, long by) {
  gibbs_expr *out = NULL;
  CHECK(gibbs_expr_shift(x, &by, 1, &out, err));
  return gibbs_build_keep(b, out);
}

static inline gibbs_expr *site_flat(gibbs_builder *b, gibbs_expr *x) {
  gibbs_shape shape = gibbs_shape_vector(gibbs_expr_size(x));
  return gibbs_build_reshape(b, x, &shape);
}

static inline gibbs_expr *site_add(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  return gibbs_build_binary(b, GIBBS_OP_ADD, x, y);
}
static inline gibbs_expr *site_mul(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y) {
  return gibbs_build_binary(b, GIBBS_OP_MUL, x, y);
}

/* x.W y with normal weights. */
static inline gibbs_expr *site_cross(gibbs_builder *b, gibbs_expr *x, gibbs_expr *y, double size, uint32_t stream) {
  x = site_flat(b, x), y = site_flat(b, y);
  gibbs_expr *w = site_normal(b, "W", gibbs_shape_matrix(gibbs_expr_size(x), gibbs_expr_size(y)), size, stream);
  return gibbs_build_dot(b, x, gibbs_build_matmul(b, w, y));
}

static inline gibbs_expr *site_field(gibbs_builder *b, gibbs_expr *x, double size, uint32_t stream) {
  x = site_flat(b, x);
  return gibbs_build_dot(b, x, site_normal(b, "field", gibbs_shape_vector(gibbs_expr_size(x)), size, stream));
}

static inline gibbs_distribution *site_finish(gibbs_builder *b, gibbs_expr *energy, gibbs_expr *const visible[],
                                              size_t count) {
  gibbs_distribution *d = NULL;
  CHECK(gibbs_distribution_new("small", energy, visible, count, NULL, 0, &d, err));
  CHECK(gibbs_build_end(b));
  return d;
}

static inline gibbs_distribution *make_lattice_model(gibbs_graph *graph, gibbs_lattice_kind kind, size_t axes,
                                                     const size_t extent[], bool per_bond) {
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  gibbs_lattice *lattice = NULL;
  gibbs_distribution *d = NULL;
  CHECK(gibbs_lattice_new(kind, axes, extent, true, &lattice, err));
  size_t bonds = gibbs_lattice_bond_count(lattice), sites = gibbs_lattice_sites(lattice);
  gibbs_expr *coupling =
      per_bond ? site_normal(&b, "J", gibbs_shape_vector(bonds), 0.7, 1) : gibbs_build_number(&b, 0.3);
  gibbs_expr *field = per_bond ? site_normal(&b, "field", gibbs_shape_vector(sites), 0.3, 2) : NULL;
  CHECK(gibbs_ising_new(graph, lattice, coupling, field, NULL, &d, err));
  gibbs_lattice_release(lattice);
  CHECK(gibbs_build_end(&b));
  return d;
}

static inline gibbs_distribution *make_marginal_model(gibbs_graph *graph, gibbs_domain visible, size_t states,
                                                      size_t units, gibbs_domain hidden) {
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  gibbs_distribution *d = NULL;
  gibbs_expr *v = site_variable(&b, "v", visible, states, units), *h = site_variable(&b, "h", hidden, 2, 11);
  size_t size = gibbs_expr_size(v);
  CHECK(gibbs_rbm_new(v, h, site_normal(&b, "W", gibbs_shape_matrix(size, 11), 0.6, 1),
                      site_normal(&b, "a", gibbs_shape_vector(size), 0.3, 2),
                      site_normal(&b, "b", gibbs_shape_vector(11), 0.3, 3), false, &d, err));
  CHECK(gibbs_build_end(&b));
  return d;
}

/* exp(a.x) tanh(b.x): a product of two functions. */
static inline gibbs_expr *site_knot(gibbs_builder *b, gibbs_expr *x, double size, uint32_t stream) {
  return site_mul(b, gibbs_build_unary(b, GIBBS_OP_EXP, site_field(b, x, size, stream)),
                  gibbs_build_unary(b, GIBBS_OP_TANH, site_field(b, x, 2 * size, stream + 1)));
}

static inline gibbs_expr *site_potts_energy(gibbs_builder *b, gibbs_expr *x, size_t units) {
  gibbs_lattice *ring = NULL;
  gibbs_expr *bonds = NULL;
  CHECK(gibbs_lattice_new(GIBBS_LATTICE_CHAIN, 1, &units, true, &ring, err));
  CHECK(gibbs_bonds(x, ring, &bonds, err));
  gibbs_lattice_release(ring);
  gibbs_build_keep(b, bonds);
  return site_add(b, site_mul(b, gibbs_build_number(b, -0.8), bonds), site_field(b, x, 0.4, 7));
}

static inline gibbs_expr *site_local_functions(gibbs_builder *b, gibbs_expr *x) {
  gibbs_expr *z = site_add(b, x, site_mul(b, gibbs_build_number(b, 0.5), site_shifted(b, x, 2)));
  gibbs_expr *f = gibbs_build_unary(b, GIBBS_OP_EXP, gibbs_build_unary(b, GIBBS_OP_TANH, z));
  gibbs_expr *w = site_normal(b, "w", gibbs_shape_vector(gibbs_expr_size(x)), 0.5, 8);
  return gibbs_build_dot(b, w, f);
}

static inline gibbs_expr *site_three_body(gibbs_builder *b, gibbs_expr *x) {
  gibbs_expr *c = site_normal(b, "c", gibbs_shape_vector(gibbs_expr_size(x)), 0.5, 9);
  gibbs_expr *triple = site_mul(b, x, site_mul(b, site_shifted(b, x, 1), site_shifted(b, x, 3)));
  return site_add(b, gibbs_build_dot(b, c, triple), site_field(b, x, 0.2, 10));
}

static inline gibbs_expr *site_memory(gibbs_builder *b, gibbs_expr *x, size_t patterns) {
  gibbs_expr *stored = site_normal(b, "patterns", gibbs_shape_matrix(patterns, gibbs_expr_size(x)), 1, 11);
  for (size_t k = 0; k < gibbs_expr_size(stored); k++) values_of(stored)[k] = values_of(stored)[k] > 0 ? 1 : -1;
  gibbs_expr *cubes = gibbs_build_binary(b, GIBBS_OP_POW, gibbs_build_matmul(b, stored, x), gibbs_build_number(b, 3));
  return site_mul(b, gibbs_build_number(b, -0.004), gibbs_build_sum(b, cubes));
}

static inline gibbs_distribution *make_site_model(gibbs_graph *graph, site_model which) {
  if (which == SITE_RING) return make_lattice_model(graph, GIBBS_LATTICE_CHAIN, 1, (size_t[]){7}, true);
  if (which == SITE_LATTICE) return make_lattice_model(graph, GIBBS_LATTICE_SQUARE, 2, (size_t[]){3, 3}, false);
  if (which == SITE_MARGINAL) return make_marginal_model(graph, GIBBS_SPINS, 2, 7, GIBBS_BITS);
  if (which == SITE_MARGINAL_SPINS) return make_marginal_model(graph, GIBBS_BITS, 2, 7, GIBBS_SPINS);
  if (which == SITE_MARGINAL_POTTS) return make_marginal_model(graph, GIBBS_POTTS, 3, 4, GIBBS_BITS);
  gibbs_builder b = gibbs_build_begin(graph, NULL);
  bool bits = which == SITE_DENSE || which == SITE_BLOCK, states = which == SITE_POTTS;
  size_t units = which == SITE_BLOCK                               ? 13
                 : which == SITE_LOCAL_FUNCTIONS                   ? 9
                 : states                                          ? 5
                 : which == SITE_MIXED || which == SITE_REST_POTTS ? 3
                                                                   : 7;
  gibbs_expr *x = site_variable(&b, "x", bits ? GIBBS_BITS : states ? GIBBS_POTTS : GIBBS_SPINS, 3, units);
  if (bits) return site_finish(&b, site_cross(&b, x, x, which == SITE_DENSE ? 0.5 : 0.4, 4), &x, 1);
  if (which == SITE_POTTS) return site_finish(&b, site_potts_energy(&b, x, 5), &x, 1);
  if (which == SITE_THREE_BODY) return site_finish(&b, site_three_body(&b, x), &x, 1);
  if (which == SITE_MEMORY) return site_finish(&b, site_memory(&b, x, 5), &x, 1);
  if (which == SITE_LOCAL_FUNCTIONS) return site_finish(&b, site_local_functions(&b, x), &x, 1);
  if (which == SITE_REST)
    return site_finish(&b, site_add(&b, site_knot(&b, x, 0.3, 20), site_field(&b, x, 0.2, 5)), &x, 1);
  gibbs_expr *y = site_variable(&b, "y", GIBBS_POTTS, 3, 2), *z = site_variable(&b, "z", GIBBS_BITS, 2, 2);
  gibbs_expr *energy = site_add(&b, site_cross(&b, x, y, 0.6, 12), site_field(&b, y, 0.3, 13));
  if (which == SITE_REST_POTTS)
    return site_finish(&b, site_add(&b, energy, site_mul(&b, site_knot(&b, x, 0.4, 22), site_knot(&b, y, 0.4, 24))),
                       (gibbs_expr *[]){x, y}, 2);
  energy = site_add(&b, energy, site_cross(&b, z, site_add(&b, site_flat(&b, y), site_flat(&b, y)), 0.3, 14));
  energy = site_add(&b, energy, site_cross(&b, x, z, 0.5, 15));
  return site_finish(&b, site_add(&b, energy, site_cross(&b, y, y, 0.4, 16)), (gibbs_expr *[]){x, y, z}, 3);
}

#endif
