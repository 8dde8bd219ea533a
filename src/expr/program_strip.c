/* program_strip.c - groups: elementwise chains and sums, a strip of configurations and an element at a time, or many
 * elements at a time where configurations are few. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "gibbs/private/clones.h"
#include "program_block.h"
#include "vectormath.h"

#define INLINE static inline __attribute__((always_inline))

static void place_cursors(const gibbs_block *block, const gibbs_group *group, size_t column) {
  for (size_t k = 0; k < group->operand_count; k++) {
    const gibbs_place *place = &group->operands[k];
    gibbs_cursor *cursor = &block->cursors[k];
    cursor->wide = 1;
    if (place->space == GIBBS_SPACE_REGISTER) {
      cursor->start = block->registers + place->number * GIBBS_STRIP;
      cursor->step = 0;
    } else if (place->space == GIBBS_SPACE_NUMBERS) {
      cursor->start = block->plain->at[place->number];
      cursor->step = 1;
      cursor->wide = 0;
    } else {
      cursor->start = gibbs_block_rows(block, place, &cursor->step) + column;
    }
  }
}

static void take_step(const gibbs_cursor *cursors, const gibbs_step *step, size_t width) {
  const gibbs_cursor *a = &cursors[step->a];
  double *out = cursors[step->out].at;
  if (step->op == GIBBS_OP_ELEMENTWISE_COUNT && !a->wide)
    gibbs_vector_fill(out, *a->at, width);
  else if (step->op == GIBBS_OP_ELEMENTWISE_COUNT)
    memcpy(out, a->at, width * sizeof *out);
  else if (step->b == GIBBS_NONE)
    gibbs_vector_unary(step->op, out, a->at, width);
  else
    gibbs_vector_binary(step->op, out, (gibbs_operand){a->at, a->wide},
                        (gibbs_operand){cursors[step->b].at, cursors[step->b].wide}, width);
}

static void add_to_row(double *row, const gibbs_cursor *a, const gibbs_cursor *b, size_t width) {
  if (!b)
    gibbs_vector_add(row, a->at, width);
  else if (!a->wide)
    gibbs_vector_add_scaled(row, *a->at, b->at, width);
  else if (!b->wide)
    gibbs_vector_add_scaled(row, *b->at, a->at, width);
  else
    gibbs_vector_add_product(row, a->at, b->at, width);
}

static double add_up(const gibbs_cursor *a, const gibbs_cursor *b, size_t width) {
  if (!b) return gibbs_vector_sum(a->at, width);
  if (!a->wide) return *a->at * gibbs_vector_sum(b->at, width);
  if (!b->wide) return *b->at * gibbs_vector_sum(a->at, width);
  return gibbs_vector_dot(a->at, b->at, width);
}

static void fill_sink(const gibbs_block *block, const gibbs_sink *sink, size_t element, size_t column, size_t width) {
  const gibbs_cursor *a = &block->cursors[sink->a], *b = sink->b == GIBBS_NONE ? NULL : &block->cursors[sink->b];
  if (sink->total) {
    block->accumulators[sink->accumulator][element] += add_up(a, b, width);
    return;
  }
  size_t distance;
  double *rows = gibbs_block_rows(block, &sink->rows, &distance) + column;
  add_to_row(rows + gibbs_place_element(&sink->rows, element) * distance, a, b, width);
}

static void empty_sinks(const gibbs_block *block, const gibbs_group *group, size_t column, size_t width) {
  for (size_t k = 0; k < group->sink_count; k++) {
    size_t distance;
    if (group->sinks[k].total) continue;
    double *rows = gibbs_block_rows(block, &group->sinks[k].rows, &distance) + column;
    for (size_t e = 0; e < group->sinks[k].size; e++) memset(rows + e * distance, 0, width * sizeof *rows);
  }
}

static void run_strip(const gibbs_block *block, const gibbs_group *group, size_t column, size_t width) {
  place_cursors(block, group, column);
  empty_sinks(block, group, column, width);
  for (size_t e = 0; e < group->size; e++) {
    for (size_t k = 0; k < group->operand_count; k++) {
      gibbs_cursor *cursor = &block->cursors[k];
      cursor->at = cursor->start + gibbs_place_element(&group->operands[k], e) * cursor->step;
    }
    for (size_t k = 0; k < group->step_count; k++) take_step(block->cursors, &group->steps[k], width);
    for (size_t k = 0; k < group->sink_count; k++) fill_sink(block, &group->sinks[k], e, column, width);
  }
}

/* ---- few configurations ------------------------------------------------------------------------- */

