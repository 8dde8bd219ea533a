/* normal_form_linear.c - affine tensors seen as dense matrices times variables, as long as nobody needs their terms.
 */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "normal_form_parts.h"

void gibbs_linear_clear(gibbs_linear *x) {
  for (size_t k = 0; k < x->owned; k++) free(x->own[k]);
  *x = (gibbs_linear){.rows = 0};
}

/* ---- parts --------------------------------------------------------------------------------------- */

static bool put_map(gibbs_linear *x, gibbs_map map) {
  if (x->maps == GIBBS_MOST_PARTS) return false;
  x->dense = x->dense || map.matrix;
  x->map[x->maps++] = map;
  return true;
}

static bool put_shift(gibbs_linear *x, gibbs_shift shift) {
  if (x->shifts == GIBBS_MOST_PARTS) return false;
  x->shift[x->shifts++] = shift;
  return true;
}

/* Constants with many zeros are better taken as sparse; parameters are what they are. */
static bool is_dense_matrix(const gibbs_expr *matrix, const double *value) {
  size_t filled = 0;
  if (!gibbs_expr_is_constant(matrix)) return true;
  for (size_t k = 0; k < matrix->size; k++) filled += value[k] != 0.0;
  return 4 * filled > matrix->size;
}

/* ---- down the expression ------------------------------------------------------------------------- */

/* factor * node is still to be looked into. */
typedef struct branch {
  size_t node;
  double factor;
  bool fixed;
} branch;

enum { most_branches = 32, most_visits = 64 };

typedef struct search {
  const gibbs_lowering *l;
  gibbs_linear *out;
  branch branches[most_branches];
  size_t count, visits;
  bool inside; /* of a product: no other product there */
  gibbs_error *err;
} search;

static bool push(search *s, size_t node, double factor, bool fixed) {
  if (s->count == most_branches) return false;
  s->branches[s->count++] = (branch){node, factor, fixed};
  return true;
}

static bool take_constant(search *s, const branch *b) {
  const gibbs_expr *expr = s->l->tape.nodes[b->node];
  if (!s->l->value[b->node]) return false;
  return put_shift(s->out, (gibbs_shift){s->l->value[b->node], expr->size > 1, b->factor,
                                         b->fixed && gibbs_expr_is_constant(expr)});
}

static bool take_scaled(search *s, const branch *b, size_t k, bool divide) {
  size_t other = gibbs_lowering_argument(s->l, b->node, 1 - k);
  const double *c = s->l->value[other];
  if (!c || s->l->tape.nodes[other]->size != 1) return false;
  return push(s, gibbs_lowering_argument(s->l, b->node, k), divide ? b->factor / c[0] : b->factor * c[0],
              b->fixed && gibbs_expr_is_constant(s->l->tape.nodes[other]));
}

static bool take_elementwise(search *s, const branch *b) {
  const gibbs_expr *expr = s->l->tape.nodes[b->node];
  size_t first = gibbs_lowering_argument(s->l, b->node, 0);
  if (expr->op == GIBBS_OP_NEG) return push(s, first, -b->factor, b->fixed);
  if (expr->op == GIBBS_OP_MUL) return take_scaled(s, b, s->l->varies[first] ? 0 : 1, false);
  if (expr->op == GIBBS_OP_DIV) return take_scaled(s, b, 0, true);
  if (expr->op != GIBBS_OP_ADD && expr->op != GIBBS_OP_SUB) return false;
  for (size_t k = 0; k < 2; k++) /* a scalar that varies would be one element for all rows */
    if (expr->arguments[k]->size != expr->size && s->l->varies[gibbs_lowering_argument(s->l, b->node, k)])
      return false;
  return push(s, first, b->factor, b->fixed) && push(s, gibbs_lowering_argument(s->l, b->node, 1),
                                                     expr->op == GIBBS_OP_SUB ? -b->factor : b->factor, b->fixed);
}

