/* member_backward.c - the gradient of a member's Hamiltonian, summed over states with weights. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "gibbs/private/builder.h"
#include "member.h"

/* sum of the pullbacks of the outputs of H, by parameter: weight * H, or weight * polynomial - sum_k seed_k .
 * argument_k. inputs[0] is the weight, inputs[1 + k] the seeds. */
static gibbs_expr *slope_of(gibbs_builder *b, const gibbs_member *member, gibbs_expr *parameter,
                            gibbs_expr *const inputs[]) {
  const gibbs_form *form = member->form;
  gibbs_expr *whole = form ? form->polynomial : gibbs_distribution_hamiltonian(member->distribution);
  gibbs_expr *slope = gibbs_build_pullback(b, whole, inputs[0], parameter);
  for (size_t k = 0; form && k < form->term_count; k++)
    slope = gibbs_build_binary(b, GIBBS_OP_SUB, slope,
                               gibbs_build_pullback(b, form->terms[k].argument, inputs[1 + k], parameter));
  return slope;
}

/* Visible variables, then the weight, then one seed a term of the form. */
static size_t list_inputs(gibbs_builder *b, const gibbs_member *member, gibbs_expr **inputs) {
  gibbs_distribution *d = member->distribution;
  size_t count = gibbs_distribution_visible_count(d);
  gibbs_shape scalar = gibbs_shape_scalar();
  memcpy(inputs, gibbs_distribution_visible(d), count * sizeof *inputs);
  inputs[count++] = gibbs_build_input(b, "weight", &scalar);
  for (size_t k = 0; member->form && k < member->form->term_count; k++)
    inputs[count++] = gibbs_build_input(b, "seed", gibbs_expr_shape(member->form->terms[k].argument));
  return count;
}

static gibbs_status compile_slopes(gibbs_member *member, gibbs_expr *const parameters[], size_t count,
                                   gibbs_expr **inputs, gibbs_expr **slopes, gibbs_output *kinds, gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(gibbs_distribution_energy(member->distribution)), err),
                *b = &room;
  size_t input_count = list_inputs(b, member, inputs),
         visible = gibbs_distribution_visible_count(member->distribution);
  for (size_t k = 0; k < count; k++) {
    slopes[k] = b->status == GIBBS_OK ? slope_of(b, member, parameters[k], inputs + visible) : NULL;
    kinds[k] = GIBBS_OUTPUT_TOTAL;
  }
  gibbs_program *program = NULL;
  if (b->status == GIBBS_OK) b->status = gibbs_program_new(slopes, kinds, count, inputs, input_count, &program, err);
  if (b->status == GIBBS_OK) {
    gibbs_program_free(member->backward);
    member->backward = program;
  }
  return gibbs_build_end(b);
}

static bool already_aimed(const gibbs_member *member, gibbs_expr *const parameters[], size_t count) {
  if (!member->backward || member->wanted_count != count) return false;
  for (size_t k = 0; k < count; k++)
    if (member->wanted[k] != parameters[k]) return false;
  return true;
}

static gibbs_status remember_wanted(gibbs_member *member, gibbs_expr *const parameters[], size_t count,
                                    gibbs_error *err) {
  gibbs_expr **wanted = calloc(count + 1, sizeof *wanted);
  if (!wanted) return gibbs_fail_memory(err, "a list of parameters", (count + 1) * sizeof *wanted);
  for (size_t k = 0; k < count; k++) wanted[k] = gibbs_expr_retain(parameters[k]);
  for (size_t k = 0; k < member->wanted_count; k++) gibbs_expr_release(member->wanted[k]);
  free(member->wanted);
  member->wanted = wanted;
  member->wanted_count = count;
  return GIBBS_OK;
}

gibbs_status gibbs_member_aim(gibbs_member *member, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  if (!already_aimed(member, parameters, count)) {
    size_t inputs =
        gibbs_distribution_visible_count(member->distribution) + 1 + (member->form ? member->form->term_count : 0);
    gibbs_expr **nodes = calloc(inputs + count + 1, sizeof *nodes);
    gibbs_output *kinds = calloc(count + 1, sizeof *kinds);
    status = nodes && kinds ? compile_slopes(member, parameters, count, nodes, nodes + inputs, kinds, err)
                            : gibbs_fail_memory(err, "a gradient", (inputs + count) * sizeof *nodes);
    free(nodes);
    free(kinds);
    if (status == GIBBS_OK) status = remember_wanted(member, parameters, count, err);
  }
  return status == GIBBS_OK ? gibbs_program_prepare(member->backward, err) : status;
}