/* Some elements of a group, whose rows lie one after the other in a register. */
typedef struct bunch {
  const gibbs_block *block;
  const gibbs_group *group;
  size_t first, count, width;
} bunch;

/* Whether the rows of the bunch follow each other where they are. */
static bool follow_each_other(const bunch *b, const gibbs_place *place, const gibbs_cursor *cursor) {
  if (cursor->step != b->width || place->repeats) return false;
  for (size_t k = 1; place->index && k < b->count; k++)
    if (place->index[b->first + k] != place->index[b->first] + k) return false;
  return true;
}

static double *row_at(const bunch *b, const gibbs_place *place, const gibbs_cursor *cursor, size_t k) {
  return cursor->start + gibbs_place_element(place, b->first + k) * cursor->step;
}

INLINE void copy_rows(const double *from, size_t step, const uint32_t *index, size_t count, double *out,
                      size_t width) {
  for (size_t k = 0; k < count; k++)
    for (size_t c = 0; c < width; c++) out[k * width + c] = from[index[k] * step + c];
}

static void copy_chosen(const bunch *b, const gibbs_place *place, const gibbs_cursor *cursor) {
  const double *from = cursor->start + place->offset * cursor->step;
  const uint32_t *index = place->index + b->first;
  switch (b->width) {
  case 1:
    copy_rows(from, cursor->step, index, b->count, cursor->spare, 1);
    break;
  case 2:
    copy_rows(from, cursor->step, index, b->count, cursor->spare, 2);
    break;
  case 4:
    copy_rows(from, cursor->step, index, b->count, cursor->spare, 4);
    break;
  case 8:
    copy_rows(from, cursor->step, index, b->count, cursor->spare, 8);
    break;
  default:
    copy_rows(from, cursor->step, index, b->count, cursor->spare, b->width);
  }
}

static void gather_rows(const bunch *b, const gibbs_place *place, const gibbs_cursor *cursor) {
  bool numbers = place->space == GIBBS_SPACE_NUMBERS;
  if (!numbers && place->index) {
    copy_chosen(b, place, cursor);
    return;
  }
  double *out = cursor->spare;
  for (size_t k = 0; k < b->count; k++, out += b->width) {
    const double *from = row_at(b, place, cursor, k);
    for (size_t c = 0; c < b->width; c++) out[c] = from[numbers ? 0 : c];
  }
}

static void find_bunch(const bunch *b, const gibbs_place *place, gibbs_cursor *cursor) {
  bool numbers = place->space == GIBBS_SPACE_NUMBERS;
  cursor->wide = !(numbers && place->repeats);
  cursor->at = cursor->start;
  if (place->space == GIBBS_SPACE_REGISTER) return;
  if (!cursor->wide || follow_each_other(b, place, cursor)) {
    cursor->at = row_at(b, place, cursor, 0);
    return;
  }
  cursor->at = cursor->spare;
  if (!cursor->made) gather_rows(b, place, cursor);
}

static void store_bunch(const bunch *b, const gibbs_place *place, const gibbs_cursor *cursor) {
  if (!cursor->made || cursor->at != cursor->spare) return;
  for (size_t k = 0; k < b->count; k++)
    memcpy(row_at(b, place, cursor, k), cursor->at + k * b->width, b->width * sizeof(double));
}

INLINE void add_columns(double *row, gibbs_operand a, gibbs_operand b, size_t count, size_t width) {
  double sum[GIBBS_FEW];
  for (size_t c = 0; c < width; c++) sum[c] = row[c];
  for (size_t e = 0, at = 0; e < count; e++, at += width)
    for (size_t c = 0; c < width; c++) sum[c] += a.at[(at + c) * a.step] * b.at[(at + c) * b.step];
  for (size_t c = 0; c < width; c++) row[c] = sum[c];
}

