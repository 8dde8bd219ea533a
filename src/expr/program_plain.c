/* program_plain.c - evaluating a frame node by node. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_plain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectormath.h"

static bool has_place(const gibbs_plain *p, const gibbs_value *value) {
  return p->all || !value->varying;
}

/* Room of its own; what is lent by others needs none. */
static bool owns_place(const gibbs_plain *p, const gibbs_value *value, const gibbs_plain *prepared) {
  if (!has_place(p, value) || value->import != GIBBS_NONE || value->node->kind == GIBBS_KIND_CONSTANT) return false;
  return value->node->kind != GIBBS_KIND_PARAMETER || !(prepared || p->in_place);
}

static size_t joint_size(const gibbs_frame *frame) {
  size_t most = 0;
  for (size_t i = 0; i < frame->count; i++) {
    size_t size = 0;
    if (frame->values[i].node->kind != GIBBS_KIND_CALLBACK) continue;
    for (size_t k = 0; k < frame->values[i].count; k++) size += gibbs_frame_argument(frame, i, k)->node->size;
    if (size > most) most = size;
  }
  return most;
}

static gibbs_status allot_places(gibbs_plain *p, const gibbs_plain *parent, const gibbs_plain *prepared,
                                 gibbs_error *err) {
  const gibbs_frame *f = p->frame;
  size_t total = 0, joint = joint_size(f);
  for (size_t i = 0; i < f->count; i++) total += owns_place(p, &f->values[i], prepared) ? f->values[i].node->size : 0;
  p->at = calloc(f->count + 1, sizeof *p->at);
  p->bodies = calloc(f->count + 1, sizeof *p->bodies);
  p->room = calloc(total + joint + 1, sizeof *p->room);
  if (!p->at || !p->bodies || !p->room)
    return gibbs_fail_memory(err, "values of a program", (total + joint) * sizeof *p->room);
  p->joint = p->room + total;
  total = 0;
  for (size_t i = 0; i < f->count; i++) {
    const gibbs_value *value = &f->values[i];
    if (owns_place(p, value, prepared)) {
      p->at[i] = p->room + total;
      total += value->node->size;
    } else if (value->import != GIBBS_NONE) {
      p->at[i] = has_place(p, value) ? parent->at[value->import] : NULL;
    } else if (value->node->kind == GIBBS_KIND_CONSTANT) {
      p->at[i] = gibbs_tensor_data(value->node->of.constant);
    } else if (value->node->kind == GIBBS_KIND_PARAMETER) {
      p->at[i] = prepared ? prepared->at[i] : gibbs_parameter_values(value->node->of.parameter);
    }
  }
  return GIBBS_OK;
}

gibbs_status gibbs_plain_new(const gibbs_frame *frame, const gibbs_plain *parent, const gibbs_plain *prepared,
                             gibbs_plain_kind kind, gibbs_plain **out, gibbs_error *err) {
  gibbs_plain *p = calloc(1, sizeof *p);
  if (!p) return gibbs_fail_memory(err, "values of a program", sizeof *p);
  p->frame = frame;
  p->all = kind == GIBBS_PLAIN_ALL;
  p->in_place = kind == GIBBS_PLAIN_IN_PLACE;
  gibbs_status status = allot_places(p, parent, prepared, err);
  for (size_t i = 0; status == GIBBS_OK && i < frame->count; i++)
    if (frame->values[i].body) status = gibbs_plain_new(frame->values[i].body, p, NULL, kind, &p->bodies[i], err);
  if (status == GIBBS_OK)
    *out = p;
  else
    gibbs_plain_free(p);
  return status;
}

