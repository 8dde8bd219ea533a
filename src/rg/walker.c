/* walker.c - Metropolis moves of spins whose block spins are drawn anew with them.
 *
 * A move turns one spin and draws the blocks above it by their rules; drawn so, the rules' probabilities cancel, and
 * it is accepted with min(1, exp(-change of H - change of V)). */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "walker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/random.h"

/* ---- the ground --------------------------------------------------------------------------------------------- */

static gibbs_status find_blocks(ground *g, size_t level, gibbs_error *err) {
  const gibbs_block_rule *rule = g->rule[level];
  const size_t sites = gibbs_block_rule_sites(rule);
  g->block_of[level] = malloc(sites * sizeof(uint32_t));
  if (g->block_of[level] == NULL) return gibbs_fail_memory(err, "blocks", sites * sizeof(uint32_t));
  for (size_t i = 0; i < sites; i++) g->block_of[level][i] = NO_BLOCK;
  for (size_t block = 0; block < gibbs_block_rule_blocks(rule); block++) {
    size_t reach;
    const uint32_t *view = gibbs_block_rule_view(rule, block, &reach);
    for (size_t i = 0; i < reach; i++) {
      if (g->block_of[level][view[i]] == block)
        return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "a block sees a spin twice, around the lattice of step %zu",
                          level + 1);
      if (g->block_of[level][view[i]] != NO_BLOCK)
        return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                          "a spin is seen by two blocks; the rule must cut the lattice into blocks");
      g->block_of[level][view[i]] = (uint32_t)block;
    }
  }
  return GIBBS_OK;
}

gibbs_status ground_new(ground *g, const gibbs_block_rule *rule, size_t levels, const gibbs_operator *fine,
                        size_t fine_count, const double *K, const gibbs_operator *coarse, size_t coarse_count,
                        gibbs_error *err) {
  *g = (ground){.levels = levels, .K = K, .fine_count = fine_count, .coarse_count = coarse_count};
  if (levels < 1 || levels > MOST_WALKER_LEVELS)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "%zu levels; there must be 1 to %d", levels, MOST_WALKER_LEVELS);
  const size_t axes = gibbs_block_rule_axes(rule);
  gibbs_status status = GIBBS_OK;
  g->rule[0] = rule;
  for (size_t n = 0; status == GIBBS_OK && n < levels; n++) {
    if (n > 0) {
      status = gibbs_block_rule_next(g->rule[n - 1], &g->owned[n], err);
      g->rule[n] = g->owned[n];
    }
    if (status == GIBBS_OK) status = find_blocks(g, n, err);
  }
  if (status == GIBBS_OK)
    status = gibbs_operators_new(axes, gibbs_block_rule_extent(rule), fine, fine_count, &g->fine, err);
  if (status == GIBBS_OK)
    status = gibbs_operators_new(axes, gibbs_block_rule_coarse_extent(g->rule[levels - 1]), coarse, coarse_count,
                                 &g->coarse, err);
  if (status != GIBBS_OK) ground_free(g);
  return status;
}

void ground_free(ground *g) {
  for (size_t n = 0; n < MOST_WALKER_LEVELS; n++) {
    gibbs_block_rule_free(g->owned[n]);
    free(g->block_of[n]);
  }
  gibbs_operators_free(g->fine);
  gibbs_operators_free(g->coarse);
  memset(g, 0, sizeof *g);
}

/* ---- walkers ------------------------------------------------------------------------------------------------ */

static size_t larger(size_t a, size_t b) {
  return a > b ? a : b;
}