/* Widened over elements, products would be rounded before they are added, and not where they are added one by one. */
#if defined(__GNUC__) && !defined(__clang__)
#define ONE_BY_ONE __attribute__((optimize("no-tree-vectorize")))
#else
#define ONE_BY_ONE
#endif

/* row += the sum over elements of a b, one after the other, as wide strips do it: the same bits for any number of
 * configurations. */
ONE_BY_ONE GIBBS_CLONES static void add_bunch(double *row, gibbs_operand a, gibbs_operand b, size_t count,
                                              size_t width) {
  switch (width) {
  case 1:
    add_columns(row, a, b, count, 1);
    break;
  case 2:
    add_columns(row, a, b, count, 2);
    break;
  case 4:
    add_columns(row, a, b, count, 4);
    break;
  case 8:
    add_columns(row, a, b, count, 8);
    break;
  default:
    add_columns(row, a, b, count, width);
  }
}

static void fill_sink_with_bunch(const bunch *b, const gibbs_sink *sink) {
  static const double one = 1.0;
  const gibbs_cursor *cursors = b->block->cursors;
  gibbs_operand x = {cursors[sink->a].at, cursors[sink->a].wide}, y = {&one, 0};
  if (sink->b != GIBBS_NONE) y = (gibbs_operand){cursors[sink->b].at, cursors[sink->b].wide};
  size_t distance, step = sink->rows.repeats ? b->count : 1;
  double *rows = gibbs_block_rows(b->block, &sink->rows, &distance);
  for (size_t k = 0; k < b->count; k += step) {
    double *row = rows + gibbs_place_element(&sink->rows, b->first + k) * distance;
    gibbs_operand from = {x.at + k * b->width * x.step, x.step}, by = {y.at + k * b->width * y.step, y.step};
    add_bunch(row, from, by, step, b->width);
  }
}

static void run_bunch(const bunch *b) {
  gibbs_cursor *cursors = b->block->cursors;
  const gibbs_group *group = b->group;
  for (size_t k = 0; k < group->operand_count; k++) find_bunch(b, &group->operands[k], &cursors[k]);
  for (size_t k = 0; k < group->step_count; k++) take_step(cursors, &group->steps[k], b->count * b->width);
  for (size_t k = 0; k < group->operand_count; k++) store_bunch(b, &group->operands[k], &cursors[k]);
  for (size_t k = 0; k < group->sink_count; k++) fill_sink_with_bunch(b, &group->sinks[k]);
}

static void run_bunches(const gibbs_block *block, const gibbs_group *group) {
  bunch b = {.block = block, .group = group, .width = block->columns};
  size_t most = GIBBS_STRIP / b.width;
  place_cursors(block, group, 0);
  empty_sinks(block, group, 0, b.width);
  for (size_t k = 0; k < group->operand_count; k++) {
    block->cursors[k].spare = block->spare + k * GIBBS_STRIP;
    block->cursors[k].made = false;
  }
  for (size_t k = 0; k < group->step_count; k++) block->cursors[group->steps[k].out].made = true;
  for (; b.first < group->size; b.first += b.count) {
    b.count = group->size - b.first < most ? group->size - b.first : most;
    run_bunch(&b);
  }
}

/* Totals are added up configuration after configuration. */
static bool has_totals(const gibbs_group *group) {
  for (size_t k = 0; k < group->sink_count; k++)
    if (group->sinks[k].total) return true;
  return false;
}

void gibbs_block_group(gibbs_block *block, const gibbs_group *group) {
  if (block->columns < GIBBS_FEW && group->size > 1 && !has_totals(group)) {
    run_bunches(block, group);
    return;
  }
  for (size_t column = 0; column < block->columns; column += GIBBS_STRIP) {
    size_t left = block->columns - column;
    run_strip(block, group, column, left < GIBBS_STRIP ? left : GIBBS_STRIP);
  }
}
