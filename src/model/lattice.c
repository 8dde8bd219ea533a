/* lattice.c - lattices as rules for their bonds: one table of steps per kind, walked cell by cell when the bonds are
 * asked for. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/lattice.h"

#include <stdlib.h>
#include <string.h>

#include "lattice_cells.h"

enum { most_axes = 5 };

/* Bonds are indexed by 32-bit numbers in tables, and two of them are kept per bond. */
#define MOST_BONDS ((size_t)1 << 31)

struct gibbs_lattice {
  size_t references;
  gibbs_lattice_kind kind;
  gibbs_shape shape;
  gibbs_cells cells; /* of neither complete ones nor graphs */
  size_t sites, directions, count;
  gibbs_bond **bonds; /* a place of its own, for it is filled when they are asked for: NULL until then */
};

static const struct row {
  const char *name;
  size_t axes;
} rows[] = {
#define X(id, name, axes, directions, doc) {name, axes},
    GIBBS_LATTICE_LIST(X)
#undef X
};

const char *gibbs_lattice_name(gibbs_lattice_kind kind) {
  return (unsigned)kind < GIBBS_LATTICE_COUNT ? rows[kind].name : "unknown lattice";
}

static gibbs_status check_axes(gibbs_lattice_kind kind, size_t axes, const size_t extent[], gibbs_error *err) {
  if ((unsigned)kind >= GIBBS_LATTICE_COUNT || kind == GIBBS_LATTICE_GRAPH)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice: kind %d is not made from lengths; give the list of bonds",
                      (int)kind);
  const char *name = rows[kind].name;
  size_t expected = rows[kind].axes;
  if (expected == 0 && (axes < 1 || axes > most_axes))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice.%s: wrong number of lengths: %zu; it takes 1 to %d", name,
                      axes, most_axes);
  if (expected != 0 && axes != expected)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice.%s: wrong number of lengths: %zu; it takes %zu", name, axes,
                      expected);
  for (size_t k = 0; k < axes; k++)
    if (extent[k] == 0)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice.%s: length %zu is 0; lengths are at least 1", name, k + 1);
  return GIBBS_OK;
}

static gibbs_status refuse_size(const char *name, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice.%s: too many bonds; at most %zu", name, MOST_BONDS);
}

/* A unit step along every axis: chain, square, cubic, hypercubic. */
static gibbs_cells plan_axes(size_t axes, const size_t extent[], bool periodic) {
  gibbs_cells c = {.axes = axes, .basis = 1, .steps = axes, .periodic = periodic};
  for (size_t k = 0; k < axes; k++) {
    c.extent[k] = extent[k];
    c.step[k].offset[k] = 1;
  }
  return c;
}

static gibbs_cells plan_of(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic) {
  gibbs_cells c = plan_axes(axes, extent, periodic);
  if (kind == GIBBS_LATTICE_TRIANGULAR) c.step[c.steps++] = (gibbs_cell_step){.offset = {1, 1}};
  if (kind == GIBBS_LATTICE_HONEYCOMB) {
    enum { A, B };
    c.basis = 2;
    c.steps = 3;
    c.step[0] = (gibbs_cell_step){.from = B, .to = A};
    c.step[1] = (gibbs_cell_step){.from = B, .to = A, .offset = {1, 0}};
    c.step[2] = (gibbs_cell_step){.from = B, .to = A, .offset = {0, 1}};
  }
  return c;
}

/* False when there are more bonds than a lattice may have. */
static bool count_cells(const gibbs_cells *c, size_t *cells) {
  *cells = 1;
  for (size_t k = 0; k < c->axes; k++) {
    if (c->extent[k] > MOST_BONDS / c->steps / *cells) return false;
    *cells *= c->extent[k];
  }
  return true;
}

static gibbs_status allocate(gibbs_lattice **out, gibbs_error *err) {
  gibbs_lattice *lattice = calloc(1, sizeof *lattice);
  gibbs_bond **bonds = calloc(1, sizeof *bonds);
  if (lattice == NULL || bonds == NULL) {
    free(lattice);
    free(bonds);
    return gibbs_fail_memory(err, "lattice", sizeof *lattice);
  }
  lattice->references = 1;
  lattice->bonds = bonds;
  *out = lattice;
  return GIBBS_OK;
}

static gibbs_status new_complete(size_t sites, gibbs_lattice **out, gibbs_error *err) {
  /* sites (sites - 1) / 2 <= 2^31 */
  if (sites > (size_t)1 << 16) return refuse_size("complete", err);
  gibbs_lattice *lattice = NULL;
  gibbs_status status = allocate(&lattice, err);
  if (status != GIBBS_OK) return status;
  lattice->kind = GIBBS_LATTICE_COMPLETE;
  lattice->shape = gibbs_shape_vector(sites);
  lattice->sites = sites;
  lattice->directions = 1;
  lattice->count = sites * (sites - 1) / 2;
  *out = lattice;
  return GIBBS_OK;
}

