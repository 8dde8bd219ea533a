/* sampled_evaluate.c - values and gradients of objectives on samples.
 *
 * Whatever is not linear in samples is corrected by the jackknife over groups of chains: n x - (n - 1) mean x_g,
 * where x_g leaves group g out, has no bias of first order.  Weights of samples are corrected like values are, and
 * with them the gradient, which is linear in them: no more slopes are summed than without.  Where the coefficients of
 * functionals depend on their values, coefficients and weights come from two independent halves of the groups, each
 * corrected by itself: (c(A) w(B) + c(B) w(A)) / 2. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampled.h"

/* One evaluation. */
typedef struct evaluation {
  gibbs_objective *o;
  size_t groups, leaves;
  bool value, gradient; /* asked for */
  bool values;          /* those of leaves are needed */
  bool correct;         /* weights need correction */
  gibbs_dependence dependence;
  double *left_out;    /* [group][leaf]: values without it */
  double *all;         /* [leaf]: of all samples */
  double *corrected;   /* [2][leaf] */
  double *coefficient; /* [2][leaf] */
} evaluation;

static void open_evaluation(gibbs_objective *o, evaluation *e) {
  double *room = o->sampled->room + 2 * o->leaf_count; /* after that of gibbs_sampled_depend */
  e->o = o;
  e->groups = o->sampled->sampler->groups;
  e->leaves = o->leaf_count;
  e->all = room;
  e->corrected = e->all + e->leaves;
  e->coefficient = e->corrected + 2 * e->leaves;
  e->left_out = e->coefficient + 2 * e->leaves;
}

static void get_values(const evaluation *e, double *out) {
  for (size_t k = 0; k < e->leaves; k++) out[k] = e->o->leaves[k].value;
}

/* Free energies of all members, of all samples (0) or without a group. */
static void keep_free_energies(const evaluation *e, size_t number) {
  for (size_t k = 0; k < e->o->scene_count; k++) {
    size_t n = e->o->scenes[k].member_count;
    for (size_t i = 0; i < n; i++)
      e->o->sampled->scenes[k].free_energy[number * n + i] = -e->o->scenes[k].sums.log_z[i];
  }
}

static void set_values(const evaluation *e, const double *from) {
  for (size_t k = 0; k < e->leaves; k++) e->o->leaves[k].value = from[k];
}

static void set_coefficients(const evaluation *e, const double *from, double factor) {
  for (size_t k = 0; k < e->leaves; k++) e->o->leaves[k].coefficient = factor * from[k];
}

/* ---- passes over the samples --------------------------------------------------------------------------------------
 */

static gibbs_part whole_part(const evaluation *e) {
  return (gibbs_part){0, e->groups, SIZE_MAX};
}

static gibbs_part half_part(const evaluation *e, size_t half) {
  size_t middle = e->groups / 2;
  return half ? (gibbs_part){middle, e->groups, SIZE_MAX} : (gibbs_part){0, middle, SIZE_MAX};
}

/* Values of leaves in a part; weights too, unless there are no coefficients. */
static gibbs_status visit_part(evaluation *e, gibbs_part part, const double *coefficient, double factor,
                               gibbs_error *err) {
  gibbs_status status = gibbs_sampled_sum(e->o, part, err);
  if (status == GIBBS_OK && e->values) status = gibbs_sampled_values(e->o, part, err);
  if (status != GIBBS_OK || !coefficient) return status;
  set_coefficients(e, coefficient, factor);
  gibbs_sampled_weigh(e->o, part);
  return GIBBS_OK;
}

