/* program_states.c - sums over the states of discrete variables, for a block of configurations at once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "program_block.h"
#include "vectormath.h"

/* The rows of a sum that is under way. */
typedef struct state_sum {
  double *most, *factor, *weight, *total, *exponent;
  double *out;
  size_t out_distance, size; /* size: elements of a mean, 0 of a marginal */
} state_sum;

static gibbs_operand element_of(const gibbs_block *block, const gibbs_place *place, size_t e) {
  if (place->space == GIBBS_SPACE_NUMBERS)
    return (gibbs_operand){block->plain->at[place->number] + gibbs_place_element(place, e), 0};
  size_t distance;
  const double *rows = gibbs_block_rows(block, place, &distance);
  return (gibbs_operand){rows + gibbs_place_element(place, e) * distance, 1};
}

static void negate(double *out, gibbs_operand x, size_t n) {
  if (x.step)
    gibbs_vector_unary(GIBBS_OP_NEG, out, x.at, n);
  else
    gibbs_vector_fill(out, -*x.at, n);
}

/* One more state: its energy is the last root, the value of a mean the first. */
static void add_state(const gibbs_block *block, const state_sum *s, const gibbs_code *code, size_t roots) {
  size_t n = block->columns;
  negate(s->exponent, element_of(block, &code->roots[roots - 1], 0), n);
  gibbs_vector_stream_weights(s->most, s->exponent, s->factor, s->weight, n);
  gibbs_vector_rescale_add(s->total, s->factor, s->weight, n);
  for (size_t e = 0; e < s->size; e++)
    gibbs_vector_rescale_add_product(s->out + e * s->out_distance, s->factor, s->weight,
                                     element_of(block, &code->roots[0], e), n);
}

static void finish(const state_sum *s, size_t n) {
  if (s->size == 0) {
    gibbs_vector_log(s->out, s->total, n);
    gibbs_vector_add(s->out, s->most, n);
    gibbs_vector_unary(GIBBS_OP_NEG, s->out, s->out, n);
  }
  for (size_t e = 0; e < s->size; e++) {
    double *row = s->out + e * s->out_distance;
    gibbs_vector_binary(GIBBS_OP_DIV, row, (gibbs_operand){row, 1}, (gibbs_operand){s->total, 1}, n);
  }
}

static state_sum begin(const gibbs_block *block, const gibbs_instruction *instruction) {
  const gibbs_expr *node = block->plain->frame->values[instruction->value].node;
  double *scratch = block->rows + instruction->scratch * block->width;
  state_sum s = {.most = scratch,
                 .factor = scratch + block->width,
                 .weight = scratch + 2 * block->width,
                 .total = scratch + 3 * block->width,
                 .exponent = scratch + 4 * block->width,
                 .size = node->kind == GIBBS_KIND_MARGINAL_MEAN ? node->size : 0};
  s.out = gibbs_block_rows(block, &instruction->out, &s.out_distance);
  gibbs_vector_fill(s.most, -INFINITY, block->columns);
  gibbs_vector_fill(s.total, 0, block->columns);
  for (size_t e = 0; e < s.size; e++) gibbs_vector_fill(s.out + e * s.out_distance, 0, block->columns);
  return s;
}

gibbs_status gibbs_block_states(gibbs_block *block, const gibbs_instruction *instruction, gibbs_error *err) {
  state_sum s = begin(block, instruction);
  gibbs_plain *plain = block->plain->bodies[instruction->value];
  const gibbs_frame *body = plain->frame;
  gibbs_block inner = *block;
  inner.plain = plain;
  for (uint64_t state = 0; state < body->states; state++) {
    gibbs_plain_set_state(plain, state);
    gibbs_status status = gibbs_plain_run(plain, err);
    if (status == GIBBS_OK) status = gibbs_block_run(&inner, body->code, err);
    if (status != GIBBS_OK) return status;
    add_state(&inner, &s, body->code, body->root_count);
  }
  finish(&s, block->columns);
  return GIBBS_OK;
}
