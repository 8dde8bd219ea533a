/* training_objective.c - objectives as the source of a training: L = f + m (c - level) + p/2 (c - level)^2.
 *
 * With a constraint L is an objective of its own, m a parameter of it.  So its square's derivative, the product of
 * two noisy estimates, is had as such products are in any objective (from independent halves of the chains), dL/dm is
 * the violation, and all of it costs one gradient.  It is evaluated at the samples that f was evaluated at. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "functional.h"
#include "gibbs/private/builder.h"
#include "training_pack.h"
#include "training_source.h"

typedef struct objectives {
  gibbs_objective *objective, *constraint, *held_out; /* borrowed; the last two may be NULL */
  double level;
  gibbs_expr **parameters; /* those varied: retained; then the multiplier */
  size_t count;
  double **gradients; /* one more than the parameters: the violation */
  double violation;
  gibbs_expr *merit_expr, *multiplier;
  gibbs_objective *merit; /* NULL: no constraint */
  gibbs_distribution *model;
  gibbs_slopes *slopes;
  gibbs_error no_slopes;
} objectives;

static void release_objectives(void *context) {
  objectives *o = context;
  gibbs_objective_free(o->merit);
  gibbs_slopes_free(o->slopes);
  for (size_t k = 0; o->parameters && k < o->count; k++) gibbs_expr_release(o->parameters[k]);
  gibbs_expr_release(o->multiplier);
  gibbs_expr_release(o->merit_expr);
  free(o->parameters);
  free(o->gradients);
  free(o);
}

/* ---- samples ----------------------------------------------------------------------------------------------- */

static gibbs_status refuse_held_out(const gibbs_objective_estimate *estimate, gibbs_error *err) {
  return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED,
                    "training: the held-out objective has no value%s%s; name a method for free energies "
                    "(free_energy = gibbs.ais{}), or take what needs none: gibbs.pseudo_likelihood(data, Q)",
                    estimate->why[0] ? ": " : "", estimate->why);
}

/* What an estimate doubts has no error that could be told. */
static void take_value(const gibbs_objective_estimate *estimate, double *value, double *error) {
  if (!estimate->value_known) return;
  *value = estimate->value;
  *error = estimate->converged ? estimate->error : NAN;
}

static gibbs_status sample_free(objectives *o, bool values, training_measure *out, double *const gradients[],
                                gibbs_error *err) {
  gibbs_objective_estimate value = {.value_known = false};
  gibbs_status status =
      gibbs_objective_sample(o->objective, o->parameters, o->count, values ? &value : NULL, gradients, err);
  *out = (training_measure){NAN, NAN, NAN, NAN, 0};
  if (status == GIBBS_OK) take_value(&value, &out->value, &out->value_error);
  return status;
}

/* The objective first: the others are evaluated at its samples.  Asked for nothing, it does no more than sample. */
static gibbs_status sample_values(objectives *o, bool values, training_measure *out, gibbs_error *err) {
  gibbs_objective_estimate value = {.value_known = false}, constraint = {.value_known = false};
  gibbs_status status = GIBBS_OK;
  if (values || gibbs_objective_is_sampled(o->objective))
    status = gibbs_objective_sample(o->objective, NULL, 0, values ? &value : NULL, NULL, err);
  if (status == GIBBS_OK && values) status = gibbs_objective_sample(o->constraint, NULL, 0, &constraint, NULL, err);
  if (status != GIBBS_OK) return status;
  *out = (training_measure){NAN, NAN, NAN, NAN, 0};
  take_value(&value, &out->value, &out->value_error);
  take_value(&constraint, &out->constraint, &out->constraint_error);
  out->constraint -= o->level;
  return GIBBS_OK;
}

static gibbs_status sample_constrained(objectives *o, double multiplier, bool values, training_measure *out,
                                       double *const gradients[], gibbs_error *err) {
  gibbs_parameter *parameter = gibbs_expr_as_parameter(o->multiplier);
  gibbs_status status = sample_values(o, values, out, err);
  if (status != GIBBS_OK) return status;
  *gibbs_parameter_values(parameter) = multiplier;
  gibbs_parameter_touch(parameter);
  memcpy(o->gradients, gradients, o->count * sizeof *gradients);
  o->gradients[o->count] = &o->violation;
  status = gibbs_objective_sample(o->merit, o->parameters, o->count + 1, NULL, o->gradients, err);
  out->violation = o->violation;
  if (values && isnan(out->constraint)) out->constraint = o->violation; /* known in the company of the objective */
  return status;
}

static gibbs_status sample(void *context, double multiplier, bool values, training_measure *out,
                           double *const gradients[], gibbs_error *err) {
  objectives *o = context;
  return o->merit ? sample_constrained(o, multiplier, values, out, gradients, err)
                  : sample_free(o, values, out, gradients, err);
}

