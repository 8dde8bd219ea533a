/* program_block.h - running the instructions of a frame over one block of configurations. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_BLOCK_H
#define GIBBS_EXPR_PROGRAM_BLOCK_H

#include "program_code.h"
#include "program_plain.h"

/* Values that a group does at once: a register of 2 KiB.  Of one element, many configurations; where there are fewer
 * than GIBBS_FEW, of many elements. */
enum { GIBBS_STRIP = 256, GIBBS_FEW = 16 };

/* Where operand k of a group is for element e: start + gibbs_place_element(e) * step. */
typedef struct gibbs_cursor {
  double *start;
  size_t step;
  size_t wide;   /* 1: one value a configuration, 0: a number */
  double *at;    /* for the present element, or the present bunch of elements */
  double *spare; /* a register for a bunch whose rows do not follow each other */
  bool made;     /* by a step of the group */
} gibbs_cursor;

typedef struct gibbs_block {
  const gibbs_plain *plain; /* of the frame at work */
  const double *const *in;
  double *const *out;
  size_t stride;         /* of in and out */
  size_t first, columns; /* which configurations */
  size_t width;          /* distance of the rows of the workspace, a multiple of 8 */
  double *rows, *registers;
  double *spare; /* a register for each cursor */
  double **accumulators;
  gibbs_cursor *cursors; /* as many as the largest group has operands */
  double *joint;         /* the values of one configuration for a callback */
} gibbs_block;

/* Row 0 of a place (not of numbers and registers) at the block's first configuration, and the distance of rows. */
double *gibbs_block_rows(const gibbs_block *block, const gibbs_place *place, size_t *distance);

gibbs_status gibbs_block_run(gibbs_block *block, const gibbs_code *code, gibbs_error *err) GIBBS_CHECKED;
void gibbs_block_group(gibbs_block *block, const gibbs_group *group);
void gibbs_block_product(gibbs_block *block, const gibbs_instruction *instruction);
void gibbs_block_logsumexp(gibbs_block *block, const gibbs_instruction *instruction);
gibbs_status gibbs_block_states(gibbs_block *block, const gibbs_instruction *instruction,
                                gibbs_error *err) GIBBS_CHECKED;

#endif
