/* normal_form_gather.c - what is found of an energy, thrown on heaps: couplings of an element with itself are folded
 * here. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"

const gibbs_segment *gibbs_segment_of(const gibbs_lowering *l, size_t element) {
  size_t low = 0, high = l->segment_count - 1;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (element < l->segments[middle].first_element + l->segments[middle].elements)
      high = middle;
    else
      low = middle + 1;
  }
  return &l->segments[low];
}

gibbs_status gibbs_gather_field(gibbs_lowering *l, uint32_t element, double coefficient, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  if (!g->field) g->field = calloc(l->elements, sizeof *g->field);
  if (!g->field) return gibbs_fail_memory(err, "the fields of an energy", l->elements * sizeof *g->field);
  g->any_field = true;
  g->field[element] += coefficient;
  return GIBBS_OK;
}

void gibbs_gather_uniform_field(gibbs_lowering *l, size_t first_element, double coefficient) {
  l->gathered.any_field = true;
  l->gathered.uniform[gibbs_segment_of(l, first_element) - l->segments] += coefficient;
}

gibbs_status gibbs_gather_pairs_reserve(gibbs_lowering *l, size_t more, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  size_t needed = g->pairs + more;
  if (needed <= g->pair_room) return GIBBS_OK;
  size_t room = needed > 2 * g->pair_room ? needed : 2 * g->pair_room;
  uint32_t(*pair)[2] = realloc(g->pair, room * sizeof *pair);
  if (pair) g->pair = pair;
  double *coupling = pair ? realloc(g->coupling, room * sizeof *coupling) : NULL;
  if (!coupling) return gibbs_fail_memory(err, "the pairs of an energy", room * (sizeof *pair + sizeof *coupling));
  g->coupling = coupling;
  g->pair_room = room;
  return GIBBS_OK;
}

static gibbs_status put_pair(gibbs_lowering *l, uint32_t a, uint32_t b, double coefficient, gibbs_error *err) {
  gibbs_status status = gibbs_gather_pairs_reserve(l, 1, err);
  if (status != GIBBS_OK) return status;
  gibbs_gathered *g = &l->gathered;
  g->pair[g->pairs][0] = a < b ? a : b;
  g->pair[g->pairs][1] = a < b ? b : a;
  g->coupling[g->pairs++] = coefficient;
  return GIBBS_OK;
}

/* Two elements of one Potts unit are never 1 together. */
static bool exclude_each_other(const gibbs_segment *segment, size_t a, size_t b) {
  return segment->domain == GIBBS_POTTS && b >= segment->first_element &&
         b < segment->first_element + segment->elements &&
         (a - segment->first_element) / segment->states == (b - segment->first_element) / segment->states;
}

gibbs_status gibbs_gather_pair(gibbs_lowering *l, uint32_t a, uint32_t b, double coefficient, gibbs_error *err) {
  const gibbs_segment *segment = gibbs_segment_of(l, a);
  if (a != b) return exclude_each_other(segment, a, b) ? GIBBS_OK : put_pair(l, a, b, coefficient, err);
  if (segment->domain == GIBBS_REALS) return gibbs_gather_power(l, a, 2, coefficient, err);
  if (segment->domain != GIBBS_SPINS) return gibbs_gather_field(l, a, coefficient, err);
  l->gathered.constant += coefficient;
  return GIBBS_OK;
}

/* Wider rows: the old ones are moved apart. */
static gibbs_status widen_monomials(gibbs_polynomials *m, unsigned width, gibbs_error *err) {
  gibbs_polynomials wide = {.width = width};
  gibbs_status status = gibbs_polynomials_reserve(&wide, m->terms + 1, err);
  if (status != GIBBS_OK) {
    gibbs_polynomials_clear(&wide);
    return status;
  }
  for (size_t t = 0; t < m->terms; t++)
    for (unsigned k = 0; k < width; k++)
      wide.element[t * width + k] = k < m->width ? m->element[t * m->width + k] : GIBBS_NO_ELEMENT;
  if (m->terms > 0) memcpy(wide.coefficient, m->coefficient, m->terms * sizeof *m->coefficient);
  wide.terms = m->terms;
  gibbs_polynomials_clear(m);
  *m = wide;
  return GIBBS_OK;
}

static gibbs_status put_monomial(gibbs_lowering *l, const uint32_t *element, unsigned width, double coefficient,
                                 gibbs_error *err) {
  gibbs_polynomials *m = &l->gathered.monomials;
  gibbs_status status = m->width < width ? widen_monomials(m, width, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = gibbs_polynomials_reserve(m, m->terms + 1, err);
  if (status != GIBBS_OK) return status;
  for (unsigned k = 0; k < m->width; k++)
    m->element[m->terms * m->width + k] = k < width ? element[k] : GIBBS_NO_ELEMENT;
  m->coefficient[m->terms++] = coefficient;
  return GIBBS_OK;
}

gibbs_status gibbs_gather_monomial(gibbs_lowering *l, const uint32_t *element, unsigned width, double coefficient,
                                   gibbs_error *err) {
  while (width > 0 && element[width - 1] == GIBBS_NO_ELEMENT) width--;
  if (width > 1 && element[0] == element[width - 1])
    return gibbs_gather_power(l, element[0], width, coefficient, err);
  if (width > 2) return put_monomial(l, element, width, coefficient, err);
  if (width == 2) return gibbs_gather_pair(l, element[0], element[1], coefficient, err);
  if (width == 1) return gibbs_gather_field(l, element[0], coefficient, err);
  l->gathered.constant += coefficient;
  return GIBBS_OK;
}

/* Takes the values, also after a failure. */
gibbs_status gibbs_gather_piece(gibbs_lowering *l, const gibbs_piece *piece, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  if (g->pieces == g->piece_room) {
    size_t room = 2 * g->piece_room + 4;
    gibbs_piece *pieces = realloc(g->piece, room * sizeof *pieces);
    if (!pieces) {
      free(piece->value);
      return gibbs_fail_memory(err, "the pairs of an energy", room * sizeof *pieces);
    }
    g->piece = pieces;
    g->piece_room = room;
  }
  g->piece[g->pieces++] = *piece;
  return GIBBS_OK;
}

gibbs_status gibbs_gathered_open(gibbs_lowering *l, gibbs_error *err) {
  gibbs_gathered_clear(&l->gathered);
  l->gathered.uniform = calloc(l->segment_count + 1, sizeof *l->gathered.uniform);
  return l->gathered.uniform ? GIBBS_OK : gibbs_fail_memory(err, "an energy", l->segment_count * sizeof(double));
}

void gibbs_gathered_clear(gibbs_gathered *g) {
  for (size_t k = 0; k < g->pieces; k++) free(g->piece[k].value);
  for (size_t k = 0; k < g->affines; k++) gibbs_affine_clear(&g->affine[k]);
  for (size_t k = 0; k <= GIBBS_MOST_POWER; k++) {
    free(g->powers[k].weight);
    free(g->powers[k].there);
  }
  free(g->rule);
  free(g->uniform);
  free(g->field);
  free(g->pair);
  free(g->coupling);
  free(g->piece);
  free(g->affine);
  gibbs_polynomials_clear(&g->monomials);
  *g = (gibbs_gathered){.constant = 0.0};
}
