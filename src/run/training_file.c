/* training_file.c - a training to and from the content of a checkpoint. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gibbs/training_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gibbs/environment.h"
#include "map_writer.h"
#include "training_file_compare.h"

static const char format[] = "gibbs training 1";

static const char *const optimisers[] = {
#define X(id, name, doc) name,
    GIBBS_OPTIMISER_LIST(X)
#undef X
};
static const char *const schedules[] = {
#define X(id, name, doc) name,
    GIBBS_SCHEDULE_LIST(X)
#undef X
};

/* ---- writing ---------------------------------------------------------------------------------------------- */

/* Two machines may have parameters of one name: the later ones get a number. */
static void put_parameters(gibbs_map_writer *w, const gibbs_training_about *about) {
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  for (size_t k = 0; inner.status == GIBBS_OK && k < about->count; k++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(about->parameters[k]);
    char name[300];
    snprintf(name, sizeof name, "%s", gibbs_parameter_name(parameter));
    for (size_t serial = 2; gibbs_value_get(inner.map, name); serial++)
      snprintf(name, sizeof name, "%.250s.%zu", gibbs_parameter_name(parameter), serial);
    gibbs_map_put_numbers(&inner, name, gibbs_parameter_shape(parameter), gibbs_parameter_values(parameter));
  }
  gibbs_map_end(w, "parameters", &inner);
}

