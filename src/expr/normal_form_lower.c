/* normal_form_lower.c - weights that run from the energy down to what it is not linear in. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"

/* ---- weights ------------------------------------------------------------------------------------- */

/* What comes to a node: one number for all elements, or an array that is borrowed. */
typedef struct incoming {
  double value;
  const double *each;
  bool fixed;
} incoming;

static gibbs_status spread_weights(gibbs_weights *w, size_t size, gibbs_error *err) {
  if (w->each) return GIBBS_OK;
  w->each = malloc(size * sizeof *w->each);
  if (!w->each) return gibbs_fail_memory(err, "the coefficients of an energy", size * sizeof *w->each);
  for (size_t k = 0; k < size; k++) w->each[k] = w->value;
  return GIBBS_OK;
}

static gibbs_status add_weights(gibbs_lowering *l, size_t node, incoming in, gibbs_error *err) {
  gibbs_weights *w = &l->weights[node];
  size_t size = l->tape.nodes[node]->size;
  if (!w->set) *w = (gibbs_weights){.set = true, .fixed = true};
  w->fixed = w->fixed && in.fixed;
  if (in.each) {
    gibbs_status status = spread_weights(w, size, err);
    for (size_t k = 0; status == GIBBS_OK && k < size; k++) w->each[k] += in.each[k];
    return status;
  }
  if (!w->each) w->value += in.value;
  for (size_t k = 0; w->each && k < size; k++) w->each[k] += in.value;
  return GIBBS_OK;
}

static double total_weight(const gibbs_weights *w, size_t size) {
  double total = 0.0;
  if (!w->each) return w->value * (double)size;
  for (size_t k = 0; k < size; k++) total += w->each[k];
  return total;
}

/* factor * w to argument k; a scalar among tensors takes them all. */
static gibbs_status pass_scaled(gibbs_lowering *l, size_t node, size_t k, double factor, const gibbs_weights *w,
                                gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  size_t argument = gibbs_lowering_argument(l, node, k), size = expr->size;
  if (expr->arguments[k]->size != size)
    return add_weights(l, argument, (incoming){.value = factor * total_weight(w, size), .fixed = w->fixed}, err);
  if (!w->each) return add_weights(l, argument, (incoming){.value = factor * w->value, .fixed = w->fixed}, err);
  double *scaled = malloc(size * sizeof *scaled);
  if (!scaled) return gibbs_fail_memory(err, "the coefficients of an energy", size * sizeof *scaled);
  for (size_t j = 0; j < size; j++) scaled[j] = factor * w->each[j];
  gibbs_status status = add_weights(l, argument, (incoming){.each = scaled, .fixed = w->fixed}, err);
  free(scaled);
  return status;
}

/* w * c to argument k (or w / c), with c the values of the other argument. */
static gibbs_status pass_multiplied(gibbs_lowering *l, size_t node, size_t k, bool divide, const gibbs_weights *w,
                                    gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node];
  const double *c = l->value[gibbs_lowering_argument(l, node, 1 - k)];
  size_t argument = gibbs_lowering_argument(l, node, k), size = expr->size, step = expr->arguments[1 - k]->size > 1;
  gibbs_weights all = {.fixed = w->fixed && gibbs_expr_is_constant(expr->arguments[1 - k])};
  if (!w->each && step == 0) {
    all.value = divide ? w->value / c[0] : w->value * c[0];
  } else {
    all.each = malloc(size * sizeof *all.each);
    if (!all.each) return gibbs_fail_memory(err, "the coefficients of an energy", size * sizeof *all.each);
    for (size_t j = 0; j < size; j++)
      all.each[j] = divide ? gibbs_weight_at(w, j) / c[j * step] : gibbs_weight_at(w, j) * c[j * step];
  }
  incoming in = {.value = all.value, .each = all.each, .fixed = all.fixed};
  if (expr->arguments[k]->size != size) in = (incoming){.value = total_weight(&all, size), .fixed = all.fixed};
  gibbs_status status = add_weights(l, argument, in, err);
  free(all.each);
  return status;
}

/* Every element once. */
static bool is_reordering(const gibbs_expr *gather) {
  const gibbs_pattern *pattern = gather->of.index->pattern;
  return (pattern && pattern->kind == GIBBS_PATTERN_SHIFT) || gibbs_expr_is_reshape(gather);
}

