/* program_sort.c - sorting the nodes of a program into frames, and sums over the same states into one. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "program_frame.h"

/* A node under the roots of one frame, while that is made. */
typedef struct sorted {
  bool needed;       /* is evaluated or taken here */
  size_t level;      /* how many sums over states it depends on, one after the other */
  size_t leader;     /* the node that leads its sum over states; itself else */
  size_t next;       /* the next one it leads */
  size_t position;   /* among the values of the frame */
  gibbs_frame *body; /* of leaders */
} sorted;

typedef struct sorting {
  gibbs_frame *frame;
  gibbs_tape tape;
  bool *own;     /* [node]: depends on the bound variables */
  sorted *nodes; /* [node] */
  size_t *order; /* needed nodes, as the frame will have them */
} sorting;

static size_t find_node(const gibbs_tape *tape, const gibbs_expr *node) {
  size_t low = 0, high = tape->length;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (tape->nodes[middle]->number < node->number)
      low = middle + 1;
    else
      high = middle;
  }
  return low < tape->length && tape->nodes[low] == node ? low : GIBBS_NONE;
}

static bool is_sum_over_states(const gibbs_expr *node) {
  return gibbs_expr_first_bound(node) != SIZE_MAX;
}

/* ---- bodies ---------------------------------------------------------------------------------- */

/* The body of sums over the same states: a root for each mean, and the energy. */
static gibbs_status sort_body(sorting *s, size_t leader, gibbs_error *err) {
  const gibbs_expr *node = s->tape.nodes[leader];
  size_t first = gibbs_expr_first_bound(node), count = 0;
  for (size_t i = leader; i != GIBBS_NONE; i = s->nodes[i].next) count++;
  gibbs_expr **roots = malloc((count + 1) * sizeof *roots);
  if (!roots) return gibbs_fail_memory(err, "a program", count * sizeof *roots);
  count = 0;
  for (size_t i = leader; i != GIBBS_NONE; i = s->nodes[i].next)
    if (s->tape.nodes[i]->kind == GIBBS_KIND_MARGINAL_MEAN) roots[count++] = s->tape.nodes[i]->arguments[0];
  roots[count++] = node->arguments[first - 1];
  gibbs_frame *body = NULL;
  gibbs_status status =
      gibbs_frame_sort(roots, count, node->arguments + first, node->argument_count - first, &body, err);
  free(roots);
  if (status != GIBBS_OK) return status;
  gibbs_frame_free(s->nodes[leader].body);
  s->nodes[leader].body = body;
  return GIBBS_OK;
}

static void need_imports(sorting *s, const gibbs_frame *body) {
  for (size_t k = 0; k < body->count; k++)
    if (body->values[k].import != GIBBS_NONE) s->nodes[find_node(&s->tape, body->values[k].node)].needed = true;
}

/* From the roots down: users come after their arguments, so one sweep does.  A body alone says what it takes. */
static gibbs_status mark_needed(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < root_count; k++) s->nodes[find_node(&s->tape, roots[k])].needed = true;
  for (size_t i = s->tape.length; status == GIBBS_OK && i-- > 0;) {
    const gibbs_expr *node = s->tape.nodes[i];
    if (!s->nodes[i].needed || !s->own[i]) continue;
    if (is_sum_over_states(node)) {
      status = sort_body(s, i, err);
      if (status == GIBBS_OK) need_imports(s, s->nodes[i].body);
      continue;
    }
    for (size_t k = 0; k < node->argument_count; k++) s->nodes[s->tape.slots[s->tape.first[i] + k]].needed = true;
  }
  return status;
}

/* ---- sums over the same states --------------------------------------------------------------- */

static void find_levels(sorting *s) {
  for (size_t i = 0; i < s->tape.length; i++) {
    size_t level = 0;
    for (size_t k = 0; k < s->tape.nodes[i]->argument_count; k++) {
      size_t below = s->nodes[s->tape.slots[s->tape.first[i] + k]].level;
      if (below > level) level = below;
    }
    s->nodes[i].level = level + (is_sum_over_states(s->tape.nodes[i]) ? 1 : 0);
  }
}

/* Sums inside sums inside sums are sorted anew at each level when they are joined: not deeper than this. */
enum { most_joined_nesting = 4 };

