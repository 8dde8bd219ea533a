/* cluster_neighbours.c - who is whose neighbour, ready for growing clusters. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "cluster_grow.h"

/* ---- kinds of sites -------------------------------------------------------------------------------------------- */

/* How far directions reach along an axis. */
static size_t reach_of(const gibbs_regular *lattice, size_t axis) {
  size_t reach = 0;
  for (size_t d = 0; d < lattice->directions; d++) {
    size_t far = (size_t)labs(lattice->direction[d].offset[axis]);
    if (far > reach) reach = far;
  }
  return reach;
}

/* Places along an axis that see its ends in a different way: those within reach of an end, one by one, and all
 * others. */
static size_t places_of(size_t extent, size_t reach) {
  return extent <= 2 * reach + 1 ? extent : 2 * reach + 1;
}
static size_t place_of(size_t x, size_t extent, size_t reach) {
  if (extent <= 2 * reach + 1 || x < reach) return x;
  return x >= extent - reach ? x - extent + 2 * reach + 1 : reach;
}

static size_t count_kinds(const gibbs_regular *lattice) {
  size_t kinds = lattice->basis;
  for (size_t a = 0; a < lattice->axes && kinds <= UINT8_MAX; a++)
    kinds *= places_of(lattice->extent[a], reach_of(lattice, a));
  return kinds;
}

static size_t kind_of(const gibbs_regular *lattice, const size_t *reach, size_t site) {
  size_t kind = site % lattice->basis, rest = site / lattice->basis, stride = lattice->basis;
  for (size_t a = lattice->axes; a-- > 0;) {
    size_t n = lattice->extent[a];
    kind += place_of(rest % n, n, reach[a]) * stride;
    stride *= places_of(n, reach[a]);
    rest /= n;
  }
  return kind;
}

/* ---- ways
 * ------------------------------------------------------------------------------------------------------------ */

/* Way number way[basis][2 * direction + backward]: sites of different bases share ways of one chance. */
typedef struct way_table {
  size_t count;
  uint64_t chance[GIBBS_CLUSTER_MOST_WAYS];
  uint8_t unlike[GIBBS_CLUSTER_MOST_WAYS];
} way_table;

/* The lowest way of this strength that the basis does not use yet, new where there is none. */
static size_t take_way(way_table *t, uint64_t chance, uint8_t unlike, uint32_t *taken) {
  size_t w = 0;
  while (w < t->count && (t->chance[w] != chance || t->unlike[w] != unlike || (*taken >> w & 1))) w++;
  if (w == t->count && w < GIBBS_CLUSTER_MOST_WAYS) t->chance[w] = chance, t->unlike[w] = unlike, t->count++;
  *taken |= UINT32_C(1) << w;
  return w;
}

/* The ways of all half directions, out[basis * 2 * directions + half], where the site of that basis has such a one.
 */
static void assign_ways(const gibbs_cluster_model *model, way_table *t, size_t *out) {
  const gibbs_regular *lattice = model->regular;
  for (size_t b = 0; b < lattice->basis; b++) {
    uint32_t taken = 0;
    for (size_t half = 0; half < 2 * lattice->directions; half++) {
      const gibbs_direction *d = &lattice->direction[half / 2];
      if ((half % 2 ? d->to : d->from) != b) continue;
      double strength = model->strength[half / 2];
      out[b * 2 * lattice->directions + half] = take_way(t, gibbs_cluster_chance(strength), strength > 0, &taken);
    }
  }
}

bool gibbs_cluster_lattice_fits(const gibbs_regular *lattice) {
  return 2 * lattice->directions * lattice->basis <= GIBBS_CLUSTER_MOST_WAYS && count_kinds(lattice) <= UINT8_MAX;
}

/* The steps of a kind of sites, of which `site` is one. */
static void fill_steps(const gibbs_regular *lattice, const size_t *way, size_t site, int32_t *step) {
  size_t halves = 2 * lattice->directions, b = site % lattice->basis;
  for (size_t half = 0; half < halves; half++) {
    uint32_t to = gibbs_cluster_partner(lattice, half / 2, half % 2, site);
    if (to != GIBBS_CLUSTER_NONE) step[way[b * halves + half]] = (int32_t)((long)to - (long)site);
  }
}

