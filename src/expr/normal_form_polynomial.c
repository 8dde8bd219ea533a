/* normal_form_polynomial.c - sparse polynomials in the elements of the variables: their memory, products and order.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "normal_form_polynomial.h"

#include <stdlib.h>
#include <string.h>

void gibbs_polynomials_clear(gibbs_polynomials *p) {
  free(p->first);
  free(p->element);
  free(p->coefficient);
  *p = (gibbs_polynomials){.count = 0};
}

gibbs_status gibbs_polynomials_reserve(gibbs_polynomials *p, size_t terms, gibbs_error *err) {
  if (terms <= p->room) return GIBBS_OK;
  size_t room = terms > 2 * p->room ? terms : 2 * p->room;
  double *coefficient = realloc(p->coefficient, room * sizeof *coefficient);
  if (coefficient) p->coefficient = coefficient;
  uint32_t *element = coefficient ? realloc(p->element, room * p->width * sizeof *element + 1) : NULL;
  if (!element)
    return gibbs_fail_memory(err, "the polynomials of an energy",
                             room * (sizeof *coefficient + p->width * sizeof *element));
  p->element = element;
  p->room = room;
  return GIBBS_OK;
}

/* ---- monomials ----------------------------------------------------------------------------------- */

/* Whether two different elements in ascending order belong to one Potts unit. */
static bool exclude_each_other(const gibbs_lowering *l, uint32_t a, uint32_t b) {
  const gibbs_segment *s = gibbs_segment_of(l, a);
  return s->domain == GIBBS_POTTS && b < s->first_element + s->elements &&
         (a - s->first_element) / s->states == (b - s->first_element) / s->states;
}

/* Puts an element behind the others of a monomial; false when the product is 0. */
static bool append_element(const gibbs_lowering *l, uint32_t *out, unsigned *used, uint32_t element) {
  if (*used > 0 && out[*used - 1] == element) {
    gibbs_domain domain = gibbs_segment_of(l, element)->domain;
    if (domain == GIBBS_SPINS) --*used;
    if (domain != GIBBS_REALS) return true;
  } else if (*used > 0 && exclude_each_other(l, out[*used - 1], element)) {
    return false;
  }
  out[(*used)++] = element;
  return true;
}

bool gibbs_monomial_product(const gibbs_lowering *l, const uint32_t *a, unsigned a_width, const uint32_t *b,
                            unsigned b_width, uint32_t *out) {
  unsigned i = 0, j = 0, used = 0;
  for (;;) {
    uint32_t from_a = i < a_width ? a[i] : GIBBS_NO_ELEMENT, from_b = j < b_width ? b[j] : GIBBS_NO_ELEMENT;
    if (from_a == GIBBS_NO_ELEMENT && from_b == GIBBS_NO_ELEMENT) break;
    if (from_a <= from_b)
      i++;
    else
      j++;
    if (!append_element(l, out, &used, from_a <= from_b ? from_a : from_b)) return false;
  }
  while (used < a_width + b_width) out[used++] = GIBBS_NO_ELEMENT;
  return true;
}

static int compare_monomials(const uint32_t *a, const uint32_t *b, unsigned width) {
  for (unsigned k = 0; k < width; k++)
    if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
  return 0;
}

/* ---- making -------------------------------------------------------------------------------------- */

gibbs_status gibbs_polynomials_new(size_t count, unsigned width, size_t room, gibbs_polynomials **out,
                                   gibbs_error *err) {
  gibbs_polynomials *p = calloc(1, sizeof *p);
  if (!p) return gibbs_fail_memory(err, "the polynomials of an energy", sizeof *p);
  p->count = count;
  p->width = width;
  p->first = calloc(count + 1, sizeof *p->first);
  gibbs_status status = p->first ? gibbs_polynomials_reserve(p, room, err)
                                 : gibbs_fail_memory(err, "the polynomials of an energy", count * sizeof *p->first);
  if (status == GIBBS_OK) {
    *out = p;
    return GIBBS_OK;
  }
  gibbs_polynomials_clear(p);
  free(p);
  return status;
}

void gibbs_polynomials_drop(gibbs_polynomials *p) {
  if (p) gibbs_polynomials_clear(p);
  free(p);
}

static bool comes_before(const gibbs_sorting *s, size_t a, size_t b) {
  unsigned width = s->p->width;
  return compare_monomials(s->p->element + a * width, s->p->element + b * width, width) <= 0;
}

static void merge_runs(gibbs_sorting *s, size_t step) {
  for (size_t at = 0; at < s->length; at += 2 * step) {
    size_t middle = at + step < s->length ? at + step : s->length;
    size_t end = middle + step < s->length ? middle + step : s->length, i = at, j = middle;
    for (size_t k = at; k < end; k++)
      s->spare[k] =
          i < middle && (j == end || comes_before(s, s->order[i], s->order[j])) ? s->order[i++] : s->order[j++];
  }
  size_t *order = s->order;
  s->order = s->spare;
  s->spare = order;
}

