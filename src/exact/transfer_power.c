/* transfer_power.c - log Z = log tr T^L by repeated squaring, T the weights of a row and its bonds to the next. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transfer_power.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/blas.h"
#include "gibbs/private/parallel.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/progress.h"

enum { panel = 64, powers = 3 };

/* A matrix with its derivatives: order[k] is n x n; the true one is exp(scale) times it. */
typedef struct power {
  double *order[GIBBS_BUCKET_ORDERS];
  double scale;
} power;

typedef struct machine {
  size_t n, orders;
  power base, result, spare;
  gibbs_progress progress;
} machine;

static double value_of(gibbs_domain domain, size_t state, size_t unit) {
  double bit = (double)(state >> unit & 1);
  return domain == GIBBS_SPINS ? 2 * bit - 1 : bit;
}

/* ---- the matrix of a row --------------------------------------------------------------------------------------- */

/* log T[state][.]: minus the energy of a row, and of its bonds to every state of the next. */
static void fill_row(const gibbs_rows *rows, size_t state, double *out) {
  double own = 0, pull[GIBBS_POWER_MOST_UNITS] = {0}, down = rows->domain == GIBBS_SPINS ? -1 : 0;
  for (size_t i = 0; i < rows->units; i++) own -= rows->field * value_of(rows->domain, state, i);
  for (size_t k = 0; k < rows->bonds; k++) {
    const gibbs_row_bond *b = &rows->bond[k];
    double x = rows->bond[k].coupling * value_of(rows->domain, state, b->from);
    if (b->next)
      pull[b->to] -= x;
    else
      own -= x * value_of(rows->domain, state, b->to);
  }
  out[0] = own;
  for (size_t i = 0; i < rows->units; i++) out[0] += down * pull[i];
  for (size_t i = 0; i < rows->units; i++)
    for (size_t t = 0; t < (size_t)1 << i; t++) out[t + ((size_t)1 << i)] = out[t] + (1 - down) * pull[i];
}

/* T and its derivatives, logarithms less `centre` as slopes; false where doubles do not hold the weights. */
static bool fill_matrix(const gibbs_rows *rows, double centre, const machine *m, power *out) {
  size_t cells = m->n * m->n;
  double *t = out->order[0], low = INFINITY;
  for (size_t s = 0; s < m->n; s++) fill_row(rows, s, t + s * m->n);
  double top = gibbs_vector_max(t, cells);
  for (size_t k = 0; k < cells; k++) low = fmin(low, t[k]);
  if (!(top - low < 300)) return false;
  for (size_t k = 0; k < cells && m->orders > 1; k++) out->order[1][k] = t[k] - centre;
  gibbs_vector_exp_shifted(t, t, top, cells);
  for (size_t k = 0; k < cells && m->orders > 1; k++) {
    double slope = out->order[1][k];
    out->order[1][k] = slope * t[k];
    if (m->orders > 2) out->order[2][k] = slope * slope * t[k];
  }
  out->scale = top;
  return true;
}

/* ---- products -------------------------------------------------------------------------------------------------- */

typedef struct product {
  const machine *m;
  const power *a, *b;
  power *out;
} product;

/* Rows of a panel: (ab)'' = a''b + 2 a'b' + ab''. */
static gibbs_status multiply_panel(void *context, size_t segment, size_t thread, gibbs_error *err) {
  static const double binomial[GIBBS_BUCKET_ORDERS][GIBBS_BUCKET_ORDERS] = {{1, 0, 0}, {1, 1, 0}, {1, 2, 1}};
  (void)thread, (void)err;
  const product *p = context;
  size_t n = p->m->n, from = segment * panel, rows = n - from < panel ? n - from : panel;
  for (size_t k = 0; k < p->m->orders; k++)
    for (size_t j = 0; j <= k; j++)
      gibbs_dgemm(false, false, rows, n, n, binomial[k][j], p->a->order[j] + from * n, n, p->b->order[k - j], n,
                  j > 0 ? 1 : 0, p->out->order[k] + from * n, n);
  return GIBBS_OK;
}

