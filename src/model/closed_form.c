/* closed_form.c - sums over hidden units: in closed form where the energy is affine in them, by enumeration
 * elsewhere. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "distribution.h"
#include "gibbs/private/builder.h"

/* What a domain contributes: log of the sum over its units of exp(theta.h), and the mean of h. */
static void sum_domain(gibbs_builder *b, const gibbs_variable *variable, gibbs_expr *theta, gibbs_expr **log_sum,
                       gibbs_expr **mean) {
  size_t states = gibbs_variable_states(variable);
  switch (gibbs_variable_domain(variable)) {
  case GIBBS_SPINS:
    *log_sum = gibbs_build_binary(b, GIBBS_OP_ADD, gibbs_build_sum(b, gibbs_build_unary(b, GIBBS_OP_LOGCOSH, theta)),
                                  gibbs_build_number(b, (double)gibbs_variable_units(variable) * log(2.0)));
    *mean = gibbs_build_unary(b, GIBBS_OP_TANH, theta);
    break;
  case GIBBS_BITS:
    *log_sum = gibbs_build_sum(b, gibbs_build_unary(b, GIBBS_OP_SOFTPLUS, theta));
    *mean = gibbs_build_unary(b, GIBBS_OP_SIGMOID, theta);
    break;
  default: {
    gibbs_expr *each = gibbs_build_logsumexp(b, theta);
    *log_sum = gibbs_build_sum(b, each);
    if (!each) return;
    gibbs_expr *wide = gibbs_build_expand(b, each, gibbs_expr_shape(each)->rank, states);
    *mean = gibbs_build_unary(b, GIBBS_OP_EXP, gibbs_build_binary(b, GIBBS_OP_SUB, theta, wide));
  }
  }
}

/* E = rest - theta.h  becomes  rest - log_sum(theta); `partial` is replaced. */
static gibbs_status close_variable(gibbs_distribution *d, size_t k, gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(d->energy), err), *b = &room;
  gibbs_expr *h = d->hidden[k], *log_sum = NULL, *mean = NULL;
  gibbs_expr *theta = gibbs_build_unary(b, GIBBS_OP_NEG, gibbs_build_gradient(b, d->partial, h));
  gibbs_expr *zero = gibbs_build_zeros(b, gibbs_expr_shape(h));
  gibbs_expr *rest = gibbs_build_substitute(b, d->partial, h, zero);
  if (b->status == GIBBS_OK) sum_domain(b, gibbs_expr_as_variable(h), theta, &log_sum, &mean);
  gibbs_expr *partial = gibbs_build_binary(b, GIBBS_OP_SUB, rest, log_sum);
  if (b->status == GIBBS_OK) {
    gibbs_expr_release(d->partial);
    d->partial = gibbs_expr_retain(partial);
    d->conditional[k] = gibbs_expr_retain(mean);
  }
  return gibbs_build_end(b);
}

size_t gibbs_enumerated_hidden(const gibbs_distribution *d, gibbs_expr *out[]) {
  size_t count = 0;
  for (size_t k = 0; k < d->hidden_count; k++)
    if (!d->conditional[k]) out[count++] = d->hidden[k];
  return count;
}

/* The largest hidden variable not yet closed in which what is left of the energy is affine; hidden_count if none. */
static size_t next_closable(const gibbs_distribution *d) {
  size_t best = d->hidden_count, best_units = 0;
  for (size_t k = 0; k < d->hidden_count; k++) {
    const gibbs_variable *variable = gibbs_expr_as_variable(d->hidden[k]);
    size_t units = gibbs_variable_units(variable);
    if (d->conditional[k] || gibbs_variable_domain(variable) == GIBBS_REALS || units <= best_units) continue;
    if (gibbs_expr_degree(d->partial, &d->hidden[k], 1) > 1) continue;
    best = k;
    best_units = units;
  }
  return best;
}

#define MOST_ENUMERATED 20 /* bits of hidden states */

gibbs_status gibbs_distribution_summable(const gibbs_distribution *d, gibbs_error *err) {
  if (d->hamiltonian) return GIBBS_OK;
  double bits = 0;
  for (size_t k = 0; k < d->hidden_count; k++)
    if (!d->conditional[k]) bits += gibbs_variables_log2_states(&d->hidden[k], 1);
  if (isinf(bits))
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                      "hidden units take real values and cannot be summed; only their joint energy with the visible "
                      "ones can be sampled");
  return gibbs_fail(err, GIBBS_ERR_SIZE,
                    "the energy is not affine in hidden units with 2^%.0f states; above 2^%d they cannot be summed. "
                    "Sample them with "
                    "the visible ones, or split them into variables that do not interact among themselves",
                    bits, MOST_ENUMERATED);
}

