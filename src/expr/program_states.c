/* program_states.c - sums over the states of discrete variables, for a block of configurations at once. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "program_block.h"
#include "vectormath.h"

/* The rows that sums over the same states share while they are under way. */
typedef struct state_sum {
  const gibbs_instruction *instruction;
  double *most, *factor, *weight, *total, *exponent;
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

static void add_weighted(double *sum, const double *weight, gibbs_operand x, size_t n) {
  if (x.step)
    gibbs_vector_add_product(sum, weight, x.at, n);
  else
    gibbs_vector_add_scaled(sum, *x.at, weight, n);
}

/* One more state for one mean; `raised`: what was summed is to be scaled first. */
static void add_to_mean(const gibbs_block *inner, const state_sum *s, const gibbs_place *part,
                        const gibbs_place *value, size_t size, bool raised) {
  size_t distance, n = inner->columns;
  double *out = gibbs_block_rows(inner, part, &distance);
  for (size_t e = 0; e < size; e++, out += distance) {
    if (raised) gibbs_vector_scale(out, s->factor, n);
    add_weighted(out, s->weight, element_of(inner, value, e), n);
  }
}

/* One more state: its energy is the last root of the body. */
static void add_state(const gibbs_block *block, const gibbs_block *inner, const state_sum *s) {
  const gibbs_frame *f = block->plain->frame, *body = inner->plain->frame;
  size_t n = block->columns, k = 0;
  negate(s->exponent, element_of(inner, &body->code->roots[body->root_count - 1], 0), n);
  bool raised = gibbs_vector_stream_weights(s->most, s->exponent, s->factor, s->weight, n);
  if (raised) gibbs_vector_scale(s->total, s->factor, n);
  gibbs_vector_add(s->total, s->weight, n);
  for (size_t i = s->instruction->value; i != GIBBS_NONE; i = f->values[i].next, k++) {
    const gibbs_value *value = &f->values[i];
    if (value->root != GIBBS_NONE && s->instruction->parts[k].space != GIBBS_SPACE_NONE)
      add_to_mean(inner, s, &s->instruction->parts[k], &body->code->roots[value->root], value->node->size, raised);
  }
}

static void finish_marginal(const state_sum *s, double *out, size_t n) {
  gibbs_vector_log(out, s->total, n);
  gibbs_vector_add(out, s->most, n);
  gibbs_vector_unary(GIBBS_OP_NEG, out, out, n);
}

/* At the beginning means are 0, at the end they are divided by the sum of the weights. */
static void set_out(const gibbs_block *block, const state_sum *s, bool begin) {
  const gibbs_frame *f = block->plain->frame;
  size_t k = 0, distance, n = block->columns;
  for (size_t i = s->instruction->value; i != GIBBS_NONE; i = f->values[i].next, k++) {
    if (s->instruction->parts[k].space == GIBBS_SPACE_NONE) continue;
    double *out = gibbs_block_rows(block, &s->instruction->parts[k], &distance);
    if (f->values[i].root == GIBBS_NONE && !begin) finish_marginal(s, out, n);
    for (size_t e = 0; f->values[i].root != GIBBS_NONE && e < f->values[i].node->size; e++, out += distance) {
      if (begin)
        gibbs_vector_fill(out, 0, n);
      else
        gibbs_vector_binary(GIBBS_OP_DIV, out, (gibbs_operand){out, 1}, (gibbs_operand){s->total, 1}, n);
    }
  }
}

gibbs_status gibbs_block_states(gibbs_block *block, const gibbs_instruction *instruction, gibbs_error *err) {
  double *scratch = block->rows + instruction->scratch * block->width;
  state_sum s = {.instruction = instruction,
                 .most = scratch,
                 .factor = scratch + block->width,
                 .weight = scratch + 2 * block->width,
                 .total = scratch + 3 * block->width,
                 .exponent = scratch + 4 * block->width};
  gibbs_plain *plain = block->plain->bodies[instruction->value];
  gibbs_block inner = *block;
  inner.plain = plain;
  gibbs_vector_fill(s.most, -INFINITY, block->columns);
  gibbs_vector_fill(s.total, 0, block->columns);
  set_out(block, &s, true);
  for (uint64_t state = 0; state < plain->frame->states; state++) {
    gibbs_plain_set_state(plain, state);
    gibbs_status status = gibbs_plain_run(plain, err);
    if (status == GIBBS_OK) status = gibbs_block_run(&inner, plain->frame->code, err);
    if (status != GIBBS_OK) return status;
    add_state(block, &inner, &s);
  }
  set_out(block, &s, false);
  return GIBBS_OK;
}
