/* normal_form_affine.c - sums of a function of affine forms: the function as steps, the forms as rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"

enum { most_steps = 32 };

void gibbs_affine_clear(gibbs_affine *a) {
  free((void *)a->function.step);
  free((void *)a->function.constant);
  free((void *)a->weight);
  free((void *)a->shift);
  free((void *)a->matrix);
  free((void *)a->sparse.first);
  free((void *)a->sparse.column);
  free((void *)a->sparse.value);
  *a = (gibbs_affine){.rows = 0};
}

/* Takes the affine term, also after a failure. */
static gibbs_status put_affine(gibbs_lowering *l, gibbs_affine *affine, gibbs_error *err) {
  gibbs_gathered *g = &l->gathered;
  if (g->affines == g->affine_room) {
    size_t room = 2 * g->affine_room + 4;
    gibbs_affine *all = realloc(g->affine, room * sizeof *all);
    if (!all) {
      gibbs_affine_clear(affine);
      return gibbs_fail_memory(err, "the functions of an energy", room * sizeof *all);
    }
    g->affine = all;
    g->affine_room = room;
  }
  g->affine[g->affines++] = *affine;
  return GIBBS_OK;
}

/* ---- the function -------------------------------------------------------------------------------- */

/* The elementwise steps between an argument and a node, while they are looked for. */
typedef struct chain {
  size_t argument, node;
  size_t visited[2 * most_steps], visits; /* node numbers, users before arguments */
  gibbs_function_step step[most_steps];
  double constant[2 * most_steps + 1];
  size_t steps, constants;
  bool fixed; /* no parameter is among the constants */
} chain;

static bool is_affine(const gibbs_lowering *l, size_t node) {
  return l->varies[node] && l->degree[node] <= 1;
}

/* Elementwise, of tensors of this size and of constants that are one number. */
static bool is_step(const gibbs_lowering *l, size_t node, size_t size) {
  const gibbs_expr *expr = l->tape.nodes[node];
  if (expr->kind != GIBBS_KIND_ELEMENTWISE || expr->size != size) return false;
  for (size_t k = 0; k < expr->argument_count; k++) {
    size_t argument = gibbs_lowering_argument(l, node, k);
    if (l->varies[argument] ? expr->arguments[k]->size != size : expr->arguments[k]->size != 1) return false;
  }
  return true;
}

static bool is_visited(const chain *c, size_t node) {
  for (size_t k = 0; k < c->visits; k++)
    if (c->visited[k] == node) return true;
  return false;
}

/* All that lies between the node and the affine nodes below it, one of them.  `deep`: affine nodes that are steps
 * themselves are steps. */
static bool find_chain(const gibbs_lowering *l, size_t node, bool deep, chain *c) {
  size_t size = l->tape.nodes[node]->size;
  *c = (chain){.argument = GIBBS_NONE, .node = node, .visits = 1, .visited = {node}, .fixed = true};
  for (size_t k = 0; k < c->visits; k++) {
    size_t at = c->visited[k];
    if (is_affine(l, at) && !(deep && is_step(l, at, size))) {
      if (c->argument != GIBBS_NONE && c->argument != at) return false;
      c->argument = at;
      continue;
    }
    if (!is_step(l, at, size)) return false;
    for (size_t j = 0; j < l->tape.nodes[at]->argument_count; j++) {
      size_t argument = gibbs_lowering_argument(l, at, j);
      if (!l->varies[argument] || is_visited(c, argument)) continue;
      if (c->visits == 2 * most_steps) return false;
      c->visited[c->visits++] = argument;
    }
  }
  return c->argument != GIBBS_NONE;
}

static int compare_positions(const void *a, const void *b) {
  size_t left = *(const size_t *)a, right = *(const size_t *)b;
  return left < right ? -1 : left > right;
}

/* The operand for argument k of the step of a node: a value before, or a new constant. */
static int operand_of(const gibbs_lowering *l, chain *c, size_t node, size_t k) {
  size_t argument = gibbs_lowering_argument(l, node, k);
  if (!l->varies[argument]) {
    c->fixed = c->fixed && gibbs_expr_is_constant(l->tape.nodes[argument]);
    c->constant[c->constants++] = l->value[argument][0];
    return -(int)c->constants;
  }
  if (argument == c->argument) return 0;
  int at = 1;
  for (size_t j = 0; c->visited[j] != argument; j++) at += c->visited[j] != c->argument;
  return at;
}

