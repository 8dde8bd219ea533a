/* mcrg.c - chains blocked again and again, and the moments of the operators of all levels. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/mcrg.h"

#include <stdlib.h>
#include <string.h>

#include "gibbs/control.h"
#include "gibbs/private/parallel.h"
#include "gibbs/progress.h"
#include "gibbs/threads.h"
#include "moments.h"

enum { LEAST_EXTENT = 4 };

/* ---- making ------------------------------------------------------------------------------------------------- */

static size_t least_extent(const gibbs_block_rule *rule) {
  const size_t *extent = gibbs_block_rule_coarse_extent(rule);
  size_t least = extent[0];
  for (size_t a = 1; a < gibbs_block_rule_axes(rule); a++) least = extent[a] < least ? extent[a] : least;
  return least;
}

/* Level `n` gets the operators for its lattice, and the rule to the next. */
static gibbs_status make_level(gibbs_mcrg *m, size_t n, const gibbs_block_rule *rule, gibbs_error *err) {
  lattice_level *l = &m->level[n];
  const size_t axes = gibbs_block_rule_axes(rule);
  const size_t *extent = n < m->levels ? gibbs_block_rule_extent(rule) : gibbs_block_rule_coarse_extent(rule);
  memcpy(l->extent, extent, axes * sizeof *extent);
  gibbs_status status = gibbs_operators_new(axes, extent, m->list[EVEN], m->count[EVEN], &l->operators[EVEN], err);
  if (status == GIBBS_OK)
    status = gibbs_operators_new(axes, extent, m->list[ODD], m->count[ODD], &l->operators[ODD], err);
  return status;
}

/* m->rule[0] is borrowed; the others are ours. */
static gibbs_status make_levels(gibbs_mcrg *m, const gibbs_block_rule *rule, size_t levels, gibbs_error *err) {
  m->rule[0] = (gibbs_block_rule *)rule;
  gibbs_status status = GIBBS_OK;
  for (m->levels = 1; status == GIBBS_OK && (levels == 0 || m->levels < levels); m->levels++) {
    if (m->levels == MOST_LEVELS) {
      if (levels == 0) break;
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu levels; at most %d", levels, MOST_LEVELS);
    }
    const gibbs_block_rule *last = m->rule[m->levels - 1];
    if (levels == 0 && (least_extent(last) < LEAST_EXTENT * gibbs_block_rule_scale(rule) ||
                        least_extent(last) % gibbs_block_rule_scale(rule) != 0))
      break;
    status = gibbs_block_rule_next(last, &m->rule[m->levels], err);
    if (status != GIBBS_OK) return status;
  }
  for (size_t n = 0; status == GIBBS_OK && n <= m->levels; n++)
    status = make_level(m, n, m->rule[n < m->levels ? n : m->levels - 1], err);
  return status;
}

static gibbs_status copy_operators(gibbs_mcrg *m, int parity, const gibbs_operator *list, size_t count,
                                   gibbs_error *err) {
  if (count > GIBBS_MOST_OPERATORS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu operators; at most %d", count, GIBBS_MOST_OPERATORS);
  for (size_t k = 0; k < count; k++)
    if (list[k].spins % 2 != (size_t)parity)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "operator '%s' has %zu spin%s; it must be an %s number of them",
                        list[k].name, list[k].spins, list[k].spins == 1 ? "" : "s", parity == ODD ? "odd" : "even");
  memcpy(m->list[parity], list, count * sizeof *list);
  m->count[parity] = count;
  return GIBBS_OK;
}

/* Many chains are blocks of their own, which are independent; of few ones the stretches of time are, enough of each
 * to tell how correlated they are. */
static gibbs_status choose_blocks(gibbs_mcrg *m, size_t chains, const gibbs_mcrg_options *o, gibbs_error *err) {
  m->groups = chains < GROUPS ? chains : GROUPS;
  m->bins = (LEAST_BLOCKS + m->groups - 1) / m->groups;
  if (m->bins < LEAST_BINS) m->bins = LEAST_BINS;
  if (chains >= MANY) m->bins = 1;
  if (o->measurements > UINT32_MAX)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%llu measurements; at most %lu", (unsigned long long)o->measurements,
                      (unsigned long)UINT32_MAX);
  if (o->measurements < m->bins)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%llu measurements of %zu chains; errors need at least %zu of each",
                      (unsigned long long)o->measurements, chains, m->bins);
  const uint64_t most = o->measurements / m->bins;
  if (o->couplings_every > most)
    return gibbs_fail(
        err, GIBBS_ERR_ARGUMENT,
        "couplings from one in %llu of %llu measurements are too few for errors, which need at least %zu "
        "of each of %zu chains: one in %llu",
        (unsigned long long)o->couplings_every, (unsigned long long)o->measurements, m->bins, chains,
        (unsigned long long)most);
  return GIBBS_OK;
}

