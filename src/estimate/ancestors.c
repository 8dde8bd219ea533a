/* ancestors.c - systematic resampling of chains (Kitagawa, J. Comput. Graph. Stat. 5 (1996) 1). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ancestors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void gibbs_ancestors_draw(const double *log_weight, size_t n, double u, size_t *ancestor) {
  double most = log_weight[0], total = 0, below = 0;
  for (size_t c = 1; c < n; c++) most = fmax(most, log_weight[c]);
  for (size_t c = 0; c < n; c++) total += exp(log_weight[c] - most);
  for (size_t c = 0, k = 0; c < n; c++) {
    below += exp(log_weight[c] - most);
    for (; k < n && (c + 1 == n || ((double)k + u) * total < below * (double)n); k++) ancestor[k] = c;
  }
}

static size_t units_of(const gibbs_chains *chains, size_t k) {
  return gibbs_variable_units(gibbs_expr_as_variable(gibbs_chains_variables(chains)[k]));
}

/* Everything is read before anything is written, so that a failure changes nothing. */
gibbs_status gibbs_ancestors_follow(gibbs_chains *chains, const size_t *ancestor, gibbs_error *err) {
  size_t n = gibbs_chains_count(chains), variables = gibbs_chains_variable_count(chains), units = 0, widest = 0;
  for (size_t k = 0; k < variables; k++) {
    units += units_of(chains, k);
    widest = widest > units_of(chains, k) ? widest : units_of(chains, k);
  }
  double *rows = malloc((units + widest) * n * sizeof *rows + 1), *old = rows + units * n, *at = rows;
  if (!rows) return gibbs_fail_memory(err, "a copy of the chains", (units + widest) * n * sizeof *rows);
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < variables; k++) {
    size_t width = units_of(chains, k);
    status = gibbs_chains_get(chains, k, old, err);
    for (size_t c = 0; status == GIBBS_OK && c < n; c++, at += width)
      memcpy(at, old + ancestor[c] * width, width * sizeof *at);
  }
  at = rows;
  for (size_t k = 0; status == GIBBS_OK && k < variables; at += n * units_of(chains, k), k++)
    status = gibbs_chains_set(chains, k, at, err);
  free(rows);
  return status;
}
