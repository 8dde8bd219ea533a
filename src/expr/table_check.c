/* table_check.c - rows of a table that came from outside: only such as the graph itself would make. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "table_ops.h"

static gibbs_status refuse(gibbs_error *err, const char *what) {
  return gibbs_fail(err, GIBBS_ERR_FILE, "%s", what);
}

/* ---- lists ----------------------------------------------------------------------------------------------- */

static const size_t most_positions = (size_t)UINT32_MAX + 1, most_bonds = (size_t)1 << 31;

static gibbs_status check_shift(const gibbs_pattern *p, gibbs_error *err) {
  gibbs_status status = gibbs_shape_check(&p->shape, err);
  if (status != GIBBS_OK) return status;
  if (p->shape.rank == 0 || gibbs_shape_size(&p->shape) > most_positions)
    return refuse(err, "a shift needs at least one axis, and at most 2^32 elements");
  for (size_t k = 0; k < p->shape.rank; k++)
    if (p->by[k] >= p->shape.extent[k]) return refuse(err, "a shift goes beyond the length of its axis");
  return GIBBS_OK;
}

/* From a cell to itself or the ones further on, as the walk takes it: not more than once around. */
static bool step_fits(const gibbs_cells *c, const gibbs_cell_step *step) {
  bool moves = step->from != step->to || c->periodic;
  if (step->from >= c->basis || step->to >= c->basis) return false;
  for (size_t k = 0; k < c->axes; k++) {
    if (step->offset[k] > c->extent[k]) return false;
    moves = moves || step->offset[k] > 0;
  }
  return moves;
}

static gibbs_status check_cells(const gibbs_cells *c, size_t inner, gibbs_error *err) {
  static const char much[] = "a lattice has no cells, or more bonds than 2^31";
  size_t cells = 1;
  if (c->axes < 1 || c->axes > GIBBS_MAX_RANK || c->steps < 1 || c->steps > GIBBS_MOST_CELL_STEPS || c->basis < 1 ||
      inner < 1)
    return refuse(err, "a lattice without axes, bonds or sites, or with too many");
  for (size_t k = 0; k < c->axes; k++) {
    if (c->extent[k] < 1 || c->extent[k] > most_bonds / c->steps / cells) return refuse(err, much);
    cells *= c->extent[k];
  }
  if (c->basis > most_positions / cells || inner > most_positions / cells / c->basis) return refuse(err, much);
  for (size_t s = 0; s < c->steps; s++)
    if (!step_fits(c, &c->step[s])) return refuse(err, "a bond of a lattice leads nowhere");
  return GIBBS_OK;
}

gibbs_status gibbs_table_check_list(const gibbs_table_list *list, gibbs_error *err) {
  const gibbs_pattern *p = &list->pattern;
  gibbs_status status = GIBBS_OK;
  if (p->kind == GIBBS_PATTERN_NONE) return GIBBS_OK;
  status = p->kind == GIBBS_PATTERN_SHIFT ? check_shift(p, err) : check_cells(&p->cells, p->inner, err);
  if (status == GIBBS_OK && gibbs_pattern_count(p) == 0) status = refuse(err, "a rule for positions leads to none");
  return status;
}

/* Positions that show elements of a tensor of `size`, `shown` of them. */
static gibbs_status check_positions(const gibbs_table_list *list, size_t size, size_t shown, gibbs_error *err) {
  bool by_rule = list->pattern.kind != GIBBS_PATTERN_NONE;
  size_t count = by_rule ? gibbs_pattern_count(&list->pattern) : list->count;
  if (count != shown) return gibbs_fail(err, GIBBS_ERR_FILE, "%zu positions for %zu elements", count, shown);
  if (by_rule)
    return gibbs_pattern_places(&list->pattern) == size
               ? GIBBS_OK
               : refuse(err, "the rule for positions is that of a tensor of another size");
  for (size_t k = 0; k < list->count; k++)
    if (list->at[k] >= size)
      return gibbs_fail(err, GIBBS_ERR_FILE, "position %u is outside a tensor of %zu elements", list->at[k], size);
  return GIBBS_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------ */

static gibbs_status expect_arguments(const gibbs_draft *d, size_t count, gibbs_error *err) {
  if (d->argument_count == count) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "%zu arguments; it takes %zu", d->argument_count, count);
}

