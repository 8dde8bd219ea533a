/* model_lists.c - lists of positions as numbers: the rule where there is one, else all of them. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "model_parts.h"

const char *const gibbs_model_rules[RULE_COUNT] = {"positions", "shift", "first_end", "second_end", "same"};

bool gibbs_model_count(double number, size_t *out) {
  if (!(number >= 0 && number <= 9007199254740992.0) || number != (double)(size_t)number) return false;
  *out = (size_t)number;
  return true;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

/* Numbers one after the other; `to` NULL only counts. */
typedef struct sink {
  double *to;
  size_t count;
} sink;

static void put(sink *s, size_t number) {
  if (s->to) s->to[s->count] = (double)number;
  s->count++;
}

static void put_all(sink *s, const size_t *numbers, size_t count) {
  for (size_t k = 0; k < count; k++) put(s, numbers[k]);
}

static void put_cells(sink *s, const gibbs_cells *c, size_t inner) {
  const size_t head[] = {inner, c->axes, c->basis, c->steps, c->periodic ? 1 : 0};
  put_all(s, head, sizeof head / sizeof *head);
  put_all(s, c->extent, c->axes);
  for (size_t k = 0; k < c->steps; k++) {
    put(s, c->step[k].from);
    put(s, c->step[k].to);
    put_all(s, c->step[k].offset, c->axes);
  }
}

static bool all_same(const gibbs_table_list *list) {
  for (size_t k = 1; k < list->count; k++)
    if (list->at[k] != list->at[0]) return false;
  return list->count > 2;
}

size_t gibbs_model_write_list(const gibbs_table_list *list, model_rule *rule, double *numbers) {
  const gibbs_pattern *p = &list->pattern;
  sink s = {numbers, 0};
  *rule = (model_rule)p->kind;
  if (p->kind == GIBBS_PATTERN_SHIFT) {
    put(&s, p->shape.rank);
    put_all(&s, p->shape.extent, p->shape.rank);
    put_all(&s, p->by, p->shape.rank);
  } else if (p->kind != GIBBS_PATTERN_NONE) {
    put_cells(&s, &p->cells, p->inner);
  } else if (all_same(list)) {
    *rule = RULE_SAME;
    put(&s, list->count);
    put(&s, list->at[0]);
  } else {
    for (size_t k = 0; k < list->count; k++) put(&s, list->at[k]);
  }
  return s.count;
}

/* ---- reading --------------------------------------------------------------------------------------------- */

typedef struct source {
  const double *from;
  size_t left;
  bool wrong;
} source;

static size_t take(source *s) {
  size_t number = 0;
  if (s->left == 0 || !gibbs_model_count(*s->from, &number)) {
    s->wrong = true;
    return 0;
  }
  s->from++, s->left--;
  return number;
}

static void take_all(source *s, size_t *numbers, size_t count) {
  for (size_t k = 0; k < count; k++) numbers[k] = take(s);
}

/* As many as there is room for, or it is wrong. */
static size_t take_most(source *s, size_t most) {
  size_t number = take(s);
  if (number <= most) return number;
  s->wrong = true;
  return 0;
}

static void take_shift(source *s, gibbs_pattern *p) {
  p->shape.rank = take_most(s, GIBBS_MAX_RANK);
  take_all(s, p->shape.extent, p->shape.rank);
  take_all(s, p->by, p->shape.rank);
}

static void take_cells(source *s, gibbs_pattern *p) {
  gibbs_cells *c = &p->cells;
  p->inner = take(s);
  c->axes = take_most(s, GIBBS_MAX_RANK);
  c->basis = take(s);
  c->steps = take_most(s, GIBBS_MOST_CELL_STEPS);
  c->periodic = take_most(s, 1) == 1;
  take_all(s, c->extent, c->axes);
  for (size_t k = 0; k < c->steps; k++) {
    c->step[k].from = take(s);
    c->step[k].to = take(s);
    take_all(s, c->step[k].offset, c->axes);
  }
}

static gibbs_status make_positions(size_t count, gibbs_table_list *list, gibbs_error *err) {
  list->count = count;
  list->at = malloc(count * sizeof *list->at + 1);
  return list->at ? GIBBS_OK : gibbs_fail_memory(err, "positions", count * sizeof *list->at);
}

static gibbs_status take_positions(source *s, bool same, gibbs_table_list *list, size_t *budget, gibbs_error *err) {
  size_t count = same ? take(s) : s->left, first = same ? take(s) : 0;
  if (s->wrong || (same && count > *budget))
    return gibbs_fail(err, GIBBS_ERR_SIZE, "%zu times the same position is more than is read", count);
  if (same) *budget -= count;
  gibbs_status status = make_positions(count, list, err);
  for (size_t k = 0; status == GIBBS_OK && k < count; k++) {
    size_t at = same ? first : take(s);
    if (at > UINT32_MAX) s->wrong = true;
    list->at[k] = (uint32_t)at;
  }
  return status;
}

gibbs_status gibbs_model_read_list(const double *numbers, size_t length, model_rule rule, gibbs_table_list *out,
                                   size_t *budget, gibbs_error *err) {
  source s = {numbers, length, false};
  gibbs_status status = GIBBS_OK;
  out->pattern.kind = rule < RULE_SAME ? (gibbs_pattern_kind)rule : GIBBS_PATTERN_NONE;
  if (rule == RULE_SHIFT)
    take_shift(&s, &out->pattern);
  else if (rule == RULE_FIRST_END || rule == RULE_SECOND_END)
    take_cells(&s, &out->pattern);
  else
    status = take_positions(&s, rule == RULE_SAME, out, budget, err);
  if (status == GIBBS_OK && (s.wrong || s.left > 0))
    status = gibbs_fail(err, GIBBS_ERR_FILE, "its numbers are not those of the rule '%s'", gibbs_model_rules[rule]);
  return status;
}
