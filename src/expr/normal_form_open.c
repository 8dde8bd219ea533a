/* normal_form_open.c - an energy made ready to be lowered: its nodes in order, what varies, the values of what does
 * not. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "normal_form_parts.h"

static gibbs_status check_energy(const gibbs_expr *energy, gibbs_expr *const variables[], size_t count,
                                 gibbs_error *err) {
  char shape[64];
  if (energy->size != 1)
    return gibbs_fail(err, GIBBS_ERR_SHAPE, "an energy has shape %s; it must be a number",
                      gibbs_shape_print(&energy->shape, shape, sizeof shape));
  for (size_t k = 0; k < count; k++) {
    if (variables[k]->kind != GIBBS_KIND_VARIABLE)
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "an energy: variable %zu is no variable but a %s", k + 1,
                        gibbs_expr_verb(variables[k]));
    for (size_t j = 0; j < k; j++)
      if (variables[j] == variables[k])
        return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "an energy: variable %zu is variable %zu again", k + 1, j + 1);
  }
  return GIBBS_OK;
}

/* All that it depends on is to be listed. */
static gibbs_status check_leaves(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_error *err) {
  gibbs_expr **leaves = NULL;
  size_t found = 0;
  gibbs_status status = gibbs_expr_leaves(&energy, 1, GIBBS_LEAF_VARIABLE, &leaves, &found, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < found && status == GIBBS_OK; k++) {
    size_t j = 0;
    while (j < count && variables[j] != leaves[k]) j++;
    const char *name = gibbs_variable_name(leaves[k]->of.variable);
    if (j == count)
      status =
          gibbs_fail(err, GIBBS_ERR_ARGUMENT, "an energy depends on the variable '%s' (%s), which is not listed",
                     name[0] ? name : "unnamed", gibbs_domain_name(gibbs_variable_domain(leaves[k]->of.variable)));
  }
  free(leaves);
  return status;
}

static gibbs_status number_elements(gibbs_lowering *l, gibbs_expr *const variables[], size_t count,
                                    gibbs_error *err) {
  l->segments = calloc(count + 1, sizeof *l->segments);
  if (!l->segments) return gibbs_fail_memory(err, "an energy", count * sizeof *l->segments);
  for (size_t k = 0; k < count; k++) {
    const gibbs_variable *v = variables[k]->of.variable;
    gibbs_segment *s = &l->segments[k];
    *s = (gibbs_segment){.variable = v,
                         .domain = gibbs_variable_domain(v),
                         .states = gibbs_variable_states(v),
                         .first_unit = l->units,
                         .units = gibbs_variable_units(v),
                         .first_element = l->elements,
                         .elements = gibbs_variable_size(v)};
    l->units += s->units;
    l->elements += s->elements;
  }
  l->segment_count = count;
  if (l->elements >= GIBBS_NO_ELEMENT)
    return gibbs_fail(err, GIBBS_ERR_SIZE, "an energy of %zu elements; at most %u", l->elements,
                      GIBBS_NO_ELEMENT - 1);
  return GIBBS_OK;
}

static bool takes_values(const gibbs_expr *node) {
  return gibbs_expr_first_bound(node) == SIZE_MAX && node->kind != GIBBS_KIND_CALLBACK;
}

/* Nodes whose values are those of the units, or of variables that are summed over around them. */
static gibbs_status find_open(const gibbs_lowering *l, bool open[], gibbs_error *err) {
  size_t count = 0;
  gibbs_expr **variables = malloc(l->tape.length * sizeof(gibbs_expr *));
  if (!variables) return gibbs_fail_memory(err, "an energy", l->tape.length * sizeof(gibbs_expr *));
  for (size_t i = 0; i < l->tape.length; i++)
    if (l->tape.nodes[i]->kind == GIBBS_KIND_VARIABLE) variables[count++] = l->tape.nodes[i];
  gibbs_status status = gibbs_tape_reach(&l->tape, variables, count, open, err);
  free(variables);
  return status;
}

/* What does not vary, and that others take: the roots of the frame of constants. */
static gibbs_status list_constants(const gibbs_lowering *l, bool wanted[], size_t *count, gibbs_error *err) {
  size_t last = l->tape.length - 1;
  bool *open = malloc(l->tape.length * sizeof *open);
  if (!open) return gibbs_fail_memory(err, "an energy", l->tape.length * sizeof *open);
  gibbs_status status = find_open(l, open, err);
  wanted[last] = !l->varies[last];
  for (size_t i = 0; status == GIBBS_OK && i < l->tape.length; i++)
    for (size_t k = 0; l->varies[i] && takes_values(l->tape.nodes[i]) && k < l->tape.nodes[i]->argument_count; k++) {
      size_t argument = gibbs_lowering_argument(l, i, k);
      if (!l->varies[argument] && !open[argument]) wanted[argument] = true;
    }
  free(open);
  for (size_t i = 0; i < l->tape.length; i++) *count += wanted[i];
  return status;
}

