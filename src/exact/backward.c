/* backward.c - the gradient of anything on an ensemble: one pass that weighs every state, and one reverse pass. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "ensemble.h"
#include "gibbs/private/builder.h"

/* Partial gradients of all segments may take this many values. */
static const size_t PARTIAL_LIMIT = 4194304;

typedef struct backward_pass {
  gibbs_ensemble *ensemble;
  gibbs_weigh weigh;
  void *context;
  gibbs_expr *const *parameters;
  size_t parameter_count, total_size;
  size_t *offsets; /* of each parameter in a flat gradient */
  size_t segments;
  bool *moves;             /* [member]: depends on a wanted parameter */
  gibbs_moments **moments; /* [segment * member_count + member] */
  double *partial;         /* [segment * total_size] */
} backward_pass;

static bool depends_on_any(gibbs_expr *expr, gibbs_expr *const parameters[], size_t count) {
  for (size_t k = 0; k < count; k++)
    if (gibbs_expr_depends(expr, parameters[k])) return true;
  return false;
}

/* ---- observables: their explicit dependence on the parameters --------------------------------------- */

static gibbs_status compile_watched(gibbs_ensemble *e, gibbs_watched *watched, gibbs_expr *const parameters[],
                                    size_t count, gibbs_error *err) {
  gibbs_distribution *owner = e->members[watched->owner].distribution;
  size_t visible = gibbs_distribution_visible_count(owner);
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(watched->expr), err), *b = &room;
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_expr **nodes = calloc(visible + 1 + count, sizeof *nodes);
  gibbs_output *kinds = calloc(count + 1, sizeof *kinds);
  if (!nodes || !kinds) gibbs_build_fail(b, gibbs_fail_memory(err, "a gradient", (visible + count) * sizeof *nodes));
  if (b->status == GIBBS_OK) {
    memcpy(nodes, gibbs_distribution_visible(owner), visible * sizeof *nodes);
    nodes[visible] = gibbs_build_input(b, "weight", &scalar);
    for (size_t k = 0; k < count; k++) {
      nodes[visible + 1 + k] = gibbs_build_pullback(b, watched->expr, nodes[visible], parameters[k]);
      kinds[k] = GIBBS_OUTPUT_TOTAL;
    }
  }
  gibbs_program *program = NULL;
  if (b->status == GIBBS_OK)
    b->status = gibbs_program_new(nodes + visible + 1, kinds, count, nodes, visible + 1, &program, err);
  if (b->status == GIBBS_OK) {
    gibbs_program_free(watched->backward);
    watched->backward = program;
  }
  free(nodes);
  free(kinds);
  return gibbs_build_end(b);
}

static bool same_nodes(gibbs_expr *const a[], size_t a_count, gibbs_expr *const b[], size_t b_count) {
  return a_count == b_count && (a_count == 0 || memcmp(a, b, a_count * sizeof *a) == 0);
}

/* Observables that do not depend on the parameters keep backward NULL. */
static gibbs_status aim_watched(gibbs_ensemble *e, gibbs_watched *watched, gibbs_expr *const parameters[],
                                size_t count, gibbs_error *err) {
  if (!depends_on_any(watched->expr, parameters, count)) return GIBBS_OK;
  gibbs_status status = GIBBS_OK;
  if (!watched->backward || !same_nodes(watched->wanted, watched->wanted_count, parameters, count)) {
    gibbs_expr **wanted = calloc(count + 1, sizeof *wanted);
    if (!wanted) return gibbs_fail_memory(err, "a list of parameters", count * sizeof *wanted);
    status = compile_watched(e, watched, parameters, count, err);
    for (size_t k = 0; k < watched->wanted_count; k++) gibbs_expr_release(watched->wanted[k]);
    free(watched->wanted);
    for (size_t k = 0; k < count; k++) wanted[k] = gibbs_expr_retain(parameters[k]);
    watched->wanted = wanted;
    watched->wanted_count = count;
  }
  return status == GIBBS_OK ? gibbs_program_prepare(watched->backward, err) : status;
}

/* ---- the pass --------------------------------------------------------------------------------------- */

