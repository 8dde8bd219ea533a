/* program_total.c - sums over the configurations of a batch, taken as deep inside expressions as they go.
 *
 * A sum over configurations passes through everything linear: total(W x) = W total(x).  So the linear part of a
 * gradient is computed once a batch; what is left to sum are outer products, by one matrix product a block, and
 * elementwise values, as they come out of their groups. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_total.h"

#include <stdlib.h>
#include <string.h>

#include "vectormath.h"

/* Which arguments (bits) a total goes on to; 0: the value itself has to be summed. */
static unsigned linear_arguments(const gibbs_frame *f, size_t value);

static bool is_outer_or_linear(const gibbs_frame *f, size_t value) {
  return f->values[value].node->kind == GIBBS_KIND_OUTER || linear_arguments(f, value) != 0;
}

/* The one argument that varies, where the other does not. */
static unsigned only_varying(const gibbs_frame *f, size_t value) {
  bool first = gibbs_frame_argument(f, value, 0)->varying, second = gibbs_frame_argument(f, value, 1)->varying;
  return first && second ? 0 : first ? 1 : 2;
}

static unsigned linear_elementwise(const gibbs_frame *f, size_t value) {
  switch (f->values[value].node->op) {
  case GIBBS_OP_NEG:
    return 1;
  case GIBBS_OP_ADD:
  case GIBBS_OP_SUB:
    return 3;
  case GIBBS_OP_MUL:
    return only_varying(f, value);
  case GIBBS_OP_DIV:
    return only_varying(f, value) == 1 ? 1 : 0;
  default:
    return 0;
  }
}

static unsigned linear_arguments(const gibbs_frame *f, size_t value) {
  const gibbs_value *v = &f->values[value];
  if (!v->varying || v->count == 0 || v->body) return 0;
  size_t first = f->arguments[v->first];
  switch (v->node->kind) {
  case GIBBS_KIND_ELEMENTWISE:
    return linear_elementwise(f, value);
  case GIBBS_KIND_MATMUL:
  case GIBBS_KIND_OUTER:
    return only_varying(f, value);
  case GIBBS_KIND_SCATTER:
    return 1;
  case GIBBS_KIND_SUM:
    return is_outer_or_linear(f, first) ? 1 : 0;
  case GIBBS_KIND_GATHER: /* not if it chooses a few of many that nobody else needs */
    return 2 * v->node->size >= f->values[first].node->size || is_outer_or_linear(f, first) ? 1 : 0;
  default:
    return 0;
  }
}

static void mark_totals(const gibbs_frame *f, const gibbs_output kinds[], bool *wanted) {
  for (size_t k = 0; k < f->root_count; k++)
    if (kinds[k] == GIBBS_OUTPUT_TOTAL) wanted[f->roots[k]] = true;
  for (size_t i = f->count; i-- > 0;) {
    unsigned linear = wanted[i] ? linear_arguments(f, i) : 0;
    for (size_t k = 0; k < 2; k++)
      if (linear >> k & 1) wanted[f->arguments[f->values[i].first + k]] = true;
  }
}

static void fill_total(gibbs_totals *t, const gibbs_frame *f, size_t value, const size_t *number) {
  unsigned linear = linear_arguments(f, value);
  gibbs_total_value *total = &t->values[t->count];
  *total = (gibbs_total_value){.kind = !f->values[value].varying ? GIBBS_TOTAL_NUMBERS
                                       : linear                  ? GIBBS_TOTAL_LINEAR
                                                                 : GIBBS_TOTAL_SUMMED,
                               .value = value,
                               .arguments = {GIBBS_NONE, GIBBS_NONE},
                               .offset = t->room,
                               .output = GIBBS_NONE};
  for (size_t k = 0; k < 2; k++)
    if (linear >> k & 1) total->arguments[k] = number[f->arguments[f->values[value].first + k]];
  if (total->kind == GIBBS_TOTAL_SUMMED)
    t->demands[t->demand_count++] = (gibbs_total){
        .value = value, .accumulator = t->count, .outer = f->values[value].node->kind == GIBBS_KIND_OUTER};
  t->room += f->values[value].node->size;
  t->count++;
}

