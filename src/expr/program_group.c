/* program_group.c - the steps of a group of elementwise values, with as few registers as they need. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "program_write.h"

typedef struct writing {
  gibbs_plan *plan;
  gibbs_group *group;
  size_t *free_registers, free_count;
  gibbs_status status;
  gibbs_error *err;
} writing;

static size_t argument_of(const gibbs_plan *plan, size_t value, size_t k) {
  return plan->frame->arguments[plan->frame->values[value].first + k];
}

static size_t add_operand(writing *w, gibbs_place place) {
  w->group->operands[w->group->operand_count] = place;
  return w->group->operand_count++;
}

/* Element e of an outer product reads element e / columns of one vector and e % columns of the other. */
static gibbs_place spread_outer(writing *w, const gibbs_expr *node, size_t k, const gibbs_place *from) {
  gibbs_place place = *from;
  size_t columns = node->shape.extent[1];
  uint32_t *at = malloc(node->size * sizeof *at);
  if (!at) {
    w->status = gibbs_fail_memory(w->err, "a program", node->size * sizeof *at);
    return place;
  }
  for (size_t e = 0; e < node->size; e++) at[e] = (uint32_t)(k == 0 ? e / columns : e % columns);
  w->status = gibbs_code_keep_index(w->plan->code, at, w->err);
  if (w->status == GIBBS_OK) w->status = gibbs_place_choose(w->plan->code, from, at, node->size, &place, w->err);
  return place;
}

/* The operand that a value reads as its argument k. */
static size_t read_argument(writing *w, size_t value, size_t k) {
  size_t argument = argument_of(w->plan, value, k);
  if (gibbs_plan_fuses(w->plan, value, k)) return w->plan->values[argument].operand;
  const gibbs_expr *node = w->plan->frame->values[value].node;
  gibbs_place place = w->plan->values[argument].place;
  if (node->kind == GIBBS_KIND_OUTER) {
    place = spread_outer(w, node, k, &place);
  } else if (w->group->size > 1 && w->plan->frame->values[argument].node->size == 1) {
    place.offset = gibbs_place_element(&place, 0);
    place.index = NULL;
    place.repeats = true;
  }
  return add_operand(w, place);
}

/* A register is free again after the last step that reads it; sums read at the end, so theirs stay. */
static void leave_argument(writing *w, size_t value, size_t k) {
  gibbs_plan_value *v = &w->plan->values[argument_of(w->plan, value, k)];
  if (!gibbs_plan_fuses(w->plan, value, k) || --v->uses > 0 || v->sinks > 0 || v->stored) return;
  w->free_registers[w->free_count++] = w->group->operands[v->operand].number;
}

static size_t add_result(writing *w, const gibbs_plan_value *v) {
  if (v->stored) return add_operand(w, v->place);
  size_t number = w->free_count > 0 ? w->free_registers[--w->free_count] : w->group->registers++;
  return add_operand(w, (gibbs_place){.space = GIBBS_SPACE_REGISTER, .number = number});
}

static void write_step(writing *w, size_t value) {
  const gibbs_expr *node = w->plan->frame->values[value].node;
  gibbs_plan_value *v = &w->plan->values[value];
  gibbs_step step = {.op = node->kind == GIBBS_KIND_OUTER ? GIBBS_OP_MUL : node->op, .b = GIBBS_NONE};
  if (v->absorbed) return;
  step.a = read_argument(w, value, 0);
  if (node->argument_count > 1) step.b = read_argument(w, value, 1);
  for (size_t k = 0; k < node->argument_count; k++) leave_argument(w, value, k);
  step.out = v->operand = add_result(w, v);
  w->group->steps[w->group->step_count++] = step;
}

/* What is added up: the value, or the factors of an absorbed product. */
static void write_sink(writing *w, size_t value, size_t operand, gibbs_sink sink) {
  sink.a = operand;
  sink.b = GIBBS_NONE;
  if (operand == GIBBS_NONE && w->plan->values[value].absorbed) {
    sink.a = read_argument(w, value, 0);
    sink.b = read_argument(w, value, 1);
  } else if (operand == GIBBS_NONE) {
    sink.a = w->plan->values[value].operand;
  }
  w->group->sinks[w->group->sink_count++] = sink;
}

static void write_sum(writing *w, size_t value) {
  const gibbs_expr *node = w->plan->frame->values[value].node;
  gibbs_sink sink = {.rows = w->plan->values[value].place, .size = node->size};
  sink.rows.repeats = node->kind == GIBBS_KIND_SUM;
  sink.rows.index = node->kind == GIBBS_KIND_SUM ? NULL : node->of.index->at;
  bool fused = gibbs_plan_fuses(w->plan, value, 0);
  write_sink(w, argument_of(w->plan, value, 0), fused ? GIBBS_NONE : read_argument(w, value, 0), sink);
}

