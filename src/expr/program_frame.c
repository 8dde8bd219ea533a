/* program_frame.c - sorting the nodes of a program into frames. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_frame.h"

#include <stdlib.h>

#include "program_code.h"

/* The nodes under the roots of one frame, while it is made. */
typedef struct sorting {
  gibbs_frame *frame;
  gibbs_tape tape;
  bool *own, *needed;   /* [node]: depends on the bound variables; is evaluated or taken here */
  gibbs_frame **bodies; /* [node] */
  size_t *position;     /* [node]: among the values of the frame */
} sorting;

static gibbs_status sort_frame(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_frame **out, gibbs_error *err);

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

static gibbs_status sort_body(sorting *s, size_t i, gibbs_error *err) {
  gibbs_expr *node = s->tape.nodes[i];
  size_t first = gibbs_expr_first_bound(node);
  gibbs_status status =
      sort_frame(node->arguments, first, node->arguments + first, node->argument_count - first, &s->bodies[i], err);
  if (status != GIBBS_OK) return status;
  const gibbs_frame *body = s->bodies[i];
  for (size_t k = 0; k < body->count; k++)
    if (body->values[k].import != GIBBS_NONE) s->needed[find_node(&s->tape, body->values[k].node)] = true;
  return GIBBS_OK;
}

/* From the roots down: users come after their arguments, so one sweep does. */
static gibbs_status mark_needed(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < root_count; k++) s->needed[find_node(&s->tape, roots[k])] = true;
  for (size_t i = s->tape.length; status == GIBBS_OK && i-- > 0;) {
    const gibbs_expr *node = s->tape.nodes[i];
    if (!s->needed[i] || !s->own[i]) continue;
    if (gibbs_expr_first_bound(node) != SIZE_MAX) {
      status = sort_body(s, i, err);
      continue;
    }
    for (size_t k = 0; k < node->argument_count; k++) s->needed[s->tape.slots[s->tape.first[i] + k]] = true;
  }
  return status;
}

static size_t count_arguments(const sorting *s, size_t i) {
  if (!s->needed[i] || !s->own[i]) return 0;
  if (!s->bodies[i]) return s->tape.nodes[i]->argument_count;
  size_t count = 0;
  for (size_t k = 0; k < s->bodies[i]->count; k++) count += s->bodies[i]->values[k].import != GIBBS_NONE;
  return count;
}

static void list_arguments(sorting *s, size_t i, gibbs_value *value) {
  size_t *arguments = s->frame->arguments + value->first;
  gibbs_frame *body = s->bodies[i];
  if (!body) {
    for (size_t k = 0; k < value->count; k++) arguments[k] = s->position[s->tape.slots[s->tape.first[i] + k]];
    return;
  }
  for (size_t k = 0; k < body->count; k++) {
    if (body->values[k].import == GIBBS_NONE) continue;
    body->values[k].import = s->position[find_node(&s->tape, body->values[k].node)];
    *arguments++ = body->values[k].import;
  }
  body->parent = s->frame;
  value->body = body;
  s->bodies[i] = NULL;
}

/* An import is numbered by the parent later on: until then it is only known to be one. */
static void number_values(sorting *s) {
  size_t used = 0;
  for (size_t i = 0; i < s->tape.length; i++) {
    if (!s->needed[i]) continue;
    gibbs_value *value = &s->frame->values[s->frame->count];
    *value = (gibbs_value){.node = gibbs_expr_retain(s->tape.nodes[i]),
                           .first = used,
                           .count = count_arguments(s, i),
                           .input = GIBBS_NONE,
                           .import = s->own[i] ? GIBBS_NONE : 0};
    used += value->count;
    s->position[i] = s->frame->count++;
    list_arguments(s, i, value);
  }
}

static gibbs_status fill_frame(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_error *err) {
  gibbs_frame *f = s->frame;
  size_t values = 0, arguments = 0;
  for (size_t i = 0; i < s->tape.length; i++) {
    values += s->needed[i];
    arguments += count_arguments(s, i);
  }
  f->values = calloc(values + 1, sizeof *f->values);
  f->arguments = calloc(arguments + 1, sizeof *f->arguments);
  f->roots = calloc(root_count + 1, sizeof *f->roots);
  f->bound = calloc(bound_count + 1, sizeof *f->bound);
  if (!f->values || !f->arguments || !f->roots || !f->bound)
    return gibbs_fail_memory(err, "a program", values * sizeof *f->values);
  number_values(s);
  for (f->root_count = 0; f->root_count < root_count; f->root_count++)
    f->roots[f->root_count] = s->position[find_node(&s->tape, roots[f->root_count])];
  f->states = 1;
  for (f->bound_count = 0; f->bound_count < bound_count; f->bound_count++) {
    const gibbs_variable *variable = bound[f->bound_count]->of.variable;
    size_t at = find_node(&s->tape, bound[f->bound_count]);
    f->bound[f->bound_count] = at != GIBBS_NONE && s->needed[at] ? s->position[at] : GIBBS_NONE;
    for (size_t k = 0; k < gibbs_variable_units(variable); k++) f->states *= gibbs_variable_states(variable);
  }
  return GIBBS_OK;
}