static gibbs_status report(void *context, gibbs_sample_report *out, gibbs_error *err) {
  const objectives *o = context;
  return gibbs_objective_samples(o->objective, o->model, out, err);
}

static gibbs_status look(void *context, double *value, double *error, gibbs_error *err) {
  const objectives *o = context;
  gibbs_objective_estimate estimate;
  gibbs_status status = gibbs_objective_sample(o->held_out, NULL, 0, &estimate, NULL, err);
  if (status != GIBBS_OK) return status;
  if (!estimate.value_known) return refuse_held_out(&estimate, err);
  *value = estimate.value;
  *error = estimate.error;
  return GIBBS_OK;
}

/* ---- states: of the objective, its constraint and their sum, one after the other ---------------------------------
 */

static gibbs_status save(void *context, double **state, size_t *count, gibbs_error *err) {
  const objectives *o = context;
  const gibbs_objective *all[] = {o->objective, o->constraint, o->merit};
  training_pack pack = {0};
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; status == GIBBS_OK && k < 3; k++) {
    double *part = NULL;
    size_t size = 0;
    if (all[k]) status = gibbs_objective_save(all[k], &part, &size, err);
    if (status == GIBBS_OK) training_pack_block(&pack, part, size);
    free(part);
  }
  if (status == GIBBS_OK) return training_pack_end(&pack, state, count, err);
  free(pack.data);
  return status;
}

static gibbs_status put_back(gibbs_objective *const all[], size_t changed, const double *state, size_t count) {
  training_unpack unpack = {.at = state, .left = count};
  gibbs_status status = GIBBS_OK;
  for (size_t k = 0; k < changed; k++) {
    size_t size = 0;
    const double *part = training_unpack_block(&unpack, &size);
    if (all[k] && gibbs_objective_restore(all[k], part, size, NULL) != GIBBS_OK) status = GIBBS_ERR_ARGUMENT;
  }
  return status;
}

static gibbs_status restore_all(gibbs_objective *const all[], const double *const part[], const size_t size[],
                                const double *before, size_t before_count, gibbs_error *err) {
  for (size_t k = 0; k < 3; k++) {
    gibbs_status status = all[k] ? gibbs_objective_restore(all[k], part[k], size[k], err) : GIBBS_OK;
    if (status == GIBBS_OK) continue;
    if (put_back(all, k, before, before_count) == GIBBS_OK) return status;
    return gibbs_fail(err, status, "the state of chains does not fit, and those that were there are lost");
  }
  return GIBBS_OK;
}

static gibbs_status restore(void *context, const double *state, size_t count, gibbs_error *err) {
  objectives *o = context;
  gibbs_objective *const all[] = {o->objective, o->constraint, o->merit};
  training_unpack unpack = {.at = state, .left = count};
  const double *part[3];
  size_t size[3];
  for (size_t k = 0; k < 3; k++) part[k] = training_unpack_block(&unpack, &size[k]);
  if (unpack.bad || unpack.left != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "the state of the chains of a training is damaged");
  double *before = NULL;
  size_t before_count = 0;
  gibbs_status status = save(o, &before, &before_count, err);
  if (status == GIBBS_OK) status = restore_all(all, part, size, before, before_count, err);
  free(before);
  return status;
}

static gibbs_status look_save(void *context, double **state, size_t *count, gibbs_error *err) {
  const objectives *o = context;
  return gibbs_objective_save(o->held_out, state, count, err);
}

static gibbs_status look_restore(void *context, const double *state, size_t count, gibbs_error *err) {
  objectives *o = context;
  return gibbs_objective_restore(o->held_out, state, count, err);
}

/* ---- the augmented Lagrangian as an objective
 * ------------------------------------------------------------------------ */

static gibbs_status make_multiplier(objectives *o, gibbs_error *err) {
  gibbs_shape scalar = gibbs_shape_scalar();
  gibbs_parameter *parameter = NULL;
  gibbs_status status = gibbs_parameter_new("multiplier", &scalar, &parameter, err);
  if (status == GIBBS_OK)
    status = gibbs_expr_parameter(gibbs_expr_graph(o->objective->expr), parameter, &o->multiplier, err);
  gibbs_parameter_release(parameter);
  return status;
}

static gibbs_status write_merit(objectives *o, double penalty, gibbs_error *err) {
  gibbs_builder room = gibbs_build_begin(gibbs_expr_graph(o->objective->expr), err), *b = &room;
  gibbs_expr *violation = gibbs_build_binary(b, GIBBS_OP_SUB, o->constraint->expr, gibbs_build_number(b, o->level));
  gibbs_expr *merit = gibbs_build_binary(b, GIBBS_OP_ADD, o->objective->expr,
                                         gibbs_build_binary(b, GIBBS_OP_MUL, o->multiplier, violation));
  if (penalty > 0)
    merit = gibbs_build_binary(b, GIBBS_OP_ADD, merit,
                               gibbs_build_binary(b, GIBBS_OP_MUL, gibbs_build_number(b, penalty / 2),
                                                  gibbs_build_binary(b, GIBBS_OP_MUL, violation, violation)));
  o->merit_expr = gibbs_build_take(b, merit);
  return gibbs_build_end(b);
}