/* Weights of the elements that an index chooses, or that come to where it leads. */
static gibbs_status pass_indexed(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node], *x = expr->arguments[0];
  size_t argument = gibbs_lowering_argument(l, node, 0);
  bool gather = expr->kind == GIBBS_KIND_GATHER;
  if (x->size == 1) return pass_scaled(l, node, 0, 1.0, w, err);
  if (!w->each && (!gather || is_reordering(expr)))
    return add_weights(l, argument, (incoming){.value = w->value, .fixed = w->fixed}, err);
  gibbs_status status = gibbs_index_write(expr->of.index, err);
  if (status != GIBBS_OK) return status;
  const uint32_t *at = expr->of.index->at;
  double *there = calloc(x->size, sizeof *there);
  if (!there) return gibbs_fail_memory(err, "the coefficients of an energy", x->size * sizeof *there);
  for (size_t k = 0; gather && k < expr->size; k++) there[at[k]] += gibbs_weight_at(w, k);
  for (size_t k = 0; !gather && k < x->size; k++) there[k] = gibbs_weight_at(w, at[k]);
  status = add_weights(l, argument, (incoming){.each = there, .fixed = w->fixed}, err);
  free(there);
  return status;
}

gibbs_contraction gibbs_contraction_of(const gibbs_expr *node) {
  if (node->kind == GIBBS_KIND_OUTER)
    return (gibbs_contraction){node->shape.extent[0], node->shape.extent[1], 1, 1, 0, 0, 1};
  gibbs_contraction p = {.rows = node->shape.extent[0]};
  p.columns = node->size / p.rows;
  p.inner = node->arguments[0]->size / p.rows;
  p.a_row = node->transpose[0] ? 1 : p.inner;
  p.a_inner = node->transpose[0] ? p.rows : 1;
  p.b_inner = node->transpose[1] ? 1 : p.columns;
  p.b_column = node->transpose[1] ? p.inner : 1;
  return p;
}

/* Through a product with a constant matrix to argument k. */
static gibbs_status pass_contracted(gibbs_lowering *l, size_t node, size_t k, const gibbs_weights *w,
                                    gibbs_error *err) {
  const gibbs_expr *expr = l->tape.nodes[node], *x = expr->arguments[k];
  const double *c = l->value[gibbs_lowering_argument(l, node, 1 - k)];
  gibbs_contraction p = gibbs_contraction_of(expr);
  double *there = calloc(x->size, sizeof *there);
  if (!there) return gibbs_fail_memory(err, "the coefficients of an energy", x->size * sizeof *there);
  for (size_t i = 0; i < p.rows; i++)
    for (size_t j = 0; j < p.columns; j++) {
      double weight = gibbs_weight_at(w, i * p.columns + j);
      for (size_t m = 0; m < p.inner; m++) {
        size_t a = i * p.a_row + m * p.a_inner, b = m * p.b_inner + j * p.b_column;
        there[k == 0 ? a : b] += weight * c[k == 0 ? b : a];
      }
    }
  bool fixed = w->fixed && gibbs_expr_is_constant(expr->arguments[1 - k]);
  gibbs_status status =
      add_weights(l, gibbs_lowering_argument(l, node, k), (incoming){.each = there, .fixed = fixed}, err);
  free(there);
  return status;
}

/* ---- ends ---------------------------------------------------------------------------------------- */

static void end_constant(gibbs_lowering *l, size_t node, const gibbs_weights *w) {
  double total = 0.0;
  for (size_t k = 0; k < l->tape.nodes[node]->size; k++) total += gibbs_weight_at(w, k) * l->value[node][k];
  l->gathered.constant += total;
}

static gibbs_status end_fields(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  size_t size = l->tape.nodes[node]->size, at = l->element_at[node];
  if (w->each) {
    gibbs_status status = GIBBS_OK;
    for (size_t k = 0; k < size && status == GIBBS_OK; k++)
      if (!w->fixed || w->each[k] != 0.0) status = gibbs_gather_field(l, (uint32_t)(at + k), w->each[k], err);
    return status;
  }
  gibbs_gather_uniform_field(l, at, w->value);
  return GIBBS_OK;
}