static gibbs_status make_blocks(gibbs_mcrg *m, size_t chains, const gibbs_mcrg_options *o, gibbs_error *err) {
  gibbs_status status = choose_blocks(m, chains, o, err);
  if (status != GIBBS_OK) return status;
  m->size = moments_size(m);
  const size_t blocks = m->groups * m->bins;
  m->block = calloc(blocks, sizeof *m->block);
  m->sums = calloc(blocks * m->size, sizeof *m->sums);
  if (m->block == NULL || m->sums == NULL)
    return gibbs_fail_memory(err, "moments", blocks * m->size * sizeof(double));
  m->blocks = blocks;
  m->inferred = o->couplings_every == 0 ? 0 : o->coupling_count == 0 ? m->count[EVEN] : o->coupling_count;
  for (size_t b = 0; b < blocks; b++) {
    m->block[b].sums = m->sums + b * m->size;
    for (size_t n = 0; status == GIBBS_OK && m->inferred > 0 && n <= m->levels; n++)
      status = neighbourhoods_new(&m->block[b].around[n], m->level[n].operators[EVEN], m->inferred, err);
  }
  return status;
}

void gibbs_mcrg_free(gibbs_mcrg *m) {
  if (m == NULL) return;
  for (size_t n = 1; n < MOST_LEVELS; n++) gibbs_block_rule_free(m->rule[n]);
  for (size_t n = 0; n <= MOST_LEVELS; n++)
    for (int parity = 0; parity < 2; parity++) gibbs_operators_free(m->level[n].operators[parity]);
  for (size_t b = 0; b < m->blocks; b++)
    for (size_t n = 0; n <= MOST_LEVELS; n++) neighbourhoods_free(&m->block[b].around[n]);
  free(m->block);
  free(m->sums);
  free(m);
}

/* ---- measuring ---------------------------------------------------------------------------------------------- */

typedef struct measurement {
  gibbs_mcrg *mcrg;
  const gibbs_mcrg_options *options;
  const double *rows; /* [chain * sites + site] */
  uint8_t *scratch;   /* of every thread */
  size_t room, chains;
  uint64_t number;
} measurement;

/* Bytes a thread: the operators' first, for they have to be aligned. */
static size_t operators_scratch(const gibbs_mcrg *m) {
  size_t most = gibbs_operators_scratch(m->level[0].operators[EVEN]);
  const size_t other = gibbs_operators_scratch(m->level[0].operators[ODD]);
  return ((most > other ? most : other) + 63) / 64 * 64;
}

/* Level by level: the spins of one are made into the other. */
static gibbs_status measure_chain(const measurement *j, size_t chain, block *b, uint8_t *spins, uint8_t *blocks,
                                  uint8_t *work, gibbs_error *err) {
  gibbs_mcrg *m = j->mcrg;
  const bool couplings = m->inferred > 0 && j->number % j->options->couplings_every == 0;
  const size_t sites = gibbs_block_rule_sites(m->rule[0]);
  double values[2][2][GIBBS_MOST_OPERATORS];
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < sites; i++) spins[i] = j->rows[chain * sites + i] < 0;
  for (size_t n = 0; status == GIBBS_OK && n <= m->levels; n++) {
    const lattice_level *l = &m->level[n];
    for (int parity = 0; parity < 2; parity++) {
      if (m->count[parity] == 0) continue;
      gibbs_operators_measure(l->operators[parity], spins, work, values[n % 2][parity]);
      moments_add(m, b->sums, n, parity, values[n % 2][parity], n > 0 ? values[1 - n % 2][parity] : NULL);
    }
    if (couplings) status = neighbourhoods_add(&b->around[n], l->operators[EVEN], spins, err);
    if (n == m->levels) break;
    gibbs_block_rule_draw(m->rule[n], spins, j->options->seed, (uint32_t)chain, (uint32_t)j->number, (uint32_t)n,
                          blocks);
    uint8_t *swap = spins;
    spins = blocks;
    blocks = swap;
  }
  b->count++;
  return status;
}

/* A group of chains, whose sums are its own. */
static gibbs_status measure_group(void *context, size_t group, size_t thread, gibbs_error *err) {
  const measurement *j = context;
  gibbs_mcrg *m = j->mcrg;
  const size_t sites = gibbs_block_rule_sites(m->rule[0]);
  const size_t bin = (size_t)(j->number * m->bins / j->options->measurements);
  uint8_t *work = j->scratch + thread * j->room, *spins = work + operators_scratch(m);
  gibbs_status status = GIBBS_OK;
  for (size_t chain = group; status == GIBBS_OK && chain < j->chains; chain += m->groups)
    status = measure_chain(j, chain, &m->block[group * m->bins + bin], spins, spins + sites, work, err);
  return status;
}