static gibbs_status make_kinds(const gibbs_cluster_model *model, const size_t *way, gibbs_cluster_neighbours *out,
                               gibbs_error *err) {
  const gibbs_regular *lattice = model->regular;
  size_t reach[GIBBS_MAX_RANK];
  for (size_t a = 0; a < lattice->axes; a++) reach[a] = reach_of(lattice, a);
  out->kinds = count_kinds(lattice);
  out->kind = malloc(model->units * sizeof *out->kind);
  out->step = calloc(out->kinds * (out->ways + 1), sizeof *out->step);
  bool *seen = calloc(out->kinds, sizeof *seen);
  bool made = out->kind && out->step && seen;
  for (size_t u = 0; made && u < model->units; u++) {
    size_t kind = kind_of(lattice, reach, u);
    out->kind[u] = (uint8_t)kind;
    if (!seen[kind]) fill_steps(lattice, way, u, out->step + kind * out->ways);
    seen[kind] = true;
  }
  free(seen);
  return made ? GIBBS_OK : gibbs_fail_memory(err, "a lattice", model->units * sizeof *out->kind);
}

static gibbs_status make_lattice(const gibbs_cluster_model *model, gibbs_cluster_neighbours *out, gibbs_error *err) {
  way_table t = {0};
  size_t way[GIBBS_CLUSTER_MOST_WAYS + 1] = {0};
  assign_ways(model, &t, way);
  out->ways = t.count;
  for (size_t w = 0; w < t.count; w++) out->chance[w] = t.chance[w], out->unlike[w] = t.unlike[w];
  return make_kinds(model, way, out, err);
}

/* ---- lists
 * --------------------------------------------------------------------------------------------------------- */

static void put_bond(gibbs_cluster_neighbours *out, uint32_t from, uint32_t to, uint32_t chance) {
  size_t at = out->first[from + 1]++;
  out->other[at] = to;
  out->bond[at] = chance;
}

/* first[u + 1] runs through the places of unit u while they are filled, and ends where those of u + 1 start. */
static gibbs_status make_lists(const gibbs_cluster_model *model, gibbs_cluster_neighbours *out, gibbs_error *err) {
  const gibbs_cluster_bonds *b = &model->bonds;
  out->first = calloc(model->units + 2, sizeof *out->first);
  out->other = malloc((2 * b->count + 1) * sizeof *out->other);
  out->bond = malloc((2 * b->count + 1) * sizeof *out->bond);
  if (!out->first || !out->other || !out->bond)
    return gibbs_fail_memory(err, "bonds", 4 * b->count * sizeof(uint32_t));
  for (size_t k = 0; k < b->count; k++) out->first[b->from[k] + 2]++, out->first[b->to[k] + 2]++;
  for (size_t u = 0; u < model->units; u++) out->first[u + 2] += out->first[u + 1];
  for (size_t k = 0; k < b->count; k++) {
    put_bond(out, b->from[k], b->to[k], b->chance[k]);
    put_bond(out, b->to[k], b->from[k], b->chance[k]);
  }
  return GIBBS_OK;
}

gibbs_status gibbs_cluster_neighbours_new(const gibbs_cluster_model *model, gibbs_cluster_neighbours *out,
                                          gibbs_error *err) {
  *out = (gibbs_cluster_neighbours){.units = model->units};
  gibbs_status status = model->regular ? make_lattice(model, out, err) : make_lists(model, out, err);
  if (status != GIBBS_OK) gibbs_cluster_neighbours_clear(out);
  return status;
}

void gibbs_cluster_neighbours_clear(gibbs_cluster_neighbours *n) {
  void *all[] = {n->kind, n->step, n->first, n->other, n->bond};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++) free(all[k]);
  *n = (gibbs_cluster_neighbours){0};
}
