/* term_tables.c - the terms of an energy in the buckets where they enter the sum, as small tables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "term_tables.h"

#include <stdlib.h>
#include <string.h>

static uint32_t position_of(const gibbs_term_tables *t, size_t entry) {
  return t->plan->position[t->list->unit[t->list->element[entry]]];
}

/* ---- where terms enter ---------------------------------------------------------------------------------------- */

static int compare_places(const void *a, const void *b) {
  const gibbs_term_place *x = a, *y = b;
  if (x->bucket != y->bucket) return x->bucket < y->bucket ? -1 : 1;
  if (x->units != y->units) return x->units < y->units ? -1 : 1;
  if (x->partner != y->partner) return x->partner < y->partner ? -1 : 1;
  return (x->term > y->term) - (x->term < y->term);
}

static void place_terms(gibbs_term_tables *t) {
  const gibbs_interactions *list = t->list;
  for (size_t k = 0; k < list->terms; k++) {
    uint32_t low = UINT32_MAX, high = 0;
    for (size_t i = list->first[k]; i < list->first[k + 1]; i++) {
      uint32_t position = position_of(t, i);
      if (position < low) low = position;
      if (position > high) high = position;
    }
    uint32_t units = (uint32_t)(list->first[k + 1] - list->first[k]);
    t->place[k] =
        (gibbs_term_place){.bucket = low, .units = units, .partner = units > 2 ? 0 : high, .term = (uint32_t)k};
  }
  qsort(t->place, list->terms, sizeof *t->place, compare_places);
  for (size_t k = 0; k < list->terms; k++) t->first[t->place[k].bucket + 1]++;
  for (size_t p = 0; p < t->plan->units; p++) t->first[p + 1] += t->first[p];
}

gibbs_status gibbs_term_tables_new(const gibbs_interactions *list, const gibbs_elimination *plan,
                                   gibbs_term_tables *out, gibbs_error *err) {
  gibbs_term_tables t = {.list = list, .plan = plan};
  t.place = malloc((list->terms + 1) * sizeof *t.place);
  t.first = calloc(plan->units + 1, sizeof *t.first);
  if (!t.place || !t.first) {
    gibbs_term_tables_clear(&t);
    return gibbs_fail_memory(err, "the terms of an energy", list->terms * sizeof *t.place);
  }
  place_terms(&t);
  *out = t;
  return GIBBS_OK;
}

void gibbs_term_tables_clear(gibbs_term_tables *t) {
  free(t->place);
  free(t->first);
  free(t->group);
  free(t->cells);
  memset(t, 0, sizeof *t);
}

/* ---- groups --------------------------------------------------------------------------------------------------- */

static int descending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x < y) - (x > y);
}

static gibbs_status open_group(gibbs_term_tables *t, size_t first, gibbs_error *err) {
  if (t->groups == t->group_room) {
    size_t room = 2 * t->group_room + 16;
    gibbs_term_group *larger = realloc(t->group, room * sizeof *larger);
    if (!larger) return gibbs_fail_memory(err, "the terms of a table", room * sizeof *larger);
    t->group = larger;
    t->group_room = room;
  }
  gibbs_term_group *g = &t->group[t->groups++];
  const gibbs_term_place *p = &t->place[first];
  *g = (gibbs_term_group){.first = first, .end = first, .cells = 1, .units = p->units};
  for (size_t i = 0; i < g->units; i++) g->scope[i] = position_of(t, t->list->first[p->term] + i);
  qsort(g->scope, g->units, sizeof *g->scope, descending);
  for (size_t i = 0; i < g->units; i++) g->cells *= t->list->states[t->plan->order[g->scope[i]]];
  return GIBBS_OK;
}

static gibbs_status form_groups(gibbs_term_tables *t, size_t position, size_t *cells, gibbs_error *err) {
  t->groups = 0;
  *cells = 0;
  for (size_t k = t->first[position]; k < t->first[position + 1]; k++) {
    const gibbs_term_place *now = &t->place[k], *last = k > t->first[position] ? now - 1 : NULL;
    bool same = last && now->units <= 2 && last->units == now->units && last->partner == now->partner;
    if (!same) {
      gibbs_status status = open_group(t, k, err);
      if (status != GIBBS_OK) return status;
      *cells += t->group[t->groups - 1].cells;
    }
    t->group[t->groups - 1].end = k + 1;
  }
  return GIBBS_OK;
}

