/* program_block.c - the instructions of a block, one after the other; callbacks and totals of outer products. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_block.h"

#include "gibbs/private/blas.h"

double *gibbs_block_rows(const gibbs_block *block, const gibbs_place *place, size_t *distance) {
  *distance = place->space == GIBBS_SPACE_BUFFER ? block->width : block->stride;
  switch (place->space) {
  case GIBBS_SPACE_INPUT: /* read only: the same pointer type serves outputs */
    return (double *)block->in[place->number] + block->first;
  case GIBBS_SPACE_OUTPUT:
    return block->out[place->number] + block->first;
  default:
    return block->rows + place->number * block->width;
  }
}

static gibbs_status call_back(gibbs_block *block, const gibbs_instruction *instruction, gibbs_error *err) {
  const gibbs_frame *f = block->plain->frame;
  const gibbs_callback *callback = f->values[instruction->value].node->of.callback;
  size_t distance;
  double *out = gibbs_block_rows(block, &instruction->out, &distance);
  gibbs_status status = GIBBS_OK;
  for (size_t c = 0; status == GIBBS_OK && c < block->columns; c++) {
    double *joint = block->joint;
    for (size_t k = 0; k < f->values[instruction->value].count; k++) {
      const gibbs_place *part = &instruction->parts[k];
      size_t size = gibbs_frame_argument(f, instruction->value, k)->node->size;
      const double *numbers = part->space == GIBBS_SPACE_NUMBERS ? block->plain->at[part->number] : NULL;
      const double *rows = numbers ? NULL : gibbs_block_rows(block, part, &distance);
      for (size_t e = 0; e < size; e++)
        *joint++ = numbers ? numbers[e] : rows[gibbs_place_element(part, e) * distance + c];
    }
    status = callback->call(callback->payload, block->joint, out + c, err);
  }
  return status;
}

static void add_outer(gibbs_block *block, const gibbs_instruction *instruction) {
  const gibbs_expr *node = block->plain->frame->values[instruction->value].node;
  size_t distance_a, distance_b, rows = node->shape.extent[0], columns = node->shape.extent[1];
  const double *a = gibbs_block_rows(block, &instruction->a, &distance_a) + instruction->a.offset * distance_a;
  const double *b = gibbs_block_rows(block, &instruction->b, &distance_b) + instruction->b.offset * distance_b;
  gibbs_dgemm(false, true, rows, columns, block->columns, 1, a, distance_a, b, distance_b, 1,
              block->accumulators[instruction->accumulator], columns);
}

gibbs_status gibbs_block_run(gibbs_block *block, const gibbs_code *code, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < code->count; k++) {
    const gibbs_instruction *instruction = &code->instructions[k];
    switch (instruction->task) {
    case GIBBS_TASK_GROUP:
      gibbs_block_group(block, &instruction->group);
      break;
    case GIBBS_TASK_PRODUCT:
      gibbs_block_product(block, instruction);
      break;
    case GIBBS_TASK_LOGSUMEXP:
      gibbs_block_logsumexp(block, instruction);
      break;
    case GIBBS_TASK_OUTER_TOTAL:
      add_outer(block, instruction);
      break;
    case GIBBS_TASK_STATES:
      status = gibbs_block_states(block, instruction, err);
      break;
    case GIBBS_TASK_CALLBACK:
      status = call_back(block, instruction, err);
      break;
    }
  }
  return status;
}
