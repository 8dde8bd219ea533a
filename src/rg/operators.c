/* operators.c - products of spins, their images under the lattice's symmetries, and their sums. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/operators.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/private/clones.h"

/* One image: offsets relative to its first site in row-major order. */
typedef struct image {
  size_t spins;
  int offset[GIBBS_MOST_SPINS][GIBBS_MOST_AXES];
} image;

enum { MOST_IMAGES = 48 };

struct gibbs_operators {
  size_t axes, extent[GIBBS_MOST_AXES], padded[GIBBS_MOST_AXES];
  size_t sites, count, halo;
  size_t images[GIBBS_MOST_OPERATORS];
  image *image[GIBBS_MOST_OPERATORS];
  size_t terms[GIBBS_MOST_OPERATORS]; /* images that hold a site, with its place in them: images * spins */
  uint32_t *neighbour;                /* [site][all terms' other spins] */
  size_t neighbours;
};

/* ---- the usual ones ----------------------------------------------------------------------------------------------
 */

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

/* ---- images -------------------------------------------------------------------------------------------------------
 */

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

/* ---- making
 * --------------------------------------------------------------------------------------------------------- */

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

static size_t site_at(const gibbs_operators *s, size_t site, const int *plus, const int *minus) {
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
        const image *m = &s->image[k][i];
        for (size_t own = 0; own < m->spins; own++)
          for (size_t j = 0; j < m->spins; j++)
            if (j != own) *at++ = (uint32_t)site_at(s, site, m->offset[j], m->offset[own]);
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
        return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' is the same as another one, number %zu", o->name,
                          before + 1);
  s->image[k] = malloc(s->images[k] * sizeof(image));
  if (s->image[k] == NULL) return gibbs_fail_memory(err, "an operator", s->images[k] * sizeof(image));
  memcpy(s->image[k], found, s->images[k] * sizeof(image));
  s->terms[k] = s->images[k] * o->spins;
  s->neighbours += s->terms[k] * (o->spins - 1);
  for (size_t i = 0; i < s->images[k]; i++)
    for (size_t j = 0; j < o->spins; j++)
      for (size_t a = 0; a < s->axes; a++) {
        const int distance = abs(found[i].offset[j][a]);
        if ((size_t)distance > s->halo) s->halo = (size_t)distance;
      }
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
  for (size_t k = 0; k < GIBBS_MOST_OPERATORS; k++) free(s->image[k]);
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

/* ---- sums
 * -------------------------------------------------------------------------------------------------------------- */

/* Rows of the lattice are rows of a larger one with a border of copies, so that offsets are distances in memory. */
static size_t rows_of(const gibbs_operators *s, bool padded) {
  size_t rows = 1;
  for (size_t a = 0; a + 1 < s->axes; a++) rows *= padded ? s->padded[a] : s->extent[a];
  return rows;
}

size_t gibbs_operators_scratch(const gibbs_operators *s) {
  return rows_of(s, true) * s->padded[s->axes - 1];
}

/* Padded row `row` of the lattice's rows: which row of the lattice it copies. */
static size_t source_row(const gibbs_operators *s, size_t row) {
  size_t coordinate[GIBBS_MOST_AXES] = {0}, out = 0;
  for (size_t a = s->axes - 1; a-- > 0; row /= s->padded[a]) coordinate[a] = row % s->padded[a];
  for (size_t a = 0; a + 1 < s->axes; a++)
    out = out * s->extent[a] + (coordinate[a] + s->halo * (s->extent[a] - 1)) % s->extent[a];
  return out;
}

static void pad(const gibbs_operators *s, const uint8_t *spins, uint8_t *padded) {
  const size_t length = s->extent[s->axes - 1], width = s->padded[s->axes - 1], rows = rows_of(s, true);
  for (size_t row = 0; row < rows; row++) {
    const uint8_t *from = spins + source_row(s, row) * length;
    uint8_t *to = padded + row * width;
    memcpy(to + s->halo, from, length);
    for (size_t i = 0; i < s->halo; i++) {
      to[i] = from[(i + s->halo * (length - 1)) % length];
      to[s->halo + length + i] = from[i % length];
    }
  }
}