static gibbs_status make_merit(objectives *o, double penalty, gibbs_error *err) {
  bool sampled = gibbs_objective_is_sampled(o->objective);
  if (sampled != gibbs_objective_is_sampled(o->constraint))
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: of the objective and its constraint one is exact and the other on samples");
  gibbs_status status = make_multiplier(o, err);
  if (status == GIBBS_OK) status = write_merit(o, penalty, err);
  if (status != GIBBS_OK) return status;
  o->parameters[o->count] = o->multiplier; /* released once */
  return sampled ? gibbs_objective_new_beside(o->merit_expr, o->objective, &o->merit, err)
                 : gibbs_objective_new(o->merit_expr, &o->merit, err);
}

/* ---- the model: the first distribution that the parameters make vary
 * ------------------------------------------------- */

static bool varies(const objectives *o, const gibbs_distribution *d) {
  for (size_t k = 0; d && k < gibbs_distribution_parameter_count(d); k++)
    for (size_t i = 0; i < o->count; i++)
      if (gibbs_distribution_parameters(d)[k] == o->parameters[i]) return true;
  return false;
}

static gibbs_distribution *find_model(const objectives *o) {
  for (size_t k = 0; k < o->objective->leaf_count; k++) {
    const gibbs_term *term = o->objective->leaves[k].term;
    if (varies(o, term->q)) return term->q;
    if (varies(o, term->p)) return term->p;
  }
  return NULL;
}

static void find_slopes(objectives *o) {
  if (!o->model)
    (void)gibbs_fail(&o->no_slopes, GIBBS_ERR_UNSUPPORTED, "no distribution of the objective varies");
  else if (gibbs_slopes_new(o->model, o->parameters, o->count, &o->slopes, &o->no_slopes) != GIBBS_OK)
    o->slopes = NULL;
}

static gibbs_status fill(objectives *o, gibbs_expr *const parameters[], size_t count,
                         const gibbs_training_options *options, gibbs_error *err) {
  o->parameters = calloc(count + 1, sizeof *o->parameters);
  o->gradients = calloc(count + 1, sizeof *o->gradients);
  if (!o->parameters || !o->gradients) return gibbs_fail_memory(err, "a training", 2 * count * sizeof *parameters);
  for (size_t k = 0; k < count; k++) o->parameters[k] = gibbs_expr_retain(parameters[k]);
  o->count = count;
  o->model = find_model(o);
  if (training_wants_slopes(options)) find_slopes(o);
  return o->constraint ? make_merit(o, options->penalty, err) : GIBBS_OK;
}

/* Data that training sees come in its batches, to the held-out objective too, and say nothing of others. */
static gibbs_status check_held_out(const gibbs_objective *objective, const gibbs_objective *held_out,
                                   gibbs_error *err) {
  for (size_t k = 0; held_out && k < held_out->leaf_count; k++)
    for (size_t i = 0; i < objective->leaf_count; i++)
      if (held_out->leaves[k].term->data && held_out->leaves[k].term->data == objective->leaves[i].term->data)
        return gibbs_fail(
            err, GIBBS_ERR_ARGUMENT,
            "training: held_out looks at the very data that are trained on, which can never say when to "
            "stop; part them first: local train, test = data:split{ test = 0.2 }");
  return GIBBS_OK;
}

gibbs_status gibbs_training_new(gibbs_objective *objective, gibbs_objective *constraint, double level,
                                gibbs_objective *held_out, gibbs_expr *const parameters[], size_t count,
                                const gibbs_training_options *options, gibbs_training **out, gibbs_error *err) {
  if (!isfinite(level)) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: the constraint's level is %g", level);
  gibbs_status status = check_held_out(objective, held_out, err);
  if (status != GIBBS_OK) return status;
  objectives *o = calloc(1, sizeof *o);
  if (!o) return gibbs_fail_memory(err, "a training", sizeof *o);
  *o = (objectives){.objective = objective, .constraint = constraint, .held_out = held_out, .level = level};
  status = fill(o, parameters, count, options, err);
  if (status != GIBBS_OK) {
    release_objectives(o);
    return status;
  }
  training_source source = {.context = o,
                            .constrained = constraint != NULL,
                            .sampled = gibbs_objective_is_sampled(objective),
                            .held_out = held_out != NULL,
                            .model = o->model,
                            .slopes = o->slopes,
                            .no_slopes = o->no_slopes.message,
                            .sample = sample,
                            .report = report,
                            .save = save,
                            .restore = restore,
                            .look = look,
                            .look_save = look_save,
                            .look_restore = look_restore,
                            .release = release_objectives};
  return training_new_from(&source, parameters, count, options, out, err);
}