void gibbs_plain_free(gibbs_plain *p) {
  if (!p) return;
  for (size_t i = 0; p->bodies && i < p->frame->count; i++) gibbs_plain_free(p->bodies[i]);
  free(p->at);
  free(p->bodies);
  free(p->room);
  free(p);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static gibbs_status fail_parameter(const gibbs_parameter *parameter, size_t k, double value, gibbs_error *err) {
  char place[160] = "";
  const gibbs_shape *shape = gibbs_parameter_shape(parameter);
  size_t used = 0, inner = gibbs_parameter_size(parameter);
  for (size_t axis = 0; axis < shape->rank; axis++) {
    inner /= shape->extent[axis];
    used += (size_t)snprintf(place + used, sizeof place - used, axis ? ", %zu" : " at [%zu",
                             k / inner % shape->extent[axis] + 1);
  }
  return gibbs_fail(err, GIBBS_ERR_NUMERIC, "parameter '%s' holds %g%s%s; parameters must be finite",
                    gibbs_parameter_name(parameter), value, place, shape->rank ? "]" : "");
}

gibbs_status gibbs_plain_read_parameters(gibbs_plain *p, gibbs_error *err) {
  for (size_t i = 0; i < p->frame->count; i++) {
    const gibbs_expr *node = p->frame->values[i].node;
    if (node->kind != GIBBS_KIND_PARAMETER) continue;
    const double *values = gibbs_parameter_values(node->of.parameter);
    if (p->at[i] != values) memcpy(p->at[i], values, node->size * sizeof *values);
    if (gibbs_vector_finite(p->at[i], node->size)) continue;
    for (size_t k = 0; k < node->size; k++)
      if (!isfinite(p->at[i][k])) return fail_parameter(node->of.parameter, k, p->at[i][k], err);
  }
  return GIBBS_OK;
}

/* ---- evaluation ------------------------------------------------------------------------------ */

void gibbs_plain_set_state(gibbs_plain *p, uint64_t state) {
  const gibbs_frame *f = p->frame;
  for (size_t k = 0; k < f->bound_count; k++)
    if (f->bound[k] != GIBBS_NONE)
      state = gibbs_write_state(f->values[f->bound[k]].node->of.variable, state, p->at[f->bound[k]]);
}

static gibbs_status call_back(gibbs_plain *p, size_t i, gibbs_error *err) {
  const gibbs_callback *callback = p->frame->values[i].node->of.callback;
  double *joint = p->joint;
  for (size_t k = 0; k < p->frame->values[i].count; k++) {
    size_t position = p->frame->arguments[p->frame->values[i].first + k];
    size_t size = p->frame->values[position].node->size;
    memcpy(joint, p->at[position], size * sizeof *joint);
    joint += size;
  }
  return callback->call(callback->payload, p->joint, p->at[i], err);
}

/* One more state for the means of a sum. */
static void add_to_means(gibbs_plain *p, size_t leader, double factor, double weight) {
  const gibbs_plain *body = p->bodies[leader];
  for (size_t i = leader; i != GIBBS_NONE; i = p->frame->values[i].next) {
    const gibbs_value *value = &p->frame->values[i];
    if (value->root == GIBBS_NONE) continue;
    const double *x = body->at[body->frame->roots[value->root]];
    for (size_t k = 0; k < value->node->size; k++) p->at[i][k] = p->at[i][k] * factor + weight * x[k];
  }
}

static void finish_sums(gibbs_plain *p, size_t leader, double most, double total) {
  for (size_t i = leader; i != GIBBS_NONE; i = p->frame->values[i].next) {
    const gibbs_value *value = &p->frame->values[i];
    if (value->root == GIBBS_NONE) *p->at[i] = -(most + log(total));
    for (size_t k = 0; value->root != GIBBS_NONE && k < value->node->size; k++) p->at[i][k] /= total;
  }
}

/* -log sum exp(-energy), and means of values, over the states, kept relative to the largest weight so far. */
static gibbs_status sum_states(gibbs_plain *p, size_t leader, gibbs_error *err) {
  gibbs_plain *body = p->bodies[leader];
  const gibbs_frame *f = body->frame;
  double most = -INFINITY, total = 0;
  for (size_t i = leader; i != GIBBS_NONE; i = p->frame->values[i].next)
    memset(p->at[i], 0, p->frame->values[i].node->size * sizeof(double));
  for (uint64_t state = 0; state < f->states; state++) {
    gibbs_plain_set_state(body, state);
    gibbs_status status = gibbs_plain_run(body, err);
    if (status != GIBBS_OK) return status;
    double x = -*body->at[f->roots[f->root_count - 1]], factor = 1, weight;
    gibbs_vector_stream_weights(&most, &x, &factor, &weight, 1);
    total = total * factor + weight;
    add_to_means(p, leader, factor, weight);
  }
  finish_sums(p, leader, most, total);
  return GIBBS_OK;
}

static gibbs_status evaluate(gibbs_plain *p, size_t i, gibbs_error *err) {
  const gibbs_value *value = &p->frame->values[i];
  const double *arguments[2] = {NULL, NULL};
  if (value->node->kind == GIBBS_KIND_CALLBACK) return call_back(p, i, err);
  if (value->body) return sum_states(p, i, err);
  for (size_t k = 0; k < value->count; k++) arguments[k] = p->at[p->frame->arguments[value->first + k]];
  gibbs_apply(value->node, arguments, p->at[i]);
  return GIBBS_OK;
}

gibbs_status gibbs_plain_run(gibbs_plain *p, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < p->frame->count; i++) {
    const gibbs_value *value = &p->frame->values[i];
    if ((value->count > 0 || value->body) && has_place(p, value)) status = evaluate(p, i, err);
  }
  return status;
}
