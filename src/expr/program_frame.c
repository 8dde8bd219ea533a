/* program_frame.c - frames: their inputs, what varies with these, the states of variables. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program_frame.h"

#include <stdlib.h>

#include "program_code.h"

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
    value->varying = f->values[value->leader].varying || value->input != GIBBS_NONE ||
                     (value->import != GIBBS_NONE && f->parent->values[value->import].varying);
    for (size_t k = 0; k < value->count; k++) value->varying |= gibbs_frame_argument(f, i, k)->varying;
    if (value->body) find_varying(value->body);
  }
}

gibbs_status gibbs_frame_new(gibbs_expr *const roots[], size_t root_count, gibbs_expr *const inputs[],
                             size_t input_count, gibbs_frame **out, gibbs_error *err) {
  gibbs_frame *frame = NULL;
  gibbs_status status = gibbs_frame_sort(roots, root_count, NULL, 0, &frame, err);
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