gibbs_status walker_new(walker *w, const ground *g, uint64_t seed, uint32_t number, gibbs_error *err) {
  *w = (walker){.seed = seed, .number = number};
  size_t total = 0, at = 0;
  for (size_t n = 0; n <= g->levels; n++)
    total += n < g->levels ? gibbs_block_rule_sites(g->rule[n]) : gibbs_block_rule_blocks(g->rule[n - 1]);
  const size_t scratch = larger(gibbs_operators_scratch(g->fine), gibbs_operators_scratch(g->coarse));
  uint8_t *memory = calloc(total, 1);
  w->scratch = malloc(scratch);
  w->spins[0] = memory;
  if (memory == NULL || w->scratch == NULL) {
    walker_free(w);
    return gibbs_fail_memory(err, "a walker", total + scratch);
  }
  gibbs_stream stream = gibbs_stream_open(seed, GIBBS_PURPOSE_WALKER, number, 0);
  for (size_t i = 0; i < gibbs_block_rule_sites(g->rule[0]); i++)
    memory[i] = (uint8_t)(gibbs_stream_word(&stream) >> 31);
  for (size_t n = 0; n < g->levels; n++) {
    at += gibbs_block_rule_sites(g->rule[n]);
    w->spins[n + 1] = memory + at;
    gibbs_block_rule_draw(g->rule[n], w->spins[n], seed, number, 0, (uint32_t)n, w->spins[n + 1]);
  }
  return GIBBS_OK;
}

void walker_free(walker *w) {
  free(w->spins[0]);
  free(w->scratch);
  w->spins[0] = NULL;
  w->scratch = NULL;
}

/* sum_a weight_a f_a times the spin: what turning it changes is minus twice that. */
static double alignment(const gibbs_operators *operators, const double *weight, size_t count, const uint8_t *spins,
                        size_t site) {
  int fields[GIBBS_MOST_OPERATORS];
  double sum = 0;
  gibbs_operators_fields(operators, spins, site, fields);
  for (size_t a = 0; a < count; a++) sum += weight[a] * fields[a];
  return spins[site] ? -sum : sum;
}

/* The spin has been turned: draw the blocks above it.  Gives the change of V; *drawn gets the new blocks. */
static double draw_above(const walker *w, const ground *g, size_t site, gibbs_stream *stream, uint8_t *drawn,
                         size_t *place) {
  size_t below = site;
  for (size_t n = 0; n < g->levels; n++) {
    place[n] = g->block_of[n][below];
    if (place[n] == NO_BLOCK) return 0;
    const double up = gibbs_block_rule_probability(g->rule[n], w->spins[n], place[n]);
    drawn[n] = gibbs_stream_uniform(stream) >= up;
    uint8_t *spin = &w->spins[n + 1][place[n]];
    const uint8_t before = *spin;
    if (n + 1 == g->levels)
      return drawn[n] == before ? 0 : -2 * alignment(g->coarse, w->J, g->coarse_count, w->spins[n + 1], place[n]);
    *spin = drawn[n]; /* the next block is drawn by it */
    drawn[n] = before;
    below = place[n];
  }
  return 0;
}

static void propose(walker *w, const ground *g, size_t site, gibbs_stream *stream) {
  uint8_t drawn[MOST_WALKER_LEVELS];
  size_t place[MOST_WALKER_LEVELS];
  const double change = 2 * alignment(g->fine, g->K, g->fine_count, w->spins[0], site);
  w->spins[0][site] ^= 1;
  for (size_t n = 0; n < g->levels; n++) place[n] = NO_BLOCK;
  const double bias = draw_above(w, g, site, stream, drawn, place);
  const double total = change + bias;
  const bool accepted = total <= 0 || gibbs_stream_uniform(stream) < exp(-total);
  const size_t last = g->levels - 1;
  if (accepted) {
    if (place[last] != NO_BLOCK) w->spins[g->levels][place[last]] = drawn[last];
    return;
  }
  w->spins[0][site] ^= 1;
  for (size_t n = 0; n < last && place[n] != NO_BLOCK; n++)
    w->spins[n + 1][place[n]] = drawn[n]; /* what was there before */
}

void walker_sweep(walker *w, const ground *g) {
  const size_t sites = gibbs_block_rule_sites(g->rule[0]);
  gibbs_stream stream = gibbs_stream_open(w->seed, GIBBS_PURPOSE_WALKER, w->number, (uint32_t)w->sweeps + 1);
  for (size_t i = 0; i < sites; i++)
    propose(w, g, (size_t)((uint64_t)gibbs_stream_word(&stream) * sites >> 32), &stream);
  w->sweeps++;
}

void walker_measure(walker *w, const ground *g, double *coarse, double *fine) {
  gibbs_operators_measure(g->coarse, w->spins[g->levels], w->scratch, coarse);
  if (fine != NULL) gibbs_operators_measure(g->fine, w->spins[0], w->scratch, fine);
}
