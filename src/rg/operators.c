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

/* ---- sums --------------------------------------------------------------------------------------------------- */

/* Rows are packed into bits, once for every offset along the last axis, among copies of the rows across the border:
 * then the products of an image are exclusive ors of long stretches of words at fixed distances. */

static size_t rows_of(const gibbs_operators *s, bool padded) {
  size_t rows = 1;
  for (size_t a = 0; a + 1 < s->axes; a++) rows *= padded ? s->padded[a] : s->extent[a];
  return rows;
}

static size_t words_of(size_t bits) {
  return (bits + 63) / 64;
}

/* A row with its border, and one word beyond for funnel shifts. */
static size_t border_words(const gibbs_operators *s) {
  return words_of(s->padded[s->axes - 1]) + 1;
}

static size_t plane_words(const gibbs_operators *s) {
  return rows_of(s, true) * words_of(s->extent[s->axes - 1]);
}

size_t gibbs_operators_scratch(const gibbs_operators *s) {
  return ((2 * s->halo + 1) * plane_words(s) + border_words(s)) * sizeof(uint64_t) + s->padded[s->axes - 1] + 8;
}

/* Padded row `row`: which row of the lattice it copies. */
static size_t source_row(const gibbs_operators *s, size_t row) {
  size_t coordinate[GIBBS_MOST_AXES] = {0}, out = 0;
  for (size_t a = s->axes - 1; a-- > 0; row /= s->padded[a]) coordinate[a] = row % s->padded[a];
  for (size_t a = 0; a + 1 < s->axes; a++)
    out = out * s->extent[a] + (coordinate[a] + s->halo * (s->extent[a] - 1)) % s->extent[a];
  return out;
}

/* Eight bytes of 0 or 1, the first one lowest, as eight bits. */
static inline uint64_t eight_bits(const uint8_t *bytes) {
  uint64_t x;
  memcpy(&x, bytes, sizeof x);
  return x * UINT64_C(0x0102040810204080) >> 56;
}

/* A row with its border as bits; `bytes` has room for eight more. */
static void pack_row(const gibbs_operators *s, const uint8_t *from, uint8_t *bytes, uint64_t *bits) {
  const size_t length = s->extent[s->axes - 1], width = s->padded[s->axes - 1], words = border_words(s);
  memcpy(bytes + s->halo, from, length);
  for (size_t i = 0; i < s->halo; i++) {
    bytes[i] = from[(i + s->halo * (length - 1)) % length];
    bytes[s->halo + length + i] = from[i % length];
  }
  memset(bytes + width, 0, 8);
  memset(bits, 0, words * sizeof *bits);
  for (size_t i = 0; i < width; i += 8) bits[i / 64] |= eight_bits(bytes + i) << i % 64;
}

/* plane[offset + halo][row][word]: bit x of row y is the spin at (y, x + offset). */
static void pack(const gibbs_operators *s, const uint8_t *spins, uint64_t *plane, uint8_t *bytes, uint64_t *bits) {
  const size_t length = s->extent[s->axes - 1], words = words_of(length), rows = rows_of(s, true),
               size = plane_words(s);
  const uint64_t last = length % 64 == 0 ? UINT64_MAX : (UINT64_C(1) << length % 64) - 1;
  for (size_t row = 0; row < rows; row++) {
    pack_row(s, spins + source_row(s, row) * length, bytes, bits);
    for (size_t offset = 0; offset <= 2 * s->halo; offset++) {
      uint64_t *out = plane + offset * size + row * words;
      const size_t skip = offset / 64, shift = offset % 64;
      for (size_t w = 0; w < words; w++)
        out[w] = bits[w + skip] >> shift | (shift > 0 ? bits[w + skip + 1] << (64 - shift) : 0);
      out[words - 1] &= last;
    }
  }
}

/* How many bits of `length` products of words are set. */
GIBBS_CLONES static uint64_t count_products(const uint64_t *const *factor, size_t spins, size_t length) {
  uint64_t count = 0;
  switch (spins) {
  case 1:
    for (size_t i = 0; i < length; i++) count += (uint64_t)__builtin_popcountll(factor[0][i]);
    break;
  case 2:
    for (size_t i = 0; i < length; i++) count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i]);
    break;
  case 3:
    for (size_t i = 0; i < length; i++)
      count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i] ^ factor[2][i]);
    break;
  case 4:
    for (size_t i = 0; i < length; i++)
      count += (uint64_t)__builtin_popcountll(factor[0][i] ^ factor[1][i] ^ factor[2][i] ^ factor[3][i]);
    break;
  default:
    for (size_t i = 0; i < length; i++) {
      uint64_t product = 0;
      for (size_t k = 0; k < spins; k++) product ^= factor[k][i];
      count += (uint64_t)__builtin_popcountll(product);
    }
  }
  return count;
}

/* Where the words of a spin of an image begin: for the first row of stretch `stretch`.  In three dimensions the rows
 * of one plane lie together, planes do not. */
static const uint64_t *factor_at(const gibbs_operators *s, const uint64_t *plane, const int *offset, size_t stretch) {
  const size_t axes = s->axes;
  size_t row = 0;
  for (size_t a = 0; a + 1 < axes; a++) {
    const size_t at = a + 2 == axes ? 0 : stretch;
    row = row * s->padded[a] + (size_t)((long)(at + s->halo) + offset[a]);
  }
  const size_t shift = (size_t)((long)s->halo + offset[axes - 1]);
  return plane + shift * plane_words(s) + row * words_of(s->extent[axes - 1]);
}

static uint64_t count_negative(const gibbs_operators *s, const uint64_t *plane, const image *m) {
  const size_t axes = s->axes, words = words_of(s->extent[axes - 1]);
  const size_t stretches = axes == 3 ? s->extent[0] : 1, length = axes == 1 ? words : s->extent[axes - 2] * words;
  const uint64_t *factor[GIBBS_MOST_SPINS];
  uint64_t count = 0;
  for (size_t stretch = 0; stretch < stretches; stretch++) {
    for (size_t i = 0; i < m->spins; i++) factor[i] = factor_at(s, plane, m->offset[i], stretch);
    count += count_products(factor, m->spins, length);
  }
  return count;
}

void gibbs_operators_measure(const gibbs_operators *s, const uint8_t *spins, void *scratch, double *out) {
  uint64_t *plane = scratch, *bits = plane + (2 * s->halo + 1) * plane_words(s);
  pack(s, spins, plane, (uint8_t *)(bits + border_words(s)), bits);
  for (size_t k = 0; k < s->count; k++) {
    uint64_t negative = 0;
    for (size_t i = 0; i < s->images[k]; i++) negative += count_negative(s, plane, &s->image[k][i]);
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
