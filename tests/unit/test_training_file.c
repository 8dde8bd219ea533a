/* test_training_file.c - a training written down at any step, or killed at any moment, ends with the same bits;
 * another training is refused in words. */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>

#include "checkpoint_folder.h"
#include "expressions.h"
#include "gibbs/random.h"
#include "gibbs/training_file.h"
#include "training_source.h"

/* ---- a bowl with noise that depends on all that was drawn so far ------------------------------------------------
 */

enum { numbers = 6, shape_of_W = 4 };

typedef struct noise {
  gibbs_expr *const *parameters;
  uint32_t draws;
} noise;

static gibbs_status sample_bowl(void *context, double multiplier, bool values, training_measure *out,
                                double *const gradients[], gibbs_error *err) {
  (void)multiplier, (void)err;
  noise *source = context;
  gibbs_stream stream = gibbs_stream_open(5, GIBBS_PURPOSE_CHECK, 0, source->draws++);
  *out = (training_measure){NAN, NAN, NAN, NAN, 0};
  double value = 0;
  for (size_t p = 0; p < 2; p++) {
    gibbs_parameter *parameter = gibbs_expr_as_parameter(source->parameters[p]);
    for (size_t k = 0; k < gibbs_parameter_size(parameter); k++) {
      double x = gibbs_parameter_values(parameter)[k] - (double)(p + k + 1);
      gradients[p][k] = x + 0.1 * gibbs_stream_normal(&stream);
      value += 0.5 * x * x;
    }
  }
  if (values) out->value = value, out->value_error = 0.1;
  return GIBBS_OK;
}

static gibbs_status save_draws(void *context, double **state, size_t *count, gibbs_error *err) {
  *state = malloc(sizeof **state);
  if (!*state) return gibbs_fail_memory(err, "a state", sizeof **state);
  **state = ((noise *)context)->draws;
  *count = 1;
  return GIBBS_OK;
}

static gibbs_status restore_draws(void *context, const double *state, size_t count, gibbs_error *err) {
  if (count != 1) return gibbs_fail(err, GIBBS_ERR_ARGUMENT, "another state");
  ((noise *)context)->draws = (uint32_t)*state;
  return GIBBS_OK;
}

/* ---- a training of two parameters of one name -------------------------------------------------------------------
 */

typedef struct bowl {
  noise source;
  gibbs_expr *parameters[2];
  gibbs_training_options options;
  gibbs_value *settings;
  gibbs_training *training;
} bowl;

static gibbs_training_about about(const bowl *b) {
  return (gibbs_training_about){b->parameters, 2, &b->options, b->settings};
}

static gibbs_training_options usual_options(void) {
  gibbs_training_options options = gibbs_training_defaults();
  options.steps = 60;
  options.keep_every = 3;
  return options;
}

