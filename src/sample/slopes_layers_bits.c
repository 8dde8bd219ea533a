/* slopes_layers_bits.c - configurations of two-state units as bits, by configuration and by unit. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/batch.h"
#include "gibbs/private/clones.h"
#include "gibbs/private/parallel.h"
#include "slopes_layers.h"

enum { word_bits = 32, few_rows = 24, few_units = 20000 };
/* What it costs to list a bit, to add its row of a panel, and to look four bits up in a table, each in the unit of
 * the second one: as measured, and of little consequence. */
static const double cost_of_listing = 2, cost_of_four = 1;

/* ---- room ---------------------------------------------------------------------------------------------------------
 */

static size_t count_words(size_t columns) {
  return (columns + word_bits - 1) / word_bits;
}

static gibbs_status make_bits(size_t rows, size_t columns, gibbs_layers_bits *out, gibbs_error *err) {
  size_t words = count_words(columns) * (rows + word_bits);
  out->word = calloc(words, sizeof *out->word);
  out->count = calloc(rows + 1, sizeof *out->count);
  out->list = rows <= SIZE_MAX / columns / sizeof *out->list ? malloc(rows * columns * sizeof *out->list) : NULL;
  if (out->word != NULL && out->count != NULL && out->list != NULL) return GIBBS_OK;
  return gibbs_fail_memory(err, "configurations as bits", rows * columns * sizeof *out->list);
}

static void clear_bits(gibbs_layers_bits *bits) {
  free(bits->word);
  free(bits->count);
  free(bits->list);
}

void gibbs_layers_chunk_clear(gibbs_layers_chunk *chunk) {
  clear_bits(&chunk->by_configuration);
  clear_bits(&chunk->by_unit);
  *chunk = (gibbs_layers_chunk){.most = 0};
}

gibbs_status gibbs_layers_chunk_new(size_t n, size_t most, gibbs_layers_chunk *out, gibbs_error *err) {
  *out = (gibbs_layers_chunk){.most = most};
  gibbs_status status = make_bits(most, n, &out->by_configuration, err);
  if (status == GIBBS_OK) status = make_bits(n, most, &out->by_unit, err);
  if (status != GIBBS_OK) gibbs_layers_chunk_clear(out);
  return status;
}

/* ---- words --------------------------------------------------------------------------------------------------------
 */

/* Bit i: x[i] is `high`.  *ones counts them, and *legal all that are `low` or `high`. */
GIBBS_CLONES static uint32_t pack_word(const double *x, size_t count, double low, double high, uint32_t *ones,
                                       size_t *all_legal) {
  uint32_t word = 0, legal = 0;
  if (count == word_bits) {
    for (size_t i = 0; i < word_bits; i++) word |= (uint32_t)(x[i] == high) << i;
    for (size_t i = 0; i < word_bits; i++) legal += (uint32_t)(x[i] == high) | (uint32_t)(x[i] == low);
  } else {
    for (size_t i = 0; i < count; i++) word |= (uint32_t)(x[i] == high) << i;
    for (size_t i = 0; i < count; i++) legal += (uint32_t)(x[i] == high) | (uint32_t)(x[i] == low);
  }
  *ones += (uint32_t)__builtin_popcount(word);
  *all_legal += legal;
  return word;
}

/* Bit j of word i becomes bit i of word j. */
GIBBS_CLONES static void turn_block(const uint32_t *from, uint32_t *to) {
  uint32_t x[word_bits];
  memcpy(x, from, sizeof x);
  uint32_t mask = 0x0000ffff;
  for (unsigned step = 16; step > 0; step /= 2, mask ^= mask << step)
    for (unsigned k = 0; k < word_bits; k += 2 * step)
      for (unsigned i = k; i < k + step; i++) {
        uint32_t other = (x[i] >> step ^ x[i + step]) & mask;
        x[i] ^= other << step;
        x[i + step] ^= other;
      }
  memcpy(to, x, sizeof x);
}

/* The bits of one row, or those that are clear, in ascending order. */
static void list_row(gibbs_layers_bits *bits, size_t row) {
  uint32_t *list = bits->list + row * bits->columns, *at = list;
  for (size_t k = 0; k < bits->words; k++) {
    size_t left = bits->columns - k * word_bits;
    uint32_t word = bits->word[k * bits->rows + row];
    if (bits->turned) word = ~word & (left < word_bits ? ((uint32_t)1 << left) - 1 : ~(uint32_t)0);
    for (; word != 0; word &= word - 1) *at++ = (uint32_t)(k * word_bits) + (uint32_t)__builtin_ctz(word);
  }
  bits->count[row] = (uint32_t)(at - list);
}

/* ---- filling
 * ---------------------------------------------------------------------------------------------------------- */

typedef struct filling {
  gibbs_layers_chunk *chunk;
  const gibbs_variable *variable;
  const double *rows;
  size_t first;
  double low, high;
  size_t blocks; /* of configurations */
  size_t step;   /* blocks to a segment */
} filling;