static gibbs_status sort_nodes(sorting *s, gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_error *err) {
  size_t n = s->tape.length;
  s->own = calloc(2 * n + 1, sizeof *s->own);
  s->bodies = calloc(n + 1, sizeof *s->bodies);
  s->position = calloc(n + 1, sizeof *s->position);
  if (!s->own || !s->bodies || !s->position) return gibbs_fail_memory(err, "a program", n * sizeof *s->position);
  s->needed = s->own + n;
  gibbs_status status = GIBBS_OK;
  if (bound)
    status = gibbs_tape_reach(&s->tape, bound, bound_count, s->own, err);
  else
    for (size_t i = 0; i < n; i++) s->own[i] = true;
  if (status == GIBBS_OK) status = mark_needed(s, roots, root_count, err);
  return status == GIBBS_OK ? fill_frame(s, roots, root_count, bound, bound_count, err) : status;
}

/* bound is NULL for the outermost frame, which owns every node. */
static gibbs_status sort_frame(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const bound[],
                               size_t bound_count, gibbs_frame **out, gibbs_error *err) {
  sorting s = {.frame = calloc(1, sizeof *s.frame)};
  if (!s.frame) return gibbs_fail_memory(err, "a program", sizeof *s.frame);
  gibbs_status status = gibbs_tape_new(roots, root_count, &s.tape, err);
  if (status == GIBBS_OK) status = sort_nodes(&s, roots, root_count, bound, bound_count, err);
  for (size_t i = 0; s.bodies && i < s.tape.length; i++) gibbs_frame_free(s.bodies[i]);
  free(s.own);
  free(s.bodies);
  free(s.position);
  gibbs_tape_free(&s.tape);
  if (status == GIBBS_OK)
    *out = s.frame;
  else
    gibbs_frame_free(s.frame);
  return status;
}

/* ---- inputs, and what varies with them ------------------------------------------------------------ */

static gibbs_status connect_inputs(gibbs_frame *f, gibbs_expr *const inputs[], size_t input_count, gibbs_error *err) {
  for (size_t i = 0; i < f->count; i++) {
    gibbs_value *value = &f->values[i];
    for (size_t k = 0; value->input == GIBBS_NONE && k < input_count; k++)
      if (inputs[k] == value->node) value->input = k;
    if (value->node->kind == GIBBS_KIND_FUNCTIONAL)
      return gibbs_fail(
          err, GIBBS_ERR_ARGUMENT,
          "an expression of configurations depends on a functional of distributions; take its value first");
    if (value->node->kind == GIBBS_KIND_VARIABLE && value->input == GIBBS_NONE) {
      const char *name = gibbs_variable_name(value->node->of.variable);
      return gibbs_fail(
          err, GIBBS_ERR_ARGUMENT, "an expression depends on the variable '%s' (%s), which has no value here",
          name[0] ? name : "unnamed", gibbs_domain_name(gibbs_variable_domain(value->node->of.variable)));
    }
  }
  return GIBBS_OK;
}

static void find_varying(gibbs_frame *f) {
  for (size_t i = 0; i < f->count; i++) {
    gibbs_value *value = &f->values[i];
    value->varying =
        value->input != GIBBS_NONE || (value->import != GIBBS_NONE && f->parent->values[value->import].varying);
    for (size_t k = 0; k < value->count; k++) value->varying |= gibbs_frame_argument(f, i, k)->varying;
    if (value->body) find_varying(value->body);
  }
}

gibbs_status gibbs_frame_new(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const inputs[],
                             size_t input_count, gibbs_frame **out, gibbs_error *err) {
  gibbs_frame *frame = NULL;
  gibbs_status status = sort_frame(roots, root_count, NULL, 0, &frame, err);
  if (status == GIBBS_OK) status = connect_inputs(frame, inputs, input_count, err);
  if (status != GIBBS_OK) {
    gibbs_frame_free(frame);
    return status;
  }
  find_varying(frame);
  *out = frame;
  return GIBBS_OK;
}

void gibbs_frame_free(gibbs_frame *frame) {
  if (!frame) return;
  for (size_t i = 0; i < frame->count; i++) {
    gibbs_frame_free(frame->values[i].body);
    gibbs_expr_release(frame->values[i].node);
  }
  gibbs_code_free(frame->code);
  free(frame->values);
  free(frame->arguments);
  free(frame->roots);
  free(frame->bound);
  free(frame);
}

bool gibbs_frame_calls_back(const gibbs_frame *frame) {
  for (size_t i = 0; i < frame->count; i++) {
    const gibbs_value *value = &frame->values[i];
    if (value->node->kind == GIBBS_KIND_CALLBACK && value->import == GIBBS_NONE) return true;
    if (value->body && gibbs_frame_calls_back(value->body)) return true;
  }
  return false;
}

uint64_t gibbs_write_state(const gibbs_variable *variable, uint64_t state, double *values) {
  uint64_t states = gibbs_variable_states(variable);
  gibbs_domain domain = gibbs_variable_domain(variable);
  for (size_t unit = 0; unit < gibbs_variable_units(variable); unit++, state /= states) {
    uint64_t digit = state % states;
    if (domain == GIBBS_POTTS)
      for (uint64_t k = 0; k < states; k++) *values++ = k == digit ? 1.0 : 0.0;
    else
      *values++ = domain == GIBBS_SPINS ? 2.0 * (double)digit - 1.0 : (double)digit;
  }
  return state;
}
