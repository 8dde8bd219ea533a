/* block_rule.c - rules as tables: the pattern of the spins that a block sees gives the probability of +1. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/block_rule.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/lanes.h"

struct gibbs_block_rule {
  gibbs_block_rule_options options; /* with offsets and weights of its own */
  int offsets[GIBBS_MOST_REACH][GIBBS_MOST_AXES];
  double weights[GIBBS_MOST_REACH];
  size_t coarse[GIBBS_MOST_AXES];
  size_t sites, blocks, step; /* the first step is 1 */
  uint32_t *view;             /* [block * reach + i] */
  double *probability;        /* [pattern]: of +1 */
  uint32_t *limit;            /* [pattern]: +1 where a random word is below; UINT32_MAX means always */
};

static const struct {
  const char *name, *doc;
} rows[] = {
#define X(id, name, doc) {name, doc},
    GIBBS_BLOCK_RULE_LIST(X)
#undef X
};

const char *gibbs_block_rule_name(gibbs_block_rule_kind kind) {
  return rows[kind].name;
}

const char *gibbs_block_rule_doc(gibbs_block_rule_kind kind) {
  return rows[kind].doc;
}

/* Sites are numbered by 32 bits. */
static const size_t MOST_SITES = (size_t)1 << 31;

/* ---- making ------------------------------------------------------------------------------------------------- */

/* Named rules are filters over the block itself. */
static gibbs_status spell_out(gibbs_block_rule *r, gibbs_error *err) {
  gibbs_block_rule_options *o = &r->options;
  if (o->kind == GIBBS_BLOCK_RULE_FILTER) {
    if (o->reach < 1 || o->reach > GIBBS_MOST_REACH)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a block sees %zu spins; it must be 1 to %d", o->reach,
                        GIBBS_MOST_REACH);
    memcpy(r->offsets, o->offsets, o->reach * sizeof r->offsets[0]);
    memcpy(r->weights, o->weights, o->reach * sizeof *r->weights);
    return GIBBS_OK;
  }
  size_t size = 1;
  for (size_t a = 0; a < o->axes; a++) size *= o->b;
  o->reach = o->kind == GIBBS_BLOCK_RULE_DECIMATION ? 1 : size;
  if (o->reach > GIBBS_MOST_REACH)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "blocks of %zu spins are too large; at most %d", size,
                      GIBBS_MOST_REACH);
  for (size_t i = 0; i < o->reach; i++) {
    size_t rest = i;
    for (size_t a = o->axes; a-- > 0; rest /= o->b) r->offsets[i][a] = (int)(rest % o->b);
    r->weights[i] = o->kind == GIBBS_BLOCK_RULE_BLOCK_SPIN ? o->p : 1;
  }
  o->bias = 0;
  o->hard = o->kind != GIBBS_BLOCK_RULE_BLOCK_SPIN;
  return GIBBS_OK;
}

static gibbs_status check(const gibbs_block_rule *r, gibbs_error *err) {
  const gibbs_block_rule_options *o = &r->options;
  if (o->axes < 1 || o->axes > GIBBS_MOST_AXES)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a lattice of %zu axes; it must have 1 to %d", o->axes,
                      GIBBS_MOST_AXES);
  if (o->b < 2) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "b is %zu; it must be 2 or more", o->b);
  for (size_t a = 0; a < o->axes; a++)
    if (o->extent[a] == 0 || o->extent[a] % o->b != 0)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "blocks of length %zu do not divide a lattice of length %zu", o->b,
                        o->extent[a]);
  size_t sites = 1;
  for (size_t a = 0; a < o->axes; a++)
    if (o->extent[a] > MOST_SITES / sites)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "a lattice of more than %zu sites is too large", MOST_SITES);
    else
      sites *= o->extent[a];
  bool finite = isfinite(o->bias);
  for (size_t i = 0; i < o->reach; i++) finite = finite && isfinite(r->weights[i]);
  return finite ? GIBBS_OK : gibbs_fail(err, GIBBS_ERR_NUMERIC, "a weight of the rule is not finite");
}

static void find_views(gibbs_block_rule *r) {
  const gibbs_block_rule_options *o = &r->options;
  for (size_t block = 0; block < r->blocks; block++)
    for (size_t i = 0; i < o->reach; i++) {
      size_t corner[GIBBS_MOST_AXES], rest = block, site = 0;
      for (size_t a = o->axes; a-- > 0; rest /= r->coarse[a]) corner[a] = rest % r->coarse[a] * o->b;
      for (size_t a = 0; a < o->axes; a++) {
        const long length = (long)o->extent[a];
        const long at = ((long)corner[a] + r->offsets[i][a]) % length;
        site = site * o->extent[a] + (size_t)(at < 0 ? at + length : at);
      }
      r->view[block * o->reach + i] = (uint32_t)site;
    }
}

static double pattern_probability(const gibbs_block_rule *r, size_t pattern) {
  const gibbs_block_rule_options *o = &r->options;
  double phi = o->bias, scale = fabs(o->bias);
  for (size_t i = 0; i < o->reach; i++) {
    phi += pattern >> i & 1 ? -r->weights[i] : r->weights[i];
    scale += fabs(r->weights[i]);
  }
  if (!o->hard) return 1 / (1 + exp(-2 * phi));
  return fabs(phi) <= 1e-12 * scale ? 0.5 : phi > 0 ? 1 : 0;
}

