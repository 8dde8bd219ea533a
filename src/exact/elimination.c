/* elimination.c - the cheapest of a few orders of elimination. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "elimination.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  most_fill_units =
      20000, /* beyond it new pairs are not counted: it takes long, and long systems are sweeps or trees */
  most_told_units = 5000, /* up to it the width of an order that is too wide is found out, to be told */
  most_told_bits = 1000
};

void gibbs_elimination_clear(gibbs_elimination *plan) {
  free(plan->order);
  free(plan->position);
  free(plan->first);
  free(plan->separator);
  memset(plan, 0, sizeof *plan);
}

/* The best so far; where none fits, bits is the least width that was met. */
typedef struct search {
  const gibbs_interactions *list;
  gibbs_contacts contacts;
  gibbs_elimination best;
  bool found;
  uint32_t *order; /* scratch */
} search;

static gibbs_status consider(search *s, gibbs_greed greed, double limit, const char *name, gibbs_error *err) {
  gibbs_elimination plan = {0};
  bool fits = false;
  gibbs_status status = gibbs_elimination_try(&s->contacts, greed, s->order, limit, &plan, &fits, err);
  if (status != GIBBS_OK) return status;
  bool better = fits ? !s->found || plan.entries < s->best.entries : !s->found && plan.bits < s->best.bits;
  if (!better) {
    gibbs_elimination_clear(&plan);
    return GIBBS_OK;
  }
  gibbs_elimination_clear(&s->best);
  s->best = plan;
  s->best.name = name;
  s->found = fits;
  return GIBBS_OK;
}

/* Units of every variable in the order of one axis of its shape, then of the others. */
static void list_sweep(const gibbs_interactions *list, size_t axis, uint32_t *order) {
  size_t used = 0;
  for (size_t k = 0; k < list->segment_count; k++) {
    const gibbs_segment *segment = &list->segments[k];
    const gibbs_shape *shape = gibbs_variable_units_shape(segment->variable);
    size_t extent = 1, inner = 1;
    if (axis < shape->rank) extent = shape->extent[axis];
    for (size_t a = axis + 1; a < shape->rank; a++) inner *= shape->extent[a];
    size_t outer = segment->units / (extent * inner);
    for (size_t at = 0; at < extent; at++)
      for (size_t o = 0; o < outer; o++)
        for (size_t i = 0; i < inner; i++)
          order[used++] = (uint32_t)(segment->first_unit + (o * extent + at) * inner + i);
  }
}

static size_t axes_of(const gibbs_interactions *list) {
  size_t axes = 1;
  for (size_t k = 0; k < list->segment_count; k++) {
    size_t rank = gibbs_variable_units_shape(list->segments[k].variable)->rank;
    if (rank > axes) axes = rank;
  }
  return axes;
}

static gibbs_status try_all(search *s, double limit, gibbs_error *err) {
  static const char *const sweeps[] = {"a sweep along the first axis", "a sweep along the second axis",
                                       "a sweep along the third axis", "a sweep along the fourth axis",
                                       "a sweep along a later axis"};
  gibbs_status status = consider(s, GIBBS_GREED_STATES, limit, "fewest states first", err);
  if (status == GIBBS_OK && s->list->units <= most_fill_units)
    status = consider(s, GIBBS_GREED_FILL, limit, "fewest new pairs first", err);
  for (size_t axis = 0; status == GIBBS_OK && axis < axes_of(s->list); axis++) {
    list_sweep(s->list, axis, s->order);
    status = consider(s, GIBBS_GREED_NONE, limit, sweeps[axis < 4 ? axis : 4], err);
  }
  return status;
}

static gibbs_status refuse(search *s, double limit, bool tell, gibbs_error *err) {
  if (tell && s->list->units <= most_told_units) {
    gibbs_status status = try_all(s, most_told_bits, err);
    if (status != GIBBS_OK) return status;
  }
  return gibbs_fail(err, GIBBS_ERR_SIZE,
                    "elimination needs tables of %s2^%.4g states for these %zu units, in the best order found; the "
                    "limit is 2^%g. A narrower or sparser system can be done",
                    s->found ? "" : "at least ", s->best.bits, s->list->units, limit);
}

/* Tables over separators live until that of the first of their units has been made. */
static gibbs_status find_peak(const gibbs_interactions *list, gibbs_elimination *plan, gibbs_error *err) {
  double *incoming = calloc(plan->units + 1, sizeof *incoming), live = 0;
  if (!incoming) return gibbs_fail_memory(err, "an order of elimination", plan->units * sizeof *incoming);
  plan->peak = 0;
  for (size_t p = 0; p < plan->units; p++) {
    double cells = 1;
    for (size_t k = plan->first[p]; k < plan->first[p + 1]; k++)
      cells *= (double)list->states[plan->order[plan->separator[k]]];
    live += cells;
    plan->peak = fmax(plan->peak, live);
    live -= incoming[p];
    if (plan->first[p + 1] > plan->first[p]) incoming[plan->separator[plan->first[p + 1] - 1]] += cells;
  }
  free(incoming);
  return GIBBS_OK;
}

gibbs_status gibbs_elimination_plan(const gibbs_interactions *list, double limit, bool tell, gibbs_elimination *out,
                                    gibbs_error *err) {
  search s = {.list = list, .best = {.bits = INFINITY}};
  gibbs_status status = gibbs_contacts_new(list, &s.contacts, err);
  if (status == GIBBS_OK) {
    s.order = malloc((list->units + 1) * sizeof *s.order);
    if (!s.order) status = gibbs_fail_memory(err, "an order of elimination", list->units * sizeof *s.order);
  }
  if (status == GIBBS_OK) status = try_all(&s, limit, err);
  if (status == GIBBS_OK && !s.found) status = refuse(&s, limit, tell, err);
  if (status == GIBBS_OK) status = find_peak(list, &s.best, err);
  if (status == GIBBS_OK) {
    *out = s.best;
    memset(&s.best, 0, sizeof s.best);
  }
  gibbs_elimination_clear(&s.best);
  gibbs_contacts_clear(&s.contacts);
  free(s.order);
  return status;
}