static gibbs_status run_backward(const backward_pass *pass, const gibbs_program *program, gibbs_workspace *workspace,
                                 gibbs_lane *lane, const double *weight, size_t segment, size_t count,
                                 gibbs_error *err) {
  size_t variables = pass->ensemble->space.variable_count;
  const double **inputs = calloc(variables + 1, sizeof *inputs);
  double **outputs = calloc(pass->parameter_count + 1, sizeof *outputs);
  gibbs_status status =
      inputs && outputs ? GIBBS_OK : gibbs_fail_memory(err, "a list of inputs", variables * sizeof *inputs);
  if (status == GIBBS_OK) {
    memcpy(inputs, lane->values, variables * sizeof *inputs);
    inputs[variables] = weight;
    for (size_t k = 0; k < pass->parameter_count; k++)
      outputs[k] = pass->partial + segment * pass->total_size + pass->offsets[k];
    status = gibbs_program_run(program, workspace, count, GIBBS_CHUNK_STATES, inputs, outputs, err);
  }
  free(inputs);
  free(outputs);
  return status;
}

static gibbs_status weigh_chunk(backward_pass *pass, gibbs_lane *lane, size_t segment, size_t chunk,
                                gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  gibbs_view view;
  gibbs_status status = gibbs_lane_view(e, lane, chunk, &view, err);
  for (size_t k = 0; k < e->member_count; k++) memset(lane->weight[k], 0, view.count * sizeof(double));
  for (size_t k = 0; k < e->watched_count; k++) memset(lane->observable_weight[k], 0, view.count * sizeof(double));
  if (status == GIBBS_OK) status = pass->weigh(pass->context, &view, lane->weight, lane->observable_weight, err);
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    const gibbs_member *member = &e->members[k];
    if (!pass->moves[k]) continue;
    if (member->form)
      gibbs_products_accumulate(member->kernel, lane->scratch[k], chunk, lane->weight[k],
                                pass->moments[segment * e->member_count + k]);
    else
      status =
          run_backward(pass, member->backward, lane->backward[k], lane, lane->weight[k], segment, view.count, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
    if (lane->watch_backward[k])
      status = run_backward(pass, e->watched[k].backward, lane->watch_backward[k], lane, lane->observable_weight[k],
                            segment, view.count, err);
  return status;
}

static gibbs_status backward_segment(void *context, size_t segment, size_t thread, gibbs_error *err) {
  backward_pass *pass = context;
  size_t first, last;
  gibbs_segment_range(gibbs_ensemble_chunks(pass->ensemble), pass->segments, segment, &first, &last);
  gibbs_status status = GIBBS_OK;
  for (size_t chunk = first; status == GIBBS_OK && chunk < last; chunk++)
    status = weigh_chunk(pass, &pass->ensemble->lanes[thread], segment, chunk, err);
  return status;
}

/* ---- before and after --------------------------------------------------------------------------------- */

static gibbs_status aim_members(backward_pass *pass, gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    gibbs_member *member = &e->members[k];
    pass->moves[k] =
        depends_on_any(gibbs_distribution_energy(member->distribution), pass->parameters, pass->parameter_count);
    if (pass->moves[k]) status = gibbs_member_aim(member, pass->parameters, pass->parameter_count, err);
  }
  for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
    status = aim_watched(e, &e->watched[k], pass->parameters, pass->parameter_count, err);
  return status;
}

static gibbs_status remake(const gibbs_program *program, bool wanted, gibbs_workspace **workspace, gibbs_error *err) {
  gibbs_workspace_free(*workspace);
  *workspace = NULL;
  return program && wanted ? gibbs_workspace_new(program, workspace, err) : GIBBS_OK;
}

static gibbs_status equip_lanes(backward_pass *pass, gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  gibbs_status status = GIBBS_OK;
  for (size_t t = 0; t < e->lane_count; t++) {
    for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++)
      status = remake(e->members[k].backward, pass->moves[k] && !e->members[k].form, &e->lanes[t].backward[k], err);
    for (size_t k = 0; status == GIBBS_OK && k < e->watched_count; k++)
      status =
          remake(e->watched[k].backward, depends_on_any(e->watched[k].expr, pass->parameters, pass->parameter_count),
                 &e->lanes[t].watch_backward[k], err);
  }
  return status;
}

