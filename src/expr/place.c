/* place.c - places of origin ("script.lua:12"), each kept once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "graph.h"

static uint64_t hash_text(const char *text) {
  uint64_t hash = 0;
  for (; *text; text++) hash = gibbs_hash_mix(hash, (unsigned char)*text);
  return hash;
}

/* The cell of the table that holds the place, or the free one where it belongs. */
static unsigned *find_cell(const gibbs_places *places, const char *place) {
  size_t k = hash_text(place) & (places->table_size - 1);
  while (places->table[k] && strcmp(places->text[places->table[k]], place) != 0)
    k = (k + 1) & (places->table_size - 1);
  return &places->table[k];
}

static bool make_room(gibbs_places *places) {
  if (places->count + 1 < places->room) return true;
  size_t room = places->room ? 2 * places->room : 64;
  char **text = realloc(places->text, room * sizeof *text);
  if (text) places->text = text;
  unsigned *table = calloc(2 * room, sizeof *table); /* never more than half full */
  if (!text || !table) {
    free(table);
    return false;
  }
  free(places->table);
  places->table = table;
  places->table_size = 2 * room;
  places->room = room;
  for (unsigned k = 1; k <= places->count; k++) *find_cell(places, places->text[k]) = k;
  return true;
}

/* Where memory is short the origin is unknown: a message then lacks a line number, nothing else. */
void gibbs_places_set(gibbs_places *places, const char *place, unsigned *origin) {
  *origin = 0;
  if (!place || !make_room(places)) return;
  unsigned *cell = find_cell(places, place);
  if (!*cell) {
    size_t length = strlen(place) + 1;
    char *copy = malloc(length);
    if (!copy) return;
    memcpy(copy, place, length);
    *cell = (unsigned)++places->count;
    places->text[*cell] = copy;
  }
  *origin = *cell;
}

void gibbs_places_clear(gibbs_places *places) {
  for (size_t k = 1; k <= places->count; k++) free(places->text[k]);
  free(places->text);
  free(places->table);
}
