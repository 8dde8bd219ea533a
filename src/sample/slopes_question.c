/* slopes_question.c - what can be asked of an energy, as expressions to be compiled. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "slopes_expression.h"

/* out[k] = dH / d parameter k of one configuration, owned by the builder. */
static void build_gradient(gibbs_builder *b, const gibbs_slopes_expressions *x, gibbs_expr *out[]) {
  const gibbs_slopes *s = x->slopes;
  if (b->status != GIBBS_OK) return;
  gibbs_build_fail(
      b, gibbs_expr_gradient(gibbs_distribution_hamiltonian(s->distribution), s->parameters, s->count, out, b->err));
  for (size_t k = 0; b->status == GIBBS_OK && k < s->count; k++) gibbs_build_keep(b, out[k]);
}

static void build_pullback(gibbs_builder *b, const gibbs_slopes_expressions *x, gibbs_expr *out[]) {
  const gibbs_slopes *s = x->slopes;
  if (b->status != GIBBS_OK) return;
  gibbs_build_fail(b, gibbs_expr_pullback(gibbs_distribution_hamiltonian(s->distribution), x->seed, s->parameters,
                                          s->count, out, b->err));
  for (size_t k = 0; b->status == GIBBS_OK && k < s->count; k++) gibbs_build_keep(b, out[k]);
}

static void build_squares(gibbs_builder *b, const gibbs_slopes_expressions *x, gibbs_expr *out[]) {
  build_gradient(b, x, out);
  for (size_t k = 0; k < x->slopes->count; k++) {
    gibbs_expr *square = gibbs_build_binary(b, GIBBS_OP_MUL, out[k], out[k]);
    out[k] = gibbs_build_binary(b, GIBBS_OP_MUL, x->seed, square);
  }
}

gibbs_status gibbs_question_directions(gibbs_slopes_expressions *x, gibbs_error *err) {
  const gibbs_slopes *s = x->slopes;
  if (x->directions != NULL) return GIBBS_OK;
  x->directions = calloc(s->count + 1, sizeof *x->directions);
  if (x->directions == NULL) return gibbs_fail_memory(err, "directions", s->count * sizeof *x->directions);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < s->count; k++) {
    gibbs_parameter *parameter = NULL;
    status = gibbs_parameter_new("direction", gibbs_expr_shape(s->parameters[k]), &parameter, err);
    if (status == GIBBS_OK)
      status = gibbs_expr_parameter(gibbs_expr_graph(x->seed), parameter, &x->directions[k], err);
    gibbs_parameter_release(parameter);
  }
  return status;
}

static void build_along(gibbs_builder *b, gibbs_slopes_expressions *x, gibbs_expr *gradient[], gibbs_expr *out[]) {
  gibbs_build_fail(b, gibbs_question_directions(x, b->err));
  build_gradient(b, x, gradient);
  for (size_t k = 0; b->status == GIBBS_OK && k < x->slopes->count; k++) {
    gibbs_expr *part = gibbs_build_dot(b, gradient[k], x->directions[k]);
    out[0] = k > 0 ? gibbs_build_binary(b, GIBBS_OP_ADD, out[0], part) : part;
  }
}

static void build_hidden_means(gibbs_builder *b, const gibbs_slopes_expressions *x, gibbs_expr *out[]) {
  gibbs_distribution *d = x->slopes->distribution;
  for (size_t k = 0; b->status == GIBBS_OK && k < gibbs_distribution_hidden_count(d); k++) {
    gibbs_expr *mean = NULL;
    gibbs_build_fail(b, gibbs_distribution_condition(d, gibbs_distribution_hidden(d)[k], &mean, b->err));
    out[k] = gibbs_build_binary(b, GIBBS_OP_MUL, x->seed, gibbs_build_keep(b, mean));
  }
}

size_t gibbs_question_build(gibbs_builder *b, gibbs_slopes_expressions *x, gibbs_question q, gibbs_expr *out[],
                            size_t room) {
  switch (q) {
  case GIBBS_QUESTION_ADD:
    return build_pullback(b, x, out), x->slopes->count;
  case GIBBS_QUESTION_SQUARES:
    return build_squares(b, x, out), x->slopes->count;
  case GIBBS_QUESTION_ALONG:
    return build_along(b, x, out + room, out), 1;
  case GIBBS_QUESTION_HIDDEN_MEAN:
    return build_hidden_means(b, x, out), gibbs_distribution_hidden_count(x->slopes->distribution);
  default:
    return out[0] = gibbs_distribution_hamiltonian(x->slopes->distribution), 1;
  }
}