static void put_history(gibbs_map_writer *w, const gibbs_training *training) {
  const gibbs_training_record *history;
  size_t length = gibbs_training_history(training, &history);
  gibbs_shape shape = gibbs_shape_vector(length);
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  double *column;
#define ROW(field, doc)                                                                                              \
  if (length == 0)                                                                                                   \
    gibbs_map_put(&inner, #field, gibbs_value_list());                                                               \
  else if ((column = gibbs_map_put_numbers(&inner, #field, &shape, NULL)) != NULL)                                   \
    for (size_t k = 0; k < length; k++) column[k] = (double)history[k].field;
  GIBBS_TRAINING_RECORD(ROW, ROW)
#undef ROW
  gibbs_map_end(w, "history", &inner);
}

static void put_options(gibbs_map_writer *w, const gibbs_training_options *options) {
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  gibbs_map_put_text(&inner, "method", optimisers[options->optimiser]);
  gibbs_map_put_text(&inner, "schedule", schedules[options->schedule]);
#define NUMBER(field, initial, low, high, doc)                                                                       \
  gibbs_map_put(&inner, #field, gibbs_value_number((double)options->field));
#define FLAG(field, doc) gibbs_map_put(&inner, #field, gibbs_value_bool(options->field));
  GIBBS_TRAINING_OPTIONS(NUMBER, NUMBER, FLAG)
#undef NUMBER
#undef FLAG
  gibbs_map_end(w, "options", &inner);
}

static void put_settings(gibbs_map_writer *w, const gibbs_value *settings) {
  gibbs_map_writer inner = gibbs_map_begin_within(w);
  for (size_t i = 0; i < gibbs_value_count(settings); i++)
    gibbs_map_put(&inner, gibbs_value_name(settings, i), gibbs_value_copy(gibbs_value_item(settings, i)));
  gibbs_map_end(w, "settings", &inner);
}

static void put_state(gibbs_map_writer *w, const gibbs_training *training) {
  double *state = NULL;
  size_t count = 0;
  if (w->status == GIBBS_OK) w->status = gibbs_training_save(training, &state, &count, w->err);
  gibbs_shape shape = gibbs_shape_vector(count);
  if (w->status == GIBBS_OK) gibbs_map_put_numbers(w, "state", &shape, state);
  free(state);
}

static void put_options_and_settings(gibbs_map_writer *w, const gibbs_training_about *about) {
  put_options(w, about->options);
  if (about->settings) {
    put_settings(w, about->settings);
    return;
  }
  gibbs_map_writer none = gibbs_map_begin_within(w);
  gibbs_map_end(w, "settings", &none);
}

gibbs_status gibbs_training_to_value(const gibbs_training *training, const gibbs_training_about *about,
                                     gibbs_value **out, gibbs_error *err) {
  gibbs_map_writer w = gibbs_map_begin(err);
  gibbs_training_end why;
  gibbs_map_put_text(&w, "@format", format);
  gibbs_map_put_text(&w, "@gibbs", gibbs_version());
  gibbs_map_put_number(&w, "@step", (double)gibbs_training_step(training));
  gibbs_map_put_text(&w, "@end", gibbs_training_ended(training, &why) ? gibbs_training_end_text(why) : "");
  put_parameters(&w, about);
  put_history(&w, training);
  put_options_and_settings(&w, about);
  put_state(&w, training);
  if (w.status == GIBBS_OK)
    *out = w.map;
  else
    gibbs_value_free(w.map);
  return w.status;
}

/* ---- reading -------------------------------------------------------------------------------------------- */

/* NULL, or NaN, where there is none. */
static const char *text_of(const gibbs_value *content, const char *name) {
  const gibbs_value *item = gibbs_value_get(content, name);
  return item ? gibbs_value_as_string(item, NULL) : NULL;
}

static double number_of(const gibbs_value *content, const char *name) {
  const gibbs_value *item = gibbs_value_get(content, name);
  return item ? gibbs_value_as_number(item) : NAN;
}

static gibbs_status check_format(const gibbs_value *content, gibbs_error *err) {
  const char *written = text_of(content, "@format");
  const char *version = text_of(content, "@gibbs");
  if (!written || strcmp(written, format) != 0)
    return gibbs_fail(err, GIBBS_ERR_FILE, "holds '%.60s', and this program reads '%s'",
                      written ? written : "something else", format);
  if (!version || strcmp(version, gibbs_version()) != 0)
    return gibbs_fail(err, GIBBS_ERR_ARGUMENT,
                      "was written by gibbs %.20s, and this is gibbs %s, which may not go on with the same bits",
                      version ? version : "of no version", gibbs_version());
  return GIBBS_OK;
}

/* A longer run goes on from a shorter one where the rate at a step does not depend on their number. */
static bool steps_are_free(const gibbs_training_options *options) {
  return options->schedule == GIBBS_SCHEDULE_CONSTANT && options->average == 0;
}

static gibbs_status check_steps(const gibbs_training_options *options, const gibbs_value *content, gibbs_error *err) {
  double step = number_of(content, "@step");
  if (!steps_are_free(options) || !(step > (double)options->steps)) return GIBBS_OK;
  return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "stands at step %.0f already, and this run has steps = %.0f", step,
                    (double)options->steps);
}

static gibbs_status check_about(const gibbs_training_about *about, const gibbs_value *content, gibbs_error *err) {
  gibbs_error ours = {0};
  gibbs_map_writer own = gibbs_map_begin(&ours);
  put_options_and_settings(&own, about);
  gibbs_status status = own.status == GIBBS_OK ? GIBBS_OK : gibbs_fail(err, own.status, "%s", ours.message);
  const char *except = steps_are_free(about->options) ? "steps" : NULL;
  static const char *const maps[] = {"options", "settings"};
  for (size_t i = 0; i < sizeof maps / sizeof *maps && status == GIBBS_OK; i++)
    status =
        gibbs_settings_compare(gibbs_value_get(content, maps[i]), gibbs_value_get(own.map, maps[i]), except, err);
  gibbs_value_free(own.map);
  return status;
}

gibbs_status gibbs_training_from_value(gibbs_training *training, const gibbs_training_about *about,
                                       const gibbs_value *content, gibbs_error *err) {
  gibbs_status status = check_format(content, err);
  if (status == GIBBS_OK) status = check_about(about, content, err);
  if (status == GIBBS_OK) status = check_steps(about->options, content, err);
  if (status != GIBBS_OK) return status;
  const gibbs_value *item = gibbs_value_get(content, "state");
  gibbs_tensor *state = item ? gibbs_value_as_tensor(item) : NULL;
  if (!state) return gibbs_fail(err, GIBBS_ERR_FILE, "holds no state to go on from");
  gibbs_error why;
  status = gibbs_training_restore(training, gibbs_tensor_values(state), gibbs_tensor_size(state), &why);
  return status == GIBBS_OK ? GIBBS_OK : gibbs_fail(err, status, "does not fit: %s", why.message);
}