/* The steps in the order of the tape. */
static bool write_steps(const gibbs_lowering *l, chain *c) {
  qsort(c->visited, c->visits, sizeof *c->visited, compare_positions);
  if (c->visits > most_steps) return false;
  for (size_t k = 0; k < c->visits; k++) {
    size_t node = c->visited[k];
    if (node == c->argument) continue;
    const gibbs_expr *expr = l->tape.nodes[node];
    int a = operand_of(l, c, node, 0), b = expr->argument_count > 1 ? operand_of(l, c, node, 1) : a;
    c->step[c->steps++] = (gibbs_function_step){expr->op, a, b};
  }
  return c->steps > 0;
}

static void *copy_of(const void *from, size_t bytes) {
  void *to = malloc(bytes > 0 ? bytes : 1);
  if (to && bytes > 0) memcpy(to, from, bytes);
  return to;
}

static gibbs_status copy_function(const chain *c, gibbs_function *out, gibbs_error *err) {
  *out = (gibbs_function){.steps = c->steps,
                          .constants = c->constants,
                          .step = copy_of(c->step, c->steps * sizeof *c->step),
                          .constant = copy_of(c->constant, (c->constants + 1) * sizeof *c->constant)};
  unsigned power;
  if (!out->step || !out->constant) return gibbs_fail_memory(err, "the functions of an energy", sizeof *c);
  /* One writing for all products that are a power for good. */
  if (!c->fixed || !gibbs_function_is_power(out, &power) || (power == 2 && c->constants == 0)) return GIBBS_OK;
  *(double *)out->constant = power;
  *(gibbs_function_step *)out->step =
      power == 2 ? (gibbs_function_step){GIBBS_OP_MUL, 0, 0} : (gibbs_function_step){GIBBS_OP_POW, 0, -1};
  out->steps = 1;
  out->constants = power == 2 ? 0 : 1;
  return GIBBS_OK;
}

/* ---- the rows ------------------------------------------------------------------------------------ */

static gibbs_status copy_weights(const gibbs_weights *w, size_t rows, gibbs_affine *out, gibbs_error *err) {
  double *weight = malloc(rows * sizeof *weight), *shift = calloc(rows, sizeof *shift);
  out->rows = rows;
  out->weight = weight;
  out->shift = shift;
  if (!weight || !shift) return gibbs_fail_memory(err, "the functions of an energy", 2 * rows * sizeof *weight);
  for (size_t k = 0; k < rows; k++) weight[k] = gibbs_weight_at(w, k);
  return GIBBS_OK;
}

/* From the elements that occur: where they fill a quarter of a rectangle, as one. */
static gibbs_status make_dense(const gibbs_polynomials *p, size_t low, size_t columns, gibbs_affine *out,
                               gibbs_error *err) {
  double *matrix = calloc(p->count * columns, sizeof *matrix);
  if (!matrix) return gibbs_fail_memory(err, "the functions of an energy", p->count * columns * sizeof *matrix);
  for (size_t k = 0; k < p->count; k++)
    for (size_t t = p->first[k]; t < p->first[k + 1]; t++)
      if (p->width > 0 && p->element[t * p->width] != GIBBS_NO_ELEMENT)
        matrix[k * columns + p->element[t * p->width] - low] = p->coefficient[t];
  out->dense = true;
  out->column_at = low;
  out->columns = columns;
  out->matrix = matrix;
  return GIBBS_OK;
}

static gibbs_status make_sparse(const gibbs_polynomials *p, size_t entries, gibbs_affine *out, gibbs_error *err) {
  size_t *first = malloc((p->count + 1) * sizeof *first), used = 0;
  uint32_t *column = malloc((entries + 1) * sizeof *column);
  double *value = malloc((entries + 1) * sizeof *value);
  out->sparse = (gibbs_sparse){p->count, entries, first, column, value};
  if (!first || !column || !value)
    return gibbs_fail_memory(err, "the functions of an energy", entries * (sizeof *column + sizeof *value));
  for (size_t k = 0; k < p->count; k++) {
    first[k] = used;
    for (size_t t = p->first[k]; t < p->first[k + 1]; t++)
      if (p->element[t * p->width] != GIBBS_NO_ELEMENT) {
        column[used] = p->element[t * p->width];
        value[used++] = p->coefficient[t];
      }
  }
  first[p->count] = used;
  return GIBBS_OK;
}

