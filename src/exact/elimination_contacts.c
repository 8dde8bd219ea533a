/* elimination_contacts.c - who interacts with whom. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "elimination.h"

void gibbs_contacts_clear(gibbs_contacts *contacts) {
  free(contacts->first);
  free(contacts->unit);
  memset(contacts, 0, sizeof *contacts);
}

/* Where `at` is NULL, first[u + 1] counts the partners of u; else they are written. */
static void walk_pairs(const gibbs_interactions *list, size_t *count, size_t *at, uint32_t *partner) {
  for (size_t t = 0; t < list->terms; t++)
    for (size_t i = list->first[t]; i < list->first[t + 1]; i++)
      for (size_t j = list->first[t]; j < list->first[t + 1]; j++) {
        uint32_t a = list->unit[list->element[i]], b = list->unit[list->element[j]];
        if (a == b) continue;
        if (at)
          partner[at[a]++] = b;
        else
          count[a + 1]++;
      }
}

static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

/* Each row ascending and without repetitions, rows moved together. */
static void tidy(gibbs_contacts *c) {
  size_t used = 0, from = 0;
  for (size_t u = 0; u < c->units; u++) {
    size_t end = c->first[u + 1], start = used;
    qsort(c->unit + from, end - from, sizeof *c->unit, compare);
    for (size_t k = from; k < end; k++)
      if (used == start || c->unit[used - 1] != c->unit[k]) c->unit[used++] = c->unit[k];
    c->first[u] = start;
    from = end;
  }
  c->first[c->units] = used;
}

gibbs_status gibbs_contacts_new(const gibbs_interactions *list, gibbs_contacts *out, gibbs_error *err) {
  gibbs_contacts c = {.units = list->units, .states = list->states};
  c.first = calloc(c.units + 1, sizeof *c.first);
  size_t *at = malloc((c.units + 1) * sizeof *at);
  if (c.first && at) {
    walk_pairs(list, c.first, NULL, NULL);
    for (size_t u = 0; u < c.units; u++) c.first[u + 1] += c.first[u];
    memcpy(at, c.first, (c.units + 1) * sizeof *at);
    c.unit = malloc((c.first[c.units] + 1) * sizeof *c.unit);
  }
  if (!c.unit) {
    free(at);
    gibbs_contacts_clear(&c);
    return gibbs_fail_memory(err, "the interactions of units", list->entries * sizeof(size_t));
  }
  walk_pairs(list, c.first, at, c.unit);
  free(at);
  tidy(&c);
  *out = c;
  return GIBBS_OK;
}
