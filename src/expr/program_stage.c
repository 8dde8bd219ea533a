/* program_stage.c - which elementwise values are computed together, and the units of work that follow.
 *
 * A value's stage is one more than those of the rows that it reads, and the same as that of what it reads from a
 * register. So values of one group never wait for each other's rows, and no circle of waiting groups can arise. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "program_compile.h"

static size_t argument_of(const gibbs_plan *plan, size_t value, size_t k) {
  return plan->frame->arguments[plan->frame->values[value].first + k];
}

static bool is_made(const gibbs_plan *plan, size_t value) {
  const gibbs_plan_value *v = &plan->values[value];
  return v->needed && v->role != GIBBS_ROLE_LEAF && v->role != GIBBS_ROLE_VIEW;
}

/* Whether it could read its argument k from a register, stages apart. */
static bool may_fuse(const gibbs_plan *plan, size_t value, size_t k) {
  const gibbs_expr *node = plan->frame->values[value].node;
  size_t argument = argument_of(plan, value, k);
  if (plan->values[argument].role != GIBBS_ROLE_FUSED) return false;
  if (plan->values[value].role == GIBBS_ROLE_SINK) return true;
  return plan->values[value].role == GIBBS_ROLE_FUSED && node->kind != GIBBS_KIND_OUTER &&
         node->size == plan->frame->values[argument].node->size;
}

bool gibbs_plan_fuses(const gibbs_plan *plan, size_t value, size_t k) {
  return may_fuse(plan, value, k) && plan->values[value].stage == plan->values[argument_of(plan, value, k)].stage;
}

static size_t earliest_stage(const gibbs_plan *plan, size_t value) {
  size_t stage = 0, leader = plan->frame->values[value].leader;
  if (leader != value) return plan->values[leader].stage;
  for (size_t k = 0; k < plan->frame->values[value].count; k++) {
    size_t argument = argument_of(plan, value, k), base = gibbs_plan_base(plan, argument), least = 0;
    if (may_fuse(plan, value, k))
      least = plan->values[argument].stage;
    else if (plan->values[base].role != GIBBS_ROLE_LEAF)
      least = plan->values[base].stage + 1;
    if (least > stage) stage = least;
  }
  return stage;
}

/* Elementwise values wait for their users, to join them: `last` holds the latest stage that these allow. */
static void wait_for_users(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++) plan->values[i].last = GIBBS_NONE;
  for (size_t i = plan->frame->count; i-- > 0;) {
    gibbs_plan_value *v = &plan->values[i];
    if (!is_made(plan, i)) continue;
    bool waits = v->role == GIBBS_ROLE_FUSED || v->role == GIBBS_ROLE_SINK;
    if (waits && v->last != GIBBS_NONE) v->stage = v->last;
    for (size_t k = 0; k < plan->frame->values[i].count; k++) {
      size_t base = gibbs_plan_base(plan, argument_of(plan, i, k));
      size_t latest = may_fuse(plan, i, k) ? v->stage : v->stage - 1;
      if (plan->values[base].role != GIBBS_ROLE_LEAF && latest < plan->values[base].last)
        plan->values[base].last = latest;
    }
  }
}

size_t gibbs_plan_group(const gibbs_plan *plan, size_t value) {
  while (plan->values[value].group != value) {
    plan->values[value].group = plan->values[plan->values[value].group].group;
    value = plan->values[value].group;
  }
  return value;
}

static void store_base(gibbs_plan *plan, size_t value) {
  plan->values[gibbs_plan_base(plan, value)].stored = true;
}

static void join_groups(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++) {
    if (!is_made(plan, i)) continue;
    for (size_t k = 0; k < plan->frame->values[i].count; k++) {
      size_t argument = argument_of(plan, i, k);
      if (gibbs_plan_fuses(plan, i, k) && plan->values[i].role == GIBBS_ROLE_FUSED)
        plan->values[gibbs_plan_group(plan, argument)].group = gibbs_plan_group(plan, i);
      else if (!gibbs_plan_fuses(plan, i, k))
        store_base(plan, argument);
    }
  }
}

static void store_demanded(gibbs_plan *plan) {
  const gibbs_demand *demand = plan->demand;
  for (size_t k = 0; k < demand->each_count; k++)
    if (demand->each[k] != GIBBS_NONE) store_base(plan, demand->each[k]);
  for (size_t k = 0; demand->outside && k < plan->frame->root_count; k++) store_base(plan, plan->frame->roots[k]);
  for (size_t k = 0; k < demand->total_count; k++) {
    size_t value = demand->totals[k].value;
    for (size_t j = 0; demand->totals[k].outer && j < 2; j++) store_base(plan, argument_of(plan, value, j));
    if (!demand->totals[k].outer && plan->values[value].role != GIBBS_ROLE_FUSED) store_base(plan, value);
  }
}

void gibbs_plan_stages(gibbs_plan *plan) {
  for (size_t i = 0; i < plan->frame->count; i++)
    if (is_made(plan, i)) plan->values[i].stage = earliest_stage(plan, i);
  wait_for_users(plan);
  for (size_t i = 0; i < plan->frame->count; i++)
    if (is_made(plan, i) && plan->values[i].role == GIBBS_ROLE_SINK && may_fuse(plan, i, 0))
      plan->values[i].stage = plan->values[argument_of(plan, i, 0)].stage;
  join_groups(plan);
  store_demanded(plan);
}

/* ---- units ----------------------------------------------------------------------------------- */