/* Elements of one term an element at most; false for a degree above 1. */
static bool survey_rows(const gibbs_polynomials *p, size_t *entries, size_t *low, size_t *high, double *shift) {
  *entries = *high = 0;
  *low = SIZE_MAX;
  for (size_t k = 0; k < p->count; k++)
    for (size_t t = p->first[k]; t < p->first[k + 1]; t++) {
      const uint32_t *element = p->element + t * p->width;
      if (p->width > 1 && element[1] != GIBBS_NO_ELEMENT) return false;
      if (p->width == 0 || element[0] == GIBBS_NO_ELEMENT) {
        shift[k] = p->coefficient[t];
        continue;
      }
      ++*entries;
      if (element[0] < *low) *low = element[0];
      if (element[0] > *high) *high = element[0];
    }
  return *entries > 0;
}

static gibbs_status copy_polynomials(const gibbs_polynomials *p, gibbs_affine *out, bool *fits, gibbs_error *err) {
  size_t entries, low, high;
  *fits = survey_rows(p, &entries, &low, &high, (double *)out->shift);
  if (!*fits) return GIBBS_OK;
  size_t columns = high - low + 1;
  return 4 * entries > p->count * columns ? make_dense(p, low, columns, out, err) : make_sparse(p, entries, out, err);
}

/* Several matrices stand side by side over the elements from the lowest to the highest. */
static bool find_range(const gibbs_linear *x, size_t *low, size_t *columns) {
  size_t high = 0, filled = 0;
  *low = SIZE_MAX;
  for (size_t k = 0; k < x->maps; k++) {
    const gibbs_map *m = &x->map[k];
    if (!m->matrix) return false;
    if (m->column_at < *low) *low = m->column_at;
    if (m->column_at + m->columns > high) high = m->column_at + m->columns;
    filled += m->columns;
  }
  *columns = high - *low;
  return x->maps > 0 && 4 * filled > *columns;
}

static void add_map(const gibbs_map *m, size_t rows, size_t low, size_t columns, double *matrix) {
  enum { tile = 32 };
  for (size_t i0 = 0; i0 < rows; i0 += tile)
    for (size_t j0 = 0; j0 < m->columns; j0 += tile)
      for (size_t i = i0; i < i0 + tile && i < rows; i++)
        for (size_t j = j0; j < j0 + tile && j < m->columns; j++)
          matrix[i * columns + m->column_at - low + j] += m->factor * m->matrix[i * m->row_step + j * m->column_step];
}

static gibbs_status copy_linear(const gibbs_linear *x, gibbs_affine *out, bool *fits, gibbs_error *err) {
  size_t low, columns;
  *fits = find_range(x, &low, &columns);
  if (!*fits) return GIBBS_OK;
  double *matrix = calloc(x->rows * columns, sizeof *matrix), *shift = (double *)out->shift;
  if (!matrix) return gibbs_fail_memory(err, "the functions of an energy", x->rows * columns * sizeof *matrix);
  out->dense = true;
  out->column_at = low;
  out->columns = columns;
  out->matrix = matrix;
  for (size_t k = 0; k < x->maps; k++) add_map(&x->map[k], x->rows, low, columns, matrix);
  for (size_t k = 0; k < x->shifts; k++)
    for (size_t r = 0; r < x->rows; r++) shift[r] += x->shift[k].factor * x->shift[k].at[r * x->shift[k].step];
  return GIBBS_OK;
}

static gibbs_status copy_rows(gibbs_lowering *l, size_t node, gibbs_affine *out, bool *fits, gibbs_error *err) {
  gibbs_linear x;
  gibbs_status status = gibbs_linear_find(l, node, &x, fits, err);
  if (status == GIBBS_OK && *fits) status = copy_linear(&x, out, fits, err);
  gibbs_linear_clear(&x);
  if (status != GIBBS_OK || *fits) return status;
  const gibbs_polynomials *p = NULL;
  status = gibbs_polynomials_of(l, node, &p, err);
  if (status == GIBBS_OK && p) status = copy_polynomials(p, out, fits, err);
  return status;
}

