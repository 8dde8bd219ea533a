/* cluster_potts.c - the tables of pairs of Potts units, as bonds that reward being alike and fields. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

/* The couplings of the pair of units that is being looked at: table[a * q + b]. */
typedef struct pair_table {
  size_t q, room;
  gibbs_cluster_bonds *bonds;
  double *field;         /* [unit * q + state] */
  double *table, *f, *g; /* q * q, q, q */
  size_t *cursor;        /* [state]: where the rows of the first unit have been read up to */
  bool diagonal;         /* nothing stands beside the diagonal */
} pair_table;

static gibbs_status begin_table(const gibbs_target *target, gibbs_cluster_bonds *bonds, double *field,
                                pair_table *out, gibbs_error *err) {
  size_t q = gibbs_normal_form_segments(target->form)->states;
  *out = (pair_table){.q = q, .bonds = bonds, .field = field, .diagonal = true};
  out->table = calloc(q * q + 2 * q, sizeof *out->table);
  out->cursor = calloc(q, sizeof *out->cursor);
  if (!out->table || !out->cursor) return gibbs_fail_memory(err, "couplings", (q + 2) * q * sizeof *out->table);
  out->f = out->table + q * q, out->g = out->f + q;
  return GIBBS_OK;
}

static void end_table(pair_table *t) {
  free(t->table);
  free(t->cursor);
}

static void put(pair_table *t, size_t a, size_t b, double value) {
  t->table[a * t->q + b] = value;
  t->diagonal = t->diagonal && (a == b || value == 0);
}

static void clear_table(pair_table *t) {
  if (t->diagonal)
    for (size_t a = 0; a < t->q; a++) t->table[a * t->q + a] = 0;
  else
    memset(t->table, 0, t->q * t->q * sizeof *t->table);
  t->diagonal = true;
}

static double largest_of(const pair_table *t) {
  double largest = 0;
  for (size_t k = 0; k < t->q * t->q; k++) largest = fmax(largest, fabs(t->table[k]));
  return largest;
}

static bool is_multiple_of_identity(const pair_table *t, double *strength) {
  double first = t->table[0], tolerance = 1e-12 * fabs(first);
  for (size_t a = 1; a < t->q && t->diagonal; a++)
    if (fabs(t->table[a * t->q + a] - first) > tolerance) return false;
  *strength = first;
  return t->diagonal;
}

/* table = strength * identity + f(a) + g(b) + a constant, if it is so up to rounding. */
static bool split_table(pair_table *t, double *strength) {
  size_t q = t->q;
  double n = (double)q, mean = 0, trace = 0;
  memset(t->f, 0, 2 * q * sizeof *t->f);
  for (size_t a = 0; a < q; a++)
    for (size_t b = 0; b < q; b++) {
      t->f[a] += t->table[a * q + b] / n;
      t->g[b] += t->table[a * q + b] / n;
    }
  for (size_t a = 0; a < q; a++) mean += t->f[a] / n;
  for (size_t a = 0; a < q; a++) {
    t->f[a] -= mean, t->g[a] -= mean;
    trace += t->table[a * q + a] - mean;
  }
  *strength = trace / (n - 1);
  double tolerance = 1e-12 * n * largest_of(t);
  for (size_t a = 0; a < q; a++)
    for (size_t b = 0; b < q; b++) {
      double rest = t->table[a * q + b] - t->f[a] - t->g[b] - mean - *strength * ((a == b) - 1 / n);
      if (fabs(rest) > tolerance) return false;
    }
  return true;
}

/* The fields of states 0 and 1 are kept as what belongs to -1 and +1. */
static void add_field(pair_table *t, size_t unit, const double *f) {
  if (t->q == 2)
    t->field[unit] += (f[1] - f[0]) / 2;
  else
    for (size_t a = 0; a < t->q; a++) t->field[unit * t->q + a] += f[a];
}