/* All of a part, and all of it but each group: corrected values, and weights for the coefficients (NULL: none). */
static gibbs_status visit_groups(evaluation *e, gibbs_part part, const double *coefficient, double factor,
                                 double *corrected, gibbs_error *err) {
  double n = (double)(part.end - part.first);
  bool split = n > 1 && (corrected || e->correct), whole = part.end - part.first == e->groups;
  gibbs_status status = visit_part(e, part, coefficient, split ? n * factor : factor, err);
  if (corrected) get_values(e, corrected);
  if (corrected && whole) keep_free_energies(e, 0);
  if (!split) return status;
  for (size_t k = 0; corrected && k < e->leaves; k++) corrected[k] *= n;
  for (part.out = part.first; status == GIBBS_OK && part.out < part.end; part.out++) {
    status = visit_part(e, part, coefficient, -factor * (n - 1) / n, err);
    if (!corrected) continue;
    if (whole) get_values(e, e->left_out + part.out * e->leaves);
    if (whole) keep_free_energies(e, 1 + part.out);
    for (size_t k = 0; k < e->leaves; k++) corrected[k] -= (n - 1) / n * e->o->leaves[k].value;
  }
  return status;
}

/* ---- values -------------------------------------------------------------------------------------------------------
 */

/* The samples of the first distribution that varies, or of the first of all. */
static double count_effective(const evaluation *e) {
  const gibbs_pool *pool = e->o->scene_count > 0 ? e->o->scenes[0].pool : NULL;
  size_t member = 0;
  double squares = 0;
  for (size_t k = e->o->scene_count; k-- > 0;)
    for (size_t i = e->o->scenes[k].member_count; i-- > 0;)
      if (gibbs_gauge_varies(e->o->sampled->sampler->gauges[e->o->scenes[k].pool->gauge[i]])) {
        pool = e->o->scenes[k].pool;
        member = i;
      }
  if (!pool) return NAN;
  for (size_t b = 0; b < pool->members; b++) {
    const double *p = pool->block[b].probability[member];
    for (size_t s = 0; s < pool->block[b].place->samples; s++) squares += p[s] * p[s];
  }
  return 1 / squares;
}

/* Value and error from the values of leaves without each group. */
static gibbs_status jackknife(evaluation *e, gibbs_objective_estimate *out, gibbs_error *err) {
  double n = (double)e->groups, value = 0, mean = 0, square = 0, left[64];
  gibbs_error local;
  set_values(e, e->all);
  gibbs_status status = gibbs_outer_run(e->o, &value, err);
  for (size_t g = 0; status == GIBBS_OK && e->groups > 1 && g < e->groups; g++) {
    set_values(e, e->left_out + g * e->leaves);
    status = gibbs_outer_run(e->o, &left[g], &local);
    if (status == GIBBS_ERR_NUMERIC) {
      gibbs_sampled_doubt(e->o->sampled, "the objective is not finite without one of the groups of chains");
      *out = (gibbs_objective_estimate){.value_known = true, .value = value, .error = NAN};
      return GIBBS_OK;
    }
    if (status != GIBBS_OK && err) *err = local;
    mean += left[g] / n;
  }
  if (status != GIBBS_OK) return status;
  for (size_t g = 0; e->groups > 1 && g < e->groups; g++) square += (left[g] - mean) * (left[g] - mean);
  double error = e->groups > 1 ? sqrt((n - 1) / n * square) : NAN;
  *out = (gibbs_objective_estimate){.value_known = true,
                                    .value = e->groups > 1 ? value + (n - 1) * (value - mean) : value,
                                    .error = hypot(error, e->dependence.error)};
  return GIBBS_OK;
}

/* ---- gradients ----------------------------------------------------------------------------------------------------
 */

/* Coefficients from the values that a half makes. */
static gibbs_status find_coefficients(evaluation *e, size_t half, gibbs_error *err) {
  double value = 0, *corrected = e->corrected + half * e->leaves;
  gibbs_status status = visit_groups(e, half_part(e, half), NULL, 0, corrected, err);
  if (status != GIBBS_OK) return status;
  set_values(e, corrected);
  status = gibbs_outer_run(e->o, &value, err);
  for (size_t k = 0; k < e->leaves; k++) e->coefficient[half * e->leaves + k] = e->o->leaves[k].coefficient;
  return status;
}