/* Weights on the probes with the same sums of 1, x_i and x_i x_j as the weights that the moments come from. */
static void weigh_polynomial(const gibbs_probe *probe, double zero, const double *first, const double *second,
                             double *weight) {
  size_t n = probe->units;
  weight[0] = zero;
  for (size_t i = 0; i < n; i++) {
    weight[0] -= first[i];
    weight[1 + i] = first[i];
  }
  for (size_t i = 0; probe->degree == 2 && i < n; i++)
    for (size_t j = i + 1; j < n; j++) {
      double pair = second[i * n + j];
      weight[gibbs_probe_pair(probe, i, j)] = pair;
      weight[0] += pair;
      weight[1 + i] -= pair;
      weight[1 + j] -= pair;
    }
}

/* The same for one affine argument, with f' of its term inside the sums; f' = 2 sigma(2t) - 1 for log cosh. */
static void weigh_argument(const gibbs_probe *probe, gibbs_op op, double zero, const double *first, double response,
                           const double *cross, double *seed) {
  size_t n = probe->units;
  bool logcosh = op == GIBBS_OP_LOGCOSH;
  seed[0] = logcosh ? 2 * response - zero : response;
  for (size_t i = 0; i < n; i++) {
    seed[1 + i] = logcosh ? 2 * cross[i] - first[i] : cross[i];
    seed[0] -= seed[1 + i];
  }
}

typedef struct sums {
  double zero, *first, *second, *response, *cross, *weight, *seed;
  const double **inputs;
} sums;

static void free_sums(sums *s) {
  free(s->first);
  free(s->second);
  free(s->response);
  free(s->cross);
  free(s->weight);
  free(s->seed);
  free(s->inputs);
}

static gibbs_status make_sums(const gibbs_member *member, sums *s, gibbs_error *err) {
  size_t n = member->probe.units, m = member->form->softplus_count, points = member->probe.points;
  *s = (sums){.first = calloc(n + 1, sizeof(double)),
              .second = calloc(n * n + 1, sizeof(double)),
              .response = calloc(m + 1, sizeof(double)),
              .cross = calloc(m * n + 1, sizeof(double)),
              .weight = calloc(points, sizeof(double)),
              .seed = calloc(m * points + 1, sizeof(double)),
              .inputs = calloc(member->probe.variable_count + 1 + member->form->term_count, sizeof(double *))};
  if (s->first && s->second && s->response && s->cross && s->weight && s->seed && s->inputs) return GIBBS_OK;
  free_sums(s);
  return gibbs_fail_memory(err, "the moments of a gradient", m * (points + n) * sizeof(double));
}

static void weigh_probes(const gibbs_member *member, const gibbs_moments *moments, sums *s) {
  const gibbs_probe *probe = &member->probe;
  const gibbs_form *form = member->form;
  size_t n = probe->units, j = 0, input = probe->variable_count;
  gibbs_moments_read(member->kernel, moments, &s->zero, s->first, form->degree == 2 ? s->second : NULL, s->response,
                     s->cross);
  weigh_polynomial(probe, s->zero, s->first, s->second, s->weight);
  memcpy(s->inputs, probe->values, probe->variable_count * sizeof *s->inputs);
  s->inputs[input++] = s->weight;
  for (size_t k = 0; k < form->term_count; k++) {
    s->inputs[input++] = s->seed + j * probe->points;
    for (size_t e = 0; e < gibbs_expr_size(form->terms[k].argument); e++, j++)
      weigh_argument(probe, form->terms[k].op, s->zero, s->first, s->response[j], s->cross + j * n,
                     s->seed + j * probe->points);
  }
}

gibbs_status gibbs_member_finish(const gibbs_member *member, const gibbs_moments *moments, double *const gradients[],
                                 gibbs_error *err) {
  sums s;
  gibbs_workspace *workspace = NULL;
  gibbs_status status = make_sums(member, &s, err);
  if (status != GIBBS_OK) return status;
  weigh_probes(member, moments, &s);
  status = gibbs_workspace_new(member->backward, &workspace, err);
  if (status == GIBBS_OK)
    status = gibbs_program_run(member->backward, workspace, member->probe.points, member->probe.points, s.inputs,
                               gradients, err);
  gibbs_workspace_free(workspace);
  free_sums(&s);
  return status;
}