gibbs_status gibbs_lattice_new(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic,
                               gibbs_lattice **out, gibbs_error *err) {
  gibbs_status status = check_axes(kind, axes, extent, err);
  if (status != GIBBS_OK) return status;
  if (kind == GIBBS_LATTICE_COMPLETE) return new_complete(extent[0], out, err);
  gibbs_cells plan = plan_of(kind, axes, extent, periodic);
  size_t cells;
  if (!count_cells(&plan, &cells)) return refuse_size(rows[kind].name, err);
  gibbs_lattice *lattice = NULL;
  status = allocate(&lattice, err);
  if (status != GIBBS_OK) return status;
  lattice->kind = kind;
  lattice->cells = plan;
  lattice->shape.rank = axes;
  memcpy(lattice->shape.extent, extent, axes * sizeof *extent);
  if (plan.basis > 1) lattice->shape.extent[lattice->shape.rank++] = plan.basis;
  lattice->sites = cells * plan.basis;
  lattice->directions = plan.steps;
  lattice->count = gibbs_cells_bonds(&plan);
  *out = lattice;
  return GIBBS_OK;
}

static gibbs_status check_bonds(size_t sites, size_t count, const gibbs_bond bonds[], gibbs_error *err) {
  if (sites == 0 || sites > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "lattice.graph: wrong number of sites: %zu; it takes 1 to %u", sites,
                      (unsigned)UINT32_MAX);
  if (count > MOST_BONDS) return refuse_size("graph", err);
  for (size_t k = 0; k < count; k++) {
    size_t a = bonds[k].a, b = bonds[k].b;
    if (a >= sites || b >= sites)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                        "lattice.graph: bond %zu ends at site %zu; sites are numbered 1 to %zu", k + 1,
                        (a >= sites ? a : b) + 1, sites);
    if (a == b)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                        "lattice.graph: bond %zu joins site %zu to itself; its ends have to differ", k + 1, a + 1);
  }
  return GIBBS_OK;
}

gibbs_status gibbs_lattice_new_graph(size_t sites, size_t count, const gibbs_bond bonds[], gibbs_lattice **out,
                                     gibbs_error *err) {
  gibbs_status status = check_bonds(sites, count, bonds, err);
  if (status != GIBBS_OK) return status;
  gibbs_lattice *lattice = NULL;
  status = allocate(&lattice, err);
  if (status != GIBBS_OK) return status;
  *lattice->bonds = malloc((count + 1) * sizeof **lattice->bonds);
  if (*lattice->bonds == NULL) {
    gibbs_lattice_release(lattice);
    return gibbs_fail_memory(err, "lattice", count * sizeof **lattice->bonds);
  }
  lattice->kind = GIBBS_LATTICE_GRAPH;
  lattice->shape = gibbs_shape_vector(sites);
  lattice->sites = sites;
  lattice->directions = 1;
  lattice->count = count;
  for (size_t k = 0; k < count; k++) (*lattice->bonds)[k] = (gibbs_bond){bonds[k].a, bonds[k].b, 0};
  *out = lattice;
  return GIBBS_OK;
}

gibbs_lattice *gibbs_lattice_retain(gibbs_lattice *lattice) {
  lattice->references++;
  return lattice;
}

void gibbs_lattice_release(gibbs_lattice *lattice) {
  if (lattice == NULL || --lattice->references > 0) return;
  free(*lattice->bonds);
  free(lattice->bonds);
  free(lattice);
}

gibbs_lattice_kind gibbs_lattice_kind_of(const gibbs_lattice *lattice) {
  return lattice->kind;
}

bool gibbs_lattice_periodic(const gibbs_lattice *lattice) {
  return lattice->cells.periodic;
}

const gibbs_shape *gibbs_lattice_shape(const gibbs_lattice *lattice) {
  return &lattice->shape;
}

size_t gibbs_lattice_sites(const gibbs_lattice *lattice) {
  return lattice->sites;
}

size_t gibbs_lattice_directions(const gibbs_lattice *lattice) {
  return lattice->directions;
}

size_t gibbs_lattice_bond_count(const gibbs_lattice *lattice) {
  return lattice->count;
}

const gibbs_cells *gibbs_lattice_cells(const gibbs_lattice *lattice) {
  return lattice->cells.steps > 0 ? &lattice->cells : NULL;
}

static void write_complete(size_t sites, gibbs_bond *bonds) {
  for (size_t a = 0; a < sites; a++)
    for (size_t b = a + 1; b < sites; b++) *bonds++ = (gibbs_bond){(uint32_t)a, (uint32_t)b, 0};
}

static void write_cells(const gibbs_cells *cells, gibbs_bond *bonds) {
  for (gibbs_cell_walk walk = gibbs_cells_begin(cells); gibbs_cells_next(&walk);)
    *bonds++ = (gibbs_bond){(uint32_t)walk.a, (uint32_t)walk.b, (uint32_t)walk.direction};
}

gibbs_status gibbs_lattice_bonds(const gibbs_lattice *lattice, const gibbs_bond **out, gibbs_error *err) {
  if (*lattice->bonds == NULL) {
    gibbs_bond *bonds = malloc((lattice->count + 1) * sizeof *bonds);
    if (bonds == NULL) return gibbs_fail_memory(err, "bonds of a lattice", lattice->count * sizeof *bonds);
    if (lattice->kind == GIBBS_LATTICE_COMPLETE)
      write_complete(lattice->sites, bonds);
    else
      write_cells(&lattice->cells, bonds);
    *lattice->bonds = bonds;
  }
  *out = *lattice->bonds;
  return GIBBS_OK;
}
