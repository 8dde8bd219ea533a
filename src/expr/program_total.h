/* program_total.h - totals over the batch: what is linear is done once, to the sums of what is not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_TOTAL_H
#define GIBBS_EXPR_PROGRAM_TOTAL_H

#include "gibbs/program.h"
#include "program_compile.h"
#include "program_plain.h"

typedef enum gibbs_total_kind {
  GIBBS_TOTAL_SUMMED, /* added up by the code, block by block: its number is that of the accumulator */
  GIBBS_TOTAL_LINEAR, /* the node itself, of totals and numbers */
  GIBBS_TOTAL_NUMBERS /* the same in all configurations */
} gibbs_total_kind;

/* The total of one value of the frame. */
typedef struct gibbs_total_value {
  gibbs_total_kind kind;
  size_t value;
  size_t arguments[2]; /* LINEAR: totals, or GIBBS_NONE where the numbers of the frame are meant */
  size_t offset;       /* in the workspace */
  size_t output;       /* summed right into this output, or GIBBS_NONE */
} gibbs_total_value;

typedef struct gibbs_totals {
  gibbs_total_value *values; /* arguments before users */
  size_t count, room;
  size_t *outputs; /* [output]: a total, or GIBBS_NONE */
  size_t output_count;
  gibbs_total *demands;
  size_t demand_count;
} gibbs_totals;

gibbs_status gibbs_totals_new(const gibbs_frame *frame, const gibbs_output kinds[], gibbs_totals *out,
                              gibbs_error *err) GIBBS_CHECKED;
void gibbs_totals_free(gibbs_totals *totals);
/* After the last block: all totals from those that were summed, added to the outputs. */
void gibbs_totals_finish(const gibbs_totals *totals, const gibbs_plain *plain, size_t batch, double *room,
                         double *const out[]);

#endif
