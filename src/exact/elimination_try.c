/* elimination_try.c - units summed out of a graph one after the other, greedily or in a given order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "elimination.h"

/* Beyond this many neighbours a unit is not looked at for its fill, only for its degree. */
enum { most_fill_degree = 48 };

/* The neighbours of a unit, ascending; those that are gone already may still stand in the list. */
typedef struct row {
  uint32_t *unit;
  size_t count;
  bool own; /* else a piece of the shared copy */
} row;

typedef struct node {
  double score;
  uint32_t unit;
} node;

typedef struct game {
  const gibbs_contacts *contacts;
  gibbs_greed greed;
  row *rows;
  uint32_t *shared; /* rows as they were at the start */
  bool *gone;
  double *width;  /* a unit: log2 of its states */
  double *joined; /* a unit: log2 of the states of its neighbours */
  size_t *degree;
  double *score;
  node *heap; /* entries of old scores stay until they come up */
  size_t heap_count, heap_room;
  uint32_t *separator, *missing; /* scratch, one a unit */
  size_t separated;
  gibbs_elimination plan;
} game;

/* ---- rows ----------------------------------------------------------------------------------------------------- */

static bool has(const row *r, uint32_t unit) {
  size_t low = 0, high = r->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (r->unit[middle] == unit) return true;
    if (r->unit[middle] < unit)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

/* The living neighbours of a unit into `separator`, ascending. */
static void list_neighbours(game *g, uint32_t unit) {
  const row *r = &g->rows[unit];
  g->separated = 0;
  for (size_t k = 0; k < r->count; k++)
    if (!g->gone[r->unit[k]]) g->separator[g->separated++] = r->unit[k];
}

/* `count` new neighbours, ascending, into the row of a unit; what is gone is left out. */
static gibbs_status merge(game *g, uint32_t unit, const uint32_t *add, size_t count, gibbs_error *err) {
  row *r = &g->rows[unit];
  uint32_t *merged = malloc((r->count + count) * sizeof *merged);
  if (!merged) return gibbs_fail_memory(err, "the neighbours of a unit", (r->count + count) * sizeof *merged);
  size_t used = 0, a = 0, b = 0;
  while (a < r->count || b < count) {
    bool old = b == count || (a < r->count && r->unit[a] < add[b]);
    uint32_t next = old ? r->unit[a++] : add[b++];
    if (!g->gone[next]) merged[used++] = next;
  }
  if (r->own) free(r->unit);
  *r = (row){.unit = merged, .count = used, .own = true};
  return GIBBS_OK;
}

/* Join unit `u` of the separator to all others of it. */
static gibbs_status join(game *g, uint32_t u, gibbs_error *err) {
  size_t count = 0;
  for (size_t k = 0; k < g->separated; k++) {
    uint32_t w = g->separator[k];
    if (w == u || has(&g->rows[u], w)) continue;
    g->missing[count++] = w;
    g->joined[u] += g->width[w];
  }
  g->degree[u] += count;
  return count > 0 ? merge(g, u, g->missing, count, err) : GIBBS_OK;
}

/* ---- scores --------------------------------------------------------------------------------------------------- */

static size_t count_fill(const game *g, uint32_t unit) {
  uint32_t near[most_fill_degree];
  size_t count = 0, fill = 0;
  const row *r = &g->rows[unit];
  for (size_t k = 0; k < r->count; k++)
    if (!g->gone[r->unit[k]]) near[count++] = r->unit[k];
  for (size_t i = 0; i < count; i++)
    for (size_t j = i + 1; j < count; j++) fill += !has(&g->rows[near[i]], near[j]);
  return fill;
}

/* Lower goes first: by the states that are joined, or by new pairs and then by states. */
static double score_of(const game *g, uint32_t unit) {
  if (g->greed == GIBBS_GREED_STATES) return g->joined[unit];
  if (g->degree[unit] > most_fill_degree) return 1e9 + g->joined[unit];
  return (double)count_fill(g, unit) + 1e-6 * g->joined[unit];
}

static bool before(node a, node b) {
  return a.score < b.score || (a.score <= b.score && a.unit < b.unit);
}

static gibbs_status push(game *g, uint32_t unit, gibbs_error *err) {
  if (g->heap_count == g->heap_room) {
    size_t room = 2 * g->heap_room + 64;
    node *larger = realloc(g->heap, room * sizeof *larger);
    if (!larger) return gibbs_fail_memory(err, "a queue of units", room * sizeof *larger);
    g->heap = larger;
    g->heap_room = room;
  }
  node new = {.score = score_of(g, unit), .unit = unit};
  g->score[unit] = new.score;
  size_t at = g->heap_count++;
  for (; at > 0 && before(new, g->heap[(at - 1) / 2]); at = (at - 1) / 2) g->heap[at] = g->heap[(at - 1) / 2];
  g->heap[at] = new;
  return GIBBS_OK;
}

static node take_first(game *g) {
  node first = g->heap[0], last = g->heap[--g->heap_count];
  size_t at = 0;
  for (;;) {
    size_t child = 2 * at + 1;
    if (child >= g->heap_count) break;
    if (child + 1 < g->heap_count && before(g->heap[child + 1], g->heap[child])) child++;
    if (!before(g->heap[child], last)) break;
    g->heap[at] = g->heap[child];
    at = child;
  }
  g->heap[at] = last;
  return first;
}

/* The unit to go next.  A score that has grown unseen is set right, and waits again. */
static gibbs_status choose(game *g, uint32_t *out, gibbs_error *err) {
  for (;;) {
    node first = take_first(g);
    if (g->gone[first.unit] || first.score < g->score[first.unit] || first.score > g->score[first.unit]) continue;
    double now = score_of(g, first.unit);
    if (now <= first.score) {
      *out = first.unit;
      return GIBBS_OK;
    }
    gibbs_status status = push(g, first.unit, err);
    if (status != GIBBS_OK) return status;
  }
}

/* ---- the game ------------------------------------------------------------------------------------------------- */

static void end_game(game *g) {
  for (size_t u = 0; g->rows && u < g->contacts->units; u++)
    if (g->rows[u].own) free(g->rows[u].unit);
  free(g->rows);
  free(g->shared);
  free(g->gone);
  free(g->width);
  free(g->joined);
  free(g->degree);
  free(g->score);
  free(g->heap);
  free(g->separator);
  free(g->missing);
  gibbs_elimination_clear(&g->plan);
}

static gibbs_status begin_game(game *g, gibbs_error *err) {
  const gibbs_contacts *c = g->contacts;
  size_t n = c->units, entries = c->first[n];
  g->rows = calloc(n + 1, sizeof *g->rows);
  g->shared = malloc((entries + 1) * sizeof *g->shared);
  g->gone = calloc(n + 1, sizeof *g->gone);
  g->width = calloc(n + 1, sizeof *g->width);
  g->joined = calloc(n + 1, sizeof *g->joined);
  g->degree = calloc(n + 1, sizeof *g->degree);
  g->score = calloc(n + 1, sizeof *g->score);
  g->separator = malloc((n + 1) * sizeof *g->separator);
  g->missing = malloc((n + 1) * sizeof *g->missing);
  g->plan.order = malloc((n + 1) * sizeof *g->plan.order);
  g->plan.position = malloc((n + 1) * sizeof *g->plan.position);
  g->plan.first = calloc(n + 1, sizeof *g->plan.first);
  if (!g->rows || !g->shared || !g->gone || !g->width || !g->joined || !g->degree || !g->score || !g->separator ||
      !g->missing || !g->plan.order || !g->plan.position || !g->plan.first)
    return gibbs_fail_memory(err, "an order of elimination", n * 80 + entries * sizeof *g->shared);
  memcpy(g->shared, c->unit, entries * sizeof *g->shared);
  for (size_t u = 0; u < n; u++) g->width[u] = log2((double)c->states[u]);
  for (size_t u = 0; u < n; u++) {
    g->rows[u] = (row){.unit = g->shared + c->first[u], .count = c->first[u + 1] - c->first[u]};
    g->degree[u] = g->rows[u].count;
    for (size_t k = 0; k < g->rows[u].count; k++) g->joined[u] += g->width[g->rows[u].unit[k]];
  }
  return GIBBS_OK;
}

/* Note the separator of the unit that goes at `position`. */
static gibbs_status note(game *g, size_t position, uint32_t unit, double bits, gibbs_error *err) {
  gibbs_elimination *p = &g->plan;
  size_t used = p->first[position];
  if (used + g->separated >= p->room) {
    size_t room = 2 * p->room + g->separated + 64;
    uint32_t *larger = realloc(p->separator, room * sizeof *larger);
    if (!larger) return gibbs_fail_memory(err, "an order of elimination", room * sizeof *larger);
    p->separator = larger;
    p->room = room;
  }
  memcpy(p->separator + used, g->separator, g->separated * sizeof *g->separator);
  p->first[position + 1] = used + g->separated;
  p->order[position] = unit;
  p->position[unit] = (uint32_t)position;
  if (bits > p->bits || position == 0) {
    p->bits = bits;
    p->clique = g->separated + 1;
  }
  p->entries += exp2(bits);
  p->kept += exp2(bits - g->width[unit]);
  return GIBBS_OK;
}

static gibbs_status remove_unit(game *g, uint32_t unit, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  g->gone[unit] = true;
  for (size_t k = 0; k < g->separated; k++) {
    g->degree[g->separator[k]]--;
    g->joined[g->separator[k]] -= g->width[unit];
  }
  for (size_t k = 0; status == GIBBS_OK && k < g->separated; k++) status = join(g, g->separator[k], err);
  if (g->greed == GIBBS_GREED_NONE) return status;
  for (size_t k = 0; status == GIBBS_OK && k < g->separated; k++) status = push(g, g->separator[k], err);
  return status;
}

static gibbs_status play(game *g, const uint32_t order[], double limit, bool *fits, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  size_t n = g->contacts->units;
  for (uint32_t u = 0; status == GIBBS_OK && g->greed != GIBBS_GREED_NONE && u < n; u++) status = push(g, u, err);
  for (size_t position = 0; status == GIBBS_OK && position < n; position++) {
    uint32_t unit = g->greed == GIBBS_GREED_NONE ? order[position] : 0;
    if (g->greed != GIBBS_GREED_NONE) status = choose(g, &unit, err);
    if (status != GIBBS_OK) break;
    list_neighbours(g, unit);
    double bits = g->width[unit];
    for (size_t k = 0; k < g->separated; k++) bits += g->width[g->separator[k]];
    if (bits > limit + 1e-9) {
      g->plan.bits = bits;
      *fits = false;
      return GIBBS_OK;
    }
    status = note(g, position, unit, bits, err);
    if (status == GIBBS_OK) status = remove_unit(g, unit, err);
  }
  *fits = true;
  return status;
}

static int descending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x < y) - (x > y);
}

/* Separators as positions, the last to go first. */
static void renumber(gibbs_elimination *p, size_t units) {
  p->units = units;
  for (size_t k = 0; k < p->first[units]; k++) p->separator[k] = p->position[p->separator[k]];
  for (size_t k = 0; k < units; k++)
    qsort(p->separator + p->first[k], p->first[k + 1] - p->first[k], sizeof *p->separator, descending);
}

gibbs_status gibbs_elimination_try(const gibbs_contacts *contacts, gibbs_greed greed, const uint32_t order[],
                                   double limit, gibbs_elimination *out, bool *fits, gibbs_error *err) {
  game g = {.contacts = contacts, .greed = greed};
  gibbs_status status = begin_game(&g, err);
  *fits = false;
  if (status == GIBBS_OK) status = play(&g, order, limit, fits, err);
  if (status == GIBBS_OK && *fits) {
    renumber(&g.plan, contacts->units);
    *out = g.plan;
    memset(&g.plan, 0, sizeof g.plan);
  } else if (status == GIBBS_OK) {
    *out = (gibbs_elimination){.bits = g.plan.bits};
  }
  end_game(&g);
  return status;
}
