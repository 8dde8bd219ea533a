/* normal_form_rules.c - pairs that follow a rule: found without a look at the bonds, and with one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "normal_form_parts.h"

/* On shorter axes different offsets lead to the same cell: there the pairs themselves are looked at. */
enum { shortest_axis = 5 };

/* ---- one product --------------------------------------------------------------------------------- */

/* A variable seen through a rule, or as it is. */
typedef struct sight {
  size_t variable;              /* node */
  const gibbs_pattern *pattern; /* NULL: as it is */
} sight;

static bool find_sight(const gibbs_lowering *l, size_t node, sight *out) {
  const gibbs_expr *expr = l->tape.nodes[node];
  *out = (sight){.variable = node};
  if (expr->kind == GIBBS_KIND_GATHER) {
    out->variable = gibbs_lowering_argument(l, node, 0);
    out->pattern = expr->of.index->pattern;
    if (!out->pattern) return false;
  }
  return l->tape.nodes[out->variable]->kind == GIBBS_KIND_VARIABLE && l->varies[out->variable];
}

static bool is_end(const sight *s, gibbs_pattern_kind kind) {
  return s->pattern && s->pattern->kind == kind && s->pattern->inner == 1;
}

static bool is_shift(const sight *s, const gibbs_shape *shape) {
  return !s->pattern || (s->pattern->kind == GIBBS_PATTERN_SHIFT && gibbs_shape_equal(&s->pattern->shape, shape));
}

static gibbs_layout layout_of_shape(const gibbs_shape *shape) {
  gibbs_layout layout = {.axes = shape->rank, .basis = 1};
  for (size_t k = 0; k < shape->rank; k++) layout.extent[k] = shape->extent[k];
  return layout;
}

static gibbs_layout layout_of_cells(const gibbs_cells *cells) {
  gibbs_layout layout = {.axes = cells->axes, .basis = cells->basis};
  for (size_t k = 0; k < cells->axes; k++) layout.extent[k] = cells->extent[k];
  return layout;
}

static void set_borders(gibbs_layout *layout, bool periodic) {
  for (size_t k = 0; k < layout->axes; k++) layout->periodic[k] = periodic;
}

static bool has_long_axes(const gibbs_layout *layout) {
  for (size_t k = 0; k < layout->axes; k++)
    if (layout->extent[k] < shortest_axis) return false;
  return layout->axes > 0;
}

/* x[k + p] x[k + q] for all k: every site with the one q - p further on. */
static bool read_shifts(const sight *a, const sight *b, const gibbs_shape *shape, gibbs_lattice_form *out) {
  gibbs_direction d = {.coupling = 0.0};
  bool stays = true;
  out->layout = layout_of_shape(shape);
  set_borders(&out->layout, true);
  for (size_t k = 0; k < shape->rank; k++) {
    d.offset[k] = (long)(b->pattern ? b->pattern->by[k] : 0) - (long)(a->pattern ? a->pattern->by[k] : 0);
    stays = stays && d.offset[k] == 0;
  }
  return !stays && gibbs_lattice_form_add(out, d);
}

/* The ends of all bonds, each with the other one. */
static bool read_ends(const sight *first, const sight *second, gibbs_lattice_form *out) {
  const gibbs_cells *cells = &second->pattern->cells;
  gibbs_pattern other = {.kind = GIBBS_PATTERN_FIRST_END, .cells = *cells, .inner = 1};
  bool ring =
      gibbs_pattern_is_identity(first->pattern ? first->pattern : &other) && gibbs_pattern_is_identity(&other);
  if (!ring && (!is_end(first, GIBBS_PATTERN_FIRST_END) || !gibbs_pattern_equal(first->pattern, &other)))
    return false;
  out->layout = layout_of_cells(cells);
  set_borders(&out->layout, cells->periodic);
  for (size_t s = 0; s < cells->steps; s++) {
    gibbs_direction d = {.from = cells->step[s].from, .to = cells->step[s].to};
    for (size_t k = 0; k < cells->axes; k++) d.offset[k] = (long)cells->step[s].offset[k];
    if (!gibbs_lattice_form_add(out, d)) return false;
  }
  return true;
}