static gibbs_task task_of(const gibbs_expr *node) {
  switch (node->kind) {
  case GIBBS_KIND_MATMUL:
    return GIBBS_TASK_PRODUCT;
  case GIBBS_KIND_LOGSUMEXP:
    return GIBBS_TASK_LOGSUMEXP;
  case GIBBS_KIND_MARGINAL:
  case GIBBS_KIND_MARGINAL_MEAN:
    return GIBBS_TASK_STATES;
  case GIBBS_KIND_CALLBACK:
    return GIBBS_TASK_CALLBACK;
  default:
    return GIBBS_TASK_GROUP;
  }
}

static size_t new_unit(gibbs_plan *plan, gibbs_task task, size_t value) {
  plan->units[plan->unit_count] =
      (gibbs_unit){.task = task, .value = value, .output = GIBBS_NONE, .total = GIBBS_NONE, .position = GIBBS_NONE};
  return plan->unit_count++;
}

/* The value whose unit makes this one too; itself if there is none yet. */
static size_t leader_of(const gibbs_plan *plan, size_t value) {
  if (plan->values[value].role == GIBBS_ROLE_FUSED) return gibbs_plan_group(plan, value);
  if (plan->values[value].role == GIBBS_ROLE_SINK && gibbs_plan_fuses(plan, value, 0))
    return gibbs_plan_group(plan, argument_of(plan, value, 0));
  return plan->frame->values[value].leader;
}

static void make_units(gibbs_plan *plan) {
  const gibbs_demand *demand = plan->demand;
  for (size_t i = 0; i < plan->frame->count; i++) {
    if (!is_made(plan, i)) continue;
    gibbs_plan_value *leader = &plan->values[leader_of(plan, i)];
    if (leader->unit == GIBBS_NONE) leader->unit = new_unit(plan, task_of(plan->frame->values[i].node), i);
    plan->values[i].unit = leader->unit;
  }
  for (size_t k = 0; k < demand->total_count; k++) {
    if (demand->totals[k].outer)
      plan->units[new_unit(plan, GIBBS_TASK_OUTER_TOTAL, demand->totals[k].value)].total = k;
    else if (plan->values[demand->totals[k].value].role != GIBBS_ROLE_FUSED)
      plan->units[new_unit(plan, GIBBS_TASK_GROUP, demand->totals[k].value)].total = k;
  }
  for (size_t k = 0; k < demand->each_count; k++) {
    if (demand->each[k] == GIBBS_NONE) continue;
    gibbs_plan_value *v = &plan->values[demand->each[k]];
    if (is_made(plan, demand->each[k]) && v->output == GIBBS_NONE)
      v->output = k;
    else
      plan->units[new_unit(plan, GIBBS_TASK_GROUP, demand->each[k])].output = k;
  }
}

static void list_members(gibbs_plan *plan) {
  size_t used = 0;
  for (size_t i = 0; i < plan->frame->count; i++)
    if (plan->values[i].unit != GIBBS_NONE) plan->units[plan->values[i].unit].count++;
  for (size_t u = 0; u < plan->unit_count; u++) {
    plan->units[u].first = used;
    used += plan->units[u].count;
    plan->units[u].count = 0;
  }
  for (size_t i = 0; i < plan->frame->count; i++) {
    if (plan->values[i].unit == GIBBS_NONE) continue;
    gibbs_unit *unit = &plan->units[plan->values[i].unit];
    plan->members[unit->first + unit->count++] = i;
  }
}

/* Add what `value` shows to what the unit reads. */
static void add_read(gibbs_plan *plan, gibbs_unit *unit, size_t value) {
  size_t base = gibbs_plan_base(plan, value);
  if (plan->values[base].unit == GIBBS_NONE) return;
  plan->reads[unit->first_read + unit->read_count++] = base;
}

static void list_reads(gibbs_plan *plan) {
  size_t used = 0;
  for (size_t u = 0; u < plan->unit_count; u++) {
    gibbs_unit *unit = &plan->units[u];
    unit->first_read = used;
    for (size_t m = 0; m < unit->count; m++) {
      size_t member = plan->members[unit->first + m];
      for (size_t k = 0; k < plan->frame->values[member].count; k++)
        if (!gibbs_plan_fuses(plan, member, k)) add_read(plan, unit, argument_of(plan, member, k));
    }
    for (size_t k = 0; unit->task == GIBBS_TASK_OUTER_TOTAL && k < 2; k++)
      add_read(plan, unit, argument_of(plan, unit->value, k));
    if (unit->count == 0 && unit->task == GIBBS_TASK_GROUP) add_read(plan, unit, unit->value);
    used += unit->read_count;
  }
}

gibbs_status gibbs_plan_units(gibbs_plan *plan, gibbs_error *err) {
  const gibbs_frame *f = plan->frame;
  size_t reads = 0, asked = plan->demand->each_count + plan->demand->total_count;
  for (size_t i = 0; i < f->count; i++) reads += f->values[i].count;
  plan->units = calloc(f->count + asked + 1, sizeof *plan->units);
  plan->members = calloc(f->count + 1, sizeof *plan->members);
  plan->reads = calloc(reads + 2 * asked + 1, sizeof *plan->reads);
  plan->order = calloc(2 * (f->count + asked) + 1, sizeof *plan->order);
  if (!plan->units || !plan->members || !plan->reads || !plan->order)
    return gibbs_fail_memory(err, "a program", (f->count + asked) * sizeof *plan->units);
  make_units(plan);
  list_members(plan);
  list_reads(plan);
  return GIBBS_OK;
}