static gibbs_status make_partials(backward_pass *pass, gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  size_t chunks = gibbs_ensemble_chunks(e), most = PARTIAL_LIMIT / (pass->total_size + 1) + 1;
  pass->segments = chunks < GIBBS_SEGMENTS ? chunks : GIBBS_SEGMENTS;
  if (pass->segments > most) pass->segments = most;
  pass->partial = calloc(pass->segments * pass->total_size + 1, sizeof(double));
  pass->moments = calloc(pass->segments * e->member_count + 1, sizeof *pass->moments);
  if (!pass->partial || !pass->moments)
    return gibbs_fail_memory(err, "partial gradients", pass->segments * pass->total_size * sizeof(double));
  gibbs_status status = GIBBS_OK;
  for (size_t i = 0; status == GIBBS_OK && i < pass->segments * e->member_count; i++) {
    const gibbs_member *member = &e->members[i % e->member_count];
    if (pass->moves[i % e->member_count] && member->form)
      status = gibbs_moments_new(member->kernel, member->form->degree == 2, &pass->moments[i], err);
  }
  return status;
}

static gibbs_status merge_partials(backward_pass *pass, double *const gradients[], gibbs_error *err) {
  gibbs_ensemble *e = pass->ensemble;
  gibbs_status status = GIBBS_OK;
  for (size_t segment = 0; segment < pass->segments; segment++)
    for (size_t p = 0; p < pass->parameter_count; p++) {
      const double *part = pass->partial + segment * pass->total_size + pass->offsets[p];
      for (size_t i = 0; i < gibbs_expr_size(pass->parameters[p]); i++) gradients[p][i] += part[i];
    }
  for (size_t k = 0; status == GIBBS_OK && k < e->member_count; k++) {
    if (!pass->moments[k]) continue;
    for (size_t segment = 1; segment < pass->segments; segment++)
      gibbs_moments_add(pass->moments[k], pass->moments[segment * e->member_count + k], 1.0);
    status = gibbs_member_finish(&e->members[k], pass->moments[k], gradients, err);
  }
  return status;
}

static void clear_pass(backward_pass *pass) {
  for (size_t i = 0; pass->moments && i < pass->segments * pass->ensemble->member_count; i++)
    gibbs_moments_free(pass->moments[i]);
  free(pass->moments);
  free(pass->partial);
  free(pass->offsets);
  free(pass->moves);
}

gibbs_status gibbs_ensemble_backward(gibbs_ensemble *e, gibbs_weigh weigh, void *context,
                                     gibbs_expr *const parameters[], size_t parameter_count,
                                     double *const gradients[], gibbs_error *err) {
  backward_pass pass = {.ensemble = e,
                        .weigh = weigh,
                        .context = context,
                        .parameters = parameters,
                        .parameter_count = parameter_count};
  pass.offsets = calloc(parameter_count + 1, sizeof *pass.offsets);
  pass.moves = calloc(e->member_count + 1, sizeof *pass.moves);
  gibbs_status status =
      pass.offsets && pass.moves ? GIBBS_OK : gibbs_fail_memory(err, "a gradient", parameter_count * 8);
  for (size_t k = 0; status == GIBBS_OK && k < parameter_count; k++) {
    pass.offsets[k] = pass.total_size;
    pass.total_size += gibbs_expr_size(parameters[k]);
  }
  if (status == GIBBS_OK) status = gibbs_lanes_cover(e, err);
  if (status == GIBBS_OK) status = aim_members(&pass, err);
  if (status == GIBBS_OK) status = equip_lanes(&pass, err);
  if (status == GIBBS_OK) status = make_partials(&pass, err);
  if (status == GIBBS_OK) status = gibbs_ensemble_run(e, pass.segments, backward_segment, &pass, err);
  if (status == GIBBS_OK) status = merge_partials(&pass, gradients, err);
  clear_pass(&pass);
  return status;
}