static gibbs_status refuse_row(const filling *f, size_t c, gibbs_error *err) {
  size_t n = f->chunk->by_unit.rows;
  gibbs_status status = GIBBS_OK;
  for (size_t u = 0; status == GIBBS_OK && u < n; u++)
    status = gibbs_unit_value_check(f->variable, f->rows[c * n + u], "configuration", f->first + c, u, err);
  return status;
}

/* 32 configurations become words. */
static gibbs_status pack_block(const filling *f, size_t block, gibbs_error *err) {
  gibbs_layers_bits *bits = &f->chunk->by_configuration;
  size_t end = (block + 1) * word_bits < bits->rows ? (block + 1) * word_bits : bits->rows;
  for (size_t c = block * word_bits; c < end; c++) {
    const double *x = f->rows + c * bits->columns;
    uint32_t ones = 0;
    size_t legal = 0;
    for (size_t k = 0; k < bits->words; k++) {
      size_t left = bits->columns - k * word_bits;
      bits->word[k * bits->rows + c] =
          pack_word(x + k * word_bits, left < word_bits ? left : word_bits, f->low, f->high, &ones, &legal);
    }
    bits->count[c] = ones;
    if (legal != bits->columns) return refuse_row(f, c, err);
  }
  return GIBBS_OK;
}

/* The words of 32 units, which are the turned blocks of those of configurations. */
static void turn_units(const gibbs_layers_bits *from, gibbs_layers_bits *to, size_t k) {
  for (size_t c = 0; c < to->columns; c += word_bits) {
    uint32_t block[word_bits] = {0}, turned[word_bits];
    size_t configurations = to->columns - c < word_bits ? to->columns - c : word_bits;
    size_t units = to->rows - k * word_bits < word_bits ? to->rows - k * word_bits : word_bits;
    memcpy(block, from->word + k * from->rows + c, configurations * sizeof *block);
    turn_block(block, turned);
    memcpy(to->word + c / word_bits * to->rows + k * word_bits, turned, units * sizeof *turned);
  }
}

/* The lists of 32 configurations, or words and lists of 32 units. */
static void list_block(const filling *f, size_t block) {
  bool units = block >= f->blocks;
  size_t k = units ? block - f->blocks : block;
  gibbs_layers_bits *bits = units ? &f->chunk->by_unit : &f->chunk->by_configuration;
  if (units) turn_units(&f->chunk->by_configuration, bits, k);
  for (size_t r = k * word_bits; bits->listed && r < (k + 1) * word_bits && r < bits->rows; r++) list_row(bits, r);
}

static gibbs_status pack_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread;
  const filling *f = context;
  gibbs_status status = GIBBS_OK;
  for (size_t k = segment * f->step; status == GIBBS_OK && k < (segment + 1) * f->step && k < f->blocks; k++)
    status = pack_block(f, k, err);
  return status;
}

static gibbs_status list_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  (void)thread, (void)err;
  const filling *f = context;
  size_t blocks = f->blocks + f->chunk->by_configuration.words;
  for (size_t k = segment * f->step; k < (segment + 1) * f->step && k < blocks; k++) list_block(f, k);
  return GIBBS_OK;
}

static void choose_lists(gibbs_layers_chunk *chunk, size_t panels, bool lists) {
  gibbs_layers_bits *bits = &chunk->by_configuration;
  double ones = 0;
  for (size_t c = 0; c < bits->rows; c++) ones += bits->count[c];
  double all = (double)bits->rows * (double)bits->columns, products = (double)panels;
  bits->turned = ones > all / 2;
  double listed = bits->turned ? all - ones : ones;
  bits->listed =
      lists || bits->rows < few_rows || listed * (cost_of_listing + products) < all / 4 * cost_of_four * products;
  chunk->by_unit.turned = bits->turned;
  chunk->by_unit.listed = bits->listed;
}

gibbs_status gibbs_layers_chunk_fill(gibbs_layers_chunk *chunk, const gibbs_variable *variable, const double *rows,
                                     size_t first, size_t count, size_t panels, bool lists, gibbs_error *err) {
  size_t n = gibbs_variable_units(variable);
  double low = gibbs_variable_domain(variable) == GIBBS_SPINS ? -1 : 0;
  filling f = {chunk, variable, rows, first, low, 1, count_words(count), 1};
  gibbs_layers_bits *c = &chunk->by_configuration, *u = &chunk->by_unit;
  c->rows = u->columns = count;
  u->rows = c->columns = n;
  c->words = count_words(n);
  u->words = count_words(count);
  size_t blocks = f.blocks + c->words;
  if (count * n < few_units) f.step = blocks; /* not worth waking a thread */
  gibbs_status status = gibbs_parallel_segments((f.blocks + f.step - 1) / f.step, pack_segment, &f, err);
  if (status != GIBBS_OK) return status;
  choose_lists(chunk, panels, lists);
  return gibbs_parallel_segments((blocks + f.step - 1) / f.step, list_segment, &f, err);
}