/* ---- tables --------------------------------------------------------------------------------------------------- */

/* Where a product of elements is not 0 in its group's table: at `base` plus any of the strides of its spins, and -1
 * there for each spin whose stride is left out, as a spin is -1 in its first state. */
typedef struct product {
  size_t base, spins;
  size_t stride[GIBBS_BUCKET_MOST_UNITS];
} product;

static product lay_out(const gibbs_term_tables *t, const gibbs_term_group *g, uint32_t term) {
  const gibbs_interactions *list = t->list;
  product p = {0, 0, {0}};
  for (size_t i = list->first[term]; i < list->first[term + 1]; i++) {
    uint32_t element = list->element[i], unit = list->unit[element];
    size_t stride = 1;
    for (size_t k = 0; g->scope[k] != t->plan->position[unit]; k++)
      stride *= list->states[t->plan->order[g->scope[k]]];
    if (list->domain[unit] == GIBBS_SPINS)
      p.stride[p.spins++] = stride;
    else
      p.base += stride * (list->domain[unit] == GIBBS_BITS ? 1 : element - list->first_element[unit]);
  }
  return p;
}

static size_t cell_of(const product *p, size_t up, double *value) {
  size_t cell = p->base;
  *value = 1;
  for (size_t i = 0; i < p->spins; i++)
    if (up >> i & 1)
      cell += p->stride[i];
    else
      *value = -*value;
  return cell;
}

static void fill(const gibbs_term_tables *t, const gibbs_term_group *g, const double *coefficient, double *table) {
  memset(table, 0, g->cells * sizeof *table);
  for (size_t k = g->first; k < g->end; k++) {
    product p = lay_out(t, g, t->place[k].term);
    for (size_t up = 0; up < (size_t)1 << p.spins; up++) {
      double value;
      size_t cell = cell_of(&p, up, &value);
      table[cell] += value * coefficient[t->place[k].term];
    }
  }
}

static gibbs_status make_cells(gibbs_term_tables *t, size_t cells, gibbs_error *err) {
  if (cells <= t->cell_room) return GIBBS_OK;
  free(t->cells);
  t->cell_room = 0;
  t->cells = malloc(2 * cells * sizeof *t->cells);
  if (!t->cells) return gibbs_fail_memory(err, "the terms of a table", 2 * cells * sizeof *t->cells);
  t->cell_room = 2 * cells;
  return GIBBS_OK;
}

gibbs_status gibbs_term_tables_add(gibbs_term_tables *t, size_t position, bool slopes, bool marginals,
                                   gibbs_bucket *bucket, gibbs_error *err) {
  size_t cells = 0, each = 1 + (size_t)slopes + (size_t)marginals;
  gibbs_status status = form_groups(t, position, &cells, err);
  if (status == GIBBS_OK) status = make_cells(t, each * cells, err);
  double *next = t->cells;
  for (size_t i = 0; status == GIBBS_OK && i < t->groups; i++) {
    gibbs_term_group *g = &t->group[i];
    const double *table[GIBBS_BUCKET_ORDERS] = {next, slopes ? next + g->cells : NULL, NULL};
    fill(t, g, t->list->weight, next);
    if (slopes) fill(t, g, t->list->slope, next + g->cells);
    g->marginal = marginals ? next + (each - 1) * g->cells : NULL;
    if (marginals) memset(g->marginal, 0, g->cells * sizeof *g->marginal);
    status = gibbs_bucket_add(bucket, g->scope, g->units, table, g->marginal, err);
    next += each * g->cells;
  }
  return status;
}

void gibbs_term_tables_read(const gibbs_term_tables *t, double *mean) {
  for (size_t i = 0; i < t->groups; i++) {
    const gibbs_term_group *g = &t->group[i];
    for (size_t k = g->first; k < g->end; k++) {
      product p = lay_out(t, g, t->place[k].term);
      double total = 0;
      for (size_t up = 0; up < (size_t)1 << p.spins; up++) {
        double value;
        size_t cell = cell_of(&p, up, &value);
        total += value * g->marginal[cell];
      }
      mean[t->place[k].term] = total;
    }
  }
}
