/* program_schedule.c - the order of the units of work, and which rows of the workspace their results have. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "program_compile.h"

/* ---- order: a unit right after what it reads ------------------------------------------------- */

/* Depth first from one unit, with a list of its own: chains of units may be long. */
static void visit(gibbs_plan *plan, size_t unit, size_t *stack, size_t *done) {
  size_t height = 0;
  stack[height++] = unit;
  while (height > 0) {
    gibbs_unit *top = &plan->units[stack[height - 1]];
    bool waits = false;
    while (!waits && top->cursor < top->read_count) {
      size_t maker = plan->values[plan->reads[top->first_read + top->cursor++]].unit;
      waits = plan->units[maker].position == GIBBS_NONE;
      if (waits) stack[height++] = maker;
    }
    if (waits) continue;
    if (top->position == GIBBS_NONE) {
      top->position = *done;
      plan->order[(*done)++] = stack[height - 1];
    }
    height--;
  }
}

static void order_units(gibbs_plan *plan) {
  size_t done = 0, *stack = plan->order + plan->unit_count;
  for (size_t u = 0; u < plan->unit_count; u++) visit(plan, u, stack, &done);
}

/* ---- rows: first fit among what is alive ----------------------------------------------------- */

typedef struct tenant {
  size_t first, count; /* rows */
  size_t last;         /* position of the last reader */
} tenant;

typedef struct rows {
  tenant *tenants; /* by first row */
  size_t count;
  size_t base, used; /* where they begin, and how far they ever went */
} rows;

static void evict(rows *r, size_t position) {
  size_t kept = 0;
  for (size_t k = 0; k < r->count; k++)
    if (r->tenants[k].last >= position) r->tenants[kept++] = r->tenants[k];
  r->count = kept;
}

static size_t move_in(rows *r, size_t count, size_t last) {
  size_t first = r->base, at = 0;
  for (; at < r->count && r->tenants[at].first < first + count; at++)
    first = r->tenants[at].first + r->tenants[at].count;
  for (size_t k = r->count; k > at; k--) r->tenants[k] = r->tenants[k - 1];
  r->tenants[at] = (tenant){first, count, last};
  r->count++;
  if (first + count > r->used) r->used = first + count;
  return first;
}

static void find_last_readers(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++)
    plan->values[i].last = plan->values[i].unit == GIBBS_NONE ? 0 : plan->units[plan->values[i].unit].position;
  for (size_t u = 0; u < plan->unit_count; u++)
    for (size_t k = 0; k < plan->units[u].read_count; k++) {
      gibbs_plan_value *v = &plan->values[plan->reads[plan->units[u].first_read + k]];
      if (plan->units[u].position > v->last) v->last = plan->units[u].position;
    }
  for (size_t k = 0; plan->demand->outside && k < plan->frame->root_count; k++)
    plan->values[gibbs_plan_base(plan, plan->frame->roots[k])].last = GIBBS_NONE;
}

static bool has_rows(const gibbs_plan_value *v) {
  return v->role != GIBBS_ROLE_FUSED || v->stored;
}

static void house_values(gibbs_plan *plan, const gibbs_unit *unit, rows *r) {
  for (size_t m = 0; m < unit->count; m++) {
    size_t value = plan->members[unit->first + m];
    gibbs_plan_value *v = &plan->values[value];
    if (v->output != GIBBS_NONE)
      v->place = (gibbs_place){.space = GIBBS_SPACE_OUTPUT, .number = v->output};
    else if (has_rows(v))
      v->place = (gibbs_place){.space = GIBBS_SPACE_BUFFER,
                               .number = move_in(r, plan->frame->values[value].node->size, v->last)};
    else
      v->place = (gibbs_place){.space = GIBBS_SPACE_REGISTER};
  }
}

/* Leaves are where they are; imports where the parent has them, unless they are numbers. */
static void house_leaves(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++) {
    const gibbs_value *value = &plan->frame->values[i];
    gibbs_place *place = &plan->values[i].place;
    if (!value->varying)
      *place = (gibbs_place){.space = GIBBS_SPACE_NUMBERS, .number = i};
    else if (value->input != GIBBS_NONE)
      *place = (gibbs_place){.space = GIBBS_SPACE_INPUT, .number = value->input};
    else if (value->import != GIBBS_NONE)
      *place = plan->demand->outside[value->import];
  }
}

static gibbs_status house_views(gibbs_plan *plan, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < plan->frame->count; i++) {
    const gibbs_value *value = &plan->frame->values[i];
    if (!plan->values[i].needed || plan->values[i].role != GIBBS_ROLE_VIEW) continue;
    size_t argument = plan->frame->arguments[value->first];
    status = gibbs_place_choose(plan->code, &plan->values[argument].place, value->node->of.index->at,
                                value->node->size, &plan->values[i].place, err);
  }
  return status;
}

gibbs_status gibbs_plan_schedule(gibbs_plan *plan, gibbs_error *err) {
  size_t most = plan->frame->count + plan->unit_count + 1;
  rows r = {.tenants = malloc(most * sizeof *r.tenants), .base = plan->demand->first_row};
  if (!r.tenants) return gibbs_fail_memory(err, "a program", most * sizeof *r.tenants);
  r.used = r.base;
  order_units(plan);
  find_last_readers(plan);
  house_leaves(plan);
  for (size_t position = 0; position < plan->unit_count; position++) {
    gibbs_unit *unit = &plan->units[plan->order[position]];
    evict(&r, position);
    house_values(plan, unit, &r);
    if (unit->task == GIBBS_TASK_STATES) unit->scratch = move_in(&r, GIBBS_STATES_SCRATCH, position);
  }
  plan->code->rows = r.used;
  free(r.tenants);
  return house_views(plan, err);
}
