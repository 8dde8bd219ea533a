/* operators.c - products of spins, and their images under the lattice's symmetries. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/operators.h"

#include <stdlib.h>
#include <string.h>

#include "operator_tables.h"

enum { MOST_IMAGES = 48 };

/* ---- the usual ones ----------------------------------------------------------------------------------------- */

static const gibbs_operator even_line[] = {{"nearest", 2, {{0}, {1}}},
                                           {"second", 2, {{0}, {2}}},
                                           {"third", 2, {{0}, {3}}},
                                           {"four_in_line", 4, {{0}, {1}, {2}, {3}}}};
static const gibbs_operator odd_line[] = {{"spin", 1, {{0}}}, {"three_in_line", 3, {{0}, {1}, {2}}}};
static const gibbs_operator even_square[] = {{"nearest", 2, {{0, 0}, {0, 1}}},
                                             {"diagonal", 2, {{0, 0}, {1, 1}}},
                                             {"plaquette", 4, {{0, 0}, {0, 1}, {1, 0}, {1, 1}}},
                                             {"second", 2, {{0, 0}, {0, 2}}},
                                             {"knight", 2, {{0, 0}, {1, 2}}},
                                             {"diamond", 4, {{0, 1}, {1, 0}, {1, 2}, {2, 1}}},
                                             {"second_diagonal", 2, {{0, 0}, {2, 2}}}};
static const gibbs_operator odd_square[] = {{"spin", 1, {{0, 0}}},
                                            {"three_of_plaquette", 3, {{0, 0}, {0, 1}, {1, 0}}},
                                            {"three_in_line", 3, {{0, 0}, {0, 1}, {0, 2}}},
                                            {"three_of_diamond", 3, {{0, 1}, {1, 0}, {1, 2}}}};
static const gibbs_operator even_cube[] = {{"nearest", 2, {{0, 0, 0}, {0, 0, 1}}},
                                           {"diagonal", 2, {{0, 0, 0}, {0, 1, 1}}},
                                           {"body_diagonal", 2, {{0, 0, 0}, {1, 1, 1}}},
                                           {"plaquette", 4, {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 1}}},
                                           {"second", 2, {{0, 0, 0}, {0, 0, 2}}}};
static const gibbs_operator odd_cube[] = {{"spin", 1, {{0, 0, 0}}},
                                          {"three_of_plaquette", 3, {{0, 0, 0}, {0, 0, 1}, {0, 1, 0}}},
                                          {"three_in_line", 3, {{0, 0, 0}, {0, 0, 1}, {0, 0, 2}}}};

#define SET(array)                                                                                                   \
  { array, sizeof array / sizeof array[0] }

const gibbs_operator *gibbs_operators_usual(size_t axes, bool odd, size_t *count) {
  static const struct {
    const gibbs_operator *list;
    size_t count;
  } sets[GIBBS_MOST_AXES][2] = {
      {SET(even_line), SET(odd_line)}, {SET(even_square), SET(odd_square)}, {SET(even_cube), SET(odd_cube)}};
  *count = sets[axes - 1][odd].count;
  return sets[axes - 1][odd].list;
}

/* ---- images ------------------------------------------------------------------------------------------------- */

static int compare_offsets(const void *a, const void *b) {
  const int *x = a, *y = b;
  for (size_t i = 0; i < GIBBS_MOST_AXES; i++)
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  return 0;
}

/* Axes permuted and reflected, then moved so that it starts at 0. */
static image turned(const gibbs_operator *o, size_t axes, const size_t order[], unsigned reflection) {
  image out = {.spins = o->spins};
  for (size_t i = 0; i < o->spins; i++)
    for (size_t a = 0; a < axes; a++)
      out.offset[i][a] = reflection >> a & 1 ? -o->offset[i][order[a]] : o->offset[i][order[a]];
  qsort(out.offset, out.spins, sizeof out.offset[0], compare_offsets);
  int first[GIBBS_MOST_AXES];
  memcpy(first, out.offset[0], sizeof first);
  for (size_t i = 0; i < out.spins; i++)
    for (size_t a = 0; a < axes; a++) out.offset[i][a] -= first[a];
  return out;
}