static gibbs_status end_item(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  if (l->fate[node] == GIBBS_FATE_REST) return GIBBS_OK;
  bool lowered = false;
  gibbs_status status = gibbs_lower_item(l, node, w, &lowered, err);
  if (status == GIBBS_OK) l->fate[node] = lowered ? GIBBS_FATE_LOWERED : GIBBS_FATE_REST;
  return status;
}

/* ---- one node ------------------------------------------------------------------------------------ */

bool gibbs_lowering_is_linear(const gibbs_lowering *l, size_t node) {
  const gibbs_expr *expr = l->tape.nodes[node];
  bool first = expr->argument_count > 0 && l->varies[gibbs_lowering_argument(l, node, 0)];
  bool second = expr->argument_count > 1 && l->varies[gibbs_lowering_argument(l, node, 1)];
  switch (expr->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return expr->op == GIBBS_OP_NEG || expr->op == GIBBS_OP_ADD || expr->op == GIBBS_OP_SUB ||
           (expr->op == GIBBS_OP_MUL && first != second) || (expr->op == GIBBS_OP_DIV && !second);
  case GIBBS_KIND_SUM:
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    return true;
  case GIBBS_KIND_MATMUL:
  case GIBBS_KIND_OUTER:
    return first != second;
  default:
    return false;
  }
}

static gibbs_status pass_elementwise(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  gibbs_op op = l->tape.nodes[node]->op;
  size_t varying = l->varies[gibbs_lowering_argument(l, node, 0)] ? 0 : 1;
  if (op == GIBBS_OP_NEG) return pass_scaled(l, node, 0, -1.0, w, err);
  if (op == GIBBS_OP_MUL) return pass_multiplied(l, node, varying, false, w, err);
  if (op == GIBBS_OP_DIV) return pass_multiplied(l, node, 0, true, w, err);
  gibbs_status status = pass_scaled(l, node, 0, 1.0, w, err);
  return status == GIBBS_OK ? pass_scaled(l, node, 1, op == GIBBS_OP_SUB ? -1.0 : 1.0, w, err) : status;
}

static gibbs_status pass_linear(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  switch (l->tape.nodes[node]->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return pass_elementwise(l, node, w, err);
  case GIBBS_KIND_SUM:
    return add_weights(l, gibbs_lowering_argument(l, node, 0), (incoming){.value = w->value, .fixed = w->fixed}, err);
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    return pass_indexed(l, node, w, err);
  default:
    return pass_contracted(l, node, l->varies[gibbs_lowering_argument(l, node, 0)] ? 0 : 1, w, err);
  }
}

static gibbs_status lower_node(gibbs_lowering *l, size_t node, const gibbs_weights *w, gibbs_error *err) {
  if (!l->varies[node]) {
    end_constant(l, node, w);
    return GIBBS_OK;
  }
  if (l->tape.nodes[node]->kind == GIBBS_KIND_VARIABLE) return end_fields(l, node, w, err);
  return gibbs_lowering_is_linear(l, node) ? pass_linear(l, node, w, err) : end_item(l, node, w, err);
}

static void clear_pass(gibbs_lowering *l) {
  for (size_t i = 0; i < l->tape.length; i++) {
    free(l->weights[i].each);
    l->weights[i] = (gibbs_weights){.set = false};
    if (l->polynomial[i]) gibbs_polynomials_clear(l->polynomial[i]);
    free(l->polynomial[i]);
    l->polynomial[i] = NULL;
    l->tried[i] = 0;
  }
}

/* SUM makes a scalar of a tensor: its weight is one number, wherever it came from. */
static void join_scalar(gibbs_weights *w, size_t size) {
  if (size != 1 || !w->each) return;
  w->value = w->each[0];
  free(w->each);
  w->each = NULL;
}

gibbs_status gibbs_lowering_pass(gibbs_lowering *l, gibbs_error *err) {
  gibbs_status status = gibbs_gathered_open(l, err);
  if (status != GIBBS_OK) return status;
  l->weights[l->tape.length - 1] = (gibbs_weights){.set = true, .fixed = true, .value = 1.0};
  for (size_t i = l->tape.length; i-- > 0 && status == GIBBS_OK;) {
    if (!l->weights[i].set) continue;
    gibbs_weights w = l->weights[i];
    l->weights[i] = (gibbs_weights){.set = false};
    join_scalar(&w, l->tape.nodes[i]->size);
    status = lower_node(l, i, &w, err);
    free(w.each);
  }
  clear_pass(l);
  return status;
}
