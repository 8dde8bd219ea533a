/* block_gibbs_mix.c - two layers on the way from independent units to their energy: what is sampled, and the work of
 * a step with the hidden units summed. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "block_gibbs.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/vectormath.h"

enum { lanes = GIBBS_LANES, chunk = GIBBS_BLOCK_PANEL };

/* Elements of the visible units, which come first. */
static size_t visible_elements(const gibbs_block_plan *plan, const gibbs_target *target) {
  const gibbs_segment *segments = gibbs_normal_form_segments(plan->form);
  size_t elements = 0;
  for (size_t k = 0; k < gibbs_distribution_visible_count(target->distribution); k++)
    elements += segments[k].elements;
  return elements;
}

static size_t hidden_runs(const gibbs_block_plan *plan, size_t visible) {
  size_t hidden = 0;
  while (hidden < plan->runs && plan->at[plan->run[hidden].first] >= visible) hidden++;
  return hidden;
}

bool gibbs_block_is_layered(const gibbs_block_plan *plan, const gibbs_target *target) {
  size_t visible = visible_elements(plan, target), hidden = hidden_runs(plan, visible);
  for (size_t k = hidden; k < plan->runs; k++)
    if (plan->at[plan->run[k].first] >= visible) return false;
  return plan->blocks == 2 && hidden > 0;
}

bool gibbs_block_can_mix(const gibbs_block_plan *plan, const gibbs_target *target) {
  size_t hidden = hidden_runs(plan, visible_elements(plan, target));
  if (!gibbs_block_is_layered(plan, target) || target->held != NULL) return false;
  for (size_t k = 0; k < hidden; k++)
    if (plan->run[k].width > 1) return false;
  return true;
}

/* Of two states the upper one has weight exp(-field). */
gibbs_status gibbs_block_mix(gibbs_block_plan *plan, double beta, const double *field, gibbs_error *err) {
  plan->beta = (float)beta;
  if (field == NULL) return GIBBS_OK;
  if (plan->independent == NULL) plan->independent = calloc(plan->rows + 1, sizeof *plan->independent);
  if (plan->independent == NULL) return gibbs_fail_memory(err, "fields", plan->rows * sizeof *plan->independent);
  for (size_t r = 0; r < plan->runs; r++) {
    const gibbs_block_run *run = &plan->run[r];
    for (size_t i = 0, row = run->first_row; i < run->units; i++)
      for (size_t k = 0; k < run->width; k++)
        plan->independent[row++] = (float)((run->spins ? -2 : -1) * field[plan->at[run->first + i] + k]);
  }
  return GIBBS_OK;
}

/* ---- work ------------------------------------------------------------------------------------------ */

typedef struct working {
  double from, to, *work; /* work[chain of the group] */
} working;

/* One chunk of hidden units at one beta: log sum_h exp(-z h) = max(-z, 0) + log(1 + exp(-|z|)), and for spins, whose
 * states are -1 and 1, half of z more.  Adds the first and the last to linear, and multiplies factors into product.
 */
GIBBS_CLONES static void prepare(const float *z, size_t count, const float *independent, double beta, bool spins,
                                 double *restrict size, double *restrict linear) {
  double half = spins ? 0.5 : 0;
  for (size_t i = 0; i < count; i++) {
    double rest = independent != NULL ? (1 - beta) * (double)independent[i] : 0;
    for (size_t l = 0; l < lanes; l++) {
      double x = beta * (double)z[i * lanes + l] + rest;
      size[i * lanes + l] = -fabs(x);
      linear[l] += half * x - (x < 0 ? x : 0);
    }
  }
}

GIBBS_CLONES static void multiply(const double *restrict weight, size_t count, double *restrict product) {
  for (size_t i = 0; i < count; i++)
    for (size_t l = 0; l < lanes; l++) product[l] *= 1 + weight[i * lanes + l];
}

/* sum += log sum_h exp(-energy) of a chunk. */
static void add_chunk(const gibbs_block_run *run, const float *z, size_t count, const float *independent, double beta,
                      double sign, double *sum) {
  double size[chunk * lanes], linear[lanes] = {0}, product[lanes];
  for (size_t l = 0; l < lanes; l++) product[l] = 1;
  prepare(z, count, independent, beta, run->spins, size, linear);
  gibbs_vector_exp(size, size, count * lanes);
  multiply(size, count, product);
  gibbs_vector_log(product, product, lanes);
  for (size_t l = 0; l < lanes; l++) sum[l] += sign * (linear[l] + product[l]);
}

static void work_tile(void *context, const gibbs_block_plan *plan, const gibbs_block_run *run, size_t first,
                      size_t count, const gibbs_block_group *group, const float *sums, size_t stride) {
  const working *w = context;
  float z[chunk * lanes];
  for (size_t set = 0; set < group->sets; set++)
    for (size_t at = 0; at < count; at += chunk) {
      size_t units = count - at < chunk ? count - at : chunk, row = run->first_row + first + at;
      const float *independent = plan->independent != NULL ? plan->independent + row : NULL;
      gibbs_block_fields(plan, run, first + at, units, group, set, sums != NULL ? sums + at : NULL, stride, z);
      add_chunk(run, z, units, independent, w->from, 1, w->work + set * lanes);
      add_chunk(run, z, units, independent, w->to, -1, w->work + set * lanes);
    }
}

/* What the fields on visible element e do: `upper` where it is +1 or 1, else `lower`. */
GIBBS_CLONES static void add_visible(const gibbs_block_group *group, size_t e, double lower, double upper,
                                     double *restrict work) {
  uint32_t place = gibbs_block_place(group->sets, e);
  for (size_t set = 0; set < group->sets; set++) {
    const uint32_t *x = gibbs_block_row(group->state, place + set);
    unsigned bit = (unsigned)(place + set) % 32;
    for (size_t l = 0; l < lanes; l++) work[set * lanes + l] += (x[l] >> bit & 1) ? upper : lower;
  }
}

gibbs_status gibbs_block_work(const gibbs_block_plan *plan, const gibbs_target *target, const double *field,
                              const gibbs_block_group *group, double from, double to, double *work,
                              gibbs_error *err) {
  size_t visible = visible_elements(plan, target), hidden = hidden_runs(plan, visible);
  const double *own = NULL;
  gibbs_status status = gibbs_normal_form_fields(plan->form, &own, err);
  if (status != GIBBS_OK) return status;
  working w = {.from = from, .to = to, .work = work};
  for (size_t c = 0; c < group->sets * lanes; c++) work[c] = (to - from) * gibbs_normal_form_constant(plan->form);
  for (size_t e = 0; e < visible; e++) {
    double step = (to - from) * ((own != NULL ? own[e] : 0) + (field != NULL ? field[e] : 0));
    if (step != 0) add_visible(group, e, plan->spin[e] ? -step : 0, step, work);
  }
  for (size_t k = 0; k < hidden; k++) gibbs_block_visit(plan, &plan->run[k], group, work_tile, &w);
  return GIBBS_OK;
}
