/* lattice.c - lattices as lists of bonds: one table of steps per kind, walked cell by cell. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/lattice.h"

#include <stdlib.h>
#include <string.h>

enum { most_axes = 5, most_steps = 5 };

/* Bonds are indexed by 32-bit numbers in tables, and two of them are kept per bond. */
#define MOST_BONDS ((size_t)1 << 31)

struct gibbs_lattice {
  size_t references;
  gibbs_lattice_kind kind;
  bool periodic;
  gibbs_shape shape;
  size_t sites, directions, count;
  gibbs_bond *bonds;
};

/* One direction of bonds: from the site `from` of a cell to the site `to` of the cell `offset` further. */
typedef struct step {
  size_t from, to;
  size_t offset[most_axes];
} step;

/* How a kind is built: cells of `basis` sites, and the steps that start in each cell. */
typedef struct plan {
  size_t axes, basis, steps;
  size_t extent[most_axes];
  step step[most_steps];
} plan;

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
static plan plan_axes(size_t axes, const size_t extent[]) {
  plan p = {.axes = axes, .basis = 1, .steps = axes};
  for (size_t k = 0; k < axes; k++) {
    p.extent[k] = extent[k];
    p.step[k].offset[k] = 1;
  }
  return p;
}

static plan plan_of(gibbs_lattice_kind kind, size_t axes, const size_t extent[]) {
  plan p = plan_axes(axes, extent);
  if (kind == GIBBS_LATTICE_TRIANGULAR) p.step[p.steps++] = (step){.offset = {1, 1}};
  if (kind == GIBBS_LATTICE_HONEYCOMB) {
    enum { A, B };
    p.basis = 2;
    p.steps = 3;
    p.step[0] = (step){.from = B, .to = A};
    p.step[1] = (step){.from = B, .to = A, .offset = {1, 0}};
    p.step[2] = (step){.from = B, .to = A, .offset = {0, 1}};
  }
  return p;
}

/* False when there are more bonds than a lattice may have. */
static bool count_cells(const plan *p, size_t *cells) {
  *cells = 1;
  for (size_t k = 0; k < p->axes; k++) {
    if (p->extent[k] > MOST_BONDS / p->steps / *cells) return false;
    *cells *= p->extent[k];
  }
  return true;
}

/* The cell that `offset` leads to from `at`, or false when that is beyond an open border. */
static bool cell_after(const plan *p, const size_t at[], const size_t offset[], bool periodic, size_t *cell) {
  *cell = 0;
  for (size_t k = 0; k < p->axes; k++) {
    size_t x = at[k] + offset[k];
    if (x >= p->extent[k]) {
      if (!periodic) return false;
      x -= p->extent[k];
    }
    *cell = *cell * p->extent[k] + x;
  }
  return true;
}

/* To the next cell in row-major order. */
static void advance(const plan *p, size_t at[]) {
  for (size_t k = p->axes; k-- > 0;) {
    if (++at[k] < p->extent[k]) return;
    at[k] = 0;
  }
}

/* Writes the bonds and returns how many.  A bond of a site with itself (a direction of length 1) is none. */
static size_t walk_cells(const plan *p, size_t cells, bool periodic, gibbs_bond *bonds) {
  size_t count = 0, at[most_axes] = {0};
  for (size_t cell = 0; cell < cells; cell++, advance(p, at)) {
    for (size_t d = 0; d < p->steps; d++) {
      size_t other;
      if (!cell_after(p, at, p->step[d].offset, periodic, &other)) continue;
      size_t a = cell * p->basis + p->step[d].from, b = other * p->basis + p->step[d].to;
      if (a != b) bonds[count++] = (gibbs_bond){(uint32_t)a, (uint32_t)b, (uint32_t)d};
    }
  }
  return count;
}

/* A lattice with room for `room` bonds. */
static gibbs_status allocate(size_t room, gibbs_lattice **out, gibbs_error *err) {
  gibbs_lattice *lattice = calloc(1, sizeof *lattice);
  gibbs_bond *bonds = malloc((room > 0 ? room : 1) * sizeof *bonds);
  if (lattice == NULL || bonds == NULL) {
    free(lattice);
    free(bonds);
    return gibbs_fail_memory(err, "lattice", room * sizeof *bonds);
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
  gibbs_status status = allocate(sites * (sites - 1) / 2, &lattice, err);
  if (status != GIBBS_OK) return status;
  lattice->kind = GIBBS_LATTICE_COMPLETE;
  lattice->shape = gibbs_shape_vector(sites);
  lattice->sites = sites;
  lattice->directions = 1;
  for (size_t a = 0; a < sites; a++)
    for (size_t b = a + 1; b < sites; b++)
      lattice->bonds[lattice->count++] = (gibbs_bond){(uint32_t)a, (uint32_t)b, 0};
  *out = lattice;
  return GIBBS_OK;
}

gibbs_status gibbs_lattice_new(gibbs_lattice_kind kind, size_t axes, const size_t extent[], bool periodic,
                               gibbs_lattice **out, gibbs_error *err) {
  gibbs_status status = check_axes(kind, axes, extent, err);
  if (status != GIBBS_OK) return status;
  if (kind == GIBBS_LATTICE_COMPLETE) return new_complete(extent[0], out, err);
  plan p = plan_of(kind, axes, extent);
  size_t cells;
  if (!count_cells(&p, &cells)) return refuse_size(rows[kind].name, err);
  gibbs_lattice *lattice = NULL;
  status = allocate(cells * p.steps, &lattice, err);
  if (status != GIBBS_OK) return status;
  lattice->kind = kind;
  lattice->periodic = periodic;
  lattice->shape.rank = axes;
  memcpy(lattice->shape.extent, extent, axes * sizeof *extent);
  if (p.basis > 1) lattice->shape.extent[lattice->shape.rank++] = p.basis;
  lattice->sites = cells * p.basis;
  lattice->directions = p.steps;
  lattice->count = walk_cells(&p, cells, periodic, lattice->bonds);
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
  status = allocate(count, &lattice, err);
  if (status != GIBBS_OK) return status;
  lattice->kind = GIBBS_LATTICE_GRAPH;
  lattice->shape = gibbs_shape_vector(sites);
  lattice->sites = sites;
  lattice->directions = 1;
  lattice->count = count;
  for (size_t k = 0; k < count; k++) lattice->bonds[k] = (gibbs_bond){bonds[k].a, bonds[k].b, 0};
  *out = lattice;
  return GIBBS_OK;
}

gibbs_lattice *gibbs_lattice_retain(gibbs_lattice *lattice) {
  lattice->references++;
  return lattice;
}

void gibbs_lattice_release(gibbs_lattice *lattice) {
  if (lattice == NULL || --lattice->references > 0) return;
  free(lattice->bonds);
  free(lattice);
}

gibbs_lattice_kind gibbs_lattice_kind_of(const gibbs_lattice *lattice) {
  return lattice->kind;
}

bool gibbs_lattice_periodic(const gibbs_lattice *lattice) {
  return lattice->periodic;
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

const gibbs_bond *gibbs_lattice_bonds(const gibbs_lattice *lattice) {
  return lattice->bonds;
}
