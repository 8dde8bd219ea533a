/* program_compile.h - between the rooms of the compiler: what is known of each value, and the units of work.
 *
 * In order: program_compile.c finds what is needed and gives every value a role; program_stage.c joins elementwise
 * values into groups; program_schedule.c orders the units and allots rows; program_write.c and program_group.c write
 * the instructions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GIBBS_EXPR_PROGRAM_COMPILE_H
#define GIBBS_EXPR_PROGRAM_COMPILE_H

#include "program_code.h"

typedef enum gibbs_role {
  GIBBS_ROLE_LEAF,  /* there already: inputs, imports, numbers */
  GIBBS_ROLE_VIEW,  /* rows of another value */
  GIBBS_ROLE_COPY,  /* the same, copied side by side for a matrix product */
  GIBBS_ROLE_FUSED, /* one step of a group */
  GIBBS_ROLE_SINK,  /* added up by a group */
  GIBBS_ROLE_SOLO   /* an instruction of its own */
} gibbs_role;

typedef struct gibbs_plan_value {
  gibbs_role role;
  bool needed, stored;
  size_t stage;       /* units of a higher stage come later; of FUSED values of one group it is the same */
  size_t group;       /* of FUSED values: another value of its group, or itself (a union-find forest) */
  size_t unit;        /* the unit that makes it, or GIBBS_NONE */
  size_t output;      /* the output it is written into at once, or GIBBS_NONE */
  size_t last;        /* when it is read last */
  size_t uses, sinks; /* FUSED: how many steps, and how many sums, of its group read it */
  bool absorbed;      /* FUSED: a product that is only added up, and so never stored, not even in a register */
  size_t operand;     /* FUSED: its result among the operands of its group */
  gibbs_place place;
} gibbs_plan_value;

/* What a unit is asked for besides the values it makes. */
typedef struct gibbs_total {
  size_t value;
  size_t accumulator;
  bool outer; /* of the arguments of an outer product, which is never made itself */
} gibbs_total;

typedef struct gibbs_demand {
  const size_t *each; /* [output]: a value of the frame, or GIBBS_NONE */
  size_t each_count;
  const gibbs_total *totals;
  size_t total_count;
  const gibbs_place *outside; /* [value of the parent], for a body */
  size_t first_row;
} gibbs_demand;

/* One instruction to be. */
typedef struct gibbs_unit {
  gibbs_task task;
  size_t value;                  /* a member, or what is copied or totalled */
  size_t output;                 /* copies: where to */
  size_t total;                  /* OUTER_TOTAL: which */
  size_t first, count;           /* its members in the list */
  size_t first_read, read_count; /* the values that it reads and others make */
  size_t position;               /* when it is done */
  size_t cursor;                 /* reads seen to so far */
  size_t scratch;
} gibbs_unit;

typedef struct gibbs_plan {
  gibbs_frame *frame;
  const gibbs_demand *demand;
  gibbs_plan_value *values;
  gibbs_unit *units;
  size_t unit_count;
  size_t *members, *reads, *order;
  gibbs_code *code;
} gibbs_plan;

/* The value whose rows a value shows. */
size_t gibbs_plan_base(const gibbs_plan *plan, size_t value);
/* Whether the value is a step in the same group as its argument k: then it reads a register. */
bool gibbs_plan_fuses(const gibbs_plan *plan, size_t value, size_t k);
size_t gibbs_plan_group(const gibbs_plan *plan, size_t value);

void gibbs_plan_stages(gibbs_plan *plan);
gibbs_status gibbs_plan_units(gibbs_plan *plan, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_plan_schedule(gibbs_plan *plan, gibbs_error *err) GIBBS_CHECKED;
gibbs_status gibbs_plan_write(gibbs_plan *plan, gibbs_error *err) GIBBS_CHECKED;
/* Takes over the array, also when it fails. */
gibbs_status gibbs_code_keep_index(gibbs_code *code, uint32_t *index, gibbs_error *err) GIBBS_CHECKED;
/* The rows that element positions `at` (count of them, to outlive the code) choose from a place. */
gibbs_status gibbs_place_choose(gibbs_code *code, const gibbs_place *from, const uint32_t *at, size_t count,
                                gibbs_place *out, gibbs_error *err) GIBBS_CHECKED;

/* frame->code, and that of all bodies inside. */
gibbs_status gibbs_code_compile(gibbs_frame *frame, const gibbs_demand *demand, gibbs_error *err) GIBBS_CHECKED;

#endif
