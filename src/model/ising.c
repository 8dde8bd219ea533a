/* ising.c - the Ising model on any lattice: H = -sum_<ij> J_ij s_i s_j - sum_i field_i s_i. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/distribution.h"
#include "gibbs/private/builder.h"
#include "lattice_cells.h"

/* Positions of one end of every bond in a variable with `inner` elements a site. */
static gibbs_expr *gather_listed(gibbs_builder *b, gibbs_expr *v, const gibbs_lattice *lattice, bool second,
                                 size_t inner, const gibbs_shape *shape) {
  size_t count = gibbs_lattice_bond_count(lattice);
  const gibbs_bond *bonds = NULL;
  gibbs_build_fail(b, gibbs_lattice_bonds(lattice, &bonds, b->err));
  uint32_t *at = malloc((count * inner + 1) * sizeof *at);
  if (!at) gibbs_build_fail(b, gibbs_fail_memory(b->err, "a list of bonds", count * inner * sizeof *at));
  for (size_t k = 0; at && bonds && k < count; k++)
    for (size_t i = 0; i < inner; i++) at[k * inner + i] = (uint32_t)((second ? bonds[k].b : bonds[k].a) * inner + i);
  gibbs_expr *ends = gibbs_build_gather(b, v, at, shape);
  free(at);
  return ends;
}

static gibbs_expr *gather_ends(gibbs_builder *b, gibbs_expr *v, const gibbs_lattice *lattice, bool second) {
  size_t inner = gibbs_expr_size(v) / gibbs_lattice_sites(lattice), count = gibbs_lattice_bond_count(lattice);
  gibbs_shape shape = inner == 1 ? gibbs_shape_vector(count) : gibbs_shape_matrix(count, inner);
  const gibbs_cells *cells = gibbs_lattice_cells(lattice);
  if (!cells) return gather_listed(b, v, lattice, second, inner, &shape);
  gibbs_pattern ends = {.kind = second ? GIBBS_PATTERN_SECOND_END : GIBBS_PATTERN_FIRST_END, .inner = inner};
  ends.cells = *cells;
  gibbs_expr *made = NULL;
  if (b->status == GIBBS_OK) gibbs_build_fail(b, gibbs_expr_gather_pattern(v, &ends, &shape, &made, b->err));
  return gibbs_build_keep(b, made);
}

/* One product an element of a bond: count (times q for Potts) values. */
static gibbs_expr *bond_products(gibbs_builder *b, gibbs_expr *v, const gibbs_lattice *lattice) {
  gibbs_expr *first = gather_ends(b, v, lattice, false), *second = gather_ends(b, v, lattice, true);
  return gibbs_build_binary(b, GIBBS_OP_MUL, first, second);
}

static gibbs_status check_sites(gibbs_expr *v, const gibbs_lattice *lattice, gibbs_error *err) {
  char shape[96];
  const gibbs_variable *variable = gibbs_expr_as_variable(v);
  size_t units = variable ? gibbs_variable_units(variable) : gibbs_expr_size(v);
  if (units == gibbs_lattice_sites(lattice)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_SHAPE,
                    "a variable of shape %s has %zu units and the lattice has %zu sites; they must agree",
                    gibbs_shape_print(gibbs_expr_shape(v), shape, sizeof shape), units, gibbs_lattice_sites(lattice));
}

gibbs_status gibbs_bonds(gibbs_expr *v, const gibbs_lattice *lattice, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = check_sites(v, lattice, err);
  if (status != GIBBS_OK) return status;
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(v), err), *b = &room;
  gibbs_expr *total = gibbs_lattice_bond_count(lattice) == 0 ? gibbs_build_number(b, 0)
                                                             : gibbs_build_sum(b, bond_products(b, v, lattice));
  gibbs_expr *kept = gibbs_build_take(b, total);
  status = gibbs_build_end(b);
  if (status == GIBBS_OK) *out = kept;
  return status;
}

/* One coupling a bond out of one a direction. */
static gibbs_expr *spread_directions(gibbs_builder *b, gibbs_expr *coupling, const gibbs_lattice *lattice) {
  size_t count = gibbs_lattice_bond_count(lattice);
  const gibbs_bond *bonds = NULL;
  gibbs_build_fail(b, gibbs_lattice_bonds(lattice, &bonds, b->err));
  uint32_t *at = malloc((count + 1) * sizeof *at);
  if (!at) gibbs_build_fail(b, gibbs_fail_memory(b->err, "a list of bonds", count * sizeof *at));
  for (size_t k = 0; at && bonds && k < count; k++) at[k] = bonds[k].direction;
  gibbs_shape shape = gibbs_shape_vector(count);
  gibbs_expr *spread = gibbs_build_gather(b, coupling, at, &shape);
  free(at);
  return spread;
}

