/* normal_form_expand.c - the elements of a tensor as sparse polynomials in the elements of the variables, node by
 * node.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "normal_form_polynomial.h"

/* What has more terms than this, or a larger degree, is no sparse polynomial. */
enum { most_degree = 16 };
#define MOST_TERMS ((size_t)1 << 26)

/* ---- node by node -------------------------------------------------------------------------------- */

typedef struct making {
  gibbs_lowering *l;
  size_t node;
  const gibbs_expr *expr;
  const gibbs_polynomials *a, *b; /* of the arguments */
  gibbs_polynomials *out;
  gibbs_sorting sorting;
  gibbs_error *err;
} making;

static gibbs_status make_constant(making *m) {
  const double *value = m->l->value[m->node];
  bool fixed = m->expr->kind == GIBBS_KIND_CONSTANT;
  gibbs_status status = gibbs_polynomials_new(m->expr->size, 0, m->expr->size, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = fixed;
  for (size_t k = 0; k < m->expr->size; k++) {
    if (!fixed || value[k] != 0.0) m->out->coefficient[m->out->terms++] = value[k];
    m->out->first[k + 1] = m->out->terms;
  }
  return GIBBS_OK;
}

static gibbs_status make_variable(making *m) {
  size_t size = m->expr->size, at = m->l->element_at[m->node];
  gibbs_status status = gibbs_polynomials_new(size, 1, size, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = true;
  m->out->terms = size;
  for (size_t k = 0; k < size; k++) {
    m->out->element[k] = (uint32_t)(at + k);
    m->out->coefficient[k] = 1.0;
    m->out->first[k + 1] = k + 1;
  }
  return GIBBS_OK;
}

static size_t at_element(const gibbs_polynomials *p, size_t k) {
  return p->count == 1 ? 0 : k;
}

static unsigned wider(const gibbs_polynomials *a, const gibbs_polynomials *b) {
  return b && b->width > a->width ? b->width : a->width;
}

/* factor_a a + factor_b b, b may be NULL */
static gibbs_status make_sum(making *m, double factor_a, double factor_b) {
  size_t size = m->expr->size;
  gibbs_status status = gibbs_polynomials_new(size, wider(m->a, m->b), size, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = m->a->fixed && (!m->b || m->b->fixed);
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    size_t i = at_element(m->a, k);
    for (size_t t = m->a->first[i]; t < m->a->first[i + 1] && status == GIBBS_OK; t++)
      status = gibbs_polynomials_append(m->out, m->a, t, factor_a, m->err);
    size_t j = m->b ? at_element(m->b, k) : 0;
    for (size_t t = m->b ? m->b->first[j] : 0; m->b && t < m->b->first[j + 1] && status == GIBBS_OK; t++)
      status = gibbs_polynomials_append(m->out, m->b, t, factor_b, m->err);
    if (status == GIBBS_OK) status = gibbs_polynomials_end(m->out, k, &m->sorting, m->err);
  }
  return status;
}

static size_t terms_of(const gibbs_polynomials *p, size_t k) {
  return p->first[k + 1] - p->first[k];
}

/* Whether the product of all elements stays small. */
static bool can_multiply(const making *m) {
  size_t total = 0;
  if (m->a->width + m->b->width > most_degree) return false;
  for (size_t k = 0; k < m->expr->size; k++) {
    size_t here = terms_of(m->a, at_element(m->a, k)) * terms_of(m->b, at_element(m->b, k));
    total += here;
    if (total > MOST_TERMS || (here > m->l->most_product_terms && m->a->width + m->b->width > 2)) return false;
  }
  return true;
}

static gibbs_status multiply_into(making *m, const gibbs_polynomials *a, const gibbs_polynomials *b) {
  size_t size = m->expr->size;
  gibbs_status status = gibbs_polynomials_new(size, a->width + b->width, size, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = a->fixed && b->fixed;
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    status = gibbs_polynomials_append_product(m->l, m->out, a, at_element(a, k), b, at_element(b, k), m->err);
    if (status == GIBBS_OK) status = gibbs_polynomials_end(m->out, k, &m->sorting, m->err);
  }
  return status;
}

static gibbs_status make_product(making *m) {
  return can_multiply(m) ? multiply_into(m, m->a, m->b) : GIBBS_OK;
}

/* a / b with a constant b */
static gibbs_status make_quotient(making *m) {
  const double *b = m->l->value[gibbs_lowering_argument(m->l, m->node, 1)];
  if (!b) return GIBBS_OK;
  size_t step = m->expr->arguments[1]->size == 1 ? 0 : 1;
  gibbs_status status = make_sum(m, 1.0, 0.0);
  if (status != GIBBS_OK) return status;
  m->out->fixed = m->a->fixed && gibbs_expr_is_constant(m->expr->arguments[1]);
  for (size_t k = 0; k < m->out->count; k++)
    for (size_t t = m->out->first[k]; t < m->out->first[k + 1]; t++) m->out->coefficient[t] /= b[k * step];
  return GIBBS_OK;
}

/* a^n by n - 1 products; the exponent must be there for all values of parameters. */
static gibbs_status make_power(making *m) {
  const gibbs_expr *exponent = m->expr->arguments[1];
  double power = exponent->uniform ? gibbs_expr_uniform_value(exponent) : 0.0;
  if (!(power >= 2.0) || power > most_degree || power != floor(power)) return GIBBS_OK;
  gibbs_status status = GIBBS_OK;
  m->b = m->a;
  gibbs_polynomials *last = NULL;
  for (unsigned k = 1; k < (unsigned)power && status == GIBBS_OK; k++) {
    m->out = NULL;
    status = make_product(m);
    gibbs_polynomials_drop(last);
    last = m->out;
    if (!last) break;
    m->b = last;
  }
  return status;
}

static gibbs_status make_elementwise(making *m) {
  switch (m->expr->op) {
  case GIBBS_OP_NEG:
    return make_sum(m, -1.0, 0.0);
  case GIBBS_OP_ADD:
    return make_sum(m, 1.0, 1.0);
  case GIBBS_OP_SUB:
    return make_sum(m, 1.0, -1.0);
  case GIBBS_OP_MUL:
    return make_product(m);
  case GIBBS_OP_DIV:
    m->b = NULL;
    return make_quotient(m);
  case GIBBS_OP_POW:
    return make_power(m);
  default:
    return GIBBS_OK;
  }
}

static gibbs_status make_total(making *m) {
  gibbs_status status = gibbs_polynomials_new(1, m->a->width, m->a->terms, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = m->a->fixed;
  m->out->terms = m->a->terms;
  memcpy(m->out->element, m->a->element, m->a->terms * m->a->width * sizeof *m->a->element);
  memcpy(m->out->coefficient, m->a->coefficient, m->a->terms * sizeof *m->a->coefficient);
  return gibbs_polynomials_end(m->out, 0, &m->sorting, m->err);
}

static gibbs_status make_gather(making *m) {
  size_t size = m->expr->size, total = 0;
  gibbs_status status = gibbs_index_write(m->expr->of.index, m->err);
  if (status != GIBBS_OK) return status;
  const uint32_t *at = m->expr->of.index->at;
  for (size_t k = 0; k < size; k++) total += terms_of(m->a, at[k]);
  if (total > MOST_TERMS && total > m->a->terms) return GIBBS_OK;
  status = gibbs_polynomials_new(size, m->a->width, total, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = m->a->fixed;
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    for (size_t t = m->a->first[at[k]]; t < m->a->first[at[k] + 1] && status == GIBBS_OK; t++)
      status = gibbs_polynomials_append(m->out, m->a, t, 1.0, m->err);
    m->out->first[k + 1] = m->out->terms;
  }
  return status;
}

/* The elements that go to one place follow each other: a counting sort of the index. */
static gibbs_status make_scatter(making *m) {
  size_t size = m->expr->size, count = m->a->count;
  gibbs_status status = gibbs_index_write(m->expr->of.index, m->err);
  if (status != GIBBS_OK) return status;
  const uint32_t *at = m->expr->of.index->at;
  size_t *first = calloc(size + 2, sizeof *first), *order = malloc((count + 1) * sizeof *order);
  status = first && order ? gibbs_polynomials_new(size, m->a->width, m->a->terms, &m->out, m->err)
                          : gibbs_fail_memory(m->err, "the polynomials of an energy", count * 8);
  if (status == GIBBS_OK) {
    m->out->fixed = m->a->fixed;
    for (size_t k = 0; k < count; k++) first[at[k] + 2]++;
    for (size_t k = 2; k < size + 2; k++) first[k] += first[k - 1];
    for (size_t k = 0; k < count; k++) order[first[at[k] + 1]++] = k;
  }
  for (size_t k = 0; k < size && status == GIBBS_OK; k++) {
    for (size_t o = first[k]; o < first[k + 1] && status == GIBBS_OK; o++)
      for (size_t t = m->a->first[order[o]]; t < m->a->first[order[o] + 1] && status == GIBBS_OK; t++)
        status = gibbs_polynomials_append(m->out, m->a, t, 1.0, m->err);
    if (status == GIBBS_OK) status = gibbs_polynomials_end(m->out, k, &m->sorting, m->err);
  }
  free(first);
  free(order);
  return status;
}

static bool can_contract(const making *m, const gibbs_contraction *p) {
  size_t total = 0;
  if (m->a->width + m->b->width > most_degree) return false;
  for (size_t i = 0; i < p->rows; i++)
    for (size_t j = 0; j < p->columns; j++) {
      size_t here = 0;
      for (size_t k = 0; k < p->inner; k++)
        here += terms_of(m->a, i * p->a_row + k * p->a_inner) * terms_of(m->b, k * p->b_inner + j * p->b_column);
      total += here;
      if (total > MOST_TERMS || (here > m->l->most_product_terms && m->a->width + m->b->width > 2)) return false;
    }
  return true;
}

static gibbs_status make_contraction(making *m) {
  gibbs_contraction p = gibbs_contraction_of(m->expr);
  if (!can_contract(m, &p)) return GIBBS_OK;
  gibbs_status status =
      gibbs_polynomials_new(m->expr->size, m->a->width + m->b->width, m->expr->size, &m->out, m->err);
  if (status != GIBBS_OK) return status;
  m->out->fixed = m->a->fixed && m->b->fixed;
  for (size_t i = 0; i < p.rows; i++)
    for (size_t j = 0; j < p.columns && status == GIBBS_OK; j++) {
      for (size_t k = 0; k < p.inner && status == GIBBS_OK; k++)
        status = gibbs_polynomials_append_product(m->l, m->out, m->a, i * p.a_row + k * p.a_inner, m->b,
                                                  k * p.b_inner + j * p.b_column, m->err);
      if (status == GIBBS_OK) status = gibbs_polynomials_end(m->out, i * p.columns + j, &m->sorting, m->err);
    }
  return status;
}

static gibbs_status make_node(making *m) {
  switch (m->expr->kind) {
  case GIBBS_KIND_VARIABLE:
    return make_variable(m);
  case GIBBS_KIND_ELEMENTWISE:
    return make_elementwise(m);
  case GIBBS_KIND_SUM:
    return make_total(m);
  case GIBBS_KIND_GATHER:
    return make_gather(m);
  case GIBBS_KIND_SCATTER:
    return make_scatter(m);
  case GIBBS_KIND_MATMUL:
  case GIBBS_KIND_OUTER:
    return make_contraction(m);
  default:
    return GIBBS_OK;
  }
}

/* Where one of the arguments is no polynomial, neither is the node. */
static gibbs_status make_polynomials(gibbs_lowering *l, size_t node, gibbs_error *err) {
  making m = {.l = l, .node = node, .expr = l->tape.nodes[node], .err = err};
  gibbs_status status = GIBBS_OK;
  if (l->value[node]) {
    status = make_constant(&m);
  } else {
    m.a = m.expr->argument_count > 0 ? l->polynomial[gibbs_lowering_argument(l, node, 0)] : NULL;
    m.b = m.expr->argument_count > 1 ? l->polynomial[gibbs_lowering_argument(l, node, 1)] : NULL;
    bool all = m.expr->argument_count == 0 || (m.a && (m.expr->argument_count == 1 || m.b));
    if (all) status = make_node(&m);
  }
  gibbs_sorting_end(&m.sorting);
  if (status != GIBBS_OK) gibbs_polynomials_drop(m.out);
  if (status == GIBBS_OK) l->polynomial[node] = m.out;
  return status;
}

static bool is_worth_trying(const gibbs_lowering *l, size_t node) {
  return !l->polynomial[node] && l->tried[node] < l->most_product_terms &&
         (l->value[node] || (l->varies[node] && l->degree[node] <= most_degree));
}

static bool push(gibbs_lowering *l, size_t node) {
  if (l->stack_length == l->stack_room) {
    size_t room = 2 * l->stack_room + 64;
    size_t *stack = realloc(l->stack, room * sizeof *stack);
    if (!stack) return false;
    l->stack = stack;
    l->stack_room = room;
  }
  l->stack[l->stack_length++] = node;
  return true;
}

/* Arguments first, on a stack of our own: expressions may be deep.  A node is made when it is met again. */
gibbs_status gibbs_polynomials_of(gibbs_lowering *l, size_t node, const gibbs_polynomials **out, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  l->stack_length = 0;
  bool room = !is_worth_trying(l, node) || push(l, node);
  while (room && status == GIBBS_OK && l->stack_length > 0) {
    size_t top = l->stack[l->stack_length - 1], before = l->stack_length;
    for (size_t k = 0; room && k < l->tape.nodes[top]->argument_count; k++) {
      size_t argument = gibbs_lowering_argument(l, top, k);
      if (!l->value[top] && is_worth_trying(l, argument)) room = push(l, argument);
    }
    if (!room || l->stack_length > before) continue;
    l->stack_length--;
    if (is_worth_trying(l, top)) status = make_polynomials(l, top, err);
    l->tried[top] = l->most_product_terms;
  }
  if (!room) return gibbs_fail_memory(err, "the polynomials of an energy", l->stack_room * sizeof *l->stack);
  *out = l->polynomial[node];
  return status;
}
