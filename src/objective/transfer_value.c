/* transfer_value.c - the value of an objective by elimination, or by what is known: every functional on its own. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "gibbs/known.h"
#include "gibbs/private/builder.h"
#include "transfer_leaf.h"

/* Free energies that are known by structure.  *how names the way of all, or "exact" where there are several. */
static gibbs_status known_value_of(const gibbs_term *term, double *out, const char **how, gibbs_error *err) {
  const char *way = NULL;
  if (term->kind != GIBBS_FUNCTIONAL_FREE_ENERGY)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "gibbs.%s is not known by structure",
                      gibbs_functional_row_of(term->kind)->name);
  gibbs_status status = gibbs_known_free_energy(term->q, out, &way, err);
  if (status == GIBBS_OK) *how = *how == NULL || *how == way ? way : "exact";
  return status;
}

/* The expression with its functionals replaced by their values: by elimination, or (how) what is known. */
static gibbs_status substitute_values(gibbs_expr *expr, gibbs_expr *const *leaves, size_t count, const char **how,
                                      double *out, gibbs_error *err) {
  gibbs_builder b = gibbs_build_begin(gibbs_expr_graph(expr), err);
  gibbs_expr *value = expr;
  gibbs_tensor *result = NULL;
  for (size_t k = 0; k < count && b.status == GIBBS_OK; k++) {
    double number = 0;
    const gibbs_term *term = gibbs_expr_as_functional(leaves[k])->payload;
    gibbs_build_fail(&b,
                     how ? known_value_of(term, &number, how, err) : gibbs_transfer_leaf_value(term, &number, err));
    value = gibbs_build_substitute(&b, value, leaves[k], gibbs_build_number(&b, number));
  }
  if (b.status == GIBBS_OK) gibbs_build_fail(&b, gibbs_expr_value(value, &result, err));
  if (result) *out = gibbs_tensor_values(result)[0];
  gibbs_tensor_release(result);
  return gibbs_build_end(&b);
}

static gibbs_status value_by(gibbs_expr *expr, const char **how, double *out, gibbs_error *err) {
  gibbs_expr **leaves = NULL;
  size_t count = 0;
  gibbs_status status = gibbs_expr_leaves(&expr, 1, GIBBS_LEAF_FUNCTIONAL, &leaves, &count, err);
  if (status == GIBBS_OK) status = substitute_values(expr, leaves, count, how, out, err);
  free(leaves);
  return status;
}

gibbs_status gibbs_objective_transfer_value(gibbs_expr *expr, double *out, gibbs_error *err) {
  return value_by(expr, NULL, out, err);
}

gibbs_status gibbs_objective_known_value(gibbs_expr *expr, double *out, const char **how, gibbs_error *err) {
  *how = NULL;
  return value_by(expr, how, out, err);
}
