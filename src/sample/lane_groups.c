/* lane_groups.c - configurations in groups of sixteen: laying out, reading, writing. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lane_groups.h"

#include <stdlib.h>

static void place_units(gibbs_lane_groups *g, const gibbs_target *target) {
  size_t u = 0, element = 0;
  for (size_t k = 0; k < target->variable_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(target->variables[k]);
    size_t units = gibbs_variable_units(variable), width = units ? gibbs_variable_size(variable) / units : 1;
    for (size_t i = 0; i < units; i++, u++, element += width) {
      g->unit[u] = (gibbs_lane_unit){element, gibbs_variable_states(variable), gibbs_variable_domain(variable)};
      if (!target->held || !target->held[u]) g->free[g->free_count++] = u;
    }
  }
}

gibbs_status gibbs_lane_groups_new(const gibbs_target *target, size_t chains, size_t first_chain,
                                   gibbs_lane_groups *out, gibbs_error *err) {
  gibbs_lane_groups g = {.chains = chains, .first_chain = first_chain};
  for (size_t k = 0; k < target->variable_count; k++) {
    g.units += gibbs_variable_units(gibbs_expr_as_variable(target->variables[k]));
    g.elements += gibbs_expr_size(target->variables[k]);
  }
  if (chains > 0) g.count = (first_chain + chains - 1) / GIBBS_LANES - first_chain / GIBBS_LANES + 1;
  g.unit = calloc(g.units + 1, sizeof *g.unit);
  g.free = calloc(g.units + 1, sizeof *g.free);
  g.x = calloc(g.count * g.elements + 1, GIBBS_LANES * sizeof *g.x);
  if (!g.unit || !g.free || !g.x) {
    gibbs_lane_groups_clear(&g);
    return gibbs_fail_memory(err, "the configurations of chains",
                             g.count * g.elements * GIBBS_LANES * sizeof(double));
  }
  place_units(&g, target);
  *out = g;
  return GIBBS_OK;
}

void gibbs_lane_groups_clear(gibbs_lane_groups *g) {
  free(g->unit);
  free(g->free);
  free(g->x);
  *g = (gibbs_lane_groups){0};
}

void gibbs_lane_unit_write(const gibbs_lane_unit *unit, double *x, size_t lane, double value) {
  double *at = x + unit->element * GIBBS_LANES + lane;
  if (unit->domain != GIBBS_POTTS)
    *at = value;
  else
    for (size_t s = 0; s < unit->states; s++) at[s * GIBBS_LANES] = (double)(s + 1) == value;
}

double gibbs_lane_unit_read(const gibbs_lane_unit *unit, const double *x, size_t lane) {
  const double *at = x + unit->element * GIBBS_LANES + lane;
  if (unit->domain != GIBBS_POTTS) return *at;
  size_t s = 0;
  while (s + 1 < unit->states && at[s * GIBBS_LANES] == 0) s++;
  return (double)(s + 1);
}

void gibbs_lane_groups_set(gibbs_lane_groups *g, const double *values, size_t stride) {
  for (size_t group = 0; group < g->count; group++) {
    size_t low, high, first = gibbs_lane_groups_lanes(g, group, &low, &high);
    double *x = gibbs_lane_groups_at(g, group);
    for (size_t u = 0; u < g->units; u++)
      for (size_t k = 0; k < GIBBS_LANES; k++) {
        size_t chain = k < low || k >= high ? first : first + k - low;
        gibbs_lane_unit_write(&g->unit[u], x, k, values[u * stride + chain]);
      }
  }
}

void gibbs_lane_groups_get(const gibbs_lane_groups *g, double *values, size_t stride) {
  for (size_t group = 0; group < g->count; group++) {
    size_t low, high, first = gibbs_lane_groups_lanes(g, group, &low, &high);
    const double *x = gibbs_lane_groups_at(g, group);
    for (size_t u = 0; u < g->units; u++)
      for (size_t k = low; k < high; k++)
        values[u * stride + first + k - low] = gibbs_lane_unit_read(&g->unit[u], x, k);
  }
}

void gibbs_lane_groups_mirror(const gibbs_lane_groups *g, size_t group, size_t rows, double *x) {
  size_t low, high;
  gibbs_lane_groups_lanes(g, group, &low, &high);
  if (high - low == GIBBS_LANES) return;
  for (size_t r = 0; r < rows; r++)
    for (size_t k = 0; k < GIBBS_LANES; k++)
      if (k < low || k >= high) x[r * GIBBS_LANES + k] = x[r * GIBBS_LANES + low];
}
