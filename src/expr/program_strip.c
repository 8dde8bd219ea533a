/* program_strip.c - groups: elementwise chains and sums, a strip of configurations and an element at a time. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "program_block.h"
#include "vectormath.h"

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

void gibbs_block_group(gibbs_block *block, const gibbs_group *group) {
  for (size_t column = 0; column < block->columns; column += GIBBS_STRIP) {
    size_t left = block->columns - column;
    run_strip(block, group, column, left < GIBBS_STRIP ? left : GIBBS_STRIP);
  }
}