static gibbs_value *usual_settings(void) {
  gibbs_value *settings = gibbs_value_map();
  cr_assert(gibbs_value_set(settings, "model", gibbs_value_string("a bowl", 6), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(settings, "chains", gibbs_value_number(128), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(settings, "hidden", gibbs_value_bool(true), NULL) == GIBBS_OK);
  return settings;
}

/* Takes `settings` over. */
static void begin(bowl *b, gibbs_training_options options, gibbs_value *settings) {
  const size_t sizes[] = {shape_of_W, numbers - shape_of_W};
  begin_case();
  for (size_t p = 0; p < 2; p++) {
    gibbs_parameter *parameter = NULL;
    gibbs_shape shape = gibbs_shape_vector(sizes[p]);
    OK(gibbs_parameter_new("W", &shape, &parameter, &error));
    b->parameters[p] = parameter_of(parameter);
    gibbs_parameter_release(parameter);
  }
  b->source = (noise){b->parameters, 0};
  b->options = options;
  b->settings = settings;
  const training_source source = {
      .context = &b->source, .sample = sample_bowl, .save = save_draws, .restore = restore_draws};
  OK(training_new_from(&source, b->parameters, 2, &b->options, &b->training, &error));
}

static void end(bowl *b) {
  gibbs_training_free(b->training);
  gibbs_value_free(b->settings);
  end_case();
}

static gibbs_value *written(const bowl *b) {
  gibbs_value *value = NULL;
  gibbs_training_about what = about(b);
  OK(gibbs_training_to_value(b->training, &what, &value, &error));
  return value;
}

static gibbs_status go_on(bowl *b, const gibbs_value *content) {
  gibbs_training_about what = about(b);
  error.message[0] = '\0';
  return gibbs_training_from_value(b->training, &what, content, &error);
}

static void run(bowl *b, uint64_t steps) {
  OK(gibbs_training_run(b->training, steps, NULL, NULL, &error));
}

/* The bytes of the checkpoint that this training writes: all of it, history and state too. */
static size_t file_of(const bowl *b, const char *path, unsigned char *bytes, size_t room) {
  gibbs_checkpoint *c = open_checkpoint(path);
  gibbs_value *value = written(b);
  cr_assert(gibbs_checkpoint_write(c, value, &error) == GIBBS_OK, "%s", error.message);
  gibbs_value_free(value);
  gibbs_checkpoint_close(c);
  FILE *stream = fopen(path, "rb");
  size_t size = fread(bytes, 1, room, stream);
  fclose(stream);
  cr_assert(size > 512 && size < room);
  return size;
}

enum { file_room = 1 << 17 };

static unsigned char expected[file_room], got[file_room];

static size_t expect_uninterrupted(gibbs_training_options options) {
  bowl b;
  begin(&b, options, usual_settings());
  run(&b, UINT64_MAX);
  size_t size = file_of(&b, "whole.h5", expected, file_room);
  end(&b);
  return size;
}

/* ---- the same bits ----------------------------------------------------------------------------------------------
 */

static void expect_same_after_stop(gibbs_training_options options, uint64_t stop) {
  size_t size = expect_uninterrupted(options);
  bowl b;
  begin(&b, options, usual_settings());
  run(&b, stop);
  file_of(&b, "half.h5", got, file_room);
  end(&b);
  begin(&b, options, usual_settings());
  gibbs_value *content = NULL;
  OK(gibbs_checkpoint_read("half.h5", &content, &error));
  cr_assert(go_on(&b, content) == GIBBS_OK, "%s", error.message);
  gibbs_value_free(content);
  cr_expect(gibbs_training_step(b.training) == stop);
  run(&b, UINT64_MAX);
  cr_expect(file_of(&b, "again.h5", got, file_room) == size && memcmp(expected, got, size) == 0,
            "method %d, stopped after %d: another file", (int)options.optimiser, (int)stop);
  end(&b);
}

Test(training_file, goes_on_with_the_same_bits_from_any_step) {
  enter_folder();
  gibbs_training_options options = usual_options();
  for (uint64_t stop = 0; stop <= options.steps; stop += 7) expect_same_after_stop(options, stop);
  static const gibbs_optimiser methods[] = {GIBBS_OPTIMISER_SGD, GIBBS_OPTIMISER_MOMENTUM, GIBBS_OPTIMISER_RMSPROP};
  for (size_t k = 0; k < sizeof methods / sizeof *methods; k++) {
    options.optimiser = methods[k];
    expect_same_after_stop(options, 31);
    expect_same_after_stop(options, options.steps);
  }
  options.average = 0.5;
  options.schedule = GIBBS_SCHEDULE_COSINE;
  expect_same_after_stop(options, 17);
  expect_same_after_stop(options, 43);
  leave_folder();
}

Test(training_file, a_longer_run_goes_on_from_a_shorter_one) {
  enter_folder();
  gibbs_training_options options = usual_options();
  bowl b;
  begin(&b, options, usual_settings());
  run(&b, UINT64_MAX);
  gibbs_value *content = written(&b);
  end(&b);
  options.steps = 90;
  size_t size = expect_uninterrupted(options);
  begin(&b, options, usual_settings());
  cr_assert(go_on(&b, content) == GIBBS_OK, "%s", error.message);
  run(&b, UINT64_MAX);
  cr_expect(file_of(&b, "again.h5", got, file_room) == size && memcmp(expected, got, size) == 0);
  end(&b);
  gibbs_value_free(content);
  leave_folder();
}

/* ---- for other readers --------------------------------------------------------------------------------------- */

Test(training_file, others_find_parameters_and_history_in_it) {
  enter_folder();
  bowl b;
  begin(&b, usual_options(), usual_settings());
  run(&b, 10);
  file_of(&b, "run.h5", got, file_room);
  gibbs_value *file = NULL;
  OK(gibbs_file_read("run.h5", &file, &error));
  const gibbs_value *parameters = gibbs_value_get(file, "parameters"), *history = gibbs_value_get(file, "history");
  const char *const names[] = {"W", "W.2"};
  for (size_t p = 0; p < 2; p++) {
    gibbs_parameter *own = gibbs_expr_as_parameter(b.parameters[p]);
    gibbs_tensor *tensor = gibbs_value_as_tensor(gibbs_value_get(parameters, names[p]));
    cr_assert(tensor && gibbs_tensor_size(tensor) == gibbs_parameter_size(own));
    cr_expect(memcmp(gibbs_tensor_values(tensor), gibbs_parameter_values(own),
                     gibbs_parameter_size(own) * sizeof(double)) == 0);
  }
  const gibbs_training_record *records;
  size_t length = gibbs_training_history(b.training, &records);
  gibbs_tensor *values = gibbs_value_as_tensor(gibbs_value_get(history, "value"));
  gibbs_tensor *steps = gibbs_value_as_tensor(gibbs_value_get(history, "step"));
  cr_assert(length > 0 && values && steps && gibbs_tensor_size(values) == length);
  for (size_t k = 0; k < length; k++)
    cr_expect(gibbs_tensor_values(values)[k] == records[k].value &&
              gibbs_tensor_values(steps)[k] == (double)records[k].step);
  cr_expect(gibbs_value_as_number(gibbs_value_get(file, "@step")) == 10);
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_get(gibbs_value_get(file, "options"), "method"), NULL), "adam");
  cr_expect_str_eq(gibbs_value_as_string(gibbs_value_get(gibbs_value_get(file, "settings"), "model"), NULL),
                   "a bowl");
  gibbs_value_free(file);
  end(&b);
  leave_folder();
}