static bool same_image(const image *a, const image *b) {
  return a->spins == b->spins && memcmp(a->offset, b->offset, a->spins * sizeof a->offset[0]) == 0;
}

/* All different images of an operator; gives how many. */
static size_t find_images(const gibbs_operator *o, size_t axes, image *out) {
  static const size_t orders[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  const size_t permutations = axes == 3 ? 6 : axes;
  size_t count = 0;
  for (size_t p = 0; p < permutations; p++)
    for (unsigned reflection = 0; reflection < 1U << axes; reflection++) {
      const image next = turned(o, axes, orders[p], reflection);
      bool known = false;
      for (size_t k = 0; k < count; k++) known = known || same_image(&out[k], &next);
      if (!known) out[count++] = next;
    }
  return count;
}

/* ---- making ------------------------------------------------------------------------------------------------- */

static gibbs_status check_operator(const gibbs_operator *o, gibbs_error *err) {
  if (o->spins < 1 || o->spins > GIBBS_MOST_SPINS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' has %zu spins; it must have 1 to %d", o->name, o->spins,
                      GIBBS_MOST_SPINS);
  for (size_t i = 0; i < o->spins; i++)
    for (size_t j = 0; j < i; j++)
      if (compare_offsets(o->offset[i], o->offset[j]) == 0)
        return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' names a site twice", o->name);
  return GIBBS_OK;
}

size_t operators_site(const gibbs_operators *s, size_t site, const int *plus, const int *minus) {
  size_t coordinate[GIBBS_MOST_AXES], rest = site, out = 0;
  for (size_t a = s->axes; a-- > 0; rest /= s->extent[a]) coordinate[a] = rest % s->extent[a];
  for (size_t a = 0; a < s->axes; a++) {
    const long length = (long)s->extent[a], at = ((long)coordinate[a] + plus[a] - minus[a]) % length;
    out = out * s->extent[a] + (size_t)(at < 0 ? at + length : at);
  }
  return out;
}

/* For every site the other spins of each image that it is in, one image after the other. */
static void find_neighbours(gibbs_operators *s) {
  uint32_t *at = s->neighbour;
  for (size_t site = 0; site < s->sites; site++)
    for (size_t k = 0; k < s->count; k++)
      for (size_t i = 0; i < s->images[k]; i++) {
        const image *m = &s->left[k][i];
        for (size_t own = 0; own < m->spins; own++)
          for (size_t j = 0; j < m->spins; j++)
            if (j != own) *at++ = (uint32_t)operators_site(s, site, m->offset[j], m->offset[own]);
      }
}

/* An image on the lattice: the shortest way around it to every spin; two on one site are 1 together. */
static image wrapped(const gibbs_operators *s, const image *whole) {
  image out = {.spins = 0};
  for (size_t i = 0; i < whole->spins; i++) {
    int *place = out.offset[out.spins];
    memset(place, 0, sizeof out.offset[0]);
    for (size_t a = 0; a < s->axes; a++) {
      const long length = (long)s->extent[a], at = (whole->offset[i][a] % length + length) % length;
      place[a] = (int)(2 * at > length ? at - length : at);
    }
    size_t same = 0;
    while (same < out.spins && compare_offsets(out.offset[same], place) != 0) same++;
    if (same == out.spins)
      out.spins++;
    else
      memcpy(out.offset[same], out.offset[--out.spins], sizeof out.offset[0]);
  }
  return out;
}

static void add_terms(gibbs_operators *s, size_t k, size_t spins) {
  term_run *last = s->runs[k] > 0 ? &s->run[k][s->runs[k] - 1] : NULL;
  if (last == NULL || last->others != spins - 1) {
    last = &s->run[k][s->runs[k]++];
    *last = (term_run){.others = spins - 1};
  }
  last->terms += spins;
  s->terms[k] += spins;
  s->neighbours += spins * (spins - 1);
}

static void add_wrapped(gibbs_operators *s, size_t k) {
  for (size_t i = 0; i < s->images[k]; i++) {
    const image m = s->left[k][i] = wrapped(s, &s->image[k][i]);
    if (m.spins > 0) add_terms(s, k, m.spins);
    for (size_t j = 0; j < m.spins; j++)
      for (size_t a = 0; a < s->axes; a++) {
        const size_t distance = (size_t)abs(m.offset[j][a]);
        if (distance > s->halo) s->halo = distance;
      }
  }
}

static gibbs_status add_operator(gibbs_operators *s, const gibbs_operator *o, gibbs_error *err) {
  const size_t k = s->count;
  gibbs_status status = check_operator(o, err);
  if (status != GIBBS_OK) return status;
  image found[MOST_IMAGES];
  s->images[k] = find_images(o, s->axes, found);
  for (size_t before = 0; before < k; before++)
    for (size_t i = 0; i < s->images[before]; i++)
      if (same_image(&s->image[before][i], &found[0]))
        return strcmp(o->name, s->name[before]) == 0
                   ? gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' is given twice", o->name)
                   : gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' is operator '%s' again, moved or turned",
                                o->name, s->name[before]);
  memcpy(s->name[k], o->name, sizeof s->name[k]);
  s->image[k] = malloc(s->images[k] * sizeof(image));
  s->left[k] = malloc(s->images[k] * sizeof(image));
  s->run[k] = malloc(s->images[k] * sizeof(term_run));
  if (s->image[k] == NULL || s->left[k] == NULL || s->run[k] == NULL)
    return gibbs_fail_memory(err, "an operator", s->images[k] * sizeof(image));
  memcpy(s->image[k], found, s->images[k] * sizeof(image));
  add_wrapped(s, k);
  s->count++;
  return GIBBS_OK;
}

