/* moments.c - objectives that are formulas of means: moment matching and score matching. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "functional.h"
#include "gibbs/private/builder.h"

/* ---- (<f>_target - <f>_q)^2, summed over elements ----------------------------------------------------------------
 */

enum { MOST_ELEMENTS = 4096 };

/* Where means are taken: p, or data laid along the visible variables of q. */
typedef struct moment_target {
  gibbs_distribution *p, *q;
  gibbs_data *data;
} moment_target;

/* f with the visible variables of q replaced by those of p. */
static gibbs_expr *in_terms_of_target(gibbs_builder *b, const moment_target *t, gibbs_expr *f) {
  size_t count = gibbs_distribution_visible_count(t->q);
  gibbs_expr *out = NULL;
  if (b->status != GIBBS_OK || gibbs_distribution_visible_count(t->p) != count) return f;
  for (size_t k = 0; k < count; k++)
    if (!gibbs_shape_equal(gibbs_expr_shape(gibbs_distribution_visible(t->p)[k]),
                           gibbs_expr_shape(gibbs_distribution_visible(t->q)[k])))
      return f;
  gibbs_build_fail(b, gibbs_expr_substitute(f, gibbs_distribution_visible(t->q), gibbs_distribution_visible(t->p),
                                            count, &out, b->err));
  return gibbs_build_keep(b, out);
}

static gibbs_expr *target_mean(gibbs_builder *b, const moment_target *t, gibbs_expr *f) {
  gibbs_expr *out = NULL;
  if (t->p) f = in_terms_of_target(b, t, f);
  if (b->status != GIBBS_OK) return NULL;
  gibbs_build_fail(b, t->p ? gibbs_mean(t->p, f, &out, b->err)
                           : gibbs_data_mean(t->data, gibbs_distribution_visible(t->q),
                                             gibbs_distribution_visible_count(t->q), f, &out, b->err));
  return gibbs_build_keep(b, out);
}

static gibbs_expr *model_mean(gibbs_builder *b, gibbs_distribution *q, gibbs_expr *f) {
  gibbs_expr *out = NULL;
  if (b->status == GIBBS_OK) gibbs_build_fail(b, gibbs_mean(q, f, &out, b->err));
  return gibbs_build_keep(b, out);
}

static gibbs_expr *element(gibbs_builder *b, gibbs_expr *f, size_t k) {
  const gibbs_shape scalar = gibbs_shape_scalar();
  uint32_t index = (uint32_t)k;
  return b->status == GIBBS_OK && gibbs_expr_shape(f)->rank > 0 ? gibbs_build_gather(b, f, &index, &scalar) : f;
}

static gibbs_status check_functions(gibbs_expr *const functions[], size_t count, gibbs_error *err) {
  size_t elements = 0;
  if (count == 0) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "there are no functions whose means could be matched");
  for (size_t k = 0; k < count; k++) elements += gibbs_expr_size(functions[k]);
  if (elements > MOST_ELEMENTS)
    return gibbs_fail(err, GIBBS_ERR_SIZE,
                      "the functions have %zu elements, each a mean; at most %d: match sums of them", elements,
                      MOST_ELEMENTS);
  return GIBBS_OK;
}

gibbs_status gibbs_moment_matching(gibbs_distribution *p, gibbs_data *data, gibbs_distribution *q,
                                   gibbs_expr *const functions[], size_t count, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = check_functions(functions, count, err);
  if (status != GIBBS_OK) return status;
  const moment_target target = {.p = p, .q = q, .data = data};
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(gibbs_distribution_energy(q)), err), *b = &room;
  gibbs_expr *total = NULL;
  for (size_t k = 0; k < count; k++)
    for (size_t e = 0; b->status == GIBBS_OK && e < gibbs_expr_size(functions[k]); e++) {
      gibbs_expr *f = element(b, functions[k], e);
      gibbs_expr *gap = gibbs_build_binary(b, GIBBS_OP_SUB, target_mean(b, &target, f), model_mean(b, q, f));
      gibbs_expr *square = gibbs_build_binary(b, GIBBS_OP_MUL, gap, gap);
      total = total ? gibbs_build_binary(b, GIBBS_OP_ADD, total, square) : square;
    }
  *out = gibbs_build_take(b, total);
  return gibbs_build_end(b);
}

/* ---- sum_i ((dH/dv_i)^2 / 2 - d2H/dv_i2) -------------------------------------------------------------------------
 */

enum { MOST_UNITS = 1024 };

static gibbs_status check_reals(const gibbs_distribution *q, gibbs_error *err) {
  size_t count = gibbs_distribution_visible_count(q);
  size_t units = gibbs_variables_units(gibbs_distribution_visible(q), count);
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(gibbs_distribution_visible(q)[k]);
    if (gibbs_variable_domain(variable) != GIBBS_REALS)
      return gibbs_fail(
          err, GIBBS_ERR_UNSUPPORTED,
          "visible units are %s; they must take real values: gibbs.ratio_matching(data, Q) is the like of "
          "it for two states",
          gibbs_domain_name(gibbs_variable_domain(variable)));
  }
  if (units > MOST_UNITS)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "%zu visible units, each a second derivative of H; at most %d", units,
                      MOST_UNITS);
  return GIBBS_OK;
}

/* Of the units of one variable. */
static gibbs_expr *score_of(gibbs_builder *b, gibbs_expr *hamiltonian, gibbs_expr *variable) {
  gibbs_expr *slope = gibbs_build_gradient(b, hamiltonian, variable);
  gibbs_expr *total =
      gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, 0.5), gibbs_build_dot(b, slope, slope));
  for (size_t i = 0; b->status == GIBBS_OK && i < gibbs_expr_size(variable); i++) {
    gibbs_expr *bend = element(b, gibbs_build_gradient(b, element(b, slope, i), variable), i);
    total = gibbs_build_binary(b, GIBBS_OP_SUB, total, bend);
  }
  return total;
}

gibbs_status gibbs_score_matching(gibbs_data *data, gibbs_distribution *q, gibbs_expr **out, gibbs_error *err) {
  gibbs_status status = check_reals(q, err);
  if (status == GIBBS_OK) status = gibbs_distribution_summable(q, err);
  if (status != GIBBS_OK) return status;
  size_t count = gibbs_distribution_visible_count(q);
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(gibbs_distribution_energy(q)), err), *b = &room;
  gibbs_expr *total = NULL, *mean = NULL;
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    gibbs_expr *one = score_of(b, gibbs_distribution_hamiltonian(q), gibbs_distribution_visible(q)[k]);
    total = total ? gibbs_build_binary(b, GIBBS_OP_ADD, total, one) : one;
  }
  if (b->status == GIBBS_OK)
    gibbs_build_fail(b, gibbs_data_mean(data, gibbs_distribution_visible(q), count, total, &mean, err));
  *out = gibbs_build_take(b, gibbs_build_keep(b, mean));
  return gibbs_build_end(b);
}
