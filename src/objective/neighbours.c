/* neighbours.c - objectives of data that compare every row with those that differ from it in one unit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "neighbours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "neighbour_layers.h"

/* ---- the rules: what a unit adds, from d_k = H(v) - H(v with the unit in its other state k) ------------------ */

/* log Q(v_i | the others) = -log(1 + sum_k exp d_k) */
static double pseudo_likelihood(const double *d, size_t count, double *slope) {
  double top = 0, total = 0;
  for (size_t k = 0; k < count; k++) top = fmax(top, d[k]);
  total = exp(-top);
  for (size_t k = 0; k < count; k++) total += exp(d[k] - top);
  for (size_t k = 0; k < count; k++) slope[k] = -exp(d[k] - top) / total;
  return -(top + log(total));
}

/* (1 - Q(v_i | the others))^2; Hyvarinen's g^2(Q(v) / Q(v')), g(u) = 1 / (1 + u) */
static double ratio_matching(const double *d, size_t count, double *slope) {
  double other = d[0] < 0 ? exp(d[0]) / (1 + exp(d[0])) : 1 / (1 + exp(-d[0]));
  double own = d[0] < 0 ? 1 / (1 + exp(d[0])) : exp(-d[0]) / (1 + exp(-d[0]));
  (void)count;
  slope[0] = 2 * other * other * own;
  return other * other;
}

/* sum_k exp(d_k / 2) */
static double probability_flow(const double *d, size_t count, double *slope) {
  double total = 0;
  for (size_t k = 0; k < count; k++) {
    double flow = exp(d[k] / 2);
    slope[k] = flow / 2;
    total += flow;
  }
  return total;
}

typedef struct neighbour_sort {
  gibbs_functional_kind kind;
  bool binary; /* for units of two states alone */
  gibbs_neighbour_rule unit;
} neighbour_sort;

static const neighbour_sort sorts[] = {{GIBBS_FUNCTIONAL_PSEUDO_LIKELIHOOD, false, pseudo_likelihood},
                                       {GIBBS_FUNCTIONAL_RATIO_MATCHING, true, ratio_matching},
                                       {GIBBS_FUNCTIONAL_MINIMUM_PROBABILITY_FLOW, false, probability_flow}};

static const neighbour_sort *find_sort(gibbs_functional_kind kind) {
  for (size_t k = 0; k < sizeof sorts / sizeof sorts[0]; k++)
    if (sorts[k].kind == kind) return &sorts[k];
  return NULL;
}

bool gibbs_neighbours_has(gibbs_functional_kind kind) {
  return find_sort(kind) != NULL;
}

gibbs_status gibbs_neighbours_check(gibbs_functional_kind kind, const gibbs_distribution *q, gibbs_error *err) {
  const neighbour_sort *sort = find_sort(kind);
  for (size_t k = 0; k < gibbs_distribution_visible_count(q); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(q)[k]);
    if (gibbs_variable_domain(variable) == GIBBS_REALS)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "visible units take real values; they must be %s; %s",
                        sort->binary ? "spins or bits" : "spins, bits or potts",
                        "gibbs.score_matching(data, Q) is for real values");
    if (sort->binary && gibbs_variable_states(variable) != 2)
      return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                        "visible units have %zu states; they must be spins or bits; "
                        "gibbs.pseudo_likelihood(data, Q) is for any number of states",
                        gibbs_variable_states(variable));
  }
  return GIBBS_OK;
}

/* ---- a row and its neighbours -------------------------------------------------------------------------------- */

struct gibbs_neighbours {
  const neighbour_sort *sort;
  gibbs_distribution *q;         /* retained */
  size_t units, each;            /* each: configurations a row, itself the first */
  size_t *others;                /* [unit]: its states but one */
  gibbs_layers_of_units *layers; /* NULL: by the expression, configuration by configuration */
};

/* The state after x among a variable's states. */
static double next_state(const gibbs_variable *variable, double x) {
  if (gibbs_variable_domain(variable) == GIBBS_SPINS) return -x;
  if (gibbs_variable_domain(variable) == GIBBS_BITS) return 1 - x;
  return x < (double)gibbs_variable_states(variable) ? x + 1 : 1;
}