static gibbs_status expect_shape(const gibbs_draft *d, const gibbs_shape *shape, gibbs_error *err) {
  char given[96], right[96];
  if (gibbs_shape_equal(&d->shape, shape)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_FILE, "the shape is given as %s, and follows as %s",
                    gibbs_shape_print(&d->shape, given, sizeof given), gibbs_shape_print(shape, right, sizeof right));
}

static gibbs_status check_elementwise(const gibbs_draft *d, gibbs_error *err) {
  bool binary = gibbs_op_is_binary(d->op);
  gibbs_status status = expect_arguments(d, binary ? 2 : 1, err);
  if (status != GIBBS_OK) return status;
  const gibbs_shape *a = &d->arguments[0]->shape, *b = binary ? &d->arguments[1]->shape : a;
  if (a->rank != 0 && b->rank != 0 && !gibbs_shape_equal(a, b))
    return refuse(err, "the shapes of its arguments differ");
  return expect_shape(d, a->rank != 0 ? a : b, err);
}

static gibbs_status check_product(const gibbs_draft *d, gibbs_error *err) {
  gibbs_shape shape;
  gibbs_status status = expect_arguments(d, 2, err);
  if (status == GIBBS_OK)
    status = gibbs_matmul_shape(d->arguments[0], d->transpose[0], d->arguments[1], d->transpose[1], &shape, err);
  return status == GIBBS_OK ? expect_shape(d, &shape, err) : status;
}

static gibbs_status check_outer(const gibbs_draft *d, gibbs_error *err) {
  gibbs_status status = expect_arguments(d, 2, err);
  if (status != GIBBS_OK) return status;
  if (d->arguments[0]->shape.rank != 1 || d->arguments[1]->shape.rank != 1)
    return refuse(err, "an argument is no vector");
  gibbs_shape shape = gibbs_shape_matrix(d->arguments[0]->size, d->arguments[1]->size);
  return expect_shape(d, &shape, err);
}

static gibbs_status check_logsumexp(const gibbs_draft *d, gibbs_error *err) {
  gibbs_status status = expect_arguments(d, 1, err);
  if (status != GIBBS_OK) return status;
  gibbs_shape shape = d->arguments[0]->shape;
  if (shape.rank == 0) return refuse(err, "its argument has no axis");
  shape.rank--;
  return expect_shape(d, &shape, err);
}

static gibbs_status check_sum(const gibbs_draft *d, gibbs_error *err) {
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_status status = expect_arguments(d, 1, err);
  return status == GIBBS_OK ? expect_shape(d, &scalar, err) : status;
}

static gibbs_status check_marginal(const gibbs_draft *d, size_t bodies, gibbs_error *err) {
  if (d->argument_count <= bodies) return refuse(err, "it sums over no variable");
  gibbs_expr *const *variables = d->arguments + bodies;
  size_t count = d->argument_count - bodies;
  for (size_t k = 0; k < count; k++)
    for (size_t j = 0; j < k; j++)
      if (variables[k] == variables[j]) return refuse(err, "it sums twice over one variable");
  gibbs_status status = gibbs_marginal_check(d->arguments, bodies, variables, count, err);
  return status == GIBBS_OK ? expect_shape(d, &d->arguments[0]->shape, err) : status;
}

static gibbs_status check_indexed(const gibbs_draft *d, const gibbs_table_list *list, gibbs_error *err) {
  gibbs_status status = expect_arguments(d, 1, err);
  if (status != GIBBS_OK) return status;
  size_t inside = d->arguments[0]->size, outside = gibbs_shape_size(&d->shape);
  return d->kind == GIBBS_KIND_GATHER ? check_positions(list, inside, outside, err)
                                      : check_positions(list, outside, inside, err);
}

gibbs_status gibbs_table_check_draft(const gibbs_draft *d, const gibbs_table_list *list, gibbs_error *err) {
  switch (d->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return check_elementwise(d, err);
  case GIBBS_KIND_SUM:
    return check_sum(d, err);
  case GIBBS_KIND_MATMUL:
    return check_product(d, err);
  case GIBBS_KIND_OUTER:
    return check_outer(d, err);
  case GIBBS_KIND_GATHER:
  case GIBBS_KIND_SCATTER:
    return check_indexed(d, list, err);
  case GIBBS_KIND_LOGSUMEXP:
    return check_logsumexp(d, err);
  case GIBBS_KIND_MARGINAL:
    return check_marginal(d, 1, err);
  case GIBBS_KIND_MARGINAL_MEAN:
    return check_marginal(d, 2, err);
  default:
    return expect_arguments(d, 0, err);
  }
}