/* Of one level they cannot depend on each other. */
static bool is_same_sum(const sorting *s, size_t i, size_t j) {
  const gibbs_expr *a = s->tape.nodes[i], *b = s->tape.nodes[j];
  size_t first_a = gibbs_expr_first_bound(a), first_b = gibbs_expr_first_bound(b),
         count = a->argument_count - first_a;
  return a->nesting <= most_joined_nesting && s->nodes[i].level == s->nodes[j].level &&
         a->arguments[first_a - 1] == b->arguments[first_b - 1] && count == b->argument_count - first_b &&
         memcmp(a->arguments + first_a, b->arguments + first_b, count * sizeof(gibbs_expr *)) == 0;
}

static bool leads(const sorting *s, size_t i) {
  return s->nodes[i].body && s->nodes[i].leader == i;
}

/* Led ones give up their bodies, and those that got company get a body for all. */
static gibbs_status join_sums(sorting *s, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < s->tape.length; i++) {
    if (!s->nodes[i].body) continue;
    size_t leader = 0;
    while (leader < i && !(leads(s, leader) && is_same_sum(s, leader, i))) leader++;
    s->nodes[i].leader = leader;
    if (leader == i) continue;
    gibbs_frame_free(s->nodes[i].body);
    s->nodes[i].body = NULL;
    s->nodes[i].next = s->nodes[leader].next;
    s->nodes[leader].next = i;
  }
  for (size_t i = 0; status == GIBBS_OK && i < s->tape.length; i++)
    if (leads(s, i) && s->nodes[i].next != GIBBS_NONE) status = sort_body(s, i, err);
  return status;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* Sums over states come first in their level, for then all that they need is there, and those led are together. */
static size_t list_in_order(sorting *s) {
  size_t count = 0, most = 0;
  for (size_t i = 0; i < s->tape.length; i++)
    if (s->nodes[i].level > most) most = s->nodes[i].level;
  for (size_t level = 0; level <= most; level++)
    for (int sums = 1; sums >= 0; sums--)
      for (size_t i = 0; i < s->tape.length; i++)
        if (s->nodes[i].needed && s->nodes[i].level == level && is_sum_over_states(s->tape.nodes[i]) == sums)
          s->order[count++] = i;
  return count;
}

static size_t count_arguments(const sorting *s, size_t i) {
  const gibbs_frame *body = s->nodes[i].body;
  size_t count = 0;
  if (!s->own[i]) return 0;
  if (!is_sum_over_states(s->tape.nodes[i])) return s->tape.nodes[i]->argument_count;
  for (size_t k = 0; body && k < body->count; k++) count += body->values[k].import != GIBBS_NONE;
  return count;
}

static void connect_body(sorting *s, gibbs_value *value, gibbs_frame *body) {
  size_t *arguments = s->frame->arguments + value->first;
  for (size_t k = 0; k < body->count; k++) {
    if (body->values[k].import == GIBBS_NONE) continue;
    body->values[k].import = s->nodes[find_node(&s->tape, body->values[k].node)].position;
    *arguments++ = body->values[k].import;
  }
  body->parent = s->frame;
  value->body = body;
}

/* The means of a body are numbered as its roots were made: leader first, then down the list. */
static void connect_led(sorting *s, size_t leader) {
  size_t root = 0, at = s->nodes[leader].position;
  for (size_t i = leader; i != GIBBS_NONE; i = s->nodes[i].next) {
    gibbs_value *value = &s->frame->values[s->nodes[i].position];
    value->leader = at;
    value->next = s->nodes[i].next == GIBBS_NONE ? GIBBS_NONE : s->nodes[s->nodes[i].next].position;
    if (value->node->kind == GIBBS_KIND_MARGINAL_MEAN) value->root = root++;
  }
}

/* An import is numbered by the parent later on: until then it is only known to be one. */
static void make_values(sorting *s, size_t count) {
  size_t used = 0;
  for (size_t k = 0; k < count; k++) s->nodes[s->order[k]].position = k;
  for (size_t k = 0; k < count; k++) {
    size_t i = s->order[k];
    gibbs_value *value = &s->frame->values[s->frame->count++];
    *value = (gibbs_value){.node = gibbs_expr_retain(s->tape.nodes[i]),
                           .first = used,
                           .count = count_arguments(s, i),
                           .input = GIBBS_NONE,
                           .import = s->own[i] ? GIBBS_NONE : 0,
                           .leader = k,
                           .next = GIBBS_NONE,
                           .root = GIBBS_NONE};
    used += value->count;
    if (s->nodes[i].body)
      connect_body(s, value, s->nodes[i].body);
    else
      for (size_t j = 0; j < value->count; j++)
        s->frame->arguments[value->first + j] = s->nodes[s->tape.slots[s->tape.first[i] + j]].position;
    s->nodes[i].body = NULL;
  }
  for (size_t k = 0; k < count; k++)
    if (s->frame->values[k].body) connect_led(s, s->order[k]);
}

