/* program_compile.c - from the nodes of a frame to its instructions. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_compile.h"

#include <stdlib.h>

/* ---- what is needed, and the role of each ---------------------------------------------------- */

/* Whether positions follow each other, so that the rows lie side by side. */
static bool is_run(const gibbs_expr *node) {
  for (size_t k = 1; k < node->size; k++)
    if (node->of.index->at[k] != node->of.index->at[0] + k) return false;
  return true;
}

static gibbs_role role_of(const gibbs_value *value) {
  if (!value->varying || value->input != GIBBS_NONE || value->import != GIBBS_NONE) return GIBBS_ROLE_LEAF;
  switch (value->node->kind) {
  case GIBBS_KIND_ELEMENTWISE:
  case GIBBS_KIND_OUTER:
    return GIBBS_ROLE_FUSED;
  case GIBBS_KIND_SUM:
  case GIBBS_KIND_SCATTER:
    return GIBBS_ROLE_SINK;
  case GIBBS_KIND_GATHER:
    return GIBBS_ROLE_VIEW;
  default:
    return GIBBS_ROLE_SOLO;
  }
}

size_t gibbs_plan_base(const gibbs_plan *plan, size_t value) {
  while (plan->values[value].role == GIBBS_ROLE_VIEW)
    value = plan->frame->arguments[plan->frame->values[value].first];
  return value;
}

static size_t argument_of(const gibbs_plan *plan, size_t value, size_t k) {
  return plan->frame->arguments[plan->frame->values[value].first + k];
}

/* BLAS wants rows at equal distances. */
static void need_side_by_side(gibbs_plan *plan, size_t value) {
  for (size_t v = value; plan->values[v].role == GIBBS_ROLE_VIEW; v = argument_of(plan, v, 0))
    if (!is_run(plan->frame->values[v].node)) {
      plan->values[value].role = GIBBS_ROLE_COPY;
      return;
    }
}

/* Rows that a body takes may go into a product there. */
static void need_arguments(gibbs_plan *plan, size_t value) {
  bool side_by_side = plan->frame->values[value].body || plan->frame->values[value].node->kind == GIBBS_KIND_MATMUL;
  for (size_t k = 0; k < plan->frame->values[value].count; k++) {
    size_t argument = argument_of(plan, value, k);
    plan->values[argument].needed = true;
    if (side_by_side) need_side_by_side(plan, argument);
  }
}

static void need_total(gibbs_plan *plan, const gibbs_total *total) {
  if (!total->outer) plan->values[total->value].needed = true;
  for (size_t k = 0; total->outer && k < 2; k++) {
    plan->values[argument_of(plan, total->value, k)].needed = true;
    need_side_by_side(plan, argument_of(plan, total->value, k));
  }
}

static void find_needed(gibbs_plan *plan) {
  const gibbs_frame *f = plan->frame;
  const gibbs_demand *demand = plan->demand;
  for (size_t i = 0; i < f->count; i++) plan->values[i].role = role_of(&f->values[i]);
  for (size_t k = 0; k < demand->each_count; k++)
    if (demand->each[k] != GIBBS_NONE) plan->values[demand->each[k]].needed = true;
  for (size_t k = 0; demand->outside && k < f->root_count; k++) plan->values[f->roots[k]].needed = true;
  for (size_t k = 0; k < demand->total_count; k++) need_total(plan, &demand->totals[k]);
  for (size_t i = f->count; i-- > 0;)
    if (plan->values[i].needed && plan->values[i].role != GIBBS_ROLE_LEAF) {
      plan->values[f->values[i].leader].needed = true;
      need_arguments(plan, i);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* Bodies work above the rows of their frame, one after the other. */
static gibbs_status compile_bodies(gibbs_plan *plan, gibbs_error *err) {
  gibbs_code *code = plan->code;
  gibbs_status status = GIBBS_OK;
  gibbs_place *outside = malloc((plan->frame->count + 1) * sizeof *outside);
  if (!outside) return gibbs_fail_memory(err, "a program", plan->frame->count * sizeof *outside);
  for (size_t k = 0; k < plan->frame->count; k++) outside[k] = plan->values[k].place;
  gibbs_demand demand = {.outside = outside, .first_row = code->rows};
  for (size_t i = 0; status == GIBBS_OK && i < plan->frame->count; i++) {
    gibbs_frame *body = plan->frame->values[i].body;
    if (!body || !plan->values[i].needed || !plan->frame->values[i].varying) continue;
    status = gibbs_code_compile(body, &demand, err);
    if (status != GIBBS_OK) break;
    if (body->code->rows > code->rows) code->rows = body->code->rows;
    if (body->code->registers > code->registers) code->registers = body->code->registers;
  }
  free(outside);
  return status;
}

static gibbs_status fill_plan(gibbs_plan *plan, gibbs_error *err) {
  plan->values = calloc(plan->frame->count + 1, sizeof *plan->values);
  plan->code = plan->frame->code = calloc(1, sizeof *plan->code);
  if (!plan->values || !plan->code)
    return gibbs_fail_memory(err, "a program", plan->frame->count * sizeof *plan->values);
  for (size_t i = 0; i < plan->frame->count; i++)
    plan->values[i] = (gibbs_plan_value){.group = i, .unit = GIBBS_NONE, .output = GIBBS_NONE};
  find_needed(plan);
  gibbs_plan_stages(plan);
  gibbs_status status = gibbs_plan_units(plan, err);
  if (status == GIBBS_OK) status = gibbs_plan_schedule(plan, err);
  if (status == GIBBS_OK) status = gibbs_plan_write(plan, err);
  return status == GIBBS_OK ? compile_bodies(plan, err) : status;
}

gibbs_status gibbs_code_compile(gibbs_frame *frame, const gibbs_demand *demand, gibbs_error *err) {
  gibbs_plan plan = {.frame = frame, .demand = demand};
  gibbs_status status = fill_plan(&plan, err);
  free(plan.values);
  free(plan.units);
  free(plan.members);
  free(plan.reads);
  free(plan.order);
  return status;
}

void gibbs_code_free(gibbs_code *code) {
  if (!code) return;
  for (size_t i = 0; i < code->count; i++) {
    free(code->instructions[i].group.operands);
    free(code->instructions[i].group.steps);
    free(code->instructions[i].group.sinks);
    free(code->instructions[i].parts);
  }
  for (size_t k = 0; k < code->index_count; k++) free(code->indices[k]);
  free(code->indices);
  free(code->instructions);
  free(code->roots);
  free(code);
}
