/* training.c - a training from its options to its result. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "training_parts.h"

enum { STRETCH = 32768, WORK_VECTORS = 3 };

gibbs_training_options gibbs_training_defaults(void) {
  return (gibbs_training_options){.optimiser = GIBBS_OPTIMISER_ADAM,
                                  .schedule = GIBBS_SCHEDULE_CONSTANT,
#define ROW(field, initial, low, high, doc) .field = (initial),
#define FLAG(field, doc) .field = false,
                                  GIBBS_TRAINING_OPTIONS(ROW, ROW, FLAG)
#undef ROW
#undef FLAG
  };
}

const char *gibbs_training_end_text(gibbs_training_end end) {
  static const char *const text[] = {
#define X(id, words) words,
      GIBBS_TRAINING_END_LIST(X)
#undef X
  };
  return (unsigned)end < GIBBS_TRAINING_END_COUNT ? text[end] : "unknown end";
}

bool training_wants_slopes(const gibbs_training_options *options) {
  return options->centred || options->standardised ||
         ((unsigned)options->optimiser < GIBBS_OPTIMISER_COUNT && training_optimiser_row(options->optimiser)->fisher);
}

/* ---- what is asked ----------------------------------------------------------------------------------------- */

static gibbs_status check_ranges(const gibbs_training_options *options, gibbs_error *err) {
  if ((unsigned)options->optimiser >= GIBBS_OPTIMISER_COUNT)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: unknown method number %d", (int)options->optimiser);
#define ROW(field, initial, low, high, doc)                                                                          \
  if (!((double)options->field >= (double)(low) && (double)options->field <= (double)(high)))                        \
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: " #field " is %g; it must lie in %g..%g (" doc ")",        \
                      (double)options->field, (double)(low), (double)(high));
#define FLAG(field, doc)
  GIBBS_TRAINING_OPTIONS(ROW, ROW, FLAG)
#undef ROW
#undef FLAG
  return training_schedule_check(options, err);
}

static gibbs_status check_options(const gibbs_training_options *options, gibbs_error *err) {
  gibbs_status status = check_ranges(options, err);
  if (status != GIBBS_OK) return status;
  bool fisher = training_optimiser_row(options->optimiser)->fisher;
  if (options->centred + options->standardised + fisher > 1)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: 'centred', 'standardised' and the method 'natural' are three ways to choose "
                      "coordinates; take one of them");
  return GIBBS_OK;
}

static gibbs_status check_source(const training_source *source, const gibbs_training_options *options,
                                 gibbs_error *err) {
  if (options->patience > 0 && !source->held_out)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: patience needs a held-out objective: held_out = ...");
  if ((options->ess_floor > 0 || options->change_floor > 0) && !source->sampled)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "training: ess_floor and change_floor are about chains, and the objective is exact");
  if (!training_wants_slopes(options)) return GIBBS_OK;
  if (!source->sampled)
    return gibbs_fail(
        err, GIBBS_ERR_UNSUPPORTED,
        "training: 'centred', 'standardised' and 'natural' need samples of the model, and the objective "
        "is exact");
  if (!source->slopes)
    return gibbs_fail(err, GIBBS_ERR_UNSUPPORTED, "training: 'centred', 'standardised' and 'natural': %s",
                      source->no_slopes ? source->no_slopes : "the model has no slopes");
  return GIBBS_OK;
}

static gibbs_status check_start(const gibbs_training *t, gibbs_error *err) {
  if (t->size == 0) return gibbs_fail(err, GIBBS_ERR_SHAPE, "training: there are no parameters");
  for (size_t k = 0; k < t->count; k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(t->parameters[k]);
    for (size_t i = 0; i < gibbs_parameter_size(parameter); i++)
      if (!isfinite(gibbs_parameter_values(parameter)[i]))
        return gibbs_fail(err, GIBBS_ERR_NUMERIC, "training: parameter '%s', element %zu, starts at %g",
                          gibbs_parameter_name(parameter), i + 1, gibbs_parameter_values(parameter)[i]);
  }
  return GIBBS_OK;
}

/* ---- room ----------------------------------------------------------------------------------------------------- */