/* ---- together ------------------------------------------------------------------------------------ */

gibbs_status gibbs_lower_function(gibbs_lowering *l, size_t node, const gibbs_weights *w, bool *lowered,
                                  gibbs_error *err) {
  chain c;
  gibbs_affine affine = {.rows = 0};
  if (!find_chain(l, node, false, &c) && !find_chain(l, node, true, &c)) return GIBBS_OK;
  if (!write_steps(l, &c)) return GIBBS_OK;
  gibbs_status status = copy_function(&c, &affine.function, err);
  if (status == GIBBS_OK) status = copy_weights(w, l->tape.nodes[node]->size, &affine, err);
  if (status == GIBBS_OK) status = copy_rows(l, c.argument, &affine, lowered, err);
  if (status == GIBBS_OK && *lowered) return put_affine(l, &affine, err);
  gibbs_affine_clear(&affine);
  return status;
}

/* ---- powers of single elements ------------------------------------------------------------------- */

gibbs_status gibbs_gather_power(gibbs_lowering *l, uint32_t element, unsigned power, double weight,
                                gibbs_error *err) {
  gibbs_powers *p = &l->gathered.powers[power];
  if (!p->weight) p->weight = calloc(l->elements, sizeof *p->weight);
  if (!p->there) p->there = calloc(l->elements, sizeof *p->there);
  if (!p->weight || !p->there)
    return gibbs_fail_memory(err, "the powers of an energy", l->elements * sizeof *p->weight);
  p->weight[element] += weight;
  p->rows += !p->there[element];
  p->there[element] = true;
  return GIBBS_OK;
}

static gibbs_status allot_rows(size_t rows, gibbs_affine *out, gibbs_error *err) {
  out->rows = rows;
  out->weight = malloc(rows * sizeof *out->weight);
  out->shift = calloc(rows, sizeof *out->shift);
  out->sparse = (gibbs_sparse){.rows = rows, .entries = rows};
  out->sparse.first = malloc((rows + 1) * sizeof *out->sparse.first);
  out->sparse.column = malloc(rows * sizeof *out->sparse.column);
  out->sparse.value = malloc(rows * sizeof *out->sparse.value);
  if (out->weight && out->shift && out->sparse.first && out->sparse.column && out->sparse.value) return GIBBS_OK;
  return gibbs_fail_memory(err, "the powers of an energy", 5 * rows * sizeof(double));
}

static void write_rows(const gibbs_powers *p, size_t elements, gibbs_affine *out) {
  double *weight = (double *)out->weight, *value = (double *)out->sparse.value;
  size_t *first = (size_t *)out->sparse.first, row = 0;
  uint32_t *column = (uint32_t *)out->sparse.column;
  for (size_t e = 0; e < elements; e++) {
    if (!p->there[e]) continue;
    weight[row] = p->weight[e];
    value[row] = 1.0;
    column[row] = (uint32_t)e;
    first[row] = row;
    row++;
  }
  first[row] = row;
}

gibbs_status gibbs_powers_assemble(gibbs_lowering *l, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (unsigned power = 2; power <= GIBBS_MOST_POWER && status == GIBBS_OK; power++) {
    const gibbs_powers *p = &l->gathered.powers[power];
    chain c = {.steps = 1, .step = {{GIBBS_OP_MUL, 0, 0}}};
    if (power != 2) c = (chain){.steps = 1, .constants = 1, .step = {{GIBBS_OP_POW, 0, -1}}, .constant = {power}};
    gibbs_affine affine = {.rows = 0};
    if (p->rows == 0) continue;
    status = copy_function(&c, &affine.function, err);
    if (status == GIBBS_OK) status = allot_rows(p->rows, &affine, err);
    if (status != GIBBS_OK) {
      gibbs_affine_clear(&affine);
      return status;
    }
    write_rows(p, l->elements, &affine);
    status = put_affine(l, &affine, err);
  }
  return status;
}
