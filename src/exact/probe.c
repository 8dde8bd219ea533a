/* probe.c - the states of at most two raised bits: enough to read off, or to weigh, a polynomial of degree two in
 * bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "member.h"

void gibbs_probe_clear(gibbs_probe *probe) {
  for (size_t k = 0; probe->values && k < probe->variable_count; k++) free(probe->values[k]);
  free(probe->values);
  memset(probe, 0, sizeof *probe);
}

/* Point 0 is the state 0, point 1 + i raises bit i, then come the pairs (0,1), (0,2), ..., (1,2), ... */
size_t gibbs_probe_pair(const gibbs_probe *probe, size_t i, size_t j) {
  size_t n = probe->units;
  return 1 + n + i * (2 * n - i - 1) / 2 + (j - i - 1);
}

static void set_point(gibbs_probe *probe, const gibbs_space *space, size_t point, uint64_t state) {
  for (size_t u = 0; u < space->unit_count; u++)
    probe->values[space->units[u].variable][space->units[u].row * probe->points + point] =
        gibbs_space_value(space, state, u);
}

static void set_points(gibbs_probe *probe, const gibbs_space *space) {
  size_t n = probe->units;
  set_point(probe, space, 0, 0);
  for (size_t i = 0; i < n && probe->points > 1; i++) set_point(probe, space, 1 + i, UINT64_C(1) << i);
  for (size_t i = 0; i < n && probe->degree == 2; i++)
    for (size_t j = i + 1; j < n; j++)
      set_point(probe, space, gibbs_probe_pair(probe, i, j), UINT64_C(1) << i | UINT64_C(1) << j);
}

gibbs_status gibbs_probe_new(const gibbs_space *space, unsigned degree, gibbs_probe *out, gibbs_error *err) {
  size_t n = space->unit_count;
  gibbs_probe probe = {.units = n, .degree = degree, .variable_count = space->variable_count};
  probe.points = 1 + n + (degree == 2 ? n * (n - 1) / 2 : 0);
  probe.values = calloc(space->variable_count + 1, sizeof *probe.values);
  bool made = probe.values != NULL;
  for (size_t k = 0; made && k < space->variable_count; k++) {
    probe.values[k] = calloc(space->sizes[k] * probe.points, sizeof(double));
    made = probe.values[k] != NULL;
  }
  if (!made) {
    gibbs_probe_clear(&probe);
    return gibbs_fail_memory(err, "the probes of an energy", n * probe.points * sizeof(double));
  }
  set_points(&probe, space);
  *out = probe;
  return GIBBS_OK;
}
