/* eliminate.c - the sum over all units in a planned order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "eliminate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/private/parallel.h"
#include "gibbs/progress.h"

static const uint32_t none = UINT32_MAX;

enum { blocks_a_segment = 8, fewest_shared_blocks = 32 };

/* ---- a run ---------------------------------------------------------------------------------------------------- */

void gibbs_elimination_end(gibbs_elimination_run *run) {
  for (size_t p = 0; run->message && p < run->plan->units; p++) free(run->message[p]);
  for (size_t p = 0; run->marginal && p < run->plan->units; p++) free(run->marginal[p]);
  free(run->message);
  free(run->marginal);
  free(run->level);
  free(run->child);
  free(run->sibling);
  free(run->scratch);
  gibbs_term_tables_clear(&run->tables);
  gibbs_bucket_clear(&run->bucket);
}

/* A message goes to the first of its units to go: the last of the separator. */
static void list_children(gibbs_elimination_run *run) {
  const gibbs_elimination *plan = run->plan;
  for (size_t p = 0; p < plan->units; p++) run->child[p] = run->sibling[p] = none;
  for (size_t p = plan->units; p-- > 0;) {
    if (plan->first[p] == plan->first[p + 1]) continue;
    uint32_t parent = plan->separator[plan->first[p + 1] - 1];
    run->sibling[p] = run->child[parent];
    run->child[parent] = (uint32_t)p;
  }
}

gibbs_status gibbs_elimination_begin(gibbs_elimination_run *run, gibbs_error *err) {
  size_t n = run->plan->units;
  gibbs_status status = gibbs_term_tables_new(run->list, run->plan, &run->tables, err);
  if (status != GIBBS_OK) return status;
  run->message = calloc(n + 1, sizeof *run->message);
  run->marginal = calloc(n + 1, sizeof *run->marginal);
  run->level = calloc(n + 1, sizeof *run->level);
  run->child = malloc((n + 1) * sizeof *run->child);
  run->sibling = malloc((n + 1) * sizeof *run->sibling);
  if (!run->message || !run->marginal || !run->level || !run->child || !run->sibling)
    return gibbs_fail_memory(err, "the messages of an elimination", n * 24);
  list_children(run);
  return GIBBS_OK;
}

gibbs_status gibbs_elimination_open(gibbs_elimination_run *run, size_t position, bool marginals, gibbs_error *err) {
  const gibbs_elimination *plan = run->plan;
  gibbs_bucket *b = &run->bucket;
  gibbs_bucket_open(b, run->list, plan, position);
  gibbs_status status = gibbs_term_tables_add(&run->tables, position, run->orders > 1, marginals, b, err);
  for (uint32_t c = run->child[position]; status == GIBBS_OK && c != none; c = run->sibling[c]) {
    const double *table[GIBBS_BUCKET_ORDERS] = {run->message[c], NULL, NULL};
    size_t cells = 1, count = plan->first[c + 1] - plan->first[c];
    const uint32_t *scope = plan->separator + plan->first[c];
    for (size_t k = 0; k < count; k++) cells *= run->list->states[plan->order[scope[k]]];
    for (size_t k = 1; k < run->orders; k++) table[k] = run->message[c] + k * cells;
    if (marginals) {
      run->marginal[c] = calloc(cells, sizeof *run->marginal[c]);
      if (!run->marginal[c]) return gibbs_fail_memory(err, "the marginals of an elimination", cells * sizeof(double));
    }
    status = gibbs_bucket_add(b, scope, count, table, run->marginal[c], err);
  }
  return status == GIBBS_OK ? gibbs_bucket_close(b, err) : status;
}

size_t gibbs_elimination_piece(const gibbs_elimination_run *run) {
  const gibbs_bucket *b = &run->bucket;
  return (run->orders * b->states + 2) * b->block;
}

gibbs_status gibbs_elimination_scratch(gibbs_elimination_run *run, size_t pieces, gibbs_error *err) {
  size_t needed = pieces * gibbs_elimination_piece(run);
  if (needed <= run->scratch_room) return GIBBS_OK;
  free(run->scratch);
  run->scratch_room = 0;
  run->scratch = malloc(needed * sizeof *run->scratch);
  if (!run->scratch) return gibbs_fail_memory(err, "a block of a table", needed * sizeof *run->scratch);
  run->scratch_room = needed;
  return GIBBS_OK;
}

/* ---- forward -------------------------------------------------------------------------------------------------- */