static void fill_table(gibbs_block_rule *r) {
  for (size_t pattern = 0; pattern < (size_t)1 << r->options.reach; pattern++) {
    r->probability[pattern] = pattern_probability(r, pattern);
    const double limit = r->probability[pattern] * 0x1p32;
    r->limit[pattern] = limit >= 0x1p32 - 1 ? UINT32_MAX : (uint32_t)limit;
  }
}

gibbs_status gibbs_block_rule_new(const gibbs_block_rule_options *options, gibbs_block_rule **out, gibbs_error *err) {
  gibbs_block_rule *r = calloc(1, sizeof *r);
  if (r == NULL) return gibbs_fail_memory(err, "a block rule", sizeof *r);
  r->options = *options;
  r->sites = r->blocks = r->step = 1;
  gibbs_status status = spell_out(r, err);
  if (status == GIBBS_OK) status = check(r, err);
  for (size_t a = 0; status == GIBBS_OK && a < options->axes; a++) {
    r->coarse[a] = options->extent[a] / options->b;
    r->sites *= options->extent[a];
    r->blocks *= r->coarse[a];
  }
  r->options.offsets = NULL;
  r->options.weights = NULL;
  if (status == GIBBS_OK) {
    r->view = malloc(r->blocks * r->options.reach * sizeof *r->view);
    r->limit = malloc(((size_t)1 << r->options.reach) * sizeof *r->limit);
    r->probability = malloc(((size_t)1 << r->options.reach) * sizeof *r->probability);
    if (r->view == NULL || r->limit == NULL || r->probability == NULL)
      status = gibbs_fail_memory(err, "a block rule", r->blocks * sizeof *r->view);
  }
  if (status != GIBBS_OK) {
    gibbs_block_rule_free(r);
    return status;
  }
  find_views(r);
  fill_table(r);
  *out = r;
  return GIBBS_OK;
}

gibbs_status gibbs_block_rule_next(const gibbs_block_rule *rule, gibbs_block_rule **out, gibbs_error *err) {
  gibbs_block_rule_options options = rule->options;
  memcpy(options.extent, rule->coarse, sizeof options.extent);
  options.offsets = (const int(*)[GIBBS_MOST_AXES])rule->offsets;
  options.weights = rule->weights;
  gibbs_status status = gibbs_block_rule_new(&options, out, err);
  if (status == GIBBS_OK) {
    (*out)->step = rule->step + 1;
    return GIBBS_OK;
  }
  char who[32];
  snprintf(who, sizeof who, "step %zu", rule->step + 1);
  return gibbs_error_prefix(err, who);
}

void gibbs_block_rule_free(gibbs_block_rule *rule) {
  if (rule == NULL) return;
  free(rule->view);
  free(rule->limit);
  free(rule->probability);
  free(rule);
}

size_t gibbs_block_rule_sites(const gibbs_block_rule *rule) {
  return rule->sites;
}

size_t gibbs_block_rule_blocks(const gibbs_block_rule *rule) {
  return rule->blocks;
}

size_t gibbs_block_rule_axes(const gibbs_block_rule *rule) {
  return rule->options.axes;
}

const size_t *gibbs_block_rule_extent(const gibbs_block_rule *rule) {
  return rule->options.extent;
}

const size_t *gibbs_block_rule_coarse_extent(const gibbs_block_rule *rule) {
  return rule->coarse;
}

size_t gibbs_block_rule_scale(const gibbs_block_rule *rule) {
  return rule->options.b;
}

const uint32_t *gibbs_block_rule_view(const gibbs_block_rule *rule, size_t block, size_t *reach) {
  *reach = rule->options.reach;
  return rule->view + block * rule->options.reach;
}

/* ---- drawing ------------------------------------------------------------------------------------------------ */

static inline size_t pattern_of(const uint8_t *spins, const uint32_t *view, size_t reach) {
  size_t pattern = 0;
  for (size_t i = 0; i < reach; i++) pattern |= (size_t)spins[view[i]] << i;
  return pattern;
}

double gibbs_block_rule_probability(const gibbs_block_rule *rule, const uint8_t *spins, size_t block) {
  const size_t reach = rule->options.reach;
  return rule->probability[pattern_of(spins, rule->view + block * reach, reach)];
}

enum { WORDS = 2 * GIBBS_LANES };

void gibbs_block_rule_draw(const gibbs_block_rule *rule, const uint8_t *spins, uint64_t seed, uint32_t chain,
                           uint32_t step, uint32_t part, uint8_t *blocks) {
  const size_t reach = rule->options.reach;
  uint64_t wide[GIBBS_LANES];
  uint32_t word[WORDS];
  gibbs_lanes lanes;
  gibbs_lanes_open_part(&lanes, seed, GIBBS_PURPOSE_BLOCK, chain, step, part);
  for (size_t first = 0; first < rule->blocks; first += WORDS) {
    const size_t count = rule->blocks - first < WORDS ? rule->blocks - first : WORDS;
    gibbs_lanes_next(&lanes, wide);
    memcpy(word, wide, sizeof word);
    for (size_t i = 0; i < count; i++) {
      const uint32_t limit = rule->limit[pattern_of(spins, rule->view + (first + i) * reach, reach)];
      blocks[first + i] = word[i] >= limit && limit != UINT32_MAX;
    }
  }
}