/* The row, then everything that differs from it in one unit. */
static void spread_row(const gibbs_neighbours *n, const double *row, double *out) {
  size_t at = 1, u = 0;
  memcpy(out, row, n->units * sizeof *row);
  for (size_t k = 0; k < gibbs_distribution_visible_count(n->q); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(n->q)[k]);
    for (size_t i = 0; i < gibbs_variable_units(variable); i++, u++) {
      double x = row[u];
      for (size_t state = 0; state < n->others[u]; state++, at++) {
        x = next_state(variable, x);
        memcpy(out + at * n->units, row, n->units * sizeof *row);
        out[at * n->units + u] = x;
      }
    }
  }
}

static gibbs_status count_states(gibbs_neighbours *n, gibbs_error *err) {
  n->units = gibbs_variables_units(gibbs_distribution_visible(n->q), gibbs_distribution_visible_count(n->q));
  n->others = calloc(n->units + 1, sizeof *n->others);
  if (!n->others) return gibbs_fail_memory(err, "an objective of data", n->units * sizeof *n->others);
  n->each = 1;
  for (size_t k = 0, u = 0; k < gibbs_distribution_visible_count(n->q); k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(n->q)[k]);
    for (size_t i = 0; i < gibbs_variable_units(variable); i++, u++) {
      n->others[u] = gibbs_variable_states(variable) - 1;
      n->each += n->others[u];
    }
  }
  return GIBBS_OK;
}

gibbs_status gibbs_neighbours_new(gibbs_functional_kind kind, gibbs_distribution *q, gibbs_neighbours **out,
                                  gibbs_error *err) {
  gibbs_status status = gibbs_neighbours_check(kind, q, err);
  if (status == GIBBS_OK) status = gibbs_distribution_summable(q, err);
  if (status != GIBBS_OK) return status;
  gibbs_neighbours *n = calloc(1, sizeof *n);
  if (!n) return gibbs_fail_memory(err, "an objective of data", sizeof *n);
  n->sort = find_sort(kind);
  n->q = gibbs_distribution_retain(q);
  status = count_states(n, err);
  if (status == GIBBS_OK) status = gibbs_neighbour_layers_new(q, &n->layers, err);
  if (status == GIBBS_OK)
    *out = n;
  else
    gibbs_neighbours_free(n);
  return status;
}

void gibbs_neighbours_free(gibbs_neighbours *n) {
  if (!n) return;
  gibbs_neighbour_layers_free(n->layers);
  gibbs_distribution_release(n->q);
  free(n->others);
  free(n);
}

/* ---- some rows at a time ------------------------------------------------------------------------------------- */

/* Values of units held at a time; at least one row with its neighbours is. */
static const size_t HELD_VALUES = (size_t)1 << 21;

/* Rows with their neighbours: H of each, and then dvalue/dH of each. */
typedef struct block {
  gibbs_batch *batch;
  size_t rows, count; /* count = rows * each */
  double *values;     /* [count * units] */
  double *energy, *weight, *slope;
} block;

static void close_block(block *b) {
  gibbs_batch_free(b->batch);
  free(b->values);
  *b = (block){0};
}

static gibbs_status open_block(const gibbs_neighbours *n, size_t rows, block *b, gibbs_error *err) {
  *b = (block){.rows = rows, .count = rows * n->each};
  size_t size = b->count * n->units + 2 * b->count + n->each;
  b->values = malloc(size * sizeof *b->values);
  if (!b->values) return gibbs_fail_memory(err, "neighbours of data", size * sizeof *b->values);
  b->energy = b->values + b->count * n->units;
  b->weight = b->energy + b->count;
  b->slope = b->weight + b->count;
  return gibbs_batch_new(gibbs_distribution_visible(n->q), gibbs_distribution_visible_count(n->q), b->count,
                         &b->batch, err);
}

static gibbs_status fill_block(const gibbs_neighbours *n, const double *rows, block *b, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t r = 0; r < b->rows; r++) spread_row(n, rows + r * n->units, b->values + r * n->each * n->units);
  for (size_t k = 0, first = 0; status == GIBBS_OK && k < gibbs_distribution_visible_count(n->q); k++) {
    status = gibbs_batch_set(b->batch, k, b->values + first, n->units, err);
    first += gibbs_variable_units(gibbs_expr_as_variable(gibbs_distribution_visible(n->q)[k]));
  }
  if (status != GIBBS_OK) return status;
  return gibbs_batch_evaluate(b->batch, gibbs_distribution_hamiltonian(n->q), b->energy, err);
}