static gibbs_status cross_halves(evaluation *e, gibbs_error *err) {
  gibbs_status status = GIBBS_OK;
  for (size_t half = 0; status == GIBBS_OK && half < 2; half++) status = find_coefficients(e, half, err);
  for (size_t half = 0; status == GIBBS_OK && half < 2; half++)
    status = visit_groups(e, half_part(e, half), e->coefficient + (1 - half) * e->leaves, 0.5, NULL, err);
  return status;
}

/* The gradient by parameters that the objective depends on by itself, corrected as values are. */
static gibbs_status add_explicit(evaluation *e, double *const gradients[], gibbs_error *err) {
  gibbs_objective *o = e->o;
  if (!o->direct) return GIBBS_OK;
  set_values(e, e->all);
  if (o->direct_linear || e->groups < 2) return gibbs_outer_add(o, gradients, err);
  size_t size = 0;
  for (size_t k = 0; k < o->wanted_count; k++) size += gibbs_expr_size(o->wanted[k]);
  double *room = malloc((size + 1) * sizeof *room), **rows = calloc(o->wanted_count + 1, sizeof *rows);
  gibbs_status status = room && rows ? GIBBS_OK : gibbs_fail_memory(err, "a gradient", size * sizeof *room);
  for (size_t k = 0, at = 0; status == GIBBS_OK && k < o->wanted_count; at += gibbs_expr_size(o->wanted[k++]))
    rows[k] = room + at;
  for (size_t g = 0; status == GIBBS_OK && g <= e->groups; g++) {
    double n = (double)e->groups, factor = g == 0 ? n : -(n - 1) / n;
    memset(room, 0, size * sizeof *room);
    set_values(e, g == 0 ? e->all : e->left_out + (g - 1) * e->leaves);
    status = gibbs_outer_add(o, rows, err);
    for (size_t k = 0; status == GIBBS_OK && k < o->wanted_count; k++)
      for (size_t i = 0; i < gibbs_expr_size(o->wanted[k]); i++) gradients[k][i] += factor * rows[k][i];
  }
  free(room);
  free(rows);
  return status;
}

/* Whether weights are more than shares of samples. */
static bool needs_correction(const gibbs_objective *o) {
  for (size_t k = 0; k < o->scene_count; k++) {
    const gibbs_pool *pool = o->scenes[k].pool;
    if (pool->members > 1 && !pool->apart && !pool->separate) return true;
  }
  for (size_t k = 0; k < o->leaf_count; k++)
    if (gibbs_functional_row_of(o->leaves[k].term->kind)->weights >= GIBBS_WEIGHTS_OBSERVABLE) return true;
  return false;
}

/* ---- an evaluation ------------------------------------------------------------------------------------------------
 */

/* A value that needs what nobody knows is not asked for: of linear objectives, where nothing has to be sampled to see
 * that. */
static gibbs_status judge(gibbs_objective *o, gibbs_error *err) {
  gibbs_sampled *sampled = o->sampled;
  gibbs_dependence dependence;
  if (sampled->judged) return GIBBS_OK;
  sampled->hopeless = false;
  if (o->linear && !sampled->custom && !sampled->sampler->sampling.method) {
    gibbs_status status = gibbs_sampled_anchor(o, true, false, err);
    if (status == GIBBS_OK) status = gibbs_sampled_depend(o, &dependence, err);
    if (status != GIBBS_OK) return status;
    sampled->hopeless = !dependence.value;
  }
  sampled->judged = true;
  return GIBBS_OK;
}