/* out = a b, brought back to entries of at most 1. */
static gibbs_status multiply(machine *m, const power *a, const power *b, power *out, gibbs_error *err) {
  product p = {.m = m, .a = a, .b = b, .out = out};
  size_t cells = m->n * m->n;
  gibbs_status status = gibbs_parallel_segments((m->n + panel - 1) / panel, multiply_panel, &p, err);
  if (status != GIBBS_OK) return status;
  double top = gibbs_vector_max(out->order[0], cells);
  for (size_t k = 0; k < m->orders; k++)
    for (size_t i = 0; i < cells; i++) out->order[k][i] /= top;
  out->scale = a->scale + b->scale + log(top);
  gibbs_progress_step(&m->progress, m->progress.done + 1);
  return GIBBS_OK;
}

static void swap(power *a, power *b) {
  power t = *a;
  *a = *b;
  *b = t;
}

/* Of `raise`. */
static uint64_t count_products(size_t count) {
  uint64_t products = 0;
  for (; count > 1; count /= 2) products += 1 + count % 2;
  return products;
}

/* result = base^count; base is spoilt. */
static gibbs_status raise(machine *m, size_t count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  bool any = false;
  for (; status == GIBBS_OK && count > 0; count /= 2) {
    if (count % 2 && any) {
      status = multiply(m, &m->result, &m->base, &m->spare, err);
      swap(&m->result, &m->spare);
    } else if (count % 2) {
      for (size_t k = 0; k < m->orders; k++)
        memcpy(m->result.order[k], m->base.order[k], m->n * m->n * sizeof(double));
      m->result.scale = m->base.scale;
      any = true;
    }
    if (status != GIBBS_OK || count == 1) break;
    status = multiply(m, &m->base, &m->base, &m->spare, err);
    swap(&m->base, &m->spare);
  }
  return status;
}

/* ---- log Z ----------------------------------------------------------------------------------------------------- */

static gibbs_status make_room(machine *m, double *block[], gibbs_error *err) {
  size_t cells = m->n * m->n;
  *block = malloc(powers * m->orders * cells * sizeof **block);
  if (!*block)
    return gibbs_fail_memory(err, "powers of a transfer matrix", powers * m->orders * cells * sizeof(double));
  double *next = *block;
  for (size_t k = 0; k < m->orders; k++, next += powers * cells) {
    m->base.order[k] = next;
    m->result.order[k] = next + cells;
    m->spare.order[k] = next + 2 * cells;
  }
  return GIBBS_OK;
}

/* out[k]: log tr T^L and its derivatives, slopes less `centre` a row. */
static gibbs_status trace(const gibbs_rows *rows, size_t orders, double centre, double *out, bool *done,
                          gibbs_error *err) {
  machine m = {.n = (size_t)1 << rows->units, .orders = orders};
  double *block = NULL, t[GIBBS_BUCKET_ORDERS] = {0};
  gibbs_progress_begin(&m.progress, "power of the transfer matrix:", "product", 0, count_products(rows->count));
  gibbs_status status = make_room(&m, &block, err);
  if (status == GIBBS_OK) *done = fill_matrix(rows, centre, &m, &m.base);
  if (status == GIBBS_OK && *done) status = raise(&m, rows->count, err);
  if (status == GIBBS_OK && *done) {
    for (size_t k = 0; k < orders; k++)
      for (size_t s = 0; s < m.n; s++) t[k] += m.result.order[k][s * (m.n + 1)];
    out[0] = m.result.scale + log(t[0]);
    if (orders > 1) out[1] = t[1] / t[0];
    if (orders > 2) out[2] = t[2] / t[0] - out[1] * out[1];
  }
  free(block);
  gibbs_progress_end(&m.progress);
  return status;
}

gibbs_status gibbs_rows_power(const gibbs_rows *rows, size_t orders, double *out, bool *done, gibbs_error *err) {
  double first[2] = {0}, count = (double)rows->count;
  if (orders < 3) return trace(rows, orders, 0, out, done, err);
  /* The variance is what is left of a square: around the mean nothing is lost. */
  gibbs_status status = trace(rows, 2, 0, first, done, err);
  if (status == GIBBS_OK && *done) status = trace(rows, orders, first[1] / count, out, done, err);
  if (status == GIBBS_OK && *done) out[1] += first[1];
  return status;
}