static gibbs_status fill_frame(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_error *err) {
  gibbs_frame *f = s->frame;
  size_t values = list_in_order(s), arguments = 0;
  for (size_t k = 0; k < values; k++) arguments += count_arguments(s, s->order[k]);
  f->values = calloc(values + 1, sizeof *f->values);
  f->arguments = calloc(arguments + 1, sizeof *f->arguments);
  f->roots = calloc(root_count + 1, sizeof *f->roots);
  f->bound = calloc(bound_count + 1, sizeof *f->bound);
  if (!f->values || !f->arguments || !f->roots || !f->bound)
    return gibbs_fail_memory(err, "a program", values * sizeof *f->values);
  make_values(s, values);
  for (f->root_count = 0; f->root_count < root_count; f->root_count++)
    f->roots[f->root_count] = s->nodes[find_node(&s->tape, roots[f->root_count])].position;
  f->states = 1;
  for (f->bound_count = 0; f->bound_count < bound_count; f->bound_count++) {
    const gibbs_variable *variable = bound[f->bound_count]->of.variable;
    size_t at = find_node(&s->tape, bound[f->bound_count]);
    f->bound[f->bound_count] = at != GIBBS_NONE && s->nodes[at].needed ? s->nodes[at].position : GIBBS_NONE;
    for (size_t k = 0; k < gibbs_variable_units(variable); k++) f->states *= gibbs_variable_states(variable);
  }
  return GIBBS_OK;
}

static gibbs_status sort_nodes(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_error *err) {
  size_t n = s->tape.length;
  s->own = calloc(n + 1, sizeof *s->own);
  s->nodes = calloc(n + 1, sizeof *s->nodes);
  s->order = calloc(n + 1, sizeof *s->order);
  if (!s->own || !s->nodes || !s->order) return gibbs_fail_memory(err, "a program", n * sizeof *s->nodes);
  for (size_t i = 0; i < n; i++) {
    s->own[i] = !bound;
    s->nodes[i].leader = i;
    s->nodes[i].next = GIBBS_NONE;
  }
  gibbs_status status = bound ? gibbs_tape_reach(&s->tape, bound, bound_count, s->own, err) : GIBBS_OK;
  if (status == GIBBS_OK) status = mark_needed(s, roots, root_count, err);
  if (status != GIBBS_OK) return status;
  find_levels(s);
  status = join_sums(s, err);
  return status == GIBBS_OK ? fill_frame(s, roots, root_count, bound, bound_count, err) : status;
}

/* Programs read positions: those that follow from a rule are written out now. */
static gibbs_status write_positions(const gibbs_tape *tape, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; i < tape->length && status == GIBBS_OK; i++) {
    const gibbs_expr *node = tape->nodes[i];
    if (node->kind == GIBBS_KIND_GATHER || node->kind == GIBBS_KIND_SCATTER)
      status = gibbs_index_write(node->of.index, err);
  }
  return status;
}

gibbs_status gibbs_frame_sort(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                              size_t bound_count, gibbs_frame **out, gibbs_error *err) {
  sorting s = {.frame = calloc(1, sizeof *s.frame)};
  if (!s.frame) return gibbs_fail_memory(err, "a program", sizeof *s.frame);
  gibbs_status status = gibbs_tape_new(roots, root_count, &s.tape, err);
  if (status == GIBBS_OK) status = write_positions(&s.tape, err);
  if (status == GIBBS_OK) status = sort_nodes(&s, roots, root_count, bound, bound_count, err);
  for (size_t i = 0; s.nodes && i < s.tape.length; i++) gibbs_frame_free(s.nodes[i].body);
  free(s.own);
  free(s.nodes);
  free(s.order);
  gibbs_tape_free(&s.tape);
  if (status == GIBBS_OK)
    *out = s.frame;
  else
    gibbs_frame_free(s.frame);
  return status;
}