static gibbs_status measure(gibbs_chains *chains, gibbs_mcrg *m, const gibbs_mcrg_options *o, gibbs_error *err) {
  measurement j = {.mcrg = m,
                   .options = o,
                   .room = (operators_scratch(m) + 2 * gibbs_block_rule_sites(m->rule[0]) + 63) / 64 * 64,
                   .chains = gibbs_chains_count(chains)};
  const size_t bytes = j.chains * gibbs_block_rule_sites(m->rule[0]) * sizeof(double);
  double *rows = malloc(bytes);
  j.scratch = malloc(gibbs_threads() * j.room);
  j.rows = rows;
  gibbs_status status =
      rows == NULL || j.scratch == NULL ? gibbs_fail_memory(err, "configurations", bytes) : GIBBS_OK;
  gibbs_progress task;
  gibbs_progress_begin(&task, "renormalizing:", "measurement", 0, o->measurements);
  for (j.number = 0; status == GIBBS_OK && j.number < o->measurements; j.number++) {
    status = gibbs_chains_advance(chains, o->every, err);
    if (status == GIBBS_OK) status = gibbs_chains_get(chains, 0, rows, err);
    if (status == GIBBS_OK) status = gibbs_parallel_segments(m->groups, measure_group, &j, err);
    gibbs_progress_step(&task, j.number + 1);
  }
  gibbs_progress_end(&task);
  free(rows);
  free(j.scratch);
  if (status != GIBBS_ERR_INTERRUPT) return status;
  return gibbs_fail(err, status, "interrupted after %llu of %llu measurements; the chains go on from there",
                    (unsigned long long)j.number - 1, (unsigned long long)o->measurements);
}

/* Variable 0 has to be +-1 units, as many as the rule's lattice has sites. */
static gibbs_status check_chains(const gibbs_chains *chains, const gibbs_block_rule *rule, gibbs_error *err) {
  const gibbs_expr *v = gibbs_chains_variables(chains)[0];
  if (gibbs_variable_domain(gibbs_expr_as_variable(v)) != GIBBS_SPINS)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "blocks are made of +-1 spins; these units are others");
  const size_t size = gibbs_shape_size(gibbs_expr_shape(v));
  if (size != gibbs_block_rule_sites(rule))
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "%zu spins do not fill the rule's lattice of %zu", size,
                      gibbs_block_rule_sites(rule));
  return GIBBS_OK;
}

gibbs_status gibbs_mcrg_run(gibbs_chains *chains, const gibbs_mcrg_options *options, gibbs_mcrg **out,
                            gibbs_error *err) {
  gibbs_status status = check_chains(chains, options->rule, err);
  if (status != GIBBS_OK) return status;
  gibbs_mcrg *m = calloc(1, sizeof *m);
  if (m == NULL) return gibbs_fail_memory(err, "a renormalization", sizeof *m);
  m->scale = (double)gibbs_block_rule_scale(options->rule);
  status = copy_operators(m, EVEN, options->even, options->even_count, err);
  if (status == GIBBS_OK) status = copy_operators(m, ODD, options->odd, options->odd_count, err);
  if (status == GIBBS_OK) status = make_levels(m, options->rule, options->levels, err);
  if (status == GIBBS_OK) status = make_blocks(m, gibbs_chains_count(chains), options, err);
  if (status == GIBBS_OK) status = measure(chains, m, options, err);
  m->rule[0] = NULL; /* the caller's */
  if (status != GIBBS_OK) {
    gibbs_mcrg_free(m);
    return status;
  }
  *out = m;
  return GIBBS_OK;
}

/* ---- what was measured -------------------------------------------------------------------------------------- */

size_t gibbs_mcrg_levels(const gibbs_mcrg *m) {
  return m->levels;
}

size_t gibbs_mcrg_count(const gibbs_mcrg *m, bool odd) {
  return m->count[odd];
}

size_t gibbs_mcrg_coupling_count(const gibbs_mcrg *m) {
  return m->inferred;
}

const gibbs_operator *gibbs_mcrg_operator(const gibbs_mcrg *m, bool odd, size_t k) {
  return &m->list[odd][k];
}

const size_t *gibbs_mcrg_extent(const gibbs_mcrg *m, size_t level) {
  return m->level[level].extent;
}

uint64_t gibbs_mcrg_measurements(const gibbs_mcrg *m) {
  uint64_t total = 0;
  for (size_t b = 0; b < m->blocks; b++) total += m->block[b].count;
  return total;
}