static gibbs_status open_constants(gibbs_lowering *l, bool wanted[], gibbs_error *err) {
  size_t count = 0;
  gibbs_status status = list_constants(l, wanted, &count, err);
  if (status != GIBBS_OK) return status;
  gibbs_expr **roots = malloc((count + 1) * sizeof *roots);
  if (!roots) return gibbs_fail_memory(err, "an energy", count * sizeof *roots);
  count = 0;
  for (size_t i = 0; i < l->tape.length; i++)
    if (wanted[i]) roots[count++] = l->tape.nodes[i];
  status = gibbs_frame_new(roots, count, NULL, 0, &l->frame, err);
  if (status == GIBBS_OK) status = gibbs_plain_new(l->frame, NULL, NULL, GIBBS_PLAIN_IN_PLACE, &l->plain, err);
  free(roots);
  count = 0;
  for (size_t i = 0; status == GIBBS_OK && i < l->tape.length; i++)
    if (wanted[i]) l->value[i] = l->plain->at[l->frame->roots[count++]];
  return status;
}

static gibbs_status allot(gibbs_lowering *l, gibbs_error *err) {
  size_t length = l->tape.length;
  l->varies = calloc(length, sizeof *l->varies);
  l->degree = calloc(length, sizeof *l->degree);
  l->element_at = calloc(length, sizeof *l->element_at);
  l->value = calloc(length, sizeof *l->value);
  l->fate = calloc(length, sizeof *l->fate);
  l->weights = calloc(length, sizeof *l->weights);
  l->polynomial = calloc(length, sizeof *l->polynomial);
  l->tried = calloc(length, sizeof *l->tried);
  if (l->varies && l->degree && l->element_at && l->value && l->fate && l->weights && l->polynomial && l->tried)
    return GIBBS_OK;
  return gibbs_fail_memory(err, "an energy", length * 12 * sizeof(size_t));
}

static gibbs_status read_tape(gibbs_lowering *l, gibbs_expr *const variables[], size_t count, gibbs_error *err) {
  gibbs_status status = gibbs_tape_new(&l->energy, 1, &l->tape, err);
  if (status == GIBBS_OK) status = allot(l, err);
  if (status != GIBBS_OK) return status;
  for (size_t k = 0; k < count; k++) {
    size_t at = gibbs_tape_find(&l->tape, variables[k]);
    if (at != SIZE_MAX) l->element_at[at] = l->segments[k].first_element;
  }
  status = gibbs_tape_reach(&l->tape, variables, count, l->varies, err);
  if (status == GIBBS_OK) gibbs_tape_degrees(&l->tape, variables, count, l->varies, l->degree);
  return status;
}

gibbs_status gibbs_lowering_open(gibbs_expr *energy, gibbs_expr *const variables[], size_t count, gibbs_lowering *out,
                                 gibbs_error *err) {
  *out = (gibbs_lowering){.energy = gibbs_expr_retain(energy)};
  gibbs_status status = check_energy(energy, variables, count, err);
  if (status == GIBBS_OK) status = check_leaves(energy, variables, count, err);
  if (status == GIBBS_OK) status = number_elements(out, variables, count, err);
  if (status == GIBBS_OK) status = read_tape(out, variables, count, err);
  if (status != GIBBS_OK) return status;
  bool *wanted = calloc(out->tape.length, sizeof *wanted);
  if (!wanted) return gibbs_fail_memory(err, "an energy", out->tape.length);
  status = open_constants(out, wanted, err);
  free(wanted);
  return status;
}

gibbs_status gibbs_lowering_read(gibbs_lowering *l, gibbs_error *err) {
  gibbs_status status = gibbs_plain_read_parameters(l->plain, err);
  return status == GIBBS_OK ? gibbs_plain_run(l->plain, err) : status;
}

void gibbs_lowering_close(gibbs_lowering *l) {
  gibbs_gathered_clear(&l->gathered);
  gibbs_plain_free(l->plain);
  gibbs_frame_free(l->frame);
  gibbs_tape_free(&l->tape);
  free(l->varies);
  free(l->degree);
  free(l->element_at);
  free(l->value);
  free(l->segments);
  free(l->fate);
  free(l->weights);
  free(l->polynomial);
  free(l->tried);
  free(l->stack);
  gibbs_expr_release(l->energy);
  *l = (gibbs_lowering){.energy = NULL};
}