static gibbs_status take_pair(pair_table *t, size_t u, size_t v, gibbs_error *err) {
  double strength = 0;
  if (!is_multiple_of_identity(t, &strength)) {
    if (!split_table(t, &strength))
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                        "the couplings of Potts units %zu and %zu do more than reward or punish being alike", u + 1,
                        v + 1);
    add_field(t, u, t->f);
    add_field(t, v, t->g);
  }
  clear_table(t);
  return strength == 0 ? GIBBS_OK : gibbs_cluster_add_bond(t->bonds, &t->room, u, v, strength, err);
}

/* ---- sparse rows ------------------------------------------------------------------------------------------------
 */

/* Put the cursors behind the partners up to unit u. */
static void skip_lower(pair_table *t, const gibbs_sparse *sparse, size_t u) {
  for (size_t a = 0; a < t->q; a++) {
    size_t row = u * t->q + a;
    t->cursor[a] = sparse->first[row];
    while (t->cursor[a] < sparse->first[row + 1] && sparse->column[t->cursor[a]] < (u + 1) * t->q) t->cursor[a]++;
  }
}

/* The lowest partner that the cursors point to, or `none`. */
static size_t next_partner(const pair_table *t, const gibbs_sparse *sparse, size_t u, size_t none) {
  size_t next = none;
  for (size_t a = 0; a < t->q; a++)
    if (t->cursor[a] < sparse->first[u * t->q + a + 1]) {
      size_t v = sparse->column[t->cursor[a]] / t->q;
      if (v < next) next = v;
    }
  return next;
}

static gibbs_status take_rows(pair_table *t, const gibbs_sparse *sparse, size_t u, gibbs_error *err) {
  const size_t q = t->q, none = SIZE_MAX;
  gibbs_status status = GIBBS_OK;
  skip_lower(t, sparse, u);
  for (size_t v = next_partner(t, sparse, u, none); status == GIBBS_OK && v != none;
       v = next_partner(t, sparse, u, none)) {
    for (size_t a = 0; a < q; a++)
      for (size_t *k = &t->cursor[a]; *k < sparse->first[u * q + a + 1] && sparse->column[*k] / q == v; (*k)++)
        put(t, a, sparse->column[*k] % q, sparse->value[*k]);
    status = take_pair(t, u, v, err);
  }
  return status;
}

/* ---- dense blocks -----------------------------------------------------------------------------------------------
 */

static gibbs_status take_block(pair_table *t, const gibbs_dense *block, gibbs_error *err) {
  size_t q = t->q;
  if (block->row_at % q || block->rows % q || block->column_at % q || block->columns % q)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "couplings of some states of Potts units only");
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < block->rows / q; i++)
    for (size_t j = 0; status == GIBBS_OK && j < block->columns / q; j++) {
      size_t u = block->row_at / q + i, v = block->column_at / q + j;
      if (v <= u) continue;
      for (size_t a = 0; a < q; a++)
        for (size_t b = 0; b < q; b++) put(t, a, b, block->value[(i * q + a) * block->columns + j * q + b]);
      status = take_pair(t, u, v, err);
    }
  return status;
}

gibbs_status gibbs_cluster_lower_potts(const gibbs_target *target, gibbs_cluster_bonds *bonds, double *field,
                                       gibbs_error *err) {
  pair_table t;
  const gibbs_sparse *sparse = NULL;
  const double *fields = NULL;
  gibbs_status status = begin_table(target, bonds, field, &t, err);
  if (status == GIBBS_OK) status = gibbs_normal_form_fields(target->form, &fields, err);
  for (size_t u = 0; status == GIBBS_OK && fields && u < target->units; u++) add_field(&t, u, fields + u * t.q);
  bool pairs = gibbs_normal_form_has_sparse(target->form) || gibbs_normal_form_regular(target->form)->found;
  if (status == GIBBS_OK && pairs) status = gibbs_normal_form_sparse(target->form, &sparse, err);
  for (size_t u = 0; status == GIBBS_OK && sparse && sparse->entries && u < target->units; u++)
    status = take_rows(&t, sparse, u, err);
  for (size_t k = 0; status == GIBBS_OK && k < gibbs_normal_form_dense_count(target->form); k++)
    status = take_block(&t, &gibbs_normal_form_dense(target->form)[k], err);
  end_table(&t);
  return status;
}