static gibbs_expr *coupling_energy(gibbs_builder *b, gibbs_expr *v, gibbs_lattice *lattice, gibbs_expr *coupling) {
  size_t count = gibbs_lattice_bond_count(lattice), given = gibbs_expr_size(coupling);
  char shape[96];
  if (count == 0) return gibbs_build_number(b, 0);
  gibbs_expr *products = bond_products(b, v, lattice);
  if (gibbs_expr_shape(coupling)->rank == 0)
    return gibbs_build_binary(b, GIBBS_OP_MUL, coupling, gibbs_build_sum(b, products));
  gibbs_shape flat = gibbs_shape_vector(given);
  gibbs_expr *list = gibbs_build_reshape(b, coupling, &flat);
  if (given == count) return gibbs_build_dot(b, list, products);
  if (given == gibbs_lattice_directions(lattice))
    return gibbs_build_dot(b, spread_directions(b, list, lattice), products);
  gibbs_build_fail(b, gibbs_fail(b->err, GIBBS_ERR_SHAPE,
                                 "the coupling has shape %s; it must be a number, one value a bond (%zu) or one a "
                                 "direction (%zu)",
                                 gibbs_shape_print(gibbs_expr_shape(coupling), shape, sizeof shape), count,
                                 gibbs_lattice_directions(lattice)));
  return NULL;
}

static gibbs_expr *field_energy(gibbs_builder *b, gibbs_expr *v, gibbs_expr *field) {
  char shape[96];
  size_t units = gibbs_expr_size(v);
  if (gibbs_expr_shape(field)->rank == 0) return gibbs_build_binary(b, GIBBS_OP_MUL, field, gibbs_build_sum(b, v));
  if (gibbs_expr_size(field) == units)
    return gibbs_build_dot(b, gibbs_build_reshape(b, field, gibbs_expr_shape(v)), v);
  gibbs_build_fail(b, gibbs_fail(b->err, GIBBS_ERR_SHAPE,
                                 "the field has shape %s; it must be a number or one value a site (%zu)",
                                 gibbs_shape_print(gibbs_expr_shape(field), shape, sizeof shape), units));
  return NULL;
}

static gibbs_expr *spins_of(gibbs_builder *b, const gibbs_lattice *lattice) {
  gibbs_variable *spins = NULL;
  gibbs_build_fail(b, gibbs_variable_new("s", GIBBS_SPINS, 2, gibbs_lattice_shape(lattice), &spins, b->err));
  gibbs_expr *node = spins ? gibbs_build_variable(b, spins) : NULL;
  if (spins) gibbs_variable_release(spins);
  return node;
}

static gibbs_status check_spins(gibbs_expr *v, const gibbs_lattice *lattice, gibbs_error *err) {
  const gibbs_variable *variable = gibbs_expr_as_variable(v);
  if (!variable || gibbs_variable_domain(variable) != GIBBS_SPINS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the visible variable of an Ising model must be spins");
  return check_sites(v, lattice, err);
}

gibbs_status gibbs_ising_new(gibbs_graph *graph, gibbs_lattice *lattice, gibbs_expr *coupling, gibbs_expr *field,
                             gibbs_expr *visible, gibbs_distribution **out, gibbs_error *err) {
  gibbs_status status = visible ? check_spins(visible, lattice, err) : GIBBS_OK;
  if (status != GIBBS_OK) return status;
  gibbs_builder room = gibbs_build_begin(graph, err), *b = &room;
  gibbs_expr *v = visible ? visible : spins_of(b, lattice);
  gibbs_expr *order = v ? coupling_energy(b, v, lattice, coupling) : NULL;
  if (v && field) order = gibbs_build_binary(b, GIBBS_OP_ADD, order, field_energy(b, v, field));
  gibbs_expr *energy = gibbs_build_unary(b, GIBBS_OP_NEG, order);
  if (b->status == GIBBS_OK) b->status = gibbs_distribution_new("ising", energy, &v, 1, NULL, 0, out, err);
  return gibbs_build_end(b);
}