/* The value of a row from H of itself and of its neighbours; weight[k] = dvalue/dH of each. */
static double weigh_row(const gibbs_neighbours *n, double *energy, double row_weight, double *weight, double *slope) {
  double total = 0;
  weight[0] = 0;
  for (size_t u = 0, at = 1; u < n->units; at += n->others[u], u++) {
    for (size_t k = 0; k < n->others[u]; k++) energy[at + k] = energy[0] - energy[at + k];
    total += row_weight * n->sort->unit(energy + at, n->others[u], slope);
    for (size_t k = 0; k < n->others[u]; k++) {
      weight[0] += row_weight * slope[k];
      weight[at + k] = -row_weight * slope[k];
    }
  }
  return total;
}

static gibbs_status take_block(const gibbs_neighbours *n, const double *rows, const double *weight, double factor,
                               gibbs_expr *const parameters[], size_t parameter_count, double *const totals[],
                               block *b, double *value, gibbs_error *err) {
  gibbs_status status = fill_block(n, rows, b, err);
  for (size_t r = 0; status == GIBBS_OK && r < b->rows; r++)
    *value += weigh_row(n, b->energy + r * n->each, weight[r], b->weight + r * n->each, b->slope);
  if (status != GIBBS_OK || !totals) return status;
  for (size_t i = 0; i < b->count; i++) b->weight[i] *= factor;
  return gibbs_batch_backward(b->batch, gibbs_distribution_hamiltonian(n->q), b->weight, parameters, parameter_count,
                              totals, err);
}

/* Named by their numbers among all rows. */
static gibbs_status check_rows(const gibbs_neighbours *n, const double *rows, size_t count, gibbs_error *err) {
  for (size_t r = 0; r < count; r++)
    for (size_t k = 0, u = 0; k < gibbs_distribution_visible_count(n->q); k++) {
      const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(n->q)[k]);
      for (size_t i = 0; i < gibbs_variable_units(variable); i++, u++) {
        gibbs_status status = gibbs_unit_value_check(variable, rows[r * n->units + u], "configuration", r, u, err);
        if (status != GIBBS_OK) return status;
      }
    }
  return GIBBS_OK;
}

static gibbs_status add_by_expression(gibbs_neighbours *n, const double *rows, const double *weight, size_t count,
                                      double factor, gibbs_expr *const parameters[], size_t parameter_count,
                                      double *const totals[], double *value, gibbs_error *err) {
  size_t room = HELD_VALUES / (n->each * n->units + 1) + 1;
  gibbs_status status = GIBBS_OK;
  block b = {0};
  for (size_t first = 0; status == GIBBS_OK && first < count; first += room) {
    size_t some = count - first < room ? count - first : room;
    if (some != b.rows) {
      close_block(&b);
      status = open_block(n, some, &b, err);
    }
    if (status == GIBBS_OK)
      status = take_block(n, rows + first * n->units, weight + first, factor, parameters, parameter_count, totals, &b,
                          value, err);
  }
  close_block(&b);
  return status;
}

gibbs_status gibbs_neighbours_add(gibbs_neighbours *n, const double *rows, const double *weight, size_t count,
                                  double factor, gibbs_expr *const parameters[], size_t parameter_count,
                                  double *const totals[], double *value, gibbs_error *err) {
  double total = 0;
  bool done = false;
  gibbs_status status = check_rows(n, rows, count, err);
  if (status == GIBBS_OK && n->layers)
    status = gibbs_neighbour_layers_add(n->layers, n->sort->unit, rows, weight, count, factor, parameters,
                                        parameter_count, totals, &total, &done, err);
  if (status == GIBBS_OK && !done)
    status = add_by_expression(n, rows, weight, count, factor, parameters, parameter_count, totals, &total, err);
  if (status == GIBBS_OK && !isfinite(total))
    return gibbs_fail(err, GIBBS_ERR_NUMERIC, "the value is %g: H of a row and of its neighbours are too far apart",
                      total);
  if (status == GIBBS_OK && value) *value = total;
  return status;
}

gibbs_status gibbs_neighbours_value(gibbs_neighbours *n, const double *rows, const double *weight, size_t count,
                                    double *out, gibbs_error *err) {
  return gibbs_neighbours_add(n, rows, weight, count, 1, NULL, 0, NULL, out, err);
}