/* All samples at once: what the objective is there, and what it depends on. */
static gibbs_status look(evaluation *e, double *effective, gibbs_error *err) {
  gibbs_objective *o = e->o;
  bool looks = gibbs_sampled_looks(o, e->gradient);
  gibbs_status status = gibbs_sampled_read(o, e->values, e->gradient, err);
  gibbs_sampled_separate(o, !e->values);
  if (status == GIBBS_OK) status = gibbs_sampled_sum(o, whole_part(e), err);
  gibbs_sampled_separate(o, false);
  if (looks) gibbs_sampled_look(o);
  *effective = count_effective(e);
  e->dependence = (gibbs_dependence){.value = true, .coefficients = true, .across = true};
  if (status != GIBBS_OK || !e->values) return status;
  status = gibbs_sampled_anchor(o, false, false, err);
  if (status == GIBBS_OK) status = gibbs_sampled_values(o, whole_part(e), err);
  if (status == GIBBS_OK) status = gibbs_sampled_depend(o, &e->dependence, err);
  bool enough = (e->dependence.value || !e->value) && e->dependence.coefficients && e->dependence.across;
  if (status != GIBBS_OK || enough || !o->sampled->sampler->sampling.method) return status;
  status = gibbs_sampled_anchor(o, false, true, err);
  if (status == GIBBS_OK) status = gibbs_sampled_values(o, whole_part(e), err);
  return status == GIBBS_OK ? gibbs_sampled_depend(o, &e->dependence, err) : status;
}

/* The weights of an objective that is linear in its functionals. */
static gibbs_status weigh_at_once(evaluation *e, gibbs_error *err) {
  bool values = e->values;
  gibbs_sampled_separate(e->o, true);
  e->correct = needs_correction(e->o);
  e->values = e->o->sampled->custom; /* their weights come with their values */
  gibbs_status status = visit_groups(e, whole_part(e), e->coefficient, 1, NULL, err);
  gibbs_sampled_separate(e->o, false);
  e->values = values;
  return status;
}

/* Values without each group, and weights, in one pass where both need them; the weights are the same to the last bit
 * whether values are asked for or not. */
static gibbs_status go_through(evaluation *e, gibbs_error *err) {
  double value = 0;
  bool linear = e->o->linear && e->gradient;
  e->correct = needs_correction(e->o);
  bool together = linear && e->correct && !gibbs_sampled_is_separate(e->o);
  gibbs_status status = linear ? gibbs_outer_run(e->o, &value, err) : GIBBS_OK;
  for (size_t k = 0; k < e->leaves; k++) e->coefficient[k] = e->o->leaves[k].coefficient;
  if (status == GIBBS_OK && e->values)
    status = visit_groups(e, whole_part(e), together ? e->coefficient : NULL, 1, e->corrected, err);
  return status == GIBBS_OK && linear && !(e->values && together) ? weigh_at_once(e, err) : status;
}

static gibbs_status check_gradient(const evaluation *e, gibbs_error *err) {
  if (e->gradient && !e->o->linear && e->groups < 2)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "the gradient of this objective is a product of estimates, which have to come from two halves of "
        "the samples; there is only one sample: take more chains, or rows a batch");
  if (!e->gradient || e->dependence.coefficients) return GIBBS_OK;
  return gibbs_fail(
      err, GIBBS_ERR_UNSUPPORTED,
      "the gradient of this objective needs free energies that samples do not tell, only differences of "
      "them; name a method that does (free_energy = gibbs.ais{}), or carry weights along "
      "(gibbs.jarzynski{})");
}

/* Chains that start at data do not say what the model is. */
static bool lags(const gibbs_objective *o) {
  if (o->sampled->sampler->sampling.kind != GIBBS_SAMPLING_FROM_DATA) return false;
  for (size_t k = 0; k < o->leaf_count; k++)
    if (gibbs_functional_row_of(o->leaves[k].term->kind)->weights >= GIBBS_WEIGHTS_OBSERVABLE) return true;
  return false;
}

static void report(const evaluation *e, double effective, bool known, gibbs_objective_estimate *out) {
  gibbs_sampled *sampled = e->o->sampled;
  if (!known)
    *out = (gibbs_objective_estimate){.value = NAN, .error = NAN};
  else if (!e->dependence.across)
    gibbs_sampled_doubt(sampled, "samples of the distributions hardly overlap, so that the difference of their free "
                                 "energies is worth nothing");
  if (known && lags(e->o))
    gibbs_sampled_doubt(sampled, "chains that start at data every time are no samples of the model");
  out->ess = effective;
  out->converged = known && sampled->why[0] == 0;
  snprintf(out->why, sizeof out->why, "%s",
           known || sampled->why[0] ? sampled->why : "it needs free energies that samples do not tell");
}

