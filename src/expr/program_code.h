/* program_code.h - the instructions that compute, block of configurations by block, what varies among them.
 *
 * A row is the values of one element over the configurations of a block.  Chains of elementwise operations of one
 * size form a group: the group goes through its elements one by one and keeps what lies between its operations in
 * registers, strips short enough for the first cache.  Sums, scatters and totals take what they add from a register
 * too.  Gathers are no instructions at all: they choose rows. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_CODE_H
#define GIBBS_EXPR_PROGRAM_CODE_H

#include "program_frame.h"

typedef enum gibbs_space {
  GIBBS_SPACE_NUMBERS,  /* plain values of the frame: the same in all configurations */
  GIBBS_SPACE_INPUT,    /* rows of an input, as the caller holds them */
  GIBBS_SPACE_OUTPUT,   /* rows of an output */
  GIBBS_SPACE_BUFFER,   /* rows of the workspace, counted from the first */
  GIBBS_SPACE_REGISTER, /* a strip of the group that is at work */
  GIBBS_SPACE_NONE
} gibbs_space;

/* Which rows, registers or numbers an operand stands for: element e is at offset + index[e]. */
typedef struct gibbs_place {
  gibbs_space space;
  size_t number; /* of the value, input, output, first row or register */
  size_t offset;
  const uint32_t *index; /* NULL: e itself */
  bool repeats;          /* all elements are the one at offset */
} gibbs_place;

static inline size_t gibbs_place_element(const gibbs_place *place, size_t e) {
  return place->offset + (place->index ? place->index[e] : place->repeats ? 0 : e);
}

/* One elementwise operation of a group; GIBBS_OP_ELEMENTWISE_COUNT copies a. */
typedef struct gibbs_step {
  gibbs_op op;
  size_t out, a, b; /* operands of the group; b is GIBBS_NONE for one argument */
} gibbs_step;

/* What a group adds up: a, or a b.  Over its elements into rows, or over the configurations into an accumulator. */
typedef struct gibbs_sink {
  bool total;
  size_t a, b;        /* b is GIBBS_NONE where a alone is added */
  gibbs_place rows;   /* of the sum; the index says where each element goes */
  size_t size;        /* rows of the sum */
  size_t accumulator; /* of the total */
} gibbs_sink;

typedef struct gibbs_group {
  size_t size; /* elements */
  gibbs_place *operands;
  size_t operand_count;
  gibbs_step *steps;
  size_t step_count;
  gibbs_sink *sinks;
  size_t sink_count;
  size_t registers;
} gibbs_group;

typedef enum gibbs_task {
  GIBBS_TASK_GROUP,
  GIBBS_TASK_PRODUCT, /* matrix product a b into out */
  GIBBS_TASK_LOGSUMEXP,
  GIBBS_TASK_STATES, /* sum over the states of a body, which reads rows by itself */
  GIBBS_TASK_CALLBACK,
  GIBBS_TASK_OUTER_TOTAL /* accumulator += sum over configurations of a b' */
} gibbs_task;

typedef struct gibbs_instruction {
  gibbs_task task;
  size_t value;      /* which value it makes, if one */
  gibbs_group group; /* GROUP */
  gibbs_place out, a, b;
  gibbs_place *parts; /* CALLBACK: rows of its arguments; STATES: of the sums led by value, in their order */
  size_t scratch;     /* STATES: the first of GIBBS_STATES_SCRATCH rows */
  size_t accumulator; /* OUTER_TOTAL */
} gibbs_instruction;

/* Rows of a sum over states: largest exponent, the last factor and weight, their total, the exponent. */
enum { GIBBS_STATES_SCRATCH = 5 };

typedef struct gibbs_code {
  gibbs_instruction *instructions;
  size_t count;
  gibbs_place *roots; /* where the frame's roots are, for a body */
  size_t rows;        /* of the workspace, with those of bodies */
  size_t registers;   /* of its largest group, with those of bodies */
  uint32_t **indices; /* made here, to be freed */
  size_t index_count;
} gibbs_code;

void gibbs_code_free(gibbs_code *code); /* NULL is fine */

#endif
