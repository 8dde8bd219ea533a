/* colouring.c - two colours by breadth-first search where they suffice, else the better of two greedy orders. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "colouring.h"

#include <stdlib.h>
#include <string.h>

static const uint32_t none = UINT32_MAX;

/* A dense block as two ranges of units, each unit of one interacting with all of the other (or, where both are the
 * same, with all others). */
typedef struct side {
  uint32_t first, end;
} side;

typedef struct graph {
  size_t units, sides; /* sides 2 k and 2 k + 1 face each other */
  const bool *held;
  const gibbs_segment *segments;
  uint32_t *first_element; /* [units + 1] */
  uint32_t *unit_of;       /* [element] */
  const gibbs_sparse *sparse;
  const gibbs_monomials *monomials;
  size_t *monomial_first; /* [units + 1]: the monomials of a unit */
  uint32_t *monomial;
  side *side;
  uint32_t *colour; /* [units]: what is sought */
} graph;

static bool is_free(const graph *g, size_t unit) {
  return g->held == NULL || !g->held[unit];
}

static bool is_in(side s, size_t unit) {
  return unit >= s.first && unit < s.end;
}

/* The pairs of element e end where those of e + 1 start. */
static size_t row_start(const graph *g, size_t e) {
  return g->sparse->entries > 0 ? g->sparse->first[e] : 0;
}

/* ---- the graph ---------------------------------------------------------------------------------------- */

static void free_graph(graph *g) {
  free(g->first_element);
  free(g->unit_of);
  free(g->monomial_first);
  free(g->monomial);
  free(g->side);
  free(g->colour);
}

static void number_elements(graph *g, const gibbs_normal_form *form) {
  const gibbs_segment *segments = gibbs_normal_form_segments(form);
  for (size_t k = 0; k < gibbs_normal_form_segment_count(form); k++) {
    const gibbs_segment *s = &segments[k];
    size_t each = s->units > 0 ? s->elements / s->units : 1;
    for (size_t i = 0; i < s->units; i++)
      g->first_element[s->first_unit + i] = (uint32_t)(s->first_element + i * each);
    for (size_t i = 0; i < s->elements; i++) g->unit_of[s->first_element + i] = (uint32_t)(s->first_unit + i / each);
  }
  g->first_element[g->units] = (uint32_t)gibbs_normal_form_elements(form);
}

static side make_side(const graph *g, size_t at, size_t count) {
  if (count == 0) return (side){0, 0};
  return (side){g->unit_of[at], g->unit_of[at + count - 1] + 1};
}

/* The monomials of each unit, by a counting sort. */
static void list_monomials(graph *g) {
  const gibbs_monomials *m = g->monomials;
  size_t total = m->first[m->count];
  for (size_t i = 0; i < total; i++) g->monomial_first[g->unit_of[m->element[i]] + 1]++;
  for (size_t u = 0; u < g->units; u++) g->monomial_first[u + 1] += g->monomial_first[u];
  for (size_t k = m->count; k-- > 0;)
    for (size_t i = m->first[k]; i < m->first[k + 1]; i++)
      g->monomial[--g->monomial_first[g->unit_of[m->element[i]] + 1]] = (uint32_t)k;
  /* Each end has run down to its start. */
  memmove(g->monomial_first, g->monomial_first + 1, g->units * sizeof *g->monomial_first);
  g->monomial_first[g->units] = total;
}

static bool has_monomials(const graph *g) {
  return g->monomials != NULL && g->monomials->count > 0;
}

static gibbs_status allocate_graph(graph *g, const gibbs_normal_form *form, gibbs_error *err) {
  size_t elements = gibbs_normal_form_elements(form), members = 0;
  if (has_monomials(g)) members = g->monomials->first[g->monomials->count];
  g->first_element = malloc((g->units + 1) * sizeof *g->first_element);
  g->unit_of = malloc((elements + 1) * sizeof *g->unit_of);
  g->monomial_first = calloc(g->units + 2, sizeof *g->monomial_first);
  g->monomial = malloc((members + 1) * sizeof *g->monomial);
  g->side = malloc((g->sides + 1) * sizeof *g->side);
  g->colour = malloc((g->units + 1) * sizeof *g->colour);
  if (!g->first_element || !g->unit_of || !g->monomial_first || !g->monomial || !g->side || !g->colour)
    return gibbs_fail_memory(err, "the graph of interactions",
                             (2 * g->units + elements + members) * sizeof(uint32_t));
  return GIBBS_OK;
}