static void write_copy(writing *w, gibbs_place from, gibbs_place to) {
  gibbs_step step = {.op = GIBBS_OP_ELEMENTWISE_COUNT, .b = GIBBS_NONE};
  step.a = add_operand(w, from);
  step.out = add_operand(w, to);
  w->group->steps[w->group->step_count++] = step;
}

static void write_member(writing *w, size_t value) {
  const gibbs_plan_value *v = &w->plan->values[value];
  gibbs_place from;
  if (v->role == GIBBS_ROLE_FUSED) {
    write_step(w, value);
  } else if (v->role == GIBBS_ROLE_SINK) {
    write_sum(w, value);
  } else {
    const gibbs_expr *node = w->plan->frame->values[value].node;
    w->status = gibbs_place_choose(w->plan->code, &w->plan->values[argument_of(w->plan, value, 0)].place,
                                   node->of.index->at, node->size, &from, w->err);
    if (w->status == GIBBS_OK) write_copy(w, from, v->place);
  }
}

static void write_totals(writing *w, size_t unit) {
  const gibbs_demand *demand = w->plan->demand;
  for (size_t k = 0; k < demand->total_count; k++) {
    size_t value = demand->totals[k].value;
    gibbs_sink sink = {.total = true, .accumulator = demand->totals[k].accumulator};
    if (demand->totals[k].outer) continue;
    if (w->plan->units[unit].total == k)
      write_sink(w, value, add_operand(w, w->plan->values[value].place), sink);
    else if (w->plan->values[value].role == GIBBS_ROLE_FUSED && w->plan->values[value].unit == unit)
      write_sink(w, value, GIBBS_NONE, sink);
  }
}

static size_t group_size(const gibbs_plan *plan, const gibbs_unit *unit) {
  size_t value = unit->count > 0 ? plan->members[unit->first] : unit->value;
  if (plan->values[value].role == GIBBS_ROLE_SINK && unit->count > 0) value = argument_of(plan, value, 0);
  return plan->frame->values[value].node->size;
}

static void find_absorbed(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++) {
    gibbs_plan_value *v = &plan->values[i];
    const gibbs_expr *node = plan->frame->values[i].node;
    v->absorbed = v->role == GIBBS_ROLE_FUSED && !v->stored && v->uses == 0 && v->sinks == 1 &&
                  (node->kind == GIBBS_KIND_OUTER || node->op == GIBBS_OP_MUL);
  }
}

void gibbs_plan_count_uses(gibbs_plan *plan) {
  const gibbs_demand *demand = plan->demand;
  for (size_t i = 0; i < plan->frame->count; i++)
    for (size_t k = 0; plan->values[i].unit != GIBBS_NONE && k < plan->frame->values[i].count; k++) {
      gibbs_plan_value *v = &plan->values[argument_of(plan, i, k)];
      if (!gibbs_plan_fuses(plan, i, k)) continue;
      if (plan->values[i].role == GIBBS_ROLE_SINK)
        v->sinks++;
      else
        v->uses++;
    }
  for (size_t k = 0; k < demand->total_count; k++)
    if (!demand->totals[k].outer) plan->values[demand->totals[k].value].sinks++;
  find_absorbed(plan);
}

gibbs_status gibbs_plan_write_group(gibbs_plan *plan, size_t number, gibbs_group *group, gibbs_error *err) {
  const gibbs_unit *unit = &plan->units[number];
  size_t steps = unit->count + 1, sinks = unit->count + plan->demand->total_count;
  writing w = {.plan = plan, .group = group, .err = err, .status = GIBBS_OK};
  group->size = group_size(plan, unit);
  group->operands = calloc(3 * steps + 2 * sinks, sizeof *group->operands);
  group->steps = calloc(steps, sizeof *group->steps);
  group->sinks = calloc(sinks + 1, sizeof *group->sinks);
  w.free_registers = calloc(steps, sizeof *w.free_registers);
  if (!group->operands || !group->steps || !group->sinks || !w.free_registers)
    w.status = gibbs_fail_memory(err, "a program", steps * sizeof *group->steps);
  for (size_t m = 0; w.status == GIBBS_OK && m < unit->count; m++) write_member(&w, plan->members[unit->first + m]);
  if (w.status == GIBBS_OK) write_totals(&w, number);
  if (w.status == GIBBS_OK && unit->output != GIBBS_NONE)
    write_copy(&w, plan->values[unit->value].place,
               (gibbs_place){.space = GIBBS_SPACE_OUTPUT, .number = unit->output});
  free(w.free_registers);
  return w.status;
}