typedef struct sweep {
  gibbs_elimination_run *run;
  double *message;
} sweep;

static gibbs_status sum_blocks(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)err;
  sweep *s = context;
  const gibbs_bucket *b = &s->run->bucket;
  double *scratch = s->run->scratch + thread * gibbs_elimination_piece(s->run);
  size_t end = (segment + 1) * blocks_a_segment;
  for (size_t block = segment * blocks_a_segment; block < end && block < b->blocks; block++) {
    double *out[GIBBS_BUCKET_ORDERS];
    for (size_t k = 0; k < s->run->orders; k++) out[k] = s->message + k * b->cells + block * b->block;
    gibbs_bucket_gather(b, block, s->run->orders, scratch);
    gibbs_bucket_reduce(b, s->run->orders, scratch, out);
  }
  return GIBBS_OK;
}

static gibbs_status sum_bucket(gibbs_elimination_run *run, double *message, gibbs_error *err) {
  const gibbs_bucket *b = &run->bucket;
  sweep s = {.run = run, .message = message};
  bool shared = b->blocks >= fewest_shared_blocks;
  size_t segments = (b->blocks + blocks_a_segment - 1) / blocks_a_segment;
  gibbs_status status = gibbs_elimination_scratch(run, shared ? gibbs_threads() : 1, err);
  if (status != GIBBS_OK) return status;
  if (shared) return gibbs_parallel_segments(segments, sum_blocks, &s, err);
  if (gibbs_interrupted()) return gibbs_fail(err, GIBBS_ERR_INTERRUPT, "interrupted");
  for (size_t segment = 0; status == GIBBS_OK && segment < segments; segment++)
    status = sum_blocks(&s, segment, 0, err);
  return status;
}

/* Take the first cell off a message and into the total, its derivatives too: what is left stays of the size of a few
 * terms however long the system is, and keeps its digits. */
static void level(gibbs_elimination_run *run, size_t position) {
  double *message = run->message[position];
  size_t cells = run->bucket.cells;
  run->level[position] = message[0];
  for (size_t k = 0; k < run->orders; k++) {
    double first = message[k * cells];
    run->total[k] += first;
    for (size_t r = 0; r < cells; r++) message[k * cells + r] -= first;
  }
}

static void let_children_go(gibbs_elimination_run *run, size_t position) {
  for (uint32_t c = run->child[position]; c != none; c = run->sibling[c]) {
    free(run->message[c]);
    run->message[c] = NULL;
  }
}

static gibbs_status sum_unit(gibbs_elimination_run *run, size_t p, gibbs_error *err) {
  gibbs_status status = gibbs_elimination_open(run, p, false, err);
  if (status != GIBBS_OK) return status;
  size_t size = run->orders * run->bucket.cells;
  run->message[p] = malloc(size * sizeof *run->message[p]);
  if (!run->message[p]) return gibbs_fail_memory(err, "a message of an elimination", size * sizeof(double));
  return sum_bucket(run, run->message[p], err);
}

gibbs_status gibbs_elimination_forward(gibbs_elimination_run *run, bool keep, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "summing unit by unit:", "unit", 0, run->plan->units);
  for (size_t p = 0; status == GIBBS_OK && p < run->plan->units; p++) {
    status = sum_unit(run, p, err);
    if (!keep) let_children_go(run, p);
    if (status == GIBBS_OK) level(run, p);
    gibbs_progress_step(&task, p + 1);
  }
  gibbs_progress_end(&task);
  return status;
}

gibbs_status gibbs_eliminate(const gibbs_interactions *list, const gibbs_elimination *plan, size_t orders,
                             double *out, gibbs_error *err) {
  if ((double)orders * plan->peak > GIBBS_ELIMINATION_MOST_NUMBERS)
    return gibbs_fail(err, GIBBS_ERR_SIZE,
                      "elimination keeps 2^%.3g numbers at a time for this energy; the limit is 2^28",
                      log2((double)orders * plan->peak));
  gibbs_elimination_run run = {.list = list, .plan = plan, .orders = orders};
  gibbs_status status = gibbs_elimination_begin(&run, err);
  if (status == GIBBS_OK) status = gibbs_elimination_forward(&run, false, err);
  if (status == GIBBS_OK) {
    run.total[0] += list->constant;
    run.total[1] += list->constant_slope;
    for (size_t k = 0; k < orders; k++) out[k] = (double)run.total[k];
  }
  gibbs_elimination_end(&run);
  return status;
}
