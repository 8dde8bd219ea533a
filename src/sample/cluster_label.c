/* cluster_label.c - a Swendsen-Wang sweep over rows of bits. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "cluster_rows.h"
#include "gibbs/private/clones.h"

/* 64 bits of a row from bit `at` on, going on at its start behind its end.  Bits that are not sites hold 0. */
static inline uint64_t read_around(const uint64_t *row, size_t width, size_t at) {
  size_t word = at / 64, bit = at % 64, left = width - at;
  uint64_t low = row[word] >> bit;
  if (bit && word < (width - 1) / 64) low |= row[word + 1] << (64 - bit);
  return left < 64 ? low | row[0] << left : low;
}

static inline size_t wrapped(size_t at, size_t width) {
  return at >= width ? at - width : at;
}

/* Bits that are reached from those of `seeds` (or from below, by `carry`) going up through `links` to the bit below.
 */
static inline uint64_t fill_upwards(uint64_t seeds, uint64_t links, uint64_t carry) {
  seeds |= carry & links;
  for (unsigned step = 1; step < 64; step *= 2) {
    seeds |= (seeds << step) & links;
    links &= links << step;
  }
  return seeds;
}

/* ---- bonds ---------------------------------------------------------------------------------------------------- */

/* Which bonds of a line are active. */
GIBBS_CLONES static void activate(const gibbs_cluster_rows *rows, const gibbs_cluster_line *line,
                                  const uint64_t *spins, gibbs_cluster_dice *dice, uint64_t *active) {
  const size_t words = rows->words, width = rows->width, total = rows->rows * words;
  for (size_t w = 0; w < total; w += GIBBS_LANES) {
    uint64_t bits[GIBBS_LANES];
    gibbs_cluster_dice_bits(dice, line->chance, bits);
    memcpy(active + w, bits, (total - w < GIBBS_LANES ? total - w : GIBBS_LANES) * sizeof *bits);
  }
  for (size_t r = 0; r < rows->rows; r++) {
    uint64_t *a = active + r * words;
    const uint64_t *row = spins + r * words, *partner = spins + (size_t)line->partner[r] * words;
    if (line->partner[r] == GIBBS_CLUSTER_NONE)
      memset(a, 0, words * sizeof *a);
    else
      for (size_t w = 0; w < words; w++)
        a[w] &= line->valid[w] &
                ~(row[w] ^ read_around(partner, width, wrapped(w * 64 + line->shift, width)) ^ line->unlike);
  }
}

/* ---- runs -------------------------------------------------------------------------------------------------------
 */

typedef struct labelling {
  const gibbs_cluster_rows *rows;
  gibbs_cluster_row_scratch *scratch;
  size_t runs;
} labelling;

/* The run of site k of a row. */
static inline uint32_t run_of(const gibbs_cluster_row_scratch *s, size_t row_word, size_t k) {
  size_t word = row_word + k / 64;
  uint64_t up_to = s->starts[word] & ~UINT64_C(0) >> (63 - k % 64);
  return s->base[word] + (uint32_t)__builtin_popcountll(up_to) - 1;
}

/* Cut a row into runs; true when its last one goes on as its first one. */
static inline bool cut_row(labelling *l, size_t r) {
  const gibbs_cluster_rows *rows = l->rows;
  gibbs_cluster_row_scratch *s = l->scratch;
  const size_t words = rows->words, total = rows->rows * words;
  bool around = false;
  for (size_t w = 0; w < words; w++) {
    size_t at = r * words + w, left = rows->width - w * 64;
    uint64_t joined = 0, sites = left < 64 ? ~(~UINT64_C(0) << left) : ~UINT64_C(0);
    for (size_t k = 0; k < rows->lines; k++)
      if (rows->line[k].along) joined |= s->active[k * total + at];
    if (w == 0) around = joined & 1, joined &= ~UINT64_C(1);
    uint64_t starts = ~joined & sites;
    s->starts[at] = starts;
    s->base[at] = (uint32_t)l->runs;
    for (size_t first = r * rows->width + w * 64; starts; starts &= starts - 1) {
      s->position[l->runs] = (uint32_t)(first + (size_t)__builtin_ctzll(starts));
      l->runs++;
    }
  }
  for (size_t x = s->base[r * words]; x < l->runs; x++) s->nodes.parent[x] = (uint32_t)x;
  return around;
}

/* Follow the active bonds of a line from row r.  Of bonds between the same two runs in a row one is enough; `fresh`:
 * the runs have not been joined with anything yet, so that the first bond of a run just puts it below the other end.
 */