/* ---- refusals -------------------------------------------------------------------------------------------------- */

static gibbs_value *after_ten_steps(gibbs_training_options options) {
  bowl b;
  begin(&b, options, usual_settings());
  run(&b, 10);
  gibbs_value *content = written(&b);
  end(&b);
  return content;
}

/* Nothing is changed by a refusal.  Takes `settings` over. */
static void expect_refusal(const gibbs_value *content, gibbs_training_options options, gibbs_value *settings,
                           const char *reason) {
  bowl b;
  begin(&b, options, settings);
  run(&b, 2);
  gibbs_value *before = written(&b);
  cr_expect(go_on(&b, content) != GIBBS_OK, "not refused; expected: %s", reason);
  cr_expect(strstr(error.message, reason) != NULL, "expected '%s': %s", reason, error.message);
  gibbs_value *after = written(&b);
  gibbs_tensor *x = gibbs_value_as_tensor(gibbs_value_get(before, "state"));
  gibbs_tensor *y = gibbs_value_as_tensor(gibbs_value_get(after, "state"));
  cr_expect(memcmp(gibbs_tensor_values(x), gibbs_tensor_values(y), gibbs_tensor_size(x) * sizeof(double)) == 0);
  gibbs_value_free(before);
  gibbs_value_free(after);
  end(&b);
}

Test(training_file, other_options_are_refused_with_both_values) {
  const gibbs_training_options options = usual_options();
  gibbs_value *content = after_ten_steps(options);
  gibbs_training_options other = options;
  other.rate = 0.1;
  expect_refusal(content, other, usual_settings(), "was written with rate = 0.01, and this run has 0.1");
  other = options, other.seed = 7;
  expect_refusal(content, other, usual_settings(), "was written with seed = 1, and this run has 7");
  other = options, other.optimiser = GIBBS_OPTIMISER_MOMENTUM;
  expect_refusal(content, other, usual_settings(), "was written with method = 'adam', and this run has 'momentum'");
  other = options, other.schedule = GIBBS_SCHEDULE_COSINE, other.rate_end = 0.001;
  expect_refusal(content, other, usual_settings(),
                 "was written with schedule = 'constant', and this run has 'cosine'");
  other = options, other.steps = 9;
  expect_refusal(content, other, usual_settings(), "stands at step 10 already, and this run has steps = 9");
  gibbs_value_free(content);
}

Test(training_file, the_length_of_a_run_may_not_change_where_the_rate_or_the_mean_depends_on_it) {
  gibbs_training_options options = usual_options(), other;
  options.schedule = GIBBS_SCHEDULE_LINEAR, options.rate_end = 0.001;
  gibbs_value *content = after_ten_steps(options);
  other = options, other.steps = 61;
  expect_refusal(content, other, usual_settings(), "was written with steps = 60, and this run has 61");
  gibbs_value_free(content);
  options = usual_options(), options.average = 0.25;
  content = after_ten_steps(options);
  other = options, other.steps = 61;
  expect_refusal(content, other, usual_settings(), "was written with steps = 60, and this run has 61");
  gibbs_value_free(content);
}

