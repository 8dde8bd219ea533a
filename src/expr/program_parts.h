/* program_parts.h - what a program is made of. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_PARTS_H
#define GIBBS_EXPR_PROGRAM_PARTS_H

#include "program_block.h"
#include "program_total.h"

struct gibbs_program {
  gibbs_frame *frame;
  gibbs_totals totals;
  gibbs_output *kinds; /* [output] */
  gibbs_plain *plain;  /* what does not vary, since the last gibbs_program_prepare */
  bool calls_back;
};

#endif