/* What only one output wants is summed there. */
static void find_direct(gibbs_totals *t) {
  for (size_t k = 0; k < t->output_count; k++) {
    size_t users = 0, root = t->outputs[k];
    if (root == GIBBS_NONE || t->values[root].kind != GIBBS_TOTAL_SUMMED) continue;
    for (size_t j = 0; j < t->output_count; j++) users += t->outputs[j] == root;
    for (size_t j = 0; j < t->count; j++)
      users += t->values[j].arguments[0] == root || t->values[j].arguments[1] == root;
    if (users == 1) t->values[root].output = k;
  }
}

gibbs_status gibbs_totals_new(const gibbs_frame *frame, const gibbs_output kinds[], gibbs_totals *out,
                              gibbs_error *err) {
  gibbs_totals t = {.output_count = frame->root_count};
  bool *wanted = calloc(frame->count + 1, sizeof *wanted);
  size_t *number = calloc(frame->count + 1, sizeof *number);
  t.values = calloc(frame->count + 1, sizeof *t.values);
  t.demands = calloc(frame->count + 1, sizeof *t.demands);
  t.outputs = calloc(frame->root_count + 1, sizeof *t.outputs);
  bool made = wanted && number && t.values && t.demands && t.outputs;
  if (made) {
    mark_totals(frame, kinds, wanted);
    for (size_t i = 0; i < frame->count; i++) {
      number[i] = t.count;
      if (wanted[i]) fill_total(&t, frame, i, number);
    }
    for (size_t k = 0; k < t.output_count; k++)
      t.outputs[k] = kinds[k] == GIBBS_OUTPUT_TOTAL ? number[frame->roots[k]] : GIBBS_NONE;
    find_direct(&t);
  }
  free(wanted);
  free(number);
  *out = t;
  return made ? GIBBS_OK : gibbs_fail_memory(err, "a program", frame->count * sizeof *t.values);
}

void gibbs_totals_free(gibbs_totals *totals) {
  free(totals->values);
  free(totals->demands);
  free(totals->outputs);
}

static void finish_linear(const gibbs_total_value *total, const gibbs_totals *t, const gibbs_plain *plain,
                          double *room) {
  const gibbs_frame *f = plain->frame;
  const double *arguments[2] = {NULL, NULL};
  for (size_t k = 0; k < f->values[total->value].count; k++)
    arguments[k] = total->arguments[k] != GIBBS_NONE ? room + t->values[total->arguments[k]].offset
                                                     : plain->at[f->arguments[f->values[total->value].first + k]];
  gibbs_apply(f->values[total->value].node, arguments, room + total->offset);
}

void gibbs_totals_finish(const gibbs_totals *t, const gibbs_plain *plain, size_t batch, double *room,
                         double *const out[]) {
  double times = (double)batch;
  for (size_t k = 0; k < t->count; k++) {
    const gibbs_total_value *total = &t->values[k];
    if (total->kind == GIBBS_TOTAL_LINEAR) finish_linear(total, t, plain, room);
    if (total->kind == GIBBS_TOTAL_NUMBERS)
      gibbs_vector_binary(GIBBS_OP_MUL, room + total->offset, (gibbs_operand){plain->at[total->value], 1},
                          (gibbs_operand){&times, 0}, plain->frame->values[total->value].node->size);
  }
  for (size_t k = 0; k < t->output_count; k++)
    if (t->outputs[k] != GIBBS_NONE && t->values[t->outputs[k]].output == GIBBS_NONE)
      gibbs_vector_add(out[k], room + t->values[t->outputs[k]].offset,
                       plain->frame->values[plain->frame->roots[k]].node->size);
}
