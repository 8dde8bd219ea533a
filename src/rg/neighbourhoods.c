/* neighbourhoods.c - counts of tuples of local fields, and the couplings that make them likeliest. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neighbourhoods.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stability.h"

enum { FIRST_ROOM = 1024, MOST_ITERATIONS = 60 };

gibbs_status neighbourhoods_new(neighbourhoods *n, const gibbs_operators *list, size_t operators, gibbs_error *err) {
  memset(n, 0, sizeof *n);
  n->operators = operators;
  int fields[GIBBS_MOST_OPERATORS];
  uint8_t *up = calloc(gibbs_operators_sites(list), 1);
  if (up == NULL) return gibbs_fail_memory(err, "a configuration", gibbs_operators_sites(list));
  gibbs_operators_fields(list, up, 0, fields); /* all spins up: the largest they can be */
  free(up);
  for (size_t k = 0; k < operators; k++) {
    unsigned bits = 1;
    while ((1U << bits) < 2 * (unsigned)fields[k] + 1) bits++;
    n->largest[k] = fields[k];
    n->shift[k + 1] = n->shift[k] + bits;
  }
  if (n->shift[operators] > 64)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "the neighbourhoods of %zu operators take %u bits; at most 64: take fewer operators", operators,
                      n->shift[operators]);
  n->room = FIRST_ROOM;
  n->key = malloc(n->room * sizeof *n->key);
  n->count = calloc(n->room, sizeof *n->count);
  if (n->key != NULL && n->count != NULL) return GIBBS_OK;
  neighbourhoods_free(n);
  return gibbs_fail_memory(err, "neighbourhoods", FIRST_ROOM * 2 * sizeof(uint64_t));
}

void neighbourhoods_free(neighbourhoods *n) {
  free(n->key);
  free(n->count);
  memset(n, 0, sizeof *n);
}

/* ---- counting ----------------------------------------------------------------------------------------------- */

static uint64_t mixed(uint64_t key) {
  key ^= key >> 33;
  key *= UINT64_C(0xff51afd7ed558ccd);
  key ^= key >> 33;
  return key;
}

static size_t place_of(const neighbourhoods *n, uint64_t key) {
  size_t at = (size_t)mixed(key) & (n->room - 1);
  while (n->count[at] != 0 && n->key[at] != key) at = (at + 1) & (n->room - 1);
  return at;
}

static gibbs_status grow(neighbourhoods *n, gibbs_error *err) {
  neighbourhoods larger = *n;
  larger.room = 2 * n->room;
  larger.key = malloc(larger.room * sizeof *larger.key);
  larger.count = calloc(larger.room, sizeof *larger.count);
  if (larger.key == NULL || larger.count == NULL) {
    free(larger.key);
    free(larger.count);
    return gibbs_fail_memory(err, "neighbourhoods", 2 * larger.room * sizeof(uint64_t));
  }
  for (size_t i = 0; i < n->room; i++) {
    if (n->count[i] == 0) continue;
    const size_t at = place_of(&larger, n->key[i]);
    larger.key[at] = n->key[i];
    larger.count[at] = n->count[i];
  }
  free(n->key);
  free(n->count);
  *n = larger;
  return GIBBS_OK;
}

static gibbs_status add(neighbourhoods *n, uint64_t key, uint64_t count, gibbs_error *err) {
  if (3 * (n->used + 1) > 2 * n->room) {
    gibbs_status status = grow(n, err);
    if (status != GIBBS_OK) return status;
  }
  const size_t at = place_of(n, key);
  n->used += n->count[at] == 0;
  n->key[at] = key;
  n->count[at] += count;
  n->total += count;
  return GIBBS_OK;
}

gibbs_status neighbourhoods_add(neighbourhoods *n, const gibbs_operators *list, const uint8_t *spins,
                                gibbs_error *err) {
  const size_t sites = gibbs_operators_sites(list);
  gibbs_status status = GIBBS_OK;
  for (size_t site = 0; status == GIBBS_OK && site < sites; site++) {
    int fields[GIBBS_MOST_OPERATORS];
    uint64_t key = 0;
    gibbs_operators_fields(list, spins, site, fields);
    for (size_t k = 0; k < n->operators; k++) {
      const int product = spins[site] ? -fields[k] : fields[k];
      key |= (uint64_t)(product + n->largest[k]) << n->shift[k];
    }
    status = add(n, key, 1, err);
  }
  return status;
}

gibbs_status neighbourhoods_merge(neighbourhoods *n, const neighbourhoods *other, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < other->room; i++)
    if (other->count[i] != 0) status = add(n, other->key[i], other->count[i], err);
  return status;
}

/* ---- fitting ------------------------------------------------------------------------------------------------ */