static gibbs_status make_graph(graph *g, gibbs_normal_form *form, const bool *held, gibbs_error *err) {
  *g = (graph){.units = gibbs_normal_form_units(form), .held = held};
  g->sides = 2 * gibbs_normal_form_dense_count(form);
  g->monomials = gibbs_normal_form_monomials(form);
  gibbs_status status = gibbs_normal_form_sparse(form, &g->sparse, err);
  if (status == GIBBS_OK) status = allocate_graph(g, form, err);
  if (status != GIBBS_OK) return status;
  number_elements(g, form);
  if (has_monomials(g)) list_monomials(g);
  const gibbs_dense *dense = gibbs_normal_form_dense(form);
  for (size_t k = 0; 2 * k < g->sides; k++) {
    g->side[2 * k] = make_side(g, dense[k].row_at, dense[k].rows);
    g->side[2 * k + 1] = make_side(g, dense[k].column_at, dense[k].columns);
  }
  return GIBBS_OK;
}

/* ---- two colours ---------------------------------------------------------------------------------------- */

typedef struct search {
  graph *graph;
  uint32_t *queue;
  size_t reached;
  bool *done; /* [pair of sides] */
} search;

/* Unit u has to have this colour; false if it has another. */
static bool demand(search *s, size_t u, uint32_t colour) {
  graph *g = s->graph;
  if (!is_free(g, u)) return true;
  if (g->colour[u] != none) return g->colour[u] == colour;
  g->colour[u] = colour;
  s->queue[s->reached++] = (uint32_t)u;
  return true;
}

static bool demand_range(search *s, side range, size_t but, uint32_t colour) {
  for (size_t u = range.first; u < range.end; u++)
    if (u != but && !demand(s, u, colour)) return false;
  return true;
}

static bool has_free(const graph *g, side range) {
  for (size_t u = range.first; u < range.end; u++)
    if (is_free(g, u)) return true;
  return false;
}

/* Of a rectangle both sides are settled when its first unit is met: each has one colour. */
static bool demand_dense(search *s, size_t u) {
  graph *g = s->graph;
  uint32_t other = 1 - g->colour[u];
  for (size_t k = 0; k < g->sides; k += 2) {
    side rows = g->side[k], columns = g->side[k + 1];
    bool in_rows = is_in(rows, u), in_columns = is_in(columns, u);
    if (in_rows && in_columns) {
      if (!demand_range(s, rows, u, other)) return false;
    } else if ((in_rows || in_columns) && !s->done[k / 2]) {
      s->done[k / 2] = true;
      side near = in_rows ? rows : columns, far = in_rows ? columns : rows;
      if (!has_free(g, far)) continue;
      if (!demand_range(s, far, u, other) || !demand_range(s, near, u, 1 - other)) return false;
    }
  }
  return true;
}

static bool demand_neighbours(search *s, size_t u) {
  graph *g = s->graph;
  uint32_t other = 1 - g->colour[u];
  for (size_t e = g->first_element[u]; e < g->first_element[u + 1]; e++)
    for (size_t k = row_start(g, e); k < row_start(g, e + 1); k++) {
      size_t v = g->unit_of[g->sparse->column[k]];
      if (v != u && !demand(s, v, other)) return false;
    }
  for (size_t i = g->monomial_first[u]; i < g->monomial_first[u + 1]; i++) {
    size_t k = g->monomial[i];
    for (size_t j = g->monomials->first[k]; j < g->monomials->first[k + 1]; j++) {
      size_t v = g->unit_of[g->monomials->element[j]];
      if (v != u && !demand(s, v, other)) return false;
    }
  }
  return demand_dense(s, u);
}