static gibbs_status evaluate(evaluation *e, gibbs_objective_estimate *out, double *const gradients[],
                             gibbs_error *err) {
  gibbs_objective *o = e->o;
  double effective = NAN;
  gibbs_status status = look(e, &effective, err);
  if (status == GIBBS_OK) status = check_gradient(e, err);
  if (status == GIBBS_OK && e->values) get_values(e, e->all);
  if (status != GIBBS_OK) return status;
  if (e->values) o->sampled->valued = o->sampled->sampler->evaluation;
  if (e->gradient) gibbs_sampled_clear(o);
  status = go_through(e, err);
  if (status == GIBBS_OK && e->gradient && !o->linear) status = cross_halves(e, err);
  if (status == GIBBS_OK && e->gradient) status = gibbs_sampled_add(o, gradients, err);
  if (status == GIBBS_OK && e->gradient) status = add_explicit(e, gradients, err);
  bool known = e->value && e->values && e->dependence.value;
  if (status == GIBBS_OK && known) status = jackknife(e, out, err);
  if (status == GIBBS_OK && out) report(e, effective, known, out);
  return status;
}

gibbs_status gibbs_sampled_estimate(gibbs_objective *o, gibbs_expr *const parameters[], size_t count,
                                    gibbs_objective_estimate *out, double *const gradients[], gibbs_error *err) {
  evaluation e = {.value = out != NULL, .gradient = gradients != NULL && count > 0};
  gibbs_status status = e.gradient ? gibbs_sampled_aim(o, parameters, count, err) : GIBBS_OK;
  for (size_t k = 0; e.gradient && k < count; k++)
    memset(gradients[k], 0, gibbs_expr_size(parameters[k]) * sizeof(double));
  o->sampled->why[0] = 0;
  if (status == GIBBS_OK) status = gibbs_sampled_take(o, err);
  if (status == GIBBS_OK && (e.value || e.gradient)) status = judge(o, err);
  open_evaluation(o, &e);
  bool coefficients = e.gradient && (!o->linear || (o->direct && !o->direct_linear) || o->sampled->custom);
  e.values = (e.value && !o->sampled->hopeless) || coefficients;
  if (status == GIBBS_OK && (e.value || e.gradient)) status = evaluate(&e, out, gradients, err);
  if (status == GIBBS_OK) gibbs_sampled_close(o);
  return status;
}

gibbs_status gibbs_sampled_value(gibbs_objective *o, gibbs_expr *const parameters[], size_t count, double *value,
                                 double *const gradients[], gibbs_error *err) {
  gibbs_objective_estimate estimate;
  gibbs_status status = gibbs_sampled_estimate(o, parameters, count, &estimate, gradients, err);
  if (status == GIBBS_OK && !estimate.value_known)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "the value of this objective on samples is not known: %s",
                      estimate.why);
  if (status == GIBBS_OK) *value = estimate.value;
  return status;
}

gibbs_status gibbs_objective_sample(gibbs_objective *o, gibbs_expr *const parameters[], size_t count,
                                    gibbs_objective_estimate *out, double *const gradients[], gibbs_error *err) {
  if (o->sampled) return gibbs_sampled_estimate(o, parameters, count, out, gradients, err);
  double value = 0;
  gibbs_status status = gradients ? gibbs_objective_gradient(o, parameters, count, &value, gradients, err)
                                  : gibbs_objective_value(o, &value, err);
  if (status == GIBBS_OK && out)
    *out = (gibbs_objective_estimate){.value_known = true, .value = value, .ess = INFINITY, .converged = true};
  return status;
}