Test(training_file, other_settings_are_refused_with_both_values) {
  const gibbs_training_options options = usual_options();
  gibbs_value *content = after_ten_steps(options), *settings = gibbs_value_map();
  cr_assert(gibbs_value_set(settings, "model", gibbs_value_string("a bowl", 6), NULL) == GIBBS_OK);
  cr_assert(gibbs_value_set(settings, "chains", gibbs_value_number(64), NULL) == GIBBS_OK);
  expect_refusal(content, options, settings, "was written with chains = 128, and this run has 64");
  settings = usual_settings();
  cr_assert(gibbs_value_set(settings, "sweeps", gibbs_value_number(1), NULL) == GIBBS_OK);
  expect_refusal(content, options, settings, "was written with sweeps = none, and this run has 1");
  expect_refusal(content, options, NULL, "was written with model = 'a bowl', and this run has none");
  settings = gibbs_value_map();
  cr_assert(gibbs_value_set(settings, "model", gibbs_value_bool(false), NULL) == GIBBS_OK);
  expect_refusal(content, options, settings, "was written with model = 'a bowl', and this run has false");
  gibbs_value_free(content);
}

static gibbs_value *content_without(const gibbs_value *content, const char *name, gibbs_value *instead) {
  gibbs_value *map = gibbs_value_map();
  for (size_t i = 0; i < gibbs_value_count(content); i++) {
    const gibbs_value *item = gibbs_value_item(content, i);
    const char *text = gibbs_value_as_string(item, NULL);
    gibbs_value *copy = NULL;
    if (strcmp(gibbs_value_name(content, i), name) == 0)
      copy = instead;
    else if (text)
      copy = gibbs_value_string(text, strlen(text));
    else if (gibbs_value_as_tensor(item))
      copy = gibbs_value_tensor(gibbs_value_as_tensor(item));
    else if (gibbs_value_kind_of(item) == GIBBS_VALUE_NUMBER)
      copy = gibbs_value_number(gibbs_value_as_number(item));
    else if (gibbs_value_kind_of(item) == GIBBS_VALUE_BOOL)
      copy = gibbs_value_bool(gibbs_value_as_bool(item));
    else
      copy = content_without(item, "", NULL);
    if (copy) cr_assert(gibbs_value_set(map, gibbs_value_name(content, i), copy, NULL) == GIBBS_OK);
  }
  return map;
}

static void expect_refusal_of_change(const gibbs_value *content, const char *name, gibbs_value *instead,
                                     const char *reason) {
  gibbs_value *changed = content_without(content, name, instead);
  expect_refusal(changed, usual_options(), usual_settings(), reason);
  gibbs_value_free(changed);
}

Test(training_file, what_is_no_training_is_refused) {
  gibbs_value *content = after_ten_steps(usual_options());
  gibbs_value *copy = content_without(content, "", NULL);
  bowl b;
  begin(&b, usual_options(), usual_settings());
  cr_expect(go_on(&b, copy) == GIBBS_OK, "%s", error.message);
  end(&b);
  gibbs_value_free(copy);
  expect_refusal_of_change(content, "@format", NULL, "holds 'something else', and this program reads");
  expect_refusal_of_change(content, "@format", gibbs_value_string("gibbs chains 1", 14), "holds 'gibbs chains 1'");
  expect_refusal_of_change(content, "@gibbs", gibbs_value_string("0.0.9", 5), "was written by gibbs 0.0.9, and this");
  expect_refusal_of_change(content, "@gibbs", NULL, "was written by gibbs of no version, and this is gibbs");
  expect_refusal_of_change(content, "options", NULL, "tells no settings");
  expect_refusal_of_change(content, "settings", gibbs_value_number(1), "tells no settings");
  expect_refusal_of_change(content, "state", NULL, "holds no state to go on from");
  expect_refusal_of_change(content, "state", gibbs_value_string("x", 1), "holds no state to go on from");
  expect_refusal_of_change(content, "state", number_list((double[]){1, 2, 3}, 3), "holds no state to go on from");
  gibbs_tensor *state = gibbs_value_as_tensor(gibbs_value_get(content, "state"));
  gibbs_shape shape = gibbs_shape_vector(gibbs_tensor_size(state) - 1);
  gibbs_tensor *shorter = NULL;
  OK(gibbs_tensor_new(&shape, &shorter, &error));
  memcpy(gibbs_tensor_data(shorter), gibbs_tensor_values(state), gibbs_tensor_size(shorter) * sizeof(double));
  expect_refusal_of_change(content, "state", gibbs_value_tensor(shorter), "does not fit: the state of a training");
  gibbs_tensor_release(shorter);
  gibbs_value_free(content);
}
