/* eliminate_means.c - means of all terms at once: the sum taken back, from the last unit to the first. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "eliminate.h"
#include "gibbs/control.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"
#include "gibbs/progress.h"

GIBBS_CLONES static void subtract(double *restrict x, const double *restrict y, double level, size_t n) {
  for (size_t r = 0; r < n; r++) x[r] -= y[r] + level;
}

GIBBS_CLONES static void multiply(double *restrict x, const double *restrict y, size_t n) {
  for (size_t r = 0; r < n; r++) x[r] *= y[r];
}

/* P(unit and separator) = P(separator) P(unit | separator), block by block, added to the marginals of the factors. */
static void take_back(gibbs_elimination_run *run, size_t position) {
  const gibbs_bucket *b = &run->bucket;
  const double *outside = run->marginal[position];
  for (size_t block = 0; block < b->blocks; block++) {
    size_t at = block * b->block;
    gibbs_bucket_gather(b, block, 1, run->scratch);
    for (size_t s = 0; s < b->states; s++) {
      double *row = run->scratch + s * b->block;
      subtract(row, run->message[position] + at, run->level[position], b->block);
      gibbs_vector_exp(row, row, b->block);
      if (outside) multiply(row, outside + at, b->block);
    }
    gibbs_bucket_scatter(b, block, run->scratch);
  }
}

static gibbs_status backward(gibbs_elimination_run *run, double *mean, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  size_t units = run->plan->units;
  gibbs_progress task;
  gibbs_progress_begin(&task, "means unit by unit:", "unit", 0, units);
  for (size_t p = units; status == GIBBS_OK && p-- > 0; gibbs_progress_step(&task, units - p)) {
    status = gibbs_interrupted() ? gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted")
                                 : gibbs_elimination_open(run, p, true, err);
    if (status == GIBBS_OK) status = gibbs_elimination_scratch(run, 1, err);
    if (status != GIBBS_OK) break;
    take_back(run, p);
    gibbs_term_tables_read(&run->tables, mean);
    free(run->message[p]);
    free(run->marginal[p]);
    run->message[p] = run->marginal[p] = NULL;
  }
  gibbs_progress_end(&task);
  return status;
}

gibbs_status gibbs_eliminate_means(const gibbs_interactions *list, const gibbs_elimination *plan, double *mean,
                                   gibbs_error *err) {
  if (plan->kept > GIBBS_ELIMINATION_MOST_NUMBERS)
    return gibbs_fail(
        err, GIBBS_ERR_SIZE,
        "means of many terms at once keep 2^%.3g numbers for this energy; the limit is 2^28. Ask for one "
        "scalar at a time, which keeps few",
        log2(plan->kept));
  gibbs_elimination_run run = {.list = list, .plan = plan, .orders = 1};
  gibbs_status status = gibbs_elimination_begin(&run, err);
  if (status == GIBBS_OK) status = gibbs_elimination_forward(&run, true, err);
  if (status == GIBBS_OK) status = backward(&run, mean, err);
  gibbs_elimination_end(&run);
  return status;
}