static gibbs_status list_parameters(gibbs_training *t, gibbs_expr *const parameters[], size_t count,
                                    gibbs_error *err) {
  t->parameters = calloc(count + 1, sizeof *t->parameters);
  t->at = calloc(count + 1, sizeof *t->at);
  if (!t->parameters || !t->at) return gibbs_fail_memory(err, "a training", 2 * count * sizeof *t->at);
  for (size_t k = 0; k < count; k++) {
    if (!gibbs_expr_as_parameter(parameters[k]))
      return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "training: number %zu of what is varied is no parameter", k + 1);
    t->parameters[k] = gibbs_expr_retain(parameters[k]);
    t->at[k + 1] = t->at[k] + gibbs_expr_size(parameters[k]);
    t->stretch_count += (gibbs_expr_size(parameters[k]) + STRETCH - 1) / STRETCH;
    t->count = k + 1;
  }
  t->size = t->at[count];
  return t->size <= SIZE_MAX / (16 * sizeof(double))
             ? check_start(t, err)
             : gibbs_fail(err, GIBBS_ERR_SIZE, "training: %zu parameters are too many", t->size);
}

static void cut_stretches(gibbs_training *t) {
  training_stretch *s = t->stretches;
  for (size_t k = 0; k < t->count; k++) {
    size_t size = t->at[k + 1] - t->at[k];
    for (size_t from = 0; from < size; from += STRETCH)
      *s++ = (training_stretch){.parameter = k,
                                .from = from,
                                .count = size - from < STRETCH ? size - from : STRETCH,
                                .at = t->at[k] + from};
  }
}

/* `vectors` of them, and where in each the parameters begin. */
static gibbs_status make_vectors(const gibbs_training *t, size_t vectors, double **out, double ***rows,
                                 gibbs_error *err) {
  *out = calloc(vectors * t->size, sizeof **out);
  *rows = calloc(vectors * t->count, sizeof **rows);
  if (!*out || !*rows) return gibbs_fail_memory(err, "a training", vectors * t->size * sizeof **out);
  for (size_t v = 0; v < vectors; v++)
    for (size_t k = 0; k < t->count; k++) (*rows)[v * t->count + k] = *out + v * t->size + t->at[k];
  return GIBBS_OK;
}

static gibbs_status make_room(gibbs_training *t, gibbs_error *err) {
  t->stretches = calloc(t->stretch_count, sizeof *t->stretches);
  t->partial = calloc(t->stretch_count, sizeof *t->partial);
  t->best = t->source.held_out ? calloc(t->size, sizeof *t->best) : NULL;
  if (!t->stretches || !t->partial || (t->source.held_out && !t->best))
    return gibbs_fail_memory(err, "a training", t->size * sizeof *t->best);
  cut_stretches(t);
  gibbs_status status = make_vectors(t, 1, &t->gradient, &t->rows, err);
  if (status == GIBBS_OK && training_wants_slopes(&t->options)) {
    status = make_vectors(t, 1, &t->move, &t->move_rows, err);
    if (status == GIBBS_OK) status = make_vectors(t, WORK_VECTORS, &t->work, &t->work_rows, err);
  }
  return status;
}

static gibbs_status make_live(gibbs_training *t, gibbs_error *err) {
  training_live *live = &t->live;
  unsigned vectors = training_optimiser_row(t->options.optimiser)->vectors;
  bool averaged = t->options.average > 0;
  size_t offsets = t->options.centred ? t->layers.visible + t->layers.hidden : 0;
  live->scalars = (training_scalars){.decay_power = 1, .square_power = 1};
  live->count = (vectors + averaged) * t->size + offsets;
  live->all = calloc(live->count + 1, sizeof *live->all);
  if (!live->all) return gibbs_fail_memory(err, "a training", live->count * sizeof *live->all);
  double *at = live->all;
  live->first = vectors > 0 ? at : NULL;
  live->second = vectors > 1 ? at + t->size : NULL;
  live->mean = averaged ? at + vectors * t->size : NULL;
  live->offsets = offsets ? at + (vectors + averaged) * t->size : NULL;
  gibbs_status status = averaged ? gibbs_series_new(1, 1, true, &t->values, err) : GIBBS_OK;
  if (status == GIBBS_OK && averaged && t->source.constrained)
    status = gibbs_series_new(1, 1, true, &t->violations, err);
  return status;
}

static gibbs_status fill(gibbs_training *t, gibbs_expr *const parameters[], size_t count, gibbs_error *err) {
  gibbs_status status = check_source(&t->source, &t->options, err);
  if (status == GIBBS_OK) status = list_parameters(t, parameters, count, err);
  if (status == GIBBS_OK) status = make_room(t, err);
  if (status == GIBBS_OK && t->options.centred) status = training_centre_new(t, t->source.model, err);
  return status == GIBBS_OK ? make_live(t, err) : status;
}

