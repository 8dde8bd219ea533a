/* objective_digest.c - what an objective is, as two numbers: its formula, and the data that it looks at. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "functional.h"
#include "gibbs/private/digest.h"

static gibbs_status mix_expr(const gibbs_digest_context *context, gibbs_expr *expr, uint64_t *digest,
                             gibbs_error *err) {
  uint64_t inner = 0;
  gibbs_status status = expr ? gibbs_expr_digest(expr, context, &inner, err) : GIBBS_OK;
  *digest = gibbs_digest_integer(*digest, inner);
  return status;
}

static gibbs_status mix_distribution(const gibbs_digest_context *context, gibbs_distribution *d, uint64_t *digest,
                                     gibbs_error *err) {
  *digest = gibbs_digest_integer(*digest, d != NULL);
  if (!d) return GIBBS_OK;
  *digest = gibbs_digest_integer(*digest, gibbs_distribution_visible_count(d));
  *digest = gibbs_digest_integer(*digest, gibbs_distribution_hidden_count(d));
  return mix_expr(context, gibbs_distribution_energy(d), digest, err);
}

static uint64_t mix_data(uint64_t digest, const gibbs_data *data) {
  size_t count = gibbs_data_count(data), units = gibbs_data_units(data);
  digest = gibbs_digest_integer(digest, units);
  digest = gibbs_digest_numbers(digest, gibbs_data_rows(data), count * units);
  const double *weight = gibbs_data_weights(data);
  return weight ? gibbs_digest_numbers(digest, weight, count) : digest;
}

static gibbs_status digest_term(const gibbs_digest_context *context, const gibbs_functional *functional,
                                uint64_t *out, gibbs_error *err) {
  const gibbs_term *term = functional->payload;
  uint64_t *looked_at = context->payload;
  uint64_t digest = gibbs_digest_text(0, gibbs_functional_row_of(term->kind)->name);
  gibbs_status status = mix_distribution(context, term->p, &digest, err);
  if (status == GIBBS_OK) status = mix_distribution(context, term->q, &digest, err);
  if (status == GIBBS_OK) status = mix_expr(context, term->f, &digest, err);
  if (term->data) *looked_at = mix_data(*looked_at, term->data);
  *out = digest;
  return status;
}

gibbs_status gibbs_objective_digest(const gibbs_objective *objective, gibbs_expr *const varied[], size_t count,
                                    uint64_t *formula, uint64_t *data, gibbs_error *err) {
  uint64_t looked_at = 0;
  const gibbs_digest_context context = {varied, count, &looked_at, digest_term};
  gibbs_status status = gibbs_expr_digest(objective->expr, &context, formula, err);
  if (status == GIBBS_OK) *data = looked_at;
  return status;
}