/* Whether two colours suffice (or one): then they are set. */
static bool search_two(search *s) {
  graph *g = s->graph;
  for (size_t u = 0, next = 0; u < g->units; u++) {
    if (!is_free(g, u) || g->colour[u] != none) continue;
    if (!demand(s, u, 0)) return false;
    for (; next < s->reached; next++)
      if (!demand_neighbours(s, s->queue[next])) return false;
  }
  return true;
}

static void clear_colours(graph *g) {
  for (size_t u = 0; u < g->units; u++) g->colour[u] = none;
}

static gibbs_status try_two(graph *g, bool *found, gibbs_error *err) {
  search s = {.graph = g};
  s.queue = malloc((g->units + 1) * sizeof *s.queue);
  s.done = calloc(g->sides / 2 + 1, sizeof *s.done);
  gibbs_status status = GIBBS_OK;
  clear_colours(g);
  if (s.queue != NULL && s.done != NULL)
    *found = search_two(&s);
  else
    status = gibbs_fail_memory(err, "a search", g->units * sizeof *s.queue);
  free(s.queue);
  free(s.done);
  return status;
}

/* ---- greedily --------------------------------------------------------------------------------------------- */

typedef struct ranked {
  size_t degree;
  uint32_t unit;
} ranked;

typedef struct greed {
  graph *graph;
  ranked *order;
  uint32_t *mark;    /* [colour]: the last unit that cannot have it */
  bool *side_colour; /* [side][units + 1]: what is on that side */
  uint32_t colours;
} greed;

static void mark_neighbours(greed *x, size_t u) {
  graph *g = x->graph;
  for (size_t e = g->first_element[u]; e < g->first_element[u + 1]; e++)
    for (size_t k = row_start(g, e); k < row_start(g, e + 1); k++) {
      uint32_t colour = g->colour[g->unit_of[g->sparse->column[k]]];
      if (colour != none) x->mark[colour] = (uint32_t)u;
    }
  for (size_t i = g->monomial_first[u]; i < g->monomial_first[u + 1]; i++) {
    size_t k = g->monomial[i];
    for (size_t j = g->monomials->first[k]; j < g->monomials->first[k + 1]; j++) {
      uint32_t colour = g->colour[g->unit_of[g->monomials->element[j]]];
      if (colour != none) x->mark[colour] = (uint32_t)u;
    }
  }
  for (size_t k = 0; k < g->sides; k++)
    for (uint32_t colour = 0; is_in(g->side[k], u) && colour < x->colours; colour++)
      if (x->side_colour[(k ^ 1) * (g->units + 1) + colour]) x->mark[colour] = (uint32_t)u;
}

static void colour_greedily(greed *x) {
  graph *g = x->graph;
  clear_colours(g);
  x->colours = 0;
  memset(x->mark, 0xff, (g->units + 1) * sizeof *x->mark);
  memset(x->side_colour, 0, g->sides * (g->units + 1) * sizeof *x->side_colour);
  for (size_t i = 0; i < g->units; i++) {
    uint32_t u = x->order[i].unit, colour = 0;
    if (!is_free(g, u)) continue;
    mark_neighbours(x, u);
    while (x->mark[colour] == u) colour++;
    g->colour[u] = colour;
    if (colour == x->colours) x->colours++;
    for (size_t k = 0; k < g->sides; k++)
      if (is_in(g->side[k], u)) x->side_colour[k * (g->units + 1) + colour] = true;
  }
}

/* Units by number, with their degrees; true if these differ. */
static bool rank_units(greed *x) {
  graph *g = x->graph;
  bool differ = false;
  for (size_t u = 0; u < g->units; u++) {
    size_t degree = row_start(g, g->first_element[u + 1]) - row_start(g, g->first_element[u]);
    for (size_t i = g->monomial_first[u]; i < g->monomial_first[u + 1]; i++)
      degree += g->monomials->first[g->monomial[i] + 1] - g->monomials->first[g->monomial[i]];
    for (size_t k = 0; k < g->sides; k++)
      if (is_in(g->side[k], u)) degree += g->side[k ^ 1].end - g->side[k ^ 1].first;
    x->order[u] = (ranked){degree, (uint32_t)u};
    differ = differ || degree != x->order[0].degree;
  }
  return differ;
}

