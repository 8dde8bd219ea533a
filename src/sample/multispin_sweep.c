/* multispin_sweep.c - one sweep of all packed chains, over threads. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/parallel.h"
#include "multispin.h"

/* Groups whose update takes about as long as starting threads does. */
enum { WORTH_THREADS = 256 };

/* A segment is the same run of groups of every class, and has random lanes of its own for the whole sweep. */
typedef struct sweep {
  gibbs_multispin *m;
  uint64_t seed;
  uint32_t step;
  size_t chain, first; /* where segments are spread over threads: from which on */
  const gibbs_multispin_phase *phase;
} sweep;

static void open_lanes(const sweep *s, size_t chain, size_t segment, gibbs_lanes *lanes) {
  gibbs_lanes_open_part(lanes, s->seed, GIBBS_PURPOSE_SWEEP, (uint32_t)(s->m->first_chain + chain), s->step,
                        (uint32_t)segment);
}

static void update_segment(const sweep *s, const gibbs_multispin_phase *phase, size_t chain, size_t segment,
                           gibbs_lanes *lanes) {
  gibbs_multispin *m = s->m;
  size_t low = segment * m->segment_groups, high = low + m->segment_groups;
  if (low < phase->low) low = phase->low;
  if (high > phase->high) high = phase->high;
  m->flips[chain * m->segments + segment] +=
      m->update(phase, &m->table[phase->table], m->bits + chain * m->chain_words, low, high, lanes);
}

/* ---- chains side by side ----------------------------------------------------------------------------- */

static gibbs_status sweep_chain(void *context, size_t chain, size_t thread, gibbs_error *err) {
  const sweep *s = context;
  const gibbs_multispin *m = s->m;
  (void)thread, (void)err;
  gibbs_lanes own, *lanes = m->lanes ? m->lanes + chain * m->segments : &own;
  for (size_t k = 0; k < m->segments; k++) open_lanes(s, chain, k, &lanes[k]);
  for (size_t p = 0; p < m->layout.phases; p++)
    for (size_t k = 0; k < m->segments; k++) update_segment(s, &m->layout.phase[p], chain, k, &lanes[k]);
  return GIBBS_OK;
}

/* ---- segments side by side --------------------------------------------------------------------------- */

static gibbs_status open_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  const sweep *s = context;
  (void)thread, (void)err;
  open_lanes(s, s->chain, segment, &s->m->lanes[s->chain * s->m->segments + segment]);
  return GIBBS_OK;
}

static gibbs_status sweep_segment(void *context, size_t number, size_t thread, gibbs_error *err) {
  const sweep *s = context;
  size_t segment = s->first + number;
  (void)thread, (void)err;
  update_segment(s, s->phase, s->chain, segment, &s->m->lanes[s->chain * s->m->segments + segment]);
  return GIBBS_OK;
}

static gibbs_status sweep_phase(sweep *s, const gibbs_multispin_phase *phase, gibbs_error *err) {
  size_t size = s->m->segment_groups, segments = (phase->high + size - 1) / size - phase->low / size;
  s->phase = phase;
  s->first = phase->low / size;
  if (!phase->alone) return gibbs_parallel_segments(segments, sweep_segment, s, err);
  for (size_t k = 0; k < segments; k++) (void)sweep_segment(s, k, 0, NULL); /* never fails */
  return GIBBS_OK;
}

static gibbs_status sweep_segments(sweep *s, gibbs_error *err) {
  gibbs_status status = gibbs_parallel_segments(s->m->segments, open_segment, s, err);
  for (size_t p = 0; p < s->m->layout.phases && status == GIBBS_OK; p++)
    status = sweep_phase(s, &s->m->layout.phase[p], err);
  return status;
}

static bool is_small(const gibbs_multispin *m) {
  size_t groups = 0;
  for (size_t p = 0; p < m->layout.phases; p++) groups += m->layout.phase[p].high - m->layout.phase[p].low;
  return groups * m->chains < WORTH_THREADS;
}

gibbs_status gibbs_multispin_sweep(gibbs_multispin *m, uint64_t seed, uint32_t step, gibbs_error *err) {
  sweep s = {.m = m, .seed = seed, .step = step};
  memset(m->flips, 0, m->chains * m->segments * sizeof *m->flips);
  if (is_small(m)) {
    for (size_t c = 0; c < m->chains; c++) (void)sweep_chain(&s, c, 0, NULL); /* never fails */
    return GIBBS_OK;
  }
  if (m->segments == 1 || m->chains >= 2 * gibbs_threads())
    return gibbs_parallel_segments(m->chains, sweep_chain, &s, err);
  gibbs_status status = GIBBS_OK;
  for (; s.chain < m->chains && status == GIBBS_OK; s.chain++) status = sweep_segments(&s, err);
  return status;
}