/* Where they are too many there is no H(v). */
static gibbs_status enumerate_rest(gibbs_distribution *d, gibbs_error *err) {
  gibbs_expr **rest = calloc(d->hidden_count + 1, sizeof *rest);
  if (!rest) return gibbs_fail_memory(err, "a list of variables", (d->hidden_count + 1) * sizeof *rest);
  size_t count = gibbs_enumerated_hidden(d, rest);
  double bits = gibbs_variables_log2_states(rest, count);
  gibbs_status status = GIBBS_OK;
  if (count == 0)
    d->hamiltonian = gibbs_expr_retain(d->partial);
  else if (bits <= MOST_ENUMERATED)
    status = gibbs_expr_marginal(d->partial, rest, count, &d->hamiltonian, err);
  free(rest);
  return status;
}

gibbs_status gibbs_sum_hidden(gibbs_distribution *d, gibbs_error *err) {
  d->partial = gibbs_expr_retain(d->energy);
  d->conditional = calloc(d->hidden_count + 1, sizeof *d->conditional);
  if (!d->conditional)
    return gibbs_fail_memory(err, "a list of expressions", (d->hidden_count + 1) * sizeof *d->conditional);
  for (size_t k; (k = next_closable(d)) < d->hidden_count;) {
    gibbs_status status = close_variable(d, k, err);
    if (status != GIBBS_OK) return status;
  }
  return enumerate_rest(d, err);
}

/* Replace each closed-form variable that f is affine in by its conditional mean; *left tells that f needs more than
 * that. */
static gibbs_status replace_closed(gibbs_distribution *d, gibbs_expr *f, gibbs_expr **out, bool *left,
                                   gibbs_error *err) {
  gibbs_expr *present = gibbs_expr_retain(f);
  *left = false;
  for (size_t k = 0; k < d->hidden_count; k++) {
    if (!d->conditional[k] || !gibbs_expr_depends(present, d->hidden[k])) continue;
    gibbs_expr *next = NULL;
    *left |= gibbs_expr_degree(present, &d->hidden[k], 1) > 1;
    gibbs_status status =
        *left ? GIBBS_OK : gibbs_expr_substitute(present, &d->hidden[k], &d->conditional[k], 1, &next, err);
    if (status != GIBBS_OK || *left) {
      gibbs_expr_release(present);
      return status;
    }
    gibbs_expr_release(present);
    present = next;
  }
  *out = present;
  return GIBBS_OK;
}

static gibbs_status average_enumerated(gibbs_distribution *d, gibbs_expr *f, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr **rest = calloc(d->hidden_count + 1, sizeof *rest);
  if (!rest) return gibbs_fail_memory(err, "a list of variables", (d->hidden_count + 1) * sizeof *rest);
  size_t count = gibbs_enumerated_hidden(d, rest);
  bool depends = false;
  for (size_t k = 0; k < count; k++) depends |= gibbs_expr_depends(f, rest[k]);
  gibbs_status status = depends ? gibbs_distribution_summable(d, err) : GIBBS_OK;
  if (status != GIBBS_OK) {
    free(rest);
    return status;
  }
  if (depends)
    status = gibbs_expr_marginal_mean(f, d->partial, rest, count, out, err);
  else
    *out = gibbs_expr_retain(f);
  free(rest);
  return status;
}

gibbs_status gibbs_distribution_condition(gibbs_distribution *d, gibbs_expr *f, gibbs_expr **out, gibbs_error *err) {
  gibbs_expr *replaced = NULL;
  bool left = false;
  gibbs_status status = replace_closed(d, f, &replaced, &left, err);
  if (status != GIBBS_OK) return status;
  if (!left) {
    status = average_enumerated(d, replaced, out, err);
    gibbs_expr_release(replaced);
    return status;
  }
  double bits = gibbs_variables_log2_states(d->hidden, d->hidden_count);
  if (bits > 20)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "the function is not affine in hidden units with 2^%.0f states; its mean needs them enumerated, "
        "which is possible up to 2^20",
        bits);
  return gibbs_expr_marginal_mean(f, d->energy, d->hidden, d->hidden_count, out, err);
}