static int compare_ranks(const void *a, const void *b) {
  const ranked *x = a, *y = b;
  if (x->degree != y->degree) return x->degree > y->degree ? -1 : 1;
  return x->unit < y->unit ? -1 : 1;
}

/* In the order of the units, and with those of the largest degree first: whichever needs fewer colours. */
static void colour_twice(greed *x, uint32_t *kept) {
  graph *g = x->graph;
  bool differ = rank_units(x);
  colour_greedily(x);
  if (!differ) return;
  uint32_t colours = x->colours;
  memcpy(kept, g->colour, g->units * sizeof *kept);
  qsort(x->order, g->units, sizeof *x->order, compare_ranks);
  colour_greedily(x);
  if (x->colours >= colours) memcpy(g->colour, kept, g->units * sizeof *kept);
}

static gibbs_status be_greedy(graph *g, gibbs_error *err) {
  greed x = {.graph = g};
  size_t flags = g->sides * (g->units + 1);
  x.order = malloc((g->units + 1) * sizeof *x.order);
  x.mark = malloc((g->units + 1) * sizeof *x.mark);
  x.side_colour = malloc(flags + 1);
  uint32_t *kept = malloc((g->units + 1) * sizeof *kept);
  gibbs_status status = GIBBS_OK;
  if (x.order != NULL && x.mark != NULL && x.side_colour != NULL && kept != NULL)
    colour_twice(&x, kept);
  else
    status = gibbs_fail_memory(err, "a colouring", g->units * sizeof *x.order + flags);
  free(kept);
  free(x.side_colour);
  free(x.mark);
  free(x.order);
  return status;
}

/* ---- the result ------------------------------------------------------------------------------------------- */

/* The first free unit's colour becomes number 0, and 0 its. */
static void put_first_unit_first(graph *g) {
  size_t first = 0;
  while (first < g->units && g->colour[first] == none) first++;
  uint32_t name = first < g->units ? g->colour[first] : 0;
  for (size_t u = first; name != 0 && u < g->units; u++)
    if (g->colour[u] == 0 || g->colour[u] == name) g->colour[u] = name - g->colour[u];
}

static gibbs_status list_blocks(const graph *g, gibbs_colouring *out, gibbs_error *err) {
  gibbs_colouring c = {0};
  for (size_t u = 0; u < g->units; u++)
    if (g->colour[u] != none && g->colour[u] >= c.blocks) c.blocks = g->colour[u] + 1;
  c.first = calloc(c.blocks + 2, sizeof *c.first);
  c.unit = malloc((g->units + 1) * sizeof *c.unit);
  if (c.first == NULL || c.unit == NULL) {
    gibbs_colouring_free(&c);
    return gibbs_fail_memory(err, "blocks of units", g->units * sizeof *c.unit);
  }
  /* A counting sort: first[k + 1] runs from the start of block k to its end, which is the start of the next. */
  for (size_t u = 0; u < g->units; u++)
    if (g->colour[u] != none) c.first[g->colour[u] + 2]++;
  for (size_t k = 0; k < c.blocks; k++) c.first[k + 2] += c.first[k + 1];
  for (size_t u = 0; u < g->units; u++)
    if (g->colour[u] != none) c.unit[c.first[g->colour[u] + 1]++] = (uint32_t)u;
  *out = c;
  return GIBBS_OK;
}

gibbs_status gibbs_colouring_new(gibbs_normal_form *form, const bool *held, gibbs_colouring *out, gibbs_error *err) {
  graph g;
  bool found = false;
  gibbs_status status = make_graph(&g, form, held, err);
  if (status == GIBBS_OK) status = try_two(&g, &found, err);
  if (status == GIBBS_OK && !found) status = be_greedy(&g, err);
  if (status == GIBBS_OK) {
    put_first_unit_first(&g);
    status = list_blocks(&g, out, err);
  }
  free_graph(&g);
  return status;
}

void gibbs_colouring_free(gibbs_colouring *colouring) {
  free(colouring->first);
  free(colouring->unit);
  *colouring = (gibbs_colouring){0};
}