/* The matrix of a product times one part of the vector. */
static gibbs_status take_product_shift(search *s, const gibbs_contraction *p, const double *matrix, bool fixed,
                                       const gibbs_shift *shift, bool *fits) {
  double *there = calloc(p->rows, sizeof *there);
  if (!there) return gibbs_fail_memory(s->err, "an energy", p->rows * sizeof *there);
  s->out->own[s->out->owned++] = there;
  for (size_t i = 0; i < p->rows; i++)
    for (size_t j = 0; j < p->inner; j++)
      there[i] += matrix[i * p->a_row + j * p->a_inner] * shift->factor * shift->at[j * shift->step];
  *fits = put_shift(s->out, (gibbs_shift){there, 1, 1.0, fixed && shift->fixed});
  return GIBBS_OK;
}

static gibbs_status find_parts(search *s, size_t node, bool *found);

/* A constant matrix times variables and shifts. */
static gibbs_status take_product(search *s, const branch *b, bool *fits) {
  const gibbs_expr *expr = s->l->tape.nodes[b->node];
  const double *matrix = s->l->value[gibbs_lowering_argument(s->l, b->node, 0)];
  *fits = false;
  if (s->inside || expr->shape.rank != 1 || !matrix || !is_dense_matrix(expr->arguments[0], matrix)) return GIBBS_OK;
  gibbs_contraction p = gibbs_contraction_of(expr);
  gibbs_linear vector = {.rows = p.inner};
  search below = {.l = s->l, .out = &vector, .inside = true, .err = s->err};
  gibbs_status status = find_parts(&below, gibbs_lowering_argument(s->l, b->node, 1), fits);
  bool fixed = b->fixed && gibbs_expr_is_constant(expr->arguments[0]);
  for (size_t k = 0; *fits && k < vector.maps; k++)
    *fits = put_map(s->out, (gibbs_map){0, vector.map[k].column_at, p.inner, p.a_row, p.a_inner, matrix,
                                        b->factor * vector.map[k].factor, fixed && vector.map[k].fixed,
                                        expr->arguments[0]->kind == GIBBS_KIND_PARAMETER});
  for (size_t k = 0; status == GIBBS_OK && *fits && k < vector.shifts; k++) {
    gibbs_shift shift = vector.shift[k];
    shift.factor *= b->factor;
    *fits = s->out->owned < GIBBS_MOST_PARTS;
    if (*fits) status = take_product_shift(s, &p, matrix, fixed, &shift, fits);
  }
  gibbs_linear_clear(&vector);
  return status;
}

/* A matrix wants the whole variable; products of two views do not. */
static bool take_gather(search *s, const branch *b) {
  const gibbs_expr *expr = s->l->tape.nodes[b->node];
  if (gibbs_expr_is_reshape(expr)) return push(s, gibbs_lowering_argument(s->l, b->node, 0), b->factor, b->fixed);
  return !s->inside && gibbs_is_view(s->l, b->node) &&
         put_map(s->out, (gibbs_map){.node = b->node, .factor = b->factor, .fixed = b->fixed});
}

static gibbs_status take_branch(search *s, const branch *b, bool *fits) {
  const gibbs_expr *expr = s->l->tape.nodes[b->node];
  if (!s->l->varies[b->node]) {
    *fits = take_constant(s, b);
  } else if (expr->kind == GIBBS_KIND_VARIABLE) {
    *fits = put_map(s->out, (gibbs_map){.node = b->node,
                                        .column_at = s->l->element_at[b->node],
                                        .columns = expr->size,
                                        .factor = b->factor,
                                        .fixed = b->fixed});
  } else if (expr->kind == GIBBS_KIND_GATHER) {
    *fits = take_gather(s, b);
  } else if (expr->kind == GIBBS_KIND_ELEMENTWISE) {
    *fits = take_elementwise(s, b);
  } else {
    *fits = false;
    if (expr->kind == GIBBS_KIND_MATMUL) return take_product(s, b, fits);
  }
  return GIBBS_OK;
}

static gibbs_status find_parts(search *s, size_t node, bool *found) {
  gibbs_status status = GIBBS_OK;
  *found = push(s, node, 1.0, true);
  while (status == GIBBS_OK && *found && s->count > 0) {
    branch b = s->branches[--s->count];
    *found = s->visits++ < most_visits;
    if (*found) status = take_branch(s, &b, found);
  }
  *found = *found && status == GIBBS_OK;
  return status;
}