static void unpack(const neighbourhoods *n, uint64_t key, size_t count, double *out) {
  for (size_t k = 0; k < count; k++) {
    const unsigned bits = n->shift[k + 1] - n->shift[k];
    out[k] = (double)(int)(key >> n->shift[k] & ((UINT64_C(1) << bits) - 1)) - n->largest[k];
  }
}

/* The mean of ln P, its gradient and (minus) its second derivatives. */
typedef struct likelihood {
  double value, gradient[GIBBS_MOST_OPERATORS], curvature[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS];
} likelihood;

static void add_tuple(const double *u, double times, size_t count, const double *K, likelihood *out) {
  double field = 0;
  for (size_t k = 0; k < count; k++) field += K[k] * u[k];
  const double wrong = 1 / (1 + exp(2 * field)), slope = 2 * times * wrong, bend = 4 * times * wrong * (1 - wrong);
  out->value -= times * (field > 0 ? log1p(exp(-2 * field)) : log1p(exp(2 * field)) - 2 * field);
  for (size_t k = 0; k < count; k++) {
    out->gradient[k] += slope * u[k];
    for (size_t l = 0; l <= k; l++) out->curvature[k * count + l] += bend * u[k] * u[l];
  }
}

static void accumulate(const neighbourhoods *n, const neighbourhoods *without, size_t count, const double *K,
                       likelihood *out) {
  double u[GIBBS_MOST_OPERATORS];
  const double total = (double)(n->total - (without != NULL ? without->total : 0));
  memset(out, 0, sizeof *out);
  for (size_t i = 0; i < n->room; i++) {
    if (n->count[i] == 0) continue;
    uint64_t times = n->count[i];
    if (without != NULL) times -= without->count[place_of(without, n->key[i])];
    if (times == 0) continue;
    unpack(n, n->key[i], count, u);
    add_tuple(u, (double)times, count, K, out);
  }
  out->value /= total;
  for (size_t k = 0; k < count; k++) {
    out->gradient[k] /= total;
    for (size_t l = 0; l <= k; l++) out->curvature[l * count + k] = out->curvature[k * count + l] /= total;
  }
}

static double largest_of(const double *move, size_t count) {
  double largest = 0;
  for (size_t k = 0; k < count; k++) largest = fmax(largest, fabs(move[k]));
  return largest;
}

/* From K by as much of `move` as does not lose likelihood, but for rounding.  False: no part of it does. */
static bool go(const neighbourhoods *n, const neighbourhoods *without, size_t count, double *K, const double *move,
               likelihood *at) {
  const double before = at->value, largest = largest_of(move, count);
  double there[GIBBS_MOST_OPERATORS];
  for (double part = largest > 0.5 ? 0.5 / largest : 1; part > 1e-6; part /= 2) {
    for (size_t k = 0; k < count; k++) there[k] = K[k] + part * move[k];
    accumulate(n, without, count, there, at);
    if (!(at->value > before - 1e-13)) continue;
    memcpy(K, there, count * sizeof *K);
    return true;
  }
  return false;
}

/* Newton's method, until a step gains less than 1e-12 a site and is short as well: where the likelihood grows without
 * end the gain vanishes, but steps keep their length. */
static gibbs_status climb(const neighbourhoods *n, const neighbourhoods *without, size_t count, double *K,
                          gibbs_error *err) {
  static const gibbs_operator unnamed[GIBBS_MOST_OPERATORS] = {{.spins = 0}};
  double move[GIBBS_MOST_OPERATORS];
  likelihood at;
  accumulate(n, without, count, K, &at);
  for (int i = 0; i < MOST_ITERATIONS; i++) {
    double gain = 0;
    gibbs_status status = stability_solve(unnamed, count, 1, at.curvature, at.gradient, move, err);
    if (status != GIBBS_OK) return status;
    for (size_t k = 0; k < count; k++) gain += at.gradient[k] * move[k];
    if (gain < 1e-12 && largest_of(move, count) < 1e-3) {
      for (size_t k = 0; k < count; k++) K[k] += move[k];
      return GIBBS_OK;
    }
    if (!go(n, without, count, K, move, &at)) break;
  }
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "no largest likelihood");
}

gibbs_status neighbourhoods_fit(const neighbourhoods *n, const neighbourhoods *without, size_t count, double *K,
                                gibbs_error *err) {
  gibbs_error inner;
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  const gibbs_status status = climb(n, without, count, K, &inner);
  gsl_set_error_handler(handler);
  if (status == GIBBS_OK) return GIBBS_OK;
  return gibbs_fail(
      err, GIBBS_ERR_NUMERIC,
      "these samples are too few or too ordered to tell the couplings of %zu operator%s: the likelihood "
      "grows without end",
      count, count == 1 ? "" : "s");
}
