/* space.c - an enumerable space: all joint states of discrete variables, numbered. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "space.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void gibbs_space_clear(gibbs_space *space) {
  free(space->units);
  free(space->sizes);
  memset(space, 0, sizeof *space);
}

static gibbs_status count_units(gibbs_expr *const variables[], size_t count, gibbs_space *space, gibbs_error *err) {
  space->two_state = true;
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variables[k]);
    if (gibbs_variable_domain(variable) == GIBBS_REALS)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                        "a variable takes real values; only spins, bits and potts can be enumerated");
    space->two_state &= gibbs_variable_domain(variable) != GIBBS_POTTS;
    space->unit_count += gibbs_variable_units(variable);
    space->log2_states += (double)gibbs_variable_units(variable) * log2((double)gibbs_variable_states(variable));
  }
  if (space->log2_states > 62)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "2^%.4g states are too many to enumerate; exact sums go up to 2^30",
                      space->log2_states);
  return GIBBS_OK;
}

static void place_units(gibbs_expr *const variables[], gibbs_space *space) {
  gibbs_unit *unit = space->units;
  uint64_t place = 1;
  for (size_t k = 0; k < space->variable_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(variables[k]);
    gibbs_domain domain = gibbs_variable_domain(variable);
    size_t states = gibbs_variable_states(variable), rows = domain == GIBBS_POTTS ? states : 1;
    space->sizes[k] = gibbs_variable_size(variable);
    for (size_t u = 0; u < gibbs_variable_units(variable); u++) {
      *unit++ = (gibbs_unit){.domain = domain, .place = place, .states = states, .variable = k, .row = u * rows};
      place *= states;
    }
  }
  space->states = place;
}

gibbs_status gibbs_space_new(gibbs_expr *const variables[], size_t count, gibbs_space *out, gibbs_error *err) {
  gibbs_space space = {.variable_count = count};
  gibbs_status status = count_units(variables, count, &space, err);
  if (status != GIBBS_OK) return status;
  space.units = calloc(space.unit_count + 1, sizeof *space.units);
  space.sizes = calloc(count + 1, sizeof *space.sizes);
  if (!space.units || !space.sizes) {
    gibbs_space_clear(&space);
    return gibbs_fail_memory(err, "a space of states", (space.unit_count + 1) * sizeof(gibbs_unit));
  }
  place_units(variables, &space);
  *out = space;
  return GIBBS_OK;
}

gibbs_status gibbs_space_match(const gibbs_space *space, gibbs_expr *const variables[], size_t count,
                               gibbs_error *err) {
  gibbs_space other;
  gibbs_status status = gibbs_space_new(variables, count, &other, err);
  if (status != GIBBS_OK) return status;
  bool same = other.unit_count == space->unit_count && other.variable_count == space->variable_count;
  for (size_t u = 0; same && u < space->unit_count; u++)
    same = space->units[u].domain == other.units[u].domain && space->units[u].states == other.units[u].states &&
           space->units[u].variable == other.units[u].variable;
  if (!same)
    status =
        gibbs_fail(err, GIBBS_ERR_SHAPE,
                   "the distributions live on different spaces: %zu visible units (2^%.4g states) and %zu (2^%.4g); "
                   "they must agree in number and domain",
                   space->unit_count, space->log2_states, other.unit_count, other.log2_states);
  gibbs_space_clear(&other);
  return status;
}

double gibbs_space_value(const gibbs_space *space, uint64_t state, size_t u) {
  const gibbs_unit *unit = &space->units[u];
  double digit = (double)(state / unit->place % unit->states);
  return unit->domain == GIBBS_SPINS ? 2 * digit - 1 : unit->domain == GIBBS_POTTS ? digit + 1 : digit;
}

/* A digit stays the same for `place` states at a time. */
static void fill_unit(const gibbs_unit *unit, uint64_t first, size_t count, size_t stride, double *row) {
  for (size_t s = 0; s < count;) {
    uint64_t state = first + s, left = unit->place - state % unit->place;
    size_t run = left < count - s ? (size_t)left : count - s;
    size_t digit = (size_t)(state / unit->place % unit->states);
    if (unit->domain == GIBBS_POTTS) {
      for (size_t k = 0; k < unit->states; k++)
        for (size_t i = 0; i < run; i++) row[k * stride + s + i] = k == digit;
    } else {
      double value = unit->domain == GIBBS_SPINS ? 2 * (double)digit - 1 : (double)digit;
      for (size_t i = 0; i < run; i++) row[s + i] = value;
    }
    s += run;
  }
}

void gibbs_space_fill(const gibbs_space *space, uint64_t first, size_t count, size_t stride, uint64_t place,
                      double *const values[]) {
  for (size_t u = 0; u < space->unit_count; u++) {
    const gibbs_unit *unit = &space->units[u];
    if (unit->place < place) continue;
    fill_unit(unit, first, count, stride, values[unit->variable] + unit->row * stride);
  }
}