gibbs_status gibbs_linear_find(const gibbs_lowering *l, size_t node, gibbs_linear *out, bool *found,
                               gibbs_error *err) {
  *out = (gibbs_linear){.rows = l->tape.nodes[node]->size};
  *found = false;
  if (!l->varies[node] || l->degree[node] != 1) return GIBBS_OK;
  search s = {.l = l, .out = out, .err = err};
  return find_parts(&s, node, found);
}

/* ---- from polynomials ---------------------------------------------------------------------------- */

static bool is_linear(const gibbs_polynomials *p) {
  for (size_t t = 0; p->width > 1 && t < p->terms; t++)
    if (p->element[t * p->width + 1] != GIBBS_NO_ELEMENT) return false;
  return true;
}

static bool is_constant_term(const gibbs_polynomials *p, size_t t) {
  return p->width == 0 || p->element[t * p->width] == GIBBS_NO_ELEMENT;
}

/* Which variables occur. */
static void mark_segments(const gibbs_lowering *l, const gibbs_polynomials *p, bool occurs[]) {
  const gibbs_segment *last = l->segments;
  for (size_t t = 0; t < p->terms; t++) {
    if (is_constant_term(p, t)) continue;
    size_t element = p->element[t * p->width];
    if (element < last->first_element || element >= last->first_element + last->elements)
      last = gibbs_segment_of(l, element);
    occurs[last - l->segments] = true;
  }
}

static double *make_matrix(const gibbs_polynomials *p, const gibbs_segment *s) {
  double *matrix = calloc(p->count * s->elements, sizeof *matrix);
  for (size_t k = 0; matrix && k < p->count; k++)
    for (size_t t = p->first[k]; t < p->first[k + 1]; t++)
      if (!is_constant_term(p, t) && p->element[t * p->width] >= s->first_element &&
          p->element[t * p->width] < s->first_element + s->elements)
        matrix[k * s->elements + p->element[t * p->width] - s->first_element] = p->coefficient[t];
  return matrix;
}

static double *make_shift(const gibbs_polynomials *p) {
  double *shift = calloc(p->count, sizeof *shift);
  for (size_t k = 0; shift && k < p->count; k++)
    for (size_t t = p->first[k]; t < p->first[k + 1]; t++)
      if (is_constant_term(p, t)) shift[k] = p->coefficient[t];
  return shift;
}

static gibbs_status own(gibbs_linear *x, double *made, gibbs_error *err) {
  if (!made) return gibbs_fail_memory(err, "the pairs of an energy", x->rows * sizeof *made);
  x->own[x->owned++] = made;
  return GIBBS_OK;
}

gibbs_status gibbs_linear_from(const gibbs_lowering *l, const gibbs_polynomials *p, gibbs_linear *out, bool *found,
                               gibbs_error *err) {
  *out = (gibbs_linear){.rows = p->count};
  *found = is_linear(p);
  bool *occurs = *found ? calloc(l->segment_count + 1, sizeof *occurs) : NULL;
  if (!*found) return GIBBS_OK;
  if (!occurs) return gibbs_fail_memory(err, "an energy", l->segment_count);
  mark_segments(l, p, occurs);
  gibbs_status status = GIBBS_OK;
  for (size_t s = 0; *found && status == GIBBS_OK && s < l->segment_count; s++) {
    const gibbs_segment *g = &l->segments[s];
    if (!occurs[s]) continue;
    status = own(out, make_matrix(p, g), err);
    if (status == GIBBS_OK)
      *found = put_map(out, (gibbs_map){0, g->first_element, g->elements, g->elements, 1, out->own[out->owned - 1],
                                        1.0, p->fixed, false});
  }
  free(occurs);
  if (status == GIBBS_OK) status = own(out, make_shift(p), err);
  if (status == GIBBS_OK)
    *found = *found && put_shift(out, (gibbs_shift){out->own[out->owned - 1], 1, 1.0, p->fixed});
  return status;
}
