/* cluster_signs.c - whether all bonds of a model can be content at once, and who is whose neighbour on a lattice. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "cluster.h"

uint32_t gibbs_cluster_partner(const gibbs_regular *lattice, size_t direction, bool backward, size_t site) {
  const gibbs_direction *d = &lattice->direction[direction];
  size_t from = backward ? d->to : d->from, to = backward ? d->from : d->to;
  if (site % lattice->basis != from) return GIBBS_CLUSTER_NONE;
  size_t rest = site / lattice->basis, cell = 0, stride = 1;
  for (size_t a = lattice->axes; a-- > 0;) {
    long n = (long)lattice->extent[a];
    long x = (long)(rest % lattice->extent[a]) + (backward ? -d->offset[a] : d->offset[a]);
    if (!lattice->periodic[a] && (x < 0 || x >= n)) return GIBBS_CLUSTER_NONE;
    cell += (size_t)((x % n + n) % n) * stride;
    stride *= lattice->extent[a];
    rest /= lattice->extent[a];
  }
  size_t partner = cell * lattice->basis + to;
  return partner == site ? GIBBS_CLUSTER_NONE : (uint32_t)partner;
}

/* Signs that alternate along some axes and differ from basis to basis: `pattern` has a bit an axis, then a bit a
 * basis. */
static bool pattern_contents(const gibbs_cluster_model *model, size_t pattern) {
  const gibbs_regular *lattice = model->regular;
  for (size_t a = 0; a < lattice->axes; a++)
    if ((pattern >> a & 1) && lattice->periodic[a] && lattice->extent[a] % 2) return false;
  for (size_t k = 0; k < lattice->directions; k++) {
    const gibbs_direction *d = &lattice->direction[k];
    size_t differ = (pattern >> lattice->axes >> d->from ^ pattern >> lattice->axes >> d->to) & 1;
    for (size_t a = 0; a < lattice->axes; a++) differ ^= (pattern >> a & 1) & ((size_t)d->offset[a] & 1);
    if (model->strength[k] != 0 && differ != (model->strength[k] > 0)) return false;
  }
  return true;
}

static bool lattice_satisfiable(const gibbs_cluster_model *model) {
  const gibbs_regular *lattice = model->regular;
  if (lattice->axes + lattice->basis > 16) return false;
  for (size_t pattern = 0; pattern < (size_t)1 << (lattice->axes + lattice->basis); pattern++)
    if (pattern_contents(model, pattern)) return true;
  return false;
}

/* The root of a unit, and in the lowest bit of *differ whether it has to differ from it. */
static uint32_t find_root(uint32_t *parent, uint8_t *differs, uint32_t u, uint8_t *differ) {
  uint8_t parity = 0;
  while (parent[u] != u) {
    uint32_t above = parent[u];
    differs[u] = (uint8_t)(differs[u] ^ differs[above]);
    parent[u] = parent[above];
    parity = (uint8_t)(parity ^ differs[u]);
    u = parent[u];
  }
  *differ = parity;
  return u;
}

/* Join the ends of every bond, keeping whether they have to differ. */
static bool bonds_satisfiable(const gibbs_cluster_bonds *bonds, uint32_t *parent, uint8_t *differs) {
  for (size_t k = 0; k < bonds->count; k++) {
    uint8_t da, db, wanted = bonds->chance[k] & 1;
    uint32_t a = find_root(parent, differs, bonds->from[k], &da), b = find_root(parent, differs, bonds->to[k], &db);
    if (a == b && (da ^ db) != wanted) return false;
    if (a == b) continue;
    parent[a] = b;
    differs[a] = (uint8_t)(da ^ db ^ wanted);
  }
  return true;
}

bool gibbs_cluster_satisfiable(const gibbs_cluster_model *model) {
  if (!model->repulsive) return true;
  if (model->states > 2) return false;
  if (model->regular) return lattice_satisfiable(model);
  uint32_t *parent = malloc(model->units * sizeof *parent);
  uint8_t *differs = calloc(model->units, sizeof *differs);
  for (size_t u = 0; parent && u < model->units; u++) parent[u] = (uint32_t)u;
  bool satisfiable = parent && differs && bonds_satisfiable(&model->bonds, parent, differs);
  free(parent);
  free(differs);
  return satisfiable;
}