gibbs_status training_new_from(const training_source *source, gibbs_expr *const parameters[], size_t count,
                               const gibbs_training_options *options, gibbs_training **out, gibbs_error *err) {
  gibbs_status status = check_options(options, err);
  gibbs_training *t = status == GIBBS_OK ? calloc(1, sizeof *t) : NULL;
  if (!t) {
    if (source->release) source->release(source->context);
    return status == GIBBS_OK ? gibbs_fail_memory(err, "a training", sizeof *t) : status;
  }
  t->source = *source;
  t->options = *options;
  t->scale = 1;
  t->best_value = t->best_error = t->held_out = t->held_out_error = NAN;
  status = fill(t, parameters, count, err);
  if (status == GIBBS_OK)
    *out = t;
  else
    gibbs_training_free(t);
  return status;
}

void gibbs_training_free(gibbs_training *t) {
  if (!t) return;
  if (t->source.release) t->source.release(t->source.context);
  for (size_t k = 0; k < t->count; k++) gibbs_expr_release(t->parameters[k]);
  gibbs_series_free(t->values);
  gibbs_series_free(t->violations);
  void *blocks[] = {t->parameters, t->at,       t->stretches,  t->partial, t->gradient,
                    t->rows,       t->move,     t->move_rows,  t->work,    t->lowest,
                    t->work_rows,  t->live.all, t->good.state, t->best,    t->history};
  for (size_t k = 0; k < sizeof blocks / sizeof *blocks; k++) free(blocks[k]);
  free(t);
}

/* ---- what it came to ---------------------------------------------------------------------------------------------
 */

uint64_t gibbs_training_step(const gibbs_training *t) {
  return t->done;
}

size_t gibbs_training_history(const gibbs_training *t, const gibbs_training_record **out) {
  *out = t->history;
  return t->history_length;
}

/* The mean has samples of its own to be judged at. */
static gibbs_status look_at_mean(gibbs_training *t, gibbs_error *err) {
  training_measure measure;
  gibbs_status status =
      t->source.sample(t->source.context, t->live.scalars.multiplier, false, &measure, t->rows, err);
  if (status == GIBBS_OK) status = training_look(t, t->done, err);
  t->at_mean = status == GIBBS_OK && t->idle == 0;
  return status;
}

/* After an interrupt nothing is sampled any more. */
static gibbs_status choose_point(gibbs_training *t, gibbs_error *err) {
  bool mean = t->live.mean && t->live.scalars.averaged > 0, best = t->best_step > 0;
  gibbs_status status = GIBBS_OK;
  t->at_mean = mean && !best;
  if (mean && !(best && t->interrupted)) training_write(t, t->live.mean);
  if (mean && best && !t->interrupted) status = look_at_mean(t, err);
  if (status == GIBBS_OK && best) training_write(t, t->best);
  return status;
}

gibbs_status gibbs_training_finish(gibbs_training *t, gibbs_error *err) {
  if (t->finished) return GIBBS_OK;
  gibbs_status status = choose_point(t, err);
  t->finished = status == GIBBS_OK;
  return status;
}

/* The mean over the averaged steps where there are enough for an error. */
static bool mean_of(const gibbs_series *series, double *value, double *error) {
  gibbs_estimate mean;
  if (!series || gibbs_series_rows(series) < 4 || gibbs_series_mean(series, 0, 0, &mean, NULL) != GIBBS_OK)
    return false;
  *value = mean.value;
  *error = mean.error;
  return true;
}

void gibbs_training_report(const gibbs_training *t, gibbs_training_result *out) {
  *out = (gibbs_training_result){.steps = t->done,
                                 .rollbacks = t->rollbacks,
                                 .best_step = t->best_step,
                                 .value = NAN,
                                 .value_error = NAN,
                                 .constraint = NAN,
                                 .constraint_error = NAN,
                                 .multiplier = t->source.constrained ? t->live.scalars.multiplier : NAN,
                                 .held_out = t->best_value,
                                 .held_out_error = t->best_error};
  if (t->history_length > 0) {
    const gibbs_training_record *last = &t->history[t->history_length - 1];
    out->value = last->value;
    out->value_error = last->value_error;
    out->constraint = last->constraint;
    out->constraint_error = last->constraint_error;
  }
  if (!t->at_mean) return;
  out->averaged = (uint64_t)t->live.scalars.averaged;
  (void)mean_of(t->values, &out->value, &out->value_error);
  (void)mean_of(t->violations, &out->constraint, &out->constraint_error);
  if (t->source.constrained) out->multiplier = t->live.scalars.mean_multiplier;
}
