/* outer.c - the function of functionals that an objective is: its value, and its derivatives by them and by
 * parameters that it depends on by itself. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "functional.h"
#include "gibbs/private/builder.h"

void gibbs_outer_clear(gibbs_objective *o) {
  for (size_t k = 0; o->inputs && k < o->leaf_count; k++) gibbs_expr_release(o->inputs[k]);
  for (size_t k = 0; o->wanted && k < o->wanted_count; k++) gibbs_expr_release(o->wanted[k]);
  free(o->inputs);
  free(o->wanted);
  free(o->in);
  free(o->out);
  gibbs_workspace_free(o->slopes_room);
  gibbs_workspace_free(o->explicit_room);
  gibbs_program_free(o->slopes);
  gibbs_program_free(o->explicit_slopes);
  gibbs_expr_release(o->outer);
}

/* ---- by functionals -----------------------------------------------------------------------------------------------
 */

static void make_rooms(gibbs_objective *o, gibbs_builder *b) {
  size_t n = o->leaf_count;
  o->inputs = calloc(n + 1, sizeof *o->inputs);
  o->in = calloc(n + 1, sizeof *o->in);
  o->out = calloc(n + 1, sizeof *o->out);
  if (!o->inputs || !o->in || !o->out)
    gibbs_build_fail(b, gibbs_fail_memory(b->err, "an objective", n * sizeof *o->in));
  for (size_t k = 0; b->status == GIBBS_OK && k < n; k++) o->in[k] = &o->leaves[k].value;
  for (size_t k = 0; b->status == GIBBS_OK && k < n; k++) o->out[1 + k] = &o->leaves[k].coefficient;
}

static bool depends_on_inputs(const gibbs_objective *o, gibbs_expr *expr) {
  for (size_t k = 0; k < o->leaf_count; k++)
    if (gibbs_expr_depends(expr, o->inputs[k])) return true;
  return false;
}

/* Functionals replaced by inputs. */
static void substitute_inputs(gibbs_objective *o, gibbs_builder *b, gibbs_expr **nodes) {
  gibbs_shape scalar = gibbs_shape_scalar();
  for (size_t k = 0; b->status == GIBBS_OK && k < o->leaf_count; k++) {
    nodes[k] = o->leaves[k].node;
    o->inputs[k] =
        gibbs_build_take(b, gibbs_build_input(b, gibbs_functional_row_of(o->leaves[k].term->kind)->name, &scalar));
  }
  if (b->status == GIBBS_OK)
    b->status = gibbs_expr_substitute(o->expr, nodes, o->inputs, o->leaf_count, &o->outer, b->err);
}

gibbs_status gibbs_outer_compile(gibbs_objective *o, gibbs_error *err) {
  size_t n = o->leaf_count;
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(o->expr), err), *b = &room;
  gibbs_expr **nodes = calloc(n + 1, sizeof *nodes);
  gibbs_output *kinds = calloc(n + 1, sizeof *kinds);
  if (!nodes || !kinds) gibbs_build_fail(b, gibbs_fail_memory(err, "an objective", n * sizeof *nodes));
  make_rooms(o, b);
  substitute_inputs(o, b, nodes);
  o->linear = true;
  if (b->status == GIBBS_OK) nodes[0] = o->outer;
  for (size_t k = 0; b->status == GIBBS_OK && k <= n; k++) {
    kinds[k] = GIBBS_OUTPUT_EACH;
    if (k == 0) continue;
    nodes[k] = gibbs_build_gradient(b, o->outer, o->inputs[k - 1]);
    if (b->status == GIBBS_OK && depends_on_inputs(o, nodes[k])) o->linear = false;
  }
  if (b->status == GIBBS_OK) b->status = gibbs_program_new(nodes, kinds, n + 1, o->inputs, n, &o->slopes, err);
  free(nodes);
  free(kinds);
  return gibbs_build_end(b);
}

static gibbs_status run_program(gibbs_program *program, gibbs_workspace **room, const double *const in[],
                                double *const out[], gibbs_error *err) {
  gibbs_status status = gibbs_program_prepare(program, err);
  if (status == GIBBS_OK && !*room) status = gibbs_workspace_new(program, room, err);
  return status == GIBBS_OK ? gibbs_program_run(program, *room, 1, 1, in, out, err) : status;
}

gibbs_status gibbs_outer_run(gibbs_objective *o, double *value, gibbs_error *err) {
  o->out[0] = value;
  return run_program(o->slopes, &o->slopes_room, o->in, o->out, err);
}

/* ---- by parameters ------------------------------------------------------------------------------------------------
 */

static gibbs_status compile_explicit(gibbs_objective *o, gibbs_error *err) {
  size_t count = o->wanted_count;
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(o->expr), err), *b = &room;
  gibbs_expr **outputs = calloc(count + 1, sizeof *outputs);
  gibbs_output *kinds = calloc(count + 1, sizeof *kinds);
  if (!outputs || !kinds) gibbs_build_fail(b, gibbs_fail_memory(err, "a gradient", count * sizeof *outputs));
  o->direct_linear = true;
  for (size_t k = 0; b->status == GIBBS_OK && k < count; k++) {
    outputs[k] = gibbs_build_gradient(b, o->outer, o->wanted[k]);
    kinds[k] = GIBBS_OUTPUT_TOTAL;
    if (b->status == GIBBS_OK && depends_on_inputs(o, outputs[k])) o->direct_linear = false;
  }
  if (b->status == GIBBS_OK)
    b->status = gibbs_program_new(outputs, kinds, count, o->inputs, o->leaf_count, &o->explicit_slopes, err);
  free(outputs);
  free(kinds);
  return gibbs_build_end(b);
}

static void drop_aim(gibbs_objective *o) {
  for (size_t k = 0; k < o->wanted_count; k++) gibbs_expr_release(o->wanted[k]);
  free(o->wanted);
  gibbs_workspace_free(o->explicit_room);
  gibbs_program_free(o->explicit_slopes);
  o->wanted = NULL;
  o->wanted_count = 0;
  o->explicit_room = NULL;
  o->explicit_slopes = NULL;
}

gibbs_status gibbs_outer_aim(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  if (o->wanted && o->wanted_count == count &&
      (count == 0 || memcmp(o->wanted, parameters, count * sizeof *parameters) == 0))
    return GIBBS_OK;
  drop_aim(o);
  o->wanted = calloc(count + 1, sizeof *o->wanted);
  if (!o->wanted) return gibbs_fail_memory(err, "a list of parameters", count * sizeof *o->wanted);
  o->direct = false;
  o->direct_linear = true;
  for (size_t k = 0; k < count; k++) {
    o->wanted[o->wanted_count++] = gibbs_expr_retain(parameters[k]);
    o->direct |= gibbs_expr_depends(o->outer, parameters[k]);
  }
  gibbs_status status = o->direct ? compile_explicit(o, err) : GIBBS_OK;
  if (status != GIBBS_OK) drop_aim(o);
  return status;
}

gibbs_status gibbs_outer_add(gibbs_objective *o, double *const gradients[], gibbs_error *err) {
  return o->direct ? run_program(o->explicit_slopes, &o->explicit_room, o->in, gradients, err) : GIBBS_OK;
}
