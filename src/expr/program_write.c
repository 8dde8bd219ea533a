/* program_write.c - one instruction for each unit, in their order. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "program_write.h"

static size_t argument_of(const gibbs_plan *plan, size_t value, size_t k) {
  return plan->frame->arguments[plan->frame->values[value].first + k];
}

static gibbs_status write_callback(gibbs_plan *plan, gibbs_instruction *instruction, gibbs_error *err) {
  size_t count = plan->frame->values[instruction->value].count;
  instruction->parts = malloc((count + 1) * sizeof *instruction->parts);
  if (!instruction->parts) return gibbs_fail_memory(err, "a program", count * sizeof *instruction->parts);
  for (size_t k = 0; k < count; k++)
    instruction->parts[k] = plan->values[argument_of(plan, instruction->value, k)].place;
  return GIBBS_OK;
}

static gibbs_status write_states(gibbs_plan *plan, gibbs_instruction *instruction, gibbs_error *err) {
  const gibbs_value *values = plan->frame->values;
  size_t count = 0;
  for (size_t i = instruction->value; i != GIBBS_NONE; i = values[i].next) count++;
  instruction->parts = malloc((count + 1) * sizeof *instruction->parts);
  if (!instruction->parts) return gibbs_fail_memory(err, "a program", count * sizeof *instruction->parts);
  count = 0;
  for (size_t i = instruction->value; i != GIBBS_NONE; i = values[i].next)
    instruction->parts[count++] =
        plan->values[i].needed ? plan->values[i].place : (gibbs_place){.space = GIBBS_SPACE_NONE};
  return GIBBS_OK;
}

static gibbs_status write_instruction(gibbs_plan *plan, size_t number, gibbs_error *err) {
  const gibbs_unit *unit = &plan->units[number];
  gibbs_instruction *instruction = &plan->code->instructions[plan->code->count++];
  *instruction = (gibbs_instruction){.task = unit->task, .value = unit->value, .scratch = unit->scratch};
  switch (unit->task) {
  case GIBBS_TASK_GROUP:
    return gibbs_plan_write_group(plan, number, &instruction->group, err);
  case GIBBS_TASK_STATES:
    return write_states(plan, instruction, err);
  case GIBBS_TASK_OUTER_TOTAL:
    instruction->accumulator = plan->demand->totals[unit->total].accumulator;
    break;
  case GIBBS_TASK_CALLBACK:
    instruction->out = plan->values[unit->value].place;
    return write_callback(plan, instruction, err);
  default:
    instruction->out = plan->values[unit->value].place;
    break;
  }
  instruction->a = plan->values[argument_of(plan, unit->value, 0)].place;
  if (unit->task != GIBBS_TASK_LOGSUMEXP) instruction->b = plan->values[argument_of(plan, unit->value, 1)].place;
  return GIBBS_OK;
}

gibbs_status gibbs_plan_write(gibbs_plan *plan, gibbs_error *err) {
  gibbs_code *code = plan->code;
  code->instructions = calloc(plan->unit_count + 1, sizeof *code->instructions);
  code->roots = calloc(plan->frame->root_count + 1, sizeof *code->roots);
  if (!code->instructions || !code->roots)
    return gibbs_fail_memory(err, "a program", plan->unit_count * sizeof *code->instructions);
  gibbs_plan_count_uses(plan);
  for (size_t k = 0; k < plan->frame->root_count; k++) code->roots[k] = plan->values[plan->frame->roots[k]].place;
  gibbs_status status = GIBBS_OK;
  for (size_t position = 0; status == GIBBS_OK && position < plan->unit_count; position++) {
    status = write_instruction(plan, plan->order[position], err);
    if (code->instructions[position].group.registers > code->registers)
      code->registers = code->instructions[position].group.registers;
  }
  return status;
}