/* How many of `length` products, one at every place, are -1. */
GIBBS_CLONES static unsigned count_negative(const uint8_t *at, const ptrdiff_t *distance, size_t spins,
                                            size_t length) {
  unsigned count = 0;
  switch (spins) {
  case 1:
    for (size_t x = 0; x < length; x++) count += at[distance[0] + (ptrdiff_t)x];
    break;
  case 2:
    for (size_t x = 0; x < length; x++) count += at[distance[0] + (ptrdiff_t)x] ^ at[distance[1] + (ptrdiff_t)x];
    break;
  case 3:
    for (size_t x = 0; x < length; x++)
      count += at[distance[0] + (ptrdiff_t)x] ^ at[distance[1] + (ptrdiff_t)x] ^ at[distance[2] + (ptrdiff_t)x];
    break;
  case 4:
    for (size_t x = 0; x < length; x++)
      count += at[distance[0] + (ptrdiff_t)x] ^ at[distance[1] + (ptrdiff_t)x] ^ at[distance[2] + (ptrdiff_t)x] ^
               at[distance[3] + (ptrdiff_t)x];
    break;
  default:
    for (size_t x = 0; x < length; x++) {
      uint8_t product = 0;
      for (size_t i = 0; i < spins; i++) product ^= at[distance[i] + (ptrdiff_t)x];
      count += product;
    }
  }
  return count;
}

static void find_distances(const gibbs_operators *s, const image *m, ptrdiff_t *out) {
  for (size_t i = 0; i < m->spins; i++) {
    out[i] = 0;
    for (size_t a = 0; a < s->axes; a++) out[i] = out[i] * (ptrdiff_t)s->padded[a] + m->offset[i][a];
  }
}

/* Where row `row` of the lattice begins in the padded one. */
static size_t padded_row(const gibbs_operators *s, size_t row) {
  size_t coordinate[GIBBS_MOST_AXES] = {0}, out = 0;
  for (size_t a = s->axes - 1; a-- > 0; row /= s->extent[a]) coordinate[a] = row % s->extent[a];
  for (size_t a = 0; a + 1 < s->axes; a++) out = out * s->padded[a] + coordinate[a] + s->halo;
  return out * s->padded[s->axes - 1] + s->halo;
}

void gibbs_operators_measure(const gibbs_operators *s, const uint8_t *spins, uint8_t *scratch, double *out) {
  const size_t rows = rows_of(s, false), length = s->extent[s->axes - 1];
  pad(s, spins, scratch);
  for (size_t k = 0; k < s->count; k++) {
    uint64_t negative = 0;
    for (size_t i = 0; i < s->images[k]; i++) {
      ptrdiff_t distance[GIBBS_MOST_SPINS];
      find_distances(s, &s->image[k][i], distance);
      for (size_t row = 0; row < rows; row++)
        negative += count_negative(scratch + padded_row(s, row), distance, s->image[k][i].spins, length);
    }
    out[k] = (double)(s->images[k] * s->sites) - 2 * (double)negative;
  }
}

void gibbs_operators_fields(const gibbs_operators *s, const uint8_t *spins, size_t site, int *out) {
  const uint32_t *at = s->neighbour + site * s->neighbours;
  for (size_t k = 0; k < s->count; k++) {
    const size_t others = s->image[k][0].spins - 1;
    int negative = 0;
    for (size_t t = 0; t < s->terms[k]; t++) {
      unsigned product = 0;
      for (size_t j = 0; j < others; j++) product ^= spins[*at++];
      negative += (int)product;
    }
    out[k] = (int)s->terms[k] - 2 * negative;
  }
}