static bool sort_terms(gibbs_sorting *s, size_t first, size_t length) {
  if (length > s->room) {
    free(s->order);
    free(s->spare);
    s->order = malloc(length * sizeof *s->order);
    s->spare = malloc(length * sizeof *s->spare);
    s->room = s->order && s->spare ? length : 0;
    if (s->room == 0) return false;
  }
  s->length = length;
  for (size_t k = 0; k < length; k++) s->order[k] = first + k;
  for (size_t step = 1; step < length; step *= 2) merge_runs(s, step);
  return true;
}

static bool is_ascending(const gibbs_polynomials *p, size_t first) {
  for (size_t t = first + 1; t < p->terms; t++)
    if (compare_monomials(p->element + (t - 1) * p->width, p->element + t * p->width, p->width) >= 0) return false;
  return true;
}

/* Writes the terms from `first` on again, in the order found. */
static bool rewrite_terms(gibbs_polynomials *p, size_t first, const gibbs_sorting *s) {
  size_t width = p->width, used = 0;
  uint32_t *element = malloc(s->length * width * sizeof *element + 1);
  double *coefficient = malloc(s->length * sizeof *coefficient);
  for (size_t k = 0; element && coefficient && k < s->length; k++) {
    const uint32_t *monomial = p->element + s->order[k] * width;
    if (used > 0 && compare_monomials(element + (used - 1) * width, monomial, p->width) == 0) {
      coefficient[used - 1] += p->coefficient[s->order[k]];
      continue;
    }
    memcpy(element + used * width, monomial, width * sizeof *element);
    coefficient[used++] = p->coefficient[s->order[k]];
  }
  bool done = element && coefficient;
  if (done) {
    memcpy(p->element + first * width, element, used * width * sizeof *element);
    memcpy(p->coefficient + first, coefficient, used * sizeof *coefficient);
    p->terms = first + used;
  }
  free(element);
  free(coefficient);
  return done;
}

/* Ends element k. */
gibbs_status gibbs_polynomials_end(gibbs_polynomials *p, size_t k, gibbs_sorting *s, gibbs_error *err) {
  size_t first = p->first[k];
  s->p = p;
  if (!is_ascending(p, first) && !(sort_terms(s, first, p->terms - first) && rewrite_terms(p, first, s)))
    return gibbs_fail_memory(err, "the polynomials of an energy", (p->terms - first) * sizeof(double));
  p->first[k + 1] = p->terms;
  return GIBBS_OK;
}

void gibbs_sorting_end(gibbs_sorting *s) {
  free(s->order);
  free(s->spare);
}

gibbs_status gibbs_polynomials_tidy(gibbs_polynomials *p, size_t first, gibbs_error *err) {
  gibbs_sorting s = {.p = p};
  bool done = is_ascending(p, first) || (sort_terms(&s, first, p->terms - first) && rewrite_terms(p, first, &s));
  gibbs_sorting_end(&s);
  return done ? GIBBS_OK : gibbs_fail_memory(err, "the products of an energy", p->terms * sizeof(double));
}

/* factor * term t of q, into p of at least that width */
gibbs_status gibbs_polynomials_append(gibbs_polynomials *p, const gibbs_polynomials *q, size_t t, double factor,
                                      gibbs_error *err) {
  if (p->terms == p->room) {
    gibbs_status status = gibbs_polynomials_reserve(p, p->terms + 1, err);
    if (status != GIBBS_OK) return status;
  }
  uint32_t *out = p->element + p->terms * p->width;
  for (unsigned k = 0; k < p->width; k++) out[k] = k < q->width ? q->element[t * q->width + k] : GIBBS_NO_ELEMENT;
  p->coefficient[p->terms++] = factor * q->coefficient[t];
  return GIBBS_OK;
}

/* factor * a[i] * b[j] */
gibbs_status gibbs_polynomials_append_product(const gibbs_lowering *l, gibbs_polynomials *p,
                                              const gibbs_polynomials *a, size_t i, const gibbs_polynomials *b,
                                              size_t j, gibbs_error *err) {
  for (size_t s = a->first[i]; s < a->first[i + 1]; s++)
    for (size_t t = b->first[j]; t < b->first[j + 1]; t++) {
      gibbs_status status = gibbs_polynomials_reserve(p, p->terms + 1, err);
      if (status != GIBBS_OK) return status;
      double coefficient = a->coefficient[s] * b->coefficient[t];
      if (p->fixed && coefficient == 0.0) continue;
      if (!gibbs_monomial_product(l, a->element + s * a->width, a->width, b->element + t * b->width, b->width,
                                  p->element + p->terms * p->width))
        continue;
      p->coefficient[p->terms++] = coefficient;
    }
  return GIBBS_OK;
}