/* The layouts that a variable shows by itself: one site a cell, or its last axis in the cell. */
static bool is_own_layout(const gibbs_layout *layout, const gibbs_shape *shape) {
  size_t axes = layout->basis > 1 ? shape->rank - 1 : shape->rank;
  if (shape->rank == 0 || layout->axes != axes || (layout->basis > 1 && shape->extent[axes] != layout->basis))
    return false;
  for (size_t k = 0; k < axes; k++)
    if (layout->extent[k] != shape->extent[k]) return false;
  return true;
}

static bool read_rule(const gibbs_lowering *l, size_t first, size_t second, gibbs_rule *out) {
  sight a, b;
  if (!find_sight(l, first, &a) || !find_sight(l, second, &b) || a.variable != b.variable) return false;
  const gibbs_variable *v = l->tape.nodes[a.variable]->of.variable;
  const gibbs_shape *shape = gibbs_variable_units_shape(v);
  if (gibbs_variable_domain(v) == GIBBS_POTTS) return false;
  bool read = is_end(&b, GIBBS_PATTERN_SECOND_END) ? read_ends(&a, &b, &out->form)
              : is_end(&a, GIBBS_PATTERN_SECOND_END)
                  ? read_ends(&b, &a, &out->form)
                  : is_shift(&a, shape) && is_shift(&b, shape) && read_shifts(&a, &b, shape, &out->form);
  out->segment = (size_t)(gibbs_segment_of(l, l->element_at[a.variable]) - l->segments);
  return read && has_long_axes(&out->form.layout) && is_own_layout(&out->form.layout, shape);
}