GIBBS_CLONES static void follow_line(labelling *l, size_t k, size_t r, bool fresh) {
  const gibbs_cluster_rows *rows = l->rows;
  gibbs_cluster_row_scratch *s = l->scratch;
  uint32_t *parent = s->nodes.parent;
  const size_t words = rows->words, width = rows->width, shift = rows->line[k].shift;
  const size_t here = r * words, there = rows->line[k].partner[r] * words;
  const uint64_t *active = s->active + k * rows->rows * words + here;
  uint64_t seen_below = 0, same_below = 0;
  for (size_t w = 0; w < words; w++) {
    uint64_t linked = ~s->starts[here + w];
    uint64_t both = linked & ~read_around(s->starts + there, width, wrapped(w * 64 + shift, width));
    uint64_t same = fill_upwards(active[w], both, same_below);
    uint64_t wanted = active[w] & ~((same << 1 | same_below) & both), first = 0;
    same_below = same >> 63;
    if (fresh) {
      uint64_t seen = fill_upwards(active[w], linked, seen_below);
      first = active[w] & ~((seen << 1 | seen_below) & linked);
      seen_below = seen >> 63;
    }
    for (uint64_t left = first; left; left &= left - 1) {
      size_t site = w * 64 + (size_t)__builtin_ctzll(left);
      parent[run_of(s, here, site)] = parent[run_of(s, there, wrapped(site + shift, width))];
    }
    for (uint64_t left = wanted & ~first; left; left &= left - 1) {
      size_t site = w * 64 + (size_t)__builtin_ctzll(left);
      gibbs_cluster_join(parent, run_of(s, here, site), run_of(s, there, wrapped(site + shift, width)));
    }
  }
}

/* Rows in their order; bonds with rows further down wait until those have been cut. */
GIBBS_CLONES static size_t label(const gibbs_cluster_rows *rows, gibbs_cluster_row_scratch *s) {
  labelling l = {rows, s, 0};
  for (size_t r = 0; r < rows->rows; r++) {
    bool around = cut_row(&l, r), fresh = true;
    for (size_t k = 0; k < rows->lines; k++) {
      if (rows->line[k].along || rows->line[k].partner[r] == GIBBS_CLUSTER_NONE || rows->line[k].partner[r] > r)
        continue;
      if (fresh && rows->line[k].partner[r] < r)
        follow_line(&l, k, r, true);
      else
        follow_line(&l, k, r, false);
      fresh = false;
    }
    if (around) gibbs_cluster_join(s->nodes.parent, s->base[r * rows->words], (uint32_t)l.runs - 1);
  }
  for (size_t k = 0; k < rows->lines; k++)
    for (size_t r = 0; r < rows->rows && !rows->line[k].along; r++)
      if (rows->line[k].partner[r] != GIBBS_CLUSTER_NONE && rows->line[k].partner[r] > r)
        follow_line(&l, k, r, false);
  return l.runs;
}

/* ---- what the runs carry ------------------------------------------------------------------------------------------
 */

static void measure_runs(const gibbs_cluster_rows *rows, const gibbs_cluster_model *model,
                         gibbs_cluster_row_scratch *s, const uint64_t *spins) {
  gibbs_cluster_nodes *n = &s->nodes;
  for (size_t x = 0; x < n->count; x++) {
    int32_t magnet = 0;
    double field = 0;
    bool held = false;
    for (size_t u = s->position[x]; u < s->position[x + 1]; u++) {
      size_t k = u % rows->width;
      int32_t spin = spins[u / rows->width * rows->words + k / 64] >> k % 64 & 1 ? 1 : -1;
      magnet += spin;
      if (model->field) field += model->field[u] * spin;
      held = held || (n->held && model->target->held[u]);
    }
    n->magnet[x] = magnet;
    if (n->field) n->field[x] = model->field ? field : model->level * magnet;
    if (n->held) n->held[x] = held;
  }
}

GIBBS_CLONES static void write_spins(const gibbs_cluster_rows *rows, const gibbs_cluster_row_scratch *s,
                                     uint64_t *spins) {
  uint64_t flipped = 0;
  size_t run = 0;
  for (size_t at = 0; at < rows->rows * rows->words; at++) {
    uint64_t flips = 0 - flipped, sites = 0 - (uint64_t)1;
    size_t left = rows->width - at % rows->words * 64;
    if (left < 64) sites = ~(sites << left);
    for (uint64_t starts = s->starts[at]; starts; starts &= starts - 1) {
      uint64_t next = gibbs_cluster_flipped(&s->nodes, run++);
      flips ^= (0 - (next ^ flipped)) << __builtin_ctzll(starts);
      flipped = next;
    }
    spins[at] ^= flips & sites;
  }
}

void gibbs_cluster_rows_sweep(const gibbs_cluster_rows *rows, const gibbs_cluster_model *model,
                              gibbs_cluster_row_scratch *scratch, gibbs_cluster_dice *dice, uint64_t *spins,
                              gibbs_cluster_report *report) {
  gibbs_cluster_nodes *n = &scratch->nodes;
  for (size_t k = 0; k < rows->lines; k++)
    activate(rows, &rows->line[k], spins, dice, scratch->active + k * rows->rows * rows->words);
  n->count = label(rows, scratch);
  scratch->position[n->count] = (uint32_t)model->units;
  for (size_t x = 0; x < n->count; x++) n->size[x] = (int32_t)(scratch->position[x + 1] - scratch->position[x]);
  if (n->magnet) measure_runs(rows, model, scratch, spins);
  gibbs_cluster_gather(n);
  gibbs_cluster_settle(n, model->units, model->states, dice, report);
  write_spins(rows, scratch, spins);
}
