/* neighbourhoods.c - counts of tuples of local fields, and the couplings that make them likeliest. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neighbourhoods.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Gradient and (minus the) second derivatives of the mean of ln P. */
static void accumulate(const neighbourhoods *n, const neighbourhoods *without, size_t count, const double *K,
                       double *gradient, double *curvature) {
  double total = 0, u[GIBBS_MOST_OPERATORS];
  memset(gradient, 0, count * sizeof *gradient);
  memset(curvature, 0, count * count * sizeof *curvature);
  for (size_t i = 0; i < n->room; i++) {
    if (n->count[i] == 0) continue;
    double times = (double)n->count[i];
    if (without != NULL) times -= (double)without->count[place_of(without, n->key[i])];
    if (times == 0) continue;
    double field = 0;
    unpack(n, n->key[i], count, u);
    for (size_t k = 0; k < count; k++) field += K[k] * u[k];
    const double wrong = 1 / (1 + exp(2 * field)), slope = 2 * times * wrong, bend = 4 * times * wrong * (1 - wrong);
    total += times;
    for (size_t k = 0; k < count; k++) {
      gradient[k] += slope * u[k];
      for (size_t l = 0; l <= k; l++) curvature[k * count + l] += bend * u[k] * u[l];
    }
  }
  for (size_t k = 0; k < count; k++) {
    gradient[k] /= total;
    for (size_t l = 0; l <= k; l++) curvature[l * count + k] = curvature[k * count + l] /= total;
  }
}

/* move = curvature^-1 gradient; false when that is singular. */
static bool solve(size_t count, double *curvature, double *gradient, double *move) {
  double scale = 0, least = INFINITY;
  for (size_t k = 0; k < count; k++) scale = fmax(scale, curvature[k * count + k]);
  gsl_matrix_view matrix = gsl_matrix_view_array(curvature, count, count);
  if (gsl_linalg_cholesky_decomp1(&matrix.matrix) != GSL_SUCCESS) return false;
  for (size_t k = 0; k < count; k++) least = fmin(least, curvature[k * count + k]);
  if (!(least * least > 1e-12 * scale)) return false;
  gsl_vector_view right = gsl_vector_view_array(gradient, count), solution = gsl_vector_view_array(move, count);
  return gsl_linalg_cholesky_solve(&matrix.matrix, &right.vector, &solution.vector) == GSL_SUCCESS;
}

gibbs_status neighbourhoods_fit(const neighbourhoods *n, const neighbourhoods *without, size_t count, double *K,
                                gibbs_error *err) {
  double gradient[GIBBS_MOST_OPERATORS], move[GIBBS_MOST_OPERATORS];
  double curvature[GIBBS_MOST_OPERATORS * GIBBS_MOST_OPERATORS];
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  gibbs_status status = gibbs_fail(NULL, GIBBS_ERR_NUMERIC, "-");
  for (int i = 0; i < MOST_ITERATIONS; i++) {
    accumulate(n, without, count, K, gradient, curvature);
    double largest = 0;
    if (!solve(count, curvature, gradient, move)) break;
    for (size_t k = 0; k < count; k++) largest = fmax(largest, fabs(move[k]));
    const double part = largest > 0.5 ? 0.5 / largest : 1; /* the likelihood is concave: short steps cannot miss */
    for (size_t k = 0; k < count; k++) K[k] += part * move[k];
    if (largest < 1e-11) {
      status = GIBBS_OK;
      break;
    }
  }
  gsl_set_error_handler(handler);
  if (status == GIBBS_OK) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_NUMERIC,
                    "the couplings of %zu operators cannot be told apart by these samples: the operators "
                    "are linearly dependent on this lattice, or the samples too few or too ordered",
                    count);
}