gibbs_status gibbs_lower_rule(gibbs_lowering *l, size_t a, size_t b, size_t size, const gibbs_weights *w,
                              bool *lowered, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  gibbs_rule rule = {.a = a, .b = b, .size = size, .weights = *w};
  if (w->each || !read_rule(l, a, b, &rule)) return GIBBS_OK;
  if (g->rules == g->rule_room) {
    size_t room = 2 * g->rule_room + 4;
    gibbs_rule *all = realloc(g->rule, room * sizeof *all);
    if (!all) return gibbs_fail_memory(err, "the pairs of an energy", room * sizeof *all);
    g->rule = all;
    g->rule_room = room;
  }
  g->rule[g->rules++] = rule;
  *lowered = true;
  return GIBBS_OK;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static bool join_rule(gibbs_lattice_form *out, const gibbs_rule *rule) {
  if (!gibbs_layout_equal(&out->layout, &rule->form.layout)) return false;
  for (size_t k = 0; k < rule->form.count; k++) {
    gibbs_direction d = rule->form.direction[k];
    d.coupling = rule->weights.value;
    if (!gibbs_lattice_form_add(out, d)) return false;
  }
  return true;
}

static bool join_rules(const gibbs_gathered *g, gibbs_lattice_form *out, size_t *segment) {
  if (g->rules == 0 || g->pairs > 0 || g->pieces > 0) return false;
  *segment = g->rule[0].segment;
  *out = (gibbs_lattice_form){.layout = g->rule[0].form.layout};
  for (size_t k = 0; k < g->rules; k++)
    if (g->rule[k].segment != *segment || !join_rule(out, &g->rule[k])) return false;
  gibbs_lattice_form_sort(out);
  return true;
}

gibbs_status gibbs_rules_settle(gibbs_lowering *l, gibbs_lattice_form *out, size_t *segment, bool *regular,
                                gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  gibbs_status status = GIBBS_OK;
  *regular = join_rules(g, out, segment);
  if (*regular) return GIBBS_OK;
  for (size_t k = 0; k < g->rules && status == GIBBS_OK; k++) {
    const gibbs_rule *rule = &g->rule[k];
    status = gibbs_gather_views(l, rule->a, rule->b, rule->size, &rule->weights, err);
  }
  return status;
}

/* ---- from the pairs ------------------------------------------------------------------------------ */

/* The one variable that all pairs belong to. */
static bool find_segment(const gibbs_lowering *l, const gibbs_sparse *pairs, size_t *segment) {
  size_t found = SIZE_MAX;
  for (size_t s = 0; s < l->segment_count; s++) {
    const gibbs_segment *g = &l->segments[s];
    size_t entries = pairs->first[g->first_element + g->elements] - pairs->first[g->first_element];
    if (entries == 0) continue;
    if (found != SIZE_MAX) return false;
    found = s;
  }
  *segment = found;
  return found != SIZE_MAX && l->segments[found].domain != GIBBS_POTTS;
}

/* A lattice of cells that somebody has written down for this variable. */
static bool find_hint(const gibbs_lowering *l, size_t segment, gibbs_layout *out) {
  for (size_t i = 0; i < l->tape.length; i++) {
    const gibbs_expr *node = l->tape.nodes[i];
    if (!l->varies[i] || node->kind != GIBBS_KIND_GATHER || !node->of.index->pattern) continue;
    const gibbs_pattern *pattern = node->of.index->pattern;
    size_t variable = gibbs_lowering_argument(l, i, 0);
    if (pattern->kind == GIBBS_PATTERN_SHIFT || pattern->inner != 1) continue;
    if (l->tape.nodes[variable]->kind != GIBBS_KIND_VARIABLE ||
        l->tape.nodes[variable]->of.variable != l->segments[segment].variable)
      continue;
    *out = layout_of_cells(&pattern->cells);
    return true;
  }
  return false;
}

/* Fewer directions are simpler, then fewer steps along axes. */
static size_t count_steps(const gibbs_lattice_form *form) {
  size_t steps = form->count * GIBBS_MOST_DIRECTIONS * GIBBS_MAX_RANK;
  for (size_t d = 0; d < form->count; d++)
    for (size_t k = 0; k < form->layout.axes; k++) steps += form->direction[d].offset[k] != 0;
  return steps;
}

bool gibbs_rules_detect(const gibbs_lowering *l, const gibbs_sparse *pairs, gibbs_lattice_form *out,
                        size_t *segment) {
  if (pairs->entries == 0 || !find_segment(l, pairs, segment)) return false;
  const gibbs_segment *s = &l->segments[*segment];
  const gibbs_shape *shape = gibbs_variable_units_shape(s->variable);
  gibbs_layout layout = layout_of_shape(shape);
  gibbs_lattice_form other;
  bool found = gibbs_lattice_form_detect(pairs, s->first_element, &layout, out);
  if (shape->rank > 1) {
    layout.basis = shape->extent[--layout.axes];
    bool too = gibbs_lattice_form_detect(pairs, s->first_element, &layout, &other);
    if (too && (!found || count_steps(&other) < count_steps(out))) *out = other;
    found = found || too;
  }
  return found ||
         (find_hint(l, *segment, &layout) && gibbs_lattice_form_detect(pairs, s->first_element, &layout, out));
}

/* ---- to the pairs -------------------------------------------------------------------------------- */

static size_t count_bonds(const gibbs_lattice_form *form) {
  size_t count = 0;
  for (size_t k = 0; k < form->count; k++) count += gibbs_direction_count(&form->layout, &form->direction[k]);
  return count;
}

gibbs_status gibbs_lattice_form_rows(const gibbs_lowering *l, const gibbs_lattice_form *form, size_t segment,
                                     gibbs_sparse *out, gibbs_error *err) {
  size_t count = count_bonds(form), first = l->segments[segment].first_element, used = 0;
  uint32_t(*pair)[2] = malloc(count * sizeof *pair + 1);
  double *coupling = malloc(count * sizeof *coupling + 1);
  gibbs_status status = pair && coupling ? GIBBS_OK : gibbs_fail_memory(err, "the pairs of an energy", 16 * count);
  for (size_t k = 0; status == GIBBS_OK && k < form->count; k++) {
    gibbs_direction_walk walk = gibbs_direction_begin(&form->layout, &form->direction[k]);
    while (gibbs_direction_next(&walk)) {
      pair[used][0] = (uint32_t)(first + walk.site);
      pair[used][1] = (uint32_t)(first + walk.partner);
      coupling[used++] = form->direction[k].coupling;
    }
  }
  if (status == GIBBS_OK) status = gibbs_rows_from_pairs(l->elements, used, pair, coupling, out, err);
  free(pair);
  free(coupling);
  return status;
}