gibbs_status gibbs_operators_new(size_t axes, const size_t extent[], const gibbs_operator list[], size_t count,
                                 gibbs_operators **out, gibbs_error *err) {
  if (count > GIBBS_MOST_OPERATORS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu operators; at most %d", count, GIBBS_MOST_OPERATORS);
  gibbs_operators *s = calloc(1, sizeof *s);
  if (s == NULL) return gibbs_fail_memory(err, "operators", sizeof *s);
  s->axes = axes;
  s->sites = 1;
  for (size_t a = 0; a < axes; a++) {
    s->extent[a] = extent[a];
    s->sites *= extent[a];
  }
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) status = add_operator(s, &list[k], err);
  if (status == GIBBS_OK) {
    for (size_t a = 0; a < axes; a++) s->padded[a] = extent[a] + 2 * s->halo;
    s->neighbour = malloc((s->neighbours * s->sites + 1) * sizeof *s->neighbour);
    if (s->neighbour == NULL)
      status = gibbs_fail_memory(err, "operators", s->neighbours * s->sites * sizeof *s->neighbour);
  }
  if (status != GIBBS_OK) {
    gibbs_operators_free(s);
    return status;
  }
  find_neighbours(s);
  *out = s;
  return GIBBS_OK;
}

void gibbs_operators_free(gibbs_operators *s) {
  if (s == NULL) return;
  for (size_t k = 0; k < GIBBS_MOST_OPERATORS; k++) {
    free(s->image[k]);
    free(s->left[k]);
    free(s->run[k]);
  }
  free(s->neighbour);
  free(s);
}

size_t gibbs_operators_count(const gibbs_operators *s) {
  return s->count;
}

size_t gibbs_operators_sites(const gibbs_operators *s) {
  return s->sites;
}

size_t gibbs_operators_images(const gibbs_operators *s, size_t k) {
  return s->images[k];
}
